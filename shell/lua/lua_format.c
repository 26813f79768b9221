/*
 * lua_format.c - formats of Lua plugins, in both forms of certsh/format.h.
 *
 *     formats = {{name = "markdown", brief = "...", write = function(report) return text end},
 *                {name = "lines", brief = "...",
 *                 begin = function(out) out.seen = 0 end,
 *                 row = function(out, row) out.seen = out.seen + 1 return row.name .. "\n" end,
 *                 finish = function(out) return ("%d\n"):format(out.seen) end}}
 *
 * A streaming format has one table `out` from begin to finish: what it says of the command and
 * the terminal, and whatever the format keeps in it.  What a function returns is written.  The
 * table lies in the registry under the output's address, so that an output holds no reference
 * that could be lost.  Room: lua.
 */
#include "lua/lua_internal.h"

struct lua_format {
    const struct csi_lua_handler *write, *begin, *row, *finish;
    struct csi_lua_handler none; /* stands in for a begin or finish that is not there */
};

/* What a function gave, as text; nothing is "".  [-0, +0, e] */
static struct cs_str text_given(lua_State *L, const char *format)
{
    if (lua_isnil(L, -1))
        return CS_STR("");
    if (lua_type(L, -1) != LUA_TSTRING)
        csi_raise_new(L, CS_INVALID, "format '%s' gave a %s, not a text", format,
                      luaL_typename(L, -1));
    return csi_to_str(L, -1);
}

static void push_row(lua_State *L, const struct cs_command *command, const struct cs_value *values)
{
    const struct cs_fields *fields = &command->result;
    lua_createtable(L, 0, (int)fields->count);
    for (size_t i = 0; i < fields->count; i++) {
        csi_push_value(L, &values[i], CSI_NULL_IS_NIL);
        lua_setfield(L, -2, fields->at[i].name);
    }
}

/* {command, fields}  [-0, +1, m] */
static void push_command(lua_State *L, const struct cs_command *command)
{
    const struct cs_fields *fields = &command->result;
    lua_createtable(L, 0, 12);
    lua_pushstring(L, command->name);
    lua_setfield(L, -2, "command");
    lua_createtable(L, (int)fields->count, 0);
    for (size_t i = 0; i < fields->count; i++) {
        lua_pushstring(L, fields->at[i].name);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "fields");
}

/* ------------------------------------------------------------------ whole form */

struct writing {
    const struct cs_report *report;
    struct cs_buf *out;
};

/* (writing) */
static int write_report(lua_State *L)
{
    const struct writing *writing = lua_touserdata(L, 1);
    const struct cs_report *report = writing->report;
    const struct lua_format *format = report->format->data;
    lua_rawgeti(L, LUA_REGISTRYINDEX, format->write->function);
    push_command(L, report->command);
    lua_createtable(L, (int)report->count, 0);
    for (size_t i = 0; i < report->count; i++) {
        push_row(L, report->command, report->rows[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "rows");
    lua_call(L, 1, 1);
    if (lua_isnil(L, -1))
        csi_raise_new(L, CS_INVALID, "format '%s' gave a nil, not a text", report->format->name);
    cs_buf_add_str(writing->out, text_given(L, report->format->name));
    return 0;
}

static cs_status write_whole(const struct cs_report *report, struct cs_buf *out,
                             struct cs_error *err)
{
    const struct lua_format *format = report->format->data;
    struct writing writing = {report, out};
    return csi_call_held(format->write, 0, write_report, &writing, err);
}

/* -------------------------------------------------------------- streaming form */

/* One call of one of the functions. */
struct drawing {
    struct cs_output *output;
    const struct csi_lua_handler *handler;
    const struct cs_value *values; /* of row */
};

/* out.show(value): a value as a cell of the table shows it. */
static int show(lua_State *L)
{
    struct cs_value value = csi_to_value(L, 1, csi_scratch(L));
    csi_push_str(L, cs_value_show(csi_scratch(L), &value));
    return 1;
}

/* out.columns(text): how many columns of a terminal it takes. */
static int columns(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TSTRING);
    lua_pushinteger(L, (lua_Integer)cs_str_width(csi_to_str(L, 1)));
    return 1;
}

static void push_out(lua_State *L, const struct cs_output *output)
{
    static const luaL_Reg functions[] = {{"show", show}, {"columns", columns}, {NULL, NULL}};
    const struct cs_fields *fields = &output->command->result;
    const struct {
        const char *name;
        bool is;
    } flags[] = {
        {"terminal", output->terminal}, {"utf8", output->utf8}, {"colour", output->colour}};
    push_command(L, output->command);
    luaL_setfuncs(L, functions, 0);
    lua_createtable(L, 0, (int)fields->count);
    for (size_t i = 0; i < fields->count; i++) {
        lua_pushstring(L, fields->at[i].type->name);
        lua_setfield(L, -2, fields->at[i].name);
    }
    lua_setfield(L, -2, "types");
    for (size_t i = 0; i < CS_COUNT(flags); i++) {
        lua_pushboolean(L, flags[i].is);
        lua_setfield(L, -2, flags[i].name);
    }
    lua_pushinteger(L, (lua_Integer)output->width);
    lua_setfield(L, -2, "width");
}

/* What changes from call to call, into the table at the top. */
static void set_progress(lua_State *L, const struct cs_output *output)
{
    lua_pushinteger(L, (lua_Integer)output->rows);
    lua_setfield(L, -2, "rows");
    lua_pushboolean(L, output->failed);
    lua_setfield(L, -2, "failed");
}

/* With the function's arguments on the stack after it: call it and put what it gives. */
static void call_and_put(lua_State *L, const struct drawing *drawing, int arguments)
{
    struct cs_error err = {0};
    lua_call(L, arguments, 1);
    struct cs_str text = text_given(L, drawing->output->format->name);
    if (text.length && drawing->output->put(drawing->output, text, &err) != CS_OK)
        csi_raise(L, &err);
}

/* (drawing): the table is kept only when all went well, as no finish comes otherwise. */
static int draw_begin(lua_State *L)
{
    const struct drawing *drawing = lua_touserdata(L, 1);
    push_out(L, drawing->output);
    if (drawing->handler->function) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, drawing->handler->function);
        lua_pushvalue(L, 2);
        set_progress(L, drawing->output);
        call_and_put(L, drawing, 1);
    }
    lua_pushvalue(L, 2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, drawing->output);
    return 0;
}

