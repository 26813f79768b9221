/*
 * store_mapped.c - a large directory is not read from the tables but mapped from a snapshot that
 * lies beside the lab file (FILE.snap, see snapshot.h).
 *
 * The file is the truth: a snapshot counts only when it is of this lab and of this generation of
 * its base, and what turns out damaged in it is read from the tables again.  It is made when the
 * base was read or swapped; where that cannot be, the tables do.  Room: lab.
 */
#define _POSIX_C_SOURCE 200809L
#include "store_in.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "holding.h"
#include "maker.h"
#include "snapshot.h"

enum { WORTH_MAPPING = 5000 }; /* principals; fewer are read as fast */

static struct csi_snapshot_of snapshot_of(const struct csi_store *store, struct stat *about)
{
    struct csi_snapshot_of of = {.generation = store->state.generation};
    memcpy(of.lab, store->id, sizeof of.lab);
    if (stat(store->path, about) != 0)
        *about = (struct stat){0};
    of.owner = about->st_uid;
    return of;
}

static bool path_of(const struct csi_store *store, char *path, size_t size)
{
    return snprintf(path, size, "%s.snap", store->path) < (int)size;
}

/*
 * The base as the file has it, whatever memory is about to do: through a connection of its own,
 * for ours may be in the middle of a write.
 */
static struct csi_base *read_again(void *context, uint64_t generation, struct cs_error *err)
{
    const struct csi_store *store = context;
    struct cs_lab *aside = NULL;
    struct csi_base *base = NULL;
    if (cs_lab_open(store->path, &aside, err) != CS_OK)
        return NULL;
    if (aside->store->state.generation != generation) {
        cs_fail(err, CS_STATE, "another shell has swapped the directory of '%s'", store->path);
    } else if (aside->base->mapped) { /* somebody has made a new one meanwhile */
        base = csi_store_read_base(aside->store, aside);
    } else {
        base = aside->base;
        aside->base = csi_maker_finish(csi_maker_new());
    }
    cs_lab_free(aside);
    return base;
}

void csi_store_snap(struct csi_store *store, struct cs_lab *lab)
{
    char path[4096];
    struct stat about;
    struct cs_error ignored;
    if (store->read_only || lab->base->count < WORTH_MAPPING || !path_of(store, path, sizeof path))
        return;
    csi_holdings_make(lab);
    struct csi_snapshot_of of = snapshot_of(store, &about);
    if (csi_snapshot_save(lab->base, &of, path, about.st_mode & 0777, &ignored) != CS_OK)
        return; /* the tables have it all */
}

bool csi_store_snap_again(struct csi_store *store, struct csi_base *base)
{
    char path[4096];
    struct cs_lab *lab;
    struct cs_error ignored;
    if (!path_of(store, path, sizeof path))
        return false;
    if (base->guard)
        csi_guard_whole(base->guard); /* heals what is in memory, and makes another file */
    if (csi_snapshot_check(base, &ignored) != CS_OK && unlink(path) == 0 &&
        cs_lab_open(store->path, &lab, &ignored) == CS_OK)
        cs_lab_free(lab);
    return !store->read_only && access(path, F_OK) == 0;
}

struct csi_base *csi_store_take_base(struct csi_store *store, const struct cs_lab *lab)
{
    char path[4096];
    struct stat about;
    struct cs_error ignored;
    const struct csi_rebuild rebuild = {read_again, store};
    struct csi_snapshot_of of = snapshot_of(store, &about);
    struct csi_base *base = NULL;
    if (store->state.ends[CS_NOUN_PRINCIPAL] > WORTH_MAPPING && path_of(store, path, sizeof path))
        base = csi_snapshot_map(path, &of, &rebuild, &ignored);
    return base ? base : csi_store_read_base(store, lab);
}
