/*
 * lua_memory_test.c - every binding, with the allocator failing at its 1st, 2nd, ... allocation.
 *
 * Each try is a process of its own.  It ends well, or raises `memory`, or stops the program with
 * "out of memory" where the lab's own memory is concerned, which is never half changed (arena.h).
 * It never crashes, and never ends with another error.  lua_guard_test.c holds the bindings that
 * must raise, in one process.
 */
#define _POSIX_C_SOURCE 200809L
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "lab/store.h"
#include "lua/lua_internal.h"
#include "lua_case.h"

extern const struct csi_sqlite csi_sqlite;

static const char *const chunks[] = {
    /* finding */
    "return lab:principal('alice'), lab:principal('S-1-5-11'), lab:principal(lab:host('DC01'))",
    "return lab:group('CORP\\\\Domain Users')",
    "return lab:host('WS01'), lab:host()",
    "return lab:ca('CORP-CA'), lab:ca()",
    "return lab:template('User')",
    "for p in lab:principals{kind = 'user'} do local _ = p.name end",
    "return lab:hosts(), lab:cas(), lab:templates()",
    "return lab.name, lab.changes, lab:clock(), tostring(lab)",
    /* attributes */
    "local p = lab:principal('alice') return p.name, p.sid, p.kind, p.domain, p.upn, p.dn, "
    "tostring(p), p == p, p.disabled",
    "local h = lab:host('DC01') return h.name, h.dns, h.role, h.os, h.booted, h.account, "
    "h.domain, tostring(h), h == h",
    "local c = lab:ca() return c.name, c.dns, c.config, c.host, c:templates(), tostring(c)",
    "local t = lab:template('User') return t.name, t.display, t.oid, t.schema, tostring(t)",
    /* asking */
    "return lab:check('alice', 'User').verdict",
    "return lab:check('CORP\\\\DC02$', 'DomainController', lab:ca(), {from = 'DC02'}).gates",
    "return lab:principal('alice'):token('DC01'):sids()",
    "return lab:principal('alice'):groups(), lab:principal('alice'):member_of()",
    "return lab:group('CORP\\\\Domain Users'):members{direct = true}",
    "return lab:host('DC01'):registry([[HKLM\\SOFTWARE\\Microsoft\\Ole]], 'EnableDCOM')",
    "return certsh.token{user = 'S-1-5-21-1-2-3-500'}:user()",
    /* sets */
    "local a, b = lab:set{kind = 'user'}, lab:set{'alice'} return #(a & b), #(a | b), #(a - b), "
    "#~a, a == b, b <= a, tostring(a)",
    "for p in lab:group('CORP\\\\Domain Users'):set():each() do local _ = p.name end",
    "for id in lab:set():ids() do local _ = id end return lab:set():has('alice')",
    "return lab:who('User', {verdict = 'allowed'})",
    /* changing */
    "lab:group('CORP\\\\Domain Users'):add('WS01$')",
    "lab:group('CERTSVC_DCOM_ACCESS'):remove('CORP\\\\Domain Users')",
    "lab:host('WS01'):restart()",
    "lab:add_user{domain = 'CORP', name = 'zed', rid = 9000}",
    "lab:add_group{domain = 'CORP', name = 'zeds', scope = 'global', rid = 9001}",
    "lab:add_computer{domain = 'CORP', name = 'ZED', rid = 9002}",
    "lab:add_member('CORP\\\\Domain Users', 'WS01$')",
    "lab:set_registry('DC01', [[HKLM\\SOFTWARE\\X]], 'A', {'a', 'b'})",
    "lab:set_registry('DC01', [[HKLM\\SOFTWARE\\X]], 'A', {sddl = 'O:BAG:BAD:(A;;CC;;;WD)'})",
    "lab:remove_registry('DC01', [[HKLM\\SOFTWARE\\Microsoft\\Ole]], 'EnableDCOM')",
    "lab:set_right('DC01', 'SeNetworkLogonRight', {'alice'})",
    "lab:open_session{host = 'WS01', user = 'alice'}",
    "lab:restart('DC02')",
    "lab:transaction(function() lab:restart('WS01') end)",
    "lab:what_if(function() lab:restart('WS01') return lab:clock() end)",
    "lab:restart('WS01') lab:undo() lab:redo()",
    "return lab:default_dcom('2003-sp1', 'launch-limit'), lab:default_right('dc', "
    "'SeNetworkLogonRight'), lab:default_interface_flags('2003-sp1')",
    "return lab:default_ca_security('corp.example')",
    /* commands, plugins, labs */
    "return certsh.run('help set')",
    "for row in certsh.each('plugin list') do local _ = row.name end",
    "pcall(certsh.run, 'no such command')",
    "certsh.command{name = 'm', brief = 'x', params = {{'who', 'principal', 'x', many = true}}, "
    "result = {{'a', 'text', 'x'}}, run = function(call) call:say('x') call:warn('y') "
    "call:exit(0) local _ = call.who, call:words(), call:line() call:row{a = 'b'} "
    "return {{a = 'c'}} end} certsh.run('m alice bob')",
    "return certsh.plugin{name = 'm', version = '1', brief = 'x', "
    "gates = {{name = 'g', brief = 'x', check = function(c) return {verdict = 'denied', "
    "why = 'x', via = {'a'}} end, column = function() return {'S-1-1-0'} end}}, "
    "formats = {{name = 'f', brief = 'x', write = tostring}}}, lab:check('alice', 'User')",
    "certsh.open('empty')",
    "certsh.inside(certsh.open('empty'), function() return certsh.lab.name end)",
    /* values, errors, environments */
    "return certsh.json.encode(certsh.json.decode('{\"a\":[1,2.5,null,true,\"x\"]}'))",
    "return certsh.array{1, 2}",
    "local _, e = pcall(certsh.sd.parse, 'D:(') return e.status, e.text, e.at, e.where, e.hint, "
    "tostring(e)",
    "return certsh.sd.parse('O:BAG:BAD:(A;;CC;;;WD)'):check{token = certsh.token{user = "
    "'S-1-1-0'}, rights = 1}.granted",
};

