/*
 * lua_build_host.c - building a lab from Lua: hosts and what is on them, CAs, templates.
 *
 *     lab:add_host{name = "DC01", domain = "CORP", role = "dc", windows = "2003-sp1"}
 *     lab:set_registry("DC01", [[HKLM\SOFTWARE\Microsoft\Ole]], "EnableDCOM", "Y")
 *     lab:set_registry("DC01", ole, "MachineLaunchRestriction",
 *                      {sddl = lab:default_dcom("2003-sp1", "launch-limit")})
 *
 * A value of the registry: a whole number is a REG_DWORD, a text a REG_SZ, {sddl=} a
 * descriptor in REG_BINARY, {bytes=} REG_BINARY as it is, a list of texts a REG_MULTI_SZ; a
 * type name after it ("REG_EXPAND_SZ") wins.  Room: lua.
 */
#include <string.h>

#include "lua/lua_build.h"

static int add_host(lua_State *L);
static int set_registry(lua_State *L);
static int remove_registry(lua_State *L);
static int add_service(lua_State *L);
static int set_right(lua_State *L);
static int open_session(lua_State *L);
static int restart(lua_State *L);
static int add_ca(lua_State *L);
static int add_template(lua_State *L);
static int set_template(lua_State *L);
static int certsvc_update(lua_State *L);

const struct csi_fn csi_build_host[] = {{"add_host", add_host, true, CSI_LAB_WRITE},
                                        {"set_registry", set_registry, true, CSI_LAB_WRITE},
                                        {"remove_registry", remove_registry, true, CSI_LAB_WRITE},
                                        {"add_service", add_service, true, CSI_LAB_WRITE},
                                        {"set_right", set_right, true, CSI_LAB_WRITE},
                                        {"open_session", open_session, true, CSI_LAB_WRITE},
                                        {"restart", restart, true, CSI_LAB_WRITE},
                                        {"add_ca", add_ca, true, CSI_LAB_WRITE},
                                        {"add_template", add_template, true, CSI_LAB_WRITE},
                                        {"set_template", set_template, true, CSI_LAB_WRITE},
                                        {"certsvc_update", certsvc_update, true, CSI_LAB_WRITE},
                                        {0}};

/* ------------------------------------------------------------------- hosts */

/* The account of a host that is being added: NAME$ of its domain. */
static cs_id account_named(lua_State *L, const struct cs_lab *lab, const struct cs_host *host)
{
    struct cs_str name = cs_str_printf(csi_scratch(L), "%.*s$", CS_STR_ARG(host->name));
    return host->domain ? cs_principal_named(lab, host->domain, 0, name) : 0;
}

static enum cs_windows to_windows(lua_State *L, struct cs_str word)
{
    enum cs_windows windows = cs_windows_find(word);
    if (windows == CS_WINDOWS_UNKNOWN)
        csi_raise_new(L, CS_INVALID, "unknown windows '%.*s'; for example 2003-sp1, xp, 2022",
                      CS_STR_ARG(word));
    return windows;
}

static enum cs_role to_role(lua_State *L, struct cs_str word)
{
    static const char *const roles[] = {"workstation", "member", "dc", NULL};
    return (enum cs_role)(csi_choice(L, word, "role", roles) + CS_ROLE_WORKSTATION);
}

/* A built lab knows what its hosts are; one that was imported may not. */
static enum cs_role opt_role(lua_State *L)
{
    return csi_has_field(L, 2, "role") ? to_role(L, csi_need_text(L, 2, "role")) : 0;
}

static enum cs_windows opt_windows(lua_State *L)
{
    return csi_has_field(L, 2, "windows") ? to_windows(L, csi_need_text(L, 2, "windows"))
                                          : CS_WINDOWS_UNKNOWN;
}

static int add_host(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    cs_id id = 0;
    csi_known_keys(L, 2,
                   "name dns domain role windows edition language machine complete account booted");
    struct cs_host host = {.record = {.source = csi_build_source(L)},
                           .name = csi_need_text(L, 2, "name"),
                           .dns = csi_opt_text(L, 2, "dns"),
                           .role = opt_role(L),
                           .windows = opt_windows(L),
                           .edition = csi_opt_text(L, 2, "edition"),
                           .language = csi_opt_text(L, 2, "language"),
                           .machine = csi_opt_sid(L, 2, "machine"),
                           .complete = csi_opt_flag(L, 2, "complete")};
    host.domain = csi_opt_domain(L, 2, "domain", lab);
    if (!csi_has_field(L, 2, "language"))
        host.language = CS_STR("en");
    host.account = csi_has_field(L, 2, "account") ? csi_opt_called(L, 2, "account", lab)
                                                  : account_named(L, lab, &host);
    cs_lab_begin(lab, CS_STR("lab:add_host"));
    csi_build_end(L, lab, cs_host_put(lab, &host, &id, &err), &err);
    csi_set_booted(L, lab, id);
    csi_push_handle(L, 1, lab, CS_NOUN_HOST, id);
    return 1;
}

