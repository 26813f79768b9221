/*
 * store_load.c - a lab out of its file.
 *
 * The tables hold the present.  The history says what of it came after the base of the directory
 * was made: so the base is what the tables have, with what the ops since then replaced put back,
 * and the delta is those ops, applied again.  The answer to "what did it hold when DC02 started"
 * is then the same as before the file was closed.
 *
 * Nothing is believed: every row counts in a sum that the state row knows.  Room: lab.
 */
#include "store_in.h"

#include <string.h>

#include "base/alloc.h"
#include "maker.h"

static bool is_well(const struct csi_store *store)
{
    return store->trouble == CSI_FINE;
}

/* ------------------------------------------------------------------ origins */

static void read_origins(struct csi_store *store, struct cs_lab *lab)
{
    struct csi_query *query = csi_store_query(store, CSI_SQL_GET_ORIGINS);
    for (store->origins = 0; csi_store_step(store, query); store->origins++) {
        struct csi_cell text = csi_store_cell(store, query, 1);
        if ((size_t)csi_store_number(store, query, 0) != store->origins ||
            text.kind != CSI_CELL_TEXT || cs_lab_origin(lab, text.text) != store->origins)
            csi_store_trouble(store, CSI_CORRUPT);
    }
}

/* ------------------------------------------------------------------ records */

/* The record of the present row, in `arena`; NULL in trouble. */
static struct cs_record *read_record(struct csi_store *store, struct csi_query *query,
                                     enum cs_noun noun, struct cs_arena *arena)
{
    const struct csi_noun *of = csi_noun_of(noun);
    struct cs_record *record = cs_arena_alloc(arena, of->size);
    for (size_t i = 0; is_well(store) && i < csi_cell_count(of); i++) {
        struct csi_cell cell = csi_store_cell(store, query, (int)i);
        if (!csi_cell_to(of, i, &cell, record, arena))
            csi_store_trouble(store, CSI_CORRUPT);
    }
    if (!record->id || record->id >= store->state.ends[noun])
        csi_store_trouble(store, CSI_CORRUPT);
    return is_well(store) ? record : NULL;
}

static uint64_t read_noun(struct csi_store *store, struct cs_lab *lab, enum cs_noun noun)
{
    struct csi_query *query = NULL;
    uint64_t sum = 0;
    if (store->state.ends[noun] <= 1) /* there never was one, and asking is half of a reading */
        return 0;
    csi_store_prepare(store, &query, csi_store_get_sql(store, noun));
    while (csi_store_step(store, query)) {
        struct cs_record *record = read_record(store, query, noun, lab->memory);
        if (!record)
            break;
        sum += csi_record_hash(noun, record, store->scratch);
        csi_table_set(&lab->tables[noun], csi_noun_of(noun), record->id, record);
    }
    if (query)
        store->sql->drop(query);
    csi_table_extend(&lab->tables[noun], store->state.ends[noun]);
    return sum;
}

static void read_records(struct csi_store *store, struct cs_lab *lab)
{
    uint64_t sum = 0;
    for (int noun = 0; is_well(store) && noun < CS_NOUN_COUNT; noun++)
        if (csi_store_is_table((enum cs_noun)noun))
            sum += read_noun(store, lab, (enum cs_noun)noun);
    if (sum != store->state.sums.records)
        csi_store_trouble(store, CSI_CORRUPT);
}

/* Ops that are applied. */
static size_t applied(const struct cs_lab *lab)
{
    const struct csi_journal *journal = &lab->journal;
    if (!journal->active)
        return 0;
    const struct csi_group *last = &journal->groups[journal->active - 1];
    return last->first + last->count;
}

/* ----------------------------------------------------------------- the base */

/* What the ops since the base was made have touched: who, and which memberships. */
struct touched {
    struct csi_index people, edges; /* hash to op number + 1 */
    const struct csi_op *ops;
};

static uint64_t edge_key(cs_id group, cs_id member)
{
    return csi_store_edge_sum(group, member);
}

