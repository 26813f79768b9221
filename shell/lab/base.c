/* base.c - making and reading the flat base of the directory (see base.h).  Room: lab. */
#include "base.h"

#include <string.h>

#include "base/alloc.h"
#include "base/map.h"

/* ------------------------------------------------------------ growing arrays */

struct edge {
    uint32_t group, member;
};

/* `made` is the base to come; its rows, pool and parents grow. */
struct csi_maker {
    struct csi_base made;
    size_t row_room, pool_room, parent_room, top_room;
    struct csi_index parent_index;
    struct edge *edges;
    size_t edge_count, edge_room;
};

static void *more(void *at, size_t *room, size_t need, size_t size)
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
    made->rows = more(NULL, &maker->row_room, 1, sizeof *made->rows);
    memset(made->rows, 0, sizeof *made->rows); /* row 0: nobody */
    made->pool = more(NULL, &maker->pool_room, 8, 1);
    memset(made->pool, 0, 8); /* place 0: the empty text */
    made->pool_size = 8;
    return maker;
}

struct csi_maker *csi_maker_of(const struct csi_base *base)
{
    struct csi_maker *maker = csi_alloc_must(sizeof *maker);
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
    for (size_t i = 0; i < base->parent_count; i++)
        csi_index_add(&maker->parent_index, cs_sid_hash(&base->parents[i]), (uint32_t)i + 1);
    return maker;
}

static struct cs_str pool_get(const struct csi_base *base, uint32_t place)
{
    uint32_t length;
    const char *at = base->pool + (size_t)place * 4;
    memcpy(&length, at, sizeof length);
    return cs_str_span(at + sizeof length, length);
}

/*
 * A text in the pool: length, bytes, NUL, kept at a multiple of four; `old` is the place of the
 * text it replaces.  The text may be one of this pool, which moves as it grows.
 */
static uint32_t pool_add(struct csi_maker *maker, struct cs_str text, uint32_t old)
{
    struct csi_base *made = &maker->made;
    if (!text.length)
        return 0;
    if (old && cs_str_equal(pool_get(made, old), text))
        return old;
    bool own = text.at >= made->pool && text.at < made->pool + made->pool_size;
    ptrdiff_t inside = own ? text.at - made->pool : 0;
    size_t start = made->pool_size, size = (sizeof(uint32_t) + text.length + 4) & ~(size_t)3;
    uint32_t length = (uint32_t)text.length;
    cs_bug_if(start / 4 > UINT32_MAX);
    made->pool = more(made->pool, &maker->pool_room, start + size, 1);
    memcpy(made->pool + start, &length, sizeof length);
    memcpy(made->pool + start + sizeof length, own ? made->pool + inside : text.at, text.length);
    memset(made->pool + start + sizeof length + text.length, 0, size - sizeof length - text.length);
    made->pool_size += size;
    return (uint32_t)(start / 4);
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
    struct cs_sid parent = cs_sid_parent(sid);
    uint64_t hash = cs_sid_hash(&parent);
    uint32_t number = find_parent(maker, &parent, hash);
    if (number < made->parent_count)
        return number;
    size_t need = ++made->parent_count;
    made->parents = more(made->parents, &maker->parent_room, need, sizeof *made->parents);
    made->tops = more(made->tops, &maker->top_room, need, sizeof *made->tops);
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
    made->rows = more(made->rows, &maker->row_room, end, sizeof *made->rows);
    memset(&made->rows[made->count + 1], 0, (end - made->count - 1) * sizeof *made->rows);
    made->count = end - 1;
}

cs_id csi_maker_end(const struct csi_maker *maker)
{
    return (cs_id)maker->made.count + 1;
}

static void set_texts(struct csi_maker *maker, struct csi_row *row, const struct cs_principal *p)
{
    const struct cs_str texts[CSI_TEXT_COUNT] = {p->name, p->display, p->upn,     p->dns,
                                                 p->mail, p->dn,      p->comment, p->os};
    for (int i = 0; i < CSI_TEXT_COUNT; i++)
        row->texts[i] = pool_add(maker, texts[i], row->texts[i]);
}

void csi_maker_set(struct csi_maker *maker, cs_id id, const struct cs_principal *p)
{
    struct csi_row *row = &maker->made.rows[id];
    if (!p) {
        row->kind = 0;
        return;
    }
    uint32_t parent = parent_of(maker, &p->sid), rid = cs_sid_rid(&p->sid);
    if (rid > maker->made.tops[parent])
        maker->made.tops[parent] = rid;
    set_texts(maker, row, p);
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
    csi_index_add(&maker->made.by_sid, cs_sid_hash(&p->sid), id);
}

