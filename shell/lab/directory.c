/* directory.c - reading and changing principals over base and delta.  Room: lab. */
#include <certsh/host.h>

#include "brief.h"
#include "base/alloc.h"
#include "lab_internal.h"
#include "maker.h"

/* -------------------------------------------------------------------- words */

static const char *const kind_names[] = {
    [0] = "none",
    [CS_USER] = "user",
    [CS_COMPUTER] = "computer",
    [CS_GROUP] = "group",
    [CS_WELL_KNOWN] = "well-known",
    [CS_FOREIGN] = "foreign",
};

const char *cs_principal_kind_name(enum cs_principal_kind kind)
{
    return kind_names[kind];
}

static const char *const scope_names[] = {
    [CS_SCOPE_NONE] = NULL,
    [CS_SCOPE_GLOBAL] = "global",
    [CS_SCOPE_UNIVERSAL] = "universal",
    [CS_SCOPE_DOMAIN_LOCAL] = "domain-local",
    [CS_SCOPE_BUILTIN] = "builtin",
    [CS_SCOPE_MACHINE_LOCAL] = "machine-local",
};

const char *cs_scope_name(enum cs_scope scope)
{
    return scope_names[scope];
}

/* ------------------------------------------------------------------ reading */

bool csi_principal_any(const struct cs_lab *lab, cs_id id, struct cs_principal *out, bool *removed)
{
    const struct csi_version *version = csi_delta_get(lab->delta, id);
    *removed = version && version->removed;
    if (!version)
        return csi_base_get(lab->base, id, out);
    *out = version->principal;
    return true;
}

bool cs_principal_get(const struct cs_lab *lab, cs_id id, struct cs_principal *out)
{
    bool removed;
    return csi_principal_any(lab, id, out, &removed) && !removed;
}

enum cs_principal_kind cs_principal_kind_of(const struct cs_lab *lab, cs_id id)
{
    struct csi_brief brief;
    return csi_brief_at(lab, id, CS_NOW, &brief) ? brief.kind : 0;
}

bool cs_principal_at(const struct cs_lab *lab, cs_id id, cs_tick when, struct cs_principal *out)
{
    const struct csi_version *version = csi_delta_get(lab->delta, id);
    while (version && version->tick > when)
        version = version->before;
    if (!version)
        return csi_base_get(lab->base, id, out);
    *out = version->principal;
    return !version->removed;
}

cs_id cs_principal_end(const struct cs_lab *lab)
{
    return lab->delta->end;
}

void cs_principal_each(const struct cs_lab *lab, int kind, cs_principal_fn *fn, void *context)
{
    struct cs_principal p;
    for (cs_id id = 1; id < lab->delta->end; id++)
        if ((!kind || (int)cs_principal_kind_of(lab, id) == kind) &&
            cs_principal_get(lab, id, &p) && !fn(context, &p))
            return;
}

/* ------------------------------------------------------------------ finding */

/* S-1-5-32-x of a domain controller is its domain's. */
static void owner_of_builtin(const struct cs_lab *lab, cs_id host, cs_id *domain, cs_id *machine)
{
    const struct cs_host *h = cs_host_get(lab, host);
    bool dc = h && h->role == CS_ROLE_DC;
    *domain = dc ? h->domain : 0;
    *machine = dc ? 0 : host;
    if (!h && cs_record_count(lab, CS_NOUN_DOMAIN) == 1)
        *domain = (cs_id)lab->tables[CS_NOUN_DOMAIN].end - 1;
}

static bool is_meant(const struct cs_lab *lab, cs_id id, const struct cs_sid *sid, cs_id domain,
                     cs_id machine)
{
    struct csi_brief p;
    if (!csi_brief_at(lab, id, CS_NOW, &p) || !csi_brief_has_sid(&p, sid))
        return false;
    return !cs_sid_is_builtin(sid) || (p.domain == domain && p.host == machine);
}

cs_id cs_principal_by_sid(const struct cs_lab *lab, const struct cs_sid *sid, cs_id host)
{
    cs_id domain = 0, machine = 0;
    if (cs_sid_is_builtin(sid))
        owner_of_builtin(lab, host, &domain, &machine);
    return cs_principal_owned(lab, sid, domain, machine);
}

cs_id cs_principal_owned(const struct cs_lab *lab, const struct cs_sid *sid, cs_id domain,
                         cs_id machine)
{
    uint64_t hash = cs_sid_hash(sid);
    size_t cursor = 0;
    for (cs_id id; (id = csi_index_next(&lab->delta->by_sid, hash, &cursor));)
        if (is_meant(lab, id, sid, domain, machine))
            return id;
    cursor = 0;
    for (cs_id id; (id = csi_base_by_sid(lab->base, hash, &cursor));)
        if (is_meant(lab, id, sid, domain, machine))
            return id;
    return 0;
}

