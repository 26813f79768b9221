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

/* ------------------------------------------------------ what a block may hold */

/* A block of a section: elements from `from` on. */
struct block {
    const void *at;
    size_t from, count;
};
typedef bool sound_fn(const struct csi_snapshot *s, const struct block *block);

static bool rows_sound(const struct csi_snapshot *s, const struct block *block)
{
    const struct csi_row *rows = block->at;
    uint32_t most = 0, end = (uint32_t)(s->base->pool_size / 4 - 1);
    for (size_t i = 0; i < block->count; i++) {
        for (int k = 0; k < CSI_TEXT_COUNT; k++)
            most = rows[i].texts[k] > most ? rows[i].texts[k] : most;
        if (rows[i].kind > CS_FOREIGN || rows[i].scope > CS_SCOPE_MACHINE_LOCAL ||
            (rows[i].kind && rows[i].parent >= s->base->parent_count))
            return false;
    }
    return most < end && (block->from || !rows[0].kind);
}

static bool parents_sound(const struct csi_snapshot *s, const struct block *block)
{
    const struct cs_sid *parents = block->at;
    (void)s;
    for (size_t i = 0; i < block->count; i++)
        if (parents[i].count >= CS_SID_MAX_SUBS) /* one more to come, the RID */
            return false;
    return true;
}

static bool offsets_sound(const struct csi_snapshot *s, const struct block *block)
{
    const uint32_t *at = block->at;
    for (size_t i = 1; i < block->count; i++)
        if (at[i] < at[i - 1])
            return false;
    return at[block->count - 1] <= s->base->edge_count;
}

static bool ids_sound(const struct csi_snapshot *s, const struct block *block)
{
    const uint32_t *at = block->at;
    uint32_t most = 0, least = UINT32_MAX;
    for (size_t i = 0; i < block->count; i++) {
        most = at[i] > most ? at[i] : most;
        least = at[i] < least ? at[i] : least;
    }
    return most <= s->base->count && least > 0;
}

static bool keys_sound(const struct csi_snapshot *s, const struct block *block)
{
    const struct csi_primary_key *keys = block->at;
    size_t count = s->places[CSI_SECTION_PRIMARY_IDS].count;
    for (size_t i = 0; i < block->count; i++)
        if (keys[i].from > keys[i].to || keys[i].to > count)
            return false;
    return true;
}

/* Of nobody and of ids that are none there is no bit. */
static bool bits_sound(const struct csi_snapshot *s, const struct block *block)
{
    const uint64_t *at = block->at;
    size_t words = s->base->rolls.words, end = block->from + block->count;
    uint64_t count = s->base->count, beyond = count % 64 == 63 ? 0 : ~UINT64_C(1) << count % 64;
    for (size_t roll = block->from / words * words; roll < end; roll += words) {
        size_t last = roll + words - 1;
        if ((roll >= block->from && at[roll - block->from] & 1) ||
            (last >= block->from && last < end && at[last - block->from] & beyond))
            return false;
    }
    return true;
}

static bool slots_sound(const struct csi_snapshot *s, const struct block *block)
{
    const struct csi_index_slot *slots = block->at;
    uint32_t most = 0;
    for (size_t i = 0; i < block->count; i++)
        most = slots[i].id > most ? slots[i].id : most;
    return most <= s->base->count;
}

/* Texts are looked at one by one (need_text); largest RIDs and domains are mere numbers. */
static sound_fn *const sound[CSI_SECTIONS] = {
    [CSI_SECTION_ROWS] = rows_sound,
    [CSI_SECTION_PARENTS] = parents_sound,
    [CSI_SECTION_MEMBERS_FROM] = offsets_sound,
    [CSI_SECTION_MEMBERS] = ids_sound,
    [CSI_SECTION_MEMBER_OF_FROM] = offsets_sound,
    [CSI_SECTION_MEMBER_OF] = ids_sound,
    [CSI_SECTION_PRIMARY_KEYS] = keys_sound,
    [CSI_SECTION_PRIMARY_IDS] = ids_sound,
    [CSI_SECTION_GROUPS] = bits_sound,
    [CSI_SECTION_COMPUTERS] = bits_sound,
    [CSI_SECTION_ACCOUNTS] = bits_sound,
    [CSI_SECTION_SID_SLOTS] = slots_sound,
    [CSI_SECTION_NAME_SLOTS] = slots_sound,
};

