/*
 * explain.c - event explain: from a pasted text to gates.
 *
 * First what is recognised, with the gates it can come from.  Where the text also says who
 * asked for what, and the lab knows both, the lab is asked, and the gates that refuse here and
 * now are named.  "local system" in the text is the machine whose log it is: --host, else the
 * current host.  For a domain controller the article's advice is added (K24).
 */
#include "event.h"

/* ------------------------------------------------------------- who, and for what */

struct search {
    const struct cs_lab *lab;
    struct cs_arena *arena;
    struct cs_str text; /* in lower case */
    cs_id found;
    size_t length; /* of the longest name found */
};

static void consider(struct search *search, struct cs_str name, cs_id id)
{
    if (name.length <= search->length ||
        !event_holds(search->text, cs_str_fold(search->arena, name)))
        return;
    search->found = id;
    search->length = name.length;
}

static bool look_at_template(void *context, const struct cs_record *record)
{
    struct search *search = context;
    const struct cs_template *t = (const struct cs_template *)record;
    consider(search, t->name, record->id);
    consider(search, t->display, record->id);
    consider(search, t->display_ja, record->id);
    return true;
}

static bool look_at_principal(void *context, const struct cs_principal *p)
{
    struct search *search = context;
    struct cs_sid_text sid;
    if (p->kind != CS_USER && p->kind != CS_COMPUTER)
        return true;
    consider(search, cs_principal_name(search->lab, search->arena, p->id), p->id);
    consider(search, cs_str_of(cs_sid_format(&p->sid, &sid)), p->id);
    return true;
}

static bool is_system(struct cs_str text)
{
    return event_holds(text, CS_STR("local system")) ||
           event_holds(text, CS_STR("ローカルシステム")) ||
           event_holds(text, CS_STR("ローカル システム"));
}

void event_find_subject(struct cs_call *call, struct cs_str text, cs_id host,
                        struct event_subject *subject)
{
    const struct cs_lab *lab = cs_call_lab(call);
    struct search who = {.lab = lab, .arena = cs_call_arena(call), .text = text}, what = who;
    const struct cs_host *machine = cs_host_get(lab, host);
    cs_record_each(lab, CS_NOUN_TEMPLATE, look_at_template, &what);
    cs_principal_each(lab, 0, look_at_principal, &who);
    if (!who.found && machine && is_system(text))
        who.found = machine->account;
    *subject =
        (struct event_subject){.principal = who.found, .template_ = what.found, .host = host};
    machine = cs_host_get(lab, cs_host_of_account(lab, who.found));
    subject->controller = machine && machine->role == CS_ROLE_DC;
    struct cs_error ignored; /* no CA to ask is an answer, too */
    const struct cs_template *t = cs_template_get(lab, what.found);
    if (t && cs_enroll_ca(lab, 0, host, t->name, &subject->ca, &ignored) != CS_OK)
        subject->ca = 0;
}

/* ------------------------------------------------------------------------ rows */

static struct cs_value gate_list(struct cs_arena *arena, const char *gates)
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

struct explanation {
    struct cs_str host;
    const struct event_symptom *symptom; /* NULL for what the lab says itself */
    struct cs_str text;
    uint32_t code;
    struct cs_value gates;
    struct cs_str next;
};

static cs_status give(struct cs_call *call, const struct explanation *e, struct cs_error *err)
{
    const struct event_symptom *s = e->symptom;
    return CS_ROW(
        call, err, cs_value_null(), e->host.length ? cs_value_str(e->host) : cs_value_null(),
        cs_value_text(s ? s->log : NULL), cs_value_text(s ? s->source : NULL),
        s && s->id ? cs_value_int(s->id) : cs_value_null(), cs_value_text(s ? s->type : NULL),
        cs_value_null(), cs_value_str(e->text), e->code ? cs_value_code(e->code) : cs_value_null(),
        e->gates, e->next.length ? cs_value_str(e->next) : cs_value_null());
}

static void say_title(struct cs_call *call, const struct event_symptom *s)
{
    if (s->code)
        cs_call_say(call, "0x%08X", (unsigned)s->code);
    else if (s->id)
        cs_call_say(call, "%s %u", s->source, (unsigned)s->id);
    else
        cs_call_say(call, "%s", s->source);
}

