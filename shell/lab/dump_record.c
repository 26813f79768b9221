/* dump_record.c - domains, hosts and all that is on them, as calls (see dump.h).  Room: lab. */
#include <certsh/ca.h>
#include <certsh/event.h>

#include "dump.h"
#include "lab_internal.h"

typedef void tell_fn(struct csi_dump *dump, const struct cs_record *record);

static struct cs_str host_name(const struct csi_dump *dump, cs_id id)
{
    const struct cs_host *host = cs_host_get(dump->lab, id);
    return host ? host->name : CS_STR("");
}

static struct cs_str domain_name(const struct csi_dump *dump, cs_id id)
{
    const struct cs_domain *domain = cs_domain_get(dump->lab, id);
    return domain ? domain->dns : CS_STR("");
}

/* ------------------------------------------------------------- domains, hosts */

/* When the clock showed another time at its start than it does for that tick now. */
void csi_dump_booted(struct csi_dump *dump, const struct cs_host *host)
{
    if (host->booted != dump->lab->epoch + (int64_t)host->boot)
        csi_dump_value(dump, "booted", cs_value_time(host->booted));
}

static void tell_domain(struct csi_dump *dump, const struct cs_record *record)
{
    const struct cs_domain *domain = (const struct cs_domain *)record;
    csi_dump_text(dump, "dns", domain->dns);
    csi_dump_text(dump, "netbios", domain->netbios);
    csi_dump_value(dump, "forest", cs_value_str(domain->forest));
    csi_dump_sid(dump, "sid", &domain->sid);
    csi_dump_flag(dump, "mixed", domain->mixed);
    csi_dump_call(dump, "add_domain");
}

static void tell_trust(struct csi_dump *dump, const struct cs_record *record)
{
    static const char *const kinds[] = {"", "forest", "external", "within-forest"};
    const struct cs_trust *trust = (const struct cs_trust *)record;
    csi_dump_text(dump, "trusting", domain_name(dump, trust->trusting));
    csi_dump_text(dump, "trusted", domain_name(dump, trust->trusted));
    csi_dump_word(dump, "kind", kinds[trust->kind]);
    csi_dump_flag(dump, "quarantined", trust->quarantined);
    csi_dump_flag(dump, "selective", trust->selective);
    csi_dump_flag(dump, "history", trust->history);
    csi_dump_call(dump, "add_trust");
}

static void tell_host(struct csi_dump *dump, const struct cs_record *record)
{
    static const char *const roles[] = {NULL, "workstation", "member", "dc"};
    const struct cs_host *host = (const struct cs_host *)record;
    const struct cs_windows_info *windows = cs_windows_info(host->windows);
    csi_dump_text(dump, "name", host->name);
    csi_dump_text(dump, "dns", host->dns);
    csi_dump_text(dump, "domain", domain_name(dump, host->domain));
    struct cs_principal account;
    if (host->account && cs_principal_at(dump->lab, host->account, dump->from, &account))
        csi_dump_ref(dump, "account", host->account);
    else
        csi_dump_value(dump, "account", cs_value_bool(false));
    csi_dump_word(dump, "role", roles[host->role]);
    if (host->windows && windows)
        csi_dump_word(dump, "windows", windows->word);
    csi_dump_text(dump, "edition", host->edition);
    csi_dump_value(dump, "language", cs_value_str(host->language));
    csi_dump_sid(dump, "machine", &host->machine);
    csi_dump_flag(dump, "complete", host->complete);
    if (host->boot <= dump->from)
        csi_dump_booted(dump, host);
    csi_dump_call(dump, "add_host");
}

/* ----------------------------------------------------------------- registry */

