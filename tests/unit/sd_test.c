/* sd_test.c - descriptors in bytes, and edits of them. */
#include <certsh/sd.h>

#include <string.h>

#include "base/alloc.h"

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

static struct cs_sd sd_of(const char *text)
{
    struct cs_sd sd = {0};
    struct cs_error err = {0};
    ck_assert_msg(cs_sd_read(arena, cs_str_of(text), NULL, &sd, &err) == CS_OK, "%s: %s", text,
                  err.text);
    return sd;
}

static const char *sddl_of(const struct cs_sd *sd)
{
    struct cs_str text = {0};
    ck_assert_int_eq(cs_sddl_format(arena, sd, NULL, &text, NULL), CS_OK);
    return cs_str_c(arena, text);
}

/* ------------------------------------------------------------------- bytes */

START_TEST(bytes_print_as_samba_prints)
{
    struct rows rows = rows_open("sd_bytes_print_as_sddl.txt");
    while (rows_next(&rows, '\t')) {
        struct cs_sid domain;
        struct cs_sddl_scope scope = scope_of(rows.fields[0], &domain);
        struct cs_sd sd = sd_of(rows.fields[1]);
        struct cs_str text = {0};
        ck_assert_int_eq(cs_sddl_format(arena, &sd, &scope, &text, NULL), CS_OK);
        ck_assert_msg(cs_str_is(text, rows.fields[2]), "line %d: %.*s", rows.number,
                      CS_STR_ARG(text));
    }
    rows_close(&rows, 200);
}
END_TEST

/* decode after encode gives the same bytes again, and edits of a byte never do harm */
START_TEST(bytes_round_trip)
{
    struct rows rows = rows_open("sd_bytes_print_as_sddl.txt");
    while (rows_next(&rows, '\t')) {
        struct cs_str once = {0}, twice = {0};
        struct cs_sd sd = sd_of(rows.fields[1]), again = {0};
        ck_assert_int_eq(cs_sd_encode(arena, &sd, &once, NULL), CS_OK);
        ck_assert_int_eq(cs_sd_decode(arena, once, &again, NULL), CS_OK);
        ck_assert(cs_str_equal(again.bytes, once));
        ck_assert_int_eq(cs_sd_encode(arena, &again, &twice, NULL), CS_OK);
        ck_assert(cs_str_equal(once, twice));
        ck_assert_int_eq(cs_sd_encode_registry(arena, &sd, &twice, NULL), CS_OK);
        ck_assert_uint_eq(once.length, twice.length);
        ck_assert_int_eq(cs_sd_decode(arena, twice, &again, NULL), CS_OK);
    }
    rows_close(&rows, 200);
}
END_TEST

START_TEST(bad_bytes_are_refused)
{
    struct rows rows = rows_open("sd_bytes_that_are_refused.txt");
    while (rows_next(&rows, '\t')) {
        struct cs_sd sd;
        struct cs_error err = {0};
        struct cs_str bytes = hex_bytes(arena, rows.fields[0]);
        ck_assert_msg(cs_sd_decode(arena, bytes, &sd, &err) == CS_SYNTAX, "line %d", rows.number);
        ck_assert_int_ge(err.at, 0);
        ck_assert_str_ne(err.text, "");
    }
    rows_close(&rows, 100);
}
END_TEST

START_TEST(every_cut_is_refused_or_understood)
{
    struct cs_str bytes = {0};
    struct cs_sd sd =
        sd_of("O:BAG:BAD:(A;;CC;;;WD)(OA;;CR;0e10c968-78fb-11d2-90d4-00c04f79dc55;;AU)"
              "(XA;;CC;;;WD;(Member_of {SID(BA)}))S:(AU;FA;GR;;;WD)");
    ck_assert_int_eq(cs_sd_encode(arena, &sd, &bytes, NULL), CS_OK);
    for (size_t length = 0; length < bytes.length; length++) {
        /* a copy of exactly that length lets the sanitizer see a byte too many */
        struct cs_str cut = cs_str_span(cs_arena_copy(arena, bytes.at, length), length);
        ck_assert_int_eq(cs_sd_decode(arena, cut, &sd, NULL), CS_SYNTAX);
    }
    char *flipped = cs_arena_copy(arena, bytes.at, bytes.length);
    for (size_t i = 0; i < bytes.length * 8; i++) {
        flipped[i / 8] = (char)(flipped[i / 8] ^ 1 << i % 8);
        cs_status status = cs_sd_decode(arena, cs_str_span(flipped, bytes.length), &sd, NULL);
        ck_assert(status == CS_OK || status == CS_SYNTAX);
        flipped[i / 8] = bytes.at[i / 8];
    }
}
END_TEST

