/* value.c - making, copying and comparing values (see value.h).  Room: value. */
#include <certsh/value.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/print.h"

/* ------------------------------------------------------------------ making */

struct cs_value cs_value_null(void)
{
    return (struct cs_value){.kind = CS_NULL};
}

struct cs_value cs_value_bool(bool boolean)
{
    return (struct cs_value){.kind = CS_BOOL, .boolean = boolean};
}

struct cs_value cs_value_int(int64_t integer)
{
    return (struct cs_value){.kind = CS_INT, .integer = integer};
}

struct cs_value cs_value_real(double real)
{
    return (struct cs_value){.kind = CS_REAL, .real = real};
}

struct cs_value cs_value_code(uint32_t code)
{
    return (struct cs_value){.kind = CS_CODE, .integer = code};
}

struct cs_value cs_value_time(int64_t seconds)
{
    return (struct cs_value){.kind = CS_TIME, .integer = seconds};
}

struct cs_value cs_value_clock(int64_t seconds)
{
    const int64_t a_year = INT64_C(365) * 86400;
    return seconds >= a_year ? cs_value_time(seconds) : cs_value_null();
}

struct cs_value cs_value_text(const char *text)
{
    return text ? cs_value_str(cs_str_of(text)) : cs_value_null();
}

struct cs_value cs_value_str(struct cs_str text)
{
    return (struct cs_value){.kind = CS_TEXT, .text = text};
}

struct cs_value cs_value_ref(uint32_t id, struct cs_str name)
{
    return (struct cs_value){.kind = CS_REF, .id = id, .text = name};
}

struct cs_value cs_value_printf(struct cs_arena *arena, const char *format, ...)
{
    va_list args;
    size_t length;
    va_start(args, format);
    char *text = csi_arena_print(arena, &length, format, args);
    va_end(args);
    return cs_value_str(cs_str_span(text, length));
}

struct cs_value cs_value_list(struct cs_arena *arena, const struct cs_value *items, size_t count)
{
    struct cs_value *at = count ? cs_arena_alloc(arena, count * sizeof *at) : NULL;
    if (count)
        memcpy(at, items, count * sizeof *at);
    return (struct cs_value){.kind = CS_LIST, .list = {at, count}};
}

struct cs_value cs_value_object(struct cs_arena *arena, const struct cs_member *members,
                                size_t count)
{
    struct cs_member *at = count ? cs_arena_alloc(arena, count * sizeof *at) : NULL;
    if (count)
        memcpy(at, members, count * sizeof *at);
    return (struct cs_value){.kind = CS_OBJECT, .object = {at, count}};
}

static struct cs_value copy_list(struct cs_arena *arena, struct cs_list list)
{
    struct cs_value *at = list.count ? cs_arena_alloc(arena, list.count * sizeof *at) : NULL;
    for (size_t i = 0; i < list.count; i++)
        at[i] = cs_value_copy(arena, &list.at[i]);
    return (struct cs_value){.kind = CS_LIST, .list = {at, list.count}};
}

static struct cs_value copy_object(struct cs_arena *arena, struct cs_object object)
{
    struct cs_member *at = object.count ? cs_arena_alloc(arena, object.count * sizeof *at) : NULL;
    for (size_t i = 0; i < object.count; i++) {
        at[i].name = cs_str_copy(arena, object.at[i].name);
        at[i].value = cs_value_copy(arena, &object.at[i].value);
    }
    return (struct cs_value){.kind = CS_OBJECT, .object = {at, object.count}};
}

struct cs_value cs_value_copy(struct cs_arena *arena, const struct cs_value *value)
{
    struct cs_value copy = *value;
    if (value->kind == CS_TEXT || value->kind == CS_REF)
        copy.text = cs_str_copy(arena, value->text);
    if (value->kind == CS_LIST)
        return copy_list(arena, value->list);
    if (value->kind == CS_OBJECT)
        return copy_object(arena, value->object);
    return copy;
}

/* --------------------------------------------------------------- comparing */

static bool lists_equal(struct cs_list a, struct cs_list b)
{
    if (a.count != b.count)
        return false;
    for (size_t i = 0; i < a.count; i++)
        if (!cs_value_equal(&a.at[i], &b.at[i]))
            return false;
    return true;
}

