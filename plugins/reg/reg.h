/*
 * reg.h - what the files of this plugin share: the words of reg.exe, keys, and its texts.
 */
#ifndef REG_H
#define REG_H

#include <certsh/plugin.h>

/* One run: the words taken apart, the host and the key they name. */
struct reg {
    struct cs_call *call;
    struct cs_lab *lab;
    struct cs_arena *arena;
    struct cs_error *err;
    const char *verb; /* "QUERY" */
    struct cs_str language;
    const struct cs_host *host; /* the current one, or that of \\HOST\KEY */
    struct cs_str key;          /* normalised: short root, CurrentControlSet */
    bool classes;               /* the key was written below HKEY_CLASSES_ROOT */
    struct cs_str file;         /* export, import */

    struct cs_str name, type, data, separator;
    bool has_name, has_type, has_data; /* has_name: /v, or /ve for the default value */
    bool all_values, below, force;     /* /va, /s of query, /f and /y */
};

cs_status reg_query(struct reg *reg);
cs_status reg_add(struct reg *reg);
cs_status reg_delete(struct reg *reg);
cs_status reg_export(struct reg *reg);
cs_status reg_import(struct reg *reg);

/* "HKEY_LOCAL_MACHINE\\SOFTWARE\\...", or below HKEY_CLASSES_ROOT where it was so written. */
struct cs_str reg_shown_key(const struct reg *reg, struct cs_str key);
/* "(Default)" for the default value. */
struct cs_str reg_shown_name(struct cs_str name);
/* A value's data as reg query prints it: 0x2, 0100AB, a\0b.  In the call's memory. */
struct cs_str reg_shown_data(const struct reg *reg, const struct cs_reg_value *value);
/* "ERROR: text"; with `number` where Windows has one.  Returns `status`. */
cs_status reg_fail(struct reg *reg, cs_status status, uint32_t number, const char *text);
/* The key or value is not there; says when nobody gave it. */
cs_status reg_missing(struct reg *reg);
/* "ERROR: Invalid syntax." and where to look. */
cs_status reg_syntax(struct reg *reg);
/* What reg.exe would ask, the answer no, and the switch that says yes.  Returns CS_STATE. */
cs_status reg_would_ask(struct reg *reg, struct cs_str question, const char *yes);
void reg_say_done(struct reg *reg);

/* Values and keys of the run's key (and below), in order of keys; those gone are left out. */
struct reg_values {
    const struct cs_reg_value **at;
    size_t count, room;
};
struct reg_values reg_collect(const struct reg *reg, bool below);

#endif
