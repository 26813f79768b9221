/* arena.c - chunks, mark and rewind (see arena.h).  Room: base. */
#include <certsh/arena.h>

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "print.h"

#if defined(__SANITIZE_ADDRESS__)
#define CSI_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CSI_ASAN 1
#endif
#endif
#ifdef CSI_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

enum { FIRST_CHUNK = 4000, LARGEST_CHUNK = 1 << 20, LARGE = 1 << 17 };

/*
 * What is handed out is cleared first, except in a large chunk: that comes zeroed from the system,
 * page by page when it is touched, so that a set of which little is used costs little.
 */
struct chunk {
    struct chunk *before;
    size_t used, room;
    size_t dirty; /* all beyond it is zero */
    alignas(max_align_t) unsigned char bytes[];
};

struct cs_arena {
    struct chunk *last;
    size_t size; /* bytes handed out */
};

struct cs_arena *cs_arena_new(void)
{
    struct cs_arena *arena = csi_alloc(sizeof *arena);
    if (arena)
        *arena = (struct cs_arena){0};
    return arena;
}

static void drop_last(struct cs_arena *arena)
{
    struct chunk *chunk = arena->last;
    arena->last = chunk->before;
    ASAN_UNPOISON_MEMORY_REGION(chunk->bytes, chunk->room);
    csi_alloc_free(chunk);
}

void cs_arena_free(struct cs_arena *arena)
{
    if (!arena)
        return;
    while (arena->last)
        drop_last(arena);
    csi_alloc_free(arena);
}

static struct chunk *add_chunk(struct cs_arena *arena, size_t need)
{
    size_t room = arena->last ? arena->last->room * 2 : FIRST_CHUNK;
    if (room > LARGEST_CHUNK)
        room = LARGEST_CHUNK;
    if (room < need)
        room = need;
    size_t whole = sizeof(struct chunk) + room;
    struct chunk *chunk = room < LARGE ? csi_alloc(whole) : csi_alloc_zero(whole);
    if (!chunk)
        return NULL;
    chunk->before = arena->last;
    chunk->used = 0;
    chunk->room = room;
    chunk->dirty = room < LARGE ? room : 0;
    ASAN_POISON_MEMORY_REGION(chunk->bytes, room);
    arena->last = chunk;
    return chunk;
}

static size_t round_up(size_t size)
{
    const size_t unit = alignof(max_align_t);
    return ((size ? size : 1) + unit - 1) / unit * unit;
}

static void *hand_out(struct chunk *chunk, size_t size)
{
    unsigned char *memory = chunk->bytes + chunk->used;
    size_t dirty = chunk->dirty > chunk->used ? chunk->dirty - chunk->used : 0;
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
    memset(memory, 0, dirty < size ? dirty : size);
    chunk->used += round_up(size);
    if (chunk->dirty < chunk->used)
        chunk->dirty = chunk->used;
    return memory;
}

void *cs_arena_try(struct cs_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 4)
        return NULL;
    size_t need = round_up(size);
    struct chunk *chunk = arena->last;
    if (!chunk || chunk->room - chunk->used < need)
        chunk = add_chunk(arena, need);
    if (!chunk)
        return NULL;
    arena->size += need;
    return hand_out(chunk, size);
}

void *cs_arena_alloc(struct cs_arena *arena, size_t size)
{
    void *memory = cs_arena_try(arena, size);
    if (!memory) {
        fputs("certsh: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

char *cs_arena_copy(struct cs_arena *arena, const void *bytes, size_t size)
{
    char *copy = cs_arena_alloc(arena, size + 1);
    if (size)
        memcpy(copy, bytes, size);
    return copy;
}

void *cs_arena_wider(struct cs_arena *arena, void *at, size_t *room, size_t size)
{
    size_t had = *room * size;
    *room = *room ? *room * 2 : 16;
    void *wider = cs_arena_alloc(arena, *room * size);
    return had ? memcpy(wider, at, had) : wider;
}

char *csi_arena_print(struct cs_arena *arena, size_t *length, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int printed = vsnprintf(NULL, 0, format, args);
    size_t size = printed < 0 ? 0 : (size_t)printed;
    char *text = cs_arena_alloc(arena, size + 1);
    vsnprintf(text, size + 1, format, again);
    va_end(again);
    if (length)
        *length = size;
    return text;
}

char *cs_arena_printf(struct cs_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = csi_arena_print(arena, NULL, format, args);
    va_end(args);
    return text;
}

struct cs_arena_mark cs_arena_mark(const struct cs_arena *arena)
{
    return (struct cs_arena_mark){arena->last, arena->last ? arena->last->used : 0};
}

/* The first chunk stays, for whoever marks an empty arena again and again. */
void cs_arena_rewind(struct cs_arena *arena, struct cs_arena_mark mark)
{
    while (arena->last && arena->last != mark.chunk && arena->last->before) {
        arena->size -= arena->last->used;
        drop_last(arena);
    }
    if (!arena->last)
        return;
    arena->size -= arena->last->used - mark.used;
    arena->last->used = mark.used;
    ASAN_POISON_MEMORY_REGION(arena->last->bytes + mark.used, arena->last->room - mark.used);
}

size_t cs_arena_size(const struct cs_arena *arena)
{
    return arena->size;
}
