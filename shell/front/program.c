/* program.c - one run of the program: what it opens, and how it tells what went wrong (see
 * front.h). Room: front. */
#define _POSIX_C_SOURCE 200809L
#include "front.h"

#include <certsh/json.h>

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "formats.h"

#include "command/caps.h"
#include "command/shell_internal.h"
#include "plugin/load.h"
#include "plugin/module.h"

struct csi_front *csi_front_current;

/* --------------------------------------------------------------------- Lua */

cs_status csi_front_need_lua(struct csi_front *front, struct cs_error *err)
{
    if (front->lua)
        return CS_OK;
    front->lua = csi_lua_new(front->shell, front->paths.scripts, err);
    if (!front->lua || !front->paths.compiled)
        return front->lua ? CS_OK : err->status;
    return csi_lua_set_compiled(front->lua, front->paths.compiled, err);
}

static cs_status load_script_plugin(void *context, const char *path,
                                    const struct cs_plugin **plugin, struct cs_error *err)
{
    struct csi_front *front = context;
    cs_status status = csi_front_need_lua(front, err);
    return status == CS_OK ? csi_lua_plugin(front->lua, path, plugin, err) : status;
}

/* --------------------------------------------------------------------- lab */

/* --assume is a property of the lab from its first moment: no change of its history. */
static cs_status assume_defaults(struct cs_lab *lab, struct cs_error *err)
{
    struct cs_start start = *cs_lab_start(lab);
    start.assume = true;
    cs_status status = cs_lab_set_start(lab, &start, err);
    return status == CS_OK ? cs_lab_seal(lab, err) : status;
}

static cs_status build_lab(struct csi_front *front, struct cs_lab **lab, struct cs_error *err)
{
    const char *name = front->options.lab_name ? front->options.lab_name : "kb903220-dc";
    struct cs_lab *built = NULL;
    cs_status status = csi_front_need_lua(front, err);
    if (status == CS_OK)
        status = csi_lua_lab(front->lua, name, &built, err);
    if (status == CS_OK && front->options.assume)
        status = assume_defaults(built, err);
    if (status != CS_OK) {
        cs_lab_free(built);
        return status;
    }
    *lab = built;
    return CS_OK;
}

/* The lab in a file, which is made from a built-in one where it is not there. */
static cs_status open_file(struct csi_front *front, const char *path, struct cs_lab **lab,
                           struct cs_error *err)
{
    cs_status status = cs_lab_open(path, lab, err);
    if (status == CS_OK && front->options.assume)
        cs_lab_assume_now(*lab);
    if (status != CS_NOT_FOUND)
        return status;
    struct cs_lab *built = NULL;
    status = build_lab(front, &built, err);
    if (status == CS_OK)
        status = cs_lab_create(built, path, err);
    if (status == CS_OK) {
        *lab = built;
        return CS_OK;
    }
    cs_lab_free(built);
    /* somebody else made it while we built */
    return status == CS_EXISTS ? cs_lab_open(path, lab, err) : status;
}

static cs_status open_lab(struct cs_shell *shell, struct cs_lab **lab, struct cs_error *err)
{
    struct csi_front *front = cs_shell_open_context(shell);
    const char *file = front->options.lab;
    return file ? open_file(front, file, lab, err) : build_lab(front, lab, err);
}

/* A lab beside the shell's: a built-in one by its name, else a file. */
static cs_status open_other(struct cs_shell *shell, const char *name, struct cs_lab **lab,
                            struct cs_error *err)
{
    struct csi_front *front = cs_shell_open_context(shell);
    cs_status status = csi_front_need_lua(front, err);
    if (status == CS_OK)
        status = csi_lua_lab(front->lua, name, lab, err);
    struct cs_lab *file = NULL;
    if (status == CS_NOT_FOUND && access(name, F_OK) == 0) {
        if (~csi_caps_granted(shell) & CSI_FILE_READ)
            return csi_caps_refuse(shell, "a lab file", CSI_FILE_READ, err);
        status = cs_lab_open(name, &file, err);
        *lab = file;
    }
    return status;
}

/* ----------------------------------------------------------------- plugins */

static void warn_plugin(void *context, const struct cs_error *problem)
{
    const struct csi_front *front = context;
    if (!front->options.quiet)
        csi_front_remark(front, cs_str_of(problem->text), problem->hint);
}

