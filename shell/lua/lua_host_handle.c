/*
 * lua_host_handle.c - hosts in Lua.
 *
 *     local dc01 = lab:host("DC01")
 *     print(dc01.name, dc01.os, dc01:registry([[HKLM\SOFTWARE\Microsoft\Ole]], "EnableDCOM"))
 *
 * A registry value reads as Lua has it: REG_DWORD a number, texts a text, everything else its
 * bytes; a value that is not there is nil.  Room: lua.
 */
#include "lua/lua_internal.h"

static int host_registry(lua_State *L);
static int host_restart(lua_State *L);
static int host_attribute(lua_State *L);
static int host_tostring(lua_State *L);
static int host_same(lua_State *L);

static const struct csi_fn methods[] = {
    {"registry", host_registry, true}, {"restart", host_restart, true, CSI_LAB_WRITE}, {0}};
static const struct csi_fn meta[] = {
    {"__tostring", host_tostring, false}, {"__eq", host_same, false}, {0}};
const struct csi_class csi_class_host = {
    .name = "certsh.host", .methods = methods, .meta = meta, .attribute = host_attribute};

/* The host at index 1; its lab is pushed.  [-0, +1, e] */
static const struct cs_host *to_host(lua_State *L, struct cs_lab **lab)
{
    const struct csi_handle *handle = csi_to_handle(L, 1, &csi_class_host, lab);
    return cs_host_get(*lab, handle->id);
}

static int push_domain(lua_State *L, const struct cs_lab *lab, cs_id id)
{
    const struct cs_domain *domain = id ? cs_domain_get(lab, id) : NULL;
    if (domain)
        csi_push_text_or_nil(L, domain->netbios.length ? domain->netbios : domain->dns);
    else
        lua_pushnil(L);
    return 1;
}

static int host_attribute(lua_State *L)
{
    struct cs_lab *lab;
    struct cs_time_text time;
    struct cs_str key = csi_to_str(L, 2);
    const struct cs_host *host = to_host(L, &lab); /* 3 */
    if (cs_str_is(key, "domain"))
        return push_domain(L, lab, host->domain);
    if (cs_str_is(key, "name"))
        csi_push_str(L, host->name);
    else if (cs_str_is(key, "dns"))
        csi_push_text_or_nil(L, host->dns);
    else if (cs_str_is(key, "role"))
        lua_pushstring(L, cs_role_name(host->role));
    else if (cs_str_is(key, "os"))
        lua_pushstring(L, cs_windows_info(host->windows)->name);
    else if (cs_str_is(key, "windows"))
        lua_pushstring(L, cs_windows_info(host->windows)->word);
    else if (cs_str_is(key, "edition"))
        csi_push_text_or_nil(L, host->edition);
    else if (cs_str_is(key, "language"))
        csi_push_text_or_nil(L, host->language);
    else if (cs_str_is(key, "booted"))
        lua_pushstring(L, cs_time_format(host->booted, &time));
    else if (cs_str_is(key, "account"))
        csi_push_handle(L, 3, lab, CS_NOUN_PRINCIPAL, host->account);
    else
        lua_pushnil(L);
    return 1;
}

static int host_tostring(lua_State *L)
{
    struct cs_lab *lab;
    csi_push_str(L, to_host(L, &lab)->name);
    return 1;
}

static int host_same(lua_State *L)
{
    const struct csi_handle *a = csi_test(L, 1, &csi_class_host);
    const struct csi_handle *b = csi_test(L, 2, &csi_class_host);
    lua_pushboolean(L, a && b && a->lab == b->lab && a->id == b->id && a->birth == b->birth);
    return 1;
}

static void push_reg_value(lua_State *L, const struct cs_reg_value *value)
{
    uint32_t number;
    if (cs_reg_number(value, &number))
        lua_pushinteger(L, number);
    else if (value->type == CS_REG_SZ || value->type == CS_REG_EXPAND_SZ)
        csi_push_str(L, cs_reg_text(csi_scratch(L), value));
    else
        csi_push_str(L, value->data);
}

/* (host, key, name): value and type name, or nil. */
static int host_registry(lua_State *L)
{
    struct cs_lab *lab;
    struct cs_str key = cs_registry_key(csi_scratch(L), csi_to_str(L, 2));
    struct cs_str name = csi_to_str(L, 3);
    const struct cs_host *host = to_host(L, &lab);
    const struct cs_reg_value *value = cs_registry_get(lab, host->record.id, key, name);
    if (!value) {
        lua_pushnil(L);
        return 1;
    }
    push_reg_value(L, value);
    lua_pushstring(L, cs_reg_type_name(value->type));
    return 2;
}

static int host_restart(lua_State *L)
{
    struct cs_lab *lab;
    struct cs_error err;
    const struct cs_host *host = to_host(L, &lab);
    cs_lab_begin(lab, CS_STR("host:restart"));
    cs_status status = cs_host_restart(lab, host->record.id, &err);
    csi_check(L, cs_lab_end(lab, status, &err), &err);
    lua_settop(L, 1);
    return 1;
}
