/* fact.c - things as texts (see fact.h).  Room: lab. */
#include "fact.h"

#include <stdlib.h>

#include <certsh/ca.h>
#include <certsh/event.h>
#include <certsh/sd.h>

#include "table.h"

struct tell {
    const struct cs_lab *lab;
    struct cs_arena *arena;
    struct csi_thing *out;
};

static struct cs_str text_of(const char *text)
{
    return cs_str_of(text ? text : "");
}

static struct cs_str sid_text(struct cs_arena *arena, const struct cs_sid *sid)
{
    struct cs_sid_text text;
    return sid->count ? cs_str_copy(arena, cs_str_of(cs_sid_format(sid, &text))) : CS_STR("");
}

static struct cs_str host_name(const struct cs_lab *lab, cs_id id)
{
    const struct cs_host *host = cs_host_get(lab, id);
    return host ? host->name : CS_STR("");
}

static struct cs_str domain_name(const struct cs_lab *lab, cs_id id)
{
    const struct cs_domain *domain = cs_domain_get(lab, id);
    return domain ? domain->dns : CS_STR("");
}

static struct cs_str who(const struct tell *tell, cs_id id)
{
    struct cs_principal p;
    return cs_principal_get(tell->lab, id, &p) ? cs_principal_name(tell->lab, tell->arena, id)
                                               : CS_STR("");
}

/* -------------------------------------------------------- numbers with names */

static const char *windows_word(uint32_t number)
{
    const struct cs_windows_info *info = cs_windows_info((enum cs_windows)number);
    return info ? info->word : "";
}

static const char *role_word(uint32_t number)
{
    return number ? cs_role_name((enum cs_role)number) : "";
}

static const char *state_word(uint32_t number)
{
    return number == CS_SERVICE_RUNNING ? "running" : number ? "stopped" : "";
}

static const char *start_word(uint32_t number)
{
    static const char *const words[] = {"", "", "auto", "demand", "disabled"};
    return number < CS_COUNT(words) ? words[number] : "";
}

static const char *trust_word(uint32_t number)
{
    static const char *const words[] = {"", "forest", "external", "within-forest"};
    return number < CS_COUNT(words) ? words[number] : "";
}

static const char *ca_word(uint32_t number)
{
    static const char *const words[] = {"enterprise-root", "enterprise-subordinate", "",
                                        "standalone-root", "standalone-subordinate"};
    return number < CS_COUNT(words) ? words[number] : "";
}

static const char *type_word(uint32_t number)
{
    return number == CS_REG_KEY ? "key" : cs_reg_type_name(number);
}

static const char *is_word(uint32_t number)
{
    return number ? "yes" : "no";
}

/* Numbers that mean something; others are shown in hex. */
static const struct {
    enum cs_noun noun;
    const char *column;
    const char *(*word)(uint32_t number);
} number_words[] = {
    {CS_NOUN_HOST, "role", role_word},      {CS_NOUN_HOST, "windows", windows_word},
    {CS_NOUN_SERVICE, "state", state_word}, {CS_NOUN_SERVICE, "start", start_word},
    {CS_NOUN_TRUST, "kind", trust_word},    {CS_NOUN_CA, "type", ca_word},
    {CS_NOUN_CA, "excerpt", is_word},       {CS_NOUN_REGISTRY, "type", type_word},
};

static struct cs_str number_text(const struct tell *tell, const char *column, uint32_t number)
{
    for (size_t i = 0; i < CS_COUNT(number_words); i++)
        if (number_words[i].noun == tell->out->noun &&
            cs_str_is(cs_str_of(column), number_words[i].column))
            return text_of(number_words[i].word(number));
    return number ? cs_str_printf(tell->arena, "0x%x", number) : CS_STR("0");
}

/* ----------------------------------------------------------- bytes and lists */

