/*
 * sd - one security descriptor on the bench: read it, ask it, find its flaws, compare two.
 *
 * A descriptor comes as SDDL ("O:BAG:BAD:(A;;CCDCSW;;;WD)") or as the hex digits of a registry
 * export ("01,00,04,80,..."); the two are told apart by looking.  Two-letter names of domain
 * accounts (DA, DU, ...) mean those of the current host's domain.
 *
 * `sd check` is plain MS-DTYP 2.5.3.2: the SIDs given, the mask given, the list in its order.
 * How COM reads masks is no business of this plugin; see dcom and enroll.
 */
#include "sd.h"

/* --------------------------------------------------------------- arguments */

/* Aliases of the current host's domain; none of these is an error where there is no host. */
static struct cs_sddl_scope scope_here(const struct cs_call *call)
{
    struct cs_sddl_scope scope = {0};
    struct cs_lab *lab = cs_call_lab(call);
    const struct cs_host *host = cs_host_get(lab, cs_shell_host(cs_call_shell(call)));
    const struct cs_domain *domain = host ? cs_domain_get(lab, host->domain) : NULL;
    if (domain && domain->sid.count)
        scope.domain = &domain->sid;
    if (domain)
        scope.root = cs_domain_root_sid(lab, domain->record.id);
    if (host && host->role != CS_ROLE_DC && host->machine.count)
        scope.machine = &host->machine;
    return scope;
}

cs_status sd_argument(const struct cs_call *call, const char *name, struct cs_sd *sd,
                      struct cs_error *err)
{
    struct cs_sddl_scope scope = scope_here(call);
    return cs_sd_read(cs_call_arena(call), cs_call_str(call, name), &scope, sd, err);
}

struct cs_str sd_sid_name(const struct cs_call *call, const struct cs_sid *sid)
{
    return cs_sid_name(cs_call_lab(call), cs_call_arena(call), sid,
                       cs_shell_host(cs_call_shell(call)));
}

/* ------------------------------------------------------------------- words */

const char *sd_dacl_words(const struct cs_sd *sd)
{
    static const char *const words[] = {
        [CS_DACL_ABSENT] = "no DACL: everybody may everything",
        [CS_DACL_NULL] = "a NULL DACL: everybody may everything",
        [CS_DACL_EMPTY] = "an empty DACL: nobody may anything",
        [CS_DACL_LIST] = "a list",
    };
    return words[cs_sd_dacl(sd)];
}

cs_status sd_vocab(const struct cs_call *call, const struct cs_rights_vocab **vocab,
                   struct cs_error *err)
{
    const struct cs_rights_vocab *const all[] = {&cs_rights_launch, &cs_rights_access,
                                                 &cs_rights_ca, &cs_rights_ds};
    struct cs_str as = cs_call_str(call, "as");
    *vocab = NULL;
    for (size_t i = 0; i < CS_COUNT(all); i++)
        if (cs_str_same(as, cs_str_of(all[i]->name)))
            *vocab = all[i];
    if (*vocab || !as.length)
        return CS_OK;
    cs_fail(err, CS_INVALID, "'%.*s' is no kind of object", CS_STR_ARG(as));
    return cs_error_hint(err, "--as launch, access, ca or ds");
}

struct cs_str sd_rights(const struct cs_call *call, const struct cs_rights_vocab *vocab,
                        uint32_t mask)
{
    struct cs_rights_text text;
    if (vocab)
        return cs_rights_format(cs_call_arena(call), vocab, mask);
    if (!mask)
        return CS_STR("nothing");
    return cs_str_printf(cs_call_arena(call), "%s", cs_rights_format_sddl(mask, &text));
}

static const char *const ace_kinds[] = {
    [CS_ACE_ALLOW] = "allow",
    [CS_ACE_DENY] = "deny",
    [CS_ACE_AUDIT] = "audit",
    [CS_ACE_ALARM] = "alarm",
    [CS_ACE_COMPOUND] = "compound",
    [CS_ACE_OBJECT_ALLOW] = "object-allow",
    [CS_ACE_OBJECT_DENY] = "object-deny",
    [CS_ACE_OBJECT_AUDIT] = "object-audit",
    [CS_ACE_OBJECT_ALARM] = "object-alarm",
    [CS_ACE_CALLBACK_ALLOW] = "callback-allow",
    [CS_ACE_CALLBACK_DENY] = "callback-deny",
    [CS_ACE_CALLBACK_OBJECT_ALLOW] = "callback-object-allow",
    [CS_ACE_CALLBACK_OBJECT_DENY] = "callback-object-deny",
    [CS_ACE_CALLBACK_AUDIT] = "callback-audit",
    [CS_ACE_CALLBACK_ALARM] = "callback-alarm",
    [CS_ACE_CALLBACK_OBJECT_AUDIT] = "callback-object-audit",
    [CS_ACE_CALLBACK_OBJECT_ALARM] = "callback-object-alarm",
    [CS_ACE_MANDATORY_LABEL] = "label",
    [CS_ACE_RESOURCE_ATTRIBUTE] = "attribute",
    [CS_ACE_SCOPED_POLICY] = "policy",
};

const char *sd_ace_kind(uint8_t type)
{
    return type < CS_COUNT(ace_kinds) && ace_kinds[type] ? ace_kinds[type] : "unknown";
}

/* ------------------------------------------------------------- declarations */

#define AS_OPTION                                                                                  \
    {                                                                                              \
        "as", &cs_type_text, "names of the rights: launch, access, ca or ds", CS_OPTION            \
    }

