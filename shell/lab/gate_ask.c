/*
 * gate_ask.c - a gate asks a descriptor, and says why.
 *
 * The question itself is the domain's (access.h).  Here it meets what a lab may not know: who
 * belongs to a local group of the CA's host.  Where every choice of such groups ends alike the
 * answer is certain, else it is unknown, or, with --assume defaults, that of the groups' default
 * members.
 *
 * Room: lab.
 */
#include "gate_in.h"

/* ---------------------------------------------------------- the plain question */

/*
 * Windows before the service packs looks at COM_RIGHTS_EXECUTE alone: what was ticked for local or
 * remote is read as both, in allowing and denying entries (FACTS 1.2, "rolling back").
 */
static struct cs_sd as_host_reads(const struct cs_caller *caller, const struct csi_ask *ask)
{
    struct cs_sd old = *ask->sd;
    if (!ask->execute_only || !old.dacl || !old.dacl->count)
        return old;
    struct cs_acl *acl = cs_arena_alloc(caller->arena, sizeof *acl);
    struct cs_ace *aces = cs_arena_alloc(caller->arena, old.dacl->count * sizeof *aces);
    *acl = *old.dacl;
    for (size_t i = 0; i < acl->count; i++) {
        aces[i] = old.dacl->aces[i];
        aces[i].mask &= ~(uint32_t)(CS_COM_LOCAL | CS_COM_REMOTE | CS_COM_ACTIVATE_LOCAL |
                                    CS_COM_ACTIVATE_REMOTE);
    }
    acl->aces = aces;
    old.dacl = acl;
    return old;
}

struct cs_verdict csi_ask_plain(const struct cs_caller *caller, const struct csi_ask *ask,
                                const struct cs_token *token)
{
    if (ask->com) {
        struct cs_sd read = as_host_reads(caller, ask);
        return cs_com_check(caller->arena, &read, token, ask->kind, ask->rights);
    }
    struct cs_access access = {.token = token,
                               .desired = ask->rights,
                               .mapping = ask->mapping,
                               .object_types = ask->object,
                               .object_type_count = ask->object ? 1 : 0};
    return cs_access_check(ask->sd, &access);
}

/* ---------------------------------------------------------- open memberships */

enum { OPEN_MAX = 16 };

/* Groups in the list whose members nobody gave, and that the token does not hold. */
struct open_groups {
    const struct cs_sid *at[OPEN_MAX];
    size_t count;
};

static bool is_in(const struct open_groups *open, const struct cs_sid *sid)
{
    for (size_t i = 0; i < open->count; i++)
        if (cs_sid_equal(open->at[i], sid))
            return true;
    return false;
}

static struct open_groups open_groups_of(const struct cs_caller *caller, const struct cs_sd *sd,
                                         const struct cs_token *token)
{
    struct open_groups open = {.count = 0};
    for (size_t i = 0; sd->dacl && i < sd->dacl->count; i++) {
        const struct cs_ace *ace = &sd->dacl->aces[i];
        if (ace->opaque || ace->sid.count == 0 || open.count == OPEN_MAX ||
            is_in(&open, &ace->sid) || cs_token_find(token, &ace->sid) >= 0 ||
            cs_membership_known(caller->lab, caller->ca_host, &ace->sid))
            continue;
        open.at[open.count++] = &ace->sid;
    }
    return open;
}

static struct cs_token *with_groups(const struct cs_caller *caller, const struct cs_token *token,
                                    const struct open_groups *groups, unsigned flags)
{
    struct cs_token *copy = cs_token_new(caller->arena);
    for (size_t i = 0; copy && i < cs_token_count(token); i++) {
        const struct cs_token_sid *sid = cs_token_at(token, i);
        int index = cs_token_add(copy, &sid->sid, sid->flags, sid->origin, sid->via);
        if (index >= 0 && sid->id)
            cs_token_note(copy, index, sid->id);
    }
    for (size_t i = 0; copy && i < groups->count; i++)
        cs_token_add(copy, groups->at[i], flags, CS_ORIGIN_BUILTIN, CS_TOKEN_NO_VIA);
    return copy;
}

static bool has_domain_rid(const struct cs_token *token, const struct cs_sid *domain, uint32_t rid)
{
    if (!domain || domain->count == 0)
        return false;
    struct cs_sid sid = cs_sid_child(domain, rid);
    return cs_token_has(token, &sid);
}

