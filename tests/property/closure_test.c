/*
 * closure_test.c - laws of nested membership, on random labs with cycles (wild.h):
 *
 *   everyone's groups at once are each one's groups, walked naively over cs_member_has, and
 *   what cs_principal_groups says; after every edit, undo and redo as well;
 *   as of an earlier tick cs_principal_groups says what the naive walk of that tick says;
 *   members of a group are those who have it among their groups.
 */
#include <string.h>

#include "lab/scc.h"
#include "wild.h"

Suite *closure_suite(void);

enum { MOST = 512 };

/* A row of flags by id. */
struct flags {
    bool at[MOST];
};

/* A security group of the directory; domain-local and built-in ones of the own domain only. */
static bool is_counted(const struct cs_lab *lab, cs_id id, cs_id domain, cs_tick when)
{
    struct cs_principal p;
    if (!cs_principal_at(lab, id, when, &p) || p.kind != CS_GROUP || !p.security || p.host)
        return false;
    bool wide = p.scope == CS_SCOPE_GLOBAL || p.scope == CS_SCOPE_UNIVERSAL;
    return wide || !domain || p.domain == domain;
}

/* The slow way: whatever lists somebody who is in, again and again. */
static struct flags naive_groups(const struct cs_lab *lab, cs_id id, cs_tick when)
{
    struct flags in = {.at = {false}};
    struct cs_principal p;
    if (!cs_principal_at(lab, id, when, &p))
        return in;
    const struct cs_domain *domain = cs_domain_get(lab, p.domain);
    if (p.primary && domain && domain->sid.count) {
        struct cs_sid sid = cs_sid_child(&domain->sid, p.primary);
        in.at[cs_principal_by_sid(lab, &sid, 0)] = true;
    }
    in.at[id] = true;
    in.at[0] = false;
    for (bool moved = true; moved;) {
        moved = false;
        for (cs_id g = 1; g < cs_principal_end(lab); g++)
            for (cs_id m = 1; !in.at[g] && m < cs_principal_end(lab); m++)
                if (in.at[m] && cs_member_has(lab, g, m, when) &&
                    is_counted(lab, g, p.domain, when))
                    in.at[g] = moved = true;
    }
    in.at[id] = false;
    return in;
}

static bool set_flag(void *context, cs_id id)
{
    struct flags *flags = context;
    ck_assert_msg(!flags->at[id], "%u twice", id);
    flags->at[id] = true;
    return true;
}

static void compare_one(const struct cs_lab *lab, cs_id id, cs_tick when, uint32_t number)
{
    struct flags slow = naive_groups(lab, id, when), fast = {.at = {false}};
    cs_principal_groups(lab, id, when, set_flag, &fast);
    ck_assert_msg(!memcmp(&slow, &fast, sizeof slow), "lab %u: groups of %u", number, id);
}

struct all {
    const struct cs_lab *lab;
    uint32_t number;
    size_t accounts;
};

static bool compare_row(void *context, cs_id id, const uint32_t *groups, size_t count,
                        const cs_id *ids)
{
    struct all *all = context;
    struct flags slow = naive_groups(all->lab, id, CS_NOW), fast = {.at = {false}};
    for (size_t i = 0; i < count; i++)
        set_flag(&fast, ids[groups[i]]);
    fast.at[id] = false; /* where one's primary group is oneself */
    ck_assert_msg(!memcmp(&slow, &fast, sizeof slow), "lab %u: everyone's groups of %u",
                  all->number, id);
    all->accounts++;
    return true;
}

static void compare_everyone(const struct cs_lab *lab, uint32_t number)
{
    struct all all = {lab, number, 0};
    size_t accounts = 0;
    struct cs_principal p;
    for (cs_id id = 1; id < cs_principal_end(lab); id++)
        accounts += cs_principal_get(lab, id, &p) && (p.kind == CS_USER || p.kind == CS_COMPUTER);
    cs_groups_of_everyone(lab, compare_row, &all);
    ck_assert_uint_eq(all.accounts, accounts);
}

START_TEST(fast_groups_are_naive_groups)
{
    struct dice dice = dice_new("closure");
    for (uint32_t i = 0; i < dice_cases(60); i++) {
        struct wild wild = wild_make(&dice);
        csi_scc_list_room = i % 3 == 0 ? 64 : i % 3 - 1; /* all, none, or some have lists */
        for (int edit = 0; edit < 8; edit++) {
            compare_everyone(wild.house.lab, i);
            wild_edit(&wild, &dice);
        }
        ck_assert_uint_lt(cs_principal_end(wild.house.lab), MOST);
        for (size_t k = 0; k < wild.people_count; k++) {
            compare_one(wild.house.lab, wild.people[k], CS_NOW, i);
            cs_tick when = dice_below(&dice, (uint32_t)cs_lab_tick(wild.house.lab) + 1);
            compare_one(wild.house.lab, wild.people[k], when, i);
        }
        wild_free(&wild);
    }
}
END_TEST

/* ------------------------------------------------------------------ members */

static bool set_member(void *context, cs_id id, unsigned depth)
{
    ck_assert_uint_gt(depth, 0);
    return set_flag(context, id);
}

/* Everybody below a group, by lists and primary groups, the slow way. */
static struct flags naive_members(const struct cs_lab *lab, cs_id group)
{
    struct flags in = {.at = {false}};
    in.at[group] = true;
    for (bool moved = true; moved;) {
        moved = false;
        for (cs_id g = 1; g < cs_principal_end(lab); g++) {
            struct cs_principal p, m;
            if (!in.at[g] || !cs_principal_get(lab, g, &p) || p.kind != CS_GROUP)
                continue;
            for (cs_id id = 1; id < cs_principal_end(lab); id++) {
                bool primary = cs_principal_get(lab, id, &m) && m.primary && p.domain &&
                               m.domain == p.domain && !cs_sid_is_builtin(&p.sid) &&
                               m.primary == cs_sid_rid(&p.sid);
                if (!in.at[id] && (primary || cs_member_has(lab, g, id, CS_NOW)))
                    in.at[id] = moved = true;
            }
        }
    }
    in.at[group] = false;
    return in;
}

START_TEST(members_are_those_below)
{
    struct dice dice = dice_new("members");
    for (uint32_t i = 0; i < dice_cases(100); i++) {
        struct wild wild = wild_make(&dice);
        for (size_t k = 0; k < wild.group_count; k++) {
            struct cs_principal p;
            if (!cs_principal_get(wild.house.lab, wild.groups[k], &p))
                continue;
            struct flags fast = {.at = {false}};
            struct flags slow = naive_members(wild.house.lab, p.id);
            cs_group_members(wild.house.lab, p.id, CS_NOW, false, set_member, &fast);
            ck_assert_msg(!memcmp(&slow, &fast, sizeof slow), "lab %u: members of %u", i, p.id);
        }
        wild_free(&wild);
    }
}
END_TEST

Suite *closure_suite(void)
{
    Suite *suite = suite_create("closure");
    TCase *laws = tcase_create("laws");
    tcase_set_timeout(laws, 600);
    tcase_add_test(laws, fast_groups_are_naive_groups);
    tcase_add_test(laws, members_are_those_below);
    suite_add_tcase(suite, laws);
    return suite;
}