/* `coded`: a code in the text says more about the gates than the event's number. */
static cs_status give_symptom(struct cs_call *call, const struct event_symptom *s, bool coded,
                              struct cs_str host, struct cs_error *err)
{
    struct cs_arena *arena = cs_call_arena(call);
    struct explanation e = {.host = host,
                            .symptom = s,
                            .text = cs_str_of(s->text),
                            .code = s->code,
                            .gates = gate_list(arena, coded && !s->code ? "" : s->gates),
                            .next = cs_str_of(s->next)};
    struct cs_str gates = cs_value_show(arena, &e.gates);
    say_title(call, s);
    cs_call_say(call, "\n  %s\n", s->text);
    if (gates.length)
        cs_call_say(call, "  gates: %.*s\n", CS_STR_ARG(gates));
    return give(call, &e, err);
}

/* ---------------------------------------------------------------- what the lab says */

struct subject_names {
    struct cs_str who, what, where;
};

static cs_status give_gate(struct cs_call *call, const struct cs_decision *decision, size_t i,
                           struct cs_str host, struct cs_error *err)
{
    const struct cs_gate_answer *answer = &decision->answers[i];
    const char *name = decision->gates[i]->name;
    struct explanation e = {.host = host,
                            .text = answer->why,
                            .code = answer->code,
                            .gates = gate_list(cs_call_arena(call), name)};
    cs_call_say(call, "  %-19s %s: %.*s\n", name, cs_verdict_name(answer->verdict),
                CS_STR_ARG(answer->why));
    return give(call, &e, err);
}

struct membership {
    cs_id member;
    bool found;
};

static bool look_for(void *context, cs_id id, unsigned depth)
{
    struct membership *membership = context;
    (void)depth;
    membership->found = membership->found || id == membership->member;
    return !membership->found;
}

/* The group the controller lacks, from where the CA's group is: "CONTOSO\\Domain Controllers". */
static struct cs_str controllers(const struct cs_lab *lab, struct cs_arena *arena,
                                 const struct cs_host *host, const struct cs_principal *group)
{
    const struct cs_domain *domain = cs_domain_get(lab, host->domain);
    if (!domain || domain->record.id == group->domain)
        return CS_STR("Domain Controllers");
    return cs_str_printf(arena, "%.*s\\Domain Controllers", CS_STR_ARG(domain->netbios));
}

/* The article's advice (K24): domain controllers lack the permission by default. */
static void advise(const struct cs_lab *lab, struct cs_arena *arena, const struct cs_host *host,
                   const struct cs_principal *group, struct explanation *e)
{
    struct membership membership = {.member = host->account};
    struct cs_str name = group->name, restart = host->name;
    struct cs_str missing = controllers(lab, arena, host, group);
    cs_group_members(lab, group->id, CS_NOW, false, look_for, &membership);
    if (membership.found) {
        e->text = cs_str_printf(arena,
                                "%.*s is in %.*s, but a domain controller must restart before "
                                "that counts (KB 903220)",
                                CS_STR_ARG(restart), CS_STR_ARG(name));
        e->next = cs_str_printf(arena, "shutdown /r /m \\\\%.*s", CS_STR_ARG(restart));
        return;
    }
    e->text = cs_str_printf(arena,
                            "%.*s is a domain controller: domain controllers are not in Domain "
                            "Computers, so %.*s lacks them by default; add %.*s, then restart it "
                            "(KB 903220)",
                            CS_STR_ARG(restart), CS_STR_ARG(name), CS_STR_ARG(missing));
    e->next = cs_str_printf(arena, "net localgroup \"%.*s\" \"%.*s\" /add; shutdown /r /m \\\\%.*s",
                            CS_STR_ARG(name), CS_STR_ARG(missing), CS_STR_ARG(restart));
}

static cs_status give_advice(struct cs_call *call, const struct event_subject *subject,
                             struct cs_error *err)
{
    const struct cs_lab *lab = cs_call_lab(call);
    struct cs_arena *arena = cs_call_arena(call);
    const struct cs_ca *ca = cs_ca_get(lab, subject->ca);
    const struct cs_host *host = cs_host_get(lab, cs_host_of_account(lab, subject->principal));
    struct explanation e = {.host = host->name, .gates = gate_list(arena, "launch-limit")};
    struct cs_principal group;
    if (!ca || !cs_principal_get(lab, cs_certsvc_group(lab, ca->host), &group))
        return CS_OK;
    advise(lab, arena, host, &group, &e);
    cs_call_say(call, "  %.*s\n  next: %.*s\n", CS_STR_ARG(e.text), CS_STR_ARG(e.next));
    return give(call, &e, err);
}

