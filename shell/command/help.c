/* help.c - usage lines and help pages, from declarations alone (see shell.h).  Room: command. */
#include "shell_internal.h"

#include <ctype.h>
#include <string.h>

/* ------------------------------------------------------------------- usage */

static void add_upper(struct cs_buf *buf, const char *text)
{
    for (; *text; text++)
        cs_buf_addc(buf, *text == ' ' ? '-' : (char)toupper((unsigned char)*text));
}

/* What stands for the value of an option: its choices, its type, or VALUE. */
static void add_value(struct cs_buf *buf, const struct cs_param *param)
{
    const char *const *choices = param->type->choices;
    if (!choices || param->type == &cs_type_bool) {
        add_upper(buf, param->type == &cs_type_text ? "value" : param->type->name);
        return;
    }
    for (size_t i = 0; choices[i]; i++)
        cs_buf_addf(buf, "%s%s", i ? "|" : "", choices[i]);
}

static void add_positional(struct cs_buf *buf, const struct cs_param *param)
{
    const char *const *choices = param->type->choices;
    if (choices && param->type != &cs_type_bool && param->type != &cs_type_verdict)
        add_value(buf, param);
    else
        add_upper(buf, param->name);
    if (param->flags & CS_MANY)
        cs_buf_adds(buf, "...");
}

/* " VALUE", or " [VALUE]" where it may be left out. */
static void add_option_value(struct cs_buf *buf, const struct cs_param *param)
{
    bool optional = (param->flags & CS_OPTIONAL) != 0;
    cs_buf_adds(buf, optional ? " [" : " ");
    add_value(buf, param);
    cs_buf_adds(buf, optional ? "]" : "");
}

void csi_usage_param(struct cs_buf *buf, const struct cs_param *param)
{
    bool optional = (param->flags & (CS_OPTION | CS_FLAG | CS_OPTIONAL)) || param->fallback;
    if (optional)
        cs_buf_addc(buf, '[');
    if (param->flags & (CS_OPTION | CS_FLAG))
        cs_buf_addf(buf, "--%s", param->name);
    else
        add_positional(buf, param);
    if (param->flags & CS_OPTION)
        add_option_value(buf, param);
    if (optional)
        cs_buf_addc(buf, ']');
}

static struct cs_str finish(struct cs_arena *arena, struct cs_buf *buf)
{
    struct cs_str text = cs_str_copy(arena, cs_buf_str(buf));
    cs_buf_clear(buf);
    return text;
}

static void add_usage(struct cs_buf *buf, const struct cs_command *command)
{
    cs_buf_adds(buf, command->name);
    if (command->usage) {
        cs_buf_addf(buf, "%s%s", command->usage[0] ? " " : "", command->usage);
        return;
    }
    for (int options = 0; options < 2; options++)
        for (size_t i = 0; i < command->params.count; i++) {
            const struct cs_param *param = &command->params.at[i];
            bool is_option = (param->flags & (CS_OPTION | CS_FLAG)) != 0;
            if (is_option != (options == 1))
                continue;
            cs_buf_addc(buf, ' ');
            csi_usage_param(buf, param);
        }
}

struct cs_str cs_help_usage(struct cs_arena *arena, const struct cs_command *command)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 16);
    add_usage(&buf, command);
    return finish(arena, &buf);
}

/* -------------------------------------------------------------------- page */

enum { COLUMNS = 78 };

/* A paragraph from column `from` on, broken at blanks; line ends of the text are kept. */
static void add_paragraph(struct cs_buf *buf, const char *text, size_t from, size_t column)
{
    struct cs_str rest = cs_str_of(text);
    bool first = true; /* nothing stands on this line of ours yet */
    while (rest.length) {
        size_t size = strcspn(rest.at, " \n");
        if (!first && column + 1 + size > COLUMNS) {
            cs_buf_addf(buf, "\n%*s", (int)from, "");
            column = from;
        } else if (!first) {
            cs_buf_addc(buf, ' ');
            column++;
        }
        cs_buf_add(buf, rest.at, size);
        column += size;
        rest = cs_str_from(rest, size);
        first = rest.length && rest.at[0] == '\n';
        rest = cs_str_from(rest, 1);
        if (first && rest.length) {
            cs_buf_addf(buf, "\n%*s", (int)from, "");
            column = from;
        }
    }
    cs_buf_addc(buf, '\n');
}

