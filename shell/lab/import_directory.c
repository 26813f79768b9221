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
#include <stdio.h>

#include <certsh/sd.h>

#include "import_in.h"

/* --------------------------------------------------------------- attributes */

/* Attributes an import looks at.  LIST: all values count, not only the first. */
#define ATTRIBUTES(X)                                                                              \
    X(CLASS, "objectClass")                                                                        \
    X(SID, "objectSid")                                                                            \
    X(NAME, "sAMAccountName")                                                                      \
    X(CN, "cn")                                                                                    \
    X(DISPLAY, "displayName")                                                                      \
    X(UPN, "userPrincipalName")                                                                    \
    X(DNS, "dNSHostName")                                                                          \
    X(MAIL, "mail")                                                                                \
    X(COMMENT, "description")                                                                      \
    X(OS, "operatingSystem")                                                                       \
    X(PACK, "operatingSystemServicePack")                                                          \
    X(UAC, "userAccountControl")                                                                   \
    X(PRIMARY, "primaryGroupID")                                                                   \
    X(GROUP_TYPE, "groupType")                                                                     \
    X(ACCOUNT_TYPE, "sAMAccountType")                                                              \
    X(MEMBER, "member")                                                                            \
    X(MEMBER_OF, "memberOf")                                                                       \
    X(DELETED, "isDeleted")                                                                        \
    X(MIXED, "nTMixedDomain")                                                                      \
    X(NC_NAME, "nCName")                                                                           \
    X(NETBIOS, "nETBIOSName")                                                                      \
    X(FLAT_NAME, "flatName")                                                                       \
    X(PARTNER, "trustPartner")                                                                     \
    X(DIRECTION, "trustDirection")                                                                 \
    X(TRUST_ATTRIBUTES, "trustAttributes")                                                         \
    X(PARTNER_SID, "securityIdentifier")                                                           \
    X(DESCRIPTOR, "nTSecurityDescriptor")                                                          \
    X(TEMPLATES, "certificateTemplates")                                                           \
    X(FLAGS, "flags")                                                                              \
    X(TEMPLATE_OID, "msPKI-Cert-Template-OID")                                                     \
    X(SCHEMA, "msPKI-Template-Schema-Version")                                                     \
    X(ENROLL_FLAG, "msPKI-Enrollment-Flag")                                                        \
    X(NAME_FLAG, "msPKI-Certificate-Name-Flag")                                                    \
    X(KEY_FLAG, "msPKI-Private-Key-Flag")                                                          \
    X(SIGNATURES, "msPKI-RA-Signature")

#define SLOT(name, text) SLOT_##name,
enum slot { ATTRIBUTES(SLOT) SLOT_COUNT };
#undef SLOT

#define ROW(name, text) {text, sizeof(text) - 1},
static const struct cs_str slot_names[] = {ATTRIBUTES(ROW)};
#undef ROW

static enum slot slot_of(struct cs_str name)
{
    for (int i = 0; i < SLOT_COUNT; i++)
        if (slot_names[i].length == name.length && cs_str_same(slot_names[i], name))
            return (enum slot)i;
    return SLOT_COUNT;
}

/* Classes that matter, most special first. */
static const char *const class_names[] = {
    "msDS-GroupManagedServiceAccount",
    "msDS-ManagedServiceAccount",
    "computer",
    "group",
    "foreignSecurityPrincipal",
    "inetOrgPerson",
    "user",
    "domainDNS",
    "crossRef",
    "trustedDomain",
    "pKIEnrollmentService",
    "pKICertificateTemplate",
    "certificationAuthority",
    "contact",
};
enum class {
    CLASS_GMSA,
    CLASS_MSA,
    CLASS_COMPUTER,
    CLASS_GROUP,
    CLASS_FOREIGN,
    CLASS_INET_PERSON,
    CLASS_USER,
    CLASS_DOMAIN,
    CLASS_CROSS_REF,
    CLASS_TRUST,
    CLASS_CA,
    CLASS_TEMPLATE,
    CLASS_ROOT,
    CLASS_CONTACT,
    CLASS_COUNT
};

