/*
 * ldif_line.h - LDIF as a row of logical lines.
 *
 * RFC 2849 folds a long line by an end of line and one blank.  This is the only place that
 * knows of folding: a line that is not folded is a slice of the file, a folded one is put
 * together on the workbench, as are the bytes of base64.
 */
#ifndef IMPORT_LDIF_LINE_H
#define IMPORT_LDIF_LINE_H

#include <certsh/str.h>

/* A slice of a text, without a call: this is done for every line. */
static inline struct cs_str ldif_slice(struct cs_str text, size_t from, size_t length)
{
    return (struct cs_str){text.at + from, length};
}

/* Memory for one record, used again for the next: what is on it stays until it is wiped. */
struct ldif_bench {
    struct cs_arena *arena;
    char *at;
    size_t used, room;
};
/* `size` bytes of it, not zeroed. */
char *ldif_bench_take(struct ldif_bench *bench, size_t size);
void ldif_bench_wipe(struct ldif_bench *bench);

struct ldif_lines {
    struct ldif_bench *bench;
    const char *start, *at, *end;
    uint32_t number; /* of the physical line at `at` */
};

/* Is it a slice of the file, not of the workbench? */
static inline bool ldif_in_file(const struct ldif_lines *lines, struct cs_str text)
{
    return text.at >= lines->start && text.at < lines->end;
}

struct ldif_line {
    struct cs_str text;
    uint32_t number; /* of its first physical line */
    bool open;       /* the file ended before its line did */
};

/* The next logical line; false at the end of the file. */
bool ldif_next_line(struct ldif_lines *lines, struct ldif_line *line);

/* Strict base64 (RFC 4648, blanks around are fine); false when it is none. */
bool ldif_base64(struct ldif_bench *bench, struct cs_str text, struct cs_str *bytes);

#endif
