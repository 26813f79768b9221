/* sd.c - which kind of DACL, and reading a descriptor of either form (see sd.h).  Room: domain. */
#include <certsh/sd.h>

#include "sd_in.h"

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* What may stand between hex digits; the backslash folds lines in .reg files. */
static bool is_between(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '\\';
}

/* Every SDDL but the empty one has a colon, and no hex dump has one. */
static bool is_sddl(struct cs_str text)
{
    return cs_str_trim(text).length == 0 || cs_str_find(text, ':') >= 0;
}

/* Hex digits to bytes; `at` is the first character that is no such thing, or the end. */
static bool read_hex(struct cs_str text, char *out, size_t *count, size_t *at)
{
    int high = -1;
    *count = 0;
    for (*at = 0; *at < text.length; ++*at) {
        int value = digit(text.at[*at]);
        if (value < 0 && (high >= 0 || !is_between(text.at[*at])))
            return false;
        if (value < 0)
            continue;
        if (high >= 0)
            out[(*count)++] = (char)(high << 4 | value);
        high = high >= 0 ? -1 : value;
    }
    return high < 0;
}

/* Where in the hex text the byte is that decode complains about. */
static size_t place_of(struct cs_str text, size_t byte)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.length; i++)
        if (digit(text.at[i]) >= 0 && digits++ == byte * 2)
            return i;
    return text.length;
}

enum cs_sd_dacl_kind cs_sd_dacl(const struct cs_sd *sd)
{
    if (!(sd->control & CS_SD_DACL_PRESENT))
        return CS_DACL_ABSENT;
    if (!sd->dacl)
        return CS_DACL_NULL;
    return sd->dacl->count ? CS_DACL_LIST : CS_DACL_EMPTY;
}

cs_status cs_sd_read(struct cs_arena *arena, struct cs_str text, const struct cs_sddl_scope *scope,
                     struct cs_sd *sd, struct cs_error *err)
{
    size_t count = 0, at = 0;
    if (is_sddl(text))
        return cs_sddl_parse(arena, text, scope, sd, err);
    char *bytes = cs_arena_try(arena, text.length / 2 + 1);
    if (!bytes)
        return csi_no_memory(err);
    if (!read_hex(text, bytes, &count, &at))
        return cs_fail_at(err, CS_SYNTAX, at, "neither sddl nor hex digits");
    cs_status status = cs_sd_decode(arena, cs_str_span(bytes, count), sd, err);
    if (status == CS_SYNTAX && err && err->at >= 0)
        err->at = (int)place_of(text, (size_t)err->at);
    return status;
}
