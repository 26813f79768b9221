/*
 * store_file_test.c - lab files that are foreign, damaged, read-only, locked or shared; memory
 * that runs out.  What is refused is told, and nothing is half done.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <certsh/world.h>

#include "../property/telling.h"
#include "base/alloc.h"
#include "house.h"
#include "lab/bulk.h"
#include "lab/store.h"

Suite *store_file_suite(void);

extern const struct csi_sqlite csi_sqlite;
static struct cs_error err;
static char folder[64], path[96];

static const struct csi_sqlite *sqlite_here(struct cs_error *ignored)
{
    (void)ignored;
    return &csi_sqlite;
}

static void set_up(void)
{
    csi_store_from(sqlite_here);
    snprintf(folder, sizeof folder, "/tmp/certsh-file-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/x.lab", folder);
}

static void run(const char *command)
{
    ck_assert_int_eq(system(command), 0);
}

static void tear_down(void)
{
    char command[200];
    snprintf(command, sizeof command, "chmod -R u+w %s; rm -rf %s", folder, folder);
    run(command);
}

#define must_ok(call)  ck_assert_msg((call) == CS_OK, "%s (%s)", err.text, err.hint)
#define must(call, as) ck_assert_msg((call) == (as), "%d: %s", err.status, err.text)
#define tells(part)    ck_assert_msg(strstr(err.text, part), "'%s' lacks '%s'", err.text, part)

/* ------------------------------------------------------------------- a file */

static void change(struct house *h, cs_id who)
{
    cs_lab_begin(h->lab, CS_STR("a change"));
    cs_id group = h->admins;
    cs_status status = cs_member_has(h->lab, group, who, CS_NOW)
                           ? cs_member_remove(h->lab, group, who, &err)
                           : cs_member_add(h->lab, group, who, &err);
    must_ok(cs_lab_end(h->lab, status, &err));
}

static void import_one(struct house *h, uint32_t rid)
{
    struct cs_sid sid = cs_domain_get(h->lab, h->corp)->sid;
    struct cs_principal p = {.kind = CS_USER,
                             .domain = h->corp,
                             .sid = cs_sid_child(&sid, rid),
                             .primary = 513,
                             .name = CS_STR("newcomer")};
    cs_lab_begin(h->lab, CS_STR("an import"));
    struct csi_bulk *bulk = csi_bulk_begin(h->lab);
    csi_bulk_member(bulk, h->admins, csi_bulk_principal(bulk, &p, NULL));
    csi_bulk_end(bulk);
    must_ok(cs_lab_commit(h->lab, &err));
}

/* A lab with a history, some of it undone. */
static struct house make(void)
{
    struct house h = house_make(CS_WINDOWS_2003_SP1, false);
    must_ok(cs_lab_create(h.lab, path, &err));
    change(&h, h.alice);
    import_one(&h, 4711);
    change(&h, h.bob);
    must_ok(cs_principal_remove(h.lab, h.bob, &err));
    must_ok(cs_lab_undo(h.lab, 1, NULL, &err));
    return h;
}

