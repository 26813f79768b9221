/*
 * gate_reach.c - does the request reach the CA's host at all?
 *
 *   service         certsvc runs, or COM may start it
 *   logon           "Access this computer from the network", its Deny twin, and the trust
 *   authentication  RestrictRemoteClients, the level RPC wants, KB5004442
 *   enable-dcom     EnableDCOM of both hosts
 *
 * From the CA's own host only `service` is asked.  RestrictRemoteClients and EnableDCOM count
 * at once here, and the answer says that Windows needs a restart.  RestrictRemoteClients 2
 * refusing every enrolment is the likely reading (FACTS 10), as is a missing EnableDCOM
 * meaning Y (FACTS 1.4).
 *
 * Room: lab.
 */
#include "gate_in.h"

#define AT_RESTART "counts here at once; Windows needs a restart"

static cs_status local_answer(const struct cs_caller *caller, struct cs_gate_answer *answer)
{
    return csi_allow(caller, answer, "local: not asked");
}

/* ----------------------------------------------------------------- service */

/* May the caller have COM start the service?  Launch and activation at both gates. */
static enum cs_verdict_kind may_launch(const struct cs_caller *caller,
                                       struct cs_gate_answer *answer)
{
    static const struct cs_gate *const gates[] = {&csi_gate_launch_limit,
                                                  &csi_gate_launch_permission};
    struct cs_caller launching = *caller;
    launching.running = false;
    launching.explain = false;
    enum cs_verdict_kind worst = CS_ALLOWED;
    for (size_t i = 0; i < CS_COUNT(gates); i++) {
        struct cs_gate_answer one = {.assumed = answer->assumed, .missing = answer->missing};
        struct cs_error ignored;
        if (gates[i]->check(&launching, &one, &ignored) != CS_OK)
            one.verdict = CS_UNKNOWN_VERDICT;
        answer->assumed = one.assumed;
        answer->missing = one.missing;
        if (one.verdict > worst)
            worst = one.verdict;
    }
    return worst;
}

static cs_status stopped(const struct cs_caller *caller, struct cs_gate_answer *answer)
{
    struct cs_str host = csi_host_name(caller->lab, caller->ca_host);
    enum cs_verdict_kind launch = may_launch(caller, answer);
    if (launch == CS_ALLOWED)
        return csi_allow(caller, answer,
                         "certsvc is stopped on %.*s; COM starts it, the caller may "
                         "launch",
                         CS_STR_ARG(host));
    if (launch == CS_UNKNOWN_VERDICT) {
        answer->verdict = CS_UNKNOWN_VERDICT;
        if (caller->explain)
            answer->why = cs_str_printf(caller->arena,
                                        "certsvc is stopped on %.*s; not known who may launch it",
                                        CS_STR_ARG(host));
        return CS_OK;
    }
    csi_detail(caller, answer, "net start certsvc    (on %.*s)", CS_STR_ARG(host));
    return csi_refuse(caller, answer, CS_DENIED, csi_refusal_code(caller),
                      "certsvc is stopped on %.*s, and the caller may not launch it",
                      CS_STR_ARG(host));
}

static cs_status no_service(const struct cs_caller *caller, struct cs_gate_answer *answer)
{
    const struct cs_host *host = csi_ca_host(caller);
    struct cs_str fact = csi_fact(caller, "state of certsvc", "sc query certsvc");
    if (host && host->complete)
        return csi_refuse(caller, answer, CS_DENIED, csi_refusal_code(caller),
                          "there is no service certsvc on %.*s", CS_STR_ARG(host->name));
    if (!host || !csi_assumes(caller))
        return csi_unknown(caller, answer, fact);
    csi_assume(caller, answer, csi_fact(caller, "certsvc runs", "sc query certsvc"));
    return csi_allow(caller, answer, "certsvc runs on %.*s (assumed)", CS_STR_ARG(host->name));
}

static cs_status check_service(const struct cs_caller *caller, struct cs_gate_answer *answer,
                               struct cs_error *err)
{
    (void)err;
    const struct cs_service *service =
        cs_service_find(caller->lab, caller->ca_host, CS_STR("CertSvc"));
    struct cs_str host = csi_host_name(caller->lab, caller->ca_host);
    if (!service)
        return no_service(caller, answer);
    if (service->state == CS_SERVICE_RUNNING)
        return csi_allow(caller, answer, "certsvc is running on %.*s", CS_STR_ARG(host));
    if (service->start == CS_START_DISABLED)
        return csi_refuse(caller, answer, CS_DENIED, 0x80070422u,
                          "certsvc is stopped and disabled on %.*s", CS_STR_ARG(host));
    return stopped(caller, answer);
}

