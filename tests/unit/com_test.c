/* com_test.c - how COM reads masks of the old and the new format. */
#include <certsh/access.h>

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

static struct cs_sd sd_of(const char *sddl)
{
    struct cs_sd sd = {0};
    ck_assert_msg(cs_sddl_parse(arena, cs_str_of(sddl), NULL, &sd, NULL) == CS_OK, "%s", sddl);
    return sd;
}

static const struct {
    const char *sddl;
    enum cs_com_kind kind;
    const char *wide;
    bool valid;
} lists[] = {
    {"D:(A;;CC;;;WD)", CS_COM_LAUNCH, "D:(A;;CCDCLCSWRP;;;WD)", true},
    {"D:(A;;CC;;;WD)", CS_COM_ACCESS, "D:(A;;CCDCLC;;;WD)", true},
    {"D:(D;;CC;;;AN)(A;;CC;;;WD)", CS_COM_LAUNCH, "D:(D;;CCDCLCSWRP;;;AN)(A;;CCDCLCSWRP;;;WD)",
     true},
    {"D:(A;;CCRP;;;WD)", CS_COM_LAUNCH, "D:(A;;CCRP;;;WD)", true},
    {"D:(A;;CC;;;BA)(A;;CCRP;;;WD)", CS_COM_LAUNCH, "D:(A;;CCDCLCSWRP;;;BA)(A;;CCRP;;;WD)", false},
    {"D:(A;;RP;;;WD)", CS_COM_LAUNCH, "D:(A;;RP;;;WD)", false},
    {"D:", CS_COM_LAUNCH, "D:", true},
    {"O:BA", CS_COM_LAUNCH, "O:BA", true},
};

START_TEST(old_masks_are_widened)
{
    struct cs_str text = {0};
    struct cs_sd sd = sd_of(lists[_i].sddl), wide = cs_com_widen(arena, &sd, lists[_i].kind);
    ck_assert_int_eq(cs_sddl_format(arena, &wide, NULL, &text, NULL), CS_OK);
    ck_assert_msg(cs_str_is(text, lists[_i].wide), "%.*s", CS_STR_ARG(text));
    ck_assert_int_eq(cs_com_valid(&sd), lists[_i].valid);
}
END_TEST

static const struct {
    const char *sddl;
    enum cs_com_kind kind;
    uint32_t rights;
    enum cs_verdict_kind verdict;
} questions[] = {
    {"D:(A;;CC;;;WD)", CS_COM_LAUNCH, CS_COM_ACTIVATE_REMOTE, CS_ALLOWED},
    {"D:(A;;CC;;;WD)", CS_COM_ACCESS, CS_COM_REMOTE, CS_ALLOWED},
    {"D:(A;;CCDCSW;;;WD)", CS_COM_LAUNCH, CS_COM_ACTIVATE_REMOTE, CS_NOT_GRANTED},
    {"D:(D;;CCRP;;;WD)(A;;CCDCLCSWRP;;;WD)", CS_COM_LAUNCH, CS_COM_ACTIVATE_REMOTE, CS_DENIED},
    {"D:(D;;CCRP;;;WD)(A;;CCDCLCSWRP;;;WD)", CS_COM_LAUNCH, CS_COM_ACTIVATE_LOCAL, CS_ALLOWED},
    {"D:(D;;CC;;;WD)(A;;CCDCLCSWRP;;;WD)", CS_COM_LAUNCH, CS_COM_ACTIVATE_LOCAL, CS_DENIED},
    {"D:(A;;CCRP;;;WD)", CS_COM_LAUNCH, CS_COM_ACTIVATE_REMOTE | CS_COM_REMOTE, CS_NOT_GRANTED},
    {"D:NO_ACCESS_CONTROL", CS_COM_LAUNCH, CS_COM_ACTIVATE_REMOTE, CS_ALLOWED},
};

