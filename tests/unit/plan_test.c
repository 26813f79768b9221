/* plan_test.c - prepared checks: many trustees, old badges, no memory (laws: access_laws_test.c).
 */
#include <certsh/plan.h>

#include <check.h>

#include "base/alloc.h"

Suite *plan_suite(void);

enum { MANY = 200 };

static struct cs_arena *arena;

static void set_up(void)
{
    arena = cs_arena_new();
}

static void tear_down(void)
{
    cs_arena_free(arena);
}

static struct cs_sid account(uint32_t rid)
{
    return (struct cs_sid){5, {21, 1, 2, 3, rid}, 5};
}

/* A list in which every one of MANY accounts has one right; the bit is the account's number. */
static struct cs_sd many_aces(void)
{
    struct cs_acl *acl = cs_arena_alloc(arena, sizeof *acl);
    struct cs_ace *aces = cs_arena_alloc(arena, MANY * sizeof *aces);
    for (uint32_t i = 0; i < MANY; i++)
        aces[i] = (struct cs_ace){.mask = 1u << i % 8, .sid = account(i)};
    *acl = (struct cs_acl){.revision = 2, .count = MANY, .aces = aces};
    return (struct cs_sd){.control = CS_SD_DACL_PRESENT, .dacl = acl};
}

static struct cs_token *token_of(uint32_t first, uint32_t second)
{
    struct cs_token *token = cs_token_new(arena);
    const uint32_t rids[] = {first, second};
    for (size_t i = 0; i < CS_COUNT(rids); i++) {
        struct cs_sid sid = account(rids[i]);
        cs_token_add(token, &sid, CS_TOKEN_ENABLED, CS_ORIGIN_GIVEN, CS_TOKEN_NO_VIA);
    }
    return token;
}

static void same(const struct cs_sd *sd, const struct cs_plan *plan, const struct cs_badge *badge,
                 const struct cs_token *token, uint32_t desired)
{
    struct cs_access ask = {.token = token, .desired = desired};
    struct cs_verdict a = cs_access_check(sd, &ask), b = cs_plan_check(plan, badge, desired);
    ck_assert(a.kind == b.kind && a.granted == b.granted && a.mask == b.mask);
    ck_assert_int_eq(a.ace, b.ace);
    ck_assert_int_eq(a.sid, b.sid);
}

START_TEST(long_lists_are_walked_to_their_end)
{
    struct cs_sd sd = many_aces();
    struct cs_trustees *trustees = cs_trustees_new(arena);
    struct cs_plan *plan = cs_plan_new(arena, trustees, &sd);
    ck_assert_uint_eq(cs_trustees_count(trustees), MANY);
    for (uint32_t i = 0; i < MANY; i++) {
        struct cs_token *token = token_of(i, MANY - 1 - i);
        struct cs_badge *badge = cs_badge_new(arena, trustees, token);
        for (uint32_t desired = 0; desired < 256; desired += 1 + desired / 4)
            same(&sd, plan, badge, token, desired);
    }
}
END_TEST

START_TEST(an_older_badge_is_no_wrong_one)
{
    struct cs_sd sd = many_aces();
    struct cs_trustees *trustees = cs_trustees_new(arena);
    struct cs_token *token = token_of(3, 190);
    struct cs_badge *badge = cs_badge_new(arena, trustees, token);
    struct cs_plan *plan = cs_plan_new(arena, trustees, &sd);
    same(&sd, plan, badge, token, 0x8);
    same(&sd, plan, badge, token, 0x48);
    ck_assert(cs_plan_check(plan, badge, 0x48).granted);
}
END_TEST

START_TEST(memory_may_run_out)
{
    struct cs_sd sd = many_aces();
    struct cs_token *token = token_of(3, 190);
    bool came = true;
    long n = 0;
    while (came) {
        struct cs_arena *mine = cs_arena_new();
        csi_alloc_fail_at(++n, true);
        struct cs_trustees *trustees = cs_trustees_new(mine);
        struct cs_plan *plan = trustees ? cs_plan_new(mine, trustees, &sd) : NULL;
        struct cs_badge *badge = plan ? cs_badge_new(mine, trustees, token) : NULL;
        came = csi_alloc_count() >= n;
        csi_alloc_fail_at(0, false);
        ck_assert_int_eq(badge == NULL, came);
        cs_arena_free(mine);
    }
    ck_assert_int_gt(n, 1);
}
END_TEST

Suite *plan_suite(void)
{
    Suite *suite = suite_create("plan");
    TCase *tests = tcase_create("plan");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, long_lists_are_walked_to_their_end);
    tcase_add_test(tests, an_older_badge_is_no_wrong_one);
    tcase_add_test(tests, memory_may_run_out);
    suite_add_tcase(suite, tests);
    return suite;
}
