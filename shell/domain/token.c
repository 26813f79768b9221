/* token.c - sets of SIDs with a hash inside, since one is asked many times.  Room: domain. */
#include <string.h>

#include <certsh/rights.h>

#include "token_in.h"

enum { FIRST_ROOM = 16 }; /* what a token that is given has; a power of 2 */
enum { FLAGS = CS_TOKEN_ENABLED | CS_TOKEN_DENY_ONLY };

/*
 * SIDs in order of arrival; `slots` is open addressing, twice as wide, 0 = free.  Most questions
 * are about SIDs that are not there, and tokens lie all over the memory, so a filter of 8 bits a
 * SID answers those from one line of the cache.
 */
struct sids {
    struct cs_token_sid *items;
    uint64_t *slots;  /* index + 1, a part of the hash, flags */
    uint64_t *filter; /* a bit set for each SID's hash */
    uint32_t count, room;
};

/* The first SIDs live in the token itself, close together: few lines and pages to wait for. */
struct cs_token {
    struct cs_arena *arena;
    uint64_t privileges; /* by row of the table below */
    struct sids sids;
    uint64_t first_filter[FIRST_ROOM / 8];
    struct sids restricting, device;
    uint64_t first_slots[FIRST_ROOM * 2];
    struct cs_token_sid first_items[FIRST_ROOM];
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

/* What a slot says of its SID: where it is, how it counts, and a part of its hash. */
static uint64_t slot_for(uint32_t index, unsigned flags, uint64_t hash)
{
    return (uint64_t)(index + 1) << 32 | (hash >> 34) << 2 | (flags & FLAGS);
}

static int index_of(uint64_t slot)
{
    return (int)(uint32_t)(slot >> 32) - 1;
}

/* Only a slot with the same part of the hash is worth a look at the SID itself. */
static bool is_slot_of(const struct sids *sids, uint64_t slot, const struct cs_sid *sid,
                       uint64_t hash)
{
    return (uint32_t)slot >> 2 == (uint32_t)(hash >> 34) &&
           cs_sid_equal(&sids->items[index_of(slot)].sid, sid);
}

/* The slot of `sid`, or the free one where it would go; at least half of them are free. */
static uint64_t *slot_of(const struct sids *sids, const struct cs_sid *sid, uint64_t hash)
{
    uint32_t wrap = sids->room * 2 - 1;
    uint32_t at = (uint32_t)hash & wrap;
    while (sids->slots[at] && !is_slot_of(sids, sids->slots[at], sid, hash))
        at = (at + 1) & wrap;
    return &sids->slots[at];
}

/* The filter's bit of a hash, made of bits that small tables do not use for the slot. */
static uint32_t filter_bit(const struct sids *sids, uint64_t hash)
{
    return (uint32_t)(hash >> 20) & (sids->room * 8 - 1);
}

static bool may_have(const struct sids *sids, uint64_t hash)
{
    uint32_t bit = filter_bit(sids, hash);
    return sids->room && (sids->filter[bit / 64] >> bit % 64 & 1);
}

/* The slot's content, 0 for a SID that is not there. */
static uint64_t find_slot(const struct sids *sids, const struct cs_sid *sid, uint64_t hash)
{
    return may_have(sids, hash) ? *slot_of(sids, sid, hash) : 0;
}

static int find(const struct sids *sids, const struct cs_sid *sid)
{
    return sids->count ? index_of(find_slot(sids, sid, cs_sid_hash(sid))) : -1;
}

/* Item `index` gets its slot and its bit. */
static void note(struct sids *sids, uint32_t index, uint64_t hash)
{
    const struct cs_token_sid *item = &sids->items[index];
    uint32_t bit = filter_bit(sids, hash);
    sids->filter[bit / 64] |= UINT64_C(1) << bit % 64;
    *slot_of(sids, &item->sid, hash) = slot_for(index, item->flags, hash);
}

/* At least twice the room, in the arena; what was there before stays until the arena goes. */
static bool grow(struct cs_arena *arena, struct sids *sids, size_t need)
{
    struct sids wider = {.count = sids->count, .room = sids->room ? sids->room * 2 : FIRST_ROOM};
    while (wider.room < need)
        wider.room *= 2;
    wider.items = cs_arena_try(arena, wider.room * sizeof *wider.items);
    wider.slots = cs_arena_try(arena, (size_t)wider.room * 2 * sizeof *wider.slots);
    wider.filter = cs_arena_try(arena, wider.room); /* 8 bits each */
    if (!wider.items || !wider.slots || !wider.filter)
        return false;
    if (sids->count)
        memcpy(wider.items, sids->items, sids->count * sizeof *wider.items);
    for (uint32_t i = 0; i < wider.count; i++)
        note(&wider, i, cs_sid_hash(&wider.items[i].sid));
    *sids = wider;
    return true;
}

static int add(struct cs_arena *arena, struct sids *sids, const struct cs_token_sid *item)
{
    uint64_t hash = cs_sid_hash(&item->sid);
    uint64_t there = find_slot(sids, &item->sid, hash);
    if (there)
        return index_of(there);
    if (sids->count == sids->room && !grow(arena, sids, 0))
        return -1;
    sids->items[sids->count] = *item;
    note(sids, sids->count, hash);
    return (int)sids->count++;
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
    if (!token)
        return NULL;
    token->arena = arena; /* the rest is zero */
    token->sids = (struct sids){.items = token->first_items,
                                .slots = token->first_slots,
                                .filter = token->first_filter,
                                .room = FIRST_ROOM};
    return token;
}

int cs_token_add(struct cs_token *token, const struct cs_sid *sid, unsigned flags,
                 enum cs_origin origin, int via)
{
    struct cs_token_sid item = {*sid, flags, origin, via, 0};
    return add(token->arena, &token->sids, &item);
}

bool cs_token_reserve(struct cs_token *token, size_t count)
{
    return count <= token->sids.room || grow(token->arena, &token->sids, count);
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

int csi_token_find(const struct cs_token *token, const struct cs_sid *sid, unsigned *flags)
{
    uint64_t slot = token->sids.count ? find_slot(&token->sids, sid, cs_sid_hash(sid)) : 0;
    *flags = (unsigned)(slot & FLAGS);
    return index_of(slot);
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
