/*
 * shutdown - restarts a modelled machine.
 *
 *     shutdown /r                    the current host
 *     shutdown /r /m \\DC02          another one, also -r -m \\DC02 as before Vista
 *
 * A restart is what the article asks for at its end: a computer carries the memberships of
 * its last start, so a domain controller that was just added to a group is refused until then
 * (K24).  In a lab it happens at once: services with automatic start run, sessions end.
 *
 * Windows prints nothing here, so what people see is the row.  Only a restart is modelled: a
 * machine that stays off, or is logged off, would answer none of this program's questions.
 */
#include <certsh/plugin.h>

struct wish {
    bool restart;
    struct cs_str machine;
};

/* Switches that take a value we do not need: delay, reason, remark. */
static bool takes_value(struct cs_str name)
{
    static const char *const names[] = {"t", "d", "c"};
    for (size_t i = 0; i < CS_COUNT(names); i++)
        if (cs_str_same(name, cs_str_of(names[i])))
            return true;
    return false;
}

static bool is_switch(struct cs_str word)
{
    return word.length > 1 && (word.at[0] == '/' || word.at[0] == '-');
}

/* One word at `i`; `i` moves over the value of a switch. */
static cs_status read_switch(const struct cs_str *words, size_t count, size_t *i, struct wish *wish,
                             struct cs_error *err)
{
    struct cs_str name = cs_str_from(words[*i], 1);
    bool last = *i + 1 == count;
    if (!is_switch(words[*i]))
        return cs_fail(err, CS_USAGE, "'%.*s' is no switch of shutdown", CS_STR_ARG(words[*i]));
    if (cs_str_same(name, CS_STR("r")))
        wish->restart = true;
    else if (cs_str_same(name, CS_STR("m")) && !last)
        wish->machine = words[++*i];
    else if (takes_value(name) && !last)
        ++*i;
    else if (cs_str_same(name, CS_STR("s")) || cs_str_same(name, CS_STR("l")))
        return cs_fail(err, CS_USAGE, "only a restart is modelled: shutdown /r");
    else if (!cs_str_same(name, CS_STR("f")))
        return cs_fail(err, CS_USAGE, "unknown switch '%.*s'", CS_STR_ARG(words[*i]));
    return CS_OK;
}

static cs_status find_host(struct cs_call *call, const struct wish *wish,
                           const struct cs_host **host, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    const struct cs_host *own = cs_host_get(lab, cs_shell_host(cs_call_shell(call)));
    *host = wish->machine.length ? cs_host_get(lab, cs_host_find(lab, wish->machine)) : own;
    if (*host)
        return CS_OK;
    if (wish->machine.length) {
        cs_fail(err, CS_NOT_FOUND, "%.*s: %s(53)", CS_STR_ARG(wish->machine),
                cs_win32_text(53, own ? own->language : CS_STR("en")));
        err->win32 = 53;
    } else {
        cs_fail(err, CS_NOT_FOUND, "there is no current host");
    }
    return cs_error_hint(err, "host list shows the hosts of this lab");
}

static cs_status run(struct cs_call *call, struct cs_error *err)
{
    struct wish wish = {0};
    const struct cs_host *host;
    size_t count;
    const struct cs_str *words = cs_call_words(call, &count);
    for (size_t i = 0; i < count; i++)
        if (read_switch(words, count, &i, &wish, err) != CS_OK)
            return err->status;
    if (!wish.restart)
        return cs_fail(err, CS_USAGE, "only a restart is modelled: shutdown /r [/m \\\\HOST]");
    cs_status status = find_host(call, &wish, &host, err);
    if (status != CS_OK)
        return status;
    status = cs_host_restart(cs_call_lab(call), host->record.id, err);
    if (status != CS_OK)
        return status;
    host = cs_host_get(cs_call_lab(call), host->record.id);
    return CS_ROW(call, err, cs_value_str(host->name), cs_value_clock(host->booted));
}

static const struct cs_command commands[] = {{
    .name = "shutdown",
    .brief = "restart a host, so that its new memberships count",
    .usage = "/r [/m \\\\HOST] [/f] [/t SECONDS] [/d REASON] [/c REMARK]",
    .result = CS_FIELDS({"host", &cs_type_text, "the host that restarted"},
                        {"booted", &cs_type_time, "when, by the lab's clock"}),
    .examples = CS_EXAMPLES({"shutdown /r /m \\\\DC02", "the last step of the article's cure"}),
    .see = "klist purge, host list",
    .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
    .run = run,
}};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "shutdown",
    .version = "1.0",
    .brief = "shutdown.exe: restarts",
    .needs = "lab.read lab.write",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
