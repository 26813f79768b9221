/*
 * store_file_test.c - lab files that are foreign, old, new, or not to be written: what is refused
 * is told, and what is kept is found again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../property/telling.h"
#include "store_case.h"

Suite *store_file_suite(void);

static struct cs_error err;

/* ------------------------------------------------------------------ foreign */

START_TEST(what_is_no_lab_file_is_told)
{
    struct cs_lab *lab = NULL;
    must(cs_lab_open(store_path, &lab, &err), CS_NOT_FOUND);
    store_put(store_path, "", 0);
    must(cs_lab_open(store_path, &lab, &err), CS_NOT_FOUND);
    store_put(store_path, "dn: CN=x", 8);
    must(cs_lab_open(store_path, &lab, &err), CS_INVALID);
    tells("is no lab file");
    must(cs_lab_open(store_folder, &lab, &err), CS_INVALID);
    char command[200];
    snprintf(command, sizeof command, "rm %s", store_path);
    store_run(command);
    struct csi_db *db;
    enum csi_trouble trouble;
    db = csi_sqlite.open(store_path, CSI_DB_CREATE, &trouble);
    ck_assert_int_eq(csi_sqlite.run(db, "CREATE TABLE bookmarks(x)"), CSI_FINE);
    csi_sqlite.close(db);
    must(cs_lab_open(store_path, &lab, &err), CS_INVALID);
    tells("something else");
    ck_assert_ptr_null(lab);
}
END_TEST

START_TEST(a_newer_file_is_refused_naming_both_versions)
{
    struct house h = store_house();
    house_free(&h);
    store_sql("PRAGMA user_version = 77");
    struct cs_lab *lab;
    must(cs_lab_open(store_path, &lab, &err), CS_INVALID);
    tells("version 77");
    tells("knows up to");
    store_sql("PRAGMA user_version = -1");
    must(cs_lab_open(store_path, &lab, &err), CS_INVALID);
}
END_TEST

START_TEST(a_making_that_was_cut_off_is_made_again)
{
    enum csi_trouble trouble;
    struct csi_db *db = csi_sqlite.open(store_path, CSI_DB_CREATE, &trouble);
    ck_assert_int_eq(csi_sqlite.run(db, "PRAGMA journal_mode = WAL"), CSI_FINE);
    csi_sqlite.close(db);
    struct cs_lab *lab;
    must(cs_lab_open(store_path, &lab, &err), CS_NOT_FOUND);
    struct house h = store_house();
    must_ok(cs_lab_open(store_path, &lab, &err));
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
    struct house h = store_house();
    enum csi_trouble trouble;
    struct csi_db *db = csi_sqlite.open(store_path, CSI_DB_READ, &trouble);
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
    struct house h = store_house(), other = house_make(CS_WINDOWS_2016, false);
    must(cs_lab_create(other.lab, store_path, &err), CS_EXISTS);
    struct cs_lab *lab;
    must_ok(cs_lab_open(store_path, &lab, &err));
    telling_same(h.lab, lab);
    cs_lab_free(lab);
    house_free(&other);
    house_free(&h);
}
END_TEST

START_TEST(an_older_file_is_brought_up_after_a_copy)
{
    struct house h = store_house();
    char *before = telling_of(h.lab);
    house_free(&h);
    store_sql(
        "DROP TABLE aside_part; DROP TABLE aside_op; DROP TABLE aside_change; DROP TABLE line;"
        "ALTER TABLE snapshot DROP COLUMN line; PRAGMA user_version = 1");
    struct cs_lab *lab;
    must_ok(cs_lab_open(store_path, &lab, &err));
    char *after = telling_of(lab), copy[128];
    ck_assert_str_eq(before, after);
    must_ok(cs_snapshot_add(lab, CS_STR("after-it"), &err));
    cs_lab_free(lab);
    snprintf(copy, sizeof copy, "%s.v1", store_path);
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
    struct house h = store_house();
    cs_tick there, again;
    must_ok(cs_snapshot_add(h.lab, CS_STR("kept"), &err));
    size_t count = changes_at(h.lab, "kept", &there);
    must_ok(cs_lab_undo(h.lab, 2, NULL, &err)); /* the import is one of them */
    must_ok(cs_snapshot_add(h.lab, CS_STR("early"), &err));
    store_change(&h, h.bob);
    ck_assert_uint_eq(changes_at(h.lab, "kept", &again), count);
    ck_assert_uint_eq(again, there);
    char *before = telling_of(h.lab);
    for (int i = 0; i < 2; i++) {
        cs_lab_free(h.lab);
        must_ok(cs_lab_open(store_path, &h.lab, &err));
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
    must_ok(cs_lab_open(store_path, &other, &err));
    telling_same(h.lab, other);
    cs_lab_free(other);
    free(before);
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
    if (cs_lab_open(store_path, &lab, &err) != CS_OK)
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
    struct house h = store_house();
    house_free(&h);
    chmod(store_folder, 0777);
    chmod(store_path, 0444);
    ck_assert_int_eq(as_nobody(read_and_fail_to_write), 0);
    chmod(store_path, 0666);
    chmod(store_folder, 0555);
    ck_assert_int_eq(as_nobody(read_and_fail_to_write), 0);
}
END_TEST

static int cannot_make(void)
{
    struct cs_lab *lab = cs_lab_new();
    cs_status status = cs_lab_create(lab, store_path, &err);
    return status != CS_OK && err.hint[0] ? 0 : 1;
}

START_TEST(a_file_that_cannot_be_made_is_told)
{
    if (getuid() != 0)
        return;
    chmod(store_folder, 0555);
    ck_assert_int_eq(as_nobody(cannot_make), 0);
    ck_assert_int_ne(access(store_path, F_OK), 0);
}
END_TEST

Suite *store_file_suite(void)
{
    Suite *suite = suite_create("store_file");
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, set_up_store, tear_down_store);
    tcase_set_timeout(files, 240);
    tcase_add_test(files, what_is_no_lab_file_is_told);
    tcase_add_test(files, a_newer_file_is_refused_naming_both_versions);
    tcase_add_test(files, a_making_that_was_cut_off_is_made_again);
    tcase_add_test(files, people_find_what_they_look_for);
    tcase_add_test(files, what_is_there_is_not_written_over);
    tcase_add_test(files, an_older_file_is_brought_up_after_a_copy);
    tcase_add_test(files, a_snapshot_outlives_its_line);
    tcase_add_test(files, a_read_only_file_is_read_and_says_so);
    tcase_add_test(files, a_file_that_cannot_be_made_is_told);
    suite_add_tcase(suite, files);
    return suite;
}
