/* fuzz.h - the one function that a fuzz target has; libFuzzer or replay.c calls it. */
#ifndef CERTSH_TESTS_FUZZ_H
#define CERTSH_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
