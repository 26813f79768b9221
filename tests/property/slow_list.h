/*
 * slow_list.h - one question to one descriptor, by MS-DTYP 2.5.3.2 as FACTS 6.4 has it, with the
 * masks of COM (FACTS 1.2) and with groups whose members nobody gave (CONTRACT, "Unknown and
 * assumed").
 */
#ifndef CERTSH_TESTS_SLOW_LIST_H
#define CERTSH_TESTS_SLOW_LIST_H

#include <certsh/gate.h>

#include "slow_token.h"

struct slow_answer {
    enum cs_verdict_kind verdict;
    uint32_t code; /* of a refusal, else 0 */
};

struct slow_place {
    const struct cs_lab *lab;
    const struct cs_host *host; /* the CA's */
    bool assume;                /* --assume defaults */
};

struct slow_list {
    struct cs_sd sd;
    const struct slow_sids *sids;
    uint32_t rights, code;
    uint32_t old_means; /* what a mask of 0x1 alone stands for: 0x1f, 0x7; 0: no COM list */
    bool old_windows;   /* from before the service packs */
    bool generic;       /* generic bits stand for rights of the directory */
    const char *object; /* the extended right asked for, or NULL */
};

enum cs_verdict_kind slow_walk(const struct slow_list *q, const struct slow_sids *sids);
/* The walk, where memberships may not be known. */
struct slow_answer slow_ask(const struct slow_place *a, const struct slow_list *q);
/* Is it a fact of the CA's host who is in the group with that SID? */
bool slow_members_known(const struct slow_place *a, const struct cs_sid *sid);
/* Who is in a built-in group without anybody's doing: FACTS 3.5, 10. */
bool slow_member_by_default(const struct slow_place *a, const struct slow_sids *sids,
                            const struct cs_sid *group);

#endif