static struct cs_str hex(struct cs_arena *arena, struct cs_str bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *out = cs_arena_alloc(arena, bytes.length * 2 + 1);
    for (size_t i = 0; i < bytes.length; i++) {
        out[2 * i] = digits[(unsigned char)bytes.at[i] >> 4];
        out[2 * i + 1] = digits[(unsigned char)bytes.at[i] & 15];
    }
    return cs_str_span(out, bytes.length * 2);
}

static bool is_sd(struct cs_arena *arena, struct cs_str bytes, struct cs_str *sddl)
{
    struct cs_sd sd;
    return bytes.length >= 20 && cs_sd_decode(arena, bytes, &sd, NULL) == CS_OK &&
           cs_sddl_format(arena, &sd, NULL, sddl, NULL) == CS_OK;
}

static int by_text(const void *a, const void *b)
{
    return cs_str_compare(*(const struct cs_str *)a, *(const struct cs_str *)b);
}

/* A set: the order in which it was told says nothing. */
static struct cs_str list_text(struct cs_arena *arena, const struct cs_strs *texts)
{
    struct cs_str *sorted = cs_arena_alloc(arena, (texts->count + 1) * sizeof *sorted);
    struct cs_buf all;
    cs_buf_init(&all, SIZE_MAX / 2);
    for (size_t i = 0; i < texts->count; i++)
        sorted[i] = texts->at[i];
    qsort(sorted, texts->count, sizeof *sorted, by_text);
    for (size_t i = 0; i < texts->count; i++)
        cs_buf_addf(&all, "%s%.*s", i ? ", " : "", CS_STR_ARG(sorted[i]));
    struct cs_str copy = cs_str_copy(arena, cs_buf_str(&all));
    cs_buf_clear(&all);
    return copy;
}

static struct cs_str data_text(const struct tell *tell, const struct cs_reg_value *value,
                               struct cs_str *sd)
{
    uint32_t number;
    struct cs_str sddl;
    if (cs_reg_number(value, &number))
        return cs_str_printf(tell->arena, "0x%x", number);
    if (value->type == CS_REG_SZ || value->type == CS_REG_EXPAND_SZ)
        return cs_reg_text(tell->arena, value);
    if (is_sd(tell->arena, value->data, &sddl)) {
        *sd = value->data;
        return sddl;
    }
    return hex(tell->arena, value->data);
}

/* ------------------------------------------------------------------- columns */

static struct cs_str id_text(const struct tell *tell, const char *column, cs_id id)
{
    struct cs_str name = cs_str_of(column);
    if (cs_str_is(name, "host"))
        return host_name(tell->lab, id);
    if (cs_str_is(name, "account") || cs_str_is(name, "user"))
        return who(tell, id);
    return domain_name(tell->lab, id);
}

static struct cs_str column_text(const struct tell *tell, const struct cs_record *record,
                                 const struct csi_column *column, struct cs_str *sd)
{
    const char *field = (const char *)record + column->offset;
    struct cs_time_text time;
    struct cs_str sddl;
    switch (column->type) {
    case CSI_COLUMN_TEXT:
        return *(const struct cs_str *)(const void *)field;
    case CSI_COLUMN_TEXTS:
        return list_text(tell->arena, (const struct cs_strs *)(const void *)field);
    case CSI_COLUMN_ID:
        return id_text(tell, column->name, *(const cs_id *)(const void *)field);
    case CSI_COLUMN_NUMBER:
        return number_text(tell, column->name, *(const uint32_t *)(const void *)field);
    case CSI_COLUMN_TIME:
        return cs_str_printf(tell->arena, "%s",
                             cs_time_format(*(const int64_t *)(const void *)field, &time));
    case CSI_COLUMN_BOOL:
        return cs_str_of(*(const bool *)field ? "yes" : "no");
    case CSI_COLUMN_SID:
        return sid_text(tell->arena, (const struct cs_sid *)(const void *)field);
    case CSI_COLUMN_BYTES:
        *sd = *(const struct cs_str *)(const void *)field;
        return is_sd(tell->arena, *sd, &sddl) ? sddl : hex(tell->arena, *sd);
    case CSI_COLUMN_TICK: /* its time stands beside it */
        break;
    }
    return CS_STR("");
}

