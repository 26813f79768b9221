/* scc.c - components of the group graph, and what is above them (see scc.h).  Room: lab. */
#include "scc.h"

#include <string.h>

#include "base/alloc.h"
#include "closure.h"
#include "lab_internal.h"

/* Edges from group to the groups above it, by number. */
struct arcs {
    uint32_t *at, *to;
    size_t count, room;
};

struct making {
    const struct cs_lab *lab;
    struct csi_scc *scc;
    struct arcs arcs;
};

static void *zeros(size_t count, size_t size)
{
    return memset(csi_alloc_must((count + 1) * size), 0, (count + 1) * size);
}

/* -------------------------------------------------------------------- numbers */

static void give_number(struct csi_scc *scc, cs_id id)
{
    if (id && id < scc->end && !scc->numbers[id])
        scc->numbers[id] = ++scc->count;
}

/* What somebody's primary group is, groups or not: walks start from it. */
static void number_primaries(struct making *m)
{
    const struct csi_primaries *primaries = &m->lab->base->primaries;
    struct csi_brief p;
    for (size_t i = 0; i < primaries->key_count; i++)
        give_number(m->scc,
                    csi_primary_of(m->lab, primaries->keys[i].domain, primaries->keys[i].rid));
    for (cs_id id = 0; (id = csi_delta_next(m->lab->delta, id + 1));)
        if (csi_brief_at(m->lab, id, CS_NOW, &p) && p.primary)
            give_number(m->scc, csi_primary_of(m->lab, p.domain, p.primary));
}

static bool is_counted(const struct cs_lab *lab, cs_id id, cs_id domain)
{
    const struct csi_base *base = lab->base;
    struct csi_brief p;
    if (!csi_delta_get(lab->delta, id) &&
        (id > base->count || csi_base_row(base, id)->kind != CS_GROUP))
        return false;
    return csi_brief_at(lab, id, CS_NOW, &p) && csi_is_directory_group(&domain, &p);
}

static void number_all(struct making *m)
{
    struct csi_scc *scc = m->scc;
    for (cs_id id = 1; id < scc->end; id++)
        if (is_counted(m->lab, id, scc->domain))
            give_number(scc, id);
    scc->walked = scc->count;
    number_primaries(m);
    scc->ids = zeros(scc->count, sizeof *scc->ids);
    for (cs_id id = 1; id < scc->end; id++)
        if (scc->numbers[id])
            scc->ids[scc->numbers[id] - 1] = id;
}

/* ----------------------------------------------------------------------- arcs */

static bool add_arc(void *context, cs_id group)
{
    struct making *m = context;
    struct arcs *arcs = &m->arcs;
    uint32_t number = csi_scc_number(m->scc, group);
    if (!number || number > m->scc->walked)
        return true;
    arcs->to = csi_alloc_more(arcs->to, arcs->count, &arcs->room, sizeof *arcs->to);
    arcs->to[arcs->count++] = number - 1;
    return true;
}

static void find_arcs(struct making *m)
{
    m->arcs.at = zeros(m->scc->count + 1, sizeof *m->arcs.at);
    for (uint32_t i = 0; i < m->scc->count; i++) {
        m->arcs.at[i] = (uint32_t)m->arcs.count;
        cs_member_of_each(m->lab, m->scc->ids[i], CS_NOW, add_arc, m);
    }
    m->arcs.at[m->scc->count] = (uint32_t)m->arcs.count;
}

/* ----------------------------------------------------------------- components */

/* Tarjan's walk without recursion: a chain of groups may be as long as there are groups. */
struct tarjan {
    const struct arcs *arcs;
    struct csi_scc *scc;
    uint32_t *index, *low, *next; /* by number; index 0: not met */
    uint32_t *path, *open;        /* stacks */
    uint32_t path_count, open_count, met;
    bool *is_open;
};

static void enter(struct tarjan *t, uint32_t node)
{
    t->index[node] = t->low[node] = ++t->met;
    t->next[node] = t->arcs->at[node];
    t->path[t->path_count++] = node;
    t->open[t->open_count++] = node;
    t->is_open[node] = true;
}

static void close_component(struct tarjan *t, uint32_t root)
{
    uint32_t node;
    do {
        node = t->open[--t->open_count];
        t->is_open[node] = false;
        t->scc->comp_of[node] = t->scc->comp_count;
    } while (node != root);
    t->scc->comp_count++;
}

static void leave(struct tarjan *t)
{
    uint32_t node = t->path[--t->path_count];
    if (t->low[node] == t->index[node])
        close_component(t, node);
    if (!t->path_count)
        return;
    uint32_t before = t->path[t->path_count - 1];
    if (t->low[node] < t->low[before])
        t->low[before] = t->low[node];
}

static void walk_from(struct tarjan *t, uint32_t root)
{
    enter(t, root);
    while (t->path_count) {
        uint32_t node = t->path[t->path_count - 1];
        if (t->next[node] == t->arcs->at[node + 1]) {
            leave(t);
            continue;
        }
        uint32_t up = t->arcs->to[t->next[node]++];
        if (!t->index[up])
            enter(t, up);
        else if (t->is_open[up] && t->index[up] < t->low[node])
            t->low[node] = t->index[up];
    }
}

