/* import_names.c - distinguished names by number (see import_names.h).  Room: lab. */
#define _DEFAULT_SOURCE
#include "import_names.h"

#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "base/map.h"
#include "import_in.h"

enum { LINE = 64, POOL = 1 << 18, FIRST_ROOM = 256 };

/* ------------------------------------------------------------------ hashing */

static uint64_t word_at(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0xff51afd7ed558ccdu;
    return hash ^ hash >> 32;
}

/* Two lanes, so that the processor need not wait for one multiplication to begin the next. */
static uint64_t hash_of(struct cs_str text)
{
    const char *at = text.at;
    size_t left = text.length;
    uint64_t a = 0x9e3779b97f4a7c15u ^ left, b = 0xc2b2ae3d27d4eb4fu;
    for (; left >= 16; at += 16, left -= 16) {
        a = mix(a, word_at(at));
        b = mix(b, word_at(at + 8));
    }
    char tail[16] = {0};
    memcpy(tail, at, left);
    a = mix(a, word_at(tail));
    b = mix(b, word_at(tail + 8));
    return mix(a, b * 0xc4ceb9fe1a85ec53u);
}

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

/* The slot follows from the tag, so that a growing table needs no texts. */
static size_t home_of(const struct csi_names *names, uint32_t tag)
{
    return (size_t)(tag * UINT64_C(0x9e3779b97f4a7c15) >> 31) & (names->slot_room - 1);
}

/* ------------------------------------------------------------------ growing */

#define PAGE ((uintptr_t)1 << 21)

/*
 * A zeroed table.  A large one is looked up at random: with pages of 4 KiB most look-ups would
 * wait for the page table, too, so it asks for large ones before anybody touches it; a system
 * that has none goes on as always.
 */
static void *table(size_t size)
{
    char *at = csi_alloc_must(size);
#ifdef MADV_HUGEPAGE
    uintptr_t from = ((uintptr_t)at + PAGE - 1) & ~(PAGE - 1),
              to = ((uintptr_t)at + size) & ~(PAGE - 1);
    if (to > from)
        madvise(at + (from - (uintptr_t)at), to - from, MADV_HUGEPAGE);
#endif
    return memset(at, 0, size);
}

static void place(struct csi_names *names, struct csi_name_slot slot)
{
    size_t i = home_of(names, slot.tag);
    while (names->slots[i].number)
        i = (i + 1) & (names->slot_room - 1);
    names->slots[i] = slot;
}

static void more_slots(struct csi_names *names)
{
    struct csi_name_slot *old = names->slots;
    size_t count = names->slot_room;
    names->slot_room = count ? count * 2 : FIRST_ROOM * 2;
    names->slots = table(names->slot_room * sizeof *names->slots);
    for (size_t i = 0; i < count; i++)
        if (old[i].number)
            place(names, old[i]);
    csi_alloc_free(old);
}

static void *more_room(const struct csi_names *names, void *old, size_t size)
{
    char *at = table(names->room * 2 * size);
    if (old)
        memcpy(at, old, names->room * size);
    csi_alloc_free(old);
    return at;
}

static void more_names(struct csi_names *names)
{
    if (!names->room)
        names->room = FIRST_ROOM / 2;
    names->texts_at = more_room(names, (void *)names->texts_at, sizeof *names->texts_at);
    names->ids = more_room(names, names->ids, sizeof *names->ids);
    names->marks = more_room(names, names->marks, sizeof *names->marks);
    names->room *= 2;
}

/* Room for a batch, so that nothing moves while it is looked up. */
static void reserve(struct csi_names *names)
{
    size_t need = names->count + CSI_NAMES_BATCH + 1;
    while (need > names->room)
        more_names(names);
    while (need * 2 > names->slot_room)
        more_slots(names);
}

static char *take(struct csi_texts *texts, size_t size)
{
    if (texts->left < size) {
        texts->left = size > POOL ? size : POOL;
        texts->at = cs_arena_alloc(texts->arena, texts->left);
    }
    char *at = texts->at;
    texts->at += size;
    texts->left -= size;
    return at;
}

void *csi_texts_room(struct csi_texts *texts, size_t size)
{
    return take(texts, (size + 3) & ~(size_t)3);
}

struct cs_str csi_texts_keep(struct csi_texts *texts, struct cs_str text)
{
    if (!text.length)
        return CS_STR("");
    return cs_str_span(memcpy(take(texts, text.length), text.at, text.length), text.length);
}

