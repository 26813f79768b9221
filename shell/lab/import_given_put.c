/*
 * import_given_put.c - facts by SID and facts of machines, put into the lab.
 *
 * A name that nobody in the lab bears stays an open question: the local group then counts as
 * not wholly known, and a user right is not taken at all.  A guess would turn into a verdict.
 *
 * Room: lab.
 */
#include "import_given.h"

#include "lab_internal.h"

/* ---------------------------------------------------------------- templates */

static const struct csi_given_template *template_of(const struct csi_given *given, struct cs_str id)
{
    for (size_t i = 0; i < given->templates.count; i++) {
        const struct csi_given_template *named = csi_pile_at(&given->templates, i);
        if (cs_str_same(named->id, id))
            return named;
    }
    return NULL;
}

/* Names for ids; an id that no file explains leaves the list of published ones open. */
static void name_templates(struct cs_import *import, struct csi_import_ca *ca)
{
    enum { GUID_LENGTH = 36 };
    size_t count = 0, unknown = 0;
    struct cs_str *names =
        cs_arena_alloc(import->arena, (ca->facts.templates.count + 1) * sizeof *names);
    for (size_t i = 0; i < ca->facts.templates.count; i++) {
        struct cs_str id = ca->facts.templates.at[i];
        const struct csi_given_template *named = template_of(import->given, id);
        bool bare = !named && id.length == GUID_LENGTH && cs_str_find(id, '-') == 8;
        unknown += bare;
        if (!bare)
            names[count++] = named ? named->name : id;
    }
    ca->facts.templates = (struct cs_strs){names, count};
    if (!unknown)
        return;
    ca->facts.templates_known = false;
    csi_import_warn_at(import, ca->spot,
                       "%zu published templates are in none of the files: certtemplates.json",
                       unknown);
}

void csi_given_prepare(struct cs_import *import)
{
    for (size_t i = 0; import->given && i < import->cas.count; i++)
        name_templates(import, csi_pile_at(&import->cas, i));
}

/* ------------------------------------------------------------------ members */

static cs_id party_in_bulk(struct cs_import *import, struct csi_given_party *party,
                           struct csi_spot spot)
{
    if (party->id)
        return party->id;
    cs_id domain = party->domain ? csi_import_domain(import, party->domain)->id : 0;
    party->id = csi_bulk_find(import->bulk, &party->sid, domain, 0);
    if (party->id)
        return party->id;
    struct cs_sid_text text;
    struct cs_principal p = {.kind = CS_FOREIGN, .sid = party->sid};
    p.name = cs_str_of(cs_sid_format(&party->sid, &text));
    if (cs_sid_is_builtin(&party->sid)) {
        const struct cs_sid_known *known = cs_sid_known_find(&party->sid);
        p.kind = CS_GROUP;
        p.scope = CS_SCOPE_BUILTIN;
        p.security = p.members_open = true;
        p.domain = domain;
        if (known)
            p.name = cs_str_of(known->name);
    }
    p.source = csi_import_source(import, spot);
    return party->id = csi_bulk_principal(import->bulk, &p, NULL);
}

bool csi_given_has_members(const struct cs_import *import)
{
    return import->given && import->given->edges.count;
}

/* Numbers of parties become ids, in place. */
static void link_edges(struct cs_import *import, const struct csi_given_edges *edges, size_t *lost)
{
    const struct csi_given *given = import->given;
    cs_id group = party_in_bulk(import, csi_given_party(given, edges->group), edges->spot);
    if (!csi_bulk_is_group(import->bulk, group)) {
        *lost += edges->count;
        return;
    }
    for (uint32_t i = 0; i < edges->count; i++)
        edges->members[i] =
            party_in_bulk(import, csi_given_party(given, edges->members[i]), edges->spot);
    csi_bulk_members(import->bulk, group, edges->members, edges->count);
}

void csi_given_put_members(struct cs_import *import)
{
    size_t lost = 0;
    if (!csi_given_has_members(import))
        return;
    for (size_t i = 0; i < import->given->edges.count; i++)
        link_edges(import, csi_pile_at(&import->given->edges, i), &lost);
    if (lost)
        csi_import_warn_at(import, (struct csi_spot){0},
                           "%zu members are of groups that are none: left out", lost);
}

/* ------------------------------------------------------------- which machine */

