/*
 * lab_diff.c - a plugin for looking back: what is different, since when, and who did it.
 *
 *     lab snapshot before             a name for what is now
 *     net localgroup CERTSVC_DCOM_ACCESS "Domain Controllers" /add
 *     lab diff before --decisions DirectoryEmailReplication
 *     lab blame CORP\DC02$ DirectoryEmailReplication
 *
 * A side of `lab diff` is a number of the history, a snapshot, a world, `now`, a file, or a
 * built-in lab.  Rows come from the lab (certsh/diff.h); decisions are those of `enroll who`
 * on both sides, their sets compared.
 */
#include "lab_diff.h"

/* -------------------------------------------------------------------- sides */

cs_status side_find(struct cs_call *call, struct cs_str name, struct side *side,
                    struct cs_error *err)
{
    struct cs_error other;
    *side = (struct side){.name = name, .lab = cs_call_lab(call)};
    cs_status status = cs_point_find(side->lab, name, &side->point, err);
    bool number = name.length && (name.at[0] == '@' || (name.at[0] >= '0' && name.at[0] <= '9'));
    if (status != CS_NOT_FOUND || number)
        return status;
    side->other = true;
    side->lab = NULL;
    cs_status opened = cs_shell_open_other(cs_call_shell(call), name, &side->lab, &other);
    if (opened == CS_OK)
        return CS_OK;
    if (opened != CS_NOT_FOUND || other.where[0]) { /* it is there, and something in it is not */
        *err = other;
        return opened;
    }
    cs_fail(err, CS_NOT_FOUND, "there is no point, world or lab '%.*s'", CS_STR_ARG(name));
    return cs_error_hint(err, "a number of lab history, a snapshot, a world, now, a file, or a "
                              "built-in lab");
}

void side_close(struct side *side)
{
    if (side->other)
        cs_lab_free(side->lab);
}

void side_go(struct sides *sides, const struct side *side)
{
    if (!side->other)
        cs_visit_go(sides->visit, &side->point);
}

/* --------------------------------------------------------------------- rows */

static struct cs_value text_or_null(struct cs_str text)
{
    return text.length ? cs_value_str(text) : cs_value_null();
}

static void say_row(struct cs_call *call, const struct cs_diff_row *row)
{
    static const char signs[] = {'+', '-', '~'};
    cs_call_say(call, "  %c %-10s  %.*s", signs[row->difference], row->noun,
                CS_STR_ARG(row->subject));
    if (row->field.length)
        cs_call_say(call, ", %.*s", CS_STR_ARG(row->field));
    if (row->before.length || row->after.length)
        cs_call_say(call, ": ");
    cs_call_say(call, "%.*s", CS_STR_ARG(row->before));
    if (row->difference == CS_CHANGED)
        cs_call_say(call, "%s -> ", row->before.length ? "" : "nothing");
    cs_call_say(call, "%.*s\n", CS_STR_ARG(row->after));
}

bool tell_row(void *context, const struct cs_diff_row *row)
{
    struct told *told = context;
    told->counts[row->difference]++;
    if (cs_call_wants_words(told->call))
        say_row(told->call, row);
    told->status =
        CS_ROW(told->call, told->err, cs_value_text(cs_difference_name(row->difference)),
               cs_value_text(row->noun), cs_value_str(row->subject), text_or_null(row->field),
               text_or_null(row->before), text_or_null(row->after));
    return told->status == CS_OK;
}

static void say_sum(const struct told *told, const struct sides *sides)
{
    size_t all = told->counts[0] + told->counts[1] + told->counts[2];
    if (!cs_call_wants_words(told->call))
        return;
    cs_call_say(told->call, "%s from %.*s to %.*s", all ? "different" : "nothing is different",
                CS_STR_ARG(sides->from.name), CS_STR_ARG(sides->to.name));
    if (all)
        cs_call_say(told->call, ": %zu added, %zu removed, %zu changed", told->counts[CS_ADDED],
                    told->counts[CS_REMOVED], told->counts[CS_CHANGED]);
    cs_call_say(told->call, "\n");
}

/* ------------------------------------------------------------------ compare */

static cs_status diff_facts(struct cs_call *call, struct sides *sides, struct cs_error *err)
{
    struct told told = {.call = call, .err = err};
    struct cs_arena *arena = cs_call_arena(call);
    if (sides->from.other || sides->to.other) {
        side_go(sides, &sides->from);
        side_go(sides, &sides->to);
        cs_lab_diff_labs(sides->from.lab, sides->to.lab, arena, tell_row, &told);
    } else {
        cs_lab_diff(sides->from.lab, arena, &sides->from.point, &sides->to.point, tell_row, &told);
    }
    say_sum(&told, sides);
    return told.status;
}

