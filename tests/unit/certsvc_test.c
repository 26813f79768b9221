/* certsvc_test.c - the service: start, stop, the flag, and what the update repairs. */
#include "house.h"

#include <string.h>

Suite *certsvc_suite(void);

static struct house h;
static struct cs_error err;

#define LAUNCH "MachineLaunchRestriction"
#define ACCESS "MachineAccessRestriction"

static void dc(void)
{
    h = house_make(CS_WINDOWS_2003_SP1, false);
}

static void member(void)
{
    h = house_make(CS_WINDOWS_2003_SP1, true);
}

static void modern(void)
{
    h = house_make(CS_WINDOWS_2022, true);
}

static void done(void)
{
    house_free(&h);
}

static void clear_flag(void)
{
    house_number(&h, h.ca_host, CS_KEY_CERTSVC, "SetupStatus", 0x4001);
}

static uint32_t setup_status(void)
{
    uint32_t number = 0;
    const struct cs_reg_value *value =
        cs_registry_get(h.lab, h.ca_host, CS_KEY_CERTSVC, CS_STR("SetupStatus"));
    ck_assert(value && cs_reg_number(value, &number));
    return number;
}

static void restart_service(void)
{
    ck_assert(cs_service_stop(h.lab, h.service, &err) == CS_OK);
    ck_assert_msg(cs_service_start(h.lab, h.service, &err) == CS_OK, "%s", err.text);
}

static struct cs_str group_sid(void)
{
    struct cs_principal group;
    struct cs_sid_text text;
    ck_assert(cs_principal_get(h.lab, cs_certsvc_group(h.lab, h.ca_host), &group));
    return cs_str_printf(h.arena, "%s", cs_sid_format(&group.sid, &text));
}

/* "(A;;CCSWRP;;;SID)" */
static const char *entry(const char *rights)
{
    return cs_str_printf(h.arena, "(A;;%s;;;%.*s)", rights, CS_STR_ARG(group_sid())).at;
}

static void limits_are_right(void)
{
    const char *launch = house_sddl(&h, h.ca_host, CS_KEY_OLE, LAUNCH);
    const char *access = house_sddl(&h, h.ca_host, CS_KEY_OLE, ACCESS);
    ck_assert_msg(strstr(launch, entry("CCSWRP")), "%s", launch);
    ck_assert_msg(strstr(access, entry("CCDCLC")), "%s", access);
}

START_TEST(on_a_dc_the_group_is_domain_local)
{
    struct cs_principal group;
    cs_id id = cs_certsvc_group(h.lab, h.dc01);
    ck_assert(cs_principal_get(h.lab, id, &group));
    ck_assert_int_eq(group.scope, CS_SCOPE_DOMAIN_LOCAL);
    ck_assert_uint_eq(group.domain, h.corp);
    ck_assert(cs_member_has(h.lab, id, h.users, CS_NOW));
    ck_assert(cs_member_has(h.lab, id, h.computers, CS_NOW));
    ck_assert(!cs_member_has(h.lab, id, h.controllers, CS_NOW)); /* K11 */
    limits_are_right();
    ck_assert(setup_status() & CS_SETUP_DCOM_SECURITY_UPDATED);
}
END_TEST

START_TEST(on_a_member_it_is_local_with_everyone)
{
    struct cs_principal group;
    cs_id id = cs_certsvc_group(h.lab, h.srv01);
    ck_assert(cs_principal_get(h.lab, id, &group));
    ck_assert_int_eq(group.scope, CS_SCOPE_MACHINE_LOCAL);
    ck_assert_uint_eq(group.host, h.srv01);
    cs_id everyone = cs_principal_by_sid(h.lab, &cs_sid_everyone, h.srv01);
    ck_assert(cs_member_has(h.lab, id, everyone, CS_NOW));
    limits_are_right();
}
END_TEST

