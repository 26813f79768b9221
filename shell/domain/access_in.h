/*
 * access_in.h - the conditions of callback ACEs, as the access check asks them.
 *
 * Room: domain, internal.
 */
#ifndef CERTSH_DOMAIN_ACCESS_IN_H
#define CERTSH_DOMAIN_ACCESS_IN_H

#include <certsh/access.h>

enum csi_truth { CSI_FALSE, CSI_TRUE, CSI_UNKNOWN };

/*
 * "artx" bytes for a token; resource attributes come from sd's SACL.  `denying` tells of which
 * kind the ACE is.  Does not allocate.
 */
enum csi_truth csi_condition_eval(struct cs_str bytes, const struct cs_sd *sd,
                                  const struct cs_token *token, bool denying);

#endif
