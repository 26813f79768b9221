/*
 * care.c - `plugin reload` and `plugin doctor`: plugins while they are being written, and when
 * something is wrong with one.
 *
 * A Lua plugin is read anew while the session goes on: the lab, the history and what scripts made
 * stay.  One that does not read leaves the old one in its place.  Room: plugin.
 */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <string.h>

#include "command/caps.h"
#include "command/shell_internal.h"
#include "plugin/declared.h"
#include "plugin/floor.h"

/* ----------------------------------------------------------- without running */

enum { MOST_BYTES = 1 << 24 };

static bool slurp(struct cs_arena *arena, const char *path, struct cs_str *text)
{
    char bytes[8192];
    size_t length;
    struct cs_buf buf;
    FILE *in = fopen(path, "rb");
    if (!in)
        return false;
    cs_buf_init(&buf, MOST_BYTES);
    while ((length = fread(bytes, 1, sizeof bytes, in)) > 0)
        cs_buf_add(&buf, bytes, length);
    fclose(in);
    *text = cs_str_copy(arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return true;
}

bool csi_plugin_read(struct cs_arena *arena, const char *path, struct csi_said *said)
{
    struct csi_manifest_plugin plugin = {0};
    struct cs_list_maker commands = {.arena = arena};
    struct cs_str text;
    path = csi_plugin_file(arena, path);
    if (!cs_str_ends(cs_str_of(path), CS_STR(".lua")) || !slurp(arena, path, &text) ||
        !csi_declared_read(arena, text, &plugin) || !plugin.name)
        return false;
    for (const struct csi_manifest_command *one = plugin.commands; one; one = one->next)
        cs_list_add(&commands, cs_value_text(one->name));
    *said = (struct csi_said){plugin.name, plugin.version, plugin.brief, plugin.needs,
                              cs_list_value(&commands)};
    return true;
}

/* -------------------------------------------------------------------- reload */

static cs_status find_script(struct cs_call *call, struct csi_plugin_entry **found,
                             struct cs_error *err)
{
    struct cs_str name = cs_call_str(call, "name");
    struct csi_plugin_entry *entry = csi_registry_plugin(cs_call_shell(call), name);
    if (!entry) {
        cs_fail(err, CS_NOT_FOUND, "no such plugin '%.*s'", CS_STR_ARG(name));
        return cs_error_hint(err, "'plugin list' names those there are");
    }
    *found = entry;
    if (cs_str_ends(cs_str_of(entry->origin), CS_STR(".lua")))
        return CS_OK;
    cs_fail(err, CS_STATE, "plugin '%s' is no Lua file, and stays as it is", entry->name);
    return cs_error_hint(err, "what is compiled is read when certsh starts");
}

static cs_status reload(struct cs_call *call, struct cs_error *err)
{
    struct cs_shell *shell = cs_call_shell(call);
    struct csi_plugin_entry *entry = NULL;
    const struct cs_plugin *plugin = NULL;
    cs_status status = find_script(call, &entry, err);
    if (status != CS_OK)
        return status;
    const char *name = entry->name, *origin = entry->origin;
    status = csi_plugins_check_trust(shell, "plugin", origin, err);
    if (status == CS_OK)
        status = csi_plugin_open(shell, origin, &plugin, err);
    if (status == CS_OK)
        status = csi_registry_replace(shell, plugin, origin, err);
    if (status != CS_OK)
        return err->hint[0] ? status : cs_error_hint(err, "plugin '%s' is as it was before", name);
    cs_call_say(call, "plugin '%s' %s is read anew: %zu command%s\n", name, plugin->version,
                plugin->command_count, plugin->command_count == 1 ? "" : "s");
    return CS_ROW(call, err, cs_value_text(name), cs_value_text(plugin->version),
                  cs_value_int((int64_t)plugin->command_count));
}

/* -------------------------------------------------------------------- doctor */

static cs_status look_at(struct cs_call *call, size_t i, struct cs_error *err)
{
    struct cs_shell *shell = cs_call_shell(call);
    struct cs_error problem = {0};
    if (!shell->plugins[i].broken && !shell->plugins[i].plugin)
        (void)!csi_registry_load(shell, &shell->plugins[i], &problem);
    const struct csi_plugin_entry *entry = &shell->plugins[i];
    bool fine = !entry->broken && !entry->problem[0];
    if (!fine)
        cs_call_exit(call, 2);
    return CS_ROW(call, err, cs_value_text(entry->name), cs_value_text(fine ? "ok" : "failed"),
                  cs_value_text(entry->origin), cs_value_text(fine ? NULL : entry->problem),
                  cs_value_text(entry->cure[0] && !fine ? entry->cure : NULL));
}

static cs_status doctor(struct cs_call *call, struct cs_error *err)
{
    struct cs_shell *shell = cs_call_shell(call);
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < shell->plugin_count; i++)
        status = look_at(call, i, err);
    return status;
}

/* -------------------------------------------------------------- declarations */

static const struct cs_command commands[] = {
    {.name = "plugin reload",
     .brief = "read a Lua plugin's file anew; the session goes on",
     .detail = "The lab and its history stay. When the file cannot be read as a plugin, the one "
               "that is there stays, too.",
     .run = reload,
     .needs = CSI_NEEDS_ALL,
     .params = CS_PARAMS({"name", &cs_type_text, "which plugin"}),
     .result = CS_FIELDS({"name", &cs_type_text, "the plugin"},
                         {"version", &cs_type_text, "its version now"},
                         {"commands", &cs_type_int, "how many commands it has now"}),
     .examples = CS_EXAMPLES({"plugin reload hello_lua", "its file was edited"}),
     .see = "plugin load, plugin test"},
    {.name = "plugin doctor",
     .brief = "open every plugin, and say what is wrong and the cure",
     .detail = "Folders and files that were left out at the start are listed, too. Exit code 2 "
               "when anything is wrong.",
     .run = doctor,
     .needs = CSI_NEEDS_ALL,
     .result = CS_FIELDS({"name", &cs_type_text, "the plugin, or the folder"},
                         {"status", &cs_type_text, "ok or failed"},
                         {"origin", &cs_type_path, "its file, or 'built in'"},
                         {"problem", &cs_type_text, "what is wrong, or null"},
                         {"cure", &cs_type_text, "what helps, or null"}),
     .examples = CS_EXAMPLES({"plugin doctor", "are all plugins well?"}),
     .see = "plugin list"},
};

const struct cs_plugin csi_plugin_care = {
    CS_PLUGIN_HEAD,
    .name = "plugins",
    .version = "1.0",
    .brief = "care for plugins: reload, doctor",
    .needs = "none",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
