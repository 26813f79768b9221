/*
 * lua_internal.h - what the files of the lua floor share.
 *
 * lua_State is known on this floor only, so that a Lua error (a longjmp) can cross no frame of
 * another floor.  There are three gates, and no fourth:
 *
 *     guard      Lua calls C: a binding that allocates or opens something is registered with
 *                csi_push_guarded; scratch memory is rewound however it ends
 *     protect    C calls Lua: csi_protect, whatever was raised becomes a cs_error
 *     panic      nobody's fault: print and abort; reaching it is a bug
 *
 * A binding checks its arguments, calls the domain, pushes results and raises with csi_raise.
 * It owns no heap, so it needs no cleanup.  Failure raises, absence is nil, a refusal is a
 * verdict.  Lua's stack marks [-o, +p, x] stand beside what touches the stack; `e` raises,
 * `m` raises only when memory runs out, `-` never raises.
 *
 * Room: lua, internal.
 */
#ifndef CERTSH_LUA_INTERNAL_H
#define CERTSH_LUA_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <certsh/gate.h>
#include <certsh/plugin.h>

#include "command/caps.h"
#include "lua/lua_host.h"

/* One unit of Lua work: its changes to the shell's lab are one transaction (lua_frame.c). */
struct csi_frame {
    struct cs_lab *lab; /* begun on this lab; NULL until the lab is first touched */
    struct cs_str title;
    struct csi_frame *outer;
};

struct csi_lua {
    lua_State *state; /* the main thread */
    lua_State *now;   /* the thread that runs; C that calls Lua back uses it */
    struct cs_shell *shell;
    struct cs_arena *scratch; /* rewound by the guard */
    struct cs_arena *kept;    /* what plugins declared; lives as long as this */
    const char *scripts;      /* the folder of scripts and labs, or "" */
    const char *compiled;     /* the folder of compiled labs, NULL when there is none; borrowed */
    struct csi_frame *frame;  /* innermost */
    unsigned holding;         /* lab:transaction and lab:what_if that are open */
    bool guest;               /* the state is another program's */
    bool exiting;             /* os.exit was called with `exit_code` */
    int exit_code;
    bool collecting; /* a plugin file is read: certsh.plugin declares, the loader registers */
    const char *file_needs; /* that the file declares, and as a set */
    unsigned file_caps;
    bool building;         /* a built-in lab is being built: the shell's lab must wait */
    bool sealed;           /* its script sealed it */
    struct cs_source told; /* lab:told_by: who tells what is built next; all 0: nobody said */
    size_t used;           /* bytes that Lua holds */
    size_t limit;          /* and may hold; 0: what there is */
    size_t refused;        /* size of a block that was refused and not got since */
    struct csi_confine confine;
};

/* The csi_lua of a state or one of its threads.  [-0, +0, -] */
struct csi_lua *csi_lua_of(lua_State *L);
/* Scratch memory of the binding that runs.  [-0, +0, -] */
struct cs_arena *csi_scratch(lua_State *L);

/* ------------------------------------------------------------------- guard */

/* Push `fn` behind the guard, which refuses it where `needs` is not granted.  [-0, +1, m] */
void csi_push_guarded(lua_State *L, lua_CFunction fn, unsigned needs);
/* Raise CS_NEEDS unless `needs` is granted now.  [-0, +0, e] */
void csi_need(lua_State *L, const char *what, unsigned needs);

/* One function of a library or type; those that allocate or call back are guarded. */
struct csi_fn {
    const char *name;
    lua_CFunction fn;
    bool guarded;
    unsigned needs; /* capabilities (caps.h), of a guarded one */
};
/* Put the functions into the table on top, up to the one without a name.  [-0, +0, m] */
void csi_set_fns(lua_State *L, const struct csi_fn *fns);

/*
 * Call `fn` with `context` as its one argument (a light userdata), protected: whatever it
 * raises ends in `err`.  For C that stands below frames of other floors.  [-0, +0, -]
 */
cs_status csi_protect(struct csi_lua *lua, lua_CFunction fn, void *context, struct cs_error *err);

/* Raise what os.exit raises, now and at every further step until the frame ends. */
int csi_exit(lua_State *L, int code);
void csi_exit_done(struct csi_lua *lua);

