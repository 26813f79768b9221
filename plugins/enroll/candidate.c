/*
 * candidate.c - what could help: changes thought of at each gate that refuses (see enroll.c).
 *
 * Nothing here knows whether a change helps; that is tried (search.c).  A candidate is worth
 * making when an administrator would think of it: put the caller, or a group the caller is in,
 * into a group that passes; name the caller in the list; take away what denies; have certsvc
 * repeat its update; start what is stopped; start anew what carries an old token.
 *
 * The order matters where two changes are equally good: what is thought of first comes first.
 */
#include <string.h>

#include "enroll.h"

struct enroll_change *enroll_candidate_add(struct enroll_candidates *candidates,
                                           const struct enroll_edit *edits, size_t count)
{
    if (candidates->count == candidates->room) {
        size_t room = candidates->room ? candidates->room * 2 : 32;
        struct enroll_change *at = cs_arena_alloc(candidates->arena, room * sizeof *at);
        if (candidates->count)
            memcpy(at, candidates->at, candidates->count * sizeof *at);
        candidates->at = at;
        candidates->room = room;
    }
    struct enroll_change *change = &candidates->at[candidates->count];
    *change = (struct enroll_change){.count = count, .order = (unsigned)candidates->count};
    memcpy(change->edits, edits, count * sizeof *edits);
    candidates->count++;
    return change;
}

/* ------------------------------------------------------------------ memberships */

struct carrier {
    cs_id id;
    size_t members;
};
enum { MOST_CARRIERS = 3, MOST_GROUPS = 256 };
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
    for (size_t i = 0; i < carriers->count && i < MOST_CARRIERS; i++)
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

/* Built-in groups by what else their members get. */
static bool is_builtin(const struct cs_sid *group, const uint32_t *rids, size_t count)
{
    for (size_t i = 0; cs_sid_is_builtin(group) && i < count; i++)
        if (cs_sid_rid(group) == rids[i])
            return true;
    return false;
}

/* Administrators, Power Users, and the operators. */
static bool is_ruling(const struct cs_sid *group)
{
    static const uint32_t rids[] = {544, 547, 548, 549, 550, 551};
    return is_builtin(group, rids, CS_COUNT(rids));
}

static const char *warning(const struct cs_sid *group)
{
    static const uint32_t com[] = {559, 562}; /* Performance Log Users, Distributed COM Users */
    if (is_ruling(group))
        return "gives far more than enrolment";
    return is_builtin(group, com, CS_COUNT(com)) ? "opens every COM server of the host" : NULL;
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
    struct enroll_change *change = enroll_candidate_add(candidates, &edit, 1);
    change->remark = advice(one, group, member);
    change->advised = change->remark != NULL;
    if (change->remark || !cs_principal_get(one->lab, group, &into))
        return;
    change->remark = warning(&into.sid);
    change->excessive = is_ruling(&into.sid);
}

/* Groups that rule a domain or stand for its domain controllers are no way to a certificate. */
static bool is_privileged(const struct cs_sid *sid)
{
    static const uint32_t rids[] = {498, 512, 516, 517, 518, 519, 520, 521};
    for (size_t i = 0; cs_sid_is_account(sid) && i < CS_COUNT(rids); i++)
        if (cs_sid_rid(sid) == rids[i])
            return true;
    return false;
}

void enroll_candidates_join(const struct enroll_case *one, cs_id group,
                            struct enroll_candidates *candidates)
{
    struct carriers carriers = {.lab = one->lab};
    struct cs_principal into;
    if (!cs_principal_get(one->lab, group, &into) || into.kind != CS_GROUP ||
        is_privileged(&into.sid))
        return;
    cs_id primary = cs_principal_primary(one->lab, one->ask.principal);
    join_by(one, group, one->ask.principal, candidates);
    if (into.scope == CS_SCOPE_GLOBAL || into.scope == CS_SCOPE_UNIVERSAL)
        return; /* holds accounts; what it stands for should not grow by whole groups */
    join_by(one, group, primary, candidates);
    cs_principal_groups(one->lab, one->ask.principal, CS_NOW, add_carrier, &carriers);
    smallest_first(&carriers);
    for (size_t i = 0; i < carriers.count && i < MOST_CARRIERS; i++)
        if (carriers.at[i].id != primary)
            join_by(one, group, carriers.at[i].id, candidates);
    if (!is_for_all(one, &into))
        return;
    join_by(one, group, cs_principal_by_sid(one->lab, &cs_sid_authenticated_users, 0), candidates);
    join_by(one, group, cs_principal_by_sid(one->lab, &cs_sid_everyone, 0), candidates);
}

size_t enroll_subjects(const struct enroll_case *one, struct cs_sid out[2])
{
    struct cs_principal primary;
    out[0] = one->who.sid;
    if (!cs_principal_get(one->lab, cs_principal_primary(one->lab, one->ask.principal), &primary))
        return 1;
    out[1] = primary.sid;
    return 2;
}

/* ---------------------------------------------------------------------- all */

/* A fresh token: the one change that changes nothing but the time. */
static void add_fresh(const struct enroll_case *one, struct enroll_candidates *candidates)
{
    struct enroll_edit edit = {.kind = EDIT_RESTART,
                               .id = cs_host_of_account(one->lab, one->ask.principal)};
    const struct cs_session *session = cs_session_find(one->lab, one->ask.principal);
    if (one->who.kind == CS_USER && session)
        edit = (struct enroll_edit){.kind = EDIT_RELOGON, .id = session->record.id};
    if (edit.id && (one->who.kind == CS_COMPUTER || edit.kind == EDIT_RELOGON))
        enroll_candidate_add(candidates, &edit, 1);
}

static bool is_dcom(const char *gate)
{
    static const char *const gates[] = {"launch-limit", "launch-permission", "access-limit",
                                        "access-permission"};
    for (size_t i = 0; i < CS_COUNT(gates); i++)
        if (strcmp(gate, gates[i]) == 0)
            return true;
    return false;
}

static bool same_edit(const struct enroll_edit *a, const struct enroll_edit *b)
{
    return a->kind == b->kind && a->id == b->id && a->other == b->other && a->scope == b->scope &&
           a->mask == b->mask && cs_sid_equal(&a->sid, &b->sid) &&
           cs_str_equal(a->value, b->value) && cs_str_equal(a->key, b->key);
}

static bool has_edit(const struct enroll_change *change, const struct enroll_edit *edit)
{
    for (size_t i = 0; i < change->count; i++)
        if (same_edit(&change->edits[i], edit))
            return true;
    return false;
}

bool enroll_change_within(const struct enroll_change *part, const struct enroll_change *whole)
{
    for (size_t i = 0; i < part->count; i++)
        if (!has_edit(whole, &part->edits[i]))
            return false;
    return true;
}

bool enroll_change_same(const struct enroll_change *a, const struct enroll_change *b)
{
    return a->count == b->count && enroll_change_within(a, b);
}

/* Two gates may make one think of the same change. */
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

void enroll_candidates_make(const struct enroll_case *one, const struct cs_decision *decision,
                            struct enroll_candidates *candidates)
{
    add_fresh(one, candidates);
    size_t gates = one->gates ? one->gates : decision->count;
    for (size_t i = 0; i < gates && i < decision->count; i++) {
        const char *gate = decision->gates[i]->name;
        if (!enroll_refuses(decision->answers[i].verdict))
            continue;
        if (is_dcom(gate))
            enroll_candidates_dcom(one, gate, candidates);
        else
            enroll_candidates_ca(one, gate, candidates);
    }
    drop_doubles(candidates);
}
