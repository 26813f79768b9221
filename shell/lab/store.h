/*
 * store.h - the door to SQLite, as narrow as a lab file needs it.
 *
 * SQLite lives in a module of its own (store.c), which a shell opens with its first lab file;
 * without one it costs nothing.  Through the door go texts of SQL and cells; what they mean is
 * known on this side of it (store_schema.c and its neighbours).
 *
 * Every call says what went wrong as a csi_trouble, so that nobody reads messages to decide.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_STORE_H
#define CERTSH_LAB_STORE_H

#include "cell.h"

struct csi_db;    /* an open database */
struct csi_query; /* a prepared statement */

enum csi_trouble {
    CSI_FINE,
    CSI_BUSY,      /* another process writes */
    CSI_FULL,      /* no room on the disk */
    CSI_READ_ONLY, /* the file or its folder cannot be written */
    CSI_CORRUPT,   /* what is there is not what was written */
    CSI_FOREIGN,   /* no database */
    CSI_ABSENT,    /* the file cannot be opened */
    CSI_NO_MEMORY,
    CSI_BROKEN, /* input or output failed */
    CSI_WRONG   /* the SQL does not fit the file: a damaged schema */
};

enum csi_db_mode { CSI_DB_WRITE, CSI_DB_CREATE, CSI_DB_READ, CSI_DB_IMMUTABLE };

struct csi_sqlite {
    /* NULL where it does not open; `trouble` says why. */
    struct csi_db *(*open)(const char *path, enum csi_db_mode mode, enum csi_trouble *trouble);
    void (*close)(struct csi_db *db);
    bool (*read_only)(struct csi_db *db);
    bool (*in_transaction)(struct csi_db *db);
    /* The words of the last trouble; borrowed until the next call. */
    const char *(*words)(struct csi_db *db);
    /* How long to wait for another writer. */
    void (*patience)(struct csi_db *db, int milliseconds);
    enum csi_trouble (*run)(struct csi_db *db, const char *sql);
    enum csi_trouble (*prepare)(struct csi_db *db, const char *sql, struct csi_query **query);
    void (*drop)(struct csi_query *query);
    /* Cells are borrowed until the next reset; `at` counts from 1. */
    enum csi_trouble (*bind)(struct csi_query *query, int at, const struct csi_cell *cell);
    /* `*row`: is there one?  After the last one the query is ready to be bound again. */
    enum csi_trouble (*step)(struct csi_query *query, bool *row);
    void (*reset)(struct csi_query *query);
    /* The cell at `at` from 0 of the row; borrowed until the next step. */
    void (*cell)(struct csi_query *query, int at, struct csi_cell *cell);
};

/* Where SQLite comes from; the front says so once, and it is asked with the first lab file. */
typedef const struct csi_sqlite *csi_sqlite_fn(struct cs_error *err);
CS_API void csi_store_from(csi_sqlite_fn *find);

#endif
