/* rows.c - reads tests/vectors (see rows.h). */
#define _POSIX_C_SOURCE 200809L
#include "rows.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct rows rows_open(const char *name)
{
    char path[1000];
    struct rows rows = {.name = name};
    snprintf(path, sizeof path, "%s/tests/vectors/%s", CERTSH_SOURCE_DIR, name);
    rows.file = fopen(path, "r");
    ck_assert_msg(rows.file != NULL, "no vectors '%s'", path);
    return rows;
}

static void cut(struct rows *rows, char separator)
{
    static char empty[1];
    char *at = rows->line;
    for (int i = 0; i < ROWS_FIELDS; i++) {
        rows->fields[i] = at ? at : empty;
        at = at ? strchr(at, separator) : NULL;
        if (at)
            *at++ = '\0';
    }
}

bool rows_next(struct rows *rows, char separator)
{
    ssize_t length;
    while ((length = getline(&rows->line, &rows->room, rows->file)) >= 0) {
        rows->number++;
        if (rows->line[0] == '#')
            continue;
        rows->line[strcspn(rows->line, "\n")] = '\0';
        cut(rows, separator);
        rows->cases++;
        return true;
    }
    return false;
}

void rows_close(struct rows *rows, int at_least)
{
    fclose(rows->file);
    free(rows->line);
    ck_assert_msg(rows->cases >= at_least, "%s: only %d cases", rows->name, rows->cases);
}

struct cs_str hex_bytes(struct cs_arena *arena, const char *hex)
{
    size_t size = strlen(hex) / 2;
    char *bytes = cs_arena_alloc(arena, size + 1);
    for (size_t i = 0; i < size; i++) {
        char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (char)strtoul(pair, NULL, 16);
    }
    return cs_str_span(bytes, size);
}

const char *bytes_hex(struct cs_arena *arena, struct cs_str bytes)
{
    char *hex = cs_arena_alloc(arena, bytes.length * 2 + 1);
    for (size_t i = 0; i < bytes.length; i++)
        sprintf(hex + 2 * i, "%02x", (unsigned char)bytes.at[i]);
    return hex;
}
