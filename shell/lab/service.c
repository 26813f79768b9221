/*
 * service.c - starting and stopping services, with all that belongs to it.
 *
 * The service control manager logs what it did; certsvc, wherever its start comes from (net
 * start, sc, a restart, COM), looks at its flag first (KB 903220, K19) and logs that the CA is
 * there.  Windows logs event 7035 up to 2003 only (general knowledge).
 *
 * Room: lab.
 */
#include <certsh/ca.h>
#include <certsh/event.h>

static bool is_certsvc(const struct cs_service *service)
{
    return cs_str_same(service->name, CS_STR("CertSvc"));
}

static cs_status log_control(struct cs_lab *lab, const struct cs_host *host,
                             const struct cs_service *service, bool start, struct cs_error *err)
{
    if (host->windows >= CS_WINDOWS_VISTA)
        return CS_OK;
    bool ja = cs_language_is_japanese(host->language);
    const char *control = start ? (ja ? "開始" : "start") : (ja ? "停止" : "stop");
    struct cs_str args[] = {service->display, cs_str_of(control)};
    return cs_event_log(lab, host->record.id, CS_EVENT_SERVICE_CONTROL, args, CS_COUNT(args), err);
}

static cs_status log_state(struct cs_lab *lab, const struct cs_host *host,
                           const struct cs_service *service, bool running, struct cs_error *err)
{
    bool ja = cs_language_is_japanese(host->language);
    const char *state = running ? (ja ? "実行中" : "running") : (ja ? "停止" : "stopped");
    struct cs_str args[] = {service->display, cs_str_of(state)};
    return cs_event_log(lab, host->record.id, CS_EVENT_SERVICE_STATE, args, CS_COUNT(args), err);
}

/* What certsvc itself does when it comes up or goes down. */
static cs_status certsvc_changed(struct cs_lab *lab, const struct cs_host *host, bool running,
                                 struct cs_error *err)
{
    if (running) {
        struct cs_certsvc_update did;
        cs_status status = cs_certsvc_update(lab, host->record.id, &did, err);
        if (status != CS_OK)
            return status;
    }
    const struct cs_ca *ca = cs_ca_get(lab, cs_ca_on_host(lab, host->record.id));
    if (!ca)
        return CS_OK;
    enum cs_event_kind kind = running ? CS_EVENT_CA_STARTED : CS_EVENT_CA_STOPPED;
    return cs_event_log(lab, host->record.id, kind, &ca->name, 1, err);
}

static cs_status change(struct cs_lab *lab, const struct cs_service *service, bool running,
                        struct cs_error *err)
{
    const struct cs_host *host = cs_host_get(lab, service->host);
    if (!host)
        return cs_fail(err, CS_NOT_FOUND, "service '%.*s' has no host", CS_STR_ARG(service->name));
    struct cs_service changed = *service;
    changed.state = running ? CS_SERVICE_RUNNING : CS_SERVICE_STOPPED;
    cs_status status = log_control(lab, host, service, running, err);
    if (status == CS_OK)
        status = cs_service_put(lab, &changed, NULL, err);
    if (status == CS_OK && is_certsvc(service))
        status = certsvc_changed(lab, host, running, err);
    if (status == CS_OK)
        status = log_state(lab, host, service, running, err);
    return status;
}

/* All of it or nothing. */
static cs_status change_whole(struct cs_lab *lab, const struct cs_service *service, bool running,
                              struct cs_error *err)
{
    cs_lab_begin(lab, cs_str_of(running ? "start a service" : "stop a service"));
    cs_status status = change(lab, service, running, err);
    return cs_lab_end(lab, status, err);
}

static cs_status fail_win32(struct cs_error *err, uint32_t win32, const struct cs_service *service,
                            const char *what)
{
    cs_fail(err, CS_STATE, "service '%.*s' %s", CS_STR_ARG(service->name), what);
    if (err)
        err->win32 = win32;
    return CS_STATE;
}

cs_status cs_service_start(struct cs_lab *lab, cs_id id, struct cs_error *err)
{
    const struct cs_service *service = cs_service_get(lab, id);
    if (!service)
        return cs_fail(err, CS_NOT_FOUND, "no such service");
    if (service->state == CS_SERVICE_RUNNING)
        return fail_win32(err, 1056, service, "runs already");
    if (service->start == CS_START_DISABLED)
        return fail_win32(err, 1058, service, "is disabled");
    return change_whole(lab, service, true, err);
}

cs_status cs_service_stop(struct cs_lab *lab, cs_id id, struct cs_error *err)
{
    const struct cs_service *service = cs_service_get(lab, id);
    if (!service)
        return cs_fail(err, CS_NOT_FOUND, "no such service");
    if (service->state != CS_SERVICE_RUNNING)
        return fail_win32(err, 1062, service, "is not started");
    return change_whole(lab, service, false, err);
}
