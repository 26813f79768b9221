/*
 * who.c - the same question for everybody.
 *
 * The lab answers for all at once, as sets (cs_enroll_who); here each set becomes a count, or
 * each member a row.  What a row needed is given back before the next, so that a million of
 * them need no more memory than one.
 */
#include "enroll.h"

enum { NAME_COLUMN = 28 };

struct teller {
    struct enroll_case *one;
    const struct cs_who *who;
    struct cs_error *err;
    bool only_not;
};

/* Bytes to print a name in so that it takes NAME_COLUMN columns. */
static int padding(struct cs_str name)
{
    size_t width = cs_str_width(name), beyond = name.length > width ? name.length - width : 0;
    return (int)(NAME_COLUMN + beyond);
}

static const char *gate_name(const struct teller *teller, const struct cs_who_part *part)
{
    return part->gate < 0 ? NULL : cs_gate_at(teller->one->lab, (size_t)part->gate)->name;
}

static bool is_told(const struct teller *teller, const struct cs_who_part *part)
{
    return part->size && !(teller->only_not && part->verdict == CS_ALLOWED);
}

/* ----------------------------------------------------------------------- rows */

static cs_status tell(const struct teller *teller, const struct cs_who_part *part)
{
    const struct enroll_case *one = teller->one;
    struct cs_sid_text sid;
    const char *gate = gate_name(teller, part), *verdict = cs_verdict_name(part->verdict);
    if (cs_call_wants_words(one->call))
        cs_call_say(one->call, gate ? "%-*s %-9s %-12s %s\n" : "%-*s %-9s %s%s\n",
                    padding(one->name), cs_str_c(one->arena, one->name),
                    cs_principal_kind_name(one->who.kind), verdict, gate ? gate : "");
    return CS_ROW(one->call, teller->err, cs_value_str(one->name),
                  cs_value_printf(one->arena, "%s", cs_sid_format(&one->who.sid, &sid)),
                  cs_value_text(cs_principal_kind_name(one->who.kind)), cs_value_text(verdict),
                  cs_value_text(gate), cs_value_null());
}

static cs_status tell_each(const struct teller *teller)
{
    const struct cs_who *who = teller->who;
    struct enroll_case *one = teller->one;
    cs_status status = CS_OK;
    for (cs_id id = 0; status == CS_OK && (id = cs_set_next(&who->asked, id + 1));) {
        const struct cs_who_part *part = who->parts;
        while (!cs_set_has(&part->who, id))
            part++;
        if (!is_told(teller, part))
            continue;
        struct cs_arena_mark mark = cs_arena_mark(one->arena);
        enroll_case_set(one, id);
        status = tell(teller, part);
        cs_arena_rewind(one->arena, mark);
    }
    return status;
}

/* --------------------------------------------------------------------- counts */

static cs_status tell_count(const struct teller *teller, const struct cs_who_part *part)
{
    const char *gate = gate_name(teller, part), *verdict = cs_verdict_name(part->verdict);
    struct cs_call *call = teller->one->call;
    if (cs_call_wants_words(call))
        cs_call_say(call, gate ? "%7zu  %-12s %s\n" : "%7zu  %s%s\n", part->size, verdict,
                    gate ? gate : "");
    return CS_ROW(call, teller->err, cs_value_null(), cs_value_null(), cs_value_null(),
                  cs_value_text(verdict), cs_value_text(gate), cs_value_int((int64_t)part->size));
}

static const struct cs_who_part *find_part(const struct teller *teller, int verdict, int gate)
{
    for (size_t i = 0; i < teller->who->count; i++) {
        const struct cs_who_part *part = &teller->who->parts[i];
        if ((int)part->verdict == verdict && part->gate == gate)
            return part;
    }
    return NULL;
}

/* By verdict, and in order of gates. */
static cs_status tell_counts(const struct teller *teller)
{
    cs_status status = CS_OK;
    int gates = (int)cs_gate_count(teller->one->lab);
    for (int verdict = CS_ALLOWED; verdict <= CS_DENIED; verdict++)
        for (int gate = -1; status == CS_OK && gate < gates; gate++) {
            const struct cs_who_part *part = find_part(teller, verdict, gate);
            if (part && is_told(teller, part))
                status = tell_count(teller, part);
        }
    return status;
}

cs_status enroll_who(struct cs_call *call, struct cs_error *err)
{
    struct enroll_case one;
    struct cs_who who;
    if (enroll_case_of(call, false, &one, err) != CS_OK)
        return err->status;
    cs_status status = cs_enroll_who(one.lab, one.arena, &one.ask, &who, err);
    if (status != CS_OK)
        return status;
    struct teller teller = {&one, &who, err, cs_call_flag(call, "not")};
    return cs_call_flag(call, "count") ? tell_counts(&teller) : tell_each(&teller);
}
