/*
 * snapshot_guard.c - a mapped base is looked at before it is used (see snapshot.h).
 *
 * Every question to a base with a guard comes here, names the elements it is going to read, and
 * has their blocks checked unless they were.  When a block is damaged the base is made again:
 * its arrays are other ones from then on, and the question is asked once more.  What was handed
 * out before stays readable, for the file stays mapped, and right, for it was checked.
 *
 * Room: lab.
 */
#define _POSIX_C_SOURCE 200809L
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "snapshot_in.h"

/* ------------------------------------------------------------------- healing */

/* Neither the snapshot nor the lab file: there is nothing to answer from. */
static void give_up(const struct csi_snapshot *s, const struct cs_error *why)
{
    csi_stop("snapshot '%s' is damaged, and the lab file cannot be read: %s", s->path, why->text);
}

static void heal(struct csi_snapshot *s)
{
    struct cs_error why = {.text = "nobody knows how"};
    struct csi_base *base = s->base, *fresh = NULL;
    unlink(s->path); /* the next one to open the lab writes another */
    if (s->rebuild.make)
        fresh = s->rebuild.make(s->rebuild.context, s->generation, &why);
    if (!fresh)
        give_up(s, &why);
    s->healed = true;
    *base = *fresh;
    base->mapped = s;
    csi_alloc_free(fresh);
}

/* --------------------------------------------------------------------- needs */

static bool look_at(struct csi_snapshot *s, enum csi_section section, size_t block)
{
    size_t number = s->first[section] + block;
    if (!csi_snapshot_block(s, section, block)) {
        heal(s);
        return false;
    }
    s->seen[number / 64] |= UINT64_C(1) << number % 64;
    return true;
}

static inline bool need_block(struct csi_snapshot *s, enum csi_section section, size_t block)
{
    size_t number = s->first[section] + block;
    return s->seen[number / 64] >> number % 64 & 1 || look_at(s, section, block);
}

bool csi_guard_need(struct csi_snapshot *s, enum csi_section section, size_t from, size_t count)
{
    uint32_t shift = csi_section_kinds[section].shift;
    if (!count)
        return true;
    for (size_t block = from >> shift; block <= (from + count - 1) >> shift; block++)
        if (!need_block(s, section, block))
            return false;
    return true;
}

static bool need_all(struct csi_snapshot *s, enum csi_section section)
{
    return csi_guard_need(s, section, 0, s->places[section].count);
}

/*
 * The list of an id, in the section after its offsets; two offsets on both sides of a block's
 * border are compared here.
 */
static bool need_list(struct csi_snapshot *s, enum csi_section offsets, cs_id id,
                      const uint32_t *from)
{
    if (!csi_guard_need(s, offsets, id, 2))
        return false;
    if (from[0] <= from[1])
        return csi_guard_need(s, offsets + 1, from[0], from[1] - from[0]);
    heal(s);
    return false;
}

struct csi_list csi_guard_members(struct csi_snapshot *s, cs_id group)
{
    const struct csi_edges edges = s->base->members;
    return need_list(s, CSI_SECTION_MEMBERS_FROM, group, edges.offsets + group)
               ? csi_edges_list(&edges, group)
               : csi_base_members(s->base, group);
}

struct csi_list csi_guard_member_of(struct csi_snapshot *s, cs_id id)
{
    const struct csi_edges edges = s->base->member_of;
    return need_list(s, CSI_SECTION_MEMBER_OF_FROM, id, edges.offsets + id)
               ? csi_edges_list(&edges, id)
               : csi_base_member_of(s->base, id);
}

/* A base that was made again may count its keys in another order. */
static const struct csi_primary_key *same_key(const struct csi_base *base,
                                              const struct csi_primary_key *like)
{
    static const struct csi_primary_key none;
    for (size_t i = 0; i < base->primaries.key_count; i++)
        if (base->primaries.keys[i].domain == like->domain &&
            base->primaries.keys[i].rid == like->rid)
            return &base->primaries.keys[i];
    return &none;
}

struct csi_list csi_guard_primary(struct csi_snapshot *s, const struct csi_primary_key *key)
{
    const struct csi_base *base = s->base;
    const struct csi_primary_key wanted = *key;
    return csi_guard_need(s, CSI_SECTION_PRIMARY_IDS, wanted.from, wanted.to - wanted.from)
               ? (struct csi_list){base->primaries.ids + wanted.from, wanted.to - wanted.from}
               : csi_base_primary(base, same_key(base, &wanted));
}

const uint64_t *csi_guard_primary_bits(struct csi_snapshot *s, const struct csi_primary_key *key)
{
    const struct csi_base *base = s->base;
    const struct csi_primary_key wanted = *key;
    size_t words = base->rolls.words, from = (wanted.row - 1) * words;
    return csi_guard_need(s, CSI_SECTION_PRIMARY_BITS, from, words)
               ? base->primaries.bits + from
               : csi_base_primary_bits(base, same_key(base, &wanted));
}

/* A base that was made again has no holdings: they are walked for. */
struct csi_list csi_guard_holding_met(struct csi_snapshot *s, size_t number)
{
    const struct csi_holdings *holdings = &s->base->holdings;
    const struct csi_holding key = holdings->keys[number];
    return csi_guard_need(s, CSI_SECTION_HOLDING_MET, key.from, key.to - key.from)
               ? (struct csi_list){holdings->met + key.from, key.to - key.from}
               : (struct csi_list){NULL, 0};
}