/* ------------------------------------------------------------ environments */

/*
 * Push an environment for a stranger's code that may do `caps`; modules of its own are in
 * `folder` (may be NULL).  [-0, +1, e]
 */
void csi_push_env(lua_State *L, unsigned caps, const char *folder);
/* Copy names from the table at `from` into the one on top.  [-0, +0, m] */
void csi_env_copy(lua_State *L, int from, const char *names);
/* Put io and os, and require, into the table at `env`.  [-0, +0, e] */
void csi_env_set_io(lua_State *L, int env, unsigned caps);
void csi_env_set_require(lua_State *L, int env, unsigned caps, const char *folder);
/* A new table `certsh`.  [-0, +1, m] */
void csi_push_certsh(lua_State *L);
/* The chunk of a sandboxed run is compiled and about to begin. */
void csi_confine_start(struct csi_lua *lua);

/* ------------------------------------------------------------------ errors */

/* Raise an error object; the int is for `return`.  [-0, +0, e] */
CS_NORETURN int csi_raise(lua_State *L, const struct cs_error *err);
/* Make one and raise it.  [-0, +0, e] */
CS_NORETURN int csi_raise_new(lua_State *L, cs_status status, const char *format, ...)
    CS_PRINTF(3, 4);
/* Raise unless `status` is CS_OK.  [-0, +0, e] */
void csi_check(lua_State *L, cs_status status, const struct cs_error *err);
/* The error value at `index`, from a call that ended with `code`, as a cs_error.  [-0, +0, e] */
void csi_error_read(lua_State *L, int index, int code, struct cs_error *err);
/* Say where in a script the error object on top was raised, once.  [-0, +0, m] */
void csi_error_place(lua_State *L);

/* ------------------------------------------------------------------ values */

/* Userdata types: a name, and methods that are made when the type is first used. */
struct csi_class {
    const char *name; /* "certsh.sd" */
    const struct csi_fn *methods;
    const struct csi_fn *const *more; /* further lists of methods, ended by NULL; may be NULL */
    const struct csi_fn *meta;        /* metamethods; may be NULL */
    lua_CFunction attribute;          /* (object, key) for keys that are no method; may be NULL */
};
/* New userdata of the class with `users` user values, all bytes 0.  [-0, +1, m] */
void *csi_new(lua_State *L, const struct csi_class *class, size_t size, int users);
/* The methods of the class whose metatable is at `index`, for completion.  [-0, +1, m] */
void csi_push_methods(lua_State *L, int metatable);
/* The userdata at `index` if it is of the class, else NULL.  [-0, +0, m] */
void *csi_test(lua_State *L, int index, const struct csi_class *class);
/* The same, raising an argument error.  [-0, +0, e] */
void *csi_to(lua_State *L, int index, const struct csi_class *class);

enum csi_nulls {
    CSI_NULL_IS_NIL, /* rows: what is absent is nil */
    CSI_NULL_IS_NULL /* JSON: certsh.null */
};
/* Push a value; lists are arrays (certsh.array), codes and times text.  [-0, +1, m] */
void csi_push_value(lua_State *L, const struct cs_value *value, enum csi_nulls nulls);
void csi_push_str(lua_State *L, struct cs_str text);         /* [-0, +1, m] */
void csi_push_text_or_nil(lua_State *L, struct cs_str text); /* "" is nil.  [-0, +1, m] */
void csi_push_sid(lua_State *L, const struct cs_sid *sid);   /* [-0, +1, m] */
void csi_push_code(lua_State *L, uint32_t code);             /* 0 is nil.  [-0, +1, m] */
/* The value at `index`, in `arena`.  [-0, +0, e] */
struct cs_value csi_to_value(lua_State *L, int index, struct cs_arena *arena);
/* Mark the table on top as a list for JSON.  [-0, +0, m] */
void csi_mark_array(lua_State *L);
int csi_array(lua_State *L); /* certsh.array */
/* Print the values from `first` to the top as people want to see them.  [-0, +0, e] */
void csi_show(lua_State *L, int first);

/* --------------------------------------------------------------- arguments */

