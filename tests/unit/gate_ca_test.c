/* gate_ca_test.c - the gates inside the CA: its interface, its security, its templates. */
#include "house.h"

Suite *gate_ca_suite(void);

static struct house h;
static struct cs_error err;

static void set_up(void)
{
    h = house_make(CS_WINDOWS_2003_SP1, false);
}

static void tear_down(void)
{
    house_free(&h);
}

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

Suite *gate_ca_suite(void)
{
    Suite *suite = suite_create("gate_ca");
    TCase *tests = tcase_create("CA on a domain controller");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, interface_flags_by_where_it_comes_from);
    tcase_add_test(tests, the_cas_own_security);
    tcase_add_test(tests, read_and_enroll_may_come_from_different_entries);
    tcase_add_test(tests, the_ca_must_read_the_template);
    tcase_add_test(tests, a_template_must_be_published);
    suite_add_tcase(suite, tests);
    return suite;
}
