/*
 * catalog.c - which commands there are, and whose they are (see shell.h).
 *
 * A command is declared (by a manifest: name, brief, owner, file) or loaded.  The first use of
 * a declared one loads its plugin, which then fills the entries it declared.  Nothing is ever
 * taken out again, so a pointer to a command lives as long as the shell.  Room: command.
 */
#include "catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "caps.h"
#include "extend.h"

enum { MOST_WORDS = 3 };

/* ----------------------------------------------------------------- entries */

struct csi_command_entry *csi_catalog_entry(struct cs_shell *shell, struct cs_str name)
{
    struct cs_arena_mark mark = cs_arena_mark(shell->scratch);
    uint32_t index = csi_map_get(&shell->names, cs_str_fold(shell->scratch, name));
    cs_arena_rewind(shell->scratch, mark);
    return index ? &shell->commands[index - 1] : NULL;
}

static struct csi_command_entry *add_entry(struct cs_shell *shell, const char *name)
{
    shell->commands = csi_alloc_more(shell->commands, shell->command_count, &shell->command_room,
                                     sizeof *shell->commands);
    struct csi_command_entry *entry = &shell->commands[shell->command_count++];
    *entry = (struct csi_command_entry){.entry = {.name = name}};
    csi_map_set(&shell->names, cs_str_fold(shell->arena, cs_str_of(name)),
                (uint32_t)shell->command_count);
    return entry;
}

static struct csi_plugin_entry *add_plugin_entry(struct cs_shell *shell)
{
    shell->plugins = csi_alloc_more(shell->plugins, shell->plugin_count, &shell->plugin_room,
                                    sizeof *shell->plugins);
    return &shell->plugins[shell->plugin_count++];
}

struct csi_plugin_entry *csi_registry_plugin(struct cs_shell *shell, struct cs_str name)
{
    for (size_t i = 0; i < shell->plugin_count; i++)
        if (!shell->plugins[i].broken && cs_str_same(cs_str_of(shell->plugins[i].name), name))
            return &shell->plugins[i];
    return NULL;
}

static void note_problem(struct csi_plugin_entry *entry, const struct cs_error *problem)
{
    memcpy(entry->problem, problem->text, sizeof entry->problem);
    memcpy(entry->cure, problem->hint, sizeof entry->cure);
}

/* "plugin 'dcom' (/x/dcom.so)" of whoever has it. */
static const char *origin_of(struct cs_shell *shell, const char *plugin)
{
    const struct csi_plugin_entry *entry = csi_registry_plugin(shell, cs_str_of(plugin));
    return entry && entry->origin ? entry->origin : "?";
}

cs_status csi_catalog_taken(struct cs_shell *shell, const struct csi_command_entry *by,
                            const char *plugin, const char *origin, struct cs_error *err)
{
    cs_fail(err, CS_EXISTS,
            "command '%s' of plugin '%s' (%s) is there already, from plugin '%s' (%s)",
            by->entry.name, plugin, origin, by->entry.plugin, origin_of(shell, by->entry.plugin));
    return cs_error_hint(err, "rename it in one of them, or leave one of the plugins out");
}

/* ------------------------------------------------------------- declarations */

const char *csi_catalog_keep(struct cs_shell *shell, const char *text)
{
    return text ? cs_str_c(shell->arena, cs_str_of(text)) : NULL;
}

static cs_status plugin_taken(const struct csi_plugin_entry *there, const char *origin,
                              struct cs_error *err)
{
    return cs_fail(err, CS_EXISTS, "plugin '%s' (%s) is there already, from %s", there->name,
                   origin, there->origin);
}

cs_status csi_registry_declare_plugin(struct cs_shell *shell, const struct csi_plugin_entry *plugin,
                                      struct cs_error *err)
{
    const struct csi_plugin_entry *there = csi_registry_plugin(shell, cs_str_of(plugin->name));
    if (there)
        return plugin_taken(there, plugin->origin, err);
    struct csi_plugin_entry *entry = add_plugin_entry(shell);
    *entry = *plugin;
    entry->name = csi_catalog_keep(shell, plugin->name);
    entry->version = csi_catalog_keep(shell, plugin->version);
    entry->brief = csi_catalog_keep(shell, plugin->brief);
    entry->origin = csi_catalog_keep(shell, plugin->origin);
    return CS_OK;
}

cs_status csi_registry_declare(struct cs_shell *shell, const char *name, const char *brief,
                               const char *plugin, const char *path, struct cs_error *err)
{
    const struct csi_command_entry *there = csi_catalog_entry(shell, cs_str_of(name));
    if (there)
        return csi_catalog_taken(shell, there, plugin, path, err);
    struct csi_command_entry *entry = add_entry(shell, csi_catalog_keep(shell, name));
    entry->entry.brief = csi_catalog_keep(shell, brief);
    entry->entry.plugin = csi_catalog_keep(shell, plugin);
    entry->path = csi_catalog_keep(shell, path);
    return CS_OK;
}

/* ------------------------------------------------------------------ plugins */