const uint64_t *csi_guard_holding_bits(struct csi_snapshot *s, size_t number)
{
    const struct csi_base *base = s->base;
    size_t words = base->rolls.words, from = number * words;
    return csi_guard_need(s, CSI_SECTION_HOLDING_BITS, from, words) ? base->holdings.bits + from
                                                                    : NULL;
}

const struct csi_row *csi_guard_row(struct csi_snapshot *s, cs_id id)
{
    size_t block = id >> CSI_SNAPSHOT_ROW_SHIFT; /* rows are the first section */
    if (!(s->seen[block / 64] >> block % 64 & 1))
        look_at(s, CSI_SECTION_ROWS, block);
    return &s->base->rows[id];
}

/* Length, bytes and a NUL, all inside the pool; `length` is that of the text. */
static bool text_fits(const struct csi_base *base, uint32_t place, uint32_t *length)
{
    size_t at = (size_t)place * 4;
    if (at >= base->pool_size)
        return false;
    memcpy(length, base->pool + at, sizeof *length);
    return *length < base->pool_size - at - sizeof *length;
}

static bool text_sound(const struct csi_base *base, uint32_t place)
{
    uint32_t length;
    return text_fits(base, place, &length) &&
           base->pool[(size_t)place * 4 + sizeof length + length] == '\0';
}

static void need_text(struct csi_snapshot *s, uint32_t place)
{
    uint32_t length;
    bool fits = place < s->places[CSI_SECTION_POOL].count;
    if (fits && !csi_guard_need(s, CSI_SECTION_POOL, place, 1))
        return;
    fits = fits && text_fits(s->base, place, &length);
    if (fits && !csi_guard_need(s, CSI_SECTION_POOL, place, 2 + (size_t)length / 4))
        return;
    if (!fits || !text_sound(s->base, place))
        heal(s);
}

const struct csi_row *csi_guard_texts(struct csi_snapshot *s, cs_id id)
{
    const struct csi_row *row = csi_guard_row(s, id);
    for (int i = 0; i < CSI_TEXT_COUNT && s->base->guard; i++)
        need_text(s, row->texts[i]);
    return &s->base->rows[id];
}

void csi_guard_rolls(struct csi_snapshot *s)
{
    (void)(need_all(s, CSI_SECTION_COMPUTERS) && need_all(s, CSI_SECTION_ACCOUNTS));
}

void csi_guard_group_roll(struct csi_snapshot *s)
{
    (void)need_all(s, CSI_SECTION_GROUPS);
}

/* As csi_index_next, slot by slot. */
cs_id csi_guard_next(struct csi_snapshot *s, bool by_name, uint64_t hash, size_t *cursor)
{
    const struct csi_base *base = s->base;
    const struct csi_index *index = by_name ? &base->by_name : &base->by_sid;
    enum csi_section section = by_name ? CSI_SECTION_NAME_SLOTS : CSI_SECTION_SID_SLOTS;
    for (size_t i = *cursor; i < index->room; i++) {
        size_t at = (csi_index_home(index, hash) + i) & (index->room - 1);
        if (!csi_guard_need(s, section, at, 1))
            return csi_index_next(index, hash, cursor);
        const struct csi_index_slot slot = index->slots[at];
        if (!slot.id)
            return 0;
        *cursor = i + 1;
        if (slot.tag == csi_index_tag(hash))
            return slot.id;
    }
    return 0;
}

/* --------------------------------------------------------------------- whole */

/* Offsets rise over the borders of blocks, too. */
static bool borders_sound(const struct csi_snapshot *s, enum csi_section section,
                          const uint32_t *offsets)
{
    size_t step = (size_t)1 << csi_section_kinds[section].shift;
    for (size_t i = step; i < s->places[section].count; i += step)
        if (offsets[i] < offsets[i - 1])
            return false;
    return true;
}

/* As many slots in use as it says, for whoever adds to a copy counts on the others. */
static bool used_sound(const struct csi_index *index)
{
    size_t used = 0;
    for (size_t i = 0; i < index->room; i++)
        used += index->slots[i].id != 0;
    return used == index->used;
}

static bool texts_sound(const struct csi_base *base)
{
    for (cs_id id = 1; id <= base->count; id++)
        for (int i = 0; i < CSI_TEXT_COUNT; i++)
            if (!text_sound(base, base->rows[id].texts[i]))
                return false;
    return true;
}

void csi_guard_whole(struct csi_snapshot *s)
{
    struct csi_base *base = s->base;
    for (enum csi_section i = 0; i < CSI_SECTIONS; i++)
        if (!need_all(s, i))
            return;
    if (borders_sound(s, CSI_SECTION_MEMBERS_FROM, base->members.offsets) &&
        borders_sound(s, CSI_SECTION_MEMBER_OF_FROM, base->member_of.offsets) &&
        used_sound(&base->by_sid) && used_sound(&base->by_name) && texts_sound(base))
        base->guard = NULL;
    else
        heal(s);
}

cs_status csi_snapshot_check(const struct csi_base *base, struct cs_error *err)
{
    const struct csi_snapshot *s = base->mapped;
    if (!s || s->healed)
        return CS_OK;
    for (enum csi_section i = 0; i < CSI_SECTIONS; i++)
        for (size_t b = 0; b < s->first[i + 1] - s->first[i]; b++)
            if (!csi_snapshot_block(s, i, b))
                return cs_fail(err, CS_INVALID, "snapshot '%s' is damaged: %s", s->path,
                               csi_section_kinds[i].name);
    return CS_OK;
}
