/*
 * lua_importer.c - importers of Lua plugins: a file format read in Lua (see import.h).
 *
 *     importers = {{
 *         name = "site-list", brief = "members of a group, one a line",
 *         probe = function(name, head) return name:match "%.members$" and 90 or 0 end,
 *         read = function(import, text)
 *             for line in text:gmatch "[^\n]+" do import:entry{dn = ..., line = n, member = {...}}
 * end end,
 *     }}
 *
 * The methods are entry, registry, key, skip, warn and bad; the object is dead when `read` has
 * returned.  Bytes of a value are those of the text.  Room: lua.
 */
#include "lua/lua_internal.h"

struct lua_importer {
    const struct csi_lua_handler *probe, *read;
};

struct import_box {
    struct cs_import *import; /* NULL once it has ended */
};

static int import_entry(lua_State *L);
static int import_registry(lua_State *L);
static int import_key(lua_State *L);
static int import_skip(lua_State *L);
static int import_warn(lua_State *L);
static int import_bad(lua_State *L);

static const struct csi_fn methods[] = {{"entry", import_entry, true},
                                        {"registry", import_registry, true},
                                        {"key", import_key, true},
                                        {"skip", import_skip, true},
                                        {"warn", import_warn, true},
                                        {"bad", import_bad, true},
                                        {0}};
static const struct csi_class class_import = {.name = "certsh.import", .methods = methods};

static struct cs_import *to_import(lua_State *L)
{
    const struct import_box *box = csi_to(L, 1, &class_import);
    if (!box->import)
        csi_raise_new(L, CS_STATE, "this import has ended");
    return box->import;
}

static uint32_t opt_line(lua_State *L, int index)
{
    return (uint32_t)luaL_optinteger(L, index, 0);
}

/* -------------------------------------------------------------------- entries */

static size_t count_values(lua_State *L, int index)
{
    size_t count = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        count += lua_istable(L, -1) ? lua_rawlen(L, -1) : 1;
    return count;
}

/* Texts are the import's: it reads them when all files are read. */
static struct cs_str keep(lua_State *L, struct cs_import *import, int index)
{
    return cs_str_copy(cs_import_arena(import), csi_to_str(L, index));
}

/* All values of the attribute whose name and value are on top. */
static size_t take_values(lua_State *L, struct cs_import *import, uint32_t line,
                          struct cs_attribute *out)
{
    int value = lua_gettop(L);
    struct cs_str name = keep(L, import, value - 1);
    size_t count = lua_istable(L, value) ? lua_rawlen(L, value) : 1;
    for (size_t i = 0; i < count; i++) {
        if (lua_istable(L, value))
            lua_rawgeti(L, value, (lua_Integer)i + 1);
        else
            lua_pushvalue(L, value);
        out[i] = (struct cs_attribute){
            .name = name, .options = CS_STR(""), .value = keep(L, import, -1), .line = line};
        lua_pop(L, 1);
    }
    return count;
}

/* (import, {dn=, line=, attribute=value or {value...}, ...}) */
static int import_entry(lua_State *L)
{
    struct cs_import *import = to_import(L);
    struct cs_error err;
    luaL_checktype(L, 2, LUA_TTABLE);
    struct cs_entry entry = {.dn = cs_str_copy(cs_import_arena(import), csi_need_text(L, 2, "dn")),
                             .line = csi_opt_number(L, 2, "line", 0)};
    struct cs_attribute *at =
        cs_arena_alloc(cs_import_arena(import), (count_values(L, 2) + 1) * sizeof *at);
    for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
        struct cs_str key = lua_type(L, -2) == LUA_TSTRING ? csi_to_str(L, -2) : CS_STR("line");
        if (!cs_str_is(key, "dn") && !cs_str_is(key, "line"))
            entry.count += take_values(L, import, entry.line, at + entry.count);
    }
    entry.at = at;
    csi_check(L, cs_import_entry(import, &entry, &err), &err);
    return 0;
}

/* ------------------------------------------------------------------- registry */

/* (import, {key=, name=, value=, line=}): a number, a text, {bytes=} or a list of texts. */
static int import_registry(lua_State *L)
{
    struct cs_import *import = to_import(L);
    struct cs_error err;
    csi_known_keys(L, 2, "key name value line");
    struct cs_str key = csi_need_text(L, 2, "key"), name = csi_opt_text(L, 2, "name");
    uint32_t type, line = csi_opt_number(L, 2, "line", 0);
    if (!csi_field(L, 2, "value"))
        csi_raise_new(L, CS_INVALID, "'value' is missing");
    struct cs_arena *arena = cs_import_arena(import);
    struct cs_str data = cs_str_copy(arena, csi_to_reg_data(L, lua_gettop(L), &type));
    csi_check(L,
              cs_import_registry(import, cs_str_copy(arena, key), cs_str_copy(arena, name), type,
                                 data, line, &err),
              &err);
    return 0;
}

