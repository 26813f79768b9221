/* host.c - machines: found by name or account, restarted, purged (see host.h).  Room: lab. */
#include <certsh/host.h>

#include "lab_internal.h"

const char *cs_role_name(enum cs_role role)
{
    static const char *const names[] = {"unknown", "workstation", "member server",
                                        "domain controller"};
    return names[role];
}

const struct cs_host *cs_host_get(const struct cs_lab *lab, cs_id id)
{
    return (const struct cs_host *)cs_record_get(lab, CS_NOUN_HOST, id);
}

static struct cs_str without_slashes(struct cs_str name)
{
    while (name.length && name.at[0] == '\\')
        name = cs_str_from(name, 1);
    return name;
}

static cs_id by_name(const struct cs_lab *lab, struct cs_str name)
{
    size_t cursor = 0;
    const struct cs_record *record;
    uint64_t key = csi_hash_folded(name, 0);
    while ((record = csi_record_next(lab, CS_NOUN_HOST, key, &cursor)))
        if (cs_str_same(((const struct cs_host *)record)->name, name))
            return record->id;
    return 0;
}

static cs_id by_dns(const struct cs_lab *lab, struct cs_str name)
{
    for (cs_id id = 1; id < lab->tables[CS_NOUN_HOST].end; id++) {
        const struct cs_host *host = cs_host_get(lab, id);
        if (host && host->dns.length && cs_str_same(host->dns, name))
            return id;
    }
    return 0;
}

cs_id cs_host_find(const struct cs_lab *lab, struct cs_str name)
{
    name = without_slashes(name);
    ptrdiff_t slash = cs_str_find(name, '\\'); /* DOMAIN\HOST$ */
    if (slash >= 0)
        name = cs_str_from(name, (size_t)slash + 1);
    if (name.length && name.at[name.length - 1] == '$')
        name.length--;
    if (!name.length)
        return 0;
    cs_id id = by_name(lab, name);
    return id ? id : by_dns(lab, name);
}

cs_id cs_host_of_account(const struct cs_lab *lab, cs_id principal)
{
    size_t cursor = 0;
    const struct cs_record *record;
    uint64_t key = csi_account_key(principal);
    while (principal && (record = csi_record_next(lab, CS_NOUN_HOST, key, &cursor)))
        if (((const struct cs_host *)record)->account == principal)
            return record->id;
    return 0;
}

cs_status cs_host_put(struct cs_lab *lab, const struct cs_host *host, cs_id *id,
                      struct cs_error *err)
{
    struct cs_host copy = *host;
    if (!copy.record.id && !copy.boot) {
        copy.boot = csi_lab_next_tick(lab);
        copy.booted = cs_lab_clock(lab) + 1;
    }
    return csi_record_put(lab, CS_NOUN_HOST, "host.put", &copy.record, id, err);
}

static cs_status put_boot(struct cs_lab *lab, const char *op, cs_id id, struct cs_error *err)
{
    const struct cs_host *host = cs_host_get(lab, id);
    if (!host)
        return cs_fail(err, CS_NOT_FOUND, "host %u is not there", id);
    struct cs_host copy = *host;
    copy.boot = csi_lab_next_tick(lab);
    copy.booted = cs_lab_clock(lab) + 1;
    return csi_record_put(lab, CS_NOUN_HOST, op, &copy.record, NULL, err);
}

/* Sessions on a machine end with it. */
static cs_status end_sessions(struct cs_lab *lab, cs_id host, struct cs_error *err)
{
    cs_status status = CS_OK;
    for (cs_id id = 1; status == CS_OK && id < lab->tables[CS_NOUN_SESSION].end; id++) {
        const struct cs_session *session =
            (const struct cs_session *)cs_record_get(lab, CS_NOUN_SESSION, id);
        if (session && session->host == host)
            status = cs_session_close(lab, id, err);
    }
    return status;
}

/* A running service stops and, like every automatic one, starts with the machine. */
static cs_status restart_services(struct cs_lab *lab, cs_id host, struct cs_error *err)
{
    cs_status status = CS_OK;
    for (cs_id id = 1; status == CS_OK && id < lab->tables[CS_NOUN_SERVICE].end; id++) {
        const struct cs_service *service = cs_service_get(lab, id);
        if (!service || service->host != host)
            continue;
        if (service->state == CS_SERVICE_RUNNING)
            status = cs_service_stop(lab, id, err);
        if (status == CS_OK && cs_service_get(lab, id)->start == CS_START_AUTO)
            status = cs_service_start(lab, id, err);
    }
    return status;
}

