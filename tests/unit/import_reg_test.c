/* import_reg_test.c - registry exports: every dialect in, refusals, and out again. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include <certsh/ca.h>
#include <certsh/json.h>

#include "import_case.h"
#include "rows.h"

Suite *import_reg_suite(void);

/* Import into a host of its own; false when the sample is not there. */
static bool import_to(const char *name, const char *host, cs_id *id)
{
    struct cs_str text = sample(arena, name);
    if (!text.at)
        return false;
    cs_lab_begin(lab, CS_STR("import"));
    struct cs_import *import = cs_import_new(lab, arena, 0);
    cs_import_set_host(import, cs_str_of(host));
    ck_assert_msg(cs_import_file(import, reader("import_reg"), cs_str_of(name), text, &err) ==
                      CS_OK,
                  "%s: %s", err.where, err.text);
    ck_assert_msg(cs_import_finish(import, id, &err) == CS_OK, "%s: %s", err.where, err.text);
    cs_lab_commit(lab, NULL);
    return true;
}

static const struct cs_reg_value *value(cs_id host, struct cs_str key, const char *name)
{
    key = cs_registry_key(arena, key);
    const struct cs_reg_value *found = cs_registry_get(lab, host, key, cs_str_of(name));
    ck_assert_msg(found != NULL, "no %.*s\\%s", CS_STR_ARG(key), name);
    return found;
}

static cs_status import_words(const char *text)
{
    return import_text(lab, arena, "import_reg", "t.reg", cs_str_of(text), &err);
}

#define HEADER "Windows Registry Editor Version 5.00\r\n\r\n"
#define OLE    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Ole]\r\n"

/* -------------------------------------------------------------------- samples */

/* One row of registry_expect.json: a descriptor that stands in one of the files. */
static void compare_row(const struct cs_value *row, cs_id host)
{
    struct cs_str name = cs_value_get(row, "value")->text;
    const struct cs_reg_value *found =
        value(host, cs_value_get(row, "key")->text, cs_str_c(arena, name));
    if (found->type == CS_REG_BINARY)
        ck_assert_str_eq(bytes_hex(arena, found->data),
                         cs_str_c(arena, cs_value_get(row, "hex")->text));
    else
        ck_assert(cs_str_equal(cs_reg_text(arena, found), cs_value_get(row, "sddl")->text));
}

START_TEST(every_descriptor_of_the_samples_is_read)
{
    static const char *const files[] = {"default-2019.reg", "certsvc-dcom-domain-group.reg",
                                        "hardened.reg",     "broken-order.reg",
                                        "random-0.reg",     "random-1.reg",
                                        "random-2.reg",     "regedit4.reg"};
    struct cs_str text = sample(arena, "shared/corp/registry/registry_expect.json");
    struct cs_value expect;
    size_t rows = 0;
    if (!text.at)
        return;
    ck_assert(cs_json_read(arena, text, &expect, &err) == CS_OK);
    struct cs_list list = cs_value_get(&expect, "values")->list;
    for (size_t f = 0; f < CS_COUNT(files); f++) {
        cs_id host = 0;
        char name[80], machine[16];
        snprintf(name, sizeof name, "shared/corp/registry/%s", files[f]);
        snprintf(machine, sizeof machine, "H%zu", f);
        ck_assert(import_to(name, machine, &host));
        for (size_t i = 0; i < list.count; i++) {
            if (!cs_str_is(cs_value_get(&list.at[i], "file")->text, files[f]))
                continue;
            compare_row(&list.at[i], host);
            rows++;
        }
    }
    ck_assert_uint_eq(rows, 63);
}
END_TEST

/* The noise of the samples: names, escapes, every type. */
static void compare_noise(cs_id host)
{
    struct cs_str key = CS_STR("HKLM\\SOFTWARE\\Classes\\AppID\\K\xc3\xb6ln \"Test\" [x]");
    const struct cs_reg_value *v = value(host, key, "path\\with\\backslashes");
    ck_assert(cs_str_is(cs_reg_text(arena, v), "C:\\Program Files\\\"quoted\"\\x"));
    v = value(host, key, "Expand");
    ck_assert(v->type == CS_REG_EXPAND_SZ &&
              cs_str_is(cs_reg_text(arena, v), "%SystemRoot%\\system32"));
    v = value(host, key, "Multi");
    ck_assert(v->type == CS_REG_MULTI_SZ && v->data.length == 30);
    v = value(host, key, "Qword");
    ck_assert(v->type == CS_REG_QWORD && v->data.length == 8);
    v = value(host, key, "Empty");
    ck_assert(v->type == CS_REG_BINARY && v->data.length == 0);
    v = value(host, key, "None");
    ck_assert(v->type == CS_REG_NONE && v->data.length == 2);
    v = value(host, key, "=odd;name");
    ck_assert(cs_str_is(cs_reg_text(arena, v), "; not a comment"));
    v = value(host, key, "Long");
    ck_assert_uint_gt(v->data.length, 50);
}

