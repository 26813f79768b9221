/*
 * lint.c - mistakes in DCOM descriptors that cost administrators their afternoons.
 *
 * Each rule looks at one descriptor and reports what it finds.  Sources: the Microsoft pages
 * on access control lists for COM (formats, 0x1), FACTS 3.2 and 10 (orphans, shadows).
 */
#include <certsh/lint.h>

#include "dcom.h"

struct lint {
    struct cs_call *call;
    struct dcom_place place;
    const struct cs_dcom_sd *sd;
    struct cs_error *err;
    cs_status status;
    size_t found;
    bool found_error;
};

static void report(struct lint *lint, const char *severity, const char *rule, struct cs_str subject,
                   const char *text)
{
    if (lint->status != CS_OK)
        return;
    lint->found++;
    if (cs_call_wants_words(lint->call))
        cs_call_say(lint->call, "%s: %s (%s): %.*s: %s\n", severity,
                    cs_dcom_scope_name(lint->place.scope), rule, CS_STR_ARG(subject), text);
    lint->found_error = lint->found_error || severity[0] == 'e';
    lint->status = CS_ROW(lint->call, lint->err, cs_value_text(severity), cs_value_text(rule),
                          cs_value_text(cs_dcom_scope_name(lint->place.scope)),
                          cs_value_str(subject), cs_value_text(text));
}

static struct cs_str source_of(const struct lint *lint)
{
    return cs_str_of(lint->sd->source);
}

/* ------------------------------------------------------------ whole descriptor */

static void check_shadow(struct lint *lint)
{
    if (lint->sd->source[0] == 'p' && lint->sd->effective)
        report(lint, "warning", "policy-shadows", source_of(lint),
               "a group policy gives this limit: what certsvc, dcomcnfg or the recipe of "
               "KB 903220 write to the registry has no effect");
}

/*
 * What is wrong with such a list anywhere (lint.h).  That Everyone has a right already which
 * somebody is given by name is how Windows' own defaults look: not worth a word.
 */
static void take_finding(void *context, const struct cs_finding *finding)
{
    struct lint *lint = context;
    const struct cs_acl *dacl = lint->sd->sd.dacl;
    const struct cs_ace *ace = finding->ace >= 0 ? &dacl->aces[finding->ace] : NULL;
    const struct cs_ace *other = finding->other >= 0 ? &dacl->aces[finding->other] : NULL;
    if (ace && other && finding->severity == CS_NOTE && !cs_sid_equal(&ace->sid, &other->sid))
        return;
    report(lint, cs_severity_name(finding->severity), finding->rule,
           ace && !ace->opaque ? dcom_name(&lint->place, &ace->sid) : source_of(lint),
           finding->text);
}

static void check_rules(struct lint *lint)
{
    const struct cs_lint how = {.com = true,
                                .old_com = !dcom_has_limits(&lint->place),
                                .kind = cs_dcom_scope_kind(lint->place.scope) == CS_SCOPE_IS_LAUNCH
                                            ? CS_COM_LAUNCH
                                            : CS_COM_ACCESS};
    cs_sd_lint(&lint->sd->sd, &how, take_finding, lint);
}

/* --------------------------------------------------------------------- one ACE */

/* An account that should be somebody and is nobody: deleted, and perhaps made again. */
static void check_orphan(struct lint *lint, const struct cs_ace *ace)
{
    const struct cs_lab *lab = lint->place.lab;
    struct cs_sid domain = cs_sid_parent(&ace->sid);
    struct cs_principal who;
    cs_id id = cs_principal_by_sid(lab, &ace->sid, lint->place.host);
    bool somebody = id && cs_principal_get(lab, id, &who) && who.kind != CS_FOREIGN;
    if (!cs_sid_is_account(&ace->sid) || somebody)
        return;
    bool ours = cs_domain_of_sid(lab, &ace->sid) != 0 ||
                cs_sid_equal(&domain, &lint->place.record->machine);
    report(lint, ours ? "warning" : "note", "orphan-sid", dcom_name(&lint->place, &ace->sid),
           ours ? "nobody has this SID any more: an account that was deleted (and, if it is there "
                  "again, got another SID); the recipe of KB 903220 writes it anew"
                : "an account of a domain or machine that this lab does not know");
}

