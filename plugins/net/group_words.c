/*
 * group_words.c - what net localgroup and net group share: their words, members and rows.
 *
 * net.exe takes its switches in any place: the first word without a slash is the group, the
 * others are members.
 */
#include <stdlib.h>

#include "net.h"

static const struct cs_str comment_switch = {"/comment:", 9};

/* A switch of its own; false when it is none that we know. */
static bool take_switch(struct net_group_words *words, struct cs_str word)
{
    const struct {
        const char *name;
        bool *flag;
    } switches[] = {{"/add", &words->add},
                    {"/delete", &words->remove},
                    {"/del", &words->remove},
                    {"/domain", &words->domain}};
    for (size_t i = 0; i < CS_COUNT(switches); i++)
        if (cs_str_same(word, cs_str_of(switches[i].name)))
            return *switches[i].flag = true;
    if (!cs_str_same_start(word, comment_switch))
        return false;
    words->has_comment = true;
    words->comment = cs_str_from(word, comment_switch.length);
    return true;
}

cs_status net_group_words(struct cs_call *call, struct net_group_words *words, struct cs_error *err)
{
    size_t count;
    const struct cs_str *all = cs_call_words(call, &count);
    struct cs_str *names = cs_arena_alloc(cs_call_arena(call), (count + 1) * sizeof *names);
    size_t named = 0;
    *words = (struct net_group_words){0};
    for (size_t i = 0; i < count; i++) {
        if (all[i].length == 0 || all[i].at[0] != '/')
            names[named++] = all[i];
        else if (!take_switch(words, all[i]))
            return cs_fail(err, CS_USAGE, "unknown switch '%.*s'", CS_STR_ARG(all[i]));
    }
    if (words->add && words->remove)
        return cs_fail(err, CS_USAGE, "/add and /delete exclude each other");
    if (named == 0 && (words->add || words->remove || words->has_comment))
        return cs_fail(err, CS_USAGE, "which group?");
    if (named > 1 && !words->add && !words->remove)
        return cs_fail(err, CS_USAGE, "members need /add or /delete");
    words->named = named > 0;
    words->name = named ? names[0] : CS_STR("");
    words->members = names + 1;
    words->member_count = named ? named - 1 : 0;
    return CS_OK;
}

cs_status net_group_row(struct cs_call *call, const struct net_here *here,
                        const struct cs_principal *group, cs_id member, const char *change,
                        struct cs_error *err)
{
    struct cs_str comment = group->comment;
    struct cs_value row[] = {
        cs_value_str(group->name), comment.length ? cs_value_str(comment) : cs_value_null(),
        cs_value_null(),           cs_value_null(),
        cs_value_null(),           cs_value_text(change),
    };
    struct cs_principal p;
    if (member && cs_principal_get(here->lab, member, &p)) {
        struct cs_sid_text sid;
        row[2] = cs_value_str(cs_principal_name(here->lab, here->arena, member));
        row[3] = cs_value_printf(here->arena, "%s", cs_sid_format(&p.sid, &sid));
        row[4] = cs_value_text(cs_principal_kind_name(p.kind));
    }
    return cs_call_row(call, row, CS_COUNT(row), err);
}

/* --------------------------------------------------------------------- lists */

struct collecting {
    const struct net_here *here;
    struct net_authority whose;
    net_group_fn *wanted;
    struct net_group_list list;
    size_t room;
};

static bool collect_one(void *context, const struct cs_principal *p)
{
    struct collecting *c = context;
    if (!c->wanted(c->here, c->whose, p))
        return true;
    if (c->list.count < c->room)
        c->list.at[c->list.count] = *p;
    c->list.count++;
    return true;
}

static int by_name(const void *a, const void *b)
{
    const struct cs_principal *x = a, *y = b;
    return cs_str_compare(x->display, y->display); /* folded names, see below */
}

