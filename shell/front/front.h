/*
 * front.h - the program around the shell: options, output, lines, scripts.
 *
 * One struct front is one run of the program.  Nothing is made before it is needed: no Lua for
 * a command that needs none, no readline without a terminal, no lab before somebody asks.
 * Room: front, internal.
 */
#ifndef CERTSH_FRONT_FRONT_H
#define CERTSH_FRONT_FRONT_H

#include <certsh/format.h>
#include <certsh/shell.h>

#include <stdio.h>

#include "lua/lua_host.h"

/* ----------------------------------------------------------------- options */

/* What -c and -e ask for, in the order of the command line. */
struct csi_action {
    bool is_lua;
    const char *text;
};

struct csi_options {
    struct csi_action *actions;
    size_t action_count;
    const char **plugin_paths; /* --plugin-path, in order */
    size_t plugin_path_count;
    const char *home; /* where to look from for the rest; NULL: where the program lies */
    const char *lab, *lab_name, *format, *color, *assume, *budget, *manifest, *env_plugin_path;
    bool interactive, keep_going, sandbox, no_rc, no_plugins, quiet, ascii, help, version, schema,
        man;
    char **script; /* SCRIPT and its arguments, NULL at the end; NULL when none */
    int script_count;
};
/* Environment first, then the command line.  In `arena`. */
cs_status csi_options_read(struct cs_arena *arena, int argc, char **argv, struct csi_options *out,
                           struct cs_error *err);
void csi_options_help(FILE *out);

/* ------------------------------------------------------------------- paths */

struct csi_paths {
    const char *scripts;  /* the folder of labs and scripts */
    const char *compiled; /* the folder of their compiled copies */
    const char **plugins; /* folders of plugins, first wins */
    size_t plugin_count;
    size_t plugin_own;        /* from here on they are the program's own */
    const char *line;         /* the module of line.c */
    const char *store;        /* the module of lab/store.c */
    const char *history, *rc; /* files; NULL without a home */
};
void csi_paths_find(struct cs_arena *arena, const struct csi_options *options,
                    struct csi_paths *out);

/* ------------------------------------------------------------------ output */

struct csi_look {
    const struct cs_format *format;
    FILE *out;
    bool utf8, colour, terminal, quiet;
    size_t width; /* 0: unlimited */
};

/* A sink that prints by a format; `sink` comes first, so that one is the other. */
struct csi_renderer {
    struct cs_sink sink;
    struct csi_look look;
    const struct cs_format *form; /* whose callbacks are called: the look's, or csi_whole_form */
    struct cs_output output;      /* what they are given */
    struct cs_arena *arena;       /* of one command: begin to finish */
    cs_status status;             /* of the format: its first failure, which is `problem` */
    struct cs_error problem;
    bool begun;             /* and to be finished */
    bool broken, unwritten; /* nobody reads the output; it cannot be written */
    bool in_line;           /* the words said last did not end their line */
};
void csi_renderer_init(struct csi_renderer *renderer, const struct csi_look *look);
/* After a command that ended with `status`: what is still to be written.  Returns that status, or
 * the format's failure in its place. */
cs_status csi_renderer_finish(struct csi_renderer *renderer, cs_status status,
                              struct cs_error *err);
void csi_renderer_clear(struct csi_renderer *renderer);
/* Stands in for a format that wants all rows at once. */
extern const struct cs_format csi_whole_form;
/* A format by its name, of any plugin. */
bool csi_look_find(struct cs_shell *shell, struct cs_str name, struct csi_look *look);

/* ----------------------------------------------------------------- program */

struct csi_front {
    struct cs_arena *arena;
    struct csi_options options;
    struct csi_paths paths;
    struct cs_shell *shell;
    struct csi_lua *lua;
    bool interactive;
};

cs_status csi_front_open(struct csi_front *front, struct cs_error *err);
void csi_front_close(struct csi_front *front);

