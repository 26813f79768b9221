/*
 * token_of_test.c - tokens case by case: what FACTS 5.2 to 5.4 say of scopes, SID filtering,
 * primary groups, foreign principals, nested cycles and mixed mode.  (Ages: member_test.c.)
 *
 * Domains: CORP and CHILD in one forest, OUT and OUTER in another, OLD in mixed mode.
 */
#include <check.h>

#include <certsh/host.h>

Suite *token_of_suite(void);

static struct cs_lab *lab;
static struct cs_arena *arena;
static struct cs_error err;
static cs_id corp, child, out, outer, old, dc, srv;

static cs_id domain_new(const char *netbios, const char *forest, uint32_t number, bool mixed)
{
    cs_id id;
    struct cs_domain domain = {.netbios = cs_str_of(netbios), .mixed = mixed};
    domain.dns = cs_str_fold(arena, cs_str_printf(arena, "%s.example", netbios));
    domain.forest = cs_str_of(forest);
    domain.sid = (struct cs_sid){.authority = 5, .sub = {21, number, 2, 3}, .count = 4};
    ck_assert(cs_domain_put(lab, &domain, &id, &err) == CS_OK);
    return id;
}

static cs_id host_new(const char *name, enum cs_role role, cs_id domain)
{
    cs_id id;
    struct cs_host host = {.name = cs_str_of(name), .role = role, .domain = domain};
    host.complete = true;
    host.windows = CS_WINDOWS_2003_SP1;
    host.machine = (struct cs_sid){.authority = 5, .sub = {21, 9, 9, 9}, .count = 4};
    ck_assert(cs_host_put(lab, &host, &id, &err) == CS_OK);
    return id;
}

static cs_id group(cs_id domain, enum cs_scope scope, const char *name)
{
    cs_id id = 0;
    struct cs_principal p = {.kind = CS_GROUP, .scope = scope, .security = true, .domain = domain};
    p.name = cs_str_of(name);
    ck_assert_msg(cs_principal_put(lab, &p, &id, &err) == CS_OK, "%s: %s", name, err.text);
    return id;
}

static cs_id account(cs_id domain, const char *name, uint32_t primary)
{
    cs_id id = 0;
    struct cs_principal p = {.kind = CS_USER, .domain = domain, .primary = primary};
    p.name = cs_str_of(name);
    ck_assert_msg(cs_principal_put(lab, &p, &id, &err) == CS_OK, "%s: %s", name, err.text);
    return id;
}

static cs_id well_known_group(cs_id domain, uint32_t rid, const char *name)
{
    cs_id id = 0;
    struct cs_principal p = {
        .kind = CS_GROUP, .scope = CS_SCOPE_GLOBAL, .security = true, .domain = domain};
    p.name = cs_str_of(name);
    p.sid = cs_sid_child(&cs_domain_get(lab, domain)->sid, rid);
    ck_assert(cs_principal_put(lab, &p, &id, &err) == CS_OK);
    return id;
}

static void join(cs_id group_id, cs_id member)
{
    ck_assert_msg(cs_member_add(lab, group_id, member, &err) == CS_OK, "%s", err.text);
}

static void trust(cs_id trusting, cs_id trusted, enum cs_trust_kind kind, bool quarantined,
                  bool selective)
{
    struct cs_trust t = {.trusting = trusting, .trusted = trusted, .kind = kind};
    t.quarantined = quarantined;
    t.selective = selective;
    ck_assert(cs_trust_put(lab, &t, NULL, &err) == CS_OK);
}

static const struct cs_token *token(cs_id principal, cs_id host)
{
    struct cs_token_ask ask = {.principal = principal, .host = host};
    struct cs_token *made = NULL;
    ck_assert_msg(cs_token_of(lab, arena, &ask, &made, &err) == CS_OK, "%s", err.text);
    return made;
}

static bool carries(cs_id principal, cs_id host, cs_id whose)
{
    struct cs_principal p;
    ck_assert(cs_principal_get(lab, whose, &p));
    return cs_token_has(token(principal, host), &p.sid);
}

