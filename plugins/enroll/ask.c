/*
 * ask.c - the question behind every command of this plugin (see enroll.c).
 *
 * A case is a question together with the records its answers need words for.  All are borrowed
 * from the lab; what-ifs leave them in place, since a record is never changed but replaced.
 */
#include <string.h>

#include "enroll.h"

/* ------------------------------------------------------------------ a case */

void enroll_case_set(struct enroll_case *one, cs_id principal)
{
    one->ask.principal = one->subject = principal;
    if (!cs_principal_get(one->lab, principal, &one->who))
        one->who = (struct cs_principal){0};
    one->name = cs_principal_name(one->lab, one->arena, principal);
}

cs_status enroll_case_of(struct cs_call *call, bool principal, struct enroll_case *one,
                         struct cs_error *err)
{
    *one =
        (struct enroll_case){.call = call, .lab = cs_call_lab(call), .arena = cs_call_arena(call)};
    one->ask.template_ = cs_call_id(call, "template");
    one->template_ = cs_template_get(one->lab, one->ask.template_);
    if (!one->template_)
        return cs_fail(err, CS_NOT_FOUND, "no such template");
    one->here = cs_shell_host(cs_call_shell(call));
    cs_status status = cs_enroll_ca(one->lab, cs_call_id(call, "ca"), one->here,
                                    one->template_->name, &one->ask.ca, err);
    if (status != CS_OK)
        return status;
    one->ca = cs_ca_get(one->lab, one->ask.ca);
    one->host = one->ca ? cs_host_get(one->lab, one->ca->host) : NULL;
    one->config = cs_ca_config(one->lab, one->arena, one->ask.ca);
    if (principal) {
        enroll_case_set(one, cs_call_id(call, "principal"));
        one->ask.from = cs_call_id(call, "from");
    }
    return CS_OK;
}

struct members {
    const struct cs_lab *lab;
    struct cs_set *meant;
};

static bool add_member(void *context, cs_id id, unsigned depth)
{
    struct members *members = context;
    struct cs_principal p;
    (void)depth;
    if (cs_principal_get(members->lab, id, &p) && (p.kind == CS_USER || p.kind == CS_COMPUTER))
        cs_set_add(members->meant, id);
    return true;
}

static bool add_anybody(void *context, const struct cs_principal *principal)
{
    return add_member(context, principal->id, 0);
}

cs_status enroll_case_meant(struct enroll_case *one, struct cs_error *err)
{
    struct cs_set *meant = cs_arena_alloc(one->arena, sizeof *meant);
    struct members members = {one->lab, meant};
    if (one->who.kind == CS_USER || one->who.kind == CS_COMPUTER)
        return CS_OK;
    *meant = cs_set_new(one->arena, cs_principal_end(one->lab));
    if (enroll_is_everybody(&one->who.sid))
        cs_principal_each(one->lab, 0, add_anybody, &members);
    else if (one->who.kind == CS_GROUP)
        cs_group_members(one->lab, one->subject, CS_NOW, false, add_member, &members);
    if (!cs_set_size(meant))
        return cs_fail(err, CS_INVALID, "'%.*s' has no members that could enrol",
                       CS_STR_ARG(one->name));
    one->meant = meant;
    return CS_OK;
}

cs_status enroll_decide(const struct enroll_case *one, bool explain, struct cs_decision *decision,
                        struct cs_error *err)
{
    return cs_enroll_check(one->lab, one->arena, &one->ask, explain, decision, err);
}

/* ------------------------------------------------------------------- words */

bool enroll_gate_is(const struct cs_gate *gate, const char *name)
{
    return strcmp(gate->name, name) == 0;
}

int enroll_gate_find(const struct cs_decision *decision, const char *name)
{
    for (size_t i = 0; i < decision->count; i++)
        if (enroll_gate_is(decision->gates[i], name))
            return (int)i;
    return -1;
}

bool enroll_refuses(enum cs_verdict_kind verdict)
{
    return verdict == CS_DENIED || verdict == CS_NOT_GRANTED;
}

size_t enroll_gates(const struct enroll_case *one, const struct cs_decision *decision)
{
    return one->gates && one->gates < decision->count ? one->gates : decision->count;
}

