/*
 * import_report.c - what an import did, and what a lab still lacks.
 *
 * A decision needs facts of the CA's host that no directory holds.  cs_lab_missing asks, CA by
 * CA, for each of them; the table says what the fact is called and which command of Windows
 * writes it down.
 *
 * Room: lab.
 */
#include "import_in.h"
#include "stranger.h"

/* ----------------------------------------------------------- contradictions */

void csi_import_contradicts(const struct cs_import *import, struct csi_spot spot,
                            struct cs_source before, const char *what, struct cs_str name)
{
    if (before.origin <= CS_ORIGIN_ASSUMED)
        return;
    struct cs_str place = cs_source_format(import->lab, import->arena, before);
    csi_import_warn_at(import, spot, "%s%.*s was another before (%.*s): the later counts", what,
                       CS_STR_ARG(name), CS_STR_ARG(place));
}

static bool among(struct cs_strs texts, struct cs_str text)
{
    for (size_t i = 0; i < texts.count; i++)
        if (cs_str_same(texts.at[i], text))
            return true;
    return false;
}

bool csi_same_texts(struct cs_strs a, struct cs_strs b)
{
    for (size_t i = 0; i < a.count; i++)
        if (!among(b, a.at[i]))
            return false;
    for (size_t i = 0; i < b.count; i++)
        if (!among(a, b.at[i]))
            return false;
    return true;
}

/* ------------------------------------------------------------------ reports */

static struct cs_value reasons_of(struct cs_arena *arena, const struct csi_import_file *file)
{
    struct cs_list_maker list = {.arena = arena};
    for (size_t i = 0; i < file->reasons.count; i++) {
        const struct csi_import_reason *reason = csi_pile_at(&file->reasons, i);
        cs_list_add(&list,
                    cs_value_printf(arena, "%.*s %zu", CS_STR_ARG(reason->text), reason->count));
    }
    return cs_list_value(&list);
}

const struct cs_import_report *cs_import_reports(const struct cs_import *import, size_t *count)
{
    struct cs_import_report *reports =
        cs_arena_alloc(import->arena, (import->files.count + 1) * sizeof *reports);
    size_t told = 0;
    for (size_t i = 0; i < import->files.count; i++) {
        struct csi_import_file *file = csi_pile_at(&import->files, i);
        file->report.reasons = reasons_of(import->arena, file);
        file->warnings.arena = import->arena;
        file->report.warnings = cs_list_value(&file->warnings);
        file->why.arena = import->arena;
        file->report.why = cs_list_value(&file->why);
        if (!file->container)
            reports[told++] = file->report;
    }
    *count = told;
    return reports;
}

/* ------------------------------------------------------------------ missing */

struct asked {
    const struct cs_lab *lab;
    const struct cs_ca *ca;
    const struct cs_host *host; /* NULL while not known */
    struct cs_arena *arena;
};

static bool lacks_key(const struct asked *asked, struct cs_str key)
{
    return asked->host && !cs_registry_known(asked->lab, asked->host->record.id, key);
}

static bool lacks_host(const struct asked *asked)
{
    return !asked->host;
}

static bool lacks_version(const struct asked *asked)
{
    return asked->host && asked->host->windows == CS_WINDOWS_UNKNOWN;
}

static bool lacks_limits(const struct asked *asked)
{
    return lacks_key(asked, CS_KEY_OLE);
}

static bool lacks_permissions(const struct asked *asked)
{
    return lacks_key(asked, CS_KEY_CERTSRV_REQUEST);
}

static bool lacks_policy(const struct asked *asked)
{
    return lacks_key(asked, CS_KEY_DCOM_POLICY) || lacks_key(asked, CS_KEY_RPC_POLICY);
}

static bool lacks_security(const struct asked *asked)
{
    return lacks_key(asked, cs_ca_key(asked->arena, asked->ca));
}

static bool lacks_service(const struct asked *asked)
{
    return asked->host && !cs_service_find(asked->lab, asked->host->record.id, CS_STR("CertSvc"));
}

static bool lacks_rights(const struct asked *asked)
{
    return asked->host &&
           !cs_right_find(asked->lab, asked->host->record.id, CS_STR("SeNetworkLogonRight"));
}

static bool lacks_local_groups(const struct asked *asked)
{
    return asked->host && asked->host->role != CS_ROLE_DC &&
           !cs_principal_by_sid(asked->lab, &cs_sid_users, asked->host->record.id);
}

static bool lacks_published(const struct asked *asked)
{
    return !asked->ca->templates_known;
}