static void find_components(struct making *m)
{
    uint32_t count = m->scc->count;
    uint32_t *room = zeros((size_t)count * 5 + 5, sizeof *room);
    struct tarjan t = {.arcs = &m->arcs,
                       .scc = m->scc,
                       .index = room,
                       .low = room + count,
                       .next = room + 2 * (size_t)count,
                       .path = room + 3 * (size_t)count,
                       .open = room + 4 * (size_t)count,
                       .is_open = zeros(count, sizeof *t.is_open)};
    m->scc->comp_of = zeros(count, sizeof *m->scc->comp_of);
    for (uint32_t i = 0; i < count; i++)
        if (!t.index[i])
            walk_from(&t, i);
    csi_alloc_free(room);
    csi_alloc_free(t.is_open);
}

/* --------------------------------------------------------------- what is above */

/* Counts at at[c + 1] become starts; filling slides them, and they are set back. */
static void add_up(uint32_t *at, uint32_t count)
{
    for (uint32_t c = 0; c < count; c++)
        at[c + 1] += at[c];
}

static void shift_back(uint32_t *at, uint32_t count)
{
    memmove(at + 1, at, count * sizeof *at);
    at[0] = 0;
}

static void list_members(struct csi_scc *scc)
{
    scc->member_at = zeros(scc->comp_count + 1, sizeof *scc->member_at);
    scc->members = zeros(scc->count, sizeof *scc->members);
    for (uint32_t i = 0; i < scc->count; i++)
        scc->member_at[scc->comp_of[i] + 1]++;
    add_up(scc->member_at, scc->comp_count);
    for (uint32_t i = 0; i < scc->count; i++)
        scc->members[scc->member_at[scc->comp_of[i]]++] = i;
    shift_back(scc->member_at, scc->comp_count);
}

static void list_ups(struct making *m)
{
    struct csi_scc *scc = m->scc;
    scc->up_at = zeros(scc->comp_count + 1, sizeof *scc->up_at);
    scc->ups = zeros(m->arcs.count, sizeof *scc->ups);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < scc->count; i++)
            for (uint32_t k = m->arcs.at[i]; k < m->arcs.at[i + 1]; k++) {
                uint32_t own = scc->comp_of[i], up = scc->comp_of[m->arcs.to[k]];
                if (own != up && round == 0)
                    scc->up_at[own + 1]++;
                else if (own != up)
                    scc->ups[scc->up_at[own]++] = up;
            }
        if (round == 0)
            add_up(scc->up_at, scc->comp_count);
    }
    shift_back(scc->up_at, scc->comp_count);
}

uint32_t csi_scc_list_room = 64;

struct listing {
    struct csi_scc *scc;
    uint32_t *stamp; /* by number: the last component that listed it, + 1 */
    size_t room, used;
};

static void list_number(struct listing *l, uint32_t comp, uint32_t number)
{
    if (l->stamp[number] == comp + 1)
        return;
    l->stamp[number] = comp + 1;
    l->scc->above = csi_alloc_more(l->scc->above, l->used, &l->room, sizeof *l->scc->above);
    l->scc->above[l->used++] = number;
}

static const struct csi_scc_list *list_of(const struct csi_scc *scc, uint32_t comp)
{
    return &scc->lists[scc->members[scc->member_at[comp]]];
}

/* Its own members, then the lists of those above, which are there already. */
static void list_above(struct listing *l, uint32_t comp)
{
    struct csi_scc *scc = l->scc;
    struct csi_scc_list made = {(uint32_t)l->used, 0};
    for (uint32_t i = scc->member_at[comp]; i < scc->member_at[comp + 1]; i++)
        list_number(l, comp, scc->members[i]);
    for (uint32_t i = scc->up_at[comp]; i < scc->up_at[comp + 1]; i++) {
        const struct csi_scc_list up = *list_of(scc, scc->ups[i]);
        for (uint32_t k = 0; k < up.count; k++)
            list_number(l, comp, scc->above[up.from + k]);
    }
    made.count = (uint32_t)(l->used - made.from);
    for (uint32_t i = scc->member_at[comp]; i < scc->member_at[comp + 1]; i++)
        scc->lists[scc->members[i]] = made;
}

/* From the outermost on, as long as there is room; a list is no longer than there are numbers. */
static void list_all(struct csi_scc *scc)
{
    struct listing l = {.scc = scc, .stamp = zeros(scc->count, sizeof *l.stamp)};
    uint64_t most = (uint64_t)scc->count * csi_scc_list_room, bound = UINT32_MAX - scc->count;
    scc->lists = zeros(scc->count, sizeof *scc->lists);
    for (uint32_t comp = 0; comp < scc->comp_count && l.used < most && l.used < bound; comp++)
        list_above(&l, comp);
    csi_alloc_free(l.stamp);
}

/* --------------------------------------------------------------------- making */

struct csi_scc *csi_scc_new(const struct cs_lab *lab, cs_id domain)
{
    struct csi_scc *scc = csi_alloc_must(sizeof *scc);
    *scc = (struct csi_scc){.domain = domain, .end = cs_principal_end(lab)};
    scc->numbers = zeros(scc->end, sizeof *scc->numbers);
    struct making m = {.lab = lab, .scc = scc};
    csi_base_whole(lab->base);
    number_all(&m);
    find_arcs(&m);
    find_components(&m);
    list_members(scc);
    list_ups(&m);
    list_all(scc);
    csi_alloc_free(m.arcs.at);
    csi_alloc_free(m.arcs.to);
    return scc;
}

void csi_scc_free(struct csi_scc *scc)
{
    if (!scc)
        return;
    void *parts[] = {scc->numbers, scc->ids,   scc->comp_of, scc->members, scc->member_at,
                     scc->ups,     scc->up_at, scc->above,   scc->lists};
    for (size_t i = 0; i < CS_COUNT(parts); i++)
        csi_alloc_free(parts[i]);
    csi_alloc_free(scc);
}
