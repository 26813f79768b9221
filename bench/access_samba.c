/*
 * access_samba.c - Samba's se_access_check from Debian's library, on the workload of access.c.
 * The prototype is written down here because Debian ships the header without it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <samba-4.0/core/ntstatus.h>
#include <talloc.h>
#include <util/data_blob.h>
#include <gen_ndr/security.h>

#include "access.h"

NTSTATUS se_access_check(const struct security_descriptor *sd, const struct security_token *token,
                         uint32_t access_desired, uint32_t *access_granted);

static struct security_ace aces[ACES];
static struct security_acl dacl = {.revision = 2, .num_aces = ACES, .aces = aces};
static struct dom_sid administrators;
static struct security_descriptor sd = {.revision = 1,
                                        .type = SEC_DESC_SELF_RELATIVE | SEC_DESC_DACL_PRESENT,
                                        .owner_sid = &administrators,
                                        .group_sid = &administrators,
                                        .dacl = &dacl};
static struct security_token tokens[TOKENS];

static struct dom_sid convert(const struct bench_sid *sid)
{
    struct dom_sid out;
    memset(&out, 0, sizeof out);
    out.sid_rev_num = 1;
    out.num_auths = sid->count;
    out.id_auth[5] = sid->authority;
    memcpy(out.sub_auths, sid->sub, sizeof sid->sub);
    return out;
}

void samba_prepare(const struct bench_ace *from, const struct bench_sid (*sids)[TOKEN_SIDS])
{
    for (int i = 0; i < ACES; i++) {
        memset(&aces[i], 0, sizeof aces[i]);
        aces[i].type = from[i].denies ? SEC_ACE_TYPE_ACCESS_DENIED : SEC_ACE_TYPE_ACCESS_ALLOWED;
        aces[i].access_mask = from[i].mask;
        aces[i].trustee = convert(&from[i].sid);
    }
    administrators = convert(&from[1].sid);
    for (int i = 0; i < TOKENS; i++) {
        if (!tokens[i].sids)
            tokens[i].sids = calloc(TOKEN_SIDS, sizeof *tokens[i].sids);
        tokens[i].num_sids = TOKEN_SIDS;
        for (int k = 0; k < TOKEN_SIDS; k++)
            tokens[i].sids[k] = convert(&sids[i][k]);
    }
}

bool samba_check(unsigned token)
{
    uint32_t granted;
    return NT_STATUS_V(se_access_check(&sd, &tokens[token], DESIRED, &granted)) == 0;
}

uint64_t samba_run(uint64_t count)
{
    uint64_t granted = 0;
    for (uint64_t i = 0; i < count; i++)
        granted += samba_check(i % TOKENS);
    return granted;
}
