/*
 * slow_token.c - FACTS 5.4 step by step (slow_token.h).
 *
 * A membership counts where it is written in the group's list, or is the primary group.  Each
 * step goes over all groups of the lab until a round adds none.
 */
#include "slow_token.h"

void slow_add(struct slow_sids *sids, const struct cs_sid *sid)
{
    cs_bug_if(sids->count == CS_COUNT(sids->at));
    if (!slow_has(sids, sid))
        sids->at[sids->count++] = *sid;
}

bool slow_has(const struct slow_sids *sids, const struct cs_sid *sid)
{
    for (size_t i = 0; i < sids->count; i++)
        if (cs_sid_compare(&sids->at[i], sid) == 0)
            return true;
    return false;
}

/* ------------------------------------------------------------------- trusts */

bool slow_same_forest(const struct cs_lab *lab, cs_id one, cs_id other)
{
    const struct cs_domain *a = cs_domain_get(lab, one), *b = cs_domain_get(lab, other);
    return a && b && (one == other || cs_str_same(a->forest, b->forest));
}

struct trust_search {
    const struct cs_lab *lab;
    cs_id into, of;
    const struct cs_trust *found;
};

/* A forest trust is between all domains of both forests; an external one between its two. */
static bool look_at_trust(void *context, const struct cs_record *record)
{
    struct trust_search *search = context;
    const struct cs_trust *trust = (const struct cs_trust *)record;
    bool lets_in = trust->trusting == search->into && trust->trusted == search->of;
    if (trust->kind == CS_TRUST_FOREST)
        lets_in = slow_same_forest(search->lab, trust->trusting, search->into) &&
                  slow_same_forest(search->lab, trust->trusted, search->of);
    if (lets_in)
        search->found = trust;
    return !lets_in;
}

const struct cs_trust *slow_trust(const struct cs_lab *lab, cs_id into, cs_id of)
{
    struct trust_search search = {.lab = lab, .into = into, .of = of};
    if (!slow_same_forest(lab, into, of))
        cs_record_each(lab, CS_NOUN_TRUST, look_at_trust, &search);
    return search.found;
}

/* ------------------------------------------------------------------ the walk */

enum step { TICKET, DOMAIN_LOCAL, MACHINE_LOCAL, BUILTIN };

struct walk {
    const struct cs_lab *lab;
    const struct cs_host *host;
    struct cs_principal account;
    cs_tick when;
    enum step step;
    struct slow_sids *sids;
    const struct slow_sids *from; /* whose memberships count in this round */
    const struct cs_principal *group;
};

/* Does this step look at such a group? */
static bool is_asked(const struct walk *walk, const struct cs_principal *group)
{
    bool dc = walk->host && walk->host->role == CS_ROLE_DC;
    if (group->kind != CS_GROUP || (!group->security && !group->host))
        return false; /* a distribution group, of which a machine has none, never counts: 5.1 */
    switch (walk->step) {
    case TICKET: /* 5.4, 1: globals of the account's domain, universals of its forest */
        return (group->scope == CS_SCOPE_GLOBAL && group->domain == walk->account.domain) ||
               (group->scope == CS_SCOPE_UNIVERSAL &&
                slow_same_forest(walk->lab, group->domain, walk->account.domain));
    case DOMAIN_LOCAL: /* 5.4, 3: of the host's domain */
        return group->scope == CS_SCOPE_DOMAIN_LOCAL && group->domain == walk->host->domain;
    case MACHINE_LOCAL: /* 5.4, 4 */
        return group->scope == CS_SCOPE_MACHINE_LOCAL && group->host == walk->host->record.id;
    case BUILTIN: /* a domain controller's are its domain's */
        return group->scope == CS_SCOPE_BUILTIN &&
               (dc ? group->domain == walk->host->domain : group->host == walk->host->record.id);
    }
    return false;
}

/* A member counts by its SID; S-1-5-32-x are many, so there the group itself is meant. */
static bool look_at_member(void *context, cs_id id)
{
    struct walk *walk = context;
    struct cs_principal member;
    if (!cs_principal_at(walk->lab, id, walk->when, &member))
        return true;
    bool in = slow_has(walk->from, &member.sid);
    if (member.scope == CS_SCOPE_BUILTIN)
        in = false; /* no group of Windows may hold one */
    if (in)
        slow_add(walk->sids, &walk->group->sid);
    return !in;
}

static void round_of(struct walk *walk)
{
    for (cs_id id = 1; id < cs_principal_end(walk->lab); id++) {
        struct cs_principal group;
        if (!cs_principal_at(walk->lab, id, walk->when, &group) || !is_asked(walk, &group))
            continue;
        walk->group = &group;
        cs_member_each(walk->lab, id, walk->when, look_at_member, walk);
    }
}

/* Again and again, until a round adds nobody. */
static void expand(struct walk *walk, enum step step, cs_tick when, const struct slow_sids *from)
{
    size_t before;
    walk->step = step;
    walk->when = when;
    walk->from = from;
    do {
        before = walk->sids->count;
        round_of(walk);
    } while (walk->sids->count > before);
}

/* The machine's own groups hold none of each other: one pass each (MS-DTYP 2.5.2.1.1). */
static void one_pass(struct walk *walk, enum step step)
{
    struct slow_sids before = *walk->sids;
    walk->step = step;
    walk->when = CS_NOW;
    walk->from = &before;
    round_of(walk);
}

/* -------------------------------------------------------------------- steps */

