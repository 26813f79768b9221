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
    size_t *active; /* columns that may part somebody */
    size_t active_count;
    cs_id end;
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

/* Where an answer is collected; NULL where it is not. */
static struct cs_set *out_of(const struct part *part, unsigned answer)
{
    struct cs_set *out = &part->how->out[answer];
    if (part->how->unsaid == (int)answer)
        return NULL;
    if (!out->words)
        *out = cs_set_new(part->how->arena, part->end);
    return out;
}

static void leaf(struct part *part, uint64_t *block)
{
    const struct class *class = class_of(part, first_of(part, block));
    const struct cs_set *out = out_of(part, class->answer);
    for (size_t w = 0; out && w < CS_SET_BLOCK; w++)
        out->words[part->at + w] |= block[w];
}

static void split(struct part *part, size_t column, uint64_t *block)
{
    uint64_t in[CS_SET_BLOCK], out[CS_SET_BLOCK];
    for (; column < part->active_count; column++) {
        const uint64_t *holders = part->how->columns[part->active[column]]->words + part->at;
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

static void split_all(struct part *part, const struct cs_set *among)
{
    uint64_t block[CS_SET_BLOCK];
    for (; part->at < among->count && part->status == CS_OK; part->at += CS_SET_BLOCK) {
        if (is_empty(among->words + part->at))
            continue;
        memcpy(block, among->words + part->at, sizeof block);
        split(part, 0, block);
    }
}

/* Nothing parts them: one answers for all. */
static void ask_at_once(struct part *part, const struct cs_set *among)
{
    cs_id one = cs_set_next(among, 1);
    if (!one)
        return;
    const struct class *class = class_of(part, one);
    struct cs_set *out = out_of(part, class->answer);
    if (out)
        cs_set_or(out, among);
}

static void find_active(struct part *part)
{
    const struct csi_parting *how = part->how;
    part->active = cs_arena_alloc(how->arena, (how->column_count + 1) * sizeof *part->active);
    for (size_t i = 0; i < how->column_count; i++)
        if (how->columns[i]->words && how->columns[i] != how->all)
            part->active[part->active_count++] = i;
}

cs_status csi_part(const struct csi_parting *parting, const struct cs_set *among,
                   struct cs_error *err)
{
    struct part part = {.how = parting, .words = (parting->column_count + 63) / 64, .err = err};
    part.end = (cs_id)(among->count * 64);
    find_active(&part);
    if (part.active_count)
        split_all(&part, among);
    else
        ask_at_once(&part, among);
    csi_index_clear(&part.index);
    return part.status;
}
