/*
 * lua_complete.c - completion of Lua names: "certsh.sd.pa", "lab:prin", "string.fo".
 *
 * The names before the last dot or colon are looked up without calling anything of the
 * script's: raw fields of tables, and the methods of our own classes.  Room: lua.
 */
#include "lua/lua_internal.h"

struct completion {
    struct cs_str prefix;
    cs_offer_fn *offer;
    void *context;
};

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == ':';
}

/* The part of `text` that could be a name with fields: what completion is about. */
static size_t start_of_name(struct cs_str text)
{
    size_t at = text.length;
    while (at > 0 && is_name_byte(text.at[at - 1]))
        at--;
    return at;
}

/* Push the field `name` of the value on top, in its place; false when there is none. */
static bool step(lua_State *L, struct cs_str name)
{
    if (!lua_istable(L, -1))
        return false;
    csi_push_str(L, name);
    lua_rawget(L, -2);
    lua_remove(L, -2);
    return !lua_isnil(L, -1);
}

/* Replace the value on top by the table of its names: itself, or its class's methods. */
static bool to_names(lua_State *L)
{
    if (lua_istable(L, -1))
        return true;
    if (lua_type(L, -1) == LUA_TSTRING) {
        lua_pop(L, 1);
        return lua_getglobal(L, "string") == LUA_TTABLE;
    }
    if (!lua_getmetatable(L, -1))
        return false;
    if (lua_getfield(L, -1, "__class") != LUA_TLIGHTUSERDATA) /* none of ours */
        return false;
    lua_pop(L, 1);
    csi_push_methods(L, -1);
    return true;
}

/* Offer each text key of the table on top that starts so, with what was typed before it. */
static void offer_names(lua_State *L, const struct completion *completion, struct cs_str before,
                        struct cs_str start)
{
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            continue;
        struct cs_str name = csi_to_str(L, -2);
        if (!cs_str_starts(name, start) || (!start.length && cs_str_starts(name, CS_STR("_"))))
            continue;
        struct cs_str word =
            cs_str_printf(csi_scratch(L), "%.*s%.*s", CS_STR_ARG(before), CS_STR_ARG(name));
        completion->offer(completion->context, word,
                          lua_isfunction(L, -1) ? "function" : luaL_typename(L, -1));
    }
}

/* (completion) */
static int complete(lua_State *L)
{
    const struct completion *completion = lua_touserdata(L, 1);
    struct cs_str name = cs_str_from(completion->prefix, start_of_name(completion->prefix));
    size_t from = 0;
    lua_pushglobaltable(L);
    for (size_t at = 0; at < name.length; at++) {
        if (name.at[at] != '.' && name.at[at] != ':')
            continue;
        if (!step(L, cs_str_span(name.at + from, at - from)))
            return 0;
        from = at + 1;
    }
    if (!to_names(L))
        return 0;
    size_t start = (size_t)(name.at - completion->prefix.at);
    struct cs_str before = cs_str_span(completion->prefix.at, start + from);
    offer_names(L, completion, before, cs_str_from(name, from));
    return 0;
}

void csi_lua_complete(struct csi_lua *lua, struct cs_str prefix, cs_offer_fn *offer, void *context)
{
    struct completion completion = {prefix, offer, context};
    (void)!csi_protect(lua, complete, &completion, NULL);
}
