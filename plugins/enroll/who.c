/*
 * who.c - the same question for everybody.
 *
 * The lab answers for all at once, as sets (cs_enroll_who): everybody with one verdict from one
 * gate is a group.  People see the groups, counts first and names as far as they fit; --names
 * gives them all.  Rows are one a principal, or one a group with --count and --by gate.  What a
 * row needed is given back before the next, so that a million of them need no more memory than
 * one.
 */
#include "enroll.h"

enum { GROUP_COLUMN = 40, FEW = 8, SOME = 3 };

struct teller {
    struct enroll_case *one;
    const struct cs_who *who;
    struct cs_error *err;
    bool only_not, names, by_gate, count;
    bool shortened; /* not every name was said */
};

static const char *gate_name(const struct teller *teller, const struct cs_who_part *part)
{
    return part->gate < 0 ? NULL : cs_gate_at(teller->one->lab, (size_t)part->gate)->name;
}

static bool is_told(const struct teller *teller, const struct cs_who_part *part)
{
    return part->size && !(teller->only_not && part->verdict == CS_ALLOWED);
}

/* Groups in the order of verdicts, then of gates. */
typedef cs_status group_fn(struct teller *teller, const struct cs_who_part *part);

static const struct cs_who_part *find_part(const struct teller *teller, int verdict, int gate)
{
    for (size_t i = 0; i < teller->who->count; i++) {
        const struct cs_who_part *part = &teller->who->parts[i];
        if ((int)part->verdict == verdict && part->gate == gate)
            return part;
    }
    return NULL;
}

static cs_status each_group(struct teller *teller, group_fn *fn)
{
    cs_status status = CS_OK;
    int gates = (int)cs_gate_count(teller->one->lab);
    for (int verdict = CS_ALLOWED; verdict <= CS_DENIED; verdict++)
        for (int gate = -1; status == CS_OK && gate < gates; gate++) {
            const struct cs_who_part *part = find_part(teller, verdict, gate);
            if (part && is_told(teller, part))
                status = fn(teller, part);
        }
    return status;
}

/* ----------------------------------------------------------------------- rows */

static cs_status tell(struct teller *teller, const struct cs_who_part *part, cs_id id)
{
    struct enroll_case *one = teller->one;
    struct cs_sid_text sid;
    struct cs_arena_mark mark = cs_arena_mark(one->arena);
    enroll_case_set(one, id);
    cs_status status = CS_ROW(one->call, teller->err, cs_value_str(one->name),
                              cs_value_printf(one->arena, "%s", cs_sid_format(&one->who.sid, &sid)),
                              cs_value_text(cs_principal_kind_name(one->who.kind)),
                              cs_value_text(cs_verdict_name(part->verdict)),
                              cs_value_text(gate_name(teller, part)), cs_value_null());
    cs_arena_rewind(one->arena, mark);
    return status;
}

static cs_status tell_each(struct teller *teller)
{
    const struct cs_who *who = teller->who;
    cs_status status = CS_OK;
    for (cs_id id = 0; status == CS_OK && (id = cs_set_next(&who->asked, id + 1));) {
        const struct cs_who_part *part = who->parts;
        while (!cs_set_has(&part->who, id))
            part++;
        if (is_told(teller, part))
            status = tell(teller, part, id);
    }
    return status;
}

static cs_status tell_members(struct teller *teller, const struct cs_who_part *part)
{
    cs_status status = CS_OK;
    for (cs_id id = 0; status == CS_OK && (id = cs_set_next(&part->who, id + 1));)
        status = tell(teller, part, id);
    return status;
}

static cs_status tell_count(struct teller *teller, const struct cs_who_part *part)
{
    return CS_ROW(teller->one->call, teller->err, cs_value_null(), cs_value_null(), cs_value_null(),
                  cs_value_text(cs_verdict_name(part->verdict)),
                  cs_value_text(gate_name(teller, part)), cs_value_int((int64_t)part->size));
}

/* ---------------------------------------------------------------------- words */

static struct cs_str name_of(const struct teller *teller, cs_id id)
{
    return cs_principal_name(teller->one->lab, teller->one->arena, id);
}