/* A folder that was asked for must be there; those of the installation may be absent. */
static cs_status add_plugins(struct csi_front *front, struct cs_error *err)
{
    csi_plugins_set_script_loader(front->shell, load_script_plugin, front);
    if (front->options.no_plugins || front->options.manifest) /* a manifest is made from nothing */
        return CS_OK;
    for (size_t i = 0; i < front->paths.plugin_count; i++) {
        const char *folder = front->paths.plugins[i];
        bool asked = i < front->options.plugin_path_count;
        if (access(folder, R_OK) != 0 && asked)
            return cs_fail(err, CS_INVALID, "there is no folder of plugins '%s'", folder);
        if (access(folder, R_OK) != 0)
            continue;
        if (i >= front->paths.plugin_own)
            csi_plugins_own(front->shell, folder);
        cs_status status = csi_plugins_add_folder(front->shell, folder, warn_plugin, front, err);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}

/* ---------------------------------------------------------------- settings */

static cs_status apply(struct csi_front *front, const char *name, const char *value,
                       struct cs_error *err)
{
    return value ? cs_shell_set(front->shell, cs_str_of(name), cs_str_of(value), err) : CS_OK;
}

static cs_status apply_options(struct csi_front *front, struct cs_error *err)
{
    const struct csi_options *options = &front->options;
    const struct {
        const char *name, *value;
    } settings[] = {{"color", options->color},
                    {"ascii", options->ascii ? "on" : NULL},
                    {"keep-going", options->keep_going ? "on" : NULL}};
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < CS_COUNT(settings); i++)
        status = apply(front, settings[i].name, settings[i].value, err);
    return status;
}

/* Plugins bring formats, so they come first. */
static cs_status apply_format(struct csi_front *front, struct cs_error *err)
{
    return apply(front, "format", front->options.format, err);
}

/* A lab that was asked for by a wrong name is told at once, not when it is first needed. */
static cs_status check_lab_name(struct csi_front *front, struct cs_error *err)
{
    const char *name = front->options.lab_name;
    if (!name)
        return CS_OK;
    const char *file = cs_arena_printf(front->arena, "%s/labs/%s.lua", front->paths.scripts, name);
    return access(file, R_OK) == 0 ? CS_OK : cs_shell_need_lab(front->shell, err);
}

cs_status csi_front_open(struct csi_front *front, struct cs_error *err)
{
    csi_front_current = front;
    front->shell = cs_shell_new();
    cs_shell_set_open(front->shell, open_lab, front);
    cs_shell_set_other(front->shell, open_other);
    csi_paths_find(front->arena, &front->options, &front->paths);
    csi_module_store(front->paths.store);
    if (front->lua) /* a host brought it */
        csi_lua_adopt(front->lua, front->shell, front->paths.scripts, front->paths.compiled);
    cs_status status = apply_options(front, err);
    if (status == CS_OK)
        status = cs_shell_add_plugin(front->shell, &csi_front_plugin, "built in", err);
    if (status == CS_OK)
        status = cs_shell_add_plugin(front->shell, &csi_plugin_care, "built in", err);
    if (status == CS_OK)
        status = check_lab_name(front, err);
    if (status == CS_OK)
        status = add_plugins(front, err);
    if (status == CS_OK)
        status = apply_format(front, err);
    /* a file that cannot be opened is told at once */
    return status == CS_OK && front->options.lab ? cs_shell_need_lab(front->shell, err) : status;
}

void csi_front_close(struct csi_front *front)
{
    csi_lua_free(front->lua);
    cs_shell_free(front->shell);
}

/* -------------------------------------------------------------------- look */

static bool is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < CS_COUNT(names); i++) {
        const char *value = getenv(names[i]);
        if (value && value[0])
            return strstr(value, "UTF-8") || strstr(value, "utf8") || strstr(value, "UTF8") ||
                   strstr(value, "utf-8");
    }
    return false;
}

static bool wants_colour(const struct csi_front *front, bool terminal)
{
    struct cs_str when = cs_shell_setting(front->shell, "color");
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    if (!cs_str_is(when, "auto"))
        return cs_str_is(when, "always");
    return terminal && !(no && no[0]) && term && strcmp(term, "dumb") != 0;
}

static size_t columns(const struct csi_front *front, FILE *out, bool terminal)
{
    uint64_t width = 0;
    struct winsize size;
    cs_str_number(cs_shell_setting(front->shell, "width"), 10000, &width);
    if (width)
        return (size_t)width;
    if (terminal && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col)
        return size.ws_col;
    return terminal ? 80 : 0;
}

