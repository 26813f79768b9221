/*
 * load.h - finding plugins, reading manifests, opening shared objects.
 *
 * A plugin folder holds NAME.so and NAME.lua files and a manifest (plugins.manifest, written
 * when they are built) that names every plugin's commands, so that nothing is opened before a
 * command of it is used.  A file without a line in the manifest, or whose size differs, is
 * opened at once with one warning.  Room: plugin, internal.
 */
#ifndef CERTSH_PLUGIN_LOAD_H
#define CERTSH_PLUGIN_LOAD_H

#include <certsh/shell.h>

/* Opens a Lua plugin; given by the lua floor through the front. */
typedef cs_status csi_script_loader(void *context, const char *path,
                                    const struct cs_plugin **plugin, struct cs_error *err);
CS_API void csi_plugins_set_script_loader(struct cs_shell *shell, csi_script_loader *loader,
                                          void *context);

/* Plugins below `folder` belong to the program and are taken without asking who owns them. */
CS_API void csi_plugins_own(struct cs_shell *shell, const char *folder);

/*
 * Make the plugins of `folder` known to the shell.  Nothing is opened that the manifest
 * describes.  Problems with single plugins are told through `warn` and are no failure.
 */
typedef void csi_plugin_warn(void *context, const struct cs_error *problem);
CS_API cs_status csi_plugins_add_folder(struct cs_shell *shell, const char *folder,
                                        csi_plugin_warn *warn, void *context, struct cs_error *err);
/* The plugin of `plugin reload` and `plugin doctor`. */
extern CS_API const struct cs_plugin csi_plugin_care;

/* Open one file now: `plugin load FILE`. */
CS_API cs_status csi_plugin_load(struct cs_shell *shell, const char *path, struct cs_error *err);
/* Write the manifest of `folder` to `out`; used by the build (certsh --write-manifest DIR). */
CS_API cs_status csi_plugins_write_manifest(struct cs_shell *shell, const char *folder,
                                            struct cs_error *err);

#endif