struct net_group_list net_group_collect(const struct net_here *here, struct net_authority whose,
                                        net_group_fn *wanted)
{
    struct collecting c = {.here = here, .whose = whose, .wanted = wanted};
    cs_principal_each(here->lab, CS_GROUP, collect_one, &c);
    c.room = c.list.count;
    c.list.count = 0;
    c.list.at = cs_arena_alloc(here->arena, (c.room + 1) * sizeof *c.list.at);
    cs_principal_each(here->lab, CS_GROUP, collect_one, &c);
    for (size_t i = 0; i < c.list.count; i++) /* these copies are ours to sort by */
        c.list.at[i].display = cs_str_fold(here->arena, c.list.at[i].name);
    qsort(c.list.at, c.list.count, sizeof *c.list.at, by_name);
    return c.list;
}

cs_status net_group_list(struct cs_call *call, const struct net_here *here,
                         const struct net_group_list *list, struct cs_error *err)
{
    for (size_t i = 0; i < list->count; i++) {
        cs_call_say(call, "*%.*s\n", CS_STR_ARG(list->at[i].name));
        cs_status status = net_group_row(call, here, &list->at[i], 0, NULL, err);
        if (status != CS_OK)
            return status;
    }
    net_say_done(call, here);
    if (list->count == 0 && !here->host->complete)
        cs_call_warn(call, "nobody gave the groups of %.*s", CS_STR_ARG(here->host->name));
    return CS_OK;
}

/* ------------------------------------------------------------------- members */

/* A member by the name that was typed.  net group takes accounts alone. */
static cs_status find_member(const struct net_here *here, bool global, struct cs_str name,
                             struct cs_principal *member, struct cs_error *err)
{
    cs_id id = 0;
    cs_status status = cs_principal_resolve(here->lab, name, here->host->record.id, &id, err);
    if (status != CS_OK && status != CS_NOT_FOUND)
        return status;
    bool found = status == CS_OK && cs_principal_get(here->lab, id, member);
    if (found && (!global || member->kind != CS_GROUP))
        return CS_OK;
    return net_fail_help(here, err, CS_NOT_FOUND, global ? 2221 : 3783, name);
}

cs_status net_group_refused(const struct net_here *here, bool global, struct cs_error *err)
{
    static const struct {
        uint32_t system, net;
    } numbers[] = {{1378, 2236}, {1377, 2237}, {1379, 2223}};
    for (size_t i = 0; global && i < CS_COUNT(numbers); i++)
        if (err->win32 == numbers[i].system)
            return net_fail_help(here, err, err->status, numbers[i].net, CS_STR(""));
    return net_fail_lab(here, err);
}

/* The article says that only domain groups can be added (K16); the directory takes accounts. */
static void remark_account(struct cs_call *call, const struct net_here *here,
                           const struct cs_principal *group, const struct cs_principal *member)
{
    bool access = cs_certsvc_group(here->lab, here->host->record.id) == group->id;
    if (access && group->scope == CS_SCOPE_DOMAIN_LOCAL &&
        (member->kind == CS_USER || member->kind == CS_COMPUTER))
        cs_call_warn(call,
                     "KB 903220 says that only groups can be added to %.*s; the directory takes "
                     "accounts, too",
                     CS_STR_ARG(group->name));
}

static cs_status change_one(struct cs_call *call, const struct net_here *here,
                            const struct cs_principal *group, const struct net_group_words *words,
                            struct cs_str name, struct cs_error *err)
{
    struct cs_principal member;
    cs_status status = find_member(here, words->global, name, &member, err);
    if (status != CS_OK)
        return status;
    status = words->add ? cs_member_add(here->lab, group->id, member.id, err)
                        : cs_member_remove(here->lab, group->id, member.id, err);
    if (status != CS_OK)
        return net_group_refused(here, words->global, err);
    if (words->add)
        remark_account(call, here, group, &member);
    return net_group_row(call, here, group, member.id, words->add ? "added" : "removed", err);
}

cs_status net_group_change(struct cs_call *call, const struct net_here *here,
                           const struct cs_principal *group, const struct net_group_words *words,
                           struct cs_error *err)
{
    for (size_t i = 0; i < words->member_count; i++) {
        cs_status status = change_one(call, here, group, words, words->members[i], err);
        if (status != CS_OK)
            return status;
    }
    net_say_done(call, here);
    return CS_OK;
}
