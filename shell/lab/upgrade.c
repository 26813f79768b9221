/*
 * upgrade.c - bringing a host to a newer Windows, and what that does to DCOM security.
 *
 * KB 903220: setup of the service pack writes the machine limits, resets what somebody changed
 * in CertSrv Request's permissions (K4), lets certsvc's update run once (K8-K14), and
 * restarts.  Inferred: an upgrade to 2008 and newer runs the update again, because the group is
 * another one there (S-1-5-32-574); a default launch or access permission that was still the old
 * version's becomes the new one's; limits that are there stay.
 *
 * Room: lab.
 */
#include <certsh/ca.h>

#include "gate_in.h"

struct upgrade {
    struct cs_lab *lab;
    struct cs_arena *arena;
    const struct cs_host *host; /* as it was */
    enum cs_windows to;
};

/* ---------------------------------------------------------------- what is lost */

static const enum cs_dcom_scope permissions[] = {CS_DCOM_LAUNCH_PERMISSION,
                                                 CS_DCOM_ACCESS_PERMISSION};

/* An entry that the defaults, before or after, have as well? */
static bool is_default_entry(const struct cs_ace *ace, const struct cs_sd *standard)
{
    for (size_t i = 0; i < standard->dacl->count; i++) {
        const struct cs_ace *own = &standard->dacl->aces[i];
        if (own->type == ace->type && own->mask == ace->mask && cs_sid_equal(&own->sid, &ace->sid))
            return true;
    }
    return false;
}

static const struct cs_rights_vocab *vocab_of(enum cs_dcom_scope scope)
{
    return cs_dcom_scope_kind(scope) == CS_SCOPE_IS_LAUNCH ? &cs_rights_launch : &cs_rights_access;
}

/* "launch-permission: allow CORP\PKI Operators all (old format)" */
static struct cs_str lost_entry(const struct cs_lab *lab, struct cs_arena *arena, cs_id host,
                                enum cs_dcom_scope scope, const struct cs_ace *ace)
{
    struct cs_str who = cs_sid_name(lab, arena, &ace->sid, host);
    struct cs_str rights = cs_rights_format(arena, vocab_of(scope), ace->mask);
    const char *verb = ace->type == CS_ACE_DENY ? "deny" : "allow";
    return cs_str_printf(arena, "%s: %s %.*s %.*s", cs_dcom_scope_name(scope), verb,
                         CS_STR_ARG(who), CS_STR_ARG(rights));
}

struct losses {
    struct cs_str at[64];
    size_t count;
};

static void add_loss(struct losses *losses, struct cs_str text)
{
    if (losses->count < CS_COUNT(losses->at))
        losses->at[losses->count++] = text;
}

static void losses_of_scope(const struct cs_lab *lab, struct cs_arena *arena,
                            const struct cs_host *host, enum cs_windows to,
                            enum cs_dcom_scope scope, struct losses *losses)
{
    struct cs_dcom_sd now[2];
    struct cs_sd before, after;
    struct cs_error ignored;
    const char *old = cs_default_dcom(host->windows, scope), *new = cs_default_dcom(to, scope);
    bool standards =
        old && new &&cs_sddl_parse(arena, cs_str_of(old), NULL, &before, &ignored) ==
                   CS_OK &&cs_sddl_parse(arena, cs_str_of(new), NULL, &after, &ignored) == CS_OK;
    bool there = cs_dcom_sds(lab, arena, host->record.id, scope, now) > 0 && now[0].known;
    if (!standards || !there)
        return;
    if (now[0].broken || cs_sd_dacl(&now[0].sd) != CS_DACL_LIST) {
        add_loss(losses,
                 cs_str_printf(arena, "%s: the whole descriptor", cs_dcom_scope_name(scope)));
        return;
    }
    for (size_t i = 0; i < now[0].sd.dacl->count; i++) {
        const struct cs_ace *ace = &now[0].sd.dacl->aces[i];
        if (!is_default_entry(ace, &before) && !is_default_entry(ace, &after))
            add_loss(losses, lost_entry(lab, arena, host->record.id, scope, ace));
    }
}

struct cs_strs cs_host_upgrade_loses(const struct cs_lab *lab, struct cs_arena *arena,
                                     cs_id host_id, enum cs_windows to)
{
    struct losses losses = {.count = 0};
    const struct cs_host *host = cs_host_get(lab, host_id);
    bool resets = host && cs_ca_on_host(lab, host_id) && cs_windows_info(to)->limits;
    for (size_t i = 0; resets && i < CS_COUNT(permissions); i++)
        losses_of_scope(lab, arena, host, to, permissions[i], &losses);
    struct cs_strs out = {.count = losses.count};
    struct cs_str *at = cs_arena_alloc(arena, (losses.count + 1) * sizeof(*at));
    for (size_t i = 0; i < losses.count; i++)
        at[i] = losses.at[i];
    out.at = at;
    return out;
}

/* ----------------------------------------------------------------------- doing */

