/*
 * lua_call.c - a command declared in Lua runs: the call object its function gets.
 *
 *     run = function(call)
 *         call:say("Hello.\n")                     words for people
 *         return {text = call.who.name}            a row; or a list of rows; or call:row{...}
 *     end
 *
 * Arguments are fields by their names: principals, hosts, CAs and templates as handles, what
 * was not given nil, a flag a boolean.  The methods are say, warn, row, exit, words, line.
 * The object is dead when the function has returned.  Room: lua.
 */
#include "lua/lua_internal.h"

static int call_say(lua_State *L);
static int call_warn(lua_State *L);
static int call_row(lua_State *L);
static int call_exit(lua_State *L);
static int call_words(lua_State *L);
static int call_line(lua_State *L);
static int call_attribute(lua_State *L);

struct call_box {
    struct cs_call *call; /* NULL once it has ended */
    const struct cs_command *command;
};

static const struct csi_fn methods[] = {{"say", call_say, true},
                                        {"warn", call_warn, true},
                                        {"row", call_row, true},
                                        {"exit", call_exit, false},
                                        {"words", call_words, true},
                                        {"line", call_line, false},
                                        {0}};
static const struct csi_class class_call = {
    .name = "certsh.call", .methods = methods, .attribute = call_attribute};

static struct call_box *to_call(lua_State *L)
{
    struct call_box *box = csi_to(L, 1, &class_call);
    if (!box->call)
        csi_raise_new(L, CS_STATE, "this call has ended");
    return box;
}

/* --------------------------------------------------------------- arguments */

static enum cs_noun noun_of(const struct cs_type *type)
{
    if (type == &cs_type_principal || type == &cs_type_group)
        return CS_NOUN_PRINCIPAL;
    if (type == &cs_type_host)
        return CS_NOUN_HOST;
    if (type == &cs_type_ca)
        return CS_NOUN_CA;
    return type == &cs_type_template ? CS_NOUN_TEMPLATE : CS_NOUN_NONE;
}

static void push_argument(lua_State *L, const struct cs_type *type, const struct cs_value *value)
{
    enum cs_noun noun = noun_of(type);
    if (value->kind != CS_REF || noun == CS_NOUN_NONE) {
        csi_push_value(L, value, CSI_NULL_IS_NIL);
        return;
    }
    csi_push_shell_lab(L);
    csi_push_handle(L, -1, csi_to_lab(L, -1), noun, value->id);
    lua_remove(L, -2);
}

