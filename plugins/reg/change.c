/*
 * change.c - reg add and reg delete: data from text, and the question reg.exe would ask.
 */
#include "reg.h"

/* ------------------------------------------------------------- data from text */

static cs_status bad_number(struct reg *reg)
{
    return reg_fail(reg, CS_INVALID, 87, "Invalid syntax. Specify valid numeric value for '/d'.");
}

static cs_status number_data(struct reg *reg, size_t size, struct cs_str *data)
{
    uint64_t number = 0;
    if (reg->data.length && !cs_str_number(reg->data, size == 4 ? UINT32_MAX : UINT64_MAX, &number))
        return bad_number(reg);
    char *bytes = cs_arena_alloc(reg->arena, size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(number >> (8 * i));
    *data = cs_str_span(bytes, size);
    return CS_OK;
}

static int digit(char c)
{
    ptrdiff_t at = cs_str_find(CS_STR("0123456789abcdefABCDEF"), c);
    return at < 16 ? (int)at : (int)at - 6;
}

static cs_status hex_data(struct reg *reg, struct cs_str *data)
{
    struct cs_str text = reg->data;
    char *bytes = cs_arena_alloc(reg->arena, text.length / 2 + 1);
    if (text.length % 2)
        return bad_number(reg);
    for (size_t i = 0; i < text.length; i += 2) {
        int high = digit(text.at[i]), low = digit(text.at[i + 1]);
        if (high < 0 || low < 0)
            return bad_number(reg);
        bytes[i / 2] = (char)(high * 16 + low);
    }
    *data = cs_str_span(bytes, text.length / 2);
    return CS_OK;
}

static size_t find(struct cs_str text, struct cs_str part)
{
    for (size_t i = 0; part.length && i + part.length <= text.length; i++)
        if (cs_str_equal(cs_str_span(text.at + i, part.length), part))
            return i;
    return text.length;
}

/* Texts between separators, each ended by a NUL, and one more. */
static struct cs_str multi_data(struct reg *reg)
{
    struct cs_str rest = reg->data;
    struct cs_str separator = reg->separator.length ? reg->separator : CS_STR("\\0");
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 20);
    while (rest.length) {
        size_t end = find(rest, separator);
        cs_buf_add(&buf, rest.at, end);
        cs_buf_addc(&buf, '\0');
        rest = cs_str_from(rest, end + separator.length);
    }
    cs_buf_addc(&buf, '\0');
    struct cs_str data = cs_str_to_utf16(reg->arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return data;
}

static cs_status make_data(struct reg *reg, uint32_t type, struct cs_str *data)
{
    switch (type) {
    case CS_REG_DWORD:
        return number_data(reg, 4, data);
    case CS_REG_QWORD:
        return number_data(reg, 8, data);
    case CS_REG_BINARY:
    case CS_REG_NONE:
        return hex_data(reg, data);
    case CS_REG_MULTI_SZ:
        *data = multi_data(reg);
        return CS_OK;
    default:
        *data = cs_reg_text_data(reg->arena, reg->data);
        return CS_OK;
    }
}

static bool read_type(const struct reg *reg, uint32_t *type)
{
    static const uint32_t types[] = {CS_REG_SZ,       CS_REG_DWORD, CS_REG_BINARY, CS_REG_EXPAND_SZ,
                                     CS_REG_MULTI_SZ, CS_REG_QWORD, CS_REG_NONE};
    *type = CS_REG_SZ;
    for (size_t i = 0; reg->has_type && i < CS_COUNT(types); i++) {
        *type = types[i];
        if (cs_str_same(reg->type, cs_str_of(cs_reg_type_name(types[i]))))
            return true;
    }
    return !reg->has_type;
}

/* ------------------------------------------------------------------------ add */

static const struct cs_source by_command = {.origin = CS_ORIGIN_COMMAND};

static cs_status give(struct reg *reg, const struct cs_reg_value *value)
{
    return CS_ROW(reg->call, reg->err, cs_value_str(reg->host->name),
                  cs_value_str(reg_shown_key(reg, value->key)), cs_value_str(value->name),
                  cs_value_text(cs_reg_type_name(value->type)),
                  cs_value_str(reg_shown_data(reg, value)));
}

static cs_status give_key(struct reg *reg)
{
    return CS_ROW(reg->call, reg->err, cs_value_str(reg->host->name),
                  cs_value_str(reg_shown_key(reg, reg->key)), cs_value_null(), cs_value_null(),
                  cs_value_null());
}

static cs_status add_key(struct reg *reg)
{
    cs_id host = reg->host->record.id;
    if (reg->has_type || reg->has_data)
        return reg_syntax(reg);
    if (!cs_registry_has_key(reg->lab, host, reg->key)) {
        cs_status status = cs_registry_set(reg->lab, host, reg->key, CS_STR(""), CS_REG_KEY,
                                           CS_STR(""), by_command, reg->err);
        if (status != CS_OK)
            return status;
    }
    reg_say_done(reg);
    return give_key(reg);
}

cs_status reg_add(struct reg *reg)
{
    cs_id host = reg->host->record.id;
    struct cs_str data;
    uint32_t type;
    if (!reg->has_name)
        return add_key(reg);
    if (!read_type(reg, &type))
        return reg_syntax(reg);
    const struct cs_reg_value *old = cs_registry_get(reg->lab, host, reg->key, reg->name);
    if (old && !reg->force)
        return reg_would_ask(reg,
                             cs_str_printf(reg->arena, "Value %.*s exists, overwrite(Yes/No)?",
                                           CS_STR_ARG(reg_shown_name(old->name))),
                             "/f");
    cs_status status = make_data(reg, type, &data);
    if (status == CS_OK)
        status =
            cs_registry_set(reg->lab, host, reg->key, reg->name, type, data, by_command, reg->err);
    if (status != CS_OK)
        return status;
    reg_say_done(reg);
    return give(reg, cs_registry_get(reg->lab, host, reg->key, reg->name));
}

/* --------------------------------------------------------------------- delete */

static cs_status delete_values(struct reg *reg)
{
    struct reg_values values = reg_collect(reg, false);
    cs_status status = CS_OK;
    for (size_t i = 0; i < values.count && status == CS_OK; i++) {
        const struct cs_reg_value *value = values.at[i];
        if (value->type == CS_REG_KEY || (reg->has_name && !cs_str_same(value->name, reg->name)))
            continue;
        status = give(reg, value);
        if (status == CS_OK)
            status = cs_registry_remove(reg->lab, reg->host->record.id, value->key, value->name,
                                        reg->err);
    }
    /* The key stays, also when its last value went. */
    if (status == CS_OK && !cs_registry_has_key(reg->lab, reg->host->record.id, reg->key))
        status = cs_registry_set(reg->lab, reg->host->record.id, reg->key, CS_STR(""), CS_REG_KEY,
                                 CS_STR(""), by_command, reg->err);
    return status;
}

static cs_status delete_key(struct reg *reg)
{
    cs_status status = give_key(reg);
    if (status != CS_OK)
        return status;
    return cs_registry_remove_key(reg->lab, reg->host->record.id, reg->key, reg->err);
}

static struct cs_str delete_question(const struct reg *reg)
{
    struct cs_str key = reg_shown_key(reg, reg->key);
    if (reg->has_name)
        return cs_str_printf(reg->arena, "Delete the registry value %.*s (Yes/No)?",
                             CS_STR_ARG(reg_shown_name(reg->name)));
    if (reg->all_values)
        return cs_str_printf(reg->arena, "Delete all values under the registry key %.*s (Yes/No)?",
                             CS_STR_ARG(key));
    return cs_str_printf(reg->arena, "Permanently delete the registry key %.*s (Yes/No)?",
                         CS_STR_ARG(key));
}

cs_status reg_delete(struct reg *reg)
{
    cs_id host = reg->host->record.id;
    bool there = reg->has_name ? cs_registry_get(reg->lab, host, reg->key, reg->name) != NULL
                               : cs_registry_has_key(reg->lab, host, reg->key);
    if (!there)
        return reg_missing(reg);
    if (!reg->force)
        return reg_would_ask(reg, delete_question(reg), "/f");
    bool values = reg->has_name || reg->all_values;
    cs_status status = values ? delete_values(reg) : delete_key(reg);
    if (status == CS_OK)
        reg_say_done(reg);
    return status;
}
