/*
 * lua_args.c - arguments: texts, SIDs, and the fields of a table of arguments.
 *
 * A table of arguments is checked for keys nobody knows, so that a misspelt option is an
 * error and not silence.  Texts are borrowed from Lua.  Room: lua.
 */
#include <string.h>

#include "lua/lua_internal.h"

struct cs_str csi_to_str(lua_State *L, int index)
{
    size_t length = 0;
    const char *text = luaL_checklstring(L, index, &length);
    return cs_str_span(text, length);
}

bool csi_field(lua_State *L, int index, const char *name)
{
    if (lua_getfield(L, index, name) != LUA_TNIL)
        return true;
    lua_pop(L, 1);
    return false;
}

struct cs_str csi_opt_text(lua_State *L, int index, const char *name)
{
    if (!csi_field(L, index, name))
        return cs_str_of("");
    if (lua_type(L, -1) != LUA_TSTRING)
        csi_raise_new(L, CS_INVALID, "'%s' must be a text, not a %s", name, luaL_typename(L, -1));
    struct cs_str text = csi_to_str(L, -1);
    lua_pop(L, 1); /* the table keeps it */
    return text;
}

struct cs_str csi_need_text(lua_State *L, int index, const char *name)
{
    struct cs_str text = csi_opt_text(L, index, name);
    if (!text.length)
        csi_raise_new(L, CS_INVALID, "'%s' is missing", name);
    return text;
}

bool csi_opt_flag(lua_State *L, int index, const char *name)
{
    lua_getfield(L, index, name);
    bool flag = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return flag;
}

uint32_t csi_opt_number(lua_State *L, int index, const char *name, uint32_t fallback)
{
    if (!csi_field(L, index, name))
        return fallback;
    int whole = 0;
    lua_Integer number = lua_tointegerx(L, -1, &whole);
    lua_pop(L, 1);
    if (!whole || number < 0 || number > UINT32_MAX)
        csi_raise_new(L, CS_INVALID, "'%s' must be a number of 32 bits", name);
    return (uint32_t)number;
}

static bool among(struct cs_str word, const char *names)
{
    while (*names) {
        size_t length = strcspn(names, " ");
        if (length == word.length && !memcmp(names, word.at, length))
            return true;
        names += length + (names[length] == ' ');
    }
    return false;
}

void csi_known_keys(lua_State *L, int index, const char *names)
{
    luaL_checktype(L, index, LUA_TTABLE);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            csi_raise_new(L, CS_INVALID, "a list item where only named fields belong (%s)", names);
        if (!among(csi_to_str(L, -2), names))
            csi_raise_new(L, CS_INVALID, "unknown field '%s'; there are: %s", lua_tostring(L, -2),
                          names);
    }
}

struct cs_sid csi_to_sid(lua_State *L, int index)
{
    struct cs_sid sid;
    struct cs_error err;
    csi_check(L, cs_sid_parse(csi_to_str(L, index), &sid, &err), &err);
    return sid;
}

int csi_choice(lua_State *L, struct cs_str word, const char *what, const char *const *words)
{
    for (int i = 0; words[i]; i++)
        if (cs_str_same(word, cs_str_of(words[i])))
            return i;
    luaL_Buffer choices;
    luaL_buffinit(L, &choices);
    for (int i = 0; words[i]; i++) {
        luaL_addstring(&choices, i ? ", " : "");
        luaL_addstring(&choices, words[i]);
    }
    luaL_pushresult(&choices);
    return csi_raise_new(L, CS_INVALID, "unknown %s '%.*s'; there are: %s", what, CS_STR_ARG(word),
                         lua_tostring(L, -1));
}
