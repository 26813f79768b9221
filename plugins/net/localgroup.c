/*
 * localgroup.c - net localgroup: the groups of this host.
 *
 * Whose groups they are is decided by the host: on a domain controller the domain's
 * domain-local and built-in ones, elsewhere the machine's own.  /domain on another machine
 * means the domain's, as in Windows.
 */
#include "net.h"

static struct net_authority authority_of(const struct net_here *here, bool domain)
{
    if (domain || here->host->role == CS_ROLE_DC)
        return (struct net_authority){.domain = here->host->domain};
    return (struct net_authority){.machine = here->host->record.id};
}

static bool is_local(const struct cs_principal *p)
{
    return p->kind == CS_GROUP &&
           (p->scope == CS_SCOPE_DOMAIN_LOCAL || p->scope == CS_SCOPE_BUILTIN ||
            p->scope == CS_SCOPE_MACHINE_LOCAL);
}

static bool is_of(const struct cs_principal *p, struct net_authority whose)
{
    return whose.domain ? p->domain == whose.domain : p->host == whose.machine;
}

/* By name, or by SID as everywhere in this program. */
static cs_id find_id(const struct net_here *here, struct net_authority whose, struct cs_str name)
{
    struct cs_sid sid;
    cs_id id = cs_principal_named(here->lab, whose.domain, whose.machine, name);
    if (!id && cs_sid_parse(name, &sid, NULL) == CS_OK)
        id = cs_principal_by_sid(here->lab, &sid, here->host->record.id);
    return id;
}

static cs_status find_group(const struct net_here *here, struct net_authority whose,
                            struct cs_str name, struct cs_principal *group, struct cs_error *err)
{
    cs_id id = find_id(here, whose, name);
    if (id && cs_principal_get(here->lab, id, group) && is_local(group))
        return CS_OK;
    net_fail_system(here, err, CS_NOT_FOUND, 1376);
    return cs_error_hint(err, "net localgroup lists the groups of %.*s",
                         CS_STR_ARG(here->host->name));
}

struct page {
    struct cs_call *call;
    const struct net_here *here;
    const struct cs_principal *group;
    struct net_authority whose;
    struct cs_error *err;
    cs_status status;
};

static bool wanted(const struct net_here *here, struct net_authority whose,
                   const struct cs_principal *p)
{
    (void)here;
    return is_local(p) && is_of(p, whose);
}

static cs_status list_groups(struct page *page)
{
    struct net_group_list list = net_group_collect(page->here, page->whose, wanted);
    net_say_list(page->call, page->here, 4405);
    return net_group_list(page->call, page->here, &list, page->err);
}

static bool list_member(void *context, cs_id id)
{
    struct page *page = context;
    struct cs_str name = net_name(page->here, id);
    cs_call_say(page->call, "%.*s\n", CS_STR_ARG(name));
    page->status = net_group_row(page->call, page->here, page->group, id, NULL, page->err);
    return page->status == CS_OK;
}

static bool any_member(void *context, cs_id id)
{
    (void)id;
    *(bool *)context = true;
    return false;
}

static cs_status show_group(struct page *page)
{
    const struct net_here *here = page->here;
    bool any = false;
    net_say_group(page->call, here, 4406, page->group);
    cs_member_each(here->lab, page->group->id, CS_NOW, any_member, &any);
    if (any)
        cs_member_each(here->lab, page->group->id, CS_NOW, list_member, page);
    else /* a group without members is one row, so that it is seen to exist */
        page->status = net_group_row(page->call, here, page->group, 0, NULL, page->err);
    if (page->status == CS_OK)
        net_say_done(page->call, here);
    if (page->group->members_open)
        cs_call_warn(page->call, "the membership of %.*s is not completely known",
                     CS_STR_ARG(page->group->name));
    return page->status;
}

static cs_status create(struct cs_call *call, const struct net_here *here,
                        struct net_authority whose, const struct net_group_words *words,
                        struct cs_error *err)
{
    struct cs_principal group = {
        .kind = CS_GROUP,
        .scope = whose.domain ? CS_SCOPE_DOMAIN_LOCAL : CS_SCOPE_MACHINE_LOCAL,
        .security = true,
        .domain = whose.domain,
        .host = whose.machine,
        .name = words->name,
        .comment = words->comment,
        .source = {.origin = CS_ORIGIN_COMMAND},
    };
    if (cs_principal_put(here->lab, &group, &group.id, err) != CS_OK)
        return net_fail_lab(here, err);
    net_say_done(call, here);
    return net_group_row(call, here, &group, 0, "created", err);
}

static cs_status delete_group(struct cs_call *call, const struct net_here *here,
                              const struct cs_principal *group, struct cs_error *err)
{
    /* 1371: built-in accounts and groups stay (winerror.h). */
    if (group->scope == CS_SCOPE_BUILTIN || cs_sid_rid(&group->sid) < 1000)
        return net_fail_system(here, err, CS_STATE, 1371);
    cs_status status = net_group_row(call, here, group, 0, "deleted", err);
    if (status != CS_OK)
        return status;
    if (cs_principal_remove(here->lab, group->id, err) != CS_OK)
        return net_fail_lab(here, err);
    net_say_done(call, here);
    return CS_OK;
}

static cs_status comment(struct cs_call *call, const struct net_here *here,
                         struct cs_principal *group, struct cs_str text, struct cs_error *err)
{
    group->comment = text;
    if (cs_principal_put(here->lab, group, &group->id, err) != CS_OK)
        return net_fail_lab(here, err);
    net_say_done(call, here);
    return net_group_row(call, here, group, 0, "commented", err);
}

/* What the words ask of a group that is there. */
static cs_status act(struct page *page, struct cs_principal *group,
                     const struct net_group_words *words)
{
    if (words->member_count)
        return net_group_change(page->call, page->here, group, words, page->err);
    if (words->remove)
        return delete_group(page->call, page->here, group, page->err);
    if (words->has_comment)
        return comment(page->call, page->here, group, words->comment, page->err);
    page->group = group;
    return show_group(page);
}

cs_status net_localgroup(struct cs_call *call, struct cs_error *err)
{
    struct net_here here;
    struct net_group_words words;
    struct cs_principal group;
    cs_status status = net_here(call, &here, err);
    if (status == CS_OK)
        status = net_group_words(call, &words, err);
    if (status != CS_OK)
        return status;
    struct net_authority whose = authority_of(&here, words.domain);
    struct page page = {.call = call, .here = &here, .whose = whose, .err = err};
    net_say_remote(call, &here, words.domain);
    if (!words.named)
        return list_groups(&page);
    if (words.add && words.member_count == 0 && words.name.length)
        return create(call, &here, whose, &words, err);
    status = find_group(&here, whose, words.name, &group, err);
    return status == CS_OK ? act(&page, &group, &words) : status;
}
