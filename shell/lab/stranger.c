/* stranger.c - members whom no file has told of so far (see stranger.h).  Room: lab. */
#include "stranger.h"

#include "lab_internal.h"

struct cs_sid csi_stranger_parent(void)
{
    return cs_sid_of1(0, 1);
}

bool csi_sid_is_stranger(const struct cs_sid *sid)
{
    return sid->authority == 0 && sid->count == 2 && sid->sub[0] == 1;
}

bool cs_principal_is_stranger(const struct cs_principal *principal)
{
    return principal->kind == CS_FOREIGN && csi_sid_is_stranger(&principal->sid);
}

static bool count_edge(void *context, cs_id id)
{
    (void)id;
    ++*(size_t *)context;
    return true;
}

struct csi_waiting csi_lab_waiting(const struct cs_lab *lab)
{
    struct csi_waiting waiting = {0};
    struct cs_principal p;
    for (cs_id id = 1; id < cs_principal_end(lab); id++) {
        if (cs_principal_kind_of(lab, id) != CS_FOREIGN || !cs_principal_get(lab, id, &p) ||
            !cs_principal_is_stranger(&p))
            continue;
        size_t before = waiting.memberships;
        cs_member_of_each(lab, id, CS_NOW, count_edge, &waiting.memberships);
        cs_member_each(lab, id, CS_NOW, count_edge, &waiting.memberships);
        if (waiting.memberships == before)
            continue;
        if (!waiting.strangers++)
            waiting.first = p.dn;
    }
    return waiting;
}
