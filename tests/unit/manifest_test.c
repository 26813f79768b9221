/*
 * manifest_test.c - a folder with a manifest is known without being opened; one without, or
 * with a stale one, is opened at once and says so once.
 */
#define _POSIX_C_SOURCE 200809L
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <certsh/plugin.h>

#include "command/shell_internal.h"
#include "lua_case.h"
#include "plugin/load.h"

static struct lua_case *at;
static char folder[64];
static int opened;   /* Lua files that were opened */
static int warnings; /* problems that were told */
static struct cs_error first, last;

static cs_status load_script(void *context, const char *path, const struct cs_plugin **plugin,
                             struct cs_error *err)
{
    opened++;
    return csi_lua_plugin(((struct lua_case *)context)->lua, path, plugin, err);
}

static void warn(void *context, const struct cs_error *problem)
{
    (void)context;
    if (!warnings++)
        first = *problem;
    last = *problem;
}

static void write_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    fclose(out);
}

static void write_plugin(const char *file, const char *name, const char *more)
{
    char text[400];
    snprintf(text, sizeof text,
             "return certsh.plugin{name = '%s', version = '1', brief = 'is %s',\n"
             "  commands = {{name = 'say %s', brief = 'says\\tso', run = function() end}%s}}\n",
             name, name, name, more);
    write_file(file, text);
}

