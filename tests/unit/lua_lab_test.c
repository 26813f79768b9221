/* lua_lab_test.c - the lab's objects in Lua: handles, decisions, transactions, what-ifs. */
#include <check.h>
#include <string.h>

#include <certsh/lab.h>

#include "lua_case.h"

static struct lua_case *at;

static void open_dc(void)
{
    at = lua_case_open("kb903220-dc");
    lua_case_run(at, "mail = 'DirectoryEmailReplication' group = lab:group('CERTSVC_DCOM_ACCESS')\n"
                     "function members() return #group:members{direct = true} end\n"
                     "function verdict(who) return lab:check(who, mail).verdict end");
}

static void close_dc(void)
{
    lua_case_close(at);
}

START_TEST(attributes_and_absence)
{
    lua_case_run(at, "local p = lab:principal('CORP\\\\DC02$')\n"
                     "assert(p.name == 'CORP\\\\DC02$' and p.account == 'DC02$')\n"
                     "assert(p.kind == 'computer' and p.domain == 'CORP' and p.scope == nil)\n"
                     "assert(lab:principal(p.sid) == p and lab:principal(p) == p)\n"
                     "assert(p.host.name == 'DC02' and p.host.account == p)\n"
                     "assert(lab:principal('nobody') == nil and lab:host('NIX') == nil)\n"
                     "assert(lab:ca('NIX') == nil and lab:group('nobody') == nil)\n"
                     "assert(p.nonsense == nil)\n"
                     "assert(not pcall(lab.group, lab, 'alice'))");
}
END_TEST

START_TEST(principals_are_counted_by_kind)
{
    lua_case_run(at, "local all, by = 0, {}\n"
                     "for p in lab:principals() do\n"
                     "  all = all + 1; by[p.kind] = (by[p.kind] or 0) + 1\n"
                     "end\n"
                     "local sum = 0\n"
                     "for kind, n in pairs(by) do\n"
                     "  local m = 0; for p in lab:principals{kind = kind} do m = m + 1 end\n"
                     "  assert(m == n, kind); sum = sum + m\n"
                     "end\n"
                     "assert(sum == all and by.user == 3 and by.computer == 3)\n"
                     "assert(not pcall(lab.principals, lab, {kind = 'robot'}))");
}
END_TEST

START_TEST(token_and_groups)
{
    lua_case_run(at, "local dc02 = lab:principal('DC02$')\n"
                     "local t = dc02:token('DC01')\n"
                     "assert(t:has(dc02.sid) and t:has('S-1-5-9') and not t:has('S-1-5-4'))\n"
                     "assert(#t == #t:sids() and t:sids()[1] == dc02.sid)\n"
                     "local alice, found = lab:principal('alice'), false\n"
                     "for _, sid in ipairs(alice:groups()) do\n"
                     "  found = found or sid == lab:group('CORP\\\\Domain Users').sid\n"
                     "end\n"
                     "assert(found)");
}
END_TEST

/* As tokenGroups: each once, and other domains' local groups are not among them. */
START_TEST(groups_are_those_of_token_groups)
{
    lua_case_run(at,
                 "local two = certsh.open('two-domains')\n"
                 "for p in two:principals() do\n"
                 "  local seen = {}\n"
                 "  for _, sid in ipairs(p:groups()) do\n"
                 "    assert(not seen[sid] or not p.domain, p.name .. ' ' .. sid)\n"
                 "    seen[sid] = true\n"
                 "  end\n"
                 "end\n"
                 "local sids = table.concat(two:principal('CORP\\\\Administrator'):groups(), ' ')\n"
                 "assert(sids:find('S%-1%-5%-32%-544') and sids:find('%-519'))");
}
END_TEST

