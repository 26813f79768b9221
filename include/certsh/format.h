/*
 * format.h - one more way to write the rows of a command: `--format NAME`.
 *
 * A format knows no command: what it may rely on are the declared fields.  It has one of two
 * forms.  The whole form gets all rows of a command when it has ended well, and gives the text:
 *
 *     static cs_status write_marks(const struct cs_report *report, struct cs_buf *out, err)
 *     {
 *         for (size_t i = 0; i < report->command->result.count; i++)
 *             cs_buf_addf(out, "| %s ", report->command->result.at[i].name);
 *         ...
 *     }
 *     static const struct cs_format formats[] = {{"markdown", "a table in Markdown", write_marks}};
 *
 * The streaming form is asked row by row while the command runs, and puts what it likes when it
 * likes; the terminal is described in the output.  table, json, jsonl and csv are such formats,
 * and use nothing that is not in this header:
 *
 *     static cs_status tell_row(struct cs_output *output, const struct cs_value *values, err)
 *     {
 *         struct cs_arena_mark mark = cs_arena_mark(output->arena);
 *         struct cs_str first = cs_value_show(output->arena, &values[0]);
 *         cs_status status = output->put(output, first, err);
 *         cs_arena_rewind(output->arena, mark);   // millions of rows may follow
 *         return status;
 *     }
 *     {.name = "firsts", .brief = "the first field of each row", .row = tell_row}
 *
 * Floor: command.
 */
#ifndef CERTSH_FORMAT_H
#define CERTSH_FORMAT_H

#include <certsh/command.h>

struct cs_format;

/* ----------------------------------------------------------------- whole form */

/* What is to be written: `count` rows of as many values as the command has fields. */
struct cs_report {
    const struct cs_format *format;
    const struct cs_command *command;
    const struct cs_value *const *rows;
    size_t count;
    struct cs_arena *arena; /* of the report */
};

/* ------------------------------------------------------------- streaming form */

/* Where one command's rows go, from its begin to its finish.  The shell makes it. */
struct cs_output {
    const struct cs_format *format;
    const struct cs_command *command;
    void *state;            /* the format's `state_size` bytes, all 0 at begin */
    struct cs_arena *arena; /* lives until finish: what only one row needs, mark and rewind */
    /* Write text: all of it, or CS_IO. */
    cs_status (*put)(struct cs_output *output, struct cs_str text, struct cs_error *err);
    size_t rows;  /* given before this one; all of them at finish */
    size_t width; /* columns of the terminal; 0 is unlimited, as in a file */
    bool terminal, utf8, colour;
    bool said;   /* words for people took the rows' place: no row comes any more */
    bool failed; /* at finish: the command, or this format, did not end well */
    void *shell; /* the shell's own */
};

struct cs_format {
    const char *name;  /* letters, digits, '-' */
    const char *brief; /* one line */
    cs_status (*write)(const struct cs_report *report, struct cs_buf *out, struct cs_error *err);
    void *data; /* the plugin's own */
    /*
     * Since revision 2, the streaming form: it is taken where `row` is there.  `begin` and
     * `finish` may be NULL.  After a begin that went well finish comes once, however the command
     * ends; after a failure no row comes, and the first failure is the one that is told.
     */
    cs_status (*begin)(struct cs_output *output, struct cs_error *err);
    cs_status (*row)(struct cs_output *output, const struct cs_value *values, struct cs_error *err);
    cs_status (*finish)(struct cs_output *output, struct cs_error *err);
    size_t state_size;
    bool takes_words; /* where a command says it in words, they are put instead of its rows */
};

#endif
