/* catalog_test.c - which commands there are, whose, and what is derived from them. */
#include <certsh/json.h>

#include <string.h>

#include "command/shell_internal.h"
#include "suites_shell.h"
#include "toy.h"

static struct cs_shell *shell;
static struct cs_arena *arena;

static void set_up(void)
{
    shell = toy_shell();
    arena = cs_arena_new();
}

static void tear_down(void)
{
    cs_arena_free(arena);
    cs_shell_free(shell);
}

static const struct {
    const char *line, *name, *rest;
} finds[] = {
    {"toy show x", "toy show", "x"},
    {"  TOY\tSHOW  x y ", "toy show", "x y"},
    {"toy shows", "toy", "shows"},
    {"toy -raw", "toy -raw", ""},
    {"to show", NULL, ""},
    {"help", "help", ""},
    {"plugin", NULL, ""},
    {"plugin list", "plugin list", ""},
};

START_TEST(the_longest_name_is_found)
{
    const struct cs_command *command = NULL;
    struct cs_str rest = {0};
    struct cs_error err;
    ck_assert_int_eq(cs_shell_find(shell, cs_str_of(finds[_i].line), &command, &rest, &err), CS_OK);
    if (!finds[_i].name) {
        ck_assert_ptr_null(command);
        return;
    }
    ck_assert_ptr_nonnull(command);
    ck_assert_str_eq(command->name, finds[_i].name);
    ck_assert(cs_str_is(rest, finds[_i].rest));
}
END_TEST

static const struct {
    const char *typed, *near;
} suggestions[] = {
    {"hepl", "help"},        {"toy shwo", "toy show"}, {"plugin lst", "plugin list"},
    {"toy -rw", "toy -raw"}, {"zzzzzzzz", ""},         {"qiut", "quit"},
};

START_TEST(the_nearest_name_is_suggested)
{
    struct cs_str near = cs_shell_suggest(shell, arena, cs_str_of(suggestions[_i].typed));
    ck_assert_msg(cs_str_is(near, suggestions[_i].near), "%s: %.*s", suggestions[_i].typed,
                  CS_STR_ARG(near));
}
END_TEST

START_TEST(a_taken_name_names_both_owners)
{
    static const struct cs_command one = {.name = "toy show", .brief = "b", .run = NULL};
    struct cs_command commands[] = {one};
    struct cs_plugin other = {CS_PLUGIN_HEAD, .name = "other",      .version = "1",
                              .brief = "x",   .commands = commands, .command_count = 1};
    struct cs_error err;
    commands[0].run = toy_plugin.commands[0].run;
    ck_assert_int_eq(cs_shell_add_plugin(shell, &other, "/x/other.so", &err), CS_EXISTS);
    ck_assert_ptr_nonnull(strstr(err.text, "/x/other.so"));
    ck_assert_ptr_nonnull(strstr(err.text, "toy.c"));
    ck_assert_ptr_null(csi_registry_plugin(shell, CS_STR("other")));
}
END_TEST

START_TEST(another_abi_is_refused_with_both_numbers)
{
    struct cs_plugin wrong = toy_plugin;
    struct cs_error err;
    wrong.abi = 77;
    ck_assert_int_eq(cs_shell_add_plugin(shell, &wrong, "wrong.so", &err), CS_ABI);
    ck_assert_ptr_nonnull(strstr(err.text, "ABI 77"));
    ck_assert_ptr_nonnull(strstr(err.text, "ABI 1"));
    wrong.abi = CS_PLUGIN_ABI;
    wrong.field_size = 1;
    ck_assert_int_eq(cs_shell_add_plugin(shell, &wrong, "wrong.so", &err), CS_ABI);
    ck_assert_ptr_nonnull(strstr(err.text, "cs_field"));
}
END_TEST

/* ------------------------------------------------------------ lazy loading */

static int loads;
static const struct cs_plugin *to_load;

static cs_status load(struct cs_shell *shell_, const char *path, struct cs_error *err)
{
    loads++;
    if (!to_load)
        return cs_fail(err, CS_IO, "cannot be read");
    return cs_shell_add_plugin(shell_, to_load, path, err);
}

static struct cs_shell *declared(void)
{
    struct cs_error err;
    struct cs_shell *lazy = cs_shell_new();
    struct csi_plugin_entry plugin = {
        .name = "toy", .version = "1", .brief = "b", .origin = "/t.so"};
    lazy->load_plugin = load;
    ck_assert_int_eq(csi_registry_declare_plugin(lazy, &plugin, &err), CS_OK);
    ck_assert_int_eq(csi_registry_declare(lazy, "toy show", "b", "toy", "/t.so", &err), CS_OK);
    loads = 0;
    return lazy;
}

