/*
 * sd_edit.c - allow, deny and revoke (see sd.h): each makes a new descriptor in the arena.
 *
 * A NULL or absent DACL lets everybody in.  allow and revoke leave it so; deny has to write
 * down what it meant and makes "everybody but".  Room: domain.
 */
#include <string.h>

#include "sd_in.h"

/* All object-specific and standard rights: what a NULL DACL gives. */
static const uint32_t everything = 0x001fffff;

enum { INHERITANCE = 0x1f }; /* OI CI NP IO ID: such an ACE says more than "this object" */

enum place { PLACE_DENY, PLACE_DENY_OBJECT, PLACE_ALLOW, PLACE_ALLOW_OBJECT, PLACE_INHERITED };

/* Where an ACE stands in a canonical list (MS-DTYP 2.4.5). */
static enum place place_of(const struct cs_ace *ace)
{
    const struct csi_ace_type *type = csi_ace_type(ace->type);
    bool object = type->shape == CSI_ACE_OBJECT;
    if (ace->flags & CS_ACE_INHERITED)
        return PLACE_INHERITED;
    if (type->effect == CSI_EFFECT_DENY)
        return object ? PLACE_DENY_OBJECT : PLACE_DENY;
    return object ? PLACE_ALLOW_OBJECT : PLACE_ALLOW;
}

/*
 * Where a new ACE goes.  In a list that is out of order a deny goes before every allow, so
 * that it counts, and an allow behind every explicit deny, so that it overrules none.
 */
static size_t index_for(const struct cs_acl *acl, uint8_t type)
{
    size_t at = 0;
    if (type == CS_ACE_DENY) {
        while (at < acl->count && place_of(&acl->aces[at]) == PLACE_DENY)
            at++;
        return at;
    }
    for (size_t i = 0; i < acl->count; i++)
        if (place_of(&acl->aces[i]) <= PLACE_ALLOW)
            at = i + 1;
    return at;
}

/* A list with room for `count` ACEs put in the place of sd's; the caller fills it. */
static struct cs_ace *new_list(struct cs_arena *arena, struct cs_sd *sd, size_t count)
{
    struct cs_acl *acl = cs_arena_alloc(arena, sizeof *acl);
    struct cs_ace *aces = cs_arena_alloc(arena, count * sizeof *aces);
    *acl = (struct cs_acl){.revision = 2, .count = count, .aces = aces};
    sd->dacl = acl;
    sd->control |= CS_SD_DACL_PRESENT;
    sd->bytes = (struct cs_str){0}; /* no longer what it was decoded from */
    return aces;
}

static void copy_aces(struct cs_ace *to, const struct cs_ace *from, size_t count)
{
    if (count)
        memcpy(to, from, count * sizeof *to);
}

static struct cs_ace plain_ace(uint8_t type, const struct cs_sid *sid, uint32_t mask)
{
    return (struct cs_ace){.type = type, .mask = mask, .sid = *sid};
}

static bool has_list(const struct cs_sd *sd)
{
    enum cs_sd_dacl_kind kind = cs_sd_dacl(sd);
    return kind == CS_DACL_EMPTY || kind == CS_DACL_LIST;
}

/* The ACE to merge into: of this type and SID, and about this object alone. */
static const struct cs_ace *find_plain(const struct cs_acl *acl, uint8_t type,
                                       const struct cs_sid *sid)
{
    for (size_t i = 0; i < acl->count; i++) {
        const struct cs_ace *ace = &acl->aces[i];
        if (ace->type == type && !(ace->flags & INHERITANCE) && cs_sid_equal(&ace->sid, sid))
            return ace;
    }
    return NULL;
}

static struct cs_sd merge(struct cs_arena *arena, const struct cs_sd *sd, size_t index,
                          uint32_t mask)
{
    struct cs_sd edited = *sd;
    struct cs_ace *aces = new_list(arena, &edited, sd->dacl->count);
    copy_aces(aces, sd->dacl->aces, sd->dacl->count);
    aces[index].mask |= mask;
    return edited;
}

static struct cs_sd insert(struct cs_arena *arena, const struct cs_sd *sd, const struct cs_ace *ace)
{
    struct cs_sd edited = *sd;
    size_t count = sd->dacl->count, at = index_for(sd->dacl, ace->type);
    struct cs_ace *aces = new_list(arena, &edited, count + 1);
    copy_aces(aces, sd->dacl->aces, at);
    aces[at] = *ace;
    if (at < count)
        copy_aces(aces + at + 1, sd->dacl->aces + at, count - at);
    return edited;
}

static struct cs_sd add(struct cs_arena *arena, const struct cs_sd *sd, const struct cs_ace *ace,
                        bool *changed)
{
    const struct cs_ace *there = find_plain(sd->dacl, ace->type, &ace->sid);
    bool needed = !there || (there->mask & ace->mask) != ace->mask;
    if (changed)
        *changed = needed;
    if (!needed)
        return *sd;
    if (there)
        return merge(arena, sd, (size_t)(there - sd->dacl->aces), ace->mask);
    return insert(arena, sd, ace);
}

/* What is left of an ACE after revoking: nothing when its mask becomes empty. */
static bool survives(struct cs_ace *ace, const struct cs_sid *sid, uint32_t mask, bool *changed)
{
    bool plain = ace->type == CS_ACE_ALLOW || ace->type == CS_ACE_DENY;
    uint32_t gone = mask ? ace->mask & mask : ace->mask;
    if (!plain || !cs_sid_equal(&ace->sid, sid) || (mask && !gone))
        return true;
    *changed = true;
    ace->mask &= ~gone;
    return ace->mask != 0;
}

struct cs_sd cs_sd_allow(struct cs_arena *arena, const struct cs_sd *sd, const struct cs_sid *sid,
                         uint32_t mask, bool *changed)
{
    struct cs_ace ace = plain_ace(CS_ACE_ALLOW, sid, mask);
    if (has_list(sd))
        return add(arena, sd, &ace, changed);
    if (changed)
        *changed = false;
    return *sd;
}

struct cs_sd cs_sd_deny(struct cs_arena *arena, const struct cs_sd *sd, const struct cs_sid *sid,
                        uint32_t mask, bool *changed)
{
    struct cs_ace ace = plain_ace(CS_ACE_DENY, sid, mask);
    if (has_list(sd))
        return add(arena, sd, &ace, changed);
    struct cs_sd edited = *sd;
    struct cs_ace *aces = new_list(arena, &edited, 2);
    aces[0] = ace;
    aces[1] = plain_ace(CS_ACE_ALLOW, &cs_sid_everyone, everything);
    if (changed)
        *changed = true;
    return edited;
}

struct cs_sd cs_sd_revoke(struct cs_arena *arena, const struct cs_sd *sd, const struct cs_sid *sid,
                          uint32_t mask, bool *changed)
{
    struct cs_sd edited = *sd;
    bool any = false;
    if (has_list(sd)) {
        size_t kept = 0;
        struct cs_ace *aces = new_list(arena, &edited, sd->dacl->count);
        for (size_t i = 0; i < sd->dacl->count; i++) {
            aces[kept] = sd->dacl->aces[i];
            kept += survives(&aces[kept], sid, mask, &any);
        }
        struct cs_acl *acl = cs_arena_alloc(arena, sizeof *acl);
        *acl = (struct cs_acl){.revision = 2, .count = kept, .aces = aces};
        edited.dacl = acl;
    }
    if (changed)
        *changed = any;
    return any ? edited : *sd;
}
