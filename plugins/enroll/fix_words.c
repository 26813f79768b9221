/*
 * fix_words.c - the changes that help, as a table for people (see fix.c).
 *
 * One line a change, each further step on a line of its own; remarks where there is room for
 * them; at the end what was tried, and what to type next.
 */
#include "effect.h"

enum { NAMES_SHOWN = 3 };

/* -------------------------------------------------------------------- words */

/* "nobody", "CORP\DC03$", "CORP\DC03$, CORP\DC04$ and 12 more". */
static struct cs_str people(const struct enroll_case *one, const cs_id *ids, size_t count)
{
    struct cs_buf buf;
    if (!count)
        return CS_STR("nobody");
    cs_buf_init(&buf, 4096);
    size_t shown = count <= NAMES_SHOWN ? count : NAMES_SHOWN - 1;
    for (size_t i = 0; i < shown; i++)
        cs_buf_addf(&buf, "%s%.*s", i ? ", " : "",
                    CS_STR_ARG(cs_principal_name(one->lab, one->arena, ids[i])));
    if (shown < count)
        cs_buf_addf(&buf, " and %zu more", count - shown);
    struct cs_str words = cs_str_copy(one->arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return words;
}

/* "restart DC02, restart DC03", or how many. */
static struct cs_str then_of(const struct enroll_case *one, const struct enroll_change *change)
{
    size_t count = change->then.list.count;
    if (count <= NAMES_SHOWN)
        return cs_value_show(one->arena, &change->then);
    return cs_str_printf(one->arena, "%.*s and %zu more", CS_STR_ARG(change->then.list.at[0].text),
                         count - 1);
}

struct column {
    size_t change, people, then;
};

static void widen(size_t *column, struct cs_str text)
{
    size_t width = cs_str_width(text);
    if (width > *column)
        *column = width;
}

/* The next step of a change in words; each has a line of its own. */
static struct cs_str next_step(struct cs_str *words)
{
    static const char then[] = ", then ";
    for (size_t at = 0; at + sizeof then <= words->length; at++)
        if (cs_str_starts(cs_str_from(*words, at), CS_STR(", then "))) {
            struct cs_str step = cs_str_span(words->at, at);
            *words = cs_str_from(*words, at + sizeof then - 1);
            return step;
        }
    struct cs_str last = *words;
    *words = (struct cs_str){0};
    return last;
}

static void widen_by_steps(size_t *column, struct cs_str words)
{
    while (words.length)
        widen(column, next_step(&words));
}

static void say_padded(const struct enroll_case *one, struct cs_str text, size_t column)
{
    size_t width = cs_str_width(text);
    cs_call_say(one->call, "%.*s%*s", CS_STR_ARG(text), (int)(column > width ? column - width : 0),
                "");
}

enum { NARROWEST = 30, BEFORE = 5, BETWEEN = 3 };

/* The table gets as narrow as the terminal by its first column, which is wrapped. */
static struct column columns_of(const struct enroll_case *one, const struct enroll_fixes *fixes)
{
    struct column column = {.change = 6, .people = 12, .then = 4};
    size_t width = cs_call_width(one->call);
    for (size_t i = 0; i < fixes->count; i++) {
        const struct enroll_change *change = &fixes->at[i];
        widen_by_steps(&column.change, change->words);
        widen(&column.people, people(one, change->allowed, change->allowed_count));
        widen(&column.then, then_of(one, change));
    }
    size_t rest = BEFORE + column.people + column.then + 2 * BETWEEN;
    size_t room = width > rest + NARROWEST ? width - rest : NARROWEST;
    if (width && column.change > room)
        column.change = room;
    return column;
}

/* What of a step goes into a line of so many columns; at least a word. */
static struct cs_str next_line(struct cs_str *step, size_t columns)
{
    size_t end = 0;
    for (size_t i = 1; i <= step->length; i++) {
        bool ends = i == step->length || step->at[i] == ' ';
        if (ends && (!end || cs_str_width(cs_str_span(step->at, i)) <= columns))
            end = i;
    }
    struct cs_str line = cs_str_span(step->at, end);
    *step = cs_str_from(*step, end + 1);
    return line;
}

static struct cs_str remarks_of(const struct enroll_case *one, const struct enroll_change *change)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 4096);
    if (change->denied_count)
        cs_buf_addf(&buf, "shuts out %.*s",
                    CS_STR_ARG(people(one, change->denied, change->denied_count)));
    if (change->left_count)
        cs_buf_addf(&buf, "%sleaves out %.*s", buf.length ? "; " : "",
                    CS_STR_ARG(people(one, change->left, change->left_count)));
    if (change->remark)
        cs_buf_addf(&buf, "%s%s", buf.length ? "; " : "", change->remark);
    struct cs_str remarks = cs_str_copy(one->arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return remarks;
}

