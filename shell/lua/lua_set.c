/*
 * lua_set.c - sets of principals: and, or, minus and not in C, a bit for every principal.
 *
 *     local staff = lab:group("CORP\\Staff"):set()
 *     local may = lab:who("User")                          who is allowed to enrol
 *     for id in (staff - may):ids() do print(lab:principal(id)) end
 *     print(#(staff & may), staff <= may, (~staff):has("alice"))
 *
 * A set lives in its userdata (125 KB for a million principals) and belongs to one lab; what `~`
 * is measured against is all principals there were when a set of the family was first turned
 * round.  ids() gives numbers, which cost nothing;
 * each() gives handles.  A number is taken wherever a name is.  An import may number principals
 * anew: sets are made again after it.  Room: lua.
 */
#include <string.h>

#include "lua/lua_internal.h"

struct set_box {
    const struct cs_lab *lab;
    uint32_t end; /* of the ids there were */
    int64_t size; /* -1: not counted yet */
    size_t count; /* of words, in whole blocks */
    uint64_t words[];
};

static int set_size(lua_State *L);
static int set_has(lua_State *L);
static int set_ids(lua_State *L);
static int set_each(lua_State *L);
static int set_and(lua_State *L);
static int set_or(lua_State *L);
static int set_minus(lua_State *L);
static int set_not(lua_State *L);
static int set_same(lua_State *L);
static int set_within(lua_State *L);
static int set_tostring(lua_State *L);

static const struct csi_fn methods[] = {{"size", set_size, false},
                                        {"has", set_has, true},
                                        {"ids", set_ids, false},
                                        {"each", set_each, true},
                                        {0}};
static const struct csi_fn meta[] = {
    {"__len", set_size, false},  {"__band", set_and, false},          {"__bor", set_or, false},
    {"__sub", set_minus, false}, {"__bnot", set_not, true},           {"__eq", set_same, false},
    {"__le", set_within, false}, {"__tostring", set_tostring, false}, {0}};
static const struct csi_class class_set = {.name = "certsh.set", .methods = methods, .meta = meta};

static struct cs_set bits_of(const struct set_box *box)
{
    return (struct cs_set){(uint64_t *)(size_t)box->words, box->count};
}

/* A new set of that lab, which is at `lab_index`; empty.  [-0, +1, m] */
static struct set_box *new_set(lua_State *L, int lab_index, const struct cs_lab *lab, uint32_t end)
{
    lab_index = lua_absindex(L, lab_index);
    size_t words = ((size_t)end + 63) / 64;
    size_t count = (words + CS_SET_BLOCK - 1) / CS_SET_BLOCK * CS_SET_BLOCK;
    struct set_box *box = csi_new(L, &class_set, sizeof *box + count * sizeof *box->words, 2);
    *box = (struct set_box){.lab = lab, .end = end, .size = -1, .count = count};
    lua_pushvalue(L, lab_index);
    lua_setiuservalue(L, -2, 1);
    return box;
}

static struct set_box *to_set(lua_State *L, int index)
{
    return csi_to(L, index, &class_set);
}

/* The lab of the set at `index` is pushed; it must still be the one.  [-0, +1, e] */
static struct cs_lab *lab_of(lua_State *L, int index)
{
    const struct set_box *box = to_set(L, index);
    lua_getiuservalue(L, index, 1);
    struct cs_lab *lab = csi_to_lab(L, -1);
    if (lab != box->lab)
        csi_raise_new(L, CS_STATE, "this set belongs to a lab that is no longer open");
    return lab;
}

/* ---------------------------------------------------------------------- make */

void csi_push_set(lua_State *L, int lab_index, const struct cs_lab *lab, const struct cs_set *set)
{
    struct set_box *box = new_set(L, lab_index, lab, cs_principal_end(lab));
    size_t count = set->count < box->count ? set->count : box->count;
    memcpy(box->words, set->words, count * sizeof *box->words);
}

/* All principals there are, or those of a kind. */
static void add_all(struct set_box *box, int kind)
{
    struct cs_principal one;
    struct cs_set bits = bits_of(box);
    for (cs_id id = 1; id < box->end; id++)
        if (cs_principal_get(box->lab, id, &one) && (!kind || kind == (int)one.kind))
            cs_set_add(&bits, id);
}

