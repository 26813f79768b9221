/*
 * import_resolve.c - who is who: principals and members, from all files together.
 *
 * Members are written as DNs, in any order, perhaps in another file than the group.  When all
 * is read every DN is looked up in its plain form; a foreign security principal's DN carries
 * the SID itself; the rest is counted and told.
 *
 * Room: lab.
 */
#include <string.h>

#include "base/map.h"
#include "import_in.h"

/* --------------------------------------------------------------- principals */

/* What a sighting leaves open is as it was known before. */
static void complete(const struct cs_import *import, const struct csi_import_object *object,
                     struct cs_principal *p)
{
    cs_id known = csi_bulk_find(import->bulk, &p->sid, p->domain, 0);
    const struct cs_principal *old = known ? csi_bulk_get(import->bulk, known) : NULL;
    p->members_open = p->kind == CS_GROUP && object->not_members;
    if (!old || old->kind == CS_FOREIGN || old->kind == CS_WELL_KNOWN)
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

/* Two exports that do not agree: the later one counts, and it is said. */
static void compare(const struct cs_import *import, const struct csi_import_object *object,
                    const struct cs_principal *p)
{
    cs_id known = csi_bulk_find(import->bulk, &p->sid, p->domain, 0);
    const struct cs_principal *old = known ? csi_bulk_get(import->bulk, known) : NULL;
    if (!old || old->kind == CS_FOREIGN || old->kind == CS_WELL_KNOWN || p->kind == CS_FOREIGN)
        return;
    if (old->kind != p->kind || old->scope != p->scope || old->security != p->security)
        csi_import_warn_at(import, object->spot,
                           "%.*s was another kind of principal before: the later one counts",
                           CS_STR_ARG(p->name));
    if (p->primary && old->primary && old->primary != p->primary)
        csi_import_warn_at(import, object->spot,
                           "primary group of %.*s was %u before: the later %u counts",
                           CS_STR_ARG(p->name), old->primary, p->primary);
    if (p->name.length && old->name.length && !cs_str_same(p->name, old->name))
        csi_import_warn_at(import, object->spot,
                           "%.*s was called %.*s before: the later one counts", CS_STR_ARG(p->name),
                           CS_STR_ARG(old->name));
}

/* ----------------------------------------------------------------- DN to id */

static void index_dn(struct cs_import *import, struct cs_str dn, cs_id id)
{
    if (!dn.length)
        return;
    struct cs_arena_mark mark = cs_arena_mark(import->arena);
    struct cs_str plain = csi_dn_plain(import->arena, dn);
    csi_index_add(&import->by_dn, csi_hash(plain.at, plain.length), id);
    cs_arena_rewind(import->arena, mark);
}

/* All that was in the lab before; those of the import come as they are put. */
static void index_lab(struct cs_import *import)
{
    cs_id end = cs_principal_end(import->lab);
    for (cs_id id = 1; id < end; id++) {
        const struct cs_principal *p = csi_bulk_get(import->bulk, id);
        if (p && p->dn.length)
            index_dn(import, p->dn, id);
    }
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
                           struct cs_principal *p)
{
    cs_id known = csi_bulk_find(import->bulk, &p->sid, p->domain, 0);
    const struct cs_principal *old = known ? csi_bulk_get(import->bulk, known) : NULL;
    if ((p->kind != CS_USER && p->kind != CS_COMPUTER) || p->primary || (old && old->primary))
        return;
    p->primary = usual_primary(p);
    csi_import_file_at(import, object->spot.file)->primaries++;
}

/* A group of which nothing tells the scope: the widest reading, and it is said. */
static void warn_scope(const struct cs_import *import, const struct csi_import_object *object,
                       const struct cs_principal *p)
{
    if (p->kind == CS_GROUP && object->untyped && !object->by_sid && p->scope != CS_SCOPE_BUILTIN &&
        !csi_bulk_find(import->bulk, &p->sid, p->domain, 0))
        csi_import_warn_at(import, object->spot,
                           "scope of %.*s is not known (no groupType): taken as domain-local",
                           CS_STR_ARG(p->name));
}

static void put_principal(struct cs_import *import, struct csi_import_object *object)
{
    struct cs_principal p = object->facts;
    p.domain = p.domain ? csi_import_domain(import, p.domain)->id : 0;
    p.source = csi_import_source(import, object->spot);
    complete(import, object, &p);
    assume_primary(import, object, &p);
    compare(import, object, &p);
    warn_scope(import, object, &p);
    bool added;
    cs_id id = csi_bulk_principal(import->bulk, &p, &added);
    index_dn(import, p.dn, id);
    if (added)
        csi_import_added(import, object->spot);
}

/* ----------------------------------------------------------------- look-ups */

static bool same_dn(struct cs_import *import, cs_id id, struct cs_str dn, struct cs_str plain)
{
    const struct cs_principal *p = csi_bulk_get(import->bulk, id);
    if (!p)
        return false;
    return cs_str_equal(p->dn, dn) || cs_str_equal(csi_dn_plain(import->arena, p->dn), plain);
}

static cs_id find_dn(struct cs_import *import, struct cs_str dn)
{
    struct cs_arena_mark mark = cs_arena_mark(import->arena);
    struct cs_str plain = csi_dn_plain(import->arena, dn);
    uint64_t hash = csi_hash(plain.at, plain.length);
    size_t cursor = 0;
    cs_id id;
    while ((id = csi_index_next(&import->by_dn, hash, &cursor)))
        if (same_dn(import, id, dn, plain))
            break;
    cs_arena_rewind(import->arena, mark);
    return id;
}

/* CN=S-1-5-11,CN=ForeignSecurityPrincipals,...: the SID stands in the name. */
static cs_id foreign(struct cs_import *import, struct cs_str dn, struct csi_spot spot)
{
    struct cs_principal p = {.kind = CS_FOREIGN, .dn = dn};
    if (!csi_dn_has(dn, CS_STR(",CN=ForeignSecurityPrincipals,")))
        return 0;
    if (cs_sid_parse(csi_dn_first(import->arena, dn), &p.sid, NULL) != CS_OK)
        return 0;
    p.source = csi_import_source(import, spot);
    return csi_bulk_principal(import->bulk, &p, NULL);
}

/* CN=Network,CN=WellKnown Security Principals,...: the name is Windows' own. */
static cs_id well_known(struct cs_import *import, struct cs_str dn)
{
    if (!csi_dn_has(dn, CS_STR(",CN=WellKnown Security Principals,")))
        return 0;
    const struct cs_sid_known *known = cs_sid_known_named(csi_dn_first(import->arena, dn));
    return known ? csi_bulk_find(import->bulk, &known->sid, 0, 0) : 0;
}

static bool is_outsider(const struct cs_import *import, const struct csi_index *outsiders,
                        struct cs_str dn)
{
    struct cs_arena_mark mark = cs_arena_mark(import->arena);
    struct cs_str plain = csi_dn_plain(import->arena, dn);
    size_t cursor = 0;
    bool found = csi_index_next(outsiders, csi_hash(plain.at, plain.length), &cursor) != 0;
    cs_arena_rewind(import->arena, mark);
    return found;
}

static void index_outsiders(const struct cs_import *import, struct csi_index *index)
{
    for (size_t i = 0; i < import->outsiders.count; i++) {
        const struct cs_str *dn = csi_pile_at(&import->outsiders, i);
        struct cs_arena_mark mark = cs_arena_mark(import->arena);
        struct cs_str plain = csi_dn_plain(import->arena, *dn);
        csi_index_add(index, csi_hash(plain.at, plain.length), 1);
        cs_arena_rewind(import->arena, mark);
    }
}

/* ------------------------------------------------------------------ members */

enum { UNKNOWN_SHOWN = 3 };

struct linking {
    struct cs_import *import;
    struct csi_index outsiders;
    struct cs_str last_group; /* DN as written: members of one group follow one another */
    cs_id last_id;
    size_t unknown;
};

static cs_id group_of(struct linking *linking, struct cs_str dn)
{
    if (!cs_str_equal(dn, linking->last_group)) {
        linking->last_group = dn;
        linking->last_id = find_dn(linking->import, dn);
    }
    return linking->last_id;
}

static void unknown_dn(struct linking *linking, struct cs_str dn, struct csi_spot spot)
{
    if (is_outsider(linking->import, &linking->outsiders, dn))
        return;
    if (linking->unknown++ < UNKNOWN_SHOWN)
        csi_import_warn_at(linking->import, spot, "'%.*s' is in none of the files: left out",
                           CS_STR_ARG(dn));
}

static void link_edge(struct linking *linking, const struct csi_import_edge *edge)
{
    struct cs_import *import = linking->import;
    cs_id group = group_of(linking, edge->group);
    const struct cs_principal *p = group ? csi_bulk_get(import->bulk, group) : NULL;
    if (!p || p->kind != CS_GROUP) {
        unknown_dn(linking, edge->group, edge->spot);
        return;
    }
    cs_id member = find_dn(import, edge->member);
    if (!member)
        member = foreign(import, edge->member, edge->spot);
    if (!member)
        member = well_known(import, edge->member);
    if (member)
        csi_bulk_member(import->bulk, group, member);
    else
        unknown_dn(linking, edge->member, edge->spot);
}

static void link_all(struct cs_import *import)
{
    struct linking linking = {.import = import};
    index_outsiders(import, &linking.outsiders);
    for (size_t i = 0; i < import->edges.count; i++)
        link_edge(&linking, csi_pile_at(&import->edges, i));
    csi_index_clear(&linking.outsiders);
    if (linking.unknown > UNKNOWN_SHOWN)
        csi_import_warn_at(import, (struct csi_spot){0},
                           "%zu members or groups in all are in none of the files",
                           linking.unknown);
}

/* ------------------------------------------------------------------- ranges */

/* Do the ranges of the group at `first` reach from 0 to the end without a gap? */
static bool whole(const struct cs_import *import, struct cs_str group)
{
    uint64_t next = 0;
    for (bool moved = true; moved && next <= UINT32_MAX;) {
        moved = false;
        for (size_t i = 0; i < import->ranges.count; i++) {
            const struct csi_import_range *range = csi_pile_at(&import->ranges, i);
            if (!cs_str_same(range->group, group) || range->low > next || range->high < next)
                continue;
            next = (uint64_t)range->high + 1;
            moved = true;
        }
    }
    return next > UINT32_MAX;
}

static void mark_ranges(struct cs_import *import)
{
    for (size_t i = 0; i < import->ranges.count; i++) {
        const struct csi_import_range *range = csi_pile_at(&import->ranges, i);
        cs_id id = find_dn(import, range->group);
        const struct cs_principal *p = id ? csi_bulk_get(import->bulk, id) : NULL;
        if (!p || p->members_open || whole(import, range->group))
            continue;
        csi_import_warn_at(import, range->spot,
                           "members of '%.*s' are not all here: ranges of the search are missing",
                           CS_STR_ARG(p->name));
        struct cs_principal open = *p;
        open.members_open = true;
        csi_bulk_principal(import->bulk, &open, NULL);
    }
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

cs_status csi_import_put_principals(struct cs_import *import, struct cs_error *err)
{
    (void)err;
    if (!import->objects.count && !import->edges.count)
        return CS_OK;
    import->bulk = csi_bulk_begin(import->lab);
    index_lab(import);
    for (size_t i = 0; i < import->objects.count; i++)
        put_principal(import, csi_pile_at(&import->objects, i));
    warn_primaries(import);
    link_all(import);
    mark_ranges(import);
    csi_bulk_end(import->bulk);
    import->bulk = NULL;
    return CS_OK;
}
