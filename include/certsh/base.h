/*
 * base.h - the few words every other header is written in.
 *
 * CS_API marks what a plugin may call; everything else in libcertsh.so is hidden, so the
 * linker keeps the fence between the shell and its guests.
 *
 * Floor: base.
 */
#ifndef CERTSH_BASE_H
#define CERTSH_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CS_API                 __attribute__((visibility("default")))
#define CS_MUST_CHECK          __attribute__((warn_unused_result))
#define CS_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define CS_NORETURN            __attribute__((noreturn))

#define CS_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The version of the program and of the library; one number, kept in CMakeLists.txt. */
CS_API const char *cs_version(void);

#endif
