/*
 * import_hostile_test.c - files that somebody made to hurt, or that went wrong on their way.
 *
 * Each ends as an error with a place and nothing in the lab, or as an import that says what is odd;
 * and none takes more memory than its size explains.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <certsh/host.h>
#include <certsh/lab.h>

#include "import_case.h"

Suite *import_hostile_suite(void);

static cs_status import(const char *plugin, struct cs_str text)
{
    return import_text(lab, arena, plugin, "t", text, &err);
}

static void import_good(const char *plugin, struct cs_str text)
{
    ck_assert_msg(import(plugin, text) == CS_OK, "%s: %s", err.where, err.text);
}

static cs_id named(const char *name)
{
    cs_id id = 0;
    ck_assert_msg(cs_principal_resolve(lab, cs_str_of(name), 0, &id, &err) == CS_OK, "%s: %s", name,
                  err.text);
    return id;
}

static bool count_one(void *context, cs_id id)
{
    (void)id;
    ++*(size_t *)context;
    return true;
}

static size_t member_count(cs_id group)
{
    size_t count = 0;
    cs_member_each(lab, group, CS_NOW, count_one, &count);
    return count;
}

#if defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED 0
#endif

/* Each test is a process of its own; one with sanitizers takes what it likes. */
static void check_peak(long mib)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    ck_assert_msg(SANITIZED || usage.ru_maxrss < mib * 1024, "%ld KiB", usage.ru_maxrss);
}

#define SID(rid) "S-1-5-21-1-2-3-" rid
#define DOMAIN   "dn: DC=x,DC=y\nobjectClass: domainDNS\nobjectSid: S-1-5-21-1-2-3\n\n"
#define GROUP(name, rid)                                                                           \
    "dn: CN=" name ",DC=x,DC=y\nobjectClass: group\ngroupType: -2147483646\nobjectSid: " SID(      \
        rid) "\nsAMAccountName: " name "\n"
#define USER(name, rid)                                                                            \
    "dn: CN=" name ",DC=x,DC=y\nobjectClass: user\nobjectSid: " SID(rid) "\nsAMAccountName: " name \
                                                                         "\nprimaryGroupID: 513\n"

/* --------------------------------------------------------------- large groups */

enum { MANY = 1000000, KNOWN = 1000 };

/* Known users by the thousand, then a group that lists a million: `unknown` or those again. */
static struct cs_str huge_ldif(bool unknown)
{
    struct cs_buf text;
    cs_buf_init(&text, (size_t)1 << 28);
    cs_buf_add_str(&text, CS_STR(DOMAIN));
    for (int i = 0; i < KNOWN; i++)
        cs_buf_addf(&text,
                    "dn: CN=u%d,DC=x,DC=y\nobjectClass: user\nobjectSid: " SID(
                        "%d") "\n"
                              "sAMAccountName: u%d\nprimaryGroupID: 513\n\n",
                    i, 2000 + i, i);
    cs_buf_add_str(&text, CS_STR(GROUP("G", "1001")));
    for (int i = 0; i < MANY; i++)
        cs_buf_addf(&text, "member: CN=%s%d,DC=x,DC=y\n", unknown ? "nobody" : "u",
                    unknown ? i : i % KNOWN);
    struct cs_str out = cs_str_copy(arena, cs_buf_str(&text));
    cs_buf_clear(&text);
    return out;
}

START_TEST(a_group_of_a_million_members)
{
    import_good("import_ldif", huge_ldif(false));
    ck_assert_uint_eq(member_count(named("X\\G")), KNOWN);
    check_peak(300);
}
END_TEST

START_TEST(a_million_members_that_nobody_knows)
{
    import_good("import_ldif", huge_ldif(true));
    ck_assert_uint_eq(member_count(named("X\\G")), MANY); /* strangers, who may come yet */
    check_peak(700);
}
END_TEST

