/* laws.c - the laws of descriptors (see laws.h). */
#include "laws.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <certsh/lint.h>
#include <certsh/plan.h>

#include "domain/sd_in.h"

static const struct cs_sid account = {5, {21, 1, 2, 3, 1104}, 5};

void law_broken(const char *law, struct cs_str subject)
{
    fprintf(stderr, "law broken: %s\n  \"", law);
    for (size_t i = 0; i < subject.length; i++) {
        unsigned char c = (unsigned char)subject.at[i];
        fprintf(stderr, c >= ' ' && c < 0x7f && c != '\\' ? "%c" : "\\x%02x", c);
    }
    fputs("\"\n", stderr);
    abort();
}

static void must(bool holds, const char *law, struct cs_str subject)
{
    if (!holds)
        law_broken(law, subject);
}

static void must_be(struct cs_str a, struct cs_str b, const char *law)
{
    if (cs_str_equal(a, b))
        return;
    fputs("the one and the other:\n", stderr);
    fprintf(stderr, "  %.*s\n", CS_STR_ARG(a));
    law_broken(law, b);
}

static void must_explain(cs_status status, const struct cs_error *err, struct cs_str input)
{
    must(status == err->status, "an error carries its own status", input);
    must(err->text[0] != '\0', "an error says something", input);
    must(err->at >= -1 && err->at <= (int)input.length, "an offset lies in the input", input);
}

/* ------------------------------------------------------------------ checks */

struct heard {
    int allows, denies; /* the last ACE that granted, the first that denied; -1 for none */
    int order;          /* of the last step */
};

static void hear(void *context, const struct cs_step *step)
{
    struct heard *heard = context;
    must(step->why != NULL, "a step says why", CS_STR("trail"));
    must(!(step->bits & step->left), "what a step took is not left", CS_STR("trail"));
    heard->order = step->ace;
    if (step->what == CS_STEP_GRANTS)
        heard->allows = step->ace;
    if (step->what == CS_STEP_DENIES && heard->denies < 0)
        heard->denies = step->ace;
}

static bool same_verdict(const struct cs_verdict *a, const struct cs_verdict *b)
{
    return a->kind == b->kind && a->granted == b->granted && a->mask == b->mask &&
           a->ace == b->ace && a->sid == b->sid;
}

void laws_of_check(const struct cs_sd *sd, const struct cs_access *ask)
{
    struct heard heard = {-1, -1, -1};
    struct cs_verdict verdict = cs_access_check(sd, ask);
    struct cs_verdict trail = cs_access_trail(sd, ask, hear, &heard);
    must(same_verdict(&verdict, &trail), "the trail ends where the check does", sd->bytes);
    must(verdict.granted == (verdict.kind == CS_ALLOWED), "granted is allowed", sd->bytes);
    if (verdict.kind == CS_ALLOWED)
        must(verdict.ace == heard.allows, "the ACE that allows is in the trail", sd->bytes);
    if (verdict.kind == CS_DENIED && !(ask->desired & CS_RIGHT_MAXIMUM_ALLOWED))
        must(verdict.ace == heard.denies, "the ACE that denies is in the trail", sd->bytes);
    if (verdict.granted && !ask->mapping)
        must((ask->desired & ~CS_RIGHT_MAXIMUM_ALLOWED & ~verdict.mask) == 0,
             "all that is asked is granted", sd->bytes);
}

void laws_of_plan(struct cs_arena *arena, const struct cs_sd *sd, const struct cs_token *token,
                  uint32_t desired)
{
    struct cs_access ask = {.token = token, .desired = desired};
    struct cs_trustees *trustees = cs_trustees_new(arena);
    struct cs_plan *plan = trustees ? cs_plan_new(arena, trustees, sd) : NULL;
    struct cs_badge *badge = plan ? cs_badge_new(arena, trustees, token) : NULL;
    if (!badge)
        abort();
    struct cs_verdict verdict = cs_access_check(sd, &ask);
    struct cs_verdict planned = cs_plan_check(plan, badge, desired);
    must(same_verdict(&verdict, &planned), "a plan answers as the check does", sd->bytes);
}

static struct cs_token *some_token(struct cs_arena *arena)
{
    const struct cs_sid *groups[] = {&cs_sid_everyone, &cs_sid_authenticated_users, &cs_sid_users};
    struct cs_token *token = cs_token_new(arena);
    if (!token)
        abort();
    cs_token_add(token, &account, CS_TOKEN_ENABLED, CS_ORIGIN_USER, CS_TOKEN_NO_VIA);
    for (size_t i = 0; i < CS_COUNT(groups); i++)
        cs_token_add(token, groups[i], CS_TOKEN_ENABLED, CS_ORIGIN_GIVEN, CS_TOKEN_NO_VIA);
    cs_token_add(token, &cs_sid_administrators, CS_TOKEN_DENY_ONLY, CS_ORIGIN_GIVEN, 0);
    return token;
}

