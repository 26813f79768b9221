/*
 * windows_test.c - what a real Windows said, read from ../shared/vectors where that is there.
 *
 * Those files are recordings of another project and are not part of this one; without them the
 * tests say so and pass.
 */
#define _POSIX_C_SOURCE 200809L
#include <certsh/sd.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "suites_domain.h"

static char line[1 << 20];

static FILE *open_vectors(const char *name)
{
    char path[1000], command[1100];
    snprintf(path, sizeof path, "%s/../shared/vectors/%s", CERTSH_SOURCE_DIR, name);
    FILE *there = fopen(path, "rb");
    if (!there) {
        fprintf(stderr, "windows: no '%s': skipped\n", path);
        return NULL;
    }
    fclose(there);
    snprintf(command, sizeof command, "gzip -cdf '%s'", path);
    return popen(command, "r");
}

/* One character of JSON text at `*at`, as UTF-8; surrogate pairs do not occur in these files. */
static size_t take_char(const char **at, char out[4])
{
    static const char escapes[] = "b\bf\fn\nr\rt\t";
    if (**at != '\\') {
        out[0] = *(*at)++;
        return 1;
    }
    (*at)++;
    if (**at == 'u') {
        unsigned point =
            (unsigned)strtoul((char[]){(*at)[1], (*at)[2], (*at)[3], (*at)[4], 0}, NULL, 16);
        *at += 5;
        if (point < 0x80) {
            out[0] = (char)point;
            return 1;
        }
        size_t length = point < 0x800 ? 2 : 3;
        out[0] = (char)(length == 2 ? 0xc0 | point >> 6 : 0xe0 | point >> 12);
        out[length - 2] = (char)(length == 2 ? out[0] : (int)(0x80 | (point >> 6 & 0x3f)));
        out[length - 1] = (char)(0x80 | (point & 0x3f));
        return length;
    }
    const char *escape = strchr(escapes, **at);
    out[0] = escape ? escape[1] : **at;
    (*at)++;
    return 1;
}

/* The text of a key in the line's one flat object; NULL when it is not there. */
static const char *field(struct cs_arena *arena, const char *key)
{
    const char *at = strstr(line, cs_arena_printf(arena, "\"%s\": \"", key));
    if (!at)
        return NULL;
    at += strlen(key) + 5;
    char *text = cs_arena_alloc(arena, strlen(at) + 4), *end = text;
    while (*at && *at != '"')
        end += take_char(&at, end);
    return text;
}

static struct cs_arena *arena;

static void set_up(void)
{
    arena = cs_arena_new();
}

static void tear_down(void)
{
    cs_arena_free(arena);
}

static struct cs_sddl_scope scope_of(const char *domain, struct cs_sid *sid)
{
    ck_assert_int_eq(cs_sid_parse(cs_str_of(domain), sid, NULL), CS_OK);
    return (struct cs_sddl_scope){.domain = sid, .root = sid};
}

static void check_verdict(int number)
{
    struct cs_sid domain;
    struct cs_sddl_scope scope = scope_of("S-1-5-21-1-2-3", &domain);
    struct cs_sd sd = {0};
    struct cs_str text = {0};
    const char *sddl = field(arena, "sddl"), *prints = field(arena, "windows_prints");
    cs_status status = cs_sddl_parse(arena, cs_str_of(sddl), &scope, &sd, NULL);
    ck_assert_msg(status == (prints ? CS_OK : CS_SYNTAX), "line %d: %s", number, sddl);
    if (!prints)
        return;
    ck_assert_int_eq(cs_sddl_format(arena, &sd, &scope, &text, NULL), CS_OK);
    ck_assert_str_eq(cs_str_c(arena, text), prints);
}

START_TEST(sddl_is_accepted_as_windows_accepts)
{
    FILE *file = open_vectors("windows_sddl_verdicts.jsonl");
    struct cs_arena_mark mark = cs_arena_mark(arena);
    for (int number = 1; file && fgets(line, sizeof line, file); number++) {
        check_verdict(number);
        cs_arena_rewind(arena, mark);
    }
    if (file)
        pclose(file);
}
END_TEST

/* Windows leaves slack behind some lists with an empty mask; ours is canonical. */
static bool has_slack(const char *hex)
{
    struct cs_sd sd = {0};
    ck_assert_int_eq(cs_sd_decode(arena, hex_bytes(arena, hex), &sd, NULL), CS_OK);
    return (sd.dacl && sd.dacl->slack) || (sd.sacl && sd.sacl->slack);
}

static void check_pair(int number)
{
    struct cs_sid machine;
    scope_of(field(arena, "machine_sid"), &machine);
    struct cs_sddl_scope scope = {.machine = &machine};
    struct cs_sd sd = {0}, again = {0};
    struct cs_str bytes = {0}, text = {0};
    const char *sddl = field(arena, "sddl"), *hex = field(arena, "hex");
    ck_assert_msg(cs_sddl_parse(arena, cs_str_of(sddl), &scope, &sd, NULL) == CS_OK, "line %d: %s",
                  number, sddl);
    ck_assert_int_eq(cs_sd_encode(arena, &sd, &bytes, NULL), CS_OK);
    if (!has_slack(hex))
        ck_assert_str_eq(bytes_hex(arena, bytes), hex);
    ck_assert_int_eq(cs_sd_decode(arena, hex_bytes(arena, hex), &sd, NULL), CS_OK);
    ck_assert_int_eq(cs_sddl_format(arena, &sd, &scope, &text, NULL), CS_OK);
    ck_assert_int_eq(cs_sddl_parse(arena, text, &scope, &again, NULL), CS_OK);
    ck_assert_int_eq(cs_sd_encode(arena, &again, &bytes, NULL), CS_OK);
    if (!has_slack(hex))
        ck_assert_str_eq(bytes_hex(arena, bytes), hex);
}

START_TEST(sddl_has_the_bytes_windows_makes)
{
    FILE *file = open_vectors("windows_sddl_pairs.jsonl.gz");
    struct cs_arena_mark mark = cs_arena_mark(arena);
    for (int number = 1; file && fgets(line, sizeof line, file); number++) {
        check_pair(number);
        cs_arena_rewind(arena, mark);
    }
    if (file)
        pclose(file);
}
END_TEST

Suite *windows_suite(void)
{
    Suite *suite = suite_create("windows");
    TCase *tests = tcase_create("windows");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, sddl_is_accepted_as_windows_accepts);
    tcase_add_test(tests, sddl_has_the_bytes_windows_makes);
    suite_add_tcase(suite, tests);
    return suite;
}
