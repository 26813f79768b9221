/*
 * snapshot_test.c - a base in a file: mapped it is the same, and what is wrong with a file is
 * found before anybody believes it: cut, flipped, forged, of another state or lab.
 */
#define _POSIX_C_SOURCE 200809L
#include <check.h>

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../property/dice.h"
#include "base/alloc.h"
#include "lab/maker.h"
#include "lab/snapshot_in.h"

Suite *snapshot_suite(void);

enum { PEOPLE = 3000, GROUPS = 400, EDGES = 30000 };

static const struct cs_sid corp = {.authority = 5, .sub = {21, 1, 2, 3}, .count = 4};
static const struct cs_sid host = {.authority = 5, .sub = {21, 7, 8, 9}, .count = 4};

static struct csi_base *base;
static struct cs_error err;
static char path[64];
static struct csi_snapshot_of of = {.lab = "0123456789abcde", .generation = 7};
static int made_again;
static char *pristine;
static size_t pristine_size;

/* ------------------------------------------------------------------ the base */

static cs_id add(struct csi_maker *maker, uint32_t number)
{
    char name[32], dns[64];
    bool group = number >= PEOPLE, computer = number % 7 == 0;
    struct cs_principal p = {.kind = group      ? CS_GROUP
                                     : computer ? CS_COMPUTER
                                                : CS_USER,
                             .scope = group ? CS_SCOPE_GLOBAL : CS_SCOPE_NONE,
                             .security = true,
                             .birth = number + 1,
                             .uac = number,
                             .source = {1, number}};
    bool local = group && number % 50 == 0;
    p.domain = local ? 0 : 1 + number % 3;
    p.host = local ? 1 : 0;
    p.sid = cs_sid_child(local ? &host : &corp, 1000 + number);
    p.primary = group ? 0 : number % 11 ? 513 : 515;
    snprintf(name, sizeof name, "%c%u", group ? 'g' : 'p', number);
    p.name = cs_str_of(name);
    snprintf(dns, sizeof dns, "%s.%.*s", name, (int)(number % 20), "aaaaaaaaaaaaaaaaaaaa");
    p.dns = computer ? cs_str_of(dns) : CS_STR("");
    return csi_maker_add(maker, &p);
}

static struct csi_base *make(void *context, uint64_t generation, struct cs_error *ignored)
{
    struct dice dice = {.state = 42};
    struct csi_maker *maker = csi_maker_new();
    (void)context;
    (void)ignored;
    (void)generation;
    for (uint32_t number = 0; number < PEOPLE + GROUPS; number++)
        add(maker, number);
    csi_maker_set(maker, 17, NULL);
    for (int i = 0; i < EDGES; i++)
        csi_maker_link(maker, 1 + PEOPLE + dice_below(&dice, GROUPS),
                       1 + dice_below(&dice, PEOPLE + GROUPS));
    made_again++;
    return csi_maker_finish(maker);
}

static const struct csi_rebuild rebuild = {make, NULL};

/* Two of them, of nobody in particular: what they say is the law of who_test.c. */
static void add_holdings(struct csi_base *to)
{
    static const struct csi_holding keys[] = {{7, 1, 0, 3}, {PEOPLE + 2, 2, 3, 7}};
    static const uint32_t met[] = {7, 8, 900, PEOPLE + 2, PEOPLE + 3, PEOPLE + 5, PEOPLE + 8};
    struct csi_holdings *holdings = &to->holdings;
    size_t words = to->rolls.words;
    holdings->count = CS_COUNT(keys);
    holdings->met_count = CS_COUNT(met);
    holdings->keys = memcpy(csi_alloc_must(sizeof keys), keys, sizeof keys);
    holdings->met = memcpy(csi_alloc_must(sizeof met), met, sizeof met);
    holdings->bits = csi_alloc_must(2 * words * sizeof *holdings->bits);
    for (size_t i = 0; i < 2; i++)
        memcpy(holdings->bits + i * words, to->rolls.at[i].accounts,
               words * sizeof *holdings->bits);
}

