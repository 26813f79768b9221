/*
 * set.h - sets of principals: a bit for every id, 0 up to an end fixed at birth.
 *
 * Ids of a lab are dense, so a set of a million principals is 125 KB whatever is in it, and
 * and, or, minus take microseconds.  (ADR 0013 says why this is not a compressed bitmap.)
 *
 *     struct cs_set staff = cs_set_new(arena, cs_principal_end(lab));
 *     cs_set_add(&staff, alice);
 *     for (uint32_t id = 0; (id = cs_set_next(&staff, id + 1));) ...
 *
 * Sets that meet in one operation have the same end.  Memory is the arena's; a set is passed
 * and copied as a view of the same bits (cs_set_copy makes others).
 *
 * Floor: domain.
 */
#ifndef CERTSH_SET_H
#define CERTSH_SET_H

#include <certsh/arena.h>

struct cs_set {
    uint64_t *words; /* id i is bit i % 64 of words[i / 64]; whole blocks of CS_SET_BLOCK */
    size_t count;    /* of words */
};
enum { CS_SET_BLOCK = 64 };

/* An empty set for ids below `end`. */
CS_API struct cs_set cs_set_new(struct cs_arena *arena, uint32_t end);
CS_API struct cs_set cs_set_copy(struct cs_arena *arena, const struct cs_set *set);
/* A set with the bits of `words`, which are at most as many. */
CS_API struct cs_set cs_set_of(struct cs_arena *arena, uint32_t end, const uint64_t *words,
                               size_t count);

CS_API void cs_set_add(struct cs_set *set, uint32_t id);
CS_API void cs_set_remove(struct cs_set *set, uint32_t id);
CS_API bool cs_set_has(const struct cs_set *set, uint32_t id);
CS_API size_t cs_set_size(const struct cs_set *set);
/* The smallest id in it from `id` on; 0 when there is none. */
CS_API uint32_t cs_set_next(const struct cs_set *set, uint32_t id);
CS_API bool cs_set_equal(const struct cs_set *a, const struct cs_set *b);

CS_API void cs_set_clear(struct cs_set *set);
CS_API void cs_set_or(struct cs_set *into, const struct cs_set *other);
CS_API void cs_set_and(struct cs_set *into, const struct cs_set *other);
CS_API void cs_set_minus(struct cs_set *into, const struct cs_set *other);
/* into |= a & b, without a third set: who is in both of two, gathered over many pairs. */
CS_API void cs_set_or_both(struct cs_set *into, const struct cs_set *a, const struct cs_set *b);

#endif
