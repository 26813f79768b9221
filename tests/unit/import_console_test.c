/* import_console_test.c - what certutil, net localgroup and sc print, in any language. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <certsh/ca.h>

#include "import_case.h"

Suite *import_console_suite(void);

static cs_status import(const char *plugin, const char *file, const char *text)
{
    return import_text(lab, arena, plugin, file, cs_str_of(text), &err);
}

static void certutil(const char *file, const char *text)
{
    ck_assert_msg(import("import_certutil", file, text) == CS_OK, "%s: %s", err.where, err.text);
}

static void net(const char *file, const char *text)
{
    ck_assert_msg(import("import_net", file, text) == CS_OK, "%s: %s", err.where, err.text);
}

static bool has(const char *host, const char *group, const char *member)
{
    struct cs_sid sid, one;
    cs_id where = cs_host_find(lab, cs_str_of(host));
    ck_assert(where != 0);
    ck_assert(cs_sid_parse(cs_str_of(group), &sid, &err) == CS_OK);
    ck_assert(cs_sid_parse(cs_str_of(member), &one, &err) == CS_OK);
    return cs_member_has(lab, cs_principal_by_sid(lab, &sid, where),
                         cs_principal_by_sid(lab, &one, where), CS_NOW);
}

static bool open_group(const char *host, const char *group)
{
    struct cs_sid sid;
    struct cs_principal p = {0};
    ck_assert(cs_sid_parse(cs_str_of(group), &sid, &err) == CS_OK);
    cs_principal_get(lab, cs_principal_by_sid(lab, &sid, cs_host_find(lab, cs_str_of(host))), &p);
    ck_assert(p.kind == CS_GROUP);
    return p.members_open;
}

/* ----------------------------------------------------------------- certutil */

#define CONFIG "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\CertSvc\\Configuration\\"

static const struct cs_reg_value *ca_value(const char *host, const char *ca, const char *name)
{
    struct cs_str key = cs_str_printf(arena, "%.*s\\%s", CS_STR_ARG(CS_KEY_CERTSVC), ca);
    return cs_registry_get(lab, cs_host_find(lab, cs_str_of(host)), key, cs_str_of(name));
}

START_TEST(hex_comes_first)
{
    certutil("ca1.txt",
             CONFIG "CA 1\\SetupStatus:\r\n\r\n  SetupStatus REG_DWORD = 6001 (24577)\r\n"
                    "    SETUP_SERVER_FLAG -- 1\r\n"
                    "CertUtil: -getreg command completed successfully.\r\n");
    uint32_t number = 0;
    const struct cs_reg_value *value = ca_value("CA1", "CA 1", "SetupStatus");
    ck_assert(value != NULL && cs_reg_number(value, &number));
    ck_assert_uint_eq(number, 0x6001);
}
END_TEST

START_TEST(a_whole_key_and_two_values_of_one_name)
{
    certutil("ca1.txt",
             CONFIG "CA 1:\r\n\r\nValues:\r\n  CAServerName REG_SZ = ca7.corp.example\r\n"
                    "  InterfaceFlags REG_DWORD = 641 (1601)\r\n\r\nNew Value:\r\n"
                    "  InterfaceFlags REG_DWORD = 41 (65)\r\n");
    uint32_t number = 0;
    const struct cs_reg_value *value = ca_value("CA7", "CA 1", "InterfaceFlags");
    ck_assert(value != NULL && cs_reg_number(value, &number));
    ck_assert_uint_eq(number, 0x41);
    ck_assert(cs_ca_find(lab, CS_STR("CA 1")) != 0);
}
END_TEST

