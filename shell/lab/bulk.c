/* bulk.c - many principals in one op; and the sealing of a lab (see bulk.h).  Room: lab. */
#include "bulk.h"

#include <string.h>

#include "base/alloc.h"
#include "lab_internal.h"
#include "maker.h"
#include "store_in.h"
#include "stranger.h"

/* A membership. */
struct edge {
    cs_id group, member;
};

struct csi_bulk {
    struct cs_lab *lab;
    struct csi_maker *maker;
    struct cs_principal view;
    cs_id first, next; /* place of draft 0; the id that the next settled one gets */
    uint32_t drafts;
    struct edge *back; /* were taken away in the lab, and are named again */
    size_t back_count, back_room;
    bool strangers; /* there were some, or are */
    cs_id *moved;   /* by id below `first`, when strangers turned out to be others */
};

/* What changed since the base, as it is now. */
static void take_changes(struct csi_maker *maker, const struct cs_lab *lab)
{
    struct cs_principal p;
    csi_maker_extend(maker, lab->delta->end);
    for (cs_id id = 0; (id = csi_delta_next(lab->delta, id + 1));)
        csi_maker_set(maker, id, cs_principal_get(lab, id, &p) ? &p : NULL);
}

struct csi_bulk *csi_bulk_begin(struct cs_lab *lab)
{
    struct csi_bulk *bulk = csi_alloc_must(sizeof *bulk);
    *bulk = (struct csi_bulk){.lab = lab, .maker = csi_maker_of(lab->base)};
    take_changes(bulk->maker, lab);
    bulk->first = bulk->next = csi_maker_end(bulk->maker);
    const struct cs_sid strangers = csi_stranger_parent();
    bulk->strangers = csi_maker_has_parent(bulk->maker, &strangers);
    return bulk;
}

void csi_bulk_drop(struct csi_bulk *bulk)
{
    if (!bulk)
        return;
    csi_maker_free(bulk->maker);
    csi_alloc_free(bulk->back);
    csi_alloc_free(bulk->moved);
    csi_alloc_free(bulk);
}

cs_id csi_bulk_find(const struct csi_bulk *bulk, const struct cs_sid *sid, cs_id domain, cs_id host)
{
    struct cs_principal p;
    size_t cursor = 0;
    for (cs_id id; (id = csi_maker_next(bulk->maker, sid, &cursor));)
        if (!cs_sid_is_builtin(sid) ||
            (csi_maker_get(bulk->maker, id, &p) && p.domain == domain && p.host == host))
            return id;
    return 0;
}

const struct cs_principal *csi_bulk_get(struct csi_bulk *bulk, cs_id id)
{
    return csi_maker_get(bulk->maker, id, &bulk->view) ? &bulk->view : NULL;
}

bool csi_bulk_is_group(const struct csi_bulk *bulk, cs_id id)
{
    return csi_maker_kind(bulk->maker, id) == CS_GROUP;
}

static struct cs_str newer(struct cs_str old, struct cs_str now)
{
    return now.length ? now : old;
}

/* A given fact wins over an empty one; a real principal over a foreign one. */
static void merge(struct cs_principal *p, const struct cs_principal *more)
{
    if (more->kind != CS_FOREIGN && p->kind != CS_WELL_KNOWN) {
        p->kind = more->kind;
        p->scope = more->scope;
        p->security = more->security;
        p->managed = more->managed;
        p->domain = more->domain ? more->domain : p->domain;
        p->host = more->host ? more->host : p->host;
        p->uac = more->uac ? more->uac : p->uac;
        p->primary = more->primary ? more->primary : p->primary;
        p->source = more->source;
        p->members_open = more->members_open;
        p->name = newer(p->name, more->name);
    }
    p->display = newer(p->display, more->display);
    p->upn = newer(p->upn, more->upn);
    p->dns = newer(p->dns, more->dns);
    p->mail = newer(p->mail, more->mail);
    p->dn = newer(p->dn, more->dn);
    p->comment = newer(p->comment, more->comment);
    p->os = newer(p->os, more->os);
}

cs_id csi_bulk_principal(struct csi_bulk *bulk, const struct cs_principal *principal, bool *added)
{
    struct cs_principal facts = *principal;
    cs_id id = csi_bulk_find(bulk, &facts.sid, facts.domain, facts.host);
    if (added)
        *added = id == 0;
    if (!id) {
        facts.birth = csi_lab_birth(bulk->lab);
        return csi_maker_add(bulk->maker, &facts);
    }
    struct cs_principal merged;
    csi_maker_get(bulk->maker, id, &merged);
    merge(&merged, &facts);
    csi_maker_set(bulk->maker, id, &merged);
    return id;
}

/* The delta says that it is gone, and goes on saying so over the new base. */
static void note_back(struct csi_bulk *bulk, cs_id group, cs_id member)
{
    const struct csi_edge_change *last = csi_delta_edge(bulk->lab->delta, group, member, CS_NOW);
    if (!last || last->present)
        return;
    bulk->back = csi_grow(bulk->back, &bulk->back_room, bulk->back_count + 1, sizeof *bulk->back);
    bulk->back[bulk->back_count++] = (struct edge){group, member};
}

