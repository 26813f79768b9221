/* show.c - a descriptor part by part, and the difference of two (see sd.c). */
#include <string.h>

#include "sd.h"

static struct cs_value sid_value(const struct cs_call *call, const struct cs_sid *sid)
{
    struct cs_sid_text text;
    return cs_value_printf(cs_call_arena(call), "%s", cs_sid_format(sid, &text));
}

/* -------------------------------------------------------------------- show */

static cs_status show_sid(struct cs_call *call, const char *part, const struct cs_sid *sid,
                          struct cs_error *err)
{
    return CS_ROW(call, err, cs_value_text(part), cs_value_null(), cs_value_null(),
                  cs_value_str(sd_sid_name(call, sid)), sid_value(call, sid), cs_value_null(),
                  cs_value_null());
}

static cs_status show_ace(struct cs_call *call, const char *part, size_t index,
                          const struct cs_ace *ace, struct cs_error *err)
{
    struct cs_str text = cs_ace_format(cs_call_arena(call), ace);
    struct cs_value number = cs_value_int((int64_t)index);
    struct cs_value kind = cs_value_text(sd_ace_kind(ace->type));
    if (ace->opaque)
        return CS_ROW(call, err, cs_value_text(part), number, kind, cs_value_null(),
                      cs_value_null(), cs_value_null(), cs_value_str(text));
    return CS_ROW(call, err, cs_value_text(part), number, kind,
                  cs_value_str(sd_sid_name(call, &ace->sid)), sid_value(call, &ace->sid),
                  cs_value_code(ace->mask), cs_value_str(text));
}

static cs_status show_acl(struct cs_call *call, const char *part, const struct cs_acl *acl,
                          struct cs_error *err)
{
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < acl->count; i++)
        status = show_ace(call, part, i, &acl->aces[i], err);
    return status;
}

/* A list that is not there says something too. */
static cs_status show_no_dacl(struct cs_call *call, const struct cs_sd *sd, struct cs_error *err)
{
    const char *text = cs_sd_dacl(sd) == CS_DACL_EMPTY ? "empty: nobody may anything"
                                                       : "no list: everybody may everything";
    return CS_ROW(call, err, cs_value_text("dacl"), cs_value_null(), cs_value_null(),
                  cs_value_null(), cs_value_null(), cs_value_null(), cs_value_text(text));
}

cs_status sd_show(struct cs_call *call, struct cs_error *err)
{
    struct cs_sd sd;
    if (sd_argument(call, "sd", &sd, err) != CS_OK)
        return err->status;
    cs_status status = CS_OK;
    if (sd.has_owner)
        status = show_sid(call, "owner", &sd.owner, err);
    if (status == CS_OK && sd.has_group)
        status = show_sid(call, "group", &sd.group, err);
    if (status == CS_OK)
        status = cs_sd_dacl(&sd) == CS_DACL_LIST ? show_acl(call, "dacl", sd.dacl, err)
                                                 : show_no_dacl(call, &sd, err);
    if (status == CS_OK && sd.sacl)
        status = show_acl(call, "sacl", sd.sacl, err);
    return status;
}

/* -------------------------------------------------------------------- diff */

struct diff {
    struct cs_call *call;
    struct cs_error *err;
    cs_status status;
};

static void differ(struct diff *diff, const char *change, const char *part,
                   const struct cs_sid *sid, struct cs_str text)
{
    if (diff->status == CS_OK)
        diff->status = CS_ROW(diff->call, diff->err, cs_value_text(change), cs_value_text(part),
                              sid ? cs_value_str(sd_sid_name(diff->call, sid)) : cs_value_null(),
                              cs_value_str(text));
}

static void diff_sid(struct diff *diff, const char *part, const struct cs_sid *a,
                     const struct cs_sid *b)
{
    struct cs_sid_text text;
    struct cs_arena *arena = cs_call_arena(diff->call);
    if (a && b && cs_sid_equal(a, b))
        return;
    if (a)
        differ(diff, "-", part, a, cs_str_printf(arena, "%s", cs_sid_format(a, &text)));
    if (b)
        differ(diff, "+", part, b, cs_str_printf(arena, "%s", cs_sid_format(b, &text)));
}

static bool same_ace(const struct cs_ace *a, const struct cs_ace *b)
{
    return a->type == b->type && a->flags == b->flags && a->opaque == b->opaque &&
           a->mask == b->mask && a->object_flags == b->object_flags &&
           cs_guid_equal(&a->object_type, &b->object_type) &&
           cs_guid_equal(&a->inherited_type, &b->inherited_type) &&
           cs_sid_equal(&a->sid, &b->sid) && cs_str_equal(a->data, b->data);
}

static void diff_ace(struct diff *diff, const char *change, const char *part,
                     const struct cs_ace *ace)
{
    differ(diff, change, part, ace->opaque ? NULL : &ace->sid,
           cs_ace_format(cs_call_arena(diff->call), ace));
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
            diff_ace(diff, "-", part, &a->aces[i++]);
        } else {
            diff_ace(diff, "+", part, &b->aces[j++]);
        }
    }
}

static const char *const dacl_words[] = {
    [CS_DACL_ABSENT] = "no DACL",
    [CS_DACL_NULL] = "a NULL DACL: everybody may everything",
    [CS_DACL_EMPTY] = "an empty DACL: nobody may anything",
    [CS_DACL_LIST] = "a list",
};

static void diff_control(struct diff *diff, const struct cs_sd *a, const struct cs_sd *b)
{
    enum { OF_A_READER = CS_SD_SELF_RELATIVE };
    unsigned one = a->control & ~(unsigned)OF_A_READER, two = b->control & ~(unsigned)OF_A_READER;
    struct cs_arena *arena = cs_call_arena(diff->call);
    if (one != two) {
        differ(diff, "-", "control", NULL, cs_str_printf(arena, "0x%04x", one));
        differ(diff, "+", "control", NULL, cs_str_printf(arena, "0x%04x", two));
    }
    if (cs_sd_dacl(a) != cs_sd_dacl(b)) {
        differ(diff, "-", "dacl", NULL, cs_str_of(dacl_words[cs_sd_dacl(a)]));
        differ(diff, "+", "dacl", NULL, cs_str_of(dacl_words[cs_sd_dacl(b)]));
    }
}

cs_status sd_diff(struct cs_call *call, struct cs_error *err)
{
    struct diff diff = {.call = call, .err = err};
    struct cs_sd a, b;
    if (sd_argument(call, "a", &a, err) != CS_OK)
        return cs_error_where(err, "the first descriptor");
    if (sd_argument(call, "b", &b, err) != CS_OK)
        return cs_error_where(err, "the second descriptor");
    diff_sid(&diff, "owner", a.has_owner ? &a.owner : NULL, b.has_owner ? &b.owner : NULL);
    diff_sid(&diff, "group", a.has_group ? &a.group : NULL, b.has_group ? &b.group : NULL);
    diff_control(&diff, &a, &b);
    diff_acl(&diff, "dacl", a.dacl, b.dacl);
    diff_acl(&diff, "sacl", a.sacl, b.sacl);
    return diff.status;
}
