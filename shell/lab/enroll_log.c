/*
 * enroll_log.c - what a request leaves behind: events, and a message for the person.
 *
 * Where (FACTS 7.1, 4.3): a refusal by DCOM is logged by DCOM at the CA's host, once, for the
 * first check in the order of an activation (limits before permissions), and never reaches the
 * CA; a refusal by the CA is the CA's event 53; an automatic request that failed is the
 * client's event 13, one that succeeded its event 19.  After a refused network logon Windows goes
 * on as ANONYMOUS LOGON, and that is whom the event names.  The message of a manual request at
 * XP and 2003 is K23's; later clients show the error itself.
 *
 * Room: lab.
 */
#include "policy_in.h"

static const char k23[] =
    "The certificate request failed because of one of the following conditions:\n"
    "- The certificate request was submitted to a Certification Authority (CA) that is not "
    "started.\n"
    "- You do not have the permissions to request a certificate from the available CAs.";
static const char k23_ja[] = "以下のうちどれかの理由が原因で、証明書要求に失敗しました:\n"
                             "- 証明書要求が開始されていない証明機関 (CA) に提出された。\n"
                             "- 利用可能な CA から証明書を要求するためのアクセス許可がない。";
static const char clsid[] = "{D99E6E74-FC88-11D0-B498-00A0C90312F3}";

struct cs_str csi_client_language(const struct csi_request *request)
{
    return request->client ? request->client->language : CS_STR("");
}

static bool is_japanese(const struct csi_request *request)
{
    return cs_language_is_japanese(csi_client_language(request));
}

/* "Access is denied."; a code without a text as it is. */
static struct cs_str code_text(const struct csi_request *request, struct cs_str language)
{
    const char *text = cs_hresult_text(request->out->code, language);
    return text ? cs_str_of(text) : cs_str_printf(request->arena, "0x%08x", request->out->code);
}

/* "0x800706ba (WIN32: 1722 RPC_S_SERVER_UNAVAILABLE)" */
static struct cs_str code_with_name(const struct csi_request *request)
{
    const char *name = cs_hresult_name(request->out->code);
    uint32_t code = request->out->code;
    if (!name)
        return cs_str_printf(request->arena, "0x%08x", code);
    if ((code & 0xffff0000u) == 0x80070000u)
        return cs_str_printf(request->arena, "0x%08x (%s)", code, name);
    return cs_str_printf(request->arena, "0x%08x (%d %s)", code, (int)code, name);
}

/* ----------------------------------------------------------------- message */

static bool client_is_old(const struct csi_request *request)
{
    const struct cs_host *host = request->client ? request->client : request->ca_host;
    return !host || host->windows < CS_WINDOWS_VISTA;
}

static bool reached_ca(const struct csi_request *request)
{
    return cs_str_is(cs_str_of(request->out->disposition), "denied");
}

struct cs_str csi_request_message(const struct csi_request *request)
{
    struct cs_str language = csi_client_language(request);
    if (request->out->code == 0)
        return cs_str_of(request->out->serial.length ? "The certificate was issued."
                                                     : "The request is taken under submission.");
    if (request->automatic || reached_ca(request))
        return code_text(request, language);
    if (client_is_old(request))
        return cs_str_of(is_japanese(request) ? k23_ja : k23);
    return cs_str_printf(request->arena,
                         "The certificate request could not be submitted to the certification "
                         "authority.\nUrl: %.*s\nError: %.*s %.*s",
                         CS_STR_ARG(cs_ca_config(request->lab, request->arena, request->ask->ca)),
                         CS_STR_ARG(code_text(request, language)),
                         CS_STR_ARG(code_with_name(request)));
}

/* ------------------------------------------------------------ at the client */

/* "local system", or the person's name. */
static struct cs_str subject_name(const struct csi_request *request)
{
    if (request->who.kind != CS_COMPUTER)
        return cs_principal_name(request->lab, request->arena, request->ask->principal);
    return is_japanese(request) ? CS_STR("ローカルシステム") : CS_STR("local system");
}

/* The template's name for people.  K21 sets a Japanese name that holds blanks off by one more,
 * K22 does not; the rule is inferred from these two. */
