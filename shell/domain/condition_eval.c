/*
 * condition_eval.c - a condition judged for a token: true, false or unknown.
 *
 * MS-DTYP 2.4.4.17: a relation with a missing attribute is unknown, && and || are three-valued,
 * Exists is always known.  Tokens here carry no user or device claims, so only resource
 * attributes (from the SACL) have values.  Works on a fixed stack; a condition that is broken
 * or needs more is unknown, which never allows and always denies.  Room: domain.
 */
#include "access_in.h"
#include "condition_in.h"
#include "token_in.h"

enum { MAX_WAITING = 500 };

/* An operand: a truth already found, or what a token says, its attribute looked up. */
struct value {
    enum { VALUE_TRUTH, VALUE_NULL, VALUE_LITERAL, VALUE_CLAIM } kind;
    enum csi_truth truth;
    struct csi_token token;
    struct csi_claim claim;
};

struct judge {
    const struct cs_sd *sd;
    const struct cs_token *token;
    bool denying;
    struct value waiting[MAX_WAITING];
    size_t count;
};

/* One element of a value, whatever it came from. */
struct element {
    enum { ELEMENT_INT, ELEMENT_UINT, ELEMENT_TEXT, ELEMENT_SID, ELEMENT_OCTETS } kind;
    int64_t number;
    struct cs_str bytes;
};

/* Walks the elements of a value; csi_next_token's bytes, or the index of a claim's value. */
struct walk {
    const struct value *value;
    struct cs_str tokens;
    size_t index;
    bool broken;
};

static enum csi_truth truth_of(bool yes)
{
    return yes ? CSI_TRUE : CSI_FALSE;
}

static enum csi_truth opposite(enum csi_truth truth)
{
    return truth == CSI_UNKNOWN ? CSI_UNKNOWN : truth_of(truth == CSI_FALSE);
}

/* ---------------------------------------------------------------- elements */

static struct walk walk_of(const struct value *value)
{
    return (struct walk){.value = value, .tokens = value->token.data};
}

static struct element element_of_token(const struct csi_token *token)
{
    switch (token->code) {
    case CSI_TOKEN_STRING:
        return (struct element){.kind = ELEMENT_TEXT, .bytes = token->data};
    case CSI_TOKEN_SID:
        return (struct element){.kind = ELEMENT_SID, .bytes = token->data};
    case CSI_TOKEN_OCTETS:
        return (struct element){.kind = ELEMENT_OCTETS, .bytes = token->data};
    default:
        return (struct element){.kind = ELEMENT_INT, .number = csi_int_of(token->data)};
    }
}

static struct element element_of_claim(uint16_t type, struct cs_str bytes)
{
    switch (type) {
    case CSI_CLAIM_STRING:
        return (struct element){.kind = ELEMENT_TEXT, .bytes = bytes};
    case CSI_CLAIM_SID:
        return (struct element){.kind = ELEMENT_SID, .bytes = bytes};
    case CSI_CLAIM_OCTETS:
        return (struct element){.kind = ELEMENT_OCTETS, .bytes = bytes};
    case CSI_CLAIM_UINT:
        return (struct element){.kind = ELEMENT_UINT, .number = csi_int_of(bytes)};
    default:
        return (struct element){.kind = ELEMENT_INT, .number = csi_int_of(bytes)};
    }
}

static bool next_of_claim(struct walk *walk, struct element *element)
{
    const struct csi_claim *claim = &walk->value->claim;
    struct cs_str bytes;
    if (walk->index >= claim->count)
        return false;
    if (!csi_claim_value(claim, walk->index++, &bytes)) {
        walk->broken = true;
        return false;
    }
    *element = element_of_claim(claim->type, bytes);
    return true;
}

static bool next_of_composite(struct walk *walk, struct element *element)
{
    struct csi_token token;
    if (!walk->tokens.length)
        return false;
    walk->broken = !csi_next_token(&walk->tokens, &token) || !csi_is_literal(token.code) ||
                   token.code == CSI_TOKEN_COMPOSITE;
    if (walk->broken)
        return false;
    *element = element_of_token(&token);
    return true;
}

