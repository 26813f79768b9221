/* slow_decision.c - the twelve gates from the pages (slow_decision.h). */
#include "slow_in.h"

const char *const slow_gates[SLOW_GATES] = {
    "service",
    "logon",
    "authentication",
    "enable-dcom",
    "launch-limit",
    "launch-permission",
    "access-limit",
    "access-permission",
    "ca-interface",
    "ca-security",
    "template-published",
    "template-security",
};

/* ------------------------------------------------------------------ who asks */

struct workstation {
    cs_id domain, not_this, found;
};

static bool look_at_workstation(void *context, const struct cs_record *record)
{
    struct workstation *look = context;
    const struct cs_host *host = (const struct cs_host *)record;
    if (host->role == CS_ROLE_WORKSTATION && host->domain == look->domain &&
        record->id != look->not_this && !look->found)
        look->found = record->id;
    return true;
}

struct machine {
    cs_id account, found;
};

static bool look_at_machine(void *context, const struct cs_record *record)
{
    struct machine *look = context;
    if (((const struct cs_host *)record)->account == look->account)
        look->found = record->id;
    return true;
}

/* "A computer asks from itself and a user from a workstation of their own domain." */
static cs_id where_from(const struct asking *a)
{
    struct machine machine = {.account = a->who.id};
    struct workstation desk = {.domain = a->who.domain, .not_this = a->ca->host};
    if (a->ask->from)
        return a->ask->from;
    cs_record_each(a->lab, CS_NOUN_HOST, look_at_machine, &machine);
    if (a->who.kind == CS_COMPUTER)
        return machine.found;
    cs_record_each(a->lab, CS_NOUN_HOST, look_at_workstation, &desk);
    return a->who.domain ? desk.found : 0;
}

/* Its host's; else what the directory says of a computer; else one as old as the CA's. */
static enum cs_windows client_of(const struct asking *a)
{
    if (a->from && a->from->windows != CS_WINDOWS_UNKNOWN)
        return a->from->windows;
    enum cs_windows said = a->who.kind == CS_COMPUTER ? cs_windows_find(a->who.os) : 0;
    return said != CS_WINDOWS_UNKNOWN ? said : a->host->windows;
}

static void find_caller(struct asking *a)
{
    cs_id from;
    cs_bug_if(!cs_principal_get(a->lab, a->ask->principal, &a->who));
    from = where_from(a);
    a->from = cs_host_get(a->lab, from);
    a->local = from && from == a->ca->host;
    a->client = client_of(a);
    a->dcom_code = a->client >= CS_WINDOWS_VISTA ? 0x800706bau : 0x80070005u;
    bool itself = a->local && a->who.kind == CS_COMPUTER && a->host->account == a->who.id;
    enum slow_logon logon = a->local && !itself ? SLOW_INTERACTIVE : SLOW_NETWORK;
    slow_token(a->lab, a->who.id, a->ca->host, logon, &a->own);
    a->com = a->own;
    if (itself) /* "a computer there asks DCOM as SYSTEM" */
        slow_token(a->lab, a->who.id, a->ca->host, SLOW_SYSTEM, &a->com);
}

/* ------------------------------------------------------- reaching the CA's host */

static bool refuses(struct slow_answer answer)
{
    return answer.verdict == CS_DENIED || answer.verdict == CS_NOT_GRANTED;
}

static bool number_of(const struct asking *a, struct cs_str key, const char *name, uint32_t *out)
{
    const struct cs_reg_value *value = value_of(a, a->ca->host, key, name);
    return value && cs_reg_number(value, out);
}

struct service_search {
    cs_id host;
    const struct cs_service *found;
};

static bool look_at_service(void *context, const struct cs_record *record)
{
    struct service_search *search = context;
    const struct cs_service *service = (const struct cs_service *)record;
    if (service->host == search->host && cs_str_same(service->name, CS_STR("CertSvc")))
        search->found = service;
    return true;
}