static struct cs_str template_name(const struct csi_request *request)
{
    const struct cs_template *template_ = request->template_;
    bool ja = is_japanese(request);
    struct cs_str name = ja && template_->display_ja.length ? template_->display_ja
                         : template_->display.length        ? template_->display
                                                            : template_->name;
    bool apart = ja && (cs_str_find(name, ' ') >= 0 || !template_->display_ja.length);
    return apart ? cs_str_printf(request->arena, "%.*s ", CS_STR_ARG(name)) : name;
}

static cs_status log_client(const struct csi_request *request, struct cs_error *err)
{
    if (!request->automatic || !request->client)
        return CS_OK;
    struct cs_str code = cs_str_printf(request->arena, "0x%08x", request->out->code);
    struct cs_str config = cs_ca_config(request->lab, request->arena, request->ask->ca);
    struct cs_str subject = subject_name(request), template_ = template_name(request);
    cs_id host = request->client->record.id;
    if (request->out->code) {
        struct cs_str args[] = {subject, template_,
                                code,    code_text(request, csi_client_language(request)),
                                config,  code_with_name(request)};
        return cs_event_log(request->lab, host, CS_EVENT_AUTOENROLL_FAILED, args, CS_COUNT(args),
                            err);
    }
    if (!request->out->serial.length)
        return CS_OK;
    struct cs_str args[] = {subject, template_, request->ca->name, request->ca->dns};
    return cs_event_log(request->lab, host, CS_EVENT_AUTOENROLL_SUCCESS, args, CS_COUNT(args), err);
}

/* -------------------------------------------------------------- at the CA */

static cs_status log_ca(const struct csi_request *request, struct cs_error *err)
{
    if (!request->ca_host || !reached_ca(request))
        return CS_OK;
    struct cs_str language = request->ca_host->language;
    struct cs_str reason =
        cs_str_printf(request->arena, "%.*s %.*s", CS_STR_ARG(code_text(request, language)),
                      CS_STR_ARG(code_with_name(request)));
    struct cs_str number =
        cs_str_printf(request->arena, "%llu", (unsigned long long)cs_lab_tick(request->lab));
    struct cs_str who = cs_principal_name(request->lab, request->arena, request->ask->principal);
    struct cs_str args[] = {number, reason, who};
    return cs_event_log(request->lab, request->ca_host->record.id, CS_EVENT_CA_DENIED, args,
                        CS_COUNT(args), err);
}

/* --------------------------------------------------------- DCOM at its host */

/* Whom DCOM saw: domain, name, SID, address. */
struct seen {
    struct cs_str domain, name, sid, address;
};

static struct seen seen_as(const struct csi_request *request, bool anonymous)
{
    struct cs_arena *arena = request->arena;
    const struct cs_decision *decision = &request->out->decision;
    bool system = decision->as_system;
    struct cs_sid_text text;
    const struct cs_sid *sid = anonymous ? &cs_sid_anonymous
                               : system  ? &cs_sid_system
                                         : &request->who.sid;
    struct cs_str full = anonymous ? CS_STR("NT AUTHORITY\\ANONYMOUS LOGON")
                         : system  ? CS_STR("NT AUTHORITY\\SYSTEM")
                                  : cs_principal_name(request->lab, arena, request->ask->principal);
    ptrdiff_t slash = cs_str_find(full, '\\');
    struct cs_str address = decision->local   ? CS_STR("LocalHost (using LRPC)")
                            : request->client ? request->client->name
                                              : CS_STR("Unavailable");
    return (struct seen){.domain = cs_str_span(full.at, slash < 0 ? 0 : (size_t)slash),
                         .name = cs_str_from(full, (size_t)(slash + 1)),
                         .sid = cs_str_copy(arena, cs_str_of(cs_sid_format(sid, &text))),
                         .address = address};
}

static enum cs_verdict_kind verdict_at(const struct cs_decision *decision, const char *gate)
{
    for (size_t i = 0; i < decision->count; i++) {
        if (cs_str_is(cs_str_of(decision->gates[i]->name), gate))
            return decision->answers[i].verdict;
    }
    return CS_ALLOWED;
}

static bool refused_at(const struct csi_request *request, const char *gate)
{
    enum cs_verdict_kind kind = verdict_at(&request->out->decision, gate);
    return kind == CS_DENIED || kind == CS_NOT_GRANTED;
}

