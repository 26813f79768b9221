/*
 * change.c - group new, delete, add and remove.
 *
 * Windows' rules decide (nesting, mixed mode, primary groups), and its numbers come back in the
 * error.  Several members are one transaction: all of them or none.
 */
#include <string.h>

#include "group.h"

static cs_status refuse(struct cs_error *err, uint32_t number, struct cs_str name)
{
    const char *text = cs_win32_text(number, CS_STR("en"));
    cs_fail(err, CS_STATE, "%s", text ? text : "this group cannot be changed so");
    cs_error_where(err, "'%.*s'", CS_STR_ARG(name));
    if (err)
        err->win32 = number;
    return CS_STATE;
}

/* ---------------------------------------------------------------------- new */

/* What no sAMAccountName may hold (MS-SAMR 3.1.1.6). */
static cs_status check_name(struct cs_str name, struct cs_error *err)
{
    enum { MOST = 256 };
    if (!name.length || name.length > MOST)
        return cs_fail(err, CS_INVALID, "a group's name has 1 to %d characters", MOST);
    for (size_t i = 0; i < name.length; i++)
        if ((unsigned char)name.at[i] < 0x20 || strchr("\"/\\[]:;|=,+*?<>", name.at[i]))
            return cs_fail(err, CS_INVALID, "'%.*s' cannot be a name: '%c' is in it",
                           CS_STR_ARG(name), name.at[i]);
    return CS_OK;
}

/* DOMAIN\name or HOST\name; a bare name belongs to the current host's domain, or to it. */
static cs_status find_owner(struct cs_call *call, struct cs_str text, struct cs_principal *group,
                            struct cs_error *err)
{
    const struct cs_lab *lab = cs_call_lab(call);
    ptrdiff_t slash = cs_str_find(text, '\\');
    cs_id host;
    group->name = slash < 0 ? text : cs_str_from(text, (size_t)slash + 1);
    if (slash >= 0) {
        struct cs_str owner = cs_str_span(text.at, (size_t)slash);
        group->domain = cs_domain_find(lab, owner);
        group->host = group->domain ? 0 : cs_host_find(lab, owner);
        return group->domain || group->host
                   ? CS_OK
                   : cs_fail(err, CS_NOT_FOUND, "no domain or host '%.*s'", CS_STR_ARG(owner));
    }
    if (cs_call_host(call, NULL, &host, err) != CS_OK)
        return cs_error_hint(err, "say whose it is: DOMAIN\\%.*s", CS_STR_ARG(text));
    group->domain = cs_host_get(lab, host)->domain;
    if (!group->domain || group->scope == CS_SCOPE_MACHINE_LOCAL) {
        group->host = host;
        group->domain = 0;
    }
    return CS_OK;
}

static enum cs_scope scope_of(struct cs_str word)
{
    static const enum cs_scope scopes[] = {CS_SCOPE_GLOBAL, CS_SCOPE_UNIVERSAL,
                                           CS_SCOPE_DOMAIN_LOCAL, CS_SCOPE_MACHINE_LOCAL};
    for (size_t i = 0; i < CS_COUNT(scopes); i++)
        if (cs_str_is(word, cs_scope_name(scopes[i])))
            return scopes[i];
    return CS_SCOPE_NONE; /* not given: what is usual where it is made */
}

static cs_status fit_scope(const struct cs_lab *lab, struct cs_principal *group,
                           struct cs_error *err)
{
    const struct cs_host *host = cs_host_get(lab, group->host);
    bool given = group->scope != CS_SCOPE_NONE;
    if (host && host->role == CS_ROLE_DC)
        return cs_fail(err, CS_INVALID,
                       "a domain controller has no groups of its own: domain-local "
                       "ones are its domain's");
    if (!given)
        group->scope = host ? CS_SCOPE_MACHINE_LOCAL : CS_SCOPE_GLOBAL;
    if ((group->scope == CS_SCOPE_MACHINE_LOCAL) != (host != NULL))
        return cs_fail(err, CS_INVALID, "a %s group cannot be %s", cs_scope_name(group->scope),
                       host ? "a machine's" : "a domain's");
    return CS_OK;
}

static cs_status tell_group(struct cs_call *call, const struct cs_principal *group,
                            const char *change, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_arena *arena = cs_call_arena(call);
    return CS_ROW(call, err, cs_value_str(cs_principal_name(lab, arena, group->id)),
                  group_sid(arena, &group->sid), cs_value_text(cs_scope_name(group->scope)),
                  group_category(group), cs_value_text(change));
}

