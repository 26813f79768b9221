/* base.c - reading the flat base of the directory (see base.h).  Room: lab. */
#include "base.h"

#include <string.h>

#include "base/alloc.h"
#include "base/map.h"

/* ------------------------------------------------------------------- reading */

void csi_base_whole(const struct csi_base *base)
{
    if (base->guard)
        csi_guard_whole(base->guard);
}

struct csi_list csi_base_primary(const struct csi_base *base, const struct csi_primary_key *key)
{
    if (base->guard)
        return csi_guard_primary(base->guard, key);
    return (struct csi_list){base->primaries.ids + key->from, key->to - key->from};
}

const uint64_t *csi_base_primary_bits(const struct csi_base *base,
                                      const struct csi_primary_key *key)
{
    if (!key->row)
        return NULL;
    if (base->guard)
        return csi_guard_primary_bits(base->guard, key);
    return base->primaries.bits + (key->row - 1) * base->rolls.words;
}

struct csi_list csi_base_holding_met(const struct csi_base *base, size_t number)
{
    if (number >= base->holdings.count) /* it was made again meanwhile */
        return (struct csi_list){NULL, 0};
    const struct csi_holding *key = &base->holdings.keys[number];
    if (base->guard)
        return csi_guard_holding_met(base->guard, number);
    return (struct csi_list){base->holdings.met + key->from, key->to - key->from};
}

const uint64_t *csi_base_holding_bits(const struct csi_base *base, size_t number)
{
    if (number >= base->holdings.count)
        return NULL;
    if (base->guard)
        return csi_guard_holding_bits(base->guard, number);
    return base->holdings.bits + number * base->rolls.words;
}

const struct csi_rolls *csi_base_rolls(const struct csi_base *base)
{
    if (base->guard)
        csi_guard_rolls(base->guard);
    return &base->rolls;
}

const struct csi_rolls *csi_base_group_roll(const struct csi_base *base)
{
    if (base->guard)
        csi_guard_group_roll(base->guard);
    return &base->rolls;
}

struct cs_str csi_base_text(const struct csi_base *base, uint32_t place)
{
    uint32_t length;
    const char *at = base->pool + (size_t)place * 4;
    memcpy(&length, at, sizeof length);
    return cs_str_span(at + sizeof length, length);
}

uint64_t csi_name_hash(cs_id domain, cs_id host, struct cs_str name)
{
    return csi_hash_folded(name, (uint64_t)domain << 32 | host);
}

bool csi_base_has_sid(const struct csi_base *base, cs_id id, const struct cs_sid *sid)
{
    const struct csi_row *row = csi_base_row(base, id);
    return row->kind && row->rid == cs_sid_rid(sid) && cs_sid_in(sid, &base->parents[row->parent]);
}

bool csi_base_get(const struct csi_base *base, cs_id id, struct cs_principal *out)
{
    if (id == 0 || id > base->count)
        return false;
    const struct csi_row *row = csi_base_row(base, id);
    if (!row->kind)
        return false;
    if (base->guard)
        row = csi_guard_texts(base->guard, id);
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
        .name = csi_base_text(base, row->texts[CSI_TEXT_NAME]),
        .display = csi_base_text(base, row->texts[CSI_TEXT_DISPLAY]),
        .upn = csi_base_text(base, row->texts[CSI_TEXT_UPN]),
        .dns = csi_base_text(base, row->texts[CSI_TEXT_DNS]),
        .mail = csi_base_text(base, row->texts[CSI_TEXT_MAIL]),
        .dn = csi_base_text(base, row->texts[CSI_TEXT_DN]),
        .comment = csi_base_text(base, row->texts[CSI_TEXT_COMMENT]),
        .os = csi_base_text(base, row->texts[CSI_TEXT_OS]),
    };
    return true;
}

cs_id csi_base_by_sid(const struct csi_base *base, uint64_t hash, size_t *cursor)
{
    return base->guard ? csi_guard_next(base->guard, false, hash, cursor)
                       : csi_index_next(&base->by_sid, hash, cursor);
}

cs_id csi_base_by_name(const struct csi_base *base, uint64_t hash, size_t *cursor)
{
    return base->guard ? csi_guard_next(base->guard, true, hash, cursor)
                       : csi_index_next(&base->by_name, hash, cursor);
}

/* ------------------------------------------------------------------- the end */

void csi_edges_free(struct csi_edges *edges)
{
    csi_alloc_free(edges->offsets);
    csi_alloc_free(edges->at);
    *edges = (struct csi_edges){0};
}

static void rolls_free(struct csi_rolls *rolls)
{
    csi_alloc_free(rolls->groups);
    csi_alloc_free(rolls->computers);
    for (size_t i = 0; i < rolls->count; i++)
        csi_alloc_free(rolls->at[i].accounts);
}

void csi_base_clear(struct csi_base *base)
{
    if (base->mapped && csi_snapshot_unmap(base->mapped))
        return;
    void *parts[] = {base->rows,           base->pool,           base->parents,
                     base->tops,           base->primaries.keys, base->primaries.ids,
                     base->primaries.bits, base->holdings.keys,  base->holdings.met,
                     base->holdings.bits};
    for (size_t i = 0; i < CS_COUNT(parts); i++)
        csi_alloc_free(parts[i]);
    rolls_free(&base->rolls);
    csi_edges_free(&base->members);
    csi_edges_free(&base->member_of);
    csi_index_clear(&base->by_sid);
    csi_index_clear(&base->by_name);
}

void csi_base_free(struct csi_base *base)
{
    if (!base)
        return;
    csi_base_clear(base);
    csi_alloc_free(base);
}
