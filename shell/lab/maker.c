/* maker.c - making a base: rows and texts as they come, edges put in order at the end.  Room: lab.
 */
#include "maker.h"

#include <string.h>

#include "base/alloc.h"

/* ------------------------------------------------------------ growing arrays */

/* Members of one group, told together: borrowed, or a single one in here. */
struct run {
    uint32_t group, count;
    union {
        const uint32_t *at;
        uint32_t one;
    };
};

/* `made` is the base to come; its rows, pool and parents grow. */
struct csi_maker {
    struct csi_base made;
    size_t row_room, pool_room, parent_room, top_room;
    size_t waste; /* bytes of the pool that no row needs any more */
    struct csi_index parent_index;
    uint32_t last_parent;
    struct run *runs;
    size_t run_count, run_room, edge_count;
};

void *csi_grow(void *at, size_t *room, size_t need, size_t size)
{
    if (need <= *room)
        return at;
    while (*room < need)
        *room = *room ? *room * 2 : 64;
    void *bigger = csi_alloc_again(at, *room * size);
    return bigger ? bigger : csi_alloc_must(SIZE_MAX / 2);
}

static void *copy_of(const void *at, size_t size)
{
    return size ? memcpy(csi_alloc_must(size), at, size) : NULL;
}

struct csi_maker *csi_maker_new(void)
{
    struct csi_maker *maker = csi_alloc_must(sizeof *maker);
    *maker = (struct csi_maker){0};
    struct csi_base *made = &maker->made;
    made->rows = csi_grow(NULL, &maker->row_room, 1, sizeof *made->rows);
    memset(made->rows, 0, sizeof *made->rows); /* row 0: nobody */
    made->pool = csi_grow(NULL, &maker->pool_room, 8, 1);
    memset(made->pool, 0, 8); /* place 0: the empty text */
    made->pool_size = 8;
    return maker;
}

struct csi_maker *csi_maker_of(const struct csi_base *base)
{
    struct csi_maker *maker = csi_alloc_must(sizeof *maker);
    csi_base_whole(base);
    *maker = (struct csi_maker){
        .made = *base,
        .row_room = base->count + 1,
        .pool_room = base->pool_size,
        .parent_room = base->parent_count,
        .top_room = base->parent_count,
    };
    struct csi_base *made = &maker->made;
    made->rows = copy_of(base->rows, (base->count + 1) * sizeof *base->rows);
    made->pool = copy_of(base->pool, base->pool_size);
    made->parents = copy_of(base->parents, base->parent_count * sizeof *base->parents);
    made->tops = copy_of(base->tops, base->parent_count * sizeof *base->tops);
    made->by_sid.slots =
        copy_of(base->by_sid.slots, base->by_sid.room * sizeof *base->by_sid.slots);
    made->by_name = (struct csi_index){0};
    made->members = made->member_of = (struct csi_edges){0};
    made->primaries = (struct csi_primaries){0};
    made->rolls = (struct csi_rolls){0};
    made->guard = NULL;
    made->mapped = NULL;
    for (size_t i = 0; i < base->parent_count; i++)
        csi_index_add(&maker->parent_index, cs_sid_hash(&base->parents[i]), (uint32_t)i + 1);
    return maker;
}

/* What a text takes in the pool: length, bytes, NUL, up to a multiple of four. */
static size_t pool_need(size_t length)
{
    return (sizeof(uint32_t) + length + 4) & ~(size_t)3;
}

static uint32_t pool_put(struct csi_maker *maker, struct cs_str text)
{
    struct csi_base *made = &maker->made;
    size_t start = made->pool_size, size = pool_need(text.length);
    uint32_t length = (uint32_t)text.length;
    cs_bug_if(start / 4 > UINT32_MAX);
    made->pool = csi_grow(made->pool, &maker->pool_room, start + size, 1);
    char *at = made->pool + start;
    memset(at + size - 4, 0, 4);
    memcpy(at, &length, sizeof length);
    memcpy(at + sizeof length, text.at, text.length);
    made->pool_size += size;
    return (uint32_t)(start / 4);
}

/* Where a text lies that is one of this pool, as a view of a row gives them; else 0. */
static uint32_t pool_place(const struct csi_maker *maker, struct cs_str text)
{
    const struct csi_base *made = &maker->made;
    if (!text.length || text.at < made->pool || text.at >= made->pool + made->pool_size)
        return 0;
    return (uint32_t)((size_t)(text.at - made->pool) / 4 - 1);
}