enum { FINE = 0, STOPPED = 1, RAISED_MEMORY = 3, RAISED_OTHER = 4 };

static int try_once(struct lua_case *at, const char *chunk, long n)
{
    struct cs_error err = {0};
    int code;
    csi_alloc_fail_at(n, true);
    cs_status status = csi_lua_eval(at->lua, cs_str_of(chunk), "=test", &code, &err);
    csi_alloc_fail_at(0, false);
    if (status == CS_OK)
        return FINE;
    if (status != CS_MEMORY && strstr(err.text, "memory") == NULL)
        return RAISED_OTHER;
    /* it goes on working */
    return csi_lua_eval(at->lua, CS_STR("assert(lab:principal('alice').name)"), "=test", &code,
                        &err) == CS_OK
               ? RAISED_MEMORY
               : RAISED_OTHER;
}

static int in_a_process(struct lua_case *at, const char *chunk, long n)
{
    int state;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        (void)!freopen("/dev/null", "w", stderr); /* "out of memory" is expected */
        _exit(try_once(at, chunk, n));
    }
    ck_assert_int_eq(waitpid(child, &state, 0), child);
    ck_assert_msg(WIFEXITED(state), "%s, allocation %ld: signal %d", chunk, n, WTERMSIG(state));
    return WEXITSTATUS(state);
}

/* Methods and labs are made when first used; then one count holds for each try. */
static long allocations(struct lua_case *at, const char *chunk)
{
    int state, pipes[2];
    long count = 0;
    ck_assert_int_eq(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        struct cs_error err = {0};
        int code;
        csi_alloc_fail_at(0, false);
        cs_status status = csi_lua_eval(at->lua, cs_str_of(chunk), "=test", &code, &err);
        count = status == CS_OK ? csi_alloc_count() : -1;
        (void)!write(pipes[1], &count, sizeof count);
        _exit(0);
    }
    ck_assert_int_eq(read(pipes[0], &count, sizeof count), sizeof count);
    close(pipes[0]);
    close(pipes[1]);
    waitpid(child, &state, 0);
    ck_assert_msg(count >= 0, "%s does not work at all", chunk);
    return count;
}

