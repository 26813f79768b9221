/* diff.c - rows of what is different between two things (see diff.h).  Room: lab. */
#include "diff.h"

#include <stdlib.h>

#include <certsh/sd.h>

#include "base/alloc.h"
#include "maker.h"

const char *cs_difference_name(enum cs_difference difference)
{
    static const char *const names[] = {"added", "removed", "changed"};
    return names[difference];
}

static void row(struct csi_diff *diff, enum cs_difference difference, const char *noun,
                struct cs_str subject, const char *field, struct cs_str before, struct cs_str after)
{
    const struct cs_diff_row out = {difference, noun, subject, cs_str_of(field), before, after};
    diff->stopped = diff->stopped || !diff->fn(diff->context, &out);
}

void csi_diff_member(struct csi_diff *diff, enum cs_difference difference, struct cs_str group,
                     struct cs_str member)
{
    bool added = difference == CS_ADDED;
    row(diff, difference, "membership", group, "member", added ? CS_STR("") : member,
        added ? member : CS_STR(""));
}

/* ------------------------------------------------------------- descriptors */

struct aces {
    struct cs_str *texts;
    size_t count;
};

static bool aces_of(struct cs_arena *arena, struct cs_str bytes, struct aces *out)
{
    struct cs_sd sd;
    if (bytes.length < 20 || cs_sd_decode(arena, bytes, &sd, NULL) != CS_OK || !sd.dacl)
        return false;
    out->count = sd.dacl->count;
    out->texts = cs_arena_alloc(arena, (out->count + 1) * sizeof *out->texts);
    for (size_t i = 0; i < out->count; i++)
        out->texts[i] = cs_ace_format(arena, &sd.dacl->aces[i]);
    return true;
}

/* How often that entry is in the first `count` of the list. */
static size_t times(const struct aces *aces, size_t count, struct cs_str text)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += cs_str_equal(aces->texts[i], text);
    return n;
}

/* Entries of `one` that `other` has fewer of. */
static size_t more_in(struct csi_diff *diff, const struct csi_thing *thing, const struct aces *one,
                      const struct aces *other, bool added)
{
    size_t rows = 0;
    for (size_t i = 0; i < one->count; i++) {
        struct cs_str ace = one->texts[i];
        if (times(one, i + 1, ace) <= times(other, other->count, ace))
            continue;
        row(diff, added ? CS_ADDED : CS_REMOVED, cs_noun_name(thing->noun), thing->subject, "ace",
            added ? CS_STR("") : ace, added ? ace : CS_STR(""));
        rows++;
    }
    return rows;
}

/* True when the rows of entries tell the whole of it. */
static bool diff_aces(struct csi_diff *diff, const struct csi_thing *thing,
                      const struct csi_fact *before, const struct csi_fact *after)
{
    struct aces old, new;
    if (!aces_of(diff->arena, before->sd, &old) || !aces_of(diff->arena, after->sd, &new))
        return false;
    size_t rows = more_in(diff, thing, &old, &new, false);
    return rows + more_in(diff, thing, &new, &old, true) > 0;
}

/* ------------------------------------------------------------------ things */

static void diff_fields(struct csi_diff *diff, const struct csi_thing *before,
                        const struct csi_thing *after)
{
    for (size_t i = 0; i < after->count && !diff->stopped; i++) {
        const struct csi_fact *old = &before->facts[i], *new = &after->facts[i];
        if (cs_str_equal(old->text, new->text))
            continue;
        if (old->sd.length && new->sd.length && diff_aces(diff, after, old, new))
            continue;
        row(diff, CS_CHANGED, cs_noun_name(after->noun), after->subject, new->field, old->text,
            new->text);
    }
}

void csi_diff_thing(struct csi_diff *diff, const struct csi_thing *before,
                    const struct csi_thing *after)
{
    if (before->there && after->there)
        diff_fields(diff, before, after);
    else if (after->there)
        row(diff, CS_ADDED, cs_noun_name(after->noun), after->subject, "", CS_STR(""),
            csi_thing_brief(diff->arena, after));
    else if (before->there)
        row(diff, CS_REMOVED, cs_noun_name(before->noun), before->subject, "",
            csi_thing_brief(diff->arena, before), CS_STR(""));
}

/* ------------------------------------------------------------- lists of ids */

void csi_id_list_add(struct csi_id_list *list, cs_id id)
{
    list->at = csi_grow(list->at, &list->room, list->count + 1, sizeof *list->at);
    list->at[list->count++] = id;
}

static int by_id(const void *a, const void *b)
{
    cs_id one = *(const cs_id *)a, other = *(const cs_id *)b;
    return one < other ? -1 : one > other;
}

void csi_id_list_sort(struct csi_id_list *list)
{
    size_t kept = 0;
    if (list->count)
        qsort(list->at, list->count, sizeof *list->at, by_id);
    for (size_t i = 0; i < list->count; i++)
        if (!kept || list->at[kept - 1] != list->at[i])
            list->at[kept++] = list->at[i];
    list->count = kept;
}

static bool add_member(void *context, cs_id id)
{
    csi_id_list_add(context, id);
    return true;
}

void csi_id_list_members(struct csi_id_list *list, const struct cs_lab *lab, cs_id group)
{
    list->count = 0;
    cs_member_each(lab, group, CS_NOW, add_member, list);
    csi_id_list_sort(list);
}
