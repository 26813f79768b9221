/*
 * principal - who there is: users, computers and groups, the well-known ones, and the SIDs
 * nobody has explained yet.
 *
 * The SID says who is who; S-1-5-32-x belongs to a domain or to a machine, so a row tells its
 * authority: the NetBIOS name of the domain, or the name of the host.
 */
#include <string.h>

#include <certsh/plugin.h>

static const char *const kinds[] = {"user", "group", "computer", "well-known", "foreign", NULL};
static const struct cs_type type_kind = {
    .name = "kind",
    .json = "string",
    .brief = "user, group, computer, well-known or foreign",
    .choices = kinds,
};

/* ------------------------------------------------------------------- fields */

static struct cs_value text_or_null(struct cs_str text)
{
    return text.length ? cs_value_str(text) : cs_value_null();
}

static struct cs_value sid_value(struct cs_arena *arena, const struct cs_principal *p)
{
    struct cs_sid_text text;
    if (cs_principal_is_stranger(p))
        return cs_value_null();
    return cs_value_printf(arena, "%s", cs_sid_format(&p->sid, &text));
}

/* Whose it is: its domain by NetBIOS name, or its machine. */
static struct cs_value authority_of(const struct cs_lab *lab, const struct cs_principal *p)
{
    const struct cs_domain *domain = cs_domain_get(lab, p->domain);
    const struct cs_host *host = cs_host_get(lab, p->host);
    if (domain)
        return cs_value_str(domain->netbios.length ? domain->netbios : domain->dns);
    return host ? cs_value_str(host->name) : cs_value_null();
}

/* --------------------------------------------------------------------- list */

struct list {
    struct cs_call *call;
    struct cs_error *err;
    cs_status status;
    const char *kind; /* NULL: all but the well-known, which are the same in every lab */
};

static bool is_wanted(const struct list *list, const struct cs_principal *p)
{
    if (!list->kind)
        return p->kind != CS_WELL_KNOWN;
    return strcmp(list->kind, cs_principal_kind_name(p->kind)) == 0;
}

static bool list_one(void *context, const struct cs_principal *p)
{
    struct list *list = context;
    struct cs_lab *lab = cs_call_lab(list->call);
    struct cs_arena *arena = cs_call_arena(list->call);
    if (!is_wanted(list, p))
        return true;
    struct cs_arena_mark mark = cs_arena_mark(arena);
    list->status = CS_ROW(list->call, list->err, cs_value_str(cs_principal_name(lab, arena, p->id)),
                          sid_value(arena, p), cs_value_text(cs_principal_kind_name(p->kind)),
                          authority_of(lab, p), cs_value_text(cs_scope_name(p->scope)));
    cs_arena_rewind(arena, mark);
    return list->status == CS_OK;
}

static cs_status principal_list(struct cs_call *call, struct cs_error *err)
{
    struct list list = {.call = call, .err = err};
    if (cs_call_given(call, "kind"))
        list.kind = cs_str_c(cs_call_arena(call), cs_call_str(call, "kind"));
    cs_principal_each(cs_call_lab(call), 0, list_one, &list);
    return list.status;
}

/* --------------------------------------------------------------------- show */

struct groups {
    const struct cs_lab *lab;
    struct cs_list_maker names;
};

static bool add_group(void *context, cs_id id)
{
    struct groups *groups = context;
    cs_list_add(&groups->names,
                cs_value_str(cs_principal_name(groups->lab, groups->names.arena, id)));
    return true;
}

static const struct cs_field show_fields[] = {
    {"name", &cs_type_text, "DOMAIN\\name"},
    {"sid", &cs_type_sid, "its SID"},
    {"kind", &type_kind, "what it is"},
    {"domain", &cs_type_text, "its domain or machine, null for others"},
    {"scope", &cs_type_text, "of a group"},
    {"display", &cs_type_text, "its name for people"},
    {"upn", &cs_type_text, "user principal name"},
    {"dns", &cs_type_text, "DNS name of a computer"},
    {"mail", &cs_type_text, "e-mail address"},
    {"dn", &cs_type_text, "distinguished name"},
    {"os", &cs_type_text, "operating system of a computer"},
    {"enabled", &cs_type_bool, "of an account: may it log on?"},
    {"primary", &cs_type_text, "primary group of an account"},
    {"groups", &cs_type_list, "every security group it belongs to"},
    {"source", &cs_type_text, "where this is known from"},
};

