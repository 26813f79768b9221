/* check.c - the plain access question, and what is wrong with a descriptor (see sd.c). */
#include "sd.h"

/* ------------------------------------------------------------------- token */

static cs_status sid_of(const struct cs_call *call, struct cs_str text, struct cs_sid *sid,
                        struct cs_error *err)
{
    const struct cs_sid_known *known = cs_sid_known_named(text);
    struct cs_principal who = {0};
    cs_id id = 0;
    if (known) {
        *sid = known->sid;
        return CS_OK;
    }
    if (cs_sid_parse(text, sid, NULL) == CS_OK)
        return CS_OK;
    struct cs_lab *lab = cs_call_lab(call);
    cs_id host = cs_shell_host(cs_call_shell(call));
    if (cs_principal_resolve(lab, text, host, &id, err) != CS_OK)
        return cs_error_where(err, "--token");
    if (!cs_principal_get(lab, id, &who))
        return cs_fail(err, CS_NOT_FOUND, "no such principal '%.*s'", CS_STR_ARG(text));
    *sid = who.sid;
    return CS_OK;
}

static cs_status token_of(const struct cs_call *call, struct cs_token **out, struct cs_error *err)
{
    struct cs_str rest = cs_call_str(call, "token");
    struct cs_token *token = cs_token_new(cs_call_arena(call));
    if (!rest.length) {
        cs_fail(err, CS_USAGE, "whose token? --token is missing");
        return cs_error_hint(err, "sd check SDDL --token S-1-5-21-...,S-1-1-0 --rights 0x10");
    }
    while (token && rest.length) {
        ptrdiff_t comma = cs_str_find(rest, ',');
        size_t length = comma < 0 ? rest.length : (size_t)comma;
        struct cs_sid sid = {0};
        if (sid_of(call, cs_str_trim(cs_str_span(rest.at, length)), &sid, err) != CS_OK)
            return err->status;
        if (cs_token_add(token, &sid, CS_TOKEN_ENABLED, CS_ORIGIN_GIVEN, CS_TOKEN_NO_VIA) < 0)
            return cs_fail(err, CS_MEMORY, "no memory for a token");
        rest = cs_str_from(rest, length + 1);
    }
    *out = token;
    return token ? CS_OK : cs_fail(err, CS_MEMORY, "no memory for a token");
}

static cs_status rights_of(const struct cs_call *call, uint32_t *mask, struct cs_error *err)
{
    struct cs_str text = cs_call_str(call, "rights");
    if (!text.length) {
        cs_fail(err, CS_USAGE, "which rights? --rights is missing");
        return cs_error_hint(err, "--rights 0x10, --rights CCSWRP or --rights maximum");
    }
    *mask = CS_RIGHT_MAXIMUM_ALLOWED;
    if (cs_str_same(text, CS_STR("maximum")))
        return CS_OK;
    if (cs_rights_parse(&cs_rights_ds, text, mask, err) != CS_OK)
        return cs_error_where(err, "--rights");
    return CS_OK;
}

/* ------------------------------------------------------------------- check */

cs_status sd_check(struct cs_call *call, struct cs_error *err)
{
    struct cs_sd sd;
    struct cs_token *token = NULL;
    struct cs_access ask = {0};
    if (sd_argument(call, "sd", &sd, err) != CS_OK || token_of(call, &token, err) != CS_OK ||
        rights_of(call, &ask.desired, err) != CS_OK)
        return err->status;
    ask.token = token;
    struct cs_verdict verdict = cs_access_check(&sd, &ask);
    struct cs_arena *arena = cs_call_arena(call);
    struct cs_sid_text text;
    bool decided = verdict.ace >= 0 && sd.dacl && (size_t)verdict.ace < sd.dacl->count;
    struct cs_value sid = cs_value_null();
    if (verdict.sid >= 0)
        sid = cs_value_printf(arena, "%s",
                              cs_sid_format(&cs_token_at(token, (size_t)verdict.sid)->sid, &text));
    cs_call_exit_verdict(call, (int)verdict.kind);
    return CS_ROW(call, err, cs_value_bool(verdict.granted),
                  cs_value_text(cs_verdict_name(verdict.kind)), cs_value_code(verdict.mask),
                  decided ? cs_value_int(verdict.ace) : cs_value_null(), sid,
                  decided ? cs_value_str(cs_ace_format(arena, &sd.dacl->aces[verdict.ace]))
                          : cs_value_null());
}

