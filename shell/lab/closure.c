/* closure.c - memberships outward and inward, each once (see closure.h).  Room: lab. */
#include "closure.h"

#include "base/alloc.h"
#include "base/map.h"
#include "lab_internal.h"

void csi_closure_clear(struct csi_closure *closure)
{
    csi_alloc_free(closure->at);
    csi_index_clear(&closure->seen);
    *closure = (struct csi_closure){0};
}

bool csi_closure_has(const struct csi_closure *closure, cs_id id)
{
    size_t cursor = 0;
    uint64_t hash = csi_hash(&id, sizeof id);
    for (uint32_t i; (i = csi_index_next(&closure->seen, hash, &cursor));)
        if (closure->at[i - 1].id == id)
            return true;
    return false;
}

void csi_closure_add(struct csi_closure *closure, cs_id id, int via, unsigned depth)
{
    if (!id || csi_closure_has(closure, id))
        return;
    if (closure->count == closure->room) {
        closure->room = closure->room ? closure->room * 2 : 32;
        closure->at = csi_alloc_again(closure->at, closure->room * sizeof *closure->at);
        cs_bug_if(!closure->at);
    }
    closure->at[closure->count++] = (struct csi_reached){id, via, depth};
    csi_index_add(&closure->seen, csi_hash(&id, sizeof id), (uint32_t)closure->count);
}

struct walk {
    const struct cs_lab *lab;
    struct csi_closure *closure;
    cs_tick when;
    csi_accept_fn *accept;
    const void *context;
    int from;
};

static bool reach(void *context, cs_id id)
{
    struct walk *walk = context;
    struct cs_principal group;
    if (cs_principal_at(walk->lab, id, walk->when, &group) && walk->accept(walk->context, &group))
        csi_closure_add(walk->closure, id, walk->from, walk->closure->at[walk->from].depth + 1);
    return true;
}

void csi_closure_walk(const struct cs_lab *lab, struct csi_closure *closure, cs_tick when,
                      csi_accept_fn *accept, const void *context)
{
    for (size_t i = closure->next; i < closure->count; i++) {
        struct walk walk = {lab, closure, when, accept, context, (int)i};
        cs_member_of_each(lab, closure->at[i].id, when, reach, &walk);
    }
}

/* ----------------------------------------------------------- tokenGroups */

cs_id csi_primary_of(const struct cs_lab *lab, const struct cs_principal *p)
{
    const struct cs_domain *domain = cs_domain_get(lab, p->domain);
    if (!p->primary || !domain || !domain->sid.count)
        return 0;
    struct cs_sid sid = cs_sid_child(&domain->sid, p->primary);
    return cs_principal_by_sid(lab, &sid, 0);
}

cs_id cs_principal_primary(const struct cs_lab *lab, cs_id id)
{
    struct cs_principal p;
    return cs_principal_get(lab, id, &p) ? csi_primary_of(lab, &p) : 0;
}

static bool is_directory_group(const void *context, const struct cs_principal *group)
{
    (void)context;
    return group->kind == CS_GROUP && group->security && !group->host;
}

void cs_principal_groups(const struct cs_lab *lab, cs_id id, cs_tick when, cs_id_fn *fn,
                         void *context)
{
    struct cs_principal p;
    if (!cs_principal_at(lab, id, when, &p))
        return;
    struct csi_closure closure = {0};
    csi_closure_add(&closure, id, -1, 0);
    csi_closure_add(&closure, csi_primary_of(lab, &p), 0, 1);
    csi_closure_walk(lab, &closure, when, is_directory_group, NULL);
    for (size_t i = 1; i < closure.count; i++)
        if (!fn(context, closure.at[i].id))
            break;
    csi_closure_clear(&closure);
}

/* ------------------------------------------------------------- group members */

struct inward {
    const struct cs_lab *lab;
    struct csi_closure *closure;
    unsigned depth;
};

static bool take_member(void *context, cs_id id)
{
    struct inward *inward = context;
    csi_closure_add(inward->closure, id, -1, inward->depth);
    return true;
}

/* Those whose primary group it is; they are listed nowhere. */
static void take_primary(const struct cs_lab *lab, cs_id group, struct inward *inward)
{
    struct cs_principal g, p;
    if (!cs_principal_get(lab, group, &g) || !g.domain || cs_sid_is_builtin(&g.sid))
        return;
    for (cs_id id = 1; id < lab->delta->end; id++)
        if (cs_principal_get(lab, id, &p) && p.primary && p.domain == g.domain &&
            p.primary == cs_sid_rid(&g.sid))
            take_member(inward, id);
}

void cs_group_members(const struct cs_lab *lab, cs_id group, cs_tick when, bool direct,
                      cs_member_depth_fn *fn, void *context)
{
    struct csi_closure closure = {0};
    csi_closure_add(&closure, group, -1, 0);
    for (size_t i = 0; i < closure.count && !(direct && i > 0); i++) {
        struct inward inward = {lab, &closure, closure.at[i].depth + 1};
        struct cs_principal p;
        if (!cs_principal_get(lab, closure.at[i].id, &p) || p.kind != CS_GROUP)
            continue;
        cs_member_each(lab, closure.at[i].id, when, take_member, &inward);
        take_primary(lab, closure.at[i].id, &inward);
    }
    for (size_t i = 1; i < closure.count; i++)
        if (!fn(context, closure.at[i].id, closure.at[i].depth))
            break;
    csi_closure_clear(&closure);
}
