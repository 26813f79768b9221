/* index.c - open addressing from hash to ids (see index.h).  Room: lab. */
#include "index.h"

#include <string.h>

#include "base/alloc.h"

static size_t home(const struct csi_index *index, uint64_t hash)
{
    return (size_t)(hash * 0x9e3779b97f4a7c15u >> 17) & (index->room - 1);
}

static void place(struct csi_index *index, uint64_t hash, struct csi_index_slot slot)
{
    size_t i = home(index, hash);
    while (index->slots[i].id)
        i = (i + 1) & (index->room - 1);
    index->slots[i] = slot;
    index->used++;
}

/*
 * The home of a slot follows from the whole hash, of which only the tag is kept; so the tag
 * is what homes are computed from.
 */
static uint64_t whole(uint64_t hash)
{
    return hash >> 32;
}

size_t csi_index_home(const struct csi_index *index, uint64_t hash)
{
    return home(index, whole(hash));
}

uint32_t csi_index_tag(uint64_t hash)
{
    return (uint32_t)whole(hash);
}

void csi_index_reserve(struct csi_index *index, size_t count)
{
    if (count * 4 <= index->room * 3)
        return;
    struct csi_index old = *index;
    size_t room = old.room ? old.room : 16;
    while (count * 4 > room * 3)
        room *= 2;
    *index = (struct csi_index){.slots = csi_alloc_must(room * sizeof *old.slots), .room = room};
    memset(index->slots, 0, room * sizeof *old.slots);
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i].id)
            place(index, old.slots[i].tag, old.slots[i]);
    csi_alloc_free(old.slots);
}

uint32_t csi_index_next(const struct csi_index *index, uint64_t hash, size_t *cursor)
{
    if (!index->room)
        return 0;
    hash = whole(hash);
    size_t start = home(index, hash);
    for (size_t i = *cursor; i < index->room; i++) {
        struct csi_index_slot slot = index->slots[(start + i) & (index->room - 1)];
        if (!slot.id)
            return 0;
        if (slot.tag != (uint32_t)hash)
            continue;
        *cursor = i + 1;
        return slot.id;
    }
    return 0;
}

void csi_index_add(struct csi_index *index, uint64_t hash, uint32_t id)
{
    size_t cursor = 0;
    for (uint32_t there; (there = csi_index_next(index, hash, &cursor));)
        if (there == id)
            return;
    csi_index_add_new(index, hash, id);
}

void csi_index_add_new(struct csi_index *index, uint64_t hash, uint32_t id)
{
    csi_index_reserve(index, index->used + 1);
    place(index, whole(hash), (struct csi_index_slot){(uint32_t)whole(hash), id});
}

void csi_index_fetch(const struct csi_index *index, uint64_t hash)
{
    if (index->room)
        __builtin_prefetch(&index->slots[home(index, whole(hash))]);
}

uint32_t csi_index_likely(const struct csi_index *index, uint64_t hash)
{
    return index->room ? index->slots[home(index, whole(hash))].id : 0;
}

void csi_index_clear(struct csi_index *index)
{
    csi_alloc_free(index->slots);
    *index = (struct csi_index){0};
}
