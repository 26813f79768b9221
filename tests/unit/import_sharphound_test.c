/* import_sharphound_test.c - collections of SharpHound, ours and real ones. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <certsh/gate.h>

#include "import_case.h"

Suite *import_sharphound_suite(void);

static cs_status import(const char *file, struct cs_str text)
{
    return import_text(lab, arena, "import_sharphound", file, text, &err);
}

static void import_words(const char *file, const char *text)
{
    ck_assert_msg(import(file, cs_str_of(text)) == CS_OK, "%s: %s", err.where, err.text);
}

/* False, and the test is over, where the samples beside the project are not there. */
static bool import_shared(const char *name)
{
    struct cs_str text = sample(arena, name);
    if (!text.at)
        return false;
    ck_assert_msg(import(name, text) == CS_OK, "%s: %s", err.where, err.text);
    return true;
}

static cs_id by_sid(const char *text, cs_id host)
{
    struct cs_sid sid;
    ck_assert(cs_sid_parse(cs_str_of(text), &sid, &err) == CS_OK);
    return cs_principal_by_sid(lab, &sid, host);
}

static bool has(const char *group, const char *member, cs_id host)
{
    return cs_member_has(lab, by_sid(group, host), by_sid(member, host), CS_NOW);
}

#define DOMAIN    "S-1-5-21-1-2-3"
#define PROPS     "\"Properties\":{\"domain\":\"CORP.EXAMPLE\",\"samaccountname\":"
#define GROUPS(x) "{\"data\":[" x "],\"meta\":{\"type\":\"groups\",\"count\":99,\"version\":6}}"

/* -------------------------------------------------------------------- groups */

START_TEST(sightings_of_one_sid_add_up)
{
    import_words("groups.json",
                 GROUPS("{" PROPS "\"Certificate Service DCOM Access\","
                        "\"distinguishedname\":\"CN=X,DC=CORP,DC=EXAMPLE\"},"
                        "\"Members\":[{\"ObjectIdentifier\":\"CORP.EXAMPLE-S-1-5-11\","
                        "\"ObjectType\":\"Group\"}],"
                        "\"ObjectIdentifier\":\"CORP.EXAMPLE-S-1-5-32-574\"},"
                        "{\"Properties\":{\"domain\":\"CORP.EXAMPLE\",\"name\":\"C@CORP.EXAMPLE\"},"
                        "\"Members\":[],\"ObjectIdentifier\":\"CORP.EXAMPLE-S-1-5-32-574\"}"));
    struct cs_principal p;
    ck_assert(cs_principal_get(lab, by_sid("S-1-5-32-574", 0), &p));
    ck_assert(cs_str_is(p.name, "Certificate Service DCOM Access"));
    ck_assert(!p.members_open);
    ck_assert(p.scope == CS_SCOPE_BUILTIN && p.domain != 0);
    ck_assert(has("S-1-5-32-574", "S-1-5-11", 0));
}
END_TEST

START_TEST(a_group_seen_only_empty_is_open)
{
    import_words("groups.json",
                 GROUPS("{\"Properties\":{\"domain\":\"CORP.EXAMPLE\",\"name\":\"X@CORP.EXAMPLE\"},"
                        "\"Members\":[],\"ObjectIdentifier\":\"" DOMAIN "-1200\"}"));
    struct cs_principal p;
    ck_assert(cs_principal_get(lab, by_sid(DOMAIN "-1200", 0), &p));
    ck_assert(p.members_open);
}
END_TEST

/* Version 4 has meta first, and no version key is fine, too. */
START_TEST(meta_stands_first_or_last)
{
    import_words("g.json", "\xef\xbb\xbf{\"meta\":{\"type\":\"groups\"},\"data\":[{" PROPS
                           "\"G\",\"distinguishedname\":\"CN=G,DC=CORP,DC=EXAMPLE\"},"
                           "\"Members\":[{\"ObjectIdentifier\":\"" DOMAIN "-1105\"}],"
                           "\"ObjectIdentifier\":\"" DOMAIN "-1201\"}]}");
    ck_assert(has(DOMAIN "-1201", DOMAIN "-1105", 0));
}
END_TEST

/* ----------------------------------------------------------------- computers */

#define COMPUTER(id, more)                                                                         \
    "{\"data\":[{\"Properties\":{\"domain\":\"CORP.EXAMPLE\",\"name\":\"CA1.CORP.EXAMPLE\","       \
    "\"samaccountname\":\"CA1$\"},\"PrimaryGroupSID\":\"" DOMAIN "-515\"," more                    \
    "\"ObjectIdentifier\":\"" DOMAIN id "\"}],\"meta\":{\"type\":\"computers\",\"version\":5}}"

