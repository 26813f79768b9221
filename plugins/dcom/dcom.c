/*
 * dcom - the descriptors that DCOM asks before a program on a host may be started or called.
 *
 * Windows keeps six of them.  Two are limits of the whole machine (since XP SP2 and 2003 SP1):
 * what a limit does not grant, nobody gets, whatever the program says.  Two belong to one
 * program, named by its AppID; two are the defaults of programs that say nothing:
 *
 *     scope               registry value                           asks for
 *     launch-limit        Ole\MachineLaunchRestriction             launch, activation
 *     access-limit        Ole\MachineAccessRestriction             calls
 *     launch-default      Ole\DefaultLaunchPermission              launch, activation
 *     access-default      Ole\DefaultAccessPermission              calls
 *     launch-permission   AppID\{...}\LaunchPermission             launch, activation
 *     access-permission   AppID\{...}\AccessPermission             calls
 *
 * A limit may come from group policy, which then shadows the registry's; `dcom show` shows
 * both and says which counts.  The AppID is that of CertSrv Request unless --appid names
 * another.  `dcom allow`, `deny`, `revoke` and `reset` do what the dialogs of dcomcnfg do, and
 * `dcom lint` finds what goes wrong in such lists.
 *
 * A list in the format from before SP1 holds ACEs with 0x1 alone, which mean every right.  The
 * two formats must not be mixed, so an edit widens the old ACEs first, and says so.
 */
#include "dcom.h"

#define SCOPES                                                                                     \
    "launch-limit, access-limit, launch-default, access-default, launch-permission, "              \
    "access-permission"

/* Of the type's own making, so that a usage line says SCOPE and not all six of them. */
static cs_status parse_scope(struct cs_shell *shell, struct cs_arena *arena, struct cs_str text,
                             struct cs_value *out, struct cs_error *err)
{
    enum cs_dcom_scope scope;
    (void)shell;
    (void)arena;
    if (!cs_dcom_scope_find(text, &scope)) {
        cs_fail(err, CS_INVALID, "'%.*s' is no scope", CS_STR_ARG(text));
        return cs_error_hint(err, "one of " SCOPES);
    }
    *out = cs_value_text(cs_dcom_scope_name(scope));
    return CS_OK;
}

static void complete_scope(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                           void *context)
{
    (void)shell;
    for (int scope = 0; scope < CS_DCOM_SCOPE_COUNT; scope++) {
        struct cs_str name = cs_str_of(cs_dcom_scope_name((enum cs_dcom_scope)scope));
        if (cs_str_same_start(name, prefix))
            offer(context, name, NULL);
    }
}

static const struct cs_type type_scope = {
    .name = "scope",
    .json = "string",
    .brief = SCOPES,
    .parse = parse_scope,
    .complete = complete_scope,
};

/* ------------------------------------------------------------------ a place */

bool dcom_is_limit(enum cs_dcom_scope scope)
{
    return scope == CS_DCOM_LAUNCH_LIMIT || scope == CS_DCOM_ACCESS_LIMIT;
}

static bool is_permission(enum cs_dcom_scope scope)
{
    return scope == CS_DCOM_LAUNCH_PERMISSION || scope == CS_DCOM_ACCESS_PERMISSION;
}

bool dcom_is_old(const struct cs_ace *ace)
{
    return !ace->opaque && (ace->mask & 0x1f) == CS_COM_EXECUTE;
}

bool dcom_has_limits(const struct dcom_place *place)
{
    const struct cs_windows_info *info = cs_windows_info(place->record->windows);
    return place->record->windows == CS_WINDOWS_UNKNOWN || !info || info->limits;
}

/* An AppID in braces, whichever way it was typed. */
static cs_status appid_of(struct cs_arena *arena, struct cs_str text, struct cs_str *appid,
                          struct cs_error *err)
{
    struct cs_guid guid;
    struct cs_guid_text lower;
    if (cs_guid_parse(text, &guid, err) != CS_OK)
        return cs_error_where(err, "--appid '%.*s'", CS_STR_ARG(text));
    char *made = cs_arena_printf(arena, "{%s}", cs_guid_format(&guid, &lower));
    for (char *at = made; *at; at++)
        *at = (char)(*at >= 'a' && *at <= 'f' ? *at - 'a' + 'A' : *at);
    *appid = cs_str_of(made);
    return CS_OK;
}

