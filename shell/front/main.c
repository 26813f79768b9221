/*
 * main.c - the program certsh: read the options, then run what they ask for, a script, the
 * lines of a pipe, or a conversation.  Room: front.
 */
#define _POSIX_C_SOURCE 200809L
#include "front.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "command/shell_internal.h"
#include "plugin/load.h"

/* ----------------------------------------------------------- derived papers */

static int told(const struct csi_front *front, const struct cs_error *err)
{
    csi_front_tell(front, err);
    return cs_status_exit(err->status);
}

static int print_schema(struct csi_front *front)
{
    struct cs_error err = {0};
    struct cs_value schema = csi_schema_all(front->shell, front->arena, &err);
    struct cs_buf buf;
    cs_buf_init(&buf, SIZE_MAX / 4);
    cs_json_write(&buf, &schema);
    printf("%s\n", buf.at);
    cs_buf_clear(&buf);
    return err.status == CS_OK ? 0 : told(front, &err);
}

static int print_man(struct csi_front *front)
{
    struct cs_error err = {0};
    struct cs_str page = csi_man_all(front->shell, front->arena, &err);
    fwrite(page.at, 1, page.length, stdout);
    return err.status == CS_OK ? 0 : told(front, &err);
}

static int write_manifest(struct csi_front *front)
{
    struct cs_error err = {0};
    cs_status status = csi_plugins_write_manifest(front->shell, front->options.manifest, &err);
    return status == CS_OK ? 0 : told(front, &err);
}

/* --------------------------------------------------------------------- main */

static int run_all(struct csi_front *front)
{
    const struct csi_options *options = &front->options;
    int code = 0;
    if (options->schema)
        return print_schema(front);
    if (options->man)
        return print_man(front);
    if (options->manifest)
        return write_manifest(front);
    if (options->action_count)
        code = csi_script_actions(front);
    if (options->script && (code == 0 || options->keep_going) &&
        !cs_shell_quitting(front->shell, NULL)) {
        int script = csi_script_file(front);
        code = code ? code : script;
    }
    bool asked = options->action_count || options->script;
    if (asked && (!options->interactive || cs_shell_quitting(front->shell, NULL)))
        return code;
    if (isatty(STDIN_FILENO))
        return csi_repl(front);
    return asked ? code : csi_script_stdin(front);
}

static int run(struct csi_front *front)
{
    struct cs_error err = {0};
    if (front->options.help)
        return csi_options_help(stdout), 0;
    if (front->options.version)
        return printf("certsh %s\n", cs_version()), 0;
    if (front->options.sandbox)
        return csi_sandbox(front);
    cs_status status = csi_front_open(front, &err);
    int code = status == CS_OK ? run_all(front) : told(front, &err);
    csi_front_close(front);
    return code;
}

int main(int argc, char **argv)
{
    struct csi_front front = {.arena = cs_arena_new()};
    struct cs_error err = {0};
    signal(SIGXFSZ, SIG_IGN); /* a limit on files is told like a full disk, not died of */
    cs_status status = csi_options_read(front.arena, argc, argv, &front.options, &err);
    int code = status == CS_OK ? run(&front) : told(&front, &err);
    cs_arena_free(front.arena);
    if (fflush(stdout) != 0 && code == 0)
        code = 1;
    return code;
}
