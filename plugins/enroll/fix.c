/*
 * fix.c - the changes that help, best first; one of them done, or written for Windows (see
 * enroll.c).
 */
#include "effect.h"

enum { MOST_SHOWN = 8 };

static cs_status tell(const struct enroll_case *one, const struct enroll_change *change,
                      size_t rank, struct cs_error *err)
{
    return CS_ROW(one->call, err, cs_value_int((int64_t)rank), cs_value_str(change->words),
                  enroll_names(one, change->allowed, change->allowed_count),
                  enroll_names(one, change->denied, change->denied_count), change->commands,
                  change->undo, change->then, enroll_names(one, change->left, change->left_count));
}

/* ------------------------------------------------------------------------- doing */

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

/* ----------------------------------------------------------------------- writing */

static enum enroll_syntax syntax_of(struct cs_call *call)
{
    struct cs_str name = cs_call_str(call, "as");
    int syntax = 0;
    while (name.length && !cs_str_is(name, enroll_syntax_names[syntax]))
        syntax++;
    return (enum enroll_syntax)syntax;
}

static cs_status not_sayable(const struct enroll_case *one, const struct enroll_change *change,
                             enum enroll_syntax syntax, struct cs_error *err)
{
    cs_fail(err, CS_INVALID, "nothing of '%.*s' can be said as %s", CS_STR_ARG(change->words),
            enroll_syntax_names[syntax]);
    (void)one;
    return cs_error_hint(err, "cmd, powershell and ansible can say all");
}

static struct cs_value lists_together(const struct enroll_case *one, const struct cs_value *a,
                                      const struct cs_value *b)
{
    struct cs_list_maker all = {.arena = one->arena};
    for (size_t i = 0; i < a->list.count; i++)
        cs_list_add(&all, a->list.at[i]);
    for (size_t i = 0; i < b->list.count; i++)
        cs_list_add(&all, b->list.at[i]);
    return cs_list_value(&all);
}

/* The file that does it, or the one that takes it back. */
static cs_status write_rank(const struct enroll_case *one, const struct enroll_fixes *fixes,
                            size_t rank, struct cs_error *err)
{
    struct enroll_change change = fixes->at[rank - 1];
    enum enroll_syntax syntax = syntax_of(one->call);
    bool undo = cs_call_flag(one->call, "undo");
    size_t said;
    enroll_change_render(one, &change, syntax, &said);
    if (!said)
        return not_sayable(one, &change, syntax, err);
    if (undo) {
        struct cs_value there = change.commands;
        change.commands = change.undo;
        change.undo = there;
    }
    if (cs_call_wants_words(one->call)) {
        struct cs_value lines = lists_together(one, &change.commands, &change.starts);
        struct cs_str remark =
            cs_str_printf(one->arena, "%s%.*s, so that %.*s can enrol for %.*s at %.*s",
                          undo ? "undo: " : "", CS_STR_ARG(change.words), CS_STR_ARG(one->name),
                          CS_STR_ARG(one->template_->name), CS_STR_ARG(one->config));
        enroll_say_file(one, syntax, remark, &lines);
    }
    return tell(one, &change, rank, err);
}

/* ----------------------------------------------------------------------- command */

static cs_status no_such_rank(const struct enroll_fixes *fixes, int64_t rank, struct cs_error *err)
{
    cs_fail(err, CS_INVALID, "there is no change of rank %lld", (long long)rank);
    return cs_error_hint(err, "ranks go from 1 to %zu", fixes->count);
}

/* --apply RANK, the rank alone, or the first. */
static cs_status rank_of(struct cs_call *call, const struct enroll_fixes *fixes, size_t *rank,
                         struct cs_error *err)
{
    bool by_apply = cs_call_given(call, "apply") && cs_call_value(call, "apply")->kind == CS_INT;
    int64_t given = by_apply                      ? cs_call_int(call, "apply")
                    : cs_call_given(call, "rank") ? cs_call_int(call, "rank")
                                                  : 1;
    if (given < 1 || (size_t)given > fixes->count)
        return no_such_rank(fixes, given, err);
    *rank = (size_t)given;
    return CS_OK;
}

static cs_status tell_all(const struct enroll_case *one, const struct enroll_fixes *fixes,
                          size_t rank, struct cs_error *err)
{
    bool only = cs_call_given(one->call, "rank");
    cs_status status = CS_OK;
    if (cs_call_wants_words(one->call))
        enroll_fix_say(one, fixes, cs_call_flag(one->call, "names"));
    for (size_t i = 0; status == CS_OK && i < fixes->count; i++)
        if (!only || i + 1 == rank)
            status = tell(one, &fixes->at[i], i + 1, err);
    return status;
}

cs_status enroll_fix(struct cs_call *call, struct cs_error *err)
{
    struct enroll_case one;
    struct enroll_fixes fixes;
    size_t rank = 1;
    if (enroll_case_of(call, true, &one, err) != CS_OK || enroll_case_meant(&one, err) != CS_OK ||
        enroll_search(&one, MOST_SHOWN, &fixes, err) != CS_OK)
        return err->status;
    if (!fixes.count) {
        cs_call_exit_verdict(call, (int)fixes.before.verdict);
        if (cs_call_wants_words(call))
            enroll_fix_say_nothing(&one, &fixes);
        return CS_OK;
    }
    if (rank_of(call, &fixes, &rank, err) != CS_OK)
        return err->status;
    if (fixes.partial)
        cs_call_exit(call, 2);
    if (cs_call_given(call, "apply"))
        return apply_rank(&one, &fixes, rank, err);
    if (cs_call_given(call, "as") || cs_call_flag(call, "undo"))
        return write_rank(&one, &fixes, rank, err);
    return tell_all(&one, &fixes, rank, err);
}