/* the reference descriptor of MS-DTYP 2.5.1.4, Windows' layout and the registry's */
START_TEST(layouts_are_windows)
{
    struct cs_str bytes = {0};
    struct cs_sd sd = sd_of("O:BAG:BAD:P(A;CIOI;GRGX;;;BU)(A;CIOI;GA;;;BA)(A;CIOI;GA;;;SY)"
                            "(A;CIOI;GA;;;CO)S:P(AU;FA;GR;;;WD)");
    ck_assert_int_eq(cs_sd_encode(arena, &sd, &bytes, NULL), CS_OK);
    ck_assert_uint_eq(bytes.length, 176);
    const char *hex = bytes_hex(arena, bytes);
    ck_assert_int_eq(strncmp(hex, "010014b090000000a0000000140000003000000002001c0001000000", 56),
                     0);
    sd = sd_of("O:BAG:BAD:(A;;CC;;;WD)");
    ck_assert_int_eq(cs_sd_encode_registry(arena, &sd, &bytes, NULL), CS_OK);
    ck_assert_str_eq(bytes_hex(arena, bytes),
                     "0100048030000000400000000000000014000000"
                     "02001c000100000000001400010000000101000000000001000000000102000000000005"
                     "200000002002000001020000000000052000000020020000");
}
END_TEST

START_TEST(slack_behind_the_aces_is_accepted)
{
    struct cs_sd sd = sd_of("01000480000000000000000000000000140000000400200001000000"
                            "0000140001000000010100000000000100000000deadbeef");
    struct cs_str bytes = {0};
    ck_assert_uint_eq(sd.dacl->slack, 4);
    ck_assert_uint_eq(sd.dacl->revision, 4);
    ck_assert_int_eq(cs_sd_encode(arena, &sd, &bytes, NULL), CS_OK);
    ck_assert_uint_eq(bytes.length, sd.bytes.length - 4);
    ck_assert_uint_eq((unsigned char)bytes.at[20], 2); /* no object ace: revision 2 */
}
END_TEST

START_TEST(unknown_aces_are_kept_byte_for_byte)
{
    static const char text[] = "01000480000000000000000000000000140000000200140001000000"
                               "7f000c00deadbeef00112233";
    struct cs_sd sd = sd_of(text);
    struct cs_str bytes = {0}, words = {0};
    ck_assert(sd.dacl->aces[0].opaque);
    ck_assert_int_eq(cs_sd_encode(arena, &sd, &bytes, NULL), CS_OK);
    ck_assert_str_eq(bytes_hex(arena, bytes), text);
    ck_assert_int_eq(cs_sddl_format(arena, &sd, NULL, &words, NULL), CS_INVALID);
    words = cs_ace_format(arena, &sd.dacl->aces[0]);
    ck_assert(cs_str_is(words, "(ace of type 0x7f, 8 bytes)"));
}
END_TEST

static const struct {
    const char *text;
    enum cs_sd_dacl_kind kind;
} kinds[] = {
    {"O:BA", CS_DACL_ABSENT},
    {"D:NO_ACCESS_CONTROL", CS_DACL_NULL},
    {"D:", CS_DACL_EMPTY},
    {"D:(A;;CC;;;WD)", CS_DACL_LIST},
    {"01 00 04 80, 00000000 00000000 00000000 00000000", CS_DACL_NULL},
};

