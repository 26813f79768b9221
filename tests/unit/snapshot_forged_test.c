/*
 * snapshot_forged_test.c - snapshots that were damaged or forged: what is wrong with a file is
 * found before anybody believes it, and healed within the question.
 */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "../property/dice.h"
#include "lab/maker.h"
#include "snapshot_case.h"

Suite *snapshot_forged_suite(void);

/* The small sections are checked at opening, the others healed within the question. */
static void expect_healing(const char *what, bool whole)
{
    snap.made_again = 0;
    struct csi_base *other = snap_map();
    if (other && whole)
        csi_base_whole(other);
    if (other) {
        snap_compare_all(other);
        ck_assert_msg(snap.made_again == 1, "%s: made again %d times", what, snap.made_again);
        ck_assert_ptr_null(other->guard);
        ck_assert_msg(access(snap.path, F_OK) != 0, "%s: a damaged snapshot stays", what);
        csi_base_free(other);
    }
    snap_restore();
}

START_TEST(a_damaged_block_is_healed)
{
    struct dice dice = dice_new("snapshot");
    struct csi_snapshot_head head = snap_head();
    for (enum csi_section s = 0; s < CSI_SECTIONS; s++)
        for (uint32_t i = 0; i < 6; i++) {
            uint64_t size = snap_section_size(&head, s), at = dice_roll(&dice) % size;
            if (i < 2)
                at = i ? size - 1 : 0;
            snap_flip(head.places[s].at + at, (unsigned char)(1u << dice_below(&dice, 8)));
            struct csi_base *other = snap_map();
            ck_assert(!other || csi_snapshot_check(other, &snap.err) == CS_INVALID);
            if (other)
                csi_base_free(other);
            expect_healing(csi_section_kinds[s].name, i % 2);
        }
}
END_TEST

/* What could lead out of an array: where, in elements, and the number that is written there. */
static const struct lie {
    const char *what;
    enum csi_section section;
    uint64_t element;
    size_t offset;
    uint32_t number;
} lies[] = {
    {"text beyond the pool", CSI_SECTION_ROWS, 5, offsetof(struct csi_row, texts), 0x3fffffff},
    {"text at its very end", CSI_SECTION_ROWS, 6, offsetof(struct csi_row, texts), 0},
    {"no such parent", CSI_SECTION_ROWS, 9, offsetof(struct csi_row, parent), 99},
    {"no such kind", CSI_SECTION_ROWS, 11, offsetof(struct csi_row, kind), 0x01010177},
    {"no such scope", CSI_SECTION_ROWS, 12, offsetof(struct csi_row, kind), 0x00007701},
    {"somebody in row 0", CSI_SECTION_ROWS, 0, offsetof(struct csi_row, kind), 1},
    {"a text as long as memory", CSI_SECTION_POOL, 2, 0, 0xffffffff},
    {"a text longer than the pool", CSI_SECTION_POOL, 2, 0, 0x00ffffff},
    {"a text without an end", CSI_SECTION_POOL, 2, 0, 1},
    {"a SID too long", CSI_SECTION_PARENTS, 0, offsetof(struct cs_sid, count), 15},
    {"members beyond", CSI_SECTION_MEMBERS_FROM, 3300, 0, 0xfffffff0},
    {"members backwards", CSI_SECTION_MEMBERS_FROM, 3301, 0, 1},
    {"members that do not end", CSI_SECTION_MEMBERS_FROM, SNAP_PEOPLE + SNAP_GROUPS + 1, 0,
     0xffffffff},
    {"a member that is none", CSI_SECTION_MEMBERS, 77, 0, 0x7fffffff},
    {"nobody as a member", CSI_SECTION_MEMBERS, 78, 0, 0},
    {"groups beyond", CSI_SECTION_MEMBER_OF_FROM, 100, 0, 0xfffffff0},
    {"a group that is none", CSI_SECTION_MEMBER_OF, 0, 0, SNAP_PEOPLE + SNAP_GROUPS + 1},
    {"primary from beyond", CSI_SECTION_PRIMARY_KEYS, 0, offsetof(struct csi_primary_key, from),
     0xffffffff},
    {"primary to beyond", CSI_SECTION_PRIMARY_KEYS, 0, offsetof(struct csi_primary_key, to),
     0xffffffff},
    {"a primary's account that is none", CSI_SECTION_PRIMARY_IDS, 8, 0, 0x00100000},
    {"a primary's bits beyond", CSI_SECTION_PRIMARY_KEYS, 0, offsetof(struct csi_primary_key, row),
     9999},
    {"a bit of nobody's primary", CSI_SECTION_PRIMARY_BITS, 0, 0, 1},
    {"a bit beyond the groups", CSI_SECTION_GROUPS, (SNAP_PEOPLE + SNAP_GROUPS) / 64, 4,
     0xffffffff},
    {"nobody's bit", CSI_SECTION_COMPUTERS, 0, 0, 1},
    {"a bit beyond the accounts", CSI_SECTION_ACCOUNTS, (SNAP_PEOPLE + SNAP_GROUPS) / 64, 4,
     0xffffffff},
    {"a bit far beyond the accounts", CSI_SECTION_ACCOUNTS, (SNAP_PEOPLE + SNAP_GROUPS) / 64 + 1, 0,
     1},
    {"a holding's way from beyond", CSI_SECTION_HOLDING_KEYS, 1, offsetof(struct csi_holding, from),
     0xffffffff},
    {"a holding's way to beyond", CSI_SECTION_HOLDING_KEYS, 1, offsetof(struct csi_holding, to), 8},
    {"a group on the way that is none", CSI_SECTION_HOLDING_MET, 4, 0, 0x7fffffff},
    {"a bit of nobody's holding", CSI_SECTION_HOLDING_BITS, 0, 0, 1},
};

