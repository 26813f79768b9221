/* store_case.c - see store_case.h. */
#include "store_case.h"

#include <stdio.h>
#include <stdlib.h>

#include "lab/bulk.h"

char store_folder[64], store_path[96];
static struct cs_error err;

static const struct csi_sqlite *sqlite_here(struct cs_error *ignored)
{
    (void)ignored;
    return &csi_sqlite;
}

void set_up_store(void)
{
    csi_store_from(sqlite_here);
    snprintf(store_folder, sizeof store_folder, "/tmp/certsh-file-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(store_folder));
    snprintf(store_path, sizeof store_path, "%s/x.lab", store_folder);
}

void store_run(const char *command)
{
    ck_assert_int_eq(system(command), 0);
}

void tear_down_store(void)
{
    char command[200];
    snprintf(command, sizeof command, "chmod -R u+w %s; rm -rf %s", store_folder, store_folder);
    store_run(command);
}

void store_change(struct house *h, cs_id who)
{
    cs_lab_begin(h->lab, CS_STR("a change"));
    cs_id group = h->admins;
    cs_status status = cs_member_has(h->lab, group, who, CS_NOW)
                           ? cs_member_remove(h->lab, group, who, &err)
                           : cs_member_add(h->lab, group, who, &err);
    must_ok(cs_lab_end(h->lab, status, &err));
}

static void import_one(struct house *h, uint32_t rid)
{
    struct cs_sid sid = cs_domain_get(h->lab, h->corp)->sid;
    struct cs_principal p = {.kind = CS_USER,
                             .domain = h->corp,
                             .sid = cs_sid_child(&sid, rid),
                             .primary = 513,
                             .name = CS_STR("newcomer")};
    cs_lab_begin(h->lab, CS_STR("an import"));
    struct csi_bulk *bulk = csi_bulk_begin(h->lab);
    csi_bulk_member(bulk, h->admins, csi_bulk_principal(bulk, &p, NULL));
    csi_bulk_end(bulk);
    must_ok(cs_lab_commit(h->lab, &err));
}

struct house store_house(void)
{
    struct house h = house_make(CS_WINDOWS_2003_SP1, false);
    must_ok(cs_lab_create(h.lab, store_path, &err));
    store_change(&h, h.alice);
    import_one(&h, 4711);
    store_change(&h, h.bob);
    must_ok(cs_principal_remove(h.lab, h.bob, &err));
    must_ok(cs_lab_undo(h.lab, 1, NULL, &err));
    return h;
}

void store_put(const char *name, const char *bytes, size_t size)
{
    FILE *file = fopen(name, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

void store_sql(const char *text)
{
    enum csi_trouble trouble;
    struct csi_db *db = csi_sqlite.open(store_path, CSI_DB_WRITE, &trouble);
    ck_assert_int_eq(csi_sqlite.run(db, text), CSI_FINE);
    csi_sqlite.close(db);
}
