/*
 * gate_column.c - the column forms of the twelve gates: the SIDs each answer hangs on.
 *
 * Nothing is judged here.  A gate's row form reads descriptors and rights of the CA's host; its
 * column form names whoever these speak of, so that all callers who hold the same of them can
 * be answered for by one (who.c).  Where members of a local group are not known, the row form
 * looks for Authenticated Users and the administrators of domain and forest as well.
 *
 * Room: lab.
 */
#include <certsh/host.h>

#include <string.h>

#include "gate_in.h"

/* --------------------------------------------------------------------- naming */

void cs_column_sid(struct cs_column *column, const struct cs_sid *sid)
{
    for (size_t i = 0; i < column->count; i++)
        if (cs_sid_equal(&column->sids[i], sid))
            return;
    column->sids = cs_arena_more(column->arena, column->sids, column->count, &column->room,
                                 sizeof *column->sids);
    column->sids[column->count++] = *sid;
}

static bool has_condition(const struct cs_ace *ace)
{
    return ace->type >= CS_ACE_CALLBACK_ALLOW && ace->type <= CS_ACE_CALLBACK_OBJECT_DENY;
}

void cs_column_sd(struct cs_column *column, const struct cs_sd *sd)
{
    if (sd->has_owner)
        cs_column_sid(column, &sd->owner);
    for (size_t i = 0; sd->dacl && i < sd->dacl->count; i++) {
        const struct cs_ace *ace = &sd->dacl->aces[i];
        if (ace->opaque)
            continue;
        cs_column_sid(column, &ace->sid);
        column->conditions = column->conditions || has_condition(ace);
    }
}

/* Whom gate_ask.c takes for members of groups nobody told the members of. */
static void name_default_members(const struct cs_caller *caller, struct cs_column *column)
{
    const struct cs_host *host = csi_ca_host(caller);
    const struct cs_domain *domain = host ? cs_domain_get(caller->lab, host->domain) : NULL;
    const struct cs_sid *root = host ? cs_domain_root_sid(caller->lab, host->domain) : NULL;
    cs_column_sid(column, &cs_sid_authenticated_users);
    if (domain && domain->sid.count) {
        struct cs_sid admins = cs_sid_child(&domain->sid, 512);
        cs_column_sid(column, &admins);
    }
    if (root) {
        struct cs_sid admins = cs_sid_child(root, 519);
        cs_column_sid(column, &admins);
    }
}

/* ------------------------------------------------------------------ the twelve */

cs_status csi_column_none(const struct cs_caller *caller, struct cs_column *column,
                          struct cs_error *err)
{
    (void)caller;
    (void)column;
    (void)err;
    return CS_OK;
}

static void name_scopes(const struct cs_caller *caller, struct cs_column *column,
                        const enum cs_dcom_scope scopes[3])
{
    for (size_t i = 0; csi_ca_host(caller) && i < 3; i++) {
        struct cs_dcom_sd sds[2];
        size_t count = cs_dcom_sds(caller->lab, caller->arena, caller->ca_host, scopes[i], sds);
        for (size_t k = 0; k < count; k++)
            if (sds[k].known && !sds[k].broken)
                cs_column_sd(column, &sds[k].sd);
    }
    name_default_members(caller, column);
}

cs_status csi_column_launch(const struct cs_caller *caller, struct cs_column *column,
                            struct cs_error *err)
{
    static const enum cs_dcom_scope scopes[] = {CS_DCOM_LAUNCH_LIMIT, CS_DCOM_LAUNCH_PERMISSION,
                                                CS_DCOM_LAUNCH_DEFAULT};
    (void)err;
    name_scopes(caller, column, scopes);
    return CS_OK;
}

cs_status csi_column_access(const struct cs_caller *caller, struct cs_column *column,
                            struct cs_error *err)
{
    static const enum cs_dcom_scope scopes[] = {CS_DCOM_ACCESS_LIMIT, CS_DCOM_ACCESS_PERMISSION,
                                                CS_DCOM_ACCESS_DEFAULT};
    (void)err;
    name_scopes(caller, column, scopes);
    return CS_OK;
}

