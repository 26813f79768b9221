/*
 * lua_lab.c - the lab in Lua: finding things in it, and its history.
 *
 *     local lab = certsh.lab
 *     for p in lab:principals{kind = "computer"} do print(p, p.sid) end
 *
 * certsh.lab stands for whichever lab the shell has open and opens it when first asked.  What
 * is looked up by name and is not there is nil; a name that an argument names and that is not
 * there is an error.  Room: lua.
 */
#include "lua/lua_internal.h"

static int lab_principal(lua_State *L);
static int lab_group(lua_State *L);
static int lab_host(lua_State *L);
static int lab_ca(lua_State *L);
static int lab_template(lua_State *L);
static int lab_principals(lua_State *L);
static int lab_hosts(lua_State *L);
static int lab_cas(lua_State *L);
static int lab_templates(lua_State *L);
static int lab_undo(lua_State *L);
static int lab_redo(lua_State *L);
static int lab_clock(lua_State *L);
static int lab_attribute(lua_State *L);
static int lab_close(lua_State *L);
static int lab_tostring(lua_State *L);

static const struct csi_fn methods[] = {
    {"principal", lab_principal, true},
    {"group", lab_group, true},
    {"host", lab_host, true},
    {"ca", lab_ca, true},
    {"template", lab_template, true},
    {"principals", lab_principals, true},
    {"set", csi_lab_set, true},
    {"who", csi_lab_who, true},
    {"hosts", lab_hosts, true},
    {"cas", lab_cas, true},
    {"templates", lab_templates, true},
    {"check", csi_lab_check, true},
    {"transaction", csi_lab_transaction, true},
    {"what_if", csi_lab_what_if, true},
    {"at", csi_lab_at, true, CSI_LAB_READ},
    {"undo", lab_undo, true, CSI_LAB_WRITE},
    {"redo", lab_redo, true, CSI_LAB_WRITE},
    {"clock", lab_clock, true},
    {"save", csi_lab_save, true, CSI_LAB_READ | CSI_FILE_READ | CSI_FILE_WRITE},
    {0}};
static const struct csi_fn meta[] = {{"__gc", lab_close, false},
                                     {"__close", lab_close, false},
                                     {"__tostring", lab_tostring, true},
                                     {0}};
static const struct csi_fn *const more[] = {csi_build_directory, csi_build_host, csi_build_defaults,
                                            csi_build_given, NULL};
const struct csi_class csi_class_lab = {.name = "certsh.lab",
                                        .methods = methods,
                                        .more = more,
                                        .meta = meta,
                                        .attribute = lab_attribute};

static int lab_close(lua_State *L)
{
    struct csi_lab_box *box = csi_to(L, 1, &csi_class_lab);
    if (box->owned)
        cs_lab_free(box->lab);
    box->owned = false;
    box->lab = NULL;
    return 0;
}

/* ---------------------------------------------------------------- by name */

/* Absence is nil; a name that means several things is an error. */
static int push_found(lua_State *L, const struct cs_lab *lab, cs_status status, cs_id id,
                      const struct cs_error *err)
{
    if (status != CS_OK && status != CS_NOT_FOUND)
        return csi_raise(L, err);
    csi_push_handle(L, 1, lab, CS_NOUN_PRINCIPAL, status == CS_OK ? id : 0);
    return 1;
}

/* Pushes the handle at index 2 itself when it is one; true then. */
static bool is_handle(lua_State *L, const struct csi_class *class)
{
    struct cs_lab *lab;
    if (!csi_test(L, 2, class))
        return false;
    csi_to_handle(L, 2, class, &lab);
    lua_pushvalue(L, 2);
    return true;
}

static int lab_principal(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    cs_id id = 0;
    if (is_handle(L, &csi_class_principal))
        return 1;
    if (csi_test(L, 2, &csi_class_host) || lua_isinteger(L, 2)) {
        csi_push_handle(L, 1, lab, CS_NOUN_PRINCIPAL, csi_to_principal(L, 2, 1, lab));
        return 1;
    }
    cs_status status =
        cs_principal_resolve(lab, csi_to_str(L, 2), csi_lab_host(L, 1, lab), &id, &err);
    return push_found(L, lab, status, id, &err);
}

static int lab_group(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_principal group;
    if (lab_principal(L) && lua_isnil(L, -1))
        return 1;
    const struct csi_handle *handle = csi_to(L, -1, &csi_class_principal);
    cs_principal_get(lab, handle->id, &group);
    if (group.kind == CS_GROUP || group.kind == CS_WELL_KNOWN)
        return 1;
    return csi_raise_new(L, CS_INVALID, "'%s' is a %s, no group", handle->name,
                         cs_principal_kind_name(group.kind));
}

static int lab_host(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    cs_id id;
    if (lua_isnoneornil(L, 2)) /* the current one */
        id = csi_lab_host(L, 1, lab);
    else if (lua_isuserdata(L, 2))
        id = csi_to_host(L, 2, 1, lab);
    else
        id = cs_host_find(lab, csi_to_str(L, 2));
    csi_push_handle(L, 1, lab, CS_NOUN_HOST, id);
    return 1;
}