START_TEST(since_2008_it_is_the_builtin_one)
{
    cs_id id = cs_certsvc_group(h.lab, h.srv01);
    cs_id everybody = cs_principal_by_sid(h.lab, &cs_sid_authenticated_users, h.srv01);
    ck_assert(cs_member_has(h.lab, id, everybody, CS_NOW));
    ck_assert_str_eq(group_sid().at, "S-1-5-32-574");
    const char *launch = house_sddl(&h, h.ca_host, CS_KEY_OLE, LAUNCH);
    ck_assert_msg(strstr(launch, "(A;;CCSWRP;;;CD)"), "%s", launch);
}
END_TEST

START_TEST(with_the_flag_set_nothing_is_touched)
{
    house_sd(&h, h.dc01, CS_KEY_OLE, LAUNCH, "O:BAG:BAD:(A;;CCDC;;;BA)");
    restart_service();
    ck_assert_str_eq(house_sddl(&h, h.dc01, CS_KEY_OLE, LAUNCH), "O:BAG:BAD:(A;;CCDC;;;BA)");
    struct cs_certsvc_update did;
    ck_assert(cs_certsvc_update(h.lab, h.dc01, &did, &err) == CS_OK);
    ck_assert(!did.ran);
}
END_TEST

START_TEST(a_removed_member_is_added_again)
{
    cs_id group = cs_certsvc_group(h.lab, h.dc01);
    ck_assert(cs_member_remove(h.lab, group, h.computers, &err) == CS_OK);
    ck_assert(cs_member_add(h.lab, group, h.controllers, &err) == CS_OK);
    clear_flag();
    restart_service();
    ck_assert(cs_member_has(h.lab, group, h.computers, CS_NOW));
    ck_assert(cs_member_has(h.lab, group, h.controllers, CS_NOW)); /* what was added stays */
    ck_assert(setup_status() == 0x6001);
}
END_TEST

START_TEST(a_removed_group_comes_back_under_a_new_sid)
{
    struct cs_str old = group_sid();
    ck_assert(cs_principal_remove(h.lab, cs_certsvc_group(h.lab, h.dc01), &err) == CS_OK);
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "launch-limit");
    clear_flag();
    restart_service();
    ck_assert(!cs_str_equal(old, group_sid()));
    limits_are_right();
    d = house_ask(&h, h.alice, h.user);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
    /* A computer's token is older than the group. */
    d = house_ask(&h, h.ws01_account, h.machine);
    ck_assert_str_eq(house_first(&d), "launch-limit");
    ck_assert(cs_host_restart(h.lab, h.ws01, &err) == CS_OK);
    d = house_ask(&h, h.ws01_account, h.machine);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
    ck_assert_ptr_null(strstr(house_sddl(&h, h.dc01, CS_KEY_OLE, LAUNCH), old.at));
}
END_TEST

START_TEST(a_damaged_limit_is_rebuilt)
{
    static const char *const damage[] = {"O:BAG:BA", "O:BAG:BAD:"};
    for (size_t i = 0; i < CS_COUNT(damage); i++) {
        house_sd(&h, h.dc01, CS_KEY_OLE, LAUNCH, damage[i]);
        clear_flag();
        restart_service();
        limits_are_right();
        ck_assert_ptr_nonnull(
            strstr(house_sddl(&h, h.dc01, CS_KEY_OLE, LAUNCH), "(A;;CCDCLCSWRP;;;BA)"));
    }
    struct cs_source source = {0};
    ck_assert(cs_registry_set(h.lab, h.dc01, CS_KEY_OLE, CS_STR(ACCESS), CS_REG_BINARY,
                              CS_STR("\1\2"), source, &err) == CS_OK);
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(house_gate(&d, "access-limit")->verdict, CS_DENIED);
    clear_flag();
    restart_service();
    limits_are_right();
    ck_assert(cs_registry_remove(h.lab, h.dc01, CS_KEY_OLE, CS_STR(LAUNCH), &err) == CS_OK);
    clear_flag();
    restart_service();
    limits_are_right();
}
END_TEST

