/*
 * laws.h - what must hold for every descriptor, whoever made it up.
 *
 * The fuzzers and the property tests ask the same laws.  A broken one ends the program with its
 * name and the text or bytes that broke it: a crash is what both kinds of test can see.
 */
#ifndef CERTSH_TESTS_LAWS_H
#define CERTSH_TESTS_LAWS_H

#include <certsh/access.h>

/* Say which law is broken and abort. */
void law_broken(const char *law, struct cs_str subject);

/* Text that may or may not be SDDL, and bytes that may or may not be a descriptor. */
void laws_of_text(struct cs_str text);
void laws_of_bytes(struct cs_str bytes);
/* Text or "artx" bytes that may or may not be a condition. */
void laws_of_condition_text(struct cs_str text);
void laws_of_condition_bytes(struct cs_str bytes);

/* A descriptor that was read: text and bytes go around, and all checks agree. */
void laws_of_sd(struct cs_arena *arena, const struct cs_sd *sd);
/* One question: the check, the trail and the specification give one answer. */
void laws_of_check(const struct cs_sd *sd, const struct cs_access *ask);
/* A prepared descriptor and token give the very same verdict. */
void laws_of_plan(struct cs_arena *arena, const struct cs_sd *sd, const struct cs_token *token,
                  uint32_t desired);

#endif