static cs_status find_key(const struct cs_call *call, struct dcom_place *place,
                          struct cs_error *err)
{
    struct cs_str given = cs_call_str(call, "appid");
    place->value = cs_str_of(cs_dcom_scope_value(place->scope));
    place->key = CS_KEY_OLE;
    if (!is_permission(place->scope))
        return CS_OK;
    place->key = CS_KEY_CERTSRV_REQUEST;
    place->appid = cs_str_from(place->key, CS_KEY_APPID.length + 1);
    if (!given.length)
        return CS_OK;
    if (appid_of(place->arena, given, &place->appid, err) != CS_OK)
        return err->status;
    place->key = cs_str_printf(place->arena, "%.*s\\%.*s", CS_STR_ARG(CS_KEY_APPID),
                               CS_STR_ARG(place->appid));
    return CS_OK;
}

cs_status dcom_place_of(const struct cs_call *call, enum cs_dcom_scope scope,
                        struct dcom_place *place, struct cs_error *err)
{
    bool launch = cs_dcom_scope_kind(scope) == CS_SCOPE_IS_LAUNCH;
    *place = (struct dcom_place){.lab = cs_call_lab(call),
                                 .arena = cs_call_arena(call),
                                 .scope = scope,
                                 .vocab = launch ? &cs_rights_launch : &cs_rights_access,
                                 .all = launch ? 0x1f : 0x7};
    if (cs_call_host(call, "host", &place->host, err) != CS_OK)
        return err->status;
    place->record = cs_host_get(place->lab, place->host);
    return find_key(call, place, err);
}

cs_status dcom_place_given(const struct cs_call *call, struct dcom_place *place,
                           struct cs_error *err)
{
    enum cs_dcom_scope scope;
    if (!cs_dcom_scope_find(cs_call_str(call, "scope"), &scope))
        return cs_fail(err, CS_INVALID, "no such scope");
    return dcom_place_of(call, scope, place, err);
}

/* The descriptor of another program than CertSrv Request: the value, or nothing. */
static size_t other_sd(const struct dcom_place *place, struct cs_dcom_sd *out)
{
    const struct cs_reg_value *value =
        cs_registry_get(place->lab, place->host, place->key, place->value);
    if (!value)
        return 0;
    struct cs_error err;
    *out = (struct cs_dcom_sd){.scope = place->scope,
                               .source = "registry",
                               .effective = true,
                               .known = true,
                               .where = value->record.source};
    if (cs_sd_decode(place->arena, value->data, &out->sd, &err) != CS_OK) {
        out->broken = true;
        out->problem = cs_str_printf(place->arena, "%s", err.text);
    }
    return 1;
}

size_t dcom_sds(const struct dcom_place *place, struct cs_dcom_sd out[2])
{
    if (is_permission(place->scope) && !cs_str_same(place->key, CS_KEY_CERTSRV_REQUEST))
        return other_sd(place, out);
    return cs_dcom_sds(place->lab, place->arena, place->host, place->scope, out);
}

struct cs_str dcom_name(const struct dcom_place *place, const struct cs_sid *sid)
{
    return cs_sid_name(place->lab, place->arena, sid, place->host);
}

/* ------------------------------------------------------------- declarations */

#define HOST_OPTION                                                                                \
    {                                                                                              \
        "host", &cs_type_host, "of which host (the current one)", CS_OPTION                        \
    }
#define APPID_OPTION                                                                               \
    {                                                                                              \
        "appid", &cs_type_text, "the program's AppID (CertSrv Request)", CS_OPTION                 \
    }

/* clang-format off */
#define EDIT_PARAMS                                                                                \
    CS_PARAMS({"scope", &type_scope, "which descriptor"},                                          \
              {"principal", &cs_type_principal, "who"},                                            \
              {"rights", &cs_type_text, "ll,rl,la,ra for launch, l,r for access (all)",            \
               CS_OPTIONAL},                                                                       \
              APPID_OPTION, HOST_OPTION)
#define EDIT_FIELDS                                                                                \
    CS_FIELDS({"host", &cs_type_host, "whose descriptor"},                                         \
              {"scope", &type_scope, "which one"},                                                 \
              {"appid", &cs_type_text, "the program, null for limits and defaults"},               \
              {"change", &cs_type_text, "allow, deny, revoke, reset"},                             \
              {"principal", &cs_type_principal, "for whom, null for a reset"},                     \
              {"rights", &cs_type_text, "which rights, null for a reset"},                         \
              {"before", &cs_type_sddl, "the descriptor before, null where there was none"},       \
              {"after", &cs_type_sddl, "the descriptor after, null where there is none"},          \
              {"effective", &cs_type_bool, "does it count, or does a policy shadow it?"})
/* clang-format on */