static bool carries_sid(cs_id principal, cs_id host, const char *text)
{
    struct cs_sid sid;
    ck_assert(cs_sid_parse(cs_str_of(text), &sid, &err) == CS_OK);
    return cs_token_has(token(principal, host), &sid);
}

static void set_up(void)
{
    lab = cs_lab_new();
    arena = cs_arena_new();
    corp = domain_new("CORP", "corp.example", 1, false);
    child = domain_new("CHILD", "corp.example", 2, false);
    out = domain_new("OUT", "out.example", 3, false);
    outer = domain_new("OUTER", "out.example", 4, false);
    old = domain_new("OLD", "old.example", 5, true);
    dc = host_new("DC", CS_ROLE_DC, corp);
    srv = host_new("SRV", CS_ROLE_MEMBER, corp);
}

static void tear_down(void)
{
    cs_lab_free(lab);
    cs_arena_free(arena);
}

/* ------------------------------------------------------------------- scopes */

START_TEST(universal_groups_count_in_the_whole_forest)
{
    cs_id user = account(child, "user", 0), universal = group(corp, CS_SCOPE_UNIVERSAL, "u");
    join(universal, user);
    ck_assert(carries(user, srv, universal));
    ck_assert(carries(user, host_new("DC2", CS_ROLE_DC, child), universal));
}
END_TEST

START_TEST(a_domain_local_group_stays_at_home)
{
    cs_id user = account(child, "user", 0), local = group(corp, CS_SCOPE_DOMAIN_LOCAL, "l");
    join(local, user);
    ck_assert(carries(user, dc, local));
    ck_assert(carries(user, srv, local));
    ck_assert(!carries(user, host_new("DC2", CS_ROLE_DC, child), local));
}
END_TEST

/* global in universal in domain-local in machine-local, each taken at its own step */
START_TEST(scopes_nest_step_by_step)
{
    cs_id user = account(corp, "user", 0), global = group(corp, CS_SCOPE_GLOBAL, "g");
    cs_id universal = group(child, CS_SCOPE_UNIVERSAL, "u"), machine = 0;
    cs_id local = group(corp, CS_SCOPE_DOMAIN_LOCAL, "l");
    struct cs_principal p = {.kind = CS_GROUP, .scope = CS_SCOPE_MACHINE_LOCAL, .host = srv};
    p.security = true;
    p.name = CS_STR("m");
    ck_assert(cs_principal_put(lab, &p, &machine, &err) == CS_OK);
    join(global, user);
    join(universal, global);
    join(local, universal);
    join(machine, local);
    ck_assert(carries(user, srv, universal) && carries(user, srv, local));
    ck_assert(carries(user, srv, machine) && !carries(user, dc, machine));
}
END_TEST

/* ------------------------------------------------------------- SID filtering */

START_TEST(over_a_forest_trust_the_groups_of_that_forest_come_along)
{
    cs_id user = account(out, "user", 0), universal = group(outer, CS_SCOPE_UNIVERSAL, "u");
    cs_id local = group(corp, CS_SCOPE_DOMAIN_LOCAL, "l");
    trust(corp, out, CS_TRUST_FOREST, false, false);
    trust(corp, outer, CS_TRUST_FOREST, false, false);
    join(universal, user);
    join(local, universal);
    ck_assert(carries(user, dc, universal) && carries(user, dc, local));
}
END_TEST

START_TEST(over_an_external_trust_only_the_domains_own_sids_come)
{
    cs_id user = account(out, "user", 0), universal = group(outer, CS_SCOPE_UNIVERSAL, "u");
    cs_id own = group(out, CS_SCOPE_GLOBAL, "g"), local = group(corp, CS_SCOPE_DOMAIN_LOCAL, "l");
    trust(corp, out, CS_TRUST_EXTERNAL, false, false);
    trust(corp, outer, CS_TRUST_EXTERNAL, false, false);
    join(universal, user);
    join(own, user);
    join(local, universal);
    ck_assert_msg(!carries(user, dc, universal), "a SID of another domain was not filtered");
    ck_assert_msg(!carries(user, dc, local), "it counted all the same");
    ck_assert(carries(user, dc, own));
    join(local, own);
    ck_assert(carries(user, dc, local));
}
END_TEST

