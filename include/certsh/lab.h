/*
 * lab.h - the whole modelled world, and how it changes.
 *
 * A lab holds forests, domains, trusts, principals, groups, hosts with their registry and
 * services, certification authorities, templates, sessions and event logs (directory.h,
 * host.h, ca.h, event.h).  Everything in it is a record with an id; ids are small numbers,
 * 0 is none, and they are never used again for something else in the same history.
 *
 * Every change is an op with an inverse.  Ops are grouped by transactions:
 *
 *     cs_lab_begin(lab, cs_str_of("net localgroup X Y /add"));
 *     status = cs_member_add(lab, group, member, err);
 *     return cs_lab_end(lab, status, err);      commits, or rolls back where that failed
 *
 * Transactions nest: an inner commit joins the outer one.  A committed outermost transaction
 * with at least one op is one change of the history, which undo and redo walk.  A what-if is
 * a transaction that is always rolled back.
 *
 * Time is the lab's own and deterministic.  Each op happens at a tick: a number that only
 * grows within a history; the clock shows it in seconds from the lab's start.  Undo sets tick
 * and clock back; a handle stays valid over undo and redo, because records keep their birth
 * number, which never goes back (a record made after an undo is another one).
 *
 * Records are immutable: a change makes a new one.  A pointer from a get or each function is
 * borrowed and lives as long as the lab (old versions stay for undo).
 *
 * Floor: lab.
 */
#ifndef CERTSH_LAB_H
#define CERTSH_LAB_H

#include <certsh/arena.h>
#include <certsh/sid.h>
#include <certsh/status.h>
#include <certsh/str.h>
#include <certsh/value.h>

typedef uint32_t cs_id;

struct cs_lab;

/* ----------------------------------------------------------------- records */

/* Kinds of records.  Principals live in the directory (directory.h), the others in tables. */
enum cs_noun {
    CS_NOUN_NONE,
    CS_NOUN_PRINCIPAL,
    CS_NOUN_DOMAIN,
    CS_NOUN_TRUST,
    CS_NOUN_HOST,
    CS_NOUN_REGISTRY,
    CS_NOUN_COVERAGE,
    CS_NOUN_SERVICE,
    CS_NOUN_RIGHT,
    CS_NOUN_SESSION,
    CS_NOUN_CA,
    CS_NOUN_TEMPLATE,
    CS_NOUN_EVENT,
    CS_NOUN_START,
    CS_NOUN_COUNT
};
CS_API const char *cs_noun_name(enum cs_noun noun); /* "host"; lives forever */

/* Where a fact comes from: a file or a word of origin, and a line in it (0 for none). */
struct cs_source {
    uint32_t origin; /* see cs_lab_origin */
    uint32_t line;
};
enum {
    CS_ORIGIN_LAB = 0,     /* the script that built the lab */
    CS_ORIGIN_COMMAND = 1, /* a command at the prompt or in a script */
    CS_ORIGIN_ASSUMED = 2  /* the default of the host's Windows version, not a given fact */
};
/* The number of an origin by its text (a file name), new if need be. */
CS_API uint32_t cs_lab_origin(struct cs_lab *lab, struct cs_str text);
/* "ole.reg:14", "assumed", "command".  In `arena`. */
CS_API struct cs_str cs_source_format(const struct cs_lab *lab, struct cs_arena *arena,
                                      struct cs_source source);

/* What every record begins with. */
struct cs_record {
    cs_id id;
    uint32_t birth; /* tells a record from a later one with the same id */
    struct cs_source source;
};

/* A list of texts inside a record. */
struct cs_strs {
    const struct cs_str *at;
    size_t count;
};

/* The record, or NULL when there is none (now). */
CS_API const struct cs_record *cs_record_get(const struct cs_lab *lab, enum cs_noun noun, cs_id id);
typedef bool cs_record_fn(void *context, const struct cs_record *record); /* false stops */
/* Every live record of a noun, in order of ids. */
CS_API void cs_record_each(const struct cs_lab *lab, enum cs_noun noun, cs_record_fn *fn,
                           void *context);
CS_API size_t cs_record_count(const struct cs_lab *lab, enum cs_noun noun);

/* ------------------------------------------------------------ life and time */

CS_API struct cs_lab *cs_lab_new(void); /* an empty one; yours, free with cs_lab_free */
CS_API void cs_lab_free(struct cs_lab *lab);

/* A point in the lab's history; for "what did it hold when DC02 started?". */
typedef uint64_t cs_tick;
#define CS_NOW UINT64_MAX

CS_API cs_tick cs_lab_tick(const struct cs_lab *lab);
CS_API int64_t cs_lab_clock(const struct cs_lab *lab); /* seconds since 1970 UTC */
/* Set the clock of a lab without history; the built-in labs begin with it. */
CS_API void cs_lab_set_clock(struct cs_lab *lab, int64_t seconds);

/* Where the lab starts: its name, the current host and user, whether defaults are assumed. */
struct cs_start {
    struct cs_record record;
    struct cs_str name;
    cs_id host, user;
    bool assume; /* --assume defaults */
};
CS_API const struct cs_start *cs_lab_start(const struct cs_lab *lab); /* never NULL */
CS_API CS_MUST_CHECK cs_status cs_lab_set_start(struct cs_lab *lab, const struct cs_start *start,
                                                struct cs_error *err);

