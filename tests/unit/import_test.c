/* import_test.c - directories: what LDIF of real databases becomes in a lab. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <certsh/ca.h>
#include <certsh/json.h>

#include "import_case.h"

Suite *import_suite(void);

static void import(const char *name)
{
    struct cs_str text = sample(arena, name);
    ck_assert_msg(text.at != NULL, "sample %s is not there", name);
    ck_assert_msg(import_text(lab, arena, "import_ldif", name, text, &err) == CS_OK, "%s: %s",
                  err.where, err.text);
}

static cs_status import_words(const char *text)
{
    return import_text(lab, arena, "import_ldif", "t.ldif", cs_str_of(text), &err);
}

static cs_id named(const char *name)
{
    struct cs_error unused;
    cs_id id = 0;
    ck_assert_msg(cs_principal_resolve(lab, cs_str_of(name), 0, &id, &unused) == CS_OK, "%s: %s",
                  name, unused.text);
    return id;
}

/* ------------------------------------------------------------------ counting */

struct tally {
    size_t kinds[8], scopes[8], distribution, managed, controllers, members, strangers, open;
};

static bool count_member(void *context, cs_id id)
{
    struct tally *tally = context;
    struct cs_principal p;
    bool stranger = cs_principal_get(lab, id, &p) && cs_principal_is_stranger(&p);
    tally->strangers += stranger;
    tally->members += !stranger;
    return true;
}

static bool count(void *context, const struct cs_principal *p)
{
    struct tally *tally = context;
    tally->kinds[p->kind] += !cs_principal_is_stranger(p);
    tally->managed += p->managed;
    tally->controllers += p->kind == CS_COMPUTER && p->uac & CS_UAC_DC;
    tally->open += p->members_open;
    if (p->kind != CS_GROUP)
        return true;
    if (p->security)
        tally->scopes[p->scope]++;
    else
        tally->distribution++;
    cs_member_each(lab, p->id, CS_NOW, count_member, tally);
    return true;
}

static struct tally tally_all(void)
{
    struct tally tally = {0};
    cs_principal_each(lab, 0, count, &tally);
    return tally;
}

/* The counts of the database's own description; 24 foreign ones, 4 of them well-known, and of
 * 4,609 member values 11 are contacts, which have no SID. */
START_TEST(a_whole_directory_comes_in)
{
    import("corp.ldapsearch.ldif.gz");
    struct tally tally = tally_all();
    ck_assert_uint_eq(tally.kinds[CS_USER], 2004);
    ck_assert_uint_eq(tally.kinds[CS_COMPUTER], 303 + 1);
    ck_assert_uint_eq(tally.managed, 1);
    ck_assert_uint_eq(tally.controllers, 3);
    ck_assert_uint_eq(tally.scopes[CS_SCOPE_GLOBAL], 126);
    ck_assert_uint_eq(tally.scopes[CS_SCOPE_UNIVERSAL], 50);
    ck_assert_uint_eq(tally.scopes[CS_SCOPE_DOMAIN_LOCAL], 72);
    ck_assert_uint_eq(tally.scopes[CS_SCOPE_BUILTIN], 21);
    ck_assert_uint_eq(tally.distribution, 17);
    ck_assert_uint_eq(tally.kinds[CS_FOREIGN], 24 - 4);
    ck_assert_uint_eq(tally.members, 4609 - 11);
    ck_assert_uint_eq(tally.open, 0);
}
END_TEST

START_TEST(the_domain_is_known)
{
    import("corp.ldapsearch.ldif.gz");
    const struct cs_domain *domain = cs_domain_get(lab, cs_domain_find(lab, CS_STR("CORP")));
    struct cs_sid_text text;
    ck_assert(domain != NULL);
    ck_assert(cs_str_is(domain->dns, "corp.example"));
    ck_assert_str_eq(cs_sid_format(&domain->sid, &text),
                     "S-1-5-21-3011698416-1547732905-2840193377");
}
END_TEST

/* ------------------------------------------------------------------- dialects */

