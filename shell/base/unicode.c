/*
 * unicode.c - the part of str.h that knows letters: case and composition, UTF-16, width.
 *
 * Two names are the same when their folded forms are: normal form C of the Unicode case folding,
 * as utf8proc makes it, so that 'é' is the same in one piece and in two.  ASCII, which nearly
 * every name is, never gets there.  Where utf8proc was not there at build time, letters are
 * folded one by one with the C library's C.UTF-8 tables, and pieces stay pieces.  Bytes that are
 * no UTF-8 stand for themselves.  Room: base.
 */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include <certsh/str.h>

#include <locale.h>
#include <wchar.h>
#include <wctype.h>

#ifdef CERTSH_UTF8PROC
#include <utf8proc.h>
#endif

#include "alloc.h"
#include "codepage.h"
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

static inline uint32_t lower(uint32_t ascii)
{
    return ascii >= 'A' && ascii <= 'Z' ? ascii + 0x20 : ascii;
}

static uint32_t fold(uint32_t point)
{
    return point < 0x80 ? lower(point) : fold_far(point);
}

/* ------------------------------------------------------------- folded forms */

static bool is_ascii(struct cs_str s)
{
    for (size_t i = 0; i < s.length; i++)
        if ((unsigned char)s.at[i] >= 0x80)
            return false;
    return true;
}

/* A folded text; most need no more than the room inside. */
struct folded {
    struct cs_str text;
    void *memory; /* NULL: inside, or nothing */
    int32_t few[160];
};

static size_t fold_points(struct cs_str s, char *out)
{
    size_t length = 0;
    for (size_t i = 0; i < s.length;) {
        bool ok;
        uint32_t point = next_point(s, &i, &ok);
        if (ok)
            length += put_point(out + length, fold(point));
        else
            out[length++] = (char)point;
    }
    return length;
}

/* Room for `count` points, and one more, which utf8proc writes a NUL to. */
static void *room_for(struct folded *f, size_t count)
{
    if (count < CS_COUNT(f->few))
        return f->few;
    return f->memory = csi_alloc_must((count + 1) * sizeof *f->few);
}

#ifdef CERTSH_UTF8PROC
static const utf8proc_option_t form =
    (utf8proc_option_t)(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);

static bool fold_whole(struct folded *f, struct cs_str s)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)s.at;
    utf8proc_ssize_t size = (utf8proc_ssize_t)s.length, count;
    count = utf8proc_decompose(at, size, f->few, CS_COUNT(f->few) - 1, form);
    if (count < 0)
        return false; /* no UTF-8 */
    utf8proc_int32_t *room = room_for(f, (size_t)count);
    if (room != f->few)
        count = utf8proc_decompose(at, size, room, count, form);
    size = utf8proc_reencode(room, count, form);
    f->text = cs_str_span((const char *)room, size < 0 ? 0 : (size_t)size);
    return size >= 0;
}
#else
static bool fold_whole(struct folded *f, struct cs_str s)
{
    (void)f;
    (void)s;
    return false;
}
#endif

/* A folded letter takes at most 4 bytes, and at most 3 where it took 2. */
static void fold_into(struct folded *f, struct cs_str s)
{
    f->memory = NULL;
    if (!is_ascii(s) && fold_whole(f, s))
        return;
    csi_alloc_free(f->memory);
    f->memory = NULL;
    char *out = room_for(f, s.length * 2 / sizeof *f->few + 1);
    f->text = cs_str_span(out, fold_points(s, out));
}

/* Where two texts are the same up to, in ASCII; *far: one of them goes on beyond ASCII there. */
static size_t same_near(struct cs_str a, struct cs_str b, bool *far)
{
    size_t i = 0;
    for (; i < a.length && i < b.length; i++) {
        unsigned char x = (unsigned char)a.at[i], y = (unsigned char)b.at[i];
        *far = (x | y) >= 0x80;
        if (*far || lower(x) != lower(y))
            return i;
    }
    *far = (i < a.length && (unsigned char)a.at[i] >= 0x80) ||
           (i < b.length && (unsigned char)b.at[i] >= 0x80);
    return i;
}

/* Both folded: are they equal, or does one begin with the other? */
static bool same_far(struct cs_str a, struct cs_str b, bool start)
{
    struct folded x, y;
    fold_into(&x, a);
    fold_into(&y, b);
    if (start && x.text.length > y.text.length)
        x.text.length = y.text.length;
    bool same = cs_str_equal(x.text, y.text);
    csi_alloc_free(x.memory);
    csi_alloc_free(y.memory);
    return same;
}

