/*
 * check.h - asking a lab whether all that must hold does; what checks share.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_CHECK_H
#define CERTSH_LAB_CHECK_H

#include <certsh/lab.h>

struct csi_checking {
    struct cs_lab *lab;
    cs_check_fn *fn;
    void *context;
    char fault[200]; /* the first of the present check */
    size_t faults, failed;
};

/* Something does not hold; the first is told, the others are counted. */
void csi_check_fault(struct csi_checking *checking, const char *format, ...) CS_PRINTF(2, 3);
/* One check is over. */
void csi_check_done(struct csi_checking *checking, const char *what);

/* The checks of the lab's file. */
void csi_store_check(struct csi_checking *checking);

#endif
