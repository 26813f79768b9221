/*
 * type_lab.c - types whose values are records of the lab: an argument names one, and the
 * command gets its id.  A wrong name says so with the nearest right one.  Room: command.
 */
#include "shell_internal.h"

#include <string.h>

/* --------------------------------------------------------------- near names */

/* Names of the lab that could have been meant; the lab decides how many there may be. */
struct names {
    struct cs_lab *lab;
    struct cs_arena *arena;
    const char *at[256];
    size_t count;
};

static bool add_name(struct names *names, struct cs_str name)
{
    if (names->count < CS_COUNT(names->at))
        names->at[names->count++] = cs_str_c(names->arena, name);
    return names->count < CS_COUNT(names->at);
}

static cs_status not_found(const struct names *names, const char *what, struct cs_str text,
                           struct cs_error *err)
{
    const char *near = csi_nearest(text, names->at, names->count);
    cs_fail(err, CS_NOT_FOUND, "no such %s '%.*s'", what, CS_STR_ARG(text));
    if (near)
        return cs_error_hint(err, "did you mean '%s'?", near);
    char list[200] = "";
    size_t used = 0;
    for (size_t i = 0; i < names->count && used + strlen(names->at[i]) + 3 < sizeof list; i++) {
        memcpy(list + used, i ? ", " : "", i ? 2 : 0);
        used += i ? 2 : 0;
        memcpy(list + used, names->at[i], strlen(names->at[i]) + 1);
        used += strlen(names->at[i]);
    }
    return names->count ? cs_error_hint(err, "there is: %s", list) : CS_NOT_FOUND;
}

static bool host_name(void *context, const struct cs_record *record)
{
    return add_name(context, ((const struct cs_host *)record)->name);
}

static bool ca_name(void *context, const struct cs_record *record)
{
    return add_name(context, ((const struct cs_ca *)record)->name);
}

static bool template_name(void *context, const struct cs_record *record)
{
    return add_name(context, ((const struct cs_template *)record)->name);
}

static bool principal_name(void *context, const struct cs_principal *principal)
{
    return add_name(context, principal->name);
}

static cs_status no_record(struct cs_shell *shell, enum cs_noun noun, cs_record_fn *fn,
                           const char *what, struct cs_str text, struct cs_error *err)
{
    struct names names = {.lab = cs_shell_lab(shell), .arena = cs_arena_new()};
    cs_record_each(names.lab, noun, fn, &names);
    cs_status status = not_found(&names, what, text, err);
    cs_arena_free(names.arena);
    return status;
}

/* ---------------------------------------------------------------- principals */

/* A principal nobody knows: the lab's own error, and the nearest account name as the cure. */
static cs_status hint_principal(struct cs_shell *shell, struct cs_str text, struct cs_error *err)
{
    struct names names = {.lab = cs_shell_lab(shell), .arena = cs_arena_new()};
    cs_principal_each(names.lab, 0, principal_name, &names);
    struct cs_str bare = text;
    ptrdiff_t slash = cs_str_find(text, '\\');
    if (slash >= 0)
        bare = cs_str_from(text, (size_t)slash + 1);
    const char *near = csi_nearest(bare, names.at, names.count);
    if (near)
        cs_error_hint(err, "did you mean '%.*s%s'?", (int)(text.length - bare.length), text.at,
                      near);
    cs_arena_free(names.arena);
    return err->status;
}

static cs_status parse_principal(struct cs_shell *shell, struct cs_arena *arena, struct cs_str text,
                                 struct cs_value *out, struct cs_error *err)
{
    cs_status status = cs_shell_need_lab(shell, err);
    if (status != CS_OK)
        return status;
    cs_id id = 0;
    struct cs_lab *lab = cs_shell_lab(shell);
    status = cs_principal_resolve(lab, text, cs_shell_host(shell), &id, err);
    if (status == CS_NOT_FOUND)
        return hint_principal(shell, text, err);
    if (status == CS_OK)
        *out = cs_value_ref(id, cs_principal_name(lab, arena, id));
    return status;
}

static cs_status parse_group(struct cs_shell *shell, struct cs_arena *arena, struct cs_str text,
                             struct cs_value *out, struct cs_error *err)
{
    struct cs_value value = {0};
    struct cs_principal principal;
    cs_status status = parse_principal(shell, arena, text, &value, err);
    if (status != CS_OK)
        return status;
    if (!cs_principal_get(cs_shell_lab(shell), value.id, &principal) || principal.kind != CS_GROUP)
        return cs_fail(err, CS_INVALID, "'%.*s' is no group", CS_STR_ARG(value.text));
    *out = value;
    return CS_OK;
}

