/*
 * access_laws_test.c - the access check on random cases, against slow_access.c and its own laws.
 *
 * A case is drawn from few SIDs, few bits and few GUIDs, so that ACEs meet each other.
 */
#include <certsh/access.h>

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dice.h"
#include "domain/sd_in.h"
#include "laws.h"
#include "slow_access.h"

Suite *access_laws_suite(void);

enum { PEOPLE = 6, SIDS = PEOPLE + 4, ACES = 7, GUIDS = 4, CONDITIONS = 40, TERMS = 7 };

static struct dice dice;
static struct cs_arena *arena;
static struct cs_sid sids[SIDS]; /* people, Everyone, Administrators, SELF, OWNER RIGHTS */
static struct cs_guid guids[GUIDS];

/* -------------------------------------------------------------- conditions */

/* One condition twice: as a tree, to be judged here, and as the bytes of an ACE. */
struct term {
    enum { IS_MEMBER, IS_NOT_MEMBER, IS_UNKNOWN, IS_AND, IS_OR, IS_NOT } kind;
    int sid, left, right;
};

struct condition {
    struct term terms[TERMS];
    int count;
    struct cs_str bytes;
};

static struct condition conditions[CONDITIONS];

static int grow(struct condition *c, int depth)
{
    int at = c->count++;
    struct term term = {.kind = IS_MEMBER, .sid = (int)dice_below(&dice, PEOPLE + 2)};
    uint32_t what = dice_below(&dice, depth > 1 ? 3 : 6);
    term.kind = (int)what;
    if (what >= 3)
        term.left = grow(c, depth + 1);
    if (term.kind == IS_AND || term.kind == IS_OR)
        term.right = grow(c, depth + 1);
    c->terms[at] = term;
    return at;
}

static void spell(const struct condition *c, int at, char *out)
{
    const struct term *term = &c->terms[at];
    struct cs_sid_text text;
    char left[1500] = "", right[1500] = "";
    if (term->kind >= IS_AND)
        spell(c, term->left, left);
    if (term->kind == IS_AND || term->kind == IS_OR)
        spell(c, term->right, right);
    if (term->kind == IS_UNKNOWN)
        strcpy(out, "@User.Title == \"VP\"");
    else if (term->kind == IS_NOT)
        snprintf(out, 1500, "!(%.1000s)", left);
    else if (term->kind >= IS_AND)
        snprintf(out, 1500, "(%.600s) %s (%.600s)", left, term->kind == IS_AND ? "&&" : "||",
                 right);
    else
        snprintf(out, 1500, "%s {SID(%s)}", term->kind == IS_MEMBER ? "Member_of" : "Not_Member_of",
                 cs_sid_format(&sids[term->sid], &text));
}

static void make_condition(struct condition *c)
{
    char text[1500], sddl[1600];
    struct cs_sd sd;
    struct cs_error err;
    c->count = 0;
    grow(c, 0);
    spell(c, 0, text);
    snprintf(sddl, sizeof sddl, "D:(XA;;CC;;;WD;(%.1500s))", text);
    ck_assert_msg(cs_sddl_parse(arena, cs_str_of(sddl), NULL, &sd, &err) == CS_OK, "%s: %s", sddl,
                  err.text);
    c->bytes = sd.dacl->aces[0].data;
}

/* -------------------------------------------------------------------- case */

struct tried {
    struct cs_sid enabled[SIDS], deny_only[SIDS], restricting[SIDS];
    struct slow_token slow;
    struct cs_token *token;
    struct cs_ace aces[ACES + 1];
    struct cs_acl acl;
    struct cs_sd sd;
    struct cs_guid objects[3];
    struct cs_generic_mapping mapping;
    struct cs_access ask;
};

static bool in(const struct cs_sid *list, size_t count, const struct cs_sid *sid)
{
    for (size_t i = 0; i < count; i++)
        if (cs_sid_equal(&list[i], sid))
            return true;
    return false;
}

/* 1, 0, or -1 for unknown. */
static int judge(const struct condition *c, int at, const struct slow_token *token, bool denying)
{
    const struct term *term = &c->terms[at];
    if (term->kind == IS_UNKNOWN)
        return -1;
    if (term->kind == IS_MEMBER || term->kind == IS_NOT_MEMBER) {
        bool member = in(token->enabled, token->enabled_count, &sids[term->sid]) ||
                      (denying && in(token->deny_only, token->deny_only_count, &sids[term->sid]));
        return member == (term->kind == IS_MEMBER);
    }
    int left = judge(c, term->left, token, denying);
    if (term->kind == IS_NOT)
        return left < 0 ? left : !left;
    int right = judge(c, term->right, token, denying);
    int decisive = term->kind == IS_OR;
    if (left == decisive || right == decisive)
        return decisive;
    return left < 0 || right < 0 ? -1 : !decisive;
}