/* The text at `index`; borrowed, lives as long as the Lua value.  [-0, +0, e] */
struct cs_str csi_to_str(lua_State *L, int index);
/* Fields of the table at `index`; the optional ones give "", the default.  [-0, +0, e] */
struct cs_str csi_opt_text(lua_State *L, int index, const char *name);
struct cs_str csi_need_text(lua_State *L, int index, const char *name);
bool csi_opt_flag(lua_State *L, int index, const char *name);
uint32_t csi_opt_number(lua_State *L, int index, const char *name, uint32_t fallback);
/* Push the field; false when it is nil (nothing pushed).  [-0, +(0|1), e] */
bool csi_field(lua_State *L, int index, const char *name);
/* Refuse keys that are not among the blank-separated `names`.  [-0, +0, e] */
void csi_known_keys(lua_State *L, int index, const char *names);
/* A SID in text form at `index`.  [-0, +0, e] */
struct cs_sid csi_to_sid(lua_State *L, int index);
/* Number of a word in a list ended by NULL; raises naming the choices.  [-0, +0, e] */
int csi_choice(lua_State *L, struct cs_str word, const char *what, const char *const *words);

/* ----------------------------------------------------- descriptors, tokens */

extern const struct csi_class csi_class_sd, csi_class_token;
/* A token that lives in its userdata: new and empty, on top of the stack.  [-0, +1, e] */
struct cs_token **csi_new_token(lua_State *L, struct cs_arena **arena);
const struct cs_token *csi_to_token(lua_State *L, int index); /* [-0, +0, e] */
int csi_sd_parse(lua_State *L);
int csi_sd_decode(lua_State *L);
int csi_sd_check(lua_State *L);
int csi_token_make(lua_State *L);

/* --------------------------------------------------------------- lab things */

/* A lab: the shell's own (whichever is open), or one that certsh.open made. */
struct csi_lab_box {
    struct cs_lab *lab; /* NULL once closed */
    bool shell;         /* the shell's own: `lab` is not used */
    bool owned;
};
extern const struct csi_class csi_class_lab;
struct csi_lab_box *csi_new_lab(lua_State *L); /* [-0, +1, m] */
void csi_push_shell_lab(lua_State *L);         /* certsh.lab.  [-0, +1, m] */
/* The lab at `index`, open; the shell's own joins the transaction that runs.  [-0, +0, e] */
struct cs_lab *csi_to_lab(lua_State *L, int index);
/* Where names are looked up from in that lab: the current host, 0 when none. */
cs_id csi_lab_host(lua_State *L, int index, const struct cs_lab *lab);

/* A thing in a lab: looked up on each use, never a pointer (lua_handle.c). */
struct csi_handle {
    const struct cs_lab *lab; /* whose id it is */
    enum cs_noun noun;
    cs_id id;
    uint32_t birth;
    char name[64]; /* for saying that it no longer exists */
};
extern const struct csi_class csi_class_principal, csi_class_host, csi_class_ca, csi_class_template,
    csi_class_domain;
/* Push a handle; `lab_index` is the lab it belongs to.  id 0 pushes nil.  [-0, +1, m] */
void csi_push_handle(lua_State *L, int lab_index, const struct cs_lab *lab, enum cs_noun noun,
                     cs_id id);
/* The handle at `index` as long as it lives, else raises CS_STATE; its lab is pushed.
 * [-0, +1, e] */
const struct csi_handle *csi_to_handle(lua_State *L, int index, const struct csi_class *class,
                                       struct cs_lab **lab);
/* What is meant at `index`: a handle, a SID or a name, in the lab at `lab_index`.  [-0, +0, e] */
cs_id csi_to_principal(lua_State *L, int index, int lab_index, struct cs_lab *lab);
cs_id csi_to_host(lua_State *L, int index, int lab_index, struct cs_lab *lab);
cs_id csi_to_ca(lua_State *L, int index, int lab_index, struct cs_lab *lab);
cs_id csi_to_template(lua_State *L, int index, int lab_index, struct cs_lab *lab);
cs_id csi_to_domain(lua_State *L, int index, struct cs_lab *lab);

