/*
 * klist - throws Kerberos tickets away, which is half a restart.
 *
 *     klist purge                    the current user's
 *     klist -li 0x3e7 purge          those of the machine itself (LocalSystem)
 *
 * A token is as old as the tickets it was made from.  For a machine a purge makes its
 * domain-local memberships count anew, as the next service ticket is made from them; its
 * global and universal groups wait for the restart (CONTRACT, age of tokens; FACTS 5.5).  A
 * user's purge throws away the ticket-granting ticket as well, so that an open session counts
 * as opened now.
 *
 * The logon id is hexadecimal, with or without 0x: 0x3e7 is LocalSystem and 0x3e4 network
 * service, both of which are the machine on the network.
 */
#include <certsh/plugin.h>

struct wish {
    bool purge, machine, given;
    uint64_t logon;
};

/* "0x3e7", "3e7", "0:0x3e7" as klist itself prints it. */
static bool read_logon(struct cs_str text, uint64_t *logon)
{
    ptrdiff_t colon = cs_str_find(text, ':');
    if (colon >= 0)
        text = cs_str_from(text, (size_t)colon + 1);
    if (cs_str_same_start(text, CS_STR("0x")))
        text = cs_str_from(text, 2);
    *logon = 0;
    for (size_t i = 0; i < text.length; i++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        ptrdiff_t digit = cs_str_find(cs_str_of(digits), text.at[i]);
        if (digit < 0 || i >= 8)
            return false;
        *logon = *logon * 16 + (uint64_t)(digit < 16 ? digit : digit - 6);
    }
    return text.length > 0;
}

static cs_status read_words(struct cs_call *call, struct wish *wish, struct cs_error *err)
{
    size_t count;
    const struct cs_str *words = cs_call_words(call, &count);
    for (size_t i = 0; i < count; i++) {
        bool low = cs_str_same(words[i], CS_STR("-li"));
        if (cs_str_same(words[i], CS_STR("purge"))) {
            wish->purge = true;
        } else if ((low || cs_str_same(words[i], CS_STR("-lh"))) && i + 1 < count) {
            uint64_t part;
            if (!read_logon(words[++i], &part))
                return cs_fail(err, CS_INVALID, "'%.*s' is no logon id", CS_STR_ARG(words[i]));
            if (low) {
                wish->given = true;
                wish->logon = part;
            }
        } else {
            return cs_fail(err, CS_USAGE, "unknown word '%.*s'", CS_STR_ARG(words[i]));
        }
    }
    wish->machine = wish->given && (wish->logon == 0x3e7 || wish->logon == 0x3e4);
    return CS_OK;
}

static cs_status purge_machine(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    const struct cs_host *host = cs_host_get(lab, cs_shell_host(cs_call_shell(call)));
    if (!host) {
        cs_fail(err, CS_NOT_FOUND, "there is no current host");
        return cs_error_hint(err, "host use NAME makes one current");
    }
    cs_status status = cs_host_purge(lab, host->record.id, err);
    if (status != CS_OK)
        return status;
    struct cs_str name =
        host->account ? cs_principal_name(lab, cs_call_arena(call), host->account) : host->name;
    return CS_ROW(call, err, cs_value_str(host->name), cs_value_str(name), cs_value_bool(true));
}

/* A session is as old as its tickets: open it anew. */
static cs_status purge_user(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_shell *shell = cs_call_shell(call);
    cs_id user = cs_shell_user(shell), opened;
    const struct cs_host *host = cs_host_get(lab, cs_shell_host(shell));
    const struct cs_session *session = user ? cs_session_find(lab, user) : NULL;
    if (session) {
        cs_id where = session->host;
        cs_status status = cs_session_close(lab, session->record.id, err);
        if (status == CS_OK)
            status = cs_session_open(lab, where, user, &opened, err);
        if (status != CS_OK)
            return status;
    }
    return CS_ROW(call, err, host ? cs_value_str(host->name) : cs_value_null(),
                  user ? cs_value_str(cs_principal_name(lab, cs_call_arena(call), user))
                       : cs_value_null(),
                  cs_value_bool(session != NULL));
}

static cs_status run(struct cs_call *call, struct cs_error *err)
{
    struct wish wish = {.purge = cs_call_data(call) != NULL};
    cs_status status = read_words(call, &wish, err);
    if (status != CS_OK)
        return status;
    if (!wish.purge)
        return cs_fail(err, CS_USAGE, "only purge is modelled: klist [-li 0x3e7] purge");
    if (wish.given && !wish.machine)
        return cs_fail(err, CS_NOT_FOUND,
                       "logon 0x%llx is not modelled; 0x3e7 is the machine itself",
                       (unsigned long long)wish.logon);
    if (wish.machine)
        cs_call_say(call, "\nTargeted LogonId is 0:0x%llx\n", (unsigned long long)wish.logon);
    cs_call_say(call, "%s        Deleting all tickets:\n        Ticket(s) purged!\n",
                wish.machine ? "" : "\n");
    return wish.machine ? purge_machine(call, err) : purge_user(call, err);
}

#define FIELDS                                                                                     \
    CS_FIELDS({"host", &cs_type_text, "the host"},                                                 \
              {"principal", &cs_type_text, "whose tickets were thrown away"},                      \
              {"renewed", &cs_type_bool, "whether an older token is replaced by that"})

static const char implied[] = "purge";

static const struct cs_command commands[] = {
    {
        .name = "klist purge",
        .brief = "throw the current user's Kerberos tickets away",
        .detail = "Users get a new token at each logon; only an open session keeps an old one.  "
                  "With -li 0x3e7 the tickets are the machine's, and its domain-local "
                  "memberships count anew, as after a restart.",
        .usage = "[-li LOGON]",
        .result = FIELDS,
        .examples = CS_EXAMPLES({"klist purge", "as after logging on again"},
                                {"klist purge -li 0x3e7", "the current host's own tickets"}),
        .see = "klist, shutdown",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .run = run,
        .data = (void *)implied,
    },
    {
        .name = "klist",
        .brief = "throw Kerberos tickets of a logon away, 0x3e7 the machine's",
        .usage = "[-lh 0] [-li LOGON] purge",
        .result = FIELDS,
        .examples = CS_EXAMPLES({"klist -li 0x3e7 purge", "instead of restarting the host"}),
        .see = "klist purge, shutdown",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .run = run,
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "klist",
    .version = "1.0",
    .brief = "klist.exe: Kerberos tickets",
    .needs = "lab.read lab.write",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
