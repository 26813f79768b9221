/*
 * resolve.c - from the names people write to principals, and back.
 *
 * The order of a bare name is Windows' (LsaLookupNames): well-known, built-in, local, own
 * domain, then trusted ones.  Japanese names of well-known principals are understood.
 *
 * Room: lab.
 */
#include <certsh/host.h>

#include <string.h>

#include "lab_internal.h"

/* Where a name is asked from. */
struct place {
    const struct cs_lab *lab;
    const struct cs_host *host; /* NULL: nowhere */
    cs_id host_id;
    cs_id domain;
};

static struct place place_of(const struct cs_lab *lab, cs_id host)
{
    struct place place = {.lab = lab, .host = cs_host_get(lab, host), .host_id = host};
    if (place.host)
        place.domain = place.host->domain;
    return place;
}

static cs_id by_well_known(const struct place *place, struct cs_str name)
{
    const struct cs_sid_known *known = cs_sid_known_named(name);
    return known ? cs_principal_by_sid(place->lab, &known->sid, place->host_id) : 0;
}

/* The account of a name with or without the '$' of a machine account. */
static cs_id in_domain(const struct cs_lab *lab, cs_id domain, struct cs_str name)
{
    cs_id id = cs_principal_named(lab, domain, 0, name);
    if (id || name.length > 60)
        return id;
    char account[64];
    memcpy(account, name.at, name.length);
    account[name.length] = '$';
    return cs_principal_named(lab, domain, 0, cs_str_span(account, name.length + 1));
}

static cs_id on_host(const struct place *place, cs_id host, struct cs_str name)
{
    const struct cs_host *machine = cs_host_get(place->lab, host);
    if (!machine)
        return 0;
    if (machine->role == CS_ROLE_DC)
        return in_domain(place->lab, machine->domain, name);
    return cs_principal_named(place->lab, 0, host, name);
}

static cs_status not_found(struct cs_str text, struct cs_error *err)
{
    cs_fail(err, CS_NOT_FOUND, "no principal '%.*s'", CS_STR_ARG(text));
    cs_error_hint(err, "principal list shows those there are");
    if (err)
        err->win32 = 1332;
    return CS_NOT_FOUND;
}

/* DOMAIN\name: a domain, a machine, or the authority of a well-known name. */
static cs_id qualified(const struct place *place, struct cs_str authority, struct cs_str name)
{
    cs_id domain = cs_domain_find(place->lab, authority);
    if (domain)
        return in_domain(place->lab, domain, name);
    if (cs_str_same(authority, CS_STR("BUILTIN"))) {
        cs_id local = cs_principal_named(place->lab, 0, place->host_id, name);
        return local ? local : 0;
    }
    if (cs_str_is(authority, "."))
        return on_host(place, place->host_id, name);
    return on_host(place, cs_host_find(place->lab, authority), name);
}

static cs_id by_upn(const struct cs_lab *lab, struct cs_str text, struct cs_str name,
                    struct cs_str suffix)
{
    cs_id domain = cs_domain_find(lab, suffix);
    cs_id id = domain ? in_domain(lab, domain, name) : 0;
    return id ? id : csi_upn_find(lab, text);
}

/* A bare name found in several trusted domains cannot be told apart. */
static cs_status in_trusted(const struct place *place, struct cs_str text, cs_id *id,
                            struct cs_error *err)
{
    struct cs_str first = {0};
    *id = 0;
    for (cs_id d = 1; d < place->lab->tables[CS_NOUN_DOMAIN].end; d++) {
        const struct cs_domain *domain = cs_domain_get(place->lab, d);
        cs_id found = domain ? in_domain(place->lab, d, text) : 0;
        if (!found)
            continue;
        if (*id) {
            cs_fail(err, CS_AMBIGUOUS, "'%.*s' is in several domains", CS_STR_ARG(text));
            return cs_error_hint(err, "say %.*s\\%.*s or %.*s\\%.*s", CS_STR_ARG(first),
                                 CS_STR_ARG(text), CS_STR_ARG(domain->netbios), CS_STR_ARG(text));
        }
        *id = found;
        first = domain->netbios;
    }
    return *id ? CS_OK : not_found(text, err);
}

