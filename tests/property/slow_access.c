/*
 * slow_access.c - MS-DTYP 2.5.3.2, EvaluateTokenAgainstDescriptor, step by step (slow_access.h).
 *
 * The names are those of the document: RemainingAccess, SidInToken, PrincipalSelfSubst.  Where
 * Windows is known to differ from the document the line says WINDOWS; shell/domain/access.c
 * gives the reasons.
 */
#include "slow_access.h"

#include <string.h>

enum { NODES = 8 };

struct question {
    const struct cs_sd *sd;
    const struct cs_access *ask;
    const struct slow_token *token;
    bool restricting;          /* the second pass of a restricted token */
    uint32_t remaining[NODES]; /* RemainingAccess of every node of the object tree */
    size_t nodes;
};

static bool in_list(const struct cs_sid *sids, size_t count, const struct cs_sid *sid)
{
    for (size_t i = 0; i < count; i++)
        if (cs_sid_compare(&sids[i], sid) == 0)
            return true;
    return false;
}

/* SidInToken(Token, SidToTest, PrincipalSelfSubst) */
static bool sid_in_token(const struct question *q, const struct cs_sid *sid, bool denying)
{
    const struct slow_token *token = q->token;
    if (q->ask->self && cs_sid_compare(sid, &cs_sid_principal_self) == 0)
        sid = q->ask->self;
    else if (q->sd->has_owner && cs_sid_compare(sid, &cs_sid_owner_rights) == 0)
        sid = &q->sd->owner;
    if (q->restricting)
        return in_list(token->restricting, token->restricting_count, sid);
    if (in_list(token->enabled, token->enabled_count, sid))
        return true;
    return denying && in_list(token->deny_only, token->deny_only_count, sid);
}

static uint32_t mapped(const struct cs_access *ask, uint32_t mask)
{
    const struct cs_generic_mapping *mapping = ask->mapping;
    if (!mapping)
        return mask;
    uint32_t out = mask & ~(CS_RIGHT_GENERIC_ALL | CS_RIGHT_GENERIC_READ | CS_RIGHT_GENERIC_WRITE |
                            CS_RIGHT_GENERIC_EXECUTE);
    if (mask & CS_RIGHT_GENERIC_ALL)
        out |= mapping->all;
    if (mask & CS_RIGHT_GENERIC_READ)
        out |= mapping->read;
    if (mask & CS_RIGHT_GENERIC_WRITE)
        out |= mapping->write;
    if (mask & CS_RIGHT_GENERIC_EXECUTE)
        out |= mapping->execute;
    return out;
}

enum kind { OTHER, ALLOW, DENY };

static enum kind kind_of(uint8_t type)
{
    switch (type) {
    case CS_ACE_ALLOW:
    case CS_ACE_OBJECT_ALLOW:
    case CS_ACE_CALLBACK_ALLOW:
    case CS_ACE_CALLBACK_OBJECT_ALLOW:
        return ALLOW;
    case CS_ACE_DENY:
    case CS_ACE_OBJECT_DENY:
    case CS_ACE_CALLBACK_DENY:
    case CS_ACE_CALLBACK_OBJECT_DENY:
        return DENY;
    default:
        return OTHER;
    }
}

static bool is_callback(uint8_t type)
{
    return type >= CS_ACE_CALLBACK_ALLOW && type <= CS_ACE_CALLBACK_OBJECT_DENY;
}

/* The node that an object ACE is about: 0 where it has no GUID, -1 where it is about none. */
static int node_of(const struct question *q, const struct cs_ace *ace, bool denying)
{
    if (!(ace->object_flags & CS_ACE_HAS_TYPE))
        return 0;
    if (q->ask->object_type_count == 0)
        return denying ? 0 : -1; /* WINDOWS: a deny without a tree is a plain one (unverified) */
    for (size_t i = 0; i < q->ask->object_type_count; i++)
        if (memcmp(q->ask->object_types[i].bytes, ace->object_type.bytes, 16) == 0)
            return (int)i;
    return -1;
}

/* Does the condition let the ACE count?  Unknown denies, and never allows. */
static bool condition_counts(const struct question *q, const struct cs_ace *ace, bool denying)
{
    if (!is_callback(ace->type))
        return true;
    int truth = q->token->holds ? q->token->holds(q->token->context, ace, denying) : -1;
    return denying ? truth != 0 : truth == 1;
}

