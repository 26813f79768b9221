/*
 * plan.c - descriptors and tokens as numbers and bits (see plan.h).
 *
 * A trustee is a number; a badge has two bits for each: does it count for denying, and does it
 * count for allowing.  A plan is a row of rules in the list's order, each with the place of its
 * bit.  A check gathers the bits of 64 rules into one word and then visits the set ones only,
 * so what it costs depends on the rules that match.  Room: domain.
 */
#include <certsh/plan.h>

#include "access_in.h"
#include "sd_in.h"
#include "token_in.h"

enum { WORD = 64 };

/* The trustees are kept as the SIDs of a token: a set that numbers what is put in. */
struct cs_trustees {
    struct cs_token *set;
};

/* An ACE that may count: where its bit is in the badge, and what it says. */
struct rule {
    uint32_t word; /* of the badge */
    uint8_t shift;
    bool denies;
    uint32_t mask;
    uint32_t ace, trustee;
};

struct cs_plan {
    const struct cs_sd *sd;
    bool simple;        /* no conditions: the rules say it all */
    uint32_t needs;     /* trustees there have to be in a badge */
    uint32_t owner_has; /* what the owner is given at once */
    struct rule owner;  /* only the place of its bit */
    size_t count;
    struct rule *rules;
};

struct cs_badge {
    const struct cs_token *token;
    bool simple; /* no restricting SIDs */
    uint32_t known, privileges;
    const int32_t *sids; /* by trustee: index in the token, -1 for none */
    uint64_t words[];
};

size_t cs_trustees_count(const struct cs_trustees *trustees)
{
    return cs_token_count(trustees->set);
}

struct cs_trustees *cs_trustees_new(struct cs_arena *arena)
{
    struct cs_trustees *trustees = cs_arena_try(arena, sizeof *trustees);
    if (trustees)
        trustees->set = cs_token_new(arena);
    return trustees && trustees->set ? trustees : NULL;
}

/* -------------------------------------------------------------------- plan */

/* The bit of a trustee: allowing ones in even words, denying ones in the odd words behind. */
static struct rule rule_of(uint32_t trustee, bool denies)
{
    return (struct rule){.word = trustee / WORD * 2 + denies,
                         .shift = (uint8_t)(trustee % WORD),
                         .denies = denies,
                         .trustee = trustee};
}

static bool put_trustee(struct cs_trustees *trustees, const struct cs_sid *sid, bool denies,
                        struct rule *rule)
{
    int number =
        cs_token_add(trustees->set, sid, CS_TOKEN_ENABLED, CS_ORIGIN_GIVEN, CS_TOKEN_NO_VIA);
    if (number >= 0)
        *rule = rule_of((uint32_t)number, denies);
    return number >= 0;
}

/* Whether an ACE can count at all when no object list is given (see access.c). */
static bool may_count(const struct cs_ace *ace)
{
    enum csi_ace_effect effect = csi_ace_type(ace->type)->effect;
    if (effect == CSI_EFFECT_NONE || ace->flags & CS_ACE_INHERIT_ONLY)
        return false;
    return effect == CSI_EFFECT_DENY || !(ace->object_flags & CS_ACE_HAS_TYPE);
}

/* OWNER RIGHTS are those of the owner. */
static const struct cs_sid *trustee_of(const struct cs_sd *sd, const struct cs_ace *ace)
{
    bool owners = sd->has_owner && cs_sid_equal(&ace->sid, &cs_sid_owner_rights);
    return owners ? &sd->owner : &ace->sid;
}

static bool put_rules(struct cs_plan *plan, struct cs_trustees *trustees, const struct cs_acl *acl)
{
    for (size_t i = 0; i < acl->count; i++) {
        const struct cs_ace *ace = &acl->aces[i];
        const struct csi_ace_type *type = csi_ace_type(ace->type);
        struct rule *rule = &plan->rules[plan->count];
        if (!may_count(ace))
            continue;
        if (!put_trustee(trustees, trustee_of(plan->sd, ace), type->effect == CSI_EFFECT_DENY,
                         rule))
            return false;
        rule->mask = ace->mask;
        rule->ace = (uint32_t)i;
        plan->count++;
        plan->simple = plan->simple && type->tail != CSI_TAIL_CONDITION;
    }
    return true;
}

struct cs_plan *cs_plan_new(struct cs_arena *arena, struct cs_trustees *trustees,
                            const struct cs_sd *sd)
{
    struct cs_plan *plan = cs_arena_try(arena, sizeof *plan);
    bool list = sd->dacl && sd->control & CS_SD_DACL_PRESENT;
    if (!plan)
        return NULL;
    *plan = (struct cs_plan){.sd = sd, .simple = list};
    if (!list)
        return plan;
    plan->rules = cs_arena_try(arena, sd->dacl->count * sizeof *plan->rules);
    if (!plan->rules || !put_rules(plan, trustees, sd->dacl))
        return NULL;
    if (sd->has_owner && !put_trustee(trustees, &sd->owner, false, &plan->owner))
        return NULL;
    if (sd->has_owner && !csi_has_owner_rights(sd->dacl))
        plan->owner_has = CS_RIGHT_READ_CONTROL | CS_RIGHT_WRITE_DAC;
    plan->needs = (uint32_t)cs_trustees_count(trustees);
    return plan;
}