/*
 * Make what is there the beginning: history is forgotten, every host counts as started now,
 * changes become part of the base.  The last call of a script that builds a lab.
 */
CS_API cs_status cs_lab_seal(struct cs_lab *lab, struct cs_error *err);

/* ------------------------------------------------------------ transactions */

CS_API void cs_lab_begin(struct cs_lab *lab, struct cs_str title);
/* One that will be rolled back, whatever comes: nobody is kept from writing for it. */
CS_API void cs_lab_begin_what_if(struct cs_lab *lab, struct cs_str title);
CS_API bool cs_lab_in_what_if(const struct cs_lab *lab);
/* A lab that is kept in a file may fail here, at the outermost: then all is rolled back. */
CS_API cs_status cs_lab_commit(struct cs_lab *lab, struct cs_error *err);
CS_API void cs_lab_rollback(struct cs_lab *lab);
/* Commit if `status` is CS_OK, else roll back.  Returns it, or that of a commit that failed. */
CS_API cs_status cs_lab_end(struct cs_lab *lab, cs_status status, struct cs_error *err);
CS_API bool cs_lab_in_transaction(const struct cs_lab *lab);
/* Ops since the innermost begin. */
CS_API size_t cs_lab_pending(const struct cs_lab *lab);

/* One change of the history. */
struct cs_change {
    size_t number; /* from 1 */
    struct cs_str title, user;
    int64_t time;
    size_t ops;
    bool undone; /* redo would bring it back */
};
typedef bool cs_change_fn(void *context, const struct cs_change *change);
CS_API void cs_lab_each_change(const struct cs_lab *lab, cs_change_fn *fn, void *context);
CS_API size_t cs_lab_change_count(const struct cs_lab *lab); /* not counting undone ones */

/* One op of a change, in words: "group.add_member", "CORP\\DC02$ to CERTSVC_DCOM_ACCESS". */
typedef bool cs_op_fn(void *context, const char *name, struct cs_str what);
CS_API void cs_lab_each_op(const struct cs_lab *lab, size_t change, cs_op_fn *fn, void *context);

/* Undo or redo `count` changes; `done` is how many there were.  CS_STATE when there is none. */
CS_API CS_MUST_CHECK cs_status cs_lab_undo(struct cs_lab *lab, size_t count, size_t *done,
                                           struct cs_error *err);
CS_API CS_MUST_CHECK cs_status cs_lab_redo(struct cs_lab *lab, size_t count, size_t *done,
                                           struct cs_error *err);

/* Whose name goes into the history of what follows. */
CS_API void cs_lab_set_actor(struct cs_lab *lab, struct cs_str user);

/* ----------------------------------------------------------------- lab files */

/*
 * A lab file is an SQLite database (docs/lab-format.md).  A lab that was opened from one or made
 * into one is kept there: each commit of an outermost transaction, each undo and redo is in it,
 * durably, when the call returns CS_OK, or not at all.
 *
 * Several processes may have a file open.  One of them writes at a time: others wait a little,
 * and are then told who it is (CS_STATE).  cs_lab_refresh brings what others have committed.
 *
 * Errors: CS_NOT_FOUND no file, or an empty one; CS_INVALID foreign, newer or damaged; CS_IO.
 */
CS_API CS_MUST_CHECK cs_status cs_lab_open(const char *path, struct cs_lab **lab,
                                           struct cs_error *err);
/* From now on the lab is kept in a new file.  CS_EXISTS: there is something in it already. */
CS_API CS_MUST_CHECK cs_status cs_lab_create(struct cs_lab *lab, const char *path,
                                             struct cs_error *err);
/* The file's name, NULL for a lab that is in memory only; borrowed. */
CS_API const char *cs_lab_path(const struct cs_lab *lab);
CS_API bool cs_lab_is_read_only(const struct cs_lab *lab);
/* Where others have written the file since, read it again; ids and handles stay. */
CS_API CS_MUST_CHECK cs_status cs_lab_refresh(struct cs_lab *lab, struct cs_error *err);
/*
 * Be the one that writes, with the state as it is now, until the next commit or the release.
 * Inside a transaction until that ends; CS_STATE when others have written since it began, for it
 * may rest on what it saw.
 */
CS_API CS_MUST_CHECK cs_status cs_lab_hold(struct cs_lab *lab, struct cs_error *err);
CS_API void cs_lab_release(struct cs_lab *lab);
/* --assume defaults for this run: not written, and no change of the history. */
CS_API void cs_lab_assume_now(struct cs_lab *lab);

/*
 * Does everything hold that must, in memory and in the file?  `fn` hears of each check; `why` is
 * "" where it holds.  CS_CHECK when one does not.
 */
typedef void cs_check_fn(void *context, const char *what, bool holds, const char *why);
CS_API CS_MUST_CHECK cs_status cs_lab_check(struct cs_lab *lab, cs_check_fn *fn, void *context,
                                            struct cs_error *err);

#endif
