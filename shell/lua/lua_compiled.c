/*
 * lua_compiled.c - the scripts of built-in labs, compiled when the house was built.
 *
 * Parsing them would be the larger half of building a lab, and every start that asks for one
 * pays it.  The build leaves compiled copies in a folder of its own (labs/parts.luac for
 * labs/parts.lua).  A copy counts only while it is no older than its source: an edited script
 * is always the one that runs.  Nothing else is ever loaded from there.  Room: lua.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lua/lua_internal.h"

enum { PATH_MOST = 4096 };

static bool not_older(const char *copy, const char *source)
{
    struct stat a, b;
    if (stat(copy, &a) != 0 || stat(source, &b) != 0)
        return false;
    return a.st_mtim.tv_sec > b.st_mtim.tv_sec ||
           (a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec >= b.st_mtim.tv_nsec);
}

/* "FOLDER/labs/parts.EXTENSION" of "labs.parts"; false when it is too long. */
static bool file_of(char path[PATH_MOST], const char *folder, const char *name,
                    const char *extension)
{
    int start = snprintf(path, PATH_MOST, "%s/", folder);
    if (start < 0 || start >= PATH_MOST)
        return false;
    int length = snprintf(path + start, (size_t)(PATH_MOST - start), "%s.%s", name, extension);
    for (size_t i = 0; name[i] && start + (int)i < PATH_MOST - 1; i++)
        if (name[i] == '.')
            path[start + (int)i] = '/';
    return length >= 0 && start + length < PATH_MOST;
}

bool csi_load_compiled(lua_State *L, const char *name)
{
    const struct csi_lua *lua = csi_lua_of(L);
    char copy[PATH_MOST], source[PATH_MOST];
    if (!lua->compiled || strncmp(name, "labs.", 5) != 0)
        return false;
    if (!file_of(copy, lua->compiled, name, "luac") ||
        !file_of(source, lua->scripts, name, "lua") || !not_older(copy, source))
        return false;
    if (luaL_loadfilex(L, copy, "b") == LUA_OK)
        return true;
    lua_pop(L, 1); /* another Lua made it: the source will do */
    return false;
}

/* One of package.searchers: (name) -> chunk, or nothing.  A host's package.path does not have our
 * scripts, so it finds the sources of labs here, too. */
static int search(lua_State *L)
{
    const struct csi_lua *lua = csi_lua_of(L);
    const char *name = luaL_checkstring(L, 1);
    char source[PATH_MOST];
    if (csi_load_compiled(L, name))
        return 1;
    if (!lua->guest || strncmp(name, "labs.", 5) != 0 ||
        !file_of(source, lua->scripts, name, "lua"))
        return 0;
    csi_load_file(L, source);
    return 1;
}

/* Before the one that looks for sources. */
void csi_add_searcher(lua_State *L)
{
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "searchers");
    for (lua_Integer i = (lua_Integer)lua_rawlen(L, -1); i >= 2; i--) {
        lua_rawgeti(L, -1, i);
        lua_rawseti(L, -2, i + 1);
    }
    lua_pushcfunction(L, search);
    lua_rawseti(L, -2, 2);
    lua_pop(L, 2);
}

static int add_searcher(lua_State *L)
{
    csi_add_searcher(L);
    return 0;
}

cs_status csi_lua_set_compiled(struct csi_lua *lua, const char *folder, struct cs_error *err)
{
    lua->compiled = folder;
    return csi_protect(lua, add_searcher, NULL, err);
}