static void set_up(void)
{
    snprintf(path, sizeof path, "/tmp/certsh-snapshot-%ld", (long)getpid());
    base = make(NULL, 0, NULL);
    add_holdings(base);
    made_again = 0;
    of.owner = (uint32_t)geteuid();
    ck_assert_msg(csi_snapshot_save(base, &of, path, 0644, &err) == CS_OK, "%s", err.text);
    FILE *file = fopen(path, "rb");
    ck_assert(file && !fseek(file, 0, SEEK_END));
    pristine_size = (size_t)ftell(file);
    pristine = malloc(pristine_size);
    rewind(file);
    ck_assert(fread(pristine, pristine_size, 1, file) == 1 && fclose(file) == 0);
}

static void tear_down(void)
{
    csi_base_free(base);
    free(pristine);
    unlink(path);
}

static struct csi_base *map(void)
{
    return csi_snapshot_map(path, &of, &rebuild, &err);
}

/* ---------------------------------------------------------------- comparing */

static bool same_text(struct cs_str a, struct cs_str b)
{
    return cs_str_equal(a, b) && a.at[a.length] == '\0';
}

static void compare_row(const struct csi_base *other, cs_id id)
{
    struct cs_principal a, b;
    bool there = csi_base_get(base, id, &a);
    ck_assert_int_eq(there, csi_base_get(other, id, &b));
    if (!there)
        return;
    ck_assert(a.kind == b.kind && a.scope == b.scope && a.domain == b.domain && a.host == b.host);
    ck_assert(a.uac == b.uac && a.primary == b.primary && a.birth == b.birth);
    ck_assert(cs_sid_equal(&a.sid, &b.sid) && same_text(a.name, b.name) && same_text(a.dns, b.dns));
    ck_assert(same_text(a.comment, b.comment) && a.source.line == b.source.line);
}

static void compare_list(struct csi_list a, struct csi_list b)
{
    ck_assert_uint_eq(a.count, b.count);
    ck_assert(!a.count || !memcmp(a.at, b.at, a.count * sizeof *a.at));
}

static void compare_indexes(const struct csi_base *other, cs_id id)
{
    struct cs_principal p;
    size_t by_sid = 0, by_name = 0;
    if (!csi_base_get(base, id, &p))
        return;
    cs_id found;
    while ((found = csi_base_by_sid(other, cs_sid_hash(&p.sid), &by_sid)) && found != id)
        ;
    ck_assert_uint_eq(found, id);
    uint64_t hash = csi_name_hash(p.domain, p.host, p.name);
    while ((found = csi_base_by_name(other, hash, &by_name)) && found != id)
        ;
    ck_assert_uint_eq(found, id);
}

static void compare_bits(const uint64_t *a, const uint64_t *b)
{
    ck_assert(!a == !b);
    ck_assert(!a || !memcmp(a, b, base->rolls.words * sizeof *a));
}

static void compare_primaries(const struct csi_base *other)
{
    ck_assert_uint_eq(base->primaries.key_count, other->primaries.key_count);
    for (size_t i = 0; i < base->primaries.key_count; i++) {
        const struct csi_primary_key *a = &base->primaries.keys[i], *b = &other->primaries.keys[i];
        compare_list(csi_base_primary(base, a), csi_base_primary(other, b));
        compare_bits(csi_base_primary_bits(base, a), csi_base_primary_bits(other, b));
    }
}

/* A base that was made again has none. */
static void compare_holdings(const struct csi_base *other)
{
    for (size_t i = 0; i < other->holdings.count; i++) {
        struct csi_list met = csi_base_holding_met(other, i);
        const uint64_t *bits = csi_base_holding_bits(other, i);
        if (!bits)
            return;
        compare_list(csi_base_holding_met(base, i), met);
        compare_bits(csi_base_holding_bits(base, i), bits);
    }
}

