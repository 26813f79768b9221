/*
 * floor.h - what the files of the plugin floor share.  Room: plugin, internal.
 */
#ifndef CERTSH_PLUGIN_FLOOR_H
#define CERTSH_PLUGIN_FLOOR_H

#include <certsh/plugin.h>

#include "command/shell_internal.h"
#include "plugin/load.h"

/* Let `shell` open plugins, Lua ones as `like` does (may be NULL). */
void csi_plugins_attach(struct cs_shell *shell, const struct cs_shell *like);
/* Note that a folder was added; false when it had been before. */
bool csi_plugins_is_new(struct cs_shell *shell, const char *folder);
/* Is the file or folder at this whole path to be trusted (trust.h)? */
cs_status csi_plugins_check_trust(struct cs_shell *shell, const char *what, const char *path,
                                  struct cs_error *err);
/* What a Lua plugin's file (or folder) says of itself. */
bool csi_plugin_read(struct cs_arena *arena, const char *path, struct csi_said *said);
/* The file of a plugin that is a folder, site/site.lua; else `path`.  In `arena`. */
const char *csi_plugin_file(struct cs_arena *arena, const char *path);
/* Open a file and give its struct, which nobody has checked yet. */
cs_status csi_plugin_open(struct cs_shell *shell, const char *path, const struct cs_plugin **plugin,
                          struct cs_error *err);

#endif
