/* import_policy_test.c - security templates and registry.pol. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <certsh/gate.h>

#include "import_case.h"

Suite *import_policy_suite(void);

static cs_status inf(const char *text)
{
    return import_text(lab, arena, "import_inf", "ca1.inf", cs_str_of(text), &err);
}

static void good(cs_status status)
{
    ck_assert_msg(status == CS_OK, "%s: %s", err.where, err.text);
}

static cs_id host(const char *name)
{
    cs_id id = cs_host_find(lab, cs_str_of(name));
    ck_assert_msg(id != 0, "no host %s", name);
    return id;
}

static cs_id by_sid(const char *text, cs_id where)
{
    struct cs_sid sid;
    ck_assert(cs_sid_parse(cs_str_of(text), &sid, &err) == CS_OK);
    return cs_principal_by_sid(lab, &sid, where);
}

static bool count_one(void *context, cs_id id)
{
    (void)id;
    ++*(size_t *)context;
    return true;
}

static size_t members_of(cs_id group)
{
    size_t count = 0;
    cs_member_each(lab, group, CS_NOW, count_one, &count);
    return count;
}

#define HEAD "[Unicode]\r\nUnicode=yes\r\n[Version]\r\nsignature=\"$CHICAGO$\"\r\nRevision=1\r\n"

/* ------------------------------------------------------------------- rights */

START_TEST(absent_is_unknown_and_empty_is_nobody)
{
    good(inf(HEAD "[Privilege Rights]\r\nSeNetworkLogonRight = *S-1-5-11,*S-1-5-32-544\r\n"
                  "sebackupprivilege =\r\n"));
    const struct cs_right_grant *network =
        cs_right_find(lab, host("CA1"), CS_STR("SeNetworkLogonRight"));
    const struct cs_right_grant *backup =
        cs_right_find(lab, host("CA1"), CS_STR("SeBackupPrivilege"));
    ck_assert(network != NULL && network->sids.count == 2);
    ck_assert(cs_str_is(network->sids.at[0], "S-1-5-11"));
    ck_assert(backup != NULL && backup->sids.count == 0);
    ck_assert_msg(cs_str_is(backup->name, "SeBackupPrivilege"), "any case is Windows'");
    ck_assert(cs_right_find(lab, host("CA1"), CS_STR("SeAuditPrivilege")) == NULL);
    struct cs_str place = cs_source_format(lab, arena, network->record.source);
    ck_assert_msg(cs_str_is(place, "ca1.inf:7"), "%s", place.at);
}
END_TEST

START_TEST(a_holder_nobody_knows_is_kept_by_name)
{
    good(inf(HEAD "[Privilege Rights]\r\nSeNetworkLogonRight = CORP\\Nobody Knows,Everyone\r\n"
                  "SeBackupPrivilege = Everyone,Guest\r\n"));
    const struct cs_right_grant *network =
        cs_right_find(lab, host("CA1"), CS_STR("SeNetworkLogonRight"));
    ck_assert(network != NULL && network->sids.count == 2);
    ck_assert(cs_str_is(network->sids.at[0], "CORP\\Nobody Knows"));
    ck_assert(cs_str_is(network->sids.at[1], "S-1-1-0"));
    const struct cs_right_grant *backup =
        cs_right_find(lab, host("CA1"), CS_STR("SeBackupPrivilege"));
    ck_assert(backup != NULL && cs_str_is(backup->sids.at[0], "S-1-1-0"));
    ck_assert_msg(backup->sids.count == 1, "Guest is the machine's own account");
}
END_TEST

/* ------------------------------------------------------------------- groups */

START_TEST(an_empty_list_empties_the_group)
{
    good(inf(HEAD "[Group Membership]\r\n*S-1-5-32-545__Members = *S-1-5-11,*S-1-5-4\r\n"));
    cs_id users = by_sid("S-1-5-32-545", host("CA1"));
    ck_assert_uint_eq(members_of(users), 2);
    good(inf(HEAD "[Group Membership]\r\n*S-1-5-32-545__Memberof =\r\n"
                  "*S-1-5-32-545__Members =\r\n"));
    ck_assert_uint_eq(members_of(by_sid("S-1-5-32-545", host("CA1"))), 0);
    struct cs_principal p;
    ck_assert(cs_principal_get(lab, users, &p) && !p.members_open);
}
END_TEST

