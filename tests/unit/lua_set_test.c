/*
 * lua_set_test.c - sets of principals in Lua: the same answers as tables, for random sets.
 */
#include <check.h>
#include <string.h>

#include "lua_case.h"

static struct lua_case *at;

static void open_case(void)
{
    at = lua_case_open("two-domains");
}

static void close_case(void)
{
    lua_case_close(at);
}

static const char laws[] =
    "local function ids(set) local t = {} for id in set:ids() do t[id] = true end return t end\n"
    "local everybody = ids(lab:set())\n"
    "local function random() local t, s = {}, {}\n"
    "  for id in pairs(everybody) do if math.random(3) == 1 then\n"
    "    t[id] = true s[#s + 1] = id end end\n"
    "  return t, lab:set(s) end\n"
    "local function same(t, set, what) local n = 0\n"
    "  for id in pairs(t) do n = n + 1 end\n"
    "  assert(n == #set and n == set:size(), what)\n"
    "  for id in set:ids() do assert(t[id], what) end end\n"
    "for _ = 1, 200 do\n"
    "  local ta, a = random() local tb, b = random()\n"
    "  same(ta, a, 'made')\n"
    "  local t_and, t_or, minus, negated, within = {}, {}, {}, {}, true\n"
    "  for id in pairs(everybody) do\n"
    "    t_and[id] = ta[id] and tb[id] t_or[id] = ta[id] or tb[id]\n"
    "    minus[id] = ta[id] and not tb[id] or nil negated[id] = not ta[id] or nil\n"
    "    within = within and (not ta[id] or tb[id])\n"
    "    assert(a:has(id) == (ta[id] or false))\n"
    "  end\n"
    "  same(t_and, a & b, 'and') same(t_or, a | b, 'or') same(minus, a - b, 'minus')\n"
    "  same(negated, ~a, 'not') assert(~~a == a and (~a & a):size() == 0)\n"
    "  assert((a <= b) == (not not within) and (a & b) <= a and a <= (a | b))\n"
    "  assert((a == b) == (a <= b and b <= a))\n"
    "end";

START_TEST(sets_are_as_tables)
{
    lua_case_run(at, "math.randomseed(7)");
    lua_case_run(at, laws);
}
END_TEST

static const char *const chunks[] = {
    "local s = lab:group('CORP\\\\Domain Users'):set()\n"
    "assert(s:has 'alice' and s:has(lab:principal 'alice') and not s:has 'CORP\\\\DC02$')\n"
    "local n = 0 for p in s:each() do n = n + 1 assert(p.name) end assert(n == #s)",
    "local may, not_ = lab:who 'User', lab:who('User', {verdict = 'not-granted'})\n"
    "assert(may:has 'alice' and #(may & not_) == 0)\n"
    "for p in (lab:set{kind = 'user'} | lab:set{kind = 'computer'}):each() do\n"
    "  assert((lab:check(p, 'User').verdict == 'allowed') == may:has(p), p.name) end",
    /* made before somebody came, and combined with one made after */
    "local before = lab:set{kind = 'user'}\n"
    "lab:add_user{domain = 'CORP', name = 'zed', rid = 9999}\n"
    "local after = lab:set{kind = 'user'}\n"
    "assert(#after == #before + 1 and #(after - before) == 1 and before <= after)\n"
    "assert(#(before | after) == #after and (before & after) == before)\n"
    "assert(not before:has 'zed' and after:has 'zed')",
    "local other = certsh.open('modern')\n"
    "local fine, e = pcall(function() return lab:set() & other:set() end)\n"
    "assert(not fine and e.status == 'invalid')\n"
    "local fine = pcall(function() return lab:set() | 3 end) assert(not fine)\n"
    "assert(lab:set() ~= other:set() and lab:set() ~= 3)",
    ("assert(not pcall(lab.set, lab, {'nobody'}) and not pcall(lab.principal, lab, -1))\n"
     "assert(not pcall(lab.principal, lab, 123456789) and lab:set{}:size() == 0)"),
};

START_TEST(sets_of_a_lab)
{
    lua_case_run(at, chunks[_i]);
}
END_TEST

Suite *lua_set_suite(void);
Suite *lua_set_suite(void)
{
    Suite *suite = suite_create("lua_set");
    TCase *sets = tcase_create("sets");
    tcase_add_checked_fixture(sets, open_case, close_case);
    tcase_add_test(sets, sets_are_as_tables);
    tcase_add_loop_test(sets, sets_of_a_lab, 0, (int)CS_COUNT(chunks));
    suite_add_tcase(suite, sets);
    return suite;
}
