/* slow_dcom.c - the four DCOM checks from FACTS 1.2, 1.3, 1.5 (slow_decision.h). */
#include "slow_in.h"

/* --------------------------------------------------------------- the DCOM gates */

/* Which descriptor counts; a value that is none refuses everybody (FACTS 1.2, 1.5). */
enum have { HAVE, BROKEN, NOT_KNOWN, NO_LIMIT, ABSENT };

bool slow_parse(const struct asking *a, struct cs_str text, struct cs_sd *sd)
{
    struct cs_error ignored;
    const struct cs_domain *domain = cs_domain_get(a->lab, a->host->domain);
    struct cs_sddl_scope scope = {.domain = &domain->sid,
                                  .root = cs_domain_root_sid(a->lab, a->host->domain),
                                  .machine = a->host->machine.count ? &a->host->machine : NULL};
    return cs_sddl_parse(a->arena, text, &scope, sd, &ignored) == CS_OK;
}

/* FACTS 1.5: a policy's text wins over the registry's; blank is none. */
static bool policy_of(const struct asking *a, const char *name, struct cs_sd *sd, enum have *have)
{
    const struct cs_reg_value *value = value_of(a, a->ca->host, CS_KEY_DCOM_POLICY, name);
    if (!value)
        return false;
    struct cs_str text = cs_str_trim(cs_reg_text(a->arena, value));
    if (value->type == CS_REG_SZ && text.length == 0)
        return false;
    *have = value->type == CS_REG_SZ && slow_parse(a, text, sd) ? HAVE : BROKEN;
    return true;
}

/* What certsvc has added where defaults stand in for facts: FACTS 3.1, 3.5. */
static void add_group(const struct asking *a, bool launch, struct cs_sd *sd)
{
    cs_id id = cs_certsvc_group(a->lab, a->ca->host);
    struct cs_principal group = {.sid = cs_sid_certsvc_dcom_access};
    bool builtin = cs_windows_info(a->host->windows)->builtin;
    if ((id && cs_principal_get(a->lab, id, &group)) || builtin)
        *sd = cs_sd_allow(a->arena, sd, &group.sid, launch ? 0x19 : 0x7, NULL);
}

static enum have registry_of(const struct asking *a, struct cs_str key, enum cs_dcom_scope scope,
                             struct cs_sd *sd)
{
    struct cs_error ignored;
    const struct cs_reg_value *value = value_of(a, a->ca->host, key, cs_dcom_scope_value(scope));
    bool limit = scope == CS_DCOM_LAUNCH_LIMIT || scope == CS_DCOM_ACCESS_LIMIT;
    const char *by_default = cs_default_dcom(a->host->windows, scope);
    if (value)
        return value->type == CS_REG_BINARY &&
                       cs_sd_decode(a->arena, value->data, sd, &ignored) == CS_OK
                   ? HAVE
                   : BROKEN;
    bool known = key_known(a, key);
    if (known && cs_str_equal(key, CS_KEY_CERTSRV_REQUEST))
        return ABSENT;
    if (!known && !a->assume)
        return NOT_KNOWN;
    if (!slow_parse(a, cs_str_of(by_default), sd))
        return NOT_KNOWN;
    if (!known && limit)
        add_group(a, scope == CS_DCOM_LAUNCH_LIMIT, sd);
    return HAVE;
}

static struct slow_answer ask_dcom(const struct asking *a, enum have have, const struct cs_sd *sd,
                                   bool launch, uint32_t rights)
{
    struct slow_list q = {.sd = *sd,
                          .sids = &a->com,
                          .rights = rights,
                          .code = a->dcom_code,
                          .old_windows = a->host->windows < CS_WINDOWS_XP_SP2,
                          .old_means = launch ? 0x1f : 0x7};
    if (have == BROKEN)
        return refused(CS_DENIED, a->dcom_code);
    return have == HAVE ? slow_ask(&a->place, &q) : unknown;
}

/* LL 2, RL 4, LA 8, RA 0x10 in a launch list; local 2, remote 4 in an access list. */
static uint32_t wanted(const struct asking *a, bool launch, bool running)
{
    uint32_t call = a->local ? 0x2 : 0x4, activate = a->local ? 0x8 : 0x10;
    if (!launch)
        return call;
    return running ? activate : activate | call;
}

struct slow_answer slow_limit(const struct asking *a, bool launch, bool running)
{
    enum cs_dcom_scope scope = launch ? CS_DCOM_LAUNCH_LIMIT : CS_DCOM_ACCESS_LIMIT;
    struct cs_sd sd = {0};
    enum have have = NO_LIMIT;
    if (a->host->windows < CS_WINDOWS_XP_SP2)
        return allowed; /* "no machine limits before SP1" */
    if (!policy_of(a, cs_dcom_scope_value(scope), &sd, &have))
        have = registry_of(a, CS_KEY_OLE, scope, &sd);
    return ask_dcom(a, have, &sd, launch, wanted(a, launch, running));
}

/* FACTS 1.3: the application's list is taken instead of the machine's default, not with it. */
struct slow_answer slow_permission(const struct asking *a, bool launch, bool running)
{
    struct cs_sd sd = {0};
    enum have have =
        registry_of(a, CS_KEY_CERTSRV_REQUEST,
                    launch ? CS_DCOM_LAUNCH_PERMISSION : CS_DCOM_ACCESS_PERMISSION, &sd);
    if (have == ABSENT)
        have = registry_of(a, CS_KEY_OLE, launch ? CS_DCOM_LAUNCH_DEFAULT : CS_DCOM_ACCESS_DEFAULT,
                           &sd);
    return ask_dcom(a, have, &sd, launch, wanted(a, launch, running));
}
