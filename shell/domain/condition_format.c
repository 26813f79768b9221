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

enum kind { KIND_LITERAL, KIND_LOCAL, KIND_ATTRIBUTE, KIND_EXPRESSION };

struct operand {
    size_t start; /* in the output */
    enum kind kind;
    unsigned height; /* operators on top of each other */
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
        return csi_put_quoted(out, token->data);
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

/* A local name that reads like an operator begins with its first letter's number. */
static void put_local(struct cs_buf *out, struct cs_str utf16)
{
    size_t start = out->length;
    csi_put_name8(out, utf16, false);
    if (cs_buf_full(out) || !csi_operator_named(cs_str_from(cs_buf_str(out), start)))
        return;
    cs_buf_cut(out, start);
    cs_buf_addf(out, "%%%04x", (unsigned)(unsigned char)utf16.at[0]);
    csi_put_name8(out, cs_str_from(utf16, 2), false);
}

static void put_attribute(struct writer *writer, const struct csi_token *token)
{
    static const char *const prefixes[] = {"", "@USER.", "@RESOURCE.", "@DEVICE."};
    if (token->code == CSI_TOKEN_LOCAL) {
        put_local(writer->out, token->data);
        return;
    }
    cs_buf_adds(writer->out, prefixes[token->code - CSI_TOKEN_LOCAL]);
    csi_put_name8(writer->out, token->data, true);
}

static bool push(struct writer *writer, const struct csi_token *token)
{
    if (writer->count == MAX_WAITING)
        return false;
    bool attribute = csi_is_attribute(token->code);
    enum kind kind = !attribute                       ? KIND_LITERAL
                     : token->code == CSI_TOKEN_LOCAL ? KIND_LOCAL
                                                      : KIND_ATTRIBUTE;
    writer->waiting[writer->count++] = (struct operand){writer->out->length, kind, 0};
    if (!attribute)
        return put_literal(writer, token);
    put_attribute(writer, token);
    return token->data.length >= 2 && token->data.length % 2 == 0;
}

static bool is_attribute(const struct operand *operand)
{
    return operand->kind == KIND_LOCAL || operand->kind == KIND_ATTRIBUTE;
}

/* May these be its operands?  The right side of a relation cannot be a local attribute. */
static bool fits(const struct csi_operator *op, const struct operand *operands)
{
    switch (op->kind) {
    case CSI_RELATION:
        return is_attribute(&operands[0]) &&
               (operands[1].kind == KIND_LITERAL || operands[1].kind == KIND_ATTRIBUTE);
    case CSI_PRESENCE:
        return is_attribute(&operands[0]);
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
    unsigned height = operands[0].height;
    if (op->arity == 2 && operands[1].height > height)
        height = operands[1].height;
    height += op->kind == CSI_LOGIC;
    if (height >= CSI_MAX_DEPTH)
        return false;
    put_operator(writer, op, operands);
    writer->count -= op->arity - 1u;
    operands[0].kind = KIND_EXPRESSION;
    operands[0].height = height;
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