/* The place of a text that comes where `old` is. */
static uint32_t pool_replace(struct csi_maker *maker, struct cs_str text, uint32_t old)
{
    struct cs_str before = csi_base_text(&maker->made, old);
    if (cs_str_equal(before, text))
        return old;
    maker->waste += pool_need(before.length);
    return text.length ? pool_put(maker, text) : 0;
}

/* The number of a parent, or the count of them where it is none. */
static uint32_t find_parent(const struct csi_maker *maker, const struct cs_sid *parent,
                            uint64_t hash)
{
    size_t cursor = 0;
    for (uint32_t i; (i = csi_index_next(&maker->parent_index, hash, &cursor));)
        if (cs_sid_equal(&maker->made.parents[i - 1], parent))
            return i - 1;
    return (uint32_t)maker->made.parent_count;
}

static uint32_t parent_of(struct csi_maker *maker, const struct cs_sid *sid)
{
    struct csi_base *made = &maker->made;
    if (made->parent_count && cs_sid_in(sid, &made->parents[maker->last_parent]))
        return maker->last_parent;
    struct cs_sid parent = cs_sid_parent(sid);
    uint64_t hash = cs_sid_hash(&parent);
    uint32_t number = maker->last_parent = find_parent(maker, &parent, hash);
    if (number < made->parent_count)
        return number;
    size_t need = ++made->parent_count;
    made->parents = csi_grow(made->parents, &maker->parent_room, need, sizeof *made->parents);
    made->tops = csi_grow(made->tops, &maker->top_room, need, sizeof *made->tops);
    made->parents[number] = parent;
    made->tops[number] = 0;
    csi_index_add(&maker->parent_index, hash, number + 1);
    return number;
}

void csi_maker_extend(struct csi_maker *maker, cs_id end)
{
    struct csi_base *made = &maker->made;
    if (end <= made->count + 1)
        return;
    made->rows = csi_grow(made->rows, &maker->row_room, end, sizeof *made->rows);
    memset(&made->rows[made->count + 1], 0, (end - made->count - 1) * sizeof *made->rows);
    made->count = end - 1;
}

cs_id csi_maker_end(const struct csi_maker *maker)
{
    return (cs_id)maker->made.count + 1;
}

/* What lies in the pool is found before anything is put there: it moves as it grows. */
static void set_texts(struct csi_maker *maker, cs_id id, const struct cs_principal *p)
{
    const struct cs_str texts[CSI_TEXT_COUNT] = {p->name, p->display, p->upn,     p->dns,
                                                 p->mail, p->dn,      p->comment, p->os};
    uint32_t *places = maker->made.rows[id].texts, own[CSI_TEXT_COUNT];
    for (int i = 0; i < CSI_TEXT_COUNT; i++)
        own[i] = pool_place(maker, texts[i]);
    for (int i = 0; i < CSI_TEXT_COUNT; i++)
        if (own[i])
            places[i] = own[i];
        else if (places[i])
            places[i] = pool_replace(maker, texts[i], places[i]);
        else if (texts[i].length)
            places[i] = pool_put(maker, texts[i]);
}

/* Everything but the index. */
static void write_row(struct csi_maker *maker, cs_id id, const struct cs_principal *p)
{
    struct csi_row *row = &maker->made.rows[id];
    uint32_t parent = parent_of(maker, &p->sid), rid = cs_sid_rid(&p->sid);
    if (rid > maker->made.tops[parent])
        maker->made.tops[parent] = rid;
    set_texts(maker, id, p);
    row->domain = p->domain;
    row->host = p->host;
    row->parent = parent;
    row->rid = rid;
    row->uac = p->uac;
    row->primary = p->primary;
    row->birth = p->birth;
    row->origin = p->source.origin;
    row->line = p->source.line;
    row->kind = (uint8_t)p->kind;
    row->scope = (uint8_t)p->scope;
    row->flags = (uint8_t)((p->security ? CSI_ROW_SECURITY : 0) |
                           (p->members_open ? CSI_ROW_MEMBERS_OPEN : 0) |
                           (p->managed ? CSI_ROW_MANAGED : 0));
}

void csi_maker_set(struct csi_maker *maker, cs_id id, const struct cs_principal *p)
{
    if (!p) {
        maker->made.rows[id].kind = 0;
        return;
    }
    write_row(maker, id, p);
    csi_index_add(&maker->made.by_sid, cs_sid_hash(&p->sid), id);
}

void csi_maker_top(struct csi_maker *maker, const struct cs_sid *parent, uint32_t top)
{
    struct cs_sid child = cs_sid_child(parent, top);
    uint32_t number = parent_of(maker, &child);
    if (top > maker->made.tops[number])
        maker->made.tops[number] = top;
}

