/*
 * lua_env.c - what a stranger's code finds around it: an environment made of capabilities.
 *
 * A Lua plugin and a sandboxed script get tables of their own, copied from the libraries name by
 * name, so that what is not listed here is not there, and what they write into them reaches
 * nobody else.  The doors that lead around an environment are changed or left out:
 *
 *     load           takes text only, and compiles for this environment
 *     getmetatable   of a table; that of texts (and so the one `string` of all) is hidden
 *     setmetatable   refuses __gc to plugins, whose finalizers would run in others' frames
 *     require        the shell's own scripts and the plugin's folder; no C but with `net`
 *     io, os         by file.read and file.write, asked again at each call (lua_env_io.c)
 *     debug, dofile, loadfile, package, string.dump   are not there
 *
 * A plugin that needs `process` may start programs, which can do anything: it gets the globals
 * as they are.  Room: lua.
 */
#include <string.h>

#include "lua/lua_internal.h"

/* ------------------------------------------------------------------ by name */

static const struct {
    const char *table, *names; /* "": the basic functions */
} copied[] = {
    {"",
     "assert error ipairs next pairs pcall xpcall select tonumber tostring type rawequal rawlen "
     "rawget rawset print _VERSION"},
    {"string", "byte char find format gmatch gsub len lower match pack packsize rep reverse sub "
               "unpack upper"},
    {"table", "concat insert move pack remove sort unpack"},
    {"math",
     "abs acos asin atan ceil cos deg exp floor fmod huge log max maxinteger min mininteger "
     "modf pi rad random randomseed sin sqrt tan tointeger type ult"},
    {"utf8", "char charpattern codepoint codes len offset"},
    {"coroutine", "close create isyieldable resume running status wrap yield"},
};

void csi_env_copy(lua_State *L, int from, const char *names)
{
    from = lua_absindex(L, from);
    while (*names) {
        size_t length = strcspn(names, " ");
        lua_pushlstring(L, names, length);
        lua_pushvalue(L, -1);
        lua_rawget(L, from);
        lua_rawset(L, -3);
        names += length + (names[length] == ' ');
    }
}

/* Into the table on top.  [-0, +0, m] */
static void copy_libraries(lua_State *L)
{
    lua_pushglobaltable(L); /* env _G */
    for (size_t i = 0; i < CS_COUNT(copied); i++) {
        if (!copied[i].table[0]) {
            lua_pushvalue(L, -2);
            csi_env_copy(L, -2, copied[i].names);
            lua_pop(L, 1);
            continue;
        }
        lua_getfield(L, -1, copied[i].table);
        lua_newtable(L);
        csi_env_copy(L, -2, copied[i].names);
        lua_setfield(L, -4, copied[i].table);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* ---------------------------------------------------------------- the doors */

/* (v): the metatable of a table, as the basic function; upvalue 1. */
static int get_metatable(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (!lua_istable(L, 1) || !luaL_getmetafield(L, 1, "__metatable")) {
        if (!lua_istable(L, 1) || !lua_getmetatable(L, 1))
            lua_pushnil(L);
    }
    return 1;
}

/* (table, metatable); upvalue 1: may it have a finalizer? */
static int set_metatable(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
    lua_settop(L, 2);
    if (luaL_getmetafield(L, 1, "__metatable"))
        return luaL_error(L, "cannot change a protected metatable");
    if (lua_istable(L, 2) && !lua_toboolean(L, lua_upvalueindex(1))) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL)
            return csi_raise_new(L, CS_NEEDS, "a plugin's objects have no finalizers (__gc)");
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

/* (chunk, name, mode, env): text only; upvalues: the basic function, the environment. */
static int load_text(lua_State *L)
{
    bool own = lua_gettop(L) < 4;
    lua_settop(L, 4);
    lua_pushliteral(L, "t");
    lua_replace(L, 3);
    if (own) {
        lua_pushvalue(L, lua_upvalueindex(2));
        lua_replace(L, 4);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 4, LUA_MULTRET);
    return lua_gettop(L);
}

/* ([option]) */
static int collect_garbage(lua_State *L)
{
    static const char *const options[] = {"collect", "count", "step", NULL};
    switch (luaL_checkoption(L, 1, "collect", options)) {
    case 1:
        lua_pushnumber(L, lua_gc(L, LUA_GCCOUNT) + lua_gc(L, LUA_GCCOUNTB) / 1024.0);
        return 1;
    case 2:
        lua_pushboolean(L, lua_gc(L, LUA_GCSTEP, 0));
        return 1;
    default:
        lua_pushinteger(L, lua_gc(L, LUA_GCCOLLECT));
        return 1;
    }
}

static void set_doors(lua_State *L, int env, bool finalizers)
{
    lua_pushcfunction(L, get_metatable);
    lua_setfield(L, env, "getmetatable");
    lua_pushboolean(L, finalizers);
    lua_pushcclosure(L, set_metatable, 1);
    lua_setfield(L, env, "setmetatable");
    lua_getglobal(L, "load");
    lua_pushvalue(L, env);
    lua_pushcclosure(L, load_text, 2);
    lua_setfield(L, env, "load");
    lua_pushcfunction(L, collect_garbage);
    lua_setfield(L, env, "collectgarbage");
    lua_pushvalue(L, env);
    lua_setfield(L, env, "_G");
}

static void set_certsh(lua_State *L, int env)
{
    csi_push_certsh(L);
    lua_setfield(L, env, "certsh");
    csi_push_shell_lab(L);
    lua_setfield(L, env, "lab");
}

/* -------------------------------------------------------------- environments */

void csi_push_env(lua_State *L, unsigned caps, const char *folder)
{
    lua_newtable(L);
    int env = lua_gettop(L);
    if (caps & CSI_PROCESS) { /* a fresh table, so that its globals stay its own */
        lua_newtable(L);
        lua_pushglobaltable(L);
        lua_setfield(L, -2, "__index");
        lua_setmetatable(L, env);
        return;
    }
    copy_libraries(L);
    set_doors(L, env, false);
    set_certsh(L, env);
    csi_env_set_io(L, env, caps);
    csi_env_set_require(L, env, caps, folder);
}

/* (lua): from now on the globals are those of a sandboxed script. */
static int confine(lua_State *L)
{
    lua_newtable(L);
    int env = lua_gettop(L);
    copy_libraries(L);
    set_doors(L, env, true);
    set_certsh(L, env);
    csi_env_set_require(L, env, 0, NULL);
    lua_getfield(L, env, "certsh");
    lua_pushnil(L);
    lua_setfield(L, -2, "open"); /* other labs are files */
    lua_pop(L, 1);
    lua_getglobal(L, "string"); /* what ("").dump would find */
    lua_pushnil(L);
    lua_setfield(L, -2, "dump");
    lua_pushvalue(L, env);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    return 0;
}

cs_status csi_lua_confine(struct csi_lua *lua, const struct csi_confine *with, struct cs_error *err)
{
    cs_status status = csi_protect(lua, confine, lua, err);
    if (status != CS_OK)
        return status;
    lua->confine = *with;
    lua->limit = lua->used + with->memory;
    csi_caps_set(lua->shell, CSI_LAB_ONLY);
    return CS_OK;
}

void csi_confine_start(struct csi_lua *lua)
{
    void (*start)(void *) = lua->confine.start;
    lua->confine.start = NULL;
    if (start)
        start(lua->confine.context);
}

bool csi_lua_over(const struct csi_lua *lua)
{
    return lua->refused > 0;
}
