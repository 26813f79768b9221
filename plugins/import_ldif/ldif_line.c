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

/* clang-format off */
#define X 255
static const unsigned char digits[256] = {
    X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X, X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,
    X,X,X,X,X,X,X,X,X,X,X,62,X,X,X,63, 52,53,54,55,56,57,58,59,60,61,X,X,X,X,X,X,
    X,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14, 15,16,17,18,19,20,21,22,23,24,25,X,X,X,X,X,
    X,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40, 41,42,43,44,45,46,47,48,49,50,51,X,X,X,X,X,
    X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X, X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,
    X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X, X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,
    X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X, X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,
    X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X, X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,X,
};
#undef X
/* clang-format on */

/* Four digits to three bytes; 255 never comes out of a digit: what is returned tells it. */
static unsigned take_four(const unsigned char *in, unsigned char *out)
{
    unsigned a = digits[in[0]], b = digits[in[1]], c = digits[in[2]], d = digits[in[3]];
    out[0] = (unsigned char)(a << 2 | b >> 4);
    out[1] = (unsigned char)(b << 4 | c >> 2);
    out[2] = (unsigned char)(c << 6 | d);
    return a | b | c | d;
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
    unsigned seen = 0;
    *bytes = cs_str_span((const char *)out, blocks * 3 - pad);
    if (!blocks)
        return true;
    for (size_t i = 0; i + 1 < blocks; i++)
        seen |= take_four(in + i * 4, out + i * 3);
    unsigned char last[4];
    memcpy(last, in + (blocks - 1) * 4, 4);
    memset(last + 4 - pad, 'A', pad);
    seen |= take_four(last, out + (blocks - 1) * 3);
    return seen < 64;
}
