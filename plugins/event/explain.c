/*
 * explain.c - event explain: from a pasted text to gates.
 *
 * First what is recognised, with the gates it can come from; codes that the tables do not have are
 * told in Windows' own words.  Then the lab is asked which of the gates it is (verify.c).
 */
#include "event.h"

/* ------------------------------------------------------------------------ rows */

struct cs_value event_gate_list(struct cs_arena *arena, const char *gates)
{
    struct cs_list_maker maker = {.arena = arena};
    struct cs_str rest = cs_str_of(gates);
    while (rest.length) {
        ptrdiff_t comma = cs_str_find(rest, ',');
        size_t length = comma < 0 ? rest.length : (size_t)comma;
        cs_list_add(&maker, cs_value_str(cs_str_span(rest.at, length)));
        rest = cs_str_from(rest, length + 1);
    }
    return cs_list_value(&maker);
}

cs_status event_give(struct cs_call *call, const struct event_explanation *e, struct cs_error *err)
{
    const struct event_symptom *s = e->symptom;
    const struct event_source *source = s ? s->source : NULL;
    return CS_ROW(
        call, err, cs_value_null(), e->host.length ? cs_value_str(e->host) : cs_value_null(),
        cs_value_text(source ? source->log : NULL), cs_value_text(source ? source->name : NULL),
        s && s->id ? cs_value_int(s->id) : cs_value_null(), cs_value_text(s ? s->type : NULL),
        cs_value_null(), cs_value_str(e->text), e->code ? cs_value_code(e->code) : cs_value_null(),
        e->gates, e->next.length ? cs_value_str(e->next) : cs_value_null());
}

static void say_title(struct cs_call *call, const struct event_symptom *s)
{
    if (s->code)
        cs_call_say(call, "0x%08X", (unsigned)s->code);
    else if (s->id)
        cs_call_say(call, "%s %u", s->source->name, (unsigned)s->id);
    else
        cs_call_say(call, "%s", s->source->name);
}

/* `coded`: a code in the text says more about the gates than the event's number. */
static cs_status give_symptom(struct cs_call *call, const struct event_symptom *s, bool coded,
                              struct cs_str host, struct event_found *found, struct cs_error *err)
{
    struct cs_arena *arena = cs_call_arena(call);
    const char *list = coded && !s->code ? "" : s->gates;
    struct event_explanation e = {.host = host,
                                  .symptom = s,
                                  .text = cs_str_of(s->text),
                                  .code = s->code,
                                  .gates = event_gate_list(arena, list),
                                  .next = cs_str_of(s->next)};
    struct cs_str gates = cs_value_show(arena, &e.gates);
    if (found->count < CS_COUNT(found->gates))
        found->gates[found->count++] = list;
    say_title(call, s);
    cs_call_say(call, "\n  %s\n", s->text);
    if (gates.length)
        cs_call_say(call, "  gates: %.*s\n", CS_STR_ARG(gates));
    return event_give(call, &e, err);
}

/* ----------------------------------------------------------------- the tables */

typedef const struct event_symptom *table_fn(size_t *count);
static table_fn *const tables[] = {event_of_logs, event_of_ca, event_of_codes};

/* Is one of this source in the text by its number?  Then its words are no other event's. */
static bool is_numbered(const struct event_symptom *symptom, const struct event_paste *paste)
{
    struct event_paste numbers = *paste;
    for (size_t t = 0; symptom->id && t < CS_COUNT(tables); t++) {
        size_t count;
        const struct event_symptom *all = tables[t](&count);
        for (size_t i = 0; i < count; i++) {
            struct event_symptom bare = all[i];
            bare.words[0] = NULL;
            if (bare.id && bare.id != symptom->id && bare.source->log &&
                cs_str_is(cs_str_of(bare.source->log), symptom->source->log) &&
                event_recognise(&bare, &numbers))
                return true;
        }
    }
    return false;
}

static bool is_there(const struct event_symptom *symptom, const struct event_paste *paste)
{
    struct event_symptom bare = *symptom;
    bare.words[0] = NULL;
    if (event_recognise(&bare, paste))
        return true;
    return event_recognise(symptom, paste) && !is_numbered(symptom, paste);
}