/* A list of texts when it gives the bytes back. */
static bool tell_texts(struct csi_dump *dump, struct cs_str data)
{
    struct cs_list_maker list = {.arena = dump->arena};
    size_t from = 0;
    if (data.length < 2 || data.length % 2 || data.at[data.length - 1] || data.at[data.length - 2])
        return false;
    for (size_t i = 0; i + 2 < data.length; i += 2) {
        if (data.at[i] || data.at[i + 1])
            continue;
        struct cs_str text = cs_str_from_utf16(dump->arena, data.at + from, i - from);
        struct cs_str back = cs_reg_text_data(dump->arena, text);
        if (i == from || !cs_str_equal(back, cs_str_span(data.at + from, i - from + 2)))
            return false;
        cs_list_add(&list, cs_value_str(text));
        from = i + 2;
    }
    if (from != data.length - 2 || !list.count)
        return false;
    csi_dump_value(dump, "value", cs_list_value(&list));
    return true;
}

static bool tell_plain(struct csi_dump *dump, const struct cs_reg_value *value)
{
    uint32_t number;
    if (cs_reg_number(value, &number)) {
        csi_dump_value(dump, "value", cs_value_int(number));
        return true;
    }
    if (value->type == CS_REG_MULTI_SZ)
        return tell_texts(dump, value->data);
    if (value->type != CS_REG_SZ && value->type != CS_REG_EXPAND_SZ)
        return false;
    struct cs_str text = cs_reg_text(dump->arena, value);
    if (!cs_str_equal(cs_reg_text_data(dump->arena, text), value->data))
        return false;
    csi_dump_value(dump, "value", cs_value_str(text));
    return true;
}

static void tell_value(struct csi_dump *dump, const struct cs_record *record)
{
    const struct cs_reg_value *value = (const struct cs_reg_value *)record;
    const char *type = cs_reg_type_name(value->type);
    csi_dump_text(dump, "host", host_name(dump, value->host));
    csi_dump_text(dump, "key", value->key);
    if (value->type == CS_REG_KEY) {
        csi_dump_call(dump, "add_key");
        return;
    }
    csi_dump_value(dump, "name", cs_value_str(value->name));
    if (!tell_plain(dump, value)) {
        csi_dump_sd(dump, "sd", value->data, true);
        if (!value->data.length)
            csi_dump_value(dump, "sd_hex", cs_value_str(CS_STR("")));
    }
    if (type)
        csi_dump_word(dump, "type", type);
    else
        csi_dump_value(dump, "type", cs_value_int(value->type));
    csi_dump_call(dump, "set_registry");
}

static void tell_coverage(struct csi_dump *dump, const struct cs_record *record)
{
    const struct csi_coverage *coverage = (const struct csi_coverage *)record;
    csi_dump_text(dump, "host", host_name(dump, coverage->host));
    csi_dump_text(dump, "key", coverage->key);
    csi_dump_call(dump, "cover");
}

/* ----------------------------------------------------------- services, rights */

static void tell_service(struct csi_dump *dump, const struct cs_record *record)
{
    static const char *const starts[] = {NULL, NULL, "auto", "demand", "disabled"};
    const struct cs_service *service = (const struct cs_service *)record;
    csi_dump_text(dump, "host", host_name(dump, service->host));
    csi_dump_text(dump, "name", service->name);
    csi_dump_text(dump, "display", service->display);
    if (service->state)
        csi_dump_word(dump, "state", service->state == CS_SERVICE_RUNNING ? "running" : "stopped");
    csi_dump_word(dump, "start", starts[service->start]);
    csi_dump_call(dump, "add_service");
}

static struct cs_value texts_value(struct csi_dump *dump, const struct cs_strs *texts)
{
    struct cs_list_maker list = {.arena = dump->arena};
    for (size_t i = 0; i < texts->count; i++)
        cs_list_add(&list, cs_value_str(texts->at[i]));
    return cs_list_value(&list);
}

static void tell_right(struct csi_dump *dump, const struct cs_record *record)
{
    const struct cs_right_grant *grant = (const struct cs_right_grant *)record;
    csi_dump_text(dump, "host", host_name(dump, grant->host));
    csi_dump_text(dump, "right", grant->name);
    csi_dump_value(dump, "holders", texts_value(dump, &grant->sids));
    csi_dump_call(dump, "set_right");
}