START_TEST(memberof_adds_and_takes_nothing_away)
{
    good(inf(HEAD "[Group Membership]\r\n*S-1-5-32-574__Members = *S-1-5-11\r\n"));
    good(inf(HEAD "[Group Membership]\r\n*S-1-5-21-1-2-3-1105__Memberof = *S-1-5-32-574\r\n"));
    cs_id group = by_sid("S-1-5-32-574", host("CA1"));
    ck_assert_uint_eq(members_of(group), 2);
    struct cs_principal p;
    ck_assert(cs_principal_get(lab, group, &p) && !p.members_open);
}
END_TEST

/* ----------------------------------------------------------------- registry */

START_TEST(limits_of_a_policy_shadow_the_machines)
{
    good(inf(HEAD "[Registry Values]\r\nMACHINE\\Software\\Policies\\Microsoft\\Windows NT\\DCOM"
                  "\\MachineLaunchRestriction=1,\"O:BAG:BAD:(A;;CCDCLCSWRP;;;BA)\"\r\n"));
    struct cs_dcom_sd sds[2];
    size_t count = cs_dcom_sds(lab, arena, host("CA1"), CS_DCOM_LAUNCH_LIMIT, sds);
    ck_assert_uint_ge(count, 1);
    ck_assert(sds[0].effective && !sds[0].broken);
    ck_assert_str_eq(sds[0].source, "policy");
    ck_assert_uint_eq(sds[0].sd.dacl->count, 1);
}
END_TEST

START_TEST(every_type_of_value_is_read)
{
    good(inf(HEAD "[Registry Values]\r\nMACHINE\\A\\Number=4,5\r\nMACHINE\\A\\Bytes=3,0,1,ff\r\n"
                  "MACHINE\\A\\List=7,one,\"two\"\r\n; a remark\r\n"));
    const struct cs_reg_value *value =
        cs_registry_get(lab, host("CA1"), CS_STR("HKLM\\A"), CS_STR("Number"));
    uint32_t number;
    ck_assert(value && cs_reg_number(value, &number) && number == 5);
    value = cs_registry_get(lab, host("CA1"), CS_STR("HKLM\\A"), CS_STR("Bytes"));
    ck_assert(value && value->data.length == 3 && value->data.at[2] == '\xff');
    value = cs_registry_get(lab, host("CA1"), CS_STR("HKLM\\A"), CS_STR("List"));
    ck_assert(value && value->data.length == 2 * (4 + 4 + 1));
}
END_TEST

static const char *const lies[] = {
    "[Registry Values]\nMACHINE\\A\\B=4,x\n",
    "[Registry Values]\nMACHINE\\A\\B=99,1\n",
    "[Registry Values]\nNOWHERE\\A\\B=4,1\n",
    "[Privilege Rights]\nSeNetworkLogonRight\n",
    "[Privilege Rights]\nSeNetworkLogonRight = *S-1-x\n",
    "[Group Membership]\n*S-1-5-32-545 = \n",
    "[Privilege Rights\nX = 1\n",
    "nothing at all",
};

START_TEST(what_lies_is_refused_with_its_line)
{
    ck_assert(inf(lies[_i]) == CS_SYNTAX);
    ck_assert_msg(strncmp(err.where, "ca1.inf:", 8) == 0, "%s", err.where);
    ck_assert(err.hint[0] != '\0');
}
END_TEST

/* ------------------------------------------------------------- registry.pol */

/* "[A\\B;Name;4;4;5]" and two orders; in bytes, since it holds NULs. */
#define W(c) c "\0"
static const char pol[] = "PReg\1\0\0\0" W("[") W("A") W("\\") W("B") "\0\0" W(";")
    W("N") "\0\0" W(";") "\4\0\0\0" W(";") "\4\0\0\0" W(";") "\5\0\0\0" W("]") W("[")
        W("A") "\0\0" W(";") W("*") W("*") W("d") W("e") W("l") W(".")
            W("X") "\0\0" W(";") "\1\0\0\0" W(";") "\2\0\0\0" W(";") "\0\0" W("]");

static cs_status import_pol(size_t length, const char *name)
{
    return import_text(lab, arena, "import_pol", name, cs_str_span(pol, length), &err);
}

START_TEST(entries_of_a_policy_are_values)
{
    good(import_pol(sizeof pol - 1, "ca1.pol"));
    const struct cs_reg_value *value =
        cs_registry_get(lab, host("CA1"), CS_STR("HKLM\\A\\B"), CS_STR("N"));
    uint32_t number;
    ck_assert(value && cs_reg_number(value, &number) && number == 5);
    ck_assert_msg(!cs_registry_known(lab, host("CA1"), CS_STR("HKLM\\A\\B")),
                  "a policy tells a value, not a whole key");
}
END_TEST

