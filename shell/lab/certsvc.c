/*
 * certsvc.c - what Certificate Services does to DCOM security when its flag is clear.
 *
 * KB 903220: at every start certsvc looks at SETUP_DCOM_SECURITY_UPDATED_FLAG (K18, K19).
 * Set: nothing is touched, however broken.  Clear: the update runs and sets the flag (K20):
 *
 *   group         2003: CERTSVC_DCOM_ACCESS, domain-local on a domain controller with Domain
 *                 Users and Domain Computers, else machine-local with Everyone (K8-K10);
 *                 2008 and newer: S-1-5-32-574 with Authenticated Users (FACTS 3.5)
 *   limits        the group gets remote and local activation and access, no launch (K12-K14)
 *   permissions   CertSrv Request: Everyone the same (K4-K7)
 *
 * Inferred, not confirmed by any source (FACTS 3.1.8, 3.2, 9), and decided here alone:
 *   - a run repairs whatever of this is missing: the group, a member, an entry of a limit, and
 *     a limit that is damaged (no descriptor, or no list) is rebuilt from the version's default;
 *   - the group's entry in a limit is made exactly what it should be; an entry with just these
 *     rights whose SID is nobody's is taken for that of a former group and replaced (so that a
 *     computer whose token still holds the old SID needs its restart); other entries stay, also
 *     orphans (a lint tells of them);
 *   - the permissions of CertSrv Request are reset at every run, not only by setup;
 *   - the description of the group is not known and left empty;
 *   - stand-alone CAs do the same; 2008 and newer use the flag identically;
 *   - Windows without machine limits (2003 without a service pack) knows no flag and does nothing.
 *
 * Room: lab.
 */
#include <certsh/ca.h>

#include "gate_in.h"
#include "lab_internal.h"

static const char group_name[] = "CERTSVC_DCOM_ACCESS";

enum { RID_USERS = 513, RID_COMPUTERS = 515, MASK_LAUNCH = 0x19, MASK_ACCESS = 0x7 };

uint32_t csi_certsvc_mask(enum cs_dcom_scope scope)
{
    return cs_dcom_scope_kind(scope) == CS_SCOPE_IS_LAUNCH ? MASK_LAUNCH : MASK_ACCESS;
}

static bool has_builtin(const struct cs_host *host)
{
    return cs_windows_info(host->windows)->builtin;
}

cs_id cs_certsvc_group(const struct cs_lab *lab, cs_id host_id)
{
    const struct cs_host *host = cs_host_get(lab, host_id);
    if (!host)
        return 0;
    if (has_builtin(host))
        return cs_principal_by_sid(lab, &cs_sid_certsvc_dcom_access, host_id);
    if (host->role == CS_ROLE_DC)
        return cs_principal_named(lab, host->domain, 0, cs_str_of(group_name));
    return cs_principal_named(lab, 0, host_id, cs_str_of(group_name));
}

bool csi_certsvc_group_sid(const struct cs_lab *lab, const struct cs_host *host, struct cs_sid *sid)
{
    struct cs_principal group;
    if (has_builtin(host)) {
        *sid = cs_sid_certsvc_dcom_access;
        return true;
    }
    if (!cs_principal_get(lab, cs_certsvc_group(lab, host->record.id), &group))
        return false;
    *sid = group.sid;
    return true;
}

/* ------------------------------------------------------------------- steps */

struct update {
    struct cs_lab *lab;
    struct cs_arena *arena;
    const struct cs_host *host;
    struct cs_certsvc_update *did;
    cs_id group;
    struct cs_sid group_sid;
};

