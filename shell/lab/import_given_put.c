/*
 * import_given_put.c - members by SID, user rights and services, put into the lab.
 *
 * A name that nobody in the lab bears stays an open question: a user right keeps it as it is
 * written, and whoever does not hold the right otherwise may yet (decision 0009).
 *
 * Room: lab.
 */
#include "import_given.h"

#include "lab_internal.h"

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

cs_status csi_given_home(struct cs_import *import, struct csi_spot spot, cs_id *home, cs_id *host,
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

cs_status csi_given_host(struct cs_import *import, const struct csi_given_machine *machine,
                         struct csi_spot spot, cs_id *home, cs_id *host, struct cs_error *err)
{
    struct cs_str name = machine->name;
    if (machine->account.count && !name.length)
        name = account_name(import, &machine->account);
    if (name.length)
        return csi_import_host(import, name, spot, host, err);
    cs_status status = csi_given_home(import, spot, home, host, err);
    if (status == CS_OK && !*home)
        *home = *host;
    return status;
}

/* A party as a principal, seen from a machine; 0: nobody knows that name, also not as one that a
 * Windows of another language gives. */
cs_status csi_given_id(struct cs_import *import, const struct csi_given_party *party, cs_id host,
                       cs_id *id, struct cs_error *err)
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
    if (cs_principal_resolve(import->lab, party->name, host, id, &ignored) == CS_OK)
        return CS_OK;
    struct cs_sid sid;
    *id = 0;
    return cs_sid_known_abroad(party->name, &sid)
               ? cs_principal_of_sid(import->lab, &sid, host, id, err)
               : CS_OK;
}

/* A name without an authority, or with the machine's own, that nobody bears, elsewhere than on a
 * domain controller: an account of the machine itself ("Guest"), which no principal of a domain
 * is. */
bool csi_given_is_own(const struct cs_import *import, const struct csi_given_party *party,
                      cs_id host)
{
    const struct cs_host *machine = cs_host_get(import->lab, host);
    bool dot = cs_str_starts(party->name, CS_STR(".\\"));
    return !party->sid.count && (dot || cs_str_find(party->name, '\\') < 0) &&
           cs_str_find(party->name, '@') < 0 && machine && machine->role != CS_ROLE_DC;
}

/* ---------------------------------------------------------- rights, services */

static cs_status holder_text(struct cs_import *import, const struct csi_given_party *party,
                             cs_id host, struct cs_str *text)
{
    struct cs_sid_text room;
    struct cs_principal p;
    struct cs_error ignored;
    cs_id id = 0;
    struct cs_sid sid = party->sid;
    if (!sid.count) {
        if (cs_principal_resolve(import->lab, party->name, host, &id, &ignored) == CS_OK &&
            cs_principal_get(import->lab, id, &p))
            sid = p.sid;
        else if (!cs_sid_known_abroad(party->name, &sid))
            return CS_NOT_FOUND;
    }
    *text = cs_str_copy(import->arena, cs_str_of(cs_sid_format(&sid, &room)));
    return CS_OK;
}

/* The name stands for the SID: those who hold the right by another are sure of it. */
static void keep_stranger(struct cs_import *import, const struct csi_given_right *fact,
                          struct cs_str name, struct cs_str *text)
{
    *text = cs_str_copy(import->arena, name);
    csi_import_warn_at(import, fact->spot,
                       "%.*s names '%.*s', who is nobody here: who else holds it is not known; "
                       "import the directory, too",
                       CS_STR_ARG(fact->name), CS_STR_ARG(name));
}

/* Typed templates write names in any case: as Windows has them where they are known. */
static struct cs_str right_name(struct cs_str written)
{
    size_t count;
    const char *const *names = cs_right_names(&count);
    for (size_t i = 0; i < count; i++)
        if (cs_str_same(written, cs_str_of(names[i])))
            return cs_str_of(names[i]);
    return written;
}

