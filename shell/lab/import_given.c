/*
 * import_given.c - facts by SID and facts of machines, as they are read.
 *
 * SharpHound tells of an object twice, the second time without members and without a name: one
 * SID is one object here, and each sighting adds what the others left empty.
 *
 * Room: lab.
 */
#include "import_given.h"

#include "base/map.h"

static struct csi_given *given_of(struct cs_import *import)
{
    if (!import->given)
        import->given = cs_arena_alloc(import->arena, sizeof *import->given);
    return import->given;
}

void csi_given_drop(struct cs_import *import)
{
    if (import->given)
        csi_index_clear(&import->given->by_hash);
}

struct cs_str cs_import_file_name(const struct cs_import *import)
{
    return csi_import_file_now(import)->report.file;
}

void cs_import_record(struct cs_import *import)
{
    csi_import_count(import);
}

static struct cs_str keep(const struct cs_import *import, struct cs_str text)
{
    return text.length ? cs_str_copy(import->arena, text) : CS_STR("");
}

/* ------------------------------------------------------------------ parties */

struct csi_given_party *csi_given_party(const struct csi_given *given, uint32_t number)
{
    return csi_pile_at(&given->parties, number - 1);
}

/* The number of a domain by DNS name; most facts of a file are of one domain. */
static uint32_t domain_number(struct cs_import *import, struct cs_str dns, uint32_t line)
{
    uint32_t last = import->last_domain;
    if (!dns.length)
        return 0;
    if (last && cs_str_same(csi_import_domain(import, last)->dns, dns))
        return last;
    for (uint32_t i = 1; i <= import->domains.count; i++)
        if (cs_str_same(csi_import_domain(import, i)->dns, dns))
            return import->last_domain = i;
    struct cs_str kept = cs_str_fold(import->arena, dns);
    uint32_t number = csi_import_domain_named(import, kept, csi_import_spot(import, line));
    return import->last_domain = number;
}

static uint64_t party_hash(const struct csi_given_party *party)
{
    if (party->sid.count)
        return cs_sid_hash(&party->sid) + party->domain;
    return csi_hash_folded(party->name, 1);
}

static bool same_party(const struct csi_given_party *a, const struct csi_given_party *b)
{
    if (a->sid.count || b->sid.count)
        return a->domain == b->domain && cs_sid_equal(&a->sid, &b->sid);
    return cs_str_same(a->name, b->name);
}

/* Only S-1-5-32-x differs from domain to domain. */
static struct csi_given_party plain_party(struct cs_import *import,
                                          const struct cs_import_party *from, uint32_t line)
{
    uint32_t domain = cs_sid_is_builtin(&from->sid) ? domain_number(import, from->domain, line) : 0;
    return (struct csi_given_party){.sid = from->sid, .name = from->name, .domain = domain};
}

static uint32_t find_or_add(struct cs_import *import, struct csi_given_party *party, uint64_t hash)
{
    struct csi_given *given = import->given;
    size_t cursor = 0;
    for (uint32_t number; (number = csi_index_next(&given->by_hash, hash, &cursor));)
        if (same_party(csi_given_party(given, number), party))
            return number;
    party->name = keep(import, party->name);
    *(struct csi_given_party *)csi_pile_add(import->arena, &given->parties, sizeof *party) = *party;
    csi_index_add_new(&given->by_hash, hash, (uint32_t)given->parties.count);
    return (uint32_t)given->parties.count;
}

static uint32_t party_number(struct cs_import *import, const struct cs_import_party *from,
                             uint32_t line)
{
    given_of(import);
    struct csi_given_party party = plain_party(import, from, line);
    return find_or_add(import, &party, party_hash(&party));
}

enum { BATCH = 32 };

/* As many as are looked up at once: nobody waits for the place of each alone. */
static void number_batch(struct cs_import *import, const struct cs_import_party *from, size_t count,
                         uint32_t line, uint32_t *numbers)
{
    struct csi_given_party parties[BATCH];
    uint64_t hashes[BATCH];
    const struct csi_index *index = &given_of(import)->by_hash;
    for (size_t i = 0; i < count; i++) {
        parties[i] = plain_party(import, &from[i], line);
        hashes[i] = party_hash(&parties[i]);
        csi_index_fetch(index, hashes[i]);
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t likely = csi_index_likely(index, hashes[i]);
        if (likely)
            __builtin_prefetch(csi_given_party(import->given, likely));
    }
    for (size_t i = 0; i < count; i++)
        numbers[i] = find_or_add(import, &parties[i], hashes[i]);
}

static uint32_t *party_numbers(struct cs_import *import, const struct cs_import_party *parties,
                               size_t count, uint32_t line)
{
    uint32_t *numbers = csi_lists_room(&import->lists, count * sizeof *numbers);
    for (size_t i = 0; i < count; i += BATCH)
        number_batch(import, parties + i, count - i < BATCH ? count - i : BATCH, line, numbers + i);
    return numbers;
}

