/*
 * table.h - records in tables: one table a noun, one immutable record an id.
 *
 * What a noun's record consists of is declared once (noun.c), as columns; copying, comparing
 * and showing derive from that.  A put is an op: it keeps the record before and the one after.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_TABLE_H
#define CERTSH_LAB_TABLE_H

#include <certsh/lab.h>

#include "index.h"

enum csi_column_type {
    CSI_COLUMN_TEXT,
    CSI_COLUMN_TEXTS, /* struct cs_strs */
    CSI_COLUMN_ID,
    CSI_COLUMN_NUMBER, /* uint32_t or an enum */
    CSI_COLUMN_TICK,
    CSI_COLUMN_TIME,
    CSI_COLUMN_BOOL,
    CSI_COLUMN_SID,
    CSI_COLUMN_BYTES /* struct cs_str of raw bytes */
};

struct csi_column {
    const char *name;
    enum csi_column_type type;
    size_t offset;
    enum cs_noun refers; /* an id: of what */
};

struct csi_noun {
    const char *name; /* "host" */
    size_t size;      /* of the record */
    const struct csi_column *columns;
    size_t column_count;
    /* Keys the record is found by, at most two; NULL where the table is small. */
    size_t (*keys)(const struct cs_record *record, uint64_t keys[2]);
};
/* The declaration of a noun; a principal's columns are those of its view (directory.h). */
const struct csi_noun *csi_noun_of(enum cs_noun noun);

/* Which keys of a host are given; the record of CS_NOUN_COVERAGE. */
struct csi_coverage {
    struct cs_record record;
    cs_id host;
    struct cs_str key;
};

/* Keys that records are found by. */
uint64_t csi_account_key(cs_id account);
uint64_t csi_registry_hash(cs_id host, struct cs_str key, struct cs_str name);

struct csi_table {
    const struct cs_record **at; /* by id; at[0] is nobody */
    size_t room, end;            /* ids used so far are below `end` */
    struct csi_index index;
};

/* Add (record->id 0) or replace; a deep copy.  `op` is its name in the history. */
cs_status csi_record_put(struct cs_lab *lab, enum cs_noun noun, const char *op,
                         const struct cs_record *record, cs_id *id, struct cs_error *err);
cs_status csi_record_remove(struct cs_lab *lab, enum cs_noun noun, const char *op, cs_id id,
                            struct cs_error *err);

/* Live records with that key. */
const struct cs_record *csi_record_next(const struct cs_lab *lab, enum cs_noun noun, uint64_t key,
                                        size_t *cursor);

void csi_table_set(struct csi_table *table, const struct csi_noun *noun, cs_id id,
                   const struct cs_record *record);
/* Ids below `end` have been used. */
void csi_table_extend(struct csi_table *table, cs_id end);
void csi_table_free(struct csi_table *table);

#endif