bool csi_holder(const struct cs_caller *caller, struct cs_str text, struct cs_sid *sid)
{
    struct cs_error ignored;
    struct cs_principal p;
    cs_id id = 0;
    if (cs_sid_parse(text, sid, &ignored) == CS_OK)
        return true;
    if (cs_principal_resolve(caller->lab, text, caller->ca_host, &id, &ignored) != CS_OK ||
        !cs_principal_get(caller->lab, id, &p))
        return false;
    *sid = p.sid;
    return true;
}

static void name_text(const struct cs_caller *caller, struct cs_column *column, struct cs_str text)
{
    struct cs_sid sid;
    if (csi_holder(caller, text, &sid))
        cs_column_sid(column, &sid);
}

static void name_holders(const struct cs_caller *caller, struct cs_column *column,
                         const char *right)
{
    const struct cs_right_grant *grant =
        cs_right_find(caller->lab, caller->ca_host, cs_str_of(right));
    for (size_t i = 0; grant && i < grant->sids.count; i++)
        name_text(caller, column, grant->sids.at[i]);
    const struct cs_host *host = csi_ca_host(caller);
    const char *usual = host ? cs_default_right(host->role, cs_str_of(right)) : NULL;
    struct cs_str rest = cs_str_of(grant || !usual ? "" : usual);
    while (rest.length) {
        ptrdiff_t comma = cs_str_find(rest, ',');
        size_t length = comma < 0 ? rest.length : (size_t)comma;
        name_text(caller, column, cs_str_span(rest.at, length));
        rest = cs_str_from(rest, comma < 0 ? length : length + 1);
    }
}

cs_status csi_column_logon(const struct cs_caller *caller, struct cs_column *column,
                           struct cs_error *err)
{
    (void)err;
    name_holders(caller, column, "SeNetworkLogonRight");
    name_holders(caller, column, "SeDenyNetworkLogonRight");
    name_default_members(caller, column);
    return CS_OK;
}

static void name_sddl(const struct cs_caller *caller, struct cs_column *column, struct cs_str sddl)
{
    struct cs_sd sd;
    struct cs_error ignored;
    if (sddl.length && cs_sddl_parse(caller->arena, sddl, NULL, &sd, &ignored) == CS_OK)
        cs_column_sd(column, &sd);
}

static void name_bytes(const struct cs_caller *caller, struct cs_column *column,
                       struct cs_str bytes)
{
    struct cs_sd sd;
    struct cs_error ignored;
    if (cs_sd_decode(caller->arena, bytes, &sd, &ignored) == CS_OK)
        cs_column_sd(column, &sd);
}

cs_status csi_column_ca(const struct cs_caller *caller, struct cs_column *column,
                        struct cs_error *err)
{
    (void)err;
    struct cs_str key = cs_ca_key(caller->arena, csi_ca(caller));
    const struct cs_reg_value *value =
        cs_registry_get(caller->lab, caller->ca_host, key, CS_STR("Security"));
    const struct cs_host *host = csi_ca_host(caller);
    const struct cs_domain *domain = host ? cs_domain_get(caller->lab, host->domain) : NULL;
    name_default_members(caller, column);
    if (value)
        name_bytes(caller, column, value->data);
    else if (host)
        name_sddl(caller, column,
                  cs_default_ca_security(caller->arena, domain ? &domain->sid : NULL,
                                         cs_domain_root_sid(caller->lab, host->domain)));
    return CS_OK;
}

cs_status csi_column_template(const struct cs_caller *caller, struct cs_column *column,
                              struct cs_error *err)
{
    (void)err;
    const struct cs_template *template_ = cs_template_get(caller->lab, caller->ask->template_);
    const struct cs_host *host = csi_ca_host(caller);
    cs_id forest = cs_domain_find(caller->lab, template_->forest);
    cs_id domain = forest ? forest : host ? host->domain : 0;
    name_default_members(caller, column);
    if (template_->sd.length)
        name_bytes(caller, column, template_->sd);
    else
        name_sddl(caller, column,
                  cs_default_template_security(caller->arena, template_->name,
                                               cs_domain_root_sid(caller->lab, domain)));
    return CS_OK;
}
