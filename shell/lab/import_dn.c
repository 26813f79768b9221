/*
 * import_dn.c - distinguished names, as far as an import needs them (RFC 4514).
 *
 * Two spellings of one name ("CN=Smith\, John" and "cn=Smith\2C John") must find each other.
 * The plain form has attribute types and values in lower case, escapes taken away, and control
 * characters, which no name has, between the parts.
 *
 * Room: lab.
 */
#include <string.h>

#include "import_in.h"

enum { BETWEEN_PARTS = 1, BETWEEN_PAIRS = 2, BETWEEN_BOTH = 3 };

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 32);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The byte that an escape at `at` stands for; the cursor goes behind it. */
static char take_escape(const char **at, const char *end)
{
    const char *text = *at + 1;
    int high = end - text >= 2 ? digit(text[0]) : -1;
    int low = high >= 0 ? digit(text[1]) : -1;
    if (low >= 0) {
        *at = text + 2;
        return (char)(high * 16 + low);
    }
    *at = text < end ? text + 1 : end;
    return text < end ? *text : '\\';
}

static char separator(char c)
{
    if (c == ',' || c == ';')
        return BETWEEN_PARTS;
    if (c == '+')
        return BETWEEN_PAIRS;
    return c == '=' ? BETWEEN_BOTH : 0;
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && *at == ' ')
        at++;
    return at;
}

/* Unescape all of `dn` into `out`; `ascii` tells whether only ASCII came. */
static size_t flatten(struct cs_str dn, char *out, bool *ascii)
{
    const char *at = skip_blanks(dn.at, dn.at + dn.length), *end = dn.at + dn.length;
    size_t length = 0, keep = 0; /* blanks before `keep` were escaped and stay */
    unsigned char bits = 0;
    while (at < end) {
        bool escaped = *at == '\\';
        char c = escaped ? take_escape(&at, end) : *at++;
        char mark = escaped ? 0 : separator(c);
        while (mark && length > keep && out[length - 1] == ' ')
            length--;
        out[length++] = mark ? mark : c;
        bits |= (unsigned char)c;
        if (escaped || mark)
            keep = length;
        if (mark)
            at = skip_blanks(at, end);
    }
    while (length > keep && out[length - 1] == ' ')
        length--;
    *ascii = bits < 0x80;
    return length;
}

static void lower_ascii(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] >= 'A' && text[i] <= 'Z')
            text[i] = (char)(text[i] + ('a' - 'A'));
}

struct cs_str csi_dn_bare(struct cs_str dn)
{
    while (cs_str_starts(dn, CS_STR("<"))) {
        ptrdiff_t end = cs_str_find(dn, ';');
        if (end < 0)
            break;
        dn = cs_str_from(dn, (size_t)end + 1);
    }
    return dn;
}

struct cs_str csi_dn_plain(struct cs_arena *arena, struct cs_str dn)
{
    char *out = cs_arena_alloc(arena, dn.length + 1);
    bool ascii;
    size_t length = flatten(dn, out, &ascii);
    if (!ascii)
        return cs_str_fold(arena, cs_str_span(out, length));
    lower_ascii(out, length);
    return cs_str_span(out, length);
}

/* Where the part at `at` ends: at a comma that is not escaped, or at the end. */
static const char *part_end(const char *at, const char *end)
{
    for (; at < end && *at != ','; at++)
        if (*at == '\\' && at + 1 < end)
            at++;
    return at;
}

/* Where the part after the one at `at` begins. */
static const char *next_part(const char *at, const char *end)
{
    at = part_end(at, end);
    return at < end ? skip_blanks(at + 1, end) : end;
}

static bool is_domain_part(const char *at, const char *end)
{
    return end - at >= 3 && (at[0] | 32) == 'd' && (at[1] | 32) == 'c' && at[2] == '=';
}

struct cs_str csi_dn_suffix(struct cs_str dn)
{
    const char *at = dn.at, *end = dn.at + dn.length;
    while (at < end && !is_domain_part(at, end))
        at = next_part(at, end);
    return at < end ? cs_str_span(at, (size_t)(end - at)) : CS_STR("");
}

struct cs_str csi_dn_first(struct cs_arena *arena, struct cs_str dn)
{
    const char *stop = part_end(dn.at, dn.at + dn.length);
    struct cs_str part = cs_str_span(dn.at, (size_t)(stop - dn.at));
    ptrdiff_t equals = cs_str_find(part, '=');
    if (equals < 0)
        return CS_STR("");
    struct cs_str value = cs_str_from(part, (size_t)equals + 1);
    char *out = cs_arena_alloc(arena, value.length + 1);
    size_t length = 0;
    for (const char *at = value.at; at < stop;)
        out[length++] = *at == '\\' ? take_escape(&at, stop) : *at++;
    return cs_str_span(out, length);
}

bool csi_dn_below(struct cs_arena *arena, struct cs_str dn, struct cs_str container)
{
    const char *end = dn.at + dn.length, *at = next_part(dn.at, end);
    struct cs_arena_mark mark = cs_arena_mark(arena);
    struct cs_str parent = csi_dn_first(arena, cs_str_span(at, (size_t)(end - at)));
    bool below = cs_str_same(parent, container);
    cs_arena_rewind(arena, mark);
    return below;
}

struct cs_str csi_dn_dns(struct cs_arena *arena, struct cs_str suffix)
{
    char *out = cs_arena_alloc(arena, suffix.length + 1);
    size_t length = 0;
    const char *end = suffix.at + suffix.length;
    for (const char *at = suffix.at; at < end; at = next_part(at, end)) {
        struct cs_str part = csi_dn_first(arena, cs_str_span(at, (size_t)(end - at)));
        if (length)
            out[length++] = '.';
        memcpy(out + length, part.at, part.length);
        length += part.length;
    }
    return cs_str_span(out, length);
}

bool csi_dn_has(struct cs_str dn, struct cs_str word)
{
    for (size_t i = 0; i + word.length <= dn.length; i++)
        if (cs_str_same_start(cs_str_from(dn, i), word))
            return true;
    return false;
}
