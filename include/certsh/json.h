/*
 * json.h - values to JSON text and back.
 *
 *     cs_json_write(&buf, &value);                          compact, keys in order of addition
 *     cs_json_read(arena, text, &value, &err);              whole text, one value
 *
 * The reader is yajl, met in json.c only; depth and size are limited.
 *
 * Floor: value.
 */
#ifndef CERTSH_JSON_H
#define CERTSH_JSON_H

#include <certsh/value.h>

/* Append `value` as compact JSON. */
CS_API void cs_json_write(struct cs_buf *buf, const struct cs_value *value);
/* Append `text` as a JSON string, quotes included; bytes that are no UTF-8 become U+FFFD. */
CS_API void cs_json_write_text(struct cs_buf *buf, struct cs_str text);

/* Read one JSON value; blanks around are fine.  Errors: CS_SYNTAX with offset, CS_LIMIT. */
CS_API CS_MUST_CHECK cs_status cs_json_read(struct cs_arena *arena, struct cs_str text,
                                            struct cs_value *value, struct cs_error *err);

#endif
