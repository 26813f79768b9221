/*
 * samples_table_test.c - every file beside the project: which kind it is, and what becomes of it.
 *
 * The table is the promise: what loads, with how many records; what is refused, with a reason;
 * what is left for later.  A file that no row names fails the test, so that none is forgotten.
 * What those that load say is in tests/vectors/samples_say_what_their_index_lists.txt: questions to
 * certsh, and words of the answers.  Without ../shared/samples the tests are over at once.
 */
#define _POSIX_C_SOURCE 200809L

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import_files.h"
#include "rows.h"

Suite *samples_table_suite(void);

enum { ANY = -1 };

static const struct row {
    const char *begin; /* of the path */
    const char *end;
    const char *kind; /* NULL: left for later, no importer knows it */
    cs_status status;
    int read;        /* records or values */
    const char *why; /* words of the refusal */
} table[] = {
    {"adexplorer/", "", NULL, CS_OK, ANY, NULL},
    {"certipy/", "", NULL, CS_OK, ANY, NULL},
    {"evtx/", "", NULL, CS_OK, ANY, NULL},
    {"powershell/", "", NULL, CS_OK, ANY, NULL},
    {"localgroups/", "", NULL, CS_OK, ANY, NULL}, /* Adalanche */
    {"INDEX.md", "", NULL, CS_OK, ANY, NULL},
    {"certutil/cvi-", ".txt", "certutil", CS_OK, 1, NULL},
    {"certutil/dotnetsoft-", ".txt", "certutil", CS_OK, 2, NULL},
    {"certutil/fries-", ".txt", "certutil", CS_OK, 1, NULL},
    {"certutil/lunar-", ".txt", "certutil", CS_OK, 4, NULL},
    {"certutil/sequel-", ".txt", "certutil", CS_OK, 12, NULL},
    {"certutil/technology", ".txt", "certutil", CS_OK, 1, NULL},
    {"corp/corp.tokens", ".gz", NULL, CS_OK, ANY, NULL}, /* the oracle of tokens */
    {"corp/corp.ldapsearch", ".gz", "ldif", CS_OK, 2667, NULL},
    {"corp/corp.pki", ".gz", "ldif", CS_OK, 31, NULL},
    {"corp/", ".ldif.gz", "ldif", CS_OK, ANY, NULL},
    {"corp/registry/", ".SYSTEM.hiv", "hive", CS_OK, 4, NULL},
    {"corp/registry/", ".SOFTWARE.hiv", "hive", CS_OK, ANY, NULL},
    {"corp/registry/", ".reg", "reg", CS_OK, ANY, NULL},
    {"corp/registry/", ".json", NULL, CS_OK, ANY, NULL},
    {"corp/registry/", ".txt", NULL, CS_OK, ANY, NULL},
    {"gpo/group3r/{36F", "GptTmpl.inf", "inf", CS_OK, 122, NULL},
    {"gpo/goad-essos.local/Policies/{31B", "GptTmpl.inf", "inf", CS_OK, 1, NULL},
    {"gpo/", "GptTmpl.inf", "inf", CS_OK, 28, NULL},
    {"gpo/group3r/", "Registry.pol", "pol", CS_OK, 6, NULL},
    {"gpo/goad", "Registry.pol", "pol", CS_OK, 5, NULL},
    {"gpo/nsacyber", ".pol", "pol", CS_OK, 65, NULL},
    {"gpo/", "", NULL, CS_OK, ANY, NULL}, /* preferences, scripts, GPT.INI */
    {"hive/SOFTWARE-ole.hiv", "", "hive", CS_OK, 24, NULL},
    {"hive/SYSTEM_2.xz", "", NULL, CS_OK, ANY, NULL}, /* packed by xz */
    {"hive/", "", "hive", CS_SYNTAX, ANY, "neither SOFTWARE nor SYSTEM"},
    {"ldif/goad-essos-csvde", ".csv", NULL, CS_OK, ANY, NULL},
    {"ldif/goad-essos-ldap", ".ldif", "ldif", CS_OK, 180, NULL},
    {"ldif/fabrikam/ldbsearch", ".ldif", "ldif", CS_OK, 52, NULL},
    {"ldif/fabrikam/ldapsearch-domain", ".ldif", "ldif", CS_OK, 52, NULL},
    {"ldif/fabrikam/ldapsearch-pki", ".ldif", "ldif", CS_OK, 39, NULL},
    {"ldif/fabrikam/ldapsearch-users", ".ldif", "ldif", CS_OK, 1626, NULL},
    {"ldif/fabrikam/ldapsearch-range", ".ldif", "ldif", CS_OK, 1, NULL},
    {"ldif/microsoft/", ".ldf", "ldif", CS_SYNTAX, ANY, "change record"},
    {"reg/velociraptor", ".reg", "reg", CS_SYNTAX, ANY, "EulaAccepted"},
    {"reg/", ".reg", "reg", CS_OK, 22, NULL},
    {"sharphound/deleted.json.bad", "", "sharphound", CS_SYNTAX, ANY, "\"data\""},
    {"sharphound/utf8bom.json", "", "sharphound", CS_OK, 0, NULL},
    {"sharphound/v6-esc1-json/groups", ".json", "sharphound", CS_OK, 86, NULL},
    {"sharphound/v6-esc1-json/certtemplates", ".json", "sharphound", CS_OK, 34, NULL},
    {"sharphound/v6-esc1-json/users", ".json", "sharphound", CS_OK, 14, NULL},
    {"sharphound/v6-esc1-json/", ".json", "sharphound", CS_OK, ANY, NULL},
    {"sharphound/v6-esc1-adcs.zip", "", "sharphound", CS_OK, 355, NULL},
    {"sharphound/v5-testlab.zip", "", "sharphound", CS_OK, 85, NULL},
    {"sharphound/v6-testlab-subdir.zip", "", "sharphound", CS_OK, 85, NULL},
};