/* -------------------------------------------------------------------- lint */

struct lint {
    struct cs_call *call;
    struct cs_error *err;
    cs_status status;
    size_t found;
    bool found_error;
};

static void report(struct lint *lint, const char *severity, const char *rule, int ace,
                   const char *text)
{
    if (lint->status != CS_OK)
        return;
    lint->found++;
    if (cs_call_wants_words(lint->call) && ace < 0)
        cs_call_say(lint->call, "%s: %s: %s\n", severity, rule, text);
    else if (cs_call_wants_words(lint->call))
        cs_call_say(lint->call, "%s: %s, ace %d: %s\n", severity, rule, ace, text);
    lint->found_error = lint->found_error || severity[0] == 'e';
    lint->status = CS_ROW(lint->call, lint->err, cs_value_text(severity), cs_value_text(rule),
                          ace < 0 ? cs_value_null() : cs_value_int(ace), cs_value_text(text));
}

static void lint_whole(struct lint *lint, const struct cs_sd *sd)
{
    if (!sd->has_owner)
        report(lint, "error", "no-owner", -1,
               "no owner: AccessCheck of Win32 refuses it (ERROR_INVALID_SECURITY_DESCR)");
    if (!sd->has_group)
        report(lint, "error", "no-group", -1,
               "no group: AccessCheck of Win32 refuses it (ERROR_INVALID_SECURITY_DESCR)");
    enum cs_sd_dacl_kind kind = cs_sd_dacl(sd);
    if (kind == CS_DACL_ABSENT || kind == CS_DACL_NULL)
        report(lint, "warning", "null-dacl", -1, "no DACL: everybody may everything");
    if (kind == CS_DACL_EMPTY)
        report(lint, "warning", "empty-dacl", -1, "an empty DACL: nobody may anything");
}

/* The place an ACE has in a canonical list (MS-DTYP 2.4.5). */
static int rank_of(const struct cs_ace *ace)
{
    bool deny = ace->type == CS_ACE_DENY || ace->type == CS_ACE_OBJECT_DENY ||
                ace->type == CS_ACE_CALLBACK_DENY || ace->type == CS_ACE_CALLBACK_OBJECT_DENY;
    if (ace->flags & CS_ACE_INHERITED)
        return 2;
    return deny ? 0 : 1;
}

static void lint_order(struct lint *lint, const struct cs_acl *dacl)
{
    for (size_t i = 1; i < dacl->count; i++)
        if (rank_of(&dacl->aces[i]) < rank_of(&dacl->aces[i - 1])) {
            report(lint, "warning", "order", (int)i,
                   "not in canonical order; Windows walks the list as it stands");
            return;
        }
}

static bool covers(const struct cs_ace *a, const struct cs_ace *b)
{
    return a->type == b->type && a->flags == b->flags && !a->opaque && !b->opaque &&
           !a->object_flags && !b->object_flags && !a->data.length && !b->data.length &&
           cs_sid_equal(&a->sid, &b->sid) && (a->mask & b->mask) == b->mask;
}

static void lint_ace(struct lint *lint, const struct cs_acl *dacl, size_t index)
{
    const struct cs_ace *ace = &dacl->aces[index];
    if (ace->opaque)
        report(lint, "warning", "unknown-ace", (int)index,
               "of an unknown kind: Windows steps over it");
    else if (ace->mask == 0)
        report(lint, "note", "empty-mask", (int)index, "an entry without rights does nothing");
    for (size_t i = 0; i < index; i++)
        if (covers(&dacl->aces[i], ace)) {
            report(lint, "note", "duplicate", (int)index, "an earlier entry says the same");
            return;
        }
}

cs_status sd_lint(struct cs_call *call, struct cs_error *err)
{
    struct lint lint = {.call = call, .err = err};
    struct cs_sd sd;
    if (sd_argument(call, "sd", &sd, err) != CS_OK)
        return err->status;
    lint_whole(&lint, &sd);
    if (sd.dacl)
        lint_order(&lint, sd.dacl);
    for (size_t i = 0; sd.dacl && i < sd.dacl->count; i++)
        lint_ace(&lint, sd.dacl, i);
    if (!lint.found)
        cs_call_say(call, "nothing is wrong with it\n");
    if (lint.found_error)
        cs_call_exit(call, cs_status_exit(CS_CHECK));
    return lint.status;
}
