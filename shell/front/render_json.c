/*
 * render_json.c - rows as JSON: one array a command, always closed, or one object a line.
 * Room: front.
 */
#include "front.h"

#include <certsh/json.h>

static cs_status put_text(struct csi_renderer *renderer, const char *text, struct cs_error *err)
{
    return csi_put(renderer, cs_str_of(text), err);
}

static cs_status begin(struct cs_sink *sink, const struct cs_command *command, struct cs_error *err)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    renderer->command = command;
    renderer->opened = true;
    renderer->rows = 0;
    return renderer->look.format == CSI_JSON ? put_text(renderer, "[", err) : CS_OK;
}

static cs_status row(struct cs_sink *sink, const struct cs_value *values, struct cs_error *err)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    const struct cs_fields *fields = &renderer->command->result;
    struct cs_buf buf;
    cs_buf_init(&buf, SIZE_MAX / 4);
    if (renderer->look.format == CSI_JSON)
        cs_buf_adds(&buf, renderer->rows ? ",\n " : "\n ");
    cs_buf_addc(&buf, '{');
    for (size_t i = 0; i < fields->count; i++) {
        if (i)
            cs_buf_addc(&buf, ',');
        cs_json_write_text(&buf, cs_str_of(fields->at[i].name));
        cs_buf_addc(&buf, ':');
        cs_json_write(&buf, &values[i]);
    }
    cs_buf_adds(&buf, renderer->look.format == CSI_JSON ? "}" : "}\n");
    renderer->rows++;
    cs_status status = csi_put(renderer, cs_buf_str(&buf), err);
    cs_buf_clear(&buf);
    return status;
}

static void end(struct cs_sink *sink)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    struct cs_error ignored;
    if (renderer->opened && renderer->look.format == CSI_JSON)
        (void)!put_text(renderer, renderer->rows ? "\n]\n" : "]\n", &ignored);
    renderer->opened = false;
    fflush(renderer->look.out);
}

void csi_json_init(struct csi_renderer *renderer)
{
    renderer->sink.begin = begin;
    renderer->sink.row = row;
    renderer->sink.end = end;
}
