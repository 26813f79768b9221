/*
 * who.c - may everybody have that certificate?  The question of decision.c, by columns.
 *
 * Everybody is put into kinds of callers that look alike from outside (user or computer,
 * domain, Windows and EnableDCOM of the client), and each gate parts each kind by the columns of
 * the SIDs that it names.  One of each part is asked, by the gate's row form: there is one
 * truth about a gate, and it is asked as often as there are different callers.  What the gates
 * have said, as sets, then makes the decision by the rules of decision.c.
 *
 * Asked one by one are those about whom columns say too little: whose token is older than a
 * change that may have touched it, and a machine that is the CA's own host.
 *
 * Room: lab.
 */
#include <certsh/host.h>

#include "columns.h"
#include "gate_in.h"
#include "lab_internal.h"
#include "stand_in.h"

enum { VERDICTS = CS_DENIED + 1 };

/* Callers that look alike. */
struct kind {
    cs_id domain;
    bool computer, switched_off, has_client;
    enum cs_windows windows;
    struct csi_draft who;
};

struct asking {
    const struct cs_lab *lab;
    struct cs_arena *arena;
    const struct cs_question *ask;
    struct cs_who *who;
    struct csi_columns *columns;
    size_t gate_count;
    struct csi_draft (*said)[VERDICTS]; /* by gate; what is in none is allowed */
    struct csi_draft singles;           /* to be asked one by one */
    struct kind *kinds;
    size_t kind_count, kind_room;
    struct csi_stand_ins *stand_ins;
    const struct cs_gate *gate; /* being asked */
    struct cs_error *err;
};

/* --------------------------------------------------------------------- kinds */

static struct kind *kind_of(struct asking *a, const struct kind *like)
{
    for (size_t i = 0; i < a->kind_count; i++) {
        struct kind *kind = &a->kinds[i];
        if (kind->domain == like->domain && kind->computer == like->computer &&
            kind->has_client == like->has_client && kind->switched_off == like->switched_off &&
            kind->windows == like->windows)
            return kind;
    }
    a->kinds = cs_arena_more(a->arena, a->kinds, a->kind_count, &a->kind_room, sizeof *a->kinds);
    struct kind *kind = &a->kinds[a->kind_count++];
    *kind = *like;
    kind->who = csi_draft_new(a->arena, cs_principal_end(a->lab));
    return kind;
}

static bool is_switched_off(const struct asking *a, cs_id host)
{
    const struct cs_reg_value *value =
        cs_registry_get(a->lab, host, CS_KEY_OLE, CS_STR("EnableDCOM"));
    if (!value)
        return false;
    struct cs_arena_mark mark = cs_arena_mark(a->arena);
    bool off = cs_str_same(cs_str_trim(cs_reg_text(a->arena, value)), CS_STR("N"));
    cs_arena_rewind(a->arena, mark);
    return off;
}

/* A computer without a host of its own is as the directory says. */
static void sort_computer(struct asking *a, cs_id id, cs_id ca_host)
{
    struct cs_principal p;
    cs_id from = cs_host_of_account(a->lab, id);
    if (from && from == ca_host) {
        csi_draft_add(&a->singles, id);
        return;
    }
    if (!cs_principal_get(a->lab, id, &p))
        return;
    struct kind like = {.domain = p.domain, .computer = true, .has_client = from != 0};
    like.switched_off = from && is_switched_off(a, from);
    like.windows = from ? cs_host_get(a->lab, from)->windows : CS_WINDOWS_UNKNOWN;
    if (like.windows == CS_WINDOWS_UNKNOWN)
        like.windows = cs_windows_find(p.os);
    csi_draft_add(&kind_of(a, &like)->who, id);
}

/* Users with the computers of their domain, which csi_part leaves out. */
static void sort_kinds(struct asking *a, cs_id ca_host)
{
    size_t count;
    const struct csi_crowd *crowds = csi_columns_crowds(a->columns, &count);
    const struct cs_set *computers = csi_columns_computers(a->columns);
    a->singles = csi_columns_odd(a->columns);
    for (cs_id id = 0; (id = cs_set_next(computers, id + 1));)
        sort_computer(a, id, ca_host);
    for (size_t i = 0; i < count; i++) {
        struct kind like = {.domain = crowds[i].domain};
        csi_draft_lend(&kind_of(a, &like)->who, &crowds[i].who);
    }
}

/* ------------------------------------------------------------------ by columns */

