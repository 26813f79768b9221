/*
 * store_point.c - snapshots in a lab file: names for places in its history.
 *
 * The file has those of the lab's own line.  One whose changes were undone and then left behind
 * lives on in memory only: the file does not have these changes any more.  Room: lab.
 */
#include "store_in.h"

cs_status csi_store_put_snapshot(struct csi_store *store, const struct cs_lab *lab,
                                 const struct csi_snapshot *snapshot, struct cs_error *err)
{
    const struct csi_cell cells[] = {csi_cell_text(snapshot->name),
                                     csi_cell_number((int64_t)snapshot->change),
                                     csi_cell_number(snapshot->time)};
    cs_status status = csi_store_begin(store, false, err);
    if (status != CS_OK)
        return status;
    csi_store_do(store, csi_store_query(store, CSI_SQL_PUT_SNAPSHOT), cells, CS_COUNT(cells));
    return csi_store_end(store, lab, err);
}

cs_status csi_store_drop_snapshot(struct csi_store *store, const struct cs_lab *lab,
                                  struct cs_str name, struct cs_error *err)
{
    struct csi_cell cell = csi_cell_text(name);
    cs_status status = csi_store_begin(store, false, err);
    if (status != CS_OK)
        return status;
    csi_store_do(store, csi_store_query(store, CSI_SQL_DROP_SNAPSHOT), &cell, 1);
    return csi_store_end(store, lab, err);
}

void csi_store_forget_snapshots(struct csi_store *store, size_t active)
{
    struct csi_cell cell = csi_cell_number((int64_t)active);
    csi_store_do(store, csi_store_query(store, CSI_SQL_DROP_SNAPSHOTS), &cell, 1);
}

void csi_store_load_snapshots(struct csi_store *store, struct cs_lab *lab)
{
    struct csi_query *query = csi_store_query(store, CSI_SQL_GET_SNAPSHOTS);
    while (csi_store_step(store, query)) {
        struct csi_cell name = csi_store_cell(store, query, 0);
        struct csi_snapshot snapshot = {.name = cs_str_copy(lab->names, name.text),
                                        .branch = &lab->branches.root,
                                        .change = (size_t)csi_store_number(store, query, 1),
                                        .time = csi_store_number(store, query, 2)};
        if (snapshot.change > lab->journal.group_count)
            csi_store_trouble(store, CSI_CORRUPT);
        else
            csi_snapshot_push(lab, snapshot);
    }
}
