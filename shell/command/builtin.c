/*
 * builtin.c - the commands of the core itself: help, set, plugin list, info and load, quit.
 * They are a plugin like any other, only that it is always there.  Room: command.
 */
#include "shell_internal.h"

#include "caps.h"

#include <string.h>

/* -------------------------------------------------------------------- help */

static struct cs_value describe_params(struct cs_arena *arena, const struct cs_params *params)
{
    struct cs_list_maker list = {.arena = arena};
    for (size_t i = 0; i < params->count; i++) {
        const struct cs_param *param = &params->at[i];
        struct cs_member members[] = {
            {CS_STR("name"), cs_value_text(param->name)},
            {CS_STR("type"), cs_value_text(param->flags & CS_FLAG ? "flag" : param->type->name)},
            {CS_STR("help"), cs_value_text(param->help)},
            {CS_STR("option"), cs_value_bool((param->flags & (CS_OPTION | CS_FLAG)) != 0)},
            {CS_STR("optional"),
             cs_value_bool((param->flags & (CS_OPTION | CS_FLAG | CS_OPTIONAL)) ||
                           param->fallback)},
            {CS_STR("many"), cs_value_bool((param->flags & CS_MANY) != 0)},
            {CS_STR("fallback"), cs_value_text(param->fallback)},
        };
        cs_list_add(&list, cs_value_object(arena, members, CS_COUNT(members)));
    }
    return cs_list_value(&list);
}

static struct cs_value describe_fields(struct cs_arena *arena, const struct cs_fields *fields)
{
    struct cs_list_maker list = {.arena = arena};
    for (size_t i = 0; i < fields->count; i++) {
        struct cs_member members[] = {
            {CS_STR("name"), cs_value_text(fields->at[i].name)},
            {CS_STR("type"), cs_value_text(fields->at[i].type->name)},
            {CS_STR("help"), cs_value_text(fields->at[i].help)},
        };
        cs_list_add(&list, cs_value_object(arena, members, CS_COUNT(members)));
    }
    return cs_list_value(&list);
}

static struct cs_value describe_examples(struct cs_arena *arena, const struct cs_examples *examples)
{
    struct cs_list_maker list = {.arena = arena};
    for (size_t i = 0; i < examples->count; i++) {
        struct cs_member members[] = {
            {CS_STR("line"), cs_value_text(examples->at[i].line)},
            {CS_STR("why"), cs_value_text(examples->at[i].why)},
        };
        cs_list_add(&list, cs_value_object(arena, members, CS_COUNT(members)));
    }
    return cs_list_value(&list);
}

static cs_status help_row(struct cs_call *call, const struct cs_command *command,
                          struct cs_error *err)
{
    struct cs_arena *arena = cs_call_arena(call);
    const struct csi_plugin_entry *owner = csi_registry_owner(cs_call_shell(call), command);
    return CS_ROW(call, err, cs_value_text(command->name), cs_value_text(command->brief),
                  cs_value_str(cs_help_usage(arena, command)), cs_value_text(command->detail),
                  cs_value_text(owner ? owner->name : NULL),
                  describe_params(arena, &command->params),
                  describe_fields(arena, &command->result),
                  describe_examples(arena, &command->examples), cs_value_text(command->see));
}

static cs_status help_topic_row(struct cs_call *call, const struct csi_topic *topic,
                                struct cs_error *err)
{
    struct cs_value none = cs_value_list(cs_call_arena(call), NULL, 0);
    cs_call_say(call, "%s", topic->text);
    return CS_ROW(call, err, cs_value_text(topic->name), cs_value_text(topic->brief),
                  cs_value_null(), cs_value_text(topic->text), cs_value_null(), none, none, none,
                  cs_value_null());
}

