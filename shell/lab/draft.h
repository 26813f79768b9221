/*
 * draft.h - a set that is put together: empty until it is used, and somebody else's as long as
 * that is all there is in it, so that neither costs anything.
 *
 *     struct csi_draft draft = csi_draft_new(arena, end);
 *     csi_draft_lend(&draft, &accounts);      is `accounts`
 *     csi_draft_add(&draft, id);              a set of its own now
 *     if (draft.used)
 *         who = *csi_draft_set(&draft);
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_DRAFT_H
#define CERTSH_LAB_DRAFT_H

#include <certsh/directory.h>
#include <certsh/set.h>

struct csi_draft {
    struct cs_arena *arena;
    cs_id end;
    struct cs_set own;  /* without words: not needed so far */
    struct cs_set lent; /* without words: it is `own` that counts */
    size_t from, to;    /* words outside of which nobody is */
    bool used;
};
struct csi_draft csi_draft_new(struct cs_arena *arena, cs_id end);
void csi_draft_clear(struct csi_draft *draft);
void csi_draft_add(struct csi_draft *draft, cs_id id);
void csi_draft_or(struct csi_draft *draft, const struct cs_set *set);
/* The same of a set that stays as it is while the draft is used. */
void csi_draft_lend(struct csi_draft *draft, const struct cs_set *set);
/* draft |= other & only; `only` may be NULL. */
void csi_draft_join(struct csi_draft *draft, const struct csi_draft *other,
                    const struct cs_set *only);
/* What is in `only` stays. */
void csi_draft_and(struct csi_draft *draft, const struct cs_set *only);
/* The smallest id in it from `id` on; 0 when there is none. */
cs_id csi_draft_next(const struct csi_draft *draft, cs_id id);
bool csi_draft_has(const struct csi_draft *draft, cs_id id);
/* To be read, of a used one; to be written into, all of it or the words from .. to - 1. */
const struct cs_set *csi_draft_set(const struct csi_draft *draft);
struct cs_set *csi_draft_own(struct csi_draft *draft);
uint64_t *csi_draft_write(struct csi_draft *draft, size_t from, size_t to);
/* Its set is yours; the draft is empty afterwards. */
void csi_draft_take(struct csi_draft *draft);

#endif
