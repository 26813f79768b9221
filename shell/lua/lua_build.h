/*
 * lua_build.h - what the methods that build a lab share.  Room: lua, internal.
 */
#ifndef CERTSH_LUA_BUILD_H
#define CERTSH_LUA_BUILD_H

#include "lua/lua_internal.h"

/* End the transaction of one call: commit, or roll back and raise.  [-0, +0, e] */
void csi_build_end(lua_State *L, struct cs_lab *lab, cs_status status, struct cs_error *err);
/* The domain the field names, by name or handle; 0 when it is not there.  [-0, +0, e] */
cs_id csi_opt_domain(lua_State *L, int index, const char *name, struct cs_lab *lab);
/* A field that is a SID; count 0 when it is not there.  [-0, +0, e] */
struct cs_sid csi_opt_sid(lua_State *L, int index, const char *name);

#endif
