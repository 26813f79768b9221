/*
 * format_test.c - formats of plugins in C: the streaming form with its state, the whole form,
 * one of an earlier revision, and ones that fail.
 */
#define _POSIX_C_SOURCE 200809L
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "command/shell_internal.h"
#include "front/formats.h"
#include "front/front.h"

static struct cs_shell *shell;
static struct cs_error err;
static size_t finished, largest;

static void open_shell(void)
{
    shell = cs_shell_new();
    err = (struct cs_error){0};
    finished = largest = 0;
}

static void close_shell(void)
{
    cs_shell_free(shell);
}

/* ----------------------------------------------------------------------- formats */

struct sum {
    int64_t total;
    size_t calls;
};

static cs_status sum_begin(struct cs_output *output, struct cs_error *e)
{
    const struct sum *sum = output->state;
    ck_assert_int_eq(sum->total, 0);
    return output->put(output, CS_STR("sum of"), e);
}

static cs_status sum_row(struct cs_output *output, const struct cs_value *values,
                         struct cs_error *e)
{
    struct sum *sum = output->state;
    struct cs_arena_mark mark = cs_arena_mark(output->arena);
    struct cs_str text = cs_str_printf(output->arena, " %d", (int)values[0].integer);
    cs_status status = CS_OK;
    ck_assert_uint_eq(output->rows, sum->calls++);
    sum->total += values[0].integer;
    if (output->rows < 3)
        status = output->put(output, text, e);
    cs_arena_rewind(output->arena, mark);
    size_t held = cs_arena_size(output->arena);
    largest = held > largest ? held : largest;
    return status;
}

static cs_status sum_finish(struct cs_output *output, struct cs_error *e)
{
    const struct sum *sum = output->state;
    finished++;
    return output->put(output,
                       cs_str_printf(output->arena, " ... %d is %d%s\n", (int)output->rows,
                                     (int)sum->total, output->failed ? ", failed" : ""),
                       e);
}

/* The third row is one too many. */
static cs_status picky_row(struct cs_output *output, const struct cs_value *values,
                           struct cs_error *e)
{
    (void)values;
    if (output->rows == 2)
        return cs_fail(e, CS_LIMIT, "two rows are enough");
    ck_assert_uint_lt(output->rows, 2);
    return output->put(output, CS_STR("row "), e);
}

static cs_status count_finish(struct cs_output *output, struct cs_error *e)
{
    finished++;
    ck_assert(output->failed);
    return cs_fail(e, CS_STATE, "a second failure");
}

static cs_status no_begin(struct cs_output *output, struct cs_error *e)
{
    (void)output;
    return cs_fail(e, CS_STATE, "not today");
}

static cs_status write_count(const struct cs_report *report, struct cs_buf *out, struct cs_error *e)
{
    (void)e;
    cs_buf_addf(out, "%zu rows of %s\n", report->count, report->command->name);
    return CS_OK;
}

static const struct cs_format formats[] = {
    {.name = "sum",
     .brief = "x",
     .begin = sum_begin,
     .row = sum_row,
     .finish = sum_finish,
     .state_size = sizeof(struct sum)},
    {.name = "picky", .brief = "x", .row = picky_row, .finish = count_finish},
    {.name = "late", .brief = "x", .begin = no_begin, .row = picky_row, .finish = count_finish},
    {"count", "x", write_count},
};

/* ---------------------------------------------------------------------- commands */

static cs_status numbers(struct cs_call *call, struct cs_error *e)
{
    int64_t count = cs_call_int(call, "count");
    cs_status status = CS_OK;
    for (int64_t i = 1; status == CS_OK && i <= count; i++)
        status = CS_ROW(call, e, cs_value_int(i));
    return status == CS_OK && cs_call_flag(call, "break") ? cs_fail(e, CS_STATE, "broke") : status;
}

/* A handler that does not look whether its rows arrive. */
static cs_status deaf(struct cs_call *call, struct cs_error *e)
{
    for (int i = 0; i < 9; i++)
        (void)!CS_ROW(call, e, cs_value_int(i));
    return CS_OK;
}

static const struct cs_command commands[] = {
    {.name = "numbers",
     .brief = "x",
     .run = numbers,
     .params = CS_PARAMS({"count", &cs_type_int, "x"}, {"break", &cs_type_bool, "x", CS_FLAG}),
     .result = CS_FIELDS({"number", &cs_type_int, "x"})},
    {.name = "deaf", .brief = "x", .run = deaf, .result = CS_FIELDS({"number", &cs_type_int, "x"})},
};

static const struct cs_plugin plugin = {CS_PLUGIN_HEAD,       .name = "site",
                                        .version = "1",       .brief = "x",
                                        .commands = commands, .command_count = CS_COUNT(commands),
                                        .formats = formats,   .format_count = CS_COUNT(formats)};

/* What `line` writes in `format`; `*status` is how it ended.  Yours, free. */
static char *written(const char *line, const char *format, cs_status *status)
{
    char *text = NULL;
    size_t size = 0;
    int code = 0;
    struct csi_renderer renderer;
    struct csi_look look = {.out = open_memstream(&text, &size)};
    ck_assert(csi_look_find(shell, cs_str_of(format), &look));
    csi_renderer_init(&renderer, &look);
    *status = cs_shell_run(shell, cs_str_of(line), &renderer.sink, &code, &err);
    *status = csi_renderer_finish(&renderer, *status, &err);
    csi_renderer_clear(&renderer);
    fclose(look.out);
    return text;
}

