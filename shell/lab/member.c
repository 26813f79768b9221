/*
 * member.c - who is listed in which group: asking over base and delta, and Windows' rules for
 * letting somebody in (FACTS 5.2: MS-SAMR 3.1.1.8.9, nesting in native and mixed mode).
 *
 * Room: lab.
 */
#include <certsh/host.h>

#include <stdlib.h>

#include "base/alloc.h"
#include "lab_internal.h"

/* ------------------------------------------------------------------- asking */

static bool base_has(const struct csi_base *base, cs_id group, cs_id member)
{
    const struct csi_list list = csi_base_member_of(base, member);
    for (size_t i = 0; i < list.count; i++)
        if (list.at[i] == group)
            return true;
    return false;
}

bool cs_member_has(const struct cs_lab *lab, cs_id group, cs_id member, cs_tick when)
{
    const struct csi_edge_change *change = csi_delta_edge(lab->delta, group, member, when);
    return change ? change->present : base_has(lab->base, group, member);
}

cs_tick cs_member_since(const struct cs_lab *lab, cs_id group, cs_id member)
{
    const struct csi_edge_change *change = csi_delta_edge(lab->delta, group, member, CS_NOW);
    return change ? change->tick : 0;
}

/* What the log says of one end's edge to `other`: how it stood at `when`. */
struct other {
    cs_id id;
    uint32_t order; /* of its first mention */
    bool present, told;
};

struct others {
    struct other *at;
    size_t count;
    struct other few[32];
};

static const struct csi_edge_change *newest(const struct csi_delta *delta, cs_id id, bool as_group)
{
    return as_group ? csi_delta_of_group(delta, id) : csi_delta_of_member(delta, id);
}

static const struct csi_edge_change *before(const struct csi_delta *delta,
                                            const struct csi_edge_change *change, bool as_group)
{
    return csi_delta_before(delta, as_group ? change->group_before : change->member_before);
}

static int by_id(const void *a, const void *b)
{
    const struct other *one = a, *two = b;
    return one->id != two->id ? (one->id > two->id) - (one->id < two->id)
                              : (one->order > two->order) - (one->order < two->order);
}

static int by_order(const void *a, const void *b)
{
    const struct other *one = a, *two = b;
    return (one->order > two->order) - (one->order < two->order);
}

/* Of several that speak of the same, the first's place and the last's word. */
static size_t join(struct other *at, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (n && at[n - 1].id == at[i].id)
            at[n - 1].present = at[i].present;
        else
            at[n++] = at[i];
    }
    return n;
}

/* By id, each once; a chain is newest first. */
static void gather(struct others *others, const struct csi_delta *delta,
                   const struct csi_edge_change *newest_one, bool as_group, cs_tick when)
{
    size_t length = 0;
    for (const struct csi_edge_change *c = newest_one; c; c = before(delta, c, as_group))
        length += c->tick <= when;
    others->at = others->few;
    if (length > CS_COUNT(others->few))
        others->at = csi_alloc_must(length * sizeof *others->at);
    others->count = length;
    for (const struct csi_edge_change *c = newest_one; c; c = before(delta, c, as_group))
        if (c->tick <= when)
            others->at[--length] = (struct other){as_group ? c->member : c->group,
                                                  (uint32_t)(c - delta->log), c->present, false};
    qsort(others->at, others->count, sizeof *others->at, by_id);
    others->count = join(others->at, others->count);
}

/* Those of the base less those that went; then those that came, in the order of the log. */
static void merge(struct others *others, const struct csi_list *list, cs_id_fn *fn, void *context)
{
    struct other *o = others->at, *last = others->at + others->count;
    for (size_t i = 0; i < list->count; i++) {
        cs_id id = list->at[i];
        while (o < last && o->id < id)
            o++;
        bool told = o < last && o->id == id;
        if (told)
            o->told = true;
        if ((!told || o->present) && !fn(context, id))
            return;
    }
    qsort(others->at, others->count, sizeof *others->at, by_order);
    for (o = others->at; o < last; o++)
        if (o->present && !o->told && !fn(context, o->id))
            return;
}

