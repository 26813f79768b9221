/*
 * lab_file.c - reading files, compressed or not (see lab_file.h).
 *
 * A plain file is mapped: it is as large as it is, and its pages are the system's to keep or
 * drop, so a file larger than memory can be read.  Whoever cuts a file short while it is read
 * ends the program; exports are read when they are written.
 *
 * A gzip file, and what is no regular file, is read through zlib.  A gzip file that was cut is
 * told by its missing end, which is seen when it is closed.
 */
#define _POSIX_C_SOURCE 200809L
#include "lab_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE = 1 << 18, RATIO_MAX = 400, RATIO_FROM = 64 << 20 };
#define FILE_LIMIT (((size_t)1 << 32) - 1)

static cs_status cannot(const char *path, const char *why, struct cs_error *err)
{
    return cs_fail(err, CS_IO, "cannot read '%.160s': %.80s", path, why);
}

static cs_status damaged(const char *path, const char *why, struct cs_error *err)
{
    cs_fail(err, CS_SYNTAX, "'%.160s' is damaged: %.80s", path, why);
    return cs_error_hint(err, "nothing was imported.  Was the file cut?  Copy it again");
}

/* Why the last read failed: the system's word, or that of the compression. */
static cs_status failed(const char *path, gzFile file, struct cs_error *err)
{
    int number = 0;
    int system = errno;
    const char *why = gzerror(file, &number);
    if (number == Z_ERRNO)
        return cannot(path, strerror(system), err);
    return damaged(path, why, err);
}

/* Exports shrink to a tenth; what grows by hundreds is meant to fill somebody's memory. */
static bool is_bomb(gzFile file, size_t size)
{
    z_off_t packed = gzoffset(file);
    return size > RATIO_FROM && packed > 0 && size / RATIO_MAX > (size_t)packed;
}

static cs_status refuse_bomb(const char *path, struct cs_error *err)
{
    cs_fail(err, CS_LIMIT, "'%.160s' unpacks to more than %d times its size", path, RATIO_MAX);
    return cs_error_hint(err, "nothing was imported.  If it is honest, unpack it and import that");
}

static cs_status read_all(const char *path, gzFile file, struct cs_buf *bytes, struct cs_error *err)
{
    static char piece[PIECE];
    for (;;) {
        int got = gzread(file, piece, sizeof piece);
        if (got < 0)
            return failed(path, file, err);
        if (got == 0)
            return CS_OK;
        cs_buf_add(bytes, piece, (size_t)got);
        if (is_bomb(file, bytes->length))
            return refuse_bomb(path, err);
        if (cs_buf_full(bytes))
            return cs_fail(err, CS_LIMIT, "'%.160s' does not fit into memory", path);
    }
}

static bool is_gzip(const unsigned char *head)
{
    return head[0] == 0x1f && head[1] == 0x8b;
}

/* Map a plain file; false when it is another kind, or cannot be mapped. */
static bool map_plain(int file, struct lab_file *out)
{
    struct stat st;
    if (fstat(file, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 2)
        return false;
    void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (at == MAP_FAILED)
        return false;
    if (is_gzip(at)) {
        munmap(at, (size_t)st.st_size);
        return false;
    }
    posix_madvise(at, (size_t)st.st_size, POSIX_MADV_SEQUENTIAL);
    out->mapped = at;
    out->bytes = cs_str_span(at, (size_t)st.st_size);
    return true;
}

void lab_file_close(struct lab_file *file)
{
    if (file->mapped)
        munmap(file->mapped, file->bytes.length);
    else
        cs_buf_clear(&file->unpacked);
}

/* The open file through zlib, which closes it. */
static cs_status read_packed(const char *path, int descriptor, struct lab_file *out,
                             struct cs_error *err)
{
    struct cs_buf *bytes = &out->unpacked;
    gzFile file = gzdopen(descriptor, "rb");
    if (!file) {
        close(descriptor);
        return cannot(path, strerror(ENOMEM), err);
    }
    gzbuffer(file, PIECE);
    cs_buf_init(bytes, FILE_LIMIT);
    cs_status status = read_all(path, file, bytes, err);
    bool cut = gzclose_r(file) == Z_BUF_ERROR;
    if (status == CS_OK && cut)
        status = damaged(path, "it ends too early", err);
    if (status != CS_OK)
        cs_buf_clear(bytes);
    out->bytes = cs_buf_str(bytes);
    return status;
}

/* Opened once: what a pipe has given is gone for whoever opens it again. */
cs_status lab_file_read(const char *path, struct lab_file *out, struct cs_error *err)
{
    *out = (struct lab_file){0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return cannot(path, strerror(errno), err);
    if (!map_plain(file, out))
        return read_packed(path, file, out, err);
    close(file);
    return CS_OK;
}