static cs_status compare(struct cs_call *call, struct sides *sides, struct cs_error *err)
{
    sides->visit = cs_visit_begin(cs_call_lab(call));
    cs_status status = diff_facts(call, sides, err);
    if (status == CS_OK && cs_call_given(call, "decisions"))
        status = diff_decisions(call, sides, err);
    cs_visit_end(sides->visit);
    return status;
}

static cs_status compare_names(struct cs_call *call, struct cs_str from, struct cs_str to,
                               struct cs_error *err)
{
    struct sides sides = {0};
    cs_status status = side_find(call, from, &sides.from, err);
    if (status == CS_OK)
        status = side_find(call, to, &sides.to, err);
    if (status == CS_OK)
        status = compare(call, &sides, err);
    side_close(&sides.to);
    side_close(&sides.from);
    return status;
}

cs_status lab_diff(struct cs_call *call, struct cs_error *err)
{
    return compare_names(call, cs_call_str(call, "from"), cs_call_str(call, "to"), err);
}

cs_status world_diff(struct cs_call *call, struct cs_error *err)
{
    struct cs_str name =
        cs_call_given(call, "name") ? cs_call_str(call, "name") : cs_world_name(cs_call_lab(call));
    if (!name.length) {
        cs_fail(err, CS_STATE, "we are in no world");
        return cs_error_hint(err, "name one of world list");
    }
    struct cs_str base = cs_str_printf(cs_call_arena(call), "%.*s^", CS_STR_ARG(name));
    struct cs_point ignored;
    cs_status status = cs_point_find(cs_call_lab(call), base, &ignored, err);
    if (status != CS_OK)
        return cs_fail(err, CS_NOT_FOUND, "no world '%.*s'", CS_STR_ARG(name));
    return compare_names(call, base, name, err);
}

/* ---------------------------------------------------------------- snapshots */

struct snapshots {
    struct cs_call *call;
    struct cs_error *err;
    cs_status status;
    struct cs_str only;
};

static bool snapshot_row(void *context, const struct cs_snapshot *snapshot)
{
    struct snapshots *rows = context;
    if (rows->only.length && !cs_str_same(rows->only, snapshot->name))
        return true;
    rows->status = CS_ROW(rows->call, rows->err, cs_value_str(snapshot->name),
                          cs_value_int((int64_t)snapshot->change), cs_value_clock(snapshot->time),
                          text_or_null(snapshot->world), cs_value_bool(snapshot->aside));
    return rows->status == CS_OK;
}

cs_status lab_snapshot(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_str name = cs_call_str(call, "name");
    struct snapshots rows = {.call = call, .err = err, .only = name};
    bool drop = cs_call_flag(call, "drop");
    if (drop && !name.length)
        return cs_fail(err, CS_USAGE, "--drop needs the name of a snapshot");
    if (drop)
        return cs_snapshot_remove(lab, name, err);
    cs_status status = name.length ? cs_snapshot_add(lab, name, err) : CS_OK;
    if (status != CS_OK)
        return status;
    cs_snapshot_each(lab, snapshot_row, &rows);
    return rows.status;
}

/* -------------------------------------------------------------------- types */

static void offer_snapshot(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                           void *context);

static const struct cs_type type_point = {
    .name = "point",
    .json = "string",
    .brief = "a number of lab history, @0 (the beginning), a snapshot, a world, now, a file, or a "
             "built-in lab",
    .complete = offer_snapshot};
static const struct cs_type type_snapshot = {.name = "snapshot",
                                             .json = "string",
                                             .brief = "the name of a snapshot",
                                             .complete = offer_snapshot};

struct offer {
    cs_offer_fn *offer;
    void *context;
    struct cs_str prefix;
};

static bool offer_one(void *context, const struct cs_snapshot *snapshot)
{
    struct offer *offer = context;
    if (cs_str_same_start(snapshot->name, offer->prefix))
        offer->offer(offer->context, snapshot->name, "snapshot");
    return true;
}

static bool offer_world(void *context, const struct cs_world *world)
{
    struct offer *offer = context;
    if (cs_str_same_start(world->name, offer->prefix))
        offer->offer(offer->context, world->name, "world");
    return true;
}

static void offer_snapshot(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *fn,
                           void *context)
{
    struct offer offer = {fn, context, prefix};
    cs_snapshot_each(cs_shell_lab(shell), offer_one, &offer);
    cs_world_each(cs_shell_lab(shell), offer_world, &offer);
}

/* ------------------------------------------------------------- declarations */