static void add(struct tell *tell, const char *field, struct cs_str text, struct cs_str sd)
{
    tell->out->facts[tell->out->count++] = (struct csi_fact){field, text, sd};
}

static void tell_columns(struct tell *tell, const struct cs_record *record)
{
    const struct csi_noun *noun = csi_noun_of(tell->out->noun);
    tell->out->facts = cs_arena_alloc(tell->arena, noun->column_count * sizeof *tell->out->facts);
    for (size_t i = 0; i < noun->column_count; i++) {
        const struct csi_column *column = &noun->columns[i];
        struct cs_str sd = {0};
        if (column->type == CSI_COLUMN_TICK)
            continue;
        struct cs_str text = tell->out->noun == CS_NOUN_REGISTRY && column->type == CSI_COLUMN_BYTES
                                 ? data_text(tell, (const struct cs_reg_value *)record, &sd)
                                 : column_text(tell, record, column, &sd);
        add(tell, column->name, text, sd);
    }
}

/* ------------------------------------------------------------------ subjects */

typedef struct cs_str subject_fn(const struct tell *tell, const struct cs_record *record);

static struct cs_str subject_domain(const struct tell *tell, const struct cs_record *record)
{
    (void)tell;
    return ((const struct cs_domain *)record)->dns;
}

static struct cs_str subject_trust(const struct tell *tell, const struct cs_record *record)
{
    const struct cs_trust *trust = (const struct cs_trust *)record;
    return cs_str_printf(tell->arena, "%.*s trusts %.*s",
                         CS_STR_ARG(domain_name(tell->lab, trust->trusting)),
                         CS_STR_ARG(domain_name(tell->lab, trust->trusted)));
}

static struct cs_str subject_host(const struct tell *tell, const struct cs_record *record)
{
    (void)tell;
    return ((const struct cs_host *)record)->name;
}

static struct cs_str on_host(const struct tell *tell, cs_id host, struct cs_str what)
{
    return cs_str_printf(tell->arena, "%.*s %.*s", CS_STR_ARG(host_name(tell->lab, host)),
                         CS_STR_ARG(what));
}

static struct cs_str subject_registry(const struct tell *tell, const struct cs_record *record)
{
    const struct cs_reg_value *value = (const struct cs_reg_value *)record;
    struct cs_str what = value->key;
    struct cs_str name = value->name.length ? value->name : CS_STR("(Default)");
    if (value->type != CS_REG_KEY)
        what = cs_str_printf(tell->arena, "%.*s\\%.*s", CS_STR_ARG(what), CS_STR_ARG(name));
    return on_host(tell, value->host, what);
}

static struct cs_str subject_coverage(const struct tell *tell, const struct cs_record *record)
{
    const struct csi_coverage *coverage = (const struct csi_coverage *)record;
    return on_host(tell, coverage->host, coverage->key);
}

static struct cs_str subject_service(const struct tell *tell, const struct cs_record *record)
{
    const struct cs_service *service = (const struct cs_service *)record;
    return on_host(tell, service->host, service->name);
}

static struct cs_str subject_right(const struct tell *tell, const struct cs_record *record)
{
    const struct cs_right_grant *grant = (const struct cs_right_grant *)record;
    return on_host(tell, grant->host, grant->name);
}

static struct cs_str subject_session(const struct tell *tell, const struct cs_record *record)
{
    const struct cs_session *session = (const struct cs_session *)record;
    return on_host(tell, session->host, who(tell, session->user));
}

static struct cs_str subject_ca(const struct tell *tell, const struct cs_record *record)
{
    return cs_ca_config(tell->lab, tell->arena, record->id);
}

