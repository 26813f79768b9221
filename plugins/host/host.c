/*
 * host - the machines of the lab, which of them we stand on, and bringing one up to date.
 *
 *     host list
 *     host use DC02
 *     host set DC01 --edition "Standard x64 Edition" --language ja
 *     host upgrade DC01 --to 2003-sp1 --what-if
 *
 * Using a host is a matter of the session and changes no lab.  An upgrade is what a service
 * pack does to a machine: DCOM security with it, the CA's included (K3 to K14), the restart
 * included.  What somebody had changed by hand in CertSrv Request's permissions is lost (K4);
 * that is said before it happens, and --what-if says it without doing it.
 */
#include <certsh/plugin.h>

/* -------------------------------------------------------------------- versions */

/* By word or by whole name: what looks like a version nobody made is none. */
static enum cs_windows version_named(struct cs_str text)
{
    for (int i = CS_WINDOWS_UNKNOWN + 1; i < CS_WINDOWS_COUNT; i++) {
        const struct cs_windows_info *info = cs_windows_info((enum cs_windows)i);
        if (cs_str_same(text, cs_str_of(info->word)) || cs_str_same(text, cs_str_of(info->name)))
            return (enum cs_windows)i;
    }
    return CS_WINDOWS_UNKNOWN;
}

static cs_status parse_version(struct cs_shell *shell, struct cs_arena *arena, struct cs_str text,
                               struct cs_value *out, struct cs_error *err)
{
    enum cs_windows windows = version_named(text);
    (void)shell;
    (void)arena;
    if (windows == CS_WINDOWS_UNKNOWN) {
        cs_fail(err, CS_INVALID, "'%.*s' is no version of Windows", CS_STR_ARG(text));
        return cs_error_hint(err, "2003, 2003-sp1, 2008, 2008-r2, 2012, 2012-r2, 2016, 2019, 2022");
    }
    *out = cs_value_int(windows);
    return CS_OK;
}

static void complete_version(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                             void *context)
{
    (void)shell;
    for (int i = CS_WINDOWS_UNKNOWN + 1; i < CS_WINDOWS_COUNT; i++) {
        const struct cs_windows_info *info = cs_windows_info((enum cs_windows)i);
        if (cs_str_same_start(cs_str_of(info->word), prefix))
            offer(context, cs_str_of(info->word), info->name);
    }
}

static const struct cs_type version_type = {
    .name = "version",
    .json = "string",
    .brief = "a version of Windows: 2003-sp1, 2008, 2022",
    .parse = parse_version,
    .complete = complete_version,
};

/* ------------------------------------------------------------------------ rows */

static cs_status host_row(struct cs_call *call, const struct cs_host *host, struct cs_error *err)
{
    const struct cs_domain *domain = cs_domain_get(cs_call_lab(call), host->domain);
    const struct cs_windows_info *info = cs_windows_info(host->windows);
    bool known = host->windows != CS_WINDOWS_UNKNOWN && info;
    return CS_ROW(call, err, cs_value_str(host->name),
                  domain ? cs_value_str(domain->netbios) : cs_value_null(),
                  host->role ? cs_value_text(cs_role_name(host->role)) : cs_value_null(),
                  known ? cs_value_text(info->name) : cs_value_null(),
                  host->edition.length ? cs_value_str(host->edition) : cs_value_null(),
                  cs_value_clock(host->booted));
}

struct listing {
    struct cs_call *call;
    struct cs_error *err;
    cs_status status;
};

static bool list_one(void *context, const struct cs_record *record)
{
    struct listing *list = context;
    list->status = host_row(list->call, (const struct cs_host *)record, list->err);
    return list->status == CS_OK;
}

static cs_status host_list(struct cs_call *call, struct cs_error *err)
{
    struct listing list = {call, err, CS_OK};
    cs_record_each(cs_call_lab(call), CS_NOUN_HOST, list_one, &list);
    return list.status;
}

static cs_status host_use(struct cs_call *call, struct cs_error *err)
{
    const struct cs_host *host = cs_host_get(cs_call_lab(call), cs_call_id(call, "name"));
    cs_shell_use_host(cs_call_shell(call), host->record.id);
    return host_row(call, host, err);
}

/* --------------------------------------------------------------------- upgrade */

static cs_status check_upgrade(const struct cs_host *host, enum cs_windows to, struct cs_error *err)
{
    const struct cs_windows_info *now = cs_windows_info(host->windows), *new = cs_windows_info(to);
    if (now && host->windows != CS_WINDOWS_UNKNOWN && now->server != new->server)
        return cs_fail(err, CS_INVALID, "%.*s runs %s, which does not become %s",
                       CS_STR_ARG(host->name), now->name, new->name);
    if (to == host->windows)
        return cs_fail(err, CS_STATE, "%.*s runs %s already", CS_STR_ARG(host->name), new->name);
    if (to < host->windows)
        return cs_fail(err, CS_STATE, "%.*s runs %s, which is newer than %s",
                       CS_STR_ARG(host->name), now->name, new->name);
    return CS_OK;
}

