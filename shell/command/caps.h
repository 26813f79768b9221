/*
 * caps.h - capabilities: what runs on a stranger's behalf may touch (see command.h).
 *
 * The shell holds the set that is granted at the moment: all of it for a person and their
 * scripts, less while a Lua plugin's or a sandboxed script's code runs.  A command that needs
 * more is refused before its handler sees it.  Room: command, internal.
 */
#ifndef CERTSH_COMMAND_CAPS_H
#define CERTSH_COMMAND_CAPS_H

#include <certsh/plugin.h>
#include <certsh/shell.h>

enum {
    CSI_LAB_READ = 1,
    CSI_LAB_WRITE = 2,
    CSI_FILE_READ = 4,
    CSI_FILE_WRITE = 8,
    CSI_PROCESS = 16,
    CSI_NET = 32,
    CSI_LAB_ONLY = CSI_LAB_READ | CSI_LAB_WRITE,
    CSI_ALL_CAPS = 63
};
/* The same as text, for `needs`. */
#define CSI_NEEDS_ALL "lab.read lab.write file.read file.write process net"

/* Read blank-separated names; CS_ABI for an unknown one, with those there are. */
CS_API CS_MUST_CHECK cs_status csi_caps_read(const char *text, unsigned *caps,
                                             struct cs_error *err);
/* "lab.read file.read" in `arena`; "none" for the empty set. */
CS_API const char *csi_caps_text(struct cs_arena *arena, unsigned caps);

/* What is granted now; the second gives back what was, to be set again. */
CS_API unsigned csi_caps_granted(const struct cs_shell *shell);
CS_API unsigned csi_caps_narrow(struct cs_shell *shell, unsigned caps);
CS_API void csi_caps_set(struct cs_shell *shell, unsigned caps);

/* What running a command of `plugin` takes, all its parameters given. */
unsigned csi_caps_of(const struct cs_plugin *plugin, const struct cs_command *command);
/* Refuse `what`, which needs more than is granted: CS_NEEDS. */
CS_API cs_status csi_caps_refuse(const struct cs_shell *shell, const char *what, unsigned needs,
                                 struct cs_error *err);

#endif