void csi_maker_forget_tops(struct csi_maker *maker)
{
    for (size_t i = 0; i < maker->made.parent_count; i++)
        maker->made.tops[i] = 0;
}

cs_id csi_maker_add(struct csi_maker *maker, const struct cs_principal *principal)
{
    cs_id id = csi_maker_end(maker);
    csi_maker_extend(maker, id + 1);
    csi_maker_set(maker, id, principal);
    return id;
}

/* -------------------------------------------------------------------- drafts */

cs_id csi_maker_draft(struct csi_maker *maker, const struct cs_principal *principal)
{
    cs_id id = csi_maker_end(maker);
    csi_maker_extend(maker, id + 1);
    write_row(maker, id, principal);
    return id;
}

void csi_maker_redraft(struct csi_maker *maker, cs_id draft, const struct cs_principal *principal)
{
    write_row(maker, draft, principal);
}

void csi_maker_settle(struct csi_maker *maker, cs_id draft, cs_id id,
                      const struct cs_principal *principal)
{
    struct csi_base *made = &maker->made;
    made->rows[id] = made->rows[draft];
    write_row(maker, id, principal);
    csi_index_add_new(&made->by_sid, cs_sid_hash(&principal->sid), id);
}

void csi_maker_fetch(const struct csi_maker *maker, cs_id draft)
{
    if (draft > maker->made.count)
        return;
    const struct csi_row *row = &maker->made.rows[draft];
    struct cs_sid sid = cs_sid_child(&maker->made.parents[row->parent], row->rid);
    csi_index_fetch(&maker->made.by_sid, cs_sid_hash(&sid));
}

void csi_maker_abandon(struct csi_maker *maker, cs_id draft)
{
    const struct csi_row *row = &maker->made.rows[draft];
    for (int i = 0; i < CSI_TEXT_COUNT; i++)
        if (row->texts[i])
            maker->waste += pool_need(csi_base_text(&maker->made, row->texts[i]).length);
}

void csi_maker_cut(struct csi_maker *maker, cs_id end)
{
    maker->made.count = end - 1;
}

void csi_maker_expect(struct csi_maker *maker, size_t more)
{
    csi_index_reserve(&maker->made.by_sid, maker->made.by_sid.used + more);
}

/* ------------------------------------------------------------------- asking */

cs_id csi_maker_next(const struct csi_maker *maker, const struct cs_sid *sid, size_t *cursor)
{
    for (cs_id id; (id = csi_index_next(&maker->made.by_sid, cs_sid_hash(sid), cursor));)
        if (csi_base_has_sid(&maker->made, id, sid))
            return id;
    return 0;
}

bool csi_maker_get(const struct csi_maker *maker, cs_id id, struct cs_principal *out)
{
    return csi_base_get(&maker->made, id, out);
}

enum cs_principal_kind csi_maker_kind(const struct csi_maker *maker, cs_id id)
{
    return id <= maker->made.count ? (enum cs_principal_kind)maker->made.rows[id].kind : 0;
}

/* -------------------------------------------------------------------- edges */

static void add_run(struct csi_maker *maker, struct run run)
{
    maker->runs = csi_grow(maker->runs, &maker->run_room, maker->run_count + 1, sizeof run);
    maker->runs[maker->run_count++] = run;
    maker->edge_count += run.count;
}

void csi_maker_link(struct csi_maker *maker, cs_id group, cs_id member)
{
    add_run(maker, (struct run){group, 1, {.one = member}});
}

void csi_maker_link_all(struct csi_maker *maker, cs_id group, const cs_id *members, size_t count)
{
    if (count == 1)
        csi_maker_link(maker, group, members[0]);
    else if (count)
        add_run(maker, (struct run){group, (uint32_t)count, {.at = members}});
}

static const uint32_t *members_of(const struct run *run)
{
    return run->count == 1 ? &run->one : run->at;
}

/* ----------------------------------------------------------------- finishing */

static struct csi_edges edges_new(size_t ids, size_t count)
{
    struct csi_edges out = {csi_alloc_must((ids + 2) * sizeof(uint32_t)),
                            csi_alloc_must((count + 1) * sizeof(uint32_t))};
    memset(out.offsets, 0, (ids + 2) * sizeof(uint32_t));
    return out;
}

/* Counts at offsets[id + 1] become starts at offsets[id]. */
static void add_up(struct csi_edges *edges, size_t ids)
{
    for (size_t id = 0; id <= ids; id++)
        edges->offsets[id + 1] += edges->offsets[id];
}