/* The same descriptor in SDDL, as a dump, and as names only. */
START_TEST(security_is_bytes_or_unknown)
{
    certutil("a.txt", CONFIG "CA 1\\Security:\n\n  Security REG_BINARY =\n"
                             "    Allow CA Administrator\tBUILTIN\\Administrators\n"
                             "    O:BAG:BAD:(A;;0x3;;;BA)\n");
    certutil("b.txt", CONFIG
             "CA 2\\Security:\n\n  Security REG_BINARY =\n"
             "    0000  01 00 04 80 30 00 00 00  40 00 00 00 00 00 00 00   ....0...@.......\n"
             "    0010  14 00 00 00 02 00 1c 00  01 00 00 00 00 00 14 00   ................\n"
             "    0020  00 02 00 00 01 01 00 00  00 00 00 05 0b 00 00 00   ................\n"
             "    0030  01 02 00 00 00 00 00 05  20 00 00 00 20 02 00 00   ........ ... ...\n"
             "    0040  01 02 00 00 00 00 00 05  20 00 00 00 20 02 00 00   ........ ... ...\n");
    certutil("c.txt", CONFIG "CA 3\\Security:\n\n  Security REG_BINARY =\n"
                             "    Autoriser Inscrire\tAUTORITE NT\\Utilisateurs\n");
    ck_assert_uint_ge(ca_value("A", "CA 1", "Security")->data.length, 60);
    const struct cs_reg_value *dump = ca_value("B", "CA 2", "Security");
    ck_assert(dump != NULL);
    ck_assert_uint_eq(dump->data.length, 80);
    ck_assert(cs_host_find(lab, CS_STR("C")) == 0);
}
END_TEST

START_TEST(published_templates_are_of_the_machines_ca)
{
    certutil("ping.txt", "Connecting to ca1.corp.example\\CORP CA 1 ...\n"
                         "Server \"CORP CA 1\" ICertRequest2 interface is alive (0ms)\n");
    cs_lab_begin(lab, CS_STR("import"));
    struct cs_import *one =
        cs_import_new(lab, arena, cs_host_find(lab, CS_STR("ca1.corp.example")));
    ck_assert(cs_import_file(one, reader("import_certutil"), CS_STR("catemplates.txt"),
                             CS_STR("Machine: Computer -- Auto-Enroll: Zugriff verweigert\n"
                                    "User: Benutzer -- Zugriff verweigert\n"
                                    "CertUtil: -CATemplates-Befehl wurde ausgef\xfchrt.\n"),
                             &err) == CS_OK);
    ck_assert(cs_import_finish(one, NULL, &err) == CS_OK);
    cs_lab_commit(lab, NULL);
    const struct cs_ca *ca = cs_ca_get(lab, cs_ca_find(lab, CS_STR("CORP CA 1")));
    ck_assert(ca != NULL && ca->templates_known);
    ck_assert_uint_eq(ca->templates.count, 2);
    ck_assert(cs_ca_publishes(ca, CS_STR("Machine")));
}
END_TEST

static size_t published_in(const char *text)
{
    certutil("x-catemplates.txt", "Connecting to ca1.corp.example\\CORP CA 1 ...\n"
                                  "Server \"CORP CA 1\" ICertRequest2 interface is alive (0ms)\n");
    cs_lab_begin(lab, CS_STR("import"));
    struct cs_import *one =
        cs_import_new(lab, arena, cs_host_find(lab, CS_STR("ca1.corp.example")));
    ck_assert(cs_import_file(one, reader("import_certutil"), CS_STR("t.txt"), cs_str_of(text),
                             &err) == CS_OK);
    ck_assert(cs_import_finish(one, NULL, &err) == CS_OK);
    cs_lab_commit(lab, NULL);
    return cs_ca_get(lab, cs_ca_find(lab, CS_STR("CORP CA 1")))->templates.count;
}

/* Old versions say nothing behind a template that the caller may enrol for. */
static const struct {
    const char *text;
    size_t count;
} lists[] = {
    {"User: User\nWebServer: Web Server -- Access is denied.\nEFS: Basic EFS\n", 3},
    {"User: User\nEFS: Basic EFS\nCertUtil: -CATemplates command completed successfully.\n", 2},
    {"PS C:\\> certutil -catemplates\nUser: User -- Auto-Enroll\nEFS: Basic EFS\nPS C:\\>\n", 2},
    {"Status: fine\nOwner: me\nCertUtil: -dump command completed successfully.\n", 0},
    {"Status: fine\n\nUser: User -- Auto-Enroll\nCertUtil: -CATemplates command completed.\n", 1},
};

START_TEST(a_template_without_a_remark_is_published_too)
{
    ck_assert_uint_eq(published_in(lists[_i].text), lists[_i].count);
}
END_TEST

START_TEST(templates_with_their_security)
{
    struct cs_str text = sample(arena, "shared/certutil/lunar-v-template.txt");
    if (!text.at)
        return;
    ck_assert(import_text(lab, arena, "import_certutil", "t.txt", text, &err) == CS_OK);
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_TEMPLATE), 4);
    const struct cs_template *t =
        cs_template_get(lab, cs_template_find(lab, CS_STR(""), CS_STR("UserRequest")));
    ck_assert(t != NULL && t->sd.length);
    ck_assert_uint_eq(t->enroll_flags, 0x19);
    ck_assert_uint_eq(t->name_flags & 1, 1);
}
END_TEST

