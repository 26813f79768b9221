/* access_test.c - the access check, against Samba, an independent model, and by hand. */
#define _POSIX_C_SOURCE 200809L
#include <certsh/access.h>

#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "suites_domain.h"

/* Bits 24 and 25 were not probed by the oracles. */
static const uint32_t probed = 0xfcffffff;

static struct cs_arena *arena;

static void set_up(void)
{
    arena = cs_arena_new();
}

static void tear_down(void)
{
    cs_arena_free(arena);
}

static struct cs_sid sid_of(const char *text)
{
    struct cs_sid sid = {0};
    ck_assert_msg(cs_sid_parse(cs_str_of(text), &sid, NULL) == CS_OK, "%s", text);
    return sid;
}

enum what { GROUPS, DENY_ONLY, DEVICE, PRIVILEGES, RESTRICTED };

static void put(struct cs_token *token, enum what what, const char *item)
{
    struct cs_sid sid = what == PRIVILEGES ? (struct cs_sid){0} : sid_of(item);
    switch (what) {
    case GROUPS:
    case DENY_ONLY:
        cs_token_add(token, &sid, what == GROUPS ? CS_TOKEN_ENABLED : CS_TOKEN_DENY_ONLY,
                     CS_ORIGIN_GIVEN, CS_TOKEN_NO_VIA);
        return;
    case DEVICE:
        ck_assert(cs_token_add_device(token, &sid));
        return;
    case RESTRICTED:
        ck_assert(cs_token_restrict(token, &sid));
        return;
    case PRIVILEGES:
        ck_assert_int_eq(cs_token_grant(token, cs_str_of(item), NULL), CS_OK);
    }
}

/* Items between commas; "-" is none. */
static void put_all(struct cs_token *token, enum what what, const char *items)
{
    char copy[20000], *save = NULL;
    ck_assert_uint_lt(strlen(items), sizeof copy);
    strcpy(copy, items);
    for (char *item = strtok_r(copy, ",", &save); item && strcmp(items, "-") != 0;
         item = strtok_r(NULL, ",", &save))
        put(token, what, item);
}

static struct cs_token *token_of(const char *sids)
{
    struct cs_token *token = cs_token_new(arena);
    put_all(token, GROUPS, sids);
    return token;
}

static struct cs_sd sd_of(const char *text)
{
    struct cs_sd sd = {0};
    struct cs_error err = {0};
    ck_assert_msg(cs_sd_read(arena, cs_str_of(text), NULL, &sd, &err) == CS_OK, "%s: %s", text,
                  err.text);
    return sd;
}

/* ------------------------------------------------------------------ vectors */

static uint32_t hex(const char *text)
{
    return (uint32_t)strtoul(text, NULL, 16);
}

static void read_mapping(char *text, struct cs_generic_mapping *mapping)
{
    uint32_t *parts[] = {&mapping->read, &mapping->write, &mapping->execute, &mapping->all};
    char *save = NULL, *item = strtok_r(text, ",", &save);
    for (size_t i = 0; i < CS_COUNT(parts) && item; i++, item = strtok_r(NULL, ",", &save))
        *parts[i] = hex(item);
}

/* The bits that are granted when asked one at a time. */
static uint32_t one_by_one(const struct cs_sd *sd, struct cs_access ask)
{
    uint32_t granted = 0;
    for (int i = 0; i < 32; i++) {
        ask.desired = 1u << i;
        if (probed >> i & 1 && cs_access_check(sd, &ask).granted)
            granted |= 1u << i;
    }
    return granted;
}

