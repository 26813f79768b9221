/*
 * call.c - one command runs: its arguments, its rows, its transaction (see command.h).
 *
 * A reader's rows go straight to the sink.  A writer runs in one transaction, and its rows
 * and words wait until that is committed, so that nobody reads of a change that never was;
 * when it fails, its rows are dropped, and only what it said to people is still said.
 * Room: command.
 */
#include "shell_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum { DEEPEST = 100, MOST_SAID = 1 << 26 };

struct held_row {
    struct held_row *next;
    struct cs_value values[];
};

struct cs_call {
    struct cs_shell *shell;
    struct cs_arena *arena;
    const struct cs_command *command;
    struct cs_sink *sink;
    struct cs_str line;
    struct cs_str *words;
    size_t word_count;
    struct csi_bound bound;
    bool holds; /* rows and words wait for the commit */
    struct held_row *first, **last;
    struct cs_buf said;
    int code;
};

/* ---------------------------------------------------------------- the call */

struct cs_shell *cs_call_shell(const struct cs_call *call)
{
    return call->shell;
}

struct cs_arena *cs_call_arena(const struct cs_call *call)
{
    return call->arena;
}

void *cs_call_data(const struct cs_call *call)
{
    return call->command->data;
}

struct cs_lab *cs_call_lab(const struct cs_call *call)
{
    return cs_shell_lab(call->shell);
}

/* --------------------------------------------------------------- arguments */

static size_t param_index(const struct cs_call *call, const char *name)
{
    const struct cs_params *params = &call->command->params;
    for (size_t i = 0; i < params->count; i++)
        if (strcmp(params->at[i].name, name) == 0)
            return i;
    cs_bug(call->command->name, 0, name);
}

bool cs_call_given(const struct cs_call *call, const char *name)
{
    size_t index = param_index(call, name);
    return call->bound.given && call->bound.given[index];
}

const struct cs_value *cs_call_value(const struct cs_call *call, const char *name)
{
    static const struct cs_value nothing = {.kind = CS_NULL};
    size_t index = param_index(call, name);
    return call->bound.values ? &call->bound.values[index] : &nothing;
}

struct cs_str cs_call_str(const struct cs_call *call, const char *name)
{
    const struct cs_value *value = cs_call_value(call, name);
    return value->kind == CS_TEXT || value->kind == CS_REF ? value->text : CS_STR("");
}

int64_t cs_call_int(const struct cs_call *call, const char *name)
{
    const struct cs_value *value = cs_call_value(call, name);
    bool number = value->kind == CS_INT || value->kind == CS_CODE || value->kind == CS_TIME;
    return number ? value->integer : 0;
}

bool cs_call_flag(const struct cs_call *call, const char *name)
{
    const struct cs_value *value = cs_call_value(call, name);
    return value->kind == CS_BOOL && value->boolean;
}

cs_id cs_call_id(const struct cs_call *call, const char *name)
{
    const struct cs_value *value = cs_call_value(call, name);
    return value->kind == CS_REF ? value->id : 0;
}

struct cs_list cs_call_many(const struct cs_call *call, const char *name)
{
    const struct cs_value *value = cs_call_value(call, name);
    return value->kind == CS_LIST ? value->list : (struct cs_list){0};
}

cs_status cs_call_host(const struct cs_call *call, const char *name, cs_id *host,
                       struct cs_error *err)
{
    cs_id id = name ? cs_call_id(call, name) : 0;
    if (!id)
        id = cs_shell_host(call->shell);
    if (!id) {
        cs_fail(err, CS_NOT_FOUND, "there is no current host");
        return cs_error_hint(err, "choose one: host use NAME");
    }
    *host = id;
    return CS_OK;
}

const struct cs_str *cs_call_words(const struct cs_call *call, size_t *count)
{
    *count = call->word_count;
    return call->words;
}

struct cs_str cs_call_line(const struct cs_call *call)
{
    return call->line;
}

/* -------------------------------------------------------------------- rows */

/* The JSON Schema type of a value, as types declare theirs. */
static const char *json_kind(enum cs_kind kind)
{
    static const char *const names[] = {"null",   "boolean", "integer", "number", "string",
                                        "string", "string",  "array",   "object", "string"};
    return names[kind];
}

static cs_status wrong_row(const struct cs_call *call, const char *field, const char *is,
                           struct cs_error *err)
{
    return cs_fail(err, CS_INTERNAL, "field '%s' of a row of '%s' is %s, not what is declared",
                   field, call->command->name, is);
}

