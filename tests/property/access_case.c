/* access_case.c - see access_case.h. */
#include "access_case.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "domain/sd_in.h"

enum { CONDITIONS = 40, TERMS = 7 };

struct cs_sid access_sids[SIDS];

static struct dice *dice;
static struct cs_arena *arena;
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
    struct term term = {.kind = IS_MEMBER, .sid = (int)dice_below(dice, PEOPLE + 2)};
    uint32_t what = dice_below(dice, depth > 1 ? 3 : 6);
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
                 cs_sid_format(&access_sids[term->sid], &text));
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
        bool member =
            in(token->enabled, token->enabled_count, &access_sids[term->sid]) ||
            (denying && in(token->deny_only, token->deny_only_count, &access_sids[term->sid]));
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
    uint32_t mask = (uint32_t)(dice_roll(dice) & dice_roll(dice)) & 0x3f;
    if (dice_one_in(dice, 3))
        mask |= special[dice_below(dice, CS_COUNT(special))];
    return mask;
}

static void draw_token(struct access_case *t)
{
    struct slow_token *slow = &t->slow;
    *slow = (struct slow_token){.enabled = t->enabled,
                                .deny_only = t->deny_only,
                                .restricting = t->restricting,
                                .holds = holds,
                                .context = slow};
    bool restricted = dice_one_in(dice, 6);
    t->token = cs_token_new(arena);
    for (size_t i = 0; i < PEOPLE + 2; i++) {
        uint32_t how = i == 0 ? 0 : dice_below(dice, 5);
        unsigned flags = how == 2 ? CS_TOKEN_DENY_ONLY : CS_TOKEN_ENABLED;
        if (how < 2)
            t->enabled[slow->enabled_count++] = access_sids[i];
        if (how == 2)
            t->deny_only[slow->deny_only_count++] = access_sids[i];
        if (how <= 2)
            cs_token_add(t->token, &access_sids[i], flags, CS_ORIGIN_GIVEN, CS_TOKEN_NO_VIA);
        if (restricted && dice_one_in(dice, 2)) {
            t->restricting[slow->restricting_count++] = access_sids[i];
            cs_token_restrict(t->token, &access_sids[i]);
        }
    }
    slow->security_privilege = dice_one_in(dice, 8);
    slow->take_ownership_privilege = dice_one_in(dice, 8);
    if (slow->security_privilege)
        ck_assert(!cs_token_grant(t->token, CS_STR("SeSecurityPrivilege"), NULL));
    if (slow->take_ownership_privilege)
        ck_assert(!cs_token_grant(t->token, CS_STR("SeTakeOwnershipPrivilege"), NULL));
}

struct cs_ace access_case_ace(void)
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
    struct cs_ace ace = {.type = types[dice_below(dice, CS_COUNT(types))]};
    if (ace.type == CS_ACE_COMPOUND) {
        ace.opaque = true;
        return ace;
    }
    ace.flags = dice_one_in(dice, 8) ? CS_ACE_INHERIT_ONLY : 0;
    ace.mask = some_mask();
    ace.sid = access_sids[dice_below(dice, SIDS)];
    if (csi_ace_type(ace.type)->shape == CSI_ACE_OBJECT) {
        ace.object_flags = dice_below(dice, 4);
        ace.object_type = guids[dice_below(dice, GUIDS)];
    }
    if (csi_ace_type(ace.type)->tail == CSI_TAIL_CONDITION)
        ace.data = conditions[dice_below(dice, CONDITIONS)].bytes;
    return ace;
}

static void draw_sd(struct access_case *t)
{
    t->acl = (struct cs_acl){.revision = 4, .aces = t->aces};
    t->acl.count = dice_below(dice, ACES + 1);
    for (size_t i = 0; i < t->acl.count; i++)
        t->aces[i] = access_case_ace();
    t->sd = (struct cs_sd){.control = CS_SD_DACL_PRESENT, .dacl = &t->acl};
    if (dice_one_in(dice, 40))
        t->sd.control = 0;
    if (dice_one_in(dice, 40))
        t->sd.dacl = NULL;
    t->sd.has_owner = !dice_one_in(dice, 4);
    t->sd.owner = access_sids[dice_below(dice, PEOPLE + 2)];
}

void access_case_draw(struct access_case *t)
{
    draw_token(t);
    draw_sd(t);
    t->ask = (struct cs_access){.token = t->token, .desired = some_mask()};
    if (dice_one_in(dice, 4))
        t->ask.self = &access_sids[dice_below(dice, PEOPLE)];
    if (dice_one_in(dice, 4)) {
        t->mapping = (struct cs_generic_mapping){0x9, 0x12 | CS_RIGHT_WRITE_DAC, 0x4, 0x3f};
        t->ask.mapping = &t->mapping;
    }
    if (dice_one_in(dice, 3)) {
        t->ask.object_types = t->objects;
        t->ask.object_type_count = 1 + dice_below(dice, 3);
        for (size_t i = 0; i < t->ask.object_type_count; i++)
            t->objects[i] = guids[(i + dice_below(dice, 2)) % GUIDS];
    }
}

void access_case_begin(struct dice *with, struct cs_arena *in_arena)
{
    dice = with;
    arena = in_arena;
    for (uint32_t i = 0; i < PEOPLE; i++)
        access_sids[i] = (struct cs_sid){5, {21, 1, 2, 3, 1100 + i}, 5};
    access_sids[PEOPLE] = cs_sid_everyone;
    access_sids[PEOPLE + 1] = cs_sid_administrators;
    access_sids[PEOPLE + 2] = cs_sid_principal_self;
    access_sids[PEOPLE + 3] = cs_sid_owner_rights;
    for (unsigned char i = 0; i < GUIDS; i++)
        guids[i].bytes[i] = i + 1;
    for (int i = 0; i < CONDITIONS; i++)
        make_condition(&conditions[i]);
}
