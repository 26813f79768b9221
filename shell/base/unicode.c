/*
 * unicode.c - the part of str.h that knows letters: case, UTF-16, width.
 *
 * Case comes from the C library's C.UTF-8 tables, loaded when the first letter beyond ASCII
 * is met; where the system has none, such letters compare as they are.  Room: base.
 */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include <certsh/str.h>

#include <locale.h>
#include <wchar.h>
#include <wctype.h>

#include "map.h"

enum { REPLACEMENT = 0xfffd };

/* Decode one code point of `s` at `*i`; a bad byte stands for itself, marked by `*ok`. */
static uint32_t next_point(struct cs_str s, size_t *i, bool *ok)
{
    const unsigned char *at = (const unsigned char *)s.at + *i;
    if (at[0] < 0x80) { /* nearly always */
        *ok = true;
        (*i)++;
        return at[0];
    }
    size_t left = s.length - *i, more = at[0] < 0xe0 ? 1 : at[0] < 0xf0 ? 2 : 3;
    uint32_t point = at[0] & (0x3fu >> more);
    *ok = at[0] >= 0xc2 && at[0] <= 0xf4 && left > more;
    for (size_t k = 1; *ok && k <= more; k++) {
        *ok = (at[k] & 0xc0) == 0x80;
        point = point << 6 | (at[k] & 0x3fu);
    }
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (*ok && (point < least[more] || point > 0x10ffff || (point & 0xfffff800) == 0xd800))
        *ok = false;
    *i += *ok ? more + 1 : 1;
    return *ok ? point : at[0];
}

static size_t put_point(char *out, uint32_t point)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(lead[more] | point >> 6 * more);
    for (size_t k = 1; k <= more; k++)
        out[k] = (char)(0x80 | (point >> 6 * (more - k) & 0x3f));
    return more + 1;
}

static uint32_t fold_far(uint32_t point)
{
    static locale_t utf8;
    if (!utf8)
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return utf8 ? (uint32_t)towlower_l((wint_t)point, utf8) : point;
}

static uint32_t fold(uint32_t point)
{
    if (point < 0x80)
        return point >= 'A' && point <= 'Z' ? point + 0x20 : point;
    return fold_far(point);
}

/* The code point at `*i`, folded; nearly always it is a letter of ASCII. */
static inline uint32_t next_folded(struct cs_str s, size_t *i)
{
    unsigned char c = (unsigned char)s.at[*i];
    bool ok;
    if (c >= 0x80)
        return fold(next_point(s, i, &ok));
    (*i)++;
    return c >= 'A' && c <= 'Z' ? c + 0x20u : c;
}

bool cs_str_same_start(struct cs_str s, struct cs_str prefix)
{
    size_t i = 0, j = 0;
    while (j < prefix.length) {
        if (i >= s.length)
            return false;
        if (next_folded(s, &i) != next_folded(prefix, &j))
            return false;
    }
    return true;
}

bool cs_str_same(struct cs_str a, struct cs_str b)
{
    size_t i = 0, j = 0;
    if (cs_str_equal(a, b))
        return true;
    while (i < a.length && j < b.length)
        if (next_folded(a, &i) != next_folded(b, &j))
            return false;
    return i >= a.length && j >= b.length;
}

struct cs_str cs_str_fold(struct cs_arena *arena, struct cs_str s)
{
    /* a folded letter takes at most 4 bytes, and at most 3 where it took 2 */
    char *out = cs_arena_alloc(arena, s.length * 2 + 1);
    size_t length = 0;
    for (size_t i = 0; i < s.length;) {
        bool ok;
        uint32_t point = next_point(s, &i, &ok);
        if (ok)
            length += put_point(out + length, fold(point));
        else
            out[length++] = (char)point;
    }
    return cs_str_span(out, length);
}

uint64_t csi_hash_folded(struct cs_str s, uint64_t seed)
{
    uint64_t hash = seed ^ 0xcbf29ce484222325u;
    for (size_t i = 0; i < s.length;)
        hash = (hash ^ next_folded(s, &i)) * 0x100000001b3u;
    return hash ^ hash >> 31;
}

bool cs_str_is_utf8(struct cs_str s)
{
    bool ok = true;
    for (size_t i = 0; ok && i < s.length;)
        next_point(s, &i, &ok);
    return ok;
}

size_t cs_str_width(struct cs_str s)
{
    size_t width = 0;
    for (size_t i = 0; i < s.length;) {
        bool ok;
        uint32_t point = next_point(s, &i, &ok);
        bool wide = (point >= 0x1100 && point <= 0x115f) || (point >= 0x2e80 && point <= 0xa4cf) ||
                    (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff) ||
                    (point >= 0xfe30 && point <= 0xfe6f) || (point >= 0xff00 && point <= 0xff60) ||
                    (point >= 0xffe0 && point <= 0xffe6) || (point >= 0x1f300 && point <= 0x1faff);
        bool joins = point >= 0x300 && point <= 0x36f;
        width += wide ? 2 : joins ? 0 : 1;
    }
    return width;
}

static uint32_t unit_at(const unsigned char *bytes, size_t i)
{
    return (uint32_t)bytes[i] | (uint32_t)bytes[i + 1] << 8;
}

struct cs_str cs_str_from_utf16(struct cs_arena *arena, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    char *out = cs_arena_alloc(arena, size / 2 * 3 + 1);
    size_t length = 0;
    for (size_t i = 0; i + 1 < size; i += 2) {
        uint32_t point = unit_at(at, i);
        bool high = (point & 0xfc00) == 0xd800;
        uint32_t low = high && i + 3 < size ? unit_at(at, i + 2) : 0;
        if (high && (low & 0xfc00) == 0xdc00) {
            point = 0x10000 + ((point & 0x3ff) << 10) + (low & 0x3ff);
            i += 2;
        } else if ((point & 0xf800) == 0xd800) {
            point = REPLACEMENT;
        }
        length += put_point(out + length, point);
    }
    return cs_str_span(out, length);
}

static size_t put_unit(char *out, uint32_t unit)
{
    out[0] = (char)(unit & 0xff);
    out[1] = (char)(unit >> 8);
    return 2;
}

struct cs_str cs_str_to_utf16(struct cs_arena *arena, struct cs_str s)
{
    char *out = cs_arena_alloc(arena, s.length * 2 + 2);
    size_t length = 0;
    for (size_t i = 0; i < s.length;) {
        bool ok;
        uint32_t point = next_point(s, &i, &ok);
        point = ok ? point : REPLACEMENT;
        if (point >= 0x10000) {
            length += put_unit(out + length, 0xd800 + ((point - 0x10000) >> 10));
            point = 0xdc00 + ((point - 0x10000) & 0x3ff);
        }
        length += put_unit(out + length, point);
    }
    return cs_str_span(out, length);
}

static struct cs_str from_latin1(struct cs_arena *arena, struct cs_str bytes)
{
    char *out = cs_arena_alloc(arena, bytes.length * 2 + 1);
    size_t length = 0;
    for (size_t i = 0; i < bytes.length; i++)
        length += put_point(out + length, (unsigned char)bytes.at[i]);
    return cs_str_span(out, length);
}

struct cs_str cs_str_from_file(struct cs_arena *arena, struct cs_str bytes)
{
    if (cs_str_starts(bytes, CS_STR("\xff\xfe")))
        return cs_str_from_utf16(arena, bytes.at + 2, bytes.length - 2);
    if (cs_str_starts(bytes, CS_STR("\xef\xbb\xbf")))
        return cs_str_from(bytes, 3);
    return cs_str_is_utf8(bytes) ? bytes : from_latin1(arena, bytes);
}