static const struct csi_op *touched_person(const struct touched *touched, cs_id id)
{
    size_t cursor = 0;
    for (uint32_t i; (i = csi_index_next(&touched->people, csi_account_key(id), &cursor));)
        if (touched->ops[i - 1].id == id)
            return &touched->ops[i - 1];
    return NULL;
}

static const struct csi_op *touched_edge(const struct touched *touched, cs_id group, cs_id member)
{
    size_t cursor = 0;
    for (uint32_t i; (i = csi_index_next(&touched->edges, edge_key(group, member), &cursor));)
        if (touched->ops[i - 1].id == group && touched->ops[i - 1].member == member)
            return &touched->ops[i - 1];
    return NULL;
}

/* The first op after the last import that counts. */
static size_t since_base(const struct cs_lab *lab)
{
    size_t first = applied(lab);
    while (first && lab->journal.done.at[first - 1].kind != CSI_OP_BASE)
        first--;
    return first;
}

static void find_touched(const struct cs_lab *lab, struct touched *touched)
{
    size_t end = applied(lab), first = since_base(lab);
    *touched = (struct touched){.ops = lab->journal.done.at};
    for (size_t i = 0; i < end; i++) {
        const struct csi_op *op = &touched->ops[i];
        if (op->kind == CSI_OP_EDGE && !touched_edge(touched, op->id, op->member))
            csi_index_add(&touched->edges, edge_key(op->id, op->member), (uint32_t)i + 1);
        if (i >= first && op->kind == CSI_OP_PRINCIPAL && !touched_person(touched, op->id))
            csi_index_add(&touched->people, csi_account_key(op->id), (uint32_t)i + 1);
    }
}

static uint64_t read_people(struct csi_store *store, const struct touched *touched,
                            struct csi_maker *maker)
{
    struct csi_query *query = csi_store_query(store, CSI_SQL_GET_PRINCIPALS);
    struct cs_arena_mark mark = cs_arena_mark(store->scratch);
    uint64_t sum = 0;
    while (csi_store_step(store, query)) {
        struct cs_record *row = read_record(store, query, CS_NOUN_PRINCIPAL, store->scratch);
        if (!row)
            break;
        sum += csi_record_hash(CS_NOUN_PRINCIPAL, row, store->scratch);
        if (csi_maker_end(maker) <= row->id)
            csi_maker_extend(maker, row->id + 1);
        if (!touched_person(touched, row->id))
            csi_maker_set(maker, row->id, (const struct cs_principal *)row);
        cs_arena_rewind(store->scratch, mark);
    }
    return sum;
}

/* Rows of the base that have changed since. */
static void put_back(const struct cs_lab *lab, const struct touched *touched,
                     struct csi_maker *maker)
{
    size_t end = applied(lab);
    for (size_t i = since_base(lab); i < end; i++) {
        const struct csi_op *op = &touched->ops[i];
        if (op->kind != CSI_OP_PRINCIPAL || !op->base_row)
            continue;
        if (csi_maker_end(maker) <= op->id)
            csi_maker_extend(maker, op->id + 1);
        csi_maker_set(maker, op->id, op->base_row);
    }
}

static uint64_t read_edges(struct csi_store *store, const struct touched *touched,
                           struct csi_maker *maker)
{
    struct csi_query *query = csi_store_query(store, CSI_SQL_GET_MEMBERSHIPS);
    const int64_t end = store->state.ends[CS_NOUN_PRINCIPAL];
    uint64_t sum = 0;
    while (csi_store_step(store, query)) {
        int64_t group = csi_store_number(store, query, 0),
                member = csi_store_number(store, query, 1);
        if (group <= 0 || member <= 0 || group >= end || member >= end) {
            csi_store_trouble(store, CSI_CORRUPT);
            break;
        }
        sum += csi_store_edge_sum((cs_id)group, (cs_id)member);
        if (!touched->edges.used || !touched_edge(touched, (cs_id)group, (cs_id)member))
            csi_maker_link(maker, (cs_id)group, (cs_id)member);
    }
    return sum;
}

