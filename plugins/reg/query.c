/*
 * query.c - reg query: a key's values, then the keys below it.
 *
 * Values come one a line, four blanks between name, type and data; keys that hold values
 * are headings.  With /v only the value asked for, with /s the same for every key below.
 */
#include <stdlib.h>

#include "reg.h"

/* ------------------------------------------------------------------ collecting */

static bool collect_one(void *context, const struct cs_reg_value *value)
{
    struct reg_values *values = context;
    if (values->count < values->room)
        values->at[values->count] = value;
    values->count++;
    return true;
}

struct keyed {
    struct cs_str fold; /* the key in lower case */
    const struct cs_reg_value *value;
};

/* By key without case; within a key in order of making. */
static int compare(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    int order = cs_str_compare(x->fold, y->fold);
    cs_id i = x->value->record.id, j = y->value->record.id;
    return order ? order : (i > j) - (i < j);
}

static void sort(struct cs_arena *arena, struct reg_values *values)
{
    struct keyed *keyed = cs_arena_alloc(arena, (values->count + 1) * sizeof *keyed);
    for (size_t i = 0; i < values->count; i++)
        keyed[i] = (struct keyed){cs_str_fold(arena, values->at[i]->key), values->at[i]};
    qsort(keyed, values->count, sizeof *keyed, compare);
    for (size_t i = 0; i < values->count; i++)
        values->at[i] = keyed[i].value;
}

struct reg_values reg_collect(const struct reg *reg, bool below)
{
    struct reg_values values = {0};
    cs_id host = reg->host->record.id;
    cs_registry_each(reg->lab, host, reg->key, below, collect_one, &values);
    values.room = values.count;
    values.count = 0;
    values.at = cs_arena_alloc(reg->arena, (values.room + 1) * sizeof *values.at);
    cs_registry_each(reg->lab, host, reg->key, below, collect_one, &values);
    sort(reg->arena, &values);
    return values;
}

/* --------------------------------------------------------------------- showing */

struct cs_str reg_shown_name(struct cs_str name)
{
    return name.length ? name : CS_STR("(Default)");
}

static struct cs_str shown_hex(const struct reg *reg, struct cs_str data)
{
    char *text = cs_arena_alloc(reg->arena, data.length * 2 + 1);
    for (size_t i = 0; i < data.length; i++) {
        unsigned byte = (unsigned char)data.at[i];
        text[2 * i] = "0123456789ABCDEF"[byte >> 4];
        text[2 * i + 1] = "0123456789ABCDEF"[byte & 15];
    }
    return cs_str_span(text, data.length * 2);
}

/* Texts of a list, "\0" between them. */
static struct cs_str shown_multi(const struct reg *reg, struct cs_str data)
{
    struct cs_str all = cs_str_from_utf16(reg->arena, data.at, data.length), out = CS_STR("");
    while (all.length && all.at[0] != '\0') {
        ptrdiff_t end = cs_str_find(all, '\0');
        struct cs_str one = cs_str_span(all.at, end < 0 ? all.length : (size_t)end);
        out = cs_str_printf(reg->arena, "%.*s%s%.*s", CS_STR_ARG(out), out.length ? "\\0" : "",
                            CS_STR_ARG(one));
        all = cs_str_from(all, one.length + 1);
    }
    return out;
}

struct cs_str reg_shown_data(const struct reg *reg, const struct cs_reg_value *value)
{
    uint32_t number;
    if (cs_reg_number(value, &number))
        return cs_str_printf(reg->arena, "0x%x", (unsigned)number);
    if (value->type == CS_REG_SZ || value->type == CS_REG_EXPAND_SZ)
        return cs_reg_text(reg->arena, value);
    if (value->type == CS_REG_MULTI_SZ)
        return shown_multi(reg, value->data);
    if (value->type != CS_REG_QWORD || value->data.length != 8)
        return shown_hex(reg, value->data);
    uint64_t big = 0;
    for (int i = 7; i >= 0; i--)
        big = big << 8 | (unsigned char)value->data.at[i];
    return cs_str_printf(reg->arena, "0x%llx", (unsigned long long)big);
}

static cs_status give_value(struct reg *reg, const struct cs_reg_value *value)
{
    struct cs_str name = reg_shown_name(value->name), data = reg_shown_data(reg, value);
    cs_call_say(reg->call, "    %.*s    %s    %.*s\n", CS_STR_ARG(name),
                cs_reg_type_name(value->type), CS_STR_ARG(data));
    return CS_ROW(reg->call, reg->err, cs_value_str(reg->host->name),
                  cs_value_str(reg_shown_key(reg, value->key)), cs_value_str(value->name),
                  cs_value_text(cs_reg_type_name(value->type)), cs_value_str(data));
}

static cs_status give_key(struct reg *reg, struct cs_str key)
{
    struct cs_str shown = reg_shown_key(reg, key);
    cs_call_say(reg->call, "%.*s\n", CS_STR_ARG(shown));
    return CS_ROW(reg->call, reg->err, cs_value_str(reg->host->name), cs_value_str(shown),
                  cs_value_null(), cs_value_null(), cs_value_null());
}

/* ------------------------------------------------------------------- the verb */

static bool wanted(const struct reg *reg, const struct cs_reg_value *value)
{
    if (value->type == CS_REG_KEY || (!reg->below && !cs_str_same(value->key, reg->key)))
        return false;
    if (reg->has_name && !cs_str_same(value->name, reg->name))
        return false;
    return !reg->has_type || cs_str_same(reg->type, cs_str_of(cs_reg_type_name(value->type)));
}

static cs_status give_values(struct reg *reg, const struct reg_values *values, size_t *found)
{
    struct cs_str heading = CS_STR("");
    for (size_t i = 0; i < values->count; i++) {
        const struct cs_reg_value *value = values->at[i];
        if (!wanted(reg, value))
            continue;
        if (!cs_str_same(value->key, heading)) {
            struct cs_str shown = reg_shown_key(reg, value->key);
            cs_call_say(reg->call, "\n%.*s\n", CS_STR_ARG(shown));
        }
        heading = value->key;
        ++*found;
        cs_status status = give_value(reg, value);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}

/* The keys directly below: the steps behind ours, each once. */
static cs_status give_keys(struct reg *reg, const struct reg_values *values)
{
    struct cs_str last = CS_STR("");
    cs_call_say(reg->call, "\n");
    for (size_t i = 0; i < values->count; i++) {
        struct cs_str key = values->at[i]->key;
        struct cs_str rest = cs_str_from(key, reg->key.length + 1);
        ptrdiff_t cut = cs_str_find(rest, '\\');
        size_t step = cut < 0 ? rest.length : (size_t)cut;
        struct cs_str own = cs_str_span(key.at, reg->key.length + 1 + step);
        if (rest.length == 0 || cs_str_same(own, last))
            continue;
        last = own;
        cs_status status = give_key(reg, own);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}

cs_status reg_query(struct reg *reg)
{
    struct reg_values values = reg_collect(reg, true);
    size_t found = 0;
    if (values.count == 0)
        return reg_missing(reg);
    cs_status status = give_values(reg, &values, &found);
    if (status != CS_OK)
        return status;
    if (reg->has_name && !found)
        return reg_missing(reg);
    if (!reg->has_name && !reg->below)
        return give_keys(reg, &values);
    cs_call_say(reg->call, "\n");
    return CS_OK;
}
