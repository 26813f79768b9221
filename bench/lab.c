/*
 * lab.c - what it takes to load, save and change a directory, beside SQLite (rows D2, D3).
 *
 *     lab DIR WHAT...        WHAT: sqlite-save, sqlite-load, ours-save, ours-load, ours-whole,
 *                            commits, ours-what-if
 *
 * 1.2 million principals, a million users and 200,000 groups: to SQLite rows of an id, a SID, two
 * numbers and a name, in one transaction, WAL and FULL; to us the base of a lab in a snapshot.
 * Prints a line a figure: what, seconds, answer, peak MiB.  Each run is a process of
 * its own, so that its peak is its own.
 */
#define _POSIX_C_SOURCE 200809L
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <certsh/diff.h>

#include "base/alloc.h"
#include "lab/bulk.h"
#include "lab/maker.h"
#include "lab/snapshot.h"
#include "lab/store.h"

enum { ROWS = 1200000, USERS = 1000000 };

static const struct csi_snapshot_of of = {.lab = "bench/lab", .generation = 1};
static struct cs_error err;

static double clock_of(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* What waits for the disk is timed by the wall, the rest by the processor, which others share. */
static double now(void)
{
    return clock_of(CLOCK_MONOTONIC);
}

static double work(void)
{
    return clock_of(CLOCK_PROCESS_CPUTIME_ID);
}

static void tell(const char *what, double seconds, double answer)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%s %.9f %.0f %ld\n", what, seconds, answer, usage.ru_maxrss / 1024);
    fflush(stdout);
}

static void need(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "lab: %s %s\n", what, err.text);
    exit(1);
}

/* ------------------------------------------------------------------ the rows */

struct row {
    uint8_t sid[32];
    uint32_t type, prim;
    char name[24];
};

static struct row row_of(uint32_t i)
{
    struct row r = {.sid = {1, 5, 0, 0, 0, 0, 0, 5, 21}, .prim = 513};
    uint32_t rid = 1104 + i;
    memcpy(r.sid + 12, "abcdefghijkl", 12);
    memcpy(r.sid + 24, &rid, sizeof rid);
    r.type = i < USERS ? 0 : 0x80000002;
    snprintf(r.name, sizeof r.name, i < USERS ? "u%07u" : "g%06u", i);
    return r;
}

/* ----------------------------------------------------------------- SQLite's way */

