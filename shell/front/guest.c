/*
 * guest.c - the module certsh.so: `require "certsh"` in a stock lua5.4 (lua/lua_guest.c).
 *
 * The same shell as the program's, with its plugins; what options would say, the environment says:
 * CERTSH_LAB_NAME, CERTSH_PLUGIN_PATH, CERTSH_NO_PLUGINS, ...  Room: front, a module of its own.
 */
#include "front.h"

#include "plugin/module.h"

static struct csi_front front;

/* In a build tree certsh.tree lies beside the module; installed it is in lib/lua/5.4. */
static const char *find_home(struct cs_arena *arena)
{
    const char *folder = csi_module_folder(arena, &front);
    FILE *tree = fopen(cs_arena_printf(arena, "%s/certsh.tree", folder), "r");
    if (!tree)
        return cs_arena_printf(arena, "%s/../../../bin", folder);
    fclose(tree);
    return folder;
}

static cs_status open_front(struct csi_lua *lua, struct cs_error *err)
{
    char name[] = "certsh", *words[] = {name, NULL};
    front = (struct csi_front){.arena = cs_arena_new(), .lua = lua};
    cs_status status = csi_options_read(front.arena, 1, words, &front.options, err);
    if (status != CS_OK)
        return status;
    front.options.home = find_home(front.arena);
    return csi_front_open(&front, err);
}

static void close_front(void)
{
    csi_front_close(&front);
    cs_arena_free(front.arena);
    front = (struct csi_front){0};
}

CS_API int luaopen_certsh(struct lua_State *L);

int luaopen_certsh(struct lua_State *L)
{
    static const struct csi_guest guest = {open_front, close_front};
    return csi_lua_guest(L, &guest);
}
