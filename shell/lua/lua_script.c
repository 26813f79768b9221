/*
 * lua_script.c - chunks, scripts, plugin files and lab files (see lua_host.h).
 *
 * Chunks are text only: a precompiled one could hold anything.  A line, a chunk of -e and a
 * script are frames (lua_frame.c), so each is one change of the history or none.  Room: lua.
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lua/lua_internal.h"

/* ------------------------------------------------------------------ chunks */

struct chunk {
    struct cs_str text;
    const char *name;
    bool print;
};

/* "=expr" is an expression to print. */
static struct chunk make_chunk(struct cs_str text, const char *name)
{
    struct cs_str trimmed = cs_str_trim(text);
    bool print = cs_str_starts(trimmed, CS_STR("="));
    return (struct chunk){print ? cs_str_from(trimmed, 1) : text, name, print};
}

/* Push the compiled chunk, or the message; what lua_load answers.  [-0, +1, m] */
static int load_chunk(lua_State *L, const struct chunk *chunk)
{
    struct cs_str text = chunk->text;
    if (chunk->print) {
        lua_pushliteral(L, "return ");
        csi_push_str(L, text);
        lua_concat(L, 2);
        text = csi_to_str(L, -1);
    }
    int code = luaL_loadbufferx(L, text.at ? text.at : "", text.length, chunk->name, "t");
    if (chunk->print)
        lua_remove(L, -2);
    return code;
}

/* A malformed chunk is bad input, not a failed script. */
static int syntax_error(lua_State *L, int code)
{
    if (code == LUA_ERRSYNTAX)
        return csi_raise_new(L, CS_SYNTAX, "%s", lua_tostring(L, -1));
    return lua_error(L);
}

/* (chunk) */
static int run_chunk(lua_State *L)
{
    const struct chunk *chunk = lua_touserdata(L, 1);
    int code = load_chunk(L, chunk);
    if (code != LUA_OK)
        return syntax_error(L, code);
    lua_call(L, 0, chunk->print ? LUA_MULTRET : 0);
    if (chunk->print)
        csi_show(L, 2);
    return 0;
}

cs_status csi_lua_eval(struct csi_lua *lua, struct cs_str text, const char *name, int *code,
                       struct cs_error *err)
{
    struct chunk chunk = make_chunk(text, name);
    cs_status status = csi_frame_run(lua, cs_str_trim(text), run_chunk, &chunk, code, err);
    fflush(stdout);
    return status;
}

struct question {
    struct chunk chunk;
    bool incomplete;
};

/* (question) */
static int ask_incomplete(lua_State *L)
{
    struct question *question = lua_touserdata(L, 1);
    if (load_chunk(L, &question->chunk) != LUA_ERRSYNTAX)
        return 0;
    question->incomplete = cs_str_ends(csi_to_str(L, -1), CS_STR("<eof>"));
    return 0;
}

bool csi_lua_incomplete(struct csi_lua *lua, struct cs_str text)
{
    struct question question = {.chunk = make_chunk(text, "=line")};
    (void)!csi_protect(lua, ask_incomplete, &question, NULL);
    return question.incomplete;
}

/* ----------------------------------------------------------------- scripts */

struct script {
    const char *path;
    int argc;
    char *const *argv;
};

static void load_file(lua_State *L, const char *path)
{
    if (access(path, R_OK) != 0) {
        cs_status status = errno == ENOENT ? CS_NOT_FOUND : CS_IO;
        csi_raise_new(L, status, "cannot open script '%s': %s", path, strerror(errno));
    }
    int code = luaL_loadfilex(L, path, "t");
    if (code == LUA_ERRFILE)
        csi_raise_new(L, CS_IO, "%s", lua_tostring(L, -1));
    if (code != LUA_OK)
        syntax_error(L, code);
}