/* The commands whose names begin with `family` ("" for all), one a line. */
static size_t say_commands(struct cs_call *call, struct cs_str family)
{
    struct cs_shell *shell = cs_call_shell(call);
    const struct csi_command_entry **sorted = csi_registry_sorted(shell, cs_call_arena(call));
    size_t width = 0, count = 0;
    for (size_t i = 0; i < shell->command_count; i++)
        if (strlen(sorted[i]->entry.name) > width)
            width = strlen(sorted[i]->entry.name);
    for (size_t i = 0; i < shell->command_count; i++) {
        const struct cs_command_entry *entry = &sorted[i]->entry;
        if (!cs_str_same_start(cs_str_of(entry->name), family))
            continue;
        cs_call_say(call, "  %-*s  %s\n", (int)width, entry->name, entry->brief);
        count++;
    }
    return count;
}

static cs_status help_rows(struct cs_call *call, struct cs_str family, struct cs_error *err)
{
    struct cs_shell *shell = cs_call_shell(call);
    const struct csi_command_entry **sorted = csi_registry_sorted(shell, cs_call_arena(call));
    size_t count = shell->command_count;
    const char **names = cs_arena_alloc(cs_call_arena(call), (count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = sorted[i]->entry.name;
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < count; i++) {
        if (!cs_str_same_start(cs_str_of(names[i]), family))
            continue;
        const struct cs_command *command = cs_shell_command(shell, cs_str_of(names[i]));
        if (command)
            status = help_row(call, command, err);
    }
    return status;
}

static cs_status help_all(struct cs_call *call, struct cs_error *err)
{
    if (!cs_call_wants_words(call))
        return help_rows(call, CS_STR(""), err);
    cs_call_say(call, "certsh %s: the DCOM security in front of Microsoft Certificate Services\n\n",
                cs_version());
    say_commands(call, CS_STR(""));
    cs_call_say(call, "\nmore, with help NAME:\n");
    for (const struct csi_topic *topic = csi_topics; topic->name; topic++)
        cs_call_say(call, "  %-12s  %s\n", topic->name, topic->brief);
    cs_call_say(call, "\nEverything that is no command is Lua: =lab:principal(\"alice\").sid\n");
    return CS_OK;
}

static struct cs_str typed_topic(struct cs_call *call)
{
    struct cs_list words = cs_call_many(call, "topic");
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 16);
    for (size_t i = 0; i < words.count; i++)
        cs_buf_addf(&buf, "%s%.*s", i ? " " : "", CS_STR_ARG(words.at[i].text));
    struct cs_str text = cs_str_copy(cs_call_arena(call), cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return text;
}

static struct cs_str near_topic(struct cs_str typed)
{
    const char *names[16];
    size_t count = 0;
    for (const struct csi_topic *topic = csi_topics; topic->name; topic++)
        names[count++] = topic->name;
    return cs_str_of(csi_nearest(typed, names, count));
}

static cs_status no_topic(struct cs_call *call, struct cs_str topic, struct cs_error *err)
{
    struct cs_str near = near_topic(topic);
    if (!near.length)
        near = cs_shell_suggest(cs_call_shell(call), cs_call_arena(call), topic);
    cs_fail(err, CS_NOT_FOUND, "no help on '%.*s'", CS_STR_ARG(topic));
    if (near.length)
        return cs_error_hint(err, "did you mean: %.*s", CS_STR_ARG(near));
    return cs_error_hint(err, "'help' lists commands and topics");
}

static cs_status help_family(struct cs_call *call, struct cs_str topic, struct cs_error *err)
{
    struct cs_str family = cs_str_printf(cs_call_arena(call), "%.*s ", CS_STR_ARG(topic));
    if (!cs_call_wants_words(call))
        return help_rows(call, family, err);
    return say_commands(call, family) ? CS_OK : no_topic(call, topic, err);
}

static cs_status help(struct cs_call *call, struct cs_error *err)
{
    struct cs_str topic = typed_topic(call), rest;
    const struct cs_command *command = NULL;
    if (!topic.length || cs_str_is(topic, "commands"))
        return help_all(call, err);
    for (const struct csi_topic *page = csi_topics; page->name; page++)
        if (cs_str_same(topic, cs_str_of(page->name)))
            return help_topic_row(call, page, err);
    cs_status status = cs_shell_find(cs_call_shell(call), topic, &command, &rest, err);
    if (status != CS_OK)
        return status;
    if (!command || rest.length)
        return help_family(call, topic, err);
    cs_call_say(call, "%s", cs_help_command(cs_call_arena(call), command).at);
    return help_row(call, command, err);
}

/* --------------------------------------------------------------------- set */

static cs_status set_row(struct cs_call *call, const struct csi_setting *setting,
                         struct cs_error *err)
{
    return CS_ROW(call, err, cs_value_text(setting->name), cs_value_text(setting->value),
                  cs_value_text(setting->brief));
}

static cs_status set(struct cs_call *call, struct cs_error *err)
{
    struct cs_shell *shell = cs_call_shell(call);
    struct cs_str name = cs_call_str(call, "name");
    cs_status status = CS_OK;
    if (cs_call_given(call, "value")) {
        cs_call_say(call, "%s", ""); /* nothing to show, not even an empty table */
        return cs_shell_set(shell, name, cs_call_str(call, "value"), err);
    }
    bool found = false;
    for (size_t i = 0; i < CS_COUNT(shell->settings) && shell->settings[i].name; i++) {
        if (name.length && !cs_str_same(name, cs_str_of(shell->settings[i].name)))
            continue;
        found = true;
        status = set_row(call, &shell->settings[i], err);
        if (status != CS_OK)
            return status;
    }
    return found ? CS_OK : cs_shell_set(shell, name, CS_STR(""), err);
}

/* ------------------------------------------------------------------ plugins */

static cs_status plugin_row(struct cs_call *call, const struct csi_plugin_entry *plugin,
                            struct cs_error *err)
{
    const char *status = plugin->broken || plugin->problem[0] ? "failed"
                         : plugin->plugin                     ? "loaded"
                                                              : "known";
    return CS_ROW(call, err, cs_value_text(plugin->name), cs_value_text(plugin->version),
                  cs_value_text(plugin->brief), cs_value_text(plugin->origin),
                  cs_value_text(status));
}

static cs_status plugin_list(struct cs_call *call, struct cs_error *err)
{
    struct cs_shell *shell = cs_call_shell(call);
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < shell->plugin_count; i++)
        status = plugin_row(call, &shell->plugins[i], err);
    return status;
}

