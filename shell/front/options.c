/*
 * options.c - the command line of the program, and the environment behind it: every option
 * has a CERTSH_ name, which counts where the command line says nothing.  Room: front.
 */
#define _POSIX_C_SOURCE 200809L
#include "front.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "command/shell_internal.h"

enum kind { SWITCH, TEXT, ACTION_COMMAND, ACTION_LUA, FOLDER };

struct option {
    const char *name, *value, *help;
    size_t offset;
    enum kind kind;
    char letter; /* 0: none */
    bool hidden, no_environment;
};

#define AT(field) offsetof(struct csi_options, field)
static const struct option options[] = {
    {"lab", "FILE", "open this lab file", AT(lab), TEXT, 'l'},
    {"lab-name", "NAME", "start from a built-in lab (default kb903220-dc)", AT(lab_name), TEXT, 0},
    {"command", "LINE", "run one command line; may be repeated", 0, ACTION_COMMAND, 'c'},
    {"eval", "LUA", "run a Lua chunk; may be repeated", 0, ACTION_LUA, 'e'},
    {"format", "FORMAT", "table, json, jsonl, csv or a plugin's (default table)", AT(format), TEXT,
     'f'},
    {"interactive", NULL, "after -c, -e or SCRIPT the prompt, on a terminal", AT(interactive),
     SWITCH, 'i', false, true},
    {"keep-going", NULL, "do not stop at the first failing command", AT(keep_going), SWITCH, 'k'},
    {"sandbox", NULL, "run SCRIPT with the lab only", AT(sandbox), SWITCH, 0},
    {"budget", "SECONDS,MIB", "what a sandboxed script may use", AT(budget), TEXT, 0},
    {"assume", "defaults", "take Windows' defaults for facts nobody gave", AT(assume), TEXT, 0},
    {"no-rc", NULL, "do not run the rc file of the interactive shell", AT(no_rc), SWITCH, 0},
    {"no-plugins", NULL, "load no plugins", AT(no_plugins), SWITCH, 0},
    {"plugin-path", "DIR", "look for plugins here first; may be repeated", 0, FOLDER, 0},
    {"color", "WHEN", "auto, always or never (default auto)", AT(color), TEXT, 0},
    {"ascii", NULL, "plain ASCII signs", AT(ascii), SWITCH, 0},
    {"quiet", NULL, "no remarks and no greeting", AT(quiet), SWITCH, 'q'},
    {"schema", NULL, "print the JSON schema of all commands", AT(schema), SWITCH, 0, false, true},
    {"man", NULL, "print the man page (roff)", AT(man), SWITCH, 0, false, true},
    {"write-manifest", "DIR", "write the manifest of a folder of plugins", AT(manifest), TEXT, 0,
     true, true},
    {"help", NULL, "print this", AT(help), SWITCH, 'h', false, true},
    {"version", NULL, "print the version", AT(version), SWITCH, 'V', false, true},
};

void csi_options_help(FILE *out)
{
    fputs("usage: certsh [options] [SCRIPT [ARG...]]\n\n"
          "Without a script: on a terminal the interactive shell, else the lines of standard "
          "input.\n\n",
          out);
    for (size_t i = 0; i < CS_COUNT(options); i++) {
        char left[40];
        const struct option *o = &options[i];
        if (o->hidden)
            continue;
        snprintf(left, sizeof left, "%c%c%s --%s%s%s", o->letter ? '-' : ' ',
                 o->letter ? o->letter : ' ', o->letter ? "," : " ", o->name, o->value ? " " : "",
                 o->value ? o->value : "");
        fprintf(out, "  %-28s %s\n", left, o->help);
    }
    fputs("\nEvery option has an environment variable: CERTSH_FORMAT, CERTSH_LAB_NAME, ...\n"
          "Exit codes: 0 done, 1 error, 2 denied, 3 invalid input, 4 unknown, 64 usage.\n"
          "Commands: certsh -c help\n",
          out);
}

/* ------------------------------------------------------------------- setting */

struct reading {
    struct cs_arena *arena;
    struct csi_options *out;
    size_t action_room, folder_room;
};

static void add_action(struct reading *reading, bool is_lua, const char *text)
{
    struct csi_options *out = reading->out;
    out->actions = cs_arena_more(reading->arena, out->actions, out->action_count,
                                 &reading->action_room, sizeof *out->actions);
    out->actions[out->action_count++] = (struct csi_action){is_lua, text};
}

static void add_folder(struct reading *reading, const char *folder)
{
    struct csi_options *out = reading->out;
    out->plugin_paths = cs_arena_more(reading->arena, out->plugin_paths, out->plugin_path_count,
                                      &reading->folder_room, sizeof *out->plugin_paths);
    out->plugin_paths[out->plugin_path_count++] = folder;
}

static void take(struct reading *reading, const struct option *option, const char *value)
{
    char *place = (char *)reading->out + option->offset;
    switch (option->kind) {
    case SWITCH:
        *(bool *)(void *)place = true;
        return;
    case TEXT:
        *(const char **)(void *)place = value;
        return;
    case ACTION_COMMAND:
    case ACTION_LUA:
        add_action(reading, option->kind == ACTION_LUA, value);
        return;
    case FOLDER:
        add_folder(reading, value);
        return;
    }
}

/* --------------------------------------------------------------- environment */

