/* str.c - slices and capped buffers (see str.h).  Room: base. */
#include <certsh/str.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "print.h"

/* ------------------------------------------------------------------ slices */

struct cs_str cs_str_of(const char *text)
{
    return (struct cs_str){text, text ? strlen(text) : 0};
}

struct cs_str cs_str_span(const char *at, size_t length)
{
    return (struct cs_str){at, length};
}

bool cs_str_equal(struct cs_str a, struct cs_str b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

int cs_str_compare(struct cs_str a, struct cs_str b)
{
    size_t common = a.length < b.length ? a.length : b.length;
    int order = common ? memcmp(a.at, b.at, common) : 0;
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

bool cs_str_is(struct cs_str s, const char *text)
{
    return cs_str_equal(s, cs_str_of(text));
}

bool cs_str_starts(struct cs_str s, struct cs_str prefix)
{
    return s.length >= prefix.length && cs_str_equal(cs_str_span(s.at, prefix.length), prefix);
}

bool cs_str_ends(struct cs_str s, struct cs_str suffix)
{
    return s.length >= suffix.length &&
           cs_str_equal(cs_str_from(s, s.length - suffix.length), suffix);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct cs_str cs_str_trim(struct cs_str s)
{
    while (s.length && is_blank(s.at[0]))
        s = cs_str_from(s, 1);
    while (s.length && is_blank(s.at[s.length - 1]))
        s.length--;
    return s;
}

ptrdiff_t cs_str_find(struct cs_str s, char c)
{
    const char *at = s.length ? memchr(s.at, c, s.length) : NULL;
    return at ? at - s.at : -1;
}

struct cs_str cs_str_from(struct cs_str s, size_t from)
{
    if (from >= s.length)
        return (struct cs_str){s.at ? s.at + s.length : NULL, 0};
    return (struct cs_str){s.at + from, s.length - from};
}

struct cs_str cs_str_copy(struct cs_arena *arena, struct cs_str s)
{
    return (struct cs_str){cs_arena_copy(arena, s.at, s.length), s.length};
}

const char *cs_str_c(struct cs_arena *arena, struct cs_str s)
{
    return cs_arena_copy(arena, s.at, s.length);
}

struct cs_str cs_str_printf(struct cs_arena *arena, const char *format, ...)
{
    va_list args;
    size_t length;
    va_start(args, format);
    char *text = csi_arena_print(arena, &length, format, args);
    va_end(args);
    return (struct cs_str){text, length};
}

/* ----------------------------------------------------------------- numbers */

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return 99;
}

bool cs_str_number(struct cs_str s, uint64_t max, uint64_t *out)
{
    bool hex = s.length > 2 && s.at[0] == '0' && (s.at[1] | 0x20) == 'x';
    const unsigned base = hex ? 16 : 10;
    const uint64_t most = hex ? UINT64_MAX / 16 : UINT64_MAX / 10;
    uint64_t value = 0;
    if (hex)
        s = cs_str_from(s, 2);
    for (size_t i = 0; i < s.length; i++) {
        unsigned digit = (unsigned)digit_value(s.at[i]);
        if (digit >= base || value > most || value * base > UINT64_MAX - digit)
            return false;
        value = value * base + digit;
    }
    if (!s.length || value > max)
        return false;
    *out = value;
    return true;
}

bool cs_str_integer(struct cs_str s, int64_t *out)
{
    bool minus = s.length > 1 && s.at[0] == '-';
    uint64_t value;
    if (!cs_str_number(minus ? cs_str_from(s, 1) : s, INT64_MAX, &value))
        return false;
    *out = minus ? -(int64_t)value : (int64_t)value;
    return true;
}

/* ----------------------------------------------------------------- buffers */

void cs_buf_init(struct cs_buf *buf, size_t max)
{
    static char nothing[1];
    *buf = (struct cs_buf){.at = nothing, .max = max};
}

void cs_buf_clear(struct cs_buf *buf)
{
    if (buf->room)
        csi_alloc_free(buf->at);
    cs_buf_init(buf, buf->max);
}

void cs_buf_cut(struct cs_buf *buf, size_t length)
{
    if (length >= buf->length)
        return;
    buf->length = length;
    buf->at[length] = '\0';
}

/* Room for `more` bytes and the NUL; false when there is none. */
static bool make_room(struct cs_buf *buf, size_t more)
{
    if (buf->full || more > buf->max - buf->length) {
        buf->full = true;
        return false;
    }
    size_t need = buf->length + more + 1;
    if (need <= buf->room)
        return true;
    size_t room = buf->room ? buf->room : 64;
    while (room < need)
        room *= 2;
    char *at = csi_alloc_again(buf->room ? buf->at : NULL, room);
    buf->full = !at;
    if (!at)
        return false;
    at[buf->length] = '\0';
    buf->at = at;
    buf->room = room;
    return true;
}

void cs_buf_add(struct cs_buf *buf, const void *bytes, size_t size)
{
    if (!size || !make_room(buf, size))
        return;
    memcpy(buf->at + buf->length, bytes, size);
    buf->length += size;
    buf->at[buf->length] = '\0';
}

void cs_buf_adds(struct cs_buf *buf, const char *text)
{
    cs_buf_add(buf, text, strlen(text));
}

void cs_buf_addc(struct cs_buf *buf, char c)
{
    cs_buf_add(buf, &c, 1);
}

void cs_buf_add_str(struct cs_buf *buf, struct cs_str s)
{
    cs_buf_add(buf, s.at, s.length);
}

void cs_buf_addf(struct cs_buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length > 0 && make_room(buf, (size_t)length)) {
        vsnprintf(buf->at + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
}

bool cs_buf_full(const struct cs_buf *buf)
{
    return buf->full;
}

struct cs_str cs_buf_str(const struct cs_buf *buf)
{
    return (struct cs_str){buf->at, buf->length};
}
