/*
 * lua_principal.c - users, computers and groups in Lua.
 *
 *     local dc02 = lab:principal("CORP\\DC02$")
 *     print(dc02.name, dc02.sid, dc02.kind, #dc02:groups(), dc02:token("DC01"):has("S-1-5-9"))
 *
 * Attributes that are empty are nil.  `name` is what people write, DOMAIN\name; `account` is
 * the sAMAccountName alone.  Room: lua.
 */
#include "lua/lua_internal.h"

static int principal_token(lua_State *L);
static int principal_groups(lua_State *L);
static int principal_members(lua_State *L);
static int principal_member_of(lua_State *L);
static int principal_add(lua_State *L);
static int principal_remove(lua_State *L);
static int principal_attribute(lua_State *L);
static int principal_tostring(lua_State *L);
static int principal_same(lua_State *L);

static const struct csi_fn methods[] = {{"token", principal_token, true},
                                        {"groups", principal_groups, true},
                                        {"members", principal_members, true},
                                        {"set", csi_group_set, true},
                                        {"member_of", principal_member_of, true},
                                        {"add", principal_add, true, CSI_LAB_WRITE},
                                        {"remove", principal_remove, true, CSI_LAB_WRITE},
                                        {0}};
static const struct csi_fn meta[] = {
    {"__tostring", principal_tostring, true}, {"__eq", principal_same, false}, {0}};
const struct csi_class csi_class_principal = {
    .name = "certsh.principal", .methods = methods, .meta = meta, .attribute = principal_attribute};

/* The principal at index 1; its lab is pushed.  [-0, +1, e] */
static void to_principal(lua_State *L, struct cs_principal *out, struct cs_lab **lab)
{
    const struct csi_handle *handle = csi_to_handle(L, 1, &csi_class_principal, lab);
    cs_principal_get(*lab, handle->id, out);
}

/* -------------------------------------------------------------- attributes */

static int push_name(lua_State *L, const struct cs_lab *lab, cs_id id)
{
    struct cs_arena_mark mark = cs_arena_mark(csi_scratch(L));
    struct cs_str name = cs_principal_name(lab, csi_scratch(L), id);
    csi_push_str(L, name);
    cs_arena_rewind(csi_scratch(L), mark);
    return 1;
}

static int push_place(lua_State *L, const struct cs_lab *lab, const struct cs_principal *of)
{
    const struct cs_domain *domain = of->domain ? cs_domain_get(lab, of->domain) : NULL;
    const struct cs_host *host = of->host ? cs_host_get(lab, of->host) : NULL;
    if (domain)
        csi_push_text_or_nil(L, domain->netbios.length ? domain->netbios : domain->dns);
    else if (host)
        csi_push_str(L, host->name);
    else
        lua_pushnil(L);
    return 1;
}

static const struct {
    const char *name;
    size_t at;
} texts[] = {{"account", offsetof(struct cs_principal, name)},
             {"display", offsetof(struct cs_principal, display)},
             {"upn", offsetof(struct cs_principal, upn)},
             {"dns", offsetof(struct cs_principal, dns)},
             {"mail", offsetof(struct cs_principal, mail)},
             {"dn", offsetof(struct cs_principal, dn)},
             {"comment", offsetof(struct cs_principal, comment)},
             {"os", offsetof(struct cs_principal, os)}};

static int push_text(lua_State *L, const struct cs_principal *of, struct cs_str key)
{
    for (size_t i = 0; i < CS_COUNT(texts); i++) {
        if (!cs_str_is(key, texts[i].name))
            continue;
        csi_push_text_or_nil(L, *(const struct cs_str *)((const char *)of + texts[i].at));
        return 1;
    }
    lua_pushnil(L);
    return 1;
}

static int principal_attribute(lua_State *L)
{
    struct cs_lab *lab;
    struct cs_principal of;
    struct cs_str key = csi_to_str(L, 2);
    to_principal(L, &of, &lab);
    if (cs_str_is(key, "name"))
        return push_name(L, lab, of.id);
    if (cs_str_is(key, "domain"))
        return push_place(L, lab, &of);
    if (cs_str_is(key, "sid"))
        csi_push_sid(L, &of.sid);
    else if (cs_str_is(key, "kind"))
        lua_pushstring(L, cs_principal_kind_name(of.kind));
    else if (cs_str_is(key, "scope"))
        lua_pushstring(L, cs_scope_name(of.scope));
    else if (cs_str_is(key, "disabled"))
        lua_pushboolean(L, (of.uac & CS_UAC_DISABLED) != 0);
    else if (cs_str_is(key, "security") && of.kind == CS_GROUP)
        lua_pushboolean(L, of.security);
    else if (cs_str_is(key, "host") && of.kind == CS_COMPUTER)
        csi_push_handle(L, 3, lab, CS_NOUN_HOST, cs_host_of_account(lab, of.id));
    else
        return push_text(L, &of, key);
    return 1;
}

static int principal_tostring(lua_State *L)
{
    struct cs_lab *lab;
    const struct csi_handle *handle = csi_to_handle(L, 1, &csi_class_principal, &lab);
    return push_name(L, lab, handle->id);
}

