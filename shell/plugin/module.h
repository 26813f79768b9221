/*
 * module.h - a symbol of a shared object that belongs to the program itself.
 *
 * Room: plugin, internal.
 */
#ifndef CERTSH_PLUGIN_MODULE_H
#define CERTSH_PLUGIN_MODULE_H

#include <certsh/base.h>

struct cs_error;

/* What `symbol` names in the module at `path`, which stays open; NULL with `err` told. */
CS_API const void *csi_module_symbol(const char *path, const char *symbol, struct cs_error *err);

#endif
