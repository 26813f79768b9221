/*
 * lua_sd.c - security descriptors in Lua: certsh.sd.parse, certsh.sd.decode, and the methods.
 *
 *     local sd = certsh.sd.parse("O:BAG:BAD:(A;;CCDCSW;;;WD)")
 *     print(sd:check{token = certsh.token{user = "S-1-5-7"}, rights = 0xb}.kind)
 *
 * The userdata owns the arena that the descriptor lives in.  It is made empty and closed, gets
 * its metatable, and only then is something opened in it, so that running out of memory at any
 * point leaves nothing behind.
 * Room: lua.
 */
#include "lua/lua_internal.h"

struct sd_box {
    struct cs_arena *arena;
    struct cs_sd sd;
};

static int sd_close(lua_State *L);
static int sd_format(lua_State *L);
static int sd_encode(lua_State *L);
static int sd_bytes(lua_State *L);
static int sd_aces(lua_State *L);
static int sd_attribute(lua_State *L);

static const struct csi_fn methods[] = {{"format", sd_format, true},    {"encode", sd_encode, true},
                                        {"bytes", sd_bytes, false},     {"aces", sd_aces, true},
                                        {"check", csi_sd_check, false}, {0}};
static const struct csi_fn meta[] = {
    {"__gc", sd_close, false}, {"__close", sd_close, false}, {"__tostring", sd_format, true}, {0}};
const struct csi_class csi_class_sd = {
    .name = "certsh.sd", .methods = methods, .meta = meta, .attribute = sd_attribute};

static int sd_close(lua_State *L)
{
    struct sd_box *box = csi_to(L, 1, &csi_class_sd);
    cs_arena_free(box->arena);
    box->arena = NULL;
    return 0;
}

static struct sd_box *to_sd(lua_State *L, int index)
{
    struct sd_box *box = csi_to(L, index, &csi_class_sd);
    if (!box->arena)
        csi_raise_new(L, CS_STATE, "this descriptor is closed");
    return box;
}

static struct sd_box *new_sd(lua_State *L)
{
    struct sd_box *box = csi_new(L, &csi_class_sd, sizeof *box, 0);
    box->arena = cs_arena_new();
    if (!box->arena)
        csi_raise_new(L, CS_MEMORY, "out of memory");
    return box;
}

/* A descriptor that could not be read gives its memory back now, not when it is collected. */
static int finish(lua_State *L, struct sd_box *box, cs_status status, const struct cs_error *err)
{
    if (status == CS_OK)
        return 1;
    cs_arena_free(box->arena);
    box->arena = NULL;
    return csi_raise(L, err);
}

/* The domains whose aliases count, of {domain=sid, root=sid, machine=sid} at `index`. */
struct scope_box {
    struct cs_sid domain, root, machine;
    struct cs_sddl_scope scope;
};

static const struct cs_sid *scope_sid(lua_State *L, int index, const char *name, struct cs_sid *out)
{
    if (!csi_field(L, index, name))
        return NULL;
    *out = csi_to_sid(L, -1);
    lua_pop(L, 1);
    return out;
}

static const struct cs_sddl_scope *to_scope(lua_State *L, int index, struct scope_box *box)
{
    *box = (struct scope_box){0};
    if (lua_isnoneornil(L, index))
        return &box->scope;
    csi_known_keys(L, index, "domain root machine");
    box->scope.domain = scope_sid(L, index, "domain", &box->domain);
    box->scope.root = scope_sid(L, index, "root", &box->root);
    box->scope.machine = scope_sid(L, index, "machine", &box->machine);
    return &box->scope;
}

int csi_sd_parse(lua_State *L)
{
    struct cs_error err;
    struct scope_box scope;
    struct cs_str text = csi_to_str(L, 1);
    const struct cs_sddl_scope *of = to_scope(L, 2, &scope);
    struct sd_box *box = new_sd(L);
    return finish(L, box, cs_sddl_parse(box->arena, text, of, &box->sd, &err), &err);
}