/* ------------------------------------------------------------------- logon */

/* Holders of a right on the CA's host as SIDs, one a call; false at the end. */
struct holders {
    const struct cs_caller *caller;
    const struct cs_right_grant *grant;
    struct cs_str rest; /* of a default, comma-separated */
    size_t next;
    struct cs_str stranger; /* a holder whose name nobody bears; "" for none */
};

static bool next_holder(struct holders *holders, struct cs_sid *sid)
{
    struct cs_error ignored;
    while (holders->grant && holders->next < holders->grant->sids.count) {
        struct cs_str text = holders->grant->sids.at[holders->next++];
        if (csi_holder(holders->caller, text, sid))
            return true;
        holders->stranger = text;
    }
    while (!holders->grant && holders->rest.length > 0) {
        ptrdiff_t comma = cs_str_find(holders->rest, ',');
        struct cs_str one =
            comma < 0 ? holders->rest : cs_str_span(holders->rest.at, (size_t)comma);
        holders->rest = cs_str_from(holders->rest, comma < 0 ? one.length : one.length + 1);
        if (cs_sid_parse(one, sid, &ignored) == CS_OK)
            return true;
    }
    return false;
}

/* Whom a right reaches: somebody in the token, nobody, or it hangs on an unknown group. */
struct reach {
    bool known; /* who holds the right is known, or assumed */
    bool assumed;
    bool found; /* the caller has it, by `holder` */
    bool open;  /* the caller might have it: who is in `holder` is not known */
    struct cs_sid holder;
    struct cs_str stranger; /* not found, and this holder is nobody that is known; "" for none */
    int sid;                /* of the holder in the token, -1 where it is assumed */
};

static struct holders holders_of(const struct cs_caller *caller, const char *right,
                                 struct reach *reach)
{
    const struct cs_host *host = csi_ca_host(caller);
    struct holders holders = {
        .caller = caller,
        .grant = cs_right_find(caller->lab, caller->ca_host, cs_str_of(right)),
    };
    reach->known = holders.grant || (host && host->complete);
    reach->assumed = holders.grant && holders.grant->record.source.origin == CS_ORIGIN_ASSUMED;
    if (!reach->known && host && csi_assumes(caller)) {
        holders.rest = cs_str_of(cs_default_right(host->role, cs_str_of(right)));
        reach->known = reach->assumed = true;
    }
    return holders;
}

/* One holder: a SID of the token, a group the caller is taken to be in, or an open question. */
static void try_holder(const struct cs_caller *caller, const struct cs_sid *sid, bool deny,
                       struct reach *reach)
{
    int index = cs_token_find(caller->com_token, sid);
    bool has = deny ? index >= 0 : cs_token_has(caller->com_token, sid);
    bool open = !has && !cs_membership_known(caller->lab, caller->ca_host, sid);
    bool assumed = open && csi_assumes(caller);
    if (assumed && !csi_is_default_member(caller, caller->com_token, sid))
        return;
    if (!has && !open)
        return;
    reach->found = has || assumed;
    reach->assumed = reach->assumed || assumed;
    reach->open = open && !assumed;
    reach->holder = *sid;
    reach->sid = has ? index : -1;
}

static struct reach reach_of(const struct cs_caller *caller, const char *right, bool deny)
{
    struct reach reach = {.sid = -1};
    struct holders holders = holders_of(caller, right, &reach);
    struct cs_sid sid;
    while (!reach.found && next_holder(&holders, &sid))
        try_holder(caller, &sid, deny, &reach);
    reach.stranger = holders.stranger;
    reach.open = reach.open || (!reach.found && reach.stranger.length);
    return reach;
}

static struct cs_str rights_fact(const struct cs_caller *caller)
{
    return csi_fact(caller, "user rights", "secedit /export /areas USER_RIGHTS /cfg rights.inf");
}

/* Name of the holder, and the path to it; texts only when explaining. */
static struct cs_str tell_holder(const struct cs_caller *caller, const struct reach *reach,
                                 struct cs_gate_answer *answer)
{
    if (!caller->explain)
        return CS_STR("");
    if (reach->sid >= 0)
        answer->via = cs_token_path(caller->lab, caller->arena, caller->com_token, reach->sid);
    return cs_sid_name(caller->lab, caller->arena, &reach->holder, caller->ca_host);
}

/* The trust that lets the caller's domain in; a selective one asks for a right on the
 * computer object, which no export of ours holds. */
