/*
 * rank.c - which of the changes that help is best (see search.c).
 *
 * Fewest who stay refused (of a group), fewest others newly allowed, fewest newly denied, least
 * given besides, fewest steps, best way back, and then the order of being thought of.
 */
#include <stdlib.h>

#include "enroll.h"

static unsigned loss_of(const struct enroll_change *change)
{
    unsigned loss = 0;
    for (size_t i = 0; i < change->count; i++)
        loss += enroll_edit_loss(change->edits[i].kind);
    return loss;
}

static bool named_before(const struct enroll_change *change, size_t index)
{
    const struct enroll_edit *edit = &change->edits[index];
    for (size_t i = 0; i < index; i++)
        if (enroll_edit_gives(&change->edits[i]) && cs_sid_equal(&change->edits[i].sid, &edit->sid))
            return true;
    return false;
}

/* How many principals are given something: one who is let in everywhere is simpler than two. */
static size_t subjects_of(const struct enroll_change *change)
{
    size_t count = 0;
    for (size_t i = 0; i < change->count; i++)
        count += enroll_edit_gives(&change->edits[i]) && !named_before(change, i);
    return count;
}

static int by_size(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int by_rank(const void *left, const void *right)
{
    const struct enroll_change *a = left, *b = right;
    const int order[] = {
        by_size(a->left_count, b->left_count),
        by_size(a->allowed_count, b->allowed_count),
        by_size(a->denied_count, b->denied_count),
        by_size(a->gift, b->gift),
        by_size(a->count, b->count),
        by_size(loss_of(a), loss_of(b)),
        by_size(a->actions, b->actions),
        by_size(subjects_of(a), subjects_of(b)),
        by_size(a->order, b->order),
    };
    for (size_t i = 0; i < CS_COUNT(order); i++)
        if (order[i])
            return order[i];
    return 0;
}

/* Does a part of it help by itself? */
static bool has_needless_step(const struct enroll_candidates *found,
                              const struct enroll_change *change)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct enroll_change *other = &found->at[i];
        if (other->count && other->count < change->count &&
            other->left_count <= change->left_count && enroll_change_within(other, change))
            return true;
    }
    return false;
}

/* Names several where another change names one and does the same. */
static bool is_mixture(const struct enroll_candidates *found, const struct enroll_change *change)
{
    for (size_t i = 0; subjects_of(change) > 1 && i < found->count; i++) {
        const struct enroll_change *other = &found->at[i];
        if (subjects_of(other) == 1 && enroll_change_shape(other) == enroll_change_shape(change) &&
            other->gift <= change->gift && other->left_count <= change->left_count &&
            other->allowed_count <= change->allowed_count)
            return true;
    }
    return false;
}

struct seen {
    bool time_helps, moderate_helps, plain_helps; /* not ruling; giving nothing besides */
};

static struct seen look_over(const struct enroll_candidates *found)
{
    struct seen seen = {0};
    for (size_t i = 0; i < found->count; i++) {
        const struct enroll_change *change = &found->at[i];
        seen.time_helps = seen.time_helps || !change->count;
        seen.moderate_helps = seen.moderate_helps || change->gift != GIFT_RULE;
        seen.plain_helps = seen.plain_helps || change->gift == GIFT_NONE;
    }
    return seen;
}

/*
 * Where a start alone helps, changes that need one besides are not worth making; nobody is made
 * an administrator where something else helps; and what gives more than enrolment is at least a
 * single action.
 */
static bool is_needless(const struct enroll_candidates *found, const struct seen *seen,
                        const struct enroll_change *change, bool measured)
{
    return (seen->time_helps && change->count && change->fresh) ||
           (seen->moderate_helps && change->gift == GIFT_RULE) ||
           (change->gift != GIFT_NONE && change->actions > 1 && seen->plain_helps) ||
           has_needless_step(found, change) || (measured && is_mixture(found, change));
}

void enroll_rank(struct enroll_candidates *found, bool measured)
{
    struct seen seen = look_over(found);
    struct enroll_change *kept = cs_arena_alloc(found->arena, (found->count + 1) * sizeof *kept);
    size_t count = 0;
    for (size_t i = 0; i < found->count; i++)
        if (!is_needless(found, &seen, &found->at[i], measured))
            kept[count++] = found->at[i];
    found->at = kept;
    found->count = found->room = count;
    qsort(kept, count, sizeof *kept, by_rank);
}
