/*
 * run_line.c - how a line runs: a command with its pipes, a chunk of Lua, a script (see front.h).
 *
 * Whatever is printed while a command line runs goes where its `|` or `>` says.  Room: front.
 */
#define _POSIX_C_SOURCE 200809L
#include "front.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "command/shell_internal.h"

/* Take `--format F` out of a line whose command has no such option of its own. */
static cs_status take_format(struct csi_front *front, struct cs_arena *arena, struct cs_str *line,
                             struct csi_look *look, struct cs_error *err)
{
    const struct cs_command *command = NULL;
    struct cs_str rest;
    struct csi_word *words = NULL;
    size_t count = 0, i = 0;
    cs_status status = cs_shell_find(front->shell, *line, &command, &rest, err);
    if (status != CS_OK || !command || command->flags & CS_COMMAND_RAW)
        return CS_OK; /* whatever is wrong is told when it runs */
    for (i = 0; i < command->params.count; i++)
        if (strcmp(command->params.at[i].name, "format") == 0)
            return CS_OK;
    if (csi_words_split(arena, *line, true, &words, &count, err) != CS_OK)
        return CS_OK;
    for (i = 0; i < count && !cs_str_is(words[i].text, "--"); i++) {
        bool alone = cs_str_is(words[i].text, "--format") && i + 1 < count;
        if (!alone && !cs_str_starts(words[i].text, CS_STR("--format=")))
            continue;
        struct cs_str name = alone ? words[i + 1].text : cs_str_from(words[i].text, 9);
        size_t end = words[i + alone].end;
        if (!csi_look_find(front->shell, name, look))
            return csi_registry_check_format(front->shell, name, err);
        *line = cs_str_printf(arena, "%.*s%.*s", (int)words[i].at, line->at,
                              (int)(line->length - end), line->at + end);
        return CS_OK;
    }
    return CS_OK;
}

/* Whatever is printed while a line runs, by its commands or by scripts, goes where `out` goes. */
static int divert(FILE *out)
{
    fflush(stdout);
    if (out == stdout)
        return -1;
    int kept = dup(STDOUT_FILENO);
    dup2(fileno(out), STDOUT_FILENO);
    return kept;
}

/* False when something printed could not be written; `errno` says why. */
static bool restore(int kept)
{
    bool written = fflush(stdout) == 0 && !ferror(stdout);
    int problem = errno;
    clearerr(stdout);
    if (kept < 0) {
        errno = problem;
        return written;
    }
    dup2(kept, STDOUT_FILENO);
    close(kept);
    errno = problem;
    return written;
}

static cs_status run_to(struct csi_front *front, const struct csi_pipe *pipe, struct cs_str line,
                        const struct csi_look *look, int *code, struct cs_error *err)
{
    struct csi_renderer renderer;
    FILE *out;
    cs_status status = csi_pipe_open(pipe, &out, err);
    if (status != CS_OK)
        return status;
    int kept = divert(out);
    csi_renderer_init(&renderer, look);
    status = cs_shell_run(front->shell, line, &renderer.sink, code, err);
    status = csi_renderer_finish(&renderer, status, err);
    if (status != CS_OK && renderer.broken) /* the program had enough */
        status = CS_OK, *code = 0;
    csi_renderer_clear(&renderer);
    struct cs_error closing;
    bool written = restore(kept);
    cs_status closed = csi_pipe_close(pipe, out, written, code, &closing);
    if (status == CS_OK && closed != CS_OK)
        *err = closing, status = closed;
    return status;
}

int csi_front_command(struct csi_front *front, struct cs_str line)
{
    struct cs_arena *arena = cs_arena_new();
    struct cs_error err = {0};
    struct csi_pipe pipe;
    int code = 0;
    struct csi_look look = csi_front_look(front, stdout);
    csi_shell_set_error_text(front->shell, CS_STR(""));
    cs_status status = csi_pipe_split(arena, cs_str_trim(line), &pipe, &err);
    if (status == CS_OK)
        status = take_format(front, arena, &pipe.line, &look, &err);
    if (pipe.kind != CSI_NO_PIPE) {
        look.width = 0;
        look.terminal = false;
        look.colour = cs_str_is(cs_shell_setting(front->shell, "color"), "always");
    }
    if (status == CS_OK)
        status = run_to(front, &pipe, pipe.line, &look, &code, &err);
    fflush(stdout);
    if (status != CS_OK) {
        csi_front_tell(front, &err);
        code = cs_status_exit(status);
    }
    cs_arena_free(arena);
    return code;
}

int csi_front_lua(struct csi_front *front, struct cs_str chunk, const char *name)
{
    struct cs_error err = {0};
    int code = -1;
    csi_shell_set_error_text(front->shell, CS_STR(""));
    cs_status status = csi_front_need_lua(front, &err);
    if (status == CS_OK)
        status = csi_lua_eval(front->lua, chunk, name, &code, &err);
    fflush(stdout);
    if (code >= 0) {
        cs_shell_quit(front->shell, code);
        return code;
    }
    if (status == CS_OK)
        return 0;
    csi_front_tell(front, &err);
    return cs_status_exit(status);
}

/* A word as it is typed: in quotes where it must be. */
static void add_word(struct cs_buf *line, const char *word)
{
    bool bare = word[0] && !strpbrk(word, " \t\r\n\"'|>#");
    cs_buf_adds(line, bare ? " " : " \"");
    for (const char *at = word; *at; at++) {
        if (*at == '"')
            cs_buf_addc(line, '"');
        cs_buf_addc(line, *at);
    }
    cs_buf_adds(line, bare ? "" : "\"");
}

struct cs_str csi_front_script_line(struct cs_arena *arena, const char *command, int argc,
                                    char *const *argv)
{
    struct cs_buf line;
    cs_buf_init(&line, 1 << 26);
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        cs_buf_addf(&line, "help %s", command);
        argc = 1;
    } else {
        cs_buf_adds(&line, command);
    }
    for (int i = 1; i < argc; i++)
        add_word(&line, argv[i]);
    struct cs_str text = cs_str_copy(arena, cs_buf_str(&line));
    cs_buf_clear(&line);
    return text;
}

int csi_front_script(struct csi_front *front, int argc, char *const *argv)
{
    struct cs_error err = {0};
    const char *command = NULL;
    int code = -1;
    cs_status status = csi_front_need_lua(front, &err);
    if (status == CS_OK)
        status = csi_lua_script(front->lua, argc, argv, &code, &command, &err);
    fflush(stdout);
    if (status != CS_OK)
        csi_front_tell(front, &err);
    else if (command && code < 0)
        return csi_front_command(front, csi_front_script_line(front->arena, command, argc, argv));
    return code >= 0 ? code : cs_status_exit(status);
}

int csi_front_line(struct csi_front *front, struct cs_str line, const char *name)
{
    switch (csi_line_kind(front->shell, line)) {
    case CSI_LINE_EMPTY:
        return 0;
    case CSI_LINE_COMMAND:
    case CSI_LINE_UNKNOWN:
        return csi_front_command(front, line);
    case CSI_LINE_LUA:
        return csi_front_lua(front, cs_str_trim(line), name);
    }
    return 1;
}