static void compare_rolls(const struct csi_base *other)
{
    const struct csi_rolls *a = csi_base_rolls(base), *b = csi_base_rolls(other);
    csi_base_group_roll(other);
    size_t size = a->words * sizeof(uint64_t);
    ck_assert(a->count == b->count && a->words == b->words && a->whole == b->whole);
    ck_assert(!memcmp(a->groups, b->groups, size) && !memcmp(a->computers, b->computers, size));
    for (size_t i = 0; i < a->count; i++)
        ck_assert(a->at[i].domain == b->at[i].domain &&
                  !memcmp(a->at[i].accounts, b->at[i].accounts, size));
}

static void compare_all(const struct csi_base *other)
{
    ck_assert_uint_eq(base->count, other->count);
    ck_assert_uint_eq(base->parent_count, other->parent_count);
    ck_assert(!base->parent_count ||
              !memcmp(base->tops, other->tops, base->parent_count * sizeof *base->tops));
    for (cs_id id = 0; id <= base->count + 1; id++) {
        compare_row(other, id);
        compare_list(csi_base_members(base, id), csi_base_members(other, id));
        compare_list(csi_base_member_of(base, id), csi_base_member_of(other, id));
        compare_indexes(other, id);
    }
    compare_primaries(other);
    compare_rolls(other);
    compare_holdings(other);
}

/* ------------------------------------------------------------------ the file */

static struct csi_snapshot_head head_now(void)
{
    struct csi_snapshot_head head;
    FILE *file = fopen(path, "rb");
    ck_assert(file && fread(&head, sizeof head, 1, file) == 1);
    fclose(file);
    return head;
}

static void read_at(uint64_t at, void *bytes, size_t size)
{
    FILE *file = fopen(path, "rb");
    ck_assert(file && !fseek(file, (long)at, SEEK_SET) && fread(bytes, size, 1, file) == 1);
    fclose(file);
}

static void write_at(uint64_t at, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "r+b");
    ck_assert(file && !fseek(file, (long)at, SEEK_SET) && fwrite(bytes, size, 1, file) == 1);
    ck_assert(fclose(file) == 0);
}

static void flip(uint64_t at, unsigned char with)
{
    unsigned char byte;
    read_at(at, &byte, 1);
    byte ^= with;
    write_at(at, &byte, 1);
}

static void save_again(void)
{
    ck_assert(csi_snapshot_save(base, &of, path, 0644, &err) == CS_OK);
}

/* What was saved at first, without the wait for the disk. */
static void restore(void)
{
    FILE *file = fopen(path, "wb");
    ck_assert(file && fwrite(pristine, pristine_size, 1, file) == 1 && fclose(file) == 0);
}

static uint64_t section_size(const struct csi_snapshot_head *head, enum csi_section section)
{
    return head->places[section].count * csi_section_kinds[section].unit;
}

/* Make all sums what they should be for what the file holds now. */
static void forge(struct csi_snapshot_head head)
{
    uint64_t sums[4096];
    size_t count = 0;
    char block[CSI_SNAPSHOT_BLOCK];
    for (enum csi_section s = 0; s < CSI_SECTIONS; s++) {
        uint64_t step = (uint64_t)csi_section_kinds[s].unit << csi_section_kinds[s].shift;
        for (uint64_t at = 0, size = section_size(&head, s); at < size; at += step) {
            size_t part = size - at < step ? size - at : step;
            read_at(head.places[s].at + at, block, part);
            sums[count++] = csi_sum(block, part);
        }
    }
    write_at(head.sums_at, sums, count * sizeof *sums);
    head.sums_sum = csi_sum(sums, count * sizeof *sums);
    head.sum = csi_sum(&head, offsetof(struct csi_snapshot_head, sum));
    write_at(0, &head, sizeof head);
}

