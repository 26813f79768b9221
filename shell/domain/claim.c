/*
 * claim.c - resource attributes, ("colour",TS,0x0,"blue") and their bytes (MS-DTYP 2.4.10.1).
 *
 * The bytes are a header with offsets: name, type, flags, count, then one offset a value.
 * Room: domain.
 */
#include "condition_in.h"

enum { CLAIM_HEADER = 16 };

static const struct claim_type {
    const char *letters;
    uint16_t type;
} types[] = {
    {"TI", CSI_CLAIM_INT}, {"TU", CSI_CLAIM_UINT}, {"TS", CSI_CLAIM_STRING},
    {"TD", CSI_CLAIM_SID}, {"TB", CSI_CLAIM_BOOL}, {"TX", CSI_CLAIM_OCTETS},
};

static const char *letters_of(uint16_t type)
{
    for (size_t i = 0; i < CS_COUNT(types); i++)
        if (types[i].type == type)
            return types[i].letters;
    return NULL;
}

/* ------------------------------------------------------------------- bytes */

static uint32_t u32_at(struct cs_str bytes, size_t at)
{
    return csi_get32((const unsigned char *)bytes.at + at);
}

/* UTF-16 text at an offset, up to its zero. */
static bool text_at(struct cs_str bytes, size_t at, struct cs_str *text)
{
    for (size_t end = at; end < bytes.length && bytes.length - end >= 2; end += 2)
        if (!bytes.at[end] && !bytes.at[end + 1]) {
            *text = cs_str_span(bytes.at + at, end - at);
            return true;
        }
    return false;
}

bool csi_claim_of(struct cs_str bytes, struct csi_claim *claim)
{
    if (bytes.length < CLAIM_HEADER)
        return false;
    *claim = (struct csi_claim){
        .bytes = bytes,
        .type = (uint16_t)csi_get16((const unsigned char *)bytes.at + 4),
        .flags = u32_at(bytes, 8),
        .count = u32_at(bytes, 12),
    };
    return letters_of(claim->type) && claim->count <= (bytes.length - CLAIM_HEADER) / 4 &&
           text_at(bytes, u32_at(bytes, 0), &claim->name);
}

bool csi_claim_value(const struct csi_claim *claim, size_t index, struct cs_str *value)
{
    size_t at = u32_at(claim->bytes, CLAIM_HEADER + 4 * index);
    size_t left = at < claim->bytes.length ? claim->bytes.length - at : 0;
    if (claim->type == CSI_CLAIM_STRING)
        return text_at(claim->bytes, at, value);
    bool counted = claim->type == CSI_CLAIM_SID || claim->type == CSI_CLAIM_OCTETS;
    size_t size = counted ? (left < 4 ? SIZE_MAX : u32_at(claim->bytes, at)) : 8;
    size_t before = counted ? 4 : 0;
    if (left < before || left - before < size)
        return false;
    *value = cs_str_span(claim->bytes.at + at + before, size);
    return true;
}

bool csi_claim_fits(const struct csi_claim *claim)
{
    size_t total = 0;
    struct cs_str value;
    for (size_t i = 0; i < claim->count && total <= claim->bytes.length; i++) {
        if (!csi_claim_value(claim, i, &value))
            return false;
        total += value.length;
    }
    return total <= claim->bytes.length;
}

/* ------------------------------------------------------------------ reading */

static cs_status read_type(struct csi_reader *in, uint16_t *type)
{
    csi_skip_space(in);
    for (size_t i = 0; i < CS_COUNT(types); i++)
        if (cs_str_same_start(cs_str_from(in->text, in->at), cs_str_of(types[i].letters))) {
            *type = types[i].type;
            in->at += 2;
            return CS_OK;
        }
    return csi_expected(in, "a type: TI TU TS TD TB TX");
}

/* 8 bytes; TI has a sign, the others have none. */
static cs_status read_number(struct csi_reader *in, bool with_sign, unsigned char data[8])
{
    char signed_data[CSI_INT_SIZE];
    uint64_t value = 0;
    size_t used = 0;
    csi_skip_space(in);
    struct cs_str rest = cs_str_from(in->text, in->at);
    if (with_sign ? !csi_read_int(rest, signed_data, &used) : !csi_read_uint(rest, &value, &used))
        return csi_expected(in, "a number");
    csi_put64(data, with_sign ? (uint64_t)csi_int_of(cs_str_span(signed_data, 8)) : value);
    in->at += used;
    return CS_OK;
}

static cs_status read_text_value(struct csi_reader *in)
{
    struct cs_str text = {0};
    cs_status status = csi_read_quoted(in, &text);
    csi_put_utf16(in->out, text);
    cs_buf_add(in->out, "\0", 2);
    return status;
}

static cs_status read_sid_value(struct csi_reader *in)
{
    struct cs_sid sid = {0};
    unsigned char bytes[CS_SID_MAX_BYTES];
    csi_skip_space(in);
    cs_status status = csi_read_sid_call(in, &sid);
    csi_put_u32(in->out, cs_sid_size(&sid));
    cs_buf_add(in->out, bytes, cs_sid_encode(&sid, bytes));
    return status;
}

/* Hex digits, with or without '#' in front. */
static cs_status read_octets_value(struct csi_reader *in)
{
    size_t start = in->out->length;
    csi_skip_space(in);
    in->at += csi_peek(in) == '#';
    csi_put_u32(in->out, 0);
    csi_read_octets(in, in->out);
    if (!cs_buf_full(in->out))
        csi_put32((unsigned char *)in->out->at + start, (uint32_t)(in->out->length - start - 4));
    return CS_OK;
}

