/*
 * lab_folder.c - the files of a folder (see lab_folder.h).
 *
 * Links to folders are not followed, so that there is no way round and round.
 */
#define _XOPEN_SOURCE 700
#include "lab_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEEPEST = 16 };

static cs_status walk(struct lab_paths *paths, struct cs_str folder, unsigned depth,
                      struct cs_error *err);

static void add(struct lab_paths *paths, struct cs_str name, bool found)
{
    paths->at =
        cs_arena_more(paths->arena, paths->at, paths->count, &paths->room, sizeof *paths->at);
    paths->at[paths->count++] = (struct lab_path){cs_str_copy(paths->arena, name), found};
}

static cs_status take(struct lab_paths *paths, struct cs_str folder, const char *name,
                      unsigned depth, struct cs_error *err)
{
    struct stat st;
    const char *slash = cs_str_ends(folder, CS_STR("/")) ? "" : "/";
    struct cs_str path = cs_str_printf(paths->arena, "%.*s%s%s", CS_STR_ARG(folder), slash, name);
    if (lstat(path.at, &st) == 0 && S_ISDIR(st.st_mode))
        return walk(paths, path, depth + 1, err);
    if (stat(path.at, &st) == 0 && S_ISREG(st.st_mode))
        add(paths, path, true);
    return CS_OK;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static cs_status walk(struct lab_paths *paths, struct cs_str folder, unsigned depth,
                      struct cs_error *err)
{
    struct dirent **entries;
    cs_status status = CS_OK;
    if (depth > DEEPEST)
        return cs_fail(err, CS_LIMIT, "'%.*s' is too deep a folder", CS_STR_ARG(folder));
    int count = scandir(cs_str_c(paths->arena, folder), &entries, is_shown, by_bytes);
    if (count < 0)
        return cs_fail(err, CS_IO, "cannot read '%.*s': %s", CS_STR_ARG(folder), strerror(errno));
    for (int i = 0; i < count; i++) {
        if (status == CS_OK)
            status = take(paths, folder, entries[i]->d_name, depth, err);
        free(entries[i]);
    }
    free(entries);
    return status;
}

cs_status lab_paths_add(struct lab_paths *paths, struct cs_str name, struct cs_error *err)
{
    struct stat st;
    if (stat(cs_str_c(paths->arena, name), &st) == 0 && S_ISDIR(st.st_mode))
        return walk(paths, name, 0, err);
    add(paths, name, false);
    return CS_OK;
}
