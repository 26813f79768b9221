/* ldif_line.c - physical lines to logical ones, and base64 (see ldif_line.h). */
#include "ldif_line.h"

#include <string.h>

/* --------------------------------------------------------------- workbench */

enum { BENCH_ROOM = 1 << 16 };

char *ldif_bench_take(struct ldif_bench *bench, size_t size)
{
    if (!bench->room || bench->room - bench->used < size) {
        size_t room = bench->room ? bench->room * 2 : BENCH_ROOM;
        while (room < size)
            room *= 2;
        bench->at = cs_arena_alloc(bench->arena, room); /* what lay on the old one stays there */
        bench->room = room;
        bench->used = 0;
    }
    char *at = bench->at + bench->used;
    bench->used += size;
    return at;
}

void ldif_bench_wipe(struct ldif_bench *bench)
{
    bench->used = 0;
}

/* ------------------------------------------------------------------- lines */

/* Step behind a physical line; its text is given without the end of line. */
static inline struct cs_str take_physical(struct ldif_lines *lines)
{
    const char *start = lines->at;
    const char *newline = memchr(start, '\n', (size_t)(lines->end - start));
    const char *stop = newline ? newline : lines->end;
    lines->at = newline ? newline + 1 : stop;
    lines->number++;
    if (stop > start && stop[-1] == '\r')
        stop--;
    return (struct cs_str){start, (size_t)(stop - start)};
}

static inline bool continues(const struct ldif_lines *lines)
{
    return lines->at < lines->end && *lines->at == ' ';
}

static struct cs_str unfold(struct ldif_lines *lines, struct cs_str first)
{
    struct ldif_bench *bench = lines->bench;
    char *text = ldif_bench_take(bench, first.length);
    size_t length = first.length;
    memcpy(text, first.at, length);
    while (continues(lines)) {
        struct cs_str more = take_physical(lines);
        char *end = ldif_bench_take(bench, more.length - 1);
        if (end != text + length) { /* the bench was full and is another one now */
            ldif_bench_wipe(bench);
            end = ldif_bench_take(bench, length + more.length - 1);
            text = memcpy(end, text, length);
        }
        memcpy(text + length, more.at + 1, more.length - 1);
        length += more.length - 1;
    }
    return (struct cs_str){text, length};
}

bool ldif_next_line(struct ldif_lines *lines, struct ldif_line *line)
{
    if (lines->at >= lines->end)
        return false;
    line->number = lines->number;
    line->text = take_physical(lines);
    if (line->text.length && continues(lines))
        line->text = unfold(lines, line->text);
    line->open = lines->at == lines->end && lines->end[-1] != '\n';
    return true;
}

/* ------------------------------------------------------------------ base64 */

/* What a digit is worth as number `p` of a group of four, and a mark that it is one. */
/* clang-format off */
#define ONE(sign, value, p) [sign] = (value) << (18 - 6 * (p)) | 1u << (24 + (p)),
#define TWO(sign, value, p) ONE(sign, value, p) ONE((sign) + 1, (value) + 1, p)
#define FOUR(sign, value, p) TWO(sign, value, p) TWO((sign) + 2, (value) + 2, p)
#define EIGHT(sign, value, p) FOUR(sign, value, p) FOUR((sign) + 4, (value) + 4, p)
#define DIGITS(p) { \
    EIGHT('A', 0, p) EIGHT('I', 8, p) EIGHT('Q', 16, p) TWO('Y', 24, p) \
    EIGHT('a', 26, p) EIGHT('i', 34, p) EIGHT('q', 42, p) TWO('y', 50, p) \
    EIGHT('0', 52, p) TWO('8', 60, p) ONE('+', 62, p) ONE('/', 63, p) \
}
static const uint32_t digits[4][256] = {DIGITS(0), DIGITS(1), DIGITS(2), DIGITS(3)};
#undef DIGITS
#undef EIGHT
#undef FOUR
#undef TWO
#undef ONE
/* clang-format on */

enum { ALL_DIGITS = 0xf << 24 };

/* Four digits to three bytes; returned are the marks of those that were digits. */
static uint32_t take_four(const unsigned char *in, unsigned char *out)
{
    uint32_t word = digits[0][in[0]] | digits[1][in[1]] | digits[2][in[2]] | digits[3][in[3]];
    out[0] = (unsigned char)(word >> 16);
    out[1] = (unsigned char)(word >> 8);
    out[2] = (unsigned char)word;
    return word;
}

static size_t padding(struct cs_str text)
{
    size_t count = 0;
    while (count < 2 && count < text.length && text.at[text.length - 1 - count] == '=')
        count++;
    return count;
}

bool ldif_base64(struct ldif_bench *bench, struct cs_str text, struct cs_str *bytes)
{
    text = cs_str_trim(text);
    if (text.length % 4)
        return false;
    size_t blocks = text.length / 4, pad = padding(text);
    unsigned char *out = (unsigned char *)ldif_bench_take(bench, blocks * 3);
    const unsigned char *in = (const unsigned char *)text.at;
    uint32_t marks = ALL_DIGITS;
    *bytes = cs_str_span((const char *)out, blocks * 3 - pad);
    if (!blocks)
        return true;
    for (size_t i = 0; i + 1 < blocks; i++)
        marks &= take_four(in + i * 4, out + i * 3);
    unsigned char last[4];
    memcpy(last, in + (blocks - 1) * 4, 4);
    memset(last + 4 - pad, 'A', pad);
    marks &= take_four(last, out + (blocks - 1) * 3);
    return marks == ALL_DIGITS;
}
