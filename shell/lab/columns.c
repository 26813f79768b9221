/* columns.c - who holds a SID, by walking memberships inward (see columns.h).  Room: lab. */
#include "columns.h"

#include <certsh/host.h>

#include "closure.h"
#include "lab_internal.h"

/* Ids met on a walk, each once, in order. */
struct trail {
    struct cs_set met;
    cs_id *at;
    size_t count, room;
};

struct column {
    struct cs_sid sid;
    struct cs_set who;
};

struct csi_columns {
    const struct cs_lab *lab;
    struct cs_arena *arena;
    cs_id host_id;
    const struct cs_host *host;
    cs_id end;
    struct cs_set accounts, computers, groups;
    struct csi_crowd crowds[CSI_ROLLS + 8];
    size_t crowd_count;
    bool resource_counts; /* domain-local groups of the host's domain do */
    /* of the walk under way */
    struct trail builtin, local, resource, roots, ticket;
    struct cs_set direct, held;
    struct column **at;
    size_t count, room;
};

/* --------------------------------------------------------------- what there is */

static struct csi_crowd *crowd_of(struct csi_columns *c, cs_id domain)
{
    for (size_t i = 0; i < c->crowd_count; i++)
        if (c->crowds[i].domain == domain)
            return &c->crowds[i];
    if (c->crowd_count == CS_COUNT(c->crowds))
        return NULL;
    struct csi_crowd *crowd = &c->crowds[c->crowd_count++];
    *crowd = (struct csi_crowd){.domain = domain, .who = cs_set_new(c->arena, c->end)};
    return crowd;
}

/* One principal that changed since the base, as it is now. */
static bool take_change(struct csi_columns *c, cs_id id)
{
    struct cs_principal p;
    cs_set_remove(&c->groups, id);
    cs_set_remove(&c->computers, id);
    for (size_t i = 0; i < c->crowd_count; i++)
        cs_set_remove(&c->crowds[i].who, id);
    if (!cs_principal_get(c->lab, id, &p))
        return true;
    if (p.kind == CS_GROUP)
        cs_set_add(&c->groups, id);
    if (p.kind == CS_COMPUTER)
        cs_set_add(&c->computers, id);
    if (p.kind != CS_USER && p.kind != CS_COMPUTER)
        return true;
    struct csi_crowd *crowd = crowd_of(c, p.domain);
    if (crowd)
        cs_set_add(&crowd->who, id);
    return crowd != NULL;
}

static bool call_rolls(struct csi_columns *c)
{
    const struct csi_rolls *rolls = csi_base_rolls(c->lab->base);
    if (!rolls->whole)
        return false;
    c->groups = cs_set_of(c->arena, c->end, rolls->groups, rolls->words);
    c->computers = cs_set_of(c->arena, c->end, rolls->computers, rolls->words);
    for (size_t i = 0; i < rolls->count; i++)
        c->crowds[c->crowd_count++] = (struct csi_crowd){
            .domain = rolls->at[i].domain,
            .who = cs_set_of(c->arena, c->end, rolls->at[i].accounts, rolls->words)};
    bool whole = true;
    for (cs_id id = 0; whole && (id = csi_delta_next(c->lab->delta, id + 1));)
        whole = take_change(c, id);
    c->accounts = cs_set_new(c->arena, c->end);
    for (size_t i = 0; i < c->crowd_count; i++)
        cs_set_or(&c->accounts, &c->crowds[i].who);
    return whole;
}

static bool same_forest(const struct cs_lab *lab, cs_id a, cs_id b)
{
    const struct cs_domain *one = cs_domain_get(lab, a), *two = cs_domain_get(lab, b);
    return one && two && (a == b || cs_str_same(one->forest, two->forest));
}

/* How the accounts of a domain come to the host: as cs_token_of sees it. */
static void place_crowd(const struct csi_columns *c, struct csi_crowd *crowd)
{
    cs_id resource = c->host && c->host->domain ? c->host->domain : crowd->domain;
    crowd->own = cs_domain_get(c->lab, crowd->domain);
    crowd->same_forest = same_forest(c->lab, crowd->domain, resource);
    crowd->trust = crowd->same_forest ? NULL : cs_trust_find(c->lab, resource, crowd->domain);
    crowd->filtered = crowd->trust && crowd->own &&
                      (crowd->trust->kind == CS_TRUST_EXTERNAL || crowd->trust->quarantined);
}

