/* ldif_line.c - physical lines to logical ones, and base64 (see ldif_line.h). */
#include "ldif_line.h"

#include <string.h>

static const char *line_end(const char *at, const char *end)
{
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    return newline ? newline : end;
}

/* Step behind a physical line; its text is given without the end of line. */
static struct cs_str take_physical(struct ldif_lines *lines)
{
    const char *start = lines->at, *stop = line_end(start, lines->end);
    lines->at = stop < lines->end ? stop + 1 : stop;
    lines->number++;
    if (stop > start && stop[-1] == '\r')
        stop--;
    return cs_str_span(start, (size_t)(stop - start));
}

static bool continues(const struct ldif_lines *lines)
{
    return lines->at < lines->end && *lines->at == ' ';
}

/* How many bytes the folded line that begins with `first` can take at most. */
static size_t folded_room(const struct ldif_lines *lines, struct cs_str first)
{
    const char *at = lines->at;
    while (at < lines->end && *at == ' ') {
        const char *stop = line_end(at, lines->end);
        at = stop < lines->end ? stop + 1 : stop;
    }
    return first.length + (size_t)(at - lines->at);
}

static struct cs_str unfold(struct ldif_lines *lines, struct cs_str first)
{
    char *text = cs_arena_alloc(lines->arena, folded_room(lines, first));
    size_t length = first.length;
    memcpy(text, first.at, length);
    while (continues(lines)) {
        struct cs_str more = take_physical(lines);
        memcpy(text + length, more.at + 1, more.length - 1);
        length += more.length - 1;
    }
    return cs_str_span(text, length);
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

/* Four digits to three bytes; 255 never comes out of a digit, so one test does for all. */
static bool take_four(const unsigned char *in, unsigned char *out)
{
    unsigned a = digits[in[0]], b = digits[in[1]], c = digits[in[2]], d = digits[in[3]];
    if ((a | b | c | d) > 63)
        return false;
    out[0] = (unsigned char)(a << 2 | b >> 4);
    out[1] = (unsigned char)(b << 4 | c >> 2);
    out[2] = (unsigned char)(c << 6 | d);
    return true;
}

static size_t padding(struct cs_str text)
{
    size_t count = 0;
    while (count < 2 && count < text.length && text.at[text.length - 1 - count] == '=')
        count++;
    return count;
}

bool ldif_base64(struct cs_arena *arena, struct cs_str text, struct cs_str *bytes)
{
    text = cs_str_trim(text);
    if (text.length % 4)
        return false;
    size_t blocks = text.length / 4, pad = padding(text);
    unsigned char *out = cs_arena_alloc(arena, blocks * 3 + 1);
    const unsigned char *in = (const unsigned char *)text.at;
    for (size_t i = 0; i < blocks; i++) {
        unsigned char four[4];
        memcpy(four, in + i * 4, 4);
        for (size_t p = 0; i + 1 == blocks && p < pad; p++)
            four[3 - p] = 'A';
        if (!take_four(four, out + i * 3))
            return false;
    }
    *bytes = cs_str_span((const char *)out, blocks * 3 - pad);
    return true;
}
