/*
 * slow_access.h - the access check once more, written down from MS-DTYP 2.5.3.2 and nothing else.
 *
 * Slow and plain on purpose: what the fast check answers has to be what this one answers.
 */
#ifndef CERTSH_TESTS_SLOW_ACCESS_H
#define CERTSH_TESTS_SLOW_ACCESS_H

#include <certsh/access.h>

/*
 * What the slow check knows of a token: plain lists.  `holds` (may be NULL) tells whether the
 * condition of a callback ACE is true, false (0) or unknown (-1) for it.
 */
struct slow_token {
    const struct cs_sid *enabled, *deny_only, *restricting;
    size_t enabled_count, deny_only_count, restricting_count;
    bool security_privilege, take_ownership_privilege;
    int (*holds)(const void *context, const struct cs_ace *ace, bool denying);
    const void *context;
};

/* Is all of ask->desired granted?  ask->token is not looked at; MAXIMUM_ALLOWED not understood. */
bool slow_access_granted(const struct cs_sd *sd, const struct cs_access *ask,
                         const struct slow_token *token);

/* Every single bit that would be granted if it were asked alone. */
uint32_t slow_access_mask(const struct cs_sd *sd, const struct cs_access *ask,
                          const struct slow_token *token);

#endif
