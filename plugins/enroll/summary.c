/*
 * summary.c - one screen about one CA: who cannot enrol, why, and what helps most.
 *
 * Everybody is asked for what they are meant to have: computers for the machine templates that
 * the CA publishes, users for its user templates.  Who gets one of them is well.  The others
 * are put into groups of the same cause, and for each group the changes that help one of its
 * members are weighed by how many of the others they help too.
 */
#include <stdlib.h>
#include <string.h>

#include "summary.h"

/* ------------------------------------------------------------- CA and templates */

struct cas {
    cs_id only;
    size_t count;
};

static bool count_ca(void *context, const struct cs_record *record)
{
    struct cas *cas = context;
    cas->only = record->id;
    cas->count++;
    return true;
}

static cs_status no_ca(size_t count, struct cs_error *err)
{
    if (count) {
        cs_fail(err, CS_AMBIGUOUS, "which CA? there are %zu", count);
        cs_error_hint(err, "--ca NAME, or host use HOST");
        return CS_AMBIGUOUS;
    }
    cs_fail(err, CS_NOT_FOUND, "there is no CA");
    cs_error_hint(err, "lab import brings one from a directory export");
    return CS_NOT_FOUND;
}

static cs_status find_ca(struct cs_call *call, struct enroll_case *one, struct cs_error *err)
{
    struct cas cas = {0};
    one->here = cs_shell_host(cs_call_shell(call));
    one->ask.ca = cs_call_id(call, "ca");
    if (!one->ask.ca)
        one->ask.ca = cs_ca_on_host(one->lab, one->here);
    cs_record_each(one->lab, CS_NOUN_CA, count_ca, &cas);
    if (!one->ask.ca && cas.count == 1)
        one->ask.ca = cas.only;
    if (!one->ask.ca)
        return no_ca(cas.count, err);
    one->ca = cs_ca_get(one->lab, one->ask.ca);
    if (!one->ca) {
        cs_fail(err, CS_NOT_FOUND, "no such CA");
        return CS_NOT_FOUND;
    }
    one->host = cs_host_get(one->lab, one->ca->host);
    one->config = cs_ca_config(one->lab, one->arena, one->ask.ca);
    return CS_OK;
}

/* A kind that no template is published for is asked about the CA alone, by any template. */
static void ask_ca_alone(struct summary *summary)
{
    for (size_t i = 0; i < CS_COUNT(summary->kinds); i++) {
        struct kind *kind = &summary->kinds[i], *other = &summary->kinds[1 - i];
        if (kind->count || !other->count || other->only_ca)
            continue;
        kind->only_ca = true;
        kind->templates[kind->count++] = other->templates[0];
    }
}

enum { FOR_CAS = 0x80 | 0x800 }; /* CT_FLAG_IS_CA, CT_FLAG_IS_CROSS_CA: for no one of these */

static void find_templates(struct summary *summary)
{
    const struct enroll_case *one = &summary->one;
    const struct cs_domain *domain = one->host ? cs_domain_get(one->lab, one->host->domain) : NULL;
    for (size_t i = 0; i < one->ca->templates.count; i++) {
        cs_id id = cs_template_find(one->lab, domain ? domain->forest : CS_STR(""),
                                    one->ca->templates.at[i]);
        const struct cs_template *template_ = cs_template_get(one->lab, id);
        if (!template_ || template_->flags & FOR_CAS)
            continue;
        struct kind *kind = &summary->kinds[template_->flags & CS_TEMPLATE_MACHINE_TYPE ? 0 : 1];
        if (kind->count < MOST_TEMPLATES)
            kind->templates[kind->count++] = template_;
    }
}

/* ----------------------------------------------------------------------- asking */

/* Gates from here on are about the template asked for; those before are about the CA. */
static size_t first_template_gate(const struct cs_decision *decision)
{
    int index = enroll_gate_find(decision, "template-published");
    return index < 0 ? decision->count : (size_t)index;
}

size_t enroll_summary_not_allowed(const struct cs_decision *decision, size_t end)
{
    size_t count = 0;
    for (size_t i = 0; i < end; i++)
        count += decision->answers[i].verdict != CS_ALLOWED;
    return count;
}

static void note_assumed(struct summary *summary, const struct cs_value *list)
{
    for (size_t i = 0; list->kind == CS_LIST && i < list->list.count; i++) {
        bool known = false;
        for (size_t j = 0; j < summary->assumed.count && !known; j++)
            known = cs_value_equal(&summary->assumed.at[j], &list->list.at[i]);
        if (!known)
            cs_list_add(&summary->assumed,
                        cs_value_copy(summary->assumed.arena, &list->list.at[i]));
    }
}

