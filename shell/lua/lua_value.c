/*
 * lua_value.c - cs_value to Lua and back.
 *
 * Into Lua: lists become tables that remember being lists (certsh.array), codes and times the
 * text they have in JSON, absence nil in rows and certsh.null in JSON.  Out of Lua: a table is
 * a list when certsh.array made it or when its keys are 1..n, else an object with its keys in
 * order of their bytes; handles and error objects become their text.  Room: lua.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lua/lua_internal.h"

enum { MAX_DEPTH = 100 };

/* -------------------------------------------------------------------- push */

void csi_push_str(lua_State *L, struct cs_str text)
{
    lua_pushlstring(L, text.at ? text.at : "", text.length);
}

void csi_push_text_or_nil(lua_State *L, struct cs_str text)
{
    if (text.length)
        csi_push_str(L, text);
    else
        lua_pushnil(L);
}

void csi_push_sid(lua_State *L, const struct cs_sid *sid)
{
    struct cs_sid_text text;
    lua_pushstring(L, cs_sid_format(sid, &text));
}

void csi_push_code(lua_State *L, uint32_t code)
{
    char text[16];
    snprintf(text, sizeof text, "0x%08x", code);
    if (code)
        lua_pushstring(L, text);
    else
        lua_pushnil(L);
}

static const char array_mark; /* its address is the key of the metatable of lists */

void csi_mark_array(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &array_mark) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &array_mark);
    }
    lua_setmetatable(L, -2);
}

int csi_array(lua_State *L)
{
    if (lua_isnoneornil(L, 1))
        lua_newtable(L);
    else
        luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    csi_mark_array(L);
    return 1;
}

static void push_list(lua_State *L, const struct cs_list *list, enum csi_nulls nulls)
{
    lua_createtable(L, (int)list->count, 0);
    for (size_t i = 0; i < list->count; i++) {
        csi_push_value(L, &list->at[i], nulls);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    csi_mark_array(L);
}

static void push_object(lua_State *L, const struct cs_object *object, enum csi_nulls nulls)
{
    lua_createtable(L, 0, (int)object->count);
    for (size_t i = 0; i < object->count; i++) {
        csi_push_str(L, object->at[i].name);
        csi_push_value(L, &object->at[i].value, nulls);
        lua_rawset(L, -3);
    }
}

static void push_null(lua_State *L, enum csi_nulls nulls)
{
    if (nulls == CSI_NULL_IS_NULL)
        lua_pushlightuserdata(L, NULL);
    else
        lua_pushnil(L);
}

static void push_time(lua_State *L, int64_t seconds)
{
    struct cs_time_text text;
    lua_pushstring(L, cs_time_format(seconds, &text));
}

static void push_any_code(lua_State *L, uint32_t code)
{
    char text[16];
    snprintf(text, sizeof text, "0x%08x", code);
    lua_pushstring(L, text);
}

void csi_push_value(lua_State *L, const struct cs_value *value, enum csi_nulls nulls)
{
    luaL_checkstack(L, 6, "value nested too deep");
    switch (value->kind) {
    case CS_NULL:
        push_null(L, nulls);
        break;
    case CS_BOOL:
        lua_pushboolean(L, value->boolean);
        break;
    case CS_INT:
        lua_pushinteger(L, value->integer);
        break;
    case CS_REAL:
        lua_pushnumber(L, value->real);
        break;
    case CS_TEXT:
    case CS_REF:
        csi_push_str(L, value->text);
        break;
    case CS_CODE:
        push_any_code(L, (uint32_t)value->integer);
        break;
    case CS_TIME:
        push_time(L, value->integer);
        break;
    case CS_LIST:
        push_list(L, &value->list, nulls);
        break;
    case CS_OBJECT:
        push_object(L, &value->object, nulls);
        break;
    }
}

/* ---------------------------------------------------------------------- to */

static struct cs_value to_value(lua_State *L, int index, struct cs_arena *arena, unsigned depth);

static bool marked_array(lua_State *L, int index)
{
    if (!lua_getmetatable(L, index))
        return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &array_mark);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

/* How many keys the table has, and whether all of them are texts. */
static size_t count_keys(lua_State *L, int index, bool *all_text)
{
    size_t count = 0;
    *all_text = true;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        count++;
        if (lua_type(L, -2) != LUA_TSTRING)
            *all_text = false;
    }
    return count;
}