static int holds(const void *context, const struct cs_ace *ace, bool denying)
{
    for (int i = 0; i < CONDITIONS; i++)
        if (conditions[i].bytes.at == ace->data.at)
            return judge(&conditions[i], 0, context, denying);
    return -1;
}

/* Few bits, so that masks overlap; now and then one that is treated specially. */
static uint32_t some_mask(void)
{
    static const uint32_t special[] = {
        CS_RIGHT_READ_CONTROL,
        CS_RIGHT_WRITE_DAC,
        CS_RIGHT_WRITE_OWNER,
        CS_RIGHT_SYSTEM_SECURITY,
        CS_RIGHT_GENERIC_READ,
        CS_RIGHT_GENERIC_ALL,
        CS_RIGHT_GENERIC_WRITE,
        CS_RIGHT_GENERIC_EXECUTE,
        CS_RIGHT_READ_CONTROL | CS_RIGHT_WRITE_DAC,
    };
    uint32_t mask = (uint32_t)(dice_roll(&dice) & dice_roll(&dice)) & 0x3f;
    if (dice_one_in(&dice, 3))
        mask |= special[dice_below(&dice, CS_COUNT(special))];
    return mask;
}

static void draw_token(struct tried *t)
{
    struct slow_token *slow = &t->slow;
    *slow = (struct slow_token){.enabled = t->enabled,
                                .deny_only = t->deny_only,
                                .restricting = t->restricting,
                                .holds = holds,
                                .context = slow};
    bool restricted = dice_one_in(&dice, 6);
    t->token = cs_token_new(arena);
    for (size_t i = 0; i < PEOPLE + 2; i++) {
        uint32_t how = i == 0 ? 0 : dice_below(&dice, 5);
        unsigned flags = how == 2 ? CS_TOKEN_DENY_ONLY : CS_TOKEN_ENABLED;
        if (how < 2)
            t->enabled[slow->enabled_count++] = sids[i];
        if (how == 2)
            t->deny_only[slow->deny_only_count++] = sids[i];
        if (how <= 2)
            cs_token_add(t->token, &sids[i], flags, CS_ORIGIN_GIVEN, CS_TOKEN_NO_VIA);
        if (restricted && dice_one_in(&dice, 2)) {
            t->restricting[slow->restricting_count++] = sids[i];
            cs_token_restrict(t->token, &sids[i]);
        }
    }
    slow->security_privilege = dice_one_in(&dice, 8);
    slow->take_ownership_privilege = dice_one_in(&dice, 8);
    if (slow->security_privilege)
        ck_assert(!cs_token_grant(t->token, CS_STR("SeSecurityPrivilege"), NULL));
    if (slow->take_ownership_privilege)
        ck_assert(!cs_token_grant(t->token, CS_STR("SeTakeOwnershipPrivilege"), NULL));
}

static struct cs_ace draw_ace(void)
{
    static const uint8_t types[] = {
        CS_ACE_ALLOW,
        CS_ACE_ALLOW,
        CS_ACE_ALLOW,
        CS_ACE_ALLOW,
        CS_ACE_DENY,
        CS_ACE_DENY,
        CS_ACE_OBJECT_ALLOW,
        CS_ACE_OBJECT_ALLOW,
        CS_ACE_OBJECT_DENY,
        CS_ACE_AUDIT,
        CS_ACE_CALLBACK_ALLOW,
        CS_ACE_CALLBACK_DENY,
        CS_ACE_COMPOUND,
        CS_ACE_CALLBACK_OBJECT_ALLOW,
        CS_ACE_CALLBACK_OBJECT_DENY,
    };
    struct cs_ace ace = {.type = types[dice_below(&dice, CS_COUNT(types))]};
    if (ace.type == CS_ACE_COMPOUND) {
        ace.opaque = true;
        return ace;
    }
    ace.flags = dice_one_in(&dice, 8) ? CS_ACE_INHERIT_ONLY : 0;
    ace.mask = some_mask();
    ace.sid = sids[dice_below(&dice, SIDS)];
    if (csi_ace_type(ace.type)->shape == CSI_ACE_OBJECT) {
        ace.object_flags = dice_below(&dice, 4);
        ace.object_type = guids[dice_below(&dice, GUIDS)];
    }
    if (csi_ace_type(ace.type)->tail == CSI_TAIL_CONDITION)
        ace.data = conditions[dice_below(&dice, CONDITIONS)].bytes;
    return ace;
}

