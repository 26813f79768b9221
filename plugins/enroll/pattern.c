/*
 * pattern.c - causes that have a name: the ways enrolment usually breaks (see enroll.c).
 *
 * A pattern is looked for at the first gate that refuses.  It explains; it never decides: the
 * gates have done that, and what helps is found by trying.  Statements (K...) are those of
 * KB 903220; causes without one come from Microsoft's page on error 0x800706BA.
 */
#include <string.h>

#include "enroll.h"

struct look {
    const struct enroll_case *one;
    const struct cs_decision *decision;
    struct enroll_pattern *found;
    struct cs_principal group; /* the CA's group; id 0 when there is none */
    enum cs_dcom_scope scope;  /* of the limit that refuses */
    struct cs_dcom_sd limit;
    bool has_limit;
};

static bool say(const struct look *look, const char *statement, struct cs_str words,
                const char *next)
{
    look->found->statement = statement;
    look->found->words = words;
    look->found->next = cs_str_of(next);
    return true;
}

/* ------------------------------------------------------------ 1: an old token */

static cs_status forget_token(const struct enroll_case *one, struct cs_error *err)
{
    cs_id host = cs_host_of_account(one->lab, one->ask.principal);
    const struct cs_session *session = cs_session_find(one->lab, one->ask.principal);
    if (one->who.kind == CS_COMPUTER && host)
        return cs_host_purge(one->lab, host, err);
    if (session)
        return cs_session_close(one->lab, session->record.id, err);
    return cs_fail(err, CS_STATE, "no token to forget");
}

/* Would a fresh token pass the gate that refuses? */
static bool fresh_passes(const struct enroll_case *one, int gate)
{
    struct cs_decision decision;
    struct cs_error ignored;
    cs_lab_begin(one->lab, CS_STR("what if it started anew"));
    bool passes = forget_token(one, &ignored) == CS_OK &&
                  enroll_decide(one, false, &decision, &ignored) == CS_OK &&
                  decision.answers[gate].verdict == CS_ALLOWED;
    cs_lab_rollback(one->lab);
    return passes;
}

static struct cs_token *token_at(const struct enroll_case *one, cs_tick when)
{
    struct cs_token_ask ask = {.principal = one->ask.principal,
                               .host = one->ca->host,
                               .logon = CS_LOGON_NETWORK,
                               .when = when};
    struct cs_token *token = NULL;
    struct cs_error ignored;
    return cs_token_of(one->lab, one->arena, &ask, &token, &ignored) == CS_OK ? token : NULL;
}

/* When the newest membership that only a fresh token shows came to be; 0 when none. */
static cs_tick newest_membership(const struct enroll_case *one)
{
    struct cs_token *old = token_at(one, 0), *fresh = token_at(one, CS_NOW);
    cs_tick newest = 0;
    for (size_t i = 0; old && fresh && i < cs_token_count(fresh); i++) {
        const struct cs_token_sid *sid = cs_token_at(fresh, i);
        if (cs_token_has(old, &sid->sid) || sid->via < 0 || !sid->id)
            continue;
        cs_id member = cs_token_at(fresh, (size_t)sid->via)->id;
        cs_tick since = cs_member_since(one->lab, sid->id, member);
        newest = since > newest ? since : newest;
    }
    return newest;
}

/* "09:14:03" of today, else the whole date. */
static struct cs_str clock_words(const struct enroll_case *one, int64_t seconds)
{
    struct cs_time_text text, now;
    cs_time_format(seconds, &text);
    cs_time_format(cs_lab_clock(one->lab), &now);
    bool today = strncmp(text.text, now.text, 10) == 0;
    return cs_str_printf(one->arena, "%.*s", today ? 8 : 19, text.text + (today ? 11 : 0));
}

static int64_t time_of(const struct enroll_case *one, cs_tick tick)
{
    return cs_lab_clock(one->lab) - (int64_t)(cs_lab_tick(one->lab) - tick);
}

static bool is_old_token(struct look *look)
{
    const struct enroll_case *one = look->one;
    const struct cs_host *own =
        cs_host_get(one->lab, cs_host_of_account(one->lab, one->ask.principal));
    if (!fresh_passes(one, look->decision->first))
        return false;
    look->found->age = true;
    cs_tick since = newest_membership(one);
    struct cs_str member = since ? clock_words(one, time_of(one, since)) : CS_STR("later");
    if (!own)
        return say(look, NULL,
                   cs_str_printf(one->arena, "its logon is older than its membership (of %.*s)",
                                 CS_STR_ARG(member)),
                   "log off and on");
    struct cs_str started = own->booted ? clock_words(one, own->booted) : CS_STR("before that");
    return say(look, "K24",
               cs_str_printf(one->arena,
                             "its token is older than its membership (%.*s started %.*s, member "
                             "since %.*s)",
                             CS_STR_ARG(own->name), CS_STR_ARG(started), CS_STR_ARG(member)),
               cs_arena_printf(one->arena, "shutdown /r /m \\\\%.*s", CS_STR_ARG(own->name)));
}

