/*
 * lua_class.c - types of userdata, made when they are first used.
 *
 * A class is a const struct; its metatable stands in Lua's registry under the struct's own
 * address, and its methods are made when the first of them is looked for: start-up makes a
 * `certsh.lab` that most runs never touch.  A key of an object is a method, or else what the
 * class's attribute function says; what is neither is nil.  Room: lua.
 */
#include <string.h>

#include "lua/lua_internal.h"

/* __index of a class with attributes: upvalue 1 the methods, upvalue 2 the function. */
static int index_both(lua_State *L)
{
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    lua_settop(L, 2);
    return lua_tocfunction(L, lua_upvalueindex(2))(L);
}

/* [-0, +1, m] */
static void push_methods(lua_State *L, const struct csi_class *class)
{
    lua_newtable(L);
    csi_set_fns(L, class->methods);
    for (const struct csi_fn *const *more = class->more; more && *more; more++)
        csi_set_fns(L, *more);
}

/* The first look at an object of the class: make its methods, and look again. */
static int index_first(lua_State *L)
{
    lua_getmetatable(L, 1);
    csi_push_methods(L, 3);
    lua_pop(L, 1);
    lua_getfield(L, 3, "__index");
    lua_pushvalue(L, 2);
    if (lua_istable(L, -2)) {
        lua_rawget(L, -2);
        return 1;
    }
    lua_pushvalue(L, 1);
    lua_insert(L, -2); /* index object key */
    lua_call(L, 2, 1);
    return 1;
}

void csi_push_methods(lua_State *L, int metatable)
{
    metatable = lua_absindex(L, metatable);
    if (lua_getfield(L, metatable, "__methods") == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_getfield(L, metatable, "__class");
    const struct csi_class *class = lua_touserdata(L, -1);
    lua_pop(L, 1);
    push_methods(L, class); /* methods */
    lua_pushvalue(L, -1);
    if (class->attribute) {
        lua_pushcfunction(L, class->attribute);
        lua_pushcclosure(L, index_both, 2);
    }
    lua_setfield(L, metatable, "__index"); /* first, as memory may run out in between */
    lua_pushvalue(L, -1);
    lua_setfield(L, metatable, "__methods");
}

/* [-0, +1, m] */
static void push_metatable(lua_State *L, const struct csi_class *class)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, class) == LUA_TTABLE)
        return;
    lua_pop(L, 1);
    lua_newtable(L); /* mt */
    lua_pushstring(L, class->name);
    lua_setfield(L, -2, "__name");
    lua_pushlightuserdata(L, (void *)class);
    lua_setfield(L, -2, "__class");
    csi_set_fns(L, class->meta);
    lua_pushcfunction(L, index_first);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable"); /* scripts cannot reach in */
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, class);
}

/*
 * The last word of a userdata is its class: two calls of Lua say what it is, where comparing
 * metatables takes five.  No other library's userdata ends in the address of one of ours.
 */
void *csi_new(lua_State *L, const struct csi_class *class, size_t size, int users)
{
    size_t place = (size + sizeof class - 1) / sizeof class * sizeof class;
    char *box = lua_newuserdatauv(L, place + sizeof class, users);
    memset(box, 0, place);
    memcpy(box + place, &class, sizeof class);
    push_metatable(L, class);
    lua_setmetatable(L, -2);
    return box;
}

void *csi_test(lua_State *L, int index, const struct csi_class *class)
{
    char *box = lua_touserdata(L, index);
    size_t size = box ? lua_rawlen(L, index) : 0; /* a light userdata has none */
    const struct csi_class *own;
    if (size < sizeof own)
        return NULL;
    memcpy(&own, box + size - sizeof own, sizeof own);
    return own == class ? box : NULL;
}

void *csi_to(lua_State *L, int index, const struct csi_class *class)
{
    void *box = csi_test(L, index, class);
    if (!box)
        luaL_typeerror(L, index, class->name);
    return box;
}