START_TEST(a_quarantined_forest_trust_filters_as_well)
{
    cs_id user = account(out, "user", 0), universal = group(outer, CS_SCOPE_UNIVERSAL, "u");
    trust(corp, out, CS_TRUST_FOREST, true, false);
    join(universal, user);
    ck_assert(!carries(user, dc, universal));
    ck_assert(carries(user, dc, user));
}
END_TEST

START_TEST(enterprise_domain_controllers_do_not_cross_forests)
{
    cs_id id = 0;
    struct cs_principal p = {.kind = CS_COMPUTER, .domain = child, .uac = CS_UAC_DC};
    p.name = CS_STR("DC2$");
    ck_assert(cs_principal_put(lab, &p, &id, &err) == CS_OK);
    ck_assert_msg(carries_sid(id, dc, "S-1-5-9"), "not within the forest");
    trust(corp, out, CS_TRUST_FOREST, false, false);
    p.domain = out;
    ck_assert(cs_principal_put(lab, &p, &id, &err) == CS_OK);
    ck_assert(!carries_sid(id, dc, "S-1-5-9"));
}
END_TEST

START_TEST(selective_authentication_marks_the_other_organization)
{
    cs_id user = account(out, "user", 0);
    trust(corp, out, CS_TRUST_FOREST, false, true);
    struct cs_token_ask ask = {.principal = user, .host = srv, .logon = CS_LOGON_NETWORK};
    struct cs_token *made;
    struct cs_sid other = cs_sid_of1(5, 1000);
    ck_assert(cs_token_of(lab, arena, &ask, &made, &err) == CS_OK);
    ck_assert(cs_token_has(made, &other) && !cs_token_has(made, &cs_sid_this_organization));
}
END_TEST

/* ------------------------------------------------------------- primary groups */

START_TEST(a_primary_group_counts_without_being_listed)
{
    cs_id users = well_known_group(corp, 513, "Domain Users");
    cs_id user = account(corp, "user", 513), local = group(corp, CS_SCOPE_DOMAIN_LOCAL, "l");
    join(local, users);
    ck_assert(!cs_member_has(lab, users, user, CS_NOW));
    ck_assert(carries(user, srv, users) && carries(user, srv, local));
    ck_assert_int_eq(cs_member_add(lab, users, user, &err), CS_STATE);
    ck_assert_uint_eq(err.win32, 1378);
}
END_TEST

/* An export of accounts alone says which group that is; of other accounts it says nothing. */
START_TEST(a_primary_group_counts_before_anybody_told_of_it)
{
    cs_id user = account(corp, "user", 513), computer = account(corp, "other", 515);
    const struct cs_sid users = cs_sid_child(&cs_domain_get(lab, corp)->sid, 513);
    ck_assert(cs_token_has(token(user, srv), &users));
    ck_assert(!cs_token_has(token(computer, srv), &users));
}
END_TEST

/* MS-SAMR 3.1.1.8.2: the old one is listed from then on, the new one no longer. */
START_TEST(changing_the_primary_group_moves_the_membership)
{
    cs_id users = well_known_group(corp, 513, "Domain Users"),
          own = group(corp, CS_SCOPE_GLOBAL, "g");
    cs_id user = account(corp, "user", 513);
    join(own, user);
    ck_assert(cs_principal_set_primary(lab, user, own, &err) == CS_OK);
    ck_assert(cs_member_has(lab, users, user, CS_NOW) && !cs_member_has(lab, own, user, CS_NOW));
    ck_assert(cs_principal_primary(lab, user) == own);
    ck_assert(carries(user, srv, users) && carries(user, srv, own));
}
END_TEST

