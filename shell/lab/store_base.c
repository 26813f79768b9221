/*
 * store_base.c - an import in the file: which rows the swap of the base changes, and what makes
 * the other base out of the one that is there, so that an import can be undone (or redone) after
 * the file was opened again.  The difference is kept, not a second copy of everybody.
 *
 * A difference is a text of bytes: how many rows; the rows that differ (an id's distance from the
 * last, then its cells or the sign that it is empty); the RIDs given last; memberships that go;
 * memberships that come.  It is cut in parts of a few MiB.  Room: lab.
 */
#include "store_in.h"

#include <string.h>

enum { PART_SIZE = 4 << 20 };

/* --------------------------------------------------------- writing in parts */

struct parts {
    struct csi_store *store;
    int64_t op, number;
    struct cs_buf buf;
};

uint64_t csi_store_part_sum(const struct csi_cell cells[3])
{
    return csi_cells_hash(cells, 3, CSI_STORE_SEED);
}

static void flush(struct parts *parts, size_t least)
{
    if (parts->buf.length < least || !parts->buf.length)
        return;
    if (cs_buf_full(&parts->buf))
        csi_store_trouble(parts->store, CSI_NO_MEMORY);
    struct csi_cell cells[4] = {csi_cell_number(parts->op), csi_cell_number(parts->number++),
                                csi_cell_bytes(cs_buf_str(&parts->buf))};
    cells[3] = csi_cell_number((int64_t)csi_store_part_sum(cells));
    csi_store_do(parts->store, csi_store_query(parts->store, CSI_SQL_PUT_PART), cells, 4);
    cs_buf_cut(&parts->buf, 0);
}

/* --------------------------------------------------------------- difference */

static const struct csi_row *row_of(const struct csi_base *base, cs_id id)
{
    const struct csi_row *row = id <= base->count ? csi_base_row(base, id) : NULL;
    return row && row->kind ? row : NULL;
}

/* One base is made from the other, so that what stayed is the same to the byte. */
static bool same_row(const struct csi_base *a, const struct csi_base *b, cs_id id)
{
    const struct csi_row *one = row_of(a, id), *other = row_of(b, id);
    return one == other || (one && other && memcmp(one, other, sizeof *one) == 0);
}

static void put_rows(struct parts *parts, const struct csi_base *have, const struct csi_base *want)
{
    cs_id last = 0;
    struct cs_principal p;
    for (cs_id id = 1; id <= want->count; id++) {
        if (same_row(have, want, id))
            continue;
        bool full = csi_base_get(want, id, &p);
        csi_put_number(&parts->buf, full ? CSI_ROW_FULL : CSI_ROW_EMPTY);
        csi_put_number(&parts->buf, id - last);
        if (full)
            csi_row_put(&parts->buf, csi_noun_of(CS_NOUN_PRINCIPAL), (struct cs_record *)&p,
                        parts->store->scratch);
        last = id;
        flush(parts, PART_SIZE);
    }
    csi_put_number(&parts->buf, CSI_ROW_END);
}

static void put_tops(struct parts *parts, const struct csi_base *base)
{
    struct cs_sid_text text;
    csi_put_number(&parts->buf, base->parent_count);
    for (size_t i = 0; i < base->parent_count; i++) {
        struct cs_str sid = cs_str_of(cs_sid_format(&base->parents[i], &text));
        csi_put_number(&parts->buf, sid.length);
        cs_buf_add_str(&parts->buf, sid);
        csi_put_number(&parts->buf, base->tops[i]);
    }
}

typedef void edge_fn(void *context, cs_id group, cs_id member);

/* Members of `group` in `in` that are not in `out`; both lists ascend. */
static void each_only(struct csi_list in, struct csi_list out, cs_id group, edge_fn *fn,
                      void *context)
{
    size_t k = 0;
    if (in.count == out.count && (!in.count || !memcmp(in.at, out.at, in.count * sizeof *in.at)))
        return;
    for (size_t i = 0; i < in.count; i++) {
        while (k < out.count && out.at[k] < in.at[i])
            k++;
        if (k == out.count || out.at[k] != in.at[i])
            fn(context, group, in.at[i]);
    }
}

static void each_only_edge(const struct csi_base *in, const struct csi_base *out, edge_fn *fn,
                           void *context)
{
    for (cs_id group = 1; group <= in->count; group++)
        each_only(csi_base_members(in, group), csi_base_members(out, group), group, fn, context);
}

/* A membership: the distance of its group, then that of its member within the same group. */
struct edge_writer {
    struct parts *parts;
    cs_id group, member;
};

static void put_edge(void *context, cs_id group, cs_id member)
{
    struct edge_writer *writer = context;
    writer->member = group == writer->group ? writer->member : 0;
    csi_put_number(&writer->parts->buf, group - writer->group + 1);
    csi_put_number(&writer->parts->buf, member - writer->member);
    writer->group = group;
    writer->member = member;
    flush(writer->parts, PART_SIZE);
}

static void put_edges(struct parts *parts, const struct csi_base *in, const struct csi_base *out)
{
    struct edge_writer writer = {parts, 0, 0};
    each_only_edge(in, out, put_edge, &writer);
    csi_put_number(&parts->buf, 0);
}

