/*
 * slow_token.h - a caller's SIDs once more, written down from FACTS 5.4 and CONTRACT's "Age of
 * tokens" and nothing else: lists, and loops until nothing is new.
 */
#ifndef CERTSH_TESTS_SLOW_TOKEN_H
#define CERTSH_TESTS_SLOW_TOKEN_H

#include <certsh/host.h>

enum slow_logon { SLOW_NETWORK, SLOW_INTERACTIVE, SLOW_SYSTEM };

struct slow_sids {
    struct cs_sid at[512];
    size_t count;
};

void slow_add(struct slow_sids *sids, const struct cs_sid *sid);
bool slow_has(const struct slow_sids *sids, const struct cs_sid *sid);

/* What `who` carries to `host`. */
void slow_token(const struct cs_lab *lab, cs_id who, cs_id host, enum slow_logon logon,
                struct slow_sids *sids);
/* The trust that lets accounts of `of` into `into`; NULL: none, or the same forest. */
const struct cs_trust *slow_trust(const struct cs_lab *lab, cs_id into, cs_id of);
bool slow_same_forest(const struct cs_lab *lab, cs_id one, cs_id other);

#endif
