/*
 * shell_internal.h - what a shell is made of; for the command, plugin, lua and front floors.
 *
 * The registry knows a plugin by its manifest (declared) or by its struct (loaded), and a
 * command by name, brief and owner until its plugin is loaded.  Loading is a hook, because
 * only the plugin floor may open files of code.  Room: command, internal.
 */
#ifndef CERTSH_COMMAND_SHELL_INTERNAL_H
#define CERTSH_COMMAND_SHELL_INTERNAL_H

#include <certsh/import.h>
#include <certsh/plugin.h>
#include <certsh/shell.h>

#include "base/map.h"

/* A plugin as far as the shell knows it.  Texts live as long as the shell. */
struct csi_plugin_entry {
    const char *name, *version, *brief;
    const char *origin;             /* the file, or "built in" */
    const struct cs_plugin *plugin; /* NULL while it is not loaded */
    bool has_importers, has_gates;  /* by its manifest: loaded when these are first asked for */
    bool has_formats;
    char problem[280]; /* why loading failed, or empty */
    char cure[240];
    bool broken; /* could not even be read: it owns nothing, and is kept to be told of */
};

struct csi_command_entry {
    struct cs_command_entry entry; /* what strangers see */
    const char *path;              /* the plugin's file while not loaded */
};

struct csi_setting;
typedef cs_status csi_setting_fn(struct cs_shell *shell, const struct csi_setting *setting,
                                 struct cs_str value, struct cs_error *err);
struct csi_setting {
    const char *name, *value, *brief;
    csi_setting_fn *check; /* may it have that value? */
    const char *const *choices;
};

typedef cs_status csi_load_plugin_fn(struct cs_shell *shell, const char *path,
                                     struct cs_error *err);
/* What a Lua plugin's file says of itself, without running it; false when that cannot be read. */
struct csi_said {
    const char *name, *version, *brief, *needs;
    struct cs_value commands; /* list of names */
};
typedef bool csi_read_plugin_fn(struct cs_arena *arena, const char *path, struct csi_said *said);

struct cs_shell {
    struct cs_arena *arena;   /* lives as long as the shell */
    struct cs_arena *scratch; /* mark and rewind */

    struct cs_lab *lab;
    cs_shell_open_fn *open;
    cs_shell_other_fn *other;
    void *open_context;
    bool opening, open_failed;
    bool missed; /* somebody wanted the lab that could not be opened */
    struct cs_error open_error;
    cs_id host, user;

    struct csi_setting settings[8];
    bool quitting;
    int quit_code;
    unsigned withheld; /* capabilities that are not granted now (caps.h) */

    struct csi_command_entry *commands;
    size_t command_count, command_room;
    struct csi_map names; /* folded name -> index + 1 */
    struct csi_plugin_entry *plugins;
    size_t plugin_count, plugin_room;
    const struct cs_importer **importers;
    size_t importer_count;

    csi_load_plugin_fn *load_plugin; /* opens a file; set by the plugin floor */
    csi_read_plugin_fn *read_plugin; /* reads one, likewise */
    void *plugin_floor;              /* what the plugin floor keeps, in `arena` */

    unsigned depth;           /* calls within calls */
    struct cs_str error_text; /* what the last error's `at` counts in; lives in `error_arena` */
    struct cs_arena *error_arena;
};

/* Say what `at` of the error about to be returned counts in: a line, or one argument. */
CS_API void csi_shell_set_error_text(struct cs_shell *shell, struct cs_str text);
/* The text in which the last error's `at` is an offset; empty when there is none. */
CS_API struct cs_str csi_shell_error_text(const struct cs_shell *shell);

/* ---------------------------------------------------------------- registry */

/* Make a plugin known by its manifest line; texts are copied. */
CS_API cs_status csi_registry_declare_plugin(struct cs_shell *shell,
                                             const struct csi_plugin_entry *plugin,
                                             struct cs_error *err);
/* Make a command of a plugin that is not loaded known.  CS_EXISTS names both owners. */
CS_API cs_status csi_registry_declare(struct cs_shell *shell, const char *name, const char *brief,
                                      const char *plugin, const char *path, struct cs_error *err);
/* A plugin of one command takes the place of an earlier one of its name and command: a word is
 * said anew in a session.  False, and nothing done, where there is none. */
CS_API bool csi_registry_say_anew(struct cs_shell *shell, const struct cs_plugin *plugin,
                                  const char *origin);
