/*
 * trust.h - code is taken only from where nobody else could have put it.
 *
 * A plugin or rc file, its folder and every folder above it must belong to the user or to root
 * and must not be writable by group or others, as sshd asks of its keys.  A folder like /tmp, where
 * each may remove only their own (the sticky bit), is fine as a folder above.  Symbolic links are
 * followed first.  Room: plugin, internal.
 */
#ifndef CERTSH_PLUGIN_TRUST_H
#define CERTSH_PLUGIN_TRUST_H

#include <certsh/status.h>

/*
 * Is the file or folder at `path` to be trusted?  CS_NEEDS names `what` ("plugin", "rc file"), the
 * path that is not, and the line that mends it.
 */
CS_API CS_MUST_CHECK cs_status csi_trust_path(const char *what, const char *path,
                                              struct cs_error *err);

#endif
