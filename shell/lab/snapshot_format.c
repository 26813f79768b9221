/* snapshot_format.c - the sections of a snapshot and its checksum (see snapshot_in.h).  Room: lab.
 */
#include "snapshot_in.h"

#include <stddef.h>
#include <string.h>

const struct csi_section_kind csi_section_kinds[CSI_SECTIONS] = {
    [CSI_SECTION_ROWS] = {"rows", sizeof(struct csi_row), CSI_SNAPSHOT_ROW_SHIFT},
    [CSI_SECTION_POOL] = {"texts", 4, 11},
    [CSI_SECTION_PARENTS] = {"authorities", sizeof(struct cs_sid), 9},
    [CSI_SECTION_TOPS] = {"largest RIDs", 4, 13},
    [CSI_SECTION_MEMBERS_FROM] = {"offsets of members", 4, 13},
    [CSI_SECTION_MEMBERS] = {"members", 4, 13},
    [CSI_SECTION_MEMBER_OF_FROM] = {"offsets of groups", 4, 13},
    [CSI_SECTION_MEMBER_OF] = {"groups by member", 4, 13},
    [CSI_SECTION_PRIMARY_KEYS] = {"primary groups", sizeof(struct csi_primary_key), 10},
    [CSI_SECTION_PRIMARY_IDS] = {"accounts by primary group", 4, 13},
    [CSI_SECTION_PRIMARY_BITS] = {"rolls by primary group", 8, 12},
    [CSI_SECTION_ROLL_DOMAINS] = {"domains", 4, 13},
    [CSI_SECTION_GROUPS] = {"roll of groups", 8, 12},
    [CSI_SECTION_COMPUTERS] = {"roll of computers", 8, 12},
    [CSI_SECTION_ACCOUNTS] = {"rolls of accounts", 8, 12},
    [CSI_SECTION_HOLDING_KEYS] = {"holdings", sizeof(struct csi_holding), 10},
    [CSI_SECTION_HOLDING_MET] = {"groups of holdings", 4, 13},
    [CSI_SECTION_HOLDING_BITS] = {"rolls of holdings", 8, 12},
    [CSI_SECTION_SID_SLOTS] = {"index of SIDs", sizeof(struct csi_index_slot), 9},
    [CSI_SECTION_NAME_SLOTS] = {"index of names", sizeof(struct csi_index_slot), 9},
};

size_t csi_snapshot_blocks(enum csi_section section, size_t count)
{
    uint32_t shift = csi_section_kinds[section].shift;
    return (count >> shift) + ((count & ((UINT64_C(1) << shift) - 1)) != 0);
}

static size_t primary_count(const struct csi_primaries *primaries)
{
    return primaries->key_count ? primaries->keys[primaries->key_count - 1].to : 0;
}

void csi_snapshot_counts(const struct csi_base *base, size_t counts[CSI_SECTIONS])
{
    const struct csi_rolls *rolls = &base->rolls;
    counts[CSI_SECTION_ROWS] = base->count + 1;
    counts[CSI_SECTION_POOL] = base->pool_size / 4;
    counts[CSI_SECTION_PARENTS] = counts[CSI_SECTION_TOPS] = base->parent_count;
    counts[CSI_SECTION_MEMBERS_FROM] = counts[CSI_SECTION_MEMBER_OF_FROM] = base->count + 2;
    counts[CSI_SECTION_MEMBERS] = counts[CSI_SECTION_MEMBER_OF] = base->edge_count;
    counts[CSI_SECTION_PRIMARY_KEYS] = base->primaries.key_count;
    counts[CSI_SECTION_PRIMARY_IDS] = primary_count(&base->primaries);
    counts[CSI_SECTION_PRIMARY_BITS] = base->primaries.row_count * rolls->words;
    counts[CSI_SECTION_ROLL_DOMAINS] = rolls->count;
    counts[CSI_SECTION_GROUPS] = counts[CSI_SECTION_COMPUTERS] = rolls->words;
    counts[CSI_SECTION_ACCOUNTS] = rolls->count * rolls->words;
    counts[CSI_SECTION_HOLDING_KEYS] = base->holdings.count;
    counts[CSI_SECTION_HOLDING_MET] = base->holdings.met_count;
    counts[CSI_SECTION_HOLDING_BITS] = base->holdings.count * rolls->words;
    counts[CSI_SECTION_SID_SLOTS] = base->by_sid.room;
    counts[CSI_SECTION_NAME_SLOTS] = base->by_name.room;
}

/* What a file depends on beside its version. */
static const uint32_t sizes[8] = {sizeof(struct csi_snapshot_head),
                                  sizeof(struct csi_row),
                                  sizeof(struct cs_sid),
                                  sizeof(struct csi_primary_key),
                                  sizeof(struct csi_index_slot),
                                  offsetof(struct csi_row, kind),
                                  sizeof(struct csi_holding),
                                  CS_SET_BLOCK};

struct csi_snapshot_head csi_snapshot_head(const struct csi_snapshot_of *of)
{
    struct csi_snapshot_head head;
    memset(&head, 0, sizeof head);
    memcpy(head.magic, "certsh snapshot", sizeof head.magic);
    head.version = CSI_SNAPSHOT_VERSION;
    head.order = 0x01020304;
    memcpy(head.sizes, sizes, sizeof head.sizes);
    memcpy(head.lab, of->lab, sizeof head.lab);
    head.generation = of->generation;
    return head;
}

/* ------------------------------------------------------------------ checksum */

/* Each step can be undone when its word is known, so a change never gets lost on its way. */
static uint64_t stir(uint64_t lane, uint64_t word)
{
    lane = (lane ^ word) * 0x9e3779b97f4a7c15u;
    return lane ^ lane >> 29;
}

/* Eight lanes side by side: as fast as memory comes. */
uint64_t csi_sum(const void *bytes, size_t size)
{
    uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, words[8], sum = size;
    const char *at = bytes;
    for (; size >= sizeof words; at += sizeof words, size -= sizeof words) {
        memcpy(words, at, sizeof words);
        a = stir(a, words[0]);
        b = stir(b, words[1]);
        c = stir(c, words[2]);
        d = stir(d, words[3]);
        e = stir(e, words[4]);
        f = stir(f, words[5]);
        g = stir(g, words[6]);
        h = stir(h, words[7]);
    }
    memset(words, 0, sizeof words);
    if (size)
        memcpy(words, at, size);
    const uint64_t lanes[8] = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; i++)
        sum = stir(sum, stir(lanes[i], words[i]));
    return sum;
}
