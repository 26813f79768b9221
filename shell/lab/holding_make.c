/*
 * holding_make.c - the rows that are worth keeping: those of groups that the descriptors of
 * what is published name, and that a walk would be long for (see holding.h).
 *
 * It asks as who.c does, for each certification authority and template, of a lab that is as its
 * base; which groups tickets are then asked for is noted, and each is walked by itself.
 * Room: lab.
 */
#include "holding.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "columns_in.h"
#include "gate_in.h"
#include "maker.h"

enum { HOLDINGS_MOST = 128, AUTHORITIES_MOST = 16 };

struct noted {
    const struct csi_crowd *crowd;
    cs_id group;
};

struct making {
    struct cs_lab lab; /* as its base, with all its records */
    struct csi_base *base;
    struct cs_arena *arena;
    struct csi_columns *columns;
    struct csi_draft found;
    struct noted noted[HOLDINGS_MOST];
    size_t count;
    size_t key_room, met_room, bits_room;
};

/* ------------------------------------------------------------- what is named */

static void note(void *context, const struct csi_crowd *crowd, cs_id group)
{
    struct making *m = context;
    for (size_t i = 0; i < m->count; i++)
        if (m->noted[i].group == group && m->noted[i].crowd->domain == crowd->domain)
            return;
    if (m->count < HOLDINGS_MOST)
        m->noted[m->count++] = (struct noted){crowd, group};
}

/* A gate that cannot name what it hangs on is asked one by one, without rows. */
static void ask_columns(struct making *m, const struct cs_question *ask)
{
    struct cs_caller caller = csi_caller_of_all(&m->lab, m->arena, ask);
    for (size_t i = 0; i < cs_gate_count(&m->lab); i++) {
        struct cs_column named = {.arena = m->arena};
        struct cs_error ignored;
        caller.gate = cs_gate_at(&m->lab, i);
        if (!caller.gate->column || caller.gate->column(&caller, &named, &ignored) != CS_OK)
            continue;
        for (size_t k = 0; k < named.count; k++)
            csi_column(m->columns, &named.sids[k]);
    }
}

static void ask_published(struct making *m, const struct cs_ca *ca)
{
    for (cs_id id = 1; id < m->lab.tables[CS_NOUN_TEMPLATE].end; id++) {
        const struct cs_template *published = cs_template_get(&m->lab, id);
        struct cs_question ask = {.template_ = id, .ca = ca->record.id};
        if (published && cs_ca_publishes(ca, published->name))
            ask_columns(m, &ask);
    }
}

/* ---------------------------------------------------------------- what is kept */

static int by_number(const void *a, const void *b)
{
    const cs_id *one = a, *other = b;
    return *one < *other ? -1 : *one > *other;
}

/* The way, ascending, that the walk has left in the trail. */
static void keep_way(struct making *m, struct csi_holding *key)
{
    struct csi_holdings *to = &m->base->holdings;
    const struct csi_trail *way = &m->columns->ticket;
    to->met = csi_grow(to->met, &m->met_room, to->met_count + way->count, sizeof *to->met);
    key->from = (uint32_t)to->met_count;
    if (way->count)
        memcpy(to->met + to->met_count, way->at, way->count * sizeof *to->met);
    qsort(to->met + key->from, way->count, sizeof *to->met, by_number);
    to->met_count += way->count;
    key->to = (uint32_t)to->met_count;
}

static void keep(struct making *m, const struct noted *noted, const struct cs_set *who)
{
    struct csi_holdings *to = &m->base->holdings;
    size_t words = m->base->rolls.words;
    struct csi_holding key = {.group = noted->group, .domain = noted->crowd->domain};
    keep_way(m, &key);
    to->keys = csi_grow(to->keys, &m->key_room, to->count + 1, sizeof *to->keys);
    to->bits = csi_grow(to->bits, &m->bits_room, (to->count + 1) * words, sizeof *to->bits);
    memcpy(to->bits + to->count * words, who->words, words * sizeof *to->bits);
    to->keys[to->count++] = key;
}

/* Worth it when reading the row is less than the walk. */
static void walk(struct making *m, const struct noted *noted)
{
    struct csi_columns *c = m->columns;
    csi_draft_clear(&m->found);
    csi_ticket_walk(c, noted->crowd, noted->group, &m->found);
    struct cs_set *who = csi_draft_own(&m->found);
    cs_set_and(who, &noted->crowd->who);
    if (cs_set_size(who) + c->ticket.count > who->count / 8)
        keep(m, noted, who);
    csi_trail_forget(&c->ticket);
}

/* ------------------------------------------------------------------ the whole */

static void ask_authority(struct making *m, const struct cs_ca *ca)
{
    size_t from = m->count;
    m->columns = csi_columns_new(&m->lab, m->arena, ca->host);
    if (!m->columns)
        return;
    m->columns->asked = note;
    m->columns->asked_context = m;
    ask_published(m, ca);
    m->found = csi_draft_new(m->arena, m->columns->end);
    for (size_t i = from; i < m->count; i++)
        walk(m, &m->noted[i]);
}

void csi_holdings_make(struct cs_lab *lab)
{
    struct csi_base *base = lab->base;
    if (base->mapped || base->holdings.count)
        return;
    struct making *m = csi_alloc_must(sizeof *m);
    *m = (struct making){.lab = *lab, .base = base, .arena = cs_arena_new()};
    csi_alloc_check(m->arena);
    m->lab.delta = csi_delta_new((cs_id)base->count + 1);
    size_t asked = 0;
    for (cs_id id = 1; id < lab->tables[CS_NOUN_CA].end && asked < AUTHORITIES_MOST; id++) {
        const struct cs_ca *ca = cs_ca_get(lab, id);
        if (ca && ++asked)
            ask_authority(m, ca);
    }
    base->holdings.forests = csi_forests_sum(lab);
    csi_delta_free(m->lab.delta);
    cs_arena_free(m->arena);
    csi_alloc_free(m);
}