START_TEST(decision_has_twelve_rows)
{
    lua_case_run(at, "local d = lab:check('CORP\\\\DC02$', 'DirectoryEmailReplication')\n"
                     "assert(#d.gates == 12 and d.code == '0x80070005')\n"
                     "assert(d.verdict == 'not-granted' or d.verdict == 'denied')\n"
                     "local g = d.gates[5]\n"
                     "assert(g.gate == 'launch-limit' and g.verdict ~= 'allowed' and g.why)\n"
                     "local ok = lab:check(lab:principal('WS01$'), 'Machine', 'DC01\\\\CORP-CA')\n"
                     "assert(ok.verdict == 'allowed' and ok.code == nil)\n"
                     "assert(certsh.json.encode(ok.gates[4].via) == '[]')");
}
END_TEST

START_TEST(templates_nobody_gave_are_nil_or_an_error)
{
    lua_case_run(
        at, "local ca = lab:ca()\n"
            "assert(#ca:published() == #ca:templates() and #ca:published() > 0)\n"
            "lab:what_if(function()\n"
            "  local bare = lab:add_ca{host = 'DC02', name = 'BARE', type = 'enterprise-root'}\n"
            "  local ok, e = pcall(bare.published, bare)\n"
            "  assert(bare:templates() == nil and not ok and e.status == 'unknown')\n"
            "  assert(e.text:find('DC02', 1, true) and e.hint:find 'lab missing')\n"
            "end)");
}
END_TEST

START_TEST(what_if_is_seen_inside_and_gone_after)
{
    lua_case_run(at,
                 "local before = members()\n"
                 "local a, b = lab:what_if(function(l)\n"
                 "  assert(l == lab)\n"
                 "  group:add('CORP\\\\DC02$'); lab:restart('DC02')\n"
                 "  return verdict('DC02$'), members()\n"
                 "end)\n"
                 "assert(a == 'allowed' and b == before + 1)\n"
                 "assert(members() == before and verdict('DC02$') ~= 'allowed')\n"
                 "assert(not pcall(lab.what_if, lab, function() group:add('bob') error('x') end))\n"
                 "assert(members() == before)");
}
END_TEST

START_TEST(transaction_is_all_or_nothing)
{
    lua_case_run(at, "local before = members()\n"
                     "assert(lab:transaction(function() group:add('bob') return 5 end) == 5)\n"
                     "assert(members() == before + 1)\n"
                     "local ok, e = pcall(lab.transaction, lab, function()\n"
                     "  group:add('alice'); group:add('alice')\n"
                     "end)\n"
                     "assert(not ok and e.win32 == 1378, e.win32)\n"
                     "assert(members() == before + 1)");
}
END_TEST

START_TEST(handles_go_stale)
{
    lua_case_run(at, "local zed\n"
                     "lab:what_if(function()\n"
                     "  zed = lab:add_user{domain = 'CORP', name = 'zed'}\n"
                     "  assert(zed.name == 'CORP\\\\zed')\n"
                     "end)\n"
                     "for _, use in ipairs{\n"
                     "  function() return zed.name end, function() return zed:groups() end,\n"
                     "  function() return verdict(zed) end, function() group:add(zed) end,\n"
                     "} do\n"
                     "  local ok, e = pcall(use)\n"
                     "  assert(not ok and e.status == 'state', tostring(e))\n"
                     "  assert(e.text == \"principal 'zed' no longer exists\", e.text)\n"
                     "end");
}
END_TEST

START_TEST(undo_and_redo_keep_handles)
{
    lua_case_run(at, "zed = lab:add_user{domain = 'CORP', name = 'zed'}");
    lua_case_run(at, "assert(zed.name == 'CORP\\\\zed' and lab:undo() == 1)");
    lua_case_run(at, "assert(not pcall(function() return zed.name end))");
    lua_case_run(at, "assert(lab:redo() == 1 and zed.name == 'CORP\\\\zed')");
    lua_case_run(at, "lab:undo() other = lab:add_user{domain = 'CORP', name = 'other'}");
    lua_case_run(at, "assert(not pcall(function() return zed.name end) and other.name)");
}
END_TEST

static size_t changes(void)
{
    return cs_lab_change_count(cs_shell_lab(at->shell));
}

