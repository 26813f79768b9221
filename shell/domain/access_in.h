/*
 * access_in.h - what the access check shares: conditions of callback ACEs, OWNER RIGHTS.
 *
 * Room: domain, internal.
 */
#ifndef CERTSH_DOMAIN_ACCESS_IN_H
#define CERTSH_DOMAIN_ACCESS_IN_H

#include <certsh/access.h>

/* Does the list hold an ACE for OWNER RIGHTS, which take away what the owner has by being it? */
bool csi_has_owner_rights(const struct cs_acl *acl);

enum csi_truth { CSI_FALSE, CSI_TRUE, CSI_UNKNOWN };

/*
 * "artx" bytes for a token; resource attributes come from sd's SACL.  `denying` tells of which
 * kind the ACE is.  Does not allocate.
 */
enum csi_truth csi_condition_eval(struct cs_str bytes, const struct cs_sd *sd,
                                  const struct cs_token *token, bool denying);

#endif
