/*
 * ca.c - what could help at the gates before and behind DCOM (see candidate.c).
 *
 * One function a gate: the way to the host (service, logon, authentication, EnableDCOM), and
 * the CA with its templates.
 */
#include <string.h>

#include "enroll.h"

typedef void gate_fn(const struct enroll_case *one, struct enroll_candidates *candidates);

static bool number_at(const struct enroll_case *one, struct cs_str key, struct cs_str name,
                      uint32_t *number)
{
    const struct cs_reg_value *value = cs_registry_get(one->lab, one->ca->host, key, name);
    return value && cs_reg_number(value, number);
}

/* ------------------------------------------------------------------ the service */

static void at_service(const struct enroll_case *one, struct enroll_candidates *candidates)
{
    const struct cs_service *certsvc = cs_service_find(one->lab, one->ca->host, CS_STR("CertSvc"));
    struct enroll_edit edits[2];
    size_t count = 0;
    if (!certsvc)
        return;
    if (certsvc->start == CS_START_DISABLED)
        edits[count++] = (struct enroll_edit){.kind = EDIT_ENABLE, .id = certsvc->record.id};
    edits[count++] = (struct enroll_edit){.kind = EDIT_START, .id = certsvc->record.id};
    struct enroll_change *change = enroll_candidate_add(candidates, edits, count);
    change->prepares = true;
}

/* -------------------------------------------------------------------- the logon */

#define MAY_LOGON     CS_STR("SeNetworkLogonRight")
#define MAY_NOT_LOGON CS_STR("SeDenyNetworkLogonRight")

/* Each holder of a right, as the principal it is at the CA's host. */
static void each_holder(const struct enroll_case *one, struct cs_str right,
                        void (*visit)(const struct enroll_case *, struct enroll_candidates *,
                                      const struct cs_sid *),
                        struct enroll_candidates *candidates)
{
    const struct cs_right_grant *grant = cs_right_find(one->lab, one->ca->host, right);
    for (size_t i = 0; grant && i < grant->sids.count; i++) {
        struct cs_sid sid;
        if (cs_sid_parse(grant->sids.at[i], &sid, NULL) == CS_OK)
            visit(one, candidates, &sid);
    }
}

static void undeny(const struct enroll_case *one, struct enroll_candidates *candidates,
                   const struct cs_sid *sid)
{
    struct enroll_edit take = {
        .kind = EDIT_TAKE_RIGHT, .id = one->ca->host, .value = MAY_NOT_LOGON, .sid = *sid};
    struct enroll_edit leave = {.kind = EDIT_REMOVE_MEMBER,
                                .id = cs_principal_by_sid(one->lab, sid, one->ca->host),
                                .other = one->subject};
    if (leave.id && cs_member_has(one->lab, leave.id, leave.other, CS_NOW))
        enroll_candidate_add(candidates, &leave, 1);
    enroll_candidate_add(candidates, &take, 1);
}

static void join_holder(const struct enroll_case *one, struct enroll_candidates *candidates,
                        const struct cs_sid *sid)
{
    enroll_candidates_join(one, cs_principal_by_sid(one->lab, sid, one->ca->host), candidates);
}

static void grant(const struct enroll_case *one, struct enroll_candidates *candidates,
                  const struct cs_sid *sid)
{
    struct enroll_edit edit = {
        .kind = EDIT_GRANT_RIGHT, .id = one->ca->host, .value = MAY_LOGON, .sid = *sid};
    struct enroll_change *change = enroll_candidate_add(candidates, &edit, 1);
    if (enroll_is_everybody(sid))
        change->gift = GIFT_MORE;
}

static void at_logon(const struct enroll_case *one, struct enroll_candidates *candidates)
{
    struct cs_sid subjects[2];
    size_t count = enroll_subjects(one, subjects);
    each_holder(one, MAY_NOT_LOGON, undeny, candidates);
    for (size_t i = 0; i < count; i++)
        grant(one, candidates, &subjects[i]);
    grant(one, candidates, &cs_sid_authenticated_users);
    grant(one, candidates, &cs_sid_everyone);
    each_holder(one, MAY_LOGON, join_holder, candidates);
}

/* --------------------------------------------------------------- authentication */

enum { SIGNED = 5 }; /* RPC_C_AUTHN_LEVEL_PKT_INTEGRITY: what the oldest clients offer */

