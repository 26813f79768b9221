/*
 * noun.c - what each kind of record consists of, declared once.
 *
 * Copying a record, telling two apart, and (with a lab file) storing it derive from these
 * tables.  A new field of a record goes into its struct and into its table here.
 *
 * Room: lab.
 */
#include <certsh/ca.h>
#include <certsh/event.h>

#include "base/map.h"
#include "table.h"

#define COLUMN(record, field, kind)                                                                \
    {                                                                                              \
#field, CSI_COLUMN_##kind, offsetof(struct record, field), CS_NOUN_NONE                    \
    }
#define REFERENCE(record, field, noun)                                                             \
    {                                                                                              \
#field, CSI_COLUMN_ID, offsetof(struct record, field), CS_NOUN_##noun                      \
    }

static const struct csi_column principal_columns[] = {
    COLUMN(cs_principal, kind, NUMBER),   COLUMN(cs_principal, scope, NUMBER),
    COLUMN(cs_principal, security, BOOL), COLUMN(cs_principal, members_open, BOOL),
    COLUMN(cs_principal, managed, BOOL),  REFERENCE(cs_principal, domain, DOMAIN),
    REFERENCE(cs_principal, host, HOST),  COLUMN(cs_principal, sid, SID),
    COLUMN(cs_principal, uac, NUMBER),    COLUMN(cs_principal, primary, NUMBER),
    COLUMN(cs_principal, name, TEXT),     COLUMN(cs_principal, display, TEXT),
    COLUMN(cs_principal, upn, TEXT),      COLUMN(cs_principal, dns, TEXT),
    COLUMN(cs_principal, mail, TEXT),     COLUMN(cs_principal, dn, TEXT),
    COLUMN(cs_principal, comment, TEXT),  COLUMN(cs_principal, os, TEXT),
};
/* A principal begins like every record, so that what reads columns reads it, too. */
_Static_assert(offsetof(struct cs_principal, birth) == offsetof(struct cs_record, birth) &&
                   offsetof(struct cs_principal, source) == offsetof(struct cs_record, source),
               "the head of a principal");

static const struct csi_column domain_columns[] = {
    COLUMN(cs_domain, dns, TEXT), COLUMN(cs_domain, netbios, TEXT), COLUMN(cs_domain, forest, TEXT),
    COLUMN(cs_domain, sid, SID),  COLUMN(cs_domain, mixed, BOOL),
};
static const struct csi_column trust_columns[] = {
    REFERENCE(cs_trust, trusting, DOMAIN), REFERENCE(cs_trust, trusted, DOMAIN),
    COLUMN(cs_trust, kind, NUMBER),        COLUMN(cs_trust, quarantined, BOOL),
    COLUMN(cs_trust, selective, BOOL),     COLUMN(cs_trust, history, BOOL),
};
static const struct csi_column host_columns[] = {
    COLUMN(cs_host, name, TEXT),        COLUMN(cs_host, dns, TEXT),
    REFERENCE(cs_host, domain, DOMAIN), REFERENCE(cs_host, account, PRINCIPAL),
    COLUMN(cs_host, role, NUMBER),      COLUMN(cs_host, windows, NUMBER),
    COLUMN(cs_host, edition, TEXT),     COLUMN(cs_host, language, TEXT),
    COLUMN(cs_host, machine, SID),      COLUMN(cs_host, boot, TICK),
    COLUMN(cs_host, booted, TIME),      COLUMN(cs_host, complete, BOOL),
};
static const struct csi_column registry_columns[] = {
    REFERENCE(cs_reg_value, host, HOST), COLUMN(cs_reg_value, key, TEXT),
    COLUMN(cs_reg_value, name, TEXT),    COLUMN(cs_reg_value, type, NUMBER),
    COLUMN(cs_reg_value, data, BYTES),
};
static const struct csi_column coverage_columns[] = {
    REFERENCE(csi_coverage, host, HOST),
    COLUMN(csi_coverage, key, TEXT),
};
static const struct csi_column service_columns[] = {
    REFERENCE(cs_service, host, HOST), COLUMN(cs_service, name, TEXT),
    COLUMN(cs_service, display, TEXT), COLUMN(cs_service, state, NUMBER),
    COLUMN(cs_service, start, NUMBER),
};
static const struct csi_column right_columns[] = {
    REFERENCE(cs_right_grant, host, HOST),
    COLUMN(cs_right_grant, name, TEXT),
    COLUMN(cs_right_grant, sids, TEXTS),
};
static const struct csi_column session_columns[] = {
    REFERENCE(cs_session, host, HOST),
    REFERENCE(cs_session, user, PRINCIPAL),
    COLUMN(cs_session, opened, TICK),
    COLUMN(cs_session, since, TIME),
};
static const struct csi_column ca_columns[] = {
    COLUMN(cs_ca, name, TEXT),       COLUMN(cs_ca, dns, TEXT),
    REFERENCE(cs_ca, host, HOST),    COLUMN(cs_ca, type, NUMBER),
    COLUMN(cs_ca, templates, TEXTS), COLUMN(cs_ca, templates_known, BOOL),
    COLUMN(cs_ca, sd, BYTES),        COLUMN(cs_ca, excerpt, NUMBER),
};
static const struct csi_column template_columns[] = {
    COLUMN(cs_template, forest, TEXT),       COLUMN(cs_template, name, TEXT),
    COLUMN(cs_template, display, TEXT),      COLUMN(cs_template, display_ja, TEXT),
    COLUMN(cs_template, oid, TEXT),          COLUMN(cs_template, schema, NUMBER),
    COLUMN(cs_template, flags, NUMBER),      COLUMN(cs_template, enroll_flags, NUMBER),
    COLUMN(cs_template, name_flags, NUMBER), COLUMN(cs_template, key_flags, NUMBER),
    COLUMN(cs_template, signatures, NUMBER), COLUMN(cs_template, sd, BYTES),
    COLUMN(cs_template, excerpt, BOOL),
};
static const struct csi_column event_columns[] = {
    REFERENCE(cs_event, host, HOST), COLUMN(cs_event, log, TEXT),
    COLUMN(cs_event, source, TEXT),  COLUMN(cs_event, event_id, NUMBER),
    COLUMN(cs_event, type, TEXT),    COLUMN(cs_event, category, TEXT),
    COLUMN(cs_event, user, TEXT),    COLUMN(cs_event, text, TEXT),
    COLUMN(cs_event, time, TIME),
};
static const struct csi_column start_columns[] = {
    COLUMN(cs_start, name, TEXT),
    REFERENCE(cs_start, host, HOST),
    REFERENCE(cs_start, user, PRINCIPAL),
    COLUMN(cs_start, assume, BOOL),
};

