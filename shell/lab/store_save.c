/*
 * store_save.c - writing: records, principals and memberships as they are, ops as they come.
 * Room: lab.
 */
#include "store_in.h"

#include <stdio.h>
#include <string.h>

#include <certsh/sd.h>

/* ------------------------------------------------------------ present tables */

enum { MOST_CELLS = 32 };

/* Bytes that are a descriptor, as SDDL for people; else nothing. */
static struct csi_cell sddl_cell(struct csi_store *store, struct cs_str bytes)
{
    struct cs_sd sd;
    struct cs_str text;
    bool like = bytes.length >= 20 && bytes.at[0] == 1 && bytes.at[1] == 0;
    if (!like || cs_sd_decode(store->scratch, bytes, &sd, NULL) != CS_OK ||
        cs_sddl_format(store->scratch, &sd, NULL, &text, NULL) != CS_OK)
        return csi_cell_null();
    return csi_cell_text(text);
}

static size_t fill(struct csi_store *store, enum cs_noun noun, const struct cs_record *record,
                   struct csi_cell cells[MOST_CELLS])
{
    const struct csi_noun *of = csi_noun_of(noun);
    size_t count = csi_cell_count(of);
    struct csi_cell sddl = csi_cell_null();
    for (size_t i = 0; i < count; i++) {
        cells[i] = csi_cell_of(of, i, record, store->scratch);
        if (cells[i].kind == CSI_CELL_BYTES)
            sddl = sddl_cell(store, cells[i].text);
    }
    if (csi_store_has_sddl(noun))
        cells[count++] = sddl;
    if (noun == CS_NOUN_PRINCIPAL)
        cells[count++] = csi_cell_number(0);
    return count;
}

static void put_row(struct csi_store *store, enum cs_noun noun, struct csi_query *query,
                    const struct cs_record *record)
{
    struct csi_cell cells[MOST_CELLS];
    struct cs_arena_mark mark = cs_arena_mark(store->scratch);
    size_t count = fill(store, noun, record, cells);
    csi_store_do(store, query, cells, count);
    cs_arena_rewind(store->scratch, mark);
}

static void drop_row(struct csi_store *store, enum cs_noun noun, cs_id id)
{
    char sql[80];
    snprintf(sql, sizeof sql, "DELETE FROM \"%s\" WHERE id = ?", cs_noun_name(noun));
    struct csi_cell cell = csi_cell_number(id);
    csi_store_do(store, csi_store_prepare(store, &store->drop[noun], sql), &cell, 1);
}

static struct csi_query *put_query(struct csi_store *store, enum cs_noun noun)
{
    if (store->trouble || store->put[noun])
        return store->put[noun];
    return csi_store_prepare(store, &store->put[noun], csi_store_put_sql(store, noun));
}

static uint64_t sum_of(struct csi_store *store, enum cs_noun noun, const struct cs_record *record)
{
    return record ? csi_record_hash(noun, record, store->scratch) : 0;
}

void csi_store_put_record(struct csi_store *store, enum cs_noun noun, const struct cs_record *was,
                          const struct cs_record *is)
{
    store->state.sums.records += sum_of(store, noun, is) - sum_of(store, noun, was);
    if (is)
        put_row(store, noun, put_query(store, noun), is);
    else if (was)
        drop_row(store, noun, was->id);
}

void csi_store_put_principal(struct csi_store *store, cs_id id, const struct cs_principal *was,
                             const struct cs_principal *is)
{
    const struct cs_record *old = (const struct cs_record *)was;
    const struct cs_record *now = (const struct cs_record *)is;
    struct csi_cell cell = csi_cell_number(id);
    store->state.sums.directory +=
        sum_of(store, CS_NOUN_PRINCIPAL, now) - sum_of(store, CS_NOUN_PRINCIPAL, old);
    if (is)
        put_row(store, CS_NOUN_PRINCIPAL, csi_store_query(store, CSI_SQL_PUT_PRINCIPAL), now);
    else if (was)
        csi_store_do(store, csi_store_query(store, CSI_SQL_BURY_PRINCIPAL), &cell, 1);
}

uint64_t csi_store_edge_sum(cs_id group, cs_id member)
{
    uint64_t hash = ((uint64_t)group << 32 | member) * 0x9e3779b97f4a7c15u;
    return (hash ^ hash >> 29) * 0xff51afd7ed558ccdu;
}

