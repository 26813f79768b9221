/*
 * verify.c - which of the gates it is, in the open lab.
 *
 * Where the text names a caller, the caller is asked about: for the template it names, else at the
 * gates before the templates.  Where it names nobody, everybody is asked, and the gates that refuse
 * somebody are told with whom.  All of it is cs_enroll_check's and cs_enroll_who's.  For a domain
 * controller the article's advice is added (K24).
 */
#include <string.h>

#include "event.h"

static bool is_candidate(const struct event_found *found, const char *gate)
{
    for (size_t i = 0; i < found->count; i++) {
        struct cs_str rest = cs_str_of(found->gates[i]);
        while (rest.length) {
            ptrdiff_t comma = cs_str_find(rest, ',');
            size_t length = comma < 0 ? rest.length : (size_t)comma;
            if (cs_str_is(cs_str_span(rest.at, length), gate))
                return true;
            rest = cs_str_from(rest, comma < 0 ? length : length + 1);
        }
    }
    return false;
}

static bool is_of_template(const char *gate)
{
    return strncmp(gate, "template-", strlen("template-")) == 0;
}

/* -------------------------------------------------------------- the article's advice */

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
                   const struct cs_principal *group, struct event_explanation *e)
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
    struct event_explanation e = {.host = host->name,
                                  .gates = event_gate_list(arena, "launch-limit")};
    struct cs_principal group;
    if (!ca || !cs_principal_get(lab, cs_certsvc_group(lab, ca->host), &group))
        return CS_OK;
    advise(lab, arena, host, &group, &e);
    cs_call_say(call, "  %.*s\n  next: %.*s\n", CS_STR_ARG(e.text), CS_STR_ARG(e.next));
    return event_give(call, &e, err);
}

/* --------------------------------------------------------------------- one caller */

struct asked {
    struct cs_call *call;
    const struct event_subject *subject;
    const struct event_found *found;
    const struct cs_template *template_;
    bool named; /* the text names the template */
    struct cs_str host, where;
};

static cs_status give_gate(const struct asked *a, const struct cs_decision *decision, size_t i,
                           struct cs_error *err)
{
    const struct cs_gate_answer *answer = &decision->answers[i];
    const char *name = decision->gates[i]->name;
    struct event_explanation e = {.host = a->host,
                                  .text = answer->why,
                                  .code = answer->code,
                                  .gates = event_gate_list(cs_call_arena(a->call), name)};
    cs_call_say(a->call, "  %-19s %s: %.*s\n", name, cs_verdict_name(answer->verdict),
                CS_STR_ARG(answer->why));
    return event_give(a->call, &e, err);
}

/* Is the gate's answer of interest?  Without a template only what comes before templates. */
static bool counts(const struct asked *a, const char *gate)
{
    return a->named || !is_of_template(gate);
}

static cs_status give_refusals(const struct asked *a, const struct cs_decision *decision,
                               size_t *refused, bool *limit, struct cs_error *err)
{
    cs_status status = CS_OK;
    for (size_t i = 0; i < decision->count && status == CS_OK; i++) {
        const char *name = decision->gates[i]->name;
        if (decision->answers[i].verdict == CS_ALLOWED || !counts(a, name))
            continue;
        ++*refused;
        *limit = *limit || strcmp(name, "launch-limit") == 0;
        status = give_gate(a, decision, i, err);
    }
    return status;
}

/* The candidates that are cleared here: "launch-permission, access-limit". */
static void say_cleared(const struct asked *a, const struct cs_decision *decision)
{
    struct cs_arena *arena = cs_call_arena(a->call);
    struct cs_str names = CS_STR("");
    for (size_t i = 0; i < decision->count; i++) {
        const char *name = decision->gates[i]->name;
        if (decision->answers[i].verdict == CS_ALLOWED && counts(a, name) &&
            is_candidate(a->found, name))
            names =
                cs_str_printf(arena, "%.*s%s%s", CS_STR_ARG(names), names.length ? ", " : "", name);
    }
    if (names.length)
        cs_call_say(a->call, "  not it here: %.*s\n", CS_STR_ARG(names));
}

static cs_status give_allowed(const struct asked *a, struct cs_str who, struct cs_error *err)
{
    struct cs_arena *arena = cs_call_arena(a->call);
    struct event_explanation e = {.host = a->host, .gates = event_gate_list(arena, "")};
    e.text = cs_str_printf(arena,
                           "in this lab now nothing refuses %.*s at %.*s: it is mended, or the lab "
                           "lacks what refused",
                           CS_STR_ARG(who), CS_STR_ARG(a->where));
    return event_give(a->call, &e, err);
}

static cs_status ask_one(const struct asked *a, struct cs_error *err)
{
    const struct cs_lab *lab = cs_call_lab(a->call);
    struct cs_arena *arena = cs_call_arena(a->call);
    struct cs_question ask = {.principal = a->subject->principal,
                              .template_ = a->template_->record.id,
                              .ca = a->subject->ca};
    struct cs_decision decision;
    cs_status status = cs_enroll_check(lab, arena, &ask, true, &decision, err);
    struct cs_str who = cs_principal_name(lab, arena, ask.principal);
    size_t refused = 0;
    bool limit = false;
    if (status != CS_OK)
        return status;
    if (a->named)
        cs_call_say(a->call, "\nin this lab now: %.*s for %.*s at %.*s is %s\n", CS_STR_ARG(who),
                    CS_STR_ARG(a->template_->name), CS_STR_ARG(a->where),
                    cs_verdict_name(decision.verdict));
    else
        cs_call_say(a->call, "\nin this lab now: %.*s at %.*s, whatever the template\n",
                    CS_STR_ARG(who), CS_STR_ARG(a->where));
    status = give_refusals(a, &decision, &refused, &limit, err);
    if (status == CS_OK && refused)
        say_cleared(a, &decision);
    if (status == CS_OK && !refused && !a->named)
        cs_call_say(a->call, "  nothing refuses: it is mended, or the lab lacks what refused\n");
    if (status == CS_OK && !refused)
        status = give_allowed(a, who, err);
    if (status == CS_OK && a->subject->controller && limit)
        status = give_advice(a->call, a->subject, err);
    return status;
}

