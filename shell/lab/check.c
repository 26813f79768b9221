/*
 * check.c - what must hold in every lab, whatever was done to it: asked one by one, so that a
 * person sees what was looked at.  Room: lab.
 */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "lab_internal.h"

void csi_check_fault(struct csi_checking *c, const char *format, ...)
{
    va_list args;
    if (c->faults++)
        return;
    va_start(args, format);
    vsnprintf(c->fault, sizeof c->fault, format, args);
    va_end(args);
}

void csi_check_done(struct csi_checking *c, const char *what)
{
    if (c->faults > 1) {
        size_t used = strlen(c->fault);
        snprintf(c->fault + used, sizeof c->fault - used, " (and %zu more)", c->faults - 1);
    }
    c->failed += c->faults > 0;
    c->fn(c->context, what, c->faults == 0, c->fault);
    c->faults = 0;
    c->fault[0] = '\0';
}

/* --------------------------------------------------------------- directory */

/* Is the principal found by its SID, and is nobody else? */
static bool find_by_sid(void *context, const struct cs_principal *p)
{
    struct csi_checking *c = context;
    struct cs_sid_text text;
    if (!p->sid.count || cs_sid_is_builtin(&p->sid)) /* whose those are, the host says */
        return true;
    cs_id found = cs_principal_by_sid(c->lab, &p->sid, 0);
    if (found != p->id)
        csi_check_fault(c, "%s is principal %u and principal %u", cs_sid_format(&p->sid, &text),
                        p->id, found);
    return true;
}

static bool find_by_name(void *context, const struct cs_principal *p)
{
    struct csi_checking *c = context;
    struct cs_principal other;
    cs_id found = cs_principal_named(c->lab, p->domain, p->host, p->name);
    if (!found || !cs_principal_get(c->lab, found, &other) || !cs_str_same(other.name, p->name))
        csi_check_fault(c, "principal %u is not found by its name '%.*s'", p->id,
                        CS_STR_ARG(p->name));
    return true;
}

struct end {
    struct csi_checking *c;
    cs_id group, wanted;
    bool found;
};

static bool is_wanted(void *context, cs_id id)
{
    struct end *end = context;
    end->found = id == end->wanted;
    return !end->found;
}

static bool check_member(void *context, cs_id member)
{
    struct end *end = context;
    struct cs_principal p;
    struct end back = {end->c, 0, end->group, false};
    if (!cs_principal_get(end->c->lab, member, &p))
        csi_check_fault(end->c, "group %u lists %u, who is not there", end->group, member);
    cs_member_of_each(end->c->lab, member, CS_NOW, is_wanted, &back);
    if (!back.found)
        csi_check_fault(end->c, "group %u lists %u, who does not know", end->group, member);
    return true;
}

static bool check_members(void *context, const struct cs_principal *group)
{
    struct end end = {context, group->id, 0, false};
    cs_member_each(end.c->lab, group->id, CS_NOW, check_member, &end);
    return true;
}

/* ----------------------------------------------------------------- records */

struct reference {
    struct csi_checking *c;
    enum cs_noun noun;
};

static bool resolves(const struct cs_lab *lab, enum cs_noun noun, cs_id id)
{
    /* an account that was removed leaves its id behind: a host may still name it */
    return !id || (noun == CS_NOUN_PRINCIPAL ? id < lab->delta->end
                                             : cs_record_get(lab, noun, id) != NULL);
}

static bool check_record(void *context, const struct cs_record *record)
{
    struct reference *r = context;
    const struct csi_noun *of = csi_noun_of(r->noun);
    for (size_t i = 0; i < of->column_count; i++) {
        const struct csi_column *column = &of->columns[i];
        cs_id id = column->refers
                       ? *(const cs_id *)(const void *)((const char *)record + column->offset)
                       : 0;
        if (!resolves(r->c->lab, column->refers, id))
            csi_check_fault(r->c, "%s %u names %s %u, which is not there", of->name, record->id,
                            cs_noun_name(column->refers), id);
    }
    return true;
}

static void check_records(struct csi_checking *c)
{
    struct reference r = {c, CS_NOUN_NONE};
    for (int noun = CS_NOUN_PRINCIPAL + 1; noun < CS_NOUN_COUNT; noun++) {
        r.noun = (enum cs_noun)noun;
        cs_record_each(c->lab, r.noun, check_record, &r);
    }
    csi_check_done(c, "every record names what is there");
}

/* ----------------------------------------------------------------- history */

static void check_history(struct csi_checking *c)
{
    const struct csi_journal *journal = &c->lab->journal;
    size_t next = 0;
    cs_tick tick = 0;
    for (size_t i = 0; i < journal->group_count; i++) {
        const struct csi_group *group = &journal->groups[i];
        if (group->first != next || group->before < tick)
            csi_check_fault(c, "change %zu does not follow change %zu", i + 1, i);
        next = group->first + group->count;
        tick = next ? journal->done.at[next - 1].tick : tick;
    }
    if (next != journal->done.count)
        csi_check_fault(c, "there are %zu steps, and changes of %zu", journal->done.count, next);
    csi_check_done(c, "the history is in one piece");
}

cs_status cs_lab_check(struct cs_lab *lab, cs_check_fn *fn, void *context, struct cs_error *err)
{
    struct csi_checking c = {.lab = lab, .fn = fn, .context = context};
    if (lab->store)
        csi_store_check(&c);
    cs_principal_each(lab, 0, find_by_sid, &c);
    csi_check_done(&c, "every SID is one principal's");
    cs_principal_each(lab, 0, find_by_name, &c);
    csi_check_done(&c, "every principal is found by its name");
    cs_principal_each(lab, CS_GROUP, check_members, &c);
    csi_check_done(&c, "every membership has both its ends");
    check_records(&c);
    check_history(&c);
    if (!c.failed)
        return CS_OK;
    cs_fail(err, CS_CHECK, "%zu check%s of the lab failed", c.failed, c.failed == 1 ? "" : "s");
    return cs_error_hint(err, "keep a copy of the file before going on");
}