static cs_status put_right(struct cs_import *import, const struct csi_given_right *fact,
                           cs_id *home, struct cs_error *err)
{
    struct cs_right_grant grant = {.name = right_name(fact->name)};
    cs_status status = csi_given_host(import, &fact->machine, fact->spot, home, &grant.host, err);
    if (status != CS_OK)
        return status;
    struct cs_str *sids = cs_arena_alloc(import->arena, (fact->count + 1) * sizeof *sids);
    size_t count = 0;
    for (size_t i = 0; i < fact->count; i++) {
        const struct csi_given_party *party = csi_given_party(import->given, fact->holders[i]);
        bool known = holder_text(import, party, grant.host, &sids[count]) == CS_OK;
        if (!known && csi_given_is_own(import, party, grant.host))
            continue;
        if (!known)
            keep_stranger(import, fact, party->name, &sids[count]);
        count++;
    }
    const struct cs_right_grant *old = cs_right_find(import->lab, grant.host, fact->name);
    grant.sids = (struct cs_strs){sids, count};
    if (old)
        grant.record = old->record;
    if (old && !csi_same_texts(old->sids, grant.sids))
        csi_import_contradicts(import, fact->spot, old->record.source, "", fact->name);
    grant.record.source = csi_import_source(import, fact->spot);
    csi_import_added(import, fact->spot);
    cs_id id;
    return cs_right_put(import->lab, &grant, &id, err);
}

/* Does another file of the import say how it starts? */
static bool tells_start(const struct cs_import *import, struct cs_str name)
{
    const struct csi_pile *services = &import->given->services;
    for (size_t i = 0; i < services->count; i++) {
        const struct csi_given_service *fact = csi_pile_at(services, i);
        if (fact->facts.start && cs_str_same(fact->facts.name, name))
            return true;
    }
    return false;
}

/* How a service starts, of which only the state is told: as its registry key has it. */
static enum cs_service_start start_of(const struct cs_import *import,
                                      const struct csi_given_service *fact, cs_id host)
{
    struct cs_str name = fact->facts.name;
    struct cs_str key = cs_str_printf(
        import->arena, "HKLM\\SYSTEM\\CurrentControlSet\\Services\\%.*s", CS_STR_ARG(name));
    const struct cs_reg_value *value = cs_registry_get(import->lab, host, key, CS_STR("Start"));
    uint32_t start;
    if (value && cs_reg_number(value, &start) && start >= CS_START_AUTO &&
        start <= CS_START_DISABLED)
        return (enum cs_service_start)start;
    if (fact->facts.state == CS_SERVICE_STOPPED && cs_str_same(name, CS_STR("CertSvc")) &&
        !tells_start(import, name))
        csi_import_warn_at(import, fact->spot,
                           "%.*s is stopped; that it is not disabled, too, is assumed: sc qc "
                           "%.*s tells",
                           CS_STR_ARG(name), CS_STR_ARG(name));
    return CS_START_AUTO;
}

static cs_status put_service(struct cs_import *import, const struct csi_given_service *fact,
                             cs_id *home, struct cs_error *err)
{
    struct cs_service service = fact->facts;
    cs_status status = csi_given_host(import, &fact->machine, fact->spot, home, &service.host, err);
    if (status != CS_OK)
        return status;
    const struct cs_service *old = cs_service_find(import->lab, service.host, service.name);
    service.record = old ? old->record : (struct cs_record){0};
    if (!service.state && !old) { /* how it starts alone says nothing */
        csi_import_warn_at(import, fact->spot,
                           "how %.*s starts does not tell whether it runs: sc query %.*s does",
                           CS_STR_ARG(service.name), CS_STR_ARG(service.name));
        return CS_OK;
    }
    if (old && ((service.state && service.state != old->state) ||
                (service.start && service.start != old->start)))
        csi_import_contradicts(import, fact->spot, old->record.source, "the state of ",
                               service.name);
    if (!service.state)
        service.state = old->state;
    if (!service.start)
        service.start = old ? old->start : start_of(import, fact, service.host);
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

/* --------------------------------------------------------------------- all */

static cs_status put_groups(struct cs_import *import, cs_id *home, struct cs_error *err)
{
    const struct csi_pile *groups = &import->given->groups;
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < groups->count; i++)
        status = csi_given_put_group(import, csi_pile_at(groups, i), home, err);
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
        status = csi_given_put_published(import, csi_pile_at(published, i), home, err);
    for (size_t i = 0; status == CS_OK && i < securities->count; i++)
        status = csi_given_put_security(import, csi_pile_at(securities, i), err);
    return status;
}