START_TEST(a_policy_of_users_is_left_out)
{
    good(import_pol(sizeof pol - 1, "{1}/User/Registry.pol"));
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_REGISTRY), 0);
}
END_TEST

/* The first entry ends at byte 44; cut anywhere else, it is an error with its place. */
START_TEST(a_cut_policy_is_refused)
{
    const size_t whole = 44;
    for (size_t length = 0; length < sizeof pol - 1; length++) {
        cs_status status = import_pol(length, "cut.pol");
        ck_assert_msg((status == CS_OK) == (length == 8 || length == whole), "cut at %zu", length);
        if (status != CS_OK)
            ck_assert(strstr(err.text, "byte") != NULL && err.hint[0]);
    }
}
END_TEST

/* ------------------------------------------------------------------- real ones */

#define GPO "shared/gpo/group3r/{36FA6290-EFEE-4909-845A-4A33A04D3088}/Machine/"

START_TEST(a_real_template)
{
    struct cs_str text = sample(arena, GPO "Microsoft/Windows NT/SecEdit/GptTmpl.inf");
    if (!text.at)
        return;
    good(import_text(lab, arena, "import_inf", "GptTmpl.inf", text, &err));
    cs_id where = host("GPTTMPL");
    static const char *const rights[] = {"SeNetworkLogonRight", "SeDenyNetworkLogonRight"};
    for (size_t i = 0; i < 2; i++) {
        const struct cs_right_grant *grant = cs_right_find(lab, where, cs_str_of(rights[i]));
        ck_assert(grant != NULL && grant->sids.count == 1);
        ck_assert(cs_str_is(grant->sids.at[0], "S-1-5-21-1861388480-899987619-2527135411-1104"));
    }
    struct cs_dcom_sd sds[2];
    ck_assert_uint_ge(cs_dcom_sds(lab, arena, where, CS_DCOM_LAUNCH_LIMIT, sds), 1);
    ck_assert_uint_eq(sds[0].sd.dacl->count, 5);
    ck_assert_uint_ge(cs_dcom_sds(lab, arena, where, CS_DCOM_ACCESS_LIMIT, sds), 1);
    ck_assert_uint_eq(sds[0].sd.dacl->count, 5);
    ck_assert_uint_eq(members_of(by_sid("S-1-5-32-545", where)), 0);
    ck_assert_uint_eq(members_of(by_sid("S-1-5-32-544", where)), 1);
}
END_TEST

static const struct {
    const char *file;
    size_t entries;
} policies[] = {
    {GPO "Registry.pol", 6},
    {"shared/gpo/nsacyber-certificates/registry.pol", 65},
    {"shared/gpo/goad-essos.local/Policies/{C37BFD85-D731-48F0-BC6A-3F662F5BF131}/Machine/"
     "Registry.pol",
     5},
};

START_TEST(real_policies)
{
    struct cs_str bytes = sample(arena, policies[_i].file);
    if (!bytes.at)
        return;
    cs_lab_begin(lab, CS_STR("import"));
    struct cs_import *import = cs_import_new(lab, arena, 0);
    good(cs_import_file(import, reader("import_pol"), CS_STR("x.pol"), bytes, &err));
    size_t count;
    ck_assert_uint_eq(cs_import_reports(import, &count)[0].read, policies[_i].entries);
    cs_lab_rollback(lab);
}
END_TEST

Suite *import_policy_suite(void)
{
    Suite *suite = suite_create("import_policy");
    TCase *tests = tcase_create("import_policy");
    tcase_add_checked_fixture(tests, set_up_import, tear_down_import);
    tcase_add_test(tests, absent_is_unknown_and_empty_is_nobody);
    tcase_add_test(tests, a_holder_nobody_knows_is_kept_by_name);
    tcase_add_test(tests, an_empty_list_empties_the_group);
    tcase_add_test(tests, memberof_adds_and_takes_nothing_away);
    tcase_add_test(tests, limits_of_a_policy_shadow_the_machines);
    tcase_add_test(tests, every_type_of_value_is_read);
    tcase_add_loop_test(tests, what_lies_is_refused_with_its_line, 0, CS_COUNT(lies));
    tcase_add_test(tests, entries_of_a_policy_are_values);
    tcase_add_test(tests, a_policy_of_users_is_left_out);
    tcase_add_test(tests, a_cut_policy_is_refused);
    tcase_add_test(tests, a_real_template);
    tcase_add_loop_test(tests, real_policies, 0, CS_COUNT(policies));
    suite_add_tcase(suite, tests);
    return suite;
}
