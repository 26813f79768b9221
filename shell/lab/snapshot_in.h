/*
 * snapshot_in.h - the format of a snapshot, shared by its writer and its reader.
 *
 *     head        one page
 *     sections    the arrays, each from the beginning of a page
 *     sums        a checksum a block, section by section
 *
 * A block is a power of two of its section's elements: 32 KiB of what is read in long runs, 4 to
 * 9 KiB of what is looked up here and there.  Numbers are the machine's own: a file from another
 * kind of machine is refused by its head, and made again.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_SNAPSHOT_IN_H
#define CERTSH_LAB_SNAPSHOT_IN_H

#include "snapshot.h"

enum { CSI_SNAPSHOT_VERSION = 2, CSI_SNAPSHOT_PAGE = 4096, CSI_SNAPSHOT_BLOCK = 65536 };

enum csi_section {
    CSI_SECTION_ROWS,
    CSI_SECTION_POOL,
    CSI_SECTION_PARENTS,
    CSI_SECTION_TOPS,
    CSI_SECTION_MEMBERS_FROM,
    CSI_SECTION_MEMBERS,
    CSI_SECTION_MEMBER_OF_FROM,
    CSI_SECTION_MEMBER_OF,
    CSI_SECTION_PRIMARY_KEYS,
    CSI_SECTION_PRIMARY_IDS,
    CSI_SECTION_PRIMARY_BITS,
    CSI_SECTION_ROLL_DOMAINS,
    CSI_SECTION_GROUPS,
    CSI_SECTION_COMPUTERS,
    CSI_SECTION_ACCOUNTS,
    CSI_SECTION_HOLDING_KEYS,
    CSI_SECTION_HOLDING_MET,
    CSI_SECTION_HOLDING_BITS,
    CSI_SECTION_SID_SLOTS,
    CSI_SECTION_NAME_SLOTS,
    CSI_SECTIONS
};

/* Rows are asked for one by one, in loops over everybody: their block is found without a look. */
enum { CSI_SNAPSHOT_ROW_SHIFT = 7 };

/* Name and element of a section; a block of it has 1 << shift elements. */
struct csi_section_kind {
    const char *name;
    uint32_t unit, shift;
};
extern const struct csi_section_kind csi_section_kinds[CSI_SECTIONS];

/* A section in the file: where, and how many elements. */
struct csi_place {
    uint64_t at, count;
};

struct csi_snapshot_head {
    char magic[16];
    uint32_t version, order;
    uint32_t sizes[8]; /* of the structures inside: see csi_snapshot_sizes */
    unsigned char lab[16];
    uint64_t generation;
    uint64_t size; /* of the file */
    struct csi_place places[CSI_SECTIONS];
    uint64_t sid_used, name_used; /* slots */
    uint64_t whole;               /* rolls of all domains */
    uint64_t forests;             /* what the holdings rest on */
    uint64_t sums_at, sums_sum;
    uint64_t sum; /* of all before */
};

/* A head with everything that is the same in all files. */
struct csi_snapshot_head csi_snapshot_head(const struct csi_snapshot_of *of);
/* How many elements each section of such a base has; only its counts are read. */
void csi_snapshot_counts(const struct csi_base *base, size_t counts[CSI_SECTIONS]);
size_t csi_snapshot_blocks(enum csi_section section, size_t count);
/* Sixty-four bits of these bytes: no single changed byte leaves them the same. */
uint64_t csi_sum(const void *bytes, size_t size);

struct csi_snapshot {
    struct csi_base *base;
    const char *map;
    size_t size;
    char *path;
    struct csi_rebuild rebuild;
    uint64_t generation;
    bool healed; /* the base's arrays are allocated by now */
    struct csi_place places[CSI_SECTIONS];
    size_t first[CSI_SECTIONS + 1]; /* block of each section, in sums and seen */
    const uint64_t *sums;
    uint64_t *seen; /* a bit a block that is sound */
};

/* Is this block sound?  Its checksum, and every index in it. */
bool csi_snapshot_block(const struct csi_snapshot *s, enum csi_section section, size_t block);
/* Have elements of a section checked; false when the base had to be made again. */
bool csi_guard_need(struct csi_snapshot *s, enum csi_section section, size_t from, size_t count);

#endif
