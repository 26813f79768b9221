/*
 * certutil_text.h - what certutil prints, line by line.
 */
#ifndef IMPORT_CERTUTIL_TEXT_H
#define IMPORT_CERTUTIL_TEXT_H

#include <certsh/plugin.h>

struct text {
    struct cs_import *import;
    struct cs_arena *arena;
    struct cs_error *err;
    struct cs_str rest;
    struct cs_str line; /* the current one, without its end */
    uint32_t number;    /* of it, from 1 */
};

/* The next line becomes the current one; false at the end. */
bool text_next(struct text *text);
/* Does `word` stand somewhere in `line`?  Offset, or -1. */
ptrdiff_t text_has(struct cs_str line, const char *word);
/* "15014e (1376590)": hex first, decimal in brackets only where it differs. */
bool text_number(struct cs_str text, uint32_t *number);
/* Everything behind `key` and "=", trimmed; false where the line is not of that key. */
bool text_property(struct cs_str line, const char *key, struct cs_str *value);

/* The readers; each takes what it knows of the current line, or leaves it alone. */
struct getreg {
    struct cs_str key; /* of the last path line */
    struct cs_str name, data;
    uint32_t type, number;
    bool open, bytes; /* a value waits; of bytes, whose lines may follow */
};
cs_status getreg_line(struct getreg *getreg, struct text *text, bool *taken);
cs_status getreg_end(struct getreg *getreg, struct text *text);

struct templates {
    struct cs_template now;
    uint32_t number;
    bool open, oid_next;
};
void templates_line(struct templates *templates, struct text *text, bool *taken);
void templates_end(struct templates *templates, struct text *text);

#endif