static bool objects_equal(struct cs_object a, struct cs_object b)
{
    if (a.count != b.count)
        return false;
    for (size_t i = 0; i < a.count; i++)
        if (!cs_str_equal(a.at[i].name, b.at[i].name) ||
            !cs_value_equal(&a.at[i].value, &b.at[i].value))
            return false;
    return true;
}

bool cs_value_equal(const struct cs_value *a, const struct cs_value *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case CS_NULL:
        return true;
    case CS_BOOL:
        return a->boolean == b->boolean;
    case CS_INT:
    case CS_CODE:
    case CS_TIME:
        return a->integer == b->integer;
    case CS_REAL:
        return a->real <= b->real && a->real >= b->real; /* NaN is never equal */
    case CS_TEXT:
        return cs_str_equal(a->text, b->text);
    case CS_REF:
        return a->id == b->id;
    case CS_LIST:
        return lists_equal(a->list, b->list);
    case CS_OBJECT:
        return objects_equal(a->object, b->object);
    }
    return false;
}

/* Of a name that stands twice the last one counts, as in every JSON reader of note. */
const struct cs_value *cs_value_get(const struct cs_value *object, const char *name)
{
    if (!object || object->kind != CS_OBJECT)
        return NULL;
    for (size_t i = object->object.count; i-- > 0;)
        if (cs_str_is(object->object.at[i].name, name))
            return &object->object.at[i].value;
    return NULL;
}

/* ------------------------------------------------------------ growing list */

void cs_list_add(struct cs_list_maker *maker, struct cs_value value)
{
    maker->at =
        cs_arena_more(maker->arena, maker->at, maker->count, &maker->room, sizeof *maker->at);
    maker->at[maker->count++] = value;
}

struct cs_value cs_list_value(const struct cs_list_maker *maker)
{
    return (struct cs_value){.kind = CS_LIST, .list = {maker->at, maker->count}};
}

/* -------------------------------------------------------------- for people */

static void show(struct cs_buf *buf, const struct cs_value *value);

static void show_items(struct cs_buf *buf, struct cs_list list)
{
    for (size_t i = 0; i < list.count; i++) {
        if (i)
            cs_buf_adds(buf, ", ");
        show(buf, &list.at[i]);
    }
}

static void show_members(struct cs_buf *buf, struct cs_object object)
{
    for (size_t i = 0; i < object.count; i++) {
        cs_buf_addf(buf, "%s%.*s=", i ? ", " : "", CS_STR_ARG(object.at[i].name));
        show(buf, &object.at[i].value);
    }
}

static void show_time(struct cs_buf *buf, int64_t seconds)
{
    struct cs_time_text text;
    cs_buf_adds(buf, cs_time_format(seconds, &text));
}

static void show(struct cs_buf *buf, const struct cs_value *value)
{
    switch (value->kind) {
    case CS_NULL:
        return;
    case CS_BOOL:
        cs_buf_adds(buf, value->boolean ? "yes" : "no");
        return;
    case CS_INT:
        cs_buf_addf(buf, "%lld", (long long)value->integer);
        return;
    case CS_REAL:
        cs_buf_addf(buf, "%g", value->real);
        return;
    case CS_CODE:
        cs_buf_addf(buf, "0x%08llx", (unsigned long long)value->integer);
        return;
    case CS_TIME:
        show_time(buf, value->integer);
        return;
    case CS_TEXT:
    case CS_REF:
        cs_buf_add_str(buf, value->text);
        return;
    case CS_LIST:
        show_items(buf, value->list);
        return;
    case CS_OBJECT:
        show_members(buf, value->object);
        return;
    }
}

struct cs_str cs_value_show(struct cs_arena *arena, const struct cs_value *value)
{
    if (value->kind == CS_TEXT || value->kind == CS_REF)
        return value->text;
    struct cs_buf buf;
    cs_buf_init(&buf, SIZE_MAX / 4);
    show(&buf, value);
    struct cs_str text = cs_str_copy(arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return text;
}
