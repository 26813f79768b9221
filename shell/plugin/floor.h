/*
 * floor.h - what the files of the plugin floor share.  Room: plugin, internal.
 */
#ifndef CERTSH_PLUGIN_FLOOR_H
#define CERTSH_PLUGIN_FLOOR_H

#include <certsh/plugin.h>

#include "plugin/load.h"

/* Let `shell` open plugins, Lua ones as `like` does (may be NULL). */
void csi_plugins_attach(struct cs_shell *shell, const struct cs_shell *like);
/* Open a file and give its struct, which nobody has checked yet. */
cs_status csi_plugin_open(struct cs_shell *shell, const char *path, const struct cs_plugin **plugin,
                          struct cs_error *err);

#endif