/* Collectors and re-savers do not all write keys as SharpHound does, nor in its order. */
START_TEST(keys_in_any_case_and_order)
{
    static const char *const texts[] = {
        "{\"Meta\":{\"Version\":6,\"Type\":\"groups\"},\"Data\":[{\"objectidentifier\":\"" DOMAIN
        "-1200\",\"MEMBERS\":[{\"objectType\":\"User\",\"objectIdentifier\":\"" DOMAIN
        "-1201\"}],\"properties\":{\"SamAccountName\":\"g\",\"Domain\":\"CORP.EXAMPLE\"}}]}",
        "\xef\xbb\xbf{\r\n  \"data\": [\r\n    {\r\n \"Members\": [ {\"ObjectIdentifier\": "
        "\"" DOMAIN "-1201\"} ],\r\n \"ObjectIdentifier\": \"" DOMAIN
        "-1200\",\r\n \"Properties\": { \"domain\": \"CORP.EXAMPLE\", \"samaccountname\": \"g\" } "
        "} ],\r\n"
        "  \"meta\" : { \"count\": 7, \"type\" : \"groups\" }\r\n}\r\n",
    };
    ck_assert_int_ge(
        cs_importer_probe(reader("import_sharphound"), CS_STR("x"), cs_str_of(texts[_i])), 90);
    import_words("x", texts[_i]);
    ck_assert(has(DOMAIN "-1200", DOMAIN "-1201", 0));
}
END_TEST

START_TEST(a_member_servers_local_groups_are_its_own)
{
    import_words("computers.json",
                 COMPUTER("-1104", "\"LocalGroups\":[{\"Collected\":true,\"Results\":["
                                   "{\"ObjectIdentifier\":\"CORP.EXAMPLE-S-1-5-11\"},"
                                   "{\"ObjectIdentifier\":\"" DOMAIN "-1104-1000\"}],"
                                   "\"ObjectIdentifier\":\"" DOMAIN "-1104-574\"},"
                                   "{\"Collected\":false,\"Results\":[],"
                                   "\"ObjectIdentifier\":\"" DOMAIN "-1104-545\"}],"));
    cs_id host = cs_host_find(lab, CS_STR("CA1"));
    ck_assert(host != 0);
    struct cs_principal p;
    ck_assert(cs_principal_get(lab, by_sid("S-1-5-32-574", host), &p));
    ck_assert(p.host == host && p.domain == 0);
    ck_assert_msg(p.members_open, "SharpHound leaves NETWORK and others out");
    ck_assert(has("S-1-5-32-574", "S-1-5-11", host));
    ck_assert_msg(by_sid("S-1-5-32-545", host) == 0, "what was not collected is unknown");
}
END_TEST

START_TEST(version_4_names_four_groups)
{
    import_words("computers.json",
                 COMPUTER("-1104", "\"DcomUsers\":{\"Collected\":true,\"Results\":["
                                   "{\"ObjectIdentifier\":\"" DOMAIN "-513\"}]},"
                                   "\"LocalAdmins\":{\"Collected\":false,\"Results\":[]},"));
    cs_id host = cs_host_find(lab, CS_STR("CA1"));
    ck_assert(has("S-1-5-32-562", DOMAIN "-513", host));
    ck_assert(by_sid("S-1-5-32-544", host) == 0);
}
END_TEST

START_TEST(user_rights_come_along)
{
    import_words("computers.json",
                 COMPUTER("-1104", "\"UserRights\":[{\"Privilege\":\"SeNetworkLogonRight\","
                                   "\"Collected\":true,\"Results\":["
                                   "{\"ObjectIdentifier\":\"" DOMAIN "-1104-544\"},"
                                   "{\"ObjectIdentifier\":\"CORP.EXAMPLE-S-1-1-0\"}]}],"));
    const struct cs_right_grant *grant =
        cs_right_find(lab, cs_host_find(lab, CS_STR("CA1")), CS_STR("SeNetworkLogonRight"));
    ck_assert(grant != NULL && grant->sids.count == 2);
    ck_assert(cs_str_is(grant->sids.at[0], "S-1-5-32-544"));
    ck_assert(cs_str_is(grant->sids.at[1], "S-1-1-0"));
}
END_TEST

/* ------------------------------------------------------- what nobody collected */

#define OBJECT(type, fields)                                                                       \
    "{\"data\":[{" fields "}],\"meta\":{\"type\":\"" type "\",\"version\":6}}"
#define CA(fields)                                                                                 \
    OBJECT("enterprisecas",                                                                        \
           "\"Properties\":{\"caname\":\"CA\",\"dnshostname\":\"ca.corp.example\"},"               \
           "\"CARegistryData\":{\"CASecurity\":{\"Data\":[],\"Collected\":true}}," fields)

