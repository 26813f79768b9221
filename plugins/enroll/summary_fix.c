/* summary_fix.c - the one change that helps most of a group (see summary.c). */
#include "summary.h"

bool enroll_summary_holds(const struct group *group, cs_id id)
{
    for (size_t i = 0; i < group->count; i++)
        if (group->members[i] == id)
            return true;
    return false;
}

static size_t helped(const struct group *group, const struct enroll_change *change)
{
    size_t helps = 1; /* the one it was found for */
    for (size_t i = 0; i < change->allowed_count; i++)
        helps += enroll_summary_holds(group, change->allowed[i]);
    return helps;
}

/* The change that helps most of the group; of equal ones the one that lets in fewest others. */
static void weigh(struct group *group)
{
    for (size_t i = 0; i < group->fixes.count; i++) {
        const struct enroll_change *change = &group->fixes.at[i];
        size_t helps = helped(group, change), others = change->allowed_count + 1 - helps;
        bool as_good = group->change && helps == group->helps;
        bool better =
            !group->change || helps > group->helps || (as_good && others < group->others) ||
            (as_good && others == group->others && change->advised && !group->change->advised);
        if (!better)
            continue;
        group->change = change;
        group->helps = helps;
        group->others = others;
    }
}

/* The template that most of their like get, of those the first member comes nearest to. */
static void choose_template(struct summary *summary, struct group *group)
{
    struct enroll_case *one = &summary->one;
    struct kind *kind = group->kind;
    bool dc = enroll_summary_is_dc(&one->who);
    size_t fewest = SIZE_MAX, most = 0;
    for (size_t i = 0; i < kind->count && summary->status == CS_OK; i++) {
        struct cs_decision decision;
        one->ask.template_ = kind->templates[i]->record.id;
        summary->status = enroll_decide(one, false, &decision, summary->err);
        size_t count =
            summary->status == CS_OK ? enroll_summary_not_allowed(&decision, decision.count) : 0;
        if (count > fewest || (count == fewest && kind->granted[dc][i] <= most))
            continue;
        fewest = count;
        most = kind->granted[dc][i];
        group->template_ = kind->templates[i];
    }
}

/* The one step that puts the first member itself into some group; NULL when it is another. */
static const struct enroll_edit *own_step(const struct group *group)
{
    const struct enroll_change *change = group->change;
    bool own = change && change->count == 1 && change->edits[0].kind == EDIT_ADD_MEMBER &&
               change->edits[0].other == group->members[0];
    return own ? &change->edits[0] : NULL;
}

/* With a fresh token each: how many of the group pass now? */
static size_t passing(struct summary *summary, const struct group *group)
{
    struct enroll_case one = summary->one;
    struct cs_decision decision;
    struct cs_error ignored;
    size_t count = 0;
    for (size_t i = 0; i < group->count; i++) {
        cs_id host = cs_host_of_account(one.lab, group->members[i]);
        one.ask.principal = group->members[i];
        if (host)
            (void)!cs_host_purge(one.lab, host, &ignored);
        struct cs_arena_mark mark = cs_arena_mark(one.arena);
        count += enroll_decide(&one, false, &decision, &ignored) == CS_OK &&
                 enroll_passes(&one, &decision);
        cs_arena_rewind(one.arena, mark);
    }
    return count;
}

/* What helps one by itself may help each of the others by itself: done for all, how many? */
static void try_alike(struct summary *summary, struct group *group)
{
    const struct enroll_edit *step = own_step(group);
    struct cs_error ignored;
    if (!step || group->helps == group->count)
        return;
    cs_lab_begin(summary->one.lab, CS_STR("what if"));
    for (size_t i = 0; i < group->count; i++)
        (void)!cs_member_add(summary->one.lab, step->id, group->members[i], &ignored);
    group->alike = passing(summary, group);
    cs_lab_rollback(summary->one.lab);
}

/* Would its templates refuse the first member, were it let in? */
static bool templates_refuse(struct summary *summary, const struct kind *kind)
{
    struct cs_decision decision;
    size_t ca = summary->ca_gates;
    if (kind->only_ca || enroll_decide(&summary->one, false, &decision, summary->err) != CS_OK)
        return false;
    for (size_t i = ca; i < decision.count; i++)
        if (enroll_refuses(decision.answers[i].verdict))
            return true;
    return false;
}

/* Where the CA's own gates refuse, what helps there; its templates are told apart. */
void enroll_summary_fix(struct summary *summary, struct group *group)
{
    struct enroll_case *one = &summary->one;
    if (!enroll_refuses(group->verdict))
        return;
    enroll_case_set(one, group->members[0]);
    choose_template(summary, group);
    if (summary->status != CS_OK)
        return;
    one->template_ = group->template_;
    one->ask.template_ = group->template_->record.id;
    one->gates = group->at_ca ? summary->ca_gates : 0;
    group->at_template = one->gates && templates_refuse(summary, group->kind);
    summary->status = enroll_search(one, SIZE_MAX, &group->fixes, summary->err);
    if (summary->status != CS_OK)
        return;
    weigh(group);
    try_alike(summary, group);
}