/* --------------------------------------------------------------------- hosts */

/* A host by name, or by its computer account, however that is written. */
static cs_id host_of(struct cs_shell *shell, struct cs_str text)
{
    struct cs_lab *lab = cs_shell_lab(shell);
    struct cs_error ignored;
    cs_id account = 0, host = cs_host_find(lab, text);
    if (!host && cs_principal_resolve(lab, text, cs_shell_host(shell), &account, &ignored) == CS_OK)
        host = cs_host_of_account(lab, account);
    return host;
}

static cs_status parse_host(struct cs_shell *shell, struct cs_arena *arena, struct cs_str text,
                            struct cs_value *out, struct cs_error *err)
{
    cs_status status = cs_shell_need_lab(shell, err);
    if (status != CS_OK)
        return status;
    cs_id id = host_of(shell, text);
    if (!id)
        return no_record(shell, CS_NOUN_HOST, host_name, "host", text, err);
    const struct cs_host *host = cs_host_get(cs_shell_lab(shell), id);
    *out = cs_value_ref(id, cs_str_copy(arena, host->name));
    return CS_OK;
}

/* ------------------------------------------------------------- CAs, templates */

static cs_status parse_ca(struct cs_shell *shell, struct cs_arena *arena, struct cs_str text,
                          struct cs_value *out, struct cs_error *err)
{
    cs_status status = cs_shell_need_lab(shell, err);
    if (status != CS_OK)
        return status;
    struct cs_lab *lab = cs_shell_lab(shell);
    cs_id id = cs_ca_find(lab, text), host = id ? 0 : cs_host_find(lab, text);
    if (host)
        id = cs_ca_on_host(lab, host);
    if (!id)
        return no_record(shell, CS_NOUN_CA, ca_name, "CA", text, err);
    *out = cs_value_ref(id, cs_ca_config(lab, arena, id));
    return CS_OK;
}

static cs_status parse_template(struct cs_shell *shell, struct cs_arena *arena, struct cs_str text,
                                struct cs_value *out, struct cs_error *err)
{
    cs_status status = cs_shell_need_lab(shell, err);
    if (status != CS_OK)
        return status;
    struct cs_lab *lab = cs_shell_lab(shell);
    cs_id id = cs_template_find(lab, CS_STR(""), text);
    if (!id)
        return no_record(shell, CS_NOUN_TEMPLATE, template_name, "template", text, err);
    *out = cs_value_ref(id, cs_str_copy(arena, cs_template_get(lab, id)->name));
    return CS_OK;
}

/* -------------------------------------------------------------------- rights */

static cs_status parse_right(struct cs_shell *shell, struct cs_arena *arena, struct cs_str text,
                             struct cs_value *out, struct cs_error *err)
{
    (void)shell, (void)arena;
    size_t count = 0;
    const char *const *names = cs_right_names(&count);
    for (size_t i = 0; i < count; i++)
        if (cs_str_same(cs_str_of(names[i]), text)) {
            *out = cs_value_text(names[i]);
            return CS_OK;
        }
    const char *near = csi_nearest(text, names, count);
    cs_fail(err, CS_INVALID, "unknown user right '%.*s'", CS_STR_ARG(text));
    return cs_error_hint(err, near ? "did you mean '%s'?" : "one like '%s'",
                         near ? near : "SeNetworkLogonRight");
}

/* ---------------------------------------------------------------- completion */

struct offering {
    struct cs_shell *shell;
    struct cs_arena *arena;
    struct cs_str prefix;
    cs_offer_fn *offer;
    void *context;
    int kind; /* of principals, 0 for all */
};

static void offer_if(const struct offering *offering, struct cs_str word, const char *brief)
{
    if (cs_str_same_start(word, offering->prefix))
        offering->offer(offering->context, word, brief);
}