static bool trust_refuses(const struct cs_caller *caller, struct cs_gate_answer *answer)
{
    struct cs_principal p;
    const struct cs_host *host = csi_ca_host(caller);
    if (!host || !host->domain || !cs_principal_get(caller->lab, caller->ask->principal, &p) ||
        !p.domain || p.domain == host->domain)
        return false;
    if (!cs_trust_reaches(caller->lab, host->domain, p.domain)) {
        csi_refuse(caller, answer, CS_DENIED, csi_refusal_code(caller),
                   "no trust lets the caller's domain in");
        return true;
    }
    const struct cs_trust *trust = cs_trust_find(caller->lab, host->domain, p.domain);
    if (!trust || !trust->selective)
        return false;
    csi_unknown(caller, answer,
                csi_fact(caller, "Allowed to Authenticate (the trust is selective)",
                         "dsacls of its computer object"));
    return true;
}

/* Hangs on who is in a group of the host, or who it is that a policy names. */
static cs_status logon_open(const struct cs_caller *caller, struct cs_gate_answer *answer,
                            const struct reach *reach)
{
    if (!reach->stranger.length)
        return csi_unknown(caller, answer, csi_members_fact(caller, &reach->holder));
    return csi_unknown(caller, answer,
                       cs_str_printf(caller->arena,
                                     "who '%.*s' is, whom a user right names: an export of the "
                                     "directory",
                                     CS_STR_ARG(reach->stranger)));
}

static cs_status logon_denied(const struct cs_caller *caller, struct cs_gate_answer *answer,
                              const struct reach *deny)
{
    struct cs_str who = tell_holder(caller, deny, answer);
    return csi_refuse(caller, answer, CS_DENIED, csi_refusal_code(caller),
                      "SeDenyNetworkLogonRight, by %.*s", CS_STR_ARG(who));
}

static cs_status logon_by_right(const struct cs_caller *caller, struct cs_gate_answer *answer,
                                const struct reach *allow)
{
    if (!allow->known)
        return csi_unknown(caller, answer, rights_fact(caller));
    if (!allow->found && allow->open)
        return logon_open(caller, answer, allow);
    if (allow->assumed)
        csi_assume(caller, answer, rights_fact(caller));
    if (!allow->found)
        return csi_refuse(caller, answer, CS_NOT_GRANTED, csi_refusal_code(caller),
                          "SeNetworkLogonRight: nobody in the token holds it");
    struct cs_str who = tell_holder(caller, allow, answer);
    return csi_allow(caller, answer, "SeNetworkLogonRight, by %.*s", CS_STR_ARG(who));
}

/* A Deny that nobody gave counts as nobody's where the right itself is known: secedit writes
 * no line for a right without holders. */
static cs_status check_logon(const struct cs_caller *caller, struct cs_gate_answer *answer,
                             struct cs_error *err)
{
    (void)err;
    if (caller->local)
        return local_answer(caller, answer);
    if (trust_refuses(caller, answer))
        return CS_OK;
    struct reach deny = reach_of(caller, "SeDenyNetworkLogonRight", true);
    if (deny.found)
        return logon_denied(caller, answer, &deny);
    struct reach allow = reach_of(caller, "SeNetworkLogonRight", false);
    cs_status status = logon_by_right(caller, answer, &allow);
    bool passes = answer->verdict == CS_ALLOWED;
    return passes && deny.open ? logon_open(caller, answer, &deny) : status;
}

/* ---------------------------------------------------------- authentication */

static const char *level_name(uint32_t level)
{
    static const char *const names[] = {
        "default", "none", "connect", "call", "packet", "packet integrity", "packet privacy"};
    return level < CS_COUNT(names) ? names[level] : "an unknown level";
}

static bool number_at(const struct cs_caller *caller, struct cs_str key, const char *name,
                      uint32_t *number)
{
    const struct cs_reg_value *value =
        cs_registry_get(caller->lab, caller->ca_host, key, cs_str_of(name));
    return value && cs_reg_number(value, number);
}

/*
 * The level the CA's host wants: that of the application or of the machine, and at least
 * packet integrity where KB5004442 is enforced (2023-03-14: no registry value opts out).
 */
static uint32_t wanted_level(const struct cs_caller *caller)
{
    uint32_t level = 0;
    if (!number_at(caller, CS_KEY_CERTSRV_REQUEST, "AuthenticationLevel", &level) &&
        !number_at(caller, CS_KEY_OLE, "LegacyAuthenticationLevel", &level))
        level = 2;
    const struct cs_host *host = csi_ca_host(caller);
    uint32_t require = 0;
    bool required = host && cs_windows_info(host->windows)->hardened;
    if (number_at(caller, CS_KEY_APPCOMPAT, "RequireIntegrityActivationAuthenticationLevel",
                  &require) &&
        require == 1)
        required = true;
    return required && level < 5 ? 5 : level;
}

