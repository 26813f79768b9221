/*
 * decisions.c - who gains and who loses enrolment between two sides.
 *
 * Everybody's answers are a few sets (cs_enroll_who): between points of one lab the sets are
 * met with each other; between two labs each principal is looked up in the other one.
 */
#include "lab_diff.h"

struct answers {
    struct side *side;
    struct cs_who who;
    struct cs_str config; /* of the CA */
    cs_id ca;
};

struct decisions {
    struct cs_call *call;
    struct cs_error *err;
    struct cs_str template_;
    struct answers from, to;
    size_t gains, loses, changes;
    cs_status status;
};

/* ------------------------------------------------------------------- asking */

static cs_status find_ca(struct cs_call *call, const struct cs_lab *lab, struct cs_str template_,
                         cs_id *ca, struct cs_error *err)
{
    struct cs_str name = cs_call_str(call, "ca");
    cs_id given = name.length ? cs_ca_find(lab, name) : 0;
    cs_id host =
        lab == cs_call_lab(call) ? cs_shell_host(cs_call_shell(call)) : cs_lab_start(lab)->host;
    if (name.length && !given)
        return cs_fail(err, CS_NOT_FOUND, "no CA '%.*s'", CS_STR_ARG(name));
    return cs_enroll_ca(lab, given, host, template_, ca, err);
}

static cs_status ask(struct decisions *d, struct sides *sides, struct answers *answers)
{
    struct cs_arena *arena = cs_call_arena(d->call);
    side_go(sides, answers->side);
    struct cs_lab *lab = answers->side->lab;
    struct cs_question question = {.template_ = cs_template_find(lab, CS_STR(""), d->template_)};
    if (!question.template_) {
        cs_fail(d->err, CS_NOT_FOUND, "no template '%.*s'", CS_STR_ARG(d->template_));
        return cs_error_where(d->err, "%.*s", CS_STR_ARG(answers->side->name));
    }
    struct cs_str name = cs_template_get(lab, question.template_)->name;
    cs_status status = find_ca(d->call, lab, name, &question.ca, d->err);
    if (status != CS_OK)
        return cs_error_where(d->err, "%.*s", CS_STR_ARG(answers->side->name));
    answers->config = cs_ca_config(lab, arena, question.ca);
    return cs_enroll_who(lab, arena, &question, &answers->who, d->err);
}

/* --------------------------------------------------------------------- rows */

static const struct cs_who_part *part_of(const struct cs_who *who, cs_id id)
{
    for (size_t i = 0; i < who->count; i++)
        if (id / 64 < who->parts[i].who.count && cs_set_has(&who->parts[i].who, id))
            return &who->parts[i];
    return NULL;
}

static struct cs_str part_text(const struct decisions *d, const struct answers *answers,
                               const struct cs_who_part *part)
{
    if (!part)
        return CS_STR("not there");
    const char *verdict = cs_verdict_name(part->verdict);
    if (part->gate < 0)
        return cs_str_of(verdict);
    return cs_str_printf(cs_call_arena(d->call), "%s at %s", verdict,
                         cs_gate_at(answers->side->lab, (size_t)part->gate)->name);
}

static bool is_allowed(const struct cs_who_part *part)
{
    return part && part->verdict == CS_ALLOWED;
}

static void tell(struct decisions *d, struct cs_str name, const struct cs_who_part *before,
                 const struct cs_who_part *after)
{
    bool was = is_allowed(before), is = is_allowed(after);
    const char *op = was == is ? "changes" : is ? "gains" : "loses";
    struct cs_str old = part_text(d, &d->from, before), new = part_text(d, &d->to, after);
    if (cs_str_equal(old, new) || (was && is))
        return;
    *(was == is ? &d->changes : is ? &d->gains : &d->loses) += 1;
    if (cs_call_wants_words(d->call))
        cs_call_say(d->call, "  %c %.*s: %.*s -> %.*s\n",
                    was == is ? '~'
                    : is      ? '+'
                              : '-',
                    CS_STR_ARG(name), CS_STR_ARG(old), CS_STR_ARG(new));
    d->status =
        CS_ROW(d->call, d->err, cs_value_text(op), cs_value_text("decision"), cs_value_str(name),
               cs_value_str(d->template_), cs_value_str(old), cs_value_str(new));
}

