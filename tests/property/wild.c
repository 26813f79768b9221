/* wild.c - random labs (see wild.h). */
#include "wild.h"

#include "lab/lab_internal.h"

static struct cs_error err;

#define must(call) ck_assert_msg((call) == CS_OK, "%s (%s)", err.text, err.where)

static cs_id any(struct dice *dice, const cs_id *ids, size_t count)
{
    return ids[dice_below(dice, (uint32_t)count)];
}

static void domain(struct wild *wild, size_t at, const char *name, const char *forest)
{
    struct cs_domain d = {.dns = cs_str_of(name), .netbios = cs_str_of(name)};
    d.forest = cs_str_of(forest);
    d.sid = (struct cs_sid){.authority = 5, .sub = {21, 7, 7, (uint32_t)at}, .count = 4};
    must(cs_domain_put(wild->house.lab, &d, &wild->domains[at], &err));
}

static void trusts(struct wild *wild, struct dice *dice)
{
    struct cs_trust forest = {.trusting = wild->domains[0], .trusted = wild->domains[2]};
    forest.kind = dice_one_in(dice, 4) ? CS_TRUST_EXTERNAL : CS_TRUST_FOREST;
    forest.quarantined = dice_one_in(dice, 4);
    forest.selective = dice_one_in(dice, 6);
    must(cs_trust_put(wild->house.lab, &forest, NULL, &err));
    struct cs_trust outer = {.trusting = wild->domains[0], .trusted = wild->domains[3]};
    outer.kind = CS_TRUST_EXTERNAL;
    outer.quarantined = dice_one_in(dice, 2);
    if (!dice_one_in(dice, 4))
        must(cs_trust_put(wild->house.lab, &outer, NULL, &err));
}

static void add_group(struct wild *wild, struct dice *dice)
{
    static const enum cs_scope scopes[] = {CS_SCOPE_GLOBAL, CS_SCOPE_UNIVERSAL,
                                           CS_SCOPE_DOMAIN_LOCAL, CS_SCOPE_MACHINE_LOCAL};
    struct house *house = &wild->house;
    struct cs_principal p = {.kind = CS_GROUP, .security = !dice_one_in(dice, 10)};
    p.scope = scopes[dice_below(dice, 4)];
    bool local = p.scope == CS_SCOPE_MACHINE_LOCAL;
    p.domain = local ? 0 : any(dice, wild->domains, WILD_DOMAINS);
    p.host = local ? house->srv01 : 0;
    p.name = cs_str_printf(house->arena, "g%zu", wild->group_count);
    must(cs_principal_put(house->lab, &p, &wild->groups[wild->group_count++], &err));
}

static void add_person(struct wild *wild, struct dice *dice)
{
    struct house *house = &wild->house;
    struct cs_principal p = {.kind = dice_one_in(dice, 4) ? CS_COMPUTER : CS_USER};
    p.domain = any(dice, wild->domains, WILD_DOMAINS);
    p.primary = dice_one_in(dice, 3) ? 1000 + dice_below(dice, 12) : 513;
    p.uac = p.kind == CS_COMPUTER && dice_one_in(dice, 3) ? CS_UAC_DC : 0;
    p.os = p.kind == CS_COMPUTER && dice_one_in(dice, 2) ? CS_STR("Windows XP Professional")
                                                         : CS_STR("");
    p.name = cs_str_printf(house->arena, "p%zu", wild->people_count);
    if (dice_one_in(dice, 12) && !wild->people_count) /* a guest */
        p.sid = cs_sid_child(&cs_domain_get(house->lab, p.domain)->sid, 501);
    must(cs_principal_put(house->lab, &p, &wild->people[wild->people_count++], &err));
}

/* A group of the wild lab, or one of those the house has. */
static cs_id some_group(struct wild *wild, struct dice *dice)
{
    struct house *house = &wild->house;
    const struct cs_sid *local[] = {&cs_sid_administrators, &cs_sid_certsvc_dcom_access};
    const cs_id own[] = {house->admins, house->users, house->computers, house->controllers};
    cs_id builtin = cs_principal_by_sid(house->lab, local[dice_below(dice, 2)], house->ca_host);
    if (dice_one_in(dice, 5) && builtin)
        return builtin;
    return dice_one_in(dice, 6) ? any(dice, own, 4) : any(dice, wild->groups, wild->group_count);
}

