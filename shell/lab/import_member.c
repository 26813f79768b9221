/*
 * import_member.c - who is a member of what: memberships from all files together.
 *
 * Members are written as DNs, in any order, perhaps in another file than the group.  When all
 * is read every DN is looked up, in its plain form if need be; a foreign security principal's DN
 * carries the SID itself; the rest are strangers, who wait for a later import, and are told.
 *
 * Room: lab.
 */
#include <stdlib.h>
#include <string.h>

#include "import_facts.h"

/* ------------------------------------------------------------ as they are read */

/* Values that wait for their numbers. */
struct batch {
    struct csi_facts *facts;
    bool of;
    uint32_t count, line, last; /* lines of the first value and of the last */
    struct cs_str texts[CSI_NAMES_BATCH];
    uint32_t tags[CSI_NAMES_BATCH];
    uint8_t steps[CSI_NAMES_BATCH];
};

static void flush(struct batch *batch)
{
    struct cs_import *import = batch->facts->import;
    if (!batch->count)
        return;
    struct csi_import_edges *edges = csi_pile_add(import->arena, &import->edges, sizeof *edges);
    *edges = (struct csi_import_edges){
        .names = csi_lists_room(&import->lists, batch->count * sizeof *edges->names),
        .steps = csi_lists_room(&import->lists, batch->count),
        .entry = batch->facts->name,
        .file = batch->facts->spot.file,
        .line = batch->line,
        .count = (uint16_t)batch->count,
        .of = batch->of,
    };
    memcpy((void *)(uintptr_t)edges->steps, batch->steps, batch->count);
    csi_names_add(&import->names, batch->texts, batch->tags, batch->count, edges->names);
    batch->count = 0;
}

static void add_edge(struct batch *batch, const struct cs_attribute *at, bool of)
{
    if (!at->value.length)
        return;
    if (batch->count == CSI_NAMES_BATCH || of != batch->of || at->line - batch->last > UINT8_MAX)
        flush(batch);
    if (!batch->count)
        batch->line = batch->last = at->line;
    batch->of = of;
    batch->texts[batch->count] = at->value;
    batch->tags[batch->count] = csi_names_seek(&batch->facts->import->names, at->value);
    batch->steps[batch->count++] = (uint8_t)(at->line - batch->last);
    batch->last = at->line;
}

void csi_import_members_of(struct csi_facts *facts)
{
    const char *last_name = NULL, *last_options = NULL;
    enum csi_slot slot = CSI_SLOT_COUNT;
    struct batch batch;
    batch.facts = facts;
    batch.of = false;
    batch.count = batch.last = 0;
    if (!facts->given[CSI_SLOT_MEMBER] && !facts->given[CSI_SLOT_MEMBER_OF])
        return;
    for (size_t i = 0; i < facts->entry->count; i++) {
        const struct cs_attribute *at = &facts->entry->at[i];
        if (at->name.at != last_name)
            slot = csi_slot_of(facts->import, at->name);
        last_name = at->name.at;
        if (slot == CSI_SLOT_MEMBER && at->options.length && at->options.at != last_options)
            csi_import_range_add(facts, at);
        last_options = at->options.at;
        if (slot == CSI_SLOT_MEMBER || slot == CSI_SLOT_MEMBER_OF)
            add_edge(&batch, at, slot == CSI_SLOT_MEMBER_OF);
    }
    flush(&batch);
}

static bool is_membership(const struct cs_import *import, struct cs_str name)
{
    enum csi_slot slot = csi_slot_of(import, name);
    return slot == CSI_SLOT_MEMBER || slot == CSI_SLOT_MEMBER_OF;
}

size_t cs_import_part(struct cs_import *import, struct cs_entry entry, struct cs_attribute *at)
{
    struct csi_facts facts;
    const char *last_name = NULL;
    bool taken = false;
    size_t kept = 0;
    csi_facts_fill(&facts, import, &entry, NULL);
    csi_import_members_of(&facts);
    if (import->progress)
        import->progress(import->progress_context, cs_import_file_name(import),
                         csi_import_file_now(import)->report.read);
    import->parted = (facts.given[CSI_SLOT_MEMBER] ? CSI_PARTED_MEMBER : 0) |
                     (facts.given[CSI_SLOT_MEMBER_OF] ? CSI_PARTED_MEMBER_OF : 0);
    for (size_t i = 0; i < entry.count; i++) {
        if (at[i].name.at != last_name)
            taken = is_membership(import, at[i].name);
        last_name = at[i].name.at;
        if (!taken)
            at[kept++] = at[i];
    }
    return kept;
}

/* ----------------------------------------------------------------- DN to id */

/* All that was in the lab before; those of the import come as they are settled. */
static void name_lab(struct cs_import *import)
{
    cs_id end = import->edges.count ? cs_principal_end(import->lab) : 0;
    for (cs_id id = 1; id < end; id++) {
        const struct cs_principal *p = csi_bulk_get(import->bulk, id);
        if (!p || !p->dn.length)
            continue;
        uint32_t number = csi_names_add_one(&import->names, p->dn); /* ids may move */
        import->names.ids[number] = id;
    }
}

/* ----------------------------------------------------------------- look-ups */

/* CN=S-1-5-11,CN=ForeignSecurityPrincipals,...: the SID stands in the name. */
static cs_id foreign(struct cs_import *import, struct cs_str dn, struct csi_spot spot)
{
    struct cs_principal p = {.kind = CS_FOREIGN, .dn = dn};
    if (!csi_dn_below(import->arena, dn, CS_STR("ForeignSecurityPrincipals")))
        return 0;
    if (cs_sid_parse(csi_dn_first(import->arena, dn), &p.sid, NULL) != CS_OK)
        return 0;
    p.source = csi_import_source(import, spot);
    return csi_bulk_principal(import->bulk, &p, NULL);
}

