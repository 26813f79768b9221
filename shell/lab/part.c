/*
 * part.c - parting everybody by the columns they are in (see columns.h).
 *
 * Block after block of ids, each split by one column after the other as long as both halves
 * hold somebody; the leaves are classes of like ones.  A class met before has its answer
 * already, so that a question is asked as often as there are different holdings, not people.
 *
 * Room: lab.
 */
#include "columns.h"

#include <string.h>

#include "base/map.h"
#include "index.h"

struct class
{
    const uint64_t *holds;
    unsigned answer;
};

struct part {
    const struct csi_parting *how;
    struct csi_index index; /* by hash of holds */
    struct class *classes;
    size_t count, room, words; /* words of one `holds` */
    size_t at;                 /* first word of the block */
    struct cs_error *err;
    cs_status status;
};

static cs_id first_of(const struct part *part, uint64_t *block)
{
    struct cs_set set = {block, CS_SET_BLOCK};
    return (cs_id)(part->at * 64) + (block[0] & 1 ? 0 : cs_set_next(&set, 0));
}

static uint64_t *holds_of(const struct part *part, cs_id one)
{
    uint64_t *holds = cs_arena_alloc(part->how->arena, (part->words + 1) * sizeof *holds);
    for (size_t i = 0; i < part->how->column_count; i++)
        if (cs_set_has(part->how->columns[i], one))
            holds[i / 64] |= UINT64_C(1) << i % 64;
    return holds;
}

static struct class *find_class(const struct part *part, const uint64_t *holds, uint64_t hash)
{
    size_t cursor = 0;
    for (uint32_t i; (i = csi_index_next(&part->index, hash, &cursor));)
        if (!memcmp(part->classes[i - 1].holds, holds, part->words * sizeof *holds))
            return &part->classes[i - 1];
    return NULL;
}

static struct class *add_class(struct part *part, const uint64_t *holds, uint64_t hash)
{
    if (part->count == part->room) {
        size_t room = part->room ? part->room * 2 : 64;
        struct class *classes = cs_arena_alloc(part->how->arena, room * sizeof *classes);
        if (part->count)
            memcpy(classes, part->classes, part->count * sizeof *classes);
        part->classes = classes;
        part->room = room;
    }
    part->classes[part->count++] = (struct class){holds, 0};
    csi_index_add(&part->index, hash, (uint32_t)part->count);
    return &part->classes[part->count - 1];
}

static const struct class *class_of(struct part *part, cs_id one)
{
    struct cs_arena_mark mark = cs_arena_mark(part->how->arena);
    uint64_t *holds = holds_of(part, one);
    uint64_t hash = csi_hash(holds, part->words * sizeof *holds);
    struct class *class = find_class(part, holds, hash);
    if (class) {
        cs_arena_rewind(part->how->arena, mark);
        return class;
    }
    class = add_class(part, holds, hash);
    part->status = part->how->ask(part->how->context, one, holds, &class->answer, part->err);
    return class;
}

static void leaf(struct part *part, uint64_t *block)
{
    const struct class *class = class_of(part, first_of(part, block));
    uint64_t *out = part->how->out[class->answer].words + part->at;
    for (size_t w = 0; w < CS_SET_BLOCK; w++)
        out[w] |= block[w];
}

static void split(struct part *part, size_t column, uint64_t *block)
{
    uint64_t in[CS_SET_BLOCK], out[CS_SET_BLOCK];
    for (; column < part->how->column_count; column++) {
        const uint64_t *holders = part->how->columns[column]->words + part->at;
        uint64_t some_in = 0, some_out = 0;
        for (size_t w = 0; w < CS_SET_BLOCK; w++) {
            in[w] = block[w] & holders[w];
            out[w] = block[w] & ~holders[w];
            some_in |= in[w];
            some_out |= out[w];
        }
        if (!some_in || !some_out)
            continue;
        split(part, column + 1, in);
        if (part->status == CS_OK)
            split(part, column + 1, out);
        return;
    }
    leaf(part, block);
}

static bool is_empty(const uint64_t *block)
{
    uint64_t some = 0;
    for (size_t w = 0; w < CS_SET_BLOCK; w++)
        some |= block[w];
    return !some;
}

cs_status csi_part(const struct csi_parting *parting, const struct cs_set *among,
                   struct cs_error *err)
{
    struct part part = {.how = parting, .words = (parting->column_count + 63) / 64, .err = err};
    uint64_t block[CS_SET_BLOCK];
    for (; part.at < among->count && part.status == CS_OK; part.at += CS_SET_BLOCK) {
        memcpy(block, among->words + part.at, sizeof block);
        if (!is_empty(block))
            split(&part, 0, block);
    }
    csi_index_clear(&part.index);
    return part.status;
}
