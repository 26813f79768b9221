/* store_sql.c - the statements of a lab file, prepared once each; sticking trouble (see
 * store_in.h).  Room: lab. */
#include "store_in.h"

#include <stdio.h>

#include <certsh/windows.h>

/* ------------------------------------------------------------------ trouble */

void csi_store_trouble(struct csi_store *store, enum csi_trouble trouble)
{
    if (store->trouble || !trouble)
        return;
    store->trouble = trouble;
    snprintf(store->words, sizeof store->words, "%s",
             store->db ? store->sql->words(store->db) : "");
}

void csi_store_calm(struct csi_store *store)
{
    store->trouble = CSI_FINE;
    store->words[0] = '\0';
}

static cs_status fault_busy(struct csi_store *store, struct cs_error *err)
{
    char holder[120];
    bool known = csi_store_holder(store->path, holder, sizeof holder);
    cs_fail(err, CS_STATE, "the lab file '%s' is locked by %s", store->path,
            known ? holder : "another program");
    return cs_error_hint(err, "nothing was changed; try again when it is done");
}

/* What each trouble means to a person, and its cure. */
static const struct {
    cs_status status;
    const char *text, *hint;
} faults[] = {
    [CSI_FULL] = {CS_IO, "the disk of the lab file '%1' is full: it was not %2",
                  "nothing was changed; make room and try again"},
    [CSI_READ_ONLY] = {CS_STATE, "the lab file '%1' cannot be %2: it or its folder is read-only",
                       "nothing was changed; copy the file to where you may write"},
    [CSI_CORRUPT] = {CS_INVALID, "the lab file '%1' is damaged: it cannot be %2",
                     "take it from a backup; sqlite3 FILE .recover saves what can be read"},
    [CSI_FOREIGN] = {CS_INVALID, "'%1' is no lab file: it cannot be %2",
                     "a lab file is made by: certsh -l NEWFILE --lab-name NAME"},
    [CSI_ABSENT] = {CS_IO, "the lab file '%1' cannot be %2",
                    "look at its rights and those of its folder"},
    [CSI_NO_MEMORY] = {CS_MEMORY, "out of memory: the lab file '%1' was not %2", ""},
    [CSI_BROKEN] = {CS_IO, "the lab file '%1' could not be %2",
                    "nothing was changed; look at the disk (dmesg), then try again"},
    [CSI_WRONG] = {CS_INVALID, "the lab file '%1' is damaged: its tables cannot be %2",
                   "take it from a backup; sqlite3 FILE .recover saves what can be read"},
};

cs_status csi_store_fault(struct csi_store *store, const char *doing, struct cs_error *err)
{
    if (!store->trouble)
        return CS_OK;
    if (store->trouble == CSI_BUSY)
        return fault_busy(store, err);
    cs_status status = faults[store->trouble].status;
    const struct cs_str args[] = {cs_str_of(store->path), cs_str_of(doing)};
    struct cs_str text = cs_message_format(store->scratch, faults[store->trouble].text, args, 2);
    bool tell = store->trouble == CSI_BROKEN || store->trouble == CSI_ABSENT;
    cs_fail(err, status, "%.*s%s%s", CS_STR_ARG(text), tell && store->words[0] ? ": " : "",
            tell ? store->words : "");
    return cs_error_hint(err, "%s", faults[store->trouble].hint);
}

/* --------------------------------------------------------------- statements */

