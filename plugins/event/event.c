/*
 * event - what Windows would have logged, and what it means.
 *
 *     event list --host DC02 --id 13
 *     event explain Automatic certificate enrollment for local system failed ... (0x80070005)
 *
 * The logs of the lab's hosts fill by what is done: services that start, requests that are
 * refused.  Texts are those of each host's version and language.  Explaining takes any text:
 * a line from a real log, a number, a code, in English or Japanese.
 *
 * Files: event.c (list, declarations), explain.c, recognise.c,
 * symptoms.c, ca_symptoms.c, codes.c (what is known), subject.c, verify.c (the lab is asked).
 */
#include "event.h"

struct listing {
    struct cs_call *call;
    cs_id host;
    uint32_t id;
    struct cs_error *err;
    cs_status status;
};

static bool list_one(void *context, const struct cs_record *record)
{
    struct listing *list = context;
    const struct cs_event *event = (const struct cs_event *)record;
    if ((list->host && event->host != list->host) || (list->id && event->event_id != list->id))
        return true;
    const struct cs_host *host = cs_host_get(cs_call_lab(list->call), event->host);
    struct cs_time_text time;
    struct cs_str name = host ? host->name : CS_STR("");
    cs_call_say(list->call, "%s  %.*s  %.*s  %.*s %u  %.*s  %.*s\n    %.*s\n",
                cs_time_format(event->time, &time), CS_STR_ARG(name), CS_STR_ARG(event->log),
                CS_STR_ARG(event->source), (unsigned)event->event_id, CS_STR_ARG(event->type),
                CS_STR_ARG(event->user), CS_STR_ARG(event->text));
    list->status =
        CS_ROW(list->call, list->err, cs_value_clock(event->time), cs_value_str(name),
               cs_value_str(event->log), cs_value_str(event->source), cs_value_int(event->event_id),
               cs_value_str(event->type), cs_value_str(event->user), cs_value_str(event->text));
    return list->status == CS_OK;
}

static cs_status event_list(struct cs_call *call, struct cs_error *err)
{
    struct listing list = {.call = call,
                           .host = cs_call_id(call, "host"),
                           .id = (uint32_t)cs_call_int(call, "id"),
                           .err = err};
    cs_record_each(cs_call_lab(call), CS_NOUN_EVENT, list_one, &list);
    return list.status;
}

#define EVENT_FIELDS                                                                               \
    {"time", &cs_type_time, "when, by the lab's clock"}, {"host", &cs_type_text, "whose log"},     \
        {"log", &cs_type_text, "Application or System"}, {"source", &cs_type_text, "its source"},  \
        {"id", &cs_type_int, "its number"}, {"type", &cs_type_text, "error, warning, ..."},        \
    {                                                                                              \
        "user", &cs_type_text, "the user, or N/A"                                                  \
    }

static const struct cs_command commands[] = {
    {
        .name = "event list",
        .brief = "list what the lab's hosts have logged",
        .params = CS_PARAMS({"host", &cs_type_host, "only this host's logs", CS_OPTION},
                            {"id", &cs_type_int, "only events of this number", CS_OPTION}),
        .result = CS_FIELDS(EVENT_FIELDS, {"text", &cs_type_text, "the text, as Windows has it"}),
        .examples = CS_EXAMPLES({"event list --id 13", "which auto-enrolments were refused?"}),
        .see = "event explain, enroll request",
        .run = event_list,
    },
    {
        .name = "event explain",
        .brief = "say what a logged text, an event's number or a code means",
        .detail = "Takes English and Japanese.  Where the text names a template and who asked, "
                  "and the lab knows both, the gates that refuse in the lab are named.",
        .params =
            CS_PARAMS({"text", &cs_type_text, "what was logged or shown", CS_MANY},
                      {"host", &cs_type_host, "whose log it is; the current host's", CS_OPTION}),
        .result = CS_FIELDS(EVENT_FIELDS, {"text", &cs_type_text, "what it means"},
                            {"code", &cs_type_code, "the code it is about"},
                            {"gates", &cs_type_list, "the gates it can come from"},
                            {"next", &cs_type_text, "what to type next"}),
        .examples = CS_EXAMPLES({"event explain 0x80070005", "what can have refused?"},
                                {"event explain 10027", "what does the CA's System log say?"}),
        .see = "event list, enroll check",
        .run = event_explain,
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "event",
    .version = "1.0",
    .brief = "event logs, and what they mean",
    .needs = "lab.read",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
