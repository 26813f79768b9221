/*
 * diff.c - what differs between two descriptors, first in rights, then in letters (see sd.c).
 *
 * Somebody's rights are what plain ACEs of that one SID give and refuse, the first that speaks
 * about a right deciding it.  What those rows do not show - order, flags, conditions, object
 * types, the SACL - the ACEs themselves do.
 */
#include <string.h>

#include "sd.h"

struct diff {
    struct cs_call *call;
    struct cs_error *err;
    const struct cs_rights_vocab *vocab;
    cs_status status;
    size_t found;
};

/* One difference; an empty text is "not there". */
static void differ(struct diff *diff, const char *part, const struct cs_sid *sid,
                   struct cs_str before, struct cs_str after)
{
    if (diff->status != CS_OK)
        return;
    diff->found++;
    diff->status = CS_ROW(diff->call, diff->err, cs_value_text(part),
                          sid ? cs_value_str(sd_sid_name(diff->call, sid)) : cs_value_null(),
                          before.length ? cs_value_str(before) : cs_value_null(),
                          after.length ? cs_value_str(after) : cs_value_null());
}

static void diff_sid(struct diff *diff, const char *part, const struct cs_sid *a,
                     const struct cs_sid *b)
{
    const struct cs_str none = {0};
    if ((a && b && cs_sid_equal(a, b)) || (!a && !b))
        return;
    differ(diff, part, NULL, a ? sd_sid_name(diff->call, a) : none,
           b ? sd_sid_name(diff->call, b) : none);
}

static void diff_control(struct diff *diff, const struct cs_sd *a, const struct cs_sd *b)
{
    const unsigned hidden = CS_SD_SELF_RELATIVE | CS_SD_DACL_PRESENT | CS_SD_SACL_PRESENT;
    unsigned one = a->control & ~hidden, two = b->control & ~hidden;
    struct cs_arena *arena = cs_call_arena(diff->call);
    if (one != two)
        differ(diff, "control", NULL, cs_str_printf(arena, "0x%04x", one),
               cs_str_printf(arena, "0x%04x", two));
    if (cs_sd_dacl(a) != cs_sd_dacl(b))
        differ(diff, "dacl", NULL, cs_str_of(sd_dacl_words(a)), cs_str_of(sd_dacl_words(b)));
}

/* ------------------------------------------------------------------ rights */

struct standing {
    uint32_t allowed, denied;
};

static bool is_plain(const struct cs_ace *ace)
{
    return (ace->type == CS_ACE_ALLOW || ace->type == CS_ACE_DENY) &&
           !(ace->flags & CS_ACE_INHERIT_ONLY);
}

static struct standing standing_of(const struct cs_acl *acl, const struct cs_sid *sid)
{
    struct standing standing = {0};
    for (size_t i = 0; acl && i < acl->count; i++) {
        const struct cs_ace *ace = &acl->aces[i];
        uint32_t open = ace->mask & ~standing.allowed & ~standing.denied;
        if (is_plain(ace) && cs_sid_equal(&ace->sid, sid))
            *(ace->type == CS_ACE_ALLOW ? &standing.allowed : &standing.denied) |= open;
    }
    return standing;
}

static struct cs_str words_of(const struct diff *diff, const struct standing *standing)
{
    struct cs_arena *arena = cs_call_arena(diff->call);
    struct cs_str allowed = sd_rights(diff->call, diff->vocab, standing->allowed);
    struct cs_str denied = sd_rights(diff->call, diff->vocab, standing->denied);
    if (!standing->denied)
        return standing->allowed ? allowed : (struct cs_str){0};
    if (!standing->allowed)
        return cs_str_printf(arena, "not %.*s", CS_STR_ARG(denied));
    return cs_str_printf(arena, "%.*s, not %.*s", CS_STR_ARG(allowed), CS_STR_ARG(denied));
}

/* Is the SID of ACE `index` met here for the first time? */
static bool is_first(const struct cs_acl *acl, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (is_plain(&acl->aces[i]) && cs_sid_equal(&acl->aces[i].sid, &acl->aces[index].sid))
            return false;
    return is_plain(&acl->aces[index]);
}

static bool is_named(const struct cs_acl *acl, const struct cs_sid *sid)
{
    for (size_t i = 0; acl && i < acl->count; i++)
        if (is_plain(&acl->aces[i]) && cs_sid_equal(&acl->aces[i].sid, sid))
            return true;
    return false;
}

