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

/* One of an account's groups: its id, then its number, then what is above it. */
struct start {
    uint32_t group;
    struct csi_scc_list list;
};

/* An account on its way through the stages below. */
struct waiting {
    cs_id id; /* 0: nobody */
    struct start *starts;
    size_t count, room;
    bool primary; /* the first of them is its primary group */
};

/*
 * Memory is what takes the time, so four accounts are under way at once: each stage asks for what
 * the next one will read.
 */
enum { STAGES = 4 };

struct everyone {
    const struct cs_lab *lab;
    const struct csi_scc *scc;
    uint16_t *stamp; /* by number: of the last account that has it */
    uint32_t *found; /* numbers of this account's groups */
    uint32_t *todo;  /* components to walk, where lists are missing */
    size_t count;
    uint16_t account; /* which one it is, from 1; begins again */
    struct waiting line[STAGES];
    struct waiting *last; /* of the line */
    size_t turn;
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
    uint16_t *stamp = e->stamp, account = e->account;
    uint32_t *found = e->found;
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

static void ahead(const void *memory)
{
#if defined(__GNUC__)
    __builtin_prefetch(memory);
#else
    (void)memory;
#endif
}

/* ------------------------------------------------------------------- the stages */

static bool take_group(void *context, cs_id group)
{
    struct everyone *e = context;
    struct waiting *w = e->last;
    w->starts = csi_alloc_more(w->starts, w->count, &w->room, sizeof *w->starts);
    w->starts[w->count++].group = group;
    if (group < e->scc->end)
        ahead(&e->scc->numbers[group]);
    return true;
}

/* Numbers for ids.  What only is somebody's primary group does not count where it lists. */
static void number_starts(const struct everyone *e, struct waiting *w)
{
    const struct csi_scc *scc = e->scc;
    size_t n = 0;
    for (size_t i = 0; i < w->count; i++) {
        uint32_t number = csi_scc_number(scc, w->starts[i].group);
        if (!number || (number > scc->walked && !(w->primary && i == 0)))
            continue;
        w->starts[n++].group = number - 1;
        ahead(&scc->lists[number - 1]);
    }
    w->count = n;
}

static void find_lists(const struct everyone *e, struct waiting *w)
{
    const uint32_t *const above = e->scc->above; /* NULL where no group is in another */
    for (size_t i = 0; i < w->count; i++) {
        w->starts[i].list = e->scc->lists[w->starts[i].group];
        ahead(above ? above + w->starts[i].list.from : NULL);
    }
}

static void answer(struct everyone *e, const struct waiting *w)
{
    e->count = 0;
    if (++e->account == 0) { /* stamps are short, to stay near: a new round of them */
        memset(e->stamp, 0, (e->scc->count + 1) * sizeof *e->stamp);
        e->account = 1;
    }
    for (size_t i = 0; i < w->count; i++) {
        const struct start *start = &w->starts[i];
        if (e->stamp[start->group] == e->account)
            continue;
        if (!start->list.count) {
            walk_up(e, e->scc->comp_of[start->group]);
            continue;
        }
        const uint32_t *at = e->scc->above + start->list.from;
        take_list(e, at, at + start->list.count);
    }
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
    bool changed = id > base->count || csi_delta_get(e->lab->delta, id);
    struct csi_brief p = {.id = id};
    if (changed) {
        csi_brief_at(e->lab, id, CS_NOW, &p);
    } else {
        const struct csi_row *row = csi_base_row(base, id);
        p.domain = row->domain;
        p.primary = row->primary;
    }
    cs_id primary = p.primary ? primary_of(e, p.domain, p.primary) : 0;
    *e->last = (struct waiting){
        .id = id, .starts = e->last->starts, .room = e->last->room, .primary = primary != 0};
    if (primary)
        take_group(e, primary);
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

/* One more account at the head of the line (0: nobody), and those behind it a stage further. */
static bool turn(struct everyone *e, cs_id id, cs_groups_fn *fn, void *context)
{
    struct waiting *line[STAGES];
    for (size_t i = 0; i < STAGES; i++)
        line[i] = &e->line[(e->turn + i) % STAGES];
    const struct waiting *oldest = line[0];
    e->turn++;
    bool more = true;
    if (oldest->id) {
        answer(e, oldest);
        more = fn(context, oldest->id, e->found, e->count, e->scc->ids);
    }
    find_lists(e, line[1]);
    number_starts(e, line[2]);
    e->last = line[0]; /* which is free now */
    e->last->id = 0;
    e->last->count = 0;
    if (id)
        find_starts(e, id);
    return more;
}

static void everyone_clear(struct everyone *e)
{
    csi_alloc_free(e->stamp);
    csi_alloc_free(e->found);
    csi_alloc_free(e->todo);
    for (size_t i = 0; i < STAGES; i++)
        csi_alloc_free(e->line[i].starts);
}

/* All accounts of one domain from `first` on; false when `fn` has had enough. */
static bool each_of(const struct cs_lab *lab, cs_id domain, cs_id first, cs_groups_fn *fn,
                    void *context)
{
    struct everyone e = {.lab = lab, .scc = scc_of(lab, domain)};
    size_t size = ((size_t)e.scc->count + 1) * sizeof(uint32_t);
    e.stamp = memset(csi_alloc_must(size / 2), 0, size / 2);
    e.found = csi_alloc_must(size + sizeof(uint32_t));
    e.todo = csi_alloc_must(size);
    bool more = true;
    for (cs_id id = first, whose; more && id < lab->delta->end; id++)
        if (is_account(lab, id, &whose) && whose == domain)
            more = turn(&e, id, fn, context);
    for (size_t i = 0; more && i < STAGES; i++)
        more = turn(&e, 0, fn, context);
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
