/*
 * store_open.c - a lab file's life: opened, made, looked at again when another shell has written
 * it, closed.
 *
 * What is opened is asked who it is before it is believed: SQLite's magic, our application id,
 * the version of the schema.  A file that is foreign, newer or damaged is refused with what to
 * do; nothing of it is used.  Room: lab.
 */
#define _POSIX_C_SOURCE 200809L
#include "store_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

static csi_sqlite_fn *find_sqlite;

void csi_store_from(csi_sqlite_fn *find)
{
    find_sqlite = find;
}

/* ------------------------------------------------------------------- a store */

static struct csi_store *store_new(const char *path, struct cs_error *err)
{
    const struct csi_sqlite *sql = find_sqlite ? find_sqlite(err) : NULL;
    if (!find_sqlite)
        cs_fail(err, CS_NEEDS, "this program opens no lab files: '%s'", path);
    if (!sql)
        return NULL;
    struct csi_store *store = csi_alloc_must(sizeof *store);
    *store = (struct csi_store){.sql = sql, .scratch = cs_arena_new()};
    csi_alloc_check(store->scratch);
    store->path = csi_alloc_must(strlen(path) + 1);
    strcpy(store->path, path);
    return store;
}

static void drop_queries(struct csi_store *store)
{
    for (int i = 0; i < CSI_SQL_COUNT; i++)
        store->sql->drop(store->queries[i]);
    for (int i = 0; i < CS_NOUN_COUNT; i++) {
        store->sql->drop(store->put[i]);
        store->sql->drop(store->drop[i]);
    }
}

void csi_store_close(struct csi_store *store)
{
    if (!store)
        return;
    if (store->db) {
        drop_queries(store);
        csi_store_go(store);
        store->sql->close(store->db);
        csi_store_gone(store);
    }
    cs_arena_free(store->scratch);
    csi_alloc_free(store->path);
    csi_alloc_free(store);
}

/* A number that a pragma or a SELECT gives; 0 in trouble. */
static int64_t ask(struct csi_store *store, const char *sql)
{
    struct csi_query *query = NULL;
    int64_t number = 0;
    csi_store_prepare(store, &query, sql);
    if (csi_store_step(store, query))
        number = csi_store_number(store, query, 0);
    if (query)
        store->sql->drop(query);
    return number;
}

static void note_version(struct csi_store *store)
{
    struct csi_query *query = csi_store_query(store, CSI_SQL_VERSION);
    if (csi_store_step(store, query)) {
        store->version = csi_store_number(store, query, 0);
        store->sql->reset(query);
    }
}

/* ------------------------------------------------------------------ opening */

static const char settings[] = "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;"
                               "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;"
                               "PRAGMA wal_autocheckpoint = 4000;";

static bool may_write(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) + 1 : 1;
    snprintf(folder, sizeof folder, "%.*s", length, slash ? path : ".");
    return access(path, W_OK) == 0 && access(folder, W_OK) == 0;
}

static bool has_wal(const char *path)
{
    char wal[4096];
    struct stat about;
    snprintf(wal, sizeof wal, "%s-wal", path);
    return stat(wal, &about) == 0 && about.st_size > 0;
}

/* Where nobody may write and nobody has left a log, the file is what it is. */
static enum csi_db_mode mode_of(const char *path)
{
    if (may_write(path))
        return CSI_DB_WRITE;
    return has_wal(path) ? CSI_DB_READ : CSI_DB_IMMUTABLE;
}

static void open_db(struct csi_store *store, enum csi_db_mode mode)
{
    enum csi_trouble trouble;
    store->db = store->sql->open(store->path, mode, &trouble);
    csi_store_trouble(store, trouble);
    if (!store->db)
        return;
    store->sql->patience(store->db, CSI_STORE_PATIENCE);
    csi_store_exec(store, settings);
    store->read_only = mode == CSI_DB_IMMUTABLE || store->sql->read_only(store->db);
}

/* A file that SQLite has begun and nobody has filled: a making that was cut off. */
static bool is_blank(struct csi_store *store)
{
    bool blank = ask(store, "PRAGMA application_id") == 0 &&
                 ask(store, "SELECT count(*) FROM sqlite_schema") == 0;
    return blank && !store->trouble; /* of what cannot be read, nobody knows */
}