/* (lab, {kind=} or {who, ...}, or nothing for all) */
int csi_lab_set(lua_State *L)
{
    static const char *const kinds[] = {"user", "computer", "group", "well-known", "foreign", NULL};
    struct cs_lab *lab = csi_to_lab(L, 1);
    lua_settop(L, 2);
    struct set_box *box = new_set(L, 1, lab, cs_principal_end(lab));
    struct cs_set bits = bits_of(box);
    if (lua_isnil(L, 2)) {
        add_all(box, 0);
        return 1;
    }
    luaL_checktype(L, 2, LUA_TTABLE);
    struct cs_str kind = csi_opt_text(L, 2, "kind");
    if (kind.length)
        add_all(box, csi_choice(L, kind, "kind", kinds) + 1);
    for (size_t i = 1; i <= lua_rawlen(L, 2); i++) {
        lua_rawgeti(L, 2, (lua_Integer)i);
        cs_set_add(&bits, csi_to_principal(L, lua_gettop(L), 1, lab));
        lua_pop(L, 1);
    }
    return 1;
}

static bool add_member(void *context, cs_id id, unsigned depth)
{
    (void)depth;
    cs_set_add(context, id);
    return true;
}

/* (group [, {direct=true}]): everybody in it. */
int csi_group_set(lua_State *L)
{
    struct cs_lab *lab;
    lua_settop(L, 2);
    bool direct = false;
    if (!lua_isnil(L, 2)) {
        csi_known_keys(L, 2, "direct");
        direct = csi_opt_flag(L, 2, "direct");
    }
    const struct csi_handle *group = csi_to_handle(L, 1, &csi_class_principal, &lab); /* 3 */
    struct cs_set bits = bits_of(new_set(L, 3, lab, cs_principal_end(lab)));
    cs_group_members(lab, group->id, CS_NOW, direct, add_member, &bits);
    return 1;
}

static void read_who(lua_State *L, struct cs_lab *lab, struct cs_question *ask,
                     enum cs_verdict_kind *verdict)
{
    static const char *const words[] = {"allowed", "denied", "not-granted", "unknown", NULL};
    static const enum cs_verdict_kind kinds[] = {CS_ALLOWED, CS_DENIED, CS_NOT_GRANTED,
                                                 CS_UNKNOWN_VERDICT};
    if (lua_isnoneornil(L, 3))
        return;
    csi_known_keys(L, 3, "ca from verdict");
    if (csi_field(L, 3, "ca"))
        ask->ca = csi_to_ca(L, lua_gettop(L), 1, lab);
    if (csi_field(L, 3, "from"))
        ask->from = csi_to_host(L, lua_gettop(L), 1, lab);
    struct cs_str word = csi_opt_text(L, 3, "verdict");
    if (word.length)
        *verdict = kinds[csi_choice(L, word, "verdict", words)];
    lua_settop(L, 3);
}

/* (lab, template [, {ca=, from=, verdict=}]): who gets that answer, "allowed" if not said. */
int csi_lab_who(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    struct cs_who who;
    enum cs_verdict_kind verdict = CS_ALLOWED;
    lua_settop(L, 3);
    struct cs_question ask = {.template_ = csi_to_template(L, 2, 1, lab)};
    read_who(L, lab, &ask, &verdict);
    struct cs_str name = cs_template_get(lab, ask.template_)->name;
    csi_check(L, cs_enroll_ca(lab, ask.ca, csi_lab_host(L, 1, lab), name, &ask.ca, &err), &err);
    csi_check(L, cs_enroll_who(lab, csi_scratch(L), &ask, &who, &err), &err);
    struct cs_set all = cs_set_new(csi_scratch(L), cs_principal_end(lab));
    for (size_t i = 0; i < who.count; i++)
        if (who.parts[i].verdict == verdict)
            cs_set_or(&all, &who.parts[i].who);
    csi_push_set(L, 1, lab, &all);
    return 1;
}

/* ----------------------------------------------------------------------- ask */

static int64_t size_of(struct set_box *box)
{
    const struct cs_set bits = bits_of(box);
    if (box->size < 0)
        box->size = (int64_t)cs_set_size(&bits);
    return box->size;
}

static int set_size(lua_State *L)
{
    lua_pushinteger(L, size_of(to_set(L, 1)));
    return 1;
}

/* (set, who) */
static int set_has(lua_State *L)
{
    lua_settop(L, 2);
    const struct cs_set bits = bits_of(to_set(L, 1));
    struct cs_lab *lab = lab_of(L, 1); /* 3 */
    lua_pushboolean(L, cs_set_has(&bits, csi_to_principal(L, 2, 3, lab)));
    return 1;
}

/* The id last given is the control variable: nothing is made for a step. */
static int next_id(lua_State *L)
{
    const struct cs_set bits = bits_of(lua_touserdata(L, lua_upvalueindex(1)));
    uint32_t id = cs_set_next(&bits, (uint32_t)lua_tointeger(L, 2) + 1);
    if (!id)
        return 0;
    lua_pushinteger(L, id);
    return 1;
}

static int set_ids(lua_State *L)
{
    to_set(L, 1);
    lua_settop(L, 1);
    lua_pushcclosure(L, next_id, 1);
    lua_pushnil(L);
    lua_pushinteger(L, 0);
    return 3;
}

