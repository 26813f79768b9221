/*
 * command.h - a command, declared once.
 *
 * A command is one const struct with its prose.  Help, usage, completion, argument checking,
 * the man page, the JSON schema of arguments and rows, the Lua face and a test of every
 * example derive from it; there is no second place to write.
 *
 *     static cs_status sid_show(struct cs_call *call, struct cs_error *err)
 *     {
 *         struct cs_str text = cs_call_str(call, "sid");
 *         ...
 *         return CS_ROW(call, err, cs_value_str(text), cs_value_text(name));
 *     }
 *
 *     static const struct cs_command commands[] = {{
 *         .name = "sid show", .brief = "explain one SID", .run = sid_show,
 *         .params = CS_PARAMS({"sid", &cs_type_sid, "the SID to explain"}),
 *         .result = CS_FIELDS({"sid", &cs_type_sid, "the SID"},
 *                             {"name", &cs_type_text, "its known name, or null"}),
 *         .examples = CS_EXAMPLES({"sid show S-1-5-11", "who is Authenticated Users?"}),
 *     }};
 *
 * A handler returns rows and never prints.  What people see is the table made of the rows,
 * unless the handler also says it in words (cs_call_say): then the table format shows the
 * words, every other format the rows.  A command that changes the lab says so
 * (CS_COMMAND_WRITES): it runs in one transaction, and its rows wait for the commit.
 *
 * A name is one, two or three words; a word may begin with '-' ("certutil -setreg").
 * CS_COMMAND_RAW commands keep a foreign syntax: they get the words after the name as typed.
 *
 * Floor: command.
 */
#ifndef CERTSH_COMMAND_H
#define CERTSH_COMMAND_H

#include <certsh/lab.h>
#include <certsh/value.h>

struct cs_call;
struct cs_shell;

/* ------------------------------------------------------------ declarations */

/* Offer one completion: the whole word, and a few words about it (may be NULL). */
typedef void cs_offer_fn(void *context, struct cs_str word, const char *brief);

/* The type of a parameter or field.  One object a noun; a new one works everywhere at once. */
struct cs_type {
    const char *name;  /* "principal" */
    const char *json;  /* its JSON Schema type: "string", "integer", "boolean", "array" */
    const char *brief; /* "DOMAIN\\name, name@dns.domain, a SID or a bare name" */
    /* Words for a choice, ended by NULL; NULL where it is none. */
    const char *const *choices;
    /* Text to value; NULL takes the text as it is.  Arena: memory for the value. */
    cs_status (*parse)(struct cs_shell *shell, struct cs_arena *arena, struct cs_str text,
                       struct cs_value *out, struct cs_error *err);
    /* Words that could stand here, starting with `prefix`; NULL offers the choices. */
    void (*complete)(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                     void *context);
};

extern CS_API const struct cs_type cs_type_text;
extern CS_API const struct cs_type cs_type_int;
extern CS_API const struct cs_type cs_type_bool;
extern CS_API const struct cs_type cs_type_list; /* fields only: a list of texts */
extern CS_API const struct cs_type cs_type_code;
extern CS_API const struct cs_type cs_type_time;
extern CS_API const struct cs_type cs_type_sid;
extern CS_API const struct cs_type cs_type_sddl;
extern CS_API const struct cs_type cs_type_verdict;
extern CS_API const struct cs_type cs_type_path;      /* a file; completes file names */
extern CS_API const struct cs_type cs_type_principal; /* a CS_REF to a principal */
extern CS_API const struct cs_type cs_type_group;     /* a CS_REF to a group */
extern CS_API const struct cs_type cs_type_host;      /* a CS_REF to a host */
extern CS_API const struct cs_type cs_type_ca;        /* a CS_REF to a ca */
extern CS_API const struct cs_type cs_type_template;  /* a CS_REF to a template */
extern CS_API const struct cs_type cs_type_service;   /* a service's name */
extern CS_API const struct cs_type cs_type_right;     /* a user right: SeNetworkLogonRight */
extern CS_API const struct cs_type cs_type_command;   /* the name of a command */

enum {
    CS_OPTION = 1,   /* given as --name VALUE or --name=VALUE, in any place */
    CS_FLAG = 2,     /* given as --name, without a value */
    CS_OPTIONAL = 4, /* a positional, or the value of an option, that may be left out */
    CS_MANY = 8      /* the last positional: one or more (with CS_OPTIONAL: none or more) */
};

struct cs_param {
    const char *name;
    const struct cs_type *type;
    const char *help;
    unsigned flags;
    const char *fallback; /* text that is parsed when it is not given, or NULL */
};

struct cs_field {
    const char *name;
    const struct cs_type *type;
    const char *help;
};

struct cs_example {
    const char *line, *why;
};

struct cs_params {
    const struct cs_param *at;
    size_t count;
};
struct cs_fields {
    const struct cs_field *at;
    size_t count;
};
struct cs_examples {
    const struct cs_example *at;
    size_t count;
};

/* clang-format off */
#define CS_PARAMS(...)                                                                             \
    {(const struct cs_param[]){__VA_ARGS__},                                                       \
     sizeof((const struct cs_param[]){__VA_ARGS__}) / sizeof(struct cs_param)}