START_TEST(odd_names_and_types_are_read_in_every_dialect)
{
    cs_id host;
    ck_assert(import_to("certsvc-dcom-domain-group.reg", "A", &host));
    compare_noise(host);
    if (import_to("shared/corp/registry/default-2019.hivexregedit.reg", "B", &host))
        compare_noise(host);
}
END_TEST

START_TEST(wine_and_blanks_behind_backslashes_are_read)
{
    cs_id a, b;
    if (!import_to("shared/reg/ole-export.reg", "A", &a))
        return;
    ck_assert(import_to("shared/reg/ole-as-found-trailing-spaces.reg", "B", &b));
    const struct cs_reg_value *x = value(a, CS_KEY_OLE, "MachineLaunchRestriction");
    const struct cs_reg_value *y = value(b, CS_KEY_OLE, "MachineLaunchRestriction");
    ck_assert_uint_eq(x->data.length, 152);
    ck_assert(cs_str_equal(x->data, y->data));
}
END_TEST

/* The same export, its line ends cut down to carriage returns: folded bytes and all. */
START_TEST(carriage_returns_alone_end_lines)
{
    struct cs_str text = cs_str_from_file(arena, sample(arena, "certsvc-dcom-domain-group.reg"));
    char *out = cs_arena_alloc(arena, text.length + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++)
        if (text.at[i] != '\n')
            out[length++] = text.at[i];
    ck_assert(cs_importer_probe(reader("import_reg"), CS_STR("x"), cs_str_span(out, length)) > 90);
    ck_assert(import_text(lab, arena, "import_reg", "a.reg", cs_str_span(out, length), &err) ==
              CS_OK);
    cs_id host = cs_host_find(lab, CS_STR("ca0001"));
    cs_id other;
    ck_assert(import_to("certsvc-dcom-domain-group.reg", "B", &other));
    ck_assert(cs_str_equal(value(host, CS_KEY_OLE, "MachineLaunchRestriction")->data,
                           value(other, CS_KEY_OLE, "MachineLaunchRestriction")->data));
    ck_assert(import_words("Windows Registry Editor Version 5.00\r\r[HKEY_X\r") == CS_SYNTAX);
    ck_assert_str_eq(err.where, "t.reg:3");
}
END_TEST

/* ---------------------------------------------------------------------- hosts */

START_TEST(an_export_that_names_its_machine_goes_there)
{
    struct cs_str text = sample(arena, "certsvc-dcom-domain-group.reg");
    ck_assert(import_text(lab, arena, "import_reg", "x.reg", text, &err) == CS_OK);
    cs_id host = cs_host_find(lab, CS_STR("ca0001.corp.example"));
    ck_assert_uint_ne(host, 0);
    ck_assert(cs_str_is(cs_host_get(lab, host)->name, "CA0001"));
    const struct cs_ca *ca = cs_ca_get(lab, cs_ca_find(lab, CS_STR("Corp Issuing CA 1")));
    ck_assert(ca && ca->host == host && !ca->templates_known);
    ck_assert(cs_registry_known(lab, host, CS_KEY_OLE));
    ck_assert(cs_registry_known(lab, host, CS_KEY_CERTSRV_REQUEST));
    ck_assert(!cs_registry_known(lab, host, CS_KEY_RPC_POLICY));
}
END_TEST

START_TEST(without_a_name_a_host_is_called_as_the_file)
{
    ck_assert(import_text(lab, arena, "import_reg", "exports/ca7.reg",
                          CS_STR(HEADER OLE "\"EnableDCOM\"=\"N\"\r\n"), &err) == CS_OK);
    ck_assert_uint_ne(cs_host_find(lab, CS_STR("CA7")), 0);
}
END_TEST

