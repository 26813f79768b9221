/* check.c - the plain access question (see sd.c). */
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
