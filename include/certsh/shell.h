/*
 * shell.h - one running shell: the open lab, who and where we are, the commands there are.
 *
 * A plugin meets it in types and calls.  The front makes it, gives it plugins, and hands it
 * lines:
 *
 *     struct cs_shell *shell = cs_shell_new();
 *     cs_shell_run(shell, cs_str_of("token show CORP\\DC02$ --at DC01"), &sink, &code, &err);
 *
 * A sink takes what a command gives: the renderer of the front, the row collector of Lua, the
 * recorder of the tests are three sinks.
 *
 * Floor: command.
 */
#ifndef CERTSH_SHELL_H
#define CERTSH_SHELL_H

#include <certsh/command.h>

struct cs_plugin;

/* ------------------------------------------------------------------- sinks */

struct cs_sink {
    /* A command begins; its declared fields are known.  May be NULL. */
    cs_status (*begin)(struct cs_sink *sink, const struct cs_command *command,
                       struct cs_error *err);
    /* One row, as many values as the command has fields; borrowed for the call. */
    cs_status (*row)(struct cs_sink *sink, const struct cs_value *values, struct cs_error *err);
    /* Words for people; only called when wants_words. */
    void (*words)(struct cs_sink *sink, struct cs_str words);
    /* A remark (standard error). */
    void (*warn)(struct cs_sink *sink, struct cs_str remark);
    /* The command ended, well or not: close arrays, flush.  May be NULL. */
    void (*end)(struct cs_sink *sink);
    bool wants_words, utf8, colour;
    size_t width; /* columns; 0 is unlimited */
};

/* ------------------------------------------------------------------- shell */

CS_API struct cs_shell *cs_shell_new(void);
CS_API void cs_shell_free(struct cs_shell *shell);

/*
 * The lab.  `open` (set once by the front) is called when the lab is first asked for: it
 * builds or opens it; until then a shell costs nothing.
 */
typedef cs_status cs_shell_open_fn(struct cs_shell *shell, struct cs_lab **lab,
                                   struct cs_error *err);
CS_API void cs_shell_set_open(struct cs_shell *shell, cs_shell_open_fn *open, void *context);
CS_API void *cs_shell_open_context(const struct cs_shell *shell);
/* The open lab, never NULL; a lab that cannot be opened is an empty one and a warning. */
CS_API struct cs_lab *cs_shell_lab(struct cs_shell *shell);
CS_API CS_MUST_CHECK cs_status cs_shell_need_lab(struct cs_shell *shell, struct cs_error *err);
CS_API bool cs_shell_has_lab(const struct cs_shell *shell);               /* opened yet? */
CS_API void cs_shell_set_lab(struct cs_shell *shell, struct cs_lab *lab); /* takes it over */
/*
 * Go into another lab for a while, to where that lab begins, and come back.  Nobody's lab
 * changes hands: the one that was left stays as it is until the return.
 */
struct cs_place {
    struct cs_lab *lab;
    cs_id host, user;
};
CS_API struct cs_place cs_shell_enter(struct cs_shell *shell, struct cs_lab *lab);
CS_API void cs_shell_return(struct cs_shell *shell, const struct cs_place *place);

/* Another lab beside the open one, yours: a built-in one by name, a file by its path.  `other`
 * (set once by the front, with the context of `open`) makes it.  CS_NOT_FOUND. */
typedef cs_status cs_shell_other_fn(struct cs_shell *shell, const char *name, struct cs_lab **lab,
                                    struct cs_error *err);
CS_API void cs_shell_set_other(struct cs_shell *shell, cs_shell_other_fn *other);
CS_API CS_MUST_CHECK cs_status cs_shell_open_other(struct cs_shell *shell, struct cs_str name,
                                                   struct cs_lab **lab, struct cs_error *err);

