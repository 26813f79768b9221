/*
 * as_reg.c - effects as a file for reg import (see effect.h).
 *
 * Values are written whole, as reg export writes them: bytes in lines of at most 80 columns.
 * Only what is in the registry can be said: lists, flags, how a service starts.
 */
#include "effect.h"

enum { COLUMNS = 79 };

static void add_bytes(struct cs_buf *buf, struct cs_str bytes, size_t column)
{
    for (size_t i = 0; i < bytes.length; i++) {
        if (column + 3 > COLUMNS - 1) {
            cs_buf_adds(buf, "\\\n  ");
            column = 2;
        }
        cs_buf_addf(buf, "%02x%s", (unsigned char)bytes.at[i], i + 1 < bytes.length ? "," : "");
        column += 3;
    }
}

static void add_text(struct cs_buf *buf, struct cs_str text)
{
    cs_buf_addc(buf, '"');
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '"' || text.at[i] == '\\')
            cs_buf_addc(buf, '\\');
        cs_buf_addc(buf, text.at[i]);
    }
    cs_buf_addc(buf, '"');
}

static void add_data(struct writing *w, struct cs_buf *buf, const struct effect_state *state)
{
    struct cs_reg_value value = {.type = state->type, .data = state->data};
    uint32_t number;
    size_t start = buf->length;
    if (!state->there)
        cs_buf_addc(buf, '-');
    else if (cs_reg_number(&value, &number))
        cs_buf_addf(buf, "dword:%08x", (unsigned)number);
    else if (state->type == CS_REG_SZ)
        add_text(buf, cs_reg_text(w->one->arena, &value));
    else if (state->type == CS_REG_BINARY)
        cs_buf_adds(buf, "hex:");
    else
        cs_buf_addf(buf, "hex(%x):", (unsigned)state->type);
    if (buf->length > start && buf->at[buf->length - 1] == ':')
        add_bytes(buf, state->data, buf->length);
}

static void write_section(struct writing *w, cs_id host, struct cs_str key)
{
    struct cs_str full = enroll_key_below(w->one, "HKEY_LOCAL_MACHINE", key);
    enroll_line(w, "; on %.*s", CS_STR_ARG(enroll_host_name(w->one, host)));
    enroll_line(w, "[%.*s]", CS_STR_ARG(full));
}

static bool write_value(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 22);
    add_text(&buf, effect->name);
    cs_buf_addc(&buf, '=');
    add_data(w, &buf, &effect->is);
    write_section(w, effect->host, effect->key);
    enroll_line(w, "%s\n", buf.at);
    cs_buf_clear(&buf);
    return true;
}

static bool write_mode(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_str key = cs_str_printf(
        w->one->arena, "HKLM\\SYSTEM\\CurrentControlSet\\Services\\%.*s", CS_STR_ARG(effect->name));
    write_section(w, effect->host, key);
    enroll_line(w, "\"Start\"=dword:%08x\n", (unsigned)effect->is.type);
    return true;
}

bool enroll_write_reg(struct writing *writing, const struct enroll_effect *effect)
{
    if (effect->kind == EFFECT_VALUE)
        return write_value(writing, effect);
    return effect->kind == EFFECT_MODE && write_mode(writing, effect);
}