/* Whom it lets in, what must start anew, and remarks where the terminal has room for them. */
static bool say_columns(const struct enroll_case *one, const struct enroll_change *change,
                        const struct column *column, struct cs_str remarks)
{
    struct cs_str others = people(one, change->allowed, change->allowed_count);
    struct cs_str then = then_of(one, change);
    size_t width = cs_call_width(one->call);
    size_t used = BEFORE + column->change + column->people + column->then + 3 * BETWEEN;
    bool beside = remarks.length && (!width || used + cs_str_width(remarks) <= width);
    say_padded(one, others, beside || then.length ? column->people + BETWEEN : 0);
    say_padded(one, then, beside ? column->then + BETWEEN : 0);
    cs_call_say(one->call, "%.*s\n", CS_STR_ARG(beside ? remarks : CS_STR("")));
    return beside;
}

static void say_change(const struct enroll_case *one, const struct enroll_change *change,
                       size_t rank, const struct column *column)
{
    struct cs_str words = change->words, remarks = remarks_of(one, change);
    bool first = true, said = !remarks.length;
    cs_call_say(one->call, "  %-2zu ", rank);
    while (words.length) {
        struct cs_str step = next_step(&words);
        for (size_t indent = 0; step.length; indent = 2) {
            struct cs_str line = next_line(&step, column->change - indent);
            if (!first)
                cs_call_say(one->call, "%*s%.*s\n", (int)(BEFORE + indent), "", CS_STR_ARG(line));
            else
                say_padded(one, line, column->change + BETWEEN);
            if (first)
                said = say_columns(one, change, column, remarks) || said;
            first = false;
        }
    }
    if (!said)
        cs_call_say(one->call, "%*s(%.*s)\n", BEFORE, "", CS_STR_ARG(remarks));
}

/* ----------------------------------------------------------------- what was tried */

static const char *sets_of(size_t size, bool one)
{
    static const char *const names[ENROLL_DEEPEST + 1][2] = {{"", ""},
                                                             {"single changes", "single change"},
                                                             {"pairs", "pair"},
                                                             {"triples", "triple"},
                                                             {"sets of four", "set of four"}};
    return names[size][one];
}

/* "12 single changes and 90 pairs". */
static struct cs_str tried_words(const struct enroll_case *one, const struct enroll_fixes *fixes,
                                 size_t end)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 256);
    for (size_t size = 1; size < end && size <= ENROLL_DEEPEST; size++)
        cs_buf_addf(&buf, "%s%zu %s",
                    size == 1         ? ""
                    : size + 1 == end ? " and "
                                      : ", ",
                    fixes->tried[size], sets_of(size, fixes->tried[size] == 1));
    struct cs_str words = cs_str_copy(one->arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return words;
}

static void say_head(const struct enroll_case *one, const struct enroll_fixes *fixes)
{
    struct cs_call *call = one->call;
    if (one->meant)
        cs_call_say(call, "%.*s: %zu of %zu members refused%s\n", CS_STR_ARG(one->name),
                    fixes->refused, fixes->meant,
                    fixes->partial ? "; nothing that was tried helps them all" : "");
    if (fixes->excessive)
        cs_call_say(call,
                    "what helps %.*s by itself gives more than enrolment; together these do "
                    "without:\n",
                    CS_STR_ARG(one->name));
    else if (fixes->size == 2)
        cs_call_say(call, "no single change helps %.*s (%zu tried); together these do:\n",
                    CS_STR_ARG(one->name), fixes->tried[1]);
    else if (fixes->size > 2)
        cs_call_say(call, "no %zu changes help %.*s (%.*s tried); together these do:\n",
                    fixes->size - 1, CS_STR_ARG(one->name),
                    CS_STR_ARG(tried_words(one, fixes, fixes->size)));
}

