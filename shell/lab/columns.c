/* columns.c - who holds a SID, by walking memberships inward (see columns.h).  Room: lab. */
#include <certsh/host.h>

#include "columns_in.h"

/* -------------------------------------------------------------------- trails */

bool csi_trail_meet(struct csi_columns *c, struct csi_trail *trail, cs_id id)
{
    if (cs_set_has(&trail->met, id))
        return false;
    cs_set_add(&trail->met, id);
    if (trail->count == trail->room) {
        size_t room = trail->room ? trail->room * 2 : 256;
        cs_id *at = cs_arena_alloc(c->arena, room * sizeof *at);
        for (size_t i = 0; i < trail->count; i++)
            at[i] = trail->at[i];
        trail->at = at;
        trail->room = room;
    }
    trail->at[trail->count++] = id;
    return true;
}

void csi_trail_forget(struct csi_trail *trail)
{
    for (size_t i = 0; i < trail->count; i++)
        cs_set_remove(&trail->met, trail->at[i]);
    trail->count = 0;
}

static void trail_new(struct csi_columns *c, struct csi_trail *trail)
{
    *trail = (struct csi_trail){.met = cs_set_new(c->arena, c->end)};
}

struct csi_columns *csi_columns_new(const struct cs_lab *lab, struct cs_arena *arena, cs_id host)
{
    struct csi_columns *c = cs_arena_alloc(arena, sizeof *c);
    c->lab = lab;
    c->arena = arena;
    c->host_id = host;
    c->host = cs_host_get(lab, host);
    c->end = cs_principal_end(lab);
    if (!csi_crowds_call(c))
        return NULL;
    const struct cs_domain *domain = c->host ? cs_domain_get(lab, c->host->domain) : NULL;
    c->resource_counts = domain && (!domain->mixed || c->host->role == CS_ROLE_DC);
    struct csi_trail *trails[] = {&c->builtin, &c->local, &c->resource, &c->ticket};
    for (size_t i = 0; i < CS_COUNT(trails); i++)
        trail_new(c, trails[i]);
    struct csi_pile *piles[] = {&c->direct, &c->ticketed, &c->held};
    for (size_t i = 0; i < CS_COUNT(piles); i++)
        *piles[i] = (struct csi_pile){cs_set_new(arena, c->end), false};
    return c;
}

/* --------------------------------------------------------------------- piles */

void csi_pile_clear(struct csi_pile *pile)
{
    if (pile->used)
        cs_set_clear(&pile->set);
    pile->used = false;
}

static void pile_add(struct csi_pile *pile, cs_id id)
{
    cs_set_add(&pile->set, id);
    pile->used = true;
}

static void pile_or(struct csi_pile *pile, const struct cs_set *set)
{
    cs_set_or(&pile->set, set);
    pile->used = true;
}

/* --------------------------------------------------- the host's side, inward */

/* What counts as reached: the same as in token_of.c. */
static bool is_builtin(const struct csi_columns *c, const struct csi_brief *g)
{
    if (!c->host || g->scope != CS_SCOPE_BUILTIN)
        return false;
    return c->host->role == CS_ROLE_DC ? g->domain == c->host->domain : g->host == c->host_id;
}

static bool is_machine_local(const struct csi_columns *c, const struct csi_brief *g)
{
    return c->host && g->scope == CS_SCOPE_MACHINE_LOCAL && g->host == c->host_id;
}

static bool is_resource(const struct csi_columns *c, const struct csi_brief *g)
{
    return c->host && c->resource_counts && g->kind == CS_GROUP && g->security &&
           g->scope == CS_SCOPE_DOMAIN_LOCAL && g->domain == c->host->domain;
}

/*
 * By layers, outermost first: a layer's walk goes down through the groups that count there, and
 * whatever it has met, the next one starts from.  A chain of groups may be long: no recursion.
 */
struct layer {
    struct csi_columns *c;
    struct csi_trail *trail;
    bool (*counts)(const struct csi_columns *c, const struct csi_brief *g);
};

static bool take_in(void *context, cs_id id)
{
    const struct layer *layer = context;
    if (cs_set_has(&layer->c->accounts, id))
        pile_add(&layer->c->direct, id);
    else
        csi_trail_meet(layer->c, layer->trail, id);
    return true;
}

static void walk_layer(struct layer *layer)
{
    const struct cs_lab *lab = layer->c->lab;
    struct csi_brief g;
    for (size_t i = 0; i < layer->trail->count; i++)
        if (csi_brief_at(lab, layer->trail->at[i], CS_NOW, &g) && layer->counts(layer->c, &g))
            cs_member_each(lab, g.id, CS_NOW, take_in, layer);
}

static void walk_layers(struct csi_columns *c, cs_id id)
{
    struct layer layers[] = {{c, &c->builtin, is_builtin},
                             {c, &c->local, is_machine_local},
                             {c, &c->resource, is_resource}};
    take_in(&layers[0], id);
    for (size_t i = 0; i < CS_COUNT(layers); i++) {
        const struct csi_trail *before = i ? layers[i - 1].trail : NULL;
        for (size_t k = 0; before && k < before->count; k++)
            take_in(&layers[i], before->at[k]);
        walk_layer(&layers[i]);
    }
}

