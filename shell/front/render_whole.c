/*
 * render_whole.c - the whole form of a format (certsh/format.h) as a streaming one: rows are
 * kept until the command has ended well, then written as one text.  Room: front.
 */
#include "front.h"

#include <string.h>

enum { MOST_WRITTEN = 1 << 30 };

struct whole {
    const struct cs_value **rows;
    size_t count, room;
};

static cs_status row(struct cs_output *output, const struct cs_value *values, struct cs_error *err)
{
    struct whole *whole = output->state;
    size_t count = output->command->result.count;
    struct cs_value *copy = cs_arena_alloc(output->arena, (count + 1) * sizeof *copy);
    (void)err;
    for (size_t i = 0; i < count; i++)
        copy[i] = cs_value_copy(output->arena, &values[i]);
    whole->rows =
        cs_arena_more(output->arena, whole->rows, whole->count, &whole->room, sizeof *whole->rows);
    whole->rows[whole->count++] = copy;
    return CS_OK;
}

static cs_status finish(struct cs_output *output, struct cs_error *err)
{
    const struct whole *whole = output->state;
    const struct cs_report report = {output->format, output->command, whole->rows, whole->count,
                                     output->arena};
    struct cs_buf out;
    if (output->failed)
        return CS_OK;
    cs_buf_init(&out, MOST_WRITTEN);
    cs_status status = output->format->write(&report, &out, err);
    if (status == CS_OK && cs_buf_full(&out))
        status = cs_fail(err, CS_LIMIT, "the report is larger than %d bytes", MOST_WRITTEN);
    if (status == CS_OK)
        status = output->put(output, cs_buf_str(&out), err);
    cs_buf_clear(&out);
    return status;
}

const struct cs_format csi_whole_form = {
    .name = "whole", .row = row, .finish = finish, .state_size = sizeof(struct whole)};
