/*
 * catalog.h - the entries of the registry, for the files that fill and change it.
 *
 * Room: command, internal.
 */
#ifndef CERTSH_COMMAND_CATALOG_H
#define CERTSH_COMMAND_CATALOG_H

#include "shell_internal.h"

/* The entry of a command in any case, or NULL; the next one that is added may move it. */
struct csi_command_entry *csi_catalog_entry(struct cs_shell *shell, struct cs_str name);
/* A text for as long as the shell lives; NULL stays NULL. */
const char *csi_catalog_keep(struct cs_shell *shell, const char *text);
/* CS_EXISTS: the command of `by`, which `plugin` would have, naming both owners. */
cs_status csi_catalog_taken(struct cs_shell *shell, const struct csi_command_entry *by,
                            const char *plugin, const char *origin, struct cs_error *err);
/* Is the declaration whole?  CS_ABI with what it lacks. */
cs_status csi_catalog_check(const struct cs_plugin *plugin, const struct cs_command *command,
                            struct cs_error *err);
/* The plugin is loaded, and whole. */
void csi_catalog_note(struct cs_shell *shell, const struct cs_plugin *plugin, const char *origin);
void csi_catalog_add_commands(struct cs_shell *shell, const struct cs_plugin *plugin);

#endif
