/*
 * render_csv.c - rows as CSV (RFC 4180: CRLF, quotes doubled, a header).  A text that a
 * spreadsheet would calculate (= + - @) gets a leading apostrophe: names come from exports,
 * and exports from strangers.  Room: front.
 */
#include "front.h"

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

static cs_status finish(struct csi_renderer *renderer, struct cs_buf *buf, struct cs_error *err)
{
    cs_buf_adds(buf, "\r\n");
    cs_status status = csi_put(renderer, cs_buf_str(buf), err);
    cs_buf_clear(buf);
    return status;
}

static cs_status begin(struct cs_sink *sink, const struct cs_command *command, struct cs_error *err)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    struct cs_buf buf;
    renderer->command = command;
    if (!command->result.count)
        return CS_OK;
    cs_buf_init(&buf, SIZE_MAX / 4);
    for (size_t i = 0; i < command->result.count; i++) {
        if (i)
            cs_buf_addc(&buf, ',');
        add_cell(&buf, cs_str_of(command->result.at[i].name), false);
    }
    return finish(renderer, &buf, err);
}

static cs_status row(struct cs_sink *sink, const struct cs_value *values, struct cs_error *err)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    struct cs_arena_mark mark = cs_arena_mark(renderer->arena);
    struct cs_buf buf;
    cs_buf_init(&buf, SIZE_MAX / 4);
    for (size_t i = 0; i < renderer->command->result.count; i++) {
        bool number = values[i].kind == CS_INT || values[i].kind == CS_REAL;
        if (i)
            cs_buf_addc(&buf, ',');
        add_cell(&buf, cs_value_show(renderer->arena, &values[i]), !number);
    }
    cs_arena_rewind(renderer->arena, mark);
    return finish(renderer, &buf, err);
}

static void end(struct cs_sink *sink)
{
    fflush(((struct csi_renderer *)sink)->look.out);
}

void csi_csv_init(struct csi_renderer *renderer)
{
    renderer->sink.begin = begin;
    renderer->sink.row = row;
    renderer->sink.end = end;
}
