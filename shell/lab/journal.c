/* journal.c - applying ops both ways; transactions, undo and redo.  Room: lab. */
#include "journal.h"

#include <certsh/world.h>

#include "base/alloc.h"
#include "branch.h"
#include "fact.h"
#include "lab_internal.h"
#include "store_in.h"

/* ------------------------------------------------------------------ one op */

static void apply_edge(struct cs_lab *lab, const struct csi_op *op, bool forwards)
{
    struct csi_edge_change change = {op->id, op->member, op->tick, op->present};
    if (forwards)
        csi_delta_push(lab->delta, change);
    else
        csi_delta_pop(lab->delta);
}

/* An op that was read from a file knows only one of its bases; the other is made when needed. */
static void need_bases(struct cs_lab *lab, struct csi_op *op, bool forwards)
{
    if (forwards && !op->base_before) {
        op->base_before = lab->base;
        op->delta_before = lab->delta;
    }
    if (!forwards && !op->base_after) {
        op->base_after = lab->base;
        op->delta_after = lab->delta;
    }
    if (forwards && !op->base_after)
        csi_store_make_after(lab, op);
    if (!forwards && !op->base_before)
        csi_store_make_before(lab, op);
}

static void apply_base(struct cs_lab *lab, struct csi_op *op, bool forwards)
{
    cs_id end = lab->delta->end;
    need_bases(lab, op, forwards);
    lab->base = forwards ? op->base_after : op->base_before;
    lab->delta = forwards ? op->delta_after : op->delta_before;
    if (lab->delta->end < end) /* an id is not given twice, whatever was undone */
        lab->delta->end = end;
}

/* A version that was read from a file follows the one that is there now. */
static void link_version(struct cs_lab *lab, struct csi_op *op)
{
    op->was = csi_delta_get(lab->delta, op->id);
    ((struct csi_version *)(uintptr_t)op->becomes)->before = op->was;
    op->raw = false;
}

/* The one function through which a lab changes. */
void csi_op_apply(struct cs_lab *lab, struct csi_op *op, bool forwards)
{
    if (lab->watch)
        lab->watch(lab->watch_context, op);
    switch (op->kind) {
    case CSI_OP_RECORD:
        csi_table_set(&lab->tables[op->noun], csi_noun_of(op->noun), op->id,
                      forwards ? op->after : op->before);
        break;
    case CSI_OP_PRINCIPAL:
        if (op->raw)
            link_version(lab, op);
        csi_delta_set(lab->delta, op->id, forwards ? op->becomes : op->was);
        break;
    case CSI_OP_EDGE:
        apply_edge(lab, op, forwards);
        break;
    case CSI_OP_BASE:
        apply_base(lab, op, forwards);
        break;
    }
}

/* --------------------------------------------------------------- op lists */

void csi_ops_push(struct csi_ops *ops, struct csi_op op)
{
    ops->at = csi_alloc_more(ops->at, ops->count, &ops->room, sizeof *ops->at);
    ops->at[ops->count++] = op;
}

/* An op that will never be applied again: a base it alone knows is freed. */
void csi_op_drop(const struct csi_op *op)
{
    if (op->kind != CSI_OP_BASE)
        return;
    csi_base_free(op->base_after);
    csi_delta_free(op->delta_after);
}

cs_tick csi_lab_next_tick(const struct cs_lab *lab)
{
    return lab->tick + 1;
}

cs_status csi_lab_apply(struct cs_lab *lab, struct csi_op op, struct cs_error *err)
{
    bool alone = lab->journal.mark_count == 0;
    if (alone)
        cs_lab_begin(lab, cs_str_of(op.name));
    op.tick = ++lab->tick;
    csi_op_apply(lab, &op, true);
    csi_ops_push(&lab->journal.pending, op);
    if (lab->held)
        lab->tick = lab->held - 1;
    return alone ? cs_lab_commit(lab, err) : CS_OK;
}

/* ------------------------------------------------------------ transactions */

bool cs_lab_in_transaction(const struct cs_lab *lab)
{
    return lab->journal.mark_count > 0;
}

size_t cs_lab_pending(const struct cs_lab *lab)
{
    const struct csi_journal *journal = &lab->journal;
    if (!journal->mark_count)
        return 0;
    return journal->pending.count - journal->marks[journal->mark_count - 1].pending;
}

static void begin(struct cs_lab *lab, struct cs_str title, bool what_if)
{
    struct csi_journal *journal = &lab->journal;
    journal->marks = csi_alloc_more(journal->marks, journal->mark_count, &journal->mark_room,
                                    sizeof *journal->marks);
    struct csi_mark mark = {
        .pending = journal->pending.count, .tick = lab->tick, .what_if = what_if};
    mark.memory = cs_arena_mark(lab->memory);
    mark.title = cs_str_copy(lab->memory, title);
    journal->marks[journal->mark_count++] = mark;
}

void cs_lab_begin(struct cs_lab *lab, struct cs_str title)
{
    begin(lab, title, false);
}

void cs_lab_begin_what_if(struct cs_lab *lab, struct cs_str title)
{
    begin(lab, title, true);
}

