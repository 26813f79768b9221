/*
 * import_directory.c - what an entry of a directory is, and which of its attributes matter.
 *
 * An entry's objectClass decides: accounts and groups become principals, pKI objects CAs and
 * templates, domains and cross references say what a domain is called, trusted domains make
 * trusts.  Everything else is skipped with its class as the reason.
 *
 * What an entry of a search with few attributes does not say (an export of one range of one
 * group has no objectClass) stays open until all files are read.
 *
 * Sources: MS-ADTS 3.1.1, MS-SAMR 2.2.1.13 (groupType), MS-CRTD (templates).
 *
 * Room: lab.
 */
#include "import_facts.h"

#include <stdio.h>
#include <string.h>

/* --------------------------------------------------------------- principals */

/* sAMAccountType (MS-SAMR 2.2.1.9), for searches that did not ask for objectClass. */
enum { TYPE_GROUP = 0x10000000, TYPE_ALIAS = 0x20000000, TYPE_COMPUTER = 0x30000001 };

static enum cs_principal_kind kind_of(const struct csi_facts *facts, uint32_t account_type)
{
    if (csi_facts_is(facts, CSI_CLASS_FOREIGN) ||
        (!facts->classes &&
         csi_dn_below(facts->import->arena, facts->dn, CS_STR("ForeignSecurityPrincipals"))))
        return CS_FOREIGN;
    if (csi_facts_is(facts, CSI_CLASS_GROUP) || facts->given[CSI_SLOT_GROUP_TYPE] ||
        facts->given[CSI_SLOT_MEMBER])
        return CS_GROUP;
    if (csi_facts_is(facts, CSI_CLASS_COMPUTER) || csi_facts_is(facts, CSI_CLASS_MSA) ||
        csi_facts_is(facts, CSI_CLASS_GMSA))
        return CS_COMPUTER;
    uint32_t type = account_type & ~1u;
    if (type == TYPE_GROUP || type == TYPE_ALIAS)
        return CS_GROUP;
    return account_type == TYPE_COMPUTER ? CS_COMPUTER : CS_USER;
}

enum { GROUP_GLOBAL = 0x2, GROUP_LOCAL = 0x4, GROUP_UNIVERSAL = 0x8 };
#define GROUP_SECURITY 0x80000000u

static enum cs_scope scope_of(const struct cs_sid *group, uint32_t type)
{
    if (cs_sid_is_builtin(group))
        return CS_SCOPE_BUILTIN;
    if (type & GROUP_GLOBAL)
        return CS_SCOPE_GLOBAL;
    return type & GROUP_UNIVERSAL ? CS_SCOPE_UNIVERSAL : CS_SCOPE_DOMAIN_LOCAL;
}

static struct cs_str system_of(const struct csi_facts *facts)
{
    struct cs_str os = csi_facts_look(facts, CSI_SLOT_OS),
                  pack = csi_facts_look(facts, CSI_SLOT_PACK);
    if (!pack.length)
        return os;
    return cs_str_printf(facts->import->arena, "%.*s %.*s", CS_STR_ARG(os), CS_STR_ARG(pack));
}

static void fill_texts(const struct csi_facts *facts, struct cs_principal *p)
{
    p->name = csi_facts_look(facts, CSI_SLOT_NAME);
    p->display =
        csi_facts_look(facts, facts->given[CSI_SLOT_DISPLAY] ? CSI_SLOT_DISPLAY : CSI_SLOT_CN);
    p->upn = csi_facts_look(facts, CSI_SLOT_UPN);
    p->dns = csi_facts_look(facts, CSI_SLOT_DNS);
    p->mail = csi_facts_look(facts, CSI_SLOT_MAIL);
    p->comment = csi_facts_look(facts, CSI_SLOT_COMMENT);
    p->os = system_of(facts);
    p->dn = facts->dn;
}

