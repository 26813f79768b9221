/*
 * condition_eval.c - a condition judged for a token: true, false or unknown.
 *
 * MS-DTYP 2.4.4.17: a relation with a missing attribute is unknown, && and || are three-valued,
 * Exists is always known.  Tokens here carry no user or device claims, so only resource
 * attributes (from the SACL) have values.  Works on a fixed stack; a condition that is broken
 * or needs more is unknown, which never allows and always denies.  Room: domain.
 */
#include "condition_value.h"
#include "token_in.h"

enum { MAX_WAITING = 500 };

struct judge {
    const struct cs_sd *sd;
    const struct cs_token *token;
    bool denying;
    struct csi_value waiting[MAX_WAITING];
    size_t count;
};

/* -------------------------------------------------------------- membership */

static const struct membership {
    uint8_t code;
    bool device, any, negated;
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

/* A deny-only SID counts in a denying ACE, as it does for the ACE's own SID (unverified). */
static bool is_member(const struct judge *judge, const struct cs_sid *sid, bool device)
{
    if (device)
        return csi_token_device(judge->token, sid) >= 0;
    if (judge->denying)
        return cs_token_find(judge->token, sid) >= 0;
    return cs_token_has(judge->token, sid);
}

static enum csi_truth member_of(const struct judge *judge, const struct membership *row,
                                const struct csi_value *list)
{
    struct csi_walk walk = csi_walk_of(list);
    struct csi_element element;
    struct cs_sid sid;
    bool found = !row->any;
    size_t seen = 0;
    while (csi_next_element(&walk, &element)) {
        if (element.kind != CSI_ELEMENT_SID ||
            cs_sid_decode(element.bytes.at, element.bytes.length, &sid, NULL, NULL) != CS_OK)
            return CSI_UNKNOWN;
        bool member = is_member(judge, &sid, row->device);
        found = row->any ? found || member : found && member;
        seen++;
    }
    if (walk.broken || !seen)
        return CSI_UNKNOWN;
    return csi_truth_of(found != row->negated);
}

static enum csi_truth membership(const struct judge *judge, uint8_t code,
                                 const struct csi_value *list)
{
    if (list->kind < CSI_VALUE_LITERAL)
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
            csi_claim_of(ace->data, claim) && csi_compare_text(claim->name, name) == 0 &&
            csi_claim_fits(claim))
            return true;
    }
    return false;
}

static struct csi_value value_of(const struct judge *judge, const struct csi_token *token)
{
    struct csi_value value = {.kind = CSI_VALUE_LITERAL, .token = *token};
    if (!csi_is_attribute(token->code))
        return value;
    bool found = token->code == CSI_TOKEN_RESOURCE &&
                 find_resource(judge->sd, token->data, &value.claim) && value.claim.count > 0;
    value.kind = found ? CSI_VALUE_CLAIM : CSI_VALUE_NULL;
    return value;
}

/* An attribute standing alone is true unless it is 0 or empty; SIDs and octets have no truth. */
static enum csi_truth truth_of_value(const struct csi_value *value)
{
    struct csi_walk walk = csi_walk_of(value);
    struct csi_element element;
    if (value->kind == CSI_VALUE_TRUTH)
        return value->truth;
    if (value->kind != CSI_VALUE_CLAIM || !csi_next_element(&walk, &element))
        return CSI_UNKNOWN;
    if (csi_element_is_number(&element))
        return csi_truth_of(element.number != 0);
    return element.kind == CSI_ELEMENT_TEXT ? csi_truth_of(element.bytes.length > 0) : CSI_UNKNOWN;
}

/* ------------------------------------------------------------------- logic */

/* What decides the whole whatever the other side is: false for &&, true for ||. */
static enum csi_truth combine(enum csi_truth a, enum csi_truth b, enum csi_truth decisive)
{
    if (a == decisive || b == decisive)
        return decisive;
    return a == CSI_UNKNOWN || b == CSI_UNKNOWN ? CSI_UNKNOWN : csi_opposite(decisive);
}

static enum csi_truth logic(uint8_t code, const struct csi_value *operands)
{
    enum csi_truth first = truth_of_value(&operands[0]);
    if (code == CSI_TOKEN_NOT)
        return csi_opposite(first);
    return combine(first, truth_of_value(&operands[1]),
                   code == CSI_TOKEN_AND ? CSI_FALSE : CSI_TRUE);
}

static enum csi_truth presence(uint8_t code, const struct csi_value *value)
{
    if (value->kind != CSI_VALUE_CLAIM && value->kind != CSI_VALUE_NULL)
        return CSI_UNKNOWN;
    return csi_truth_of((value->kind == CSI_VALUE_CLAIM) == (code == CSI_TOKEN_EXISTS));
}

static enum csi_truth judge_operator(const struct judge *judge, const struct csi_operator *op,
                                     const struct csi_value *operands)
{
    switch (op->kind) {
    case CSI_RELATION:
        return csi_relation(op->code, &operands[0], &operands[1]);
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
    struct csi_value *operands = &judge->waiting[judge->count - op->arity];
    enum csi_truth truth = judge_operator(judge, op, operands);
    operands[0] = (struct csi_value){.kind = CSI_VALUE_TRUTH, .truth = truth};
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
