/*
 * store_in.h - an open lab file: what the files that read and write it share.
 *
 * The file holds the present state in tables (one a noun, by the columns of noun.c, beside
 * principal and membership), and the history as changes and ops.  A lab in memory is a cache of
 * it: the ops that a commit, an undo or a redo applies to memory are what is written, in one
 * transaction of SQLite.  docs/lab-format.md tells what lies where; ADR 0014 why.
 *
 * Trouble sticks: after the first failure every call does nothing, so that a writer needs one
 * look at the end (csi_store_fault).
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_STORE_IN_H
#define CERTSH_LAB_STORE_IN_H

#include "lab_internal.h"
#include "store.h"

#define CSI_STORE_APPLICATION 0x63736c62 /* "cslb" */
enum { CSI_STORE_VERSION = 2, CSI_STORE_PATIENCE = 3000 /* ms */ };
enum { CSI_STORE_SEED = 1 }; /* of all sums: never another one */

/* Sums of the hashes of rows: what is read must be what was written. */
struct csi_sums {
    uint64_t records, directory, history;
};

/* The row of `state`, as the file has it. */
struct csi_state {
    uint64_t counter;    /* of changes to the file; another one: it was written */
    uint64_t generation; /* of the base of the directory; grows when that is swapped */
    cs_tick tick;
    int64_t epoch;
    uint32_t births;
    size_t active; /* changes that are not undone */
    int64_t next;  /* number of the next op: never used twice */
    struct csi_sums sums;
    cs_id ends[CS_NOUN_COUNT]; /* one past the last id ever used */
};

/* The ends as they are written; kept, for they seldom change. */
struct csi_ends_text {
    cs_id of[CS_NOUN_COUNT];
    char text[CS_NOUN_COUNT * 24];
    size_t length;
};

enum csi_statement {
    CSI_SQL_BEGIN,
    CSI_SQL_WRITE,
    CSI_SQL_COMMIT,
    CSI_SQL_ROLLBACK,
    CSI_SQL_VERSION,
    CSI_SQL_COUNTER,
    CSI_SQL_GET_STATE,
    CSI_SQL_PUT_STATE,
    CSI_SQL_GET_ORIGINS,
    CSI_SQL_PUT_ORIGIN,
    CSI_SQL_GET_META,
    CSI_SQL_PUT_META,
    CSI_SQL_GET_CHANGES,
    CSI_SQL_PUT_CHANGE,
    CSI_SQL_MARK_CHANGE,
    CSI_SQL_GET_OPS,
    CSI_SQL_PUT_OP,
    CSI_SQL_SUM_OPS,
    CSI_SQL_SUM_CHANGES,
    CSI_SQL_DROP_OPS,
    CSI_SQL_DROP_PARTS,
    CSI_SQL_DROP_CHANGES,
    CSI_SQL_GET_SNAPSHOTS,
    CSI_SQL_PUT_SNAPSHOT,
    CSI_SQL_DROP_SNAPSHOT,
    CSI_SQL_NEXT_LINE,
    CSI_SQL_PUT_LINE,
    CSI_SQL_KEEP_CHANGES,
    CSI_SQL_KEEP_OPS,
    CSI_SQL_KEEP_PARTS,
    CSI_SQL_KEEP_SNAPSHOTS,
    CSI_SQL_GET_LINES,
    CSI_SQL_GET_ASIDE_CHANGES,
    CSI_SQL_GET_ASIDE_OPS,
    CSI_SQL_REBASE_OP,
    CSI_SQL_GET_PARTS,
    CSI_SQL_PUT_PART,
    CSI_SQL_FORGET_PARTS,
    CSI_SQL_GET_PRINCIPALS,
    CSI_SQL_PUT_PRINCIPAL,
    CSI_SQL_BURY_PRINCIPAL,
    CSI_SQL_DROP_PRINCIPALS,
    CSI_SQL_GET_MEMBERSHIPS,
    CSI_SQL_PUT_MEMBERSHIP,
    CSI_SQL_DROP_MEMBERSHIP,
    CSI_SQL_GET_RIDS,
    CSI_SQL_PUT_RID,
    CSI_SQL_DROP_RIDS,
    CSI_SQL_COUNT
};

struct csi_store {
    const struct csi_sqlite *sql;
    struct csi_db *db;
    char *path;
    unsigned char id[16]; /* the lab file's own */
    bool read_only;
    bool stays; /* `stay` holds the file's place (store_stay.c) */
    int stay;
    bool held; /* the right to write is ours, and nothing is written yet */
    enum csi_trouble trouble;
    char words[160];               /* SQLite's, of the first trouble */
    int64_t version;               /* SQLite's data_version when the state was read */
    struct csi_state state, saved; /* saved: before what is being written */
    size_t origins, saved_origins; /* that the file has */
    size_t changes, saved_changes; /* the same, undone ones too */
    int64_t new_line;              /* that was made by what was written last; 0: none */
    bool bulk;                     /* being written: a whole base */
    bool damaged;                  /* something that was needed could not be read: write no more */
    struct csi_ends_text ends_text;
    struct cs_arena *scratch;
    struct csi_query *queries[CSI_SQL_COUNT];
    struct csi_query *put[CS_NOUN_COUNT], *drop[CS_NOUN_COUNT];
};