static cs_status check_who(struct csi_store *store, struct cs_error *err)
{
    int64_t id = ask(store, "PRAGMA application_id");
    int64_t version = ask(store, "PRAGMA user_version");
    if (!store->trouble && id != CSI_STORE_APPLICATION) {
        cs_fail(err, CS_INVALID, "'%s' is an SQLite database of something else, no lab file",
                store->path);
        return cs_error_hint(err, "a lab file is made by: certsh -l NEWFILE --lab-name NAME");
    }
    if (!store->trouble && version > CSI_STORE_VERSION) {
        cs_fail(err, CS_INVALID,
                "the lab file '%s' has schema version %lld, this certsh knows up to %d",
                store->path, (long long)version, CSI_STORE_VERSION);
        return cs_error_hint(err, "open it with a newer certsh; it was not touched");
    }
    if (!store->trouble && version < CSI_STORE_VERSION)
        return csi_store_migrate(store, version, err);
    return csi_store_fault(store, "read", err);
}

static cs_status read_id(struct csi_store *store, struct cs_error *err)
{
    struct csi_query *query = csi_store_query(store, CSI_SQL_GET_META);
    struct csi_cell key = csi_cell_text(CS_STR("id"));
    if (!store->trouble)
        csi_store_trouble(store, store->sql->bind(query, 1, &key));
    if (csi_store_step(store, query)) {
        struct csi_cell id = csi_store_cell(store, query, 0);
        if (id.kind == CSI_CELL_BYTES && id.text.length == sizeof store->id)
            memcpy(store->id, id.text.at, sizeof store->id);
        else
            csi_store_trouble(store, CSI_CORRUPT);
        store->sql->reset(query);
    }
    return csi_store_fault(store, "read", err);
}

/* One reading of all of it, as of one moment. */
static cs_status load(struct csi_store *store, struct cs_lab *lab, struct cs_error *err)
{
    bool own = !store->sql->in_transaction(store->db);
    lab->store = store;
    if (own)
        csi_store_run(store, CSI_SQL_BEGIN);
    csi_store_load(store, lab);
    cs_status status = csi_store_fault(store, "read", err);
    csi_store_calm(store);
    note_version(store);
    if (own && store->sql->in_transaction(store->db))
        csi_store_run(store, CSI_SQL_ROLLBACK);
    cs_arena_free(store->scratch);
    store->scratch = cs_arena_new();
    csi_alloc_check(store->scratch);
    return status;
}

/*
 * Nothing there, or nothing in it: CS_NOT_FOUND; what cannot be a file: CS_INVALID.  It is not
 * opened to look: closing it would end the locks that another lab of this process has on it.
 */
static cs_status look(const char *path, struct cs_error *err)
{
    struct stat about;
    if (stat(path, &about) != 0 && errno == ENOENT)
        return cs_fail(err, CS_NOT_FOUND, "there is no lab file '%s'", path);
    if (access(path, R_OK) != 0)
        return cs_fail(err, CS_IO, "cannot open the lab file '%s': %s", path, strerror(errno));
    if (S_ISDIR(about.st_mode))
        return cs_fail(err, CS_INVALID, "'%s' is no lab file: Is a directory", path);
    if (!S_ISREG(about.st_mode))
        return cs_fail(err, CS_INVALID, "'%s' is no lab file: it is no file at all", path);
    if (about.st_size == 0)
        return cs_fail(err, CS_NOT_FOUND, "the lab file '%s' is empty", path);
    return CS_OK;
}

/* SQLite says whether it is one of its own. */
static cs_status no_lab_file(const struct csi_store *store, struct cs_error *err)
{
    cs_fail(err, CS_INVALID, "'%s' is no lab file", store->path);
    return cs_error_hint(err, "exports come in with lab import, scripts run by their name");
}