static const struct cs_service *certsvc(const struct asking *a)
{
    struct service_search search = {.host = a->ca->host};
    cs_record_each(a->lab, CS_NOUN_SERVICE, look_at_service, &search);
    return search.found;
}

/* CONTRACT, "A stopped certsvc". */
static struct slow_answer service_gate(const struct asking *a)
{
    const struct cs_service *service = certsvc(a);
    if (!service)
        return a->host->complete ? refused(CS_DENIED, a->dcom_code)
                                 : (a->assume ? allowed : unknown);
    if (service->state == CS_SERVICE_RUNNING)
        return allowed;
    if (service->start == CS_START_DISABLED)
        return refused(CS_DENIED, 0x80070422u); /* 1058 */
    struct slow_answer one = slow_limit(a, true, false), two = slow_permission(a, true, false);
    if (refuses(one) || refuses(two))
        return refused(CS_DENIED, a->dcom_code);
    return one.verdict == CS_ALLOWED && two.verdict == CS_ALLOWED ? allowed : unknown;
}

/* Who holds a right, as a list without order: it grants, or it does not, or nobody knows. */
static enum cs_verdict_kind holds(const struct asking *a, const char *right)
{
    const struct cs_right_grant *grant = cs_right_find(a->lab, a->ca->host, cs_str_of(right));
    enum cs_verdict_kind kind = CS_NOT_GRANTED;
    if (!grant)
        return a->host->complete ? CS_NOT_GRANTED : CS_UNKNOWN_VERDICT;
    for (size_t i = 0; i < grant->sids.count; i++) {
        struct cs_sid sid;
        struct cs_error ignored;
        if (cs_sid_parse(grant->sids.at[i], &sid, &ignored) != CS_OK)
            continue;
        bool open = !slow_has(&a->com, &sid) && !slow_members_known(&a->place, &sid);
        if (slow_has(&a->com, &sid) ||
            (open && a->assume && slow_member_by_default(&a->place, &a->com, &sid)))
            return CS_ALLOWED;
        if (open && !a->assume)
            kind = CS_UNKNOWN_VERDICT;
    }
    return kind;
}

static struct slow_answer logon_gate(const struct asking *a)
{
    const struct cs_trust *trust = slow_trust(a->lab, a->host->domain, a->who.domain);
    bool foreign = !slow_same_forest(a->lab, a->host->domain, a->who.domain);
    if (a->local)
        return allowed;
    if (foreign && !trust)
        return refused(CS_DENIED, a->dcom_code);
    if (trust && trust->selective)
        return unknown; /* Allowed to Authenticate is a fact that no export holds */
    enum cs_verdict_kind deny = holds(a, "SeDenyNetworkLogonRight");
    enum cs_verdict_kind allow = holds(a, "SeNetworkLogonRight");
    if (deny == CS_ALLOWED)
        return refused(CS_DENIED, a->dcom_code);
    if (allow == CS_NOT_GRANTED)
        return refused(CS_NOT_GRANTED, a->dcom_code);
    return allow == CS_ALLOWED && deny == CS_NOT_GRANTED ? allowed : unknown;
}

/* FACTS 1.7: XP signs, everybody later encrypts. */
static uint32_t offered(const struct asking *a)
{
    return a->client == CS_WINDOWS_2000 || a->client == CS_WINDOWS_XP ||
                   a->client == CS_WINDOWS_XP_SP2
               ? 5
               : 6;
}