void csi_store_put_other(struct csi_store *store, const struct csi_op *op, bool after)
{
    const struct csi_base *have = after ? op->base_after : op->base_before;
    const struct csi_base *want = after ? op->base_before : op->base_after;
    struct parts parts = {.store = store, .op = op->seq};
    struct csi_cell seq = csi_cell_number(op->seq);
    csi_store_do(store, csi_store_query(store, CSI_SQL_FORGET_PARTS), &seq, 1);
    cs_buf_init(&parts.buf, SIZE_MAX / 2);
    csi_put_number(&parts.buf, want->count);
    put_rows(&parts, have, want);
    put_tops(&parts, want);
    put_edges(&parts, have, want);
    put_edges(&parts, want, have);
    flush(&parts, 0);
    cs_buf_clear(&parts.buf);
}

/* ----------------------------------------------------------- present tables */

struct swap {
    struct csi_store *store;
    const struct csi_delta *log; /* memberships that the swap leaves as they are */
    bool is;                     /* they come */
};

static void put_present_edge(void *context, cs_id group, cs_id member)
{
    struct swap *swap = context;
    if (!csi_delta_edge(swap->log, group, member, CS_NOW))
        csi_store_put_edge(swap->store, group, member, !swap->is, swap->is);
}

/* A principal under the import: as changed since its base, or as in the base. */
static const struct cs_principal *under(const struct csi_op *op, cs_id id, struct cs_principal *p)
{
    const struct csi_version *version = csi_delta_get(op->delta_before, id);
    if (version)
        return version->removed ? NULL : &version->principal;
    return csi_base_get(op->base_before, id, p) ? p : NULL;
}

static void swap_principals(struct csi_store *store, const struct csi_op *op, bool forwards)
{
    struct cs_principal a, b;
    cs_id end = op->delta_before->end;
    end = op->base_after->count >= end ? (cs_id)op->base_after->count + 1 : end;
    for (cs_id id = 1; id < end && !store->trouble; id++) {
        if (!csi_delta_get(op->delta_before, id) && same_row(op->base_before, op->base_after, id))
            continue;
        const struct cs_principal *before = under(op, id, &a);
        const struct cs_principal *after = csi_base_get(op->base_after, id, &b) ? &b : NULL;
        csi_store_put_principal(store, id, forwards ? before : after, forwards ? after : before);
    }
    struct csi_cell gone = csi_cell_number(op->member);
    if (!forwards)
        csi_store_do(store, csi_store_query(store, CSI_SQL_DROP_PRINCIPALS), &gone, 1);
}

void csi_store_put_rids(struct csi_store *store, const struct csi_base *base)
{
    struct cs_sid_text text;
    csi_store_run(store, CSI_SQL_DROP_RIDS);
    for (size_t i = 0; i < base->parent_count && !store->trouble; i++) {
        const char *sid = cs_sid_format(&base->parents[i], &text);
        struct csi_cell cells[] = {csi_cell_text(cs_str_of(sid)), csi_cell_number(base->tops[i])};
        csi_store_do(store, csi_store_query(store, CSI_SQL_PUT_RID), cells, CS_COUNT(cells));
    }
}

static bool lists(const struct csi_base *base, cs_id group, cs_id member)
{
    struct csi_list list = csi_base_members(base, group);
    for (size_t i = 0; i < list.count; i++)
        if (list.at[i] == member)
            return true;
    return false;
}

/* Earlier ops say whether the base lists their membership: it is another base now. */
static void rebase_ops(struct csi_store *store, const struct cs_lab *lab, const struct csi_op *op,
                       const struct csi_base *base)
{
    const struct csi_journal *journal = &lab->journal;
    for (size_t i = 0; i < journal->group_count; i++)
        for (size_t k = 0; k < journal->groups[i].count; k++) {
            struct csi_op *other = &journal->done.at[journal->groups[i].first + k];
            if (other->seq && other->seq < op->seq && other->kind == CSI_OP_EDGE)
                csi_store_rebase_op(store, i + 1, other, lists(base, other->id, other->member));
        }
    for (size_t i = 0; i < journal->pending.count && &journal->pending.at[i] != op; i++) {
        struct csi_op *other = &journal->pending.at[i];
        if (other->kind == CSI_OP_EDGE)
            csi_store_rebase_op(store, journal->active + 1, other,
                                lists(base, other->id, other->member));
    }
}

void csi_store_swap(struct csi_store *store, const struct cs_lab *lab, const struct csi_op *op,
                    bool forwards)
{
    const struct csi_base *from = forwards ? op->base_before : op->base_after;
    const struct csi_base *to = forwards ? op->base_after : op->base_before;
    struct swap swap = {store, op->delta_before, true};
    swap_principals(store, op, forwards);
    each_only_edge(to, from, put_present_edge, &swap);
    swap.is = false;
    each_only_edge(from, to, put_present_edge, &swap);
    csi_store_put_other(store, op, forwards);
    csi_store_put_rids(store, to);
    rebase_ops(store, lab, op, to);
    store->state.generation++;
}
