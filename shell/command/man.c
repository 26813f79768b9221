/* man.c - the man page of all commands, in roff, from declarations alone.  Room: command. */
#include "shell_internal.h"

#include <string.h>

/* Text in roff: backslashes and dashes escaped, a dot or quote never first on a line. */
static void add_text(struct cs_buf *buf, struct cs_str text)
{
    bool first = true;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        if (first && (c == '.' || c == '\''))
            cs_buf_adds(buf, "\\&");
        if (c == '\\')
            cs_buf_adds(buf, "\\e");
        else if (c == '-')
            cs_buf_adds(buf, "\\-");
        else
            cs_buf_addc(buf, c);
        first = c == '\n';
    }
}

static void add_line(struct cs_buf *buf, const char *macro, struct cs_str text)
{
    cs_buf_addf(buf, "%s ", macro);
    add_text(buf, text);
    cs_buf_addc(buf, '\n');
}

static void add_item(struct cs_buf *buf, struct cs_str name, const char *words)
{
    cs_buf_adds(buf, ".TP\n");
    add_line(buf, ".B", name);
    add_text(buf, cs_str_of(words ? words : ""));
    cs_buf_addc(buf, '\n');
}

static void add_params(struct cs_buf *buf, const struct cs_params *params)
{
    for (size_t i = 0; i < params->count; i++) {
        struct cs_buf name;
        cs_buf_init(&name, 1 << 12);
        csi_usage_param(&name, &params->at[i]);
        add_item(buf, cs_buf_str(&name), params->at[i].help);
        cs_buf_clear(&name);
    }
}

static void add_fields(struct cs_buf *buf, const struct cs_fields *fields)
{
    if (fields->count)
        cs_buf_adds(buf, ".PP\nRows:");
    for (size_t i = 0; i < fields->count; i++) {
        cs_buf_adds(buf, i ? ", " : " ");
        add_text(buf, cs_str_of(fields->at[i].name));
    }
    if (fields->count)
        cs_buf_adds(buf, ".\n");
}

static void add_examples(struct cs_buf *buf, const struct cs_examples *examples)
{
    for (size_t i = 0; i < examples->count; i++) {
        cs_buf_adds(buf, ".PP\n.nf\n");
        add_text(buf, cs_str_of(examples->at[i].line));
        cs_buf_adds(buf, "\n.fi\n");
        add_text(buf, cs_str_of(examples->at[i].why ? examples->at[i].why : ""));
        cs_buf_addc(buf, '\n');
    }
}

static void add_command(struct cs_buf *buf, struct cs_arena *arena,
                        const struct cs_command *command)
{
    add_line(buf, ".SS", cs_help_usage(arena, command));
    add_text(buf, cs_str_of(command->brief));
    cs_buf_adds(buf, strchr("?!", command->brief[strlen(command->brief) - 1]) ? "\n" : ".\n");
    if (command->detail) {
        cs_buf_adds(buf, ".PP\n");
        add_text(buf, cs_str_of(command->detail));
        cs_buf_addc(buf, '\n');
    }
    add_params(buf, &command->params);
    add_fields(buf, &command->result);
    add_examples(buf, &command->examples);
}

static void add_statuses(struct cs_buf *buf)
{
    cs_buf_adds(buf, ".SH EXIT STATUS\n.nf\n");
    add_text(buf, cs_str_of(csi_topics[0].text));
    cs_buf_adds(buf, ".fi\n");
}

struct cs_str csi_man_all(struct cs_shell *shell, struct cs_arena *arena, struct cs_error *err)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 24);
    cs_buf_addf(&buf, ".TH CERTSH 1 \"\" \"certsh %s\"\n", cs_version());
    cs_buf_adds(&buf, ".SH NAME\ncertsh \\- shell for the DCOM security in front of Microsoft "
                      "Certificate Services\n"
                      ".SH SYNOPSIS\n.B certsh\n[options] [SCRIPT [ARG...]]\n"
                      ".SH COMMANDS\n");
    size_t count = shell->command_count;
    const struct csi_command_entry **sorted = csi_registry_sorted(shell, arena);
    const char **names = cs_arena_alloc(arena, (count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = sorted[i]->entry.name;
    for (size_t i = 0; i < count; i++) {
        const struct cs_command *command = cs_shell_command(shell, cs_str_of(names[i]));
        if (command)
            add_command(&buf, arena, command);
        else
            cs_fail(err, CS_ABI, "command '%s' cannot be loaded", names[i]);
    }
    add_statuses(&buf);
    struct cs_str text = cs_str_copy(arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return text;
}
