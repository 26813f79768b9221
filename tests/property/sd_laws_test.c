/*
 * sd_laws_test.c - descriptors go around: to text and back, to bytes and back, and where memory
 * runs out at any step there is a clean error and nothing is left behind.
 */
#include <certsh/sd.h>

#include <check.h>
#include <string.h>

#include "base/alloc.h"
#include "dice.h"
#include "domain/sd_in.h"
#include "laws.h"

Suite *sd_laws_suite(void);

static struct dice dice;
static struct cs_arena *arena;

static const char *const tails[] = {
    "D:(XA;;CC;;;WD;(@User.Title == \"VP\"))",
    "D:(XA;;CC;;;WD;(Member_of {SID(BA), SID(S-1-5-21-1-2-3-4)} && !(@Device.a >= -0x10)))",
    "D:(XA;;CC;;;WD;(@Resource.colour Any_of {\"blue\", 7, #00ff} || Exists local))",
    "S:(RA;;;;;WD;(\"colour\",TS,0x1,\"blue\",\"r\xc3\xb6t\"))",
    "S:(RA;;;;;WD;(\"n\",TI,0x0,-1,9223372036854775807))",
    "S:(RA;;;;;WD;(\"s\",TD,0x0,SID(BA),SID(S-1-5-21-1-2-3-4)))",
    "S:(RA;;;;;WD;(\"b\",TB,0x0,1,0))",
    "S:(RA;;;;;WD;(\"x\",TX,0x0,00ff))",
};
enum { CONDITIONS = 3, TAILS = sizeof tails / sizeof tails[0] };
static struct cs_str data[TAILS];

/* ---------------------------------------------------------------- generator */

static struct cs_sid some_sid(void)
{
    size_t count = 0;
    const struct cs_sid_known *known = cs_sid_known_table(&count);
    if (dice_one_in(&dice, 2))
        return known[dice_below(&dice, (uint32_t)count)].sid;
    struct cs_sid sid = {.authority = dice_one_in(&dice, 4) ? dice_roll(&dice) >> 16 : 5};
    sid.count = (uint8_t)(1 + dice_below(&dice, CS_SID_MAX_SUBS));
    for (size_t i = 0; i < sid.count; i++)
        sid.sub[i] = (uint32_t)(dice_roll(&dice) >> dice_below(&dice, 64));
    return sid;
}

static void some_guids(struct cs_ace *ace)
{
    ace->object_flags = 1 + dice_below(&dice, 3); /* without any SDDL makes a plain ACE of it */
    struct cs_guid *guids[] = {&ace->object_type, &ace->inherited_type};
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; ace->object_flags >> i & 1 && k < 16; k++)
            guids[i]->bytes[k] = (unsigned char)dice_roll(&dice);
}

/* An ACE that SDDL can name, of a type that belongs in that list. */
static struct cs_ace some_ace(bool in_sacl)
{
    const struct csi_ace_type *type = NULL;
    struct cs_ace ace = {0};
    do {
        ace.type = (uint8_t)dice_below(&dice, CS_ACE_SCOPED_POLICY + 1);
        type = csi_ace_type(ace.type);
    } while (!type->letters || type->in_sacl != in_sacl);
    ace.flags = (uint8_t)(dice_roll(&dice) & dice_roll(&dice) & (in_sacl ? 0xdf : 0x1f));
    ace.mask = (uint32_t)(dice_roll(&dice) >> dice_below(&dice, 64));
    if (ace.type == CS_ACE_MANDATORY_LABEL)
        ace.mask &= 7;
    if (ace.type == CS_ACE_RESOURCE_ATTRIBUTE)
        ace.mask = 0;
    ace.sid = some_sid();
    if (type->shape == CSI_ACE_OBJECT)
        some_guids(&ace);
    if (type->tail == CSI_TAIL_CONDITION)
        ace.data = data[dice_below(&dice, CONDITIONS)];
    if (type->tail == CSI_TAIL_CLAIM)
        ace.data = data[CONDITIONS + dice_below(&dice, TAILS - CONDITIONS)];
    return ace;
}

static const struct cs_acl *some_acl(bool in_sacl)
{
    struct cs_acl *acl = cs_arena_alloc(arena, sizeof *acl);
    struct cs_ace *aces = cs_arena_alloc(arena, 6 * sizeof *aces);
    *acl = (struct cs_acl){.revision = 2, .count = dice_below(&dice, 6), .aces = aces};
    for (size_t i = 0; i < acl->count; i++)
        aces[i] = some_ace(in_sacl);
    return acl;
}

