/* condition.c - tokens, operators and numbers of conditional expressions.  Room: domain. */
#include "condition_in.h"

#include <string.h>

#define REL CSI_RELATION
#define MEM CSI_MEMBERSHIP

/* Spelled the way Windows prints them ("Member_of_any" is no slip). */
static const struct csi_operator operators[] = {
    {CSI_TOKEN_EQUAL, 2, REL, "=="},
    {CSI_TOKEN_NOT_EQUAL, 2, REL, "!="},
    {CSI_TOKEN_LESS_EQUAL, 2, REL, "<="},
    {CSI_TOKEN_LESS, 2, REL, "<"},
    {CSI_TOKEN_GREATER_EQUAL, 2, REL, ">="},
    {CSI_TOKEN_GREATER, 2, REL, ">"},
    {CSI_TOKEN_CONTAINS, 2, REL, "Contains"},
    {CSI_TOKEN_ANY_OF, 2, REL, "Any_of"},
    {CSI_TOKEN_NOT_CONTAINS, 2, REL, "Not_Contains"},
    {CSI_TOKEN_NOT_ANY_OF, 2, REL, "Not_Any_of"},
    {CSI_TOKEN_EXISTS, 1, CSI_PRESENCE, "Exists"},
    {CSI_TOKEN_NOT_EXISTS, 1, CSI_PRESENCE, "Not_Exists"},
    {CSI_TOKEN_MEMBER_OF, 1, MEM, "Member_of"},
    {CSI_TOKEN_DEVICE_MEMBER_OF, 1, MEM, "Device_Member_of"},
    {CSI_TOKEN_MEMBER_OF_ANY, 1, MEM, "Member_of_any"},
    {CSI_TOKEN_DEVICE_MEMBER_OF_ANY, 1, MEM, "Device_Member_of_Any"},
    {CSI_TOKEN_NOT_MEMBER_OF, 1, MEM, "Not_Member_of"},
    {CSI_TOKEN_NOT_DEVICE_MEMBER_OF, 1, MEM, "Not_Device_Member_of"},
    {CSI_TOKEN_NOT_MEMBER_OF_ANY, 1, MEM, "Not_Member_of_Any"},
    {CSI_TOKEN_NOT_DEVICE_MEMBER_OF_ANY, 1, MEM, "Not_Device_Member_of_Any"},
    {CSI_TOKEN_AND, 2, CSI_LOGIC, "&&"},
    {CSI_TOKEN_OR, 2, CSI_LOGIC, "||"},
    {CSI_TOKEN_NOT, 1, CSI_LOGIC, "!"},
};

static const char signature[] = {'a', 'r', 't', 'x'};

enum { BASE_OCTAL = 1, BASE_DECIMAL = 2, BASE_HEX = 3 };
enum { SIGN_PLUS = 1, SIGN_MINUS = 2, SIGN_NONE = 3 };

const struct csi_operator *csi_operator_of(uint8_t code)
{
    for (size_t i = 0; i < CS_COUNT(operators); i++)
        if (operators[i].code == code)
            return &operators[i];
    return NULL;
}

const struct csi_operator *csi_operator_named(struct cs_str word)
{
    for (size_t i = 0; i < CS_COUNT(operators); i++)
        if (cs_str_same(word, cs_str_of(operators[i].name)))
            return &operators[i];
    return NULL;
}

bool csi_is_attribute(uint8_t code)
{
    return code >= CSI_TOKEN_LOCAL && code <= CSI_TOKEN_DEVICE;
}

static bool is_int(uint8_t code)
{
    return code >= CSI_TOKEN_INT8 && code <= CSI_TOKEN_INT64;
}

static bool has_length(uint8_t code)
{
    return code == CSI_TOKEN_STRING || code == CSI_TOKEN_OCTETS || code == CSI_TOKEN_COMPOSITE ||
           code == CSI_TOKEN_SID || csi_is_attribute(code);
}

bool csi_is_literal(uint8_t code)
{
    return is_int(code) || (has_length(code) && !csi_is_attribute(code));
}

