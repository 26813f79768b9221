/* sddl_test.c - SDDL read with Windows' leniencies and printed as Windows prints it. */
#include <certsh/sd.h>

#include <stdlib.h>

#include "rows.h"
#include "suites_domain.h"

static struct cs_arena *arena;

static void set_up(void)
{
    arena = cs_arena_new();
}

static void tear_down(void)
{
    cs_arena_free(arena);
}

static struct cs_sddl_scope scope_of(const char *domain, struct cs_sid *sid)
{
    ck_assert_int_eq(cs_sid_parse(cs_str_of(domain), sid, NULL), CS_OK);
    return (struct cs_sddl_scope){.domain = sid, .root = sid};
}

START_TEST(vectors_read_and_print_as_windows)
{
    struct rows rows = rows_open("sddl_reads_and_prints_as_windows.txt");
    while (rows_next(&rows, '\t')) {
        struct cs_sid domain;
        struct cs_sddl_scope scope = scope_of(rows.fields[0], &domain);
        struct cs_sd sd = {0};
        struct cs_str text = {0}, bytes = {0};
        struct cs_error err = {0};
        ck_assert_msg(cs_sddl_parse(arena, cs_str_of(rows.fields[1]), &scope, &sd, &err) == CS_OK,
                      "line %d: %s", rows.number, err.text);
        ck_assert_int_eq(cs_sddl_format(arena, &sd, &scope, &text, NULL), CS_OK);
        ck_assert_msg(cs_str_is(text, rows.fields[2]), "line %d: %.*s", rows.number,
                      CS_STR_ARG(text));
        ck_assert_int_eq(cs_sd_encode(arena, &sd, &bytes, NULL), CS_OK);
        ck_assert_str_eq(bytes_hex(arena, bytes), rows.fields[3]);
    }
    rows_close(&rows, 250);
}
END_TEST

START_TEST(vectors_that_are_refused)
{
    struct rows rows = rows_open("sddl_that_is_refused.txt");
    while (rows_next(&rows, '\t')) {
        struct cs_sid domain;
        struct cs_sddl_scope scope = scope_of(rows.fields[0], &domain);
        struct cs_sd sd;
        struct cs_error err = {0};
        ck_assert_msg(cs_sddl_parse(arena, cs_str_of(rows.fields[2]), &scope, &sd, &err) ==
                          CS_SYNTAX,
                      "line %d", rows.number);
        ck_assert_msg(err.at == atoi(rows.fields[1]), "line %d: at %d: %s", rows.number, err.at,
                      err.text);
    }
    rows_close(&rows, 150);
}
END_TEST

/* Our own rows; what Windows' own files say is in windows_test.c. */
static const struct {
    const char *text, *printed; /* NULL: as it was */
} lenient[] = {
    {"", NULL},
    {"D:", NULL},
    {"D:PARAI", NULL},
    {"D:AIARPP(A;;CC;;;WD)", "D:PARAI(A;;CC;;;WD)"},
    {"S:AIPD:", "D:S:PAI"},
    {"D:NO_ACCESS_CONTROL", NULL},
    {"D:PNO_ACCESS_CONTROL", NULL},
    {"O:BAG:SYD:(A;;CC;;;WD)", NULL},
    {"D:(a;oici;gr;;;wd)", "D:(A;OICI;GR;;;WD)"},
    {"O: BA G: BAD: P ( A ; OI CI ; CC ; ; ; WD )", "O:BAG:BAD:P(A;OICI;CC;;;WD)"},
    {"D: (A;;CC;;;WD) (A;;DC;;;WD) S: ", "D:(A;;CC;;;WD)(A;;DC;;;WD)S:"},
    {"O:s-1-5-11", "O:AU"},
    {"O:S-1-5-0x20-544D:", "O:BAD:"},
    {"O:S-0x1-5-20-220", "O:BA"},
    {"O:S-1-5-99999999999", "O:S-1-5-4294967295"},
    {"O:S-1-4294967296-1", "O:S-1-0x100000000-1"},
    {"S:(ML;;NWNR;;;HI)", "S:(ML;;NWNR;;;HI)"},
    {"S:(AU;SAFA;GA;;;WD)", NULL},
    {"S:(OU;SA;CR;0e10c968-78fb-11d2-90d4-00c04f79dc55;;WD)", NULL},
    {"O:HO", "O:S-1-5-32-584"},
};

START_TEST(leniencies_come_out_normalised)
{
    struct cs_sd sd = {0}, again = {0};
    struct cs_str text = {0}, twice = {0};
    struct cs_error err = {0};
    ck_assert_msg(cs_sddl_parse(arena, cs_str_of(lenient[_i].text), NULL, &sd, &err) == CS_OK,
                  "at %d: %s", err.at, err.text);
    ck_assert_int_eq(cs_sddl_format(arena, &sd, NULL, &text, NULL), CS_OK);
    ck_assert_str_eq(cs_str_c(arena, text),
                     lenient[_i].printed ? lenient[_i].printed : lenient[_i].text);
    ck_assert_int_eq(cs_sddl_parse(arena, text, NULL, &again, NULL), CS_OK);
    ck_assert_int_eq(cs_sddl_format(arena, &again, NULL, &twice, NULL), CS_OK);
    ck_assert(cs_str_equal(text, twice));
}
END_TEST

