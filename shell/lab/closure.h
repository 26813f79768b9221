/*
 * closure.h - walking memberships outward, each group once, with the way it was reached.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_CLOSURE_H
#define CERTSH_LAB_CLOSURE_H

#include <certsh/directory.h>

struct csi_reached {
    cs_id id;
    int via;        /* index of the one it was reached from, -1 for a start */
    unsigned depth; /* 0 for a start */
};

/* Breadth first; clear with csi_closure_clear. */
struct csi_closure {
    struct csi_reached *at;
    size_t count, room, next;
    uint64_t **seen; /* pages of a bit by id, once there are more than a few */
    size_t page_count;
};

/* Add `id`, unless it is there. */
void csi_closure_add(struct csi_closure *closure, cs_id id, int via, unsigned depth);
bool csi_closure_has(const struct csi_closure *closure, cs_id id);
void csi_closure_clear(struct csi_closure *closure);

/* Should the walk take this group in (and go on from it)? */
typedef bool csi_accept_fn(const void *context, const struct cs_principal *group);
/* From all that is in `closure`, outward over member-of edges as of `when`. */
void csi_closure_walk(const struct cs_lab *lab, struct csi_closure *closure, cs_tick when,
                      csi_accept_fn *accept, const void *context);

/* Does that group count among the tokenGroups of an account, `context` (a cs_principal)? */
bool csi_is_directory_group(const void *context, const struct cs_principal *group);
/* Accounts of `domain` whose primary group has that RID, ascending, as it is now. */
void csi_primary_each(const struct cs_lab *lab, cs_id domain, uint32_t rid, cs_id_fn *fn,
                      void *context);
/* The primary group of a view of a principal; 0 where there is none. */
cs_id csi_primary_of(const struct cs_lab *lab, const struct cs_principal *p);

#endif
