/*
 * stand_in.h - callers who stand for all that are like them (who.c).
 *
 * A gate with a column form answers the same for all who hold the same of the SIDs it names, so
 * one of them is asked for all.  What that one carries is put together from the columns: its own
 * SID, and every SID with a column it is in.  No gate asks for more, and the columns are there
 * already; the whole token would be another walk through all its groups.
 *
 *     struct csi_stand_ins *stand_ins = csi_stand_ins_new(lab, arena, &ask, columns);
 *     status = csi_stand_in(stand_ins, id, &caller, &err);
 *     csi_stand_ins_end(stand_ins);
 *
 * All columns have to be made before the first is asked for.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_STAND_IN_H
#define CERTSH_LAB_STAND_IN_H

#include "columns.h"

struct csi_stand_ins;
/* In `arena`, which must outlive it; `ask->principal` is not read. */
struct csi_stand_ins *csi_stand_ins_new(const struct cs_lab *lab, struct cs_arena *arena,
                                        const struct cs_question *ask,
                                        const struct csi_columns *columns);
void csi_stand_ins_end(struct csi_stand_ins *stand_ins);
/* The caller of an id, made once; borrowed.  Not for accounts of the CA's own host. */
cs_status csi_stand_in(struct csi_stand_ins *stand_ins, cs_id id, const struct cs_caller **caller,
                       struct cs_error *err);

#endif