static struct cs_value plugin_commands(struct cs_arena *arena, const struct cs_plugin *plugin)
{
    struct cs_list_maker list = {.arena = arena};
    for (size_t i = 0; i < plugin->command_count; i++)
        cs_list_add(&list, cs_value_text(plugin->commands[i].name));
    return cs_list_value(&list);
}

static cs_status no_plugin(struct cs_call *call, struct cs_str name, struct cs_error *err)
{
    struct cs_shell *shell = cs_call_shell(call);
    const char **names = cs_arena_alloc(cs_call_arena(call), shell->plugin_count * sizeof *names);
    for (size_t i = 0; i < shell->plugin_count; i++)
        names[i] = shell->plugins[i].name;
    const char *near = csi_nearest(name, names, shell->plugin_count);
    cs_fail(err, CS_NOT_FOUND, "no such plugin '%.*s'", CS_STR_ARG(name));
    return near ? cs_error_hint(err, "did you mean '%s'?", near)
                : cs_error_hint(err, "'plugin list' names those there are");
}

/* A file that is not loaded, as it describes itself: nothing of it runs. */
static cs_status plugin_file_info(struct cs_call *call, struct cs_str path, struct cs_error *err)
{
    struct cs_shell *shell = cs_call_shell(call);
    struct csi_said said = {0};
    const char *file = cs_str_c(cs_call_arena(call), path);
    if (~csi_caps_granted(shell) & CSI_FILE_READ)
        return csi_caps_refuse(shell, "a plugin's file", CSI_FILE_READ, err);
    if (!shell->read_plugin || !shell->read_plugin(cs_call_arena(call), file, &said)) {
        cs_fail(err, CS_NOT_FOUND, "'%s' does not describe a plugin that can be read unopened",
                file);
        return cs_error_hint(err,
                             "of a shared object, and of a table that is computed, one "
                             "learns by: plugin load %s",
                             file);
    }
    return CS_ROW(call, err, cs_value_text(said.name), cs_value_text(said.version),
                  cs_value_text(said.brief), cs_value_str(path), cs_value_text("file"),
                  cs_value_int(CS_PLUGIN_ABI), cs_value_text(said.needs), said.commands);
}

