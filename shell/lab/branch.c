/* branch.c - lines of the history, laid aside and taken up again (see branch.h).  Room: lab. */
#include "branch.h"

#include <string.h>

#include "base/alloc.h"
#include "lab_internal.h"

struct csi_branch *csi_branch_current(const struct cs_lab *lab)
{
    struct csi_branches *all = (struct csi_branches *)&lab->branches;
    return all->current ? all->current : &all->root;
}

bool csi_branch_is_root(const struct cs_lab *lab, const struct csi_branch *branch)
{
    return branch == &lab->branches.root;
}

size_t csi_branch_floor(const struct cs_lab *lab)
{
    return csi_branch_current(lab)->base;
}

/* ------------------------------------------------------------------- tails */

/* The memory of a tail; its ops live on somewhere else, or are dropped. */
static void clear_tail(struct csi_tail *tail)
{
    csi_alloc_free(tail->ops);
    csi_alloc_free(tail->groups);
    *tail = (struct csi_tail){0};
}

static void *copy_of(const void *from, size_t size)
{
    return size ? memcpy(csi_alloc_must(size), from, size) : NULL;
}

/* Take the changes from number `from` on out of the journal; they are not applied any more. */
static struct csi_tail cut(struct cs_lab *lab, size_t from)
{
    struct csi_journal *journal = &lab->journal;
    struct csi_tail tail = {.group_count = journal->group_count - from,
                            .active = (ptrdiff_t)journal->active - (ptrdiff_t)from};
    if (tail.active > 0)
        csi_branch_walk(lab, from);
    if (!tail.group_count)
        return tail;
    size_t first = journal->groups[from].first;
    tail.op_count = journal->done.count - first;
    tail.ops = copy_of(journal->done.at + first, tail.op_count * sizeof *tail.ops);
    tail.groups = copy_of(journal->groups + from, tail.group_count * sizeof *tail.groups);
    for (size_t i = 0; i < tail.group_count; i++)
        tail.groups[i].first -= first;
    journal->done.count = first;
    journal->group_count = from;
    return tail;
}

/* Put a tail behind what the journal holds, and apply what of it was applied. */
static void append(struct cs_lab *lab, struct csi_tail *tail)
{
    struct csi_journal *journal = &lab->journal;
    size_t first = journal->done.count, active = journal->active;
    cs_bug_if(journal->active != journal->group_count);
    for (size_t i = 0; i < tail->op_count; i++)
        csi_ops_push(&journal->done, tail->ops[i]);
    for (size_t i = 0; i < tail->group_count; i++) {
        struct csi_group group = tail->groups[i];
        group.first += first;
        csi_journal_add_group(journal, group);
    }
    journal->active = active;
    csi_branch_walk(lab, (size_t)((ptrdiff_t)active + tail->active));
    clear_tail(tail);
}

void csi_branch_walk(struct cs_lab *lab, size_t change)
{
    while (lab->journal.active > change)
        csi_journal_undo_one(lab);
    while (lab->journal.active < change)
        csi_journal_redo_one(lab);
}

/* ----------------------------------------------------------------- switching */

static bool stands_on(const struct csi_branch *branch, const struct csi_branch *on)
{
    while (branch && branch != on)
        branch = branch->parent;
    return branch != NULL;
}

static void go(struct cs_lab *lab, struct csi_branch *branch)
{
    lab->branches.current = csi_branch_is_root(lab, branch) ? NULL : branch;
    lab->memory = branch->memory ? branch->memory : lab->own_memory;
}

static void leave(struct cs_lab *lab)
{
    struct csi_branch *from = csi_branch_current(lab);
    from->aside = cut(lab, from->base);
    go(lab, from->parent);
    append(lab, &from->parent->aside);
}

static void enter(struct cs_lab *lab, struct csi_branch *branch)
{
    branch->parent->aside = cut(lab, branch->base);
    csi_branch_walk(lab, branch->base);
    go(lab, branch);
    append(lab, &branch->aside);
}

void csi_branch_switch(struct cs_lab *lab, struct csi_branch *to)
{
    while (!stands_on(to, csi_branch_current(lab)))
        leave(lab);
    while (csi_branch_current(lab) != to) {
        struct csi_branch *next = to;
        while (next->parent != csi_branch_current(lab))
            next = next->parent;
        enter(lab, next);
    }
}

/* ----------------------------------------------------------- life of a branch */

struct csi_branch *csi_branch_add(struct cs_lab *lab, struct cs_str name)
{
    struct csi_branches *all = &lab->branches;
    struct csi_branch *branch = csi_alloc_must(sizeof *branch);
    *branch = (struct csi_branch){.name = cs_str_copy(lab->names, name),
                                  .parent = csi_branch_current(lab),
                                  .base = lab->journal.active,
                                  .memory = lab->memory};
    if (name.length) {
        branch->memory = cs_arena_new();
        branch->owns_memory = true;
        csi_alloc_check(branch->memory);
    }
    all->at = csi_alloc_more((void *)all->at, all->count, &all->room, sizeof *all->at);
    all->at[all->count++] = branch;
    return branch;
}

static void drop_tail(struct csi_tail *tail)
{
    for (size_t i = tail->op_count; i-- > 0;)
        csi_op_drop(&tail->ops[i]);
    clear_tail(tail);
}

