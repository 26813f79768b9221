/*
 * directory_sqlite.c - who can, as one question in SQL with recursive tables.
 *
 *     directory_sqlite FOREST [DATABASE]
 *
 * The database is kept for the next time; the question is asked twice, and timed warm.
 */
#define _POSIX_C_SOURCE 200809L
#include <sqlite3.h>
#include <string.h>

#include "forest.h"

static void must(sqlite3 *db, int code)
{
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
        return;
    fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static void load(sqlite3 *db, const struct forest *f)
{
    sqlite3_stmt *insert;
    must(db, sqlite3_exec(db,
                          "pragma journal_mode=off; pragma synchronous=off; begin;"
                          "create table e(p integer, c integer, primary key(p, c)) without rowid;"
                          "create table raw(c integer, p integer)",
                          NULL, NULL, NULL));
    must(db, sqlite3_prepare_v2(db, "insert into raw values(?,?)", -1, &insert, NULL));
    for (uint64_t i = 0; i < f->user_edges + f->group_edges; i++) {
        sqlite3_bind_int(insert, 1, (int)f->edges[i][0]);
        sqlite3_bind_int(insert, 2, (int)f->edges[i][1]);
        must(db, sqlite3_step(insert));
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    must(db, sqlite3_exec(db, "insert into e select p, c from raw order by p, c; commit", NULL,
                          NULL, NULL));
}

int main(int argc, char **argv)
{
    struct forest f = forest_open(argc > 1 ? argv[1] : "");
    sqlite3 *db;
    sqlite3_stmt *ask;
    uint32_t top[6], u = f.users;
    char sql[2000];
    forest_busiest(&f, top);
    must(NULL, sqlite3_open(argc > 2 ? argv[2] : ":memory:", &db));
    must(db, sqlite3_exec(db, "pragma cache_size=-2000000", NULL, NULL, NULL));
    double start = now();
    if (sqlite3_exec(db, "select 1 from whole", NULL, NULL, NULL) != SQLITE_OK) {
        load(db, &f);
        must(db, sqlite3_exec(db, "create table whole(at integer)", NULL, NULL, NULL));
        tell("import", now() - start, (double)(f.user_edges + f.group_edges));
    }
#define BELOW(name, at)                                                                            \
#name "(g) as (select %u union select c from e join " #name " on e.p=" #name ".g)"
    snprintf(
        sql, sizeof sql,
        "with recursive " BELOW(t0, 0) "," BELOW(t1, 1) "," BELOW(t2, 2) "," BELOW(d, 3) "," BELOW(
            t4, 4) " select count(*) from (select g from t0 where g<%u union select g from t4"
                   " where g<%u union select * from (select g from t1 where g<%u intersect select "
                   "g from"
                   " t2)) where g not in (select g from d)",
        u + top[0], u + top[1], u + top[2], u + top[3], u + top[4], u, u, u);
    must(db, sqlite3_prepare_v2(db, sql, -1, &ask, NULL));
    must(db, sqlite3_step(ask));
    sqlite3_reset(ask);
    start = now();
    must(db, sqlite3_step(ask));
    tell("who", now() - start, (double)sqlite3_column_int64(ask, 0));
    sqlite3_finalize(ask);
    sqlite3_close(db);
    return 0;
}
