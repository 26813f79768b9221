/*
 * net - net.exe, as far as the article and its readers need it.
 *
 *     net stop certsvc
 *     net start certsvc
 *     net localgroup CERTSVC_DCOM_ACCESS "Domain Controllers" /add
 *     net group "Domain Controllers"
 *     net helpmsg 3521
 *
 * net.exe has two ways to fail.  An error of its own is a message with a number and the advice
 * to type NET HELPMSG; an error of the system below it is "System error n has occurred." and
 * the system's text.  Which of the two a refusal takes is part of what people recognise, so
 * it is kept: 2182, 2185, 3521 and 3783 are net's own, 1376 to 1379 are the system's.
 *
 * A group command works on the current host.  On a domain controller that means the domain's
 * own domain-local and built-in groups, because a domain controller has no other local
 * groups; anywhere else the groups of that machine alone.  This one difference is why the
 * same line of the article has two effects (K9 and K10).
 *
 * This file holds the declarations and net's two ways to speak; service.c starts and stops,
 * localgroup.c and group.c are the group pages, group_words.c what both share.
 *
 * Every text comes from cs_net_message and cs_win32_text (FACTS 2.6 and 2.7).
 */
#include "net.h"

cs_status net_here(const struct cs_call *call, struct net_here *here, struct cs_error *err)
{
    here->lab = cs_call_lab(call);
    here->arena = cs_call_arena(call);
    here->host = cs_host_get(here->lab, cs_shell_host(cs_call_shell(call)));
    if (here->host)
        return CS_OK;
    cs_fail(err, CS_NOT_FOUND, "there is no current host");
    return cs_error_hint(err, "host list shows them; host use NAME makes one current");
}

struct cs_str net_text(const struct net_here *here, uint32_t number, struct cs_str arg)
{
    const char *text = cs_net_message(number, here->host->language);
    if (!text)
        return cs_str_printf(here->arena, "%u", (unsigned)number);
    return cs_message_format(here->arena, text, &arg, 1);
}

cs_status net_fail_help(const struct net_here *here, struct cs_error *err, cs_status status,
                        uint32_t number, struct cs_str arg)
{
    struct cs_str text = net_text(here, number, arg);
    struct cs_str help = net_text(here, 3514, cs_str_printf(here->arena, "%u", (unsigned)number));
    cs_fail(err, status, "%.*s\n\n%.*s", CS_STR_ARG(text), CS_STR_ARG(help));
    err->win32 = number;
    return status;
}

cs_status net_fail_system(const struct net_here *here, struct cs_error *err, cs_status status,
                          uint32_t number)
{
    struct cs_str first = net_text(here, 3502, cs_str_printf(here->arena, "%u", (unsigned)number));
    const char *text = cs_win32_text(number, here->host->language);
    cs_fail(err, status, "%.*s%s%s", CS_STR_ARG(first), text ? "\n\n" : "", text ? text : "");
    err->win32 = number;
    return status;
}

cs_status net_fail_lab(const struct net_here *here, struct cs_error *err)
{
    return err->win32 ? net_fail_system(here, err, err->status, err->win32) : err->status;
}

struct cs_str net_name(const struct net_here *here, cs_id id)
{
    struct cs_principal p;
    bool known = cs_principal_get(here->lab, id, &p);
    bool local = known && p.host && p.host == here->host->record.id;
    bool own = known && p.domain && p.domain == here->host->domain &&
               here->host->role == CS_ROLE_DC && p.kind != CS_WELL_KNOWN;
    return local || own ? p.name : cs_principal_name(here->lab, here->arena, id);
}

static void say_rule(struct cs_call *call)
{
    for (int i = 0; i < 79; i++)
        cs_call_say(call, "-");
    cs_call_say(call, "\n");
}

/* A label in a column of 15, as net.exe has it. */
static void say_label(struct cs_call *call, const struct net_here *here, uint32_t label,
                      struct cs_str text)
{
    struct cs_str word = net_text(here, label, CS_STR(""));
    size_t width = cs_str_width(word);
    cs_call_say(call, "%.*s%*s%.*s\n", CS_STR_ARG(word), width < 15 ? (int)(15 - width) : 1, "",
                CS_STR_ARG(text));
}

void net_say_group(struct cs_call *call, const struct net_here *here, uint32_t name_label,
                   const struct cs_principal *group)
{
    struct cs_str members = net_text(here, 4408, CS_STR(""));
    say_label(call, here, name_label, group->name);
    say_label(call, here, 4407, group->comment);
    cs_call_say(call, "\n%.*s\n\n", CS_STR_ARG(members));
    say_rule(call);
}

void net_say_list(struct cs_call *call, const struct net_here *here, uint32_t title)
{
    struct cs_str host = cs_str_printf(here->arena, "\\\\%.*s", CS_STR_ARG(here->host->name));
    struct cs_str text = net_text(here, title, host);
    cs_call_say(call, "\n%.*s\n\n", CS_STR_ARG(text));
    say_rule(call);
}

