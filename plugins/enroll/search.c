/*
 * search.c - which of the candidates help, and which of those is best (see enroll.c).
 *
 * Each candidate is done in a what-if and the caller is asked again; where that is not enough,
 * once more with a fresh token, since a membership counts from the next start on.  Where no
 * single change helps, candidates that make room are followed by others, up to three deep.
 *
 * For those that help everybody else is asked, before and after (others.c).
 *
 * Ranked: fewest others newly allowed, fewest newly denied, fewest steps, best way back, and
 * then the order of being thought of.
 */
#include <stdlib.h>
#include <string.h>

#include "enroll.h"

enum { MOST_JUDGED = 12, DEEPEST = 3, MOST_TRIALS = 2000, ORDERS = 256 };

struct search {
    const struct enroll_case *one;
    struct enroll_candidates helpful;
    size_t tried;
};

/* --------------------------------------------------------------------- a trial */

/* How many gates refuse now; more than there can be when it cannot be asked. */
static size_t ask(const struct enroll_case *one)
{
    struct cs_decision decision;
    struct cs_error ignored;
    struct cs_arena_mark mark = cs_arena_mark(one->arena);
    cs_status status = enroll_decide(one, false, &decision, &ignored);
    size_t refusing = status == CS_OK ? enroll_refusing(one, &decision) : SIZE_MAX;
    cs_arena_rewind(one->arena, mark);
    return refusing;
}

static cs_status freshen(const struct enroll_case *one, struct enroll_change *change,
                         struct cs_error *err)
{
    cs_id host = cs_host_of_account(one->lab, one->ask.principal);
    const struct cs_session *session = cs_session_find(one->lab, one->ask.principal);
    if (one->who.kind == CS_COMPUTER && host) {
        change->restart = true;
        return cs_host_restart(one->lab, host, err);
    }
    if (session) {
        change->relogon = true;
        return cs_session_close(one->lab, session->record.id, err);
    }
    return cs_fail(err, CS_STATE, "its token is fresh");
}

bool enroll_change_apply(const struct enroll_case *one, const struct enroll_change *change)
{
    struct cs_error ignored;
    for (size_t i = 0; i < change->count; i++)
        if (enroll_edit_apply(one->lab, one->arena, &change->edits[i], &ignored) != CS_OK)
            return false;
    return true;
}

/* Ask after it was done; if that is not enough, with a fresh token. */
static void judge(const struct enroll_case *one, struct enroll_change *change)
{
    struct cs_error ignored;
    change->restart = change->relogon = false;
    change->refusing = ask(one);
    if (change->refusing && freshen(one, change, &ignored) == CS_OK) {
        size_t fresh = ask(one);
        if (fresh >= change->refusing)
            change->restart = change->relogon = false;
        else
            change->refusing = fresh;
    }
    change->helps = change->refusing == 0;
}

static void try(struct search *search, struct enroll_change *change)
{
    search->tried++;
    cs_lab_begin(search->one->lab, CS_STR("what if"));
    change->applies = enroll_change_apply(search->one, change);
    if (change->applies)
        judge(search->one, change);
    cs_lab_rollback(search->one->lab);
}

/* ----------------------------------------------------------------- combinations */

static struct enroll_change joined(const struct enroll_change *first,
                                   const struct enroll_change *second)
{
    struct enroll_change both = *second;
    memcpy(both.edits, first->edits, first->count * sizeof *both.edits);
    memcpy(both.edits + first->count, second->edits, second->count * sizeof *both.edits);
    both.count = first->count + second->count;
    both.title = NULL;
    both.order = first->order * ORDERS + second->order;
    both.excessive = first->excessive || second->excessive;
    if (!both.remark)
        both.remark = first->remark;
    return both;
}

static bool is_kept(const struct search *search, const struct enroll_change *change)
{
    for (size_t i = 0; i < search->helpful.count; i++)
        if (enroll_change_same(&search->helpful.at[i], change))
            return true;
    return false;
}

static void keep(struct search *search, const struct enroll_change *change)
{
    if (is_kept(search, change))
        return;
    struct enroll_change *kept =
        enroll_candidate_add(&search->helpful, change->edits, change->count);
    unsigned order = change->order;
    *kept = *change;
    kept->order = order;
}