/* CONTRACT, "Age of tokens": a computer's is of its start, a user's of a session or of now. */
struct own_session {
    cs_id user;
    cs_tick opened;
};

static bool look_at_session(void *context, const struct cs_record *record)
{
    struct own_session *own = context;
    const struct cs_session *session = (const struct cs_session *)record;
    if (session->user == own->user)
        own->opened = session->opened;
    return true;
}

struct own_host {
    cs_id account;
    const struct cs_host *found;
};

static bool look_at_host(void *context, const struct cs_record *record)
{
    struct own_host *own = context;
    const struct cs_host *host = (const struct cs_host *)record;
    if (host->account == own->account)
        own->found = host;
    return true;
}

static cs_tick age_of(const struct cs_lab *lab, cs_id who)
{
    struct cs_principal now;
    struct own_session session = {.user = who, .opened = CS_NOW};
    struct own_host machine = {.account = who};
    if (!cs_principal_get(lab, who, &now))
        return CS_NOW;
    cs_record_each(lab, CS_NOUN_HOST, look_at_host, &machine);
    cs_record_each(lab, CS_NOUN_SESSION, look_at_session, &session);
    if (now.kind == CS_COMPUTER)
        return machine.found ? machine.found->boot : CS_NOW;
    return session.opened;
}

/* 1: the account, its primary group, and what the domain controllers wrote into the ticket. */
static void add_ticket(struct walk *walk, cs_tick when, bool same_forest)
{
    const struct cs_domain *domain = cs_domain_get(walk->lab, walk->account.domain);
    struct cs_principal primary;
    slow_add(walk->sids, &walk->account.sid);
    for (cs_id id = 1; domain && id < cs_principal_end(walk->lab); id++) {
        struct cs_sid sid = cs_sid_child(&domain->sid, walk->account.primary);
        if (walk->account.primary && cs_principal_at(walk->lab, id, when, &primary) &&
            cs_sid_compare(&primary.sid, &sid) == 0)
            slow_add(walk->sids, &sid);
    }
    expand(walk, TICKET, when, walk->sids);
    if (walk->account.kind == CS_COMPUTER && walk->account.uac & CS_UAC_DC && same_forest)
        slow_add(walk->sids, &cs_sid_enterprise_dcs);
}

/* 2: an external or quarantined trust lets only SIDs of the account's own domain through. */
static void filter(struct walk *walk, const struct cs_trust *trust)
{
    const struct cs_domain *own = cs_domain_get(walk->lab, walk->account.domain);
    struct slow_sids kept = {.count = 0};
    if (!trust || !own || (trust->kind != CS_TRUST_EXTERNAL && !trust->quarantined))
        return;
    for (size_t i = 0; i < walk->sids->count; i++)
        if (cs_sid_in(&walk->sids->at[i], &own->sid))
            slow_add(&kept, &walk->sids->at[i]);
    *walk->sids = kept;
}

/* 5: how it came. */
static void add_context(struct walk *walk, enum slow_logon logon, const struct cs_trust *trust)
{
    static const struct cs_sid other = {.authority = 5, .sub = {1000}, .count = 1};
    const struct cs_sid *sid = &walk->account.sid;
    bool guest = logon != SLOW_SYSTEM && cs_sid_is_account(sid) && cs_sid_rid(sid) == 501;
    bool old = walk->host && walk->host->windows < CS_WINDOWS_2003; /* MS-DTYP note 11 */
    slow_add(walk->sids, &cs_sid_everyone);
    if (!guest || old)
        slow_add(walk->sids, &cs_sid_authenticated_users);
    if (logon == SLOW_INTERACTIVE)
        slow_add(walk->sids, &cs_sid_interactive);
    if (logon != SLOW_NETWORK)
        return;
    slow_add(walk->sids, &cs_sid_network);
    slow_add(walk->sids, trust && trust->selective ? &other : &cs_sid_this_organization);
}

/* 3: what the domain controller of the host adds; not through Everyone and its like. */
static void add_domain_local(struct walk *walk, cs_tick when)
{
    const struct cs_domain *domain = cs_domain_get(walk->lab, walk->host->domain);
    if (domain && (!domain->mixed || walk->host->role == CS_ROLE_DC)) /* FACTS 10 */
        expand(walk, DOMAIN_LOCAL, when, walk->sids);
}

void slow_token(const struct cs_lab *lab, cs_id who, cs_id host, enum slow_logon logon,
                struct slow_sids *sids)
{
    struct walk walk = {.lab = lab, .host = cs_host_get(lab, host), .sids = sids};
    cs_tick when = age_of(lab, who);
    const struct cs_trust *trust = NULL;
    sids->count = 0;
    if (!cs_principal_at(lab, who, when, &walk.account))
        cs_bug_if(!cs_principal_get(lab, who, &walk.account));
    if (logon == SLOW_SYSTEM) { /* FACTS 10: not 516, not S-1-5-9 */
        slow_add(sids, &cs_sid_system);
        slow_add(sids, &cs_sid_administrators);
    } else {
        trust = slow_trust(lab, walk.host->domain, walk.account.domain);
        add_ticket(&walk, when, slow_same_forest(lab, walk.account.domain, walk.host->domain));
        filter(&walk, trust);
        add_domain_local(&walk, when);
    }
    add_context(&walk, logon, trust);
    one_pass(&walk, MACHINE_LOCAL);
    one_pass(&walk, BUILTIN);
}
