/*
 * lab_facts.c - lab facts: all that is known of something, and who said it.
 *
 * A verdict rests on facts, and a fact on a line of a file, on a command, on the script of a
 * built-in lab or on an assumption.  One name may be several things, a host and a CA: all of
 * them are shown.  A membership has no source of its own; shown is where its group was read.
 */
#include <certsh/ca.h>
#include <certsh/sd.h>

#include "lab_plugin.h"

struct facts {
    struct cs_call *call;
    const struct cs_lab *lab;
    struct cs_arena *arena;
    struct cs_error *err;
    cs_status status;
    struct cs_value source; /* of what is being told */
    size_t count;
    cs_id of; /* the host or group that is being told */
};

/* -------------------------------------------------------------------- rows */

static void set_source(struct facts *facts, struct cs_source source)
{
    facts->source = cs_value_str(cs_source_format(facts->lab, facts->arena, source));
}

static bool say(struct facts *facts, struct cs_str fact, struct cs_str value)
{
    if (facts->status == CS_OK)
        facts->status =
            CS_ROW(facts->call, facts->err, cs_value_str(fact), cs_value_str(value), facts->source);
    facts->count++;
    return facts->status == CS_OK;
}

/* What nobody told has no row. */
static void text(struct facts *facts, const char *fact, struct cs_str value)
{
    if (value.length)
        say(facts, cs_str_of(fact), value);
}

static void word(struct facts *facts, const char *fact, const char *value)
{
    text(facts, fact, cs_str_of(value));
}

static void number(struct facts *facts, const char *fact, uint32_t value)
{
    text(facts, fact, cs_str_of(cs_arena_printf(facts->arena, "%u", value)));
}

static void bits(struct facts *facts, const char *fact, uint32_t value)
{
    text(facts, fact, cs_str_of(cs_arena_printf(facts->arena, "0x%x", value)));
}

static void answer(struct facts *facts, const char *fact, bool value)
{
    word(facts, fact, value ? "yes" : "no");
}

static void sid(struct facts *facts, const char *fact, const struct cs_sid *value)
{
    struct cs_sid_text out;
    if (value->count)
        text(facts, fact, cs_str_copy(facts->arena, cs_str_of(cs_sid_format(value, &out))));
}

static void who(struct facts *facts, const char *fact, cs_id id)
{
    if (id)
        text(facts, fact, cs_principal_name(facts->lab, facts->arena, id));
}

/* Bytes of a descriptor as SDDL; "" for bytes that are none. */
static struct cs_str words_of(struct facts *facts, struct cs_str bytes)
{
    struct cs_sd sd;
    struct cs_str out = CS_STR("");
    if (bytes.length && cs_sd_decode(facts->arena, bytes, &sd, NULL) == CS_OK &&
        cs_sddl_format(facts->arena, &sd, NULL, &out, NULL) == CS_OK)
        return out;
    return CS_STR("");
}

/* -------------------------------------------------------------- principals */

static bool say_group(void *context, cs_id id)
{
    struct facts *facts = context;
    struct cs_principal group;
    struct cs_value own = facts->source;
    if (cs_principal_get(facts->lab, id, &group))
        set_source(facts, group.source);
    who(facts, "member of", id);
    facts->source = own;
    return facts->status == CS_OK;
}

static bool say_member(void *context, cs_id id)
{
    struct facts *facts = context;
    who(facts, "member", id);
    return facts->status == CS_OK;
}

static void tell_group(struct facts *facts, const struct cs_principal *p)
{
    word(facts, "scope", cs_scope_name(p->scope));
    answer(facts, "security group", p->security);
    answer(facts, "all members known", !p->members_open);
    cs_member_each(facts->lab, p->id, CS_NOW, say_member, facts);
}

static void tell_account(struct facts *facts, const struct cs_principal *p)
{
    if (p->uac)
        bits(facts, "userAccountControl", p->uac);
    if (p->primary)
        number(facts, "primaryGroupID", p->primary);
    who(facts, "primary group", cs_principal_primary(facts->lab, p->id));
    text(facts, "operating system", p->os);
    if (p->managed)
        answer(facts, "managed service account", true);
}

