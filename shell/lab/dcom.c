/*
 * dcom.c - which DCOM descriptors a host has, and which of them counts.
 *
 * The rules, in one place:
 *   - a limit of group policy (REG_SZ, SDDL) shadows the registry's (REG_BINARY); a blank one
 *     is as good as none; both are reported (FACTS 1.5);
 *   - a value that is there and is no descriptor refuses everybody (events 10020-10024);
 *   - a value that a known key lacks is built in: the default of the host's Windows version
 *     (inferred: FACTS 9); the permissions of an application are then simply absent, and the
 *     machine's defaults are asked instead (gate_dcom.c);
 *   - a value of a key that nobody gave is not known, or, where defaults are assumed, that of
 *     the version; a CA's host is then taken to have certsvc's additions;
 *   - before XP SP2 and 2003 SP1 there are no limits: no descriptor at all.
 *
 * Room: lab.
 */
#include <certsh/gate.h>

#include "gate_in.h"

struct asked {
    const struct cs_lab *lab;
    struct cs_arena *arena;
    const struct cs_host *host;
    enum cs_dcom_scope scope;
    struct cs_str key, name;
};

static bool is_limit(enum cs_dcom_scope scope)
{
    return scope == CS_DCOM_LAUNCH_LIMIT || scope == CS_DCOM_ACCESS_LIMIT;
}

static bool is_application(enum cs_dcom_scope scope)
{
    return scope == CS_DCOM_LAUNCH_PERMISSION || scope == CS_DCOM_ACCESS_PERMISSION;
}

struct cs_sddl_scope csi_host_sddl_scope(const struct cs_lab *lab, const struct cs_host *host)
{
    struct cs_sddl_scope scope = {0};
    const struct cs_domain *domain = cs_domain_get(lab, host->domain);
    if (domain && domain->sid.count)
        scope.domain = &domain->sid;
    scope.root = cs_domain_root_sid(lab, host->domain);
    if (host->machine.count)
        scope.machine = &host->machine;
    return scope;
}

static void broken(struct cs_dcom_sd *out, const struct asked *ask, const struct cs_error *err)
{
    out->broken = true;
    out->problem = cs_str_copy(ask->arena, cs_str_of(err->text));
}

static void from_text(struct cs_dcom_sd *out, const struct asked *ask, struct cs_str sddl)
{
    struct cs_sddl_scope scope = csi_host_sddl_scope(ask->lab, ask->host);
    struct cs_error err = {0};
    if (cs_sddl_parse(ask->arena, sddl, &scope, &out->sd, &err) != CS_OK)
        broken(out, ask, &err);
}

static void from_value(struct cs_dcom_sd *out, const struct asked *ask,
                       const struct cs_reg_value *value)
{
    struct cs_error err = {0};
    out->where = value->record.source;
    out->known = true;
    out->assumed = value->record.source.origin == CS_ORIGIN_ASSUMED;
    if (value->type != CS_REG_BINARY) {
        cs_fail(&err, CS_INVALID, "is %s, not REG_BINARY", cs_reg_type_name(value->type));
        broken(out, ask, &err);
    } else if (cs_sd_decode(ask->arena, value->data, &out->sd, &err) != CS_OK) {
        broken(out, ask, &err);
    }
}

/* The policy's limit; false when none is set. */
static bool from_policy(struct cs_dcom_sd *out, const struct asked *ask)
{
    const struct cs_reg_value *value =
        cs_registry_get(ask->lab, ask->host->record.id, CS_KEY_DCOM_POLICY, ask->name);
    if (!value || !is_limit(ask->scope))
        return false;
    struct cs_str text = cs_str_trim(cs_reg_text(ask->arena, value));
    bool is_text = value->type == CS_REG_SZ || value->type == CS_REG_EXPAND_SZ;
    if (is_text && text.length == 0)
        return false;
    *out = (struct cs_dcom_sd){.scope = ask->scope,
                               .source = "policy",
                               .effective = true,
                               .known = true,
                               .where = value->record.source};
    if (is_text)
        from_text(out, ask, text);
    else
        from_value(out, ask, value);
    return true;
}

/* Assumed for a CA's host: what certsvc has added to the version's default (K12-K14). */
static void add_ca_group(struct cs_dcom_sd *out, const struct asked *ask)
{
    struct cs_sid sid;
    if (!is_limit(ask->scope) || !cs_ca_on_host(ask->lab, ask->host->record.id) ||
        !csi_certsvc_group_sid(ask->lab, ask->host, &sid))
        return;
    out->sd = cs_sd_allow(ask->arena, &out->sd, &sid, csi_certsvc_mask(ask->scope), NULL);
}

/* No value: built in, assumed, or not known. */
static bool from_default(struct cs_dcom_sd *out, const struct asked *ask)
{
    bool known = cs_registry_known(ask->lab, ask->host->record.id, ask->key);
    bool assume = cs_lab_start(ask->lab)->assume;
    if (known && is_application(ask->scope))
        return false;
    const char *sddl = cs_default_dcom(ask->host->windows, ask->scope);
    if (!known && !assume)
        return true;
    if (!sddl)
        return ask->host->windows == CS_WINDOWS_UNKNOWN;
    out->known = true;
    out->assumed = !known;
    out->where.origin = known ? CS_ORIGIN_LAB : CS_ORIGIN_ASSUMED;
    from_text(out, ask, cs_str_of(sddl));
    if (!known)
        add_ca_group(out, ask);
    return true;
}

static bool from_registry(struct cs_dcom_sd *out, const struct asked *ask)
{
    *out = (struct cs_dcom_sd){.scope = ask->scope, .source = "registry", .effective = true};
    const struct cs_reg_value *value =
        cs_registry_get(ask->lab, ask->host->record.id, ask->key, ask->name);
    if (value) {
        from_value(out, ask, value);
        return true;
    }
    out->source = "built-in";
    return from_default(out, ask);
}

size_t cs_dcom_sds(const struct cs_lab *lab, struct cs_arena *arena, cs_id host_id,
                   enum cs_dcom_scope scope, struct cs_dcom_sd out[2])
{
    const struct cs_host *host = cs_host_get(lab, host_id);
    if (!host)
        return 0;
    struct asked ask = {lab, arena, host, scope, CS_KEY_OLE, CS_STR("")};
    if (is_application(scope))
        ask.key = CS_KEY_CERTSRV_REQUEST;
    ask.name = cs_str_of(cs_dcom_scope_value(scope));
    bool old = host->windows != CS_WINDOWS_UNKNOWN && !cs_windows_info(host->windows)->limits;
    if (is_limit(scope) && old)
        return 0;
    size_t count = from_policy(&out[0], &ask) ? 1 : 0;
    if (!from_registry(&out[count], &ask))
        return count;
    out[count].effective = count == 0;
    return count + 1;
}