/* One entry, its single values by slot. */
struct facts {
    struct cs_import *import;
    const struct cs_entry *entry;
    struct csi_spot spot;
    struct cs_str dn;
    struct cs_str value[SLOT_COUNT];
    uint32_t line[SLOT_COUNT];
    bool given[SLOT_COUNT];
    unsigned classes; /* bits of enum class */
    struct cs_str last_class;
    struct cs_error *err;
};

static bool is(const struct facts *facts, enum class which)
{
    return facts->classes & 1u << which;
}

static void add_class(struct facts *facts, struct cs_str name)
{
    facts->last_class = name;
    for (unsigned i = 0; i < CLASS_COUNT; i++)
        if (cs_str_same(cs_str_of(class_names[i]), name))
            facts->classes |= 1u << i;
}

static void gather(struct facts *facts)
{
    const char *last_name = NULL;
    enum slot slot = SLOT_COUNT;
    for (size_t i = 0; i < facts->entry->count; i++) {
        const struct cs_attribute *at = &facts->entry->at[i];
        if (at->name.at != last_name)
            slot = slot_of(at->name);
        last_name = at->name.at;
        if (slot == SLOT_COUNT)
            continue;
        if (slot == SLOT_CLASS)
            add_class(facts, at->value);
        if (!facts->given[slot]) {
            facts->value[slot] = at->value;
            facts->line[slot] = at->line;
        }
        facts->given[slot] = true;
    }
}

/* Texts that are no UTF-8 come from an ANSI code page; each byte is then its code point. */
static struct cs_str clean(struct cs_arena *arena, struct cs_str text)
{
    if (cs_str_is_utf8(text))
        return text;
    char *out = cs_arena_alloc(arena, text.length * 2 + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c >= 0x80)
            out[length++] = (char)(0xc0 | c >> 6);
        out[length++] = (char)(c < 0x80 ? c : 0x80 | (c & 0x3f));
    }
    return cs_str_span(out, length);
}

static struct cs_str text(const struct facts *facts, enum slot slot)
{
    return clean(facts->import->arena, facts->value[slot]);
}

/* A number, which directories write as a signed one; what is none is malformed. */
static cs_status number(const struct facts *facts, enum slot slot, uint32_t *out)
{
    int64_t value = 0;
    if (!facts->given[slot])
        return CS_OK;
    if (!cs_str_integer(facts->value[slot], &value) || value < INT32_MIN || value > UINT32_MAX)
        return cs_import_bad(facts->import, facts->line[slot], facts->err,
                             "%.*s is no number: '%.*s'", CS_STR_ARG(slot_names[slot]),
                             CS_STR_ARG(facts->value[slot]));
    *out = (uint32_t)value;
    return CS_OK;
}

/* Bytes of a SID, or its text as ldbsearch writes it. */
static cs_status sid(const struct facts *facts, enum slot slot, struct cs_sid *out)
{
    struct cs_str value = facts->value[slot];
    if (!facts->given[slot])
        return CS_OK;
    cs_status status = cs_str_same_start(value, CS_STR("S-1-"))
                           ? cs_sid_parse(value, out, facts->err)
                           : cs_sid_decode(value.at, value.length, out, NULL, facts->err);
    if (status == CS_OK)
        return CS_OK;
    cs_import_bad(facts->import, facts->line[slot], facts->err, "%.*s of '%.*s' is no SID",
                  CS_STR_ARG(slot_names[slot]), CS_STR_ARG(facts->dn));
    return cs_error_hint(facts->err, "nothing was imported.  Was the file cut?");
}