static cs_id somebody(struct wild *wild, struct dice *dice)
{
    static const struct cs_sid *const known[] = {&cs_sid_everyone, &cs_sid_authenticated_users,
                                                 &cs_sid_network, &cs_sid_enterprise_dcs,
                                                 &cs_sid_this_organization};
    struct house *house = &wild->house;
    const cs_id own[] = {house->alice, house->bob, house->dc02_account, house->ws01_account};
    if (dice_one_in(dice, 12))
        return cs_principal_by_sid(house->lab, known[dice_below(dice, 5)], house->ca_host);
    if (dice_one_in(dice, 6))
        return any(dice, own, 4);
    return dice_one_in(dice, 2) ? some_group(wild, dice)
                                : any(dice, wild->people, wild->people_count);
}

static void toggle_member(struct wild *wild, struct dice *dice)
{
    cs_id group = some_group(wild, dice), member = somebody(wild, dice);
    struct cs_principal p;
    if (group && member && group != member && cs_principal_get(wild->house.lab, group, &p) &&
        cs_principal_get(wild->house.lab, member, &p))
        csi_edge_set(wild->house.lab, group, member,
                     !cs_member_has(wild->house.lab, group, member, CS_NOW), NULL);
}

/* ---------------------------------------------------------- lists and rights */

static struct cs_str any_sid(struct wild *wild, struct dice *dice)
{
    struct cs_principal p;
    struct cs_sid_text text;
    if (!cs_principal_get(wild->house.lab, somebody(wild, dice), &p))
        return CS_STR("S-1-1-0");
    return cs_str_printf(wild->house.arena, "%s", cs_sid_format(&p.sid, &text));
}

static struct cs_str any_list(struct wild *wild, struct dice *dice, const char *rights)
{
    struct cs_arena *arena = wild->house.arena;
    struct cs_str owner = any_sid(wild, dice);
    struct cs_str sddl = cs_str_printf(arena, "O:%.*sG:SYD:", CS_STR_ARG(owner));
    for (uint32_t i = dice_below(dice, 6); i; i--) {
        struct cs_str sid = any_sid(wild, dice); /* CS_STR_ARG asks twice */
        sddl = cs_str_printf(arena, "%.*s(%s;;%s;;;%.*s)", CS_STR_ARG(sddl),
                             dice_one_in(dice, 4) ? "D" : "A", rights, CS_STR_ARG(sid));
    }
    return dice_one_in(dice, 3)
               ? sddl
               : cs_str_printf(arena, "%.*s(A;;%s;;;WD)", CS_STR_ARG(sddl), rights);
}

static void any_dcom(struct wild *wild, struct dice *dice)
{
    struct house *house = &wild->house;
    enum cs_dcom_scope scope = (enum cs_dcom_scope)dice_below(dice, CS_DCOM_SCOPE_COUNT);
    bool own = scope == CS_DCOM_LAUNCH_PERMISSION || scope == CS_DCOM_ACCESS_PERMISSION;
    struct cs_str sddl = any_list(wild, dice, dice_one_in(dice, 3) ? "CC" : "CCDCLCSWRP");
    house_sd(house, house->ca_host, own ? CS_KEY_CERTSRV_REQUEST : CS_KEY_OLE,
             cs_dcom_scope_value(scope), cs_str_c(house->arena, sddl));
}

static void any_ca_security(struct wild *wild, struct dice *dice)
{
    struct house *house = &wild->house;
    struct cs_str key = cs_ca_key(house->arena, cs_ca_get(house->lab, house->ca));
    struct cs_str sddl = any_list(wild, dice, "0x300");
    house_sd(house, house->ca_host, key, "Security", cs_str_c(house->arena, sddl));
}

static void any_template(struct wild *wild, struct dice *dice)
{
    struct house *house = &wild->house;
    struct cs_template record = *cs_template_get(house->lab, house->user);
    struct cs_sd sd;
    struct cs_str sddl = any_list(wild, dice, dice_one_in(dice, 2) ? "CR" : "LCRPCRRC");
    must(cs_sddl_parse(house->arena, sddl, NULL, &sd, &err));
    must(cs_sd_encode(house->arena, &sd, &record.sd, &err));
    must(cs_template_put(house->lab, &record, NULL, &err));
}

static void any_right(struct wild *wild, struct dice *dice)
{
    struct house *house = &wild->house;
    struct cs_str name =
        dice_one_in(dice, 2) ? CS_STR("SeNetworkLogonRight") : CS_STR("SeDenyNetworkLogonRight");
    const struct cs_right_grant *was = cs_right_find(house->lab, house->ca_host, name);
    struct cs_str sids[2] = {any_sid(wild, dice), any_sid(wild, dice)};
    struct cs_right_grant grant = {.host = house->ca_host, .name = name};
    if (was)
        grant = *was;
    grant.sids = (struct cs_strs){sids, 1 + dice_below(dice, 2)};
    must(cs_right_put(house->lab, &grant, NULL, &err));
}

