/* lab.c - a lab's life, clock, start and origins (see lab.h).  Room: lab. */
#include "lab_internal.h"

#include "base/alloc.h"
#include "maker.h"

static const char *const fixed_origins[] = {"lab", "command", "assumed"};

struct cs_lab *csi_lab_blank(void)
{
    struct cs_lab *lab = csi_alloc_must(sizeof *lab);
    *lab = (struct cs_lab){.memory = cs_arena_new(), .names = cs_arena_new()};
    lab->own_memory = lab->memory;
    csi_alloc_check(lab->memory);
    csi_alloc_check(lab->names);
    for (size_t i = 0; i < CS_COUNT(fixed_origins); i++)
        cs_lab_origin(lab, cs_str_of(fixed_origins[i]));
    csi_gates_begin(lab);
    lab->base = csi_maker_finish(csi_maker_new());
    lab->delta = csi_delta_new(1);
    return lab;
}

struct cs_lab *cs_lab_new(void)
{
    struct cs_lab *lab = csi_lab_blank();
    csi_lab_found(lab);
    return lab;
}

void cs_lab_free(struct cs_lab *lab)
{
    if (!lab)
        return;
    csi_journal_free(lab);
    csi_store_close(lab->store);
    for (int noun = 0; noun < CS_NOUN_COUNT; noun++)
        csi_table_free(&lab->tables[noun]);
    csi_delta_free(lab->delta);
    csi_base_free(lab->base);
    csi_map_clear(&lab->origin_map);
    csi_alloc_free(lab->origins);
    csi_branches_free(lab);
    cs_arena_free(lab->own_memory);
    cs_arena_free(lab->names);
    csi_alloc_free(lab);
}

uint32_t csi_lab_birth(struct cs_lab *lab)
{
    return ++lab->births;
}

struct csi_gates *csi_lab_gates(struct cs_lab *lab)
{
    return &lab->gates;
}

const struct csi_gates *csi_lab_gates_of(const struct cs_lab *lab)
{
    return &lab->gates;
}

/* --------------------------------------------------------------------- time */

cs_tick cs_lab_tick(const struct cs_lab *lab)
{
    return lab->tick;
}

int64_t cs_lab_clock(const struct cs_lab *lab)
{
    return lab->epoch + (int64_t)lab->tick;
}

void cs_lab_set_clock(struct cs_lab *lab, int64_t seconds)
{
    lab->epoch = seconds - (int64_t)lab->tick;
}

void cs_lab_set_actor(struct cs_lab *lab, struct cs_str user)
{
    if (!cs_str_equal(lab->actor, user))
        lab->actor = cs_str_copy(lab->names, user);
}

/* -------------------------------------------------------------------- start */

const struct cs_start *cs_lab_start(const struct cs_lab *lab)
{
    static const struct cs_start nothing = {.name = {"empty", 5}};
    const struct cs_record *record = cs_record_get(lab, CS_NOUN_START, 1);
    return record ? (const struct cs_start *)record : &nothing;
}

cs_status cs_lab_set_start(struct cs_lab *lab, const struct cs_start *start, struct cs_error *err)
{
    struct cs_start copy = *start;
    copy.record.id = cs_record_get(lab, CS_NOUN_START, 1) ? 1 : 0;
    return csi_record_put(lab, CS_NOUN_START, "lab.start", &copy.record, NULL, err);
}

void csi_lab_assume_again(struct cs_lab *lab)
{
    if (!lab->assume_now)
        return;
    struct cs_start *start = cs_arena_alloc(lab->names, sizeof *start);
    *start = *cs_lab_start(lab);
    start->assume = true;
    start->record.id = 1;
    csi_table_set(&lab->tables[CS_NOUN_START], csi_noun_of(CS_NOUN_START), 1, &start->record);
}

void cs_lab_assume_now(struct cs_lab *lab)
{
    lab->assume_now = true;
    csi_lab_assume_again(lab);
}

/* ------------------------------------------------------------------ origins */

uint32_t cs_lab_origin(struct cs_lab *lab, struct cs_str text)
{
    uint32_t number = csi_map_get(&lab->origin_map, text);
    if (number)
        return number - 1;
    lab->origins = csi_alloc_again(lab->origins, (lab->origin_count + 1) * sizeof *lab->origins);
    csi_alloc_check(lab->origins);
    struct cs_str copy = cs_str_copy(lab->names, text);
    lab->origins[lab->origin_count++] = copy;
    csi_map_set(&lab->origin_map, copy, (uint32_t)lab->origin_count);
    return (uint32_t)lab->origin_count - 1;
}

struct cs_str cs_source_format(const struct cs_lab *lab, struct cs_arena *arena,
                               struct cs_source source)
{
    if (source.origin >= lab->origin_count)
        return CS_STR("?");
    struct cs_str text = lab->origins[source.origin];
    if (!source.line)
        return cs_str_copy(arena, text);
    return cs_str_printf(arena, "%.*s:%u", CS_STR_ARG(text), source.line);
}
