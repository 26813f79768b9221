/*
 * folder.c - a folder of plugins: who is in it, as its manifest or the files themselves say.
 *
 * Files are taken in order of their names, so that the same folder always gives the same
 * shell.  A plugin that does not fit is told and left out; the others work.  Room: plugin.
 */
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command/shell_internal.h"
#include "plugin/floor.h"
#include "plugin/manifest.h"

struct file {
    const char *name;
    const char *path;
    uint64_t size;
};

struct folder {
    const char *path;
    int open; /* its descriptor while it is listed */
    struct file *files;
    size_t count;
};

/* ------------------------------------------------------------------- files */

static bool is_plugin_name(const char *name)
{
    struct cs_str text = cs_str_of(name);
    return name[0] != '.' &&
           (cs_str_ends(text, CS_STR(".so")) || cs_str_ends(text, CS_STR(".lua")));
}

static struct file *new_file(struct cs_arena *arena, struct folder *folder, size_t *room)
{
    folder->files = cs_arena_more(arena, folder->files, folder->count, room, sizeof *folder->files);
    return &folder->files[folder->count++];
}

static bool add_file(struct cs_arena *arena, struct folder *folder, size_t *room, const char *name)
{
    struct stat info;
    if (fstatat(folder->open, name, &info, 0) != 0 || !S_ISREG(info.st_mode))
        return false;
    *new_file(arena, folder, room) = (struct file){
        cs_str_c(arena, cs_str_of(name)), cs_arena_printf(arena, "%s/%s", folder->path, name),
        info.st_size > 0 ? (uint64_t)info.st_size : 0};
    return true;
}