int csi_sd_decode(lua_State *L)
{
    struct cs_error err;
    struct cs_str bytes = csi_to_str(L, 1);
    struct sd_box *box = new_sd(L);
    return finish(L, box, cs_sd_decode(box->arena, bytes, &box->sd, &err), &err);
}

/* As __tostring it gets no table (lua calls it with the object alone). */
static int sd_format(lua_State *L)
{
    struct cs_error err;
    struct cs_str text;
    struct scope_box scope;
    const struct cs_sddl_scope *of = to_scope(L, 2, &scope);
    csi_check(L, cs_sddl_format(csi_scratch(L), &to_sd(L, 1)->sd, of, &text, &err), &err);
    csi_push_str(L, text);
    return 1;
}

static int sd_encode(lua_State *L)
{
    struct cs_error err;
    struct cs_str bytes;
    csi_check(L, cs_sd_encode(csi_scratch(L), &to_sd(L, 1)->sd, &bytes, &err), &err);
    csi_push_str(L, bytes);
    return 1;
}

/* nil for one that was not decoded from bytes. */
static int sd_bytes(lua_State *L)
{
    csi_push_text_or_nil(L, to_sd(L, 1)->sd.bytes);
    return 1;
}

static void push_ace(lua_State *L, const struct cs_ace *ace)
{
    lua_createtable(L, 0, 5);
    csi_push_str(L, cs_ace_format(csi_scratch(L), ace));
    lua_setfield(L, -2, "text");
    lua_pushinteger(L, ace->type);
    lua_setfield(L, -2, "type");
    lua_pushinteger(L, ace->flags);
    lua_setfield(L, -2, "flags");
    if (ace->opaque)
        return;
    lua_pushinteger(L, ace->mask);
    lua_setfield(L, -2, "mask");
    csi_push_sid(L, &ace->sid);
    lua_setfield(L, -2, "sid");
    if (ace->object_flags & CS_ACE_HAS_TYPE) {
        struct cs_guid_text guid;
        lua_pushstring(L, cs_guid_format(&ace->object_type, &guid));
        lua_setfield(L, -2, "object_type");
    }
}

/* The DACL's entries as tables {text, type, flags, mask, sid, object_type}; nil where there is no
 * list. */
