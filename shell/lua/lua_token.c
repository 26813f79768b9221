/*
 * lua_token.c - tokens in Lua: certsh.token{user=sid, groups={sid...}, ...} and the methods.
 *
 * A token from certsh.token knows nothing of any lab; principal:token(host) builds one as the
 * lab's rules say (lua_principal.c).  Both own the arena they live in.  Room: lua.
 */
#include "lua/lua_internal.h"

struct token_box {
    struct cs_token *token; /* NULL while closed */
    struct cs_arena *arena;
};

static int token_close(lua_State *L);
static int token_has(lua_State *L);
static int token_sids(lua_State *L);
static int token_user(lua_State *L);
static int token_size(lua_State *L);
static int token_tostring(lua_State *L);

static const struct csi_fn methods[] = {
    {"has", token_has, false}, {"sids", token_sids, false}, {"user", token_user, false}, {0}};
static const struct csi_fn meta[] = {{"__gc", token_close, false},
                                     {"__close", token_close, false},
                                     {"__len", token_size, false},
                                     {"__tostring", token_tostring, false},
                                     {0}};
const struct csi_class csi_class_token = {.name = "certsh.token", .methods = methods, .meta = meta};

static int token_close(lua_State *L)
{
    struct token_box *box = csi_to(L, 1, &csi_class_token);
    cs_arena_free(box->arena);
    *box = (struct token_box){0};
    return 0;
}

struct cs_token **csi_new_token(lua_State *L, struct cs_arena **arena)
{
    struct token_box *box = csi_new(L, &csi_class_token, sizeof *box, 0);
    box->arena = cs_arena_new();
    if (!box->arena)
        csi_raise_new(L, CS_MEMORY, "out of memory");
    *arena = box->arena;
    return &box->token;
}

const struct cs_token *csi_to_token(lua_State *L, int index)
{
    struct token_box *box = csi_test(L, index, &csi_class_token);
    if (!box)
        csi_raise_new(L, CS_INVALID, "a token is wanted, not a %s", luaL_typename(L, index));
    if (!box->token)
        csi_raise_new(L, CS_STATE, "this token is closed");
    return box->token;
}

/* -------------------------------------------------------------------- make */

typedef bool add_fn(struct cs_token *token, const struct cs_sid *sid);

static bool add_enabled(struct cs_token *token, const struct cs_sid *sid)
{
    return cs_token_add(token, sid, CS_TOKEN_ENABLED, CS_ORIGIN_GIVEN, CS_TOKEN_NO_VIA) >= 0;
}

static bool add_deny_only(struct cs_token *token, const struct cs_sid *sid)
{
    return cs_token_add(token, sid, CS_TOKEN_DENY_ONLY, CS_ORIGIN_GIVEN, CS_TOKEN_NO_VIA) >= 0;
}

static const struct {
    const char *field;
    add_fn *add;
} lists[] = {{"groups", add_enabled},
             {"deny_only", add_deny_only},
             {"device", cs_token_add_device},
             {"restricted", cs_token_restrict}};

static void add_list(lua_State *L, const char *field, add_fn *add, struct cs_token *token)
{
    if (!csi_field(L, 1, field))
        return;
    if (!lua_istable(L, -1))
        csi_raise_new(L, CS_INVALID, "'%s' must be a list of SIDs", field);
    size_t count = lua_rawlen(L, -1);
    for (size_t i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i);
        struct cs_sid sid = csi_to_sid(L, -1);
        if (!add(token, &sid))
            csi_raise_new(L, CS_MEMORY, "out of memory");
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void add_privileges(lua_State *L, struct cs_token *token)
{
    struct cs_error err;
    if (!csi_field(L, 1, "privileges"))
        return;
    luaL_checktype(L, -1, LUA_TTABLE);
    size_t count = lua_rawlen(L, -1);
    for (size_t i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i);
        csi_check(L, cs_token_grant(token, csi_to_str(L, -1), &err), &err);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

int csi_token_make(lua_State *L)
{
    csi_known_keys(L, 1, "user groups device deny_only restricted privileges");
    struct cs_arena *arena;
    if (!csi_field(L, 1, "user"))
        csi_raise_new(L, CS_INVALID, "'user' is missing: the SID of the account");
    struct cs_sid user = csi_to_sid(L, -1);
    struct cs_token **slot = csi_new_token(L, &arena);
    *slot = cs_token_new(arena);
    if (!*slot || cs_token_add(*slot, &user, CS_TOKEN_ENABLED, CS_ORIGIN_USER, CS_TOKEN_NO_VIA) < 0)
        csi_raise_new(L, CS_MEMORY, "out of memory");
    for (size_t i = 0; i < CS_COUNT(lists); i++)
        add_list(L, lists[i].field, lists[i].add, *slot);
    add_privileges(L, *slot);
    return 1;
}

/* --------------------------------------------------------------------- ask */

static int token_has(lua_State *L)
{
    const struct cs_token *token = csi_to_token(L, 1);
    struct cs_sid sid = csi_to_sid(L, 2);
    lua_pushboolean(L, cs_token_has(token, &sid));
    return 1;
}

static int token_sids(lua_State *L)
{
    const struct cs_token *token = csi_to_token(L, 1);
    size_t count = cs_token_count(token);
    lua_createtable(L, (int)count, 0);
    for (size_t i = 0; i < count; i++) {
        csi_push_sid(L, &cs_token_at(token, i)->sid);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    csi_mark_array(L);
    return 1;
}

static int token_user(lua_State *L)
{
    csi_push_sid(L, &cs_token_at(csi_to_token(L, 1), 0)->sid);
    return 1;
}

static int token_size(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)cs_token_count(csi_to_token(L, 1)));
    return 1;
}

static int token_tostring(lua_State *L)
{
    struct cs_sid_text user;
    const struct cs_token *token = csi_to_token(L, 1);
    lua_pushfstring(L, "token of %s (%d SIDs)", cs_sid_format(&cs_token_at(token, 0)->sid, &user),
                    (int)cs_token_count(token));
    return 1;
}