static const char *const texts[CSI_SQL_COUNT] = {
    [CSI_SQL_BEGIN] = "BEGIN",
    [CSI_SQL_WRITE] = "BEGIN IMMEDIATE",
    [CSI_SQL_COMMIT] = "COMMIT",
    [CSI_SQL_ROLLBACK] = "ROLLBACK",
    [CSI_SQL_VERSION] = "PRAGMA data_version",
    [CSI_SQL_COUNTER] = "SELECT counter FROM state",
    [CSI_SQL_GET_STATE] = "SELECT counter, generation, tick, epoch, births, active, next_op,"
                          " records, directory, history, ends, sum FROM state",
    [CSI_SQL_PUT_STATE] = "INSERT OR REPLACE INTO state(one, counter, generation, tick, epoch,"
                          " births, active, next_op, records, directory, history, ends, sum)"
                          " VALUES(1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [CSI_SQL_GET_ORIGINS] = "SELECT id, text FROM origin ORDER BY id",
    [CSI_SQL_PUT_ORIGIN] = "INSERT INTO origin(id, text) VALUES(?, ?)",
    [CSI_SQL_GET_META] = "SELECT value FROM meta WHERE key = ?",
    [CSI_SQL_PUT_META] = "INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)",
    [CSI_SQL_GET_CHANGES] = "SELECT number, title, user, time, before, first, ops, undone, sum"
                            " FROM change ORDER BY number",
    [CSI_SQL_PUT_CHANGE] = "INSERT INTO change(number, title, user, time, before, first, ops,"
                           " undone, sum) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [CSI_SQL_MARK_CHANGE] = "UPDATE change SET undone = ?, sum = ? WHERE number = ?",
    [CSI_SQL_GET_OPS] = "SELECT seq, change, kind, name, tick, noun, id, member, present, had,"
                        " in_base, before, after, sum FROM op ORDER BY seq",
    [CSI_SQL_PUT_OP] = "INSERT INTO op(seq, change, kind, name, tick, noun, id, member, present,"
                       " had, in_base, before, after, sum, what)"
                       " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [CSI_SQL_SUM_OPS] = "SELECT sum FROM op WHERE change > ?",
    [CSI_SQL_SUM_CHANGES] = "SELECT sum FROM change WHERE number > ?",
    [CSI_SQL_DROP_OPS] = "DELETE FROM op WHERE change > ?",
    [CSI_SQL_DROP_PARTS] = "DELETE FROM part WHERE op IN"
                           " (SELECT seq FROM op WHERE change > ?)",
    [CSI_SQL_DROP_CHANGES] = "DELETE FROM change WHERE number > ?",
    [CSI_SQL_GET_SNAPSHOTS] = "SELECT name, change, time, line FROM snapshot"
                              " ORDER BY line, change, name",
    [CSI_SQL_PUT_SNAPSHOT] = "INSERT INTO snapshot(name, change, time, line) VALUES(?, ?, ?, 0)",
    [CSI_SQL_DROP_SNAPSHOT] = "DELETE FROM snapshot WHERE name = ?",
    [CSI_SQL_NEXT_LINE] = "SELECT (SELECT coalesce(max(id), 0) + 1 FROM line) FROM snapshot"
                          " WHERE line = 0 AND change > ? LIMIT 1",
    [CSI_SQL_PUT_LINE] = "INSERT INTO line(id, base) VALUES(?, ?)",
    [CSI_SQL_KEEP_CHANGES] = "INSERT INTO aside_change SELECT ?, * FROM change WHERE number > ?",
    [CSI_SQL_KEEP_OPS] = "INSERT INTO aside_op SELECT ?, * FROM op WHERE change > ?",
    [CSI_SQL_KEEP_PARTS] = "INSERT INTO aside_part SELECT ?, * FROM part WHERE op IN"
                           " (SELECT seq FROM op WHERE change > ?)",
    [CSI_SQL_KEEP_SNAPSHOTS] = "UPDATE snapshot SET line = ? WHERE line = 0 AND change > ?",
    [CSI_SQL_GET_LINES] = "SELECT id, base FROM line ORDER BY id",
    [CSI_SQL_GET_ASIDE_CHANGES] = "SELECT number, title, user, time, before, first, ops, undone,"
                                  " sum FROM aside_change WHERE line = ? ORDER BY number",
    [CSI_SQL_GET_ASIDE_OPS] = "SELECT seq, change, kind, name, tick, noun, id, member, present,"
                              " had, in_base, before, after, sum FROM aside_op WHERE line = ?"
                              " ORDER BY seq",
    [CSI_SQL_REBASE_OP] = "UPDATE op SET in_base = ?, sum = ? WHERE seq = ?",
    [CSI_SQL_GET_PARTS] = "SELECT number, data, sum FROM part WHERE op = ?1 UNION ALL"
                          " SELECT number, data, sum FROM aside_part WHERE op = ?1 ORDER BY 1",
    [CSI_SQL_PUT_PART] = "INSERT INTO part(op, number, data, sum) VALUES(?, ?, ?, ?)",
    [CSI_SQL_FORGET_PARTS] = "DELETE FROM part WHERE op = ?",
    [CSI_SQL_BURY_PRINCIPAL] = "UPDATE principal SET removed = 1 WHERE id = ?",
    [CSI_SQL_DROP_PRINCIPALS] = "DELETE FROM principal WHERE id >= ?",
    [CSI_SQL_GET_MEMBERSHIPS] = "SELECT group_id, member_id FROM membership",
    [CSI_SQL_PUT_MEMBERSHIP] = "INSERT OR IGNORE INTO membership(group_id, member_id)"
                               " VALUES(?, ?)",
    [CSI_SQL_DROP_MEMBERSHIP] = "DELETE FROM membership WHERE group_id = ? AND member_id = ?",
    [CSI_SQL_GET_RIDS] = "SELECT parent, top FROM rid",
    [CSI_SQL_PUT_RID] = "INSERT OR REPLACE INTO rid(parent, top) VALUES(?, ?)",
    [CSI_SQL_DROP_RIDS] = "DELETE FROM rid",
};