START_TEST(a_domain_controller_is_no_domain_computer)
{
    cs_id computers = well_known_group(corp, 515, "Domain Computers"), id;
    cs_id controllers = well_known_group(corp, 516, "Domain Controllers");
    struct cs_principal p = {.kind = CS_COMPUTER, .domain = corp, .uac = CS_UAC_DC, .primary = 516};
    p.name = CS_STR("DC$");
    ck_assert(cs_principal_put(lab, &p, &id, &err) == CS_OK);
    ck_assert(carries(id, srv, controllers) && !carries(id, srv, computers));
    ck_assert(carries_sid(id, srv, "S-1-5-9"));
}
END_TEST

/* --------------------------------------------------------- foreign principals */

START_TEST(a_foreign_principal_is_whoever_has_its_sid)
{
    struct cs_sid sid = cs_sid_child(&cs_domain_get(lab, out)->sid, 1105);
    cs_id foreign, local = group(corp, CS_SCOPE_DOMAIN_LOCAL, "l");
    ck_assert(cs_principal_of_sid(lab, &sid, 0, &foreign, &err) == CS_OK);
    join(local, foreign);
    struct cs_principal p;
    ck_assert(cs_principal_get(lab, foreign, &p) && p.kind == CS_FOREIGN);
    p.kind = CS_USER; /* an import of that domain explains who it is */
    p.domain = out;
    p.name = CS_STR("user");
    ck_assert(cs_principal_put(lab, &p, NULL, &err) == CS_OK);
    trust(corp, out, CS_TRUST_EXTERNAL, false, false);
    ck_assert(carries(foreign, dc, local));
}
END_TEST

START_TEST(a_foreign_principal_is_in_no_global_or_universal_group)
{
    struct cs_sid sid = cs_sid_child(&cs_domain_get(lab, out)->sid, 1105);
    cs_id foreign;
    ck_assert(cs_principal_of_sid(lab, &sid, 0, &foreign, &err) == CS_OK);
    ck_assert(cs_member_may(lab, group(corp, CS_SCOPE_GLOBAL, "g"), foreign, &err) == CS_INVALID);
    ck_assert_uint_eq(err.win32, 8519);
    ck_assert(cs_member_may(lab, group(corp, CS_SCOPE_UNIVERSAL, "u"), foreign, &err) ==
              CS_INVALID);
}
END_TEST

/* --------------------------------------------------------------- cycles, depth */

static bool count_member(void *context, const cs_id *ids, size_t count, unsigned depth)
{
    (void)ids;
    (void)depth;
    *(size_t *)context += count;
    return true;
}

START_TEST(a_cycle_of_groups_is_entered_once)
{
    cs_id user = account(corp, "user", 0), ring[3];
    const char *const names[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++)
        ring[i] = group(corp, CS_SCOPE_UNIVERSAL, names[i]);
    for (int i = 0; i < 3; i++)
        join(ring[i], ring[(i + 1) % 3]);
    join(ring[1], user);
    const struct cs_token *made = token(user, srv);
    ck_assert(carries(user, srv, ring[0]) && carries(user, srv, ring[2]));
    size_t members = 0, count = cs_token_count(made);
    for (size_t i = 0; i < count; i++)
        ck_assert(cs_token_find(made, &cs_token_at(made, i)->sid) == (int)i);
    cs_group_members_sliced(lab, ring[0], CS_NOW, false, count_member, &members);
    ck_assert_uint_eq(members, 3); /* the other two and the user, not itself */
}
END_TEST

/* A chain longer than any stack would like; its end is told with the whole way. */
START_TEST(a_chain_of_groups_may_be_long)
{
    enum { LONG = 20000 };
    cs_id user = account(corp, "user", 0), inner = user, last = 0;
    cs_lab_begin(lab, CS_STR("chain"));
    for (int i = 0; i < LONG; i++, inner = last) {
        last = group(corp, CS_SCOPE_DOMAIN_LOCAL, cs_str_printf(arena, "g%05d", i).at);
        join(last, inner);
    }
    ck_assert(cs_lab_commit(lab, &err) == CS_OK);
    ck_assert(cs_lab_seal(lab, &err) == CS_OK);
    const struct cs_token *made = token(user, dc);
    struct cs_principal p;
    ck_assert(cs_principal_get(lab, last, &p));
    int index = cs_token_find(made, &p.sid);
    ck_assert_int_ge(index, 0);
    struct cs_value path = cs_token_path(lab, arena, made, index);
    ck_assert_uint_eq(path.list.count, LONG + 1);
    ck_assert(cs_str_is(path.list.at[0].text, "CORP\\user"));
}
END_TEST