static void variable_name(const struct option *option, char *name, size_t size)
{
    snprintf(name, size, "CERTSH_%s", option->name);
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
}

static bool means_no(const char *value)
{
    static const char *const words[] = {"", "0", "no", "off", "false"};
    for (size_t i = 0; i < CS_COUNT(words); i++)
        if (strcmp(value, words[i]) == 0)
            return true;
    return false;
}

static void read_environment(struct reading *reading)
{
    for (size_t i = 0; i < CS_COUNT(options); i++) {
        char name[40];
        variable_name(&options[i], name, sizeof name);
        const char *value = options[i].no_environment ? NULL : getenv(name);
        if (!value || !value[0] || (options[i].kind == SWITCH && means_no(value)))
            continue;
        if (options[i].kind == FOLDER)
            reading->out->env_plugin_path = value; /* a list, split by paths.c */
        else
            take(reading, &options[i], value);
    }
}

/* -------------------------------------------------------------- command line */

static const struct option *named(struct cs_str name)
{
    for (size_t i = 0; i < CS_COUNT(options); i++)
        if (cs_str_is(name, options[i].name))
            return &options[i];
    return NULL;
}

static const struct option *lettered(char letter)
{
    for (size_t i = 0; i < CS_COUNT(options); i++)
        if (options[i].letter == letter)
            return &options[i];
    return NULL;
}

static cs_status unknown(const char *typed, struct cs_str name, struct cs_error *err)
{
    const char *names[CS_COUNT(options)];
    for (size_t i = 0; i < CS_COUNT(options); i++)
        names[i] = options[i].name;
    const char *near = csi_nearest(name, names, CS_COUNT(options));
    cs_fail(err, CS_USAGE, "no such option '%s'", typed);
    return near ? cs_error_hint(err, "did you mean '--%s'?", near)
                : cs_error_hint(err, "certsh --help lists them");
}

static cs_status lacks_value(const struct option *option, struct cs_error *err)
{
    return cs_fail(err, CS_USAGE, "'--%s' needs a value: %s", option->name, option->value);
}

/* "--name", "--name=value", "--name value"; moves *i over what it took. */
static cs_status long_option(struct reading *reading, int argc, char **argv, int *i,
                             struct cs_error *err)
{
    struct cs_str name = cs_str_from(cs_str_of(argv[*i]), 2);
    ptrdiff_t equals = cs_str_find(name, '=');
    const char *value = equals < 0 ? NULL : name.at + equals + 1;
    name = equals < 0 ? name : cs_str_span(name.at, (size_t)equals);
    const struct option *option = named(name);
    if (!option)
        return unknown(argv[*i], name, err);
    if (option->kind == SWITCH && value)
        return cs_fail(err, CS_USAGE, "'--%s' takes no value", option->name);
    if (option->kind != SWITCH && !value) {
        if (*i + 1 >= argc)
            return lacks_value(option, err);
        value = argv[++*i];
    }
    take(reading, option, value);
    return CS_OK;
}

/* "-k", "-kq", "-fjson", "-f json". */
static cs_status short_options(struct reading *reading, int argc, char **argv, int *i,
                               struct cs_error *err)
{
    for (const char *letter = argv[*i] + 1; *letter; letter++) {
        const struct option *option = lettered(*letter);
        if (!option)
            return unknown(argv[*i], CS_STR(""), err);
        if (option->kind == SWITCH) {
            take(reading, option, NULL);
            continue;
        }
        const char *value = letter[1] ? letter + 1 : *i + 1 < argc ? argv[++*i] : NULL;
        if (!value)
            return lacks_value(option, err);
        take(reading, option, value);
        return CS_OK;
    }
    return CS_OK;
}

static cs_status read_line(struct reading *reading, int argc, char **argv, struct cs_error *err)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
        if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        }
        cs_status status = argv[i][1] == '-' ? long_option(reading, argc, argv, &i, err)
                                             : short_options(reading, argc, argv, &i, err);
        if (status != CS_OK)
            return status;
    }
    reading->out->script = i < argc ? argv + i : NULL;
    reading->out->script_count = argc - i;
    return CS_OK;
}

static cs_status check(const struct csi_options *out, struct cs_error *err)
{
    static const char *const colours[] = {"auto", "always", "never"};
    if (out->assume && strcmp(out->assume, "defaults") != 0)
        return cs_fail(err, CS_INVALID, "'--assume' takes 'defaults', not '%s'", out->assume);
    bool known = !out->color;
    for (size_t i = 0; i < CS_COUNT(colours); i++)
        known = known || strcmp(out->color, colours[i]) == 0;
    if (!known)
        return cs_fail(err, CS_INVALID, "'--color' takes auto, always or never, not '%s'",
                       out->color);
    return CS_OK;
}

cs_status csi_options_read(struct cs_arena *arena, int argc, char **argv, struct csi_options *out,
                           struct cs_error *err)
{
    struct reading reading = {arena, out, 0, 0};
    read_environment(&reading);
    size_t from_environment = out->action_count;
    cs_status status = read_line(&reading, argc, argv, err);
    if (status != CS_OK)
        return status;
    if (out->action_count > from_environment) { /* the command line's own actions replace them */
        out->actions += from_environment;
        out->action_count -= from_environment;
    }
    return check(out, err);
}
