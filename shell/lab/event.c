/*
 * event.c - writing an event into a host's log.
 *
 * The wording is the table's (event_text.c); here it meets the host's version and language, the
 * arguments and the lab's clock.
 *
 * Room: lab.
 */
#include "event_in.h"
#include "lab_internal.h"

static struct cs_str user_of(const struct cs_lab *lab, enum cs_event_kind kind)
{
    bool control = kind == CS_EVENT_SERVICE_CONTROL && lab->actor.length > 0;
    return control ? lab->actor : CS_STR("N/A");
}

cs_status cs_event_log(struct cs_lab *lab, cs_id host_id, enum cs_event_kind kind,
                       const struct cs_str *args, size_t count, struct cs_error *err)
{
    const struct cs_host *host = cs_host_get(lab, host_id);
    if (!host)
        return cs_fail(err, CS_NOT_FOUND, "no such host to log an event on");
    struct cs_arena *arena = cs_arena_new();
    if (!arena)
        return cs_fail(err, CS_MEMORY, "out of memory");
    bool japanese = cs_language_is_japanese(host->language);
    const struct csi_event_text *words = csi_event_text(kind, host->windows);
    const char *text = japanese && words->text_ja ? words->text_ja : words->text;
    struct cs_event event = {
        .record = {.source = {.origin = CS_ORIGIN_COMMAND}},
        .host = host_id,
        .log = words->log == 'S' ? CS_STR("System") : CS_STR("Application"),
        .source = cs_str_of(words->source),
        .event_id = words->id,
        .type = cs_str_of(csi_event_type(words->severity, japanese)),
        .category = japanese ? CS_STR("なし") : CS_STR("None"),
        .user = user_of(lab, kind),
        .text = cs_message_format(arena, text, args, count),
        .time = cs_lab_clock(lab),
    };
    cs_id id;
    cs_status status = csi_record_put(lab, CS_NOUN_EVENT, "event.log", &event.record, &id, err);
    cs_arena_free(arena);
    return status;
}
