/* render.c - what all printing sinks have in common (see front.h).  Room: front. */
#include "front.h"

#include <errno.h>
#include <string.h>

static const char *const formats[] = {"table", "json", "jsonl", "csv"};

bool csi_format_find(struct cs_str name, enum csi_format *format)
{
    for (size_t i = 0; i < CS_COUNT(formats); i++)
        if (cs_str_same(name, cs_str_of(formats[i]))) {
            *format = (enum csi_format)i;
            return true;
        }
    return false;
}

cs_status csi_put(struct csi_renderer *renderer, struct cs_str text, struct cs_error *err)
{
    if (fwrite(text.at, 1, text.length, renderer->look.out) == text.length || !text.length)
        return CS_OK;
    renderer->broken = errno == EPIPE;
    return cs_fail(err, CS_IO, "the output cannot be written: %s", strerror(errno));
}

static void warn(struct cs_sink *sink, struct cs_str remark)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    if (renderer->look.quiet)
        return;
    fflush(renderer->look.out);
    csi_front_remark(csi_front_current, remark, NULL);
}

void csi_renderer_init(struct csi_renderer *renderer, const struct csi_look *look)
{
    static void (*const init[])(struct csi_renderer *) = {
        csi_table_init, csi_json_init, csi_json_init, csi_csv_init, csi_report_init};
    *renderer = (struct csi_renderer){.look = *look, .arena = cs_arena_new()};
    renderer->sink.warn = warn;
    renderer->sink.utf8 = look->utf8;
    renderer->sink.colour = look->colour;
    renderer->sink.width = look->width;
    init[look->format](renderer);
}

void csi_renderer_clear(struct csi_renderer *renderer)
{
    cs_arena_free(renderer->arena);
    *renderer = (struct csi_renderer){0};
}
