/* columns.c - who holds a SID, by walking memberships inward (see columns.h).  Room: lab. */
#include <certsh/host.h>

#include "columns_in.h"
#include "holding.h"

/* -------------------------------------------------------------------- trails */

bool csi_trail_meet(struct csi_columns *c, struct csi_trail *trail, cs_id id)
{
    if (cs_set_has(&trail->met, id))
        return false;
    cs_set_add(&trail->met, id);
    trail->at = cs_arena_more(c->arena, trail->at, trail->count, &trail->room, sizeof *trail->at);
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
    struct csi_draft *drafts[] = {&c->direct, &c->ticketed, &c->held, &c->authenticated};
    for (size_t i = 0; i < CS_COUNT(drafts); i++)
        *drafts[i] = csi_draft_new(arena, c->end);
    c->stored = csi_holdings_usable(lab);
    return c;
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
        csi_draft_add(&layer->c->direct, id);
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

static void take_out(struct csi_columns *c, cs_id guest)
{
    if (cs_set_has(csi_draft_set(&c->authenticated), guest))
        cs_set_remove(csi_draft_own(&c->authenticated), guest);
}

/* Guest is an authenticated user only before XP SP2 and 2003 (MS-DTYP note 11). */
static void take_out_guests(struct csi_columns *c)
{
    const struct csi_base *base = c->lab->base;
    struct cs_principal p;
    if (c->host && c->host->windows < CS_WINDOWS_2003)
        return;
    for (size_t i = 0; i < base->parent_count; i++) {
        struct cs_sid guest = cs_sid_child(&base->parents[i], 501);
        if (cs_sid_is_account(&guest))
            take_out(c, cs_principal_by_sid(c->lab, &guest, c->host_id));
    }
    for (cs_id id = 0; (id = csi_delta_next(c->lab->delta, id + 1));)
        if (cs_principal_get(c->lab, id, &p) && cs_sid_is_account(&p.sid) &&
            cs_sid_rid(&p.sid) == 501)
            take_out(c, id);
}

/* Found once. */
static const struct cs_set *authenticated(struct csi_columns *c)
{
    if (!c->authenticated.used) {
        csi_draft_lend(&c->authenticated, &c->accounts);
        take_out_guests(c);
    }
    return csi_draft_set(&c->authenticated);
}

/* Those who come over a trust with selective authentication, or all others. */
static void hold_organization(struct csi_columns *c, bool other)
{
    for (size_t i = 0; i < c->crowd_count; i++) {
        const struct csi_crowd *crowd = &c->crowds[i];
        bool selective = crowd->trust && crowd->trust->selective;
        if (selective == other)
            csi_draft_lend(&c->held, &crowd->who);
    }
}

static void hold_context_sid(struct csi_columns *c, const struct cs_sid *sid)
{
    static const struct cs_sid other_organization = {.authority = 5, .sub = {1000}, .count = 1};
    if (cs_sid_equal(sid, &cs_sid_everyone) || cs_sid_equal(sid, &cs_sid_network)) {
        csi_draft_lend(&c->held, &c->accounts);
    } else if (cs_sid_equal(sid, &cs_sid_authenticated_users)) {
        csi_draft_lend(&c->held, authenticated(c));
    } else if (cs_sid_equal(sid, &cs_sid_this_organization)) {
        hold_organization(c, false);
    } else if (cs_sid_equal(sid, &other_organization)) {
        hold_organization(c, true);
    }
}

static void hold_context(struct csi_columns *c, cs_id id)
{
    struct csi_brief p;
    if (!csi_brief_at(c->lab, id, CS_NOW, &p))
        return;
    struct cs_sid sid = csi_brief_sid(&p);
    if (!cs_sid_is_account(&sid) && cs_principal_by_sid(c->lab, &sid, c->host_id) == id)
        hold_context_sid(c, &sid);
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
    bool controllers = cs_sid_equal(sid, &cs_sid_enterprise_dcs);
    hold_context_sid(c, sid);
    for (size_t i = 0; i < c->crowd_count; i++)
        if (!controllers)
            csi_ticket_absent(c, &c->crowds[i], sid, &c->held);
        else if (c->crowds[i].same_forest)
            csi_ticket_controllers(c, &c->crowds[i], &c->held);
}

static void find_holders(struct csi_columns *c, const struct cs_sid *sid)
{
    cs_id id = cs_principal_by_sid(c->lab, sid, c->host_id);
    csi_draft_clear(&c->held);
    csi_draft_clear(&c->direct);
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
static struct csi_holders *keep(struct csi_columns *c, const struct cs_sid *sid)
{
    struct csi_draft *held = &c->held;
    const struct cs_set *who = csi_draft_set(held);
    struct csi_holders *column = cs_arena_alloc(c->arena, sizeof *column);
    *column = (struct csi_holders){.sid = *sid, .from = held->from, .to = held->to};
    if (!held->used)
        return column;
    bool full = held->from == 0 && held->to == who->count;
    if (full && (who->words == c->accounts.words || cs_set_equal(who, &c->accounts))) {
        column->who = c->accounts;
        return column;
    }
    column->who = *who;
    csi_draft_take(held);
    return column;
}

const struct csi_holders *csi_column(struct csi_columns *c, const struct cs_sid *sid)
{
    for (size_t i = 0; i < c->count; i++)
        if (cs_sid_equal(&c->at[i]->sid, sid))
            return c->at[i];
    find_holders(c, sid);
    c->at = cs_arena_more(c->arena, c->at, c->count, &c->room, sizeof *c->at);
    return c->at[c->count++] = keep(c, sid);
}

void csi_columns_hold(const struct csi_columns *c, cs_id id, struct cs_token *token)
{
    for (size_t i = 0; i < c->count; i++)
        if (csi_holds(c->at[i], id))
            cs_token_add(token, &c->at[i]->sid, CS_TOKEN_ENABLED, CS_ORIGIN_GIVEN, CS_TOKEN_NO_VIA);
}
