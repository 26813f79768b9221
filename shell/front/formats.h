/*
 * formats.h - the formats that are always there: table, json, jsonl, csv.
 *
 * They are formats as a plugin's are: a file format_*.c sees include/certsh and this header, and
 * tools/floors holds it to that.  They lie in the program, because a shell without its plugins
 * must still be able to answer.  Room: front, internal.
 */
#ifndef CERTSH_FRONT_FORMATS_H
#define CERTSH_FRONT_FORMATS_H

#include <certsh/format.h>

enum { CSI_FORMATS = 4 };
/* In the order in which they are named to people; the table is the first. */
extern const struct cs_format csi_formats[CSI_FORMATS];

typedef cs_status csi_output_fn(struct cs_output *output, struct cs_error *err);
typedef cs_status csi_row_fn(struct cs_output *output, const struct cs_value *values,
                             struct cs_error *err);

struct csi_table_state {
    const struct cs_value **kept; /* the first rows, which give the widths */
    size_t kept_count;
    size_t *widths, *least; /* of columns, and of what a line break would cut in them */
    bool opened;            /* the header is out */
};
extern csi_output_fn csi_table_begin, csi_table_finish;
extern csi_row_fn csi_table_row;

/* What stands around the objects: `data` of the two formats. */
struct csi_json_style {
    const char *open, *first, *next, *after, *close, *close_empty;
};
extern const struct csi_json_style csi_json_array, csi_json_lines;
extern csi_output_fn csi_json_begin, csi_json_finish;
extern csi_row_fn csi_json_row;

extern csi_output_fn csi_csv_begin;
extern csi_row_fn csi_csv_row;

#endif
