/*
 * access_case.h - random questions for the access check, and what they are made of.
 *
 * Few SIDs, few bits and few GUIDs, so that ACEs meet each other.
 */
#ifndef CERTSH_TESTS_ACCESS_CASE_H
#define CERTSH_TESTS_ACCESS_CASE_H

#include <certsh/access.h>

#include "dice.h"
#include "slow_access.h"

enum { PEOPLE = 6, SIDS = PEOPLE + 4, ACES = 7, GUIDS = 4 };

/* People, Everyone, Administrators, SELF, OWNER RIGHTS. */
extern struct cs_sid access_sids[SIDS];

/* One question: for the check, and for the slow one. */
struct access_case {
    struct cs_sid enabled[SIDS], deny_only[SIDS], restricting[SIDS];
    struct slow_token slow;
    struct cs_token *token;
    struct cs_ace aces[ACES + 1];
    struct cs_acl acl;
    struct cs_sd sd;
    struct cs_guid objects[3];
    struct cs_generic_mapping mapping;
    struct cs_access ask;
};

/* Once: SIDs, GUIDs and conditions, in `arena`. */
void access_case_begin(struct dice *dice, struct cs_arena *arena);
void access_case_draw(struct access_case *t);
struct cs_ace access_case_ace(void);

#endif