static struct cs_sd some_sd(void)
{
    struct cs_sd sd = {.has_owner = dice_one_in(&dice, 2), .has_group = dice_one_in(&dice, 2)};
    if (sd.has_owner)
        sd.owner = some_sid();
    if (sd.has_group)
        sd.group = some_sid();
    if (!dice_one_in(&dice, 8)) {
        sd.control |= CS_SD_DACL_PRESENT;
        sd.control |= dice_roll(&dice) & (CS_SD_DACL_PROTECTED | CS_SD_DACL_AUTO_INHERITED);
        sd.dacl = dice_one_in(&dice, 10) ? NULL : some_acl(false);
    }
    if (dice_one_in(&dice, 2)) {
        sd.control |= CS_SD_SACL_PRESENT;
        sd.control |= dice_roll(&dice) & (CS_SD_SACL_PROTECTED | CS_SD_SACL_AUTO_INHERITED);
        sd.sacl = some_acl(true);
    }
    return sd;
}

/* -------------------------------------------------------------------- laws */

START_TEST(text_and_bytes_go_around)
{
    struct cs_error err;
    uint32_t cases = dice_cases(100000);
    for (uint32_t i = 0; i < cases; i++) {
        struct cs_arena_mark mark = cs_arena_mark(arena);
        struct cs_sd sd = some_sd(), again;
        struct cs_str text, bytes, back;
        laws_of_sd(arena, &sd);
        ck_assert(cs_sddl_format(arena, &sd, NULL, &text, &err) == CS_OK);
        ck_assert(cs_sddl_parse(arena, text, NULL, &again, &err) == CS_OK);
        ck_assert(cs_sd_encode(arena, &sd, &bytes, &err) == CS_OK);
        ck_assert(cs_sd_encode(arena, &again, &back, &err) == CS_OK);
        if (!cs_str_equal(bytes, back))
            law_broken("what is printed and read is what it was", text);
        cs_arena_rewind(arena, mark);
    }
}
END_TEST

/* A byte here and there of a good descriptor, or its end, is not what it should be. */
START_TEST(damaged_bytes_break_no_law)
{
    struct cs_error err;
    uint32_t cases = dice_cases(100000);
    for (uint32_t i = 0; i < cases; i++) {
        struct cs_arena_mark mark = cs_arena_mark(arena);
        struct cs_sd sd = some_sd();
        struct cs_str bytes;
        ck_assert(cs_sd_encode(arena, &sd, &bytes, &err) == CS_OK);
        char *damaged = cs_arena_copy(arena, bytes.at, bytes.length);
        for (uint32_t n = 1 + dice_below(&dice, 3); n > 0; n--)
            damaged[dice_below(&dice, (uint32_t)bytes.length)] =
                (char)(dice_one_in(&dice, 2) ? dice_below(&dice, 0x20) : dice_roll(&dice));
        size_t length = bytes.length;
        if (dice_one_in(&dice, 4))
            length = dice_below(&dice, (uint32_t)length + 1);
        laws_of_bytes(cs_str_span(damaged, length));
        cs_arena_rewind(arena, mark);
    }
}
END_TEST

START_TEST(damaged_text_breaks_no_law)
{
    static const char likely[] = "()();;;:ADSGOXZRWPBU0x19\"{}@&|!=,- ";
    struct cs_error err;
    uint32_t cases = dice_cases(100000);
    for (uint32_t i = 0; i < cases; i++) {
        struct cs_arena_mark mark = cs_arena_mark(arena);
        struct cs_sd sd = some_sd();
        struct cs_str text;
        ck_assert(cs_sddl_format(arena, &sd, NULL, &text, &err) == CS_OK);
        char *damaged = cs_arena_copy(arena, text.at, text.length);
        for (uint32_t n = 1 + dice_below(&dice, 3); text.length && n > 0; n--)
            damaged[dice_below(&dice, (uint32_t)text.length)] =
                likely[dice_below(&dice, sizeof likely - 1)];
        laws_of_text(cs_str_span(damaged, text.length));
        cs_arena_rewind(arena, mark);
    }
}
END_TEST

/* ------------------------------------------------------------ out of memory */

enum { TEXT_LENGTH = 200 };
static char big_text[TEXT_LENGTH * 60];
static struct cs_str big_bytes;
static struct cs_sd big_sd;

static cs_status do_parse(struct cs_arena *mine, struct cs_error *err)
{
    struct cs_sd sd;
    return cs_sddl_parse(mine, cs_str_of(big_text), NULL, &sd, err);
}

static cs_status do_decode(struct cs_arena *mine, struct cs_error *err)
{
    struct cs_sd sd;
    return cs_sd_decode(mine, big_bytes, &sd, err);
}

static cs_status do_format(struct cs_arena *mine, struct cs_error *err)
{
    struct cs_str text;
    return cs_sddl_format(mine, &big_sd, NULL, &text, err);
}

static cs_status do_encode(struct cs_arena *mine, struct cs_error *err)
{
    struct cs_str bytes;
    return cs_sd_encode(mine, &big_sd, &bytes, err);
}