static bool next_element(struct walk *walk, struct element *element)
{
    if (walk->value->kind == VALUE_CLAIM)
        return next_of_claim(walk, element);
    if (walk->value->token.code == CSI_TOKEN_COMPOSITE)
        return next_of_composite(walk, element);
    if (walk->index++ > 0)
        return false;
    *element = element_of_token(&walk->value->token);
    return true;
}

/* -------------------------------------------------------------- comparison */

static struct cs_str unit_text(struct cs_str utf16, size_t at, char out[4])
{
    uint32_t unit = csi_get16((const unsigned char *)utf16.at + at);
    size_t more = unit < 0x80 ? 0 : unit < 0x800 ? 1 : 2;
    static const unsigned char lead[] = {0, 0xc0, 0xe0};
    out[0] = (char)(lead[more] | unit >> 6 * more);
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (unit >> 6 * (more - i) & 0x3f));
    return cs_str_span(out, more + 1);
}

/* UTF-16 without regard to case, unit by unit: nothing is allocated. */
static int compare_text(struct cs_str a, struct cs_str b)
{
    char left[4], right[4];
    for (size_t at = 0; at + 1 < a.length && at + 1 < b.length; at += 2) {
        struct cs_str x = unit_text(a, at, left), y = unit_text(b, at, right);
        if (!cs_str_same(x, y))
            return cs_str_compare(x, y);
    }
    return (a.length > b.length) - (a.length < b.length);
}

static bool is_number(const struct element *element)
{
    return element->kind == ELEMENT_INT || element->kind == ELEMENT_UINT;
}

static int compare_numbers(const struct element *a, const struct element *b)
{
    bool a_huge = a->kind == ELEMENT_UINT && a->number < 0;
    bool b_huge = b->kind == ELEMENT_UINT && b->number < 0;
    if (a_huge != b_huge)
        return a_huge ? 1 : -1;
    return (a->number > b->number) - (a->number < b->number);
}

/* False where the two are of different kinds. */
static bool compare(const struct element *a, const struct element *b, int *order)
{
    if (is_number(a) && is_number(b)) {
        *order = compare_numbers(a, b);
        return true;
    }
    if (a->kind != b->kind)
        return false;
    *order = a->kind == ELEMENT_TEXT ? compare_text(a->bytes, b->bytes)
                                     : cs_str_compare(a->bytes, b->bytes);
    return true;
}

/* Is `element` among those of `value`? */
static enum csi_truth holds(const struct value *value, const struct element *element)
{
    struct walk walk = walk_of(value);
    struct element other;
    int order = 0;
    while (next_element(&walk, &other)) {
        if (!compare(element, &other, &order))
            return CSI_UNKNOWN;
        if (order == 0)
            return CSI_TRUE;
    }
    return walk.broken ? CSI_UNKNOWN : CSI_FALSE;
}

/* Are all (or, with `any`, some) elements of `part` in `whole`? */
static enum csi_truth contains(const struct value *whole, const struct value *part, bool any)
{
    struct walk walk = walk_of(part);
    struct element element;
    while (next_element(&walk, &element)) {
        enum csi_truth truth = holds(whole, &element);
        if (truth == CSI_UNKNOWN || truth == truth_of(any))
            return truth;
    }
    return walk.broken ? CSI_UNKNOWN : truth_of(!any);
}

static enum csi_truth equal(const struct value *a, const struct value *b)
{
    enum csi_truth forth = contains(a, b, false);
    return forth == CSI_TRUE ? contains(b, a, false) : forth;
}

/* <, <=, >, >= compare one element with one; `wanted` is the order that makes it true. */
static enum csi_truth ordered(const struct value *a, const struct value *b, int wanted,
                              bool or_equal)
{
    struct walk left = walk_of(a), right = walk_of(b);
    struct element x, y, more;
    int order = 0;
    if (!next_element(&left, &x) || !next_element(&right, &y) || next_element(&left, &more) ||
        next_element(&right, &more) || !compare(&x, &y, &order))
        return CSI_UNKNOWN;
    order = (order > 0) - (order < 0);
    return truth_of(order == wanted || (or_equal && order == 0));
}