START_TEST(every_dialect_gives_the_same_groups)
{
    static const char *const files[] = {"shared/corp/corp.ldbsearch.ldif.gz",
                                        "shared/corp/corp.ldifde-style.ldif.gz",
                                        "shared/corp/corp.groups-computers.nowrap.ldif.gz"};
    struct cs_str text = sample(arena, files[_i]);
    if (!text.at)
        return;
    ck_assert_msg(import_text(lab, arena, "import_ldif", files[_i], text, &err) == CS_OK, "%s: %s",
                  err.where, err.text);
    struct tally tally = tally_all();
    ck_assert_uint_eq(tally.kinds[CS_COMPUTER], 304);
    ck_assert_uint_eq(tally.kinds[CS_GROUP], 286);
    ck_assert_uint_eq(tally.members, 707);
    ck_assert_uint_eq(tally.strangers, 4609 - 707); /* users, who are not in these files */
}
END_TEST

/* 1,500 members in one file, 120 in another, and who they are in a third. */
START_TEST(ranges_of_several_files_join)
{
    static const char *const files[] = {"shared/ldif/fabrikam/ldapsearch-domain-LLL-nowrap.ldif",
                                        "shared/ldif/fabrikam/ldapsearch-range-1500.ldif",
                                        "shared/ldif/fabrikam/ldapsearch-users.ldif",
                                        "shared/ldif/fabrikam/ldapsearch-range-0.ldif"};
    struct tally tally = {0};
    struct cs_principal group;
    cs_lab_begin(lab, CS_STR("import"));
    struct cs_import *import = cs_import_new(lab, arena, 0);
    for (size_t i = 0; i < CS_COUNT(files); i++) {
        struct cs_str text = sample(arena, files[i]);
        if (!text.at) {
            cs_lab_rollback(lab);
            return;
        }
        ck_assert_int_eq(
            cs_import_file(import, reader("import_ldif"), cs_str_of(files[i]), text, &err), CS_OK);
    }
    ck_assert_int_eq(cs_import_finish(import, NULL, &err), CS_OK);
    cs_lab_commit(lab, NULL);
    cs_id id = named("FABRIKAM\\CA-Enrollees-Large");
    ck_assert(cs_principal_get(lab, id, &group) && !group.members_open);
    cs_member_each(lab, id, CS_NOW, count_member, &tally);
    ck_assert_uint_eq(tally.members, 1620);
}
END_TEST

START_TEST(another_forest_comes_in)
{
    struct cs_str text = sample(arena, "shared/ldif/goad-essos-ldapsearch-style.ldif");
    if (!text.at)
        return;
    ck_assert(import_text(lab, arena, "import_ldif", "goad.ldif", text, &err) == CS_OK);
    struct tally tally = tally_all();
    ck_assert_uint_eq(tally.kinds[CS_USER], 13);
    ck_assert_uint_eq(tally.kinds[CS_COMPUTER], 2 + 1);
    ck_assert_uint_eq(tally.kinds[CS_GROUP], 55);
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_TEMPLATE), 38);
    cs_id own = cs_domain_find(lab, CS_STR("ESSOS"));
    cs_id other = cs_domain_find(lab, CS_STR("sevenkingdoms.local"));
    ck_assert(own && other && cs_trust_reaches(lab, own, other));
    const struct cs_ca *ca = cs_ca_get(lab, cs_ca_find(lab, CS_STR("ESSOS-CA")));
    ck_assert(ca && ca->templates.count == 16 && cs_str_is(ca->dns, "braavos.essos.local"));
    ck_assert_int_eq(cs_host_get(lab, ca->host)->role, CS_ROLE_MEMBER);
}
END_TEST

START_TEST(importing_twice_changes_nothing)
{
    import("corp.ldapsearch.ldif.gz");
    struct tally once = tally_all();
    import("corp.ldapsearch.ldif.gz");
    struct tally twice = tally_all();
    ck_assert(memcmp(&once, &twice, sizeof once) == 0);
}
END_TEST

START_TEST(an_import_can_be_undone)
{
    struct tally before = tally_all();
    import("corp.ldapsearch.ldif.gz");
    size_t done;
    ck_assert_int_eq(cs_lab_undo(lab, 1, &done, &err), CS_OK);
    struct tally after = tally_all();
    ck_assert(memcmp(&before, &after, sizeof before) == 0);
    ck_assert_uint_eq(cs_domain_find(lab, CS_STR("CORP")), 0);
    ck_assert_int_eq(cs_lab_redo(lab, 1, &done, &err), CS_OK);
    ck_assert_uint_eq(tally_all().members, 4609 - 11);
}
END_TEST

