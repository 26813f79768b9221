/*
 * render.c - a whole change in words and commands (see words.c, effect.c).
 *
 * Each step is put into words in the state that the steps before it left, and all commands are
 * written in the state after the last, where whatever they name is there.
 */
#include "effect.h"

/* ---------------------------------------------------------------------- effects */

static struct cs_str do_steps(const struct enroll_case *one, const struct enroll_change *change,
                              struct enroll_effects *effects)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 16);
    for (size_t i = 0; i < change->count; i++) {
        cs_buf_addf(&buf, "%s%.*s", i ? ", then " : "",
                    CS_STR_ARG(enroll_edit_words(one, &change->edits[i])));
        if (!enroll_effect_of(one, &change->edits[i], effects))
            break;
    }
    struct cs_str words = cs_str_copy(one->arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return words;
}

static bool starts(const struct enroll_effects *effects, cs_id host)
{
    for (size_t i = 0; i < effects->count; i++)
        if (effects->at[i].host == host)
            return true;
    return false;
}

static bool logs_on(const struct enroll_effects *effects, cs_id user)
{
    for (size_t i = 0; i < effects->count; i++)
        if (effects->at[i].kind == EFFECT_RELOGON && effects->at[i].id == user)
            return true;
    return false;
}

/* certsvc, where the start of its machine starts it: only the undo has to say so. */
static void note_service(const struct enroll_case *one, cs_id host, struct enroll_effects *steps)
{
    const struct cs_service *certsvc = cs_service_find(one->lab, host, CS_STR("CertSvc"));
    struct enroll_effect run = {.kind = EFFECT_RUN, .on = true, .side = true, .host = host};
    if (!certsvc || certsvc->state == CS_SERVICE_RUNNING || certsvc->start != CS_START_AUTO)
        return;
    run.name = cs_str_fold(one->arena, certsvc->name);
    enroll_effect_add(steps, &run);
}

/* What must start anew: hosts that the steps need it of, then those who are meant. */
static void add_starts(const struct enroll_case *one, const struct enroll_change *change,
                       struct enroll_effects *effects)
{
    struct enroll_effect start = {.kind = EFFECT_RESTART, .on = true};
    for (size_t i = 0; i < change->count; i++) {
        start.host = change->edits[i].id;
        if (enroll_edit_restarts(&change->edits[i]) && !starts(effects, start.host))
            enroll_effect_add(effects, &start);
    }
    start.kind = change->purge ? EFFECT_PURGE : EFFECT_RESTART;
    for (size_t i = 0; i < change->host_count; i++) {
        start.host = change->hosts[i];
        if (!starts(effects, start.host))
            enroll_effect_add(effects, &start);
    }
    start = (struct enroll_effect){.kind = EFFECT_RELOGON, .on = true};
    for (size_t i = 0; i < change->session_count; i++) {
        const struct cs_session *session = (const struct cs_session *)cs_record_get(
            one->lab, CS_NOUN_SESSION, change->sessions[i]);
        start.id = session ? session->user : 0;
        if (!logs_on(effects, start.id)) /* whatever number of sessions it has */
            enroll_effect_add(effects, &start);
    }
}

/* ------------------------------------------------------------------------- words */

static struct cs_str start_words(const struct enroll_case *one, const struct enroll_effect *start)
{
    struct cs_arena *arena = one->arena;
    if (start->kind == EFFECT_RELOGON)
        return cs_str_printf(arena, "log %.*s off and on",
                             CS_STR_ARG(cs_principal_name(one->lab, arena, start->id)));
    return cs_str_printf(arena,
                         start->kind == EFFECT_PURGE ? "purge the tickets of %.*s" : "restart %.*s",
                         CS_STR_ARG(enroll_host_name(one, start->host)));
}

static struct cs_value starts_value(const struct enroll_case *one,
                                    const struct enroll_effects *effects)
{
    struct cs_list_maker list = {.arena = one->arena};
    for (size_t i = 0; i < effects->count; i++)
        cs_list_add(&list, cs_value_str(start_words(one, &effects->at[i])));
    return cs_list_value(&list);
}

static struct cs_value nothing(const struct enroll_case *one)
{
    return cs_value_list(one->arena, NULL, 0);
}

void enroll_change_render(const struct enroll_case *one, struct enroll_change *change,
                          enum enroll_syntax syntax, size_t *said)
{
    struct enroll_effects steps = {.arena = one->arena}, after = {.arena = one->arena};
    size_t ignored;
    cs_lab_begin(one->lab, CS_STR("what if"));
    change->words = do_steps(one, change, &steps);
    add_starts(one, change, &after);
    for (size_t i = 0; i < after.count; i++)
        if (after.at[i].kind == EFFECT_RESTART)
            note_service(one, after.at[i].host, &steps);
    change->then = starts_value(one, &after);
    change->commands = enroll_write(one, syntax, &steps, false, said);
    change->undo = enroll_write(one, syntax, &steps, true, &ignored);
    change->starts = enroll_write(one, syntax, &after, false, &ignored);
    if (!change->count) { /* time alone is the change itself */
        change->words = cs_value_show(one->arena, &change->then);
        change->commands = change->starts;
        *said = change->starts.list.count;
        change->undo = change->then = change->starts = nothing(one);
    }
    cs_lab_rollback(one->lab);
    if (change->title)
        change->words = cs_str_of(change->title);
}