/* ---------------------------------------------------------------- directory */

static void fill(struct cs_str *have, struct cs_import *import, struct cs_str more)
{
    if (!have->length)
        *have = keep(import, more);
}

void cs_import_domain(struct cs_import *import, const struct cs_domain *facts, uint32_t line)
{
    uint32_t number = domain_number(import, facts->dns, line);
    if (!number)
        return;
    struct csi_import_domain *domain = csi_import_domain(import, number);
    fill(&domain->netbios, import, facts->netbios);
    fill(&domain->forest, import, facts->forest);
    if (facts->sid.count)
        domain->sid = facts->sid;
    domain->spot = csi_import_spot(import, line);
    domain->object = true;
}

void cs_import_trust(struct cs_import *import, struct cs_str domain,
                     const struct cs_domain *partner, unsigned direction, unsigned attributes,
                     uint32_t line)
{
    struct csi_import_trust trust = {.spot = csi_import_spot(import, line)};
    trust.domain = domain_number(import, domain, line);
    if (!trust.domain || !partner->dns.length) {
        cs_import_skip(import, "trust without a partner", domain, line);
        return;
    }
    trust.dns = cs_str_fold(import->arena, partner->dns);
    trust.netbios = keep(import, partner->netbios);
    trust.sid = partner->sid;
    trust.direction = direction;
    trust.attributes = attributes;
    *(struct csi_import_trust *)csi_pile_add(import->arena, &import->trusts, sizeof trust) = trust;
}

static struct cs_str known_or(struct cs_str have, struct cs_str more)
{
    return have.length ? have : more;
}

static void add_texts(struct cs_principal *p, const struct cs_principal *more)
{
    p->name = known_or(p->name, more->name);
    p->display = known_or(p->display, more->display);
    p->upn = known_or(p->upn, more->upn);
    p->dns = known_or(p->dns, more->dns);
    p->mail = known_or(p->mail, more->mail);
    p->dn = known_or(p->dn, more->dn);
    p->comment = known_or(p->comment, more->comment);
    p->os = known_or(p->os, more->os);
}

/* The second sighting of a SID: it adds what was empty. */
static void complete(struct cs_import *import, uint32_t draft, const struct cs_principal *more)
{
    struct csi_import_object *object = csi_pile_at(&import->objects, draft);
    struct cs_principal p;
    csi_bulk_drafted(import->bulk, draft, &p);
    add_texts(&p, more);
    p.primary = p.primary ? p.primary : more->primary;
    p.uac = p.uac ? p.uac : more->uac;
    if (p.kind == CS_GROUP && more->scope) {
        p.scope = more->scope;
        object->untyped = false;
    }
    if (!more->members_open) {
        p.members_open = false;
        object->not_members = false;
    }
    csi_import_redraft(import, draft, &p);
}

/* What a group nobody tells the scope of is for tokens: the well-known ones are known, and of the
 * others a universal one is what makes no membership disappear. */
static enum cs_scope usual_scope(const struct cs_sid *sid)
{
    static const uint32_t global[] = {512, 513, 514, 515, 516, 520, 521, 522, 525, 526};
    static const uint32_t local[] = {517, 553, 571, 572};
    if (cs_sid_is_builtin(sid))
        return CS_SCOPE_BUILTIN;
    for (size_t i = 0; i < CS_COUNT(global); i++)
        if (cs_sid_rid(sid) == global[i])
            return CS_SCOPE_GLOBAL;
    for (size_t i = 0; i < CS_COUNT(local); i++)
        if (cs_sid_rid(sid) == local[i])
            return CS_SCOPE_DOMAIN_LOCAL;
    return CS_SCOPE_UNIVERSAL;
}

void cs_import_principal(struct cs_import *import, const struct cs_principal *facts,
                         struct cs_str domain, uint32_t line)
{
    struct cs_import_party named = {.sid = facts->sid, .domain = domain};
    uint32_t number = domain_number(import, domain, line);
    struct csi_given_party *party =
        csi_given_party(given_of(import), party_number(import, &named, line));
    if (party->object) {
        complete(import, party->object - 1, facts);
        cs_import_skip(import, "told before: one object", facts->name, line);
        return;
    }
    struct cs_principal p = *facts;
    p.domain = number;
    p.source.line = line;
    struct csi_import_object object = {.spot = csi_import_spot(import, line),
                                       .by_sid = true,
                                       .untyped = p.kind == CS_GROUP && !p.scope,
                                       .not_members = p.members_open};
    if (object.untyped)
        p.scope = usual_scope(&p.sid);
    party->object = csi_import_draft(import, &p, object) + 1;
}

