/*
 * store_test.c - the law of lab files: a lab that is closed and opened again is the one it was.
 *
 * Two labs live through the same random history, imports and undone imports in it: one in memory
 * and never closed, one in a file and opened anew again and again.  They tell the same all the
 * time, and give the same decisions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lab/bulk.h"
#include "lab/store.h"
#include "telling.h"
#include "wild.h"

Suite *store_suite(void);

extern const struct csi_sqlite csi_sqlite;
static struct cs_error err;

static const struct csi_sqlite *sqlite_here(struct cs_error *ignored)
{
    (void)ignored;
    return &csi_sqlite;
}

static char path[64];

static void remove_file(void)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    char name[80];
    for (size_t i = 0; i < CS_COUNT(tails); i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
}

static void set_up(void)
{
    csi_store_from(sqlite_here);
    snprintf(path, sizeof path, "/tmp/certsh-store-%d.lab", (int)getpid());
    remove_file();
}

#define must_ok(call) ck_assert_msg((call) == CS_OK, "%s (%s)", err.text, err.hint)

static void reopen(struct wild *wild)
{
    cs_lab_free(wild->house.lab);
    must_ok(cs_lab_open(path, &wild->house.lab, &err));
}

/* ------------------------------------------------------------------ imports */

static cs_id bulk_somebody(struct csi_bulk *bulk, struct wild *wild, struct dice *dice)
{
    char name[32];
    struct cs_sid sid = cs_domain_get(wild->house.lab, wild->house.corp)->sid;
    uint32_t rid = 5000 + dice_below(dice, 60);
    snprintf(name, sizeof name, "bulk%u", rid);
    struct cs_principal p = {.kind = rid % 3 ? CS_USER : CS_GROUP,
                             .domain = wild->house.corp,
                             .security = true,
                             .sid = cs_sid_child(&sid, rid),
                             .primary = rid % 3 ? 513 : 0,
                             .name = cs_str_of(name)};
    p.scope = rid % 3 ? CS_SCOPE_NONE : CS_SCOPE_DOMAIN_LOCAL;
    if (dice_one_in(dice, 3))
        p.display = CS_STR("seen again");
    return csi_bulk_principal(bulk, &p, NULL);
}

/* One import: new and known people, new memberships, and an edit in the same transaction. */
static void import_some(struct wild *wild, struct dice *dice)
{
    struct cs_lab *lab = wild->house.lab;
    cs_lab_begin(lab, CS_STR("lab import things"));
    if (dice_one_in(dice, 2))
        wild_edit(wild, dice);
    struct csi_bulk *bulk = csi_bulk_begin(lab);
    cs_id ids[12];
    size_t count = 2 + dice_below(dice, 10);
    for (size_t i = 0; i < count; i++)
        ids[i] = bulk_somebody(bulk, wild, dice);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++)
            if (csi_bulk_is_group(bulk, ids[i]) && i != k && dice_one_in(dice, 2))
                csi_bulk_member(bulk, ids[i], ids[k]);
    csi_bulk_end(bulk);
    if (dice_one_in(dice, 2))
        wild_edit(wild, dice);
    must_ok(cs_lab_commit(lab, &err));
}

static void remove_somebody(struct wild *wild, struct dice *dice)
{
    cs_id id = 80 + dice_below(dice, cs_principal_end(wild->house.lab));
    if (cs_principal_remove(wild->house.lab, id, &err) != CS_OK)
        ck_assert_int_eq(err.status, CS_NOT_FOUND);
}

static void back_and_forth(struct wild *wild, struct dice *dice)
{
    size_t done;
    uint32_t undo = dice_below(dice, 7), redo = dice_below(dice, 7);
    if (undo && cs_lab_change_count(wild->house.lab))
        must_ok(cs_lab_undo(wild->house.lab, undo, &done, &err));
    if (redo && cs_lab_redo(wild->house.lab, redo, &done, &err) != CS_OK)
        ck_assert_int_eq(err.status, CS_STATE);
}

static void live(struct wild *wild, struct dice *dice)
{
    switch (dice_below(dice, 10)) {
    case 0:
    case 1:
        import_some(wild, dice);
        break;
    case 2:
        remove_somebody(wild, dice);
        break;
    case 3:
    case 4:
        back_and_forth(wild, dice);
        break;
    default:
        wild_edit(wild, dice);
    }
}

/* ------------------------------------------------------------------- the law */

static void same_decisions(struct wild *a, struct wild *b)
{
    cs_id who[] = {a->house.alice, a->house.dc02_account, a->house.ws01_account};
    for (size_t i = 0; i < CS_COUNT(who); i++) {
        struct cs_question ask = {
            .principal = who[i], .template_ = a->house.user, .ca = a->house.ca};
        struct cs_decision one = {0}, other = {0};
        cs_status x = cs_enroll_check(a->house.lab, a->house.arena, &ask, true, &one, &err);
        cs_status y = cs_enroll_check(b->house.lab, b->house.arena, &ask, true, &other, &err);
        ck_assert_int_eq(x, y);
        ck_assert_int_eq(one.verdict, other.verdict);
        ck_assert_int_eq(one.code, other.code);
    }
}

static void tell_fault(void *context, const char *what, bool holds, const char *why)
{
    (void)context;
    ck_assert_msg(holds, "%s: %s", what, why);
}

static void live_twice(uint64_t seed)
{
    struct dice dice = dice_new("lab files");
    dice.state += seed * 7919;
    struct dice again = dice, own = {~dice.state};
    struct wild memory = wild_make(&dice), file = wild_make(&again);
    must_ok(cs_lab_create(file.house.lab, path, &err));
    for (int step = 0; step < 40; step++) {
        live(&memory, &dice);
        live(&file, &again);
        if (dice_one_in(&own, 3))
            reopen(&file);
        telling_same(memory.house.lab, file.house.lab);
    }
    same_decisions(&memory, &file);
    must_ok(cs_lab_check(file.house.lab, tell_fault, NULL, &err));
    wild_free(&memory);
    wild_free(&file);
    remove_file();
}

START_TEST(a_lab_opened_again_is_what_it_was)
{
    live_twice((uint64_t)_i);
}
END_TEST

Suite *store_suite(void)
{
    Suite *suite = suite_create("store");
    TCase *laws = tcase_create("laws");
    tcase_add_checked_fixture(laws, set_up, remove_file);
    tcase_add_loop_test(laws, a_lab_opened_again_is_what_it_was, 0, 24);
    tcase_set_timeout(laws, 120);
    suite_add_tcase(suite, laws);
    return suite;
}