static const struct cs_command commands[] = {
    {
        .name = "sd show",
        .brief = "show what a security descriptor says",
        .detail = "One row for the owner, the group, and every ACE, in stored order.",
        .run = sd_show,
        .params = CS_PARAMS({"sd", &cs_type_sddl, "SDDL, or hex digits as in a registry export"}),
        .result = CS_FIELDS({"part", &cs_type_text, "owner, group, dacl or sacl"},
                            {"index", &cs_type_int, "number of the ACE in its list, from 0"},
                            {"kind", &cs_type_text, "allow, deny, audit, ..."},
                            {"principal", &cs_type_text, "who, by name where there is one"},
                            {"sid", &cs_type_sid, "who"}, {"mask", &cs_type_code, "the rights"},
                            {"text", &cs_type_text, "the same in SDDL"}),
        .examples =
            CS_EXAMPLES({"sd show O:BAG:BAD:(A;;CCDCSW;;;WD)", "a limit that lets nobody in"},
                        {"sd show O:BAG:BAD:P(A;;GA;;;DA)", "an alias of the current domain"}),
        .see = "sd check,dcom show",
    },
    {
        .name = "sd check",
        .brief = "ask a security descriptor: may this token do that?",
        .detail = "The first SID of the token is its user.  The check is plain MS-DTYP; how COM "
                  "reads masks is the affair of dcom and enroll.  Exit code 2 when refused.",
        .run = sd_check,
        .params =
            CS_PARAMS({"sd", &cs_type_sddl, "SDDL or hex digits"},
                      {"token", &cs_type_text, "SIDs or well-known names, by commas", CS_OPTION},
                      {"rights", &cs_type_text, "a number, SDDL letters, or maximum", CS_OPTION}),
        .result = CS_FIELDS({"granted", &cs_type_bool, "is all that was asked granted?"},
                            {"verdict", &cs_type_verdict, "allowed, denied, not-granted"},
                            {"mask", &cs_type_code, "what is granted of what was asked"},
                            {"ace", &cs_type_int, "the deciding ACE, from 0; null: none decided"},
                            {"sid", &cs_type_sid, "the SID that ACE matched, or null"},
                            {"text", &cs_type_text, "the deciding ACE in SDDL, or null"}),
        .examples = CS_EXAMPLES(
            {"sd check O:BAG:BAD:(A;;CCDCSW;;;WD) --token S-1-5-21-1-2-3-1000,S-1-1-0 --rights 0x2",
             "may Everyone launch from here?"}),
        .see = "sd show,enroll check",
    },
    {
        .name = "sd lint",
        .brief = "find mistakes in a security descriptor",
        .detail = "Owner and group, order, entries that never count, deleted accounts; with --as "
                  "launch or access the formats of COM too.  Exit code 2 when one is an error.",
        .run = sd_lint,
        .params = CS_PARAMS({"sd", &cs_type_sddl, "SDDL or hex digits"}, AS_OPTION),
        .result = CS_FIELDS({"severity", &cs_type_text, "error, warning or note"},
                            {"rule", &cs_type_text, "which rule found it"},
                            {"ace", &cs_type_int, "number of the ACE, or null"},
                            {"other", &cs_type_int, "the ACE it collides with, or null"},
                            {"text", &cs_type_text, "what is wrong"}),
        .examples = CS_EXAMPLES(
            {"sd lint O:BAG:BAD:(A;;CCDCSW;;;WD)", "nothing to say"},
            {"sd lint O:BAG:BAD:(D;;DC;;;WD)(A;;DC;;;AU)", "an entry that is never reached"}),
        .see = "dcom lint",
    },
    {
        .name = "sd diff",
        .brief = "compare two security descriptors",
        .detail = "First the rights of everybody who has others in the second, then the entries "
                  "that only one of them has; the order of a list counts.  Exit code 0 also when "
                  "they differ.",
        .run = sd_diff,
        .params = CS_PARAMS({"a", &cs_type_sddl, "the one"}, {"b", &cs_type_sddl, "the other"},
                            AS_OPTION),
        .result = CS_FIELDS({"part", &cs_type_text, "owner, group, control, rights, dacl or sacl"},
                            {"principal", &cs_type_text, "who, by name"},
                            {"before", &cs_type_text, "in the first: rights, or an entry in SDDL"},
                            {"after", &cs_type_text, "in the second"}),
        .examples = CS_EXAMPLES({"sd diff O:BAG:BAD:(A;;CCDCSW;;;WD) "
                                 "O:BAG:BAD:(A;;CCDCSW;;;WD)(A;;CCSWRP;;;AU)",
                                 "what was added?"}),
        .see = "sd show",
    },
    {
        .name = "sd explain",
        .brief = "say in sentences what a security descriptor means",
        .detail = "One sentence an entry, in the list's order, then what is wrong with it.",
        .run = sd_explain,
        .params = CS_PARAMS({"sd", &cs_type_sddl, "SDDL or hex digits"}, AS_OPTION),
        .result = CS_FIELDS({"part", &cs_type_text, "owner, dacl, sacl or finding"},
                            {"index", &cs_type_int, "number of the entry, or null"},
                            {"text", &cs_type_text, "the sentence"}),
        .examples = CS_EXAMPLES(
            {"sd explain O:BAG:BAD:(A;;CCDCSW;;;WD) --as launch", "a machine-wide launch limit"}),
        .see = "sd show,sd lint",
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "sd",
    .version = "1.0",
    .brief = "read, ask and compare security descriptors",
    .needs = "lab.read",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