bool cs_str_same_start(struct cs_str s, struct cs_str prefix)
{
    bool far = false;
    size_t near = same_near(s, prefix, &far);
    if (near == prefix.length && is_ascii(prefix))
        return true;
    return far && same_far(s, prefix, true);
}

bool cs_str_same(struct cs_str a, struct cs_str b)
{
    bool far = false;
    if (cs_str_equal(a, b))
        return true;
    size_t near = same_near(a, b, &far);
    return far ? same_far(a, b, false) : near == a.length && near == b.length;
}

struct cs_str cs_str_fold(struct cs_arena *arena, struct cs_str s)
{
    struct folded f;
    fold_into(&f, s);
    struct cs_str copy = cs_str_copy(arena, f.text);
    csi_alloc_free(f.memory);
    return copy;
}

static uint64_t hash_far(struct cs_str s, uint64_t hash)
{
    struct folded f;
    fold_into(&f, s);
    for (size_t i = 0; i < f.text.length;) {
        bool ok;
        hash = (hash ^ fold(next_point(f.text, &i, &ok))) * 0x100000001b3u;
    }
    csi_alloc_free(f.memory);
    return hash ^ hash >> 31;
}

uint64_t csi_hash_folded(struct cs_str s, uint64_t seed)
{
    const uint64_t start = seed ^ 0xcbf29ce484222325u;
    uint64_t hash = start;
    for (size_t i = 0; i < s.length; i++) {
        if ((unsigned char)s.at[i] >= 0x80)
            return hash_far(s, start);
        hash = (hash ^ lower((unsigned char)s.at[i])) * 0x100000001b3u;
    }
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

/* Is every second byte of the first letters zero, from `from` on, and no other? */
static bool has_zeros(struct cs_str bytes, size_t from)
{
    enum { LOOKED_AT = 8 };
    if (bytes.length < LOOKED_AT)
        return false;
    for (size_t i = 0; i < LOOKED_AT; i++)
        if ((bytes.at[i] == '\0') != (i % 2 == from))
            return false;
    return true;
}

bool cs_str_from_wide(struct cs_arena *arena, struct cs_str bytes, struct cs_str *text)
{
    bool little = cs_str_starts(bytes, CS_STR("\xff\xfe")),
         big = cs_str_starts(bytes, CS_STR("\xfe\xff"));
    size_t mark = little || big ? 2 : 0;
    little = little || (!mark && has_zeros(bytes, 1));
    big = big || (!mark && has_zeros(bytes, 0));
    if (!little && !big)
        return false;
    struct cs_str units = cs_str_from(bytes, mark);
    if (big) {
        char *turned = cs_arena_alloc(arena, units.length + 1);
        for (size_t i = 0; i + 1 < units.length; i += 2) {
            turned[i] = units.at[i + 1];
            turned[i + 1] = units.at[i];
        }
        units.at = turned;
    }
    *text = cs_str_from_utf16(arena, units.at, units.length);
    return true;
}

/* Bytes of a file as UTF-8; line ends as they are. */
static struct cs_str decode(struct cs_arena *arena, struct cs_str bytes)
{
    struct cs_str text;
    if (cs_str_from_wide(arena, bytes, &text))
        return text;
    if (cs_str_starts(bytes, CS_STR("\xef\xbb\xbf")))
        return cs_str_from(bytes, 3);
    if (cs_str_is_utf8(bytes))
        return bytes;
    return csi_str_from_codepage(arena, bytes, &text) ? text : from_latin1(arena, bytes);
}

/* Where no line feed is, a carriage return ends a line: old Macs, and copies that lost a byte. */
static struct cs_str with_line_ends(struct cs_arena *arena, struct cs_str text)
{
    if (cs_str_find(text, '\n') >= 0 || cs_str_find(text, '\r') < 0)
        return text;
    char *out = cs_arena_copy(arena, text.at, text.length);
    for (size_t i = 0; i < text.length; i++)
        if (out[i] == '\r')
            out[i] = '\n';
    return cs_str_span(out, text.length);
}

struct cs_str cs_str_from_file(struct cs_arena *arena, struct cs_str bytes)
{
    return with_line_ends(arena, decode(arena, bytes));
}