static cs_status fill_numbers(const struct csi_facts *facts, struct cs_principal *p, uint32_t *type,
                              uint32_t *account_type)
{
    cs_status status = csi_facts_sid(facts, CSI_SLOT_SID, &p->sid);
    if (status == CS_OK)
        status = csi_facts_number(facts, CSI_SLOT_UAC, &p->uac);
    if (status == CS_OK)
        status = csi_facts_number(facts, CSI_SLOT_PRIMARY, &p->primary);
    if (status == CS_OK)
        status = csi_facts_number(facts, CSI_SLOT_GROUP_TYPE, type);
    return status == CS_OK ? csi_facts_number(facts, CSI_SLOT_ACCOUNT_TYPE, account_type) : status;
}

static struct csi_import_object sighting(const struct csi_facts *facts, enum cs_principal_kind kind)
{
    return (struct csi_import_object){
        .spot = facts->spot,
        .name = facts->name,
        .untyped = !facts->classes || (kind == CS_GROUP && !facts->given[CSI_SLOT_GROUP_TYPE]),
        .not_members =
            !facts->given[CSI_SLOT_MEMBER] && !csi_facts_asked(facts->import, CSI_SLOT_MEMBER),
    };
}

static cs_status take_principal(struct csi_facts *facts)
{
    struct cs_principal p = {0};
    uint32_t type = 0, account_type = 0;
    cs_status status = fill_numbers(facts, &p, &type, &account_type);
    if (status != CS_OK)
        return status;
    csi_import_members_of(facts);
    if (!p.sid.count) {
        cs_import_skip(facts->import, "without objectSid", facts->dn, facts->spot.line);
        return CS_OK;
    }
    fill_texts(facts, &p);
    p.kind = kind_of(facts, account_type);
    p.managed = csi_facts_is(facts, CSI_CLASS_MSA) || csi_facts_is(facts, CSI_CLASS_GMSA);
    if (p.kind == CS_GROUP) {
        p.scope = scope_of(&p.sid, type);
        p.security = type & GROUP_SECURITY || !facts->given[CSI_SLOT_GROUP_TYPE];
    }
    if (p.kind != CS_FOREIGN)
        p.domain = csi_import_domain_of(facts->import, facts->dn, facts->spot);
    p.source.line = facts->spot.line;
    csi_import_draft(facts->import, &p, sighting(facts, p.kind));
    return CS_OK;
}

/* A contact has no SID: its memberships mean nothing for tokens. */
static cs_status take_contact(struct csi_facts *facts)
{
    facts->import->names.marks[facts->name] |= CSI_NAME_OUTSIDER;
    cs_import_skip(facts->import, "contact", facts->dn, facts->spot.line);
    return CS_OK;
}

/* ------------------------------------------------------- domains and trusts */

static cs_status take_domain(struct csi_facts *facts)
{
    uint32_t index = csi_import_domain_of(facts->import, facts->dn, facts->spot), mixed = 0;
    if (!index) {
        cs_import_skip(facts->import, "domain without DC= in its name", facts->dn,
                       facts->spot.line);
        return CS_OK;
    }
    struct csi_import_domain *domain = csi_import_domain(facts->import, index);
    domain->object = true;
    domain->spot = facts->spot;
    cs_status status = csi_facts_number(facts, CSI_SLOT_MIXED, &mixed);
    domain->mixed_given = facts->given[CSI_SLOT_MIXED];
    domain->mixed = mixed != 0;
    return status == CS_OK ? csi_facts_sid(facts, CSI_SLOT_SID, &domain->sid) : status;
}

/* What a domain is called for NT 4; other partitions have no NetBIOS name. */
static cs_status take_cross_ref(struct csi_facts *facts)
{
    if (!facts->given[CSI_SLOT_NETBIOS] || !facts->given[CSI_SLOT_NC_NAME]) {
        cs_import_skip(facts->import, "crossRef of no domain", facts->dn, facts->spot.line);
        return CS_OK;
    }
    struct cs_import *import = facts->import;
    uint32_t index =
        csi_import_domain_of(import, csi_facts_text(facts, CSI_SLOT_NC_NAME), facts->spot);
    uint32_t root = csi_import_domain_of(import, facts->dn, facts->spot);
    if (!index || !root)
        return CS_OK;
    struct csi_import_domain *domain = csi_import_domain(import, index);
    domain->netbios = csi_facts_text(facts, CSI_SLOT_NETBIOS);
    domain->forest = csi_import_domain(import, root)->dns;
    if (!domain->object)
        domain->spot = facts->spot;
    domain->object = true;
    return CS_OK;
}

