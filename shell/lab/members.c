/*
 * members.c - everybody in a group: memberships inward, primary groups included.
 *
 * Only groups are walked.  Members come as lists of ids, by group; of those that are new the
 * groups are picked out by a bit for every id, so that an account costs a bit and its place in
 * the answer, and no look at its row.
 *
 * Room: lab.
 */
#include "base/alloc.h"
#include "closure.h"
#include "lab_internal.h"

/* ------------------------------------------------------------- primary groups */

static const struct csi_primary_key *primary_key(const struct csi_primaries *primaries,
                                                 cs_id domain, uint32_t rid)
{
    static const struct csi_primary_key none;
    for (size_t i = 0; i < primaries->key_count; i++)
        if (primaries->keys[i].domain == domain && primaries->keys[i].rid == rid)
            return &primaries->keys[i];
    return &none;
}

static bool has_primary(const struct cs_lab *lab, cs_id id, cs_id domain, uint32_t rid)
{
    struct csi_brief p;
    return csi_brief_at(lab, id, CS_NOW, &p) && p.domain == domain && p.primary == rid;
}

size_t csi_list_place(const struct csi_list *list, size_t from, cs_id id)
{
    size_t to = list->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (list->at[middle] < id)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* By bits, where nothing that has changed since the base makes a difference. */
bool csi_primary_row(const struct cs_lab *lab, cs_id domain, uint32_t rid, struct cs_set *row)
{
    const struct csi_base *base = lab->base;
    const uint64_t *bits =
        rid ? csi_base_primary_bits(base, primary_key(&base->primaries, domain, rid)) : NULL;
    for (cs_id id = 0; bits && (id = csi_delta_next(lab->delta, id + 1));) {
        bool listed = id <= base->count && (bits[id / 64] >> id % 64 & 1);
        if (listed != has_primary(lab, id, domain, rid))
            return false;
    }
    *row = (struct cs_set){(uint64_t *)(uintptr_t)bits, base->rolls.words};
    return bits != NULL;
}

/* Two ascending lists merged: the base's, and all that have changed since. */
void csi_primary_runs(const struct cs_lab *lab, cs_id domain, uint32_t rid, csi_run_fn *fn,
                      void *context)
{
    const struct csi_base *base = lab->base;
    const struct csi_list list = csi_base_primary(base, primary_key(&base->primaries, domain, rid));
    size_t from = 0;
    if (!rid)
        return;
    for (cs_id changed = 0; (changed = csi_delta_next(lab->delta, changed + 1));) {
        size_t to = csi_list_place(&list, from, changed);
        if (to > from && !fn(context, list.at + from, to - from))
            return;
        from = to + (to < list.count && list.at[to] == changed);
        if (has_primary(lab, changed, domain, rid) && !fn(context, &changed, 1))
            return;
    }
    if (list.count > from)
        fn(context, list.at + from, list.count - from);
}

/* ---------------------------------------------------------------- the walk */

/* Members of one group that were not met before: walk->ids[from] ... */
struct slice {
    size_t from;
    unsigned depth;
};

struct inward {
    const struct cs_lab *lab;
    struct csi_walk *walk;
    struct slice *slices;
    size_t count, room;
};

static bool take_run(void *context, const cs_id *ids, size_t count)
{
    struct csi_walk *walk = context;
    if (!count)
        return true; /* and `ids` may be none */
    csi_walk_need(walk, count);
    csi_walk_meet(walk, ids, ids + count);
    return true;
}

static bool take_one(void *context, cs_id id)
{
    return take_run(context, &id, 1);
}

/* The lists of the base as they are, unless the group's members have changed since. */
static void take_listed(const struct inward *in, cs_id group, cs_tick when)
{
    if (csi_delta_of_group(in->lab->delta, group)) {
        cs_member_each(in->lab, group, when, take_one, in->walk);
        return;
    }
    const struct csi_list list = csi_base_members(in->lab->base, group);
    take_run(in->walk, list.at, list.count);
}

static void slice_add(struct inward *in, unsigned depth)
{
    in->slices = csi_alloc_more(in->slices, in->count, &in->room, sizeof *in->slices);
    in->slices[in->count++] = (struct slice){in->walk->count, depth};
}

/* One group: those it lists, then those whose primary group it is. */
static void take_group(struct inward *in, cs_id group, cs_tick when, unsigned depth)
{
    struct csi_brief p;
    if (!csi_brief_at(in->lab, group, when, &p) || p.kind != CS_GROUP)
        return;
    slice_add(in, depth);
    take_listed(in, group, when);
    struct cs_sid sid = csi_brief_sid(&p);
    if (p.domain && !cs_sid_is_builtin(&sid))
        csi_primary_runs(in->lab, p.domain, p.rid, take_run, in->walk);
}

/* Without a look at its row, of which most are not in any cache. */
static bool may_be_group(const struct cs_lab *lab, const struct csi_rolls *rolls, cs_id id)
{
    if (id / 64 >= rolls->words || (lab->delta->page_count && csi_delta_get(lab->delta, id)))
        return true;
    return rolls->groups[id / 64] >> id % 64 & 1;
}

/* Slices grow while they are gone through: members of a slice's groups are one deeper. */
static void take_nested(struct inward *in, cs_tick when)
{
    const struct csi_rolls *rolls = csi_base_group_roll(in->lab->base);
    for (size_t s = 0; s < in->count; s++) {
        unsigned depth = in->slices[s].depth;
        size_t end = s + 1 < in->count ? in->slices[s + 1].from : in->walk->count;
        for (size_t i = in->slices[s].from; i < end; i++)
            if (may_be_group(in->lab, rolls, in->walk->ids[i]))
                take_group(in, in->walk->ids[i], when, depth + 1);
    }
}

void cs_group_members_sliced(const struct cs_lab *lab, cs_id group, cs_tick when, bool direct,
                             cs_members_fn *fn, void *context)
{
    struct inward in = {.lab = lab, .walk = csi_walk_take(lab->delta)};
    take_one(in.walk, group); /* it is no member of its own, whatever it lists */
    take_group(&in, group, when, 1);
    if (!direct)
        take_nested(&in, when);
    for (size_t s = 0; s < in.count; s++) {
        size_t end = s + 1 < in.count ? in.slices[s + 1].from : in.walk->count;
        size_t count = end - in.slices[s].from;
        if (count && !fn(context, in.walk->ids + in.slices[s].from, count, in.slices[s].depth))
            break;
    }
    csi_alloc_free(in.slices);
    csi_walk_give(lab->delta, in.walk);
}

/* ------------------------------------------------------------------ one by one */

struct each {
    cs_member_depth_fn *fn;
    void *context;
};

static bool each_member(void *context, const cs_id *ids, size_t count, unsigned depth)
{
    const struct each *each = context;
    for (size_t i = 0; i < count; i++)
        if (!each->fn(each->context, ids[i], depth))
            return false;
    return true;
}

void cs_group_members(const struct cs_lab *lab, cs_id group, cs_tick when, bool direct,
                      cs_member_depth_fn *fn, void *context)
{
    struct each each = {fn, context};
    cs_group_members_sliced(lab, group, when, direct, each_member, &each);
}