static void diff_standing(struct diff *diff, const struct cs_acl *a, const struct cs_acl *b,
                          const struct cs_sid *sid)
{
    struct standing one = standing_of(a, sid), two = standing_of(b, sid);
    if (one.allowed != two.allowed || one.denied != two.denied)
        differ(diff, "rights", sid, words_of(diff, &one), words_of(diff, &two));
}

static void diff_rights(struct diff *diff, const struct cs_acl *a, const struct cs_acl *b)
{
    for (size_t i = 0; a && i < a->count; i++)
        if (is_first(a, i))
            diff_standing(diff, a, b, &a->aces[i].sid);
    for (size_t i = 0; b && i < b->count; i++)
        if (is_first(b, i) && !is_named(a, &b->aces[i].sid))
            diff_standing(diff, a, b, &b->aces[i].sid);
}

/* -------------------------------------------------------------------- ACEs */

static bool same_ace(const struct cs_ace *a, const struct cs_ace *b)
{
    return a->type == b->type && a->flags == b->flags && a->opaque == b->opaque &&
           a->mask == b->mask && a->object_flags == b->object_flags &&
           cs_guid_equal(&a->object_type, &b->object_type) &&
           cs_guid_equal(&a->inherited_type, &b->inherited_type) &&
           cs_sid_equal(&a->sid, &b->sid) && cs_str_equal(a->data, b->data);
}

static void diff_ace(struct diff *diff, bool after, const char *part, const struct cs_ace *ace)
{
    struct cs_str text = cs_ace_format(cs_call_arena(diff->call), ace), none = {0};
    differ(diff, part, ace->opaque ? NULL : &ace->sid, after ? none : text, after ? text : none);
}

/*
 * Length of the longest common run of ACEs from (i, j) on, for all i and j: what a textbook
 * calls the table of common subsequences.  Lists of descriptors are short.
 */
static size_t *common_table(struct cs_arena *arena, const struct cs_acl *a, const struct cs_acl *b)
{
    size_t wide = b->count + 1;
    size_t *table = cs_arena_alloc(arena, (a->count + 1) * wide * sizeof *table);
    for (size_t i = a->count; i-- > 0;)
        for (size_t j = b->count; j-- > 0;) {
            size_t down = table[(i + 1) * wide + j], right = table[i * wide + j + 1];
            table[i * wide + j] = same_ace(&a->aces[i], &b->aces[j])
                                      ? table[(i + 1) * wide + j + 1] + 1
                                      : (down > right ? down : right);
        }
    return table;
}

static void diff_acl(struct diff *diff, const char *part, const struct cs_acl *a,
                     const struct cs_acl *b)
{
    static const struct cs_acl none = {0};
    a = a ? a : &none;
    b = b ? b : &none;
    size_t wide = b->count + 1, i = 0, j = 0;
    size_t *table = common_table(cs_call_arena(diff->call), a, b);
    while (i < a->count || j < b->count) {
        if (i < a->count && j < b->count && same_ace(&a->aces[i], &b->aces[j])) {
            i++;
            j++;
        } else if (j == b->count ||
                   (i < a->count && table[(i + 1) * wide + j] >= table[i * wide + j + 1])) {
            diff_ace(diff, false, part, &a->aces[i++]);
        } else {
            diff_ace(diff, true, part, &b->aces[j++]);
        }
    }
}

cs_status sd_diff(struct cs_call *call, struct cs_error *err)
{
    struct diff diff = {.call = call, .err = err};
    struct cs_sd a, b;
    if (sd_vocab(call, &diff.vocab, err) != CS_OK)
        return err->status;
    if (sd_argument(call, "a", &a, err) != CS_OK)
        return cs_error_where(err, "the first descriptor");
    if (sd_argument(call, "b", &b, err) != CS_OK)
        return cs_error_where(err, "the second descriptor");
    diff_sid(&diff, "owner", a.has_owner ? &a.owner : NULL, b.has_owner ? &b.owner : NULL);
    diff_sid(&diff, "group", a.has_group ? &a.group : NULL, b.has_group ? &b.group : NULL);
    diff_control(&diff, &a, &b);
    diff_rights(&diff, a.dacl, b.dacl);
    diff_acl(&diff, "dacl", a.dacl, b.dacl);
    diff_acl(&diff, "sacl", a.sacl, b.sacl);
    if (!diff.found && cs_call_wants_words(call))
        cs_call_say(call, "they say the same\n");
    return diff.status;
}
