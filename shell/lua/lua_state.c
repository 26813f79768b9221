/*
 * lua_state.c - the Lua of a shell: its birth, its `certsh` global, and what it may load.
 *
 * Made lazily and cheaply: little more than luaL_openlibs.  Method tables are made when the
 * first object of a type is (lua_class.c), the lab is opened when it is first touched.
 *
 * package.path and package.cpath hold the folder of scripts and absolute folders only; the
 * current directory is never searched.  Room: lua.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "lua/lua_internal.h"

static int os_exit(lua_State *L);
static int names(lua_State *L);

static const struct csi_fn certsh_fns[] = {{"run", csi_run, true},
                                           {"each", csi_each, true},
                                           {"command", csi_command, true},
                                           {"plugin", csi_plugin, true},
                                           {"open", csi_open, true},
                                           {"inside", csi_inside, true},
                                           {"token", csi_token_make, true},
                                           {"array", csi_array, false},
                                           {"exit", os_exit, false},
                                           {"names", names, true},
                                           {0}};
static const struct csi_fn sd_fns[] = {
    {"parse", csi_sd_parse, true}, {"decode", csi_sd_decode, true}, {0}};

/*
 * A refused block is asked for once more, after a collection; any other wish means that it was
 * gone without.  Then, or when it is refused again, the budget is spent.
 */
static void *refuse(struct csi_lua *lua, size_t size)
{
    bool spent = lua->refused == size || size > lua->confine.memory;
    lua->refused = size;
    if (spent)
        lua->confine.over(lua->confine.context);
    return NULL;
}

static void *grow(struct csi_lua *lua, void *old, size_t more, size_t size)
{
    if (lua->limit && lua->refused && lua->refused != size)
        lua->confine.over(lua->confine.context);
    bool fits = !lua->limit || more <= lua->limit - lua->used;
    void *memory = fits ? csi_alloc_again(old, size) : NULL;
    if (!memory)
        return lua->limit ? refuse(lua, size) : NULL;
    lua->refused = 0;
    lua->used += more;
    return memory;
}

/* Every block of Lua's comes through the door that tests can make fail. */
static void *allocate(void *context, void *old, size_t old_size, size_t size)
{
    struct csi_lua *lua = context;
    old_size = old ? old_size : 0; /* of a new block it is a type */
    if (size > old_size)
        return grow(lua, old, size - old_size, size);
    lua->used -= old_size - size;
    if (!size) {
        csi_alloc_free(old);
        return NULL;
    }
    void *memory = csi_alloc_again(old, size);
    return memory ? memory : old; /* a block that only shrinks may stay as it is */
}

/* os.exit([code]): true is 0, false is 1, as in lua. */
static int os_exit(lua_State *L)
{
    int code = 0;
    if (lua_isboolean(L, 1))
        code = lua_toboolean(L, 1) ? 0 : 1;
    else
        code = (int)luaL_optinteger(L, 1, 0);
    if (csi_lua_of(L)->guest) /* nobody waits for it but the program */
        exit(code);
    return csi_exit(L, code);
}

/* certsh.names(object): the names of the methods of one of our objects. */
static int names(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TUSERDATA);
    lua_newtable(L);
    if (!lua_getmetatable(L, 1) || lua_getfield(L, -1, "__class") != LUA_TLIGHTUSERDATA)
        return csi_raise_new(L, CS_INVALID, "this is no object of certsh");
    lua_pop(L, 1);
    csi_push_methods(L, -1); /* object names metatable methods */
    lua_Integer count = 0;
    for (lua_pushnil(L); lua_next(L, 4); lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        lua_rawseti(L, 2, ++count);
    }
    lua_settop(L, 2);
    csi_mark_array(L);
    return 1;
}

static void set_os_exit(lua_State *L)
{
    lua_getglobal(L, "os");
    lua_pushcfunction(L, os_exit);
    lua_setfield(L, -2, "exit");
    lua_pop(L, 1);
}