static void check_all(struct cs_arena *arena, const struct cs_sd *sd)
{
    const uint32_t masks[] = {0, 0x15, CS_RIGHT_MAXIMUM_ALLOWED, CS_RIGHT_WRITE_DAC | 0x1,
                              CS_RIGHT_SYSTEM_SECURITY | CS_RIGHT_MAXIMUM_ALLOWED};
    struct cs_token *token = some_token(arena);
    for (size_t i = 0; i < CS_COUNT(masks); i++) {
        struct cs_access ask = {.token = token, .desired = masks[i]};
        laws_of_check(sd, &ask);
        laws_of_plan(arena, sd, token, masks[i]);
        ask.self = &account;
        laws_of_check(sd, &ask);
    }
}

/* ------------------------------------------------------------- descriptors */

/* text -> descriptor -> the same text */
static void text_goes_around(struct cs_arena *arena, struct cs_str text)
{
    struct cs_sd again;
    struct cs_str printed;
    struct cs_error err;
    must(cs_sddl_parse(arena, text, NULL, &again, &err) == CS_OK, "what is printed can be read",
         text);
    must(cs_sddl_format(arena, &again, NULL, &printed, &err) == CS_OK,
         "what was read can be printed", text);
    must_be(printed, text, "printing is a fixed point");
}

/* bytes -> descriptor -> the same bytes, and the text of both is the same */
static void bytes_go_around(struct cs_arena *arena, struct cs_str bytes, const struct cs_str *text)
{
    struct cs_sd again;
    struct cs_str written, printed;
    struct cs_error err;
    must(cs_sd_decode(arena, bytes, &again, &err) == CS_OK, "what is encoded can be decoded",
         bytes);
    must(cs_str_equal(again.bytes, bytes), "bytes are kept", bytes);
    must(cs_sd_encode(arena, &again, &written, &err) == CS_OK, "what was decoded can be encoded",
         bytes);
    must(cs_str_equal(written, bytes), "encoding is a fixed point", bytes);
    if (!text)
        return;
    must(cs_sddl_format(arena, &again, NULL, &printed, &err) == CS_OK,
         "what was encoded can be printed", bytes);
    must_be(printed, *text, "encoding keeps the text");
}

/* Windows refuses to read an audit in a DACL or an allow in a SACL, though it prints them. */
static bool in_place(const struct cs_acl *acl, bool in_sacl)
{
    for (size_t i = 0; acl && i < acl->count; i++)
        if (csi_ace_type(acl->aces[i].type)->in_sacl != in_sacl)
            return false;
    return true;
}

static void check_finding(void *context, const struct cs_finding *finding)
{
    const struct cs_sd *sd = context;
    int count = sd->dacl ? (int)sd->dacl->count : 0;
    must(finding->rule && finding->text, "a finding says what is wrong", sd->bytes);
    must(finding->ace >= -1 && finding->ace < count && finding->other < count,
         "a finding is about an ACE that is there", sd->bytes);
}

static void lint_all(const struct cs_sd *sd)
{
    const struct cs_lint launch = {.com = true, .kind = CS_COM_LAUNCH};
    struct cs_sd copy = *sd;
    cs_sd_lint(sd, NULL, check_finding, &copy);
    cs_sd_lint(sd, &launch, check_finding, &copy);
}

void laws_of_sd(struct cs_arena *arena, const struct cs_sd *sd)
{
    struct cs_str text, bytes;
    struct cs_error err;
    cs_status printed = cs_sddl_format(arena, sd, NULL, &text, &err);
    must(printed == CS_OK || printed == CS_INVALID, "an ACE has a name in SDDL or not", sd->bytes);
    if (printed == CS_OK && in_place(sd->dacl, false) && in_place(sd->sacl, true))
        text_goes_around(arena, text);
    cs_status status = cs_sd_encode(arena, sd, &bytes, &err);
    must(status == CS_OK || status == CS_LIMIT, "a list fits its size field or not", sd->bytes);
    if (status == CS_OK)
        bytes_go_around(arena, bytes, printed == CS_OK ? &text : NULL);
    check_all(arena, sd);
    lint_all(sd);
}

