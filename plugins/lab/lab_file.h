/*
 * lab_file.h - a file as bytes, whatever it is packed in.
 */
#ifndef LAB_FILE_H
#define LAB_FILE_H

#include <certsh/status.h>
#include <certsh/str.h>

/* The whole of a file, gzip taken off.  `bytes` is yours, free with cs_buf_clear. */
CS_MUST_CHECK cs_status lab_file_read(const char *path, struct cs_buf *bytes, struct cs_error *err);

#endif