static struct cs_str subject_template(const struct tell *tell, const struct cs_record *record)
{
    (void)tell;
    return ((const struct cs_template *)record)->name;
}

static struct cs_str subject_event(const struct tell *tell, const struct cs_record *record)
{
    const struct cs_event *event = (const struct cs_event *)record;
    struct cs_str what =
        cs_str_printf(tell->arena, "%.*s %u", CS_STR_ARG(event->source), event->event_id);
    return on_host(tell, event->host, what);
}

static struct cs_str subject_start(const struct tell *tell, const struct cs_record *record)
{
    (void)tell;
    (void)record;
    return CS_STR("lab");
}

static subject_fn *const subjects[CS_NOUN_COUNT] = {
    [CS_NOUN_DOMAIN] = subject_domain,
    [CS_NOUN_TRUST] = subject_trust,
    [CS_NOUN_HOST] = subject_host,
    [CS_NOUN_REGISTRY] = subject_registry,
    [CS_NOUN_COVERAGE] = subject_coverage,
    [CS_NOUN_SERVICE] = subject_service,
    [CS_NOUN_RIGHT] = subject_right,
    [CS_NOUN_SESSION] = subject_session,
    [CS_NOUN_CA] = subject_ca,
    [CS_NOUN_TEMPLATE] = subject_template,
    [CS_NOUN_EVENT] = subject_event,
    [CS_NOUN_START] = subject_start,
};

/* What tells two of one subject apart: the domain of a host, the forest of a template, an
 * event's time and text. */
static struct cs_str key_of(const struct tell *tell, const struct cs_record *record)
{
    struct cs_str subject = cs_str_fold(tell->arena, tell->out->subject);
    struct cs_str more = CS_STR("");
    if (tell->out->noun == CS_NOUN_HOST)
        more = domain_name(tell->lab, ((const struct cs_host *)record)->domain);
    if (tell->out->noun == CS_NOUN_TEMPLATE)
        more = ((const struct cs_template *)record)->forest;
    if (tell->out->noun == CS_NOUN_EVENT) {
        const struct cs_event *event = (const struct cs_event *)record;
        more = cs_str_printf(tell->arena, "%lld %.*s", (long long)event->time,
                             CS_STR_ARG(event->text));
    }
    return cs_str_printf(tell->arena, "%d %.*s|%.*s", tell->out->noun, CS_STR_ARG(subject),
                         CS_STR_ARG(cs_str_fold(tell->arena, more)));
}

/* ---------------------------------------------------------------- principals */

static struct cs_str owner_of(const struct cs_lab *lab, const struct cs_principal *p)
{
    return p->host ? host_name(lab, p->host) : domain_name(lab, p->domain);
}

struct cs_str csi_principal_key(const struct cs_lab *lab, struct cs_arena *arena, cs_id id)
{
    struct cs_principal p;
    struct cs_sid_text text;
    if (!cs_principal_get(lab, id, &p))
        return CS_STR("");
    cs_sid_format(&p.sid, &text);
    if (!cs_sid_is_builtin(&p.sid))
        return cs_str_copy(arena, cs_str_of(text.text));
    return cs_str_printf(arena, "%s@%.*s", text.text,
                         CS_STR_ARG(cs_str_fold(arena, owner_of(lab, &p))));
}

static struct cs_str primary_text(const struct tell *tell, const struct cs_principal *p)
{
    cs_id primary = cs_principal_primary(tell->lab, p->id);
    if (primary)
        return who(tell, primary);
    return p->primary ? cs_str_printf(tell->arena, "%u", p->primary) : CS_STR("");
}

