/*
 * maker.h - making a base of the directory (base.h), once.
 *
 *     struct csi_maker *maker = csi_maker_new();
 *     cs_id id = csi_maker_add(maker, &principal);
 *     csi_maker_link(maker, group, member);
 *     struct csi_base *base = csi_maker_finish(maker);
 *
 * A maker appends straight to the arrays that become the base, so that a million principals are
 * written once.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_MAKER_H
#define CERTSH_LAB_MAKER_H

#include "base.h"

struct csi_maker;
struct csi_maker *csi_maker_new(void);
/* One that begins with the principals of `base`, without its edges. */
struct csi_maker *csi_maker_of(const struct csi_base *base);
/* The id it gets: one more than the last. */
cs_id csi_maker_add(struct csi_maker *maker, const struct cs_principal *principal);
/* Write the row of an id that is there; NULL empties it.  Texts that stay, and whole texts of
 * other rows of this maker, cost nothing. */
void csi_maker_set(struct csi_maker *maker, cs_id id, const struct cs_principal *principal);
/* Ids up to and without `end` are there, new ones empty. */
void csi_maker_extend(struct csi_maker *maker, cs_id end);
/* The next id with that SID at or after `cursor` 0 (see index.h); 0 at the end. */
cs_id csi_maker_next(const struct csi_maker *maker, const struct cs_sid *sid, size_t *cursor);
/* The row of an id as a view, good until the maker changes; false for an empty one. */
bool csi_maker_get(const struct csi_maker *maker, cs_id id, struct cs_principal *out);
enum cs_principal_kind csi_maker_kind(const struct csi_maker *maker, cs_id id); /* 0: none */
cs_id csi_maker_end(const struct csi_maker *maker); /* one past the last id */
void csi_maker_link(struct csi_maker *maker, cs_id group, cs_id member);
/* The same for several; they are borrowed until the maker is finished. */
void csi_maker_link_all(struct csi_maker *maker, cs_id group, const cs_id *members, size_t count);

/*
 * Drafts: rows behind all others that are known by their place only, while not everything about
 * them is known.  When it is, each in order is settled under an id that is not above its place,
 * or abandoned; then the rest is cut off.
 */
cs_id csi_maker_draft(struct csi_maker *maker, const struct cs_principal *principal);
void csi_maker_redraft(struct csi_maker *maker, cs_id draft, const struct cs_principal *principal);
void csi_maker_settle(struct csi_maker *maker, cs_id draft, cs_id id,
                      const struct cs_principal *principal);
/* Was a SID with that parent ever there? */
bool csi_maker_has_parent(const struct csi_maker *maker, const struct cs_sid *parent);
/* Ask memory for where a draft's SID is found, to settle it soon. */
void csi_maker_fetch(const struct csi_maker *maker, cs_id draft);
void csi_maker_abandon(struct csi_maker *maker, cs_id draft);
void csi_maker_cut(struct csi_maker *maker, cs_id end);
/* So many more will be settled. */
void csi_maker_expect(struct csi_maker *maker, size_t more);

/* The largest RID ever given under a parent, where no row shows it any more; and none is known. */
void csi_maker_top(struct csi_maker *maker, const struct cs_sid *parent, uint32_t top);
void csi_maker_forget_tops(struct csi_maker *maker);
/* The base; yours, free with csi_base_free.  Frees the maker, as csi_maker_free does alone. */
struct csi_base *csi_maker_finish(struct csi_maker *maker);
void csi_maker_free(struct csi_maker *maker);

/*
 * What is told of memberships (maker_edges.c): members of one group, borrowed, or a single one in
 * here.
 */
struct csi_run {
    uint32_t group, count;
    union {
        const uint32_t *at;
        uint32_t one;
    };
};
struct csi_runs {
    struct csi_run *at;
    size_t count, room;
    size_t edges; /* in all of them */
};
void csi_runs_add(struct csi_runs *runs, cs_id group, const cs_id *members, size_t count);
/* The edges of a base whose rows stand, in order and each once; clears the runs. */
void csi_runs_settle(struct csi_runs *runs, struct csi_base *made);
void csi_runs_clear(struct csi_runs *runs);

/* Room for `need` elements of `size` at `at`, doubled; `room` follows. */
void *csi_grow(void *at, size_t *room, size_t need, size_t size);
/* Fill the indexes, primary groups and rolls of a base whose rows and edges stand. */
void csi_base_index(struct csi_base *base);

#endif
