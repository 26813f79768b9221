/*
 * token_of.c - the token of a principal at a host, step by step as FACTS 5.4 has it:
 *
 *   1. the account, its primary group, and the global and universal groups of its forest, as
 *      the domain controllers wrote them into its ticket (MS-PAC 4.1.2.1);
 *   2. what SID filtering lets over a trust (MS-PAC 4.1.2.2);
 *   3. the domain-local groups of the host's domain, computed by its domain controller from
 *      the SIDs of the ticket, not from Everyone and the like (MS-KILE 3.3.5.7.3);
 *   4. the context: Everyone, Authenticated Users, NETWORK or INTERACTIVE, ...;
 *   5. the host's own groups, machine-local first, then built-in, from all of the above
 *      (MS-DTYP 2.5.2.1.1).
 *
 * Rules of ages (CONTRACT, "Age of tokens"): steps 1 and 3 are as old as the token, step 5 is
 * of now.  A computer's token is of its last start, a user's of an open session, else of now.
 * On a domain controller, too, domain-local groups come from the token alone (K24).
 * In mixed mode domain-local groups count only on domain controllers (FACTS 10).
 *
 * That the context SIDs come before step 5 and not before step 3 is inferred from KB 903220
 * (Everyone as member of CERTSVC_DCOM_ACCESS works on a member server).
 *
 * Room: lab.
 */
#include <certsh/host.h>

#include "closure.h"
#include "lab_internal.h"

struct build {
    const struct cs_lab *lab;
    const struct cs_token_ask *ask;
    const struct cs_host *host; /* NULL: none */
    struct cs_principal account;
    cs_id forest_domain; /* the account's domain */
    const struct cs_trust *trust;
    bool same_forest;
    cs_tick when;
    struct cs_token *token;
    bool failed; /* memory ran out */
};

/* ------------------------------------------------------------------- ages */

static cs_tick computer_age(const struct cs_lab *lab, cs_id principal)
{
    const struct cs_host *host = cs_host_get(lab, cs_host_of_account(lab, principal));
    return host ? host->boot : CS_NOW;
}

cs_tick cs_token_age(const struct cs_lab *lab, cs_id principal)
{
    struct cs_principal p;
    if (!cs_principal_get(lab, principal, &p))
        return CS_NOW;
    if (p.kind == CS_COMPUTER)
        return computer_age(lab, principal);
    const struct cs_session *session = cs_session_find(lab, principal);
    return session ? session->opened : CS_NOW;
}

/* -------------------------------------------------------------- adding SIDs */

/* `id`: who that is, 0 where it has to be looked up. */
static int add(struct build *b, const struct cs_sid *sid, enum cs_origin origin, int via, cs_id id)
{
    int index = cs_token_add(b->token, sid, CS_TOKEN_ENABLED, origin, via);
    b->failed = b->failed || index < 0;
    if (index < 0)
        return index;
    if (!id && !cs_token_at(b->token, (size_t)index)->id)
        id = cs_principal_by_sid(b->lab, sid, b->ask->host);
    if (id)
        cs_token_note(b->token, index, id);
    return index;
}

/* Groups a closure reached beyond its starts; notes are places in the token. */
static void add_reached(struct build *b, const struct csi_closure *closure, size_t starts,
                        cs_tick when, enum cs_origin origin)
{
    enum { CONTEXT = 8 }; /* and a few that come from elsewhere */
    size_t count = cs_token_count(b->token) + closure->count - starts + CONTEXT;
    b->failed = b->failed || !cs_token_reserve(b->token, count);
    for (size_t i = starts; i < closure->count; i++) {
        struct csi_reached *reached = &closure->at[i];
        struct csi_brief group;
        if (!csi_brief_at(b->lab, reached->id, when, &group))
            continue;
        int via = reached->via < 0 ? CS_TOKEN_NO_VIA : closure->at[reached->via].note;
        struct cs_sid sid = csi_brief_sid(&group);
        reached->note = add(b, &sid, origin, via, reached->id);
    }
}

/* Every SID of the token so far that is a principal, as starts of a walk. */
static void start_from_token(const struct build *b, struct csi_closure *closure, bool context)
{
    for (size_t i = 0; i < cs_token_count(b->token); i++) {
        const struct cs_token_sid *sid = cs_token_at(b->token, i);
        if (!sid->id || (!context && sid->origin == CS_ORIGIN_CONTEXT))
            continue;
        struct csi_reached *reached = csi_closure_add(closure, sid->id, -1, 0);
        if (reached)
            reached->note = (int)i;
    }
}

static void expand(struct build *b, csi_accept_fn *accept, cs_tick when, bool context,
                   enum cs_origin origin)
{
    struct csi_closure closure = csi_closure_begin(b->lab);
    start_from_token(b, &closure, context);
    size_t starts = closure.count;
    csi_closure_walk(&closure, when, accept, b);
    add_reached(b, &closure, starts, when, origin);
    csi_closure_end(&closure);
}

/* ------------------------------------------------------------ 1: the ticket */