/* CN=Network,CN=WellKnown Security Principals,...: the name is Windows' own. */
static cs_id well_known(struct cs_import *import, struct cs_str dn)
{
    if (!csi_dn_below(import->arena, dn, CS_STR("WellKnown Security Principals")))
        return 0;
    const struct cs_sid_known *known = cs_sid_known_named(csi_dn_first(import->arena, dn));
    return known ? csi_bulk_find(import->bulk, &known->sid, 0, 0) : 0;
}

/* A name that no entry bears as it is spelt: another spelling, or one that speaks for itself. */
static cs_id look_further(struct cs_import *import, uint32_t number, struct csi_spot spot)
{
    struct csi_names *names = &import->names;
    struct cs_str dn = csi_dn_bare(csi_facts_clean(import->arena, csi_names_text(names, number)));
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

cs_id csi_import_find(struct cs_import *import, uint32_t number, struct csi_spot spot)
{
    cs_id id = import->names.ids[number];
    return id || import->names.marks[number] & CSI_NAME_LOST ? id
                                                             : look_further(import, number, spot);
}

/* ------------------------------------------------------------------ members */

enum { STRANGERS_SHOWN = 3 };

struct linking {
    struct cs_import *import;
    size_t strangers;
};

static void tell_stranger(struct linking *linking, uint32_t number, struct csi_spot spot)
{
    if (linking->strangers++ >= STRANGERS_SHOWN)
        return;
    struct cs_import *import = linking->import;
    struct cs_str dn = csi_names_text(&import->names, number);
    csi_import_warn_at(import, spot, "'%.*s' is in none of the files: waits until it is imported",
                       CS_STR_ARG(csi_facts_clean(import->arena, dn)));
}

static cs_id meet_new(struct linking *linking, uint32_t number, struct csi_spot spot)
{
    cs_id id = csi_import_find(linking->import, number, spot);
    if (id)
        return id;
    id = csi_import_stranger(linking->import, number, spot);
    if (id)
        tell_stranger(linking, number, spot);
    return id;
}

/* Whose name it is, or the stranger of that name; 0 for one that never counts. */
static inline cs_id meet(struct linking *linking, uint32_t number, struct csi_spot spot)
{
    cs_id id = linking->import->names.ids[number];
    return id ? id : meet_new(linking, number, spot);
}

/* The same of one that has members; 0 when it has none. */
static cs_id meet_group(struct linking *linking, uint32_t number, struct csi_spot spot)
{
    struct cs_import *import = linking->import;
    cs_id id = meet(linking, number, spot);
    if (!id || csi_bulk_is_group(import->bulk, id) || csi_import_is_stranger(import, id))
        return id;
    csi_import_warn_at(
        import, spot, "'%.*s' is no group: left out",
        CS_STR_ARG(csi_facts_clean(import->arena, csi_names_text(&import->names, number))));
    return 0;
}

/* Where the i-th name was read, when that of the one before is in `line`. */
static struct csi_spot step(const struct csi_import_edges *edges, uint32_t i, uint32_t *line)
{
    *line += edges->steps[i];
    return (struct csi_spot){edges->file, *line};
}

/* The names of members become their ids, in place. */
static void link_members(struct linking *linking, const struct csi_import_edges *edges)
{
    uint32_t line = edges->line, *ids = edges->names, count = 0;
    cs_id group = meet_group(linking, edges->entry, (struct csi_spot){edges->file, line});
    for (uint32_t i = 0; group && i < edges->count; i++) {
        struct csi_spot spot = step(edges, i, &line);
        cs_id member = meet(linking, edges->names[i], spot);
        if (member)
            ids[count++] = member;
    }
    csi_bulk_members(linking->import->bulk, group, ids, count);
}

static void link_groups(struct linking *linking, const struct csi_import_edges *edges)
{
    uint32_t line = edges->line;
    cs_id member = meet(linking, edges->entry, (struct csi_spot){edges->file, line});
    for (uint32_t i = 0; member && i < edges->count; i++) {
        struct csi_spot spot = step(edges, i, &line);
        cs_id group = meet_group(linking, edges->names[i], spot);
        if (group)
            csi_bulk_member(linking->import->bulk, group, member);
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
    if (linking.strangers > STRANGERS_SHOWN)
        csi_import_warn_at(import, (struct csi_spot){0},
                           "%zu names in all are in none of the files: their memberships wait "
                           "until these are imported",
                           linking.strangers);
}

static void tell_revealed(const struct cs_import *import)
{
    if (import->revealed)
        csi_import_warn_at(import, (struct csi_spot){0},
                           "%zu whom earlier imports named are here now, with their memberships",
                           import->revealed);
}

cs_status csi_import_put_principals(struct cs_import *import, struct cs_error *err)
{
    (void)err;
    if (!import->objects.count && !import->edges.count && !csi_given_has_members(import))
        return CS_OK;
    if (!import->bulk)
        import->bulk = csi_bulk_begin(import->lab);
    name_lab(import);
    csi_import_settle(import);
    link_all(import);
    csi_import_open_ranges(import);
    csi_given_put_members(import);
    csi_bulk_end(import->bulk);
    import->bulk = NULL;
    tell_revealed(import);
    return CS_OK;
}