static cs_status ask_one(void *context, cs_id one, const uint64_t *holds, unsigned *answer,
                         struct cs_error *err)
{
    struct asking *a = context;
    const struct cs_caller *caller;
    (void)holds;
    cs_status status = csi_stand_in(a->stand_ins, one, &caller, err);
    if (status != CS_OK)
        return status;
    struct cs_gate_answer said = csi_answer_new();
    struct cs_caller asked = *caller;
    asked.gate = a->gate;
    status = a->gate->check(&asked, &said, err);
    *answer = said.verdict;
    return status == CS_OK ? CS_OK : cs_error_where(err, "gate %s", a->gate->name);
}

/* The columns of what a gate names; made for all gates before one is asked. */
static const struct csi_holders **columns_of(struct asking *a, const struct cs_column *named)
{
    const struct csi_holders **columns =
        cs_arena_alloc(a->arena, (named->count + 1) * sizeof *columns);
    for (size_t i = 0; i < named->count; i++)
        columns[i] = csi_column(a->columns, &named->sids[i]);
    return columns;
}

static cs_status ask_kind(struct csi_parting *parting, const struct kind *kind,
                          const struct cs_set *computers, struct cs_error *err)
{
    parting->except = kind->computer ? NULL : computers;
    return csi_part(parting, &kind->who, err);
}

static cs_status ask_gate(struct asking *a, size_t gate, const struct csi_holders *const *columns,
                          size_t count)
{
    struct csi_parting parting = {.arena = a->arena,
                                  .columns = columns,
                                  .column_count = count,
                                  .all = csi_columns_accounts(a->columns),
                                  .ask = ask_one,
                                  .context = a,
                                  .out = a->said[gate],
                                  .unsaid = CS_ALLOWED};
    a->gate = cs_gate_at(a->lab, gate);
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < a->kind_count; i++)
        status = ask_kind(&parting, &a->kinds[i], csi_columns_computers(a->columns), a->err);
    return status;
}

static struct cs_who_part *add_part(struct asking *a, enum cs_verdict_kind verdict, int gate,
                                    struct cs_set who)
{
    struct cs_who_part *part = &a->who->parts[a->who->count++];
    *part = (struct cs_who_part){.verdict = verdict, .gate = gate, .who = who};
    return part;
}

static struct cs_who_part *part_of(struct asking *a, enum cs_verdict_kind verdict, int gate)
{
    for (size_t i = 0; i < a->who->count; i++)
        if (a->who->parts[i].verdict == verdict && a->who->parts[i].gate == gate)
            return &a->who->parts[i];
    return add_part(a, verdict, gate, cs_set_new(a->arena, cs_principal_end(a->lab)));
}

/* Whoever of `rest` that gate has said that of is done with. */
static void settle(struct asking *a, struct cs_set *rest, enum cs_verdict_kind verdict, size_t gate)
{
    struct csi_draft *said = &a->said[gate][verdict];
    csi_draft_and(said, rest);
    if (!csi_draft_next(said, 1))
        return;
    add_part(a, verdict, (int)gate, said->own);
    cs_set_minus(rest, &said->own);
}

/* As decision.c concludes: the first gate that refuses, else the first unknown. */
static void conclude(struct asking *a, struct cs_set *rest)
{
    for (size_t gate = 0; gate < a->gate_count; gate++) {
        settle(a, rest, CS_NOT_GRANTED, gate);
        settle(a, rest, CS_DENIED, gate);
    }
    for (size_t gate = 0; gate < a->gate_count; gate++)
        settle(a, rest, CS_UNKNOWN_VERDICT, gate);
    if (cs_set_next(rest, 1))
        add_part(a, CS_ALLOWED, -1, *rest);
}

/* --------------------------------------------------------------------- by rows */

static int first_gate(const struct cs_decision *decision)
{
    if (decision->first >= 0)
        return decision->first;
    for (size_t i = 0; i < decision->count; i++)
        if (decision->answers[i].verdict != CS_ALLOWED)
            return (int)i;
    return -1;
}

static cs_status ask_singles(struct asking *a, const struct csi_draft *singles)
{
    cs_status status = CS_OK;
    struct cs_question ask = *a->ask;
    for (cs_id id = 0; status == CS_OK && (id = csi_draft_next(singles, id + 1));) {
        struct cs_decision decision;
        enum cs_verdict_kind verdict = CS_ALLOWED;
        int gate = -1;
        ask.principal = id;
        struct cs_arena_mark mark = cs_arena_mark(a->arena);
        status = cs_enroll_check(a->lab, a->arena, &ask, false, &decision, a->err);
        if (status == CS_OK) {
            verdict = decision.verdict;
            gate = first_gate(&decision);
        }
        cs_arena_rewind(a->arena, mark);
        if (status == CS_OK)
            cs_set_add(&part_of(a, verdict, gate)->who, id);
        a->who->rows++;
    }
    return status;
}

