/*
 * plugin_load_test.c - what is taken for a plugin and what is refused, and that the same
 * command in C and in Lua is the same command.
 */
#define _POSIX_C_SOURCE 200809L
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <certsh/json.h>
#include <certsh/plugin.h>

#include "lua_case.h"
#include "plugin/load.h"

#define HELLO_C   CERTSH_BUILD_DIR "/plugins/hello_c.so"
#define HELLO_LUA CERTSH_SOURCE_DIR "/plugins/hello_lua/hello_lua.lua"
#define WRONG_ABI CERTSH_BUILD_DIR "/tests/plugins/wrong_abi.so"
#define NO_PLUGIN CERTSH_BUILD_DIR "/tests/plugins/no_plugin.so"

/* A plugin brings libcertsh.so, and this program holds the same floors as objects: the address
 * sanitizer takes that for a mistake. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_odr_violation=0";
}

static struct lua_case *at;

static cs_status load_script(void *context, const char *path, const struct cs_plugin **plugin,
                             struct cs_error *err)
{
    return csi_lua_plugin(((struct lua_case *)context)->lua, path, plugin, err);
}

static void open_case(void)
{
    at = lua_case_open("kb903220-dc");
    csi_plugins_set_script_loader(at->shell, load_script, at);
}

static void close_case(void)
{
    lua_case_close(at);
}

static bool count_one(void *context, const struct cs_command_entry *entry)
{
    (void)entry;
    ++*(size_t *)context;
    return true;
}

static size_t count_commands(void)
{
    size_t count = 0;
    cs_shell_each_command(at->shell, count_one, &count);
    return count;
}

/* A file of a folder of its own, with this text in it; its path lives until the next call. */
static const char *file_with(const char *name, const char *text)
{
    static char path[200];
    char folder[] = "/tmp/certsh-plugin-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs(text, out);
    fclose(out);
    return path;
}

static void forget_file(const char *path)
{
    char folder[200];
    snprintf(folder, sizeof folder, "%s", path);
    unlink(folder);
    *strrchr(folder, '/') = '\0';
    rmdir(folder);
}

/* ----------------------------------------------------------------- refusals */

static void refuses(const char *path, cs_status status, const char *text)
{
    struct cs_error err = {0};
    size_t before = count_commands();
    ck_assert_int_eq(csi_plugin_load(at->shell, path, &err), status);
    ck_assert_msg(strstr(err.text, text), "%s: %s", path, err.text);
    ck_assert_uint_eq(count_commands(), before);
}

START_TEST(another_abi_is_refused_with_both_numbers)
{
    struct cs_error err = {0};
    char theirs[40], ours[40];
    snprintf(theirs, sizeof theirs, "ABI %d;", CS_PLUGIN_ABI + 41);
    snprintf(ours, sizeof ours, "has ABI %d", CS_PLUGIN_ABI);
    refuses(WRONG_ABI, CS_ABI, theirs);
    refuses(WRONG_ABI, CS_ABI, ours);
    ck_assert_int_eq(csi_plugin_load(at->shell, WRONG_ABI, &err), CS_ABI);
    ck_assert_ptr_nonnull(strstr(err.hint, "build it again"));
}
END_TEST

START_TEST(no_plugin_is_refused)
{
    refuses(NO_PLUGIN, CS_ABI, "is no certsh plugin: it has no symbol 'cs_plugin'");
    refuses("/tmp", CS_ABI, "is no certsh plugin: it is no file");
    refuses("/tmp/no-such-plugin.so", CS_NOT_FOUND, "cannot open plugin");
    const char *path = file_with("text.so", "I am no shared object\n");
    refuses(path, CS_ABI, "is no certsh plugin");
    forget_file(path);
}
END_TEST

START_TEST(bad_lua_files_are_refused)
{
    static const struct {
        const char *text;
        cs_status status;
        const char *problem;
    } rows[] = {
        {"", CS_ABI, "it must return certsh.plugin{...}"},
        {"return 5", CS_ABI, "it must return certsh.plugin{...}"},
        {"return = 5", CS_SYNTAX, "unexpected symbol"},
        {"error 'broken'", CS_SCRIPT, "broken"},
        {"return certsh.plugin{name = 'x', version = '1'}", CS_INVALID, "'brief' is missing"},
        {"return {name = 'x', version = '1', brief = 'x', commands = {{name = 'y'}}}", CS_INVALID,
         "'brief' is missing"},
        {"return {abi = 9, name = 'x', version = '1', brief = 'x'}", CS_ABI, "ABI 9"},
        {"\033Lua", CS_SYNTAX, "attempt to load a binary chunk"},
    };
    const char *path = file_with("bad.lua", rows[_i].text);
    refuses(path, rows[_i].status, rows[_i].problem);
    forget_file(path);
}
END_TEST