START_TEST(a_million_members_by_sid)
{
    struct cs_buf text;
    cs_buf_init(&text, (size_t)1 << 28);
    cs_buf_add_str(&text, CS_STR("{\"data\":[{\"ObjectIdentifier\":\"" SID(
                              "1001") "\","
                                      "\"Properties\":{\"domain\":\"X.Y\",\"samaccountname\":\"G\","
                                      "\"distinguishedname\":\"CN=G,DC=X,DC=Y\"},\"Members\":["));
    for (int i = 0; i < MANY; i++)
        cs_buf_addf(&text, "%s{\"ObjectIdentifier\":\"" SID("%d") "\"}", i ? "," : "",
                    2000 + i % KNOWN);
    cs_buf_add_str(&text, CS_STR("]}],\"meta\":{\"type\":\"groups\",\"version\":6}}"));
    import_good("import_sharphound", cs_buf_str(&text));
    cs_buf_clear(&text);
    ck_assert_uint_eq(member_count(named(SID("1001"))), KNOWN);
    check_peak(400);
}
END_TEST

/* ------------------------------------------------------------ cycles, doubles */

START_TEST(a_cycle_of_groups_and_a_group_in_itself)
{
    import_good(
        "import_ldif",
        CS_STR(DOMAIN GROUP(
            "A", "1001") "member: CN=B,DC=x,DC=y\nmember: CN=A,DC=x,DC=y\n"
                         "\n" GROUP("B", "1002") "member: CN=C,DC=x,DC=y\n"
                                                 "\n" GROUP("C", "1003") "member: "
                                                                         "CN=A,DC=x,DC=y\n"
                                                                         "member: "
                                                                         "CN=u,DC=x,DC=y\n\n" USER(
                                                                             "u", "1004")));
    ck_assert_uint_eq(member_count(named("X\\A")), 2);
    const struct cs_token_ask ask = {.principal = named("X\\u")};
    struct cs_token *token;
    ck_assert_msg(cs_token_of(lab, arena, &ask, &token, &err) == CS_OK, "%s", err.text);
    struct cs_sid sid;
    ck_assert(cs_sid_parse(CS_STR(SID("1001")), &sid, NULL) == CS_OK);
    ck_assert(cs_token_has(token, &sid));
}
END_TEST

START_TEST(two_objects_of_one_sid_are_one_and_it_is_told)
{
    struct cs_str text = CS_STR(DOMAIN USER("u", "1001") "\n" USER("v", "1001"));
    cs_lab_begin(lab, CS_STR("import"));
    struct cs_import *import = cs_import_new(lab, arena, 0);
    ck_assert(cs_import_file(import, reader("import_ldif"), CS_STR("t"), text, &err) == CS_OK);
    ck_assert(cs_import_finish(import, NULL, &err) == CS_OK);
    size_t count = 0, warnings = 0;
    const struct cs_import_report *report = cs_import_reports(import, &count);
    for (size_t i = 0; i < report->warnings.list.count; i++)
        warnings += strstr(report->warnings.list.at[i].text.at, "line 11: v was called u before "
                                                                "(t:5)") != NULL;
    ck_assert_uint_eq(warnings, 1);
    cs_lab_commit(lab, NULL);
    ck_assert_uint_eq(named("X\\v"), named(SID("1001")));
}
END_TEST

/* ------------------------------------------------------------------ encodings */

START_TEST(bytes_that_are_no_utf_8_are_latin_1)
{
    import_good(
        "import_ldif",
        CS_STR(DOMAIN
               "dn: CN=M\xfcller,DC=x,DC=y\nobjectClass: user\n"
               "objectSid: " SID("1001") "\n"
                                         "sAMAccountName: m\xfcller\nprimaryGroupID: 513\n\n" GROUP(
                                             "G", "1002") "member: CN=M\xfcller,DC=x,DC=y\n"));
    ck_assert_uint_eq(named("X\\m\xc3\xbcller"), named(SID("1001")));
    ck_assert(cs_member_has(lab, named("X\\G"), named(SID("1001")), CS_NOW));
}
END_TEST