void csi_store_put_edge(struct csi_store *store, cs_id group, cs_id member, bool was, bool is)
{
    if (was == is)
        return;
    struct csi_cell cells[] = {csi_cell_number(group), csi_cell_number(member)};
    uint64_t sum = csi_store_edge_sum(group, member);
    store->state.sums.directory += is ? sum : 0 - sum;
    csi_store_do(store,
                 csi_store_query(store, is ? CSI_SQL_PUT_MEMBERSHIP : CSI_SQL_DROP_MEMBERSHIP),
                 cells, CS_COUNT(cells));
}

/* ----------------------------------------------------------------- one op */

static const struct cs_principal *live(const struct csi_version *version)
{
    return version && !version->removed ? &version->principal : NULL;
}

static void principal_op(struct csi_store *store, const struct csi_base *base,
                         const struct csi_op *op, bool forwards)
{
    struct cs_principal row;
    const struct cs_principal *is = live(op->becomes);
    const struct cs_principal *was = op->was                            ? live(op->was)
                                     : csi_base_get(base, op->id, &row) ? &row
                                                                        : NULL;
    csi_store_put_principal(store, op->id, forwards ? was : is, forwards ? is : was);
}

void csi_store_op(struct csi_store *store, const struct cs_lab *lab, const struct csi_base *base,
                  const struct csi_op *op, bool forwards)
{
    switch (op->kind) {
    case CSI_OP_RECORD:
        csi_store_put_record(store, op->noun, forwards ? op->before : op->after,
                             forwards ? op->after : op->before);
        break;
    case CSI_OP_PRINCIPAL:
        principal_op(store, base, op, forwards);
        break;
    case CSI_OP_EDGE:
        csi_store_put_edge(store, op->id, op->member, forwards ? op->had : op->present,
                           forwards ? op->present : op->had);
        break;
    case CSI_OP_BASE:
        csi_store_swap(store, lab, op, forwards);
        break;
    }
}

/* ------------------------------------------------------------- ops as rows */

/* What was: a record before it, a principal's row in the base. */
static void image_before(struct csi_store *store, const struct csi_base *base,
                         const struct csi_op *op, struct cs_buf *out)
{
    struct cs_principal row;
    if (op->kind == CSI_OP_RECORD && op->before)
        csi_image_put(out, csi_noun_of(op->noun), op->before, store->scratch);
    if (op->kind == CSI_OP_PRINCIPAL && !op->was && csi_base_get(base, op->id, &row))
        csi_image_put(out, csi_noun_of(CS_NOUN_PRINCIPAL), (const struct cs_record *)&row,
                      store->scratch);
}

static void image_after(struct csi_store *store, const struct csi_op *op, struct cs_buf *out)
{
    const struct cs_record *after = op->kind == CSI_OP_RECORD ? op->after : NULL;
    if (op->kind == CSI_OP_PRINCIPAL)
        after = (const struct cs_record *)&op->becomes->principal;
    enum cs_noun noun = op->kind == CSI_OP_RECORD ? op->noun : CS_NOUN_PRINCIPAL;
    if (after)
        csi_image_put(out, csi_noun_of(noun), after, store->scratch);
}

enum { OP_BEFORE = 11, OP_AFTER, OP_SUM, OP_WHAT, OP_CELLS };

static struct csi_cell image_cell(struct csi_store *store, const struct cs_buf *buf)
{
    if (cs_buf_full(buf))
        csi_store_trouble(store, CSI_NO_MEMORY);
    return buf->length ? csi_cell_bytes(cs_buf_str(buf)) : csi_cell_null();
}

struct op_row {
    struct csi_cell cells[OP_CELLS];
    struct cs_buf before, after;
};

static void op_row_make(struct csi_store *store, const struct csi_base *base, size_t change,
                        const struct csi_op *op, struct op_row *row)
{
    bool present = op->kind == CSI_OP_PRINCIPAL ? !op->becomes->removed : op->present;
    const int64_t numbers[] = {op->seq, (int64_t)change, (int64_t)op->kind};
    cs_buf_init(&row->before, SIZE_MAX / 2);
    cs_buf_init(&row->after, SIZE_MAX / 2);
    image_before(store, base, op, &row->before);
    image_after(store, op, &row->after);
    for (size_t i = 0; i < CS_COUNT(numbers); i++)
        row->cells[i] = csi_cell_number(numbers[i]);
    row->cells[3] = csi_cell_text(cs_str_of(op->name));
    row->cells[4] = csi_cell_number((int64_t)op->tick);
    row->cells[5] = csi_cell_text(cs_str_of(cs_noun_name(op->noun)));
    row->cells[6] = csi_cell_number(op->id);
    row->cells[7] = csi_cell_number(op->member);
    row->cells[8] = csi_cell_number(present);
    row->cells[9] = csi_cell_number(op->had);
    row->cells[10] = csi_cell_number(op->in_base);
    row->cells[OP_BEFORE] = image_cell(store, &row->before);
    row->cells[OP_AFTER] = image_cell(store, &row->after);
    row->cells[OP_SUM] =
        csi_cell_number((int64_t)csi_cells_hash(row->cells, OP_SUM, CSI_STORE_SEED));
}

