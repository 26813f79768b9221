/* sid_test.c - SIDs in text and bytes, the table of well-known ones, GUIDs. */
#include <string.h>

#include <certsh/sd.h>

#include "suites_domain.h"

static struct cs_sid sid_of(const char *text)
{
    struct cs_sid sid = {0};
    struct cs_error err = {0};
    ck_assert_msg(cs_sid_parse(cs_str_of(text), &sid, &err) == CS_OK, "%s: %s", text, err.text);
    return sid;
}

static const struct {
    const char *text, *printed; /* NULL: as it was */
} good[] = {
    {"S-1-5-32-574", NULL},
    {"S-1-1-0", NULL},
    {"s-1-5-11", "S-1-5-11"},
    {"S-1-5", NULL},
    {"S-1-0x5-32-0x220", "S-1-5-32-544"},
    {"S-1-4294967295-1", NULL},
    {"S-1-4294967296-1", "S-1-0x100000000-1"},
    {"S-1-0x12a05f200-1", "S-1-0x12A05F200-1"},
    {"S-1-281474976710655-1", "S-1-0xFFFFFFFFFFFF-1"},
    {"S-1-5-21-4294967295-0-1-500", NULL},
    {"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15", NULL},
};

START_TEST(text_round_trips)
{
    struct cs_sid_text text;
    struct cs_sid sid = sid_of(good[_i].text);
    ck_assert_str_eq(cs_sid_format(&sid, &text),
                     good[_i].printed ? good[_i].printed : good[_i].text);
}
END_TEST

START_TEST(bytes_round_trip)
{
    unsigned char bytes[CS_SID_MAX_BYTES];
    struct cs_sid sid = sid_of(good[_i].text), again;
    size_t used = 0, size = cs_sid_encode(&sid, bytes);
    ck_assert_uint_eq(size, cs_sid_size(&sid));
    ck_assert_int_eq(cs_sid_decode(bytes, size, &again, &used, NULL), CS_OK);
    ck_assert_uint_eq(used, size);
    ck_assert(cs_sid_equal(&sid, &again));
    ck_assert_uint_eq(cs_sid_hash(&sid), cs_sid_hash(&again));
    ck_assert_int_eq(cs_sid_decode(bytes, size - 1, &again, &used, NULL), CS_SYNTAX);
}
END_TEST

static const struct {
    const char *text;
    int at;
} bad[] = {
    {"", 0},
    {"S-1", 0},
    {"S-1-", 0},
    {"S-2-5-11", 0},
    {"S-1-x", 4},
    {"S-1-5-", 6},
    {"S-1-5--11", 6},
    {"S-1-5-11-", 9},
    {"S-1-5-11 ", 6},
    {" S-1-5-11", 0},
    {"S-1-5-+11", 6},
    {"S-1-5-4294967296", 6},
    {"BA", 0},
    {"S-1-281474976710656-1", 4},
    {"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16", 42},
};

START_TEST(bad_text_is_refused_with_its_offset)
{
    struct cs_sid sid;
    struct cs_error err = {0};
    ck_assert_int_eq(cs_sid_parse(cs_str_of(bad[_i].text), &sid, &err), CS_SYNTAX);
    ck_assert_msg(err.at == bad[_i].at, "%s: at %d: %s", bad[_i].text, err.at, err.text);
}
END_TEST

START_TEST(bad_bytes_are_refused)
{
    static const unsigned char revision[12] = {2, 1, 0, 0, 0, 0, 0, 5, 11};
    static const unsigned char many[CS_SID_MAX_BYTES + 4] = {1, 16};
    struct cs_sid sid;
    ck_assert_int_eq(cs_sid_decode(revision, 12, &sid, NULL, NULL), CS_SYNTAX);
    ck_assert_int_eq(cs_sid_decode(many, sizeof many, &sid, NULL, NULL), CS_SYNTAX);
    ck_assert_int_eq(cs_sid_decode("", 0, &sid, NULL, NULL), CS_SYNTAX);
}
END_TEST

START_TEST(the_known_are_sorted_and_found)
{
    size_t count;
    const struct cs_sid_known *rows = cs_sid_known_table(&count);
    ck_assert_uint_gt(count, 60);
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(i == 0 || cs_sid_compare(&rows[i - 1].sid, &rows[i].sid) < 0, "row %zu (%s)",
                      i, rows[i].name);
        ck_assert_ptr_eq(cs_sid_known_find(&rows[i].sid), &rows[i]);
        ck_assert_ptr_eq(cs_sid_known_named(cs_str_of(rows[i].name)), &rows[i]);
    }
}
END_TEST

