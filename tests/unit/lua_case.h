/*
 * lua_case.h - a shell with Lua and a built-in lab, for tests of the lua and plugin floors.
 *
 *     struct lua_case *at = lua_case_open("kb903220-dc");
 *     lua_case_run(at, "assert(certsh.lab.name == 'kb903220-dc')");
 *     lua_case_close(at);
 */
#ifndef CERTSH_TESTS_LUA_CASE_H
#define CERTSH_TESTS_LUA_CASE_H

#include <certsh/shell.h>

#include "lua/lua_host.h"

struct lua_case {
    struct cs_shell *shell;
    struct csi_lua *lua;
    const char *lab;
};

/* Aborts the test when it cannot be made.  `lab` is opened when it is first asked for. */
struct lua_case *lua_case_open(const char *lab);
void lua_case_close(struct lua_case *at);

/* Run a chunk that must end well; its own assert calls do the checking. */
void lua_case_run(struct lua_case *at, const char *chunk);
/* Run a chunk that must raise; the error is left in `err`. */
void lua_case_fails(struct lua_case *at, const char *chunk, struct cs_error *err);

#endif
