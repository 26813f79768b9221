/* import_hive_test.c - hives give what the registry exports of the same machine give. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <certsh/ca.h>
#include <certsh/json.h>

#include "import_case.h"

Suite *import_hive_suite(void);

static cs_status import(const char *file, struct cs_str bytes)
{
    return import_text(lab, arena, "import_hive", file, bytes, &err);
}

static struct cs_str ours(const char *name)
{
    struct cs_str bytes = sample(arena, name);
    ck_assert_msg(bytes.at != NULL, "sample %s is not there", name);
    return bytes;
}

#define SOFTWARE "certsvc-dcom-domain-group.SOFTWARE.hiv.gz"
#define SYSTEM   "certsvc-dcom-domain-group.SYSTEM.hiv.gz"

START_TEST(a_system_hive_names_its_machine_and_its_ca)
{
    ck_assert(import("system.hiv", ours(SYSTEM)) == CS_OK);
    cs_id host = cs_host_find(lab, CS_STR("CA0001"));
    ck_assert(host != 0);
    const struct cs_ca *ca = cs_ca_get(lab, cs_ca_on_host(lab, host));
    ck_assert(ca != NULL && cs_str_is(ca->name, "Corp Issuing CA 1"));
    ck_assert(cs_registry_known(lab, host, cs_ca_key(arena, ca)));
}
END_TEST

/* No policy is a fact in a hive, which holds all of SOFTWARE. */
START_TEST(an_absent_key_is_known_to_be_absent)
{
    ck_assert(import("software.hiv", ours(SOFTWARE)) == CS_OK);
    cs_id host = cs_host_find(lab, CS_STR("SOFTWARE"));
    ck_assert(cs_registry_known(lab, host, CS_KEY_RPC_POLICY));
    ck_assert(!cs_registry_has_key(lab, host, CS_KEY_RPC_POLICY));
    ck_assert(cs_registry_known(lab, host, CS_KEY_OLE));
    ck_assert(!cs_registry_known(lab, host, CS_KEY_LSA));
}
END_TEST

/* --------------------------------------------------- the same as the exports */

static struct cs_str text_of(const struct cs_value *row, const char *name)
{
    const struct cs_value *value = cs_value_get(row, name);
    return value ? value->text : CS_STR("");
}

static bool same_hex(struct cs_str hex, struct cs_str bytes)
{
    if (hex.length != bytes.length * 2)
        return false;
    for (size_t i = 0; i < bytes.length; i++) {
        char two[3];
        snprintf(two, sizeof two, "%02x", (unsigned char)bytes.at[i]);
        if (memcmp(two, hex.at + i * 2, 2) != 0)
            return false;
    }
    return true;
}

/* The one host there is. */
static cs_id only_host(void)
{
    for (cs_id id = 1; id < 10; id++)
        if (cs_host_get(lab, id))
            return id;
    return 0;
}

static size_t compare(const struct cs_value *row, const char *kind)
{
    struct cs_str file = text_of(row, "file"), key = text_of(row, "key");
    bool system = cs_str_same_start(key, CS_STR("HKEY_LOCAL_MACHINE\\SYSTEM"));
    if (system != (kind[1] == 'Y') || !cs_str_is(text_of(row, "type"), "REG_BINARY"))
        return 0;
    file.length -= 4;
    struct cs_str name =
        cs_str_printf(arena, "shared/corp/registry/%.*s.%s.hiv", CS_STR_ARG(file), kind);
    struct cs_str bytes = sample(arena, name.at);
    if (!bytes.at)
        return 0;
    ck_assert_msg(import(name.at, bytes) == CS_OK, "%s: %s", err.where, err.text);
    const struct cs_reg_value *value =
        cs_registry_get(lab, only_host(), cs_registry_key(arena, key), text_of(row, "value"));
    ck_assert_msg(value != NULL, "%s: %s", name.at, text_of(row, "value").at);
    ck_assert_msg(same_hex(text_of(row, "hex"), value->data), "%s: %s", name.at,
                  text_of(row, "value").at);
    return 1;
}

START_TEST(every_descriptor_is_as_expected)
{
    struct cs_str text = sample(arena, "shared/corp/registry/registry_expect.json");
    struct cs_value all;
    size_t compared = 0;
    if (!text.at)
        return;
    ck_assert(cs_json_read(arena, text, &all, &err) == CS_OK);
    const struct cs_list rows = cs_value_get(&all, "values")->list;
    for (size_t i = 0; i < rows.count; i++) {
        for (int kind = 0; kind < 2; kind++) {
            cs_lab_free(lab);
            lab = cs_lab_new();
            compared += compare(&rows.at[i], kind ? "SYSTEM" : "SOFTWARE");
        }
    }
    ck_assert_uint_ge(compared, 20);
}
END_TEST

/* ------------------------------------------------------- other people's hives */

