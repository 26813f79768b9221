/* snapshot_save.c - writing a snapshot beside the old one and changing places (see snapshot.h).
 * Room: lab. */
#define _POSIX_C_SOURCE 200809L
#include "snapshot_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

enum { BUFFER = 64 * CSI_SNAPSHOT_BLOCK };

/* Bytes go out by large pieces; sums are taken of what goes by. */
struct writer {
    int fd;
    int failed; /* errno */
    uint64_t at;
    char *buffer;
    size_t filled;
    uint64_t *sums;
    size_t sum_count;
    /* of the section under way */
    char *block;
    size_t block_size, block_filled;
};

static void put_out(struct writer *w)
{
    for (size_t done = 0; done < w->filled && !w->failed;) {
        ssize_t n = write(w->fd, w->buffer + done, w->filled - done);
        if (n == 0 || (n < 0 && errno != EINTR))
            w->failed = n ? errno : ENOSPC;
        done += n > 0 ? (size_t)n : 0;
    }
    w->filled = 0;
}

static void put(struct writer *w, const void *bytes, size_t size)
{
    const char *at = bytes;
    w->at += size;
    while (size && !w->failed) {
        size_t part = BUFFER - w->filled < size ? BUFFER - w->filled : size;
        memcpy(w->buffer + w->filled, at, part);
        w->filled += part;
        at += part;
        size -= part;
        if (w->filled == BUFFER)
            put_out(w);
    }
}

static void put_page_end(struct writer *w)
{
    static const char zeros[CSI_SNAPSHOT_PAGE];
    put(w, zeros, (CSI_SNAPSHOT_PAGE - w->at % CSI_SNAPSHOT_PAGE) % CSI_SNAPSHOT_PAGE);
}

/* ------------------------------------------------------------------- blocks */

static void end_block(struct writer *w)
{
    if (!w->block_filled)
        return;
    w->sums[w->sum_count++] = csi_sum(w->block, w->block_filled);
    put(w, w->block, w->block_filled);
    w->block_filled = 0;
}

/* One more run of bytes of the section under way. */
static void put_piece(struct writer *w, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size) {
        size_t room = w->block_size - w->block_filled, part = room < size ? room : size;
        memcpy(w->block + w->block_filled, at, part);
        w->block_filled += part;
        at += part;
        size -= part;
        if (w->block_filled == w->block_size)
            end_block(w);
    }
}

/* Copies without what the compiler left between and after the members. */
static void put_parents(struct writer *w, const struct csi_base *base)
{
    for (size_t i = 0; i < base->parent_count; i++) {
        struct cs_sid clean;
        memset(&clean, 0, sizeof clean);
        clean.authority = base->parents[i].authority;
        memcpy(clean.sub, base->parents[i].sub, sizeof clean.sub);
        clean.count = base->parents[i].count;
        put_piece(w, &clean, sizeof clean);
    }
}

static void put_rolls(struct writer *w, const struct csi_rolls *rolls, bool domains)
{
    for (size_t i = 0; i < rolls->count; i++)
        if (domains)
            put_piece(w, &rolls->at[i].domain, sizeof rolls->at[i].domain);
        else
            put_piece(w, rolls->at[i].accounts, rolls->words * sizeof(uint64_t));
}

/* The array of a section; NULL for those that are no single one. */
static const void *array_of(const struct csi_base *base, enum csi_section section)
{
    const void *const arrays[CSI_SECTIONS] = {
        [CSI_SECTION_ROWS] = base->rows,
        [CSI_SECTION_POOL] = base->pool,
        [CSI_SECTION_TOPS] = base->tops,
        [CSI_SECTION_MEMBERS_FROM] = base->members.offsets,
        [CSI_SECTION_MEMBERS] = base->members.at,
        [CSI_SECTION_MEMBER_OF_FROM] = base->member_of.offsets,
        [CSI_SECTION_MEMBER_OF] = base->member_of.at,
        [CSI_SECTION_PRIMARY_KEYS] = base->primaries.keys,
        [CSI_SECTION_PRIMARY_IDS] = base->primaries.ids,
        [CSI_SECTION_PRIMARY_BITS] = base->primaries.bits,
        [CSI_SECTION_GROUPS] = base->rolls.groups,
        [CSI_SECTION_COMPUTERS] = base->rolls.computers,
        [CSI_SECTION_HOLDING_KEYS] = base->holdings.keys,
        [CSI_SECTION_HOLDING_MET] = base->holdings.met,
        [CSI_SECTION_HOLDING_BITS] = base->holdings.bits,
        [CSI_SECTION_SID_SLOTS] = base->by_sid.slots,
        [CSI_SECTION_NAME_SLOTS] = base->by_name.slots,
    };
    return arrays[section];
}

