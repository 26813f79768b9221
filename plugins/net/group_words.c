/*
 * group_words.c - what net localgroup and net group share: their words, members and rows.
 *
 * net.exe takes its switches in any place: the first word without a slash is the group, the
 * others are members.
 */
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

cs_status net_group_member(const struct net_here *here, struct cs_str name, cs_id *id,
                           struct cs_error *err)
{
    cs_status status = cs_principal_resolve(here->lab, name, here->host->record.id, id, err);
    if (status != CS_NOT_FOUND)
        return status;
    return net_fail_help(here, err, status, 3783, name);
}

cs_status net_group_change(struct cs_call *call, const struct net_here *here,
                           const struct cs_principal *group, const struct net_group_words *words,
                           struct cs_error *err)
{
    for (size_t i = 0; i < words->member_count; i++) {
        cs_id member;
        cs_status status = net_group_member(here, words->members[i], &member, err);
        if (status != CS_OK)
            return status;
        status = words->add ? cs_member_add(here->lab, group->id, member, err)
                            : cs_member_remove(here->lab, group->id, member, err);
        if (status != CS_OK)
            return net_fail_lab(here, err);
        status = net_group_row(call, here, group, member, words->add ? "added" : "removed", err);
        if (status != CS_OK)
            return status;
    }
    net_say_done(call, here);
    return CS_OK;
}