static cs_status open_store(struct csi_store *store, struct cs_lab **lab, struct cs_error *err)
{
    open_db(store, mode_of(store->path));
    if (store->trouble == CSI_FOREIGN)
        return no_lab_file(store, err);
    if (!store->trouble && is_blank(store))
        return cs_fail(err, CS_NOT_FOUND, "the lab file '%s' is empty", store->path);
    cs_status status = csi_store_fault(store, "read", err);
    if (status == CS_OK)
        status = check_who(store, err);
    if (status == CS_OK)
        status = read_id(store, err);
    if (status != CS_OK)
        return status;
    csi_store_stay(store);
    struct cs_lab *fresh = csi_lab_blank();
    status = load(store, fresh, err);
    if (status == CS_OK) {
        *lab = fresh;
        return CS_OK;
    }
    fresh->store = NULL;
    cs_lab_free(fresh);
    return status;
}

cs_status cs_lab_open(const char *path, struct cs_lab **lab, struct cs_error *err)
{
    cs_status status = look(path, err);
    if (status != CS_OK)
        return status;
    struct csi_store *store = store_new(path, err);
    if (!store)
        return err ? err->status : CS_NEEDS;
    status = open_store(store, lab, err);
    if (status != CS_OK)
        csi_store_close(store);
    return status;
}

/* ------------------------------------------------------------------- making */

static void put_meta(struct csi_store *store, const char *key, struct csi_cell value)
{
    struct csi_cell cells[] = {csi_cell_text(cs_str_of(key)), value};
    csi_store_do(store, csi_store_query(store, CSI_SQL_PUT_META), cells, CS_COUNT(cells));
}

/* An id that no other lab file has. */
static void put_id(struct csi_store *store)
{
    int file = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    if (file < 0 || read(file, store->id, sizeof store->id) != (ssize_t)sizeof store->id)
        csi_store_trouble(store, CSI_BROKEN);
    if (file >= 0)
        close(file);
    put_meta(store, "id", csi_cell_bytes(cs_str_span((char *)store->id, sizeof store->id)));
    put_meta(store, "made by", csi_cell_text(cs_str_of(cs_version())));
}

static cs_status fill(struct csi_store *store, struct cs_lab *lab, struct cs_error *err)
{
    /* a change touches four tables, and what it costs is their pages: small ones */
    csi_store_exec(store, "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL");
    csi_store_exec(store, "PRAGMA foreign_keys = OFF");
    csi_store_run(store, CSI_SQL_WRITE);
    if (!store->trouble && !is_blank(store)) {
        csi_store_run(store, CSI_SQL_ROLLBACK);
        return cs_fail(err, CS_EXISTS, "there is something in '%s' already", store->path);
    }
    csi_store_found(store);
    put_id(store);
    store->saved = (struct csi_state){.next = 1};
    store->state = (struct csi_state){.next = 1, .generation = 1};
    store->bulk = true;
    csi_store_put_lab(store, lab);
    return csi_store_end(store, lab, err);
}

cs_status cs_lab_create(struct cs_lab *lab, const char *path, struct cs_error *err)
{
    struct stat about;
    bool there = stat(path, &about) == 0 && about.st_size > 0;
    cs_bug_if(lab->store || cs_lab_in_transaction(lab));
    struct csi_store *store = store_new(path, err);
    if (!store)
        return err ? err->status : CS_NEEDS;
    open_db(store, CSI_DB_CREATE);
    cs_status status = store->trouble ? csi_store_fault(store, "made", err) : fill(store, lab, err);
    if (status == CS_OK) {
        note_version(store);
        csi_store_stay(store);
        lab->store = store;
        return CS_OK;
    }
    csi_store_close(store);
    if (!there && status != CS_EXISTS)
        unlink(path);
    return status;
}

/* --------------------------------------------------------------- looking again */

static bool has_worlds(const struct cs_lab *lab)
{
    for (size_t i = 0; i < lab->branches.count; i++)
        if (lab->branches.at[i]->name.length)
            return true;
    return false;
}

/* What is in `fresh` becomes what is in `lab`: whoever holds the lab holds the new state. */
static void take_over(struct cs_lab *lab, struct cs_lab *fresh)
{
    struct cs_lab old = *lab;
    *lab = *fresh;
    csi_store_own_branches(lab, &fresh->branches.root);
    lab->gates = old.gates;
    lab->assume_now = old.assume_now;
    cs_lab_set_actor(lab, old.actor);
    *fresh = old;
    fresh->store = NULL;
    cs_lab_free(fresh);
    csi_lab_assume_again(lab);
}