static int principal_same(lua_State *L)
{
    const struct csi_handle *a = csi_test(L, 1, &csi_class_principal);
    const struct csi_handle *b = csi_test(L, 2, &csi_class_principal);
    lua_pushboolean(L, a && b && a->lab == b->lab && a->id == b->id && a->birth == b->birth);
    return 1;
}

/* ------------------------------------------------------------------- token */

/* (principal [, host]): the token by the rule of ages; without a host the directory's part. */
static int principal_token(lua_State *L)
{
    struct cs_lab *lab;
    struct cs_error err;
    struct cs_arena *arena;
    lua_settop(L, 2);
    const struct csi_handle *handle = csi_to_handle(L, 1, &csi_class_principal, &lab); /* 3 */
    struct cs_token_ask ask = {.principal = handle->id, .logon = CS_LOGON_NETWORK};
    if (!lua_isnil(L, 2))
        ask.host = csi_to_host(L, 2, 3, lab);
    struct cs_token **slot = csi_new_token(L, &arena);
    csi_check(L, cs_token_of(lab, arena, &ask, slot, &err), &err);
    return 1;
}

/* -------------------------------------------------------------- membership */

/* Ids are gathered below frames of the lab, where Lua must not be called, and pushed after. */
struct ids {
    struct cs_arena *arena;
    cs_id *at;
    size_t count, room;
};

static bool gather(void *context, cs_id id)
{
    struct ids *ids = context;
    ids->at = cs_arena_more(ids->arena, ids->at, ids->count, &ids->room, sizeof *ids->at);
    ids->at[ids->count++] = id;
    return true;
}

static bool gather_depth(void *context, cs_id id, unsigned depth)
{
    (void)depth;
    return gather(context, id);
}

static int push_handles(lua_State *L, int lab_index, const struct cs_lab *lab,
                        const struct ids *ids)
{
    lua_createtable(L, (int)ids->count, 0);
    for (size_t i = 0; i < ids->count; i++) {
        csi_push_handle(L, lab_index, lab, CS_NOUN_PRINCIPAL, ids->at[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    csi_mark_array(L);
    return 1;
}

/* SIDs of every security group it belongs to, nested and primary. */
static int principal_groups(lua_State *L)
{
    struct cs_lab *lab;
    const struct csi_handle *handle = csi_to_handle(L, 1, &csi_class_principal, &lab);
    struct ids ids = {.arena = csi_scratch(L)};
    cs_principal_groups(lab, handle->id, CS_NOW, gather, &ids);
    lua_createtable(L, (int)ids.count, 0);
    for (size_t i = 0; i < ids.count; i++) {
        struct cs_principal group;
        cs_principal_get(lab, ids.at[i], &group);
        csi_push_sid(L, &group.sid);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    csi_mark_array(L);
    return 1;
}

/* (group [, {direct=true}]): handles of everybody in it. */
static int principal_members(lua_State *L)
{
    struct cs_lab *lab;
    lua_settop(L, 2);
    bool direct = false;
    if (!lua_isnil(L, 2)) {
        csi_known_keys(L, 2, "direct");
        direct = csi_opt_flag(L, 2, "direct");
    }
    const struct csi_handle *handle = csi_to_handle(L, 1, &csi_class_principal, &lab); /* 3 */
    struct ids ids = {.arena = csi_scratch(L)};
    cs_group_members(lab, handle->id, CS_NOW, direct, gather_depth, &ids);
    return push_handles(L, 3, lab, &ids);
}

/* Handles of the groups that list it, and its primary group first. */
static int principal_member_of(lua_State *L)
{
    struct cs_lab *lab;
    lua_settop(L, 1);
    const struct csi_handle *handle = csi_to_handle(L, 1, &csi_class_principal, &lab); /* 2 */
    struct ids ids = {.arena = csi_scratch(L)};
    cs_id primary = cs_principal_primary(lab, handle->id);
    if (primary)
        gather(&ids, primary);
    cs_member_of_each(lab, handle->id, CS_NOW, gather, &ids);
    return push_handles(L, 2, lab, &ids);
}

typedef cs_status change_fn(struct cs_lab *lab, cs_id group, cs_id member, struct cs_error *err);

static int change(lua_State *L, const char *title, change_fn *fn)
{
    struct cs_lab *lab;
    struct cs_error err;
    lua_settop(L, 2);
    const struct csi_handle *group = csi_to_handle(L, 1, &csi_class_principal, &lab); /* 3 */
    cs_id member = csi_to_principal(L, 2, 3, lab);
    cs_lab_begin(lab, cs_str_of(title));
    cs_status status = fn(lab, group->id, member, &err);
    csi_check(L, cs_lab_end(lab, status, &err), &err);
    lua_settop(L, 1);
    return 1;
}

/* (group, member): the group, for chains. */
static int principal_add(lua_State *L)
{
    return change(L, "group:add", cs_member_add);
}

static int principal_remove(lua_State *L)
{
    return change(L, "group:remove", cs_member_remove);
}
