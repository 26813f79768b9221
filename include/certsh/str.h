/*
 * str.h - text that is borrowed, and text that grows.
 *
 * A cs_str is a slice: it borrows bytes that somebody else owns and is passed by value.  It
 * may hold any bytes and need not end in a NUL.  A cs_buf owns heap memory and grows up to
 * the maximum given at its birth; after that it stays as it is and says so.
 *
 *     struct cs_buf buf;
 *     cs_buf_init(&buf, 1 << 20);
 *     cs_buf_addf(&buf, "%s\\%s", domain, name);
 *     if (cs_buf_full(&buf)) ...
 *     cs_buf_clear(&buf);
 *
 * Text is UTF-8.  Names are compared without regard to case in any language (cs_str_same),
 * as Windows does, by simple case folding.
 *
 * Floor: base.
 */
#ifndef CERTSH_STR_H
#define CERTSH_STR_H

#include <certsh/arena.h>
#include <certsh/base.h>

struct cs_str {
    const char *at;
    size_t length;
};

#define CS_STR(literal) ((struct cs_str){("" literal), sizeof(literal) - 1})
/* For printf: printf("%.*s", CS_STR_ARG(s)). */
#define CS_STR_ARG(s) (int)(s).length, ((s).at ? (s).at : "")

CS_API struct cs_str cs_str_of(const char *text); /* NULL gives the empty slice */
CS_API struct cs_str cs_str_span(const char *at, size_t length);
CS_API bool cs_str_equal(struct cs_str a, struct cs_str b);
CS_API int cs_str_compare(struct cs_str a, struct cs_str b); /* bytes, shorter first */
CS_API bool cs_str_is(struct cs_str s, const char *text);
CS_API bool cs_str_starts(struct cs_str s, struct cs_str prefix);
CS_API bool cs_str_ends(struct cs_str s, struct cs_str suffix);
CS_API struct cs_str cs_str_trim(struct cs_str s); /* without blanks, tabs and line ends around */

/* Offset of the first `c`, or -1. */
CS_API ptrdiff_t cs_str_find(struct cs_str s, char c);
/* `s` from byte `from` on; empty when past the end. */
CS_API struct cs_str cs_str_from(struct cs_str s, size_t from);

/* Equal without regard to case, in any language. */
CS_API bool cs_str_same(struct cs_str a, struct cs_str b);
/* Does `s` start with `prefix`, without regard to case? */
CS_API bool cs_str_same_start(struct cs_str s, struct cs_str prefix);

/* Copies into an arena; both end in a NUL.  cs_str_fold gives the lower-case form. */
CS_API struct cs_str cs_str_copy(struct cs_arena *arena, struct cs_str s);
CS_API struct cs_str cs_str_fold(struct cs_arena *arena, struct cs_str s);
CS_API const char *cs_str_c(struct cs_arena *arena, struct cs_str s);
CS_API struct cs_str cs_str_printf(struct cs_arena *arena, const char *format, ...) CS_PRINTF(2, 3);

/*
 * Whole numbers, blanks not allowed: decimal, 0x hex.  False when `s` is anything else or
 * does not fit.
 */
CS_API bool cs_str_number(struct cs_str s, uint64_t max, uint64_t *out);
CS_API bool cs_str_integer(struct cs_str s, int64_t *out);

/* UTF-16LE bytes to UTF-8 and back; a lone surrogate becomes U+FFFD.  In `arena`. */
CS_API struct cs_str cs_str_from_utf16(struct cs_arena *arena, const void *bytes, size_t size);
CS_API struct cs_str cs_str_to_utf16(struct cs_arena *arena, struct cs_str s);
/* UTF-16 of either byte order, told by its mark or by the zeros between its first letters, as
 * UTF-8 in `arena`; false for anything else. */
CS_API bool cs_str_from_wide(struct cs_arena *arena, struct cs_str bytes, struct cs_str *text);
/*
 * The text of a file in UTF-8, whatever it was written in: UTF-16, UTF-8 with its mark or
 * without, else the code page of Windows under which it looks most like words (1252, 850, 1251,
 * 866, 932, 852, 1250), else each byte its code point.  Where no line feed is, carriage returns
 * end lines and become some.  Borrowed from `bytes` where nothing had to change, else in `arena`.
 */
CS_API struct cs_str cs_str_from_file(struct cs_arena *arena, struct cs_str bytes);
/* Are these bytes well-formed UTF-8? */
CS_API bool cs_str_is_utf8(struct cs_str s);
/* Columns this text takes on a terminal (East Asian wide characters take two). */
CS_API size_t cs_str_width(struct cs_str s);

struct cs_buf {
    char *at; /* ends in a NUL, also when empty */
    size_t length;
    size_t room;
    size_t max;
    bool full; /* something did not fit, or memory ran out */
};

CS_API void cs_buf_init(struct cs_buf *buf, size_t max);
CS_API void cs_buf_clear(struct cs_buf *buf); /* frees; reusable with the same maximum */
CS_API void cs_buf_cut(struct cs_buf *buf, size_t length);
CS_API void cs_buf_add(struct cs_buf *buf, const void *bytes, size_t size);
CS_API void cs_buf_adds(struct cs_buf *buf, const char *text);
CS_API void cs_buf_addc(struct cs_buf *buf, char c);
CS_API void cs_buf_add_str(struct cs_buf *buf, struct cs_str s);
CS_API void cs_buf_addf(struct cs_buf *buf, const char *format, ...) CS_PRINTF(2, 3);
CS_API bool cs_buf_full(const struct cs_buf *buf);
CS_API struct cs_str cs_buf_str(const struct cs_buf *buf); /* borrowed, until the next change */

#endif