static size_t member_count(cs_id of)
{
    size_t members = 0;
    cs_group_members_sliced(lab, of, CS_NOW, false, count_member, &members);
    return members;
}

/* Written one by one, kept as changes, and as a base. */
START_TEST(a_group_may_have_very_many_members)
{
    enum { MANY = 100000 };
    cs_id huge = group(corp, CS_SCOPE_UNIVERSAL, "huge"), user = 0;
    cs_lab_begin(lab, CS_STR("many"));
    for (int i = 0; i < MANY; i++) {
        user = account(corp, cs_str_printf(arena, "u%06d", i).at, 0);
        join(huge, user);
    }
    ck_assert(cs_lab_commit(lab, &err) == CS_OK);
    ck_assert_uint_eq(member_count(huge), MANY);
    ck_assert(cs_member_remove(lab, huge, user, &err) == CS_OK);
    ck_assert_uint_eq(member_count(huge), MANY - 1);
    ck_assert(cs_lab_undo(lab, 1, NULL, &err) == CS_OK);
    ck_assert_uint_eq(member_count(huge), MANY);
    ck_assert(cs_lab_seal(lab, &err) == CS_OK);
    ck_assert(cs_member_remove(lab, huge, user, &err) == CS_OK);
    ck_assert_uint_eq(member_count(huge), MANY - 1);
    ck_assert(!carries(user, srv, huge));
}
END_TEST

/* ------------------------------------------------------------------ mixed mode */

START_TEST(in_mixed_mode_domain_local_groups_count_on_controllers)
{
    cs_id user = account(old, "user", 0), local = group(old, CS_SCOPE_DOMAIN_LOCAL, "l");
    join(local, user);
    ck_assert(carries(user, host_new("OLDDC", CS_ROLE_DC, old), local));
    ck_assert(!carries(user, host_new("OLDSRV", CS_ROLE_MEMBER, old), local));
}
END_TEST

START_TEST(in_mixed_mode_there_are_no_universal_security_groups)
{
    struct cs_principal p = {.kind = CS_GROUP, .scope = CS_SCOPE_UNIVERSAL, .domain = old};
    p.name = CS_STR("u");
    p.security = true;
    ck_assert(cs_principal_put(lab, &p, NULL, &err) == CS_INVALID);
    ck_assert_uint_eq(err.win32, 8513);
    p.security = false; /* for mail, the native rules hold */
    ck_assert(cs_principal_put(lab, &p, NULL, &err) == CS_OK);
}
END_TEST

/* --------------------------------------------------------------------- context */

START_TEST(a_guest_is_authenticated_before_2003_only)
{
    struct cs_principal p = {.kind = CS_USER, .domain = corp, .name = CS_STR("Guest")};
    cs_id guest;
    p.sid = cs_sid_child(&cs_domain_get(lab, corp)->sid, 501);
    ck_assert(cs_principal_put(lab, &p, &guest, &err) == CS_OK);
    ck_assert(!carries_sid(guest, srv, "S-1-5-11") && carries_sid(guest, srv, "S-1-1-0"));
    struct cs_host host = *cs_host_get(lab, srv);
    host.windows = CS_WINDOWS_2000;
    ck_assert(cs_host_put(lab, &host, NULL, &err) == CS_OK);
    ck_assert(carries_sid(guest, srv, "S-1-5-11"));
}
END_TEST