START_TEST(kinds_of_dacl_survive_bytes)
{
    struct cs_str bytes = {0};
    struct cs_sd sd = sd_of(kinds[_i].text), again;
    ck_assert_int_eq(cs_sd_dacl(&sd), kinds[_i].kind);
    ck_assert_int_eq(cs_sd_encode(arena, &sd, &bytes, NULL), CS_OK);
    ck_assert_int_eq(cs_sd_decode(arena, bytes, &again, NULL), CS_OK);
    ck_assert_int_eq(cs_sd_dacl(&again), kinds[_i].kind);
    ck_assert_str_eq(sddl_of(&sd), sddl_of(&again));
}
END_TEST

static const struct {
    const char *text;
    int at;
} unreadable[] = {
    {"0100048", 7},  /* half a byte */
    {"01 00 zz", 6}, /* no hex */
    {"0200048000000000000000000000000000000000", 0},
    {"01 00 04 80 90 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", 12}, /* owner beyond */
    {"O:XX", 2},
};

START_TEST(complaints_point_into_the_text)
{
    struct cs_sd sd;
    struct cs_error err = {0};
    ck_assert_int_eq(cs_sd_read(arena, cs_str_of(unreadable[_i].text), NULL, &sd, &err), CS_SYNTAX);
    ck_assert_msg(err.at == unreadable[_i].at, "at %d: %s", err.at, err.text);
}
END_TEST

START_TEST(a_list_too_long_is_refused)
{
    enum { ACES = 4000 };
    struct cs_ace *aces = cs_arena_alloc(arena, ACES * sizeof *aces);
    for (size_t i = 0; i < ACES; i++)
        aces[i] = (struct cs_ace){.mask = 1, .sid = cs_sid_everyone};
    struct cs_acl acl = {.count = ACES, .aces = aces};
    struct cs_sd sd = {.control = CS_SD_DACL_PRESENT, .dacl = &acl};
    struct cs_str bytes;
    ck_assert_int_eq(cs_sd_encode(arena, &sd, &bytes, NULL), CS_LIMIT);
}
END_TEST

/* ------------------------------------------------------------------- edits */

enum edit { ALLOW, DENY, REVOKE };

static const struct {
    enum edit edit;
    const char *before;
    uint32_t mask;
    const char *after; /* NULL: unchanged */
} edits[] = {
    {ALLOW, "D:", 0x19, "D:(A;;CCSWRP;;;AU)"},
    {ALLOW, "D:(A;;CCDC;;;AU)", 0x19, "D:(A;;CCDCSWRP;;;AU)"},
    {ALLOW, "D:(A;;CCDCLCSWRP;;;AU)", 0x19, NULL},
    {ALLOW, "D:(D;;CC;;;AN)(A;;CC;;;BA)", 0x1, "D:(D;;CC;;;AN)(A;;CC;;;BA)(A;;CC;;;AU)"},
    {ALLOW, "D:(A;;CC;;;BA)(A;ID;CC;;;WD)", 0x1, "D:(A;;CC;;;BA)(A;;CC;;;AU)(A;ID;CC;;;WD)"},
    {ALLOW, "D:(A;;CC;;;BA)(D;;CC;;;AN)", 0x1, "D:(A;;CC;;;BA)(D;;CC;;;AN)(A;;CC;;;AU)"},
    {ALLOW, "D:(A;ID;CC;;;AU)", 0x1, "D:(A;;CC;;;AU)(A;ID;CC;;;AU)"},
    {ALLOW, "D:(A;OICI;CC;;;AU)", 0x1, "D:(A;OICI;CC;;;AU)(A;;CC;;;AU)"},
    {ALLOW, "D:NO_ACCESS_CONTROL", 0x1, NULL},
    {ALLOW, "O:BA", 0x1, NULL},
    {DENY, "D:(A;;CC;;;AU)", 0x1, "D:(D;;CC;;;AU)(A;;CC;;;AU)"},
    {DENY, "D:(D;;CC;;;AN)(A;;CC;;;WD)", 0x1, "D:(D;;CC;;;AN)(D;;CC;;;AU)(A;;CC;;;WD)"},
    {DENY, "D:(A;;CC;;;WD)(D;;CC;;;AN)", 0x1, "D:(D;;CC;;;AU)(A;;CC;;;WD)(D;;CC;;;AN)"},
    {DENY, "D:(D;;CC;;;AU)", 0x1, NULL},
    {DENY, "O:BA", 0x1, "O:BAD:(D;;CC;;;AU)(A;;0x1fffff;;;WD)"},
    {REVOKE, "D:(A;;CCRP;;;AU)(D;;CC;;;AU)(A;;CC;;;WD)", 0, "D:(A;;CC;;;WD)"},
    {REVOKE, "D:(A;;CCDCLC;;;AU)", 0x4, "D:(A;;CCDC;;;AU)"},
    {REVOKE, "D:(A;;LC;;;AU)", 0x4, "D:"},
    {REVOKE, "D:(A;;CC;;;AU)", 0x4, NULL},
    {REVOKE, "D:(A;;CC;;;WD)", 0, NULL},
    {REVOKE, "D:NO_ACCESS_CONTROL", 0, NULL},
};

