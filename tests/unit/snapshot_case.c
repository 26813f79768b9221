/* snapshot_case.c - see snapshot_case.h. */
#define _POSIX_C_SOURCE 200809L
#include "snapshot_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../property/dice.h"
#include "base/alloc.h"
#include "lab/maker.h"

enum { EDGES = 30000 };

static const struct cs_sid corp = {.authority = 5, .sub = {21, 1, 2, 3}, .count = 4};
static const struct cs_sid host = {.authority = 5, .sub = {21, 7, 8, 9}, .count = 4};

static struct csi_base *make(void *context, uint64_t generation, struct cs_error *ignored);
struct snap snap = {.of = {.lab = "0123456789abcde", .generation = 7}, .rebuild = {make, NULL}};
static char *pristine; /* what was saved at first */
static size_t pristine_size;

/* ------------------------------------------------------------------ the base */

static cs_id add(struct csi_maker *maker, uint32_t number)
{
    char name[32], dns[64];
    bool group = number >= SNAP_PEOPLE, computer = number % 7 == 0;
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
    for (uint32_t number = 0; number < SNAP_PEOPLE + SNAP_GROUPS; number++)
        add(maker, number);
    csi_maker_set(maker, 17, NULL);
    for (int i = 0; i < EDGES; i++)
        csi_maker_link(maker, 1 + SNAP_PEOPLE + dice_below(&dice, SNAP_GROUPS),
                       1 + dice_below(&dice, SNAP_PEOPLE + SNAP_GROUPS));
    snap.made_again++;
    return csi_maker_finish(maker);
}