/* ------------------------------------------------------------------- badge */

static void fill(struct cs_badge *badge, const struct cs_trustees *trustees, int32_t *sids)
{
    for (uint32_t i = 0; i < badge->known; i++) {
        sids[i] = cs_token_find(badge->token, &cs_token_at(trustees->set, i)->sid);
        if (sids[i] < 0)
            continue;
        unsigned flags = cs_token_at(badge->token, (size_t)sids[i])->flags;
        uint64_t bit = UINT64_C(1) << i % WORD;
        badge->words[(size_t)i / WORD * 2] |= flags & CS_TOKEN_ENABLED ? bit : 0;
        badge->words[(size_t)i / WORD * 2 + 1] |=
            flags & (CS_TOKEN_ENABLED | CS_TOKEN_DENY_ONLY) ? bit : 0;
    }
}

struct cs_badge *cs_badge_new(struct cs_arena *arena, const struct cs_trustees *trustees,
                              const struct cs_token *token)
{
    uint32_t known = (uint32_t)cs_trustees_count(trustees);
    size_t words = ((size_t)known / WORD + 1) * 2;
    struct cs_badge *badge = cs_arena_try(arena, sizeof *badge + words * sizeof *badge->words);
    int32_t *sids = cs_arena_try(arena, known * sizeof *sids);
    if (!badge || !sids)
        return NULL;
    *badge = (struct cs_badge){.token = token,
                               .simple = !csi_token_is_restricted(token),
                               .known = known,
                               .privileges = csi_token_privilege_bits(token),
                               .sids = sids};
    fill(badge, trustees, sids);
    return badge;
}

/* ------------------------------------------------------------------- check */

static uint64_t bit_of(const struct cs_badge *badge, const struct rule *rule)
{
    return badge->words[rule->word] >> rule->shift & 1;
}

/* Which of up to 64 rules match. */
static uint64_t gather(const struct cs_badge *badge, const struct rule *rules, size_t count)
{
    uint64_t hits = 0;
    for (size_t i = 0; i < count; i++)
        hits |= bit_of(badge, &rules[i]) << i;
    return hits;
}

/* How far a check is. */
struct state {
    uint32_t open, denied;
    const struct rule *allow, *deny; /* the last that granted, the first that refused */
};

static void take(struct state *state, const struct rule *rule)
{
    uint32_t bits = state->open & rule->mask;
    state->open &= ~bits;
    if (!bits)
        return;
    if (!rule->denies) {
        state->allow = rule;
        return;
    }
    state->denied |= bits;
    if (!state->deny)
        state->deny = rule;
}

static void walk(struct state *state, const struct cs_plan *plan, const struct cs_badge *badge)
{
    for (size_t at = 0; at < plan->count && state->open; at += WORD) {
        size_t left = plan->count - at;
        uint64_t hits = gather(badge, plan->rules + at, left < WORD ? left : WORD);
        for (; hits && state->open; hits &= hits - 1)
            take(state, &plan->rules[at + (size_t)__builtin_ctzll(hits)]);
    }
}

struct cs_verdict cs_plan_check(const struct cs_plan *plan, const struct cs_badge *badge,
                                uint32_t desired)
{
    if (!plan->simple || !badge->simple || plan->needs > badge->known ||
        desired & CS_RIGHT_MAXIMUM_ALLOWED) {
        struct cs_access ask = {.token = badge->token, .desired = desired};
        return cs_access_check(plan->sd, &ask);
    }
    uint32_t owner = plan->owner_has & -(uint32_t)bit_of(badge, &plan->owner);
    uint32_t at_once = badge->privileges | owner;
    uint32_t lacks = desired & ~at_once & CS_RIGHT_SYSTEM_SECURITY; /* no ACE can grant it */
    struct state state = {.open = desired & ~at_once & ~CS_RIGHT_SYSTEM_SECURITY};
    walk(&state, plan, badge);
    uint32_t refused = state.open | state.denied | lacks;
    const struct rule *by = refused ? (state.denied ? state.deny : NULL) : state.allow;
    return (struct cs_verdict){
        .kind = !refused       ? CS_ALLOWED
                : state.denied ? CS_DENIED
                               : CS_NOT_GRANTED,
        .granted = !refused,
        .mask = desired & ~refused,
        .ace = by ? (int)by->ace : -1,
        .sid = by ? badge->sids[by->trustee] : -1,
    };
}
