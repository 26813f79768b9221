/* member_test.c - who may be in which group (FACTS 5.2), one row a rule, and token building. */
#include <check.h>

#include <certsh/host.h>

Suite *member_suite(void);

static struct cs_lab *lab;
static struct cs_error err;
static cs_id corp, contoso, outside, old, dc01, srv01;

static cs_id add_domain(const char *netbios, const char *dns, const char *forest, const char *sid,
                        bool mixed)
{
    cs_id id;
    struct cs_domain domain = {.dns = cs_str_of(dns),
                               .netbios = cs_str_of(netbios),
                               .forest = cs_str_of(forest),
                               .mixed = mixed};
    ck_assert(cs_sid_parse(cs_str_of(sid), &domain.sid, &err) == CS_OK);
    ck_assert(cs_domain_put(lab, &domain, &id, &err) == CS_OK);
    return id;
}

static cs_id add(cs_id domain, cs_id host, enum cs_principal_kind kind, enum cs_scope scope,
                 const char *name)
{
    cs_id id = 0;
    struct cs_principal p = {.kind = kind,
                             .scope = scope,
                             .security = true,
                             .domain = domain,
                             .host = host,
                             .name = cs_str_of(name)};
    if (scope == CS_SCOPE_BUILTIN)
        p.sid = cs_sid_of2(5, 32, cs_str_is(p.name, "Users") ? 545 : 574);
    ck_assert_msg(cs_principal_put(lab, &p, &id, &err) == CS_OK, "%s: %s", name, err.text);
    return id;
}

static cs_id add_host(const char *name, enum cs_role role, cs_id domain)
{
    cs_id id;
    struct cs_host host = {
        .name = cs_str_of(name), .role = role, .domain = domain, .complete = true};
    host.windows = CS_WINDOWS_2003_SP1;
    ck_assert(cs_sid_parse(CS_STR("S-1-5-21-9-9-9"), &host.machine, &err) == CS_OK);
    ck_assert(cs_host_put(lab, &host, &id, &err) == CS_OK);
    return id;
}

static void furnish(cs_id domain)
{
    add(domain, 0, CS_USER, CS_SCOPE_NONE, "user");
    add(domain, 0, CS_GROUP, CS_SCOPE_GLOBAL, "global");
    add(domain, 0, CS_GROUP, CS_SCOPE_DOMAIN_LOCAL, "local");
    if (!cs_domain_get(lab, domain)->mixed)
        add(domain, 0, CS_GROUP, CS_SCOPE_UNIVERSAL, "universal");
}

static void set_up(void)
{
    lab = cs_lab_new();
    corp = add_domain("CORP", "corp.example", "corp.example", "S-1-5-21-1-1-1", false);
    contoso = add_domain("CONTOSO", "contoso.example", "corp.example", "S-1-5-21-2-2-2", false);
    outside = add_domain("OUT", "out.example", "out.example", "S-1-5-21-3-3-3", false);
    old = add_domain("OLD", "old.example", "corp.example", "S-1-5-21-4-4-4", true);
    furnish(corp);
    furnish(contoso);
    furnish(outside);
    furnish(old);
    dc01 = add_host("DC01", CS_ROLE_DC, corp);
    srv01 = add_host("SRV01", CS_ROLE_MEMBER, corp);
    add(0, srv01, CS_GROUP, CS_SCOPE_MACHINE_LOCAL, "machine");
    add(0, srv01, CS_GROUP, CS_SCOPE_MACHINE_LOCAL, "other");
    add(0, srv01, CS_GROUP, CS_SCOPE_BUILTIN, "Users");
    add(0, srv01, CS_USER, CS_SCOPE_NONE, "localuser");
    add(corp, 0, CS_GROUP, CS_SCOPE_BUILTIN, "DcomAccess");
    cs_lab_seal(lab, NULL);
}

static void tear_down(void)
{
    cs_lab_free(lab);
}

static cs_id find(const char *text)
{
    cs_id id = 0;
    ck_assert_msg(cs_principal_resolve(lab, cs_str_of(text), srv01, &id, &err) == CS_OK, "%s: %s",
                  text, err.text);
    return id;
}

