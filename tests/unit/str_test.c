/* str_test.c - text: case in any language, encodings of files, numbers, capped buffers. */
#include <check.h>

#include <certsh/str.h>

Suite *str_suite(void);

static struct cs_arena *arena;

static void set_up(void)
{
    arena = cs_arena_new();
}

static void tear_down(void)
{
    cs_arena_free(arena);
}

static const struct {
    const char *a, *b;
    bool same;
} pairs[] = {
    {"CORP\\Alice", "corp\\aLICE", true},
    {"Köln", "KÖLN", true},
    {"ПЁТР", "пётр", true},
    {"alice", "alicia", false},
    {"", "", true},
    {"証明書", "証明書", true},
    {"e", "é", false},
    {"élan", "elan", false},
    {"Ω", "ω", true},
#ifdef CERTSH_UTF8PROC
    /* one piece or two, Hangul, Kelvin, and what folds to two letters */
    {"Jos\u00e9", "JOSE\u0301", true},
    {"\u1e9b\u0323", "\u1e69", true},
    {"\ud55c", "\u1112\u1161\u11ab", true},
    {"\u212aelvin", "kelvin", true},
    {"Stra\u00dfe", "STRASSE", true},
    {"e", "e\u0301", false},
    {"e\u0301", "e", false},
    {"o\u0323\u0302", "o\u0302\u0323", true},
#endif
};

START_TEST(names_are_the_same_in_any_case_and_language)
{
    struct cs_str a = cs_str_of(pairs[_i].a), b = cs_str_of(pairs[_i].b);
    ck_assert_msg(cs_str_same(a, b) == pairs[_i].same, "%s %s", a.at, b.at);
    if (pairs[_i].same)
        ck_assert(cs_str_equal(cs_str_fold(arena, a), cs_str_fold(arena, b)));
}
END_TEST

static const struct {
    const char *bytes;
    size_t size;
    const char *text;
} files[] = {
    {"\xff\xfeK\0\xf6\0l\0n\0", 10, "Köln"},
    {"\xef\xbb\xbfKöln", 8, "Köln"},
    {"Köln", 5, "Köln"},
    {"K\xf6ln", 4, "Köln"},
    {"\xff\xfe\x3d\xd8\x00\xde", 6, "\xf0\x9f\x98\x80"},
    {"\xff\xfe\x3d\xd8", 4, "\xef\xbf\xbd"},
    {"", 0, ""},
};

START_TEST(a_files_text_is_read_whatever_it_was_written_in)
{
    struct cs_str text = cs_str_from_file(arena, cs_str_span(files[_i].bytes, files[_i].size));
    ck_assert_msg(cs_str_is(text, files[_i].text), "row %d: %.*s", _i, CS_STR_ARG(text));
}
END_TEST

START_TEST(utf16_goes_out_and_comes_back)
{
    struct cs_str text = CS_STR("Köln \xf0\x9f\x98\x80 証明書");
    struct cs_str wide = cs_str_to_utf16(arena, text);
    ck_assert(cs_str_equal(cs_str_from_utf16(arena, wide.at, wide.length), text));
}
END_TEST

START_TEST(numbers_are_whole_or_none)
{
    uint64_t number = 7;
    ck_assert(cs_str_number(CS_STR("0x1F"), 255, &number));
    ck_assert_uint_eq(number, 31);
    ck_assert(!cs_str_number(CS_STR("256"), 255, &number));
    ck_assert(!cs_str_number(CS_STR("1 "), 255, &number));
    ck_assert(!cs_str_number(CS_STR(""), 255, &number));
    ck_assert(!cs_str_number(CS_STR("18446744073709551616"), UINT64_MAX, &number));
    ck_assert_uint_eq(number, 31);
}
END_TEST

START_TEST(a_full_buffer_stays_as_it_is)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 5);
    cs_buf_adds(&buf, "four");
    cs_buf_adds(&buf, "five");
    ck_assert(cs_buf_full(&buf));
    ck_assert_str_eq(buf.at, "four");
    cs_buf_clear(&buf);
    ck_assert(!cs_buf_full(&buf));
}
END_TEST

Suite *str_suite(void)
{
    Suite *suite = suite_create("str");
    TCase *tcase = tcase_create("text");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, names_are_the_same_in_any_case_and_language, 0, CS_COUNT(pairs));
    tcase_add_loop_test(tcase, a_files_text_is_read_whatever_it_was_written_in, 0, CS_COUNT(files));
    tcase_add_test(tcase, utf16_goes_out_and_comes_back);
    tcase_add_test(tcase, numbers_are_whole_or_none);
    tcase_add_test(tcase, a_full_buffer_stays_as_it_is);
    suite_add_tcase(suite, tcase);
    return suite;
}
