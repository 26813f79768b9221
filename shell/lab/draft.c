/* draft.c - sets that are put together, or lent as long as that will do (see draft.h).
 * Room: lab. */
#include "draft.h"

#include <string.h>

struct csi_draft csi_draft_new(struct cs_arena *arena, cs_id end)
{
    return (struct csi_draft){.arena = arena, .end = end};
}

/* Only what was written has to be cleared. */
void csi_draft_clear(struct csi_draft *draft)
{
    if (draft->used && !draft->lent.words)
        memset(draft->own.words + draft->from, 0,
               (draft->to - draft->from) * sizeof *draft->own.words);
    draft->lent = (struct cs_set){0};
    draft->from = draft->to = 0;
    draft->used = false;
}

const struct cs_set *csi_draft_set(const struct csi_draft *draft)
{
    return draft->lent.words ? &draft->lent : &draft->own;
}

static uint64_t *need_own(struct csi_draft *draft)
{
    if (!draft->own.words)
        draft->own = cs_set_new(draft->arena, draft->end);
    if (draft->lent.words)
        memcpy(draft->own.words, draft->lent.words, draft->own.count * sizeof *draft->own.words);
    draft->lent = (struct cs_set){0};
    return draft->own.words;
}

/* Somebody may be in the words from .. to - 1 now. */
static void reach(struct csi_draft *draft, size_t from, size_t to)
{
    draft->from = !draft->used || from < draft->from ? from : draft->from;
    draft->to = to > draft->to ? to : draft->to;
    draft->used = true;
}

struct cs_set *csi_draft_own(struct csi_draft *draft)
{
    need_own(draft);
    reach(draft, 0, draft->own.count);
    return &draft->own;
}

bool csi_draft_has(const struct csi_draft *draft, cs_id id)
{
    return id / 64 >= draft->from && id / 64 < draft->to && cs_set_has(csi_draft_set(draft), id);
}

cs_id csi_draft_next(const struct csi_draft *draft, cs_id id)
{
    const struct cs_set found = {csi_draft_set(draft)->words, draft->to};
    cs_id first = (cs_id)draft->from * 64;
    return draft->used ? cs_set_next(&found, id < first ? first : id) : 0;
}

uint64_t *csi_draft_write(struct csi_draft *draft, size_t from, size_t to)
{
    uint64_t *words = need_own(draft);
    reach(draft, from, to);
    return words + from;
}

void csi_draft_and(struct csi_draft *draft, const struct cs_set *only)
{
    uint64_t *words = draft->used ? need_own(draft) : NULL;
    for (size_t w = draft->from; w < draft->to; w++)
        words[w] &= only->words[w];
}

void csi_draft_add(struct csi_draft *draft, cs_id id)
{
    size_t word = id / 64;
    if (id >= draft->end)
        return;
    need_own(draft)[word] |= UINT64_C(1) << id % 64;
    reach(draft, word, word + 1);
}

void csi_draft_or(struct csi_draft *draft, const struct cs_set *set)
{
    cs_set_or(csi_draft_own(draft), set);
}

void csi_draft_lend(struct csi_draft *draft, const struct cs_set *set)
{
    if (draft->used) {
        csi_draft_or(draft, set);
        return;
    }
    draft->lent = *set;
    reach(draft, 0, set->count);
}

/* Nothing is written where nobody new is to come. */
void csi_draft_join(struct csi_draft *draft, const struct csi_draft *other,
                    const struct cs_set *only)
{
    const struct cs_set *set = csi_draft_set(other), *by = only ? only : set;
    const uint64_t *have = draft->used ? csi_draft_set(draft)->words : NULL;
    size_t from = other->from, to = other->to;
    while (from < to && !(set->words[from] & by->words[from] & ~(have ? have[from] : 0)))
        from++;
    while (from < to && !(set->words[to - 1] & by->words[to - 1] & ~(have ? have[to - 1] : 0)))
        to--;
    if (from == to)
        return;
    uint64_t *into = need_own(draft);
    for (size_t w = from; w < to; w++)
        into[w] |= set->words[w] & by->words[w];
    reach(draft, from, to);
}

void csi_draft_take(struct csi_draft *draft)
{
    if (!draft->lent.words)
        draft->own = (struct cs_set){0};
    draft->lent = (struct cs_set){0};
    draft->from = draft->to = 0;
    draft->used = false;
}
