/* gate_test.c - the gate chain: one test a rule of CONTRACT.md's "Rules of the model". */
#include "house.h"

#include <string.h>

Suite *gate_suite(void);

static struct house h;
static struct cs_error err;

static void dc(void)
{
    h = house_make(CS_WINDOWS_2003_SP1, false);
}

static void member(void)
{
    h = house_make(CS_WINDOWS_2003_SP1, true);
}

static void done(void)
{
    house_free(&h);
}

static void edit_service(enum cs_service_state state, enum cs_service_start start)
{
    struct cs_service service = *cs_service_get(h.lab, h.service);
    service.state = state;
    service.start = start;
    ck_assert(cs_service_put(h.lab, &service, NULL, &err) == CS_OK);
}

static struct cs_decision ask_from(cs_id principal, cs_id template_, cs_id from)
{
    struct cs_question *ask = cs_arena_alloc(h.arena, sizeof(*ask));
    *ask = (struct cs_question){
        .principal = principal, .template_ = template_, .ca = h.ca, .from = from};
    struct cs_decision decision;
    ck_assert(cs_enroll_check(h.lab, h.arena, ask, true, &decision, &err) == CS_OK);
    return decision;
}

START_TEST(twelve_gates_in_order)
{
    static const char *const names[] = {"service",
                                        "logon",
                                        "authentication",
                                        "enable-dcom",
                                        "launch-limit",
                                        "launch-permission",
                                        "access-limit",
                                        "access-permission",
                                        "ca-interface",
                                        "ca-security",
                                        "template-published",
                                        "template-security"};
    ck_assert_uint_eq(cs_gate_count(h.lab), CS_COUNT(names));
    for (size_t i = 0; i < CS_COUNT(names); i++)
        ck_assert_str_eq(cs_gate_at(h.lab, i)->name, names[i]);
}
END_TEST

static cs_status refuse_mondays(const struct cs_caller *caller, struct cs_gate_answer *answer,
                                struct cs_error *error)
{
    (void)caller;
    (void)error;
    answer->verdict = CS_DENIED;
    answer->code = 0x80004005u;
    answer->why = CS_STR("it is Monday");
    return CS_OK;
}

START_TEST(a_plugins_gate_is_asked_after_the_twelve)
{
    static const struct cs_gate gate = {"monday", "not on Mondays", refuse_mondays};
    ck_assert(cs_gate_add(h.lab, &gate, &err) == CS_OK);
    ck_assert(cs_gate_add(h.lab, &gate, &err) == CS_EXISTS);
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_uint_eq(d.count, 13);
    ck_assert_str_eq(house_first(&d), "monday");
    ck_assert_uint_eq(d.code, 0x80004005u);
}
END_TEST

START_TEST(a_user_and_a_workstation_may_enrol)
{
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
    ck_assert_uint_eq(d.from, h.ws01);
    d = house_ask(&h, h.ws01_account, h.machine);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
    ck_assert_uint_eq(d.from, h.ws01);
    ck_assert(!d.local);
}
END_TEST

START_TEST(a_domain_controller_is_refused_at_the_launch_limit)
{
    struct cs_decision d = house_ask(&h, h.dc02_account, h.der);
    ck_assert_int_eq(d.verdict, CS_NOT_GRANTED);
    ck_assert_str_eq(house_first(&d), "launch-limit");
    ck_assert_uint_eq(d.code, CS_HR_ACCESS_DENIED);
    const struct cs_gate_answer *limit = house_gate(&d, "launch-limit");
    ck_str_has(limit->why, "remote activation: no entry grants it");
    ck_assert_uint_eq(limit->via.list.count, 0);
    ck_str_has(cs_value_show(h.arena, &limit->detail), "the application would let DC02$ in");
    ck_assert_int_eq(house_gate(&d, "access-limit")->verdict, CS_ALLOWED);
}
END_TEST

START_TEST(an_answer_names_the_entry_and_the_path)
{
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    const struct cs_gate_answer *limit = house_gate(&d, "launch-limit");
    ck_str_has(limit->why, "CERTSVC_DCOM_ACCESS");
    ck_str_has(limit->ace, "(A;;CCSWRP;;;S-1-5-21-1-2-3-");
    struct cs_str path = cs_value_show(h.arena, &limit->via);
    ck_str_has(path, "Domain Users");
    ck_str_has(path, "CERTSVC_DCOM_ACCESS");
}
END_TEST

