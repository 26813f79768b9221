/*
 * call_run.c - one command runs: its words, its transaction, its end (see shell.h).
 *
 * A reader's rows go straight to the sink.  A writer runs in one transaction, and its rows
 * and words wait until that is committed, so that nobody reads of a change that never was;
 * when it fails, its rows are dropped, and only what it said to people is still said.
 * Room: command.
 */
#include "call_in.h"

#include "caps.h"

enum { DEEPEST = 100, MOST_SAID = 1 << 26 };

/* --------------------------------------------------------------------- run */

static cs_status release(struct cs_call *call, cs_status status, struct cs_error *err)
{
    call->holds = false;
    if (call->said.length)
        call->sink->words(call->sink, cs_buf_str(&call->said));
    for (struct held_row *row = call->first; row && status == CS_OK; row = row->next)
        status = call->sink->row(call->sink, row->values, err);
    return status;
}

/* One transaction around the handler; its title is the line, so that history reads well. */
static cs_status run_writer(struct cs_call *call, struct cs_error *err)
{
    cs_status status = cs_shell_need_lab(call->shell, err);
    if (status != CS_OK)
        return status;
    struct cs_lab *lab = call->shell->lab;
    call->holds = true;
    cs_lab_begin(lab, call->line);
    status = call->command->run(call, err);
    bool well = status == CS_OK;
    status = cs_lab_end(lab, status, err);
    if (well && status != CS_OK) /* what it said has not come true */
        cs_buf_cut(&call->said, 0);
    return release(call, status, err);
}

static cs_status take_words(struct cs_call *call, struct cs_str rest, struct cs_error *err)
{
    struct csi_word *words = NULL;
    size_t count = 0;
    cs_status status = csi_words_split(call->arena, rest, false, &words, &count, err);
    if (status != CS_OK) {
        csi_shell_set_error_text(call->shell, rest);
        return status;
    }
    call->words = cs_arena_alloc(call->arena, count * sizeof *call->words);
    for (size_t i = 0; i < count; i++)
        call->words[i] = words[i].text;
    call->word_count = count;
    if (call->command->flags & CS_COMMAND_RAW)
        return CS_OK;
    size_t before = (size_t)(rest.at - call->line.at);
    for (size_t i = 0; rest.length && i < count; i++) { /* places in the whole line */
        words[i].at += before;
        words[i].end += before;
    }
    return csi_bind(call->shell, call->arena, call->command, call->line, words, count, &call->bound,
                    err);
}

/* By its declaration it touches only files that are named, and none is. */
static bool names_no_file(const struct cs_call *call)
{
    const struct cs_command *command = call->command;
    if (command->needs || command->flags & CS_COMMAND_RAW)
        return false;
    for (size_t i = 0; i < command->params.count; i++)
        if (command->params.at[i].type == &cs_type_path && call->bound.given[i])
            return false;
    return true;
}

/* Is all granted that the command needs? */
static cs_status check_granted(const struct cs_call *call, struct cs_error *err)
{
    const struct csi_plugin_entry *owner = csi_registry_owner(call->shell, call->command);
    unsigned needs = csi_caps_of(owner ? owner->plugin : NULL, call->command);
    if (names_no_file(call))
        needs &= ~(unsigned)(CSI_FILE_READ | CSI_FILE_WRITE);
    if (!(needs & call->shell->withheld))
        return CS_OK;
    const char *what = cs_arena_printf(call->arena, "'%s'", call->command->name);
    return csi_caps_refuse(call->shell, what, needs, err);
}

/* Run the handler between the sink's begin and end. */
static cs_status run_bound(struct cs_call *call, struct cs_error *err)
{
    struct cs_sink *sink = call->sink;
    unsigned kind = call->command->flags & (CS_COMMAND_WRITES | CS_COMMAND_NESTS);
    cs_status status = sink->begin ? sink->begin(sink, call->command, err) : CS_OK;
    call->shell->missed = false;
    if (status == CS_OK)
        status = kind == CS_COMMAND_WRITES ? run_writer(call, err) : call->command->run(call, err);
    /* a reader that went on with an empty lab because there is no other has failed */
    if (status == CS_OK && call->shell->open_failed && call->shell->missed)
        status = cs_shell_need_lab(call->shell, err);
    return status;
}

