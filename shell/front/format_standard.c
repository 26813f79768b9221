/* format_standard.c - the standard formats as one list (see formats.h).  Room: front. */
#include "formats.h"

const struct cs_format csi_formats[CSI_FORMATS] = {
    {.name = "table",
     .brief = "columns for people, or the words of a command that has some",
     .begin = csi_table_begin,
     .row = csi_table_row,
     .finish = csi_table_finish,
     .state_size = sizeof(struct csi_table_state),
     .takes_words = true},
    {.name = "json",
     .brief = "one array of objects",
     .data = (void *)(size_t)&csi_json_array,
     .begin = csi_json_begin,
     .row = csi_json_row,
     .finish = csi_json_finish},
    {.name = "jsonl",
     .brief = "one object a line",
     .data = (void *)(size_t)&csi_json_lines,
     .begin = csi_json_begin,
     .row = csi_json_row,
     .finish = csi_json_finish},
    {.name = "csv",
     .brief = "comma-separated values with a header, RFC 4180",
     .begin = csi_csv_begin,
     .row = csi_csv_row},
};
