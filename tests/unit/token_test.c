/* token_test.c - sets of SIDs that remember how they came. */
#include <certsh/token.h>

#include "suites_domain.h"

static struct cs_arena *arena;

static void set_up(void)
{
    arena = cs_arena_new();
}

static void tear_down(void)
{
    cs_arena_free(arena);
}

START_TEST(a_sid_is_there_once_and_in_order)
{
    struct cs_token *token = cs_token_new(arena);
    struct cs_sid user = cs_sid_of2(5, 21, 1104);
    ck_assert_int_eq(cs_token_add(token, &user, CS_TOKEN_ENABLED, CS_ORIGIN_USER, CS_TOKEN_NO_VIA),
                     0);
    ck_assert_int_eq(cs_token_add(token, &cs_sid_everyone, CS_TOKEN_ENABLED, CS_ORIGIN_CONTEXT, 0),
                     1);
    ck_assert_int_eq(cs_token_add(token, &cs_sid_everyone, CS_TOKEN_DENY_ONLY, CS_ORIGIN_LOCAL, 0),
                     1);
    ck_assert_uint_eq(cs_token_count(token), 2);
    ck_assert_int_eq(cs_token_at(token, 1)->origin, CS_ORIGIN_CONTEXT);
    ck_assert_int_eq(cs_token_at(token, 1)->via, 0);
    ck_assert(cs_token_has(token, &cs_sid_everyone));
    ck_assert_int_eq(cs_token_find(token, &cs_sid_system), -1);
    ck_assert_ptr_null(cs_token_at(token, 2));
    cs_token_note(token, 1, 77);
    ck_assert_uint_eq(cs_token_at(token, 1)->id, 77);
    cs_token_note(token, 9, 77);
}
END_TEST

START_TEST(a_deny_only_sid_is_found_but_not_had)
{
    struct cs_token *token = cs_token_new(arena);
    cs_token_add(token, &cs_sid_administrators, CS_TOKEN_DENY_ONLY, CS_ORIGIN_GIVEN, -1);
    ck_assert_int_eq(cs_token_find(token, &cs_sid_administrators), 0);
    ck_assert(!cs_token_has(token, &cs_sid_administrators));
}
END_TEST

START_TEST(thousands_of_sids_are_all_found)
{
    struct cs_token *token = cs_token_new(arena);
    for (uint32_t i = 0; i < 5000; i++) {
        struct cs_sid sid = cs_sid_of2(5, 21, i * 7);
        ck_assert_int_eq(cs_token_add(token, &sid, CS_TOKEN_ENABLED, CS_ORIGIN_MEMBER, -1), (int)i);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        struct cs_sid there = cs_sid_of2(5, 21, i * 7), absent = cs_sid_of2(5, 21, i * 7 + 1);
        ck_assert_int_eq(cs_token_find(token, &there), (int)i);
        ck_assert(!cs_token_has(token, &absent));
    }
}
END_TEST

START_TEST(an_empty_token_has_nothing)
{
    struct cs_token *token = cs_token_new(arena);
    ck_assert(!cs_token_has(token, &cs_sid_everyone));
    ck_assert_uint_eq(cs_token_count(token), 0);
}
END_TEST

START_TEST(privileges_go_by_name)
{
    struct cs_token *token = cs_token_new(arena);
    struct cs_error err;
    ck_assert_int_eq(cs_token_grant(token, CS_STR("SeSecurityPrivilege"), &err), CS_OK);
    ck_assert_int_eq(cs_token_grant(token, CS_STR("sebackupprivilege"), &err), CS_OK);
    ck_assert_int_eq(cs_token_grant(token, CS_STR("SeFlyPrivilege"), &err), CS_INVALID);
    ck_assert_str_eq(err.text, "unknown privilege 'SeFlyPrivilege'");
}
END_TEST

START_TEST(origins_have_names)
{
    ck_assert_str_eq(cs_origin_name(CS_ORIGIN_USER), "user");
    ck_assert_str_eq(cs_origin_name(CS_ORIGIN_MEMBER), "member");
    ck_assert_str_eq(cs_origin_name(CS_ORIGIN_GIVEN), "given");
}
END_TEST

Suite *token_suite(void)
{
    Suite *suite = suite_create("token");
    TCase *tests = tcase_create("token");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_sid_is_there_once_and_in_order);
    tcase_add_test(tests, a_deny_only_sid_is_found_but_not_had);
    tcase_add_test(tests, thousands_of_sids_are_all_found);
    tcase_add_test(tests, an_empty_token_has_nothing);
    tcase_add_test(tests, privileges_go_by_name);
    tcase_add_test(tests, origins_have_names);
    suite_add_tcase(suite, tests);
    return suite;
}
