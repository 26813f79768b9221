/* delta.c - versions and the log of edges (see delta.h).  Room: lab. */
#include "delta.h"

#include <string.h>

#include "base/alloc.h"
#include "base/map.h"

struct csi_delta *csi_delta_new(cs_id end)
{
    struct csi_delta *delta = csi_alloc_must(sizeof *delta);
    *delta = (struct csi_delta){.end = end};
    return delta;
}

static void newest_clear(struct csi_newest *newest)
{
    for (size_t i = 0; i < newest->page_count; i++)
        csi_alloc_free(newest->pages[i]);
    csi_alloc_free((void *)newest->pages);
}

void csi_delta_free(struct csi_delta *delta)
{
    if (!delta)
        return;
    for (size_t i = 0; i < delta->page_count; i++)
        csi_alloc_free((void *)delta->pages[i]);
    csi_alloc_free((void *)delta->pages);
    csi_alloc_free(delta->log);
    newest_clear(&delta->by_group);
    newest_clear(&delta->by_member);
    csi_index_clear(&delta->by_sid);
    csi_index_clear(&delta->by_name);
    csi_index_clear(&delta->upns.index);
    csi_scc_free(delta->scc);
    csi_walk_free(delta->walk);
    csi_alloc_free(delta);
}

/* What hangs together among groups is no longer known when `id` is one of them. */
static void forget_scc(struct csi_delta *delta, cs_id id, bool group)
{
    if (!delta->scc || (!group && !csi_scc_number(delta->scc, id)))
        return;
    csi_scc_free(delta->scc);
    delta->scc = NULL;
}

/* A new group, or an account whose primary group may have been nobody's before. */
static bool changes_scc(const struct csi_version *version)
{
    return version && (version->principal.kind == CS_GROUP || version->principal.primary);
}

/* ------------------------------------------------------------------ versions */

const struct csi_version *csi_delta_get(const struct csi_delta *delta, cs_id id)
{
    size_t page = id / CSI_PAGE;
    if (page >= delta->page_count || !delta->pages[page])
        return NULL;
    return delta->pages[page][id % CSI_PAGE];
}

cs_id csi_delta_next(const struct csi_delta *delta, cs_id id)
{
    for (size_t page = id / CSI_PAGE; page < delta->page_count; page++, id = (cs_id)page * CSI_PAGE)
        for (size_t i = id % CSI_PAGE; delta->pages[page] && i < CSI_PAGE; i++)
            if (delta->pages[page][i])
                return (cs_id)(page * CSI_PAGE + i);
    return 0;
}

static void need_page(struct csi_delta *delta, size_t page)
{
    if (page >= delta->page_count) {
        size_t size = (page + 1) * sizeof *delta->pages;
        const struct csi_version ***pages = csi_alloc_must(size);
        memset((void *)pages, 0, size);
        if (delta->page_count)
            memcpy((void *)pages, (void *)delta->pages, delta->page_count * sizeof *pages);
        csi_alloc_free((void *)delta->pages);
        delta->pages = pages;
        delta->page_count = page + 1;
    }
    if (delta->pages[page])
        return;
    size_t size = CSI_PAGE * sizeof *delta->pages[page];
    delta->pages[page] = csi_alloc_must(size);
    memset((void *)delta->pages[page], 0, size);
}

/* A new version may use up a RID; where one goes away, it has to be looked for again. */
static void note_rid(struct csi_delta *delta, cs_id id, const struct csi_version *version)
{
    struct csi_rids *rids = &delta->rids;
    if (!version || version->before != csi_delta_get(delta, id))
        rids->parent.count = 0;
    else if (rids->parent.count && cs_sid_in(&version->principal.sid, &rids->parent) &&
             cs_sid_rid(&version->principal.sid) >= rids->next)
        rids->next = cs_sid_rid(&version->principal.sid) + 1;
}