static void warn_losses(struct cs_call *call, const struct cs_host *host, struct cs_strs lost,
                        bool what_if)
{
    for (size_t i = 0; i < lost.count; i++)
        cs_call_warn(call, "%.*s: the upgrade %s %.*s", CS_STR_ARG(host->name),
                     what_if ? "would lose" : "loses", CS_STR_ARG(lost.at[i]));
    if (what_if && lost.count == 0)
        cs_call_warn(call, "%.*s: the upgrade would lose nothing", CS_STR_ARG(host->name));
}

static cs_status host_upgrade(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_arena *arena = cs_call_arena(call);
    const struct cs_host *host = cs_host_get(lab, cs_call_id(call, "name"));
    enum cs_windows to = (enum cs_windows)cs_call_int(call, "to");
    bool what_if = cs_call_flag(call, "what-if");
    if (!cs_call_given(call, "to"))
        return cs_fail(err, CS_USAGE, "to which version?  --to 2003-sp1");
    cs_status status = check_upgrade(host, to, err);
    if (status != CS_OK)
        return status;
    warn_losses(call, host, cs_host_upgrade_loses(lab, arena, host->record.id, to), what_if);
    if (what_if)
        cs_lab_begin(lab, cs_call_line(call));
    status = cs_host_upgrade(lab, arena, host->record.id, to, NULL, err);
    if (status == CS_OK)
        status = host_row(call, cs_host_get(lab, host->record.id), err);
    if (what_if)
        cs_lab_rollback(lab);
    return status;
}

/* ------------------------------------------------------------------------- set */

/* What setup asks once and no command of Windows changes: the edition, the language. */
static cs_status host_set(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_host host = *cs_host_get(lab, cs_call_id(call, "name"));
    if (!cs_call_given(call, "edition") && !cs_call_given(call, "language"))
        return cs_fail(err, CS_USAGE, "what shall be set?  --edition TEXT, --language en|ja");
    if (cs_call_given(call, "edition"))
        host.edition = cs_call_str(call, "edition");
    if (cs_call_given(call, "language"))
        host.language = cs_call_str(call, "language");
    cs_status status = cs_host_put(lab, &host, &host.record.id, err);
    if (status != CS_OK)
        return status;
    return host_row(call, cs_host_get(lab, host.record.id), err);
}

static const char *const languages[] = {"en", "ja", NULL};
static const struct cs_type language_type = {
    .name = "language",
    .json = "string",
    .brief = "the language of Windows' texts: en or ja",
    .choices = languages,
};

#define FIELDS                                                                                     \
    CS_FIELDS({"name", &cs_type_text, "short name"}, {"domain", &cs_type_text, "its domain"},      \
              {"role", &cs_type_text, "workstation, member server or domain controller"},          \
              {"os", &cs_type_text, "version of Windows"},                                         \
              {"edition", &cs_type_text, "edition, where it is known"},                            \
              {"booted", &cs_type_time, "when it last started"})

static const struct cs_command commands[] = {
    {
        .name = "host list",
        .brief = "list the machines of the lab",
        .result = FIELDS,
        .examples = CS_EXAMPLES({"host list", "which machines are there?"}),
        .see = "host use, host upgrade",
        .run = host_list,
    },
    {
        .name = "host use",
        .brief = "make a host the current one",
        .detail = "Windows commands act on the current host, bare names are resolved from it.  "
                  "The lab does not change.",
        .params = CS_PARAMS({"name", &cs_type_host, "the host"}),
        .result = FIELDS,
        .examples = CS_EXAMPLES({"host use DC02", "go on at DC02"}),
        .see = "host list",
        .run = host_use,
    },
    {
        .name = "host set",
        .brief = "change a host's edition of Windows or its language",
        .detail = "An edition is a text such as \"Standard x64 Edition\": an enterprise CA on "
                  "Standard Edition of 2003 issues version 1 templates only.  On a Japanese host "
                  "Windows' commands and events speak Japanese.",
        .params = CS_PARAMS({"name", &cs_type_host, "the host"},
                            {"edition", &cs_type_text, "its edition", CS_OPTION},
                            {"language", &language_type, "of its texts", CS_OPTION}),
        .result = FIELDS,
        .examples = CS_EXAMPLES({"host set DC01 --language ja", "what would it say in Japanese?"}),
        .see = "host list, host upgrade",
        .flags = CS_COMMAND_WRITES,
        .run = host_set,
    },
    {
        .name = "host upgrade",
        .brief = "bring a host to a newer Windows, restart included",
        .detail = "Setup brings the DCOM security of the new version, and where a CA is, what "
                  "Certificate Services makes of it.  Changes made by hand to CertSrv Request's "
                  "permissions are lost; that is said first, and by --what-if alone.",
        .params = CS_PARAMS({"name", &cs_type_host, "the host"},
                            {"to", &version_type, "the version it shall run", CS_OPTION},
                            {"what-if", &cs_type_bool, "only say what would be", CS_FLAG}),
        .result = FIELDS,
        .examples = CS_EXAMPLES({"host upgrade DC01 --to 2008 --what-if", "what would be lost?"}),
        .see = "host list, dcom show",
        .flags = CS_COMMAND_WRITES,
        .run = host_upgrade,
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "host",
    .version = "1.0",
    .brief = "the machines of the lab",
    .needs = "lab.read lab.write",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
