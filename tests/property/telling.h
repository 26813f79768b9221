/*
 * telling.h - all that a lab tells, as lines of text: records, principals and memberships now
 * and at every tick there was, history with its steps, clock.  Two labs that tell the same are
 * the same to everybody.
 *
 *     char *one = telling_of(a), *other = telling_of(b);      yours, free
 *     ck_assert_str_eq(one, other);
 */
#ifndef CERTSH_TESTS_TELLING_H
#define CERTSH_TESTS_TELLING_H

#include <certsh/gate.h>

char *telling_of(const struct cs_lab *lab);
/* Fails the test at the first line that differs. */
void telling_same(const struct cs_lab *a, const struct cs_lab *b);

#endif
