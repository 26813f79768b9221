/*
 * trial.c - a change is done in a what-if, and those it is for are asked again.
 *
 * What is tried is what --apply does: the steps, the restarts that Windows needs for them, and,
 * where that is not enough, new tokens, since a membership counts from the next start on.
 * For a group some of its members are asked (group.c); everybody is asked in crowd.c.
 */
#include "enroll.h"

size_t enroll_callers(const struct enroll_case *one, const cs_id **callers)
{
    *callers = one->caller_count ? one->callers : &one->ask.principal;
    return one->caller_count ? one->caller_count : 1;
}

/* --------------------------------------------------------------------- asking */

static uint64_t refused_to(const struct enroll_case *one, cs_id caller)
{
    struct enroll_case asked = *one;
    struct cs_decision decision;
    struct cs_error ignored;
    uint64_t bits = 0;
    asked.ask.principal = caller;
    if (enroll_decide(&asked, false, &decision, &ignored) != CS_OK)
        return UINT64_MAX;
    for (size_t i = 0; i < enroll_gates(one, &decision) && i < 64; i++)
        bits |= (uint64_t)enroll_refuses(decision.answers[i].verdict) << i;
    return bits;
}

uint64_t enroll_refused(const struct enroll_case *one)
{
    const cs_id *callers;
    size_t count = enroll_callers(one, &callers);
    struct cs_arena_mark mark = cs_arena_mark(one->arena);
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++)
        bits |= refused_to(one, callers[i]);
    cs_arena_rewind(one->arena, mark);
    return bits;
}

/* --------------------------------------------------------------------- tokens */

static bool freshen(const struct enroll_case *one, cs_id caller, bool purge)
{
    struct cs_principal p;
    struct cs_error ignored;
    if (!cs_principal_get(one->lab, caller, &p))
        return false;
    cs_id host = p.kind == CS_COMPUTER ? cs_host_of_account(one->lab, caller) : 0;
    const struct cs_session *session;
    if (host)
        return (purge ? cs_host_purge(one->lab, host, &ignored)
                      : cs_host_restart(one->lab, host, &ignored)) == CS_OK;
    bool closed = false;
    while ((session = cs_session_find(one->lab, caller)) &&
           cs_session_close(one->lab, session->record.id, &ignored) == CS_OK)
        closed = true;
    return closed;
}

bool enroll_freshen(const struct enroll_case *one, bool purge)
{
    const cs_id *callers;
    size_t count = enroll_callers(one, &callers), fresh = 0;
    for (size_t i = 0; i < count; i++)
        fresh += freshen(one, callers[i], purge);
    return fresh > 0;
}

/* ---------------------------------------------------------------------- doing */

static bool restarted_before(const struct enroll_change *change, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (enroll_edit_restarts(&change->edits[i]) &&
            change->edits[i].id == change->edits[index].id)
            return true;
    return false;
}

static cs_status do_steps(const struct enroll_case *one, const struct enroll_change *change,
                          struct cs_error *err)
{
    for (size_t i = 0; i < change->count; i++)
        if (enroll_edit_apply(one->lab, one->arena, &change->edits[i], err) != CS_OK)
            return err->status;
    for (size_t i = 0; i < change->count; i++)
        if (enroll_edit_restarts(&change->edits[i]) && !restarted_before(change, i) &&
            cs_host_restart(one->lab, change->edits[i].id, err) != CS_OK)
            return err->status;
    return CS_OK;
}

bool enroll_change_apply(const struct enroll_case *one, const struct enroll_change *change)
{
    struct cs_error ignored;
    struct cs_arena_mark mark = cs_arena_mark(one->arena);
    bool done = do_steps(one, change, &ignored) == CS_OK;
    cs_arena_rewind(one->arena, mark);
    return done;
}

cs_status enroll_change_do(const struct enroll_case *one, const struct enroll_change *change,
                           struct cs_error *err)
{
    if (do_steps(one, change, err) != CS_OK)
        return err->status;
    for (size_t i = 0; i < change->host_count; i++) {
        cs_status status = change->purge ? cs_host_purge(one->lab, change->hosts[i], err)
                                         : cs_host_restart(one->lab, change->hosts[i], err);
        if (status != CS_OK)
            return status;
    }
    for (size_t i = 0; i < change->session_count; i++) {
        bool open = cs_record_get(one->lab, CS_NOUN_SESSION, change->sessions[i]) != NULL;
        if (open && cs_session_close(one->lab, change->sessions[i], err) != CS_OK)
            return err->status; /* a start of its machine may have ended it already */
    }
    return CS_OK;
}

/* --------------------------------------------------------------------- trying */

/* With new tokens, which may lack what the old ones had; a start must do no harm besides, and is
 * not what helps. */
static uint64_t refused_fresh(const struct enroll_case *one, bool purge)
{
    uint64_t refused = enroll_freshen(one, true) ? enroll_refused(one) : UINT64_MAX;
    if (!refused && !purge && enroll_freshen(one, false))
        refused = enroll_refused(one);
    return refused;
}

void enroll_change_try(const struct enroll_case *one, struct enroll_change *change)
{
    cs_lab_begin(one->lab, CS_STR("what if"));
    change->fresh = false;
    change->applies = enroll_change_apply(one, change);
    change->refused = change->applies ? enroll_refused(one) : UINT64_MAX;
    if (change->applies && change->refused && !refused_fresh(one, change->purge)) {
        change->fresh = true;
        change->refused = 0;
    }
    cs_lab_rollback(one->lab);
}
