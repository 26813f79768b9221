/*
 * lab_info.c - lab info: what the lab holds, in numbers.
 */
#include <stdio.h>

#include "lab_plugin.h"

/* ------------------------------------------------------------------- words */

const char *lab_plural(size_t count)
{
    return count == 1 ? "" : "s";
}

const char *lab_grouped(size_t number, struct lab_number *out)
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%zu", number), length = 0;
    for (int i = 0; i < count; i++) {
        if (i && (count - i) % 3 == 0)
            out->text[length++] = ',';
        out->text[length++] = digits[i];
    }
    out->text[length] = 0;
    return out->text;
}

/* -------------------------------------------------------------------- info */

struct tally {
    const struct cs_lab *lab;
    size_t users, computers, groups, members, waiting;
};

static bool count_member(void *context, cs_id id)
{
    (void)id;
    ((struct tally *)context)->members++;
    return true;
}

/* A membership of a stranger in a group, which the group has counted as one. */
static bool count_place(void *context, cs_id group)
{
    struct tally *tally = context;
    bool counted = cs_principal_kind_of(tally->lab, group) == CS_GROUP;
    tally->members -= counted;
    tally->waiting += counted;
    return true;
}

static bool count_waiting(void *context, cs_id id)
{
    (void)id;
    ((struct tally *)context)->waiting++;
    return true;
}

static bool count_principal(void *context, const struct cs_principal *principal)
{
    struct tally *tally = context;
    tally->users += principal->kind == CS_USER;
    tally->computers += principal->kind == CS_COMPUTER;
    tally->groups += principal->kind == CS_GROUP;
    if (principal->kind == CS_GROUP)
        cs_member_each(tally->lab, principal->id, CS_NOW, count_member, tally);
    if (!cs_principal_is_stranger(principal))
        return true;
    cs_member_of_each(tally->lab, principal->id, CS_NOW, count_place, tally);
    cs_member_each(tally->lab, principal->id, CS_NOW, count_waiting, tally);
    return true;
}

static struct cs_value host_value(const struct cs_lab *lab, cs_id id)
{
    const struct cs_host *host = cs_host_get(lab, id);
    return host ? cs_value_str(host->name) : cs_value_null();
}

static struct cs_value user_value(struct cs_call *call, cs_id id)
{
    struct cs_principal user;
    const struct cs_lab *lab = cs_call_lab(call);
    if (!cs_principal_get(lab, id, &user))
        return cs_value_null();
    return cs_value_str(cs_principal_name(lab, cs_call_arena(call), id));
}

/* "CORP\\Administrator on DC01", as far as somebody is somewhere. */
static void say_place(struct cs_call *call, struct cs_value user, struct cs_value host)
{
    if (host.kind == CS_TEXT && user.kind == CS_TEXT)
        cs_call_say(call, "%.*s at %.*s\n", CS_STR_ARG(user.text), CS_STR_ARG(host.text));
    else if (host.kind == CS_TEXT)
        cs_call_say(call, "at %.*s\n", CS_STR_ARG(host.text));
}

static void say_info(struct cs_call *call, const struct tally *tally)
{
    const struct cs_lab *lab = tally->lab;
    const struct cs_start *start = cs_lab_start(lab);
    struct lab_number a, b, c, d, e, w;
    size_t domains = cs_record_count(lab, CS_NOUN_DOMAIN), changes = cs_lab_change_count(lab);
    size_t hosts = cs_record_count(lab, CS_NOUN_HOST), cas = cs_record_count(lab, CS_NOUN_CA);
    size_t templates = cs_record_count(lab, CS_NOUN_TEMPLATE);
    size_t values = cs_record_count(lab, CS_NOUN_REGISTRY);
    cs_call_say(call, "lab %.*s: %zu domain%s, %s users, %s computers, %s groups, %s memberships\n",
                CS_STR_ARG(start->name), domains, lab_plural(domains),
                lab_grouped(tally->users, &a), lab_grouped(tally->computers, &b),
                lab_grouped(tally->groups, &c), lab_grouped(tally->members, &d));
    if (tally->waiting)
        cs_call_say(call, "%s membership%s of whom no import has told so far (lab missing)\n",
                    lab_grouped(tally->waiting, &w), lab_plural(tally->waiting));
    cs_call_say(call, "%zu host%s with %s registry value%s, %zu CA%s, %zu template%s\n", hosts,
                lab_plural(hosts), lab_grouped(values, &e), lab_plural(values), cas,
                lab_plural(cas), templates, lab_plural(templates));
    cs_call_say(call, "%zu change%s (lab history); what nobody said is %s\n", changes,
                lab_plural(changes),
                start->assume ? "taken from the defaults of Windows" : "unknown");
}

static void say_file(struct cs_call *call, const struct cs_lab *lab)
{
    if (cs_lab_path(lab))
        cs_call_say(call, "kept in %s%s\n", cs_lab_path(lab),
                    cs_lab_is_read_only(lab) ? ", which is read-only" : "");
}

cs_status lab_info(struct cs_call *call, struct cs_error *err)
{
    const struct cs_lab *lab = cs_call_lab(call);
    struct cs_shell *shell = cs_call_shell(call);
    const struct cs_start *start = cs_lab_start(lab);
    struct tally tally = {.lab = lab};
    cs_principal_each(lab, 0, count_principal, &tally);
    struct cs_value host = host_value(lab, cs_shell_host(shell));
    struct cs_value user = user_value(call, cs_shell_user(shell));
    if (cs_call_wants_words(call)) {
        say_info(call, &tally);
        say_place(call, user, host);
        say_file(call, lab);
    }
    return CS_ROW(call, err, cs_value_str(start->name),
                  cs_value_int((int64_t)cs_record_count(lab, CS_NOUN_DOMAIN)),
                  cs_value_int((int64_t)tally.users), cs_value_int((int64_t)tally.computers),
                  cs_value_int((int64_t)tally.groups), cs_value_int((int64_t)tally.members),
                  cs_value_int((int64_t)cs_record_count(lab, CS_NOUN_HOST)),
                  cs_value_int((int64_t)cs_record_count(lab, CS_NOUN_CA)),
                  cs_value_int((int64_t)cs_record_count(lab, CS_NOUN_TEMPLATE)),
                  cs_value_int((int64_t)cs_lab_change_count(lab)), host, user,
                  cs_value_text(start->assume ? "defaults" : "nothing"),
                  cs_value_clock(cs_lab_clock(lab)), cs_value_text(cs_lab_path(lab)),
                  cs_value_int((int64_t)tally.waiting));
}
