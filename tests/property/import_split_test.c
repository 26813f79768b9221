/*
 * import_split_test.c - a law of imports: however a directory is split into files, and these into
 * commands, in whatever order, everybody's groups are the same, and nobody is left waiting.
 *
 * A random forest of two domains is written as LDIF, entry by entry: nested groups with cycles,
 * memberships told by `member` or by `memberOf`, names in several spellings.  What it must become
 * is known from how it was made.
 */
#include <check.h>
#include <string.h>

#include "../unit/import_files.h"
#include "dice.h"

Suite *import_split_suite(void);

enum { MOST = 24, FORESTS = 400 };

struct forest {
    struct cs_arena *arena;
    struct dice *dice;
    uint32_t count, groups; /* of entries; the first are groups */
    bool member[MOST][MOST];
    struct cs_str entries[MOST];
};

/* -------------------------------------------------------------------- making */

static const char *domain_of(uint32_t i)
{
    return i % 3 ? "x" : "z";
}

static const char *domain_sid(uint32_t i)
{
    return i % 3 ? "S-1-5-21-1-2-3" : "S-1-5-21-4-5-6";
}

/* Somebody's DN, in one of the spellings that mean the same. */
static void add_dn(struct forest *f, struct cs_buf *text, uint32_t i)
{
    static const char *const spellings[][2] = {
        {"CN=n\\, ", ",DC="}, {"cn=N\\2C ", ", dc="}, {"CN=n\\,\\20", ",DC="}};
    uint32_t s = dice_below(f->dice, 3);
    cs_buf_addf(text, "%s%u%s%s,DC=y\n", spellings[s][0], i, spellings[s][1], domain_of(i));
}

static void add_entry(struct forest *f, struct cs_buf *text, uint32_t i)
{
    bool group = i < f->groups;
    cs_buf_adds(text, "dn: ");
    add_dn(f, text, i);
    cs_buf_addf(text, "objectClass: %s\nsAMAccountName: n%u\nobjectSid: %s-%u\n",
                group ? "group" : "user", i, domain_sid(i), 1100 + i);
    cs_buf_adds(text, group ? "groupType: -2147483640\n" : "primaryGroupID: 513\n");
}

/* Each membership is told at one of its ends, or at both. */
static void make(struct forest *f)
{
    struct cs_buf texts[MOST];
    f->count = 3 + dice_below(f->dice, MOST - 2);
    f->groups = 1 + dice_below(f->dice, f->count - 1);
    for (uint32_t i = 0; i < f->count; i++) {
        cs_buf_init(&texts[i], 1 << 20);
        add_entry(f, &texts[i], i);
    }
    for (uint32_t g = 0; g < f->groups; g++)
        for (uint32_t m = 0; m < f->count; m++) {
            uint32_t how = g == m ? 9 : dice_below(f->dice, 12);
            f->member[g][m] = how < 3;
            if (how == 0 || how == 1) {
                cs_buf_adds(&texts[g], "member: ");
                add_dn(f, &texts[g], m);
            }
            if (how == 1 || how == 2) {
                cs_buf_adds(&texts[m], "memberOf: ");
                add_dn(f, &texts[m], g);
            }
        }
    for (uint32_t i = 0; i < f->count; i++) {
        cs_buf_adds(&texts[i], "\n");
        f->entries[i] = cs_str_copy(f->arena, cs_buf_str(&texts[i]));
        cs_buf_clear(&texts[i]);
    }
}

/* ----------------------------------------------------------------- importing */

static void shuffle(struct dice *dice, uint32_t *order, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    for (uint32_t i = count; i > 1; i--) {
        uint32_t k = dice_below(dice, i), kept = order[i - 1];
        order[i - 1] = order[k];
        order[k] = kept;
    }
}

/* The next few entries become a file. */
static uint32_t read_file(struct forest *f, struct cs_import *import, const uint32_t *order,
                          uint32_t from)
{
    struct cs_error err;
    struct cs_buf text;
    uint32_t end = from + 1 + dice_below(f->dice, f->count - from);
    cs_buf_init(&text, 1 << 20);
    for (uint32_t i = from; i < end; i++)
        cs_buf_add_str(&text, f->entries[order[i]]);
    struct cs_str words = cs_str_copy(f->arena, cs_buf_str(&text));
    cs_buf_clear(&text);
    ck_assert_msg(cs_import_file(import, reader("import_ldif"), CS_STR("f"), words, &err) == CS_OK,
                  "%s", err.text);
    return end;
}