/* JSON is UTF-8 by definition. */
START_TEST(json_that_is_no_utf_8_is_refused_with_its_place)
{
    ck_assert_int_eq(import("import_sharphound",
                            CS_STR("{\"data\":[\n{\"Properties\":{\"name\":\"M\xfcller\"}}],"
                                   "\"meta\":{\"type\":\"users\",\"version\":6}}")),
                     CS_SYNTAX);
    ck_assert_str_eq(err.where, "t:2");
    ck_assert_msg(strstr(err.text, "invalid bytes in UTF8 string") != NULL, "%s", err.text);
    ck_assert_uint_eq(cs_lab_change_count(lab), 0);
}
END_TEST

static const struct {
    const char *plugin, *text;
} texts[] = {
    {"import_ldif", DOMAIN USER("u", "1001")},
    {"import_reg", "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n"
                   "\"B\"=\"\xc3\xa4\"\n"},
    {"import_reg", "\nHKEY_LOCAL_MACHINE\\SOFTWARE\\A\n    B    REG_SZ    \xc3\xa4\n"},
    {"import_inf", "[Unicode]\nUnicode=yes\n[Privilege Rights]\nSeNetworkLogonRight = *S-1-1-0\n"},
    {"import_sharphound", "{\"meta\":{\"type\":\"users\",\"version\":6},\"data\":[]}"},
    {"import_net", "\nSERVICE_NAME: certsvc\n        TYPE               : 10  WIN32_OWN_PROCESS\n"
                   "        STATE              : 4  RUNNING\n"},
    {"import_certutil", "CAs:\n  AuditFilter REG_DWORD = 7f (127)\nCertUtil: -getreg command "
                        "completed successfully.\n"},
};

enum { NARROW, MARKED, LITTLE, LITTLE_BARE, BIG, BIG_BARE, ENCODINGS };

static struct cs_str encoded(struct cs_str text, int encoding)
{
    static const char *const marks[] = {"", "\xef\xbb\xbf", "\xff\xfe", "", "\xfe\xff", ""};
    struct cs_str mark = cs_str_of(marks[encoding]);
    struct cs_str body = encoding >= LITTLE ? cs_str_to_utf16(arena, text) : text;
    char *out = cs_arena_alloc(arena, mark.length + body.length + 1);
    memcpy(out, mark.at, mark.length);
    memcpy(out + mark.length, body.at, body.length);
    for (size_t i = mark.length; encoding >= BIG && i + 1 < mark.length + body.length; i += 2) {
        char first = out[i];
        out[i] = out[i + 1];
        out[i + 1] = first;
    }
    return cs_str_span(out, mark.length + body.length);
}

START_TEST(every_text_in_every_encoding)
{
    const struct cs_importer *importer = reader(texts[_i].plugin);
    for (int encoding = 0; encoding < ENCODINGS; encoding++) {
        struct cs_str text = encoded(cs_str_of(texts[_i].text), encoding);
        struct cs_lab *own = cs_lab_new();
        ck_assert_msg(cs_importer_probe(importer, CS_STR("x.txt"), text) >= 60, "%s as %d",
                      texts[_i].plugin, encoding);
        ck_assert_msg(import_text(own, arena, texts[_i].plugin, "t", text, &err) == CS_OK,
                      "%s as %d: %s", texts[_i].plugin, encoding, err.text);
        cs_lab_free(own);
    }
}
END_TEST

/* -------------------------------------------------------------- depth, length */

START_TEST(a_name_of_a_hundred_thousand_parts)
{
    struct cs_buf text;
    cs_buf_init(&text, (size_t)1 << 24);
    cs_buf_add_str(&text, CS_STR(DOMAIN "dn: CN=u"));
    for (int i = 0; i < 100000; i++)
        cs_buf_add_str(&text, CS_STR(",OU=\\,\\2Cdeep"));
    cs_buf_add_str(
        &text,
        CS_STR(",DC=x,DC=y\nobjectClass: user\nsAMAccountName: u\nobjectSid: " SID("1001") "\n"));
    import_good("import_ldif", cs_buf_str(&text));
    ck_assert_uint_ne(named("X\\u"), 0);
    cs_buf_clear(&text);
}
END_TEST