/* FACTS 10, 3.5 */
bool csi_is_default_member(const struct cs_caller *caller, const struct cs_token *token,
                           const struct cs_sid *group)
{
    const struct cs_host *host = csi_ca_host(caller);
    const struct cs_domain *domain = host ? cs_domain_get(caller->lab, host->domain) : NULL;
    if (cs_sid_equal(group, &cs_sid_certsvc_dcom_access) || cs_sid_equal(group, &cs_sid_users))
        return cs_token_has(token, &cs_sid_authenticated_users);
    if (!cs_sid_equal(group, &cs_sid_administrators) || !domain)
        return false;
    const struct cs_sid *root = cs_domain_root_sid(caller->lab, host->domain);
    return has_domain_rid(token, &domain->sid, 512) ||
           (host->role == CS_ROLE_DC && has_domain_rid(token, root, 519));
}

struct cs_str csi_members_fact(const struct cs_caller *caller, const struct cs_sid *group)
{
    struct cs_str name = cs_sid_name(caller->lab, caller->arena, group, caller->ca_host);
    ptrdiff_t slash = cs_str_find(name, '\\');
    struct cs_str bare = cs_str_from(name, (size_t)(slash + 1));
    struct cs_str host = csi_host_name(caller->lab, caller->ca_host);
    return cs_str_printf(caller->arena, "members of %.*s on %.*s: net localgroup \"%.*s\"",
                         CS_STR_ARG(name), CS_STR_ARG(host), CS_STR_ARG(bare));
}

/* The token with the groups it belongs to by default; the answer rests on that. */
static const struct cs_token *assumed_token(const struct cs_caller *caller,
                                            const struct cs_token *token,
                                            const struct open_groups *open,
                                            struct cs_gate_answer *answer)
{
    struct open_groups default_groups = {.count = 0};
    for (size_t i = 0; i < open->count; i++) {
        if (csi_is_default_member(caller, token, open->at[i]))
            default_groups.at[default_groups.count++] = open->at[i];
        csi_assume(caller, answer, csi_members_fact(caller, open->at[i]));
    }
    return with_groups(caller, token, &default_groups, CS_TOKEN_ENABLED);
}

/* ----------------------------------------------------------------- words */

static struct cs_str sid_name(const struct cs_caller *caller, const struct cs_sid *sid)
{
    return cs_sid_name(caller->lab, caller->arena, sid, caller->ca_host);
}

static void explain_ace(const struct cs_caller *caller, const struct csi_ask *ask,
                        const struct cs_token *token, const struct cs_verdict *verdict,
                        struct cs_gate_answer *answer)
{
    if (!caller->explain || verdict->ace < 0)
        return;
    answer->ace = cs_ace_format(caller->arena, &ask->sd->dacl->aces[verdict->ace]);
    if (verdict->sid >= 0)
        answer->via = cs_token_path(caller->lab, caller->arena, token, verdict->sid);
}

/* "Administrators" of "BUILTIN\\Administrators"; names of a domain or machine stay whole. */
static struct cs_str short_name(const struct cs_caller *caller, const struct cs_sid *sid)
{
    struct cs_str name = sid_name(caller, sid);
    ptrdiff_t slash = cs_sid_is_account(sid) ? -1 : cs_str_find(name, '\\');
    return cs_str_from(name, (size_t)(slash + 1));
}

/* Does this entry alone grant all that was asked? */
static bool grants_all(const struct csi_ask *ask, const struct cs_ace *ace)
{
    bool allow = ace->type == CS_ACE_ALLOW || ace->type == CS_ACE_OBJECT_ALLOW;
    bool typed = ace->object_flags & CS_ACE_HAS_TYPE;
    if (ace->opaque || !allow || ace->flags & CS_ACE_INHERIT_ONLY)
        return false;
    if (typed && !(ask->object && cs_guid_equal(ask->object, &ace->object_type)))
        return false;
    return (ace->mask & ask->rights) == ask->rights;
}

/* `text` and blanks up to so many columns of a terminal, three at least. */
static struct cs_str padded(struct cs_arena *arena, struct cs_str text, size_t columns)
{
    size_t width = cs_str_width(text);
    return cs_str_printf(arena, "%.*s%*s", CS_STR_ARG(text),
                         (int)(columns > width ? columns - width : 0) + 3, "");
}

static struct cs_str rights_words(const struct cs_caller *caller, const struct csi_ask *ask,
                                  const struct cs_ace *ace)
{
    return ask->object ? cs_str_of(ask->what)
                       : cs_rights_format(caller->arena, ask->vocab, ace->mask);
}

