/*
 * lua_extend.c - gates of Lua plugins.
 *
 *     gates = {{name = "site-hours", brief = "...", check = function(caller)
 *         if caller.from and caller.from.name == "KIOSK" then
 *             return {verdict = "denied", code = 0x800706BA, why = "kiosks do not enrol"}
 *         end
 *     end, column = function(caller) return {"S-1-5-11"} end}}
 *
 * What comes out are the same structs that a plugin in C has; `data` is the Lua side.  A gate
 * looks and changes nothing: lab.write is withheld while it is asked.  Room: lua.
 */
#include "lua/lua_internal.h"

cs_status csi_call_held(const struct csi_lua_handler *handler, unsigned without, lua_CFunction fn,
                        void *context, struct cs_error *err)
{
    struct cs_shell *shell = handler->lua->shell;
    unsigned granted = csi_caps_narrow(shell, handler->caps & ~without);
    cs_status status = csi_protect(handler->lua, fn, context, err);
    csi_caps_set(shell, granted);
    return status;
}

struct csi_lua_handler *csi_keep_handler(lua_State *L, int index, const char *name, unsigned caps)
{
    struct csi_lua_handler *handler = cs_arena_alloc(csi_lua_of(L)->kept, sizeof *handler);
    if (!csi_field(L, index, name))
        return NULL;
    if (!lua_isfunction(L, -1))
        csi_raise_new(L, CS_INVALID, "'%s' must be a function", name);
    handler->lua = csi_lua_of(L);
    handler->caps = caps;
    handler->function = luaL_ref(L, LUA_REGISTRYINDEX);
    return handler;
}

/* --------------------------------------------------------------------- gates */

struct lua_gate {
    const struct csi_lua_handler *check, *column;
};

/* What was answered is kept aside: the caller's arena may be the scratch that is rewound. */
struct asking {
    const struct csi_lua_handler *handler;
    const struct cs_caller *caller;
    struct cs_arena *aside;
    struct cs_gate_answer answer; /* of check */
    bool names;                   /* the column form: these are named */
    struct cs_sid *sids;
    size_t sid_count;
};

/* The lab that is asked: the shell's, or one that is lent for this question.  [-0, +1, m] */
static struct csi_lab_box *push_lab(lua_State *L, const struct cs_lab *lab)
{
    struct cs_shell *shell = csi_lua_of(L)->shell;
    if (cs_shell_has_lab(shell) && cs_shell_lab(shell) == lab) {
        csi_push_shell_lab(L);
        return NULL;
    }
    struct csi_lab_box *box = csi_new_lab(L);
    box->lab = (struct cs_lab *)(size_t)lab;
    return box;
}

static void set_handle(lua_State *L, int lab_index, const struct cs_lab *lab, const char *name,
                       enum cs_noun noun, cs_id id)
{
    csi_push_handle(L, lab_index, lab, noun, id);
    lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, bool flag)
{
    lua_pushboolean(L, flag);
    lua_setfield(L, -2, name);
}

static void set_sids(lua_State *L, const struct cs_token *token)
{
    size_t count = token ? cs_token_count(token) : 0;
    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++) {
        if (!(cs_token_at(token, i)->flags & CS_TOKEN_ENABLED))
            continue;
        csi_push_sid(L, &cs_token_at(token, i)->sid);
        lua_pushboolean(L, true);
        lua_rawset(L, -3);
    }
    lua_setfield(L, -2, "sids");
}

/* {lab, principal, template, ca, ca_host, from, local_, running, anonymous, sids}  [-0, +1, m] */
static void push_caller(lua_State *L, int lab_index, const struct cs_caller *caller)
{
    const struct cs_lab *lab = caller->lab;
    lua_createtable(L, 0, 10);
    lua_pushvalue(L, lab_index);
    lua_setfield(L, -2, "lab");
    set_handle(L, lab_index, lab, "principal", CS_NOUN_PRINCIPAL, caller->ask->principal);
    set_handle(L, lab_index, lab, "template", CS_NOUN_TEMPLATE, caller->ask->template_);
    set_handle(L, lab_index, lab, "ca", CS_NOUN_CA, caller->ask->ca);
    set_handle(L, lab_index, lab, "ca_host", CS_NOUN_HOST, caller->ca_host);
    set_handle(L, lab_index, lab, "from", CS_NOUN_HOST, caller->from);
    set_flag(L, "is_local", caller->local);
    set_flag(L, "is_running", caller->running);
    set_flag(L, "is_anonymous", caller->anonymous);
    set_sids(L, caller->com_token);
}

static struct cs_str keep_text(lua_State *L, struct cs_arena *arena, const char *name)
{
    return cs_str_copy(arena, csi_opt_text(L, -1, name));
}

static void take_list(lua_State *L, struct cs_arena *arena, const char *name, struct cs_value *out)
{
    if (!csi_field(L, -1, name))
        return;
    *out = csi_to_value(L, -1, arena);
    lua_pop(L, 1);
    if (out->kind != CS_LIST)
        csi_raise_new(L, CS_INVALID, "'%s' of a gate's answer must be a list", name);
}

