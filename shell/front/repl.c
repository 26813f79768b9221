/* repl.c - the conversation: a prompt, a line or a block, its answer.  Room: front. */
#define _POSIX_C_SOURCE 200809L
#include "front.h"

#include <certsh/host.h>
#include <certsh/world.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugin/trust.h"

/* USER@HOST, [WORLD] when we are in one, and a star for changes. */
static const char *prompt(struct csi_front *front, struct cs_arena *arena)
{
    struct cs_lab *lab = cs_shell_lab(front->shell);
    cs_id user = cs_shell_user(front->shell);
    const struct cs_host *host = cs_host_get(lab, cs_shell_host(front->shell));
    struct cs_str name = user ? cs_principal_name(lab, arena, user) : CS_STR("certsh");
    struct cs_str world = cs_world_path(lab, arena);
    bool inside = world.length > 0;
    return cs_arena_printf(arena, "%.*s%s%.*s%s%.*s%s%s> ", CS_STR_ARG(name), host ? "@" : "",
                           (int)(host ? host->name.length : 0), host ? host->name.at : "",
                           inside ? "[" : "", CS_STR_ARG(world), inside ? "]" : "",
                           cs_lab_change_count(lab) ? "*" : "");
}

/*
 * Lines of the conversation.  A terminal may paste several at once, and readline then gives
 * them as one text: they are taken apart again, and run one by one.
 */
struct lines {
    char *text, *rest;
};

/* Yours, free; NULL at the end, or when Ctrl-C threw the line (and what was pasted) away. */
static char *next_line(struct lines *lines, const char *prompt_, bool *cancelled)
{
    *cancelled = false;
    if (!lines->rest || !lines->rest[0]) {
        free(lines->text);
        lines->text = lines->rest = csi_line_read(prompt_, cancelled);
    }
    if (!lines->text)
        return NULL;
    size_t size = strcspn(lines->rest, "\n");
    char *line = strndup(lines->rest, size);
    lines->rest += size + (lines->rest[size] == '\n');
    return line;
}

/* A command that takes free text takes a paste whole: the event that was copied is its text. */
static void take_paste(struct csi_front *front, struct lines *lines, struct cs_buf *block)
{
    const struct cs_command *command = NULL;
    struct cs_str rest;
    struct cs_error ignored;
    if (!lines->rest || !lines->rest[0] ||
        cs_shell_find(front->shell, cs_buf_str(block), &command, &rest, &ignored) != CS_OK ||
        !command || !command->params.count)
        return;
    const struct cs_param *first = &command->params.at[0];
    if (first->type != &cs_type_text || !(first->flags & CS_MANY))
        return;
    cs_buf_addf(block, "\n%s", lines->rest);
    lines->rest += strlen(lines->rest);
}

/* Read on while the block is Lua that is not whole; false when Ctrl-C threw it away. */
static bool read_rest(struct csi_front *front, struct lines *lines, struct cs_buf *block)
{
    struct cs_error err;
    if (csi_line_kind(front->shell, cs_buf_str(block)) != CSI_LINE_LUA ||
        csi_front_need_lua(front, &err) != CS_OK)
        return true;
    while (csi_lua_incomplete(front->lua, cs_str_trim(cs_buf_str(block)))) {
        bool cancelled;
        char *line = next_line(lines, ">> ", &cancelled);
        if (!line)
            return !cancelled;
        cs_buf_addf(block, "\n%s", line);
        free(line);
    }
    return true;
}

static void on_interrupt(int number)
{
    (void)number;
    (void)!write(STDOUT_FILENO, "\n", 1); /* after the terminal's own ^C */
    csi_lua_interrupt(csi_front_current->lua);
}

/* The first Ctrl-C stops what runs in Lua; a second one, when that did not help, the shell. */
static void run_block(struct csi_front *front, struct cs_str block)
{
    struct sigaction action = {.sa_handler = on_interrupt}, before;
    action.sa_flags = (int)(SA_RESETHAND | SA_RESTART);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &before);
    (void)csi_front_line(front, block, "=stdin");
    sigaction(SIGINT, &before, NULL);
    csi_lua_calm(front->lua);
}

/* One turn; false when the input ended. */
static bool turn(struct csi_front *front, struct lines *lines, struct cs_buf *block)
{
    bool cancelled;
    struct cs_arena *arena = cs_arena_new();
    char *line = next_line(lines, prompt(front, arena), &cancelled);
    cs_arena_free(arena);
    if (!line)
        return cancelled;
    cs_buf_cut(block, 0);
    cs_buf_adds(block, line);
    free(line);
    take_paste(front, lines, block);
    if (!read_rest(front, lines, block))
        return true;
    csi_line_remember(cs_buf_str(block));
    run_block(front, cs_buf_str(block));
    return true;
}

static void greet(const struct csi_front *front)
{
    const struct cs_start *start = cs_lab_start(cs_shell_lab(front->shell));
    if (!front->options.quiet)
        printf("certsh %s, lab %.*s.  help lists the commands; Ctrl-D leaves.\n", cs_version(),
               CS_STR_ARG(start->name));
}

/* $XDG_CONFIG_HOME/certsh/rc.lua, when there is one. */
static void run_rc(struct csi_front *front)
{
    char *list[] = {(char *)front->paths.rc, NULL};
    struct cs_error err = {0};
    const char *command;
    int code = -1;
    FILE *file = front->options.no_rc || !list[0] ? NULL : fopen(list[0], "r");
    if (!file)
        return;
    fclose(file);
    cs_status status = csi_trust_path("rc file", list[0], &err);
    if (status == CS_OK)
        status = csi_front_need_lua(front, &err);
    if (status == CS_OK)
        status = csi_lua_script(front->lua, 1, list, &code, &command, &err);
    if (status != CS_OK)
        csi_front_tell(front, &err);
}

int csi_repl(struct csi_front *front)
{
    struct cs_error err;
    struct cs_buf block;
    struct lines lines = {0};
    int code = 0;
    front->interactive = true;
    if (cs_shell_need_lab(front->shell, &err) != CS_OK || csi_line_open(front, &err) != CS_OK) {
        csi_front_tell(front, &err);
        return cs_status_exit(err.status);
    }
    cs_buf_init(&block, 1 << 26);
    greet(front);
    run_rc(front);
    while (!cs_shell_quitting(front->shell, &code) && turn(front, &lines, &block))
        ;
    free(lines.text);
    csi_line_close();
    cs_buf_clear(&block);
    return code;
}