static int restart(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    cs_id host = csi_to_host(L, 2, 1, lab);
    cs_lab_begin(lab, CS_STR("lab:restart"));
    csi_build_end(L, lab, cs_host_restart(lab, host, &err), &err);
    return 0;
}

static int open_session(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    cs_id id;
    csi_known_keys(L, 2, "host user");
    lua_getfield(L, 2, "host");
    lua_getfield(L, 2, "user");
    cs_id host = csi_to_host(L, -2, 1, lab);
    cs_id user = csi_to_principal(L, -1, 1, lab);
    cs_lab_begin(lab, CS_STR("lab:open_session"));
    csi_build_end(L, lab, cs_session_open(lab, host, user, &id, &err), &err);
    return 0;
}

/* ---------------------------------------------------------------- registry */

struct reg_data {
    uint32_t type;
    struct cs_str data;
};

/* Whose aliases a descriptor on that host may use: its domain's, its forest's root's. */
static struct cs_sddl_scope scope_of_domain(const struct cs_lab *lab, cs_id id)
{
    const struct cs_domain *domain = id ? cs_domain_get(lab, id) : NULL;
    struct cs_sddl_scope scope = {0};
    if (!domain)
        return scope;
    scope.domain = domain->sid.count ? &domain->sid : NULL;
    scope.root = cs_domain_root_sid(lab, id);
    return scope;
}

static struct cs_str sddl_data(lua_State *L, const struct cs_lab *lab, cs_id host,
                               struct cs_str sddl)
{
    struct cs_sd sd;
    struct cs_str bytes;
    struct cs_error err;
    struct cs_sddl_scope scope = scope_of_domain(lab, cs_host_get(lab, host)->domain);
    csi_check(L, cs_sddl_parse(csi_scratch(L), sddl, &scope, &sd, &err), &err);
    csi_check(L, cs_sd_encode_registry(csi_scratch(L), &sd, &bytes, &err), &err);
    return bytes;
}

struct cs_str csi_dword_data(lua_State *L, int index)
{
    lua_Integer number = lua_tointeger(L, index);
    if (number < 0 || number > UINT32_MAX)
        csi_raise_new(L, CS_INVALID, "a REG_DWORD has 32 bits");
    unsigned char bytes[4];
    for (int i = 0; i < 4; i++)
        bytes[i] = (unsigned char)((uint32_t)number >> (8 * i));
    return cs_str_span(cs_arena_copy(csi_scratch(L), bytes, sizeof bytes), sizeof bytes);
}

/* Each text in UTF-16LE with its NUL, and one more NUL after the last. */
struct cs_str csi_multi_data(lua_State *L, int index)
{
    struct cs_arena *arena = csi_scratch(L);
    struct cs_str all = cs_str_of("");
    size_t count = lua_rawlen(L, index);
    for (size_t i = 1; i <= count + 1; i++) {
        lua_rawgeti(L, index, (lua_Integer)i);
        struct cs_str text = i > count ? cs_str_of("") : csi_to_str(L, -1);
        struct cs_str one = cs_reg_text_data(arena, text);
        char *both = cs_arena_alloc(arena, all.length + one.length + 1);
        if (all.length)
            memcpy(both, all.at, all.length);
        memcpy(both + all.length, one.at, one.length);
        all = cs_str_span(both, all.length + one.length);
        lua_pop(L, 1);
    }
    return all;
}

static struct reg_data table_data(lua_State *L, int index, const struct cs_lab *lab, cs_id host)
{
    struct reg_data none = {CS_REG_BINARY, {"", 0}};
    if (lua_rawlen(L, index))
        return (struct reg_data){CS_REG_MULTI_SZ, csi_multi_data(L, index)};
    csi_known_keys(L, index, "sddl bytes multi");
    if (lab && csi_field(L, index, "sddl"))
        return (struct reg_data){CS_REG_BINARY, sddl_data(L, lab, host, csi_to_str(L, -1))};
    if (csi_field(L, index, "bytes"))
        return (struct reg_data){CS_REG_BINARY, csi_to_str(L, -1)};
    csi_raise_new(L, CS_INVALID, "a registry value is {sddl=}, {bytes=} or a list of texts");
    return none;
}

