/*
 * world.h - worlds and points: what would be, and what was.
 *
 * A world is a named what-if on a lab: a branch of the history that can be gone into, left,
 * thrown away or kept.
 *
 *     cs_world_new(lab, CS_STR("harden"), &err);     we are in it now
 *     ...                                            changes, undo and redo as ever
 *     cs_world_use(lab, CS_STR(""), &err);           back in the lab, as it was
 *     cs_world_drop(lab, CS_STR("harden"), &err);    or cs_world_keep
 *
 * A world stands on the place in the history where it was made, in the lab or in another world.
 * Going into it and out of it applies its changes and takes them back: the cost is that of the
 * changes, whatever the lab holds.  What stands under it stays: changes that the lab forgets for
 * itself (undone, and then something else was done) live on as long as a world or a snapshot
 * stands on them.
 *
 * A point is a state that was, or that is in some world: `3` or `@3` the state after change 3, `@0`
 * the beginning, `now`, a snapshot's name, a world's name, `NAME^` what that world stands on.  A
 * visit goes to points to look; whatever is done there is thrown away.
 *
 *     struct cs_visit *visit = cs_visit_begin(lab);
 *     if (cs_point_find(lab, CS_STR("@3"), &point, &err) == CS_OK)
 *         cs_visit_go(visit, &point);
 *     ...                                            the lab is as it was after change 3
 *     cs_visit_end(visit);
 *
 * All but visits refuse to work inside a transaction (CS_STATE).
 *
 * Floor: lab.
 */
#ifndef CERTSH_WORLD_H
#define CERTSH_WORLD_H

#include <certsh/lab.h>

/* ------------------------------------------------------------------ worlds */

struct cs_world {
    struct cs_str name;
    struct cs_str on; /* the world it stands on, "" for the lab */
    size_t base;      /* the change it stands on, 0 the beginning */
    size_t changes;   /* of its own, without undone ones */
    size_t ops;
    size_t behind; /* changes made since in what it stands on */
    bool current;
};
typedef bool cs_world_fn(void *context, const struct cs_world *world); /* false stops */
CS_API void cs_world_each(const struct cs_lab *lab, cs_world_fn *fn, void *context);
/* The world we are in, "" for the lab itself. */
CS_API struct cs_str cs_world_name(const struct cs_lab *lab);
/* The same with what it stands on: "harden/without-dc".  In `arena`. */
CS_API struct cs_str cs_world_path(const struct cs_lab *lab, struct cs_arena *arena);

/* Make a world on the present state and go into it.  CS_EXISTS, CS_INVALID for the name. */
CS_API CS_MUST_CHECK cs_status cs_world_new(struct cs_lab *lab, struct cs_str name,
                                            struct cs_error *err);
/* Go into a world, or with "" back into the lab.  CS_NOT_FOUND. */
CS_API CS_MUST_CHECK cs_status cs_world_use(struct cs_lab *lab, struct cs_str name,
                                            struct cs_error *err);
/* Throw a world away (leaving it first); CS_STATE when another one stands on it. */
CS_API CS_MUST_CHECK cs_status cs_world_drop(struct cs_lab *lab, struct cs_str name,
                                             struct cs_error *err);
/* Its changes become changes of what it stands on, where we then are.  CS_STATE when that has
 * moved on since. */
CS_API CS_MUST_CHECK cs_status cs_world_keep(struct cs_lab *lab, struct cs_str name,
                                             struct cs_error *err);

/* --------------------------------------------------------------- snapshots */

struct cs_snapshot {
    struct cs_str name;
    struct cs_str world; /* where it was made, "" for the lab */
    size_t change;       /* after which change of the history */
    int64_t time;        /* what the clock showed */
    bool aside;          /* the history has since gone another way */
};
typedef bool cs_snapshot_fn(void *context, const struct cs_snapshot *snapshot);
CS_API void cs_snapshot_each(const struct cs_lab *lab, cs_snapshot_fn *fn, void *context);
/* Name the present state.  CS_EXISTS, CS_INVALID. */
CS_API CS_MUST_CHECK cs_status cs_snapshot_add(struct cs_lab *lab, struct cs_str name,
                                               struct cs_error *err);
CS_API CS_MUST_CHECK cs_status cs_snapshot_remove(struct cs_lab *lab, struct cs_str name,
                                                  struct cs_error *err);

/* ------------------------------------------------------------------ points */

struct cs_point {
    void *branch; /* of the history */
    size_t change;
    bool now; /* with what an open transaction has done */
};
/* What `text` means; CS_NOT_FOUND.  Good until the history changes. */
CS_API CS_MUST_CHECK cs_status cs_point_find(const struct cs_lab *lab, struct cs_str text,
                                             struct cs_point *point, struct cs_error *err);
/* The state after change `change` of the present history, at most its end. */
CS_API struct cs_point cs_point_at(const struct cs_lab *lab, size_t change);

struct cs_visit;
/* Begin to look at other states; also inside a transaction, which waits. */
CS_API struct cs_visit *cs_visit_begin(struct cs_lab *lab);
/* Go to a point; what was done at the last one is thrown away. */
CS_API void cs_visit_go(struct cs_visit *visit, const struct cs_point *point);
/* Be where we were; frees the visit. */
CS_API void cs_visit_end(struct cs_visit *visit);

#endif
