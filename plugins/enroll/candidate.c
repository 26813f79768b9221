/*
 * candidate.c - what could help: changes thought of at each gate that refuses (see enroll.c).
 *
 * Nothing here knows whether a change helps; that is tried (trial.c).  A candidate is worth
 * making when an administrator would think of it: put the caller, or a group the caller is in,
 * into a group that passes; name the caller in the list; take away what denies; have certsvc
 * repeat its update; start what is stopped; start anew what carries an old token.
 *
 * The order matters where two changes are equally good: what is thought of first comes first.
 */
#include <string.h>

#include "enroll.h"

/* ------------------------------------------------------------------ memberships */

struct carrier {
    cs_id id;
    size_t members;
};
enum { MOST_GROUPS = 256 };
struct carriers {
    const struct cs_lab *lab;
    struct carrier at[MOST_GROUPS];
    size_t count;
};

static bool count_member(void *context, cs_id id, unsigned depth)
{
    size_t *count = context;
    (void)id;
    (void)depth;
    ++*count;
    return true;
}

static bool add_carrier(void *context, cs_id id)
{
    struct carriers *carriers = context;
    struct cs_principal group;
    if (carriers->count == MOST_GROUPS)
        return false;
    bool travels = cs_principal_get(carriers->lab, id, &group) && group.security &&
                   (group.scope == CS_SCOPE_GLOBAL || group.scope == CS_SCOPE_UNIVERSAL);
    if (!travels)
        return true;
    struct carrier *carrier = &carriers->at[carriers->count++];
    *carrier = (struct carrier){.id = id};
    cs_group_members(carriers->lab, id, CS_NOW, false, count_member, &carrier->members);
    return true;
}

/* The smallest of the caller's groups, moved to the front. */
static void smallest_first(struct carriers *carriers)
{
    for (size_t i = 0; i < carriers->count && i < ENROLL_CARRIERS; i++)
        for (size_t j = i + 1; j < carriers->count; j++)
            if (carriers->at[j].members < carriers->at[i].members) {
                struct carrier swap = carriers->at[i];
                carriers->at[i] = carriers->at[j];
                carriers->at[j] = swap;
            }
}

/* "as KB 903220 advises": the members that the article names. */
static const char *advice(const struct enroll_case *one, cs_id group, cs_id member)
{
    struct cs_principal p;
    struct cs_principal into;
    bool article = cs_principal_get(one->lab, group, &into) &&
                   cs_str_same(into.name, CS_STR("CERTSVC_DCOM_ACCESS"));
    if (!one->host || !article || !cs_principal_get(one->lab, member, &p) ||
        !cs_sid_is_account(&p.sid))
        return NULL;
    uint32_t rid = cs_sid_rid(&p.sid);
    bool foreign = p.domain != one->host->domain;
    if (rid == 516 || (foreign && (rid == 513 || rid == 515)))
        return "as KB 903220 advises";
    return NULL;
}

static bool is_one_of(uint32_t rid, const uint32_t *rids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rids[i] == rid)
            return true;
    return false;
}

/* Administrators, Power Users, and the operators. */
static bool is_ruling(const struct cs_sid *group)
{
    static const uint32_t rids[] = {544, 547, 548, 549, 550, 551};
    return cs_sid_is_builtin(group) && is_one_of(cs_sid_rid(group), rids, CS_COUNT(rids));
}

/* Every built-in group is for something else but the certificate group and plain Users; and so
 * are the groups that a domain is born with. */
static enum enroll_gift gift_of(const struct cs_sid *group)
{
    static const uint32_t plain[] = {545, 574};
    uint32_t rid = cs_sid_rid(group);
    if (is_ruling(group))
        return GIFT_RULE;
    if (cs_sid_is_builtin(group))
        return is_one_of(rid, plain, CS_COUNT(plain)) ? GIFT_NONE : GIFT_MORE;
    return cs_sid_is_account(group) && rid < 1000 ? GIFT_MORE : GIFT_NONE;
}

static const char *warning(const struct cs_sid *group)
{
    static const uint32_t com[] = {559, 562}; /* Performance Log Users, Distributed COM Users */
    if (cs_sid_is_builtin(group) && is_one_of(cs_sid_rid(group), com, CS_COUNT(com)))
        return "opens every COM server of the host";
    switch (gift_of(group)) {
    case GIFT_RULE:
        return "gives far more than enrolment";
    case GIFT_MORE:
        return "gives more than enrolment";
    case GIFT_NONE:
        break;
    }
    return NULL;
}

/* May everybody be put into it?  That is what Windows itself does with these. */
static bool is_for_all(const struct enroll_case *one, const struct cs_principal *group)
{
    return cs_sid_equal(&group->sid, &cs_sid_users) ||
           (one->host && group->id == cs_certsvc_group(one->lab, one->host->record.id) &&
            group->scope != CS_SCOPE_DOMAIN_LOCAL);
}

