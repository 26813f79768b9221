/*
 * ldif_line.h - LDIF as a row of logical lines.
 *
 * RFC 2849 folds a long line by an end of line and one blank.  This is the only place that
 * knows of folding: a line that is not folded is a slice of the file, a folded one is put
 * together in the arena.
 */
#ifndef IMPORT_LDIF_LINE_H
#define IMPORT_LDIF_LINE_H

#include <certsh/str.h>

struct ldif_lines {
    struct cs_arena *arena;
    const char *at, *end;
    uint32_t number; /* of the physical line at `at` */
};

struct ldif_line {
    struct cs_str text;
    uint32_t number; /* of its first physical line */
    bool open;       /* the file ended before its line did */
};

/* The next logical line; false at the end of the file. */
bool ldif_next_line(struct ldif_lines *lines, struct ldif_line *line);

/* Strict base64 (RFC 4648, blanks around are fine) into `arena`; false when it is none. */
bool ldif_base64(struct cs_arena *arena, struct cs_str text, struct cs_str *bytes);

#endif
