/* walk.c - room for walks, kept from one to the next (see walk.h).  Room: lab. */
#include "walk.h"

#include <string.h>

#include "base/alloc.h"
#include "delta.h"

void csi_walk_free(struct csi_walk *walk)
{
    if (!walk)
        return;
    csi_alloc_free(walk->met);
    csi_alloc_free(walk->ids);
    csi_alloc_free(walk);
}

static struct csi_walk *walk_new(void)
{
    struct csi_walk *walk = csi_alloc_must(sizeof *walk);
    *walk = (struct csi_walk){0};
    return walk;
}

static void need_bits(struct csi_walk *walk, size_t words)
{
    if (words <= walk->words)
        return;
    csi_alloc_free(walk->met); /* which is empty */
    walk->met = csi_alloc_zero(words * sizeof *walk->met);
    csi_alloc_check(walk->met);
    walk->words = words;
}

struct csi_walk *csi_walk_take(struct csi_delta *delta)
{
    struct csi_walk *walk = delta->walk ? delta->walk : walk_new();
    delta->walk = NULL;
    need_bits(walk, delta->end / 64 + 1);
    return walk;
}

/* Few bits are taken away one by one, many all at once. */
static void clear_bits(struct csi_walk *walk)
{
    if (walk->count > walk->words / 4)
        memset(walk->met, 0, walk->words * sizeof *walk->met);
    else
        for (size_t i = 0; i < walk->count; i++)
            walk->met[walk->ids[i] / 64] = 0;
    walk->count = 0;
}

void csi_walk_give(struct csi_delta *delta, struct csi_walk *walk)
{
    clear_bits(walk);
    if (delta->walk)
        csi_walk_free(walk);
    else
        delta->walk = walk;
}

void csi_walk_need(struct csi_walk *walk, size_t more)
{
    if (walk->count + more <= walk->room)
        return;
    walk->room = (walk->count + more) * 2 + 64;
    walk->ids = csi_alloc_again(walk->ids, walk->room * sizeof *walk->ids);
    csi_alloc_check(walk->ids);
}

/* Without branches, of which half would be guessed wrong: each is written, the new ones stay. */
void csi_walk_meet(struct csi_walk *walk, const uint32_t *at, const uint32_t *end)
{
    uint64_t *met = walk->met;
    uint32_t *ids = walk->ids;
    size_t n = walk->count;
    for (; at < end; at++) {
        uint64_t *word = &met[*at / 64], bit = UINT64_C(1) << *at % 64;
        ids[n] = *at;
        n += !(*word & bit);
        *word |= bit;
    }
    walk->count = n;
}
