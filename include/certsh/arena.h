/*
 * arena.h - memory by lifetime.
 *
 * An arena hands out memory that is freed whole.  A function that takes an arena first
 * returns memory in it, and the caller chose how long that lives.  The lifetimes are:
 *
 *     process   the registry and what plugins declare
 *     lab       the records of a lab
 *     call      one command: its arguments, rows and text
 *     scratch   temporary work; mark before, rewind after
 *
 *     struct cs_arena_mark mark = cs_arena_mark(scratch);
 *     char *copy = cs_arena_copy(scratch, text, length);
 *     cs_arena_rewind(scratch, mark);
 *
 * The plain calls stop the program with a message when memory runs out.  The `try` calls
 * return NULL instead, for the readers of hostile input (see sd.h), whose callers must get a
 * clean error.  In sanitizer builds rewound memory is poisoned.
 *
 * Floor: base.
 */
#ifndef CERTSH_ARENA_H
#define CERTSH_ARENA_H

#include <certsh/base.h>

struct cs_arena;

struct cs_arena_mark {
    void *chunk;
    size_t used;
};

/* A new arena, yours, free with cs_arena_free; NULL when memory runs out. */
CS_API struct cs_arena *cs_arena_new(void);
CS_API void cs_arena_free(struct cs_arena *arena);

/* Zeroed memory of `size` bytes, aligned for anything; never NULL (stops the program). */
CS_API void *cs_arena_alloc(struct cs_arena *arena, size_t size);

/* Zeroed memory of `size` bytes, aligned for anything; NULL when memory runs out. */
CS_API void *cs_arena_try(struct cs_arena *arena, size_t size);

/* A copy of `size` bytes followed by a NUL; never NULL. */
CS_API char *cs_arena_copy(struct cs_arena *arena, const void *bytes, size_t size);

/* `at` of `*room` items of `size` bytes, copied into twice the room, which `*room` then tells. */
CS_API void *cs_arena_wider(struct cs_arena *arena, void *at, size_t *room, size_t size);

/* The array `at` of `count` items with room for one more: it, or a wider one.
 *
 *     list->at = cs_arena_more(arena, list->at, list->count, &list->room, sizeof *list->at);
 *     list->at[list->count++] = item;
 */
static inline void *cs_arena_more(struct cs_arena *arena, void *at, size_t count, size_t *room,
                                  size_t size)
{
    return count < *room ? at : cs_arena_wider(arena, at, room, size);
}

/* printf into the arena; never NULL. */
CS_API char *cs_arena_printf(struct cs_arena *arena, const char *format, ...) CS_PRINTF(2, 3);

CS_API struct cs_arena_mark cs_arena_mark(const struct cs_arena *arena);
CS_API void cs_arena_rewind(struct cs_arena *arena, struct cs_arena_mark mark);

/* Bytes handed out and not rewound. */
CS_API size_t cs_arena_size(const struct cs_arena *arena);

#endif