static void open_case(void)
{
    strcpy(folder, "/tmp/certsh-manifest-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    write_plugin("one.lua", "one", "");
    write_plugin("two.lua", "two", "");
    write_file("notes.txt", "no plugin\n");
    write_file(".hidden.lua", "error 'not read'\n");
    at = lua_case_open("empty");
    csi_plugins_set_script_loader(at->shell, load_script, at);
    opened = warnings = 0;
}

static void close_case(void)
{
    static const char *const files[] = {"one.lua",     "two.lua",          "notes.txt",
                                        ".hidden.lua", "plugins.manifest", "three.lua"};
    char path[128];
    lua_case_close(at);
    for (size_t i = 0; i < CS_COUNT(files); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}

static void write_manifest(void)
{
    struct cs_error err = {0};
    cs_status status = csi_plugins_write_manifest(at->shell, folder, &err);
    ck_assert_msg(status == CS_OK, "%s", err.text);
    opened = 0;
}

static void add_folder(void)
{
    struct cs_error err = {0};
    cs_status status = csi_plugins_add_folder(at->shell, folder, warn, NULL, &err);
    ck_assert_msg(status == CS_OK, "%s", err.text);
}

static bool is_loaded(const char *name)
{
    const struct csi_plugin_entry *plugin = csi_registry_plugin(at->shell, cs_str_of(name));
    ck_assert_ptr_nonnull(plugin);
    return plugin->plugin != NULL;
}

START_TEST(nothing_is_opened_that_the_manifest_describes)
{
    write_manifest();
    add_folder();
    ck_assert_int_eq(opened + warnings, 0);
    ck_assert(!is_loaded("one") && !is_loaded("two"));
    ck_assert_str_eq(csi_registry_plugin(at->shell, CS_STR("one"))->brief, "is one");
    ck_assert_ptr_nonnull(cs_shell_command(at->shell, CS_STR("say one"))); /* loads it */
    ck_assert_int_eq(opened, 1);
    ck_assert(is_loaded("one") && !is_loaded("two"));
    lua_case_run(at, "certsh.run 'say two' certsh.run 'say one'");
    ck_assert_int_eq(opened, 2);
}
END_TEST

START_TEST(without_a_manifest_all_is_opened_with_one_remark)
{
    add_folder();
    ck_assert_int_eq(opened, 2);
    ck_assert_int_eq(warnings, 1);
    ck_assert_ptr_nonnull(strstr(last.text, "has no manifest that fits"));
    ck_assert_ptr_nonnull(strstr(last.hint, "certsh --write-manifest"));
    lua_case_run(at, "certsh.run 'say two'");
}
END_TEST

START_TEST(a_changed_file_is_opened_the_others_are_not)
{
    write_manifest();
    write_plugin("two.lua", "two", ", {name = 'say more', brief = 'x', run = function() end}");
    add_folder();
    ck_assert_int_eq(opened, 1);
    ck_assert_int_eq(warnings, 1);
    ck_assert_ptr_nonnull(strstr(last.text, "plugin 'two.lua'"));
    ck_assert(!is_loaded("one") && is_loaded("two"));
    lua_case_run(at, "certsh.run 'say more' certsh.run 'say one'");
}
END_TEST

START_TEST(a_new_file_is_opened)
{
    write_manifest();
    write_plugin("three.lua", "three", "");
    add_folder();
    ck_assert_int_eq(opened, 1);
    ck_assert(is_loaded("three") && !is_loaded("two"));
}
END_TEST

/* Same size, another command: found out when it is used, and the shell goes on. */
START_TEST(a_lying_manifest_is_told)
{
    struct cs_error err;
    write_manifest();
    write_plugin("two.lua", "owt", "");
    add_folder();
    ck_assert_int_eq(warnings, 0);
    lua_case_fails(at, "certsh.run 'say two'", &err);
    ck_assert_int_eq(err.status, CS_ABI);
    lua_case_run(at, "certsh.run 'say one'");
}
END_TEST

START_TEST(malformed_manifests_are_told_by_line)
{
    static const struct {
        const char *text, *line;
    } rows[] = {
        {"nonsense\n", "line 1 "},
        {"certsh manifest\t99\t1\n", "line 1 "},
        {"certsh manifest\t1\t77\n", "line 1 "},
        {"certsh manifest\t1\t1\nplugin\tone.lua\n", "line 2 "},
        {"certsh manifest\t1\t1\ncommand\tsay\tx\n", "line 2 "},
        {"certsh manifest\t1\t1\nplugin\tone.lua\tmany\tone\t1\t0\t0\tx\n", "line 2 "},
        {"certsh manifest\t1\t1\n\nwhat\tis this\n", "line 3 "},
    };
    write_file("plugins.manifest", rows[_i].text);
    add_folder();
    ck_assert_int_eq(opened, 2); /* it is not believed, and all works */
    ck_assert_int_eq(warnings, 2);
    struct cs_error err = {0};
    csi_plugins_add_folder(at->shell, "/nowhere", warn, NULL, &err);
    lua_case_run(at, "certsh.run 'say two'");
}
END_TEST

START_TEST(a_broken_plugin_is_told_and_left_out)
{
    write_file("three.lua", "error 'broken'");
    add_folder();
    ck_assert_int_eq(warnings, 2); /* it, and that there is no manifest */
    lua_case_run(at, "certsh.run 'say two'");
    struct cs_error err = {0};
    ck_assert_int_eq(csi_plugins_write_manifest(at->shell, folder, &err), CS_SCRIPT);
    ck_assert_ptr_nonnull(strstr(err.text, "broken"));
}
END_TEST

START_TEST(a_folder_named_twice_counts_once)
{
    write_manifest();
    add_folder();
    add_folder();
    ck_assert_int_eq(warnings, 0);
    lua_case_run(at, "certsh.run 'say two'");
}
END_TEST

/* A problem that does not name its file is told with it. */
START_TEST(problems_name_their_file)
{
    write_file("three.lua", "return certsh.plugin{name = 'three', version = '1'}");
    add_folder();
    ck_assert_int_eq(warnings, 2);
    ck_assert_ptr_nonnull(strstr(first.text, "three.lua"));
    ck_assert_ptr_nonnull(strstr(first.text, "'brief' is missing"));
}
END_TEST

START_TEST(no_folder_is_an_error)
{
    struct cs_error err = {0};
    ck_assert_int_eq(csi_plugins_add_folder(at->shell, "/nowhere", warn, NULL, &err), CS_NOT_FOUND);
    ck_assert_int_eq(csi_plugins_write_manifest(at->shell, "/nowhere", &err), CS_NOT_FOUND);
}
END_TEST

Suite *manifest_suite(void);
Suite *manifest_suite(void)
{
    Suite *suite = suite_create("manifest");
    TCase *manifest = tcase_create("manifest");
    tcase_add_checked_fixture(manifest, open_case, close_case);
    tcase_add_test(manifest, nothing_is_opened_that_the_manifest_describes);
    tcase_add_test(manifest, without_a_manifest_all_is_opened_with_one_remark);
    tcase_add_test(manifest, a_changed_file_is_opened_the_others_are_not);
    tcase_add_test(manifest, a_new_file_is_opened);
    tcase_add_test(manifest, a_lying_manifest_is_told);
    tcase_add_loop_test(manifest, malformed_manifests_are_told_by_line, 0, 7);
    tcase_add_test(manifest, a_broken_plugin_is_told_and_left_out);
    tcase_add_test(manifest, a_folder_named_twice_counts_once);
    tcase_add_test(manifest, problems_name_their_file);
    tcase_add_test(manifest, no_folder_is_an_error);
    suite_add_tcase(suite, manifest);
    return suite;
}
