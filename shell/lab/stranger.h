/*
 * stranger.h - those whom memberships name before any file tells of them.
 *
 * Directories write members by DN, and a group's file may come commands before its members'.  A
 * stranger keeps the place: a foreign principal whose name is the DN and whose SID, S-1-0-1-n, is
 * only a number made of the DN, which Windows gives to nobody.  When an import brings the object
 * of that DN the stranger becomes it, under the same id, with all its memberships.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_STRANGER_H
#define CERTSH_LAB_STRANGER_H

#include <certsh/directory.h>

struct cs_sid csi_stranger_parent(void);
bool csi_sid_is_stranger(const struct cs_sid *sid);

/* The memberships that wait for strangers, and some of the strangers' names. */
struct csi_waiting {
    size_t strangers, memberships;
    struct cs_str first; /* the DN of one of them */
};
struct csi_waiting csi_lab_waiting(const struct cs_lab *lab);

#endif
