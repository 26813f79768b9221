/*
 * extend.h - the registry's part for what plugins add besides commands.
 *
 * Importers are known to the shell, gates to the lab that is open, and formats are looked for in
 * the plugins themselves.  Room: command, internal.
 */
#ifndef CERTSH_COMMAND_EXTEND_H
#define CERTSH_COMMAND_EXTEND_H

#include "shell_internal.h"

void csi_extend_add_importers(struct cs_shell *shell, const struct cs_plugin *plugin);
void csi_extend_remove_importers(struct cs_shell *shell, const struct cs_plugin *plugin);
/* Into an open lab; NULL is none. */
cs_status csi_extend_add_gates(struct cs_lab *lab, const struct cs_plugin *plugin,
                               struct cs_error *err);
/* The gates of a plugin that was loaded anew answer in the place of the old ones. */
void csi_extend_replace_gates(const struct cs_plugin *old, const struct cs_plugin *plugin);
/* Are they whole, and their names free?  CS_ABI, CS_EXISTS naming both owners. */
cs_status csi_extend_check_formats(struct cs_shell *shell, const struct cs_plugin *plugin,
                                   const char *origin, struct cs_error *err);

#endif
