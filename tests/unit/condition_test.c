/* condition_test.c - conditional expressions: text, bytes, and how they are judged. */
#include <certsh/access.h>

#include <stdio.h>
#include <string.h>

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

static cs_status parse(const char *condition, struct cs_sd *sd, struct cs_error *err)
{
    struct cs_str sddl = cs_str_printf(arena, "D:(XA;;CC;;;WD;%s)", condition);
    return cs_sddl_parse(arena, sddl, NULL, sd, err);
}

static const struct {
    const char *text, *printed; /* NULL: as it was */
} texts[] = {
    {"(@USER.Title == \"VP\")", NULL},
    {"(@user.Title==\"VP\")", "(@USER.Title == \"VP\")"},
    {"( a != -017 )", "(a != -017)"},
    {"(a < 0xff)", NULL},
    {"(a >= +5)", NULL},
    {"(a <= -9223372036854775808)", NULL},
    {"(a == #0aFF)", "(a == #0aff)"},
    {"(a == #)", NULL},
    {"(a Contains {})", NULL},
    {"(a Any_of {1, \"x\", #00, SID(BA)})", NULL},
    {"(a Not_Any_of @RESOURCE.b)", NULL},
    {"(a Not_Contains SID(WD))", NULL},
    {"(Exists @DEVICE.x)", NULL},
    {"(Not_Exists y)", NULL},
    {"(@USER.%0020x == 1)", NULL},
    {"(@USER.ユーザー == \"日本\")", "(@USER.%30e6%30fc%30b6%30fc == \"日本\")"},
    {"(not_device_member_of_any{SID(S-1-5-32-544),SID(wd)})",
     "(Not_Device_Member_of_Any {SID(BA), SID(WD)})"},
    {"(a && b || c)", "(((a) && (b)) || (c))"},
    {"(a || b && c)", "((a) || ((b) && (c)))"},
    {"(a && (b || c))", "((a) && ((b) || (c)))"},
    {"(!(a) && b)", "((!(a)) && (b))"},
    {"(((a)))", "(a)"},
};

START_TEST(text_is_printed_as_windows_prints)
{
    struct cs_sd sd = {0}, again = {0};
    struct cs_str text = {0}, bytes = {0}, other = {0};
    struct cs_error err = {0};
    ck_assert_msg(parse(texts[_i].text, &sd, &err) == CS_OK, "at %d: %s", err.at, err.text);
    ck_assert_int_eq(cs_sddl_format(arena, &sd, NULL, &text, NULL), CS_OK);
    const char *expected = cs_arena_printf(arena, "D:(XA;;CC;;;WD;%s)",
                                           texts[_i].printed ? texts[_i].printed : texts[_i].text);
    ck_assert_str_eq(cs_str_c(arena, text), expected);
    ck_assert_int_eq(cs_sd_encode(arena, &sd, &bytes, NULL), CS_OK);
    ck_assert_int_eq(cs_sddl_parse(arena, text, NULL, &again, NULL), CS_OK);
    ck_assert_int_eq(cs_sd_encode(arena, &again, &other, NULL), CS_OK);
    ck_assert_str_eq(bytes_hex(arena, bytes), bytes_hex(arena, other));
}
END_TEST

/* the example of MS-DTYP 2.4.4.17.9 */
START_TEST(bytes_are_those_of_the_document)
{
    struct cs_sd sd = {0};
    ck_assert_int_eq(parse("(Title==\"VP\")", &sd, NULL), CS_OK);
    ck_assert_str_eq(bytes_hex(arena, sd.dacl->aces[0].data),
                     "61727478f80a0000005400690074006c006500100400000056005000"
                     "80");
}
END_TEST

static const char *const refused[] = {
    "",
    "()",
    "(a",
    "(a == b)",
    "(a == )",
    "(1)", /* fine: a local attribute may be called 1 - see below */
    "(\"a\")",
    "(! a)",
    "(!a)",
    "(a && )",
    "(a & b)",
    "(@Group.a)",
    "(@User.)",
    "(a == \"x)",
    "(a == 0x10000000000000000)",
    "(a == 9223372036854775808)",
    "(a == {1, })",
    "(a == {1 2})",
    "(a == {{1}})",
    "(Member_of SID(XX))",
    "(Member_of a)",
    "(Exists 1 == 1)",
    "(@User.%00 == 1)",
    "(a) b",
};

START_TEST(bad_text_is_refused)
{
    struct cs_sd sd;
    struct cs_error err = {0};
    bool fine = strcmp(refused[_i], "(1)") == 0;
    ck_assert_int_eq(parse(refused[_i], &sd, &err), fine ? CS_OK : CS_SYNTAX);
}
END_TEST