static const struct {
    const char *file, *why;
} others[] = {
    {"shared/hive/minimal", "neither"},
    {"shared/hive/special", "neither"},
    {"shared/hive/nt-hive-testhive", "neither"},
    {"shared/hive/rlenvalue_test_hive", "neither"},
};

START_TEST(a_hive_of_something_else_is_refused)
{
    struct cs_str bytes = sample(arena, others[_i].file);
    if (!bytes.at)
        return;
    ck_assert(import("x.hiv", bytes) == CS_SYNTAX);
    ck_assert_msg(strstr(err.text, others[_i].why) != NULL, "%s", err.text);
}
END_TEST

START_TEST(a_real_hive_written_from_real_values)
{
    struct cs_str bytes = sample(arena, "shared/hive/SOFTWARE-ole.hiv");
    if (!bytes.at)
        return;
    ck_assert(import("SOFTWARE-ole.hiv", bytes) == CS_OK);
    const struct cs_reg_value *value =
        cs_registry_get(lab, only_host(), CS_KEY_OLE, CS_STR("MachineLaunchRestriction"));
    ck_assert(value != NULL && value->data.length == 152);
    ck_assert(cs_registry_known(lab, only_host(), CS_KEY_CERTSRV_REQUEST));
}
END_TEST

/* --------------------------------------------------------------------- lies */

/* Cut anywhere, or with a byte changed, it is refused or read; it never crashes. */
START_TEST(damage_is_an_error)
{
    struct cs_str whole = ours(SOFTWARE);
    ck_assert(import("cut.hiv", cs_str_span(whole.at, 100)) == CS_SYNTAX);
    ck_assert(strstr(err.text, "damaged") != NULL);
    ck_assert(err.hint[0] != '\0');
    char *bytes = cs_arena_copy(arena, whole.at, whole.length);
    unsigned dice = 1;
    for (int round = 0; round < 300; round++) {
        dice = dice * 1103515245u + 12345u;
        size_t at = 4096 + (dice >> 8) % (whole.length - 4096);
        char before = bytes[at];
        bytes[at] = (char)(dice >> 24);
        cs_status status = import("bit.hiv", cs_str_span(bytes, whole.length));
        if (status != CS_OK)
            ck_assert_msg(err.text[0] && err.where[0], "byte %zu", at);
        bytes[at] = before;
    }
}
END_TEST

/* A copy of sectors, or out of memory, is longer than the hive. */
START_TEST(what_follows_the_hive_is_no_part_of_it)
{
    struct cs_str bytes = ours(SYSTEM);
    ck_assert(import("s.hiv", cs_str_printf(arena, "garbage")) == CS_SYNTAX);
    char *longer = cs_arena_alloc(arena, bytes.length + 7);
    memcpy(longer, bytes.at, bytes.length);
    memcpy(longer + bytes.length, "garbage", 7);
    ck_assert_msg(import("s.hiv", cs_str_span(longer, bytes.length + 7)) == CS_OK, "%s", err.text);
    ck_assert(cs_host_find(lab, CS_STR("CA0001")) != 0);
}
END_TEST

START_TEST(a_dirty_hive_is_told)
{
    struct cs_str whole = ours(SOFTWARE);
    char *bytes = cs_arena_copy(arena, whole.at, whole.length);
    /* The sequence number and the checksum of the header, the exclusive or of its 127 numbers. */
    bytes[4] ^= 1;
    bytes[508] ^= 1;
    cs_lab_begin(lab, CS_STR("import"));
    struct cs_import *one = cs_import_new(lab, arena, 0);
    size_t count;
    ck_assert_msg(cs_import_file(one, reader("import_hive"), CS_STR("dirty.hiv"),
                                 cs_str_span(bytes, whole.length), &err) == CS_OK,
                  "%s", err.text);
    const struct cs_import_report *reports = cs_import_reports(one, &count);
    ck_assert_uint_eq(reports[0].warnings.list.count, 1);
    ck_assert(strstr(reports[0].warnings.list.at[0].text.at, "not closed") != NULL);
    cs_lab_rollback(lab);
}
END_TEST

Suite *import_hive_suite(void)
{
    Suite *suite = suite_create("import_hive");
    TCase *tests = tcase_create("import_hive");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up_import, tear_down_import);
    tcase_add_test(tests, a_system_hive_names_its_machine_and_its_ca);
    tcase_add_test(tests, an_absent_key_is_known_to_be_absent);
    tcase_add_test(tests, every_descriptor_is_as_expected);
    tcase_add_loop_test(tests, a_hive_of_something_else_is_refused, 0, CS_COUNT(others));
    tcase_add_test(tests, a_real_hive_written_from_real_values);
    tcase_add_test(tests, damage_is_an_error);
    tcase_add_test(tests, what_follows_the_hive_is_no_part_of_it);
    tcase_add_test(tests, a_dirty_hive_is_told);
    suite_add_tcase(suite, tests);
    return suite;
}
