/* lua_value_test.c - JSON and Lua values, and the laws between them. */
#include <check.h>

#include "lua_case.h"

/* text => the same text after decode and encode */
START_TEST(json_round_trip)
{
    static const char *const texts[] = {
        "null",
        "true",
        "[]",
        "{}",
        "[[],{},[null]]",
        "-12",
        "1.5",
        "\"\"",
        "\"a\\\"b\"",
        "\"\\u0000\"",
        "[1,2]",
        "{\"a\":1,\"b\":[true,null]}",
        "9223372036854775807",
        "\"日本\"",
    };
    struct lua_case *at = lua_case_open("empty");
    for (size_t i = 0; i < CS_COUNT(texts); i++) {
        struct cs_arena *arena = cs_arena_new();
        lua_case_run(at, cs_arena_printf(arena,
                                         "local t = [==[%s]==]\n"
                                         "local back = certsh.json.encode(certsh.json.decode(t))\n"
                                         "assert(back == t, back)",
                                         texts[i]));
        cs_arena_free(arena);
    }
    lua_case_close(at);
}
END_TEST

START_TEST(empty_tables_and_null)
{
    struct lua_case *at = lua_case_open("empty");
    lua_case_run(at, "assert(certsh.json.encode({}) == '{}')\n"
                     "assert(certsh.json.encode(certsh.array({})) == '[]')\n"
                     "assert(certsh.json.encode(certsh.array()) == '[]')\n"
                     "assert(certsh.json.encode({certsh.null, 1}) == '[null,1]')\n"
                     "assert(certsh.json.decode('null') == certsh.null)\n"
                     "assert(type(certsh.null) == 'userdata')\n"
                     "assert(certsh.json.encode({b = 1, a = 2}) == '{\"a\":2,\"b\":1}')");
    lua_case_close(at);
}
END_TEST

START_TEST(what_is_no_json_value)
{
    static const struct {
        const char *chunk;
        cs_status status;
    } rows[] = {
        {"certsh.json.encode(print)", CS_INVALID},
        {"certsh.json.encode({1, a = 2})", CS_INVALID},
        {"certsh.json.encode({[3] = 1})", CS_INVALID},
        {"certsh.json.encode(0/0)", CS_INVALID},
        {"certsh.json.encode(1/0)", CS_INVALID},
        {"local t = {} t.t = t certsh.json.encode(t)", CS_LIMIT},
        {"certsh.json.decode('[1,')", CS_SYNTAX},
        {"certsh.json.decode('')", CS_SYNTAX},
        {"certsh.json.decode('1 2')", CS_SYNTAX},
        {"certsh.json.encode()", CS_SCRIPT},
    };
    struct cs_error err;
    struct lua_case *at = lua_case_open("empty");
    for (size_t i = 0; i < CS_COUNT(rows); i++) {
        lua_case_fails(at, rows[i].chunk, &err);
        ck_assert_msg(err.status == rows[i].status, "%s: %s %s", rows[i].chunk,
                      cs_status_name(err.status), err.text);
    }
    lua_case_close(at);
}
END_TEST

START_TEST(rows_have_nil_for_what_is_absent)
{
    struct lua_case *at = lua_case_open("empty");
    lua_case_run(at, "certsh.command{name = 'give', brief = 'give rows',\n"
                     "  result = {{'a', 'text', 'a'}, {'b', 'list', 'b'}, {'c', 'code', 'c'},\n"
                     "            {'t', 'time', 't'}},\n"
                     "  run = function() return {{a = 'x', b = {'y'}, c = 0x80070005, t = 0},\n"
                     "                           {b = certsh.array{}}} end}\n"
                     "local rows, code = certsh.run 'give'\n"
                     "assert(#rows == 2 and code == 0)\n"
                     "assert(rows[1].a == 'x' and rows[1].b[1] == 'y')\n"
                     "assert(rows[1].c == '0x80070005', rows[1].c)\n"
                     "assert(rows[1].t == '1970-01-01T00:00:00Z', rows[1].t)\n"
                     "assert(rows[2].a == nil and #rows[2].b == 0)\n"
                     "assert(certsh.json.encode(rows[2]) == '{\"b\":[]}')");
    lua_case_close(at);
}
END_TEST

Suite *lua_value_suite(void);
Suite *lua_value_suite(void)
{
    Suite *suite = suite_create("lua_value");
    TCase *values = tcase_create("values");
    tcase_add_test(values, json_round_trip);
    tcase_add_test(values, empty_tables_and_null);
    tcase_add_test(values, what_is_no_json_value);
    tcase_add_test(values, rows_have_nil_for_what_is_absent);
    suite_add_tcase(suite, values);
    return suite;
}
