/*
 * event.h - what the files of this plugin share: symptoms, and how they are recognised.
 */
#ifndef EVENT_H
#define EVENT_H

#include <certsh/event.h>
#include <certsh/plugin.h>

/* One thing a log or a client says, and what it means here. */
struct event_symptom {
    uint32_t id;   /* of the event, 0 for a code */
    uint32_t code; /* of the failure, 0 for an event */
    const char *log, *source, *type;
    const char *words[3]; /* texts that are in it, in any language; all lower case */
    const char *text;     /* what it means */
    const char *gates;    /* the gates it can come from, comma-separated; "" for none */
    const char *next;     /* what to type, or NULL */
};
const struct event_symptom *event_symptoms(size_t *count);

/* Is the symptom in `text` (folded to lower case)? */
bool event_recognise(const struct event_symptom *symptom, struct cs_str text);
/* Does `text` hold `part`, both in lower case? */
bool event_holds(struct cs_str text, struct cs_str part);

/* Who asked for what, as far as the text says it. */
struct event_subject {
    cs_id principal, template_, ca;
    cs_id host;      /* the log's */
    bool controller; /* the principal is a domain controller */
};
void event_find_subject(struct cs_call *call, struct cs_str text, cs_id host,
                        struct event_subject *subject);

cs_status event_explain(struct cs_call *call, struct cs_error *err);

#endif
