/*
 * store_commit.c - changes on their way into the file: one transaction of the lab is one of
 * SQLite, and so is an undo or redo of several (see journal.c).
 *
 * Only the lab's own line of history is kept; a world lives in memory until it is kept.
 * Room: lab.
 */
#include "store_in.h"

#include <stdio.h>

/* ------------------------------------------------------------ begin and end */

static bool is_stale(struct csi_store *store)
{
    struct csi_query *query = csi_store_query(store, CSI_SQL_COUNTER);
    uint64_t counter = store->state.counter;
    if (csi_store_step(store, query)) {
        counter = (uint64_t)csi_store_number(store, query, 0);
        store->sql->reset(query);
    } else {
        csi_store_trouble(store, CSI_CORRUPT);
    }
    return counter != store->state.counter;
}

static void roll_back(struct csi_store *store)
{
    enum csi_trouble trouble = store->trouble;
    store->trouble = CSI_FINE;
    if (store->sql->in_transaction(store->db))
        csi_store_run(store, CSI_SQL_ROLLBACK);
    store->trouble = trouble;
}

/* References are looked after one by one, except where a whole base goes. */
static void mind_references(struct csi_store *store, bool mind)
{
    store->sql->run(store->db, mind ? "PRAGMA foreign_keys = ON" : "PRAGMA foreign_keys = OFF");
}

static cs_status refuse(struct csi_store *store, struct cs_error *err)
{
    cs_status status = csi_store_fault(store, "written", err);
    roll_back(store);
    csi_store_calm(store);
    mind_references(store, true);
    return status;
}

cs_status csi_store_changed(const struct csi_store *store, struct cs_error *err)
{
    cs_fail(err, CS_STATE, "another shell has just changed the lab file '%s'", store->path);
    return cs_error_hint(err, "nothing was changed; do it again, on the lab as it is now");
}

static cs_status changed_meanwhile(struct csi_store *store, struct cs_error *err)
{
    roll_back(store);
    mind_references(store, true);
    return csi_store_changed(store, err);
}

cs_status csi_store_begin(struct csi_store *store, bool bulk, struct cs_error *err)
{
    bool held = store->held;
    csi_store_calm(store);
    store->held = false;
    store->bulk = bulk;
    store->saved = store->state;
    store->saved_origins = store->origins;
    store->saved_changes = store->changes;
    store->new_line = 0;
    if (store->damaged)
        csi_store_trouble(store, CSI_CORRUPT);
    if (store->read_only)
        csi_store_trouble(store, CSI_READ_ONLY);
    if (held && !bulk)
        return CS_OK;
    if (held)
        csi_store_run(store, CSI_SQL_ROLLBACK);
    if (bulk)
        mind_references(store, false);
    csi_store_run(store, CSI_SQL_WRITE);
    bool stale = is_stale(store);
    if (store->trouble)
        return refuse(store, err);
    return stale ? changed_meanwhile(store, err) : CS_OK;
}

cs_status csi_store_end(struct csi_store *store, struct cs_lab *lab, struct cs_error *err)
{
    csi_store_write_state(store, lab);
    csi_store_run(store, CSI_SQL_COMMIT);
    if (store->trouble) {
        store->state = store->saved;
        store->origins = store->saved_origins;
        store->changes = store->saved_changes;
        store->new_line = 0;
        return refuse(store, err);
    }
    if (store->bulk)
        mind_references(store, true);
    if (store->state.generation != store->saved.generation)
        csi_store_snap(store, lab);
    return CS_OK;
}

/* ---------------------------------------------------------------- changes */

static void put_change(struct csi_store *store, const struct cs_lab *lab,
                       const struct csi_group *group, size_t number, bool undone)
{
    struct csi_cell cells[] = {
        csi_cell_number((int64_t)number),
        csi_cell_text(group->title),
        csi_cell_text(group->user),
        csi_cell_number(lab->epoch + (int64_t)group->before + 1),
        csi_cell_number((int64_t)group->before),
        csi_cell_number(store->state.next),
        csi_cell_number((int64_t)group->count),
        csi_cell_number(undone),
        csi_cell_null(),
    };
    uint64_t sum = csi_cells_hash(cells, 7, CSI_STORE_SEED) + undone;
    cells[8] = csi_cell_number((int64_t)sum);
    store->state.sums.history += sum;
    csi_store_do(store, csi_store_query(store, CSI_SQL_PUT_CHANGE), cells, CS_COUNT(cells));
}

