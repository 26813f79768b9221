/* shim.c - an SQLite VFS that fails on purpose and remembers what was not synced (see shim.h). */
#include "shim.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------- faults */

static enum shim_fault fault;
static long fault_at, calls;
static bool fault_on, failed;

const char *shim_fault_name(enum shim_fault which)
{
    static const char *const names[] = {"none", "EIO", "ENOSPC", "short write", "failing fsync"};
    return names[which];
}

void shim_fail(enum shim_fault which, long n, bool on)
{
    fault = which;
    fault_at = n;
    fault_on = on;
    calls = 0;
    failed = false;
}

long shim_calls(void)
{
    return calls;
}

bool shim_failed(void)
{
    return failed;
}

/* One call that reaches the disk: is this the one? */
static bool strikes(bool sync)
{
    if (fault == SHIM_NONE || (fault == SHIM_SYNC && !sync))
        return false;
    calls++;
    bool now = fault_on ? calls >= fault_at : calls == fault_at;
    failed = failed || now;
    return now;
}

/* ------------------------------------------------------- what was not synced */

enum { FILES = 64, SECTOR = 512 };

struct pending {
    sqlite3_int64 at;
    int size; /* -1: the file was cut to `at` */
    char *bytes;
    struct pending *next;
};

/* A file by its path: as it was at its last sync, and what came after. */
struct paper {
    char *path;
    char *synced;
    sqlite3_int64 size; /* of `synced`; -1: the file was never synced */
    struct pending *first, **last;
};
static struct paper papers[FILES];

static void drop_pending(struct paper *paper)
{
    while (paper->first) {
        struct pending *next = paper->first->next;
        free(paper->first->bytes);
        free(paper->first);
        paper->first = next;
    }
    paper->last = &paper->first;
}

static void take_synced(struct paper *paper)
{
    FILE *file = fopen(paper->path, "rb");
    free(paper->synced);
    paper->synced = NULL;
    paper->size = -1;
    drop_pending(paper);
    if (!file)
        return;
    fseek(file, 0, SEEK_END);
    paper->size = ftell(file);
    rewind(file);
    paper->synced = malloc((size_t)paper->size + 1);
    if (fread(paper->synced, 1, (size_t)paper->size, file) != (size_t)paper->size)
        abort();
    fclose(file);
}

static struct paper *paper_of(const char *path)
{
    int free_one = -1;
    for (int i = 0; i < FILES; i++) {
        if (papers[i].path && !strcmp(papers[i].path, path))
            return &papers[i];
        if (!papers[i].path && free_one < 0)
            free_one = i;
    }
    if (free_one < 0)
        abort();
    struct paper *paper = &papers[free_one];
    *paper = (struct paper){.path = strdup(path)};
    take_synced(paper); /* what is there already has been there for long */
    return paper;
}

static void note(struct paper *paper, sqlite3_int64 at, const void *bytes, int size)
{
    struct pending *p = malloc(sizeof *p);
    *p = (struct pending){.at = at, .size = size};
    if (size > 0)
        p->bytes = memcpy(malloc((size_t)size), bytes, (size_t)size);
    *paper->last = p;
    paper->last = &p->next;
}

void shim_settle(void)
{
    for (int i = 0; i < FILES; i++) {
        if (!papers[i].path)
            continue;
        drop_pending(&papers[i]);
        free(papers[i].path);
        free(papers[i].synced);
        papers[i] = (struct paper){0};
    }
}

/* The cut that is to come at a call. */
static struct {
    long left; /* calls until then; 0: none is to come */
    const char *folder;
    uint64_t (*roll)(void *context);
    void *context;
    bool done;
} due;

void shim_cut_at(long n, const char *folder, uint64_t (*roll)(void *context), void *context)
{
    due.left = n;
    due.folder = folder;
    due.roll = roll;
    due.context = context;
    due.done = false;
}

bool shim_was_cut(void)
{
    due.left = 0;
    return due.done;
}

/* A call that changes what the disk holds is about to happen. */
static void step(void)
{
    if (!due.left || --due.left)
        return;
    due.done = true;
    shim_cut(due.folder, due.roll, due.context);
}

/* ------------------------------------------------------------------- a file */

struct file {
    sqlite3_file base;
    struct paper *paper;
    sqlite3_file *real; /* right after this struct */
};

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct file *)file)->real;
}

static int close_file(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int read_file(sqlite3_file *file, void *bytes, int size, sqlite3_int64 at)
{
    if (strikes(false))
        return SQLITE_IOERR_READ;
    return real_of(file)->pMethods->xRead(real_of(file), bytes, size, at);
}

static int put(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    step();
    int code = real_of(file)->pMethods->xWrite(real_of(file), bytes, size, at);
    if (code == SQLITE_OK)
        note(((struct file *)file)->paper, at, bytes, size);
    return code;
}

static int write_file(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    if (!strikes(false))
        return put(file, bytes, size, at);
    if (fault == SHIM_SHORT)
        put(file, bytes, size / 2, at);
    return fault == SHIM_IO ? SQLITE_IOERR_WRITE : SQLITE_FULL;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    if (strikes(false))
        return SQLITE_IOERR_TRUNCATE;
    step();
    int code = real_of(file)->pMethods->xTruncate(real_of(file), size);
    if (code == SQLITE_OK)
        note(((struct file *)file)->paper, size, NULL, -1);
    return code;
}

static int sync_file(sqlite3_file *file, int flags)
{
    if (strikes(true))
        return SQLITE_IOERR_FSYNC;
    step();
    (void)flags; /* the disk is played: what counts is that it was asked for */
    take_synced(((struct file *)file)->paper);
    return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    if (strikes(false))
        return SQLITE_IOERR_FSTAT;
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int lock_file(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int unlock_file(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int check_reserved(sqlite3_file *file, int *out)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}

static int control(sqlite3_file *file, int op, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), op, argument);
}

static int sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

/* No promise of a disk that keeps what is beside a torn write. */
static int traits(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file)) &
           ~SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **at)
{
    if (extend && strikes(false))
        return SQLITE_IOERR_SHMSIZE;
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, at);
}