static void import_split(struct forest *f, struct cs_lab *lab)
{
    uint32_t order[MOST];
    struct cs_error err;
    shuffle(f->dice, order, f->count);
    for (uint32_t at = 0; at < f->count;) {
        cs_lab_begin(lab, CS_STR("import"));
        struct cs_import *import = cs_import_new(lab, f->arena, 0);
        do
            at = read_file(f, import, order, at);
        while (at < f->count && dice_one_in(f->dice, 3));
        ck_assert_msg(cs_import_finish(import, NULL, &err) == CS_OK, "%s", err.text);
        cs_lab_commit(lab, NULL);
    }
}

/* ----------------------------------------------------------------- comparing */

static cs_id id_of(const struct cs_lab *lab, uint32_t i)
{
    struct cs_sid domain;
    ck_assert(cs_sid_parse(cs_str_of(domain_sid(i)), &domain, NULL) == CS_OK);
    struct cs_sid sid = cs_sid_child(&domain, 1100 + i);
    return cs_principal_by_sid(lab, &sid, 0);
}

static bool no_stranger(void *context, const struct cs_principal *p)
{
    ck_assert_msg(!cs_principal_is_stranger(p), "forest %u: %.*s waits", *(const uint32_t *)context,
                  CS_STR_ARG(p->name));
    return true;
}

/* Whatever lists somebody who is in, again and again. */
static void naive_groups(const struct forest *f, uint32_t who, bool *in)
{
    memset(in, 0, MOST);
    in[who] = true;
    for (bool moved = true; moved;) {
        moved = false;
        for (uint32_t g = 0; g < f->groups; g++)
            for (uint32_t m = 0; !in[g] && m < f->count; m++)
                if (in[m] && f->member[g][m])
                    in[g] = moved = true;
    }
    in[who] = false;
}

struct found {
    const struct cs_lab *lab;
    const struct forest *f;
    bool in[MOST];
};

static bool note_group(void *context, cs_id id)
{
    struct found *found = context;
    uint32_t i = 0;
    while (i < found->f->groups && id_of(found->lab, i) != id)
        i++;
    ck_assert_msg(i < found->f->groups, "a group that nobody made");
    found->in[i] = true;
    return true;
}

static void compare(const struct forest *f, const struct cs_lab *lab, uint32_t number)
{
    cs_principal_each(lab, 0, no_stranger, &number);
    for (uint32_t i = 0; i < f->count; i++) {
        struct found found = {.lab = lab, .f = f};
        bool in[MOST];
        naive_groups(f, i, in);
        cs_principal_groups(lab, id_of(lab, i), CS_NOW, note_group, &found);
        ck_assert_msg(!memcmp(in, found.in, sizeof in), "forest %u: groups of %u", number, i);
        for (uint32_t g = 0; g < f->groups; g++)
            ck_assert_msg(cs_member_has(lab, id_of(lab, g), id_of(lab, i), CS_NOW) ==
                              f->member[g][i],
                          "forest %u: %u in %u", number, i, g);
    }
}

START_TEST(any_split_and_order_gives_the_same_groups)
{
    struct dice dice = dice_new("import split");
    for (uint32_t number = 0; number < dice_cases(FORESTS); number++) {
        struct forest f = {.arena = cs_arena_new(), .dice = &dice};
        struct cs_lab *lab = cs_lab_new();
        make(&f);
        import_split(&f, lab);
        compare(&f, lab, number);
        cs_lab_free(lab);
        cs_arena_free(f.arena);
    }
}
END_TEST

Suite *import_split_suite(void)
{
    Suite *suite = suite_create("import_split");
    TCase *laws = tcase_create("laws");
    tcase_set_timeout(laws, 60);
    tcase_add_test(laws, any_split_and_order_gives_the_same_groups);
    suite_add_tcase(suite, laws);
    return suite;
}
