/*
 * access_laws_test.c - the access check on random cases, against slow_access.c and its own laws.
 */
#include <certsh/access.h>

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "access_case.h"
#include "domain/sd_in.h"
#include "laws.h"

Suite *access_laws_suite(void);

static struct dice dice;
static struct cs_arena *arena;

/* -------------------------------------------------------------------- laws */

/* What the mask of a verdict should be: of the bits asked, or with MAXIMUM_ALLOWED of all. */
static uint32_t slow_mask_of(const struct access_case *t)
{
    struct cs_access one = t->ask;
    uint32_t mask = slow_access_mask(&t->sd, &one, &t->slow);
    return t->ask.mapping ? mask & 0x0fffffff : mask;
}

static uint32_t map(const struct access_case *t, uint32_t mask)
{
    const uint32_t meaning[] = {t->mapping.all, t->mapping.execute, t->mapping.write,
                                t->mapping.read};
    if (!t->ask.mapping)
        return mask;
    uint32_t mapped = mask & 0x0fffffff;
    for (int i = 0; i < 4; i++)
        mapped |= mask >> (28 + i) & 1 ? meaning[i] : 0;
    return mapped;
}

static void equals_slow(const struct access_case *t, uint32_t number)
{
    struct cs_verdict verdict = cs_access_check(&t->sd, &t->ask);
    bool granted = slow_access_granted(&t->sd, &t->ask, &t->slow);
    ck_assert_msg(verdict.granted == granted, "case %u: %d, the specification says %d", number,
                  verdict.granted, granted);
    if (number % 4)
        return; /* a mask is 32 questions */
    uint32_t mask = slow_mask_of(t) & map(t, t->ask.desired);
    ck_assert_msg(verdict.mask == mask, "case %u: mask 0x%x, the specification says 0x%x", number,
                  verdict.mask, mask);
}

static void maximum_equals_slow(struct access_case *t, uint32_t number)
{
    t->ask.desired = CS_RIGHT_MAXIMUM_ALLOWED;
    struct cs_verdict verdict = cs_access_check(&t->sd, &t->ask);
    uint32_t mask = slow_mask_of(t) & ~CS_RIGHT_SYSTEM_SECURITY;
    bool list = t->sd.dacl && t->sd.control & CS_SD_DACL_PRESENT;
    if (!list && t->ask.mapping)
        mask &= t->mapping.all;
    ck_assert_msg(verdict.mask == mask, "case %u: maximum 0x%x, the specification says 0x%x",
                  number, verdict.mask, mask);
    ck_assert_msg(verdict.granted == (mask != 0), "case %u: maximum 0x%x granted %d", number, mask,
                  verdict.granted);
}

/* The ACEs from `from` on without rights: there, but saying nothing. */
static bool granted_without(const struct access_case *t, size_t from, bool and_allow_all)
{
    struct access_case copy = *t;
    copy.sd.dacl = &copy.acl;
    copy.acl.aces = copy.aces;
    for (size_t i = from; i < copy.acl.count; i++)
        copy.aces[i].mask = 0;
    if (and_allow_all)
        copy.aces[copy.acl.count++] =
            (struct cs_ace){.type = CS_ACE_ALLOW, .mask = UINT32_MAX, .sid = access_sids[0]};
    return slow_access_granted(&copy.sd, &copy.ask, &copy.slow);
}

/* Up to the deciding ACE, and without it, the specification answers differently. */
static void decided_by_that_ace(const struct access_case *t, uint32_t number)
{
    struct cs_verdict verdict = cs_access_check(&t->sd, &t->ask);
    if (t->slow.restricting_count || verdict.ace < 0 || !granted_without(t, 0, true))
        return; /* the last: asks for what only a privilege grants */
    size_t ace = (size_t)verdict.ace;
    bool without = granted_without(t, ace, verdict.kind == CS_DENIED);
    bool with = granted_without(t, ace + 1, verdict.kind == CS_DENIED);
    ck_assert_msg(without == (verdict.kind == CS_DENIED) && with == (verdict.kind == CS_ALLOWED),
                  "case %u: %s by ace %d, without it %d, with it %d", number,
                  cs_verdict_name(verdict.kind), verdict.ace, without, with);
}

