/*
 * explain.c - a descriptor in sentences (see sd.c).
 *
 * One sentence an entry, in the list's order, for the order decides.  Sentences are rows too.
 */
#include <certsh/lint.h>

#include "sd.h"

struct explain {
    struct cs_call *call;
    struct cs_error *err;
    const struct cs_rights_vocab *vocab;
    cs_status status;
};

static void say(struct explain *explain, const char *part, int index, struct cs_str text)
{
    if (explain->status != CS_OK)
        return;
    if (cs_call_wants_words(explain->call) && index >= 0)
        cs_call_say(explain->call, "  %2d  %.*s\n", index, CS_STR_ARG(text));
    else if (cs_call_wants_words(explain->call))
        cs_call_say(explain->call, "%.*s\n", CS_STR_ARG(text));
    explain->status = CS_ROW(explain->call, explain->err, cs_value_text(part),
                             index < 0 ? cs_value_null() : cs_value_int(index), cs_value_str(text));
}

static void say_owner(struct explain *explain, const struct cs_sd *sd)
{
    struct cs_arena *arena = cs_call_arena(explain->call);
    if (sd->has_owner)
        say(explain, "owner", -1,
            cs_str_printf(arena, "%.*s owns it, and may read and change this list",
                          CS_STR_ARG(sd_sid_name(explain->call, &sd->owner))));
    else
        say(explain, "owner", -1, CS_STR("nobody owns it"));
}

/* --------------------------------------------------------------- sentences */

static const char *verb_of(uint8_t type)
{
    switch (type) {
    case CS_ACE_ALLOW:
    case CS_ACE_OBJECT_ALLOW:
    case CS_ACE_CALLBACK_ALLOW:
    case CS_ACE_CALLBACK_OBJECT_ALLOW:
        return "may";
    case CS_ACE_DENY:
    case CS_ACE_OBJECT_DENY:
    case CS_ACE_CALLBACK_DENY:
    case CS_ACE_CALLBACK_OBJECT_DENY:
        return "may not";
    case CS_ACE_AUDIT:
    case CS_ACE_OBJECT_AUDIT:
    case CS_ACE_CALLBACK_AUDIT:
    case CS_ACE_CALLBACK_OBJECT_AUDIT:
        return "leaves an audit for";
    default:
        return NULL;
    }
}

static const struct {
    uint8_t flag;
    const char *words;
} flag_words[] = {
    {CS_ACE_AUDIT_SUCCESS, "when it succeeds"},
    {CS_ACE_AUDIT_FAILURE, "when it fails"},
    {CS_ACE_INHERITED, "inherited from above"},
    {CS_ACE_OBJECT_INHERIT, "passed on to objects inside"},
    {CS_ACE_CONTAINER_INHERIT, "passed on to containers inside"},
    {CS_ACE_NO_PROPAGATE, "one level down only"},
    {CS_ACE_INHERIT_ONLY, "not for this object itself"},
};

/* What hangs on a sentence: conditions, GUIDs, how it is inherited. */
static struct cs_str tail_of(struct explain *explain, const struct cs_ace *ace)
{
    struct cs_arena *arena = cs_call_arena(explain->call);
    struct cs_str tail = {0};
    struct cs_guid_text guid;
    bool condition =
        ace->type >= CS_ACE_CALLBACK_ALLOW && ace->type <= CS_ACE_CALLBACK_OBJECT_ALARM;
    if (condition)
        tail = cs_str_printf(arena, ", if its condition holds: %.*s",
                             CS_STR_ARG(cs_ace_format(arena, ace)));
    if (ace->object_flags & CS_ACE_HAS_TYPE)
        tail = cs_str_printf(arena, "%.*s, for %s", CS_STR_ARG(tail),
                             cs_guid_format(&ace->object_type, &guid));
    if (ace->object_flags & CS_ACE_HAS_INHERITED_TYPE)
        tail = cs_str_printf(arena, "%.*s, on objects %s", CS_STR_ARG(tail),
                             cs_guid_format(&ace->inherited_type, &guid));
    for (size_t i = 0; i < CS_COUNT(flag_words); i++)
        if (ace->flags & flag_words[i].flag)
            tail = cs_str_printf(arena, "%.*s, %s", CS_STR_ARG(tail), flag_words[i].words);
    return tail;
}

static struct cs_str sentence(struct explain *explain, const struct cs_ace *ace)
{
    struct cs_arena *arena = cs_call_arena(explain->call);
    const char *verb = verb_of(ace->type);
    if (ace->opaque || !verb)
        return cs_str_printf(arena, "neither allows nor denies: %.*s",
                             CS_STR_ARG(cs_ace_format(arena, ace)));
    struct cs_str who = sd_sid_name(explain->call, &ace->sid);
    struct cs_str rights = sd_rights(explain->call, explain->vocab, ace->mask);
    return cs_str_printf(arena, "%.*s %s: %.*s%.*s", CS_STR_ARG(who), verb, CS_STR_ARG(rights),
                         CS_STR_ARG(tail_of(explain, ace)));
}

static void say_list(struct explain *explain, const struct cs_sd *sd)
{
    struct cs_arena *arena = cs_call_arena(explain->call);
    if (cs_sd_dacl(sd) != CS_DACL_LIST) {
        say(explain, "dacl", -1, cs_str_of(sd_dacl_words(sd)));
        return;
    }
    say(explain, "dacl", -1,
        cs_str_printf(arena, "%zu entr%s; the first that speaks about a right decides it:",
                      sd->dacl->count, sd->dacl->count == 1 ? "y" : "ies"));
    for (size_t i = 0; i < sd->dacl->count; i++)
        say(explain, "dacl", (int)i, sentence(explain, &sd->dacl->aces[i]));
    say(explain, "dacl", -1, CS_STR("nobody else may anything"));
    if (sd->control & CS_SD_DACL_PROTECTED)
        say(explain, "dacl", -1, CS_STR("nothing is inherited from above (protected)"));
}

static void say_sacl(struct explain *explain, const struct cs_sd *sd)
{
    for (size_t i = 0; sd->sacl && i < sd->sacl->count; i++) {
        if (i == 0)
            say(explain, "sacl", -1, CS_STR("audits and labels:"));
        say(explain, "sacl", (int)i, sentence(explain, &sd->sacl->aces[i]));
    }
}

/* Mistakes come last: what they cost is clear by then. */
static void say_finding(void *context, const struct cs_finding *finding)
{
    struct explain *explain = context;
    struct cs_arena *arena = cs_call_arena(explain->call);
    const char *severity = cs_severity_name(finding->severity);
    struct cs_str text = finding->ace < 0 ? cs_str_printf(arena, "%s: %s", severity, finding->text)
                                          : cs_str_printf(arena, "%s: entry %d %s", severity,
                                                          finding->ace, finding->text);
    struct cs_str rule = cs_str_of(finding->rule);
    bool said = cs_str_ends(rule, CS_STR("-dacl")); /* the list's own sentence */
    if (finding->severity != CS_NOTE && !said)
        say(explain, "finding", -1, text);
}

cs_status sd_explain(struct cs_call *call, struct cs_error *err)
{
    struct explain explain = {.call = call, .err = err};
    struct cs_sd sd;
    if (sd_argument(call, "sd", &sd, err) != CS_OK || sd_vocab(call, &explain.vocab, err) != CS_OK)
        return err->status;
    say_owner(&explain, &sd);
    say_list(&explain, &sd);
    say_sacl(&explain, &sd);
    cs_sd_lint(&sd, NULL, say_finding, &explain);
    return explain.status;
}
