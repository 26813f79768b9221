/*
 * sets.c - every set of so many declared actions, tried (see search.c).
 *
 * A set is built step by step: an action is done in a what-if, and what could be done next is
 * thought of anew in the lab that it leaves behind, since a policy that is dropped or an update
 * that is repeated shows another list.  Whoever has looked at all sets of n actions this way
 * has shown that none of them helps: that is the proof of "nothing smaller works".
 *
 * One thing is left out, as it cannot help: a last action that no gate still refusing hangs on
 * (change.c says which gates a step can touch; a law in tests/property holds it to that).
 * Singles and pairs are all tried; of larger sets only those that could help.
 */
#include <string.h>

#include "enroll.h"

struct sets {
    const struct enroll_case *one; /* its arena is the scratch of the search */
    struct enroll_candidates *found;
    uint64_t *seen; /* hashes of the sets that were looked at; 0 is free */
    size_t seen_count, seen_room;
    size_t tried, budget;
    bool cut;
};

/* ------------------------------------------------------------------ what was seen */

static bool put_seen(uint64_t *seen, size_t room, uint64_t hash)
{
    size_t at = (size_t)hash & (room - 1);
    while (seen[at] && seen[at] != hash)
        at = (at + 1) & (room - 1);
    bool is_new = !seen[at];
    seen[at] = hash;
    return is_new;
}

static void grow_seen(struct sets *sets)
{
    size_t room = sets->seen_room * 2;
    uint64_t *seen = cs_arena_alloc(sets->found->arena, room * sizeof *seen);
    for (size_t i = 0; i < sets->seen_room; i++)
        if (sets->seen[i])
            put_seen(seen, room, sets->seen[i]);
    sets->seen = seen;
    sets->seen_room = room;
}

/* Is it the first time?  Sets count, not sequences: what makes room for others comes first. */
static bool is_new(struct sets *sets, const struct enroll_change *change)
{
    if (sets->seen_count * 2 >= sets->seen_room)
        grow_seen(sets);
    uint64_t hash = enroll_change_hash(change);
    bool first = put_seen(sets->seen, sets->seen_room, hash ? hash : 1);
    sets->seen_count += first;
    return first;
}

/* ----------------------------------------------------------------------- joining */

enum { ORDERS = 64 };

static const char *remark_of(const struct enroll_change *first, const struct enroll_change *second)
{
    if (!first->remark || second->gift > first->gift)
        return second->remark;
    return second->remark && second->advised && !first->advised && first->gift == GIFT_NONE
               ? second->remark
               : first->remark;
}

static struct enroll_change joined(struct cs_arena *arena, const struct enroll_change *first,
                                   const struct enroll_change *second)
{
    struct enroll_change both = *second;
    both.count = first->count + second->count;
    both.actions = first->actions + second->actions;
    both.edits = cs_arena_alloc(arena, (both.count + 1) * sizeof *both.edits);
    if (first->count)
        memcpy(both.edits, first->edits, first->count * sizeof *both.edits);
    if (second->count)
        memcpy(both.edits + first->count, second->edits, second->count * sizeof *both.edits);
    both.title = first->actions ? NULL : second->title;
    both.order = first->order * ORDERS + second->order;
    both.gift = first->gift > second->gift ? first->gift : second->gift;
    both.remark = remark_of(first, second);
    both.advised = first->advised || second->advised;
    return both;
}

/* The scratch of the search is rewound: a finding takes its texts with it. */
static void keep(struct sets *sets, const struct enroll_change *change)
{
    struct cs_arena *arena = sets->found->arena;
    struct enroll_change *kept = enroll_candidate_add(sets->found, change->edits, change->count);
    struct enroll_edit *edits = kept->edits;
    *kept = *change;
    kept->edits = edits;
    for (size_t i = 0; i < kept->count; i++) {
        edits[i].key = cs_str_copy(arena, edits[i].key);
        edits[i].value = cs_str_copy(arena, edits[i].value);
        edits[i].text = cs_str_copy(arena, edits[i].text);
    }
}

/* ----------------------------------------------------------------------- trying */

/* Which gates refuse in the state where we are, as tokens are and with new ones. */
struct state {
    uint64_t stale, fresh;
};

static struct state state_of(const struct enroll_case *one)
{
    struct state state = {.stale = enroll_refused(one)};
    cs_lab_begin(one->lab, CS_STR("what if they start anew"));
    state.fresh = state.stale && enroll_freshen(one, true) ? enroll_refused(one) : state.stale;
    cs_lab_rollback(one->lab);
    return state;
}