/* Could the error's `at` count in this argument?  When it quotes something, that must stand
 * there. */
static bool could_be_in(struct cs_str text, const struct cs_error *err)
{
    struct cs_str rest = cs_str_from(text, (size_t)err->at), told = cs_str_of(err->text);
    ptrdiff_t open = cs_str_find(told, '\'');
    struct cs_str subject = open < 0 ? CS_STR("") : cs_str_from(told, (size_t)open + 1);
    ptrdiff_t close = cs_str_find(subject, '\'');
    subject.length = close < 0 ? 0 : (size_t)close;
    return text.length >= (size_t)err->at && cs_str_same_start(rest, subject);
}

/* An error inside a text that the handler parsed itself: its `at` counts in an argument. */
static void note_error_text(struct cs_call *call, const struct cs_error *err)
{
    if (err->at < 0 || err->where[0] || call->shell->error_text.length || !call->bound.given)
        return;
    for (size_t i = 0; i < call->command->params.count; i++) {
        const struct cs_value *value = &call->bound.values[i];
        if (value->kind == CS_TEXT && could_be_in(value->text, err)) {
            csi_shell_set_error_text(call->shell, value->text);
            return;
        }
    }
}

/* A command with its own syntax that was misused: its usage line is the cure. */
static void note_usage(const struct cs_call *call, struct cs_error *err)
{
    if (err->status != CS_USAGE || err->hint[0])
        return;
    struct cs_str usage = cs_help_usage(call->arena, call->command);
    cs_error_hint(err, "usage: %.*s", CS_STR_ARG(usage));
}

/* The way out for who has worlds on a lab that others have changed. */
static bool is_of_worlds(const struct cs_command *command)
{
    return cs_str_same_start(cs_str_of(command->name), CS_STR("world "));
}

/* help, quit: whatever has become of the lab's file. */
static bool needs_lab(const struct cs_call *call)
{
    const struct csi_plugin_entry *owner = csi_registry_owner(call->shell, call->command);
    return csi_caps_of(owner ? owner->plugin : NULL, call->command) & CSI_LAB_READ;
}

/* What other shells have written to the lab's file counts; a writer is the only one until it is
 * done. */
static cs_status look_again(struct cs_call *call, struct cs_error *err)
{
    struct cs_shell *shell = call->shell;
    bool writes = call->command->flags & CS_COMMAND_WRITES;
    if (!shell->lab || (shell->depth > 1 && !(writes && cs_lab_in_transaction(shell->lab))))
        return CS_OK;
    if (!needs_lab(call))
        return CS_OK;
    if (writes)
        return cs_lab_hold(shell->lab, err);
    cs_status status = cs_lab_refresh(shell->lab, err);
    return status == CS_STATE && is_of_worlds(call->command) ? CS_OK : status;
}

static cs_status run_call(struct cs_call *call, struct cs_str rest, struct cs_error *err)
{
    cs_status status = look_again(call, err);
    struct cs_sink *sink = call->sink;
    if (status == CS_OK)
        status = take_words(call, rest, err);
    if (status == CS_OK)
        status = check_granted(call, err);
    if (status == CS_OK)
        status = run_bound(call, err);
    else if (sink->begin)
        (void)!sink->begin(sink, call->command, &(struct cs_error){0});
    if (status != CS_OK) {
        note_error_text(call, err);
        note_usage(call, err);
    }
    if (call->shell->lab && call->shell->depth <= 1)
        cs_lab_release(call->shell->lab);
    if (sink->end)
        sink->end(sink);
    return status;
}

static cs_status run_command(struct cs_shell *shell, const struct cs_command *command,
                             struct cs_str line, struct cs_str rest, struct cs_sink *sink,
                             int *code, struct cs_error *err)
{
    if (shell->depth >= DEEPEST)
        return cs_fail(err, CS_LIMIT, "commands are nested deeper than %d", DEEPEST);
    struct cs_call call = {.shell = shell, .command = command, .sink = sink, .line = line};
    call.arena = cs_arena_new();
    if (!call.arena)
        return cs_fail(err, CS_MEMORY, "out of memory");
    call.last = &call.first;
    cs_buf_init(&call.said, MOST_SAID);
    shell->depth++;
    cs_status status = run_call(&call, rest, err);
    shell->depth--;
    *code = call.code;
    cs_buf_clear(&call.said);
    cs_arena_free(call.arena);
    return status;
}