static enum csi_truth relation(uint8_t code, const struct value *a, const struct value *b)
{
    if (a->kind < VALUE_LITERAL || b->kind < VALUE_LITERAL)
        return CSI_UNKNOWN;
    switch (code) {
    case CSI_TOKEN_EQUAL:
        return equal(a, b);
    case CSI_TOKEN_NOT_EQUAL:
        return opposite(equal(a, b));
    case CSI_TOKEN_LESS:
    case CSI_TOKEN_LESS_EQUAL:
        return ordered(a, b, -1, code == CSI_TOKEN_LESS_EQUAL);
    case CSI_TOKEN_GREATER:
    case CSI_TOKEN_GREATER_EQUAL:
        return ordered(a, b, 1, code == CSI_TOKEN_GREATER_EQUAL);
    case CSI_TOKEN_CONTAINS:
        return contains(a, b, false);
    case CSI_TOKEN_NOT_CONTAINS:
        return opposite(contains(a, b, false));
    case CSI_TOKEN_ANY_OF:
        return contains(a, b, true);
    default:
        return opposite(contains(a, b, true));
    }
}

/* -------------------------------------------------------------- membership */

static const struct membership {
    uint8_t code;
    bool device, any, not ;
} memberships[] = {
    {CSI_TOKEN_MEMBER_OF, false, false, false},
    {CSI_TOKEN_DEVICE_MEMBER_OF, true, false, false},
    {CSI_TOKEN_MEMBER_OF_ANY, false, true, false},
    {CSI_TOKEN_DEVICE_MEMBER_OF_ANY, true, true, false},
    {CSI_TOKEN_NOT_MEMBER_OF, false, false, true},
    {CSI_TOKEN_NOT_DEVICE_MEMBER_OF, true, false, true},
    {CSI_TOKEN_NOT_MEMBER_OF_ANY, false, true, true},
    {CSI_TOKEN_NOT_DEVICE_MEMBER_OF_ANY, true, true, true},
};

/* A deny-only SID counts in a denying ACE (Microsoft's page on conditional ACEs). */
static bool is_member(const struct judge *judge, const struct cs_sid *sid, bool device)
{
    if (device)
        return csi_token_device(judge->token, sid) >= 0;
    if (judge->denying)
        return cs_token_find(judge->token, sid) >= 0;
    return cs_token_has(judge->token, sid);
}

static enum csi_truth member_of(const struct judge *judge, const struct membership *row,
                                const struct value *list)
{
    struct walk walk = walk_of(list);
    struct element element;
    struct cs_sid sid;
    bool found = !row->any;
    size_t seen = 0;
    while (next_element(&walk, &element)) {
        if (element.kind != ELEMENT_SID ||
            cs_sid_decode(element.bytes.at, element.bytes.length, &sid, NULL, NULL) != CS_OK)
            return CSI_UNKNOWN;
        bool member = is_member(judge, &sid, row->device);
        found = row->any ? found || member : found && member;
        seen++;
    }
    if (walk.broken || !seen)
        return CSI_UNKNOWN;
    return truth_of(found != row->not );
}

static enum csi_truth membership(const struct judge *judge, uint8_t code, const struct value *list)
{
    if (list->kind < VALUE_LITERAL)
        return CSI_UNKNOWN;
    for (size_t i = 0; i < CS_COUNT(memberships); i++)
        if (memberships[i].code == code)
            return member_of(judge, &memberships[i], list);
    return CSI_UNKNOWN;
}

/* -------------------------------------------------------------- attributes */

static bool find_resource(const struct cs_sd *sd, struct cs_str name, struct csi_claim *claim)
{
    bool has = sd->sacl && sd->control & CS_SD_SACL_PRESENT;
    for (size_t i = 0; has && i < sd->sacl->count; i++) {
        const struct cs_ace *ace = &sd->sacl->aces[i];
        if (ace->type == CS_ACE_RESOURCE_ATTRIBUTE && !(ace->flags & CS_ACE_INHERIT_ONLY) &&
            csi_claim_of(ace->data, claim) && compare_text(claim->name, name) == 0)
            return true;
    }
    return false;
}