/* A line that changes something is one change titled by its text; one that raises is none. */
START_TEST(each_line_is_one_change)
{
    struct cs_error err;
    size_t before = changes();
    lua_case_run(at, "group:add('bob') group:add('alice')");
    ck_assert_uint_eq(changes(), before + 1);
    lua_case_run(at, "assert(members() > 0)");
    ck_assert_uint_eq(changes(), before + 1);
    lua_case_fails(at, "group:remove('bob') error('halfway')", &err);
    ck_assert_uint_eq(changes(), before + 1);
    lua_case_run(at, "assert(not pcall(group.add, group, 'bob'))");
}
END_TEST

START_TEST(labs_beside_the_shells)
{
    lua_case_run(at, "local other = certsh.open('two-domains')\n"
                     "assert(other.name == 'two-domains' and lab.name == 'kb903220-dc')\n"
                     "assert(other:principal('CONTOSO\\\\carol') and not lab:principal('carol'))\n"
                     "local carol = other:principal('carol')\n"
                     "local ok, e = pcall(lab.check, lab, carol, 'User')\n"
                     "assert(not ok and e.status == 'invalid', tostring(e))\n"
                     "local ok, e = pcall(certsh.open, 'nix')\n"
                     "assert(not ok and e.status == 'not_found' and e.hint:find('kb903220%-dc'))\n"
                     "do local short <close> = certsh.open('empty') end\n"
                     "other = nil; collectgarbage()\n"
                     "assert(carol.name == 'CONTOSO\\\\carol')"); /* it keeps its lab alive */
}
END_TEST

START_TEST(every_built_in_lab_builds)
{
    static const char *const names[] = {"kb903220-dc", "kb903220-member", "kb903220-rtm",
                                        "two-domains", "modern",          "empty"};
    struct cs_error err = {0};
    struct cs_lab *lab = NULL;
    cs_status status = csi_lua_lab(at->lua, names[_i], &lab, &err);
    ck_assert_msg(status == CS_OK, "%s: %s", names[_i], err.text);
    ck_assert_uint_eq(cs_lab_change_count(lab), 0);
    ck_assert(!cs_lab_in_transaction(lab));
    cs_lab_free(lab);
}
END_TEST

START_TEST(lab_names_are_no_paths)
{
    static const char *const names[] = {"../kb903220", "parts", "a/b", "", ".", "EMPTY"};
    struct cs_error err = {0};
    struct cs_lab *lab = NULL;
    ck_assert_int_ne(csi_lua_lab(at->lua, names[_i], &lab, &err), CS_OK);
    ck_assert_ptr_null(lab);
}
END_TEST

START_TEST(misspelt_fields_are_told)
{
    struct cs_error err;
    lua_case_fails(at, "lab:add_user{domain = 'CORP', nmae = 'x'}", &err);
    ck_assert_int_eq(err.status, CS_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "unknown field 'nmae'"));
}
END_TEST

Suite *lua_lab_suite(void);
Suite *lua_lab_suite(void)
{
    Suite *suite = suite_create("lua_lab");
    TCase *lab = tcase_create("lab");
    tcase_add_checked_fixture(lab, open_dc, close_dc);
    tcase_add_test(lab, attributes_and_absence);
    tcase_add_test(lab, principals_are_counted_by_kind);
    tcase_add_test(lab, token_and_groups);
    tcase_add_test(lab, groups_are_those_of_token_groups);
    tcase_add_test(lab, decision_has_twelve_rows);
    tcase_add_test(lab, templates_nobody_gave_are_nil_or_an_error);
    tcase_add_test(lab, what_if_is_seen_inside_and_gone_after);
    tcase_add_test(lab, transaction_is_all_or_nothing);
    tcase_add_test(lab, handles_go_stale);
    tcase_add_test(lab, undo_and_redo_keep_handles);
    tcase_add_test(lab, each_line_is_one_change);
    tcase_add_test(lab, labs_beside_the_shells);
    tcase_add_loop_test(lab, every_built_in_lab_builds, 0, 6);
    tcase_add_loop_test(lab, lab_names_are_no_paths, 0, 6);
    tcase_add_test(lab, misspelt_fields_are_told);
    suite_add_tcase(suite, lab);
    return suite;
}
