/*
 * dcom.c - what could help at the limits and permissions of DCOM (see candidate.c).
 *
 * Groups come from the list itself: whoever it lets in is a group to be put into.  So a list
 * of a kind that nobody foresaw still gives candidates.
 */
#include <string.h>

#include "enroll.h"

struct place {
    const struct enroll_case *one;
    struct enroll_candidates *candidates;
    enum cs_dcom_scope scope;
    cs_id host;
    uint32_t rights; /* what is asked, 0x1 included */
    struct cs_dcom_sd sd;
    bool there, policy; /* a policy gives the list that counts */
};

static const struct {
    const char *gate;
    enum cs_dcom_scope scope, fallback;
    bool limit;
} gates[] = {
    {"launch-limit", CS_DCOM_LAUNCH_LIMIT, CS_DCOM_LAUNCH_LIMIT, true},
    {"launch-permission", CS_DCOM_LAUNCH_PERMISSION, CS_DCOM_LAUNCH_DEFAULT, false},
    {"access-limit", CS_DCOM_ACCESS_LIMIT, CS_DCOM_ACCESS_LIMIT, true},
    {"access-permission", CS_DCOM_ACCESS_PERMISSION, CS_DCOM_ACCESS_DEFAULT, false},
};

/* Local and remote together, as certsvc and the dialogs write them. */
static uint32_t rights_of(enum cs_dcom_scope scope)
{
    if (cs_dcom_scope_kind(scope) == CS_SCOPE_IS_ACCESS)
        return CS_COM_EXECUTE | CS_COM_LOCAL | CS_COM_REMOTE;
    return CS_COM_EXECUTE | CS_COM_ACTIVATE_LOCAL | CS_COM_ACTIVATE_REMOTE;
}

static uint32_t remote_of(enum cs_dcom_scope scope)
{
    return cs_dcom_scope_kind(scope) == CS_SCOPE_IS_ACCESS ? CS_COM_REMOTE : CS_COM_ACTIVATE_REMOTE;
}

static bool find_sd(struct place *place, enum cs_dcom_scope fallback)
{
    struct cs_dcom_sd sds[2];
    struct cs_lab *lab = place->one->lab;
    struct cs_arena *arena = place->one->arena;
    size_t count = cs_dcom_sds(lab, arena, place->host, place->scope, sds);
    if (!count)
        count = cs_dcom_sds(lab, arena, place->host, fallback, sds);
    if (!count || !sds[0].known || sds[0].broken)
        return false;
    bool launch = cs_dcom_scope_kind(place->scope) == CS_SCOPE_IS_LAUNCH;
    place->sd = sds[0];
    place->policy = sds[0].source[0] == 'p';
    place->sd.sd = cs_com_widen(arena, &sds[0].sd, launch ? CS_COM_LAUNCH : CS_COM_ACCESS);
    return true;
}

/* ------------------------------------------------------------ into whose place */

static cs_id group_of(const struct place *place, const struct cs_sid *sid)
{
    return cs_principal_by_sid(place->one->lab, sid, place->host);
}

static bool lets_in(const struct place *place, const struct cs_ace *ace)
{
    uint32_t remote = remote_of(place->scope);
    return !ace->opaque && ace->type == CS_ACE_ALLOW && (ace->mask & remote) == remote;
}

/* The CA's own group first, Administrators last: who is in one of the others gets more. */
static int rank_of(const struct place *place, const struct cs_sid *sid)
{
    if (group_of(place, sid) == enroll_ca_group(place->one, &place->sd.sd))
        return 0;
    return cs_sid_equal(sid, &cs_sid_administrators) ? 2 : 1;
}

static void add_joins(const struct place *place, int rank)
{
    const struct cs_acl *dacl = place->there ? place->sd.sd.dacl : NULL;
    for (size_t i = 0; dacl && i < dacl->count; i++)
        if (lets_in(place, &dacl->aces[i]) && rank_of(place, &dacl->aces[i].sid) == rank)
            enroll_candidates_join(place->one, group_of(place, &dacl->aces[i].sid),
                                   place->candidates);
}

/* -------------------------------------------------------------- in the list itself */

static void add_allow(const struct place *place, const struct cs_sid *sid)
{
    struct enroll_edit edit = {.kind = EDIT_ALLOW,
                               .id = place->host,
                               .scope = place->scope,
                               .policy = place->policy,
                               .sid = *sid,
                               .mask = rights_of(place->scope)};
    struct enroll_change *change = enroll_candidate_add(place->candidates, &edit, 1);
    if (place->policy)
        change->remark = "in the policy itself, else its next refresh takes it back";
    if (enroll_is_everybody(sid))
        change->gift = GIFT_MORE;
}