static size_t count_words(const char *name)
{
    size_t at = 0, count = 0;
    struct cs_str word;
    while (csi_words_next(cs_str_of(name), &at, &word))
        count++;
    return count;
}

cs_status csi_catalog_check(const struct cs_plugin *plugin, const struct cs_command *command,
                            struct cs_error *err)
{
    size_t words = command->name ? count_words(command->name) : 0;
    if (words < 1 || words > MOST_WORDS)
        return cs_fail(err, CS_ABI, "plugin '%s': a command's name '%s' is not 1 to %d words",
                       plugin->name, command->name ? command->name : "", MOST_WORDS);
    const char *lacks = !command->run ? "run" : !command->brief ? "brief" : NULL;
    for (size_t i = 0; i < command->params.count; i++)
        if (!command->params.at[i].name || !command->params.at[i].type)
            lacks = "name or type of a parameter";
    for (size_t i = 0; i < command->result.count; i++)
        if (!command->result.at[i].name || !command->result.at[i].type)
            lacks = "name or type of a field";
    if (lacks)
        return cs_fail(err, CS_ABI, "plugin '%s': command '%s' lacks its %s", plugin->name,
                       command->name, lacks);
    return command->needs ? csi_caps_read(command->needs, &(unsigned){0}, err) : CS_OK;
}

void csi_registry_note_broken(struct cs_shell *shell, const char *name, const char *origin,
                              const struct cs_error *problem)
{
    for (size_t i = 0; i < shell->plugin_count; i++)
        if (strcmp(shell->plugins[i].origin, origin) == 0) {
            note_problem(&shell->plugins[i], problem);
            return;
        }
    struct csi_plugin_entry *entry = add_plugin_entry(shell);
    *entry = (struct csi_plugin_entry){.name = csi_catalog_keep(shell, name),
                                       .origin = csi_catalog_keep(shell, origin),
                                       .broken = true};
    note_problem(entry, problem);
}

/* May this command be added?  Its own declaration does not stand in the way. */
static cs_status check_free(struct cs_shell *shell, const struct cs_plugin *plugin,
                            const struct cs_command *command, const char *origin,
                            struct cs_error *err)
{
    const struct csi_command_entry *there = csi_catalog_entry(shell, cs_str_of(command->name));
    if (!there || (!there->entry.command && strcmp(there->entry.plugin, plugin->name) == 0))
        return CS_OK;
    return csi_catalog_taken(shell, there, plugin->name, origin, err);
}

static cs_status check_plugin(struct cs_shell *shell, const struct cs_plugin *plugin,
                              const char *origin, struct cs_error *err)
{
    cs_status status = CS_OK;
    if (!plugin->name || !plugin->version || !plugin->brief)
        return cs_fail(err, CS_ABI, "plugin '%s' lacks its name, version or brief", origin);
    const struct csi_plugin_entry *there = csi_registry_plugin(shell, cs_str_of(plugin->name));
    if (there && (there->plugin || strcmp(there->origin, origin) != 0))
        return plugin_taken(there, origin, err);
    if (plugin->needs)
        status = csi_caps_read(plugin->needs, &(unsigned){0}, err);
    for (size_t i = 0; status == CS_OK && i < plugin->command_count; i++) {
        status = csi_catalog_check(plugin, &plugin->commands[i], err);
        if (status == CS_OK)
            status = check_free(shell, plugin, &plugin->commands[i], origin, err);
    }
    return status == CS_OK ? csi_extend_check_formats(shell, plugin, origin, err) : status;
}

void csi_catalog_note(struct cs_shell *shell, const struct cs_plugin *plugin, const char *origin)
{
    struct csi_plugin_entry *entry = csi_registry_plugin(shell, cs_str_of(plugin->name));
    if (!entry) {
        entry = add_plugin_entry(shell);
        *entry = (struct csi_plugin_entry){.name = plugin->name,
                                           .origin = csi_catalog_keep(shell, origin)};
    }
    entry->version = plugin->version;
    entry->brief = plugin->brief;
    entry->plugin = plugin;
    entry->problem[0] = '\0';
}

void csi_catalog_add_commands(struct cs_shell *shell, const struct cs_plugin *plugin)
{
    for (size_t i = 0; i < plugin->command_count; i++) {
        const struct cs_command *command = &plugin->commands[i];
        struct csi_command_entry *entry = csi_catalog_entry(shell, cs_str_of(command->name));
        if (!entry)
            entry = add_entry(shell, command->name);
        entry->entry = (struct cs_command_entry){.name = command->name,
                                                 .brief = command->brief,
                                                 .plugin = plugin->name,
                                                 .command = command};
    }
}

cs_status cs_shell_add_plugin(struct cs_shell *shell, const struct cs_plugin *theirs,
                              const char *origin, struct cs_error *err)
{
    const struct cs_plugin *plugin = NULL;
    cs_status status = csi_abi_take(shell->arena, theirs, origin, &plugin, err);
    if (status == CS_OK)
        status = check_plugin(shell, plugin, origin, err);
    if (status == CS_OK)
        status = csi_extend_add_gates(shell->lab, plugin, err);
    if (status != CS_OK)
        return status;
    csi_catalog_note(shell, plugin, origin);
    csi_catalog_add_commands(shell, plugin);
    csi_extend_add_importers(shell, plugin);
    return CS_OK;
}

