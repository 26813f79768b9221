/* lua_command_test.c - commands run from Lua, and commands made in Lua. */
#include <check.h>
#include <string.h>

#include "lua_case.h"

static struct lua_case *at;

static void open_case(void)
{
    at = lua_case_open("kb903220-dc");
}

static void close_case(void)
{
    lua_case_close(at);
}

START_TEST(arguments_are_typed)
{
    lua_case_run(at, "certsh.command{name = 'take', brief = 'take arguments',\n"
                     "  params = {{'who', 'principal', 'x'},\n"
                     "            {name = 'at', type = 'host', help = 'x', option = true},\n"
                     "            {'n', 'int', 'x', option = true, fallback = '2'},\n"
                     "            {'how', {'loud', 'soft'}, 'x', option = true},\n"
                     "            {'all', 'bool', 'x', flag = true},\n"
                     "            {'rest', 'text', 'x', optional = true, many = true}},\n"
                     "  run = function(call) seen = {call.who.name, call.at and call.at.name,\n"
                     "    call.n, call.how, call.all, call.rest, call:line()} end}\n"
                     "certsh.run 'take alice --at DC02 --n 0x10 --how loud --all a b'\n"
                     "assert(seen[1] == 'CORP\\\\alice' and seen[2] == 'DC02' and seen[3] == 16)\n"
                     "assert(seen[4] == 'loud' and seen[5] == true and #seen[6] == 2)\n"
                     "assert(seen[7] == 'take alice --at DC02 --n 0x10 --how loud --all a b')\n"
                     "certsh.run 'take alice'\n"
                     "assert(seen[2] == nil and seen[3] == 2 and not seen[5])\n"
                     "for _, line in ipairs{'take', 'take nobody', 'take alice --n x',\n"
                     "                      'take alice --how nix', 'take alice --nix'} do\n"
                     "  assert(not pcall(certsh.run, line), line)\n"
                     "end");
}
END_TEST

START_TEST(raw_commands_get_words)
{
    lua_case_run(at, "certsh.command{name = 'raw', brief = 'x', raw = true, usage = '...',\n"
                     "  run = function(call) words = call:words() end}\n"
                     "certsh.run [[raw /add \"a b\" CORP\\x$]]\n"
                     "assert(#words == 3 and words[2] == 'a b' and words[3] == 'CORP\\\\x$')");
}
END_TEST

START_TEST(further_arguments_are_words)
{
    lua_case_run(at, "certsh.command{name = 'raw', brief = 'x', raw = true, usage = '...',\n"
                     "  run = function(call) words = call:words() end}\n"
                     "local given = {'a b', 'say \"no\"', \"it's\", 'CORP\\\\x$', '', '|', 5}\n"
                     "certsh.run('raw first', lab:principal('alice'), table.unpack(given))\n"
                     "assert(#words == 9 and words[1] == 'first' and words[2] == 'CORP\\\\alice')\n"
                     "for i, word in ipairs(given) do\n"
                     "  assert(words[i + 2] == tostring(word), words[i + 2])\n"
                     "end");
}
END_TEST

START_TEST(rows_and_codes)
{
    lua_case_run(at,
                 "certsh.command{name = 'give', brief = 'x', result = {{'a', 'int', 'x'}},\n"
                 "  run = function(call)\n"
                 "    call:row{a = 1}; call:exit(2); call:say('not seen'); call:warn('nor this')\n"
                 "    return {{a = 2}, {}}\n"
                 "  end}\n"
                 "local rows, code = certsh.run 'give'\n"
                 "assert(#rows == 3 and rows[1].a == 1 and rows[2].a == 2 and rows[3].a == nil)\n"
                 "assert(code == 2)\n" /* a refusal is an answer */
                 "local n = 0; for row in certsh.each 'give' do n = n + (row.a or 0) end\n"
                 "assert(n == 3)");
}
END_TEST