void csi_bulk_members(struct csi_bulk *bulk, cs_id group, const cs_id *members, size_t count)
{
    csi_maker_link_all(bulk->maker, group, members, count);
    for (size_t i = 0; bulk->lab->delta->log_count && i < count; i++)
        note_back(bulk, group, members[i]);
}

void csi_bulk_member(struct csi_bulk *bulk, cs_id group, cs_id member)
{
    csi_maker_link(bulk->maker, group, member);
    note_back(bulk, group, member);
}

/* ------------------------------------------------------------------- drafts */

uint32_t csi_bulk_draft(struct csi_bulk *bulk, const struct cs_principal *facts)
{
    csi_maker_draft(bulk->maker, facts);
    return bulk->drafts++;
}

void csi_bulk_drafted(const struct csi_bulk *bulk, uint32_t draft, struct cs_principal *out)
{
    csi_maker_get(bulk->maker, bulk->first + draft, out);
}

void csi_bulk_redraft(struct csi_bulk *bulk, uint32_t draft, const struct cs_principal *facts)
{
    csi_maker_redraft(bulk->maker, bulk->first + draft, facts);
}

/* Who a stranger is: the SID is told, and the name is no longer the DN. */
static void reveal(struct cs_principal *p, const struct cs_principal *facts)
{
    if (!cs_principal_is_stranger(p))
        return;
    p->sid = facts->sid;
    p->name = facts->name;
}

cs_id csi_bulk_settle(struct csi_bulk *bulk, uint32_t draft, const struct cs_principal *facts,
                      cs_id known)
{
    enum { AHEAD = 8 };
    struct cs_principal merged;
    if (draft == 0)
        csi_maker_expect(bulk->maker, bulk->drafts);
    csi_maker_fetch(bulk->maker, bulk->first + draft + AHEAD);
    if (!known) {
        merged = *facts;
        merged.birth = csi_lab_birth(bulk->lab);
        csi_maker_settle(bulk->maker, bulk->first + draft, bulk->next, &merged);
        return bulk->next++;
    }
    csi_maker_get(bulk->maker, known, &merged);
    reveal(&merged, facts);
    merge(&merged, facts);
    csi_maker_set(bulk->maker, known, &merged);
    csi_maker_abandon(bulk->maker, bulk->first + draft);
    return known;
}

void csi_bulk_settled(struct csi_bulk *bulk)
{
    csi_maker_cut(bulk->maker, bulk->next);
    bulk->drafts = 0;
}

/* ---------------------------------------------------------------- strangers */

cs_id csi_bulk_stranger(struct csi_bulk *bulk, const struct cs_principal *stranger)
{
    struct cs_principal p = *stranger;
    p.birth = csi_lab_birth(bulk->lab);
    cs_id id = csi_maker_add(bulk->maker, &p);
    csi_maker_get(bulk->maker, id, &p);
    p.name = p.dn; /* one text for both */
    csi_maker_set(bulk->maker, id, &p);
    bulk->strangers = true;
    return id;
}

bool csi_bulk_has_strangers(const struct csi_bulk *bulk)
{
    return bulk->strangers;
}

cs_id csi_bulk_now(const struct csi_bulk *bulk, cs_id id)
{
    return bulk->moved && id < bulk->first ? bulk->moved[id] : id;
}

struct heir {
    struct csi_bulk *bulk;
    cs_id id;
    bool as_group;
};

static bool inherit(void *context, cs_id other)
{
    const struct heir *heir = context;
    if (heir->as_group)
        csi_bulk_member(heir->bulk, heir->id, other);
    else
        csi_bulk_member(heir->bulk, other, heir->id);
    return true;
}

void csi_bulk_absorb(struct csi_bulk *bulk, cs_id from, cs_id into)
{
    struct heir heir = {bulk, into, false};
    if (!bulk->moved) {
        bulk->moved = csi_alloc_must(bulk->first * sizeof *bulk->moved);
        for (cs_id id = 0; id < bulk->first; id++)
            bulk->moved[id] = id;
    }
    if (into)
        cs_member_of_each(bulk->lab, from, CS_NOW, inherit, &heir);
    heir.as_group = true;
    if (into && csi_bulk_is_group(bulk, into))
        cs_member_each(bulk->lab, from, CS_NOW, inherit, &heir);
    bulk->moved[from] = into;
    csi_maker_set(bulk->maker, from, NULL);
}

bool csi_bulk_open(struct csi_bulk *bulk, cs_id group)
{
    struct cs_principal p;
    if (!csi_maker_get(bulk->maker, group, &p) || p.members_open)
        return false;
    p.members_open = true;
    csi_maker_set(bulk->maker, group, &p);
    return true;
}

/* ------------------------------------------------------------ the new base */

