/*
 * lua_labs.c - the built-in labs: scripts that are given an empty lab and fill it.
 *
 * A lab script is a file of scripts/labs that says "local lab = ...".  It builds with the
 * methods of lua_build*.c and cannot keep the lab; what it leaves is sealed, the beginning of
 * the lab's history.  Room: lua.
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lua/lua_internal.h"

struct lab_file {
    char path[4096], module[80]; /* "labs.modern", "" for a script of somebody else */
    const char *data;            /* what the script reads, or NULL */
    struct cs_lab *lab;
};

/* (lab_file): the script gets the lab, and cannot keep it. */
static int build_lab(lua_State *L)
{
    struct lab_file *file = lua_touserdata(L, 1);
    if (!file->module[0] || !csi_load_compiled(L, file->module))
        csi_load_file(L, file->path);
    struct csi_lab_box *box = csi_new_lab(L); /* file chunk box */
    box->lab = file->lab;
    lua_pushvalue(L, -1);
    lua_insert(L, 2); /* file box chunk box */
    lua_pushstring(L, file->data);
    int failed = lua_pcall(L, 2, 0, 0);
    box->lab = NULL;
    return failed ? lua_error(L) : 0;
}

static bool is_lab_name(const char *name)
{
    return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The labs there are: scripts that take a lab, not what they share. */
static bool is_lab_file(const char *path)
{
    char text[4096];
    FILE *in = fopen(path, "r");
    if (!in)
        return false;
    size_t length = fread(text, 1, sizeof text - 1, in);
    fclose(in);
    text[length] = '\0';
    return strstr(text, "local lab = ...") != NULL;
}

enum { MOST_LABS = 64 };

static size_t find_labs(struct cs_arena *arena, const char *folder, char *names[MOST_LABS])
{
    size_t count = 0;
    DIR *open = opendir(folder);
    for (struct dirent *entry; open && count < MOST_LABS && (entry = readdir(open));) {
        struct cs_str file = cs_str_of(entry->d_name);
        if (cs_str_ends(file, CS_STR(".lua")) &&
            is_lab_file(cs_arena_printf(arena, "%s/%s", folder, entry->d_name)))
            names[count++] = cs_arena_copy(arena, file.at, file.length - 4);
    }
    if (open)
        closedir(open);
    qsort(names, count, sizeof *names, by_text);
    return count;
}

static struct cs_str list_labs(struct cs_arena *arena, const char *folder)
{
    char *names[MOST_LABS];
    size_t count = find_labs(arena, folder, names);
    struct cs_str all = cs_str_of("");
    for (size_t i = 0; i < count; i++)
        all = cs_str_printf(arena, "%.*s%s%s", CS_STR_ARG(all), i ? ", " : "", names[i]);
    return all;
}

static cs_status no_such_lab(struct csi_lua *lua, const char *name, struct cs_error *err)
{
    struct cs_arena_mark mark = cs_arena_mark(lua->scratch);
    const char *folder = cs_arena_printf(lua->scratch, "%s/labs", lua->scripts);
    struct cs_str labs = list_labs(lua->scratch, folder);
    cs_fail(err, CS_NOT_FOUND, "no built-in lab '%s'", name);
    if (labs.length)
        cs_error_hint(err, "there are: %.*s", CS_STR_ARG(labs));
    else
        cs_error_hint(err, "the folder of labs '%s' is missing or empty", folder);
    cs_arena_rewind(lua->scratch, mark);
    return CS_NOT_FOUND;
}

/* Build in `lab` by the script. */
static cs_status build(struct csi_lua *lua, struct lab_file *file, struct cs_error *err)
{
    bool before = lua->building;
    unsigned caps = csi_caps_granted(lua->shell);
    if (file->module[0]) /* the scripts of labs are our own */
        csi_caps_set(lua->shell, CSI_ALL_CAPS);
    lua->building = true;
    lua->told = (struct cs_source){0};
    lua->sealed = false;
    lua_gc(lua->state, LUA_GCSTOP); /* little garbage, and it is short */
    cs_status status = csi_protect(lua, build_lab, file, err);
    lua_gc(lua->state, LUA_GCRESTART);
    lua->building = before;
    csi_caps_set(lua->shell, caps);
    if (status == CS_OK && !lua->sealed)
        status = cs_lab_seal(file->lab, err);
    return status;
}

/* An exported lab: a script of its own, or data for ours. */
static bool find_export(const struct csi_lua *lua, const char *name, struct lab_file *file)
{
    struct cs_str text = cs_str_of(name);
    /* not opened to look: it may be a lab file that this process has open (store_stay.c) */
    if (!strpbrk(name, "./") || access(name, R_OK) != 0)
        return false;
    if (cs_str_ends(text, CS_STR(".json"))) {
        file->data = name;
        snprintf(file->module, sizeof file->module, "labs.json");
        snprintf(file->path, sizeof file->path, "%s/labs/json.lua", lua->scripts);
        return true;
    }
    int length = snprintf(file->path, sizeof file->path, "%s", name);
    return cs_str_ends(text, CS_STR(".lua")) && length < (int)sizeof file->path &&
           is_lab_file(file->path);
}

static bool find_built_in(const struct csi_lua *lua, const char *name, struct lab_file *file)
{
    int length = snprintf(file->path, sizeof file->path, "%s/labs/%s.lua", lua->scripts, name);
    snprintf(file->module, sizeof file->module, "labs.%s", name);
    return is_lab_name(name) && length < (int)sizeof file->path && is_lab_file(file->path);
}

cs_status csi_lua_lab(struct csi_lua *lua, const char *name, struct cs_lab **lab,
                      struct cs_error *err)
{
    struct lab_file file = {0};
    if (!find_export(lua, name, &file) && !find_built_in(lua, name, &file))
        return no_such_lab(lua, name, err);
    file.lab = cs_lab_new();
    cs_status status = build(lua, &file, err);
    if (status != CS_OK) {
        cs_lab_free(file.lab);
        return cs_error_where(err, "lab '%s'", name);
    }
    *lab = file.lab;
    return CS_OK;
}

/* lab:save(path): a lab of one's own, from certsh.open, is kept in a new lab file from now on. */
int csi_lab_save(lua_State *L)
{
    struct cs_error err;
    struct cs_lab *lab = csi_to_lab(L, 1);
    const char *path = luaL_checkstring(L, 2);
    if (cs_lab_path(lab))
        csi_raise_new(L, CS_STATE, "the lab is kept in '%s' already", cs_lab_path(lab));
    if (cs_lab_in_transaction(lab))
        csi_raise_new(L, CS_STATE,
                      "cannot save inside a transaction: certsh.open gives a lab of "
                      "one's own");
    csi_check(L, cs_lab_create(lab, path, &err), &err);
    return 0;
}

/* certsh.open(name or file): a lab of its own, beside the shell's. */
int csi_open(lua_State *L)
{
    struct cs_error err;
    const char *name = luaL_checkstring(L, 1);
    csi_need(L, "certsh.open",
             is_lab_name(name) ? CSI_LAB_READ : CSI_LAB_READ | CSI_FILE_READ | CSI_FILE_WRITE);
    struct csi_lab_box *box = csi_new_lab(L);
    cs_status status = csi_lua_lab(csi_lua_of(L), name, &box->lab, &err);
    if (status == CS_NOT_FOUND && !is_lab_name(name))
        status = cs_lab_open(name, &box->lab, &err);
    csi_check(L, status, &err);
    box->owned = true;
    const struct cs_start *start = cs_lab_start(box->lab);
    cs_lab_set_actor(box->lab, cs_principal_name(box->lab, csi_scratch(L), start->user));
    return 1;
}
