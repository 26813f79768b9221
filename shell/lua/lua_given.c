/*
 * lua_given.c - building a lab from what is given whole: the calls of an export (certsh/dump.h).
 *
 *     lab:dump(function(call, fields) ... end)      every call, with its fields
 *     lab:moment{time = "2006-11-30T09:00:00Z"}     what follows was so from then on
 *     lab:add_members{group = "CORP\\Domain Users", members = {"CORP\\alice"}}
 *     lab:seal{ages = true}
 *
 * Rules of Windows are not asked: an export says what is.  Principals are called by name, by SID,
 * or as S-1-5-32-545@WS01.  Room: lua.
 */
#include <string.h>

#include <certsh/dump.h>
#include <certsh/event.h>
#include <certsh/sd.h>

#include "lua/lua_build.h"

static int lab_dump(lua_State *L);
static int moment(lua_State *L);
static int told_by(lua_State *L);
static int add_foreign(lua_State *L);
static int add_members(lua_State *L);
static int remove_members(lua_State *L);
static int remove_principal(lua_State *L);
static int set_primary(lua_State *L);
static int started(lua_State *L);
static int cover(lua_State *L);
static int add_key(lua_State *L);
static int add_event(lua_State *L);

const struct csi_fn csi_build_given[] = {
    {"dump", lab_dump, true, CSI_LAB_READ},
    {"moment", moment, true, CSI_LAB_WRITE},
    {"told_by", told_by, true, CSI_LAB_WRITE},
    {"add_foreign", add_foreign, true, CSI_LAB_WRITE},
    {"add_members", add_members, true, CSI_LAB_WRITE},
    {"remove_members", remove_members, true, CSI_LAB_WRITE},
    {"remove_principal", remove_principal, true, CSI_LAB_WRITE},
    {"set_primary", set_primary, true, CSI_LAB_WRITE},
    {"started", started, true, CSI_LAB_WRITE},
    {"cover", cover, true, CSI_LAB_WRITE},
    {"add_key", add_key, true, CSI_LAB_WRITE},
    {"add_event", add_event, true, CSI_LAB_WRITE},
    {0}};

/* --------------------------------------------------------------------- dump */

struct dumping {
    struct csi_lua *lua;
    const char *call;
    const struct cs_member *fields;
    size_t count;
};

/* (dumping): calls the function that waits in the registry with the call, its fields, and the
 * names of these in order. */
static int give(lua_State *L)
{
    const struct dumping *dumping = lua_touserdata(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, dumping);
    lua_pushstring(L, dumping->call);
    lua_createtable(L, 0, (int)dumping->count);
    lua_createtable(L, (int)dumping->count, 0);
    for (size_t i = 0; i < dumping->count; i++) {
        csi_push_str(L, dumping->fields[i].name);
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, (lua_Integer)i + 1);
        csi_push_value(L, &dumping->fields[i].value, CSI_NULL_IS_NIL);
        lua_rawset(L, -4);
    }
    lua_call(L, 3, 0);
    return 0;
}

static cs_status take_call(void *context, const char *call, const struct cs_member *fields,
                           size_t count, struct cs_error *err)
{
    struct dumping *dumping = context;
    dumping->call = call;
    dumping->fields = fields;
    dumping->count = count;
    return csi_protect(dumping->lua, give, dumping, err);
}

static int lab_dump(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    struct dumping dumping = {.lua = csi_lua_of(L)};
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &dumping);
    cs_status status = cs_lab_dump(lab, take_call, &dumping, &err);
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &dumping);
    csi_check(L, status, &err);
    return 0;
}

/* ------------------------------------------------------------------- fields */

bool csi_has_field(lua_State *L, int index, const char *name)
{
    bool there = csi_field(L, index, name);
    if (there)
        lua_pop(L, 1);
    return there;
}

struct cs_source csi_build_source(lua_State *L)
{
    const struct csi_lua *lua = csi_lua_of(L);
    if (lua->told.origin || lua->told.line)
        return lua->told;
    return (struct cs_source){lua->building ? CS_ORIGIN_LAB : CS_ORIGIN_COMMAND, 0};
}

static cs_id to_called(lua_State *L, int index, const struct cs_lab *lab)
{
    cs_id id = cs_principal_called(lab, csi_to_str(L, index));
    if (!id)
        csi_raise_new(L, CS_NOT_FOUND, "no principal '%s'", lua_tostring(L, index));
    return id;
}

cs_id csi_opt_called(lua_State *L, int index, const char *name, const struct cs_lab *lab)
{
    if (!csi_field(L, index, name))
        return 0;
    cs_id id = lua_isboolean(L, -1) ? 0 : to_called(L, -1, lab);
    lua_pop(L, 1);
    return id;
}

static cs_id need_called(lua_State *L, const char *name, const struct cs_lab *lab)
{
    cs_id id = csi_opt_called(L, 2, name, lab);
    if (!id)
        csi_raise_new(L, CS_INVALID, "'%s' is missing", name);
    return id;
}