static bool forest_of(const struct cs_lab *lab, cs_id a, cs_id b)
{
    const struct cs_domain *one = cs_domain_get(lab, a), *two = cs_domain_get(lab, b);
    return one && two && (a == b || cs_str_same(one->forest, two->forest));
}

/* Global groups of the account's domain, universal ones of its forest. */
static bool in_ticket(const void *context, const struct csi_brief *group)
{
    const struct build *b = context;
    if (group->kind != CS_GROUP || !group->security)
        return false;
    if (group->scope == CS_SCOPE_GLOBAL)
        return group->domain == b->account.domain;
    return group->scope == CS_SCOPE_UNIVERSAL &&
           forest_of(b->lab, group->domain, b->account.domain);
}

/* Where no export brought the group itself, the account still says which one it is. */
static void add_primary(struct build *b, int user)
{
    cs_id primary = csi_primary_of(b->lab, b->account.domain, b->account.primary);
    const struct cs_domain *domain = cs_domain_get(b->lab, b->account.domain);
    struct csi_brief group;
    struct cs_sid sid = {0};
    if (primary && csi_brief_at(b->lab, primary, b->when, &group))
        sid = csi_brief_sid(&group);
    else if (!primary && b->account.primary && domain && domain->sid.count)
        sid = cs_sid_child(&domain->sid, b->account.primary);
    if (sid.count)
        add(b, &sid, CS_ORIGIN_PRIMARY, user, primary);
}

static void add_account(struct build *b)
{
    int user = add(b, &b->account.sid, CS_ORIGIN_USER, CS_TOKEN_NO_VIA, b->account.id);
    add_primary(b, user);
    expand(b, in_ticket, b->when, false, CS_ORIGIN_MEMBER);
    if (b->account.kind == CS_COMPUTER && (b->account.uac & CS_UAC_DC) && b->same_forest)
        add(b, &cs_sid_enterprise_dcs, CS_ORIGIN_MEMBER, user, 0);
}

/* ------------------------------------------------------- 2: over the trust */

/* Over an external or quarantined trust only SIDs of the account's own domain count. */
static bool survives(const struct build *b, const struct cs_sid *sid)
{
    bool own_only = b->trust && (b->trust->kind == CS_TRUST_EXTERNAL || b->trust->quarantined);
    const struct cs_domain *own = cs_domain_get(b->lab, b->account.domain);
    return !own_only || !own || cs_sid_in(sid, &own->sid);
}

static struct cs_token *filtered(struct build *b, struct cs_arena *arena)
{
    struct cs_token *whole = b->token, *kept = cs_token_new(arena);
    for (size_t i = 0; kept && i < cs_token_count(whole); i++) {
        const struct cs_token_sid *sid = cs_token_at(whole, i);
        if (!survives(b, &sid->sid))
            continue;
        int via = sid->via < 0 ? CS_TOKEN_NO_VIA
                               : cs_token_find(kept, &cs_token_at(whole, (size_t)sid->via)->sid);
        int index = cs_token_add(kept, &sid->sid, sid->flags, sid->origin, via);
        cs_token_note(kept, index, sid->id);
    }
    return kept;
}

/* ------------------------------------------- 3: domain-local, 5: the host's */

static bool is_domain_local(const void *context, const struct csi_brief *group)
{
    const struct build *b = context;
    return group->kind == CS_GROUP && group->security && group->scope == CS_SCOPE_DOMAIN_LOCAL &&
           group->domain == b->host->domain;
}

static bool domain_local_counts(const struct build *b)
{
    const struct cs_domain *domain = b->host ? cs_domain_get(b->lab, b->host->domain) : NULL;
    return domain && (!domain->mixed || b->host->role == CS_ROLE_DC);
}

static bool is_machine_local(const void *context, const struct csi_brief *group)
{
    const struct build *b = context;
    return group->scope == CS_SCOPE_MACHINE_LOCAL && group->host == b->ask->host;
}

static bool is_builtin(const void *context, const struct csi_brief *group)
{
    const struct build *b = context;
    if (group->scope != CS_SCOPE_BUILTIN)
        return false;
    return b->host->role == CS_ROLE_DC ? group->domain == b->host->domain
                                       : group->host == b->ask->host;
}

static void add_host_groups(struct build *b)
{
    expand(b, is_machine_local, CS_NOW, true, CS_ORIGIN_LOCAL);
    expand(b, is_builtin, CS_NOW, true, CS_ORIGIN_BUILTIN);
}

/* ------------------------------------------------------------- 4: context */

static bool everyone_includes_anonymous(const struct build *b)
{
    const struct cs_reg_value *value =
        cs_registry_get(b->lab, b->ask->host, CS_KEY_LSA, CS_STR("EveryoneIncludesAnonymous"));
    uint32_t number;
    return value && cs_reg_number(value, &number) && number != 0;
}

/* Guest is an authenticated user only before XP SP2 and 2003 (MS-DTYP note 11). */
static bool is_guest(const struct build *b)
{
    bool account = cs_sid_is_account(&b->account.sid) && cs_sid_rid(&b->account.sid) == 501;
    return account && (!b->host || b->host->windows >= CS_WINDOWS_2003);
}

