/*
 * part.c - parting everybody by the columns they are in (see columns.h).
 *
 * A tree of decisions grows while blocks of ids go through it: a node for each column, with who
 * is in it on one side and who is not on the other; a leaf has the answer of one who came there
 * first.  So a question is asked as often as there are different holdings, not people.  A node
 * whose sides give the same answer is a leaf from then on: whoever is denied by one entry is not
 * parted by the others.  For that, columns with nearly everybody on one side come first.
 *
 * Room: lab.
 */
#include "columns.h"

#include <string.h>

enum { OPEN = -1 };

struct node {
    struct node *above, *out, *in;
    int answer; /* of everybody who comes here; OPEN: of some more, or not known yet */
};

struct part {
    const struct csi_parting *how;
    size_t *active; /* columns that may part somebody */
    size_t active_count;
    struct node root;
    size_t at;   /* first word of the block */
    size_t rest; /* from that word on, nobody is in any active column */
    struct cs_error *err;
    cs_status status;
};

/* -------------------------------------------------------------------- the tree */

static struct node *side_of(struct part *part, struct node *node, bool in)
{
    struct node **side = in ? &node->in : &node->out;
    if (!*side) {
        *side = cs_arena_alloc(part->how->arena, sizeof **side);
        **side = (struct node){.above = node, .answer = OPEN};
    }
    return *side;
}

/* A leaf is known; so are the nodes above it that part nobody any more. */
static void know(struct node *node, int answer)
{
    node->answer = answer;
    for (node = node->above; node && node->out && node->in; node = node->above) {
        if (node->out->answer != answer || node->in->answer != answer)
            return;
        node->answer = answer;
    }
}

static const uint64_t *holds_of(const struct part *part, cs_id one)
{
    const struct csi_parting *how = part->how;
    uint64_t *holds = cs_arena_alloc(how->arena, (how->column_count / 64 + 1) * sizeof *holds);
    for (size_t i = 0; i < how->column_count; i++)
        if (csi_holds(how->columns[i], one))
            holds[i / 64] |= UINT64_C(1) << i % 64;
    return holds;
}

static void ask(struct part *part, struct node *leaf, cs_id one)
{
    unsigned answer = 0;
    part->status = part->how->ask(part->how->context, one, holds_of(part, one), &answer, part->err);
    know(leaf, (int)answer);
}

/* Where an answer is collected; NULL where it is not. */
static struct csi_draft *out_of(const struct part *part, int answer)
{
    return part->how->unsaid == answer ? NULL : &part->how->out[answer];
}

/* -------------------------------------------------------------------- blocks */

static cs_id first_of(const struct part *part, uint64_t *block)
{
    struct cs_set set = {block, CS_SET_BLOCK};
    return (cs_id)(part->at * 64) + (block[0] & 1 ? 0 : cs_set_next(&set, 0));
}

static void collect(struct part *part, int answer, const uint64_t *restrict block)
{
    struct csi_draft *out = out_of(part, answer);
    uint64_t *restrict into = out ? csi_draft_write(out, part->at, part->at + CS_SET_BLOCK) : NULL;
    for (size_t w = 0; into && w < CS_SET_BLOCK; w++)
        into[w] |= block[w];
}

/* The block on both sides of a column; who is on each, as any bit. */
struct halves {
    uint64_t in[CS_SET_BLOCK], out[CS_SET_BLOCK];
    uint64_t some_in, some_out;
};

static void halve(const uint64_t *restrict block, const uint64_t *restrict holders,
                  struct halves *restrict halves)
{
    uint64_t some_in = 0, some_out = 0;
    for (size_t w = 0; w < CS_SET_BLOCK; w++) {
        halves->in[w] = block[w] & holders[w];
        halves->out[w] = block[w] & ~holders[w];
        some_in |= halves->in[w];
        some_out |= halves->out[w];
    }
    halves->some_in = some_in;
    halves->some_out = some_out;
}

static bool reaches(const struct csi_holders *column, size_t at)
{
    return at + CS_SET_BLOCK > column->from && at < column->to;
}

static void split(struct part *part, struct node *node, size_t column, uint64_t *block)
{
    struct halves halves;
    for (; column < part->active_count && node->answer == OPEN; column++) {
        const struct csi_holders *by = part->how->columns[part->active[column]];
        halves.some_in = 0;
        if (reaches(by, part->at))
            halve(block, by->who.words + part->at, &halves);
        if (halves.some_in && halves.some_out) {
            split(part, side_of(part, node, true), column + 1, halves.in);
            if (part->status == CS_OK)
                split(part, side_of(part, node, false), column + 1, halves.out);
            return;
        }
        node = side_of(part, node, halves.some_in != 0);
    }
    if (node->answer == OPEN)
        ask(part, node, first_of(part, block));
    collect(part, node->answer, block);
}

/* Who is to be asked, of the block; false: nobody. */
static bool take_block(const struct part *part, const struct cs_set *among,
                       uint64_t *restrict block)
{
    const struct cs_set *except = part->how->except;
    uint64_t some = 0;
    memcpy(block, among->words + part->at, CS_SET_BLOCK * sizeof *block);
    for (size_t w = 0; except && w < CS_SET_BLOCK; w++)
        block[w] &= ~except->words[part->at + w];
    for (size_t w = 0; w < CS_SET_BLOCK; w++)
        some |= block[w];
    return some != 0;
}

/* Everybody who is left gets one answer, and nobody collects it: they need no look. */
static bool is_settled(const struct part *part)
{
    const struct node *node = &part->root;
    while (node && node->answer == OPEN && part->at >= part->rest)
        node = node->out;
    return node && node->answer != OPEN && !out_of(part, node->answer);
}

/* Of a sample of words, those with accounts on both sides of a column. */
static size_t evenness(const struct csi_holders *column, const struct cs_set *all)
{
    enum { SAMPLE = 64 };
    size_t parted = 0, step = all->count / SAMPLE + 1;
    for (size_t w = 0; w < all->count; w += step) {
        uint64_t in =
            w < column->from || w >= column->to ? 0 : all->words[w] & column->who.words[w];
        parted += in != 0 && in != all->words[w];
    }
    return parted;
}

/* The even ones last, else in the order in which they were named. */
static void find_active(struct part *part)
{
    const struct csi_parting *how = part->how;
    size_t *active = cs_arena_alloc(how->arena, (how->column_count + 1) * sizeof *active);
    size_t *even = cs_arena_alloc(how->arena, (how->column_count + 1) * sizeof *even);
    for (size_t i = 0; i < how->column_count; i++) {
        const struct csi_holders *column = how->columns[i];
        if (!column->who.words || column->who.words == how->all->words)
            continue;
        even[i] = evenness(column, how->all);
        size_t at = part->active_count++;
        for (; at > 0 && even[active[at - 1]] > even[i]; at--)
            active[at] = active[at - 1];
        active[at] = i;
        part->rest = column->to > part->rest ? column->to : part->rest;
    }
    part->active = active;
}

cs_status csi_part(const struct csi_parting *parting, const struct csi_draft *among,
                   struct cs_error *err)
{
    struct part part = {.how = parting, .root = {.answer = OPEN}, .err = err};
    uint64_t block[CS_SET_BLOCK];
    find_active(&part);
    part.at = among->from / CS_SET_BLOCK * CS_SET_BLOCK;
    for (; part.at < among->to && part.status == CS_OK; part.at += CS_SET_BLOCK) {
        if (is_settled(&part))
            break;
        if (take_block(&part, csi_draft_set(among), block))
            split(&part, &part.root, 0, block);
    }
    return part.status;
}