/* Names are those of the side that is told; `id` is of it. */
static void tell_id(struct decisions *d, const struct answers *named, cs_id id, cs_id from,
                    cs_id to)
{
    tell(d, cs_principal_name(named->side->lab, cs_call_arena(d->call), id),
         from ? part_of(&d->from.who, from) : NULL, to ? part_of(&d->to.who, to) : NULL);
}

/* ------------------------------------------------------------------ compare */

/* Ids of the asked ones of one side that have not the same answer on the other. */
static struct cs_set moved(const struct decisions *d, const struct cs_who *one,
                           const struct cs_who *other, cs_id end)
{
    struct cs_arena *arena = cs_call_arena(d->call);
    struct cs_set all = cs_set_of(arena, end, one->asked.words, one->asked.count);
    for (size_t i = 0; i < one->count; i++)
        for (size_t j = 0; j < other->count; j++) {
            const struct cs_who_part *a = &one->parts[i], *b = &other->parts[j];
            if (a->verdict != b->verdict || a->gate != b->gate)
                continue;
            struct cs_set same = cs_set_of(arena, end, a->who.words, a->who.count);
            struct cs_set there = cs_set_of(arena, end, b->who.words, b->who.count);
            cs_set_and(&same, &there);
            cs_set_minus(&all, &same);
        }
    return all;
}

static void compare_points(struct decisions *d, struct sides *sides)
{
    size_t words = d->from.who.asked.count > d->to.who.asked.count ? d->from.who.asked.count
                                                                   : d->to.who.asked.count;
    cs_id end = (cs_id)(words * 64);
    struct cs_set old = moved(d, &d->from.who, &d->to.who, end);
    struct cs_set new = moved(d, &d->to.who, &d->from.who, end);
    for (cs_id id = 0; d->status == CS_OK && (id = cs_set_next(&new, id + 1));)
        tell_id(d, &d->to, id, id, id);
    cs_set_minus(&old, &new); /* those that are only there before */
    side_go(sides, d->from.side);
    for (cs_id id = 0; d->status == CS_OK && (id = cs_set_next(&old, id + 1));)
        tell_id(d, &d->from, id, id, id);
}

static void compare_labs(struct decisions *d)
{
    const struct cs_lab *from = d->from.side->lab, *to = d->to.side->lab;
    const struct cs_set *asked = &d->to.who.asked;
    for (cs_id id = 0; d->status == CS_OK && (id = cs_set_next(asked, id + 1));)
        tell_id(d, &d->to, id, cs_principal_same(to, id, from), id);
    asked = &d->from.who.asked;
    for (cs_id id = 0; d->status == CS_OK && (id = cs_set_next(asked, id + 1));)
        if (!cs_principal_same(from, id, to))
            tell_id(d, &d->from, id, id, 0);
}

static void say_sum(const struct decisions *d)
{
    if (!cs_call_wants_words(d->call))
        return;
    cs_call_say(
        d->call,
        "%.*s at %.*s: %zu gain%s, %zu lose%s, %zu %s refused at another gate than before\n",
        CS_STR_ARG(d->template_), CS_STR_ARG(d->to.config), d->gains, d->gains == 1 ? "s" : "",
        d->loses, d->loses == 1 ? "s" : "", d->changes, d->changes == 1 ? "is" : "are");
}

cs_status diff_decisions(struct cs_call *call, struct sides *sides, struct cs_error *err)
{
    struct decisions d = {.call = call, .err = err, .template_ = cs_call_str(call, "decisions")};
    d.from.side = &sides->from;
    d.to.side = &sides->to;
    cs_status status = ask(&d, sides, &d.from);
    if (status == CS_OK)
        status = ask(&d, sides, &d.to);
    if (status != CS_OK)
        return status;
    if (sides->from.other || sides->to.other)
        compare_labs(&d);
    else
        compare_points(&d, sides);
    if (d.status == CS_OK)
        say_sum(&d);
    return d.status;
}