bool csi_snapshot_block(const struct csi_snapshot *s, enum csi_section section, size_t number)
{
    const struct csi_place *place = &s->places[section];
    size_t step = csi_section_step(section), unit = csi_section_kind(section)->unit;
    struct block block = {.from = number * step};
    block.count = place->count - block.from < step ? place->count - block.from : step;
    block.at = s->map + place->at + block.from * unit;
    return csi_sum(block.at, block.count * unit) == s->sums[s->first[section] + number] &&
           (!sound[section] || sound[section](s, &block));
}

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
        fresh = s->rebuild.make(s->rebuild.context, &why);
    if (!fresh)
        give_up(s, &why);
    s->healed = true;
    *base = *fresh;
    base->mapped = s;
    csi_alloc_free(fresh);
}

/* --------------------------------------------------------------------- needs */

static bool need_block(struct csi_snapshot *s, enum csi_section section, size_t block)
{
    size_t number = s->first[section] + block;
    if (s->seen[number / 64] >> number % 64 & 1)
        return true;
    if (!csi_snapshot_block(s, section, block)) {
        heal(s);
        return false;
    }
    s->seen[number / 64] |= UINT64_C(1) << number % 64;
    return true;
}

bool csi_guard_need(struct csi_snapshot *s, enum csi_section section, size_t from, size_t count)
{
    size_t step = csi_section_step(section);
    if (!count)
        return true;
    for (size_t block = from / step; block <= (from + count - 1) / step; block++)
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
struct csi_list csi_guard_primary(struct csi_snapshot *s, const struct csi_primary_key *key)
{
    const struct csi_base *base = s->base;
    const struct csi_primary_key wanted = *key;
    if (csi_guard_need(s, CSI_SECTION_PRIMARY_IDS, wanted.from, wanted.to - wanted.from))
        return (struct csi_list){base->primaries.ids + wanted.from, wanted.to - wanted.from};
    for (size_t i = 0; i < base->primaries.key_count; i++)
        if (base->primaries.keys[i].domain == wanted.domain &&
            base->primaries.keys[i].rid == wanted.rid)
            return csi_base_primary(base, &base->primaries.keys[i]);
    return (struct csi_list){NULL, 0};
}

const struct csi_row *csi_guard_row(struct csi_snapshot *s, cs_id id)
{
    csi_guard_need(s, CSI_SECTION_ROWS, id, 1);
    return &s->base->rows[id];
}

/* Length, bytes and a NUL, all inside the pool. */
static bool need_text(struct csi_snapshot *s, uint32_t place)
{
    uint32_t length;
    if (!csi_guard_need(s, CSI_SECTION_POOL, place, 1))
        return false;
    const char *at = s->base->pool + (size_t)place * 4;
    memcpy(&length, at, sizeof length);
    size_t room = s->base->pool_size - (size_t)place * 4 - sizeof length;
    if (length < room && csi_guard_need(s, CSI_SECTION_POOL, place, 2 + (size_t)length / 4))
        return at[sizeof length + length] == '\0' || (heal(s), false);
    if (s->base->guard)
        heal(s);
    return false;
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
    (void)(need_all(s, CSI_SECTION_GROUPS) && need_all(s, CSI_SECTION_COMPUTERS) &&
           need_all(s, CSI_SECTION_ACCOUNTS));
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

/* All texts are inside the pool, one by one, when every block of it is sound. */
static bool need_texts(struct csi_snapshot *s)
{
    for (cs_id id = 1; id < s->places[CSI_SECTION_ROWS].count && s->base->guard; id++)
        for (int i = 0; i < CSI_TEXT_COUNT && s->base->guard; i++)
            need_text(s, s->base->rows[id].texts[i]);
    return s->base->guard != NULL;
}

/* An index has as many slots in use as it says, for whoever adds to a copy counts on the rest. */
static bool need_used(struct csi_snapshot *s, bool by_name)
{
    const struct csi_index *index = by_name ? &s->base->by_name : &s->base->by_sid;
    size_t used = 0;
    for (size_t i = 0; i < index->room; i++)
        used += index->slots[i].id != 0;
    if (used != index->used)
        heal(s);
    return s->base->guard != NULL;
}

void csi_guard_whole(struct csi_snapshot *s)
{
    bool good = true;
    for (enum csi_section i = 0; good && i < CSI_SECTIONS; i++)
        good = need_all(s, i);
    for (cs_id id = 1; good && id < s->places[CSI_SECTION_ROWS].count; id++)
        good = need_list(s, CSI_SECTION_MEMBERS_FROM, id, s->base->members.offsets + id) &&
               need_list(s, CSI_SECTION_MEMBER_OF_FROM, id, s->base->member_of.offsets + id);
    if (good && need_used(s, false) && need_used(s, true) && need_texts(s))
        s->base->guard = NULL;
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
                               csi_section_kind(i)->name);
    return CS_OK;
}
