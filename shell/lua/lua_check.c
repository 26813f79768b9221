/*
 * lua_check.c - lab:check(principal, template [, ca] [, {from=host}]): the decision.
 *
 *     local d = lab:check("CORP\\DC02$", "DirectoryEmailReplication")
 *     print(d.verdict, d.code)                       denied  0x80070005
 *     for _, g in ipairs(d.gates) do print(g.gate, g.verdict, g.why) end
 *
 * The rows are those of `enroll check`.  A refusal is an answer, never an error.  Room: lua.
 */
#include "lua/lua_internal.h"

static void set_text(lua_State *L, const char *name, struct cs_str text)
{
    csi_push_text_or_nil(L, text);
    lua_setfield(L, -2, name);
}

static void set_list(lua_State *L, const char *name, const struct cs_value *list)
{
    csi_push_value(L, list, CSI_NULL_IS_NIL);
    lua_setfield(L, -2, name);
}

static void push_gate(lua_State *L, const struct cs_gate *gate, const struct cs_gate_answer *answer)
{
    lua_createtable(L, 0, 6);
    lua_pushstring(L, gate->name);
    lua_setfield(L, -2, "gate");
    lua_pushstring(L, cs_verdict_name(answer->verdict));
    lua_setfield(L, -2, "verdict");
    csi_push_code(L, answer->code);
    lua_setfield(L, -2, "code");
    set_text(L, "why", answer->why);
    set_text(L, "ace", answer->ace);
    set_list(L, "via", &answer->via);
}

static void push_gates(lua_State *L, const struct cs_decision *decision)
{
    lua_createtable(L, (int)decision->count, 0);
    for (size_t i = 0; i < decision->count; i++) {
        push_gate(L, decision->gates[i], &decision->answers[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    csi_mark_array(L);
}

static void push_decision(lua_State *L, const struct cs_lab *lab,
                          const struct cs_decision *decision)
{
    const struct cs_host *from = decision->from ? cs_host_get(lab, decision->from) : NULL;
    lua_createtable(L, 0, 6);
    lua_pushstring(L, cs_verdict_name(decision->verdict));
    lua_setfield(L, -2, "verdict");
    csi_push_code(L, decision->code);
    lua_setfield(L, -2, "code");
    push_gates(L, decision);
    lua_setfield(L, -2, "gates");
    set_text(L, "from", from ? from->name : cs_str_of(""));
    set_list(L, "assumed", &decision->assumed);
    set_list(L, "missing", &decision->missing);
}

/* The options of the table at `index`; the ca may also stand in its own place. */
static void read_options(lua_State *L, int index, struct cs_lab *lab, struct cs_question *ask)
{
    if (lua_isnoneornil(L, index))
        return;
    csi_known_keys(L, index, "ca from");
    if (csi_field(L, index, "from")) {
        ask->from = csi_to_host(L, lua_gettop(L), 1, lab);
        lua_pop(L, 1);
    }
    if (csi_field(L, index, "ca")) {
        ask->ca = csi_to_ca(L, lua_gettop(L), 1, lab);
        lua_pop(L, 1);
    }
}

int csi_lab_check(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    struct cs_decision decision;
    lua_settop(L, 5);
    int options = lua_istable(L, 4) ? 4 : 5;
    struct cs_question ask = {.principal = csi_to_principal(L, 2, 1, lab)};
    ask.template_ = csi_to_template(L, 3, 1, lab);
    if (options == 5 && !lua_isnil(L, 4))
        ask.ca = csi_to_ca(L, 4, 1, lab);
    read_options(L, options, lab, &ask);
    struct cs_str name = cs_template_get(lab, ask.template_)->name;
    csi_check(L, cs_enroll_ca(lab, ask.ca, csi_lab_host(L, 1, lab), name, &ask.ca, &err), &err);
    csi_check(L, cs_enroll_check(lab, csi_scratch(L), &ask, true, &decision, &err), &err);
    push_decision(L, lab, &decision);
    return 1;
}
