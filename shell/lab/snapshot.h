/*
 * snapshot.h - a base of the directory as a file that is mapped, not read.
 *
 * A lab file (SQLite) is the truth; beside it lies what can be made from it again: the arrays of
 * struct csi_base as they are in memory, so that a process that asks one question about a million
 * principals touches the pages of that question and no others.
 *
 *     csi_snapshot_save(base, &of, "corp.lab.snap", 0644, &err);
 *     struct csi_base *base = csi_snapshot_map("corp.lab.snap", &of, &rebuild, &err);
 *     if (!base)                       none, stale or damaged: err says which
 *         base = read it from the lab file, and save
 *     csi_base_free(base);             unmaps
 *
 * What the file holds is never believed.  At opening: magic, version, byte order, sizes of the
 * structures, whose lab and which generation of its base, the sizes of all sections against one
 * another, under a checksum.  Afterwards each block of 32 KiB when it is first touched: its own
 * checksum, and every index in it against the array that it points into, so that a file whose
 * checksums were forged cannot lead anybody out of the arrays either.  A block that fails is
 * healed: the base is made again from the lab file, within the question under way, and the
 * snapshot removed.
 *
 * The file is written beside, synced and renamed: whoever has the old one mapped keeps it.  A
 * snapshot that belongs neither to this user nor to the lab file's owner is not taken.  What
 * cannot be defended against is a file that is changed in place while it is mapped; certsh
 * never does that.  (ADR 0017.)
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_SNAPSHOT_H
#define CERTSH_LAB_SNAPSHOT_H

#include "base.h"

/* Which state of which lab a snapshot is of. */
struct csi_snapshot_of {
    unsigned char lab[16]; /* the lab file's own id */
    uint64_t generation;   /* of its base; grows whenever the base is another one */
    uint32_t owner;        /* user id of the lab file */
};

/* How the base of a generation is made again when a block turns out damaged: allocated, not mapped;
 * NULL when that fails. */
struct csi_rebuild {
    struct csi_base *(*make)(void *context, uint64_t generation, struct cs_error *err);
    void *context;
};

/* Write and sync it, and put it in place of the old one.  `mode` is that of the lab file. */
CS_MUST_CHECK cs_status csi_snapshot_save(const struct csi_base *base,
                                          const struct csi_snapshot_of *of, const char *path,
                                          unsigned mode, struct cs_error *err);
/*
 * The base, mapped; yours, free with csi_base_free.  NULL with CS_NOT_FOUND: no file; CS_STATE:
 * of another state or lab; CS_INVALID: damaged, or made by another certsh; CS_IO.
 */
struct csi_base *csi_snapshot_map(const char *path, const struct csi_snapshot_of *of,
                                  const struct csi_rebuild *rebuild, struct cs_error *err);
/* Check every block now, without healing: CS_INVALID names the first section that is damaged. */
CS_MUST_CHECK cs_status csi_snapshot_check(const struct csi_base *base, struct cs_error *err);

#endif