static void put_section(struct writer *w, const struct csi_base *base, enum csi_section section,
                        size_t count)
{
    size_t unit = csi_section_kinds[section].unit;
    w->block_size = unit << csi_section_kinds[section].shift;
    if (section == CSI_SECTION_PARENTS)
        put_parents(w, base);
    else if (section == CSI_SECTION_ROLL_DOMAINS || section == CSI_SECTION_ACCOUNTS)
        put_rolls(w, &base->rolls, section == CSI_SECTION_ROLL_DOMAINS);
    else
        put_piece(w, array_of(base, section), count * unit);
    end_block(w);
    put_page_end(w);
}

/* ------------------------------------------------------------------ the file */

static void put_all(struct writer *w, const struct csi_base *base, struct csi_snapshot_head *head)
{
    static const char page[CSI_SNAPSHOT_PAGE];
    size_t counts[CSI_SECTIONS];
    csi_snapshot_counts(base, counts);
    put(w, page, sizeof page); /* for the head, which is written last */
    for (enum csi_section s = 0; s < CSI_SECTIONS; s++) {
        head->places[s] = (struct csi_place){w->at, counts[s]};
        put_section(w, base, s, counts[s]);
    }
    head->sums_at = w->at;
    head->sums_sum = csi_sum(w->sums, w->sum_count * sizeof *w->sums);
    put(w, w->sums, w->sum_count * sizeof *w->sums);
    put_out(w);
    head->size = w->at;
    head->sid_used = base->by_sid.used;
    head->name_used = base->by_name.used;
    head->whole = base->rolls.whole;
    head->forests = base->holdings.forests;
    head->sum = csi_sum(head, offsetof(struct csi_snapshot_head, sum));
    if (!w->failed && pwrite(w->fd, head, sizeof *head, 0) != (ssize_t)sizeof *head)
        w->failed = errno ? errno : ENOSPC;
}

static int write_base(int fd, const struct csi_base *base, const struct csi_snapshot_of *of)
{
    size_t counts[CSI_SECTIONS], blocks = 0;
    csi_snapshot_counts(base, counts);
    for (enum csi_section s = 0; s < CSI_SECTIONS; s++)
        blocks += csi_snapshot_blocks(s, counts[s]);
    struct writer w = {.fd = fd,
                       .buffer = csi_alloc_must(BUFFER),
                       .sums = csi_alloc_must(blocks * sizeof *w.sums),
                       .block = csi_alloc_must(CSI_SNAPSHOT_BLOCK)};
    struct csi_snapshot_head head = csi_snapshot_head(of);
    put_all(&w, base, &head);
    csi_alloc_free(w.buffer);
    csi_alloc_free(w.sums);
    csi_alloc_free(w.block);
    return w.failed;
}

/*
 * The file to write into, ours alone: a lock says so, and one that a killed process left is
 * taken over.  -1 with errno, EBUSY where another process is at it.
 */
static int open_fresh(const char *path, unsigned mode)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat mine, there;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode & 0666u);
    if (fd < 0)
        return -1;
    bool got = !fcntl(fd, F_SETLK, &lock) && !fstat(fd, &mine) && !stat(path, &there) &&
               mine.st_ino == there.st_ino && S_ISREG(mine.st_mode);
    if (got && !ftruncate(fd, 0))
        return fd;
    int why = got ? errno : EBUSY;
    close(fd);
    errno = why;
    return -1;
}

/* The name is on the disk when its folder is. */
static int sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == path ? 1 : slash ? (size_t)(slash - path) : 1;
    char *folder = csi_alloc_must(length + 1);
    memcpy(folder, slash ? path : ".", length);
    folder[length] = '\0';
    int fd = open(folder, O_RDONLY | O_CLOEXEC);
    int failed = fd < 0 || fsync(fd) ? errno : 0;
    if (fd >= 0)
        close(fd);
    csi_alloc_free(folder);
    return failed;
}

static int replace(const char *fresh, const char *path, int fd)
{
    if (fsync(fd) || rename(fresh, path))
        return errno;
    return sync_folder(path);
}

cs_status csi_snapshot_save(const struct csi_base *base, const struct csi_snapshot_of *of,
                            const char *path, unsigned mode, struct cs_error *err)
{
    csi_base_whole(base);
    size_t size = strlen(path) + sizeof ".new";
    char *fresh = csi_alloc_must(size);
    snprintf(fresh, size, "%s.new", path);
    int fd = open_fresh(fresh, mode);
    int failed = fd < 0 ? errno : write_base(fd, base, of);
    if (fd >= 0 && !failed)
        failed = replace(fresh, path, fd);
    if (fd >= 0 && failed)
        unlink(fresh);
    if (fd >= 0)
        close(fd);
    csi_alloc_free(fresh);
    if (!failed)
        return CS_OK;
    cs_fail(err, failed == EBUSY ? CS_STATE : CS_IO, "cannot write '%s': %s", path,
            strerror(failed));
    return failed == EBUSY ? CS_STATE : CS_IO;
}