/* (import, key [, line]): the file holds the whole of it. */
static int import_key(lua_State *L)
{
    struct cs_import *import = to_import(L);
    struct cs_error err;
    csi_check(L, cs_import_key(import, keep(L, import, 2), opt_line(L, 3), &err), &err);
    return 0;
}

/* --------------------------------------------------------------------- remarks */

/* (import, reason, what [, line]) */
static int import_skip(lua_State *L)
{
    struct cs_import *import = to_import(L);
    const char *reason = cs_str_c(cs_import_arena(import), csi_to_str(L, 2));
    cs_import_skip(import, reason, keep(L, import, 3), opt_line(L, 4));
    return 0;
}

/* (import, text [, line]) */
static int import_warn(lua_State *L)
{
    struct cs_import *import = to_import(L);
    cs_import_warn(import, opt_line(L, 3), "%.*s", CS_STR_ARG(csi_to_str(L, 2)));
    return 0;
}

/* (import, text [, line]): the file is malformed; raises. */
static int import_bad(lua_State *L)
{
    struct cs_error err;
    struct cs_import *import = to_import(L);
    struct cs_str text = csi_to_str(L, 2);
    csi_check(L, cs_import_bad(import, opt_line(L, 3), &err, "%.*s", CS_STR_ARG(text)), &err);
    return 0;
}

/* ------------------------------------------------------------------------ ask */

struct reading {
    const struct csi_lua_handler *handler;
    struct cs_import *import;
    struct cs_str name, text;
    int sure;
};

/* (reading) */
static int ask_probe(lua_State *L)
{
    struct reading *reading = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, reading->handler->function);
    csi_push_str(L, reading->name);
    csi_push_str(L, reading->text);
    lua_call(L, 2, 1);
    reading->sure = (int)luaL_optinteger(L, -1, 0);
    return 0;
}

/* (reading) */
static int read_file(lua_State *L)
{
    struct reading *reading = lua_touserdata(L, 1);
    struct import_box *box = csi_new(L, &class_import, sizeof *box, 0); /* reading box */
    box->import = reading->import;
    lua_rawgeti(L, LUA_REGISTRYINDEX, reading->handler->function);
    lua_pushvalue(L, 2);
    csi_push_str(L, reading->text);
    int failed = lua_pcall(L, 2, 0, 0);
    box->import = NULL;
    return failed ? lua_error(L) : 0;
}

static cs_status held(struct reading *reading, lua_CFunction fn, struct cs_error *err)
{
    struct cs_shell *shell = reading->handler->lua->shell;
    unsigned granted = csi_caps_narrow(shell, reading->handler->caps & ~(unsigned)CSI_LAB_WRITE);
    cs_status status = csi_protect(reading->handler->lua, fn, reading, err);
    csi_caps_set(shell, granted);
    return status;
}

/* A probe that fails does not know the file. */
static int probe(void *data, struct cs_str name, struct cs_str head)
{
    const struct lua_importer *importer = data;
    struct reading reading = {.handler = importer->probe, .name = name, .text = head};
    return held(&reading, ask_probe, NULL) == CS_OK ? reading.sure : 0;
}

static cs_status read_all(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    const struct lua_importer *importer = cs_import_data(import);
    struct reading reading = {.handler = importer->read, .import = import, .text = bytes};
    return held(&reading, read_file, err);
}

void csi_fill_importer(lua_State *L, int index, void *element)
{
    struct lua_importer *data = cs_arena_alloc(csi_lua_of(L)->kept, sizeof *data);
    csi_known_keys(L, index, "name brief probe read");
    data->probe = csi_keep_handler(L, index, "probe", csi_declaring(L));
    data->read = csi_keep_handler(L, index, "read", csi_declaring(L));
    if (!data->probe || !data->read)
        csi_raise_new(L, CS_INVALID, "an importer needs 'probe' and 'read', two functions");
    *(struct cs_importer *)element = (struct cs_importer){.name = csi_keep_need(L, index, "name"),
                                                          .brief = csi_keep_need(L, index, "brief"),
                                                          .read = read_all,
                                                          .data = data,
                                                          .probe_data = probe};
}
