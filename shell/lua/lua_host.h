/*
 * lua_host.h - what the front and the plugin floor may ask of Lua, without seeing lua_State.
 *
 * Room: lua; the only header of this floor that others include.
 */
#ifndef CERTSH_LUA_HOST_H
#define CERTSH_LUA_HOST_H

#include <certsh/shell.h>

struct csi_lua;

/* A Lua for `shell`, with the `certsh` global.  `scripts` is the folder of labs and scripts. */
struct csi_lua *csi_lua_new(struct cs_shell *shell, const char *scripts, struct cs_error *err);
void csi_lua_free(struct csi_lua *lua);
/* Take built-in labs from their compiled copies in `folder` (borrowed) where those are fresh. */
cs_status csi_lua_set_compiled(struct csi_lua *lua, const char *folder, struct cs_error *err);

/*
 * The Lua of another program that requires us: what `require "certsh"` gives is pushed.  `open`
 * makes the shell and hands it to csi_lua_adopt; `close` is called when that Lua ends.
 */
struct lua_State;
struct csi_guest {
    cs_status (*open)(struct csi_lua *lua, struct cs_error *err);
    void (*close)(void);
};
int csi_lua_guest(struct lua_State *host, const struct csi_guest *guest);
void csi_lua_adopt(struct csi_lua *lua, struct cs_shell *shell, const char *scripts,
                   const char *compiled);

/* Run a chunk.  A first '=' prints the expression; `code` is os.exit's code, -1 without one. */
cs_status csi_lua_eval(struct csi_lua *lua, struct cs_str chunk, const char *name, int *code,
                       struct cs_error *err);
/* Would more lines make this chunk whole ("unexpected symbol near <eof>")? */
bool csi_lua_incomplete(struct csi_lua *lua, struct cs_str chunk);
/*
 * Run the script file argv[0] with `arg` set; a failure rolls the lab back whole.  `command` gets
 * the name of the command that the script declared and returned, to be run with the arguments,
 * else NULL; it lives as long as `lua`.
 */
cs_status csi_lua_script(struct csi_lua *lua, int argc, char *const *argv, int *code,
                         const char **command, struct cs_error *err);
/* Read a Lua plugin file: the same struct as a C plugin has.  Lives as long as `lua`. */
cs_status csi_lua_plugin(struct csi_lua *lua, const char *path, const struct cs_plugin **plugin,
                         struct cs_error *err);
/* Build the built-in lab `name` (scripts/labs/NAME.lua); CS_NOT_FOUND lists those there are. */
cs_status csi_lua_lab(struct csi_lua *lua, const char *name, struct cs_lab **lab,
                      struct cs_error *err);
/* Offer global names and fields for a Lua expression that ends in `prefix`. */
CS_API void csi_lua_complete(struct csi_lua *lua, struct cs_str prefix, cs_offer_fn *offer,
                             void *context);

/*
 * A sandbox: from now on chunks and scripts find the lab and nothing else, and Lua may hold
 * `memory` bytes more than now.  `start` is called once, when the first chunk is compiled and
 * about to run; `over` when Lua wants more than that, and must not return.
 */
struct csi_confine {
    size_t memory;
    void (*start)(void *context);
    void (*over)(void *context);
    void *context;
};
cs_status csi_lua_confine(struct csi_lua *lua, const struct csi_confine *with,
                          struct cs_error *err);
/* Did Lua last ask for more than it may hold, and go without? */
bool csi_lua_over(const struct csi_lua *lua);

/* From a signal handler: what runs in Lua is to fail with "interrupted"; `lua` may be NULL. */
void csi_lua_interrupt(struct csi_lua *lua);
/* Nothing runs any more: forget an interrupt that came too late. */
void csi_lua_calm(struct csi_lua *lua);

#endif