static int sd_aces(lua_State *L)
{
    const struct cs_sd *sd = &to_sd(L, 1)->sd;
    if (!sd->dacl) {
        lua_pushnil(L);
        return 1;
    }
    lua_createtable(L, (int)sd->dacl->count, 0);
    for (size_t i = 0; i < sd->dacl->count; i++) {
        push_ace(L, &sd->dacl->aces[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    csi_mark_array(L);
    return 1;
}

static int sd_attribute(lua_State *L)
{
    const struct cs_sd *sd = &to_sd(L, 1)->sd;
    struct cs_str key = csi_to_str(L, 2);
    if (cs_str_is(key, "owner") && sd->has_owner)
        csi_push_sid(L, &sd->owner);
    else if (cs_str_is(key, "group") && sd->has_group)
        csi_push_sid(L, &sd->group);
    else if (cs_str_is(key, "control"))
        lua_pushinteger(L, sd->control);
    else
        lua_pushnil(L);
    return 1;
}

/* ------------------------------------------------------------------- check */

/* Names of rights as SDDL has them, else as one of the vocabularies has them. */
static uint32_t parse_rights(lua_State *L, struct cs_str text)
{
    static const struct cs_rights_vocab *const vocabs[] = {&cs_rights_launch, &cs_rights_access,
                                                           &cs_rights_ca, &cs_rights_ds};
    uint32_t mask;
    struct cs_error first, err;
    if (cs_str_same(text, cs_str_of("maximum")))
        return CS_RIGHT_MAXIMUM_ALLOWED;
    if (cs_rights_parse_sddl(text, &mask, &first) == CS_OK)
        return mask;
    for (size_t i = 0; i < CS_COUNT(vocabs); i++)
        if (cs_rights_parse(vocabs[i], text, &mask, &err) == CS_OK)
            return mask;
    csi_raise(L, &first);
    return 0;
}

static uint32_t to_rights(lua_State *L, int index)
{
    if (!csi_field(L, index, "rights"))
        csi_raise_new(L, CS_INVALID, "'rights' is missing: a mask, rights as text, or \"maximum\"");
    uint32_t mask = 0;
    if (lua_type(L, -1) != LUA_TNUMBER) {
        mask = parse_rights(L, csi_to_str(L, -1));
        lua_pop(L, 1);
        return mask;
    }
    lua_pop(L, 1);
    return csi_opt_number(L, index, "rights", 0);
}

/* {read, write, execute, all}, by place or by name. */
static uint32_t mapping_of(lua_State *L, int index, int place, const char *name)
{
    if (csi_field(L, index, name)) {
        lua_pop(L, 1);
        return csi_opt_number(L, index, name, 0);
    }
    lua_rawgeti(L, index, place);
    int whole = 0;
    lua_Integer number = lua_tointegerx(L, -1, &whole);
    lua_pop(L, 1);
    if (!whole || number < 0 || number > UINT32_MAX)
        csi_raise_new(L, CS_INVALID, "'mapping' must be {read, write, execute, all}");
    return (uint32_t)number;
}

static bool to_mapping(lua_State *L, int index, struct cs_generic_mapping *mapping)
{
    if (!csi_field(L, index, "mapping"))
        return false;
    luaL_checktype(L, -1, LUA_TTABLE);
    int at = lua_gettop(L);
    mapping->read = mapping_of(L, at, 1, "read");
    mapping->write = mapping_of(L, at, 2, "write");
    mapping->execute = mapping_of(L, at, 3, "execute");
    mapping->all = mapping_of(L, at, 4, "all");
    lua_pop(L, 1);
    return true;
}

/* Levels of an object: itself, its property sets, their properties (MS-DTYP 2.5.3.2). */
enum { MAX_TYPES = 64 };

static size_t to_types(lua_State *L, int index, struct cs_guid *types)
{
    if (!csi_field(L, index, "object_types"))
        return 0;
    luaL_checktype(L, -1, LUA_TTABLE);
    size_t count = lua_rawlen(L, -1);
    if (count > MAX_TYPES)
        csi_raise_new(L, CS_LIMIT, "more than %d object types", MAX_TYPES);
    for (size_t i = 0; i < count; i++) {
        struct cs_error err;
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        csi_check(L, cs_guid_parse(csi_to_str(L, -1), &types[i], &err), &err);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return count;
}

/* A verdict: granted, mask, kind, ace (0-based, or nil), sid (of the token, or nil). */
static void push_verdict(lua_State *L, const struct cs_verdict *verdict,
                         const struct cs_token *token)
{
    lua_createtable(L, 0, 5);
    lua_pushboolean(L, verdict->granted);
    lua_setfield(L, -2, "granted");
    lua_pushinteger(L, verdict->mask);
    lua_setfield(L, -2, "mask");
    lua_pushstring(L, cs_verdict_name(verdict->kind));
    lua_setfield(L, -2, "kind");
    if (verdict->ace >= 0) {
        lua_pushinteger(L, verdict->ace);
        lua_setfield(L, -2, "ace");
    }
    if (verdict->sid >= 0) {
        csi_push_sid(L, &cs_token_at(token, (size_t)verdict->sid)->sid);
        lua_setfield(L, -2, "sid");
    }
}

/* Hot: touches no arena, so it needs no guard. */
int csi_sd_check(lua_State *L)
{
    const struct cs_sd *sd = &to_sd(L, 1)->sd;
    csi_known_keys(L, 2, "token rights self mapping object_types");
    struct cs_guid types[MAX_TYPES];
    struct cs_generic_mapping mapping;
    struct cs_sid self;
    struct cs_access ask = {.desired = to_rights(L, 2), .object_types = types};
    ask.object_type_count = to_types(L, 2, types);
    ask.mapping = to_mapping(L, 2, &mapping) ? &mapping : NULL;
    ask.self = scope_sid(L, 2, "self", &self);
    lua_getfield(L, 2, "token");
    ask.token = csi_to_token(L, -1);
    struct cs_verdict verdict = cs_access_check(sd, &ask);
    push_verdict(L, &verdict, ask.token);
    return 1;
}
