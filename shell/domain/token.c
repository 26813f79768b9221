/* token.c - sets of SIDs with a hash inside, since one is asked many times.  Room: domain. */
#include <string.h>

#include <certsh/rights.h>

#include "token_in.h"

enum { FIRST_ROOM = 16 };

/* SIDs in order of arrival; `slots` is open addressing, twice as wide, 0 = free. */
struct sids {
    struct cs_token_sid *items;
    uint32_t *slots; /* index + 1 */
    uint32_t count, room;
};

struct cs_token {
    struct cs_arena *arena;
    struct sids sids, restricting, device;
    uint64_t privileges; /* by row of the table below */
};

static const char *const origin_names[] = {
    [CS_ORIGIN_USER] = "user",         [CS_ORIGIN_PRIMARY] = "primary",
    [CS_ORIGIN_MEMBER] = "member",     [CS_ORIGIN_HISTORY] = "history",
    [CS_ORIGIN_RESOURCE] = "resource", [CS_ORIGIN_LOCAL] = "local",
    [CS_ORIGIN_BUILTIN] = "builtin",   [CS_ORIGIN_CONTEXT] = "context",
    [CS_ORIGIN_GIVEN] = "given",
};

static const char *const privilege_names[] = {
    [CSI_PRIVILEGE_SECURITY] = "SeSecurityPrivilege",
    [CSI_PRIVILEGE_TAKE_OWNERSHIP] = "SeTakeOwnershipPrivilege",
    "SeAssignPrimaryTokenPrivilege",
    "SeAuditPrivilege",
    "SeBackupPrivilege",
    "SeChangeNotifyPrivilege",
    "SeCreateGlobalPrivilege",
    "SeCreatePagefilePrivilege",
    "SeCreatePermanentPrivilege",
    "SeCreateSymbolicLinkPrivilege",
    "SeCreateTokenPrivilege",
    "SeDebugPrivilege",
    "SeDelegateSessionUserImpersonatePrivilege",
    "SeEnableDelegationPrivilege",
    "SeImpersonatePrivilege",
    "SeIncreaseBasePriorityPrivilege",
    "SeIncreaseQuotaPrivilege",
    "SeIncreaseWorkingSetPrivilege",
    "SeLoadDriverPrivilege",
    "SeLockMemoryPrivilege",
    "SeMachineAccountPrivilege",
    "SeManageVolumePrivilege",
    "SeProfileSingleProcessPrivilege",
    "SeRelabelPrivilege",
    "SeRemoteShutdownPrivilege",
    "SeRestorePrivilege",
    "SeShutdownPrivilege",
    "SeSyncAgentPrivilege",
    "SeSystemEnvironmentPrivilege",
    "SeSystemProfilePrivilege",
    "SeSystemtimePrivilege",
    "SeTcbPrivilege",
    "SeTimeZonePrivilege",
    "SeTrustedCredManAccessPrivilege",
    "SeUndockPrivilege",
};

/* The slot of `sid`, or the free one where it would go; at least half of them are free. */
static uint32_t *slot_of(const struct sids *sids, const struct cs_sid *sid)
{
    uint32_t wrap = sids->room * 2 - 1;
    uint32_t at = (uint32_t)cs_sid_hash(sid) & wrap;
    while (sids->slots[at] && !cs_sid_equal(&sids->items[sids->slots[at] - 1].sid, sid))
        at = (at + 1) & wrap;
    return &sids->slots[at];
}

static int find(const struct sids *sids, const struct cs_sid *sid)
{
    return sids->room ? (int)*slot_of(sids, sid) - 1 : -1;
}

/* Twice the room, in the arena; what was there before stays until the arena goes. */
static bool grow(struct cs_arena *arena, struct sids *sids)
{
    struct sids wider = {.count = sids->count, .room = sids->room ? sids->room * 2 : FIRST_ROOM};
    wider.items = cs_arena_try(arena, wider.room * sizeof *wider.items);
    wider.slots = cs_arena_try(arena, wider.room * 2 * sizeof *wider.slots);
    if (!wider.items || !wider.slots)
        return false;
    if (sids->count)
        memcpy(wider.items, sids->items, sids->count * sizeof *wider.items);
    for (uint32_t i = 0; i < wider.count; i++)
        *slot_of(&wider, &wider.items[i].sid) = i + 1;
    *sids = wider;
    return true;
}

