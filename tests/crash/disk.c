/*
 * disk.c - a lab file on a disk that fails, and one whose power goes.
 *
 *     disk                     the short form, as ctest runs it
 *     CERTSH_LONG=1 disk       every call in turn; a thousand power cuts
 *
 * Faults: making, opening, looking again, committing, importing, undoing and redoing, each with
 * each fault of shim.h at each call that reaches the disk.  Whatever comes of it: either it is
 * done, or an error says so, the lab in memory is as before, and so is the file; afterwards the
 * same goes through.
 *
 * Power cuts: a lab lives through a random history (wild.h); then the power goes, in the middle
 * or after a commit, and a file is made of what the disk may hold.  It opens, and tells what was
 * told when the last commit had returned, or the next one, which was under way.
 *
 * Two processes: both write one file at the same time, a third one looks on.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../property/telling.h"
#include "../property/wild.h"
#include "lab/bulk.h"
#include "lab/store.h"
#include "shim.h"

extern const struct csi_sqlite csi_sqlite;

static struct cs_error err;
static char folder[64], path[96], copy[96];
static bool is_long;

static const struct csi_sqlite *sqlite_here(struct cs_error *ignored)
{
    (void)ignored;
    return &csi_sqlite;
}

static void run(const char *format, const char *what)
{
    char command[300];
    snprintf(command, sizeof command, format, what);
    ck_assert_int_eq(system(command), 0);
}

static void set_up(void)
{
    csi_store_from(sqlite_here);
    is_long = getenv("CERTSH_LONG") != NULL;
    snprintf(folder, sizeof folder, "/tmp/certsh-disk-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/x.lab", folder);
    snprintf(copy, sizeof copy, "%s/cut", folder);
    run("mkdir %s/cut", folder);
    shim_install();
    shim_fail(SHIM_NONE, 0, false);
}

static void tear_down(void)
{
    run("rm -rf %s", folder);
}

#define must_ok(call) ck_assert_msg((call) == CS_OK, "%s (%s)", err.text, err.hint)

/* ------------------------------------------------------------------- actions */

/* What is tried; the lab is NULL where there is none yet. */
typedef cs_status action_fn(struct house *house, struct cs_lab **lab);

static cs_status make_file(struct house *house, struct cs_lab **lab)
{
    *lab = house->lab;
    return cs_lab_create(house->lab, path, &err);
}

static cs_status open_file(struct house *house, struct cs_lab **lab)
{
    (void)house;
    return cs_lab_open(path, lab, &err);
}

static cs_status look_again(struct house *house, struct cs_lab **lab)
{
    (void)house;
    return cs_lab_refresh(*lab, &err);
}

static cs_status commit(struct house *house, struct cs_lab **lab)
{
    cs_lab_begin(*lab, CS_STR("two memberships"));
    cs_status status = cs_member_add(*lab, house->admins, house->alice, &err);
    if (status == CS_OK)
        status = cs_member_add(*lab, house->admins, house->bob, &err);
    return cs_lab_end(*lab, status, &err);
}

static cs_status import(struct house *house, struct cs_lab **lab)
{
    char name[24];
    struct cs_sid sid = cs_domain_get(*lab, house->corp)->sid;
    cs_lab_begin(*lab, CS_STR("lab import things"));
    struct csi_bulk *bulk = csi_bulk_begin(*lab);
    for (uint32_t i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "new%u", i);
        struct cs_principal p = {.kind = CS_USER,
                                 .domain = house->corp,
                                 .sid = cs_sid_child(&sid, 7000 + i),
                                 .primary = 513,
                                 .name = cs_str_of(name)};
        csi_bulk_member(bulk, house->admins, csi_bulk_principal(bulk, &p, NULL));
    }
    csi_bulk_end(bulk);
    return cs_lab_end(*lab, CS_OK, &err);
}

static cs_status undo(struct house *house, struct cs_lab **lab)
{
    (void)house;
    return cs_lab_undo(*lab, 2, NULL, &err);
}

