/*
 * store_shared_test.c - several shells on one lab file: readers see what others commit, writers
 * wait for each other, and who holds the file is told.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../property/telling.h"
#include "store_case.h"

Suite *store_shared_suite(void);

static struct cs_error err;

START_TEST(readers_see_what_others_commit)
{
    struct house h = store_house();
    struct cs_lab *other;
    must_ok(cs_lab_open(store_path, &other, &err));
    store_change(&h, h.bob);
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
    struct house h = store_house();
    struct cs_lab *other;
    must_ok(cs_lab_open(store_path, &other, &err));
    store_change(&h, h.bob);
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
    struct house h = store_house();
    int ends[2];
    char word;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        struct cs_lab *lab;
        if (cs_lab_open(store_path, &lab, &err) != CS_OK || cs_lab_hold(lab, &err) != CS_OK)
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
    if (cs_lab_open(store_path, &lab, &err) != CS_OK)
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
    struct house h = store_house();
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
    must_ok(cs_lab_open(store_path, &other, &err));
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
    if (cs_lab_open(store_path, &lab, &err) != CS_OK ||
        cs_lab_check(lab, nothing, NULL, &err) != CS_OK)
        return 1;
    int file = open(store_path, O_RDONLY); /* as a script may, or an import that was given it */
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
    struct house h = store_house();
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
    must_ok(cs_lab_open(store_path, &other, &err));
    cs_lab_free(other);
    ck_assert_int_eq(write(to[1], "x", 1), 1);
    waitpid(child, &how, 0);
    ck_assert_int_eq(how, 0);
    must_ok(cs_lab_open(store_path, &other, &err));
    ck_assert_uint_eq(cs_lab_change_count(other), before + 1);
    cs_lab_free(other);
}
END_TEST

Suite *store_shared_suite(void)
{
    Suite *suite = suite_create("store_shared");
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, set_up_store, tear_down_store);
    tcase_set_timeout(files, 240);
    tcase_add_test(files, readers_see_what_others_commit);
    tcase_add_test(files, who_did_not_look_does_not_write_over);
    tcase_add_test(files, a_locked_file_says_who_holds_it);
    tcase_add_test(files, several_write_one_after_the_other);
    tcase_add_test(files, a_file_looked_at_is_still_held);
    suite_add_tcase(suite, files);
    return suite;
}
