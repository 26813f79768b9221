/* rights_test.c - masks in words, short names and SDDL letters. */
#include <certsh/arena.h>
#include <certsh/rights.h>

#include "suites_domain.h"

static const struct {
    const struct cs_rights_vocab *vocab;
    uint32_t mask;
    const char *words, *names;
} spoken[] = {
    {&cs_rights_launch, 0x19, "local+remote activation", "la,ra"},
    {&cs_rights_launch, 0x1f, "local+remote launch+activation", "ll,rl,la,ra"},
    {&cs_rights_launch, 0x0b, "local launch+activation", "ll,la"},
    {&cs_rights_launch, 0x0f, "local+remote launch, local activation", "ll,rl,la"},
    {&cs_rights_launch, 0x0d, "remote launch, local activation", "rl,la"},
    {&cs_rights_launch, 0x10, "remote activation", "ra"},
    {&cs_rights_launch, 0x01, "all (old format)", "0x1"},
    {&cs_rights_launch, 0x20011, "remote activation, 0x20000", "ra,0x20000"},
    {&cs_rights_launch, 0, "nothing", "0x0"},
    {&cs_rights_access, 0x07, "local+remote access", "l,r"},
    {&cs_rights_access, 0x05, "remote access", "r"},
    {&cs_rights_ca, 0x300, "read, enroll", "read,enroll"},
    {&cs_rights_ca, 0x3, "manage CA, manage certificates", "admin,officer"},
    {&cs_rights_ds, 0x100, "extended right", "cr"},
    {&cs_rights_ds, 0xf01ff, "full control", "cc,dc,lc,sw,rp,wp,dt,lo,cr,sd,rc,wd,wo"},
};

START_TEST(masks_are_put_in_words)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_str words = cs_rights_format(arena, spoken[_i].vocab, spoken[_i].mask);
    struct cs_str names = cs_rights_short(arena, spoken[_i].vocab, spoken[_i].mask);
    uint32_t again = 0;
    ck_assert_msg(cs_str_is(words, spoken[_i].words), "%.*s", CS_STR_ARG(words));
    ck_assert_msg(cs_str_is(names, spoken[_i].names), "%.*s", CS_STR_ARG(names));
    ck_assert_int_eq(cs_rights_parse(spoken[_i].vocab, names, &again, NULL), CS_OK);
    ck_assert_uint_eq(again, spoken[_i].mask | spoken[_i].vocab->implied);
    cs_arena_free(arena);
}
END_TEST

static const struct {
    const struct cs_rights_vocab *vocab;
    const char *text;
    uint32_t mask;
} typed[] = {
    {&cs_rights_launch, "la,ra", 0x19},
    {&cs_rights_launch, " LA , Ra ", 0x19},
    {&cs_rights_launch, "all", 0x1f},
    {&cs_rights_launch, "CCDCLC", 0x7},
    {&cs_rights_launch, "0x18", 0x19},
    {&cs_rights_launch, "remote activation", 0x11},
    {&cs_rights_access, "r", 0x5},
    {&cs_rights_access, "all", 0x7},
    {&cs_rights_ca, "Enroll,read", 0x300},
    {&cs_rights_ds, "cr,rc", 0x20100},
    {&cs_rights_ds, "GA", CS_RIGHT_GENERIC_ALL},
};

START_TEST(typed_rights_are_understood)
{
    uint32_t mask = 0;
    ck_assert_int_eq(cs_rights_parse(typed[_i].vocab, cs_str_of(typed[_i].text), &mask, NULL),
                     CS_OK);
    ck_assert_uint_eq(mask, typed[_i].mask);
}
END_TEST

START_TEST(unknown_rights_name_the_choices)
{
    static const char *const texts[] = {"xx", "la,,ra", "", "la;ra"};
    struct cs_error err;
    for (size_t i = 0; i < CS_COUNT(texts); i++) {
        uint32_t mask = 7;
        ck_assert_int_eq(cs_rights_parse(&cs_rights_launch, cs_str_of(texts[i]), &mask, &err),
                         CS_INVALID);
        ck_assert_uint_eq(mask, 7);
        ck_assert_str_eq(err.hint, "launch rights: ll, rl, la, ra, all, or a number");
    }
}
END_TEST

static const struct {
    const char *text;
    uint32_t mask;
    const char *printed;
} letters[] = {
    {"CCDCLCSWRP", 0x1f, "CCDCLCSWRP"},
    {"RPSWLCDCCC", 0x1f, "CCDCLCSWRP"},
    {"gagr", 0x90000000, "GAGR"},
    {"GRGWGXGA", 0xf0000000, "GAGXGWGR"},
    {"0x1f01ff", 0x1f01ff, "FA"},
    {"FR", 0x120089, "FR"},
    {"KA", 0xf003f, "KA"},
    {"KR", 0x20019, "KR"},
    {"KX", 0x20019, "KR"},
    {"KW", 0x20006, "DCLCRC"},
    {"0x100000", 0x100000, "0x100000"},
    {"0XABC", 0xabc, "0xabc"},
    {"017", 15, "CCDCLCSW"},
    {"16", 16, "RP"},
    {" GA", 0x10000000, "GA"},
    {"", 0, ""},
    {"0x123456789", 0xffffffff, "0xffffffff"}, /* Windows' numbers saturate ... */
    {"-99", 0xffffff9d, "0xffffff9d"},         /* ... and wrap */
    {"-9876543210", 1, "CC"},
};

START_TEST(sddl_letters_are_as_windows)
{
    struct cs_rights_text text;
    uint32_t mask = 7;
    ck_assert_int_eq(cs_rights_parse_sddl(cs_str_of(letters[_i].text), &mask, NULL), CS_OK);
    ck_assert_uint_eq(mask, letters[_i].mask);
    ck_assert_str_eq(cs_rights_format_sddl(mask, &text), letters[_i].printed);
}
END_TEST

START_TEST(bad_sddl_rights_are_refused)
{
    static const char *const texts[] = {"C", "CCD", "XX", "0x", "0xg", "09", "12a", "1 1", "CC,DC"};
    for (size_t i = 0; i < CS_COUNT(texts); i++) {
        uint32_t mask;
        ck_assert_msg(cs_rights_parse_sddl(cs_str_of(texts[i]), &mask, NULL) == CS_SYNTAX, "%s",
                      texts[i]);
    }
}
END_TEST

Suite *rights_suite(void)
{
    Suite *suite = suite_create("rights");
    TCase *tests = tcase_create("rights");
    tcase_add_loop_test(tests, masks_are_put_in_words, 0, CS_COUNT(spoken));
    tcase_add_loop_test(tests, typed_rights_are_understood, 0, CS_COUNT(typed));
    tcase_add_test(tests, unknown_rights_name_the_choices);
    tcase_add_loop_test(tests, sddl_letters_are_as_windows, 0, CS_COUNT(letters));
    tcase_add_test(tests, bad_sddl_rights_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
