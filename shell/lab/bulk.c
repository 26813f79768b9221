/* bulk.c - many principals in one op; and the sealing of a lab (see bulk.h).  Room: lab. */
#include "bulk.h"

#include <string.h>

#include "base/alloc.h"
#include "lab_internal.h"

struct csi_bulk {
    struct cs_lab *lab;
    struct cs_arena *arena;
    struct cs_principal *all; /* by id, as they will be; kind 0: nobody */
    size_t end, room;
    struct csi_index by_sid;
    struct {
        cs_id group, member;
    } * edges;
    size_t edge_count, edge_room;
};

static void reserve(struct csi_bulk *bulk, size_t id)
{
    if (id < bulk->room)
        return;
    size_t room = bulk->room ? bulk->room : 128;
    while (room <= id)
        room *= 2;
    struct cs_principal *all = csi_alloc_must(room * sizeof *all);
    memset(all, 0, room * sizeof *all);
    if (bulk->room)
        memcpy(all, bulk->all, bulk->room * sizeof *all);
    csi_alloc_free(bulk->all);
    bulk->all = all;
    bulk->room = room;
}

static void put(struct csi_bulk *bulk, cs_id id, const struct cs_principal *principal)
{
    reserve(bulk, id);
    bulk->all[id] = *principal;
    bulk->all[id].id = id;
    if (id >= bulk->end)
        bulk->end = id + 1;
    csi_index_add(&bulk->by_sid, cs_sid_hash(&principal->sid), id);
}

struct csi_bulk *csi_bulk_begin(struct cs_lab *lab)
{
    struct csi_bulk *bulk = csi_alloc_must(sizeof *bulk);
    *bulk = (struct csi_bulk){.lab = lab, .arena = cs_arena_new(), .end = 1};
    cs_bug_if(!bulk->arena);
    reserve(bulk, lab->delta->end);
    for (cs_id id = 1; id < lab->delta->end; id++) {
        struct cs_principal p;
        if (cs_principal_get(lab, id, &p))
            put(bulk, id, &p);
    }
    bulk->end = lab->delta->end;
    return bulk;
}

void csi_bulk_drop(struct csi_bulk *bulk)
{
    if (!bulk)
        return;
    csi_alloc_free(bulk->all);
    csi_alloc_free(bulk->edges);
    csi_index_clear(&bulk->by_sid);
    cs_arena_free(bulk->arena);
    csi_alloc_free(bulk);
}

cs_id csi_bulk_find(const struct csi_bulk *bulk, const struct cs_sid *sid, cs_id domain, cs_id host)
{
    size_t cursor = 0;
    for (cs_id id; (id = csi_index_next(&bulk->by_sid, cs_sid_hash(sid), &cursor));) {
        const struct cs_principal *p = &bulk->all[id];
        bool owned = !cs_sid_is_builtin(sid) || (p->domain == domain && p->host == host);
        if (p->kind && owned && cs_sid_equal(&p->sid, sid))
            return id;
    }
    return 0;
}

const struct cs_principal *csi_bulk_get(const struct csi_bulk *bulk, cs_id id)
{
    return id < bulk->end && bulk->all[id].kind ? &bulk->all[id] : NULL;
}

static void copy_texts(struct cs_arena *arena, struct cs_principal *p)
{
    struct cs_str *texts[] = {&p->name, &p->display, &p->upn,     &p->dns,
                              &p->mail, &p->dn,      &p->comment, &p->os};
    for (size_t i = 0; i < CS_COUNT(texts); i++)
        if (texts[i]->length)
            *texts[i] = cs_str_copy(arena, *texts[i]);
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
    copy_texts(bulk->arena, &facts);
    cs_id id = csi_bulk_find(bulk, &facts.sid, facts.domain, facts.host);
    if (added)
        *added = id == 0;
    if (id) {
        merge(&bulk->all[id], &facts);
        return id;
    }
    facts.birth = csi_lab_birth(bulk->lab);
    id = (cs_id)bulk->end;
    put(bulk, id, &facts);
    return id;
}