/* Sums of rows that go. */
static void forget_sums(struct csi_store *store, enum csi_statement statement, int64_t from)
{
    struct csi_query *query = csi_store_query(store, statement);
    struct csi_cell cell = csi_cell_number(from);
    if (!store->trouble)
        csi_store_trouble(store, store->sql->bind(query, 1, &cell));
    while (csi_store_step(store, query))
        store->state.sums.history -= (uint64_t)csi_store_number(store, query, 0);
}

/* Changes after `active` were undone, and something else is done instead. */
static void forget_undone(struct csi_store *store, size_t active)
{
    if (active >= store->changes)
        return;
    struct csi_cell number = csi_cell_number((int64_t)active);
    static const enum csi_statement drops[] = {CSI_SQL_DROP_PARTS, CSI_SQL_DROP_OPS,
                                               CSI_SQL_DROP_CHANGES};
    csi_store_lay_aside(store, active);
    forget_sums(store, CSI_SQL_SUM_OPS, (int64_t)active);
    forget_sums(store, CSI_SQL_SUM_CHANGES, (int64_t)active);
    for (size_t i = 0; i < CS_COUNT(drops); i++)
        csi_store_do(store, csi_store_query(store, drops[i]), &number, 1);
    store->changes = active;
}

static bool any_base(const struct csi_op *ops, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ops[i].kind == CSI_OP_BASE)
            return true;
    return false;
}

/* The base under the first of these ops. */
static const struct csi_base *base_under(const struct cs_lab *lab, const struct csi_op *ops,
                                         size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ops[i].kind == CSI_OP_BASE)
            return ops[i].base_before;
    return lab->base;
}

/* How much of a change is news to the file. */
enum depth {
    ROWS_OF_HISTORY, /* the present tables have it, or it is undone */
    ALL_OF_IT
};

/* One change with its ops, of which `ops` is the first; `base` is the one under it, and then the
 * one over it. */
static void put_group(struct csi_store *store, const struct cs_lab *lab,
                      const struct csi_base **base, const struct csi_group *group, bool undone,
                      struct csi_op *ops, enum depth depth)
{
    size_t number = store->changes + 1;
    put_change(store, lab, group, number, undone);
    for (size_t i = 0; !store->trouble && i < group->count; i++) {
        struct csi_op *op = &ops[i];
        csi_store_put_op(store, lab, *base, number, op);
        if (depth == ALL_OF_IT)
            csi_store_op(store, lab, *base, op, true);
        else if (op->kind == CSI_OP_BASE)
            csi_store_put_other(store, op, !undone);
        if (op->kind == CSI_OP_BASE)
            *base = op->base_after;
    }
    store->changes = number;
}

/* The same for those of the journal from index `from` on, undone ones too. */
static void put_groups(struct csi_store *store, struct cs_lab *lab, const struct csi_base *base,
                       size_t from, enum depth depth)
{
    struct csi_journal *journal = &lab->journal;
    for (size_t i = from; !store->trouble && i < journal->group_count; i++) {
        const struct csi_group *group = &journal->groups[i];
        bool undone = i >= journal->active;
        put_group(store, lab, &base, group, undone, journal->done.at + group->first,
                  undone ? ROWS_OF_HISTORY : depth);
    }
    store->state.active = journal->active;
}

cs_status csi_store_commit(struct csi_store *store, struct cs_lab *lab,
                           const struct csi_group *group, struct cs_error *err)
{
    struct csi_ops *ops = &lab->journal.pending;
    const struct csi_base *base = base_under(lab, ops->at, ops->count);
    cs_status status = csi_store_begin(store, any_base(ops->at, ops->count), err);
    if (status != CS_OK)
        return status;
    csi_store_put_origins(store, lab);
    forget_undone(store, lab->journal.active);
    put_group(store, lab, &base, group, false, ops->at, ALL_OF_IT);
    store->state.active = store->changes;
    return csi_store_end(store, lab, err);
}

cs_status csi_store_keep(struct csi_store *store, struct cs_lab *lab, size_t from,
                         struct cs_error *err)
{
    struct csi_journal *journal = &lab->journal;
    size_t first = from < journal->group_count ? journal->groups[from].first : journal->done.count;
    struct csi_op *ops = journal->done.at + first;
    size_t count = journal->done.count - first;
    const struct csi_base *base = base_under(lab, ops, count);
    cs_status status = csi_store_begin(store, any_base(ops, count), err);
    if (status != CS_OK)
        return status;
    csi_store_put_origins(store, lab);
    forget_undone(store, from);
    put_groups(store, lab, base, from, ALL_OF_IT);
    csi_store_put_named(store, lab);
    return csi_store_end(store, lab, err);
}

/* ------------------------------------------------------------- undo and redo */