static void check_row(const struct rows *rows)
{
    char *const *field = rows->fields;
    struct cs_token *token = token_of(field[4]);
    put_all(token, DENY_ONLY, field[5]);
    put_all(token, DEVICE, field[6]);
    put_all(token, PRIVILEGES, field[7]);
    struct cs_sd sd = sd_of(field[8]);
    struct cs_generic_mapping mapping = {0};
    bool mapped = strcmp(field[3], "-") != 0;
    if (mapped)
        read_mapping(field[3], &mapping);
    struct cs_access ask = {.token = token, .desired = hex(field[2])};
    ask.mapping = mapped ? &mapping : NULL;
    struct cs_verdict verdict = cs_access_check(&sd, &ask);
    ck_assert_msg(verdict.granted == (field[0][0] == '1'), "%s:%d: %s", rows->name, rows->number,
                  cs_verdict_name(verdict.kind));
    if (mapped)
        return; /* its mask is of bits after mapping */
    ask.desired = CS_RIGHT_MAXIMUM_ALLOWED;
    uint32_t maximum = cs_access_check(&sd, &ask).mask, expected = hex(field[1]) & probed;
    ck_assert_msg((maximum & probed) == expected, "%s:%d: maximum 0x%x, not 0x%x", rows->name,
                  rows->number, maximum, expected);
    ck_assert_uint_eq(one_by_one(&sd, ask), expected);
}

static const char *const files[] = {
    "access_is_granted_as_samba_grants.txt",
    "access_maps_generic_bits.txt",
    "access_is_as_windows_where_samba_differs.txt",
    "access_judges_conditions.txt",
};

START_TEST(vectors_agree)
{
    struct rows rows = rows_open(files[_i]);
    struct cs_arena_mark mark = cs_arena_mark(arena);
    while (rows_next(&rows, ' ')) {
        check_row(&rows);
        cs_arena_rewind(arena, mark);
    }
    rows_close(&rows, 90);
}
END_TEST

/* ------------------------------------------------------------------ by hand */

static const struct {
    const char *sddl, *sids;
    uint32_t desired;
    enum cs_verdict_kind kind;
    uint32_t mask;
    int ace, sid;
} cases[] = {
    /* the shape of a DACL */
    {"O:BAG:BA", "S-1-5-7", 0x1f, CS_ALLOWED, 0x1f, -1, -1},
    {"O:BAG:BAD:NO_ACCESS_CONTROL", "S-1-5-7", 0x1f, CS_ALLOWED, 0x1f, -1, -1},
    {"O:BAG:BAD:", "S-1-5-7", 0x1, CS_NOT_GRANTED, 0, -1, -1},
    {"O:BAG:BAD:", "S-1-5-7", 0, CS_ALLOWED, 0, -1, -1},
    {"O:BAG:BAD:NO_ACCESS_CONTROL", "S-1-5-7", 0x1000000, CS_NOT_GRANTED, 0, -1, -1},
    /* order: a deny bites only on bits still asked */
    {"D:(A;;CC;;;WD)(D;;CC;;;WD)", "S-1-1-0", 0x1, CS_ALLOWED, 0x1, 0, 0},
    {"D:(D;;CC;;;WD)(A;;CC;;;WD)", "S-1-1-0", 0x1, CS_DENIED, 0, 0, 0},
    {"D:(A;;CC;;;WD)(D;;CCDC;;;WD)(A;;LC;;;WD)", "S-1-1-0", 0x7, CS_DENIED, 0x5, 1, 0},
    {"D:(A;;CC;;;BU)(A;;DC;;;WD)", "S-1-5-32-545,S-1-1-0", 0x3, CS_ALLOWED, 0x3, 1, 1},
    {"D:(A;;CC;;;WD)", "S-1-5-11,S-1-1-0", 0x3, CS_NOT_GRANTED, 0x1, -1, -1},
    {"D:(A;IO;CC;;;WD)", "S-1-1-0", 0x1, CS_NOT_GRANTED, 0, -1, -1},
    /* the owner */
    {"O:BAG:BAD:", "S-1-5-32-544", 0x60000, CS_ALLOWED, 0x60000, -1, -1},
    {"O:BAG:BAD:(A;;RC;;;OW)", "S-1-5-32-544", 0x60000, CS_NOT_GRANTED, 0x20000, -1, -1},
    {"O:BAG:BAD:(A;;CC;;;OW)", "S-1-5-32-544", 0x1, CS_ALLOWED, 0x1, 0, 0},
    {"O:BAG:BAD:(A;;CC;;;OW)", "S-1-1-0", 0x1, CS_NOT_GRANTED, 0, -1, -1},
    {"O:BAG:BAD:(A;IO;CC;;;OW)", "S-1-5-32-544", 0x40000, CS_ALLOWED, 0x40000, -1, -1},
    /* maximum allowed */
    {"D:(D;;DC;;;WD)(A;;CCDCLC;;;WD)", "S-1-1-0", 0x2000000, CS_ALLOWED, 0x5, 1, 0},
    {"D:(A;;CC;;;BA)", "S-1-1-0", 0x2000000, CS_NOT_GRANTED, 0, -1, -1},
    {"D:(A;;CC;;;WD)", "S-1-1-0", 0x2000002, CS_NOT_GRANTED, 0x1, -1, -1},
};