bool cs_lab_in_what_if(const struct cs_lab *lab)
{
    for (size_t i = 0; i < lab->journal.mark_count; i++)
        if (lab->journal.marks[i].what_if)
            return true;
    return false;
}

/* Changes that were undone cannot be redone once something new has happened. */
void csi_journal_forget_undone(struct cs_lab *lab)
{
    struct csi_journal *journal = &lab->journal;
    if (journal->active == journal->group_count || csi_branch_adopt_undone(lab))
        return;
    size_t first = journal->groups[journal->active].first;
    while (journal->done.count > first)
        csi_op_drop(&journal->done.at[--journal->done.count]);
    journal->group_count = journal->active;
}

void csi_journal_add_group(struct csi_journal *journal, struct csi_group group)
{
    journal->groups = csi_alloc_more(journal->groups, journal->group_count, &journal->group_room,
                                     sizeof *journal->groups);
    journal->groups[journal->group_count++] = group;
    journal->active = journal->group_count;
}

/* Take back what the innermost transaction did. */
static void take_back(struct cs_lab *lab, struct csi_mark mark)
{
    struct csi_journal *journal = &lab->journal;
    while (journal->pending.count > mark.pending) {
        struct csi_op *op = &journal->pending.at[--journal->pending.count];
        csi_op_apply(lab, op, false);
        if (op->kind == CSI_OP_BASE) /* what was rolled back has never been */
            lab->delta->end = op->member;
        csi_op_drop(op);
    }
    lab->tick = mark.tick;
    cs_arena_rewind(lab->memory, mark.memory);
}

/* Does what happens here go into a file? */
static bool is_kept(const struct cs_lab *lab)
{
    return lab->store && csi_branch_is_root(lab, csi_branch_current(lab));
}

cs_status cs_lab_commit(struct cs_lab *lab, struct cs_error *err)
{
    struct csi_journal *journal = &lab->journal;
    cs_bug_if(journal->mark_count == 0);
    struct csi_mark mark = journal->marks[--journal->mark_count];
    if (journal->mark_count > 0)
        return CS_OK;
    if (journal->pending.count == 0) {
        cs_lab_release(lab);
        return CS_OK;
    }
    struct csi_group group = {.title = mark.title,
                              .user = cs_str_copy(lab->memory, lab->actor),
                              .before = mark.tick,
                              .count = journal->pending.count};
    if (is_kept(lab)) {
        cs_status status = csi_store_commit(lab->store, lab, &group, err);
        if (status != CS_OK) {
            take_back(lab, mark);
            return status;
        }
    }
    csi_journal_forget_undone(lab);
    csi_store_name_line(lab);
    group.first = journal->done.count;
    for (size_t i = 0; i < journal->pending.count; i++)
        csi_ops_push(&journal->done, journal->pending.at[i]);
    journal->pending.count = 0;
    csi_journal_add_group(journal, group);
    return CS_OK;
}

void cs_lab_rollback(struct cs_lab *lab)
{
    struct csi_journal *journal = &lab->journal;
    cs_bug_if(journal->mark_count == 0);
    take_back(lab, journal->marks[--journal->mark_count]);
    cs_lab_release(lab);
}

cs_status cs_lab_end(struct cs_lab *lab, cs_status status, struct cs_error *err)
{
    if (status == CS_OK)
        return cs_lab_commit(lab, err);
    cs_lab_rollback(lab);
    return status;
}

/* -------------------------------------------------------------- undo, redo */

void csi_journal_undo_one(struct cs_lab *lab)
{
    struct csi_journal *journal = &lab->journal;
    const struct csi_group *group = &journal->groups[--journal->active];
    for (size_t i = group->count; i > 0; i--)
        csi_op_apply(lab, &journal->done.at[group->first + i - 1], false);
    lab->tick = group->before;
}

void csi_journal_redo_one(struct cs_lab *lab)
{
    struct csi_journal *journal = &lab->journal;
    const struct csi_group *group = &journal->groups[journal->active++];
    for (size_t i = 0; i < group->count; i++) {
        struct csi_op *op = &journal->done.at[group->first + i];
        csi_op_apply(lab, op, true);
        lab->tick = op->tick;
    }
}

/* Undo or redo until `to` changes are left. */
static cs_status walk(struct cs_lab *lab, size_t to, struct cs_error *err)
{
    if (is_kept(lab))
        return csi_store_walk(lab->store, lab, to, err);
    csi_branch_walk(lab, to);
    return CS_OK;
}

static cs_status may_walk(const struct cs_lab *lab, size_t there, const char *word,
                          struct cs_error *err)
{
    struct cs_str world = cs_world_name(lab);
    if (cs_lab_in_transaction(lab))
        return cs_fail(err, CS_STATE, "cannot %s inside a transaction", word);
    if (there == 0 && world.length)
        return cs_fail(err, CS_STATE, "there is nothing to %s in world '%.*s'", word,
                       CS_STR_ARG(world));
    return there ? CS_OK : cs_fail(err, CS_STATE, "there is nothing to %s", word);
}