static void check_anonymous(struct lint *lint, const struct cs_ace *ace)
{
    uint32_t remote = cs_dcom_scope_kind(lint->place.scope) == CS_SCOPE_IS_LAUNCH
                          ? CS_COM_REMOTE | CS_COM_ACTIVATE_REMOTE
                          : 0;
    if (ace->type == CS_ACE_ALLOW && cs_sid_equal(&ace->sid, &cs_sid_anonymous) &&
        ace->mask & remote)
        report(lint, "warning", "anonymous", dcom_name(&lint->place, &ace->sid),
               "anonymous callers may start or activate from afar");
}

static void check_deny(struct lint *lint, const struct cs_ace *ace)
{
    if (ace->type == CS_ACE_DENY)
        report(lint, "note", "deny", dcom_name(&lint->place, &ace->sid),
               "a denying entry: it wins over every allowing one behind it");
}

static void (*const ace_rules[])(struct lint *, const struct cs_ace *) = {
    check_orphan,
    check_anonymous,
    check_deny,
};

static void check_aces(struct lint *lint)
{
    const struct cs_acl *dacl = lint->sd->sd.dacl;
    for (size_t i = 0; i < dacl->count; i++)
        for (size_t rule = 0; rule < CS_COUNT(ace_rules); rule++)
            if (!dacl->aces[i].opaque)
                ace_rules[rule](lint, &dacl->aces[i]);
}

/* ---------------------------------------------------- a CA's group in the limits */

static bool allows(const struct cs_sd *sd, const struct cs_sid *sid, uint32_t rights)
{
    uint32_t granted = 0;
    for (size_t i = 0; sd->dacl && i < sd->dacl->count; i++)
        if (sd->dacl->aces[i].type == CS_ACE_ALLOW && cs_sid_equal(&sd->dacl->aces[i].sid, sid))
            granted |= sd->dacl->aces[i].mask;
    return (granted & rights) == rights;
}

static void check_group(struct lint *lint)
{
    struct cs_principal group;
    cs_id id = cs_certsvc_group(lint->place.lab, lint->place.host);
    bool launch = cs_dcom_scope_kind(lint->place.scope) == CS_SCOPE_IS_LAUNCH;
    uint32_t wanted = launch ? CS_COM_ACTIVATE_REMOTE : CS_COM_REMOTE;
    if (!dcom_is_limit(lint->place.scope) || !cs_ca_on_host(lint->place.lab, lint->place.host) ||
        !lint->sd->effective || !cs_principal_get(lint->place.lab, id, &group))
        return;
    if (!allows(&lint->sd->sd, &group.sid, wanted) &&
        !allows(&lint->sd->sd, &cs_sid_everyone, wanted))
        report(lint, "error", "group-not-in-limit", group.name,
               "the CA's group is not in this limit, so its members get no further than others");
}

/* ------------------------------------------------------------------------ all */

static void check_sd(struct lint *lint)
{
    if (!lint->sd->known)
        return;
    if (lint->sd->broken) {
        report(lint, "error", "broken", source_of(lint),
               cs_arena_printf(lint->place.arena, "no descriptor, so it refuses everybody: %.*s",
                               CS_STR_ARG(lint->sd->problem)));
        return;
    }
    check_shadow(lint);
    check_rules(lint);
    check_group(lint);
    if (cs_sd_dacl(&lint->sd->sd) != CS_DACL_LIST)
        return;
    check_aces(lint);
}

static cs_status lint_scope(struct lint *lint, enum cs_dcom_scope scope)
{
    struct cs_dcom_sd sds[2];
    if (dcom_place_of(lint->call, scope, &lint->place, lint->err) != CS_OK)
        return lint->err->status;
    if (dcom_is_limit(scope) && !dcom_has_limits(&lint->place))
        return CS_OK;
    size_t count = dcom_sds(&lint->place, sds);
    for (size_t i = 0; i < count; i++) {
        lint->sd = &sds[i];
        check_sd(lint);
    }
    lint->sd = NULL;
    return lint->status;
}

cs_status dcom_lint(struct cs_call *call, struct cs_error *err)
{
    struct lint lint = {.call = call, .err = err};
    for (int scope = 0; scope < CS_DCOM_SCOPE_COUNT; scope++)
        if (lint_scope(&lint, (enum cs_dcom_scope)scope) != CS_OK)
            return err->status;
    if (!lint.found)
        cs_call_say(call, "nothing is wrong with the DCOM descriptors of %.*s\n",
                    CS_STR_ARG(lint.place.record->name));
    if (lint.found_error)
        cs_call_exit(call, cs_status_exit(CS_CHECK));
    return CS_OK;
}
