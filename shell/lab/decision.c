/*
 * decision.c - all gates asked, and one decision made of their answers.
 *
 * The rules of who asks from where (CONTRACT, "Where a request comes from") are here and
 * nowhere else: a computer asks from itself, a user from a workstation of the user's domain,
 * never from the current host; from the CA's own host a request is local, and a computer there
 * asks DCOM as SYSTEM and the CA as its own account.
 *
 * Room: lab.
 */
#include "brief.h"
#include "gate_in.h"

/* ---------------------------------------------------------------- from where */

struct workstation {
    const struct cs_lab *lab;
    cs_id domain, ca_host, found;
};

static bool is_workstation(void *context, const struct cs_record *record)
{
    struct workstation *look = context;
    const struct cs_host *host = (const struct cs_host *)record;
    if (host->role != CS_ROLE_WORKSTATION || host->domain != look->domain ||
        host->record.id == look->ca_host)
        return true;
    look->found = host->record.id;
    return false;
}

static cs_id from_by_rule(const struct cs_lab *lab, const struct csi_brief *p, cs_id ca_host)
{
    if (p->kind == CS_COMPUTER)
        return cs_host_of_account(lab, p->id);
    struct workstation look = {.lab = lab, .domain = p->domain, .ca_host = ca_host};
    if (p->domain)
        cs_record_each(lab, CS_NOUN_HOST, is_workstation, &look);
    return look.found;
}

/* ------------------------------------------------------------------- caller */

static cs_status token_as(const struct cs_caller *caller, enum cs_logon logon,
                          const struct cs_token **token, struct cs_error *err)
{
    struct cs_token_ask ask = {
        .principal = caller->ask->principal, .host = caller->ca_host, .logon = logon};
    struct cs_token *made;
    cs_status status = cs_token_of(caller->lab, caller->arena, &ask, &made, err);
    if (status == CS_OK)
        *token = made;
    return status;
}

static cs_status make_tokens(struct cs_caller *caller, bool as_system, struct cs_error *err)
{
    enum cs_logon logon = caller->local ? CS_LOGON_LOCAL : CS_LOGON_NETWORK;
    cs_status status =
        token_as(caller, as_system ? CS_LOGON_NETWORK : logon, &caller->ca_token, err);
    caller->com_token = caller->ca_token;
    if (status == CS_OK && as_system)
        status = token_as(caller, CS_LOGON_SERVICE, &caller->com_token, err);
    return status;
}

/* Not known counts as running: the service gate says that it is not known. */
static bool is_running(const struct cs_lab *lab, cs_id host)
{
    const struct cs_service *service = cs_service_find(lab, host, CS_STR("CertSvc"));
    return !service || service->state == CS_SERVICE_RUNNING;
}

static cs_status check_question(const struct cs_lab *lab, const struct cs_question *ask,
                                struct csi_brief *p, struct cs_error *err)
{
    if (!cs_ca_get(lab, ask->ca))
        return cs_fail(err, CS_NOT_FOUND, "no such certification authority");
    if (!cs_template_get(lab, ask->template_))
        return cs_fail(err, CS_NOT_FOUND, "no such certificate template");
    if (!csi_brief_at(lab, ask->principal, CS_NOW, p))
        return cs_fail(err, CS_NOT_FOUND, "no such principal");
    struct cs_principal group;
    if (p->kind == CS_GROUP && cs_principal_get(lab, p->id, &group))
        return cs_fail(err, CS_INVALID, "'%.*s' is a group; users and computers enrol",
                       CS_STR_ARG(group.name));
    return CS_OK;
}

struct cs_caller csi_caller_of_all(const struct cs_lab *lab, struct cs_arena *arena,
                                   const struct cs_question *ask)
{
    struct cs_caller caller = {
        .lab = lab, .arena = arena, .ask = ask, .ca_host = cs_ca_get(lab, ask->ca)->host};
    caller.running = is_running(lab, caller.ca_host);
    return caller;
}

cs_status csi_caller_place(const struct cs_lab *lab, struct cs_arena *arena,
                           const struct cs_question *ask, struct cs_caller *caller,
                           struct csi_brief *p, struct cs_error *err)
{
    cs_status status = check_question(lab, ask, p, err);
    if (status != CS_OK)
        return status;
    *caller = csi_caller_of_all(lab, arena, ask);
    caller->from = ask->from ? ask->from : from_by_rule(lab, p, caller->ca_host);
    caller->local = caller->from != 0 && caller->from == caller->ca_host;
    return CS_OK;
}

cs_status csi_caller_make(const struct cs_lab *lab, struct cs_arena *arena,
                          const struct cs_question *ask, struct cs_caller *caller, bool *as_system,
                          struct cs_error *err)
{
    struct csi_brief p;
    cs_status status = csi_caller_place(lab, arena, ask, caller, &p, err);
    if (status != CS_OK)
        return status;
    bool own =
        caller->local && p.kind == CS_COMPUTER && cs_host_of_account(lab, p.id) == caller->ca_host;
    if (as_system)
        *as_system = own;
    return make_tokens(caller, own, err);
}

/* ----------------------------------------------------------------- decision */

static struct cs_value empty_list(void)
{
    return (struct cs_value){.kind = CS_LIST};
}