bool csi_next_token(struct cs_str *tokens, struct csi_token *token)
{
    if (!tokens->length)
        return false;
    token->code = (uint8_t)tokens->at[0];
    struct cs_str rest = cs_str_from(*tokens, 1);
    size_t size = is_int(token->code) ? CSI_INT_SIZE : 0;
    if (has_length(token->code)) {
        if (rest.length < 4)
            return false;
        size = csi_get32((const unsigned char *)rest.at);
        rest = cs_str_from(rest, 4);
    } else if (!size && !csi_operator_of(token->code)) {
        return false;
    }
    if (size > rest.length)
        return false;
    token->data = cs_str_span(rest.at, size);
    *tokens = cs_str_from(rest, size);
    return true;
}

bool csi_tokens(struct cs_str bytes, struct cs_str *tokens)
{
    if (bytes.length < sizeof signature || memcmp(bytes.at, signature, sizeof signature) != 0)
        return false;
    struct csi_token token;
    struct cs_str rest = cs_str_from(bytes, sizeof signature);
    *tokens = rest;
    while (csi_next_token(&rest, &token))
        ;
    tokens->length -= rest.length;
    for (size_t i = 0; i < rest.length; i++)
        if (rest.at[i] != CSI_TOKEN_PADDING)
            return false;
    return tokens->length > 0 && rest.length < 4;
}

/* ----------------------------------------------------------------- numbers */

int64_t csi_int_of(struct cs_str data)
{
    const unsigned char *at = (const unsigned char *)data.at;
    return (int64_t)(csi_get32(at) | (uint64_t)csi_get32(at + 4) << 32);
}

static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (unsigned)((c | 0x20) - 'a' + 10);
    return 99;
}

static char char_at(struct cs_str text, size_t at)
{
    return at < text.length ? text.at[at] : '\0';
}

/* 0x and 0 mark the base, as in C. */
static unsigned base_at(struct cs_str text, size_t *at)
{
    if (char_at(text, *at) != '0')
        return 10;
    if ((char_at(text, *at + 1) | 0x20) == 'x') {
        *at += 2;
        return 16;
    }
    return digit_of(char_at(text, *at + 1)) < 8 ? 8 : 10;
}

/* Digits at `*at` in the base they tell, at most `most`; false where there are none. */
static bool read_digits(struct cs_str text, size_t *at, uint64_t most, unsigned *base,
                        uint64_t *value)
{
    *base = base_at(text, at);
    size_t start = *at;
    for (*value = 0; digit_of(char_at(text, *at)) < *base; ++*at) {
        unsigned digit = digit_of(char_at(text, *at));
        if (*value > (most - digit) / *base)
            return false;
        *value = *value * *base + digit;
    }
    return *at > start;
}

bool csi_read_int(struct cs_str text, char out[CSI_INT_SIZE], size_t *used)
{
    char sign = char_at(text, 0);
    size_t at = sign == '+' || sign == '-' ? 1 : 0;
    unsigned base = 10;
    /* the value has to fit 63 bits and a sign; the lowest one only with its minus */
    uint64_t value = 0, most = (uint64_t)INT64_MAX + (sign == '-' ? 1 : 0);
    if (!read_digits(text, &at, most, &base, &value))
        return false;
    csi_put64((unsigned char *)out, sign == '-' ? 0 - value : value);
    out[8] = sign == '+' ? SIGN_PLUS : sign == '-' ? SIGN_MINUS : SIGN_NONE;
    out[9] = base == 8 ? BASE_OCTAL : base == 16 ? BASE_HEX : BASE_DECIMAL;
    *used = at;
    return true;
}

bool csi_read_uint(struct cs_str text, uint64_t *value, size_t *used)
{
    unsigned base = 10;
    *used = 0;
    return read_digits(text, used, UINT64_MAX, &base, value);
}

void csi_put_int(struct cs_buf *out, struct cs_str data)
{
    int64_t value = csi_int_of(data);
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    if (value < 0)
        cs_buf_addc(out, '-');
    else if (data.at[8] == SIGN_PLUS)
        cs_buf_addc(out, '+');
    else if (data.at[8] == SIGN_MINUS && value == 0) /* of a number above 0 it would be a lie */
        cs_buf_addc(out, '-');
    if (data.at[9] == BASE_OCTAL)
        cs_buf_addf(out, "0%llo", (unsigned long long)size);
    else if (data.at[9] == BASE_HEX)
        cs_buf_addf(out, "0x%llx", (unsigned long long)size);
    else
        cs_buf_addf(out, "%llu", (unsigned long long)size);
}