static const struct {
    const char *group, *member;
    uint32_t win32; /* 0: let in */
} rules[] = {
    {"CORP\\global", "CORP\\user", 0},
    {"CORP\\global", "CONTOSO\\user", 8519},
    {"CORP\\global", "CORP\\local", 8516},
    {"CORP\\global", "CORP\\universal", 8517},
    {"CORP\\global", "Everyone", 8519},
    {"CORP\\universal", "CONTOSO\\global", 0},
    {"CORP\\universal", "CONTOSO\\universal", 0},
    {"CORP\\universal", "CORP\\local", 8518},
    {"CORP\\local", "CONTOSO\\user", 0},
    {"CORP\\local", "CONTOSO\\global", 0},
    {"CORP\\local", "CONTOSO\\local", 8520},
    {"CORP\\local", "OUT\\user", 1387}, /* no trust */
    {"CORP\\local", "Everyone", 0},     /* as a foreign security principal */
    {"OLD\\global", "OLD\\user", 0},
    {"OLD\\global", "OLD\\global", 1388},
    {"OLD\\local", "OLD\\global", 0},
    {"SRV01\\machine", "CORP\\user", 0},
    {"SRV01\\machine", "CORP\\local", 0},
    {"SRV01\\machine", "CONTOSO\\local", 1388},
    {"SRV01\\machine", "SRV01\\other", 1388},
    {"SRV01\\machine", "SRV01\\localuser", 0},
    {"SRV01\\machine", "Everyone", 0},
    {"CORP\\user", "CORP\\user", 1376},
};

START_TEST(windows_rules_of_nesting)
{
    cs_id group = find(rules[_i].group), member = find(rules[_i].member);
    err.win32 = 0;
    cs_status status = cs_member_add(lab, group, member, &err);
    ck_assert_msg((status == CS_OK) == (rules[_i].win32 == 0), "%s in %s: %s", rules[_i].member,
                  rules[_i].group, status == CS_OK ? "let in" : err.text);
    ck_assert_uint_eq(err.win32, rules[_i].win32);
}
END_TEST

START_TEST(mixed_mode_has_its_own_rules)
{
    struct cs_principal p = {.kind = CS_GROUP,
                             .scope = CS_SCOPE_UNIVERSAL,
                             .security = true,
                             .domain = old,
                             .name = CS_STR("u")};
    ck_assert(cs_principal_put(lab, &p, NULL, &err) == CS_INVALID);
    ck_assert_uint_eq(err.win32, 8513);
    cs_id inner = add(old, 0, CS_GROUP, CS_SCOPE_GLOBAL, "inner");
    ck_assert(cs_member_add(lab, find("OLD\\global"), inner, &err) == CS_INVALID);
    ck_assert_uint_eq(err.win32, 8514);
    cs_id deeper = add(old, 0, CS_GROUP, CS_SCOPE_DOMAIN_LOCAL, "deeper");
    ck_assert(cs_member_add(lab, find("OLD\\local"), deeper, &err) == CS_INVALID);
    ck_assert_uint_eq(err.win32, 8515);
}
END_TEST

START_TEST(twice_in_and_not_in_are_states)
{
    cs_id group = find("CORP\\global"), user = find("CORP\\user");
    ck_assert(cs_member_remove(lab, group, user, &err) == CS_STATE);
    ck_assert_uint_eq(err.win32, 1377);
    ck_assert(cs_member_add(lab, group, user, &err) == CS_OK);
    ck_assert(cs_member_add(lab, group, user, &err) == CS_STATE);
    ck_assert_uint_eq(err.win32, 1378);
}
END_TEST

/* ------------------------------------------------------------------- tokens */

static struct cs_arena *arena;

static const struct cs_token *token_at(const char *who, cs_id host)
{
    arena = arena ? arena : cs_arena_new();
    struct cs_token_ask ask = {.principal = find(who), .host = host};
    struct cs_token *token = NULL;
    ck_assert(cs_token_of(lab, arena, &ask, &token, &err) == CS_OK);
    return token;
}

static bool carries(const struct cs_token *token, const char *who)
{
    struct cs_principal p;
    ck_assert(cs_principal_get(lab, find(who), &p));
    return cs_token_has(token, &p.sid);
}