static struct reg_data to_data(lua_State *L, int index, const struct cs_lab *lab, cs_id host);

struct cs_str csi_to_reg_data(lua_State *L, int index, uint32_t *type)
{
    struct reg_data data = to_data(L, index, NULL, 0);
    *type = data.type;
    return data.data;
}

static struct reg_data to_data(lua_State *L, int index, const struct cs_lab *lab, cs_id host)
{
    if (lua_isinteger(L, index))
        return (struct reg_data){CS_REG_DWORD, csi_dword_data(L, index)};
    if (lua_istable(L, index))
        return table_data(L, index, lab, host);
    struct cs_str text = csi_to_str(L, index);
    return (struct reg_data){CS_REG_SZ, cs_reg_text_data(csi_scratch(L), text)};
}

uint32_t csi_to_reg_type(lua_State *L, int index, uint32_t fallback)
{
    static const uint32_t types[] = {CS_REG_NONE,  CS_REG_SZ,       CS_REG_EXPAND_SZ, CS_REG_BINARY,
                                     CS_REG_DWORD, CS_REG_MULTI_SZ, CS_REG_QWORD};
    if (lua_isnoneornil(L, index))
        return fallback;
    if (lua_isinteger(L, index))
        return (uint32_t)lua_tointeger(L, index);
    struct cs_str word = csi_to_str(L, index);
    for (size_t i = 0; i < CS_COUNT(types); i++)
        if (cs_str_same(word, cs_str_of(cs_reg_type_name(types[i]))))
            return types[i];
    csi_raise_new(L, CS_INVALID, "unknown registry type '%.*s'", CS_STR_ARG(word));
    return fallback;
}

/* (lab, host, key, name, value [, type]) */
static int set_registry(lua_State *L)
{
    if (lua_istable(L, 2))
        return csi_set_registry_fields(L);
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    lua_settop(L, 6);
    cs_id host = csi_to_host(L, 2, 1, lab);
    struct cs_str key = cs_registry_key(csi_scratch(L), csi_to_str(L, 3));
    struct cs_str name = csi_to_str(L, 4);
    struct reg_data value = to_data(L, 5, lab, host);
    uint32_t type = csi_to_reg_type(L, 6, value.type);
    struct cs_source source = csi_build_source(L);
    cs_lab_begin(lab, CS_STR("lab:set_registry"));
    csi_build_end(L, lab, cs_registry_set(lab, host, key, name, type, value.data, source, &err),
                  &err);
    return 0;
}

/* (lab, host, key, name) */
static int remove_registry(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    cs_id host = csi_to_host(L, 2, 1, lab);
    struct cs_str key = cs_registry_key(csi_scratch(L), csi_to_str(L, 3));
    struct cs_str name = csi_to_str(L, 4);
    cs_lab_begin(lab, CS_STR("lab:remove_registry"));
    csi_build_end(L, lab, cs_registry_remove(lab, host, key, name, &err), &err);
    return 0;
}

/* ------------------------------------------------------ services and rights */

static int add_service(lua_State *L)
{
    static const char *const states[] = {"stopped", "running", NULL};
    static const char *const starts[] = {"auto", "demand", "disabled", NULL};
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    cs_id id;
    csi_known_keys(L, 2, "host name display state start");
    lua_getfield(L, 2, "host");
    struct cs_service service = {.host = csi_to_host(L, lua_gettop(L), 1, lab),
                                 .name = csi_need_text(L, 2, "name"),
                                 .display = csi_opt_text(L, 2, "display")};
    service.record.source = csi_build_source(L);
    if (csi_has_field(L, 2, "state")) {
        bool running = csi_choice(L, csi_need_text(L, 2, "state"), "state", states) == 1;
        service.state = running ? CS_SERVICE_RUNNING : CS_SERVICE_STOPPED;
    }
    if (csi_has_field(L, 2, "start")) {
        int start = csi_choice(L, csi_need_text(L, 2, "start"), "start", starts);
        service.start = (enum cs_service_start)(CS_START_AUTO + start);
    }
    if (!csi_has_field(L, 2, "display"))
        service.display = service.name;
    cs_lab_begin(lab, CS_STR("lab:add_service"));
    csi_build_end(L, lab, cs_service_put(lab, &service, &id, &err), &err);
    return 0;
}