static struct slow_answer authentication_gate(const struct asking *a)
{
    uint32_t clients = 0, level = 2, own, require = 0;
    if (a->local)
        return allowed;
    if (number_of(a, CS_KEY_RPC_POLICY, "RestrictRemoteClients", &clients) && clients == 2)
        return refused(CS_DENIED, 0x800706bau);
    if (!key_known(a, CS_KEY_OLE) && !a->assume)
        return unknown;
    if (number_of(a, CS_KEY_OLE, "LegacyAuthenticationLevel", &own))
        level = own;
    if (number_of(a, CS_KEY_CERTSRV_REQUEST, "AuthenticationLevel", &own))
        level = own;
    number_of(a, CS_KEY_APPCOMPAT, "RequireIntegrityActivationAuthenticationLevel", &require);
    if ((cs_windows_info(a->host->windows)->hardened || require == 1) && level < 5)
        level = 5; /* KB5004442, in force since 2023-03-14 */
    return offered(a) < level ? refused(CS_DENIED, 0x80070005u) : allowed;
}

/* 'Y', 'N', or '?' where nobody said. */
static char enabled(const struct asking *a, cs_id host)
{
    const struct cs_reg_value *value = value_of(a, host, CS_KEY_OLE, "EnableDCOM");
    if (value)
        return cs_str_same(cs_str_trim(cs_reg_text(a->arena, value)), CS_STR("n")) ? 'N' : 'Y';
    return cs_registry_known(a->lab, host, CS_KEY_OLE) ? 'Y' : '?';
}

static struct slow_answer enable_gate(const struct asking *a)
{
    if (a->local)
        return allowed;
    char server = enabled(a, a->ca->host);
    char client = a->from ? enabled(a, a->from->record.id) : '?';
    if (server == 'N' || client == 'N')
        return refused(CS_DENIED, a->dcom_code);
    return server == 'Y' || a->assume ? allowed : unknown;
}

/* ------------------------------------------------------------ the CA's own gates */

static struct slow_answer interface_gate(const struct asking *a)
{
    struct cs_str key = cs_ca_key(a->arena, a->ca);
    uint32_t flags;
    if (!number_of(a, key, "InterfaceFlags", &flags)) {
        if (!key_known(a, key) && !a->assume)
            return unknown;
        flags = a->host->windows >= CS_WINDOWS_2012 ? 0x641 : 0x41; /* FACTS 10 */
    }
    if (flags & (a->local ? 0x4 : 0x2))
        return refused(CS_DENIED, 0x80094011u);
    bool wants_privacy = flags & 0x200 || cs_windows_info(a->host->windows)->hardened;
    return !a->local && wants_privacy && offered(a) < 6 ? refused(CS_DENIED, 0x80070005u) : allowed;
}

static struct slow_answer ca_gate(const struct asking *a)
{
    struct cs_str key = cs_ca_key(a->arena, a->ca);
    const struct cs_reg_value *value = value_of(a, a->ca->host, key, "Security");
    struct slow_list q = {.sids = &a->own, .rights = 0x200, .code = 0x80094011u};
    struct cs_error ignored;
    const struct cs_domain *domain = cs_domain_get(a->lab, a->host->domain);
    if (value)
        return cs_sd_decode(a->arena, value->data, &q.sd, &ignored) == CS_OK
                   ? slow_ask(&a->place, &q)
                   : refused(CS_DENIED, q.code);
    if (!key_known(a, key) && !a->assume)
        return unknown;
    struct cs_str text =
        cs_default_ca_security(a->arena, &domain->sid, cs_domain_root_sid(a->lab, a->host->domain));
    return slow_parse(a, text, &q.sd) ? slow_ask(&a->place, &q) : unknown;
}

static struct slow_answer published_gate(const struct asking *a)
{
    bool enterprise =
        a->ca->type == CS_CA_ENTERPRISE_ROOT || a->ca->type == CS_CA_ENTERPRISE_SUBORDINATE;
    for (size_t i = 0; enterprise && i < a->ca->templates.count; i++)
        if (cs_str_same(a->ca->templates.at[i], a->template_->name))
            return allowed;
    return enterprise && !a->ca->templates_known ? unknown : refused(CS_DENIED, 0x80094800u);
}