static cs_id need_host(lua_State *L, struct cs_lab *lab)
{
    lua_getfield(L, 2, "host");
    cs_id host = csi_to_host(L, lua_gettop(L), 1, lab);
    lua_pop(L, 1);
    return host;
}

static struct cs_str bytes_of_hex(lua_State *L, struct cs_str hex)
{
    static const char digits[] = "0123456789abcdef";
    char *bytes = cs_arena_alloc(csi_scratch(L), hex.length / 2 + 1);
    for (size_t i = 0; i < hex.length; i++) {
        const char *digit = hex.at[i] ? strchr(digits, hex.at[i] | 0x20) : NULL;
        if (!digit || hex.length % 2)
            csi_raise_new(L, CS_INVALID, "'%.40s' is no list of bytes in hex", hex.at);
        bytes[i / 2] = (char)(bytes[i / 2] << 4 | (digit - digits));
    }
    return cs_str_span(bytes, hex.length / 2);
}

struct cs_str csi_opt_sd(lua_State *L, int index, const char *name, bool registry)
{
    struct cs_sd sd;
    struct cs_str bytes;
    struct cs_error err;
    const char *as_hex = cs_arena_printf(csi_scratch(L), "%s_hex", name);
    if (csi_has_field(L, index, as_hex))
        return bytes_of_hex(L, csi_opt_text(L, index, as_hex));
    struct cs_str sddl = csi_opt_text(L, index, name);
    if (!sddl.length)
        return sddl;
    csi_check(L, cs_sddl_parse(csi_scratch(L), sddl, NULL, &sd, &err), &err);
    cs_status status = registry ? cs_sd_encode_registry(csi_scratch(L), &sd, &bytes, &err)
                                : cs_sd_encode(csi_scratch(L), &sd, &bytes, &err);
    csi_check(L, status, &err);
    return bytes;
}

/* --------------------------------------------------------------------- time */

static int moment(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    csi_known_keys(L, 2, "time");
    lua_getfield(L, 2, "time");
    csi_check(L, cs_lab_at_moment(lab, csi_to_seconds(L, -1), &err), &err);
    return 0;
}

static int told_by(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    csi_known_keys(L, 2, "by line");
    struct cs_source source = {cs_lab_origin(lab, csi_need_text(L, 2, "by")),
                               csi_opt_number(L, 2, "line", 0)};
    csi_lua_of(L)->told = source;
    return 0;
}

void csi_set_booted(lua_State *L, struct cs_lab *lab, cs_id id)
{
    struct cs_error err;
    if (!csi_field(L, 2, "booted"))
        return;
    struct cs_host host = *cs_host_get(lab, id);
    host.booted = csi_to_seconds(L, -1);
    lua_pop(L, 1);
    cs_lab_begin(lab, CS_STR("lab:started"));
    csi_build_end(L, lab, cs_host_put(lab, &host, NULL, &err), &err);
}

static int started(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    csi_known_keys(L, 2, "host booted");
    cs_id host = need_host(L, lab);
    cs_lab_begin(lab, CS_STR("lab:started"));
    csi_build_end(L, lab, cs_host_purge(lab, host, &err), &err);
    csi_set_booted(L, lab, host);
    return 0;
}

/* --------------------------------------------------------------- principals */

/* One that nobody has explained; of a well-known one, what the lab adds to it. */
static int add_foreign(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    csi_known_keys(L, 2, "sid name display dn comment domain host upn mail dns os");
    struct cs_principal p = {.kind = CS_FOREIGN, .sid = csi_opt_sid(L, 2, "sid")};
    cs_id id = cs_principal_owned(lab, &p.sid, 0, 0);
    if (id)
        cs_principal_get(lab, id, &p);
    else
        p.name = csi_opt_text(L, 2, "name");
    p.domain = csi_opt_domain(L, 2, "domain", lab);
    p.display = csi_opt_text(L, 2, "display");
    p.dn = csi_opt_text(L, 2, "dn");
    p.comment = csi_opt_text(L, 2, "comment");
    p.source = csi_build_source(L);
    cs_lab_begin(lab, CS_STR("lab:add_foreign"));
    csi_build_end(L, lab, cs_principal_put(lab, &p, &id, &err), &err);
    csi_push_handle(L, 1, lab, CS_NOUN_PRINCIPAL, id);
    return 1;
}

static cs_status change_all(lua_State *L, struct cs_lab *lab, cs_id group, const cs_id *members,
                            size_t count, bool present, struct cs_error *err)
{
    (void)L;
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < count; i++)
        status = cs_member_given(lab, group, members[i], present, err);
    return status;
}

static int change_members(lua_State *L, bool present)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    csi_known_keys(L, 2, "group members");
    cs_id group = need_called(L, "group", lab);
    lua_getfield(L, 2, "members");
    luaL_checktype(L, -1, LUA_TTABLE);
    size_t count = lua_rawlen(L, -1);
    cs_id *members = cs_arena_alloc(csi_scratch(L), (count + 1) * sizeof *members);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        members[i] = to_called(L, lua_gettop(L), lab);
        lua_pop(L, 1);
    }
    cs_lab_begin(lab, CS_STR("lab:add_members"));
    csi_build_end(L, lab, change_all(L, lab, group, members, count, present, &err), &err);
    return 0;
}

