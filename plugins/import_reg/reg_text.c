/* reg_text.c - encodings and tokens of .reg files (see reg_text.h). */
#include "reg_text.h"

#include <string.h>

/* ------------------------------------------------------------------- lines */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

void reg_skip_blanks(struct reg_text *text)
{
    while (text->at < text->end && is_blank(*text->at))
        text->at++;
}

static void skip_line(struct reg_text *text)
{
    const char *stop = memchr(text->at, '\n', (size_t)(text->end - text->at));
    text->at = stop ? stop + 1 : text->end;
    text->line++;
}

bool reg_take_line_end(struct reg_text *text)
{
    reg_skip_blanks(text);
    if (text->at < text->end && *text->at != '\n' && *text->at != ';') {
        text->why = "something follows the value";
        return false;
    }
    skip_line(text);
    return true;
}

void reg_skip_lines(struct reg_text *text)
{
    for (reg_skip_blanks(text); text->at < text->end; reg_skip_blanks(text)) {
        if (*text->at != '\n' && *text->at != ';')
            return;
        skip_line(text);
    }
}

struct cs_str reg_take_line(struct reg_text *text)
{
    const char *start = text->at;
    skip_line(text);
    return cs_str_trim(cs_str_span(start, (size_t)(text->at - start)));
}

/* ------------------------------------------------------------------ tokens */

bool reg_take_word(struct reg_text *text, const char *word)
{
    struct cs_str wanted = cs_str_of(word);
    struct cs_str rest = cs_str_span(text->at, (size_t)(text->end - text->at));
    if (!cs_str_same_start(rest, wanted))
        return false;
    text->at += wanted.length;
    return true;
}

/* Where the string that begins at `at` ends; NULL when it does not. */
static const char *string_end(const char *at, const char *end)
{
    for (; at < end; at++) {
        if (*at == '"')
            return at;
        if (*at == '\\')
            at++;
    }
    return NULL;
}

static char unescape(char c)
{
    if (c == 'n')
        return '\n';
    return c == 'r' ? '\r' : c;
}

bool reg_take_string(struct reg_text *text, struct cs_str *string)
{
    if (!reg_take_word(text, "\""))
        return false;
    const char *stop = string_end(text->at, text->end);
    if (!stop) {
        text->why = "a text without its closing quote";
        return false;
    }
    char *out = cs_arena_alloc(text->arena, (size_t)(stop - text->at) + 1);
    size_t length = 0;
    for (; text->at < stop; text->at++) {
        text->line += *text->at == '\n';
        bool escape = *text->at == '\\' && text->at + 1 < stop;
        out[length++] = escape ? unescape(*++text->at) : *text->at;
    }
    text->at = stop + 1;
    *string = cs_str_span(out, length);
    return true;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 32);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool reg_take_number(struct reg_text *text, uint32_t *number)
{
    uint32_t value = 0;
    int count = 0;
    for (; text->at < text->end && digit(*text->at) >= 0; text->at++, count++)
        value = value << 4 | (uint32_t)digit(*text->at);
    text->why = "a number needs one to eight hex digits";
    *number = value;
    return count >= 1 && count <= 8;
}

/* A backslash at the end of a line, blanks behind it or not. */
static bool take_continuation(struct reg_text *text)
{
    if (!reg_take_word(text, "\\"))
        return false;
    reg_skip_blanks(text);
    bool folded = text->at < text->end && *text->at == '\n';
    if (folded)
        skip_line(text);
    reg_skip_blanks(text);
    if (folded && text->at < text->end && *text->at != '\n')
        return true;
    text->why = "the next line of a folded value is missing";
    return false;
}

/* One byte of two digits. */
static bool take_byte(struct reg_text *text, unsigned char *byte)
{
    int high = text->end - text->at >= 2 ? digit(text->at[0]) : -1;
    int low = high >= 0 ? digit(text->at[1]) : -1;
    if (low < 0)
        return false;
    *byte = (unsigned char)(high * 16 + low);
    text->at += 2;
    return true;
}

static bool digit_next(const struct reg_text *text)
{
    return text->at < text->end && digit(*text->at) >= 0;
}

static bool more_bytes(struct reg_text *text, bool *good)
{
    reg_skip_blanks(text);
    if (text->at < text->end && *text->at == '\\')
        *good = take_continuation(text);
    return *good && text->at < text->end && *text->at != '\n' && *text->at != ';';
}

bool reg_take_bytes(struct reg_text *text, struct cs_str *bytes)
{
    /* two characters a byte at the least, so the rest of the text backs this much */
    struct cs_buf out;
    cs_buf_init(&out, (size_t)(text->end - text->at) / 2 + 1);
    text->why = "bytes are two hex digits each, with commas between";
    bool good = true, comma = false;
    while (good && more_bytes(text, &good)) {
        unsigned char byte = 0;
        good = take_byte(text, &byte);
        cs_buf_add(&out, &byte, 1);
        comma = reg_take_word(text, ",");
        good = good && (comma || !digit_next(text));
    }
    good = good && !comma && !cs_buf_full(&out);
    *bytes = cs_str_copy(text->arena, cs_buf_str(&out));
    cs_buf_clear(&out);
    return good;
}
