/* map.c - open addressing from text to number (see map.h).  Room: base. */
#include "map.h"

#include <string.h>

#include "alloc.h"

uint64_t csi_hash(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    uint64_t hash = 0x9e3779b97f4a7c15u ^ size;
    for (; size >= 8; at += 8, size -= 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    for (; size; at++, size--)
        hash = (hash ^ *at) * 0x100000001b3u;
    hash *= 0xc4ceb9fe1a85ec53u;
    return hash ^ hash >> 29;
}

/* The slot of `key`, or the one where it would go. */
static struct csi_map_slot *slot_of(const struct csi_map *map, struct cs_str key, uint64_t hash)
{
    size_t i = hash & (map->room - 1);
    while (map->slots[i].used &&
           !(map->slots[i].hash == hash && cs_str_equal(map->slots[i].key, key)))
        i = (i + 1) & (map->room - 1);
    return &map->slots[i];
}

uint32_t csi_map_get(const struct csi_map *map, struct cs_str key)
{
    return map->room ? slot_of(map, key, csi_hash(key.at, key.length))->value : 0;
}

static void grow(struct csi_map *map)
{
    struct csi_map old = *map;
    size_t room = old.count * 2 < old.room ? old.room : old.room * 2;
    *map = (struct csi_map){.room = room ? room : 16};
    map->slots = csi_alloc_must(map->room * sizeof *map->slots);
    memset(map->slots, 0, map->room * sizeof *map->slots);
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i].value)
            csi_map_set(map, old.slots[i].key, old.slots[i].value);
    csi_alloc_free(old.slots);
}

void csi_map_set(struct csi_map *map, struct cs_str key, uint32_t value)
{
    if ((map->used + 1) * 4 > map->room * 3)
        grow(map);
    uint64_t hash = csi_hash(key.at, key.length);
    struct csi_map_slot *slot = slot_of(map, key, hash);
    if (!slot->used && !value)
        return;
    map->used += !slot->used;
    map->count += value != 0;
    map->count -= slot->value != 0;
    /* a removed slot keeps its place in the chain but not the borrowed key */
    *slot = (struct csi_map_slot){value ? key : (struct cs_str){0}, hash, value, true};
}

void csi_map_clear(struct csi_map *map)
{
    csi_alloc_free(map->slots);
    *map = (struct csi_map){0};
}