START_TEST(wrong_rows_are_told)
{
    static const char *const bodies[] = {
        "return 5", "return {b = 1}", "return {1, 2}", "return {a = print}", "call:row(5)",
    };
    struct cs_error err;
    struct cs_arena *arena = cs_arena_new();
    lua_case_fails(at,
                   cs_arena_printf(arena,
                                   "certsh.command{name = 'wrong', brief = 'x',\n"
                                   "  result = {{'a', 'int', 'x'}},\n"
                                   "  run = function(call) %s end}\n"
                                   "certsh.run 'wrong'",
                                   bodies[_i]),
                   &err);
    ck_assert_msg(err.status == CS_INVALID || err.status == CS_SCRIPT, "%s", err.text);
    cs_arena_free(arena);
}
END_TEST

START_TEST(call_is_dead_after_it)
{
    lua_case_run(
        at, "certsh.command{name = 'leak', brief = 'x', run = function(call) kept = call end}\n"
            "certsh.run 'leak'\n"
            "local ok, e = pcall(function() return kept:line() end)\n"
            "assert(not ok and e.status == 'state')");
}
END_TEST

START_TEST(writer_is_rolled_back)
{
    lua_case_run(at, "group = lab:group('CERTSVC_DCOM_ACCESS')\n"
                     "certsh.command{name = 'spoil', brief = 'x', writes = true, run = function()\n"
                     "  group:add('bob'); error{status = 'check', text = 'no'} end}\n"
                     "local before = #group:members{direct = true}\n"
                     "local ok, e = pcall(certsh.run, 'spoil')\n"
                     "assert(not ok and e.status == 'check' and e.text == 'no')\n"
                     "assert(#group:members{direct = true} == before)");
}
END_TEST

START_TEST(bad_declarations_are_told)
{
    static const struct {
        const char *keys, *problem;
    } rows[] = {
        {"brief = 'x', run = print", "'name' is missing"},
        {"name = 'x', run = print", "'brief' is missing"},
        {"name = 'x', brief = 'x'", "'run' is missing"},
        {"name = 'x', brief = 'x', run = 5", "'run' is missing"},
        {"name = 'x', brief = 'x', run = print, rnu = 1", "unknown field 'rnu'"},
        {"name = 'x', brief = 'x', run = print, params = 5", "must be a list"},
        {"name = 'x', brief = 'x', run = print, params = {{'a', 'nix', 'x'}}",
         "unknown type 'nix'"},
        {"name = 'x', brief = 'x', run = print, params = {{'a', 'text'}}", "'help' is missing"},
        {"name = 'x', brief = 'x', run = print, result = {{'a'}}", "'type' is missing"},
        {"name = 'a b c d e', brief = 'x', run = print", "words"},
        {"name = 'help', brief = 'x', run = print", "there already"},
    };
    struct cs_error err;
    struct cs_arena *arena = cs_arena_new();
    lua_case_fails(at, cs_arena_printf(arena, "certsh.command{%s}", rows[_i].keys), &err);
    ck_assert_msg(strstr(err.text, rows[_i].problem), "%s: %s", rows[_i].keys, err.text);
    cs_arena_free(arena);
}
END_TEST

START_TEST(unknown_commands_raise)
{
    struct cs_error err;
    lua_case_fails(at, "certsh.run 'no such thing'", &err);
    ck_assert_int_eq(err.status, CS_USAGE);
}
END_TEST

Suite *lua_command_suite(void);
Suite *lua_command_suite(void)
{
    Suite *suite = suite_create("lua_command");
    TCase *commands = tcase_create("commands");
    tcase_add_checked_fixture(commands, open_case, close_case);
    tcase_add_test(commands, arguments_are_typed);
    tcase_add_test(commands, raw_commands_get_words);
    tcase_add_test(commands, further_arguments_are_words);
    tcase_add_test(commands, rows_and_codes);
    tcase_add_loop_test(commands, wrong_rows_are_told, 0, 5);
    tcase_add_test(commands, call_is_dead_after_it);
    tcase_add_test(commands, writer_is_rolled_back);
    tcase_add_loop_test(commands, bad_declarations_are_told, 0, 11);
    tcase_add_test(commands, unknown_commands_raise);
    suite_add_tcase(suite, commands);
    return suite;
}