static bool is_named(const struct cs_lab *lab, cs_id id, cs_id domain, cs_id host,
                     struct cs_str name)
{
    struct cs_principal p;
    return cs_principal_get(lab, id, &p) && p.domain == domain && p.host == host &&
           cs_str_same(p.name, name);
}

cs_id cs_principal_named(const struct cs_lab *lab, cs_id domain, cs_id host, struct cs_str name)
{
    uint64_t hash = csi_name_hash(domain, host, name);
    size_t cursor = 0;
    for (cs_id id; (id = csi_index_next(&lab->delta->by_name, hash, &cursor));)
        if (is_named(lab, id, domain, host, name))
            return id;
    cursor = 0;
    for (cs_id id; (id = csi_base_by_name(lab->base, hash, &cursor));)
        if (is_named(lab, id, domain, host, name))
            return id;
    return 0;
}

/* ----------------------------------------------------------------- changing */

static struct cs_str *const *texts_of(struct cs_principal *p, struct cs_str *texts[8])
{
    struct cs_str *all[8] = {&p->name, &p->display, &p->upn,     &p->dns,
                             &p->mail, &p->dn,      &p->comment, &p->os};
    for (int i = 0; i < 8; i++)
        texts[i] = all[i];
    return texts;
}

static cs_status put_version(struct cs_lab *lab, const char *name,
                             const struct cs_principal *principal, bool removed,
                             struct cs_error *err)
{
    struct csi_version *version = cs_arena_alloc(lab->memory, sizeof *version);
    version->principal = *principal;
    struct cs_str *texts[8];
    texts_of(&version->principal, texts);
    for (int i = 0; i < 8; i++)
        *texts[i] = cs_str_copy(lab->memory, *texts[i]);
    version->removed = removed;
    version->tick = csi_lab_next_tick(lab);
    version->before = csi_delta_get(lab->delta, principal->id);
    return csi_lab_apply(lab,
                         (struct csi_op){.kind = CSI_OP_PRINCIPAL,
                                         .name = name,
                                         .id = principal->id,
                                         .was = version->before,
                                         .becomes = version},
                         err);
}

/* The next RID of a domain or machine; those of removed accounts are never given again. */
static uint32_t next_rid(const struct cs_lab *lab, const struct cs_sid *domain)
{
    const struct csi_base *base = lab->base;
    struct csi_rids *rids = &lab->delta->rids;
    uint32_t next = 1000;
    if (rids->parent.count && cs_sid_equal(&rids->parent, domain))
        return rids->next;
    for (size_t i = 0; i < base->parent_count; i++)
        if (cs_sid_equal(&base->parents[i], domain) && base->tops[i] >= next)
            next = base->tops[i] + 1;
    for (cs_id id = 0; (id = csi_delta_next(lab->delta, id + 1));) {
        struct cs_principal p;
        bool removed;
        if (csi_principal_any(lab, id, &p, &removed) && cs_sid_in(&p.sid, domain) &&
            cs_sid_rid(&p.sid) >= next)
            next = cs_sid_rid(&p.sid) + 1;
    }
    *rids = (struct csi_rids){*domain, next};
    return next;
}

static cs_status give_sid(const struct cs_lab *lab, struct cs_principal *p, struct cs_error *err)
{
    const struct cs_domain *domain = cs_domain_get(lab, p->domain);
    const struct cs_host *host = cs_host_get(lab, p->host);
    const struct cs_sid *parent = domain ? &domain->sid : host ? &host->machine : NULL;
    if (!parent || !parent->count)
        return cs_fail(err, CS_INVALID, "no SID for '%.*s': its domain or machine has none",
                       CS_STR_ARG(p->name));
    p->sid = cs_sid_child(parent, next_rid(lab, parent));
    return CS_OK;
}

static cs_status check_new(const struct cs_lab *lab, const struct cs_principal *p,
                           struct cs_error *err)
{
    const struct cs_domain *domain = cs_domain_get(lab, p->domain);
    bool group = p->kind == CS_GROUP;
    if (cs_principal_named(lab, p->domain, p->host, p->name)) {
        cs_fail(err, CS_EXISTS, "%s '%.*s' exists already", cs_principal_kind_name(p->kind),
                CS_STR_ARG(p->name));
        if (err)
            err->win32 = group ? 1379 : 2224;
        return CS_EXISTS;
    }
    if (group && domain && domain->mixed && p->security && p->scope == CS_SCOPE_UNIVERSAL) {
        cs_fail(err, CS_INVALID, "a mixed-mode domain has no universal security groups");
        if (err)
            err->win32 = 8513;
        return CS_INVALID;
    }
    return CS_OK;
}