/* Every name on a line of its own. */
static void say_members(const struct teller *teller, const struct cs_who_part *part)
{
    struct enroll_case *one = teller->one;
    for (cs_id id = 0; (id = cs_set_next(&part->who, id + 1));) {
        struct cs_arena_mark mark = cs_arena_mark(one->arena);
        cs_call_say(one->call, "         %.*s\n", CS_STR_ARG(name_of(teller, id)));
        cs_arena_rewind(one->arena, mark);
    }
}

/* As many as a line may have. */
static void say_some(struct teller *teller, const struct cs_who_part *part)
{
    struct cs_call *call = teller->one->call;
    size_t shown = part->size <= FEW ? part->size : SOME, said = 0;
    for (cs_id id = 0; said < shown && (id = cs_set_next(&part->who, id + 1)); said++)
        cs_call_say(call, "%s%.*s", said ? ", " : "", CS_STR_ARG(name_of(teller, id)));
    teller->shortened = teller->shortened || shown < part->size;
    if (shown < part->size)
        cs_call_say(call, " and %zu more", part->size - shown);
}

/* What the gate says of the first of them. */
static void say_reason(const struct teller *teller, const struct cs_who_part *part)
{
    struct enroll_case first = *teller->one;
    struct cs_decision decision;
    struct cs_error ignored;
    cs_id id = cs_set_next(&part->who, 1);
    if (part->gate < 0 || !id)
        return;
    enroll_case_set(&first, id);
    if (enroll_decide(&first, true, &decision, &ignored) == CS_OK)
        cs_call_say(first.call, "         %s%.*s: %.*s\n", part->size > 1 ? "such as " : "",
                    CS_STR_ARG(first.name), CS_STR_ARG(decision.answers[part->gate].why));
}

static cs_status say_group(struct teller *teller, const struct cs_who_part *part)
{
    struct cs_call *call = teller->one->call;
    const char *gate = gate_name(teller, part), *verdict = cs_verdict_name(part->verdict);
    struct cs_str title =
        cs_str_printf(teller->one->arena, gate ? "%-12s %s" : "%s%s", verdict, gate ? gate : "");
    bool line = !teller->names && !teller->by_gate && !teller->count;
    cs_call_say(call, "%7zu  %.*s", part->size, CS_STR_ARG(title));
    if (line) {
        cs_call_say(call, "%*s", (int)(GROUP_COLUMN - 9 - title.length), "");
        say_some(teller, part);
    }
    cs_call_say(call, "\n");
    if (teller->by_gate)
        say_reason(teller, part);
    if (teller->names)
        say_members(teller, part);
    return CS_OK;
}

/* How many of how many, then the groups. */
static cs_status say_all(struct teller *teller)
{
    const struct enroll_case *one = teller->one;
    size_t allowed = 0;
    for (size_t i = 0; i < teller->who->count; i++)
        if (teller->who->parts[i].verdict == CS_ALLOWED)
            allowed += teller->who->parts[i].size;
    cs_call_say(one->call, "%.*s at %.*s: %zu of %zu can enrol\n", CS_STR_ARG(one->template_->name),
                CS_STR_ARG(one->config), allowed, cs_set_size(&teller->who->asked));
    cs_status status = each_group(teller, say_group);
    if (teller->shortened)
        cs_call_say(one->call, "  all of them by name: --names\n");
    return status;
}

/* -------------------------------------------------------------------- command */

cs_status enroll_who(struct cs_call *call, struct cs_error *err)
{
    struct enroll_case one;
    struct cs_who who;
    if (enroll_case_of(call, false, &one, err) != CS_OK)
        return err->status;
    cs_status status = cs_enroll_who(one.lab, one.arena, &one.ask, &who, err);
    if (status != CS_OK)
        return status;
    struct teller teller = {.one = &one,
                            .who = &who,
                            .err = err,
                            .only_not = cs_call_flag(call, "not"),
                            .names = cs_call_flag(call, "names"),
                            .by_gate = cs_call_given(call, "by"),
                            .count = cs_call_flag(call, "count")};
    if (cs_call_wants_words(call))
        return teller.count ? each_group(&teller, say_group) : say_all(&teller);
    if (teller.names && teller.by_gate)
        return each_group(&teller, tell_members);
    return teller.count || teller.by_gate ? each_group(&teller, tell_count) : tell_each(&teller);
}
