/*
 * world_test.c - laws of worlds, snapshots and visits, on random histories of wild labs:
 *
 *   a world is found again as it was left, whatever happened meanwhile in the lab and in others;
 *   a dropped world leaves no trace in what it stood on, a kept one is there whole;
 *   a snapshot shows what was when it was made, also when the history went another way;
 *   a visit leaves no trace, also from inside a transaction;
 *   a diff tells what is different, as many rows back as there, none from a point to itself.
 */
#include <check.h>
#include <stdio.h>

#include <certsh/diff.h>

#include "digest.h"
#include "wild.h"

Suite *world_suite(void);

enum { PLACES = 6, SNAPSHOTS = 12 };

/* What is known of a place: the lab itself (0) and its worlds. */
struct place {
    bool there;
    int on;            /* the place it stands on */
    uint64_t stood_on; /* digest when it was made */
    uint64_t left;     /* digest when it was left */
};
struct mark {
    bool there;
    uint64_t digest;
};

static struct dice dice;
static struct wild wild;
static struct place places[PLACES];
static struct mark marks[SNAPSHOTS];
static int here, kept;

static const char *name_of(char letter, int i)
{
    static char names[4][16];
    static int turn;
    char *name = names[turn++ % 4];
    snprintf(name, 16, "%c%d", letter, i);
    return name;
}

static struct cs_str place_name(int i)
{
    return i ? cs_str_of(name_of('w', i)) : CS_STR("");
}

static void must_be(cs_status status, const struct cs_error *err)
{
    ck_assert_msg(status == CS_OK, "%s", err->text);
}

static void go(int to)
{
    struct cs_error err;
    if (to == here)
        return;
    places[here].left = digest_of(wild.house.lab);
    must_be(cs_world_use(wild.house.lab, place_name(to), &err), &err);
    ck_assert_msg(digest_of(wild.house.lab) == places[to].left, "a place is as it was left");
    here = to;
}

static void make(void)
{
    struct cs_error err;
    struct cs_lab *lab = wild.house.lab;
    int i = 1 + (int)dice_below(&dice, PLACES - 1);
    if (places[i].there)
        return;
    uint64_t before = digest_of(lab);
    must_be(cs_world_new(lab, place_name(i), &err), &err);
    ck_assert_uint_eq(digest_of(lab), before);
    places[here].left = before;
    places[i] = (struct place){true, here, before, 0};
    here = i;
}

static bool is_on(int i, int on)
{
    while (i && i != on)
        i = places[i].on;
    return i == on;
}

static void drop(void)
{
    struct cs_error err;
    int i = 1 + (int)dice_below(&dice, PLACES - 1);
    bool upon = false;
    for (int j = 1; j < PLACES; j++)
        upon = upon || (places[j].there && j != i && is_on(j, i));
    if (!places[i].there)
        return;
    cs_status status = cs_world_drop(wild.house.lab, place_name(i), &err);
    ck_assert_int_eq(status, upon ? CS_STATE : CS_OK);
    if (upon)
        return;
    places[i].there = false;
    for (int s = 0; s < SNAPSHOTS; s++) /* its snapshots went with it */
        if (marks[s].there) {
            struct cs_point point;
            marks[s].there =
                cs_point_find(wild.house.lab, cs_str_of(name_of('s', s)), &point, &err) == CS_OK;
        }
    if (here == i) {
        here = places[i].on;
        ck_assert_uint_eq(digest_of(wild.house.lab), places[here].left);
    }
}

static void keep(void)
{
    struct cs_error err;
    struct cs_lab *lab = wild.house.lab;
    int i = 1 + (int)dice_below(&dice, PLACES - 1);
    if (!places[i].there)
        return;
    go(places[i].on);
    bool moved = digest_of(lab) != places[i].stood_on;
    go(i);
    uint64_t whole = digest_of(lab);
    cs_status status = cs_world_keep(lab, place_name(i), &err);
    ck_assert_int_eq(status, moved || status == CS_STATE ? CS_STATE : CS_OK);
    ck_assert_uint_eq(digest_of(lab), whole);
    if (status != CS_OK)
        return;
    kept++;
    places[i].there = false;
    here = places[i].on;
    for (int j = 1; j < PLACES; j++)
        if (places[j].there && places[j].on == i)
            places[j].on = here;
}

static void mark(void)
{
    struct cs_error err;
    int i = (int)dice_below(&dice, SNAPSHOTS);
    struct cs_str name = cs_str_of(name_of('s', i));
    if (marks[i].there)
        must_be(cs_snapshot_remove(wild.house.lab, name, &err), &err);
    else
        must_be(cs_snapshot_add(wild.house.lab, name, &err), &err);
    marks[i] = (struct mark){!marks[i].there, digest_of(wild.house.lab)};
}

static bool count_row(void *context, const struct cs_diff_row *row)
{
    ck_assert_uint_gt(row->subject.length, 0);
    ++*(size_t *)context;
    return true;
}