/* Bytes of a descriptor; SDDL (newer ldbsearch) becomes bytes. */
static cs_status descriptor(const struct facts *facts, struct cs_str *out)
{
    struct cs_str value = facts->value[SLOT_DESCRIPTOR];
    struct cs_arena *arena = facts->import->arena;
    struct cs_sd sd;
    if (!facts->given[SLOT_DESCRIPTOR])
        return CS_OK;
    bool words = cs_str_starts(value, CS_STR("O:")) || cs_str_starts(value, CS_STR("D:"));
    cs_status status = words ? cs_sddl_parse(arena, value, NULL, &sd, facts->err)
                             : cs_sd_decode(arena, value, &sd, facts->err);
    *out = value;
    if (status == CS_OK)
        return words ? cs_sd_encode(arena, &sd, out, facts->err) : CS_OK;
    char why[sizeof facts->err->text];
    snprintf(why, sizeof why, "%s", facts->err->text);
    cs_import_bad(facts->import, facts->line[SLOT_DESCRIPTOR], facts->err,
                  "nTSecurityDescriptor of '%.*s' is no security descriptor: %.120s",
                  CS_STR_ARG(facts->dn), why);
    return cs_error_hint(facts->err, "nothing was imported.  Was the file cut?");
}

/* ------------------------------------------------------------------ members */

/* "range=0-1499" or "range=1500-*" among the options. */
static bool range_of(struct cs_str options, uint32_t *low, uint32_t *high)
{
    for (size_t i = 0; i < options.length; i++) {
        struct cs_str rest = cs_str_from(options, i);
        if (!cs_str_same_start(rest, CS_STR(";range=")))
            continue;
        rest = cs_str_from(rest, 7);
        ptrdiff_t dash = cs_str_find(rest, '-');
        if (dash <= 0)
            return false;
        struct cs_str from = cs_str_span(rest.at, (size_t)dash);
        struct cs_str to = cs_str_from(rest, (size_t)dash + 1);
        uint64_t a = 0, b = UINT32_MAX;
        bool good = cs_str_number(from, UINT32_MAX - 1, &a) &&
                    (cs_str_is(to, "*") || cs_str_number(to, UINT32_MAX - 1, &b));
        *low = (uint32_t)a;
        *high = (uint32_t)b;
        return good;
    }
    return false;
}

static void add_range(struct facts *facts, const struct cs_attribute *at)
{
    uint32_t low, high;
    if (!range_of(at->options, &low, &high))
        return;
    struct csi_import_range *range =
        csi_pile_add(facts->import->arena, &facts->import->ranges, sizeof *range);
    *range =
        (struct csi_import_range){facts->dn, low, high, csi_import_spot(facts->import, at->line)};
}

static void add_edge(struct facts *facts, struct cs_str group, struct cs_str member, uint32_t line)
{
    struct csi_import_edge *edge =
        csi_pile_add(facts->import->arena, &facts->import->edges, sizeof *edge);
    *edge = (struct csi_import_edge){group, member, csi_import_spot(facts->import, line)};
}

static void add_members(struct facts *facts)
{
    const char *last_name = NULL, *last_options = NULL;
    enum slot slot = SLOT_COUNT;
    if (!facts->given[SLOT_MEMBER] && !facts->given[SLOT_MEMBER_OF])
        return;
    for (size_t i = 0; i < facts->entry->count; i++) {
        const struct cs_attribute *at = &facts->entry->at[i];
        if (at->name.at != last_name)
            slot = slot_of(at->name);
        last_name = at->name.at;
        struct cs_str value = clean(facts->import->arena, at->value);
        if (slot == SLOT_MEMBER && at->options.length && at->options.at != last_options)
            add_range(facts, at);
        last_options = at->options.at;
        if (slot == SLOT_MEMBER && value.length)
            add_edge(facts, facts->dn, value, at->line);
        if (slot == SLOT_MEMBER_OF && value.length)
            add_edge(facts, value, facts->dn, at->line);
    }
}

/* Did the search ask for this attribute?  Without a word about it: yes. */
static bool was_asked(const struct cs_import *import, struct cs_str name)
{
    struct cs_str asked = csi_import_file_now(import)->asked;
    if (!asked.length)
        return true;
    while (asked.length) {
        ptrdiff_t blank = cs_str_find(asked, ' ');
        struct cs_str word = cs_str_span(asked.at, blank < 0 ? asked.length : (size_t)blank);
        if (cs_str_same(word, name) || cs_str_is(word, "*") || cs_str_is(word, "ALL"))
            return true;
        asked = cs_str_from(asked, word.length + 1);
    }
    return false;
}