/* Filling has moved every start to its end: back by one place. */
static void shift_back(struct csi_edges *edges, size_t ids)
{
    memmove(edges->offsets + 1, edges->offsets, (ids + 1) * sizeof(uint32_t));
    edges->offsets[0] = 0;
}

/* All that was linked, by member; `sorted` tells whether groups came in order of their ids. */
static struct csi_edges by_member(const struct csi_maker *maker, size_t ids, bool *sorted)
{
    struct csi_edges out = edges_new(ids, maker->edge_count);
    *sorted = true;
    for (size_t r = 0; r < maker->run_count; r++) {
        const struct run *run = &maker->runs[r];
        *sorted = *sorted && (r == 0 || run[-1].group <= run->group);
        for (uint32_t i = 0; i < run->count; i++)
            out.offsets[members_of(run)[i] + 1]++;
    }
    add_up(&out, ids);
    for (size_t r = 0; r < maker->run_count; r++) {
        const struct run *run = &maker->runs[r];
        for (uint32_t i = 0; i < run->count; i++)
            out.at[out.offsets[members_of(run)[i]]++] = run->group;
    }
    shift_back(&out, ids);
    return out;
}

/* The same edges by their other end; each list comes out ascending, for ids go up. */
static struct csi_edges turned(const struct csi_edges *edges, size_t ids)
{
    size_t count = edges->offsets[ids + 1];
    struct csi_edges out = edges_new(ids, count);
    for (size_t i = 0; i < count; i++)
        out.offsets[edges->at[i] + 1]++;
    add_up(&out, ids);
    for (uint32_t id = 0; id <= ids; id++)
        for (uint32_t i = edges->offsets[id]; i < edges->offsets[id + 1]; i++)
            out.at[out.offsets[edges->at[i]]++] = id;
    shift_back(&out, ids);
    return out;
}

/* Each edge once; lists are in order.  Were there doubles? */
static bool drop_doubles(struct csi_edges *edges, size_t ids)
{
    uint32_t n = 0, from = 0;
    for (size_t id = 0; id <= ids; id++) {
        uint32_t to = edges->offsets[id + 1], start = n;
        for (uint32_t i = from; i < to; i++)
            if (n == start || edges->at[n - 1] != edges->at[i])
                edges->at[n++] = edges->at[i];
        edges->offsets[id] = start;
        from = to;
    }
    edges->offsets[ids + 1] = n;
    return n != from;
}

/* A pile in the order of groups and without doubles is by member already as it should be. */
static void settle_edges(struct csi_maker *maker)
{
    struct csi_base *made = &maker->made;
    bool sorted;
    struct csi_edges pile = by_member(maker, made->count, &sorted);
    csi_alloc_free(maker->runs);
    maker->runs = NULL;
    made->members = turned(&pile, made->count);
    bool doubles = drop_doubles(&made->members, made->count);
    if (sorted && !doubles) {
        made->member_of = pile;
    } else {
        csi_edges_free(&pile);
        made->member_of = turned(&made->members, made->count);
    }
    made->edge_count = made->members.offsets[made->count + 1];
}

/* Texts that no row needs any more go when they are many. */
static void repack(struct csi_maker *maker)
{
    struct csi_base *made = &maker->made;
    if (maker->waste * 4 < made->pool_size)
        return;
    const struct csi_base old = *made;
    made->pool = csi_alloc_must(maker->pool_room = old.pool_size);
    memset(made->pool, 0, made->pool_size = 8);
    for (cs_id id = 1; id <= made->count; id++)
        for (int i = 0; made->rows[id].kind && i < CSI_TEXT_COUNT; i++) {
            uint32_t *place = &made->rows[id].texts[i];
            *place = *place ? pool_put(maker, csi_base_text(&old, *place)) : 0;
        }
    csi_alloc_free(old.pool);
}

/* ----------------------------------------------------------------- the base */

struct csi_base *csi_maker_finish(struct csi_maker *maker)
{
    settle_edges(maker);
    repack(maker);
    struct csi_base *base = csi_alloc_must(sizeof *base);
    *base = maker->made;
    csi_index_clear(&maker->parent_index);
    csi_alloc_free(maker);
    csi_base_index(base);
    return base;
}

void csi_maker_free(struct csi_maker *maker)
{
    csi_base_clear(&maker->made);
    csi_index_clear(&maker->parent_index);
    csi_alloc_free(maker->runs);
    csi_alloc_free(maker);
}
