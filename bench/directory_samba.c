/*
 * directory_samba.c - who can, row by row: each user's token by a walk, handed to Samba's own
 * se_access_check.  The prototype is written down because Debian ships the header without it.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include <samba-4.0/core/ntstatus.h>
#include <talloc.h>
#include <util/data_blob.h>
#include <gen_ndr/security.h>

#include "forest.h"

NTSTATUS se_access_check(const struct security_descriptor *sd, const struct security_token *token,
                         uint32_t access_desired, uint32_t *access_granted);

enum { MOST = 1 << 16 };

static struct dom_sid sid_of(uint32_t node)
{
    struct dom_sid sid = {.sid_rev_num = 1, .num_auths = 5};
    sid.id_auth[5] = 5;
    sid.sub_auths[0] = 21;
    sid.sub_auths[1] = 11;
    sid.sub_auths[2] = 22;
    sid.sub_auths[3] = 33;
    sid.sub_auths[4] = 1104 + node;
    return sid;
}

static const struct dom_sid everyone = {
    .sid_rev_num = 1, .num_auths = 1, .id_auth = {0, 0, 0, 0, 0, 1}};

int main(int argc, char **argv)
{
    struct forest f = forest_open(argc > 1 ? argv[1] : "");
    uint32_t nodes = f.users + f.groups, top[6];
    uint32_t *at = calloc(nodes + 2, sizeof *at), *seen = calloc(nodes, sizeof *seen);
    uint32_t *queue = malloc(nodes * sizeof *queue);
    for (uint64_t i = 0; i < f.user_edges + f.group_edges; i++)
        at[f.edges[i][0] + 1]++; /* edges are in order of their member */
    for (uint32_t n = 0; n < nodes; n++)
        at[n + 1] += at[n];
    struct security_ace aces[6];
    memset(aces, 0, sizeof aces);
    forest_busiest(&f, top);
    for (int i = 0; i < 6; i++) {
        int busiest = forest_aces[i].busiest;
        aces[i].type =
            forest_aces[i].deny ? SEC_ACE_TYPE_ACCESS_DENIED : SEC_ACE_TYPE_ACCESS_ALLOWED;
        aces[i].access_mask = forest_aces[i].mask;
        aces[i].trustee = busiest < 0 ? everyone : sid_of(f.users + top[busiest]);
    }
    struct dom_sid owner = sid_of(nodes);
    struct security_acl dacl = {.revision = 2, .num_aces = 6, .aces = aces};
    struct security_descriptor sd = {.revision = 1,
                                     .type = SEC_DESC_DACL_PRESENT | SEC_DESC_SELF_RELATIVE,
                                     .owner_sid = &owner,
                                     .group_sid = &owner,
                                     .dacl = &dacl};
    struct dom_sid *sids = malloc(MOST * sizeof *sids);
    double start = now(), can = 0;
    for (uint32_t user = 0; user < f.users; user++) {
        uint32_t count = 1, granted;
        queue[0] = user;
        for (uint32_t i = 0; i < count; i++)
            for (uint32_t k = at[queue[i]]; k < at[queue[i] + 1]; k++)
                if (seen[f.edges[k][1]] != user + 1) {
                    seen[f.edges[k][1]] = user + 1;
                    queue[count++] = f.edges[k][1];
                }
        for (uint32_t i = 0; i < count; i++)
            sids[i] = sid_of(queue[i]);
        sids[count] = everyone;
        struct security_token token = {.num_sids = count + 1, .sids = sids};
        can += NT_STATUS_V(se_access_check(&sd, &token, FOREST_DESIRED, &granted)) == 0;
    }
    tell("who", now() - start, can);
    return 0;
}
