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

static void grant(cs_id host, const char *right, const char *sid)
{
    struct cs_str sids[] = {cs_str_of(sid)};
    struct cs_right_grant change = *cs_right_find(h.lab, host, cs_str_of(right));
    change.sids = (struct cs_strs){sids, sid[0] ? 1 : 0};
    ck_assert(cs_right_put(h.lab, &change, NULL, &err) == CS_OK);
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
    grant(h.srv01, "SeNetworkLogonRight", "S-1-5-32-544");
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "logon");
    ck_assert_int_eq(d.verdict, CS_NOT_GRANTED);
    /* Later gates go on with the caller's own token. */
    ck_assert_int_eq(house_gate(&d, "launch-limit")->verdict, CS_ALLOWED);
    grant(h.srv01, "SeNetworkLogonRight", "S-1-1-0");
    d = house_ask(&h, h.alice, h.user);
    ck_str_has(house_gate(&d, "logon")->why, "SeNetworkLogonRight, by Everyone");
    grant(h.srv01, "SeDenyNetworkLogonRight", "S-1-5-21-1-2-3-513");
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

START_TEST(interface_flags_by_where_it_comes_from)
{
    struct cs_str key = cs_ca_key(h.arena, cs_ca_get(h.lab, h.ca));
    house_number(&h, h.dc01, key, "InterfaceFlags", 0x41 | 0x2);
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "ca-interface");
    ck_assert_uint_eq(d.code, CS_HR_ENROLL_DENIED);
    d = house_ask(&h, h.dc01_account, h.der);
    ck_assert_int_eq(house_gate(&d, "ca-interface")->verdict, CS_ALLOWED);
    house_number(&h, h.dc01, key, "InterfaceFlags", 0x41 | 0x4);
    d = house_ask(&h, h.dc01_account, h.der);
    ck_assert_str_eq(house_first(&d), "ca-interface");
    house_number(&h, h.dc01, key, "InterfaceFlags", 0x641); /* XP does not encrypt */
    d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "ca-interface");
    ck_assert_uint_eq(d.code, CS_HR_ACCESS_DENIED);
}
END_TEST

START_TEST(the_cas_own_security)
{
    struct cs_str key = cs_ca_key(h.arena, cs_ca_get(h.lab, h.ca));
    house_sd(&h, h.dc01, key, "Security", "O:BAG:BAD:(A;;0x200;;;S-1-5-21-1-2-3-515)");
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "ca-security");
    ck_assert_uint_eq(d.code, CS_HR_ENROLL_DENIED);
    d = house_ask(&h, h.ws01_account, h.machine);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
}
END_TEST

static void template_security(cs_id id, const char *sddl)
{
    struct cs_template changed = *cs_template_get(h.lab, id);
    struct cs_sd sd;
    ck_assert(cs_sddl_parse(h.arena, cs_str_of(sddl), NULL, &sd, &err) == CS_OK);
    ck_assert(cs_sd_encode(h.arena, &sd, &changed.sd, &err) == CS_OK);
    ck_assert(cs_template_put(h.lab, &changed, NULL, &err) == CS_OK);
}

START_TEST(read_and_enroll_may_come_from_different_entries)
{
    struct cs_decision d = house_ask(&h, h.ws01_account, h.user);
    ck_assert_str_eq(house_first(&d), "template-security");
    ck_assert_uint_eq(d.code, CS_HR_TEMPLATE_DENIED);
    d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(d.verdict, CS_ALLOWED);
    template_security(h.user, "O:BAG:BAD:(A;;CR;;;S-1-5-21-1-2-3-513)(A;;LCRPLORC;;;AU)");
    d = house_ask(&h, h.alice, h.user); /* control access without a GUID covers Enroll */
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
    template_security(h.user,
                      "O:BAG:BAD:(A;;CR;;;S-1-5-21-1-2-3-513)(A;;LCRPLORC;;;S-1-5-21-1-2-3-516)");
    d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "template-security");
    ck_str_has(house_gate(&d, "template-security")->why, "Read on the template");
    template_security(h.user, "O:BAG:BAD:(A;;CR;;;S-1-5-21-1-2-3-513)");
    d = house_ask(&h, h.alice, h.user); /* an excerpt: nobody's Read is given */
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
}
END_TEST

START_TEST(the_ca_must_read_the_template)
{
    template_security(h.user, "O:BAG:BAD:(A;;LCRPLORCCR;;;S-1-5-21-1-2-3-513)");
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_str_eq(house_first(&d), "template-security");
    ck_assert_uint_eq(d.code, CS_HR_UNSUPPORTED_CERT_TYPE);
    ck_str_has(house_gate(&d, "template-security")->why, "own account cannot read");
}
END_TEST

