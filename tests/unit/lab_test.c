/* lab_test.c - ops and their inverses: transactions, undo, redo, what-if, seal. */
#include <check.h>

#include <certsh/host.h>

Suite *lab_suite(void);

static struct cs_lab *lab;
static struct cs_error err;
static cs_id corp, alice, bob, staff, nested;

static cs_id add(enum cs_principal_kind kind, enum cs_scope scope, const char *name)
{
    cs_id id = 0;
    struct cs_principal p = {.kind = kind,
                             .scope = scope,
                             .security = true,
                             .domain = corp,
                             .primary = kind == CS_GROUP ? 0 : 513,
                             .name = cs_str_of(name)};
    ck_assert_msg(cs_principal_put(lab, &p, &id, &err) == CS_OK, "%s", err.text);
    return id;
}

static void set_up(void)
{
    lab = cs_lab_new();
    struct cs_domain domain = {
        .dns = CS_STR("corp.example"), .netbios = CS_STR("CORP"), .forest = CS_STR("corp.example")};
    ck_assert(cs_sid_parse(CS_STR("S-1-5-21-1-2-3"), &domain.sid, &err) == CS_OK);
    ck_assert(cs_domain_put(lab, &domain, &corp, &err) == CS_OK);
    alice = add(CS_USER, CS_SCOPE_NONE, "alice");
    bob = add(CS_USER, CS_SCOPE_NONE, "bob");
    staff = add(CS_GROUP, CS_SCOPE_GLOBAL, "Staff");
    nested = add(CS_GROUP, CS_SCOPE_GLOBAL, "Nested");
    cs_lab_seal(lab, NULL);
}

static void tear_down(void)
{
    cs_lab_free(lab);
}

START_TEST(undo_and_redo_walk_the_history)
{
    cs_tick before = cs_lab_tick(lab);
    cs_lab_begin(lab, CS_STR("first"));
    ck_assert(cs_member_add(lab, staff, alice, &err) == CS_OK);
    ck_assert(cs_member_add(lab, staff, bob, &err) == CS_OK);
    cs_lab_commit(lab, NULL);
    ck_assert_uint_eq(cs_lab_change_count(lab), 1);
    ck_assert_uint_eq(cs_lab_tick(lab), before + 2);

    size_t done = 0;
    ck_assert(cs_lab_undo(lab, 5, &done, &err) == CS_OK);
    ck_assert_uint_eq(done, 1);
    ck_assert(!cs_member_has(lab, staff, alice, CS_NOW));
    ck_assert_uint_eq(cs_lab_tick(lab), before);
    ck_assert(cs_lab_undo(lab, 1, &done, &err) == CS_STATE);

    ck_assert(cs_lab_redo(lab, 1, &done, &err) == CS_OK);
    ck_assert(cs_member_has(lab, staff, alice, CS_NOW));
    ck_assert(cs_member_has(lab, staff, bob, CS_NOW));
    ck_assert_uint_eq(cs_lab_tick(lab), before + 2);
}
END_TEST

START_TEST(a_new_change_forgets_what_was_undone)
{
    ck_assert(cs_member_add(lab, staff, alice, &err) == CS_OK);
    ck_assert(cs_lab_undo(lab, 1, NULL, &err) == CS_OK);
    ck_assert(cs_member_add(lab, nested, bob, &err) == CS_OK);
    ck_assert(cs_lab_redo(lab, 1, NULL, &err) == CS_STATE);
    ck_assert(!cs_member_has(lab, staff, alice, CS_NOW));
    ck_assert(cs_member_has(lab, nested, bob, CS_NOW));
}
END_TEST

START_TEST(a_rollback_leaves_nothing_and_keeps_redo)
{
    ck_assert(cs_member_add(lab, staff, alice, &err) == CS_OK);
    ck_assert(cs_lab_undo(lab, 1, NULL, &err) == CS_OK);
    cs_id end = cs_principal_end(lab);
    cs_lab_begin(lab, CS_STR("what if"));
    cs_id carol = add(CS_USER, CS_SCOPE_NONE, "carol");
    ck_assert(cs_member_add(lab, staff, carol, &err) == CS_OK);
    struct cs_principal p;
    ck_assert(cs_principal_get(lab, carol, &p));
    cs_lab_rollback(lab);
    ck_assert(!cs_principal_get(lab, carol, &p));
    ck_assert_uint_eq(cs_principal_named(lab, corp, 0, CS_STR("carol")), 0);
    ck_assert_uint_ge(cs_principal_end(lab), end);
    ck_assert(cs_lab_redo(lab, 1, NULL, &err) == CS_OK);
    ck_assert(cs_member_has(lab, staff, alice, CS_NOW));
}
END_TEST

START_TEST(transactions_nest)
{
    cs_lab_begin(lab, CS_STR("outer"));
    ck_assert(cs_member_add(lab, staff, alice, &err) == CS_OK);
    cs_lab_begin(lab, CS_STR("inner"));
    ck_assert(cs_member_add(lab, staff, bob, &err) == CS_OK);
    cs_lab_rollback(lab);
    ck_assert(cs_member_has(lab, staff, alice, CS_NOW));
    ck_assert(!cs_member_has(lab, staff, bob, CS_NOW));
    cs_lab_commit(lab, NULL);
    ck_assert_uint_eq(cs_lab_change_count(lab), 1);
}
END_TEST

