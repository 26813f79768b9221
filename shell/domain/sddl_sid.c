/*
 * sddl_sid.c - SIDs inside SDDL, read as leniently as Windows does.  Room: domain.
 *
 * Windows takes "s-1-..." in lower case, hex parts, and parts too large, which become 2^32-1;
 * a revision written 0x1 makes every further part hex ("S-0x1-20-0-579" is S-1-32-0-1401).
 */
#include "sd_in.h"

struct parts {
    struct cs_str text;
    size_t at;
    bool hex; /* all parts, since the revision was */
};

static const uint64_t max_authority = 0xffffffffffff;

static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (unsigned)((c | 0x20) - 'a' + 10);
    return 99;
}

static char char_at(const struct parts *parts, size_t at)
{
    return at < parts->text.length ? parts->text.at[at] : '\0';
}

/* "O:S-1-2-0x200D:" - the D is a hex digit, but before a colon it opens the DACL. */
static bool opens_section(const struct parts *parts)
{
    return (char_at(parts, parts->at) | 0x20) == 'd' && char_at(parts, parts->at + 1) == ':';
}

/* A number, at most `max` (what is larger becomes max + 1); false where there is no digit. */
static bool read_part(struct parts *parts, uint64_t max, uint64_t *value)
{
    bool marked = char_at(parts, parts->at) == '0' && (char_at(parts, parts->at + 1) | 0x20) == 'x';
    unsigned base = marked || parts->hex ? 16 : 10;
    parts->at += marked ? 2 : 0;
    size_t start = parts->at;
    for (*value = 0; digit_of(char_at(parts, parts->at)) < base && !opens_section(parts);
         parts->at++) {
        *value = *value * base + digit_of(char_at(parts, parts->at));
        *value = *value > max ? max + 1 : *value;
    }
    return parts->at > start;
}

static cs_status bad(struct cs_error *err, const struct parts *parts, const char *what)
{
    return cs_fail_at(err, CS_SYNTAX, parts->at, "bad sid: expected %s", what);
}

static cs_status read_head(struct parts *parts, struct cs_sid *sid, struct cs_error *err)
{
    uint64_t revision = 0;
    parts->at = 2;
    bool marked = char_at(parts, 2) == '0' && (char_at(parts, 3) | 0x20) == 'x';
    if (!read_part(parts, UINT32_MAX, &revision) || revision != 1)
        return bad(err, parts, "revision 1");
    parts->hex = marked;
    if (char_at(parts, parts->at) != '-')
        return bad(err, parts, "'-' and an authority");
    parts->at++;
    if (!read_part(parts, max_authority, &sid->authority) || sid->authority > max_authority)
        return bad(err, parts, "an authority of 48 bits");
    return CS_OK;
}

static cs_status read_numeric(struct parts *parts, struct cs_sid *sid, struct cs_error *err)
{
    cs_status status = read_head(parts, sid, err);
    while (status == CS_OK && char_at(parts, parts->at) == '-') {
        uint64_t value = 0;
        parts->at++;
        if (sid->count == CS_SID_MAX_SUBS)
            return bad(err, parts, "at most 15 parts after the authority");
        if (!read_part(parts, UINT32_MAX, &value))
            return bad(err, parts, "a number");
        sid->sub[sid->count++] = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
    }
    return status;
}

static cs_status read_alias(struct cs_str text, const struct cs_sddl_scope *scope,
                            struct cs_sid *sid, struct cs_error *err)
{
    if (text.length < 2)
        return cs_fail_at(err, CS_SYNTAX, 0, "no sid: expected two letters or 'S-1-...'");
    switch (csi_alias_find(text.at, scope, sid)) {
    case CSI_ALIAS_FOUND:
        return CS_OK;
    case CSI_ALIAS_NEEDS_DOMAIN:
        cs_fail_at(err, CS_SYNTAX, 0, "alias '%.2s' needs to know the domain", text.at);
        return cs_error_hint(err, "give the domain's sid, or write the account's sid in full"),
               CS_SYNTAX;
    case CSI_ALIAS_UNKNOWN:
        break;
    }
    return cs_fail_at(err, CS_SYNTAX, 0, "unknown alias '%.2s': expected two letters or 'S-1-...'",
                      text.at);
}

cs_status csi_sid_parse_sddl(struct cs_str text, const struct cs_sddl_scope *scope,
                             struct cs_sid *sid, size_t *used, struct cs_error *err)
{
    struct parts parts = {.text = text};
    struct cs_sid found = {0};
    bool numeric = (char_at(&parts, 0) | 0x20) == 's' && char_at(&parts, 1) == '-';
    cs_status status =
        numeric ? read_numeric(&parts, &found, err) : read_alias(text, scope, &found, err);
    if (status != CS_OK)
        return status;
    *sid = found;
    *used = numeric ? parts.at : 2;
    return CS_OK;
}