size_t enroll_refusing(const struct enroll_case *one, const struct cs_decision *decision)
{
    size_t count = 0;
    for (size_t i = 0; i < enroll_gates(one, decision); i++)
        count += enroll_refuses(decision->answers[i].verdict);
    return count;
}

bool enroll_passes(const struct enroll_case *one, const struct cs_decision *decision)
{
    for (size_t i = 0; i < enroll_gates(one, decision); i++)
        if (decision->answers[i].verdict != CS_ALLOWED)
            return false;
    return true;
}

struct cs_str enroll_code_words(struct cs_arena *arena, uint32_t code)
{
    const char *text = cs_hresult_text(code, CS_STR("en"));
    if (!text)
        return CS_STR("refused");
    char *words = cs_arena_copy(arena, text, strlen(text));
    size_t length = strlen(words);
    while (length && strchr(". \r\n", words[length - 1]))
        words[--length] = '\0';
    bool acronym = length > 1 && words[1] >= 'A' && words[1] <= 'Z';
    if (words[0] >= 'A' && words[0] <= 'Z' && !acronym)
        words[0] = (char)(words[0] - 'A' + 'a');
    return cs_str_of(words);
}

struct cs_value enroll_code_value(uint32_t code)
{
    return code ? cs_value_code(code) : cs_value_null();
}

struct cs_value enroll_text_value(struct cs_str text)
{
    return text.length ? cs_value_str(text) : cs_value_null();
}

struct cs_str enroll_sid_name(const struct enroll_case *one, const struct cs_sid *sid)
{
    cs_id host = one->host ? one->host->record.id : 0;
    struct cs_str name = cs_sid_name(one->lab, one->arena, sid, host);
    ptrdiff_t slash = cs_str_find(name, '\\');
    return slash < 0 ? name : cs_str_from(name, (size_t)slash + 1);
}

struct cs_str enroll_quote(struct cs_arena *arena, struct cs_str word)
{
    bool plain = word.length && cs_str_find(word, ' ') < 0 && cs_str_find(word, '"') < 0 &&
                 cs_str_find(word, '\'') < 0;
    if (plain)
        return word;
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 16);
    cs_buf_addc(&buf, '"');
    for (size_t i = 0; i < word.length; i++) {
        if (word.at[i] == '"')
            cs_buf_addc(&buf, '"');
        cs_buf_addc(&buf, word.at[i]);
    }
    cs_buf_addc(&buf, '"');
    struct cs_str quoted = cs_str_copy(arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return quoted;
}

struct cs_str enroll_about(const struct enroll_case *one)
{
    return cs_str_printf(one->arena, "%.*s %.*s", CS_STR_ARG(enroll_quote(one->arena, one->name)),
                         CS_STR_ARG(enroll_quote(one->arena, one->template_->name)));
}

static bool names(const struct cs_sd *sd, const struct cs_sid *sid)
{
    for (size_t i = 0; sd && sd->dacl && i < sd->dacl->count; i++)
        if (!sd->dacl->aces[i].opaque && cs_sid_equal(&sd->dacl->aces[i].sid, sid))
            return true;
    return false;
}

static bool is_ca_group(const struct cs_principal *group)
{
    return cs_sid_equal(&group->sid, &cs_sid_certsvc_dcom_access) ||
           cs_str_same(group->name, CS_STR("CERTSVC_DCOM_ACCESS"));
}

cs_id enroll_ca_group(const struct enroll_case *one, const struct cs_sd *sd)
{
    cs_id host = one->ca->host, usual = cs_certsvc_group(one->lab, host);
    struct cs_principal group;
    if (usual && cs_principal_get(one->lab, usual, &group) && names(sd, &group.sid))
        return usual;
    for (size_t i = 0; sd && sd->dacl && i < sd->dacl->count; i++) {
        cs_id id = cs_principal_by_sid(one->lab, &sd->dacl->aces[i].sid, host);
        if (id && cs_principal_get(one->lab, id, &group) && is_ca_group(&group))
            return id;
    }
    return usual;
}
