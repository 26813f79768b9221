/*
 * module.h - a symbol of a shared object that belongs to the program itself.
 *
 * Room: plugin, internal.
 */
#ifndef CERTSH_PLUGIN_MODULE_H
#define CERTSH_PLUGIN_MODULE_H

#include <certsh/base.h>

struct cs_arena;
struct cs_error;

/* What `symbol` names in the module at `path`, which stays open; NULL with `err` told. */
CS_API const void *csi_module_symbol(const char *path, const char *symbol, struct cs_error *err);

/* The folder of the module or program in which `address` lies; "" when it is not known. */
CS_API const char *csi_module_folder(struct cs_arena *arena, const void *address);
/* Say where the module of lab files is; it is opened with the first one. */
CS_API void csi_module_store(const char *path);

#endif