static cs_status make_group(struct update *u, struct cs_error *err)
{
    bool dc = u->host->role == CS_ROLE_DC;
    bool builtin = has_builtin(u->host);
    struct cs_principal group = {
        .source = {.origin = CS_ORIGIN_COMMAND},
        .kind = CS_GROUP,
        .scope = dc ? CS_SCOPE_DOMAIN_LOCAL : CS_SCOPE_MACHINE_LOCAL,
        .security = true,
        .members_open = builtin && !u->host->complete, /* who else is in it nobody said */
        .domain = dc ? u->host->domain : 0,
        .host = dc ? 0 : u->host->record.id,
        .name = cs_str_of(group_name),
        .display = cs_str_of(group_name),
    };
    if (builtin) {
        const struct cs_sid_known *known = cs_sid_known_find(&cs_sid_certsvc_dcom_access);
        group.scope = CS_SCOPE_BUILTIN;
        group.sid = cs_sid_certsvc_dcom_access;
        group.name = group.display = cs_str_of(known ? known->name : group_name);
        group.comment = CS_STR("Members of this group are allowed to connect to Certification "
                               "Authorities in the enterprise.");
    }
    u->did->group_made = true;
    return cs_principal_put(u->lab, &group, &u->group, err);
}

static cs_status find_group(struct update *u, struct cs_error *err)
{
    struct cs_principal group;
    u->group = cs_certsvc_group(u->lab, u->host->record.id);
    bool there = cs_principal_get(u->lab, u->group, &group) && group.kind == CS_GROUP;
    if (!there) {
        cs_status status = make_group(u, err);
        if (status != CS_OK)
            return status;
        if (!cs_principal_get(u->lab, u->group, &group))
            return cs_fail(err, CS_INTERNAL, "the new group is not there");
    }
    u->group_sid = group.sid;
    return CS_OK;
}

static cs_status add_member(struct update *u, const struct cs_sid *sid, struct cs_error *err)
{
    cs_id member;
    cs_status status = cs_principal_of_sid(u->lab, sid, u->host->record.id, &member, err);
    if (status != CS_OK || cs_member_has(u->lab, u->group, member, CS_NOW))
        return status;
    u->did->member_added = true;
    return cs_member_add(u->lab, u->group, member, err);
}

static cs_status add_members(struct update *u, struct cs_error *err)
{
    if (has_builtin(u->host))
        return add_member(u, &cs_sid_authenticated_users, err);
    if (u->host->role != CS_ROLE_DC)
        return add_member(u, &cs_sid_everyone, err);
    const struct cs_domain *domain = cs_domain_get(u->lab, u->host->domain);
    if (!domain || domain->sid.count == 0)
        return CS_OK; /* whose users they are is not known */
    struct cs_sid users = cs_sid_child(&domain->sid, RID_USERS);
    struct cs_sid computers = cs_sid_child(&domain->sid, RID_COMPUTERS);
    cs_status status = add_member(u, &users, err);
    return status == CS_OK ? add_member(u, &computers, err) : status;
}

/* ------------------------------------------------------------------ limits */

/* The descriptor of a value, or false: not there, or damaged. */
static bool read_sd(struct update *u, struct cs_str key, struct cs_str name, struct cs_sd *sd)
{
    const struct cs_reg_value *value = cs_registry_get(u->lab, u->host->record.id, key, name);
    struct cs_error ignored;
    return value && value->type == CS_REG_BINARY &&
           cs_sd_decode(u->arena, value->data, sd, &ignored) == CS_OK &&
           cs_sd_dacl(sd) == CS_DACL_LIST;
}

static cs_status write_sd(struct update *u, struct cs_str key, struct cs_str name,
                          const struct cs_sd *sd, struct cs_error *err)
{
    struct cs_str bytes;
    struct cs_source source = {.origin = CS_ORIGIN_COMMAND};
    cs_status status = cs_sd_encode_registry(u->arena, sd, &bytes, err);
    if (status != CS_OK)
        return status;
    return cs_registry_set(u->lab, u->host->record.id, key, name, CS_REG_BINARY, bytes, source,
                           err);
}

