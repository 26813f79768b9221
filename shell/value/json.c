/*
 * json.c - JSON text to a value; the one file that knows yajl.
 *
 * yajl calls back for every piece.  Finished values wait on one stack; when a list or an
 * object ends, its part of the stack is copied into the arena in one piece, so that a value
 * costs exactly what it holds.  Room: value.
 */
#include <certsh/json.h>

#include <yajl/yajl_parse.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { DEEPEST = 100, LARGEST = 1 << 28 };

struct reader {
    struct cs_arena *arena;
    struct cs_member *stack; /* finished values of all open containers */
    size_t count, room;
    size_t start[DEEPEST]; /* where each open container's values begin */
    bool is_object[DEEPEST];
    struct cs_str key[DEEPEST]; /* the key that waits for its value */
    size_t depth;
    cs_status status; /* why a callback stopped the reader */
    const char *problem;
};

static int stop(struct reader *reader, cs_status status, const char *problem)
{
    reader->status = status;
    reader->problem = problem;
    return 0;
}

static int keep(struct reader *reader, struct cs_value value)
{
    if (reader->count == reader->room) {
        size_t room = reader->room ? reader->room * 2 : 64;
        struct cs_member *stack = csi_alloc_again(reader->stack, room * sizeof *stack);
        if (!stack)
            return stop(reader, CS_MEMORY, "out of memory");
        reader->stack = stack;
        reader->room = room;
    }
    struct cs_str name = {0};
    if (reader->depth && reader->is_object[reader->depth - 1])
        name = reader->key[reader->depth - 1];
    reader->stack[reader->count++] = (struct cs_member){name, value};
    return 1;
}

/* ----------------------------------------------------------- yajl's pieces */

static int on_null(void *context)
{
    return keep(context, cs_value_null());
}

static int on_boolean(void *context, int boolean)
{
    return keep(context, cs_value_bool(boolean != 0));
}

static int on_number(void *context, const char *text, size_t length)
{
    struct reader *reader = context;
    int64_t integer;
    if (cs_str_integer(cs_str_span(text, length), &integer))
        return keep(reader, cs_value_int(integer));
    double real = strtod(cs_str_c(reader->arena, cs_str_span(text, length)), NULL);
    if (!isfinite(real))
        return stop(reader, CS_LIMIT, "the number is too large");
    return keep(reader, cs_value_real(real));
}

static int on_string(void *context, const unsigned char *text, size_t length)
{
    struct reader *reader = context;
    struct cs_str copy = cs_str_copy(reader->arena, cs_str_span((const char *)text, length));
    return keep(reader, cs_value_str(copy));
}

static int open_container(struct reader *reader, bool is_object)
{
    if (reader->depth == DEEPEST)
        return stop(reader, CS_LIMIT, "nested deeper than 100 levels");
    reader->start[reader->depth] = reader->count;
    reader->is_object[reader->depth++] = is_object;
    return 1;
}

static int on_start_object(void *context)
{
    return open_container(context, true);
}

static int on_key(void *context, const unsigned char *text, size_t length)
{
    struct reader *reader = context;
    reader->key[reader->depth - 1] =
        cs_str_copy(reader->arena, cs_str_span((const char *)text, length));
    return 1;
}

/* What was read since `start`; NULL while nothing at all was. */
static const struct cs_member *items_from(const struct reader *reader, size_t start)
{
    return reader->stack ? reader->stack + start : NULL;
}

static int on_end_object(void *context)
{
    struct reader *reader = context;
    size_t start = reader->start[--reader->depth];
    struct cs_value object =
        cs_value_object(reader->arena, items_from(reader, start), reader->count - start);
    reader->count = start;
    return keep(reader, object);
}

static int on_start_list(void *context)
{
    return open_container(context, false);
}

static int on_end_list(void *context)
{
    struct reader *reader = context;
    size_t start = reader->start[--reader->depth], count = reader->count - start;
    struct cs_value *items = cs_arena_alloc(reader->arena, count * sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = reader->stack[start + i].value;
    reader->count = start;
    return keep(reader, (struct cs_value){.kind = CS_LIST, .list = {items, count}});
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_start_object,
    .yajl_map_key = on_key,
    .yajl_end_map = on_end_object,
    .yajl_start_array = on_start_list,
    .yajl_end_array = on_end_list,
};

/* ------------------------------------------------------------------ errors */

/* yajl says "lexical error: invalid char in json text.\n" and more; the first line without
 * its full stop is our style. */
static cs_status tell_syntax(yajl_handle yajl, struct cs_str text, size_t at, struct cs_error *err)
{
    const unsigned char *bytes = (const unsigned char *)text.at;
    unsigned char *told = yajl_get_error(yajl, 0, bytes, text.length);
    struct cs_str words = cs_str_of((const char *)told);
    ptrdiff_t end = cs_str_find(words, '\n');
    words = cs_str_trim(cs_str_span(words.at, end < 0 ? words.length : (size_t)end));
    if (words.length && words.at[words.length - 1] == '.')
        words.length--;
    cs_fail_at(err, CS_SYNTAX, at, "no JSON: %.*s", CS_STR_ARG(words));
    yajl_free_error(yajl, told);
    return CS_SYNTAX;
}

static cs_status run(yajl_handle yajl, struct reader *reader, struct cs_str text,
                     struct cs_error *err)
{
    yajl_status status = yajl_parse(yajl, (const unsigned char *)text.at, text.length);
    size_t at = yajl_get_bytes_consumed(yajl);
    if (status == yajl_status_ok) { /* what is lacking is lacking at the end */
        at = text.length;
        status = yajl_complete_parse(yajl);
    }
    if (status == yajl_status_client_canceled)
        return cs_fail_at(err, reader->status, at, "no JSON to use: %s", reader->problem);
    if (status != yajl_status_ok)
        return tell_syntax(yajl, text, at, err);
    if (reader->count != 1)
        return cs_fail_at(err, CS_SYNTAX, text.length, "no JSON: the text is empty");
    return CS_OK;
}

cs_status cs_json_read(struct cs_arena *arena, struct cs_str text, struct cs_value *value,
                       struct cs_error *err)
{
    if (text.length > LARGEST)
        return cs_fail(err, CS_LIMIT, "%zu bytes of JSON are more than %d", text.length, LARGEST);
    struct reader *reader = csi_alloc_must(sizeof *reader);
    memset(reader, 0, sizeof *reader);
    reader->arena = arena;
    yajl_handle yajl = yajl_alloc(&callbacks, NULL, reader);
    cs_status status = yajl ? run(yajl, reader, text, err) : cs_fail(err, CS_MEMORY, "no memory");
    if (status == CS_OK)
        *value = reader->stack[0].value;
    if (yajl)
        yajl_free(yajl);
    csi_alloc_free(reader->stack);
    csi_alloc_free(reader);
    return status;
}
