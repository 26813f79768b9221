/*
 * store_history.c - reading changes and ops, of the lab's own line and of those that lie aside.
 *
 * An op that is read is raw: it knows what it did, and not yet the versions and bases around it,
 * which it meets when it is applied (journal.c, store_other.c).  Room: lab.
 */
#include "store_in.h"

#include <string.h>

static bool is_well(const struct csi_store *store)
{
    return store->trouble == CSI_FINE;
}

enum { OP_CELLS = 14, OP_HASHED = 13 };

static enum cs_noun noun_named(struct cs_str name)
{
    for (int noun = 0; noun < CS_NOUN_COUNT; noun++)
        if (cs_str_is(name, cs_noun_name((enum cs_noun)noun)))
            return (enum cs_noun)noun;
    return CS_NOUN_COUNT;
}

static struct cs_record *take_image(struct csi_store *store, struct cs_lab *lab, enum cs_noun noun,
                                    const struct csi_cell *cell)
{
    if (cell->kind == CSI_CELL_NULL)
        return NULL;
    struct cs_record *record = csi_image_get(lab->memory, csi_noun_of(noun), cell->text);
    if (!record)
        csi_store_trouble(store, CSI_CORRUPT);
    return record;
}

/* The version an op made; it is linked with its neighbours when the op is applied. */
static struct csi_version *take_version(struct csi_store *store, struct cs_lab *lab,
                                        const struct csi_op *op, const struct csi_cell *cell)
{
    struct cs_record *record = take_image(store, lab, CS_NOUN_PRINCIPAL, cell);
    if (!record || record->id != op->id || op->id >= store->state.ends[CS_NOUN_PRINCIPAL]) {
        csi_store_trouble(store, CSI_CORRUPT);
        return NULL;
    }
    struct csi_version *version = cs_arena_alloc(lab->memory, sizeof *version);
    memcpy(&version->principal, record, sizeof version->principal);
    version->removed = !op->present;
    version->tick = op->tick;
    return version;
}

static bool is_right(const struct csi_store *store, const struct csi_op *op)
{
    const cs_id people = store->state.ends[CS_NOUN_PRINCIPAL];
    if (op->kind == CSI_OP_RECORD)
        return csi_store_is_table(op->noun) && op->id && op->id < store->state.ends[op->noun];
    return op->kind == CSI_OP_BASE || (op->id < people && op->member < people);
}

static void fill_op(struct csi_store *store, struct cs_lab *lab, const struct csi_cell *cells,
                    struct csi_op *op)
{
    *op = (struct csi_op){.kind = (enum csi_op_kind)cells[2].number,
                          .name = cs_str_c(lab->names, cells[3].text),
                          .tick = (cs_tick)cells[4].number,
                          .noun = noun_named(cells[5].text),
                          .id = (cs_id)cells[6].number,
                          .member = (cs_id)cells[7].number,
                          .present = cells[8].number != 0,
                          .had = cells[9].number != 0,
                          .in_base = cells[10].number != 0,
                          .seq = cells[0].number,
                          .raw = true};
    if (op->kind > CSI_OP_BASE || op->noun == CS_NOUN_COUNT || !is_right(store, op)) {
        csi_store_trouble(store, CSI_CORRUPT);
        return;
    }
    if (op->kind == CSI_OP_RECORD) {
        op->before = take_image(store, lab, op->noun, &cells[11]);
        op->after = take_image(store, lab, op->noun, &cells[12]);
    }
    if (op->kind == CSI_OP_PRINCIPAL) {
        op->base_row =
            (const struct cs_principal *)take_image(store, lab, CS_NOUN_PRINCIPAL, &cells[11]);
        op->becomes = take_version(store, lab, op, &cells[12]);
    }
}

static uint64_t read_ops(struct csi_store *store, struct cs_lab *lab, struct csi_journal *journal,
                         struct csi_query *query)
{
    uint64_t sum = 0;
    while (csi_store_step(store, query)) {
        struct csi_cell cells[OP_CELLS];
        struct csi_op op;
        for (int i = 0; i < OP_CELLS; i++)
            cells[i] = csi_store_cell(store, query, i);
        uint64_t hash = csi_cells_hash(cells, OP_HASHED, CSI_STORE_SEED);
        if (hash != (uint64_t)cells[OP_HASHED].number)
            csi_store_trouble(store, CSI_CORRUPT);
        sum += hash;
        if (is_well(store))
            fill_op(store, lab, cells, &op);
        if (is_well(store))
            csi_ops_push(&journal->done, op);
    }
    return sum;
}

/* Changes name their ops by the first and their number; they must be all of them, in order. */
static uint64_t read_changes(struct csi_store *store, struct cs_lab *lab,
                             struct csi_journal *journal, struct csi_query *query, size_t active)
{
    uint64_t sum = 0;
    size_t first = 0;
    while (csi_store_step(store, query)) {
        struct csi_cell cells[9];
        for (int i = 0; i < 9; i++)
            cells[i] = csi_store_cell(store, query, i);
        uint64_t hash = csi_cells_hash(cells, 7, CSI_STORE_SEED) + (uint64_t)cells[7].number;
        struct csi_group group = {.title = cs_str_copy(lab->names, cells[1].text),
                                  .user = cs_str_copy(lab->names, cells[2].text),
                                  .before = (cs_tick)cells[4].number,
                                  .first = first,
                                  .count = (size_t)cells[6].number};
        bool whole = hash == (uint64_t)cells[8].number && group.count > 0 &&
                     group.count <= journal->done.count - first &&
                     journal->done.at[first].seq == cells[5].number;
        if (!whole || (cells[7].number != 0) != (journal->group_count >= active))
            csi_store_trouble(store, CSI_CORRUPT);
        sum += hash;
        first += group.count;
        if (is_well(store))
            csi_journal_add_group(journal, group);
    }
    if (first != journal->done.count || active > journal->group_count)
        csi_store_trouble(store, CSI_CORRUPT);
    return sum;
}

uint64_t csi_store_read_line(struct csi_store *store, struct cs_lab *lab,
                             struct csi_journal *journal, struct csi_query *ops,
                             struct csi_query *changes, size_t active)
{
    uint64_t sum = read_ops(store, lab, journal, ops);
    if (is_well(store))
        sum += read_changes(store, lab, journal, changes, active);
    return sum;
}

void csi_store_read_history(struct csi_store *store, struct cs_lab *lab)
{
    struct csi_query *ops = csi_store_query(store, CSI_SQL_GET_OPS);
    struct csi_query *changes = csi_store_query(store, CSI_SQL_GET_CHANGES);
    uint64_t sum =
        csi_store_read_line(store, lab, &lab->journal, ops, changes, store->state.active);
    if (sum != store->state.sums.history)
        csi_store_trouble(store, CSI_CORRUPT);
    if (is_well(store))
        lab->journal.active = store->state.active;
    store->changes = lab->journal.group_count;
}
