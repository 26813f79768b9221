/*
 * closure.h - walking memberships outward, each group once, with the way it was reached.
 *
 *     struct csi_closure closure = csi_closure_begin(lab);
 *     csi_closure_add(&closure, account, -1, 0);
 *     csi_closure_walk(&closure, CS_NOW, csi_is_directory_group, &domain);
 *     for (size_t i = 1; i < closure.count; i++) ... closure.at[i].id
 *     csi_closure_end(&closure);
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_CLOSURE_H
#define CERTSH_LAB_CLOSURE_H

#include <certsh/directory.h>
#include <certsh/set.h>

#include "base.h"
#include "brief.h"
#include "walk.h"

struct csi_reached {
    cs_id id;
    int via;        /* index of the one it was reached from, -1 for a start */
    unsigned depth; /* 0 for a start */
    int note;       /* the caller's */
};

/* Breadth first. */
struct csi_closure {
    const struct cs_lab *lab;
    struct csi_walk *walk;
    struct csi_reached *at;
    size_t count, room;
};

struct csi_closure csi_closure_begin(const struct cs_lab *lab);
void csi_closure_end(struct csi_closure *closure);
/* Add `id` and return its entry, unless it is there or 0: NULL. */
struct csi_reached *csi_closure_add(struct csi_closure *closure, cs_id id, int via, unsigned depth);

/* Should the walk take this group in (and go on from it)? */
typedef bool csi_accept_fn(const void *context, const struct csi_brief *group);
/* From all that is in `closure`, outward over member-of edges as of `when`. */
void csi_closure_walk(struct csi_closure *closure, cs_tick when, csi_accept_fn *accept,
                      const void *context);

/* Does that group count among the tokenGroups of accounts of a domain (`context`, a cs_id)? */
bool csi_is_directory_group(const void *context, const struct csi_brief *group);
/* The primary group of the accounts of `domain` that name that RID; 0 where there is none. */
cs_id csi_primary_of(const struct cs_lab *lab, cs_id domain, uint32_t rid);

/* The first place from `from` on whose id is not below `id`; of an ascending list. */
size_t csi_list_place(const struct csi_list *list, size_t from, cs_id id);
/* Some ids, ascending; false stops. */
typedef bool csi_run_fn(void *context, const cs_id *ids, size_t count);
/* Accounts of `domain` whose primary group has that RID, ascending, as it is now; by runs. */
void csi_primary_runs(const struct cs_lab *lab, cs_id domain, uint32_t rid, csi_run_fn *fn,
                      void *context);
/* The same as a row lent by the base; false where it has to be asked by runs. */
bool csi_primary_row(const struct cs_lab *lab, cs_id domain, uint32_t rid, struct cs_set *row);

#endif