static cs_status plugin_info(struct cs_call *call, struct cs_error *err)
{
    struct cs_shell *shell = cs_call_shell(call);
    struct cs_str name = cs_call_str(call, "name");
    struct csi_plugin_entry *plugin = csi_registry_plugin(shell, name);
    if (!plugin && (cs_str_find(name, '/') >= 0 || cs_str_find(name, '.') >= 0))
        return plugin_file_info(call, name, err);
    if (!plugin)
        return no_plugin(call, name, err);
    cs_status status = csi_registry_load(shell, plugin, err);
    if (status != CS_OK)
        return status;
    plugin = csi_registry_plugin(shell, name);
    return CS_ROW(call, err, cs_value_text(plugin->name), cs_value_text(plugin->version),
                  cs_value_text(plugin->brief), cs_value_text(plugin->origin),
                  cs_value_text("loaded"), cs_value_int((int64_t)plugin->plugin->abi),
                  cs_value_text(plugin->plugin->needs),
                  plugin_commands(cs_call_arena(call), plugin->plugin));
}

/* A file by its path; a bare name is a plugin that is known already. */
static cs_status plugin_load(struct cs_call *call, struct cs_error *err)
{
    struct cs_shell *shell = cs_call_shell(call);
    struct cs_str file = cs_call_str(call, "file");
    struct csi_plugin_entry *known = csi_registry_plugin(shell, file);
    if (!known && !shell->load_plugin)
        return cs_fail(err, CS_STATE, "plugins cannot be loaded here");
    size_t before = shell->plugin_count;
    cs_status status = known ? csi_registry_load(shell, known, err)
                             : shell->load_plugin(shell, cs_str_c(cs_call_arena(call), file), err);
    if (status != CS_OK)
        return status;
    if (shell->plugin_count > before)
        return plugin_row(call, &shell->plugins[before], err);
    known = csi_registry_plugin(shell, file);
    return known ? plugin_row(call, known, err) : CS_OK;
}

/* -------------------------------------------------------------------- quit */

static cs_status quit(struct cs_call *call, struct cs_error *err)
{
    int64_t code = cs_call_int(call, "code");
    if (code < 0 || code > 255)
        return cs_fail(err, CS_INVALID, "an exit code is 0 to 255, not %lld", (long long)code);
    cs_shell_quit(cs_call_shell(call), (int)code);
    return CS_OK;
}

/* ------------------------------------------------------------ declarations */

static void complete_plugin(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                            void *context)
{
    for (size_t i = 0; i < shell->plugin_count; i++)
        if (cs_str_same_start(cs_str_of(shell->plugins[i].name), prefix))
            offer(context, cs_str_of(shell->plugins[i].name), shell->plugins[i].brief);
}

static void complete_setting(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                             void *context)
{
    for (size_t i = 0; i < CS_COUNT(shell->settings) && shell->settings[i].name; i++)
        if (cs_str_same_start(cs_str_of(shell->settings[i].name), prefix))
            offer(context, cs_str_of(shell->settings[i].name), shell->settings[i].brief);
}

static const struct cs_type type_plugin = {"plugin", "string", "the name of a plugin",
                                           NULL,     NULL,     complete_plugin};
static const struct cs_type type_setting = {"setting", "string", "the name of a setting",
                                            NULL,      NULL,     complete_setting};

