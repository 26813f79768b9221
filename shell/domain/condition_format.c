/*
 * condition_format.c - "artx" bytes to text, the way Windows prints it.
 *
 * The tokens are in postfix order; each operator finds its operands' text at the end of the
 * output and puts its own signs between and around.  Room: domain.
 */
#include "condition_in.h"

#include <string.h>

/* Operands waiting for their operator; a condition that needs more is refused. */
enum { MAX_WAITING = 500 };

enum kind { KIND_LITERAL, KIND_ATTRIBUTE, KIND_EXPRESSION };

struct operand {
    size_t start; /* in the output */
    enum kind kind;
};

struct writer {
    struct cs_buf *out;
    const struct cs_sddl_scope *scope;
    struct operand waiting[MAX_WAITING];
    size_t count;
};

static void insert(struct cs_buf *out, size_t at, const char *text)
{
    size_t size = strlen(text), length = out->length;
    cs_buf_add(out, text, size);
    if (cs_buf_full(out))
        return;
    memmove(out->at + at + size, out->at + at, length - at);
    memcpy(out->at + at, text, size);
}

static bool put_scalar(struct writer *writer, const struct csi_token *token)
{
    struct cs_buf *out = writer->out;
    struct cs_sid sid;
    size_t used = 0;
    switch (token->code) {
    case CSI_TOKEN_STRING:
        cs_buf_addc(out, '"');
        csi_put_utf8(out, token->data);
        cs_buf_addc(out, '"');
        return token->data.length % 2 == 0;
    case CSI_TOKEN_OCTETS:
        cs_buf_addc(out, '#');
        for (size_t i = 0; i < token->data.length; i++)
            cs_buf_addf(out, "%02x", (unsigned char)token->data.at[i]);
        return true;
    case CSI_TOKEN_SID:
        if (cs_sid_decode(token->data.at, token->data.length, &sid, &used, NULL) != CS_OK)
            return false;
        cs_buf_adds(out, "SID(");
        csi_put_sid(out, &sid, writer->scope);
        cs_buf_addc(out, ')');
        return used == token->data.length;
    default:
        csi_put_int(out, token->data);
        return true;
    }
}

static bool put_literal(struct writer *writer, const struct csi_token *token)
{
    struct csi_token item;
    struct cs_str rest = token->data;
    if (token->code != CSI_TOKEN_COMPOSITE)
        return put_scalar(writer, token);
    cs_buf_addc(writer->out, '{');
    while (csi_next_token(&rest, &item)) {
        if (!csi_is_literal(item.code) || item.code == CSI_TOKEN_COMPOSITE ||
            !put_scalar(writer, &item))
            return false;
        cs_buf_adds(writer->out, rest.length ? ", " : "");
    }
    cs_buf_addc(writer->out, '}');
    return rest.length == 0;
}

static void put_attribute(struct writer *writer, const struct csi_token *token)
{
    static const char *const prefixes[] = {"", "@USER.", "@RESOURCE.", "@DEVICE."};
    cs_buf_adds(writer->out, prefixes[token->code - CSI_TOKEN_LOCAL]);
    csi_put_name8(writer->out, token->data);
}

static bool push(struct writer *writer, const struct csi_token *token)
{
    if (writer->count == MAX_WAITING)
        return false;
    bool attribute = csi_is_attribute(token->code);
    writer->waiting[writer->count++] =
        (struct operand){writer->out->length, attribute ? KIND_ATTRIBUTE : KIND_LITERAL};
    if (!attribute)
        return put_literal(writer, token);
    put_attribute(writer, token);
    return token->data.length >= 2 && token->data.length % 2 == 0;
}

/* May these be its operands? */
static bool fits(const struct csi_operator *op, const struct operand *operands)
{
    switch (op->kind) {
    case CSI_RELATION:
        return operands[0].kind == KIND_ATTRIBUTE && operands[1].kind != KIND_EXPRESSION;
    case CSI_PRESENCE:
        return operands[0].kind == KIND_ATTRIBUTE;
    case CSI_MEMBERSHIP:
        return operands[0].kind == KIND_LITERAL;
    case CSI_LOGIC:
        break;
    }
    return operands[0].kind != KIND_LITERAL && (op->arity == 1 || operands[1].kind != KIND_LITERAL);
}

/* Work from the back, so that what is inserted moves no start that is still needed. */
static void put_operator(struct writer *writer, const struct csi_operator *op,
                         const struct operand *operands)
{
    struct cs_buf *out = writer->out;
    size_t first = operands[0].start;
    char middle[40] = "";
    bool logic = op->kind == CSI_LOGIC;
    strcat(middle, logic && op->arity == 2 ? ") " : op->arity == 2 ? " " : "");
    strcat(middle, op->name);
    strcat(middle, logic ? (op->arity == 2 ? " (" : "(") : " ");
    cs_buf_adds(out, logic ? ")" : "");
    insert(out, op->arity == 2 ? operands[1].start : first, middle);
    if (logic && op->arity == 2)
        insert(out, first, "(");
}

static bool apply(struct writer *writer, const struct csi_operator *op)
{
    if (writer->count < op->arity)
        return false;
    struct operand *operands = &writer->waiting[writer->count - op->arity];
    if (!fits(op, operands))
        return false;
    put_operator(writer, op, operands);
    writer->count -= op->arity - 1u;
    operands[0].kind = KIND_EXPRESSION;
    return !cs_buf_full(writer->out);
}

bool csi_condition_format(struct cs_buf *out, struct cs_str bytes,
                          const struct cs_sddl_scope *scope)
{
    struct writer writer = {.out = out, .scope = scope};
    struct csi_token token;
    struct cs_str tokens;
    if (!csi_tokens(bytes, &tokens))
        return false;
    cs_buf_addc(out, '(');
    while (csi_next_token(&tokens, &token)) {
        const struct csi_operator *op = csi_operator_of(token.code);
        if (op ? !apply(&writer, op) : !push(&writer, &token))
            return false;
    }
    cs_buf_addc(out, ')');
    return writer.count == 1 && writer.waiting[0].kind != KIND_LITERAL;
}
