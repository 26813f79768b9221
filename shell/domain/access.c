/*
 * access.c - the access check of MS-DTYP 2.5.3.2, in stored order (see access.h).
 *
 * What differs from the letter of MS-DTYP, because Windows does:
 *   - an absent DACL grants like a NULL one, and neither grants ACCESS_SYSTEM_SECURITY, which
 *     only a privilege does;
 *   - a deny bites only on bits that are still asked, also under MAXIMUM_ALLOWED;
 *   - an object ACE without a GUID counts as the plain one; a deny with a GUID counts as plain
 *     where no object list was given (kernel behaviour, unverified; MS-DTYP: no effect).
 * A check for nothing is granted, as MS-DTYP reads; wine and perhaps NT refuse it (unverified).
 *
 * Room: domain.
 */
#include <certsh/access.h>

#include "access_in.h"
#include "sd_in.h"
#include "token_in.h"

static const char *const verdict_names[] = {
    [CS_ALLOWED] = "allowed",
    [CS_UNKNOWN_VERDICT] = "unknown",
    [CS_NOT_GRANTED] = "not-granted",
    [CS_DENIED] = "denied",
};

/* One pass over a list: with the token's SIDs, or with its restricting ones. */
struct walk {
    const struct cs_sd *sd;
    const struct cs_access *ask;
    bool restricting;
    bool maximum;
    uint32_t asked;           /* mapped, without MAXIMUM_ALLOWED */
    uint32_t wanted;          /* the bits to decide: asked, or all there are */
    uint32_t granted, denied; /* of wanted */
    int deny_ace, deny_sid;   /* the first that denied, -1 where none did */
    int allow_ace, allow_sid; /* the last that granted something */
    cs_step_fn *step;
    void *context;
};

/* How one ACE applies: which SID it matched, or why it does not. */
struct match {
    const char *skipped; /* NULL where it applies */
    bool foreign;        /* its SID is not the token's */
    int sid;
};

static uint32_t map_generic(const struct cs_generic_mapping *mapping, uint32_t mask)
{
    if (!mapping)
        return mask;
    const struct {
        uint32_t generic, meaning;
    } rows[] = {
        {CS_RIGHT_GENERIC_READ, mapping->read},
        {CS_RIGHT_GENERIC_WRITE, mapping->write},
        {CS_RIGHT_GENERIC_EXECUTE, mapping->execute},
        {CS_RIGHT_GENERIC_ALL, mapping->all},
    };
    uint32_t mapped = mask & 0x0fffffff;
    for (size_t i = 0; i < CS_COUNT(rows); i++)
        mapped |= mask & rows[i].generic ? rows[i].meaning : 0;
    return mapped;
}

/* ------------------------------------------------------------- whose an ace is */

/* Does `sid` count for allowing or denying?  `index` is its place in the token, or -1. */
static bool counts(const struct walk *walk, const struct cs_sid *sid, bool denying, int *index)
{
    const struct cs_token *token = walk->ask->token;
    unsigned wanted = denying ? CS_TOKEN_ENABLED | CS_TOKEN_DENY_ONLY : CS_TOKEN_ENABLED;
    unsigned flags = 0;
    *index = csi_token_find(token, sid, &flags);
    if (walk->restricting)
        return csi_token_restricting(token, sid) >= 0;
    return (flags & wanted) != 0;
}

/* SELF stands for the object's own SID, OWNER RIGHTS for its owner. */
static bool ace_counts(const struct walk *walk, const struct cs_ace *ace, bool denying, int *index)
{
    const struct cs_sid *sid = &ace->sid;
    if (walk->ask->self && cs_sid_equal(sid, &cs_sid_principal_self))
        sid = walk->ask->self;
    else if (walk->sd->has_owner && cs_sid_equal(sid, &cs_sid_owner_rights))
        sid = &walk->sd->owner;
    return counts(walk, sid, denying, index);
}

static bool in_object_list(const struct cs_access *ask, const struct cs_guid *guid)
{
    for (size_t i = 0; i < ask->object_type_count; i++)
        if (cs_guid_equal(&ask->object_types[i], guid))
            return true;
    return false;
}

/*
 * Does the GUID of an object ACE let it count?  The list is one path from the object down, so
 * granting a node grants those below it, and those above as soon as their only child has it.
 */