START_TEST(a_new_member_needs_a_restart_and_a_user_does_not)
{
    cs_id group = cs_certsvc_group(h.lab, h.dc01);
    ck_assert(cs_member_add(h.lab, group, h.controllers, &err) == CS_OK);
    struct cs_decision d = house_ask(&h, h.dc02_account, h.der);
    ck_assert_str_eq(house_first(&d), "launch-limit");
    ck_str_has(house_gate(&d, "launch-limit")->why, "its token is older: restart DC02");
    ck_assert(cs_host_restart(h.lab, h.dc02, &err) == CS_OK);
    d = house_ask(&h, h.dc02_account, h.der);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));

    ck_assert(cs_member_remove(h.lab, group, h.users, &err) == CS_OK);
    d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "launch-limit");
}
END_TEST

START_TEST(from_the_cas_own_host_a_request_is_local)
{
    struct cs_decision d = house_ask(&h, h.dc01_account, h.der);
    ck_assert(d.local);
    ck_assert(d.as_system);
    ck_assert_str_eq(cs_str_c(h.arena, house_gate(&d, "logon")->why), "local: not asked");
    ck_assert_str_eq(cs_str_c(h.arena, house_gate(&d, "enable-dcom")->why), "local: not asked");
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
    /* The CA sees the account: Domain Controllers, which SYSTEM does not carry. */
    ck_str_has(house_gate(&d, "template-security")->why, "Domain Controllers");
    d = ask_from(h.alice, h.user, h.dc01);
    ck_assert(d.local);
    ck_assert(!d.as_system);
    ck_str_has(house_gate(&d, "launch-limit")->why, "local activation");
}
END_TEST

START_TEST(a_member_server_takes_everyone)
{
    struct cs_decision d = house_ask(&h, h.dc02_account, h.der);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
    const struct cs_gate_answer *limit = house_gate(&d, "launch-limit");
    ck_str_has(cs_value_show(h.arena, &limit->via), "Everyone");
    ck_str_has(limit->why, "SRV01\\CERTSVC_DCOM_ACCESS");
}
END_TEST

START_TEST(the_refusals_code_is_of_the_clients_age)
{
    struct cs_decision d = house_ask(&h, h.dc02_account, h.der);
    ck_assert_uint_eq(d.code, 0x80070005u);
    struct cs_host modern = *cs_host_get(h.lab, h.dc02);
    modern.windows = CS_WINDOWS_2008;
    ck_assert(cs_host_put(h.lab, &modern, NULL, &err) == CS_OK);
    d = house_ask(&h, h.dc02_account, h.der);
    ck_assert_uint_eq(d.code, 0x800706bau);
}
END_TEST

START_TEST(a_stopped_service_must_be_launched)
{
    edit_service(CS_SERVICE_STOPPED, CS_START_AUTO);
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "service");
    ck_assert_int_eq(d.verdict, CS_DENIED);
    ck_str_has(house_gate(&d, "launch-limit")->why, "remote launch and activation");
    ck_assert_int_eq(house_gate(&d, "launch-permission")->verdict, CS_NOT_GRANTED);
    /* An administrator passes the limit; CertSrv Request grants no launch to anybody (K7). */
    ck_assert(cs_member_add(h.lab, h.admins, h.bob, &err) == CS_OK);
    d = house_ask(&h, h.bob, h.user);
    ck_assert_int_eq(house_gate(&d, "launch-limit")->verdict, CS_ALLOWED);
    ck_assert_str_eq(house_first(&d), "service");
    house_sd(&h, h.dc01, CS_KEY_CERTSRV_REQUEST, "LaunchPermission",
             "O:BAG:BAD:(A;;CCDCLCSWRP;;;WD)");
    d = house_ask(&h, h.bob, h.user);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
    ck_str_has(house_gate(&d, "service")->why, "COM starts it");
}
END_TEST

START_TEST(a_disabled_service_is_denied)
{
    edit_service(CS_SERVICE_STOPPED, CS_START_DISABLED);
    house_sd(&h, h.dc01, CS_KEY_CERTSRV_REQUEST, "LaunchPermission",
             "O:BAG:BAD:(A;;CCDCLCSWRP;;;WD)");
    house_sd(&h, h.dc01, CS_KEY_OLE, "MachineLaunchRestriction", "O:BAG:BAD:(A;;CCDCLCSWRP;;;WD)");
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "service");
    ck_assert_uint_eq(d.code, 0x80070422u);
}
END_TEST