/* What the sum of a change's row is without its `undone`. */
static void mark_change(struct csi_store *store, const struct cs_lab *lab, size_t index,
                        bool undone)
{
    const struct csi_group *group = &lab->journal.groups[index];
    const struct csi_op *first = &lab->journal.done.at[group->first];
    struct csi_cell row[] = {csi_cell_number((int64_t)index + 1),
                             csi_cell_text(group->title),
                             csi_cell_text(group->user),
                             csi_cell_number(lab->epoch + (int64_t)group->before + 1),
                             csi_cell_number((int64_t)group->before),
                             csi_cell_number(first->seq),
                             csi_cell_number((int64_t)group->count)};
    uint64_t sum = csi_cells_hash(row, CS_COUNT(row), CSI_STORE_SEED) + undone;
    struct csi_cell cells[] = {csi_cell_number(undone), csi_cell_number((int64_t)sum), row[0]};
    store->state.sums.history += undone ? 1 : (uint64_t)-1;
    csi_store_do(store, csi_store_query(store, CSI_SQL_MARK_CHANGE), cells, CS_COUNT(cells));
}

static void undo_one(struct csi_store *store, struct cs_lab *lab)
{
    struct csi_journal *journal = &lab->journal;
    const struct csi_group *group = &journal->groups[--journal->active];
    for (size_t i = group->count; i-- > 0;) {
        struct csi_op *op = &journal->done.at[group->first + i];
        csi_op_apply(lab, op, false);
        csi_store_op(store, lab, lab->base, op, false);
    }
    lab->tick = group->before;
    mark_change(store, lab, journal->active, true);
}

static void redo_one(struct csi_store *store, struct cs_lab *lab)
{
    struct csi_journal *journal = &lab->journal;
    const struct csi_group *group = &journal->groups[journal->active];
    for (size_t i = 0; i < group->count; i++) {
        struct csi_op *op = &journal->done.at[group->first + i];
        csi_op_apply(lab, op, true);
        csi_store_op(store, lab, lab->base, op, true);
        lab->tick = op->tick;
    }
    mark_change(store, lab, journal->active++, false);
}

static bool swaps_base(const struct cs_lab *lab, size_t from, size_t to)
{
    const struct csi_journal *journal = &lab->journal;
    for (size_t i = from; i < to; i++)
        if (any_base(journal->done.at + journal->groups[i].first, journal->groups[i].count))
            return true;
    return false;
}

cs_status csi_store_walk(struct csi_store *store, struct cs_lab *lab, size_t to,
                         struct cs_error *err)
{
    struct csi_journal *journal = &lab->journal;
    size_t from = journal->active;
    bool bulk = swaps_base(lab, from < to ? from : to, from < to ? to : from);
    cs_status status = csi_store_begin(store, bulk, err);
    if (status != CS_OK)
        return status;
    while (!store->trouble && journal->active > to)
        undo_one(store, lab);
    while (!store->trouble && journal->active < to)
        redo_one(store, lab);
    store->state.active = to;
    status = csi_store_end(store, lab, err);
    if (status != CS_OK)
        csi_branch_walk(lab, from);
    return status;
}

/* ------------------------------------------------------------------- afresh */

void csi_store_put_lab(struct csi_store *store, struct cs_lab *lab)
{
    store->state.sums = (struct csi_sums){0};
    store->origins = store->changes = 0;
    csi_store_put_all(store, lab);
    const struct csi_ops *ops = &lab->journal.done;
    put_groups(store, lab, base_under(lab, ops->at, ops->count), 0, ROWS_OF_HISTORY);
}

/* After a seal: whatever there is, is there no more. */
cs_status csi_store_rewrite(struct csi_store *store, struct cs_lab *lab, struct cs_error *err)
{
    cs_status status = csi_store_begin(store, true, err);
    if (status != CS_OK)
        return status;
    static const char *const tables[] = {"aside_part", "aside_op", "aside_change", "line",
                                         "snapshot",   "part",     "op",           "change",
                                         "membership", "rid",      "origin"};
    char sql[80];
    for (size_t i = 0; i < CS_COUNT(tables) + CS_NOUN_COUNT - 1; i++) {
        size_t noun = i - CS_COUNT(tables) + 1;
        const char *name = i < CS_COUNT(tables) ? tables[i] : cs_noun_name((enum cs_noun)noun);
        snprintf(sql, sizeof sql, "DELETE FROM \"%s\"", name);
        csi_store_exec(store, sql);
    }
    store->state.generation++;
    csi_store_put_lab(store, lab);
    return csi_store_end(store, lab, err);
}