static cs_status take_trust(struct csi_facts *facts)
{
    struct cs_import *import = facts->import;
    struct csi_import_trust trust = {.spot = facts->spot};
    uint32_t direction = 0, attributes = 0;
    cs_status status = csi_facts_number(facts, CSI_SLOT_DIRECTION, &direction);
    if (status == CS_OK)
        status = csi_facts_number(facts, CSI_SLOT_TRUST_ATTRIBUTES, &attributes);
    if (status == CS_OK)
        status = csi_facts_sid(facts, CSI_SLOT_PARTNER_SID, &trust.sid);
    if (status != CS_OK)
        return status;
    trust.direction = direction;
    trust.attributes = attributes;
    trust.dns = csi_facts_text(facts, CSI_SLOT_PARTNER);
    trust.netbios = csi_facts_text(facts, CSI_SLOT_FLAT_NAME);
    trust.domain = csi_import_domain_of(import, facts->dn, facts->spot);
    if (!trust.domain || !trust.dns.length) {
        cs_import_skip(import, "trust without a partner", facts->dn, facts->spot.line);
        return CS_OK;
    }
    *(struct csi_import_trust *)csi_pile_add(import->arena, &import->trusts, sizeof trust) = trust;
    return CS_OK;
}

/* ------------------------------------------------------------- CAs, templates */

static cs_status take_ca(struct csi_facts *facts)
{
    struct cs_import *import = facts->import;
    struct csi_import_ca ca = {.spot = facts->spot};
    ca.facts.name = csi_facts_text(facts, CSI_SLOT_CN);
    if (!ca.facts.name.length)
        ca.facts.name = csi_dn_first(import->arena, facts->dn);
    ca.facts.dns = csi_facts_text(facts, CSI_SLOT_DNS);
    ca.facts.templates = csi_facts_list(facts, CSI_SLOT_TEMPLATES);
    ca.facts.templates_known =
        ca.facts.templates.count || csi_facts_asked(import, CSI_SLOT_TEMPLATES);
    csi_import_domain_of(import, facts->dn, facts->spot);
    cs_status status = csi_facts_descriptor(facts, &ca.facts.sd);
    if (status == CS_OK)
        *(struct csi_import_ca *)csi_pile_add(import->arena, &import->cas, sizeof ca) = ca;
    return status;
}