START_TEST(each_allocation_may_fail)
{
    struct lua_case *at = lua_case_open("kb903220-dc");
    lua_case_run(at, "assert(lab:principal('alice').name)");
    long count = allocations(at, chunks[_i]);
    long step = count > 400 ? count / 200 : 1; /* each of them, but where there are very many */
    for (long n = 1; n <= count + 1; n += step) {
        int end = in_a_process(at, chunks[_i], n);
        ck_assert_msg(end == FINE || end == STOPPED || end == RAISED_MEMORY,
                      "%s, allocation %ld: ended with %d", chunks[_i], n, end);
    }
    lua_case_close(at);
}
END_TEST

/* ---------------------------------------------------------------- a lab file */

static const struct csi_sqlite *sqlite_here(struct cs_error *ignored)
{
    (void)ignored;
    return &csi_sqlite;
}

static bool count_ops(void *context, const struct cs_change *change)
{
    *(size_t *)context += change->ops;
    return true;
}

static void hear(void *context, const char *what, bool holds, const char *why)
{
    (void)context;
    ck_assert_msg(holds, "%s: %s", what, why);
}

/* All of the transaction, applied or undone, or nothing of it. */
static void must_be_whole(const char *path, long n)
{
    struct cs_lab *lab = NULL;
    struct cs_error err;
    size_t ops = 0;
    ck_assert_msg(cs_lab_open(path, &lab, &err) == CS_OK, "allocation %ld: %s", n, err.text);
    cs_lab_each_change(lab, count_ops, &ops);
    ck_assert_msg(ops == 0 || ops == 2, "allocation %ld: %zu ops of 2", n, ops);
    ck_assert_int_eq(cs_lab_check(lab, hear, NULL, &err), CS_OK);
    cs_lab_free(lab);
}

/* Opening, a transaction, undo and closing, with an allocation failing, ours or Lua's. */
START_TEST(a_lab_file_is_never_half_changed)
{
    char folder[] = "/tmp/certsh-memory-XXXXXX", path[64], chunk[600], command[300];
    struct lua_case *at = lua_case_open("kb903220-dc");
    csi_store_from(sqlite_here);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/x.lab", folder);
    snprintf(chunk, sizeof chunk, "local l <close> = certsh.open('modern') l:save('%s')", path);
    lua_case_run(at, chunk);
    snprintf(command, sizeof command, "cd %s && rm -f x.lab-* && { cp x.lab keep; }", folder);
    ck_assert_int_eq(system(command), 0);
    snprintf(chunk, sizeof chunk,
             "local l <close> = certsh.open('%s') l:transaction(function() "
             "l:add_group{domain = 'CORP', name = 'one', scope = 'global'} "
             "l:add_group{domain = 'CORP', name = 'two', scope = 'global'} end) l:undo() "
             "certsh.lab:principal('alice')",
             path);
    lua_case_run(at, "assert(lab:principal('alice').name)");
    long count = allocations(at, chunk), step = count / 150 + 1;
    snprintf(command, sizeof command, "cd %s && rm -f x.lab-* && cp keep x.lab", folder);
    for (long n = 1; n <= count + 1; n += step) {
        ck_assert_int_eq(system(command), 0);
        int end = in_a_process(at, chunk, n);
        ck_assert_msg(end == FINE || end == STOPPED || end == RAISED_MEMORY,
                      "allocation %ld: ended with %d", n, end);
        must_be_whole(path, n);
    }
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    lua_case_close(at);
}
END_TEST

/* ----------------------------------------------- yields, __gc, __close everywhere */

