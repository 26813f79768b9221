/*
 * lab_progress.h - a line that says how far a long import is.
 */
#ifndef LAB_PROGRESS_H
#define LAB_PROGRESS_H

#include <certsh/import.h>

struct lab_progress {
    int64_t begun, said; /* milliseconds */
    bool shown;
};

/* Watch an import: after a second, and if standard error is a terminal, a line shows it. */
void lab_progress_begin(struct lab_progress *progress, struct cs_import *import);
/* Take the line away. */
void lab_progress_end(struct lab_progress *progress);

#endif
