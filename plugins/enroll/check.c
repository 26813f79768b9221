/*
 * check.c - every gate, the answer before the evidence (see enroll.c).
 *
 * The order for people: one line that answers; a line a gate; what is refused, in detail; the
 * pattern, if it is a known one; what to type next.  Rows are the gates, in order.
 */
#include "enroll.h"
#include "trail.h"

enum { GATE_COLUMN = 4, WHY_COLUMN = 24, DETAIL_COLUMN = 26 };

/* --------------------------------------------------------------- lines of text */

/* `text` in lines that fit the terminal, all but the first indented. */
static void say_wrapped(struct cs_call *call, size_t indent, struct cs_str text)
{
    size_t width = cs_call_width(call), column = indent;
    bool first = true;
    width = width == 0 ? SIZE_MAX : width < indent + 20 ? indent + 20 : width; /* 0: unlimited */
    while (text.length) {
        ptrdiff_t blank = cs_str_find(text, ' ');
        struct cs_str word = blank < 0 ? text : cs_str_span(text.at, (size_t)blank);
        size_t wide = cs_str_width(word);
        if (!first && column + 1 + wide > width) {
            cs_call_say(call, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        cs_call_say(call, "%s%.*s", first ? "" : " ", CS_STR_ARG(word));
        column += wide + (first ? 0 : 1);
        first = false;
        text = blank < 0 ? (struct cs_str){0} : cs_str_from(text, (size_t)blank + 1);
    }
    cs_call_say(call, "\n");
}

static void say_list(struct cs_call *call, size_t indent, const struct cs_value *list)
{
    for (size_t i = 0; list->kind == CS_LIST && i < list->list.count; i++) {
        struct cs_str line = cs_value_show(cs_call_arena(call), &list->list.at[i]);
        cs_call_say(call, "%*s%.*s\n", (int)indent, "", CS_STR_ARG(line));
    }
}

static size_t length_of(const struct cs_value *list)
{
    return list->kind == CS_LIST ? list->list.count : 0;
}

/* ------------------------------------------------------------------ a gate */

static const struct {
    const char *sign, *ascii, *colour;
} marks[] = {
    [CS_ALLOWED] = {"✓", "+", "\033[32m"},
    [CS_UNKNOWN_VERDICT] = {"?", "?", "\033[33m"},
    [CS_NOT_GRANTED] = {"✗", "x", "\033[31m"},
    [CS_DENIED] = {"✗", "x", "\033[31m"},
};

static void say_mark(struct cs_call *call, enum cs_verdict_kind verdict)
{
    const char *sign = cs_call_utf8(call) ? marks[verdict].sign : marks[verdict].ascii;
    bool colour = cs_call_colour(call);
    cs_call_say(call, "  %s%s%s ", colour ? marks[verdict].colour : "", sign,
                colour ? "\033[0m" : "");
}

/* Does the line of the gate name the one missing fact already? */
static bool says_missing(const struct cs_gate_answer *answer)
{
    return length_of(&answer->missing) == 1 &&
           cs_str_ends(answer->why, answer->missing.list.at[0].text);
}

/* The list that was asked, the entry that decided, and how the caller comes to whom it names.
 * Where a gate lets in, one hop is no path to tell: the line of the gate names the group. */
static void say_evidence(const struct enroll_case *one, const struct cs_gate *gate,
                         const struct cs_gate_answer *answer, bool full)
{
    struct cs_value path = enroll_path_of(one, answer);
    struct cs_str list = enroll_list_of(one, gate);
    bool refused = enroll_refuses(answer->verdict);
    bool member = path.list.count > (refused || full ? 1u : 2u);
    if (refused && list.length) {
        cs_call_say(one->call, "%*sasked of ", DETAIL_COLUMN, "");
        say_wrapped(one->call, DETAIL_COLUMN, list);
    }
    if (answer->ace.length && (refused || member || full)) {
        cs_call_say(one->call, "%*s", DETAIL_COLUMN, "");
        say_wrapped(one->call, DETAIL_COLUMN, answer->ace);
    }
    if (member) {
        cs_call_say(one->call, "%*s", DETAIL_COLUMN, "");
        say_wrapped(one->call, DETAIL_COLUMN, enroll_path_words(one, &path));
    }
}

static void say_gate(const struct enroll_case *one, const struct cs_decision *decision,
                     size_t index, bool full)
{
    const struct cs_gate_answer *answer = &decision->answers[index];
    say_mark(one->call, answer->verdict);
    cs_call_say(one->call, "%-*s", WHY_COLUMN - GATE_COLUMN, decision->gates[index]->name);
    say_wrapped(one->call, WHY_COLUMN, answer->why);
    say_evidence(one, decision->gates[index], answer, full);
    if (full || answer->verdict != CS_ALLOWED)
        say_list(one->call, DETAIL_COLUMN, &answer->detail);
    if (answer->verdict == CS_UNKNOWN_VERDICT && !says_missing(answer))
        say_list(one->call, DETAIL_COLUMN, &answer->missing);
    if (full)
        enroll_say_trail(one, decision, index);
}

/* -------------------------------------------------------------- the headline */

struct tally {
    size_t allowed, refused, unknown;
};

static struct tally tally_of(const struct cs_decision *decision)
{
    struct tally tally = {0};
    for (size_t i = 0; i < decision->count; i++) {
        enum cs_verdict_kind verdict = decision->answers[i].verdict;
        tally.allowed += verdict == CS_ALLOWED;
        tally.unknown += verdict == CS_UNKNOWN_VERDICT;
        tally.refused += enroll_refuses(verdict);
    }
    return tally;
}

static void say_headline(const struct enroll_case *one, const struct cs_decision *decision,
                         const struct enroll_pattern *pattern)
{
    struct cs_str name = one->name, template_ = one->template_->name, config = one->config;
    if (decision->verdict == CS_ALLOWED) {
        cs_call_say(one->call, "%.*s can enrol for %.*s at %.*s\n", CS_STR_ARG(name),
                    CS_STR_ARG(template_), CS_STR_ARG(config));
        return;
    }
    if (decision->verdict == CS_UNKNOWN_VERDICT) {
        struct tally tally = tally_of(decision);
        cs_call_say(one->call,
                    "%.*s: unknown at %zu gate%s; %zu allowed, %zu refused (exit code 4)\n",
                    CS_STR_ARG(name), tally.unknown, tally.unknown == 1 ? "" : "s", tally.allowed,
                    tally.refused);
        return;
    }
    cs_call_say(one->call, "%.*s cannot enrol for %.*s at %.*s: ", CS_STR_ARG(name),
                CS_STR_ARG(template_), CS_STR_ARG(config));
    if (pattern->age)
        cs_call_say(one->call, "%.*s\n", CS_STR_ARG(pattern->words));
    else
        cs_call_say(one->call, "0x%08x, %.*s\n", (unsigned)decision->code,
                    CS_STR_ARG(enroll_code_words(one->arena, decision->code)));
}

/* ------------------------------------------------------------------ the end */

static void say_next(const struct enroll_case *one, const struct cs_decision *decision,
                     const struct enroll_pattern *pattern, bool full)
{
    struct cs_str about = enroll_about(one);
    if (decision->verdict == CS_ALLOWED)
        return;
    if (decision->verdict == CS_UNKNOWN_VERDICT) {
        cs_call_say(one->call, "  next: collect what is missing (lab info), or certsh --assume "
                               "defaults answers for a default Windows\n");
        return;
    }
    if (pattern->age && pattern->next.length)
        cs_call_say(one->call, "  next: %.*s", CS_STR_ARG(pattern->next));
    else
        cs_call_say(one->call, "  next: enroll fix %.*s", CS_STR_ARG(about));
    cs_call_say(one->call, "%s\n", full ? "" : "     evidence: enroll check ... --full");
}

static void say_counts(const struct enroll_case *one, const struct cs_decision *decision,
                       const struct enroll_pattern *pattern)
{
    struct tally tally = tally_of(decision);
    struct cs_buf buf;
    cs_buf_init(&buf, 4096);
    cs_buf_addf(&buf, "%zu gates, ", decision->count);
    if (!tally.refused && !tally.unknown)
        cs_buf_adds(&buf, "none refuses.");
    if (tally.refused)
        cs_buf_addf(&buf, "%zu refuse%s%s", tally.refused, tally.refused == 1 ? "s" : "",
                    tally.unknown ? ", " : ".");
    if (tally.unknown)
        cs_buf_addf(&buf, "%zu unknown.", tally.unknown);
    if (pattern->age && pattern->statement)
        cs_buf_addf(&buf, "  Known pattern: %s.", pattern->statement);
    if (pattern->words.length && !pattern->age)
        cs_buf_addf(&buf, "  %s%s%s%.*s.", pattern->statement ? "Known pattern: " : "Known cause: ",
                    pattern->statement ? pattern->statement : "", pattern->statement ? ", " : "",
                    CS_STR_ARG(pattern->words));
    cs_call_say(one->call, "  ");
    say_wrapped(one->call, 4, cs_buf_str(&buf));
    cs_buf_clear(&buf);
}

static void say_assumed(const struct enroll_case *one, const struct cs_decision *decision)
{
    if (!length_of(&decision->assumed))
        return;
    cs_call_say(one->call, "  rests on assumed defaults:\n");
    say_list(one->call, 4, &decision->assumed);
}

/* Where the question was asked from, and with which token. */
static void say_origin(const struct enroll_case *one, const struct cs_decision *decision)
{
    const struct cs_host *from = cs_host_get(one->lab, decision->from);
    cs_call_say(one->call, "  asked %s %.*s%s, token %.*s\n",
                decision->local ? "locally, on" : "from",
                CS_STR_ARG(from ? from->name : CS_STR("a workstation nobody named")),
                decision->as_system ? ", as SYSTEM to DCOM and as the computer to the CA" : "",
                CS_STR_ARG(enroll_token_words(one)));
}

static void say(const struct enroll_case *one, const struct cs_decision *decision, bool full)
{
    struct enroll_pattern pattern;
    enroll_pattern_of(one, decision, &pattern);
    say_headline(one, decision, &pattern);
    cs_call_say(one->call, "\n");
    for (size_t i = 0; i < decision->count; i++)
        say_gate(one, decision, i, full);
    cs_call_say(one->call, "\n");
    say_counts(one, decision, &pattern);
    say_assumed(one, decision);
    say_origin(one, decision);
    if (full)
        cs_call_say(one->call, "  not modelled: firewall, name resolution, clocks, the network "
                               "between\n");
    say_next(one, decision, &pattern, full);
}

/* -------------------------------------------------------------------- command */

static struct cs_value list_or_none(const struct enroll_case *one, const struct cs_value *list)
{
    return list->kind == CS_LIST ? *list : cs_value_list(one->arena, NULL, 0);
}

static cs_status tell(const struct enroll_case *one, const struct cs_decision *decision,
                      struct cs_error *err)
{
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < decision->count; i++) {
        const struct cs_gate_answer *answer = &decision->answers[i];
        const struct cs_gate *gate = decision->gates[i];
        status = CS_ROW(one->call, err, cs_value_text(gate->name),
                        cs_value_text(cs_verdict_name(answer->verdict)),
                        enroll_code_value(answer->code), cs_value_str(answer->why),
                        enroll_text_value(answer->ace), list_or_none(one, &answer->via),
                        enroll_text_value(enroll_list_of(one, gate)), enroll_path_of(one, answer),
                        list_or_none(one, &answer->detail), list_or_none(one, &answer->missing),
                        list_or_none(one, &answer->assumed), cs_value_str(enroll_token_words(one)));
    }
    return status;
}

cs_status enroll_check(struct cs_call *call, struct cs_error *err)
{
    struct enroll_case one;
    struct cs_decision decision;
    if (enroll_case_of(call, true, &one, err) != CS_OK ||
        enroll_decide(&one, true, &decision, err) != CS_OK)
        return err->status;
    if (cs_call_wants_words(call))
        say(&one, &decision, cs_call_flag(call, "full"));
    cs_call_exit_verdict(call, (int)decision.verdict);
    return tell(&one, &decision, err);
}
