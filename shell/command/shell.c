/* shell.c - life of a shell: its lab, its place, its settings (see shell.h).  Room: command. */
#include "shell_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

static const char *const colours[] = {"auto", "always", "never", NULL};
static const char *const switches[] = {"off", "on", NULL};

static cs_status is_format(struct cs_shell *shell, const struct csi_setting *setting,
                           struct cs_str value, struct cs_error *err)
{
    (void)setting;
    return csi_registry_check_format(shell, value, err);
}

static cs_status is_width(struct cs_shell *shell, const struct csi_setting *setting,
                          struct cs_str value, struct cs_error *err)
{
    uint64_t width;
    (void)shell, (void)setting;
    if (cs_str_number(value, 10000, &width))
        return CS_OK;
    return cs_fail(err, CS_INVALID, "'%.*s' is no width: a number of columns is wanted",
                   CS_STR_ARG(value));
}

static cs_status is_choice(struct cs_shell *shell, const struct csi_setting *setting,
                           struct cs_str value, struct cs_error *err)
{
    char list[64] = "";
    (void)shell;
    for (size_t i = 0; setting->choices[i]; i++) {
        size_t used = strlen(list);
        if (cs_str_is(value, setting->choices[i]))
            return CS_OK;
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", setting->choices[i]);
    }
    cs_fail(err, CS_INVALID, "'%.*s' is no value for '%s'", CS_STR_ARG(value), setting->name);
    return cs_error_hint(err, "one of %s", list);
}

static const struct csi_setting settings[] = {
    {"format", "table", "how rows are printed", is_format, NULL},
    {"color", "auto", "colour in tables and words", is_choice, colours},
    {"ascii", "off", "plain ASCII signs instead of UTF-8", is_choice, switches},
    {"width", "0", "columns of a table; 0 is the terminal's", is_width, NULL},
    {"keep-going", "off", "go on after a failing command of a sequence", is_choice, switches},
};

struct cs_shell *cs_shell_new(void)
{
    struct cs_shell *shell = csi_alloc_must(sizeof *shell);
    *shell = (struct cs_shell){.arena = cs_arena_new(), .scratch = cs_arena_new()};
    cs_bug_if(!shell->arena || !shell->scratch);
    memcpy(shell->settings, settings, sizeof settings);
    struct cs_error err;
    cs_bug_if(cs_shell_add_plugin(shell, &csi_builtin_plugin, "built in", &err) != CS_OK);
    return shell;
}

void cs_shell_free(struct cs_shell *shell)
{
    if (!shell)
        return;
    cs_lab_free(shell->lab);
    csi_map_clear(&shell->names);
    csi_alloc_free(shell->commands);
    csi_alloc_free(shell->plugins);
    csi_alloc_free(shell->importers);
    cs_arena_free(shell->error_arena);
    cs_arena_free(shell->scratch);
    cs_arena_free(shell->arena);
    csi_alloc_free(shell);
}

/* --------------------------------------------------------------------- lab */

void cs_shell_set_open(struct cs_shell *shell, cs_shell_open_fn *open, void *context)
{
    shell->open = open;
    shell->open_context = context;
}

void *cs_shell_open_context(const struct cs_shell *shell)
{
    return shell->open_context;
}

bool cs_shell_has_lab(const struct cs_shell *shell)
{
    return shell->lab != NULL;
}

void cs_shell_set_other(struct cs_shell *shell, cs_shell_other_fn *other)
{
    shell->other = other;
}

cs_status cs_shell_open_other(struct cs_shell *shell, struct cs_str name, struct cs_lab **lab,
                              struct cs_error *err)
{
    struct cs_arena_mark mark = cs_arena_mark(shell->scratch);
    if (!shell->other)
        return cs_fail(err, CS_NOT_FOUND, "there is no lab '%.*s'", CS_STR_ARG(name));
    cs_status status = shell->other(shell, cs_str_c(shell->scratch, name), lab, err);
    cs_arena_rewind(shell->scratch, mark);
    if (status == CS_OK)
        csi_registry_add_gates(shell, *lab);
    return status;
}

static void take_place(struct cs_shell *shell)
{
    const struct cs_start *start = cs_lab_start(shell->lab);
    shell->host = start->host;
    cs_shell_use_user(shell, start->user);
}

void cs_shell_set_lab(struct cs_shell *shell, struct cs_lab *lab)
{
    if (shell->lab != lab)
        cs_lab_free(shell->lab);
    shell->lab = lab;
    shell->open_failed = false;
    csi_registry_add_gates(shell, lab);
    take_place(shell);
}

struct cs_place cs_shell_enter(struct cs_shell *shell, struct cs_lab *lab)
{
    const struct cs_place place = {shell->lab, shell->host, shell->user};
    shell->lab = lab;
    csi_registry_add_gates(shell, lab);
    take_place(shell);
    return place;
}

void cs_shell_return(struct cs_shell *shell, const struct cs_place *place)
{
    shell->lab = place->lab;
    shell->host = place->host;
    shell->user = place->user;
}