/* The entries of `path` that are absolute, after those of the scripts' folder. */
static void push_path(lua_State *L, const char *scripts, const char *path)
{
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    if (*scripts) {
        luaL_addstring(&out, scripts);
        luaL_addstring(&out, "/?.lua");
    }
    while (*path) {
        size_t length = strcspn(path, ";");
        if (*path == '/') {
            if (luaL_bufflen(&out))
                luaL_addchar(&out, ';');
            luaL_addlstring(&out, path, length);
        }
        path += length + (path[length] == ';');
    }
    luaL_pushresult(&out);
}

static void set_paths(lua_State *L, const char *scripts)
{
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "path");
    push_path(L, scripts, lua_tostring(L, -1));
    lua_setfield(L, -3, "path");
    lua_pop(L, 1);
    lua_getfield(L, -1, "cpath");
    push_path(L, "", lua_tostring(L, -1));
    lua_setfield(L, -3, "cpath");
    lua_pop(L, 2);
}

void csi_push_certsh(lua_State *L)
{
    lua_createtable(L, 0, 16);
    csi_set_fns(L, certsh_fns);
    lua_createtable(L, 0, 2);
    csi_set_fns(L, sd_fns);
    lua_setfield(L, -2, "sd");
    lua_createtable(L, 0, 2);
    csi_set_fns(L, csi_json_fns);
    lua_setfield(L, -2, "json");
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    csi_push_shell_lab(L);
    lua_setfield(L, -2, "lab");
    lua_pushstring(L, cs_version());
    lua_setfield(L, -2, "version");
}

/* (csi_lua) */
static int fill_state(lua_State *L)
{
    struct csi_lua *lua = lua_touserdata(L, 1);
    luaL_openlibs(L);
    set_os_exit(L);
    set_paths(L, lua->scripts);
    csi_push_certsh(L);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, "certsh"); /* require "certsh" gives the same */
    lua_pop(L, 1);
    lua_setglobal(L, "certsh");
    csi_push_shell_lab(L);
    lua_setglobal(L, "lab");
    return 0;
}

/* The folder's name, and a first chunk of scratch memory that rewinding never gives back. */
static bool keep_first(struct csi_lua *lua, const char *scripts)
{
    size_t size = strlen(scripts) + 1;
    char *copy = cs_arena_try(lua->kept, size);
    if (!copy || !cs_arena_try(lua->scratch, 1))
        return false;
    memcpy(copy, scripts, size);
    lua->scripts = copy;
    return true;
}

static struct csi_lua *new_lua(struct cs_shell *shell, const char *scripts)
{
    struct csi_lua *lua = csi_alloc(sizeof *lua);
    if (!lua)
        return NULL;
    *lua = (struct csi_lua){.shell = shell,
                            .scratch = cs_arena_new(),
                            .kept = cs_arena_new(),
                            .state = luaL_newstate()};
    lua->now = lua->state;
    if (!lua->scratch || !lua->kept || !lua->state || !keep_first(lua, scripts)) {
        csi_lua_free(lua);
        return NULL;
    }
    lua->used =
        (size_t)lua_gc(lua->state, LUA_GCCOUNT) * 1024 + (size_t)lua_gc(lua->state, LUA_GCCOUNTB);
    lua_setallocf(lua->state, allocate, lua);
    *(struct csi_lua **)lua_getextraspace(lua->state) = lua;
    return lua;
}

struct csi_lua *csi_lua_new(struct cs_shell *shell, const char *scripts, struct cs_error *err)
{
    struct csi_lua *lua = new_lua(shell, scripts);
    if (!lua) {
        cs_fail(err, CS_MEMORY, "out of memory");
        return NULL;
    }
    if (csi_protect(lua, fill_state, lua, err) == CS_OK)
        return lua;
    csi_lua_free(lua);
    return NULL;
}

void csi_lua_free(struct csi_lua *lua)
{
    if (!lua)
        return;
    if (lua->state && !lua->guest)
        lua_close(lua->state);
    cs_arena_free(lua->kept);
    cs_arena_free(lua->scratch);
    csi_alloc_free(lua);
}
