/*
 * vectors_test.c - all answers of Windows and Samba that lie beside the project.
 *
 * The folder is ../shared/vectors, or what CERTSH_VECTORS names; its INDEX.md tells where the
 * answers come from.  Part of it may not be committed, so where it is absent these tests say so
 * and pass; tests/vectors has rows of our own making.
 */
#define _POSIX_C_SOURCE 200809L
#include <certsh/json.h>
#include <certsh/plan.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rows.h"

Suite *vectors_suite(void);

static struct cs_arena *arena;

static void set_up(void)
{
    arena = cs_arena_new();
}

static void tear_down(void)
{
    cs_arena_free(arena);
}

/* ------------------------------------------------------------------- reading */

static FILE *open_vectors(const char *name)
{
    char path[1000], command[1100];
    const char *folder = getenv("CERTSH_VECTORS");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : CERTSH_SOURCE_DIR "/../shared/vectors",
             name);
    if (access(path, R_OK) != 0) {
        printf("vectors: no %s here, left out\n", name);
        return NULL;
    }
    snprintf(command, sizeof command, "gzip -cdf '%s'", path);
    return popen(command, "r");
}

static struct cs_str text_of(const struct cs_value *object, const char *name)
{
    const struct cs_value *value = cs_value_get(object, name);
    return value && value->kind == CS_TEXT ? value->text : (struct cs_str){0};
}

static uint32_t number_of(const struct cs_value *object, const char *name)
{
    return (uint32_t)strtoul(cs_str_c(arena, text_of(object, name)), NULL, 0);
}

/* 1, 0, or -1 where the answer is not known. */
static int truth_of(const struct cs_value *object, const char *name)
{
    const struct cs_value *value = cs_value_get(object, name);
    ck_assert_msg(value && (value->kind == CS_BOOL || value->kind == CS_NULL), "no %s", name);
    return value->kind == CS_BOOL ? value->boolean : -1;
}

static bool read_sid(struct cs_str text, struct cs_sid *sid)
{
    return text.length && cs_sid_parse(text, sid, NULL) == CS_OK;
}

/* Every line of a file; each gives its memory back.  Returns how many there were. */
static int each_line(const char *name, void (*work)(const struct cs_value *, int))
{
    FILE *file = open_vectors(name);
    char *line = NULL;
    size_t room = 0;
    int number = 0;
    struct cs_error err;
    if (!file)
        return -1;
    while (getline(&line, &room, file) > 0) {
        struct cs_arena_mark mark = cs_arena_mark(arena);
        struct cs_value row;
        number++;
        ck_assert_msg(cs_json_read(arena, cs_str_of(line), &row, &err) == CS_OK, "%s:%d: %s", name,
                      number, err.text);
        work(&row, number);
        cs_arena_rewind(arena, mark);
    }
    free(line);
    ck_assert_int_eq(pclose(file), 0);
    return number;
}

/* -------------------------------------------------------------- descriptors */

/*
 * Windows writes an AclSize 4 bytes too large for each ACE without rights, and revision 4; not
 * always.  What is canonical has no slack (CONTRACT), so such a list is compared without it.
 */
static int slack_rows;

static bool has_slack(const struct cs_acl *acl)
{
    return acl && acl->slack;
}

static void pair_goes_both_ways(const struct cs_value *row, int number)
{
    struct cs_sid machine;
    struct cs_sd from_text, from_bytes, again;
    struct cs_str bytes, text, back;
    struct cs_error err = {0};
    ck_assert(read_sid(text_of(row, "machine_sid"), &machine));
    const struct cs_sddl_scope scope = {.domain = &machine, .machine = &machine};
    struct cs_str sddl = text_of(row, "sddl");
    struct cs_str windows = hex_bytes(arena, cs_str_c(arena, text_of(row, "hex")));
    ck_assert_msg(cs_sddl_parse(arena, sddl, &scope, &from_text, &err) == CS_OK, "%d: %s", number,
                  err.text);
    ck_assert_msg(cs_sd_decode(arena, windows, &from_bytes, &err) == CS_OK, "%d: %s", number,
                  err.text);
    ck_assert(cs_sd_encode(arena, &from_text, &bytes, &err) == CS_OK);
    if (has_slack(from_bytes.dacl) || has_slack(from_bytes.sacl)) {
        slack_rows++;
        ck_assert(cs_sd_encode(arena, &from_bytes, &windows, &err) == CS_OK);
    }
    ck_assert_msg(cs_str_equal(bytes, windows), "%d: %.*s", number, CS_STR_ARG(sddl));
    ck_assert(cs_sddl_format(arena, &from_bytes, &scope, &text, &err) == CS_OK);
    ck_assert_msg(cs_sddl_parse(arena, text, &scope, &again, &err) == CS_OK, "%d: %.*s: %s", number,
                  CS_STR_ARG(text), err.text);
    ck_assert(cs_sd_encode(arena, &again, &back, &err) == CS_OK);
    ck_assert_msg(cs_str_equal(back, windows), "%d: %.*s", number, CS_STR_ARG(text));
}