/*
 * Allow: the node, its descendants, and an ancestor as soon as all its children are alike.  The
 * tree is one path, so each has one child.
 */
static void allow(struct question *q, int node, uint32_t mask)
{
    for (size_t i = (size_t)node; i < q->nodes; i++)
        q->remaining[i] &= ~mask;
    for (int i = node - 1; i >= 0; i--)
        q->remaining[i] &= q->remaining[i + 1];
}

static bool refuses(const struct question *q, int node, uint32_t mask)
{
    for (size_t i = (size_t)node; i < q->nodes; i++)
        if (q->remaining[i] & mask)
            return true;
    return false;
}

/* READ_CONTROL and WRITE_DAC are the owner's, unless an ACE for OWNER RIGHTS says otherwise. */
static bool owner_may_mend(const struct question *q)
{
    if (!q->sd->has_owner || !sid_in_token(q, &q->sd->owner, false))
        return false;
    for (size_t i = 0; i < q->sd->dacl->count; i++) {
        const struct cs_ace *ace = &q->sd->dacl->aces[i];
        if (!ace->opaque && !(ace->flags & CS_ACE_INHERIT_ONLY) &&
            cs_sid_compare(&ace->sid, &cs_sid_owner_rights) == 0)
            return false;
    }
    return true;
}

static void remove_at_once(struct question *q, uint32_t mask)
{
    for (size_t i = 0; i < q->nodes; i++)
        q->remaining[i] &= ~mask;
}

static bool evaluate(struct question *q)
{
    const struct cs_sd *sd = q->sd;
    if (q->token->security_privilege)
        remove_at_once(q, CS_RIGHT_SYSTEM_SECURITY);
    if (q->remaining[0] & CS_RIGHT_SYSTEM_SECURITY)
        return false; /* STATUS_PRIVILEGE_NOT_HELD */
    if (q->token->take_ownership_privilege)
        remove_at_once(q, CS_RIGHT_WRITE_OWNER);
    if (!(sd->control & CS_SD_DACL_PRESENT) || !sd->dacl)
        return true; /* NULL (or absent) DACL */
    if (owner_may_mend(q))
        remove_at_once(q, CS_RIGHT_READ_CONTROL | CS_RIGHT_WRITE_DAC);
    for (size_t i = 0; i < sd->dacl->count; i++) {
        const struct cs_ace *ace = &sd->dacl->aces[i];
        enum kind kind = kind_of(ace->type);
        if (kind == OTHER || ace->flags & CS_ACE_INHERIT_ONLY)
            continue;
        if (!sid_in_token(q, &ace->sid, kind == DENY))
            continue;
        int node = node_of(q, ace, kind == DENY);
        if (node < 0 || !condition_counts(q, ace, kind == DENY))
            continue;
        if (kind == ALLOW)
            allow(q, node, mapped(q->ask, ace->mask));
        else if (refuses(q, node, mapped(q->ask, ace->mask)))
            return false;
    }
    return q->remaining[0] == 0;
}

static bool one_pass(const struct cs_sd *sd, const struct cs_access *ask,
                     const struct slow_token *token, bool restricting)
{
    struct question q = {.sd = sd, .ask = ask, .token = token, .restricting = restricting};
    q.nodes = ask->object_type_count ? ask->object_type_count : 1;
    for (size_t i = 0; i < q.nodes; i++)
        q.remaining[i] = mapped(ask, ask->desired);
    return evaluate(&q);
}

bool slow_access_granted(const struct cs_sd *sd, const struct cs_access *ask,
                         const struct slow_token *token)
{
    if (!one_pass(sd, ask, token, false))
        return false;
    return token->restricting_count == 0 || one_pass(sd, ask, token, true);
}

uint32_t slow_access_mask(const struct cs_sd *sd, const struct cs_access *ask,
                          const struct slow_token *token)
{
    uint32_t mask = 0;
    for (int i = 0; i < 32; i++) {
        struct cs_access bit = *ask;
        bit.desired = UINT32_C(1) << i;
        if (!(bit.desired & CS_RIGHT_MAXIMUM_ALLOWED) && slow_access_granted(sd, &bit, token))
            mask |= bit.desired;
    }
    return mask;
}
