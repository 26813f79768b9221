/*
 * lua_command.c - certsh.run and certsh.each: a command line, and its rows as tables.
 *
 *     for _, row in ipairs(certsh.run "token show CORP\\DC02$ --at DC01") do print(row.sid) end
 *
 * What follows the line is taken as one word each, whatever is in it:
 *
 *     certsh.run("membership path", lab:principal("alice"), "CORP\\Domain Users")
 *
 * Nothing is printed; pipes are not taken.  An error raises; a refusal is an answer: the rows
 * come, and the exit code after them.  What is absent in a row is nil.  Rows arrive below
 * frames of the command floor, so each is made protected.  Room: lua.
 */
#include <certsh/shell.h>

#include "lua/lua_internal.h"

struct collector {
    struct cs_sink sink; /* first, so that the sink is the collector */
    struct csi_lua *lua;
    const struct cs_command *command;
    const struct cs_value *values; /* of the row that is being added */
};

static cs_status begin(struct cs_sink *sink, const struct cs_command *command, struct cs_error *err)
{
    (void)err;
    ((struct collector *)sink)->command = command;
    return CS_OK;
}

/* (collector): one row is appended to the list, which stands in the registry under the
 * collector's address while the command runs. */
static int add_row(lua_State *L)
{
    const struct collector *to = lua_touserdata(L, 1);
    const struct cs_fields *fields = &to->command->result;
    lua_rawgetp(L, LUA_REGISTRYINDEX, to); /* list */
    lua_createtable(L, 0, (int)fields->count);
    for (size_t i = 0; i < fields->count; i++) {
        csi_push_value(L, &to->values[i], CSI_NULL_IS_NIL);
        lua_setfield(L, -2, fields->at[i].name);
    }
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    return 0;
}

static cs_status row(struct cs_sink *sink, const struct cs_value *values, struct cs_error *err)
{
    struct collector *to = (struct collector *)sink;
    to->values = values;
    return csi_protect(to->lua, add_row, to, err);
}

/* Remarks of a command run from Lua are for nobody. */
static void warn(struct cs_sink *sink, struct cs_str remark)
{
    (void)sink;
    (void)remark;
}

/* Lines that walk the history, which an open transaction hides. */
static bool walks_history(struct cs_str line)
{
    static const char *const names[] = {"lab undo", "lab redo",  "lab snapshot", "lab diff",
                                        "world ",   "lab blame", "lab bisect"};
    line = cs_str_trim(line);
    for (size_t i = 0; i < CS_COUNT(names); i++)
        if (cs_str_same_start(line, cs_str_of(names[i])))
            return true;
    return false;
}

/* The lab joins the frame's transaction before a command may change it; a lab that cannot be
 * opened is the command's affair, as `help` needs none. */
static void join_frame(struct csi_lua *lua)
{
    struct cs_error err;
    if (!lua->building && cs_shell_need_lab(lua->shell, &err) == CS_OK)
        (void)!csi_frame_touch(lua, cs_shell_lab(lua->shell), &err); /* the command tells */
}

/* One word of a command line, in quotes with doubled quotes inside.  [-0, +1, e] */
static void push_quoted(lua_State *L, int index)
{
    luaL_tolstring(L, index, NULL);
    luaL_gsub(L, lua_tostring(L, -1), "\"", "\"\"");
    lua_pushfstring(L, " \"%s\"", lua_tostring(L, -1));
    lua_replace(L, -3);
    lua_pop(L, 1);
}

/* The line, and every further argument as one more word: a name with blanks, a handle. */
static struct cs_str to_line(lua_State *L)
{
    int last = lua_gettop(L);
    luaL_checkstring(L, 1);
    lua_pushvalue(L, 1);
    for (int i = 2; i <= last; i++) {
        push_quoted(L, i);
        lua_concat(L, 2);
    }
    lua_replace(L, 1);
    lua_settop(L, 1);
    return csi_to_str(L, 1);
}

/* (line, words...): the list of rows, the exit code. */
int csi_run(lua_State *L)
{
    struct csi_lua *lua = csi_lua_of(L);
    struct cs_error err;
    int code = 0;
    struct cs_str line = to_line(L);
    struct collector to = {.sink = {.begin = begin, .row = row, .warn = warn}, .lua = lua};
    join_frame(lua);
    if (walks_history(line))
        csi_check(L, csi_frame_settle(lua, &err), &err);
    lua_newtable(L);
    csi_mark_array(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &to);
    cs_status status = cs_shell_run(lua->shell, line, &to.sink, &code, &err);
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &to);
    csi_check(L, status, &err);
    lua_pushinteger(L, code);
    return 2;
}

/* Upvalues: the rows, the last index. */
static int next_row(lua_State *L)
{
    lua_Integer at = lua_tointeger(L, lua_upvalueindex(2)) + 1;
    lua_pushinteger(L, at);
    lua_copy(L, -1, lua_upvalueindex(2));
    lua_rawgeti(L, lua_upvalueindex(1), at);
    return 1;
}

int csi_each(lua_State *L)
{
    csi_run(L);
    lua_pop(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_row, 2);
    return 1;
}