/* --------------------------------------------------------------- principals */

/* sAMAccountType (MS-SAMR 2.2.1.9), for searches that did not ask for objectClass. */
enum { TYPE_GROUP = 0x10000000, TYPE_ALIAS = 0x20000000, TYPE_COMPUTER = 0x30000001 };

static enum cs_principal_kind kind_of(const struct facts *facts, uint32_t account_type)
{
    if (is(facts, CLASS_FOREIGN))
        return CS_FOREIGN;
    if (is(facts, CLASS_GROUP) || facts->given[SLOT_GROUP_TYPE] || facts->given[SLOT_MEMBER])
        return CS_GROUP;
    if (is(facts, CLASS_COMPUTER) || is(facts, CLASS_MSA) || is(facts, CLASS_GMSA))
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

static struct cs_str system_of(const struct facts *facts)
{
    struct cs_str os = text(facts, SLOT_OS), pack = text(facts, SLOT_PACK);
    if (!pack.length)
        return os;
    return cs_str_printf(facts->import->arena, "%.*s %.*s", CS_STR_ARG(os), CS_STR_ARG(pack));
}

static void fill_texts(const struct facts *facts, struct cs_principal *p)
{
    p->name = text(facts, SLOT_NAME);
    p->display = text(facts, facts->given[SLOT_DISPLAY] ? SLOT_DISPLAY : SLOT_CN);
    p->upn = text(facts, SLOT_UPN);
    p->dns = text(facts, SLOT_DNS);
    p->mail = text(facts, SLOT_MAIL);
    p->comment = text(facts, SLOT_COMMENT);
    p->os = system_of(facts);
    p->dn = facts->dn;
}

static cs_status fill_numbers(const struct facts *facts, struct cs_principal *p, uint32_t *type,
                              uint32_t *account_type)
{
    cs_status status = sid(facts, SLOT_SID, &p->sid);
    if (status == CS_OK)
        status = number(facts, SLOT_UAC, &p->uac);
    if (status == CS_OK)
        status = number(facts, SLOT_PRIMARY, &p->primary);
    if (status == CS_OK)
        status = number(facts, SLOT_GROUP_TYPE, type);
    return status == CS_OK ? number(facts, SLOT_ACCOUNT_TYPE, account_type) : status;
}

static cs_status take_principal(struct facts *facts)
{
    struct cs_principal p = {0};
    uint32_t type = 0, account_type = 0;
    cs_status status = fill_numbers(facts, &p, &type, &account_type);
    if (status != CS_OK)
        return status;
    add_members(facts);
    if (!p.sid.count) {
        cs_import_skip(facts->import, "without objectSid", facts->dn, facts->spot.line);
        return CS_OK;
    }
    fill_texts(facts, &p);
    p.kind = kind_of(facts, account_type);
    p.managed = is(facts, CLASS_MSA) || is(facts, CLASS_GMSA);
    if (p.kind == CS_GROUP) {
        p.scope = scope_of(&p.sid, type);
        p.security = type & GROUP_SECURITY || !facts->given[SLOT_GROUP_TYPE];
    }
    struct csi_import_object *object =
        csi_pile_add(facts->import->arena, &facts->import->objects, sizeof *object);
    object->untyped = !facts->classes || (p.kind == CS_GROUP && !facts->given[SLOT_GROUP_TYPE]);
    object->not_members =
        !facts->given[SLOT_MEMBER] && !was_asked(facts->import, slot_names[SLOT_MEMBER]);
    object->spot = facts->spot;
    object->facts = p;
    if (p.kind != CS_FOREIGN)
        object->facts.domain = csi_import_domain_of(facts->import, facts->dn, facts->spot);
    return CS_OK;
}

/* A contact has no SID: its memberships mean nothing for tokens. */
static cs_status take_contact(struct facts *facts)
{
    struct cs_str *dn = csi_pile_add(facts->import->arena, &facts->import->outsiders, sizeof *dn);
    *dn = facts->dn;
    cs_import_skip(facts->import, "contact", facts->dn, facts->spot.line);
    return CS_OK;
}

/* ------------------------------------------------------- domains and trusts */

static cs_status take_domain(struct facts *facts)
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
    cs_status status = number(facts, SLOT_MIXED, &mixed);
    domain->mixed_given = facts->given[SLOT_MIXED];
    domain->mixed = mixed != 0;
    return status == CS_OK ? sid(facts, SLOT_SID, &domain->sid) : status;
}

