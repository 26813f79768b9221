/* render_test.c - the same rows as a table, JSON, JSON lines and CSV. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "front/formats.h"
#include "front/front.h"
#include "suites_shell.h"

static const struct cs_field fields[] = {{"name", &cs_type_text, "a name"},
                                         {"count", &cs_type_int, "a number"},
                                         {"verdict", &cs_type_verdict, "a verdict"},
                                         {"via", &cs_type_list, "a list"}};
static const struct cs_command command = {.name = "x", .brief = "x", .result = {fields, 4}};

static const struct cs_format *format_named(const char *name)
{
    for (size_t i = 0; i < CSI_FORMATS; i++)
        if (strcmp(csi_formats[i].name, name) == 0)
            return &csi_formats[i];
    return NULL;
}

/* What `count` rows look like when the command ended well; yours, free. */
static char *rendered(const struct csi_look *look, size_t count, const char *said)
{
    char *text = NULL;
    size_t size = 0;
    struct csi_look here = *look;
    struct csi_renderer renderer;
    struct cs_error err;
    here.out = open_memstream(&text, &size);
    csi_renderer_init(&renderer, &here);
    struct cs_sink *sink = &renderer.sink;
    ck_assert_int_eq(sink->begin(sink, &command, &err), CS_OK);
    if (said)
        sink->words(sink, cs_str_of(said));
    struct cs_value via[] = {cs_value_text("a"), cs_value_text("b")};
    struct cs_value rows[][4] = {{cs_value_text("CORP\\DC02$"),
                                  cs_value_int(7),
                                  cs_value_text("denied"),
                                  {.kind = CS_LIST, .list = {via, 2}}},
                                 {cs_value_text("=cmd(\"x\"), \x1b[31m"),
                                  cs_value_int(-12),
                                  cs_value_null(),
                                  {.kind = CS_LIST}}};
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(sink->row(sink, rows[i % 2], &err), CS_OK);
    ck_assert_int_eq(csi_renderer_finish(&renderer, CS_OK, &err), CS_OK);
    csi_renderer_clear(&renderer);
    fclose(here.out);
    return text;
}

static const struct {
    const char *format;
    size_t rows;
    bool colour;
    size_t width;
    const char *said, *text;
} looks[] = {
    {"table", 2, false, 0, NULL,
     "name              count  verdict  via\n"
     "CORP\\DC02$            7  denied   a, b\n"
     "=cmd(\"x\"), ?[31m    -12\n"},
    {"table", 1, true, 0, NULL,
     "\033[1mname\033[0m        \033[1mcount\033[0m  \033[1mverdict\033[0m  \033[1mvia\033[0m\n"
     "CORP\\DC02$      7  \033[31mdenied\033[0m   a, b\n"},
    {"table", 2, false, 34, NULL,
     "name          count  verdict  via\n"
     "CORP\\DC02$        7  denied   a, b\n"
     "=cmd(\"x\"),      -12\n"
     "?[31m\n"},
    {"table", 2, false, 0, "in words", "in words\n"},
    {"table", 0, false, 0, NULL, "name  count  verdict  via\n"},
    {"json", 0, false, 0, NULL, "[]\n"},
    {"json", 2, false, 0, NULL,
     "[\n {\"name\":\"CORP\\\\DC02$\",\"count\":7,\"verdict\":\"denied\",\"via\":[\"a\",\"b\"]},\n"
     " {\"name\":\"=cmd(\\\"x\\\"), \\u001b[31m\",\"count\":-12,\"verdict\":null,\"via\":[]}\n]\n"},
    {"jsonl", 1, false, 0, NULL,
     "{\"name\":\"CORP\\\\DC02$\",\"count\":7,\"verdict\":\"denied\",\"via\":[\"a\",\"b\"]}\n"},
    {"csv", 2, false, 0, NULL,
     "name,count,verdict,via\r\nCORP\\DC02$,7,denied,\"a, b\"\r\n"
     "\"'=cmd(\"\"x\"\"), \x1b[31m\",-12,,\r\n"},
};

START_TEST(rows_look_as_they_should)
{
    struct csi_look look = {.format = format_named(looks[_i].format),
                            .colour = looks[_i].colour,
                            .width = looks[_i].width};
    char *text = rendered(&look, looks[_i].rows, looks[_i].said);
    ck_assert_str_eq(text, looks[_i].text);
    free(text);
}
END_TEST

START_TEST(many_rows_stream_through)
{
    struct csi_look look = {.format = format_named("table")};
    char *text = rendered(&look, 5000, NULL);
    size_t lines = 0;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    ck_assert_uint_eq(lines, 5001);
    free(text);
}
END_TEST

Suite *render_suite(void)
{
    Suite *suite = suite_create("render");
    TCase *tc = tcase_create("core");
    tcase_add_loop_test(tc, rows_look_as_they_should, 0, CS_COUNT(looks));
    tcase_add_test(tc, many_rows_stream_through);
    suite_add_tcase(suite, tc);
    return suite;
}
