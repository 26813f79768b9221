/*
 * lua_build.c - building a lab from Lua: domains, trusts, principals, memberships.
 *
 *     local lab = ...
 *     lab:add_domain{dns = "corp.example", netbios = "CORP", sid = "S-1-5-21-1-2-3"}
 *     lab:add_user{domain = "CORP", name = "alice", rid = 1104, mail = "alice@corp.example"}
 *     lab:add_member("CORP\\Domain Users", "CORP\\alice")
 *
 * The built-in labs are scripts of such calls (scripts/labs); on an open lab they are ordinary
 * changes that undo.  The calls that add give a handle.  Room: lua.
 */
#include "lua/lua_build.h"

#include <stdio.h>

#include <certsh/dump.h>

static int add_domain(lua_State *L);
static int add_trust(lua_State *L);
static int add_user(lua_State *L);
static int add_computer(lua_State *L);
static int add_group(lua_State *L);
static int add_member(lua_State *L);
static int remove_member(lua_State *L);
static int lab_start(lua_State *L);
static int lab_set_clock(lua_State *L);
static int lab_seal(lua_State *L);

const struct csi_fn csi_build_directory[] = {{"add_domain", add_domain, true, CSI_LAB_WRITE},
                                             {"add_trust", add_trust, true, CSI_LAB_WRITE},
                                             {"add_user", add_user, true, CSI_LAB_WRITE},
                                             {"add_computer", add_computer, true, CSI_LAB_WRITE},
                                             {"add_group", add_group, true, CSI_LAB_WRITE},
                                             {"add_member", add_member, true, CSI_LAB_WRITE},
                                             {"remove_member", remove_member, true, CSI_LAB_WRITE},
                                             {"start", lab_start, true, CSI_LAB_WRITE},
                                             {"set_clock", lab_set_clock, true, CSI_LAB_WRITE},
                                             {"seal", lab_seal, true, CSI_LAB_WRITE},
                                             {0}};

/* A row of user accounts that Windows calls normal (MS-SAMR 2.2.1.13: UF_NORMAL_ACCOUNT). */
enum { UAC_NORMAL = 0x200 };
enum { RID_USERS = 513, RID_COMPUTERS = 515, RID_DCS = 516 };

void csi_build_end(lua_State *L, struct cs_lab *lab, cs_status status, struct cs_error *err)
{
    csi_check(L, cs_lab_end(lab, status, err), err);
}

cs_id csi_opt_domain(lua_State *L, int index, const char *name, struct cs_lab *lab)
{
    if (!csi_field(L, index, name))
        return 0;
    cs_id id = csi_to_domain(L, lua_gettop(L), lab);
    lua_pop(L, 1);
    return id;
}

struct cs_sid csi_opt_sid(lua_State *L, int index, const char *name)
{
    if (!csi_field(L, index, name))
        return (struct cs_sid){0};
    struct cs_sid sid = csi_to_sid(L, -1);
    lua_pop(L, 1);
    return sid;
}

/* ----------------------------------------------------------------- domains */

static int add_domain(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    cs_id id;
    csi_known_keys(L, 2, "dns netbios forest sid mixed");
    struct cs_domain domain = {.dns = csi_need_text(L, 2, "dns"),
                               .netbios = csi_opt_text(L, 2, "netbios"),
                               .forest = csi_opt_text(L, 2, "forest"),
                               .sid = csi_opt_sid(L, 2, "sid"),
                               .mixed = csi_opt_flag(L, 2, "mixed")};
    domain.record.source = csi_build_source(L);
    if (!csi_has_field(L, 2, "forest"))
        domain.forest = domain.dns;
    cs_lab_begin(lab, CS_STR("lab:add_domain"));
    csi_build_end(L, lab, cs_domain_put(lab, &domain, &id, &err), &err);
    csi_push_handle(L, 1, lab, CS_NOUN_DOMAIN, id);
    return 1;
}