/* ------------------------------------------------------------- time and change */

static void any_age(struct wild *wild, struct dice *dice)
{
    struct house *house = &wild->house;
    if (dice_one_in(dice, 2)) {
        cs_id user = dice_one_in(dice, 2) ? house->alice : house->bob;
        must(cs_session_open(house->lab, house->ws01, user, NULL, &err));
        return;
    }
    const cs_id hosts[] = {house->dc02, house->srv01, house->ws01};
    must(cs_host_restart(house->lab, any(dice, hosts, 3), &err));
}

static void move_primary(struct wild *wild, struct dice *dice)
{
    struct cs_principal p;
    if (!cs_principal_get(wild->house.lab, any(dice, wild->people, wild->people_count), &p))
        return;
    p.primary = 1000 + dice_below(dice, 12);
    must(cs_principal_put(wild->house.lab, &p, NULL, &err));
}

static void leave(struct wild *wild, struct dice *dice)
{
    cs_id id = dice_one_in(dice, 2) ? any(dice, wild->groups, wild->group_count)
                                    : any(dice, wild->people, wild->people_count);
    struct cs_principal p;
    if (cs_principal_get(wild->house.lab, id, &p))
        must(cs_principal_remove(wild->house.lab, id, &err));
}

static void forgetful(struct wild *wild, struct dice *dice)
{
    struct cs_host host = *cs_host_get(wild->house.lab, wild->house.ca_host);
    struct cs_start start = *cs_lab_start(wild->house.lab);
    host.complete = dice_one_in(dice, 2);
    start.assume = dice_one_in(dice, 2);
    must(cs_host_put(wild->house.lab, &host, NULL, &err));
    must(cs_lab_set_start(wild->house.lab, &start, &err));
}

static void take_back(struct wild *wild, struct dice *dice)
{
    size_t done;
    if (cs_lab_change_count(wild->house.lab)) /* which may lie under the world we are in */
        ck_assert_int_ne(cs_lab_undo(wild->house.lab, 1 + dice_below(dice, 2), &done, &err),
                         CS_INTERNAL);
    if (dice_one_in(dice, 3)) /* which may have been to redo */
        ck_assert_int_ne(cs_lab_redo(wild->house.lab, 1, &done, &err), CS_INTERNAL);
}

void wild_edit(struct wild *wild, struct dice *dice)
{
    typedef void edit_fn(struct wild *, struct dice *);
    static edit_fn *const edits[] = {toggle_member, toggle_member, toggle_member,   toggle_member,
                                     toggle_member, any_dcom,      any_ca_security, any_template,
                                     any_right,     any_age,       any_age,         move_primary,
                                     leave,         forgetful,     take_back};
    edits[dice_below(dice, CS_COUNT(edits))](wild, dice);
}

static void more_domains(struct wild *wild, struct dice *dice)
{
    domain(wild, 1, "child", "corp.example");
    domain(wild, 2, "friends", "friends");
    domain(wild, 3, "outside", dice_one_in(dice, 2) ? "friends" : "outside");
    trusts(wild, dice);
}

struct wild wild_make(struct dice *dice)
{
    static const enum cs_windows windows[] = {CS_WINDOWS_2003_SP1, CS_WINDOWS_2000,
                                              CS_WINDOWS_2016};
    struct wild wild = {.house = house_make(windows[dice_below(dice, 3)], dice_one_in(dice, 2))};
    wild.domains[0] = wild.domains[1] = wild.domains[2] = wild.domains[3] = wild.house.corp;
    if (!dice_one_in(dice, 3))
        more_domains(&wild, dice);
    for (uint32_t i = 6 + dice_below(dice, 20); i; i--)
        add_group(&wild, dice);
    for (uint32_t i = 6 + dice_below(dice, 20); i; i--)
        add_person(&wild, dice);
    for (uint32_t i = 10 + dice_below(dice, 90); i; i--)
        toggle_member(&wild, dice);
    if (dice_one_in(dice, 2))
        cs_lab_seal(wild.house.lab, NULL);
    for (uint32_t i = dice_below(dice, 16); i; i--)
        wild_edit(&wild, dice);
    return wild;
}

void wild_free(struct wild *wild)
{
    house_free(&wild->house);
}
