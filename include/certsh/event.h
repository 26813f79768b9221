/*
 * event.h - what Windows would have logged.
 *
 * Texts come from one table with the language and the version of the host (FACTS 1.9, 4):
 *
 *     cs_event_log(lab, host, CS_EVENT_AUTOENROLL_FAILED, args, 4, &err);
 *
 * Floor: lab.
 */
#ifndef CERTSH_EVENT_H
#define CERTSH_EVENT_H

#include <certsh/host.h>

struct cs_event {
    struct cs_record record;
    cs_id host;
    struct cs_str log;    /* "Application", "System" */
    struct cs_str source; /* "AutoEnrollment" */
    uint32_t event_id;
    struct cs_str type;     /* "error", in the host's language for people */
    struct cs_str category; /* "None" */
    struct cs_str user;     /* "N/A" */
    struct cs_str text;
    int64_t time;
};
CS_API const struct cs_event *cs_event_get(const struct cs_lab *lab, cs_id id);

enum cs_event_kind {
    CS_EVENT_AUTOENROLL_FAILED,  /* 13: 1 subject, 2 template, 3 code, 4 text */
    CS_EVENT_AUTOENROLL_SUCCESS, /* 19: 1 subject, 2 template, 3 CA, 4 host */
    CS_EVENT_SERVICE_CONTROL,    /* 7035: 1 service, 2 control */
    CS_EVENT_SERVICE_STATE,      /* 7036: 1 service, 2 state */
    CS_EVENT_CA_STARTED,         /* 26: 1 CA */
    CS_EVENT_CA_STOPPED,         /* 38: 1 CA */
    CS_EVENT_CA_DENIED,          /* 53: 1 request, 2 reason, 3 subject */
    CS_EVENT_DCOM_LIMIT, /* 10014/10027: 1 Local|Remote 2 Launch|Activation 3 dom 4 user 5 SID 6
                            address */
    CS_EVENT_DCOM_LIMIT_ACCESS, /* 10019: 1 Local|Remote, 2 application, 3 dom, 4 user, 5 SID */
    CS_EVENT_DCOM_PERMISSION, /* 10016: 1 which, 2 Local|Remote, 3 right, 4 CLSID, 5 dom, 6 user, 7
                                 SID */
    CS_EVENT_DCOM_LEVEL,      /* 10036: 1 dom, 2 user, 3 SID, 4 address */
    CS_EVENT_KIND_COUNT
};

/* Log one event on a host, worded for its version and language.  An op. */
CS_API CS_MUST_CHECK cs_status cs_event_log(struct cs_lab *lab, cs_id host, enum cs_event_kind kind,
                                            const struct cs_str *args, size_t count,
                                            struct cs_error *err);

#endif
