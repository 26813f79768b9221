/* maker_edges.c - members as they are told, and the edges of a base both ways.  Room: lab. */
#include <string.h>

#include "base/alloc.h"
#include "maker.h"

/* --------------------------------------------------------------------- runs */

void csi_runs_add(struct csi_runs *runs, cs_id group, const cs_id *members, size_t count)
{
    struct csi_run run = {.group = group, .count = (uint32_t)count};
    if (!count)
        return;
    if (count == 1)
        run.one = members[0];
    else
        run.at = members;
    runs->at = csi_grow(runs->at, &runs->room, runs->count + 1, sizeof run);
    runs->at[runs->count++] = run;
    runs->edges += count;
}

void csi_runs_clear(struct csi_runs *runs)
{
    csi_alloc_free(runs->at);
    *runs = (struct csi_runs){0};
}

static const uint32_t *members_of(const struct csi_run *run)
{
    return run->count == 1 ? &run->one : run->at;
}

/* -------------------------------------------------------------------- edges */

static struct csi_edges edges_new(size_t ids, size_t count)
{
    struct csi_edges out = {csi_alloc_must((ids + 2) * sizeof(uint32_t)),
                            csi_alloc_must((count + 1) * sizeof(uint32_t))};
    memset(out.offsets, 0, (ids + 2) * sizeof(uint32_t));
    return out;
}

/* Counts at offsets[id + 1] become starts at offsets[id]. */
static void add_up(struct csi_edges *edges, size_t ids)
{
    for (size_t id = 0; id <= ids; id++)
        edges->offsets[id + 1] += edges->offsets[id];
}

/* Filling has moved every start to its end: back by one place. */
static void shift_back(struct csi_edges *edges, size_t ids)
{
    memmove(edges->offsets + 1, edges->offsets, (ids + 1) * sizeof(uint32_t));
    edges->offsets[0] = 0;
}

/* All that was linked, by member; `sorted` tells whether groups came in order of their ids. */
static struct csi_edges by_member(const struct csi_runs *runs, size_t ids, bool *sorted)
{
    struct csi_edges out = edges_new(ids, runs->edges);
    *sorted = true;
    for (size_t r = 0; r < runs->count; r++) {
        const struct csi_run *run = &runs->at[r];
        const uint32_t *members = members_of(run);
        *sorted = *sorted && (r == 0 || run[-1].group <= run->group);
        for (uint32_t i = 0; i < run->count; i++)
            out.offsets[members[i] + 1]++;
    }
    add_up(&out, ids);
    for (size_t r = 0; r < runs->count; r++) {
        const struct csi_run *run = &runs->at[r];
        const uint32_t *members = members_of(run), group = run->group;
        for (uint32_t i = 0; i < run->count; i++)
            out.at[out.offsets[members[i]]++] = group;
    }
    shift_back(&out, ids);
    return out;
}

/*
 * The same edges by their other end, where counts of it stand at offsets[id + 1]; each list comes
 * out ascending, for ids go up.
 */
static void turn(const struct csi_edges *edges, size_t ids, struct csi_edges *out)
{
    add_up(out, ids);
    for (uint32_t id = 0; id <= ids; id++)
        for (uint32_t i = edges->offsets[id]; i < edges->offsets[id + 1]; i++)
            out->at[out->offsets[edges->at[i]]++] = id;
    shift_back(out, ids);
}

static struct csi_edges turned(const struct csi_edges *edges, size_t ids)
{
    size_t count = edges->offsets[ids + 1];
    struct csi_edges out = edges_new(ids, count);
    for (size_t i = 0; i < count; i++)
        out.offsets[edges->at[i] + 1]++;
    turn(edges, ids, &out);
    return out;
}

/* All that was linked, by group, from the same by member. */
static struct csi_edges by_group(const struct csi_runs *runs, const struct csi_edges *pile,
                                 size_t ids)
{
    struct csi_edges out = edges_new(ids, runs->edges);
    for (size_t r = 0; r < runs->count; r++)
        out.offsets[runs->at[r].group + 1] += runs->at[r].count;
    turn(pile, ids, &out);
    return out;
}

/* Each edge once; lists are in order.  Were there doubles? */
static bool drop_doubles(struct csi_edges *edges, size_t ids)
{
    uint32_t n = 0, from = 0, *at = edges->at;
    for (size_t id = 0; id <= ids; id++) {
        uint32_t to = edges->offsets[id + 1], last = 0; /* nobody's id */
        edges->offsets[id] = n;
        for (uint32_t i = from; i < to; i++)
            if (at[i] != last)
                at[n++] = last = at[i];
        from = to;
    }
    edges->offsets[ids + 1] = n;
    return n != from;
}

/* A pile in the order of groups and without doubles is by member already as it should be. */
void csi_runs_settle(struct csi_runs *runs, struct csi_base *made)
{
    bool sorted;
    struct csi_edges pile = by_member(runs, made->count, &sorted);
    made->members = by_group(runs, &pile, made->count);
    csi_runs_clear(runs);
    bool doubles = drop_doubles(&made->members, made->count);
    if (sorted && !doubles) {
        made->member_of = pile;
    } else {
        csi_edges_free(&pile);
        made->member_of = turned(&made->members, made->count);
    }
    made->edge_count = made->members.offsets[made->count + 1];
}
