/*
 * map.h - from a text or a number to a number.
 *
 * Open addressing, keys borrowed (a text key must outlive the map's entry).  Internal to the
 * shell: registries and indexes are made of it.  Values are 32-bit ids; 0 means "not there".
 *
 *     struct csi_map map = {0};
 *     csi_map_set(&map, cs_str_of("dc01"), 7);
 *     uint32_t id = csi_map_get(&map, cs_str_of("dc01"));
 *     csi_map_clear(&map);
 *
 * Room: base, internal.
 */
#ifndef CERTSH_BASE_MAP_H
#define CERTSH_BASE_MAP_H

#include <certsh/str.h>

struct csi_map_slot {
    struct cs_str key;
    uint64_t hash;
    uint32_t value; /* 0 = free or removed */
    bool used;      /* a removed slot stays used */
};

struct csi_map {
    struct csi_map_slot *slots;
    size_t room, used, count;
};

CS_API uint32_t csi_map_get(const struct csi_map *map, struct cs_str key);
CS_API void csi_map_set(struct csi_map *map, struct cs_str key, uint32_t value); /* 0 removes */
CS_API void csi_map_clear(struct csi_map *map);

/* A good 64-bit hash of bytes. */
CS_API uint64_t csi_hash(const void *bytes, size_t size);

/* The same for every spelling of `s` in upper and lower case; mixed with `seed`. */
CS_API uint64_t csi_hash_folded(struct cs_str s, uint64_t seed);

#endif