static void draw_sd(struct tried *t)
{
    t->acl = (struct cs_acl){.revision = 4, .aces = t->aces};
    t->acl.count = dice_below(&dice, ACES + 1);
    for (size_t i = 0; i < t->acl.count; i++)
        t->aces[i] = draw_ace();
    t->sd = (struct cs_sd){.control = CS_SD_DACL_PRESENT, .dacl = &t->acl};
    if (dice_one_in(&dice, 40))
        t->sd.control = 0;
    if (dice_one_in(&dice, 40))
        t->sd.dacl = NULL;
    t->sd.has_owner = !dice_one_in(&dice, 4);
    t->sd.owner = sids[dice_below(&dice, PEOPLE + 2)];
}

static void draw(struct tried *t)
{
    draw_token(t);
    draw_sd(t);
    t->ask = (struct cs_access){.token = t->token, .desired = some_mask()};
    if (dice_one_in(&dice, 4))
        t->ask.self = &sids[dice_below(&dice, PEOPLE)];
    if (dice_one_in(&dice, 4)) {
        t->mapping = (struct cs_generic_mapping){0x9, 0x12 | CS_RIGHT_WRITE_DAC, 0x4, 0x3f};
        t->ask.mapping = &t->mapping;
    }
    if (dice_one_in(&dice, 3)) {
        t->ask.object_types = t->objects;
        t->ask.object_type_count = 1 + dice_below(&dice, 3);
        for (size_t i = 0; i < t->ask.object_type_count; i++)
            t->objects[i] = guids[(i + dice_below(&dice, 2)) % GUIDS];
    }
}

/* -------------------------------------------------------------------- laws */

/* What the mask of a verdict should be: of the bits asked, or with MAXIMUM_ALLOWED of all. */
static uint32_t slow_mask_of(const struct tried *t)
{
    struct cs_access one = t->ask;
    uint32_t mask = slow_access_mask(&t->sd, &one, &t->slow);
    return t->ask.mapping ? mask & 0x0fffffff : mask;
}

static uint32_t map(const struct tried *t, uint32_t mask)
{
    const uint32_t meaning[] = {t->mapping.all, t->mapping.execute, t->mapping.write,
                                t->mapping.read};
    if (!t->ask.mapping)
        return mask;
    uint32_t mapped = mask & 0x0fffffff;
    for (int i = 0; i < 4; i++)
        mapped |= mask >> (28 + i) & 1 ? meaning[i] : 0;
    return mapped;
}

static void equals_slow(const struct tried *t, uint32_t number)
{
    struct cs_verdict verdict = cs_access_check(&t->sd, &t->ask);
    bool granted = slow_access_granted(&t->sd, &t->ask, &t->slow);
    ck_assert_msg(verdict.granted == granted, "case %u: %d, the specification says %d", number,
                  verdict.granted, granted);
    if (number % 4)
        return; /* a mask is 32 questions */
    uint32_t mask = slow_mask_of(t) & map(t, t->ask.desired);
    ck_assert_msg(verdict.mask == mask, "case %u: mask 0x%x, the specification says 0x%x", number,
                  verdict.mask, mask);
}

static void maximum_equals_slow(struct tried *t, uint32_t number)
{
    t->ask.desired = CS_RIGHT_MAXIMUM_ALLOWED;
    struct cs_verdict verdict = cs_access_check(&t->sd, &t->ask);
    uint32_t mask = slow_mask_of(t) & ~CS_RIGHT_SYSTEM_SECURITY;
    bool list = t->sd.dacl && t->sd.control & CS_SD_DACL_PRESENT;
    if (!list && t->ask.mapping)
        mask &= t->mapping.all;
    ck_assert_msg(verdict.mask == mask, "case %u: maximum 0x%x, the specification says 0x%x",
                  number, verdict.mask, mask);
    ck_assert_msg(verdict.granted == (mask != 0), "case %u: maximum 0x%x granted %d", number, mask,
                  verdict.granted);
}

/* The ACEs from `from` on without rights: there, but saying nothing. */
static bool granted_without(const struct tried *t, size_t from, bool and_allow_all)
{
    struct tried copy = *t;
    copy.sd.dacl = &copy.acl;
    copy.acl.aces = copy.aces;
    for (size_t i = from; i < copy.acl.count; i++)
        copy.aces[i].mask = 0;
    if (and_allow_all)
        copy.aces[copy.acl.count++] =
            (struct cs_ace){.type = CS_ACE_ALLOW, .mask = UINT32_MAX, .sid = sids[0]};
    return slow_access_granted(&copy.sd, &copy.ask, &copy.slow);
}