static cs_id builtin_named(const struct place *place, struct cs_str name)
{
    if (place->host && place->host->role != CS_ROLE_DC)
        return cs_principal_named(place->lab, 0, place->host_id, name);
    return 0;
}

static cs_status bare(const struct place *place, struct cs_str text, cs_id *id,
                      struct cs_error *err)
{
    *id = by_well_known(place, text);
    if (!*id)
        *id = builtin_named(place, text);
    if (!*id && place->domain)
        *id = in_domain(place->lab, place->domain, text);
    return *id ? CS_OK : in_trusted(place, text, id, err);
}

static cs_status by_sid_text(const struct place *place, struct cs_str text, cs_id *id,
                             struct cs_error *err)
{
    struct cs_sid sid;
    cs_status status = cs_sid_parse(text, &sid, err);
    if (status != CS_OK)
        return status;
    *id = cs_principal_by_sid(place->lab, &sid, place->host_id);
    return *id ? CS_OK : not_found(text, err);
}

cs_status cs_principal_resolve(const struct cs_lab *lab, struct cs_str text, cs_id host, cs_id *id,
                               struct cs_error *err)
{
    struct place place = place_of(lab, host);
    if (cs_str_same_start(text, CS_STR("S-1-")))
        return by_sid_text(&place, text, id, err);
    ptrdiff_t slash = cs_str_find(text, '\\'), at = cs_str_find(text, '@');
    cs_id found = 0;
    if (slash >= 0)
        found = by_well_known(&place, text);
    if (slash >= 0 && !found)
        found = qualified(&place, cs_str_span(text.at, (size_t)slash),
                          cs_str_from(text, (size_t)slash + 1));
    if (slash < 0 && at > 0)
        found =
            by_upn(lab, text, cs_str_span(text.at, (size_t)at), cs_str_from(text, (size_t)at + 1));
    if (slash < 0 && !found)
        return bare(&place, text, id, err);
    *id = found;
    return found ? CS_OK : not_found(text, err);
}

/* -------------------------------------------------------------------- names */

struct cs_str cs_principal_name(const struct cs_lab *lab, struct cs_arena *arena, cs_id id)
{
    struct cs_principal p;
    bool removed;
    if (!csi_principal_any(lab, id, &p, &removed))
        return CS_STR("?");
    const struct cs_sid_known *known = cs_sid_known_find(&p.sid);
    if (known && known->authority[0])
        return cs_str_printf(arena, "%s\\%s", known->authority, known->name);
    if (!p.name.length) { /* a stranger's, or an account whose name nobody asked for */
        struct cs_sid_text sid;
        return cs_str_copy(arena, cs_str_of(cs_sid_format(&p.sid, &sid)));
    }
    const struct cs_domain *domain = cs_domain_get(lab, p.domain);
    const struct cs_host *host = cs_host_get(lab, p.host);
    struct cs_str authority = domain ? domain->netbios : host ? host->name : (struct cs_str){0};
    if (cs_sid_is_builtin(&p.sid))
        authority = CS_STR("BUILTIN");
    if (!authority.length)
        return cs_str_copy(arena, p.name);
    return cs_str_printf(arena, "%.*s\\%.*s", CS_STR_ARG(authority), CS_STR_ARG(p.name));
}

struct cs_str cs_sid_name(const struct cs_lab *lab, struct cs_arena *arena,
                          const struct cs_sid *sid, cs_id host)
{
    cs_id id = cs_principal_by_sid(lab, sid, host);
    if (id)
        return cs_principal_name(lab, arena, id);
    const struct cs_sid_known *known = cs_sid_known_find(sid);
    if (known && known->authority[0])
        return cs_str_printf(arena, "%s\\%s", known->authority, known->name);
    if (known)
        return cs_str_of(known->name);
    struct cs_sid_text text;
    return cs_str_copy(arena, cs_str_of(cs_sid_format(sid, &text)));
}
