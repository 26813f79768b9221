/*
 * lua_handle.c - labs, and handles of the things in them.
 *
 * A handle is a lab, a kind, an id and the record's birth number; the record is looked up on
 * each use, so a handle is never a pointer into the lab.  Undo and redo leave it valid as long
 * as the record is there; a record that is gone, or another one under its id, is CS_STATE
 * "group 'X' no longer exists".  Its lab is kept alive by a user value.  Room: lua.
 */
#include <stdio.h>

#include "lua/lua_internal.h"

struct csi_lab_box *csi_new_lab(lua_State *L)
{
    return csi_new(L, &csi_class_lab, sizeof(struct csi_lab_box), 0);
}

static const char shell_lab_key; /* its address is the registry key of the one certsh.lab */

void csi_push_shell_lab(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &shell_lab_key) == LUA_TUSERDATA)
        return;
    lua_pop(L, 1);
    csi_new_lab(L)->shell = true;
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &shell_lab_key);
}

/* The shell's lab, opened if need be, as part of the transaction that runs. */
static struct cs_lab *shell_lab(lua_State *L)
{
    struct csi_lua *lua = csi_lua_of(L);
    struct cs_error err;
    if (lua->building)
        csi_raise_new(L, CS_STATE, "the lab is being built: its script gets it as an argument");
    csi_check(L, cs_shell_need_lab(lua->shell, &err), &err);
    struct cs_lab *lab = cs_shell_lab(lua->shell);
    csi_check(L, csi_frame_touch(lua, lab, &err), &err);
    return lab;
}

struct cs_lab *csi_to_lab(lua_State *L, int index)
{
    struct csi_lab_box *box = csi_to(L, index, &csi_class_lab);
    csi_need(L, "the lab", CSI_LAB_READ);
    if (box->shell)
        return shell_lab(L);
    if (!box->lab)
        csi_raise_new(L, CS_STATE, "this lab is closed");
    return box->lab;
}

cs_id csi_lab_host(lua_State *L, int index, const struct cs_lab *lab)
{
    const struct csi_lab_box *box = csi_to(L, index, &csi_class_lab);
    return box->shell ? cs_shell_host(csi_lua_of(L)->shell) : cs_lab_start(lab)->host;
}

/* --------------------------------------------------------------- the record */

static uint32_t birth_of(const struct cs_lab *lab, enum cs_noun noun, cs_id id)
{
    struct cs_principal principal;
    if (noun == CS_NOUN_PRINCIPAL)
        return cs_principal_get(lab, id, &principal) ? principal.birth : 0;
    const struct cs_record *record = cs_record_get(lab, noun, id);
    return record ? record->birth : 0;
}

static bool lives(const struct cs_lab *lab, const struct csi_handle *handle)
{
    struct cs_principal principal;
    if (handle->noun == CS_NOUN_PRINCIPAL)
        return cs_principal_get(lab, handle->id, &principal) && principal.birth == handle->birth;
    const struct cs_record *record = cs_record_get(lab, handle->noun, handle->id);
    return record && record->birth == handle->birth;
}

static struct cs_str name_of(const struct cs_lab *lab, enum cs_noun noun, cs_id id)
{
    struct cs_principal principal;
    if (noun == CS_NOUN_PRINCIPAL && cs_principal_get(lab, id, &principal))
        return principal.name;
    if (noun == CS_NOUN_HOST && cs_host_get(lab, id))
        return cs_host_get(lab, id)->name;
    if (noun == CS_NOUN_CA && cs_ca_get(lab, id))
        return cs_ca_get(lab, id)->name;
    if (noun == CS_NOUN_TEMPLATE && cs_template_get(lab, id))
        return cs_template_get(lab, id)->name;
    if (noun == CS_NOUN_DOMAIN && cs_domain_get(lab, id))
        return cs_domain_get(lab, id)->dns;
    return cs_str_of("");
}

static const struct csi_class *class_of(enum cs_noun noun)
{
    if (noun == CS_NOUN_HOST)
        return &csi_class_host;
    if (noun == CS_NOUN_CA)
        return &csi_class_ca;
    if (noun == CS_NOUN_DOMAIN)
        return &csi_class_domain;
    return noun == CS_NOUN_TEMPLATE ? &csi_class_template : &csi_class_principal;
}

void csi_push_handle(lua_State *L, int lab_index, const struct cs_lab *lab, enum cs_noun noun,
                     cs_id id)
{
    if (!id) {
        lua_pushnil(L);
        return;
    }
    lab_index = lua_absindex(L, lab_index);
    struct csi_handle *handle = csi_new(L, class_of(noun), sizeof *handle, 1);
    *handle = (struct csi_handle){lab, noun, id, birth_of(lab, noun, id), ""};
    snprintf(handle->name, sizeof handle->name, "%.*s", CS_STR_ARG(name_of(lab, noun, id)));
    lua_pushvalue(L, lab_index);
    lua_setiuservalue(L, -2, 1);
}

