/*
 * show.c - group list and group show.
 *
 * Direct members are those that are listed and those whose primary group it is; `all` counts
 * everybody nested.  What a row needed is given back before the next.
 */
#include <string.h>

#include "group.h"

struct cs_value group_sid(struct cs_arena *arena, const struct cs_sid *sid)
{
    struct cs_sid_text text;
    return cs_value_printf(arena, "%s", cs_sid_format(sid, &text));
}

struct cs_value group_authority(const struct cs_lab *lab, const struct cs_principal *group)
{
    const struct cs_domain *domain = cs_domain_get(lab, group->domain);
    const struct cs_host *host = cs_host_get(lab, group->host);
    if (domain)
        return cs_value_str(domain->netbios.length ? domain->netbios : domain->dns);
    return host ? cs_value_str(host->name) : cs_value_null();
}

struct cs_value group_category(const struct cs_principal *group)
{
    return cs_value_text(group->security ? "security" : "distribution");
}

static bool count_slice(void *context, const cs_id *ids, size_t count, unsigned depth)
{
    (void)ids;
    (void)depth;
    *(size_t *)context += count;
    return true;
}

static struct cs_value members_of(const struct cs_lab *lab, cs_id group, bool direct)
{
    size_t count = 0;
    cs_group_members_sliced(lab, group, CS_NOW, direct, count_slice, &count);
    return cs_value_int((int64_t)count);
}

/* --------------------------------------------------------------------- list */

struct list {
    struct cs_call *call;
    struct cs_error *err;
    cs_status status;
    struct cs_str scope, category; /* "": all */
    cs_id domain;                  /* 0: all */
};

static bool is_wanted(const struct list *list, const struct cs_principal *g)
{
    const char *scope = cs_scope_name(g->scope);
    if (list->scope.length && (!scope || !cs_str_is(list->scope, scope)))
        return false;
    if (list->category.length && cs_str_is(list->category, "security") != g->security)
        return false;
    return !list->domain || list->domain == g->domain;
}

static bool list_one(void *context, const struct cs_principal *g)
{
    struct list *list = context;
    struct cs_lab *lab = cs_call_lab(list->call);
    struct cs_arena *arena = cs_call_arena(list->call);
    if (!is_wanted(list, g))
        return true;
    struct cs_arena_mark mark = cs_arena_mark(arena);
    list->status = CS_ROW(list->call, list->err, cs_value_str(cs_principal_name(lab, arena, g->id)),
                          group_sid(arena, &g->sid), cs_value_text(cs_scope_name(g->scope)),
                          group_category(g), group_authority(lab, g), members_of(lab, g->id, true));
    cs_arena_rewind(arena, mark);
    return list->status == CS_OK;
}

cs_status group_list(struct cs_call *call, struct cs_error *err)
{
    struct list list = {.call = call,
                        .err = err,
                        .scope = cs_call_str(call, "scope"),
                        .category = cs_call_str(call, "category")};
    struct cs_str domain = cs_call_str(call, "domain");
    if (domain.length) {
        list.domain = cs_domain_find(cs_call_lab(call), domain);
        if (!list.domain) {
            cs_fail(err, CS_NOT_FOUND, "no domain '%.*s'", CS_STR_ARG(domain));
            return cs_error_hint(err, "lab info shows the domains of this lab");
        }
    }
    cs_principal_each(cs_call_lab(call), CS_GROUP, list_one, &list);
    return list.status;
}

/* --------------------------------------------------------------------- show */

struct names {
    const struct cs_lab *lab;
    struct cs_list_maker list;
};

/* A machine's built-in groups by the machine, for each has some of the same name. */
static bool add_name(void *context, cs_id id)
{
    struct names *names = context;
    struct cs_arena *arena = names->list.arena;
    struct cs_principal g;
    if (!cs_principal_get(names->lab, id, &g))
        return true;
    const struct cs_host *host = cs_host_get(names->lab, g.host);
    struct cs_str name = cs_principal_name(names->lab, arena, id);
    if (host)
        name = cs_str_printf(arena, "%.*s\\%.*s", CS_STR_ARG(host->name), CS_STR_ARG(g.name));
    cs_list_add(&names->list, cs_value_str(name));
    return true;
}

static struct cs_value text_or_null(struct cs_str text)
{
    return text.length ? cs_value_str(text) : cs_value_null();
}

enum { SHOWN = 12 };

/* For people: a line a field that says something. */
static void say_fields(struct cs_call *call, const struct cs_value values[SHOWN])
{
    static const char *const heads[SHOWN] = {"name",   "sid", "scope",   "category",
                                             "domain", "dn",  "comment", "members",
                                             "all",    "in",  "open",    "source"};
    for (size_t i = 0; i < SHOWN; i++) {
        struct cs_str text = cs_value_show(cs_call_arena(call), &values[i]);
        bool said = text.length && !(values[i].kind == CS_BOOL && !values[i].boolean);
        if (said)
            cs_call_say(call, "%-8s %.*s\n", heads[i], CS_STR_ARG(text));
    }
}

cs_status group_show(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_arena *arena = cs_call_arena(call);
    struct names in = {.lab = lab, .list = {.arena = arena}};
    struct cs_principal g;
    if (!cs_principal_get(lab, cs_call_id(call, "group"), &g))
        return cs_fail(err, CS_NOT_FOUND, "no such group");
    cs_member_of_each(lab, g.id, CS_NOW, add_name, &in);
    const struct cs_value values[SHOWN] = {
        cs_value_str(cs_principal_name(lab, arena, g.id)),
        group_sid(arena, &g.sid),
        cs_value_text(cs_scope_name(g.scope)),
        group_category(&g),
        group_authority(lab, &g),
        text_or_null(g.dn),
        text_or_null(g.comment),
        members_of(lab, g.id, true),
        members_of(lab, g.id, false),
        cs_list_value(&in.list),
        cs_value_bool(g.members_open),
        text_or_null(cs_source_format(lab, arena, g.source)),
    };
    if (cs_call_wants_words(call))
        say_fields(call, values);
    return cs_call_row(call, values, SHOWN, err);
}
