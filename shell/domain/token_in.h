/*
 * token_in.h - what the access check needs of a token beyond token.h: its other sets of SIDs
 * and its privileges.
 *
 * Room: domain, internal.
 */
#ifndef CERTSH_DOMAIN_TOKEN_IN_H
#define CERTSH_DOMAIN_TOKEN_IN_H

#include <certsh/token.h>

/* Privileges that the access check looks at; the bit is the row in token.c's table. */
enum csi_privilege { CSI_PRIVILEGE_SECURITY, CSI_PRIVILEGE_TAKE_OWNERSHIP };

bool csi_token_holds(const struct cs_token *token, enum csi_privilege privilege);
/* The rights that privileges grant whatever a list says. */
uint32_t csi_token_privilege_bits(const struct cs_token *token);

/* cs_token_find, and how the SID counts: 0 where it is not there. */
int csi_token_find(const struct cs_token *token, const struct cs_sid *sid, unsigned *flags);

/* Is there a second list, and is `sid` in it? */
bool csi_token_is_restricted(const struct cs_token *token);
int csi_token_restricting(const struct cs_token *token, const struct cs_sid *sid);
int csi_token_device(const struct cs_token *token, const struct cs_sid *sid);

#endif
