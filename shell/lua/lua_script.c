/*
 * lua_script.c - chunks and scripts (see lua_host.h).
 *
 * Chunks are text only: a precompiled one could hold anything.  A line, a chunk of -e and a
 * script are frames (lua_frame.c), so each is one change of the history or none.  Room: lua.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
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
    csi_confine_start(csi_lua_of(L));
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
    /* an open quote ends with its line, unless a backslash is the last of it */
    bool quote = strstr(lua_tostring(L, -1), "unfinished string") != NULL;
    bool goes_on = !quote || cs_str_ends(question->chunk.text, CS_STR("\\"));
    question->incomplete = goes_on && cs_str_ends(csi_to_str(L, -1), CS_STR("<eof>"));
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
    const char *command; /* what the script returned to be run */
};

/* The script returned what certsh.command{...} gives: its name. */
static const char *returned_command(lua_State *L, int index)
{
    if (!lua_istable(L, index) || lua_getfield(L, index, "run") != LUA_TFUNCTION)
        return NULL;
    return cs_str_c(csi_lua_of(L)->kept, csi_need_text(L, index, "name"));
}

void csi_load_file(lua_State *L, const char *path)
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

/* What the script finds around it: everything, or what its runner may do.  [-0, +1, e] */
static void push_globals(lua_State *L)
{
    unsigned caps = csi_caps_granted(csi_lua_of(L)->shell);
    if (caps == CSI_ALL_CAPS || csi_lua_of(L)->limit)
        lua_pushglobaltable(L);
    else
        csi_push_env(L, caps, NULL);
}

/* (script): `arg` and the arguments as in lua; argv[0] is the script. */
static int run_script(lua_State *L)
{
    struct script *script = lua_touserdata(L, 1);
    int count = script->argc > 1 ? script->argc - 1 : 0;
    lua_createtable(L, count, 1);
    lua_pushstring(L, script->path);
    lua_rawseti(L, -2, 0);
    for (int i = 1; i <= count; i++) {
        lua_pushstring(L, script->argv[i]);
        lua_rawseti(L, -2, i);
    }
    csi_load_file(L, script->path); /* arg chunk */
    push_globals(L);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "arg");
    lua_setupvalue(L, -2, 1);
    csi_confine_start(csi_lua_of(L));
    luaL_checkstack(L, count + 1, "too many arguments");
    for (int i = 1; i <= count; i++)
        lua_pushstring(L, script->argv[i]);
    lua_call(L, count, 1);
    script->command = returned_command(L, lua_gettop(L));
    return 0;
}

cs_status csi_lua_script(struct csi_lua *lua, int argc, char *const *argv, int *code,
                         const char **command, struct cs_error *err)
{
    struct script script = {argv[0], argc, argv, NULL};
    cs_status status = csi_frame_run(lua, cs_str_of(argv[0]), run_script, &script, code, err);
    fflush(stdout);
    *command = script.command;
    return status;
}
