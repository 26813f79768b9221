/*
 * store_damage_test.c - a lab file with flipped bits or cut short, and memory that runs out: it is
 * refused or right, and nothing is half done.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../property/telling.h"
#include "base/alloc.h"
#include "store_case.h"

Suite *store_damage_suite(void);

static struct cs_error err;

static char *get_file(const char *name, size_t *size)
{
    FILE *file = fopen(name, "rb");
    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    ck_assert_uint_eq(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

/* ------------------------------------------------------------------ damaged */

static uint32_t roll(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* In a process of its own, for a crash is what must not happen: 0 refused, 7 right. */
static int try_open(const struct cs_lab *whole)
{
    pid_t child = fork();
    if (child == 0) {
        struct cs_lab *lab;
        alarm(30);
        if (cs_lab_open(store_path, &lab, &err) != CS_OK)
            _exit(err.status == CS_INTERNAL || !err.hint[0] ? 9 : 0);
        char *one = telling_of(whole), *other = telling_of(lab);
        _exit(strcmp(one, other) == 0 ? 7 : 8);
    }
    int how;
    waitpid(child, &how, 0);
    return WIFEXITED(how) ? WEXITSTATUS(how) : 1000 + WTERMSIG(how);
}

START_TEST(a_damaged_file_is_refused_or_right)
{
    struct house h = store_house();
    cs_lab_free(h.lab);
    must_ok(cs_lab_open(store_path, &h.lab, &err));
    struct cs_lab *whole = h.lab;
    size_t size, refused = 0;
    char other[128];
    snprintf(other, sizeof other, "%s/whole", store_folder);
    char command[600];
    snprintf(command, sizeof command, "VACUUM INTO '%s'", other);
    store_sql(command); /* one file, without a log */
    char *bytes = get_file(other, &size);
    uint64_t state = 42;
    snprintf(store_path, sizeof store_path, "%s/flipped.lab", store_folder);
    for (int i = 0; i < 150; i++) {
        size_t at = roll(&state) % size, bit = roll(&state) % 8;
        bytes[at] = (char)(bytes[at] ^ (1 << bit));
        store_put(store_path, bytes, size);
        int how = try_open(whole);
        ck_assert_msg(how == 0 || how == 7, "bit %zu of byte %zu: %d", bit, at, how);
        refused += how == 0;
        bytes[at] = (char)(bytes[at] ^ (1 << bit));
    }
    ck_assert_uint_gt(refused, 12); /* else it looks at nothing */
    for (size_t cut = 0; cut < size; cut += 1 + size / 23) {
        store_put(store_path, bytes, cut);
        int how = try_open(whole);
        ck_assert_msg(how == 0 || how == 9, "cut at %zu: %d", cut, how); /* 9: an empty one */
    }
    free(bytes);
    house_free(&h);
}
END_TEST

/* ------------------------------------------------------------ out of memory */

enum step { OPEN, APPLY, UNDO, STEPS };

static void do_step(enum step step, struct house *h, long fail_at)
{
    struct cs_lab *lab = NULL;
    if (step != OPEN && cs_lab_open(store_path, &lab, &err) != CS_OK)
        _exit(20);
    csi_alloc_fail_at(fail_at, true);
    cs_status status = step == OPEN    ? cs_lab_open(store_path, &lab, &err)
                       : step == APPLY ? cs_member_add(lab, h->computers, h->bob, &err)
                                       : cs_lab_undo(lab, 2, NULL, &err);
    bool enough = csi_alloc_count() < fail_at;
    csi_alloc_fail_at(0, false);
    _exit(status != CS_OK ? 21 : enough ? 23 : 22);
}

/* Each allocation in turn fails; the file is as before, or as after. */
START_TEST(memory_runs_out_at_each_allocation)
{
    struct house h = store_house();
    char *before = telling_of(h.lab), *after;
    house_free(&h);
    char keep[128], command[600];
    snprintf(keep, sizeof keep, "%s/keep", store_folder);
    snprintf(command, sizeof command, "cp %s %s", store_path, keep);
    store_run(command);
    bool enough = false;
    for (long n = 1, by = 1; !enough; n += by, by = n < 60 ? 1 : n / 12) {
        pid_t child = fork();
        if (child == 0) {
            fclose(stderr);
            do_step((enum step)_i, &h, n);
        }
        int how;
        waitpid(child, &how, 0);
        ck_assert_msg(WIFEXITED(how), "allocation %ld: signal %d", n, WTERMSIG(how));
        enough = WEXITSTATUS(how) == 23;
        struct cs_lab *lab;
        must_ok(cs_lab_open(store_path, &lab, &err));
        after = telling_of(lab);
        cs_lab_free(lab);
        bool changed = strcmp(before, after) != 0;
        ck_assert_msg(!changed || WEXITSTATUS(how) != 21, "allocation %ld: half done", n);
        ck_assert_msg(!changed || _i != OPEN, "allocation %ld: opening changed it", n);
        free(after);
        snprintf(command, sizeof command, "rm -f %s-wal %s-shm && cp %s %s", store_path, store_path,
                 keep, store_path);
        store_run(command);
    }
    free(before);
}
END_TEST

Suite *store_damage_suite(void)
{
    Suite *suite = suite_create("store_damage");
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, set_up_store, tear_down_store);
    tcase_set_timeout(files, 240);
    tcase_add_test(files, a_damaged_file_is_refused_or_right);
    tcase_add_loop_test(files, memory_runs_out_at_each_allocation, 0, STEPS);
    suite_add_tcase(suite, files);
    return suite;
}
