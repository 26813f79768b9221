/* upgrade_test.c - from 2003 to SP1 and on: what setup does, and what it loses (K3-K14). */
#include "house.h"

#include <string.h>

Suite *upgrade_suite(void);

static struct house h;
static struct cs_error err;

static void rtm(void)
{
    h = house_make(CS_WINDOWS_2003, false);
}

static void done(void)
{
    house_free(&h);
}

static void customise(void)
{
    house_group(&h, CS_SCOPE_GLOBAL, h.corp, 0, "PKI Operators", "S-1-5-21-1-2-3-1201");
    house_sd(&h, h.dc01, CS_KEY_CERTSRV_REQUEST, "LaunchPermission",
             "O:BAG:BAD:(A;;CC;;;WD)(A;;CC;;;S-1-5-21-1-2-3-1201)");
}

static struct cs_strs upgrade(cs_id host, enum cs_windows to)
{
    struct cs_strs lost = {0};
    ck_assert_msg(cs_host_upgrade(h.lab, h.arena, host, to, &lost, &err) == CS_OK, "%s", err.text);
    return lost;
}

START_TEST(sp1_brings_limits_the_group_and_the_flag)
{
    ck_assert_str_eq(house_sddl(&h, h.dc01, CS_KEY_OLE, "MachineLaunchRestriction"), "");
    ck_assert_uint_eq(cs_certsvc_group(h.lab, h.dc01), 0);
    cs_tick boot = cs_host_get(h.lab, h.dc01)->boot;
    upgrade(h.dc01, CS_WINDOWS_2003_SP1);
    ck_assert_uint_gt(cs_host_get(h.lab, h.dc01)->boot, boot);
    ck_assert_uint_ne(cs_certsvc_group(h.lab, h.dc01), 0);
    const char *launch = house_sddl(&h, h.dc01, CS_KEY_OLE, "MachineLaunchRestriction");
    ck_assert_ptr_nonnull(
        strstr(launch, "(A;;CCDCLCSWRP;;;BA)(A;;CCDCSW;;;WD)(A;;CCDCLCSWRP;;;S-1-5-32-562)"));
    ck_assert_str_eq(house_sddl(&h, h.dc01, CS_KEY_OLE, "DefaultLaunchPermission"),
                     "O:BAG:BAD:(A;;CCDCLCSWRP;;;BA)(A;;CCDCLCSWRP;;;IU)(A;;CCDCLCSWRP;;;SY)");
    uint32_t status = 0;
    ck_assert(cs_reg_number(cs_registry_get(h.lab, h.dc01, CS_KEY_CERTSVC, CS_STR("SetupStatus")),
                            &status));
    ck_assert(status & CS_SETUP_DCOM_SECURITY_UPDATED);
    ck_assert_uint_eq(cs_lab_change_count(h.lab), 1);
}
END_TEST

START_TEST(enrolment_goes_on_after_it)
{
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
    upgrade(h.dc01, CS_WINDOWS_2003_SP1);
    d = house_ask(&h, h.alice, h.user);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
    ck_str_has(house_gate(&d, "launch-limit")->why, "CERTSVC_DCOM_ACCESS");
    d = house_ask(&h, h.ws01_account, h.machine); /* its token is older than the group */
    ck_assert_str_eq(house_first(&d), "launch-limit");
    ck_assert(cs_host_restart(h.lab, h.ws01, &err) == CS_OK);
    d = house_ask(&h, h.ws01_account, h.machine);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
}
END_TEST

START_TEST(a_customised_permission_is_lost)
{
    customise();
    struct cs_strs warned = cs_host_upgrade_loses(h.lab, h.arena, h.dc01, CS_WINDOWS_2003_SP1);
    ck_assert_uint_eq(warned.count, 1);
    ck_str_has(warned.at[0], "launch-permission: allow CORP\\PKI Operators");
    struct cs_strs lost = upgrade(h.dc01, CS_WINDOWS_2003_SP1);
    ck_assert_uint_eq(lost.count, 1);
    ck_assert_str_eq(house_sddl(&h, h.dc01, CS_KEY_CERTSRV_REQUEST, "LaunchPermission"),
                     "O:BAG:BAD:(A;;CCSWRP;;;WD)");
}
END_TEST

START_TEST(nothing_is_lost_where_nothing_was_changed)
{
    ck_assert_uint_eq(cs_host_upgrade_loses(h.lab, h.arena, h.dc01, CS_WINDOWS_2003_SP1).count, 0);
    ck_assert_uint_eq(cs_host_upgrade_loses(h.lab, h.arena, h.dc02, CS_WINDOWS_2003_SP1).count, 0);
}
END_TEST

START_TEST(a_host_without_a_ca_gets_the_limits_alone)
{
    upgrade(h.dc02, CS_WINDOWS_2003_SP1);
    ck_assert_str_ne(house_sddl(&h, h.dc02, CS_KEY_OLE, "MachineLaunchRestriction"), "");
    ck_assert_uint_eq(cs_certsvc_group(h.lab, h.dc02), 0);
}
END_TEST

START_TEST(to_2008_the_group_becomes_the_builtin_one)
{
    upgrade(h.dc01, CS_WINDOWS_2003_SP1);
    upgrade(h.dc01, CS_WINDOWS_2008);
    struct cs_principal group;
    ck_assert(cs_principal_get(h.lab, cs_certsvc_group(h.lab, h.dc01), &group));
    ck_assert(cs_sid_equal(&group.sid, &cs_sid_certsvc_dcom_access));
    struct cs_decision d = house_ask(&h, h.dc02_account, h.der);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
}
END_TEST

START_TEST(nonsense_is_refused_and_changes_nothing)
{
    struct cs_strs lost = {0};
    ck_assert(cs_host_upgrade(h.lab, h.arena, h.dc01, CS_WINDOWS_2003, &lost, &err) == CS_STATE);
    ck_assert(cs_host_upgrade(h.lab, h.arena, h.dc01, CS_WINDOWS_2000, &lost, &err) == CS_STATE);
    ck_assert(cs_host_upgrade(h.lab, h.arena, h.dc01, CS_WINDOWS_10, &lost, &err) == CS_INVALID);
    ck_assert(cs_host_upgrade(h.lab, h.arena, h.dc01, CS_WINDOWS_UNKNOWN, &lost, &err) ==
              CS_INVALID);
    ck_assert_uint_eq(cs_lab_change_count(h.lab), 0);
}
END_TEST

Suite *upgrade_suite(void)
{
    Suite *suite = suite_create("upgrade");
    TCase *tests = tcase_create("upgrade");
    tcase_add_checked_fixture(tests, rtm, done);
    tcase_add_test(tests, sp1_brings_limits_the_group_and_the_flag);
    tcase_add_test(tests, enrolment_goes_on_after_it);
    tcase_add_test(tests, a_customised_permission_is_lost);
    tcase_add_test(tests, nothing_is_lost_where_nothing_was_changed);
    tcase_add_test(tests, a_host_without_a_ca_gets_the_limits_alone);
    tcase_add_test(tests, to_2008_the_group_becomes_the_builtin_one);
    tcase_add_test(tests, nonsense_is_refused_and_changes_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}