/* What a domain is called for NT 4; other partitions have no NetBIOS name. */
static cs_status take_cross_ref(struct facts *facts)
{
    if (!facts->given[SLOT_NETBIOS] || !facts->given[SLOT_NC_NAME]) {
        cs_import_skip(facts->import, "crossRef of no domain", facts->dn, facts->spot.line);
        return CS_OK;
    }
    struct cs_import *import = facts->import;
    uint32_t index = csi_import_domain_of(import, text(facts, SLOT_NC_NAME), facts->spot);
    uint32_t root = csi_import_domain_of(import, facts->dn, facts->spot);
    if (!index || !root)
        return CS_OK;
    struct csi_import_domain *domain = csi_import_domain(import, index);
    domain->netbios = text(facts, SLOT_NETBIOS);
    domain->forest = csi_import_domain(import, root)->dns;
    if (!domain->object)
        domain->spot = facts->spot;
    domain->object = true;
    return CS_OK;
}

static cs_status take_trust(struct facts *facts)
{
    struct cs_import *import = facts->import;
    struct csi_import_trust trust = {.spot = facts->spot};
    uint32_t direction = 0, attributes = 0;
    cs_status status = number(facts, SLOT_DIRECTION, &direction);
    if (status == CS_OK)
        status = number(facts, SLOT_TRUST_ATTRIBUTES, &attributes);
    if (status == CS_OK)
        status = sid(facts, SLOT_PARTNER_SID, &trust.sid);
    if (status != CS_OK)
        return status;
    trust.direction = direction;
    trust.attributes = attributes;
    trust.dns = text(facts, SLOT_PARTNER);
    trust.netbios = text(facts, SLOT_FLAT_NAME);
    trust.domain = csi_import_domain_of(import, facts->dn, facts->spot);
    if (!trust.domain || !trust.dns.length) {
        cs_import_skip(import, "trust without a partner", facts->dn, facts->spot.line);
        return CS_OK;
    }
    *(struct csi_import_trust *)csi_pile_add(import->arena, &import->trusts, sizeof trust) = trust;
    return CS_OK;
}

/* ------------------------------------------------------------- CAs, templates */

static struct cs_strs list_of(const struct facts *facts, enum slot slot)
{
    struct cs_str *at = cs_arena_alloc(facts->import->arena, facts->entry->count * sizeof *at + 1);
    size_t count = 0;
    for (size_t i = 0; i < facts->entry->count; i++)
        if (cs_str_same(facts->entry->at[i].name, slot_names[slot]))
            at[count++] = clean(facts->import->arena, facts->entry->at[i].value);
    return (struct cs_strs){at, count};
}

static cs_status take_ca(struct facts *facts)
{
    struct cs_import *import = facts->import;
    struct csi_import_ca ca = {.spot = facts->spot};
    ca.facts.name = text(facts, SLOT_CN);
    if (!ca.facts.name.length)
        ca.facts.name = csi_dn_first(import->arena, facts->dn);
    ca.facts.dns = text(facts, SLOT_DNS);
    ca.facts.templates = list_of(facts, SLOT_TEMPLATES);
    ca.facts.templates_known =
        ca.facts.templates.count || was_asked(import, slot_names[SLOT_TEMPLATES]);
    csi_import_domain_of(import, facts->dn, facts->spot);
    cs_status status = descriptor(facts, &ca.facts.sd);
    if (status == CS_OK)
        *(struct csi_import_ca *)csi_pile_add(import->arena, &import->cas, sizeof ca) = ca;
    return status;
}