static bool could_be_last(const struct sets *sets, const struct state *state,
                          const struct enroll_change *change)
{
    uint64_t touches = enroll_change_touches(sets->one, change);
    return !(state->stale & ~touches) || !(state->fresh & ~touches);
}

static void explore(struct sets *sets, const struct enroll_change *prefix, size_t left);

/* The set of `prefix`, which is done already, and `next`. */
static void look_at(struct sets *sets, const struct enroll_change *prefix,
                    struct enroll_change *next, size_t left)
{
    const struct enroll_case *one = sets->one;
    struct enroll_change both = joined(one->arena, prefix, next);
    if ((next->count && enroll_change_within(next, prefix)) || !is_new(sets, &both))
        return;
    if (left > 1) {
        cs_lab_begin(one->lab, CS_STR("what if"));
        if (enroll_change_apply(one, next))
            explore(sets, &both, left - 1);
        cs_lab_rollback(one->lab);
        return;
    }
    sets->tried++;
    sets->cut = sets->cut || sets->tried >= sets->budget;
    enroll_change_try(one, next);
    both.fresh = next->fresh;
    if (next->applies && !next->refused)
        keep(sets, &both);
}

static struct cs_token *token_of(const struct enroll_case *one, cs_id caller, cs_tick when)
{
    struct cs_token_ask ask = {
        .principal = caller, .host = one->ca->host, .logon = CS_LOGON_NETWORK, .when = when};
    struct cs_token *token = NULL;
    struct cs_error ignored;
    return cs_token_of(one->lab, one->arena, &ask, &token, &ignored) == CS_OK ? token : NULL;
}

/* A machine's new ticket brings what its token lacks, if that is of the CA's domain; global
 * and universal groups are in the ticket-granting ticket and wait for the start (FACTS 5.5). */
static bool tickets_are_enough(const struct enroll_case *one, cs_id caller)
{
    struct cs_token *old = token_of(one, caller, 0), *new = token_of(one, caller, CS_NOW);
    if (!old || !new || !cs_host_of_account(one->lab, caller))
        return false;
    for (size_t i = 0; i < cs_token_count(new); i++) {
        const struct cs_token_sid *sid = cs_token_at(new, i);
        bool travels = sid->origin == CS_ORIGIN_PRIMARY || sid->origin == CS_ORIGIN_MEMBER;
        if (travels && !cs_token_has(old, &sid->sid))
            return false;
    }
    return true;
}

/* Time alone: a start, and where that is as good, throwing tickets away. */
static void add_time(const struct enroll_case *one, struct enroll_candidates *next)
{
    const cs_id *callers;
    size_t count = enroll_callers(one, &callers), enough = 0;
    for (size_t i = 0; i < count; i++)
        enough += tickets_are_enough(one, callers[i]);
    enroll_candidate_add(next, NULL, 0);
    if (enough == count)
        enroll_candidate_add(next, NULL, 0)->purge = true;
}

static void explore(struct sets *sets, const struct enroll_change *prefix, size_t left)
{
    const struct enroll_case *one = sets->one;
    struct cs_arena_mark mark = cs_arena_mark(one->arena);
    struct enroll_candidates next = {.arena = one->arena};
    struct state state = state_of(one);
    if (!prefix->actions && left == 1 && state.fresh != state.stale)
        add_time(one, &next);
    enroll_candidates_make(one, state.stale, &next);
    for (int prepares = 1; prepares >= 0; prepares--)
        for (size_t i = 0; i < next.count && !sets->cut; i++) {
            bool possible =
                prefix->actions < 2 || left > 1 || could_be_last(sets, &state, &next.at[i]);
            if (next.at[i].prepares == (prepares == 1) && possible)
                look_at(sets, prefix, &next.at[i], left);
        }
    cs_arena_rewind(one->arena, mark);
}

size_t enroll_sets(const struct enroll_case *one, size_t size, size_t budget, bool *cut,
                   struct enroll_candidates *found)
{
    struct enroll_case scratch = *one;
    struct enroll_change nothing = {0};
    struct sets sets = {.one = &scratch, .found = found, .budget = budget, .seen_room = 256};
    scratch.arena = cs_arena_new();
    if (!scratch.arena)
        return 0;
    sets.seen = cs_arena_alloc(found->arena, sets.seen_room * sizeof *sets.seen);
    if (budget)
        explore(&sets, &nothing, size);
    cs_arena_free(scratch.arena);
    *cut = *cut || sets.cut || !budget;
    return sets.tried;
}