/* Upvalues: the set, its lab, the last id. */
static int next_handle(lua_State *L)
{
    const struct set_box *box = lua_touserdata(L, lua_upvalueindex(1));
    struct cs_set bits = bits_of(box);
    struct cs_lab *lab = csi_to_lab(L, lua_upvalueindex(2));
    struct cs_principal one;
    uint32_t id = (uint32_t)lua_tointeger(L, lua_upvalueindex(3));
    while ((id = cs_set_next(&bits, id + 1)) && !cs_principal_get(lab, id, &one))
        ;
    lua_pushinteger(L, id);
    lua_replace(L, lua_upvalueindex(3));
    csi_push_handle(L, lua_upvalueindex(2), lab, CS_NOUN_PRINCIPAL, id);
    return 1;
}

static int set_each(lua_State *L)
{
    lua_settop(L, 1);
    lab_of(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_handle, 3);
    return 1;
}

static int set_tostring(lua_State *L)
{
    lua_pushfstring(L, "set of %d principals", (int)size_of(to_set(L, 1)));
    return 1;
}

/* ------------------------------------------------------------------- combine */

/* Both sets of one lab; they may have been made at different times. */
static void check_pair(lua_State *L, const struct set_box *a, const struct set_box *b)
{
    if (a->lab != b->lab)
        csi_raise_new(L, CS_INVALID, "the two sets are of different labs");
}

/* A copy of the set at 1 with room for the one at 2, and what one of them knows of all
 * principals.  [-0, +1, m] */
static struct set_box *copy_set(lua_State *L, const struct set_box *from,
                                const struct set_box *like)
{
    uint32_t end = from->end > like->end ? from->end : like->end;
    lua_getiuservalue(L, 1, 1);
    struct set_box *box = new_set(L, -1, from->lab, end);
    lua_remove(L, -2);
    memcpy(box->words, from->words, from->count * sizeof *box->words);
    if (lua_getiuservalue(L, 1, 2) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_getiuservalue(L, 2, 2);
    }
    lua_setiuservalue(L, -2, 2);
    return box;
}

/* What the other says of words it does not have is nothing. */
static int combine(lua_State *L, void (*op)(struct cs_set *into, const struct cs_set *other))
{
    const struct set_box *a = to_set(L, 1), *b = to_set(L, 2);
    check_pair(L, a, b);
    struct cs_set into = bits_of(copy_set(L, a, b)), other = bits_of(b);
    struct cs_set rest = {into.words + other.count, into.count - other.count};
    into.count = other.count;
    op(&into, &other);
    if (op == cs_set_and && rest.count)
        cs_set_clear(&rest);
    return 1;
}

static int set_and(lua_State *L)
{
    return combine(L, cs_set_and);
}

static int set_or(lua_State *L)
{
    return combine(L, cs_set_or);
}

static int set_minus(lua_State *L)
{
    return combine(L, cs_set_minus);
}

/* All principals there were when a set of this family was first turned round; pushed. */
static const struct set_box *push_all(lua_State *L, int index)
{
    if (lua_getiuservalue(L, index, 2) != LUA_TNIL)
        return to_set(L, -1);
    lua_pop(L, 1);
    struct cs_lab *lab = lab_of(L, index);
    struct set_box *all = new_set(L, -1, lab, cs_principal_end(lab));
    lua_remove(L, -2);
    add_all(all, 0);
    lua_pushvalue(L, -1);
    lua_setiuservalue(L, index, 2);
    return all;
}

/* All principals of the lab that are not in it. */
static int set_not(lua_State *L)
{
    lua_settop(L, 1);
    const struct set_box *box = to_set(L, 1), *all = push_all(L, 1); /* 2 */
    lua_getiuservalue(L, 1, 1);
    struct set_box *out = new_set(L, 3, box->lab, all->end);
    memcpy(out->words, all->words, all->count * sizeof *out->words);
    lua_pushvalue(L, 2);
    lua_setiuservalue(L, -2, 2);
    struct cs_set into = bits_of(out), other = bits_of(box);
    if (other.count < into.count)
        into.count = other.count;
    cs_set_minus(&into, &other);
    return 1;
}

/* Is every word of `a` within `b`'s? */
static bool within(const struct set_box *a, const struct set_box *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->words[i] & ~(i < b->count ? b->words[i] : 0))
            return false;
    return true;
}

static int set_within(lua_State *L)
{
    const struct set_box *a = to_set(L, 1), *b = to_set(L, 2);
    check_pair(L, a, b);
    lua_pushboolean(L, within(a, b));
    return 1;
}

static int set_same(lua_State *L)
{
    const struct set_box *a = csi_test(L, 1, &class_set), *b = csi_test(L, 2, &class_set);
    lua_pushboolean(L, a && b && a->lab == b->lab && within(a, b) && within(b, a));
    return 1;
}