static struct cs_str account_name(struct cs_import *import, const struct cs_sid *sid)
{
    struct cs_principal p;
    cs_id id = cs_principal_by_sid(import->lab, sid, 0);
    if (!id || !cs_principal_get(import->lab, id, &p))
        return CS_STR("");
    struct cs_str name = p.dns.length ? p.dns : p.name;
    if (cs_str_ends(name, CS_STR("$")))
        name.length--;
    return name;
}

static cs_status home_of(struct cs_import *import, struct csi_spot spot, cs_id *home, cs_id *host,
                         struct cs_error *err)
{
    struct cs_str file = csi_import_file_at(import, spot.file)->report.file;
    *host = import->host ? import->host : 0;
    if (*host)
        return CS_OK;
    if (import->host_name.length)
        return csi_import_host(import, import->host_name, spot, host, err);
    *host = *home && !import->several ? *home : import->current;
    if (*host)
        return CS_OK;
    cs_status status = csi_import_host(import, csi_import_stem(file), spot, host, err);
    const struct cs_host *made = status == CS_OK ? cs_host_get(import->lab, *host) : NULL;
    if (made && !import->given->told)
        csi_import_warn_at(import, (struct csi_spot){spot.file, 0},
                           "no file says which machine this is of: taken for %.*s (--host says it)",
                           CS_STR_ARG(made->name));
    import->given->told = true;
    return status;
}

static cs_status host_of(struct cs_import *import, const struct csi_given_machine *machine,
                         struct csi_spot spot, cs_id *home, cs_id *host, struct cs_error *err)
{
    struct cs_str name = machine->name;
    if (machine->account.count && !name.length)
        name = account_name(import, &machine->account);
    if (name.length)
        return csi_import_host(import, name, spot, host, err);
    cs_status status = home_of(import, spot, home, host, err);
    if (status == CS_OK && !*home)
        *home = *host;
    return status;
}

/* A party as a principal, seen from a machine; 0: nobody knows that name. */
static cs_status party_in_lab(struct cs_import *import, const struct csi_given_party *party,
                              cs_id host, cs_id *id, struct cs_error *err)
{
    struct cs_error ignored;
    *id = 0;
    if (party->sid.count && party->domain) {
        struct cs_import_party one = {.sid = party->sid};
        *id = party->id ? party->id : cs_principal_by_sid(import->lab, &one.sid, 0);
        return CS_OK;
    }
    if (party->sid.count)
        return cs_principal_of_sid(import->lab, &party->sid, host, id, err);
    if (cs_principal_resolve(import->lab, party->name, host, id, &ignored) != CS_OK)
        *id = 0;
    return CS_OK;
}

/* A bare name that nobody bears, elsewhere than on a domain controller: an account of the machine
 * itself ("Guest"), which no principal of a domain is. */
static bool is_own_account(const struct cs_import *import, const struct csi_given_party *party,
                           cs_id host)
{
    const struct cs_host *machine = cs_host_get(import->lab, host);
    return !party->sid.count && cs_str_find(party->name, '\\') < 0 &&
           cs_str_find(party->name, '@') < 0 && machine && machine->role != CS_ROLE_DC;
}

/* -------------------------------------------------------------- local groups */

struct local {
    struct cs_import *import;
    const struct csi_given_group *fact;
    cs_id host, group;
    cs_id *members;
    size_t count, unknown;
    struct cs_str stranger; /* a name that nobody bears */
};

static void name_new(struct local *local, const struct csi_given_party *party,
                     struct cs_principal *p)
{
    struct cs_sid_text text;
    const struct cs_sid_known *known = cs_sid_known_find(&party->sid);
    const struct cs_host *host = cs_host_get(local->import->lab, local->host);
    bool builtin = cs_sid_is_builtin(&party->sid), dc = host && host->role == CS_ROLE_DC;
    p->kind = CS_GROUP;
    p->scope = builtin ? CS_SCOPE_BUILTIN : CS_SCOPE_MACHINE_LOCAL;
    p->security = true;
    p->members_open = true;
    p->sid = party->sid;
    p->domain = builtin && dc ? host->domain : 0;
    p->host = p->domain ? 0 : local->host;
    cs_sid_format(&party->sid, &text);
    p->name = cs_str_copy(local->import->arena, cs_str_of(known ? known->name : text.text));
}

/* May a group with this SID be made at the machine?  A domain's comes with its directory. */
static bool is_local(const struct local *local, const struct cs_sid *sid)
{
    const struct cs_host *host = cs_host_get(local->import->lab, local->host);
    return cs_sid_is_builtin(sid) ||
           (host && host->machine.count && cs_sid_in(sid, &host->machine));
}

