/*
 * import_domain.c - the domains of an import: from their own entries, from cross references,
 * from the names that lie in them, and from the SIDs of their accounts.
 *
 * Room: lab.
 */
#include "import_in.h"

struct csi_import_domain *csi_import_domain(const struct cs_import *import, uint32_t number)
{
    return csi_pile_at(&import->domains, number - 1);
}

static uint32_t new_domain(struct cs_import *import, struct cs_str suffix, struct cs_str dns,
                           struct csi_spot spot)
{
    struct csi_import_domain *domain =
        csi_pile_add(import->arena, &import->domains, sizeof *domain);
    domain->suffix = suffix;
    domain->dns = dns;
    domain->spot = spot;
    return (uint32_t)import->domains.count;
}

uint32_t csi_import_domain_named(struct cs_import *import, struct cs_str dns, struct csi_spot spot)
{
    for (uint32_t i = 1; i <= import->domains.count; i++)
        if (cs_str_same(csi_import_domain(import, i)->dns, dns))
            return i;
    return new_domain(import, CS_STR(""), dns, spot);
}

uint32_t csi_import_domain_of(struct cs_import *import, struct cs_str dn, struct csi_spot spot)
{
    struct cs_str suffix = csi_dn_suffix(dn);
    if (!suffix.length)
        return 0;
    uint32_t last = import->last_domain;
    if (last && cs_str_equal(csi_import_domain(import, last)->suffix, suffix))
        return last;
    uint32_t found = csi_import_domain_named(import, csi_dn_dns(import->arena, suffix), spot);
    csi_import_domain(import, found)->suffix = csi_import_keep(import, suffix);
    import->last_domain = found;
    return found;
}

/* "CORP" of "corp.example". */
static struct cs_str first_label(struct cs_arena *arena, struct cs_str dns)
{
    ptrdiff_t dot = cs_str_find(dns, '.');
    size_t length = dot < 0 ? dns.length : (size_t)dot;
    char *name = cs_arena_copy(arena, dns.at, length);
    for (size_t i = 0; i < length; i++)
        if (name[i] >= 'a' && name[i] <= 'z')
            name[i] = (char)(name[i] - ('a' - 'A'));
    return cs_str_span(name, length);
}

/* The forest of a domain nobody told it of: one of the import whose name it continues. */
static struct cs_str guess_forest(const struct cs_import *import, struct cs_str dns)
{
    for (uint32_t i = 1; i <= import->domains.count; i++) {
        struct cs_str root = csi_import_domain(import, i)->dns;
        if (root.length < dns.length && dns.at[dns.length - root.length - 1] == '.' &&
            cs_str_same(cs_str_from(dns, dns.length - root.length), root))
            return root;
    }
    return dns;
}

static void fill_domain(struct cs_import *import, const struct csi_import_domain *from,
                        struct cs_domain *to)
{
    to->record.source = csi_import_source(import, from->spot);
    to->dns = from->dns;
    if (from->netbios.length)
        to->netbios = from->netbios;
    if (from->forest.length || !to->forest.length)
        to->forest = from->forest.length ? from->forest : guess_forest(import, from->dns);
    if (from->sid.count)
        to->sid = from->sid;
    if (from->mixed_given)
        to->mixed = from->mixed;
    if (to->netbios.length)
        return;
    to->netbios = first_label(import->arena, from->dns);
    csi_import_warn_at(import, (struct csi_spot){from->spot.file, 0},
                       "NetBIOS name of %.*s is assumed to be %.*s: no crossRef says it",
                       CS_STR_ARG(from->dns), CS_STR_ARG(to->netbios));
}

/* Two domains of one name are no contradiction that a later word could settle. */
static cs_status refuse_other(const struct cs_import *import, const struct csi_import_domain *from,
                              const struct cs_domain *old, struct cs_error *err)
{
    struct cs_sid_text ours, theirs;
    cs_fail(err, CS_STATE, "the lab holds another domain %.*s: its SID is %s, here it is %s",
            CS_STR_ARG(from->dns), cs_sid_format(&old->sid, &ours),
            cs_sid_format(&from->sid, &theirs));
    cs_error_where(err, "%.*s:%u",
                   CS_STR_ARG(csi_import_file_at(import, from->spot.file)->report.file),
                   from->spot.line);
    return cs_error_hint(err, "nothing was imported.  Begin with an empty lab: "
                              "certsh --lab-name empty");
}

static cs_status put_domain(struct cs_import *import, struct csi_import_domain *from,
                            struct cs_error *err)
{
    struct cs_domain domain = {0};
    const struct cs_domain *old =
        cs_domain_get(import->lab, cs_domain_find(import->lab, from->dns));
    if (old)
        domain = *old;
    if (old && old->sid.count && from->sid.count && !cs_sid_equal(&old->sid, &from->sid))
        return refuse_other(import, from, old, err);
    fill_domain(import, from, &domain);
    if (!old && from->object)
        csi_import_added(import, from->spot);
    return cs_domain_put(import->lab, &domain, &from->id, err);
}

cs_status csi_import_put_domains(struct cs_import *import, struct cs_error *err)
{
    for (uint32_t i = 1; i <= import->domains.count; i++) {
        cs_status status = put_domain(import, csi_import_domain(import, i), err);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}
