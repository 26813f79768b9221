/*
 * plan.h - the access question asked millions of times.
 *
 * cs_access_check reads a descriptor and a token as they are.  Who asks the same descriptors for
 * many tokens, or the same token many things, prepares both: SIDs that descriptors name become
 * small numbers (trustees), a descriptor becomes a plan of numbers, a token a badge that knows
 * which of the numbers are its own.
 *
 *     struct cs_trustees *trustees = cs_trustees_new(arena);
 *     struct cs_plan *plan = cs_plan_new(arena, trustees, &sd);        first all plans,
 *     struct cs_badge *badge = cs_badge_new(arena, trustees, token);   then the badges
 *     struct cs_verdict verdict = cs_plan_check(plan, badge, CS_COM_REMOTE);
 *
 * The verdict is that of cs_access_check with this descriptor, this token and these rights, the
 * deciding ACE included, always: where the short way does not do (conditions, restricted tokens,
 * MAXIMUM_ALLOWED on no list, a badge older than the plan) the long one is taken.  A check
 * allocates nothing.  Source of the rules: access.h.
 *
 * Floor: domain.
 */
#ifndef CERTSH_PLAN_H
#define CERTSH_PLAN_H

#include <certsh/access.h>

struct cs_trustees;
struct cs_plan;
struct cs_badge;

/* An empty numbering in `arena`; NULL when memory runs out. */
CS_API struct cs_trustees *cs_trustees_new(struct cs_arena *arena);
CS_API size_t cs_trustees_count(const struct cs_trustees *trustees);

/*
 * A descriptor's plan in `arena`; its SIDs get numbers in `trustees`.  `sd` is borrowed and has
 * to stay as it is.  NULL when memory runs out.
 */
CS_API struct cs_plan *cs_plan_new(struct cs_arena *arena, struct cs_trustees *trustees,
                                   const struct cs_sd *sd);

/* A token's badge in `arena`; `token` is borrowed and has to stay.  NULL when memory runs out. */
CS_API struct cs_badge *cs_badge_new(struct cs_arena *arena, const struct cs_trustees *trustees,
                                     const struct cs_token *token);

CS_API struct cs_verdict cs_plan_check(const struct cs_plan *plan, const struct cs_badge *badge,
                                       uint32_t desired);

#endif
