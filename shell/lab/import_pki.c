/*
 * import_pki.c - trusts, hosts, certification authorities and templates of an import.
 *
 * A host becomes a record when a fact of it is known: here the hosts of CAs.  A computer
 * account alone makes none; of a million computers a handful are CAs.
 *
 * Room: lab.
 */
#include <ctype.h>
#include <string.h>

#include "import_in.h"
#include "lab_internal.h"

/* ------------------------------------------------------------------- trusts */

/* trustDirection and trustAttributes (MS-ADTS 6.1.6.7.9, 6.1.6.7.12). */
enum { TRUST_INBOUND = 1, TRUST_OUTBOUND = 2 };
enum {
    TRUST_QUARANTINED = 0x4,
    TRUST_FOREST = 0x8,
    TRUST_SELECTIVE = 0x10,
    TRUST_WITHIN_FOREST = 0x20,
    TRUST_AS_EXTERNAL = 0x40
};

/* The other domain: known, or as much as the trust says of it. */
static cs_status partner_of(struct cs_import *import, const struct csi_import_trust *trust,
                            const struct cs_domain *own, cs_id *id, struct cs_error *err)
{
    struct cs_domain partner = {.dns = trust->dns};
    const struct cs_domain *old =
        cs_domain_get(import->lab, cs_domain_find(import->lab, trust->dns));
    if (old)
        partner = *old;
    else
        partner.record.source = csi_import_source(import, trust->spot);
    if (!partner.netbios.length)
        partner.netbios = trust->netbios;
    if (!partner.sid.count)
        partner.sid = trust->sid;
    if (trust->attributes & TRUST_WITHIN_FOREST)
        partner.forest = own->forest;
    else if (!partner.forest.length)
        partner.forest = trust->dns;
    return cs_domain_put(import->lab, &partner, id, err);
}

static cs_status put_trust(struct cs_import *import, const struct csi_import_trust *from,
                           cs_id trusting, cs_id trusted, struct cs_error *err)
{
    const struct cs_trust *old = cs_trust_find(import->lab, trusting, trusted);
    struct cs_trust trust = {.record = old ? old->record : (struct cs_record){0}};
    trust.record.source = csi_import_source(import, from->spot);
    trust.trusting = trusting;
    trust.trusted = trusted;
    trust.kind = from->attributes & TRUST_FOREST ? CS_TRUST_FOREST : CS_TRUST_EXTERNAL;
    trust.quarantined = from->attributes & TRUST_QUARANTINED;
    trust.selective = from->attributes & TRUST_SELECTIVE;
    trust.history = from->attributes & TRUST_AS_EXTERNAL;
    cs_id id;
    return cs_trust_put(import->lab, &trust, &id, err);
}

static cs_status put_both_ways(struct cs_import *import, const struct csi_import_trust *trust,
                               struct cs_error *err)
{
    cs_id own = csi_import_domain(import, trust->domain)->id, partner;
    cs_status status = partner_of(import, trust, cs_domain_get(import->lab, own), &partner, err);
    if (status != CS_OK)
        return status;
    csi_import_added(import, trust->spot);
    if (trust->attributes & TRUST_WITHIN_FOREST)
        return CS_OK;
    if (trust->direction & TRUST_OUTBOUND)
        status = put_trust(import, trust, own, partner, err);
    if (status == CS_OK && trust->direction & TRUST_INBOUND)
        status = put_trust(import, trust, partner, own, err);
    return status;
}