static void run(sqlite3 *db, const char *sql)
{
    need(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static void insert_all(sqlite3 *db)
{
    sqlite3_stmt *insert;
    need(!sqlite3_prepare_v2(db, "INSERT INTO p VALUES(?,?,?,?,?)", -1, &insert, NULL), "prepare");
    for (uint32_t i = 0; i < ROWS; i++) {
        struct row r = row_of(i);
        sqlite3_bind_int(insert, 1, (int)i);
        sqlite3_bind_blob(insert, 2, r.sid, 28, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 3, r.type);
        sqlite3_bind_int(insert, 4, (int)r.prim);
        sqlite3_bind_text(insert, 5, r.name, -1, SQLITE_STATIC);
        need(sqlite3_step(insert) == SQLITE_DONE && !sqlite3_reset(insert), "insert");
    }
    sqlite3_finalize(insert);
}

static void sqlite_save(void)
{
    sqlite3 *db;
    (void)(remove("rows.db"), remove("rows.db-wal"), remove("rows.db-shm"));
    need(sqlite3_open("rows.db", &db) == SQLITE_OK, "open");
    run(db, "PRAGMA journal_mode=wal");
    run(db, "PRAGMA synchronous=full");
    run(db, "CREATE TABLE p(id INTEGER PRIMARY KEY, sid BLOB, type INT, prim INT, name TEXT)");
    double start = now();
    run(db, "BEGIN");
    insert_all(db);
    run(db, "COMMIT");
    tell("sqlite-save", now() - start, ROWS);
    sqlite3_close(db);
}

static void take_row(sqlite3_stmt *select, struct row *rows)
{
    struct row *r = &rows[sqlite3_column_int(select, 0)];
    memcpy(r->sid, sqlite3_column_blob(select, 1), (size_t)sqlite3_column_bytes(select, 1));
    r->type = (uint32_t)sqlite3_column_int64(select, 2);
    r->prim = (uint32_t)sqlite3_column_int(select, 3);
    snprintf(r->name, sizeof r->name, "%s", (const char *)sqlite3_column_text(select, 4));
}

static void sqlite_load(void)
{
    struct row *rows = calloc(ROWS, sizeof *rows);
    memset(rows, 1, ROWS * sizeof *rows); /* its pages are there: not what is measured */
    sqlite3 *db;
    sqlite3_stmt *select;
    uint64_t sum = 0;
    double start = work();
    need(sqlite3_open("rows.db", &db) == SQLITE_OK, "open");
    run(db, "PRAGMA mmap_size=2000000000");
    need(!sqlite3_prepare_v2(db, "SELECT id, sid, type, prim, name FROM p", -1, &select, NULL), "");
    while (sqlite3_step(select) == SQLITE_ROW)
        take_row(select, rows);
    for (uint32_t i = 0; i < ROWS; i++)
        sum += rows[i].prim;
    tell("sqlite-load", work() - start, (double)sum);
    sqlite3_finalize(select);
    sqlite3_close(db);
    free(rows);
}

/* ---------------------------------------------------------------------- ours */

static struct csi_base *make(void)
{
    struct csi_maker *maker = csi_maker_new();
    for (uint32_t i = 0; i < ROWS; i++) {
        struct row r = row_of(i);
        struct cs_principal p = {.kind = i < USERS ? CS_USER : CS_GROUP, .domain = 1};
        p.scope = i < USERS ? CS_SCOPE_NONE : CS_SCOPE_GLOBAL;
        p.primary = r.prim;
        p.name = cs_str_of(r.name);
        need(cs_sid_decode(r.sid, 28, &p.sid, NULL, &err) == CS_OK, "sid");
        csi_maker_add(maker, &p);
    }
    return csi_maker_finish(maker);
}

static void ours_save(void)
{
    struct csi_base *base = make();
    remove("rows.snap");
    double start = now();
    need(csi_snapshot_save(base, &of, "rows.snap", 0644, &err) == CS_OK, "save");
    tell("ours-save", now() - start, ROWS);
    csi_base_free(base);
}

static struct csi_base *map(void)
{
    struct csi_snapshot_of mine = of;
    mine.owner = (uint32_t)geteuid();
    struct csi_base *base = csi_snapshot_map("rows.snap", &mine, NULL, &err);
    need(base != NULL, "map");
    return base;
}

/* Map it and have every row, each block checked at its first touch. */
static void ours_load(void)
{
    uint64_t sum = 0;
    double start = work();
    struct csi_base *base = map();
    for (cs_id id = 1; id <= base->count; id++)
        sum += csi_base_row(base, id)->primary;
    tell("ours-load", work() - start, (double)sum);
    csi_base_free(base);
}

/* The same, and all else that is in the file: texts, indexes, rolls. */
static void ours_whole(void)
{
    double start = work();
    struct csi_base *base = map();
    csi_base_whole(base);
    tell("ours-whole", work() - start, (double)base->count);
    csi_base_free(base);
}

/* ------------------------------------------------------- one change, durable */

enum { COMMITS = 300 };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

/* A row with another value each time: what stays the same SQLite does not write. */
static sqlite3_stmt *bare_open(sqlite3 **db)
{
    sqlite3_stmt *update;
    (void)(remove("bare.db"), remove("bare.db-wal"), remove("bare.db-shm"));
    need(sqlite3_open("bare.db", db) == SQLITE_OK, "open");
    run(*db, "PRAGMA journal_mode=wal");
    run(*db, "PRAGMA synchronous=full");
    run(*db, "CREATE TABLE p(id INTEGER PRIMARY KEY, prim INT); INSERT INTO p VALUES(1, 0)");
    need(!sqlite3_prepare_v2(*db, "UPDATE p SET prim=? WHERE id=1", -1, &update, NULL), "prepare");
    return update;
}

static double bare_commit(sqlite3_stmt *update, int value)
{
    double start = now();
    sqlite3_bind_int(update, 1, value);
    need(sqlite3_step(update) == SQLITE_DONE && !sqlite3_reset(update), "update");
    return now() - start;
}

extern const struct csi_sqlite csi_sqlite;

static const struct csi_sqlite *sqlite_here(struct cs_error *ignored)
{
    (void)ignored;
    return &csi_sqlite;
}

/* Everybody's lab: a domain, a group, and the million users of the snapshot's base. */
static struct cs_lab *lab_of(uint32_t users, cs_id *group, cs_id *user)
{
    struct cs_lab *lab = cs_lab_new();
    struct cs_domain corp = {.dns = CS_STR("corp"), .netbios = CS_STR("CORP")};
    cs_id domain;
    corp.forest = corp.dns;
    corp.sid = (struct cs_sid){.authority = 5, .sub = {21, 1, 2, 3}, .count = 4};
    need(cs_domain_put(lab, &corp, &domain, &err) == CS_OK, "domain");
    struct csi_bulk *bulk = csi_bulk_begin(lab);
    for (uint32_t i = 0; i < users; i++) {
        struct row r = row_of(i);
        struct cs_principal p = {.kind = CS_USER, .domain = domain, .name = cs_str_of(r.name)};
        p.sid = cs_sid_child(&corp.sid, 2000 + i);
        *user = csi_bulk_principal(bulk, &p, NULL);
    }
    struct cs_principal g = {.kind = CS_GROUP, .domain = domain, .name = CS_STR("Staff")};
    g.scope = CS_SCOPE_GLOBAL;
    g.security = true;
    g.sid = cs_sid_child(&corp.sid, 1999);
    *group = csi_bulk_principal(bulk, &g, NULL);
    csi_bulk_end(bulk);
    need(cs_lab_seal(lab, &err) == CS_OK, "seal");
    return lab;
}

/* A membership that comes and goes, each time one transaction; taking turns with SQLite alone. */
static void commits(void)
{
    double bare[COMMITS], ours[COMMITS];
    cs_id group, user;
    sqlite3 *db;
    sqlite3_stmt *update = bare_open(&db);
    (void)(remove("ours.lab"), remove("ours.lab-wal"), remove("ours.lab-shm"));
    csi_store_from(sqlite_here);
    struct cs_lab *lab = lab_of(1000, &group, &user);
    need(cs_lab_create(lab, "ours.lab", &err) == CS_OK, "create");
    for (int i = 0; i < COMMITS; i++) {
        bare[i] = bare_commit(update, i + 1);
        double start = now();
        need((i % 2 ? cs_member_remove : cs_member_add)(lab, group, user, &err) == CS_OK, "member");
        ours[i] = now() - start;
    }
    tell("sqlite-commit", median(bare, COMMITS), COMMITS);
    tell("ours-commit", median(ours, COMMITS), COMMITS);
    sqlite3_finalize(update);
    sqlite3_close(db);
    cs_lab_free(lab);
}

/* What if one of a million were a member?  Done, asked and taken back. */
static void ours_what_if(void)
{
    double times[COMMITS];
    cs_id group, user;
    struct cs_lab *lab = lab_of(USERS, &group, &user);
    for (int i = 0; i < COMMITS; i++) {
        double start = now();
        cs_lab_begin(lab, CS_STR("what if"));
        need(cs_member_add(lab, group, user, &err) == CS_OK, "member");
        need(cs_member_has(lab, group, user, CS_NOW), "effect");
        cs_lab_rollback(lab);
        times[i] = now() - start;
        need(!cs_member_has(lab, group, user, CS_NOW), "rollback");
    }
    tell("ours-what-if", median(times, COMMITS), COMMITS);
    cs_lab_free(lab);
}

/* The same in a world: made, changed, left, entered again, told apart from what is, dropped. */
static bool count_row(void *context, const struct cs_diff_row *row)
{
    (void)row;
    ++*(size_t *)context;
    return true;
}

static void diff_world(struct cs_lab *lab)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_point base, tip;
    size_t rows = 0;
    need(cs_point_find(lab, CS_STR("w^"), &base, &err) == CS_OK, "base");
    need(cs_point_find(lab, CS_STR("w"), &tip, &err) == CS_OK, "tip");
    cs_lab_diff(lab, arena, &base, &tip, count_row, &rows);
    need(rows == 1, "one row");
    cs_arena_free(arena);
}

static void ours_world(void)
{
    double times[COMMITS];
    cs_id group, user;
    struct cs_lab *lab = lab_of(USERS, &group, &user);
    for (int i = 0; i < COMMITS; i++) {
        double start = now();
        need(cs_world_new(lab, CS_STR("w"), &err) == CS_OK, "new");
        need(cs_member_add(lab, group, user, &err) == CS_OK, "member");
        need(cs_world_use(lab, CS_STR(""), &err) == CS_OK, "out");
        need(!cs_member_has(lab, group, user, CS_NOW), "outside");
        need(cs_world_use(lab, CS_STR("w"), &err) == CS_OK, "in");
        need(cs_member_has(lab, group, user, CS_NOW), "inside");
        diff_world(lab);
        need(cs_world_drop(lab, CS_STR("w"), &err) == CS_OK, "drop");
        times[i] = now() - start;
    }
    tell("ours-world", median(times, COMMITS), COMMITS);
    cs_lab_free(lab);
}

static const struct {
    const char *name;
    void (*run)(void);
} measures[] = {
    {"sqlite-save", sqlite_save},   {"sqlite-load", sqlite_load}, {"ours-save", ours_save},
    {"ours-load", ours_load},       {"ours-whole", ours_whole},   {"commits", commits},
    {"ours-what-if", ours_what_if}, {"ours-world", ours_world},
};

int main(int argc, char **argv)
{
    need(argc > 2 && chdir(argv[1]) == 0, "usage: lab DIR WHAT...");
    for (int a = 2; a < argc; a++)
        for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
            if (!strcmp(argv[a], measures[i].name))
                measures[i].run();
    return 0;
}