/* Up to the deciding ACE, and without it, the specification answers differently. */
static void decided_by_that_ace(const struct tried *t, uint32_t number)
{
    struct cs_verdict verdict = cs_access_check(&t->sd, &t->ask);
    if (t->slow.restricting_count || verdict.ace < 0 || !granted_without(t, 0, true))
        return; /* the last: asks for what only a privilege grants */
    size_t ace = (size_t)verdict.ace;
    bool without = granted_without(t, ace, verdict.kind == CS_DENIED);
    bool with = granted_without(t, ace + 1, verdict.kind == CS_DENIED);
    ck_assert_msg(without == (verdict.kind == CS_DENIED) && with == (verdict.kind == CS_ALLOWED),
                  "case %u: %s by ace %d, without it %d, with it %d", number,
                  cs_verdict_name(verdict.kind), verdict.ace, without, with);
}

static void check_cases(void (*law)(struct tried *, uint32_t), uint32_t all)
{
    struct tried t;
    uint32_t cases = dice_cases(all);
    for (uint32_t i = 0; i < cases; i++) {
        struct cs_arena_mark mark = cs_arena_mark(arena);
        draw(&t);
        law(&t, i);
        cs_arena_rewind(arena, mark);
    }
}

static void all_answers(struct tried *t, uint32_t number)
{
    equals_slow(t, number);
    decided_by_that_ace(t, number);
    laws_of_plan(arena, &t->sd, t->token, t->ask.desired);
    if (number % 8 == 0)
        maximum_equals_slow(t, number);
}

START_TEST(the_check_is_the_specification)
{
    check_cases(all_answers, 1000000);
}
END_TEST

/* OWNER RIGHTS is the exception: without it the owner has more. */
static void without_an_allow(struct tried *t, uint32_t number)
{
    size_t at = t->acl.count ? dice_below(&dice, (uint32_t)t->acl.count) : 0;
    const struct cs_ace *ace = &t->aces[at];
    if (!t->acl.count || csi_ace_type(ace->type)->effect != CSI_EFFECT_ALLOW ||
        cs_sid_equal(&ace->sid, &cs_sid_owner_rights))
        return;
    t->ask.desired |= dice_one_in(&dice, 4) ? CS_RIGHT_MAXIMUM_ALLOWED : 0;
    struct cs_verdict before = cs_access_check(&t->sd, &t->ask);
    memmove(&t->aces[at], &t->aces[at + 1], (t->acl.count - at - 1) * sizeof *t->aces);
    t->acl.count--;
    struct cs_verdict after = cs_access_check(&t->sd, &t->ask);
    ck_assert_msg(before.granted || !after.granted, "case %u", number);
    ck_assert_msg((after.mask & ~before.mask) == 0, "case %u: 0x%x, then 0x%x", number, before.mask,
                  after.mask);
}

START_TEST(removing_an_allow_never_grants)
{
    check_cases(without_an_allow, 400000);
}
END_TEST

static void with_a_deny_first(struct tried *t, uint32_t number)
{
    struct cs_ace ace;
    do
        ace = draw_ace();
    while (csi_ace_type(ace.type)->effect != CSI_EFFECT_DENY);
    t->ask.desired |= dice_one_in(&dice, 4) ? CS_RIGHT_MAXIMUM_ALLOWED : 0;
    struct cs_verdict before = cs_access_check(&t->sd, &t->ask);
    memmove(&t->aces[1], &t->aces[0], t->acl.count * sizeof *t->aces);
    t->aces[0] = ace;
    t->acl.count++;
    struct cs_verdict after = cs_access_check(&t->sd, &t->ask);
    ck_assert_msg(before.granted || !after.granted, "case %u", number);
    ck_assert_msg((after.mask & ~before.mask) == 0, "case %u: 0x%x, then 0x%x", number, before.mask,
                  after.mask);
}

START_TEST(a_deny_put_first_never_grants_more)
{
    check_cases(with_a_deny_first, 400000);
}
END_TEST

/* ------------------------------------------------------------------- suite */

static void set_up(void)
{
    dice = dice_new("access laws");
    arena = cs_arena_new();
    for (uint32_t i = 0; i < PEOPLE; i++)
        sids[i] = (struct cs_sid){5, {21, 1, 2, 3, 1100 + i}, 5};
    sids[PEOPLE] = cs_sid_everyone;
    sids[PEOPLE + 1] = cs_sid_administrators;
    sids[PEOPLE + 2] = cs_sid_principal_self;
    sids[PEOPLE + 3] = cs_sid_owner_rights;
    for (unsigned char i = 0; i < GUIDS; i++)
        guids[i].bytes[i] = i + 1;
    for (int i = 0; i < CONDITIONS; i++)
        make_condition(&conditions[i]);
}

static void tear_down(void)
{
    cs_arena_free(arena);
}

Suite *access_laws_suite(void)
{
    Suite *suite = suite_create("access_laws");
    TCase *tests = tcase_create("laws");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, the_check_is_the_specification);
    tcase_add_test(tests, removing_an_allow_never_grants);
    tcase_add_test(tests, a_deny_put_first_never_grants_more);
    suite_add_tcase(suite, tests);
    return suite;
}
