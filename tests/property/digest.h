/*
 * digest.h - one number for what a lab says now: principals, memberships both ways, records.
 *
 *     uint64_t before = digest_of(lab);
 */
#ifndef CERTSH_TESTS_DIGEST_H
#define CERTSH_TESTS_DIGEST_H

#include <certsh/ca.h>

uint64_t digest_of(const struct cs_lab *lab);

#endif
