/*
 * slow_decision.h - an enrolment decided once more, written down from CONTRACT's "Rules of the
 * model" and FACTS 1.3, 7.1 and 10, page by page, and not from the engine.
 *
 * It shares with the engine what both only read: records, bytes of descriptors, a version's
 * defaults.  Tokens, masks, order of entries, what is unknown, codes: all of it is its own.
 */
#ifndef CERTSH_TESTS_SLOW_DECISION_H
#define CERTSH_TESTS_SLOW_DECISION_H

#include "slow_list.h"

enum { SLOW_GATES = 12 };
extern const char *const slow_gates[SLOW_GATES]; /* "service", ... in order of display */

struct slow_decision {
    struct slow_answer whole, gates[SLOW_GATES];
};

void slow_decide(const struct cs_lab *lab, struct cs_arena *arena, const struct cs_question *ask,
                 struct slow_decision *decision);

#endif
