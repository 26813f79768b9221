/*
 * fix.c - the changes that help, best first, and one of them done (see enroll.c).
 */
#include "enroll.h"

enum { MOST_SHOWN = 8, NAMES_SHOWN = 3 };

/* -------------------------------------------------------------------- rows */

static cs_status tell(const struct enroll_case *one, const struct enroll_change *change,
                      size_t rank, struct cs_error *err)
{
    return CS_ROW(one->call, err, cs_value_int((int64_t)rank), cs_value_str(change->words),
                  enroll_names(one, change->allowed, change->allowed_count),
                  enroll_names(one, change->denied, change->denied_count), change->commands,
                  change->undo, change->then);
}

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

static struct column columns_of(const struct enroll_case *one, const struct enroll_fixes *fixes)
{
    struct column column = {.change = 6, .people = 12, .then = 4};
    for (size_t i = 0; i < fixes->count; i++) {
        const struct enroll_change *change = &fixes->at[i];
        widen_by_steps(&column.change, change->words);
        widen(&column.people, people(one, change->allowed, change->allowed_count));
        widen(&column.then, cs_value_show(one->arena, &change->then));
    }
    return column;
}

/* Remarks stand in the line where the terminal has room for them, else below it. */
static void say_remarks(const struct enroll_case *one, const struct enroll_change *change,
                        size_t used)
{
    struct cs_buf buf;
    size_t width = cs_call_width(one->call);
    cs_buf_init(&buf, 4096);
    if (change->denied_count)
        cs_buf_addf(&buf, "shuts out %.*s",
                    CS_STR_ARG(people(one, change->denied, change->denied_count)));
    if (change->remark)
        cs_buf_addf(&buf, "%s%s", buf.length ? "; " : "", change->remark);
    bool below = width && used + buf.length > width;
    cs_call_say(one->call, below ? "\n       %s\n" : "%s\n", buf.at);
    cs_buf_clear(&buf);
}

static void say_change(const struct enroll_case *one, const struct enroll_change *change,
                       size_t rank, const struct column *column)
{
    struct cs_str others = people(one, change->allowed, change->allowed_count);
    struct cs_str then = cs_value_show(one->arena, &change->then);
    bool more = change->remark || change->denied_count;
    cs_call_say(one->call, "  %-2zu ", rank);
    struct cs_str words = change->words;
    say_padded(one, next_step(&words), column->change + 3);
    say_padded(one, others, more || then.length ? column->people + 3 : 0);
    say_padded(one, then, more ? column->then + 3 : 0);
    if (more)
        say_remarks(one, change, column->change + column->people + column->then + 14);
    else
        cs_call_say(one->call, "\n");
    while (words.length) {
        struct cs_str step = next_step(&words);
        cs_call_say(one->call, "     %.*s\n", CS_STR_ARG(step));
    }
}

static void say_all(const struct enroll_case *one, const struct enroll_fixes *fixes)
{
    struct column column = columns_of(one, fixes);
    struct cs_str about = enroll_about(one);
    if (fixes->combined)
        cs_call_say(one->call, "no single change helps %.*s%s (%zu tried); together these do:\n",
                    CS_STR_ARG(one->name),
                    fixes->excessive ? " but to make it an administrator" : "", fixes->tried);
    cs_call_say(one->call, "  #  ");
    say_padded(one, CS_STR("change"), column.change + 3);
    say_padded(one, CS_STR("also lets in"), column.people + 3);
    cs_call_say(one->call, "then\n");
    for (size_t i = 0; i < fixes->count; i++)
        say_change(one, &fixes->at[i], i + 1, &column);
    cs_call_say(one->call, "  ");
    if (!fixes->combined)
        cs_call_say(one->call, "nothing smaller works (%zu single change%s tried).   ",
                    fixes->tried, fixes->tried == 1 ? "" : "s");
    cs_call_say(one->call, "do it here: enroll fix %.*s --apply%s\n", CS_STR_ARG(about),
                fixes->count > 1 ? " 1" : "");
}

static void say_nothing(const struct enroll_case *one, const struct enroll_fixes *fixes)
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
        cs_call_say(one->call,
                    "nothing helps %.*s: %zu single changes tried, and what could be "
                    "put together from them\n",
                    CS_STR_ARG(one->name), fixes->tried);
}

/* ------------------------------------------------------------------- command */

static cs_status apply_rank(const struct enroll_case *one, const struct enroll_fixes *fixes,
                            size_t rank, struct cs_error *err)
{
    const struct enroll_change *change = &fixes->at[rank - 1];
    cs_status status = enroll_change_do(one, change, err);
    if (status != CS_OK)
        return cs_error_where(err, "rank %zu", rank);
    if (cs_call_wants_words(one->call)) {
        struct cs_str then = cs_value_show(one->arena, &change->then);
        cs_call_say(one->call, "done: %.*s%s%.*s   (lab undo takes it back)\n",
                    CS_STR_ARG(change->words), then.length ? ", then " : "", CS_STR_ARG(then));
    }
    return tell(one, change, rank, err);
}

static cs_status no_such_rank(const struct enroll_fixes *fixes, int64_t rank, struct cs_error *err)
{
    cs_fail(err, CS_INVALID, "there is no change of rank %lld", (long long)rank);
    return cs_error_hint(err, "ranks go from 1 to %zu", fixes->count);
}

cs_status enroll_fix(struct cs_call *call, struct cs_error *err)
{
    struct enroll_case one;
    struct enroll_fixes fixes;
    bool given = cs_call_given(call, "rank"), apply = cs_call_flag(call, "apply");
    int64_t rank = given ? cs_call_int(call, "rank") : 1;
    if (enroll_case_of(call, true, &one, err) != CS_OK ||
        enroll_search(&one, MOST_SHOWN, &fixes, err) != CS_OK)
        return err->status;
    if (!fixes.count) {
        cs_call_exit_verdict(call, (int)fixes.before.verdict);
        if (cs_call_wants_words(call))
            say_nothing(&one, &fixes);
        return CS_OK;
    }
    if (rank < 1 || (size_t)rank > fixes.count)
        return no_such_rank(&fixes, rank, err);
    if (apply)
        return apply_rank(&one, &fixes, (size_t)rank, err);
    if (cs_call_wants_words(call))
        say_all(&one, &fixes);
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < fixes.count; i++)
        if (!given || i + 1 == (size_t)rank)
            status = tell(&one, &fixes.at[i], i + 1, err);
    return status;
}
