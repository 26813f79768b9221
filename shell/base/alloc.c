/*
 * alloc.c - the one door to malloc (see alloc.h).
 *
 * First touch is what large memory costs: each page of 4 KiB is a trap.  So what is large asks the
 * system for pages of 2 MiB, where it has them; elsewhere nothing changes.  Such a page needs an
 * address that is a multiple of its size, and none of it may have been touched before: malloc is
 * asked for that address, keeps its own words before it, and what it maps is whole large pages,
 * so that a growing array moves by pages and not by bytes.
 *
 * Room: base.
 */
#define _DEFAULT_SOURCE
#include "alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE ((size_t)1 << 21)

enum { OWN = 128 }; /* more than malloc's own words */

static long fail_at;
static bool fail_sticky;
static long made, live;

static bool must_fail(void)
{
    made++;
    return fail_at > 0 && (made == fail_at || (fail_sticky && made > fail_at));
}

static bool is_large(size_t size)
{
    return size >= PAGE && size < SIZE_MAX / 2;
}

/* Whole large pages, but for malloc's words; what is not touched of the last costs nothing. */
static size_t room_for(size_t size)
{
    if (!is_large(size))
        return size ? size : 1;
    return (size + OWN + PAGE - 1) / PAGE * PAGE - OWN;
}

/* Advice for the page before, too: half a mapping could not be moved. */
static void *widen(void *memory, size_t size)
{
#ifdef MADV_HUGEPAGE
    const uintptr_t at = (uintptr_t)memory;
    if (memory && is_large(size) && at % PAGE == 0)
        madvise((void *)(at - PAGE), PAGE + room_for(size) + OWN, MADV_HUGEPAGE);
#endif
    return memory;
}

static void *take(size_t size)
{
    void *memory;
    if (!is_large(size))
        return malloc(room_for(size));
    return posix_memalign(&memory, PAGE, room_for(size)) == 0 ? widen(memory, size) : NULL;
}

void *csi_alloc(size_t size)
{
    void *memory = must_fail() ? NULL : take(size);
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
    if (!old)
        return csi_alloc(size);
    return must_fail() ? NULL : widen(realloc(old, room_for(size)), size);
}

void *csi_alloc_more(void *old, size_t used, size_t size)
{
    if (!old || used >= PAGE || size < PAGE)
        return csi_alloc_again(old, size);
    void *memory = csi_alloc(size);
    if (!memory)
        return NULL;
    memcpy(memory, old, used);
    csi_alloc_free(old);
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
