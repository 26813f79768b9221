/*
 * group.c - net group: the global groups of a domain.
 *
 * net.exe lets this command work on a domain controller alone, or anywhere with /domain; it
 * knows global groups (and shows universal ones), and as members only accounts, those by
 * primary group included, three in a line.
 */
#include "net.h"

enum { COLUMN = 25, COLUMNS = 3 };

struct page {
    struct cs_call *call;
    const struct net_here *here;
    const struct cs_principal *group;
    struct cs_error *err;
    cs_status status;
    size_t shown;
};

static bool is_global(const struct net_here *here, struct net_authority whose,
                      const struct cs_principal *p)
{
    (void)whose;
    return p->kind == CS_GROUP && p->domain == here->host->domain &&
           (p->scope == CS_SCOPE_GLOBAL || p->scope == CS_SCOPE_UNIVERSAL);
}

static cs_status list_groups(struct page *page)
{
    struct net_authority whose = {.domain = page->here->host->domain};
    struct net_group_list list = net_group_collect(page->here, whose, is_global);
    net_say_list(page->call, page->here, 4400);
    return net_group_list(page->call, page->here, &list, page->err);
}

static bool list_account(void *context, cs_id id, unsigned depth)
{
    struct page *page = context;
    struct cs_principal p;
    (void)depth;
    if (!cs_principal_get(page->here->lab, id, &p) || p.kind == CS_GROUP)
        return true;
    size_t width = cs_str_width(p.name);
    bool last = ++page->shown % COLUMNS == 0;
    int pad = last || width >= COLUMN ? 0 : (int)(COLUMN - width);
    cs_call_say(page->call, "%.*s%*s%s", CS_STR_ARG(p.name), pad, "", last ? "\n" : "");
    page->status = net_group_row(page->call, page->here, page->group, id, NULL, page->err);
    return page->status == CS_OK;
}

static cs_status show_group(struct page *page)
{
    const struct net_here *here = page->here;
    net_say_group(page->call, here, 4401, page->group);
    cs_group_members(here->lab, page->group->id, CS_NOW, true, list_account, page);
    if (page->shown == 0 && page->status == CS_OK)
        page->status = net_group_row(page->call, here, page->group, 0, NULL, page->err);
    cs_call_say(page->call, "%s", page->shown % COLUMNS ? "\n" : "");
    if (page->status == CS_OK)
        net_say_done(page->call, here);
    return page->status;
}

static cs_status create(struct page *page, const struct net_group_words *words)
{
    const struct net_here *here = page->here;
    struct cs_principal group = {
        .kind = CS_GROUP,
        .scope = CS_SCOPE_GLOBAL,
        .security = true,
        .domain = here->host->domain,
        .name = words->name,
        .comment = words->comment,
        .source = {.origin = CS_ORIGIN_COMMAND},
    };
    if (cs_principal_put(here->lab, &group, &group.id, page->err) != CS_OK)
        return net_group_refused(here, true, page->err);
    net_say_done(page->call, here);
    return net_group_row(page->call, here, &group, 0, "created", page->err);
}

static cs_status remove_or_comment(struct page *page, struct cs_principal *group,
                                   const struct net_group_words *words)
{
    const struct net_here *here = page->here;
    if (words->remove && cs_sid_rid(&group->sid) < 1000)
        return net_fail_system(here, page->err, CS_STATE, 1371);
    if (words->has_comment)
        group->comment = words->comment;
    const char *change = words->remove ? "deleted" : "commented";
    cs_status status = net_group_row(page->call, here, group, 0, change, page->err);
    if (status != CS_OK)
        return status;
    status = words->remove ? cs_principal_remove(here->lab, group->id, page->err)
                           : cs_principal_put(here->lab, group, &group->id, page->err);
    if (status != CS_OK)
        return net_fail_lab(here, page->err);
    net_say_done(page->call, here);
    return CS_OK;
}

static cs_status act(struct page *page, const struct net_group_words *words)
{
    struct cs_principal group;
    if (words->add && words->member_count == 0 && words->name.length)
        return create(page, words);
    cs_id id = cs_principal_named(page->here->lab, page->here->host->domain, 0, words->name);
    if (!id || !cs_principal_get(page->here->lab, id, &group) ||
        !is_global(page->here, (struct net_authority){0}, &group))
        return net_fail_help(page->here, page->err, CS_NOT_FOUND, 2220, words->name);
    if (words->member_count)
        return net_group_change(page->call, page->here, &group, words, page->err);
    if (words->remove || words->has_comment)
        return remove_or_comment(page, &group, words);
    page->group = &group;
    return show_group(page);
}

cs_status net_group(struct cs_call *call, struct cs_error *err)
{
    struct net_here here;
    struct net_group_words words;
    cs_status status = net_here(call, &here, err);
    if (status == CS_OK)
        status = net_group_words(call, &words, err);
    if (status != CS_OK)
        return status;
    words.global = true;
    if (here.host->role != CS_ROLE_DC && !words.domain)
        return net_fail_help(&here, err, CS_STATE, 3515, CS_STR(""));
    struct page page = {.call = call, .here = &here, .err = err};
    net_say_remote(call, &here, words.domain);
    return words.named ? act(&page, &words) : list_groups(&page);
}
