/*
 * walk.h - the room a walk through memberships needs: a bit for every id that was met, and the
 * ids in order.
 *
 * A walk that meets ten groups of a forest with a million users must not clear a million bits.
 * So the room is kept in the delta: whoever walks takes it, takes his own bits away again, and
 * gives it back.  A walk begun while another is under way just gets room of its own.
 *
 *     struct csi_walk *walk = csi_walk_take(lab->delta);
 *     csi_walk_need(walk, degree);
 *     walk->count = csi_walk_meet(walk, from, to);
 *     csi_walk_give(lab->delta, walk);
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_WALK_H
#define CERTSH_LAB_WALK_H

#include <certsh/base.h>

struct csi_delta;

struct csi_walk {
    uint64_t *met; /* by id */
    size_t words;
    uint32_t *ids; /* those met, in order */
    size_t count, room;
};

/* Empty, with a bit for every id of the delta. */
struct csi_walk *csi_walk_take(struct csi_delta *delta);
void csi_walk_give(struct csi_delta *delta, struct csi_walk *walk);
void csi_walk_free(struct csi_walk *walk);

/* Room for `more` ids. */
void csi_walk_need(struct csi_walk *walk, size_t more);
/* Meet the ids from `at` to `end`, for which there is room; those that are new are added. */
void csi_walk_meet(struct csi_walk *walk, const uint32_t *at, const uint32_t *end);

static inline bool csi_walk_has(const struct csi_walk *walk, uint32_t id)
{
    return walk->met[id / 64] >> id % 64 & 1;
}

#endif