static int add_members(lua_State *L)
{
    return change_members(L, true);
}

static int remove_members(lua_State *L)
{
    return change_members(L, false);
}

static int remove_principal(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    csi_known_keys(L, 2, "who");
    cs_id id = need_called(L, "who", lab);
    cs_lab_begin(lab, CS_STR("lab:remove_principal"));
    csi_build_end(L, lab, cs_principal_remove(lab, id, &err), &err);
    return 0;
}

/* The primary group by its RID; listed memberships stay as they are. */
static int set_primary(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    struct cs_principal p;
    csi_known_keys(L, 2, "who rid");
    cs_principal_get(lab, need_called(L, "who", lab), &p);
    p.primary = csi_opt_number(L, 2, "rid", 0);
    cs_lab_begin(lab, CS_STR("lab:set_primary"));
    csi_build_end(L, lab, cs_principal_put(lab, &p, NULL, &err), &err);
    return 0;
}

/* ---------------------------------------------------------------- registry */

static struct cs_str value_bytes(lua_State *L, uint32_t *type)
{
    if (!csi_field(L, 2, "value")) {
        *type = CS_REG_BINARY;
        return csi_opt_sd(L, 2, "sd", true);
    }
    if (lua_isinteger(L, -1)) {
        *type = CS_REG_DWORD;
        return csi_dword_data(L, -1);
    }
    if (lua_istable(L, -1)) {
        *type = CS_REG_MULTI_SZ;
        return csi_multi_data(L, lua_gettop(L));
    }
    *type = CS_REG_SZ;
    return cs_reg_text_data(csi_scratch(L), csi_to_str(L, -1));
}

int csi_set_registry_fields(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    uint32_t type;
    csi_known_keys(L, 2, "host key name value sd sd_hex type");
    cs_id host = need_host(L, lab);
    struct cs_str key = csi_need_text(L, 2, "key"), name = csi_opt_text(L, 2, "name");
    struct cs_str data = value_bytes(L, &type);
    lua_getfield(L, 2, "type");
    type = csi_to_reg_type(L, lua_gettop(L), type);
    cs_lab_begin(lab, CS_STR("lab:set_registry"));
    csi_build_end(
        L, lab, cs_registry_set(lab, host, key, name, type, data, csi_build_source(L), &err), &err);
    return 0;
}

static int add_key(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    struct cs_str none = {"", 0};
    csi_known_keys(L, 2, "host key");
    cs_id host = need_host(L, lab);
    struct cs_str key = csi_need_text(L, 2, "key");
    cs_lab_begin(lab, CS_STR("lab:add_key"));
    csi_build_end(
        L, lab, cs_registry_set(lab, host, key, none, CS_REG_KEY, none, csi_build_source(L), &err),
        &err);
    return 0;
}

static int cover(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    csi_known_keys(L, 2, "host key");
    cs_id host = need_host(L, lab);
    struct cs_str key = csi_need_text(L, 2, "key");
    cs_lab_begin(lab, CS_STR("lab:cover"));
    csi_build_end(L, lab, cs_registry_cover(lab, host, key, csi_build_source(L), &err), &err);
    return 0;
}

/* ----------------------------------------------------------- rights, events */

int csi_set_right_fields(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    csi_known_keys(L, 2, "host right holders");
    struct cs_right_grant grant = {.record = {.source = csi_build_source(L)},
                                   .host = need_host(L, lab),
                                   .name = csi_need_text(L, 2, "right")};
    lua_getfield(L, 2, "holders");
    luaL_checktype(L, -1, LUA_TTABLE);
    grant.sids.count = lua_rawlen(L, -1);
    struct cs_str *sids = cs_arena_alloc(csi_scratch(L), (grant.sids.count + 1) * sizeof *sids);
    for (size_t i = 0; i < grant.sids.count; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        sids[i] = csi_to_str(L, -1); /* the table keeps it */
        lua_pop(L, 1);
    }
    grant.sids.at = sids;
    cs_lab_begin(lab, CS_STR("lab:set_right"));
    csi_build_end(L, lab, cs_right_put(lab, &grant, NULL, &err), &err);
    return 0;
}

static int add_event(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    csi_known_keys(L, 2, "host log source id type category user text time");
    struct cs_event event = {.record = {.source = csi_build_source(L)},
                             .host = need_host(L, lab),
                             .log = csi_opt_text(L, 2, "log"),
                             .source = csi_opt_text(L, 2, "source"),
                             .event_id = csi_opt_number(L, 2, "id", 0),
                             .type = csi_opt_text(L, 2, "type"),
                             .category = csi_opt_text(L, 2, "category"),
                             .user = csi_opt_text(L, 2, "user"),
                             .text = csi_opt_text(L, 2, "text")};
    lua_getfield(L, 2, "time");
    event.time = csi_to_seconds(L, -1);
    cs_lab_begin(lab, CS_STR("lab:add_event"));
    csi_build_end(L, lab, cs_event_given(lab, &event, &err), &err);
    return 0;
}