/* The SID in text form of what is named at `index`, as seen from `host`. */
static struct cs_str sid_text(lua_State *L, int index, struct cs_lab *lab, cs_id host)
{
    struct cs_sid sid;
    struct cs_error err;
    struct cs_sid_text text;
    cs_id id;
    if (lua_isuserdata(L, index) || cs_sid_parse(csi_to_str(L, index), &sid, &err) != CS_OK) {
        struct cs_principal of;
        if (lua_isuserdata(L, index))
            id = csi_to_principal(L, index, 1, lab);
        else
            csi_check(L, cs_principal_resolve(lab, csi_to_str(L, index), host, &id, &err), &err);
        cs_principal_get(lab, id, &of);
        sid = of.sid;
    }
    return cs_str_copy(csi_scratch(L), cs_str_of(cs_sid_format(&sid, &text)));
}

/* (lab, host, right, {sid or name or handle, ...}) */
static int set_right(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    if (lua_istable(L, 2))
        return csi_set_right_fields(L);
    cs_id id = 0, host = csi_to_host(L, 2, 1, lab);
    luaL_checktype(L, 4, LUA_TTABLE);
    size_t count = lua_rawlen(L, 4);
    struct cs_str *sids = cs_arena_alloc(csi_scratch(L), (count + 1) * sizeof *sids);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, 4, (lua_Integer)i + 1);
        sids[i] = sid_text(L, lua_gettop(L), lab, host);
        lua_pop(L, 1);
    }
    struct cs_right_grant grant = {.host = host, .name = csi_to_str(L, 3), .sids = {sids, count}};
    const struct cs_right_grant *before = cs_right_find(lab, host, grant.name);
    if (before)
        grant.record = before->record;
    grant.record.source = csi_build_source(L);
    cs_lab_begin(lab, CS_STR("lab:set_right"));
    csi_build_end(L, lab, cs_right_put(lab, &grant, &id, &err), &err);
    return 0;
}

/* -------------------------------------------------------- cas and templates */

static struct cs_strs opt_texts(lua_State *L, int index, const char *name)
{
    struct cs_strs none = {NULL, 0};
    if (!csi_field(L, index, name))
        return none;
    luaL_checktype(L, -1, LUA_TTABLE);
    size_t count = lua_rawlen(L, -1);
    struct cs_str *texts = cs_arena_alloc(csi_scratch(L), (count + 1) * sizeof *texts);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        texts[i] = csi_to_str(L, -1); /* the table keeps it */
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return (struct cs_strs){texts, count};
}

static enum cs_ca_type to_ca_type(lua_State *L, struct cs_str word)
{
    static const char *const words[] = {"enterprise-root", "enterprise-subordinate",
                                        "standalone-root", "standalone-subordinate", NULL};
    static const enum cs_ca_type types[] = {CS_CA_ENTERPRISE_ROOT, CS_CA_ENTERPRISE_SUBORDINATE,
                                            CS_CA_STANDALONE_ROOT, CS_CA_STANDALONE_SUBORDINATE};
    return types[csi_choice(L, word, "type of ca", words)];
}

static int add_ca(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    cs_id id = 0;
    csi_known_keys(L, 2, "host name type templates more_templates dns sd sd_hex excerpt");
    lua_getfield(L, 2, "host");
    struct cs_ca ca = {.record = {.source = csi_build_source(L)},
                       .host = lua_isnil(L, -1) ? 0 : csi_to_host(L, lua_gettop(L), 1, lab),
                       .name = csi_need_text(L, 2, "name"),
                       .dns = csi_opt_text(L, 2, "dns"),
                       .type = to_ca_type(L, csi_need_text(L, 2, "type")),
                       .templates = opt_texts(L, 2, "templates")};
    ca.templates_known = ca.templates.at != NULL && !csi_opt_flag(L, 2, "more_templates");
    ca.sd = csi_opt_sd(L, 2, "sd", false);
    if (csi_has_field(L, 2, "excerpt"))
        ca.excerpt = cs_lab_origin(lab, csi_opt_text(L, 2, "excerpt"));
    if (!csi_has_field(L, 2, "dns") && ca.host)
        ca.dns = cs_host_get(lab, ca.host)->dns;
    cs_lab_begin(lab, CS_STR("lab:add_ca"));
    csi_build_end(L, lab, cs_ca_put(lab, &ca, &id, &err), &err);
    csi_push_handle(L, 1, lab, CS_NOUN_CA, id);
    return 1;
}