static void each_edge(const struct cs_lab *lab, cs_id id, bool as_group, cs_tick when, cs_id_fn *fn,
                      void *context)
{
    const struct csi_list list =
        as_group ? csi_base_members(lab->base, id) : csi_base_member_of(lab->base, id);
    const struct csi_edge_change *change = newest(lab->delta, id, as_group);
    struct others others;
    if (change) {
        gather(&others, lab->delta, change, as_group, when);
        merge(&others, &list, fn, context);
        if (others.at != others.few)
            csi_alloc_free(others.at);
        return;
    }
    for (size_t i = 0; i < list.count; i++)
        if (!fn(context, list.at[i]))
            return;
}

void cs_member_each(const struct cs_lab *lab, cs_id group, cs_tick when, cs_id_fn *fn,
                    void *context)
{
    each_edge(lab, group, true, when, fn, context);
}

void cs_member_of_each(const struct cs_lab *lab, cs_id member, cs_tick when, cs_id_fn *fn,
                       void *context)
{
    each_edge(lab, member, false, when, fn, context);
}

/* -------------------------------------------------------------------- rules */

/* What the rules ask about a would-be member of a group. */
struct nesting {
    const struct cs_lab *lab;
    struct cs_principal group, member;
    bool same_domain, same_forest, mixed;
};

static bool is_account(const struct cs_principal *p)
{
    return p->kind == CS_USER || p->kind == CS_COMPUTER;
}

static bool is_outside(const struct cs_principal *p)
{
    return p->kind == CS_WELL_KNOWN || p->kind == CS_FOREIGN;
}

static uint32_t into_global(const struct nesting *n)
{
    if (n->member.scope == CS_SCOPE_DOMAIN_LOCAL || n->member.scope == CS_SCOPE_BUILTIN)
        return 8516;
    if (n->member.scope == CS_SCOPE_UNIVERSAL)
        return 8517;
    if (!n->same_domain || is_outside(&n->member))
        return 8519;
    return n->mixed && n->member.kind == CS_GROUP ? 8514 : 0;
}

static uint32_t into_universal(const struct nesting *n)
{
    if (n->member.scope == CS_SCOPE_DOMAIN_LOCAL || n->member.scope == CS_SCOPE_BUILTIN)
        return 8518;
    /* which number Windows gives for somebody outside the forest is not confirmed */
    return n->same_forest && !is_outside(&n->member) ? 0 : 1388;
}

static uint32_t into_domain_local(const struct nesting *n)
{
    if (n->member.scope == CS_SCOPE_BUILTIN)
        return 1388;
    if (n->member.scope == CS_SCOPE_DOMAIN_LOCAL && n->mixed)
        return 8515;
    if (n->member.scope == CS_SCOPE_DOMAIN_LOCAL && !n->same_domain)
        return 8520;
    bool reachable =
        is_outside(&n->member) || cs_trust_reaches(n->lab, n->group.domain, n->member.domain);
    return reachable && !n->member.host ? 0 : 1387;
}

/* A machine's own groups: no other machine-local group (1388, the mapping is not confirmed). */
static uint32_t into_machine_local(const struct nesting *n)
{
    const struct cs_host *host = cs_host_get(n->lab, n->group.host);
    if (n->member.host)
        return is_account(&n->member) && n->member.host == n->group.host ? 0 : 1388;
    if (n->member.scope == CS_SCOPE_BUILTIN)
        return 1388;
    if (n->member.scope == CS_SCOPE_DOMAIN_LOCAL && (!host || host->domain != n->member.domain))
        return 1388;
    if (n->member.scope == CS_SCOPE_UNIVERSAL && n->mixed)
        return 1388;
    bool reachable = is_outside(&n->member) || !host || !host->domain ||
                     cs_trust_reaches(n->lab, host->domain, n->member.domain);
    return reachable ? 0 : 1387;
}

