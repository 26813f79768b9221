/*
 * rows.h - the plain-text vectors of tests/vectors, one case a line.
 *
 *     struct rows rows = rows_open("access_judges_conditions.txt");
 *     while (rows_next(&rows, ' '))
 *         check(rows.fields[0], rows.fields[1]);
 *     rows_close(&rows, 90);
 *
 * Lines that begin with '#' are remarks.  rows_close fails when fewer lines were there.
 */
#ifndef CERTSH_TESTS_ROWS_H
#define CERTSH_TESTS_ROWS_H

#include <stdio.h>

#include <certsh/str.h>

enum { ROWS_FIELDS = 16 };

struct rows {
    FILE *file;
    const char *name;
    char *line; /* of which fields are cut */
    size_t room;
    int number, cases;
    char *fields[ROWS_FIELDS]; /* those beyond the line's are "" */
};

struct rows rows_open(const char *name);
bool rows_next(struct rows *rows, char separator);
void rows_close(struct rows *rows, int at_least);

/* Hex digits to bytes, in an arena. */
struct cs_str hex_bytes(struct cs_arena *arena, const char *hex);
/* And back. */
const char *bytes_hex(struct cs_arena *arena, struct cs_str bytes);

#endif
