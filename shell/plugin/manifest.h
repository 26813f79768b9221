/*
 * manifest.h - what a folder of plugins holds, without opening any of them.
 *
 * plugins.manifest is text, one fact a line, fields parted by tabs:
 *
 *     certsh manifest  1  ABI
 *     plugin   FILE  SIZE  NAME  VERSION  IMPORTERS  GATES  BRIEF
 *     command  NAME  BRIEF                  (of the plugin above)
 *     format   NAME                         (of the plugin above)
 *
 * It is written when the plugins are built.  A file whose size differs from its line has
 * changed since; its line is not believed.  Room: plugin, internal.
 */
#ifndef CERTSH_PLUGIN_MANIFEST_H
#define CERTSH_PLUGIN_MANIFEST_H

#include <certsh/plugin.h>

#define CSI_MANIFEST_NAME "plugins.manifest"

struct csi_manifest_command {
    const char *name, *brief;
    const struct csi_manifest_command *next;
};

struct csi_manifest_plugin {
    const char *file, *name, *version, *brief;
    const char *needs; /* of a Lua plugin that was read, NULL when it says nothing */
    uint64_t size;
    bool has_importers, has_gates, has_formats;
    const struct csi_manifest_command *commands; /* in order */
    const struct csi_manifest_plugin *next;
};

/*
 * Read the manifest of `folder` into `arena`; NULL when there is none.  A malformed one is an
 * error with its line.
 */
cs_status csi_manifest_read(struct cs_arena *arena, const char *folder,
                            const struct csi_manifest_plugin **plugins, struct cs_error *err);
const struct csi_manifest_plugin *csi_manifest_find(const struct csi_manifest_plugin *plugins,
                                                    const char *file);

/* Append what the manifest says at its top, and of one plugin. */
void csi_manifest_head(struct cs_buf *out);
void csi_manifest_add(struct cs_buf *out, const char *file, uint64_t size,
                      const struct cs_plugin *plugin);
/* Put the text into place whole: a reader sees the old manifest or the new one. */
cs_status csi_manifest_save(const char *folder, struct cs_str text, struct cs_error *err);

#endif