#define CS_FIELDS(...)                                                                             \
    {(const struct cs_field[]){__VA_ARGS__},                                                       \
     sizeof((const struct cs_field[]){__VA_ARGS__}) / sizeof(struct cs_field)}
#define CS_EXAMPLES(...)                                                                           \
    {(const struct cs_example[]){__VA_ARGS__},                                                     \
     sizeof((const struct cs_example[]){__VA_ARGS__}) / sizeof(struct cs_example)}
/* clang-format on */

enum {
    CS_COMMAND_WRITES = 1, /* changes the lab: one transaction, rows after the commit */
    CS_COMMAND_RAW = 2,    /* keeps its own syntax: cs_call_words */
    CS_COMMAND_NESTS = 4   /* manages transactions itself (undo, import, run) */
};

typedef cs_status cs_run_fn(struct cs_call *call, struct cs_error *err);

struct cs_command {
    const char *name;   /* "token show" */
    const char *brief;  /* one line, imperative, lower case, no full stop */
    const char *detail; /* paragraphs, or NULL */
    const char *usage;  /* of a RAW command, after its name; else NULL, and it is derived */
    struct cs_params params;
    struct cs_fields result;
    struct cs_examples examples;
    const char *see; /* related commands, comma-separated, or NULL */
    unsigned flags;
    cs_run_fn *run;
    void *data; /* for `run`: cs_call_data */
    /* since revision 1 */
    const char *needs; /* capabilities, or NULL: those of its plugin, as below */
};

/*
 * Capabilities: what a command may touch besides its arguments, blank-separated names of
 * lab.read, lab.write, file.read, file.write, process, net; "none" is none.  A stranger's code
 * (a Lua plugin, a sandboxed script) is granted some, and whatever runs on its behalf is held to
 * them: a command that needs more is refused with CS_NEEDS.  A command that says nothing needs
 * what its plugin needs, but lab.write only when it WRITES, and files only when an argument of
 * cs_type_path is given (a RAW one always).
 */

/* ---------------------------------------------------------------- the call */

/* Where the call stands.  All borrowed, live as long as the call. */
CS_API struct cs_shell *cs_call_shell(const struct cs_call *call);
CS_API struct cs_arena *cs_call_arena(const struct cs_call *call);
CS_API void *cs_call_data(const struct cs_call *call);
/* The open lab; opened (built) when first asked for. */
CS_API struct cs_lab *cs_call_lab(const struct cs_call *call);

/* Arguments by parameter name.  Asking for a name that is not declared is a bug. */
CS_API bool cs_call_given(const struct cs_call *call, const char *name);
CS_API const struct cs_value *cs_call_value(const struct cs_call *call, const char *name);
CS_API struct cs_str cs_call_str(const struct cs_call *call, const char *name); /* "" if absent */
CS_API int64_t cs_call_int(const struct cs_call *call, const char *name);       /* 0 if absent */
CS_API bool cs_call_flag(const struct cs_call *call, const char *name);
CS_API cs_id cs_call_id(const struct cs_call *call, const char *name); /* 0 if absent */
CS_API struct cs_list cs_call_many(const struct cs_call *call, const char *name);

/* The host of the parameter `name` if given, else the current one.  CS_NOT_FOUND if none. */
CS_API CS_MUST_CHECK cs_status cs_call_host(const struct cs_call *call, const char *name,
                                            cs_id *host, struct cs_error *err);

/* The words after the name, as typed but for quotes and leading dashes; for RAW commands. */
CS_API const struct cs_str *cs_call_words(const struct cs_call *call, size_t *count);
/* The whole line as typed; for history. */
CS_API struct cs_str cs_call_line(const struct cs_call *call);

/* Give one row: as many values as the command declares fields. */
CS_API CS_MUST_CHECK cs_status cs_call_row(struct cs_call *call, const struct cs_value *values,
                                           size_t count, struct cs_error *err);
#define CS_ROW(call, err, ...)                                                                     \
    cs_call_row((call), (const struct cs_value[]){__VA_ARGS__},                                    \
                sizeof((const struct cs_value[]){__VA_ARGS__}) / sizeof(struct cs_value), (err))

/* Words for people, instead of the table; no line end is added. */
CS_API void cs_call_say(struct cs_call *call, const char *format, ...) CS_PRINTF(2, 3);
/* Will anybody see the words?  Work on them is for nothing otherwise. */
CS_API bool cs_call_wants_words(const struct cs_call *call);
/* May the words use UTF-8 signs, and colour?  Columns of the terminal. */
CS_API bool cs_call_utf8(const struct cs_call *call);
CS_API bool cs_call_colour(const struct cs_call *call);
CS_API size_t cs_call_width(const struct cs_call *call);
/* A remark on standard error, one line, in every format. */
CS_API void cs_call_warn(struct cs_call *call, const char *format, ...) CS_PRINTF(2, 3);

/* The exit code of a call that did not fail: 0 unless said otherwise; the worst one stays. */
CS_API void cs_call_exit(struct cs_call *call, int code);
/* The exit code of a verdict: 0, 2 (denied, not-granted) or 4. */
CS_API void cs_call_exit_verdict(struct cs_call *call, int verdict_kind);

#endif
