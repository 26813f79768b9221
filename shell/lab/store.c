/*
 * store.c - the way to SQLite (see store.h): the one file that knows sqlite3.h, and a module of
 * its own.
 *
 * A lab file may come from a stranger: its schema is not trusted, its cells are checked, and
 * nothing in it can reach outside.  Room: lab.
 */
#include "store.h"

#include <errno.h>
#include <sqlite3.h>

CS_API extern const struct csi_sqlite csi_sqlite;

/* ------------------------------------------------------------------ trouble */

static enum csi_trouble trouble_of(int code)
{
    static const struct {
        int code;
        enum csi_trouble trouble;
    } map[] = {
        {SQLITE_OK, CSI_FINE},
        {SQLITE_ROW, CSI_FINE},
        {SQLITE_DONE, CSI_FINE},
        {SQLITE_BUSY, CSI_BUSY},
        {SQLITE_LOCKED, CSI_BUSY},
        {SQLITE_PROTOCOL, CSI_BUSY},
        {SQLITE_FULL, CSI_FULL},
        {SQLITE_READONLY, CSI_READ_ONLY},
        {SQLITE_PERM, CSI_READ_ONLY},
        {SQLITE_CORRUPT, CSI_CORRUPT},
        {SQLITE_CONSTRAINT, CSI_CORRUPT},
        {SQLITE_MISMATCH, CSI_CORRUPT},
        {SQLITE_NOTADB, CSI_FOREIGN},
        {SQLITE_CANTOPEN, CSI_ABSENT},
        {SQLITE_NOMEM, CSI_NO_MEMORY},
        {SQLITE_ERROR, CSI_WRONG},
        {SQLITE_SCHEMA, CSI_WRONG},
        {SQLITE_AUTH, CSI_WRONG},
    };
    for (size_t i = 0; i < sizeof map / sizeof *map; i++)
        if (map[i].code == (code & 0xff))
            return map[i].trouble;
    return CSI_BROKEN;
}

static sqlite3 *db_of(struct csi_db *db)
{
    return (sqlite3 *)db;
}

static int last_errno(sqlite3_file *file)
{
    int number = 0;
    if (file && file->pMethods)
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number);
    return number;
}

/* A quota and a limit on the size of files are a full disk to whoever wants to write; SQLite
 * knows ENOSPC only. */
static enum csi_trouble trouble_in(sqlite3 *db, int code)
{
    static const int pointers[] = {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER};
    for (size_t i = 0; (code & 0xff) == SQLITE_IOERR && i < sizeof pointers / sizeof *pointers;
         i++) {
        sqlite3_file *file = NULL;
        sqlite3_file_control(db, "main", pointers[i], &file);
        int why = last_errno(file);
        if (why == EFBIG || why == EDQUOT)
            return CSI_FULL;
    }
    return trouble_of(code);
}

static sqlite3_stmt *statement_of(struct csi_query *query)
{
    return (sqlite3_stmt *)query;
}

/* ------------------------------------------------------------ life of a file */

static void distrust(sqlite3 *db)
{
    sqlite3_extended_result_codes(db, 1);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
}

/* A path as the URI that promises nobody writes it. */
static char *immutable_uri(const char *path)
{
    sqlite3_str *uri = sqlite3_str_new(NULL);
    sqlite3_str_appendall(uri, "file:");
    for (const char *c = path; *c; c++)
        sqlite3_str_appendf(uri, *c == '%' || *c == '?' || *c == '#' ? "%%%02x" : "%c", *c);
    sqlite3_str_appendall(uri, "?immutable=1");
    return sqlite3_str_finish(uri);
}