static cs_status do_read(struct cs_arena *mine, struct cs_error *err)
{
    struct cs_sd sd;
    return cs_sd_read(mine,
                      CS_STR("01 00 04 80 00 00 00 00 00 00 00 00 00 00 00 00 14 00 00 00"
                             "02 00 08 00 00 00 00 00"),
                      NULL, &sd, err);
}

/* A token is made where memory may run out; the check itself asks for none. */
static cs_status do_check(struct cs_arena *mine, struct cs_error *err)
{
    struct cs_token *token = cs_token_new(mine);
    struct cs_sid sid = cs_sid_everyone;
    for (uint32_t i = 0; token && i < 100; i++) {
        if (cs_token_add(token, &sid, CS_TOKEN_ENABLED, CS_ORIGIN_GIVEN, CS_TOKEN_NO_VIA) < 0)
            token = NULL;
        sid = cs_sid_of2(5, 1000, i);
    }
    if (!token)
        return cs_fail(err, CS_MEMORY, "no memory for a token");
    long before = csi_alloc_count();
    struct cs_access ask = {.token = token, .desired = CS_RIGHT_MAXIMUM_ALLOWED};
    struct cs_verdict verdict = cs_access_check(&big_sd, &ask);
    ck_assert(verdict.granted);
    ck_assert_int_eq(csi_alloc_count(), before);
    return CS_OK;
}

static cs_status (*const works[])(struct cs_arena *, struct cs_error *) = {
    do_parse, do_decode, do_format, do_encode, do_read, do_check,
};

static void set_up_big(void)
{
    struct cs_error err;
    strcpy(big_text, "O:BAG:BAD:");
    for (int i = 0; i < 40; i++)
        strcat(big_text, i % 2 ? "(XA;;CCDC;;;WD;(@User.Title == \"VP\" && Member_of {SID(BA)}))"
                               : "(A;;CCDCLCSWRP;;;S-1-5-21-1-2-3-1104)(A;;0x12345;;;WD)");
    strcat(big_text, "S:(RA;;;;;WD;(\"colour\",TS,0x1,\"blue\",\"red\"))");
    ck_assert_msg(cs_sddl_parse(arena, cs_str_of(big_text), NULL, &big_sd, &err) == CS_OK, "%s",
                  err.text);
    ck_assert(cs_sd_encode(arena, &big_sd, &big_bytes, &err) == CS_OK);
}

/* One try in which the n-th allocation fails; returns whether it came to that. */
static bool fails_at(long n, bool sticky, cs_status (*work)(struct cs_arena *, struct cs_error *))
{
    struct cs_error err = {0};
    struct cs_arena *mine = cs_arena_new();
    ck_assert_ptr_nonnull(mine);
    csi_alloc_fail_at(n, sticky);
    cs_status status = work(mine, &err);
    bool came = csi_alloc_count() >= n;
    csi_alloc_fail_at(0, false);
    if (came)
        ck_assert_msg(status == CS_MEMORY && err.status == CS_MEMORY && err.text[0],
                      "allocation %ld: %s", n, cs_status_name(status));
    else
        ck_assert_int_eq(status, CS_OK);
    cs_arena_free(mine);
    return came;
}

START_TEST(memory_may_run_out_at_any_step)
{
    set_up_big();
    for (size_t sticky = 0; sticky < 2; sticky++) {
        long n = 1;
        long before = csi_alloc_live();
        while (fails_at(n, sticky, works[_i]))
            n++;
        ck_assert_int_gt(n, 1); /* else nothing was tried */
        ck_assert_int_eq(csi_alloc_live(), before);
    }
}
END_TEST

/* ------------------------------------------------------------------- suite */

static void set_up(void)
{
    struct cs_error err;
    struct cs_sd sd;
    dice = dice_new("sd laws");
    arena = cs_arena_new();
    for (size_t i = 0; i < TAILS; i++) {
        ck_assert_msg(cs_sddl_parse(arena, cs_str_of(tails[i]), NULL, &sd, &err) == CS_OK, "%s: %s",
                      tails[i], err.text);
        data[i] = (i < CONDITIONS ? sd.dacl : sd.sacl)->aces[0].data;
    }
}

static void tear_down(void)
{
    cs_arena_free(arena);
}

Suite *sd_laws_suite(void)
{
    Suite *suite = suite_create("sd_laws");
    TCase *tests = tcase_create("laws");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, text_and_bytes_go_around);
    tcase_add_test(tests, damaged_bytes_break_no_law);
    tcase_add_test(tests, damaged_text_breaks_no_law);
    tcase_add_loop_test(tests, memory_may_run_out_at_any_step, 0,
                        (int)(sizeof works / sizeof works[0]));
    suite_add_tcase(suite, tests);
    return suite;
}