/* (drawing) */
static int draw_row(lua_State *L)
{
    const struct drawing *drawing = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, drawing->handler->function);
    lua_rawgetp(L, LUA_REGISTRYINDEX, drawing->output);
    set_progress(L, drawing->output);
    push_row(L, drawing->output->command, drawing->values);
    call_and_put(L, drawing, 2);
    return 0;
}

/* (drawing) */
static int draw_finish(lua_State *L)
{
    const struct drawing *drawing = lua_touserdata(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, drawing->output);
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, drawing->output);
    if (!drawing->handler->function)
        return 0;
    set_progress(L, drawing->output);
    lua_rawgeti(L, LUA_REGISTRYINDEX, drawing->handler->function);
    lua_insert(L, 2);
    call_and_put(L, drawing, 1);
    return 0;
}

static cs_status begin(struct cs_output *output, struct cs_error *err)
{
    const struct lua_format *format = output->format->data;
    struct drawing drawing = {.output = output, .handler = format->begin};
    return csi_call_held(drawing.handler, 0, draw_begin, &drawing, err);
}

static cs_status row(struct cs_output *output, const struct cs_value *values, struct cs_error *err)
{
    const struct lua_format *format = output->format->data;
    struct drawing drawing = {output, format->row, values};
    return csi_call_held(drawing.handler, 0, draw_row, &drawing, err);
}

static cs_status finish(struct cs_output *output, struct cs_error *err)
{
    const struct lua_format *format = output->format->data;
    struct drawing drawing = {.output = output, .handler = format->finish};
    return csi_call_held(drawing.handler, 0, draw_finish, &drawing, err);
}

/* ---------------------------------------------------------------- declaration */

static struct lua_format *keep_functions(lua_State *L, int index)
{
    unsigned caps = csi_declaring(L);
    struct lua_format *format = cs_arena_alloc(csi_lua_of(L)->kept, sizeof *format);
    format->none = (struct csi_lua_handler){.lua = csi_lua_of(L), .caps = caps};
    format->write = csi_keep_handler(L, index, "write", caps);
    format->begin = csi_keep_handler(L, index, "begin", caps);
    format->row = csi_keep_handler(L, index, "row", caps);
    format->finish = csi_keep_handler(L, index, "finish", caps);
    if (!format->write && !format->row)
        csi_raise_new(L, CS_INVALID, "'write' or 'row' is missing: the function of the format");
    format->begin = format->begin ? format->begin : &format->none;
    format->finish = format->finish ? format->finish : &format->none;
    return format;
}

void csi_fill_format(lua_State *L, int index, void *element)
{
    csi_known_keys(L, index, "name brief write begin row finish");
    struct lua_format *data = keep_functions(L, index);
    struct cs_format *format = element;
    *format = (struct cs_format){.name = csi_keep_need(L, index, "name"),
                                 .brief = csi_keep_need(L, index, "brief"),
                                 .data = data};
    if (data->write)
        format->write = write_whole;
    if (data->row)
        format->begin = begin, format->row = row, format->finish = finish;
}