/* The widest name and the widest rights of the entries that grant all. */
static void measure_grants(const struct cs_caller *caller, const struct csi_ask *ask,
                           const struct cs_sd *sd, size_t columns[2])
{
    columns[0] = columns[1] = 0;
    for (size_t i = 0; sd->dacl && i < sd->dacl->count; i++) {
        const struct cs_ace *ace = &sd->dacl->aces[i];
        if (!grants_all(ask, ace))
            continue;
        size_t name = cs_str_width(short_name(caller, &ace->sid));
        size_t rights = cs_str_width(rights_words(caller, ask, ace));
        columns[0] = name > columns[0] ? name : columns[0];
        columns[1] = rights > columns[1] ? rights : columns[1];
    }
}

/* Who would have got it: one line an entry that grants what was asked.  `fresh` is the token
 * as it would be made now, or NULL. */
static void tell_grants(const struct cs_caller *caller, const struct csi_ask *ask,
                        const struct cs_token *fresh, struct cs_gate_answer *answer)
{
    struct cs_arena *arena = caller->arena;
    struct cs_sd read = as_host_reads(caller, ask);
    struct cs_sd sd = ask->com ? cs_com_widen(arena, &read, ask->kind) : read;
    struct cs_str who = csi_caller_name(caller);
    size_t columns[2];
    if (!caller->explain)
        return;
    measure_grants(caller, ask, &sd, columns);
    for (size_t i = 0; sd.dacl && i < sd.dacl->count; i++) {
        const struct cs_ace *ace = &sd.dacl->aces[i];
        if (!grants_all(ask, ace))
            continue;
        struct cs_str name = padded(arena, short_name(caller, &ace->sid), columns[0]);
        struct cs_str rights = padded(arena, rights_words(caller, ask, ace), columns[1]);
        bool stale = fresh && cs_token_has(fresh, &ace->sid);
        csi_detail(caller, answer, "%.*s%.*s%.*s is %s", CS_STR_ARG(name), CS_STR_ARG(rights),
                   CS_STR_ARG(who), stale ? "a member, but not in this token" : "no member");
    }
}

/* The token as it would be made now; NULL when it is as young as that already. */
static struct cs_token *fresh_token(const struct cs_caller *caller)
{
    struct cs_error ignored;
    struct cs_token *token;
    if (cs_token_age(caller->lab, caller->ask->principal) == CS_NOW)
        return NULL;
    struct cs_token_ask ask = {.principal = caller->ask->principal,
                               .host = caller->ca_host,
                               .logon = caller->local ? CS_LOGON_LOCAL : CS_LOGON_NETWORK,
                               .when = CS_NOW};
    return cs_token_of(caller->lab, caller->arena, &ask, &token, &ignored) == CS_OK ? token : NULL;
}

/* "by which time": a restart for computers, a new logon for people. */
static struct cs_str renewal(const struct cs_caller *caller)
{
    cs_id host = cs_host_of_account(caller->lab, caller->ask->principal);
    if (!host)
        return CS_STR("log off and on again");
    return cs_str_printf(caller->arena, "restart %.*s",
                         CS_STR_ARG(csi_host_name(caller->lab, host)));
}

/* Refused only because the token is older than the membership?  (K24) */
static void tell_age(const struct cs_caller *caller, const struct csi_ask *ask,
                     const struct cs_token *fresh, struct cs_gate_answer *answer)
{
    struct cs_verdict now = csi_ask_plain(caller, ask, fresh);
    if (now.kind != CS_ALLOWED || now.ace < 0)
        return;
    struct cs_str group = sid_name(caller, &ask->sd->dacl->aces[now.ace].sid);
    struct cs_str cure = renewal(caller);
    answer->why = cs_str_printf(
        caller->arena, "%s: %.*s is a member of %.*s now, but its token is older: %.*s", ask->what,
        CS_STR_ARG(csi_caller_name(caller)), CS_STR_ARG(group), CS_STR_ARG(cure));
    struct cs_value path = cs_token_path(caller->lab, caller->arena, fresh, now.sid);
    struct cs_str steps = cs_value_show(caller->arena, &path);
    csi_detail(caller, answer, "with a new token: %.*s", CS_STR_ARG(steps));
}