static bool has_known_code(const struct event_paste *paste)
{
    size_t count;
    const struct event_symptom *codes = event_of_codes(&count);
    for (size_t i = 0; i < count; i++)
        if (codes[i].code && event_recognise(&codes[i], paste))
            return true;
    return false;
}

static cs_status give_symptoms(struct cs_call *call, const struct event_paste *paste,
                               struct cs_str host, struct event_found *found, size_t *given,
                               struct cs_error *err)
{
    bool coded = has_known_code(paste);
    for (size_t t = 0; t < CS_COUNT(tables); t++) {
        size_t count;
        const struct event_symptom *symptoms = tables[t](&count);
        for (size_t i = 0; i < count; i++) {
            if (!is_there(&symptoms[i], paste))
                continue;
            ++*given;
            cs_status status = give_symptom(call, &symptoms[i], coded, host, found, err);
            if (status != CS_OK)
                return status;
        }
    }
    return CS_OK;
}

/* ------------------------------------------------------------ Windows' own words */

static bool in_table(uint32_t code)
{
    size_t count;
    const struct event_symptom *codes = event_of_codes(&count);
    for (size_t i = 0; i < count; i++)
        if (codes[i].code == code)
            return true;
    return false;
}

static cs_status give_text(struct cs_call *call, uint32_t code, struct cs_str text,
                           struct cs_str host, struct cs_error *err)
{
    struct event_explanation e = {.host = host,
                                  .code = code,
                                  .text = text,
                                  .gates = event_gate_list(cs_call_arena(call), "")};
    cs_call_say(call, "  %.*s\n", CS_STR_ARG(text));
    return event_give(call, &e, err);
}

static cs_status give_windows(struct cs_call *call, const struct event_paste *paste,
                              struct cs_str host, size_t *given, struct cs_error *err)
{
    struct cs_arena *arena = cs_call_arena(call);
    cs_status status = CS_OK;
    for (size_t i = 0; i < paste->code_count && status == CS_OK; i++) {
        const char *text = cs_hresult_text(paste->codes[i], CS_STR("en"));
        const char *name = cs_hresult_name(paste->codes[i]);
        if (in_table(paste->codes[i]) || !text)
            continue;
        ++*given;
        cs_call_say(call, "0x%08X\n", (unsigned)paste->codes[i]);
        status = give_text(call, paste->codes[i],
                           cs_str_printf(arena, "%s%s%s", name ? name : "", name ? ": " : "", text),
                           host, err);
    }
    for (size_t i = 0; i < paste->message_count && status == CS_OK; i++) {
        const char *text = cs_net_message(paste->messages[i], CS_STR("en"));
        if (!text)
            text = cs_win32_text(paste->messages[i], CS_STR("en"));
        if (!text)
            continue;
        ++*given;
        cs_call_say(call, "NET HELPMSG %u\n", (unsigned)paste->messages[i]);
        status = give_text(call, 0, cs_str_of(text), host, err);
    }
    return status;
}

/* A text of net.exe or of a Win32 error without its number; the longest part without a %1. */
static bool is_text(const struct event_paste *paste, const char *text)
{
    struct cs_str words = cs_str_fold(paste->arena, cs_str_of(text));
    ptrdiff_t place = cs_str_find(words, '%');
    struct cs_str head = place < 0 ? words : cs_str_span(words.at, (size_t)place);
    struct cs_str tail = place < 0 ? CS_STR("") : cs_str_from(words, (size_t)place + 2);
    struct cs_str part = tail.length > head.length ? tail : head;
    return part.length >= 12 && event_holds(paste->text, cs_str_trim(part));
}