/* ------------------------------------------------------------------- context */

/* Guest is an authenticated user only before XP SP2 and 2003 (MS-DTYP note 11). */
static void minus_guests(struct csi_columns *c, struct cs_set *set)
{
    const struct csi_base *base = c->lab->base;
    struct cs_principal p;
    if (c->host && c->host->windows < CS_WINDOWS_2003)
        return;
    for (size_t i = 0; i < base->parent_count; i++) {
        struct cs_sid guest = cs_sid_child(&base->parents[i], 501);
        if (cs_sid_is_account(&guest))
            cs_set_remove(set, cs_principal_by_sid(c->lab, &guest, c->host_id));
    }
    for (cs_id id = 0; (id = csi_delta_next(c->lab->delta, id + 1));)
        if (cs_principal_get(c->lab, id, &p) && cs_sid_is_account(&p.sid) &&
            cs_sid_rid(&p.sid) == 501)
            cs_set_remove(set, id);
}

/* Those who come over a trust with selective authentication, or all others. */
static void hold_organization(struct csi_columns *c, bool other)
{
    for (size_t i = 0; i < c->crowd_count; i++) {
        const struct csi_crowd *crowd = &c->crowds[i];
        bool selective = crowd->trust && crowd->trust->selective;
        if (selective == other)
            pile_or(&c->held, &crowd->who);
    }
}

static void hold_context_sid(struct csi_columns *c, const struct cs_sid *sid)
{
    static const struct cs_sid other_organization = {.authority = 5, .sub = {1000}, .count = 1};
    if (cs_sid_equal(sid, &cs_sid_everyone) || cs_sid_equal(sid, &cs_sid_network)) {
        pile_or(&c->held, &c->accounts);
    } else if (cs_sid_equal(sid, &cs_sid_authenticated_users)) {
        struct cs_arena_mark mark = cs_arena_mark(c->arena);
        struct cs_set real = cs_set_copy(c->arena, &c->accounts);
        minus_guests(c, &real);
        pile_or(&c->held, &real);
        cs_arena_rewind(c->arena, mark);
    } else if (cs_sid_equal(sid, &cs_sid_this_organization)) {
        hold_organization(c, false);
    } else if (cs_sid_equal(sid, &other_organization)) {
        hold_organization(c, true);
    }
}

static void hold_context(struct csi_columns *c, cs_id id)
{
    struct cs_principal p;
    if (cs_principal_get(c->lab, id, &p) && !cs_sid_is_account(&p.sid) &&
        cs_principal_by_sid(c->lab, &p.sid, c->host_id) == id)
        hold_context_sid(c, &p.sid);
}

/* Context SIDs count for the host's own groups; not for domain-local ones, which come first. */
static void hold_all_context(struct csi_columns *c)
{
    for (size_t i = 0; i < c->local.count; i++)
        hold_context(c, c->local.at[i]);
}

/* -------------------------------------------------------------------- asking */

static void hold_nobody_s(struct csi_columns *c, const struct cs_sid *sid)
{
    hold_context_sid(c, sid);
    if (!cs_sid_equal(sid, &cs_sid_enterprise_dcs))
        return;
    for (size_t i = 0; i < c->crowd_count; i++)
        if (c->crowds[i].same_forest)
            csi_ticket_controllers(c, &c->crowds[i], &c->held);
}

static void find_holders(struct csi_columns *c, const struct cs_sid *sid)
{
    cs_id id = cs_principal_by_sid(c->lab, sid, c->host_id);
    csi_pile_clear(&c->held);
    csi_pile_clear(&c->direct);
    if (!id) {
        hold_nobody_s(c, sid);
        return;
    }
    walk_layers(c, id);
    hold_all_context(c);
    for (size_t i = 0; i < c->crowd_count; i++)
        csi_ticket_ask(c, &c->crowds[i]);
    struct csi_trail *trails[] = {&c->builtin, &c->local, &c->resource};
    for (size_t i = 0; i < CS_COUNT(trails); i++)
        csi_trail_forget(trails[i]);
}

/* What was found, as it is kept. */
static const struct cs_set *keep(const struct csi_columns *c)
{
    static const struct cs_set nobody;
    if (!c->held.used)
        return &nobody;
    if (cs_set_equal(&c->held.set, &c->accounts))
        return &c->accounts;
    struct cs_set *who = cs_arena_alloc(c->arena, sizeof *who);
    *who = cs_set_copy(c->arena, &c->held.set);
    return who;
}

const struct cs_set *csi_column(struct csi_columns *c, const struct cs_sid *sid)
{
    for (size_t i = 0; i < c->count; i++)
        if (cs_sid_equal(&c->at[i]->sid, sid))
            return c->at[i]->who;
    find_holders(c, sid);
    if (c->count == c->room) {
        size_t room = c->room ? c->room * 2 : 32;
        struct csi_column_kept **at = cs_arena_alloc(c->arena, room * sizeof *at);
        for (size_t i = 0; i < c->count; i++)
            at[i] = c->at[i];
        c->at = at;
        c->room = room;
    }
    struct csi_column_kept *column = cs_arena_alloc(c->arena, sizeof *column);
    *column = (struct csi_column_kept){*sid, keep(c)};
    c->at[c->count++] = column;
    return column->who;
}