static void trail_new(struct csi_columns *c, struct trail *trail)
{
    *trail = (struct trail){.met = cs_set_new(c->arena, c->end)};
}

struct csi_columns *csi_columns_new(const struct cs_lab *lab, struct cs_arena *arena, cs_id host)
{
    struct csi_columns *c = cs_arena_alloc(arena, sizeof *c);
    c->lab = lab;
    c->arena = arena;
    c->host_id = host;
    c->host = cs_host_get(lab, host);
    c->end = cs_principal_end(lab);
    if (!call_rolls(c))
        return NULL;
    for (size_t i = 0; i < c->crowd_count; i++)
        place_crowd(c, &c->crowds[i]);
    const struct cs_domain *domain = c->host ? cs_domain_get(lab, c->host->domain) : NULL;
    c->resource_counts = domain && (!domain->mixed || c->host->role == CS_ROLE_DC);
    struct trail *trails[] = {&c->builtin, &c->local, &c->resource, &c->roots, &c->ticket};
    for (size_t i = 0; i < CS_COUNT(trails); i++)
        trail_new(c, trails[i]);
    c->direct = cs_set_new(arena, c->end);
    c->held = cs_set_new(arena, c->end);
    return c;
}

const struct cs_set *csi_columns_accounts(const struct csi_columns *c)
{
    return &c->accounts;
}

const struct cs_set *csi_columns_computers(const struct csi_columns *c)
{
    return &c->computers;
}

const struct csi_crowd *csi_columns_crowds(const struct csi_columns *c, size_t *count)
{
    *count = c->crowd_count;
    return c->crowds;
}

/* --------------------------------------------------------------------- trails */

static bool meet(struct csi_columns *c, struct trail *trail, cs_id id)
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

static void forget(struct trail *trail)
{
    for (size_t i = 0; i < trail->count; i++)
        cs_set_remove(&trail->met, trail->at[i]);
    trail->count = 0;
}

/* ------------------------------------------------------- the host's side, inward */

/* What counts as reached: the same as in token_of.c. */
static bool is_builtin(const struct csi_columns *c, const struct cs_principal *g)
{
    if (!c->host || g->scope != CS_SCOPE_BUILTIN)
        return false;
    return c->host->role == CS_ROLE_DC ? g->domain == c->host->domain : g->host == c->host_id;
}

static bool is_machine_local(const struct csi_columns *c, const struct cs_principal *g)
{
    return c->host && g->scope == CS_SCOPE_MACHINE_LOCAL && g->host == c->host_id;
}

static bool is_resource(const struct csi_columns *c, const struct cs_principal *g)
{
    return c->host && c->resource_counts && g->kind == CS_GROUP && g->security &&
           g->scope == CS_SCOPE_DOMAIN_LOCAL && g->domain == c->host->domain;
}

/* By layers, outermost first: whoever holds the member at its layer holds the group. */
enum layer { BUILTIN, LOCAL, RESOURCE, TICKET };

struct inward {
    struct csi_columns *c;
    enum layer layer;
};

static void hold(struct csi_columns *c, cs_id id, enum layer layer);

static bool hold_member(void *context, cs_id id)
{
    const struct inward *inward = context;
    hold(inward->c, id, inward->layer);
    return true;
}

static void hold_context(struct csi_columns *c, cs_id id);

/* A group counts at a layer when the walk of that layer takes it in. */
static bool counts_at(const struct csi_columns *c, const struct cs_principal *g, enum layer layer)
{
    return layer == BUILTIN ? is_builtin(c, g)
           : layer == LOCAL ? is_machine_local(c, g)
                            : is_resource(c, g);
}

