/* lua_error_test.c - a status survives the way C -> Lua -> C, whatever it is. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include <certsh/plugin.h>

#include "lua_case.h"

/* A command that fails as it is told: `fail 3`. */
static cs_status fail_as_told(struct cs_call *call, struct cs_error *err)
{
    cs_fail_at(err, (cs_status)cs_call_int(call, "status"), 7, "it failed as told");
    cs_error_where(err, "the test");
    err->win32 = 1355;
    return cs_error_hint(err, "tell it otherwise");
}

static const struct cs_command commands[] = {{
    .name = "fail",
    .brief = "fail as told",
    .run = fail_as_told,
    .params = CS_PARAMS({"status", &cs_type_int, "the status"}),
}};
static const struct cs_plugin plugin = {CS_PLUGIN_HEAD,       .name = "failing",
                                        .version = "1",       .brief = "fails",
                                        .commands = commands, .command_count = CS_COUNT(commands)};

static struct lua_case *open_failing(void)
{
    struct cs_error err;
    struct lua_case *at = lua_case_open("empty");
    ck_assert_int_eq(cs_shell_add_plugin(at->shell, &plugin, "test", &err), CS_OK);
    return at;
}

/* One loop test a status but CS_OK. */
START_TEST(status_survives_the_round_trip)
{
    struct cs_error err;
    char chunk[200];
    struct lua_case *at = open_failing();
    snprintf(chunk, sizeof chunk, "certsh.run('fail %d')", _i);
    lua_case_fails(at, chunk, &err);
    ck_assert_int_eq(err.status, _i);
    ck_assert_str_eq(err.text, "it failed as told");
    ck_assert_int_eq(err.at, 7);
    ck_assert_str_eq(err.where, "the test");
    ck_assert_str_eq(err.hint, "tell it otherwise");
    ck_assert_uint_eq(err.win32, 1355);
    lua_case_close(at);
}
END_TEST

START_TEST(script_sees_every_part)
{
    char chunk[800];
    struct lua_case *at = open_failing();
    snprintf(chunk, sizeof chunk,
             "local ok, e = pcall(certsh.run, 'fail %d')\n"
             "assert(not ok and type(e) == 'userdata')\n"
             "assert(e.status == '%s', e.status)\n"
             "assert(e.text == 'it failed as told' and e.at == 7 and e.where == 'the test')\n"
             "assert(e.hint == 'tell it otherwise' and e.win32 == 1355 and e.nothing == nil)\n"
             "assert(tostring(e) == 'the test: it failed as told (at 7)', tostring(e))\n",
             _i, cs_status_name((cs_status)_i));
    lua_case_run(at, chunk);
    lua_case_close(at);
}
END_TEST

/* Caught and raised again by a script, it is still the same error. */
START_TEST(error_raised_again_is_the_same)
{
    struct cs_error err;
    struct lua_case *at = open_failing();
    lua_case_fails(at,
                   "local ok, e = pcall(certsh.run, 'fail 9')\n"
                   "local co = coroutine.wrap(function() error(e) end)\n"
                   "co()",
                   &err);
    ck_assert_int_eq(err.status, 9);
    ck_assert_int_eq(err.at, 7);
    lua_case_close(at);
}
END_TEST

START_TEST(other_values_are_failed_scripts)
{
    static const struct {
        const char *chunk;
        cs_status status;
        const char *text;
    } rows[] = {
        {"error('broken')", CS_SCRIPT, "test:1: broken"},
        {"error('broken', 0)", CS_SCRIPT, "broken"},
        {"error()", CS_SCRIPT, "nil"},
        {"error(42)", CS_SCRIPT, "42"},
        {"error({status='check', text='k11 fails'})", CS_CHECK, "k11 fails"},
        {"error(setmetatable({}, {__tostring = function() return 'me' end}))", CS_SCRIPT, "me"},
        {"local x = nil; x.y = 1", CS_SCRIPT, "test:1: attempt to index a nil value (local 'x')"},
        {"x = = 1", CS_SYNTAX, "test:1: unexpected symbol near '='"},
        {"coroutine.wrap(function() certsh.lab:transaction(coroutine.yield) end)()", CS_SCRIPT,
         "test:1: attempt to yield across a C-call boundary"},
    };
    struct cs_error err;
    struct lua_case *at = open_failing();
    for (size_t i = 0; i < CS_COUNT(rows); i++) {
        lua_case_fails(at, rows[i].chunk, &err);
        ck_assert_msg(err.status == rows[i].status, "%s: %s", rows[i].chunk,
                      cs_status_name(err.status));
        ck_assert_str_eq(err.text, rows[i].text);
    }
    lua_case_close(at);
}
END_TEST

START_TEST(exit_cannot_be_caught)
{
    static const struct {
        const char *chunk;
        int code;
    } rows[] = {
        {"os.exit(3)", 3},
        {"os.exit()", 0},
        {"os.exit(true)", 0},
        {"os.exit(false)", 1},
        {"pcall(os.exit, 4); os.exit(5)", 4},
        {"while true do pcall(function() os.exit(6) end) end", 6},
        {"coroutine.wrap(function() os.exit(7) end)()", 7},
        {"certsh.lab:what_if(function() os.exit(8) end)", 8},
        {"certsh.command{name='leave', brief='x', run=function() os.exit(9) end}\n"
         "certsh.run 'leave' error 'still here'",
         9},
    };
    struct lua_case *at = open_failing();
    for (size_t i = 0; i < CS_COUNT(rows); i++) {
        struct cs_error err = {0};
        int code = -2;
        cs_status status = csi_lua_eval(at->lua, cs_str_of(rows[i].chunk), "=test", &code, &err);
        ck_assert_msg(status == CS_OK, "%s: %s", rows[i].chunk, err.text);
        ck_assert_msg(code == rows[i].code, "%s: %d", rows[i].chunk, code);
    }
    lua_case_run(at, "for i = 1, 10 do assert(i > 0) end"); /* and it is over after that */
    lua_case_close(at);
}
END_TEST

Suite *lua_error_suite(void);
Suite *lua_error_suite(void)
{
    Suite *suite = suite_create("lua_error");
    TCase *errors = tcase_create("errors");
    tcase_add_loop_test(errors, status_survives_the_round_trip, 1, CS_STATUS_COUNT);
    tcase_add_loop_test(errors, script_sees_every_part, 1, CS_STATUS_COUNT);
    tcase_add_test(errors, error_raised_again_is_the_same);
    tcase_add_test(errors, other_values_are_failed_scripts);
    tcase_add_test(errors, exit_cannot_be_caught);
    suite_add_tcase(suite, errors);
    return suite;
}