START_TEST(the_logon_right_and_its_deny)
{
    house_grant(&h, h.srv01, "SeNetworkLogonRight", "S-1-5-32-544");
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "logon");
    ck_assert_int_eq(d.verdict, CS_NOT_GRANTED);
    /* Later gates go on with the caller's own token. */
    ck_assert_int_eq(house_gate(&d, "launch-limit")->verdict, CS_ALLOWED);
    house_grant(&h, h.srv01, "SeNetworkLogonRight", "S-1-1-0");
    d = house_ask(&h, h.alice, h.user);
    ck_str_has(house_gate(&d, "logon")->why, "SeNetworkLogonRight, by Everyone");
    house_grant(&h, h.srv01, "SeDenyNetworkLogonRight", "S-1-5-21-1-2-3-513");
    d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(house_gate(&d, "logon")->verdict, CS_DENIED);
    ck_str_has(house_gate(&d, "logon")->why, "SeDenyNetworkLogonRight, by CORP\\Domain Users");
}
END_TEST

START_TEST(enable_dcom_counts_at_once_at_both_ends)
{
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(house_gate(&d, "enable-dcom")->verdict, CS_ALLOWED);
    house_text(&h, h.ws01, CS_KEY_OLE, "EnableDCOM", "n");
    d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "enable-dcom");
    ck_str_has(house_gate(&d, "enable-dcom")->why, "EnableDCOM is N on WS01");
    ck_str_has(house_gate(&d, "enable-dcom")->why, "Windows needs a restart");
    house_text(&h, h.ws01, CS_KEY_OLE, "EnableDCOM", "Y");
    house_text(&h, h.dc01, CS_KEY_OLE, "EnableDCOM", "N");
    d = house_ask(&h, h.alice, h.user);
    ck_str_has(house_gate(&d, "enable-dcom")->why, "EnableDCOM is N on DC01");
}
END_TEST

START_TEST(restrict_remote_clients_two_refuses)
{
    house_number(&h, h.dc01, CS_KEY_RPC_POLICY, "RestrictRemoteClients", 1);
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(house_gate(&d, "authentication")->verdict, CS_ALLOWED);
    house_number(&h, h.dc01, CS_KEY_RPC_POLICY, "RestrictRemoteClients", 2);
    d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "authentication");
    ck_assert_uint_eq(d.code, 0x800706bau);
}
END_TEST

START_TEST(a_level_the_client_does_not_offer_refuses)
{
    house_number(&h, h.dc01, CS_KEY_OLE, "LegacyAuthenticationLevel", 6);
    struct cs_decision d = house_ask(&h, h.alice, h.user); /* from XP, which signs */
    ck_assert_str_eq(house_first(&d), "authentication");
    ck_str_has(house_gate(&d, "authentication")->why,
               "packet integrity offered, packet privacy wanted");
    ck_assert_uint_eq(d.code, CS_HR_ACCESS_DENIED);
}
END_TEST

START_TEST(before_sp1_there_are_no_limits)
{
    house_free(&h);
    h = house_make(CS_WINDOWS_2003, false);
    struct cs_decision d = house_ask(&h, h.dc02_account, h.der);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
    ck_assert_str_eq(cs_str_c(h.arena, house_gate(&d, "launch-limit")->why),
                     "no machine limits before SP1");
}
END_TEST

START_TEST(a_deny_entry_is_told_as_denied)
{
    house_sd(&h, h.dc01, CS_KEY_CERTSRV_REQUEST, "LaunchPermission",
             "O:BAG:BAD:(D;;CCRP;;;S-1-5-21-1-2-3-513)(A;;CCSWRP;;;WD)");
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(d.verdict, CS_DENIED);
    ck_assert_str_eq(house_first(&d), "launch-permission");
    ck_str_has(house_gate(&d, "launch-permission")->why, "denied to CORP\\Domain Users");
    ck_str_has(house_gate(&d, "launch-permission")->ace, "(D;;CCRP;;;");
}
END_TEST

