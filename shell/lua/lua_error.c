/*
 * lua_error.c - errors as Lua sees them.
 *
 * An error object is a userdata that holds a cs_error, so that a status survives the way from
 * C through Lua and back:
 *
 *     local ok, e = pcall(certsh.sd.parse, "D:(A;;XY;;;WD)")
 *     if e.status == "syntax" then print(e.at, e.text) end
 *
 * A script may raise a plain table with `status` and `text` to the same effect.  Any other
 * error value is a failed script, and its text is what tostring makes of it.  Room: lua.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua/lua_internal.h"

struct error_box {
    struct cs_error err;
    bool placed; /* the place in the script is in `where` */
};

static int error_attribute(lua_State *L);
static int error_tostring(lua_State *L);

static const struct csi_fn meta[] = {{"__tostring", error_tostring, false}, {0}};
static const struct csi_class class_error = {
    .name = "certsh.error", .meta = meta, .attribute = error_attribute};

int csi_raise(lua_State *L, const struct cs_error *err)
{
    struct error_box *box = csi_new(L, &class_error, sizeof *box, 0);
    box->err = *err;
    lua_error(L);
    abort(); /* lua_error does not return, but does not say so to compilers */
}

int csi_raise_new(lua_State *L, cs_status status, const char *format, ...)
{
    struct cs_error err = {.status = status, .at = -1};
    va_list args;
    va_start(args, format);
    vsnprintf(err.text, sizeof err.text, format, args);
    va_end(args);
    csi_raise(L, &err);
}

void csi_check(lua_State *L, cs_status status, const struct cs_error *err)
{
    if (status != CS_OK)
        csi_raise(L, err);
}

static void push_or_nil(lua_State *L, const char *text)
{
    if (*text)
        lua_pushstring(L, text);
    else
        lua_pushnil(L);
}

static int error_attribute(lua_State *L)
{
    const struct cs_error *err = &((struct error_box *)csi_to(L, 1, &class_error))->err;
    struct cs_str key = csi_to_str(L, 2);
    if (cs_str_is(key, "status"))
        lua_pushstring(L, cs_status_name(err->status));
    else if (cs_str_is(key, "text"))
        lua_pushstring(L, err->text);
    else if (cs_str_is(key, "where"))
        push_or_nil(L, err->where);
    else if (cs_str_is(key, "hint"))
        push_or_nil(L, err->hint);
    else if (cs_str_is(key, "at") && err->at >= 0)
        lua_pushinteger(L, err->at);
    else if (cs_str_is(key, "win32") && err->win32)
        lua_pushinteger(L, err->win32);
    else
        lua_pushnil(L);
    return 1;
}

/* "ole.reg:14: unknown right 'XY' in ace 2 (at 7)" */
static int error_tostring(lua_State *L)
{
    const struct cs_error *err = &((struct error_box *)csi_to(L, 1, &class_error))->err;
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    if (*err->where) {
        luaL_addstring(&text, err->where);
        luaL_addstring(&text, ": ");
    }
    luaL_addstring(&text, *err->text ? err->text : cs_status_words(err->status));
    if (err->at >= 0) {
        lua_pushfstring(L, " (at %d)", err->at);
        luaL_addvalue(&text);
    }
    luaL_pushresult(&text);
    return 1;
}

static void copy_text(char *out, size_t room, lua_State *L, int index)
{
    size_t length = 0;
    const char *text = lua_tolstring(L, index, &length);
    snprintf(out, room, "%s", text ? text : "");
}

/* { status = "check", text = "...", where=, hint= } raised by a script. */
static bool read_table(lua_State *L, int index, struct cs_error *err)
{
    if (!lua_istable(L, index) || lua_getfield(L, index, "status") != LUA_TSTRING)
        return false;
    cs_status status = cs_status_find(lua_tostring(L, -1));
    if (status == CS_OK || status >= CS_STATUS_COUNT)
        return false;
    *err = (struct cs_error){.status = status, .at = -1};
    lua_getfield(L, index, "text");
    copy_text(err->text, sizeof err->text, L, -1);
    lua_getfield(L, index, "where");
    copy_text(err->where, sizeof err->where, L, -1);
    lua_getfield(L, index, "hint");
    copy_text(err->hint, sizeof err->hint, L, -1);
    if (lua_getfield(L, index, "at") == LUA_TNUMBER)
        err->at = (int)lua_tointeger(L, -1);
    return true;
}

/* What a call that ended so is called when the error value does not say itself. */
static cs_status status_of(int code)
{
    if (code == LUA_ERRMEM)
        return CS_MEMORY;
    return code == LUA_ERRSYNTAX ? CS_SYNTAX : CS_SCRIPT;
}

void csi_error_read(lua_State *L, int index, int code, struct cs_error *err)
{
    const struct error_box *box = csi_test(L, index, &class_error);
    if (box) {
        *err = box->err;
        return;
    }
    if (read_table(L, index, err))
        return;
    *err = (struct cs_error){.status = status_of(code), .at = -1};
    if (csi_lua_of(L)->exiting) {
        snprintf(err->text, sizeof err->text, "os.exit(%d)", csi_lua_of(L)->exit_code);
        return;
    }
    luaL_tolstring(L, index, NULL);
    copy_text(err->text, sizeof err->text, L, -1);
}

/* The guard calls this with the error on top, so level 1 is the script that called it. */
void csi_error_place(lua_State *L)
{
    struct error_box *box = csi_test(L, -1, &class_error);
    lua_Debug where;
    if (!box || box->placed || !lua_getstack(L, 1, &where) || !lua_getinfo(L, "Sl", &where))
        return;
    /* Lines of files are worth telling; a line that was just typed is before one's eyes. */
    if (where.source[0] != '@' || where.currentline <= 0)
        return;
    box->placed = true;
    cs_error_where(&box->err, "%s:%d", where.short_src, where.currentline);
}