START_TEST(verdicts_by_hand)
{
    struct cs_sd sd = sd_of(cases[_i].sddl);
    struct cs_access ask = {.token = token_of(cases[_i].sids), .desired = cases[_i].desired};
    struct cs_verdict verdict = cs_access_check(&sd, &ask);
    ck_assert_str_eq(cs_verdict_name(verdict.kind), cs_verdict_name(cases[_i].kind));
    ck_assert_int_eq(verdict.granted, cases[_i].kind == CS_ALLOWED);
    ck_assert_uint_eq(verdict.mask, cases[_i].mask);
    ck_assert_int_eq(verdict.ace, cases[_i].ace);
    ck_assert_int_eq(verdict.sid, cases[_i].sid);
}
END_TEST

START_TEST(privileges_grant_what_no_ace_can)
{
    struct cs_sd sd = sd_of("O:SYG:SYD:(A;;0x1000000;;;WD)");
    struct cs_token *token = token_of("S-1-1-0");
    struct cs_access ask = {.token = token, .desired = CS_RIGHT_SYSTEM_SECURITY};
    ck_assert(!cs_access_check(&sd, &ask).granted);
    put(token, PRIVILEGES, "SeSecurityPrivilege");
    ck_assert(cs_access_check(&sd, &ask).granted);
    ask.desired = CS_RIGHT_WRITE_OWNER;
    ck_assert(!cs_access_check(&sd, &ask).granted);
    put(token, PRIVILEGES, "SeTakeOwnershipPrivilege");
    ck_assert(cs_access_check(&sd, &ask).granted);
}
END_TEST

START_TEST(a_restricted_token_needs_both)
{
    struct cs_sd sd = sd_of("D:(A;;CCDC;;;WD)(A;;CC;;;RC)");
    struct cs_token *token = token_of("S-1-1-0");
    put(token, RESTRICTED, "S-1-5-12");
    struct cs_access ask = {.token = token, .desired = 0x1};
    ck_assert(cs_access_check(&sd, &ask).granted);
    ask.desired = 0x2;
    ck_assert(!cs_access_check(&sd, &ask).granted);
    ask.desired = CS_RIGHT_MAXIMUM_ALLOWED;
    ck_assert_uint_eq(cs_access_check(&sd, &ask).mask, 0x1);
}
END_TEST

START_TEST(self_stands_for_the_object)
{
    struct cs_sd sd = sd_of("D:(A;;SW;;;PS)");
    struct cs_sid self = sid_of("S-1-5-21-1-2-3-1104");
    struct cs_access ask = {.token = token_of("S-1-5-21-1-2-3-1104"), .desired = CS_DS_SELF};
    ck_assert(!cs_access_check(&sd, &ask).granted);
    ask.self = &self;
    ck_assert(cs_access_check(&sd, &ask).granted);
}
END_TEST

