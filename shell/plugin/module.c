/*
 * module.c - opening a part of the program that is not always needed.
 *
 * The front keeps readline in a module of its own, which a script never opens.  Room: plugin,
 * because this floor alone knows dlfcn.h.
 */
#define _GNU_SOURCE /* dladdr, which is POSIX since 2024 */
#include "plugin/module.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <certsh/arena.h>
#include <certsh/status.h>

#include "lab/store.h"

static const char *store_path;

static const struct csi_sqlite *open_store(struct cs_error *err)
{
    static const struct csi_sqlite *sqlite;
    if (!sqlite)
        sqlite = csi_module_symbol(store_path, "csi_sqlite", err);
    return sqlite;
}

void csi_module_store(const char *path)
{
    store_path = path;
    csi_store_from(open_store);
}

const void *csi_module_symbol(const char *path, const char *symbol, struct cs_error *err)
{
    void *module = path ? dlopen(path, RTLD_LAZY | RTLD_LOCAL) : NULL;
    const void *at = module ? dlsym(module, symbol) : NULL;
    if (at)
        return at;
    const char *why = path ? dlerror() : "this program does not know where it lies";
    cs_fail(err, CS_IO, "cannot open a part of certsh: %.200s", why ? why : symbol);
    cs_error_hint(err, "install certsh again, with all its files");
    return NULL;
}

const char *csi_module_folder(struct cs_arena *arena, const void *address)
{
    Dl_info info;
    char *whole = dladdr(address, &info) && info.dli_fname ? realpath(info.dli_fname, NULL) : NULL;
    const char *slash = whole ? strrchr(whole, '/') : NULL;
    const char *folder = slash ? cs_arena_copy(arena, whole, (size_t)(slash - whole)) : "";
    free(whole);
    return folder;
}
