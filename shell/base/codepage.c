/*
 * codepage.c - which code page of Windows did somebody write this in? (see codepage.h)
 *
 * A console writes in the OEM code page of its language, notepad and certutil in the ANSI one,
 * and neither says so.  Under the right page the bytes are words: letters of one script beside
 * each other, small ones after small ones.  Under a wrong one they are signs, frames, and
 * capitals in the middle of words.  So each page is tried on a sample and its letters are
 * counted for and against it; the first of the best is taken.
 *
 * In the pages of the East a letter is two bytes, and most pairs are a letter in each of the four.
 * But each has the letters of daily use together, and those of one are rare ones in the others.
 *
 * The pages are those of the languages that the project knows names in.  Conversion itself is
 * the C library's.  Room: base.
 */
#include "codepage.h"

#include <iconv.h>
#include <string.h>

enum { SAMPLE = 4096, GROWTH = 3 }; /* a byte becomes three of UTF-8 at the most */
enum { APOSTROPHE = 0x2019 };       /* the only sign inside of words */

/* Where the letters of daily use stand: kana and kanji of level 1, hanzi of level 1 (GB 2312, by
 * sound), hanzi of level 1 (Big5, by strokes), Hangul. */
struct pairs {
    unsigned char lead, last_lead, trail; /* the least second byte */
    unsigned char marks;                  /* first bytes from here to `lead` are marks */
    int low, high;                        /* what a letter weighs by its second byte */
};
static const struct pairs japanese = {0x82, 0x97, 0x40, 0x81, 6, 6};
static const struct pairs simplified = {0xb0, 0xd7, 0xa1, 0xa1, 0, 6};
static const struct pairs traditional = {0xa4, 0xc6, 0x40, 0xa1, 9, 4}; /* 40 of 100 are low */
static const struct pairs korean = {0xb0, 0xc8, 0xa1, 0xa1, 0, 7};

static const struct page {
    const char *name;
    const struct pairs *pairs; /* NULL: one byte a letter */
} pages[] = {{"CP1252", NULL},       {"CP850", NULL},        {"CP1251", NULL}, {"CP866", NULL},
             {"CP932", &japanese},   {"CP852", NULL},        {"CP1250", NULL}, {"CP949", &korean},
             {"CP936", &simplified}, {"CP950", &traditional}};

/* ------------------------------------------------------------------ converting */

static bool convert(iconv_t way, struct cs_str bytes, char *out, size_t room, size_t *length)
{
    char *from = (char *)(uintptr_t)bytes.at, *to = out;
    size_t left = bytes.length, space = room;
    iconv(way, NULL, NULL, NULL, NULL);
    bool whole = iconv(way, &from, &left, &to, &space) != (size_t)-1 && left == 0;
    *length = room - space;
    return whole;
}

static bool read_as(const char *page, struct cs_arena *arena, struct cs_str bytes,
                    struct cs_str *text)
{
    iconv_t way = iconv_open("UTF-8", page);
    if (way == (iconv_t)-1) /* a C library without it */
        return false;
    size_t room = bytes.length * GROWTH + 1, length;
    char *out = cs_arena_alloc(arena, room);
    bool good = convert(way, bytes, out, room, &length);
    iconv_close(way);
    *text = cs_str_span(out, length);
    return good;
}

/* -------------------------------------------------------------------- weighing */

enum script { OTHER, SIGN, SMALL, CAPITAL, CYRILLIC, CYRILLIC_CAPITAL };

/* Letters of the languages west and east of the Oder; rare ones are signs of a wrong page. */
static const char small_letters[] = "äöüßéèêëàâçîïôùûœáíóúñãõåæøąćęłńśźżčďěňřšťůýžőűăşţ";
static const char capital_letters[] = "ÄÖÜÉÈÊËÀÂÇÎÏÔÙÛŒÁÍÓÚÑÃÕÅÆØĄĆĘŁŃŚŹŻČĎĚŇŘŠŤŮÝŽŐŰ";

static uint32_t point_at(const char *at, size_t *length)
{
    const unsigned char *u = (const unsigned char *)at;
    *length = u[0] < 0x80 ? 1 : u[0] < 0xe0 ? 2 : 3;
    if (*length == 1)
        return u[0];
    if (*length == 2)
        return (u[0] & 0x1fu) << 6 | (u[1] & 0x3fu);
    return (u[0] & 0xfu) << 12 | (u[1] & 0x3fu) << 6 | (u[2] & 0x3fu);
}

static bool among(const char *letters, const char *at, size_t length)
{
    char letter[4] = {0};
    memcpy(letter, at, length);
    return strstr(letters, letter) != NULL;
}

static enum script script_of(uint32_t point, const char *at, size_t length)
{
    if (point >= 'a' && point <= 'z')
        return SMALL;
    if (point >= 'A' && point <= 'Z')
        return CAPITAL;
    if (point < 0x80)
        return OTHER;
    if ((point >= 0x430 && point <= 0x44f) || point == 0x451)
        return CYRILLIC;
    if ((point >= 0x410 && point <= 0x42f) || point == 0x401)
        return CYRILLIC_CAPITAL;
    if (among(small_letters, at, length))
        return SMALL;
    return among(capital_letters, at, length) ? CAPITAL : SIGN;
}

