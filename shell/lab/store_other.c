/*
 * store_other.c - the base that was there before an import, or after one that was undone, made
 * out of the one that is there and the difference in the file (see store_base.c).
 *
 * It is made when somebody first goes there.  Where the difference turns out damaged, nobody is
 * in that base, and the store is in trouble from then on: nothing is written any more.
 * Room: lab.
 */
#include "store_in.h"

#include "maker.h"

/* Reading a difference: what cannot be read is trouble, and ends it. */
struct reader {
    struct csi_store *store;
    struct cs_str bytes;
    size_t at;
};

static uint64_t take(struct reader *reader, uint64_t most)
{
    uint64_t number = 0;
    if (!reader->store->trouble && !csi_take_number(reader->bytes, &reader->at, &number))
        csi_store_trouble(reader->store, CSI_CORRUPT);
    if (number > most)
        csi_store_trouble(reader->store, CSI_CORRUPT);
    return reader->store->trouble ? 0 : number;
}

static void read_parts(struct csi_store *store, int64_t op, struct cs_buf *out)
{
    struct csi_query *query = csi_store_query(store, CSI_SQL_GET_PARTS);
    struct csi_cell seq = csi_cell_number(op);
    if (!store->trouble)
        csi_store_trouble(store, store->sql->bind(query, 1, &seq));
    while (csi_store_step(store, query)) {
        struct csi_cell cells[3] = {seq, csi_store_cell(store, query, 0),
                                    csi_store_cell(store, query, 1)};
        if ((uint64_t)csi_store_number(store, query, 2) != csi_store_part_sum(cells))
            csi_store_trouble(store, CSI_CORRUPT);
        cs_buf_add_str(out, cells[2].text);
    }
    if (cs_buf_full(out))
        csi_store_trouble(store, CSI_NO_MEMORY);
}

static void take_row(struct reader *reader, struct csi_maker *maker, cs_id id, bool full)
{
    struct cs_arena_mark mark = cs_arena_mark(reader->store->scratch);
    struct cs_record *record =
        full ? csi_row_get(reader->store->scratch, csi_noun_of(CS_NOUN_PRINCIPAL), reader->bytes,
                           &reader->at)
             : NULL;
    if (full && !record)
        csi_store_trouble(reader->store, CSI_CORRUPT);
    else
        csi_maker_set(maker, id, (const struct cs_principal *)record);
    cs_arena_rewind(reader->store->scratch, mark);
}

static void take_rows(struct reader *reader, struct csi_maker *maker)
{
    uint64_t count = take(reader, UINT32_MAX - 1), kind;
    cs_id id = 0;
    for (cs_id gone = (cs_id)count + 1; gone < csi_maker_end(maker); gone++)
        csi_maker_set(maker, gone, NULL);
    csi_maker_extend(maker, (cs_id)count + 1);
    while ((kind = take(reader, CSI_ROW_FULL)) != CSI_ROW_END) {
        uint64_t step = take(reader, count - id);
        id += (cs_id)step;
        if (step)
            take_row(reader, maker, id, kind == CSI_ROW_FULL);
        else
            csi_store_trouble(reader->store, CSI_CORRUPT);
    }
}

static void take_tops(struct reader *reader, struct csi_maker *maker)
{
    uint64_t count = take(reader, UINT32_MAX);
    csi_maker_forget_tops(maker);
    for (uint64_t i = 0; i < count && !reader->store->trouble; i++) {
        uint64_t length = take(reader, reader->bytes.length - reader->at);
        struct cs_sid sid = {0};
        struct cs_str text = cs_str_span(reader->bytes.at + reader->at, (size_t)length);
        reader->at += (size_t)length;
        uint64_t top = take(reader, UINT32_MAX);
        if (csi_store_sid(text, &sid))
            csi_maker_top(maker, &sid, (uint32_t)top);
        else
            csi_store_trouble(reader->store, CSI_CORRUPT);
    }
}