static cs_status give_messages(struct cs_call *call, const struct event_paste *paste,
                               struct cs_str host, size_t *given, struct cs_error *err)
{
    enum { LAST = 9000 };
    struct cs_arena *arena = cs_call_arena(call);
    for (uint32_t n = 1; n < LAST; n++) {
        const char *win32 = cs_win32_text(n, CS_STR("en")), *net = cs_net_message(n, CS_STR("en"));
        const char *ja = cs_win32_text(n, CS_STR("ja")), *net_ja = cs_net_message(n, CS_STR("ja"));
        bool is_net = (net && is_text(paste, net)) || (net_ja && is_text(paste, net_ja));
        if (!is_net && !(win32 && is_text(paste, win32)) && !(ja && is_text(paste, ja)))
            continue;
        ++*given;
        cs_call_say(call, "%s %u\n", is_net ? "NET HELPMSG" : "Win32", (unsigned)n);
        return give_text(call, is_net ? 0 : 0x80070000u | n,
                         cs_str_printf(arena, "%s", is_net ? net : win32), host, err);
    }
    return CS_OK;
}

/* -------------------------------------------------------------------- the class */

#define REQUEST "{d99e6e74-fc88-11d0-b498-00a0c90312f3}"
#define ADMIN   "{d99e6e73-fc88-11d0-b498-00a0c90312f3}"

/* A DCOM event that names a class is about that class, and mostly about another one. */
static cs_status give_class(struct cs_call *call, const struct event_paste *paste,
                            struct cs_str host, struct event_found *found, struct cs_error *err)
{
    bool request = event_holds(paste->text, CS_STR(REQUEST));
    bool admin = event_holds(paste->text, CS_STR(ADMIN));
    bool dcom = event_holds(paste->text, CS_STR("clsid"));
    bool launch = event_holds(paste->text, CS_STR("launch permission"));
    if (!dcom || cs_str_find(paste->text, '{') < 0 || (request && !launch))
        return CS_OK;
    found->other_class = !request;
    cs_call_say(call, "the class in it\n");
    return give_text(call, 0,
                     request
                         ? CS_STR("CertSrv Request, and Launch: certsvc did not run when it was "
                                  "asked; it is to be started, no right is to be given")
                     : admin ? CS_STR("CertSrv Admin: administration of the CA, not enrolment")
                             : CS_STR("another class than CertSrv Request: this is not about "
                                      "enrolment"),
                     host, err);
}

/* ---------------------------------------------------------------------- command */

static struct cs_str words_of(struct cs_call *call)
{
    struct cs_arena *arena = cs_call_arena(call);
    struct cs_list words = cs_call_many(call, "text");
    struct cs_str text = CS_STR("");
    for (size_t i = 0; i < words.count; i++)
        text = cs_str_printf(arena, "%.*s%s%.*s", CS_STR_ARG(text), i ? " " : "",
                             CS_STR_ARG(words.at[i].text));
    return text;
}

static cs_status tell(struct cs_call *call, const struct event_paste *paste, struct cs_str host,
                      struct event_found *found, struct cs_error *err)
{
    size_t given = 0;
    cs_status status = give_symptoms(call, paste, host, found, &given, err);
    if (status == CS_OK)
        status = give_windows(call, paste, host, &given, err);
    if (status == CS_OK && !given)
        status = give_messages(call, paste, host, &given, err);
    if (status == CS_OK && given)
        status = give_class(call, paste, host, found, err);
    if (status != CS_OK || given)
        return status;
    cs_fail(err, CS_NOT_FOUND, "nothing in this text is known");
    return cs_error_hint(err, "give the event's number or text, or a code: 0x80070005");
}

cs_status event_explain(struct cs_call *call, struct cs_error *err)
{
    const struct cs_lab *lab = cs_call_lab(call);
    struct event_paste paste;
    struct event_subject subject;
    struct event_found found = {.count = 0};
    event_read(cs_call_arena(call), words_of(call), &paste);
    cs_id host = cs_call_id(call, "host");
    if (!host)
        host = event_find_host(lab, &paste);
    if (!host)
        host = cs_shell_host(cs_call_shell(call));
    const struct cs_host *machine = cs_host_get(lab, host);
    cs_status status = tell(call, &paste, machine ? machine->name : CS_STR(""), &found, err);
    if (status != CS_OK)
        return status;
    event_find_subject(call, &paste, host, &subject);
    return event_verify(call, &subject, &found, err);
}