cs_status cs_principal_put(struct cs_lab *lab, const struct cs_principal *principal, cs_id *id,
                           struct cs_error *err)
{
    struct cs_principal p = *principal;
    bool fresh = p.id == 0;
    cs_status status = fresh && p.kind != CS_FOREIGN ? check_new(lab, &p, err) : CS_OK;
    if (status == CS_OK && !p.sid.count)
        status = give_sid(lab, &p, err);
    if (status != CS_OK)
        return status;
    if (fresh) {
        p.id = lab->delta->end;
        p.birth = csi_lab_birth(lab);
    }
    status = put_version(lab, fresh ? "principal.add" : "principal.change", &p, false, err);
    if (status == CS_OK && id)
        *id = p.id;
    return status;
}

struct ids {
    cs_id *at;
    size_t count;
};

static bool collect(void *context, cs_id id)
{
    struct ids *ids = context;
    ids->at[ids->count++] = id;
    return true;
}

static bool count_one(void *context, cs_id id)
{
    (void)id;
    ++*(size_t *)context;
    return true;
}

typedef void each_fn(const struct cs_lab *lab, cs_id id, cs_tick when, cs_id_fn *fn, void *context);

/* Take away every edge at one end of `id`. */
static void drop_edges(struct cs_lab *lab, struct cs_arena *arena, cs_id id, each_fn *each,
                       bool as_group)
{
    struct ids ids = {0};
    size_t count = 0;
    each(lab, id, CS_NOW, count_one, &count);
    ids.at = cs_arena_alloc(arena, count * sizeof *ids.at);
    each(lab, id, CS_NOW, collect, &ids);
    for (size_t i = 0; i < ids.count; i++)
        csi_edge_set(lab, as_group ? id : ids.at[i], as_group ? ids.at[i] : id, false, NULL);
}

cs_status cs_principal_remove(struct cs_lab *lab, cs_id id, struct cs_error *err)
{
    struct cs_principal p;
    if (!cs_principal_get(lab, id, &p))
        return cs_fail(err, CS_NOT_FOUND, "principal %u is not there", id);
    struct cs_arena *arena = cs_arena_new();
    csi_alloc_check(arena);
    cs_lab_begin(lab, CS_STR("principal.remove"));
    drop_edges(lab, arena, id, cs_member_each, true);
    drop_edges(lab, arena, id, cs_member_of_each, false);
    cs_arena_free(arena);
    return cs_lab_end(lab, put_version(lab, "principal.remove", &p, true, err), err);
}

cs_status cs_principal_of_sid(struct cs_lab *lab, const struct cs_sid *sid, cs_id host, cs_id *id,
                              struct cs_error *err)
{
    *id = cs_principal_by_sid(lab, sid, host);
    if (*id)
        return CS_OK;
    struct cs_sid_text text;
    struct cs_principal p = {.kind = CS_FOREIGN, .sid = *sid};
    p.name = cs_str_of(cs_sid_format(sid, &text));
    return cs_principal_put(lab, &p, id, err);
}

/* MS-SAMR 3.1.1.8.2: the old primary group becomes a listed one, the new one no longer is. */
cs_status cs_principal_set_primary(struct cs_lab *lab, cs_id id, cs_id group, struct cs_error *err)
{
    struct cs_principal p, g;
    if (!cs_principal_get(lab, id, &p) || !cs_principal_get(lab, group, &g))
        return cs_fail(err, CS_NOT_FOUND, "no such principal");
    if (g.domain != p.domain || (g.scope != CS_SCOPE_GLOBAL && g.scope != CS_SCOPE_UNIVERSAL))
        return cs_fail(err, CS_INVALID, "'%.*s' cannot be a primary group", CS_STR_ARG(g.name));
    cs_id old = cs_principal_primary(lab, id);
    if (old == group)
        return CS_OK;
    cs_lab_begin(lab, CS_STR("principal.set_primary"));
    if (cs_member_has(lab, group, id, CS_NOW))
        csi_edge_set(lab, group, id, false, NULL);
    if (old)
        csi_edge_set(lab, old, id, true, NULL);
    p.primary = cs_sid_rid(&g.sid);
    return cs_lab_end(lab, put_version(lab, "principal.set_primary", &p, false, err), err);
}

/* --------------------------------------------------------------- the founding */

void csi_lab_found(struct cs_lab *lab)
{
    size_t count;
    const struct cs_sid_known *known = cs_sid_known_table(&count);
    struct csi_maker *maker = csi_maker_new();
    for (size_t i = 0; i < count; i++) {
        if (cs_sid_is_builtin(&known[i].sid))
            continue;
        struct cs_principal p = {.kind = CS_WELL_KNOWN, .sid = known[i].sid, .security = true};
        p.birth = csi_lab_birth(lab);
        p.name = cs_str_of(known[i].name);
        csi_maker_add(maker, &p);
    }
    csi_base_free(lab->base);
    csi_delta_free(lab->delta);
    lab->base = csi_maker_finish(maker);
    lab->delta = csi_delta_new((cs_id)lab->base->count + 1);
}
