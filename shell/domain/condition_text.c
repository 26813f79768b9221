/*
 * condition_text.c - text inside conditions and claims: UTF-16, names with %0020, SID(...),
 * strings and octets.  Room: domain.
 */
#include "condition_in.h"

#include <string.h>

enum { REPLACEMENT = 0xfffd };

void csi_put_u32(struct cs_buf *out, size_t value)
{
    unsigned char bytes[4];
    csi_put32(bytes, (uint32_t)value);
    cs_buf_add(out, bytes, sizeof bytes);
}

/* ------------------------------------------------------------------- UTF-16 */

static void put_unit(struct cs_buf *out, uint32_t unit)
{
    unsigned char bytes[2];
    csi_put16(bytes, unit);
    cs_buf_add(out, bytes, sizeof bytes);
}

static void put_point16(struct cs_buf *out, uint32_t point)
{
    if (point >= 0x10000) {
        put_unit(out, 0xd800 + ((point - 0x10000) >> 10));
        point = 0xdc00 + ((point - 0x10000) & 0x3ff);
    }
    put_unit(out, point);
}

static void put_point8(struct cs_buf *out, uint32_t point)
{
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    size_t more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    cs_buf_addc(out, (char)(lead[more] | point >> 6 * more));
    while (more-- > 0)
        cs_buf_addc(out, (char)(0x80 | (point >> 6 * more & 0x3f)));
}

/* One code point of UTF-8 at `*at`, which moves behind it. */
static uint32_t next_point(struct cs_str text, size_t *at)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)text.at[*at];
    size_t more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    uint32_t point = more ? first & (0x3fu >> more) : first;
    bool ok = first < 0x80 || (first >= 0xc2 && first <= 0xf4 && text.length - *at > more);
    for (size_t i = 1; ok && i <= more; i++) {
        unsigned char c = (unsigned char)text.at[*at + i];
        ok = (c & 0xc0) == 0x80;
        point = point << 6 | (c & 0x3fu);
    }
    ok = ok && point >= least[more] && point <= 0x10ffff && (point & 0xfffff800) != 0xd800;
    *at += ok ? more + 1 : 1;
    return ok ? point : REPLACEMENT;
}

static uint32_t unit_at(struct cs_str utf16, size_t at)
{
    return at + 1 < utf16.length ? csi_get16((const unsigned char *)utf16.at + at) : 0;
}

/* One code point of UTF-16, a lone surrogate as it is. */
static uint32_t next_point16(struct cs_str utf16, size_t *at)
{
    uint32_t high = unit_at(utf16, *at), low = unit_at(utf16, *at + 2);
    bool pair = (high & 0xfc00) == 0xd800 && (low & 0xfc00) == 0xdc00;
    *at += pair ? 4 : 2;
    return pair ? 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff) : high;
}

void csi_put_utf16(struct cs_buf *out, struct cs_str text)
{
    for (size_t at = 0; at < text.length;)
        put_point16(out, next_point(text, &at));
}

void csi_put_utf8(struct cs_buf *out, struct cs_str utf16)
{
    for (size_t at = 0; at + 1 < utf16.length;) {
        uint32_t point = next_point16(utf16, &at);
        put_point8(out, (point & 0xfffff800) == 0xd800 ? REPLACEMENT : point);
    }
}

bool csi_put_quoted(struct cs_buf *out, struct cs_str utf16)
{
    for (size_t at = 0; at + 1 < utf16.length;) {
        uint32_t point = next_point16(utf16, &at);
        if (point == 0 || point == '"' || (point & 0xfffff800) == 0xd800)
            return false;
    }
    cs_buf_addc(out, '"');
    csi_put_utf8(out, utf16);
    cs_buf_addc(out, '"');
    return utf16.length % 2 == 0;
}

/* -------------------------------------------------------------------- names */

