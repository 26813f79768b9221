/* lint_test.c - what is said about which descriptor, rule by rule. */
#include <certsh/lint.h>

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *lint_suite(void);

static struct cs_arena *arena;

static void set_up(void)
{
    arena = cs_arena_new();
}

static void tear_down(void)
{
    cs_arena_free(arena);
}

enum how { PLAIN, LAUNCH, ACCESS, OLD };

/* Findings as "rule" or "rule@ace", in order, by blanks. */
static const struct {
    const char *sddl;
    enum how how;
    const char *findings;
} cases[] = {
    {"O:BAG:BAD:(A;;CCDCSW;;;WD)", PLAIN, ""},
    {"D:(A;;CC;;;WD)", PLAIN, "no-owner no-group"},
    {"O:BAD:(A;;CC;;;WD)", PLAIN, "no-group"},
    {"O:BAG:BA", PLAIN, "null-dacl"},
    {"O:BAG:BAD:NO_ACCESS_CONTROL", PLAIN, "null-dacl"},
    {"O:BAG:BAD:", PLAIN, "empty-dacl"},
    /* order */
    {"O:BAG:BAD:(A;;CC;;;BA)(D;;DC;;;AN)", PLAIN, "order@1"},
    {"O:BAG:BAD:(A;ID;CC;;;BA)(A;;DC;;;AN)", PLAIN, "order@1"},
    {"O:BAG:BAD:(D;;DC;;;AN)(A;;CC;;;BA)(D;ID;LC;;;AN)", PLAIN, ""},
    /* dead ones */
    {"O:BAG:BAD:(A;;CCDC;;;BA)(A;;DC;;;BA)", PLAIN, "adds-nothing@1"},
    {"O:BAG:BAD:(A;;CC;;;BA)(A;;DC;;;BA)(A;;CCDC;;;BA)", PLAIN,
     "adds-nothing@0 adds-nothing@1 adds-nothing@2"},
    {"O:BAG:BAD:(A;;CC;;;BA)(A;;CCDC;;;WD)", PLAIN, "adds-nothing@0"},
    {"O:BAG:BAD:(A;;CC;;;AN)(A;;CCDC;;;WD)", PLAIN, ""}, /* not in an anonymous token */
    {"O:BAG:BAD:(A;;CC;;;BA)(D;;CC;;;BU)(A;;CCDC;;;WD)", PLAIN, "order@1"},
    {"O:BAG:BAD:(D;;CC;;;WD)(A;;CC;;;BA)", PLAIN, "never-reached@1"},
    {"O:BAG:BAD:(D;;CC;;;BA)(A;;CCDC;;;BA)", PLAIN, ""},
    {"O:BAG:BAD:(A;;CC;;;BA)(D;;CC;;;BA)", PLAIN, "order@1 never-reached@1"},
    {"O:BAG:BAD:(A;OICIIO;CC;;;BA)(A;;CC;;;BA)", PLAIN, ""},
    {"O:BAG:BAD:(A;;CC;;;BA)(A;CI;CC;;;BA)", PLAIN, "adds-nothing@0"}, /* the other inherits */
    {"O:BAG:BAD:(OA;;CR;0e10c968-78fb-11d2-90d4-00c04f79dc55;;BA)(A;;CR;;;BA)", PLAIN,
     "order@1 adds-nothing@0"},
    {"O:BAG:BAD:(A;;;;;BA)", PLAIN, "empty-mask@0"},
    {"010004801400000024000000000000003400000001020000000000052000000020020000"
     "01020000000000052000000020020000020010000100000004000800ffffffff",
     PLAIN, "unknown-ace@0"},
    /* COM */
    {"O:BAG:BAD:(A;;CC;;;BA)(A;;CC;;;WD)", LAUNCH, "old-format adds-nothing@0"},
    {"O:BAG:BAD:(A;;CC;;;BA)(A;;CC;;;WD)", OLD, "adds-nothing@0"},
    {"O:BAG:BAD:(A;;CC;;;BA)(A;;CCDCSW;;;WD)", LAUNCH, "mixed-format"},
    {"O:BAG:BAD:(A;;DCSW;;;WD)", LAUNCH, "no-execute-bit@0"},
    {"O:BAG:BAD:(A;;CCDCSW;;;WD)", ACCESS, "strange-rights@0"},
    {"O:BAG:BAD:(A;;CCDCLC;;;WD)", ACCESS, ""},
    {"O:BAG:BAD:(A;;GA;;;WD)", LAUNCH, "strange-rights@0"},
    {"O:BAG:BAD:", LAUNCH, "empty-dacl"},
    {"O:BAG:BAD:(D;;CCLC;;;BA)(A;;CCDC;;;BA)", LAUNCH, ""}, /* 0x1 is a mark, no right */
    /* somebody and nobody */
    {"O:BAG:BAD:(A;;CC;;;S-1-5-21-1-2-3-1104)(A;;CC;;;S-1-5-21-1-2-3-1105)", PLAIN, "orphan-sid@1"},
};

static void note(void *context, const struct cs_finding *finding)
{
    char *out = context;
    ck_assert_ptr_nonnull(finding->text);
    ck_assert_ptr_nonnull(cs_severity_name(finding->severity));
    sprintf(out + strlen(out), finding->ace < 0 ? "%s%s" : "%s%s@%d", *out ? " " : "",
            finding->rule, finding->ace);
}

static bool knows(void *context, const struct cs_sid *sid)
{
    (void)context;
    return cs_sid_rid(sid) == 1104;
}

START_TEST(findings_are_these)
{
    struct cs_sd sd;
    struct cs_error err = {0};
    char found[300] = "";
    const struct cs_lint how = {.com = cases[_i].how != PLAIN,
                                .old_com = cases[_i].how == OLD,
                                .kind = cases[_i].how == ACCESS ? CS_COM_ACCESS : CS_COM_LAUNCH,
                                .knows = knows};
    ck_assert_msg(cs_sd_read(arena, cs_str_of(cases[_i].sddl), NULL, &sd, &err) == CS_OK, "%s: %s",
                  cases[_i].sddl, err.text);
    cs_sd_lint(&sd, &how, note, found);
    ck_assert_str_eq(found, cases[_i].findings);
}
END_TEST

START_TEST(nothing_need_be_known)
{
    struct cs_sd sd;
    char found[300] = "";
    ck_assert(cs_sd_read(arena, CS_STR("D:(A;;CC;;;S-1-5-21-1-2-3-4)"), NULL, &sd, NULL) == CS_OK);
    cs_sd_lint(&sd, NULL, note, found);
    ck_assert_str_eq(found, "no-owner no-group");
}
END_TEST

Suite *lint_suite(void)
{
    Suite *suite = suite_create("lint");
    TCase *tests = tcase_create("lint");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, findings_are_these, 0, (int)CS_COUNT(cases));
    tcase_add_test(tests, nothing_need_be_known);
    suite_add_tcase(suite, tests);
    return suite;
}
