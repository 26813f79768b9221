/*
 * import_given_group.c - local groups of machines, put into the lab.
 *
 * A member that nobody in the lab is stays an open question: the group then counts as not wholly
 * known.
 *
 * Room: lab.
 */
#include "import_given.h"

#include "lab_internal.h"

/* -------------------------------------------------------------- local groups */

struct local {
    struct cs_import *import;
    const struct csi_given_group *fact;
    cs_id host, group;
    cs_id *members;
    size_t count, unknown;
    struct cs_str stranger; /* a name that nobody bears */
};

static void name_new(struct local *local, struct cs_sid sid, struct cs_str said,
                     struct cs_principal *p)
{
    struct cs_sid_text text;
    const struct cs_sid_known *known = cs_sid_known_find(&sid);
    const struct cs_host *host = cs_host_get(local->import->lab, local->host);
    bool builtin = cs_sid_is_builtin(&sid), dc = host && host->role == CS_ROLE_DC;
    p->kind = CS_GROUP;
    p->scope = builtin ? CS_SCOPE_BUILTIN : CS_SCOPE_MACHINE_LOCAL;
    p->security = true;
    p->members_open = true;
    p->sid = sid;
    p->domain = builtin && dc ? host->domain : 0;
    p->host = p->domain ? 0 : local->host;
    cs_sid_format(&sid, &text);
    if (known || !said.length)
        said = cs_str_of(known ? known->name : text.text);
    p->name = cs_str_copy(local->import->arena, said);
}

struct owner {
    struct cs_sid sid;
    bool found;
};

static bool find_owner(void *context, const struct cs_record *record)
{
    struct owner *owner = context;
    const struct cs_domain *domain = (const struct cs_domain *)record;
    owner->found = cs_sid_in(&owner->sid, &domain->sid);
    return !owner->found;
}

/* A group that a machine calls its own, and that is of no domain: its SID tells the machine's. */
static bool tells_machine(const struct local *local, const struct cs_sid *sid)
{
    struct cs_import *import = local->import;
    const struct cs_host *host = cs_host_get(import->lab, local->host);
    struct owner owner = {.sid = *sid};
    bool member = host && (host->role == CS_ROLE_MEMBER || host->role == CS_ROLE_WORKSTATION);
    if (!member || host->machine.count || !cs_sid_is_account(sid))
        return false;
    cs_record_each(import->lab, CS_NOUN_DOMAIN, find_owner, &owner);
    if (owner.found)
        return false;
    struct cs_host more = *host;
    more.machine = cs_sid_parent(sid);
    return cs_host_put(import->lab, &more, NULL, NULL) == CS_OK;
}

/* May a group with this SID be made at the machine?  A domain's comes with its directory. */
static bool is_local(const struct local *local, const struct cs_sid *sid)
{
    const struct cs_host *host = cs_host_get(local->import->lab, local->host);
    return cs_sid_is_builtin(sid) ||
           (host && host->machine.count && cs_sid_in(sid, &host->machine)) ||
           tells_machine(local, sid);
}

/* By name, or by the SID that a Windows of another language means by it: then in `sid`. */
static void find_named(struct local *local, struct cs_str name, struct cs_sid *sid)
{
    struct cs_error ignored;
    if (cs_principal_resolve(local->import->lab, name, local->host, &local->group, &ignored) ==
        CS_OK)
        return;
    local->group = 0;
    if (!cs_sid_known_abroad(name, sid))
        *sid = (struct cs_sid){0};
}

static cs_status strange_group(struct local *local, const struct csi_given_party *party)
{
    struct cs_import *import = local->import;
    struct cs_str name = party->name;
    local->group = 0;
    if (!name.length)
        name = cs_sid_name(import->lab, import->arena, &party->sid, local->host);
    csi_import_warn_at(import, local->fact->spot, "'%.*s' is no group that is known: left out",
                       CS_STR_ARG(name));
    return CS_OK;
}

/* The group of that SID or name at the machine, made if it is one of the machine itself. */
static cs_status find_group(struct local *local, struct cs_error *err)
{
    struct cs_import *import = local->import;
    const struct csi_given_party *party = csi_given_party(import->given, local->fact->party);
    struct cs_principal p = {0};
    struct cs_sid sid = party->sid;
    if (!sid.count)
        find_named(local, party->name, &sid);
    if (sid.count)
        local->group = cs_principal_by_sid(import->lab, &sid, local->host);
    if (sid.count && !local->group && is_local(local, &sid)) {
        name_new(local, sid, party->name, &p);
        p.source = csi_import_source(import, local->fact->spot);
        return cs_principal_put(import->lab, &p, &local->group, err);
    }
    if (local->group && cs_principal_get(import->lab, local->group, &p) && p.kind == CS_GROUP)
        return CS_OK;
    return strange_group(local, party);
}

/* A host that is but named counts as a member server until an export tells more of it. */
static bool is_role_told(const struct cs_lab *lab, const struct cs_host *host)
{
    struct cs_str product = CS_STR("HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions");
    return host->complete || host->account || host->machine.count || host->role != CS_ROLE_MEMBER ||
           cs_registry_get(lab, host->record.id, product, CS_STR("ProductType"));
}

