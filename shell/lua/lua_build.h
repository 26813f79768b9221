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
/* Who tells the fact that is being built: what told_by said, else the script or a command. */
struct cs_source csi_build_source(lua_State *L);
/* Is the field there at all, maybe empty? */
bool csi_has_field(lua_State *L, int index, const char *name);
/* Bytes of a descriptor: field `name` in SDDL, or `name`_hex.  [-0, +0, e] */
struct cs_str csi_opt_sd(lua_State *L, int index, const char *name, bool registry);
/* A principal as a dump calls it, in a field; 0 when it is not there.  [-0, +0, e] */
cs_id csi_opt_called(lua_State *L, int index, const char *name, const struct cs_lab *lab);

/* The field `booted`, when it is there: what the clock showed when the host started. */
void csi_set_booted(lua_State *L, struct cs_lab *lab, cs_id host);
/* set_registry and set_right with one table. */
int csi_set_registry_fields(lua_State *L);
int csi_set_right_fields(lua_State *L);
/* A type of registry values by name or number at `index`, `fallback` for nil.  [-0, +0, e] */
uint32_t csi_to_reg_type(lua_State *L, int index, uint32_t fallback);
/* UTF-16 texts of a REG_MULTI_SZ from the list at `index`.  [-0, +0, e] */
struct cs_str csi_multi_data(lua_State *L, int index);
struct cs_str csi_dword_data(lua_State *L, int index);
/* A time, "2006-11-30T09:00:00Z" or seconds.  [-0, +0, e] */
int64_t csi_to_seconds(lua_State *L, int index);

#endif
