/*
 * abi_test.c - plugins of other revisions of the ABI: an earlier one works with its smaller
 * structs, a later one is refused with both numbers and the cure.
 */
#include <check.h>
#include <string.h>

#include <certsh/plugin.h>

#include "recorder.h"

static struct cs_shell *shell;

static void open_shell(void)
{
    shell = cs_shell_new();
}

static void close_shell(void)
{
    cs_shell_free(shell);
}

static cs_status answer(struct cs_call *call, struct cs_error *err)
{
    return CS_ROW(call, err, cs_value_text(cs_call_data(call)));
}

/* A command as the first revision had it: what came later is not even there. */
enum { FIRST = offsetof(struct cs_command, needs) };
static _Alignas(struct cs_command) char first_commands[2 * FIRST];

static void make_first_commands(void)
{
    static char texts[2][8] = {"one", "two"};
    static const struct cs_field field = {"text", &cs_type_text, "which one"};
    const struct cs_fields fields = {&field, 1};
    for (size_t i = 0; i < 2; i++) {
        struct cs_command command = {.name = texts[i],
                                     .brief = "say which one",
                                     .run = answer,
                                     .result = fields,
                                     .data = texts[i]};
        memcpy(first_commands + i * FIRST, &command, FIRST);
    }
}

static struct cs_plugin first_plugin(void)
{
    make_first_commands();
    struct cs_plugin plugin = {CS_PLUGIN_HEAD, .name = "first", .version = "1", .brief = "old"};
    plugin.revision = 0;
    plugin.plugin_size = offsetof(struct cs_plugin, formats);
    plugin.command_size = FIRST;
    plugin.importer_size = offsetof(struct cs_importer, data);
    plugin.gate_size = offsetof(struct cs_gate, data);
    plugin.commands = (const struct cs_command *)(const void *)first_commands;
    plugin.command_count = 2;
    /* what the first revision's struct did not have */
    plugin.formats = (const struct cs_format *)(const void *)"junk";
    plugin.format_count = plugin.format_size = 77;
    return plugin;
}

START_TEST(an_earlier_revision_works)
{
    struct cs_error err = {0};
    struct recorder to;
    struct cs_plugin plugin = first_plugin();
    ck_assert_msg(cs_shell_add_plugin(shell, &plugin, "first.so", &err) == CS_OK, "%s", err.text);
    const struct cs_command *two = cs_shell_command(shell, CS_STR("two"));
    ck_assert_ptr_nonnull(two);
    ck_assert_ptr_null(two->needs);
    recorder_init(&to);
    ck_assert_int_eq(recorder_run(&to, shell, "two"), 0);
    ck_assert_ptr_nonnull(strstr(to.text.at, "two"));
    recorder_clear(&to);
}
END_TEST

START_TEST(a_later_revision_is_refused)
{
    struct cs_error err = {0};
    struct cs_plugin plugin = {CS_PLUGIN_HEAD, .name = "later", .version = "1", .brief = "new"};
    plugin.revision = CS_PLUGIN_REVISION + 1;
    plugin.command_size = (uint16_t)(plugin.command_size + 8);
    ck_assert_int_eq(cs_shell_add_plugin(shell, &plugin, "later.so", &err), CS_ABI);
    ck_assert_ptr_nonnull(strstr(err.text, "was built for ABI 1, revision 3"));
    ck_assert_ptr_nonnull(strstr(err.text, "has revisions 0 to 2"));
    ck_assert_ptr_nonnull(strstr(err.hint, "install a newer certsh"));
}
END_TEST

START_TEST(smaller_than_the_first_is_refused)
{
    struct cs_error err = {0};
    struct cs_plugin plugin = first_plugin();
    plugin.command_size = FIRST - 8;
    ck_assert_int_eq(cs_shell_add_plugin(shell, &plugin, "odd.so", &err), CS_ABI);
    ck_assert_ptr_nonnull(strstr(err.text, "struct cs_command of"));
}
END_TEST

START_TEST(unknown_capabilities_are_refused)
{
    struct cs_error err = {0};
    struct cs_plugin plugin = {CS_PLUGIN_HEAD, .name = "odd", .version = "1", .brief = "x",
                               .needs = "lab.read telephone"};
    ck_assert_int_eq(cs_shell_add_plugin(shell, &plugin, "odd.so", &err), CS_ABI);
    ck_assert_str_eq(err.text, "unknown capability 'telephone'");
}
END_TEST

Suite *abi_suite(void);
Suite *abi_suite(void)
{
    Suite *suite = suite_create("abi");
    TCase *abi = tcase_create("abi");
    tcase_add_checked_fixture(abi, open_shell, close_shell);
    tcase_add_test(abi, an_earlier_revision_works);
    tcase_add_test(abi, a_later_revision_is_refused);
    tcase_add_test(abi, smaller_than_the_first_is_refused);
    tcase_add_test(abi, unknown_capabilities_are_refused);
    suite_add_tcase(suite, abi);
    return suite;
}
