/*
 * everyone.c - the groups of every account, one account after the other (see directory.h).
 *
 * Each account's own memberships and primary group are read as they are now; what is above them
 * comes from the components of the group graph (scc.h).
 *
 * Room: lab.
 */
#include "base/alloc.h"
#include "closure.h"
#include "lab_internal.h"
#include "scc.h"

#include <string.h>

/* Where what is above one of an account's groups is listed. */
struct start {
    uint32_t number;
    const uint32_t *at, *end; /* NULL: no list, to be walked */
};

/* An account whose starts are known, and whose lists are on their way from memory. */
struct waiting {
    cs_id id;
    struct start *starts;
    size_t count, room;
};

struct everyone {
    const struct cs_lab *lab;
    const struct csi_scc *scc;
    uint32_t *stamp; /* by number: of the last account that has it */
    uint32_t *found; /* numbers of this account's groups */
    uint32_t *todo;  /* components to walk, where lists are missing */
    size_t count;
    uint32_t account; /* which one it is, from 1 */
    struct waiting line[2];
    struct waiting *last; /* of the line */
    cs_id primary_domain, primary;
    uint32_t primary_rid;
};

/* The components of the group graph, made unless they are there. */
static const struct csi_scc *scc_of(const struct cs_lab *lab, cs_id domain)
{
    struct csi_delta *delta = lab->delta;
    if (delta->scc && delta->scc->domain == domain)
        return delta->scc;
    csi_scc_free(delta->scc);
    delta->scc = NULL;
    return delta->scc = csi_scc_new(lab, domain);
}

/* Without branches: every number is written, and stays only where it is new. */
static void take_list(struct everyone *e, const uint32_t *at, const uint32_t *end)
{
    uint32_t *stamp = e->stamp, *found = e->found, account = e->account;
    size_t n = e->count;
    for (; at < end; at++) {
        found[n] = *at;
        n += stamp[*at] != account;
        stamp[*at] = account;
    }
    e->count = n;
}

/* A component without a list: its members, then those above, one by one. */
static void walk_up(struct everyone *e, uint32_t comp)
{
    const struct csi_scc *scc = e->scc;
    size_t waiting = 0;
    e->todo[waiting++] = comp;
    take_list(e, scc->members + scc->member_at[comp], scc->members + scc->member_at[comp + 1]);
    while (waiting) {
        comp = e->todo[--waiting];
        for (uint32_t i = scc->up_at[comp]; i < scc->up_at[comp + 1]; i++) {
            uint32_t up = scc->ups[i];
            if (e->stamp[scc->members[scc->member_at[up]]] == e->account)
                continue;
            take_list(e, scc->members + scc->member_at[up], scc->members + scc->member_at[up + 1]);
            e->todo[waiting++] = up;
        }
    }
}

/* Memory is what takes the time: lists are asked for an account before they are read. */
static void ahead(const void *memory)
{
#if defined(__GNUC__)
    __builtin_prefetch(memory);
#else
    (void)memory;
#endif
}

static void take_number(struct everyone *e, uint32_t number)
{
    const struct csi_scc *scc = e->scc;
    struct waiting *w = e->last;
    if (!number)
        return;
    if (w->count == w->room) {
        w->room = w->room ? w->room * 2 : 64;
        w->starts = csi_alloc_again(w->starts, w->room * sizeof *w->starts);
        cs_bug_if(!w->starts);
    }
    uint32_t comp = scc->comp_of[number - 1];
    struct start start = {.number = number - 1};
    if (comp < scc->listed) {
        start.at = scc->above + scc->above_at[comp];
        start.end = scc->above + scc->above_at[comp + 1];
        ahead(start.at);
    }
    w->starts[w->count++] = start;
}

static void answer(struct everyone *e, const struct waiting *w)
{
    e->count = 0;
    e->account++;
    for (size_t i = 0; i < w->count; i++) {
        const struct start *start = &w->starts[i];
        if (e->stamp[start->number] == e->account)
            continue;
        if (start->at)
            take_list(e, start->at, start->end);
        else
            walk_up(e, e->scc->comp_of[start->number]);
    }
}

/* One that lists the account: what only is somebody's primary group does not count. */
static bool take_group(void *context, cs_id group)
{
    struct everyone *e = context;
    uint32_t number = csi_scc_number(e->scc, group);
    if (number <= e->scc->walked)
        take_number(e, number);
    return true;
}