enum { SHOWN = CS_COUNT(show_fields) };

/* For people: a line a field that says something. */
static void say_fields(struct cs_call *call, const struct cs_value values[SHOWN])
{
    for (size_t i = 0; i < SHOWN; i++) {
        struct cs_str text = cs_value_show(cs_call_arena(call), &values[i]);
        if (text.length)
            cs_call_say(call, "%-8s %.*s\n", show_fields[i].name, CS_STR_ARG(text));
    }
}

static cs_status principal_show(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_arena *arena = cs_call_arena(call);
    struct groups groups = {.lab = lab, .names = {.arena = arena}};
    struct cs_principal p;
    if (!cs_principal_get(lab, cs_call_id(call, "principal"), &p))
        return cs_fail(err, CS_NOT_FOUND, "no such principal");
    cs_principal_groups(lab, p.id, CS_NOW, add_group, &groups);
    cs_id primary = cs_principal_primary(lab, p.id);
    bool account = p.kind == CS_USER || p.kind == CS_COMPUTER;
    const struct cs_value values[SHOWN] = {
        cs_value_str(cs_principal_name(lab, arena, p.id)),
        sid_value(arena, &p),
        cs_value_text(cs_principal_kind_name(p.kind)),
        authority_of(lab, &p),
        cs_value_text(cs_scope_name(p.scope)),
        text_or_null(p.display),
        text_or_null(p.upn),
        text_or_null(p.dns),
        text_or_null(p.mail),
        text_or_null(p.dn),
        text_or_null(p.os),
        account ? cs_value_bool(!(p.uac & CS_UAC_DISABLED)) : cs_value_null(),
        primary ? cs_value_str(cs_principal_name(lab, arena, primary)) : cs_value_null(),
        cs_list_value(&groups.names),
        text_or_null(cs_source_format(lab, arena, p.source)),
    };
    if (cs_call_wants_words(call))
        say_fields(call, values);
    return cs_call_row(call, values, SHOWN, err);
}

/* ------------------------------------------------------------- declarations */

static const struct cs_command commands[] = {
    {
        .name = "principal list",
        .brief = "list users, computers and groups",
        .detail = "The well-known principals, the same in every lab, come with --kind well-known.",
        .run = principal_list,
        .params = CS_PARAMS({"kind", &type_kind, "only these", CS_OPTION}),
        .result = CS_FIELDS({"name", &cs_type_text, "DOMAIN\\name"},
                            {"sid", &cs_type_sid, "its SID"}, {"kind", &type_kind, "what it is"},
                            {"domain", &cs_type_text, "its domain or machine, null for others"},
                            {"scope", &cs_type_text,
                             "of a group: global, universal, "
                             "domain-local, builtin, machine-local"}),
        .examples = CS_EXAMPLES({"principal list --kind computer", "the computers there are"}),
        .see = "principal show,membership list",
    },
    {
        .name = "principal show",
        .brief = "show one principal with all its groups",
        .detail = "`groups` are all security groups it belongs to, nested and primary, as the "
                  "directory's tokenGroups has them.",
        .run = principal_show,
        .params = CS_PARAMS({"principal", &cs_type_principal, "who"}),
        .result = {show_fields, CS_COUNT(show_fields)},
        .examples = CS_EXAMPLES({"principal show CORP\\DC02$", "in which groups is it?"}),
        .see = "token show,membership path",
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "principal",
    .version = "1.0",
    .brief = "users, computers and groups",
    .needs = "lab.read",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