/* Is a published template unknown, or known without its descriptor? */
static bool lacks_templates(const struct asked *asked)
{
    for (size_t i = 0; i < asked->ca->templates.count; i++) {
        struct cs_str name = asked->ca->templates.at[i];
        const struct cs_template *t =
            cs_template_get(asked->lab, cs_template_find(asked->lab, CS_STR(""), name));
        if (!t || !t->sd.length)
            return true;
    }
    return false;
}

static const struct {
    bool (*lacks)(const struct asked *asked);
    const char *fact, *command;
} facts[] = {
    {lacks_host, "which host the CA is on", "certutil -dump"},
    {lacks_version, "version of Windows",
     "reg export \"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\" windows.reg"},
    {lacks_limits, "machine limits, EnableDCOM",
     "reg export HKLM\\SOFTWARE\\Microsoft\\Ole ole.reg"},
    {lacks_permissions, "application permissions",
     "reg export HKLM\\SOFTWARE\\Classes\\AppID\\{D99E6E74-FC88-11D0-B498-00A0C90312F3} appid.reg"},
    {lacks_policy, "policy limits, RPC policy",
     "reg export \"HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows NT\" policy.reg"},
    {lacks_security, "CA security, SetupStatus",
     "reg export HKLM\\SYSTEM\\CurrentControlSet\\Services\\CertSvc certsvc.reg"},
    {lacks_service, "whether certsvc runs", "sc query certsvc"},
    {lacks_rights, "who may log on from the network",
     "secedit /export /areas USER_RIGHTS /cfg rights.inf"},
    {lacks_local_groups, "local groups", "net localgroup \"Certificate Service DCOM Access\""},
    {lacks_published, "published templates", "certutil -CATemplates"},
    {lacks_templates, "template security",
     "ldapsearch -E '!1.2.840.113556.1.4.801=::MAMCAQc=' '(objectClass=pKICertificateTemplate)' "
     "'*' nTSecurityDescriptor"},
};

static void add_missing(struct asked *asked, struct cs_list_maker *list, size_t i)
{
    struct cs_str host = asked->host ? asked->host->name : asked->ca->dns;
    const struct cs_member members[] = {
        {CS_STR("ca"), cs_value_str(asked->ca->name)},
        {CS_STR("host"), cs_value_str(host)},
        {CS_STR("fact"), cs_value_text(facts[i].fact)},
        {CS_STR("command"), cs_value_text(facts[i].command)},
    };
    cs_list_add(list, cs_value_object(asked->arena, members, CS_COUNT(members)));
}

struct missing {
    struct asked asked;
    struct cs_list_maker list;
};

static bool ask_ca(void *context, const struct cs_record *record)
{
    struct missing *missing = context;
    struct asked *asked = &missing->asked;
    asked->ca = (const struct cs_ca *)record;
    asked->host = cs_host_get(asked->lab, asked->ca->host);
    for (size_t i = 0; i < CS_COUNT(facts); i++)
        if (facts[i].lacks(asked))
            add_missing(asked, &missing->list, i);
    return true;
}

/* Members whom nobody told of: no CA's affair, but of every token that they may be in. */
static void add_strangers(struct missing *missing)
{
    struct cs_arena *arena = missing->asked.arena;
    const struct csi_waiting waiting = csi_lab_waiting(missing->asked.lab);
    if (!waiting.strangers)
        return;
    struct cs_str others = CS_STR("");
    if (waiting.strangers > 1)
        others = cs_str_printf(arena, " and %zu more", waiting.strangers - 1);
    const struct cs_member members[] = {
        {CS_STR("ca"), cs_value_null()},
        {CS_STR("host"), cs_value_null()},
        {CS_STR("fact"),
         cs_value_printf(arena, "who %.*s%.*s %s", CS_STR_ARG(waiting.first), CS_STR_ARG(others),
                         waiting.strangers == 1 ? "is" : "are")},
        {CS_STR("command"), cs_value_text("ldifde -f accounts.ldf -r \"(objectSid=*)\"")},
    };
    cs_list_add(&missing->list, cs_value_object(arena, members, CS_COUNT(members)));
}

struct cs_value cs_lab_missing(const struct cs_lab *lab, struct cs_arena *arena)
{
    struct missing missing = {.asked = {.lab = lab, .arena = arena}, .list = {.arena = arena}};
    cs_record_each(lab, CS_NOUN_CA, ask_ca, &missing);
    add_strangers(&missing);
    return cs_list_value(&missing.list);
}
