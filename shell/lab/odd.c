/*
 * odd.c - accounts about whom columns say too little, to be asked one by one (see columns.h):
 * whose token is older than a change that may have touched it, and whose primary group is no
 * group.
 *
 * Room: lab.
 */
#include <certsh/host.h>

#include "closure.h"
#include "columns_in.h"

/* -------------------------------------------------------------- older tokens */

/* Everybody below a principal, by any membership there ever was; anybody may be below
 * Everyone and its like. */
static void reach_below(struct csi_columns *c, struct csi_draft *below, cs_id from)
{
    const struct csi_delta *delta = c->lab->delta;
    struct csi_trail *trail = &c->ticket;
    struct csi_brief g;
    csi_trail_meet(c, trail, from);
    for (size_t i = 0; i < trail->count; i++) {
        cs_id id = trail->at[i];
        bool is = csi_brief_at(c->lab, id, CS_NOW, &g);
        csi_draft_add(below, id);
        if (is && g.kind == CS_WELL_KNOWN)
            csi_draft_or(below, &c->accounts);
        for (size_t k = 0; is && g.kind == CS_GROUP && k < c->crowd_count; k++)
            csi_ticket_primaries(c, &c->crowds[k], &g, below);
        const struct csi_list list = csi_base_members(c->lab->base, id);
        for (size_t k = 0; k < list.count; k++)
            csi_trail_meet(c, trail, list.at[k]);
        for (const struct csi_edge_change *change = csi_delta_of_group(delta, id); change;
             change = csi_delta_before(delta, change->group_before))
            csi_trail_meet(c, trail, change->member);
    }
    csi_trail_forget(trail);
}

/* Accounts whose token is not of now, each with what its token is of. */
typedef void aged_fn(void *context, cs_id id, cs_tick age);

static void each_aged(const struct cs_lab *lab, aged_fn *fn, void *context)
{
    for (cs_id id = 1; id < lab->tables[CS_NOUN_HOST].end; id++) {
        const struct cs_host *host = cs_host_get(lab, id);
        if (host && host->account)
            fn(context, host->account, cs_token_age(lab, host->account));
    }
    for (cs_id id = 1; id < lab->tables[CS_NOUN_SESSION].end; id++) {
        const struct cs_session *session =
            (const struct cs_session *)cs_record_get(lab, CS_NOUN_SESSION, id);
        if (session)
            fn(context, session->user, cs_token_age(lab, session->user));
    }
}

static void oldest(void *context, cs_id id, cs_tick age)
{
    cs_tick *least = context;
    (void)id;
    if (age < *least)
        *least = age;
}

static void note_aged(void *context, cs_id id, cs_tick age)
{
    if (age != CS_NOW)
        csi_draft_add(context, id);
}

/* All that came after the oldest token, and whoever is below it. */
static struct csi_draft touched_since(struct csi_columns *c, cs_tick since)
{
    const struct csi_delta *delta = c->lab->delta;
    struct csi_draft touched = csi_draft_new(c->arena, c->end);
    for (size_t i = 0; i < delta->log_count; i++)
        if (delta->log[i].tick > since && !csi_draft_has(&touched, delta->log[i].member))
            reach_below(c, &touched, delta->log[i].member);
    for (cs_id id = 0; (id = csi_delta_next(delta, id + 1));)
        if (csi_delta_get(delta, id)->tick > since && !csi_draft_has(&touched, id))
            reach_below(c, &touched, id);
    return touched;
}

static void add_stale(struct csi_columns *c, struct csi_draft *odd)
{
    cs_tick since = CS_NOW;
    each_aged(c->lab, oldest, &since);
    if (since == CS_NOW)
        return;
    const struct csi_draft touched = touched_since(c, since);
    each_aged(c->lab, note_aged, odd);
    if (touched.used)
        csi_draft_and(odd, csi_draft_set(&touched));
    else
        csi_draft_clear(odd);
}

/* -------------------------------------------------------- odd primary groups */

static bool is_account_rid(const struct csi_columns *c, cs_id domain, uint32_t rid)
{
    return cs_set_has(&c->accounts, csi_primary_of(c->lab, domain, rid));
}

/* Accounts whose "primary group" is an account: nonsense, but an export may say it. */
static void add_odd_primaries(struct csi_columns *c, struct csi_draft *odd)
{
    const struct csi_primaries *primaries = &c->lab->base->primaries;
    struct csi_brief p;
    for (size_t i = 0; i < primaries->key_count; i++) {
        const struct csi_primary_key *key = &primaries->keys[i];
        if (!is_account_rid(c, key->domain, key->rid))
            continue;
        const struct csi_list list = csi_base_primary(c->lab->base, key);
        for (size_t k = 0; k < list.count; k++)
            csi_draft_add(odd, list.at[k]);
    }
    for (cs_id id = 0; (id = csi_delta_next(c->lab->delta, id + 1));)
        if (csi_brief_at(c->lab, id, CS_NOW, &p) && p.primary &&
            is_account_rid(c, p.domain, p.primary))
            csi_draft_add(odd, id);
}

struct csi_draft csi_columns_odd(struct csi_columns *c)
{
    struct csi_draft odd = csi_draft_new(c->arena, c->end);
    add_stale(c, &odd);
    add_odd_primaries(c, &odd);
    csi_draft_and(&odd, &c->accounts);
    return odd;
}