static const struct row *row_of(const char *path)
{
    for (size_t i = 0; i < CS_COUNT(table); i++)
        if (cs_str_starts(cs_str_of(path), cs_str_of(table[i].begin)) &&
            cs_str_ends(cs_str_of(path), cs_str_of(table[i].end)))
            return &table[i];
    return NULL;
}

static size_t all_read(const struct cs_import *import)
{
    size_t count, sum = 0;
    const struct cs_import_report *reports = cs_import_reports(import, &count);
    for (size_t i = 0; i < count; i++)
        sum += reports[i].read;
    return sum;
}

static void load(const char *path, const struct row *row, const struct cs_importer *importer,
                 struct cs_arena *arena, struct cs_str bytes)
{
    struct cs_lab *lab = cs_lab_new();
    struct cs_error err = {0};
    cs_lab_begin(lab, CS_STR("import"));
    struct cs_import *import = cs_import_new(lab, arena, 0);
    cs_status status = cs_import_file(import, importer, cs_str_of(path), bytes, &err);
    if (status == CS_OK)
        status = cs_import_finish(import, NULL, &err);
    ck_assert_msg(status == row->status, "%s: %s", path, err.text);
    if (row->why)
        ck_assert_msg(strstr(err.text, row->why) != NULL, "%s: %s", path, err.text);
    if (status == CS_OK && row->read != ANY)
        ck_assert_msg(all_read(import) == (size_t)row->read, "%s: %zu records", path,
                      all_read(import));
    cs_lab_rollback(lab);
    cs_lab_free(lab);
}

static void check_file(const char *path)
{
    const struct row *row = row_of(path);
    ck_assert_msg(row != NULL, "%s is in no row of the table", path);
    struct cs_arena *arena = cs_arena_new();
    struct cs_str name = cs_str_printf(arena, "shared/%s", path);
    struct cs_str bytes = sample(arena, name.at);
    const struct cs_importer *importer = surest_reader(path, bytes);
    const char *kind = importer ? importer->name : NULL;
    ck_assert_msg((kind == NULL) == (row->kind == NULL) && (!kind || strcmp(kind, row->kind) == 0),
                  "%s is taken for %s", path, kind ? kind : "nothing");
    if (importer)
        load(path, row, importer, arena, bytes);
    cs_arena_free(arena);
}