/* ------------------------------------------------------------ 2: the machine limits */

static const char recipe[] = "certutil -setreg SetupStatus -SETUP_DCOM_SECURITY_UPDATED_FLAG, "
                             "net stop certsvc, net start certsvc";

static bool in_limit(const struct look *look, const struct cs_sid *sid)
{
    const struct cs_acl *dacl = look->limit.sd.dacl;
    for (size_t i = 0; dacl && i < dacl->count; i++)
        if (cs_sid_equal(&dacl->aces[i].sid, sid))
            return true;
    return false;
}

static bool is_denied(struct look *look)
{
    const struct cs_gate_answer *answer = &look->decision->answers[look->decision->first];
    return answer->verdict == CS_DENIED && answer->ace.length &&
           say(look, NULL, CS_STR("an entry denies it, which wins over every grant behind it"),
               "dcom show");
}

static bool is_broken(struct look *look)
{
    return look->has_limit && look->limit.broken &&
           say(look, "K20",
               CS_STR("the limit is no security descriptor, so it refuses everybody; the recipe of "
                      "KB 903220 writes it anew"),
               recipe);
}

/* The policy's list lacks the group; whatever certsvc writes, it writes elsewhere. */
static bool is_shadowed(struct look *look)
{
    return look->has_limit && look->limit.source[0] == 'p' && look->group.id &&
           !in_limit(look, &look->group.sid) &&
           say(look, NULL,
               cs_str_printf(look->one->arena,
                             "a group policy gives this limit, and %.*s is not in it; what "
                             "certsvc writes to the registry does not count",
                             CS_STR_ARG(look->group.name)),
               "dcom show");
}

static bool is_without_group(struct look *look)
{
    if (!look->group.id)
        return say(look, "K20",
                   CS_STR("the CA's group CERTSVC_DCOM_ACCESS is not there; the recipe of "
                          "KB 903220 makes it again"),
                   recipe);
    return look->has_limit && !in_limit(look, &look->group.sid) &&
           say(look, "K20",
               cs_str_printf(look->one->arena,
                             "%.*s is not in the limit, so its members get no further than "
                             "others; the recipe of KB 903220 writes it in",
                             CS_STR_ARG(look->group.name)),
               recipe);
}

static bool is_other_domain(struct look *look)
{
    const struct enroll_case *one = look->one;
    const struct cs_domain *theirs = cs_domain_get(one->lab, one->who.domain);
    if (!one->host || !theirs || one->who.domain == one->host->domain ||
        look->group.scope != CS_SCOPE_DOMAIN_LOCAL)
        return false;
    return say(look, "K15",
               cs_str_printf(one->arena,
                             "certsvc lets in only the CA's own domain; %.*s must be put into "
                             "%.*s by hand",
                             CS_STR_ARG(theirs->netbios), CS_STR_ARG(look->group.name)),
               "");
}

static bool is_domain_controller(struct look *look)
{
    const struct cs_principal *who = &look->one->who;
    bool dc = who->kind == CS_COMPUTER && (who->uac & CS_UAC_DC || who->primary == 516);
    return dc && look->group.scope == CS_SCOPE_DOMAIN_LOCAL &&
           say(look, "K11",
               cs_str_printf(look->one->arena,
                             "a domain controller is not in Domain Computers (primary group %u)",
                             (unsigned)who->primary),
               "");
}

/* Whom certsvc puts into the group on such a host; 0 when it is not there. */
static cs_id usual_member(const struct look *look)
{
    const struct enroll_case *one = look->one;
    const struct cs_domain *domain = one->host ? cs_domain_get(one->lab, one->host->domain) : NULL;
    if (look->group.scope == CS_SCOPE_BUILTIN)
        return cs_principal_by_sid(one->lab, &cs_sid_authenticated_users, 0);
    if (look->group.scope == CS_SCOPE_MACHINE_LOCAL)
        return cs_principal_by_sid(one->lab, &cs_sid_everyone, 0);
    if (!domain)
        return 0;
    struct cs_sid sid = cs_sid_child(&domain->sid, one->who.kind == CS_COMPUTER ? 515 : 513);
    return cs_principal_by_sid(one->lab, &sid, 0);
}

/* The group is there and in the limit, but the member that lets everybody in is not in it. */
static bool is_without_member(struct look *look)
{
    cs_id usual = usual_member(look);
    if (!usual || cs_member_has(look->one->lab, look->group.id, usual, CS_NOW))
        return false;
    return say(look, look->group.scope == CS_SCOPE_BUILTIN ? NULL : "K20",
               cs_str_printf(look->one->arena, "%.*s is not in %.*s, where certsvc puts it",
                             CS_STR_ARG(cs_principal_name(look->one->lab, look->one->arena, usual)),
                             CS_STR_ARG(look->group.name)),
               recipe);
}

