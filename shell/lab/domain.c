/* domain.c - domains and the trusts between them (see directory.h).  Room: lab. */
#include <certsh/directory.h>

#include "lab_internal.h"

const struct cs_domain *cs_domain_get(const struct cs_lab *lab, cs_id id)
{
    return (const struct cs_domain *)cs_record_get(lab, CS_NOUN_DOMAIN, id);
}

cs_id cs_domain_find(const struct cs_lab *lab, struct cs_str name)
{
    for (cs_id id = 1; name.length && id < lab->tables[CS_NOUN_DOMAIN].end; id++) {
        const struct cs_domain *domain = cs_domain_get(lab, id);
        if (domain && (cs_str_same(domain->netbios, name) || cs_str_same(domain->dns, name)))
            return id;
    }
    return 0;
}

/* The domain with this SID, or whose account this SID is. */
cs_id cs_domain_of_sid(const struct cs_lab *lab, const struct cs_sid *sid)
{
    for (cs_id id = 1; id < lab->tables[CS_NOUN_DOMAIN].end; id++) {
        const struct cs_domain *domain = cs_domain_get(lab, id);
        bool known = domain && domain->sid.count;
        if (known && (cs_sid_equal(&domain->sid, sid) || cs_sid_in(sid, &domain->sid)))
            return id;
    }
    return 0;
}

const struct cs_sid *cs_domain_root_sid(const struct cs_lab *lab, cs_id domain)
{
    const struct cs_domain *own = cs_domain_get(lab, domain);
    cs_id root = own ? cs_domain_find(lab, own->forest) : 0;
    const struct cs_domain *found = cs_domain_get(lab, root);
    return found && found->sid.count ? &found->sid : NULL;
}

cs_status cs_domain_put(struct cs_lab *lab, const struct cs_domain *domain, cs_id *id,
                        struct cs_error *err)
{
    return csi_record_put(lab, CS_NOUN_DOMAIN, "domain.put", &domain->record, id, err);
}

/* ------------------------------------------------------------------- trusts */

const struct cs_trust *cs_trust_get(const struct cs_lab *lab, cs_id id)
{
    return (const struct cs_trust *)cs_record_get(lab, CS_NOUN_TRUST, id);
}

static bool same_forest(const struct cs_lab *lab, cs_id a, cs_id b)
{
    const struct cs_domain *one = cs_domain_get(lab, a), *other = cs_domain_get(lab, b);
    return one && other &&
           (a == b || (one->forest.length && cs_str_same(one->forest, other->forest)));
}

/* A forest trust lies between roots and carries every domain of both forests. */
static bool carries(const struct cs_lab *lab, const struct cs_trust *trust, cs_id trusting,
                    cs_id trusted)
{
    if (trust->trusting == trusting && trust->trusted == trusted)
        return true;
    return trust->kind == CS_TRUST_FOREST && same_forest(lab, trust->trusting, trusting) &&
           same_forest(lab, trust->trusted, trusted);
}

const struct cs_trust *cs_trust_find(const struct cs_lab *lab, cs_id trusting, cs_id trusted)
{
    for (cs_id id = 1; id < lab->tables[CS_NOUN_TRUST].end; id++) {
        const struct cs_trust *trust = cs_trust_get(lab, id);
        if (trust && carries(lab, trust, trusting, trusted))
            return trust;
    }
    return NULL;
}

bool cs_trust_reaches(const struct cs_lab *lab, cs_id trusting, cs_id trusted)
{
    return same_forest(lab, trusting, trusted) || cs_trust_find(lab, trusting, trusted) != NULL;
}

cs_status cs_trust_put(struct cs_lab *lab, const struct cs_trust *trust, cs_id *id,
                       struct cs_error *err)
{
    return csi_record_put(lab, CS_NOUN_TRUST, "trust.put", &trust->record, id, err);
}
