/*
 * who.c - the same question for everybody.
 *
 * Users and computers are asked one by one, without words; what each answer needed is given
 * back before the next, so that a hundred thousand of them need no more memory than one.
 */
#include "enroll.h"

enum { MOST_GATES = 64, NAME_COLUMN = 28 };

struct who {
    struct enroll_case *one;
    struct cs_error *err;
    cs_status status;
    bool only_not, counts;
    size_t tally[4][MOST_GATES + 1]; /* by verdict and gate; the last: none */
    const struct cs_gate *gates[MOST_GATES];
};

/* The first gate that does not allow; a refusing one before an unknown one. */
static int first_gate(const struct cs_decision *decision)
{
    if (decision->first >= 0)
        return decision->first;
    for (size_t i = 0; i < decision->count; i++)
        if (decision->answers[i].verdict != CS_ALLOWED)
            return (int)i;
    return -1;
}

/* Bytes to print a name in so that it takes NAME_COLUMN columns. */
static int padding(struct cs_str name)
{
    size_t width = cs_str_width(name), beyond = name.length > width ? name.length - width : 0;
    return (int)(NAME_COLUMN + beyond);
}

static void tell(struct who *who, const struct cs_decision *decision, int gate)
{
    const struct enroll_case *one = who->one;
    struct cs_sid_text sid;
    const char *name = gate < 0 ? NULL : decision->gates[gate]->name;
    if (who->only_not && decision->verdict == CS_ALLOWED)
        return;
    if (cs_call_wants_words(one->call))
        cs_call_say(one->call, name ? "%-*s %-9s %-12s %s\n" : "%-*s %-9s %s%s\n",
                    padding(one->name), cs_str_c(one->arena, one->name),
                    cs_principal_kind_name(one->who.kind), cs_verdict_name(decision->verdict),
                    name ? name : "");
    who->status = CS_ROW(one->call, who->err, cs_value_str(one->name),
                         cs_value_printf(one->arena, "%s", cs_sid_format(&one->who.sid, &sid)),
                         cs_value_text(cs_principal_kind_name(one->who.kind)),
                         cs_value_text(cs_verdict_name(decision->verdict)),
                         gate < 0 ? cs_value_null() : cs_value_text(decision->gates[gate]->name),
                         cs_value_null());
}

static void count(struct who *who, const struct cs_decision *decision, int gate)
{
    if (gate >= MOST_GATES)
        gate = MOST_GATES - 1;
    if (gate >= 0)
        who->gates[gate] = decision->gates[gate];
    who->tally[decision->verdict][gate < 0 ? MOST_GATES : gate]++;
}

static bool ask_one(void *context, const struct cs_principal *principal)
{
    struct who *who = context;
    struct enroll_case *one = who->one;
    if (principal->kind != CS_USER && principal->kind != CS_COMPUTER)
        return true;
    struct cs_decision decision;
    struct cs_arena_mark mark = cs_arena_mark(one->arena);
    enroll_case_set(one, principal->id);
    who->status = enroll_decide(one, false, &decision, who->err);
    if (who->status == CS_OK && who->counts)
        count(who, &decision, first_gate(&decision));
    else if (who->status == CS_OK)
        tell(who, &decision, first_gate(&decision));
    cs_arena_rewind(one->arena, mark);
    return who->status == CS_OK;
}

static cs_status tell_count(struct who *who, enum cs_verdict_kind verdict, size_t gate)
{
    size_t number = who->tally[verdict][gate];
    const char *name = gate < MOST_GATES ? who->gates[gate]->name : NULL;
    if (cs_call_wants_words(who->one->call))
        cs_call_say(who->one->call, name ? "%7zu  %-12s %s\n" : "%7zu  %s%s\n", number,
                    cs_verdict_name(verdict), name ? name : "");
    return CS_ROW(who->one->call, who->err, cs_value_null(), cs_value_null(), cs_value_null(),
                  cs_value_text(cs_verdict_name(verdict)), cs_value_text(name),
                  cs_value_int((int64_t)number));
}

static cs_status tell_counts(struct who *who)
{
    for (int verdict = CS_ALLOWED; verdict <= CS_DENIED; verdict++)
        for (size_t gate = 0; gate <= MOST_GATES; gate++) {
            if (!who->tally[verdict][gate] || (who->only_not && verdict == CS_ALLOWED))
                continue;
            cs_status status = tell_count(who, (enum cs_verdict_kind)verdict, gate);
            if (status != CS_OK)
                return status;
        }
    return CS_OK;
}

cs_status enroll_who(struct cs_call *call, struct cs_error *err)
{
    struct enroll_case one;
    if (enroll_case_of(call, false, &one, err) != CS_OK)
        return err->status;
    struct who who = {.one = &one,
                      .err = err,
                      .only_not = cs_call_flag(call, "not"),
                      .counts = cs_call_flag(call, "count")};
    cs_principal_each(one.lab, 0, ask_one, &who);
    if (who.status == CS_OK && who.counts)
        return tell_counts(&who);
    return who.status;
}
