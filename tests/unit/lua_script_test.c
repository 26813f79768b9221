/* lua_script_test.c - scripts: arguments, exit codes, whole-script rollback, what is whole. */
#define _POSIX_C_SOURCE 200809L
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <certsh/lab.h>

#include "lua_case.h"

static struct lua_case *at;
static char path[64];

static void open_case(void)
{
    at = lua_case_open("kb903220-dc");
    strcpy(path, "/tmp/certsh-script-XXXXXX");
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    close(file);
}

static void close_case(void)
{
    unlink(path);
    lua_case_close(at);
}

static const char *command; /* that the script returned */

static cs_status run_file(const char *text, int argc, char *const *argv, int *code,
                          struct cs_error *err)
{
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    fclose(out);
    *err = (struct cs_error){0};
    const char *none[] = {path, NULL};
    return csi_lua_script(at->lua, argc ? argc : 1, argc ? argv : (char *const *)none, code,
                          &command, err);
}

static size_t changes(void)
{
    return cs_lab_change_count(cs_shell_lab(at->shell));
}

START_TEST(arguments_as_in_lua)
{
    struct cs_error err;
    int code;
    char *argv[] = {path, "one", "two words", NULL};
    cs_status status = run_file("#!/usr/bin/env certsh\n"
                                "assert(arg[0]:find('certsh%-script') and #arg == 2)\n"
                                "assert(arg[1] == 'one' and arg[2] == 'two words')\n"
                                "local a, b, c = ...\n"
                                "assert(a == 'one' and b == 'two words' and c == nil)\n",
                                3, argv, &code, &err);
    ck_assert_msg(status == CS_OK, "%s", err.text);
    ck_assert_int_eq(code, -1);
}
END_TEST

START_TEST(a_script_is_one_change)
{
    struct cs_error err;
    int code;
    size_t before = changes();
    ck_assert_int_eq(run_file("local g = lab:group('CERTSVC_DCOM_ACCESS')\n"
                              "g:add('bob') g:add('alice')\n",
                              0, NULL, &code, &err),
                     CS_OK);
    ck_assert_uint_eq(changes(), before + 1);
}
END_TEST

START_TEST(a_failed_script_changes_nothing)
{
    struct cs_error err;
    int code;
    size_t before = changes();
    ck_assert_int_eq(run_file("lab:group('CERTSVC_DCOM_ACCESS'):add('bob')\n"
                              "lab:transaction(function() lab:restart('DC02') end)\n"
                              "error 'halfway'\n",
                              0, NULL, &code, &err),
                     CS_SCRIPT);
    ck_assert_ptr_nonnull(strstr(err.text, ":3: halfway"));
    ck_assert_int_eq(code, -1);
    ck_assert_uint_eq(changes(), before);
    lua_case_run(at, "assert(#lab:group('CERTSVC_DCOM_ACCESS'):members{direct=true} == 2)");
}
END_TEST

START_TEST(leaving_early_keeps_what_was_done)
{
    struct cs_error err;
    int code;
    size_t before = changes();
    ck_assert_int_eq(run_file("lab:group('CERTSVC_DCOM_ACCESS'):add('bob')\n"
                              "pcall(function() os.exit(2) end)\n"
                              "error 'not reached'\n",
                              0, NULL, &code, &err),
                     CS_OK);
    ck_assert_int_eq(code, 2);
    ck_assert_uint_eq(changes(), before + 1);
}
END_TEST

START_TEST(errors_of_bindings_name_the_line)
{
    struct cs_error err;
    int code;
    ck_assert_int_eq(
        run_file("local lab = certsh.lab\n"
                 "local function ask() local d = lab:check('nobody', 'User') return d end\n"
                 "local d = ask()\n"
                 "print(d)",
                 0, NULL, &code, &err),
        CS_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(err.where, "certsh-script"));
    ck_assert_ptr_nonnull(strstr(err.where, ":2"));
}
END_TEST

START_TEST(a_script_may_be_a_command)
{
    struct cs_error err;
    int code;
    static const char *const text =
        "return certsh.command{name = 'count users', brief = 'how many?', params = {},\n"
        "  result = {{'count', 'int', 'so many'}}, run = function() return {count = 3} end}";
    for (int i = 0; i < 2; i++) { /* it may be said anew */
        ck_assert_int_eq(run_file(text, 0, NULL, &code, &err), CS_OK);
        ck_assert_str_eq(command, "count users");
        lua_case_run(at, "assert(certsh.run('count users')[1].count == 3)");
    }
    ck_assert_int_eq(run_file("return 5", 0, NULL, &code, &err), CS_OK);
    ck_assert_ptr_null(command);
}
END_TEST

