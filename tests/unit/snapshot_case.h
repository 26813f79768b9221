/*
 * snapshot_case.h - what each case of a snapshot's tests stands on: a base, and its file.
 *
 *     tcase_add_checked_fixture(tests, set_up_snap, tear_down_snap);
 *     struct csi_base *other = snap_map();
 *     snap_compare_all(other);
 */
#ifndef CERTSH_TESTS_SNAPSHOT_CASE_H
#define CERTSH_TESTS_SNAPSHOT_CASE_H

#include <check.h>

#include "lab/snapshot_in.h"

enum { SNAP_PEOPLE = 3000, SNAP_GROUPS = 400 };

extern struct snap {
    struct csi_base *base;
    char path[64]; /* where it was saved */
    struct csi_snapshot_of of;
    struct csi_rebuild rebuild; /* how it is made again, */
    int made_again;             /* and how often it was */
    struct cs_error err;
} snap;

void set_up_snap(void);
void tear_down_snap(void);
void snap_save_again(void);
/* What was saved at first, without the wait for the disk. */
void snap_restore(void);
/* NULL where it is refused. */
struct csi_base *snap_map(void);
/* All that a base can be asked, of `other` and of the one that was saved. */
void snap_compare_all(const struct csi_base *other);

/* ------------------------------------------------------------------ the file */

struct csi_snapshot_head snap_head(void);
uint64_t snap_section_size(const struct csi_snapshot_head *head, enum csi_section section);
void snap_write_at(uint64_t at, const void *bytes, size_t size);
/* Turn the bits of `with` in the byte at `at`. */
void snap_flip(uint64_t at, unsigned char with);
/* Make all sums what they should be for what the file holds now. */
void snap_forge(struct csi_snapshot_head head);

#endif
