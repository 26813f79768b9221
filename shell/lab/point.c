/* point.c - snapshots, and visits to states of the history (see world.h).  Room: lab. */
#include "base/alloc.h"
#include "lab_internal.h"
#include "store_in.h"
#include "world_in.h"

/* --------------------------------------------------------------- snapshots */

void cs_snapshot_each(const struct cs_lab *lab, cs_snapshot_fn *fn, void *context)
{
    for (size_t i = 0; i < lab->branches.snapshot_count; i++) {
        const struct csi_named *s = &lab->branches.snapshots[i];
        struct cs_snapshot snapshot = {.name = s->name,
                                       .world = csi_branch_world(s->branch),
                                       .change = s->change,
                                       .time = s->time,
                                       .aside = s->branch->parent && !s->branch->name.length};
        if (!fn(context, &snapshot))
            return;
    }
}

void csi_named_push(struct cs_lab *lab, struct csi_named snapshot)
{
    struct csi_branches *all = &lab->branches;
    all->snapshots = csi_alloc_more(all->snapshots, all->snapshot_count, &all->snapshot_room,
                                    sizeof *all->snapshots);
    all->snapshots[all->snapshot_count++] = snapshot;
}

static bool is_in_file(const struct cs_lab *lab, const struct csi_named *snapshot)
{
    return lab->store && (csi_branch_is_root(lab, snapshot->branch) || snapshot->branch->line);
}

cs_status cs_snapshot_add(struct cs_lab *lab, struct cs_str name, struct cs_error *err)
{
    cs_status status = csi_point_check_free(lab, err);
    if (status == CS_OK)
        status = csi_point_name_check(lab, name, err);
    if (status != CS_OK)
        return status;
    struct csi_named snapshot = {.name = cs_str_copy(lab->names, name),
                                 .branch = csi_branch_current(lab),
                                 .change = lab->journal.active,
                                 .time = cs_lab_clock(lab)};
    if (is_in_file(lab, &snapshot))
        status = csi_store_put_snapshot(lab->store, lab, &snapshot, err);
    if (status == CS_OK)
        csi_named_push(lab, snapshot);
    return status;
}

cs_status cs_snapshot_remove(struct cs_lab *lab, struct cs_str name, struct cs_error *err)
{
    struct csi_branches *all = &lab->branches;
    cs_status status = csi_point_check_free(lab, err);
    if (status != CS_OK)
        return status;
    struct csi_named *snapshot = csi_named_find(lab, name);
    if (!snapshot) {
        cs_fail(err, CS_NOT_FOUND, "no snapshot '%.*s'", CS_STR_ARG(name));
        return cs_error_hint(err, "lab snapshot without a name lists them");
    }
    if (is_in_file(lab, snapshot))
        status = csi_store_drop_snapshot(lab->store, lab, snapshot->name, err);
    if (status != CS_OK)
        return status;
    size_t after = (size_t)(all->snapshots + all->snapshot_count - snapshot) - 1;
    memmove(snapshot, snapshot + 1, after * sizeof *snapshot);
    all->snapshot_count--;
    csi_branch_prune(lab);
    return CS_OK;
}

/* ------------------------------------------------------------------ points */

struct cs_point cs_point_at(const struct cs_lab *lab, size_t change)
{
    size_t end = lab->journal.group_count;
    return (struct cs_point){csi_branch_current(lab), change < end ? change : end, false};
}

/* "3" or "@3": true when it is a number at all. */
static bool numbered(const struct cs_lab *lab, struct cs_str text, struct cs_point *point,
                     cs_status *status, struct cs_error *err)
{
    uint64_t number;
    struct cs_str digits = text;
    if (digits.length && digits.at[0] == '@')
        digits = cs_str_from(digits, 1);
    if (!cs_str_number(digits, UINT32_MAX, &number))
        return false;
    *point = cs_point_at(lab, (size_t)number);
    *status = CS_OK;
    if (number > lab->journal.group_count) {
        *status = cs_fail(err, CS_NOT_FOUND, "there is no change %.*s: the history has %zu",
                          CS_STR_ARG(digits), lab->journal.group_count);
        cs_error_hint(err, "lab history lists them; @0 is the beginning");
    }
    return true;
}

