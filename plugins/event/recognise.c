/*
 * recognise.c - what stands in a pasted text: words, event numbers, failure codes.
 *
 * The text may be a number, a line, or a whole event over many lines, as the event viewer, XML or
 * PowerShell have it, in English or Japanese.  Codes are taken in every form that tools print:
 * 0x80070005, 80070005, -2147024891, 2147942405, "WIN32: 5", "system error 5".
 */
#include <string.h>

#include "event.h"

/* ----------------------------------------------------------------------- words */

static size_t find(struct cs_str text, struct cs_str part, size_t from)
{
    for (size_t i = from; i + part.length <= text.length; i++)
        if (memcmp(text.at + i, part.at, part.length) == 0)
            return i;
    return text.length;
}

bool event_holds(struct cs_str text, struct cs_str part)
{
    return part.length && find(text, part, 0) < text.length;
}

struct cs_str event_after(struct cs_str text, struct cs_str label)
{
    size_t at = find(text, label, 0);
    if (at >= text.length)
        return CS_STR("");
    size_t from = at + label.length, to;
    while (from < text.length && strchr(" :=>\"'", text.at[from]))
        from++;
    for (to = from; to < text.length && !strchr(" ,;<\"'()", text.at[to]);)
        to++;
    return cs_str_span(text.at + from, to - from);
}

