/* com.c - how COM reads the masks of a descriptor (see access.h).  Room: domain. */
#include <certsh/access.h>

#include <string.h>

enum { COM_BITS = 0x1f };

const enum cs_com_reading cs_com_reading = CS_COM_LENIENT;

/* COM_RIGHTS_EXECUTE and no other COM right: an ACE from before XP SP2 and 2003 SP1. */
static bool is_old(const struct cs_ace *ace)
{
    return (ace->mask & COM_BITS) == CS_COM_EXECUTE;
}

/* Does the ACE speak about COM rights at all? */
static bool is_com(const struct cs_ace *ace)
{
    return !ace->opaque && ace->mask & COM_BITS;
}

static uint32_t all_of(enum cs_com_kind kind)
{
    return kind == CS_COM_LAUNCH ? 0x1f : 0x7;
}

static bool has_old(const struct cs_acl *acl)
{
    for (size_t i = 0; i < acl->count; i++)
        if (!acl->aces[i].opaque && is_old(&acl->aces[i]))
            return true;
    return false;
}

struct cs_sd cs_com_widen(struct cs_arena *arena, const struct cs_sd *sd, enum cs_com_kind kind)
{
    struct cs_sd wide = *sd;
    if (!sd->dacl || !has_old(sd->dacl))
        return wide;
    struct cs_acl *acl = cs_arena_alloc(arena, sizeof *acl);
    struct cs_ace *aces = cs_arena_alloc(arena, sd->dacl->count * sizeof *aces);
    memcpy(aces, sd->dacl->aces, sd->dacl->count * sizeof *aces);
    for (size_t i = 0; i < sd->dacl->count; i++)
        if (!aces[i].opaque && is_old(&aces[i]))
            aces[i].mask |= all_of(kind);
    *acl = *sd->dacl;
    acl->aces = aces;
    wide.dacl = acl;
    wide.bytes = (struct cs_str){0};
    return wide;
}

bool cs_com_valid(const struct cs_sd *sd)
{
    size_t old = 0, new = 0;
    for (size_t i = 0; sd->dacl && i < sd->dacl->count; i++) {
        const struct cs_ace *ace = &sd->dacl->aces[i];
        if (!is_com(ace))
            continue;
        if (!(ace->mask & CS_COM_EXECUTE))
            return false;
        *(is_old(ace) ? &old : &new) += 1;
    }
    return !old || !new;
}

struct cs_verdict cs_com_check(struct cs_arena *arena, const struct cs_sd *sd,
                               const struct cs_token *token, enum cs_com_kind kind, uint32_t rights)
{
    if (cs_com_reading == CS_COM_STRICT && !cs_com_valid(sd))
        return (struct cs_verdict){.kind = CS_DENIED, .ace = -1, .sid = -1};
    struct cs_arena_mark mark = cs_arena_mark(arena);
    struct cs_sd wide = cs_com_widen(arena, sd, kind);
    struct cs_access ask = {.token = token, .desired = rights};
    struct cs_verdict verdict = cs_access_check(&wide, &ask);
    cs_arena_rewind(arena, mark);
    return verdict;
}

/* ------------------------------------------------------------------ revoking */

static bool is_plain_of(const struct cs_ace *ace, const struct cs_sid *sid)
{
    return !ace->opaque && (ace->type == CS_ACE_ALLOW || ace->type == CS_ACE_DENY) &&
           cs_sid_equal(&ace->sid, sid);
}

/* The rights of an entry that are to go; an old one has them all. */
static uint32_t going(const struct cs_ace *ace, enum cs_com_kind kind, uint32_t rights)
{
    return (is_old(ace) ? all_of(kind) : ace->mask) & rights & ~(uint32_t)CS_COM_EXECUTE;
}

static bool has_any(const struct cs_sd *sd, const struct cs_sid *sid, enum cs_com_kind kind,
                    uint32_t rights)
{
    for (size_t i = 0; sd->dacl && i < sd->dacl->count; i++)
        if (is_plain_of(&sd->dacl->aces[i], sid) && going(&sd->dacl->aces[i], kind, rights))
            return true;
    return false;
}

struct cs_sd cs_com_revoke(struct cs_arena *arena, const struct cs_sd *sd, enum cs_com_kind kind,
                           const struct cs_sid *sid, uint32_t rights, bool *changed)
{
    uint32_t all = all_of(kind) & ~(uint32_t)CS_COM_EXECUTE;
    if (!(rights & all) || (rights & all) == all)
        return cs_sd_revoke(arena, sd, sid, 0, changed);
    bool any = has_any(sd, sid, kind, rights);
    if (changed)
        *changed = any;
    if (!any)
        return *sd;
    struct cs_sd edited = cs_com_widen(arena, sd, kind);
    struct cs_acl *acl = cs_arena_alloc(arena, sizeof *acl);
    struct cs_ace *aces = cs_arena_alloc(arena, edited.dacl->count * sizeof *aces);
    *acl = (struct cs_acl){.revision = edited.dacl->revision, .aces = aces};
    for (size_t i = 0; i < edited.dacl->count; i++) {
        struct cs_ace ace = edited.dacl->aces[i];
        if (is_plain_of(&ace, sid))
            ace.mask &= ~(rights & all);
        if (!is_plain_of(&ace, sid) || ace.mask & ~(uint32_t)CS_COM_EXECUTE)
            aces[acl->count++] = ace;
    }
    edited.dacl = acl;
    edited.bytes = (struct cs_str){0};
    return edited;
}
