/*
 * snapshot_sound.c - is a block of a mapped base sound (see snapshot.h)?  Its checksum, and every
 * index in it against the array that it points into.
 *
 * Room: lab.
 */
#include "snapshot_in.h"

/* A block of a section: elements from `from` on. */
struct block {
    const void *at;
    size_t from, count;
};
typedef bool sound_fn(const struct csi_snapshot *s, const struct block *block);

/* Not the places of texts, which are looked at with the texts. */
static bool rows_sound(const struct csi_snapshot *s, const struct block *block)
{
    const struct csi_row *rows = block->at;
    for (size_t i = 0; i < block->count; i++)
        if (rows[i].kind > CS_FOREIGN || rows[i].scope > CS_SCOPE_MACHINE_LOCAL ||
            (rows[i].kind && rows[i].parent >= s->base->parent_count))
            return false;
    return block->from || !rows[0].kind;
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
        if (keys[i].from > keys[i].to || keys[i].to > count ||
            keys[i].row > s->base->primaries.row_count)
            return false;
    return true;
}

/* The bits of a row's word that stand for somebody. */
static uint64_t ids_of_word(size_t count, size_t word)
{
    if (word != count / 64)
        return word > count / 64 ? 0 : word ? ~UINT64_C(0) : ~UINT64_C(1);
    uint64_t up_to = UINT64_C(1) << count % 64;
    return (up_to - 1 + up_to) & (word ? ~UINT64_C(0) : ~UINT64_C(1));
}

/* Of nobody and of ids that are none there is no bit: the first word, and the last ones. */
static bool bits_sound(const struct csi_snapshot *s, const struct block *block)
{
    const uint64_t *at = block->at;
    size_t words = s->base->rolls.words, count = s->base->count, word = block->from % words;
    for (size_t i = 0; i < block->count;) {
        if (at[i] & ~ids_of_word(count, word))
            return false;
        size_t step = word && word < count / 64 ? count / 64 - word : 1;
        word = (word + step) % words;
        i += step;
    }
    return true;
}

static bool holdings_sound(const struct csi_snapshot *s, const struct block *block)
{
    const struct csi_holding *keys = block->at;
    for (size_t i = 0; i < block->count; i++)
        if (keys[i].from > keys[i].to || keys[i].to > s->base->holdings.met_count)
            return false;
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
    [CSI_SECTION_PRIMARY_BITS] = bits_sound,
    [CSI_SECTION_GROUPS] = bits_sound,
    [CSI_SECTION_COMPUTERS] = bits_sound,
    [CSI_SECTION_ACCOUNTS] = bits_sound,
    [CSI_SECTION_HOLDING_KEYS] = holdings_sound,
    [CSI_SECTION_HOLDING_MET] = ids_sound,
    [CSI_SECTION_HOLDING_BITS] = bits_sound,
    [CSI_SECTION_SID_SLOTS] = slots_sound,
    [CSI_SECTION_NAME_SLOTS] = slots_sound,
};

bool csi_snapshot_block(const struct csi_snapshot *s, enum csi_section section, size_t number)
{
    const struct csi_place *place = &s->places[section];
    const struct csi_section_kind *kind = &csi_section_kinds[section];
    size_t step = (size_t)1 << kind->shift, unit = kind->unit;
    struct block block = {.from = number * step};
    block.count = place->count - block.from < step ? place->count - block.from : step;
    block.at = s->map + place->at + block.from * unit;
    return csi_sum(block.at, block.count * unit) == s->sums[s->first[section] + number] &&
           (!sound[section] || sound[section](s, &block));
}