/* "net locl" when "net" begins a command, else the first word alone. */
static struct cs_str unknown_words(struct cs_shell *shell, struct cs_arena *arena,
                                   struct cs_str line)
{
    size_t at = 0;
    struct cs_str first, second;
    if (!csi_words_next(line, &at, &first) || !csi_words_next(line, &at, &second))
        return line;
    struct cs_str family = cs_str_printf(arena, "%.*s ", CS_STR_ARG(first));
    for (size_t i = 0; i < shell->command_count; i++)
        if (cs_str_same_start(cs_str_of(shell->commands[i].entry.name), family))
            return cs_str_printf(arena, "%.*s%.*s", CS_STR_ARG(family), CS_STR_ARG(second));
    return first;
}

static bool is_family(struct cs_shell *shell, struct cs_arena *arena, struct cs_str line)
{
    struct cs_str family = cs_str_printf(arena, "%.*s ", CS_STR_ARG(line));
    for (size_t i = 0; i < shell->command_count; i++)
        if (cs_str_same_start(cs_str_of(shell->commands[i].entry.name), family))
            return true;
    return false;
}

static cs_status no_such_command(struct cs_shell *shell, struct cs_str line, struct cs_error *err)
{
    struct cs_arena *arena = cs_arena_new();
    if (!arena)
        return cs_fail(err, CS_MEMORY, "out of memory");
    struct cs_str typed = unknown_words(shell, arena, line);
    struct cs_str near = cs_shell_suggest(shell, arena, line);
    cs_fail_at(err, CS_USAGE, 0, "no such command '%.*s'", CS_STR_ARG(typed));
    if (is_family(shell, arena, line))
        cs_error_hint(err, "'help %.*s' lists what begins so", CS_STR_ARG(line));
    else if (near.length)
        cs_error_hint(err, "did you mean: %.*s", CS_STR_ARG(near));
    else
        cs_error_hint(err, "'help' lists the commands");
    csi_shell_set_error_text(shell, line);
    cs_arena_free(arena);
    return CS_USAGE;
}

/* "lab import --help" is "help lab import", and of a family, too. */
static bool asks_for_help(struct cs_str line, struct cs_str *topic)
{
    const struct cs_str option = CS_STR("--help");
    if (!cs_str_ends(line, option))
        return false;
    *topic = cs_str_trim(cs_str_span(line.at, line.length - option.length));
    return topic->length + option.length < line.length || !topic->length;
}

static cs_status find_command(struct cs_shell *shell, struct cs_str line,
                              const struct cs_command **command, struct cs_str *rest,
                              struct cs_error *err)
{
    struct cs_str topic, behind = {0};
    bool help = asks_for_help(line, &topic);
    cs_status status = cs_shell_find(shell, help ? topic : line, command, rest, err);
    if (status == CS_OK && help) {
        if (*command) /* without the arguments */
            topic.length = (size_t)(rest->at - topic.at);
        *rest = topic;
        return cs_shell_find(shell, CS_STR("help"), command, &behind, err);
    }
    return status == CS_OK && !*command ? no_such_command(shell, line, err) : status;
}

cs_status cs_shell_run(struct cs_shell *shell, struct cs_str line, struct cs_sink *sink, int *code,
                       struct cs_error *err)
{
    const struct cs_command *command = NULL;
    struct cs_str rest = {0};
    line = cs_str_trim(line);
    *code = 0;
    csi_shell_set_error_text(shell, CS_STR(""));
    if (!line.length || line.at[0] == '#')
        return CS_OK;
    cs_status status = find_command(shell, line, &command, &rest, err);
    if (status == CS_OK)
        status = run_command(shell, command, line, rest, sink, code, err);
    if (status != CS_OK)
        *code = cs_status_exit(status);
    return status;
}
