/*
 * paths.c - where plugins, scripts, history and rc file are.
 *
 * A build tree has a file certsh.tree beside the program, which names its folders; an
 * installed program finds them from where it lies itself.  The current directory is never
 * looked into: a folder of plugins is code.  Room: front.
 */
#define _POSIX_C_SOURCE 200809L
#include "front.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef CERTSH_LIBDIR
#define CERTSH_LIBDIR "lib"
#endif

/* The folder this program lies in; "" when the system does not tell. */
static const char *program_folder(struct cs_arena *arena)
{
    char path[4096];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    if (size <= 0)
        return "";
    while (size && path[size - 1] != '/')
        size--;
    return cs_arena_copy(arena, path, size > 1 ? (size_t)size - 1 : 1);
}

static void add_plugins(struct cs_arena *arena, struct csi_paths *out, const char *folder)
{
    const char **list = cs_arena_alloc(arena, (out->plugin_count + 1) * sizeof *list);
    if (out->plugin_count)
        memcpy(list, out->plugins, out->plugin_count * sizeof *list);
    list[out->plugin_count++] = folder;
    out->plugins = list;
}

/* A colon list; empty and relative parts would mean the current directory. */
static void add_list(struct cs_arena *arena, struct csi_paths *out, const char *list)
{
    while (list && *list) {
        size_t size = strcspn(list, ":");
        if (list[0] == '/')
            add_plugins(arena, out, cs_arena_copy(arena, list, size));
        list += size + (list[size] == ':');
    }
}

/* Lines NAME=PATH of certsh.tree; false when there is no such file. */
static bool read_tree(struct cs_arena *arena, const char *folder, struct csi_paths *out)
{
    char line[4096];
    FILE *file = fopen(cs_arena_printf(arena, "%s/certsh.tree", folder), "r");
    if (!file)
        return false;
    while (fgets(line, sizeof line, file)) {
        struct cs_str text = cs_str_trim(cs_str_of(line));
        if (cs_str_starts(text, CS_STR("plugins=")))
            add_plugins(arena, out, cs_str_c(arena, cs_str_from(text, 8)));
        if (cs_str_starts(text, CS_STR("scripts=")))
            out->scripts = cs_str_c(arena, cs_str_from(text, 8));
        if (cs_str_starts(text, CS_STR("compiled=")))
            out->compiled = cs_str_c(arena, cs_str_from(text, 9));
        if (cs_str_starts(text, CS_STR("store=")))
            out->store = cs_str_c(arena, cs_str_from(text, 6));
        if (cs_str_starts(text, CS_STR("line=")))
            out->line = cs_str_c(arena, cs_str_from(text, 5));
    }
    fclose(file);
    return true;
}

/* $XDG_xxx/certsh/NAME, or below the home folder; NULL without either. */
static const char *in_xdg(struct cs_arena *arena, const char *variable, const char *below_home,
                          const char *name)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    if (base && base[0] == '/')
        return cs_arena_printf(arena, "%s/certsh/%s", base, name);
    if (home && home[0] == '/')
        return cs_arena_printf(arena, "%s/%s/certsh/%s", home, below_home, name);
    return NULL;
}

void csi_paths_find(struct cs_arena *arena, const struct csi_options *options,
                    struct csi_paths *out)
{
    const char *folder = options->home ? options->home : program_folder(arena);
    *out = (struct csi_paths){0};
    for (size_t i = 0; i < options->plugin_path_count; i++)
        add_plugins(arena, out, options->plugin_paths[i]);
    add_list(arena, out, options->env_plugin_path);
    const char *personal = in_xdg(arena, "XDG_DATA_HOME", ".local/share", "plugins");
    if (personal)
        add_plugins(arena, out, personal);
    out->plugin_own = out->plugin_count;
    if (!read_tree(arena, folder, out)) {
        add_plugins(arena, out,
                    cs_arena_printf(arena, "%s/../" CERTSH_LIBDIR "/certsh/plugins", folder));
        add_plugins(arena, out, cs_arena_printf(arena, "%s/../share/certsh/plugins", folder));
        out->scripts = cs_arena_printf(arena, "%s/../share/certsh/scripts", folder);
        out->line = cs_arena_printf(arena, "%s/../" CERTSH_LIBDIR "/certsh/line.so", folder);
        out->store = cs_arena_printf(arena, "%s/../" CERTSH_LIBDIR "/certsh/store.so", folder);
        out->compiled = cs_arena_printf(arena, "%s/../" CERTSH_LIBDIR "/certsh/compiled", folder);
    }
    out->history = in_xdg(arena, "XDG_STATE_HOME", ".local/state", "history");
    out->rc = in_xdg(arena, "XDG_CONFIG_HOME", ".config", "rc.lua");
}
