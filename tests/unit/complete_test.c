/* complete_test.c - what is offered at the end of a line. */
#include <stdlib.h>
#include <string.h>

#include "house.h"
#include "suites_shell.h"
#include "toy.h"

struct offers {
    struct cs_buf text;
};

static void take(void *context, struct cs_str word, const char *brief)
{
    struct cs_buf *text = context;
    (void)brief;
    cs_buf_addf(text, "%s%.*s", text->length ? "|" : "", CS_STR_ARG(word));
}

/* Offers joined by '|', at the line's end; `start` is where the completed word begins. */
static const struct {
    const char *line, *offers;
    size_t start;
} lines[] = {
    {"he", "help", 0},
    {"", "exit|help|plugin|quit|set|toy", 0},
    {"pl", "plugin", 0},
    {"plugin ", "info|list|load", 7},
    {"plugin l", "list|load", 7},
    {"TOY SH", "show", 4},
    {"toy show x --", "--times|--colour|--loud", 11},
    {"toy show --times 3 x --t", "", 21},
    {"toy show x --l", "--loud", 11},
    {"toy show x --colour ", "red|green", 20},
    {"toy show x --colour=g", "--colour=green", 11},
    {"help exit-", "exit-codes", 5},
    {"help plugin in", "info", 12},
    {"set fo", "format", 4},
    {"plugin info to", "toy", 12},
    {"nonsense x", "", 9},
};

START_TEST(a_line_is_completed)
{
    struct cs_shell *shell = toy_shell();
    struct cs_str line = cs_str_of(lines[_i].line);
    struct cs_buf text;
    size_t start = 99;
    cs_buf_init(&text, 1 << 12);
    cs_shell_complete(shell, line, line.length, &start, take, &text);
    ck_assert_msg(strcmp(text.at, lines[_i].offers) == 0, "'%s': %s", lines[_i].line, text.at);
    ck_assert_uint_eq(start, lines[_i].start);
    cs_buf_clear(&text);
    cs_shell_free(shell);
}
END_TEST

/* A plugin whose arguments are the lab's. */
static cs_status nothing(struct cs_call *call, struct cs_error *err)
{
    (void)call, (void)err;
    return CS_OK;
}

static const struct cs_command lab_commands[] = {
    {.name = "ask",
     .brief = "ask",
     .run = nothing,
     .params = CS_PARAMS({"who", &cs_type_principal, "who"}, {"at", &cs_type_host, "h", CS_OPTION},
                         {"what", &cs_type_template, "t", CS_OPTION},
                         {"group", &cs_type_group, "g", CS_OPTION},
                         {"right", &cs_type_right, "r", CS_OPTION})},
    {.name = "certutil -setreg", .brief = "x", .run = nothing, .flags = CS_COMMAND_RAW},
};
static const struct cs_plugin lab_plugin = {
    CS_PLUGIN_HEAD,           .name = "lab",
    .version = "1",           .brief = "x",
    .commands = lab_commands, .command_count = CS_COUNT(lab_commands)};

static const struct {
    const char *line, *offers;
} lab_lines[] = {
    {"ask al", "alice"},
    {"ask CORP\\al", "CORP\\alice"},
    {"ask \"CORP\\Domain Co", "\"CORP\\Domain Computers\"|\"CORP\\Domain Controllers\""},
    {"ask alice --at ws", "WS01"},
    {"ask alice --what Dir", "DirectoryEmailReplication"},
    {"ask alice --group ali", ""},
    {"ask alice --right SeDenyNet", "SeDenyNetworkLogonRight"},
    {"certutil -setreg SetupStatus -SETUP_DCOM", "-SETUP_DCOM_SECURITY_UPDATED_FLAG"},
    {"certutil -setreg CA\\SetupStatus +SETUP_DCOM", "+SETUP_DCOM_SECURITY_UPDATED_FLAG"},
};

START_TEST(the_lab_completes_names)
{
    struct house house = house_make(CS_WINDOWS_2003_SP1, false);
    struct cs_shell *shell = cs_shell_new();
    struct cs_error err;
    struct cs_str line = cs_str_of(lab_lines[_i].line);
    struct cs_buf text;
    size_t start;
    cs_shell_set_lab(shell, house.lab);
    house.lab = NULL;
    ck_assert_int_eq(cs_shell_add_plugin(shell, &lab_plugin, "x", &err), CS_OK);
    cs_buf_init(&text, 1 << 12);
    cs_shell_complete(shell, line, line.length, &start, take, &text);
    ck_assert_msg(strcmp(text.at, lab_lines[_i].offers) == 0, "'%s': %s", lab_lines[_i].line,
                  text.at);
    cs_buf_clear(&text);
    cs_shell_free(shell);
    house_free(&house);
}
END_TEST

Suite *complete_suite(void)
{
    Suite *suite = suite_create("complete");
    TCase *tc = tcase_create("core");
    tcase_add_loop_test(tc, a_line_is_completed, 0, CS_COUNT(lines));
    tcase_add_loop_test(tc, the_lab_completes_names, 0, CS_COUNT(lab_lines));
    suite_add_tcase(suite, tc);
    return suite;
}
