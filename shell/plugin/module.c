/*
 * module.c - opening a part of the program that is not always needed.
 *
 * The front keeps readline in a module of its own, which a script never opens.  Room: plugin,
 * because this floor alone knows dlfcn.h.
 */
#include "plugin/module.h"

#include <dlfcn.h>

#include <certsh/status.h>

const void *csi_module_symbol(const char *path, const char *symbol, struct cs_error *err)
{
    void *module = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    const void *at = module ? dlsym(module, symbol) : NULL;
    if (at)
        return at;
    const char *why = path ? dlerror() : "this program does not know where it lies";
    cs_fail(err, CS_IO, "cannot open a part of certsh: %.200s", why ? why : symbol);
    cs_error_hint(err, "install certsh again, with all its files");
    return NULL;
}