static void check_cases(void (*law)(struct access_case *, uint32_t), uint32_t all)
{
    struct access_case t;
    uint32_t cases = dice_cases(all);
    for (uint32_t i = 0; i < cases; i++) {
        struct cs_arena_mark mark = cs_arena_mark(arena);
        access_case_draw(&t);
        law(&t, i);
        cs_arena_rewind(arena, mark);
    }
}

static void all_answers(struct access_case *t, uint32_t number)
{
    equals_slow(t, number);
    decided_by_that_ace(t, number);
    laws_of_plan(arena, &t->sd, t->token, t->ask.desired);
    if (number % 8 == 0)
        maximum_equals_slow(t, number);
}

START_TEST(the_check_is_the_specification)
{
    check_cases(all_answers, 1000000);
}
END_TEST

/* OWNER RIGHTS is the exception: without it the owner has more. */
static void without_an_allow(struct access_case *t, uint32_t number)
{
    size_t at = t->acl.count ? dice_below(&dice, (uint32_t)t->acl.count) : 0;
    const struct cs_ace *ace = &t->aces[at];
    if (!t->acl.count || csi_ace_type(ace->type)->effect != CSI_EFFECT_ALLOW ||
        cs_sid_equal(&ace->sid, &cs_sid_owner_rights))
        return;
    t->ask.desired |= dice_one_in(&dice, 4) ? CS_RIGHT_MAXIMUM_ALLOWED : 0;
    struct cs_verdict before = cs_access_check(&t->sd, &t->ask);
    memmove(&t->aces[at], &t->aces[at + 1], (t->acl.count - at - 1) * sizeof *t->aces);
    t->acl.count--;
    struct cs_verdict after = cs_access_check(&t->sd, &t->ask);
    ck_assert_msg(before.granted || !after.granted, "case %u", number);
    ck_assert_msg((after.mask & ~before.mask) == 0, "case %u: 0x%x, then 0x%x", number, before.mask,
                  after.mask);
}

START_TEST(removing_an_allow_never_grants)
{
    check_cases(without_an_allow, 400000);
}
END_TEST

static void with_a_deny_first(struct access_case *t, uint32_t number)
{
    struct cs_ace ace;
    do
        ace = access_case_ace();
    while (csi_ace_type(ace.type)->effect != CSI_EFFECT_DENY);
    t->ask.desired |= dice_one_in(&dice, 4) ? CS_RIGHT_MAXIMUM_ALLOWED : 0;
    struct cs_verdict before = cs_access_check(&t->sd, &t->ask);
    memmove(&t->aces[1], &t->aces[0], t->acl.count * sizeof *t->aces);
    t->aces[0] = ace;
    t->acl.count++;
    struct cs_verdict after = cs_access_check(&t->sd, &t->ask);
    ck_assert_msg(before.granted || !after.granted, "case %u", number);
    ck_assert_msg((after.mask & ~before.mask) == 0, "case %u: 0x%x, then 0x%x", number, before.mask,
                  after.mask);
}

START_TEST(a_deny_put_first_never_grants_more)
{
    check_cases(with_a_deny_first, 400000);
}
END_TEST

/* ------------------------------------------------------------------- suite */

static void set_up(void)
{
    dice = dice_new("access laws");
    arena = cs_arena_new();
    access_case_begin(&dice, arena);
}

static void tear_down(void)
{
    cs_arena_free(arena);
}

Suite *access_laws_suite(void)
{
    Suite *suite = suite_create("access_laws");
    TCase *tests = tcase_create("laws");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, the_check_is_the_specification);
    tcase_add_test(tests, removing_an_allow_never_grants);
    tcase_add_test(tests, a_deny_put_first_never_grants_more);
    suite_add_tcase(suite, tests);
    return suite;
}