/* "harden^": what world harden stands on. */
static struct csi_branch *world_of_base(const struct cs_lab *lab, struct cs_str text)
{
    if (!cs_str_ends(text, CS_STR("^")))
        return NULL;
    text.length--;
    return csi_world_find(lab, text);
}

cs_status cs_point_find(const struct cs_lab *lab, struct cs_str text, struct cs_point *point,
                        struct cs_error *err)
{
    cs_status status;
    if (cs_str_same(text, CS_STR("now"))) {
        *point = cs_point_at(lab, lab->journal.active);
        point->now = true;
        return CS_OK;
    }
    if (numbered(lab, text, point, &status, err))
        return status;
    struct csi_branch *world = csi_world_find(lab, text);
    const struct csi_named *snapshot = csi_named_find(lab, text);
    const struct csi_branch *upon = world_of_base(lab, text);
    if (upon)
        *point = (struct cs_point){upon->parent, upon->base, false};
    else if (world)
        *point = (struct cs_point){world, csi_branch_end(lab, world), false};
    else if (snapshot)
        *point = (struct cs_point){snapshot->branch, snapshot->change, false};
    else {
        cs_fail(err, CS_NOT_FOUND, "no point '%.*s'", CS_STR_ARG(text));
        return cs_error_hint(err, "a number of lab history, a snapshot, a world, or now");
    }
    return CS_OK;
}

/* ------------------------------------------------------------------ visits */

struct cs_visit {
    struct cs_lab *lab;
    struct csi_branch *home;
    size_t home_change, at_change; /* what a line has applied when nobody visits it */
    cs_tick tick;
    size_t pending; /* ops of the transaction that waits */
    bool away;      /* those are not applied */
};

struct cs_visit *cs_visit_begin(struct cs_lab *lab)
{
    struct cs_visit *visit = csi_alloc_must(sizeof *visit);
    const struct csi_journal *journal = &lab->journal;
    *visit = (struct cs_visit){.lab = lab,
                               .home = csi_branch_current(lab),
                               .home_change = journal->active,
                               .tick = lab->tick,
                               .pending = journal->pending.count};
    cs_lab_begin_what_if(lab, CS_STR("visit"));
    return visit;
}

/* Whatever was done here goes; the line we are on becomes what it was before the visit. */
static void leave(struct cs_visit *visit)
{
    struct cs_lab *lab = visit->lab;
    struct csi_journal *journal = &lab->journal;
    cs_lab_rollback(lab);
    if (visit->away) {
        csi_branch_walk(lab, visit->at_change);
        return;
    }
    for (size_t i = visit->pending; i-- > 0;)
        csi_op_apply(lab, &journal->pending.at[i], false);
    if (journal->mark_count)
        lab->tick = journal->marks[0].tick;
    visit->away = true;
}

static void come_home(struct cs_visit *visit)
{
    struct cs_lab *lab = visit->lab;
    csi_branch_switch(lab, visit->home);
    csi_branch_walk(lab, visit->home_change);
    for (size_t i = 0; i < visit->pending; i++)
        csi_op_apply(lab, &lab->journal.pending.at[i], true);
    lab->tick = visit->tick;
    visit->away = false;
}

void cs_visit_go(struct cs_visit *visit, const struct cs_point *point)
{
    struct cs_lab *lab = visit->lab;
    leave(visit);
    if (point->now) {
        come_home(visit);
    } else {
        csi_branch_switch(lab, point->branch);
        visit->at_change = lab->journal.active;
        csi_branch_walk(lab, point->change);
    }
    cs_lab_begin_what_if(lab, CS_STR("visit"));
}

void cs_visit_end(struct cs_visit *visit)
{
    leave(visit);
    come_home(visit);
    csi_alloc_free(visit);
}
