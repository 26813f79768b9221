/* bind_test.c - words become arguments, and calls keep their promises. */
#include <string.h>

#include "recorder.h"
#include "suites_shell.h"
#include "toy.h"

static struct cs_shell *shell;
static struct recorder recorder;

static void set_up(void)
{
    shell = toy_shell();
    recorder_init(&recorder);
}

static void tear_down(void)
{
    recorder_clear(&recorder);
    cs_shell_free(shell);
}

/* What a line gives; "!status" and a part of the error text where it fails. */
static const struct {
    const char *line, *gives;
} lines[] = {
    {"toy show x", "x|1|no|no\n[end]\n"},
    {"TOY Show x --times 3", "x|3|no|yes\n[end]\n"},
    {"toy show --times=3 x --loud", "x|3|yes|yes\n[end]\n"},
    {"toy show -times 3 x", "x|3|no|yes\n[end]\n"},
    {"toy show \xe2\x80\x93times 3 x", "x|3|no|yes\n[end]\n"},
    {"toy show -- --loud", "--loud|1|no|no\n[end]\n"},
    {"toy show \"two words\" --times -3", "two words|-3|no|yes\n[end]\n"},
    {"toy show x --colour GREEN", "x|1|no|no\n[end]\n"},
    {"toy maybe x", "x|0|no|no\n[end]\n"},
    {"toy maybe x --times", "x|0|no|yes\n[end]\n"},
    {"toy maybe x --times 2", "x|2|no|yes\n[end]\n"},
    {"toy maybe x --times=2", "x|2|no|yes\n[end]\n"},
    {"toy maybe --times x", "x|0|no|yes\n[end]\n"},
    {"toy maybe --times --loud x", "x|0|yes|yes\n[end]\n"},
    {"toy many", "0|\n[end]\n"},
    {"toy many a \"b c\" d", "3|a, b c, d\n[end]\n"},
    {"toy -raw a --b \xe2\x80\x93"
     "c 'd e'",
     "a\n--b\n-c\nd e\n[end]\n"},
    {"toy \xe2\x80\x93raw a", "a\n[end]\n"},
    {"toy other words", "other\nwords\n[end]\n"},
    {"toy show", "!usage needs its what"},
    {"toy show a b", "!usage 'b' is more than 'toy show' takes"},
    {"toy show x --tims 3", "!usage did you mean '--times'"},
    {"toy show x --times", "!usage '--times' needs a value"},
    {"toy show x --times --loud", "!usage '--times' needs a value"},
    {"toy show x --times 1 --times 2", "!usage given twice"},
    {"toy show x --loud=yes", "!usage takes no value"},
    {"toy show x --times three", "!invalid 'three' is no whole number"},
    {"toy maybe x --times=three", "!invalid 'three' is no whole number"},
    {"toy maybe x --times 1 --times", "!usage given twice"},
    {"toy show x --colour blue", "!invalid 'blue' is no colour"},
    {"toy show \"x", "!syntax a quote is not closed"},
    {"toys show x", "!usage no such command 'toys'"},
};

START_TEST(a_line_gives_what_it_should)
{
    int code = recorder_run(&recorder, shell, lines[_i].line);
    if (lines[_i].gives[0] != '!') {
        ck_assert_msg(code == 0, "%s: %s", lines[_i].line, recorder.err.text);
        ck_assert_str_eq(recorder.text.at, lines[_i].gives);
        return;
    }
    const char *status = lines[_i].gives + 1, *text = strchr(status, ' ') + 1;
    ck_assert_int_eq(code, cs_status_exit(recorder.err.status));
    ck_assert_msg(
        strncmp(status, cs_status_name(recorder.err.status), (size_t)(text - status - 1)) == 0,
        "%s: %s", lines[_i].line, cs_status_name(recorder.err.status));
    ck_assert_msg(strstr(recorder.err.text, text) != NULL, "%s: %s", lines[_i].line,
                  recorder.err.text);
}
END_TEST

START_TEST(a_writer_is_one_change)
{
    ck_assert_int_eq(recorder_run(&recorder, shell, "toy write CORP"), 0);
    ck_assert_str_eq(recorder.text.at, "CORP\n[end]\n");
    struct cs_lab *lab = cs_shell_lab(shell);
    ck_assert_uint_ne(cs_domain_find(lab, CS_STR("corp")), 0);
    ck_assert_uint_eq(cs_lab_change_count(lab), 1);
}
END_TEST

START_TEST(a_writer_that_fails_leaves_nothing)
{
    ck_assert_int_eq(recorder_run(&recorder, shell, "toy write CORP --fail"), 1);
    ck_assert_str_eq(recorder.text.at, "[end]\n");
    struct cs_lab *lab = cs_shell_lab(shell);
    ck_assert_uint_eq(cs_domain_find(lab, CS_STR("corp")), 0);
    ck_assert_uint_eq(cs_lab_change_count(lab), 0);
    ck_assert(!cs_lab_in_transaction(lab));
}
END_TEST

START_TEST(denied_wins_over_unknown)
{
    ck_assert_int_eq(recorder_run(&recorder, shell, "toy verdict"), 2);
}
END_TEST

START_TEST(a_row_is_what_was_declared)
{
#ifndef NDEBUG
    ck_assert_int_eq(recorder_run(&recorder, shell, "toy wrong"), 1);
    ck_assert_ptr_nonnull(strstr(recorder.err.text, "'number'"));
#endif
}
END_TEST

static cs_status no_lab(struct cs_shell *shell_, struct cs_lab **lab, struct cs_error *err)
{
    (void)shell_, (void)lab;
    return cs_fail(err, CS_NOT_FOUND, "no lab of that name");
}

START_TEST(a_lab_that_cannot_be_opened_is_told)
{
    cs_shell_set_open(shell, no_lab, NULL);
    ck_assert_int_eq(recorder_run(&recorder, shell, "toy write CORP"), 3);
    ck_assert_str_eq(recorder.err.text, "no lab of that name");
    ck_assert_int_eq(recorder_run(&recorder, shell, "set"), 0);
}
END_TEST

Suite *bind_suite(void)
{
    Suite *suite = suite_create("bind");
    TCase *tc = tcase_create("core");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, a_line_gives_what_it_should, 0, CS_COUNT(lines));
    tcase_add_test(tc, a_writer_is_one_change);
    tcase_add_test(tc, a_writer_that_fails_leaves_nothing);
    tcase_add_test(tc, denied_wins_over_unknown);
    tcase_add_test(tc, a_row_is_what_was_declared);
    tcase_add_test(tc, a_lab_that_cannot_be_opened_is_told);
    suite_add_tcase(suite, tc);
    return suite;
}
