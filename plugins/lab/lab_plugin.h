/*
 * lab_plugin.h - the commands of this plugin, and the words they share.
 */
#ifndef LAB_PLUGIN_H
#define LAB_PLUGIN_H

#include <certsh/plugin.h>

cs_status lab_info(struct cs_call *call, struct cs_error *err);
cs_status lab_import(struct cs_call *call, struct cs_error *err);
/* A script or JSON of lab export (lab_exported.c). */
bool lab_is_exported(struct cs_call *call, struct cs_str file);
cs_status lab_import_exported(struct cs_call *call, struct cs_str file, struct cs_error *err);
cs_status lab_facts(struct cs_call *call, struct cs_error *err);
extern const struct cs_type lab_type_subject;
cs_status lab_missing(struct cs_call *call, struct cs_error *err);
cs_status lab_undo(struct cs_call *call, struct cs_error *err);
cs_status lab_redo(struct cs_call *call, struct cs_error *err);
cs_status lab_check(struct cs_call *call, struct cs_error *err);
cs_status lab_history(struct cs_call *call, struct cs_error *err);

struct lab_number {
    char text[32];
};
/* 5214 as "5,214". */
const char *lab_grouped(size_t number, struct lab_number *out);
/* "s", or "" for one. */
const char *lab_plural(size_t count);

#endif