static cs_status check_row(const struct cs_call *call, const struct cs_value *values,
                           struct cs_error *err)
{
    const struct cs_fields *fields = &call->command->result;
    for (size_t i = 0; i < fields->count; i++) {
        const char *is = json_kind(values[i].kind), *wanted = fields->at[i].type->json;
        bool whole_number = values[i].kind == CS_INT && strcmp(wanted, "number") == 0;
        if (values[i].kind != CS_NULL && !whole_number && strcmp(is, wanted) != 0)
            return wrong_row(call, fields->at[i].name, is, err);
    }
    return CS_OK;
}

static void hold(struct cs_call *call, const struct cs_value *values, size_t count)
{
    struct held_row *row = cs_arena_alloc(call->arena, sizeof *row + count * sizeof *values);
    for (size_t i = 0; i < count; i++)
        row->values[i] = cs_value_copy(call->arena, &values[i]);
    *call->last = row;
    call->last = &row->next;
}

cs_status cs_call_row(struct cs_call *call, const struct cs_value *values, size_t count,
                      struct cs_error *err)
{
    if (count != call->command->result.count)
        return cs_fail(err, CS_INTERNAL, "a row of '%s' has %zu fields, not the declared %zu",
                       call->command->name, count, call->command->result.count);
#ifndef NDEBUG
    cs_status status = check_row(call, values, err);
    if (status != CS_OK)
        return status;
#else
    (void)check_row;
#endif
    if (!call->holds)
        return call->sink->row(call->sink, values, err);
    hold(call, values, count);
    return CS_OK;
}

static void say(struct cs_call *call, struct cs_str words)
{
    if (call->holds)
        cs_buf_add_str(&call->said, words);
    else
        call->sink->words(call->sink, words);
}

void cs_call_say(struct cs_call *call, const char *format, ...)
{
    if (!cs_call_wants_words(call))
        return;
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    size_t size = length < 0 ? 0 : (size_t)length;
    char *text = csi_alloc_must(size + 1);
    vsnprintf(text, size + 1, format, again);
    va_end(again);
    say(call, cs_str_span(text, size));
    csi_alloc_free(text);
}

bool cs_call_wants_words(const struct cs_call *call)
{
    return call->sink->wants_words && call->sink->words;
}

bool cs_call_utf8(const struct cs_call *call)
{
    return call->sink->utf8;
}

bool cs_call_colour(const struct cs_call *call)
{
    return call->sink->colour;
}

size_t cs_call_width(const struct cs_call *call)
{
    return call->sink->width;
}

void cs_call_warn(struct cs_call *call, const char *format, ...)
{
    char text[1024];
    if (!call->sink->warn)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    call->sink->warn(call->sink, cs_str_of(text));
}

/* ------------------------------------------------------------------- codes */

/* 4 (unknown) is worse than 0, 2 (denied) worse than 4, and everything else worse still. */
static int badness(int code)
{
    return code == 0 ? 0 : code == 4 ? 1 : code == 2 ? 2 : 3;
}

void cs_call_exit(struct cs_call *call, int code)
{
    if (badness(code) > badness(call->code))
        call->code = code;
}

void cs_call_exit_verdict(struct cs_call *call, int verdict_kind)
{
    cs_call_exit(call, verdict_kind == CS_ALLOWED ? 0 : verdict_kind == CS_UNKNOWN_VERDICT ? 4 : 2);
}

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
    if (status == CS_OK)
        cs_lab_commit(lab);
    else
        cs_lab_rollback(lab);
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

static cs_status run_call(struct cs_call *call, struct cs_str rest, struct cs_error *err)
{
    cs_status status = take_words(call, rest, err);
    struct cs_sink *sink = call->sink;
    if (status == CS_OK)
        status = run_bound(call, err);
    else if (sink->begin)
        (void)!sink->begin(sink, call->command, &(struct cs_error){0});
    if (status != CS_OK) {
        note_error_text(call, err);
        note_usage(call, err);
    }
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
    cs_bug_if(!call.arena);
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
    cs_status status = cs_shell_find(shell, line, &command, &rest, err);
    if (status == CS_OK && !command)
        status = no_such_command(shell, line, err);
    if (status == CS_OK)
        status = run_command(shell, command, line, rest, sink, code, err);
    if (status != CS_OK)
        *code = cs_status_exit(status);
    return status;
}
