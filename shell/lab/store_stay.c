/*
 * store_stay.c - a lab file that is open stays in the eyes of other processes, whatever else this
 * one does with it.
 *
 * Who closes an SQLite file with a log, and finds nobody else there, moves the log into the file
 * and removes it.  SQLite says "I am here" by a POSIX lock, and POSIX drops all of a process's
 * locks on a file as soon as it closes any descriptor of it (sqlite.org/howtocorrupt.html, 2.2): a
 * script that reads the lab's file, or an import that is given it by mistake, would do.  What is
 * then written goes to a log that has no name any more, and dies with its writer.
 *
 * So the same bytes are locked once more, by a lock of an open file description, which only its own
 * closing ends.  Linux has it, and POSIX since 2024; elsewhere SQLite's lock has to do.  Room: lab.
 */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "store_in.h"

#include <fcntl.h>
#include <unistd.h>

#ifdef F_OFD_SETLK
/* Where SQLite's shared lock is (its os.h: PENDING_BYTE + 2, SHARED_SIZE). */
enum { SHARED_FIRST = 0x40000002, SHARED_SIZE = 510 };

static void lock(int file, short kind)
{
    struct flock shared = {
        .l_type = kind, .l_whence = SEEK_SET, .l_start = SHARED_FIRST, .l_len = SHARED_SIZE};
    (void)fcntl(file, F_OFD_SETLK, &shared);
}

void csi_store_stay(struct csi_store *store)
{
    if (store->stays)
        return;
    store->stay = open(store->path, O_RDONLY | O_CLOEXEC);
    store->stays = store->stay >= 0;
    if (store->stays)
        lock(store->stay, F_RDLCK);
}

void csi_store_go(struct csi_store *store)
{
    if (store->stays)
        lock(store->stay, F_UNLCK);
}

void csi_store_gone(struct csi_store *store)
{
    if (store->stays)
        close(store->stay);
    store->stays = false;
}
#else
void csi_store_stay(struct csi_store *store)
{
    (void)store;
}

void csi_store_go(struct csi_store *store)
{
    (void)store;
}

void csi_store_gone(struct csi_store *store)
{
    (void)store;
}
#endif
