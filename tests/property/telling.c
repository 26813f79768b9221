/* telling.c - a lab as lines of text (see telling.h). */
#include "telling.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lab/cell.h"

struct telling {
    const struct cs_lab *lab;
    struct cs_arena *arena;
    struct cs_buf out;
    enum cs_noun noun;
    cs_tick when;
    cs_id group;
};

static void tell_cells(struct telling *t, enum cs_noun noun, const struct cs_record *record)
{
    const struct csi_noun *of = csi_noun_of(noun);
    struct cs_arena_mark mark = cs_arena_mark(t->arena);
    for (size_t i = 0; i < csi_cell_count(of); i++) {
        struct csi_cell cell = csi_cell_of(of, i, record, t->arena);
        if (i == 1) /* births count what never was, too */
            continue;
        if (cell.kind == CSI_CELL_NUMBER)
            cs_buf_addf(&t->out, " %s=%lld", csi_cell_column(of, i)->name, (long long)cell.number);
        if (cell.kind == CSI_CELL_BYTES)
            cs_buf_addf(&t->out, " %s=#%llx", csi_cell_column(of, i)->name,
                        (unsigned long long)csi_cells_hash(&cell, 1, 1));
        if (cell.kind == CSI_CELL_TEXT)
            cs_buf_addf(&t->out, " %s='%.*s'", csi_cell_column(of, i)->name, CS_STR_ARG(cell.text));
    }
    struct cs_str source = cs_source_format(t->lab, t->arena, record->source);
    cs_buf_addf(&t->out, " from %.*s\n", CS_STR_ARG(source));
    cs_arena_rewind(t->arena, mark);
}

static bool tell_record(void *context, const struct cs_record *record)
{
    struct telling *t = context;
    cs_buf_addf(&t->out, "%s", cs_noun_name(t->noun));
    tell_cells(t, t->noun, record);
    return true;
}

static int by_number(const void *a, const void *b)
{
    cs_id one = *(const cs_id *)a, other = *(const cs_id *)b;
    return one < other ? -1 : one > other;
}

struct ids {
    cs_id at[4096];
    size_t count;
};

static bool take_id(void *context, cs_id id)
{
    struct ids *ids = context;
    ck_assert_uint_lt(ids->count, 4096);
    ids->at[ids->count++] = id;
    return true;
}

static void tell_ids(struct telling *t, const char *what, struct ids *ids)
{
    if (!ids->count)
        return;
    qsort(ids->at, ids->count, sizeof *ids->at, by_number);
    cs_buf_addf(&t->out, "  @%lld %s", (long long)t->when, what);
    for (size_t i = 0; i < ids->count; i++)
        cs_buf_addf(&t->out, " %u", ids->at[i]);
    cs_buf_adds(&t->out, "\n");
}

static void tell_principal(struct telling *t, cs_id id)
{
    struct cs_principal p;
    static struct ids members, groups;
    if (t->when == CS_NOW ? !cs_principal_get(t->lab, id, &p)
                          : !cs_principal_at(t->lab, id, t->when, &p))
        return;
    cs_buf_addf(&t->out, "principal @%lld", (long long)t->when);
    tell_cells(t, CS_NOUN_PRINCIPAL, (const struct cs_record *)&p);
    members.count = groups.count = 0;
    cs_member_each(t->lab, id, t->when, take_id, &members);
    tell_ids(t, "members", &members);
    cs_member_of_each(t->lab, id, t->when, take_id, &groups);
    tell_ids(t, "groups", &groups);
    for (size_t i = 0; i < members.count && t->when == CS_NOW; i++)
        cs_buf_addf(&t->out, "  %u since %llu\n", members.at[i],
                    (unsigned long long)cs_member_since(t->lab, id, members.at[i]));
}

static bool tell_op(void *context, const char *name, struct cs_str what)
{
    struct telling *t = context;
    cs_buf_addf(&t->out, "  %s %.*s\n", name, CS_STR_ARG(what));
    return true;
}

static bool tell_change(void *context, const struct cs_change *change)
{
    struct telling *t = context;
    cs_buf_addf(&t->out, "change %zu '%.*s' %.*s %lld %zu%s\n", change->number,
                CS_STR_ARG(change->title), CS_STR_ARG(change->user), (long long)change->time,
                change->ops, change->undone ? " undone" : "");
    cs_lab_each_op(t->lab, change->number, tell_op, t);
    return true;
}

char *telling_of(const struct cs_lab *lab)
{
    struct telling t = {.lab = lab, .arena = cs_arena_new()};
    cs_buf_init(&t.out, 1u << 30);
    cs_buf_addf(&t.out, "tick %llu clock %lld end %u\n", (unsigned long long)cs_lab_tick(lab),
                (long long)cs_lab_clock(lab), cs_principal_end(lab));
    for (int noun = CS_NOUN_PRINCIPAL + 1; noun < CS_NOUN_COUNT; noun++) {
        t.noun = (enum cs_noun)noun;
        cs_record_each(lab, t.noun, tell_record, &t);
    }
    for (cs_id id = 1; id < cs_principal_end(lab); id++) {
        t.when = CS_NOW;
        tell_principal(&t, id);
        for (t.when = 0; t.when <= cs_lab_tick(lab); t.when += 1 + cs_lab_tick(lab) / 12)
            tell_principal(&t, id);
    }
    cs_lab_each_change(lab, tell_change, &t);
    cs_arena_free(t.arena);
    char *text = strdup(t.out.at);
    cs_buf_clear(&t.out);
    return text;
}

void telling_same(const struct cs_lab *a, const struct cs_lab *b)
{
    char *one = telling_of(a), *other = telling_of(b), *x = one, *y = other;
    while (*x && *x == *y)
        x++, y++;
    if (*x || *y) {
        while (x > one && x[-1] != '\n')
            x--, y--;
        ck_abort_msg("labs differ:\n  %.*s\n  %.*s\n", (int)strcspn(x, "\n"), x,
                     (int)strcspn(y, "\n"), y);
    }
    free(one);
    free(other);
}
