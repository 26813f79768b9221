/*
 * ticket.c - whose ticket has a SID: global groups of the accounts' domain, universal ones of
 * its forest, primary groups, domain controllers, and what SID filtering leaves (see columns.h).
 *
 * Room: lab.
 */
#include "closure.h"
#include "columns_in.h"

struct ticket {
    struct csi_columns *c;
    const struct csi_crowd *crowd;
    struct csi_pile *into;
};

static bool in_ticket(const struct ticket *t, const struct csi_brief *g)
{
    if (g->kind != CS_GROUP || !g->security)
        return false;
    if (g->scope == CS_SCOPE_GLOBAL)
        return g->domain == t->crowd->domain;
    return g->scope == CS_SCOPE_UNIVERSAL &&
           csi_same_forest(t->c->lab, g->domain, t->crowd->domain);
}

static bool add_run(void *context, const cs_id *ids, size_t count)
{
    struct csi_pile *into = context;
    into->used = true;
    for (size_t i = 0; i < count; i++)
        cs_set_add(&into->set, ids[i]);
    return true;
}

static void add_primaries(const struct cs_lab *lab, cs_id domain, uint32_t rid,
                          struct csi_pile *into)
{
    if (csi_primary_or(lab, domain, rid, &into->set))
        into->used = true;
    else
        csi_primary_runs(lab, domain, rid, add_run, into);
}

/* Found as csi_primary_of finds it: by the SID of the accounts' domain. */
void csi_ticket_primaries(const struct csi_columns *c, const struct csi_crowd *crowd,
                          const struct csi_brief *group, struct csi_pile *into)
{
    const struct cs_domain *own = crowd->own;
    struct cs_sid sid = csi_brief_sid(group);
    if (own && own->sid.count && cs_sid_in(&sid, &own->sid) &&
        cs_principal_by_sid(c->lab, &sid, 0) == group->id)
        add_primaries(c->lab, crowd->domain, group->rid, into);
}

/* Whoever holds `id` is in; a group the ticket takes in is walked further. */
static void take_holder(struct ticket *t, cs_id id)
{
    struct csi_brief g;
    if (cs_set_has(&t->c->ticket.met, id) || !csi_brief_at(t->c->lab, id, CS_NOW, &g))
        return;
    csi_trail_meet(t->c, &t->c->ticket, id);
    csi_ticket_primaries(t->c, t->crowd, &g, t->into);
}

static bool take_member(void *context, cs_id id)
{
    struct ticket *t = context;
    if (cs_set_has(&t->c->accounts, id))
        add_run(t->into, &id, 1);
    else
        take_holder(t, id);
    return true;
}

/* The same, without a call a member where nothing of the group has changed. */
static void take_members(struct ticket *t, cs_id group)
{
    const struct csi_columns *c = t->c;
    if (csi_delta_of_group(c->lab->delta, group)) {
        cs_member_each(c->lab, group, CS_NOW, take_member, t);
        return;
    }
    const struct csi_list list = csi_base_members(c->lab->base, group);
    const uint64_t *accounts = c->accounts.words;
    uint64_t *into = t->into->set.words;
    t->into->used = t->into->used || list.count;
    for (size_t i = 0; i < list.count; i++) {
        cs_id id = list.at[i];
        uint64_t bit = UINT64_C(1) << id % 64;
        into[id / 64] |= bit;
        if (!(accounts[id / 64] & bit))
            take_holder(t, id);
    }
}

static void walk_ticket(struct ticket *t)
{
    struct csi_trail *trail = &t->c->ticket;
    struct csi_brief g;
    for (size_t i = 0; i < trail->count; i++)
        if (csi_brief_at(t->c->lab, trail->at[i], CS_NOW, &g) && in_ticket(t, &g))
            take_members(t, trail->at[i]);
}

void csi_ticket_controllers(const struct csi_columns *c, const struct csi_crowd *crowd,
                            struct csi_pile *into)
{
    struct cs_principal p;
    struct cs_set found = cs_set_copy(c->arena, &crowd->who);
    cs_set_and(&found, &c->computers);
    for (cs_id id = 0; (id = cs_set_next(&found, id + 1));)
        if (cs_principal_get(c->lab, id, &p) && (p.uac & CS_UAC_DC))
            add_run(into, &id, 1);
}

static bool survives(const struct csi_crowd *crowd, const struct csi_brief *p)
{
    struct cs_sid sid;
    if (!crowd->filtered)
        return true;
    sid = csi_brief_sid(p);
    return cs_sid_in(&sid, &crowd->own->sid);
}

/* Accounts that are asked for themselves. */
static void take_direct(struct ticket *t)
{
    const struct cs_set *direct = &t->c->direct.set;
    struct csi_brief p;
    if (!t->c->direct.used)
        return;
    if (!t->crowd->filtered) {
        cs_set_or(&t->into->set, direct);
        t->into->used = true;
        return;
    }
    for (cs_id id = 0; (id = cs_set_next(direct, id + 1));)
        if (cs_set_has(&t->crowd->who, id) && csi_brief_at(t->c->lab, id, CS_NOW, &p) &&
            survives(t->crowd, &p))
            add_run(t->into, &id, 1);
}

void csi_ticket_ask(struct csi_columns *c, const struct csi_crowd *crowd)
{
    struct ticket t = {c, crowd, &c->ticketed};
    csi_pile_clear(t.into);
    struct csi_brief p;
    for (size_t i = 0; i < c->resource.count; i++) {
        if (!csi_brief_at(c->lab, c->resource.at[i], CS_NOW, &p) || !survives(crowd, &p))
            continue;
        take_holder(&t, p.id);
        if (crowd->same_forest && csi_brief_has_sid(&p, &cs_sid_enterprise_dcs))
            csi_ticket_controllers(c, crowd, t.into);
    }
    walk_ticket(&t);
    take_direct(&t);
    if (t.into->used)
        cs_set_or_both(&c->held.set, &t.into->set, &crowd->who);
    c->held.used = c->held.used || t.into->used;
    csi_trail_forget(&c->ticket);
}
