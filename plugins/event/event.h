/*
 * event.h - what the files of this plugin share: what is known of events and codes, how they are
 * recognised in a text, and whom a text is about.
 */
#ifndef EVENT_H
#define EVENT_H

#include <certsh/event.h>
#include <certsh/plugin.h>

/* Who writes an event: words that a text which names its source holds, in lower case. */
struct event_source {
    const char *log, *name;
    const char *words[4];
};

/* One thing a log or a client says, and what it means here. */
struct event_symptom {
    uint32_t id;                       /* of the event, 0 for a code or a message */
    uint32_t code;                     /* of the failure, 0 for an event */
    const struct event_source *source; /* NULL for codes */
    const char *type;                  /* "error"; NULL for codes */
    const char *words[3];              /* each by itself tells it, in any language; lower case */
    const char *text;                  /* what it means */
    const char *gates;                 /* the gates it can come from, comma-separated; "": none */
    const char *next;                  /* what to type, or NULL */
};
/* The tables: logs (symptoms.c, noise.c), codes (codes.c). */
const struct event_symptom *event_of_logs(size_t *count);
const struct event_symptom *event_of_ca(size_t *count);
const struct event_symptom *event_of_codes(size_t *count);

#define DCOM_GATES "launch-limit,launch-permission,access-limit,access-permission"
#define ALL_GATES                                                                                  \
    "service,logon,authentication,enable-dcom," DCOM_GATES                                         \
    ",ca-interface,ca-security,template-published,template-security"
#define CHECK "enroll check PRINCIPAL TEMPLATE"

/* A text as it was pasted, and folded to lower case with line ends as blanks. */
struct event_paste {
    struct cs_arena *arena;
    struct cs_str text; /* folded */
    uint32_t codes[16]; /* every failure code in it, as HRESULT or NTSTATUS, once each */
    size_t code_count;
    uint32_t messages[4]; /* NET HELPMSG numbers */
    size_t message_count;
};
void event_read(struct cs_arena *arena, struct cs_str text, struct event_paste *paste);
/* Is the symptom in the text? */
bool event_recognise(const struct event_symptom *symptom, const struct event_paste *paste);
/* Does `text` hold `part`, both in lower case? */
bool event_holds(struct cs_str text, struct cs_str part);
/* What follows the first `label` in the text, up to the next blank; "" when it is not there. */
struct cs_str event_after(struct cs_str text, struct cs_str label);

/* Who asked for what, as far as the text says it. */
struct event_subject {
    cs_id principal, template_, ca;
    cs_id host;      /* the log's */
    bool controller; /* the principal is a domain controller */
};
/* The machine whose log it is: as the text says it, 0 when it does not. */
cs_id event_find_host(const struct cs_lab *lab, const struct event_paste *paste);
void event_find_subject(struct cs_call *call, const struct event_paste *paste, cs_id host,
                        struct event_subject *subject);

/* What has been recognised, for the question to the lab. */
struct event_found {
    const char *gates[24]; /* lists of symptoms, comma-separated */
    size_t count;
    bool other_class; /* a DCOM event about another class than CertSrv Request */
};
/* Of the gates that what was found can come from, which is it in the lab?  (verify.c) */
cs_status event_verify(struct cs_call *call, const struct event_subject *subject,
                       const struct event_found *found, struct cs_error *err);

struct event_explanation {
    struct cs_str host;
    const struct event_symptom *symptom; /* NULL for what the lab says itself */
    struct cs_str text;
    uint32_t code;
    struct cs_value gates;
    struct cs_str next;
};
cs_status event_give(struct cs_call *call, const struct event_explanation *e, struct cs_error *err);
struct cs_value event_gate_list(struct cs_arena *arena, const char *gates);

cs_status event_explain(struct cs_call *call, struct cs_error *err);

#endif
