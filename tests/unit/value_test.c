/* value_test.c - values are copied whole, compared by content, shown to people. */
#include <certsh/value.h>

#include "suites_shell.h"

static const struct {
    int64_t seconds;
    const char *text;
} times[] = {
    {0, "1970-01-01T00:00:00Z"},
    {1164877200, "2006-11-30T09:00:00Z"},
    {951782400, "2000-02-29T00:00:00Z"},
    {4107542399, "2100-02-28T23:59:59Z"},
    {4107542400, "2100-03-01T00:00:00Z"},
    {-1, "1969-12-31T23:59:59Z"},
    {-11644473600, "1601-01-01T00:00:00Z"},
    {253402300799, "9999-12-31T23:59:59Z"},
};

START_TEST(times_are_iso_8601)
{
    struct cs_time_text text;
    ck_assert_str_eq(cs_time_format(times[_i].seconds, &text), times[_i].text);
}
END_TEST

START_TEST(a_copy_is_deep)
{
    struct cs_arena *first = cs_arena_new(), *second = cs_arena_new();
    struct cs_value inner[] = {cs_value_str(cs_str_copy(first, CS_STR("abc"))), cs_value_int(7)};
    struct cs_member members[] = {
        {CS_STR("list"), cs_value_list(first, inner, 2)},
        {CS_STR("ref"), cs_value_ref(3, cs_str_copy(first, CS_STR("x")))}};
    struct cs_value object = cs_value_object(first, members, 2);
    struct cs_value copy = cs_value_copy(second, &object);
    ck_assert(cs_value_equal(&object, &copy));
    cs_arena_free(first); /* sanitizer builds see what the copy still borrowed */
    struct cs_str shown = cs_value_show(second, &copy);
    ck_assert_msg(cs_str_is(shown, "list=abc, 7, ref=x"), "%.*s", CS_STR_ARG(shown));
    cs_arena_free(second);
}
END_TEST

START_TEST(values_differ_by_kind_and_content)
{
    struct cs_value values[] = {
        cs_value_null(),   cs_value_bool(false),        cs_value_int(0),  cs_value_int(1),
        cs_value_real(0),  cs_value_text("0"),          cs_value_code(0), cs_value_time(0),
        cs_value_text(""), cs_value_ref(1, CS_STR("0"))};
    for (size_t i = 0; i < CS_COUNT(values); i++)
        for (size_t k = 0; k < CS_COUNT(values); k++)
            ck_assert_int_eq(cs_value_equal(&values[i], &values[k]), i == k);
}
END_TEST

START_TEST(the_last_member_of_a_name_counts)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_member members[] = {{CS_STR("a"), cs_value_int(1)}, {CS_STR("a"), cs_value_int(2)}};
    struct cs_value object = cs_value_object(arena, members, 2), number = cs_value_int(1);
    ck_assert_int_eq(cs_value_get(&object, "a")->integer, 2);
    ck_assert_ptr_null(cs_value_get(&object, "b"));
    ck_assert_ptr_null(cs_value_get(&number, "a"));
    cs_arena_free(arena);
}
END_TEST

START_TEST(a_list_grows)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_list_maker maker = {.arena = arena};
    for (int i = 0; i < 1000; i++)
        cs_list_add(&maker, cs_value_int(i));
    struct cs_value list = cs_list_value(&maker);
    ck_assert_uint_eq(list.list.count, 1000);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(list.list.at[i].integer, i);
    cs_arena_free(arena);
}
END_TEST

Suite *value_suite(void)
{
    Suite *suite = suite_create("value");
    TCase *tc = tcase_create("core");
    tcase_add_loop_test(tc, times_are_iso_8601, 0, CS_COUNT(times));
    tcase_add_test(tc, a_copy_is_deep);
    tcase_add_test(tc, values_differ_by_kind_and_content);
    tcase_add_test(tc, the_last_member_of_a_name_counts);
    tcase_add_test(tc, a_list_grows);
    suite_add_tcase(suite, tc);
    return suite;
}