static void push_many(lua_State *L, const struct cs_type *type, const struct cs_value *value)
{
    lua_createtable(L, (int)value->list.count, 0);
    for (size_t i = 0; i < value->list.count; i++) {
        push_argument(L, type, &value->list.at[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    csi_mark_array(L);
}

static int call_attribute(lua_State *L)
{
    const struct call_box *box = to_call(L);
    struct cs_str key = csi_to_str(L, 2);
    const struct cs_params *params = &box->command->params;
    for (size_t i = 0; i < params->count; i++) {
        const struct cs_param *param = &params->at[i];
        if (!cs_str_is(key, param->name))
            continue;
        const struct cs_value *value = cs_call_value(box->call, param->name);
        if (value->kind == CS_LIST)
            push_many(L, param->type, value);
        else
            push_argument(L, param->type, value);
        return 1;
    }
    lua_pushnil(L);
    return 1;
}

static int call_words(lua_State *L)
{
    size_t count;
    const struct cs_str *words = cs_call_words(to_call(L)->call, &count);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        csi_push_str(L, words[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    csi_mark_array(L);
    return 1;
}

static int call_line(lua_State *L)
{
    csi_push_str(L, cs_call_line(to_call(L)->call));
    return 1;
}

/* ----------------------------------------------------------------- answers */

static int call_say(lua_State *L)
{
    struct cs_call *call = to_call(L)->call;
    cs_call_say(call, "%.*s", CS_STR_ARG(csi_to_str(L, 2)));
    return 0;
}

static int call_warn(lua_State *L)
{
    struct cs_call *call = to_call(L)->call;
    cs_call_warn(call, "%.*s", CS_STR_ARG(csi_to_str(L, 2)));
    return 0;
}

static int call_exit(lua_State *L)
{
    cs_call_exit(to_call(L)->call, (int)luaL_checkinteger(L, 2));
    return 0;
}

/* What a field of a time or code type says as text is a number inside the program. */
static struct cs_value as_declared(const struct cs_type *type, struct cs_value value)
{
    if (value.kind == CS_INT && type == &cs_type_code)
        return cs_value_code((uint32_t)value.integer);
    if (value.kind == CS_INT && type == &cs_type_time)
        return cs_value_time(value.integer);
    return value;
}

/* The row in the table at `index`, by the names of the declared fields.  A sink borrows it for
 * the call, so that millions of rows take the memory of one. */
static void give_row(lua_State *L, int index, const struct call_box *box)
{
    struct cs_error err;
    struct cs_arena *arena = csi_scratch(L);
    struct cs_arena_mark mark = cs_arena_mark(arena);
    const struct cs_fields *fields = &box->command->result;
    struct cs_value *values = cs_arena_alloc(arena, (fields->count + 1) * sizeof *values);
    size_t found = 0, given = 0;
    for (size_t i = 0; i < fields->count; i++) {
        if (lua_getfield(L, index, fields->at[i].name) != LUA_TNIL)
            found++;
        values[i] = as_declared(fields->at[i].type, csi_to_value(L, -1, arena));
        lua_pop(L, 1);
    }
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        given++;
    if (given != found)
        csi_raise_new(L, CS_INVALID, "a row of '%s' holds a field that is not declared",
                      box->command->name);
    cs_status status = cs_call_row(box->call, values, fields->count, &err);
    cs_arena_rewind(arena, mark);
    csi_check(L, status, &err);
}

static int call_row(lua_State *L)
{
    const struct call_box *box = to_call(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    give_row(L, 2, box);
    return 0;
}

/* What the function returned: nothing, a row, or a list of rows. */
static void give_result(lua_State *L, int index, const struct call_box *box)
{
    if (lua_isnil(L, index))
        return;
    if (!lua_istable(L, index))
        csi_raise_new(L, CS_INVALID, "'%s' returned a %s, not a row or a list of rows",
                      box->command->name, luaL_typename(L, index));
    lua_pushnil(L);
    if (!lua_next(L, index))
        return;
    bool single = lua_type(L, -2) == LUA_TSTRING;
    lua_settop(L, index);
    if (single) {
        give_row(L, index, box);
        return;
    }
    size_t count = lua_rawlen(L, index);
    for (size_t i = 1; i <= count; i++) {
        if (lua_rawgeti(L, index, (lua_Integer)i) != LUA_TTABLE)
            csi_raise_new(L, CS_INVALID, "row %d of '%s' is no table", (int)i, box->command->name);
        give_row(L, index + 1, box);
        lua_pop(L, 1);
    }
}

/* -------------------------------------------------------------------- run */

struct run {
    const struct csi_lua_handler *handler;
    struct cs_call *call;
};

/* (function, call): both ends of it, so that one pcall sees whatever goes wrong. */
static int call_and_give(lua_State *L)
{
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    lua_call(L, 1, 1);
    give_result(L, 3, lua_touserdata(L, 2));
    return 0;
}

/* (run) */
static int run_handler(lua_State *L)
{
    const struct run *run = lua_touserdata(L, 1);
    struct call_box *box = csi_new(L, &class_call, sizeof *box, 0); /* run call */
    *box = (struct call_box){run->call, run->handler->command};
    lua_pushcfunction(L, call_and_give);
    lua_rawgeti(L, LUA_REGISTRYINDEX, run->handler->function);
    lua_pushvalue(L, 2); /* run call call_and_give fn call */
    int failed = lua_pcall(L, 2, 0, 0);
    box->call = NULL;
    return failed ? lua_error(L) : 0;
}

cs_status csi_call_handler(struct cs_call *call, struct cs_error *err)
{
    const struct csi_lua_handler *handler = cs_call_data(call);
    struct csi_lua *lua = handler->lua;
    struct run run = {handler, call};
    unsigned granted = csi_caps_narrow(lua->shell, handler->caps);
    cs_status status = csi_protect(lua, run_handler, &run, err);
    csi_caps_set(lua->shell, granted);
    if (!lua->exiting || lua->frame)
        return status;
    /* os.exit in a command typed at the prompt leaves the shell */
    cs_call_exit(call, lua->exit_code);
    cs_shell_quit(lua->shell, lua->exit_code);
    csi_exit_done(lua);
    return CS_OK;
}
