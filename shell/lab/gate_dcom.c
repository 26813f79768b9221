/*
 * gate_dcom.c - the four DCOM checks: two of the machine, two of the application.
 *
 * Each is a check of its own: an allow in one never repairs another (MS-DCOM, FACTS 1.3).  A
 * request to a running certsvc asks for activation, to a stopped one for launch and activation;
 * the calls that follow ask for access.  Remote or local is where the request comes from.  The
 * permissions of the application CertSrv Request shadow the machine's default ones; where it
 * has none, the defaults are asked.
 *
 * Room: lab.
 */
#include "gate_in.h"

static uint32_t rights_of(const struct cs_caller *caller, enum cs_com_kind kind)
{
    if (kind == CS_COM_ACCESS)
        return caller->local ? CS_COM_LOCAL : CS_COM_REMOTE;
    uint32_t activate = caller->local ? CS_COM_ACTIVATE_LOCAL : CS_COM_ACTIVATE_REMOTE;
    uint32_t launch = caller->local ? CS_COM_LOCAL : CS_COM_REMOTE;
    return caller->running ? activate : activate | launch;
}

static const char *words_of(const struct cs_caller *caller, enum cs_com_kind kind)
{
    if (kind == CS_COM_ACCESS)
        return caller->local ? "local access" : "remote access";
    if (caller->running)
        return caller->local ? "local activation" : "remote activation";
    return caller->local ? "local launch and activation" : "remote launch and activation";
}

static bool is_limit(enum cs_dcom_scope scope)
{
    return scope == CS_DCOM_LAUNCH_LIMIT || scope == CS_DCOM_ACCESS_LIMIT;
}

static struct cs_str fact_of(const struct cs_caller *caller, enum cs_dcom_scope scope)
{
    bool application = scope == CS_DCOM_LAUNCH_PERMISSION || scope == CS_DCOM_ACCESS_PERMISSION;
    if (application)
        return csi_fact(caller, "application permissions",
                        "reg export "
                        "HKLM\\SOFTWARE\\Classes\\AppID\\{D99E6E74-FC88-11D0-B498-00A0C90312F3} "
                        "appid.reg");
    return csi_fact(caller, is_limit(scope) ? "machine limits" : "machine defaults",
                    "reg export HKLM\\SOFTWARE\\Microsoft\\Ole ole.reg");
}

void csi_assume_no_policy(const struct cs_caller *caller, struct cs_gate_answer *answer,
                          struct cs_str key)
{
    if (cs_registry_known(caller->lab, caller->ca_host, key))
        return;
    csi_assume(caller, answer,
               csi_fact(caller, "no group policy",
                        "reg export \"HKLM\\SOFTWARE\\Policies\\Microsoft\" policy.reg"));
}

static bool is_policy(const struct cs_dcom_sd *sd)
{
    return cs_str_is(cs_str_of(sd->source), "policy");
}

/* Does the application let the caller in where the machine does not? */
static void tell_contrast(const struct cs_caller *caller, enum cs_dcom_scope scope,
                          struct cs_gate_answer *answer)
{
    bool refused = answer->verdict == CS_NOT_GRANTED || answer->verdict == CS_DENIED;
    if (!caller->explain || !refused || !is_limit(scope))
        return;
    struct cs_caller plain = *caller;
    plain.explain = true;
    struct cs_gate_answer other = {.verdict = CS_ALLOWED};
    struct cs_error ignored;
    const struct cs_gate *gate =
        scope == CS_DCOM_LAUNCH_LIMIT ? &csi_gate_launch_permission : &csi_gate_access_permission;
    if (gate->check(&plain, &other, &ignored) != CS_OK || other.verdict != CS_ALLOWED)
        return;
    size_t by = cs_str_of(", by ").length;
    ptrdiff_t comma = cs_str_find(other.why, ',');
    struct cs_str whom = comma < 0 ? other.why : cs_str_from(other.why, (size_t)comma + by);
    csi_detail(caller, answer, "the application would let %.*s in (%.*s); the machine does not",
               CS_STR_ARG(csi_caller_name(caller)), CS_STR_ARG(whom));
}

