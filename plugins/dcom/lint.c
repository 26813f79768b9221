/*
 * lint.c - mistakes in DCOM descriptors that cost administrators their afternoons.
 *
 * Each rule looks at one descriptor and reports what it finds.  Sources: the Microsoft pages
 * on access control lists for COM (formats, 0x1), FACTS 3.2 and 10 (orphans, shadows).
 */
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

static void check_list(struct lint *lint)
{
    switch (cs_sd_dacl(&lint->sd->sd)) {
    case CS_DACL_ABSENT:
    case CS_DACL_NULL:
        report(lint, "warning", "null-dacl", source_of(lint),
               "no list at all: everybody may everything");
        break;
    case CS_DACL_EMPTY:
        report(lint, "error", "empty-dacl", source_of(lint), "an empty list: nobody may anything");
        break;
    case CS_DACL_LIST:
        break;
    }
}

static void check_owner(struct lint *lint)
{
    if (!lint->sd->sd.has_owner || !lint->sd->sd.has_group)
        report(lint, "error", "no-owner", source_of(lint),
               "owner or group is missing: AccessCheck of Win32 refuses such a descriptor "
               "(ERROR_INVALID_SECURITY_DESCR)");
}

static void check_format(struct lint *lint)
{
    const struct cs_acl *dacl = lint->sd->sd.dacl;
    size_t old = 0;
    for (size_t i = 0; i < dacl->count; i++)
        old += dcom_is_old(&dacl->aces[i]);
    if (!old || !dcom_has_limits(&lint->place))
        return;
    if (old == dacl->count)
        report(lint, "note", "old-format", source_of(lint),
               "every entry is in the format from before SP1 (0x1) and means every right");
    else
        report(lint, "error", "mixed-format", source_of(lint),
               "entries with 0x1 alone beside entries with separate rights: a list must not mix "
               "the formats");
}

/* --------------------------------------------------------------------- one ACE */

static void check_marker(struct lint *lint, const struct cs_ace *ace)
{
    if (ace->mask & 0x1e && !(ace->mask & CS_COM_EXECUTE))
        report(lint, "error", "no-execute-bit", dcom_name(&lint->place, &ace->sid),
               "the entry lacks 0x1: COM takes the whole descriptor for invalid");
}

static void check_bits(struct lint *lint, const struct cs_ace *ace)
{
    if (ace->mask & ~lint->place.all)
        report(lint, "warning", "strange-rights", dcom_name(&lint->place, &ace->sid),
               "the entry holds rights that COM does not know here; what Windows makes of them "
               "is not confirmed");
}

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
    check_marker, check_bits, check_orphan, check_anonymous, check_deny,
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
    check_list(lint);
    check_owner(lint);
    check_group(lint);
    if (cs_sd_dacl(&lint->sd->sd) != CS_DACL_LIST)
        return;
    check_format(lint);
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
