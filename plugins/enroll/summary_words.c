/* summary_words.c - the screen of `enroll summary` (see summary.c). */
#include "summary.h"

enum { MOST_GROUPS_SHOWN = 6, NAMES_SHOWN = 4, MOST_ASSUMED = 8 };

static void say_kind(const struct summary *summary, const struct kind *kind)
{
    struct cs_call *call = summary->one.call;
    if (!kind->count) {
        cs_call_say(call, "  %-10s no %s template is published\n", kind->many,
                    kind->kind == CS_COMPUTER ? "machine" : "user");
        return;
    }
    cs_call_say(call, "  %-10s %zu of %zu %s", kind->many, kind->well, kind->asked,
                kind->only_ca ? "get through to the CA" : "can enrol");
    if (kind->only_ca)
        cs_call_say(call, "; it publishes no %s template",
                    kind->kind == CS_COMPUTER ? "machine" : "user");
    if (kind->disabled)
        cs_call_say(call, "   (%zu disabled accounts left out)", kind->disabled);
    cs_call_say(call, "\n");
}

static void say_names(const struct summary *summary, const cs_id *ids, size_t count)
{
    const struct enroll_case *one = &summary->one;
    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++)
        cs_call_say(one->call, "%s%.*s", i ? ", " : "",
                    CS_STR_ARG(cs_principal_name(one->lab, one->arena, ids[i])));
    if (count > NAMES_SHOWN)
        cs_call_say(one->call, ", and %zu more", count - NAMES_SHOWN);
}

/* "helps all of them; also lets in nobody; counts after their next restart". */
static void say_effect(const struct summary *summary, const struct group *group)
{
    struct cs_call *call = summary->one.call;
    const struct enroll_change *change = group->change;
    size_t helps = group->alike ? group->alike : group->helps;
    cs_call_say(call, "      helps ");
    if (helps == group->count)
        cs_call_say(call, "%s", helps == 1 ? "it" : "all of them");
    else
        cs_call_say(call, "%zu of them", helps);
    if (group->others)
        cs_call_say(call, "; also lets in %zu other%s", group->others,
                    group->others == 1 ? "" : "s");
    else
        cs_call_say(call, "; lets in nobody else");
    if (change->host_count || change->session_count)
        cs_call_say(call, "; counts after %s next %s", helps == 1 ? "its" : "their",
                    change->host_count ? "restart" : "logon");
    cs_call_say(call, "%s%s\n", change->remark ? "; " : "", change->remark ? change->remark : "");
}

static void say_change(const struct summary *summary, const struct group *group)
{
    struct cs_call *call = summary->one.call;
    if (!group->change) {
        cs_call_say(call, enroll_refuses(group->verdict)
                              ? "      no change that was tried helps\n"
                              : "      facts are missing: lab missing\n");
        return;
    }
    cs_call_say(call, "      %s %.*s%s\n",
                group->fixes.size > 1 ? "smallest change, of several steps:" : "smallest change:",
                CS_STR_ARG(group->change->words), group->alike ? ", and the others alike" : "");
    say_effect(summary, group);
    if (group->at_template)
        cs_call_say(call, "      but no template for %s grants Enroll to %s\n", group->kind->many,
                    group->count == 1 ? "it" : "them");
}

static void say_group(const struct summary *summary, const struct group *group)
{
    const struct enroll_case *one = &summary->one;
    struct cs_value gates = enroll_summary_gates(summary, group->gates);
    const char *verb = enroll_refuses(group->verdict) ? "cannot enrol" : "not decided,";
    cs_call_say(one->call, "\n  %zu %s %s at %.*s\n", group->count,
                group->count == 1 ? group->kind->one : group->kind->many, verb,
                CS_STR_ARG(cs_value_show(one->arena, &gates)));
    cs_call_say(one->call, "      ");
    say_names(summary, group->members, group->count);
    cs_call_say(one->call, "\n      why: %.*s\n", CS_STR_ARG(enroll_summary_cause(summary, group)));
    say_change(summary, group);
    if (group->change) {
        struct enroll_case first = *one;
        enroll_case_set(&first, group->members[0]);
        first.template_ = group->template_;
        bool whole = !group->at_template && !group->kind->only_ca;
        cs_call_say(one->call, "      more: enroll %s %.*s\n", whole ? "fix" : "check",
                    CS_STR_ARG(enroll_about(&first)));
    }
}

static void say_assumed(const struct summary *summary)
{
    struct cs_call *call = summary->one.call;
    if (!summary->assumed.count)
        return;
    cs_call_say(call, "\n  rests on assumed defaults:\n");
    for (size_t i = 0; i < summary->assumed.count && i < MOST_ASSUMED; i++)
        cs_call_say(call, "      %.*s\n", CS_STR_ARG(summary->assumed.at[i].text));
    if (summary->assumed.count > MOST_ASSUMED)
        cs_call_say(call, "      and %zu more\n", summary->assumed.count - MOST_ASSUMED);
}

void enroll_summary_say(const struct summary *summary)
{
    const struct enroll_case *one = &summary->one;
    const char *windows = one->host ? cs_windows_info(one->host->windows)->name : "unknown";
    cs_call_say(one->call, "%.*s (%s)\n", CS_STR_ARG(one->config), windows);
    for (size_t i = 0; i < CS_COUNT(summary->kinds); i++)
        say_kind(summary, &summary->kinds[i]);
    for (size_t i = 0; i < summary->group_count && i < MOST_GROUPS_SHOWN; i++)
        say_group(summary, &summary->groups[i]);
    if (summary->group_count > MOST_GROUPS_SHOWN)
        cs_call_say(one->call, "\n  and %zu smaller groups: enroll summary in another format\n",
                    summary->group_count - MOST_GROUPS_SHOWN);
    if (!summary->group_count)
        cs_call_say(one->call, "  nobody is refused\n");
    say_assumed(summary);
}