static cs_status template_numbers(struct facts *facts, struct cs_template *t)
{
    const struct {
        enum slot slot;
        uint32_t *out;
    } numbers[] = {
        {SLOT_SCHEMA, &t->schema},
        {SLOT_FLAGS, &t->flags},
        {SLOT_ENROLL_FLAG, &t->enroll_flags},
        {SLOT_NAME_FLAG, &t->name_flags},
        {SLOT_KEY_FLAG, &t->key_flags},
        {SLOT_SIGNATURES, &t->signatures},
    };
    for (size_t i = 0; i < CS_COUNT(numbers); i++) {
        cs_status status = number(facts, numbers[i].slot, numbers[i].out);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}

static cs_status take_template(struct facts *facts)
{
    struct cs_import *import = facts->import;
    struct csi_import_template t = {.spot = facts->spot};
    t.facts.name = text(facts, SLOT_CN);
    if (!t.facts.name.length)
        t.facts.name = csi_dn_first(import->arena, facts->dn);
    t.facts.display = text(facts, SLOT_DISPLAY);
    t.facts.oid = text(facts, SLOT_TEMPLATE_OID);
    uint32_t domain = csi_import_domain_of(import, facts->dn, facts->spot);
    if (domain)
        t.facts.forest = csi_import_domain(import, domain)->dns;
    cs_status status = template_numbers(facts, &t.facts);
    if (status == CS_OK)
        status = descriptor(facts, &t.facts.sd);
    if (status == CS_OK)
        *(struct csi_import_template *)csi_pile_add(import->arena, &import->templates, sizeof t) =
            t;
    return status;
}

/* Entries below "Certification Authorities" are the roots that the forest trusts. */
static cs_status take_root(struct facts *facts)
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
    enum class which;
    cs_status (*take)(struct facts *facts);
} takers[] = {
    {CLASS_COMPUTER, take_principal},
    {CLASS_GMSA, take_principal},
    {CLASS_MSA, take_principal},
    {CLASS_GROUP, take_principal},
    {CLASS_FOREIGN, take_principal},
    {CLASS_INET_PERSON, take_principal},
    {CLASS_USER, take_principal},
    {CLASS_DOMAIN, take_domain},
    {CLASS_CROSS_REF, take_cross_ref},
    {CLASS_TRUST, take_trust},
    {CLASS_CA, take_ca},
    {CLASS_TEMPLATE, take_template},
    {CLASS_ROOT, take_root},
    {CLASS_CONTACT, take_contact},
};

/* An entry without objectClass: members of a group, or an account that is known otherwise. */
static cs_status take_untyped(struct facts *facts)
{
    if (facts->given[SLOT_SID])
        return take_principal(facts);
    add_members(facts);
    if (!facts->given[SLOT_MEMBER] && !facts->given[SLOT_MEMBER_OF])
        cs_import_skip(facts->import, "without objectClass", facts->dn, facts->spot.line);
    return CS_OK;
}

cs_status cs_import_entry(struct cs_import *import, const struct cs_entry *entry,
                          struct cs_error *err)
{
    csi_import_file_now(import)->report.read++;
    struct facts facts = {.import = import,
                          .entry = entry,
                          .spot = csi_import_spot(import, entry->line),
                          .dn = clean(import->arena, entry->dn),
                          .err = err};
    gather(&facts);
    if (facts.given[SLOT_DELETED] && cs_str_same(facts.value[SLOT_DELETED], CS_STR("TRUE"))) {
        cs_import_skip(import, "deleted", facts.dn, entry->line);
        return CS_OK;
    }
    for (size_t i = 0; i < CS_COUNT(takers); i++)
        if (is(&facts, takers[i].which))
            return takers[i].take(&facts);
    if (!facts.last_class.length)
        return take_untyped(&facts);
    cs_import_skip(import, cs_str_c(import->arena, facts.last_class), facts.dn, entry->line);
    return CS_OK;
}