static uint64_t place_of(const struct csi_snapshot_head *head, const struct lie *lie)
{
    return head->places[lie->section].at + lie->element * csi_section_kinds[lie->section].unit +
           lie->offset;
}

START_TEST(forged_sums_lead_nowhere)
{
    const struct lie *lie = &lies[_i];
    struct csi_snapshot_head head = snap_head();
    uint32_t number = lie->number;
    if (!strcmp(lie->what, "text at its very end"))
        number = (uint32_t)head.places[CSI_SECTION_POOL].count - 1;
    snap_write_at(place_of(&head, lie), &number, sizeof number);
    snap_forge(head);
    expect_healing(lie->what, false);
    head = snap_head();
    snap_write_at(place_of(&head, lie), &number, sizeof number);
    snap_forge(head);
    expect_healing(lie->what, true);
}
END_TEST

/* Every slot in use: whoever looks for what is not there must come to an end. */
START_TEST(a_forged_index_ends)
{
    struct csi_snapshot_head head = snap_head();
    const struct csi_place *place = &head.places[CSI_SECTION_SID_SLOTS];
    const struct csi_index_slot slot = {1, 1};
    for (uint64_t i = 0; i < place->count; i++)
        snap_write_at(place->at + i * sizeof slot, &slot, sizeof slot);
    snap_forge(head);
    struct csi_base *other = snap_map();
    size_t cursor = 0;
    ck_assert_uint_eq(csi_base_by_sid(other, UINT64_C(0x123456789abcdef), &cursor), 0);
    ck_assert_int_eq(snap.made_again, 0);
    csi_maker_free(csi_maker_of(other));
    ck_assert_int_eq(snap.made_again, 1);
    snap_compare_all(other);
    csi_base_free(other);
}
END_TEST

/* A table may lie so that it first shows at a block. */
static void refuse_or_heal(void)
{
    struct csi_base *other = snap_map();
    if (other) {
        csi_base_whole(other);
        snap_compare_all(other);
        csi_base_free(other);
    }
    snap_restore();
}

START_TEST(forged_tables_lead_nowhere)
{
    for (enum csi_section s = 0; s < CSI_SECTIONS; s++) {
        static const int64_t by[] = {-1, 1, -4096, 4096, INT64_MAX / 2, INT64_MIN};
        for (size_t i = 0; i < CS_COUNT(by) * 2; i++) {
            struct csi_snapshot_head head = snap_head();
            uint64_t *number = i % 2 ? &head.places[s].at : &head.places[s].count;
            *number += (uint64_t)by[i / 2];
            head.sum = csi_sum(&head, offsetof(struct csi_snapshot_head, sum));
            snap_write_at(0, &head, sizeof head);
            refuse_or_heal();
        }
    }
}
END_TEST

Suite *snapshot_forged_suite(void)
{
    Suite *suite = suite_create("snapshot_forged");
    TCase *tests = tcase_create("snapshot_forged");
    tcase_add_checked_fixture(tests, set_up_snap, tear_down_snap);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_damaged_block_is_healed);
    tcase_add_loop_test(tests, forged_sums_lead_nowhere, 0, CS_COUNT(lies));
    tcase_add_test(tests, a_forged_index_ends);
    tcase_add_test(tests, forged_tables_lead_nowhere);
    suite_add_tcase(suite, tests);
    return suite;
}
