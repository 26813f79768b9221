/* lua_case.c - see lua_case.h. */
#include "lua_case.h"

#include <check.h>
#include <stdlib.h>

static cs_status open_lab(struct cs_shell *shell, struct cs_lab **lab, struct cs_error *err)
{
    struct lua_case *at = cs_shell_open_context(shell);
    return csi_lua_lab(at->lua, at->lab, lab, err);
}

struct lua_case *lua_case_open(const char *lab)
{
    struct cs_error err = {0};
    struct lua_case *at = calloc(1, sizeof *at);
    ck_assert_ptr_nonnull(at);
    at->lab = lab;
    at->shell = cs_shell_new();
    ck_assert_ptr_nonnull(at->shell);
    cs_shell_set_open(at->shell, open_lab, at);
    at->lua = csi_lua_new(at->shell, CERTSH_SOURCE_DIR "/scripts", &err);
    ck_assert_msg(at->lua != NULL, "%s", err.text);
    return at;
}

void lua_case_close(struct lua_case *at)
{
    csi_lua_free(at->lua);
    cs_shell_free(at->shell);
    free(at);
}

void lua_case_run(struct lua_case *at, const char *chunk)
{
    struct cs_error err = {0};
    int code;
    cs_status status = csi_lua_eval(at->lua, cs_str_of(chunk), "=test", &code, &err);
    ck_assert_msg(status == CS_OK, "%s: %s (%s)", chunk, err.text, err.where);
    ck_assert_msg(code == -1 || code == 0, "%s: os.exit(%d)", chunk, code);
}

void lua_case_fails(struct lua_case *at, const char *chunk, struct cs_error *err)
{
    int code;
    *err = (struct cs_error){0};
    cs_status status = csi_lua_eval(at->lua, cs_str_of(chunk), "=test", &code, err);
    ck_assert_msg(status != CS_OK, "%s: did not raise", chunk);
    ck_assert_int_eq(status, err->status);
}