static struct value value_of(const struct judge *judge, const struct csi_token *token)
{
    struct value value = {.kind = VALUE_LITERAL, .token = *token};
    if (!csi_is_attribute(token->code))
        return value;
    bool found = token->code == CSI_TOKEN_RESOURCE &&
                 find_resource(judge->sd, token->data, &value.claim) && value.claim.count > 0;
    value.kind = found ? VALUE_CLAIM : VALUE_NULL;
    return value;
}

/* An attribute standing alone is true unless it is 0 or empty; SIDs and octets have no truth. */
static enum csi_truth truth_of_value(const struct value *value)
{
    struct walk walk = walk_of(value);
    struct element element;
    if (value->kind == VALUE_TRUTH)
        return value->truth;
    if (value->kind != VALUE_CLAIM || !next_element(&walk, &element))
        return CSI_UNKNOWN;
    if (is_number(&element))
        return truth_of(element.number != 0);
    return element.kind == ELEMENT_TEXT ? truth_of(element.bytes.length > 0) : CSI_UNKNOWN;
}

/* ------------------------------------------------------------------- logic */

/* What decides the whole whatever the other side is: false for &&, true for ||. */
static enum csi_truth combine(enum csi_truth a, enum csi_truth b, enum csi_truth decisive)
{
    if (a == decisive || b == decisive)
        return decisive;
    return a == CSI_UNKNOWN || b == CSI_UNKNOWN ? CSI_UNKNOWN : opposite(decisive);
}

static enum csi_truth logic(uint8_t code, const struct value *operands)
{
    enum csi_truth first = truth_of_value(&operands[0]);
    if (code == CSI_TOKEN_NOT)
        return opposite(first);
    return combine(first, truth_of_value(&operands[1]),
                   code == CSI_TOKEN_AND ? CSI_FALSE : CSI_TRUE);
}

static enum csi_truth presence(uint8_t code, const struct value *value)
{
    if (value->kind != VALUE_CLAIM && value->kind != VALUE_NULL)
        return CSI_UNKNOWN;
    return truth_of((value->kind == VALUE_CLAIM) == (code == CSI_TOKEN_EXISTS));
}

static enum csi_truth judge_operator(const struct judge *judge, const struct csi_operator *op,
                                     const struct value *operands)
{
    switch (op->kind) {
    case CSI_RELATION:
        return relation(op->code, &operands[0], &operands[1]);
    case CSI_PRESENCE:
        return presence(op->code, &operands[0]);
    case CSI_MEMBERSHIP:
        return membership(judge, op->code, &operands[0]);
    case CSI_LOGIC:
        break;
    }
    return logic(op->code, operands);
}

/* One token onto the stack or an operator off it; false where the condition is broken. */
static bool take(struct judge *judge, const struct csi_token *token)
{
    const struct csi_operator *op = csi_operator_of(token->code);
    if (!op && judge->count == MAX_WAITING)
        return false;
    if (!op) {
        judge->waiting[judge->count++] = value_of(judge, token);
        return true;
    }
    if (judge->count < op->arity)
        return false;
    struct value *operands = &judge->waiting[judge->count - op->arity];
    enum csi_truth truth = judge_operator(judge, op, operands);
    operands[0] = (struct value){.kind = VALUE_TRUTH, .truth = truth};
    judge->count -= op->arity - 1u;
    return true;
}

enum csi_truth csi_condition_eval(struct cs_str bytes, const struct cs_sd *sd,
                                  const struct cs_token *token, bool denying)
{
    struct judge judge; /* 40 KiB: its stack is not cleared, count says what is there */
    struct csi_token next;
    struct cs_str tokens;
    judge.sd = sd;
    judge.token = token;
    judge.denying = denying;
    judge.count = 0;
    if (!csi_tokens(bytes, &tokens))
        return CSI_UNKNOWN;
    while (csi_next_token(&tokens, &next))
        if (!take(&judge, &next))
            return CSI_UNKNOWN;
    return judge.count == 1 ? truth_of_value(&judge.waiting[0]) : CSI_UNKNOWN;
}
