/*
 * base_index.c - what a finished base knows of its rows beside their ids: names, primary groups,
 * and the rolls of who is what.  Room: lab.
 */
#include "maker.h"

#include <string.h>

#include "base/alloc.h"
#include "base/map.h"

static uint64_t *bits_new(size_t words)
{
    return memset(csi_alloc_must(words * sizeof(uint64_t)), 0, words * sizeof(uint64_t));
}

/* -------------------------------------------------------------------- names */

static uint64_t row_hash(const struct csi_base *base, cs_id id)
{
    const struct csi_row *row = &base->rows[id];
    return csi_name_hash(row->domain, row->host, csi_base_text(base, row->texts[CSI_TEXT_NAME]));
}

/* Hashes are made a few rows ahead, so that their places are there when it is their turn. */
static void index_names(struct csi_base *base)
{
    enum { AHEAD = 8 };
    uint64_t hashes[AHEAD];
    csi_index_reserve(&base->by_name, base->count);
    for (size_t i = 1; i <= base->count + AHEAD; i++) {
        uint64_t *hash = &hashes[i % AHEAD];
        if (i > AHEAD && base->rows[i - AHEAD].kind)
            csi_index_add_new(&base->by_name, *hash, (cs_id)(i - AHEAD));
        if (i > base->count)
            continue;
        *hash = row_hash(base, (cs_id)i);
        csi_index_fetch(&base->by_name, *hash);
    }
}

/* ------------------------------------------------------------- primary groups */

/* Where the key of a row is, made when it is new; rows in a row mostly share one. */
static size_t key_of(struct csi_primaries *primaries, struct csi_index *index, size_t *room,
                     const struct csi_row *row, size_t last)
{
    const struct csi_primary_key key = {.domain = row->domain, .rid = row->primary};
    const struct csi_primary_key *keys = primaries->keys;
    if (last < primaries->key_count && keys[last].domain == key.domain && keys[last].rid == key.rid)
        return last;
    uint64_t hash = csi_hash(&key, sizeof key);
    size_t cursor = 0;
    for (uint32_t i; (i = csi_index_next(index, hash, &cursor));)
        if (keys[i - 1].domain == key.domain && keys[i - 1].rid == key.rid)
            return i - 1;
    size_t number = primaries->key_count++;
    primaries->keys = csi_grow(primaries->keys, room, number + 1, sizeof key);
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

/* Bits for those that many have: no longer than their list. */
static void index_primary_bits(struct csi_base *base)
{
    struct csi_primaries *p = &base->primaries;
    size_t words = csi_row_words(base->count);
    for (size_t i = 0; i < p->key_count; i++)
        if (p->keys[i].to - p->keys[i].from >= words * 2)
            p->keys[i].row = (uint32_t)++p->row_count;
    p->bits = bits_new(words * p->row_count);
    for (size_t i = 0; i < p->key_count; i++)
        for (uint32_t k = p->keys[i].from; p->keys[i].row && k < p->keys[i].to; k++)
            p->bits[(p->keys[i].row - 1) * words + p->ids[k] / 64] |= UINT64_C(1) << p->ids[k] % 64;
}

/* -------------------------------------------------------------------- rolls */

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
    *rolls = (struct csi_rolls){.words = csi_row_words(base->count), .whole = true};
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

void csi_base_index(struct csi_base *base)
{
    index_names(base);
    index_primaries(base);
    index_primary_bits(base);
    call_roll(base);
}