START_TEST(com_asks_without_the_marker)
{
    struct cs_sd sd = sd_of(questions[_i].sddl);
    struct cs_token *token = cs_token_new(arena);
    cs_token_add(token, &cs_sid_everyone, CS_TOKEN_ENABLED, CS_ORIGIN_CONTEXT, CS_TOKEN_NO_VIA);
    struct cs_verdict verdict =
        cs_com_check(arena, &sd, token, questions[_i].kind, questions[_i].rights);
    ck_assert_str_eq(cs_verdict_name(verdict.kind), cs_verdict_name(questions[_i].verdict));
}
END_TEST

static const struct {
    const char *sddl;
    enum cs_com_kind kind;
    uint32_t rights;
    const char *after;
    bool changed;
} revoked[] = {
    {"D:(A;;CCDCLCSWRP;;;WD)", CS_COM_LAUNCH, 0x14, "D:(A;;CCDCSW;;;WD)", true},
    {"D:(A;;CCRP;;;WD)(A;;CCDC;;;BA)", CS_COM_LAUNCH, 0x10, "D:(A;;CCDC;;;BA)", true},
    {"D:(A;;CCRP;;;WD)", CS_COM_LAUNCH, 0x11, "D:", true}, /* 0x1 is no right to ask for */
    {"D:(D;;CCLC;;;WD)(A;;CCDCLC;;;WD)", CS_COM_ACCESS, 0x4, "D:(A;;CCDC;;;WD)", true},
    {"D:(A;;CC;;;WD)(A;;CC;;;BA)", CS_COM_ACCESS, 0x4, "D:(A;;CCDC;;;WD)(A;;CCDCLC;;;BA)", true},
    {"D:(A;;CCDC;;;WD)", CS_COM_LAUNCH, 0x4, "D:(A;;CCDC;;;WD)", false},
    {"D:(A;;CCDC;;;BA)", CS_COM_LAUNCH, 0x2, "D:(A;;CCDC;;;BA)", false},
    {"D:(A;;CC;;;WD)(A;;CC;;;BA)", CS_COM_LAUNCH, 0, "D:(A;;CC;;;BA)", true},
    {"D:(A;;CC;;;WD)(A;;CC;;;BA)", CS_COM_LAUNCH, 0x1e, "D:(A;;CC;;;BA)", true},
    {"D:(OA;;CCLC;0e10c968-78fb-11d2-90d4-00c04f79dc55;;WD)", CS_COM_LAUNCH, 0x4,
     "D:(OA;;CCLC;0e10c968-78fb-11d2-90d4-00c04f79dc55;;WD)", false},
    {"D:NO_ACCESS_CONTROL", CS_COM_LAUNCH, 0x4, "D:NO_ACCESS_CONTROL", false},
    {"O:BA", CS_COM_LAUNCH, 0x4, "O:BA", false},
};

START_TEST(what_keeps_no_right_goes)
{
    struct cs_str text = {0};
    bool changed = !revoked[_i].changed;
    struct cs_sd sd = sd_of(revoked[_i].sddl);
    struct cs_sd after =
        cs_com_revoke(arena, &sd, revoked[_i].kind, &cs_sid_everyone, revoked[_i].rights, &changed);
    ck_assert_int_eq(cs_sddl_format(arena, &after, NULL, &text, NULL), CS_OK);
    ck_assert_msg(cs_str_is(text, revoked[_i].after), "%.*s", CS_STR_ARG(text));
    ck_assert_int_eq(changed, revoked[_i].changed);
}
END_TEST

Suite *com_suite(void)
{
    Suite *suite = suite_create("com");
    TCase *tests = tcase_create("com");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, old_masks_are_widened, 0, CS_COUNT(lists));
    tcase_add_loop_test(tests, com_asks_without_the_marker, 0, CS_COUNT(questions));
    tcase_add_loop_test(tests, what_keeps_no_right_goes, 0, CS_COUNT(revoked));
    suite_add_tcase(suite, tests);
    return suite;
}
