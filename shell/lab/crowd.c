/* crowd.c - all accounts, by the domains they come from (see columns.h).  Room: lab. */
#include <certsh/host.h>

#include "columns_in.h"

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
    struct csi_brief p;
    cs_set_remove(&c->computers, id);
    for (size_t i = 0; i < c->crowd_count; i++)
        cs_set_remove(&c->crowds[i].who, id);
    if (!csi_brief_at(c->lab, id, CS_NOW, &p))
        return true;
    if (p.kind == CS_COMPUTER)
        cs_set_add(&c->computers, id);
    if (p.kind != CS_USER && p.kind != CS_COMPUTER)
        return true;
    struct csi_crowd *crowd = crowd_of(c, p.domain);
    if (crowd)
        cs_set_add(&crowd->who, id);
    return crowd != NULL;
}

/* The base's own bits where nothing is going to change them. */
static struct cs_set set_of_roll(const struct csi_columns *c, uint64_t *bits, size_t words)
{
    return c->as_base ? (struct cs_set){bits, words} : cs_set_of(c->arena, c->end, bits, words);
}

static void call_accounts(struct csi_columns *c)
{
    if (c->crowd_count == 1) {
        c->accounts = c->crowds[0].who;
        return;
    }
    c->accounts = cs_set_new(c->arena, c->end);
    for (size_t i = 0; i < c->crowd_count; i++)
        cs_set_or(&c->accounts, &c->crowds[i].who);
}

static bool call_rolls(struct csi_columns *c)
{
    const struct csi_rolls *rolls = csi_base_rolls(c->lab->base);
    if (!rolls->whole)
        return false;
    c->as_base = !csi_delta_next(c->lab->delta, 1) && csi_row_words(c->end - 1) == rolls->words;
    c->computers = set_of_roll(c, rolls->computers, rolls->words);
    for (size_t i = 0; i < rolls->count; i++)
        c->crowds[c->crowd_count++] =
            (struct csi_crowd){.domain = rolls->at[i].domain,
                               .who = set_of_roll(c, rolls->at[i].accounts, rolls->words)};
    bool whole = true;
    for (cs_id id = 0; whole && (id = csi_delta_next(c->lab->delta, id + 1));)
        whole = take_change(c, id);
    call_accounts(c);
    return whole;
}

bool csi_same_forest(const struct cs_lab *lab, cs_id a, cs_id b)
{
    const struct cs_domain *one = cs_domain_get(lab, a), *two = cs_domain_get(lab, b);
    return one && two && (a == b || cs_str_same(one->forest, two->forest));
}

/* How the accounts of a domain come to the host: as cs_token_of sees it. */
static void place_crowd(const struct csi_columns *c, struct csi_crowd *crowd)
{
    cs_id resource = c->host && c->host->domain ? c->host->domain : crowd->domain;
    crowd->own = cs_domain_get(c->lab, crowd->domain);
    crowd->same_forest = csi_same_forest(c->lab, crowd->domain, resource);
    crowd->trust = crowd->same_forest ? NULL : cs_trust_find(c->lab, resource, crowd->domain);
    crowd->filtered = crowd->trust && crowd->own &&
                      (crowd->trust->kind == CS_TRUST_EXTERNAL || crowd->trust->quarantined);
}

bool csi_crowds_call(struct csi_columns *c)
{
    if (!call_rolls(c))
        return false;
    for (size_t i = 0; i < c->crowd_count; i++)
        place_crowd(c, &c->crowds[i]);
    return true;
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
