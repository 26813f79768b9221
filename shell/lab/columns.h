/*
 * columns.h - who holds a SID: the token question asked for everybody at once.
 *
 * A token is a row: one principal, all its SIDs (token_of.c).  A column is the other way round:
 * one SID, all accounts whose network token at a host holds it, now.  It is found by walking
 * memberships inward, with the rules of token_of.c in reverse order:
 *
 *     built-in groups of the host, then machine-local ones, then the context (Everyone, ...),
 *     then domain-local groups of the host's domain, then the ticket of each domain's accounts:
 *     global groups of that domain, universal ones of its forest, primary groups.
 *
 * What SID filtering takes away is taken away from the crowd (the accounts of one domain) that
 * comes over such a trust.
 *
 *     struct csi_columns *columns = csi_columns_new(lab, arena, host);
 *     const struct cs_set *who = csi_column(columns, &sid);
 *
 * Tokens that are older than a change of memberships are not of now: csi_columns_odd names the
 * accounts whose token may differ from their columns for that reason, and those whose primary
 * group is no group.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_COLUMNS_H
#define CERTSH_LAB_COLUMNS_H

#include <certsh/gate.h>
#include <certsh/set.h>

#include "draft.h"

/* The accounts of one domain (0: of machines), who are all treated alike at the host. */
struct csi_crowd {
    cs_id domain;
    struct cs_set who;
    const struct cs_domain *own; /* NULL: none */
    const struct cs_trust *trust;
    bool same_forest;
    bool filtered; /* only SIDs of their own domain come over the trust */
};

struct csi_columns;
/* In `arena`; NULL where accounts are of too many domains for this. */
struct csi_columns *csi_columns_new(const struct cs_lab *lab, struct cs_arena *arena, cs_id host);
/* All users and computers; the computers; the crowds.  Borrowed. */
const struct cs_set *csi_columns_accounts(const struct csi_columns *columns);
const struct cs_set *csi_columns_computers(const struct csi_columns *columns);
const struct csi_crowd *csi_columns_crowds(const struct csi_columns *columns, size_t *count);

/* Who holds a SID: all accounts (csi_columns_accounts itself), nobody (no words), or some. */
struct csi_holders {
    struct cs_sid sid;
    struct cs_set who;
    size_t from, to; /* words outside of which nobody is */
};
static inline bool csi_holds(const struct csi_holders *column, cs_id id)
{
    return id / 64 >= column->from && id / 64 < column->to && cs_set_has(&column->who, id);
}
/* Kept: asked again, it is the same one.  Borrowed. */
const struct csi_holders *csi_column(struct csi_columns *columns, const struct cs_sid *sid);
/* Into `token` every SID whose column was asked for so far and has `id` in it. */
void csi_columns_hold(const struct csi_columns *columns, cs_id id, struct cs_token *token);
/* Accounts that have to be asked one by one. */
struct csi_draft csi_columns_odd(struct csi_columns *columns);

/*
 * Everybody of `among` parted by what they hold: all who are alike in every column get the
 * answer of one of them.  `ask` answers for that one; `out[answer]` collects.
 */
typedef cs_status csi_part_fn(void *context, cs_id one, const uint64_t *holds, unsigned *answer,
                              struct cs_error *err);
struct csi_parting {
    struct cs_arena *arena; /* for temporary work */
    const struct csi_holders *const *columns;
    size_t column_count;
    const struct cs_set *all;    /* a column of everybody there is: parts nobody */
    const struct cs_set *except; /* not asked, if they are among them; NULL: nobody */
    csi_part_fn *ask;
    void *context;
    struct csi_draft *out; /* by answer */
    int unsaid;            /* an answer that is not collected; -1: all are */
};
cs_status csi_part(const struct csi_parting *parting, const struct csi_draft *among,
                   struct cs_error *err);

#endif