/* A domain controller prints its own domain's accounts without the domain's name, so a list that
 * has that name is of another machine.  Of one whose role nobody told, ".\\name" may be either. */
static bool may_be_dc(const struct local *local)
{
    const struct cs_import *import = local->import;
    const struct cs_host *host = cs_host_get(import->lab, local->host);
    if (!host || is_role_told(import->lab, host))
        return host && host->role == CS_ROLE_DC;
    for (size_t i = 0; i < local->fact->count; i++) {
        struct cs_str name = csi_given_party(import->given, local->fact->members[i])->name;
        ptrdiff_t slash = cs_str_find(name, '\\');
        cs_id domain =
            slash > 0 ? cs_domain_find(import->lab, cs_str_span(name.at, (size_t)slash)) : 0;
        if (domain && (!host->domain || domain == host->domain))
            return false;
    }
    return true;
}

/* Nobody that a domain has: an account of the machine itself. */
static bool is_own(const struct local *local, const struct csi_given_party *party)
{
    return csi_given_is_own(local->import, party, local->host) &&
           (!cs_str_starts(party->name, CS_STR(".\\")) || !may_be_dc(local));
}

static struct cs_str without_dot(struct cs_str name)
{
    return cs_str_starts(name, CS_STR(".\\")) ? cs_str_from(name, 2) : name;
}

static cs_status find_members(struct local *local, struct cs_error *err)
{
    struct cs_import *import = local->import;
    local->members =
        cs_arena_alloc(import->arena, (local->fact->count + 1) * sizeof *local->members);
    for (size_t i = 0; i < local->fact->count; i++) {
        const struct csi_given_party *party =
            csi_given_party(import->given, local->fact->members[i]);
        cs_id id;
        cs_status status = csi_given_id(import, party, local->host, &id, err);
        if (status != CS_OK)
            return status;
        if (id)
            local->members[local->count++] = id;
        else if (is_own(local, party))
            csi_import_skip_at(import, local->fact->spot, "account of the machine itself",
                               party->name);
        else if (!local->unknown++)
            local->stranger = without_dot(party->name);
    }
    return CS_OK;
}

struct leavers {
    const struct local *local;
    cs_id *at;
    size_t count;
};

static bool find_leaver(void *context, cs_id id)
{
    struct leavers *leavers = context;
    for (size_t i = 0; i < leavers->local->count; i++)
        if (leavers->local->members[i] == id)
            return true;
    leavers->at[leavers->count++] = id;
    return true;
}

static bool count_one(void *context, cs_id id)
{
    (void)id;
    ++*(size_t *)context;
    return true;
}

/* A whole list takes away whom it lacks; an earlier export that said otherwise is told of. */
static void take_away(const struct local *local)
{
    struct cs_import *import = local->import;
    struct leavers leavers = {.local = local};
    size_t room = 0;
    cs_member_each(import->lab, local->group, CS_NOW, count_one, &room);
    leavers.at = cs_arena_alloc(import->arena, (room + 1) * sizeof *leavers.at);
    cs_member_each(import->lab, local->group, CS_NOW, find_leaver, &leavers);
    for (size_t i = 0; i < leavers.count; i++) {
        struct cs_str name = cs_principal_name(import->lab, import->arena, leavers.at[i]);
        csi_import_warn_at(import, local->fact->spot,
                           "%.*s was a member before: this list without it counts",
                           CS_STR_ARG(name));
        csi_edge_set(import->lab, local->group, leavers.at[i], false, NULL);
    }
}

static cs_status mark_known(const struct local *local, struct cs_error *err)
{
    struct cs_import *import = local->import;
    struct cs_principal p;
    cs_principal_get(import->lab, local->group, &p);
    bool all = local->fact->what == CS_MEMBERS_ALL && !local->unknown;
    bool open = local->fact->what == CS_MEMBERS_MORE ? p.members_open : !all;
    if (local->fact->what == CS_MEMBERS_SOME && !p.members_open && !local->unknown)
        open = false; /* another file told them all */
    p.members_open = open;
    p.source = csi_import_source(import, local->fact->spot);
    cs_id id;
    return cs_principal_put(import->lab, &p, &id, err);
}

cs_status csi_given_put_group(struct cs_import *import, const struct csi_given_group *fact,
                              cs_id *home, struct cs_error *err)
{
    struct local local = {.import = import, .fact = fact};
    cs_status status = csi_given_host(import, &fact->machine, fact->spot, home, &local.host, err);
    if (status == CS_OK)
        status = find_group(&local, err);
    if (status != CS_OK || !local.group)
        return status;
    status = find_members(&local, err);
    if (status == CS_OK && fact->what == CS_MEMBERS_ALL && !local.unknown)
        take_away(&local);
    for (size_t i = 0; status == CS_OK && i < local.count; i++)
        if (!cs_member_has(import->lab, local.group, local.members[i], CS_NOW))
            csi_edge_set(import->lab, local.group, local.members[i], true, NULL);
    if (local.unknown)
        csi_import_warn_at(import, fact->spot,
                           "members that no file knows: %zu ('%.*s'); the group stays open; import "
                           "the directory, too",
                           local.unknown, CS_STR_ARG(local.stranger));
    csi_import_added(import, fact->spot);
    return status == CS_OK ? mark_known(&local, err) : status;
}