/* ------------------------------------------------------------ being there */

/* SQLite has the file open: others are to see that until csi_store_go, which comes before SQLite
 * closes it; csi_store_gone comes after. */
void csi_store_stay(struct csi_store *store);
void csi_store_go(struct csi_store *store);
void csi_store_gone(struct csi_store *store);

/* ---------------------------------------------------------- statements */

/* A statement, ready to be bound; NULL in trouble. */
struct csi_query *csi_store_query(struct csi_store *store, enum csi_statement statement);
struct csi_query *csi_store_prepare(struct csi_store *store, struct csi_query **place,
                                    const char *sql);
/* Bind all cells and run it to its end, which has no rows. */
void csi_store_do(struct csi_store *store, struct csi_query *query, const struct csi_cell *cells,
                  size_t count);
void csi_store_run(struct csi_store *store, enum csi_statement statement);
void csi_store_exec(struct csi_store *store, const char *sql);
/* The next row; false at the end and in trouble. */
bool csi_store_step(struct csi_store *store, struct csi_query *query);
/* A number of the row; what is none is trouble. */
int64_t csi_store_number(struct csi_store *store, struct csi_query *query, int at);
struct csi_cell csi_store_cell(struct csi_store *store, struct csi_query *query, int at);
void csi_store_trouble(struct csi_store *store, enum csi_trouble trouble);
/* CS_OK, or the sticking trouble in words; `doing` is "read" or "written". */
cs_status csi_store_fault(struct csi_store *store, const char *doing, struct cs_error *err);
/* The next step is a new one: old trouble does not count. */
void csi_store_calm(struct csi_store *store);

/* -------------------------------------------------------------- schema */

/* What brings a file of version `i` to version `i + 1`; NULL: there is no such version. */
extern const char *const csi_store_steps[CSI_STORE_VERSION];
/* Make all tables and views (store_schema.c). */
void csi_store_found(struct csi_store *store);
/* "INSERT OR REPLACE INTO host(...) VALUES(...)" of a noun; in the store's scratch. */
const char *csi_store_put_sql(struct csi_store *store, enum cs_noun noun);
const char *csi_store_get_sql(struct csi_store *store, enum cs_noun noun);
/* Does the noun have a column of SDDL beside its bytes? */
bool csi_store_has_sddl(enum cs_noun noun);
/* Is it a noun with a table of its own? */
bool csi_store_is_table(enum cs_noun noun);

/* A file of an older version; a copy is kept beside it. */
cs_status csi_store_migrate(struct csi_store *store, int64_t version, struct cs_error *err);

/* ---------------------------------------------------------------- state */

void csi_store_read_state(struct csi_store *store);
/* What the lab is now becomes the state of the file. */
void csi_store_write_state(struct csi_store *store, const struct cs_lab *lab);

/* -------------------------------------------------------------- reading */

/* Fill an empty lab (its founding base is replaced). */
void csi_store_load(struct csi_store *store, struct cs_lab *lab);
/* The lab's own line. */
void csi_store_read_history(struct csi_store *store, struct cs_lab *lab);
/* A line of the history into `journal`, from two statements; its sum. */
uint64_t csi_store_read_line(struct csi_store *store, struct cs_lab *lab,
                             struct csi_journal *journal, struct csi_query *ops,
                             struct csi_query *changes, size_t active);
/* Memory is what the file is, whatever it was. */
cs_status csi_store_reload(struct cs_lab *lab, struct cs_error *err);
/* State and history alone. */
void csi_store_load_history(struct csi_store *store, struct cs_lab *lab);
/* The base, mapped from its snapshot where there is one (store_mapped.c); NULL in trouble. */
struct csi_base *csi_store_take_base(struct csi_store *store, const struct cs_lab *lab);
/* Make a snapshot of the present base, where it is worth it. */
void csi_store_snap(struct csi_store *store, struct cs_lab *lab);
/* In place of the damaged one that `base` is of; false: it cannot be made. */
bool csi_store_snap_again(struct csi_store *store, struct csi_base *base);
/* The base as the tables have it; NULL in trouble. */
struct csi_base *csi_store_read_base(struct csi_store *store, const struct cs_lab *lab);

/* A SID, also one without sub-authorities, as parents of RIDs are. */
bool csi_store_sid(struct cs_str text, struct cs_sid *sid);

/* -------------------------------------------------------------- writing */

