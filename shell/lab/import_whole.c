/*
 * import_whole.c - are all members of a group here?
 *
 * Not where ranges of a search are missing.  Members whom nobody knows so far are strangers
 * (import_stranger.c): who is one is told by name, so all others are known to be none.
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

static void open_range(struct cs_import *import, const struct csi_import_range *range)
{
    const struct cs_principal *p = csi_bulk_get(import->bulk, range->group);
    struct cs_str name = p ? p->name : CS_STR("");
    if (csi_bulk_open(import->bulk, range->group))
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