/* Two of them, of nobody in particular: what they say is the law of who_test.c. */
static void add_holdings(struct csi_base *to)
{
    static const struct csi_holding keys[] = {{7, 1, 0, 3}, {SNAP_PEOPLE + 2, 2, 3, 7}};
    static const uint32_t met[] = {
        7, 8, 900, SNAP_PEOPLE + 2, SNAP_PEOPLE + 3, SNAP_PEOPLE + 5, SNAP_PEOPLE + 8};
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

void set_up_snap(void)
{
    snprintf(snap.path, sizeof snap.path, "/tmp/certsh-snapshot-%ld", (long)getpid());
    snap.base = make(NULL, 0, NULL);
    add_holdings(snap.base);
    snap.made_again = 0;
    snap.of.owner = (uint32_t)geteuid();
    ck_assert_msg(csi_snapshot_save(snap.base, &snap.of, snap.path, 0644, &snap.err) == CS_OK, "%s",
                  snap.err.text);
    FILE *file = fopen(snap.path, "rb");
    ck_assert(file && !fseek(file, 0, SEEK_END));
    pristine_size = (size_t)ftell(file);
    pristine = malloc(pristine_size);
    rewind(file);
    ck_assert(fread(pristine, pristine_size, 1, file) == 1 && fclose(file) == 0);
}

void tear_down_snap(void)
{
    csi_base_free(snap.base);
    free(pristine);
    unlink(snap.path);
}

struct csi_base *snap_map(void)
{
    return csi_snapshot_map(snap.path, &snap.of, &snap.rebuild, &snap.err);
}

/* ---------------------------------------------------------------- comparing */

static bool same_text(struct cs_str a, struct cs_str b)
{
    return cs_str_equal(a, b) && a.at[a.length] == '\0';
}

static void compare_row(const struct csi_base *other, cs_id id)
{
    struct cs_principal a, b;
    bool there = csi_base_get(snap.base, id, &a);
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
    if (!csi_base_get(snap.base, id, &p))
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
    ck_assert(!a || !memcmp(a, b, snap.base->rolls.words * sizeof *a));
}

static void compare_primaries(const struct csi_base *other)
{
    ck_assert_uint_eq(snap.base->primaries.key_count, other->primaries.key_count);
    for (size_t i = 0; i < snap.base->primaries.key_count; i++) {
        const struct csi_primary_key *a = &snap.base->primaries.keys[i],
                                     *b = &other->primaries.keys[i];
        compare_list(csi_base_primary(snap.base, a), csi_base_primary(other, b));
        compare_bits(csi_base_primary_bits(snap.base, a), csi_base_primary_bits(other, b));
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
        compare_list(csi_base_holding_met(snap.base, i), met);
        compare_bits(csi_base_holding_bits(snap.base, i), bits);
    }
}

static void compare_rolls(const struct csi_base *other)
{
    const struct csi_rolls *a = csi_base_rolls(snap.base), *b = csi_base_rolls(other);
    csi_base_group_roll(other);
    size_t size = a->words * sizeof(uint64_t);
    ck_assert(a->count == b->count && a->words == b->words && a->whole == b->whole);
    ck_assert(!memcmp(a->groups, b->groups, size) && !memcmp(a->computers, b->computers, size));
    for (size_t i = 0; i < a->count; i++)
        ck_assert(a->at[i].domain == b->at[i].domain &&
                  !memcmp(a->at[i].accounts, b->at[i].accounts, size));
}

void snap_compare_all(const struct csi_base *other)
{
    ck_assert_uint_eq(snap.base->count, other->count);
    ck_assert_uint_eq(snap.base->parent_count, other->parent_count);
    ck_assert(
        !snap.base->parent_count ||
        !memcmp(snap.base->tops, other->tops, snap.base->parent_count * sizeof *snap.base->tops));
    for (cs_id id = 0; id <= snap.base->count + 1; id++) {
        compare_row(other, id);
        compare_list(csi_base_members(snap.base, id), csi_base_members(other, id));
        compare_list(csi_base_member_of(snap.base, id), csi_base_member_of(other, id));
        compare_indexes(other, id);
    }
    compare_primaries(other);
    compare_rolls(other);
    compare_holdings(other);
}

/* ------------------------------------------------------------------ the file */

struct csi_snapshot_head snap_head(void)
{
    struct csi_snapshot_head head;
    FILE *file = fopen(snap.path, "rb");
    ck_assert(file && fread(&head, sizeof head, 1, file) == 1);
    fclose(file);
    return head;
}

static void read_at(uint64_t at, void *bytes, size_t size)
{
    FILE *file = fopen(snap.path, "rb");
    ck_assert(file && !fseek(file, (long)at, SEEK_SET) && fread(bytes, size, 1, file) == 1);
    fclose(file);
}

void snap_write_at(uint64_t at, const void *bytes, size_t size)
{
    FILE *file = fopen(snap.path, "r+b");
    ck_assert(file && !fseek(file, (long)at, SEEK_SET) && fwrite(bytes, size, 1, file) == 1);
    ck_assert(fclose(file) == 0);
}

void snap_flip(uint64_t at, unsigned char with)
{
    unsigned char byte;
    read_at(at, &byte, 1);
    byte ^= with;
    snap_write_at(at, &byte, 1);
}

void snap_save_again(void)
{
    ck_assert(csi_snapshot_save(snap.base, &snap.of, snap.path, 0644, &snap.err) == CS_OK);
}

void snap_restore(void)
{
    FILE *file = fopen(snap.path, "wb");
    ck_assert(file && fwrite(pristine, pristine_size, 1, file) == 1 && fclose(file) == 0);
}

uint64_t snap_section_size(const struct csi_snapshot_head *head, enum csi_section section)
{
    return head->places[section].count * csi_section_kinds[section].unit;
}

void snap_forge(struct csi_snapshot_head head)
{
    uint64_t sums[4096];
    size_t count = 0;
    char block[CSI_SNAPSHOT_BLOCK];
    for (enum csi_section s = 0; s < CSI_SECTIONS; s++) {
        uint64_t step = (uint64_t)csi_section_kinds[s].unit << csi_section_kinds[s].shift;
        for (uint64_t at = 0, size = snap_section_size(&head, s); at < size; at += step) {
            size_t part = size - at < step ? size - at : step;
            read_at(head.places[s].at + at, block, part);
            sums[count++] = csi_sum(block, part);
        }
    }
    snap_write_at(head.sums_at, sums, count * sizeof *sums);
    head.sums_sum = csi_sum(sums, count * sizeof *sums);
    head.sum = csi_sum(&head, offsetof(struct csi_snapshot_head, sum));
    snap_write_at(0, &head, sizeof head);
}
