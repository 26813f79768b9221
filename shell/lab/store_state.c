/* store_state.c - the one row that says where a lab file stands.  Room: lab. */
#include "store_in.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------- ends of ids */

/* "principal=41 domain=2 ...": by name, so that a later version may have more nouns.  Most
 * changes give no new id, and the text stays. */
static struct cs_str format_ends(struct csi_store *store, const cs_id *ends)
{
    struct csi_ends_text *text = &store->ends_text;
    if (text->length && memcmp(text->of, ends, sizeof text->of) == 0)
        return cs_str_span(text->text, text->length);
    memcpy(text->of, ends, sizeof text->of);
    text->length = 0;
    for (int noun = CS_NOUN_NONE + 1; noun < CS_NOUN_COUNT; noun++)
        text->length +=
            (size_t)snprintf(text->text + text->length, sizeof text->text - text->length, "%s%s=%u",
                             text->length ? " " : "", cs_noun_name((enum cs_noun)noun), ends[noun]);
    return cs_str_span(text->text, text->length);
}

static enum cs_noun noun_named(struct cs_str name)
{
    for (int noun = CS_NOUN_NONE + 1; noun < CS_NOUN_COUNT; noun++)
        if (cs_str_is(name, cs_noun_name((enum cs_noun)noun)))
            return (enum cs_noun)noun;
    return CS_NOUN_NONE;
}

static void parse_ends(struct cs_str text, cs_id *ends)
{
    while (text.length) {
        ptrdiff_t blank = cs_str_find(text, ' ');
        struct cs_str one = cs_str_span(text.at, blank < 0 ? text.length : (size_t)blank);
        ptrdiff_t equals = cs_str_find(one, '=');
        uint64_t end;
        if (equals > 0 && cs_str_number(cs_str_from(one, (size_t)equals + 1), UINT32_MAX, &end))
            ends[noun_named(cs_str_span(one.at, (size_t)equals))] = (cs_id)end;
        text = blank < 0 ? CS_STR("") : cs_str_from(text, (size_t)blank + 1);
    }
}

/* -------------------------------------------------------------------- state */

enum { STATE_NUMBERS = 10, STATE_ENDS = STATE_NUMBERS, STATE_SUM };

static void to_cells(struct csi_store *store, struct csi_cell cells[STATE_SUM + 1])
{
    const struct csi_state *s = &store->state;
    const int64_t numbers[STATE_NUMBERS] = {(int64_t)s->counter,
                                            (int64_t)s->generation,
                                            (int64_t)s->tick,
                                            s->epoch,
                                            s->births,
                                            (int64_t)s->active,
                                            s->next,
                                            (int64_t)s->sums.records,
                                            (int64_t)s->sums.directory,
                                            (int64_t)s->sums.history};
    for (size_t i = 0; i < STATE_NUMBERS; i++)
        cells[i] = csi_cell_number(numbers[i]);
    cells[STATE_ENDS] = csi_cell_text(format_ends(store, s->ends));
    cells[STATE_SUM] = csi_cell_number((int64_t)csi_cells_hash(cells, STATE_SUM, CSI_STORE_SEED));
}

static void from_cells(struct csi_store *store, const struct csi_cell *cells)
{
    struct csi_state *s = &store->state;
    s->counter = (uint64_t)cells[0].number;
    s->generation = (uint64_t)cells[1].number;
    s->tick = (cs_tick)cells[2].number;
    s->epoch = cells[3].number;
    s->births = (uint32_t)cells[4].number;
    s->active = (size_t)cells[5].number;
    s->next = cells[6].number;
    s->sums.records = (uint64_t)cells[7].number;
    s->sums.directory = (uint64_t)cells[8].number;
    s->sums.history = (uint64_t)cells[9].number;
    parse_ends(cells[STATE_ENDS].text, s->ends);
}

void csi_store_read_state(struct csi_store *store)
{
    struct csi_query *query = csi_store_query(store, CSI_SQL_GET_STATE);
    struct csi_cell cells[STATE_SUM + 1] = {0};
    if (!csi_store_step(store, query)) {
        csi_store_trouble(store, CSI_CORRUPT);
        return;
    }
    for (int i = 0; i <= STATE_SUM; i++)
        cells[i] = csi_store_cell(store, query, i);
    uint64_t sum = csi_cells_hash(cells, STATE_SUM, CSI_STORE_SEED);
    store->state = (struct csi_state){0};
    from_cells(store, cells);
    if ((uint64_t)cells[STATE_SUM].number != sum)
        csi_store_trouble(store, CSI_CORRUPT);
    store->sql->reset(query);
}

void csi_store_write_state(struct csi_store *store, const struct cs_lab *lab)
{
    struct csi_state *s = &store->state;
    struct csi_cell cells[STATE_SUM + 1];
    s->counter++;
    s->tick = lab->tick;
    s->epoch = lab->epoch;
    s->births = lab->births;
    for (int noun = 0; noun < CS_NOUN_COUNT; noun++)
        s->ends[noun] = (cs_id)lab->tables[noun].end;
    s->ends[CS_NOUN_PRINCIPAL] = lab->delta->end;
    struct cs_arena_mark mark = cs_arena_mark(store->scratch);
    to_cells(store, cells);
    csi_store_do(store, csi_store_query(store, CSI_SQL_PUT_STATE), cells, CS_COUNT(cells));
    cs_arena_rewind(store->scratch, mark);
}