bool enroll_summary_is_dc(const struct cs_principal *who)
{
    return (who->uac & CS_UAC_DC) != 0;
}

/*
 * The template of its kind that the caller comes nearest to; true when it gets one.  A gate
 * about the CA refuses for every template alike, so one question is enough then.
 */
static bool ask_templates(struct summary *summary, struct kind *kind,
                          const struct cs_template **best)
{
    struct enroll_case *one = &summary->one;
    size_t fewest = SIZE_MAX;
    for (size_t i = 0; i < kind->count; i++) {
        struct cs_decision decision;
        one->template_ = kind->templates[i];
        one->ask.template_ = one->template_->record.id;
        summary->status = enroll_decide(one, false, &decision, summary->err);
        if (summary->status != CS_OK)
            return true;
        note_assumed(summary, &decision.assumed);
        summary->ca_gates = first_template_gate(&decision);
        one->gates = kind->only_ca ? summary->ca_gates : 0;
        if (enroll_passes(one, &decision)) {
            kind->granted[enroll_summary_is_dc(&one->who)][i]++;
            return true;
        }
        size_t count = enroll_summary_not_allowed(&decision, decision.count);
        if (count < fewest)
            *best = one->template_;
        fewest = count < fewest ? count : fewest;
    }
    return false;
}

static uint64_t gate_bits(struct summary *summary, const struct cs_decision *decision)
{
    size_t end = first_template_gate(decision);
    uint64_t bits = 0;
    end = enroll_summary_not_allowed(decision, end) ? end : decision->count;
    summary->gate_count = decision->count < 64 ? decision->count : 64;
    for (size_t i = 0; i < summary->gate_count; i++) {
        summary->gates[i] = decision->gates[i];
        if (i < end && decision->answers[i].verdict != CS_ALLOWED)
            bits |= (uint64_t)1 << i;
    }
    return bits;
}

static struct group *group_for(struct summary *summary, struct kind *kind, uint64_t gates,
                               uint64_t cause)
{
    for (size_t i = 0; i < summary->group_count; i++) {
        struct group *group = &summary->groups[i];
        if (group->kind == kind && group->gates == gates && group->cause == cause)
            return group;
    }
    size_t last = CS_COUNT(summary->groups) - 1;
    struct group *group =
        &summary->groups[summary->group_count < last ? summary->group_count++ : last];
    if (!group->count)
        *group = (struct group){.kind = kind, .gates = gates, .cause = cause};
    return group;
}

static void add_member(struct cs_arena *arena, struct group *group, cs_id id)
{
    group->members =
        cs_arena_more(arena, group->members, group->count, &group->room, sizeof *group->members);
    group->members[group->count++] = id;
}

static struct cs_str first_why(const struct cs_decision *decision)
{
    for (size_t i = 0; i < decision->count; i++)
        if (decision->answers[i].verdict != CS_ALLOWED)
            return decision->answers[i].why;
    return CS_STR("");
}

/* Into the group of its cause; the first member tells why, for all of them. */
static void put_into_group(struct summary *summary, struct kind *kind,
                           const struct cs_template *template_)
{
    struct enroll_case *one = &summary->one;
    struct cs_decision decision;
    struct enroll_pattern pattern;
    one->template_ = template_;
    one->ask.template_ = template_->record.id;
    summary->status = enroll_decide(one, true, &decision, summary->err);
    if (summary->status != CS_OK)
        return;
    enroll_pattern_of(one, &decision, &pattern);
    struct group *group = group_for(summary, kind, gate_bits(summary, &decision), pattern.kind);
    if (!group->count) {
        group->pattern = pattern;
        group->verdict = decision.verdict;
        group->at_ca = !(group->gates >> summary->ca_gates);
        group->why = first_why(&decision);
        group->template_ = template_;
    }
    add_member(one->arena, group, one->ask.principal);
}