static size_t host_keys(const struct cs_record *record, uint64_t keys[2])
{
    const struct cs_host *host = (const struct cs_host *)record;
    keys[0] = csi_hash_folded(host->name, 0);
    keys[1] = csi_account_key(host->account);
    return host->account ? 2 : 1;
}

static size_t registry_keys(const struct cs_record *record, uint64_t keys[2])
{
    const struct cs_reg_value *value = (const struct cs_reg_value *)record;
    keys[0] = csi_registry_hash(value->host, value->key, value->name);
    return 1;
}

#define NOUN(word, record, columns, keys)                                                          \
    {                                                                                              \
        word, sizeof(struct record), columns, CS_COUNT(columns), keys                              \
    }

static const struct csi_noun nouns[CS_NOUN_COUNT] = {
    [CS_NOUN_NONE] = {"none", 0, NULL, 0, NULL},
    [CS_NOUN_PRINCIPAL] = NOUN("principal", cs_principal, principal_columns, NULL),
    [CS_NOUN_DOMAIN] = NOUN("domain", cs_domain, domain_columns, NULL),
    [CS_NOUN_TRUST] = NOUN("trust", cs_trust, trust_columns, NULL),
    [CS_NOUN_HOST] = NOUN("host", cs_host, host_columns, host_keys),
    [CS_NOUN_REGISTRY] = NOUN("registry", cs_reg_value, registry_columns, registry_keys),
    [CS_NOUN_COVERAGE] = NOUN("coverage", csi_coverage, coverage_columns, NULL),
    [CS_NOUN_SERVICE] = NOUN("service", cs_service, service_columns, NULL),
    [CS_NOUN_RIGHT] = NOUN("right", cs_right_grant, right_columns, NULL),
    [CS_NOUN_SESSION] = NOUN("session", cs_session, session_columns, NULL),
    [CS_NOUN_CA] = NOUN("ca", cs_ca, ca_columns, NULL),
    [CS_NOUN_TEMPLATE] = NOUN("template", cs_template, template_columns, NULL),
    [CS_NOUN_EVENT] = NOUN("event", cs_event, event_columns, NULL),
    [CS_NOUN_START] = NOUN("start", cs_start, start_columns, NULL),
};

const struct csi_noun *csi_noun_of(enum cs_noun noun)
{
    return &nouns[noun];
}

const char *cs_noun_name(enum cs_noun noun)
{
    return nouns[noun].name;
}