START_TEST(templates_and_cas_come_in)
{
    import("corp.pki.ldif.gz");
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_CA), 3);
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_TEMPLATE), 8);
    const struct cs_ca *ca = cs_ca_get(lab, cs_ca_find(lab, CS_STR("Corp Issuing CA 1")));
    ck_assert(ca && ca->templates_known && ca->templates.count == 3 && ca->sd.length > 0);
    ck_assert(cs_ca_publishes(ca, CS_STR("User")) && !cs_ca_publishes(ca, CS_STR("Machine")));
    ck_assert(cs_str_is(cs_host_get(lab, ca->host)->name, "CA0011"));
    const struct cs_template *user =
        cs_template_get(lab, cs_template_find(lab, CS_STR(""), CS_STR("User")));
    ck_assert(user && user->sd.length > 0 && user->schema == 1 && user->flags == 66106);
}
END_TEST

START_TEST(a_host_meets_its_account_later)
{
    import("corp.pki.ldif.gz");
    cs_id id = cs_host_find(lab, CS_STR("CA0012"));
    ck_assert(id && !cs_host_get(lab, id)->account);
    import("corp.ldapsearch.ldif.gz");
    const struct cs_host *host = cs_host_get(lab, id);
    ck_assert(host->account == named("CORP\\CA0012$"));
    ck_assert(host->windows == CS_WINDOWS_2022 && host->role == CS_ROLE_MEMBER);
    ck_assert(cs_host_of_account(lab, host->account) == id);
}
END_TEST

START_TEST(another_domain_of_the_same_name_is_refused)
{
    import("corp.ldapsearch.ldif.gz");
    cs_tick before = cs_lab_tick(lab);
    ck_assert_int_eq(import_words("dn: DC=corp,DC=example\nobjectClass: domainDNS\n"
                                  "objectSid: S-1-5-21-1-2-3\n"),
                     CS_STATE);
    ck_assert_str_eq(err.where, "t.ldif:1");
    ck_assert_uint_eq(cs_lab_tick(lab), before);
}
END_TEST

/* ---------------------------------------------------------------- small texts */

#define SID_OF(rid)   "S-1-5-21-1-2-3-" rid
#define DOMAIN_RECORD "dn: DC=x,DC=y\nobjectClass: domainDNS\nobjectSid: S-1-5-21-1-2-3\n\n"
#define USER_RECORD(dn, name, rid)                                                                 \
    "dn: " dn "\nobjectClass: user\nobjectSid: " SID_OF(rid) "\nsAMAccountName: " name "\n\n"
#define GROUP_HEAD(name, rid)                                                                      \
    "dn: CN=" name ",DC=x,DC=y\nobjectClass: group\ngroupType: -2147483646\nobjectSid: " SID_OF(   \
        rid) "\nsAMAccountName: " name "\n"

START_TEST(names_find_each_other_in_every_spelling)
{
    ck_assert_msg(
        import_words(DOMAIN_RECORD USER_RECORD("CN=Smith\\, J \\+ Co,DC=x,DC=y", "u", "1001")
                         GROUP_HEAD("G", "1002") "member: cn=SMITH\\2C J \\2B Co , dc=X,DC=Y\n") ==
            CS_OK,
        "%s", err.text);
    ck_assert(cs_member_has(lab, named("X\\G"), named("X\\u"), CS_NOW));
}
END_TEST

START_TEST(deleted_objects_and_contacts_stay_out)
{
    ck_assert(
        import_words(DOMAIN_RECORD USER_RECORD(
            "CN=u\\0ADEL:1,CN=Deleted Objects,DC=x,DC=y", "u",
            "1001") "dn:: Q049d24KREVMOjEsQ049RGVsZXRlZCBPYmplY3RzLERDPXgsREM9eQ==\nobjectClass: "
                    "user\n"
                    "objectSid: " SID_OF(
                        "1005") "\n\n"
                                "dn: CN=v,DC=x,DC=y\nobjectClass: user\nisDeleted: TRUE\n"
                                "objectSid: " SID_OF(
                                    "1003") "\n\n"
                                            "dn: CN=c,DC=x,DC=y\nobjectClass: "
                                            "contact\n\n" GROUP_HEAD(
                                                "G", "1002") "member: CN=c,DC=x,DC=y\n") == CS_OK);
    struct tally tally = tally_all();
    ck_assert_uint_eq(tally.kinds[CS_USER], 0);
    ck_assert_uint_eq(tally.members, 0);
}
END_TEST