/* (script): `arg` and the arguments as in lua. */
static int run_script(lua_State *L)
{
    const struct script *script = lua_touserdata(L, 1);
    lua_createtable(L, script->argc, 1);
    lua_pushstring(L, script->path);
    lua_rawseti(L, -2, 0);
    for (int i = 0; i < script->argc; i++) {
        lua_pushstring(L, script->argv[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setglobal(L, "arg");
    load_file(L, script->path);
    luaL_checkstack(L, script->argc + 1, "too many arguments");
    for (int i = 0; i < script->argc; i++)
        lua_pushstring(L, script->argv[i]);
    lua_call(L, script->argc, 0);
    return 0;
}

cs_status csi_lua_script(struct csi_lua *lua, const char *path, int argc, char *const *argv,
                         int *code, struct cs_error *err)
{
    struct script script = {path, argc, argv};
    cs_status status = csi_frame_run(lua, cs_str_of(path), run_script, &script, code, err);
    fflush(stdout);
    return status;
}

/* ----------------------------------------------------------------- plugins */

struct plugin_file {
    const char *path;
    const struct cs_plugin *plugin;
};

/* (plugin_file) */
static int read_plugin(lua_State *L)
{
    struct plugin_file *file = lua_touserdata(L, 1);
    load_file(L, file->path);
    lua_call(L, 0, 1);
    const struct cs_plugin **box = csi_test(L, -1, &csi_class_plugin);
    if (box) {
        file->plugin = *box;
        return 0;
    }
    if (!lua_istable(L, -1))
        csi_raise_new(L, CS_ABI, "'%s' is no certsh plugin: it must return certsh.plugin{...}",
                      file->path);
    file->plugin = csi_plugin_make(L, lua_gettop(L));
    return 0;
}

cs_status csi_lua_plugin(struct csi_lua *lua, const char *path, const struct cs_plugin **plugin,
                         struct cs_error *err)
{
    struct plugin_file file = {.path = path};
    bool before = lua->collecting;
    lua->collecting = true;
    cs_status status = csi_protect(lua, read_plugin, &file, err);
    lua->collecting = before;
    if (status != CS_OK)
        return status;
    *plugin = file.plugin;
    return CS_OK;
}

/* -------------------------------------------------------------------- labs */

struct lab_file {
    char path[4096];
    struct cs_lab *lab;
};

/* (lab_file): the script gets the lab, and cannot keep it. */
static int build_lab(lua_State *L)
{
    struct lab_file *file = lua_touserdata(L, 1);
    load_file(L, file->path);
    struct csi_lab_box *box = csi_new_lab(L); /* file chunk box */
    box->lab = file->lab;
    lua_pushvalue(L, -1);
    lua_insert(L, 2); /* file box chunk box */
    int failed = lua_pcall(L, 1, 0, 0);
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

/* The labs there are: scripts that take a lab ("local lab = ..."), not what they share. */
static bool is_lab_file(const char *folder, const char *file)
{
    char path[4096], text[4096];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *in = fopen(path, "r");
    if (!in)
        return false;
    size_t length = fread(text, 1, sizeof text - 1, in);
    fclose(in);
    text[length] = '\0';
    return strstr(text, "local lab = ...") != NULL;
}

static struct cs_str list_labs(struct csi_lua *lua, const char *folder)
{
    enum { MOST = 64 };
    char *names[MOST];
    size_t count = 0;
    struct cs_arena *arena = lua->scratch;
    struct cs_str all = cs_str_of("");
    DIR *open = opendir(folder);
    for (struct dirent *entry; open && count < MOST && (entry = readdir(open));) {
        struct cs_str file = cs_str_of(entry->d_name);
        if (cs_str_ends(file, CS_STR(".lua")) && is_lab_file(folder, entry->d_name))
            names[count++] = cs_arena_copy(arena, file.at, file.length - 4);
    }
    if (open)
        closedir(open);
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++)
        all = cs_str_printf(arena, "%.*s%s%s", CS_STR_ARG(all), i ? ", " : "", names[i]);
    return all;
}

static cs_status no_such_lab(struct csi_lua *lua, const char *name, struct cs_error *err)
{
    char folder[4096];
    struct cs_arena_mark mark = cs_arena_mark(lua->scratch);
    snprintf(folder, sizeof folder, "%s/labs", lua->scripts);
    struct cs_str labs = list_labs(lua, folder);
    cs_fail(err, CS_NOT_FOUND, "no built-in lab '%s'", name);
    if (labs.length)
        cs_error_hint(err, "there are: %.*s", CS_STR_ARG(labs));
    else
        cs_error_hint(err, "the folder of labs '%s' is missing or empty", folder);
    cs_arena_rewind(lua->scratch, mark);
    return CS_NOT_FOUND;
}

cs_status csi_lua_lab(struct csi_lua *lua, const char *name, struct cs_lab **lab,
                      struct cs_error *err)
{
    struct lab_file file;
    int length = snprintf(file.path, sizeof file.path, "%s/labs/%s.lua", lua->scripts, name);
    if (!is_lab_name(name) || length >= (int)sizeof file.path || access(file.path, R_OK) != 0)
        return no_such_lab(lua, name, err);
    file.lab = cs_lab_new();
    bool before = lua->building;
    lua->building = true;
    lua->sealed = false;
    cs_status status = csi_protect(lua, build_lab, &file, err);
    lua->building = before;
    if (status != CS_OK) {
        cs_lab_free(file.lab);
        return cs_error_where(err, "lab '%s'", name);
    }
    if (!lua->sealed)
        cs_lab_seal(file.lab);
    *lab = file.lab;
    return CS_OK;
}

/* certsh.open(name): a lab of its own, beside the shell's. */
int csi_open(lua_State *L)
{
    struct cs_error err;
    const char *name = luaL_checkstring(L, 1);
    struct csi_lab_box *box = csi_new_lab(L);
    cs_status status = csi_lua_lab(csi_lua_of(L), name, &box->lab, &err);
    if (status == CS_NOT_FOUND && !is_lab_name(name)) {
        cs_fail(&err, CS_NOT_FOUND, "cannot open lab '%s'", name);
        cs_error_hint(&err, "this version opens built-in labs by name, no lab files yet");
    }
    csi_check(L, status, &err);
    box->owned = true;
    return 1;
}