static void tell_principal(struct facts *facts, cs_id id)
{
    struct cs_principal p;
    if (!id || !cs_principal_get(facts->lab, id, &p))
        return;
    set_source(facts, p.source);
    word(facts, "kind", cs_principal_kind_name(p.kind));
    who(facts, "principal", id);
    if (!cs_principal_is_stranger(&p))
        sid(facts, "sid", &p.sid);
    text(facts, "display name", p.display);
    text(facts, "user principal name", p.upn);
    text(facts, "DNS name", p.dns);
    text(facts, "mail", p.mail);
    text(facts, "distinguished name", p.dn);
    text(facts, "description", p.comment);
    if (p.kind == CS_USER || p.kind == CS_COMPUTER)
        tell_account(facts, &p);
    if (p.kind == CS_GROUP)
        tell_group(facts, &p);
    cs_member_of_each(facts->lab, id, CS_NOW, say_group, facts);
}

/* -------------------------------------------------------------------- hosts */

enum { BYTES_SHOWN = 16 };

static struct cs_str hex_of(struct facts *facts, struct cs_str bytes)
{
    struct cs_str out = CS_STR("");
    for (size_t i = 0; i < bytes.length && i < BYTES_SHOWN; i++)
        out = cs_str_printf(facts->arena, "%.*s%s%02x", CS_STR_ARG(out), i ? " " : "",
                            (unsigned char)bytes.at[i]);
    if (bytes.length > BYTES_SHOWN)
        out = cs_str_printf(facts->arena, "%.*s ... (%zu bytes)", CS_STR_ARG(out), bytes.length);
    return out;
}

static struct cs_str show_value(struct facts *facts, const struct cs_reg_value *value)
{
    uint32_t number_of;
    if (cs_reg_number(value, &number_of))
        return cs_str_printf(facts->arena, "0x%x", number_of);
    if (value->type == CS_REG_SZ || value->type == CS_REG_EXPAND_SZ)
        return cs_reg_text(facts->arena, value);
    struct cs_str descriptor = words_of(facts, value->data);
    return descriptor.length ? descriptor : hex_of(facts, value->data);
}

static bool say_value(void *context, const struct cs_reg_value *value)
{
    struct facts *facts = context;
    if (value->type == CS_REG_KEY)
        return true;
    set_source(facts, value->record.source);
    struct cs_str name = value->name.length ? value->name : CS_STR("(Default)");
    return say(facts,
               cs_str_printf(facts->arena, "%.*s\\%.*s", CS_STR_ARG(value->key), CS_STR_ARG(name)),
               show_value(facts, value));
}

static bool say_right(void *context, const struct cs_record *record)
{
    struct facts *facts = context;
    const struct cs_right_grant *grant = (const struct cs_right_grant *)record;
    struct cs_str all = CS_STR("");
    if (grant->host != facts->of)
        return true;
    for (size_t i = 0; i < grant->sids.count; i++)
        all = cs_str_printf(facts->arena, "%.*s%s%.*s", CS_STR_ARG(all), i ? " " : "",
                            CS_STR_ARG(grant->sids.at[i]));
    set_source(facts, record->source);
    return say(facts, grant->name, all.length ? all : CS_STR("nobody"));
}

static const char *state_name(const struct cs_service *service)
{
    return service->state == CS_SERVICE_RUNNING ? "running" : "stopped";
}

static const char *start_name(const struct cs_service *service)
{
    switch (service->start) {
    case CS_START_AUTO:
        return "auto";
    case CS_START_DEMAND:
        return "demand";
    case CS_START_DISABLED:
        return "disabled";
    }
    return "start not known";
}

static bool say_service(void *context, const struct cs_record *record)
{
    struct facts *facts = context;
    const struct cs_service *service = (const struct cs_service *)record;
    if (service->host != facts->of)
        return true;
    set_source(facts, record->source);
    return say(facts, cs_str_printf(facts->arena, "service %.*s", CS_STR_ARG(service->name)),
               cs_str_printf(facts->arena, "%s, %s", state_name(service), start_name(service)));
}

static bool say_local(void *context, const struct cs_principal *principal)
{
    struct facts *facts = context;
    if (principal->host != facts->of)
        return true;
    set_source(facts, principal->source);
    who(facts, principal->kind == CS_GROUP ? "local group" : "local account", principal->id);
    return facts->status == CS_OK;
}

