/*
 * lab_internal.h - what a lab is made of.  Room: lab, internal.
 */
#ifndef CERTSH_LAB_INTERNAL_H
#define CERTSH_LAB_INTERNAL_H

#include <certsh/gate.h>

#include "base/map.h"
#include "branch.h"
#include "delta.h"
#include "journal.h"
#include "table.h"

struct csi_store; /* its file (store_in.h) */
void csi_store_close(struct csi_store *store);

struct csi_gates {
    const struct cs_gate *at[48];
    size_t count;
};

struct cs_lab {
    struct cs_arena *memory; /* records, versions, titles; rewound by a rollback; a world's own */
    struct cs_arena *own_memory; /* the same outside worlds */
    struct cs_arena *names;      /* origins: kept over rollbacks */
    struct csi_table tables[CS_NOUN_COUNT];
    struct csi_base *base;
    struct csi_delta *delta;
    struct csi_journal journal;
    struct csi_branches branches;
    cs_tick tick;
    cs_tick held;  /* 0, or the tick at which all that is built happens (dump.h) */
    int64_t epoch; /* the clock at tick 0 */
    uint32_t births;
    struct cs_str actor;
    struct cs_str *origins;
    size_t origin_count;
    struct csi_map origin_map;
    struct csi_gates gates;
    /* Is told of each op that is applied or taken back; NULL: nobody (diff_points.c). */
    void (*watch)(void *context, const struct csi_op *op);
    void *watch_context;
    struct csi_store *store; /* NULL: in memory only */
    bool assume_now;         /* --assume: for this run, whatever the file says */
};

struct csi_gates *csi_lab_gates(struct cs_lab *lab);
const struct csi_gates *csi_lab_gates_of(const struct cs_lab *lab);
uint32_t csi_lab_birth(struct cs_lab *lab);

/* Add the gates of Windows to a lab that begins (gate.c). */
void csi_gates_begin(struct cs_lab *lab);
/* A lab with nobody in it, which is going to get its base from elsewhere. */
struct cs_lab *csi_lab_blank(void);
/* Put the well-known principals into an empty lab's base. */
void csi_lab_found(struct cs_lab *lab);

/* The current version of a principal that may be removed; false when it never was. */
bool csi_principal_any(const struct cs_lab *lab, cs_id id, struct cs_principal *out, bool *removed);
/* Write an edge without asking Windows' rules. */
cs_status csi_edge_set(struct cs_lab *lab, cs_id group, cs_id member, bool present,
                       struct cs_error *err);

/* The start record says what --assume said, after another one was read. */
void csi_lab_assume_again(struct cs_lab *lab);

#endif