static int add_trust(lua_State *L)
{
    static const char *const kinds[] = {"forest", "external", "within-forest", NULL};
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    cs_id id;
    csi_known_keys(L, 2, "trusting trusted kind quarantined selective history");
    struct cs_trust trust = {.trusting = csi_opt_domain(L, 2, "trusting", lab),
                             .trusted = csi_opt_domain(L, 2, "trusted", lab),
                             .quarantined = csi_opt_flag(L, 2, "quarantined"),
                             .selective = csi_opt_flag(L, 2, "selective"),
                             .history = csi_opt_flag(L, 2, "history")};
    trust.record.source = csi_build_source(L);
    int kind = csi_choice(L, csi_need_text(L, 2, "kind"), "kind of trust", kinds);
    if (!trust.trusting || !trust.trusted)
        csi_raise_new(L, CS_INVALID, "a trust needs 'trusting' and 'trusted'");
    trust.kind = (enum cs_trust_kind)(kind + CS_TRUST_FOREST);
    cs_lab_begin(lab, CS_STR("lab:add_trust"));
    csi_build_end(L, lab, cs_trust_put(lab, &trust, &id, &err), &err);
    return 0;
}

/* -------------------------------------------------------------- principals */

/* Whose it is, and its SID: given whole, or as a RID of its domain or machine. */
static void read_place(lua_State *L, struct cs_lab *lab, struct cs_principal *of)
{
    of->domain = csi_opt_domain(L, 2, "domain", lab);
    if (!of->domain && csi_field(L, 2, "host")) {
        of->host = csi_to_host(L, lua_gettop(L), 1, lab);
        lua_pop(L, 1);
    }
    if (!of->domain && !of->host && !csi_has_field(L, 2, "sid"))
        csi_raise_new(L, CS_INVALID, "'domain' or 'host' is missing: whose is '%.*s'?",
                      CS_STR_ARG(of->name));
    uint32_t rid = csi_opt_number(L, 2, "rid", 0);
    of->sid = csi_opt_sid(L, 2, "sid");
    if (!rid)
        return;
    if (of->scope == CS_SCOPE_BUILTIN)
        of->sid = cs_sid_of2(5, 32, rid);
    else if (of->domain)
        of->sid = cs_sid_child(&cs_domain_get(lab, of->domain)->sid, rid);
    else
        of->sid = cs_sid_child(&cs_host_get(lab, of->host)->machine, rid);
}

/* Facts of an account that a directory tells and a script seldom needs. */
static void read_more(lua_State *L, struct cs_principal *of)
{
    of->dns = csi_opt_text(L, 2, "dns");
    of->os = csi_opt_text(L, 2, "os");
    of->upn = csi_opt_text(L, 2, "upn");
    of->mail = csi_opt_text(L, 2, "mail");
    of->comment = csi_opt_text(L, 2, "comment");
    of->managed = csi_opt_flag(L, 2, "managed");
    of->members_open = csi_opt_flag(L, 2, "open");
    of->uac = csi_opt_number(L, 2, "uac", of->uac);
}

static int put_principal(lua_State *L, struct cs_lab *lab, struct cs_principal *of)
{
    struct cs_error err;
    cs_id id = 0;
    of->source = csi_build_source(L);
    cs_lab_begin(lab, CS_STR("lab:add"));
    csi_build_end(L, lab, cs_principal_put(lab, of, &id, &err), &err);
    csi_push_handle(L, 1, lab, CS_NOUN_PRINCIPAL, id);
    return 1;
}

