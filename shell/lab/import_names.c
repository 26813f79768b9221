/* import_names.c - distinguished names by number (see import_names.h).  Room: lab. */
#include "import_names.h"

#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "import_in.h"
#include "maker.h"

enum { LINE = 64, POOL = 1 << 18, FIRST_ROOM = 256, AHEAD = 12 };

/* ------------------------------------------------------------------ hashing */

static uint64_t word_at(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

__extension__ typedef unsigned __int128 wide;

/* Both halves of a product. */
static uint64_t fold_product(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t take_16(uint64_t hash, const char *at)
{
    uint64_t product =
        fold_product(word_at(at) ^ 0x9e3779b97f4a7c15u, word_at(at + 8) ^ 0xc2b2ae3d27d4eb4fu);
    return (hash << 23 | hash >> 41) ^ product;
}

/* 16 bytes at a time; no multiplication waits for the one before it. */
static uint64_t hash_long(const char *at, size_t length)
{
    const char *last = at + length - 16; /* some of them perhaps a second time */
    uint64_t hash = length;
    for (; at < last; at += 16)
        hash = take_16(hash, at);
    return take_16(hash, last);
}

static uint64_t hash_short(const char *at, size_t length)
{
    char whole[16] = {0};
    if (length)
        memcpy(whole, at, length);
    return take_16(length, whole);
}

static uint64_t hash_of(struct cs_str text)
{
    uint64_t hash =
        text.length < 16 ? hash_short(text.at, text.length) : hash_long(text.at, text.length);
    return fold_product(hash, 0xff51afd7ed558ccdu);
}

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

/* The slot follows from the tag, so that a growing table needs no texts. */
static size_t home_of(const struct csi_names *names, uint32_t tag)
{
    return tag & (names->slot_room - 1);
}

/* ------------------------------------------------------------------ growing */

/* A zeroed table. */
static void *table(size_t size)
{
    return memset(csi_alloc_must(size), 0, size);
}

static void place(struct csi_names *names, struct csi_name_slot slot)
{
    size_t i = home_of(names, slot.tag);
    while (names->slots[i].place)
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
        if (old[i].place)
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
    if (!names->room) {
        names->room = FIRST_ROOM / 2;
        names->pool_size = 8; /* place 0 is nobody's */
        names->pool = csi_grow(NULL, &names->pool_room, LINE, 1);
    }
    names->places = more_room(names, names->places, sizeof *names->places);
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
    if (!texts->at || texts->left < size) {
        texts->left = size > POOL ? size : POOL;
        texts->at = cs_arena_alloc(texts->arena, texts->left);
    }
    char *at = texts->at;
    texts->at += size;
    texts->left -= size;
    return at;
}

/* The first block is small for small files. */
enum { FIRST_LISTS = 1 << 16, MOST_LISTS = 1 << 22 };

struct csi_list_block {
    struct csi_list_block *before;
    size_t size;
};

static void more_lists(struct csi_lists *lists, size_t need)
{
    struct csi_list_block *before = lists->last;
    size_t size = before ? before->size * 2 : FIRST_LISTS;
    if (size > MOST_LISTS)
        size = MOST_LISTS;
    if (size < need + sizeof *before)
        size = need + sizeof *before;
    lists->last = csi_alloc_must(size);
    *lists->last = (struct csi_list_block){before, size};
    lists->at = (char *)(lists->last + 1);
    lists->left = size - sizeof *before;
}

void *csi_lists_room(struct csi_lists *lists, size_t size)
{
    size = (size + 3) & ~(size_t)3;
    if (!lists->at || lists->left < size)
        more_lists(lists, size);
    char *at = lists->at;
    lists->at += size;
    lists->left -= size;
    return at;
}

void csi_lists_clear(struct csi_lists *lists)
{
    while (lists->last) {
        struct csi_list_block *before = lists->last->before;
        csi_alloc_free(lists->last);
        lists->last = before;
    }
    *lists = (struct csi_lists){0};
}

struct cs_str csi_texts_keep(struct csi_texts *texts, struct cs_str text)
{
    if (!text.length)
        return CS_STR("");
    return cs_str_span(memcpy(take(texts, text.length), text.at, text.length), text.length);
}

/* -------------------------------------------------------------------- names */

struct head {
    uint32_t number, length;
};

static const char *at_place(const struct csi_names *names, uint32_t place)
{
    return names->pool + (size_t)place * 4;
}

static struct head head_at(const struct csi_names *names, uint32_t place)
{
    struct head head;
    memcpy(&head, at_place(names, place), sizeof head);
    return head;
}

static uint32_t add_name(struct csi_names *names, struct cs_str text, size_t slot, uint32_t tag)
{
    struct head head = {(uint32_t)++names->count, (uint32_t)text.length};
    size_t size = (sizeof head + text.length + 3) & ~(size_t)3;
    uint32_t place = (uint32_t)(names->pool_size / 4);
    cs_bug_if(names->pool_size / 4 > UINT32_MAX);
    names->pool = csi_grow(names->pool, &names->pool_room, names->pool_size + size + 4, 1);
    memcpy(names->pool + names->pool_size, &head, sizeof head);
    if (text.length)
        memcpy(names->pool + names->pool_size + sizeof head, text.at, text.length);
    names->pool_size += size;
    names->places[head.number] = place;
    names->slots[slot] = (struct csi_name_slot){tag, place};
    return head.number;
}

struct cs_str csi_names_text(const struct csi_names *names, uint32_t number)
{
    uint32_t place = names->places[number];
    return (struct cs_str){at_place(names, place) + sizeof(struct head),
                           head_at(names, place).length};
}

/* ------------------------------------------------------------------ look-ups */

/* The number of the name at `place` if it is `text`, else 0. */
static uint32_t if_same(const struct csi_names *names, uint32_t place, struct cs_str text)
{
    struct head head = head_at(names, place);
    bool same = head.length == text.length &&
                memcmp(at_place(names, place) + sizeof head, text.at, text.length) == 0;
    return same ? head.number : 0;
}

/* The number of a name, 0 when it is new: it belongs into `slot` then. */
static inline uint32_t find_name(const struct csi_names *names, struct cs_str text, uint32_t tag,
                                 size_t *slot)
{
    const struct csi_name_slot *slots = names->slots;
    size_t i = home_of(names, tag);
    for (; slots[i].place; i = (i + 1) & (names->slot_room - 1)) {
        uint32_t number = slots[i].tag == tag ? if_same(names, slots[i].place, text) : 0;
        if (number)
            return number;
    }
    *slot = i;
    return 0;
}

uint32_t csi_names_seek(const struct csi_names *names, struct cs_str text)
{
    uint32_t tag = tag_of(hash_of(text));
    if (names->slot_room)
        __builtin_prefetch(&names->slots[home_of(names, tag)]);
    return tag;
}

/* The name that is probably meant, on its way from memory. */
static void fetch_likely(const struct csi_names *names, uint32_t tag)
{
    const char *at = at_place(names, names->slots[home_of(names, tag)].place);
    __builtin_prefetch(at);
    __builtin_prefetch((const void *)((uintptr_t)at + LINE));
}

void csi_names_add(struct csi_names *names, const struct cs_str *texts, const uint32_t *tags,
                   size_t count, uint32_t *numbers)
{
    size_t slot = 0;
    reserve(names);
    for (size_t i = 0; i < count && i < AHEAD; i++)
        fetch_likely(names, tags[i]);
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count)
            fetch_likely(names, tags[i + AHEAD]);
        numbers[i] = find_name(names, texts[i], tags[i], &slot);
        if (!numbers[i])
            numbers[i] = add_name(names, texts[i], slot, tags[i]);
    }
}