/* The answer in the table on top; nothing is allowed. */
static void take_answer(lua_State *L, struct asking *asking)
{
    static const char *const words[] = {"allowed", "denied", "not-granted", "unknown", NULL};
    static const enum cs_verdict_kind kinds[] = {CS_ALLOWED, CS_DENIED, CS_NOT_GRANTED,
                                                 CS_UNKNOWN_VERDICT};
    struct cs_arena *arena = asking->aside;
    if (lua_isnoneornil(L, -1))
        return;
    luaL_checktype(L, -1, LUA_TTABLE);
    int index = lua_gettop(L);
    csi_known_keys(L, index, "verdict code why ace via missing detail");
    asking->answer.verdict =
        kinds[csi_choice(L, csi_need_text(L, index, "verdict"), "verdict", words)];
    asking->answer.code = csi_opt_number(L, index, "code", 0);
    asking->answer.why = keep_text(L, arena, "why");
    asking->answer.ace = keep_text(L, arena, "ace");
    take_list(L, arena, "via", &asking->answer.via);
    take_list(L, arena, "missing", &asking->answer.missing);
    take_list(L, arena, "detail", &asking->answer.detail);
}

static void take_column(lua_State *L, struct asking *asking)
{
    luaL_checktype(L, -1, LUA_TTABLE);
    asking->sid_count = lua_rawlen(L, -1);
    asking->sids = cs_arena_alloc(asking->aside, (asking->sid_count + 1) * sizeof *asking->sids);
    for (size_t i = 0; i < asking->sid_count; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        asking->sids[i] = csi_to_sid(L, lua_gettop(L));
        lua_pop(L, 1);
    }
}

/* (asking, lab): the function is asked, and its answer read. */
static int ask(lua_State *L)
{
    struct asking *asking = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, asking->handler->function);
    push_caller(L, 2, asking->caller);
    lua_call(L, 1, 1);
    if (asking->names)
        take_column(L, asking);
    else
        take_answer(L, asking);
    return 0;
}

/* (asking): a lab that was lent is taken back, however it ended. */
static int ask_in_lab(lua_State *L)
{
    const struct asking *asking = lua_touserdata(L, 1);
    lua_pushcfunction(L, ask);
    lua_pushvalue(L, 1);
    struct csi_lab_box *lent = push_lab(L, asking->caller->lab);
    lua_pushvalue(L, -1);
    lua_insert(L, 2); /* keeps the box alive */
    int failed = lua_pcall(L, 2, 0, 0);
    if (lent)
        lent->lab = NULL;
    return failed ? lua_error(L) : 0;
}

static cs_status ask_aside(struct asking *asking, struct cs_error *err)
{
    asking->aside = cs_arena_new();
    if (!asking->aside)
        return cs_fail(err, CS_MEMORY, "out of memory");
    return csi_call_held(asking->handler, CSI_LAB_WRITE, ask_in_lab, asking, err);
}

static cs_status check_gate(const struct cs_caller *caller, struct cs_gate_answer *answer,
                            struct cs_error *err)
{
    const struct lua_gate *gate = caller->gate->data;
    struct asking asking = {.handler = gate->check, .caller = caller, .answer = *answer};
    cs_status status = ask_aside(&asking, err);
    const struct cs_gate_answer *said = &asking.answer;
    if (status == CS_OK)
        *answer = (struct cs_gate_answer){.verdict = said->verdict,
                                          .code = said->code,
                                          .why = cs_str_copy(caller->arena, said->why),
                                          .ace = cs_str_copy(caller->arena, said->ace),
                                          .via = cs_value_copy(caller->arena, &said->via),
                                          .assumed = answer->assumed,
                                          .missing = cs_value_copy(caller->arena, &said->missing),
                                          .detail = cs_value_copy(caller->arena, &said->detail)};
    cs_arena_free(asking.aside);
    return status;
}

static cs_status name_column(const struct cs_caller *caller, struct cs_column *column,
                             struct cs_error *err)
{
    const struct lua_gate *gate = caller->gate->data;
    struct asking asking = {.handler = gate->column, .caller = caller, .names = true};
    cs_status status = ask_aside(&asking, err);
    for (size_t i = 0; status == CS_OK && i < asking.sid_count; i++)
        cs_column_sid(column, &asking.sids[i]);
    cs_arena_free(asking.aside);
    return status;
}

void csi_fill_gate(lua_State *L, int index, void *element)
{
    struct cs_gate *gate = element;
    unsigned caps = csi_declaring(L);
    struct lua_gate *data = cs_arena_alloc(csi_lua_of(L)->kept, sizeof *data);
    csi_known_keys(L, index, "name brief check column");
    data->check = csi_keep_handler(L, index, "check", caps);
    data->column = csi_keep_handler(L, index, "column", caps);
    if (!data->check)
        csi_raise_new(L, CS_INVALID, "'check' is missing: the function of the gate");
    *gate = (struct cs_gate){.name = csi_keep_need(L, index, "name"),
                             .brief = csi_keep_need(L, index, "brief"),
                             .check = check_gate,
                             .column = data->column ? name_column : NULL,
                             .data = data};
}