/* What was told of strangers that are somebody else now is linked to those already. */
static void link_stayed(struct csi_bulk *bulk, cs_id group, struct csi_list list)
{
    for (size_t i = 0; i < list.count && csi_bulk_now(bulk, group) == group; i++)
        if (csi_bulk_now(bulk, list.at[i]) == list.at[i])
            csi_maker_link(bulk->maker, group, list.at[i]);
}

/* A stranger that was thought to be a group and is an account has no members. */
static void link_base(struct csi_bulk *bulk, const struct csi_base *base)
{
    for (cs_id group = 1; group <= base->count; group++) {
        const struct csi_list list = csi_base_members(base, group);
        enum cs_principal_kind kind = list.count ? csi_maker_kind(bulk->maker, group) : 0;
        if (kind == CS_USER || kind == CS_COMPUTER)
            continue;
        if (bulk->moved)
            link_stayed(bulk, group, list);
        else
            csi_maker_link_all(bulk->maker, group, list.at, list.count);
    }
}

void csi_bulk_end(struct csi_bulk *bulk)
{
    struct cs_lab *lab = bulk->lab;
    cs_id end = csi_maker_end(bulk->maker);
    link_base(bulk, lab->base);
    struct csi_base *base = csi_maker_finish(bulk->maker);
    struct csi_op op = {.kind = CSI_OP_BASE,
                        .name = "lab.import",
                        .id = (cs_id)base->count,
                        .member = lab->delta->end,
                        .base_before = lab->base,
                        .base_after = base,
                        .delta_before = lab->delta,
                        .delta_after = csi_delta_over(lab->delta, end)};
    csi_lab_apply(lab, op, NULL);
    for (size_t i = 0; i < bulk->back_count; i++)
        if (!cs_member_has(lab, bulk->back[i].group, bulk->back[i].member, CS_NOW))
            csi_edge_set(lab, bulk->back[i].group, bulk->back[i].member, true, NULL);
    csi_alloc_free(bulk->back);
    csi_alloc_free(bulk->moved);
    csi_alloc_free(bulk);
}

/* ------------------------------------------------------------------ sealing */

static void link_now(struct csi_maker *maker, const struct cs_lab *lab)
{
    const struct csi_base *base = lab->base;
    for (cs_id group = 1; group <= base->count; group++) {
        const struct csi_list list = csi_base_members(base, group);
        for (size_t i = 0; i < list.count; i++)
            if (cs_member_has(lab, group, list.at[i], CS_NOW))
                csi_maker_link(maker, group, list.at[i]);
    }
    for (size_t i = 0; i < lab->delta->log_count; i++) {
        const struct csi_edge_change *change = &lab->delta->log[i];
        if (change->present && cs_member_has(lab, change->group, change->member, CS_NOW))
            csi_maker_link(maker, change->group, change->member);
    }
}

/* What commands made while the lab was built is the lab's own. */
static bool belongs_to_lab(void *context, const struct cs_record *record)
{
    struct cs_record *own = (struct cs_record *)(uintptr_t)record; /* ours: made by a put */
    (void)context;
    if (own->source.origin == CS_ORIGIN_COMMAND)
        own->source.origin = CS_ORIGIN_LAB;
    return true;
}

static void take_over(struct csi_maker *maker)
{
    struct cs_principal p;
    for (cs_id id = 1; id < csi_maker_end(maker); id++) {
        if (!csi_maker_get(maker, id, &p) || p.source.origin != CS_ORIGIN_COMMAND)
            continue;
        p.source.origin = CS_ORIGIN_LAB;
        csi_maker_set(maker, id, &p);
    }
}

static bool restart_host(void *context, const struct cs_record *record)
{
    struct cs_lab *lab = context;
    struct cs_host *host = (struct cs_host *)(uintptr_t)record; /* ours: made by a put */
    host->boot = lab->tick;
    host->booted = cs_lab_clock(lab);
    return true;
}

/* A file that does not take it has the lab as it was. */
static cs_status write_sealed(struct cs_lab *lab, struct cs_error *err)
{
    struct cs_error ignored;
    cs_status status = csi_store_rewrite(lab->store, lab, err);
    if (status != CS_OK && csi_store_reload(lab, &ignored) != CS_OK)
        lab->store->damaged = true;
    return status;
}

cs_status cs_lab_seal(struct cs_lab *lab, struct cs_error *err)
{
    cs_bug_if(cs_lab_in_transaction(lab));
    csi_journal_forget(lab);
    struct csi_maker *maker = csi_maker_of(lab->base);
    take_changes(maker, lab);
    take_over(maker);
    link_now(maker, lab);
    struct csi_delta *delta = csi_delta_new(csi_maker_end(maker));
    struct csi_base *base = csi_maker_finish(maker);
    csi_base_free(lab->base);
    csi_delta_free(lab->delta);
    lab->base = base;
    lab->delta = delta;
    for (int noun = CS_NOUN_DOMAIN; noun < CS_NOUN_COUNT; noun++)
        cs_record_each(lab, (enum cs_noun)noun, belongs_to_lab, NULL);
    cs_record_each(lab, CS_NOUN_HOST, restart_host, lab);
    return lab->store ? write_sealed(lab, err) : CS_OK;
}