static bool makes_room(const struct enroll_change *change, size_t before)
{
    return change->applies && !change->helps && !change->excessive &&
           (change->prepares || change->refusing < before);
}

/* Follow `first`, which is done here and now, by every other change that might help then. */
static void follow(struct search *search, const struct enroll_change *first, int depth)
{
    const struct enroll_case *one = search->one;
    struct enroll_candidates next = {.arena = one->arena};
    struct cs_decision decision;
    struct cs_error ignored;
    cs_lab_begin(one->lab, CS_STR("what if"));
    if (enroll_change_apply(one, first) && enroll_decide(one, false, &decision, &ignored) == CS_OK)
        enroll_candidates_make(one, &decision, &next);
    for (size_t i = 0; i < next.count && search->tried < MOST_TRIALS; i++) {
        if (first->count + next.at[i].count > ENROLL_MAX_EDITS)
            continue;
        try(search, &next.at[i]);
        struct enroll_change both = joined(first, &next.at[i]);
        if (next.at[i].helps && !both.excessive)
            keep(search, &both);
    }
    cs_lab_rollback(one->lab);
    for (size_t i = 0; depth > 2 && i < next.count && search->tried < MOST_TRIALS; i++)
        if (makes_room(&next.at[i], first->refusing) && !next.at[i].prepares &&
            first->count + next.at[i].count < ENROLL_MAX_EDITS) {
            struct enroll_change both = joined(first, &next.at[i]);
            follow(search, &both, depth - 1);
        }
}

static void combine(struct search *search, const struct enroll_candidates *singles, size_t before)
{
    for (int depth = 2; depth <= DEEPEST && !search->helpful.count; depth++)
        for (size_t i = 0; i < singles->count; i++)
            if (makes_room(&singles->at[i], before))
                follow(search, &singles->at[i], depth);
}

/* ------------------------------------------------------------------------ ranks */

static size_t steps_of(const struct enroll_change *change)
{
    size_t steps = 0;
    for (size_t i = 0; i < change->count; i++)
        steps += change->edits[i].kind != EDIT_RESTART && change->edits[i].kind != EDIT_RELOGON;
    return steps;
}

static unsigned loss_of(const struct enroll_change *change)
{
    unsigned loss = 0;
    for (size_t i = 0; i < change->count; i++)
        loss += enroll_edit_loss(change->edits[i].kind);
    return loss;
}

