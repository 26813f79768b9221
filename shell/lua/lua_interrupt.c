/*
 * lua_interrupt.c - Ctrl-C stops a running chunk, as in the lua program: the signal handler
 * only sets a hook, and the next step of Lua raises.  Room: lua.
 */
#include "lua/lua_internal.h"

static void stop(lua_State *L, lua_Debug *where)
{
    (void)where;
    lua_sethook(L, NULL, 0, 0);
    csi_raise_new(L, CS_STATE, "interrupted");
}

void csi_lua_interrupt(struct csi_lua *lua)
{
    const int steps = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT;
    if (lua && !lua->exiting)
        lua_sethook(lua->now, stop, steps, 1);
}

void csi_lua_calm(struct csi_lua *lua)
{
    if (lua)
        lua_sethook(lua->state, NULL, 0, 0);
}
