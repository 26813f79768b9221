/*
 * import_whole.c - are all members of a group here?
 *
 * Not where ranges of a search are missing, and not where groups came without any account: whoever
 * a later import brings may be one of those they name.
 *
 * Room: lab.
 */
#include <stdlib.h>

#include "import_facts.h"

/* ------------------------------------------------------------------- ranges */

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

void csi_import_range_add(struct csi_facts *facts, const struct cs_attribute *at)
{
    uint32_t low, high;
    if (!range_of(at->options, &low, &high))
        return;
    struct csi_import_range *range =
        csi_pile_add(facts->import->arena, &facts->import->ranges, sizeof *range);
    *range =
        (struct csi_import_range){facts->name, low, high, csi_import_spot(facts->import, at->line)};
}

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

/* False when it was open before. */
static bool mark_open(struct cs_import *import, cs_id group)
{
    const struct cs_principal *p = csi_bulk_get(import->bulk, group);
    if (!p || p->members_open)
        return false;
    struct cs_principal open = *p;
    open.members_open = true;
    csi_bulk_principal(import->bulk, &open, NULL);
    return true;
}

static void open_range(struct cs_import *import, const struct csi_import_range *range)
{
    const struct cs_principal *p = csi_bulk_get(import->bulk, range->group);
    struct cs_str name = p ? p->name : CS_STR("");
    if (mark_open(import, range->group))
        csi_import_warn_at(import, range->spot,
                           "members of '%.*s' are not all here: ranges of the search are missing",
                           CS_STR_ARG(name));
}

void csi_import_open_ranges(struct cs_import *import)
{
    size_t count = import->ranges.count, end;
    const struct csi_import_range **ranges =
        cs_arena_alloc(import->arena, (count + 1) * sizeof *ranges);
    for (size_t i = 0; i < count; i++) {
        struct csi_import_range *range = csi_pile_at(&import->ranges, i);
        range->group = csi_import_find(import, range->group, range->spot);
        ranges[i] = range;
    }
    qsort(ranges, count, sizeof *ranges, by_group);
    for (size_t from = 0; from < count; from = end) {
        for (end = from + 1; end < count && ranges[end]->group == ranges[from]->group;)
            end++;
        if (!whole(ranges + from, end - from))
            open_range(import, ranges[from]);
    }
}

/* ------------------------------------------------------------- groups alone */

static bool is_account(enum cs_principal_kind kind)
{
    return kind == CS_USER || kind == CS_COMPUTER;
}

static bool has_accounts(const struct cs_import *import)
{
    struct cs_principal p;
    for (cs_id id = 1; id < cs_principal_end(import->lab); id++)
        if (cs_principal_get(import->lab, id, &p) && is_account(p.kind))
            return true;
    return import->accounts;
}

void csi_import_open_alone(struct cs_import *import, const struct csi_pile *partial)
{
    if (!partial->count || has_accounts(import))
        return;
    for (size_t i = 0; i < partial->count; i++)
        mark_open(import, *(cs_id *)csi_pile_at(partial, i));
}