/* The group of that SID or name at the machine, made if it is a built-in one. */
static cs_status find_group(struct local *local, struct cs_error *err)
{
    struct cs_import *import = local->import;
    const struct csi_given_party *party = csi_given_party(import->given, local->fact->party);
    struct cs_principal p = {0};
    struct cs_error ignored;
    if (!party->sid.count) {
        if (cs_principal_resolve(import->lab, party->name, local->host, &local->group, &ignored) !=
            CS_OK)
            local->group = 0;
    } else {
        local->group = cs_principal_by_sid(import->lab, &party->sid, local->host);
        if (!local->group && is_local(local, &party->sid)) {
            name_new(local, party, &p);
            p.source = csi_import_source(import, local->fact->spot);
            return cs_principal_put(import->lab, &p, &local->group, err);
        }
    }
    if (local->group && cs_principal_get(import->lab, local->group, &p) && p.kind == CS_GROUP)
        return CS_OK;
    local->group = 0;
    struct cs_str name = party->name;
    if (!name.length)
        name = cs_sid_name(import->lab, import->arena, &party->sid, local->host);
    csi_import_warn_at(import, local->fact->spot, "'%.*s' is no group that is known: left out",
                       CS_STR_ARG(name));
    return CS_OK;
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
        cs_status status = party_in_lab(import, party, local->host, &id, err);
        if (status != CS_OK)
            return status;
        if (id)
            local->members[local->count++] = id;
        else if (!is_own_account(import, party, local->host) && !local->unknown++)
            local->stranger = party->name;
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

static cs_status put_group(struct cs_import *import, const struct csi_given_group *fact,
                           cs_id *home, struct cs_error *err)
{
    struct local local = {.import = import, .fact = fact};
    cs_status status = host_of(import, &fact->machine, fact->spot, home, &local.host, err);
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

/* ---------------------------------------------------------- rights, services */

static cs_status holder_text(struct cs_import *import, const struct csi_given_party *party,
                             cs_id host, struct cs_str *text)
{
    struct cs_sid_text room;
    struct cs_principal p;
    struct cs_error ignored;
    cs_id id = 0;
    const struct cs_sid *sid = &party->sid;
    if (!sid->count) {
        if (cs_principal_resolve(import->lab, party->name, host, &id, &ignored) != CS_OK ||
            !cs_principal_get(import->lab, id, &p))
            return CS_NOT_FOUND;
        sid = &p.sid;
    }
    *text = cs_str_copy(import->arena, cs_str_of(cs_sid_format(sid, &room)));
    return CS_OK;
}

static cs_status put_right(struct cs_import *import, const struct csi_given_right *fact,
                           cs_id *home, struct cs_error *err)
{
    struct cs_right_grant grant = {.name = fact->name};
    cs_status status = host_of(import, &fact->machine, fact->spot, home, &grant.host, err);
    if (status != CS_OK)
        return status;
    struct cs_str *sids = cs_arena_alloc(import->arena, (fact->count + 1) * sizeof *sids);
    size_t count = 0;
    for (size_t i = 0; i < fact->count; i++) {
        const struct csi_given_party *party = csi_given_party(import->given, fact->holders[i]);
        bool known = holder_text(import, party, grant.host, &sids[count]) == CS_OK;
        count += known;
        if (known || is_own_account(import, party, grant.host))
            continue;
        csi_import_warn_at(import, fact->spot,
                           "%.*s is left unknown: nobody is called '%.*s'; import the directory, "
                           "too",
                           CS_STR_ARG(fact->name), CS_STR_ARG(party->name));
        return CS_OK;
    }
    const struct cs_right_grant *old = cs_right_find(import->lab, grant.host, fact->name);
    if (old)
        grant.record = old->record;
    grant.sids = (struct cs_strs){sids, count};
    grant.record.source = csi_import_source(import, fact->spot);
    csi_import_added(import, fact->spot);
    cs_id id;
    return cs_right_put(import->lab, &grant, &id, err);
}

static cs_status put_service(struct cs_import *import, const struct csi_given_service *fact,
                             cs_id *home, struct cs_error *err)
{
    struct cs_service service = fact->facts;
    cs_status status = host_of(import, &fact->machine, fact->spot, home, &service.host, err);
    if (status != CS_OK)
        return status;
    const struct cs_service *old = cs_service_find(import->lab, service.host, service.name);
    service.record = old ? old->record : (struct cs_record){0};
    if (!service.state && !old)
        return CS_OK; /* how it starts alone says nothing */
    if (!service.state)
        service.state = old->state;
    if (!service.start)
        service.start = old ? old->start : CS_START_AUTO;
    if (!service.display.length && old)
        service.display = old->display;
    service.record.source = csi_import_source(import, fact->spot);
    csi_import_added(import, fact->spot);
    cs_id id;
    return cs_service_put(import->lab, &service, &id, err);
}

/* States first: how a service starts adds to what is known of it. */
static cs_status put_services(struct cs_import *import, cs_id *home, struct cs_error *err)
{
    const struct csi_pile *services = &import->given->services;
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < services->count * 2; i++) {
        const struct csi_given_service *fact = csi_pile_at(services, i % services->count);
        if ((fact->facts.state != 0) == (i < services->count))
            status = put_service(import, fact, home, err);
    }
    return status;
}

/* -------------------------------------------------------- published templates */

static cs_status put_published(struct cs_import *import, const struct csi_given_published *fact,
                               cs_id *home, struct cs_error *err)
{
    static const struct csi_given_machine here;
    cs_id host, id;
    cs_status status = host_of(import, &here, fact->spot, home, &host, err);
    if (status != CS_OK)
        return status;
    const struct cs_ca *known = cs_ca_get(import->lab, cs_ca_on_host(import->lab, host));
    if (!known) {
        csi_import_warn_at(import, fact->spot,
                           "published templates are left out: no CA is known on %.*s (--host)",
                           CS_STR_ARG(cs_host_get(import->lab, host)->name));
        return CS_OK;
    }
    struct cs_ca ca = *known;
    ca.templates = fact->names;
    ca.templates_known = true;
    ca.record.source = csi_import_source(import, fact->spot);
    csi_import_added(import, fact->spot);
    return cs_ca_put(import->lab, &ca, &id, err);
}

/* --------------------------------------------------------- security of a CA */

static cs_status put_security(struct cs_import *import, const struct csi_given_security *fact,
                              struct cs_error *err)
{
    const struct cs_ca *known = cs_ca_get(import->lab, cs_ca_find(import->lab, fact->ca));
    if (!known || !known->host)
        return CS_OK;
    struct cs_ca ca = *known;
    struct cs_source source = csi_import_source(import, fact->spot);
    struct cs_str key = cs_ca_key(import->arena, &ca), name = CS_STR("Security");
    const struct cs_reg_value *old = cs_registry_get(import->lab, ca.host, key, name);
    if (old && old->record.source.origin > CS_ORIGIN_ASSUMED &&
        old->record.source.origin != ca.excerpt)
        return CS_OK; /* a registry export tells all of it */
    cs_status status =
        cs_registry_set(import->lab, ca.host, key, name, CS_REG_BINARY, fact->sd, source, err);
    if (status != CS_OK)
        return status;
    ca.excerpt = source.origin;
    csi_import_added(import, fact->spot);
    cs_id id;
    return cs_ca_put(import->lab, &ca, &id, err);
}

/* --------------------------------------------------------------------- all */

static cs_status put_groups(struct cs_import *import, cs_id *home, struct cs_error *err)
{
    const struct csi_pile *groups = &import->given->groups;
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < groups->count; i++)
        status = put_group(import, csi_pile_at(groups, i), home, err);
    return status;
}

static cs_status put_rights(struct cs_import *import, cs_id *home, struct cs_error *err)
{
    const struct csi_pile *rights = &import->given->rights;
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < rights->count; i++)
        status = put_right(import, csi_pile_at(rights, i), home, err);
    return status;
}

cs_status csi_given_put_machines(struct cs_import *import, cs_id *home, struct cs_error *err)
{
    if (!import->given)
        return CS_OK;
    const struct csi_pile *published = &import->given->published;
    const struct csi_pile *securities = &import->given->securities;
    cs_status status = put_groups(import, home, err);
    if (status == CS_OK)
        status = put_rights(import, home, err);
    if (status == CS_OK)
        status = put_services(import, home, err);
    for (size_t i = 0; status == CS_OK && i < published->count; i++)
        status = put_published(import, csi_pile_at(published, i), home, err);
    for (size_t i = 0; status == CS_OK && i < securities->count; i++)
        status = put_security(import, csi_pile_at(securities, i), err);
    return status;
}