static int add_user(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    csi_known_keys(L, 2,
                   "domain host name rid sid upn mail display primary disabled comment dn dns os "
                   "managed uac");
    struct cs_principal user = {.kind = CS_USER,
                                .name = csi_need_text(L, 2, "name"),
                                .upn = csi_opt_text(L, 2, "upn"),
                                .mail = csi_opt_text(L, 2, "mail"),
                                .display = csi_opt_text(L, 2, "display"),
                                .comment = csi_opt_text(L, 2, "comment"),
                                .dn = csi_opt_text(L, 2, "dn"),
                                .uac = UAC_NORMAL};
    read_more(L, &user);
    if (csi_opt_flag(L, 2, "disabled"))
        user.uac |= CS_UAC_DISABLED;
    read_place(L, lab, &user);
    user.primary = csi_opt_number(L, 2, "primary", RID_USERS);
    return put_principal(L, lab, &user);
}

static int add_computer(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    csi_known_keys(
        L, 2, "domain host name rid sid dns dc os display dn primary managed upn mail comment uac");
    struct cs_str name = csi_need_text(L, 2, "name");
    if (!cs_str_ends(name, CS_STR("$")) && !csi_has_field(L, 2, "uac"))
        name = cs_str_printf(csi_scratch(L), "%.*s$", CS_STR_ARG(name));
    bool dc = csi_opt_flag(L, 2, "dc");
    struct cs_principal computer = {.kind = CS_COMPUTER,
                                    .name = name,
                                    .dns = csi_opt_text(L, 2, "dns"),
                                    .os = csi_opt_text(L, 2, "os"),
                                    .display = csi_opt_text(L, 2, "display"),
                                    .dn = csi_opt_text(L, 2, "dn"),
                                    .managed = csi_opt_flag(L, 2, "managed"),
                                    .uac = dc ? CS_UAC_DC : CS_UAC_WORKSTATION};
    read_more(L, &computer);
    read_place(L, lab, &computer);
    computer.primary = csi_opt_number(L, 2, "primary", dc ? RID_DCS : RID_COMPUTERS);
    return put_principal(L, lab, &computer);
}

static int add_group(lua_State *L)
{
    static const char *const scopes[] = {"global",  "universal",     "domain-local",
                                         "builtin", "machine-local", NULL};
    struct cs_lab *lab = csi_to_lab(L, 1);
    csi_known_keys(
        L, 2, "domain host name rid sid scope comment security display mail dn upn dns os open");
    bool told = csi_has_field(L, 2, "scope") || !csi_has_field(L, 2, "sid");
    int scope = told ? csi_choice(L, csi_need_text(L, 2, "scope"), "scope", scopes) : -1;
    struct cs_principal group = {.kind = CS_GROUP,
                                 .scope = (enum cs_scope)(scope + CS_SCOPE_GLOBAL),
                                 .name = csi_need_text(L, 2, "name"),
                                 .comment = csi_opt_text(L, 2, "comment"),
                                 .display = csi_opt_text(L, 2, "display"),
                                 .mail = csi_opt_text(L, 2, "mail"),
                                 .dn = csi_opt_text(L, 2, "dn"),
                                 .security = true};
    read_more(L, &group);
    if (csi_field(L, 2, "security")) {
        group.security = lua_toboolean(L, -1);
        lua_pop(L, 1);
    }
    read_place(L, lab, &group);
    return put_principal(L, lab, &group);
}

/* -------------------------------------------------------------- membership */

/* A group or member at `index`, looked up as from `host` (0: the usual place). */
static cs_id named_from(lua_State *L, int index, struct cs_lab *lab, cs_id host)
{
    if (!host || lua_isuserdata(L, index))
        return csi_to_principal(L, index, 1, lab);
    struct cs_error err;
    cs_id id;
    csi_check(L, cs_principal_resolve(lab, csi_to_str(L, index), host, &id, &err), &err);
    return id;
}

/* A SID that no principal of the lab has becomes a foreign one, as Windows takes them. */
static cs_id to_member(lua_State *L, int index, struct cs_lab *lab, cs_id host)
{
    struct cs_error err;
    struct cs_sid sid;
    cs_id id;
    if (lua_isuserdata(L, index) || cs_sid_parse(csi_to_str(L, index), &sid, &err) != CS_OK)
        return named_from(L, index, lab, host);
    csi_check(L, cs_principal_of_sid(lab, &sid, host, &id, &err), &err);
    return id;
}