/* Each size in the head protects the stride of an array. */
START_TEST(another_shape_is_refused_with_both_sizes)
{
    struct cs_error err = {0};
    struct cs_plugin plugin = {CS_PLUGIN_HEAD, .name = "shape", .version = "1", .brief = "x"};
    uint16_t *sizes[] = {&plugin.plugin_size, &plugin.command_size, &plugin.param_size,
                         &plugin.field_size,  &plugin.example_size, &plugin.importer_size,
                         &plugin.gate_size};
    char both[60];
    snprintf(both, sizeof both, "of %u bytes, not %u", *sizes[_i] + 8u, (unsigned)*sizes[_i]);
    *sizes[_i] = (uint16_t)(*sizes[_i] + 8);
    ck_assert_int_eq(cs_shell_add_plugin(at->shell, &plugin, "shape.so", &err), CS_ABI);
    ck_assert_msg(strstr(err.text, both), "%s", err.text);
}
END_TEST

START_TEST(twice_is_refused_with_both_origins)
{
    struct cs_error err = {0};
    ck_assert_int_eq(csi_plugin_load(at->shell, HELLO_LUA, &err), CS_OK);
    refuses(HELLO_LUA, CS_EXISTS, "hello_lua.lua");
    const char *path =
        file_with("other.lua", "return certsh.plugin{name = 'other', version = '1', brief = 'x',\n"
                               "  commands = {{name = 'hello lua', brief = 'x', run = print}}}");
    refuses(path, CS_EXISTS, "other.lua");
    refuses(path, CS_EXISTS, "hello_lua.lua");
    forget_file(path);
}
END_TEST

START_TEST(lua_needs_a_loader)
{
    struct cs_error err = {0};
    csi_plugins_set_script_loader(at->shell, NULL, NULL);
    ck_assert_int_eq(csi_plugin_load(at->shell, HELLO_LUA, &err), CS_STATE);
}
END_TEST

/* ------------------------------------------------------------------- parity */

/* `text` with NAME for the command's name, so that both sides read the same; free it. */
static char *without_name(const char *text, const char *name)
{
    char *out = calloc(1, strlen(text) + 1);
    size_t width = strlen(name), length = 0;
    while (*text) {
        if (strncmp(text, name, width) == 0) {
            memcpy(out + length, "NAME", 4);
            length += 4;
            text += width;
        } else {
            out[length++] = *text++;
        }
    }
    return out;
}

/* What the registry knows of a command: its help, its usage, its schema. */
static char *exported(const char *name)
{
    struct cs_buf all;
    struct cs_arena *arena = cs_arena_new();
    const struct cs_command *command = cs_shell_command(at->shell, cs_str_of(name));
    ck_assert_ptr_nonnull(command);
    cs_buf_init(&all, 1 << 20);
    cs_buf_add_str(&all, cs_help_command(arena, command));
    cs_buf_add_str(&all, cs_help_usage(arena, command));
    struct cs_value schema = cs_schema_command(arena, command);
    cs_json_write(&all, &schema);
    char *text = without_name(all.at, name);
    cs_buf_clear(&all);
    cs_arena_free(arena);
    return text;
}

static void load_both(void)
{
    struct cs_error err = {0};
    ck_assert_msg(csi_plugin_load(at->shell, HELLO_C, &err) == CS_OK, "%s", err.text);
    ck_assert_msg(csi_plugin_load(at->shell, HELLO_LUA, &err) == CS_OK, "%s", err.text);
}

START_TEST(same_command_in_c_and_lua)
{
    load_both();
    char *in_c = exported("hello c"), *in_lua = exported("hello lua");
    ck_assert_ptr_nonnull(strstr(in_c, "NAME"));
    ck_assert_str_eq(in_c, in_lua);
    free(in_c);
    free(in_lua);
}
END_TEST

START_TEST(same_rows_in_c_and_lua)
{
    load_both();
    lua_case_run(at,
                 "for _, who in ipairs{'alice', 'DC02$', 'Everyone', 'CORP\\\\Domain Users'} do\n"
                 "  local c = certsh.json.encode(certsh.run('hello c \"' .. who .. '\"'))\n"
                 "  local l = certsh.json.encode(certsh.run('hello lua \"' .. who .. '\"'))\n"
                 "  assert(c == l and c:find('kind'), c)\n"
                 "end\n"
                 "for _, bad in ipairs{'', 'nobody', 'alice bob', 'alice --nix'} do\n"
                 "  local _, c = pcall(certsh.run, 'hello c ' .. bad)\n"
                 "  local _, l = pcall(certsh.run, 'hello lua ' .. bad)\n"
                 "  assert(c.status == l.status, bad)\n"
                 "end");
}
END_TEST

Suite *plugin_load_suite(void);
Suite *plugin_load_suite(void)
{
    Suite *suite = suite_create("plugin_load");
    TCase *load = tcase_create("load");
    tcase_add_checked_fixture(load, open_case, close_case);
    tcase_add_test(load, another_abi_is_refused_with_both_numbers);
    tcase_add_test(load, no_plugin_is_refused);
    tcase_add_loop_test(load, bad_lua_files_are_refused, 0, 8);
    tcase_add_loop_test(load, another_shape_is_refused_with_both_sizes, 0, 7);
    tcase_add_test(load, twice_is_refused_with_both_origins);
    tcase_add_test(load, lua_needs_a_loader);
    tcase_add_test(load, same_command_in_c_and_lua);
    tcase_add_test(load, same_rows_in_c_and_lua);
    suite_add_tcase(suite, load);
    return suite;
}
