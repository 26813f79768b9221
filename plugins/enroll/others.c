/*
 * others.c - whom else a change lets in, and whom it shuts out (see search.c).
 *
 * Everybody is asked before and after, every computer as if it had just started and everybody
 * as if just logged on: who will be let in by a membership after the next restart is let in.
 */
#include "enroll.h"

struct everybody {
    struct enroll_case one;
    unsigned char *allowed; /* by principal */
    struct cs_arena *arena;
    cs_id caller, end;
};

static bool ask_other(void *context, const struct cs_principal *principal)
{
    struct everybody *all = context;
    struct cs_decision decision;
    struct cs_error ignored;
    if ((principal->kind != CS_USER && principal->kind != CS_COMPUTER) ||
        principal->id == all->caller || principal->id >= all->end)
        return true;
    struct cs_arena_mark mark = cs_arena_mark(all->arena);
    all->one.ask.principal = principal->id;
    all->allowed[principal->id] = enroll_decide(&all->one, false, &decision, &ignored) == CS_OK &&
                                  enroll_passes(&all->one, &decision);
    cs_arena_rewind(all->arena, mark);
    return true;
}

struct ids {
    cs_id at[4096];
    size_t count;
};

static bool add_host(void *context, const struct cs_record *record)
{
    struct ids *ids = context;
    if (((const struct cs_host *)record)->account && ids->count < CS_COUNT(ids->at))
        ids->at[ids->count++] = record->id;
    return true;
}

static bool add_session(void *context, const struct cs_record *record)
{
    struct ids *ids = context;
    if (ids->count < CS_COUNT(ids->at))
        ids->at[ids->count++] = record->id;
    return true;
}

/* As if every computer had just started and everybody had just logged on. */
static void freshen_all(const struct enroll_case *one)
{
    struct ids *ids = cs_arena_alloc(one->arena, sizeof *ids);
    struct cs_error ignored;
    cs_record_each(one->lab, CS_NOUN_HOST, add_host, ids);
    for (size_t i = 0; i < ids->count; i++)
        (void)!cs_host_purge(one->lab, ids->at[i], &ignored);
    ids->count = 0;
    cs_record_each(one->lab, CS_NOUN_SESSION, add_session, ids);
    for (size_t i = 0; i < ids->count; i++)
        (void)!cs_session_close(one->lab, ids->at[i], &ignored);
}

/* Everybody below `end`: those who were there before anything was tried. */
static unsigned char *ask_everybody(const struct enroll_case *one, cs_id end)
{
    struct everybody all = {
        .one = *one, .caller = one->ask.principal, .end = end, .arena = cs_arena_new()};
    all.allowed = cs_arena_alloc(one->arena, end + 1);
    if (!all.arena)
        return all.allowed;
    all.one.arena = all.arena;
    all.one.ask.from = 0;
    cs_principal_each(one->lab, 0, ask_other, &all);
    cs_arena_free(all.arena);
    return all.allowed;
}

static cs_id *differences(const struct enroll_case *one, cs_id end, const unsigned char *with,
                          const unsigned char *without, size_t *count)
{
    size_t found = 0;
    for (cs_id id = 0; id < end; id++)
        found += with[id] && !without[id];
    cs_id *ids = cs_arena_alloc(one->arena, (found + 1) * sizeof *ids);
    *count = 0;
    for (cs_id id = 0; id < end; id++)
        if (with[id] && !without[id])
            ids[(*count)++] = id;
    return ids;
}

const unsigned char *enroll_others_before(const struct enroll_case *one, cs_id end)
{
    cs_lab_begin(one->lab, CS_STR("what if"));
    freshen_all(one);
    const unsigned char *before = ask_everybody(one, end);
    cs_lab_rollback(one->lab);
    return before;
}

/* The only thing that happens is the caller's own start: nobody else is touched. */
static bool is_only_fresh(const struct enroll_change *change)
{
    return change->count == 1 &&
           (change->edits[0].kind == EDIT_RESTART || change->edits[0].kind == EDIT_RELOGON);
}

void enroll_others_measure(const struct enroll_case *one, struct enroll_change *change, cs_id end,
                           const unsigned char *before)
{
    if (is_only_fresh(change))
        return;
    cs_lab_begin(one->lab, CS_STR("what if"));
    if (enroll_change_apply(one, change)) {
        freshen_all(one);
        const unsigned char *after = ask_everybody(one, end);
        change->allowed = differences(one, end, after, before, &change->allowed_count);
        change->denied = differences(one, end, before, after, &change->denied_count);
    }
    cs_lab_rollback(one->lab);
}
