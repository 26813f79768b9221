/*
 * lua_plugin.c - certsh.command{...} and certsh.plugin{...}: declarations in Lua.
 *
 *     return certsh.plugin{
 *         name = "hello", version = "1.0", brief = "says hello",
 *         commands = {{
 *             name = "hello greet", brief = "greet somebody",
 *             params = {{"who", "principal", "whom to greet"}},
 *             result = {{"text", "text", "the greeting"}},
 *             run = function(call) return {text = "hello " .. call.who.name} end,
 *         }},
 *     }
 *
 * The keys are the fields of the C structs, and what comes out is the same struct cs_plugin: the
 * registry cannot tell the difference.  What was declared lives as long as the Lua state.
 * Room: lua.
 */
#include <string.h>

#include "command/shell_internal.h"
#include "lua/lua_internal.h"

const struct csi_class csi_class_plugin = {.name = "certsh.plugin"};

/* A text field that outlives the table; NULL when it is not there. */
static const char *keep_opt(lua_State *L, int index, const char *name)
{
    struct cs_str text = csi_opt_text(L, index, name);
    return text.length ? cs_str_c(csi_lua_of(L)->kept, text) : NULL;
}

const char *csi_keep_need(lua_State *L, int index, const char *name)
{
    return cs_str_c(csi_lua_of(L)->kept, csi_need_text(L, index, name));
}

/* A field by its name, or by its place in a short form {"who", "principal", "whom"}. */
static const char *keep_short(lua_State *L, int index, const char *name, int place)
{
    const char *text = keep_opt(L, index, name);
    if (text)
        return text;
    if (lua_rawgeti(L, index, place) != LUA_TSTRING) {
        lua_pop(L, 1);
        return NULL;
    }
    text = cs_str_c(csi_lua_of(L)->kept, csi_to_str(L, -1));
    lua_pop(L, 1);
    return text;
}

static const char *need_short(lua_State *L, int index, const char *name, int place)
{
    const char *text = keep_short(L, index, name, place);
    if (!text)
        csi_raise_new(L, CS_INVALID, "'%s' is missing", name);
    return text;
}

/* ------------------------------------------------------------------- types */

/* The words are those of the C names: cs_type_int is "int". */
static const struct {
    const char *word;
    const struct cs_type *type;
} types[] = {{"text", &cs_type_text},
             {"int", &cs_type_int},
             {"bool", &cs_type_bool},
             {"list", &cs_type_list},
             {"code", &cs_type_code},
             {"time", &cs_type_time},
             {"sid", &cs_type_sid},
             {"sddl", &cs_type_sddl},
             {"verdict", &cs_type_verdict},
             {"path", &cs_type_path},
             {"principal", &cs_type_principal},
             {"group", &cs_type_group},
             {"host", &cs_type_host},
             {"ca", &cs_type_ca},
             {"template", &cs_type_template},
             {"service", &cs_type_service},
             {"right", &cs_type_right},
             {"command", &cs_type_command}};

static const struct cs_type *type_named(lua_State *L, struct cs_str name)
{
    const char *words[CS_COUNT(types) + 1] = {NULL};
    for (size_t i = 0; i < CS_COUNT(types); i++) {
        words[i] = types[i].word;
        if (cs_str_is(name, types[i].type->name))
            return types[i].type;
    }
    return types[csi_choice(L, name, "type", words)].type;
}

/* A list of words is a type of its own: a choice. */
static const struct cs_type *make_choice(lua_State *L, int index)
{
    struct cs_arena *kept = csi_lua_of(L)->kept;
    size_t count = lua_rawlen(L, index);
    const char **words = cs_arena_alloc(kept, (count + 1) * sizeof *words);
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, index, (lua_Integer)i + 1);
        words[i] = cs_str_c(kept, csi_to_str(L, -1));
        lua_pop(L, 1);
    }
    struct cs_type *type = cs_arena_alloc(kept, sizeof *type);
    *type = (struct cs_type){.name = "choice", .json = "string", .choices = words};
    return type;
}

static const struct cs_type *to_type(lua_State *L, int index)
{
    if (!csi_field(L, index, "type"))
        lua_rawgeti(L, index, 2);
    if (lua_isnil(L, -1))
        csi_raise_new(L, CS_INVALID, "'type' is missing");
    const struct cs_type *type =
        lua_istable(L, -1) ? make_choice(L, lua_gettop(L)) : type_named(L, csi_to_str(L, -1));
    lua_pop(L, 1);
    return type;
}

/* ------------------------------------------------------------------- lists */