static bool is_cyrillic(enum script script)
{
    return script == CYRILLIC || script == CYRILLIC_CAPITAL;
}

static bool is_latin(enum script script)
{
    return script == SMALL || script == CAPITAL;
}

/* What a letter that is not ASCII says for its page, between its neighbours. */
static int weight(enum script before, enum script self, enum script after)
{
    bool small_before = before == SMALL || before == CYRILLIC;
    bool in_word =
        (is_latin(before) || is_cyrillic(before)) && (is_latin(after) || is_cyrillic(after));
    switch (self) {
    case SIGN:
    case OTHER:
        return in_word ? -4 : -1;
    case SMALL:
        return is_cyrillic(before) || is_cyrillic(after) ? -3 : 3;
    case CAPITAL:
        return small_before || is_cyrillic(after) ? -3 : 2;
    case CYRILLIC_CAPITAL:
        return small_before || is_latin(after) ? -3 : 2;
    case CYRILLIC:
        return is_latin(before) || is_latin(after) ? -3 : 3;
    }
    return 0;
}

static long weigh(struct cs_str text)
{
    enum script before = OTHER, self = OTHER;
    size_t length, next_length;
    long sum = 0;
    for (size_t i = 0; i < text.length; i += length) {
        uint32_t point = point_at(text.at + i, &length);
        size_t next = i + length;
        enum script after = OTHER;
        self = script_of(point, text.at + i, length);
        if (next < text.length) {
            uint32_t following = point_at(text.at + next, &next_length);
            after = script_of(following, text.at + next, next_length);
        }
        if (point >= 0x80 && point != APOSTROPHE)
            sum += weight(before, self, after);
        before = self;
    }
    return sum;
}

/* ------------------------------------------------------------- two bytes a letter */

static bool is_lead(const struct pairs *pairs, unsigned char byte)
{
    bool narrow = byte >= 0xa0 && byte < 0xe0; /* katakana of one byte */
    return byte > 0x80 && byte != 0xff && (pairs != &japanese || !narrow);
}

static bool is_letter(const unsigned char *at)
{
    return (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
}

/* What the pair at `u` says for its page; `alone`: no pair stands beside it. */
static int pair_weight(const struct pairs *pairs, const unsigned char *u, bool alone, bool in_word)
{
    if (alone && in_word)
        return -6;
    if (u[0] >= pairs->marks && u[0] < pairs->lead)
        return 0;
    if (u[0] < pairs->lead || u[0] > pairs->last_lead || u[1] < pairs->trail)
        return -3;
    if (alone)
        return 2;
    return u[1] < 0x80 ? pairs->low : pairs->high;
}

static long weigh_pairs(const struct pairs *pairs, struct cs_str bytes)
{
    const unsigned char *u = (const unsigned char *)bytes.at, *end = u + bytes.length;
    bool pair = false, letter = false; /* what stood before */
    long sum = 0;
    for (size_t length; u < end; u += length) {
        bool before = pair, word = letter;
        pair = is_lead(pairs, *u) && end - u > 1;
        letter = is_letter(u);
        length = pair ? 2 : 1;
        const unsigned char *next = u + length;
        bool alone = !before && !(next + 1 < end && is_lead(pairs, *next));
        if (pair)
            sum += pair_weight(pairs, u, alone, word || (next < end && is_letter(next)));
        else if (*u >= 0x80)
            sum -= 3;
    }
    return sum;
}

/* -------------------------------------------------------------------- sampling */

static bool is_far(struct cs_str line)
{
    for (size_t i = 0; i < line.length; i++)
        if ((unsigned char)line.at[i] >= 0x80)
            return true;
    return false;
}

/* Whole lines in which something is not ASCII; a part of the first where it is longer than all. */
static struct cs_str sample_of(struct cs_arena *arena, struct cs_str bytes)
{
    char *out = cs_arena_alloc(arena, SAMPLE);
    size_t length = 0;
    while (bytes.length) {
        ptrdiff_t end = cs_str_find(bytes, '\n');
        struct cs_str line = cs_str_span(bytes.at, end < 0 ? bytes.length : (size_t)end + 1);
        bytes = cs_str_from(bytes, line.length);
        if (!is_far(line))
            continue;
        if (line.length > SAMPLE - length)
            line.length = length ? 0 : SAMPLE;
        if (!line.length)
            break;
        memcpy(out + length, line.at, line.length);
        length += line.length;
    }
    return cs_str_span(out, length);
}

bool csi_str_from_codepage(struct cs_arena *arena, struct cs_str bytes, struct cs_str *text)
{
    struct cs_str sample = sample_of(arena, bytes), seen;
    const char *best = NULL;
    long most = 0;
    for (size_t i = 0; i < CS_COUNT(pages); i++) {
        const struct page *page = &pages[i];
        struct cs_arena_mark mark = cs_arena_mark(arena);
        bool whole = read_as(page->name, arena, sample, &seen);
        long sum = !whole ? 0 : page->pairs ? weigh_pairs(page->pairs, sample) : weigh(seen);
        cs_arena_rewind(arena, mark);
        if (sum <= most)
            continue;
        best = page->name;
        most = sum;
    }
    return best && read_as(best, arena, bytes, text);
}