static void put_file(const char *name, const char *bytes, size_t size)
{
    FILE *file = fopen(name, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static char *get_file(const char *name, size_t *size)
{
    FILE *file = fopen(name, "rb");
    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    ck_assert_uint_eq(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

/* ------------------------------------------------------------------ foreign */

START_TEST(what_is_no_lab_file_is_told)
{
    struct cs_lab *lab = NULL;
    must(cs_lab_open(path, &lab, &err), CS_NOT_FOUND);
    put_file(path, "", 0);
    must(cs_lab_open(path, &lab, &err), CS_NOT_FOUND);
    put_file(path, "dn: CN=x", 8);
    must(cs_lab_open(path, &lab, &err), CS_INVALID);
    tells("is no lab file");
    must(cs_lab_open(folder, &lab, &err), CS_INVALID);
    char command[200];
    snprintf(command, sizeof command, "rm %s", path);
    run(command);
    struct csi_db *db;
    enum csi_trouble trouble;
    db = csi_sqlite.open(path, CSI_DB_CREATE, &trouble);
    ck_assert_int_eq(csi_sqlite.run(db, "CREATE TABLE bookmarks(x)"), CSI_FINE);
    csi_sqlite.close(db);
    must(cs_lab_open(path, &lab, &err), CS_INVALID);
    tells("something else");
    ck_assert_ptr_null(lab);
}
END_TEST

static void sql(const char *text)
{
    enum csi_trouble trouble;
    struct csi_db *db = csi_sqlite.open(path, CSI_DB_WRITE, &trouble);
    ck_assert_int_eq(csi_sqlite.run(db, text), CSI_FINE);
    csi_sqlite.close(db);
}

START_TEST(a_newer_file_is_refused_naming_both_versions)
{
    struct house h = make();
    house_free(&h);
    sql("PRAGMA user_version = 77");
    struct cs_lab *lab;
    must(cs_lab_open(path, &lab, &err), CS_INVALID);
    tells("version 77");
    tells("knows up to");
    sql("PRAGMA user_version = -1");
    must(cs_lab_open(path, &lab, &err), CS_INVALID);
}
END_TEST

START_TEST(a_making_that_was_cut_off_is_made_again)
{
    enum csi_trouble trouble;
    struct csi_db *db = csi_sqlite.open(path, CSI_DB_CREATE, &trouble);
    ck_assert_int_eq(csi_sqlite.run(db, "PRAGMA journal_mode = WAL"), CSI_FINE);
    csi_sqlite.close(db);
    struct cs_lab *lab;
    must(cs_lab_open(path, &lab, &err), CS_NOT_FOUND);
    struct house h = make();
    must_ok(cs_lab_open(path, &lab, &err));
    telling_same(h.lab, lab);
    cs_lab_free(lab);
    house_free(&h);
}
END_TEST

static void ask_view(struct csi_db *db, const char *sql, bool some)
{
    struct csi_query *query;
    bool row;
    ck_assert_msg(csi_sqlite.prepare(db, sql, &query) == CSI_FINE, "%s", csi_sqlite.words(db));
    ck_assert_int_eq(csi_sqlite.step(query, &row), CSI_FINE);
    ck_assert_msg(row == some, "%s", sql);
    csi_sqlite.drop(query);
}

START_TEST(people_find_what_they_look_for)
{
    struct house h = make();
    enum csi_trouble trouble;
    struct csi_db *db = csi_sqlite.open(path, CSI_DB_READ, &trouble);
    ask_view(db, "SELECT 1 FROM principals WHERE name = 'CORP\\alice' AND kind = 'user'", true);
    ask_view(db, "SELECT 1 FROM principals WHERE name = 'CORP\\newcomer' AND enabled", true);
    ask_view(db, "SELECT 1 FROM memberships WHERE member_name = 'CORP\\alice'", true);
    ask_view(db, "SELECT 1 FROM memberships WHERE member_name = 'CORP\\nobody'", false);
    ask_view(db, "SELECT 1 FROM descriptors WHERE sddl LIKE 'O:BAG:BAD:%' AND host = 'DC01'", true);
    ask_view(db, "SELECT 1 FROM descriptors WHERE place = 'template' AND name = 'User'", true);
    ask_view(db, "SELECT 1 FROM events", false);
    ask_view(db, "SELECT 1 FROM history WHERE command = 'an import' AND NOT undone", true);
    ask_view(db, "SELECT 1 FROM history WHERE undone", true);
    ask_view(db, "SELECT 1 FROM steps WHERE step = 'group.add_member'", true);
    ask_view(db, "SELECT 1 FROM pragma_foreign_key_check", false);
    ask_view(db,
             "SELECT 1 FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
             " AND name NOT LIKE 'sqlite%' AND NOT strict",
             false);
    csi_sqlite.close(db);
    house_free(&h);
}
END_TEST

START_TEST(what_is_there_is_not_written_over)
{
    struct house h = make(), other = house_make(CS_WINDOWS_2016, false);
    must(cs_lab_create(other.lab, path, &err), CS_EXISTS);
    struct cs_lab *lab;
    must_ok(cs_lab_open(path, &lab, &err));
    telling_same(h.lab, lab);
    cs_lab_free(lab);
    house_free(&other);
    house_free(&h);
}
END_TEST

START_TEST(an_older_file_is_brought_up_after_a_copy)
{
    struct house h = make();
    char *before = telling_of(h.lab);
    house_free(&h);
    sql("DROP TABLE aside_part; DROP TABLE aside_op; DROP TABLE aside_change; DROP TABLE line;"
        "ALTER TABLE snapshot DROP COLUMN line; PRAGMA user_version = 1");
    struct cs_lab *lab;
    must_ok(cs_lab_open(path, &lab, &err));
    char *after = telling_of(lab), copy[128];
    ck_assert_str_eq(before, after);
    must_ok(cs_snapshot_add(lab, CS_STR("after-it"), &err));
    cs_lab_free(lab);
    snprintf(copy, sizeof copy, "%s.v1", path);
    enum csi_trouble trouble;
    struct csi_db *db = csi_sqlite.open(copy, CSI_DB_READ, &trouble);
    ck_assert_ptr_nonnull(db);
    ask_view(db, "SELECT 1 FROM pragma_user_version WHERE user_version = 1", true);
    ask_view(db, "SELECT 1 FROM history", true);
    csi_sqlite.close(db);
    free(before);
    free(after);
}
END_TEST

static size_t changes_at(struct cs_lab *lab, const char *point, cs_tick *tick)
{
    struct cs_point at;
    must_ok(cs_point_find(lab, cs_str_of(point), &at, &err));
    struct cs_visit *visit = cs_visit_begin(lab);
    cs_visit_go(visit, &at);
    size_t count = cs_lab_change_count(lab);
    *tick = cs_lab_tick(lab);
    cs_visit_end(visit);
    return count;
}

/* A snapshot is there after its changes were undone and others made, and the file opened anew. */
START_TEST(a_snapshot_outlives_its_line)
{
    struct house h = make();
    cs_tick there, again;
    must_ok(cs_snapshot_add(h.lab, CS_STR("kept"), &err));
    size_t count = changes_at(h.lab, "kept", &there);
    must_ok(cs_lab_undo(h.lab, 2, NULL, &err)); /* the import is one of them */
    must_ok(cs_snapshot_add(h.lab, CS_STR("early"), &err));
    change(&h, h.bob);
    ck_assert_uint_eq(changes_at(h.lab, "kept", &again), count);
    ck_assert_uint_eq(again, there);
    char *before = telling_of(h.lab);
    for (int i = 0; i < 2; i++) {
        cs_lab_free(h.lab);
        must_ok(cs_lab_open(path, &h.lab, &err));
        char *after = telling_of(h.lab);
        ck_assert_str_eq(before, after);
        free(after);
        ck_assert_uint_eq(changes_at(h.lab, "kept", &again), count);
        ck_assert_uint_eq(again, there);
        ck_assert_uint_eq(changes_at(h.lab, "early", &again), 1);
    }
    must_ok(cs_snapshot_remove(h.lab, CS_STR("kept"), &err));
    must_ok(cs_lab_seal(h.lab, &err)); /* which forgets all of it */
    struct cs_lab *other;
    must_ok(cs_lab_open(path, &other, &err));
    telling_same(h.lab, other);
    cs_lab_free(other);
    free(before);
    house_free(&h);
}
END_TEST

/* ------------------------------------------------------------------ damaged */

static uint32_t roll(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* In a process of its own, for a crash is what must not happen: 0 refused, 7 right. */
static int try_open(const struct cs_lab *whole)
{
    pid_t child = fork();
    if (child == 0) {
        struct cs_lab *lab;
        alarm(30);
        if (cs_lab_open(path, &lab, &err) != CS_OK)
            _exit(err.status == CS_INTERNAL || !err.hint[0] ? 9 : 0);
        char *one = telling_of(whole), *other = telling_of(lab);
        _exit(strcmp(one, other) == 0 ? 7 : 8);
    }
    int how;
    waitpid(child, &how, 0);
    return WIFEXITED(how) ? WEXITSTATUS(how) : 1000 + WTERMSIG(how);
}

START_TEST(a_damaged_file_is_refused_or_right)
{
    struct house h = make();
    cs_lab_free(h.lab);
    must_ok(cs_lab_open(path, &h.lab, &err));
    struct cs_lab *whole = h.lab;
    size_t size, refused = 0;
    char other[128];
    snprintf(other, sizeof other, "%s/whole", folder);
    char command[600];
    snprintf(command, sizeof command, "VACUUM INTO '%s'", other);
    sql(command); /* one file, without a log */
    char *bytes = get_file(other, &size);
    uint64_t state = 42;
    snprintf(path, sizeof path, "%s/flipped.lab", folder);
    for (int i = 0; i < 150; i++) {
        size_t at = roll(&state) % size, bit = roll(&state) % 8;
        bytes[at] = (char)(bytes[at] ^ (1 << bit));
        put_file(path, bytes, size);
        int how = try_open(whole);
        ck_assert_msg(how == 0 || how == 7, "bit %zu of byte %zu: %d", bit, at, how);
        refused += how == 0;
        bytes[at] = (char)(bytes[at] ^ (1 << bit));
    }
    ck_assert_uint_gt(refused, 12); /* else it looks at nothing */
    for (size_t cut = 0; cut < size; cut += 1 + size / 23) {
        put_file(path, bytes, cut);
        int how = try_open(whole);
        ck_assert_msg(how == 0 || how == 9, "cut at %zu: %d", cut, how); /* 9: an empty one */
    }
    free(bytes);
    house_free(&h);
}
END_TEST

/* --------------------------------------------------------------- read-only */

enum { NOBODY = 65534 };

/* What `nobody` sees of the file, in a process of its own. */
static int as_nobody(int (*fn)(void))
{
    pid_t child = fork();
    if (child == 0) {
        if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
            _exit(77);
        _exit(fn());
    }
    int how;
    waitpid(child, &how, 0);
    return WIFEXITED(how) ? WEXITSTATUS(how) : 1000 + WTERMSIG(how);
}

static int read_and_fail_to_write(void)
{
    struct cs_lab *lab;
    if (cs_lab_open(path, &lab, &err) != CS_OK)
        return 1;
    if (!cs_lab_is_read_only(lab) || cs_lab_change_count(lab) != 3)
        return 2;
    struct cs_start start = *cs_lab_start(lab);
    start.assume = !start.assume;
    cs_tick tick = cs_lab_tick(lab);
    if (cs_lab_set_start(lab, &start, &err) != CS_STATE || !strstr(err.text, "read-only"))
        return 3;
    if (cs_lab_start(lab)->assume == start.assume || cs_lab_tick(lab) != tick)
        return 4; /* memory must be as before */
    if (cs_lab_undo(lab, 1, NULL, &err) != CS_STATE || cs_lab_change_count(lab) != 3)
        return 5;
    cs_lab_begin(lab, CS_STR("what if")); /* which needs no file */
    cs_lab_rollback(lab);
    cs_lab_free(lab);
    return 0;
}

START_TEST(a_read_only_file_is_read_and_says_so)
{
    if (getuid() != 0)
        return; /* only root can become somebody else */
    struct house h = make();
    house_free(&h);
    chmod(folder, 0777);
    chmod(path, 0444);
    ck_assert_int_eq(as_nobody(read_and_fail_to_write), 0);
    chmod(path, 0666);
    chmod(folder, 0555);
    ck_assert_int_eq(as_nobody(read_and_fail_to_write), 0);
}
END_TEST

static int cannot_make(void)
{
    struct cs_lab *lab = cs_lab_new();
    cs_status status = cs_lab_create(lab, path, &err);
    return status != CS_OK && err.hint[0] ? 0 : 1;
}

START_TEST(a_file_that_cannot_be_made_is_told)
{
    if (getuid() != 0)
        return;
    chmod(folder, 0555);
    ck_assert_int_eq(as_nobody(cannot_make), 0);
    ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

/* ------------------------------------------------------------------- shared */

START_TEST(readers_see_what_others_commit)
{
    struct house h = make();
    struct cs_lab *other;
    must_ok(cs_lab_open(path, &other, &err));
    change(&h, h.bob);
    must_ok(cs_lab_refresh(other, &err));
    telling_same(h.lab, other);
    must_ok(cs_lab_undo(h.lab, 2, NULL, &err));
    must_ok(cs_lab_refresh(other, &err));
    telling_same(h.lab, other);
    must_ok(cs_lab_seal(h.lab, &err));
    must_ok(cs_lab_refresh(other, &err));
    telling_same(h.lab, other);
    cs_lab_free(other);
    house_free(&h);
}
END_TEST

START_TEST(who_did_not_look_does_not_write_over)
{
    struct house h = make();
    struct cs_lab *other;
    must_ok(cs_lab_open(path, &other, &err));
    change(&h, h.bob);
    struct cs_start start = *cs_lab_start(other);
    start.assume = true;
    must(cs_lab_set_start(other, &start, &err), CS_STATE);
    tells("another shell");
    ck_assert(!cs_lab_start(other)->assume);
    must(cs_lab_undo(other, 1, NULL, &err), CS_STATE);
    must_ok(cs_lab_refresh(other, &err));
    must_ok(cs_lab_set_start(other, &start, &err));
    must_ok(cs_lab_refresh(h.lab, &err));
    telling_same(h.lab, other);
    cs_lab_free(other);
    house_free(&h);
}
END_TEST

START_TEST(a_locked_file_says_who_holds_it)
{
    struct house h = make();
    int ends[2];
    char word;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct cs_lab *lab;
        if (cs_lab_open(path, &lab, &err) != CS_OK || cs_lab_hold(lab, &err) != CS_OK)
            _exit(1);
        _exit(write(ends[1], "x", 1) == 1 && pause());
    }
    ck_assert_int_eq(read(ends[0], &word, 1), 1);
    char pid[24];
    snprintf(pid, sizeof pid, "process %d", (int)child);
    must(cs_lab_undo(h.lab, 1, NULL, &err), CS_STATE);
    tells("is locked by");
    tells(pid);
    kill(child, SIGKILL); /* and what it held is free */
    waitpid(child, NULL, 0);
    must_ok(cs_lab_undo(h.lab, 1, NULL, &err));
    house_free(&h);
}
END_TEST

enum { WRITERS = 4, ROUNDS = 40 };

static int write_rounds(cs_id who, cs_id group)
{
    struct cs_lab *lab;
    if (cs_lab_open(path, &lab, &err) != CS_OK)
        return 1;
    for (int i = 0; i < ROUNDS; i++) {
        if (cs_lab_hold(lab, &err) != CS_OK)
            return 2;
        cs_lab_begin(lab, CS_STR("a round"));
        cs_status status = cs_member_has(lab, group, who, CS_NOW)
                               ? cs_member_remove(lab, group, who, &err)
                               : cs_member_add(lab, group, who, &err);
        if (cs_lab_end(lab, status, &err) != CS_OK)
            return 3;
        cs_lab_release(lab);
    }
    cs_lab_free(lab);
    return 0;
}

START_TEST(several_write_one_after_the_other)
{
    struct house h = make();
    size_t before = cs_lab_change_count(h.lab);
    cs_id who[WRITERS] = {h.alice, h.bob, h.dc02_account, h.ws01_account};
    pid_t children[WRITERS];
    for (int i = 0; i < WRITERS; i++)
        if ((children[i] = fork()) == 0)
            _exit(write_rounds(who[i], h.admins));
    for (int i = 0; i < WRITERS; i++) {
        int how;
        waitpid(children[i], &how, 0);
        ck_assert_int_eq(how, 0);
    }
    must_ok(cs_lab_refresh(h.lab, &err));
    ck_assert_uint_eq(cs_lab_change_count(h.lab), before + WRITERS * ROUNDS);
    struct cs_lab *other;
    must_ok(cs_lab_open(path, &other, &err));
    telling_same(h.lab, other);
    cs_lab_free(other);
    house_free(&h);
}
END_TEST

static void nothing(void *context, const char *what, bool holds, const char *why)
{
    (void)context, (void)what, (void)holds, (void)why;
}

/* A shell of its own that changes something, asks whether all is well, changes something else
 * when it is told to, and then dies. */
static int ask_and_change(cs_id who, cs_id group, int told, int tell)
{
    struct cs_lab *lab;
    char word;
    if (cs_lab_open(path, &lab, &err) != CS_OK || cs_lab_check(lab, nothing, NULL, &err) != CS_OK)
        return 1;
    int file = open(path, O_RDONLY); /* as a script may, or an import that was given it */
    close(file);
    if (write(tell, "x", 1) != 1 || read(told, &word, 1) != 1)
        return 2;
    if (cs_lab_hold(lab, &err) != CS_OK || cs_member_add(lab, group, who, &err) != CS_OK)
        return 3;
    return 0;
}

/* POSIX drops all locks that a process has on a file when it closes it, however often it has it
 * open; who then believes to be the last one there takes the log away. */
START_TEST(a_file_looked_at_is_still_held)
{
    struct house h = make();
    struct cs_lab *other;
    int to[2], from[2], how;
    char word;
    cs_id ws01 = h.ws01_account, admins = h.admins;
    size_t before = cs_lab_change_count(h.lab);
    house_free(&h);
    ck_assert(pipe(to) == 0 && pipe(from) == 0);
    pid_t child = fork();
    if (child == 0)
        _exit(ask_and_change(ws01, admins, to[0], from[1]));
    ck_assert_int_eq(read(from[0], &word, 1), 1);
    must_ok(cs_lab_open(path, &other, &err));
    cs_lab_free(other);
    ck_assert_int_eq(write(to[1], "x", 1), 1);
    waitpid(child, &how, 0);
    ck_assert_int_eq(how, 0);
    must_ok(cs_lab_open(path, &other, &err));
    ck_assert_uint_eq(cs_lab_change_count(other), before + 1);
    cs_lab_free(other);
}
END_TEST

/* ------------------------------------------------------------ out of memory */

enum step { OPEN, APPLY, UNDO, STEPS };

static void do_step(enum step step, struct house *h, long fail_at)
{
    struct cs_lab *lab = NULL;
    if (step != OPEN && cs_lab_open(path, &lab, &err) != CS_OK)
        _exit(20);
    csi_alloc_fail_at(fail_at, true);
    cs_status status = step == OPEN    ? cs_lab_open(path, &lab, &err)
                       : step == APPLY ? cs_member_add(lab, h->computers, h->bob, &err)
                                       : cs_lab_undo(lab, 2, NULL, &err);
    bool enough = csi_alloc_count() < fail_at;
    csi_alloc_fail_at(0, false);
    _exit(status != CS_OK ? 21 : enough ? 23 : 22);
}

/* Each allocation in turn fails; the file is as before, or as after. */
START_TEST(memory_runs_out_at_each_allocation)
{
    struct house h = make();
    char *before = telling_of(h.lab), *after;
    house_free(&h);
    char keep[128], command[600];
    snprintf(keep, sizeof keep, "%s/keep", folder);
    snprintf(command, sizeof command, "cp %s %s", path, keep);
    run(command);
    bool enough = false;
    for (long n = 1, by = 1; !enough; n += by, by = n < 60 ? 1 : n / 12) {
        pid_t child = fork();
        if (child == 0) {
            fclose(stderr);
            do_step((enum step)_i, &h, n);
        }
        int how;
        waitpid(child, &how, 0);
        ck_assert_msg(WIFEXITED(how), "allocation %ld: signal %d", n, WTERMSIG(how));
        enough = WEXITSTATUS(how) == 23;
        struct cs_lab *lab;
        must_ok(cs_lab_open(path, &lab, &err));
        after = telling_of(lab);
        cs_lab_free(lab);
        bool changed = strcmp(before, after) != 0;
        ck_assert_msg(!changed || WEXITSTATUS(how) != 21, "allocation %ld: half done", n);
        ck_assert_msg(!changed || _i != OPEN, "allocation %ld: opening changed it", n);
        free(after);
        snprintf(command, sizeof command, "rm -f %s-wal %s-shm && cp %s %s", path, path, keep,
                 path);
        run(command);
    }
    free(before);
}
END_TEST

Suite *store_file_suite(void)
{
    Suite *suite = suite_create("store_file");
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, set_up, tear_down);
    tcase_set_timeout(files, 240);
    tcase_add_test(files, what_is_no_lab_file_is_told);
    tcase_add_test(files, a_newer_file_is_refused_naming_both_versions);
    tcase_add_test(files, a_making_that_was_cut_off_is_made_again);
    tcase_add_test(files, what_is_there_is_not_written_over);
    tcase_add_test(files, an_older_file_is_brought_up_after_a_copy);
    tcase_add_test(files, a_snapshot_outlives_its_line);
    tcase_add_test(files, people_find_what_they_look_for);
    tcase_add_test(files, a_damaged_file_is_refused_or_right);
    tcase_add_test(files, a_read_only_file_is_read_and_says_so);
    tcase_add_test(files, a_file_that_cannot_be_made_is_told);
    tcase_add_test(files, readers_see_what_others_commit);
    tcase_add_test(files, who_did_not_look_does_not_write_over);
    tcase_add_test(files, a_locked_file_says_who_holds_it);
    tcase_add_test(files, a_file_looked_at_is_still_held);
    tcase_add_test(files, several_write_one_after_the_other);
    tcase_add_loop_test(files, memory_runs_out_at_each_allocation, 0, STEPS);
    suite_add_tcase(suite, files);
    return suite;
}
