/*
 * lua_defaults.c - what a Windows version has of its own accord, for scripts that build labs:
 * default descriptors and holders of user rights (ca.h, "defaults").
 *
 * What a version does not have is nil.  Room: lua.
 */
#include "lua/lua_build.h"

static int default_dcom(lua_State *L);
static int default_ca_security(lua_State *L);
static int default_template_security(lua_State *L);
static int default_interface_flags(lua_State *L);
static int default_right(lua_State *L);

const struct csi_fn csi_build_defaults[] = {
    {"default_dcom", default_dcom, true},
    {"default_ca_security", default_ca_security, true},
    {"default_template_security", default_template_security, true},
    {"default_interface_flags", default_interface_flags, true},
    {"default_right", default_right, true},
    {0}};

static enum cs_windows windows_named(lua_State *L, int index)
{
    enum cs_windows windows = cs_windows_find(csi_to_str(L, index));
    if (windows == CS_WINDOWS_UNKNOWN)
        csi_raise_new(L, CS_INVALID, "unknown windows '%s'", lua_tostring(L, index));
    return windows;
}

/* (lab, windows, scope) */
static int default_dcom(lua_State *L)
{
    enum cs_dcom_scope scope;
    enum cs_windows windows = windows_named(L, 2);
    if (!cs_dcom_scope_find(csi_to_str(L, 3), &scope))
        csi_raise_new(L, CS_INVALID, "unknown scope '%s'", lua_tostring(L, 3));
    lua_pushstring(L, cs_default_dcom(windows, scope));
    return 1;
}

/* (lab, domain) */
static int default_ca_security(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    cs_id id = csi_to_domain(L, 2, lab);
    const struct cs_sid *root = cs_domain_root_sid(lab, id);
    const struct cs_sid *domain = &cs_domain_get(lab, id)->sid;
    csi_push_text_or_nil(L, cs_default_ca_security(csi_scratch(L), domain, root));
    return 1;
}

/* (lab, template, forest) */
static int default_template_security(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    const struct cs_domain *root = cs_domain_get(lab, csi_to_domain(L, 3, lab));
    csi_push_text_or_nil(
        L, cs_default_template_security(csi_scratch(L), csi_to_str(L, 2), &root->sid));
    return 1;
}

/* (lab, windows) */
static int default_interface_flags(lua_State *L)
{
    lua_pushinteger(L, cs_default_interface_flags(windows_named(L, 2)));
    return 1;
}

/* (lab, role, right): a list of SIDs. */
static int default_right(lua_State *L)
{
    static const char *const roles[] = {"workstation", "member", "dc", NULL};
    int role = csi_choice(L, csi_to_str(L, 2), "role", roles) + CS_ROLE_WORKSTATION;
    const char *sids = cs_default_right((enum cs_role)role, csi_to_str(L, 3));
    if (!sids) {
        lua_pushnil(L);
        return 1;
    }
    lua_newtable(L);
    struct cs_str rest = cs_str_of(sids);
    for (lua_Integer i = 1; rest.length; i++) {
        ptrdiff_t comma = cs_str_find(rest, ',');
        size_t length = comma < 0 ? rest.length : (size_t)comma;
        csi_push_str(L, cs_str_trim(cs_str_span(rest.at, length)));
        lua_rawseti(L, -2, i);
        rest = cs_str_from(rest, length + 1);
    }
    csi_mark_array(L);
    return 1;
}