START_TEST(an_empty_list_is_not_a_missing_one)
{
    import_words("enterprisecas.json", CA("\"EnabledCertTemplates\":null"));
    const struct cs_ca *ca = cs_ca_get(lab, cs_ca_find(lab, CS_STR("CA")));
    ck_assert(ca && !ca->templates_known);
    ck_assert(!ca->excerpt); /* an empty list of rights was not one of a CA */
    import_words("enterprisecas.json", CA("\"EnabledCertTemplates\":[]"));
    ca = cs_ca_get(lab, cs_ca_find(lab, CS_STR("CA")));
    ck_assert(ca->templates_known && ca->templates.count == 0);
}
END_TEST

#define IN           "{\"TargetDomainName\":\"IN.EXAMPLE\",\"TrustDirection\":1}"
#define NO_DIRECTION "{\"TargetDomainName\":\"NULL.EXAMPLE\",\"TrustDirection\":null}"
#define ODD          "{\"TargetDomainName\":\"ODD.EXAMPLE\",\"TrustDirection\":\"Sideways\",\"TrustType\":9}"
#define TRUSTS       "\"Trusts\":[" IN "," NO_DIRECTION "," ODD "]"

START_TEST(a_trust_of_no_known_direction_stays_out)
{
    import_words("domains.json",
                 OBJECT("domains", "\"ObjectIdentifier\":\"" DOMAIN
                                   "\",\"Properties\":{\"name\":\"CORP.EXAMPLE\"}," TRUSTS));
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_TRUST), 1);
}
END_TEST

/* --------------------------------------------------------------------- lies */

static const struct {
    const char *text, *why;
} lies[] = {
    {"{\"data\":[{\"ObjectIdentifier\":\"S-1-5", "no JSON"},
    {"{\"data\":[{]}],\"meta\":{\"type\":\"users\",\"version\":6}}", "no JSON"},
    {"{\"data\":[\"S-1-5-21-1-2-3-4\"],\"meta\":{\"type\":\"users\",\"version\":6}}", "\"data\""},
    {"{\"data\":[],\"meta\":{\"type\":\"users\",\"version\":3}}", "SharpHound 3"},
    {"{\"groups\":[],\"meta\":{\"type\":\"groups\",\"version\":3}}", "SharpHound 3"},
    {"{\"computers\":[],\"meta\":{\"type\":\"computers\",\"count\":0}}", "before 4"},
    {"{\"data\":[],\"meta\":{\"count\":0}}", "meta.type"},
    {"{\"data\":[{\"x\":\"\xff\xfe\"}],\"meta\":{\"type\":\"users\",\"version\":6}}", "no JSON"},
    {"PK\x03\x04rubbish", ""},
};

START_TEST(what_lies_is_refused_whole)
{
    ck_assert(import("t.json", cs_str_of(lies[_i].text)) != CS_OK);
    if (strcmp(lies[_i].why, "no JSON") != 0 || _i != 0)
        ck_assert_msg(strstr(err.text, lies[_i].why) != NULL, "%s", err.text);
    ck_assert_msg(strncmp(err.where, "t.json", 6) == 0, "%s", err.where);
    ck_assert(err.hint[0] != '\0');
    ck_assert(cs_lab_change_count(lab) == 0);
}
END_TEST

START_TEST(depth_is_limited)
{
    struct cs_buf text;
    cs_buf_init(&text, 1 << 20);
    cs_buf_adds(&text, "{\"data\":");
    for (int i = 0; i < 100000; i++)
        cs_buf_addc(&text, '[');
    cs_buf_adds(&text, "\"meta\":{\"type\":\"users\"}");
    ck_assert(import("deep.json", cs_buf_str(&text)) == CS_SYNTAX);
    ck_assert_msg(strstr(err.text, "nested") != NULL, "%s", err.text);
    cs_buf_clear(&text);
}
END_TEST

/* ---------------------------------------------------------- real collections */

static bool count_kind(void *context, const struct cs_principal *p)
{
    ((size_t *)context)[p->kind]++;
    return true;
}

START_TEST(a_real_collection_with_a_ca)
{
    if (!import_shared("shared/sharphound/v6-esc1-adcs.zip"))
        return;
    size_t kinds[8] = {0};
    cs_principal_each(lab, 0, count_kind, kinds);
    ck_assert_uint_eq(kinds[CS_USER], 13); /* 14, and one that is NT AUTHORITY */
    ck_assert_uint_eq(kinds[CS_COMPUTER], 2);
    ck_assert_uint_eq(kinds[CS_GROUP], 57 - 5); /* 57, and five that Windows fills */
    ck_assert(has("S-1-5-32-574", "S-1-5-11", 0));
    const struct cs_ca *ca = cs_ca_get(lab, cs_ca_find(lab, CS_STR("ESC1-ESC1-DC-CA")));
    ck_assert(ca != NULL && ca->templates_known);
    ck_assert_uint_eq(ca->templates.count, 12);
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_TEMPLATE), 34);
    const struct cs_host *host = cs_host_get(lab, ca->host);
    ck_assert(host != NULL && host->role == CS_ROLE_DC && cs_str_is(host->name, "ESC1-DC"));
}
END_TEST

