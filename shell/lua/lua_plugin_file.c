/*
 * lua_plugin_file.c - a Lua plugin's file: its declaration is read first, then it runs.
 *
 * What the plugin may do stands in its text (plugin/declared.h), so its environment is made
 * before any of it runs.  A declaration that turns out otherwise when it has run is refused.
 * Room: lua.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lua/lua_internal.h"
#include "plugin/declared.h"

enum { MOST_BYTES = 1 << 24 };

struct plugin_file {
    const char *path;
    const struct cs_plugin *plugin;
};

static bool read_all(const char *path, struct cs_buf *out)
{
    char bytes[8192];
    size_t length;
    FILE *in = fopen(path, "rb");
    if (!in)
        return false;
    while ((length = fread(bytes, 1, sizeof bytes, in)) > 0)
        cs_buf_add(out, bytes, length);
    bool whole = !ferror(in) && !cs_buf_full(out);
    fclose(in);
    return whole;
}

/* The file's text, in scratch memory.  [-0, +0, e] */
static struct cs_str source_of(lua_State *L, const char *path)
{
    struct cs_buf buf;
    cs_buf_init(&buf, MOST_BYTES);
    errno = 0;
    bool whole = read_all(path, &buf);
    int number = errno;
    struct cs_str text = cs_str_copy(csi_scratch(L), cs_buf_str(&buf));
    cs_buf_clear(&buf);
    if (!whole)
        csi_raise_new(L, number == ENOENT ? CS_NOT_FOUND : CS_IO, "cannot read plugin '%s': %s",
                      path, number ? strerror(number) : "too large");
    return text;
}

/* Push the file's chunk in an environment of `caps`.  [-0, +1, e] */
static void push_chunk(lua_State *L, const struct plugin_file *file, struct cs_str text,
                       unsigned caps)
{
    char folder[4096];
    const char *slash = strrchr(file->path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - file->path) : 1,
             slash ? file->path : ".");
    lua_pushfstring(L, "@%s", file->path);
    int code = luaL_loadbufferx(L, text.at, text.length, lua_tostring(L, -1), "t");
    if (code == LUA_ERRSYNTAX)
        csi_raise_new(L, CS_SYNTAX, "%s", lua_tostring(L, -1));
    if (code != LUA_OK)
        lua_error(L);
    csi_push_env(L, caps, folder);
    lua_setupvalue(L, -2, 1);
}

/* (plugin_file) */
static int read_plugin(lua_State *L)
{
    struct csi_lua *lua = csi_lua_of(L);
    struct plugin_file *file = lua_touserdata(L, 1);
    struct csi_manifest_plugin declared = {0};
    struct cs_error err;
    struct cs_str text = source_of(L, file->path);
    csi_declared_read(csi_scratch(L), text, &declared);
    lua->file_needs = declared.needs ? declared.needs : CSI_PLAIN_NEEDS;
    csi_check(L, csi_caps_read(lua->file_needs, &lua->file_caps, &err), &err);
    push_chunk(L, file, text, lua->file_caps);
    lua_call(L, 0, 1);
    const struct csi_plugin_box *box = csi_test(L, -1, &csi_class_plugin);
    if (box) {
        file->plugin = box->plugin;
        return 0;
    }
    if (!lua_istable(L, -1))
        csi_raise_new(L, CS_ABI, "'%s' is no certsh plugin: it must return certsh.plugin{...}",
                      file->path);
    file->plugin = csi_plugin_make(L, lua_gettop(L));
    return 0;
}

cs_status csi_lua_plugin(struct csi_lua *lua, const char *path, const struct cs_plugin **plugin,
                         struct cs_error *err)
{
    struct plugin_file file = {.path = path};
    bool before = lua->collecting;
    const char *needs = lua->file_needs;
    unsigned caps = lua->file_caps, granted = csi_caps_granted(lua->shell);
    lua->collecting = true;
    csi_caps_set(lua->shell, 0); /* it only declares */
    cs_status status = csi_protect(lua, read_plugin, &file, err);
    csi_caps_set(lua->shell, granted);
    lua->collecting = before;
    lua->file_needs = needs;
    lua->file_caps = caps;
    if (status != CS_OK)
        return status;
    *plugin = file.plugin;
    return CS_OK;
}
