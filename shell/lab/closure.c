/* closure.c - memberships outward and inward, each once (see closure.h).  Room: lab. */
#include "closure.h"

#include <string.h>

#include "base/alloc.h"
#include "lab_internal.h"

enum { PAGE_WORDS = 512, PAGE_IDS = PAGE_WORDS * 64 };

void csi_closure_clear(struct csi_closure *closure)
{
    for (size_t i = 0; i < closure->page_count; i++)
        csi_alloc_free(closure->seen[i]);
    csi_alloc_free((void *)closure->seen);
    csi_alloc_free(closure->at);
    *closure = (struct csi_closure){0};
}

static bool is_seen(const struct csi_closure *closure, cs_id id)
{
    size_t page = id / PAGE_IDS;
    return page < closure->page_count && closure->seen[page] &&
           closure->seen[page][id % PAGE_IDS / 64] >> id % 64 & 1;
}

bool csi_closure_has(const struct csi_closure *closure, cs_id id)
{
    if (closure->seen)
        return is_seen(closure, id);
    for (size_t i = 0; i < closure->count; i++)
        if (closure->at[i].id == id)
            return true;
    return false;
}

static void need_page(struct csi_closure *closure, size_t page)
{
    if (page >= closure->page_count) {
        size_t count = page + 1 + closure->page_count / 2;
        closure->seen = csi_alloc_again((void *)closure->seen, count * sizeof *closure->seen);
        cs_bug_if(!closure->seen);
        memset((void *)(closure->seen + closure->page_count), 0,
               (count - closure->page_count) * sizeof *closure->seen);
        closure->page_count = count;
    }
    if (closure->seen[page])
        return;
    closure->seen[page] = csi_alloc_must(PAGE_WORDS * sizeof(uint64_t));
    memset(closure->seen[page], 0, PAGE_WORDS * sizeof(uint64_t));
}

/* True the first time. */
static bool see(struct csi_closure *closure, cs_id id)
{
    size_t page = id / PAGE_IDS;
    if (page >= closure->page_count || !closure->seen[page])
        need_page(closure, page);
    uint64_t *word = &closure->seen[page][id % PAGE_IDS / 64], bit = UINT64_C(1) << id % 64;
    bool fresh = !(*word & bit);
    *word |= bit;
    return fresh;
}

/* The few are compared one by one; from FEW on a bit each says who is there. */
static bool is_fresh(struct csi_closure *closure, cs_id id)
{
    enum { FEW = 24 };
    if (closure->seen)
        return see(closure, id);
    if (csi_closure_has(closure, id))
        return false;
    for (size_t i = 0; closure->count == FEW && i < closure->count; i++)
        see(closure, closure->at[i].id);
    return !closure->seen || see(closure, id);
}

void csi_closure_add(struct csi_closure *closure, cs_id id, int via, unsigned depth)
{
    if (!id || !is_fresh(closure, id))
        return;
    if (closure->count == closure->room) {
        closure->room = closure->room ? closure->room * 2 : 32;
        closure->at = csi_alloc_again(closure->at, closure->room * sizeof *closure->at);
        cs_bug_if(!closure->at);
    }
    closure->at[closure->count++] = (struct csi_reached){id, via, depth};
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

/* Domain-local and built-in groups are seen by their own domain's controllers only. */
bool csi_is_directory_group(const void *context, const struct cs_principal *group)
{
    const struct cs_principal *of = context;
    if (group->kind != CS_GROUP || !group->security || group->host)
        return false;
    bool domain_wide = group->scope == CS_SCOPE_DOMAIN_LOCAL || group->scope == CS_SCOPE_BUILTIN;
    return !domain_wide || !of->domain || group->domain == of->domain;
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
    csi_closure_walk(lab, &closure, when, csi_is_directory_group, &p);
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

static bool has_primary(const struct cs_lab *lab, cs_id id, cs_id domain, uint32_t rid)
{
    struct cs_principal p;
    return cs_principal_get(lab, id, &p) && p.domain == domain && p.primary == rid;
}

static const struct csi_primary_key *primary_key(const struct csi_primaries *primaries,
                                                 cs_id domain, uint32_t rid)
{
    static const struct csi_primary_key none;
    for (size_t i = 0; i < primaries->key_count; i++)
        if (primaries->keys[i].domain == domain && primaries->keys[i].rid == rid)
            return &primaries->keys[i];
    return &none;
}

/* Two ascending lists merged: the base's, and all that have changed since. */
void csi_primary_each(const struct cs_lab *lab, cs_id domain, uint32_t rid, cs_id_fn *fn,
                      void *context)
{
    const struct csi_primaries *primaries = &lab->base->primaries;
    const struct csi_list list = csi_base_primary(lab->base, primary_key(primaries, domain, rid));
    cs_id changed = csi_delta_next(lab->delta, 1);
    for (size_t i = 0; i < list.count || changed;) {
        cs_id id = i < list.count ? list.at[i] : 0;
        bool fresh = changed && (!id || changed <= id);
        i += id && (!fresh || changed == id);
        if (fresh)
            id = changed;
        if (fresh)
            changed = csi_delta_next(lab->delta, changed + 1);
        if ((!fresh || (rid && has_primary(lab, id, domain, rid))) && !fn(context, id))
            return;
    }
}

/* Those whose primary group it is; they are listed nowhere. */
static void take_primary(const struct cs_lab *lab, const struct cs_principal *group,
                         struct inward *inward)
{
    if (group->domain && !cs_sid_is_builtin(&group->sid))
        csi_primary_each(lab, group->domain, cs_sid_rid(&group->sid), take_member, inward);
}

/* Without a look at its row, of which most are not in any cache. */
static bool may_be_group(const struct cs_lab *lab, cs_id id)
{
    const struct csi_rolls *rolls = csi_base_rolls(lab->base);
    if (id / 64 >= rolls->words || csi_delta_get(lab->delta, id))
        return true;
    return rolls->groups[id / 64] >> id % 64 & 1;
}

/* The same as cs_member_each, without a call a member where the group has not changed. */
static void take_members(const struct cs_lab *lab, cs_id group, cs_tick when, struct inward *inward)
{
    const struct csi_base *base = lab->base;
    size_t cursor = 0;
    if (group > base->count ||
        csi_index_next(&lab->delta->by_group, csi_edge_hash(group), &cursor)) {
        cs_member_each(lab, group, when, take_member, inward);
        return;
    }
    const struct csi_list list = csi_base_members(base, group);
    for (size_t i = 0; i < list.count; i++)
        csi_closure_add(inward->closure, list.at[i], -1, inward->depth);
}

void cs_group_members(const struct cs_lab *lab, cs_id group, cs_tick when, bool direct,
                      cs_member_depth_fn *fn, void *context)
{
    struct csi_closure closure = {0};
    csi_closure_add(&closure, group, -1, 0);
    for (size_t i = 0; i < closure.count && !(direct && i > 0); i++) {
        struct inward inward = {lab, &closure, closure.at[i].depth + 1};
        struct cs_principal p;
        if (!may_be_group(lab, closure.at[i].id) || !cs_principal_get(lab, closure.at[i].id, &p) ||
            p.kind != CS_GROUP)
            continue;
        take_members(lab, closure.at[i].id, when, &inward);
        take_primary(lab, &p, &inward);
    }
    for (size_t i = 1; i < closure.count; i++)
        if (!fn(context, closure.at[i].id, closure.at[i].depth))
            break;
    csi_closure_clear(&closure);
}