static void op_row_clear(struct op_row *row)
{
    cs_buf_clear(&row->before);
    cs_buf_clear(&row->after);
}

void csi_store_put_op(struct csi_store *store, const struct cs_lab *lab,
                      const struct csi_base *base, size_t change, struct csi_op *op)
{
    struct op_row row;
    struct cs_arena_mark mark = cs_arena_mark(store->scratch);
    op->seq = store->state.next++;
    op_row_make(store, base, change, op, &row);
    row.cells[OP_WHAT] = csi_cell_text(csi_op_describe(lab, store->scratch, op));
    store->state.sums.history += (uint64_t)row.cells[OP_SUM].number;
    csi_store_do(store, csi_store_query(store, CSI_SQL_PUT_OP), row.cells, OP_CELLS);
    op_row_clear(&row);
    cs_arena_rewind(store->scratch, mark);
}

/* Whether the new base lists a membership that an earlier op is about. */
void csi_store_rebase_op(struct csi_store *store, size_t change, struct csi_op *op, bool in_base)
{
    if (op->kind != CSI_OP_EDGE || op->in_base == in_base)
        return;
    struct op_row row;
    op_row_make(store, NULL, change, op, &row);
    store->state.sums.history -= (uint64_t)row.cells[OP_SUM].number;
    op_row_clear(&row);
    op->in_base = in_base;
    op_row_make(store, NULL, change, op, &row);
    store->state.sums.history += (uint64_t)row.cells[OP_SUM].number;
    struct csi_cell cells[] = {csi_cell_number(in_base), row.cells[OP_SUM],
                               csi_cell_number(op->seq)};
    csi_store_do(store, csi_store_query(store, CSI_SQL_REBASE_OP), cells, CS_COUNT(cells));
    op_row_clear(&row);
}

void csi_store_put_origins(struct csi_store *store, const struct cs_lab *lab)
{
    for (; !store->trouble && store->origins < lab->origin_count; store->origins++) {
        struct csi_cell cells[] = {csi_cell_number((int64_t)store->origins),
                                   csi_cell_text(lab->origins[store->origins])};
        csi_store_do(store, csi_store_query(store, CSI_SQL_PUT_ORIGIN), cells, CS_COUNT(cells));
    }
}

/* -------------------------------------------------------------------- all */

struct all {
    struct csi_store *store;
    const struct cs_lab *lab;
    enum cs_noun noun;
    cs_id group;
};

static bool put_one(void *context, const struct cs_record *record)
{
    struct all *all = context;
    csi_store_put_record(all->store, all->noun, NULL, record);
    return !all->store->trouble;
}

static bool put_member(void *context, cs_id member)
{
    struct all *all = context;
    csi_store_put_edge(all->store, all->group, member, false, true);
    return !all->store->trouble;
}

/* A principal, or the place of one that is gone, which records may still speak of. */
static void put_somebody(struct all *all, cs_id id)
{
    struct cs_principal p, nobody = {.id = id};
    if (cs_principal_get(all->lab, id, &p)) {
        csi_store_put_principal(all->store, id, NULL, &p);
        return;
    }
    put_row(all->store, CS_NOUN_PRINCIPAL, csi_store_query(all->store, CSI_SQL_PUT_PRINCIPAL),
            (const struct cs_record *)&nobody);
    struct csi_cell cell = csi_cell_number(id);
    csi_store_do(all->store, csi_store_query(all->store, CSI_SQL_BURY_PRINCIPAL), &cell, 1);
}

void csi_store_put_all(struct csi_store *store, struct cs_lab *lab)
{
    struct all all = {.store = store, .lab = lab};
    csi_store_put_origins(store, lab);
    for (int noun = 0; noun < CS_NOUN_COUNT; noun++) {
        all.noun = (enum cs_noun)noun;
        if (csi_store_is_table(all.noun))
            cs_record_each(lab, all.noun, put_one, &all);
    }
    for (cs_id id = 1; !store->trouble && id < lab->delta->end; id++)
        put_somebody(&all, id);
    for (all.group = 1; !store->trouble && all.group < lab->delta->end; all.group++)
        cs_member_each(lab, all.group, CS_NOW, put_member, &all);
    csi_store_put_rids(store, lab->base);
}