void net_say_remote(struct cs_call *call, const struct net_here *here, bool domain)
{
    const struct cs_domain *where = cs_domain_get(here->lab, here->host->domain);
    bool japanese = cs_language_is_japanese(here->host->language);
    if (!domain || !where || here->host->role == CS_ROLE_DC)
        return;
    cs_call_say(call,
                japanese ? "この要求はドメイン %.*s のドメイン コントローラで処理されます。\n\n"
                         : "The request will be processed at a domain controller for domain "
                           "%.*s.\n\n",
                CS_STR_ARG(where->dns));
}

void net_say_done(struct cs_call *call, const struct net_here *here)
{
    struct cs_str text = net_text(here, 3500, CS_STR(""));
    cs_call_say(call, "%.*s\n\n", CS_STR_ARG(text));
}

cs_status net_helpmsg(struct cs_call *call, struct cs_error *err)
{
    struct net_here here;
    cs_status status = net_here(call, &here, err);
    if (status != CS_OK)
        return status;
    uint32_t number = (uint32_t)cs_call_int(call, "number");
    const char *text = cs_net_message(number, here.host->language);
    if (!text)
        text = cs_win32_text(number, here.host->language);
    if (!text)
        return cs_fail(err, CS_NOT_FOUND, "no message of Windows with number %u is known here",
                       (unsigned)number);
    /* net.exe has no arguments here and writes *** for each. */
    const struct cs_str blanks[] = {CS_STR("***"), CS_STR("***"), CS_STR("***")};
    struct cs_str shown = cs_message_format(here.arena, text, blanks, CS_COUNT(blanks));
    cs_call_say(call, "\n%.*s\n\n", CS_STR_ARG(shown));
    return CS_ROW(call, err, cs_value_int(number), cs_value_str(shown));
}

#define SERVICE_FIELDS                                                                             \
    CS_FIELDS({"host", &cs_type_text, "the host"}, {"service", &cs_type_text, "the service"},      \
              {"display", &cs_type_text, "the name people see"},                                   \
              {"state", &cs_type_text, "running or stopped"})
#define GROUP_FIELDS                                                                               \
    CS_FIELDS({"group", &cs_type_text, "the group"},                                               \
              {"comment", &cs_type_text, "its comment, or null"},                                  \
              {"member", &cs_type_text, "a member, or null where only the group is meant"},        \
              {"sid", &cs_type_sid, "the member's SID"},                                           \
              {"kind", &cs_type_text, "user, group, computer, well-known or foreign"},             \
              {"change", &cs_type_text, "added, removed, created, deleted, commented, or null"})

static const struct cs_command commands[] = {
    {
        .name = "net start",
        .brief = "start a service, or list the started ones",
        .detail = "Starting Certificate Services looks at its DCOM flag: where "
                  "SETUP_DCOM_SECURITY_UPDATED_FLAG is clear, the DCOM security is updated and "
                  "the flag set.  The service is named by its short or its display name.",
        .usage = "[SERVICE]",
        .result = SERVICE_FIELDS,
        .examples = CS_EXAMPLES({"net start", "which services run?"}),
        .see = "net stop, sc query, certutil -setreg",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .run = net_start,
    },
    {
        .name = "net stop",
        .brief = "stop a service",
        .usage = "SERVICE",
        .result = SERVICE_FIELDS,
        .examples = CS_EXAMPLES({"net stop certsvc", "the second of the article's three lines"}),
        .see = "net start, sc query",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .run = net_stop,
    },
    {
        .name = "net localgroup",
        .brief = "list, make and change local groups of the current host",
        .detail = "On a domain controller these are the domain's domain-local and built-in "
                  "groups, elsewhere the machine's own.  A computer's new membership counts "
                  "after its restart.",
        .usage = "[NAME [MEMBER...] [/add | /delete] [/comment:TEXT] [/domain]]",
        .result = GROUP_FIELDS,
        .examples = CS_EXAMPLES({"net localgroup CERTSVC_DCOM_ACCESS", "who is in the group?"},
                                {"net localgroup CERTSVC_DCOM_ACCESS \"Domain Controllers\" /add",
                                 "the article's cure for a domain controller"}),
        .see = "membership list, membership path, shutdown",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .run = net_localgroup,
    },
    {
        .name = "net group",
        .brief = "list, make and change global groups of the domain",
        .usage = "[NAME [USER...] [/add | /delete] [/comment:TEXT]] [/domain]",
        .result = GROUP_FIELDS,
        .examples = CS_EXAMPLES({"net group \"Domain Controllers\"", "which ones are there?"}),
        .see = "net localgroup, membership list",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .run = net_group,
    },
    {
        .name = "net helpmsg",
        .brief = "show a message of Windows by its number",
        .params = CS_PARAMS({"number", &cs_type_int, "the number: 3521"}),
        .result = CS_FIELDS({"number", &cs_type_int, "the number"},
                            {"text", &cs_type_text, "the message"}),
        .examples = CS_EXAMPLES({"net helpmsg 3521", "what did NET HELPMSG want to say?"}),
        .run = net_helpmsg,
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "net",
    .version = "1.0",
    .brief = "net.exe: services and groups",
    .needs = "lab.read lab.write",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
