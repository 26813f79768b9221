/*
 * lab_file.c - reading files, compressed or not (see lab_file.h).
 *
 * zlib reads a file that is not gzip as it is, so there is one way for both.  A gzip file that
 * was cut is told by its missing end, which is seen when it is closed.
 */
#include "lab_file.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

enum { PIECE = 1 << 18 };
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
        if (cs_buf_full(bytes))
            return cs_fail(err, CS_LIMIT, "'%.160s' does not fit into memory", path);
    }
}

cs_status lab_file_read(const char *path, struct cs_buf *bytes, struct cs_error *err)
{
    errno = 0;
    gzFile file = gzopen(path, "rb");
    if (!file)
        return cannot(path, strerror(errno ? errno : ENOMEM), err);
    gzbuffer(file, PIECE);
    cs_buf_init(bytes, FILE_LIMIT);
    cs_status status = read_all(path, file, bytes, err);
    bool cut = gzclose_r(file) == Z_BUF_ERROR;
    if (status == CS_OK && cut)
        status = damaged(path, "it ends too early", err);
    if (status != CS_OK)
        cs_buf_clear(bytes);
    return status;
}
