/*
 * render.c - a whole change in words and commands, made of those of its steps (see words.c).
 */
#include "enroll.h"

struct lines {
    struct cs_list_maker commands, then;
    struct cs_str undo[ENROLL_MAX_EDITS];
    size_t undo_count;
    struct cs_buf words;
};

static void add_line(struct cs_list_maker *list, struct cs_str line)
{
    if (line.length)
        cs_list_add(list, cs_value_str(line));
}

static void render_edit(const struct enroll_case *one, const struct enroll_change *change,
                        size_t index, struct lines *lines)
{
    struct enroll_edit_words words = enroll_edit_words_of(one, &change->edits[index]);
    if (lines->words.length)
        cs_buf_adds(&lines->words, ", then ");
    cs_buf_add_str(&lines->words, words.words);
    add_line(&lines->commands, words.command);
    lines->undo[lines->undo_count++] = words.undo;
    if (enroll_edit_restarts(&change->edits[index])) {
        const struct cs_host *host = cs_host_get(one->lab, change->edits[index].id);
        add_line(&lines->then, cs_str_printf(one->arena, "restart %.*s",
                                             CS_STR_ARG(host ? host->name : CS_STR("?"))));
    }
}

static void render_then(const struct enroll_case *one, const struct enroll_change *change,
                        struct lines *lines)
{
    const struct cs_host *host =
        cs_host_get(one->lab, cs_host_of_account(one->lab, one->ask.principal));
    if (change->restart && host)
        add_line(&lines->then, cs_str_printf(one->arena, "restart %.*s", CS_STR_ARG(host->name)));
    else if (change->relogon)
        add_line(&lines->then,
                 cs_str_printf(one->arena, "log %.*s off and on", CS_STR_ARG(one->name)));
}

/* Words of each step are made in the state that the steps before it left. */
void enroll_change_render(const struct enroll_case *one, struct enroll_change *change)
{
    struct lines lines = {.commands = {.arena = one->arena}, .then = {.arena = one->arena}};
    struct cs_list_maker undo = {.arena = one->arena};
    struct cs_error ignored;
    cs_buf_init(&lines.words, 1 << 16);
    cs_lab_begin(one->lab, CS_STR("what if"));
    for (size_t i = 0; i < change->count; i++) {
        render_edit(one, change, i, &lines);
        if (enroll_edit_apply(one->lab, one->arena, &change->edits[i], &ignored) != CS_OK)
            break;
    }
    cs_lab_rollback(one->lab);
    render_then(one, change, &lines);
    for (size_t i = lines.undo_count; i-- > 0;)
        add_line(&undo, lines.undo[i]);
    change->words = change->title ? cs_str_of(change->title)
                                  : cs_str_copy(one->arena, cs_buf_str(&lines.words));
    change->commands = cs_list_value(&lines.commands);
    change->undo = cs_list_value(&undo);
    change->then = cs_list_value(&lines.then);
    cs_buf_clear(&lines.words);
}