static const char *const consoles[] = {
    "cvi-getreg-CA-AuditFilter.txt", "dotnetsoft-cainfo-ping.txt",
    "fries-getreg-policy-EditFlags.txt", "sequel-catemplates.txt", "technologytoolbox-setreg.txt"};

START_TEST(real_output_is_read)
{
    struct cs_str name = cs_str_printf(arena, "shared/certutil/%s", consoles[_i]);
    struct cs_str text = sample(arena, name.at);
    if (text.at)
        ck_assert_msg(import_text(lab, arena, "import_certutil", name.at, text, &err) == CS_OK,
                      "%s", err.text);
}
END_TEST

/* ------------------------------------------------------------ net localgroup */

#define DASHES                                                                                     \
    "\r\n\r\n------------------------------------------------------------------------\r\n"

START_TEST(members_stand_below_the_dashes)
{
    net("ca1.txt", "Alias name     Certificate Service DCOM Access\r\nComment        x\r\n\r\n"
                   "Members" DASHES "NT AUTHORITY\\Authenticated Users\r\n"
                   "The command completed successfully.\r\n\r\n");
    ck_assert(has("CA1", "S-1-5-32-574", "S-1-5-11"));
    ck_assert(!open_group("CA1", "S-1-5-32-574"));
}
END_TEST

START_TEST(the_language_does_not_matter)
{
    net("ca1.txt", "Aliasname        Zertifikatdienst-DCOM-Zugriff\r\nBeschreibung     x\r\n\r\n"
                   "Mitglieder" DASHES "NT-AUTORIT\xc4T\\Authentifizierte Benutzer\r\n"
                   "Der Befehl wurde erfolgreich ausgef\xfchrt.\r\n\r\n");
    ck_assert(has("CA1", "S-1-5-32-574", "S-1-5-11"));
    net("out/localgroup-545.txt", "\xe5\x88\xa5\xe5\x90\x8d     Users\r\n\r\n\r\n" DASHES
                                  "Everyone\r\n\xe3\x82\xb3\xe3\x83\x9e\r\n");
    ck_assert(has("LOCALGROUP-545", "S-1-5-32-545", "S-1-1-0"));
}
END_TEST

START_TEST(nobody_is_a_list_and_a_stranger_opens_it)
{
    net("ca1.txt", "Alias name     Users\r\nComment        x\r\n\r\nMembers" DASHES
                   "The command completed successfully.\r\n");
    ck_assert(!open_group("CA1", "S-1-5-32-545"));
    net("ca2.txt", "Alias name     Users\r\nComment        x\r\n\r\nMembers" DASHES
                   "CORP\\Domain Users\r\nThe command completed successfully.\r\n");
    ck_assert(open_group("CA2", "S-1-5-32-545"));
}
END_TEST

#define CLOSED "The command completed successfully.\r\n\r\n"

/* CA1 in a domain CORP that has Domain Users, in that role. */
static cs_id house_with(enum cs_role role)
{
    struct cs_domain domain = {.dns = CS_STR("corp.example"), .netbios = CS_STR("CORP")};
    struct cs_host host = {.name = CS_STR("CA1"), .role = role};
    struct cs_principal users = {.name = CS_STR("Domain Users"), .kind = CS_GROUP};
    cs_id id;
    ck_assert(cs_sid_parse(CS_STR("S-1-5-21-1-2-3"), &domain.sid, &err) == CS_OK);
    users.sid = cs_sid_child(&domain.sid, 513);
    users.scope = CS_SCOPE_GLOBAL;
    cs_lab_begin(lab, CS_STR("house"));
    ck_assert(cs_domain_put(lab, &domain, &host.domain, &err) == CS_OK);
    users.domain = host.domain;
    ck_assert(cs_principal_put(lab, &users, &id, &err) == CS_OK);
    ck_assert(cs_host_put(lab, &host, &id, &err) == CS_OK);
    if (role == CS_ROLE_MEMBER) {
        struct cs_str type = cs_reg_text_data(arena, CS_STR("ServerNT"));
        struct cs_str key = CS_STR("HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions");
        ck_assert(cs_registry_set(lab, id, key, CS_STR("ProductType"), CS_REG_SZ, type,
                                  (struct cs_source){0}, &err) == CS_OK);
    }
    cs_lab_commit(lab, NULL);
    return id;
}