#define ESC1 "S-1-5-21-909015691-3030120388-2582151266"

/* Who gets through all gates of an otherwise default Windows: template, RID, yes or no. */
static const struct {
    const char *template_, *sid;
    bool allowed;
} outcomes[] = {
    {"ESC1", ESC1 "-1105", true},  {"ESC1", ESC1 "-1110", true},  {"ESC1", ESC1 "-1113", true},
    {"ESC1", ESC1 "-1111", false}, {"ESC1", ESC1 "-1114", false}, {"ESC1", ESC1 "-1112", false},
    {"EFS", ESC1 "-1111", true},   {"USER", ESC1 "-1114", true},  {"USER", ESC1 "-1117", false},
    {"EFS", ESC1 "-1112", false},  {"ESC1", ESC1 "-500", false},  {"USER", ESC1 "-501", false},
};

START_TEST(three_gates_come_apart)
{
    if (!import_shared("shared/sharphound/v6-esc1-adcs.zip"))
        return;
    struct cs_start start = *cs_lab_start(lab);
    start.assume = true;
    ck_assert(cs_lab_set_start(lab, &start, &err) == CS_OK);
    struct cs_question ask = {.principal = by_sid(outcomes[_i].sid, 0)};
    ask.ca = cs_ca_find(lab, CS_STR("ESC1-ESC1-DC-CA"));
    ask.template_ = cs_template_find(lab, CS_STR(""), cs_str_of(outcomes[_i].template_));
    struct cs_decision decision;
    ck_assert(cs_enroll_check(lab, arena, &ask, true, &decision, &err) == CS_OK);
    ck_assert_msg((decision.verdict == CS_ALLOWED) == outcomes[_i].allowed, "%s %s",
                  outcomes[_i].sid, outcomes[_i].template_);
    size_t excerpts = 0;
    for (size_t i = 0; i < decision.assumed.list.count; i++)
        excerpts += cs_str_starts(decision.assumed.list.at[i].text, CS_STR("no deny entries"));
    ck_assert_uint_eq(excerpts, 2);
}
END_TEST

START_TEST(a_real_collection_of_version_5)
{
    if (!import_shared("shared/sharphound/v5-testlab.zip"))
        return;
    size_t kinds[8] = {0};
    cs_principal_each(lab, 0, count_kind, kinds);
    ck_assert_uint_eq(kinds[CS_USER], 17);
    ck_assert_uint_eq(kinds[CS_COMPUTER], 4);
    ck_assert_uint_eq(kinds[CS_GROUP], 30 + 4); /* four local ones of WIN10 */
    ck_assert(by_sid("S-1-5-32-574", 0) == 0);
    cs_id host = cs_host_find(lab, CS_STR("WIN10"));
    ck_assert(has("S-1-5-32-562", "S-1-1-0", host));
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_DOMAIN), 8);
}
END_TEST

START_TEST(what_is_bad_beside_the_project_is_refused)
{
    struct cs_str text = sample(arena, "shared/sharphound/deleted.json.bad");
    if (text.at)
        ck_assert(import("deleted.json", text) == CS_SYNTAX);
}
END_TEST

Suite *import_sharphound_suite(void)
{
    Suite *suite = suite_create("import_sharphound");
    TCase *tests = tcase_create("import_sharphound");
    tcase_add_checked_fixture(tests, set_up_import, tear_down_import);
    tcase_add_test(tests, sightings_of_one_sid_add_up);
    tcase_add_test(tests, a_group_seen_only_empty_is_open);
    tcase_add_test(tests, meta_stands_first_or_last);
    tcase_add_loop_test(tests, keys_in_any_case_and_order, 0, 2);
    tcase_add_test(tests, a_member_servers_local_groups_are_its_own);
    tcase_add_test(tests, version_4_names_four_groups);
    tcase_add_test(tests, user_rights_come_along);
    tcase_add_test(tests, an_empty_list_is_not_a_missing_one);
    tcase_add_test(tests, a_trust_of_no_known_direction_stays_out);
    tcase_add_loop_test(tests, what_lies_is_refused_whole, 0, CS_COUNT(lies));
    tcase_add_test(tests, depth_is_limited);
    tcase_add_test(tests, a_real_collection_with_a_ca);
    tcase_add_loop_test(tests, three_gates_come_apart, 0, CS_COUNT(outcomes));
    tcase_add_test(tests, a_real_collection_of_version_5);
    tcase_add_test(tests, what_is_bad_beside_the_project_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