typedef cs_status change_fn(struct cs_lab *lab, cs_id group, cs_id member, struct cs_error *err);

/* (lab, group, member [, {host=}]) */
static int change_member(lua_State *L, change_fn *fn)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    cs_id host = 0;
    if (!lua_isnoneornil(L, 4)) {
        csi_known_keys(L, 4, "host");
        lua_getfield(L, 4, "host");
        host = csi_to_host(L, lua_gettop(L), 1, lab);
    }
    cs_id group = named_from(L, 2, lab, host);
    cs_id member = to_member(L, 3, lab, host);
    cs_lab_begin(lab, CS_STR("lab:add_member"));
    csi_build_end(L, lab, fn(lab, group, member, &err), &err);
    return 0;
}

static int add_member(lua_State *L)
{
    return change_member(L, cs_member_add);
}

static int remove_member(lua_State *L)
{
    return change_member(L, cs_member_remove);
}

/* --------------------------------------------------------------- the start */

static int lab_start(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    csi_known_keys(L, 2, "name host user assume");
    struct cs_start start = *cs_lab_start(lab);
    if (csi_field(L, 2, "name"))
        start.name = csi_to_str(L, -1);
    if (csi_field(L, 2, "host"))
        start.host = csi_to_host(L, lua_gettop(L), 1, lab);
    if (csi_field(L, 2, "user"))
        start.user = csi_to_principal(L, lua_gettop(L), 1, lab);
    if (csi_field(L, 2, "assume"))
        start.assume = lua_toboolean(L, -1);
    cs_lab_begin(lab, CS_STR("lab:start"));
    csi_build_end(L, lab, cs_lab_set_start(lab, &start, &err), &err);
    return 0;
}

/* Days from 1970-01-01 of a date of the proleptic Gregorian calendar. */
static int64_t days_of(int year, int month, int day)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t past = year - 1;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return past * 365 + past / 4 - past / 100 + past / 400 + before[month - 1] +
           (leap && month > 2) + day - 1 - 719162;
}

/* "2006-11-30T09:00:00Z" to seconds. */
int64_t csi_to_seconds(lua_State *L, int index)
{
    int year, month, day, hour, minute, second, used = 0;
    if (lua_isinteger(L, index))
        return lua_tointeger(L, index);
    const char *text = luaL_checkstring(L, index);
    int read = sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &year, &month, &day, &hour, &minute,
                      &second, &used);
    if (read != 6 || text[used] || year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
        csi_raise_new(L, CS_INVALID, "'%s' is no time like 2006-11-30T09:00:00Z", text);
    return days_of(year, month, day) * 86400 + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
}

static int lab_set_clock(lua_State *L)
{
    cs_lab_set_clock(csi_to_lab(L, 1), csi_to_seconds(L, 2));
    return 0;
}

/* The end of an export: what is there is the beginning, but starts and memberships keep their
 * ages.  Inside a transaction (an import) the history goes on. */
static int seal_with_ages(struct cs_lab *lab)
{
    cs_lab_moment_over(lab);
    if (!cs_lab_in_transaction(lab))
        cs_lab_forget(lab);
    return 0;
}

static int lab_seal(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    csi_lua_of(L)->told = (struct cs_source){0};
    csi_lua_of(L)->sealed = true;
    if (!lua_isnoneornil(L, 2) && csi_opt_flag(L, 2, "ages"))
        return seal_with_ages(lab);
    if (cs_lab_in_transaction(lab))
        csi_raise_new(L, CS_STATE, "a lab cannot be sealed inside a transaction");
    struct cs_error err;
    csi_check(L, cs_lab_seal(lab, &err), &err);
    return 0;
}