static const struct cs_command commands[] = {
    {
        .name = "dcom show",
        .brief = "show the DCOM descriptors of a host",
        .detail = "One row for every ACE.  Where a policy shadows the registry both are shown; "
                  "`effective` tells which one Windows asks.  Rights are written as they are "
                  "typed: ll rl la ra (local and remote launch and activation) for launch, l r "
                  "(local and remote calls) for access; 0x1 is the format from before SP1 and "
                  "means all of them.",
        .run = dcom_show,
        .params = CS_PARAMS(HOST_OPTION, APPID_OPTION),
        .result = CS_FIELDS({"scope", &type_scope, "which descriptor"},
                            {"appid", &cs_type_text, "the program, null for limits and defaults"},
                            {"source", &cs_type_text, "policy, registry or built-in"},
                            {"effective", &cs_type_bool, "is it the one that counts?"},
                            {"sddl", &cs_type_sddl, "the whole descriptor, domain SIDs in full"},
                            {"principal", &cs_type_principal, "who; null where there is no ACE"},
                            {"kind", &cs_type_text, "allow or deny"},
                            {"rights", &cs_type_text, "which rights"},
                            {"sid", &cs_type_sid, "the principal's SID"}),
        .examples = CS_EXAMPLES({"dcom show", "the six descriptors of the current host"},
                                {"dcom show --host DC02", "the same of another one"}),
        .see = "dcom allow,dcom lint",
    },
    {
        .name = "dcom allow",
        .brief = "allow somebody rights in a DCOM descriptor",
        .run = dcom_edit,
        .params = EDIT_PARAMS,
        .result = EDIT_FIELDS,
        .examples = CS_EXAMPLES({"dcom allow launch-limit \"CORP\\Domain Controllers\" la,ra",
                                 "let domain controllers activate, without any group"}),
        .see = "dcom revoke,dcom show",
        .flags = CS_COMMAND_WRITES,
        .data = "allow",
    },
    {
        .name = "dcom deny",
        .brief = "deny somebody rights in a DCOM descriptor",
        .run = dcom_edit,
        .params = EDIT_PARAMS,
        .result = EDIT_FIELDS,
        .examples = CS_EXAMPLES({"dcom deny access-limit CORP\\bob r", "no remote calls by bob"}),
        .see = "dcom revoke,dcom show",
        .flags = CS_COMMAND_WRITES,
        .data = "deny",
    },
    {
        .name = "dcom revoke",
        .brief = "take somebody's entries out of a DCOM descriptor",
        .detail = "Without rights every entry of the principal goes, allowing and denying.  An "
                  "entry that would keep no right goes whole: 0x1 alone would mean every right.",
        .run = dcom_edit,
        .params = EDIT_PARAMS,
        .result = EDIT_FIELDS,
        .examples = CS_EXAMPLES(
            {"dcom revoke launch-limit CERTSVC_DCOM_ACCESS", "damage a limit, to see it healed"}),
        .see = "dcom allow,dcom reset",
        .flags = CS_COMMAND_WRITES,
        .data = "revoke",
    },
    {
        .name = "dcom reset",
        .brief = "give a DCOM descriptor the default of the host's Windows",
        .detail = "The default of Windows itself, without what Certificate Services adds to it: "
                  "the recipe of KB 903220 (clear the flag, restart certsvc) brings that back.",
        .run = dcom_reset,
        .params = CS_PARAMS({"scope", &type_scope, "which descriptor"}, APPID_OPTION, HOST_OPTION),
        .result = EDIT_FIELDS,
        .examples = CS_EXAMPLES({"dcom reset launch-permission", "CertSrv Request as SP1 has it"}),
        .see = "dcom show",
        .flags = CS_COMMAND_WRITES,
        .data = "reset",
    },
    {
        .name = "dcom lint",
        .brief = "find mistakes in the DCOM descriptors of a host",
        .detail = "Exit code 2 when one of them is an error.",
        .run = dcom_lint,
        .params = CS_PARAMS(HOST_OPTION, APPID_OPTION),
        .result = CS_FIELDS({"severity", &cs_type_text, "error, warning or note"},
                            {"rule", &cs_type_text, "which rule found it"},
                            {"scope", &type_scope, "which descriptor"},
                            {"subject", &cs_type_text, "what it is about"},
                            {"text", &cs_type_text, "what is wrong, and what helps"}),
        .examples = CS_EXAMPLES({"dcom lint", "is everything as Windows wants it?"}),
        .see = "membership validate",
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "dcom",
    .version = "1.0",
    .brief = "DCOM limits, defaults and permissions of a host",
    .needs = "lab.read lab.write",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