/* Rows from a snapshot to now, and back. */
static size_t rows_since(const struct cs_point *then)
{
    struct cs_error err;
    struct cs_point present;
    size_t rows = 0, back = 0, none = 0;
    struct cs_arena *arena = cs_arena_new();
    must_be(cs_point_find(wild.house.lab, CS_STR("now"), &present, &err), &err);
    cs_lab_diff(wild.house.lab, arena, then, &present, count_row, &rows);
    cs_lab_diff(wild.house.lab, arena, &present, then, count_row, &back);
    cs_lab_diff(wild.house.lab, arena, then, then, count_row, &none);
    ck_assert_uint_eq(rows, back);
    ck_assert_uint_eq(none, 0);
    cs_arena_free(arena);
    return rows;
}

/* What is different is told, and looking for it leaves no trace. */
static void compare(void)
{
    struct cs_error err;
    uint64_t before = digest_of(wild.house.lab);
    for (int i = 0; i < SNAPSHOTS; i++) {
        struct cs_point point;
        if (!marks[i].there)
            continue;
        must_be(cs_point_find(wild.house.lab, cs_str_of(name_of('s', i)), &point, &err), &err);
        size_t rows = rows_since(&point);
        ck_assert_msg(rows || marks[i].digest == before, "what is different is told");
        ck_assert_uint_eq(digest_of(wild.house.lab), before);
    }
}

/* All snapshots, in and out of a transaction, and the way home. */
static void look(void)
{
    struct cs_error err;
    struct cs_lab *lab = wild.house.lab;
    bool inside = dice_one_in(&dice, 2);
    if (inside) {
        cs_lab_begin(lab, CS_STR("looking"));
        must_be(cs_registry_set_number(lab, wild.house.dc02, CS_KEY_OLE, CS_STR("look"), 1, &err),
                &err);
    }
    uint64_t before = digest_of(lab);
    cs_tick tick = cs_lab_tick(lab);
    struct cs_visit *visit = cs_visit_begin(lab);
    for (int i = 0; i < SNAPSHOTS; i++) {
        struct cs_point point;
        if (!marks[i].there)
            continue;
        must_be(cs_point_find(lab, cs_str_of(name_of('s', i)), &point, &err), &err);
        cs_visit_go(visit, &point);
        ck_assert_msg(digest_of(lab) == marks[i].digest, "a snapshot shows what was");
        must_be(cs_registry_set_number(lab, wild.house.dc02, CS_KEY_OLE, CS_STR("v"), 1, &err),
                &err);
    }
    cs_visit_end(visit);
    ck_assert_uint_eq(digest_of(lab), before);
    ck_assert_uint_eq(cs_lab_tick(lab), tick);
    if (inside)
        cs_lab_rollback(lab);
}

static void wander(void)
{
    int to = (int)dice_below(&dice, PLACES);
    if (places[to].there)
        go(to);
}

static void live(void)
{
    typedef void step_fn(void);
    static step_fn *const steps[] = {make, wander, wander, drop, keep, mark, mark, look, compare};
    for (int i = 0; i < 120; i++) {
        for (uint32_t n = dice_below(&dice, 4); n; n--)
            wild_edit(&wild, &dice);
        steps[dice_below(&dice, CS_COUNT(steps))]();
    }
}

START_TEST(worlds_keep_to_themselves)
{
    dice = dice_new("worlds");
    for (uint32_t round = dice_cases(40); round; round--) {
        wild = wild_make(&dice);
        for (int i = 0; i < PLACES; i++)
            places[i] = (struct place){.there = i == 0};
        for (int i = 0; i < SNAPSHOTS; i++)
            marks[i] = (struct mark){0};
        here = 0;
        live();
        wild_free(&wild);
    }
    ck_assert_int_gt(kept, 0);
}
END_TEST

START_TEST(a_seal_makes_the_present_the_beginning)
{
    struct cs_error err;
    dice = dice_new("worlds sealed");
    for (uint32_t round = dice_cases(30); round; round--) {
        wild = wild_make(&dice);
        must_be(cs_world_new(wild.house.lab, CS_STR("w"), &err), &err);
        for (int i = 0; i < 10; i++)
            wild_edit(&wild, &dice);
        must_be(cs_lab_seal(wild.house.lab, &err), &err);
        ck_assert_uint_eq(cs_world_name(wild.house.lab).length, 0);
        uint64_t digest = digest_of(wild.house.lab);
        for (int i = 0; i < 10; i++)
            wild_edit(&wild, &dice);
        size_t done;
        if (cs_lab_change_count(wild.house.lab))
            must_be(cs_lab_undo(wild.house.lab, 100, &done, &err), &err);
        ck_assert_uint_eq(cs_lab_change_count(wild.house.lab), 0);
        ck_assert_uint_eq(digest_of(wild.house.lab), digest);
        wild_free(&wild);
    }
}
END_TEST

Suite *world_suite(void)
{
    Suite *suite = suite_create("world");
    TCase *tcase = tcase_create("laws");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, worlds_keep_to_themselves);
    tcase_add_test(tcase, a_seal_makes_the_present_the_beginning);
    suite_add_tcase(suite, tcase);
    return suite;
}
