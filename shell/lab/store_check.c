/*
 * store_check.c - is a lab file whole?  SQLite's own checks, and then ours: the tables say what
 * memory says, both by the sums of their rows and by reading all of it again.  Room: lab.
 */
#include "store_in.h"

#include "check.h"
#include "snapshot.h"

/* Rows of a pragma that lists what is wrong; `fine` is the row that says nothing is. */
static void ask_sqlite(struct csi_checking *c, const char *what, const char *pragma,
                       const char *fine)
{
    struct csi_store *store = c->lab->store;
    struct csi_query *query = NULL;
    csi_store_prepare(store, &query, pragma);
    while (csi_store_step(store, query)) {
        struct csi_cell first = csi_store_cell(store, query, 0);
        if (first.kind != CSI_CELL_TEXT || !cs_str_is(first.text, fine))
            csi_check_fault(c, "%.*s", CS_STR_ARG(first.text));
    }
    if (store->trouble)
        csi_check_fault(c, "%s", store->words);
    if (query)
        store->sql->drop(query);
    csi_store_calm(store);
    csi_check_done(c, what);
}

/* ------------------------------------------------------- memory and tables */

struct sums {
    struct csi_sums now;
    const struct cs_lab *lab;
    struct cs_arena *arena;
    enum cs_noun noun;
    cs_id group;
};

static bool add_record(void *context, const struct cs_record *record)
{
    struct sums *sums = context;
    sums->now.records += csi_record_hash(sums->noun, record, sums->arena);
    return true;
}

static bool add_member(void *context, cs_id member)
{
    struct sums *sums = context;
    sums->now.directory += csi_store_edge_sum(sums->group, member);
    return true;
}

static bool add_principal(void *context, const struct cs_principal *p)
{
    struct sums *sums = context;
    sums->now.directory +=
        csi_record_hash(CS_NOUN_PRINCIPAL, (const struct cs_record *)p, sums->arena);
    sums->group = p->id;
    cs_member_each(sums->lab, p->id, CS_NOW, add_member, sums);
    return true;
}

static struct csi_sums sums_of(const struct cs_lab *lab, struct cs_arena *arena)
{
    struct sums sums = {.lab = lab, .arena = arena};
    for (int noun = 0; noun < CS_NOUN_COUNT; noun++) {
        sums.noun = (enum cs_noun)noun;
        if (csi_store_is_table(sums.noun))
            cs_record_each(lab, sums.noun, add_record, &sums);
    }
    cs_principal_each(lab, 0, add_principal, &sums);
    return sums.now;
}

static void compare(struct csi_checking *c)
{
    struct csi_store *store = c->lab->store;
    if (c->lab->assume_now || !csi_branch_is_root(c->lab, csi_branch_current(c->lab)))
        return; /* memory holds what the file does not, as it should */
    struct csi_sums now = sums_of(c->lab, store->scratch);
    if (now.records != store->state.sums.records)
        csi_check_fault(c, "the tables hold other records than memory");
    if (now.directory != store->state.sums.directory)
        csi_check_fault(c, "the tables hold other principals or memberships than memory");
    csi_check_done(c, "the tables hold what memory holds");
}

static void read_again(struct csi_checking *c)
{
    struct cs_lab *again = NULL;
    struct cs_error err;
    if (cs_lab_open(c->lab->store->path, &again, &err) != CS_OK) {
        csi_check_fault(c, "%s", err.text);
    } else {
        struct csi_base *base = csi_store_read_base(again->store, again);
        if (!base)
            csi_check_fault(c, "the directory's tables are not what was written");
        csi_base_free(base);
        csi_store_calm(again->store);
    }
    cs_lab_free(again);
    csi_check_done(c, "every row is what was written");
}

/* What is damaged is made again: nobody else may ever touch that part of it, and tell. */
static void check_snapshot(struct csi_checking *c)
{
    struct cs_error err;
    if (!c->lab->base->mapped)
        return;
    if (csi_snapshot_check(c->lab->base, &err) != CS_OK) {
        bool again = csi_store_snap_again(c->lab->store, c->lab->base);
        csi_check_fault(c, "%s; %s", err.text,
                        again ? "it was made again from the lab file" : "remove it");
    }
    csi_check_done(c, "the snapshot of the directory is whole");
}

void csi_store_check(struct csi_checking *c)
{
    csi_store_calm(c->lab->store);
    ask_sqlite(c, "the file's structure is whole", "PRAGMA integrity_check", "ok");
    ask_sqlite(c, "every reference in the file resolves", "PRAGMA foreign_key_check", "");
    compare(c);
    read_again(c);
    check_snapshot(c);
}