START_TEST(a_template_must_be_published)
{
    struct cs_ca ca = *cs_ca_get(h.lab, h.ca);
    ca.templates.count = 1; /* User alone */
    ck_assert(cs_ca_put(h.lab, &ca, NULL, &err) == CS_OK);
    struct cs_decision d = house_ask(&h, h.ws01_account, h.machine);
    ck_assert_str_eq(house_first(&d), "template-published");
    ck_assert_int_eq(d.verdict, CS_DENIED);
    ck_assert_uint_eq(d.code, CS_HR_UNSUPPORTED_CERT_TYPE);
}
END_TEST

static void forget_completeness(void)
{
    struct cs_host host = *cs_host_get(h.lab, h.ca_host);
    host.complete = false;
    ck_assert(cs_host_put(h.lab, &host, NULL, &err) == CS_OK);
}

static void assume(bool yes)
{
    struct cs_start start = *cs_lab_start(h.lab);
    start.assume = yes;
    ck_assert(cs_lab_set_start(h.lab, &start, &err) == CS_OK);
}

START_TEST(an_anonymous_caller_stops_at_the_ca)
{
    cs_id anonymous = cs_principal_by_sid(h.lab, &cs_sid_anonymous, 0);
    ck_assert_uint_ne(anonymous, 0);
    struct cs_decision d = house_ask(&h, anonymous, h.user);
    ck_assert_str_eq(house_first(&d), "logon");
    ck_assert_int_eq(house_gate(&d, "launch-limit")->verdict, CS_NOT_GRANTED);
    house_number(&h, h.srv01, CS_KEY_LSA, "EveryoneIncludesAnonymous", 1);
    d = house_ask(&h, anonymous, h.user);
    ck_assert_str_eq(house_first(&d), "ca-security");
}
END_TEST

static cs_id foreigner(bool selective, bool trusted)
{
    cs_id domain = 0, id = 0;
    struct cs_domain other = {.dns = CS_STR("other.example"),
                              .netbios = CS_STR("OTHER"),
                              .forest = CS_STR("other.example")};
    ck_assert(cs_sid_parse(CS_STR("S-1-5-21-7-7-7"), &other.sid, &err) == CS_OK);
    ck_assert(cs_domain_put(h.lab, &other, &domain, &err) == CS_OK);
    struct cs_trust trust = {
        .trusting = h.corp, .trusted = domain, .kind = CS_TRUST_FOREST, .selective = selective};
    if (trusted)
        ck_assert(cs_trust_put(h.lab, &trust, NULL, &err) == CS_OK);
    struct cs_principal p = {
        .kind = CS_USER, .domain = domain, .primary = 513, .name = CS_STR("dora")};
    ck_assert(cs_principal_put(h.lab, &p, &id, &err) == CS_OK);
    return id;
}

START_TEST(a_domain_nobody_trusts_does_not_log_on)
{
    struct cs_decision d = house_ask(&h, foreigner(false, false), h.user);
    ck_assert_str_eq(house_first(&d), "logon");
    ck_assert_int_eq(d.verdict, CS_DENIED);
}
END_TEST

START_TEST(a_trusted_domain_logs_on)
{
    struct cs_decision d = house_ask(&h, foreigner(false, true), h.user);
    ck_assert_int_eq(house_gate(&d, "logon")->verdict, CS_ALLOWED);
    ck_assert_str_eq(house_first(&d), "template-security"); /* Everyone is in the group */
}
END_TEST

START_TEST(a_selective_trust_leaves_it_open)
{
    struct cs_decision d = house_ask(&h, foreigner(true, true), h.user);
    ck_assert_int_eq(house_gate(&d, "logon")->verdict, CS_UNKNOWN_VERDICT);
    ck_str_has(cs_value_show(h.arena, &d.missing), "Allowed to Authenticate");
}
END_TEST

START_TEST(a_fact_nobody_gave_is_unknown_or_assumed)
{
    forget_completeness();
    ck_assert(cs_registry_remove(h.lab, h.srv01, CS_KEY_OLE, CS_STR("MachineLaunchRestriction"),
                                 &err) == CS_OK);
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(d.verdict, CS_UNKNOWN_VERDICT);
    ck_assert_int_eq(house_gate(&d, "launch-limit")->verdict, CS_UNKNOWN_VERDICT);
    struct cs_str missing = cs_value_show(h.arena, &d.missing);
    ck_str_has(missing, "machine limits of SRV01: reg export HKLM\\SOFTWARE\\Microsoft\\Ole");
    assume(true);
    d = house_ask(&h, h.alice, h.user);
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
    ck_str_has(cs_value_show(h.arena, &d.assumed), "machine limits of SRV01");
    ck_assert_uint_eq(d.missing.list.count, 0);
}
END_TEST