cs_status group_new(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_principal group = {
        .kind = CS_GROUP,
        .scope = scope_of(cs_call_str(call, "scope")),
        .security = !cs_call_flag(call, "distribution"),
        .comment = cs_call_str(call, "comment"),
        .source = {.origin = CS_ORIGIN_COMMAND},
    };
    cs_status status = find_owner(call, cs_call_str(call, "name"), &group, err);
    if (status == CS_OK)
        status = check_name(group.name, err);
    if (status == CS_OK)
        status = fit_scope(lab, &group, err);
    if (status == CS_OK)
        status = cs_principal_put(lab, &group, &group.id, err);
    if (status != CS_OK)
        return status;
    cs_principal_get(lab, group.id, &group);
    return tell_group(call, &group, "created", err);
}

/* ------------------------------------------------------------------- delete */

struct looking {
    const struct cs_lab *lab;
    cs_id group;
    bool found;
};

static bool is_primary_of_any(void *context, const cs_id *ids, size_t count, unsigned depth)
{
    struct looking *looking = context;
    (void)depth;
    for (size_t i = 0; i < count && !looking->found; i++)
        looking->found = cs_principal_primary(looking->lab, ids[i]) == looking->group;
    return !looking->found;
}

cs_status group_delete(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_principal group;
    struct looking looking = {.lab = lab, .group = cs_call_id(call, "group")};
    if (!cs_principal_get(lab, looking.group, &group))
        return cs_fail(err, CS_NOT_FOUND, "no such group");
    if (group.scope == CS_SCOPE_BUILTIN || cs_sid_rid(&group.sid) < 1000)
        return refuse(err, 1371, group.name);
    cs_group_members_sliced(lab, group.id, CS_NOW, true, is_primary_of_any, &looking);
    if (looking.found)
        return refuse(err, 1374, group.name);
    cs_status status = tell_group(call, &group, "deleted", err);
    return status == CS_OK ? cs_principal_remove(lab, group.id, err) : status;
}

/* ------------------------------------------------------------------ members */

static cs_status tell_member(struct cs_call *call, cs_id group, cs_id member, const char *change,
                             struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_arena *arena = cs_call_arena(call);
    struct cs_principal p;
    if (!cs_principal_get(lab, member, &p))
        return cs_fail(err, CS_NOT_FOUND, "no such principal");
    return CS_ROW(call, err, cs_value_str(cs_principal_name(lab, arena, group)),
                  cs_value_str(cs_principal_name(lab, arena, member)), group_sid(arena, &p.sid),
                  cs_value_text(cs_principal_kind_name(p.kind)), cs_value_text(change));
}

/* The article says that only domain groups can be added (K16); the directory takes accounts. */
static void remark_account(struct cs_call *call, cs_id group, cs_id member)
{
    const struct cs_lab *lab = cs_call_lab(call);
    struct cs_principal g, m;
    cs_id host;
    struct cs_error none;
    if (cs_call_host(call, NULL, &host, &none) != CS_OK || cs_certsvc_group(lab, host) != group ||
        !cs_principal_get(lab, group, &g) || !cs_principal_get(lab, member, &m))
        return;
    if (g.scope == CS_SCOPE_DOMAIN_LOCAL && (m.kind == CS_USER || m.kind == CS_COMPUTER))
        cs_call_warn(call,
                     "KB 903220 says that only groups can be added to %.*s; the directory takes "
                     "accounts, too",
                     CS_STR_ARG(g.name));
}

static cs_id id_of(const struct cs_value *value)
{
    return value->id;
}

cs_status group_add(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    cs_id group = cs_call_id(call, "group");
    struct cs_list members = cs_call_many(call, "members");
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < members.count; i++) {
        cs_id member = id_of(&members.at[i]);
        status = cs_member_add(lab, group, member, err);
        if (status != CS_OK)
            break;
        remark_account(call, group, member);
        status = tell_member(call, group, member, "added", err);
    }
    return status;
}

cs_status group_remove(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    cs_id group = cs_call_id(call, "group");
    struct cs_list members = cs_call_many(call, "members");
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < members.count; i++) {
        cs_id member = id_of(&members.at[i]);
        struct cs_principal p;
        bool listed = cs_member_has(lab, group, member, CS_NOW);
        if (!listed && cs_principal_primary(lab, member) == group &&
            cs_principal_get(lab, member, &p))
            return refuse(err, 1374, p.name);
        status = cs_member_remove(lab, group, member, err);
        if (status == CS_OK)
            status = tell_member(call, group, member, "removed", err);
    }
    return status;
}