START_TEST(windows_pairs_go_both_ways)
{
    slack_rows = 0;
    int count = each_line("windows_sddl_pairs.jsonl.gz", pair_goes_both_ways);
    ck_assert(count < 0 || count > 3000);
    ck_assert_int_le(slack_rows, count < 0 ? 0 : count / 100);
}
END_TEST

static void verdict_is_windows(const struct cs_value *row, int number)
{
    const struct cs_sid domain = {5, {21, 2457507606, 2709100691, 398136650}, 4};
    const struct cs_sddl_scope scope = {.domain = &domain, .root = &domain};
    struct cs_sd sd;
    struct cs_str text, expected = text_of(row, "windows_prints");
    struct cs_str sddl = text_of(row, "sddl");
    bool accepted = cs_sddl_parse(arena, sddl, &scope, &sd, NULL) == CS_OK;
    ck_assert_msg(accepted == cs_str_is(text_of(row, "windows"), "accepts"), "%d: %.*s", number,
                  CS_STR_ARG(sddl));
    if (!accepted || !expected.length)
        return;
    ck_assert(cs_sddl_format(arena, &sd, &scope, &text, NULL) == CS_OK);
    ck_assert_msg(cs_str_equal(text, expected), "%d: %.*s, Windows: %.*s", number, CS_STR_ARG(text),
                  CS_STR_ARG(expected));
}

START_TEST(windows_verdicts_are_ours)
{
    int count = each_line("windows_sddl_verdicts.jsonl", verdict_is_windows);
    ck_assert(count < 0 || count > 100);
}
END_TEST

static void sddl_is_canonical(const struct cs_value *row, int number)
{
    struct cs_sid domain;
    struct cs_sd sd;
    struct cs_str bytes, text, canonical = text_of(row, "canonical");
    struct cs_error err = {0};
    ck_assert(read_sid(text_of(row, "domain_sid"), &domain));
    const struct cs_sddl_scope scope = {.domain = &domain, .root = &domain};
    struct cs_str sddl = text_of(row, "sddl"), windows = text_of(row, "hex_windows");
    if (cs_str_is(text_of(row, "dir"), "parse")) {
        ck_assert_msg(cs_sddl_parse(arena, sddl, &scope, &sd, &err) == CS_OK, "%d: %.*s: %s",
                      number, CS_STR_ARG(sddl), err.text);
        ck_assert(cs_sd_encode(arena, &sd, &bytes, &err) == CS_OK);
        if (windows.length)
            ck_assert_msg(cs_str_is(windows, bytes_hex(arena, bytes)), "%d: %.*s", number,
                          CS_STR_ARG(sddl));
    } else {
        struct cs_str hex = hex_bytes(arena, cs_str_c(arena, text_of(row, "hex")));
        ck_assert_msg(cs_sd_decode(arena, hex, &sd, &err) == CS_OK, "%d: %s", number, err.text);
    }
    ck_assert(cs_sddl_format(arena, &sd, &scope, &text, &err) == CS_OK);
    if (canonical.length)
        ck_assert_msg(cs_str_equal(text, canonical), "%d: %.*s, not %.*s", number, CS_STR_ARG(text),
                      CS_STR_ARG(canonical));
}

START_TEST(sddl_is_read_and_printed)
{
    int count = each_line("sddl.jsonl.gz", sddl_is_canonical);
    ck_assert(count < 0 || count > 4000);
}
END_TEST

/* ------------------------------------------------------------------- access */