/* "nothing smaller works (12 single changes tried)." */
static struct cs_str proof_words(const struct enroll_case *one, const struct enroll_fixes *fixes)
{
    size_t end = fixes->size > 1 ? fixes->size : 2;
    if (fixes->cut)
        return cs_str_printf(one->arena, "the search was given up after %.*s.",
                             CS_STR_ARG(tried_words(one, fixes, ENROLL_DEEPEST + 1)));
    if (fixes->partial || fixes->excessive)
        return CS_STR("");
    return cs_str_printf(one->arena, "nothing smaller works (%.*s tried).",
                         CS_STR_ARG(tried_words(one, fixes, end)));
}

/* What was proven, and what to type next, in as few lines as have room for it. */
static void say_foot(const struct enroll_case *one, const struct enroll_fixes *fixes)
{
    const struct cs_str parts[] = {
        proof_words(one, fixes),
        cs_str_printf(one->arena, "do it here: enroll fix %.*s --apply%s",
                      CS_STR_ARG(enroll_about(one)), fixes->count > 1 ? " 1" : ""),
        CS_STR("take it to Windows: --as powershell"),
    };
    size_t width = cs_call_width(one->call), column = 0;
    for (size_t i = 0; i < CS_COUNT(parts); i++) {
        size_t wide = cs_str_width(parts[i]);
        if (!wide)
            continue;
        bool same_line = column && (!width || column + 3 + wide <= width);
        cs_call_say(one->call, "%s%.*s",
                    same_line ? "   "
                    : column  ? "\n  "
                              : "  ",
                    CS_STR_ARG(parts[i]));
        column = (same_line ? column + 3 : 2) + wide;
    }
    cs_call_say(one->call, "\n");
}

/* Whom each change lets in and shuts out, by name. */
static void say_names(const struct enroll_case *one, const struct enroll_change *change,
                      size_t rank)
{
    const struct {
        const char *what;
        const cs_id *ids;
        size_t count;
    } lists[] = {{"lets in", change->allowed, change->allowed_count},
                 {"shuts out", change->denied, change->denied_count},
                 {"leaves out", change->left, change->left_count}};
    for (size_t i = 0; i < CS_COUNT(lists); i++) {
        if (lists[i].count)
            cs_call_say(one->call, "  %zu %s:\n", rank, lists[i].what);
        for (size_t j = 0; j < lists[i].count; j++)
            cs_call_say(one->call, "     %.*s\n",
                        CS_STR_ARG(cs_principal_name(one->lab, one->arena, lists[i].ids[j])));
    }
}

void enroll_fix_say(const struct enroll_case *one, const struct enroll_fixes *fixes, bool names)
{
    struct column column = columns_of(one, fixes);
    say_head(one, fixes);
    cs_call_say(one->call, "  #  ");
    say_padded(one, CS_STR("change"), column.change + 3);
    say_padded(one, CS_STR("also lets in"), column.people + 3);
    cs_call_say(one->call, "then\n");
    for (size_t i = 0; i < fixes->count; i++)
        say_change(one, &fixes->at[i], i + 1, &column);
    for (size_t i = 0; names && i < fixes->count; i++)
        say_names(one, &fixes->at[i], i + 1);
    say_foot(one, fixes);
}

void enroll_fix_say_nothing(const struct enroll_case *one, const struct enroll_fixes *fixes)
{
    if (fixes->before.verdict == CS_ALLOWED)
        cs_call_say(one->call, "%.*s can enrol for %.*s at %.*s: nothing to fix\n",
                    CS_STR_ARG(one->name), CS_STR_ARG(one->template_->name),
                    CS_STR_ARG(one->config));
    else if (fixes->before.verdict == CS_UNKNOWN_VERDICT)
        cs_call_say(one->call,
                    "nothing refuses %.*s, but not every fact is known: enroll check "
                    "%.*s\n",
                    CS_STR_ARG(one->name), CS_STR_ARG(enroll_about(one)));
    else
        cs_call_say(one->call, "nothing helps %.*s: %.*s tried%s\n", CS_STR_ARG(one->name),
                    CS_STR_ARG(tried_words(one, fixes, ENROLL_DEEPEST + 1)),
                    fixes->cut ? ", then given up" : "");
}