static struct csi_db *open_db(const char *path, enum csi_db_mode mode, enum csi_trouble *trouble)
{
    static const int flags[] = {
        [CSI_DB_WRITE] = SQLITE_OPEN_READWRITE,
        [CSI_DB_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
        [CSI_DB_READ] = SQLITE_OPEN_READONLY,
        [CSI_DB_IMMUTABLE] = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
    };
    /* Nobody asks how much memory there is; refused in a host that has begun already. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    char *uri = mode == CSI_DB_IMMUTABLE ? immutable_uri(path) : NULL;
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(uri ? uri : path, &db, flags[mode] | SQLITE_OPEN_NOMUTEX, NULL);
    sqlite3_free(uri);
    *trouble = trouble_of(code);
    if (code != SQLITE_OK) {
        sqlite3_close(db);
        return NULL;
    }
    distrust(db);
    return (struct csi_db *)db;
}

static void close_db(struct csi_db *db)
{
    sqlite3_close_v2(db_of(db));
}

static bool read_only(struct csi_db *db)
{
    return sqlite3_db_readonly(db_of(db), "main") == 1;
}

static bool in_transaction(struct csi_db *db)
{
    return !sqlite3_get_autocommit(db_of(db));
}

static const char *words(struct csi_db *db)
{
    return sqlite3_errmsg(db_of(db));
}

static void patience(struct csi_db *db, int milliseconds)
{
    sqlite3_busy_timeout(db_of(db), milliseconds);
}

/* --------------------------------------------------------------- statements */

static enum csi_trouble run(struct csi_db *db, const char *sql)
{
    return trouble_in(db_of(db), sqlite3_exec(db_of(db), sql, NULL, NULL, NULL));
}

static enum csi_trouble prepare(struct csi_db *db, const char *sql, struct csi_query **query)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v3(db_of(db), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    *query = (struct csi_query *)statement;
    return trouble_of(code);
}

static void drop(struct csi_query *query)
{
    sqlite3_finalize(statement_of(query));
}

static enum csi_trouble bind(struct csi_query *query, int at, const struct csi_cell *cell)
{
    sqlite3_stmt *statement = statement_of(query);
    const char *bytes = cell->text.at ? cell->text.at : "";
    switch (cell->kind) {
    case CSI_CELL_NUMBER:
        return trouble_of(sqlite3_bind_int64(statement, at, cell->number));
    case CSI_CELL_TEXT:
        return trouble_of(sqlite3_bind_text64(statement, at, bytes, cell->text.length,
                                              SQLITE_STATIC, SQLITE_UTF8));
    case CSI_CELL_BYTES:
        return trouble_of(
            sqlite3_bind_blob64(statement, at, bytes, cell->text.length, SQLITE_STATIC));
    case CSI_CELL_NULL:
        break;
    }
    return trouble_of(sqlite3_bind_null(statement, at));
}

static enum csi_trouble step(struct csi_query *query, bool *row)
{
    int code = sqlite3_step(statement_of(query));
    *row = code == SQLITE_ROW;
    enum csi_trouble trouble = trouble_in(sqlite3_db_handle(statement_of(query)), code);
    if (!*row)
        sqlite3_reset(statement_of(query));
    return trouble;
}

static void reset(struct csi_query *query)
{
    sqlite3_reset(statement_of(query));
}

static void cell_at(struct csi_query *query, int at, struct csi_cell *cell)
{
    sqlite3_stmt *statement = statement_of(query);
    *cell = (struct csi_cell){.kind = CSI_CELL_NULL};
    switch (sqlite3_column_type(statement, at)) {
    case SQLITE_INTEGER:
        cell->kind = CSI_CELL_NUMBER;
        cell->number = sqlite3_column_int64(statement, at);
        return;
    case SQLITE_TEXT:
        cell->kind = CSI_CELL_TEXT;
        cell->text.at = (const char *)sqlite3_column_text(statement, at);
        break;
    case SQLITE_BLOB:
        cell->kind = CSI_CELL_BYTES;
        cell->text.at = sqlite3_column_blob(statement, at);
        break;
    default:
        return;
    }
    cell->text.length = (size_t)sqlite3_column_bytes(statement, at);
}

const struct csi_sqlite csi_sqlite = {
    .open = open_db,
    .close = close_db,
    .read_only = read_only,
    .in_transaction = in_transaction,
    .words = words,
    .patience = patience,
    .run = run,
    .prepare = prepare,
    .drop = drop,
    .bind = bind,
    .step = step,
    .reset = reset,
    .cell = cell_at,
};
