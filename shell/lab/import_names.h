/*
 * import_names.h - distinguished names by number.
 *
 * A directory writes one name a hundred times: as its entry's own and in every group that lists
 * it, in the same spelling.  Each spelling gets a number when it is first read; memberships are
 * pairs of numbers.  Names are looked up in batches, because each lookup alone would wait for
 * memory twice.
 *
 * Two spellings of one name ("CN=a" and "cn=a") have two numbers; csi_names_plain finds the one
 * from the other, for those that are in no entry as they are spelt.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_IMPORT_NAMES_H
#define CERTSH_LAB_IMPORT_NAMES_H

#include <certsh/lab.h>

#include "index.h"

/* Texts that stay, close together. */
struct csi_texts {
    struct cs_arena *arena;
    char *at;
    size_t left;
};
struct cs_str csi_texts_keep(struct csi_texts *texts, struct cs_str text);

/* Lists of numbers that stay, in blocks that double. */
struct csi_lists {
    struct csi_list_block *last;
    char *at;
    size_t left;
};
/* `size` bytes, aligned for numbers, not zeroed. */
void *csi_lists_room(struct csi_lists *lists, size_t size);
void csi_lists_clear(struct csi_lists *lists);

/* What is known of a name besides its id. */
enum {
    CSI_NAME_OUTSIDER = 1, /* of an entry that never counts in tokens: a contact */
    CSI_NAME_LOST = 2      /* looked for in vain */
};

/* A slot leads straight to the name, so that a look-up waits for memory twice. */
struct csi_name_slot {
    uint32_t tag, place; /* 0 is free */
};

struct csi_names {
    struct cs_arena *arena;
    char *pool; /* by place, in words of 4: number, length (uint32_t each), text */
    size_t pool_size, pool_room;
    uint32_t *places; /* by number, from 1 */
    cs_id *ids;       /* whose name it is, 0 while not known */
    uint8_t *marks;
    size_t count, room;
    struct csi_name_slot *slots;
    size_t slot_room;
    struct csi_index plain; /* made when first asked for */
    size_t plain_count;
};

enum { CSI_NAMES_BATCH = 64 };

/* Begin to look a name up: what `tag` comes of, and its slot on its way from memory. */
uint32_t csi_names_seek(const struct csi_names *names, struct cs_str text);
/* The number of each spelling that was sought, new ones copied; up to CSI_NAMES_BATCH at once. */
void csi_names_add(struct csi_names *names, const struct cs_str *texts, const uint32_t *tags,
                   size_t count, uint32_t *numbers);
uint32_t csi_names_add_one(struct csi_names *names, struct cs_str text);
/* A view, good until a name is added. */
struct cs_str csi_names_text(const struct csi_names *names, uint32_t number);
/* Another spelling of that name whose `id` is known or that is an outsider; 0 when none. */
uint32_t csi_names_plain(struct csi_names *names, uint32_t number);
void csi_names_clear(struct csi_names *names);

#endif