/* ------------------------------------------------------------------ the tests */

START_TEST(mapped_is_the_same)
{
    struct csi_base *other = map();
    ck_assert_msg(other != NULL, "%s", err.text);
    ck_assert(csi_snapshot_check(other, &err) == CS_OK);
    ck_assert_ptr_nonnull(other->guard);
    compare_all(other);
    csi_base_whole(other);
    ck_assert_ptr_null(other->guard);
    compare_all(other);
    ck_assert_int_eq(made_again, 0);
    csi_base_free(other);
}
END_TEST

START_TEST(a_maker_of_a_mapped_base_is_its_own)
{
    struct csi_base *other = map();
    struct csi_maker *maker = csi_maker_of(other);
    csi_base_free(other);
    for (cs_id group = 1; group <= base->count; group++) {
        struct csi_list list = csi_base_members(base, group);
        for (size_t i = 0; i < list.count; i++)
            csi_maker_link(maker, group, list.at[i]);
    }
    other = csi_maker_finish(maker);
    ck_assert_ptr_null(other->mapped);
    compare_all(other);
    csi_base_free(other);
}
END_TEST

START_TEST(other_states_and_labs_are_stale)
{
    struct csi_snapshot_of asked = of;
    asked.generation++;
    ck_assert_ptr_null(csi_snapshot_map(path, &asked, &rebuild, &err));
    ck_assert_int_eq(err.status, CS_STATE);
    asked = of;
    asked.lab[3] ^= 1;
    ck_assert_ptr_null(csi_snapshot_map(path, &asked, &rebuild, &err));
    ck_assert_int_eq(err.status, CS_STATE);
    ck_assert_ptr_null(csi_snapshot_map("/tmp/certsh-no-such-snapshot", &of, &rebuild, &err));
    ck_assert_int_eq(err.status, CS_NOT_FOUND);
    ck_assert_ptr_null(csi_snapshot_map("/tmp", &of, &rebuild, &err));
    ck_assert_ptr_null(csi_snapshot_map("/dev/null", &of, &rebuild, &err));
}
END_TEST

START_TEST(every_byte_of_the_head_counts)
{
    for (size_t at = 0; at < sizeof(struct csi_snapshot_head); at++) {
        flip(at, (unsigned char)(1u << at % 8));
        ck_assert_msg(map() == NULL, "byte %zu", at);
        flip(at, (unsigned char)(1u << at % 8));
    }
    struct csi_base *other = map();
    ck_assert_ptr_nonnull(other);
    csi_base_free(other);
}
END_TEST

START_TEST(every_sum_counts)
{
    struct csi_snapshot_head head = head_now();
    for (uint64_t at = head.sums_at; at < head.size; at++) {
        flip(at, 0x40);
        ck_assert_msg(map() == NULL, "byte %ju", (uintmax_t)at);
        flip(at, 0x40);
    }
}
END_TEST

START_TEST(a_cut_file_is_refused)
{
    struct csi_snapshot_head head = head_now();
    for (enum csi_section s = 0; s < CSI_SECTIONS; s++) {
        uint64_t ends[] = {head.places[s].at, head.places[s].at + section_size(&head, s) / 2,
                           head.places[s].at + section_size(&head, s)};
        for (size_t i = 0; i < CS_COUNT(ends); i++) {
            ck_assert(truncate(path, (off_t)ends[i]) == 0);
            ck_assert_msg(map() == NULL, "%s, %zu", csi_section_kinds[s].name, i);
            restore();
        }
    }
    static const off_t few[] = {0, 1, 15, 16, sizeof(struct csi_snapshot_head) - 1};
    for (size_t i = 0; i < CS_COUNT(few); i++) {
        ck_assert(truncate(path, few[i]) == 0);
        ck_assert_ptr_null(map());
        restore();
    }
    ck_assert(truncate(path, (off_t)head.size - 1) == 0);
    ck_assert_ptr_null(map());
}
END_TEST

