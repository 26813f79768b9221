/*
 * condition_parse.c - "(@User.Title == \"VP\" && Member_of {SID(BA)})" to "artx" bytes.
 *
 * The grammar of MS-DTYP 2.5.1.1; && binds tighter than ||, and '!' takes only something in
 * brackets, as Windows has it.  The tokens come out in postfix order, so each level just
 * writes its operator behind its operands.  Room: domain.
 */
#include "condition_in.h"

static cs_status read_or(struct csi_reader *in);

static void put_data(struct csi_reader *in, uint8_t code, const void *data, size_t size)
{
    cs_buf_addc(in->out, (char)code);
    csi_put_u32(in->out, size);
    cs_buf_add(in->out, data, size);
}

/* Reserve the length of a token; fix_length fills it in when its data is written. */
static size_t open_token(struct csi_reader *in, uint8_t code)
{
    cs_buf_addc(in->out, (char)code);
    csi_put_u32(in->out, 0);
    return in->out->length;
}

static void close_token(struct csi_reader *in, size_t start)
{
    if (!cs_buf_full(in->out))
        csi_put32((unsigned char *)in->out->at + start - 4, (uint32_t)(in->out->length - start));
}

/* ---------------------------------------------------------------- literals */

static cs_status read_int(struct csi_reader *in)
{
    char data[CSI_INT_SIZE];
    size_t used = 0;
    if (!csi_read_int(cs_str_from(in->text, in->at), data, &used))
        return csi_expected(in, "a value, or a number of 64 bits");
    cs_buf_addc(in->out, CSI_TOKEN_INT64);
    cs_buf_add(in->out, data, sizeof data);
    in->at += used;
    return CS_OK;
}

static cs_status read_string(struct csi_reader *in)
{
    struct cs_str inside = {0};
    cs_status status = csi_read_quoted(in, &inside);
    size_t start = open_token(in, CSI_TOKEN_STRING);
    csi_put_utf16(in->out, inside);
    close_token(in, start);
    return status;
}

static cs_status read_octets(struct csi_reader *in)
{
    size_t start = open_token(in, CSI_TOKEN_OCTETS);
    in->at++;
    csi_read_octets(in, in->out);
    close_token(in, start);
    return CS_OK;
}

static cs_status read_sid(struct csi_reader *in)
{
    struct cs_sid sid = {0};
    unsigned char bytes[CS_SID_MAX_BYTES];
    cs_status status = csi_read_sid_call(in, &sid);
    if (status == CS_OK)
        put_data(in, CSI_TOKEN_SID, bytes, cs_sid_encode(&sid, bytes));
    return status;
}

static cs_status read_scalar(struct csi_reader *in)
{
    csi_skip_space(in);
    switch (csi_peek(in)) {
    case '"':
        return read_string(in);
    case '#':
        return read_octets(in);
    case 'S':
    case 's':
        return read_sid(in);
    default:
        return read_int(in);
    }
}

static cs_status read_composite(struct csi_reader *in)
{
    size_t start = open_token(in, CSI_TOKEN_COMPOSITE);
    in->at++; /* the brace */
    csi_skip_space(in);
    cs_status status = CS_OK;
    while (status == CS_OK && csi_peek(in) != '}') {
        status = read_scalar(in);
        csi_skip_space(in);
        if (status == CS_OK && csi_peek(in) == ',')
            in->at++;
        else if (status == CS_OK && csi_peek(in) != '}')
            status = csi_expected(in, "',' or '}'");
    }
    in->at++;
    close_token(in, start);
    return status;
}

static cs_status read_literal(struct csi_reader *in)
{
    csi_skip_space(in);
    return csi_peek(in) == '{' ? read_composite(in) : read_scalar(in);
}

/* -------------------------------------------------------------- attributes */

static const struct {
    const char *prefix;
    uint8_t code;
} prefixes[] = {
    {"@User.", CSI_TOKEN_USER},
    {"@Resource.", CSI_TOKEN_RESOURCE},
    {"@Device.", CSI_TOKEN_DEVICE},
};

/* A name up to the first character that is not of it; "%0020" is one. */
static struct cs_str take_name(struct csi_reader *in, bool after_at)
{
    size_t start = in->at;
    while (csi_is_name_char(csi_peek(in), after_at) || csi_peek(in) == '%' ||
           (unsigned char)csi_peek(in) >= 0x80)
        in->at++;
    return cs_str_span(in->text.at + start, in->at - start);
}

static cs_status put_attribute(struct csi_reader *in, uint8_t code, struct cs_str name)
{
    size_t start = open_token(in, code);
    if (!name.length || !csi_put_name16(in->out, name))
        return csi_expected(in, "an attribute's name");
    close_token(in, start);
    return CS_OK;
}

static cs_status read_at_attribute(struct csi_reader *in)
{
    for (size_t i = 0; i < CS_COUNT(prefixes); i++) {
        struct cs_str prefix = cs_str_of(prefixes[i].prefix);
        if (!cs_str_same_start(cs_str_from(in->text, in->at), prefix))
            continue;
        in->at += prefix.length;
        return put_attribute(in, prefixes[i].code, take_name(in, true));
    }
    return csi_expected(in, "@User., @Device. or @Resource.");
}