cs_id csi_maker_add(struct csi_maker *maker, const struct cs_principal *principal)
{
    cs_id id = csi_maker_end(maker);
    csi_maker_extend(maker, id + 1);
    csi_maker_set(maker, id, principal);
    return id;
}

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

void csi_maker_link(struct csi_maker *maker, cs_id group, cs_id member)
{
    maker->edges =
        more(maker->edges, &maker->edge_room, maker->edge_count + 1, sizeof *maker->edges);
    maker->edges[maker->edge_count++] = (struct edge){group, member};
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

/* The pile of edges, by member. */
static struct csi_edges by_member(const struct edge *edges, size_t count, size_t ids)
{
    struct csi_edges out = edges_new(ids, count);
    for (size_t i = 0; i < count; i++)
        out.offsets[edges[i].member + 1]++;
    add_up(&out, ids);
    for (size_t i = 0; i < count; i++)
        out.at[out.offsets[edges[i].member]++] = edges[i].group;
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

/* Each edge once; lists are in order. */
static void drop_doubles(struct csi_edges *edges, size_t ids)
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
}

static void edges_free(struct csi_edges *edges)
{
    csi_alloc_free(edges->offsets);
    csi_alloc_free(edges->at);
    *edges = (struct csi_edges){0};
}

static void settle_edges(struct csi_maker *maker)
{
    struct csi_base *made = &maker->made;
    struct csi_edges pile = by_member(maker->edges, maker->edge_count, made->count);
    csi_alloc_free(maker->edges);
    maker->edges = NULL;
    made->members = turned(&pile, made->count);
    edges_free(&pile);
    drop_doubles(&made->members, made->count);
    made->member_of = turned(&made->members, made->count);
    made->edge_count = made->members.offsets[made->count + 1];
}

uint64_t csi_name_hash(cs_id domain, cs_id host, struct cs_str name)
{
    return csi_hash_folded(name, (uint64_t)domain << 32 | host);
}

static void index_names(struct csi_base *base)
{
    csi_index_reserve(&base->by_name, base->count);
    for (cs_id id = 1; id <= base->count; id++) {
        const struct csi_row *row = &base->rows[id];
        struct cs_str name = pool_get(base, row->texts[CSI_TEXT_NAME]);
        if (row->kind)
            csi_index_add(&base->by_name, csi_name_hash(row->domain, row->host, name), id);
    }
}

/* ------------------------------------------------------------- primary groups */

/* Where the key of a row is, made when it is new; rows in a row mostly share one. */
static size_t key_of(struct csi_primaries *primaries, struct csi_index *index, size_t *room,
                     const struct csi_row *row, size_t last)
{
    const struct csi_primary_key key = {row->domain, row->primary, 0, 0};
    const struct csi_primary_key *keys = primaries->keys;
    if (last < primaries->key_count && keys[last].domain == key.domain && keys[last].rid == key.rid)
        return last;
    uint64_t hash = csi_hash(&key, sizeof key);
    size_t cursor = 0;
    for (uint32_t i; (i = csi_index_next(index, hash, &cursor));)
        if (keys[i - 1].domain == key.domain && keys[i - 1].rid == key.rid)
            return i - 1;
    size_t number = primaries->key_count++;
    primaries->keys = more(primaries->keys, room, number + 1, sizeof key);
    primaries->keys[number] = key;
    csi_index_add(index, hash, (uint32_t)number + 1);
    return number;
}

static bool has_primary(const struct csi_row *row)
{
    return row->kind && row->primary;
}

/* Two rounds over the rows: how many of each key, then who. */
static void index_primaries(struct csi_base *base)
{
    struct csi_primaries *p = &base->primaries;
    struct csi_index index = {0};
    size_t room = 0, last = 0, total = 0;
    for (cs_id id = 1; id <= base->count; id++) {
        if (!has_primary(&base->rows[id]))
            continue;
        last = key_of(p, &index, &room, &base->rows[id], last);
        p->keys[last].to++;
    }
    for (size_t i = 0; i < p->key_count; i++) {
        p->keys[i].from = (uint32_t)total;
        total += p->keys[i].to;
        p->keys[i].to = p->keys[i].from;
    }
    p->ids = csi_alloc_must((total + 1) * sizeof *p->ids);
    for (cs_id id = 1; id <= base->count; id++) {
        if (!has_primary(&base->rows[id]))
            continue;
        last = key_of(p, &index, &room, &base->rows[id], last);
        p->ids[p->keys[last].to++] = id;
    }
    csi_index_clear(&index);
}

/* -------------------------------------------------------------------- rolls */

static uint64_t *bits_new(size_t words)
{
    return memset(csi_alloc_must(words * sizeof(uint64_t)), 0, words * sizeof(uint64_t));
}

/* The roll of a domain, begun when it is new; NULL when there are too many. */
static struct csi_roll *roll_of(struct csi_rolls *rolls, cs_id domain)
{
    for (size_t i = 0; i < rolls->count; i++)
        if (rolls->at[i].domain == domain)
            return &rolls->at[i];
    if (rolls->count == CSI_ROLLS)
        return NULL;
    struct csi_roll *roll = &rolls->at[rolls->count++];
    *roll = (struct csi_roll){domain, bits_new(rolls->words)};
    return roll;
}

static void call_roll(struct csi_base *base)
{
    struct csi_rolls *rolls = &base->rolls;
    *rolls = (struct csi_rolls){.words = base->count / 64 + 1, .whole = true};
    rolls->groups = bits_new(rolls->words);
    rolls->computers = bits_new(rolls->words);
    for (cs_id id = 1; id <= base->count; id++) {
        const struct csi_row *row = &base->rows[id];
        uint64_t bit = UINT64_C(1) << id % 64;
        bool account = row->kind == CS_USER || row->kind == CS_COMPUTER;
        struct csi_roll *roll = account ? roll_of(rolls, row->domain) : NULL;
        rolls->whole = rolls->whole && (!account || roll);
        if (roll)
            roll->accounts[id / 64] |= bit;
        rolls->computers[id / 64] |= row->kind == CS_COMPUTER ? bit : 0;
        rolls->groups[id / 64] |= row->kind == CS_GROUP ? bit : 0;
    }
}

static void rolls_free(struct csi_rolls *rolls)
{
    csi_alloc_free(rolls->groups);
    csi_alloc_free(rolls->computers);
    for (size_t i = 0; i < rolls->count; i++)
        csi_alloc_free(rolls->at[i].accounts);
}

/* ----------------------------------------------------------------- the base */

struct csi_base *csi_maker_finish(struct csi_maker *maker)
{
    settle_edges(maker);
    struct csi_base *base = csi_alloc_must(sizeof *base);
    *base = maker->made;
    csi_index_clear(&maker->parent_index);
    csi_alloc_free(maker);
    index_names(base);
    index_primaries(base);
    call_roll(base);
    return base;
}

static void free_parts(struct csi_base *base)
{
    void *parts[] = {base->rows, base->pool,           base->parents,
                     base->tops, base->primaries.keys, base->primaries.ids};
    for (size_t i = 0; i < CS_COUNT(parts); i++)
        csi_alloc_free(parts[i]);
    rolls_free(&base->rolls);
    edges_free(&base->members);
    edges_free(&base->member_of);
    csi_index_clear(&base->by_sid);
    csi_index_clear(&base->by_name);
}

void csi_maker_free(struct csi_maker *maker)
{
    free_parts(&maker->made);
    csi_index_clear(&maker->parent_index);
    csi_alloc_free(maker->edges);
    csi_alloc_free(maker);
}

void csi_base_free(struct csi_base *base)
{
    if (!base)
        return;
    free_parts(base);
    csi_alloc_free(base);
}

/* ------------------------------------------------------------------- reading */

bool csi_base_has_sid(const struct csi_base *base, cs_id id, const struct cs_sid *sid)
{
    const struct csi_row *row = &base->rows[id];
    return row->kind && row->rid == cs_sid_rid(sid) && cs_sid_in(sid, &base->parents[row->parent]);
}

bool csi_base_get(const struct csi_base *base, cs_id id, struct cs_principal *out)
{
    if (id == 0 || id > base->count || !base->rows[id].kind)
        return false;
    const struct csi_row *row = &base->rows[id];
    *out = (struct cs_principal){
        .id = id,
        .birth = row->birth,
        .source = {row->origin, row->line},
        .kind = (enum cs_principal_kind)row->kind,
        .scope = (enum cs_scope)row->scope,
        .security = (row->flags & CSI_ROW_SECURITY) != 0,
        .members_open = (row->flags & CSI_ROW_MEMBERS_OPEN) != 0,
        .managed = (row->flags & CSI_ROW_MANAGED) != 0,
        .domain = row->domain,
        .host = row->host,
        .sid = cs_sid_child(&base->parents[row->parent], row->rid),
        .uac = row->uac,
        .primary = row->primary,
        .name = pool_get(base, row->texts[CSI_TEXT_NAME]),
        .display = pool_get(base, row->texts[CSI_TEXT_DISPLAY]),
        .upn = pool_get(base, row->texts[CSI_TEXT_UPN]),
        .dns = pool_get(base, row->texts[CSI_TEXT_DNS]),
        .mail = pool_get(base, row->texts[CSI_TEXT_MAIL]),
        .dn = pool_get(base, row->texts[CSI_TEXT_DN]),
        .comment = pool_get(base, row->texts[CSI_TEXT_COMMENT]),
        .os = pool_get(base, row->texts[CSI_TEXT_OS]),
    };
    return true;
}
