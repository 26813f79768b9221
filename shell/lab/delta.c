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

void csi_delta_free(struct csi_delta *delta)
{
    if (!delta)
        return;
    for (size_t i = 0; i < delta->page_count; i++)
        csi_alloc_free((void *)delta->pages[i]);
    csi_alloc_free((void *)delta->pages);
    csi_alloc_free(delta->log);
    csi_index_clear(&delta->by_sid);
    csi_index_clear(&delta->by_name);
    csi_index_clear(&delta->by_group);
    csi_index_clear(&delta->by_member);
    csi_scc_free(delta->scc);
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

void csi_delta_set(struct csi_delta *delta, cs_id id, const struct csi_version *version)
{
    forget_scc(delta, id, changes_scc(version));
    need_page(delta, id / CSI_PAGE);
    delta->pages[id / CSI_PAGE][id % CSI_PAGE] = version;
    if (!version)
        return;
    if (id >= delta->end)
        delta->end = id + 1;
    const struct cs_principal *p = &version->principal;
    csi_index_add(&delta->by_sid, cs_sid_hash(&p->sid), id);
    csi_index_add(&delta->by_name, csi_name_hash(p->domain, p->host, p->name), id);
}

/* --------------------------------------------------------------------- edges */

uint64_t csi_edge_hash(cs_id id)
{
    return csi_hash(&id, sizeof id);
}

void csi_delta_push(struct csi_delta *delta, struct csi_edge_change change)
{
    forget_scc(delta, change.member, false);
    if (delta->log_count == delta->log_room) {
        size_t room = delta->log_room ? delta->log_room * 2 : 64;
        struct csi_edge_change *log = csi_alloc_must(room * sizeof *log);
        if (delta->log_count)
            memcpy(log, delta->log, delta->log_count * sizeof *log);
        csi_alloc_free(delta->log);
        delta->log = log;
        delta->log_room = room;
    }
    delta->log[delta->log_count++] = change;
    csi_index_add(&delta->by_group, csi_edge_hash(change.group), (uint32_t)delta->log_count);
    csi_index_add(&delta->by_member, csi_edge_hash(change.member), (uint32_t)delta->log_count);
}

void csi_delta_pop(struct csi_delta *delta)
{
    cs_bug_if(delta->log_count == 0);
    forget_scc(delta, delta->log[delta->log_count - 1].member, false);
    delta->log_count--;
}

const struct csi_edge_change *csi_delta_edge(const struct csi_delta *delta, cs_id group,
                                             cs_id member, cs_tick when)
{
    const struct csi_edge_change *last = NULL;
    size_t cursor = 0;
    for (uint32_t i; (i = csi_index_next(&delta->by_member, csi_edge_hash(member), &cursor));) {
        const struct csi_edge_change *change = &delta->log[i - 1];
        if (i <= delta->log_count && change->group == group && change->member == member &&
            change->tick <= when && (!last || change >= last))
            last = change;
    }
    return last;
}