/* ------------------------------------------------------------------- terms */

/* A relation's sign or word, or NULL when something else follows. */
static const struct csi_operator *take_relation(struct csi_reader *in)
{
    csi_skip_space(in);
    for (size_t length = 2; length >= 1; length--) {
        if (in->text.length - in->at < length)
            continue;
        const struct csi_operator *sign =
            csi_operator_named(cs_str_span(in->text.at + in->at, length));
        if (sign && sign->kind == CSI_RELATION) {
            in->at += length;
            return sign;
        }
    }
    size_t start = in->at;
    const struct csi_operator *word = csi_operator_named(take_name(in, false));
    if (word && word->kind == CSI_RELATION)
        return word;
    in->at = start;
    return NULL;
}

/* What may follow an attribute: a relation and its right side. */
static cs_status read_relation(struct csi_reader *in)
{
    const struct csi_operator *relation = take_relation(in);
    if (!relation)
        return CS_OK;
    csi_skip_space(in);
    cs_status status = csi_peek(in) == '@' ? read_at_attribute(in) : read_literal(in);
    cs_buf_addc(in->out, (char)relation->code);
    return status;
}

static cs_status read_any_attribute(struct csi_reader *in)
{
    csi_skip_space(in);
    if (csi_peek(in) == '@')
        return read_at_attribute(in);
    return put_attribute(in, CSI_TOKEN_LOCAL, take_name(in, false));
}

/* Windows lets brackets stand around the list: Member_of((SID(BA))). */
static cs_status read_members(struct csi_reader *in)
{
    size_t open = 0;
    for (csi_skip_space(in); csi_peek(in) == '('; csi_skip_space(in)) {
        in->at++;
        open++;
    }
    cs_status status = read_literal(in);
    while (status == CS_OK && open-- > 0)
        status = csi_expect(in, ')', "')'");
    return status;
}

static cs_status read_term(struct csi_reader *in)
{
    cs_status status = CS_OK;
    size_t start = in->at;
    in->height = 0;
    const struct csi_operator *word =
        csi_peek(in) == '@' ? NULL : csi_operator_named(take_name(in, false));
    if (!word || word->arity != 1) {
        in->at = start;
        status = read_any_attribute(in);
        return status == CS_OK ? read_relation(in) : status;
    }
    status = word->kind == CSI_PRESENCE ? read_any_attribute(in) : read_members(in);
    cs_buf_addc(in->out, (char)word->code);
    return status;
}

static cs_status read_group(struct csi_reader *in)
{
    cs_status status = csi_expect(in, '(', "'('");
    if (status == CS_OK && ++in->depth > CSI_MAX_DEPTH)
        return csi_expected(in, "fewer brackets within brackets");
    if (status == CS_OK)
        status = read_or(in);
    if (status == CS_OK)
        status = csi_expect(in, ')', "')', '&&' or '||'");
    in->depth--;
    return status;
}

/* An operator over what was read last and, where it has two sides, over `other` before it. */
static cs_status put_logic(struct csi_reader *in, uint8_t code, unsigned other)
{
    in->height = (in->height > other ? in->height : other) + 1;
    if (in->height >= CSI_MAX_DEPTH)
        return csi_expected(in, "fewer operators on top of each other");
    cs_buf_addc(in->out, (char)code);
    return CS_OK;
}

static cs_status read_factor(struct csi_reader *in)
{
    csi_skip_space(in);
    if (csi_peek(in) == '(')
        return read_group(in);
    if (csi_peek(in) != '!')
        return read_term(in);
    in->at++;
    cs_status status = read_group(in);
    return status == CS_OK ? put_logic(in, CSI_TOKEN_NOT, 0) : status;
}

static bool take_pair(struct csi_reader *in, char c)
{
    csi_skip_space(in);
    if (csi_peek(in) != c || in->at + 1 >= in->text.length || in->text.at[in->at + 1] != c)
        return false;
    in->at += 2;
    return true;
}

static cs_status read_and(struct csi_reader *in)
{
    cs_status status = read_factor(in);
    while (status == CS_OK && take_pair(in, '&')) {
        unsigned left = in->height;
        status = read_factor(in);
        if (status == CS_OK)
            status = put_logic(in, CSI_TOKEN_AND, left);
    }
    return status;
}

static cs_status read_or(struct csi_reader *in)
{
    cs_status status = read_and(in);
    while (status == CS_OK && take_pair(in, '|')) {
        unsigned left = in->height;
        status = read_and(in);
        if (status == CS_OK)
            status = put_logic(in, CSI_TOKEN_OR, left);
    }
    return status;
}

cs_status csi_condition_parse(struct cs_arena *arena, struct cs_str text,
                              const struct cs_sddl_scope *scope, struct cs_str *bytes, size_t *used,
                              struct cs_error *err)
{
    struct cs_buf out;
    cs_buf_init(&out, csi_room_for(text));
    struct csi_reader in = {.text = text, .scope = scope, .err = err, .out = &out};
    cs_buf_adds(&out, "artx");
    return csi_finish(arena, &in, read_group(&in), bytes, used);
}
