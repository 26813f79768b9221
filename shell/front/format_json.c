/*
 * format_json.c - rows as JSON: one array a command, always closed, or one object a line.
 * Room: front.
 */
#include "formats.h"

#include <certsh/json.h>

const struct csi_json_style csi_json_array = {"[", "\n ", ",\n ", "", "\n]\n", "]\n"};
const struct csi_json_style csi_json_lines = {"", "", "", "\n", "", ""};

static const struct csi_json_style *style_of(const struct cs_output *output)
{
    return output->format->data;
}

cs_status csi_json_begin(struct cs_output *output, struct cs_error *err)
{
    return output->put(output, cs_str_of(style_of(output)->open), err);
}

cs_status csi_json_row(struct cs_output *output, const struct cs_value *values,
                       struct cs_error *err)
{
    const struct cs_fields *fields = &output->command->result;
    const struct csi_json_style *style = style_of(output);
    struct cs_buf buf;
    cs_buf_init(&buf, SIZE_MAX / 4);
    cs_buf_adds(&buf, output->rows ? style->next : style->first);
    cs_buf_addc(&buf, '{');
    for (size_t i = 0; i < fields->count; i++) {
        if (i)
            cs_buf_addc(&buf, ',');
        cs_json_write_text(&buf, cs_str_of(fields->at[i].name));
        cs_buf_addc(&buf, ':');
        cs_json_write(&buf, &values[i]);
    }
    cs_buf_addc(&buf, '}');
    cs_buf_adds(&buf, style->after);
    cs_status status = output->put(output, cs_buf_str(&buf), err);
    cs_buf_clear(&buf);
    return status;
}

cs_status csi_json_finish(struct cs_output *output, struct cs_error *err)
{
    const struct csi_json_style *style = style_of(output);
    return output->put(output, cs_str_of(output->rows ? style->close : style->close_empty), err);
}
