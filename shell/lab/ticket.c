/*
 * ticket.c - whose ticket has a SID: global groups of the accounts' domain, universal ones of
 * its forest, primary groups, domain controllers, and what SID filtering leaves (see columns.h).
 *
 * Room: lab.
 */
#include "closure.h"
#include "columns_in.h"
#include "holding.h"

struct ticket {
    struct csi_columns *c;
    const struct csi_crowd *crowd;
    struct csi_draft *into;
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
    for (size_t i = 0; i < count; i++)
        csi_draft_add(context, ids[i]);
    return true;
}

/* A row of the base: itself, as long as nobody has changed. */
static void add_row(const struct csi_columns *c, const struct cs_set *row, struct csi_draft *into)
{
    if (c->as_base)
        csi_draft_lend(into, row);
    else
        csi_set_or_row(csi_draft_own(into), row);
}

static void add_primaries(const struct csi_columns *c, cs_id domain, uint32_t rid,
                          struct csi_draft *into)
{
    struct cs_set row;
    if (csi_primary_row(c->lab, domain, rid, &row))
        add_row(c, &row, into);
    else
        csi_primary_runs(c->lab, domain, rid, add_run, into);
}

/* Found as csi_primary_of finds it: by the SID of the accounts' domain. */
void csi_ticket_primaries(const struct csi_columns *c, const struct csi_crowd *crowd,
                          const struct csi_brief *group, struct csi_draft *into)
{
    const struct cs_domain *own = crowd->own;
    struct cs_sid sid = csi_brief_sid(group);
    if (own && own->sid.count && cs_sid_in(&sid, &own->sid) &&
        cs_principal_by_sid(c->lab, &sid, 0) == group->id)
        add_primaries(c, crowd->domain, group->rid, into);
}

void csi_ticket_absent(const struct csi_columns *c, const struct csi_crowd *crowd,
                       const struct cs_sid *group, struct csi_draft *into)
{
    if (crowd->own && crowd->own->sid.count && cs_sid_in(group, &crowd->own->sid))
        add_primaries(c, crowd->domain, cs_sid_rid(group), into);
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

/* The same of many, without a call a member. */
static void take_list(struct ticket *t, const struct csi_list *list)
{
    const uint64_t *accounts = t->c->accounts.words;
    uint64_t *into = csi_draft_own(t->into)->words;
    for (size_t i = 0; i < list->count; i++) {
        cs_id id = list->at[i];
        uint64_t bit = UINT64_C(1) << id % 64;
        into[id / 64] |= bit;
        if (!(accounts[id / 64] & bit))
            take_holder(t, id);
    }
}

static void take_members(struct ticket *t, cs_id group)
{
    enum { FEW = 64 };
    const struct cs_lab *lab = t->c->lab;
    if (csi_delta_of_group(lab->delta, group)) {
        cs_member_each(lab, group, CS_NOW, take_member, t);
        return;
    }
    const struct csi_list list = csi_base_members(lab->base, group);
    if (list.count > FEW)
        take_list(t, &list);
    for (size_t i = 0; list.count <= FEW && i < list.count; i++)
        take_member(t, list.at[i]);
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
                            struct csi_draft *into)
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
    const struct cs_set *direct = csi_draft_set(&t->c->direct);
    struct csi_brief p;
    if (!t->c->direct.used)
        return;
    if (!t->crowd->filtered) {
        csi_draft_join(t->into, &t->c->direct, NULL);
        return;
    }
    for (cs_id id = 0; (id = cs_set_next(direct, id + 1));)
        if (cs_set_has(&t->crowd->who, id) && csi_brief_at(t->c->lab, id, CS_NOW, &p) &&
            survives(t->crowd, &p))
            add_run(t->into, &id, 1);
}

void csi_ticket_walk(struct csi_columns *c, const struct csi_crowd *crowd, cs_id group,
                     struct csi_draft *into)
{
    struct ticket t = {c, crowd, into};
    take_holder(&t, group);
    walk_ticket(&t);
}

/* As found beforehand, where it was. */
static bool take_stored(struct ticket *t, cs_id group)
{
    const struct csi_columns *c = t->c;
    struct cs_set row;
    if (!c->stored || !csi_holding_of(c->lab, t->crowd->domain, group, &row))
        return false;
    add_row(c, &row, t->into);
    return true;
}

/* The accounts of the crowd, of those that were found. */
static void take_own(struct csi_columns *c, const struct csi_crowd *crowd,
                     const struct csi_draft *found)
{
    if (found->lent.words && !c->held.used)
        csi_draft_lend(&c->held, &found->lent); /* a row of the base, of this crowd alone */
    else
        csi_draft_join(&c->held, found, &crowd->who);
}

void csi_ticket_ask(struct csi_columns *c, const struct csi_crowd *crowd)
{
    struct ticket t = {c, crowd, &c->ticketed};
    csi_draft_clear(t.into);
    struct csi_brief p;
    for (size_t i = 0; i < c->resource.count; i++) {
        if (!csi_brief_at(c->lab, c->resource.at[i], CS_NOW, &p) || !survives(crowd, &p))
            continue;
        if (c->asked)
            c->asked(c->asked_context, crowd, p.id);
        if (!take_stored(&t, p.id))
            take_holder(&t, p.id);
        if (crowd->same_forest && csi_brief_has_sid(&p, &cs_sid_enterprise_dcs))
            csi_ticket_controllers(c, crowd, t.into);
    }
    walk_ticket(&t);
    take_direct(&t);
    take_own(c, crowd, t.into);
    csi_trail_forget(&c->ticket);
}
