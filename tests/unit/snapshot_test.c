/*
 * snapshot_test.c - a base in a file: mapped it is the same, and a file that is cut, or of another
 * state or lab, is refused.
 */
#define _POSIX_C_SOURCE 200809L
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/maker.h"
#include "snapshot_case.h"

Suite *snapshot_suite(void);

START_TEST(mapped_is_the_same)
{
    struct csi_base *other = snap_map();
    ck_assert_msg(other != NULL, "%s", snap.err.text);
    ck_assert(csi_snapshot_check(other, &snap.err) == CS_OK);
    ck_assert_ptr_nonnull(other->guard);
    snap_compare_all(other);
    csi_base_whole(other);
    ck_assert_ptr_null(other->guard);
    snap_compare_all(other);
    ck_assert_int_eq(snap.made_again, 0);
    csi_base_free(other);
}
END_TEST

START_TEST(a_maker_of_a_mapped_base_is_its_own)
{
    struct csi_base *other = snap_map();
    struct csi_maker *maker = csi_maker_of(other);
    csi_base_free(other);
    for (cs_id group = 1; group <= snap.base->count; group++) {
        struct csi_list list = csi_base_members(snap.base, group);
        for (size_t i = 0; i < list.count; i++)
            csi_maker_link(maker, group, list.at[i]);
    }
    other = csi_maker_finish(maker);
    ck_assert_ptr_null(other->mapped);
    snap_compare_all(other);
    csi_base_free(other);
}
END_TEST

START_TEST(other_states_and_labs_are_stale)
{
    struct csi_snapshot_of asked = snap.of;
    asked.generation++;
    ck_assert_ptr_null(csi_snapshot_map(snap.path, &asked, &snap.rebuild, &snap.err));
    ck_assert_int_eq(snap.err.status, CS_STATE);
    asked = snap.of;
    asked.lab[3] ^= 1;
    ck_assert_ptr_null(csi_snapshot_map(snap.path, &asked, &snap.rebuild, &snap.err));
    ck_assert_int_eq(snap.err.status, CS_STATE);
    ck_assert_ptr_null(
        csi_snapshot_map("/tmp/certsh-no-such-snapshot", &snap.of, &snap.rebuild, &snap.err));
    ck_assert_int_eq(snap.err.status, CS_NOT_FOUND);
    ck_assert_ptr_null(csi_snapshot_map("/tmp", &snap.of, &snap.rebuild, &snap.err));
    ck_assert_ptr_null(csi_snapshot_map("/dev/null", &snap.of, &snap.rebuild, &snap.err));
}
END_TEST

START_TEST(every_byte_of_the_head_counts)
{
    for (size_t at = 0; at < sizeof(struct csi_snapshot_head); at++) {
        snap_flip(at, (unsigned char)(1u << at % 8));
        ck_assert_msg(snap_map() == NULL, "byte %zu", at);
        snap_flip(at, (unsigned char)(1u << at % 8));
    }
    struct csi_base *other = snap_map();
    ck_assert_ptr_nonnull(other);
    csi_base_free(other);
}
END_TEST

START_TEST(every_sum_counts)
{
    struct csi_snapshot_head head = snap_head();
    for (uint64_t at = head.sums_at; at < head.size; at++) {
        snap_flip(at, 0x40);
        ck_assert_msg(snap_map() == NULL, "byte %ju", (uintmax_t)at);
        snap_flip(at, 0x40);
    }
}
END_TEST

START_TEST(a_cut_file_is_refused)
{
    struct csi_snapshot_head head = snap_head();
    for (enum csi_section s = 0; s < CSI_SECTIONS; s++) {
        uint64_t ends[] = {head.places[s].at, head.places[s].at + snap_section_size(&head, s) / 2,
                           head.places[s].at + snap_section_size(&head, s)};
        for (size_t i = 0; i < CS_COUNT(ends); i++) {
            ck_assert(truncate(snap.path, (off_t)ends[i]) == 0);
            ck_assert_msg(snap_map() == NULL, "%s, %zu", csi_section_kinds[s].name, i);
            snap_restore();
        }
    }
    static const off_t few[] = {0, 1, 15, 16, sizeof(struct csi_snapshot_head) - 1};
    for (size_t i = 0; i < CS_COUNT(few); i++) {
        ck_assert(truncate(snap.path, few[i]) == 0);
        ck_assert_ptr_null(snap_map());
        snap_restore();
    }
    ck_assert(truncate(snap.path, (off_t)head.size - 1) == 0);
    ck_assert_ptr_null(snap_map());
}
END_TEST

START_TEST(saving_replaces_and_leaves_nothing)
{
    char fresh[80];
    struct stat before, after;
    struct csi_base *other = snap_map();
    ck_assert(stat(snap.path, &before) == 0);
    snap.of.generation++;
    snap_save_again();
    ck_assert(stat(snap.path, &after) == 0);
    ck_assert_uint_ne(before.st_ino, after.st_ino);
    snap_compare_all(other); /* whoever had the old one keeps it */
    csi_base_free(other);
    snprintf(fresh, sizeof fresh, "%s.new", snap.path);
    ck_assert(access(fresh, F_OK) != 0);
    FILE *left = fopen(fresh, "w"); /* by one that was killed */
    ck_assert(left && fputs("half a snapshot", left) >= 0 && fclose(left) == 0);
    snap_save_again();
    ck_assert(access(fresh, F_OK) != 0);
    snap.of.generation--;
    ck_assert(csi_snapshot_save(snap.base, &snap.of, "/proc/no/such", 0644, &snap.err) == CS_IO);
}
END_TEST

START_TEST(an_empty_base_is_one_too)
{
    struct csi_base *was = snap.base;
    snap.base = csi_maker_finish(csi_maker_new());
    snap_save_again();
    struct csi_base *other = snap_map();
    ck_assert_msg(other != NULL, "%s", snap.err.text);
    snap_compare_all(other);
    csi_base_whole(other);
    ck_assert_ptr_null(other->guard);
    csi_base_free(other);
    csi_base_free(snap.base);
    snap.base = was;
}
END_TEST

START_TEST(the_sum_sees_every_bit)
{
    unsigned char bytes[200] = {0};
    for (size_t size = 0; size <= sizeof bytes; size++) {
        uint64_t whole = csi_sum(bytes, size);
        ck_assert(size == 0 || whole != csi_sum(bytes, size - 1));
        for (size_t bit = 0; bit < size * 8; bit++) {
            bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
            ck_assert(csi_sum(bytes, size) != whole);
            bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        }
    }
}
END_TEST

Suite *snapshot_suite(void)
{
    Suite *suite = suite_create("snapshot");
    TCase *tests = tcase_create("snapshot");
    tcase_add_checked_fixture(tests, set_up_snap, tear_down_snap);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, mapped_is_the_same);
    tcase_add_test(tests, a_maker_of_a_mapped_base_is_its_own);
    tcase_add_test(tests, other_states_and_labs_are_stale);
    tcase_add_test(tests, every_byte_of_the_head_counts);
    tcase_add_test(tests, every_sum_counts);
    tcase_add_test(tests, a_cut_file_is_refused);
    tcase_add_test(tests, saving_replaces_and_leaves_nothing);
    tcase_add_test(tests, an_empty_base_is_one_too);
    tcase_add_test(tests, the_sum_sees_every_bit);
    suite_add_tcase(suite, tests);
    return suite;
}
