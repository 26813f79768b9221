/*
 * shim.h - a layer between SQLite and the disk, in which the disk fails or the power goes.
 *
 *     shim_install();                       SQLite's default from now on
 *     shim_fail(SHIM_FULL, 17, false);      the 17th call from here finds no room
 *     ... work ...
 *     shim_fail(SHIM_NONE, 0, false);
 *
 * What can be made to fail are calls that reach the disk: open, read, write, truncate, sync,
 * delete, and the growth of shared memory.  Every write since the last sync of its file is kept,
 * so that a power cut can be played: shim_cut writes into another folder what a disk may hold
 * then, the synced bytes and any part of the others, in sectors.
 */
#ifndef CERTSH_TESTS_SHIM_H
#define CERTSH_TESTS_SHIM_H

#include <stdbool.h>
#include <stdint.h>

enum shim_fault {
    SHIM_NONE,
    SHIM_IO,    /* EIO at any call */
    SHIM_FULL,  /* ENOSPC where bytes are written, EIO elsewhere */
    SHIM_SHORT, /* a write of which half arrives, then ENOSPC; EIO elsewhere */
    SHIM_SYNC,  /* EIO at syncs; other calls do not count */
    SHIM_FAULTS
};
const char *shim_fault_name(enum shim_fault fault);

void shim_install(void);
/* The n-th call that can fail this way does, counted from now; all later ones too if `on`. */
void shim_fail(enum shim_fault fault, long n, bool on);
/* Calls that could have failed since then, and whether one did. */
long shim_calls(void);
bool shim_failed(void);

/* Forget every write so far: what the files hold now is taken for synced. */
void shim_settle(void);
/*
 * The power goes: for each file that was opened since shim_settle, what a disk may hold goes to
 * the file of the same name in `folder`.  `roll` gives random numbers.
 */
void shim_cut(const char *folder, uint64_t (*roll)(void *context), void *context);
/* The same at the n-th write, truncation, sync or delete from now, before it happens. */
void shim_cut_at(long n, const char *folder, uint64_t (*roll)(void *context), void *context);
/* Has that come?  It will not any more, either way. */
bool shim_was_cut(void);

#endif
