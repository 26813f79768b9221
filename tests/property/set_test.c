/* set_test.c - operations on sets against a plain row of flags, for any two sets. */
#include <certsh/set.h>

#include <check.h>

#include "dice.h"

Suite *set_suite(void);

enum { END = 700, CASES = 200 };

struct pair {
    struct cs_set set;
    bool flags[END];
};

static struct cs_arena *arena;

static void set_up(void)
{
    arena = cs_arena_new();
}

static void tear_down(void)
{
    cs_arena_free(arena);
}

static struct pair roll(struct dice *dice)
{
    struct pair pair = {.set = cs_set_new(arena, END)};
    uint32_t one_in = 1 + dice_below(dice, 20);
    for (uint32_t id = 0; id < END; id++)
        if ((pair.flags[id] = dice_below(dice, one_in) == 0))
            cs_set_add(&pair.set, id);
    return pair;
}

static void same(const struct pair *pair, const char *law)
{
    size_t size = 0;
    for (uint32_t id = 0; id < END; id++) {
        ck_assert_msg(cs_set_has(&pair->set, id) == pair->flags[id], "%s: %u", law, id);
        size += pair->flags[id];
    }
    ck_assert_uint_eq(cs_set_size(&pair->set), size);
    uint32_t next = 0, expect = 0;
    while ((next = cs_set_next(&pair->set, next + 1))) {
        do
            expect++;
        while (!pair->flags[expect]);
        ck_assert_uint_eq(next, expect);
    }
}

static void or (struct cs_set * into, const struct cs_set *a, const struct cs_set *b)
{
    (void)b;
    cs_set_or(into, a);
}

static void and (struct cs_set * into, const struct cs_set *a, const struct cs_set *b)
{
    (void)b;
    cs_set_and(into, a);
}

static void minus(struct cs_set *into, const struct cs_set *a, const struct cs_set *b)
{
    (void)b;
    cs_set_minus(into, a);
}

static bool or_flag(bool into, bool a, bool b)
{
    (void)b;
    return into || a;
}

static bool and_flag(bool into, bool a, bool b)
{
    (void)b;
    return into && a;
}

static bool minus_flag(bool into, bool a, bool b)
{
    (void)b;
    return into && !a;
}

static bool or_both_flag(bool into, bool a, bool b)
{
    return into || (a && b);
}

static const struct law {
    const char *name;
    void (*sets)(struct cs_set *into, const struct cs_set *a, const struct cs_set *b);
    bool (*flag)(bool into, bool a, bool b);
} laws[] = {
    {"or", or, or_flag},
    {"and", and, and_flag},
    {"minus", minus, minus_flag},
    {"or both", cs_set_or_both, or_both_flag},
};

START_TEST(operations_are_those_of_their_flags)
{
    const struct law *law = &laws[_i];
    struct dice dice = dice_new("set");
    for (uint32_t i = dice_cases(CASES); i > 0; i--) {
        struct cs_arena_mark mark = cs_arena_mark(arena);
        struct pair into = roll(&dice), a = roll(&dice), b = roll(&dice);
        law->sets(&into.set, &a.set, &b.set);
        for (uint32_t id = 0; id < END; id++)
            into.flags[id] = law->flag(into.flags[id], a.flags[id], b.flags[id]);
        same(&into, law->name);
        same(&a, "what is asked stays");
        same(&b, "what is asked stays");
        cs_arena_rewind(arena, mark);
    }
}
END_TEST

Suite *set_suite(void)
{
    Suite *suite = suite_create("set");
    TCase *tests = tcase_create("laws");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, operations_are_those_of_their_flags, 0, CS_COUNT(laws));
    suite_add_tcase(suite, tests);
    return suite;
}