static cs_status compare_levels(const struct cs_caller *caller, struct cs_gate_answer *answer)
{
    uint32_t offered = csi_client_level(caller), wanted = wanted_level(caller);
    if (offered < wanted)
        return csi_refuse(caller, answer, CS_DENIED, CS_HR_ACCESS_DENIED, "%s offered, %s wanted",
                          level_name(offered), level_name(wanted));
    return csi_allow(caller, answer, "%s offered, %s wanted", level_name(offered),
                     level_name(wanted));
}

static struct cs_str ole_fact(const struct cs_caller *caller)
{
    return csi_fact(caller, "machine settings of DCOM",
                    "reg export HKLM\\SOFTWARE\\Microsoft\\Ole ole.reg");
}

static cs_status check_authentication(const struct cs_caller *caller, struct cs_gate_answer *answer,
                                      struct cs_error *err)
{
    (void)err;
    uint32_t restrict_clients = 0;
    if (caller->local)
        return local_answer(caller, answer);
    if (!csi_ca_host(caller))
        return csi_unknown(caller, answer, ole_fact(caller));
    bool given = number_at(caller, CS_KEY_RPC_POLICY, "RestrictRemoteClients", &restrict_clients);
    if (restrict_clients >= 2)
        return csi_refuse(caller, answer, CS_DENIED, CS_HR_RPC_UNAVAILABLE,
                          "RestrictRemoteClients is %u on %.*s (" AT_RESTART ")", restrict_clients,
                          CS_STR_ARG(csi_host_name(caller->lab, caller->ca_host)));
    if (!cs_registry_known(caller->lab, caller->ca_host, CS_KEY_OLE)) {
        if (!csi_assumes(caller))
            return csi_unknown(caller, answer, ole_fact(caller));
        csi_assume(caller, answer, ole_fact(caller));
    }
    if (!given)
        csi_assume_no_policy(caller, answer, CS_KEY_RPC_POLICY);
    else
        csi_detail(caller, answer, "RestrictRemoteClients is %u (a change " AT_RESTART ")",
                   restrict_clients);
    return compare_levels(caller, answer);
}

/* -------------------------------------------------------------- enable-dcom */

/* 'Y', 'N', or 0 where nobody gave it. */
static char enable_dcom(const struct cs_caller *caller, cs_id host)
{
    const struct cs_reg_value *value =
        cs_registry_get(caller->lab, host, CS_KEY_OLE, CS_STR("EnableDCOM"));
    if (!value)
        return cs_registry_known(caller->lab, host, CS_KEY_OLE) ? 'Y' : 0;
    struct cs_str text = cs_str_trim(cs_reg_text(caller->arena, value));
    return cs_str_same(text, CS_STR("N")) ? 'N' : 'Y';
}

static cs_status check_enable_dcom(const struct cs_caller *caller, struct cs_gate_answer *answer,
                                   struct cs_error *err)
{
    (void)err;
    if (caller->local)
        return local_answer(caller, answer);
    char server = csi_ca_host(caller) ? enable_dcom(caller, caller->ca_host) : 0;
    char client = caller->from ? enable_dcom(caller, caller->from) : 0;
    if (server == 'N' || client == 'N')
        return csi_refuse(
            caller, answer, CS_DENIED, csi_refusal_code(caller),
            "EnableDCOM is N on %.*s (" AT_RESTART ")",
            CS_STR_ARG(csi_host_name(caller->lab, server == 'N' ? caller->ca_host : caller->from)));
    if (!server && (!csi_ca_host(caller) || !csi_assumes(caller)))
        return csi_unknown(caller, answer, ole_fact(caller));
    if (!server)
        csi_assume(caller, answer, ole_fact(caller));
    csi_detail(caller, answer, "a change of EnableDCOM " AT_RESTART);
    return csi_allow(caller, answer, "Y");
}

const struct cs_gate csi_gate_service = {
    .name = "service",
    .brief = "certsvc runs, or COM may start it",
    .check = check_service,
    .column = csi_column_launch,
};
const struct cs_gate csi_gate_logon = {
    .name = "logon",
    .brief = "the caller may log on to the CA's host from the network",
    .check = check_logon,
    .column = csi_column_logon,
};
const struct cs_gate csi_gate_authentication = {
    .name = "authentication",
    .brief = "the level of authentication is what the CA's host wants",
    .check = check_authentication,
    .column = csi_column_none,
};
const struct cs_gate csi_gate_enable_dcom = {
    .name = "enable-dcom",
    .brief = "DCOM is switched on at both ends",
    .check = check_enable_dcom,
    .column = csi_column_none,
};
