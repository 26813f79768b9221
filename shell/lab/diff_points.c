/*
 * diff_points.c - what is different between two points of one lab's history.
 *
 * Going from one point to the other applies and takes back ops; what these name is all that can
 * be different, so the cost is that of the changes between.  An op that swaps the base (an
 * import) names every principal; of those only the ones that look different are kept, by a
 * number made of their texts and members.  Room: lab.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/map.h"
#include "diff.h"
#include "lab_internal.h"
#include "maker.h"

struct touched {
    struct cs_lab *lab;
    struct csi_id_list records[CS_NOUN_COUNT]; /* those of principals among them */
    struct edge {
        cs_id group, member;
    } * edges;
    size_t edge_count, edge_room;
    bool whole;                /* the base was swapped */
    struct csi_id_list groups; /* then: those that look different */
};

static void note(void *context, const struct csi_op *op)
{
    struct touched *touched = context;
    if (op->kind == CSI_OP_RECORD)
        csi_id_list_add(&touched->records[op->noun], op->id);
    if (op->kind == CSI_OP_PRINCIPAL)
        csi_id_list_add(&touched->records[CS_NOUN_PRINCIPAL], op->id);
    if (op->kind == CSI_OP_EDGE) {
        touched->edges = csi_grow(touched->edges, &touched->edge_room, touched->edge_count + 1,
                                  sizeof *touched->edges);
        touched->edges[touched->edge_count++] = (struct edge){op->id, op->member};
    }
    if (op->kind == CSI_OP_BASE)
        touched->whole = true;
}

static void watch(struct touched *touched, struct cs_visit *visit, const struct cs_point *to)
{
    touched->lab->watch = note;
    touched->lab->watch_context = touched;
    cs_visit_go(visit, to);
    touched->lab->watch = NULL;
}

/* ----------------------------------------------------------- a swapped base */

static uint64_t look_of(const struct cs_lab *lab, struct cs_arena *arena, cs_id id,
                        struct csi_id_list *members)
{
    struct cs_arena_mark mark = cs_arena_mark(arena);
    struct csi_thing thing;
    uint64_t look = 0;
    if (csi_thing_get(lab, arena, CS_NOUN_PRINCIPAL, id, &thing)) {
        for (size_t i = 0; i < thing.count; i++)
            look = look * 31 + csi_hash(thing.facts[i].text.at, thing.facts[i].text.length);
        csi_id_list_members(members, lab, id);
        look = look * 31 + csi_hash(members->at, members->count * sizeof *members->at) + 1;
    }
    cs_arena_rewind(arena, mark);
    return look;
}

/* What every principal looks like now, by id; `end` of them. */
static uint64_t *looks_of(const struct cs_lab *lab, struct cs_arena *arena, cs_id end)
{
    struct csi_id_list members = {0};
    uint64_t *looks = csi_alloc_must((end + 1) * sizeof *looks);
    for (cs_id id = 0; id < end; id++)
        looks[id] = id ? look_of(lab, arena, id, &members) : 0;
    csi_alloc_free(members.at);
    return looks;
}

static cs_id later(cs_id a, cs_id b)
{
    return a > b ? a : b;
}

/* We are at the second point; the visit ends there, too. */
static void touch_all(struct touched *touched, struct cs_arena *arena, struct cs_visit *visit,
                      const struct cs_point *from, const struct cs_point *to)
{
    cs_id end = cs_principal_end(touched->lab);
    cs_visit_go(visit, from);
    end = later(end, cs_principal_end(touched->lab));
    uint64_t *before = looks_of(touched->lab, arena, end);
    cs_visit_go(visit, to);
    uint64_t *after = looks_of(touched->lab, arena, end);
    for (cs_id id = 1; id < end; id++)
        if (before[id] != after[id]) {
            csi_id_list_add(&touched->records[CS_NOUN_PRINCIPAL], id);
            csi_id_list_add(&touched->groups, id);
        }
    csi_alloc_free(before);
    csi_alloc_free(after);
}

/* ------------------------------------------------------------- both states */

/* The touched things and memberships as they are at one point. */
struct state {
    struct csi_thing *things; /* by noun, then id, as in `touched` */
    struct member {
        cs_id group, id;
        struct cs_str group_name, name;
    } * members;
    size_t thing_count, member_count, member_room;
};

static void take_member(struct state *state, const struct cs_lab *lab, struct cs_arena *arena,
                        struct edge edge)
{
    state->members = csi_grow(state->members, &state->member_room, state->member_count + 1,
                              sizeof *state->members);
    state->members[state->member_count++] =
        (struct member){edge.group, edge.member, cs_principal_name(lab, arena, edge.group),
                        cs_principal_name(lab, arena, edge.member)};
}