cs_status csi_store_reload(struct cs_lab *lab, struct cs_error *err)
{
    struct csi_store *store = lab->store;
    struct csi_state known = store->state;
    struct cs_lab *fresh = csi_lab_blank();
    cs_status status = load(store, fresh, err);
    if (status == CS_OK) {
        take_over(lab, fresh);
        return CS_OK;
    }
    store->state = known;
    fresh->store = NULL;
    cs_lab_free(fresh);
    return status;
}

static uint64_t counter_now(struct csi_store *store)
{
    struct csi_query *query = csi_store_query(store, CSI_SQL_COUNTER);
    uint64_t counter = store->state.counter;
    if (csi_store_step(store, query)) {
        counter = (uint64_t)csi_store_number(store, query, 0);
        store->sql->reset(query);
    }
    return counter;
}

/*
 * Others have written, and there are worlds, which stand on the lab as it was.  In a world that is
 * as it should be; outside of them nobody is shown a lab that is not so any more.
 */
static cs_status stay_behind(const struct cs_lab *lab, struct cs_error *err)
{
    if (!csi_branch_is_root(lab, csi_branch_current(lab)))
        return CS_OK;
    cs_fail(err, CS_STATE,
            "another shell has changed the lab file '%s', and this one has worlds on what it was",
            lab->store->path);
    return cs_error_hint(err, "go on in one (world use NAME), or drop them (world drop; world diff "
                              "shows what one did): the lab is then read again");
}

cs_status cs_lab_refresh(struct cs_lab *lab, struct cs_error *err)
{
    struct csi_store *store = lab->store;
    if (!store || cs_lab_in_transaction(lab))
        return CS_OK;
    csi_store_calm(store);
    int64_t version = store->version;
    if (!store->held)
        note_version(store);
    bool written = !store->trouble && (store->held || store->version != version) &&
                   counter_now(store) != store->state.counter;
    bool behind = written && has_worlds(lab);
    cs_status status = behind    ? stay_behind(lab, err)
                       : written ? csi_store_reload(lab, err)
                                 : csi_store_fault(store, "read", err);
    if (status != CS_OK || behind)
        store->version = version; /* the next one looks again */
    return status;
}

static void give_back(struct csi_store *store)
{
    store->held = false;
    csi_store_calm(store);
    csi_store_run(store, CSI_SQL_ROLLBACK);
}

/* Will what is done now go into the file, and is the right to write still to be had? */
static bool may_hold(const struct cs_lab *lab)
{
    const struct csi_store *store = lab->store;
    return store && !store->read_only && !store->held && !cs_lab_in_what_if(lab) &&
           csi_branch_is_root(lab, csi_branch_current(lab));
}

/* A transaction goes on with what it has seen: that has to be what the file says. */
static cs_status look_inside(struct cs_lab *lab, struct cs_error *err)
{
    struct csi_store *store = lab->store;
    bool stale = counter_now(store) != store->state.counter;
    cs_status status = csi_store_fault(store, "read", err);
    return status == CS_OK && stale ? csi_store_changed(store, err) : status;
}

cs_status cs_lab_hold(struct cs_lab *lab, struct cs_error *err)
{
    struct csi_store *store = lab->store;
    bool inside = cs_lab_in_transaction(lab);
    if (!may_hold(lab))
        return cs_lab_refresh(lab, err);
    csi_store_calm(store);
    csi_store_run(store, CSI_SQL_WRITE);
    cs_status status = csi_store_fault(store, "written", err);
    if (status != CS_OK)
        return status;
    store->held = true;
    status = inside ? look_inside(lab, err) : cs_lab_refresh(lab, err);
    if (status != CS_OK)
        give_back(store);
    return status;
}

void cs_lab_release(struct cs_lab *lab)
{
    if (lab->store && lab->store->held && !cs_lab_in_transaction(lab))
        give_back(lab->store);
}

const char *cs_lab_path(const struct cs_lab *lab)
{
    return lab->store ? lab->store->path : NULL;
}

bool cs_lab_is_read_only(const struct cs_lab *lab)
{
    return lab->store && lab->store->read_only;
}
