/*
 * lab_exported.c - what lab export wrote as a script or JSON comes in whole, into an empty lab.
 *
 * Such a file is a lab, and no export of a machine: no importer maps its facts.  It is handed to
 * `lab build`, which knows the calls in it.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lab_plugin.h"

/* The beginning of a file; of a pipe nothing, for what is read of it is gone. */
static size_t peek(const char *path, char *text, size_t size)
{
    struct stat st;
    FILE *in = stat(path, &st) == 0 && S_ISREG(st.st_mode) ? fopen(path, "rb") : NULL;
    if (!in)
        return 0;
    size_t got = fread(text, 1, size, in);
    fclose(in);
    return got;
}

bool lab_is_exported(struct cs_call *call, struct cs_str file)
{
    static const char head[] = "{\"certsh\":\"lab\"";
    struct cs_str as = cs_call_str(call, "as");
    char text[256] = "";
    if (as.length)
        return cs_str_is(as, "json") || cs_str_is(as, "lua");
    size_t size = peek(cs_str_c(cs_call_arena(call), file), text, sizeof text - 1);
    if (cs_str_ends(file, CS_STR(".lua")))
        return strstr(text, "written by certsh") != NULL;
    char *to = text;
    for (size_t i = 0; i < size; i++) /* another program may have laid it out anew */
        if (!strchr(" \t\r\n", text[i]))
            *to++ = text[i];
    *to = '\0';
    return strncmp(text, head, sizeof head - 1) == 0;
}

struct taker {
    struct cs_sink sink; /* first, so that the sink is the taker */
    int64_t calls, added;
};

static cs_status take(struct cs_sink *sink, const struct cs_value *values, struct cs_error *err)
{
    struct taker *taker = (struct taker *)sink;
    (void)err;
    taker->calls = values[1].kind == CS_INT ? values[1].integer : 0;
    taker->added = values[2].integer + values[3].integer;
    return CS_OK;
}

static void warn(struct cs_sink *sink, struct cs_str remark)
{
    (void)sink;
    (void)remark;
}

cs_status lab_import_exported(struct cs_call *call, struct cs_str file, struct cs_error *err)
{
    struct cs_arena *arena = cs_call_arena(call);
    struct taker taker = {.sink = {.row = take, .warn = warn}};
    struct cs_str line = cs_str_printf(arena, "lab build \"%.*s\"", CS_STR_ARG(file));
    int code;
    cs_status status = cs_shell_run(cs_call_shell(call), line, &taker.sink, &code, err);
    if (status != CS_OK)
        return status;
    const struct cs_start *start = cs_lab_start(cs_call_lab(call));
    if (start->host)
        cs_shell_use_host(cs_call_shell(call), start->host);
    cs_shell_use_user(cs_call_shell(call), start->user);
    bool lua = cs_str_ends(file, CS_STR(".lua"));
    if (cs_call_wants_words(call))
        cs_call_say(call, "%.*s   %s   the lab %.*s, whole\n", CS_STR_ARG(file),
                    lua ? "lua" : "json", CS_STR_ARG(start->name));
    return CS_ROW(call, err, cs_value_str(file), cs_value_text(lua ? "lua" : "json"),
                  cs_value_int(taker.calls), cs_value_int(taker.added), cs_value_int(0),
                  cs_value_list(arena, NULL, 0));
}