static void join_by(const struct enroll_case *one, cs_id group, cs_id member,
                    struct enroll_candidates *candidates)
{
    struct enroll_edit edit = {.kind = EDIT_ADD_MEMBER, .id = group, .other = member};
    struct cs_principal into;
    struct cs_error ignored;
    if (!member || cs_member_may(one->lab, group, member, &ignored) != CS_OK)
        return;
    struct cs_principal named;
    if (cs_principal_get(one->lab, member, &named))
        edit.sid = named.sid;
    struct enroll_change *change = enroll_candidate_add(candidates, &edit, 1);
    change->remark = advice(one, group, member);
    change->advised = change->remark != NULL;
    if (change->remark || !cs_principal_get(one->lab, group, &into))
        return;
    change->remark = warning(&into.sid);
    change->gift = gift_of(&into.sid);
}

/* Groups that rule a domain or stand for its domain controllers are no way to a certificate. */
static bool is_privileged(const struct cs_sid *sid)
{
    static const uint32_t rids[] = {498, 512, 516, 517, 518, 519, 520, 521};
    return cs_sid_is_account(sid) && is_one_of(cs_sid_rid(sid), rids, CS_COUNT(rids));
}

void enroll_find_carriers(struct enroll_case *one)
{
    struct carriers carriers = {.lab = one->lab};
    cs_id primary = cs_principal_primary(one->lab, one->subject);
    one->carrier_count = 0;
    if (one->meant)
        return;
    cs_principal_groups(one->lab, one->subject, CS_NOW, add_carrier, &carriers);
    smallest_first(&carriers);
    for (size_t i = 0; i < carriers.count && i < CS_COUNT(one->carriers); i++)
        if (carriers.at[i].id != primary)
            one->carriers[one->carrier_count++] = carriers.at[i].id;
}

void enroll_candidates_join(const struct enroll_case *one, cs_id group,
                            struct enroll_candidates *candidates)
{
    struct cs_principal into;
    if (!cs_principal_get(one->lab, group, &into) || into.kind != CS_GROUP ||
        is_privileged(&into.sid))
        return;
    join_by(one, group, one->subject, candidates);
    if (one->meant || into.scope == CS_SCOPE_GLOBAL || into.scope == CS_SCOPE_UNIVERSAL)
        return; /* these hold accounts; what they stand for should not grow by whole groups */
    join_by(one, group, cs_principal_primary(one->lab, one->subject), candidates);
    for (size_t i = 0; i < one->carrier_count; i++)
        join_by(one, group, one->carriers[i], candidates);
    if (!is_for_all(one, &into))
        return;
    join_by(one, group, cs_principal_by_sid(one->lab, &cs_sid_authenticated_users, 0), candidates);
    join_by(one, group, cs_principal_by_sid(one->lab, &cs_sid_everyone, 0), candidates);
}

size_t enroll_subjects(const struct enroll_case *one, struct cs_sid out[2])
{
    struct cs_principal primary;
    out[0] = one->who.sid;
    if (one->meant ||
        !cs_principal_get(one->lab, cs_principal_primary(one->lab, one->subject), &primary))
        return 1;
    out[1] = primary.sid;
    return 2;
}

bool enroll_is_everybody(const struct cs_sid *sid)
{
    return cs_sid_equal(sid, &cs_sid_everyone) || cs_sid_equal(sid, &cs_sid_authenticated_users);
}

/* ---------------------------------------------------------------------- all */

static bool is_dcom(const char *gate)
{
    static const char *const gates[] = {"launch-limit", "launch-permission", "access-limit",
                                        "access-permission"};
    for (size_t i = 0; i < CS_COUNT(gates); i++)
        if (strcmp(gate, gates[i]) == 0)
            return true;
    return false;
}

/* Two gates may make one think of the same change: it is what the first thought of. */
static void drop_doubles(struct enroll_candidates *candidates)
{
    size_t kept = 0;
    for (size_t i = 0; i < candidates->count; i++) {
        bool known = false;
        for (size_t j = 0; j < kept && !known; j++)
            known = enroll_change_same(&candidates->at[j], &candidates->at[i]);
        if (!known)
            candidates->at[kept++] = candidates->at[i];
    }
    candidates->count = kept;
}

void enroll_candidates_make(const struct enroll_case *one, uint64_t refused,
                            struct enroll_candidates *candidates)
{
    size_t gates = cs_gate_count(one->lab);
    for (size_t i = 0; i < gates && i < 64; i++) {
        const char *gate = cs_gate_at(one->lab, i)->name;
        if (!(refused >> i & 1))
            continue;
        if (is_dcom(gate))
            enroll_candidates_dcom(one, gate, candidates);
        else
            enroll_candidates_ca(one, gate, candidates);
    }
    drop_doubles(candidates);
}