/* With a domain before it when that was begun, bare otherwise when that is shorter to type. */
static bool offer_principal(void *context, const struct cs_principal *principal)
{
    const struct offering *offering = context;
    if (principal->kind == CS_FOREIGN)
        return true;
    struct cs_lab *lab = cs_shell_lab(offering->shell);
    struct cs_str whole = cs_principal_name(lab, offering->arena, principal->id);
    const char *brief = cs_principal_kind_name(principal->kind);
    if (cs_str_same_start(whole, offering->prefix))
        offering->offer(offering->context, whole, brief);
    else if (principal->kind != CS_WELL_KNOWN) /* SERVICE and its like are rarely meant */
        offer_if(offering, principal->name, brief);
    return true;
}

static bool offer_host(void *context, const struct cs_record *record)
{
    const struct cs_host *host = (const struct cs_host *)record;
    offer_if(context, host->name, cs_role_name(host->role));
    return true;
}

static bool offer_ca(void *context, const struct cs_record *record)
{
    const struct offering *offering = context;
    struct cs_str config = cs_ca_config(cs_shell_lab(offering->shell), offering->arena, record->id);
    bool whole = cs_str_find(offering->prefix, '\\') >= 0;
    offer_if(offering, whole ? config : ((const struct cs_ca *)record)->name, NULL);
    return true;
}

static bool offer_template(void *context, const struct cs_record *record)
{
    const struct cs_template *template_ = (const struct cs_template *)record;
    const struct offering *offering = context;
    offer_if(offering, template_->name, cs_str_c(offering->arena, template_->display));
    return true;
}

static bool offer_service(void *context, const struct cs_record *record)
{
    const struct offering *offering = context;
    const struct cs_service *service = (const struct cs_service *)record;
    if (service->host == cs_shell_host(offering->shell))
        offer_if(offering, service->name, cs_str_c(offering->arena, service->display));
    return true;
}

/* Offer all of a noun (or, with NONE, principals of a kind). */
static void complete(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                     void *context, enum cs_noun noun, cs_record_fn *fn, int kind)
{
    struct cs_error ignored;
    if (cs_shell_need_lab(shell, &ignored) != CS_OK)
        return;
    struct offering offering = {shell, cs_arena_new(), prefix, offer, context, kind};
    if (noun == CS_NOUN_NONE)
        cs_principal_each(cs_shell_lab(shell), kind, offer_principal, &offering);
    else
        cs_record_each(cs_shell_lab(shell), noun, fn, &offering);
    cs_arena_free(offering.arena);
}

static void complete_principal(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                               void *context)
{
    complete(shell, prefix, offer, context, CS_NOUN_NONE, NULL, 0);
}

static void complete_group(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                           void *context)
{
    complete(shell, prefix, offer, context, CS_NOUN_NONE, NULL, CS_GROUP);
}

static void complete_host(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                          void *context)
{
    complete(shell, prefix, offer, context, CS_NOUN_HOST, offer_host, 0);
}

static void complete_ca(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                        void *context)
{
    complete(shell, prefix, offer, context, CS_NOUN_CA, offer_ca, 0);
}

static void complete_template(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                              void *context)
{
    complete(shell, prefix, offer, context, CS_NOUN_TEMPLATE, offer_template, 0);
}

static void complete_service(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                             void *context)
{
    complete(shell, prefix, offer, context, CS_NOUN_SERVICE, offer_service, 0);
}

static void complete_right(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                           void *context)
{
    (void)shell;
    size_t count = 0;
    const char *const *names = cs_right_names(&count);
    for (size_t i = 0; i < count; i++)
        if (cs_str_same_start(cs_str_of(names[i]), prefix))
            offer(context, cs_str_of(names[i]), NULL);
}

const struct cs_type cs_type_principal = {
    "principal", "string",        "DOMAIN\\name, name@dns.domain, a SID or a bare name",
    NULL,        parse_principal, complete_principal};
const struct cs_type cs_type_group = {"group", "string",    "a group, written like a principal",
                                      NULL,    parse_group, complete_group};
const struct cs_type cs_type_host = {
    "host", "string",   "a host's short or DNS name, or its account",
    NULL,   parse_host, complete_host};
const struct cs_type cs_type_ca = {"ca", "string", "a CA's name, HOST\\NAME, or its host",
                                   NULL, parse_ca, complete_ca};
const struct cs_type cs_type_template = {"template", "string",       "a certificate template",
                                         NULL,       parse_template, complete_template};
const struct cs_type cs_type_service = {"service", "string", "a service's name",
                                        NULL,      NULL,     complete_service};
const struct cs_type cs_type_right = {"right", "string",    "a user right like SeNetworkLogonRight",
                                      NULL,    parse_right, complete_right};