/* The hook may fail, and it may ask for the lab itself: the script that builds one can run
 * commands.  Then there is no lab yet, and that is what it is told. */
static cs_status open_lab(struct cs_shell *shell, struct cs_error *err)
{
    if (shell->opening)
        return cs_fail(err, CS_STATE, "the lab is not built yet");
    if (!shell->open)
        return cs_shell_set_lab(shell, cs_lab_new()), CS_OK;
    struct cs_lab *lab = NULL;
    shell->opening = true;
    cs_status status = shell->open(shell, &lab, err);
    shell->opening = false;
    if (status == CS_OK && lab)
        cs_shell_set_lab(shell, lab);
    return status;
}

cs_status cs_shell_need_lab(struct cs_shell *shell, struct cs_error *err)
{
    if (shell->open_failed) {
        *err = shell->open_error;
        return err->status;
    }
    if (shell->lab)
        return CS_OK;
    cs_status status = open_lab(shell, err);
    if (status != CS_OK && !shell->opening) {
        shell->open_failed = true;
        shell->open_error = *err;
    }
    return status;
}

struct cs_lab *cs_shell_lab(struct cs_shell *shell)
{
    struct cs_error err;
    if (cs_shell_need_lab(shell, &err) == CS_OK)
        return shell->lab;
    shell->missed = true;
    if (shell->lab)
        return shell->lab;
    if (!shell->opening)
        fprintf(stderr, "certsh: %s; an empty lab stands in for it\n", err.text);
    shell->lab = cs_lab_new();
    return shell->lab;
}

/* ------------------------------------------------------------------- place */

/* An undo may have taken the current host away, and a redo may bring it back: so it is kept,
 * and while it is not there we are nowhere. */
cs_id cs_shell_host(struct cs_shell *shell)
{
    const struct cs_lab *lab = cs_shell_lab(shell);
    return shell->host && cs_host_get(lab, shell->host) ? shell->host : 0;
}

cs_id cs_shell_user(struct cs_shell *shell)
{
    struct cs_principal ignored;
    const struct cs_lab *lab = cs_shell_lab(shell);
    return shell->user && cs_principal_get(lab, shell->user, &ignored) ? shell->user : 0;
}

void cs_shell_use_host(struct cs_shell *shell, cs_id host)
{
    cs_shell_lab(shell);
    shell->host = host;
}

void cs_shell_use_user(struct cs_shell *shell, cs_id user)
{
    struct cs_lab *lab = cs_shell_lab(shell);
    shell->user = user;
    struct cs_arena_mark mark = cs_arena_mark(shell->scratch);
    struct cs_str name = user ? cs_principal_name(lab, shell->scratch, user) : CS_STR("");
    cs_lab_set_actor(lab, name);
    cs_arena_rewind(shell->scratch, mark);
}

/* ---------------------------------------------------------------- settings */

static struct csi_setting *setting(const struct cs_shell *shell, struct cs_str name)
{
    for (size_t i = 0; i < CS_COUNT(settings); i++)
        if (cs_str_same(cs_str_of(shell->settings[i].name), name))
            return (struct csi_setting *)&shell->settings[i];
    return NULL;
}

struct cs_str cs_shell_setting(const struct cs_shell *shell, const char *name)
{
    const struct csi_setting *found = setting(shell, cs_str_of(name));
    return cs_str_of(found ? found->value : "");
}

static cs_status unknown_setting(struct cs_str name, struct cs_error *err)
{
    const char *names[CS_COUNT(settings)];
    for (size_t i = 0; i < CS_COUNT(settings); i++)
        names[i] = settings[i].name;
    const char *near = csi_nearest(name, names, CS_COUNT(names));
    cs_fail(err, CS_INVALID, "no such setting '%.*s'", CS_STR_ARG(name));
    return near ? cs_error_hint(err, "did you mean '%s'?", near)
                : cs_error_hint(err, "'set' alone lists them all");
}

cs_status cs_shell_set(struct cs_shell *shell, struct cs_str name, struct cs_str value,
                       struct cs_error *err)
{
    struct csi_setting *found = setting(shell, name);
    if (!found)
        return unknown_setting(name, err);
    cs_status status = found->check(shell, found, value, err);
    if (status == CS_OK)
        found->value = cs_str_c(shell->arena, value);
    return status;
}

/* ------------------------------------------------------------------- leave */

void cs_shell_quit(struct cs_shell *shell, int code)
{
    shell->quitting = true;
    shell->quit_code = code;
}

bool cs_shell_quitting(const struct cs_shell *shell, int *code)
{
    if (shell->quitting && code)
        *code = shell->quit_code;
    return shell->quitting;
}

/* ------------------------------------------------------------------ errors */

void csi_shell_set_error_text(struct cs_shell *shell, struct cs_str text)
{
    cs_arena_free(shell->error_arena);
    shell->error_arena = text.length ? cs_arena_new() : NULL;
    /* without memory the place is not shown */
    shell->error_text = shell->error_arena ? cs_str_copy(shell->error_arena, text) : CS_STR("");
}

struct cs_str csi_shell_error_text(const struct cs_shell *shell)
{
    return shell->error_text;
}