void csi_bulk_member(struct csi_bulk *bulk, cs_id group, cs_id member)
{
    if (bulk->edge_count == bulk->edge_room) {
        bulk->edge_room = bulk->edge_room ? bulk->edge_room * 2 : 1024;
        bulk->edges = csi_alloc_again(bulk->edges, bulk->edge_room * sizeof *bulk->edges);
        cs_bug_if(!bulk->edges);
    }
    bulk->edges[bulk->edge_count].group = group;
    bulk->edges[bulk->edge_count++].member = member;
}

/* ------------------------------------------------------------ the new base */

static void link_base(struct csi_maker *maker, const struct csi_base *base)
{
    for (cs_id group = 1; group <= base->count; group++)
        for (uint32_t i = base->members.offsets[group]; i < base->members.offsets[group + 1]; i++)
            csi_maker_link(maker, group, base->members.at[i]);
}

static struct csi_maker *maker_of(const struct csi_bulk *bulk)
{
    struct csi_maker *maker = csi_maker_new();
    for (cs_id id = 1; id < bulk->end; id++) {
        if (bulk->all[id].kind)
            csi_maker_add(maker, &bulk->all[id]);
        else
            csi_maker_skip(maker);
    }
    return maker;
}

/* Membership that came or went since keeps its time: the log goes over to the new delta. */
static struct csi_delta *delta_over(const struct csi_delta *old, cs_id end)
{
    struct csi_delta *delta = csi_delta_new(end);
    for (size_t i = 0; i < old->log_count; i++)
        csi_delta_push(delta, old->log[i]);
    return delta;
}

void csi_bulk_end(struct csi_bulk *bulk)
{
    struct cs_lab *lab = bulk->lab;
    struct csi_maker *maker = maker_of(bulk);
    link_base(maker, lab->base);
    for (size_t i = 0; i < bulk->edge_count; i++)
        csi_maker_link(maker, bulk->edges[i].group, bulk->edges[i].member);
    struct csi_base *base = csi_maker_finish(maker);
    struct csi_op op = {.kind = CSI_OP_BASE,
                        .name = "lab.import",
                        .base_before = lab->base,
                        .base_after = base,
                        .delta_before = lab->delta,
                        .delta_after = delta_over(lab->delta, (cs_id)bulk->end)};
    csi_bulk_drop(bulk);
    csi_lab_apply(lab, op);
}

/* ------------------------------------------------------------------ sealing */

static void link_now(struct csi_maker *maker, const struct cs_lab *lab)
{
    const struct csi_base *base = lab->base;
    for (cs_id group = 1; group <= base->count; group++)
        for (uint32_t i = base->members.offsets[group]; i < base->members.offsets[group + 1]; i++)
            if (cs_member_has(lab, group, base->members.at[i], CS_NOW))
                csi_maker_link(maker, group, base->members.at[i]);
    for (size_t i = 0; i < lab->delta->log_count; i++) {
        const struct csi_edge_change *change = &lab->delta->log[i];
        if (change->present && cs_member_has(lab, change->group, change->member, CS_NOW))
            csi_maker_link(maker, change->group, change->member);
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

void cs_lab_seal(struct cs_lab *lab)
{
    cs_bug_if(cs_lab_in_transaction(lab));
    csi_journal_forget(lab);
    struct csi_bulk *bulk = csi_bulk_begin(lab);
    struct csi_maker *maker = maker_of(bulk);
    link_now(maker, lab);
    struct csi_delta *delta = csi_delta_new((cs_id)bulk->end);
    csi_bulk_drop(bulk);
    struct csi_base *base = csi_maker_finish(maker);
    csi_base_free(lab->base);
    csi_delta_free(lab->delta);
    lab->base = base;
    lab->delta = delta;
    cs_record_each(lab, CS_NOUN_HOST, restart_host, lab);
}
