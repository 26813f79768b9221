/*
 * import_principal.c - who is who: principals from all files together.
 *
 * What a file says of one is drafted as it is read (bulk.h).  When all is read each draft is
 * settled: completed with what every account has, compared and merged with what is known of its
 * SID already.
 *
 * Room: lab.
 */
#include "import_in.h"

/* ------------------------------------------------------------------- drafts */

/* SIDs of accounts say the domain's where its own entry is not among the files. */
static void learn_sid(const struct cs_import *import, const struct cs_principal *facts)
{
    struct csi_import_domain *domain =
        facts->domain ? csi_import_domain(import, facts->domain) : NULL;
    if (domain && !domain->sid.count && cs_sid_is_account(&facts->sid))
        domain->sid = cs_sid_parent(&facts->sid);
}

uint32_t csi_import_draft(struct cs_import *import, const struct cs_principal *facts,
                          struct csi_import_object object)
{
    if (!import->bulk)
        import->bulk = csi_bulk_begin(import->lab);
    learn_sid(import, facts);
    *(struct csi_import_object *)csi_pile_add(import->arena, &import->objects, sizeof object) =
        object;
    return csi_bulk_draft(import->bulk, facts);
}

void csi_import_redraft(struct cs_import *import, uint32_t draft, const struct cs_principal *facts)
{
    learn_sid(import, facts);
    csi_bulk_redraft(import->bulk, draft, facts);
}

/* ----------------------------------------------------------------- settling */

/* A foreign SID says nothing of its object. */
static bool is_real(const struct cs_principal *old)
{
    return old && old->kind != CS_FOREIGN && old->kind != CS_WELL_KNOWN;
}

/* What a sighting leaves open is as it was known before. */
static void complete(const struct csi_import_object *object, const struct cs_principal *old,
                     struct cs_principal *p)
{
    bool open = old && old->kind == CS_FOREIGN && old->members_open; /* a range was missing */
    p->members_open = p->kind == CS_GROUP && (object->not_members || open);
    if (!is_real(old))
        return;
    if (object->not_members)
        p->members_open = old->members_open;
    if (object->by_sid && cs_str_same(p->name, old->name))
        p->name = old->name; /* SharpHound folds case */
    if (object->by_sid && cs_str_same(p->dn, old->dn))
        p->dn = old->dn;
    if (!object->untyped)
        return;
    p->kind = old->kind;
    p->scope = old->scope;
    p->security = old->security;
    p->managed = old->managed;
}

/* Two exports that do not agree: the later one counts, and it is said where the earlier stood. */
static void compare(const struct cs_import *import, const struct csi_import_object *object,
                    const struct cs_principal *old, const struct cs_principal *p)
{
    if (!is_real(old) || p->kind == CS_FOREIGN)
        return;
    bool kind = old->kind != p->kind || old->scope != p->scope || old->security != p->security;
    bool primary = p->primary && old->primary && old->primary != p->primary;
    bool name = p->name.length && old->name.length && !cs_str_same(p->name, old->name);
    bool os = !cs_str_same_start(p->os, old->os) && !cs_str_same_start(old->os, p->os);
    if (!kind && !primary && !name && !os)
        return;
    struct cs_str place = cs_source_format(import->lab, import->arena, old->source);
    if (kind)
        csi_import_warn_at(import, object->spot,
                           "%.*s was another kind of principal before (%.*s): the later one counts",
                           CS_STR_ARG(p->name), CS_STR_ARG(place));
    if (primary)
        csi_import_warn_at(import, object->spot,
                           "primary group of %.*s was %u before (%.*s): the later %u counts",
                           CS_STR_ARG(p->name), old->primary, CS_STR_ARG(place), p->primary);
    if (name)
        csi_import_warn_at(import, object->spot,
                           "%.*s was called %.*s before (%.*s): the later one counts",
                           CS_STR_ARG(p->name), CS_STR_ARG(old->name), CS_STR_ARG(place));
    if (os)
        csi_import_warn_at(
            import, object->spot, "%.*s ran '%.*s' before (%.*s): the later '%.*s' counts",
            CS_STR_ARG(p->name), CS_STR_ARG(old->os), CS_STR_ARG(place), CS_STR_ARG(p->os));
}

/*
 * Every account has a primary group; where the search did not ask for it, it is taken to be the
 * one Windows gives to such an account (MS-SAMR 3.1.1.8.1), and that is said.
 */
static uint32_t usual_primary(const struct cs_principal *p)
{
    enum { GUEST = 501, USERS = 513, GUESTS = 514, COMPUTERS = 515, CONTROLLERS = 516 };
    if (p->kind == CS_COMPUTER)
        return p->uac & CS_UAC_DC ? CONTROLLERS : COMPUTERS;
    return cs_sid_rid(&p->sid) == GUEST ? GUESTS : USERS;
}

static void assume_primary(const struct cs_import *import, const struct csi_import_object *object,
                           const struct cs_principal *old, struct cs_principal *p)
{
    if ((p->kind != CS_USER && p->kind != CS_COMPUTER) || p->primary || (old && old->primary))
        return;
    p->primary = usual_primary(p);
    csi_import_file_at(import, object->spot.file)->primaries++;
}

/* A group of which nothing tells the scope: the widest reading, and it is said. */
static void warn_scope(const struct cs_import *import, const struct csi_import_object *object,
                       const struct cs_principal *old, const struct cs_principal *p)
{
    if (p->kind == CS_GROUP && object->untyped && !object->by_sid && p->scope != CS_SCOPE_BUILTIN &&
        (!old || cs_principal_is_stranger(old)))
        csi_import_warn_at(import, object->spot,
                           "scope of %.*s is not known (no groupType): taken as domain-local",
                           CS_STR_ARG(p->name));
}

static void settle(struct cs_import *import, uint32_t draft)
{
    const struct csi_import_object *object = csi_pile_at(&import->objects, draft);
    uint32_t name = object->name;
    struct cs_principal p;
    csi_bulk_drafted(import->bulk, draft, &p);
    p.domain = p.domain ? csi_import_domain(import, p.domain)->id : 0;
    p.source = csi_import_source(import, object->spot);
    const cs_id borne = csi_bulk_find(import->bulk, &p.sid, p.domain, 0);
    const cs_id known = csi_import_reveal(import, p.dn, borne);
    const struct cs_principal *old = csi_bulk_get(import->bulk, known);
    complete(object, old, &p);
    assume_primary(import, object, old, &p);
    compare(import, object, old, &p);
    warn_scope(import, object, old, &p);
    cs_id id = csi_bulk_settle(import->bulk, draft, &p, known);
    if (!name && p.dn.length && import->edges.count)
        name = csi_names_add_one(&import->names, p.dn);
    if (name)
        import->names.ids[name] = id;
    if (!borne)
        csi_import_added(import, object->spot);
}

static void warn_primaries(const struct cs_import *import)
{
    for (uint32_t i = 0; i < import->files.count; i++) {
        size_t count = csi_import_file_at(import, i)->primaries;
        if (count)
            csi_import_warn_at(import, (struct csi_spot){i, 0},
                               "primary group of %zu accounts is assumed: no primaryGroupID",
                               count);
    }
}

void csi_import_settle(struct cs_import *import)
{
    for (uint32_t i = 0; i < import->objects.count; i++)
        settle(import, i);
    csi_bulk_settled(import->bulk);
    csi_import_strangers_settled(import);
    warn_primaries(import);
}
