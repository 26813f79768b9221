/*
 * lua_guest.c - `require "certsh"` in a Lua that is not ours: Debian's lua5.4, busted.
 *
 * Nothing of the host's is changed but package.searchers, which gets one that knows the scripts of
 * labs.  There are no frames: each change is one of the lab's history by itself, as a host's
 * chunks begin and end unseen.  The shell lives until the host's Lua ends.  Room: lua.
 */
#include <string.h>

#include "base/alloc.h"
#include "lua/lua_internal.h"

struct holder {
    struct csi_lua *lua;
    void (*close)(void);
};

static int holder_close(lua_State *L);
static const struct csi_fn holder_meta[] = {{"__gc", holder_close, false}, {0}};
static const struct csi_class class_holder = {.name = "certsh.holder", .meta = holder_meta};
static const char holder_key;

/* What is finalized last was made first, so every handle is gone by now. */
static int holder_close(lua_State *L)
{
    struct holder *holder = csi_to(L, 1, &class_holder);
    if (holder->close)
        holder->close();
    holder->close = NULL;
    return 0;
}

static lua_State *main_thread(lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    lua_State *main = lua_tothread(L, -1);
    lua_pop(L, 1);
    return main;
}

/* Its memory is the host's holder's, so that a failure leaves nothing behind. */
static struct csi_lua *new_guest(lua_State *L)
{
    struct csi_lua *lua = csi_alloc(sizeof *lua);
    if (!lua)
        luaL_error(L, "out of memory");
    *lua = (struct csi_lua){.guest = true,
                            .state = main_thread(L),
                            .now = L,
                            .scripts = "",
                            .scratch = cs_arena_new(),
                            .kept = cs_arena_new()};
    if (!lua->scratch || !lua->kept) {
        csi_lua_free(lua);
        luaL_error(L, "out of memory");
    }
    *(struct csi_lua **)lua_getextraspace(lua->state) = lua;
    *(struct csi_lua **)lua_getextraspace(L) = lua;
    return lua;
}

void csi_lua_adopt(struct csi_lua *lua, struct cs_shell *shell, const char *scripts,
                   const char *compiled)
{
    lua->shell = shell;
    lua->scripts = cs_str_c(lua->kept, cs_str_of(scripts));
    lua->compiled = compiled ? cs_str_c(lua->kept, cs_str_of(compiled)) : NULL;
}

int csi_lua_guest(struct lua_State *L, const struct csi_guest *guest)
{
    struct cs_error err;
    struct holder *holder = csi_new(L, &class_holder, sizeof *holder, 0);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &holder_key);
    holder->lua = new_guest(L);
    holder->close = guest->close;
    csi_add_searcher(L);
    csi_check(L, guest->open(holder->lua, &err), &err);
    csi_push_certsh(L);
    return 1;
}
