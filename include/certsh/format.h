/*
 * format.h - one more way to write the rows of a command: `--format NAME`.
 *
 * A plugin's report writer gets all rows of one command when it has ended well, and gives the
 * text.  It knows no command: what it may rely on are the declared fields.
 *
 *     static cs_status write_marks(const struct cs_report *report, struct cs_buf *out, err)
 *     {
 *         for (size_t i = 0; i < report->command->result.count; i++)
 *             cs_buf_addf(out, "| %s ", report->command->result.at[i].name);
 *         ...
 *     }
 *     static const struct cs_format formats[] = {{"markdown", "a table in Markdown", write_marks}};
 *
 * Floor: command.
 */
#ifndef CERTSH_FORMAT_H
#define CERTSH_FORMAT_H

#include <certsh/command.h>

struct cs_format;

/* What is to be written: `count` rows of as many values as the command has fields. */
struct cs_report {
    const struct cs_format *format;
    const struct cs_command *command;
    const struct cs_value *const *rows;
    size_t count;
    struct cs_arena *arena; /* of the report */
};

struct cs_format {
    const char *name;  /* letters, digits, '-' */
    const char *brief; /* one line */
    cs_status (*write)(const struct cs_report *report, struct cs_buf *out, struct cs_error *err);
    void *data; /* the plugin's own */
};

#endif