static cs_status give_decision(struct cs_call *call, const struct event_subject *subject,
                               const struct cs_decision *decision, struct cs_error *err)
{
    const struct cs_lab *lab = cs_call_lab(call);
    const struct cs_host *host = cs_host_get(lab, subject->host);
    struct cs_str name = host ? host->name : CS_STR("");
    bool limit = false;
    for (size_t i = 0; i < decision->count; i++) {
        if (decision->answers[i].verdict == CS_ALLOWED)
            continue;
        limit = limit || cs_str_is(cs_str_of(decision->gates[i]->name), "launch-limit");
        cs_status status = give_gate(call, decision, i, name, err);
        if (status != CS_OK)
            return status;
    }
    return subject->controller && limit ? give_advice(call, subject, err) : CS_OK;
}

static cs_status ask_lab(struct cs_call *call, const struct event_subject *subject,
                         struct cs_error *err)
{
    const struct cs_lab *lab = cs_call_lab(call);
    struct cs_arena *arena = cs_call_arena(call);
    struct cs_question ask = {
        .principal = subject->principal, .template_ = subject->template_, .ca = subject->ca};
    struct cs_decision decision;
    const struct cs_template *t = cs_template_get(lab, subject->template_);
    if (!ask.principal || !ask.ca || !t)
        return CS_OK;
    cs_status status = cs_enroll_check(lab, arena, &ask, true, &decision, err);
    if (status != CS_OK)
        return status;
    struct cs_str who = cs_principal_name(lab, arena, ask.principal);
    struct cs_str where = cs_ca_config(lab, arena, ask.ca);
    cs_call_say(call, "\nin this lab now: %.*s for %.*s at %.*s is %s\n", CS_STR_ARG(who),
                CS_STR_ARG(t->name), CS_STR_ARG(where), cs_verdict_name(decision.verdict));
    return give_decision(call, subject, &decision, err);
}

/* ---------------------------------------------------------------------- command */

static struct cs_str whole_text(struct cs_call *call)
{
    struct cs_arena *arena = cs_call_arena(call);
    struct cs_list words = cs_call_many(call, "text");
    struct cs_str text = CS_STR("");
    for (size_t i = 0; i < words.count; i++)
        text = cs_str_printf(arena, "%.*s%s%.*s", CS_STR_ARG(text), i ? " " : "",
                             CS_STR_ARG(words.at[i].text));
    return cs_str_fold(arena, text);
}

static cs_status give_symptoms(struct cs_call *call, struct cs_str text, struct cs_str host,
                               size_t *found, struct cs_error *err)
{
    size_t count;
    const struct event_symptom *symptoms = event_symptoms(&count);
    bool coded = false;
    for (size_t i = 0; i < count; i++)
        coded = coded || (symptoms[i].code && event_recognise(&symptoms[i], text));
    for (size_t i = 0; i < count; i++) {
        if (!event_recognise(&symptoms[i], text))
            continue;
        ++*found;
        cs_status status = give_symptom(call, &symptoms[i], coded, host, err);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}

cs_status event_explain(struct cs_call *call, struct cs_error *err)
{
    struct cs_str text = whole_text(call);
    struct event_subject subject;
    size_t found = 0;
    cs_id host = cs_call_id(call, "host");
    if (!host)
        host = cs_shell_host(cs_call_shell(call));
    const struct cs_host *machine = cs_host_get(cs_call_lab(call), host);
    struct cs_str name = machine ? machine->name : CS_STR("");
    cs_status status = give_symptoms(call, text, name, &found, err);
    if (status != CS_OK)
        return status;
    if (!found) {
        cs_fail(err, CS_NOT_FOUND, "nothing in this text is known");
        return cs_error_hint(err, "give the event's number or text, or a code: 0x80070005");
    }
    event_find_subject(call, text, host, &subject);
    return ask_lab(call, &subject, err);
}