/* The small sections are checked at opening, the others healed within the question. */
static void expect_healing(const char *what, bool whole)
{
    made_again = 0;
    struct csi_base *other = map();
    if (other && whole)
        csi_base_whole(other);
    if (other) {
        compare_all(other);
        ck_assert_msg(made_again == 1, "%s: made again %d times", what, made_again);
        ck_assert_ptr_null(other->guard);
        ck_assert_msg(access(path, F_OK) != 0, "%s: a damaged snapshot stays", what);
        csi_base_free(other);
    }
    restore();
}

START_TEST(a_damaged_block_is_healed)
{
    struct dice dice = dice_new("snapshot");
    struct csi_snapshot_head head = head_now();
    for (enum csi_section s = 0; s < CSI_SECTIONS; s++)
        for (uint32_t i = 0; i < 6; i++) {
            uint64_t size = section_size(&head, s), at = dice_roll(&dice) % size;
            if (i < 2)
                at = i ? size - 1 : 0;
            flip(head.places[s].at + at, (unsigned char)(1u << dice_below(&dice, 8)));
            struct csi_base *other = map();
            ck_assert(!other || csi_snapshot_check(other, &err) == CS_INVALID);
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
    {"members that do not end", CSI_SECTION_MEMBERS_FROM, PEOPLE + GROUPS + 1, 0, 0xffffffff},
    {"a member that is none", CSI_SECTION_MEMBERS, 77, 0, 0x7fffffff},
    {"nobody as a member", CSI_SECTION_MEMBERS, 78, 0, 0},
    {"groups beyond", CSI_SECTION_MEMBER_OF_FROM, 100, 0, 0xfffffff0},
    {"a group that is none", CSI_SECTION_MEMBER_OF, 0, 0, PEOPLE + GROUPS + 1},
    {"primary from beyond", CSI_SECTION_PRIMARY_KEYS, 0, offsetof(struct csi_primary_key, from),
     0xffffffff},
    {"primary to beyond", CSI_SECTION_PRIMARY_KEYS, 0, offsetof(struct csi_primary_key, to),
     0xffffffff},
    {"a primary's account that is none", CSI_SECTION_PRIMARY_IDS, 8, 0, 0x00100000},
    {"a primary's bits beyond", CSI_SECTION_PRIMARY_KEYS, 0, offsetof(struct csi_primary_key, row),
     9999},
    {"a bit of nobody's primary", CSI_SECTION_PRIMARY_BITS, 0, 0, 1},
    {"a bit beyond the groups", CSI_SECTION_GROUPS, (PEOPLE + GROUPS) / 64, 4, 0xffffffff},
    {"nobody's bit", CSI_SECTION_COMPUTERS, 0, 0, 1},
    {"a bit beyond the accounts", CSI_SECTION_ACCOUNTS, (PEOPLE + GROUPS) / 64, 4, 0xffffffff},
    {"a bit far beyond the accounts", CSI_SECTION_ACCOUNTS, (PEOPLE + GROUPS) / 64 + 1, 0, 1},
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
    struct csi_snapshot_head head = head_now();
    uint32_t number = lie->number;
    if (!strcmp(lie->what, "text at its very end"))
        number = (uint32_t)head.places[CSI_SECTION_POOL].count - 1;
    write_at(place_of(&head, lie), &number, sizeof number);
    forge(head);
    expect_healing(lie->what, false);
    head = head_now();
    write_at(place_of(&head, lie), &number, sizeof number);
    forge(head);
    expect_healing(lie->what, true);
}
END_TEST

/* Every slot in use: whoever looks for what is not there must come to an end. */
START_TEST(a_forged_index_ends)
{
    struct csi_snapshot_head head = head_now();
    const struct csi_place *place = &head.places[CSI_SECTION_SID_SLOTS];
    const struct csi_index_slot slot = {1, 1};
    for (uint64_t i = 0; i < place->count; i++)
        write_at(place->at + i * sizeof slot, &slot, sizeof slot);
    forge(head);
    struct csi_base *other = map();
    size_t cursor = 0;
    ck_assert_uint_eq(csi_base_by_sid(other, UINT64_C(0x123456789abcdef), &cursor), 0);
    ck_assert_int_eq(made_again, 0);
    csi_maker_free(csi_maker_of(other));
    ck_assert_int_eq(made_again, 1);
    compare_all(other);
    csi_base_free(other);
}
END_TEST

/* A table may lie so that it first shows at a block. */
static void refuse_or_heal(void)
{
    struct csi_base *other = map();
    if (other) {
        csi_base_whole(other);
        compare_all(other);
        csi_base_free(other);
    }
    restore();
}

START_TEST(forged_tables_lead_nowhere)
{
    for (enum csi_section s = 0; s < CSI_SECTIONS; s++) {
        static const int64_t by[] = {-1, 1, -4096, 4096, INT64_MAX / 2, INT64_MIN};
        for (size_t i = 0; i < CS_COUNT(by) * 2; i++) {
            struct csi_snapshot_head head = head_now();
            uint64_t *number = i % 2 ? &head.places[s].at : &head.places[s].count;
            *number += (uint64_t)by[i / 2];
            head.sum = csi_sum(&head, offsetof(struct csi_snapshot_head, sum));
            write_at(0, &head, sizeof head);
            refuse_or_heal();
        }
    }
}
END_TEST

START_TEST(saving_replaces_and_leaves_nothing)
{
    char fresh[80];
    struct stat before, after;
    struct csi_base *other = map();
    ck_assert(stat(path, &before) == 0);
    of.generation++;
    save_again();
    ck_assert(stat(path, &after) == 0);
    ck_assert_uint_ne(before.st_ino, after.st_ino);
    compare_all(other); /* whoever had the old one keeps it */
    csi_base_free(other);
    snprintf(fresh, sizeof fresh, "%s.new", path);
    ck_assert(access(fresh, F_OK) != 0);
    FILE *left = fopen(fresh, "w"); /* by one that was killed */
    ck_assert(left && fputs("half a snapshot", left) >= 0 && fclose(left) == 0);
    save_again();
    ck_assert(access(fresh, F_OK) != 0);
    of.generation--;
    ck_assert(csi_snapshot_save(base, &of, "/proc/no/such", 0644, &err) == CS_IO);
}
END_TEST

START_TEST(an_empty_base_is_one_too)
{
    struct csi_base *was = base;
    base = csi_maker_finish(csi_maker_new());
    save_again();
    struct csi_base *other = map();
    ck_assert_msg(other != NULL, "%s", err.text);
    compare_all(other);
    csi_base_whole(other);
    ck_assert_ptr_null(other->guard);
    csi_base_free(other);
    csi_base_free(base);
    base = was;
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
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, mapped_is_the_same);
    tcase_add_test(tests, a_maker_of_a_mapped_base_is_its_own);
    tcase_add_test(tests, other_states_and_labs_are_stale);
    tcase_add_test(tests, every_byte_of_the_head_counts);
    tcase_add_test(tests, every_sum_counts);
    tcase_add_test(tests, a_cut_file_is_refused);
    tcase_add_test(tests, a_damaged_block_is_healed);
    tcase_add_loop_test(tests, forged_sums_lead_nowhere, 0, CS_COUNT(lies));
    tcase_add_test(tests, a_forged_index_ends);
    tcase_add_test(tests, forged_tables_lead_nowhere);
    tcase_add_test(tests, saving_replaces_and_leaves_nothing);
    tcase_add_test(tests, an_empty_base_is_one_too);
    tcase_add_test(tests, the_sum_sees_every_bit);
    suite_add_tcase(suite, tests);
    return suite;
}
