/*
 * right - who holds which user right on a host.
 *
 *     right list SeNetworkLogonRight --host SRV01
 *     right grant SeDenyNetworkLogonRight CORP\bob
 *     right revoke SeNetworkLogonRight Everyone
 *
 * User rights (secpol.msc, "User Rights Assignment") are the first thing a caller over the
 * network meets: SeNetworkLogonRight lets in, SeDenyNetworkLogonRight keeps out and wins.
 * Holders are kept as SIDs, as Windows keeps them, so a holder survives its own deletion as an
 * orphan and is listed as such.
 *
 * Sources: MS-LSAD 3.1.1.2.2; FACTS 10 for the defaults.
 */
#include <certsh/plugin.h>

/* ---------------------------------------------------------------------- listing */

struct listing {
    struct cs_call *call;
    cs_id host;
    struct cs_str only; /* one right's name, or "" for all */
    bool found;
    struct cs_error *err;
    cs_status status;
};

static cs_status give_holder(struct cs_call *call, cs_id host, struct cs_str right,
                             struct cs_str sid_text, struct cs_error *err)
{
    struct cs_sid sid;
    if (cs_sid_parse(sid_text, &sid, NULL) != CS_OK) /* a name that nobody bore at its import */
        return CS_ROW(call, err, cs_value_str(right), cs_value_str(sid_text), cs_value_null());
    struct cs_str name = cs_sid_name(cs_call_lab(call), cs_call_arena(call), &sid, host);
    return CS_ROW(call, err, cs_value_str(right), cs_value_str(name), cs_value_str(sid_text));
}

static bool list_grant(void *context, const struct cs_record *record)
{
    struct listing *list = context;
    const struct cs_right_grant *grant = (const struct cs_right_grant *)record;
    if (grant->host != list->host || (list->only.length && !cs_str_same(grant->name, list->only)))
        return true;
    list->found = true;
    for (size_t i = 0; i < grant->sids.count && list->status == CS_OK; i++)
        list->status =
            give_holder(list->call, list->host, grant->name, grant->sids.at[i], list->err);
    return list->status == CS_OK;
}

static cs_status not_known(const struct cs_host *host, struct cs_error *err)
{
    cs_fail(err, CS_UNKNOWN, "the user rights of %.*s are not known", CS_STR_ARG(host->name));
    return cs_error_hint(err, "secedit /export /areas USER_RIGHTS on it gives them");
}

static cs_status right_list(struct cs_call *call, struct cs_error *err)
{
    struct listing list = {.call = call, .only = cs_call_str(call, "right"), .err = err};
    struct cs_lab *lab = cs_call_lab(call);
    cs_status status = cs_call_host(call, "host", &list.host, err);
    if (status != CS_OK)
        return status;
    cs_record_each(lab, CS_NOUN_RIGHT, list_grant, &list);
    const struct cs_host *host = cs_host_get(lab, list.host);
    if (list.status == CS_OK && !list.found && !host->complete)
        return not_known(host, err);
    return list.status;
}

/* ---------------------------------------------------------------------- changes */

static bool holds(const struct cs_right_grant *grant, struct cs_str sid)
{
    for (size_t i = 0; grant && i < grant->sids.count; i++)
        if (cs_str_same(grant->sids.at[i], sid))
            return true;
    return false;
}

/* The holders of `grant` without `sid`, and with it at the end where it is to be added. */
static struct cs_strs changed(struct cs_arena *arena, const struct cs_right_grant *grant,
                              struct cs_str sid, bool add)
{
    size_t old = grant ? grant->sids.count : 0, count = 0;
    struct cs_str *at = cs_arena_alloc(arena, (old + 1) * sizeof *at);
    for (size_t i = 0; i < old; i++)
        if (!cs_str_same(grant->sids.at[i], sid))
            at[count++] = grant->sids.at[i];
    if (add)
        at[count++] = sid;
    return (struct cs_strs){at, count};
}

static cs_status change(struct cs_call *call, bool add, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_arena *arena = cs_call_arena(call);
    struct cs_str right = cs_call_str(call, "right");
    struct cs_principal p;
    struct cs_sid_text buffer;
    cs_id host, id;
    cs_status status = cs_call_host(call, "host", &host, err);
    if (status != CS_OK)
        return status;
    if (!cs_principal_get(lab, cs_call_id(call, "principal"), &p))
        return cs_fail(err, CS_NOT_FOUND, "no such principal");
    struct cs_str sid = cs_str_printf(arena, "%s", cs_sid_format(&p.sid, &buffer));
    const struct cs_right_grant *now = cs_right_find(lab, host, right);
    /* A holder more or less of a list nobody gave would make a list of one out of it. */
    if (!now && !cs_host_get(lab, host)->complete)
        return not_known(cs_host_get(lab, host), err);
    if (holds(now, sid) == add)
        return cs_fail(err, CS_STATE, "%.*s %s %.*s",
                       CS_STR_ARG(cs_principal_name(lab, arena, p.id)),
                       add ? "already holds" : "does not hold", CS_STR_ARG(right));
    struct cs_right_grant grant = {
        .record = {.id = now ? now->record.id : 0, .source = {.origin = CS_ORIGIN_COMMAND}},
        .host = host,
        .name = now ? now->name : right,
        .sids = changed(arena, now, sid, add),
    };
    status = cs_right_put(lab, &grant, &id, err);
    return status == CS_OK ? give_holder(call, host, grant.name, sid, err) : status;
}

static cs_status right_grant(struct cs_call *call, struct cs_error *err)
{
    return change(call, true, err);
}

static cs_status right_revoke(struct cs_call *call, struct cs_error *err)
{
    return change(call, false, err);
}

/* ----------------------------------------------------------------- declarations */

#define FIELDS                                                                                     \
    CS_FIELDS({"right", &cs_type_right, "the user right"},                                         \
              {"principal", &cs_type_text, "who holds it"}, {"sid", &cs_type_sid, "its SID"})
#define CHANGE_PARAMS                                                                              \
    CS_PARAMS({"right", &cs_type_right, "SeNetworkLogonRight, ..."},                               \
              {"principal", &cs_type_principal, "who"},                                            \
              {"host", &cs_type_host, "on which host; the current one", CS_OPTION})

static const struct cs_command commands[] = {
    {
        .name = "right list",
        .brief = "list who holds the user rights of a host",
        .params = CS_PARAMS({"right", &cs_type_right, "only this one", CS_OPTIONAL},
                            {"host", &cs_type_host, "on which host; the current one", CS_OPTION}),
        .result = FIELDS,
        .examples = CS_EXAMPLES({"right list SeNetworkLogonRight", "who may come over the net?"}),
        .see = "right grant, right revoke",
        .run = right_list,
    },
    {
        .name = "right grant",
        .brief = "give a principal a user right on a host",
        .params = CHANGE_PARAMS,
        .result = FIELDS,
        .examples = CS_EXAMPLES({"right grant SeDenyNetworkLogonRight CORP\\bob",
                                 "keep bob out, whatever else lets him in"}),
        .see = "right list, right revoke",
        .flags = CS_COMMAND_WRITES,
        .run = right_grant,
    },
    {
        .name = "right revoke",
        .brief = "take a user right from a principal on a host",
        .params = CHANGE_PARAMS,
        .result = FIELDS,
        .examples = CS_EXAMPLES(
            {"right revoke SeNetworkLogonRight Everyone", "who still gets in without Everyone?"}),
        .see = "right list, right grant",
        .flags = CS_COMMAND_WRITES,
        .run = right_revoke,
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "right",
    .version = "1.0",
    .brief = "user rights of a host",
    .needs = "lab.read lab.write",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