#define DIFF_FIELDS                                                                                \
    {"op", &cs_type_text, "added, removed or changed; of decisions: gains, loses or changes"},     \
        {"noun", &cs_type_text, "what kind of thing: membership, registry, decision, ..."},        \
        {"subject", &cs_type_text, "which one"},                                                   \
        {"field", &cs_type_text, "what of it; null for the thing as a whole"},                     \
        {"before", &cs_type_text, "what it was; null when it was not"},                            \
    {                                                                                              \
        "after", &cs_type_text, "what it is; null when it is not"                                  \
    }
#define DIFF_OPTIONS                                                                               \
    {"decisions", &cs_type_text, "also who gains and who loses enrolment for this template",       \
     CS_OPTION},                                                                                   \
    {                                                                                              \
        "ca", &cs_type_text, "at which CA", CS_OPTION                                              \
    }

static const struct cs_command commands[] = {
    {
        .name = "lab diff",
        .brief = "show what is different between two states of the lab, or two labs",
        .detail =
            "A side is a number of lab history (the state after that change; 0 is the "
            "beginning), a snapshot, a world (NAME^ is what it stands on), now, a lab file, a "
            "lab script, or a built-in lab.  Between labs things are the same by what they are "
            "called: principals by SID, hosts and CAs by name.\n\n"
            "A thing that came or went is one row, a change a row for each field or, in a "
            "security descriptor, for each entry.  The exit code is 0 whether there are rows or "
            "not.",
        .run = lab_diff,
        .params = CS_PARAMS({"from", &type_point, "the one side"},
                            {"to", &type_point, "the other", CS_OPTIONAL, "now"}, DIFF_OPTIONS),
        .result = CS_FIELDS(DIFF_FIELDS),
        .examples = CS_EXAMPLES(
            {"lab diff 0", "what did I change since the beginning?"},
            {"lab diff kb903220-rtm --decisions User", "how is this lab different from that one?"}),
        .see = "lab snapshot, lab history, world diff, lab bisect",
    },
    {
        .name = "world diff",
        .brief = "show what is different in a world",
        .run = world_diff,
        .params = CS_PARAMS(
            {"name", &type_point, "which world; without it the one we are in", CS_OPTIONAL},
            DIFF_OPTIONS),
        .result = CS_FIELDS(DIFF_FIELDS),
        .examples = CS_EXAMPLES(
            {"world diff harden --decisions User", "what would it change, and for whom?"}),
        .see = "lab diff, world keep, world drop",
    },
    {
        .name = "lab snapshot",
        .brief = "name what is now, for lab diff; without a name list the snapshots",
        .detail = "A snapshot costs nothing and stays, also when the changes before it are undone "
                  "and the history goes another way (of a lab file, as long as the shell that did "
                  "so is open).",
        .run = lab_snapshot,
        .params = CS_PARAMS({"name", &type_snapshot, "a name for it", CS_OPTIONAL},
                            {"drop", &cs_type_bool, "forget that snapshot", CS_FLAG}),
        .result = CS_FIELDS({"name", &cs_type_text, "its name"},
                            {"change", &cs_type_int, "after which change of the history"},
                            {"time", &cs_type_time, "what the lab's clock showed"},
                            {"world", &cs_type_text, "in which world; null is the lab"},
                            {"aside", &cs_type_bool, "has the history gone another way since?"}),
        .examples = CS_EXAMPLES({"lab snapshot before", "compare with this later"},
                                {"lab snapshot", "which ones are there?"}),
        .see = "lab diff, lab undo",
        .flags = CS_COMMAND_NESTS,
    },
    {
        .name = "lab blame",
        .brief = "tell for each gate of a decision which change or which file made it so",
        .detail = "For each gate: the change of lab history since which it answers as it does, or, "
                  "when that was so from the beginning, the file and line (or the built-in lab) "
                  "that the deciding fact comes from.",
        .run = lab_blame,
        .params = CS_PARAMS({"principal", &cs_type_principal, "who asks"},
                            {"template", &cs_type_template, "for which template"},
                            {"ca", &cs_type_ca, "at which CA", CS_OPTION}),
        .result = CS_FIELDS({"gate", &cs_type_text, "the gate"},
                            {"verdict", &cs_type_verdict, "what it says now"},
                            {"change", &cs_type_int, "the change that made it so; null: none"},
                            {"time", &cs_type_time, "when"}, {"user", &cs_type_text, "who"},
                            {"title", &cs_type_text, "the command line"},
                            {"source", &cs_type_text, "where the deciding fact comes from"},
                            {"why", &cs_type_text, "what decides"}),
        .examples = CS_EXAMPLES({"lab blame CORP\\DC02$ DirectoryEmailReplication",
                                 "since when, and because of whom?"}),
        .see = "lab bisect, lab history, lab facts, enroll check",
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "lab_diff",
    .version = "1.0",
    .brief = "what is different between states and labs, since when, and by whom",
    .needs = "lab.read file.read",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