/* The usual member is in the group; the caller is not in the usual member. */
static bool is_outside_usual(struct look *look)
{
    const struct enroll_case *one = look->one;
    cs_id usual = usual_member(look), primary = cs_principal_primary(one->lab, one->who.id);
    if (!usual || look->group.scope != CS_SCOPE_DOMAIN_LOCAL)
        return false;
    struct cs_str other =
        primary ? cs_principal_name(one->lab, one->arena, primary) : CS_STR("not known");
    return say(look, "K10",
               cs_str_printf(one->arena,
                             "not in %.*s, which certsvc put into %.*s (its primary group is %.*s)",
                             CS_STR_ARG(cs_principal_name(one->lab, one->arena, usual)),
                             CS_STR_ARG(look->group.name), CS_STR_ARG(other)),
               "");
}

/* Domain controllers are told apart from others, and, where it matters, domains. */
static uint64_t kind_of(const struct look *look, bool by_domain)
{
    const struct cs_principal *who = &look->one->who;
    bool dc = who->uac & CS_UAC_DC || who->primary == 516;
    return (by_domain ? (uint64_t)who->domain << 32 : 0) | (dc ? 1u << 16 : 0);
}

static bool is_limit_pattern(struct look *look)
{
    static bool (*const causes[])(struct look *) = {
        is_denied,       is_broken,         is_shadowed,          is_without_group,
        is_other_domain, is_without_member, is_domain_controller, is_outside_usual,
    };
    bool launch = enroll_gate_is(look->decision->gates[look->decision->first], "launch-limit");
    struct cs_dcom_sd sds[2];
    look->scope = launch ? CS_DCOM_LAUNCH_LIMIT : CS_DCOM_ACCESS_LIMIT;
    look->has_limit =
        cs_dcom_sds(look->one->lab, look->one->arena, look->one->ca->host, look->scope, sds) > 0;
    if (look->has_limit)
        look->limit = sds[0];
    cs_id group = enroll_ca_group(look->one, look->has_limit ? &look->limit.sd : NULL);
    if (!group || !cs_principal_get(look->one->lab, group, &look->group))
        look->group = (struct cs_principal){0};
    for (size_t i = 0; i < CS_COUNT(causes); i++)
        if (causes[i](look)) {
            look->found->kind = (i + 1) << 8 | kind_of(look, causes[i] == is_other_domain);
            return true;
        }
    return false;
}

/* ------------------------------------------------------------- 3: other gates */

static bool is_service(struct look *look)
{
    return say(look, "K7",
               CS_STR("certsvc does not run, and launching it from afar is for administrators "
                      "only (one of the two reasons of K23)"),
               "net start certsvc");
}

static bool is_logon(struct look *look)
{
    return say(look, NULL,
               CS_STR("the user right to log on over the network: causes 1 and 2 of Microsoft's "
                      "page on 0x800706BA"),
               "right list SeNetworkLogonRight");
}

static bool is_disabled_dcom(struct look *look)
{
    return say(look, NULL,
               CS_STR("DCOM is switched off: cause 5 of Microsoft's page on 0x800706BA; Windows "
                      "needs a restart after the change"),
               "");
}

static bool is_permission(struct look *look)
{
    return is_denied(look) ||
           say(look, "K5/K6",
               CS_STR("the permissions of CertSrv Request are not those that SP1 sets: Everyone, "
                      "local and remote access and activation"),
               "dcom show");
}

static bool is_template(struct look *look)
{
    return say(look, NULL, CS_STR("the template grants Enroll to others"), "");
}

static const struct {
    const char *gate; /* that refuses first; NULL: any */
    bool (*look)(struct look *);
} patterns[] = {
    {NULL, is_old_token},
    {"launch-limit", is_limit_pattern},
    {"access-limit", is_limit_pattern},
    {"service", is_service},
    {"logon", is_logon},
    {"enable-dcom", is_disabled_dcom},
    {"launch-permission", is_permission},
    {"access-permission", is_permission},
    {"template-security", is_template},
};

bool enroll_pattern_of(const struct enroll_case *one, const struct cs_decision *decision,
                       struct enroll_pattern *pattern)
{
    *pattern = (struct enroll_pattern){0};
    struct look look = {.one = one, .decision = decision, .found = pattern};
    if (decision->first < 0 || !one->ca)
        return false;
    const struct cs_gate *gate = decision->gates[decision->first];
    for (size_t i = 0; i < CS_COUNT(patterns); i++)
        if ((!patterns[i].gate || enroll_gate_is(gate, patterns[i].gate)) &&
            patterns[i].look(&look)) {
            pattern->kind |= i + 1;
            return true;
        }
    return false;
}