START_TEST(scripts_that_are_none)
{
    struct cs_error err;
    int code;
    ck_assert_int_eq(run_file("x = = 1", 0, NULL, &code, &err), CS_SYNTAX);
    ck_assert_int_eq(run_file("\033Lua", 0, NULL, &code, &err), CS_SYNTAX);
    char *nowhere[] = {"/nowhere.lua", NULL}, *folder[] = {"/tmp", NULL};
    ck_assert_int_eq(csi_lua_script(at->lua, 1, nowhere, &code, &command, &err), CS_NOT_FOUND);
    ck_assert_int_ne(csi_lua_script(at->lua, 1, folder, &code, &command, &err), CS_OK);
}
END_TEST

START_TEST(what_needs_more_lines)
{
    static const struct {
        const char *text;
        bool incomplete;
    } rows[] = {
        {"for i = 1, 3 do", true},
        {"if x then", true},
        {"x = {", true},
        {"print(", true},
        {"s = [[", true},
        {"= {", true},
        {"x = 1", false},
        {"=1 + 1", false},
        {"x = = 1", false},
        {"for i = 1, 3 do end", false},
        {"x = 'open", false},
        {"x = 'open\\", true},
        {"", false},
    };
    for (size_t i = 0; i < CS_COUNT(rows); i++)
        ck_assert_msg(csi_lua_incomplete(at->lua, cs_str_of(rows[i].text)) == rows[i].incomplete,
                      "%s", rows[i].text);
}
END_TEST

START_TEST(the_current_folder_is_never_searched)
{
    lua_case_run(at, "for entry in (package.path .. ';' .. package.cpath):gmatch('[^;]+') do\n"
                     "  assert(entry:sub(1, 1) == '/', entry)\n"
                     "end\n"
                     "assert(require 'certsh' == certsh)");
}
END_TEST

/* -------------------------------------------------------------- completion */

struct offers {
    char words[4096];
};

static void note(void *context, struct cs_str word, const char *brief)
{
    struct offers *offers = context;
    size_t length = strlen(offers->words);
    ck_assert_ptr_nonnull(brief);
    snprintf(offers->words + length, sizeof offers->words - length, " %.*s", CS_STR_ARG(word));
}

START_TEST(completion_offers_names)
{
    static const struct {
        const char *prefix, *offered;
    } rows[] = {
        {"certsh.sd.pa", " certsh.sd.parse"},
        {"certsh.js", " certsh.json"},
        {"lab:principals", " lab:principals"},
        {"certsh.lab:what", " certsh.lab:what_if"},
        {"string.forma", " string.format"},
        {"print(lab:che", " print(lab:check"},
        {"name:uppe", " name:upper"},
        {"nothing.at.all", ""},
        {"lab.x.y", ""},
        {"coroutine.wr", " coroutine.wrap"},
    };
    lua_case_run(at, "name = 'x'");
    for (size_t i = 0; i < CS_COUNT(rows); i++) {
        struct offers offers = {""};
        csi_lua_complete(at->lua, cs_str_of(rows[i].prefix), note, &offers);
        ck_assert_str_eq(offers.words, rows[i].offered);
    }
    ck_assert(!cs_shell_has_lab(at->shell)); /* looking at names opens nothing */
}
END_TEST

Suite *lua_script_suite(void);
Suite *lua_script_suite(void)
{
    Suite *suite = suite_create("lua_script");
    TCase *script = tcase_create("script");
    tcase_add_checked_fixture(script, open_case, close_case);
    tcase_add_test(script, arguments_as_in_lua);
    tcase_add_test(script, a_script_is_one_change);
    tcase_add_test(script, a_failed_script_changes_nothing);
    tcase_add_test(script, leaving_early_keeps_what_was_done);
    tcase_add_test(script, errors_of_bindings_name_the_line);
    tcase_add_test(script, a_script_may_be_a_command);
    tcase_add_test(script, scripts_that_are_none);
    tcase_add_test(script, what_needs_more_lines);
    tcase_add_test(script, the_current_folder_is_never_searched);
    tcase_add_test(script, completion_offers_names);
    suite_add_tcase(suite, script);
    return suite;
}