START_TEST(edits_change_what_they_say)
{
    const struct cs_sid *sid = &cs_sid_authenticated_users;
    struct cs_sd sd = sd_of(edits[_i].before), after = sd;
    bool changed = false;
    uint32_t mask = edits[_i].mask;
    switch (edits[_i].edit) {
    case ALLOW:
        after = cs_sd_allow(arena, &sd, sid, mask, &changed);
        break;
    case DENY:
        after = cs_sd_deny(arena, &sd, sid, mask, &changed);
        break;
    case REVOKE:
        after = cs_sd_revoke(arena, &sd, sid, mask, &changed);
    }
    ck_assert_str_eq(sddl_of(&sd), edits[_i].before);
    ck_assert_str_eq(sddl_of(&after), edits[_i].after ? edits[_i].after : edits[_i].before);
    ck_assert_int_eq(changed, edits[_i].after != NULL);
}
END_TEST

/* ------------------------------------------------------------------ memory */

/* Read, write and print once; CS_OK or the failure. */
static cs_status work(struct cs_arena *place)
{
    struct cs_sd sd, again;
    struct cs_str bytes, text;
    cs_status status = cs_sd_read(
        place,
        CS_STR("O:BAD:(A;;CC;;;WD)(XA;;CC;;;WD;(Member_of {SID(BA)} && @User.a == \"b\"))"
               "S:(RA;;;;;WD;(\"a\",TS,0x0,\"b\"))"),
        NULL, &sd, NULL);
    if (status == CS_OK)
        status = cs_sd_encode(place, &sd, &bytes, NULL);
    if (status == CS_OK)
        status = cs_sd_decode(place, bytes, &again, NULL);
    return status == CS_OK ? cs_sddl_format(place, &again, NULL, &text, NULL) : status;
}

START_TEST(running_out_of_memory_is_an_error)
{
    cs_status status = CS_MEMORY;
    long n = 1;
    for (; status != CS_OK && n < 200; n++) {
        struct cs_arena *place = cs_arena_new();
        csi_alloc_fail_at(n, true);
        status = work(place);
        csi_alloc_fail_at(0, false);
        cs_arena_free(place);
        ck_assert(status == CS_OK || status == CS_MEMORY);
    }
    ck_assert_int_eq(status, CS_OK);
    ck_assert_int_gt(n, 3);
}
END_TEST

Suite *sd_suite(void)
{
    Suite *suite = suite_create("sd");
    TCase *tests = tcase_create("sd");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, bytes_print_as_samba_prints);
    tcase_add_test(tests, bytes_round_trip);
    tcase_add_test(tests, bad_bytes_are_refused);
    tcase_add_test(tests, every_cut_is_refused_or_understood);
    tcase_add_test(tests, layouts_are_windows);
    tcase_add_test(tests, slack_behind_the_aces_is_accepted);
    tcase_add_test(tests, unknown_aces_are_kept_byte_for_byte);
    tcase_add_loop_test(tests, kinds_of_dacl_survive_bytes, 0, CS_COUNT(kinds));
    tcase_add_loop_test(tests, complaints_point_into_the_text, 0, CS_COUNT(unreadable));
    tcase_add_test(tests, a_list_too_long_is_refused);
    tcase_add_loop_test(tests, edits_change_what_they_say, 0, CS_COUNT(edits));
    tcase_add_test(tests, running_out_of_memory_is_an_error);
    suite_add_tcase(suite, tests);
    return suite;
}
