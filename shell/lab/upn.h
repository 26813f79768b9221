/*
 * upn.h - who has a user principal name.
 *
 * Most names of the form name@suffix are an account name and its domain and never come here.
 * Those that are not are looked for one by one the first time, which is quicker than to index a
 * million; whoever asks again gets the index.  It belongs to the delta and follows its changes:
 * as with every index, nothing is removed, and who is found is compared.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_UPN_H
#define CERTSH_LAB_UPN_H

#include <certsh/directory.h>

#include "index.h"

struct csi_upns {
    struct csi_index index;
    bool made, asked;
};

/* The account of least id with that name, in any case; 0 when there is none. */
cs_id csi_upn_find(const struct cs_lab *lab, struct cs_str upn);
/* `id` has that name now; for the delta. */
void csi_upn_note(struct csi_upns *upns, cs_id id, struct cs_str upn);

#endif
