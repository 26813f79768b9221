/* brief.c - a principal's few facts, from its row or its version (see brief.h).  Room: lab. */
#include "brief.h"

#include "lab_internal.h"

static bool of_row(const struct csi_base *base, cs_id id, struct csi_brief *out)
{
    if (id == 0 || id > base->count)
        return false;
    const struct csi_row *row = csi_base_row(base, id);
    if (!row->kind)
        return false;
    *out = (struct csi_brief){
        .id = id,
        .domain = row->domain,
        .host = row->host,
        .kind = (enum cs_principal_kind)row->kind,
        .scope = (enum cs_scope)row->scope,
        .security = (row->flags & CSI_ROW_SECURITY) != 0,
        .rid = row->rid,
        .primary = row->primary,
        .parent = &base->parents[row->parent],
    };
    return true;
}

static void of_principal(const struct cs_principal *p, struct csi_brief *out)
{
    *out = (struct csi_brief){
        .id = p->id,
        .domain = p->domain,
        .host = p->host,
        .kind = p->kind,
        .scope = p->scope,
        .security = p->security,
        .rid = cs_sid_rid(&p->sid),
        .primary = p->primary,
        .sid = &p->sid,
    };
}

bool csi_brief_at(const struct cs_lab *lab, cs_id id, cs_tick when, struct csi_brief *out)
{
    const struct csi_version *version = csi_delta_get(lab->delta, id);
    while (version && version->tick > when)
        version = version->before;
    if (!version)
        return of_row(lab->base, id, out);
    of_principal(&version->principal, out);
    return !version->removed;
}

struct cs_sid csi_brief_sid(const struct csi_brief *brief)
{
    return brief->parent ? cs_sid_child(brief->parent, brief->rid) : *brief->sid;
}

bool csi_brief_has_sid(const struct csi_brief *brief, const struct cs_sid *sid)
{
    if (!brief->parent)
        return cs_sid_equal(brief->sid, sid);
    return brief->rid == cs_sid_rid(sid) && cs_sid_in(sid, brief->parent);
}