struct cs_gate_answer csi_answer_new(void)
{
    return (struct cs_gate_answer){.verdict = CS_ALLOWED,
                                   .why = CS_STR(""),
                                   .ace = CS_STR(""),
                                   .via = empty_list(),
                                   .assumed = empty_list(),
                                   .missing = empty_list(),
                                   .detail = empty_list()};
}

static void merge(struct cs_list_maker *into, struct cs_value list)
{
    for (size_t i = 0; list.kind == CS_LIST && i < list.list.count; i++) {
        bool known = false;
        for (size_t j = 0; j < into->count && !known; j++)
            known = cs_str_equal(into->at[j].text, list.list.at[i].text);
        if (!known)
            cs_list_add(into, list.list.at[i]);
    }
}

static bool refuses(enum cs_verdict_kind kind)
{
    return kind == CS_DENIED || kind == CS_NOT_GRANTED;
}

/* Denied or not granted if any gate is (as the first that is), else unknown, else allowed. */
static void conclude(struct cs_decision *decision, struct cs_arena *arena)
{
    struct cs_list_maker assumed = {.arena = arena}, missing = {.arena = arena};
    decision->verdict = CS_ALLOWED;
    decision->first = -1;
    for (size_t i = 0; i < decision->count; i++) {
        const struct cs_gate_answer *answer = &decision->answers[i];
        merge(&assumed, answer->assumed);
        merge(&missing, answer->missing);
        if (answer->verdict == CS_UNKNOWN_VERDICT && decision->verdict == CS_ALLOWED)
            decision->verdict = CS_UNKNOWN_VERDICT;
        if (!refuses(answer->verdict) || decision->first >= 0)
            continue;
        decision->first = (int)i;
        decision->verdict = answer->verdict;
        decision->code = answer->code;
    }
    decision->assumed = cs_list_value(&assumed);
    decision->missing = cs_list_value(&missing);
}

static cs_status ask_gates(struct cs_caller *caller, struct cs_decision *decision,
                           struct cs_error *err)
{
    size_t count = cs_gate_count(caller->lab);
    struct cs_gate_answer *answers = cs_arena_alloc(caller->arena, count * sizeof(*answers));
    const struct cs_gate **gates = cs_arena_alloc(caller->arena, count * sizeof(const void *));
    for (size_t i = 0; i < count; i++) {
        gates[i] = cs_gate_at(caller->lab, i);
        answers[i] = csi_answer_new();
        caller->gate = gates[i];
        cs_status status = gates[i]->check(caller, &answers[i], err);
        if (status != CS_OK)
            return cs_error_where(err, "gate %s", gates[i]->name);
        if (gates[i] == &csi_gate_logon && refuses(answers[i].verdict))
            caller->anonymous = true;
    }
    decision->count = count;
    decision->gates = gates;
    decision->answers = answers;
    conclude(decision, caller->arena);
    return CS_OK;
}

cs_status cs_enroll_check(const struct cs_lab *lab, struct cs_arena *arena,
                          const struct cs_question *ask, bool explain, struct cs_decision *decision,
                          struct cs_error *err)
{
    struct cs_caller caller;
    bool as_system;
    cs_status status = csi_caller_make(lab, arena, ask, &caller, &as_system, err);
    if (status != CS_OK)
        return status;
    caller.explain = explain;
    struct cs_decision made = {.from = caller.from, .local = caller.local, .as_system = as_system};
    status = ask_gates(&caller, &made, err);
    if (status == CS_OK)
        *decision = made;
    return status;
}

/* ------------------------------------------------------------------ which CA */

struct publishers {
    struct cs_str template_name;
    cs_id first, only_ca; /* a publisher; some CA */
    size_t count, all;
    struct cs_buf names;
};

static bool note_publisher(void *context, const struct cs_record *record)
{
    struct publishers *found = context;
    const struct cs_ca *ca = (const struct cs_ca *)record;
    found->all++;
    found->only_ca = ca->record.id;
    if (found->names.length)
        cs_buf_adds(&found->names, ", ");
    cs_buf_add_str(&found->names, ca->name);
    if (!cs_ca_publishes(ca, found->template_name))
        return true;
    found->count++;
    found->first = ca->record.id;
    return true;
}

static cs_status choose(const struct publishers *found, cs_id *ca, struct cs_error *err)
{
    if (found->all == 0)
        return cs_fail(err, CS_NOT_FOUND, "there is no certification authority");
    if (found->count == 1 || found->all == 1) {
        *ca = found->count == 1 ? found->first : found->only_ca;
        return CS_OK;
    }
    cs_fail(err, CS_AMBIGUOUS, "%s: which of %.200s?",
            found->count ? "several authorities publish it" : "no authority publishes it",
            found->names.at);
    return cs_error_hint(err, "say --ca CA");
}

cs_status cs_enroll_ca(const struct cs_lab *lab, cs_id given, cs_id host,
                       struct cs_str template_name, cs_id *ca, struct cs_error *err)
{
    cs_id own = host ? cs_ca_on_host(lab, host) : 0;
    if (given || own) {
        *ca = given ? given : own;
        return CS_OK;
    }
    struct publishers found = {.template_name = template_name};
    cs_buf_init(&found.names, 4096);
    cs_record_each(lab, CS_NOUN_CA, note_publisher, &found);
    cs_status status = choose(&found, ca, err);
    cs_buf_clear(&found.names);
    return status;
}