static void add_context(struct build *b)
{
    static const struct cs_sid other_organization = {.authority = 5, .sub = {1000}, .count = 1};
    bool anonymous = cs_sid_equal(&b->account.sid, &cs_sid_anonymous);
    const struct cs_sid *way = b->ask->logon == CS_LOGON_LOCAL     ? &cs_sid_interactive
                               : b->ask->logon == CS_LOGON_NETWORK ? &cs_sid_network
                                                                   : NULL;
    if (!anonymous || everyone_includes_anonymous(b))
        add(b, &cs_sid_everyone, CS_ORIGIN_CONTEXT, CS_TOKEN_NO_VIA, 0);
    if (!anonymous && !is_guest(b))
        add(b, &cs_sid_authenticated_users, CS_ORIGIN_CONTEXT, CS_TOKEN_NO_VIA, 0);
    if (way)
        add(b, way, CS_ORIGIN_CONTEXT, CS_TOKEN_NO_VIA, 0);
    if (!anonymous && b->ask->logon == CS_LOGON_NETWORK)
        add(b, b->trust && b->trust->selective ? &other_organization : &cs_sid_this_organization,
            CS_ORIGIN_CONTEXT, CS_TOKEN_NO_VIA, 0);
}

/* The system account of the host: what a computer is to DCOM on its own CA. */
static void add_system(struct build *b)
{
    add(b, &cs_sid_system, CS_ORIGIN_USER, CS_TOKEN_NO_VIA, 0);
    add(b, &cs_sid_administrators, CS_ORIGIN_CONTEXT, CS_TOKEN_NO_VIA, 0);
}

/* ------------------------------------------------------------------- public */

static void add_all(struct build *b, struct cs_arena *arena)
{
    if (b->ask->logon == CS_LOGON_SERVICE) {
        add_system(b);
    } else {
        add_account(b);
        if (b->trust)
            b->token = filtered(b, arena);
        b->failed = b->failed || !b->token;
    }
    if (b->failed)
        return;
    if (b->host && domain_local_counts(b) && b->ask->logon != CS_LOGON_SERVICE)
        expand(b, is_domain_local, b->when, false, CS_ORIGIN_RESOURCE);
    add_context(b);
    if (b->host)
        add_host_groups(b);
}

cs_status cs_token_of(const struct cs_lab *lab, struct cs_arena *arena,
                      const struct cs_token_ask *ask, struct cs_token **token, struct cs_error *err)
{
    struct build b = {.lab = lab, .ask = ask, .host = cs_host_get(lab, ask->host)};
    b.when = ask->when ? ask->when : cs_token_age(lab, ask->principal);
    if (!cs_principal_at(lab, ask->principal, b.when, &b.account) &&
        !cs_principal_get(lab, ask->principal, &b.account))
        return cs_fail(err, CS_NOT_FOUND, "principal %u is not there", ask->principal);
    cs_id resource = b.host && b.host->domain ? b.host->domain : b.account.domain;
    b.same_forest = forest_of(lab, b.account.domain, resource);
    b.trust = b.same_forest ? NULL : cs_trust_find(lab, resource, b.account.domain);
    b.token = cs_token_new(arena);
    if (b.token)
        add_all(&b, arena);
    if (!b.token || b.failed)
        return cs_fail(err, CS_MEMORY, "no memory for a token");
    *token = b.token;
    return CS_OK;
}

struct cs_value cs_token_path(const struct cs_lab *lab, struct cs_arena *arena,
                              const struct cs_token *token, int index)
{
    size_t count = 0;
    for (int at = index; at >= 0; at = cs_token_at(token, (size_t)at)->via)
        count++;
    int *steps = cs_arena_alloc(arena, (count + 1) * sizeof *steps);
    for (size_t i = 0; i < count; i++) {
        steps[i] = index;
        index = cs_token_at(token, (size_t)index)->via;
    }
    struct cs_list_maker names = {.arena = arena};
    while (count > 0) {
        const struct cs_token_sid *sid = cs_token_at(token, (size_t)steps[--count]);
        struct cs_str name = sid->id ? cs_principal_name(lab, arena, sid->id)
                                     : cs_sid_name(lab, arena, &sid->sid, 0);
        cs_list_add(&names, cs_value_str(name));
    }
    return cs_list_value(&names);
}

bool cs_membership_known(const struct cs_lab *lab, cs_id host, const struct cs_sid *sid)
{
    const struct cs_host *machine = cs_host_get(lab, host);
    struct cs_principal p;
    cs_id id = cs_principal_by_sid(lab, sid, host);
    if (id && cs_principal_get(lab, id, &p) && p.kind == CS_GROUP)
        return !p.members_open;
    if (!cs_sid_is_builtin(sid) &&
        !(machine && machine->machine.count && cs_sid_in(sid, &machine->machine)))
        return true; /* not a local group: an orphan, or an account that is a fact itself */
    return machine && machine->complete;
}