/* A name in a column and its words beside it. */
static void add_entry(struct cs_buf *buf, struct cs_str name, size_t width, const char *words)
{
    cs_buf_addf(buf, "  %.*s", CS_STR_ARG(name));
    size_t column = 2 + cs_str_width(name), from = width + 4;
    if (column + 2 > from) {
        cs_buf_addc(buf, '\n');
        column = 0;
    }
    cs_buf_addf(buf, "%*s", (int)(from - column), "");
    add_paragraph(buf, words ? words : "", from, from);
}

static struct cs_str param_name(struct cs_arena *arena, const struct cs_param *param)
{
    struct cs_buf buf;
    struct cs_param bare = *param;
    cs_buf_init(&buf, 1 << 12);
    bare.flags &= ~(unsigned)(CS_OPTIONAL | CS_OPTION | CS_FLAG);
    bare.fallback = NULL;
    if (!(param->flags & (CS_OPTION | CS_FLAG)))
        csi_usage_param(&buf, &bare);
    else
        cs_buf_addf(&buf, "--%s", param->name);
    if (param->flags & CS_OPTION)
        add_option_value(&buf, param);
    return finish(arena, &buf);
}

enum { WIDEST_NAME = 24 };

static void add_params(struct cs_buf *buf, struct cs_arena *arena, const struct cs_params *params)
{
    size_t width = 0;
    for (size_t i = 0; i < params->count; i++) {
        size_t name = cs_str_width(param_name(arena, &params->at[i]));
        width = name > width && name <= WIDEST_NAME ? name : width;
    }
    if (params->count)
        cs_buf_addc(buf, '\n');
    for (size_t i = 0; i < params->count; i++) {
        const struct cs_param *param = &params->at[i];
        const char *words = param->help ? param->help : param->type->brief;
        if (param->fallback && param->fallback[0])
            words = cs_arena_printf(arena, "%s (default %s)", words, param->fallback);
        add_entry(buf, param_name(arena, param), width, words);
    }
}

static void add_fields(struct cs_buf *buf, const struct cs_fields *fields)
{
    size_t width = 0;
    for (size_t i = 0; i < fields->count; i++)
        if (strlen(fields->at[i].name) > width)
            width = strlen(fields->at[i].name);
    if (fields->count)
        cs_buf_adds(buf, "\nrows:\n");
    for (size_t i = 0; i < fields->count; i++)
        add_entry(buf, cs_str_of(fields->at[i].name), width, fields->at[i].help);
}

static void add_examples(struct cs_buf *buf, const struct cs_examples *examples)
{
    if (examples->count)
        cs_buf_adds(buf, "\nexamples:\n");
    for (size_t i = 0; i < examples->count; i++)
        cs_buf_addf(buf, "  %s\n      %s\n", examples->at[i].line,
                    examples->at[i].why ? examples->at[i].why : "");
}

static void add_see(struct cs_buf *buf, const char *see)
{
    cs_buf_adds(buf, "\nsee also: ");
    for (; *see; see++) {
        cs_buf_addc(buf, *see);
        if (see[0] == ',' && see[1] != ' ')
            cs_buf_addc(buf, ' ');
    }
    cs_buf_addc(buf, '\n');
}

struct cs_str cs_help_command(struct cs_arena *arena, const struct cs_command *command)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 20);
    cs_buf_addf(&buf, "%s - %s\n\nusage: ", command->name, command->brief);
    add_paragraph(&buf, cs_help_usage(arena, command).at, 7 + strlen(command->name) + 1, 7);
    if (command->detail) {
        cs_buf_addc(&buf, '\n');
        add_paragraph(&buf, command->detail, 0, 0);
    }
    add_params(&buf, arena, &command->params);
    add_fields(&buf, &command->result);
    add_examples(&buf, &command->examples);
    if (command->see)
        add_see(&buf, command->see);
    return finish(arena, &buf);
}