static cs_status ask_sd(const struct cs_caller *caller, const struct cs_dcom_sd *sd,
                        struct cs_gate_answer *answer)
{
    bool launch = cs_dcom_scope_kind(sd->scope) == CS_SCOPE_IS_LAUNCH;
    enum cs_com_kind kind = launch ? CS_COM_LAUNCH : CS_COM_ACCESS;
    enum cs_windows windows = csi_ca_host(caller)->windows;
    struct csi_ask ask = {
        .sd = &sd->sd,
        .token = caller->com_token,
        .rights = rights_of(caller, kind),
        .com = true,
        .execute_only = windows != CS_WINDOWS_UNKNOWN && !cs_windows_info(windows)->limits,
        .kind = kind,
        .vocab = launch ? &cs_rights_launch : &cs_rights_access,
        .what = words_of(caller, kind),
        .code = csi_refusal_code(caller),
    };
    return csi_ask(caller, &ask, answer);
}

static cs_status answer_sd(const struct cs_caller *caller, const struct cs_dcom_sd *sd,
                           struct cs_gate_answer *answer)
{
    if (!sd->known)
        return csi_unknown(caller, answer, fact_of(caller, sd->scope));
    if (sd->assumed)
        csi_assume(caller, answer, fact_of(caller, sd->scope));
    else if (is_limit(sd->scope) && !is_policy(sd))
        csi_assume_no_policy(caller, answer, CS_KEY_DCOM_POLICY);
    if (sd->broken)
        return csi_refuse(caller, answer, CS_DENIED, csi_refusal_code(caller),
                          "the %s's %s is no security descriptor, which refuses everybody: %.*s",
                          sd->source, cs_dcom_scope_name(sd->scope), CS_STR_ARG(sd->problem));
    cs_status status = ask_sd(caller, sd, answer);
    if (is_policy(sd))
        csi_detail(caller, answer, "group policy sets this limit and shadows the registry's");
    tell_contrast(caller, sd->scope, answer);
    return status;
}

static cs_status check_scope(const struct cs_caller *caller, enum cs_dcom_scope scope,
                             enum cs_dcom_scope fallback, struct cs_gate_answer *answer)
{
    struct cs_dcom_sd sds[2];
    if (!csi_ca_host(caller))
        return csi_unknown(caller, answer, fact_of(caller, scope));
    size_t count = cs_dcom_sds(caller->lab, caller->arena, caller->ca_host, scope, sds);
    if (count == 0 && is_limit(scope))
        return csi_allow(caller, answer, "no machine limits before SP1");
    if (count == 0) {
        csi_detail(caller, answer, "the application has no %s; the machine's default counts",
                   cs_dcom_scope_name(scope));
        count = cs_dcom_sds(caller->lab, caller->arena, caller->ca_host, fallback, sds);
    }
    if (count == 0)
        return csi_unknown(caller, answer, fact_of(caller, scope));
    return answer_sd(caller, &sds[0], answer);
}

static cs_status check_launch_limit(const struct cs_caller *caller, struct cs_gate_answer *answer,
                                    struct cs_error *err)
{
    (void)err;
    return check_scope(caller, CS_DCOM_LAUNCH_LIMIT, CS_DCOM_LAUNCH_LIMIT, answer);
}

static cs_status check_access_limit(const struct cs_caller *caller, struct cs_gate_answer *answer,
                                    struct cs_error *err)
{
    (void)err;
    return check_scope(caller, CS_DCOM_ACCESS_LIMIT, CS_DCOM_ACCESS_LIMIT, answer);
}

static cs_status check_launch_permission(const struct cs_caller *caller,
                                         struct cs_gate_answer *answer, struct cs_error *err)
{
    (void)err;
    return check_scope(caller, CS_DCOM_LAUNCH_PERMISSION, CS_DCOM_LAUNCH_DEFAULT, answer);
}

static cs_status check_access_permission(const struct cs_caller *caller,
                                         struct cs_gate_answer *answer, struct cs_error *err)
{
    (void)err;
    return check_scope(caller, CS_DCOM_ACCESS_PERMISSION, CS_DCOM_ACCESS_DEFAULT, answer);
}

const struct cs_gate csi_gate_launch_limit = {
    .name = "launch-limit",
    .brief = "the machine's limit lets the caller activate (or launch) COM servers",
    .check = check_launch_limit,
    .column = csi_column_launch,
};
const struct cs_gate csi_gate_launch_permission = {
    .name = "launch-permission",
    .brief = "CertSrv Request lets the caller activate (or launch) it",
    .check = check_launch_permission,
    .column = csi_column_launch,
};
const struct cs_gate csi_gate_access_limit = {
    .name = "access-limit",
    .brief = "the machine's limit lets the caller call COM servers",
    .check = check_access_limit,
    .column = csi_column_access,
};
const struct cs_gate csi_gate_access_permission = {
    .name = "access-permission",
    .brief = "CertSrv Request lets the caller call it",
    .check = check_access_permission,
    .column = csi_column_access,
};