static cs_status template_numbers(struct csi_facts *facts, struct cs_template *t)
{
    const struct {
        enum csi_slot slot;
        uint32_t *out;
    } numbers[] = {
        {CSI_SLOT_SCHEMA, &t->schema},
        {CSI_SLOT_FLAGS, &t->flags},
        {CSI_SLOT_ENROLL_FLAG, &t->enroll_flags},
        {CSI_SLOT_NAME_FLAG, &t->name_flags},
        {CSI_SLOT_KEY_FLAG, &t->key_flags},
        {CSI_SLOT_SIGNATURES, &t->signatures},
    };
    for (size_t i = 0; i < CS_COUNT(numbers); i++) {
        cs_status status = csi_facts_number(facts, numbers[i].slot, numbers[i].out);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}

static cs_status take_template(struct csi_facts *facts)
{
    struct cs_import *import = facts->import;
    struct csi_import_template t = {.spot = facts->spot};
    t.facts.name = csi_facts_text(facts, CSI_SLOT_CN);
    if (!t.facts.name.length)
        t.facts.name = csi_dn_first(import->arena, facts->dn);
    t.facts.display = csi_facts_text(facts, CSI_SLOT_DISPLAY);
    t.facts.oid = csi_facts_text(facts, CSI_SLOT_TEMPLATE_OID);
    uint32_t domain = csi_import_domain_of(import, facts->dn, facts->spot);
    if (domain)
        t.facts.forest = csi_import_domain(import, domain)->dns;
    cs_status status = template_numbers(facts, &t.facts);
    if (status == CS_OK)
        status = csi_facts_descriptor(facts, &t.facts.sd);
    if (status == CS_OK)
        *(struct csi_import_template *)csi_pile_add(import->arena, &import->templates, sizeof t) =
            t;
    return status;
}

/* Entries below "Certification Authorities" are the roots that the forest trusts. */
static cs_status take_root(struct csi_facts *facts)
{
    struct cs_import *import = facts->import;
    if (csi_dn_has(facts->dn, CS_STR("CN=Certification Authorities,"))) {
        struct cs_str *name = csi_pile_add(import->arena, &import->roots, sizeof *name);
        *name = csi_dn_first(import->arena, facts->dn);
    }
    cs_import_skip(import, "certificationAuthority", facts->dn, facts->spot.line);
    return CS_OK;
}

/* ------------------------------------------------------------------ entries */

static const struct {
    enum csi_class which;
    cs_status (*take)(struct csi_facts *facts);
} takers[] = {
    {CSI_CLASS_COMPUTER, take_principal},
    {CSI_CLASS_GMSA, take_principal},
    {CSI_CLASS_MSA, take_principal},
    {CSI_CLASS_GROUP, take_principal},
    {CSI_CLASS_FOREIGN, take_principal},
    {CSI_CLASS_INET_PERSON, take_principal},
    {CSI_CLASS_USER, take_principal},
    {CSI_CLASS_DOMAIN, take_domain},
    {CSI_CLASS_CROSS_REF, take_cross_ref},
    {CSI_CLASS_TRUST, take_trust},
    {CSI_CLASS_CA, take_ca},
    {CSI_CLASS_TEMPLATE, take_template},
    {CSI_CLASS_ROOT, take_root},
    {CSI_CLASS_CONTACT, take_contact},
};

/* An entry without objectClass: members of a group, or an account that is known otherwise. */
static cs_status take_untyped(struct csi_facts *facts)
{
    if (facts->given[CSI_SLOT_SID])
        return take_principal(facts);
    csi_import_members_of(facts);
    if (!facts->given[CSI_SLOT_MEMBER] && !facts->given[CSI_SLOT_MEMBER_OF])
        cs_import_skip(facts->import, "without objectClass", facts->dn, facts->spot.line);
    return CS_OK;
}

/* A tombstone says so, or by its name where the search did not ask for isDeleted. */
static bool is_deleted(const struct csi_facts *facts)
{
    return cs_str_same(facts->value[CSI_SLOT_DELETED], CS_STR("TRUE")) ||
           (cs_str_find(facts->dn, '\\') >= 0 && csi_dn_has(facts->dn, CS_STR("\\0ADEL:"))) ||
           (cs_str_find(facts->dn, '\n') >= 0 && csi_dn_has(facts->dn, CS_STR("\nDEL:")));
}

enum { REASON_MAX = 80 };

cs_status cs_import_entry(struct cs_import *import, const struct cs_entry *entry,
                          struct cs_error *err)
{
    csi_import_count(import);
    struct csi_facts facts;
    csi_facts_fill(&facts, import, entry, err);
    import->parted = 0;
    if (is_deleted(&facts)) {
        import->names.marks[facts.name] |= CSI_NAME_OUTSIDER;
        cs_import_skip(import, "deleted", facts.dn, entry->line);
        return CS_OK;
    }
    for (size_t i = 0; i < CS_COUNT(takers); i++)
        if (csi_facts_is(&facts, takers[i].which))
            return takers[i].take(&facts);
    if (!facts.last_class.length)
        return take_untyped(&facts);
    char reason[REASON_MAX];
    snprintf(reason, sizeof reason, "%.*s", CS_STR_ARG(facts.last_class));
    cs_import_skip(import, reason, facts.dn, entry->line);
    return CS_OK;
}
