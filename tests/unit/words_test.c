/* words_test.c - how a line falls into words. */
#include <certsh/shell.h>

#include "suites_shell.h"

/* Words joined by '|'. */
static const struct {
    const char *line, *words;
} splits[] = {
    {"", ""},
    {"  a\tb  ", "a|b"},
    {"net localgroup \"Domain Controllers\" /add", "net|localgroup|Domain Controllers|/add"},
    {"CORP\\DC02$ \\\\HOST", "CORP\\DC02$|\\\\HOST"},
    {"'a b' 'it''s'", "a b|it's"},
    {"\"say \"\"hi\"\"\"", "say \"hi\""},
    {"CORP\\\"Domain Users\"", "CORP\\Domain Users"},
    {"CORP\\'Domain Users'", "CORP\\Domain Users"},
    {"CORP\\O'Brien CORP\\O'Neil", "CORP\\O'Brien|CORP\\O'Neil"},
    {"--name='a b' x", "--name=a b|x"},
    {"a \"\" b", "a||b"},
    {"certutil \xe2\x80\x93setreg", "certutil|-setreg"},
    {"x \xe2\x80\x94y \xe2\x80\x93\xe2\x80\x93z", "x|-y|--z"},
    {"a\xe2\x80\x93"
     "b",
     "a\xe2\x80\x93"
     "b"},
    {"\"\xe2\x80\x93x\"", "\xe2\x80\x93x"},
};

START_TEST(a_line_falls_into_words)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_error err = {0};
    struct cs_list words;
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 10);
    ck_assert_int_eq(cs_line_split(arena, cs_str_of(splits[_i].line), &words, &err), CS_OK);
    for (size_t i = 0; i < words.count; i++)
        cs_buf_addf(&buf, "%s%.*s", i ? "|" : "", CS_STR_ARG(words.at[i].text));
    ck_assert_str_eq(buf.at, splits[_i].words);
    cs_buf_clear(&buf);
    cs_arena_free(arena);
}
END_TEST

static const struct {
    const char *line;
    int at;
} open_quotes[] = {{"a \"b", 2}, {"'", 0}, {"x \"a\"\"", 2}, {"--n='a", 4}};

START_TEST(an_open_quote_is_told_with_its_place)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_error err = {0};
    struct cs_list words;
    ck_assert_int_eq(cs_line_split(arena, cs_str_of(open_quotes[_i].line), &words, &err),
                     CS_SYNTAX);
    ck_assert_int_eq(err.at, open_quotes[_i].at);
    cs_arena_free(arena);
}
END_TEST

Suite *words_suite(void)
{
    Suite *suite = suite_create("words");
    TCase *tc = tcase_create("core");
    tcase_add_loop_test(tc, a_line_falls_into_words, 0, CS_COUNT(splits));
    tcase_add_loop_test(tc, an_open_quote_is_told_with_its_place, 0, CS_COUNT(open_quotes));
    suite_add_tcase(suite, tc);
    return suite;
}