static bool object_counts(const struct cs_access *ask, const struct cs_ace *ace, bool denying)
{
    if (!(ace->object_flags & CS_ACE_HAS_TYPE))
        return true;
    if (ask->object_type_count == 0)
        return denying;
    return in_object_list(ask, &ace->object_type);
}

/* A condition that cannot be decided never allows, and always denies. */
static bool condition_holds(const struct walk *walk, const struct cs_ace *ace, bool denying)
{
    enum csi_truth truth = csi_condition_eval(ace->data, walk->sd, walk->ask->token, denying);
    return denying ? truth != CSI_FALSE : truth == CSI_TRUE;
}

static struct match match_of(const struct walk *walk, const struct cs_ace *ace)
{
    const struct csi_ace_type *type = csi_ace_type(ace->type);
    bool denying = type->effect == CSI_EFFECT_DENY;
    if (type->effect == CSI_EFFECT_NONE)
        return (struct match){"of a type that neither allows nor denies", false, -1};
    if (ace->flags & CS_ACE_INHERIT_ONLY)
        return (struct match){"inherit only", false, -1};
    int sid = -1;
    if (!ace_counts(walk, ace, denying, &sid))
        return (struct match){
            walk->restricting ? "not among the restricting sids" : "not in the token", true, -1};
    if (!object_counts(walk->ask, ace, denying))
        return (struct match){"for another object type", false, sid};
    if (type->tail == CSI_TAIL_CONDITION && !condition_holds(walk, ace, denying))
        return (struct match){"its condition does not hold", false, sid};
    return (struct match){NULL, false, sid};
}

/* -------------------------------------------------------------------- walk */

static bool has_list(const struct cs_sd *sd)
{
    return sd->dacl && sd->control & CS_SD_DACL_PRESENT;
}

bool csi_has_owner_rights(const struct cs_acl *acl)
{
    for (size_t i = 0; i < acl->count; i++)
        if (!acl->aces[i].opaque && !(acl->aces[i].flags & CS_ACE_INHERIT_ONLY) &&
            cs_sid_equal(&acl->aces[i].sid, &cs_sid_owner_rights))
            return true;
    return false;
}

/* What no ACE has to grant: privileges, and the owner's right to mend the list. */
static uint32_t granted_at_once(const struct walk *walk)
{
    const struct cs_token *token = walk->ask->token;
    uint32_t bits = csi_token_privilege_bits(token);
    int owner = -1;
    if (!has_list(walk->sd))
        return bits | ~CS_RIGHT_SYSTEM_SECURITY;
    const uint32_t owners = CS_RIGHT_READ_CONTROL | CS_RIGHT_WRITE_DAC;
    if (walk->wanted & owners && walk->sd->has_owner &&
        counts(walk, &walk->sd->owner, false, &owner) && !csi_has_owner_rights(walk->sd->dacl))
        bits |= owners;
    return bits;
}

static void tell(const struct walk *walk, struct cs_step step)
{
    if (walk->step)
        walk->step(walk->context, &step);
}

/* One ACE; what is already granted or denied it cannot change. */
static void take(struct walk *walk, int index, const struct cs_ace *ace)
{
    struct match match = match_of(walk, ace);
    struct cs_step step = {.ace = index, .why = match.skipped, .sid = match.sid};
    uint32_t open = walk->wanted & ~walk->granted & ~walk->denied;
    uint32_t bits = match.skipped ? 0 : open & map_generic(walk->ask->mapping, ace->mask);
    bool denying = csi_ace_type(ace->type)->effect == CSI_EFFECT_DENY;
    if (match.skipped) {
        step.what = match.foreign ? CS_STEP_NO_MATCH : CS_STEP_SKIPPED;
    } else if (!bits) {
        step.what = CS_STEP_SKIPPED;
        step.why = "about nothing still asked";
    } else {
        step.what = denying ? CS_STEP_DENIES : CS_STEP_GRANTS;
        step.why = denying ? "denies" : "allows";
        *(denying ? &walk->denied : &walk->granted) |= bits;
        *(denying ? &walk->deny_ace : &walk->allow_ace) = index;
        *(denying ? &walk->deny_sid : &walk->allow_sid) = match.sid;
    }
    step.bits = bits;
    step.left = open & ~bits;
    tell(walk, step);
}