START_TEST(deletions_make_it_no_export_of_whole_keys)
{
    ck_assert(import_words(HEADER OLE "\"EnableDCOM\"=\"N\"\r\n\"Other\"=-\r\n") == CS_OK);
    cs_id host = cs_host_find(lab, CS_STR("T"));
    ck_assert(!cs_registry_known(lab, host, CS_KEY_OLE));
}
END_TEST

/* ------------------------------------------------------------------- refusals */

static const struct {
    const char *text, *where, *problem;
} bad[] = {
    {"[HKEY_LOCAL_MACHINE\\SOFTWARE]\r\n", "t.reg:1", "no registry export"},
    {HEADER OLE "\"EulaAccepted\"=1\r\n", "t.reg:4", "neither a text"},
    {HEADER OLE "\"a\"=\"cut\r\n", "t.reg:4", "closing quote"},
    {HEADER OLE "\"a\"=hex:01,0", "t.reg:4", "two hex digits"},
    {HEADER OLE "\"a\"=hex:01,02,\\\r\n", "t.reg:5", "next line of a folded"},
    {HEADER OLE "\"a\"=hex:01,\r\n", "t.reg:4", "two hex digits"},
    {HEADER OLE "\"a\"=dword:\r\n", "t.reg:4", "hex digits"},
    {HEADER OLE "\"a\"=dword:123456789\r\n", "t.reg:4", "hex digits"},
    {HEADER OLE "\"a\"=\"x\" y\r\n", "t.reg:4", "something follows"},
    {HEADER "[HKEY_LOCAL_MACHINE\\SOFT\r\n", "t.reg:3", "closing bracket"},
    {HEADER "[SOFTWARE]\r\n", "t.reg:3", "no key"},
    {HEADER "\"a\"=\"x\"\r\n", "t.reg:3", "outside of a key"},
    {HEADER OLE "garbage\r\n", "t.reg:4", "no line of a registry"},
    {HEADER OLE
     "\r\n\"x\"=\"y\"\r\n\"MachineLaunchRestriction\"=hex:01,00,04,80,90,00,00,00,a0,\\\r\n"
     "  00,00,00,00,00,00,00,14,00,00,00,02,00,08,00,00,00,00,00\r\n",
     "t.reg:6", "'MachineLaunchRestriction' is no security descriptor: owner offset 0x90 lies"},
    {HEADER OLE "\"DefaultLaunchPermission\"=hex:\r\n", "t.reg:4", "no security descriptor"},
};

START_TEST(a_malformed_file_is_refused_with_its_line)
{
    cs_tick before = cs_lab_tick(lab);
    ck_assert_int_eq(import_words(bad[_i].text), CS_SYNTAX);
    ck_assert_str_eq(err.where, bad[_i].where);
    ck_assert_msg(strstr(err.text, bad[_i].problem) != NULL, "'%s'", err.text);
    ck_assert_msg(err.hint[0] != 0, "no cure for '%s'", err.text);
    ck_assert_uint_eq(cs_lab_tick(lab), before);
    ck_assert_uint_eq(cs_record_count(lab, CS_NOUN_HOST), 0);
}
END_TEST

/* Cut anywhere: refused, or all values that are in are whole. */
START_TEST(a_cut_file_is_never_half_a_value)
{
    struct cs_str text = sample(arena, "certsvc-dcom-domain-group.reg");
    size_t refused = 0, tried = 0;
    for (size_t cut = 2; cut < text.length; cut += 61, tried++) {
        struct cs_lab *own = cs_lab_new();
        struct cs_arena *scratch = cs_arena_new();
        cs_status status =
            import_text(own, scratch, "import_reg", "cut.reg", cs_str_span(text.at, cut), &err);
        refused += status != CS_OK;
        if (status != CS_OK)
            ck_assert_uint_eq(cs_record_count(own, CS_NOUN_REGISTRY), 0);
        cs_arena_free(scratch);
        cs_lab_free(own);
    }
    ck_assert_uint_gt(refused, tried * 8 / 10);
}
END_TEST