/* ------------------------------------------------------ CAs, templates, events */

static void tell_ca(struct csi_dump *dump, const struct cs_record *record)
{
    static const char *const types[] = {"enterprise-root", "enterprise-subordinate", NULL,
                                        "standalone-root", "standalone-subordinate"};
    const struct cs_ca *ca = (const struct cs_ca *)record;
    csi_dump_text(dump, "host", host_name(dump, ca->host));
    csi_dump_text(dump, "name", ca->name);
    csi_dump_value(dump, "dns", cs_value_str(ca->dns));
    csi_dump_word(dump, "type", types[ca->type]);
    if (ca->templates_known || ca->templates.count)
        csi_dump_value(dump, "templates", texts_value(dump, &ca->templates));
    if (!ca->templates_known && ca->templates.count)
        csi_dump_flag(dump, "more_templates", true);
    csi_dump_sd(dump, "sd", ca->sd, false);
    if (ca->excerpt)
        csi_dump_text(dump, "excerpt",
                      cs_source_format(dump->lab, dump->arena, (struct cs_source){ca->excerpt, 0}));
    csi_dump_call(dump, "add_ca");
}

static void tell_template(struct csi_dump *dump, const struct cs_record *record)
{
    const struct cs_template *t = (const struct cs_template *)record;
    csi_dump_text(dump, "forest", t->forest);
    csi_dump_text(dump, "name", t->name);
    csi_dump_text(dump, "display", t->display);
    csi_dump_text(dump, "display_ja", t->display_ja);
    csi_dump_text(dump, "oid", t->oid);
    csi_dump_value(dump, "schema", cs_value_int(t->schema));
    csi_dump_number(dump, "flags", t->flags);
    csi_dump_number(dump, "enroll_flags", t->enroll_flags);
    csi_dump_number(dump, "name_flags", t->name_flags);
    csi_dump_number(dump, "key_flags", t->key_flags);
    csi_dump_number(dump, "signatures", t->signatures);
    csi_dump_sd(dump, "sd", t->sd, false);
    csi_dump_flag(dump, "excerpt", t->excerpt);
    csi_dump_call(dump, "add_template");
}

static void tell_event(struct csi_dump *dump, const struct cs_record *record)
{
    const struct cs_event *event = (const struct cs_event *)record;
    csi_dump_text(dump, "host", host_name(dump, event->host));
    csi_dump_text(dump, "log", event->log);
    csi_dump_text(dump, "source", event->source);
    csi_dump_value(dump, "id", cs_value_int(event->event_id));
    csi_dump_text(dump, "type", event->type);
    csi_dump_text(dump, "category", event->category);
    csi_dump_text(dump, "user", event->user);
    csi_dump_text(dump, "text", event->text);
    csi_dump_value(dump, "time", cs_value_time(event->time));
    csi_dump_call(dump, "add_event");
}

static tell_fn *const tellers[CS_NOUN_COUNT] = {
    [CS_NOUN_DOMAIN] = tell_domain,     [CS_NOUN_TRUST] = tell_trust,
    [CS_NOUN_HOST] = tell_host,         [CS_NOUN_REGISTRY] = tell_value,
    [CS_NOUN_COVERAGE] = tell_coverage, [CS_NOUN_SERVICE] = tell_service,
    [CS_NOUN_RIGHT] = tell_right,       [CS_NOUN_CA] = tell_ca,
    [CS_NOUN_TEMPLATE] = tell_template, [CS_NOUN_EVENT] = tell_event,
};

void csi_dump_records(struct csi_dump *dump, enum cs_noun noun)
{
    for (cs_id id = 1; id < dump->lab->tables[noun].end && dump->status == CS_OK; id++) {
        const struct cs_record *record = cs_record_get(dump->lab, noun, id);
        struct cs_arena_mark mark = cs_arena_mark(dump->arena);
        if (!record)
            continue;
        csi_dump_told(dump, record->source);
        tellers[noun](dump, record);
        cs_arena_rewind(dump->arena, mark);
    }
}