void csi_delta_set(struct csi_delta *delta, cs_id id, const struct csi_version *version)
{
    forget_scc(delta, id, changes_scc(version));
    note_rid(delta, id, version);
    need_page(delta, id / CSI_PAGE);
    delta->pages[id / CSI_PAGE][id % CSI_PAGE] = version;
    if (!version)
        return;
    if (id >= delta->end)
        delta->end = id + 1;
    const struct cs_principal *p = &version->principal;
    csi_index_add(&delta->by_sid, cs_sid_hash(&p->sid), id);
    csi_index_add(&delta->by_name, csi_name_hash(p->domain, p->host, p->name), id);
    csi_upn_note(&delta->upns, id, p->upn);
}

/* --------------------------------------------------------------------- edges */

static uint32_t *newest_of(const struct csi_newest *newest, cs_id id)
{
    size_t page = id / CSI_PAGE;
    if (page >= newest->page_count || !newest->pages[page])
        return NULL;
    return &newest->pages[page][id % CSI_PAGE];
}

static uint32_t *need_newest(struct csi_newest *newest, cs_id id)
{
    size_t page = id / CSI_PAGE, count = newest->page_count;
    if (page >= count) {
        newest->pages = csi_alloc_again((void *)newest->pages, (page + 1) * sizeof *newest->pages);
        csi_alloc_check(newest->pages);
        memset((void *)(newest->pages + count), 0, (page + 1 - count) * sizeof *newest->pages);
        newest->page_count = page + 1;
    }
    if (!newest->pages[page]) {
        newest->pages[page] = csi_alloc_must(CSI_PAGE * sizeof **newest->pages);
        memset(newest->pages[page], 0, CSI_PAGE * sizeof **newest->pages);
    }
    return &newest->pages[page][id % CSI_PAGE];
}

void csi_delta_push(struct csi_delta *delta, struct csi_edge_change change)
{
    forget_scc(delta, change.member, false);
    delta->log = csi_alloc_more(delta->log, delta->log_count, &delta->log_room, sizeof *delta->log);
    uint32_t *group = need_newest(&delta->by_group, change.group);
    uint32_t *member = need_newest(&delta->by_member, change.member);
    change.group_before = *group;
    change.member_before = *member;
    delta->log[delta->log_count++] = change;
    *group = *member = (uint32_t)delta->log_count;
}

void csi_delta_pop(struct csi_delta *delta)
{
    cs_bug_if(delta->log_count == 0);
    const struct csi_edge_change *last = &delta->log[--delta->log_count];
    forget_scc(delta, last->member, false);
    *newest_of(&delta->by_group, last->group) = last->group_before;
    *newest_of(&delta->by_member, last->member) = last->member_before;
}

const struct csi_edge_change *csi_delta_before(const struct csi_delta *delta, uint32_t place)
{
    return place ? &delta->log[place - 1] : NULL;
}

static const struct csi_edge_change *newest(const struct csi_delta *delta,
                                            const struct csi_newest *by, cs_id id)
{
    const uint32_t *place = newest_of(by, id);
    return place ? csi_delta_before(delta, *place) : NULL;
}

const struct csi_edge_change *csi_delta_of_group(const struct csi_delta *delta, cs_id group)
{
    return newest(delta, &delta->by_group, group);
}

const struct csi_edge_change *csi_delta_of_member(const struct csi_delta *delta, cs_id member)
{
    return newest(delta, &delta->by_member, member);
}

struct csi_delta *csi_delta_over(const struct csi_delta *old, cs_id end)
{
    struct csi_delta *delta = csi_delta_new(end);
    for (size_t i = 0; i < old->log_count; i++)
        csi_delta_push(delta, old->log[i]);
    return delta;
}

const struct csi_edge_change *csi_delta_edge(const struct csi_delta *delta, cs_id group,
                                             cs_id member, cs_tick when)
{
    const struct csi_edge_change *change = csi_delta_of_member(delta, member);
    while (change && (change->group != group || change->tick > when))
        change = csi_delta_before(delta, change->member_before);
    return change;
}
