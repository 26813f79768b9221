/* ca_record.c - CAs, templates and events as records: found and put (see ca.h).  Room: lab. */
#include <certsh/ca.h>
#include <certsh/event.h>

#include "lab_internal.h"

const char *const cs_guid_enroll = "0e10c968-78fb-11d2-90d4-00c04f79dc55";
const char *const cs_guid_autoenroll = "a05b8cc2-17bc-4802-a710-e7c15ab866a2";

/* ---------------------------------------------------------------------- CAs */

const struct cs_ca *cs_ca_get(const struct cs_lab *lab, cs_id id)
{
    return (const struct cs_ca *)cs_record_get(lab, CS_NOUN_CA, id);
}

static bool on_host(const struct cs_lab *lab, const struct cs_ca *ca, struct cs_str host)
{
    return !host.length || cs_str_same(ca->dns, host) ||
           (ca->host && cs_host_find(lab, host) == ca->host);
}

cs_id cs_ca_find(const struct cs_lab *lab, struct cs_str name)
{
    ptrdiff_t slash = cs_str_find(name, '\\');
    struct cs_str host = slash > 0 ? cs_str_span(name.at, (size_t)slash) : (struct cs_str){0};
    name = cs_str_from(name, (size_t)(slash + 1));
    for (cs_id id = 1; id < lab->tables[CS_NOUN_CA].end; id++) {
        const struct cs_ca *ca = cs_ca_get(lab, id);
        if (ca && cs_str_same(ca->name, name) && on_host(lab, ca, host))
            return id;
    }
    return 0;
}

cs_id cs_ca_on_host(const struct cs_lab *lab, cs_id host)
{
    for (cs_id id = 1; host && id < lab->tables[CS_NOUN_CA].end; id++) {
        const struct cs_ca *ca = cs_ca_get(lab, id);
        if (ca && ca->host == host)
            return id;
    }
    return 0;
}

bool cs_ca_publishes(const struct cs_ca *ca, struct cs_str template_name)
{
    for (size_t i = 0; i < ca->templates.count; i++)
        if (cs_str_same(ca->templates.at[i], template_name))
            return true;
    return false;
}

struct cs_str cs_ca_config(const struct cs_lab *lab, struct cs_arena *arena, cs_id id)
{
    const struct cs_ca *ca = cs_ca_get(lab, id);
    if (!ca)
        return CS_STR("?");
    const struct cs_host *host = cs_host_get(lab, ca->host);
    struct cs_str machine = host ? host->name : ca->dns;
    return cs_str_printf(arena, "%.*s\\%.*s", CS_STR_ARG(machine), CS_STR_ARG(ca->name));
}

cs_status cs_ca_put(struct cs_lab *lab, const struct cs_ca *ca, cs_id *id, struct cs_error *err)
{
    return csi_record_put(lab, CS_NOUN_CA, "ca.put", &ca->record, id, err);
}

struct cs_str cs_ca_key(struct cs_arena *arena, const struct cs_ca *ca)
{
    return cs_str_printf(arena, "%.*s\\%.*s", CS_STR_ARG(CS_KEY_CERTSVC), CS_STR_ARG(ca->name));
}

/* ---------------------------------------------------------------- templates */

const struct cs_template *cs_template_get(const struct cs_lab *lab, cs_id id)
{
    return (const struct cs_template *)cs_record_get(lab, CS_NOUN_TEMPLATE, id);
}

static cs_id template_named(const struct cs_lab *lab, struct cs_str forest, struct cs_str name,
                            bool by_display)
{
    for (cs_id id = 1; id < lab->tables[CS_NOUN_TEMPLATE].end; id++) {
        const struct cs_template *template = cs_template_get(lab, id);
        if (!template || (forest.length && !cs_str_same(template->forest, forest)))
            continue;
        if (cs_str_same(by_display ? template->display : template->name, name))
            return id;
    }
    return 0;
}

cs_id cs_template_find(const struct cs_lab *lab, struct cs_str forest, struct cs_str name)
{
    if (!name.length)
        return 0;
    cs_id id = template_named(lab, forest, name, false);
    return id ? id : template_named(lab, forest, name, true);
}

cs_status cs_template_put(struct cs_lab *lab, const struct cs_template *template, cs_id *id,
                          struct cs_error *err)
{
    return csi_record_put(lab, CS_NOUN_TEMPLATE, "template.put", &template->record, id, err);
}

/* ------------------------------------------------------------------- events */

const struct cs_event *cs_event_get(const struct cs_lab *lab, cs_id id)
{
    return (const struct cs_event *)cs_record_get(lab, CS_NOUN_EVENT, id);
}
