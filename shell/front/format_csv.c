/*
 * format_csv.c - rows as CSV (RFC 4180: CRLF, quotes doubled, a header).  A text that a
 * spreadsheet would calculate (= + - @) gets a leading apostrophe: names come from exports,
 * and exports from strangers.  Room: front.
 */
#include "formats.h"

#include <string.h>

static bool would_calculate(struct cs_str text)
{
    return text.length && strchr("=+-@\t\r", text.at[0]);
}

static bool needs_quotes(struct cs_str text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.at[i] && strchr("\",\r\n", text.at[i]))
            return true;
    return false;
}

static void add_cell(struct cs_buf *buf, struct cs_str text, bool guard)
{
    bool quote = needs_quotes(text);
    if (quote)
        cs_buf_addc(buf, '"');
    if (guard && would_calculate(text))
        cs_buf_addc(buf, '\'');
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '"')
            cs_buf_addc(buf, '"');
        cs_buf_addc(buf, text.at[i]);
    }
    if (quote)
        cs_buf_addc(buf, '"');
}

static cs_status put_line(struct cs_output *output, struct cs_buf *buf, struct cs_error *err)
{
    cs_buf_adds(buf, "\r\n");
    cs_status status = output->put(output, cs_buf_str(buf), err);
    cs_buf_clear(buf);
    return status;
}

cs_status csi_csv_begin(struct cs_output *output, struct cs_error *err)
{
    const struct cs_fields *fields = &output->command->result;
    struct cs_buf buf;
    if (!fields->count)
        return CS_OK;
    cs_buf_init(&buf, SIZE_MAX / 4);
    for (size_t i = 0; i < fields->count; i++) {
        if (i)
            cs_buf_addc(&buf, ',');
        add_cell(&buf, cs_str_of(fields->at[i].name), false);
    }
    return put_line(output, &buf, err);
}

cs_status csi_csv_row(struct cs_output *output, const struct cs_value *values, struct cs_error *err)
{
    struct cs_arena_mark mark = cs_arena_mark(output->arena);
    struct cs_buf buf;
    cs_buf_init(&buf, SIZE_MAX / 4);
    for (size_t i = 0; i < output->command->result.count; i++) {
        bool number = values[i].kind == CS_INT || values[i].kind == CS_REAL;
        if (i)
            cs_buf_addc(&buf, ',');
        add_cell(&buf, cs_value_show(output->arena, &values[i]), !number);
    }
    cs_arena_rewind(output->arena, mark);
    return put_line(output, &buf, err);
}
