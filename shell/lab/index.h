/*
 * index.h - from a hash to ids, several where they collide.
 *
 * Nothing is ever removed: whoever looks up verifies each id against the record as it is now.
 * That keeps indexes right over undo and redo without any bookkeeping.
 *
 *     size_t cursor = 0;
 *     for (uint32_t id; (id = csi_index_next(&index, hash, &cursor));)
 *         if (matches(id)) ...
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_INDEX_H
#define CERTSH_LAB_INDEX_H

#include <certsh/base.h>

struct csi_index_slot {
    uint32_t tag; /* upper half of the hash */
    uint32_t id;  /* 0 is free */
};
struct csi_index {
    struct csi_index_slot *slots;
    size_t room, used;
};

/* Room for `count` ids at once, so that bulk building does not grow step by step. */
void csi_index_reserve(struct csi_index *index, size_t count);
/* Add, unless this hash and id are there already. */
void csi_index_add(struct csi_index *index, uint64_t hash, uint32_t id);
/* The same for one that is certainly not there. */
void csi_index_add_new(struct csi_index *index, uint64_t hash, uint32_t id);
/* Where the search for a hash begins, and what its slots say. */
size_t csi_index_home(const struct csi_index *index, uint64_t hash);
uint32_t csi_index_tag(uint64_t hash);
/* The next id with that hash, 0 at the end; `cursor` begins at 0. */
uint32_t csi_index_next(const struct csi_index *index, uint64_t hash, size_t *cursor);
/* Ask memory for the place of that hash, for a look-up soon. */
void csi_index_fetch(const struct csi_index *index, uint64_t hash);
/* The first id there, whatever its hash; 0 for none. */
uint32_t csi_index_likely(const struct csi_index *index, uint64_t hash);
void csi_index_clear(struct csi_index *index);

#endif
