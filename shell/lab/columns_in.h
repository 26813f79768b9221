/*
 * columns_in.h - what the files of the columns share (see columns.h): crowd.c calls the roll,
 * columns.c walks the host's side, ticket.c that of the accounts' own domains, odd.c knows those
 * whose token is older.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_COLUMNS_IN_H
#define CERTSH_LAB_COLUMNS_IN_H

#include "brief.h"
#include "columns.h"
#include "draft.h"
#include "lab_internal.h"

/* Ids met on a walk, each once, in order. */
struct csi_trail {
    struct cs_set met;
    cs_id *at;
    size_t count, room;
};

struct csi_columns {
    const struct cs_lab *lab;
    struct cs_arena *arena;
    cs_id host_id;
    const struct cs_host *host;
    cs_id end;
    bool as_base; /* nobody has changed since the base, and its rows are whole sets */
    bool stored;  /* holdings of the base may be used (holding.h) */
    struct cs_set accounts, computers;
    struct csi_crowd crowds[CSI_ROLLS + 8];
    size_t crowd_count;
    bool resource_counts; /* domain-local groups of the host's domain do */
    /* of the walk under way */
    struct csi_trail builtin, local, resource, ticket;
    struct csi_draft direct, ticketed, held;
    struct csi_draft authenticated; /* those of `accounts` who are; found when asked for */
    struct csi_holders **at;
    size_t count, room;
    /* Is told of each group that a ticket is asked for (holding_make.c); NULL: nobody. */
    void (*asked)(void *context, const struct csi_crowd *crowd, cs_id group);
    void *asked_context;
};

/* True the first time. */
bool csi_trail_meet(struct csi_columns *c, struct csi_trail *trail, cs_id id);
void csi_trail_forget(struct csi_trail *trail);

/* crowd.c: everybody, and the crowds they come in; false where there are too many. */
bool csi_crowds_call(struct csi_columns *c);
bool csi_same_forest(const struct cs_lab *lab, cs_id a, cs_id b);

/*
 * ticket.c.  Into `held`, the accounts of a crowd whose ticket has what was met at the host's
 * side: what its last layer has, or an account that is meant itself.
 */
void csi_ticket_ask(struct csi_columns *c, const struct csi_crowd *crowd);
/*
 * Into a draft, the accounts whose ticket has a group, crowd or not; afterwards the trail `ticket`
 * has the groups on the way, and is yours to forget.
 */
void csi_ticket_walk(struct csi_columns *c, const struct csi_crowd *crowd, cs_id group,
                     struct csi_draft *into);
/* The domain controllers of a crowd, who hold ENTERPRISE DOMAIN CONTROLLERS. */
void csi_ticket_controllers(const struct csi_columns *c, const struct csi_crowd *crowd,
                            struct csi_draft *into);
/* The same of a group that nobody told of: all that is known of it is whose primary one it is. */
void csi_ticket_absent(const struct csi_columns *c, const struct csi_crowd *crowd,
                       const struct cs_sid *group, struct csi_draft *into);
/* The accounts of a crowd whose primary group that is. */
void csi_ticket_primaries(const struct csi_columns *c, const struct csi_crowd *crowd,
                          const struct csi_brief *group, struct csi_draft *into);

#endif
