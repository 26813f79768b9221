/*
 * alloc.h - the one door to malloc, so that tests can make it fail.
 *
 * csi_alloc_fail_at(n) makes the n-th allocation from now on (1 = the next) fail once, and
 * every later one too when `sticky`; 0 switches it off.  Room: base, internal.
 */
#ifndef CERTSH_BASE_ALLOC_H
#define CERTSH_BASE_ALLOC_H

#include <certsh/base.h>

CS_API void *csi_alloc(size_t size);                  /* NULL when memory runs out */
CS_API void *csi_alloc_zero(size_t size);             /* all zero, large ones untouched till used */
CS_API void *csi_alloc_again(void *old, size_t size); /* realloc */
CS_API void csi_alloc_free(void *memory);
CS_API void *csi_alloc_must(size_t size); /* stops the program instead of NULL */
/* Stops the program, as the line above does, where what was asked for is NULL. */
CS_API void csi_alloc_check(const void *memory);

/* `at` of `*room` items of `size` bytes with twice the room, which `*room` then tells. */
CS_API void *csi_alloc_wider(void *at, size_t *room, size_t size);

/* The array `at` of `count` items with room for one more, as cs_arena_more. */
static inline void *csi_alloc_more(void *at, size_t count, size_t *room, size_t size)
{
    return count < *room ? at : csi_alloc_wider(at, room, size);
}

/* Nothing can go on: "certsh: ..." on standard error, exit code 1. */
CS_API _Noreturn void csi_stop(const char *format, ...) CS_PRINTF(1, 2);

CS_API void csi_alloc_fail_at(long n, bool sticky);
CS_API long csi_alloc_count(void); /* allocations since the last csi_alloc_fail_at */
CS_API long csi_alloc_live(void);  /* allocations that were not freed yet, since the start */

#endif
