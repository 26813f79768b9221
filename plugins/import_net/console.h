/*
 * console.h - what net and sc printed, as lines.
 */
#ifndef IMPORT_NET_CONSOLE_H
#define IMPORT_NET_CONSOLE_H

#include <certsh/plugin.h>

struct console {
    struct cs_import *import;
    struct cs_arena *arena;
    struct cs_error *err;
    struct cs_str *lines; /* without trailing blanks */
    size_t count;
};

/* The first line that is not empty, from `from` on; the count where there is none. */
size_t console_filled(const struct console *console, size_t from);
bool console_has(struct cs_str text, const char *word);
/* CS_SYNTAX at the line of that index, with the cure. */
cs_status console_bad(const struct console *console, size_t line, const char *what);

/* Lines of dashes, the members of groups below them (localgroup.c). */
bool localgroup_begins(const struct console *console);
cs_status localgroup_read(const struct console *console);

/* Names of services, and numbers behind colons (service.c). */
bool service_begins(const struct console *console);
cs_status service_read(const struct console *console);

#endif