/* The plugin of that name, or NULL. */
CS_API struct csi_plugin_entry *csi_registry_plugin(struct cs_shell *shell, struct cs_str name);
/* Keep a file that is no plugin, with what is wrong, for `plugin list` and `plugin doctor`. */
CS_API void csi_registry_note_broken(struct cs_shell *shell, const char *name, const char *origin,
                                     const struct cs_error *problem);
/* `plugin` takes the place of the one of its name and file: its commands go, these come. */
CS_API cs_status csi_registry_replace(struct cs_shell *shell, const struct cs_plugin *plugin,
                                      const char *origin, struct cs_error *err);
/* Load a declared plugin now; nothing to do when it is loaded. */
CS_API cs_status csi_registry_load(struct cs_shell *shell, struct csi_plugin_entry *plugin,
                                   struct cs_error *err);
/* `theirs` in today's shape: itself, or a copy in `arena`.  CS_ABI names both numbers. */
cs_status csi_abi_take(struct cs_arena *arena, const struct cs_plugin *theirs, const char *origin,
                       const struct cs_plugin **ours, struct cs_error *err);
/* Put the gates of all plugins into a lab that was just opened. */
void csi_registry_add_gates(struct cs_shell *shell, struct cs_lab *lab);
/* The format of that name, of any plugin; NULL when there is none. */
CS_API const struct cs_format *csi_registry_format(struct cs_shell *shell, struct cs_str name);
/* Is there one?  CS_INVALID with the names there are; a shell that has none takes every name. */
CS_API cs_status csi_registry_check_format(struct cs_shell *shell, struct cs_str name,
                                           struct cs_error *err);
/* The entries sorted by name; in `arena`. */
const struct csi_command_entry **csi_registry_sorted(struct cs_shell *shell,
                                                     struct cs_arena *arena);
/* The plugin that owns a command, or NULL. */
const struct csi_plugin_entry *csi_registry_owner(struct cs_shell *shell,
                                                  const struct cs_command *command);

/* The commands of the core itself: help, set, plugin, quit. */
extern const struct cs_plugin csi_builtin_plugin;

/* ------------------------------------------------------------------- words */

struct csi_word {
    struct cs_str text; /* without quotes, leading dashes as '-' */
    size_t at, end;     /* where it stands in the line, quotes included */
    bool quoted;        /* a quote is in it */
};
/* Words of `line`; with `open_ok` an open quote is closed by the end (completion). */
CS_API cs_status csi_words_split(struct cs_arena *arena, struct cs_str line, bool open_ok,
                                 struct csi_word **words, size_t *count, struct cs_error *err);
/* The next word without quotes at `*at`, blanks skipped; false at the end. */
bool csi_words_next(struct cs_str line, size_t *at, struct cs_str *word);
/* Append a word to a command's name: a blank between, leading dashes as '-'. */
void csi_words_add_name(struct cs_buf *name, struct cs_str word);

/* -------------------------------------------------------------------- bind */

struct csi_bound {
    struct cs_value *values; /* one a parameter */
    bool *given;
};
/* Words to typed arguments.  `line` is for the places of errors. */
cs_status csi_bind(struct cs_shell *shell, struct cs_arena *arena, const struct cs_command *command,
                   struct cs_str line, const struct csi_word *words, size_t count,
                   struct csi_bound *bound, struct cs_error *err);

/* The nearest of `count` names to `typed`, within a sensible distance; NULL when none is. */
CS_API const char *csi_nearest(struct cs_str typed, const char *const *names, size_t count);
/* Letters to change from one to the other, case aside; at most `limit` + 1 is told. */
size_t csi_distance(struct cs_str a, struct cs_str b, size_t limit);

/* ------------------------------------------------------- derived from declarations */

CS_API struct cs_value csi_schema_all(struct cs_shell *shell, struct cs_arena *arena,
                                      struct cs_error *err);
CS_API struct cs_str csi_man_all(struct cs_shell *shell, struct cs_arena *arena,
                                 struct cs_error *err);
/* "--host HOST", "[NAME...]". */
void csi_usage_param(struct cs_buf *buf, const struct cs_param *param);

struct csi_topic {
    const char *name, *brief, *text;
};
/* Topics of help that are no commands, ended by a NULL name. */
extern const struct csi_topic csi_topics[];

#endif