START_TEST(a_value_of_forty_megabytes)
{
    enum { SIZE = 40 << 20 };
    char *value = cs_arena_alloc(arena, SIZE + 1);
    memset(value, 'x', SIZE);
    struct cs_str text =
        cs_str_printf(arena, "%s%.*s\n\n%s",
                      DOMAIN "dn: CN=p,DC=x,DC=y\nobjectClass: container\njpegPhoto: ", SIZE, value,
                      USER("u", "1001"));
    import_good("import_ldif", text);
    ck_assert_uint_ne(named("X\\u"), 0);
}
END_TEST

/* ------------------------------------------------------------------------ zip */

static void put(struct cs_buf *out, uint64_t number, int size)
{
    for (int i = 0; i < size; i++) {
        char byte = (char)(number >> 8 * i);
        cs_buf_add(out, &byte, 1);
    }
}

/* What both headers of a member share, from the time on. */
static void put_sizes(struct cs_buf *out, uint32_t sum, size_t packed, size_t size)
{
    put(out, 0, 4);
    put(out, sum, 4);
    put(out, packed, 4);
    put(out, size, 4);
    put(out, 6, 2);
    put(out, 0, 2);
}

/* A zip of one member, from what gzip made of it; `size` is what the zip says of it. */
static struct cs_str zip_of(struct cs_str gzip, size_t size)
{
    struct cs_str packed = cs_str_span(gzip.at + 10, gzip.length - 18);
    uint32_t sum;
    memcpy(&sum, gzip.at + gzip.length - 8, sizeof sum);
    struct cs_buf out;
    cs_buf_init(&out, (size_t)1 << 26);
    put(&out, 0x04034b50, 4);
    put(&out, 20, 2);
    put(&out, 0, 2);
    put(&out, 8, 2);
    put_sizes(&out, sum, packed.length, size);
    cs_buf_add_str(&out, CS_STR("a.json"));
    cs_buf_add_str(&out, packed);
    size_t directory = out.length;
    put(&out, 0x02014b50, 4);
    put(&out, 20, 2);
    put(&out, 20, 2);
    put(&out, 0, 2);
    put(&out, 8, 2);
    put_sizes(&out, sum, packed.length, size);
    put(&out, 0, 6);
    put(&out, 0, 4);
    put(&out, 0, 4);
    cs_buf_add_str(&out, CS_STR("a.json"));
    size_t length = out.length - directory;
    put(&out, 0x06054b50, 4);
    put(&out, 0, 4);
    put(&out, 1, 2);
    put(&out, 1, 2);
    put(&out, length, 4);
    put(&out, directory, 4);
    put(&out, 0, 2);
    struct cs_str zip = cs_str_copy(arena, cs_buf_str(&out));
    cs_buf_clear(&out);
    return zip;
}

static struct cs_str packed(const char *command)
{
    FILE *pipe = popen(command, "r");
    ck_assert(pipe != NULL);
    struct cs_str all = read_pipe(arena, pipe);
    ck_assert_int_eq(pclose(pipe), 0);
    return all;
}

/* What a gzip says of itself at its end. */
static size_t unpacked_size(struct cs_str gzip)
{
    const unsigned char *end = (const unsigned char *)gzip.at + gzip.length;
    return end[-4] | (size_t)end[-3] << 8 | (size_t)end[-2] << 16 | (size_t)end[-1] << 24;
}

#define EMPTY_USERS "{\"meta\":{\"type\":\"users\",\"version\":6},\"data\":[]}"

START_TEST(a_zip_that_is_honest)
{
    struct cs_str gzip = packed("printf '%s' '" EMPTY_USERS "' | gzip -n");
    import_good("import_sharphound", zip_of(gzip, sizeof EMPTY_USERS - 1));
}
END_TEST

