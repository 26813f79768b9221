/* sid.c - the value of a SID: text, bytes, order, relatives (see sid.h).  Room: domain. */
#include <certsh/sid.h>

#include "sid_in.h"

enum { SID_REVISION = 1, SID_HEADER = 8 };

static const uint64_t max_authority = 0xffffffffffff;

/* -------------------------------------------------------------------- text */

/* The next number of `text` from `*at` on: digits, or 0x and hex digits; false when bad. */
static bool read_part(struct cs_str text, size_t *at, uint64_t max, uint64_t *value)
{
    size_t end = *at;
    while (end < text.length && text.at[end] != '-')
        end++;
    if (!cs_str_number(cs_str_span(text.at + *at, end - *at), max, value))
        return false;
    *at = end;
    return true;
}

static bool has_prefix(struct cs_str text)
{
    return text.length > 4 && (text.at[0] | 0x20) == 's' && text.at[1] == '-' &&
           text.at[2] == '1' && text.at[3] == '-';
}

static char *put_number(char *at, uint64_t value)
{
    char digits[20];
    size_t count = 0;
    do
        digits[count++] = (char)('0' + value % 10);
    while (value /= 10);
    while (count)
        *at++ = digits[--count];
    return at;
}

/* Windows prints an authority of 2^32 and more in upper-case hex. */
static char *put_authority(char *at, uint64_t value)
{
    if (value <= UINT32_MAX)
        return put_number(at, value);
    *at++ = '0';
    *at++ = 'x';
    int shift = 44;
    while (value >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        *at++ = "0123456789ABCDEF"[value >> shift & 15];
    return at;
}

cs_status cs_sid_parse(struct cs_str text, struct cs_sid *sid, struct cs_error *err)
{
    struct cs_sid found = {0};
    uint64_t value = 0;
    size_t at = 4;
    if (!has_prefix(text))
        return cs_fail_at(err, CS_SYNTAX, 0, "no sid: expected 'S-1-' and numbers");
    if (!read_part(text, &at, max_authority, &found.authority))
        return cs_fail_at(err, CS_SYNTAX, at, "bad authority in a sid: expected a 48-bit number");
    while (at < text.length) {
        at++; /* the dash read_part stopped at */
        if (found.count == CS_SID_MAX_SUBS)
            return cs_fail_at(err, CS_SYNTAX, at, "too many parts in a sid: at most %d",
                              CS_SID_MAX_SUBS);
        if (!read_part(text, &at, UINT32_MAX, &value))
            return cs_fail_at(err, CS_SYNTAX, at, "bad part of a sid: expected a 32-bit number");
        found.sub[found.count++] = (uint32_t)value;
    }
    *sid = found;
    return CS_OK;
}

const char *cs_sid_format(const struct cs_sid *sid, struct cs_sid_text *out)
{
    char *at = out->text;
    *at++ = 'S';
    *at++ = '-';
    *at++ = '1';
    *at++ = '-';
    at = put_authority(at, sid->authority & max_authority);
    for (size_t i = 0; i < sid->count && i < CS_SID_MAX_SUBS; i++) {
        *at++ = '-';
        at = put_number(at, sid->sub[i]);
    }
    *at = '\0';
    return out->text;
}

/* ------------------------------------------------------------------- bytes */

cs_status cs_sid_decode(const void *bytes, size_t size, struct cs_sid *sid, size_t *used,
                        struct cs_error *err)
{
    const unsigned char *at = bytes;
    struct cs_sid found = {0};
    if (size < SID_HEADER)
        return cs_fail_at(err, CS_SYNTAX, 0, "sid cut short: %zu bytes, expected at least %d", size,
                          SID_HEADER);
    if (at[0] != SID_REVISION)
        return cs_fail_at(err, CS_SYNTAX, 0, "sid revision %d, expected 1", at[0]);
    if (at[1] > CS_SID_MAX_SUBS)
        return cs_fail_at(err, CS_SYNTAX, 1, "sid with %d parts, at most %d", at[1],
                          CS_SID_MAX_SUBS);
    if (size < SID_HEADER + 4u * at[1])
        return cs_fail_at(err, CS_SYNTAX, 1, "sid cut short: %d parts need %d bytes, here are %zu",
                          at[1], SID_HEADER + 4 * at[1], size);
    for (size_t i = 2; i < SID_HEADER; i++)
        found.authority = found.authority << 8 | at[i];
    found.count = at[1];
    for (size_t i = 0; i < found.count; i++)
        found.sub[i] = csi_get32(at + SID_HEADER + 4 * i);
    *sid = found;
    if (used)
        *used = cs_sid_size(sid);
    return CS_OK;
}

size_t cs_sid_encode(const struct cs_sid *sid, unsigned char out[CS_SID_MAX_BYTES])
{
    out[0] = SID_REVISION;
    out[1] = sid->count;
    for (size_t i = 2; i < SID_HEADER; i++)
        out[i] = (unsigned char)(sid->authority >> 8 * (SID_HEADER - 1 - i));
    for (size_t i = 0; i < sid->count; i++)
        csi_put32(out + SID_HEADER + 4 * i, sid->sub[i]);
    return cs_sid_size(sid);
}

size_t cs_sid_size(const struct cs_sid *sid)
{
    return SID_HEADER + 4u * sid->count;
}

/* ------------------------------------------------------------------- order */

bool cs_sid_equal(const struct cs_sid *a, const struct cs_sid *b)
{
    if (a->count != b->count || a->authority != b->authority)
        return false;
    /* the last part differs most often: domains are few, accounts many */
    for (size_t i = a->count; i-- > 0;)
        if (a->sub[i] != b->sub[i])
            return false;
    return true;
}

int cs_sid_compare(const struct cs_sid *a, const struct cs_sid *b)
{
    if (a->authority != b->authority)
        return a->authority < b->authority ? -1 : 1;
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (a->sub[i] != b->sub[i])
            return a->sub[i] < b->sub[i] ? -1 : 1;
    return (a->count > b->count) - (a->count < b->count);
}

uint64_t cs_sid_hash(const struct cs_sid *sid)
{
    uint64_t hash = (sid->authority + sid->count) * 0x9e3779b97f4a7c15u;
    for (size_t i = 0; i < sid->count; i++) {
        hash = (hash ^ sid->sub[i]) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    return hash;
}

/* --------------------------------------------------------------- relatives */

uint32_t cs_sid_rid(const struct cs_sid *sid)
{
    return sid->count ? sid->sub[sid->count - 1] : 0;
}

struct cs_sid cs_sid_parent(const struct cs_sid *sid)
{
    struct cs_sid parent = *sid;
    if (parent.count)
        parent.sub[--parent.count] = 0;
    return parent;
}

struct cs_sid cs_sid_child(const struct cs_sid *domain, uint32_t rid)
{
    struct cs_sid child = *domain;
    if (child.count < CS_SID_MAX_SUBS)
        child.sub[child.count++] = rid;
    return child;
}

bool cs_sid_in(const struct cs_sid *sid, const struct cs_sid *domain)
{
    if (sid->count != domain->count + 1 || sid->authority != domain->authority)
        return false;
    for (size_t i = 0; i < domain->count; i++)
        if (sid->sub[i] != domain->sub[i])
            return false;
    return true;
}

bool cs_sid_is_account(const struct cs_sid *sid)
{
    return sid->authority == 5 && sid->count >= 4 && sid->sub[0] == 21;
}

bool cs_sid_is_builtin(const struct cs_sid *sid)
{
    return sid->authority == 5 && sid->count >= 1 && sid->count <= 2 && sid->sub[0] == 32;
}

struct cs_sid cs_sid_of1(uint64_t authority, uint32_t sub)
{
    return (struct cs_sid){.authority = authority, .sub = {sub}, .count = 1};
}

struct cs_sid cs_sid_of2(uint64_t authority, uint32_t sub, uint32_t rid)
{
    return (struct cs_sid){.authority = authority, .sub = {sub, rid}, .count = 2};
}
