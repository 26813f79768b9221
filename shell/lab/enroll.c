/*
 * enroll.c - doing a request: the gates, then the CA's policy module, then the events.
 *
 * The gates are those of cs_enroll_check, so that checking and requesting agree.  What the
 * policy module decides afterwards is no gate: a version 2 template at a Standard Edition CA, a
 * missing e-mail address, signatures, or an officer's approval.  A certificate's serial number is
 * made of the CA, the requester, the template and the lab's tick: deterministic, and another one
 * for every request, because issuing is an op.
 *
 * Room: lab.
 */
#include "lab_internal.h"
#include "policy_in.h"

/* ------------------------------------------------------------- policy module */

/* FACTS 10: Standard Edition of 2003 issues version 1 templates only. */
static bool edition_refuses(const struct csi_request *request)
{
    const struct cs_host *host = request->ca_host;
    if (!host || request->template_->schema < 2 || host->windows >= CS_WINDOWS_VISTA)
        return false;
    return cs_str_same_start(host->edition, CS_STR("Standard"));
}

/* In the order the CA looks (MS-WCCE 3.2.2.6.2.1.4; the order among the three inferred). */
uint32_t csi_policy_code(const struct csi_request *request, bool *pending)
{
    uint32_t names = request->template_->name_flags;
    *pending = false;
    if (edition_refuses(request))
        return CS_HR_UNSUPPORTED_CERT_TYPE;
    if (names & (CS_NAME_REQUIRE_EMAIL | CS_NAME_SAN_REQUIRE_EMAIL) && !request->who.mail.length)
        return CS_HR_SUBJECT_EMAIL_REQUIRED;
    if (names & (CS_NAME_SAN_REQUIRE_DNS | CS_NAME_REQUIRE_DNS_AS_CN) && !request->who.dns.length)
        return CS_HR_SUBJECT_DNS_REQUIRED;
    if (names & CS_NAME_REQUIRE_UPN && !request->who.upn.length && request->who.kind != CS_COMPUTER)
        return CS_HR_SUBJECT_UPN_REQUIRED;
    if (request->template_->signatures > 0)
        return 0x8009480au; /* CERTSRV_E_SIGNATURE_COUNT */
    *pending = request->template_->enroll_flags & CS_ENROLL_PEND_ALL_REQUESTS;
    return 0;
}

/* ------------------------------------------------------------------- issuing */

/* Ten bytes as a 2003 CA makes them: a time stamp, then the number of the request. */
static struct cs_str serial_of(const struct csi_request *request)
{
    struct cs_lab *lab = request->lab;
    uint64_t number = cs_lab_tick(lab);
    struct cs_sid_text sid;
    struct cs_str text =
        cs_str_printf(request->arena, "%.*s|%s|%.*s|%llu", CS_STR_ARG(request->ca->name),
                      cs_sid_format(&request->who.sid, &sid), CS_STR_ARG(request->template_->name),
                      (unsigned long long)number);
    uint64_t hash = csi_hash(text.at, text.length);
    return cs_str_printf(request->arena, "61%06llx%012llx", (unsigned long long)(hash & 0xffffff),
                         (unsigned long long)(number & 0xffffffffffffu));
}

/* The CA's database takes the request; its record is as before, but time has gone on. */
static cs_status take_request(struct csi_request *request, struct cs_error *err)
{
    return csi_record_put(request->lab, CS_NOUN_CA, "ca.request", &request->ca->record, NULL, err);
}

/* COM starts a stopped service for a caller who may launch it. */
static cs_status wake_service(struct csi_request *request, struct cs_error *err)
{
    const struct cs_service *service =
        cs_service_find(request->lab, request->ca->host, CS_STR("CertSvc"));
    if (!service || service->state == CS_SERVICE_RUNNING)
        return CS_OK;
    return cs_service_start(request->lab, service->record.id, err);
}

static cs_status ask_policy(struct csi_request *request, struct cs_error *err)
{
    bool pending;
    cs_status status = wake_service(request, err);
    if (status == CS_OK)
        status = take_request(request, err);
    if (status != CS_OK)
        return status;
    request->out->code = csi_policy_code(request, &pending);
    request->out->disposition = request->out->code ? "denied" : pending ? "pending" : "issued";
    if (!request->out->code && !pending)
        request->out->serial = serial_of(request);
    return CS_OK;
}

/* Refused at a gate of the CA itself, the CA has answered: denied.  Before: failed. */
static const char *refused_word(const struct cs_decision *decision)
{
    const char *gate = decision->gates[decision->first]->name;
    bool ca = cs_str_starts(cs_str_of(gate), CS_STR("ca-")) ||
              cs_str_starts(cs_str_of(gate), CS_STR("template-"));
    return ca ? "denied" : "failed";
}

static cs_status run(struct csi_request *request, struct cs_error *err)
{
    struct cs_enrollment *out = request->out;
    cs_status status = CS_OK;
    if (out->decision.verdict == CS_UNKNOWN_VERDICT) {
        out->disposition = "failed";
        out->message = CS_STR("not decidable: facts are missing");
        return CS_OK;
    }
    if (out->decision.verdict == CS_ALLOWED) {
        status = ask_policy(request, err);
    } else {
        out->disposition = refused_word(&out->decision);
        out->code = out->decision.code;
    }
    if (status == CS_OK)
        status = csi_request_log(request, err);
    if (status == CS_OK)
        out->message = csi_request_message(request);
    return status;
}

static void prepare(struct csi_request *request)
{
    const struct cs_question *ask = request->ask;
    request->ca = cs_ca_get(request->lab, ask->ca);
    request->ca_host = cs_host_get(request->lab, request->ca->host);
    request->client = cs_host_get(request->lab, request->out->decision.from);
    request->template_ = cs_template_get(request->lab, ask->template_);
    cs_principal_get(request->lab, ask->principal, &request->who);
    request->automatic = ask->kind == CS_REQUEST_AUTO ||
                         (ask->kind == CS_REQUEST_BY_KIND && request->who.kind == CS_COMPUTER);
}

cs_status cs_enroll_request(struct cs_lab *lab, struct cs_arena *arena,
                            const struct cs_question *ask, struct cs_enrollment *enrollment,
                            struct cs_error *err)
{
    struct cs_enrollment out = {.disposition = "failed", .serial = CS_STR("")};
    cs_status status = cs_enroll_check(lab, arena, ask, true, &out.decision, err);
    if (status != CS_OK)
        return status;
    struct csi_request request = {.lab = lab, .arena = arena, .ask = ask, .out = &out};
    prepare(&request);
    cs_lab_begin(lab, CS_STR("request a certificate"));
    status = cs_lab_end(lab, run(&request, err), err);
    if (status == CS_OK)
        *enrollment = out;
    return status;
}
