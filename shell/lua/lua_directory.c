/*
 * lua_directory.c - domains and certificate templates in Lua: a few attributes each.
 *
 * Room: lua.
 */
#include "lua/lua_internal.h"

static int template_attribute(lua_State *L);
static int template_tostring(lua_State *L);
static int domain_attribute(lua_State *L);
static int domain_tostring(lua_State *L);

static const struct csi_fn template_meta[] = {{"__tostring", template_tostring, false}, {0}};
const struct csi_class csi_class_template = {
    .name = "certsh.template", .meta = template_meta, .attribute = template_attribute};

static const struct csi_fn domain_meta[] = {{"__tostring", domain_tostring, false}, {0}};
const struct csi_class csi_class_domain = {
    .name = "certsh.domain", .meta = domain_meta, .attribute = domain_attribute};

/* --------------------------------------------------------------- templates */

/* Numbers of a template (MS-CRTD): the fields that policies look at. */
static bool push_number(lua_State *L, const struct cs_template *of, struct cs_str key)
{
    const struct {
        const char *name;
        uint32_t number;
    } numbers[] = {
        {"flags", of->flags},           {"enroll_flags", of->enroll_flags},
        {"name_flags", of->name_flags}, {"key_flags", of->key_flags},
        {"signatures", of->signatures},
    };
    for (size_t i = 0; i < CS_COUNT(numbers); i++)
        if (cs_str_is(key, numbers[i].name)) {
            lua_pushinteger(L, numbers[i].number);
            return true;
        }
    return false;
}

static int template_attribute(lua_State *L)
{
    struct cs_lab *lab;
    struct cs_str key = csi_to_str(L, 2);
    const struct csi_handle *handle = csi_to_handle(L, 1, &csi_class_template, &lab);
    const struct cs_template *of = cs_template_get(lab, handle->id);
    if (cs_str_is(key, "name"))
        csi_push_str(L, of->name);
    else if (cs_str_is(key, "display"))
        csi_push_text_or_nil(L, of->display);
    else if (cs_str_is(key, "forest"))
        csi_push_text_or_nil(L, of->forest);
    else if (cs_str_is(key, "oid"))
        csi_push_text_or_nil(L, of->oid);
    else if (cs_str_is(key, "security"))
        csi_push_text_or_nil(L, of->sd);
    else if (cs_str_is(key, "schema") && of->schema)
        lua_pushinteger(L, of->schema);
    else if (!push_number(L, of, key))
        lua_pushnil(L);
    return 1;
}

static int template_tostring(lua_State *L)
{
    struct cs_lab *lab;
    const struct csi_handle *handle = csi_to_handle(L, 1, &csi_class_template, &lab);
    csi_push_str(L, cs_template_get(lab, handle->id)->name);
    return 1;
}

/* ----------------------------------------------------------------- domains */

static int domain_attribute(lua_State *L)
{
    struct cs_lab *lab;
    struct cs_str key = csi_to_str(L, 2);
    const struct csi_handle *handle = csi_to_handle(L, 1, &csi_class_domain, &lab);
    const struct cs_domain *of = cs_domain_get(lab, handle->id);
    if (cs_str_is(key, "name") || cs_str_is(key, "netbios"))
        csi_push_text_or_nil(L, of->netbios);
    else if (cs_str_is(key, "dns"))
        csi_push_text_or_nil(L, of->dns);
    else if (cs_str_is(key, "forest"))
        csi_push_text_or_nil(L, of->forest);
    else if (cs_str_is(key, "mixed"))
        lua_pushboolean(L, of->mixed);
    else if (cs_str_is(key, "sid") && of->sid.count)
        csi_push_sid(L, &of->sid);
    else
        lua_pushnil(L);
    return 1;
}

static int domain_tostring(lua_State *L)
{
    struct cs_lab *lab;
    const struct csi_handle *handle = csi_to_handle(L, 1, &csi_class_domain, &lab);
    csi_push_str(L, cs_domain_get(lab, handle->id)->dns);
    return 1;
}