/* The primary group; accounts in a row mostly share one. */
static cs_id primary_of(struct everyone *e, cs_id domain, uint32_t rid)
{
    if (domain == e->primary_domain && rid == e->primary_rid)
        return e->primary;
    e->primary_domain = domain;
    e->primary_rid = rid;
    return e->primary = csi_primary_of(e->lab, domain, rid);
}

static void find_starts(struct everyone *e, cs_id id)
{
    const struct csi_base *base = e->lab->base;
    struct csi_brief p;
    e->last->id = id;
    e->last->count = 0;
    if (id > base->count || csi_delta_get(e->lab->delta, id)) {
        csi_brief_at(e->lab, id, CS_NOW, &p);
        take_number(e, csi_scc_number(e->scc, primary_of(e, p.domain, p.primary)));
    } else {
        const struct csi_row *row = csi_base_row(base, id);
        if (row->primary)
            take_number(e, csi_scc_number(e->scc, primary_of(e, row->domain, row->primary)));
    }
    if (id > base->count || csi_delta_of_member(e->lab->delta, id)) {
        cs_member_of_each(e->lab, id, CS_NOW, take_group, e);
        return;
    }
    const struct csi_list list = csi_base_member_of(base, id);
    for (size_t i = 0; i < list.count; i++)
        take_group(e, list.at[i]);
}

/* ------------------------------------------------------------------- accounts */

static bool is_account(const struct cs_lab *lab, cs_id id, cs_id *domain)
{
    const struct csi_base *base = lab->base;
    struct csi_brief p;
    if (id <= base->count && !csi_delta_get(lab->delta, id)) {
        const struct csi_row *row = csi_base_row(base, id);
        *domain = row->domain;
        return row->kind == CS_USER || row->kind == CS_COMPUTER;
    }
    if (!csi_brief_at(lab, id, CS_NOW, &p))
        return false;
    *domain = p.domain;
    return p.kind == CS_USER || p.kind == CS_COMPUTER;
}

/* The one that waited longest, when there is one. */
static bool serve(struct everyone *e, cs_groups_fn *fn, void *context)
{
    const struct waiting *w = e->last;
    if (!w->id)
        return true;
    answer(e, w);
    return fn(context, w->id, e->found, e->count, e->scc->ids);
}

static void everyone_clear(struct everyone *e)
{
    csi_alloc_free(e->stamp);
    csi_alloc_free(e->found);
    csi_alloc_free(e->todo);
    csi_alloc_free(e->line[0].starts);
    csi_alloc_free(e->line[1].starts);
}

/* All accounts of one domain from `first` on; false when `fn` has had enough. */
static bool each_of(const struct cs_lab *lab, cs_id domain, cs_id first, cs_groups_fn *fn,
                    void *context)
{
    struct everyone e = {.lab = lab, .scc = scc_of(lab, domain)};
    size_t size = ((size_t)e.scc->count + 1) * sizeof(uint32_t);
    e.stamp = memset(csi_alloc_must(size), 0, size);
    e.found = csi_alloc_must(size + sizeof(uint32_t));
    e.todo = csi_alloc_must(size);
    bool more = true;
    size_t turn = 0;
    for (cs_id id = first, whose; more && id < lab->delta->end; id++) {
        if (!is_account(lab, id, &whose) || whose != domain)
            continue;
        e.last = &e.line[turn ^= 1];
        find_starts(&e, id);
        e.last = &e.line[turn ^ 1];
        more = serve(&e, fn, context);
    }
    e.last = &e.line[turn];
    more = more && serve(&e, fn, context);
    everyone_clear(&e);
    return more;
}

static uint64_t hash_of(cs_id domain)
{
    return csi_hash(&domain, sizeof domain);
}

static bool is_in(const struct csi_index *domains, cs_id domain)
{
    size_t cursor = 0;
    for (uint32_t mark; (mark = csi_index_next(domains, hash_of(domain), &cursor));)
        if (mark == domain + 1)
            return true;
    return false;
}

/* Domains in order of their first account; 0 is that of machines, so marks are domain + 1. */
void cs_groups_of_everyone(const struct cs_lab *lab, cs_groups_fn *fn, void *context)
{
    struct csi_index done = {0};
    bool more = true;
    csi_base_whole(lab->base);
    for (cs_id id = 1, domain, last = UINT32_MAX; more && id < lab->delta->end; id++) {
        if (!is_account(lab, id, &domain) || domain == last)
            continue;
        last = domain;
        if (is_in(&done, domain))
            continue;
        csi_index_add(&done, hash_of(domain), domain + 1);
        more = each_of(lab, domain, id, fn, context);
    }
    csi_index_clear(&done);
}
