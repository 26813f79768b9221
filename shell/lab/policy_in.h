/*
 * policy_in.h - what comes after the gates: the policy module, and the words of a request.
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_POLICY_IN_H
#define CERTSH_LAB_POLICY_IN_H

#include <certsh/event.h>
#include <certsh/gate.h>

/* A request on its way through cs_enroll_request. */
struct csi_request {
    struct cs_lab *lab;
    struct cs_arena *arena;
    const struct cs_question *ask;
    struct cs_enrollment *out;
    const struct cs_ca *ca;
    const struct cs_host *ca_host; /* NULL when not known */
    const struct cs_host *client;  /* NULL when not known */
    const struct cs_template *template_;
    struct cs_principal who;
    bool automatic;
};

/* What the policy module refuses with, 0 when it does not; `pending` when an officer decides. */
uint32_t csi_policy_code(const struct csi_request *request, bool *pending);

/* Language of the client's texts; "" for English. */
struct cs_str csi_client_language(const struct csi_request *request);
/* What the client shows to a person: K23's message, or Windows' text of the code. */
struct cs_str csi_request_message(const struct csi_request *request);
/* Log what Windows would have logged, at the client, at the CA's host, at the CA. */
cs_status csi_request_log(const struct csi_request *request, struct cs_error *err);

#endif