cs_status cs_host_restart(struct cs_lab *lab, cs_id host, struct cs_error *err)
{
    cs_lab_begin(lab, CS_STR("restart"));
    cs_status status = end_sessions(lab, host, err);
    if (status == CS_OK)
        status = put_boot(lab, "host.restart", host, err);
    if (status == CS_OK)
        status = restart_services(lab, host, err);
    return cs_lab_end(lab, status, err);
}

/* The rule: a purge counts as the machine's restart for domain-local groups. */
cs_status cs_host_purge(struct cs_lab *lab, cs_id host, struct cs_error *err)
{
    return put_boot(lab, "host.purge", host, err);
}

/* ----------------------------------------------------------------- services */

const struct cs_service *cs_service_get(const struct cs_lab *lab, cs_id id)
{
    return (const struct cs_service *)cs_record_get(lab, CS_NOUN_SERVICE, id);
}

const struct cs_service *cs_service_find(const struct cs_lab *lab, cs_id host, struct cs_str name)
{
    for (cs_id id = 1; id < lab->tables[CS_NOUN_SERVICE].end; id++) {
        const struct cs_service *service = cs_service_get(lab, id);
        if (service && service->host == host &&
            (cs_str_same(service->name, name) || cs_str_same(service->display, name)))
            return service;
    }
    return NULL;
}

cs_status cs_service_put(struct cs_lab *lab, const struct cs_service *service, cs_id *id,
                         struct cs_error *err)
{
    return csi_record_put(lab, CS_NOUN_SERVICE, "service.put", &service->record, id, err);
}

/* ----------------------------------------------------------------- sessions */

static const struct cs_session *session_at(const struct cs_lab *lab, cs_id id)
{
    return (const struct cs_session *)cs_record_get(lab, CS_NOUN_SESSION, id);
}

const struct cs_session *cs_session_find(const struct cs_lab *lab, cs_id user)
{
    for (cs_id id = (cs_id)lab->tables[CS_NOUN_SESSION].end; id > 1; id--) {
        const struct cs_session *session = session_at(lab, id - 1);
        if (session && session->user == user)
            return session;
    }
    return NULL;
}

cs_status cs_session_open(struct cs_lab *lab, cs_id host, cs_id user, cs_id *id,
                          struct cs_error *err)
{
    struct cs_session session = {.host = host,
                                 .user = user,
                                 .opened = csi_lab_next_tick(lab),
                                 .since = cs_lab_clock(lab) + 1};
    return csi_record_put(lab, CS_NOUN_SESSION, "session.open", &session.record, id, err);
}

cs_status cs_session_close(struct cs_lab *lab, cs_id id, struct cs_error *err)
{
    return csi_record_remove(lab, CS_NOUN_SESSION, "session.close", id, err);
}

/* -------------------------------------------------------------- user rights */

const struct cs_right_grant *cs_right_find(const struct cs_lab *lab, cs_id host, struct cs_str name)
{
    for (cs_id id = 1; id < lab->tables[CS_NOUN_RIGHT].end; id++) {
        const struct cs_right_grant *grant =
            (const struct cs_right_grant *)cs_record_get(lab, CS_NOUN_RIGHT, id);
        if (grant && grant->host == host && cs_str_same(grant->name, name))
            return grant;
    }
    return NULL;
}

cs_status cs_right_put(struct cs_lab *lab, const struct cs_right_grant *grant, cs_id *id,
                       struct cs_error *err)
{
    return csi_record_put(lab, CS_NOUN_RIGHT, "right.put", &grant->record, id, err);
}

const char *const *cs_right_names(size_t *count)
{
    static const char *const names[] = {
        "SeNetworkLogonRight",
        "SeDenyNetworkLogonRight",
        "SeInteractiveLogonRight",
        "SeDenyInteractiveLogonRight",
        "SeServiceLogonRight",
        "SeDenyServiceLogonRight",
        "SeBatchLogonRight",
        "SeDenyBatchLogonRight",
        "SeRemoteInteractiveLogonRight",
        "SeDenyRemoteInteractiveLogonRight",
        "SeSecurityPrivilege",
        "SeBackupPrivilege",
        "SeTakeOwnershipPrivilege",
        "SeAuditPrivilege",
        "SeImpersonatePrivilege",
    };
    *count = CS_COUNT(names);
    return names;
}