/* Fill one element from the table at `index`. */
typedef void element_fn(lua_State *L, int index, void *element);

/* The list in field `name` as an array in lua->kept; each problem names its element. */
static void *keep_list(lua_State *L, int index, const char *name, size_t size, element_fn *fn,
                       size_t *count)
{
    *count = 0;
    if (!csi_field(L, index, name))
        return NULL;
    if (!lua_istable(L, -1))
        csi_raise_new(L, CS_INVALID, "'%s' must be a list of tables", name);
    *count = lua_rawlen(L, -1);
    char *elements = cs_arena_alloc(csi_lua_of(L)->kept, (*count + 1) * size);
    for (size_t i = 0; i < *count; i++) {
        if (lua_rawgeti(L, -1, (lua_Integer)i + 1) != LUA_TTABLE)
            csi_raise_new(L, CS_INVALID, "'%s' must be a list of tables", name);
        fn(L, lua_gettop(L), elements + i * size);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return elements;
}

static unsigned to_flags(lua_State *L, int index)
{
    static const struct {
        const char *name;
        unsigned flag;
    } flags[] = {
        {"option", CS_OPTION}, {"flag", CS_FLAG}, {"optional", CS_OPTIONAL}, {"many", CS_MANY}};
    unsigned all = csi_opt_number(L, index, "flags", 0);
    for (size_t i = 0; i < CS_COUNT(flags); i++)
        if (csi_opt_flag(L, index, flags[i].name))
            all |= flags[i].flag;
    return all;
}

static void fill_param(lua_State *L, int index, void *element)
{
    *(struct cs_param *)element = (struct cs_param){
        .name = need_short(L, index, "name", 1),
        .type = to_type(L, index),
        .help = need_short(L, index, "help", 3),
        .flags = to_flags(L, index),
        .fallback = keep_opt(L, index, "fallback"),
    };
}

static void fill_field(lua_State *L, int index, void *element)
{
    *(struct cs_field *)element = (struct cs_field){.name = need_short(L, index, "name", 1),
                                                    .type = to_type(L, index),
                                                    .help = need_short(L, index, "help", 3)};
}

static void fill_example(lua_State *L, int index, void *element)
{
    *(struct cs_example *)element = (struct cs_example){.line = need_short(L, index, "line", 1),
                                                        .why = need_short(L, index, "why", 2)};
}

/* ---------------------------------------------------------------- commands */

static int keep_function(lua_State *L, int index)
{
    if (!csi_field(L, index, "run") || !lua_isfunction(L, -1))
        csi_raise_new(L, CS_INVALID, "'run' is missing: the function of the command");
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

static unsigned to_command_flags(lua_State *L, int index)
{
    unsigned flags = csi_opt_number(L, index, "flags", 0);
    if (csi_opt_flag(L, index, "writes"))
        flags |= CS_COMMAND_WRITES;
    if (csi_opt_flag(L, index, "raw"))
        flags |= CS_COMMAND_RAW;
    return flags;
}

/* What code that is declared now may do: a file what it says, a script what is granted. */
unsigned csi_declaring(lua_State *L)
{
    const struct csi_lua *lua = csi_lua_of(L);
    return lua->collecting ? lua->file_caps : csi_caps_granted(lua->shell);
}

/* `needs` of a plugin; a file's must be what was read before it ran. */
static const char *keep_needs(lua_State *L, int index)
{
    const struct csi_lua *lua = csi_lua_of(L);
    const char *needs = keep_opt(L, index, "needs");
    if (!lua->collecting)
        return needs ? needs : csi_caps_text(lua->kept, csi_declaring(L));
    if (needs && strcmp(needs, lua->file_needs) != 0) {
        struct cs_error err;
        cs_fail(&err, CS_ABI, "what the plugin needs ('%s') does not stand in its file", needs);
        cs_error_hint(&err,
                      "write needs = \"%s\" into the table as a plain text: it is read "
                      "before the file runs",
                      needs);
        csi_raise(L, &err);
    }
    return cs_str_c(lua->kept, cs_str_of(lua->file_needs));
}

static void fill_command(lua_State *L, int index, void *element)
{
    struct cs_command *command = element;
    csi_known_keys(L, index,
                   "name brief detail usage params result examples see flags writes raw "
                   "needs run");
    command->name = csi_keep_need(L, index, "name");
    command->brief = csi_keep_need(L, index, "brief");
    command->detail = keep_opt(L, index, "detail");
    command->usage = keep_opt(L, index, "usage");
    command->see = keep_opt(L, index, "see");
    command->needs = keep_opt(L, index, "needs");
    command->flags = to_command_flags(L, index);
    command->params.at =
        keep_list(L, index, "params", sizeof(struct cs_param), fill_param, &command->params.count);
    command->result.at =
        keep_list(L, index, "result", sizeof(struct cs_field), fill_field, &command->result.count);
    command->examples.at = keep_list(L, index, "examples", sizeof(struct cs_example), fill_example,
                                     &command->examples.count);
    struct csi_lua_handler *handler = cs_arena_alloc(csi_lua_of(L)->kept, sizeof *handler);
    handler->lua = csi_lua_of(L);
    handler->command = command;
    handler->function = keep_function(L, index);
    handler->caps = csi_declaring(L);
    command->run = csi_call_handler;
    command->data = handler;
}

/* ----------------------------------------------------------------- plugins */

const struct cs_plugin *csi_plugin_make(lua_State *L, int index)
{
    csi_known_keys(L, index, "abi name version brief needs commands gates importers formats");
    struct cs_plugin *plugin = cs_arena_alloc(csi_lua_of(L)->kept, sizeof *plugin);
    const struct cs_plugin head = {CS_PLUGIN_HEAD};
    *plugin = head;
    plugin->abi = csi_opt_number(L, index, "abi", CS_PLUGIN_ABI);
    plugin->name = csi_keep_need(L, index, "name");
    plugin->version = csi_keep_need(L, index, "version");
    plugin->brief = csi_keep_need(L, index, "brief");
    plugin->needs = keep_needs(L, index);
    plugin->commands = keep_list(L, index, "commands", sizeof(struct cs_command), fill_command,
                                 &plugin->command_count);
    plugin->gates =
        keep_list(L, index, "gates", sizeof(struct cs_gate), csi_fill_gate, &plugin->gate_count);
    plugin->importers = keep_list(L, index, "importers", sizeof(struct cs_importer),
                                  csi_fill_importer, &plugin->importer_count);
    plugin->formats = keep_list(L, index, "formats", sizeof(struct cs_format), csi_fill_format,
                                &plugin->format_count);
    return plugin;
}

/* Where the declaration stands: "deploy.lua:12". */
static const char *origin_here(lua_State *L)
{
    lua_Debug where;
    for (int level = 1; lua_getstack(L, level, &where); level++) {
        lua_getinfo(L, "Sl", &where);
        if (where.currentline > 0)
            return cs_arena_printf(csi_lua_of(L)->kept, "%s:%d", where.short_src,
                                   where.currentline);
    }
    return "lua";
}

static void add_plugin(lua_State *L, const struct cs_plugin *plugin)
{
    struct cs_error err;
    csi_check(L, cs_shell_add_plugin(csi_lua_of(L)->shell, plugin, origin_here(L), &err), &err);
}

/* A plugin file only declares, its loader registers; anywhere else it is registered now. */
int csi_plugin(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    const struct cs_plugin *plugin = csi_plugin_make(L, 1);
    if (!csi_lua_of(L)->collecting)
        add_plugin(L, plugin);
    struct csi_plugin_box *box = csi_new(L, &csi_class_plugin, sizeof *box, 0);
    box->plugin = plugin;
    return 1;
}

/* One command by itself is a plugin of one, named after it: "lua_deploy_all". */
static const struct cs_plugin *plugin_of_one(struct cs_arena *kept, const struct cs_command *only,
                                             const char *needs)
{
    char *name = cs_arena_printf(kept, "lua_%s", only->name);
    for (char *at = name; *at; at++)
        if (*at == ' ' || *at == '-')
            *at = '_';
    const struct cs_plugin one = {CS_PLUGIN_HEAD,       .name = name,   .version = "0",
                                  .brief = only->brief, .needs = needs, .commands = only,
                                  .command_count = 1};
    struct cs_plugin *plugin = cs_arena_alloc(kept, sizeof *plugin);
    *plugin = one;
    return plugin;
}

/*
 * Registers the command, anew where it was declared so before; in a plugin file it is only one
 * of the plugin's `commands`.  Gives its table: a script that returns it is run as it.
 */
int csi_command(lua_State *L)
{
    struct csi_lua *lua = csi_lua_of(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (lua->collecting)
        return 1;
    struct cs_command *command = cs_arena_alloc(lua->kept, sizeof *command);
    fill_command(L, 1, command);
    const struct cs_plugin *plugin =
        plugin_of_one(lua->kept, command, csi_caps_text(lua->kept, csi_declaring(L)));
    if (!csi_registry_say_anew(lua->shell, plugin, origin_here(L)))
        add_plugin(L, plugin);
    return 1;
}