START_TEST(a_foreign_principal_carries_its_sid)
{
    ck_assert(import_words(DOMAIN_RECORD GROUP_HEAD(
                  "G", "1002") "member: CN=S-1-5-11,CN=ForeignSecurityPrincipals,DC=x,DC=y\n"
                               "member: cn=S-1-5-21-7-7-7-1104, cn=foreignSecurityPrincipals, "
                               "dc=x, dc=y\n"
                               "member: CN=Network, CN=WellKnown Security Principals, "
                               "CN=Configuration, DC=x, DC=y\n") == CS_OK);
    ck_assert(cs_member_has(lab, named("X\\G"), named("S-1-5-11"), CS_NOW));
    ck_assert(cs_member_has(lab, named("X\\G"), named("S-1-5-2"), CS_NOW));
    cs_id stranger = named("S-1-5-21-7-7-7-1104");
    ck_assert(cs_member_has(lab, named("X\\G"), stranger, CS_NOW));
    ck_assert(cs_str_is(cs_principal_name(lab, arena, stranger), "S-1-5-21-7-7-7-1104"));
}
END_TEST

START_TEST(ranges_join_in_any_order)
{
    ck_assert(import_words(DOMAIN_RECORD USER_RECORD("CN=u,DC=x,DC=y", "u", "1001")
                               USER_RECORD("CN=v,DC=x,DC=y", "v", "1003") GROUP_HEAD(
                                   "G", "1002") "member;range=1-*: CN=v,DC=x,DC=y\n\n"
                                                "dn: CN=G,DC=x,DC=y\n"
                                                "member;range=0-0: CN=u,DC=x,DC=y\n") == CS_OK);
    struct cs_principal g;
    ck_assert(cs_principal_get(lab, named("X\\G"), &g) && !g.members_open);
    ck_assert(cs_member_has(lab, g.id, named("X\\u"), CS_NOW));
    ck_assert(cs_member_has(lab, g.id, named("X\\v"), CS_NOW));
}
END_TEST

START_TEST(a_missing_range_leaves_the_group_open)
{
    ck_assert(import_words(DOMAIN_RECORD USER_RECORD("CN=u,DC=x,DC=y", "u", "1001") GROUP_HEAD(
                  "G", "1002") "member;range=0-1499: CN=u,DC=x,DC=y\n") == CS_OK);
    struct cs_principal g;
    ck_assert(cs_principal_get(lab, named("X\\G"), &g) && g.members_open);
}
END_TEST

START_TEST(a_search_without_member_leaves_groups_open)
{
    ck_assert(
        import_words("# requesting: objectSid sAMAccountName groupType \n" DOMAIN_RECORD GROUP_HEAD(
            "G", "1002")) == CS_OK);
    struct cs_principal g;
    ck_assert(cs_principal_get(lab, named("X\\G"), &g) && g.members_open);
}
END_TEST

START_TEST(a_primary_group_nobody_told_is_the_usual_one)
{
    ck_assert(import_words(DOMAIN_RECORD USER_RECORD("CN=u,DC=x,DC=y", "u",
                                                     "1001") "dn: CN=c,DC=x,DC=y\nobjectClass: "
                                                             "computer\nobjectSid: " SID_OF(
                                                                 "1002") "\nsAMAccountName: "
                                                                         "c$\nuserAccountControl: "
                                                                         "532480\n") == CS_OK);
    struct cs_principal p;
    ck_assert(cs_principal_get(lab, named("X\\u"), &p) && p.primary == 513);
    ck_assert(cs_principal_get(lab, named("X\\c$"), &p) && p.primary == 516);
    ck_assert(import_words("dn: CN=u,DC=x,DC=y\nobjectClass: user\nprimaryGroupID: 1105\n"
                           "objectSid: " SID_OF("1001") "\n") == CS_OK);
    ck_assert(cs_principal_get(lab, named("X\\u"), &p) && p.primary == 1105);
}
END_TEST

/* 2>&1, and a search that the server broke off. */
START_TEST(what_ldapsearch_says_besides_is_no_entry)
{
    ck_assert_msg(import_words("Enter LDAP Password: \n"
                               "SASL/GSSAPI authentication started\nSASL SSF: 256\n"
                               "ldap_initialize( ldap://dc1 )\nfilter: (cn=*)\nrequesting: *\n"
                               "# extended LDIF\n\n" DOMAIN_RECORD
                               "Press [size] Enter for the next {500|size} entries.\n\n"
                               "# search result\nsearch: 2\nresult: 10 Referral\n"
                               "matchedDN: DC=x,DC=y\ntext: 0000202B: RefErr\n"
                               "ref: ldap://other/\n\n") == CS_OK,
                  "%s", err.text);
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_DOMAIN), 1);
}
END_TEST

