/* guid.c - GUIDs in text (see sd.h).  Room: domain. */
#include <certsh/sd.h>

#include <string.h>

/* Which byte each pair of digits is: the first three parts are little-endian on the wire. */
static const unsigned char order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

enum { GUID_LENGTH = 36 };

static bool is_dash(size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

cs_status cs_guid_parse(struct cs_str text, struct cs_guid *guid, struct cs_error *err)
{
    struct cs_guid found = {{0}};
    size_t skipped = 0, pair = 0;
    if (text.length == GUID_LENGTH + 2 && text.at[0] == '{' && text.at[GUID_LENGTH + 1] == '}') {
        text = cs_str_span(text.at + 1, GUID_LENGTH);
        skipped = 1;
    }
    if (text.length != GUID_LENGTH)
        return cs_fail_at(err, CS_SYNTAX, 0, "no guid: expected 36 characters, here are %zu",
                          text.length);
    for (size_t i = 0; i < GUID_LENGTH; i += is_dash(i) ? 1 : 2) {
        if (is_dash(i) ? text.at[i] == '-' : digit(text.at[i]) >= 0 && digit(text.at[i + 1]) >= 0) {
            if (!is_dash(i))
                found.bytes[order[pair++]] =
                    (unsigned char)(digit(text.at[i]) << 4 | digit(text.at[i + 1]));
            continue;
        }
        return cs_fail_at(err, CS_SYNTAX, i + skipped, "bad guid: expected %s",
                          is_dash(i) ? "'-'" : "two hex digits");
    }
    *guid = found;
    return CS_OK;
}

const char *cs_guid_format(const struct cs_guid *guid, struct cs_guid_text *out)
{
    static const char digits[] = "0123456789abcdef";
    char *at = out->text;
    for (size_t pair = 0; pair < sizeof order; pair++) {
        if (is_dash((size_t)(at - out->text)))
            *at++ = '-';
        *at++ = digits[guid->bytes[order[pair]] >> 4];
        *at++ = digits[guid->bytes[order[pair]] & 15];
    }
    *at = '\0';
    return out->text;
}

bool cs_guid_equal(const struct cs_guid *a, const struct cs_guid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