static bool ask_one(void *context, const struct cs_principal *principal)
{
    struct summary *summary = context;
    struct kind *kind = &summary->kinds[principal->kind == CS_COMPUTER ? 0 : 1];
    const struct cs_template *best = NULL;
    if ((principal->kind != CS_USER && principal->kind != CS_COMPUTER) || !kind->count)
        return true;
    if (principal->uac & CS_UAC_DISABLED) {
        kind->disabled++;
        return true;
    }
    struct cs_arena_mark mark = cs_arena_mark(summary->one.arena);
    enroll_case_set(&summary->one, principal->id);
    bool well = ask_templates(summary, kind, &best);
    cs_arena_rewind(summary->one.arena, mark);
    kind->asked++;
    kind->well += well;
    enroll_case_set(&summary->one, principal->id); /* its name went with the mark */
    if (!well && best)
        put_into_group(summary, kind, best);
    return summary->status == CS_OK;
}

/* -------------------------------------------------------------------- answers */

/* What the CA itself refuses before what its templates refuse; then the larger group first. */
static int by_weight(const void *left, const void *right)
{
    const struct group *a = left, *b = right;
    bool a_late = !a->at_ca, b_late = !b->at_ca;
    if (a_late != b_late)
        return a_late - b_late;
    return (a->count < b->count) - (a->count > b->count);
}

/* ----------------------------------------------------------------------- rows */

struct cs_value enroll_summary_gates(const struct summary *summary, uint64_t bits)
{
    struct cs_list_maker names = {.arena = summary->one.arena};
    for (size_t i = 0; i < summary->gate_count; i++)
        if (bits >> i & 1)
            cs_list_add(&names, cs_value_text(summary->gates[i]->name));
    return cs_list_value(&names);
}

struct cs_str enroll_summary_cause(const struct summary *summary, const struct group *group)
{
    struct cs_str words = group->pattern.words.length ? group->pattern.words : group->why;
    if (!group->pattern.statement)
        return words;
    return cs_str_printf(summary->one.arena, "%s, %.*s", group->pattern.statement,
                         CS_STR_ARG(words));
}

/* Others than the group itself that the change lets in. */
static struct cs_value other_names(const struct summary *summary, const struct group *group)
{
    const struct enroll_case *one = &summary->one;
    struct cs_list_maker names = {.arena = one->arena};
    for (size_t i = 0; group->change && i < group->change->allowed_count; i++)
        if (!enroll_summary_holds(group, group->change->allowed[i]))
            cs_list_add(&names, cs_value_str(cs_principal_name(one->lab, one->arena,
                                                               group->change->allowed[i])));
    return cs_list_value(&names);
}

static cs_status tell(const struct summary *summary, const struct group *group)
{
    const struct enroll_case *one = &summary->one;
    bool found = group->change != NULL;
    return CS_ROW(
        one->call, summary->err, cs_value_text(group->kind->one),
        cs_value_text(cs_verdict_name(group->verdict)), enroll_summary_gates(summary, group->gates),
        cs_value_str(enroll_summary_cause(summary, group)), cs_value_int((int64_t)group->count),
        enroll_names(one, group->members, group->count),
        found ? cs_value_str(group->change->words) : cs_value_null(),
        found ? cs_value_int((int64_t)group->helps) : cs_value_null(), other_names(summary, group),
        found ? group->change->then : cs_value_list(one->arena, NULL, 0));
}

/* -------------------------------------------------------------------- command */

cs_status enroll_summary(struct cs_call *call, struct cs_error *err)
{
    struct summary *summary = cs_arena_alloc(cs_call_arena(call), sizeof *summary);
    *summary = (struct summary){
        .one = {.call = call, .lab = cs_call_lab(call), .arena = cs_call_arena(call)},
        .err = err,
        .kinds = {{.one = "computer", .many = "computers", .kind = CS_COMPUTER},
                  {.one = "user", .many = "users", .kind = CS_USER}},
    };
    struct cs_arena *kept = cs_arena_new();
    if (!kept)
        return cs_fail(err, CS_MEMORY, "out of memory");
    summary->assumed.arena = kept;
    cs_status status = find_ca(call, &summary->one, err);
    if (status == CS_OK) {
        find_templates(summary);
        ask_ca_alone(summary);
        cs_principal_each(summary->one.lab, 0, ask_one, summary);
        qsort(summary->groups, summary->group_count, sizeof summary->groups[0], by_weight);
        status = summary->status;
    }
    for (size_t i = 0; status == CS_OK && i < summary->group_count; i++) {
        enroll_summary_fix(summary, &summary->groups[i]);
        status = summary->status;
    }
    if (status == CS_OK && cs_call_wants_words(call))
        enroll_summary_say(summary);
    for (size_t i = 0; status == CS_OK && i < summary->group_count; i++)
        status = tell(summary, &summary->groups[i]);
    cs_arena_free(kept);
    return status;
}
