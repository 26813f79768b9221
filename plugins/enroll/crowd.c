/*
 * crowd.c - whom else a change lets in, and whom it shuts out (see search.c).
 *
 * Two answers for everybody are compared, before the change and after it, each as if every
 * computer had just started and everybody just logged on: who will be let in by a membership
 * after the next start is let in.  The answers are those of `enroll who`.
 */
#include "enroll.h"

struct answers {
    struct cs_set allowed, refused;
};

/* ------------------------------------------------------------- everybody's answer */

static struct answers new_answers(struct cs_arena *arena, cs_id end)
{
    return (struct answers){cs_set_new(arena, end), cs_set_new(arena, end)};
}

static cs_status ask_at_once(const struct enroll_case *one, struct cs_arena *arena, cs_id from,
                             struct answers *answers, struct cs_error *err)
{
    struct cs_question ask = one->ask;
    struct cs_who who;
    ask.principal = 0;
    ask.from = from;
    if (cs_enroll_who(one->lab, arena, &ask, &who, err) != CS_OK)
        return err->status;
    for (size_t i = 0; i < who.count; i++) {
        if (who.parts[i].verdict == CS_ALLOWED)
            cs_set_or(&answers->allowed, &who.parts[i].who);
        if (enroll_refuses(who.parts[i].verdict))
            cs_set_or(&answers->refused, &who.parts[i].who);
    }
    return CS_OK;
}

struct asking {
    struct enroll_case one;
    struct answers *answers;
};

static bool ask_each(void *context, const struct cs_principal *principal)
{
    struct asking *asking = context;
    struct enroll_case *one = &asking->one;
    struct cs_decision decision;
    struct cs_error ignored;
    if (principal->kind != CS_USER && principal->kind != CS_COMPUTER)
        return true;
    struct cs_arena_mark mark = cs_arena_mark(one->arena);
    one->ask.principal = principal->id;
    if (enroll_decide(one, false, &decision, &ignored) == CS_OK) {
        if (enroll_passes(one, &decision))
            cs_set_add(&asking->answers->allowed, principal->id);
        if (enroll_refusing(one, &decision))
            cs_set_add(&asking->answers->refused, principal->id);
    }
    cs_arena_rewind(one->arena, mark);
    return true;
}

/* Where only some gates count, everybody is asked alone. */
static cs_status ask_all(const struct enroll_case *one, struct cs_arena *arena, cs_id from,
                         struct answers *answers, struct cs_error *err)
{
    *answers = new_answers(arena, cs_principal_end(one->lab));
    if (!one->gates)
        return ask_at_once(one, arena, from, answers, err);
    struct asking asking = {.one = *one, .answers = answers};
    asking.one.arena = arena;
    asking.one.ask.from = from;
    cs_principal_each(one->lab, 0, ask_each, &asking);
    return CS_OK;
}

/* ------------------------------------------------------------------ new tokens */

struct ids {
    cs_id *at;
    size_t count;
};

static bool add_id(void *context, const struct cs_record *record)
{
    struct ids *ids = context;
    ids->at[ids->count++] = record->id;
    return true;
}

static struct ids ids_of(const struct enroll_case *one, struct cs_arena *arena, enum cs_noun noun)
{
    size_t room = cs_record_count(one->lab, noun);
    struct ids ids = {cs_arena_alloc(arena, (room + 1) * sizeof *ids.at), 0};
    cs_record_each(one->lab, noun, add_id, &ids);
    return ids;
}

/* As if every computer had just started and everybody had just logged on. */
static void freshen_all(const struct enroll_case *one, struct cs_arena *arena)
{
    struct cs_error ignored;
    struct ids hosts = ids_of(one, arena, CS_NOUN_HOST);
    struct ids sessions = ids_of(one, arena, CS_NOUN_SESSION);
    for (size_t i = 0; i < hosts.count; i++)
        if (cs_host_get(one->lab, hosts.at[i])->account)
            (void)!cs_host_purge(one->lab, hosts.at[i], &ignored);
    for (size_t i = 0; i < sessions.count; i++)
        (void)!cs_session_close(one->lab, sessions.at[i], &ignored);
}

cs_status enroll_crowd_before(const struct enroll_case *one, struct enroll_crowd *before,
                              struct cs_error *err)
{
    struct cs_arena *scratch = cs_arena_new();
    struct answers answers;
    if (!scratch)
        return cs_fail(err, CS_MEMORY, "no memory");
    cs_lab_begin(one->lab, CS_STR("what if"));
    freshen_all(one, scratch);
    cs_status status = ask_all(one, scratch, 0, &answers, err);
    cs_lab_rollback(one->lab);
    before->end = cs_principal_end(one->lab);
    if (status == CS_OK)
        before->allowed = cs_set_copy(one->arena, &answers.allowed);
    cs_arena_free(scratch);
    return status;
}

/* ------------------------------------------------------------------ differences */

static bool is_meant(const struct enroll_case *one, cs_id id)
{
    return one->meant ? cs_set_has(one->meant, id) : id == one->ask.principal;
}

