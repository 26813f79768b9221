/*
 * delta.h - what changed in the directory since its base.
 *
 * Two parts.  Versions: a principal that was added or changed has a chain of immutable
 * versions, newest first, each with the tick it began at.  Edges: a log of memberships that
 * came or went, in order of ticks; every entry knows the one before it of the same group and
 * of the same member, so that those of either end are a chain, newest first, whatever else
 * has changed.  Both answer "now" and "at a tick".
 * Undo takes the newest version or log entry away again.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_DELTA_H
#define CERTSH_LAB_DELTA_H

#include "base.h"
#include "scc.h"
#include "upn.h"
#include "walk.h"

struct csi_version {
    struct cs_principal principal;
    bool removed;
    cs_tick tick;
    const struct csi_version *before; /* NULL: the base row, or nobody */
};

struct csi_edge_change {
    cs_id group, member;
    cs_tick tick;
    bool present;
    uint32_t group_before, member_before; /* as csi_delta_of gives them; set by a push */
};

/* By id: the place in the log of its newest change + 1, 0 for none. */
struct csi_newest {
    uint32_t **pages;
    size_t page_count;
};

/* The next RID of one domain or machine, kept while accounts are made in a row. */
struct csi_rids {
    struct cs_sid parent; /* count 0: of none */
    uint32_t next;
};

enum { CSI_PAGE = 1024 };

struct csi_delta {
    const struct csi_version ***pages; /* by id / CSI_PAGE, NULL where nothing changed */
    size_t page_count;
    cs_id end; /* one past the largest id in use, base included */
    struct csi_edge_change *log;
    size_t log_count, log_room;
    struct csi_newest by_group, by_member;
    struct csi_index by_sid, by_name;
    struct csi_scc *scc; /* of the groups as they are now; NULL until asked for, or changed */
    struct csi_upns upns;
    struct csi_rids rids;
    struct csi_walk *walk; /* room that walks leave for the next one; see walk.h */
};

struct csi_delta *csi_delta_new(cs_id end);
void csi_delta_free(struct csi_delta *delta);

/* One over a new base: membership that came or went keeps its time. */
struct csi_delta *csi_delta_over(const struct csi_delta *old, cs_id end);

const struct csi_version *csi_delta_get(const struct csi_delta *delta, cs_id id);
/* The first id from `id` on that has a version; 0 when there is none. */
cs_id csi_delta_next(const struct csi_delta *delta, cs_id id);
/* Make `version` the newest of `id`; NULL gives the base row back. */
void csi_delta_set(struct csi_delta *delta, cs_id id, const struct csi_version *version);

void csi_delta_push(struct csi_delta *delta, struct csi_edge_change change);
void csi_delta_pop(struct csi_delta *delta);
/*
 * The newest change of a group's members, or of a member's groups; NULL where there is none.
 *
 *     for (c = csi_delta_of_group(delta, id); c; c = csi_delta_before(delta, c->group_before))
 */
const struct csi_edge_change *csi_delta_of_group(const struct csi_delta *delta, cs_id group);
const struct csi_edge_change *csi_delta_of_member(const struct csi_delta *delta, cs_id member);
/* The log entry that `place` (group_before, member_before) names; NULL for 0. */
const struct csi_edge_change *csi_delta_before(const struct csi_delta *delta, uint32_t place);
/* The last change of that edge up to `when`, or NULL. */
const struct csi_edge_change *csi_delta_edge(const struct csi_delta *delta, cs_id group,
                                             cs_id member, cs_tick when);

#endif