static void free_branch(struct csi_branch *branch)
{
    drop_tail(&branch->aside);
    if (branch->owns_memory)
        cs_arena_free(branch->memory);
    csi_alloc_free(branch);
}

static bool serves(const struct csi_branches *all, const struct csi_branch *branch)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i]->parent == branch)
            return true;
    for (size_t i = 0; i < all->snapshot_count; i++)
        if (all->snapshots[i].branch == branch)
            return true;
    return false;
}

static void forget(struct csi_branches *all, size_t index)
{
    struct csi_branch *branch = all->at[index];
    memmove(&all->at[index], &all->at[index + 1], (all->count - index - 1) * sizeof *all->at);
    all->count--;
    free_branch(branch);
}

void csi_branch_prune(struct cs_lab *lab)
{
    struct csi_branches *all = &lab->branches;
    for (size_t i = all->count; i-- > 0;)
        if (!all->at[i]->name.length && all->at[i] != all->current && !serves(all, all->at[i])) {
            forget(all, i);
            i = all->count;
        }
}

/* Snapshots in a line go with it. */
static void remove_snapshots(struct csi_branches *all, const struct csi_branch *branch)
{
    for (size_t i = all->snapshot_count; i-- > 0;)
        if (all->snapshots[i].branch == branch) {
            size_t after = all->snapshot_count - i - 1;
            memmove(&all->snapshots[i], &all->snapshots[i + 1], after * sizeof *all->snapshots);
            all->snapshot_count--;
        }
}

void csi_branch_remove(struct cs_lab *lab, struct csi_branch *branch)
{
    struct csi_branches *all = &lab->branches;
    for (size_t i = all->count; i-- > 0;)
        if (all->at[i]->parent == branch) {
            csi_branch_remove(lab, all->at[i]);
            i = all->count;
        }
    remove_snapshots(all, branch);
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i] == branch)
            forget(all, i);
    csi_branch_prune(lab);
}

size_t csi_branch_end(const struct cs_lab *lab, const struct csi_branch *branch)
{
    const struct csi_branch *above = csi_branch_current(lab);
    if (above == branch)
        return lab->journal.active;
    while (above && above->parent != branch)
        above = above->parent;
    size_t cut_at = above ? above->base : branch->base;
    return (size_t)((ptrdiff_t)cut_at + branch->aside.active);
}

static void keep_memory(struct csi_branches *all, struct csi_branch *branch)
{
    if (!branch->owns_memory)
        return;
    all->kept =
        csi_alloc_more((void *)all->kept, all->kept_count, &all->kept_room, sizeof *all->kept);
    all->kept[all->kept_count++] = branch->memory;
    branch->owns_memory = false;
}

void csi_branch_join(struct cs_lab *lab)
{
    struct csi_branches *all = &lab->branches;
    struct csi_branch *branch = csi_branch_current(lab), *parent = branch->parent;
    keep_memory(all, branch);
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i]->parent == branch)
            all->at[i]->parent = parent;
    for (size_t i = 0; i < all->snapshot_count; i++)
        if (all->snapshots[i].branch == branch)
            all->snapshots[i].branch = parent;
    drop_tail(&parent->aside);
    go(lab, parent);
    csi_branch_remove(lab, branch);
}

void csi_branches_flatten(struct cs_lab *lab)
{
    struct csi_branches *all = &lab->branches;
    for (struct csi_branch *line = csi_branch_current(lab); line; line = line->parent)
        keep_memory(all, line);
    go(lab, &all->root);
    while (all->count)
        forget(all, all->count - 1);
    drop_tail(&all->root.aside);
    all->snapshot_count = 0;
}

void csi_branches_free(struct cs_lab *lab)
{
    struct csi_branches *all = &lab->branches;
    for (size_t i = 0; i < all->kept_count; i++)
        cs_arena_free(all->kept[i]);
    csi_alloc_free((void *)all->at);
    csi_alloc_free(all->snapshots);
    csi_alloc_free((void *)all->kept);
    *all = (struct csi_branches){0};
}

/* ------------------------------------------------------------ what was undone */

static bool is_beyond(const struct cs_lab *lab, const struct csi_branch *parent, size_t base)
{
    return parent == csi_branch_current(lab) && base > lab->journal.active;
}

static bool somebody_stands_on_undone(const struct cs_lab *lab)
{
    const struct csi_branches *all = &lab->branches;
    bool any = false;
    for (size_t i = 0; i < all->count; i++)
        any = any || is_beyond(lab, all->at[i]->parent, all->at[i]->base);
    for (size_t i = 0; i < all->snapshot_count; i++)
        any = any || is_beyond(lab, all->snapshots[i].branch, all->snapshots[i].change);
    return any;
}

bool csi_branch_adopt_undone(struct cs_lab *lab)
{
    struct csi_branches *all = &lab->branches;
    if (!somebody_stands_on_undone(lab))
        return false;
    struct csi_branch *aside = csi_branch_add(lab, CS_STR(""));
    for (size_t i = 0; i + 1 < all->count; i++)
        if (is_beyond(lab, all->at[i]->parent, all->at[i]->base))
            all->at[i]->parent = aside;
    for (size_t i = 0; i < all->snapshot_count; i++)
        if (is_beyond(lab, all->snapshots[i].branch, all->snapshots[i].change))
            all->snapshots[i].branch = aside;
    aside->aside = cut(lab, lab->journal.active);
    aside->aside.active = (ptrdiff_t)aside->aside.group_count;
    return true;
}