START_TEST(anonymous_is_everyone_only_where_policy_says_so)
{
    cs_id anonymous = cs_principal_by_sid(lab, &cs_sid_anonymous, 0);
    ck_assert(!carries_sid(anonymous, srv, "S-1-1-0"));
    ck_assert(!carries_sid(anonymous, srv, "S-1-5-11"));
    ck_assert(cs_registry_set_number(lab, srv, CS_KEY_LSA, CS_STR("EveryoneIncludesAnonymous"), 1,
                                     &err) == CS_OK);
    ck_assert(carries_sid(anonymous, srv, "S-1-1-0"));
    ck_assert(!carries_sid(anonymous, srv, "S-1-5-11"));
}
END_TEST

/* ------------------------------------------------------------------------ names */

static cs_id resolve(const char *text)
{
    cs_id id = 0;
    return cs_principal_resolve(lab, cs_str_of(text), srv, &id, &err) == CS_OK ? id : 0;
}

/* The first time everybody is looked at, then there is an index that follows changes. */
START_TEST(a_upn_of_any_suffix_is_found)
{
    cs_id user = account(corp, "user", 0);
    struct cs_principal p;
    ck_assert(cs_principal_get(lab, user, &p));
    p.upn = CS_STR("First.Last@mail.example");
    ck_assert(cs_principal_put(lab, &p, NULL, &err) == CS_OK);
    ck_assert(cs_lab_seal(lab, &err) == CS_OK);
    for (int i = 0; i < 3; i++)
        ck_assert(resolve("first.last@MAIL.example") == user);
    ck_assert(resolve("user@corp.example") == user);
    ck_assert(resolve("nobody@mail.example") == 0);
    p.upn = CS_STR("other@mail.example");
    ck_assert(cs_principal_put(lab, &p, NULL, &err) == CS_OK);
    ck_assert(resolve("other@mail.example") == user && !resolve("first.last@mail.example"));
    ck_assert(cs_lab_undo(lab, 1, NULL, &err) == CS_OK);
    ck_assert(resolve("first.last@mail.example") == user && !resolve("other@mail.example"));
}
END_TEST

Suite *token_of_suite(void)
{
    Suite *suite = suite_create("token_of");
    TCase *tcase = tcase_create("cases");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, universal_groups_count_in_the_whole_forest);
    tcase_add_test(tcase, a_domain_local_group_stays_at_home);
    tcase_add_test(tcase, scopes_nest_step_by_step);
    tcase_add_test(tcase, over_a_forest_trust_the_groups_of_that_forest_come_along);
    tcase_add_test(tcase, over_an_external_trust_only_the_domains_own_sids_come);
    tcase_add_test(tcase, a_quarantined_forest_trust_filters_as_well);
    tcase_add_test(tcase, enterprise_domain_controllers_do_not_cross_forests);
    tcase_add_test(tcase, selective_authentication_marks_the_other_organization);
    tcase_add_test(tcase, a_primary_group_counts_without_being_listed);
    tcase_add_test(tcase, a_primary_group_counts_before_anybody_told_of_it);
    tcase_add_test(tcase, changing_the_primary_group_moves_the_membership);
    tcase_add_test(tcase, a_domain_controller_is_no_domain_computer);
    tcase_add_test(tcase, a_foreign_principal_is_whoever_has_its_sid);
    tcase_add_test(tcase, a_foreign_principal_is_in_no_global_or_universal_group);
    tcase_add_test(tcase, a_cycle_of_groups_is_entered_once);
    tcase_add_test(tcase, a_chain_of_groups_may_be_long);
    tcase_add_test(tcase, a_group_may_have_very_many_members);
    tcase_add_test(tcase, in_mixed_mode_domain_local_groups_count_on_controllers);
    tcase_add_test(tcase, in_mixed_mode_there_are_no_universal_security_groups);
    tcase_add_test(tcase, a_guest_is_authenticated_before_2003_only);
    tcase_add_test(tcase, anonymous_is_everyone_only_where_policy_says_so);
    tcase_add_test(tcase, a_upn_of_any_suffix_is_found);
    suite_add_tcase(suite, tcase);
    return suite;
}