/* ---------------------------------------------------------------------- everybody */

/* "CORP\\DC02$, CORP\\bob, ..." */
static struct cs_str names_of(const struct asked *a, const struct cs_set *who)
{
    enum { NAMED = 3 };
    const struct cs_lab *lab = cs_call_lab(a->call);
    struct cs_arena *arena = cs_call_arena(a->call);
    struct cs_str names = CS_STR("");
    int count = 0;
    for (cs_id id = 0; (id = cs_set_next(who, id + 1)) && count <= NAMED; count++) {
        struct cs_str name = count == NAMED ? CS_STR("...") : cs_principal_name(lab, arena, id);
        names = cs_str_printf(arena, "%.*s%s%.*s", CS_STR_ARG(names), count ? ", " : "",
                              CS_STR_ARG(name));
    }
    return names;
}

static cs_status give_part(const struct asked *a, const struct cs_who_part *part, const char *gate,
                           size_t all, struct cs_error *err)
{
    struct cs_arena *arena = cs_call_arena(a->call);
    struct cs_str names = names_of(a, &part->who), template_ = a->template_->name;
    struct event_explanation e = {.host = a->host, .gates = event_gate_list(arena, gate)};
    e.text = cs_str_printf(arena, "refuses %zu of %zu: %.*s", part->size, all, CS_STR_ARG(names));
    e.next = cs_str_printf(arena, "enroll who %.*s --not", CS_STR_ARG(template_));
    cs_call_say(a->call, "  %-19s %.*s\n", gate, CS_STR_ARG(e.text));
    return event_give(a->call, &e, err);
}

/* Is there a candidate among the gates that can be asked here? */
static bool asks_here(const struct asked *a)
{
    const struct cs_lab *lab = cs_call_lab(a->call);
    for (size_t i = 0; i < cs_gate_count(lab); i++) {
        const char *gate = cs_gate_at(lab, i)->name;
        if (counts(a, gate) && is_candidate(a->found, gate))
            return true;
    }
    return false;
}

static cs_status ask_everybody(const struct asked *a, struct cs_error *err)
{
    const struct cs_lab *lab = cs_call_lab(a->call);
    struct cs_question ask = {.template_ = a->template_->record.id, .ca = a->subject->ca};
    struct cs_who who;
    size_t told = 0;
    cs_status status = cs_enroll_who(lab, cs_call_arena(a->call), &ask, &who, err);
    for (size_t i = 0; i < who.count && status == CS_OK; i++) {
        const struct cs_who_part *part = &who.parts[i];
        bool refused = part->verdict == CS_DENIED || part->verdict == CS_NOT_GRANTED;
        const char *gate = part->gate < 0 ? "" : cs_gate_at(lab, (size_t)part->gate)->name;
        if (!refused || !part->size || !counts(a, gate) || !is_candidate(a->found, gate))
            continue;
        if (!told++)
            cs_call_say(a->call, "\nin this lab now, at %.*s for %.*s:\n", CS_STR_ARG(a->where),
                        CS_STR_ARG(a->template_->name));
        status = give_part(a, part, gate, cs_set_size(&who.asked), err);
    }
    if (status == CS_OK && !told && asks_here(a))
        cs_call_say(a->call, "\nin this lab now none of these gates refuses anybody at %.*s\n",
                    CS_STR_ARG(a->where));
    return status;
}

/* ------------------------------------------------------------------------- public */

struct first_published {
    const struct cs_ca *ca;
    const struct cs_template *found;
};

static bool look_at_published(void *context, const struct cs_record *record)
{
    struct first_published *look = context;
    const struct cs_template *t = (const struct cs_template *)record;
    if (!look->ca->templates.count || cs_ca_publishes(look->ca, t->name))
        look->found = t;
    return !look->found;
}

cs_status event_verify(struct cs_call *call, const struct event_subject *subject,
                       const struct event_found *found, struct cs_error *err)
{
    const struct cs_lab *lab = cs_call_lab(call);
    const struct cs_host *host = cs_host_get(lab, subject->host);
    struct first_published look = {.ca = cs_ca_get(lab, subject->ca)};
    struct asked a = {.call = call, .subject = subject, .found = found};
    if (!look.ca || found->other_class)
        return CS_OK;
    a.host = host ? host->name : CS_STR("");
    a.where = cs_ca_config(lab, cs_call_arena(call), subject->ca);
    a.named = subject->template_ != 0;
    cs_record_each(lab, CS_NOUN_TEMPLATE, look_at_published, &look);
    a.template_ = a.named ? cs_template_get(lab, subject->template_) : look.found;
    bool asks = false;
    for (size_t i = 0; i < found->count; i++)
        asks = asks || found->gates[i][0];
    if (!a.template_ || !asks)
        return CS_OK;
    return subject->principal ? ask_one(&a, err) : ask_everybody(&a, err);
}
