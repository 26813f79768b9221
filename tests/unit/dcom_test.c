/* dcom_test.c - which DCOM descriptors a host has, and which of them counts. */
#include "house.h"

#include <string.h>

Suite *dcom_suite(void);

static struct house h;
static struct cs_error err;
static struct cs_dcom_sd sds[2];

static void dc(void)
{
    h = house_make(CS_WINDOWS_2003_SP1, false);
}

static void done(void)
{
    house_free(&h);
}

static size_t read_scope(enum cs_dcom_scope scope)
{
    memset(sds, 0, sizeof(sds));
    return cs_dcom_sds(h.lab, h.arena, h.dc01, scope, sds);
}

START_TEST(scopes_have_names_and_values)
{
    enum cs_dcom_scope scope;
    ck_assert(cs_dcom_scope_find(CS_STR("Access-Limit"), &scope));
    ck_assert_int_eq(scope, CS_DCOM_ACCESS_LIMIT);
    ck_assert_str_eq(cs_dcom_scope_value(scope), "MachineAccessRestriction");
    ck_assert_int_eq(cs_dcom_scope_kind(scope), CS_SCOPE_IS_ACCESS);
    ck_assert(!cs_dcom_scope_find(CS_STR("limit"), &scope));
}
END_TEST

START_TEST(every_default_is_a_descriptor)
{
    static const bool old[CS_DCOM_SCOPE_COUNT] = {false, false, true, true, true, true};
    for (int w = CS_WINDOWS_2000; w < CS_WINDOWS_COUNT; w++)
        for (int s = 0; s < CS_DCOM_SCOPE_COUNT; s++) {
            const char *sddl = cs_default_dcom((enum cs_windows)w, (enum cs_dcom_scope)s);
            bool there = cs_windows_info((enum cs_windows)w)->limits || old[s];
            ck_assert_msg(there == (sddl != NULL), "%d %d", w, s);
            struct cs_sd sd;
            if (!sddl)
                continue;
            ck_assert_msg(cs_sddl_parse(h.arena, cs_str_of(sddl), NULL, &sd, &err) == CS_OK,
                          "%s: %s", sddl, err.text);
            ck_assert(cs_com_valid(&sd));
        }
}
END_TEST

START_TEST(the_2003_sp1_limit_has_the_computed_bytes)
{
    static const unsigned char head[] = {0x01, 0x00, 0x04, 0x80, 0x60, 0, 0, 0, 0x70, 0};
    struct cs_sd sd;
    struct cs_str bytes;
    const char *sddl = cs_default_dcom(CS_WINDOWS_2003_SP1, CS_DCOM_LAUNCH_LIMIT);
    ck_assert(cs_sddl_parse(h.arena, cs_str_of(sddl), NULL, &sd, &err) == CS_OK);
    ck_assert(cs_sd_encode_registry(h.arena, &sd, &bytes, &err) == CS_OK);
    ck_assert_uint_eq(bytes.length, 128); /* FACTS 1.6 */
    ck_assert_mem_eq(bytes.at, head, sizeof(head));
}
END_TEST

START_TEST(a_policy_shadows_the_registry)
{
    house_text(&h, h.dc01, CS_KEY_DCOM_POLICY, "MachineLaunchRestriction", "D:(A;;CCDC;;;WD)");
    ck_assert_uint_eq(read_scope(CS_DCOM_LAUNCH_LIMIT), 2);
    ck_assert_str_eq(sds[0].source, "policy");
    ck_assert(sds[0].effective && sds[0].known && !sds[0].broken);
    ck_assert_str_eq(sds[1].source, "registry");
    ck_assert(!sds[1].effective);
    ck_assert_uint_eq(read_scope(CS_DCOM_ACCESS_LIMIT), 1);
}
END_TEST

START_TEST(a_blank_policy_is_none)
{
    house_text(&h, h.dc01, CS_KEY_DCOM_POLICY, "MachineLaunchRestriction", "  ");
    ck_assert_uint_eq(read_scope(CS_DCOM_LAUNCH_LIMIT), 1);
    ck_assert_str_eq(sds[0].source, "registry");
    ck_assert(sds[0].effective);
}
END_TEST

START_TEST(a_broken_value_refuses_everybody)
{
    house_text(&h, h.dc01, CS_KEY_DCOM_POLICY, "MachineLaunchRestriction", "D:(A;;XX;;;WD)");
    ck_assert_uint_eq(read_scope(CS_DCOM_LAUNCH_LIMIT), 2);
    ck_assert(sds[0].broken);
    ck_assert_uint_gt(sds[0].problem.length, 0);
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "launch-limit");
    ck_assert_int_eq(d.verdict, CS_DENIED);
    house_text(&h, h.dc01, CS_KEY_CERTSRV_REQUEST, "AccessPermission", "O:BAG:BAD:(A;;CC;;;WD)");
    ck_assert_uint_eq(read_scope(CS_DCOM_ACCESS_PERMISSION), 1);
    ck_assert(sds[0].broken);
    ck_str_has(sds[0].problem, "REG_SZ, not REG_BINARY");
}
END_TEST

