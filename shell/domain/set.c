/* set.c - a bit for every id (see set.h).  Room: domain. */
#include <certsh/set.h>

#include <string.h>

struct cs_set cs_set_new(struct cs_arena *arena, uint32_t end)
{
    size_t words = ((size_t)end + 63) / 64;
    size_t count = (words + CS_SET_BLOCK - 1) / CS_SET_BLOCK * CS_SET_BLOCK;
    return (struct cs_set){cs_arena_alloc(arena, count * sizeof(uint64_t)), count};
}

struct cs_set cs_set_of(struct cs_arena *arena, uint32_t end, const uint64_t *words, size_t count)
{
    struct cs_set set = cs_set_new(arena, end);
    if (count > set.count)
        count = set.count;
    if (count)
        memcpy(set.words, words, count * sizeof *words);
    return set;
}

struct cs_set cs_set_copy(struct cs_arena *arena, const struct cs_set *set)
{
    return cs_set_of(arena, (uint32_t)(set->count * 64), set->words, set->count);
}

void cs_set_add(struct cs_set *set, uint32_t id)
{
    if (id / 64 < set->count)
        set->words[id / 64] |= UINT64_C(1) << id % 64;
}

void cs_set_remove(struct cs_set *set, uint32_t id)
{
    if (id / 64 < set->count)
        set->words[id / 64] &= ~(UINT64_C(1) << id % 64);
}

bool cs_set_has(const struct cs_set *set, uint32_t id)
{
    return id / 64 < set->count && (set->words[id / 64] >> id % 64 & 1);
}

static unsigned ones(uint64_t word)
{
    word -= word >> 1 & 0x5555555555555555u;
    word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)(word * 0x0101010101010101u >> 56);
}

static size_t count_plainly(const uint64_t *words, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        if (words[i])
            size += ones(words[i]);
    return size;
}

#if defined(__GNUC__) && defined(__x86_64__)
/* Nearly all processors count by themselves, five times as fast. */
__attribute__((target("popcnt"))) static size_t count_fast(const uint64_t *words, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += (size_t)__builtin_popcountll(words[i]);
    return size;
}

size_t cs_set_size(const struct cs_set *set)
{
    return __builtin_cpu_supports("popcnt") ? count_fast(set->words, set->count)
                                            : count_plainly(set->words, set->count);
}
#else
size_t cs_set_size(const struct cs_set *set)
{
    return count_plainly(set->words, set->count);
}
#endif

/* The place of the lowest bit; the word is not 0. */
static uint32_t lowest(uint64_t word)
{
    return ones((word & -word) - 1);
}

uint32_t cs_set_next(const struct cs_set *set, uint32_t id)
{
    size_t i = id / 64;
    if (i >= set->count)
        return 0;
    uint64_t word = set->words[i] & ~UINT64_C(0) << id % 64;
    while (!word && ++i < set->count)
        word = set->words[i];
    return word ? (uint32_t)(i * 64) + lowest(word) : 0;
}

bool cs_set_equal(const struct cs_set *a, const struct cs_set *b)
{
    return a->count == b->count && memcmp(a->words, b->words, a->count * sizeof *a->words) == 0;
}

void cs_set_clear(struct cs_set *set)
{
    memset(set->words, 0, set->count * sizeof *set->words);
}

void cs_set_or(struct cs_set *into, const struct cs_set *other)
{
    for (size_t i = 0; i < into->count; i++)
        into->words[i] |= other->words[i];
}

void cs_set_and(struct cs_set *into, const struct cs_set *other)
{
    for (size_t i = 0; i < into->count; i++)
        into->words[i] &= other->words[i];
}

void cs_set_minus(struct cs_set *into, const struct cs_set *other)
{
    for (size_t i = 0; i < into->count; i++)
        into->words[i] &= ~other->words[i];
}

void cs_set_or_both(struct cs_set *into, const struct cs_set *a, const struct cs_set *b)
{
    for (size_t i = 0; i < into->count; i++)
        into->words[i] |= a->words[i] & b->words[i];
}
