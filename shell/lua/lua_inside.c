/*
 * lua_inside.c - certsh.inside(lab, fn): the shell goes into another lab for a while.
 *
 *     certsh.inside(certsh.open("modern"), function()
 *         certsh.run("net stop certsvc")           acts on SRV01 of that lab
 *         print(certsh.lab:check("alice", "User").verdict)
 *     end)
 *
 * While fn runs, certsh.lab, commands and names mean that lab; after it, however it ended, the
 * shell is where it was.  Handles belong to the lab that gave them.  Room: lua.
 */
#include <certsh/world.h>

#include "lua/lua_internal.h"

/* (fn): with the lab's history left alone, as in a transaction.  [-1, +n, -] */
static int call_held(lua_State *L)
{
    struct csi_lua *lua = csi_lua_of(L);
    lua->holding++;
    int failed = lua_pcall(L, 0, LUA_MULTRET, 0);
    lua->holding--;
    return failed;
}

int csi_inside(lua_State *L)
{
    struct cs_shell *shell = csi_lua_of(L)->shell;
    struct cs_lab *lab = csi_to_lab(L, 1);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    csi_push_shell_lab(L); /* open, and part of the transaction that runs, before it is left */
    csi_to_lab(L, 3);
    lua_pushvalue(L, 2); /* lab fn shell's fn */
    struct cs_place place = cs_shell_enter(shell, lab);
    int failed = call_held(L);
    cs_shell_return(shell, &place);
    return failed ? lua_error(L) : lua_gettop(L) - 3;
}

/*
 * lab:at(point, fn): calls fn(lab) with the lab as it was at a point of its history (3, "@3", a
 * snapshot, a world); gives what fn gives.  Whatever fn does is undone.
 */
int csi_lab_at(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    struct cs_point point;
    luaL_checktype(L, 3, LUA_TFUNCTION);
    lua_settop(L, 3);
    csi_check(L, cs_point_find(lab, csi_to_str(L, 2), &point, &err), &err);
    lua_pushvalue(L, 3);
    lua_pushvalue(L, 1); /* lab point fn fn lab */
    struct cs_visit *visit = cs_visit_begin(lab);
    cs_visit_go(visit, &point);
    csi_lua_of(L)->holding++;
    int failed = lua_pcall(L, 1, LUA_MULTRET, 0);
    csi_lua_of(L)->holding--;
    cs_visit_end(visit);
    return failed ? lua_error(L) : lua_gettop(L) - 3;
}