static void take_members(struct state *state, const struct cs_lab *lab, struct cs_arena *arena,
                         cs_id group)
{
    struct csi_id_list list = {0};
    csi_id_list_members(&list, lab, group);
    for (size_t i = 0; i < list.count; i++)
        take_member(state, lab, arena, (struct edge){group, list.at[i]});
    csi_alloc_free(list.at);
}

static void take_edges(struct state *state, const struct touched *touched, struct cs_arena *arena)
{
    for (size_t i = 0; i < touched->edge_count; i++) {
        struct edge edge = touched->edges[i];
        if (cs_member_has(touched->lab, edge.group, edge.member, CS_NOW))
            take_member(state, touched->lab, arena, edge);
    }
}

static void take_state(struct state *state, const struct touched *touched, struct cs_arena *arena)
{
    size_t count = 0;
    for (int noun = 0; noun < CS_NOUN_COUNT; noun++)
        count += touched->records[noun].count;
    state->things = cs_arena_alloc(arena, (count + 1) * sizeof *state->things);
    for (int noun = 0; noun < CS_NOUN_COUNT; noun++)
        for (size_t i = 0; i < touched->records[noun].count; i++)
            csi_thing_get(touched->lab, arena, (enum cs_noun)noun, touched->records[noun].at[i],
                          &state->things[state->thing_count++]);
    if (!touched->whole)
        take_edges(state, touched, arena);
    for (size_t i = 0; i < touched->groups.count; i++)
        take_members(state, touched->lab, arena, touched->groups.at[i]);
}

static int by_edge(const struct member *a, const struct member *b)
{
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* Below 0: the next row is of the first list only; above: of the second only; 0: of both. */
static int compare_next(const struct state *before, size_t i, const struct state *after, size_t j)
{
    if (i == before->member_count)
        return 1;
    if (j == after->member_count)
        return -1;
    return by_edge(&before->members[i], &after->members[j]);
}

/* Both lists are in order of groups, and in each of members. */
static void diff_members(struct csi_diff *diff, const struct state *before,
                         const struct state *after)
{
    size_t i = 0, j = 0;
    while (!diff->stopped && (i < before->member_count || j < after->member_count)) {
        int order = compare_next(before, i, after, j);
        if (order < 0)
            csi_diff_member(diff, CS_REMOVED, before->members[i].group_name,
                            before->members[i].name);
        else if (order > 0)
            csi_diff_member(diff, CS_ADDED, after->members[j].group_name, after->members[j].name);
        i += order <= 0;
        j += order >= 0;
    }
}

static int by_ends(const void *a, const void *b)
{
    const struct edge *one = a, *other = b;
    if (one->group != other->group)
        return one->group < other->group ? -1 : 1;
    return one->member < other->member ? -1 : one->member > other->member;
}

static void sort_edges(struct touched *touched)
{
    size_t kept = 0;
    if (touched->edge_count)
        qsort(touched->edges, touched->edge_count, sizeof *touched->edges, by_ends);
    for (size_t i = 0; i < touched->edge_count; i++)
        if (!kept || by_ends(&touched->edges[kept - 1], &touched->edges[i]))
            touched->edges[kept++] = touched->edges[i];
    touched->edge_count = kept;
}

static void sort_all(struct touched *touched)
{
    sort_edges(touched);
    for (int noun = 0; noun < CS_NOUN_COUNT; noun++)
        csi_id_list_sort(&touched->records[noun]);
    csi_id_list_sort(&touched->groups);
}

static void free_all(struct touched *touched, struct state states[2])
{
    for (int noun = 0; noun < CS_NOUN_COUNT; noun++)
        csi_alloc_free(touched->records[noun].at);
    csi_alloc_free(touched->groups.at);
    csi_alloc_free(touched->edges);
    csi_alloc_free(states[0].members);
    csi_alloc_free(states[1].members);
}

void cs_lab_diff(struct cs_lab *lab, struct cs_arena *arena, const struct cs_point *from,
                 const struct cs_point *to, cs_diff_fn *fn, void *context)
{
    struct csi_diff diff = {arena, fn, context, false};
    struct touched touched = {.lab = lab};
    struct state states[2] = {0};
    struct cs_visit *visit = cs_visit_begin(lab);
    cs_visit_go(visit, from);
    watch(&touched, visit, to);
    if (touched.whole)
        touch_all(&touched, arena, visit, from, to);
    sort_all(&touched);
    take_state(&states[1], &touched, arena);
    cs_visit_go(visit, from);
    take_state(&states[0], &touched, arena);
    cs_visit_end(visit);
    size_t principals = touched.records[CS_NOUN_PRINCIPAL].count;
    for (size_t i = 0; i < principals && !diff.stopped; i++)
        csi_diff_thing(&diff, &states[0].things[i], &states[1].things[i]);
    diff_members(&diff, &states[0], &states[1]);
    for (size_t i = principals; i < states[1].thing_count && !diff.stopped; i++)
        csi_diff_thing(&diff, &states[0].things[i], &states[1].things[i]);
    free_all(&touched, states);
}
