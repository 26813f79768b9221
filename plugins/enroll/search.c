/*
 * search.c - which changes help, and which of those is best (see enroll.c).
 *
 * First every single action of the declared set is tried, then every pair, and so on until some
 * help (sets.c); so no smaller set does.  Where all that help give more than enrolment (trial.c,
 * GIFT_MORE), one size more is looked at for sets that do not.  For those that help everybody is
 * asked, before and after (crowd.c), and they are ranked (rank.c).
 *
 * For a group, some of its members are asked while searching: one of those who are refused, and
 * of those whom the findings leave out one more, until they leave out nobody.
 */
#include "effect.h"

enum { MOST_JUDGED = 16, MOST_TRIALS = 12000, MOST_CALLERS = 12 };

/* ------------------------------------------------------------------------ sizes */

struct search {
    const struct enroll_case *one;
    struct enroll_fixes *fixes;
    struct enroll_candidates found;
    struct enroll_crowd before;
    struct cs_error *err;
};

/* Ask everybody about the most promising. */
static cs_status judge(struct search *search)
{
    struct enroll_candidates *found = &search->found;
    enroll_rank(found, false);
    if (found->count > MOST_JUDGED)
        found->count = MOST_JUDGED;
    for (size_t i = 0; i < found->count; i++)
        if (enroll_change_measure(search->one, &found->at[i], &search->before, search->err) !=
            CS_OK)
            return search->err->status;
    enroll_rank(found, true);
    return CS_OK;
}

static size_t smallest_of(const struct enroll_candidates *found)
{
    size_t size = found->count ? found->at[0].actions : 0;
    for (size_t i = 1; i < found->count; i++)
        if (found->at[i].actions < size)
            size = found->at[i].actions;
    return size;
}

static cs_status look(struct search *search)
{
    struct enroll_fixes *fixes = search->fixes;
    struct enroll_candidates *found = &search->found;
    size_t spent = 0, first = 0;
    *found = (struct enroll_candidates){.arena = search->one->arena};
    fixes->cut = false;
    for (size_t size = 1; size <= ENROLL_DEEPEST && !fixes->cut; size++) {
        fixes->tried[size] =
            enroll_sets(search->one, size, MOST_TRIALS - spent, &fixes->cut, found);
        spent += fixes->tried[size];
        if (found->count && judge(search) != CS_OK)
            return search->err->status;
        first = first || !found->count ? first : size;
        if (found->count && (found->at[0].gift == GIFT_NONE || size > first))
            break;
    }
    fixes->size = smallest_of(found);
    fixes->excessive = first && fixes->size > first;
    return CS_OK;
}

/* ----------------------------------------------------------------------- groups */

static bool is_caller(const struct enroll_case *one, cs_id id)
{
    for (size_t i = 0; i < one->caller_count; i++)
        if (one->callers[i] == id)
            return true;
    return false;
}

/* Whom the best finding leaves out is asked as well; false when all of those are asked. */
static bool ask_more(struct enroll_case *one, const struct enroll_candidates *found)
{
    const struct enroll_change *best = found->count ? &found->at[0] : NULL;
    for (size_t i = 0; best && i < best->left_count; i++)
        if (!is_caller(one, best->left[i]) && one->caller_count < MOST_CALLERS) {
            one->callers[one->caller_count++] = best->left[i];
            return true;
        }
    return false;
}

/* What helps one of them at least; whom it leaves out is told. */
static cs_status look_for_each(struct search *search, struct enroll_case *one)
{
    struct enroll_candidates all = {.arena = one->arena};
    size_t count = one->caller_count;
    cs_id *callers = one->callers;
    one->caller_count = 1;
    for (size_t i = 0; i < count; i++) {
        one->callers = &callers[i];
        if (look(search) != CS_OK)
            return search->err->status;
        for (size_t j = 0; j < search->found.count; j++) {
            struct enroll_change *change = enroll_candidate_add(&all, NULL, 0);
            *change = search->found.at[j];
        }
    }
    search->found = all;
    enroll_rank(&search->found, true);
    search->fixes->partial = true;
    return CS_OK;
}

static cs_status look_for_group(struct search *search, struct enroll_case *one)
{
    do {
        if (look(search) != CS_OK)
            return search->err->status;
    } while (search->found.count && search->found.at[0].left_count &&
             ask_more(one, &search->found));
    bool whole = search->found.count && !search->found.at[0].left_count;
    return whole || one->caller_count < 2 ? CS_OK : look_for_each(search, one);
}

/* Who is refused now: one of them is asked first. */
static cs_status begin_group(struct enroll_case *one, struct enroll_fixes *fixes,
                             struct cs_error *err)
{
    struct cs_question ask = one->ask;
    struct cs_who who;
    ask.principal = 0;
    if (cs_enroll_who(one->lab, one->arena, &ask, &who, err) != CS_OK)
        return err->status;
    one->callers = cs_arena_alloc(one->arena, MOST_CALLERS * sizeof *one->callers);
    fixes->meant = cs_set_size(one->meant);
    for (size_t i = 0; i < who.count; i++) {
        if (!enroll_refuses(who.parts[i].verdict))
            continue;
        cs_set_and(&who.parts[i].who, one->meant);
        fixes->refused += cs_set_size(&who.parts[i].who);
        cs_id id = cs_set_next(&who.parts[i].who, 1);
        if (id && one->caller_count < MOST_CALLERS)
            one->callers[one->caller_count++] = id;
    }
    one->ask.principal = one->caller_count ? one->callers[0] : cs_set_next(one->meant, 1);
    return CS_OK;
}

/* -------------------------------------------------------------------------- all */

static void give(struct search *search, size_t most)
{
    struct enroll_fixes *fixes = search->fixes;
    fixes->at = search->found.at;
    fixes->count = search->found.count < most ? search->found.count : most;
    fixes->partial = fixes->count && fixes->at[0].left_count;
    for (size_t i = 0; i < fixes->count; i++) {
        size_t said;
        enroll_change_render(search->one, &fixes->at[i], AS_CMD, &said);
    }
}

cs_status enroll_search(const struct enroll_case *one, size_t most, struct enroll_fixes *fixes,
                        struct cs_error *err)
{
    struct enroll_case asked = *one;
    struct search search = {.one = &asked, .fixes = fixes, .err = err};
    *fixes = (struct enroll_fixes){.meant = 1};
    if (asked.meant && begin_group(&asked, fixes, err) != CS_OK)
        return err->status;
    if (enroll_decide(&asked, true, &fixes->before, err) != CS_OK)
        return err->status;
    if (!enroll_refusing(&asked, &fixes->before))
        return CS_OK;
    fixes->refused = asked.meant ? fixes->refused : 1;
    enroll_find_carriers(&asked);
    if (enroll_crowd_before(&asked, &search.before, err) != CS_OK)
        return err->status;
    cs_status status = asked.meant ? look_for_group(&search, &asked) : look(&search);
    if (status == CS_OK)
        give(&search, most);
    return status;
}