static void import_at(cs_id host, const char *text)
{
    cs_lab_begin(lab, CS_STR("import"));
    struct cs_import *one = cs_import_new(lab, arena, host);
    ck_assert(cs_import_file(one, reader("import_net"), CS_STR("x.txt"), cs_str_of(text), &err) ==
              CS_OK);
    ck_assert(cs_import_finish(one, NULL, &err) == CS_OK);
    cs_lab_commit(lab, NULL);
}

#define BARE                                                                                       \
    "Alias name     Certificate Service DCOM Access\r\nComment\r\n\r\nMembers" DASHES              \
    "Domain Users\r\nThe command completed successfully.\r\n"

/* A domain controller prints its own domain's accounts without the domain. */
START_TEST(a_bare_member_is_of_the_machines_authority)
{
    import_at(house_with(_i ? CS_ROLE_DC : CS_ROLE_MEMBER), BARE);
    ck_assert(has("CA1", "S-1-5-32-574", "S-1-5-21-1-2-3-513") == (_i == 1));
    ck_assert(!open_group("CA1", "S-1-5-32-574"));
}
END_TEST

/* "Red" is what NETWORK is called in Spain, and a group's name elsewhere. */
START_TEST(a_bare_member_is_none_of_nt_authority)
{
    import_at(house_with(CS_ROLE_DC),
              "Alias name     Certificate Service DCOM Access\r\nComment\r\n\r\nMembers" DASHES
              "Everyone\r\nRed\r\nThe command completed successfully.\r\n");
    ck_assert(has("CA1", "S-1-5-32-574", "S-1-1-0"));
    ck_assert(!has("CA1", "S-1-5-32-574", "S-1-5-2"));
    ck_assert(open_group("CA1", "S-1-5-32-574"));
}
END_TEST

START_TEST(a_bare_member_is_open_where_the_role_is_not_known)
{
    net("ca1.txt", BARE);
    ck_assert(open_group("CA1", "S-1-5-32-574"));
}
END_TEST

/* A window's text: the commands, their answers one after the other, and the next prompt. */
START_TEST(several_groups_in_one_file)
{
    net("ca1.txt",
        "C:\\>net localgroup Users\r\nAlias name     Users\r\nComment\r\n\r\nMembers" DASHES
        "Everyone\r\nAdministrator\r\n" CLOSED "C:\\>net localgroup \"Distributed COM Users\"\r\n"
        "Alias name     Distributed COM Users\r\nComment        x\r\n\r\nMembers" DASHES CLOSED
        "PS C:\\Users\\x> net localgroup y\r\n"
        "Alias name     Certificate Service DCOM Access\r\n\r\nMembers" DASHES
        "NT AUTHORITY\\Authenticated Users\r\n" CLOSED "C:\\>\r\n");
    ck_assert(has("CA1", "S-1-5-32-545", "S-1-1-0"));
    ck_assert(has("CA1", "S-1-5-32-574", "S-1-5-11"));
    ck_assert(!has("CA1", "S-1-5-32-545", "S-1-5-11"));
    ck_assert(!open_group("CA1", "S-1-5-32-562"));
}
END_TEST

/* A local group of the machine, as 2003 SP1 makes it: the file's name has the SID that no file
 * else tells, and so the machine's, too. */
START_TEST(a_group_of_the_machine_itself_by_the_sid_in_the_files_name)
{
    struct cs_host host = {.name = CS_STR("CA1"), .role = CS_ROLE_MEMBER};
    cs_lab_begin(lab, CS_STR("host"));
    ck_assert(cs_host_put(lab, &host, NULL, &err) == CS_OK);
    cs_lab_commit(lab, NULL);
    cs_id id = cs_host_find(lab, CS_STR("CA1"));
    cs_lab_begin(lab, CS_STR("import"));
    struct cs_import *one = cs_import_new(lab, arena, id);
    ck_assert(cs_import_file(one, reader("import_net"),
                             CS_STR("out/localgroup-S-1-5-21-7-8-9-1008.txt"),
                             CS_STR("Alias name     CERTSVC_DCOM_ACCESS\r\nComment\r\n\r\n"
                                    "Members" DASHES "Everyone\r\n" CLOSED),
                             &err) == CS_OK);
    ck_assert(cs_import_finish(one, NULL, &err) == CS_OK);
    cs_lab_commit(lab, NULL);
    struct cs_principal p;
    cs_id group = 0;
    ck_assert(cs_principal_resolve(lab, CS_STR("CERTSVC_DCOM_ACCESS"), id, &group, &err) == CS_OK);
    ck_assert(cs_principal_get(lab, group, &p) && p.scope == CS_SCOPE_MACHINE_LOCAL);
    ck_assert(has("CA1", "S-1-5-21-7-8-9-1008", "S-1-1-0"));
    ck_assert_uint_eq(cs_host_get(lab, id)->machine.count, 4);
}
END_TEST