cs_status csi_registry_load(struct cs_shell *shell, struct csi_plugin_entry *plugin,
                            struct cs_error *err)
{
    if (plugin->plugin)
        return CS_OK;
    if (!shell->load_plugin)
        return cs_fail(err, CS_STATE, "plugin '%s' cannot be loaded here", plugin->name);
    struct cs_str name = cs_str_of(plugin->name);
    cs_status status = shell->load_plugin(shell, plugin->origin, err);
    plugin = csi_registry_plugin(shell, name); /* the list may have moved */
    cs_bug_if(!plugin);
    if (status == CS_OK && !plugin->plugin)
        status = cs_fail(err, CS_ABI, "'%s' is no longer plugin '%s'", plugin->origin, name.at);
    if (status != CS_OK)
        note_problem(plugin, err);
    return status;
}

const struct csi_plugin_entry *csi_registry_owner(struct cs_shell *shell,
                                                  const struct cs_command *command)
{
    const struct csi_command_entry *entry = csi_catalog_entry(shell, cs_str_of(command->name));
    return entry ? csi_registry_plugin(shell, cs_str_of(entry->entry.plugin)) : NULL;
}

/* ------------------------------------------------------------------ finding */

static int by_name(const void *a, const void *b)
{
    const struct csi_command_entry *const *x = a, *const *y = b;
    return strcmp((*x)->entry.name, (*y)->entry.name);
}

const struct csi_command_entry **csi_registry_sorted(struct cs_shell *shell, struct cs_arena *arena)
{
    const struct csi_command_entry **list =
        cs_arena_alloc(arena, (shell->command_count + 1) * sizeof(void *));
    for (size_t i = 0; i < shell->command_count; i++)
        list[i] = &shell->commands[i];
    qsort(list, shell->command_count, sizeof(void *), by_name);
    return list;
}

void cs_shell_each_command(struct cs_shell *shell, cs_command_fn *fn, void *context)
{
    struct cs_arena *arena = cs_arena_new();
    size_t count = shell->command_count;
    const struct csi_command_entry **list = csi_registry_sorted(shell, arena);
    /* by number, because fn may load a plugin, and then the entries may move */
    size_t *order = cs_arena_alloc(arena, (count + 1) * sizeof *order);
    for (size_t i = 0; i < count; i++)
        order[i] = (size_t)(list[i] - shell->commands);
    for (size_t i = 0; i < count; i++)
        if (!fn(context, &shell->commands[order[i]].entry))
            break;
    cs_arena_free(arena);
}

/* The command of an entry; its plugin is loaded if need be. */
static cs_status loaded(struct cs_shell *shell, struct csi_command_entry *entry,
                        const struct cs_command **command, struct cs_error *err)
{
    if (!entry->entry.command) {
        const char *name = entry->entry.name;
        struct csi_plugin_entry *plugin =
            csi_registry_plugin(shell, cs_str_of(entry->entry.plugin));
        cs_bug_if(!plugin);
        cs_status status = csi_registry_load(shell, plugin, err);
        if (status != CS_OK)
            return status;
        entry = csi_catalog_entry(shell, cs_str_of(name));
        if (!entry->entry.command)
            return cs_fail(err, CS_ABI, "plugin '%s' no longer has the command '%s'",
                           entry->entry.plugin, name);
    }
    *command = entry->entry.command;
    return CS_OK;
}

cs_status cs_shell_find(struct cs_shell *shell, struct cs_str line,
                        const struct cs_command **command, struct cs_str *rest,
                        struct cs_error *err)
{
    struct csi_command_entry *found = NULL;
    size_t at = 0, end = 0;
    struct cs_str word;
    struct cs_arena_mark mark = cs_arena_mark(shell->scratch);
    struct cs_buf name;
    cs_buf_init(&name, 1 << 16);
    for (int i = 0; i < MOST_WORDS && csi_words_next(line, &at, &word); i++) {
        csi_words_add_name(&name, word);
        struct csi_command_entry *entry = csi_catalog_entry(shell, cs_buf_str(&name));
        found = entry ? entry : found;
        end = entry ? at : end;
    }
    cs_buf_clear(&name);
    cs_arena_rewind(shell->scratch, mark);
    *command = NULL;
    if (!found)
        return CS_OK;
    *rest = cs_str_trim(cs_str_from(line, end));
    return loaded(shell, found, command, err);
}

const struct cs_command *cs_shell_command(struct cs_shell *shell, struct cs_str name)
{
    struct cs_error err;
    const struct cs_command *command = NULL;
    struct csi_command_entry *entry = csi_catalog_entry(shell, name);
    return entry && loaded(shell, entry, &command, &err) == CS_OK ? command : NULL;
}