static void put_back_edges(const struct cs_lab *lab, const struct touched *touched,
                           struct csi_maker *maker)
{
    for (size_t i = 0; i < applied(lab); i++) {
        const struct csi_op *op = &touched->ops[i];
        if (op->kind == CSI_OP_EDGE && op->in_base)
            csi_maker_link(maker, op->id, op->member);
    }
}

bool csi_store_sid(struct cs_str text, struct cs_sid *sid)
{
    return cs_sid_parse(text, sid, NULL) == CS_OK && sid->count < CS_SID_MAX_SUBS;
}

static void read_rids(struct csi_store *store, struct csi_maker *maker)
{
    struct csi_query *query = csi_store_query(store, CSI_SQL_GET_RIDS);
    while (csi_store_step(store, query)) {
        struct cs_sid sid = {0};
        struct csi_cell parent = csi_store_cell(store, query, 0);
        int64_t top = csi_store_number(store, query, 1);
        if (!csi_store_sid(parent.text, &sid) || top < 0 || top > UINT32_MAX)
            csi_store_trouble(store, CSI_CORRUPT);
        else
            csi_maker_top(maker, &sid, (uint32_t)top);
    }
}

struct csi_base *csi_store_read_base(struct csi_store *store, const struct cs_lab *lab)
{
    struct touched touched;
    struct csi_maker *maker = csi_maker_new();
    find_touched(lab, &touched);
    uint64_t sum = read_people(store, &touched, maker);
    put_back(lab, &touched, maker);
    sum += read_edges(store, &touched, maker);
    put_back_edges(lab, &touched, maker);
    read_rids(store, maker);
    if (sum != store->state.sums.directory)
        csi_store_trouble(store, CSI_CORRUPT);
    csi_index_clear(&touched.people);
    csi_index_clear(&touched.edges);
    if (is_well(store))
        return csi_maker_finish(maker);
    csi_maker_free(maker);
    return NULL;
}

/* ----------------------------------------------------------------- all of it */

/* Apply again what has come since the base; what came before it is in it, but for the times of
 * memberships. */
static void replay(struct cs_lab *lab)
{
    size_t first = since_base(lab), end = applied(lab);
    for (size_t i = 0; i < end; i++) {
        struct csi_op *op = &lab->journal.done.at[i];
        if (op->kind == CSI_OP_EDGE || (i >= first && op->kind == CSI_OP_PRINCIPAL))
            csi_op_apply(lab, op, true);
    }
    if (!first)
        return;
    struct csi_op *last = &lab->journal.done.at[first - 1];
    last->base_after = lab->base;
    last->delta_after = lab->delta;
}

static void take_base(struct csi_store *store, struct cs_lab *lab, struct csi_base *base)
{
    csi_base_free(lab->base);
    csi_delta_free(lab->delta);
    lab->base = base;
    lab->delta = csi_delta_new(store->state.ends[CS_NOUN_PRINCIPAL]);
    replay(lab);
    lab->tick = store->state.tick;
    lab->epoch = store->state.epoch;
    lab->births = store->state.births;
}

void csi_store_load_history(struct csi_store *store, struct cs_lab *lab)
{
    csi_store_read_state(store);
    if (is_well(store))
        read_origins(store, lab);
    if (is_well(store))
        csi_store_read_history(store, lab);
    if (is_well(store))
        csi_store_load_snapshots(store, lab);
}

void csi_store_load(struct csi_store *store, struct cs_lab *lab)
{
    csi_store_load_history(store, lab);
    if (is_well(store))
        read_records(store, lab);
    struct csi_base *base = is_well(store) ? csi_store_take_base(store, lab) : NULL;
    if (base)
        take_base(store, lab, base);
    if (is_well(store) && !lab->base->mapped)
        csi_store_snap(store, lab);
}
