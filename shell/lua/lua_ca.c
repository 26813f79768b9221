/*
 * lua_ca.c - certification authorities in Lua.
 *
 *     local ca = lab:ca("CORP-CA")
 *     print(ca.config, table.concat(ca:templates(), " "))
 *
 * Room: lua.
 */
#include "lua/lua_internal.h"

static int ca_templates(lua_State *L);
static int ca_published(lua_State *L);
static int ca_attribute(lua_State *L);
static int ca_tostring(lua_State *L);

static const struct csi_fn methods[] = {
    {"templates", ca_templates, false}, {"published", ca_published, true}, {0}};
static const struct csi_fn meta[] = {{"__tostring", ca_tostring, true}, {0}};
const struct csi_class csi_class_ca = {
    .name = "certsh.ca", .methods = methods, .meta = meta, .attribute = ca_attribute};

/* The CA at index 1; its lab is pushed.  [-0, +1, e] */
static const struct cs_ca *to_ca(lua_State *L, struct cs_lab **lab)
{
    const struct csi_handle *handle = csi_to_handle(L, 1, &csi_class_ca, lab);
    return cs_ca_get(*lab, handle->id);
}

static int push_templates(lua_State *L, const struct cs_ca *ca)
{
    lua_createtable(L, (int)ca->templates.count, 0);
    for (size_t i = 0; i < ca->templates.count; i++) {
        csi_push_str(L, ca->templates.at[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    csi_mark_array(L);
    return 1;
}

/* Names of the published templates; nil while nobody gave them. */
static int ca_templates(lua_State *L)
{
    struct cs_lab *lab;
    const struct cs_ca *ca = to_ca(L, &lab);
    if (ca->templates_known)
        return push_templates(L, ca);
    lua_pushnil(L);
    return 1;
}

/* The same for whom there is no answer without them: an error while nobody gave them. */
static int ca_published(lua_State *L)
{
    struct cs_lab *lab;
    const struct cs_ca *ca = to_ca(L, &lab);
    if (ca->templates_known)
        return push_templates(L, ca);
    struct cs_error err;
    struct cs_str config = cs_ca_config(lab, csi_scratch(L), ca->record.id);
    cs_fail(&err, CS_UNKNOWN, "which templates %.*s publishes is not known", CS_STR_ARG(config));
    csi_check(L, cs_error_hint(&err, "lab missing tells how to collect it"), &err);
    return 0;
}

static int push_config(lua_State *L, const struct cs_lab *lab, cs_id id)
{
    struct cs_arena_mark mark = cs_arena_mark(csi_scratch(L));
    csi_push_str(L, cs_ca_config(lab, csi_scratch(L), id));
    cs_arena_rewind(csi_scratch(L), mark);
    return 1;
}

static int ca_attribute(lua_State *L)
{
    struct cs_lab *lab;
    struct cs_str key = csi_to_str(L, 2);
    const struct cs_ca *ca = to_ca(L, &lab); /* 3 */
    if (cs_str_is(key, "config"))
        return push_config(L, lab, ca->record.id);
    if (cs_str_is(key, "name"))
        csi_push_str(L, ca->name);
    else if (cs_str_is(key, "dns"))
        csi_push_text_or_nil(L, ca->dns);
    else if (cs_str_is(key, "host"))
        csi_push_handle(L, 3, lab, CS_NOUN_HOST, ca->host);
    else
        lua_pushnil(L);
    return 1;
}

static int ca_tostring(lua_State *L)
{
    struct cs_lab *lab;
    const struct cs_ca *ca = to_ca(L, &lab);
    return push_config(L, lab, ca->record.id);
}
