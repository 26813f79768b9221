/*
 * extend.c - what plugins add besides commands: importers, gates, formats (see extend.h).
 * Room: command.
 */
#include "extend.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

/* --------------------------------------------------------------- importers */

void csi_extend_add_importers(struct cs_shell *shell, const struct cs_plugin *plugin)
{
    if (!plugin->importer_count)
        return;
    size_t count = shell->importer_count + plugin->importer_count;
    shell->importers = csi_alloc_again(shell->importers, count * sizeof(void *));
    cs_bug_if(!shell->importers);
    for (size_t i = 0; i < plugin->importer_count; i++)
        shell->importers[shell->importer_count++] = &plugin->importers[i];
}

void csi_extend_remove_importers(struct cs_shell *shell, const struct cs_plugin *plugin)
{
    size_t kept = 0;
    if (!plugin->importer_count)
        return;
    for (size_t i = 0; i < shell->importer_count; i++)
        if (shell->importers[i] < plugin->importers ||
            shell->importers[i] >= plugin->importers + plugin->importer_count)
            shell->importers[kept++] = shell->importers[i];
    shell->importer_count = kept;
}

size_t cs_shell_importers(struct cs_shell *shell, const struct cs_importer *const **list)
{
    struct cs_error err;
    for (size_t i = 0; i < shell->plugin_count; i++)
        if (shell->plugins[i].has_importers && !shell->plugins[i].problem[0])
            (void)!csi_registry_load(shell, &shell->plugins[i], &err);
    *list = (const struct cs_importer *const *)shell->importers;
    return shell->importer_count;
}

/* ------------------------------------------------------------------- gates */

cs_status csi_extend_add_gates(struct cs_lab *lab, const struct cs_plugin *plugin,
                               struct cs_error *err)
{
    cs_status status = CS_OK;
    for (size_t i = 0; lab && status == CS_OK && i < plugin->gate_count; i++)
        status = cs_gate_add(lab, &plugin->gates[i], err);
    return status;
}

/* A gate stands in open labs: one of the same name answers from now on as the new one does. */
void csi_extend_replace_gates(const struct cs_plugin *old, const struct cs_plugin *plugin)
{
    for (size_t i = 0; i < old->gate_count; i++)
        for (size_t j = 0; j < plugin->gate_count; j++)
            if (strcmp(old->gates[i].name, plugin->gates[j].name) == 0)
                *(struct cs_gate *)(size_t)&old->gates[i] = plugin->gates[j];
}

void csi_registry_add_gates(struct cs_shell *shell, struct cs_lab *lab)
{
    struct cs_error err;
    for (size_t i = 0; i < shell->plugin_count; i++) {
        if (shell->plugins[i].has_gates && csi_registry_load(shell, &shell->plugins[i], &err))
            continue;
        if (shell->plugins[i].plugin &&
            csi_extend_add_gates(lab, shell->plugins[i].plugin, &err) != CS_OK)
            memcpy(shell->plugins[i].problem, err.text, sizeof err.text);
    }
}

/* ----------------------------------------------------------------- formats */

static cs_status format_taken(const struct csi_plugin_entry *by, const struct cs_format *format,
                              const char *plugin, const char *origin, struct cs_error *err)
{
    cs_fail(err, CS_EXISTS,
            "format '%s' of plugin '%s' (%s) is there already, from plugin '%s' (%s)", format->name,
            plugin, origin, by->name, by->origin);
    return cs_error_hint(err, "rename it in one of them, or leave one of the plugins out");
}

static cs_status check_format(struct cs_shell *shell, const struct cs_plugin *plugin,
                              const struct cs_format *format, const char *origin,
                              struct cs_error *err)
{
    if (!format->name || !format->brief || (!format->write && !format->row))
        return cs_fail(err, CS_ABI, "plugin '%s': format '%s' lacks its %s", plugin->name,
                       format->name ? format->name : "",
                       format->name && format->brief ? "write or row" : "name or brief");
    for (size_t i = 0; i < shell->plugin_count; i++) {
        const struct cs_plugin *other = shell->plugins[i].plugin;
        bool own = other && strcmp(other->name, plugin->name) == 0; /* it is being reloaded */
        for (size_t k = 0; other && !own && k < other->format_count; k++)
            if (cs_str_same(cs_str_of(other->formats[k].name), cs_str_of(format->name)))
                return format_taken(&shell->plugins[i], format, plugin->name, origin, err);
    }
    return CS_OK;
}

cs_status csi_extend_check_formats(struct cs_shell *shell, const struct cs_plugin *plugin,
                                   const char *origin, struct cs_error *err)
{
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < plugin->format_count; i++)
        status = check_format(shell, plugin, &plugin->formats[i], origin, err);
    return status;
}

const struct cs_format *csi_registry_format(struct cs_shell *shell, struct cs_str name)
{
    struct cs_error err;
    for (size_t i = 0; i < shell->plugin_count; i++) {
        if (shell->plugins[i].has_formats && !shell->plugins[i].problem[0])
            (void)!csi_registry_load(shell, &shell->plugins[i], &err);
        const struct cs_plugin *plugin = shell->plugins[i].plugin;
        for (size_t k = 0; plugin && k < plugin->format_count; k++)
            if (cs_str_same(name, cs_str_of(plugin->formats[k].name)))
                return &plugin->formats[k];
    }
    return NULL;
}

cs_status csi_registry_check_format(struct cs_shell *shell, struct cs_str name,
                                    struct cs_error *err)
{
    char known[200] = "";
    if (csi_registry_format(shell, name)) /* which loads whatever has formats */
        return CS_OK;
    for (size_t i = 0; i < shell->plugin_count; i++) {
        const struct cs_plugin *plugin = shell->plugins[i].plugin;
        for (size_t k = 0; plugin && k < plugin->format_count; k++) {
            size_t used = strlen(known);
            snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "",
                     plugin->formats[k].name);
        }
    }
    if (!known[0])
        return CS_OK;
    cs_fail(err, CS_INVALID, "unknown format '%.*s'", CS_STR_ARG(name));
    return cs_error_hint(err, "one of %s", known);
}