START_TEST(the_groups_entry_is_made_exact)
{
    struct cs_str sid = group_sid();
    house_sd(&h, h.dc01, CS_KEY_OLE, LAUNCH,
             cs_str_printf(h.arena,
                           "O:BAG:BAD:(D;;CCRP;;;%.*s)(A;;CCDCLCSWRP;;;BA)(A;;CCDCLCSWRP;;;%.*s)",
                           CS_STR_ARG(sid), CS_STR_ARG(sid))
                 .at);
    clear_flag();
    restart_service();
    limits_are_right();
    const char *launch = house_sddl(&h, h.dc01, CS_KEY_OLE, LAUNCH);
    ck_assert_ptr_null(strstr(launch, "(D;"));
    ck_assert_ptr_null(strstr(launch, entry("CCDCLCSWRP"))); /* K14: no launch */
}
END_TEST

START_TEST(other_orphans_stay)
{
    const char *orphan = "(A;;CCDCLCSWRP;;;S-1-5-21-1-2-3-4711)";
    house_sd(&h, h.dc01, CS_KEY_OLE, LAUNCH,
             cs_str_printf(h.arena, "O:BAG:BAD:%s(A;;CCDCSW;;;WD)", orphan).at);
    clear_flag();
    restart_service();
    limits_are_right();
    ck_assert_ptr_nonnull(strstr(house_sddl(&h, h.dc01, CS_KEY_OLE, LAUNCH), orphan));
}
END_TEST

START_TEST(the_permissions_are_reset)
{
    house_sd(&h, h.dc01, CS_KEY_CERTSRV_REQUEST, "LaunchPermission", "O:BAG:BAD:(A;;CCSW;;;BA)");
    clear_flag();
    struct cs_certsvc_update did;
    ck_assert(cs_certsvc_update(h.lab, h.dc01, &did, &err) == CS_OK);
    ck_assert(did.ran && did.permission_changed && !did.group_made && !did.limit_changed);
    ck_assert_str_eq(house_sddl(&h, h.dc01, CS_KEY_CERTSRV_REQUEST, "LaunchPermission"),
                     "O:BAG:BAD:(A;;CCSWRP;;;WD)");
    ck_assert_str_eq(house_sddl(&h, h.dc01, CS_KEY_CERTSRV_REQUEST, "AccessPermission"),
                     "O:BAG:BAD:(A;;CCDCLC;;;WD)");
}
END_TEST

START_TEST(a_policy_shadows_what_the_update_writes)
{
    house_text(&h, h.dc01, CS_KEY_DCOM_POLICY, LAUNCH, "O:BAG:BAD:(A;;CCDCLCSWRP;;;BA)");
    clear_flag();
    struct cs_certsvc_update did;
    ck_assert(cs_certsvc_update(h.lab, h.dc01, &did, &err) == CS_OK);
    ck_assert(did.ran && did.shadowed);
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "launch-limit");
}
END_TEST

START_TEST(starts_and_stops_log_and_refuse)
{
    ck_assert(cs_service_start(h.lab, h.service, &err) == CS_STATE);
    ck_assert_uint_eq(err.win32, 1056);
    ck_assert(cs_service_stop(h.lab, h.service, &err) == CS_OK);
    ck_str_has(house_event(&h, h.dc01, 38)->text, "Certificate Services for CORP-CA was stopped.");
    ck_str_has(house_event(&h, h.dc01, 7035)->text, "successfully sent a stop control");
    ck_assert(cs_service_stop(h.lab, h.service, &err) == CS_STATE);
    ck_assert_uint_eq(err.win32, 1062);
    ck_assert(cs_service_start(h.lab, h.service, &err) == CS_OK);
    ck_str_has(house_event(&h, h.dc01, 26)->text, "was started");
    ck_str_has(house_event(&h, h.dc01, 7036)->text,
               "The Certificate Services service entered the running state.");
    ck_assert_uint_eq(cs_lab_change_count(h.lab), 2); /* one change a command */
}
END_TEST

