/*
 * reload.c - a plugin that takes the place of an earlier one: a file loaded anew, a word said anew.
 *
 * What is replaced stays in memory: a handler that runs, or a pointer somebody kept, is still good.
 * Room: command.
 */
#include "catalog.h"

#include <string.h>

#include "extend.h"

/* The commands of `plugin` are gone; the others keep their order. */
static void remove_commands(struct cs_shell *shell, const char *plugin)
{
    size_t kept = 0;
    for (size_t i = 0; i < shell->command_count; i++)
        if (strcmp(shell->commands[i].entry.plugin, plugin) != 0)
            shell->commands[kept++] = shell->commands[i];
    shell->command_count = kept;
    csi_map_clear(&shell->names);
    for (size_t i = 0; i < kept; i++)
        csi_map_set(&shell->names,
                    cs_str_fold(shell->arena, cs_str_of(shell->commands[i].entry.name)),
                    (uint32_t)i + 1);
}

/* May these commands stand, once those of the same plugin are gone? */
static cs_status check_commands(struct cs_shell *shell, const struct cs_plugin *plugin,
                                const char *origin, struct cs_error *err)
{
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < plugin->command_count; i++) {
        const struct cs_command *command = &plugin->commands[i];
        const struct csi_command_entry *there = csi_catalog_entry(shell, cs_str_of(command->name));
        status = csi_catalog_check(plugin, command, err);
        if (status == CS_OK && there && strcmp(there->entry.plugin, plugin->name) != 0)
            status = csi_catalog_taken(shell, there, plugin->name, origin, err);
    }
    return status;
}

cs_status csi_registry_replace(struct cs_shell *shell, const struct cs_plugin *theirs,
                               const char *origin, struct cs_error *err)
{
    const struct cs_plugin *plugin = NULL;
    cs_status status = csi_abi_take(shell->arena, theirs, origin, &plugin, err);
    if (status != CS_OK)
        return status;
    struct csi_plugin_entry *entry = csi_registry_plugin(shell, cs_str_of(plugin->name));
    if (!entry || strcmp(entry->origin, origin) != 0)
        return cs_fail(err, CS_STATE, "'%s' now calls itself plugin '%s'", origin, plugin->name);
    status = check_commands(shell, plugin, origin, err);
    if (status == CS_OK)
        status = csi_extend_check_formats(shell, plugin, origin, err);
    if (status != CS_OK)
        return status;
    remove_commands(shell, entry->name);
    if (entry->plugin) {
        csi_extend_remove_importers(shell, entry->plugin);
        csi_extend_replace_gates(entry->plugin, plugin);
    }
    csi_catalog_note(shell, plugin, origin);
    csi_catalog_add_commands(shell, plugin);
    csi_extend_add_importers(shell, plugin);
    return CS_OK;
}

bool csi_registry_say_anew(struct cs_shell *shell, const struct cs_plugin *plugin,
                           const char *origin)
{
    const struct csi_plugin_entry *there = csi_registry_plugin(shell, cs_str_of(plugin->name));
    if (!there || !there->plugin || there->plugin->command_count != 1)
        return false;
    struct csi_command_entry *entry = csi_catalog_entry(shell, cs_str_of(plugin->commands->name));
    if (!entry || entry->entry.command != there->plugin->commands)
        return false;
    entry->entry.command = plugin->commands;
    entry->entry.brief = plugin->commands->brief;
    csi_catalog_note(shell, plugin, origin);
    csi_registry_plugin(shell, cs_str_of(plugin->name))->origin = csi_catalog_keep(shell, origin);
    return true;
}
