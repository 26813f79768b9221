/*
 * branch.h - the history as a tree: its present line, and the lines that lie aside.
 *
 * The journal (journal.h) holds one line of changes, from the beginning to where we are: those
 * of the lab, then of a world on it, then of a world on that.  Every line has a branch, which
 * says where on its parent it begins (`base`, a count of changes).  What does not belong to the
 * present line lies aside in its branch as a tail:
 *
 *     lab    1 2 3 4 5         in the journal: 1 2 3 a b
 *     harden     3 a b         aside in the lab's branch: 4 5
 *
 * A branch without a name keeps what was undone and then left behind, for as long as a
 * snapshot or a world stands on it.
 *
 * A world has memory of its own, which goes with it.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_BRANCH_H
#define CERTSH_LAB_BRANCH_H

#include "journal.h"

struct csi_tail {
    struct csi_op *ops;
    size_t op_count;
    struct csi_group *groups; /* `first` counts in `ops` */
    size_t group_count;
    ptrdiff_t active; /* how many of them are applied; below 0: so many under them are not */
};

struct csi_branch {
    struct cs_str name;        /* "" for the lab's own line and for lines without a name */
    struct csi_branch *parent; /* NULL for the lab's own */
    size_t base;
    struct csi_tail aside;
    struct cs_arena *memory; /* its own, or that of the branch it was made in */
    bool owns_memory;
    int64_t line; /* its number in the lab's file; 0: it is not there */
};

/* A point of a history that was given a name (lab snapshot); no file (snapshot.h). */
struct csi_named {
    struct cs_str name;
    struct csi_branch *branch;
    size_t change;
    int64_t time;
};

struct csi_branches {
    struct csi_branch root, *current; /* NULL: the root */
    struct csi_branch **at;           /* without the root */
    size_t count, room;
    struct csi_named *snapshots;
    size_t snapshot_count, snapshot_room;
    struct cs_arena **kept; /* memory of worlds that were kept */
    size_t kept_count, kept_room;
};

void csi_named_push(struct cs_lab *lab, struct csi_named snapshot);
struct csi_branch *csi_branch_current(const struct cs_lab *lab);
bool csi_branch_is_root(const struct cs_lab *lab, const struct csi_branch *branch);
/* Make the line of `branch` the present one. */
void csi_branch_switch(struct cs_lab *lab, struct csi_branch *branch);
/* Undo and redo along the present line until `change` changes are applied. */
void csi_branch_walk(struct cs_lab *lab, size_t change);
/* A new branch at the present place, not gone into. */
struct csi_branch *csi_branch_add(struct cs_lab *lab, struct cs_str name);
/* Forget a branch that is not part of the present line, and all that stands on it. */
void csi_branch_remove(struct cs_lab *lab, struct csi_branch *branch);
/* Drop lines without a name that nothing stands on. */
void csi_branch_prune(struct cs_lab *lab);
/* The present branch becomes part of its parent, whose own tail is dropped. */
void csi_branch_join(struct cs_lab *lab);
/* The number of the last change of that line that is applied when it is the present one. */
size_t csi_branch_end(const struct cs_lab *lab, const struct csi_branch *branch);
/* What is there is the lab's own: all other lines and all snapshots are forgotten. */
void csi_branches_flatten(struct cs_lab *lab);
/* After that: memory. */
void csi_branches_free(struct cs_lab *lab);

/* Called by the journal: what was undone is about to be forgotten.  True: it lies aside now. */
bool csi_branch_adopt_undone(struct cs_lab *lab);
/* Called by the journal: undo goes no further back than this. */
size_t csi_branch_floor(const struct cs_lab *lab);

#endif
