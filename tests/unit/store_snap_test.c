/*
 * store_snap_test.c - the snapshot beside a lab file (FILE.snap), damaged wherever it may be: it is
 * told once, and made again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../property/telling.h"
#include "lab/bulk.h"
#include "store_case.h"

Suite *store_snap_suite(void);

enum { CROWD = 5200, PLACES = 60 };

static struct cs_error err;
static char snap[128];

static void set_up(void)
{
    set_up_store();
    snprintf(snap, sizeof snap, "%s.snap", store_path);
}

/* So many that the file has a snapshot; every other one is a member of a group. */
static void import_crowd(struct house *h)
{
    struct cs_sid sid = cs_domain_get(h->lab, h->corp)->sid;
    cs_lab_begin(h->lab, CS_STR("an import"));
    struct csi_bulk *bulk = csi_bulk_begin(h->lab);
    for (uint32_t i = 0; i < CROWD; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%u", i);
        struct cs_principal p = {.kind = CS_USER,
                                 .domain = h->corp,
                                 .sid = cs_sid_child(&sid, 20000 + i),
                                 .primary = i % 3 ? 513 : 515,
                                 .name = cs_str_of(name)};
        cs_id id = csi_bulk_principal(bulk, &p, NULL);
        if (i % 2)
            csi_bulk_member(bulk, h->admins, id);
    }
    csi_bulk_end(bulk);
    must_ok(cs_lab_commit(h->lab, &err));
}

static void spoil(long at)
{
    FILE *file = fopen(snap, "r+b");
    ck_assert_ptr_nonnull(file);
    fseek(file, at, SEEK_SET);
    int byte = fgetc(file);
    fseek(file, at, SEEK_SET);
    fputc(byte ^ 0x55, file);
    fclose(file);
}

static void note(void *context, const char *what, bool holds, const char *why)
{
    char *told = context;
    (void)what;
    if (!holds)
        snprintf(told, 200, "%s", why);
}

/* What `lab check` finds wrong; empty: nothing. */
static const char *check(struct cs_lab *lab)
{
    static char told[200];
    told[0] = '\0';
    cs_status status = cs_lab_check(lab, note, told, &err);
    ck_assert_int_eq(status == CS_OK, !told[0]);
    return told;
}

START_TEST(what_is_damaged_is_told_once)
{
    struct house h = house_make(CS_WINDOWS_2003_SP1, false);
    must_ok(cs_lab_create(h.lab, store_path, &err));
    import_crowd(&h);
    char *before = telling_of(h.lab);
    house_free(&h);
    int told = 0;
    struct stat about;
    for (int i = 0; i < PLACES; i++) {
        struct cs_lab *lab;
        ck_assert_int_eq(stat(snap, &about), 0);
        spoil((long)(about.st_size / PLACES * i + i * 37 % 4096));
        must_ok(cs_lab_open(store_path, &lab, &err));
        const char *fault = check(lab);
        ck_assert_msg(!fault[0] || strstr(fault, "was made again"), "%s", fault);
        told += fault[0] != '\0';
        ck_assert_str_eq(check(lab), "");
        cs_lab_free(lab);
        must_ok(cs_lab_open(store_path, &lab, &err));
        ck_assert_str_eq(check(lab), "");
        cs_lab_free(lab);
    }
    ck_assert_int_gt(told, 0);
    struct cs_lab *lab;
    must_ok(cs_lab_open(store_path, &lab, &err));
    char *after = telling_of(lab);
    ck_assert_str_eq(before, after);
    cs_lab_free(lab);
    free(before);
    free(after);
}
END_TEST

Suite *store_snap_suite(void)
{
    Suite *suite = suite_create("store_snap");
    TCase *snaps = tcase_create("snaps");
    tcase_set_timeout(snaps, 120);
    tcase_add_checked_fixture(snaps, set_up, tear_down_store);
    tcase_add_test(snaps, what_is_damaged_is_told_once);
    suite_add_tcase(suite, snaps);
    return suite;
}