/* lab:check, and the methods that build a lab; rows of the lab's table of methods. */
int csi_lab_check(lua_State *L);
int csi_lab_set(lua_State *L);
int csi_lab_who(lua_State *L);
int csi_group_set(lua_State *L);
/* Push a set of principals of the lab at `lab_index`.  [-0, +1, m] */
void csi_push_set(lua_State *L, int lab_index, const struct cs_lab *lab, const struct cs_set *set);
int csi_lab_transaction(lua_State *L);
int csi_lab_what_if(lua_State *L);
int csi_lab_save(lua_State *L);
int csi_lab_at(lua_State *L);
extern const struct csi_fn csi_build_directory[], csi_build_host[], csi_build_defaults[],
    csi_build_given[];

/* ------------------------------------------------------------------ frames */

/*
 * Run `fn` protected as one unit titled `title`: committed when it ends well or by os.exit
 * (then `code` is set, -1 otherwise), rolled back when it raises.
 */
cs_status csi_frame_run(struct csi_lua *lua, struct cs_str title, lua_CFunction fn, void *context,
                        int *code, struct cs_error *err);
/* The shell's lab is about to be used: begin what was not begun yet. */
CS_MUST_CHECK cs_status csi_frame_touch(struct csi_lua *lua, struct cs_lab *lab,
                                        struct cs_error *err);
/* A binding is about to change the lab of its first argument: be the one that writes it. */
void csi_frame_write(lua_State *L);
/* Commit what the frame holds and begin anew, for what walks the history, where that can be. */
cs_status csi_frame_settle(struct csi_lua *lua, struct cs_error *err);

/* Push the compiled script; raises with its status.  [-0, +1, e] */
void csi_load_file(lua_State *L, const char *path);
/* package.searchers gets one for the scripts of labs.  [-0, +0, e] */
void csi_add_searcher(lua_State *L);
/* The compiled "labs.NAME" if it counts; false pushes nothing.  [-0, +(0|1), m] */
bool csi_load_compiled(lua_State *L, const char *name);

/* ---------------------------------------------------------------- commands */

int csi_run(lua_State *L);
int csi_each(lua_State *L);
int csi_command(lua_State *L);
int csi_plugin(lua_State *L);
int csi_open(lua_State *L);
int csi_inside(lua_State *L);
struct csi_plugin_box {
    const struct cs_plugin *plugin;
};
extern const struct csi_class csi_class_plugin;
/* The table at `index` as a plugin in lua->kept.  [-0, +0, e] */
const struct cs_plugin *csi_plugin_make(lua_State *L, int index);
/* Run of every command that Lua declared (lua_call.c); data is the csi_lua_handler. */
struct csi_lua_handler {
    struct csi_lua *lua;
    const struct cs_command *command;
    int function;  /* in the registry */
    unsigned caps; /* what it may do at most */
};
/* What a Lua plugin may do that does not say what it needs. */
#define CSI_PLAIN_NEEDS "lab.read lab.write"
/* The function in the field `name` with what it may do; NULL when it is not there.  [-0, +0, e] */
struct csi_lua_handler *csi_keep_handler(lua_State *L, int index, const char *name, unsigned caps);
/* Run `fn` with `context`, held to what the handler's plugin may do, less `without`. */
cs_status csi_call_held(const struct csi_lua_handler *handler, unsigned without, lua_CFunction fn,
                        void *context, struct cs_error *err);
/* What code that is declared now may do.  [-0, +0, -] */
unsigned csi_declaring(lua_State *L);
/* A text field that outlives the table.  [-0, +0, e] */
const char *csi_keep_need(lua_State *L, int index, const char *name);
/* Elements of a plugin's lists, from the table at `index`.  [-0, +0, e] */
void csi_fill_gate(lua_State *L, int index, void *gate);
void csi_fill_format(lua_State *L, int index, void *format);
void csi_fill_importer(lua_State *L, int index, void *importer);
/* A number, a text, {bytes=} or a list of texts as a registry value, in scratch.  [-0, +0, e] */
struct cs_str csi_to_reg_data(lua_State *L, int index, uint32_t *type);
cs_status csi_call_handler(struct cs_call *call, struct cs_error *err);

extern const struct csi_fn csi_json_fns[];

#endif
