/*
 * token - what a principal carries to a host.
 *
 * A token is the list of SIDs that every descriptor is asked with.  It depends on where it is
 * carried to: domain-local groups count in their own domain, and machine-local and built-in
 * groups only on the machine they belong to; and it depends on when it was made: a computer
 * carries the one of its last start (KB 903220's restart, K24).  `via` is the way a SID came
 * in: from the account outward, each name a member of the next.
 *
 * What a fresh token would hold and this one does not is said on standard error, with what
 * would bring it in.
 */
#include <certsh/plugin.h>

struct show {
    struct cs_call *call;
    struct cs_lab *lab;
    struct cs_arena *arena;
    cs_id principal, host;
    struct cs_token *token;
};

static struct cs_value kind_of(const struct show *show, const struct cs_token_sid *sid)
{
    struct cs_principal who;
    if (sid->id && cs_principal_get(show->lab, sid->id, &who))
        return cs_value_text(cs_principal_kind_name(who.kind));
    if (cs_sid_known_find(&sid->sid))
        return cs_value_text(cs_principal_kind_name(CS_WELL_KNOWN));
    return cs_value_text(cs_principal_kind_name(CS_FOREIGN));
}

static struct cs_str name_of(const struct show *show, const struct cs_token_sid *sid)
{
    if (sid->id)
        return cs_principal_name(show->lab, show->arena, sid->id);
    return cs_sid_name(show->lab, show->arena, &sid->sid, show->host);
}

static cs_status show_sid(const struct show *show, size_t index, struct cs_error *err)
{
    const struct cs_token_sid *sid = cs_token_at(show->token, index);
    struct cs_sid_text text;
    return CS_ROW(show->call, err,
                  cs_value_printf(show->arena, "%s", cs_sid_format(&sid->sid, &text)),
                  cs_value_str(name_of(show, sid)), kind_of(show, sid),
                  cs_token_path(show->lab, show->arena, show->token, (int)index),
                  cs_value_text(cs_origin_name(sid->origin)));
}

/* ------------------------------------------------------- what is not yet in it */

static cs_status make(const struct show *show, cs_tick when, struct cs_token **token,
                      struct cs_error *err)
{
    struct cs_token_ask ask = {
        .principal = show->principal, .host = show->host, .logon = CS_LOGON_NETWORK, .when = when};
    return cs_token_of(show->lab, show->arena, &ask, token, err);
}

/* Say which groups wait for a restart or a new logon. */
static void tell_missing(const struct show *show)
{
    struct cs_token *fresh;
    struct cs_error ignored;
    struct cs_buf names;
    if (make(show, CS_NOW, &fresh, &ignored) != CS_OK)
        return;
    cs_buf_init(&names, 4096);
    for (size_t i = 0; i < cs_token_count(fresh); i++) {
        const struct cs_token_sid *sid = cs_token_at(fresh, i);
        if (cs_token_has(show->token, &sid->sid))
            continue;
        if (names.length)
            cs_buf_adds(&names, ", ");
        cs_buf_add_str(&names, name_of(show, sid));
    }
    cs_id host = cs_host_of_account(show->lab, show->principal);
    const struct cs_host *own = cs_host_get(show->lab, host);
    if (names.length && own)
        cs_call_warn(show->call,
                     "not in this token, which is older than the membership: %s; "
                     "a restart brings it: shutdown /r /m \\\\%.*s",
                     names.at, CS_STR_ARG(own->name));
    else if (names.length)
        cs_call_warn(show->call,
                     "not in this token, which is older than the membership: %s; "
                     "a new logon brings it",
                     names.at);
    cs_buf_clear(&names);
}

/* Windows builds no token of more SIDs than that: 1,015 groups and some of its own (MS-KB 328889).
 */
enum { MOST_SIDS = 1024, MOST_GROUPS = 1015 };

static void tell_limit(const struct show *show)
{
    size_t count = cs_token_count(show->token);
    if (count > MOST_SIDS)
        cs_call_warn(show->call,
                     "%zu SIDs: Windows refuses a logon with more than %d groups (error 1384)",
                     count, MOST_GROUPS);
}

static cs_status token_show(struct cs_call *call, struct cs_error *err)
{
    struct show show = {.call = call,
                        .lab = cs_call_lab(call),
                        .arena = cs_call_arena(call),
                        .principal = cs_call_id(call, "principal")};
    show.host =
        cs_call_given(call, "at") ? cs_call_id(call, "at") : cs_shell_host(cs_call_shell(call));
    cs_status status = make(&show, 0, &show.token, err);
    for (size_t i = 0; status == CS_OK && i < cs_token_count(show.token); i++)
        status = show_sid(&show, i, err);
    if (status == CS_OK)
        tell_limit(&show);
    if (status == CS_OK)
        tell_missing(&show);
    return status;
}

static const struct cs_command commands[] = {{
    .name = "token show",
    .brief = "show what a principal carries to a host",
    .detail = "The SIDs of a network logon there, in the order they came in.  Without --at: the "
              "current host; where there is none, only what the directory gives.",
    .run = token_show,
    .params = CS_PARAMS({"principal", &cs_type_principal, "whose token"},
                        {"at", &cs_type_host, "on which host", CS_OPTION}),
    .result = CS_FIELDS({"sid", &cs_type_sid, "a SID in the token"},
                        {"name", &cs_type_text, "whose it is"},
                        {"kind", &cs_type_text, "user, computer, group, well-known, foreign"},
                        {"via", &cs_type_list, "the way it came in, from the account outward"},
                        {"origin", &cs_type_text,
                         "user, primary, member, history, resource, local, builtin, context"}),
    .examples = CS_EXAMPLES({"token show CORP\\DC02$ --at DC01",
                             "does the domain controller carry CERTSVC_DCOM_ACCESS?"}),
    .see = "membership path,enroll check",
}};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "token",
    .version = "1.0",
    .brief = "what a principal carries to a host",
    .needs = "lab.read",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