static void add_sids(struct cs_token *token, const struct cs_value *from, const char *name,
                     unsigned flags)
{
    const struct cs_value *list = cs_value_get(from, name);
    struct cs_sid sid;
    for (size_t i = 0; list && list->kind == CS_LIST && i < list->list.count; i++) {
        ck_assert(read_sid(list->list.at[i].text, &sid));
        cs_token_add(token, &sid, flags, CS_ORIGIN_GIVEN, CS_TOKEN_NO_VIA);
    }
}

static struct cs_token *token_of(const struct cs_value *from)
{
    struct cs_token *token = cs_token_new(arena);
    const struct cs_value *list = cs_value_get(from, "privileges");
    struct cs_sid sid;
    ck_assert(read_sid(text_of(from, "user"), &sid));
    cs_token_add(token, &sid, CS_TOKEN_ENABLED, CS_ORIGIN_USER, CS_TOKEN_NO_VIA);
    add_sids(token, from, "deny_only", CS_TOKEN_DENY_ONLY);
    add_sids(token, from, "groups", CS_TOKEN_ENABLED);
    for (size_t i = 0; list && list->kind == CS_LIST && i < list->list.count; i++)
        ck_assert(cs_token_grant(token, list->list.at[i].text, NULL) == CS_OK);
    list = cs_value_get(from, "device_sids");
    for (size_t i = 0; list && list->kind == CS_LIST && i < list->list.count; i++)
        ck_assert(read_sid(list->list.at[i].text, &sid) && cs_token_add_device(token, &sid));
    return token;
}

/* Bits 24 and 25 were not probed. */
static const uint32_t probed = 0xfcffffff;

static void plan_agrees(const struct cs_sd *sd, const struct cs_access *ask,
                        const struct cs_verdict *verdict, int number)
{
    struct cs_trustees *trustees = cs_trustees_new(arena);
    struct cs_plan *plan = cs_plan_new(arena, trustees, sd);
    struct cs_badge *badge = cs_badge_new(arena, trustees, ask->token);
    struct cs_verdict planned = cs_plan_check(plan, badge, ask->desired);
    ck_assert_msg(planned.kind == verdict->kind && planned.mask == verdict->mask &&
                      planned.ace == verdict->ace && planned.sid == verdict->sid,
                  "line %d: the plan answers otherwise", number);
}

static void access_is_as_told(const struct cs_value *row, int number)
{
    const struct cs_value *told = cs_value_get(row, "windows_documented");
    struct cs_sd sd;
    struct cs_error err = {0};
    told = told ? told : row;
    ck_assert_msg(cs_sd_decode(arena, hex_bytes(arena, cs_str_c(arena, text_of(row, "sd_hex"))),
                               &sd, &err) == CS_OK,
                  "line %d: %s", number, err.text);
    struct cs_access ask = {.token = token_of(cs_value_get(row, "token")),
                            .desired = number_of(row, "desired")};
    struct cs_verdict verdict = cs_access_check(&sd, &ask);
    int granted = truth_of(told, "granted"); /* of a check for nothing it is not known */
    ck_assert_msg(granted < 0 || verdict.granted == granted, "line %d: %s", number,
                  cs_verdict_name(verdict.kind));
    plan_agrees(&sd, &ask, &verdict, number);
    ask.desired = CS_RIGHT_MAXIMUM_ALLOWED;
    uint32_t mask = cs_access_check(&sd, &ask).mask & probed;
    uint32_t expected = number_of(told, "granted_mask") & probed;
    ck_assert_msg(mask == expected, "line %d: maximum 0x%x, told 0x%x", number, mask, expected);
}

static const char *const access_files[] = {"access.jsonl.gz", "access_divergent.jsonl.gz",
                                           "access_conditional.jsonl.gz"};

START_TEST(access_vectors_agree)
{
    int count = each_line(access_files[_i], access_is_as_told);
    ck_assert(count < 0 || count >= 250);
}
END_TEST

Suite *vectors_suite(void)
{
    Suite *suite = suite_create("vectors");
    TCase *tests = tcase_create("vectors");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, windows_pairs_go_both_ways);
    tcase_add_test(tests, windows_verdicts_are_ours);
    tcase_add_test(tests, sddl_is_read_and_printed);
    tcase_add_loop_test(tests, access_vectors_agree, 0, (int)CS_COUNT(access_files));
    suite_add_tcase(suite, tests);
    return suite;
}