/* LDAP_SERVER_EXTENDED_DN; ldbsearch adds more of it to members than to the entry. */
START_TEST(extended_names_are_names)
{
    ck_assert(
        import_words(
            DOMAIN_RECORD USER_RECORD("<GUID=77a9>;<SID=0105>;CN=u,DC=x,DC=y", "u", "1001")
                GROUP_HEAD(
                    "G", "1002") "member: <GUID=77a9>;<RMD_ADDTIME=13>;<SID=0105>;CN=u,DC=x,DC=y\n"
                                 "member: <GUID=b1>;<SID=0101>;CN=S-1-5-11,"
                                 "CN=ForeignSecurityPrincipals,DC=x,DC=y\n") == CS_OK);
    struct cs_principal p;
    ck_assert(cs_principal_get(lab, named("X\\u"), &p));
    ck_assert(cs_str_is(p.dn, "CN=u,DC=x,DC=y"));
    ck_assert(cs_member_has(lab, named("X\\G"), named("X\\u"), CS_NOW));
    ck_assert(cs_member_has(lab, named("X\\G"), named("S-1-5-11"), CS_NOW));
}
END_TEST

START_TEST(ldifde_may_begin_a_value_on_the_next_line)
{
    ck_assert(import_words("dn: DC=x,DC=y\r\nchangetype: add\r\nobjectClass: domainDNS\r\n"
                           "objectSid:: \r\n AQQAAAAAAAUVAAAAAQAAAAIAAAADAAAA\r\n\r\n"
                           "dn: CN=u,DC=x,DC=y\r\nchangetype: add\r\nobjectClass: user\r\n"
                           "objectSid: S-1-5-21-1-2-3-1001\r\nsAMAccountName: \r\n u\r\n") ==
              CS_OK);
    ck_assert_uint_ne(named("X\\u"), 0);
}
END_TEST

START_TEST(ldifde_in_unicode_is_read)
{
    struct cs_str text = cs_str_to_utf16(
        arena, CS_STR("\xef\xbb\xbf" DOMAIN_RECORD USER_RECORD("CN=u,DC=x,DC=y", "u", "1001")));
    ck_assert(import_text(lab, arena, "import_ldif", "u.ldf", text, &err) == CS_OK);
    ck_assert_uint_ne(named("X\\u"), 0);
}
END_TEST

/* ------------------------------------------------------------------ bad files */

static const struct {
    const char *text, *where, *problem;
} bad[] = {
    {"dn: CN=u,DC=x\nchangetype: modify\nreplace: mail\n", "t.ldif:2", "change record"},
    {"dn: CN=u,DC=x\nphoto:< file:///tmp/x\n", "t.ldif:2", "another file"},
    {"dn: CN=u,DC=x\nobjectSid:: AQU\n", "t.ldif:2", "no base64"},
    {"dn: CN=u,DC=x\nobjectClass: user\nobjectS\n", "t.ldif:3", "'objectS' is no"},
    {"dn: CN=u,DC=x\nobjectClass: user\nobjectSid: S-1-5-", "t.ldif:3", "no end"},
    {"objectClass: user\n", "t.ldif:1", "not with its dn"},
    {"dn: CN=u,DC=x\ncn: u\ndn: CN=v,DC=x\n", "t.ldif:3", "second dn"},
    {"# extended LDIF\n\ndn: CN=u,DC=x\nobjectClass: container\n\n", "t.ldif:6",
     "end of its search"},
    {"# record 1\ndn: CN=u,DC=x\nobjectClass: container\n\n", "t.ldif:5", "end of its search"},
    {"dn: CN=u,DC=x\n\nresult: 0 Success\npagedresults: cookie=MQA=\n", "t.ldif:5", "more pages"},
    {"dn: CN=u,DC=x\nobjectClass: user\nobjectSid:: AQUAAA==\n", "t.ldif:3", "no SID"},
    {"dn: CN=u,DC=x\nobjectClass: user\nuserAccountControl: x\n", "t.ldif:3", "no number"},
    {"dn: CN=u,DC=x\nobjectClass: pKICertificateTemplate\nnTSecurityDescriptor:: AQAElA==\n",
     "t.ldif:3", "no security descriptor"},
};