static cs_status read_value(struct csi_reader *in, uint16_t type)
{
    unsigned char data[8];
    if (type == CSI_CLAIM_STRING)
        return read_text_value(in);
    if (type == CSI_CLAIM_SID)
        return read_sid_value(in);
    if (type == CSI_CLAIM_OCTETS)
        return read_octets_value(in);
    cs_status status = read_number(in, type == CSI_CLAIM_INT, data);
    if (status == CS_OK)
        cs_buf_add(in->out, data, 8);
    return status;
}

/* Values to come: commas outside quotes, up to the closing bracket. */
static size_t count_values(const struct csi_reader *in)
{
    size_t count = 0;
    bool quoted = false;
    int depth = 0;
    for (size_t i = in->at; i < in->text.length && depth >= 0; i++) {
        char c = in->text.at[i];
        quoted ^= c == '"';
        depth += quoted ? 0 : (c == '(') - (c == ')');
        count += !quoted && c == ',';
    }
    return count;
}

static cs_status read_values(struct csi_reader *in, uint16_t type, size_t count)
{
    cs_status status = CS_OK;
    for (size_t i = 0; i < count && status == CS_OK; i++) {
        if (!cs_buf_full(in->out))
            csi_put32((unsigned char *)in->out->at + CLAIM_HEADER + 4 * i,
                      (uint32_t)in->out->length);
        status = csi_expect(in, ',', "','");
        if (status == CS_OK)
            status = read_value(in, type);
    }
    return status == CS_OK ? csi_expect(in, ')', "')' behind the values") : status;
}

/* Everything in front of the values; the room for their offsets is left zero. */
static cs_status read_head(struct csi_reader *in, uint16_t *type, size_t *count)
{
    struct cs_str name = {0};
    unsigned char flags[8] = {0};
    cs_status status = csi_expect(in, '(', "'('");
    if (status == CS_OK)
        status = csi_read_quoted(in, &name);
    if (status == CS_OK)
        status = csi_expect(in, ',', "','");
    if (status == CS_OK)
        status = read_type(in, type);
    if (status == CS_OK)
        status = csi_expect(in, ',', "','");
    if (status == CS_OK)
        status = read_number(in, false, flags);
    if (status != CS_OK)
        return status;
    *count = count_values(in);
    csi_put_u32(in->out, CLAIM_HEADER + 4 * *count);
    csi_put_u32(in->out, *type); /* and 16 reserved bits */
    cs_buf_add(in->out, flags, 4);
    csi_put_u32(in->out, *count);
    for (size_t i = 0; i < *count; i++)
        csi_put_u32(in->out, 0);
    if (!csi_put_name16(in->out, name))
        return csi_expected(in, "a name before this");
    cs_buf_add(in->out, "\0", 2);
    return CS_OK;
}

cs_status csi_claim_parse(struct cs_arena *arena, struct cs_str text,
                          const struct cs_sddl_scope *scope, struct cs_str *bytes, size_t *used,
                          struct cs_error *err)
{
    struct cs_buf out;
    cs_buf_init(&out, csi_room_for(text));
    struct csi_reader in = {.text = text, .scope = scope, .err = err, .out = &out};
    uint16_t type = 0;
    size_t count = 0;
    cs_status status = read_head(&in, &type, &count);
    if (status == CS_OK)
        status = read_values(&in, type, count);
    return csi_finish(arena, &in, status, bytes, used);
}

/* ------------------------------------------------------------------ writing */

static bool put_sid_value(struct cs_buf *out, struct cs_str value,
                          const struct cs_sddl_scope *scope)
{
    struct cs_sid sid;
    if (cs_sid_decode(value.at, value.length, &sid, NULL, NULL) != CS_OK)
        return false;
    cs_buf_adds(out, "SID(");
    csi_put_sid(out, &sid, scope);
    cs_buf_addc(out, ')');
    return true;
}

static void put_plain_value(struct cs_buf *out, uint16_t type, struct cs_str value)
{
    if (type == CSI_CLAIM_OCTETS) {
        for (size_t i = 0; i < value.length; i++)
            cs_buf_addf(out, "%02x", (unsigned char)value.at[i]);
    } else if (type == CSI_CLAIM_INT) {
        cs_buf_addf(out, "%lld", (long long)csi_int_of(value));
    } else {
        cs_buf_addf(out, "%llu", (unsigned long long)csi_int_of(value));
    }
}

static bool put_value(struct cs_buf *out, uint16_t type, struct cs_str value,
                      const struct cs_sddl_scope *scope)
{
    if (type == CSI_CLAIM_SID)
        return put_sid_value(out, value, scope);
    if (type == CSI_CLAIM_STRING)
        return csi_put_quoted(out, value);
    put_plain_value(out, type, value);
    return true;
}

bool csi_claim_format(struct cs_buf *out, struct cs_str bytes, const struct cs_sddl_scope *scope)
{
    struct csi_claim claim;
    if (!csi_claim_of(bytes, &claim) || !csi_claim_fits(&claim))
        return false;
    cs_buf_adds(out, "(\"");
    csi_put_name8(out, claim.name, true);
    cs_buf_addf(out, "\",%s,0x%x", letters_of(claim.type), (unsigned)claim.flags);
    for (size_t i = 0; i < claim.count && !cs_buf_full(out); i++) {
        struct cs_str value;
        if (!csi_claim_value(&claim, i, &value))
            return false;
        cs_buf_addc(out, ',');
        if (!put_value(out, claim.type, value, scope))
            return false;
    }
    cs_buf_addc(out, ')');
    return true;
}
