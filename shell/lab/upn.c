/* upn.c - accounts by user principal name (see upn.h).  Room: lab. */
#include "upn.h"

#include "lab_internal.h"

/* The name as it is now, without filling a view. */
static struct cs_str upn_of(const struct cs_lab *lab, cs_id id)
{
    const struct csi_version *version = csi_delta_get(lab->delta, id);
    const struct csi_base *base = lab->base;
    if (version)
        return version->removed ? CS_STR("") : version->principal.upn;
    if (id > base->count)
        return CS_STR("");
    const struct csi_row *row = csi_base_row(base, id);
    if (!row->kind || !row->texts[CSI_TEXT_UPN])
        return CS_STR("");
    if (base->guard)
        row = csi_guard_texts(base->guard, id);
    return csi_base_text(base, row->texts[CSI_TEXT_UPN]);
}

static bool has_upn(const struct cs_lab *lab, cs_id id, struct cs_str upn)
{
    struct cs_str own = upn_of(lab, id);
    return own.length && cs_str_same(own, upn);
}

void csi_upn_note(struct csi_upns *upns, cs_id id, struct cs_str upn)
{
    if (upns->made && upn.length)
        csi_index_add(&upns->index, csi_hash_folded(upn, 0), id);
}

static void index_all(const struct cs_lab *lab, struct csi_upns *upns)
{
    upns->made = true;
    csi_index_reserve(&upns->index, lab->delta->end);
    for (cs_id id = 1; id < lab->delta->end; id++)
        csi_upn_note(upns, id, upn_of(lab, id));
}

static cs_id scan(const struct cs_lab *lab, struct cs_str upn)
{
    for (cs_id id = 1; id < lab->delta->end; id++)
        if (has_upn(lab, id, upn))
            return id;
    return 0;
}

cs_id csi_upn_find(const struct cs_lab *lab, struct cs_str upn)
{
    struct csi_upns *upns = &lab->delta->upns;
    cs_id found = 0;
    size_t cursor = 0;
    if (!upns->asked) {
        upns->asked = true;
        return scan(lab, upn);
    }
    if (!upns->made)
        index_all(lab, upns);
    uint64_t hash = csi_hash_folded(upn, 0);
    for (cs_id id; (id = csi_index_next(&upns->index, hash, &cursor));)
        if ((!found || id < found) && has_upn(lab, id, upn))
            found = id;
    return found;
}
