/*
 * lua_guard_test.c - bindings when memory runs out: each is run with the allocator failing at
 * its 1st, 2nd, ... allocation until it gets through; every failure is a clean CS_MEMORY, the
 * scratch arena is back where it was, and the state goes on working.
 */
#include <check.h>

#include "base/alloc.h"
#include "lua/lua_internal.h"
#include "lua_case.h"

static const char *const chunks[] = {
    "local sd = certsh.sd.parse('O:BAG:BAD:(A;;CCDCSW;;;WD)(D;;CC;;;BG)') return sd.owner",
    "local ok, e = pcall(certsh.sd.parse, 'D:(A;;XY;;;WD)') if ok then error('parsed') end "
    "if type(e) == 'string' or e.status == 'memory' then error(e, 0) end",
    "return shared:format()",
    "return shared:encode()",
    "return certsh.sd.decode(bytes):bytes()",
    "return shared:aces()",
    "return certsh.token{user='S-1-5-21-1-2-3-500', groups={'S-1-1-0', 'S-1-5-11'}, "
    "deny_only={'S-1-5-32-544'}, restricted={'S-1-5-12'}, device={'S-1-5-9'}, "
    "privileges={'SeSecurityPrivilege'}}",
    "return shared:check{token=token, rights='maximum'}.kind",
    "return shared:check{token=token, rights=1, self='S-1-5-10', mapping={1, 2, 4, 7}, "
    "object_types={'0e10c968-78fb-11d2-90d4-00c04f79dc55'}}.ace",
    "return token:sids()",
    "return token:has('S-1-1-0')",
};

/* Run the chunk with allocation `n` failing, and with `sticky` every later one. */
static cs_status run_failing(struct lua_case *at, const char *chunk, long n, bool sticky,
                             struct cs_error *err)
{
    int code;
    *err = (struct cs_error){0};
    lua_gc(at->lua->state, LUA_GCCOLLECT);
    csi_alloc_fail_at(n, sticky);
    cs_status status = csi_lua_eval(at->lua, cs_str_of(chunk), "=test", &code, err);
    csi_alloc_fail_at(0, false);
    return status;
}

/* How many allocations had to be let through.  (Lua itself gets over a single failure by
 * collecting garbage; over one that lasts it does not.) */
static long fail_at_each(struct lua_case *at, const char *chunk, bool sticky)
{
    struct cs_error err;
    size_t before = cs_arena_size(at->lua->scratch);
    long tries = 0;
    cs_status status = CS_MEMORY;
    while (status != CS_OK && tries < 2000) {
        status = run_failing(at, chunk, ++tries, sticky, &err);
        ck_assert_msg(status == CS_OK || status == CS_MEMORY, "%s, allocation %ld: %s: %s", chunk,
                      tries, cs_status_name(status), err.text);
        ck_assert_uint_eq(cs_arena_size(at->lua->scratch), before);
    }
    ck_assert_int_eq(status, CS_OK);
    return tries;
}

START_TEST(each_allocation_may_fail)
{
    struct lua_case *at = lua_case_open("empty");
    lua_case_run(at, "shared = certsh.sd.parse('O:BAG:BAD:(A;;CCDCSW;;;WD)(D;;CC;;;BG)')\n"
                     "bytes = shared:encode()\n"
                     "token = certsh.token{user='S-1-5-21-1-2-3-500', groups={'S-1-1-0'}}");
    ck_assert_int_gt(fail_at_each(at, chunks[_i], true), 5);
    fail_at_each(at, chunks[_i], false);
    lua_case_run(at, chunks[_i]);
    lua_case_close(at);
}
END_TEST

/* A new state, failing at each allocation: none is left half made. */
START_TEST(birth_may_fail)
{
    struct cs_error err;
    struct cs_shell *shell = cs_shell_new();
    struct csi_lua *lua = NULL;
    long tries = 0;
    while (!lua) {
        csi_alloc_fail_at(++tries, false);
        lua = csi_lua_new(shell, "", &err);
        csi_alloc_fail_at(0, false);
        ck_assert_msg(lua || err.status == CS_MEMORY, "%s", err.text);
        ck_assert_int_lt(tries, 5000);
    }
    ck_assert_int_gt(tries, 4);
    csi_lua_free(lua);
    cs_shell_free(shell);
}
END_TEST

START_TEST(errors_in_bindings_rewind_the_scratch)
{
    struct lua_case *at = lua_case_open("empty");
    size_t before = cs_arena_size(at->lua->scratch);
    lua_case_run(at, "for i = 1, 100 do\n"
                     "  pcall(certsh.json.encode, {('x'):rep(5000), print})\n"
                     "  pcall(certsh.json.decode, '[\"' .. ('x'):rep(5000))\n"
                     "end");
    ck_assert_uint_eq(cs_arena_size(at->lua->scratch), before);
    lua_case_close(at);
}
END_TEST

START_TEST(commands_in_commands_end_cleanly)
{
    struct cs_error err;
    struct lua_case *at = lua_case_open("empty");
    lua_case_run(at, "certsh.command{name='again', brief='call itself', "
                     "run=function() certsh.run 'again' end}");
    lua_case_fails(at, "certsh.run 'again'", &err);
    ck_assert_int_eq(err.status, CS_SCRIPT);
    lua_case_run(at, "assert(true)");
    lua_case_close(at);
}
END_TEST

Suite *lua_guard_suite(void);
Suite *lua_guard_suite(void)
{
    Suite *suite = suite_create("lua_guard");
    TCase *guard = tcase_create("guard");
    tcase_set_timeout(guard, 60);
    tcase_add_loop_test(guard, each_allocation_may_fail, 0, (int)CS_COUNT(chunks));
    tcase_add_test(guard, birth_may_fail);
    tcase_add_test(guard, errors_in_bindings_rewind_the_scratch);
    tcase_add_test(guard, commands_in_commands_end_cleanly);
    suite_add_tcase(suite, guard);
    return suite;
}
