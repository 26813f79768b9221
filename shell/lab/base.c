/* base.c - making and reading the flat base of the directory (see base.h).  Room: lab. */
#include "base.h"

#include <string.h>

#include "base/alloc.h"
#include "base/map.h"

/* ------------------------------------------------------------ growing arrays */

struct edge {
    uint32_t group, member;
};

struct csi_maker {
    struct csi_row *rows;
    size_t count, row_room;
    char *pool;
    size_t pool_size, pool_room;
    struct cs_sid *parents;
    size_t parent_count, parent_room;
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

struct csi_maker *csi_maker_new(void)
{
    struct csi_maker *maker = csi_alloc_must(sizeof *maker);
    *maker = (struct csi_maker){0};
    maker->rows = more(NULL, &maker->row_room, 1, sizeof *maker->rows);
    memset(maker->rows, 0, sizeof *maker->rows); /* row 0: nobody */
    maker->pool = more(NULL, &maker->pool_room, 8, 1);
    memset(maker->pool, 0, 8); /* offset 0: the empty text */
    maker->pool_size = 8;
    return maker;
}

/* A text in the pool: length, bytes, NUL, kept at a multiple of four. */
static uint32_t pool_add(struct csi_maker *maker, struct cs_str text)
{
    if (!text.length)
        return 0;
    size_t size = (sizeof(uint32_t) + text.length + 4) & ~(size_t)3;
    maker->pool = more(maker->pool, &maker->pool_room, maker->pool_size + size, 1);
    uint32_t offset = (uint32_t)maker->pool_size, length = (uint32_t)text.length;
    memset(maker->pool + offset, 0, size);
    memcpy(maker->pool + offset, &length, sizeof length);
    memcpy(maker->pool + offset + sizeof length, text.at, text.length);
    maker->pool_size += size;
    return offset;
}

static uint32_t parent_of(struct csi_maker *maker, const struct cs_sid *sid)
{
    struct cs_sid parent = cs_sid_parent(sid);
    uint64_t hash = cs_sid_hash(&parent);
    size_t cursor = 0;
    for (uint32_t i; (i = csi_index_next(&maker->parent_index, hash, &cursor));)
        if (cs_sid_equal(&maker->parents[i - 1], &parent))
            return i - 1;
    maker->parents =
        more(maker->parents, &maker->parent_room, maker->parent_count + 1, sizeof *maker->parents);
    maker->parents[maker->parent_count++] = parent;
    csi_index_add(&maker->parent_index, hash, (uint32_t)maker->parent_count);
    return (uint32_t)maker->parent_count - 1;
}

static struct csi_row *add_row(struct csi_maker *maker)
{
    size_t id = ++maker->count;
    maker->rows = more(maker->rows, &maker->row_room, id + 1, sizeof *maker->rows);
    memset(&maker->rows[id], 0, sizeof *maker->rows);
    return &maker->rows[id];
}

void csi_maker_skip(struct csi_maker *maker)
{
    add_row(maker);
}

cs_id csi_maker_add(struct csi_maker *maker, const struct cs_principal *p)
{
    const struct cs_str texts[CSI_TEXT_COUNT] = {p->name, p->display, p->upn,     p->dns,
                                                 p->mail, p->dn,      p->comment, p->os};
    uint32_t parent = parent_of(maker, &p->sid);
    struct csi_row *row = add_row(maker);
    for (int i = 0; i < CSI_TEXT_COUNT; i++)
        row->texts[i] = pool_add(maker, texts[i]);
    row->domain = p->domain;
    row->host = p->host;
    row->parent = parent;
    row->rid = cs_sid_rid(&p->sid);
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
    return (cs_id)maker->count;
}

void csi_maker_link(struct csi_maker *maker, cs_id group, cs_id member)
{
    maker->edges =
        more(maker->edges, &maker->edge_room, maker->edge_count + 1, sizeof *maker->edges);
    maker->edges[maker->edge_count++] = (struct edge){group, member};
}

/* ----------------------------------------------------------------- finishing */

/* Group edges by one end (counting sort); which end: `by_group`. */
static struct csi_edges gather(const struct edge *edges, size_t count, size_t ids, bool by_group)
{
    struct csi_edges out = {csi_alloc_must((ids + 2) * sizeof(uint32_t)),
                            csi_alloc_must((count + 1) * sizeof(uint32_t))};
    memset(out.offsets, 0, (ids + 2) * sizeof(uint32_t));
    for (size_t i = 0; i < count; i++)
        out.offsets[(by_group ? edges[i].group : edges[i].member) + 1]++;
    for (size_t id = 0; id <= ids; id++)
        out.offsets[id + 1] += out.offsets[id];
    /* fill from each end's start; offsets slide and are set back by the shift below */
    for (size_t i = 0; i < count; i++) {
        uint32_t end = by_group ? edges[i].group : edges[i].member;
        out.at[out.offsets[end]++] = by_group ? edges[i].member : edges[i].group;
    }
    memmove(out.offsets + 1, out.offsets, (ids + 1) * sizeof(uint32_t));
    out.offsets[0] = 0;
    return out;
}

/* Edges in order of group and member, each once. */
static size_t settle_edges(struct csi_maker *maker)
{
    struct csi_edges by_member = gather(maker->edges, maker->edge_count, maker->count, false);
    size_t n = 0;
    for (uint32_t member = 1; member <= maker->count; member++)
        for (uint32_t i = by_member.offsets[member]; i < by_member.offsets[member + 1]; i++)
            maker->edges[n++] = (struct edge){by_member.at[i], member};
    csi_alloc_free(by_member.offsets);
    csi_alloc_free(by_member.at);
    struct csi_edges by_group = gather(maker->edges, n, maker->count, true);
    n = 0;
    for (uint32_t group = 1; group <= maker->count; group++)
        for (uint32_t i = by_group.offsets[group]; i < by_group.offsets[group + 1]; i++)
            if (i == by_group.offsets[group] || by_group.at[i] != by_group.at[i - 1])
                maker->edges[n++] = (struct edge){group, by_group.at[i]};
    csi_alloc_free(by_group.offsets);
    csi_alloc_free(by_group.at);
    return n;
}

uint64_t csi_name_hash(cs_id domain, cs_id host, struct cs_str name)
{
    return csi_hash_folded(name, (uint64_t)domain << 32 | host);
}

static void index_rows(struct csi_base *base)
{
    csi_index_reserve(&base->by_sid, base->count);
    csi_index_reserve(&base->by_name, base->count);
    for (cs_id id = 1; id <= base->count; id++) {
        struct cs_principal p;
        if (!csi_base_get(base, id, &p))
            continue;
        csi_index_add(&base->by_sid, cs_sid_hash(&p.sid), id);
        csi_index_add(&base->by_name, csi_name_hash(p.domain, p.host, p.name), id);
    }
}

struct csi_base *csi_maker_finish(struct csi_maker *maker)
{
    size_t edges = settle_edges(maker);
    struct csi_base *base = csi_alloc_must(sizeof *base);
    *base = (struct csi_base){
        .count = maker->count,
        .rows = maker->rows,
        .pool = maker->pool,
        .pool_size = maker->pool_size,
        .parents = maker->parents,
        .parent_count = maker->parent_count,
        .edge_count = edges,
        .members = gather(maker->edges, edges, maker->count, true),
        .member_of = gather(maker->edges, edges, maker->count, false),
    };
    csi_index_clear(&maker->parent_index);
    csi_alloc_free(maker->edges);
    csi_alloc_free(maker);
    index_rows(base);
    return base;
}

void csi_base_free(struct csi_base *base)
{
    if (!base)
        return;
    void *parts[] = {base->rows,        base->pool,
                     base->parents,     base->members.offsets,
                     base->members.at,  base->member_of.offsets,
                     base->member_of.at};
    for (size_t i = 0; i < CS_COUNT(parts); i++)
        csi_alloc_free(parts[i]);
    csi_index_clear(&base->by_sid);
    csi_index_clear(&base->by_name);
    csi_alloc_free(base);
}

/* ------------------------------------------------------------------- reading */

static struct cs_str pool_get(const struct csi_base *base, uint32_t offset)
{
    uint32_t length;
    memcpy(&length, base->pool + offset, sizeof length);
    return cs_str_span(base->pool + offset + sizeof length, length);
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