static int shm_lock(sqlite3_file *file, int from, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), from, count, flags);
}

static void shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int shm_unmap(sqlite3_file *file, int delete)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), delete);
}

/* Version 2: with shared memory, without mapped reads, which no layer would see. */
static const sqlite3_io_methods methods = {
    2,         close_file,  read_file,      write_file, truncate_file, sync_file, file_size,
    lock_file, unlock_file, check_reserved, control,    sector_size,   traits,    shm_map,
    shm_lock,  shm_barrier, shm_unmap,      NULL,       NULL,
};

/* ---------------------------------------------------------------- the layer */

static sqlite3_vfs *below;

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out)
{
    struct file *f = (struct file *)file;
    (void)vfs;
    *f = (struct file){.real = (sqlite3_file *)(f + 1)};
    if (strikes(false))
        return SQLITE_CANTOPEN;
    f->paper = paper_of(path ? path : "");
    int code = below->xOpen(below, path, f->real, flags, out);
    f->base.pMethods = f->real->pMethods ? &methods : NULL;
    return code;
}

static int delete_file(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    (void)vfs;
    if (strikes(false))
        return SQLITE_IOERR_DELETE;
    step();
    int code = below->xDelete(below, path, sync_folder);
    if (code == SQLITE_OK)
        take_synced(paper_of(path));
    return code;
}

void shim_install(void)
{
    static sqlite3_vfs shim;
    if (below)
        return;
    below = sqlite3_vfs_find(NULL);
    shim = *below;
    shim.zName = "shim";
    shim.pNext = NULL;
    shim.szOsFile = (int)sizeof(struct file) + below->szOsFile;
    shim.xOpen = open_file;
    shim.xDelete = delete_file;
    if (sqlite3_vfs_register(&shim, 1) != SQLITE_OK)
        abort();
}

/* ---------------------------------------------------------------- power cuts */

struct image {
    char *bytes;
    size_t size, room;
};

static void need(struct image *image, size_t size)
{
    if (size > image->room) {
        image->room = size * 2;
        image->bytes = realloc(image->bytes, image->room);
    }
    if (size > image->size) {
        memset(image->bytes + image->size, 0, size - image->size);
        image->size = size;
    }
}

/* Of one write any sectors may have arrived, in any order. */
static void apply(struct image *image, const struct pending *p, uint64_t (*roll)(void *),
                  void *context, bool all)
{
    if (p->size < 0 && (all || roll(context) % 2)) {
        need(image, (size_t)p->at);
        image->size = (size_t)p->at;
    }
    for (int from = 0; from < p->size; from += SECTOR) {
        int part = p->size - from < SECTOR ? p->size - from : SECTOR;
        if (!all && roll(context) % 2)
            continue;
        need(image, (size_t)(p->at + from + part));
        memcpy(image->bytes + p->at + from, p->bytes + from, (size_t)part);
    }
}

/*
 * The synced bytes and a part of the later ones: none, all, a beginning, or any.  A file that was
 * never synced may not be there at all.
 */
static void survive(const struct paper *paper, struct image *image, bool *there,
                    uint64_t (*roll)(void *), void *context)
{
    uint64_t way = roll(context) % 4, keep = roll(context) % 64;
    *there = paper->size >= 0 || (paper->first && way);
    if (paper->size > 0) {
        need(image, (size_t)paper->size);
        memcpy(image->bytes, paper->synced, (size_t)paper->size);
    }
    for (const struct pending *p = paper->first; p && way; p = p->next) {
        if (way == 2 && keep-- == 0)
            break;
        apply(image, p, roll, context, way != 3);
    }
}

static void write_image(const char *folder, const char *path, const struct image *image)
{
    char to[400];
    const char *name = strrchr(path, '/');
    snprintf(to, sizeof to, "%s/%s", folder, name ? name + 1 : path);
    FILE *file = fopen(to, "wb");
    if (!file || fwrite(image->bytes, 1, image->size, file) != image->size || fclose(file))
        abort();
}

/* What was opened after an earlier cut is no part of the machine. */
static bool is_in(const char *folder, const char *path)
{
    size_t length = strlen(folder);
    return !strncmp(path, folder, length) && path[length] == '/';
}

void shim_cut(const char *folder, uint64_t (*roll)(void *), void *context)
{
    for (int i = 0; i < FILES; i++) {
        struct image image = {0};
        bool there;
        if (!papers[i].path || !*papers[i].path || is_in(folder, papers[i].path))
            continue;
        survive(&papers[i], &image, &there, roll, context);
        if (there)
            write_image(folder, papers[i].path, &image);
        free(image.bytes);
    }
}