/* Is the group's one plain entry an allow of exactly `mask`? */
static bool entry_is_right(const struct cs_sd *sd, const struct cs_sid *sid, uint32_t mask)
{
    size_t right = 0, wrong = 0;
    for (size_t i = 0; i < sd->dacl->count; i++) {
        const struct cs_ace *ace = &sd->dacl->aces[i];
        if (ace->opaque || !cs_sid_equal(&ace->sid, sid))
            continue;
        bool plain = ace->type == CS_ACE_ALLOW && !(ace->flags & CS_ACE_INHERIT_ONLY);
        if (plain && ace->mask == mask)
            right++;
        else
            wrong++;
    }
    return right == 1 && wrong == 0;
}

/* Of an account of this domain or machine that is no longer there? */
static bool is_nobodys(const struct update *u, const struct cs_sid *sid)
{
    const struct cs_domain *domain = cs_domain_get(u->lab, u->host->domain);
    bool ours = (domain && domain->sid.count && cs_sid_in(sid, &domain->sid)) ||
                (u->host->machine.count && cs_sid_in(sid, &u->host->machine));
    return ours && !cs_principal_by_sid(u->lab, sid, u->host->record.id);
}

/* The entry that the group left behind under a former SID; NULL when there is none. */
static const struct cs_sid *former_group(const struct update *u, const struct cs_sd *sd,
                                         uint32_t mask)
{
    for (size_t i = 0; i < sd->dacl->count; i++) {
        const struct cs_ace *ace = &sd->dacl->aces[i];
        if (!ace->opaque && ace->type == CS_ACE_ALLOW && ace->flags == 0 && ace->mask == mask &&
            is_nobodys(u, &ace->sid))
            return &ace->sid;
    }
    return NULL;
}

static struct cs_sd without_former_groups(const struct update *u, struct cs_sd sd, uint32_t mask)
{
    for (const struct cs_sid *sid; (sid = former_group(u, &sd, mask)) != NULL;)
        sd = cs_sd_revoke(u->arena, &sd, sid, mask, NULL);
    return sd;
}

static cs_status repair_limit(struct update *u, enum cs_dcom_scope scope, struct cs_error *err)
{
    const char *sddl = cs_default_dcom(u->host->windows, scope);
    if (!sddl)
        return CS_OK; /* before SP1 there is none */
    struct cs_str name = cs_str_of(cs_dcom_scope_value(scope));
    uint32_t mask = csi_certsvc_mask(scope);
    struct cs_sd sd;
    bool whole = read_sd(u, CS_KEY_OLE, name, &sd);
    if (whole && entry_is_right(&sd, &u->group_sid, mask) && !former_group(u, &sd, mask))
        return CS_OK;
    if (!whole) {
        cs_status status = cs_sddl_parse(u->arena, cs_str_of(sddl), NULL, &sd, err);
        if (status != CS_OK)
            return status;
    }
    sd = without_former_groups(u, sd, mask);
    sd = cs_sd_revoke(u->arena, &sd, &u->group_sid, 0, NULL);
    sd = cs_sd_allow(u->arena, &sd, &u->group_sid, mask, NULL);
    u->did->limit_changed = true;
    return write_sd(u, CS_KEY_OLE, name, &sd, err);
}

static cs_status reset_permission(struct update *u, enum cs_dcom_scope scope, struct cs_error *err)
{
    struct cs_str name = cs_str_of(cs_dcom_scope_value(scope)), old, new;
    struct cs_sd sd, standard;
    const char *sddl = cs_default_dcom(u->host->windows, scope);
    cs_status status = cs_sddl_parse(u->arena, cs_str_of(sddl), NULL, &standard, err);
    if (status == CS_OK)
        status = cs_sd_encode_registry(u->arena, &standard, &new, err);
    if (status != CS_OK)
        return status;
    bool same = read_sd(u, CS_KEY_CERTSRV_REQUEST, name, &sd) &&
                cs_sd_encode_registry(u->arena, &sd, &old, err) == CS_OK && cs_str_equal(old, new);
    if (same)
        return CS_OK;
    u->did->permission_changed = true;
    return write_sd(u, CS_KEY_CERTSRV_REQUEST, name, &standard, err);
}