static cs_status answer_refused(const struct cs_caller *caller, const struct csi_ask *ask,
                                const struct cs_token *token, const struct cs_verdict *verdict,
                                struct cs_gate_answer *answer)
{
    explain_ace(caller, ask, token, verdict, answer);
    if (verdict->kind == CS_DENIED && verdict->ace >= 0 && caller->explain) {
        struct cs_str who = sid_name(caller, &ask->sd->dacl->aces[verdict->ace].sid);
        return csi_refuse(caller, answer, CS_DENIED, ask->code, "%s: denied to %.*s", ask->what,
                          CS_STR_ARG(who));
    }
    csi_refuse(caller, answer, verdict->kind, ask->code, "%s: no entry grants it", ask->what);
    if (!caller->explain)
        return CS_OK;
    struct cs_token *fresh = fresh_token(caller);
    if (fresh)
        tell_age(caller, ask, fresh, answer);
    tell_grants(caller, ask, fresh, answer);
    return CS_OK;
}

static cs_status answer_allowed(const struct cs_caller *caller, const struct csi_ask *ask,
                                const struct cs_token *token, const struct cs_verdict *verdict,
                                struct cs_gate_answer *answer)
{
    explain_ace(caller, ask, token, verdict, answer);
    if (!caller->explain)
        return csi_allow(caller, answer, "%s", "");
    if (verdict->ace < 0)
        return csi_allow(caller, answer, "%s: there is no list, everybody may", ask->what);
    struct cs_str who = sid_name(caller, &ask->sd->dacl->aces[verdict->ace].sid);
    return csi_allow(caller, answer, "%s, by %.*s", ask->what, CS_STR_ARG(who));
}

static cs_status answer_by(const struct cs_caller *caller, const struct csi_ask *ask,
                           const struct cs_token *token, struct cs_gate_answer *answer)
{
    struct cs_verdict verdict = csi_ask_plain(caller, ask, token);
    if (verdict.kind == CS_ALLOWED)
        return answer_allowed(caller, ask, token, &verdict, answer);
    return answer_refused(caller, ask, token, &verdict, answer);
}

static cs_status answer_open(const struct cs_caller *caller, const struct csi_ask *ask,
                             const struct open_groups *open, struct cs_gate_answer *answer)
{
    if (csi_assumes(caller)) {
        const struct cs_token *token = assumed_token(caller, ask->token, open, answer);
        return answer_by(caller, ask, token ? token : ask->token, answer);
    }
    for (size_t i = 0; i < open->count; i++)
        csi_unknown(caller, answer, csi_members_fact(caller, open->at[i]));
    if (caller->explain)
        answer->why = cs_str_printf(caller->arena, "%s: not known who is in %.*s", ask->what,
                                    CS_STR_ARG(sid_name(caller, open->at[0])));
    return CS_OK;
}

/* The token with some of the open groups: those whose bit is set in `choice`. */
static bool may_with(const struct cs_caller *caller, const struct csi_ask *ask,
                     const struct open_groups *open, uint32_t choice)
{
    struct open_groups chosen = {.count = 0};
    for (size_t i = 0; i < open->count; i++)
        if (choice >> i & 1)
            chosen.at[chosen.count++] = open->at[i];
    struct cs_token *token = with_groups(caller, ask->token, &chosen, CS_TOKEN_ENABLED);
    return token && csi_ask_plain(caller, ask, token).kind == CS_ALLOWED;
}

/*
 * Does it end alike whichever of those groups the caller belongs to?  One may be allowed and
 * another denied, so every choice counts; where there are too many, it is not certain.
 */
static bool is_certain(const struct cs_caller *caller, const struct csi_ask *ask,
                       const struct open_groups *open)
{
    enum { CHOICES_MAX = 1 << 10 };
    uint32_t choices = UINT32_C(1) << open->count;
    bool now = csi_ask_plain(caller, ask, ask->token).kind == CS_ALLOWED;
    for (uint32_t choice = choices - 1; choice > 0 && choices <= CHOICES_MAX; choice--)
        if (may_with(caller, ask, open, choice) != now)
            return false;
    return choices <= CHOICES_MAX;
}

cs_status csi_ask(const struct cs_caller *caller, const struct csi_ask *ask,
                  struct cs_gate_answer *answer)
{
    struct open_groups open = open_groups_of(caller, ask->sd, ask->token);
    if (open.count == 0)
        return answer_by(caller, ask, ask->token, answer);
    if (is_certain(caller, ask, &open))
        return answer_by(caller, ask, ask->token, answer);
    return answer_open(caller, ask, &open, answer);
}
