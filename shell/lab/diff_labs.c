/*
 * diff_labs.c - what is different between two labs: each thing is looked up by its key.
 *
 * Principals meet by SID, and memberships by the principals at both ends; nothing is kept but
 * one number a principal.  Room: lab.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/map.h"
#include "diff.h"
#include "lab_internal.h"

struct pair {
    const struct cs_lab *from, *to;
    struct csi_diff *diff;
    cs_id *there; /* by id in `from`: the same in `to`, 0 none */
};

static cs_id host_of_name(const struct cs_lab *from, cs_id id, const struct cs_lab *to)
{
    const struct cs_host *host = cs_host_get(from, id);
    return host ? cs_host_find(to, host->name) : 0;
}

static cs_id domain_of_name(const struct cs_lab *from, cs_id id, const struct cs_lab *to)
{
    const struct cs_domain *domain = cs_domain_get(from, id);
    return domain ? cs_domain_find(to, domain->dns) : 0;
}

cs_id cs_principal_same(const struct cs_lab *from, cs_id id, const struct cs_lab *to)
{
    struct cs_principal p;
    if (!cs_principal_get(from, id, &p))
        return 0;
    cs_id domain = domain_of_name(from, p.domain, to), host = host_of_name(from, p.host, to);
    if (cs_sid_is_builtin(&p.sid) && ((p.domain && !domain) || (p.host && !host)))
        return 0;
    return cs_principal_owned(to, &p.sid, domain, host);
}

/* ------------------------------------------------------------------ records */

static void get(const struct pair *pair, const struct cs_lab *lab, enum cs_noun noun, cs_id id,
                struct csi_thing *out)
{
    csi_thing_get(lab, pair->diff->arena, noun, id, out);
}

/* Keys of every record of a noun in `lab`; of two with one key the later one. */
static void index_noun(const struct pair *pair, const struct cs_lab *lab, enum cs_noun noun,
                       struct csi_map *map)
{
    for (cs_id id = 1; id < lab->tables[noun].end; id++) {
        struct csi_thing thing;
        get(pair, lab, noun, id, &thing);
        if (thing.there)
            csi_map_set(map, thing.key, id);
    }
}

static void diff_noun(struct pair *pair, enum cs_noun noun)
{
    struct csi_map old = {0}, new = {0};
    struct csi_thing before, after;
    index_noun(pair, pair->from, noun, &old);
    index_noun(pair, pair->to, noun, &new);
    for (cs_id id = 1; id < pair->from->tables[noun].end && !pair->diff->stopped; id++) {
        get(pair, pair->from, noun, id, &before);
        if (!before.there || csi_map_get(&old, before.key) != id)
            continue;
        get(pair, pair->to, noun, csi_map_get(&new, before.key), &after);
        csi_diff_thing(pair->diff, &before, &after);
    }
    before.there = false;
    for (cs_id id = 1; id < pair->to->tables[noun].end && !pair->diff->stopped; id++) {
        get(pair, pair->to, noun, id, &after);
        if (after.there && csi_map_get(&new, after.key) == id && !csi_map_get(&old, after.key))
            csi_diff_thing(pair->diff, &before, &after);
    }
    csi_map_clear(&old);
    csi_map_clear(&new);
}

/* ---------------------------------------------------------------- principals */

static bool same_thing(const struct csi_thing *a, const struct csi_thing *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (!cs_str_equal(a->facts[i].text, b->facts[i].text))
            return false;
    return a->there == b->there;
}

/* Texts of principals that are the same in both labs are thrown away at once. */
static void diff_principal(struct pair *pair, cs_id from, cs_id to)
{
    struct cs_arena *arena = pair->diff->arena;
    struct cs_arena_mark mark = cs_arena_mark(arena);
    struct csi_thing before = {0}, after = {0};
    if (from)
        get(pair, pair->from, CS_NOUN_PRINCIPAL, from, &before);
    if (to)
        get(pair, pair->to, CS_NOUN_PRINCIPAL, to, &after);
    if (before.there && after.there && same_thing(&before, &after))
        cs_arena_rewind(arena, mark);
    else
        csi_diff_thing(pair->diff, &before, &after);
}