static void tell_principal(struct tell *tell, const struct cs_principal *p)
{
    const struct csi_fact facts[] = {
        {"kind", cs_str_of(cs_principal_kind_name(p->kind)), {0}},
        {"scope", text_of(cs_scope_name(p->scope)), {0}},
        {"sid", sid_text(tell->arena, &p->sid), {0}},
        {"name", p->name, {0}},
        {"owner", owner_of(tell->lab, p), {0}},
        {"security", cs_str_of(p->kind == CS_GROUP ? is_word(p->security) : ""), {0}},
        {"members_open", cs_str_of(p->members_open ? "yes" : ""), {0}},
        {"managed", cs_str_of(p->managed ? "yes" : ""), {0}},
        {"uac", p->uac ? cs_str_printf(tell->arena, "0x%x", p->uac) : CS_STR(""), {0}},
        {"primary", primary_text(tell, p), {0}},
        {"display", p->display, {0}},
        {"upn", p->upn, {0}},
        {"dns", p->dns, {0}},
        {"mail", p->mail, {0}},
        {"dn", p->dn, {0}},
        {"comment", p->comment, {0}},
        {"os", p->os, {0}},
    };
    tell->out->count = CS_COUNT(facts);
    tell->out->facts = (struct csi_fact *)(void *)cs_arena_copy(tell->arena, facts, sizeof facts);
    tell->out->subject = who(tell, p->id);
    tell->out->key = csi_principal_key(tell->lab, tell->arena, p->id);
}

bool csi_thing_get(const struct cs_lab *lab, struct cs_arena *arena, enum cs_noun noun, cs_id id,
                   struct csi_thing *out)
{
    struct tell tell = {lab, arena, out};
    struct cs_principal p;
    *out = (struct csi_thing){.id = id, .noun = noun};
    if (noun == CS_NOUN_PRINCIPAL) {
        out->there = cs_principal_get(lab, id, &p);
        if (out->there)
            tell_principal(&tell, &p);
        return out->there;
    }
    const struct cs_record *record = cs_record_get(lab, noun, id);
    if (!record)
        return false;
    out->there = true;
    tell_columns(&tell, record);
    out->subject = subjects[noun](&tell, record);
    out->key = key_of(&tell, record);
    return true;
}

/* ------------------------------------------------------------------ one line */

/* What the subject says already, and what is as good as nothing. */
static bool is_said(const struct csi_thing *thing, const struct csi_fact *fact)
{
    static const char *const in_subject[] = {"host", "name", "key", "trusting", "trusted", "owner"};
    for (size_t i = 0; i < CS_COUNT(in_subject); i++)
        if (cs_str_is(cs_str_of(fact->field), in_subject[i]))
            return true;
    if (thing->noun == CS_NOUN_EVENT && !cs_str_is(cs_str_of(fact->field), "text"))
        return true;
    return !fact->text.length || cs_str_is(fact->text, "no") || cs_str_is(fact->text, "0") ||
           cs_str_equal(fact->text, thing->subject);
}

static bool stands_alone(const struct csi_fact *fact)
{
    static const char *const plain[] = {"kind", "scope", "data", "sids", "text", "state", "role"};
    for (size_t i = 0; i < CS_COUNT(plain); i++)
        if (cs_str_is(cs_str_of(fact->field), plain[i]))
            return true;
    return false;
}

struct cs_str csi_thing_brief(struct cs_arena *arena, const struct csi_thing *thing)
{
    struct cs_buf line;
    cs_buf_init(&line, SIZE_MAX / 2);
    for (size_t i = 0; i < thing->count; i++) {
        const struct csi_fact *fact = &thing->facts[i];
        bool yes = cs_str_is(fact->text, "yes");
        if (is_said(thing, fact))
            continue;
        cs_buf_adds(&line, line.length ? ", " : "");
        if (!stands_alone(fact))
            cs_buf_addf(&line, "%s%s", fact->field, yes ? "" : " ");
        if (!yes)
            cs_buf_add_str(&line, fact->text);
    }
    struct cs_str copy = cs_str_copy(arena, cs_buf_str(&line));
    cs_buf_clear(&line);
    return copy;
}
