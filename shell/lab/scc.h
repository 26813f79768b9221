/*
 * scc.h - the groups of a directory as they hang together, cycles folded into one.
 *
 * Groups (and whatever is somebody's primary group) are numbered; Tarjan's strongly connected
 * components put those of a cycle together; every component knows all groups above it.  A
 * token's groups are then the union of a few ready lists.
 *
 * Which groups count depends on whose they are: domain-local and built-in ones count for accounts
 * of their own domain (tokenGroups), so there is one such graph for the accounts of each domain.
 * The last one is kept: it is made when first asked for and belongs to the delta, which throws it
 * away when a change touches a group's own memberships (delta.c).  A change of a user's memberships
 * leaves it: the user's groups are read as they are now.
 *
 * Lists cost memory where groups nest deep and wide; beyond a bound the components that have
 * none are walked.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_SCC_H
#define CERTSH_LAB_SCC_H

#include <certsh/directory.h>

/* A part of `above`; of no length where there is no list, and it has to be walked. */
struct csi_scc_list {
    uint32_t from, count;
};

struct csi_scc {
    cs_id domain;      /* of the accounts */
    uint32_t *numbers; /* by id below `end`: number + 1, 0 where it is no group */
    cs_id end;
    cs_id *ids;        /* by number */
    uint32_t *comp_of; /* by number; whatever is above has a smaller component */
    uint32_t count, comp_count;
    uint32_t walked; /* numbers below this one are groups; the others only start a walk */
    uint32_t *members, *member_at; /* numbers by component: at members[member_at[c]] ... */
    uint32_t *ups, *up_at;         /* components right above, likewise */
    uint32_t *above;               /* numbers above a component and in it, component by component */
    struct csi_scc_list *lists;    /* by number: its component's part of `above` */
};

/* Room for lists, in entries a group; a test makes it small. */
extern uint32_t csi_scc_list_room;

struct csi_scc *csi_scc_new(const struct cs_lab *lab, cs_id domain);
void csi_scc_free(struct csi_scc *scc);
/* The number of an id + 1, or 0. */
static inline uint32_t csi_scc_number(const struct csi_scc *scc, cs_id id)
{
    return id < scc->end ? scc->numbers[id] : 0;
}

#endif