static void forget_right(cs_id host, const char *right)
{
    struct cs_right_grant change = *cs_right_find(h.lab, host, cs_str_of(right));
    change.name = CS_STR("SeForgottenRight");
    ck_assert(cs_right_put(h.lab, &change, NULL, &err) == CS_OK);
}

START_TEST(user_rights_nobody_gave)
{
    forget_completeness();
    forget_right(h.srv01, "SeNetworkLogonRight");
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(house_gate(&d, "logon")->verdict, CS_UNKNOWN_VERDICT);
    ck_str_has(cs_value_show(h.arena, &d.missing), "user rights of SRV01: secedit /export");
    assume(true);
    d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(house_gate(&d, "logon")->verdict, CS_ALLOWED);
    ck_str_has(cs_value_show(h.arena, &house_gate(&d, "logon")->assumed), "user rights of SRV01");
}
END_TEST

START_TEST(a_right_held_by_a_group_nobody_described)
{
    forget_completeness();
    grant(h.srv01, "SeNetworkLogonRight", "S-1-5-32-545");
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(house_gate(&d, "logon")->verdict, CS_UNKNOWN_VERDICT);
    ck_str_has(cs_value_show(h.arena, &d.missing), "members of BUILTIN\\Users on SRV01");
    assume(true); /* Users holds Authenticated Users by default */
    d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(house_gate(&d, "logon")->verdict, CS_ALLOWED);
    grant(h.srv01, "SeNetworkLogonRight", "S-1-5-32-551");
    d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(house_gate(&d, "logon")->verdict, CS_NOT_GRANTED);
}
END_TEST

START_TEST(denied_wins_over_unknown)
{
    forget_completeness();
    ck_assert(cs_registry_remove(h.lab, h.srv01, CS_KEY_OLE, CS_STR("MachineLaunchRestriction"),
                                 &err) == CS_OK);
    grant(h.srv01, "SeDenyNetworkLogonRight", "S-1-5-21-1-2-3-513");
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(d.verdict, CS_DENIED);
    ck_assert_str_eq(house_first(&d), "logon");
}
END_TEST

START_TEST(a_local_group_nobody_described_leaves_it_open)
{
    forget_completeness();
    house_sd(&h, h.srv01, CS_KEY_OLE, "MachineLaunchRestriction",
             "O:BAG:BAD:(A;;CCDCLCSWRP;;;S-1-5-32-562)(A;;CCSWRP;;;CD)");
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(house_gate(&d, "launch-limit")->verdict, CS_UNKNOWN_VERDICT);
    ck_str_has(cs_value_show(h.arena, &d.missing), "net localgroup");
    assume(true);
    d = house_ask(&h, h.alice, h.user); /* 574 holds Authenticated Users by default */
    ck_assert_msg(d.verdict == CS_ALLOWED, "%s", house_first(&d));
    ck_str_has(cs_value_show(h.arena, &d.assumed), "members of");
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
    tcase_add_test(at_dc, interface_flags_by_where_it_comes_from);
    tcase_add_test(at_dc, the_cas_own_security);
    tcase_add_test(at_dc, read_and_enroll_may_come_from_different_entries);
    tcase_add_test(at_dc, the_ca_must_read_the_template);
    tcase_add_test(at_dc, a_template_must_be_published);
    tcase_add_test(at_dc, modern_members_pass_by_authenticated_users);
    tcase_add_test(at_dc, without_explaining_no_text_is_made);
    tcase_add_test(at_dc, which_ca_is_meant);
    suite_add_tcase(suite, at_dc);
    TCase *at_member = tcase_create("CA on a member server");
    tcase_add_checked_fixture(at_member, member, done);
    tcase_add_test(at_member, a_member_server_takes_everyone);
    tcase_add_test(at_member, the_logon_right_and_its_deny);
    tcase_add_test(at_member, an_anonymous_caller_stops_at_the_ca);
    tcase_add_test(at_member, a_domain_nobody_trusts_does_not_log_on);
    tcase_add_test(at_member, a_trusted_domain_logs_on);
    tcase_add_test(at_member, a_selective_trust_leaves_it_open);
    tcase_add_test(at_member, a_fact_nobody_gave_is_unknown_or_assumed);
    tcase_add_test(at_member, user_rights_nobody_gave);
    tcase_add_test(at_member, a_right_held_by_a_group_nobody_described);
    tcase_add_test(at_member, denied_wins_over_unknown);
    tcase_add_test(at_member, a_local_group_nobody_described_leaves_it_open);
    suite_add_tcase(suite, at_member);
    return suite;
}
