/*
 * fuzz_reader.h - laws of every reader: it reads whole files or refuses them with a reason, and
 * what it refuses leaves nothing in the lab; what came in can be undone and done again.
 */
#ifndef FUZZ_READER_H
#define FUZZ_READER_H

#include <certsh/str.h>

void laws_of_reader(struct cs_str bytes);

#endif
