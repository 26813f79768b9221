/*
 * load.c - opening plugins: shared objects here, Lua files through the lua floor (see load.h).
 *
 * A shared object is opened with all its symbols resolved and none of them lent to others, and
 * never closed, so that no pointer into it goes stale.  What it exports is one const struct,
 * cs_plugin; its shape is checked by the registry before anything in it is used.
 * Room: plugin.
 */
#define _XOPEN_SOURCE 700
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/shell_internal.h"
#include "plugin/floor.h"
#include "plugin/trust.h"

struct added {
    const struct added *before;
    const char *folder;
};

/* A folder of the program's own: who writes there could as well write the program. */
struct own {
    const struct own *before;
    const char *folder;
};

struct floor {
    csi_script_loader *loader;
    void *context;
    const struct added *added; /* folders, so that one named twice counts once */
    const struct own *own;
};

static cs_status load_hook(struct cs_shell *shell, const char *path, struct cs_error *err)
{
    return csi_plugin_load(shell, path, err);
}

/* The floor's memory of this shell, made when first asked for. */
static struct floor *floor_of(struct cs_shell *shell)
{
    if (!shell->plugin_floor) {
        shell->plugin_floor = cs_arena_alloc(shell->arena, sizeof(struct floor));
        shell->load_plugin = load_hook;
        shell->read_plugin = csi_plugin_read;
    }
    return shell->plugin_floor;
}

void csi_plugins_attach(struct cs_shell *shell, const struct cs_shell *like)
{
    struct floor *floor = floor_of(shell);
    const struct floor *other = like ? like->plugin_floor : NULL;
    if (!other)
        return;
    floor->loader = other->loader;
    floor->context = other->context;
    floor->own = other->own;
}

bool csi_plugins_is_new(struct cs_shell *shell, const char *folder)
{
    struct floor *floor = floor_of(shell);
    for (const struct added *added = floor->added; added; added = added->before)
        if (strcmp(added->folder, folder) == 0)
            return false;
    struct added *added = cs_arena_alloc(shell->arena, sizeof *added);
    *added = (struct added){floor->added, cs_str_c(shell->arena, cs_str_of(folder))};
    floor->added = added;
    return true;
}

void csi_plugins_own(struct cs_shell *shell, const char *folder)
{
    struct floor *floor = floor_of(shell);
    char *whole = realpath(folder, NULL);
    struct own *own = whole ? cs_arena_alloc(shell->arena, sizeof *own) : NULL;
    if (own) {
        *own = (struct own){floor->own, cs_str_c(shell->arena, cs_str_of(whole))};
        floor->own = own;
    }
    free(whole);
}

static bool is_own(struct cs_shell *shell, const char *path)
{
    for (const struct own *own = floor_of(shell)->own; own; own = own->before) {
        size_t length = strlen(own->folder);
        if (strncmp(path, own->folder, length) == 0 && (!path[length] || path[length] == '/'))
            return true;
    }
    return false;
}

cs_status csi_plugins_check_trust(struct cs_shell *shell, const char *what, const char *path,
                                  struct cs_error *err)
{
    return is_own(shell, path) ? CS_OK : csi_trust_path(what, path, err);
}

void csi_plugins_set_script_loader(struct cs_shell *shell, csi_script_loader *loader, void *context)
{
    struct floor *floor = floor_of(shell);
    floor->loader = loader;
    floor->context = context;
}

/* -------------------------------------------------------------------- open */

static cs_status no_plugin(const char *path, const char *why, struct cs_error *err)
{
    cs_fail(err, CS_ABI, "'%s' is no certsh plugin: %s", path, why);
    return cs_error_hint(err, "a plugin exports 'cs_plugin' (certsh/plugin.h), "
                              "or is a Lua file that returns certsh.plugin{...}");
}

/* The linker's words without the path, which is told already. */
static const char *linker_words(const char *path)
{
    const char *words = dlerror();
    size_t length = strlen(path);
    if (!words)
        return "it cannot be opened";
    if (strncmp(words, path, length) == 0 && strncmp(words + length, ": ", 2) == 0)
        return words + length + 2;
    return words;
}

/* No shared object at all, or one that wants what this certsh does not have. */
static cs_status cannot_link(const char *path, const char *words, struct cs_error *err)
{
    if (!strstr(words, "undefined symbol") && !strstr(words, "version"))
        return no_plugin(path, words, err);
    cs_fail(err, CS_ABI, "plugin '%s' does not fit this certsh: %s", path, words);
    return cs_error_hint(err, "build it again against this certsh's headers and library");
}

/* What another build might lack is found at once; our own plugins come with this program. */
static cs_status open_object(struct cs_shell *shell, const char *path,
                             const struct cs_plugin **plugin, struct cs_error *err)
{
    void *object = dlopen(path, (is_own(shell, path) ? RTLD_LAZY : RTLD_NOW) | RTLD_LOCAL);
    if (!object)
        return cannot_link(path, linker_words(path), err);
    *plugin = dlsym(object, "cs_plugin");
    return *plugin ? CS_OK : no_plugin(path, "it has no symbol 'cs_plugin'", err);
}

static cs_status open_script(struct cs_shell *shell, const char *path,
                             const struct cs_plugin **plugin, struct cs_error *err)
{
    const struct floor *floor = floor_of(shell);
    if (!floor->loader)
        return cs_fail(err, CS_STATE, "'%s' needs Lua, which is not there", path);
    return floor->loader(floor->context, path, plugin, err);
}

cs_status csi_plugin_open(struct cs_shell *shell, const char *path, const struct cs_plugin **plugin,
                          struct cs_error *err)
{
    struct cs_str name = cs_str_of(path);
    struct stat file;
    if (stat(path, &file) != 0)
        return cs_fail(err, errno == ENOENT ? CS_NOT_FOUND : CS_IO, "cannot open plugin '%s': %s",
                       path, strerror(errno));
    if (!S_ISREG(file.st_mode))
        return no_plugin(path, "it is no file", err);
    if (cs_str_ends(name, CS_STR(".lua")))
        return open_script(shell, path, plugin, err);
    return open_object(shell, path, plugin, err);
}

/* A plugin that is a folder holds its code under its own name: site/site.lua. */
const char *csi_plugin_file(struct cs_arena *arena, const char *path)
{
    static const char *const endings[] = {".so", ".lua"};
    const char *name = strrchr(path, '/');
    struct stat info;
    if (!name || stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
        return path;
    for (size_t i = 0; i < CS_COUNT(endings); i++) {
        const char *file = cs_arena_printf(arena, "%s%s%s", path, name, endings[i]);
        if (access(file, R_OK) == 0)
            return file;
    }
    return path;
}

cs_status csi_plugin_load(struct cs_shell *shell, const char *path, struct cs_error *err)
{
    const struct cs_plugin *plugin = NULL;
    floor_of(shell);
    char *whole = realpath(path, NULL); /* so that dlopen never searches, and origins compare */
    const char *origin = cs_str_c(shell->arena, cs_str_of(whole ? whole : path));
    free(whole);
    origin = csi_plugin_file(shell->arena, origin);
    struct stat file;
    bool folder = stat(origin, &file) == 0 && S_ISDIR(file.st_mode); /* told as no plugin */
    cs_status status = folder ? CS_OK : csi_plugins_check_trust(shell, "plugin", origin, err);
    if (status == CS_OK)
        status = csi_plugin_open(shell, origin, &plugin, err);
    if (status != CS_OK)
        return status;
    return cs_shell_add_plugin(shell, plugin, origin, err);
}
