/*
 * bulk.h - adding many principals at once: one op that swaps the base.
 *
 *     struct csi_bulk *bulk = csi_bulk_begin(lab);
 *     cs_id id = csi_bulk_principal(bulk, &facts);     merged by SID with what is there
 *     csi_bulk_member(bulk, group, id);
 *     csi_bulk_end(bulk);
 *
 * Ids of principals that are there already stay what they are.  Rules of membership are not
 * asked: a directory's export says what is.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_BULK_H
#define CERTSH_LAB_BULK_H

#include <certsh/directory.h>

struct csi_bulk;

struct csi_bulk *csi_bulk_begin(struct cs_lab *lab);
/*
 * Add a principal or merge it into the one with the same SID (and, for S-1-5-32-x, the same
 * domain or host): facts that are given win over empty ones and over older ones.  `added`
 * (may be NULL) tells whether it is new.
 */
cs_id csi_bulk_principal(struct csi_bulk *bulk, const struct cs_principal *principal, bool *added);
/* The id of a SID in the lab or in this bulk, 0 when not there. */
cs_id csi_bulk_find(const struct csi_bulk *bulk, const struct cs_sid *sid, cs_id domain,
                    cs_id host);
/* The facts of an id as they will be: a view, good until the next call with this bulk. */
const struct cs_principal *csi_bulk_get(struct csi_bulk *bulk, cs_id id);
/* Is that id a group? */
bool csi_bulk_is_group(const struct csi_bulk *bulk, cs_id id);
/* One that was taken away in the lab, too: it comes back, from now on. */
void csi_bulk_member(struct csi_bulk *bulk, cs_id group, cs_id member);
/* The same for several, borrowed until the bulk is ended. */
void csi_bulk_members(struct csi_bulk *bulk, cs_id group, const cs_id *members, size_t count);

/*
 * Drafts: what is read of principals, in its final place from the start, so that a million of
 * them are written once.  A draft is known by its number (from 0) alone; its domain may be
 * anything.  When all are read each, in order, is settled: put or merged like any principal.
 */
uint32_t csi_bulk_draft(struct csi_bulk *bulk, const struct cs_principal *facts);
void csi_bulk_drafted(const struct csi_bulk *bulk, uint32_t draft, struct cs_principal *out);
void csi_bulk_redraft(struct csi_bulk *bulk, uint32_t draft, const struct cs_principal *facts);
/* `known` is what csi_bulk_find says of it: 0 makes it a new principal. */
cs_id csi_bulk_settle(struct csi_bulk *bulk, uint32_t draft, const struct cs_principal *facts,
                      cs_id known);
/* All are settled. */
void csi_bulk_settled(struct csi_bulk *bulk);

/*
 * Strangers (stranger.h).  One more; are there any; `from` is `into` (0: nobody) from now on, with
 * its memberships; who an id of the lab is now.
 */
cs_id csi_bulk_stranger(struct csi_bulk *bulk, const struct cs_principal *stranger);
bool csi_bulk_has_strangers(const struct csi_bulk *bulk);
void csi_bulk_absorb(struct csi_bulk *bulk, cs_id from, cs_id into);
cs_id csi_bulk_now(const struct csi_bulk *bulk, cs_id id);
/* Not all members are known; false when that was so before. */
bool csi_bulk_open(struct csi_bulk *bulk, cs_id group);

/* Put it into the lab (an op of the open transaction), or throw it away.  Frees the bulk. */
void csi_bulk_end(struct csi_bulk *bulk);
void csi_bulk_drop(struct csi_bulk *bulk);

#endif