static void tell_machine(struct facts *facts, const struct cs_host *host)
{
    const struct cs_domain *domain = cs_domain_get(facts->lab, host->domain);
    const struct cs_windows_info *windows = cs_windows_info(host->windows);
    word(facts, "kind", "host");
    text(facts, "name", host->name);
    text(facts, "DNS name", host->dns);
    if (domain)
        text(facts, "domain", domain->dns);
    who(facts, "computer account", host->account);
    if (host->role)
        word(facts, "role", cs_role_name(host->role));
    if (host->windows && windows)
        word(facts, "operating system", windows->name);
    text(facts, "edition", host->edition);
    sid(facts, "machine sid", &host->machine);
    answer(facts, "all facts given", host->complete);
}

static void tell_host(struct facts *facts, cs_id id)
{
    const struct cs_host *host = cs_host_get(facts->lab, id);
    if (!host)
        return;
    facts->of = id;
    set_source(facts, host->record.source);
    tell_machine(facts, host);
    cs_registry_each(facts->lab, id, CS_STR("HKLM"), true, say_value, facts);
    cs_record_each(facts->lab, CS_NOUN_RIGHT, say_right, facts);
    cs_record_each(facts->lab, CS_NOUN_SERVICE, say_service, facts);
    cs_principal_each(facts->lab, 0, say_local, facts);
}

/* ----------------------------------------------------------- CAs, templates */

static void tell_ca(struct facts *facts, cs_id id)
{
    const struct cs_ca *ca = cs_ca_get(facts->lab, id);
    if (!ca)
        return;
    const struct cs_host *host = cs_host_get(facts->lab, ca->host);
    set_source(facts, ca->record.source);
    word(facts, "kind", "CA");
    text(facts, "name", ca->name);
    text(facts, "DNS name", ca->dns);
    if (host)
        text(facts, "host", host->name);
    answer(facts, "all templates known", ca->templates_known);
    for (size_t i = 0; i < ca->templates.count; i++)
        text(facts, "template", ca->templates.at[i]);
    text(facts, "security", words_of(facts, ca->sd));
}

static void tell_template(struct facts *facts, cs_id id)
{
    const struct cs_template *t = cs_template_get(facts->lab, id);
    if (!t)
        return;
    set_source(facts, t->record.source);
    word(facts, "kind", "template");
    text(facts, "name", t->name);
    text(facts, "display name", t->display);
    text(facts, "forest", t->forest);
    text(facts, "oid", t->oid);
    number(facts, "schema version", t->schema);
    bits(facts, "flags", t->flags);
    bits(facts, "msPKI-Enrollment-Flag", t->enroll_flags);
    bits(facts, "msPKI-Certificate-Name-Flag", t->name_flags);
    bits(facts, "msPKI-Private-Key-Flag", t->key_flags);
    number(facts, "msPKI-RA-Signature", t->signatures);
    text(facts, t->excerpt ? "security (without deny entries)" : "security",
         words_of(facts, t->sd));
}

/* ------------------------------------------------------------------ command */

cs_status lab_facts(struct cs_call *call, struct cs_error *err)
{
    struct cs_str subject = cs_call_str(call, "subject");
    struct facts facts = {.call = call, .lab = cs_call_lab(call), .arena = cs_call_arena(call)};
    struct cs_error unknown = {0};
    cs_id principal = 0;
    facts.err = err;
    cs_status status = cs_principal_resolve(facts.lab, subject, cs_shell_host(cs_call_shell(call)),
                                            &principal, &unknown);
    if (status == CS_OK)
        tell_principal(&facts, principal);
    tell_host(&facts, cs_host_find(facts.lab, subject));
    tell_ca(&facts, cs_ca_find(facts.lab, subject));
    tell_template(&facts, cs_template_find(facts.lab, CS_STR(""), subject));
    if (facts.count)
        return facts.status;
    if (status == CS_AMBIGUOUS) {
        *err = unknown;
        return status;
    }
    cs_fail(err, CS_NOT_FOUND, "the lab knows no '%.*s'", CS_STR_ARG(subject));
    return cs_error_hint(err, "a principal, a host, a CA or a template; lab info tells what there "
                              "is");
}

static const struct cs_type *const kinds[] = {&cs_type_principal, &cs_type_host, &cs_type_ca,
                                              &cs_type_template};

static void offer_subjects(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                           void *context)
{
    for (size_t i = 0; i < CS_COUNT(kinds); i++)
        if (kinds[i]->complete)
            kinds[i]->complete(shell, prefix, offer, context);
}

const struct cs_type lab_type_subject = {.name = "subject",
                                         .json = "string",
                                         .brief = "a principal, a host, a CA or a template",
                                         .complete = offer_subjects};
