/* grammar_test.c - is a line a command, Lua, or neither, and where does its pipe begin? */
#include "front/front.h"
#include "suites_shell.h"
#include "toy.h"

static const struct {
    const char *line;
    enum csi_line_kind kind;
} lines[] = {
    {"", CSI_LINE_EMPTY},
    {"   ", CSI_LINE_EMPTY},
    {"# toy show x", CSI_LINE_EMPTY},
    {"help", CSI_LINE_COMMAND},
    {"toy show x", CSI_LINE_COMMAND},
    {"TOY SHOW x", CSI_LINE_COMMAND},
    {"toy \xe2\x80\x93raw x", CSI_LINE_COMMAND},
    {"set ./x", CSI_LINE_COMMAND},
    {"=1 + 1", CSI_LINE_LUA},
    {"toy = 1", CSI_LINE_LUA},
    {"toy=1", CSI_LINE_LUA},
    {"toy.x = 1", CSI_LINE_LUA},
    {"toy:show()", CSI_LINE_LUA},
    {"toy {}", CSI_LINE_LUA},
    {"toy[1] = 2", CSI_LINE_LUA},
    {"help(1)", CSI_LINE_LUA},
    {"x = 1", CSI_LINE_LUA},
    {"a, b = 1, 2", CSI_LINE_LUA},
    {"print 'x'", CSI_LINE_LUA},
    {"for i = 1, 2 do", CSI_LINE_LUA},
    {"local x", CSI_LINE_LUA},
    {"return", CSI_LINE_LUA},
    {"(f or g)()", CSI_LINE_LUA},
    {"-- a remark", CSI_LINE_LUA},
    {"::again::", CSI_LINE_LUA},
    {"hepl", CSI_LINE_UNKNOWN},
    {"net locl", CSI_LINE_UNKNOWN},
    {"enrol check CORP\\DC02$ x", CSI_LINE_UNKNOWN},
    {"certutl -setreg x", CSI_LINE_UNKNOWN},
    {"/x", CSI_LINE_UNKNOWN},
    {"\xe3\x83\x98", CSI_LINE_UNKNOWN},
};

START_TEST(a_line_is_of_one_kind)
{
    struct cs_shell *shell = toy_shell();
    enum csi_line_kind kind = csi_line_kind(shell, cs_str_of(lines[_i].line));
    ck_assert_msg(kind == lines[_i].kind, "'%s' is %d", lines[_i].line, kind);
    cs_shell_free(shell);
}
END_TEST

static const struct {
    const char *line, *before, *target;
    int kind;
} pipes[] = {
    {"toy show x", "toy show x", NULL, CSI_NO_PIPE},
    {"toy show x | head -2 | wc", "toy show x", "head -2 | wc", CSI_TO_PROGRAM},
    {"toy show x > out.txt", "toy show x", "out.txt", CSI_TO_FILE},
    {"toy show x >out.txt", "toy show x", "out.txt", CSI_TO_FILE},
    {"toy show x >> \"my file\"", "toy show x", "my file", CSI_ADD_TO_FILE},
    {"toy show \"a | b\" '> c'", "toy show \"a | b\" '> c'", NULL, CSI_NO_PIPE},
    {"toy show a|b x>y", "toy show a|b x>y", NULL, CSI_NO_PIPE},
    {"toy show x |", NULL, NULL, 0},
    {"toy show x >", NULL, NULL, 0},
    {"toy show x > a b", NULL, NULL, 0},
};

START_TEST(pipes_are_split_off)
{
    struct cs_arena *arena = cs_arena_new();
    struct csi_pipe pipe;
    struct cs_error err;
    cs_status status = csi_pipe_split(arena, cs_str_of(pipes[_i].line), &pipe, &err);
    ck_assert_int_eq(status, pipes[_i].before ? CS_OK : CS_USAGE);
    if (pipes[_i].before) {
        ck_assert(cs_str_is(pipe.line, pipes[_i].before));
        ck_assert_int_eq((int)pipe.kind, pipes[_i].kind);
    }
    if (pipes[_i].target)
        ck_assert_str_eq(pipe.target, pipes[_i].target);
    cs_arena_free(arena);
}
END_TEST

Suite *grammar_suite(void)
{
    Suite *suite = suite_create("grammar");
    TCase *tc = tcase_create("core");
    tcase_add_loop_test(tc, a_line_is_of_one_kind, 0, CS_COUNT(lines));
    tcase_add_loop_test(tc, pipes_are_split_off, 0, CS_COUNT(pipes));
    suite_add_tcase(suite, tc);
    return suite;
}