START_TEST(a_removed_group_comes_back_with_sid_and_members)
{
    ck_assert(cs_member_add(lab, staff, alice, &err) == CS_OK);
    struct cs_principal before, after;
    ck_assert(cs_principal_get(lab, staff, &before));
    ck_assert(cs_principal_remove(lab, staff, &err) == CS_OK);
    ck_assert(!cs_principal_get(lab, staff, &after));
    ck_assert(!cs_member_has(lab, staff, alice, CS_NOW));
    cs_id again = add(CS_GROUP, CS_SCOPE_GLOBAL, "Staff");
    ck_assert(cs_principal_get(lab, again, &after));
    ck_assert_msg(!cs_sid_equal(&before.sid, &after.sid), "a SID was given twice");
    ck_assert(cs_lab_undo(lab, 2, NULL, &err) == CS_OK);
    ck_assert(cs_principal_get(lab, staff, &after));
    ck_assert(cs_sid_equal(&before.sid, &after.sid));
    ck_assert_uint_eq(before.birth, after.birth);
    ck_assert(cs_member_has(lab, staff, alice, CS_NOW));
}
END_TEST

START_TEST(membership_is_asked_as_of_a_tick)
{
    cs_tick before = cs_lab_tick(lab);
    ck_assert(cs_member_add(lab, staff, alice, &err) == CS_OK);
    cs_tick with = cs_lab_tick(lab);
    ck_assert(cs_member_remove(lab, staff, alice, &err) == CS_OK);
    ck_assert(!cs_member_has(lab, staff, alice, before));
    ck_assert(cs_member_has(lab, staff, alice, with));
    ck_assert(!cs_member_has(lab, staff, alice, CS_NOW));
}
END_TEST

static bool count_id(void *context, cs_id id)
{
    (void)id;
    ++*(size_t *)context;
    return true;
}

START_TEST(an_edge_that_came_and_went_is_listed_once)
{
    for (int i = 0; i < 3; i++) {
        ck_assert(cs_member_add(lab, staff, alice, &err) == CS_OK);
        ck_assert(cs_member_remove(lab, staff, alice, &err) == CS_OK);
    }
    ck_assert(cs_member_add(lab, staff, alice, &err) == CS_OK);
    size_t count = 0;
    cs_member_each(lab, staff, CS_NOW, count_id, &count);
    ck_assert_uint_eq(count, 1);
    count = 0;
    cs_member_of_each(lab, alice, CS_NOW, count_id, &count);
    ck_assert_uint_eq(count, 1);
    cs_lab_seal(lab, NULL);
    count = 0;
    cs_member_each(lab, staff, CS_NOW, count_id, &count);
    ck_assert_uint_eq(count, 1);
    ck_assert(cs_member_remove(lab, staff, alice, &err) == CS_OK);
    count = 0;
    cs_member_each(lab, staff, CS_NOW, count_id, &count);
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(cycles_end)
{
    ck_assert(cs_member_add(lab, staff, nested, &err) == CS_OK);
    ck_assert(cs_member_add(lab, nested, staff, &err) == CS_OK);
    ck_assert(cs_member_add(lab, nested, alice, &err) == CS_OK);
    size_t count = 0;
    cs_principal_groups(lab, alice, CS_NOW, count_id, &count);
    ck_assert_uint_eq(count, 2);
}
END_TEST

START_TEST(registry_values_come_and_go)
{
    struct cs_host host = {.name = CS_STR("DC01"), .role = CS_ROLE_DC, .domain = corp};
    cs_id dc01;
    ck_assert(cs_host_put(lab, &host, &dc01, &err) == CS_OK);
    ck_assert(cs_registry_set_text(lab, dc01, CS_KEY_OLE, CS_STR("EnableDCOM"), CS_STR("Y"),
                                   &err) == CS_OK);
    ck_assert(cs_registry_get(lab, dc01, CS_STR("hklm\\software\\MICROSOFT\\ole"),
                              CS_STR("enabledcom")) != NULL);
    ck_assert(!cs_registry_known(lab, dc01, CS_KEY_OLE));
    struct cs_source source = {0};
    ck_assert(cs_registry_cover(lab, dc01, CS_KEY_OLE, source, &err) == CS_OK);
    ck_assert(cs_registry_known(lab, dc01, CS_KEY_APPCOMPAT));
    ck_assert(cs_registry_remove(lab, dc01, CS_KEY_OLE, CS_STR("EnableDCOM"), &err) == CS_OK);
    ck_assert(!cs_registry_has_key(lab, dc01, CS_KEY_OLE));
    ck_assert(cs_registry_remove(lab, dc01, CS_KEY_OLE, CS_STR("EnableDCOM"), &err) ==
              CS_NOT_FOUND);
    ck_assert_uint_eq(err.win32, 2);
    ck_assert(cs_lab_undo(lab, 1, NULL, &err) == CS_OK);
    ck_assert(cs_registry_has_key(lab, dc01, CS_KEY_OLE));
}
END_TEST

Suite *lab_suite(void)
{
    Suite *suite = suite_create("lab");
    TCase *tcase = tcase_create("ops");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, undo_and_redo_walk_the_history);
    tcase_add_test(tcase, a_new_change_forgets_what_was_undone);
    tcase_add_test(tcase, a_rollback_leaves_nothing_and_keeps_redo);
    tcase_add_test(tcase, transactions_nest);
    tcase_add_test(tcase, a_removed_group_comes_back_with_sid_and_members);
    tcase_add_test(tcase, membership_is_asked_as_of_a_tick);
    tcase_add_test(tcase, an_edge_that_came_and_went_is_listed_once);
    tcase_add_test(tcase, cycles_end);
    tcase_add_test(tcase, registry_values_come_and_go);
    suite_add_tcase(suite, tcase);
    return suite;
}
