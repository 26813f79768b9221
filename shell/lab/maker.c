/* maker.c - making a base: rows and texts as they come, edges put in order at the end.  Room: lab.
 */
#include "maker.h"

#include <string.h>

#include "base/alloc.h"

/* ------------------------------------------------------------ growing arrays */

/* `made` is the base to come; its rows, pool and parents grow. */
struct csi_maker {
    struct csi_base made;
    size_t row_room, pool_room, parent_room, top_room;
    size_t waste; /* bytes of the pool that no row needs any more */
    struct csi_index parent_index;
    uint32_t last_parent;
    struct csi_runs runs;
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
    made->holdings = (struct csi_holdings){0};
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

bool csi_maker_has_parent(const struct csi_maker *maker, const struct cs_sid *parent)
{
    return find_parent(maker, parent, cs_sid_hash(parent)) < maker->made.parent_count;
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

void csi_maker_link(struct csi_maker *maker, cs_id group, cs_id member)
{
    csi_runs_add(&maker->runs, group, &member, 1);
}

void csi_maker_link_all(struct csi_maker *maker, cs_id group, const cs_id *members, size_t count)
{
    csi_runs_add(&maker->runs, group, members, count);
}

/* ----------------------------------------------------------------- finishing */

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
    csi_runs_settle(&maker->runs, &maker->made);
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
    csi_runs_clear(&maker->runs);
    csi_alloc_free(maker);
}
