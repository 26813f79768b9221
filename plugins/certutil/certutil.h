/*
 * certutil.h - what the files of this plugin share: one run of certutil.exe, and its words.
 */
#ifndef CERTUTIL_H
#define CERTUTIL_H

#include <certsh/plugin.h>

/* One run: where it acts, and the words that are left without the options. */
struct certutil {
    struct cs_call *call;
    struct cs_lab *lab;
    struct cs_arena *arena;
    const struct cs_host *here; /* where certutil runs: language, version */
    const struct cs_host *host; /* whose registry and CA are meant: here, or that of -config */
    cs_id ca;                   /* 0: none there */
    const char *verb;           /* "-setreg" */
    const struct cs_str *words;
    size_t count;
    struct cs_fields fields; /* of the rows this call declared */
    struct cs_error *err;
};

typedef cs_status certutil_fn(struct certutil *run);

cs_status certutil_setreg(struct certutil *run);
cs_status certutil_getreg(struct certutil *run);
cs_status certutil_ping(struct certutil *run);
cs_status certutil_templates(struct certutil *run);
cs_status certutil_publish(struct certutil *run);

/* HOST\CA: the CA that is meant, and with it the host. */
cs_status certutil_use_config(struct certutil *run, struct cs_str config);

/* A row from named values; fields that are not named are null. */
cs_status certutil_row(struct certutil *run, const struct cs_member *members, size_t count);

/* ------------------------------------------------------------------- its words */

enum certutil_word { CERTUTIL_DONE, CERTUTIL_FAILED, CERTUTIL_OLD, CERTUTIL_NEW, CERTUTIL_RESTART };
/* The words of certutil, in the language of the host it runs on; with %s for the verb. */
const char *certutil_word(const struct certutil *run, enum certutil_word word);
/* "CertUtil: -VERB command completed successfully." */
void certutil_say_done(struct certutil *run);
/* "0x80070002 (WIN32: 2 ERROR_FILE_NOT_FOUND)", as the host's version writes it. */
struct cs_str certutil_code(const struct certutil *run, uint32_t code);
/*
 * The two closing lines of a failure, after `before` (may be ""), as the error's text; the
 * number is the Win32 error's or the HRESULT itself.  Returns `status`.
 */
cs_status certutil_fail(struct certutil *run, cs_status status, uint32_t code,
                        struct cs_str before);

/* ---------------------------------------------------------- registry, as it shows it */

/* A registry value as certutil names it: a key and a value's name ("" for the key itself). */
struct certutil_name {
    struct cs_str key, value;
};
/* "SetupStatus", "CA\\InterfaceFlags", "policy\\EditFlags"; CS_NOT_FOUND without a CA. */
cs_status certutil_resolve(struct certutil *run, struct cs_str text, struct certutil_name *name);
/* HKLM written in full. */
struct cs_str certutil_long_key(struct cs_arena *arena, struct cs_str key);

/* The names of the bits of a value; `low` of them are no bits but a choice. */
struct certutil_flags {
    const char *value; /* "EditFlags" */
    const struct cs_flag *flags;
    size_t count;
    uint32_t choice; /* mask of a part that is a choice of values, 0 for plain bits */
};
/* The table of a value by its name; false when its bits have no names. */
bool certutil_flags_of(struct cs_str value, struct certutil_flags *flags);
/* The flag of that name, any case; NULL. */
const struct cs_flag *certutil_flag_named(const struct certutil_flags *flags, struct cs_str name);
/* The flag whose name is nearest to what was typed; NULL only for an endless word. */
const struct cs_flag *certutil_flag_near(const struct certutil_flags *flags, struct cs_str name);
/* Is flag `flag` set in `number`? */
bool certutil_flag_set(const struct certutil_flags *flags, const struct cs_flag *flag,
                       uint32_t number);

/* Print "  NAME TYPE = VALUE" and what follows it. */
void certutil_say_value(struct certutil *run, const struct cs_reg_value *value);
/* The value as text for rows: 0x hex, the text, or hex digits. */
struct cs_value certutil_value_text(struct certutil *run, const struct cs_reg_value *value);
/* The names of the flags that are set; a null value where there are none to name. */
struct cs_value certutil_value_flags(struct certutil *run, const struct cs_reg_value *value);
/* The texts of a REG_MULTI_SZ. */
struct cs_list certutil_multi(struct cs_arena *arena, struct cs_str data);

/* ------------------------------------------------------------------ can it be reached? */

/*
 * Does the current user reach the CA's request interface?  A refusal sets `code` and the hint
 * of the error, and leaves its words to the caller; other failures are complete.
 */
cs_status certutil_reach(struct certutil *run, uint32_t *code);

/* The failure after a refusal, the reason kept as the hint. */
cs_status certutil_not_reached(struct certutil *run, uint32_t code, struct cs_str before);

#endif