START_TEST(modern_members_pass_by_authenticated_users)
{
    house_free(&h);
    h = house_make(CS_WINDOWS_2022, true);
    struct cs_decision d = house_ask(&h, h.dc02_account, h.der);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
    ck_str_has(cs_value_show(h.arena, &house_gate(&d, "launch-limit")->via), "Authenticated Users");
    ck_str_has(house_gate(&d, "authentication")->why,
               "packet privacy offered, packet integrity wanted");
}
END_TEST

START_TEST(without_explaining_no_text_is_made)
{
    struct cs_question ask = {.principal = h.dc02_account, .template_ = h.der, .ca = h.ca};
    struct cs_decision d;
    ck_assert(cs_enroll_check(h.lab, h.arena, &ask, false, &d, &err) == CS_OK);
    ck_assert_int_eq(d.verdict, CS_NOT_GRANTED);
    for (size_t i = 0; i < d.count; i++) {
        ck_assert_uint_eq(d.answers[i].why.length, 0);
        ck_assert_uint_eq(d.answers[i].detail.list.count, 0);
        ck_assert_uint_eq(d.answers[i].via.list.count, 0);
    }
}
END_TEST

START_TEST(which_ca_is_meant)
{
    cs_id ca = 0;
    ck_assert(cs_enroll_ca(h.lab, 0, h.ws01, CS_STR("User"), &ca, &err) == CS_OK);
    ck_assert_uint_eq(ca, h.ca);
    struct cs_ca second = {.name = CS_STR("TWO-CA"), .host = h.srv01};
    ck_assert(cs_ca_put(h.lab, &second, &ca, &err) == CS_OK);
    cs_id chosen = 0;
    ck_assert(cs_enroll_ca(h.lab, 0, h.ws01, CS_STR("User"), &chosen, &err) == CS_OK);
    ck_assert_uint_eq(chosen, h.ca); /* the only one that publishes it */
    ck_assert(cs_enroll_ca(h.lab, 0, h.srv01, CS_STR("User"), &chosen, &err) == CS_OK);
    ck_assert_uint_eq(chosen, ca); /* the current host's */
    ck_assert(cs_enroll_ca(h.lab, 0, h.ws01, CS_STR("Nothing"), &chosen, &err) == CS_AMBIGUOUS);
    ck_assert_ptr_nonnull(strstr(err.text, "TWO-CA"));
}
END_TEST

Suite *gate_suite(void)
{
    Suite *suite = suite_create("gate");
    TCase *at_dc = tcase_create("CA on a domain controller");
    tcase_add_checked_fixture(at_dc, dc, done);
    tcase_add_test(at_dc, twelve_gates_in_order);
    tcase_add_test(at_dc, a_plugins_gate_is_asked_after_the_twelve);
    tcase_add_test(at_dc, a_user_and_a_workstation_may_enrol);
    tcase_add_test(at_dc, a_domain_controller_is_refused_at_the_launch_limit);
    tcase_add_test(at_dc, an_answer_names_the_entry_and_the_path);
    tcase_add_test(at_dc, a_new_member_needs_a_restart_and_a_user_does_not);
    tcase_add_test(at_dc, from_the_cas_own_host_a_request_is_local);
    tcase_add_test(at_dc, the_refusals_code_is_of_the_clients_age);
    tcase_add_test(at_dc, a_stopped_service_must_be_launched);
    tcase_add_test(at_dc, a_disabled_service_is_denied);
    tcase_add_test(at_dc, enable_dcom_counts_at_once_at_both_ends);
    tcase_add_test(at_dc, restrict_remote_clients_two_refuses);
    tcase_add_test(at_dc, a_level_the_client_does_not_offer_refuses);
    tcase_add_test(at_dc, before_sp1_there_are_no_limits);
    tcase_add_test(at_dc, a_deny_entry_is_told_as_denied);
    tcase_add_test(at_dc, modern_members_pass_by_authenticated_users);
    tcase_add_test(at_dc, without_explaining_no_text_is_made);
    tcase_add_test(at_dc, which_ca_is_meant);
    suite_add_tcase(suite, at_dc);
    TCase *at_member = tcase_create("CA on a member server");
    tcase_add_checked_fixture(at_member, member, done);
    tcase_add_test(at_member, a_member_server_takes_everyone);
    tcase_add_test(at_member, the_logon_right_and_its_deny);
    suite_add_tcase(suite, at_member);
    return suite;
}