/* "a&b&!c": holds a and b and not c. */
static bool holds_all(struct cs_str text, struct cs_str words)
{
    while (words.length) {
        ptrdiff_t cut = cs_str_find(words, '&');
        size_t length = cut < 0 ? words.length : (size_t)cut;
        struct cs_str one = cs_str_span(words.at, length);
        bool absent = one.length && one.at[0] == '!';
        if (event_holds(text, cs_str_from(one, absent ? 1 : 0)) == absent)
            return false;
        words = cs_str_from(words, cut < 0 ? length : length + 1);
    }
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* ----------------------------------------------------------------------- codes */

static void note_code(struct event_paste *paste, uint32_t code)
{
    for (size_t i = 0; i < paste->code_count; i++)
        if (paste->codes[i] == code)
            return;
    if (paste->code_count < CS_COUNT(paste->codes))
        paste->codes[paste->code_count++] = code;
}

/* Win32 5 is 0x80070005; what is no number of Windows is no code. */
static void note_win32(struct event_paste *paste, uint64_t number)
{
    if (number && number < 0x10000 && cs_win32_text((uint32_t)number, CS_STR("en")))
        note_code(paste, 0x80070000u | (uint32_t)number);
}

/* The text before `at` ends with that word, which stands by itself. */
static bool follows(struct cs_str text, size_t at, const char *word)
{
    struct cs_str part = cs_str_of(word);
    while (at > 0 && strchr(" :=#-()[]/,>'\"", text.at[at - 1]))
        at--;
    if (at < part.length || memcmp(text.at + at - part.length, part.at, part.length) != 0)
        return false;
    return at == part.length || !is_letter(text.at[at - part.length - 1]) ||
           (unsigned char)part.at[0] >= 0x80;
}

static bool follows_any(struct cs_str text, size_t at, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (follows(text, at, words[i]))
            return true;
    return false;
}

static int hex(char c)
{
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t read_hex(struct cs_str text, size_t at, uint64_t *number)
{
    size_t from = at;
    *number = 0;
    for (; at < text.length && hex(text.at[at]) >= 0 && at - from < 9; at++)
        *number = *number * 16 + (uint64_t)hex(text.at[at]);
    return at;
}

/* 0x80070005, and 80070005 by itself: not a part of a GUID, a hash or a longer number. */
static void take_hex(struct event_paste *paste, size_t at, bool prefixed)
{
    static const char *const before[] = {"error", "code", "hresult", "エラー"};
    struct cs_str text = paste->text;
    uint64_t number;
    size_t end = read_hex(text, at, &number);
    bool high = end - at == 8 && (number >> 28 == 0x8 || number >> 28 == 0xc);
    char after = end < text.length ? text.at[end] : ' ';
    if (is_letter(after) || is_digit(after) || (!prefixed && after == '-'))
        return;
    if (high)
        note_code(paste, (uint32_t)number);
    else if (prefixed && end - at == 8 && number >> 16 == 0x8007u)
        note_code(paste, (uint32_t)number);
    else if (prefixed && (at == 2 || follows_any(text, at - 2, before, CS_COUNT(before))))
        note_win32(paste, number);
}

/* -2147024891 and 2147942405. */
static void take_decimal(struct event_paste *paste, uint64_t number, bool negative)
{
    if (negative && number <= 0x80000000u && number > 0x3fffffffu)
        note_code(paste, (uint32_t)(0x100000000u - number));
    else if (!negative && number >= 0x80000000u && number <= 0xffffffffu)
        note_code(paste, (uint32_t)number);
}

static void take_number(struct event_paste *paste, size_t at, size_t end, uint64_t number)
{
    static const char *const win32[] = {"win32", "http", "error", "エラー", "rpc status"};
    struct cs_str text = paste->text;
    char before = at ? text.at[at - 1] : ' ', farther = at > 1 ? text.at[at - 2] : ' ';
    bool sign = before == '-' && !is_digit(farther) && !is_letter(farther);
    char after = end < text.length ? text.at[end] : ' ';
    if (after == '-' || is_letter(after))
        return;
    if (sign || !(before == '-' || is_letter(before) || before == '.'))
        take_decimal(paste, number, sign);
    if (follows_any(text, at, win32, CS_COUNT(win32)))
        note_win32(paste, number);
    if (follows(text, at, "helpmsg") && paste->message_count < CS_COUNT(paste->messages))
        paste->messages[paste->message_count++] = (uint32_t)number;
}

static void take_codes(struct event_paste *paste)
{
    struct cs_str text = paste->text;
    for (size_t i = 0; i < text.length; i++) {
        bool inside = i && (is_letter(text.at[i - 1]) || is_digit(text.at[i - 1]));
        if (inside || hex(text.at[i]) < 0)
            continue;
        if (text.at[i] == '0' && i + 1 < text.length && text.at[i + 1] == 'x') {
            take_hex(paste, i + 2, true);
            continue;
        }
        if (!(i && strchr("-{", text.at[i - 1])))
            take_hex(paste, i, false);
        uint64_t number = 0;
        size_t end = i;
        for (; end < text.length && is_digit(text.at[end]) && end - i < 12; end++)
            number = number * 10 + (uint64_t)(text.at[end] - '0');
        if (end > i)
            take_number(paste, i, end, number);
    }
}

/* ---------------------------------------------------------------------- reading */

/* Line ends, tabs and runs of blanks become one blank; full-width signs become ASCII. */
static struct cs_str one_line(struct cs_arena *arena, struct cs_str text)
{
    char *out = cs_arena_alloc(arena, text.length + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        const unsigned char *at = (const unsigned char *)text.at + i;
        size_t left = text.length - i;
        char c = text.at[i];
        if (left >= 3 && at[0] == 0xef && at[1] == 0xbc && at[2] >= 0x81) {
            c = (char)(at[2] - 0x81 + '!');
            i += 2;
        } else if (left >= 3 && at[0] == 0xe3 && at[1] == 0x80 && at[2] == 0x80) {
            c = ' ';
            i += 2;
        } else if (left >= 2 && at[0] == 0xc2 && at[1] == 0xa0) {
            c = ' ';
            i++;
        }
        if (c == '\n' || c == '\r' || c == '\t')
            c = ' ';
        if (c != ' ' || (length && out[length - 1] != ' '))
            out[length++] = c;
    }
    while (length && out[length - 1] == ' ')
        length--;
    return cs_str_span(out, length);
}

void event_read(struct cs_arena *arena, struct cs_str text, struct event_paste *paste)
{
    *paste = (struct event_paste){.arena = arena};
    paste->text = cs_str_fold(arena, one_line(arena, text));
    take_codes(paste);
}

/* ------------------------------------------------------------------- recognising */

/* "13", "13/82": nothing but numbers. */
static bool is_numbers(struct cs_str text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!is_digit(text.at[i]) && !strchr(" ,/", text.at[i]))
            return false;
    return true;
}

/* Is the number at `at` said to be an event's? */
static bool is_event(struct cs_str text, size_t at, uint32_t number)
{
    static const char *const labels[] = {
        "event",      "events",  "id",   "eventid",        "qualifiers", "autoenrollment",
        "certenroll", "certsvc", "dcom", "distributedcom", "manager",    "certificationauthority",
        "イベント"};
    while (at > 0 && (is_digit(text.at[at - 1]) || strchr("/, ", text.at[at - 1])))
        at--; /* over other numbers: CertEnroll 13/82 */
    if (number >= 10000)
        return at == 0 || !strchr("-._", text.at[at - 1]);
    return is_numbers(text) || follows_any(text, at, labels, CS_COUNT(labels));
}

static bool holds_event(struct cs_str text, uint32_t number)
{
    char digits[16];
    size_t length = 0;
    for (uint32_t rest = number; rest; rest /= 10)
        digits[sizeof digits - ++length] = (char)('0' + rest % 10);
    struct cs_str part = cs_str_span(digits + sizeof digits - length, length);
    for (size_t i = find(text, part, 0); i < text.length; i = find(text, part, i + 1)) {
        char before = i ? text.at[i - 1] : ' ';
        char after = i + length < text.length ? text.at[i + length] : ' ';
        bool whole = !is_digit(before) && !is_letter(before) && !is_digit(after) &&
                     !is_letter(after) && !strchr("-._", before) && after != '-';
        if (whole && is_event(text, i, number))
            return true;
    }
    return false;
}

static bool names(const struct event_source *source, struct cs_str text)
{
    for (size_t i = 0; i < CS_COUNT(source->words) && source->words[i]; i++)
        if (event_holds(text, cs_str_of(source->words[i])))
            return true;
    return false;
}

/* Does the text name another source than this one, and not this one? */
static bool is_anothers(const struct event_source *source, struct cs_str text)
{
    static const char *const all[] = {
        "autoenrollment",          "certenroll",     "certsvc", "certificationauthority",
        "service control manager", "distributedcom", "dcom"};
    if (!source || !source->words[0] || names(source, text))
        return false;
    for (size_t i = 0; i < CS_COUNT(all); i++)
        if (event_holds(text, cs_str_of(all[i])))
            return true;
    return false;
}

static bool by_words(const struct event_symptom *symptom, struct cs_str text)
{
    for (size_t i = 0; i < CS_COUNT(symptom->words) && symptom->words[i]; i++)
        if (holds_all(text, cs_str_of(symptom->words[i])))
            return true;
    return false;
}

bool event_recognise(const struct event_symptom *symptom, const struct event_paste *paste)
{
    for (size_t i = 0; symptom->code && i < paste->code_count; i++)
        if (paste->codes[i] == symptom->code)
            return true;
    if (symptom->id && holds_event(paste->text, symptom->id))
        return !is_anothers(symptom->source, paste->text);
    return by_words(symptom, paste->text);
}
