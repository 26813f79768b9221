/*
 * journal_test.c - laws of change, on random histories (the seed is printed):
 *
 *   undo of everything gives the beginning back, redo of everything the end;
 *   a rolled-back transaction leaves no trace, whatever was done inside it;
 *   a seal changes no answer.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <certsh/ca.h>

#include "digest.h"

Suite *journal_suite(void);

static uint64_t state;

static uint32_t roll(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 33) % below;
}

/* ---------------------------------------------------------------- a history */

static struct cs_lab *lab;
static cs_id corp;

static cs_id any_principal(void)
{
    return 1 + roll(cs_principal_end(lab));
}

static void step(void)
{
    struct cs_error err;
    char name[32];
    snprintf(name, sizeof name, "n%u", roll(1u << 30));
    struct cs_principal p = {.kind = roll(2) ? CS_GROUP : CS_USER,
                             .domain = corp,
                             .security = true,
                             .name = cs_str_of(name)};
    p.scope = p.kind == CS_GROUP ? (enum cs_scope)(1 + roll(3)) : CS_SCOPE_NONE;
    cs_status ignored = CS_OK;
    switch (roll(8)) {
    case 0:
        ignored = cs_principal_put(lab, &p, NULL, &err);
        break;
    case 1:
        ignored = cs_principal_remove(lab, any_principal(), &err);
        break;
    case 2:
        ignored = cs_registry_set_number(lab, 1, CS_KEY_OLE, cs_str_of(name), roll(9), &err);
        break;
    case 3:
        ignored = cs_registry_remove_key(lab, 1, CS_KEY_OLE, &err);
        break;
    case 4:
        ignored = cs_member_remove(lab, any_principal(), any_principal(), &err);
        break;
    default:
        ignored = cs_member_add(lab, any_principal(), any_principal(), &err);
    }
    (void)ignored; /* what Windows refuses is part of a history */
}

static void set_up(void)
{
    struct cs_error err;
    const char *seed = getenv("CERTSH_SEED");
    state = seed ? strtoull(seed, NULL, 0) : 20061130u;
    printf("seed %llu\n", (unsigned long long)state);
    lab = cs_lab_new();
    struct cs_domain domain = {.dns = CS_STR("corp.example"), .netbios = CS_STR("CORP")};
    ck_assert(cs_sid_parse(CS_STR("S-1-5-21-1-2-3"), &domain.sid, &err) == CS_OK);
    ck_assert(cs_domain_put(lab, &domain, &corp, &err) == CS_OK);
    struct cs_host host = {.name = CS_STR("DC01"), .role = CS_ROLE_DC, .domain = corp};
    ck_assert(cs_host_put(lab, &host, NULL, &err) == CS_OK);
    for (int i = 0; i < 200; i++)
        step();
    cs_lab_seal(lab, NULL);
}

static void tear_down(void)
{
    cs_lab_free(lab);
}

START_TEST(undo_and_redo_are_inverse)
{
    struct cs_error err;
    for (int round = 0; round < 20; round++) {
        uint64_t before = digest_of(lab);
        size_t changes = cs_lab_change_count(lab), done;
        for (int i = 0; i < 60; i++)
            step();
        size_t made = cs_lab_change_count(lab) - changes;
        uint64_t after = digest_of(lab);
        ck_assert_uint_gt(made, 0);
        ck_assert(cs_lab_undo(lab, made, &done, &err) == CS_OK);
        ck_assert_uint_eq(digest_of(lab), before);
        ck_assert(cs_lab_redo(lab, made, &done, &err) == CS_OK);
        ck_assert_uint_eq(digest_of(lab), after);
    }
}
END_TEST

START_TEST(a_what_if_leaves_no_trace)
{
    for (int round = 0; round < 50; round++) {
        step();
        uint64_t before = digest_of(lab);
        cs_lab_begin(lab, CS_STR("what if"));
        for (int i = 0; i < 20; i++) {
            bool inner = roll(4) == 0;
            if (inner)
                cs_lab_begin(lab, CS_STR("inner"));
            step();
            if (inner && roll(2))
                cs_lab_rollback(lab);
            else if (inner)
                cs_lab_commit(lab, NULL);
        }
        cs_lab_rollback(lab);
        ck_assert_uint_eq(digest_of(lab), before);
    }
}
END_TEST

START_TEST(a_seal_changes_no_answer)
{
    for (int i = 0; i < 300; i++)
        step();
    uint64_t before = digest_of(lab);
    cs_lab_seal(lab, NULL);
    ck_assert_uint_eq(digest_of(lab), before);
    ck_assert_uint_eq(cs_lab_change_count(lab), 0);
}
END_TEST

Suite *journal_suite(void)
{
    Suite *suite = suite_create("journal");
    TCase *tcase = tcase_create("laws");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, undo_and_redo_are_inverse);
    tcase_add_test(tcase, a_what_if_leaves_no_trace);
    tcase_add_test(tcase, a_seal_changes_no_answer);
    suite_add_tcase(suite, tcase);
    return suite;
}