START_TEST(a_disabled_service_does_not_start)
{
    ck_assert(cs_service_stop(h.lab, h.service, &err) == CS_OK);
    struct cs_service service = *cs_service_get(h.lab, h.service);
    service.start = CS_START_DISABLED;
    ck_assert(cs_service_put(h.lab, &service, NULL, &err) == CS_OK);
    ck_assert(cs_service_start(h.lab, h.service, &err) == CS_STATE);
    ck_assert_uint_eq(err.win32, 1058);
}
END_TEST

START_TEST(a_restart_of_the_host_looks_at_the_flag_too)
{
    cs_id group = cs_certsvc_group(h.lab, h.dc01);
    ck_assert(cs_member_remove(h.lab, group, h.users, &err) == CS_OK);
    clear_flag();
    ck_assert(cs_host_restart(h.lab, h.dc01, &err) == CS_OK);
    ck_assert(cs_member_has(h.lab, group, h.users, CS_NOW));
    ck_assert(setup_status() & CS_SETUP_DCOM_SECURITY_UPDATED);
}
END_TEST

START_TEST(an_update_is_undone_whole)
{
    ck_assert(cs_principal_remove(h.lab, cs_certsvc_group(h.lab, h.dc01), &err) == CS_OK);
    clear_flag();
    ck_assert(cs_service_stop(h.lab, h.service, &err) == CS_OK);
    ck_assert(cs_service_start(h.lab, h.service, &err) == CS_OK);
    size_t undone;
    ck_assert(cs_lab_undo(h.lab, 1, &undone, &err) == CS_OK);
    ck_assert_uint_eq(cs_certsvc_group(h.lab, h.dc01), 0);
    ck_assert_uint_eq(setup_status(), 0x4001);
    ck_assert(cs_lab_undo(h.lab, 3, &undone, &err) == CS_OK);
    limits_are_right();
}
END_TEST

Suite *certsvc_suite(void)
{
    Suite *suite = suite_create("certsvc");
    TCase *at_dc = tcase_create("on a domain controller");
    tcase_add_checked_fixture(at_dc, dc, done);
    tcase_add_test(at_dc, on_a_dc_the_group_is_domain_local);
    tcase_add_test(at_dc, with_the_flag_set_nothing_is_touched);
    tcase_add_test(at_dc, a_removed_member_is_added_again);
    tcase_add_test(at_dc, a_removed_group_comes_back_under_a_new_sid);
    tcase_add_test(at_dc, a_damaged_limit_is_rebuilt);
    tcase_add_test(at_dc, the_groups_entry_is_made_exact);
    tcase_add_test(at_dc, other_orphans_stay);
    tcase_add_test(at_dc, the_permissions_are_reset);
    tcase_add_test(at_dc, a_policy_shadows_what_the_update_writes);
    tcase_add_test(at_dc, starts_and_stops_log_and_refuse);
    tcase_add_test(at_dc, a_disabled_service_does_not_start);
    tcase_add_test(at_dc, a_restart_of_the_host_looks_at_the_flag_too);
    tcase_add_test(at_dc, an_update_is_undone_whole);
    suite_add_tcase(suite, at_dc);
    TCase *at_member = tcase_create("on a member server");
    tcase_add_checked_fixture(at_member, member, done);
    tcase_add_test(at_member, on_a_member_it_is_local_with_everyone);
    suite_add_tcase(suite, at_member);
    TCase *today = tcase_create("since 2008");
    tcase_add_checked_fixture(today, modern, done);
    tcase_add_test(today, since_2008_it_is_the_builtin_one);
    suite_add_tcase(suite, today);
    return suite;
}
