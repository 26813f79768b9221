/*
 * lua_floor.c - the least that a call from Lua into C costs, and an iterator of C: what bench/lua
 * measures our bindings against.
 */
#include <lauxlib.h>
#include <lua.h>

static int plain(lua_State *L)
{
    lua_pushinteger(L, 1);
    return 1;
}

struct steps {
    lua_Integer at, end;
};

static int step(lua_State *L)
{
    struct steps *steps = lua_touserdata(L, lua_upvalueindex(1));
    if (steps->at >= steps->end)
        return 0;
    lua_pushinteger(L, ++steps->at);
    return 1;
}

/* (n): 1, 2, ... n, the state in a userdata. */
static int iterator(lua_State *L)
{
    struct steps *steps = lua_newuserdatauv(L, sizeof *steps, 0);
    *steps = (struct steps){0, luaL_checkinteger(L, 1)};
    lua_pushcclosure(L, step, 1);
    return 1;
}

int luaopen_lua_floor(lua_State *L);

int luaopen_lua_floor(lua_State *L)
{
    static const luaL_Reg fns[] = {{"plain", plain}, {"iterator", iterator}, {NULL, NULL}};
    luaL_newlib(L, fns);
    return 1;
}