/* Whose name is like a well-known one is not that one. */
START_TEST(an_account_of_a_domain_is_no_well_known_one)
{
    net("ca1.txt",
        "Alias name     Users\r\nComment\r\n\r\nMembers" DASHES "CORP\\Red\r\nCORP\\Users\r\n"
        "CORP\\Alla\r\n" CLOSED);
    ck_assert(open_group("CA1", "S-1-5-32-545"));
    struct cs_sid network;
    ck_assert(cs_sid_parse(CS_STR("S-1-5-2"), &network, &err) == CS_OK);
    ck_assert(!cs_sid_known_abroad(CS_STR("CORP\\Red"), &network));
    ck_assert(cs_sid_known_abroad(CS_STR("NT AUTHORITY\\RED"), &network));
}
END_TEST

/* net group prints three columns: no names are made of such lines. */
START_TEST(a_group_of_a_domain_is_left_out)
{
    net("ca1.txt", "Group name     Domain Admins\r\nComment        x\r\n\r\nMembers" DASHES
                   "Administrator            alice                    bob\r\n" CLOSED);
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_HOST), 0);
}
END_TEST

/* ------------------------------------------------------------------ sc query */

#define QUERY(name, state)                                                                         \
    "\r\n" name ": certsvc\r\n        TYPE               : 110  WIN32_OWN_PROCESS (interactive)"   \
    "\r\n        STATE              : " state "\r\n        WIN32_EXIT_CODE    : 0  (0x0)\r\n"

START_TEST(a_service_is_its_state_and_its_start)
{
    net("ca1.txt", QUERY("SERVICE_NAME", "4  RUNNING"));
    net("ca2.txt", QUERY("DIENSTNAME", "1  BEENDET"));
    const struct cs_service *one =
        cs_service_find(lab, cs_host_find(lab, CS_STR("CA1")), CS_STR("CertSvc"));
    const struct cs_service *two =
        cs_service_find(lab, cs_host_find(lab, CS_STR("CA2")), CS_STR("CertSvc"));
    ck_assert(one != NULL && one->state == CS_SERVICE_RUNNING);
    ck_assert(two != NULL && two->state == CS_SERVICE_STOPPED);
    net("ca2.txt", "[SC] QueryServiceConfig SUCCESS\r\n\r\nSERVICE_NAME: certsvc\r\n"
                   "        TYPE               : 110  WIN32_OWN_PROCESS\r\n"
                   "        START_TYPE         : 4   DISABLED\r\n"
                   "        BINARY_PATH_NAME   : C:\\WINDOWS\\system32\\certsrv.exe\r\n");
    two = cs_service_find(lab, cs_host_find(lab, CS_STR("CA2")), CS_STR("CertSvc"));
    ck_assert(two->state == CS_SERVICE_STOPPED && two->start == CS_START_DISABLED);
}
END_TEST

static const struct cs_service *certsvc_at(const char *host)
{
    return cs_service_find(lab, cs_host_find(lab, cs_str_of(host)), CS_STR("CertSvc"));
}

/* On its way, or paused, or not there at all: no state that counts. */
START_TEST(what_neither_runs_nor_is_stopped_is_unknown)
{
    net("ca1.txt", QUERY("SERVICE_NAME", "2  START_PENDING"));
    net("ca1.txt", QUERY("SERVICE_NAME", "7  PAUSED"));
    net("ca1.txt", "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n\r\n"
                   "The specified service does not exist as an installed service.\r\n");
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_HOST), 0);
}
END_TEST