static void diff_principals(struct pair *pair, bool *met)
{
    struct cs_principal p;
    for (cs_id id = 1; id < cs_principal_end(pair->from) && !pair->diff->stopped; id++) {
        if (!cs_principal_get(pair->from, id, &p))
            continue;
        cs_id to = cs_principal_same(pair->from, id, pair->to);
        pair->there[id] = to;
        if (to)
            met[to] = true;
        diff_principal(pair, id, to);
    }
    for (cs_id id = 1; id < cs_principal_end(pair->to) && !pair->diff->stopped; id++)
        if (!met[id] && cs_principal_get(pair->to, id, &p))
            diff_principal(pair, 0, id);
}

/* --------------------------------------------------------------- memberships */

static void tell_member(struct pair *pair, const struct cs_lab *lab, cs_id group, cs_id member,
                        enum cs_difference difference)
{
    csi_diff_member(pair->diff, difference, cs_principal_name(lab, pair->diff->arena, group),
                    cs_principal_name(lab, pair->diff->arena, member));
}

static bool has(const struct csi_id_list *list, cs_id id)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list->at[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list->count && list->at[low] == id;
}

/* Members of a group in `from` that it has not in `to`; `kept` are the others, as of `to`. */
static void members_gone(struct pair *pair, cs_id group, const struct csi_id_list *before,
                         const struct csi_id_list *after, struct csi_id_list *kept)
{
    kept->count = 0;
    for (size_t i = 0; i < before->count && !pair->diff->stopped; i++) {
        cs_id there = pair->there[before->at[i]];
        if (there && has(after, there))
            csi_id_list_add(kept, there);
        else
            tell_member(pair, pair->from, group, before->at[i], CS_REMOVED);
    }
    csi_id_list_sort(kept);
}

static void diff_members(struct pair *pair, cs_id from, cs_id to, struct csi_id_list lists[3])
{
    lists[0].count = lists[1].count = 0;
    if (from)
        csi_id_list_members(&lists[0], pair->from, from);
    if (to)
        csi_id_list_members(&lists[1], pair->to, to);
    members_gone(pair, from, &lists[0], &lists[1], &lists[2]);
    for (size_t i = 0; i < lists[1].count && !pair->diff->stopped; i++)
        if (!has(&lists[2], lists[1].at[i]))
            tell_member(pair, pair->to, to, lists[1].at[i], CS_ADDED);
}

static void diff_memberships(struct pair *pair, const bool *met)
{
    struct csi_id_list lists[3] = {0};
    struct cs_principal p;
    for (cs_id id = 1; id < cs_principal_end(pair->from) && !pair->diff->stopped; id++)
        if (cs_principal_get(pair->from, id, &p) && p.kind == CS_GROUP)
            diff_members(pair, id, pair->there[id], lists);
    for (cs_id id = 1; id < cs_principal_end(pair->to) && !pair->diff->stopped; id++)
        if (!met[id] && cs_principal_get(pair->to, id, &p) && p.kind == CS_GROUP)
            diff_members(pair, 0, id, lists);
    for (size_t i = 0; i < CS_COUNT(lists); i++)
        csi_alloc_free(lists[i].at);
}

void cs_lab_diff_labs(const struct cs_lab *from, const struct cs_lab *to, struct cs_arena *arena,
                      cs_diff_fn *fn, void *context)
{
    struct csi_diff diff = {arena, fn, context, false};
    struct pair pair = {from, to, &diff, NULL};
    bool *met = cs_arena_alloc(arena, (cs_principal_end(to) + 1) * sizeof *met);
    pair.there = cs_arena_alloc(arena, (cs_principal_end(from) + 1) * sizeof *pair.there);
    diff_principals(&pair, met);
    diff_memberships(&pair, met);
    for (int noun = CS_NOUN_DOMAIN; noun < CS_NOUN_COUNT; noun++)
        diff_noun(&pair, (enum cs_noun)noun);
}