/* A plugin that is a folder holds its code under its own name: site/site.lua. */
static void add_folder(struct cs_arena *arena, struct folder *folder, size_t *room,
                       const char *name)
{
    if (name[0] == '.' || strchr(name, '.'))
        return;
    if (!add_file(arena, folder, room, cs_arena_printf(arena, "%s/%s.so", name, name)))
        add_file(arena, folder, room, cs_arena_printf(arena, "%s/%s.lua", name, name));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

/* The plugin files of a folder, sorted, with the folder's whole path. */
static cs_status list_folder(struct cs_arena *arena, const char *path, struct folder *folder,
                             struct cs_error *err)
{
    size_t room = 0;
    DIR *open = opendir(path);
    if (!open)
        return cs_fail(err, errno == ENOENT ? CS_NOT_FOUND : CS_IO,
                       "cannot open plugin folder '%s': %s", path, strerror(errno));
    char *whole = realpath(path, NULL);
    *folder = (struct folder){.path = cs_str_c(arena, cs_str_of(whole ? whole : path)),
                              .open = dirfd(open)};
    free(whole);
    for (struct dirent *entry; (entry = readdir(open));)
        if (is_plugin_name(entry->d_name))
            add_file(arena, folder, &room, entry->d_name);
        else
            add_folder(arena, folder, &room, entry->d_name);
    closedir(open);
    if (folder->count)
        qsort(folder->files, folder->count, sizeof *folder->files, by_name);
    return CS_OK;
}

/* --------------------------------------------------------------- add folder */

struct adding {
    struct cs_shell *shell;
    csi_plugin_warn *warn;
    void *context;
    size_t opened; /* files that the manifest did not describe */
    const char *first;
};

static void tell(const struct adding *adding, const struct cs_error *problem)
{
    if (adding->warn)
        adding->warn(adding->context, problem);
}

/* A plugin's own problem, which must say whose it is. */
static void tell_of(const struct adding *adding, const struct file *file,
                    const struct cs_error *problem)
{
    struct cs_error named = *problem;
    if (!strstr(problem->text, file->name))
        cs_fail(&named, problem->status, "plugin '%s': %s", file->path, problem->text);
    memcpy(named.hint, problem->hint, sizeof named.hint);
    if (!named.hint[0])
        cs_error_hint(&named, "mend it ('plugin test %s'), or take it out of its folder",
                      file->path);
    tell(adding, &named);
    const char *name = strrchr(file->name, '/') ? strrchr(file->name, '/') + 1 : file->name;
    struct cs_str stem = cs_str_span(name, strcspn(name, "."));
    csi_registry_note_broken(adding->shell, cs_str_c(adding->shell->arena, stem), file->path,
                             &named);
}

static cs_status declare(struct cs_shell *shell, const struct file *file,
                         const struct csi_manifest_plugin *line, struct cs_error *err)
{
    const struct csi_plugin_entry entry = {.name = line->name,
                                           .version = line->version,
                                           .brief = line->brief,
                                           .origin = file->path,
                                           .has_importers = line->has_importers,
                                           .has_gates = line->has_gates,
                                           .has_formats = line->has_formats};
    cs_status status = csi_registry_declare_plugin(shell, &entry, err);
    for (const struct csi_manifest_command *command = line->commands; command && status == CS_OK;
         command = command->next)
        status =
            csi_registry_declare(shell, command->name, command->brief, line->name, file->path, err);
    return status;
}

static void add_one(struct adding *adding, const struct file *file,
                    const struct csi_manifest_plugin *line)
{
    struct cs_error err;
    cs_status status;
    if (line && line->size == file->size) {
        status = declare(adding->shell, file, line, &err);
    } else {
        if (!adding->opened++)
            adding->first = file->name;
        status = csi_plugin_load(adding->shell, file->path, &err);
    }
    if (status != CS_OK)
        tell_of(adding, file, &err);
}

/* One remark a folder, however many files it is about. */
static void tell_opened(const struct adding *adding, const struct folder *folder)
{
    struct cs_error remark;
    if (!adding->opened)
        return;
    if (adding->opened == folder->count)
        cs_fail(&remark, CS_STATE, "plugin folder '%s' has no manifest that fits: all is opened",
                folder->path);
    else
        cs_fail(&remark, CS_STATE, "plugin '%s'%s in '%s' is not as its manifest says: opened",
                adding->first, adding->opened > 1 ? " and others" : "", folder->path);
    cs_error_hint(&remark, "for a quick start: certsh --write-manifest '%s'", folder->path);
    tell(adding, &remark);
}

static void add_files(struct adding *adding, struct cs_arena *arena, const struct folder *folder)
{
    const struct csi_manifest_plugin *lines = NULL;
    struct cs_error err;
    if (csi_manifest_read(arena, folder->path, &lines, &err) != CS_OK)
        tell(adding, &err);
    for (size_t i = 0; i < folder->count; i++)
        add_one(adding, &folder->files[i], csi_manifest_find(lines, folder->files[i].name));
    tell_opened(adding, folder);
}

cs_status csi_plugins_add_folder(struct cs_shell *shell, const char *path, csi_plugin_warn *warn,
                                 void *context, struct cs_error *err)
{
    struct folder folder = {0};
    struct adding adding = {.shell = shell, .warn = warn, .context = context};
    struct cs_arena *arena = cs_arena_new();
    cs_bug_if(!arena);
    csi_plugins_attach(shell, shell);
    struct cs_error problem;
    cs_status status = list_folder(arena, path, &folder, err);
    if (status != CS_OK || !csi_plugins_is_new(shell, folder.path))
        ;
    else if (csi_plugins_check_trust(shell, "plugin folder", folder.path, &problem) == CS_OK)
        add_files(&adding, arena, &folder);
    else {
        tell(&adding, &problem);
        csi_registry_note_broken(shell, folder.path, folder.path, &problem);
    }
    cs_arena_free(arena);
    return status;
}

/* ----------------------------------------------------------------- manifest */

/* Open, check as the registry checks, and describe. */
static cs_status describe(struct cs_shell *shell, const struct file *file, struct cs_buf *out,
                          struct cs_error *err)
{
    const struct cs_plugin *plugin = NULL;
    cs_status status = csi_plugin_open(shell, file->path, &plugin, err);
    if (status == CS_OK)
        status = cs_shell_add_plugin(shell, plugin, file->path, err);
    if (status == CS_OK)
        csi_manifest_add(out, file->name, file->size, plugin);
    else if (!strstr(err->text, file->name) && !strstr(err->where, file->name))
        cs_error_where(err, "%s", file->path);
    return status;
}

static cs_status describe_all(struct cs_shell *shell, const struct folder *folder,
                              struct cs_error *err)
{
    struct cs_buf out;
    cs_status status = CS_OK;
    cs_buf_init(&out, 1 << 24);
    csi_manifest_head(&out);
    for (size_t i = 0; i < folder->count && status == CS_OK; i++)
        status = describe(shell, &folder->files[i], &out, err);
    if (status == CS_OK)
        status = csi_manifest_save(folder->path, cs_buf_str(&out), err);
    cs_buf_clear(&out);
    return status;
}

/* In a shell of its own, so that what is registered already does not stand in the way. */
cs_status csi_plugins_write_manifest(struct cs_shell *shell, const char *path, struct cs_error *err)
{
    struct folder folder = {0};
    struct cs_arena *arena = cs_arena_new();
    struct cs_shell *fresh = cs_shell_new();
    cs_bug_if(!arena || !fresh);
    csi_plugins_attach(fresh, shell);
    cs_status status = list_folder(arena, path, &folder, err);
    if (status == CS_OK)
        status = describe_all(fresh, &folder, err);
    cs_shell_free(fresh);
    cs_arena_free(arena);
    return status;
}