/* Others below `end` who are in `with` and not in `without`. */
static cs_id *others(const struct enroll_case *one, const struct cs_set *with,
                     const struct cs_set *without, cs_id end, size_t *count)
{
    size_t room = 0;
    cs_id *ids = NULL;
    for (int pass = 0; pass < 2; pass++) {
        *count = 0;
        for (cs_id id = 0; (id = cs_set_next(with, id + 1)) && id < end;) {
            if (cs_set_has(without, id) || is_meant(one, id))
                continue;
            if (ids)
                ids[*count] = id;
            ++*count;
        }
        room = *count;
        if (!ids)
            ids = cs_arena_alloc(one->arena, (room + 1) * sizeof *ids);
    }
    return ids;
}

/* ------------------------------------------------------------- those who are meant */

struct measure {
    const struct enroll_case *one;
    struct enroll_change *change;
    struct cs_arena *scratch;
    struct cs_error *err;
};

struct closing {
    struct enroll_change *change;
    cs_id user;
};

static bool add_session(void *context, const struct cs_record *record)
{
    const struct closing *closing = context;
    if (((const struct cs_session *)record)->user == closing->user)
        closing->change->sessions[closing->change->session_count++] = record->id;
    return true;
}

static void add_start(const struct measure *m, cs_id caller)
{
    struct cs_principal p;
    struct cs_lab *lab = m->one->lab;
    struct closing closing = {m->change, caller};
    if (!cs_principal_get(lab, caller, &p))
        return;
    cs_id host = p.kind == CS_COMPUTER ? cs_host_of_account(lab, caller) : 0;
    if (host)
        m->change->hosts[m->change->host_count++] = host;
    else
        cs_record_each(lab, CS_NOUN_SESSION, add_session, &closing);
}

static void make_room(const struct measure *m, size_t room)
{
    struct enroll_change *change = m->change;
    change->hosts = cs_arena_alloc(m->one->arena, (room + 1) * sizeof(cs_id));
    change->sessions = cs_arena_alloc(
        m->one->arena, (cs_record_count(m->one->lab, CS_NOUN_SESSION) + 1) * sizeof(cs_id));
    change->left = cs_arena_alloc(m->one->arena, (room + 1) * sizeof(cs_id));
    change->host_count = change->session_count = change->left_count = 0;
}

/* Of a group: who needs a new token for it, and who is refused with any. */
static void sort_meant(const struct measure *m, const struct answers *stale,
                       const struct answers *fresh)
{
    make_room(m, cs_set_size(m->one->meant));
    for (cs_id id = 0; (id = cs_set_next(m->one->meant, id + 1));) {
        if (!cs_set_has(&stale->refused, id))
            continue;
        if (cs_set_has(&fresh->refused, id))
            m->change->left[m->change->left_count++] = id;
        else
            add_start(m, id);
    }
    m->change->fresh = m->change->host_count || m->change->session_count;
}

static bool starts_ca_host(const struct measure *m)
{
    for (size_t i = 0; i < m->change->host_count; i++)
        if (m->change->hosts[i] == m->one->ca->host)
            return !m->change->purge;
    return false;
}

/* A start of the CA's own machine starts certsvc, too. */
static cs_status start_ca_host(const struct measure *m)
{
    return starts_ca_host(m) ? cs_host_restart(m->one->lab, m->one->ca->host, m->err) : CS_OK;
}

/* Of a group: who of it needs a new token, and whom the change leaves out. */
static cs_status ask_meant(const struct measure *m)
{
    const struct enroll_case *one = m->one;
    struct answers stale, fresh;
    if (ask_all(one, m->scratch, one->ask.from, &stale, m->err) != CS_OK)
        return m->err->status;
    cs_lab_begin(one->lab, CS_STR("what if they start anew"));
    freshen_all(one, m->scratch);
    cs_status status = ask_all(one, m->scratch, one->ask.from, &fresh, m->err);
    cs_lab_rollback(one->lab);
    if (status == CS_OK)
        sort_meant(m, &stale, &fresh);
    return status;
}

static cs_status compare(const struct measure *m, const struct enroll_crowd *before)
{
    const struct enroll_case *one = m->one;
    struct enroll_change *change = m->change;
    struct answers after;
    if ((one->meant && ask_meant(m) != CS_OK) || start_ca_host(m) != CS_OK)
        return m->err->status;
    freshen_all(one, m->scratch);
    if (ask_all(one, m->scratch, 0, &after, m->err) != CS_OK)
        return m->err->status;
    change->allowed =
        others(one, &after.allowed, &before->allowed, before->end, &change->allowed_count);
    change->denied =
        others(one, &before->allowed, &after.allowed, before->end, &change->denied_count);
    return CS_OK;
}

cs_status enroll_change_measure(const struct enroll_case *one, struct enroll_change *change,
                                const struct enroll_crowd *before, struct cs_error *err)
{
    struct measure m = {one, change, cs_arena_new(), err};
    cs_status status = CS_OK;
    if (!m.scratch)
        return cs_fail(err, CS_MEMORY, "no memory");
    make_room(&m, 1);
    if (!one->meant && change->fresh)
        add_start(&m, one->ask.principal);
    cs_lab_begin(one->lab, CS_STR("what if"));
    if (enroll_change_apply(one, change))
        status = compare(&m, before);
    cs_lab_rollback(one->lab);
    cs_arena_free(m.scratch);
    return status;
}

struct cs_value enroll_names(const struct enroll_case *one, const cs_id *ids, size_t count)
{
    struct cs_list_maker names = {.arena = one->arena};
    for (size_t i = 0; i < count; i++)
        cs_list_add(&names, cs_value_str(cs_principal_name(one->lab, one->arena, ids[i])));
    return cs_list_value(&names);
}