static const struct {
    const char *sddl;
    bool listed, granted; /* is the Enroll right in the object list? */
} objects[] = {
    {"D:(OA;;CR;0e10c968-78fb-11d2-90d4-00c04f79dc55;;WD)", true, true},
    {"D:(OA;;CR;0e10c968-78fb-11d2-90d4-00c04f79dc55;;WD)", false, false},
    {"D:(OA;;CR;a05b8cc2-17bc-4802-a710-e7c15ab866a2;;WD)", true, false},
    {"D:(OA;;CR;;bf967aba-0de6-11d0-a285-00aa003049e2;WD)", true, true},
    {"D:(A;;CR;;;WD)", true, true},
    {"D:(OD;;CR;0e10c968-78fb-11d2-90d4-00c04f79dc55;;WD)(A;;CR;;;WD)", true, false},
    {"D:(OD;;CR;a05b8cc2-17bc-4802-a710-e7c15ab866a2;;WD)(A;;CR;;;WD)", true, true},
    {"D:(OD;;CR;a05b8cc2-17bc-4802-a710-e7c15ab866a2;;WD)(A;;CR;;;WD)", false, false},
};

START_TEST(object_aces_look_at_the_list)
{
    struct cs_guid enroll;
    struct cs_sd sd = sd_of(objects[_i].sddl);
    ck_assert_int_eq(cs_guid_parse(CS_STR("0e10c968-78fb-11d2-90d4-00c04f79dc55"), &enroll, NULL),
                     CS_OK);
    struct cs_access ask = {.token = token_of("S-1-1-0"),
                            .desired = CS_DS_CONTROL_ACCESS,
                            .object_types = &enroll,
                            .object_type_count = objects[_i].listed ? 1 : 0};
    ck_assert_int_eq(cs_access_check(&sd, &ask).granted, objects[_i].granted);
}
END_TEST

/* -------------------------------------------------------------------- trail */

struct trail {
    struct cs_step steps[8];
    size_t count;
};

static void note(void *context, const struct cs_step *step)
{
    struct trail *trail = context;
    ck_assert_uint_lt(trail->count, CS_COUNT(trail->steps));
    trail->steps[trail->count++] = *step;
}

START_TEST(the_trail_tells_each_step)
{
    struct trail trail = {.count = 0};
    struct cs_sd sd = sd_of("D:(A;IO;CC;;;WD)(A;;CC;;;BA)(A;;CCDC;;;WD)(D;;LC;;;WD)(A;;LC;;;WD)");
    struct cs_access ask = {.token = token_of("S-1-1-0"), .desired = 0x7};
    struct cs_verdict verdict = cs_access_trail(&sd, &ask, note, &trail);
    ck_assert_int_eq(verdict.kind, CS_DENIED);
    ck_assert_int_eq(verdict.ace, 3);
    ck_assert_uint_eq(trail.count, 4); /* Windows looks no further than the deny */
    ck_assert_int_eq(trail.steps[0].what, CS_STEP_SKIPPED);
    ck_assert_str_eq(trail.steps[0].why, "inherit only");
    ck_assert_int_eq(trail.steps[1].what, CS_STEP_NO_MATCH);
    ck_assert_int_eq(trail.steps[2].what, CS_STEP_GRANTS);
    ck_assert_uint_eq(trail.steps[2].bits, 0x3);
    ck_assert_uint_eq(trail.steps[2].left, 0x4);
    ck_assert_int_eq(trail.steps[3].what, CS_STEP_DENIES);
    ck_assert_uint_eq(trail.steps[3].bits, 0x4);
}
END_TEST

Suite *access_suite(void)
{
    Suite *suite = suite_create("access");
    TCase *tests = tcase_create("access");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, vectors_agree, 0, CS_COUNT(files));
    tcase_add_loop_test(tests, verdicts_by_hand, 0, CS_COUNT(cases));
    tcase_add_test(tests, privileges_grant_what_no_ace_can);
    tcase_add_test(tests, a_restricted_token_needs_both);
    tcase_add_test(tests, self_stands_for_the_object);
    tcase_add_loop_test(tests, object_aces_look_at_the_list, 0, CS_COUNT(objects));
    tcase_add_test(tests, the_trail_tells_each_step);
    suite_add_tcase(suite, tests);
    return suite;
}