/* sc query does not say how it starts; the registry may. */
START_TEST(the_registry_tells_how_a_service_starts)
{
    ck_assert(
        import("import_reg", "ca1.reg",
               "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\CertSvc]"
               "\n\"Start\"=dword:00000004\n") == CS_OK);
    net("ca1.txt", QUERY("SERVICE_NAME", "1  STOPPED"));
    net("ca2.txt", QUERY("SERVICE_NAME", "1  STOPPED"));
    ck_assert_int_eq(certsvc_at("CA1")->start, CS_START_DISABLED);
    ck_assert_int_eq(certsvc_at("CA2")->start, CS_START_AUTO);
}
END_TEST

/* Types are hexadecimal: "f0" of a service per user. */
START_TEST(a_list_of_services_is_read_to_its_end)
{
    net("ca1.txt",
        "\r\nSERVICE_NAME: cbdhsvc_1\r\nDISPLAY_NAME: Clipboard\r\n"
        "        TYPE               : f0   ERROR\r\n"
        "        STATE              : 1  STOPPED\r\n" QUERY("SERVICE_NAME", "4  RUNNING"));
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_SERVICE), 2);
    ck_assert_int_eq(certsvc_at("CA1")->state, CS_SERVICE_RUNNING);
}
END_TEST

static const struct {
    const char *plugin, *text;
} lies[] = {
    {"import_net", "Alias name     Users\r\n\r\nMembers" DASHES},
    {"import_net", "Alias name     Users\r\n\r\nMembers" DASHES "CORP\\alice\r\nCORP\\bo"},
    {"import_net", "Alias name     Users\r\n\r\nMembers" DASHES "alice\r\nDomain Us"},
    {"import_net", "nothing of the kind\r\n"},
    {"import_net", ""},
    {"import_net", "SERVICE_NAME: certsvc\r\n        TYPE               : 110\r\n"},
    {"import_certutil", CONFIG "CA 1:\n  SetupStatus REG_DWORD = zz\n"},
    {"import_certutil", "nothing of the kind\n"},
};

START_TEST(what_lies_is_refused)
{
    ck_assert(import(lies[_i].plugin, "t.txt", lies[_i].text) == CS_SYNTAX);
    ck_assert_msg(strncmp(err.where, "t.txt", 5) == 0, "%s", err.where);
    ck_assert(err.hint[0] != '\0');
}
END_TEST

Suite *import_console_suite(void)
{
    Suite *suite = suite_create("import_console");
    TCase *tests = tcase_create("import_console");
    tcase_add_checked_fixture(tests, set_up_import, tear_down_import);
    tcase_add_test(tests, hex_comes_first);
    tcase_add_test(tests, a_whole_key_and_two_values_of_one_name);
    tcase_add_test(tests, security_is_bytes_or_unknown);
    tcase_add_test(tests, published_templates_are_of_the_machines_ca);
    tcase_add_loop_test(tests, a_template_without_a_remark_is_published_too, 0, CS_COUNT(lists));
    tcase_add_test(tests, templates_with_their_security);
    tcase_add_loop_test(tests, real_output_is_read, 0, CS_COUNT(consoles));
    tcase_add_test(tests, members_stand_below_the_dashes);
    tcase_add_test(tests, the_language_does_not_matter);
    tcase_add_test(tests, nobody_is_a_list_and_a_stranger_opens_it);
    tcase_add_test(tests, several_groups_in_one_file);
    tcase_add_loop_test(tests, a_bare_member_is_of_the_machines_authority, 0, 2);
    tcase_add_test(tests, a_bare_member_is_none_of_nt_authority);
    tcase_add_test(tests, a_bare_member_is_open_where_the_role_is_not_known);
    tcase_add_test(tests, a_group_of_the_machine_itself_by_the_sid_in_the_files_name);
    tcase_add_test(tests, an_account_of_a_domain_is_no_well_known_one);
    tcase_add_test(tests, a_group_of_a_domain_is_left_out);
    tcase_add_test(tests, a_service_is_its_state_and_its_start);
    tcase_add_test(tests, what_neither_runs_nor_is_stopped_is_unknown);
    tcase_add_test(tests, the_registry_tells_how_a_service_starts);
    tcase_add_test(tests, a_list_of_services_is_read_to_its_end);
    tcase_add_loop_test(tests, what_lies_is_refused, 0, CS_COUNT(lies));
    suite_add_tcase(suite, tests);
    return suite;
}