static cs_status redo(struct house *house, struct cs_lab **lab)
{
    (void)house;
    return cs_lab_redo(*lab, 1, NULL, &err);
}

static const struct action {
    const char *name;
    action_fn *run;
    bool no_file; /* before it there is none */
    bool closed;  /* before it the lab is closed */
    bool others;  /* before it another shell has written */
} actions[] = {
    {"create", make_file, .no_file = true},
    {"open", open_file, .closed = true},
    {"refresh", look_again, .others = true},
    {"commit", commit},
    {"import", import},
    {"undo", undo},
    {"redo", redo},
};

/* -------------------------------------------------------------------- faults */

static char *file_tells(void)
{
    struct cs_lab *lab;
    must_ok(cs_lab_open(path, &lab, &err));
    char *text = telling_of(lab);
    cs_lab_free(lab);
    return text;
}

static void somebody_else_writes(const struct house *house)
{
    struct cs_lab *lab;
    must_ok(cs_lab_open(path, &lab, &err));
    must_ok(cs_member_add(lab, house->admins, house->bob, &err));
    cs_lab_free(lab);
}

/* A house in a file, with a history, some of it undone. */
static struct cs_lab *prepare(struct house *house, const struct action *action)
{
    struct cs_lab *lab = house->lab;
    if (action->no_file)
        return NULL;
    must_ok(cs_lab_create(lab, path, &err));
    must_ok(cs_member_add(lab, house->admins, house->dc01_account, &err));
    must_ok(cs_member_add(lab, house->admins, house->dc02_account, &err));
    must_ok(cs_member_add(lab, house->admins, house->ws01_account, &err));
    must_ok(cs_lab_undo(lab, 1, NULL, &err));
    if (action->closed) {
        cs_lab_free(lab);
        house->lab = lab = NULL;
    }
    if (action->others)
        somebody_else_writes(house);
    return lab;
}

static void same_text(const char *a, const char *b, const char *what, const char *words)
{
    ck_assert_msg(!strcmp(a, b), "%s: %s (%s)", what, words, err.text);
}

/* Nothing was done, and it was told; then it can be done. */
static void check_failed(const struct action *action, struct house *house, struct cs_lab **lab,
                         const char *before, const char *file_before, const char *what)
{
    ck_assert_msg(err.text[0] && err.status != CS_INTERNAL, "%s: %s", what, err.text);
    if (before) {
        char *memory = telling_of(*lab), *file = file_tells();
        same_text(before, memory, what, "memory has changed");
        same_text(file_before, file, what, "the file has changed");
        free(memory);
        free(file);
    }
    ck_assert_msg(action->run(house, lab) == CS_OK, "%s, again: %s", what, err.text);
}

/* One action with one fault at call `n`; false when that call is never reached. */
static bool try_fault(const struct action *action, enum shim_fault fault, long n, bool on)
{
    char what[100];
    struct house house = house_make(CS_WINDOWS_2003_SP1, false);
    struct cs_lab *lab = prepare(&house, action);
    char *before = lab ? telling_of(lab) : NULL, *file_before = lab ? file_tells() : NULL;
    snprintf(what, sizeof what, "%s, %s at call %ld%s", action->name, shim_fault_name(fault), n,
             on ? " and after" : "");
    memset(&err, 0, sizeof err);
    shim_fail(fault, n, on);
    cs_status status = action->run(&house, &lab);
    bool struck = shim_failed();
    shim_fail(SHIM_NONE, 0, false);
    ck_assert_msg(struck || status == CS_OK, "%s: %s", what, err.text);
    if (status != CS_OK)
        check_failed(action, &house, &lab, before, file_before, what);
    char *memory = telling_of(lab), *file = file_tells();
    same_text(memory, file, what, "memory and file differ");
    free(memory);
    free(file);
    free(before);
    free(file_before);
    if (!house.lab)
        house.lab = lab;
    house_free(&house);
    shim_settle();
    run("rm -f %s*", path);
    return struck;
}

