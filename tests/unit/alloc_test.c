/* alloc_test.c - large memory: what grows into it, moves within it, and does not fit. */
#include <check.h>
#include <string.h>

#include "base/alloc.h"

Suite *alloc_suite(void);

#define MILLION ((size_t)1 << 20)

/* Does each of `count` numbers say its own place? */
static bool in_order(const uint32_t *at, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (at[i] != i)
            return false;
    return true;
}

START_TEST(an_array_keeps_what_it_holds_as_it_grows)
{
    size_t room = 64;
    long before = csi_alloc_live();
    uint32_t *at = NULL;
    for (uint32_t i = 0; i < 4 * MILLION; i++) {
        if (!at || i == room) {
            size_t used = at ? room * sizeof *at : 0;
            room *= at ? 2 : 1;
            at = csi_alloc_more(at, used, room * sizeof *at);
            ck_assert(in_order(at, i));
        }
        at[i] = i;
    }
    ck_assert(in_order(at, 4 * MILLION));
    csi_alloc_free(at);
    ck_assert_int_eq(csi_alloc_live(), before);
}
END_TEST

START_TEST(large_memory_shrinks_and_comes_back)
{
    uint32_t *at = csi_alloc_must(8 * MILLION);
    for (uint32_t i = 0; i < 8 * MILLION / sizeof *at; i++)
        at[i] = i;
    at = csi_alloc_again(at, 100 * sizeof *at);
    ck_assert(in_order(at, 100));
    at = csi_alloc_again(at, 16 * MILLION);
    ck_assert(in_order(at, 100));
    csi_alloc_free(at);
}
END_TEST

START_TEST(every_byte_of_any_size_is_there)
{
    for (size_t size = 2 * MILLION - 256; size <= 2 * MILLION + 256; size += 16) {
        char *at = csi_alloc_must(size);
        memset(at, 'x', size);
        csi_alloc_free(at);
    }
}
END_TEST

START_TEST(what_does_not_fit_leaves_the_old)
{
    char *at = csi_alloc_must(3 * MILLION);
    memset(at, 'x', 3 * MILLION);
    csi_alloc_fail_at(1, false);
    ck_assert_ptr_null(csi_alloc_more(at, 3 * MILLION, 6 * MILLION));
    csi_alloc_fail_at(0, false);
    ck_assert_int_eq(at[3 * MILLION - 1], 'x');
    csi_alloc_free(at);
}
END_TEST

Suite *alloc_suite(void)
{
    Suite *suite = suite_create("alloc");
    TCase *tests = tcase_create("alloc");
    tcase_add_test(tests, an_array_keeps_what_it_holds_as_it_grows);
    tcase_add_test(tests, large_memory_shrinks_and_comes_back);
    tcase_add_test(tests, every_byte_of_any_size_is_there);
    tcase_add_test(tests, what_does_not_fit_leaves_the_old);
    suite_add_tcase(suite, tests);
    return suite;
}