static const struct {
    const char *name, *sid;
} names[] = {
    {"Everyone", "S-1-1-0"},
    {"everyone", "S-1-1-0"},
    {"NT AUTHORITY\\SYSTEM", "S-1-5-18"},
    {"nt authority\\system", "S-1-5-18"},
    {"SYSTEM", "S-1-5-18"},
    {"BUILTIN\\Administrators", "S-1-5-32-544"},
    {"Certificate Service DCOM Access", "S-1-5-32-574"},
    {"NT AUTHORITY\\ローカル アカウント", "S-1-5-113"},
};

START_TEST(names_find_the_known)
{
    const struct cs_sid_known *row = cs_sid_known_named(cs_str_of(names[_i].name));
    struct cs_sid sid = sid_of(names[_i].sid);
    ck_assert_ptr_nonnull(row);
    ck_assert(cs_sid_equal(&row->sid, &sid));
}
END_TEST

START_TEST(nobody_is_not_known)
{
    struct cs_sid sid = sid_of("S-1-5-21-1-2-3-512");
    ck_assert_ptr_null(cs_sid_known_find(&sid));
    ck_assert_ptr_null(cs_sid_known_named(CS_STR("Domain Admins")));
    ck_assert_ptr_null(cs_sid_known_named(CS_STR("CORP\\SYSTEM")));
    ck_assert_str_eq(cs_sid_rid_name(512), "Domain Admins");
    ck_assert_ptr_null(cs_sid_rid_name(1000));
}
END_TEST

START_TEST(relatives_are_told)
{
    struct cs_sid domain = sid_of("S-1-5-21-1-2-3"), account = cs_sid_child(&domain, 1104);
    struct cs_sid parent = cs_sid_parent(&account), builtin = sid_of("S-1-5-32");
    ck_assert(cs_sid_in(&account, &domain));
    ck_assert(!cs_sid_in(&domain, &domain));
    ck_assert(!cs_sid_in(&cs_sid_system, &domain));
    ck_assert(cs_sid_equal(&parent, &domain));
    ck_assert_uint_eq(cs_sid_rid(&account), 1104);
    ck_assert(cs_sid_is_account(&account) && !cs_sid_is_account(&cs_sid_administrators));
    ck_assert(cs_sid_is_builtin(&cs_sid_administrators) && cs_sid_is_builtin(&builtin));
    ck_assert(!cs_sid_is_builtin(&account));
    ck_assert_int_lt(cs_sid_compare(&domain, &account), 0);
    ck_assert_int_gt(cs_sid_compare(&account, &builtin), -1 - 1);
}
END_TEST

START_TEST(guids_round_trip)
{
    static const char enroll[] = "0e10c968-78fb-11d2-90d4-00c04f79dc55";
    struct cs_guid guid, braced;
    struct cs_guid_text text;
    ck_assert_int_eq(cs_guid_parse(cs_str_of(enroll), &guid, NULL), CS_OK);
    ck_assert_str_eq(cs_guid_format(&guid, &text), enroll);
    ck_assert_uint_eq(guid.bytes[0], 0x68); /* little-endian on the wire */
    ck_assert_int_eq(cs_guid_parse(CS_STR("{0E10C968-78FB-11D2-90D4-00C04F79DC55}"), &braced, NULL),
                     CS_OK);
    ck_assert(cs_guid_equal(&guid, &braced));
}
END_TEST

static const char *const bad_guids[] = {
    "",
    "0e10c968",
    "0e10c968-78fb-11d2-90d4-00c04f79dc5",
    "0e10c968-78fb-11d2-90d4-00c04f79dc5g",
    "0e10c96878fb-11d2-90d4-00c04f79dc55-",
    "{0e10c968-78fb-11d2-90d4-00c04f79dc55",
};

START_TEST(bad_guids_are_refused)
{
    struct cs_guid guid;
    ck_assert_int_eq(cs_guid_parse(cs_str_of(bad_guids[_i]), &guid, NULL), CS_SYNTAX);
}
END_TEST

Suite *sid_suite(void)
{
    Suite *suite = suite_create("sid");
    TCase *tests = tcase_create("sid");
    tcase_add_loop_test(tests, text_round_trips, 0, CS_COUNT(good));
    tcase_add_loop_test(tests, bytes_round_trip, 0, CS_COUNT(good));
    tcase_add_loop_test(tests, bad_text_is_refused_with_its_offset, 0, CS_COUNT(bad));
    tcase_add_test(tests, bad_bytes_are_refused);
    tcase_add_test(tests, the_known_are_sorted_and_found);
    tcase_add_loop_test(tests, names_find_the_known, 0, CS_COUNT(names));
    tcase_add_test(tests, nobody_is_not_known);
    tcase_add_test(tests, relatives_are_told);
    tcase_add_test(tests, guids_round_trip);
    tcase_add_loop_test(tests, bad_guids_are_refused, 0, CS_COUNT(bad_guids));
    suite_add_tcase(suite, tests);
    return suite;
}