static uint32_t refuse(const struct nesting *n)
{
    if (n->group.kind != CS_GROUP)
        return 1376;
    if (n->group.host)
        return into_machine_local(n);
    if (n->member.id == n->group.id)
        return 1388;
    static uint32_t (*const rules[])(const struct nesting *) = {
        [CS_SCOPE_GLOBAL] = into_global,
        [CS_SCOPE_UNIVERSAL] = into_universal,
        [CS_SCOPE_DOMAIN_LOCAL] = into_domain_local,
        [CS_SCOPE_BUILTIN] = into_domain_local,
    };
    return n->group.scope < CS_COUNT(rules) && rules[n->group.scope] ? rules[n->group.scope](n)
                                                                     : 1376;
}

static cs_status fail_win32(struct cs_error *err, cs_status status, uint32_t number,
                            struct cs_str name)
{
    const char *text = cs_win32_text(number, CS_STR("en"));
    cs_fail(err, status, "%s", text ? text : "this member cannot be in this group");
    cs_error_where(err, "'%.*s'", CS_STR_ARG(name));
    if (err)
        err->win32 = number;
    return status;
}

/* In mixed mode only security groups are bound by the older rules. */
static bool mixed_counts(const struct cs_lab *lab, const struct cs_principal *group)
{
    const struct cs_host *host = cs_host_get(lab, group->host);
    const struct cs_domain *domain = cs_domain_get(lab, host ? host->domain : group->domain);
    return domain && domain->mixed && group->security;
}

cs_status cs_member_may(const struct cs_lab *lab, cs_id group, cs_id member, struct cs_error *err)
{
    struct nesting n = {.lab = lab};
    if (!cs_principal_get(lab, group, &n.group))
        return fail_win32(err, CS_NOT_FOUND, 1376, CS_STR("group"));
    if (!cs_principal_get(lab, member, &n.member))
        return fail_win32(err, CS_NOT_FOUND, 1387, CS_STR("member"));
    const struct cs_domain *own = cs_domain_get(lab, n.group.domain);
    const struct cs_domain *theirs = cs_domain_get(lab, n.member.domain);
    n.same_domain = n.group.domain && n.group.domain == n.member.domain;
    n.same_forest = own && theirs && (n.same_domain || cs_str_same(own->forest, theirs->forest));
    n.mixed = mixed_counts(lab, &n.group);
    uint32_t number = refuse(&n);
    if (number)
        return fail_win32(err, CS_INVALID, number, n.member.name);
    if (cs_member_has(lab, group, member, CS_NOW) || cs_principal_primary(lab, member) == group)
        return fail_win32(err, CS_STATE, 1378, n.member.name);
    return CS_OK;
}

/* ----------------------------------------------------------------- changing */

cs_status csi_edge_set(struct cs_lab *lab, cs_id group, cs_id member, bool present,
                       struct cs_error *err)
{
    struct csi_op op = {.kind = CSI_OP_EDGE,
                        .name = present ? "group.add_member" : "group.remove_member",
                        .id = group,
                        .member = member,
                        .present = present,
                        .had = cs_member_has(lab, group, member, CS_NOW),
                        .in_base = base_has(lab->base, group, member)};
    return csi_lab_apply(lab, op, err);
}

cs_status cs_member_add(struct cs_lab *lab, cs_id group, cs_id member, struct cs_error *err)
{
    cs_status status = cs_member_may(lab, group, member, err);
    return status == CS_OK ? csi_edge_set(lab, group, member, true, err) : status;
}

cs_status cs_member_remove(struct cs_lab *lab, cs_id group, cs_id member, struct cs_error *err)
{
    struct cs_principal p = {.name = CS_STR("member")};
    cs_principal_get(lab, member, &p);
    if (!cs_member_has(lab, group, member, CS_NOW))
        return fail_win32(err, CS_STATE, 1377, p.name);
    return csi_edge_set(lab, group, member, false, err);
}