struct csi_query *csi_store_prepare(struct csi_store *store, struct csi_query **place,
                                    const char *sql)
{
    if (store->trouble)
        return NULL;
    if (!*place)
        csi_store_trouble(store, store->sql->prepare(store->db, sql, place));
    return store->trouble ? NULL : *place;
}

static const char *text_of(struct csi_store *store, enum csi_statement statement)
{
    if (statement == CSI_SQL_GET_PRINCIPALS)
        return csi_store_get_sql(store, CS_NOUN_PRINCIPAL);
    if (statement == CSI_SQL_PUT_PRINCIPAL)
        return csi_store_put_sql(store, CS_NOUN_PRINCIPAL);
    return texts[statement];
}

struct csi_query *csi_store_query(struct csi_store *store, enum csi_statement statement)
{
    struct csi_query **place = &store->queries[statement];
    if (store->trouble || *place)
        return store->trouble ? NULL : *place;
    return csi_store_prepare(store, place, text_of(store, statement));
}

bool csi_store_step(struct csi_store *store, struct csi_query *query)
{
    bool row = false;
    if (!store->trouble)
        csi_store_trouble(store, store->sql->step(query, &row));
    if (store->trouble && query)
        store->sql->reset(query);
    return row && !store->trouble;
}

void csi_store_do(struct csi_store *store, struct csi_query *query, const struct csi_cell *cells,
                  size_t count)
{
    for (size_t i = 0; !store->trouble && i < count; i++)
        csi_store_trouble(store, store->sql->bind(query, (int)i + 1, &cells[i]));
    while (csi_store_step(store, query))
        continue;
}

void csi_store_run(struct csi_store *store, enum csi_statement statement)
{
    csi_store_do(store, csi_store_query(store, statement), NULL, 0);
}

void csi_store_exec(struct csi_store *store, const char *sql)
{
    if (!store->trouble)
        csi_store_trouble(store, store->sql->run(store->db, sql));
}

struct csi_cell csi_store_cell(struct csi_store *store, struct csi_query *query, int at)
{
    struct csi_cell cell = {.kind = CSI_CELL_NULL};
    if (!store->trouble)
        store->sql->cell(query, at, &cell);
    return cell;
}

int64_t csi_store_number(struct csi_store *store, struct csi_query *query, int at)
{
    struct csi_cell cell = csi_store_cell(store, query, at);
    if (cell.kind != CSI_CELL_NUMBER)
        csi_store_trouble(store, CSI_CORRUPT);
    return cell.number;
}
