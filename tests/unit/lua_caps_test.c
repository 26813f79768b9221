/*
 * lua_caps_test.c - capabilities of Lua plugins: what one declares in its file is read before it
 * runs, makes its environment, and holds whatever runs on its behalf.
 */
#define _POSIX_C_SOURCE 200809L
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lua_case.h"
#include "plugin/declared.h"
#include "plugin/load.h"

static struct lua_case *at;
static char folder[64], file[96];

static cs_status load_script(void *context, const char *path, const struct cs_plugin **plugin,
                             struct cs_error *err)
{
    return csi_lua_plugin(((struct lua_case *)context)->lua, path, plugin, err);
}

static void open_case(void)
{
    at = lua_case_open("kb903220-dc");
    struct cs_error err = {0};
    csi_plugins_set_script_loader(at->shell, load_script, at);
    ck_assert_int_eq(csi_plugin_load(at->shell, CERTSH_BUILD_DIR "/plugins/net.so", &err), CS_OK);
    ck_assert_int_eq(csi_plugin_load(at->shell, CERTSH_BUILD_DIR "/plugins/lab.so", &err), CS_OK);
    strcpy(folder, "/tmp/certsh-caps-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/p.lua", folder);
}

static void close_case(void)
{
    lua_case_close(at);
    unlink(file);
    rmdir(folder);
}

/* A plugin of one command, "probe", whose body is `body`. */
static cs_status load(const char *needs, const char *body, struct cs_error *err)
{
    FILE *out = fopen(file, "w");
    ck_assert_ptr_nonnull(out);
    fprintf(out,
            "return certsh.plugin {\n  name = 'p', version = '1', brief = 'x', %s\n"
            "  commands = {{ name = 'probe', brief = 'x', result = {{'x', 'text', 'x'}},\n"
            "    run = function(call) %s end }},\n}\n",
            needs, body);
    fclose(out);
    return csi_plugin_load(at->shell, file, err);
}

static const struct row {
    const char *needs, *body;
    const char *refused; /* in the error's text; NULL: it works */
} rows[] = {
    {"", "return {x = lab:principal('alice').name}", NULL},
    {"", "return {x = tostring(io or debug or package or dofile or os.execute)}", NULL},
    {"", "io.open('/etc/passwd')", "global 'io'"},
    {"", "certsh.run('lab import /etc/hostname')", "needs file.read"},
    {"", "load('\\27Lua')()", "attempt to call a nil value"},
    {"", "setmetatable({}, {__gc = print})", "have no finalizers"},
    {"", "getmetatable('').__index.rep = print", "index a nil value"},
    {"", "require 'posix'", "is not found in this environment"},
    {"needs = 'lab.read',", "return {x = lab:principal('alice').name}", NULL},
    {"needs = 'lab.read',", "certsh.run('net localgroup Users alice /add')", "needs lab.write"},
    {"needs = 'lab.read',", "lab:group('CORP\\\\Domain Users'):remove('alice')", "needs lab.write"},
    {"needs = 'lab.read',", "lab:host('DC01'):restart()", "needs lab.write"},
    {"needs = 'lab.read',", "local ok, e = pcall(lab.undo, lab) return {x = e.status}", NULL},
    {"needs = 'none',", "return {x = lab.name}", "needs lab.read"},
    {"needs = 'none',", "return {x = certsh.sd.parse('D:(A;;CC;;;WD)'):format()}", NULL},
    {"needs = 'file.read',", "return {x = io.open('/etc/hostname') and 'x'}", NULL},
    {"needs = 'file.read',", "io.open('/tmp/certsh-caps', 'w')", "needs file.write"},
    {"needs = 'file.read',", "io.open('/tmp/certsh-caps', 'r+')", "needs file.write"},
    {"needs = 'file.read',", "io.popen('id')", "field 'popen'"},
    {"needs = 'file.read',", "return {x = tostring(os.remove)}", NULL},
    {"needs = 'lab.read file.write',", "io.open('/etc/passwd')", "needs file.read"},
    {"needs = 'process',", "return {x = io.popen('echo hi'):read('l')}", NULL},
    {"needs = 'lab.read ' .. 'lab.write',", "certsh.run('net localgroup Users alice /add')", NULL},
};

START_TEST(a_plugin_may_what_it_declares)
{
    const struct row *row = &rows[_i];
    struct cs_error err = {0};
    ck_assert_msg(load(row->needs, row->body, &err) == CS_OK, "%s", err.text);
    if (!row->refused) {
        lua_case_run(at, "certsh.run 'probe'");
        return;
    }
    lua_case_fails(at, "certsh.run 'probe'", &err);
    ck_assert_msg(strstr(err.text, row->refused), "%s: %s", row->body, err.text);
}
END_TEST