START_TEST(a_malformed_file_is_refused_with_its_line)
{
    cs_tick before = cs_lab_tick(lab);
    ck_assert_int_eq(import_words(bad[_i].text), CS_SYNTAX);
    ck_assert_str_eq(err.where, bad[_i].where);
    ck_assert_msg(strstr(err.text, bad[_i].problem) != NULL, "'%s'", err.text);
    ck_assert_msg(err.hint[0], "no cure for '%s'", err.text);
    ck_assert_uint_eq(cs_lab_tick(lab), before);
    ck_assert_uint_eq(cs_lab_change_count(lab), 0);
}
END_TEST

/* Wherever a file is cut, it is refused or at least not half in: the lab is as it was. */
START_TEST(a_cut_file_is_never_half_in)
{
    struct cs_str text = sample(arena, "corp.pki.ldif.gz");
    struct cs_arena *scratch = cs_arena_new();
    for (size_t cut = 1; cut + 80 < text.length; cut += 97) {
        struct cs_arena_mark mark = cs_arena_mark(scratch);
        struct cs_str part = cs_str_span(text.at, cut);
        ck_assert_int_ne(import_text(lab, scratch, "import_ldif", "cut.ldif", part, &err), CS_OK);
        cs_arena_rewind(scratch, mark);
        ck_assert_msg(strstr(err.where, "cut.ldif:") != NULL, "%zu: '%s'", cut, err.where);
    }
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_CA), 0);
    cs_arena_free(scratch);
}
END_TEST

/* Whatever a file has become: it is in whole, or refused with a reason and nothing is in. */
START_TEST(a_damaged_file_does_no_harm)
{
    struct cs_str text = sample(arena, "corp.pki.ldif.gz");
    size_t refused = 0;
    for (unsigned seed = 1; seed <= 300; seed++) {
        struct cs_lab *own = cs_lab_new();
        struct cs_arena *scratch = cs_arena_new();
        struct cs_str bad_text = damage(scratch, text, seed);
        cs_status status = import_text(own, scratch, "import_ldif", "bad", bad_text, &err);
        refused += status != CS_OK;
        ck_assert_uint_eq(cs_lab_change_count(own), status == CS_OK ? 1 : 0);
        if (status != CS_OK)
            ck_assert_msg(err.text[0] && err.where[0], "seed %u: '%s' '%s'", seed, err.where,
                          err.text);
        cs_arena_free(scratch);
        cs_lab_free(own);
    }
    ck_assert_uint_gt(refused, 100);
}
END_TEST

Suite *import_suite(void)
{
    Suite *suite = suite_create("import");
    TCase *tcase = tcase_create("directory");
    tcase_add_checked_fixture(tcase, set_up_import, tear_down_import);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, a_whole_directory_comes_in);
    tcase_add_test(tcase, the_domain_is_known);
    tcase_add_loop_test(tcase, every_dialect_gives_the_same_groups, 0, 3);
    tcase_add_test(tcase, ranges_of_several_files_join);
    tcase_add_test(tcase, another_forest_comes_in);
    tcase_add_test(tcase, importing_twice_changes_nothing);
    tcase_add_test(tcase, an_import_can_be_undone);
    tcase_add_test(tcase, templates_and_cas_come_in);
    tcase_add_test(tcase, a_host_meets_its_account_later);
    tcase_add_test(tcase, another_domain_of_the_same_name_is_refused);
    tcase_add_test(tcase, names_find_each_other_in_every_spelling);
    tcase_add_test(tcase, deleted_objects_and_contacts_stay_out);
    tcase_add_test(tcase, a_foreign_principal_carries_its_sid);
    tcase_add_test(tcase, ranges_join_in_any_order);
    tcase_add_test(tcase, a_missing_range_leaves_the_group_open);
    tcase_add_test(tcase, a_search_without_member_leaves_groups_open);
    tcase_add_test(tcase, a_primary_group_nobody_told_is_the_usual_one);
    tcase_add_test(tcase, what_ldapsearch_says_besides_is_no_entry);
    tcase_add_test(tcase, extended_names_are_names);
    tcase_add_test(tcase, ldifde_may_begin_a_value_on_the_next_line);
    tcase_add_test(tcase, ldifde_in_unicode_is_read);
    tcase_add_loop_test(tcase, a_malformed_file_is_refused_with_its_line, 0, CS_COUNT(bad));
    tcase_add_test(tcase, a_cut_file_is_never_half_in);
    tcase_add_test(tcase, a_damaged_file_does_no_harm);
    suite_add_tcase(suite, tcase);
    return suite;
}
