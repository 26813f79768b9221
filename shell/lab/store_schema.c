/*
 * store_schema.c - the tables and views of a lab file.
 *
 * The tables of nouns follow from their columns (noun.c); what is particular is written out.
 * The views are for people with the sqlite3 program: names instead of numbers, descriptors as
 * SDDL, times as times.  Room: lab.
 */
#include "store_in.h"

#include <string.h>

/* -------------------------------------------------------------------- fixed */

static const char fixed_tables[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE state("
    " one INTEGER PRIMARY KEY CHECK(one = 1),"
    " counter INTEGER NOT NULL, generation INTEGER NOT NULL,"
    " tick INTEGER NOT NULL, epoch INTEGER NOT NULL, births INTEGER NOT NULL,"
    " active INTEGER NOT NULL, next_op INTEGER NOT NULL, ends TEXT NOT NULL,"
    " records INTEGER NOT NULL, directory INTEGER NOT NULL, history INTEGER NOT NULL,"
    " sum INTEGER NOT NULL) STRICT;"
    "CREATE TABLE origin(id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
    "CREATE TABLE rid(parent TEXT PRIMARY KEY, top INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE change("
    " number INTEGER PRIMARY KEY, title TEXT NOT NULL, user TEXT NOT NULL, time INTEGER NOT NULL,"
    " before INTEGER NOT NULL, first INTEGER NOT NULL, ops INTEGER NOT NULL,"
    " undone INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT;"
    "CREATE TABLE snapshot("
    " name TEXT PRIMARY KEY, change INTEGER NOT NULL, time INTEGER NOT NULL,"
    " line INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;"
    "CREATE TABLE op("
    " seq INTEGER PRIMARY KEY, change INTEGER NOT NULL REFERENCES change(number)"
    "  DEFERRABLE INITIALLY DEFERRED,"
    " kind INTEGER NOT NULL, name TEXT NOT NULL, tick INTEGER NOT NULL, noun TEXT NOT NULL,"
    " id INTEGER NOT NULL, member INTEGER NOT NULL, present INTEGER NOT NULL,"
    " had INTEGER NOT NULL, in_base INTEGER NOT NULL, before BLOB, after BLOB, what TEXT NOT NULL,"
    " sum INTEGER NOT NULL) STRICT;"
    "CREATE TABLE part("
    " op INTEGER NOT NULL REFERENCES op(seq) DEFERRABLE INITIALLY DEFERRED,"
    " number INTEGER NOT NULL, data BLOB NOT NULL, sum INTEGER NOT NULL,"
    " PRIMARY KEY(op, number)) STRICT;";

/* Lines of the history that were left and that snapshots stand on; since version 2. */
#define ASIDE_TABLES                                                                               \
    "CREATE TABLE line(id INTEGER PRIMARY KEY, base INTEGER NOT NULL) STRICT;"                     \
    "CREATE TABLE aside_change("                                                                   \
    " line INTEGER NOT NULL REFERENCES line(id) DEFERRABLE INITIALLY DEFERRED,"                    \
    " number INTEGER NOT NULL, title TEXT NOT NULL, user TEXT NOT NULL, time INTEGER NOT NULL,"    \
    " before INTEGER NOT NULL, first INTEGER NOT NULL, ops INTEGER NOT NULL,"                      \
    " undone INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY(line, number)) STRICT;"           \
    "CREATE TABLE aside_op("                                                                       \
    " line INTEGER NOT NULL REFERENCES line(id) DEFERRABLE INITIALLY DEFERRED,"                    \
    " seq INTEGER PRIMARY KEY, change INTEGER NOT NULL,"                                           \
    " kind INTEGER NOT NULL, name TEXT NOT NULL, tick INTEGER NOT NULL, noun TEXT NOT NULL,"       \
    " id INTEGER NOT NULL, member INTEGER NOT NULL, present INTEGER NOT NULL,"                     \
    " had INTEGER NOT NULL, in_base INTEGER NOT NULL, before BLOB, after BLOB,"                    \
    " what TEXT NOT NULL, sum INTEGER NOT NULL) STRICT;"                                           \
    "CREATE TABLE aside_part("                                                                     \
    " line INTEGER NOT NULL, op INTEGER NOT NULL, number INTEGER NOT NULL, data BLOB NOT NULL,"    \
    " sum INTEGER NOT NULL, PRIMARY KEY(op, number)) STRICT;"

const char *const csi_store_steps[CSI_STORE_VERSION] = {
    [1] = "ALTER TABLE snapshot ADD COLUMN line INTEGER NOT NULL DEFAULT 0;" ASIDE_TABLES,
};

static const char membership_table[] =
    "CREATE TABLE membership("
    " group_id INTEGER NOT NULL REFERENCES principal(id) DEFERRABLE INITIALLY DEFERRED,"
    " member_id INTEGER NOT NULL REFERENCES principal(id) DEFERRABLE INITIALLY DEFERRED,"
    " PRIMARY KEY(group_id, member_id)) STRICT, WITHOUT ROWID;";

static const char views[] =
    "CREATE VIEW memberships AS"
    " SELECT g.name AS group_name, m.name AS member_name, g.authority AS group_authority,"
    "  m.kind AS member_kind, g.sid AS group_sid, m.sid AS member_sid"
    " FROM membership x JOIN principals g ON g.id = x.group_id"
    "  JOIN principals m ON m.id = x.member_id;"
    "CREATE VIEW descriptors AS"
    " SELECT h.name AS host, r.key AS place, r.name AS name, r.sddl AS sddl"
    "  FROM registry r LEFT JOIN host h ON h.id = r.host WHERE r.sddl IS NOT NULL"
    " UNION ALL SELECT h.name, 'ca', c.name, c.sddl"
    "  FROM ca c LEFT JOIN host h ON h.id = c.host WHERE c.sddl IS NOT NULL"
    " UNION ALL SELECT NULL, 'template', t.name, t.sddl"
    "  FROM template t WHERE t.sddl IS NOT NULL;"
    "CREATE VIEW events AS"
    " SELECT datetime(e.time, 'unixepoch') AS time, h.name AS host, e.log AS log,"
    "  e.source AS source, e.event_id AS event_id, e.type AS type, e.user AS user, e.text AS text"
    " FROM event e LEFT JOIN host h ON h.id = e.host;"
    "CREATE VIEW history AS"
    " SELECT number, datetime(time, 'unixepoch') AS time, user, title AS command, ops,"
    "  undone FROM change;"
    "CREATE VIEW steps AS"
    " SELECT o.change AS number, c.title AS command, o.name AS step, o.what AS what"
    " FROM op o JOIN change c ON c.number = o.change;";

/* ----------------------------------------------------------------- of nouns */

bool csi_store_is_table(enum cs_noun noun)
{
    return noun != CS_NOUN_NONE && noun != CS_NOUN_PRINCIPAL;
}

bool csi_store_has_sddl(enum cs_noun noun)
{
    const struct csi_noun *of = csi_noun_of(noun);
    for (size_t i = 0; i < of->column_count; i++)
        if (of->columns[i].type == CSI_COLUMN_BYTES)
            return true;
    return false;
}

static const char *sql_type(const struct csi_column *column)
{
    switch (column->type) {
    case CSI_COLUMN_TEXT:
    case CSI_COLUMN_TEXTS:
        return "TEXT NOT NULL";
    case CSI_COLUMN_SID:
        return "TEXT";
    case CSI_COLUMN_BYTES:
        return "BLOB NOT NULL";
    case CSI_COLUMN_ID:
        return "INTEGER";
    case CSI_COLUMN_NUMBER:
    case CSI_COLUMN_TICK:
    case CSI_COLUMN_TIME:
    case CSI_COLUMN_BOOL:
        break;
    }
    return "INTEGER NOT NULL";
}

static void add_column(struct cs_buf *sql, const struct csi_column *column, size_t i)
{
    static const char *const heads[CSI_HEAD] = {"id INTEGER PRIMARY KEY", "birth INTEGER NOT NULL",
                                                "origin INTEGER NOT NULL REFERENCES origin(id)",
                                                "line INTEGER NOT NULL"};
    if (i < CSI_HEAD) {
        cs_buf_addf(sql, "%s%s", i ? ", " : "", heads[i]);
        return;
    }
    cs_buf_addf(sql, ", \"%s\" %s", column->name, sql_type(column));
    if (column->refers)
        cs_buf_addf(sql, " REFERENCES \"%s\"(id) DEFERRABLE INITIALLY DEFERRED",
                    cs_noun_name(column->refers));
}

static void add_table(struct cs_buf *sql, enum cs_noun noun)
{
    const struct csi_noun *of = csi_noun_of(noun);
    cs_buf_addf(sql, "CREATE TABLE \"%s\"(", of->name);
    for (size_t i = 0; i < csi_cell_count(of); i++)
        add_column(sql, csi_cell_column(of, i), i);
    if (csi_store_has_sddl(noun))
        cs_buf_adds(sql, ", sddl TEXT");
    if (noun == CS_NOUN_PRINCIPAL)
        cs_buf_adds(sql, ", removed INTEGER NOT NULL");
    cs_buf_adds(sql, ") STRICT;");
}

/* " CASE p.kind WHEN 1 THEN 'user' ... END" */
static void add_words(struct cs_buf *sql, const char *column, int count,
                      const char *(*word)(int number))
{
    cs_buf_addf(sql, " CASE %s", column);
    for (int i = 1; i < count; i++)
        cs_buf_addf(sql, " WHEN %d THEN '%s'", i, word(i));
    cs_buf_adds(sql, " END");
}

static const char *kind_word(int kind)
{
    return cs_principal_kind_name((enum cs_principal_kind)kind);
}

static const char *scope_word(int scope)
{
    return cs_scope_name((enum cs_scope)scope);
}

static void add_principals(struct cs_buf *sql)
{
    cs_buf_adds(sql, "CREATE VIEW principals AS SELECT p.id AS id,"
                     " CASE WHEN p.sid LIKE 'S-1-5-32-%' THEN 'BUILTIN\\' || p.name"
                     " WHEN d.id IS NOT NULL THEN d.netbios || '\\' || p.name"
                     " WHEN h.id IS NOT NULL THEN h.name || '\\' || p.name"
                     " ELSE p.name END AS name,"
                     " coalesce(d.netbios, h.name) AS authority, p.sid AS sid,");
    add_words(sql, "p.kind", CS_FOREIGN + 1, kind_word);
    cs_buf_adds(sql, " AS kind,");
    add_words(sql, "p.scope", CS_SCOPE_MACHINE_LOCAL + 1, scope_word);
    cs_buf_adds(sql, " AS scope, p.upn AS upn, p.dns AS dns, p.mail AS mail,"
                     " (p.uac & 2) = 0 AS enabled"
                     " FROM principal p LEFT JOIN domain d ON d.id = p.domain"
                     " LEFT JOIN host h ON h.id = p.host WHERE NOT p.removed;");
}

void csi_store_found(struct csi_store *store)
{
    struct cs_buf sql;
    cs_buf_init(&sql, 1 << 20);
    cs_buf_adds(&sql, fixed_tables);
    cs_buf_adds(&sql, ASIDE_TABLES);
    for (int noun = CS_NOUN_NONE + 1; noun < CS_NOUN_COUNT; noun++)
        add_table(&sql, (enum cs_noun)noun);
    cs_buf_adds(&sql, membership_table);
    add_principals(&sql);
    cs_buf_adds(&sql, views);
    cs_buf_addf(&sql, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                CSI_STORE_APPLICATION, CSI_STORE_VERSION);
    if (cs_buf_full(&sql))
        csi_store_trouble(store, CSI_NO_MEMORY);
    csi_store_exec(store, sql.at);
    cs_buf_clear(&sql);
}

/* --------------------------------------------------------------- statements */

static void add_names(struct cs_buf *sql, const struct csi_noun *of)
{
    for (size_t i = 0; i < csi_cell_count(of); i++)
        cs_buf_addf(sql, "%s\"%s\"", i ? ", " : "", csi_cell_column(of, i)->name);
}

static const char *finished(struct csi_store *store, struct cs_buf *sql)
{
    const char *text = cs_str_c(store->scratch, cs_buf_str(sql));
    if (cs_buf_full(sql))
        csi_store_trouble(store, CSI_NO_MEMORY);
    cs_buf_clear(sql);
    return text;
}

/* Columns beyond those of the record. */
static size_t extra_columns(enum cs_noun noun, const char *extra[2])
{
    size_t count = 0;
    if (csi_store_has_sddl(noun))
        extra[count++] = "sddl";
    if (noun == CS_NOUN_PRINCIPAL)
        extra[count++] = "removed";
    return count;
}

/* No REPLACE: that would remove a row which others refer to. */
const char *csi_store_put_sql(struct csi_store *store, enum cs_noun noun)
{
    const struct csi_noun *of = csi_noun_of(noun);
    const char *extra[2];
    size_t extras = extra_columns(noun, extra), count = csi_cell_count(of) + extras;
    struct cs_buf sql;
    cs_buf_init(&sql, 1 << 16);
    cs_buf_addf(&sql, "INSERT INTO \"%s\"(", of->name);
    add_names(&sql, of);
    for (size_t i = 0; i < extras; i++)
        cs_buf_addf(&sql, ", %s", extra[i]);
    cs_buf_adds(&sql, ") VALUES(?");
    for (size_t i = 1; i < count; i++)
        cs_buf_adds(&sql, ", ?");
    cs_buf_adds(&sql, ") ON CONFLICT(id) DO UPDATE SET birth = excluded.birth");
    for (size_t i = 2; i < count; i++) {
        size_t own = csi_cell_count(of);
        const char *name = i < own ? csi_cell_column(of, i)->name : extra[i - own];
        cs_buf_addf(&sql, ", \"%s\" = excluded.\"%s\"", name, name);
    }
    return finished(store, &sql);
}

const char *csi_store_get_sql(struct csi_store *store, enum cs_noun noun)
{
    const struct csi_noun *of = csi_noun_of(noun);
    struct cs_buf sql;
    cs_buf_init(&sql, 1 << 16);
    cs_buf_adds(&sql, "SELECT ");
    add_names(&sql, of);
    cs_buf_addf(&sql, " FROM \"%s\"%s ORDER BY id", of->name,
                noun == CS_NOUN_PRINCIPAL ? " WHERE NOT removed" : "");
    return finished(store, &sql);
}