/* --------------------------------------------------------------------- public */

/* Can all gates name what they hang on?  Filled by gate. */
static bool name_all(const struct asking *a, struct cs_column *named, cs_status *status)
{
    struct cs_caller caller = csi_caller_of_all(a->lab, a->arena, a->ask);
    for (size_t i = 0; i < a->gate_count; i++) {
        const struct cs_gate *gate = cs_gate_at(a->lab, i);
        named[i].arena = a->arena;
        caller.gate = gate;
        if (!gate->column)
            return false;
        *status = gate->column(&caller, &named[i], a->err);
        if (*status != CS_OK || named[i].conditions)
            return false;
    }
    return true;
}

static cs_status ask_gates(struct asking *a, const struct cs_column *named)
{
    const struct csi_holders ***columns = cs_arena_alloc(a->arena, a->gate_count * sizeof *columns);
    cs_status status = CS_OK;
    for (size_t gate = 0; gate < a->gate_count; gate++)
        columns[gate] = columns_of(a, &named[gate]);
    a->stand_ins = csi_stand_ins_new(a->lab, a->arena, a->ask, a->columns);
    a->said = cs_arena_alloc(a->arena, a->gate_count * sizeof *a->said);
    for (size_t i = 0; i < a->gate_count * VERDICTS; i++)
        a->said[i / VERDICTS][i % VERDICTS] = csi_draft_new(a->arena, cs_principal_end(a->lab));
    for (size_t gate = 0; status == CS_OK && gate < a->gate_count; gate++)
        status = ask_gate(a, gate, columns[gate], named[gate].count);
    csi_stand_ins_end(a->stand_ins);
    return status;
}

static cs_status by_columns(struct asking *a, const struct cs_column *named)
{
    sort_kinds(a, cs_ca_get(a->lab, a->ask->ca)->host);
    cs_status status = ask_gates(a, named);
    if (status != CS_OK)
        return status;
    struct cs_set rest = cs_set_copy(a->arena, &a->who->asked);
    for (size_t w = a->singles.from; w < a->singles.to; w++)
        rest.words[w] &= ~a->singles.own.words[w];
    conclude(a, &rest);
    return ask_singles(a, &a->singles);
}

static bool add_account(void *context, const struct cs_principal *p)
{
    if (p->kind == CS_USER || p->kind == CS_COMPUTER)
        cs_set_add(context, p->id);
    return true;
}

static cs_status answer(struct asking *a)
{
    cs_status status = CS_OK;
    struct cs_column *named = cs_arena_alloc(a->arena, a->gate_count * sizeof *named);
    bool whole = !a->ask->from && name_all(a, named, &status);
    if (status != CS_OK)
        return status;
    if (whole)
        a->columns = csi_columns_new(a->lab, a->arena, cs_ca_get(a->lab, a->ask->ca)->host);
    if (a->columns) {
        a->who->asked = cs_set_copy(a->arena, csi_columns_accounts(a->columns));
        return by_columns(a, named);
    }
    a->who->asked = cs_set_new(a->arena, cs_principal_end(a->lab));
    cs_principal_each(a->lab, 0, add_account, &a->who->asked);
    csi_draft_lend(&a->singles, &a->who->asked);
    return ask_singles(a, &a->singles);
}

cs_status cs_enroll_who(const struct cs_lab *lab, struct cs_arena *arena,
                        const struct cs_question *ask, struct cs_who *who, struct cs_error *err)
{
    if (!cs_ca_get(lab, ask->ca))
        return cs_fail(err, CS_NOT_FOUND, "no such certification authority");
    if (!cs_template_get(lab, ask->template_))
        return cs_fail(err, CS_NOT_FOUND, "no such certificate template");
    struct cs_who made = {0};
    struct asking a = {.lab = lab, .arena = arena, .ask = ask, .who = &made, .err = err};
    a.gate_count = cs_gate_count(lab);
    made.parts = cs_arena_alloc(arena, (3 * a.gate_count + 1) * sizeof *made.parts);
    cs_status status = answer(&a);
    for (size_t i = 0; i < made.count; i++)
        made.parts[i].size = cs_set_size(&made.parts[i].who);
    if (status == CS_OK)
        *who = made;
    return status;
}
