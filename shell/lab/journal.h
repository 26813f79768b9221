/*
 * journal.h - ops, the one list from which undo, redo, rollback, what-if and history come.
 *
 * An op says what was and what is; applying it forwards or backwards is one function
 * (journal.c).  Ops of the open transaction wait in `pending`; a commit of the outermost
 * transaction makes them a change.
 *
 * Clock rule: each op takes one tick; the clock shows start + ticks in seconds; undo and
 * rollback set the tick back to where the undone ops began.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_JOURNAL_H
#define CERTSH_LAB_JOURNAL_H

#include "delta.h"
#include "table.h"

enum csi_op_kind { CSI_OP_RECORD, CSI_OP_PRINCIPAL, CSI_OP_EDGE, CSI_OP_BASE };

struct csi_op {
    enum csi_op_kind kind;
    const char *name; /* "group.add_member"; lives forever */
    cs_tick tick;
    enum cs_noun noun;
    cs_id id;                                  /* record, principal or group */
    cs_id member;                              /* edge */
    bool present, had, in_base;                /* edge: is, was; does the base list it? */
    const struct cs_record *before, *after;    /* record */
    const struct csi_version *was, *becomes;   /* principal */
    struct csi_base *base_before, *base_after; /* base */
    struct csi_delta *delta_before, *delta_after;
    int64_t seq;                         /* its number in the lab file */
    const struct cs_principal *base_row; /* read from there: what the base had under it */
    bool raw; /* read from there, and not linked with its neighbours yet (store_load.c) */
};

struct csi_ops {
    struct csi_op *at;
    size_t count, room;
};

struct csi_group {
    struct cs_str title, user;
    cs_tick before;
    size_t first, count; /* in the journal's ops */
};
/* A base op has in `id` the principals of the base after it, in `member` one past the last id
 * before it. */

struct csi_mark {
    struct cs_str title;
    size_t pending;
    cs_tick tick;
    bool what_if; /* will be rolled back */
    struct cs_arena_mark memory;
};

struct csi_journal {
    struct csi_ops done;    /* ops of all changes, undone ones at the end */
    struct csi_ops pending; /* of the open transaction */
    struct csi_group *groups;
    size_t group_count, group_room, active; /* groups[active..] are undone */
    struct csi_mark *marks;
    size_t mark_count, mark_room;
};

/* Apply a new op now, inside the open transaction (then it cannot fail) or as a change of its
 * own. */
cs_status csi_lab_apply(struct cs_lab *lab, struct csi_op op, struct cs_error *err);
/* The tick the next op will have. */
cs_tick csi_lab_next_tick(const struct cs_lab *lab);

/* For what lays lines of the history aside (branch.h): one op, one change, both ways. */
void csi_op_apply(struct cs_lab *lab, struct csi_op *op, bool forwards);
void csi_op_drop(const struct csi_op *op); /* it will never be applied again */
void csi_ops_push(struct csi_ops *ops, struct csi_op op);
void csi_journal_add_group(struct csi_journal *journal, struct csi_group group);
void csi_journal_undo_one(struct cs_lab *lab);
void csi_journal_redo_one(struct cs_lab *lab);
void csi_journal_forget_undone(struct cs_lab *lab);

/* An op in words, in `arena`. */
struct cs_str csi_op_describe(const struct cs_lab *lab, struct cs_arena *arena,
                              const struct csi_op *op);

/* The base under and over an op that was read from a lab file (store_swap.c). */
void csi_store_make_before(struct cs_lab *lab, struct csi_op *op);
void csi_store_make_after(struct cs_lab *lab, struct csi_op *op);

void csi_journal_forget(struct cs_lab *lab);
void csi_journal_free(struct cs_lab *lab);

#endif