struct csi_look csi_front_look(const struct csi_front *front, FILE *out)
{
    struct csi_look look = {
        .format = &csi_formats[0], .out = out, .terminal = isatty(fileno(out)) == 1};
    csi_look_find(front->shell, cs_shell_setting(front->shell, "format"), &look);
    look.utf8 = is_utf8() && !cs_str_is(cs_shell_setting(front->shell, "ascii"), "on");
    look.colour = wants_colour(front, look.terminal);
    look.width = columns(front, out, look.terminal);
    look.quiet = front->options.quiet;
    return look;
}

/* ------------------------------------------------------------------ errors */

static void print_object(const char *name, const struct cs_member *members, size_t count)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_member outer = {cs_str_of(name), cs_value_object(arena, members, count)};
    struct cs_value object = cs_value_object(arena, &outer, 1);
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 20);
    cs_json_write(&buf, &object);
    fprintf(stderr, "%s\n", buf.at);
    cs_buf_clear(&buf);
    cs_arena_free(arena);
}

static void tell_object(const struct cs_error *err)
{
    struct cs_member members[] = {
        {CS_STR("status"), cs_value_text(cs_status_name(err->status))},
        {CS_STR("text"), cs_value_text(err->text)},
        {CS_STR("at"), err->at >= 0 ? cs_value_int(err->at) : cs_value_null()},
        {CS_STR("where"), cs_value_text(err->where[0] ? err->where : NULL)},
        {CS_STR("hint"), cs_value_text(err->hint[0] ? err->hint : NULL)},
        {CS_STR("win32"), err->win32 ? cs_value_int(err->win32) : cs_value_null()},
    };
    print_object("error", members, CS_COUNT(members));
}

/* Before there is a shell, the options know the format. */
static bool speaks_json(const struct csi_front *front)
{
    struct cs_str format =
        front->shell ? cs_shell_setting(front->shell, "format") : cs_str_of(front->options.format);
    return cs_str_is(format, "json") || cs_str_is(format, "jsonl");
}

void csi_front_remark(const struct csi_front *front, struct cs_str text, const char *hint)
{
    fflush(stdout);
    hint = hint && hint[0] ? hint : NULL;
    struct cs_member members[] = {{CS_STR("text"), cs_value_str(text)},
                                  {CS_STR("hint"), cs_value_text(hint)}};
    if (speaks_json(front))
        print_object("warning", members, CS_COUNT(members));
    else
        fprintf(stderr, "%s%.*s%s%s\n", front->interactive ? "" : "certsh: ", CS_STR_ARG(text),
                hint ? "\n  " : "", hint ? hint : "");
}

/* The text in which the error is, and a caret below the place; usage errors quote the word. */
static void tell_place(const struct csi_front *front, const struct cs_error *err)
{
    struct cs_str text = front->shell ? csi_shell_error_text(front->shell) : CS_STR("");
    bool shows = err->at >= 0 && err->status != CS_USAGE && (size_t)err->at <= text.length &&
                 text.length && text.length < 500 && cs_str_find(text, '\n') < 0;
    if (!shows)
        return;
    size_t column = cs_str_width(cs_str_span(text.at, (size_t)err->at));
    fprintf(stderr, "  %.*s\n  %*s^\n", CS_STR_ARG(text), (int)column, "");
}

/* "ole.reg:14: " before the text; which argument it was, the text shows by itself. */
static const char *place_before(const struct cs_error *err)
{
    bool argument = cs_str_starts(cs_str_of(err->where), CS_STR("argument '"));
    return argument ? "" : err->where;
}

/* Windows' own words stand alone; ours begin in lower case or with a quoted subject. */
static bool speaks_for_windows(const struct cs_error *err)
{
    char first = err->text[0];
    return err->win32 && !err->where[0] && first != '\'' && !(first >= 'a' && first <= 'z');
}

void csi_front_tell(const struct csi_front *front, const struct cs_error *err)
{
    fflush(stdout);
    if (speaks_json(front)) {
        tell_object(err);
        return;
    }
    const char *where = place_before(err);
    bool bare = front->interactive || speaks_for_windows(err);
    fprintf(stderr, "%s%s%s%s\n", bare ? "" : "certsh: ", where, where[0] ? ": " : "", err->text);
    tell_place(front, err);
    if (err->hint[0])
        fprintf(stderr, "  %s\n", err->hint);
}