/* As PowerShell saves again what it was shown, and as editors do. */
START_TEST(members_in_other_encodings)
{
    static const char *const commands[] = {
        "(printf '\\377\\376'; printf '%s' '" EMPTY_USERS "' | iconv -t UTF-16LE) | gzip -n",
        "(printf '\\357\\273\\277'; printf '%s' '" EMPTY_USERS "') | gzip -n",
    };
    struct cs_str gzip = packed(commands[_i]);
    import_good("import_sharphound", zip_of(gzip, unpacked_size(gzip)));
}
END_TEST

/* A hundred megabytes of objects in a member: none of them is held, nor the member. */
START_TEST(a_large_member_goes_by_as_a_stream)
{
    struct cs_str gzip =
        packed("awk 'BEGIN { printf \"{\\\"data\\\":[\"; for (i = 0; i < 400000; i++) printf "
               "\"%s{\\\"ObjectIdentifier\\\":\\\"%d\\\",\\\"Properties\\\":{\\\"name\\\":\\\"%d%"
               "0200d\\\"}}\", "
               "i ? \",\" : \"\", i, i * 7, i; print "
               "\"],\\\"meta\\\":{\\\"type\\\":\\\"containers\\\",\\\"version\\\":6}}\" }' "
               "| gzip -1n");
    import_good("import_sharphound", zip_of(gzip, unpacked_size(gzip)));
    check_peak(64);
}
END_TEST

START_TEST(a_zip_bomb_is_refused)
{
    enum { SIZE = 50000000 };
    struct cs_str gzip = packed("head -c 50000000 /dev/zero | gzip -n");
    ck_assert_int_eq(import("import_sharphound", zip_of(gzip, SIZE)), CS_LIMIT);
    ck_assert_msg(strstr(err.text, "a.json unpacks to 50000000 bytes") != NULL, "%s", err.text);
    check_peak(200);
}
END_TEST

START_TEST(a_zip_that_lies_about_sizes_is_refused)
{
    struct cs_str gzip = packed("head -c 50000000 /dev/zero | gzip -n");
    ck_assert_int_eq(import("import_sharphound", zip_of(gzip, 1000)), CS_SYNTAX);
    ck_assert_str_eq(err.where, "t");
    ck_assert_int_eq(import("import_sharphound", zip_of(packed("echo hallo | gzip -n"), 1000)),
                     CS_SYNTAX);
    ck_assert_uint_eq(cs_lab_change_count(lab), 0);
}
END_TEST

Suite *import_hostile_suite(void)
{
    Suite *suite = suite_create("import_hostile");
    TCase *tests = tcase_create("import_hostile");
    tcase_add_checked_fixture(tests, set_up_import, tear_down_import);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, a_group_of_a_million_members);
    tcase_add_test(tests, a_million_members_that_nobody_knows);
    tcase_add_test(tests, a_million_members_by_sid);
    tcase_add_test(tests, a_cycle_of_groups_and_a_group_in_itself);
    tcase_add_test(tests, two_objects_of_one_sid_are_one_and_it_is_told);
    tcase_add_test(tests, bytes_that_are_no_utf_8_are_latin_1);
    tcase_add_test(tests, json_that_is_no_utf_8_is_refused_with_its_place);
    tcase_add_loop_test(tests, every_text_in_every_encoding, 0, CS_COUNT(texts));
    tcase_add_test(tests, a_name_of_a_hundred_thousand_parts);
    tcase_add_test(tests, a_value_of_forty_megabytes);
    tcase_add_test(tests, a_zip_that_is_honest);
    tcase_add_loop_test(tests, members_in_other_encodings, 0, 2);
    tcase_add_test(tests, a_large_member_goes_by_as_a_stream);
    tcase_add_test(tests, a_zip_bomb_is_refused);
    tcase_add_test(tests, a_zip_that_lies_about_sizes_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
