/* alloc.c - the one door to malloc (see alloc.h).  Room: base. */
#include "alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static long fail_at;
static bool fail_sticky;
static long made, live;

static bool must_fail(void)
{
    made++;
    return fail_at > 0 && (made == fail_at || (fail_sticky && made > fail_at));
}

void *csi_alloc(size_t size)
{
    void *memory = must_fail() ? NULL : malloc(size ? size : 1);
    live += memory != NULL;
    return memory;
}

void *csi_alloc_zero(size_t size)
{
    void *memory = must_fail() ? NULL : calloc(size ? size : 1, 1);
    live += memory != NULL;
    return memory;
}

void *csi_alloc_again(void *old, size_t size)
{
    void *memory = must_fail() ? NULL : realloc(old, size ? size : 1);
    live += memory && !old;
    return memory;
}

void csi_alloc_free(void *memory)
{
    live -= memory != NULL;
    free(memory);
}

void *csi_alloc_must(size_t size)
{
    void *memory = csi_alloc(size);
    csi_alloc_check(memory);
    return memory;
}

void *csi_alloc_wider(void *at, size_t *room, size_t size)
{
    *room = *room ? *room * 2 : 16;
    at = csi_alloc_again(at, *room * size);
    csi_alloc_check(at);
    return at;
}

void csi_alloc_check(const void *memory)
{
    if (!memory)
        csi_stop("out of memory");
}

void csi_stop(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("certsh: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void csi_alloc_fail_at(long n, bool sticky)
{
    fail_at = n;
    fail_sticky = sticky;
    made = 0;
}

long csi_alloc_live(void)
{
    return live;
}

long csi_alloc_count(void)
{
    return made;
}
