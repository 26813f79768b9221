/*
 * holding.h - whose ticket has a group, found beforehand.
 *
 * For groups that descriptors name and that many are below, a base that goes into a snapshot
 * carries the row of bits that a walk would fill (columns.h), so that a process that asks one
 * question about a million principals reads a few rows instead of millions of memberships.  A
 * row is of the base alone; beside the base it rests on the domains' forests and SIDs.
 *
 * It counts as long as no group on the way has changed since, which is looked at for each row,
 * and whoever changed has the same kind, domain and primary group, which is looked at once; else
 * memberships are walked as they are without it.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_HOLDING_H
#define CERTSH_LAB_HOLDING_H

#include <certsh/lab.h>
#include <certsh/set.h>

/* Find those of all descriptors in the lab, for its base; once, before the base is saved. */
void csi_holdings_make(struct cs_lab *lab);
/* What the walks ask of domains, as a number. */
uint64_t csi_forests_sum(const struct cs_lab *lab);

/* Do rows of the base say anything about the lab as it is now? */
bool csi_holdings_usable(const struct cs_lab *lab);
/* The row of a group for accounts of a domain, lent by the base; false: walk. */
bool csi_holding_of(const struct cs_lab *lab, cs_id domain, cs_id group, struct cs_set *row);
/* A row of the base into a set of as many words, or more. */
void csi_set_or_row(struct cs_set *into, const struct cs_set *row);

#endif
