/*
 * store_point.c - snapshots in a lab file: names for places in its history.
 *
 * Most are in the lab's own line.  Changes that were undone and then left behind lie aside in a
 * line of their own (branch.h) for as long as a snapshot stands on them.  Room: lab.
 */
#include "store_in.h"

static void put_snapshot(struct csi_store *store, const struct csi_named *snapshot)
{
    const struct csi_cell cells[] = {csi_cell_text(snapshot->name),
                                     csi_cell_number((int64_t)snapshot->change),
                                     csi_cell_number(snapshot->time)};
    csi_store_do(store, csi_store_query(store, CSI_SQL_PUT_SNAPSHOT), cells, CS_COUNT(cells));
}

cs_status csi_store_put_snapshot(struct csi_store *store, struct cs_lab *lab,
                                 const struct csi_named *snapshot, struct cs_error *err)
{
    cs_status status = csi_store_begin(store, false, err);
    if (status != CS_OK)
        return status;
    put_snapshot(store, snapshot);
    return csi_store_end(store, lab, err);
}

void csi_store_put_named(struct csi_store *store, const struct cs_lab *lab)
{
    const struct csi_branches *all = &lab->branches;
    for (size_t i = 0; !store->trouble && i < all->snapshot_count; i++)
        if (all->snapshots[i].branch == csi_branch_current(lab))
            put_snapshot(store, &all->snapshots[i]);
}

cs_status csi_store_drop_snapshot(struct csi_store *store, struct cs_lab *lab, struct cs_str name,
                                  struct cs_error *err)
{
    struct csi_cell cell = csi_cell_text(name);
    cs_status status = csi_store_begin(store, false, err);
    if (status != CS_OK)
        return status;
    csi_store_do(store, csi_store_query(store, CSI_SQL_DROP_SNAPSHOT), &cell, 1);
    csi_store_exec(store, "DELETE FROM aside_part WHERE line NOT IN (SELECT line FROM snapshot);"
                          "DELETE FROM aside_op WHERE line NOT IN (SELECT line FROM snapshot);"
                          "DELETE FROM aside_change WHERE line NOT IN (SELECT line FROM snapshot);"
                          "DELETE FROM line WHERE id NOT IN (SELECT line FROM snapshot)");
    return csi_store_end(store, lab, err);
}

void csi_store_lay_aside(struct csi_store *store, size_t active)
{
    struct csi_query *query = csi_store_query(store, CSI_SQL_NEXT_LINE);
    struct csi_cell cells[2] = {csi_cell_null(), csi_cell_number((int64_t)active)};
    if (!store->trouble)
        csi_store_trouble(store, store->sql->bind(query, 1, &cells[1]));
    if (!csi_store_step(store, query)) /* nobody stands there */
        return;
    cells[0] = csi_store_cell(store, query, 0);
    store->sql->reset(query);
    for (int i = CSI_SQL_PUT_LINE; i <= CSI_SQL_KEEP_SNAPSHOTS; i++)
        csi_store_do(store, csi_store_query(store, (enum csi_statement)i), cells, 2);
    store->new_line = cells[0].number;
}

void csi_store_name_line(struct cs_lab *lab)
{
    struct csi_branches *all = &lab->branches;
    if (!lab->store || !lab->store->new_line)
        return;
    for (size_t i = all->count; i-- > 0;)
        if (!all->at[i]->name.length && !all->at[i]->line) {
            all->at[i]->line = lab->store->new_line;
            break;
        }
    lab->store->new_line = 0;
}

void csi_store_own_branches(struct cs_lab *lab, const struct csi_branch *root)
{
    struct csi_branches *all = &lab->branches;
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i]->parent == root)
            all->at[i]->parent = &all->root;
    for (size_t i = 0; i < all->snapshot_count; i++)
        if (all->snapshots[i].branch == root)
            all->snapshots[i].branch = &all->root;
}

/* ------------------------------------------------------------------ reading */

static void load_line(struct csi_store *store, struct cs_lab *lab, int64_t id, size_t base)
{
    struct csi_query *ops = csi_store_query(store, CSI_SQL_GET_ASIDE_OPS);
    struct csi_query *changes = csi_store_query(store, CSI_SQL_GET_ASIDE_CHANGES);
    struct csi_cell cell = csi_cell_number(id);
    struct csi_journal journal = {0};
    if (!store->trouble)
        csi_store_trouble(store, store->sql->bind(ops, 1, &cell));
    if (!store->trouble)
        csi_store_trouble(store, store->sql->bind(changes, 1, &cell));
    csi_store_read_line(store, lab, &journal, ops, changes, 0);
    struct csi_branch *line = csi_branch_add(lab, CS_STR(""));
    line->base = base;
    line->line = id;
    line->aside = (struct csi_tail){.ops = journal.done.at,
                                    .op_count = journal.done.count,
                                    .groups = journal.groups,
                                    .group_count = journal.group_count,
                                    .active = (ptrdiff_t)journal.group_count};
    if (base > lab->journal.group_count)
        csi_store_trouble(store, CSI_CORRUPT);
}

static void load_lines(struct csi_store *store, struct cs_lab *lab)
{
    struct csi_query *query = csi_store_query(store, CSI_SQL_GET_LINES);
    while (csi_store_step(store, query)) {
        int64_t id = csi_store_number(store, query, 0), base = csi_store_number(store, query, 1);
        load_line(store, lab, id, (size_t)base);
    }
}

static struct csi_branch *line_of(struct cs_lab *lab, int64_t id)
{
    struct csi_branches *all = &lab->branches;
    for (size_t i = 0; id && i < all->count; i++)
        if (all->at[i]->line == id)
            return all->at[i];
    return id ? NULL : &all->root;
}

static bool is_on(const struct cs_lab *lab, const struct csi_named *snapshot)
{
    const struct csi_branch *line = snapshot->branch;
    if (!line)
        return false;
    size_t end = line->parent ? line->base + line->aside.group_count : lab->journal.group_count;
    return snapshot->change <= end;
}

void csi_store_load_snapshots(struct csi_store *store, struct cs_lab *lab)
{
    load_lines(store, lab);
    struct csi_query *query = csi_store_query(store, CSI_SQL_GET_SNAPSHOTS);
    while (csi_store_step(store, query)) {
        struct csi_cell name = csi_store_cell(store, query, 0);
        struct csi_named snapshot = {.name = cs_str_copy(lab->names, name.text),
                                     .branch = line_of(lab, csi_store_number(store, query, 3)),
                                     .change = (size_t)csi_store_number(store, query, 1),
                                     .time = csi_store_number(store, query, 2)};
        if (is_on(lab, &snapshot))
            csi_named_push(lab, snapshot);
        else
            csi_store_trouble(store, CSI_CORRUPT);
    }
}
