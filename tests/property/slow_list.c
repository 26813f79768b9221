/* slow_list.c - one question to one list, from the pages (slow_list.h). */
#include "slow_list.h"

/* ------------------------------------------- a list, asked by MS-DTYP 2.5.3.2 */

static uint32_t mask_of(const struct slow_list *q, const struct cs_ace *ace)
{
    uint32_t mask = ace->mask;
    if (q->old_windows) /* FACTS 1.2: before the service packs only 0x1 was looked at */
        mask &= ~0x1eu;
    if (q->old_means && (mask & 0x1f) == 0x1)
        return mask | q->old_means;
    if (q->generic) { /* MS-ADTS 5.1.3.2 */
        mask |= mask & 0x80000000u ? 0x20094u : 0;
        mask |= mask & 0x40000000u ? 0x20028u : 0;
        mask |= mask & 0x20000000u ? 0x20004u : 0;
        mask |= mask & 0x10000000u ? 0xf01ffu : 0;
    }
    return mask;
}

static bool is_about(const struct slow_list *q, const struct cs_ace *ace)
{
    struct cs_guid guid;
    struct cs_error ignored;
    if (!(ace->object_flags & CS_ACE_HAS_TYPE))
        return true;
    return q->object && cs_guid_parse(cs_str_of(q->object), &guid, &ignored) == CS_OK &&
           cs_guid_equal(&guid, &ace->object_type);
}

/* OWNER RIGHTS stands for the owner, whose own two rights it takes away: FACTS 6.4, 3. */
static const struct cs_sid *whom(const struct slow_list *q, const struct cs_ace *ace)
{
    bool owner = q->sd.has_owner && cs_sid_compare(&ace->sid, &cs_sid_owner_rights) == 0;
    return owner ? &q->sd.owner : &ace->sid;
}

static bool owner_mends(const struct slow_list *q, const struct slow_sids *sids)
{
    for (size_t i = 0; i < q->sd.dacl->count; i++) {
        const struct cs_ace *ace = &q->sd.dacl->aces[i];
        if (cs_sid_compare(&ace->sid, &cs_sid_owner_rights) == 0 &&
            !(ace->flags & CS_ACE_INHERIT_ONLY))
            return false;
    }
    return q->sd.has_owner && slow_has(sids, &q->sd.owner);
}

enum cs_verdict_kind slow_walk(const struct slow_list *q, const struct slow_sids *sids)
{
    uint32_t remaining = q->rights;
    if (!q->sd.dacl)
        return CS_ALLOWED;
    if (owner_mends(q, sids))
        remaining &= ~(uint32_t)(CS_RIGHT_READ_CONTROL | CS_RIGHT_WRITE_DAC);
    for (size_t i = 0; i < q->sd.dacl->count && remaining; i++) {
        const struct cs_ace *ace = &q->sd.dacl->aces[i];
        bool allow = ace->type == CS_ACE_ALLOW || ace->type == CS_ACE_OBJECT_ALLOW;
        bool deny = ace->type == CS_ACE_DENY || ace->type == CS_ACE_OBJECT_DENY;
        if (ace->flags & CS_ACE_INHERIT_ONLY || !slow_has(sids, whom(q, ace)) || !is_about(q, ace))
            continue;
        if (deny && remaining & mask_of(q, ace))
            return CS_DENIED;
        if (allow)
            remaining &= ~mask_of(q, ace);
    }
    return remaining ? CS_NOT_GRANTED : CS_ALLOWED;
}

/* -------------------------------------------- groups whose members nobody gave */

/* Is it a fact of the CA's host who is in the group with that SID? */
bool slow_members_known(const struct slow_place *a, const struct cs_sid *sid)
{
    bool local =
        cs_sid_is_builtin(sid) || (a->host->machine.count && cs_sid_in(sid, &a->host->machine));
    bool dc = a->host->role == CS_ROLE_DC;
    struct cs_principal group;
    for (cs_id id = 1; id < cs_principal_end(a->lab); id++) {
        if (!cs_principal_get(a->lab, id, &group) || group.kind != CS_GROUP ||
            cs_sid_compare(&group.sid, sid) != 0)
            continue;
        if (!cs_sid_is_builtin(sid) ||
            (dc ? group.domain == a->host->domain : group.host == a->host->record.id))
            return !group.members_open;
    }
    return !local || a->host->complete;
}

/* Who is in a built-in group without anybody's doing: FACTS 3.5, 10. */
bool slow_member_by_default(const struct slow_place *a, const struct slow_sids *sids,
                            const struct cs_sid *group)
{
    const struct cs_domain *domain = cs_domain_get(a->lab, a->host->domain);
    const struct cs_sid *root = cs_domain_root_sid(a->lab, a->host->domain);
    if (cs_sid_compare(group, &cs_sid_certsvc_dcom_access) == 0 ||
        cs_sid_compare(group, &cs_sid_users) == 0)
        return slow_has(sids, &cs_sid_authenticated_users);
    if (cs_sid_compare(group, &cs_sid_administrators) != 0)
        return false;
    struct cs_sid domain_admins = cs_sid_child(&domain->sid, 512);
    struct cs_sid enterprise_admins = cs_sid_child(root, 519);
    return slow_has(sids, &domain_admins) ||
           (a->host->role == CS_ROLE_DC && slow_has(sids, &enterprise_admins));
}

/* SIDs of a list that the caller may or may not have. */
static struct slow_sids open_sids(const struct slow_place *a, const struct slow_list *q)
{
    struct slow_sids open = {.count = 0};
    for (size_t i = 0; q->sd.dacl && i < q->sd.dacl->count; i++) {
        const struct cs_sid *sid = &q->sd.dacl->aces[i].sid;
        if (!slow_has(q->sids, sid) && !slow_members_known(a, sid))
            slow_add(&open, sid);
    }
    return open;
}

/* Certain only where every choice of memberships ends alike. */
static bool is_certain(const struct slow_list *q, const struct slow_sids *open, bool may)
{
    for (uint32_t choice = 0; choice < UINT32_C(1) << open->count; choice++) {
        struct slow_sids sids = *q->sids;
        for (size_t i = 0; i < open->count; i++)
            if (choice >> i & 1)
                slow_add(&sids, &open->at[i]);
        if ((slow_walk(q, &sids) == CS_ALLOWED) != may)
            return false;
    }
    return true;
}

struct slow_answer slow_ask(const struct slow_place *a, const struct slow_list *q)
{
    struct slow_sids sids = *q->sids, open = open_sids(a, q);
    enum cs_verdict_kind kind = slow_walk(q, &sids);
    if (!is_certain(q, &open, kind == CS_ALLOWED)) {
        if (!a->assume)
            return (struct slow_answer){CS_UNKNOWN_VERDICT, 0};
        for (size_t i = 0; i < open.count; i++)
            if (slow_member_by_default(a, q->sids, &open.at[i]))
                slow_add(&sids, &open.at[i]);
        kind = slow_walk(q, &sids);
    }
    return (struct slow_answer){kind, kind == CS_ALLOWED ? 0 : q->code};
}
