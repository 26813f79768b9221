/*
 * condition_in.h - what the reader, writer and judge of conditions share (MS-DTYP 2.4.4.17).
 *
 * A condition is "artx" and tokens in postfix order, then zeros up to a multiple of 4.
 * Room: domain, internal.
 */
#ifndef CERTSH_DOMAIN_CONDITION_IN_H
#define CERTSH_DOMAIN_CONDITION_IN_H

#include "sd_in.h"

enum {
    CSI_TOKEN_PADDING = 0x00,
    CSI_TOKEN_INT8 = 0x01,
    CSI_TOKEN_INT64 = 0x04, /* all four sizes have the same 10 bytes */
    CSI_TOKEN_STRING = 0x10,
    CSI_TOKEN_OCTETS = 0x18,
    CSI_TOKEN_COMPOSITE = 0x50,
    CSI_TOKEN_SID = 0x51,
    CSI_TOKEN_EQUAL = 0x80,
    CSI_TOKEN_NOT_EQUAL = 0x81,
    CSI_TOKEN_LESS = 0x82,
    CSI_TOKEN_LESS_EQUAL = 0x83,
    CSI_TOKEN_GREATER = 0x84,
    CSI_TOKEN_GREATER_EQUAL = 0x85,
    CSI_TOKEN_CONTAINS = 0x86,
    CSI_TOKEN_EXISTS = 0x87,
    CSI_TOKEN_ANY_OF = 0x88,
    CSI_TOKEN_MEMBER_OF = 0x89,
    CSI_TOKEN_DEVICE_MEMBER_OF = 0x8a,
    CSI_TOKEN_MEMBER_OF_ANY = 0x8b,
    CSI_TOKEN_DEVICE_MEMBER_OF_ANY = 0x8c,
    CSI_TOKEN_NOT_EXISTS = 0x8d,
    CSI_TOKEN_NOT_CONTAINS = 0x8e,
    CSI_TOKEN_NOT_ANY_OF = 0x8f,
    CSI_TOKEN_NOT_MEMBER_OF = 0x90,
    CSI_TOKEN_NOT_DEVICE_MEMBER_OF = 0x91,
    CSI_TOKEN_NOT_MEMBER_OF_ANY = 0x92,
    CSI_TOKEN_NOT_DEVICE_MEMBER_OF_ANY = 0x93,
    CSI_TOKEN_AND = 0xa0,
    CSI_TOKEN_OR = 0xa1,
    CSI_TOKEN_NOT = 0xa2,
    CSI_TOKEN_LOCAL = 0xf8, /* attributes: of the call, the user, the resource, the device */
    CSI_TOKEN_USER = 0xf9,
    CSI_TOKEN_RESOURCE = 0xfa,
    CSI_TOKEN_DEVICE = 0xfb
};

enum csi_operator_kind {
    CSI_RELATION,   /* attribute, then attribute or literal */
    CSI_PRESENCE,   /* one attribute */
    CSI_MEMBERSHIP, /* one list of SIDs */
    CSI_LOGIC
};

struct csi_operator {
    uint8_t code;
    uint8_t arity;
    enum csi_operator_kind kind;
    const char *name;
};

/* The operator of a code, or of a word or sign in either case; NULL when none. */
const struct csi_operator *csi_operator_of(uint8_t code);
const struct csi_operator *csi_operator_named(struct cs_str word);

struct csi_token {
    uint8_t code;
    struct cs_str data; /* behind the code, and behind the length where there is one */
};

/* The next token, and `tokens` moves on; false at the end and where the bytes are broken. */
bool csi_next_token(struct cs_str *tokens, struct csi_token *token);

/* The tokens of "artx" bytes without signature and padding; false when they are none. */
bool csi_tokens(struct cs_str bytes, struct cs_str *tokens);

bool csi_is_attribute(uint8_t code);
bool csi_is_literal(uint8_t code);

/* Integers: 8 bytes, a sign (1 '+', 2 '-', 3 none) and a base (1 octal, 2 decimal, 3 hex). */
enum { CSI_INT_SIZE = 10 };
int64_t csi_int_of(struct cs_str data);

/* Read a number with sign and base at the start of `text`; false when it does not fit. */
bool csi_read_int(struct cs_str text, char out[CSI_INT_SIZE], size_t *used);
bool csi_read_uint(struct cs_str text, uint64_t *value, size_t *used);
void csi_put_int(struct cs_buf *out, struct cs_str data);

void csi_put_u32(struct cs_buf *out, size_t value);

/* UTF-8 to UTF-16LE and back; broken bytes become U+FFFD. */
void csi_put_utf16(struct cs_buf *out, struct cs_str text);
void csi_put_utf8(struct cs_buf *out, struct cs_str utf16);
/* "text" with its quotes; false where SDDL has no way to say it: a quote, a zero, half a pair. */
bool csi_put_quoted(struct cs_buf *out, struct cs_str utf16);

/*
 * Attribute names write what MS-DTYP does not allow in them as %0020.  csi_is_name_char tells
 * which characters stand for themselves.
 */
bool csi_is_name_char(char c, bool after_at);
bool csi_put_name16(struct cs_buf *out, struct cs_str text);
void csi_put_name8(struct cs_buf *out, struct cs_str utf16, bool after_at);

/*
 * The named value in a resource attribute ACE's data (MS-DTYP 2.4.10.1), for the judge: type,
 * count, and the values one by one.
 */
struct csi_claim {
    struct cs_str bytes;
    struct cs_str name; /* UTF-16 */
    uint16_t type;
    uint32_t flags, count;
};
enum {
    CSI_CLAIM_INT = 1,
    CSI_CLAIM_UINT = 2,
    CSI_CLAIM_STRING = 3,
    CSI_CLAIM_SID = 5,
    CSI_CLAIM_BOOL = 6,
    CSI_CLAIM_OCTETS = 0x10
};
bool csi_claim_of(struct cs_str bytes, struct csi_claim *claim);
/* 8 bytes of a number, else the text or bytes; false where it is broken. */
bool csi_claim_value(const struct csi_claim *claim, size_t index, struct cs_str *value);
/*
 * Are the values whole and together no longer than the claim?  Many offsets to one long text
 * would make a few bytes cost hours.
 */
bool csi_claim_fits(const struct csi_claim *claim);

/* Shared by the readers of conditions and claims: a SID(...), a "string", blanks. */
struct csi_reader {
    struct cs_str text;
    size_t at;
    const struct cs_sddl_scope *scope;
    struct cs_error *err;
    struct cs_buf *out;
    unsigned depth;  /* brackets around this place */
    unsigned height; /* operators on top of each other in what was read last */
};

/* Operators on top of each other, and brackets within brackets; more is an attack. */
enum { CSI_MAX_DEPTH = 500 };
char csi_peek(const struct csi_reader *in);
void csi_skip_space(struct csi_reader *in);
cs_status csi_expected(const struct csi_reader *in, const char *what);
cs_status csi_expect(struct csi_reader *in, char c, const char *what);
cs_status csi_read_quoted(struct csi_reader *in, struct cs_str *inside);
/* SID(...): binary, without a token in front. */
cs_status csi_read_sid_call(struct csi_reader *in, struct cs_sid *sid);
/* Hex digits, where '#' is a 0; an odd one gets a 0 in front. */
void csi_read_octets(struct csi_reader *in, struct cs_buf *out);
/* More bytes than any text of that length becomes: one character at most a number's token. */
size_t csi_room_for(struct cs_str text);
cs_status csi_finish(struct cs_arena *arena, struct csi_reader *in, cs_status status,
                     struct cs_str *bytes, size_t *used);

#endif