/* Where commands act and as whom; 0 is nowhere.  At first the lab's own (cs_lab_start). */
CS_API cs_id cs_shell_host(struct cs_shell *shell);
CS_API cs_id cs_shell_user(struct cs_shell *shell);
CS_API void cs_shell_use_host(struct cs_shell *shell, cs_id host);
CS_API void cs_shell_use_user(struct cs_shell *shell, cs_id user);

/* Settings of `set`: "format", "color", ...; "" for one that was never set. */
CS_API struct cs_str cs_shell_setting(const struct cs_shell *shell, const char *name);
CS_API CS_MUST_CHECK cs_status cs_shell_set(struct cs_shell *shell, struct cs_str name,
                                            struct cs_str value, struct cs_error *err);

/* quit was asked for, with which exit code. */
CS_API void cs_shell_quit(struct cs_shell *shell, int code);
CS_API bool cs_shell_quitting(const struct cs_shell *shell, int *code);

/* ---------------------------------------------------------------- registry */

/* What the registry knows of a command that may not be loaded yet. */
struct cs_command_entry {
    const char *name, *brief;
    const char *plugin;               /* the plugin's name */
    const struct cs_command *command; /* NULL while its plugin is not loaded */
};

/* Take a plugin's commands, importers and gates.  Errors: CS_ABI, CS_EXISTS naming both owners. */
CS_API CS_MUST_CHECK cs_status cs_shell_add_plugin(struct cs_shell *shell,
                                                   const struct cs_plugin *plugin,
                                                   const char *origin, struct cs_error *err);

typedef bool cs_command_fn(void *context, const struct cs_command_entry *entry); /* false stops */
CS_API void cs_shell_each_command(struct cs_shell *shell, cs_command_fn *fn, void *context);

/*
 * The command whose words begin `line` (longest match, any case), loaded; `rest` is what
 * follows.  NULL without an error when the line names none.
 */
CS_API CS_MUST_CHECK cs_status cs_shell_find(struct cs_shell *shell, struct cs_str line,
                                             const struct cs_command **command, struct cs_str *rest,
                                             struct cs_error *err);
/* By exact name, loaded; NULL when there is none. */
CS_API const struct cs_command *cs_shell_command(struct cs_shell *shell, struct cs_str name);

/* Importers of all plugins (loads what the manifest says has one). */
struct cs_importer;
CS_API size_t cs_shell_importers(struct cs_shell *shell, const struct cs_importer *const **list);

/* The nearest command names to what was typed, for "did you mean"; in `arena`. */
CS_API struct cs_str cs_shell_suggest(struct cs_shell *shell, struct cs_arena *arena,
                                      struct cs_str line);

/* --------------------------------------------------------------------- run */

/*
 * Run one command line (no pipes) and give what comes to `sink`.  `code` is the exit code,
 * set in any case.  A failure is told in `err` (and the sink closed); a refusal is no failure.
 */
CS_API cs_status cs_shell_run(struct cs_shell *shell, struct cs_str line, struct cs_sink *sink,
                              int *code, struct cs_error *err);

/*
 * Split a line at blanks as the line grammar says: "..." and '...' quote, a doubled quote
 * inside stands for itself, a backslash is an ordinary character, a leading en or em dash is
 * '-'.  Errors: CS_SYNTAX for an open quote.
 */
CS_API CS_MUST_CHECK cs_status cs_line_split(struct cs_arena *arena, struct cs_str line,
                                             struct cs_list *words, struct cs_error *err);

/* Completion of the word that ends at `cursor`; `start` is where that word begins. */
CS_API void cs_shell_complete(struct cs_shell *shell, struct cs_str line, size_t cursor,
                              size_t *start, cs_offer_fn *offer, void *context);

/* Help as text, the schema as a value: in `arena`. */
CS_API struct cs_str cs_help_command(struct cs_arena *arena, const struct cs_command *command);
CS_API struct cs_str cs_help_usage(struct cs_arena *arena, const struct cs_command *command);
CS_API struct cs_value cs_schema_command(struct cs_arena *arena, const struct cs_command *command);

#endif