const char *csi_texts_keep_long(struct csi_texts *texts, struct cs_str text)
{
    uint32_t length = (uint32_t)text.length;
    char *at = take(texts, sizeof length + text.length);
    memcpy(at, &length, sizeof length);
    if (length)
        memcpy(at + sizeof length, text.at, length);
    return at;
}

static uint32_t add_name(struct csi_names *names, struct cs_str text, size_t slot, uint32_t tag)
{
    uint32_t number = (uint32_t)++names->count;
    names->texts_at[number] = csi_texts_keep_long(names->texts, text);
    names->slots[slot] = (struct csi_name_slot){tag, number};
    return number;
}

/* ------------------------------------------------------------------ look-ups */

struct cs_str csi_names_text(const struct csi_names *names, uint32_t number)
{
    uint32_t length;
    const char *at = names->texts_at[number];
    memcpy(&length, at, sizeof length);
    return (struct cs_str){at + sizeof length, length};
}

static uint32_t find_or_add(struct csi_names *names, struct cs_str text, uint32_t tag)
{
    size_t i = home_of(names, tag);
    for (; names->slots[i].number; i = (i + 1) & (names->slot_room - 1)) {
        if (names->slots[i].tag != tag)
            continue;
        struct cs_str known = csi_names_text(names, names->slots[i].number);
        if (known.length == text.length && memcmp(known.at, text.at, text.length) == 0)
            return names->slots[i].number;
    }
    return add_name(names, text, i, tag);
}

/* Where the text of the name lies that is probably meant, for its memory to be fetched. */
static const char *const *likely(const struct csi_names *names, uint32_t tag)
{
    return &names->texts_at[names->slots[home_of(names, tag)].number];
}

void csi_names_add(struct csi_names *names, const struct cs_str *texts, size_t count,
                   uint32_t *numbers)
{
    uint32_t tags[CSI_NAMES_BATCH];
    reserve(names);
    for (size_t i = 0; i < count; i++) {
        tags[i] = tag_of(hash_of(texts[i]));
        __builtin_prefetch(&names->slots[home_of(names, tags[i])]);
    }
    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(likely(names, tags[i]));
    for (size_t i = 0; i < count; i++) {
        const char *at = *likely(names, tags[i]);
        __builtin_prefetch(at);
        __builtin_prefetch((const void *)((uintptr_t)at + LINE));
    }
    for (size_t i = 0; i < count; i++)
        numbers[i] = find_or_add(names, texts[i], tags[i]);
}

uint32_t csi_names_add_one(struct csi_names *names, struct cs_str text)
{
    uint32_t number;
    csi_names_add(names, &text, 1, &number);
    return number;
}

/* ------------------------------------------------------------ other spellings */

static struct cs_str plain_of(const struct csi_names *names, struct cs_arena *arena,
                              uint32_t number)
{
    struct cs_str text = csi_facts_clean(arena, csi_names_text(names, number));
    return csi_dn_plain(arena, text);
}

static bool means_something(const struct csi_names *names, uint32_t number)
{
    return names->ids[number] || names->marks[number] & CSI_NAME_OUTSIDER;
}

static void index_plain(struct csi_names *names)
{
    for (; names->plain_count < names->count; names->plain_count++) {
        uint32_t number = (uint32_t)names->plain_count + 1;
        if (!means_something(names, number))
            continue;
        struct cs_arena_mark mark = cs_arena_mark(names->texts->arena);
        struct cs_str plain = plain_of(names, names->texts->arena, number);
        csi_index_add(&names->plain, csi_hash(plain.at, plain.length), number);
        cs_arena_rewind(names->texts->arena, mark);
    }
}

uint32_t csi_names_plain(struct csi_names *names, uint32_t number)
{
    index_plain(names);
    struct cs_arena_mark mark = cs_arena_mark(names->texts->arena);
    struct cs_str plain = plain_of(names, names->texts->arena, number);
    size_t cursor = 0;
    uint32_t found;
    while ((found = csi_index_next(&names->plain, csi_hash(plain.at, plain.length), &cursor)))
        if (found != number && cs_str_equal(plain_of(names, names->texts->arena, found), plain))
            break;
    cs_arena_rewind(names->texts->arena, mark);
    return found;
}

void csi_names_clear(struct csi_names *names)
{
    csi_index_clear(&names->plain);
    csi_alloc_free(names->slots);
    csi_alloc_free((void *)names->texts_at);
    csi_alloc_free(names->ids);
    csi_alloc_free(names->marks);
    *names = (struct csi_names){.texts = names->texts};
}