static cs_status may_upgrade(const struct cs_host *host, enum cs_windows to, struct cs_error *err)
{
    const struct cs_windows_info *from = cs_windows_info(host->windows);
    const struct cs_windows_info *target = cs_windows_info(to);
    if (to == CS_WINDOWS_UNKNOWN)
        return cs_fail(err, CS_INVALID, "unknown version of Windows");
    if (host->windows == to) {
        cs_fail(err, CS_STATE, "'%.*s' runs %s already", CS_STR_ARG(host->name), target->name);
        return CS_STATE;
    }
    bool known = host->windows != CS_WINDOWS_UNKNOWN;
    if (known && from->server != target->server)
        return cs_fail(err, CS_INVALID, "%s does not become %s", from->name, target->name);
    if (known && to < host->windows)
        return cs_fail(err, CS_STATE, "%s is older than %s", target->name, from->name);
    return CS_OK;
}

static cs_status set_windows(struct upgrade *up, struct cs_error *err)
{
    struct cs_host changed = *up->host;
    changed.windows = up->to;
    return cs_host_put(up->lab, &changed, NULL, err);
}

static cs_status write_default(struct upgrade *up, enum cs_dcom_scope scope, struct cs_error *err)
{
    struct cs_sd sd;
    struct cs_str bytes;
    struct cs_source source = {.origin = CS_ORIGIN_COMMAND};
    const char *sddl = cs_default_dcom(up->to, scope);
    cs_status status = cs_sddl_parse(up->arena, cs_str_of(sddl), NULL, &sd, err);
    if (status == CS_OK)
        status = cs_sd_encode_registry(up->arena, &sd, &bytes, err);
    if (status != CS_OK)
        return status;
    return cs_registry_set(up->lab, up->host->record.id, CS_KEY_OLE,
                           cs_str_of(cs_dcom_scope_value(scope)), CS_REG_BINARY, bytes, source,
                           err);
}

/* A value that is not there, or still what the old version had. */
static bool is_untouched(struct upgrade *up, enum cs_dcom_scope scope)
{
    const struct cs_reg_value *value = cs_registry_get(up->lab, up->host->record.id, CS_KEY_OLE,
                                                       cs_str_of(cs_dcom_scope_value(scope)));
    const char *old = cs_default_dcom(up->host->windows, scope);
    struct cs_sd sd;
    struct cs_str bytes;
    struct cs_error ignored;
    if (!value || !old)
        return false; /* built in stays built in */
    return cs_sddl_parse(up->arena, cs_str_of(old), NULL, &sd, &ignored) == CS_OK &&
           cs_sd_encode_registry(up->arena, &sd, &bytes, &ignored) == CS_OK &&
           cs_str_equal(bytes, value->data);
}

static cs_status write_limits(struct upgrade *up, struct cs_error *err)
{
    static const enum cs_dcom_scope all[] = {CS_DCOM_LAUNCH_LIMIT, CS_DCOM_ACCESS_LIMIT,
                                             CS_DCOM_LAUNCH_DEFAULT, CS_DCOM_ACCESS_DEFAULT};
    bool crossing = !cs_windows_info(up->host->windows)->limits && cs_windows_info(up->to)->limits;
    cs_status status = CS_OK;
    for (size_t i = 0; crossing && status == CS_OK && i < CS_COUNT(all); i++) {
        bool limit = all[i] == CS_DCOM_LAUNCH_LIMIT || all[i] == CS_DCOM_ACCESS_LIMIT;
        if (limit || is_untouched(up, all[i]))
            status = write_default(up, all[i], err);
    }
    return status;
}

/* Setup lets certsvc's update run, whatever the flag said before. */
static cs_status run_update(struct upgrade *up, struct cs_error *err)
{
    cs_id host = up->host->record.id;
    if (!cs_ca_on_host(up->lab, host) || !cs_windows_info(up->to)->limits)
        return CS_OK;
    uint32_t number = 0;
    const struct cs_reg_value *value =
        cs_registry_get(up->lab, host, CS_KEY_CERTSVC, CS_STR("SetupStatus"));
    if (value && !cs_reg_number(value, &number))
        number = 0;
    cs_status status = cs_registry_set_number(up->lab, host, CS_KEY_CERTSVC, CS_STR("SetupStatus"),
                                              number & ~CS_SETUP_DCOM_SECURITY_UPDATED, err);
    struct cs_certsvc_update did;
    return status == CS_OK ? cs_certsvc_update(up->lab, host, &did, err) : status;
}

static cs_status restart(struct upgrade *up, struct cs_error *err)
{
    return cs_host_restart(up->lab, up->host->record.id, err);
}

typedef cs_status step_fn(struct upgrade *up, struct cs_error *err);

static cs_status run(struct upgrade *up, struct cs_error *err)
{
    static step_fn *const steps[] = {set_windows, write_limits, run_update, restart};
    cs_lab_begin(up->lab, CS_STR("upgrade"));
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < CS_COUNT(steps); i++)
        status = steps[i](up, err);
    return cs_lab_end(up->lab, status, err);
}

cs_status cs_host_upgrade(struct cs_lab *lab, struct cs_arena *arena, cs_id host_id,
                          enum cs_windows to, struct cs_strs *lost, struct cs_error *err)
{
    const struct cs_host *host = cs_host_get(lab, host_id);
    if (!host)
        return cs_fail(err, CS_NOT_FOUND, "no such host");
    cs_status status = may_upgrade(host, to, err);
    if (status != CS_OK)
        return status;
    struct cs_strs losses = cs_host_upgrade_loses(lab, arena, host_id, to);
    struct upgrade up = {.lab = lab, .arena = arena, .host = host, .to = to};
    status = run(&up, err);
    if (status == CS_OK && lost)
        *lost = losses;
    return status;
}