START_TEST(depth_has_an_end)
{
    char deep[3000] = "";
    struct cs_sd sd;
    struct cs_error err = {0};
    memset(deep, '(', 1400);
    strcat(deep, "a");
    memset(deep + 1401, ')', 1400);
    ck_assert_int_eq(parse(deep, &sd, &err), CS_SYNTAX);
    ck_assert_str_eq(err.text, "bad expression: expected fewer brackets within brackets");
}
END_TEST

static const struct {
    const char *text;
    const char *printed;
} claims[] = {
    {"(\"colour\",TS,0,\"blue\", \"red\")", "(\"colour\",TS,0x0,\"blue\",\"red\")"},
    {"(\"n\",TI,0x2,-8,0,9223372036854775807)", NULL},
    {"(\"n\",TU,0x2,0,18446744073709551615)", NULL},
    {"(\"n\",TB,0x0,1)", NULL},
    {"(\"n\",TD,0x0,SID(BA),SID(S-1-5-21-1-2-3-4))", NULL},
    {"(\"n\",TX,0x0,0077,00,ab)", NULL},
    {"(\"a%0020b\",TS,0x0,\"\")", NULL},
    {"(\"n\",TS,0x0)", NULL},
};

START_TEST(claims_round_trip)
{
    struct cs_sd sd = {0}, again = {0};
    struct cs_str text = {0}, bytes = {0};
    struct cs_error err = {0};
    struct cs_str sddl = cs_str_printf(arena, "S:(RA;;;;;WD;%s)", claims[_i].text);
    ck_assert_msg(cs_sddl_parse(arena, sddl, NULL, &sd, &err) == CS_OK, "at %d: %s", err.at,
                  err.text);
    ck_assert_int_eq(cs_sd_encode(arena, &sd, &bytes, NULL), CS_OK);
    ck_assert_int_eq(cs_sd_decode(arena, bytes, &again, NULL), CS_OK);
    ck_assert_int_eq(cs_sddl_format(arena, &again, NULL, &text, NULL), CS_OK);
    ck_assert_str_eq(cs_str_c(arena, text),
                     cs_arena_printf(arena, "S:(RA;;;;;WD;%s)",
                                     claims[_i].printed ? claims[_i].printed : claims[_i].text));
}
END_TEST

/* ------------------------------------------------------------------- judge */

enum truth { NO, YES, MAYBE };

/* The token: Everyone, Users; deny-only Administrators; a device in AU. */
static const struct {
    const char *condition;
    enum truth truth;
} judged[] = {
    {"(Member_of SID(WD))", YES},
    {"(Member_of {SID(WD), SID(BU)})", YES},
    {"(Member_of {SID(WD), SID(BG)})", NO},
    {"(Member_of_Any {SID(WD), SID(BG)})", YES},
    {"(Member_of_Any {SID(BG)})", NO},
    {"(Not_Member_of {SID(WD), SID(BG)})", YES},
    {"(Not_Member_of_Any {SID(WD), SID(BG)})", NO},
    {"(Device_Member_of SID(AU))", YES},
    {"(Device_Member_of SID(WD))", NO},
    {"(Not_Device_Member_of_Any {SID(AU)})", NO},
    {"(Member_of 3)", MAYBE},
    {"(Member_of {})", MAYBE},
    {"(!(Member_of SID(BG)))", YES},
    {"(Member_of SID(WD) && Member_of SID(BG))", NO},
    {"(Member_of SID(WD) || Member_of SID(BG))", YES},
    {"(@User.x == 1)", MAYBE},
    {"(!(@User.x == 1))", MAYBE},
    {"(@User.x == 1 && Member_of SID(BG))", NO},
    {"(@User.x == 1 || Member_of SID(WD))", YES},
    {"(@User.x == 1 && Member_of SID(WD))", MAYBE},
    {"(@User.x)", MAYBE},
    {"(Exists @User.x)", NO},
    {"(Not_Exists @User.x)", YES},
    {"(Exists @Resource.colour)", YES},
    {"(@Resource.COLOUR Contains \"BLUE\")", YES},
    {"(@Resource.colour Contains {\"blue\", \"green\"})", NO},
    {"(@Resource.colour Any_of {\"blue\", \"green\"})", YES},
    {"(@Resource.colour == {\"red\", \"blue\"})", YES},
    {"(@Resource.colour != \"red\")", YES},
    {"(@Resource.colour == 1)", MAYBE},
    {"(@Resource.level > 6)", YES},
    {"(@Resource.level >= 7)", YES},
    {"(@Resource.level < -7)", NO},
    {"(@Resource.level <= 0x7)", YES},
    {"(@Resource.level != 7)", NO},
    {"(@Resource.level)", YES},
    {"(@Resource.zero)", NO},
    {"(@Resource.who == SID(BA))", YES},
    {"(@Resource.who < SID(BA))", NO},
};

