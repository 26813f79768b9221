/*
 * render_report.c - rows in a format that a plugin writes (certsh/format.h): they are kept until
 * the command has ended well, then written as one text.  Room: front.
 */
#include "front.h"

#include <string.h>

#include "command/shell_internal.h"

enum { MOST_WRITTEN = 1 << 30 };

bool csi_look_find(struct cs_shell *shell, struct cs_str name, struct csi_look *look)
{
    if (csi_format_find(name, &look->format))
        return true;
    const struct cs_format *format = csi_registry_format(shell, name);
    if (!format)
        return false;
    look->format = CSI_REPORT;
    look->report = format;
    return true;
}

cs_status csi_format_unknown(struct cs_shell *shell, struct cs_str name, struct cs_error *err)
{
    char more[160] = "";
    cs_fail(err, CS_INVALID, "unknown format '%.*s'", CS_STR_ARG(name));
    for (size_t i = 0; shell && i < shell->plugin_count; i++)
        for (size_t k = 0; shell->plugins[i].plugin && k < shell->plugins[i].plugin->format_count;
             k++) {
            size_t used = strlen(more);
            snprintf(more + used, sizeof more - used, ", %s",
                     shell->plugins[i].plugin->formats[k].name);
        }
    return cs_error_hint(err, "one of table, json, jsonl, csv%s", more);
}

static cs_status begin(struct cs_sink *sink, const struct cs_command *command, struct cs_error *err)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    (void)err;
    renderer->command = command;
    renderer->kept = NULL;
    renderer->kept_count = renderer->rows = 0;
    return CS_OK;
}

/* Twice the room, when it is full: `rows` is the room here. */
static void make_room(struct csi_renderer *renderer)
{
    if (renderer->kept_count < renderer->rows)
        return;
    renderer->rows = renderer->rows ? renderer->rows * 2 : 64;
    const struct cs_value **wider = cs_arena_alloc(renderer->arena, renderer->rows * sizeof *wider);
    if (renderer->kept_count)
        memcpy(wider, renderer->kept, renderer->kept_count * sizeof *wider);
    renderer->kept = wider;
}

static cs_status row(struct cs_sink *sink, const struct cs_value *values, struct cs_error *err)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    size_t count = renderer->command->result.count;
    struct cs_value *copy = cs_arena_alloc(renderer->arena, (count + 1) * sizeof *copy);
    (void)err;
    for (size_t i = 0; i < count; i++)
        copy[i] = cs_value_copy(renderer->arena, &values[i]);
    make_room(renderer);
    renderer->kept[renderer->kept_count++] = copy;
    return CS_OK;
}

cs_status csi_report_write(struct csi_renderer *renderer, struct cs_error *err)
{
    const struct cs_report report = {renderer->look.report, renderer->command, renderer->kept,
                                     renderer->kept_count, renderer->arena};
    struct cs_buf out;
    if (!renderer->command)
        return CS_OK;
    cs_buf_init(&out, MOST_WRITTEN);
    cs_status status = renderer->look.report->write(&report, &out, err);
    if (status == CS_OK && cs_buf_full(&out))
        status = cs_fail(err, CS_LIMIT, "the report is larger than %d bytes", MOST_WRITTEN);
    if (status == CS_OK)
        status = csi_put(renderer, cs_buf_str(&out), err);
    else
        cs_error_where(err, "format '%s'", renderer->look.report->name);
    cs_buf_clear(&out);
    return status;
}

void csi_report_init(struct csi_renderer *renderer)
{
    renderer->sink.begin = begin;
    renderer->sink.row = row;
}