START_TEST(every_sample_is_in_the_table)
{
    char folder[900], command[1000], path[1024];
    size_t count = 0;
    snprintf(folder, sizeof folder, "%s/../shared/samples", CERTSH_SOURCE_DIR);
    if (access(folder, R_OK) != 0)
        return;
    snprintf(command, sizeof command, "cd '%s' && find . -type f | sort", folder);
    FILE *pipe = popen(command, "r");
    ck_assert(pipe != NULL);
    for (; fgets(path, sizeof path, pipe); count++) {
        path[strcspn(path, "\n")] = '\0';
        check_file(path + 2);
    }
    ck_assert_int_eq(pclose(pipe), 0);
    ck_assert_uint_gt(count, 100);
}
END_TEST

/* -------------------------------------------------------------------- facts */

/* "a b" as 'FOLDER/a' 'FOLDER/b'; one file may have blanks in its name. */
static struct cs_str in_folder(struct cs_arena *arena, const char *folder, struct cs_str files)
{
    struct cs_str all = CS_STR("");
    char path[1200];
    while (files.length) {
        ptrdiff_t blank = cs_str_find(files, ' ');
        size_t length = blank < 0 ? files.length : (size_t)blank;
        snprintf(path, sizeof path, "%s/%.*s", folder, CS_STR_ARG(files));
        if (access(path, R_OK) == 0)
            length = files.length;
        all = cs_str_printf(arena, "%.*s \"%s/%.*s\"", CS_STR_ARG(all), folder, (int)length,
                            files.at);
        files = cs_str_from(files, length + 1);
    }
    return all;
}

/* What certsh answers to a question, after importing those files. */
static struct cs_str answer(struct cs_arena *arena, struct cs_str files, const char *question)
{
    struct cs_str command = cs_str_printf(
        arena,
        "'%s/certsh' --no-rc --lab-name empty -k -f jsonl -c 'lab import%.*s' -c 'print(\"@@\")' "
        "-c '%s' 2>&1",
        CERTSH_BUILD_DIR, CS_STR_ARG(files), question);
    FILE *pipe = popen(command.at, "r");
    ck_assert(pipe != NULL);
    struct cs_str all = read_pipe(arena, pipe);
    pclose(pipe); /* unknown is an answer, too, and has a code of its own */
    const char *mark = strstr(all.at, "@@\n");
    ck_assert_msg(mark != NULL, "%s: %s", command.at, all.at);
    return cs_str_of(mark + 3);
}

START_TEST(samples_say_what_their_index_lists)
{
    char folder[900];
    snprintf(folder, sizeof folder, "%s/../shared/samples", CERTSH_SOURCE_DIR);
    if (access(folder, R_OK) != 0)
        return;
    struct cs_arena *arena = cs_arena_new();
    struct rows rows = rows_open("samples_say_what_their_index_lists.txt");
    struct cs_str files = CS_STR("");
    while (rows_next(&rows, '|')) {
        if (rows.fields[0][0])
            files = in_folder(arena, folder, cs_str_of(rows.fields[0]));
        struct cs_str said = answer(arena, files, rows.fields[1]);
        for (int i = 2; i < ROWS_FIELDS && rows.fields[i][0]; i++) {
            bool missing = rows.fields[i][0] == '!';
            bool there = strstr(said.at, rows.fields[i] + missing) != NULL;
            ck_assert_msg(there != missing, "line %d: '%s' and '%s': %s", rows.number,
                          rows.fields[1], rows.fields[i], said.at);
        }
    }
    rows_close(&rows, 50);
    cs_arena_free(arena);
}
END_TEST

Suite *samples_table_suite(void)
{
    Suite *suite = suite_create("samples_table");
    TCase *tests = tcase_create("samples_table");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, every_sample_is_in_the_table);
    tcase_add_test(tests, samples_say_what_their_index_lists);
    suite_add_tcase(suite, tests);
    return suite;
}