static int by_size(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int by_rank(const void *left, const void *right)
{
    const struct enroll_change *a = left, *b = right;
    const int order[] = {
        by_size(a->allowed_count, b->allowed_count),
        by_size(a->denied_count, b->denied_count),
        by_size(steps_of(a), steps_of(b)),
        by_size(loss_of(a), loss_of(b)),
        by_size(a->order, b->order),
    };
    for (size_t i = 0; i < CS_COUNT(order); i++)
        if (order[i])
            return order[i];
    return 0;
}

static bool is_only_fresh(const struct enroll_change *change)
{
    return change->count == 1 &&
           (change->edits[0].kind == EDIT_RESTART || change->edits[0].kind == EDIT_RELOGON);
}

/* Does a part of it help by itself? */
static bool has_needless_step(const struct enroll_candidates *found,
                              const struct enroll_change *change)
{
    for (size_t i = 0; i < found->count; i++)
        if (found->at[i].count < change->count && enroll_change_within(&found->at[i], change))
            return true;
    return false;
}

/*
 * Where a start alone helps, changes that need one besides are not worth making; and nobody is
 * made an administrator where something else helps.
 */
static void drop_needless(struct enroll_candidates *found)
{
    bool fresh_helps = false, moderate_helps = false;
    size_t kept = 0;
    struct enroll_change *kept_ones =
        cs_arena_alloc(found->arena, (found->count + 1) * sizeof *kept_ones);
    for (size_t i = 0; i < found->count; i++) {
        fresh_helps = fresh_helps || is_only_fresh(&found->at[i]);
        moderate_helps = moderate_helps || !found->at[i].excessive;
    }
    for (size_t i = 0; i < found->count; i++) {
        const struct enroll_change *change = &found->at[i];
        bool needless = (fresh_helps && (change->restart || change->relogon)) ||
                        (moderate_helps && change->excessive) || has_needless_step(found, change);
        if (!needless)
            kept_ones[kept++] = *change;
    }
    found->at = kept_ones;
    found->count = kept;
}

/* Those worth asking everybody about: at most MOST_JUDGED, the simplest. */
static void choose(struct search *search, struct enroll_fixes *fixes)
{
    struct enroll_candidates *found = &search->helpful;
    fixes->at = cs_arena_alloc(search->one->arena, (found->count + 1) * sizeof *fixes->at);
    for (size_t i = 0; i < found->count; i++)
        fixes->at[i] = found->at[i];
    fixes->count = found->count;
    qsort(fixes->at, fixes->count, sizeof *fixes->at, by_rank);
    if (fixes->count > MOST_JUDGED)
        fixes->count = MOST_JUDGED;
}

/* A combination was found step by step; it must also help when done from here. */
static void verify(struct search *search)
{
    struct enroll_candidates *found = &search->helpful;
    size_t kept = 0, tried = search->tried;
    for (size_t i = 0; i < found->count; i++) {
        try(search, &found->at[i]);
        if (found->at[i].helps)
            found->at[kept++] = found->at[i];
    }
    found->count = kept;
    search->tried = tried;
}

static bool has_moderate(const struct enroll_candidates *found)
{
    for (size_t i = 0; i < found->count; i++)
        if (!found->at[i].excessive)
            return true;
    return false;
}

cs_status enroll_search(const struct enroll_case *one, size_t most, struct enroll_fixes *fixes,
                        struct cs_error *err)
{
    struct search search = {.one = one, .helpful = {.arena = one->arena}};
    struct enroll_candidates singles = {.arena = one->arena};
    *fixes = (struct enroll_fixes){0};
    if (enroll_decide(one, true, &fixes->before, err) != CS_OK)
        return err->status;
    if (!enroll_refusing(one, &fixes->before))
        return CS_OK;
    enroll_candidates_make(one, &fixes->before, &singles);
    for (size_t i = 0; i < singles.count; i++) {
        try(&search, &singles.at[i]);
        if (singles.at[i].helps)
            keep(&search, &singles.at[i]);
    }
    fixes->tried = singles.count;
    if (!has_moderate(&search.helpful)) {
        struct enroll_candidates excessive = search.helpful;
        search.helpful = (struct enroll_candidates){.arena = one->arena};
        combine(&search, &singles, enroll_refusing(one, &fixes->before));
        verify(&search);
        fixes->combined = search.helpful.count > 0;
        fixes->excessive = excessive.count > 0;
        if (!fixes->combined)
            search.helpful = excessive;
    }
    drop_needless(&search.helpful);
    choose(&search, fixes);
    cs_id end = cs_principal_end(one->lab);
    const unsigned char *before = fixes->count ? enroll_others_before(one, end) : NULL;
    for (size_t i = 0; i < fixes->count; i++) {
        enroll_others_measure(one, &fixes->at[i], end, before);
        enroll_change_render(one, &fixes->at[i]);
    }
    qsort(fixes->at, fixes->count, sizeof *fixes->at, by_rank);
    if (fixes->count > most)
        fixes->count = most;
    return CS_OK;
}

cs_status enroll_change_do(const struct enroll_case *one, const struct enroll_change *change,
                           struct cs_error *err)
{
    struct enroll_change copy = *change;
    for (size_t i = 0; i < change->count; i++) {
        const struct enroll_edit *edit = &change->edits[i];
        if (enroll_edit_apply(one->lab, one->arena, edit, err) != CS_OK ||
            (enroll_edit_restarts(edit) && cs_host_restart(one->lab, edit->id, err) != CS_OK))
            return err->status;
    }
    return change->restart || change->relogon ? freshen(one, &copy, err) : CS_OK;
}

struct cs_value enroll_names(const struct enroll_case *one, const cs_id *ids, size_t count)
{
    struct cs_list_maker names = {.arena = one->arena};
    for (size_t i = 0; i < count; i++)
        cs_list_add(&names, cs_value_str(cs_principal_name(one->lab, one->arena, ids[i])));
    return cs_list_value(&names);
}
