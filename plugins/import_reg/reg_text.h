/*
 * reg_text.h - the tokens of a .reg file.
 *
 * A cursor over UTF-8 text with a line number.  Each take_ function reads one token at the
 * cursor; false means that it is not there or is cut, with the reason in `why`.
 */
#ifndef IMPORT_REG_TEXT_H
#define IMPORT_REG_TEXT_H

#include <certsh/str.h>

struct reg_text {
    struct cs_arena *arena;
    const char *at, *end;
    uint32_t line;
    const char *why;
};

/* Skip blanks of the line; behind the line end; whole empty and comment lines. */
void reg_skip_blanks(struct reg_text *text);
bool reg_take_line_end(struct reg_text *text);
void reg_skip_lines(struct reg_text *text);
/* The rest of the line, without trailing blanks; the cursor goes behind the line end. */
struct cs_str reg_take_line(struct reg_text *text);

/* Is `word` next, in any case?  Then step over it. */
bool reg_take_word(struct reg_text *text, const char *word);
/* "a \"text\" with \\ and, as regedit writes them, real line ends" */
bool reg_take_string(struct reg_text *text, struct cs_str *string);
/* Up to eight hex digits. */
bool reg_take_number(struct reg_text *text, uint32_t *number);
/* 01,02,\ with more on the next line */
bool reg_take_bytes(struct reg_text *text, struct cs_str *bytes);

#endif