cs_status csi_import_put_trusts(struct cs_import *import, struct cs_error *err)
{
    for (size_t i = 0; i < import->trusts.count; i++) {
        cs_status status = put_both_ways(import, csi_pile_at(&import->trusts, i), err);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}

/* -------------------------------------------------------------------- hosts */

enum { NETBIOS_MAX = 15 };

static struct cs_str short_name(struct cs_arena *arena, struct cs_str name)
{
    ptrdiff_t dot = cs_str_find(name, '.');
    size_t length = dot < 0 ? name.length : (size_t)dot;
    if (length > NETBIOS_MAX)
        length = NETBIOS_MAX;
    char *upper = cs_arena_copy(arena, name.at, length);
    for (size_t i = 0; i < length; i++)
        upper[i] = (char)toupper((unsigned char)upper[i]);
    return cs_str_span(upper, length);
}

/* The only domain of a lab that has just one. */
static cs_id only_domain(const struct cs_lab *lab)
{
    cs_id found = 0;
    size_t count = cs_record_count(lab, CS_NOUN_DOMAIN);
    for (cs_id id = 1; count == 1 && !found; id++)
        found = cs_domain_get(lab, id) ? id : 0;
    return found;
}

/* The domain whose name a host's DNS name continues. */
static cs_id domain_of_host(const struct cs_lab *lab, struct cs_str name)
{
    ptrdiff_t dot = cs_str_find(name, '.');
    if (dot < 0)
        return only_domain(lab);
    return cs_domain_find(lab, cs_str_from(name, (size_t)dot + 1));
}

static enum cs_role role_of(const struct cs_principal *account, enum cs_windows windows)
{
    if (account->uac & CS_UAC_DC)
        return CS_ROLE_DC;
    const struct cs_windows_info *info = cs_windows_info(windows);
    return windows && info && !info->server ? CS_ROLE_WORKSTATION : CS_ROLE_MEMBER;
}

/* What its computer account says of a host. */
static void learn_account(const struct cs_import *import, struct cs_host *host)
{
    struct cs_str account = cs_str_printf(import->arena, "%.*s$", CS_STR_ARG(host->name));
    struct cs_principal p = {0};
    host->account = cs_principal_named(import->lab, host->domain, 0, account);
    if (!host->domain || !host->account || !cs_principal_get(import->lab, host->account, &p)) {
        host->account = 0;
        return;
    }
    if (!host->windows)
        host->windows = cs_windows_find(p.os);
    if (!host->dns.length)
        host->dns = p.dns;
    host->role = role_of(&p, host->windows);
}

/* By full name; by its short name only where nothing says that it is another one. */
static const struct cs_host *known_host(const struct cs_import *import, struct cs_str name)
{
    const struct cs_lab *lab = import->lab;
    const struct cs_host *host = cs_host_get(lab, cs_host_find(lab, name));
    if (host || cs_str_find(name, '.') < 0)
        return host;
    host = cs_host_get(lab, cs_host_find(lab, short_name(import->arena, name)));
    return host && !host->dns.length ? host : NULL;
}

cs_status csi_import_host(struct cs_import *import, struct cs_str name, struct csi_spot spot,
                          cs_id *id, struct cs_error *err)
{
    struct cs_host host = {.role = CS_ROLE_MEMBER};
    const struct cs_host *old = known_host(import, name);
    if (old)
        host = *old;
    if (old && (old->complete || old->account)) {
        *id = old->record.id;
        return CS_OK;
    }
    if (!old) {
        host.record.source = csi_import_source(import, spot);
        host.boot = csi_lab_next_tick(import->lab); /* when it started no export says */
    }
    host.name = short_name(import->arena, name);
    if (cs_str_find(name, '.') >= 0)
        host.dns = name;
    if (!host.domain)
        host.domain = domain_of_host(import->lab, name);
    learn_account(import, &host);
    return cs_host_put(import->lab, &host, id, err);
}

/* Hosts that were known before their computer accounts came in. */
static cs_status meet_accounts(struct cs_import *import, struct cs_error *err)
{
    const struct csi_table *hosts = &import->lab->tables[CS_NOUN_HOST];
    cs_status status = CS_OK;
    for (cs_id id = 1; status == CS_OK && import->objects.count && id < hosts->end; id++) {
        const struct cs_host *old = cs_host_get(import->lab, id);
        if (!old || old->account || old->complete)
            continue;
        struct cs_host host = *old;
        struct cs_str name = host.dns.length ? host.dns : host.name;
        if (!host.domain)
            host.domain = domain_of_host(import->lab, name);
        learn_account(import, &host);
        if (host.account || host.domain != old->domain)
            status = cs_host_put(import->lab, &host, &id, err);
    }
    return status;
}

/* ---------------------------------------------------------- CAs, templates */

static bool is_root(const struct cs_import *import, struct cs_str name)
{
    for (size_t i = 0; i < import->roots.count; i++)
        if (cs_str_same(*(struct cs_str *)csi_pile_at(&import->roots, i), name))
            return true;
    return false;
}

/* A host that the lab and the directory name differently: the later one counts, and is told. */
static void compare_host(const struct cs_import *import, const struct csi_import_ca *from,
                         const struct cs_ca *old)
{
    const struct cs_host *host = cs_host_get(import->lab, old->host);
    if (host && old->dns.length && from->facts.dns.length &&
        !cs_str_same(old->dns, from->facts.dns))
        csi_import_warn_at(import, from->spot, "CA %.*s was on %.*s before: the later %.*s counts",
                           CS_STR_ARG(old->name), CS_STR_ARG(old->dns),
                           CS_STR_ARG(from->facts.dns));
}

static cs_status put_ca(struct cs_import *import, const struct csi_import_ca *from,
                        struct cs_error *err)
{
    const struct cs_ca *old = cs_ca_get(import->lab, cs_ca_find(import->lab, from->facts.name));
    struct cs_ca ca = from->facts;
    if (old) {
        compare_host(import, from, old);
        ca.record = old->record;
        ca.host = old->host;
        ca.type = old->type;
        if (!ca.dns.length)
            ca.dns = old->dns;
        if (!ca.templates_known) {
            ca.templates = old->templates;
            ca.templates_known = old->templates_known;
        }
        if (!ca.sd.length)
            ca.sd = old->sd;
        ca.excerpt = old->excerpt;
        if (old->templates_known && !csi_same_texts(old->templates, ca.templates))
            csi_import_contradicts(import, from->spot, old->record.source,
                                   "the list of templates of ", ca.name);
    } else {
        ca.type = is_root(import, ca.name) ? CS_CA_ENTERPRISE_ROOT : CS_CA_ENTERPRISE_SUBORDINATE;
        csi_import_added(import, from->spot);
    }
    if (!old || from->facts.templates_known || from->facts.sd.length)
        ca.record.source = csi_import_source(import, from->spot); /* else it is but called */
    if (ca.dns.length) {
        cs_status status = csi_import_host(import, ca.dns, from->spot, &ca.host, err);
        if (status != CS_OK)
            return status;
    }
    cs_id id;
    return cs_ca_put(import->lab, &ca, &id, err);
}

/* An excerpt tells less than what came before: that stays where it says nothing of it. */
static void keep_fuller(struct cs_template *t, const struct cs_template *old)
{
    t->name = old->name;
    t->flags = t->flags ? t->flags : old->flags;
    t->enroll_flags = t->enroll_flags ? t->enroll_flags : old->enroll_flags;
    t->name_flags = t->name_flags ? t->name_flags : old->name_flags;
    t->key_flags = t->key_flags ? t->key_flags : old->key_flags;
    t->schema = t->schema ? t->schema : old->schema;
    if (!t->display.length)
        t->display = old->display;
    if (!t->oid.length)
        t->oid = old->oid;
    if (!old->excerpt && old->sd.length)
        t->sd = CS_STR("");
}

static cs_status put_template(struct cs_import *import, const struct csi_import_template *from,
                              struct cs_error *err)
{
    cs_id known = cs_template_find(import->lab, from->facts.forest, from->facts.name);
    const struct cs_template *old = cs_template_get(import->lab, known);
    struct cs_template t = from->facts;
    if (old) {
        t.record = old->record;
        t.display_ja = old->display_ja;
        if (t.excerpt)
            keep_fuller(&t, old);
        if (!t.sd.length) {
            t.sd = old->sd;
            t.excerpt = old->excerpt;
        }
    } else {
        csi_import_added(import, from->spot);
    }
    t.record.source = csi_import_source(import, from->spot);
    cs_id id;
    return cs_template_put(import->lab, &t, &id, err);
}

cs_status csi_import_put_pki(struct cs_import *import, struct cs_error *err)
{
    cs_status status = meet_accounts(import, err);
    for (size_t i = 0; status == CS_OK && i < import->cas.count; i++)
        status = put_ca(import, csi_pile_at(&import->cas, i), err);
    for (size_t i = 0; status == CS_OK && i < import->templates.count; i++)
        status = put_template(import, csi_pile_at(&import->templates, i), err);
    return status;
}
