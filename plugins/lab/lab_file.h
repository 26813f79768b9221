/*
 * lab_file.h - a file as bytes, whatever it is packed in.
 */
#ifndef LAB_FILE_H
#define LAB_FILE_H

#include <certsh/status.h>
#include <certsh/str.h>

struct lab_file {
    struct cs_str bytes;
    void *mapped; /* the file itself, or NULL */
    struct cs_buf unpacked;
};

/* The whole of a file, gzip taken off.  Yours when it is CS_OK: lab_file_close. */
CS_MUST_CHECK cs_status lab_file_read(const char *path, struct lab_file *out, struct cs_error *err);
void lab_file_close(struct lab_file *file);

#endif
