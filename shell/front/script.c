/*
 * script.c - what runs without a person: -c and -e in their order, a script file, and the
 * lines of a pipe.  A sequence stops at its first failure, unless told to keep going; its
 * exit code is that of the first failure either way.  Room: front.
 */
#define _POSIX_C_SOURCE 200809L
#include "front.h"

#include <stdlib.h>
#include <string.h>

static bool keeps_going(const struct csi_front *front)
{
    return cs_str_is(cs_shell_setting(front->shell, "keep-going"), "on");
}

/* Note a step's code; false when the sequence ends here. */
static bool goes_on(const struct csi_front *front, int *first, int code)
{
    if (*first == 0)
        *first = code;
    if (cs_shell_quitting(front->shell, &code)) {
        *first = *first ? *first : code;
        return false;
    }
    return code == 0 || keeps_going(front);
}

int csi_script_actions(struct csi_front *front)
{
    int first = 0;
    for (size_t i = 0; i < front->options.action_count; i++) {
        const struct csi_action *action = &front->options.actions[i];
        struct cs_str text = cs_str_of(action->text);
        int code =
            action->is_lua ? csi_front_lua(front, text, "=-e") : csi_front_line(front, text, "=-c");
        if (!goes_on(front, &first, code))
            break;
    }
    return first;
}

int csi_script_file(struct csi_front *front)
{
    return csi_front_script(front, front->options.script_count, front->options.script);
}

/* ------------------------------------------------------------ standard input */

struct input {
    char *line;
    size_t room;
    struct cs_buf chunk; /* Lua that is not whole yet */
};

static bool next_line(struct input *input, struct cs_str *line)
{
    ssize_t size = getline(&input->line, &input->room, stdin);
    if (size < 0)
        return false;
    *line = cs_str_span(input->line, (size_t)size);
    while (line->length && strchr("\r\n", line->at[line->length - 1]))
        line->length--;
    return true;
}

/* Lua goes on in the next lines while it is not whole. */
static int run_lua_lines(struct csi_front *front, struct input *input, struct cs_str line)
{
    struct cs_error err;
    cs_buf_cut(&input->chunk, 0);
    cs_buf_add_str(&input->chunk, line);
    if (csi_front_need_lua(front, &err) == CS_OK)
        while (csi_lua_incomplete(front->lua, cs_buf_str(&input->chunk)) &&
               next_line(input, &line)) {
            cs_buf_addc(&input->chunk, '\n');
            cs_buf_add_str(&input->chunk, line);
        }
    return csi_front_lua(front, cs_buf_str(&input->chunk), "=stdin");
}

int csi_script_stdin(struct csi_front *front)
{
    struct input input = {0};
    struct cs_str line;
    int first = 0;
    cs_buf_init(&input.chunk, 1 << 26);
    while (next_line(&input, &line)) {
        bool lua = csi_line_kind(front->shell, line) == CSI_LINE_LUA;
        int code = lua ? run_lua_lines(front, &input, cs_str_trim(line))
                       : csi_front_line(front, line, "=stdin");
        if (!goes_on(front, &first, code))
            break;
    }
    free(input.line);
    cs_buf_clear(&input.chunk);
    return first;
}
