/* call.c - what a handler asks of its call, and what it gives (see command.h).  Room: command. */
#include "call_in.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

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