static struct cs_str how(const struct csi_request *request)
{
    return request->out->decision.local ? CS_STR("Local") : CS_STR("Remote");
}

/* A stopped certsvc is launched, a running one activated. */
static struct cs_str what(const struct csi_request *request)
{
    const struct cs_service *service =
        cs_service_find(request->lab, request->ca->host, CS_STR("CertSvc"));
    bool launch = service && service->state != CS_SERVICE_RUNNING;
    return launch ? CS_STR("Launch") : CS_STR("Activation");
}

typedef cs_status log_fn(const struct csi_request *request, cs_id host, const struct seen *seen,
                         struct cs_error *err);

static cs_status log_limit(const struct csi_request *request, cs_id host, const struct seen *seen,
                           struct cs_error *err)
{
    struct cs_str args[] = {how(request), what(request), seen->domain,
                            seen->name,   seen->sid,     seen->address};
    return cs_event_log(request->lab, host, CS_EVENT_DCOM_LIMIT, args, CS_COUNT(args), err);
}

static cs_status log_access_limit(const struct csi_request *request, cs_id host,
                                  const struct seen *seen, struct cs_error *err)
{
    struct cs_str args[] = {how(request), CS_STR("CertSrv Request"),
                            seen->domain, seen->name,
                            seen->sid,    seen->address};
    return cs_event_log(request->lab, host, CS_EVENT_DCOM_LIMIT_ACCESS, args, CS_COUNT(args), err);
}

static cs_status log_launch(const struct csi_request *request, cs_id host, const struct seen *seen,
                            struct cs_error *err)
{
    struct cs_str args[] = {CS_STR("application-specific"),
                            how(request),
                            what(request),
                            cs_str_of(clsid),
                            seen->domain,
                            seen->name,
                            seen->sid,
                            seen->address};
    return cs_event_log(request->lab, host, CS_EVENT_DCOM_PERMISSION, args, CS_COUNT(args), err);
}

static cs_status log_level(const struct csi_request *request, cs_id host, const struct seen *seen,
                           struct cs_error *err)
{
    struct cs_str args[] = {seen->domain, seen->name, seen->sid, seen->address};
    return cs_event_log(request->lab, host, CS_EVENT_DCOM_LEVEL, args, CS_COUNT(args), err);
}

/* In the order of an activation; only the first is logged. */
static const struct {
    const char *gate;
    log_fn *log;
} dcom_events[] = {
    {"access-limit", log_access_limit},
    {"launch-limit", log_limit},
    {"launch-permission", log_launch},
};

/* A level below what is wanted, at a Windows that has the event (KB5004442); a refusal by
 * RestrictRemoteClients ends in RPC and logs nothing. */
static bool refused_level(const struct csi_request *request)
{
    const struct cs_decision *decision = &request->out->decision;
    return request->ca_host->windows >= CS_WINDOWS_2008 && decision->first >= 0 &&
           cs_str_is(cs_str_of(decision->gates[decision->first]->name), "authentication") &&
           decision->code == CS_HR_ACCESS_DENIED;
}

static cs_status log_dcom(const struct csi_request *request, struct cs_error *err)
{
    if (!request->ca_host || request->out->decision.verdict == CS_ALLOWED)
        return CS_OK;
    cs_id host = request->ca_host->record.id;
    bool limits = cs_windows_info(request->ca_host->windows)->limits;
    bool anonymous = refused_at(request, "logon");
    struct seen seen = seen_as(request, anonymous);
    if (anonymous)
        return limits ? log_limit(request, host, &seen, err) : CS_OK;
    if (refused_at(request, "enable-dcom"))
        return CS_OK;
    if (refused_at(request, "authentication"))
        return refused_level(request) ? log_level(request, host, &seen, err) : CS_OK;
    for (size_t i = 0; i < CS_COUNT(dcom_events); i++) {
        if (refused_at(request, dcom_events[i].gate))
            return dcom_events[i].log(request, host, &seen, err);
    }
    return CS_OK;
}

cs_status csi_request_log(const struct csi_request *request, struct cs_error *err)
{
    cs_status status = log_client(request, err);
    if (status == CS_OK)
        status = log_dcom(request, err);
    return status == CS_OK ? log_ca(request, err) : status;
}