/* Whatever a file has become: it is in whole, or refused with a reason and nothing is in. */
START_TEST(a_damaged_file_does_no_harm)
{
    struct cs_str text = sample(arena, "certsvc-dcom-domain-group.reg");
    size_t refused = 0;
    for (unsigned seed = 1; seed <= 300; seed++) {
        struct cs_lab *own = cs_lab_new();
        struct cs_arena *scratch = cs_arena_new();
        struct cs_str bad_text = damage(scratch, text, seed);
        cs_status status = import_text(own, scratch, "import_reg", "bad", bad_text, &err);
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

/* ------------------------------------------------------------------ reg query */

#define OLE_KEY "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Ole"
#define QUERY   "\r\n" OLE_KEY "\r\n"

START_TEST(output_of_reg_query_is_read)
{
    cs_id host;
    ck_assert_msg(import_words(QUERY "    EnableDCOM    REG_SZ    Y\r\n"
                                     "    Legacy Level    REG_DWORD    0x2\r\n"
                                     "    (Standard)    REG_SZ    a    b\r\n"
                                     "    Many    REG_MULTI_SZ    eins\\0zwei\r\n"
                                     "    Bytes    REG_BINARY    00FF\r\n"
                                     "    Wide    REG_QWORD    0x100000000\r\n"
                                     "    Empty    REG_NONE    \r\n\r\n" OLE_KEY
                                     "\\AppCompat\r\n" OLE_KEY "\\NONREDIST\r\n\r\n") == CS_OK,
                  "%s: %s", err.where, err.text);
    host = cs_host_find(lab, CS_STR("t"));
    const struct {
        const char *name, *data;
        size_t length;
    } rows[] = {
        {"EnableDCOM", "Y\0\0", 4},
        {"Legacy Level", "\2\0\0", 4},
        {"", "a\0 \0 \0 \0 \0b\0\0", 14},
        {"Bytes", "\0\xff", 2},
        {"Wide", "\0\0\0\0\1\0\0", 8},
        {"Empty", "", 0},
        {"Many", "e\0i\0n\0s\0\0\0z\0w\0e\0i\0\0\0\0", 22},
    };
    for (size_t i = 0; i < CS_COUNT(rows); i++) {
        const struct cs_reg_value *v = value(host, CS_STR(OLE_KEY), rows[i].name);
        ck_assert_msg(cs_str_equal(v->data, cs_str_span(rows[i].data, rows[i].length)), "%s: %zu",
                      rows[i].name, v->data.length);
    }
}
END_TEST

/* Without /s the keys below have no values here: nothing is said of them. */
START_TEST(only_a_query_with_all_below_is_whole)
{
    const struct cs_str key = cs_registry_key(arena, CS_STR(OLE_KEY));
    ck_assert(import_words(QUERY "    EnableDCOM    REG_SZ    Y\n\n" OLE_KEY "\\AppCompat\n" OLE_KEY
                                 "\\NONREDIST\n") == CS_OK);
    cs_id host = cs_host_find(lab, CS_STR("t"));
    ck_assert(!cs_registry_known(lab, host, key));
    ck_assert(import_words(QUERY "    EnableDCOM    REG_SZ    Y\n\n" OLE_KEY
                                 "\\AppCompat\n\n" OLE_KEY
                                 "\\NONREDIST\n    a    REG_SZ    b\n") == CS_OK);
    ck_assert(cs_registry_known(lab, host, key));
}
END_TEST

/* /v shows one value of a key, or of many with a count behind them: what else is there it hides. */
static const char *const picked[] = {
    QUERY "    EnableDCOM    REG_SZ    Y\r\n\r\n",
    "C:\\>reg query HKLM\\SOFTWARE\\Microsoft\\Ole /v EnableDCOM\r\n" QUERY
    "    EnableDCOM    REG_SZ    Y\r\n\r\nPS C:\\Users\\x>\r\n",
    QUERY "    EnableDCOM    REG_SZ    Y\r\n    EnableDCOMx    REG_SZ    Y\r\n\r\n"
          "End of search: 2 match(es) found.\r\n",
    QUERY "    EnableDCOM    REG_SZ    Y\r\n    b    REG_RESOURCE_LIST    00\r\n\r\n"
          "Ende der Suche: 2 \xc3\x9c"
          "bereinstimmung(en) gefunden.\r\n",
};

START_TEST(a_picked_value_does_not_make_its_key_whole)
{
    ck_assert_msg(import_words(picked[_i]) == CS_OK, "%s: %s", err.where, err.text);
    cs_id host = cs_host_find(lab, CS_STR("t"));
    const struct cs_reg_value *v = value(host, CS_STR(OLE_KEY), "EnableDCOM");
    ck_assert(cs_str_equal(v->data, cs_str_span("Y\0\0", 4)));
    ck_assert(!cs_registry_known(lab, host, cs_registry_key(arena, CS_STR(OLE_KEY))));
}
END_TEST

static const struct {
    const char *text, *where, *problem;
} bad_queries[] = {
    {QUERY "    EnableDCOM    REG_SZ    Y\r\nnonsense\r\n", "t.reg:4", "no line of reg query"},
    {QUERY "    A    REG_DWORD    0x1\r\n    B    REG_DWORD    0x100000000\r\n", "t.reg:4",
     "none of its type"},
    {QUERY "    A    REG_BINARY    010\r\n", "t.reg:3", "none of its type"},
    {QUERY "    A    REG_BINARY    0g\r\n", "t.reg:3", "none of its type"},
};

START_TEST(output_that_lies_is_refused_with_its_line)
{
    ck_assert_int_eq(import_words(bad_queries[_i].text), CS_SYNTAX);
    ck_assert_str_eq(err.where, bad_queries[_i].where);
    ck_assert_msg(strstr(err.text, bad_queries[_i].problem) != NULL, "'%s'", err.text);
    ck_assert_uint_eq(cs_lab_change_count(lab), 0);
}
END_TEST

/* ---------------------------------------------------------------------- write */

struct list {
    const struct cs_reg_value *at[256];
    size_t count;
};

static bool take_value(void *context, const struct cs_reg_value *v)
{
    struct list *list = context;
    ck_assert_uint_lt(list->count, CS_COUNT(list->at));
    list->at[list->count++] = v;
    return true;
}

/* What wine's reg export and regedit /e wrote, read and written again, is the same bytes. */
START_TEST(what_is_read_is_written_byte_for_byte)
{
    static const struct {
        const char *file, *key;
    } files[] = {{"shared/corp/registry/wine/app_a.reg", "HKLM\\Software\\Classes\\AppID"},
                 {"shared/corp/registry/wine/ole_a.reg", "HKLM\\Software\\Microsoft\\Ole"},
                 {"shared/corp/registry/wine/re_a.reg", "HKLM\\Software\\Microsoft\\Ole"}};
    struct list list = {.count = 0};
    cs_id host;
    if (!import_to(files[_i].file, "A", &host))
        return;
    cs_registry_each(lab, host, cs_str_of(files[_i].key), true, take_value, &list);
    struct cs_str written = cs_reg_file_write(arena, list.at, list.count);
    struct cs_str read = sample(arena, files[_i].file);
    ck_assert_uint_eq(written.length, read.length);
    ck_assert(cs_str_equal(written, read));
}
END_TEST

Suite *import_reg_suite(void)
{
    Suite *suite = suite_create("import_reg");
    TCase *tcase = tcase_create("registry");
    tcase_add_checked_fixture(tcase, set_up_import, tear_down_import);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, every_descriptor_of_the_samples_is_read);
    tcase_add_test(tcase, odd_names_and_types_are_read_in_every_dialect);
    tcase_add_test(tcase, wine_and_blanks_behind_backslashes_are_read);
    tcase_add_test(tcase, carriage_returns_alone_end_lines);
    tcase_add_test(tcase, an_export_that_names_its_machine_goes_there);
    tcase_add_test(tcase, without_a_name_a_host_is_called_as_the_file);
    tcase_add_test(tcase, deletions_make_it_no_export_of_whole_keys);
    tcase_add_loop_test(tcase, a_malformed_file_is_refused_with_its_line, 0, CS_COUNT(bad));
    tcase_add_test(tcase, a_cut_file_is_never_half_a_value);
    tcase_add_test(tcase, output_of_reg_query_is_read);
    tcase_add_loop_test(tcase, a_picked_value_does_not_make_its_key_whole, 0, CS_COUNT(picked));
    tcase_add_test(tcase, only_a_query_with_all_below_is_whole);
    tcase_add_loop_test(tcase, output_that_lies_is_refused_with_its_line, 0, CS_COUNT(bad_queries));
    tcase_add_loop_test(tcase, what_is_read_is_written_byte_for_byte, 0, 3);
    tcase_add_test(tcase, a_damaged_file_does_no_harm);
    suite_add_tcase(suite, tcase);
    return suite;
}