/* ADR 0009: a list in which only full control reads is an excerpt; Read is then not asked. */
static bool tells_readers(const struct cs_sd *sd)
{
    for (size_t i = 0; sd->dacl && i < sd->dacl->count; i++) {
        const struct cs_ace *ace = &sd->dacl->aces[i];
        if (ace->type == CS_ACE_ALLOW && ace->mask & 0x80000010u && !(ace->mask & 0x10040000u))
            return true;
    }
    return !sd->dacl || sd->dacl->count == 0;
}

enum { READ = 0x20014 }; /* RC, LC, RP: FACTS 7.3 */

/* KB 283218: the CA's own account must be able to read the template. */
static bool ca_reads(const struct asking *a, const struct cs_sd *sd)
{
    struct slow_list q = {.sd = *sd, .rights = READ, .generic = true};
    struct slow_sids sids;
    if (!a->host->account)
        return true;
    slow_token(a->lab, a->host->account, a->ca->host, SLOW_NETWORK, &sids);
    return slow_walk(&q, &sids) == CS_ALLOWED;
}

static struct slow_answer template_gate(const struct asking *a)
{
    struct slow_list q = {.sids = &a->own, .code = 0x80094012u, .generic = true};
    struct cs_error ignored;
    if (a->template_->sd.length == 0)
        return unknown; /* the labs here give every template its list */
    if (cs_sd_decode(a->arena, a->template_->sd, &q.sd, &ignored) != CS_OK)
        return refused(CS_DENIED, q.code);
    bool readers = tells_readers(&q.sd);
    if (readers && !ca_reads(a, &q.sd))
        return refused(CS_DENIED, 0x80094800u);
    q.rights = 0x100; /* CR, of the right Enroll */
    q.object = "0e10c968-78fb-11d2-90d4-00c04f79dc55";
    struct slow_answer enroll = slow_ask(&a->place, &q);
    q.rights = READ;
    q.object = NULL;
    return enroll.verdict == CS_ALLOWED && readers ? slow_ask(&a->place, &q) : enroll;
}

/* ----------------------------------------------------------------- the decision */

static void ask_gates(const struct asking *a, struct slow_decision *decision)
{
    const struct cs_service *service = certsvc(a);
    bool running = !service || service->state == CS_SERVICE_RUNNING;
    decision->gates[0] = service_gate(a);
    decision->gates[1] = logon_gate(a);
    decision->gates[2] = authentication_gate(a);
    decision->gates[3] = enable_gate(a);
    decision->gates[4] = slow_limit(a, true, running);
    decision->gates[5] = slow_permission(a, true, running);
    decision->gates[6] = slow_limit(a, false, running);
    decision->gates[7] = slow_permission(a, false, running);
    decision->gates[8] = interface_gate(a);
    decision->gates[9] = ca_gate(a);
    decision->gates[10] = published_gate(a);
    decision->gates[11] = template_gate(a);
}

/* "denied or not-granted if any gate is, else unknown if any is, else allowed; its code is that
 * of the first failing gate". */
static void conclude(struct slow_decision *decision)
{
    decision->whole = allowed;
    for (size_t i = 0; i < SLOW_GATES; i++)
        if (decision->gates[i].verdict == CS_UNKNOWN_VERDICT)
            decision->whole = unknown;
    for (size_t i = SLOW_GATES; i-- > 0;)
        if (refuses(decision->gates[i]))
            decision->whole = decision->gates[i];
}

void slow_decide(const struct cs_lab *lab, struct cs_arena *arena, const struct cs_question *ask,
                 struct slow_decision *decision)
{
    struct asking a = {.lab = lab, .arena = arena, .ask = ask};
    a.ca = cs_ca_get(lab, ask->ca);
    a.host = cs_host_get(lab, a.ca->host);
    a.template_ = cs_template_get(lab, ask->template_);
    a.assume = cs_lab_start(lab)->assume;
    a.place = (struct slow_place){lab, a.host, a.assume};
    find_caller(&a);
    ask_gates(&a, decision);
    conclude(decision);
}
