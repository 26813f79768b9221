/* access_who.c - who is let by one descriptor, everybody at once (see gate.h).  Room: lab. */
#include <certsh/gate.h>

#include "columns.h"
#include "gate_in.h"

struct access {
    const struct cs_sd *sd;
    const struct cs_access *ask;
    const struct cs_column *named;
    struct cs_arena *arena;
};

/* Whoever holds these of the named SIDs. */
static cs_status check_part(void *context, cs_id one, const uint64_t *holds, unsigned *answer,
                            struct cs_error *err)
{
    const struct access *access = context;
    struct cs_access ask = *access->ask;
    struct cs_token *token = cs_token_new(access->arena);
    (void)one;
    for (size_t i = 0; token && i < access->named->count; i++)
        if (holds[i / 64] >> i % 64 & 1)
            cs_token_add(token, &access->named->sids[i], CS_TOKEN_ENABLED, CS_ORIGIN_GIVEN,
                         CS_TOKEN_NO_VIA);
    if (!token)
        return cs_fail(err, CS_MEMORY, "no memory for a token");
    ask.token = token;
    *answer = cs_access_check(access->sd, &ask).kind == CS_ALLOWED;
    return CS_OK;
}

cs_status cs_access_who(const struct cs_lab *lab, struct cs_arena *arena, cs_id host,
                        const struct cs_sd *sd, const struct cs_access *ask, struct cs_set *who,
                        struct cs_error *err)
{
    struct csi_columns *columns = csi_columns_new(lab, arena, host);
    struct cs_column named = {.arena = arena};
    cs_column_sd(&named, sd);
    if (ask->self)
        cs_column_sid(&named, ask->self);
    if (!columns || named.conditions)
        return cs_fail(err, CS_LIMIT,
                       columns ? "a condition is asked of each, not of everybody"
                               : "accounts of too many domains to be asked at once");
    const struct csi_holders **sets = cs_arena_alloc(arena, (named.count + 1) * sizeof *sets);
    for (size_t i = 0; i < named.count; i++)
        sets[i] = csi_column(columns, &named.sids[i]);
    struct access access = {sd, ask, &named, arena};
    cs_id end = cs_principal_end(lab);
    struct csi_draft out[2] = {csi_draft_new(arena, end), csi_draft_new(arena, end)};
    const struct cs_set *all = csi_columns_accounts(columns);
    struct csi_parting parting = {.arena = arena,
                                  .columns = sets,
                                  .column_count = named.count,
                                  .all = all,
                                  .ask = check_part,
                                  .context = &access,
                                  .out = out};
    struct csi_draft among = csi_draft_new(arena, end);
    csi_draft_lend(&among, all);
    cs_status status = csi_part(&parting, &among, err);
    *who = *csi_draft_own(&out[1]);
    return status;
}
