/*
 * condition_value.c - elements of literals and resource attributes, and their relations.
 *
 * Nothing is copied: a walk steps over the bytes where they are.  Room: domain.
 */
#include "condition_value.h"

enum csi_truth csi_truth_of(bool yes)
{
    return yes ? CSI_TRUE : CSI_FALSE;
}

enum csi_truth csi_opposite(enum csi_truth truth)
{
    return truth == CSI_UNKNOWN ? CSI_UNKNOWN : csi_truth_of(truth == CSI_FALSE);
}

/* ---------------------------------------------------------------- elements */

struct csi_walk csi_walk_of(const struct csi_value *value)
{
    return (struct csi_walk){.value = value, .tokens = value->token.data};
}

static struct csi_element element_of_token(const struct csi_token *token)
{
    switch (token->code) {
    case CSI_TOKEN_STRING:
        return (struct csi_element){.kind = CSI_ELEMENT_TEXT, .bytes = token->data};
    case CSI_TOKEN_SID:
        return (struct csi_element){.kind = CSI_ELEMENT_SID, .bytes = token->data};
    case CSI_TOKEN_OCTETS:
        return (struct csi_element){.kind = CSI_ELEMENT_OCTETS, .bytes = token->data};
    default:
        return (struct csi_element){.kind = CSI_ELEMENT_INT, .number = csi_int_of(token->data)};
    }
}

static struct csi_element element_of_claim(uint16_t type, struct cs_str bytes)
{
    switch (type) {
    case CSI_CLAIM_STRING:
        return (struct csi_element){.kind = CSI_ELEMENT_TEXT, .bytes = bytes};
    case CSI_CLAIM_SID:
        return (struct csi_element){.kind = CSI_ELEMENT_SID, .bytes = bytes};
    case CSI_CLAIM_OCTETS:
        return (struct csi_element){.kind = CSI_ELEMENT_OCTETS, .bytes = bytes};
    case CSI_CLAIM_UINT:
        return (struct csi_element){.kind = CSI_ELEMENT_UINT, .number = csi_int_of(bytes)};
    default:
        return (struct csi_element){.kind = CSI_ELEMENT_INT, .number = csi_int_of(bytes)};
    }
}

static bool next_of_claim(struct csi_walk *walk, struct csi_element *element)
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

static bool next_of_composite(struct csi_walk *walk, struct csi_element *element)
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

bool csi_next_element(struct csi_walk *walk, struct csi_element *element)
{
    if (walk->value->kind == CSI_VALUE_CLAIM)
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
int csi_compare_text(struct cs_str a, struct cs_str b)
{
    char left[4], right[4];
    for (size_t at = 0; at + 1 < a.length && at + 1 < b.length; at += 2) {
        struct cs_str x = unit_text(a, at, left), y = unit_text(b, at, right);
        if (!cs_str_same(x, y))
            return cs_str_compare(x, y);
    }
    return (a.length > b.length) - (a.length < b.length);
}

bool csi_element_is_number(const struct csi_element *element)
{
    return element->kind == CSI_ELEMENT_INT || element->kind == CSI_ELEMENT_UINT;
}

static int compare_numbers(const struct csi_element *a, const struct csi_element *b)
{
    bool a_huge = a->kind == CSI_ELEMENT_UINT && a->number < 0;
    bool b_huge = b->kind == CSI_ELEMENT_UINT && b->number < 0;
    if (a_huge != b_huge)
        return a_huge ? 1 : -1;
    return (a->number > b->number) - (a->number < b->number);
}

/* False where the two are of different kinds. */
static bool compare(const struct csi_element *a, const struct csi_element *b, int *order)
{
    if (csi_element_is_number(a) && csi_element_is_number(b)) {
        *order = compare_numbers(a, b);
        return true;
    }
    if (a->kind != b->kind)
        return false;
    *order = a->kind == CSI_ELEMENT_TEXT ? csi_compare_text(a->bytes, b->bytes)
                                         : cs_str_compare(a->bytes, b->bytes);
    return true;
}

/* Is `element` among those of `value`? */
static enum csi_truth holds(const struct csi_value *value, const struct csi_element *element)
{
    struct csi_walk walk = csi_walk_of(value);
    struct csi_element other;
    int order = 0;
    while (csi_next_element(&walk, &other)) {
        if (!compare(element, &other, &order))
            return CSI_UNKNOWN;
        if (order == 0)
            return CSI_TRUE;
    }
    return walk.broken ? CSI_UNKNOWN : CSI_FALSE;
}

/* Are all (or, with `any`, some) elements of `part` in `whole`? */
static enum csi_truth contains(const struct csi_value *whole, const struct csi_value *part,
                               bool any)
{
    struct csi_walk walk = csi_walk_of(part);
    struct csi_element element;
    while (csi_next_element(&walk, &element)) {
        enum csi_truth truth = holds(whole, &element);
        if (truth == CSI_UNKNOWN || truth == csi_truth_of(any))
            return truth;
    }
    return walk.broken ? CSI_UNKNOWN : csi_truth_of(!any);
}

static enum csi_truth equal(const struct csi_value *a, const struct csi_value *b)
{
    enum csi_truth forth = contains(a, b, false);
    return forth == CSI_TRUE ? contains(b, a, false) : forth;
}

/* <, <=, >, >= compare one element with one; `wanted` is the order that makes it true. */
static enum csi_truth ordered(const struct csi_value *a, const struct csi_value *b, int wanted,
                              bool or_equal)
{
    struct csi_walk left = csi_walk_of(a), right = csi_walk_of(b);
    struct csi_element x, y, more;
    int order = 0;
    if (!csi_next_element(&left, &x) || !csi_next_element(&right, &y) ||
        csi_next_element(&left, &more) || csi_next_element(&right, &more) ||
        !compare(&x, &y, &order))
        return CSI_UNKNOWN;
    order = (order > 0) - (order < 0);
    return csi_truth_of(order == wanted || (or_equal && order == 0));
}

enum csi_truth csi_relation(uint8_t code, const struct csi_value *a, const struct csi_value *b)
{
    if (a->kind < CSI_VALUE_LITERAL || b->kind < CSI_VALUE_LITERAL)
        return CSI_UNKNOWN;
    switch (code) {
    case CSI_TOKEN_EQUAL:
        return equal(a, b);
    case CSI_TOKEN_NOT_EQUAL:
        return csi_opposite(equal(a, b));
    case CSI_TOKEN_LESS:
    case CSI_TOKEN_LESS_EQUAL:
        return ordered(a, b, -1, code == CSI_TOKEN_LESS_EQUAL);
    case CSI_TOKEN_GREATER:
    case CSI_TOKEN_GREATER_EQUAL:
        return ordered(a, b, 1, code == CSI_TOKEN_GREATER_EQUAL);
    case CSI_TOKEN_CONTAINS:
        return contains(a, b, false);
    case CSI_TOKEN_NOT_CONTAINS:
        return csi_opposite(contains(a, b, false));
    case CSI_TOKEN_ANY_OF:
        return contains(a, b, true);
    default:
        return csi_opposite(contains(a, b, true));
    }
}
