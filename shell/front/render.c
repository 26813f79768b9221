/*
 * render.c - rows to a file, by a format (see front.h).
 *
 * What a format did wrong first is what is told: later rows are not given to it any more, and
 * its finish still comes, so that it can free what it holds.  Room: front.
 */
#include "front.h"

#include <errno.h>
#include <string.h>

#include "command/shell_internal.h"

/* ------------------------------------------------------------------- by name */

bool csi_look_find(struct cs_shell *shell, struct cs_str name, struct csi_look *look)
{
    const struct cs_format *format = csi_registry_format(shell, name);
    if (format)
        look->format = format;
    return format;
}

/* ---------------------------------------------------------------------- output */

static cs_status put(struct cs_output *output, struct cs_str text, struct cs_error *err)
{
    struct csi_renderer *renderer = output->shell;
    if (fwrite(text.at, 1, text.length, renderer->look.out) == text.length || !text.length)
        return CS_OK;
    renderer->broken = errno == EPIPE;
    renderer->unwritten = true;
    return cs_fail(err, CS_IO, "the output cannot be written: %s", strerror(errno));
}

/* The first failure stays; a format's own says whose it is. */
static cs_status note(struct csi_renderer *renderer, cs_status status, struct cs_error *err)
{
    if (status == CS_OK || renderer->status != CS_OK)
        return renderer->status;
    if (!renderer->unwritten)
        cs_error_where(err, "format '%s'", renderer->look.format->name);
    renderer->problem = *err;
    return renderer->status = status;
}

/* ------------------------------------------------------------------------ sink */

static cs_status begin(struct cs_sink *sink, const struct cs_command *command, struct cs_error *err)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    const struct cs_format *form = renderer->form;
    const struct csi_look *look = &renderer->look;
    renderer->output = (struct cs_output){.format = look->format,
                                          .command = command,
                                          .arena = renderer->arena,
                                          .put = put,
                                          .width = look->width,
                                          .terminal = look->terminal,
                                          .utf8 = look->utf8,
                                          .colour = look->colour,
                                          .shell = renderer};
    if (form->state_size)
        renderer->output.state = cs_arena_alloc(renderer->arena, form->state_size);
    cs_status status = form->begin ? form->begin(&renderer->output, err) : CS_OK;
    renderer->begun = status == CS_OK;
    return note(renderer, status, err);
}

static cs_status row(struct cs_sink *sink, const struct cs_value *values, struct cs_error *err)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    if (renderer->status != CS_OK) {
        *err = renderer->problem;
        return renderer->status;
    }
    cs_status status =
        renderer->output.said ? CS_OK : renderer->form->row(&renderer->output, values, err);
    renderer->output.rows++;
    return note(renderer, status, err);
}

static void words(struct cs_sink *sink, struct cs_str text)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    struct cs_error ignored;
    renderer->output.said = true;
    if (text.length)
        renderer->in_line = text.at[text.length - 1] != '\n';
    (void)!put(&renderer->output, text, &ignored);
}

static void warn(struct cs_sink *sink, struct cs_str remark)
{
    struct csi_renderer *renderer = (struct csi_renderer *)sink;
    if (renderer->look.quiet)
        return;
    fflush(renderer->look.out);
    csi_front_remark(csi_front_current, remark, NULL);
}

/* -------------------------------------------------------------------- renderer */

void csi_renderer_init(struct csi_renderer *renderer, const struct csi_look *look)
{
    *renderer = (struct csi_renderer){.look = *look, .arena = cs_arena_new()};
    renderer->form = look->format->row ? look->format : &csi_whole_form;
    renderer->sink = (struct cs_sink){.begin = begin,
                                      .row = row,
                                      .words = words,
                                      .warn = warn,
                                      .wants_words = renderer->form->takes_words,
                                      .utf8 = look->utf8,
                                      .colour = look->colour,
                                      .width = look->width};
}

/* What cannot be written at the very end is told by whoever closes the output, and knows its name.
 */
static void finish(struct csi_renderer *renderer, bool well)
{
    struct cs_error problem = {0};
    struct cs_output *output = &renderer->output;
    output->failed = !well;
    cs_status status = renderer->form->finish ? renderer->form->finish(output, &problem) : CS_OK;
    if (!renderer->unwritten)
        note(renderer, status, &problem);
}

cs_status csi_renderer_finish(struct csi_renderer *renderer, cs_status status, struct cs_error *err)
{
    struct cs_error ignored;
    if (renderer->begun)
        finish(renderer, status == CS_OK && renderer->status == CS_OK);
    if (renderer->in_line)
        (void)!put(&renderer->output, CS_STR("\n"), &ignored);
    fflush(renderer->look.out);
    if (status == CS_OK && renderer->status != CS_OK)
        *err = renderer->problem;
    return status == CS_OK ? renderer->status : status;
}

void csi_renderer_clear(struct csi_renderer *renderer)
{
    cs_arena_free(renderer->arena);
    *renderer = (struct csi_renderer){0};
}