cs_status cs_lab_undo(struct cs_lab *lab, size_t count, size_t *done, struct cs_error *err)
{
    size_t active = lab->journal.active, there = active - csi_branch_floor(lab);
    cs_status status = may_walk(lab, there, "undo", err);
    count = count < there ? count : there;
    if (status == CS_OK)
        status = walk(lab, active - count, err);
    if (status == CS_OK && done)
        *done = count;
    return status;
}

cs_status cs_lab_redo(struct cs_lab *lab, size_t count, size_t *done, struct cs_error *err)
{
    size_t active = lab->journal.active, there = lab->journal.group_count - active;
    cs_status status = may_walk(lab, there, "redo", err);
    count = count < there ? count : there;
    if (status == CS_OK)
        status = walk(lab, active + count, err);
    if (status == CS_OK && done)
        *done = count;
    return status;
}

/* ----------------------------------------------------------------- history */

size_t cs_lab_change_count(const struct cs_lab *lab)
{
    return lab->journal.active;
}

void cs_lab_each_change(const struct cs_lab *lab, cs_change_fn *fn, void *context)
{
    const struct csi_journal *journal = &lab->journal;
    for (size_t i = 0; i < journal->group_count; i++) {
        const struct csi_group *group = &journal->groups[i];
        struct cs_change change = {.number = i + 1,
                                   .title = group->title,
                                   .user = group->user,
                                   .time = lab->epoch + (int64_t)group->before + 1,
                                   .ops = group->count,
                                   .undone = i >= journal->active};
        if (!fn(context, &change))
            return;
    }
}

/* A record that is not there any more, by its first two texts. */
static struct cs_str describe_gone(struct cs_arena *arena, const struct csi_op *op)
{
    const struct csi_noun *noun = csi_noun_of(op->noun);
    const struct cs_record *record = op->after ? op->after : op->before;
    struct cs_str words = cs_str_of(noun->name);
    for (size_t i = 0, texts = 0; record && texts < 2 && i < noun->column_count; i++) {
        const void *field = (const char *)record + noun->columns[i].offset;
        const struct cs_str *text = field;
        if (noun->columns[i].type != CSI_COLUMN_TEXT || !text->length)
            continue;
        words = cs_str_printf(arena, "%.*s %.*s", CS_STR_ARG(words), CS_STR_ARG(*text));
        texts++;
    }
    return words;
}

struct cs_str csi_op_describe(const struct cs_lab *lab, struct cs_arena *arena,
                              const struct csi_op *op)
{
    if (op->kind == CSI_OP_EDGE) {
        struct cs_str member = cs_principal_name(lab, arena, op->member);
        struct cs_str group = cs_principal_name(lab, arena, op->id);
        return cs_str_printf(arena, "%.*s %s %.*s", CS_STR_ARG(member), op->present ? "to" : "from",
                             CS_STR_ARG(group));
    }
    if (op->kind == CSI_OP_PRINCIPAL) {
        const struct csi_version *version = op->becomes ? op->becomes : op->was;
        return cs_str_copy(arena, version->principal.name);
    }
    if (op->kind == CSI_OP_BASE)
        return cs_str_printf(arena, "%u principals", op->id);
    struct csi_thing thing;
    const char *noun = cs_noun_name(op->noun);
    if (csi_thing_get(lab, arena, op->noun, op->id, &thing) && thing.subject.length)
        return cs_str_printf(arena, "%s %.*s", noun, CS_STR_ARG(thing.subject));
    return describe_gone(arena, op);
}

void cs_lab_each_op(const struct cs_lab *lab, size_t change, cs_op_fn *fn, void *context)
{
    const struct csi_journal *journal = &lab->journal;
    if (change == 0 || change > journal->group_count)
        return;
    const struct csi_group *group = &journal->groups[change - 1];
    struct cs_arena *arena = cs_arena_new();
    for (size_t i = 0; arena && i < group->count; i++) {
        const struct csi_op *op = &journal->done.at[group->first + i];
        if (!fn(context, op->name, csi_op_describe(lab, arena, op)))
            break;
    }
    cs_arena_free(arena);
}

void csi_journal_forget(struct cs_lab *lab)
{
    struct csi_journal *journal = &lab->journal;
    cs_bug_if(journal->mark_count != 0);
    csi_branches_flatten(lab);
    csi_journal_forget_undone(lab);
    for (size_t i = 0; i < journal->done.count; i++) {
        const struct csi_op *op = &journal->done.at[i];
        if (op->kind != CSI_OP_BASE)
            continue;
        if (op->base_before != lab->base)
            csi_base_free(op->base_before);
        if (op->delta_before != lab->delta)
            csi_delta_free(op->delta_before);
    }
    journal->done.count = 0;
    journal->group_count = journal->active = 0;
}

void csi_journal_free(struct cs_lab *lab)
{
    struct csi_journal *journal = &lab->journal;
    while (journal->mark_count)
        cs_lab_rollback(lab);
    csi_journal_forget(lab);
    csi_alloc_free(journal->done.at);
    csi_alloc_free(journal->pending.at);
    csi_alloc_free(journal->groups);
    csi_alloc_free(journal->marks);
}
