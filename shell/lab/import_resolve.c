/*
 * import_resolve.c - who is who: principals and members, from all files together.
 *
 * Members are written as DNs, in any order, perhaps in another file than the group.  When all
 * is read every DN is looked up, in its plain form if need be; a foreign security principal's DN
 * carries the SID itself; the rest is counted and told.
 *
 * Room: lab.
 */
#include <stdlib.h>

#include "base/map.h"
#include "import_in.h"

/* --------------------------------------------------------------- principals */

/* What is known of it already and counts: a foreign SID says nothing of its object. */
static const struct cs_principal *known_before(const struct cs_import *import,
                                               const struct cs_principal *p)
{
    return csi_bulk_get(import->bulk, csi_bulk_find(import->bulk, &p->sid, p->domain, 0));
}

static bool is_real(const struct cs_principal *old)
{
    return old && old->kind != CS_FOREIGN && old->kind != CS_WELL_KNOWN;
}

/* What a sighting leaves open is as it was known before. */
static void complete(const struct csi_import_object *object, const struct cs_principal *old,
                     struct cs_principal *p)
{
    p->members_open = p->kind == CS_GROUP && object->not_members;
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

/* ----------------------------------------------------------------- DN to id */

static void name_id(struct cs_import *import, uint32_t number, cs_id id)
{
    import->names.ids[number] = id;
}

/* All that was in the lab before; those of the import come as they are put. */
static void name_lab(struct cs_import *import)
{
    cs_id end = import->edges.count ? cs_principal_end(import->lab) : 0;
    for (cs_id id = 1; id < end; id++) {
        const struct cs_principal *p = csi_bulk_get(import->bulk, id);
        if (p && p->dn.length)
            name_id(import, csi_names_add_one(&import->names, p->dn), id);
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
        !old)
        csi_import_warn_at(import, object->spot,
                           "scope of %.*s is not known (no groupType): taken as domain-local",
                           CS_STR_ARG(p->name));
}

static void put_principal(struct cs_import *import, const struct csi_import_object *object)
{
    struct cs_principal p = object->facts;
    uint32_t name = object->name;
    p.domain = p.domain ? csi_import_domain(import, p.domain)->id : 0;
    p.source = csi_import_source(import, object->spot);
    const struct cs_principal *old = known_before(import, &p);
    complete(object, old, &p);
    assume_primary(import, object, old, &p);
    compare(import, object, old, &p);
    warn_scope(import, object, old, &p);
    bool added;
    cs_id id = csi_bulk_principal(import->bulk, &p, &added);
    if (!name && p.dn.length && import->edges.count)
        name = csi_names_add_one(&import->names, p.dn);
    if (name)
        name_id(import, name, id);
    if (added)
        csi_import_added(import, object->spot);
}

/* ----------------------------------------------------------------- look-ups */

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

/* A name that no entry bears as it is spelt: another spelling, or one that speaks for itself. */
static cs_id look_further(struct cs_import *import, uint32_t number, struct csi_spot spot)
{
    struct csi_names *names = &import->names;
    struct cs_str dn = csi_facts_clean(import->arena, csi_names_text(names, number));
    uint32_t other = csi_names_plain(names, number);
    cs_id id = other ? names->ids[other] : 0;
    if (other)
        names->marks[number] |= names->marks[other];
    bool outsider = names->marks[number] & CSI_NAME_OUTSIDER;
    if (!id && !outsider)
        id = foreign(import, dn, spot);
    if (!id && !outsider)
        id = well_known(import, dn);
    if (!id)
        names->marks[number] |= CSI_NAME_LOST;
    return names->ids[number] = id;
}

static cs_id find_name(struct cs_import *import, uint32_t number, struct csi_spot spot)
{
    cs_id id = import->names.ids[number];
    if (id || import->names.marks[number] & CSI_NAME_LOST)
        return id;
    return look_further(import, number, spot);
}

/* ------------------------------------------------------------------ members */

enum { UNKNOWN_SHOWN = 3 };

struct linking {
    struct cs_import *import;
    size_t unknown;
};

static void unknown_name(struct linking *linking, uint32_t number, struct csi_spot spot)
{
    const struct csi_names *names = &linking->import->names;
    if (names->marks[number] & CSI_NAME_OUTSIDER || linking->unknown++ >= UNKNOWN_SHOWN)
        return;
    struct cs_str dn = csi_names_text(names, number);
    csi_import_warn_at(linking->import, spot, "'%.*s' is in none of the files: left out",
                       CS_STR_ARG(csi_facts_clean(linking->import->arena, dn)));
}

/* The group of that name; 0 when there is none. */
static cs_id group_of(struct cs_import *import, uint32_t number, struct csi_spot spot)
{
    cs_id id = find_name(import, number, spot);
    return id && csi_bulk_is_group(import->bulk, id) ? id : 0;
}

static void link_members(struct linking *linking, const struct csi_import_edges *edges)
{
    struct cs_import *import = linking->import;
    struct csi_spot spot = {edges->file, edges->lines[0]};
    cs_id group = group_of(import, edges->entry, spot);
    for (uint32_t i = 0; i < edges->count; i++) {
        spot.line = edges->lines[i];
        cs_id member = group ? find_name(import, edges->names[i], spot) : 0;
        if (member)
            csi_bulk_member(import->bulk, group, member);
        else
            unknown_name(linking, group ? edges->names[i] : edges->entry, spot);
    }
}

static void link_groups(struct linking *linking, const struct csi_import_edges *edges)
{
    struct cs_import *import = linking->import;
    struct csi_spot spot = {edges->file, edges->lines[0]};
    cs_id member = find_name(import, edges->entry, spot);
    for (uint32_t i = 0; i < edges->count; i++) {
        spot.line = edges->lines[i];
        cs_id group = group_of(import, edges->names[i], spot);
        if (group && member)
            csi_bulk_member(import->bulk, group, member);
        else
            unknown_name(linking, group ? edges->entry : edges->names[i], spot);
    }
}

static void link_all(struct cs_import *import)
{
    struct linking linking = {.import = import};
    for (size_t i = 0; i < import->edges.count; i++) {
        const struct csi_import_edges *edges = csi_pile_at(&import->edges, i);
        if (edges->of)
            link_groups(&linking, edges);
        else
            link_members(&linking, edges);
    }
    if (linking.unknown > UNKNOWN_SHOWN)
        csi_import_warn_at(import, (struct csi_spot){0},
                           "%zu members or groups in all are in none of the files",
                           linking.unknown);
}

/* ------------------------------------------------------------------- ranges */

static int by_group(const void *left, const void *right)
{
    const struct csi_import_range *a = *(const struct csi_import_range *const *)left;
    const struct csi_import_range *b = *(const struct csi_import_range *const *)right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return a->low < b->low ? -1 : a->low > b->low;
}

/* Do the ranges of one group, lowest first, reach from 0 to the end without a gap? */
static bool whole(const struct csi_import_range *const *ranges, size_t count)
{
    uint64_t next = 0;
    for (size_t i = 0; i < count && ranges[i]->low <= next; i++)
        if (ranges[i]->high >= next)
            next = (uint64_t)ranges[i]->high + 1;
    return next > UINT32_MAX;
}

static void mark_open(struct cs_import *import, const struct csi_import_range *range)
{
    const struct cs_principal *p = csi_bulk_get(import->bulk, range->group);
    if (!p || p->members_open)
        return;
    csi_import_warn_at(import, range->spot,
                       "members of '%.*s' are not all here: ranges of the search are missing",
                       CS_STR_ARG(p->name));
    struct cs_principal open = *p;
    open.members_open = true;
    csi_bulk_principal(import->bulk, &open, NULL);
}

static void mark_ranges(struct cs_import *import)
{
    size_t count = import->ranges.count, end;
    const struct csi_import_range **ranges =
        cs_arena_alloc(import->arena, (count + 1) * sizeof *ranges);
    for (size_t i = 0; i < count; i++) {
        struct csi_import_range *range = csi_pile_at(&import->ranges, i);
        range->group = find_name(import, range->group, range->spot);
        ranges[i] = range;
    }
    qsort(ranges, count, sizeof *ranges, by_group);
    for (size_t from = 0; from < count; from = end) {
        for (end = from + 1; end < count && ranges[end]->group == ranges[from]->group;)
            end++;
        if (!whole(ranges + from, end - from))
            mark_open(import, ranges[from]);
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
    name_lab(import);
    for (size_t i = 0; i < import->objects.count; i++)
        put_principal(import, csi_pile_at(&import->objects, i));
    warn_primaries(import);
    link_all(import);
    mark_ranges(import);
    csi_bulk_end(import->bulk);
    import->bulk = NULL;
    return CS_OK;
}