START_TEST(a_fault_at_each_call)
{
    const struct action *action = &actions[_i / 2];
    bool on = _i % 2;
    long tried = 0;
    for (enum shim_fault fault = SHIM_IO; fault < SHIM_FAULTS; fault++)
        for (long n = 1 + (is_long ? 0 : _i % 3); try_fault(action, fault, n, on);
             n += is_long ? 1 : 9)
            tried++;
    printf("disk: %s%s: %ld faults\n", action->name, on ? ", lasting" : "", tried);
    ck_assert_int_gt(tried, 0);
}
END_TEST

/* --------------------------------------------------------------- power cuts */

static uint64_t roll(void *context)
{
    return dice_roll(context);
}

static void import_into(struct wild *wild, struct dice *dice)
{
    struct cs_lab *lab = wild->house.lab;
    struct cs_sid sid = cs_domain_get(lab, wild->house.corp)->sid;
    char name[32];
    struct csi_bulk *bulk = csi_bulk_begin(lab);
    for (uint32_t i = 0; i < 20; i++) {
        uint32_t rid = 5000 + dice_below(dice, 200);
        snprintf(name, sizeof name, "bulk%u", rid);
        struct cs_principal p = {.kind = CS_USER,
                                 .domain = wild->house.corp,
                                 .sid = cs_sid_child(&sid, rid),
                                 .primary = 513,
                                 .name = cs_str_of(name)};
        csi_bulk_principal(bulk, &p, NULL);
    }
    csi_bulk_end(bulk);
}

/* One transaction, an undo or a redo; or the lab is closed and opened again. */
static void live(struct wild *wild, struct dice *dice)
{
    struct cs_lab *lab = wild->house.lab;
    uint32_t die = dice_below(dice, 20);
    if (die == 0) {
        cs_lab_free(lab);
        must_ok(cs_lab_open(path, &wild->house.lab, &err));
    } else if (die < 3 && cs_lab_change_count(lab) > 3) {
        must_ok(cs_lab_undo(lab, 1 + dice_below(dice, 3), NULL, &err));
    } else if (die < 5) {
        if (cs_lab_redo(lab, 1, NULL, &err) != CS_OK)
            ck_assert_int_eq(err.status, CS_STATE);
    } else {
        cs_lab_begin(lab, CS_STR("a change"));
        if (die < 8)
            import_into(wild, dice);
        else
            wild_edit(wild, dice);
        must_ok(cs_lab_end(lab, CS_OK, &err));
    }
}

/* What the disk holds is a lab, and what was told or, where that was under way, the next. */
static void check_cut(uint32_t number, const char *before, const char *after, bool early)
{
    struct cs_lab *lab = NULL;
    char name[110];
    snprintf(name, sizeof name, "%s/x.lab", copy);
    ck_assert_msg(cs_lab_open(name, &lab, &err) == CS_OK, "cut %u: %s", number, err.text);
    char *now = telling_of(lab);
    cs_lab_free(lab);
    ck_assert_msg(!strcmp(now, after) || (early && !strcmp(now, before)),
                  "cut %u (%s): what was committed is not there", number,
                  early ? "under way" : "after");
    free(now);
}

/* One step of the lab's life; the power goes in the midst of it, or when it has returned. */
static bool cut(struct wild *wild, struct dice *dice, uint32_t number)
{
    char *before = telling_of(wild->house.lab);
    run("rm -f %s/*", copy);
    shim_cut_at(1 + dice_below(dice, dice_one_in(dice, 3) ? 4 : 40), copy, roll, dice);
    live(wild, dice);
    bool early = shim_was_cut();
    if (!early)
        shim_cut(copy, roll, dice);
    char *after = telling_of(wild->house.lab);
    check_cut(number, before, after, early);
    free(before);
    free(after);
    return early;
}

