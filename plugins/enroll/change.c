/*
 * change.c - what a change is: its steps, whether two are the same, what it can touch.
 *
 * A change is a set: the order of its steps is that in which they are done, but two with the
 * same steps are one.
 */
#include <string.h>

#include "enroll.h"

struct enroll_change *enroll_candidate_add(struct enroll_candidates *candidates,
                                           const struct enroll_edit *edits, size_t count)
{
    candidates->at = cs_arena_more(candidates->arena, candidates->at, candidates->count,
                                   &candidates->room, sizeof *candidates->at);
    struct enroll_change *change = &candidates->at[candidates->count];
    *change =
        (struct enroll_change){.count = count, .actions = 1, .order = (unsigned)candidates->count};
    change->edits = cs_arena_alloc(candidates->arena, (count + 1) * sizeof *edits);
    if (count)
        memcpy(change->edits, edits, count * sizeof *edits);
    candidates->count++;
    return change;
}

/* ------------------------------------------------------------------ comparing */

static bool same_edit(const struct enroll_edit *a, const struct enroll_edit *b)
{
    return a->kind == b->kind && a->id == b->id && a->other == b->other && a->scope == b->scope &&
           a->policy == b->policy && a->mask == b->mask && cs_sid_equal(&a->sid, &b->sid) &&
           cs_str_equal(a->value, b->value) && cs_str_equal(a->key, b->key);
}

static bool has_edit(const struct enroll_change *change, const struct enroll_edit *edit)
{
    for (size_t i = 0; i < change->count; i++)
        if (same_edit(&change->edits[i], edit))
            return true;
    return false;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

static uint64_t mix_text(uint64_t hash, struct cs_str text)
{
    for (size_t i = 0; i < text.length; i++)
        hash = mix(hash, (unsigned char)text.at[i]);
    return hash;
}

static uint64_t hash_of(const struct enroll_edit *edit)
{
    uint64_t hash = mix(mix(0, (uint64_t)edit->kind + 1), edit->id);
    hash = mix(mix(hash, edit->other), (uint64_t)edit->scope << 1 | edit->policy);
    hash = mix(mix(hash, edit->mask), cs_sid_hash(&edit->sid));
    return mix_text(mix_text(hash, edit->value), edit->key);
}

uint64_t enroll_change_hash(const struct enroll_change *change)
{
    uint64_t hash = change->purge ? 2 : 1;
    for (size_t i = 0; i < change->count; i++)
        hash += hash_of(&change->edits[i]);
    return hash;
}

bool enroll_edit_gives(const struct enroll_edit *edit)
{
    return edit->kind == EDIT_ADD_MEMBER || edit->kind == EDIT_ALLOW ||
           edit->kind == EDIT_GRANT_RIGHT || edit->kind == EDIT_CA_ALLOW ||
           edit->kind == EDIT_TEMPLATE_ALLOW || edit->kind == EDIT_TEMPLATE_READ;
}

uint64_t enroll_change_shape(const struct enroll_change *change)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < change->count; i++) {
        struct enroll_edit edit = change->edits[i];
        if (enroll_edit_gives(&edit)) {
            edit.other = 0;
            edit.sid = (struct cs_sid){0};
        }
        hash += hash_of(&edit);
    }
    return hash;
}

bool enroll_change_within(const struct enroll_change *part, const struct enroll_change *whole)
{
    for (size_t i = 0; i < part->count; i++)
        if (!has_edit(whole, &part->edits[i]))
            return false;
    return true;
}

bool enroll_change_same(const struct enroll_change *a, const struct enroll_change *b)
{
    return a->count == b->count && a->purge == b->purge && enroll_change_within(a, b);
}

/* ------------------------------------------------------------------ touching */

#define DCOM_GATES "launch-limit launch-permission access-limit access-permission "

/* The gates whose answers hang on what a step of that kind writes; NULL: any of them. */
static const char *const touched[] = {
    [EDIT_ADD_MEMBER] = "service logon " DCOM_GATES "ca-security template-security ",
    [EDIT_REMOVE_MEMBER] = "service logon " DCOM_GATES "ca-security template-security ",
    [EDIT_ALLOW] = "service " DCOM_GATES,
    [EDIT_REVOKE] = "service " DCOM_GATES,
    [EDIT_RESET] = "service " DCOM_GATES,
    [EDIT_DROP_VALUE] = NULL,
    [EDIT_SET_NUMBER] = "authentication ca-interface ",
    [EDIT_CLEAR_BITS] = "ca-interface ",
    [EDIT_SET_TEXT] = NULL,
    [EDIT_START] = NULL,
    [EDIT_BOUNCE] = NULL,
    [EDIT_ENABLE] = NULL,
    [EDIT_GRANT_RIGHT] = "logon ",
    [EDIT_TAKE_RIGHT] = "logon ",
    [EDIT_PUBLISH] = "template-published ",
    [EDIT_CA_ALLOW] = "ca-security ",
    [EDIT_CA_REVOKE] = "ca-security ",
    [EDIT_TEMPLATE_ALLOW] = "template-security ",
    [EDIT_TEMPLATE_READ] = "template-security ",
    [EDIT_TEMPLATE_REVOKE] = "template-security ",
};

enum { BUILT_IN_GATES = 12 }; /* those of plugins come behind and may hang on anything */

static uint64_t bits_of(const struct cs_lab *lab, const char *names)
{
    uint64_t bits = UINT64_MAX << BUILT_IN_GATES;
    for (size_t i = 0; names && i < BUILT_IN_GATES; i++) {
        const char *gate = cs_gate_at(lab, i)->name;
        const char *at = strstr(names, gate);
        bits |= (uint64_t)(at && at[strlen(gate)] == ' ') << i;
    }
    return names ? bits : UINT64_MAX;
}

uint64_t enroll_change_touches(const struct enroll_case *one, const struct enroll_change *change)
{
    uint64_t bits = change->count ? 0 : UINT64_MAX;
    for (size_t i = 0; i < change->count; i++)
        bits |= bits_of(one->lab, touched[change->edits[i].kind]);
    return bits;
}