static struct cs_value to_list(lua_State *L, int index, struct cs_arena *arena, unsigned depth)
{
    size_t count = lua_rawlen(L, index);
    struct cs_list_maker maker = {.arena = arena};
    for (size_t i = 1; i <= count; i++) {
        lua_rawgeti(L, index, (lua_Integer)i);
        cs_list_add(&maker, to_value(L, lua_gettop(L), arena, depth + 1));
        lua_pop(L, 1);
    }
    return cs_list_value(&maker);
}

static int by_name(const void *a, const void *b)
{
    return cs_str_compare(((const struct cs_member *)a)->name, ((const struct cs_member *)b)->name);
}

static struct cs_value to_object(lua_State *L, int index, size_t count, struct cs_arena *arena,
                                 unsigned depth)
{
    struct cs_member *members = cs_arena_alloc(arena, (count + 1) * sizeof *members);
    size_t at = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1), at++) {
        members[at].name = cs_str_copy(arena, csi_to_str(L, -2));
        members[at].value = to_value(L, lua_gettop(L), arena, depth + 1);
    }
    qsort(members, count, sizeof *members, by_name);
    return cs_value_object(arena, members, count);
}

static struct cs_value to_table(lua_State *L, int index, struct cs_arena *arena, unsigned depth)
{
    bool all_text;
    size_t count = count_keys(L, index, &all_text);
    bool list = marked_array(L, index);
    if (!list && all_text)
        return to_object(L, index, count, arena, depth);
    if (count != lua_rawlen(L, index))
        csi_raise_new(L, CS_INVALID, "a table with list items and other keys is no JSON value");
    return to_list(L, index, arena, depth);
}

static struct cs_value to_number(lua_State *L, int index)
{
    if (lua_isinteger(L, index))
        return cs_value_int(lua_tointeger(L, index));
    double real = lua_tonumber(L, index);
    if (!isfinite(real))
        csi_raise_new(L, CS_INVALID, "a number that is not finite is no JSON value");
    return cs_value_real(real);
}

/* A userdata with a text of its own: a handle, an error object. */
static struct cs_value to_own_text(lua_State *L, int index, struct cs_arena *arena)
{
    if (!luaL_getmetafield(L, index, "__tostring"))
        csi_raise_new(L, CS_INVALID, "a %s is no JSON value", luaL_typename(L, index));
    lua_pop(L, 1);
    luaL_tolstring(L, index, NULL);
    struct cs_value value = cs_value_str(cs_str_copy(arena, csi_to_str(L, -1)));
    lua_pop(L, 1);
    return value;
}

static struct cs_value to_value(lua_State *L, int index, struct cs_arena *arena, unsigned depth)
{
    if (depth > MAX_DEPTH)
        csi_raise_new(L, CS_LIMIT, "tables within tables, more than %d deep", MAX_DEPTH);
    luaL_checkstack(L, 6, "value nested too deep");
    switch (lua_type(L, index)) {
    case LUA_TNIL:
    case LUA_TNONE:
        return cs_value_null();
    case LUA_TBOOLEAN:
        return cs_value_bool(lua_toboolean(L, index));
    case LUA_TNUMBER:
        return to_number(L, index);
    case LUA_TSTRING:
        return cs_value_str(cs_str_copy(arena, csi_to_str(L, index)));
    case LUA_TTABLE:
        return to_table(L, index, arena, depth);
    case LUA_TLIGHTUSERDATA:
        if (!lua_touserdata(L, index))
            return cs_value_null();
        return to_own_text(L, index, arena);
    default:
        return to_own_text(L, index, arena);
    }
}

struct cs_value csi_to_value(lua_State *L, int index, struct cs_arena *arena)
{
    return to_value(L, lua_absindex(L, index), arena, 0);
}