static int add(struct cs_arena *arena, struct sids *sids, const struct cs_token_sid *item)
{
    int there = find(sids, &item->sid);
    if (there >= 0)
        return there;
    if (sids->count == sids->room && !grow(arena, sids))
        return -1;
    sids->items[sids->count] = *item;
    *slot_of(sids, &item->sid) = ++sids->count;
    return (int)sids->count - 1;
}

static bool add_plain(struct cs_token *token, struct sids *sids, const struct cs_sid *sid)
{
    struct cs_token_sid item = {*sid, CS_TOKEN_ENABLED, CS_ORIGIN_GIVEN, CS_TOKEN_NO_VIA, 0};
    return add(token->arena, sids, &item) >= 0;
}

const char *cs_origin_name(enum cs_origin origin)
{
    return origin_names[origin];
}

struct cs_token *cs_token_new(struct cs_arena *arena)
{
    struct cs_token *token = cs_arena_try(arena, sizeof *token);
    if (token)
        *token = (struct cs_token){.arena = arena};
    return token;
}

int cs_token_add(struct cs_token *token, const struct cs_sid *sid, unsigned flags,
                 enum cs_origin origin, int via)
{
    struct cs_token_sid item = {*sid, flags, origin, via, 0};
    return add(token->arena, &token->sids, &item);
}

void cs_token_note(struct cs_token *token, int index, uint32_t id)
{
    if (index >= 0 && (uint32_t)index < token->sids.count)
        token->sids.items[index].id = id;
}

bool cs_token_restrict(struct cs_token *token, const struct cs_sid *sid)
{
    return add_plain(token, &token->restricting, sid);
}

bool cs_token_add_device(struct cs_token *token, const struct cs_sid *sid)
{
    return add_plain(token, &token->device, sid);
}

cs_status cs_token_grant(struct cs_token *token, struct cs_str privilege, struct cs_error *err)
{
    for (size_t i = 0; i < CS_COUNT(privilege_names); i++)
        if (cs_str_same(privilege, cs_str_of(privilege_names[i]))) {
            token->privileges |= UINT64_C(1) << i;
            return CS_OK;
        }
    cs_fail(err, CS_INVALID, "unknown privilege '%.*s'",
            privilege.length < 60 ? (int)privilege.length : 60, privilege.at ? privilege.at : "");
    cs_error_hint(err, "privileges are named like 'SeSecurityPrivilege'");
    return CS_INVALID;
}

size_t cs_token_count(const struct cs_token *token)
{
    return token->sids.count;
}

const struct cs_token_sid *cs_token_at(const struct cs_token *token, size_t index)
{
    return index < token->sids.count ? &token->sids.items[index] : NULL;
}

int cs_token_find(const struct cs_token *token, const struct cs_sid *sid)
{
    return find(&token->sids, sid);
}

bool cs_token_has(const struct cs_token *token, const struct cs_sid *sid)
{
    int index = cs_token_find(token, sid);
    return index >= 0 && (token->sids.items[index].flags & CS_TOKEN_ENABLED) != 0;
}

bool csi_token_holds(const struct cs_token *token, enum csi_privilege privilege)
{
    return (token->privileges >> privilege & 1) != 0;
}

uint32_t csi_token_privilege_bits(const struct cs_token *token)
{
    uint32_t bits = 0;
    if (csi_token_holds(token, CSI_PRIVILEGE_SECURITY))
        bits |= CS_RIGHT_SYSTEM_SECURITY;
    if (csi_token_holds(token, CSI_PRIVILEGE_TAKE_OWNERSHIP))
        bits |= CS_RIGHT_WRITE_OWNER;
    return bits;
}

bool csi_token_is_restricted(const struct cs_token *token)
{
    return token->restricting.count > 0;
}

int csi_token_restricting(const struct cs_token *token, const struct cs_sid *sid)
{
    return find(&token->restricting, sid);
}

int csi_token_device(const struct cs_token *token, const struct cs_sid *sid)
{
    return find(&token->device, sid);
}
