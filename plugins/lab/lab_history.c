/*
 * lab_history.c - lab history, undo and redo.
 */
#include <string.h>

#include "lab_plugin.h"

struct changes {
    struct cs_arena *arena;
    struct cs_change *at;
    size_t count, room;
};

static bool take_change(void *context, const struct cs_change *change)
{
    struct changes *changes = context;
    changes->at = cs_arena_more(changes->arena, changes->at, changes->count, &changes->room,
                                sizeof *changes->at);
    changes->at[changes->count++] = *change;
    return true;
}

static struct changes all_changes(struct cs_call *call)
{
    struct changes changes = {.arena = cs_call_arena(call)};
    cs_lab_each_change(cs_call_lab(call), take_change, &changes);
    return changes;
}

enum { MOST_STEPS = 3 };

struct steps {
    struct cs_arena *arena;
    struct cs_value at[MOST_STEPS + 1];
    size_t count, all;
};

static bool take_step(void *context, const char *name, struct cs_str what)
{
    struct steps *steps = context;
    (void)name;
    if (steps->all++ < MOST_STEPS)
        steps->at[steps->count++] = cs_value_str(cs_str_copy(steps->arena, what));
    return true;
}

static struct cs_value steps_of(struct cs_call *call, const struct cs_change *change)
{
    struct steps steps = {.arena = cs_call_arena(call)};
    cs_lab_each_op(cs_call_lab(call), change->number, take_step, &steps);
    if (steps.all > MOST_STEPS)
        steps.at[steps.count++] =
            cs_value_str(cs_str_printf(steps.arena, "%zu more", steps.all - MOST_STEPS));
    return cs_value_list(steps.arena, steps.at, steps.count);
}

static cs_status change_row(struct cs_call *call, const struct cs_change *change, bool undone,
                            struct cs_error *err)
{
    return CS_ROW(call, err, cs_value_int((int64_t)change->number), cs_value_clock(change->time),
                  cs_value_str(change->user), cs_value_str(change->title),
                  cs_value_int((int64_t)change->ops), cs_value_bool(undone),
                  steps_of(call, change));
}

cs_status lab_history(struct cs_call *call, struct cs_error *err)
{
    struct changes changes = all_changes(call);
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < changes.count; i++)
        status = change_row(call, &changes.at[i], changes.at[i].undone, err);
    return status;
}

static cs_status moved(struct cs_call *call, const struct cs_change *change, bool undone,
                       struct cs_error *err)
{
    if (cs_call_wants_words(call))
        cs_call_say(call, "%s: %.*s   (%zu op%s%s)\n", undone ? "undone" : "redone",
                    CS_STR_ARG(change->title), change->ops, lab_plural(change->ops),
                    undone ? "; lab redo brings it back" : "");
    return change_row(call, change, undone, err);
}

/* A host that came with what was undone is no place to be. */
static void leave_gone_host(struct cs_call *call)
{
    struct cs_shell *shell = cs_call_shell(call);
    if (!cs_host_get(cs_call_lab(call), cs_shell_host(shell)))
        cs_shell_use_host(shell, 0);
}

static cs_status count_of(struct cs_call *call, size_t *count, struct cs_error *err)
{
    int64_t number = cs_call_int(call, "count");
    if (number < 1)
        return cs_fail(err, CS_INVALID, "how many changes must be 1 or more");
    *count = (size_t)number;
    return CS_OK;
}

cs_status lab_undo(struct cs_call *call, struct cs_error *err)
{
    size_t count = 0, done = 0;
    struct changes changes = all_changes(call);
    cs_status status = count_of(call, &count, err);
    if (status == CS_OK)
        status = cs_lab_undo(cs_call_lab(call), count, &done, err);
    if (status != CS_OK)
        return status;
    leave_gone_host(call);
    for (size_t i = changes.count; status == CS_OK && done && i-- > 0;) {
        if (changes.at[i].undone)
            continue;
        status = moved(call, &changes.at[i], true, err);
        done--;
    }
    return status;
}

cs_status lab_redo(struct cs_call *call, struct cs_error *err)
{
    size_t count = 0, done = 0;
    struct changes changes = all_changes(call);
    cs_status status = count_of(call, &count, err);
    if (status == CS_OK)
        status = cs_lab_redo(cs_call_lab(call), count, &done, err);
    for (size_t i = 0; status == CS_OK && done && i < changes.count; i++) {
        if (!changes.at[i].undone)
            continue;
        status = moved(call, &changes.at[i], false, err);
        done--;
    }
    return status;
}
