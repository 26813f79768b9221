/*
 * store_migrate.c - lab files of older certsh: brought to the present schema, step by step, after
 * a copy of them was laid beside (FILE.vN).  Room: lab.
 */
#include "store_in.h"

#include <stdio.h>

static void back_up(struct csi_store *store, int64_t version)
{
    struct csi_query *query = NULL;
    struct csi_cell name =
        csi_cell_text(cs_str_printf(store->scratch, "%s.v%lld", store->path, (long long)version));
    csi_store_prepare(store, &query, "VACUUM INTO ?");
    csi_store_do(store, query, &name, 1);
    if (query)
        store->sql->drop(query);
}

static void step(struct csi_store *store, int64_t version)
{
    char sql[60];
    csi_store_run(store, CSI_SQL_WRITE);
    csi_store_exec(store, csi_store_steps[version]);
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", (int)version + 1);
    csi_store_exec(store, sql);
    csi_store_run(store, CSI_SQL_COMMIT);
}

cs_status csi_store_migrate(struct csi_store *store, int64_t version, struct cs_error *err)
{
    if (version < 0 || !csi_store_steps[version]) {
        cs_fail(err, CS_INVALID, "the lab file '%s' is damaged: it has schema version %lld",
                store->path, (long long)version);
        return cs_error_hint(err, "take it from a backup");
    }
    if (store->read_only)
        csi_store_trouble(store, CSI_READ_ONLY);
    back_up(store, version);
    for (; !store->trouble && version < CSI_STORE_VERSION; version++)
        step(store, version);
    return csi_store_fault(store, "brought to the present version", err);
}