START_TEST(the_power_goes)
{
    struct dice dice = dice_new("power");
    uint32_t cuts = is_long ? 1000 : 40, early = 0, labs = 0;
    for (uint32_t done = 0; done < cuts; labs++) {
        struct wild wild = wild_make(&dice);
        must_ok(cs_lab_create(wild.house.lab, path, &err));
        for (uint32_t i = 0; i < 25 && done < cuts; i++, done++)
            early += cut(&wild, &dice, done);
        wild_free(&wild);
        shim_settle();
        run("rm -f %s*", path);
    }
    printf("disk: %u power cuts, %u of them within a change, %u labs\n", cuts, early, labs);
}
END_TEST

/* -------------------------------------------------------------- two processes */

enum { TURNS = 60 };

static void wait_a_little(void)
{
    const struct timespec rest = {0, 2000000};
    nanosleep(&rest, NULL);
}

/* Two memberships that come and go together, many times; another writer may be faster. */
static void toggle_both(const struct house *house)
{
    struct cs_lab *lab;
    must_ok(cs_lab_open(path, &lab, &err));
    for (uint32_t done = 0; done < TURNS;) {
        must_ok(cs_lab_refresh(lab, &err));
        bool in = cs_member_has(lab, house->admins, house->alice, CS_NOW);
        cs_status (*change)(struct cs_lab *, cs_id, cs_id, struct cs_error *) =
            in ? cs_member_remove : cs_member_add;
        cs_lab_begin(lab, CS_STR("both"));
        cs_status status = change(lab, house->admins, house->alice, &err);
        if (status == CS_OK)
            status = change(lab, house->admins, house->bob, &err);
        status = cs_lab_end(lab, status, &err);
        ck_assert_msg(status == CS_OK || status == CS_STATE, "%s", err.text);
        done += status == CS_OK;
        if (status != CS_OK)
            wait_a_little();
    }
    cs_lab_free(lab);
}

static pid_t fork_writer(const struct house *house)
{
    fflush(NULL);
    pid_t id = fork();
    if (id == 0) {
        toggle_both(house);
        _exit(0);
    }
    return id;
}

/* One look: committed states only, and none that is older than the last. */
static void look(struct cs_lab *lab, const struct house *house, size_t *changes)
{
    must_ok(cs_lab_refresh(lab, &err));
    ck_assert(cs_member_has(lab, house->admins, house->alice, CS_NOW) ==
              cs_member_has(lab, house->admins, house->bob, CS_NOW));
    ck_assert_uint_ge(cs_lab_change_count(lab), *changes);
    *changes = cs_lab_change_count(lab);
}

START_TEST(two_write_and_one_reads)
{
    struct house house = house_make(CS_WINDOWS_2003_SP1, false);
    struct cs_lab *lab;
    size_t changes = 0, looks = 0;
    must_ok(cs_lab_create(house.lab, path, &err));
    cs_lab_free(house.lab); /* no file stays open over the forks */
    pid_t writers[2] = {fork_writer(&house), fork_writer(&house)};
    must_ok(cs_lab_open(path, &lab, &err));
    for (int left = 2; left;) {
        int status;
        look(lab, &house, &changes);
        looks++;
        if (waitpid(writers[2 - left], &status, WNOHANG) == 0)
            continue;
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        left--;
    }
    look(lab, &house, &changes);
    ck_assert_uint_eq(changes, 2 * TURNS);
    printf("disk: two writers, %d changes each, %zu looks of a reader\n", TURNS, looks);
    house.lab = lab;
    house_free(&house);
}
END_TEST

static Suite *disk_suite(void)
{
    Suite *suite = suite_create("disk");
    TCase *tests = tcase_create("disk");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 3600);
    tcase_add_loop_test(tests, a_fault_at_each_call, 0, 2 * (int)CS_COUNT(actions));
    tcase_add_test(tests, the_power_goes);
    tcase_add_test(tests, two_write_and_one_reads);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    SRunner *runner = srunner_create(disk_suite());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
