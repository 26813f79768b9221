/*
 * lua_json.c - certsh.json.decode and certsh.json.encode.
 *
 * null is certsh.null, a light userdata; an empty table is {} unless certsh.array made it.
 * Keys are written in order of their bytes, so that the same table gives the same text.
 * Room: lua.
 */
#include <certsh/json.h>

#include "lua/lua_internal.h"

enum { MAX_TEXT = 1 << 28 };

static int decode(lua_State *L)
{
    struct cs_value value;
    struct cs_error err;
    csi_check(L, cs_json_read(csi_scratch(L), csi_to_str(L, 1), &value, &err), &err);
    csi_push_value(L, &value, CSI_NULL_IS_NULL);
    return 1;
}

/* No Lua call between init and clear: an error would leave the buffer behind. */
static bool write_json(struct cs_arena *arena, const struct cs_value *value, struct cs_str *text)
{
    struct cs_buf buf;
    cs_buf_init(&buf, MAX_TEXT);
    cs_json_write(&buf, value);
    bool full = cs_buf_full(&buf);
    if (!full)
        *text = cs_str_copy(arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return !full;
}

static int encode(lua_State *L)
{
    luaL_checkany(L, 1);
    struct cs_value value = csi_to_value(L, 1, csi_scratch(L));
    struct cs_str text;
    if (!write_json(csi_scratch(L), &value, &text))
        csi_raise_new(L, CS_LIMIT, "more than %d bytes of JSON", MAX_TEXT);
    csi_push_str(L, text);
    return 1;
}

const struct csi_fn csi_json_fns[] = {{"decode", decode, true}, {"encode", encode, true}, {0}};