static void add_allows(const struct place *place)
{
    struct cs_sid subjects[2];
    struct cs_principal group;
    cs_id certsvc = enroll_ca_group(place->one, &place->sd.sd);
    size_t count = enroll_subjects(place->one, subjects);
    if (cs_principal_get(place->one->lab, certsvc, &group))
        add_allow(place, &group.sid);
    for (size_t i = 0; i < count; i++)
        add_allow(place, &subjects[i]);
}

static void add_undenial(const struct place *place, const struct cs_ace *ace)
{
    cs_id group = group_of(place, &ace->sid);
    struct enroll_edit leave = {
        .kind = EDIT_REMOVE_MEMBER, .id = group, .other = place->one->subject};
    struct enroll_edit revoke = {.kind = EDIT_REVOKE,
                                 .id = place->host,
                                 .scope = place->scope,
                                 .policy = place->policy,
                                 .sid = ace->sid};
    if (group && cs_member_has(place->one->lab, group, leave.other, CS_NOW))
        enroll_candidate_add(place->candidates, &leave, 1);
    enroll_candidate_add(place->candidates, &revoke, 1);
}

/* Out of the denied group, or the denial out of the list. */
static void add_undenials(const struct place *place)
{
    const struct cs_acl *dacl = place->sd.sd.dacl;
    for (size_t i = 0; dacl && i < dacl->count; i++)
        if (!dacl->aces[i].opaque && dacl->aces[i].type == CS_ACE_DENY)
            add_undenial(place, &dacl->aces[i]);
}

static void add_reset(const struct place *place)
{
    struct enroll_edit edit = {.kind = EDIT_RESET, .id = place->host, .scope = place->scope};
    enroll_candidate_add(place->candidates, &edit, 1)->prepares = true;
}

/* ------------------------------------------------------------------ the machine */

/* A policy shadows what the registry has: no other edit of the list counts before. */
static void add_unshadow(const struct place *place)
{
    struct enroll_edit edit = {.kind = EDIT_DROP_VALUE,
                               .id = place->host,
                               .key = CS_KEY_DCOM_POLICY,
                               .value = cs_str_of(cs_dcom_scope_value(place->scope))};
    if (cs_registry_get(place->one->lab, place->host, edit.key, edit.value))
        enroll_candidate_add(place->candidates, &edit, 1)->prepares = true;
}

/* KB 903220's recipe: clear the flag, stop, start. */
static void add_recipe(const struct place *place)
{
    struct cs_lab *lab = place->one->lab;
    const struct cs_service *certsvc = cs_service_find(lab, place->host, CS_STR("CertSvc"));
    struct enroll_edit edits[2] = {{.kind = EDIT_CLEAR_BITS,
                                    .id = place->host,
                                    .key = CS_KEY_CERTSVC,
                                    .value = CS_STR("SetupStatus"),
                                    .mask = CS_SETUP_DCOM_SECURITY_UPDATED,
                                    .text = CS_STR("SETUP_DCOM_SECURITY_UPDATED_FLAG")}};
    const struct cs_reg_value *value =
        cs_registry_get(lab, place->host, edits[0].key, edits[0].value);
    uint32_t status;
    if (!certsvc || !value || !cs_reg_number(value, &status))
        return;
    size_t count = (status & CS_SETUP_DCOM_SECURITY_UPDATED) != 0;
    edits[count++] = (struct enroll_edit){.kind = certsvc->state == CS_SERVICE_RUNNING ? EDIT_BOUNCE
                                                                                       : EDIT_START,
                                          .id = certsvc->record.id};
    struct enroll_change *change = enroll_candidate_add(place->candidates, edits, count);
    change->title = "clear SETUP_DCOM_SECURITY_UPDATED_FLAG and restart certsvc";
    change->remark = "the recipe of KB 903220";
    change->prepares = change->advised = true;
}

void enroll_candidates_dcom(const struct enroll_case *one, const char *gate,
                            struct enroll_candidates *candidates)
{
    struct place place = {.one = one, .candidates = candidates, .host = one->ca->host};
    size_t index = 0;
    while (index < CS_COUNT(gates) && strcmp(gates[index].gate, gate) != 0)
        index++;
    if (index == CS_COUNT(gates) || !one->host)
        return;
    place.scope = gates[index].scope;
    place.there = find_sd(&place, gates[index].fallback);
    add_joins(&place, 0);
    add_recipe(&place);
    if (gates[index].limit)
        add_unshadow(&place);
    if (place.there) {
        add_undenials(&place);
        add_allows(&place);
    }
    add_joins(&place, 1);
    add_joins(&place, 2);
    add_reset(&place);
}