/*
 * Windows stops at the first deny of an asked bit.  The walk goes on in silence, to know what
 * else of the asked bits would have been granted.
 */
static void walk_list(struct walk *walk)
{
    const struct cs_acl *acl = walk->sd->dacl;
    int ace = -1, sid = -1;
    for (size_t i = 0; i < acl->count && (walk->wanted & ~walk->granted & ~walk->denied); i++) {
        take(walk, (int)i, &acl->aces[i]);
        if (ace < 0 && walk->denied & walk->asked) {
            ace = walk->deny_ace;
            sid = walk->deny_sid;
            walk->step = NULL;
        }
    }
    if (ace >= 0) {
        walk->deny_ace = ace;
        walk->deny_sid = sid;
    }
}

static struct cs_verdict verdict_of(const struct walk *walk)
{
    struct cs_verdict verdict = {.mask = walk->granted, .ace = -1, .sid = -1};
    bool enough = (walk->asked & ~walk->granted) == 0;
    if (enough && !(walk->maximum && !walk->granted)) {
        verdict.kind = CS_ALLOWED;
        verdict.granted = true;
        verdict.ace = walk->allow_ace;
        verdict.sid = walk->allow_sid;
        return verdict;
    }
    verdict.kind = CS_NOT_GRANTED;
    if (walk->denied & (walk->asked ? walk->asked : walk->wanted)) {
        verdict.kind = CS_DENIED;
        verdict.ace = walk->deny_ace;
        verdict.sid = walk->deny_sid;
    }
    return verdict;
}

/* What MAXIMUM_ALLOWED asks for; ACCESS_SYSTEM_SECURITY has to be asked for by name. */
static uint32_t all_there_is(const struct cs_sd *sd, const struct cs_access *ask)
{
    if (!has_list(sd) && ask->mapping)
        return ask->mapping->all;
    return ~(CS_RIGHT_MAXIMUM_ALLOWED | CS_RIGHT_SYSTEM_SECURITY);
}

static struct cs_verdict pass(const struct cs_sd *sd, const struct cs_access *ask, bool restricting,
                              cs_step_fn *step, void *context)
{
    uint32_t asked = map_generic(ask->mapping, ask->desired) & ~CS_RIGHT_MAXIMUM_ALLOWED;
    struct walk walk = {
        .sd = sd,
        .ask = ask,
        .restricting = restricting,
        .maximum = (ask->desired & CS_RIGHT_MAXIMUM_ALLOWED) != 0,
        .asked = asked,
        .deny_ace = -1,
        .deny_sid = -1,
        .allow_ace = -1,
        .allow_sid = -1,
        .step = step,
        .context = context,
    };
    walk.wanted = asked | (walk.maximum ? all_there_is(sd, ask) : 0);
    walk.granted = walk.wanted & granted_at_once(&walk);
    walk.wanted &= ~CS_RIGHT_SYSTEM_SECURITY; /* no ACE can grant it */
    if (has_list(sd))
        walk_list(&walk);
    return verdict_of(&walk);
}

const char *cs_verdict_name(enum cs_verdict_kind kind)
{
    return verdict_names[kind];
}

struct cs_verdict cs_access_check(const struct cs_sd *sd, const struct cs_access *ask)
{
    return cs_access_trail(sd, ask, NULL, NULL);
}

/* The verdict of a restricted token: what both passes grant, and the first refusal. */
static struct cs_verdict both(const struct cs_verdict *first, const struct cs_verdict *second)
{
    struct cs_verdict verdict = first->granted ? *second : *first;
    verdict.mask = first->mask & second->mask;
    if (verdict.granted && !verdict.mask && (first->mask || second->mask))
        verdict = (struct cs_verdict){.kind = CS_NOT_GRANTED, .ace = -1, .sid = -1};
    return verdict;
}

struct cs_verdict cs_access_trail(const struct cs_sd *sd, const struct cs_access *ask,
                                  cs_step_fn *step, void *context)
{
    struct cs_verdict first = pass(sd, ask, false, step, context);
    if (!csi_token_is_restricted(ask->token))
        return first;
    /* a restricted token has to pass with its restricting SIDs alone as well */
    struct cs_verdict second = pass(sd, ask, true, first.granted ? step : NULL, context);
    return both(&first, &second);
}