START_TEST(a_declared_command_loads_its_plugin_once)
{
    struct cs_shell *lazy = declared();
    to_load = &toy_plugin;
    ck_assert_int_eq(loads, 0);
    ck_assert_ptr_nonnull(cs_shell_command(lazy, CS_STR("Toy Show")));
    ck_assert_ptr_nonnull(cs_shell_command(lazy, CS_STR("toy many")));
    ck_assert_int_eq(loads, 1);
    cs_shell_free(lazy);
}
END_TEST

START_TEST(a_plugin_that_cannot_be_loaded_is_told)
{
    struct cs_shell *lazy = declared();
    const struct cs_command *command = NULL;
    struct cs_str rest;
    struct cs_error err;
    to_load = NULL;
    ck_assert_int_eq(cs_shell_find(lazy, CS_STR("toy show x"), &command, &rest, &err), CS_IO);
    ck_assert_str_eq(csi_registry_plugin(lazy, CS_STR("toy"))->problem, "cannot be read");
    cs_shell_free(lazy);
}
END_TEST

/* ---------------------------------------------------------------- derived */

START_TEST(usage_comes_from_the_declaration)
{
    struct cs_str usage = cs_help_usage(arena, cs_shell_command(shell, CS_STR("toy show")));
    ck_assert_msg(cs_str_is(usage, "toy show WHAT [--times NUMBER] [--colour red|green] [--loud]"),
                  "%.*s", CS_STR_ARG(usage));
    usage = cs_help_usage(arena, cs_shell_command(shell, CS_STR("toy many")));
    ck_assert_msg(cs_str_is(usage, "toy many [ITEM...]"), "%.*s", CS_STR_ARG(usage));
    usage = cs_help_usage(arena, cs_shell_command(shell, CS_STR("toy -raw")));
    ck_assert_msg(cs_str_is(usage, "toy -raw [/add WORD]"), "%.*s", CS_STR_ARG(usage));
}
END_TEST

START_TEST(the_schema_has_every_command_and_is_json)
{
    struct cs_error err = {0};
    struct cs_value schema = csi_schema_all(shell, arena, &err), again;
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 24);
    cs_json_write(&buf, &schema);
    ck_assert_int_eq(cs_json_read(arena, cs_buf_str(&buf), &again, &err), CS_OK);
    const struct cs_value *commands = cs_value_get(&again, "commands");
    ck_assert_uint_eq(commands->list.count, shell->command_count);
    for (size_t i = 0; i < commands->list.count; i++) {
        ck_assert_ptr_nonnull(cs_value_get(&commands->list.at[i], "rows"));
        ck_assert_ptr_nonnull(cs_value_get(&commands->list.at[i], "version"));
    }
    cs_buf_clear(&buf);
}
END_TEST

START_TEST(the_man_page_has_every_command)
{
    struct cs_error err = {0};
    struct cs_str page = csi_man_all(shell, arena, &err);
    for (size_t i = 0; i < shell->command_count; i++) {
        char heading[64], *c = heading;
        strcpy(c, ".SS ");
        c += 4;
        for (const char *n = shell->commands[i].entry.name; *n; n++) {
            if (*n == '-')
                *c++ = '\\';
            *c++ = *n;
        }
        *c = '\0';
        ck_assert_msg(strstr(page.at, heading) != NULL, "%s", heading);
    }
}
END_TEST

Suite *catalog_suite(void)
{
    Suite *suite = suite_create("catalog");
    TCase *tc = tcase_create("core");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, the_longest_name_is_found, 0, CS_COUNT(finds));
    tcase_add_loop_test(tc, the_nearest_name_is_suggested, 0, CS_COUNT(suggestions));
    tcase_add_test(tc, a_taken_name_names_both_owners);
    tcase_add_test(tc, another_abi_is_refused_with_both_numbers);
    tcase_add_test(tc, a_declared_command_loads_its_plugin_once);
    tcase_add_test(tc, a_plugin_that_cannot_be_loaded_is_told);
    tcase_add_test(tc, usage_comes_from_the_declaration);
    tcase_add_test(tc, the_schema_has_every_command_and_is_json);
    tcase_add_test(tc, the_man_page_has_every_command);
    suite_add_tcase(suite, tc);
    return suite;
}