static void at_authentication(const struct enroll_case *one, struct enroll_candidates *candidates)
{
    const struct {
        struct cs_str key, name;
        enum enroll_edit_kind kind;
        uint32_t number; /* for one that is set */
    } values[] = {
        {CS_KEY_RPC_POLICY, CS_STR("RestrictRemoteClients"), EDIT_DROP_VALUE, 0},
        {CS_KEY_RPC_POLICY, CS_STR("RestrictRemoteClients"), EDIT_SET_NUMBER, 1},
        {CS_KEY_APPCOMPAT, CS_STR("RequireIntegrityActivationAuthenticationLevel"), EDIT_SET_NUMBER,
         0},
        {CS_KEY_CERTSRV_REQUEST, CS_STR("AuthenticationLevel"), EDIT_SET_NUMBER, SIGNED},
        {CS_KEY_OLE, CS_STR("LegacyAuthenticationLevel"), EDIT_SET_NUMBER, SIGNED},
    };
    for (size_t i = 0; i < CS_COUNT(values); i++) {
        struct enroll_edit edit = {.kind = values[i].kind,
                                   .id = one->ca->host,
                                   .key = values[i].key,
                                   .value = values[i].name,
                                   .mask = values[i].number};
        uint32_t number;
        if (number_at(one, edit.key, edit.value, &number) && number > edit.mask)
            enroll_candidate_add(candidates, &edit, 1);
    }
}

static void enable_dcom(const struct enroll_case *one, struct enroll_candidates *candidates,
                        cs_id host)
{
    struct enroll_edit edit = {.kind = EDIT_SET_TEXT,
                               .id = host,
                               .key = CS_KEY_OLE,
                               .value = CS_STR("EnableDCOM"),
                               .text = CS_STR("Y")};
    if (host && cs_registry_get(one->lab, host, edit.key, edit.value))
        enroll_candidate_add(candidates, &edit, 1)->prepares = true;
}

static void at_enable_dcom(const struct enroll_case *one, struct enroll_candidates *candidates)
{
    struct enroll_case asked = *one;
    const cs_id *callers;
    size_t count = enroll_callers(one, &callers);
    enable_dcom(one, candidates, one->ca->host);
    for (size_t i = 0; i < count; i++) {
        struct cs_decision decision;
        struct cs_error ignored;
        asked.ask.principal = callers[i];
        if (enroll_decide(&asked, false, &decision, &ignored) == CS_OK)
            enable_dcom(one, candidates, decision.from);
    }
}

/* -------------------------------------------------------------- the CA's interface */

/* certsvc reads its own settings when it starts. */
static size_t with_start(const struct enroll_case *one, struct enroll_edit edits[2])
{
    const struct cs_service *certsvc = cs_service_find(one->lab, one->ca->host, CS_STR("CertSvc"));
    if (!certsvc || certsvc->state != CS_SERVICE_RUNNING)
        return 1;
    edits[1] = (struct enroll_edit){.kind = EDIT_BOUNCE, .id = certsvc->record.id};
    return 2;
}

static void at_interface(const struct enroll_case *one, struct enroll_candidates *candidates)
{
    struct enroll_edit edits[2] = {{.kind = EDIT_CLEAR_BITS,
                                    .id = one->ca->host,
                                    .key = cs_ca_key(one->arena, one->ca),
                                    .value = CS_STR("InterfaceFlags")}};
    size_t known, count = with_start(one, edits);
    const struct cs_flag *flags = cs_interface_flags(&known);
    uint32_t now;
    if (!number_at(one, edits[0].key, edits[0].value, &now))
        return;
    for (size_t i = 0; i < known; i++) {
        static const uint32_t closing = 0x2 | 0x4 | 0x200; /* no remote, no local, encrypted */
        if (!(now & flags[i].bits & closing))
            continue;
        edits[0].mask = flags[i].bits;
        edits[0].text = cs_str_of(flags[i].name);
        enroll_candidate_add(candidates, edits, count);
    }
}

/* ------------------------------------------------------------- lists of the CA */

struct list {
    enum enroll_edit_kind allow, revoke;
    cs_id id;
    uint32_t right;
    bool starts; /* certsvc must start anew for it */
};

static struct enroll_change *add_entry(const struct enroll_case *one, const struct list *list,
                                       enum enroll_edit_kind kind, const struct cs_sid *sid,
                                       struct enroll_candidates *candidates)
{
    struct enroll_edit edits[2] = {{.kind = kind, .id = list->id, .sid = *sid}};
    size_t count = list->starts ? with_start(one, edits) : 1;
    struct enroll_change *change = enroll_candidate_add(candidates, edits, count);
    if (kind != list->revoke && enroll_is_everybody(sid))
        change->gift = GIFT_MORE;
    return change;
}