static const struct {
    const char *text;
    int at;
    const char *complaint;
} refused[] = {
    {"O:", 2, "no sid: expected two letters or 'S-1-...'"},
    {"O:XX", 2, "unknown alias 'XX': expected two letters or 'S-1-...'"},
    {"O:DA", 2, "alias 'DA' needs to know the domain"},
    {"O:S-2-5-11", 5, "bad sid: expected revision 1"},
    {"X:", 0, "unexpected 'X': expected 'O:', 'G:', 'D:' or 'S:'"},
    {"d:", 0, "unexpected 'd': expected 'O:', 'G:', 'D:' or 'S:'"},
    {"D:D:", 2, "'D:' is there twice"},
    {"D:(A;;XX;;;WD)", 6, "unknown right 'XX': expected two letters"},
    {"D:(Q;;CC;;;WD)", 3, "unknown ace type 'Q'"},
    {"D:(AU;;CC;;;WD)", 3, "ace type 'AU' does not belong in a dacl"},
    {"S:(A;;CC;;;WD)", 3, "ace type 'A' does not belong in a sacl"},
    {"D:(A;XX;CC;;;WD)", 5, "unknown ace flag: expected OI CI NP IO ID SA FA"},
    {"D:(A;;CC;;;WD", 13, "sddl ends early: expected ')'"},
    {"D:(A;;CC", 8, "sddl ends early: expected ';'"},
    {"D:(A;;CC;;;WD;)", 13, "unexpected ';': expected ')': this ace type takes no expression"},
    {"D:(OA;;CC;0e10c968;;WD)", 10, "no guid: expected 36 characters, here are 8"},
    {"D:(A;;CC;0e10c968-78fb-11d2-90d4-00c04f79dc55;;WD)", 9,
     "guid in an ace that is not of an object type"},
    {"D:\t", 2, "unexpected byte 0x09: expected 'O:', 'G:', 'D:' or 'S:'"},
};

START_TEST(complaints_say_where_and_what)
{
    struct cs_sd sd;
    struct cs_error err = {0};
    ck_assert_int_eq(cs_sddl_parse(arena, cs_str_of(refused[_i].text), NULL, &sd, &err), CS_SYNTAX);
    ck_assert_str_eq(err.text, refused[_i].complaint);
    ck_assert_int_eq(err.at, refused[_i].at);
}
END_TEST

/* LA is the machine's, DA the domain's, EA the forest root's. */
START_TEST(aliases_are_whose_the_scope_says)
{
    struct cs_sid domain, root, machine;
    struct cs_sddl_scope scope = scope_of("S-1-5-21-1-2-3", &domain);
    scope_of("S-1-5-21-4-5-6", &root);
    scope_of("S-1-5-21-7-8-9", &machine);
    scope.root = &root;
    scope.machine = &machine;
    static const char text[] = "D:(A;;CC;;;DA)(A;;CC;;;EA)(A;;CC;;;LA)";
    struct cs_sd sd = {0};
    struct cs_str full = {0}, short_form = {0};
    ck_assert_int_eq(cs_sddl_parse(arena, cs_str_of(text), &scope, &sd, NULL), CS_OK);
    ck_assert_int_eq(cs_sddl_format(arena, &sd, NULL, &full, NULL), CS_OK);
    ck_assert_str_eq(cs_str_c(arena, full), "D:(A;;CC;;;S-1-5-21-1-2-3-512)"
                                            "(A;;CC;;;S-1-5-21-4-5-6-519)"
                                            "(A;;CC;;;S-1-5-21-7-8-9-500)");
    ck_assert_int_eq(cs_sddl_format(arena, &sd, &scope, &short_form, NULL), CS_OK);
    ck_assert_str_eq(cs_str_c(arena, short_form), text);
}
END_TEST

/* Every beginning of a good text is good or refused within its bounds. */
START_TEST(every_cut_is_refused_or_understood)
{
    static const char text[] = "O:BAG:S-1-0x5-32-544D:PAI(OA;OICI;CCDC;0e10c968-78fb-11d2-90d4-"
                               "00c04f79dc55;;WD)(XA;;0x1f;;;AU;(!(@User.a%0020 Any_of {1, \"b\", "
                               "#ab, SID(BA)}) || Exists c))S:(RA;;;;;WD;(\"a\",TX,0x0,0102,03))";
    for (size_t length = 0; length < sizeof text; length++) {
        struct cs_sd sd;
        struct cs_error err = {0};
        struct cs_str cut = cs_str_span(cs_arena_copy(arena, text, length), length);
        if (length == sizeof text - 1)
            ck_assert_int_eq(cs_sddl_parse(arena, cut, NULL, &sd, &err), CS_OK);
        else if (cs_sddl_parse(arena, cut, NULL, &sd, &err) != CS_OK)
            ck_assert(err.at >= 0 && (size_t)err.at <= length);
    }
}
END_TEST

Suite *sddl_suite(void)
{
    Suite *suite = suite_create("sddl");
    TCase *tests = tcase_create("sddl");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, vectors_read_and_print_as_windows);
    tcase_add_test(tests, vectors_that_are_refused);
    tcase_add_loop_test(tests, leniencies_come_out_normalised, 0, CS_COUNT(lenient));
    tcase_add_loop_test(tests, complaints_say_where_and_what, 0, CS_COUNT(refused));
    tcase_add_test(tests, aliases_are_whose_the_scope_says);
    tcase_add_test(tests, every_cut_is_refused_or_understood);
    suite_add_tcase(suite, tests);
    return suite;
}