void cs_import_members(struct cs_import *import, const struct cs_import_party *group,
                       const struct cs_import_party *members, size_t count, uint32_t line)
{
    if (!count)
        return;
    struct csi_given_edges edges = {.count = (uint32_t)count,
                                    .spot = csi_import_spot(import, line)};
    edges.group = party_number(import, group, line);
    edges.members = party_numbers(import, members, count, line);
    struct csi_pile *pile = &import->given->edges;
    *(struct csi_given_edges *)csi_pile_add(import->arena, pile, sizeof edges) = edges;
}

/* ---------------------------------------------------------------------- pki */

void cs_import_template(struct cs_import *import, const struct cs_template *facts, struct cs_str id,
                        uint32_t line)
{
    struct csi_import_template t = {.facts = *facts, .spot = csi_import_spot(import, line)};
    t.facts.name = keep(import, facts->name);
    t.facts.display = keep(import, facts->display);
    t.facts.oid = keep(import, facts->oid);
    t.facts.forest = facts->forest.length ? cs_str_fold(import->arena, facts->forest) : CS_STR("");
    t.facts.sd = keep(import, facts->sd);
    *(struct csi_import_template *)csi_pile_add(import->arena, &import->templates, sizeof t) = t;
    if (!id.length)
        return;
    struct csi_given_template *named =
        csi_pile_add(import->arena, &given_of(import)->templates, sizeof *named);
    named->id = keep(import, id);
    named->name = t.facts.name;
}

void cs_import_ca(struct cs_import *import, const struct cs_ca *facts, uint32_t line)
{
    struct csi_import_ca ca = {.facts = *facts, .spot = csi_import_spot(import, line)};
    given_of(import); /* its templates may be ids */
    ca.facts.name = keep(import, facts->name);
    ca.facts.dns = keep(import, facts->dns);
    ca.facts.sd = keep(import, facts->sd);
    struct cs_str *names =
        cs_arena_alloc(import->arena, (facts->templates.count + 1) * sizeof *names);
    for (size_t i = 0; i < facts->templates.count; i++)
        names[i] = keep(import, facts->templates.at[i]);
    ca.facts.templates.at = names;
    *(struct csi_import_ca *)csi_pile_add(import->arena, &import->cas, sizeof ca) = ca;
}

void cs_import_published(struct cs_import *import, struct cs_strs names, uint32_t line)
{
    struct csi_given_published *fact =
        csi_pile_add(import->arena, &given_of(import)->published, sizeof *fact);
    struct cs_str *at = cs_arena_alloc(import->arena, (names.count + 1) * sizeof *at);
    for (size_t i = 0; i < names.count; i++)
        at[i] = keep(import, names.at[i]);
    fact->names = (struct cs_strs){at, names.count};
    fact->spot = csi_import_spot(import, line);
}

/* ----------------------------------------------------------------- machines */

static struct csi_given_machine machine_of(struct cs_import *import,
                                           const struct cs_import_machine *from)
{
    return (struct csi_given_machine){keep(import, from->name), from->account};
}

void cs_import_ca_security(struct cs_import *import, struct cs_str ca, struct cs_str sd,
                           uint32_t line)
{
    struct csi_given_security *fact =
        csi_pile_add(import->arena, &given_of(import)->securities, sizeof *fact);
    fact->ca = keep(import, ca);
    fact->sd = keep(import, sd);
    fact->spot = csi_import_spot(import, line);
}

void cs_import_local_group(struct cs_import *import, const struct cs_import_machine *machine,
                           const struct cs_import_party *group,
                           const struct cs_import_party *members, size_t count,
                           enum cs_import_members what, uint32_t line)
{
    struct csi_given_group *fact =
        csi_pile_add(import->arena, &given_of(import)->groups, sizeof *fact);
    fact->machine = machine_of(import, machine);
    fact->party = party_number(import, group, line);
    fact->members = party_numbers(import, members, count, line);
    fact->count = count;
    fact->what = what;
    fact->spot = csi_import_spot(import, line);
}

void cs_import_right(struct cs_import *import, const struct cs_import_machine *machine,
                     struct cs_str right, const struct cs_import_party *holders, size_t count,
                     uint32_t line)
{
    struct csi_given_right *fact =
        csi_pile_add(import->arena, &given_of(import)->rights, sizeof *fact);
    fact->machine = machine_of(import, machine);
    fact->name = keep(import, right);
    fact->holders = party_numbers(import, holders, count, line);
    fact->count = count;
    fact->spot = csi_import_spot(import, line);
}

void cs_import_service(struct cs_import *import, const struct cs_import_machine *machine,
                       const struct cs_service *facts, uint32_t line)
{
    struct csi_given_service *fact =
        csi_pile_add(import->arena, &given_of(import)->services, sizeof *fact);
    fact->machine = machine_of(import, machine);
    fact->facts = *facts;
    fact->facts.name = keep(import, facts->name);
    fact->facts.display = keep(import, facts->display);
    fact->spot = csi_import_spot(import, line);
}