const struct csi_handle *csi_to_handle(lua_State *L, int index, const struct csi_class *class,
                                       struct cs_lab **lab)
{
    const struct csi_handle *handle = csi_to(L, index, class);
    lua_getiuservalue(L, index, 1);
    *lab = csi_to_lab(L, -1);
    if (*lab != handle->lab)
        csi_raise_new(L, CS_STATE, "%s '%s' belongs to a lab that is no longer open",
                      cs_noun_name(handle->noun), handle->name);
    if (!lives(*lab, handle))
        csi_raise_new(L, CS_STATE, "%s '%s' no longer exists", cs_noun_name(handle->noun),
                      handle->name);
    return handle;
}

/* ------------------------------------------------------------ who is meant */

/* The id of the handle at `index` if it is one of that class and of that lab, else 0. */
static cs_id id_of_handle(lua_State *L, int index, const struct csi_class *class,
                          const struct cs_lab *lab)
{
    struct cs_lab *own;
    if (!csi_test(L, index, class))
        return 0;
    const struct csi_handle *handle = csi_to_handle(L, index, class, &own);
    lua_pop(L, 1);
    if (own != lab)
        csi_raise_new(L, CS_INVALID, "%s '%s' is of another lab", cs_noun_name(handle->noun),
                      handle->name);
    return handle->id;
}

static cs_id account_of(lua_State *L, const struct cs_lab *lab, cs_id host)
{
    const struct cs_host *record = cs_host_get(lab, host);
    if (!record->account)
        csi_raise_new(L, CS_NOT_FOUND, "host '%.*s' has no computer account that is known",
                      CS_STR_ARG(record->name));
    return record->account;
}

static cs_id principal_numbered(lua_State *L, lua_Integer number, const struct cs_lab *lab)
{
    struct cs_principal ignored;
    if (number <= 0 || number > UINT32_MAX || !cs_principal_get(lab, (cs_id)number, &ignored))
        csi_raise_new(L, CS_NOT_FOUND, "no principal has the number %d", (int)number);
    return (cs_id)number;
}

cs_id csi_to_principal(lua_State *L, int index, int lab_index, struct cs_lab *lab)
{
    cs_id id = id_of_handle(L, index, &csi_class_principal, lab);
    if (id)
        return id;
    if (lua_isinteger(L, index)) /* of a set */
        return principal_numbered(L, lua_tointeger(L, index), lab);
    cs_id host = id_of_handle(L, index, &csi_class_host, lab);
    if (host)
        return account_of(L, lab, host);
    struct cs_error err;
    csi_check(
        L,
        cs_principal_resolve(lab, csi_to_str(L, index), csi_lab_host(L, lab_index, lab), &id, &err),
        &err);
    return id;
}

static cs_id host_of_principal(lua_State *L, const struct cs_lab *lab, cs_id principal)
{
    cs_id host = cs_host_of_account(lab, principal);
    struct cs_str name = cs_principal_name(lab, csi_scratch(L), principal);
    if (!host)
        csi_raise_new(L, CS_NOT_FOUND, "'%.*s' is no host that is known", CS_STR_ARG(name));
    return host;
}

cs_id csi_to_host(lua_State *L, int index, int lab_index, struct cs_lab *lab)
{
    cs_id id = id_of_handle(L, index, &csi_class_host, lab);
    if (id)
        return id;
    cs_id principal = id_of_handle(L, index, &csi_class_principal, lab);
    if (principal)
        return host_of_principal(L, lab, principal);
    struct cs_str name = csi_to_str(L, index);
    id = cs_host_find(lab, name);
    if (id)
        return id;
    struct cs_error err;
    cs_id from = csi_lab_host(L, lab_index, lab);
    if (cs_principal_resolve(lab, name, from, &principal, &err) != CS_OK)
        csi_raise_new(L, CS_NOT_FOUND, "no host '%.*s'", CS_STR_ARG(name));
    return host_of_principal(L, lab, principal);
}

cs_id csi_to_ca(lua_State *L, int index, int lab_index, struct cs_lab *lab)
{
    (void)lab_index;
    cs_id id = id_of_handle(L, index, &csi_class_ca, lab);
    if (!id)
        id = cs_ca_find(lab, csi_to_str(L, index));
    if (!id)
        csi_raise_new(L, CS_NOT_FOUND, "no ca '%s'", lua_tostring(L, index));
    return id;
}

cs_id csi_to_template(lua_State *L, int index, int lab_index, struct cs_lab *lab)
{
    (void)lab_index;
    cs_id id = id_of_handle(L, index, &csi_class_template, lab);
    if (!id)
        id = cs_template_find(lab, cs_str_of(""), csi_to_str(L, index));
    if (!id)
        csi_raise_new(L, CS_NOT_FOUND, "no template '%s'", lua_tostring(L, index));
    return id;
}

cs_id csi_to_domain(lua_State *L, int index, struct cs_lab *lab)
{
    cs_id id = id_of_handle(L, index, &csi_class_domain, lab);
    if (!id)
        id = cs_domain_find(lab, csi_to_str(L, index));
    if (!id)
        csi_raise_new(L, CS_NOT_FOUND, "no domain '%s'", lua_tostring(L, index));
    return id;
}