/* Out of a group that the list denies, or the denial out of the list. */
static void undeny_entry(const struct enroll_case *one, const struct list *list,
                         const struct cs_sid *sid, struct enroll_candidates *candidates)
{
    struct enroll_edit leave = {.kind = EDIT_REMOVE_MEMBER,
                                .id = cs_principal_by_sid(one->lab, sid, one->ca->host),
                                .other = one->subject};
    if (leave.id && cs_member_has(one->lab, leave.id, leave.other, CS_NOW))
        enroll_candidate_add(candidates, &leave, 1);
    add_entry(one, list, list->revoke, sid, candidates);
}

/* Groups of a list that a caller could join, and the denials in it. */
static void from_list(const struct enroll_case *one, const struct list *list, struct cs_str bytes,
                      struct enroll_candidates *candidates)
{
    struct cs_sd sd;
    struct cs_error ignored;
    if (!bytes.length || cs_sd_decode(one->arena, bytes, &sd, &ignored) != CS_OK)
        return;
    for (size_t i = 0; sd.dacl && i < sd.dacl->count; i++) {
        const struct cs_ace *ace = &sd.dacl->aces[i];
        bool allows = ace->type == CS_ACE_ALLOW || ace->type == CS_ACE_OBJECT_ALLOW;
        bool denies = ace->type == CS_ACE_DENY || ace->type == CS_ACE_OBJECT_DENY;
        if (ace->opaque)
            continue;
        if (allows && ace->mask & list->right)
            enroll_candidates_join(one, cs_principal_by_sid(one->lab, &ace->sid, one->ca->host),
                                   candidates);
        if (denies)
            undeny_entry(one, list, &ace->sid, candidates);
    }
}

static void name_in_list(const struct enroll_case *one, const struct list *list,
                         enum enroll_edit_kind kind, struct enroll_candidates *candidates)
{
    struct cs_sid subjects[2];
    size_t count = enroll_subjects(one, subjects);
    for (size_t i = 0; i < count; i++)
        add_entry(one, list, kind, &subjects[i], candidates);
}

static void at_ca_security(const struct enroll_case *one, struct enroll_candidates *candidates)
{
    struct list list = {EDIT_CA_ALLOW, EDIT_CA_REVOKE, one->ask.ca, CS_CA_ENROLL, true};
    const struct cs_reg_value *value = cs_registry_get(
        one->lab, one->ca->host, cs_ca_key(one->arena, one->ca), CS_STR("Security"));
    if (!value)
        return;
    name_in_list(one, &list, list.allow, candidates);
    from_list(one, &list, value->data, candidates);
}

static void at_published(const struct enroll_case *one, struct enroll_candidates *candidates)
{
    struct enroll_edit edit = {
        .kind = EDIT_PUBLISH, .id = one->ask.ca, .value = one->template_->name};
    enroll_candidate_add(candidates, &edit, 1);
}

/* certsvc itself must be able to read what it issues by. */
static void let_ca_read(const struct enroll_case *one, const struct list *list,
                        struct enroll_candidates *candidates)
{
    struct cs_principal account;
    if (one->host && cs_principal_get(one->lab, one->host->account, &account))
        add_entry(one, list, EDIT_TEMPLATE_READ, &account.sid, candidates);
    add_entry(one, list, EDIT_TEMPLATE_READ, &cs_sid_authenticated_users, candidates);
}

static void at_template(const struct enroll_case *one, struct enroll_candidates *candidates)
{
    const struct cs_template *now = cs_template_get(one->lab, one->ask.template_);
    struct list list = {EDIT_TEMPLATE_ALLOW, EDIT_TEMPLATE_REVOKE, one->ask.template_,
                        CS_DS_CONTROL_ACCESS, false};
    if (!now || !now->sd.length)
        return;
    name_in_list(one, &list, list.allow, candidates);
    from_list(one, &list, now->sd, candidates);
    name_in_list(one, &list, EDIT_TEMPLATE_READ, candidates);
    let_ca_read(one, &list, candidates);
}

static const struct {
    const char *gate;
    gate_fn *make;
} gates[] = {
    {"service", at_service},
    {"logon", at_logon},
    {"authentication", at_authentication},
    {"enable-dcom", at_enable_dcom},
    {"ca-interface", at_interface},
    {"ca-security", at_ca_security},
    {"template-published", at_published},
    {"template-security", at_template},
};

void enroll_candidates_ca(const struct enroll_case *one, const char *gate,
                          struct enroll_candidates *candidates)
{
    for (size_t i = 0; one->host && i < CS_COUNT(gates); i++)
        if (strcmp(gates[i].gate, gate) == 0)
            gates[i].make(one, candidates);
}