/* ------------------------------------------------------------------- the whole */

static bool policy_shadows(const struct update *u)
{
    static const enum cs_dcom_scope limits[] = {CS_DCOM_LAUNCH_LIMIT, CS_DCOM_ACCESS_LIMIT};
    for (size_t i = 0; i < CS_COUNT(limits); i++) {
        struct cs_dcom_sd sds[2];
        size_t count = cs_dcom_sds(u->lab, u->arena, u->host->record.id, limits[i], sds);
        if (count > 0 && cs_str_is(cs_str_of(sds[0].source), "policy"))
            return true;
    }
    return false;
}

typedef cs_status step_fn(struct update *u, struct cs_error *err);

static cs_status repair_limits(struct update *u, struct cs_error *err)
{
    cs_status status = repair_limit(u, CS_DCOM_LAUNCH_LIMIT, err);
    return status == CS_OK ? repair_limit(u, CS_DCOM_ACCESS_LIMIT, err) : status;
}

static cs_status reset_permissions(struct update *u, struct cs_error *err)
{
    cs_status status = reset_permission(u, CS_DCOM_LAUNCH_PERMISSION, err);
    return status == CS_OK ? reset_permission(u, CS_DCOM_ACCESS_PERMISSION, err) : status;
}

/* SetupStatus, 0 when it is not there; false when nobody gave it. */
static bool setup_status(const struct cs_lab *lab, cs_id host, uint32_t *number)
{
    *number = 0;
    const struct cs_reg_value *value =
        cs_registry_get(lab, host, CS_KEY_CERTSVC, CS_STR("SetupStatus"));
    if (value)
        return cs_reg_number(value, number);
    return cs_registry_known(lab, host, CS_KEY_CERTSVC);
}

static cs_status set_flag(struct update *u, struct cs_error *err)
{
    uint32_t number;
    setup_status(u->lab, u->host->record.id, &number);
    return cs_registry_set_number(u->lab, u->host->record.id, CS_KEY_CERTSVC, CS_STR("SetupStatus"),
                                  number | CS_SETUP_DCOM_SECURITY_UPDATED, err);
}

/* Does a start of certsvc have something to do at all? */
static bool due(const struct cs_lab *lab, const struct cs_host *host)
{
    uint32_t number;
    return cs_windows_info(host->windows)->limits && setup_status(lab, host->record.id, &number) &&
           !(number & CS_SETUP_DCOM_SECURITY_UPDATED);
}

static cs_status run(struct update *u, struct cs_error *err)
{
    static step_fn *const steps[] = {find_group, add_members, repair_limits, reset_permissions,
                                     set_flag};
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < CS_COUNT(steps); i++)
        status = steps[i](u, err);
    return status;
}

cs_status cs_certsvc_update(struct cs_lab *lab, cs_id host_id, struct cs_certsvc_update *did,
                            struct cs_error *err)
{
    *did = (struct cs_certsvc_update){0};
    const struct cs_host *host = cs_host_get(lab, host_id);
    if (!host)
        return cs_fail(err, CS_NOT_FOUND, "no such host");
    if (!due(lab, host))
        return CS_OK;
    struct cs_arena *arena = cs_arena_new();
    if (!arena)
        return cs_fail(err, CS_MEMORY, "out of memory");
    struct update u = {.lab = lab, .arena = arena, .host = host, .did = did};
    did->ran = true;
    did->shadowed = policy_shadows(&u);
    cs_lab_begin(lab, CS_STR("certsvc updates the DCOM security"));
    cs_status status = run(&u, err);
    status = cs_lab_end(lab, status, err);
    cs_arena_free(arena);
    return status;
}
