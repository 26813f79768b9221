/*
 * gate_unknown_test.c - callers of elsewhere and facts that nobody gave: what is unknown is told,
 * not guessed.
 */
#include "house.h"

Suite *gate_unknown_suite(void);

static struct house h;
static struct cs_error err;

static void set_up(void)
{
    h = house_make(CS_WINDOWS_2003_SP1, true);
}

static void tear_down(void)
{
    house_free(&h);
}

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
    house_grant(&h, h.srv01, "SeNetworkLogonRight", "S-1-5-32-545");
    struct cs_decision d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(house_gate(&d, "logon")->verdict, CS_UNKNOWN_VERDICT);
    ck_str_has(cs_value_show(h.arena, &d.missing), "members of BUILTIN\\Users on SRV01");
    assume(true); /* Users holds Authenticated Users by default */
    d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(house_gate(&d, "logon")->verdict, CS_ALLOWED);
    house_grant(&h, h.srv01, "SeNetworkLogonRight", "S-1-5-32-551");
    d = house_ask(&h, h.alice, h.user);
    ck_assert_int_eq(house_gate(&d, "logon")->verdict, CS_NOT_GRANTED);
}
END_TEST

START_TEST(denied_wins_over_unknown)
{
    forget_completeness();
    ck_assert(cs_registry_remove(h.lab, h.srv01, CS_KEY_OLE, CS_STR("MachineLaunchRestriction"),
                                 &err) == CS_OK);
    house_grant(&h, h.srv01, "SeDenyNetworkLogonRight", "S-1-5-21-1-2-3-513");
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

Suite *gate_unknown_suite(void)
{
    Suite *suite = suite_create("gate_unknown");
    TCase *tests = tcase_create("CA on a member server");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, an_anonymous_caller_stops_at_the_ca);
    tcase_add_test(tests, a_domain_nobody_trusts_does_not_log_on);
    tcase_add_test(tests, a_trusted_domain_logs_on);
    tcase_add_test(tests, a_selective_trust_leaves_it_open);
    tcase_add_test(tests, a_fact_nobody_gave_is_unknown_or_assumed);
    tcase_add_test(tests, user_rights_nobody_gave);
    tcase_add_test(tests, a_right_held_by_a_group_nobody_described);
    tcase_add_test(tests, denied_wins_over_unknown);
    tcase_add_test(tests, a_local_group_nobody_described_leaves_it_open);
    suite_add_tcase(suite, tests);
    return suite;
}