START_TEST(what_it_may_ends_with_it)
{
    struct cs_error err = {0};
    ck_assert_int_eq(load("needs = 'lab.read',", "error('stop')", &err), CS_OK);
    lua_case_run(at, "assert(not pcall(certsh.run, 'probe'))\n"
                     "certsh.run('net localgroup Users alice /add')\n"
                     "assert(io.open('/etc/hostname'))");
}
END_TEST

START_TEST(a_persons_own_command_is_the_person)
{
    struct cs_error err = {0};
    lua_case_run(at, "certsh.command{name = 'outer', brief = 'x', needs = 'lab.read',\n"
                     "  run = function() certsh.run('probe') end}");
    ck_assert_int_eq(load("", "certsh.run('net localgroup Users alice /add')", &err), CS_OK);
    lua_case_run(at, "certsh.run 'outer'"); /* a person's own command is the person */
}
END_TEST

START_TEST(needs_that_cannot_be_read_are_refused)
{
    struct cs_error err = {0};
    ck_assert_int_eq(load("needs = ('process'):rep(1),", "", &err), CS_ABI);
    ck_assert_ptr_nonnull(strstr(err.text, "does not stand in its file"));
    ck_assert_ptr_nonnull(strstr(err.hint, "as a plain text"));
}
END_TEST

START_TEST(reading_a_plugin_file_changes_nothing)
{
    struct cs_error err = {0};
    FILE *out = fopen(file, "w");
    fputs("certsh.run('net localgroup Users alice /add') return certsh.plugin{name = 'p', "
          "version = '1', brief = 'x'}",
          out);
    fclose(out);
    ck_assert_int_eq(csi_plugin_load(at->shell, file, &err), CS_NEEDS);
}
END_TEST

/* ------------------------------------------------------- read without running */

static const struct {
    const char *source, *name, *needs, *command;
} sources[] = {
    {"return certsh.plugin { name = 'a', needs = 'lab.read', commands = {{name = 'b c'}} }", "a",
     "lab.read", "b c"},
    {"-- certsh.plugin{name='no'}\nlocal p = certsh.plugin({name = \"a\"}) return p", "a", NULL,
     NULL},
    {"return { commands = { { run = function(x) if x then return {1, 2} end end, name = [[d]] } },"
     " name = [==[a]==] }",
     "a", NULL, "d"},
    {"local x = {name = 'no'}\nreturn certsh.plugin{brief = f('x', {name = 'no'}), name = 'a'}",
     "a", NULL, NULL},
    {"return certsh.plugin{name = 'a' .. 'b', needs = needs, ['name'] = 'no'}", "ab", NULL, NULL},
    {"return certsh.plugin{name = 'a', run = function() for i = 1, 2 do while x do repeat until y "
     "end end end, needs = 'none'}",
     "a", "none", NULL},
};

START_TEST(a_declaration_is_read_without_running_it)
{
    struct cs_arena *arena = cs_arena_new();
    struct csi_manifest_plugin plugin = {0};
    ck_assert(csi_declared_read(arena, cs_str_of(sources[_i].source), &plugin));
    ck_assert_pstr_eq(plugin.name, sources[_i].name);
    ck_assert_pstr_eq(plugin.needs, sources[_i].needs);
    ck_assert_pstr_eq(plugin.commands ? plugin.commands->name : NULL, sources[_i].command);
    cs_arena_free(arena);
}
END_TEST

START_TEST(what_is_no_declaration_is_none)
{
    static const char *const none[] = {
        "",       "return 5", "x = {name = 'a'}",  "\"",           "[[",
        "--[==[", "return {", "certsh.plugin{{{{", "return certsh"};
    struct cs_arena *arena = cs_arena_new();
    for (size_t i = 0; i < CS_COUNT(none); i++) {
        struct csi_manifest_plugin plugin = {0};
        csi_declared_read(arena, cs_str_of(none[i]), &plugin);
        ck_assert_pstr_eq(plugin.name, NULL);
    }
    cs_arena_free(arena);
}
END_TEST

Suite *lua_caps_suite(void);
Suite *lua_caps_suite(void)
{
    Suite *suite = suite_create("lua_caps");
    TCase *caps = tcase_create("caps");
    tcase_add_checked_fixture(caps, open_case, close_case);
    tcase_add_loop_test(caps, a_plugin_may_what_it_declares, 0, (int)CS_COUNT(rows));
    tcase_add_test(caps, what_it_may_ends_with_it);
    tcase_add_test(caps, a_persons_own_command_is_the_person);
    tcase_add_test(caps, needs_that_cannot_be_read_are_refused);
    tcase_add_test(caps, reading_a_plugin_file_changes_nothing);
    suite_add_tcase(suite, caps);
    TCase *declared = tcase_create("declared");
    tcase_add_loop_test(declared, a_declaration_is_read_without_running_it, 0,
                        (int)CS_COUNT(sources));
    tcase_add_test(declared, what_is_no_declaration_is_none);
    suite_add_tcase(suite, declared);
    return suite;
}