START_TEST(domain_local_groups_are_of_the_hosts_domain)
{
    ck_assert(cs_member_add(lab, find("CORP\\global"), find("CORP\\user"), &err) == CS_OK);
    ck_assert(cs_member_add(lab, find("CORP\\local"), find("CORP\\global"), &err) == CS_OK);
    const struct cs_token *token = token_at("CORP\\user", dc01);
    ck_assert(carries(token, "CORP\\global"));
    ck_assert(carries(token, "CORP\\local"));
    ck_assert(carries(token, "Everyone"));
    cs_id dc21 = add_host("DC21", CS_ROLE_DC, contoso);
    token = token_at("CORP\\user", dc21);
    ck_assert(carries(token, "CORP\\global"));
    ck_assert_msg(!carries(token, "CORP\\local"), "a domain-local group left its domain");
}
END_TEST

START_TEST(everyone_brings_machine_local_groups_but_no_domain_local_ones)
{
    ck_assert(cs_member_add(lab, find("CORP\\local"), find("Everyone"), &err) == CS_OK);
    ck_assert(cs_member_add(lab, find("SRV01\\machine"), find("Everyone"), &err) == CS_OK);
    const struct cs_token *token = token_at("CORP\\user", srv01);
    ck_assert(carries(token, "SRV01\\machine"));
    ck_assert(!carries(token, "CORP\\local"));
}
END_TEST

START_TEST(a_computers_token_is_as_old_as_its_start)
{
    cs_id pc = add(corp, 0, CS_COMPUTER, CS_SCOPE_NONE, "PC$");
    struct cs_host host = {
        .name = CS_STR("PC"), .role = CS_ROLE_WORKSTATION, .domain = corp, .account = pc};
    cs_id machine;
    ck_assert(cs_host_put(lab, &host, &machine, &err) == CS_OK);
    cs_id local = find("CORP\\local");
    ck_assert(cs_member_add(lab, local, pc, &err) == CS_OK);
    ck_assert_msg(!carries(token_at("CORP\\PC$", dc01), "CORP\\local"), "K24: too early");
    ck_assert(cs_host_restart(lab, machine, &err) == CS_OK);
    ck_assert(carries(token_at("CORP\\PC$", dc01), "CORP\\local"));
    ck_assert(cs_lab_undo(lab, 1, NULL, &err) == CS_OK);
    ck_assert(!carries(token_at("CORP\\PC$", dc01), "CORP\\local"));
    ck_assert(cs_host_purge(lab, machine, &err) == CS_OK);
    ck_assert(carries(token_at("CORP\\PC$", dc01), "CORP\\local"));
}
END_TEST

START_TEST(machine_local_membership_counts_at_once)
{
    cs_id pc = add(corp, 0, CS_COMPUTER, CS_SCOPE_NONE, "PC$");
    struct cs_host host = {
        .name = CS_STR("PC"), .role = CS_ROLE_WORKSTATION, .domain = corp, .account = pc};
    ck_assert(cs_host_put(lab, &host, NULL, &err) == CS_OK);
    ck_assert(cs_member_add(lab, find("SRV01\\machine"), pc, &err) == CS_OK);
    ck_assert(carries(token_at("CORP\\PC$", srv01), "SRV01\\machine"));
}
END_TEST

START_TEST(an_open_session_keeps_its_token)
{
    cs_id user = find("CORP\\user"), session;
    ck_assert(cs_session_open(lab, srv01, user, &session, &err) == CS_OK);
    ck_assert(cs_member_add(lab, find("CORP\\global"), user, &err) == CS_OK);
    ck_assert(!carries(token_at("CORP\\user", dc01), "CORP\\global"));
    ck_assert(cs_session_close(lab, session, &err) == CS_OK);
    ck_assert(carries(token_at("CORP\\user", dc01), "CORP\\global"));
}
END_TEST

START_TEST(mixed_mode_domain_local_counts_on_controllers_only)
{
    ck_assert(cs_member_add(lab, find("OLD\\local"), find("OLD\\user"), &err) == CS_OK);
    cs_id dc = add_host("OLDDC", CS_ROLE_DC, old), member = add_host("OLDSRV", CS_ROLE_MEMBER, old);
    ck_assert(carries(token_at("OLD\\user", dc), "OLD\\local"));
    ck_assert(!carries(token_at("OLD\\user", member), "OLD\\local"));
}
END_TEST