START_TEST(an_absent_value_is_built_in)
{
    ck_assert(cs_registry_remove(h.lab, h.dc01, CS_KEY_OLE, CS_STR("MachineAccessRestriction"),
                                 &err) == CS_OK);
    ck_assert_uint_eq(read_scope(CS_DCOM_ACCESS_LIMIT), 1);
    ck_assert_str_eq(sds[0].source, "built-in");
    ck_assert(sds[0].known && !sds[0].assumed);
    ck_assert_uint_eq(sds[0].sd.dacl->count, 3);
}
END_TEST

START_TEST(an_application_without_permission_takes_the_default)
{
    ck_assert(cs_registry_remove(h.lab, h.dc01, CS_KEY_CERTSRV_REQUEST, CS_STR("LaunchPermission"),
                                 &err) == CS_OK);
    ck_assert_uint_eq(read_scope(CS_DCOM_LAUNCH_PERMISSION), 0);
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "launch-permission");
    ck_assert(cs_member_add(h.lab, h.admins, h.bob, &err) == CS_OK);
    d = house_ask(&h, h.bob, h.user); /* K2: administrators by default */
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
}
END_TEST

START_TEST(what_nobody_gave_is_not_known)
{
    struct cs_host host = *cs_host_get(h.lab, h.dc01);
    host.complete = false;
    ck_assert(cs_host_put(h.lab, &host, NULL, &err) == CS_OK);
    ck_assert(cs_registry_remove(h.lab, h.dc01, CS_KEY_OLE, CS_STR("MachineLaunchRestriction"),
                                 &err) == CS_OK);
    ck_assert_uint_eq(read_scope(CS_DCOM_LAUNCH_LIMIT), 1);
    ck_assert(!sds[0].known);
    struct cs_source source = {0};
    ck_assert(cs_registry_cover(h.lab, h.dc01, CS_KEY_OLE, source, &err) == CS_OK);
    ck_assert_uint_eq(read_scope(CS_DCOM_LAUNCH_LIMIT), 1);
    ck_assert(sds[0].known);
}
END_TEST

START_TEST(assumed_for_a_ca_includes_its_group)
{
    struct cs_host host = *cs_host_get(h.lab, h.dc01);
    host.complete = false;
    ck_assert(cs_host_put(h.lab, &host, NULL, &err) == CS_OK);
    ck_assert(cs_registry_remove(h.lab, h.dc01, CS_KEY_OLE, CS_STR("MachineLaunchRestriction"),
                                 &err) == CS_OK);
    struct cs_start start = *cs_lab_start(h.lab);
    start.assume = true;
    ck_assert(cs_lab_set_start(h.lab, &start, &err) == CS_OK);
    ck_assert_uint_eq(read_scope(CS_DCOM_LAUNCH_LIMIT), 1);
    ck_assert(sds[0].known && sds[0].assumed);
    ck_assert_uint_eq(sds[0].sd.dacl->count, 4);
}
END_TEST

START_TEST(old_windows_has_no_limits)
{
    house_free(&h);
    h = house_make(CS_WINDOWS_2003, false);
    ck_assert_uint_eq(read_scope(CS_DCOM_LAUNCH_LIMIT), 0);
    ck_assert_uint_eq(read_scope(CS_DCOM_LAUNCH_PERMISSION), 1);
}
END_TEST

Suite *dcom_suite(void)
{
    Suite *suite = suite_create("dcom");
    TCase *tests = tcase_create("dcom");
    tcase_add_checked_fixture(tests, dc, done);
    tcase_add_test(tests, scopes_have_names_and_values);
    tcase_add_test(tests, every_default_is_a_descriptor);
    tcase_add_test(tests, the_2003_sp1_limit_has_the_computed_bytes);
    tcase_add_test(tests, a_policy_shadows_the_registry);
    tcase_add_test(tests, a_blank_policy_is_none);
    tcase_add_test(tests, a_broken_value_refuses_everybody);
    tcase_add_test(tests, an_absent_value_is_built_in);
    tcase_add_test(tests, an_application_without_permission_takes_the_default);
    tcase_add_test(tests, what_nobody_gave_is_not_known);
    tcase_add_test(tests, assumed_for_a_ca_includes_its_group);
    tcase_add_test(tests, old_windows_has_no_limits);
    suite_add_tcase(suite, tests);
    return suite;
}
