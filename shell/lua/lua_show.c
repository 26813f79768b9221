/*
 * lua_show.c - values as a person wants to see them after `=expr`.
 *
 * Texts, numbers and objects print as `print` does; a table shows what is in it, because
 * "table: 0x5581" says nothing.  Room: lua.
 */
#include <stdio.h>

#include <certsh/json.h>

#include "lua/lua_internal.h"

enum { MAX_SHOWN = 1 << 24 };

static void show(struct cs_buf *out, const struct cs_value *value, int depth);

static void new_line(struct cs_buf *out, int depth)
{
    cs_buf_addf(out, "\n%*s", 2 * depth, "");
}

static bool is_flat(const struct cs_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i].kind == CS_LIST || list->at[i].kind == CS_OBJECT)
            return false;
    return true;
}

static void show_list(struct cs_buf *out, const struct cs_list *list, int depth)
{
    bool flat = is_flat(list);
    cs_buf_addc(out, '{');
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            cs_buf_adds(out, flat ? ", " : ",");
        if (!flat)
            new_line(out, depth + 1);
        show(out, &list->at[i], depth + 1);
    }
    if (!flat)
        new_line(out, depth);
    cs_buf_addc(out, '}');
}

static void show_object(struct cs_buf *out, const struct cs_object *object, int depth)
{
    cs_buf_addc(out, '{');
    for (size_t i = 0; i < object->count; i++) {
        if (i)
            cs_buf_addc(out, ',');
        new_line(out, depth + 1);
        cs_buf_add_str(out, object->at[i].name);
        cs_buf_adds(out, " = ");
        show(out, &object->at[i].value, depth + 1);
    }
    if (object->count)
        new_line(out, depth);
    cs_buf_addc(out, '}');
}

static void show(struct cs_buf *out, const struct cs_value *value, int depth)
{
    if (value->kind == CS_LIST)
        show_list(out, &value->list, depth);
    else if (value->kind == CS_OBJECT)
        show_object(out, &value->object, depth);
    else
        cs_json_write(out, value);
}

static void print_value(const struct cs_value *value)
{
    struct cs_buf out;
    cs_buf_init(&out, MAX_SHOWN);
    show(&out, value, 0);
    fwrite(out.at, 1, out.length, stdout);
    cs_buf_clear(&out);
}

/* (table): tables that are no JSON value print as Lua prints them. */
static int print_table(lua_State *L)
{
    struct cs_value value = csi_to_value(L, 1, csi_scratch(L));
    print_value(&value);
    return 0;
}

static bool show_table(lua_State *L, int index)
{
    if (!lua_istable(L, index) || luaL_getmetafield(L, index, "__tostring"))
        return false;
    lua_pushcfunction(L, print_table);
    lua_pushvalue(L, index);
    if (lua_pcall(L, 1, 0, 0) == LUA_OK)
        return true;
    lua_pop(L, 1);
    return false;
}

void csi_show(lua_State *L, int first)
{
    int last = lua_gettop(L);
    for (int i = first; i <= last; i++) {
        if (i > first)
            putchar('\t');
        if (!show_table(L, i)) {
            size_t length = 0;
            const char *text = luaL_tolstring(L, i, &length);
            fwrite(text, 1, length, stdout);
        }
        lua_settop(L, last);
    }
    if (last >= first)
        putchar('\n');
}
