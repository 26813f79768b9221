/* table.c - records in tables, copied by their declared columns (see table.h).  Room: lab. */
#include "table.h"

#include <string.h>

#include "base/alloc.h"
#include "lab_internal.h"

uint64_t csi_account_key(cs_id account)
{
    return csi_hash(&account, sizeof account);
}

uint64_t csi_registry_hash(cs_id host, struct cs_str key, struct cs_str name)
{
    return csi_hash_folded(name, csi_hash_folded(key, host));
}

/* ------------------------------------------------------------------- tables */

static void need_room(struct csi_table *table, cs_id id)
{
    if (id < table->room)
        return;
    size_t room = table->room ? table->room : 64;
    while (room <= id)
        room *= 2;
    const struct cs_record **at = csi_alloc_must(room * sizeof *at);
    memset((void *)at, 0, room * sizeof *at);
    if (table->end)
        memcpy((void *)at, (const void *)table->at, table->end * sizeof *at);
    csi_alloc_free((void *)table->at);
    table->at = at;
    table->room = room;
}

void csi_table_extend(struct csi_table *table, cs_id end)
{
    if (end <= table->end)
        return;
    need_room(table, end - 1);
    table->end = end;
}

void csi_table_set(struct csi_table *table, const struct csi_noun *noun, cs_id id,
                   const struct cs_record *record)
{
    need_room(table, id);
    table->at[id] = record;
    if (id >= table->end)
        table->end = id + 1;
    uint64_t keys[2];
    size_t count = record && noun->keys ? noun->keys(record, keys) : 0;
    for (size_t i = 0; i < count; i++)
        csi_index_add(&table->index, keys[i], id);
}

void csi_table_free(struct csi_table *table)
{
    csi_alloc_free((void *)table->at);
    csi_index_clear(&table->index);
}

const struct cs_record *cs_record_get(const struct cs_lab *lab, enum cs_noun noun, cs_id id)
{
    const struct csi_table *table = &lab->tables[noun];
    return id < table->end ? table->at[id] : NULL;
}

void cs_record_each(const struct cs_lab *lab, enum cs_noun noun, cs_record_fn *fn, void *context)
{
    for (cs_id id = 1; id < lab->tables[noun].end; id++) {
        const struct cs_record *record = lab->tables[noun].at[id];
        if (record && !fn(context, record))
            return;
    }
}

size_t cs_record_count(const struct cs_lab *lab, enum cs_noun noun)
{
    size_t count = 0;
    for (cs_id id = 1; id < lab->tables[noun].end; id++)
        count += lab->tables[noun].at[id] != NULL;
    return count;
}

const struct cs_record *csi_record_next(const struct cs_lab *lab, enum cs_noun noun, uint64_t key,
                                        size_t *cursor)
{
    const struct csi_table *table = &lab->tables[noun];
    for (cs_id id; (id = csi_index_next(&table->index, key, cursor));)
        if (table->at[id])
            return table->at[id];
    return NULL;
}

/* ------------------------------------------------------------------- copies */

static void copy_texts(struct cs_arena *arena, struct cs_strs *texts)
{
    struct cs_str *copy = cs_arena_alloc(arena, texts->count * sizeof *copy);
    for (size_t i = 0; i < texts->count; i++)
        copy[i] = cs_str_copy(arena, texts->at[i]);
    texts->at = copy;
}

/* A record with all its texts, in the lab's memory. */
static struct cs_record *copy_record(struct cs_lab *lab, const struct csi_noun *noun,
                                     const struct cs_record *record)
{
    char *copy = cs_arena_copy(lab->memory, record, noun->size);
    for (size_t i = 0; i < noun->column_count; i++) {
        void *field = copy + noun->columns[i].offset;
        enum csi_column_type type = noun->columns[i].type;
        if (type == CSI_COLUMN_TEXT || type == CSI_COLUMN_BYTES)
            *(struct cs_str *)field = cs_str_copy(lab->memory, *(struct cs_str *)field);
        if (type == CSI_COLUMN_TEXTS)
            copy_texts(lab->memory, field);
    }
    return (struct cs_record *)copy;
}

static struct csi_op record_op(const struct cs_lab *lab, enum cs_noun noun, const char *name,
                               cs_id id)
{
    return (struct csi_op){.kind = CSI_OP_RECORD,
                           .name = name,
                           .noun = noun,
                           .id = id,
                           .before = cs_record_get(lab, noun, id)};
}

cs_status csi_record_put(struct cs_lab *lab, enum cs_noun noun, const char *op,
                         const struct cs_record *record, cs_id *id, struct cs_error *err)
{
    cs_id at = record->id ? record->id : (cs_id)(lab->tables[noun].end ? lab->tables[noun].end : 1);
    struct csi_op change = record_op(lab, noun, op, at);
    if (record->id && !change.before)
        return cs_fail(err, CS_STATE, "%s %u no longer exists", cs_noun_name(noun), record->id);
    struct cs_record *copy = copy_record(lab, csi_noun_of(noun), record);
    copy->id = at;
    copy->birth = change.before ? change.before->birth : csi_lab_birth(lab);
    change.after = copy;
    cs_status status = csi_lab_apply(lab, change, err);
    if (status == CS_OK && id)
        *id = at;
    return status;
}

cs_status csi_record_remove(struct cs_lab *lab, enum cs_noun noun, const char *op, cs_id id,
                            struct cs_error *err)
{
    struct csi_op change = record_op(lab, noun, op, id);
    if (!change.before)
        return cs_fail(err, CS_NOT_FOUND, "%s %u is not there", cs_noun_name(noun), id);
    return csi_lab_apply(lab, change, err);
}
