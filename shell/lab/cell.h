/*
 * cell.h - a record as cells, by its declared columns (noun.c): what a lab file holds.
 *
 * A cell is a number, a text, bytes or nothing.  A row of cells is how a record lies in its
 * table; an image is the same row packed in bytes, self-describing by the names of its columns,
 * so that an op written long ago can be read when a record has more fields.
 *
 * The first four cells of every record are its head: id, birth, origin, line.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_CELL_H
#define CERTSH_LAB_CELL_H

#include "table.h"

enum csi_cell_kind { CSI_CELL_NULL, CSI_CELL_NUMBER, CSI_CELL_TEXT, CSI_CELL_BYTES };

struct csi_cell {
    enum csi_cell_kind kind;
    int64_t number;
    struct cs_str text; /* of TEXT and BYTES; borrowed */
};

struct csi_cell csi_cell_number(int64_t number);
struct csi_cell csi_cell_text(struct cs_str text);
struct csi_cell csi_cell_bytes(struct cs_str bytes);
struct csi_cell csi_cell_null(void);

enum { CSI_HEAD = 4 }; /* cells before those of the noun's own columns */
size_t csi_cell_count(const struct csi_noun *noun);
/* Which column cell `i` is. */
const struct csi_column *csi_cell_column(const struct csi_noun *noun, size_t i);

/* Cell `i` of a record; texts that must be made are in `arena`. */
struct csi_cell csi_cell_of(const struct csi_noun *noun, size_t i, const struct cs_record *record,
                            struct cs_arena *arena);
/* Write cell `i` into a record, texts copied to `arena`; false when it is no such value. */
bool csi_cell_to(const struct csi_noun *noun, size_t i, const struct csi_cell *cell,
                 struct cs_record *record, struct cs_arena *arena);

/* The record packed; `arena` is scratch. */
void csi_image_put(struct cs_buf *out, const struct csi_noun *noun, const struct cs_record *record,
                   struct cs_arena *arena);
/* The record in `arena`; NULL when the bytes are no image of that noun. */
struct cs_record *csi_image_get(struct cs_arena *arena, const struct csi_noun *noun,
                                struct cs_str image);

/* The same without names, for many of one noun and one version of the columns. */
void csi_row_put(struct cs_buf *out, const struct csi_noun *noun, const struct cs_record *record,
                 struct cs_arena *arena);
struct cs_record *csi_row_get(struct cs_arena *arena, const struct csi_noun *noun,
                              struct cs_str bytes, size_t *at);

/* A hash of all cells of a record: equal records, equal hashes. */
uint64_t csi_record_hash(enum cs_noun noun, const struct cs_record *record, struct cs_arena *arena);
/* A hash of `count` cells; mixed with `seed`. */
uint64_t csi_cells_hash(const struct csi_cell *cells, size_t count, uint64_t seed);

/* Numbers of 7 bits a byte, as images have them.  `csi_take_number` moves *at; false at the end. */
void csi_put_number(struct cs_buf *out, uint64_t number);
bool csi_take_number(struct cs_str bytes, size_t *at, uint64_t *number);

#endif