#define PLUGIN_FIELDS                                                                              \
    {"name", &cs_type_text, "the plugin"}, {"version", &cs_type_text, "its version"},              \
        {"brief", &cs_type_text, "what it is for"},                                                \
        {"origin", &cs_type_path, "its file, or 'built in'"},                                      \
    {                                                                                              \
        "status", &cs_type_text, "loaded, known (loaded when first used), failed; or a file"       \
    }

static const struct cs_command commands[] = {
    {.name = "help",
     .brief = "list the commands, or explain one",
     .run = help,
     .params = CS_PARAMS({"topic", &cs_type_command, "a command, a family of them, or a topic",
                          CS_OPTIONAL | CS_MANY}),
     .result = CS_FIELDS(
         {"name", &cs_type_text, "the command or topic"}, {"brief", &cs_type_text, "what it does"},
         {"usage", &cs_type_text, "how it is called"},
         {"detail", &cs_type_text, "more about it, or null"},
         {"plugin", &cs_type_text, "whose it is"}, {"params", &cs_type_list, "its parameters"},
         {"result", &cs_type_list, "the fields of its rows"},
         {"examples", &cs_type_list, "lines to try"},
         {"see", &cs_type_text, "related commands, or null"}),
     .examples = CS_EXAMPLES({"help", "which commands are there?"},
                             {"help exit-codes", "what do the exit codes say?"},
                             {"help set", "how is set called?"})},
    {.name = "set",
     .brief = "show or change a setting of the shell",
     .run = set,
     .params = CS_PARAMS({"name", &type_setting, "which setting", CS_OPTIONAL},
                         {"value", &cs_type_text, "its new value", CS_OPTIONAL}),
     .result =
         CS_FIELDS({"name", &cs_type_text, "the setting"}, {"value", &cs_type_text, "its value"},
                   {"brief", &cs_type_text, "what it means"}),
     .examples = CS_EXAMPLES({"set", "which settings are there?"},
                             {"set format json", "print rows as JSON from now on"})},
    {.name = "plugin list",
     .brief = "list the plugins",
     .run = plugin_list,
     .result = CS_FIELDS(PLUGIN_FIELDS),
     .examples = CS_EXAMPLES({"plugin list", "which plugins are there, and from where?"})},
    {.name = "plugin info",
     .brief = "show one plugin with its commands",
     .detail = "A Lua plugin's file by its path is read, not run: what it is called, what it "
               "needs and which commands it has is seen before it is trusted.",
     .run = plugin_info,
     .params = CS_PARAMS({"name", &type_plugin, "which plugin, or a Lua plugin's file"}),
     .result = CS_FIELDS(PLUGIN_FIELDS, {"abi", &cs_type_int, "the ABI it was built for"},
                         {"needs", &cs_type_text, "the capabilities it asks for, or null"},
                         {"commands", &cs_type_list, "its commands"}),
     .examples = CS_EXAMPLES({"plugin info core", "which commands does the core have?"})},
    {.name = "plugin load",
     .brief = "load a plugin from its file",
     .run = plugin_load,
     .needs = CSI_NEEDS_ALL,
     .params = CS_PARAMS({"file", &cs_type_path, "a .so or .lua file, or a known plugin's name"}),
     .result = CS_FIELDS(PLUGIN_FIELDS)},
    {.name = "quit",
     .brief = "leave the shell",
     .run = quit,
     .params = CS_PARAMS({"code", &cs_type_int, "the exit code", CS_OPTIONAL, "0"})},
    {.name = "exit",
     .brief = "leave the shell",
     .run = quit,
     .params = CS_PARAMS({"code", &cs_type_int, "the exit code", CS_OPTIONAL, "0"})},
};

const struct cs_plugin csi_builtin_plugin = {
    CS_PLUGIN_HEAD,
    .name = "core",
    .version = "1.0",
    .brief = "help, settings, plugins",
    .needs = "none",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