static int lab_ca(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    cs_id id;
    if (lua_isnoneornil(L, 2)) /* the current host's */
        id = cs_ca_on_host(lab, csi_lab_host(L, 1, lab));
    else if (lua_isuserdata(L, 2))
        id = csi_to_ca(L, 2, 1, lab);
    else
        id = cs_ca_find(lab, csi_to_str(L, 2));
    csi_push_handle(L, 1, lab, CS_NOUN_CA, id);
    return 1;
}

static int lab_template(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    cs_id id = lua_isuserdata(L, 2) ? csi_to_template(L, 2, 1, lab)
                                    : cs_template_find(lab, cs_str_of(""), csi_to_str(L, 2));
    csi_push_handle(L, 1, lab, CS_NOUN_TEMPLATE, id);
    return 1;
}

/* --------------------------------------------------------------- iterators */

/* Upvalues: the lab, the kind (0: all), the last id given. */
static int next_principal(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, lua_upvalueindex(1));
    lua_Integer kind = lua_tointeger(L, lua_upvalueindex(2));
    cs_id id = (cs_id)lua_tointeger(L, lua_upvalueindex(3));
    struct cs_principal principal;
    while (++id < cs_principal_end(lab)) {
        if (!cs_principal_get(lab, id, &principal) || (kind && kind != (int)principal.kind))
            continue;
        lua_pushinteger(L, id);
        lua_replace(L, lua_upvalueindex(3));
        csi_push_handle(L, lua_upvalueindex(1), lab, CS_NOUN_PRINCIPAL, id);
        return 1;
    }
    lua_pushnil(L);
    return 1;
}

/* lab:principals() or lab:principals{kind="computer"} */
static int lab_principals(lua_State *L)
{
    static const char *const kinds[] = {"user", "computer", "group", "well-known", "foreign", NULL};
    csi_to_lab(L, 1);
    int kind = 0;
    if (!lua_isnoneornil(L, 2)) {
        csi_known_keys(L, 2, "kind");
        struct cs_str word = csi_opt_text(L, 2, "kind");
        kind = word.length ? csi_choice(L, word, "kind", kinds) + 1 : 0;
    }
    lua_pushvalue(L, 1);
    lua_pushinteger(L, kind);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_principal, 3);
    return 1;
}

struct record_ids {
    struct cs_arena *arena;
    cs_id *at;
    size_t count;
};

static bool gather_record(void *context, const struct cs_record *record)
{
    struct record_ids *ids = context;
    ids->at[ids->count++] = record->id;
    return true;
}

/* A list of handles of every record of a noun, in order of ids. */
static int push_records(lua_State *L, enum cs_noun noun)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    size_t room = cs_record_count(lab, noun);
    struct record_ids ids = {.at = cs_arena_alloc(csi_scratch(L), (room + 1) * sizeof(cs_id))};
    cs_record_each(lab, noun, gather_record, &ids);
    lua_createtable(L, (int)ids.count, 0);
    for (size_t i = 0; i < ids.count; i++) {
        csi_push_handle(L, 1, lab, noun, ids.at[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    csi_mark_array(L);
    return 1;
}

static int lab_hosts(lua_State *L)
{
    return push_records(L, CS_NOUN_HOST);
}

static int lab_cas(lua_State *L)
{
    return push_records(L, CS_NOUN_CA);
}

static int lab_templates(lua_State *L)
{
    return push_records(L, CS_NOUN_TEMPLATE);
}

/* ----------------------------------------------------------------- history */

typedef cs_status walk_fn(struct cs_lab *lab, size_t count, size_t *done, struct cs_error *err);

/*
 * An open transaction hides the history, so what the script changed so far is committed first;
 * that makes it one of the changes undo walks.
 */
static int walk(lua_State *L, walk_fn *fn)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_error err;
    size_t done = 0;
    lua_Integer count = luaL_optinteger(L, 2, 1);
    if (count < 1)
        csi_raise_new(L, CS_INVALID, "the number of changes must be 1 or more");
    csi_check(L, csi_frame_settle(csi_lua_of(L), &err), &err);
    cs_status status = fn(lab, (size_t)count, &done, &err);
    csi_check(L, status, &err);
    lua_pushinteger(L, (lua_Integer)done);
    return 1;
}

static int lab_undo(lua_State *L)
{
    return walk(L, cs_lab_undo);
}

static int lab_redo(lua_State *L)
{
    return walk(L, cs_lab_redo);
}

static int lab_clock(lua_State *L)
{
    struct cs_time_text text;
    lua_pushstring(L, cs_time_format(cs_lab_clock(csi_to_lab(L, 1)), &text));
    return 1;
}

/* -------------------------------------------------------------- attributes */

static int lab_attribute(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    struct cs_str key = csi_to_str(L, 2);
    if (cs_str_is(key, "name"))
        csi_push_text_or_nil(L, cs_lab_start(lab)->name);
    else if (cs_str_is(key, "changes"))
        lua_pushinteger(L, (lua_Integer)cs_lab_change_count(lab));
    else
        lua_pushnil(L);
    return 1;
}

static int lab_tostring(lua_State *L)
{
    struct cs_lab *lab = csi_to_lab(L, 1);
    lua_pushfstring(L, "lab %s", cs_str_c(csi_scratch(L), cs_lab_start(lab)->name));
    return 1;
}