/* A template's descriptor: SDDL whose aliases are those of its forest's root domain. */
static struct cs_str template_sd(lua_State *L, const struct cs_lab *lab, struct cs_str forest)
{
    struct cs_sd sd;
    struct cs_str bytes = cs_str_of(""), sddl = csi_opt_text(L, 2, "sd");
    struct cs_error err;
    if (!sddl.length)
        return bytes;
    struct cs_sddl_scope scope = scope_of_domain(lab, cs_domain_find(lab, forest));
    csi_check(L, cs_sddl_parse(csi_scratch(L), sddl, &scope, &sd, &err), &err);
    csi_check(L, cs_sd_encode(csi_scratch(L), &sd, &bytes, &err), &err);
    return bytes;
}

static int add_template(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    cs_id id = 0;
    csi_known_keys(L, 2,
                   "forest name display display_ja oid schema flags enroll_flags name_flags "
                   "key_flags signatures sd sd_hex excerpt");
    struct cs_template of = {.record = {.source = csi_build_source(L)},
                             .forest = csi_opt_text(L, 2, "forest"),
                             .name = csi_need_text(L, 2, "name"),
                             .display = csi_opt_text(L, 2, "display"),
                             .display_ja = csi_opt_text(L, 2, "display_ja"),
                             .oid = csi_opt_text(L, 2, "oid"),
                             .schema = csi_opt_number(L, 2, "schema", 1),
                             .flags = csi_opt_number(L, 2, "flags", 0),
                             .enroll_flags = csi_opt_number(L, 2, "enroll_flags", 0),
                             .name_flags = csi_opt_number(L, 2, "name_flags", 0),
                             .key_flags = csi_opt_number(L, 2, "key_flags", 0),
                             .signatures = csi_opt_number(L, 2, "signatures", 0)};
    of.sd = csi_has_field(L, 2, "sd_hex") ? csi_opt_sd(L, 2, "sd", false)
                                          : template_sd(L, lab, of.forest);
    of.excerpt = csi_opt_flag(L, 2, "excerpt");
    cs_lab_begin(lab, CS_STR("lab:add_template"));
    csi_build_end(L, lab, cs_template_put(lab, &of, &id, &err), &err);
    csi_push_handle(L, 1, lab, CS_NOUN_TEMPLATE, id);
    return 1;
}

/* Change what is given of a template that is there. */
static int set_template(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    csi_known_keys(L, 2, "forest name flags enroll_flags name_flags key_flags signatures sd");
    struct cs_str name = csi_need_text(L, 2, "name");
    cs_id id = cs_template_find(lab, csi_opt_text(L, 2, "forest"), name);
    if (!id)
        csi_raise_new(L, CS_NOT_FOUND, "no template '%.*s'", CS_STR_ARG(name));
    struct cs_template of = *cs_template_get(lab, id);
    of.flags = csi_opt_number(L, 2, "flags", of.flags);
    of.enroll_flags = csi_opt_number(L, 2, "enroll_flags", of.enroll_flags);
    of.name_flags = csi_opt_number(L, 2, "name_flags", of.name_flags);
    of.key_flags = csi_opt_number(L, 2, "key_flags", of.key_flags);
    of.signatures = csi_opt_number(L, 2, "signatures", of.signatures);
    struct cs_str sd = template_sd(L, lab, of.forest);
    if (sd.length)
        of.sd = sd;
    cs_lab_begin(lab, CS_STR("lab:set_template"));
    csi_build_end(L, lab, cs_template_put(lab, &of, &id, &err), &err);
    csi_push_handle(L, 1, lab, CS_NOUN_TEMPLATE, id);
    return 1;
}

static int certsvc_update(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    struct cs_certsvc_update did = {0};
    cs_id host = csi_to_host(L, 2, 1, lab);
    cs_lab_begin(lab, CS_STR("lab:certsvc_update"));
    csi_build_end(L, lab, cs_certsvc_update(lab, host, &did, &err), &err);
    const struct {
        const char *name;
        bool value;
    } flags[] = {{"ran", did.ran},
                 {"group_made", did.group_made},
                 {"member_added", did.member_added},
                 {"limit_changed", did.limit_changed},
                 {"permission_changed", did.permission_changed},
                 {"shadowed", did.shadowed}};
    lua_createtable(L, 0, CS_COUNT(flags));
    for (size_t i = 0; i < CS_COUNT(flags); i++) {
        lua_pushboolean(L, flags[i].value);
        lua_setfield(L, -2, flags[i].name);
    }
    return 1;
}
