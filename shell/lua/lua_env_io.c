/*
 * lua_env_io.c - files and modules in a stranger's environment (see lua_env.c).
 *
 * io.open, io.lines, os.remove and os.rename stand in for the library's where the plugin
 * declared the capability, and ask at each call whether it is granted now: what runs a plugin's
 * command may itself be held to less.  Room: lua.
 */
#include <stdio.h>
#include <string.h>

#include "lua/lua_internal.h"

/* --------------------------------------------------------------------- files */

/* Upvalues: the library's function, what it needs, its name. */
static int asked(lua_State *L)
{
    unsigned needs = (unsigned)lua_tointeger(L, lua_upvalueindex(2));
    luaL_checkstring(L, 1); /* no default file */
    csi_need(L, lua_tostring(L, lua_upvalueindex(3)), needs);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* (path, mode): the mode says what is needed; upvalue 1: the library's function. */
static int open_file(lua_State *L)
{
    luaL_checkstring(L, 1);
    const char *mode = luaL_optstring(L, 2, "r");
    unsigned needs = mode[0] == 'r' ? CSI_FILE_READ : CSI_FILE_WRITE;
    if (strchr(mode, '+'))
        needs = CSI_FILE_READ | CSI_FILE_WRITE;
    csi_need(L, "io.open", needs);
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 2, LUA_MULTRET);
    return lua_gettop(L);
}

/* (path, mode, env): text only; upvalue 1: the environment. */
static int load_file(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    bool own = lua_gettop(L) < 3;
    csi_need(L, "loadfile", CSI_FILE_READ);
    lua_settop(L, 3);
    if (luaL_loadfilex(L, path, "t") != LUA_OK) { /* path mode env message */
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    lua_pushvalue(L, own ? lua_upvalueindex(1) : 3);
    lua_setupvalue(L, -2, 1);
    return 1;
}

/* Put the asking form of library.name into the table on top.  [-0, +0, m] */
static void set_asked(lua_State *L, const char *library, const char *name, unsigned needs)
{
    lua_getglobal(L, library);
    lua_getfield(L, -1, name);
    lua_pushinteger(L, needs);
    lua_pushfstring(L, "%s.%s", library, name);
    lua_pushcclosure(L, asked, 3);
    lua_setfield(L, -3, name);
    lua_pop(L, 1);
}

void csi_env_set_io(lua_State *L, int env, unsigned caps)
{
    lua_getglobal(L, "os");
    lua_newtable(L);
    csi_env_copy(L, -2, "time clock date difftime");
    if (caps & CSI_FILE_WRITE) {
        set_asked(L, "os", "remove", CSI_FILE_WRITE);
        set_asked(L, "os", "rename", CSI_FILE_WRITE);
    }
    lua_setfield(L, env, "os");
    lua_pop(L, 1);
    if (!(caps & (CSI_FILE_READ | CSI_FILE_WRITE)))
        return;
    lua_getglobal(L, "io");
    lua_newtable(L);
    csi_env_copy(L, -2, "type write stdout stderr");
    lua_getfield(L, -2, "open");
    lua_pushcclosure(L, open_file, 1);
    lua_setfield(L, -2, "open");
    if (caps & CSI_FILE_READ)
        set_asked(L, "io", "lines", CSI_FILE_READ);
    lua_setfield(L, env, "io");
    lua_pop(L, 1);
    lua_pushvalue(L, env);
    lua_pushcclosure(L, load_file, 1);
    lua_setfield(L, env, "loadfile");
}

/* ------------------------------------------------------------------- modules */

enum { PATH_MOST = 4096 };

/* "FOLDER/a/b.lua" of "a.b"; false when it is no plain name or there is no such file. */
static bool module_path(char path[PATH_MOST], const char *folder, const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    if (!folder || !*folder || !*name || name[strspn(name, letters)] || strstr(name, "..") ||
        name[0] == '.')
        return false;
    int start = snprintf(path, PATH_MOST, "%s/", folder);
    int length = snprintf(path, PATH_MOST, "%s/%s.lua", folder, name);
    if (length >= PATH_MOST)
        return false;
    for (int i = start; i < length - 4; i++)
        if (path[i] == '.')
            path[i] = '/';
    FILE *file = fopen(path, "r");
    if (file)
        fclose(file);
    return file != NULL;
}

/* Modules that talk to the network, for plugins that may. */
static bool is_net(const char *name)
{
    static const char *const families[] = {"socket", "ssl", "mime", "ltn12"};
    for (size_t i = 0; i < CS_COUNT(families); i++) {
        size_t length = strlen(families[i]);
        if (strncmp(name, families[i], length) == 0 && (!name[length] || name[length] == '.'))
            return true;
    }
    return false;
}

/* [-0, +1, e] */
static void load_module(lua_State *L, const char *name)
{
    char path[PATH_MOST];
    if (is_net(name) && lua_tointeger(L, lua_upvalueindex(4)) & CSI_NET) {
        lua_getglobal(L, "require");
        lua_pushstring(L, name);
        lua_call(L, 1, 1);
        return;
    }
    if (!module_path(path, lua_tostring(L, lua_upvalueindex(3)), name) &&
        !(lua_tointeger(L, lua_upvalueindex(4)) && module_path(path, csi_lua_of(L)->scripts, name)))
        csi_raise_new(L, CS_NOT_FOUND, "module '%s' is not found in this environment", name);
    csi_load_file(L, path);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_setupvalue(L, -2, 1);
    lua_pushstring(L, name);
    lua_call(L, 1, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, true);
    }
}

/* (name); upvalues: the environment, what is loaded, the plugin's folder, the capabilities. */
static int require(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    if (lua_getfield(L, lua_upvalueindex(2), name) != LUA_TNIL)
        return 1;
    load_module(L, name);
    lua_pushvalue(L, -1);
    lua_setfield(L, lua_upvalueindex(2), name);
    return 1;
}

void csi_env_set_require(lua_State *L, int env, unsigned caps, const char *folder)
{
    lua_pushvalue(L, env);
    lua_newtable(L);
    csi_env_copy(L, env, "certsh string table math utf8 coroutine");
    lua_pushstring(L, folder);
    lua_pushinteger(L, caps);
    lua_pushcclosure(L, require, 4);
    lua_setfield(L, env, "require");
}