static const struct {
    const char *line, *format;
    cs_status status;
    size_t finished;
    const char *text, *told;
} cases[] = {
    {"numbers 5", "sum", CS_OK, 1, "sum of 1 2 3 ... 5 is 15\n", ""},
    {"numbers 5", "SUM", CS_OK, 1, "sum of 1 2 3 ... 5 is 15\n", ""},
    {"numbers 0", "sum", CS_OK, 1, "sum of ... 0 is 0\n", ""},
    {"numbers 1 --break", "sum", CS_STATE, 1, "sum of 1 ... 1 is 1, failed\n", "broke"},
    {"numbers x", "sum", CS_INVALID, 1, "sum of ... 0 is 0, failed\n", NULL},
    {"nothing", "sum", CS_USAGE, 0, "", NULL},
    {"numbers 5", "picky", CS_LIMIT, 1, "row row ", "two rows are enough"},
    {"deaf", "picky", CS_LIMIT, 1, "row row ", "two rows are enough"},
    {"numbers 5", "late", CS_STATE, 0, "", "not today"},
    {"numbers 5", "count", CS_OK, 0, "5 rows of numbers\n", ""},
    {"numbers 5 --break", "count", CS_STATE, 0, "", "broke"},
};

START_TEST(formats_of_plugins)
{
    cs_status status = CS_OK;
    ck_assert_int_eq(cs_shell_add_plugin(shell, &plugin, "site.so", &err), CS_OK);
    char *text = written(cases[_i].line, cases[_i].format, &status);
    ck_assert_str_eq(text, cases[_i].text);
    ck_assert_msg(status == cases[_i].status, "%d: %s", status, err.text);
    ck_assert_uint_eq(finished, cases[_i].finished);
    if (cases[_i].told)
        ck_assert_str_eq(err.text, cases[_i].told);
    if (status == CS_LIMIT)
        ck_assert_str_eq(err.where, "format 'picky'");
    free(text);
}
END_TEST

START_TEST(rows_pass_and_leave_nothing)
{
    cs_status status = CS_OK;
    ck_assert_int_eq(cs_shell_add_plugin(shell, &plugin, "site.so", &err), CS_OK);
    char *text = written("numbers 300000", "sum", &status);
    ck_assert_int_eq(status, CS_OK);
    ck_assert_ptr_nonnull(strstr(text, "... 300000 is"));
    ck_assert_uint_lt(largest, 4096);
    free(text);
}
END_TEST

/* -------------------------------------------------------------------- revisions */

enum { FIRST = offsetof(struct cs_format, begin) };

START_TEST(a_format_of_an_earlier_revision)
{
    static _Alignas(struct cs_format) char old[2 * FIRST];
    const struct cs_format whole[] = {{"one", "x", write_count}, {"two", "x", write_count}};
    cs_status status = CS_OK;
    memcpy(old, &whole[0], FIRST);
    memcpy(old + FIRST, &whole[1], FIRST);
    struct cs_plugin first = plugin;
    first.revision = 1;
    first.format_size = FIRST;
    first.formats = (const struct cs_format *)(const void *)old;
    first.format_count = 2;
    ck_assert_msg(cs_shell_add_plugin(shell, &first, "old.so", &err) == CS_OK, "%s", err.text);
    char *text = written("numbers 3", "two", &status);
    ck_assert_int_eq(status, CS_OK);
    ck_assert_str_eq(text, "3 rows of numbers\n");
    free(text);
    ck_assert_ptr_null(csi_registry_format(shell, CS_STR("one"))->row);
}
END_TEST

START_TEST(sizes_that_no_revision_had_are_refused)
{
    struct cs_plugin odd = plugin;
    odd.revision = 1;
    odd.format_size = FIRST - 8;
    ck_assert_int_eq(cs_shell_add_plugin(shell, &odd, "odd.so", &err), CS_ABI);
    ck_assert_ptr_nonnull(strstr(err.text, "struct cs_format of 24 bytes"));
    odd = plugin;
    odd.format_size = FIRST; /* of this revision, but too small */
    ck_assert_int_eq(cs_shell_add_plugin(shell, &odd, "odd.so", &err), CS_ABI);
}
END_TEST

START_TEST(bad_formats_are_refused)
{
    struct cs_format none = {.name = "none", .brief = "x"}, mine = formats[3];
    struct cs_plugin bad = {CS_PLUGIN_HEAD, .name = "bad", .version = "1", .brief = "x"};
    bad.formats = &none;
    bad.format_count = 1;
    ck_assert_int_eq(cs_shell_add_plugin(shell, &bad, "bad.so", &err), CS_ABI);
    ck_assert_str_eq(err.text, "plugin 'bad': format 'none' lacks its write or row");
    ck_assert_int_eq(cs_shell_add_plugin(shell, &csi_front_plugin, "built in", &err), CS_OK);
    mine.name = "Table";
    bad.formats = &mine;
    ck_assert_int_eq(cs_shell_add_plugin(shell, &bad, "bad.so", &err), CS_EXISTS);
    ck_assert_str_eq(err.text, "format 'Table' of plugin 'bad' (bad.so) is there already, "
                               "from plugin 'run' (built in)");
}
END_TEST

Suite *format_suite(void);
Suite *format_suite(void)
{
    Suite *suite = suite_create("format");
    TCase *tc = tcase_create("formats");
    tcase_add_checked_fixture(tc, open_shell, close_shell);
    tcase_add_loop_test(tc, formats_of_plugins, 0, (int)CS_COUNT(cases));
    tcase_add_test(tc, rows_pass_and_leave_nothing);
    tcase_add_test(tc, a_format_of_an_earlier_revision);
    tcase_add_test(tc, sizes_that_no_revision_had_are_refused);
    tcase_add_test(tc, bad_formats_are_refused);
    suite_add_tcase(suite, tc);
    return suite;
}