static const char *const callbacks[] = {
    "lab:transaction(function() %s end)",
    "lab:what_if(function() %s end)",
    "certsh.inside(certsh.open('empty'), function() %s end)",
    "certsh.command{name = 'cb', brief = 'x', run = function() %s end} certsh.run('cb')",
    "certsh.plugin{name = 'cb', version = '1', brief = 'x', gates = {{name = 'cb', brief = 'x', "
    "check = function() %s end}}} lab:check('alice', 'User')",
    "certsh.command{name = 'cb', brief = 'x', result = {{'a', 'list', 'x'}}, run = function() "
    "return {a = setmetatable({}, {__index = function() %s end, __len = function() return 1 end})} "
    "end} pcall(certsh.run, 'cb')",
};

static void in_callback(struct lua_case *at, const char *callback, const char *body)
{
    char chunk[2000];
    snprintf(chunk, sizeof chunk, callback, body);
    lua_case_run(at, chunk);
}

START_TEST(a_yield_is_a_clear_error)
{
    struct lua_case *at = lua_case_open("kb903220-dc");
    char chunk[2400], inner[2000];
    snprintf(inner, sizeof inner, callbacks[_i], "coroutine.yield()");
    snprintf(chunk, sizeof chunk,
             "local co = coroutine.create(function() %s end)\n"
             "local fine, e = coroutine.resume(co)\n"
             "assert(coroutine.status(co) == 'dead', 'it yielded')\n"
             "assert(fine or tostring(e):find('yield across a C%%-call boundary'), tostring(e))",
             inner);
    lua_case_run(at, chunk);
    lua_case_run(at, "assert(lab:principal('alice').name)");
    lua_case_close(at);
}
END_TEST

START_TEST(finalizers_and_closing_run_in_callbacks)
{
    struct lua_case *at = lua_case_open("kb903220-dc");
    in_callback(at, callbacks[_i],
                "do local x <close> = setmetatable({}, {__close = function() "
                "certsh.sd.parse('D:(A;;CC;;;WD)'):format() certsh.json.encode{1} end}) end "
                "setmetatable({}, {__gc = function() certsh.sd.parse('D:(A;;CC;;;WD)'):format() "
                "pcall(certsh.sd.parse, 'D:(') end}) collectgarbage() collectgarbage()");
    lua_case_run(at, "assert(lab:principal('alice').name)");
    lua_case_close(at);
}
END_TEST

START_TEST(errors_keep_their_status_both_ways)
{
    struct lua_case *at = lua_case_open("kb903220-dc");
    in_callback(at,
                "certsh.command{name = 'up', brief = 'x', run = function() %s end}\n"
                "local fine, e = pcall(certsh.run, 'up')\n"
                "assert(not fine and e.status == 'syntax' and e.at == 6 and e.text:find 'XY', "
                "tostring(e))",
                "lab:transaction(function() lab:what_if(function() "
                "certsh.sd.parse('D:(A;;XY;;;WD)') end) end)");
    in_callback(at,
                "certsh.command{name = 'raised', brief = 'x', run = function() %s end}\n"
                "local fine, e = pcall(certsh.run, 'raised')\n"
                "assert(e.status == 'unknown' and e.text == 'a' and e.hint == 'b', tostring(e))",
                "error{status = 'unknown', text = 'a', hint = 'b'}");
    lua_case_close(at);
}
END_TEST

Suite *lua_memory_suite(void);
Suite *lua_memory_suite(void)
{
    Suite *suite = suite_create("lua_memory");
    TCase *memory = tcase_create("memory");
    tcase_set_timeout(memory, 120);
    tcase_add_loop_test(memory, each_allocation_may_fail, 0, (int)CS_COUNT(chunks));
    tcase_add_test(memory, a_lab_file_is_never_half_changed);
    suite_add_tcase(suite, memory);
    TCase *boundary = tcase_create("boundary");
    tcase_add_loop_test(boundary, a_yield_is_a_clear_error, 0, (int)CS_COUNT(callbacks));
    tcase_add_loop_test(boundary, finalizers_and_closing_run_in_callbacks, 0,
                        (int)CS_COUNT(callbacks));
    tcase_add_test(boundary, errors_keep_their_status_both_ways);
    suite_add_tcase(suite, boundary);
    return suite;
}