static bool granted(const char *type, const char *condition, const char *rest)
{
    struct cs_sd sd = {0};
    struct cs_error err = {0};
    struct cs_str sddl =
        cs_str_printf(arena,
                      "D:(%s;;CC;;;WD;%s)%sS:(RA;;;;;WD;(\"colour\",TS,0x0,\"blue\",\"red\"))"
                      "(RA;;;;;WD;(\"level\",TI,0x0,7))(RA;;;;;WD;(\"zero\",TU,0x0,0))"
                      "(RA;;;;;WD;(\"who\",TD,0x0,SID(BA)))",
                      type, condition, rest);
    ck_assert_msg(cs_sddl_parse(arena, sddl, NULL, &sd, &err) == CS_OK, "at %d: %s", err.at,
                  err.text);
    struct cs_token *token = cs_token_new(arena);
    cs_token_add(token, &cs_sid_everyone, CS_TOKEN_ENABLED, CS_ORIGIN_GIVEN, -1);
    cs_token_add(token, &cs_sid_users, CS_TOKEN_ENABLED, CS_ORIGIN_GIVEN, -1);
    cs_token_add(token, &cs_sid_administrators, CS_TOKEN_DENY_ONLY, CS_ORIGIN_GIVEN, -1);
    ck_assert(cs_token_add_device(token, &cs_sid_authenticated_users));
    struct cs_access ask = {.token = token, .desired = 1};
    return cs_access_check(&sd, &ask).granted;
}

START_TEST(unknown_never_allows_and_always_denies)
{
    const char *condition = judged[_i].condition;
    ck_assert_int_eq(granted("XA", condition, ""), judged[_i].truth == YES);
    ck_assert_int_eq(granted("XD", condition, "(A;;CC;;;WD)"), judged[_i].truth == NO);
}
END_TEST

START_TEST(deny_only_sids_count_in_denying_conditions)
{
    ck_assert(!granted("XA", "(Member_of SID(BA))", ""));
    ck_assert(!granted("XD", "(Member_of SID(BA))", "(A;;CC;;;WD)"));
}
END_TEST

/* "artx" bytes that are none: kept, not printable, unknown to the judge. */
static const char *const broken[] = {
    "00000000",                   /* no signature */
    "61727478",                   /* nothing behind it */
    "6172747800000000",           /* padding alone */
    "61727478a2000000",           /* an operator without operand */
    "61727478f8ff000000610000",   /* a length beyond the end */
    "61727478f80200000061008000", /* a relation without right side */
    "617274785104000000010500",
    "6172747801",
    "61727478ee000000",
};

START_TEST(broken_bytes_are_kept_and_unknown)
{
    struct cs_sd sd = {0}, again = {0};
    struct cs_str text = {0}, bytes = {0};
    struct cs_ace ace = {.type = CS_ACE_CALLBACK_ALLOW, .mask = 1, .sid = cs_sid_everyone};
    ace.data = hex_bytes(arena, broken[_i]);
    struct cs_acl acl = {.count = 1, .aces = &ace};
    sd = (struct cs_sd){.control = CS_SD_DACL_PRESENT, .dacl = &acl};
    ck_assert_int_eq(cs_sd_encode(arena, &sd, &bytes, NULL), CS_OK);
    ck_assert_int_eq(cs_sd_decode(arena, bytes, &again, NULL), CS_OK);
    ck_assert_int_eq(cs_sddl_format(arena, &again, NULL, &text, NULL), CS_INVALID);
    struct cs_token *token = cs_token_new(arena);
    cs_token_add(token, &cs_sid_everyone, CS_TOKEN_ENABLED, CS_ORIGIN_GIVEN, -1);
    struct cs_access ask = {.token = token, .desired = 1};
    ck_assert(!cs_access_check(&again, &ask).granted);
}
END_TEST

Suite *condition_suite(void)
{
    Suite *suite = suite_create("condition");
    TCase *tests = tcase_create("condition");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, text_is_printed_as_windows_prints, 0, CS_COUNT(texts));
    tcase_add_test(tests, bytes_are_those_of_the_document);
    tcase_add_loop_test(tests, bad_text_is_refused, 0, CS_COUNT(refused));
    tcase_add_test(tests, depth_has_an_end);
    tcase_add_loop_test(tests, claims_round_trip, 0, CS_COUNT(claims));
    tcase_add_loop_test(tests, unknown_never_allows_and_always_denies, 0, CS_COUNT(judged));
    tcase_add_test(tests, deny_only_sids_count_in_denying_conditions);
    tcase_add_loop_test(tests, broken_bytes_are_kept_and_unknown, 0, CS_COUNT(broken));
    suite_add_tcase(suite, tests);
    return suite;
}
