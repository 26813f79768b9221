/* closure.c - memberships outward, each group once (see closure.h).  Room: lab. */
#include "closure.h"

#include "base/alloc.h"
#include "lab_internal.h"

struct csi_closure csi_closure_begin(const struct cs_lab *lab)
{
    return (struct csi_closure){.lab = lab, .walk = csi_walk_take(lab->delta)};
}

void csi_closure_end(struct csi_closure *closure)
{
    csi_walk_give(closure->lab->delta, closure->walk);
    csi_alloc_free(closure->at);
    *closure = (struct csi_closure){0};
}

struct csi_reached *csi_closure_add(struct csi_closure *closure, cs_id id, int via, unsigned depth)
{
    if (!id || csi_walk_has(closure->walk, id))
        return NULL;
    csi_walk_need(closure->walk, 1);
    csi_walk_meet(closure->walk, &id, &id + 1);
    closure->at = csi_alloc_more(closure->at, closure->count, &closure->room, sizeof *closure->at);
    struct csi_reached *reached = &closure->at[closure->count++];
    *reached = (struct csi_reached){id, via, depth, -1};
    return reached;
}

struct outward {
    struct csi_closure *closure;
    cs_tick when;
    csi_accept_fn *accept;
    const void *context;
    int from;
};

static bool reach(void *context, cs_id id)
{
    struct outward *out = context;
    struct csi_brief group;
    if (!csi_walk_has(out->closure->walk, id) &&
        csi_brief_at(out->closure->lab, id, out->when, &group) && out->accept(out->context, &group))
        csi_closure_add(out->closure, id, out->from, out->closure->at[out->from].depth + 1);
    return true;
}

static void prefetch(const void *memory)
{
#if defined(__GNUC__)
    __builtin_prefetch(memory);
#else
    (void)memory;
#endif
}

/*
 * Memory is what takes the time, so it is asked for before it is read, for many at once: where
 * their lists are, the lists, the rows of those in them.
 */
static void ask_ahead(const struct csi_base *base, const struct csi_reached *at, size_t count)
{
    const struct csi_edges *edges = &base->member_of;
    if (base->guard)
        return;
    for (size_t i = 0; i < count; i++)
        prefetch(&edges->offsets[at[i].id <= base->count ? at[i].id : 0]);
    for (size_t i = 0; i < count; i++)
        prefetch(&edges->at[edges->offsets[at[i].id <= base->count ? at[i].id : 0]]);
    for (size_t i = 0; i < count; i++) {
        const struct csi_list list = csi_base_member_of(base, at[i].id);
        for (size_t k = 0; k < list.count; k++) {
            prefetch(&base->rows[list.at[k]].domain);
            prefetch(&base->rows[list.at[k]].spare);
        }
    }
}

void csi_closure_walk(struct csi_closure *closure, cs_tick when, csi_accept_fn *accept,
                      const void *context)
{
    enum { BATCH = 128 };
    struct outward out = {closure, when, accept, context, 0};
    for (size_t i = 0; i < closure->count;) {
        size_t end = closure->count - i > BATCH ? i + BATCH : closure->count;
        ask_ahead(closure->lab->base, closure->at + i, end - i);
        for (; i < end; i++) {
            out.from = (int)i;
            cs_member_of_each(closure->lab, closure->at[i].id, when, reach, &out);
        }
    }
}

/* ----------------------------------------------------------- tokenGroups */

cs_id csi_primary_of(const struct cs_lab *lab, cs_id id, uint32_t rid)
{
    const struct cs_domain *domain = cs_domain_get(lab, id);
    if (!rid || !domain || !domain->sid.count)
        return 0;
    struct cs_sid sid = cs_sid_child(&domain->sid, rid);
    return cs_principal_by_sid(lab, &sid, 0);
}

cs_id cs_principal_primary(const struct cs_lab *lab, cs_id id)
{
    struct csi_brief p;
    return csi_brief_at(lab, id, CS_NOW, &p) ? csi_primary_of(lab, p.domain, p.primary) : 0;
}

/* Domain-local and built-in groups are seen by their own domain's controllers only. */
bool csi_is_directory_group(const void *context, const struct csi_brief *group)
{
    const cs_id *domain = context;
    if (group->kind != CS_GROUP || !group->security || group->host)
        return false;
    bool domain_wide = group->scope == CS_SCOPE_DOMAIN_LOCAL || group->scope == CS_SCOPE_BUILTIN;
    return !domain_wide || !*domain || group->domain == *domain;
}

void cs_principal_groups(const struct cs_lab *lab, cs_id id, cs_tick when, cs_id_fn *fn,
                         void *context)
{
    struct csi_brief p;
    if (!csi_brief_at(lab, id, when, &p))
        return;
    struct csi_closure closure = csi_closure_begin(lab);
    csi_closure_add(&closure, id, -1, 0);
    csi_closure_add(&closure, csi_primary_of(lab, p.domain, p.primary), 0, 1);
    csi_closure_walk(&closure, when, csi_is_directory_group, &p.domain);
    for (size_t i = 1; i < closure.count; i++)
        if (!fn(context, closure.at[i].id))
            break;
    csi_closure_end(&closure);
}