static struct cs_arena *new_arena(void)
{
    struct cs_arena *arena = cs_arena_new();
    if (!arena)
        abort();
    return arena;
}

void laws_of_text(struct cs_str text)
{
    const struct cs_sid domain = cs_sid_parent(&account);
    const struct cs_sddl_scope scope = {.domain = &domain, .root = &domain};
    struct cs_arena *arena = new_arena();
    struct cs_sd sd;
    struct cs_error err;
    cs_status status = cs_sddl_parse(arena, text, &scope, &sd, &err);
    if (status == CS_OK)
        laws_of_sd(arena, &sd);
    else
        must_explain(status, &err, text);
    cs_arena_free(arena);
}

void laws_of_bytes(struct cs_str bytes)
{
    struct cs_arena *arena = new_arena();
    struct cs_sd sd;
    struct cs_error err;
    cs_status status = cs_sd_decode(arena, bytes, &sd, &err);
    if (status == CS_OK)
        laws_of_sd(arena, &sd);
    else
        must_explain(status, &err, bytes);
    must(cs_arena_size(arena) < 80 * bytes.length + 40000 || status == CS_OK,
         "hostile lengths cost no memory", bytes);
    cs_arena_free(arena);
}

/* -------------------------------------------------------------- conditions */

static struct cs_sd sd_with(struct cs_arena *arena, uint8_t type, struct cs_str condition)
{
    struct cs_ace *aces = cs_arena_alloc(arena, 2 * sizeof *aces);
    struct cs_acl *acl = cs_arena_alloc(arena, sizeof *acl);
    aces[0] = (struct cs_ace){.type = type, .mask = 1, .sid = cs_sid_everyone, .data = condition};
    aces[1] = (struct cs_ace){.type = CS_ACE_ALLOW, .mask = 3, .sid = cs_sid_everyone};
    *acl = (struct cs_acl){.revision = 2, .count = 2, .aces = aces};
    return (struct cs_sd){.control = CS_SD_DACL_PRESENT | CS_SD_SELF_RELATIVE, .dacl = acl};
}

static bool decides(struct cs_arena *arena, uint8_t type, struct cs_str condition)
{
    struct cs_sd sd = sd_with(arena, type, condition);
    struct cs_access ask = {.token = some_token(arena), .desired = 1};
    laws_of_check(&sd, &ask);
    return cs_access_check(&sd, &ask).ace == 0;
}

/* What a condition says does not change when it is printed and read again. */
static void condition_goes_around(struct cs_arena *arena, struct cs_str bytes, struct cs_str text)
{
    struct cs_str again;
    struct cs_error err;
    size_t used = 0;
    struct cs_buf printed;
    must(csi_condition_parse(arena, text, NULL, &again, &used, &err) == CS_OK,
         "a printed condition can be read", text);
    must(used == text.length, "a condition is read to its end", text);
    cs_buf_init(&printed, 1 << 22);
    must(csi_condition_format(&printed, again, NULL), "a read condition can be printed", text);
    must_be(cs_buf_str(&printed), text, "printing a condition is a fixed point");
    cs_buf_clear(&printed);
    const uint8_t types[] = {CS_ACE_CALLBACK_ALLOW, CS_ACE_CALLBACK_DENY};
    for (size_t i = 0; i < CS_COUNT(types); i++)
        must(decides(arena, types[i], bytes) == decides(arena, types[i], again),
             "a condition means what it prints", text);
}

static void laws_of_condition(struct cs_arena *arena, struct cs_str bytes)
{
    struct cs_buf text;
    cs_buf_init(&text, 1 << 22);
    if (csi_condition_format(&text, bytes, NULL) && !cs_buf_full(&text))
        condition_goes_around(arena, bytes, cs_buf_str(&text));
    cs_buf_clear(&text);
    struct cs_sd sd = sd_with(arena, CS_ACE_CALLBACK_ALLOW, bytes);
    laws_of_sd(arena, &sd);
}

void laws_of_condition_text(struct cs_str text)
{
    struct cs_arena *arena = new_arena();
    struct cs_str bytes;
    struct cs_error err;
    size_t used = 0;
    cs_status status = csi_condition_parse(arena, text, NULL, &bytes, &used, &err);
    if (status == CS_OK)
        laws_of_condition(arena, bytes);
    else
        must_explain(status, &err, text);
    cs_arena_free(arena);
}

void laws_of_condition_bytes(struct cs_str bytes)
{
    struct cs_arena *arena = new_arena();
    laws_of_condition(arena, bytes);
    cs_arena_free(arena);
}
