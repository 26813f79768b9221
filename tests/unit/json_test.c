/* json_test.c - JSON in and out again, and what is refused with its place. */
#include <certsh/json.h>

#include <string.h>

#include "suites_shell.h"

/* Text in, text out. */
static const char *const same[] = {
    "null",
    "true",
    "false",
    "0",
    "-1",
    "9223372036854775807",
    "0.5",
    "-1.25e-07",
    "1e+100",
    "\"\"",
    "\"a\\\"b\\\\c\\n\\t\\r\"",
    "\"\\u0001\\u007f\"",
    "\"\xc3\xa4\xe6\x97\xa5\"",
    "\"\xf0\x9f\x98\x80\"",
    "[]",
    "{}",
    "[[],{}]",
    "{\"a\":1,\"b\":[true,null],\"\":{\"c\":\"d\"}}",
};

static struct cs_value read_good(struct cs_arena *arena, const char *text)
{
    struct cs_value value;
    struct cs_error err = {0};
    cs_status status = cs_json_read(arena, cs_str_of(text), &value, &err);
    ck_assert_msg(status == CS_OK, "%s: %s", text, err.text);
    return value;
}

START_TEST(what_is_read_is_written_the_same)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_value value = read_good(arena, same[_i]);
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 20);
    cs_json_write(&buf, &value);
    ck_assert_str_eq(buf.at, same[_i]);
    cs_buf_clear(&buf);
    cs_arena_free(arena);
}
END_TEST

static const struct {
    const char *text;
    cs_status status;
    int at; /* -1: any */
} refused[] = {
    {"", CS_SYNTAX, 0},          {"  ", CS_SYNTAX, 2},         {"[1,2", CS_SYNTAX, -1},
    {"[1,]", CS_SYNTAX, -1},     {"{\"a\" 1}", CS_SYNTAX, -1}, {"nul", CS_SYNTAX, -1},
    {"1 2", CS_SYNTAX, -1},      {"\"\xff\"", CS_SYNTAX, -1},  {"\"a", CS_SYNTAX, -1},
    {"{\"a\":}", CS_SYNTAX, -1}, {"'a'", CS_SYNTAX, 1},        {"1e999", CS_LIMIT, -1},
};

START_TEST(what_is_no_json_is_refused)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_value value = cs_value_int(42);
    struct cs_error err = {.at = -2};
    ck_assert_int_eq(cs_json_read(arena, cs_str_of(refused[_i].text), &value, &err),
                     refused[_i].status);
    ck_assert_int_eq(value.integer, 42);
    ck_assert_int_ge(err.at, 0);
    if (refused[_i].at >= 0)
        ck_assert_int_eq(err.at, refused[_i].at);
    ck_assert_ptr_null(strchr(err.text, '\n'));
    cs_arena_free(arena);
}
END_TEST

/* `depth` lists in one another. */
static cs_status read_deep(int depth)
{
    char text[512];
    struct cs_arena *arena = cs_arena_new();
    struct cs_value value;
    struct cs_error err;
    memset(text, '[', (size_t)depth);
    memset(text + depth, ']', (size_t)depth);
    cs_status status = cs_json_read(arena, cs_str_span(text, (size_t)depth * 2), &value, &err);
    cs_arena_free(arena);
    return status;
}

START_TEST(depth_ends_at_100)
{
    ck_assert_int_eq(read_deep(100), CS_OK);
    ck_assert_int_eq(read_deep(101), CS_LIMIT);
}
END_TEST

START_TEST(our_own_kinds_become_text)
{
    struct cs_buf buf;
    struct cs_value items[] = {cs_value_code(0x80070005), cs_value_time(1164877200),
                               cs_value_ref(4, CS_STR("CORP\\DC02$"))};
    struct cs_value list = {.kind = CS_LIST, .list = {items, 3}};
    cs_buf_init(&buf, 1 << 10);
    cs_json_write(&buf, &list);
    ck_assert_str_eq(buf.at, "[\"0x80070005\",\"2006-11-30T09:00:00Z\",\"CORP\\\\DC02$\"]");
    cs_buf_clear(&buf);
}
END_TEST

START_TEST(bytes_that_are_no_utf8_are_replaced)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 10);
    cs_json_write_text(&buf, cs_str_span("a\xff\xc3(\xed\xa0\x80", 7));
    ck_assert_str_eq(buf.at, "\"a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    cs_buf_clear(&buf);
}
END_TEST

Suite *json_suite(void)
{
    Suite *suite = suite_create("json");
    TCase *tc = tcase_create("core");
    tcase_add_loop_test(tc, what_is_read_is_written_the_same, 0, CS_COUNT(same));
    tcase_add_loop_test(tc, what_is_no_json_is_refused, 0, CS_COUNT(refused));
    tcase_add_test(tc, depth_ends_at_100);
    tcase_add_test(tc, our_own_kinds_become_text);
    tcase_add_test(tc, bytes_that_are_no_utf8_are_replaced);
    suite_add_tcase(suite, tc);
    return suite;
}
