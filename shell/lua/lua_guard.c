/*
 * lua_guard.c - the gates between Lua and C (see lua_internal.h).
 *
 * The guard costs one lua_pcall; for that a binding may raise at any point and leaves nothing
 * behind.  It cannot be yielded across, which keeps mark and rewind strictly nested across
 * coroutines; Lua itself says "attempt to yield across a C-call boundary".  Room: lua.
 */
#include "lua/lua_internal.h"

/* A thread of a host that is older than our being required: the main one knows. */
static struct csi_lua *of_main_thread(lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    lua_State *main = lua_tothread(L, -1);
    lua_pop(L, 1);
    return *(struct csi_lua **)lua_getextraspace(main);
}

struct csi_lua *csi_lua_of(lua_State *L)
{
    struct csi_lua *lua = *(struct csi_lua **)lua_getextraspace(L);
    return lua ? lua : of_main_thread(L);
}

struct cs_arena *csi_scratch(lua_State *L)
{
    return csi_lua_of(L)->scratch;
}

void csi_need(lua_State *L, const char *what, unsigned needs)
{
    struct cs_error err;
    const struct cs_shell *shell = csi_lua_of(L)->shell;
    if (needs & ~csi_caps_granted(shell))
        csi_check(L, csi_caps_refuse(shell, what, needs, &err), &err);
}

/* Upvalue 1 is the real binding, upvalue 2 what it needs (nothing: absent). */
static int guard(lua_State *L)
{
    struct csi_lua *lua = csi_lua_of(L);
    lua_State *before = lua->now;
    csi_need(L, "this", (unsigned)lua_tointeger(L, lua_upvalueindex(2)));
    lua->now = L;
    struct cs_arena_mark mark = cs_arena_mark(lua->scratch);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    int failed = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    cs_arena_rewind(lua->scratch, mark);
    lua->now = before;
    if (!failed)
        return lua_gettop(L);
    csi_error_place(L);
    return lua_error(L);
}

/* Upvalue 1 is a binding that changes a lab. */
static int write_lab(lua_State *L)
{
    int top = lua_gettop(L);
    csi_frame_write(L);
    lua_settop(L, top);
    return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void csi_push_guarded(lua_State *L, lua_CFunction fn, unsigned needs)
{
    lua_pushcfunction(L, fn);
    if (needs & CSI_LAB_WRITE)
        lua_pushcclosure(L, write_lab, 1);
    if (needs)
        lua_pushinteger(L, needs);
    lua_pushcclosure(L, guard, needs ? 2 : 1);
}

void csi_set_fns(lua_State *L, const struct csi_fn *fns)
{
    for (; fns && fns->name; fns++) {
        if (fns->guarded)
            csi_push_guarded(L, fns->fn, fns->needs);
        else
            lua_pushcfunction(L, fns->fn);
        lua_setfield(L, -2, fns->name);
    }
}

struct failure {
    int code;
    struct cs_error *err;
};

/* (failure, error value): reading an error may itself run out of memory, so it is protected. */
static int read_failure(lua_State *L)
{
    struct failure *failure = lua_touserdata(L, 1);
    csi_error_read(L, 2, failure->code, failure->err);
    return 0;
}

/* [-1, +0, -] */
static cs_status take_error(lua_State *L, int code, struct cs_error *err)
{
    struct cs_error read = {.status = CS_SCRIPT, .at = -1};
    struct failure failure = {code, &read};
    lua_pushcfunction(L, read_failure);
    lua_insert(L, -2);
    lua_pushlightuserdata(L, &failure);
    lua_insert(L, -2);
    int unreadable = lua_pcall(L, 2, 0, 0);
    if (unreadable != LUA_OK) {
        lua_pop(L, 1);
        if (unreadable == LUA_ERRMEM)
            return cs_fail(err, CS_MEMORY, "out of memory");
        return cs_fail(err, CS_SCRIPT, "calls within calls, too deep to tell what went wrong");
    }
    if (err)
        *err = read;
    return read.status;
}

cs_status csi_protect(struct csi_lua *lua, lua_CFunction fn, void *context, struct cs_error *err)
{
    lua_State *L = lua->now;
    if (!lua_checkstack(L, 8))
        return cs_fail(err, CS_SCRIPT, "too many calls within calls");
    struct cs_arena_mark mark = cs_arena_mark(lua->scratch);
    lua_pushcfunction(L, fn);
    lua_pushlightuserdata(L, context);
    int code = lua_pcall(L, 1, 0, 0);
    cs_arena_rewind(lua->scratch, mark);
    lua->now = L;
    return code == LUA_OK ? CS_OK : take_error(L, code, err);
}

/* ----------------------------------------------------------------- os.exit */

static const char exit_mark;

/*
 * A script may catch errors with pcall; leaving it must not be caught.  So besides raising,
 * every further step raises again until the frame that started the script has ended.
 */
static void exit_again(lua_State *L, lua_Debug *where)
{
    (void)where;
    lua_pushlightuserdata(L, (void *)&exit_mark);
    lua_error(L);
}

int csi_exit(lua_State *L, int code)
{
    struct csi_lua *lua = csi_lua_of(L);
    lua->exiting = true;
    lua->exit_code = code;
    const int steps = LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT;
    lua_sethook(L, exit_again, steps, 1);
    lua_sethook(lua->state, exit_again, steps, 1);
    lua_pushlightuserdata(L, (void *)&exit_mark);
    return lua_error(L);
}

void csi_exit_done(struct csi_lua *lua)
{
    lua->exiting = false;
    lua_sethook(lua->now, NULL, 0, 0);
    lua_sethook(lua->state, NULL, 0, 0);
}