/* Begin to write: waits for other writers, and refuses where memory is not the file's state.
 * `bulk`: much will go, so that references are not looked after one by one. */
cs_status csi_store_begin(struct csi_store *store, bool bulk, struct cs_error *err);
/* CS_STATE: others have written since it was read. */
cs_status csi_store_changed(const struct csi_store *store, struct cs_error *err);
/* Write the state and commit, or, in trouble, roll back and say which. */
cs_status csi_store_end(struct csi_store *store, struct cs_lab *lab, struct cs_error *err);

/* One record, principal or membership in the present tables; the sums follow. */
void csi_store_put_record(struct csi_store *store, enum cs_noun noun, const struct cs_record *was,
                          const struct cs_record *is);
void csi_store_put_principal(struct csi_store *store, cs_id id, const struct cs_principal *was,
                             const struct cs_principal *is);
void csi_store_put_edge(struct csi_store *store, cs_id group, cs_id member, bool was, bool is);
uint64_t csi_store_edge_sum(cs_id group, cs_id member);

/* What an op that has just been applied or taken back changes in the present tables; `base` is
 * the one it was applied on. */
void csi_store_op(struct csi_store *store, const struct cs_lab *lab, const struct csi_base *base,
                  const struct csi_op *op, bool forwards);
/* The row of an op in the history; gives it its number. */
void csi_store_put_op(struct csi_store *store, const struct cs_lab *lab,
                      const struct csi_base *base, size_t change, struct csi_op *op);
/* Whether the base lists the membership of an earlier op has changed. */
void csi_store_rebase_op(struct csi_store *store, size_t change, struct csi_op *op, bool in_base);
void csi_store_put_origins(struct csi_store *store, const struct cs_lab *lab);
/* The changes of the history on their way into the file (store_commit.c): the pending ops as
 * one; those from number `from` on, of a world that is kept; undo or redo until `to` are left. */
cs_status csi_store_commit(struct csi_store *store, struct cs_lab *lab,
                           const struct csi_group *group, struct cs_error *err);
cs_status csi_store_keep(struct csi_store *store, struct cs_lab *lab, size_t from,
                         struct cs_error *err);
cs_status csi_store_walk(struct csi_store *store, struct cs_lab *lab, size_t to,
                         struct cs_error *err);
/* Names for places in the history (store_point.c): written, forgotten, read. */
cs_status csi_store_put_snapshot(struct csi_store *store, struct cs_lab *lab,
                                 const struct csi_named *snapshot, struct cs_error *err);
/* Those of the world that is being kept, inside its transaction. */
void csi_store_put_named(struct csi_store *store, const struct cs_lab *lab);
cs_status csi_store_drop_snapshot(struct csi_store *store, struct cs_lab *lab, struct cs_str name,
                                  struct cs_error *err);
void csi_store_load_snapshots(struct csi_store *store, struct cs_lab *lab);
/* Those beyond change `active` name what the file no longer has. */
/* Changes after `active` are about to go: those that a snapshot stands on lie aside. */
void csi_store_lay_aside(struct csi_store *store, size_t active);
/* The line that memory has just laid aside is the one that the file has. */
void csi_store_name_line(struct cs_lab *lab);
/* Lines and snapshots of what was read as another lab belong to `lab` now. */
void csi_store_own_branches(struct cs_lab *lab, const struct csi_branch *root);
/* All of the lab with its history into the tables of a new file, inside a transaction. */
void csi_store_put_lab(struct csi_store *store, struct cs_lab *lab);
/* The same in place of all that was there. */
cs_status csi_store_rewrite(struct csi_store *store, struct cs_lab *lab, struct cs_error *err);
/* Records, principals and memberships of a lab into empty tables. */
void csi_store_put_all(struct csi_store *store, struct cs_lab *lab);

/* ---------------------------------------------- swapping the base (store_base.c) */

/* The base was swapped by `op`: present tables, what brings the other base back, RIDs. */
void csi_store_swap(struct csi_store *store, const struct cs_lab *lab, const struct csi_op *op,
                    bool forwards);
/* What makes the other base out of this one, as parts of the op; `after`: out of the one after
 * it. */
void csi_store_put_other(struct csi_store *store, const struct csi_op *op, bool after);
uint64_t csi_store_part_sum(const struct csi_cell cells[3]);
enum { CSI_ROW_END, CSI_ROW_EMPTY, CSI_ROW_FULL }; /* before a row of a difference */
void csi_store_put_rids(struct csi_store *store, const struct csi_base *base);
/* The other base of an op that was read from the file; one without anybody in trouble. */
struct csi_base *csi_store_other_base(struct csi_store *store, const struct csi_base *have,
                                      const struct csi_op *op);

/* ------------------------------------------------------------- who writes */

/* Who holds the right to write, in words: "process 4711 (certsh) of root"; false: not known. */
bool csi_store_holder(const char *path, char *words, size_t size);

#endif