static void hold(struct csi_columns *c, cs_id id, enum layer layer)
{
    struct trail *trails[] = {&c->builtin, &c->local, &c->resource};
    struct cs_principal g;
    if (cs_set_has(&c->accounts, id)) {
        cs_set_add(&c->direct, id);
        return;
    }
    for (; layer < TICKET; layer++) {
        if (!meet(c, trails[layer], id))
            return; /* been here, at this layer or further out */
        if (layer == LOCAL)
            hold_context(c, id); /* which the walk of domain-local groups does not start from */
        if (!cs_principal_get(c->lab, id, &g) || !counts_at(c, &g, layer))
            continue;
        struct inward inward = {c, layer};
        cs_member_each(c->lab, id, CS_NOW, hold_member, &inward);
    }
    meet(c, &c->roots, id);
}

/* -------------------------------------------------------------------- context */

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
            cs_set_or(&c->held, &crowd->who);
    }
}

static void hold_context_sid(struct csi_columns *c, const struct cs_sid *sid)
{
    static const struct cs_sid other_organization = {.authority = 5, .sub = {1000}, .count = 1};
    if (cs_sid_equal(sid, &cs_sid_everyone) || cs_sid_equal(sid, &cs_sid_network)) {
        cs_set_or(&c->held, &c->accounts);
    } else if (cs_sid_equal(sid, &cs_sid_authenticated_users)) {
        struct cs_arena_mark mark = cs_arena_mark(c->arena);
        struct cs_set real = cs_set_copy(c->arena, &c->accounts);
        minus_guests(c, &real);
        cs_set_or(&c->held, &real);
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

/* -------------------------------------------------------------- the ticket's side */

struct ticket {
    struct csi_columns *c;
    const struct csi_crowd *crowd;
    struct cs_set *into;
};

static bool in_ticket(const struct ticket *t, const struct cs_principal *g)
{
    if (g->kind != CS_GROUP || !g->security)
        return false;
    if (g->scope == CS_SCOPE_GLOBAL)
        return g->domain == t->crowd->domain;
    return g->scope == CS_SCOPE_UNIVERSAL && same_forest(t->c->lab, g->domain, t->crowd->domain);
}

static bool add_account(void *context, cs_id id)
{
    struct ticket *t = context;
    cs_set_add(t->into, id);
    return true;
}

/* Whose primary group it is: found as csi_primary_of finds it, by the domain's SID. */
static void take_primaries(struct ticket *t, const struct cs_principal *g)
{
    const struct cs_domain *own = t->crowd->own;
    if (own && own->sid.count && cs_sid_in(&g->sid, &own->sid) &&
        cs_principal_by_sid(t->c->lab, &g->sid, 0) == g->id)
        csi_primary_each(t->c->lab, t->crowd->domain, cs_sid_rid(&g->sid), add_account, t);
}

/* Whoever holds `id` is in; a group the ticket takes in is walked further. */
static void take_holder(struct ticket *t, cs_id id)
{
    struct cs_principal g;
    if (cs_set_has(&t->c->ticket.met, id) || !cs_principal_get(t->c->lab, id, &g))
        return;
    meet(t->c, &t->c->ticket, id);
    take_primaries(t, &g);
}

static bool take_member(void *context, cs_id id)
{
    struct ticket *t = context;
    if (cs_set_has(&t->c->accounts, id))
        cs_set_add(t->into, id);
    else
        take_holder(t, id);
    return true;
}

/* The same, without a call a member where nothing of the group has changed. */
static void take_members(struct ticket *t, cs_id group)
{
    const struct csi_columns *c = t->c;
    size_t cursor = 0;
    if (group > c->lab->base->count ||
        csi_index_next(&c->lab->delta->by_group, csi_edge_hash(group), &cursor)) {
        cs_member_each(c->lab, group, CS_NOW, take_member, t);
        return;
    }
    const struct csi_list list = csi_base_members(c->lab->base, group);
    const uint64_t *accounts = c->accounts.words;
    uint64_t *into = t->into->words;
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
    struct trail *trail = &t->c->ticket;
    struct cs_principal g;
    for (size_t i = 0; i < trail->count; i++)
        if (cs_principal_get(t->c->lab, trail->at[i], &g) && in_ticket(t, &g))
            take_members(t, trail->at[i]);
}

/* Domain controllers of the crowd: ENTERPRISE DOMAIN CONTROLLERS is in their ticket. */
static void take_controllers(struct ticket *t)
{
    struct cs_principal p;
    struct cs_set found = cs_set_copy(t->c->arena, &t->crowd->who);
    cs_set_and(&found, &t->c->computers);
    for (cs_id id = 0; (id = cs_set_next(&found, id + 1));)
        if (cs_principal_get(t->c->lab, id, &p) && (p.uac & CS_UAC_DC))
            cs_set_add(t->into, id);
}

static bool survives(const struct csi_crowd *crowd, const struct cs_sid *sid)
{
    return !crowd->filtered || cs_sid_in(sid, &crowd->own->sid);
}

/* Accounts that are asked for themselves. */
static void take_direct(struct ticket *t)
{
    struct cs_principal p;
    if (!t->crowd->filtered) {
        cs_set_or(t->into, &t->c->direct);
        return;
    }
    for (cs_id id = 0; (id = cs_set_next(&t->c->direct, id + 1));)
        if (cs_set_has(&t->crowd->who, id) && cs_principal_get(t->c->lab, id, &p) &&
            survives(t->crowd, &p.sid))
            cs_set_add(t->into, id);
}

static void ask_crowd(struct csi_columns *c, const struct csi_crowd *crowd)
{
    struct cs_arena_mark mark = cs_arena_mark(c->arena);
    struct cs_set into = cs_set_new(c->arena, c->end);
    struct ticket t = {c, crowd, &into};
    struct cs_principal p;
    for (size_t i = 0; i < c->roots.count; i++) {
        if (!cs_principal_get(c->lab, c->roots.at[i], &p) || !survives(crowd, &p.sid))
            continue;
        take_holder(&t, p.id);
        if (crowd->same_forest && cs_sid_equal(&p.sid, &cs_sid_enterprise_dcs))
            take_controllers(&t);
    }
    walk_ticket(&t);
    take_direct(&t);
    cs_set_or_both(&c->held, &into, &crowd->who);
    forget(&c->ticket);
    c->ticket.room = 0; /* its list may be in what is given back now */
    cs_arena_rewind(c->arena, mark);
}

/* --------------------------------------------------------------------- asking */

static void hold_nobody_s(struct csi_columns *c, const struct cs_sid *sid)
{
    hold_context_sid(c, sid);
    if (!cs_sid_equal(sid, &cs_sid_enterprise_dcs))
        return;
    for (size_t i = 0; i < c->crowd_count; i++) {
        struct ticket t = {c, &c->crowds[i], &c->held};
        if (c->crowds[i].same_forest)
            take_controllers(&t);
    }
}

static void find_holders(struct csi_columns *c, const struct cs_sid *sid)
{
    cs_id id = cs_principal_by_sid(c->lab, sid, c->host_id);
    cs_set_clear(&c->held);
    cs_set_clear(&c->direct);
    if (id)
        hold(c, id, BUILTIN);
    else
        hold_nobody_s(c, sid);
    for (size_t i = 0; id && i < c->crowd_count; i++)
        ask_crowd(c, &c->crowds[i]);
    struct trail *trails[] = {&c->builtin, &c->local, &c->resource, &c->roots};
    for (size_t i = 0; i < CS_COUNT(trails); i++)
        forget(trails[i]);
}

const struct cs_set *csi_column(struct csi_columns *c, const struct cs_sid *sid)
{
    for (size_t i = 0; i < c->count; i++)
        if (cs_sid_equal(&c->at[i]->sid, sid))
            return &c->at[i]->who;
    find_holders(c, sid);
    if (c->count == c->room) {
        size_t room = c->room ? c->room * 2 : 32;
        struct column **at = cs_arena_alloc(c->arena, room * sizeof *at);
        for (size_t i = 0; i < c->count; i++)
            at[i] = c->at[i];
        c->at = at;
        c->room = room;
    }
    struct column *column = cs_arena_alloc(c->arena, sizeof *column);
    *column = (struct column){*sid, cs_set_copy(c->arena, &c->held)};
    c->at[c->count++] = column;
    return &column->who;
}

/* ----------------------------------------------------------------- older tokens */

/* Everybody below a principal, by any membership there ever was. */
static void reach_below(struct csi_columns *c, struct cs_set *below, cs_id from)
{
    const struct csi_base *base = c->lab->base;
    const struct csi_delta *delta = c->lab->delta;
    struct trail *trail = &c->ticket;
    struct cs_principal g;
    struct ticket t = {c, NULL, below};
    meet(c, trail, from);
    for (size_t i = 0; i < trail->count; i++) {
        cs_id id = trail->at[i];
        cs_set_add(below, id);
        if (cs_principal_get(c->lab, id, &g) && g.kind == CS_GROUP)
            for (size_t k = 0; k < c->crowd_count; k++) {
                t.crowd = &c->crowds[k];
                take_primaries(&t, &g);
            }
        const struct csi_list list = csi_base_members(base, id);
        for (size_t k = 0; k < list.count; k++)
            meet(c, trail, list.at[k]);
        size_t cursor = 0;
        for (uint32_t k; (k = csi_index_next(&delta->by_group, csi_edge_hash(id), &cursor));)
            if (k <= delta->log_count && delta->log[k - 1].group == id)
                meet(c, trail, delta->log[k - 1].member);
    }
    forget(trail);
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
        cs_set_add(context, id);
}

/* All that came after the oldest token, and whoever is below it. */
static struct cs_set touched_since(struct csi_columns *c, cs_tick since)
{
    const struct csi_delta *delta = c->lab->delta;
    struct cs_set touched = cs_set_new(c->arena, c->end);
    for (size_t i = 0; i < delta->log_count; i++)
        if (delta->log[i].tick > since && !cs_set_has(&touched, delta->log[i].member))
            reach_below(c, &touched, delta->log[i].member);
    for (cs_id id = 0; (id = csi_delta_next(delta, id + 1));)
        if (csi_delta_get(delta, id)->tick > since && !cs_set_has(&touched, id))
            reach_below(c, &touched, id);
    return touched;
}

static struct cs_set stale(struct csi_columns *c)
{
    cs_tick since = CS_NOW;
    struct cs_set aged = cs_set_new(c->arena, c->end);
    each_aged(c->lab, oldest, &since);
    if (since == CS_NOW)
        return aged;
    struct cs_set touched = touched_since(c, since);
    each_aged(c->lab, note_aged, &aged);
    cs_set_and(&aged, &touched);
    cs_set_and(&aged, &c->accounts);
    return aged;
}

/* ------------------------------------------------------------- odd primary groups */

static bool is_account_rid(const struct csi_columns *c, cs_id domain, uint32_t rid)
{
    struct cs_principal p = {.domain = domain, .primary = rid};
    return cs_set_has(&c->accounts, csi_primary_of(c->lab, &p));
}

/* Accounts whose "primary group" is an account: nonsense, but an export may say it. */
static void add_odd_primaries(struct csi_columns *c, struct cs_set *odd)
{
    const struct csi_primaries *primaries = &c->lab->base->primaries;
    struct cs_principal p;
    for (size_t i = 0; i < primaries->key_count; i++) {
        const struct csi_primary_key *key = &primaries->keys[i];
        if (!is_account_rid(c, key->domain, key->rid))
            continue;
        const struct csi_list list = csi_base_primary(c->lab->base, key);
        for (size_t k = 0; k < list.count; k++)
            cs_set_add(odd, list.at[k]);
    }
    for (cs_id id = 0; (id = csi_delta_next(c->lab->delta, id + 1));)
        if (cs_principal_get(c->lab, id, &p) && p.primary && is_account_rid(c, p.domain, p.primary))
            cs_set_add(odd, id);
    cs_set_and(odd, &c->accounts);
}

struct cs_set csi_columns_odd(struct csi_columns *c)
{
    struct cs_set odd = stale(c);
    add_odd_primaries(c, &odd);
    return odd;
}