/* The next membership of a list; false at its end. */
static bool take_edge(struct reader *reader, cs_id *group, cs_id *member)
{
    uint64_t step = take(reader, UINT32_MAX);
    if (!step)
        return false;
    if (step > 1)
        *member = 0;
    *group += (cs_id)step - 1;
    *member += (cs_id)take(reader, UINT32_MAX);
    return !reader->store->trouble;
}

/* Link what `have` lists, without the memberships of the list that goes. */
static void link_rest(struct reader *reader, struct csi_maker *maker, const struct csi_base *have)
{
    cs_id gone_group = 0, gone_member = 0;
    bool more = take_edge(reader, &gone_group, &gone_member);
    for (cs_id group = 1; group <= have->count; group++) {
        struct csi_list list = csi_base_members(have, group);
        for (size_t i = 0; i < list.count; i++) {
            if (more && gone_group == group && gone_member == list.at[i])
                more = take_edge(reader, &gone_group, &gone_member);
            else
                csi_maker_link(maker, group, list.at[i]);
        }
    }
    if (more)
        csi_store_trouble(reader->store, CSI_CORRUPT);
}

static void link_new(struct reader *reader, struct csi_maker *maker)
{
    cs_id group = 0, member = 0, end = csi_maker_end(maker);
    while (take_edge(reader, &group, &member))
        if (group < end && member < end)
            csi_maker_link(maker, group, member);
        else
            csi_store_trouble(reader->store, CSI_CORRUPT);
}

struct csi_base *csi_store_other_base(struct csi_store *store, const struct csi_base *have,
                                      const struct csi_op *op)
{
    struct cs_buf buf;
    cs_buf_init(&buf, SIZE_MAX / 2);
    read_parts(store, op->seq, &buf);
    struct reader reader = {store, cs_buf_str(&buf), 0};
    struct csi_maker *maker = csi_maker_of(have);
    take_rows(&reader, maker);
    take_tops(&reader, maker);
    link_rest(&reader, maker, have);
    link_new(&reader, maker);
    cs_buf_clear(&buf);
    return csi_maker_finish(maker);
}

/* ------------------------------------------------------------ when gone there */

static struct csi_base *other_base(struct cs_lab *lab, const struct csi_op *op)
{
    struct csi_base *base = csi_store_other_base(lab->store, lab->base, op);
    if (lab->store->trouble)
        lab->store->damaged = true;
    return base;
}

/* The delta that lay on the base under `op`: all memberships before it, and who changed since
 * the base under it was made. */
static struct csi_delta *delta_under(struct cs_lab *lab, const struct csi_op *op)
{
    struct csi_op *ops = lab->journal.done.at;
    size_t end = (size_t)(op - ops), first = end;
    struct csi_delta *delta = csi_delta_new(op->member);
    while (first && ops[first - 1].kind != CSI_OP_BASE)
        first--;
    struct csi_delta *now = lab->delta;
    lab->delta = delta;
    for (size_t i = 0; i < end; i++)
        if (ops[i].kind == CSI_OP_EDGE || (i >= first && ops[i].kind == CSI_OP_PRINCIPAL))
            csi_op_apply(lab, &ops[i], true);
    lab->delta = now;
    return delta;
}

/* The import before this one led to where this one began. */
static void tell_import_before(struct cs_lab *lab, const struct csi_op *op)
{
    for (struct csi_op *other = lab->journal.done.at + (op - lab->journal.done.at);
         other-- > lab->journal.done.at;)
        if (other->kind == CSI_OP_BASE) {
            other->base_after = op->base_before;
            other->delta_after = op->delta_before;
            return;
        }
}

void csi_store_make_before(struct cs_lab *lab, struct csi_op *op)
{
    op->base_before = other_base(lab, op);
    op->delta_before = delta_under(lab, op);
    tell_import_before(lab, op);
}

void csi_store_make_after(struct cs_lab *lab, struct csi_op *op)
{
    op->base_after = other_base(lab, op);
    op->delta_after = csi_delta_over(lab->delta, (cs_id)op->base_after->count + 1);
}
