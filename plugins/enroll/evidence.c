/*
 * evidence.c - what a gate's answer rests on: the list that was asked, the entry that decided,
 * the path to whom it names, the age of the token (see check.c).
 *
 * Rows and words say the same; nothing here decides.
 */
#include <string.h>

#include "trail.h"

/* ------------------------------------------------------------------------ the list */

static struct cs_str of_dcom(const struct enroll_case *one, enum cs_dcom_scope scope,
                             enum cs_dcom_scope fallback)
{
    struct cs_dcom_sd sds[2];
    struct cs_arena *arena = one->arena;
    if (!cs_dcom_sds(one->lab, arena, one->ca->host, scope, sds) &&
        !cs_dcom_sds(one->lab, arena, one->ca->host, fallback, sds))
        return CS_STR("");
    return cs_str_printf(arena, "%s of %.*s (%s)", cs_dcom_scope_value(sds[0].scope),
                         CS_STR_ARG(one->host->name), sds[0].known ? sds[0].source : "not known");
}

struct cs_str enroll_list_of(const struct enroll_case *one, const struct cs_gate *gate)
{
    static const struct {
        const char *gate;
        enum cs_dcom_scope scope, fallback;
    } scopes[] = {
        {"launch-limit", CS_DCOM_LAUNCH_LIMIT, CS_DCOM_LAUNCH_LIMIT},
        {"launch-permission", CS_DCOM_LAUNCH_PERMISSION, CS_DCOM_LAUNCH_DEFAULT},
        {"access-limit", CS_DCOM_ACCESS_LIMIT, CS_DCOM_ACCESS_LIMIT},
        {"access-permission", CS_DCOM_ACCESS_PERMISSION, CS_DCOM_ACCESS_DEFAULT},
    };
    for (size_t i = 0; one->host && i < CS_COUNT(scopes); i++)
        if (enroll_gate_is(gate, scopes[i].gate))
            return of_dcom(one, scopes[i].scope, scopes[i].fallback);
    if (enroll_gate_is(gate, "ca-security"))
        return cs_str_printf(one->arena, "Security of %.*s (registry)", CS_STR_ARG(one->config));
    if (enroll_gate_is(gate, "template-security"))
        return cs_str_printf(one->arena, "nTSecurityDescriptor of %.*s (directory)",
                             CS_STR_ARG(one->template_->name));
    return CS_STR("");
}

/* ------------------------------------------------------------------------ the path */

/* "CORP\Domain Users (global)". */
static struct cs_str hop(const struct enroll_case *one, struct cs_str name)
{
    struct cs_principal p;
    struct cs_error ignored;
    cs_id id, host = one->ca->host;
    bool group = cs_principal_resolve(one->lab, name, host, &id, &ignored) == CS_OK &&
                 cs_principal_get(one->lab, id, &p) && p.kind == CS_GROUP;
    const char *scope = group ? cs_scope_name(p.scope) : NULL;
    return scope ? cs_str_printf(one->arena, "%.*s (%s)", CS_STR_ARG(name), scope) : name;
}

struct cs_value enroll_path_of(const struct enroll_case *one, const struct cs_gate_answer *answer)
{
    struct cs_list_maker path = {.arena = one->arena};
    const struct cs_value *via = &answer->via;
    for (size_t i = 0; via->kind == CS_LIST && i < via->list.count; i++)
        cs_list_add(&path, cs_value_str(hop(one, via->list.at[i].text)));
    return cs_list_value(&path);
}

struct cs_str enroll_path_words(const struct enroll_case *one, const struct cs_value *path)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 14);
    for (size_t i = 0; i < path->list.count; i++)
        cs_buf_addf(&buf, "%s%.*s", i ? " > " : "", CS_STR_ARG(path->list.at[i].text));
    struct cs_str words = cs_str_copy(one->arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return words;
}

/* ----------------------------------------------------------------------- the token */

static struct cs_str at_words(const struct enroll_case *one, int64_t seconds)
{
    struct cs_time_text text;
    cs_time_format(seconds, &text);
    char *words = cs_arena_copy(one->arena, text.text, strlen(text.text));
    if (strlen(words) > 19) {
        words[10] = ' ';
        words[19] = '\0';
    }
    return cs_str_of(words);
}

struct cs_str enroll_token_words(const struct enroll_case *one)
{
    cs_id caller = one->ask.principal;
    const struct cs_host *own = cs_host_get(one->lab, cs_host_of_account(one->lab, caller));
    const struct cs_session *session = cs_session_find(one->lab, caller);
    if (one->who.kind == CS_COMPUTER && own)
        return cs_str_printf(one->arena, "as of the start of %.*s, %.*s", CS_STR_ARG(own->name),
                             CS_STR_ARG(at_words(one, own->booted)));
    if (one->who.kind == CS_USER && session)
        return cs_str_printf(one->arena, "as of the logon of %.*s",
                             CS_STR_ARG(at_words(one, session->since)));
    return CS_STR("made now");
}
