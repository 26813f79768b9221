/*
 * import_given_ca.c - what is told of CAs besides the directory: names of templates that are
 * called by id, lists of published templates, security without deny entries.
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
    csi_import_warn_at(
        import, ca->spot,
        "%zu published templates are in none of the files: import certtemplates.json "
        "together with this one",
        unknown);
}

void csi_given_prepare(struct cs_import *import)
{
    for (size_t i = 0; import->given && i < import->cas.count; i++)
        name_templates(import, csi_pile_at(&import->cas, i));
}

/* -------------------------------------------------------- published templates */

cs_status csi_given_put_published(struct cs_import *import, const struct csi_given_published *fact,
                                  cs_id *home, struct cs_error *err)
{
    static const struct csi_given_machine here;
    cs_id host, id;
    cs_status status = csi_given_host(import, &here, fact->spot, home, &host, err);
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
    if (known->templates_known && !csi_same_texts(known->templates, fact->names))
        csi_import_contradicts(import, fact->spot, known->record.source,
                               "the list of templates of ", known->name);
    ca.templates = fact->names;
    ca.templates_known = true;
    ca.record.source = csi_import_source(import, fact->spot);
    csi_import_added(import, fact->spot);
    return cs_ca_put(import->lab, &ca, &id, err);
}

/* --------------------------------------------------------- security of a CA */

cs_status csi_given_put_security(struct cs_import *import, const struct csi_given_security *fact,
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