uint32_t csi_names_add_one(struct csi_names *names, struct cs_str text)
{
    uint32_t number, tag = csi_names_seek(names, text);
    csi_names_add(names, &text, &tag, 1, &number);
    return number;
}

/* ------------------------------------------------------------ other spellings */

static struct cs_str plain_of(const struct csi_names *names, struct cs_arena *arena,
                              uint32_t number)
{
    struct cs_str text = csi_facts_clean(arena, csi_names_text(names, number));
    return csi_dn_plain(arena, csi_dn_bare(text));
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
        struct cs_arena_mark mark = cs_arena_mark(names->arena);
        struct cs_str plain = plain_of(names, names->arena, number);
        csi_index_add(&names->plain, csi_hash(plain.at, plain.length), number);
        cs_arena_rewind(names->arena, mark);
    }
}

uint32_t csi_names_plain(struct csi_names *names, uint32_t number)
{
    index_plain(names);
    struct cs_arena_mark mark = cs_arena_mark(names->arena);
    struct cs_str plain = plain_of(names, names->arena, number);
    size_t cursor = 0;
    uint32_t found;
    while ((found = csi_index_next(&names->plain, csi_hash(plain.at, plain.length), &cursor)))
        if (found != number && cs_str_equal(plain_of(names, names->arena, found), plain))
            break;
    cs_arena_rewind(names->arena, mark);
    return found;
}

void csi_names_clear(struct csi_names *names)
{
    csi_index_clear(&names->plain);
    csi_alloc_free(names->slots);
    csi_alloc_free(names->pool);
    csi_alloc_free(names->places);
    csi_alloc_free(names->ids);
    csi_alloc_free(names->marks);
    *names = (struct csi_names){.arena = names->arena};
}