/* The Lua of this program, made when first asked for. */
CS_API cs_status csi_front_need_lua(struct csi_front *front, struct cs_error *err);
/* How output to `out` looks by the settings; `format` may be NULL (the setting's). */
struct csi_look csi_front_look(const struct csi_front *front, FILE *out);
/* Tell a failure on standard error, as words or as the error object. */
void csi_front_tell(const struct csi_front *front, const struct cs_error *err);
/* A remark on standard error; as an object where output is JSON. */
void csi_front_remark(const struct csi_front *front, struct cs_str text, const char *hint);
/*
 * A script with its arguments, argv[0] its file; where it declares and returns a command, that is
 * run with them.  Returns the exit code, failures are told.
 */
int csi_front_script(struct csi_front *front, int argc, char *const *argv);
/* The line of the command that a script is, with the script's arguments; --help asks for its page.
 */
struct cs_str csi_front_script_line(struct cs_arena *arena, const char *command, int argc,
                                    char *const *argv);
/* One command line with its pipes; returns the exit code, failures are told. */
int csi_front_command(struct csi_front *front, struct cs_str line);
/* One Lua chunk; returns the exit code, failures are told. */
int csi_front_lua(struct csi_front *front, struct cs_str chunk, const char *name);
/* A line by the line grammar. */
int csi_front_line(struct csi_front *front, struct cs_str line, const char *name);

extern const struct cs_plugin csi_front_plugin; /* run, and the standard formats */
extern struct csi_front *csi_front_current;     /* for its commands, and for signals */

/* ----------------------------------------------------------------- grammar */

enum csi_line_kind { CSI_LINE_EMPTY, CSI_LINE_COMMAND, CSI_LINE_LUA, CSI_LINE_UNKNOWN };
CS_API enum csi_line_kind csi_line_kind(struct cs_shell *shell, struct cs_str line);

/* ------------------------------------------------------------------- pipes */

struct csi_pipe {
    struct cs_str line; /* the command line before it */
    enum { CSI_NO_PIPE, CSI_TO_PROGRAM, CSI_TO_FILE, CSI_ADD_TO_FILE } kind;
    const char *target; /* program or file */
};
/* Split off `| program`, `> file`, `>> file`.  In `arena`. */
cs_status csi_pipe_split(struct cs_arena *arena, struct cs_str line, struct csi_pipe *out,
                         struct cs_error *err);
cs_status csi_pipe_open(const struct csi_pipe *pipe, FILE **out, struct cs_error *err);
/* Close it; `code` gets 1 when the program failed and the command did not.  CS_IO where not all
 * was `written` to a file (errno says why); a program may leave early. */
cs_status csi_pipe_close(const struct csi_pipe *pipe, FILE *out, bool written, int *code,
                         struct cs_error *err);

/* ------------------------------------------------------------------ scripts */

int csi_script_actions(struct csi_front *front);
int csi_script_stdin(struct csi_front *front);
int csi_script_file(struct csi_front *front);
int csi_repl(struct csi_front *front);

/* ------------------------------------------------------------------ sandbox */

struct csi_budget {
    double seconds;
    size_t mib;
};
/* "5,256", which is the default for NULL. */
CS_API cs_status csi_budget_read(const char *text, struct csi_budget *budget, struct cs_error *err);
/* Run what the options ask for in a sandbox; the front is not open yet. */
int csi_sandbox(struct csi_front *front);

/* Readline's part: a module of its own, opened for a conversation (line_door.c). */
struct csi_line {
    void (*open)(struct csi_front *front);
    void (*close)(void);
    char *(*read)(const char *prompt, bool *cancelled);
    void (*remember)(struct cs_str block);
};
cs_status csi_line_open(struct csi_front *front, struct cs_error *err);
void csi_line_close(void);
/* One line from the terminal; NULL at its end.  Yours, free.  `*cancelled`: Ctrl-C. */
char *csi_line_read(const char *prompt, bool *cancelled);
/* Put a whole block into the history, and into its file. */
void csi_line_remember(struct cs_str block);

#endif