bool csi_is_name_char(char c, bool after_at)
{
    if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
        return true;
    return c && strchr(after_at ? ":./_#$'*+-;?@[\\]^`{}~" : ":./_", c) != NULL;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

bool csi_put_name16(struct cs_buf *out, struct cs_str text)
{
    for (size_t at = 0; at < text.length;) {
        uint32_t unit = 0;
        if (text.at[at] != '%') {
            put_point16(out, next_point(text, &at));
            continue;
        }
        if (text.length - at < 5)
            return false;
        for (size_t i = 1; i <= 4; i++) {
            if (digit_of(text.at[at + i]) < 0)
                return false;
            unit = unit << 4 | (uint32_t)digit_of(text.at[at + i]);
        }
        put_unit(out, unit);
        at += 5;
    }
    return true;
}

void csi_put_name8(struct cs_buf *out, struct cs_str utf16, bool after_at)
{
    for (size_t at = 0; at + 1 < utf16.length; at += 2) {
        uint32_t unit = unit_at(utf16, at);
        if (unit < 0x80 && csi_is_name_char((char)unit, after_at))
            cs_buf_addc(out, (char)unit);
        else
            cs_buf_addf(out, "%%%04x", (unsigned)unit);
    }
}

/* ------------------------------------------------------------------- reader */

char csi_peek(const struct csi_reader *in)
{
    return in->at < in->text.length ? in->text.at[in->at] : '\0';
}

void csi_skip_space(struct csi_reader *in)
{
    while (csi_peek(in) && strchr(" \t\r\n\v\f", csi_peek(in)))
        in->at++;
}

cs_status csi_expected(const struct csi_reader *in, const char *what)
{
    return cs_fail_at(in->err, CS_SYNTAX, in->at, "bad expression: expected %s", what);
}

cs_status csi_expect(struct csi_reader *in, char c, const char *what)
{
    csi_skip_space(in);
    if (csi_peek(in) != c)
        return csi_expected(in, what);
    in->at++;
    return CS_OK;
}

cs_status csi_read_quoted(struct csi_reader *in, struct cs_str *inside)
{
    cs_status status = csi_expect(in, '"', "a string in double quotes");
    if (status != CS_OK)
        return status;
    struct cs_str rest = cs_str_from(in->text, in->at);
    ptrdiff_t length = cs_str_find(rest, '"');
    if (length < 0)
        return csi_expected(in, "a closing double quote");
    *inside = cs_str_span(rest.at, (size_t)length);
    in->at += (size_t)length + 1;
    return CS_OK;
}

cs_status csi_read_sid_call(struct csi_reader *in, struct cs_sid *sid)
{
    size_t used = 0;
    if (!cs_str_same_start(cs_str_from(in->text, in->at), CS_STR("SID")))
        return csi_expected(in, "'SID('");
    in->at += 3;
    cs_status status = csi_expect(in, '(', "'(' behind SID");
    if (status != CS_OK)
        return status;
    csi_skip_space(in);
    status = csi_sid_parse_sddl(cs_str_from(in->text, in->at), in->scope, sid, &used, in->err);
    if (status != CS_OK) {
        if (in->err && in->err->at >= 0)
            in->err->at += (int)in->at;
        return status;
    }
    in->at += used;
    return csi_expect(in, ')', "')' behind the sid");
}

void csi_read_octets(struct csi_reader *in, struct cs_buf *out)
{
    size_t start = in->at;
    while (csi_peek(in) == '#' || digit_of(csi_peek(in)) >= 0)
        in->at++;
    size_t count = in->at - start;
    int high = count % 2 ? 0 : -1;
    for (size_t i = start; i < in->at; i++) {
        int digit = in->text.at[i] == '#' ? 0 : digit_of(in->text.at[i]);
        if (high >= 0)
            cs_buf_addc(out, (char)(high << 4 | digit));
        high = high >= 0 ? -1 : digit;
    }
}

size_t csi_room_for(struct cs_str text)
{
    return text.length * 12 + 64;
}

cs_status csi_finish(struct cs_arena *arena, struct csi_reader *in, cs_status status,
                     struct cs_str *bytes, size_t *used)
{
    struct cs_str kept = {0};
    if (status == CS_OK && !cs_buf_full(in->out))
        kept = csi_keep(arena, in->out->at, in->out->length);
    cs_buf_clear(in->out);
    if (status != CS_OK)
        return status;
    if (!kept.at)
        return csi_no_memory(in->err);
    *bytes = kept;
    *used = in->at;
    return CS_OK;
}
