/* options_test.c - the command line and the environment behind it. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "front/front.h"
#include "suites_shell.h"

static struct cs_arena *arena;
static struct csi_options options;
static struct cs_error err;

static void set_up(void)
{
    arena = cs_arena_new();
    options = (struct csi_options){0};
    err = (struct cs_error){0};
}

static void tear_down(void)
{
    cs_arena_free(arena);
}

static cs_status read_line(char **argv)
{
    int argc = 0;
    while (argv[argc])
        argc++;
    return csi_options_read(arena, argc, argv, &options, &err);
}

START_TEST(actions_keep_their_order)
{
    char *argv[] = {"certsh", "-c", "a", "--eval=b", "-ec", "--command", "d", NULL};
    ck_assert_int_eq(read_line(argv), CS_OK);
    static const char *const texts[] = {"a", "b", "c", "d"};
    ck_assert_uint_eq(options.action_count, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_str_eq(options.actions[i].text, texts[i]);
        ck_assert_int_eq(options.actions[i].is_lua, i == 1 || i == 2);
    }
}
END_TEST

START_TEST(a_script_ends_the_options)
{
    char *argv[] = {"certsh", "-kq", "-f", "json", "x.lua", "-k", "--nonsense", NULL};
    ck_assert_int_eq(read_line(argv), CS_OK);
    ck_assert(options.keep_going && options.quiet);
    ck_assert_str_eq(options.format, "json");
    ck_assert_int_eq(options.script_count, 3);
    ck_assert_str_eq(options.script[0], "x.lua");
    ck_assert_str_eq(options.script[2], "--nonsense");
}
END_TEST

START_TEST(the_environment_counts_where_the_line_is_silent)
{
    char *argv[] = {"certsh", "--format", "csv", NULL};
    setenv("CERTSH_FORMAT", "json", 1);
    setenv("CERTSH_LAB_NAME", "modern", 1);
    setenv("CERTSH_KEEP_GOING", "1", 1);
    setenv("CERTSH_NO_PLUGINS", "0", 1);
    setenv("CERTSH_COMMAND", "help", 1);
    ck_assert_int_eq(read_line(argv), CS_OK);
    ck_assert_str_eq(options.format, "csv");
    ck_assert_str_eq(options.lab_name, "modern");
    ck_assert(options.keep_going && !options.no_plugins);
    ck_assert_uint_eq(options.action_count, 1);
}
END_TEST

static const struct {
    const char *word;
    cs_status status;
    const char *text, *hint;
} wrong[] = {
    {"--frmat", CS_USAGE, "no such option '--frmat'", "did you mean '--format'?"},
    {"-Z", CS_USAGE, "no such option '-Z'", "certsh --help"},
    {"--format", CS_USAGE, "'--format' needs a value", ""},
    {"--quiet=yes", CS_USAGE, "'--quiet' takes no value", ""},
    {"--assume=nothing", CS_INVALID, "'--assume' takes 'defaults'", ""},
    {"--color=blue", CS_INVALID, "'--color' takes auto", ""},
    {"-c", CS_USAGE, "'--command' needs a value", ""},
};

START_TEST(a_wrong_option_is_told_with_its_cure)
{
    char *argv[] = {"certsh", (char *)wrong[_i].word, NULL};
    ck_assert_int_eq(read_line(argv), wrong[_i].status);
    ck_assert_msg(strstr(err.text, wrong[_i].text) != NULL, "%s", err.text);
    ck_assert_msg(strstr(err.hint, wrong[_i].hint) != NULL, "%s", err.hint);
}
END_TEST

START_TEST(plugin_folders_are_never_relative_ones_of_the_environment)
{
    char *argv[] = {"certsh", "--plugin-path", "/a", NULL};
    struct csi_paths paths;
    setenv("CERTSH_PLUGIN_PATH", ":.:plugins:/b::/c:", 1);
    ck_assert_int_eq(read_line(argv), CS_OK);
    csi_paths_find(arena, &options, &paths);
    ck_assert_uint_ge(paths.plugin_count, 3);
    ck_assert_str_eq(paths.plugins[0], "/a");
    ck_assert_str_eq(paths.plugins[1], "/b");
    ck_assert_str_eq(paths.plugins[2], "/c");
    for (size_t i = 0; i < paths.plugin_count; i++)
        ck_assert_msg(paths.plugins[i][0] == '/', "%s", paths.plugins[i]);
}
END_TEST

Suite *options_suite(void)
{
    Suite *suite = suite_create("options");
    TCase *tc = tcase_create("core");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, actions_keep_their_order);
    tcase_add_test(tc, a_script_ends_the_options);
    tcase_add_test(tc, the_environment_counts_where_the_line_is_silent);
    tcase_add_loop_test(tc, a_wrong_option_is_told_with_its_cure, 0, CS_COUNT(wrong));
    tcase_add_test(tc, plugin_folders_are_never_relative_ones_of_the_environment);
    suite_add_tcase(suite, tc);
    return suite;
}
