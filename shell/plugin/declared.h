/*
 * declared.h - what a Lua plugin says of itself, read from its text without running any of it.
 *
 *     return certsh.plugin {
 *         name = "site", version = "1.0", brief = "rules of this site", needs = "lab.read",
 *         commands = { { name = "site report", brief = "...", run = report } },
 *     }
 *
 * Only plain texts count (also joined by '..'); what is computed is not known before the plugin
 * runs.  Its capabilities must be known, because its environment is made of them: `needs` is a
 * plain text or is not there.  Room: plugin, internal.
 */
#ifndef CERTSH_PLUGIN_DECLARED_H
#define CERTSH_PLUGIN_DECLARED_H

#include "plugin/manifest.h"

/* The texts are in `arena`, those that are not there NULL.  False: no declaration was found. */
CS_API bool csi_declared_read(struct cs_arena *arena, struct cs_str source,
                              struct csi_manifest_plugin *plugin);

#endif