START_TEST(an_external_trust_lets_only_its_own_sids_over)
{
    struct cs_trust trust = {.trusting = corp, .trusted = outside, .kind = CS_TRUST_EXTERNAL};
    ck_assert(cs_trust_put(lab, &trust, NULL, &err) == CS_OK);
    ck_assert(cs_member_add(lab, find("OUT\\global"), find("OUT\\user"), &err) == CS_OK);
    ck_assert(cs_member_add(lab, find("CORP\\local"), find("OUT\\global"), &err) == CS_OK);
    const struct cs_token *token = token_at("OUT\\user", dc01);
    ck_assert(carries(token, "OUT\\global"));
    ck_assert(carries(token, "CORP\\local"));
}
END_TEST

START_TEST(distribution_groups_never_count)
{
    struct cs_principal p = {
        .kind = CS_GROUP, .scope = CS_SCOPE_GLOBAL, .domain = corp, .name = CS_STR("mail")};
    cs_id mail;
    ck_assert(cs_principal_put(lab, &p, &mail, &err) == CS_OK);
    ck_assert(cs_member_add(lab, mail, find("CORP\\user"), &err) == CS_OK);
    ck_assert(!carries(token_at("CORP\\user", dc01), "CORP\\mail"));
}
END_TEST

START_TEST(a_path_is_told_from_the_account_outward)
{
    ck_assert(cs_member_add(lab, find("CORP\\global"), find("CORP\\user"), &err) == CS_OK);
    ck_assert(cs_member_add(lab, find("CORP\\local"), find("CORP\\global"), &err) == CS_OK);
    const struct cs_token *token = token_at("CORP\\user", dc01);
    struct cs_principal p;
    cs_principal_get(lab, find("CORP\\local"), &p);
    struct cs_value path = cs_token_path(lab, arena, token, cs_token_find(token, &p.sid));
    ck_assert_uint_eq(path.list.count, 3);
    ck_assert(cs_str_is(path.list.at[0].text, "CORP\\user"));
    ck_assert(cs_str_is(path.list.at[2].text, "CORP\\local"));
}
END_TEST

/* -------------------------------------------------------------------- names */

static const struct {
    const char *text, *name;
} names[] = {
    {"corp\\USER", "CORP\\user"},
    {"user@corp.example", "CORP\\user"},
    {"Everyone", "Everyone"},
    {"everyone", "Everyone"},
    {"SRV01\\machine", "SRV01\\machine"},
    {"machine", "SRV01\\machine"},
    {"user", "CORP\\user"},
    {"BUILTIN\\Users", "BUILTIN\\Users"},
    {"S-1-5-32-545", "BUILTIN\\Users"},
    {"NT AUTHORITY\\SYSTEM", "NT AUTHORITY\\SYSTEM"},
    {"S-1-5-21-1-1-1-1000", "CORP\\user"},
};

START_TEST(names_are_resolved_as_windows_does)
{
    arena = arena ? arena : cs_arena_new();
    struct cs_str name = cs_principal_name(lab, arena, find(names[_i].text));
    ck_assert_msg(cs_str_is(name, names[_i].name), "%s gives %s", names[_i].text, name.at);
}
END_TEST

Suite *member_suite(void)
{
    Suite *suite = suite_create("member");
    TCase *tcase = tcase_create("membership");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, windows_rules_of_nesting, 0, CS_COUNT(rules));
    tcase_add_test(tcase, mixed_mode_has_its_own_rules);
    tcase_add_test(tcase, twice_in_and_not_in_are_states);
    tcase_add_test(tcase, domain_local_groups_are_of_the_hosts_domain);
    tcase_add_test(tcase, everyone_brings_machine_local_groups_but_no_domain_local_ones);
    tcase_add_test(tcase, a_computers_token_is_as_old_as_its_start);
    tcase_add_test(tcase, machine_local_membership_counts_at_once);
    tcase_add_test(tcase, an_open_session_keeps_its_token);
    tcase_add_test(tcase, mixed_mode_domain_local_counts_on_controllers_only);
    tcase_add_test(tcase, an_external_trust_lets_only_its_own_sids_over);
    tcase_add_test(tcase, distribution_groups_never_count);
    tcase_add_test(tcase, a_path_is_told_from_the_account_outward);
    tcase_add_loop_test(tcase, names_are_resolved_as_windows_does, 0, CS_COUNT(names));
    suite_add_tcase(suite, tcase);
    return suite;
}
