/*
 * effect.h - what a step leaves behind, in a form that can be written for Windows and turned
 * round (effect.c); and the five ways to write it (syntax.c).
 *
 * An edit says what is meant ("allow CORP\alice in the launch limit"); its effect says what is
 * there afterwards (these bytes in that value) and what was there before.  So an undo is the
 * same effect with the two exchanged, and every syntax writes only effects.
 */
#ifndef ENROLL_EFFECT_H
#define ENROLL_EFFECT_H

#include "enroll.h"

enum effect_kind {
    EFFECT_MEMBER,   /* on: id: group, other: member */
    EFFECT_GROUP,    /* on: id: a group that is there */
    EFFECT_VALUE,    /* host, key, name: was, is */
    EFFECT_MODE,     /* host, name: service, how it starts: was, is */
    EFFECT_RUN,      /* on: host, name: a service that runs */
    EFFECT_BOUNCE,   /* host, name: a service, stopped and started */
    EFFECT_RIGHT,    /* on: host, name: right, sid; was, is: all that hold it */
    EFFECT_PUBLISH,  /* on: id: ca, name: template */
    EFFECT_TEMPLATE, /* id: template, its list: was, is */
    EFFECT_RESTART,  /* host */
    EFFECT_PURGE,    /* host */
    EFFECT_RELOGON,  /* id: user */
    EFFECT_KINDS
};

struct effect_state {
    bool there;
    uint32_t type;      /* of a registry value; how a service starts */
    struct cs_str data; /* of a value, or a descriptor */
    struct cs_strs sids;
};

struct enroll_effect {
    enum effect_kind kind;
    bool on;
    bool side; /* done by Windows itself: only its undo must be typed */
    cs_id id, other, host;
    struct cs_str name, key;
    struct cs_sid sid;
    struct effect_state was, is;
};

struct enroll_effects {
    struct cs_arena *arena;
    struct enroll_effect *at;
    size_t count, room;
};
void enroll_effect_add(struct enroll_effects *effects, const struct enroll_effect *effect);
/* Do the step and note what it did; false when it is refused. */
bool enroll_effect_of(const struct enroll_case *one, const struct enroll_edit *edit,
                      struct enroll_effects *effects);
/* The way back: the last first, services started anew at the end. */
struct enroll_effects enroll_effects_undo(const struct enroll_effects *effects);

/* -------------------------------------------------------------------- syntaxes */

enum enroll_syntax { AS_CMD, AS_POWERSHELL, AS_REG, AS_LDIF, AS_ANSIBLE };
extern const char *const enroll_syntax_names[]; /* ended by NULL */

/* Where lines are written, and from which host they are to be run. */
struct writing {
    const struct enroll_case *one;
    cs_id here;
    struct cs_list_maker lines;
    size_t said; /* effects that could be written */
};
void enroll_line(struct writing *writing, const char *format, ...) CS_PRINTF(2, 3);
/* 'it''s': a text in single quotes, as PowerShell and YAML write it. */
struct cs_str enroll_quoted(struct writing *writing, struct cs_str text);

/* One effect; false when this syntax has no way to say it. */
typedef bool enroll_write_fn(struct writing *writing, const struct enroll_effect *effect);
bool enroll_write_cmd(struct writing *writing, const struct enroll_effect *effect);
bool enroll_write_powershell(struct writing *writing, const struct enroll_effect *effect);
bool enroll_write_reg(struct writing *writing, const struct enroll_effect *effect);
bool enroll_write_ldif(struct writing *writing, const struct enroll_effect *effect);
bool enroll_write_ansible(struct writing *writing, const struct enroll_effect *effect);

/* All of them; what the syntax cannot say is a remark with the command that can. */
struct cs_value enroll_write(const struct enroll_case *one, enum enroll_syntax syntax,
                             const struct enroll_effects *effects, bool undo, size_t *said);
/* The whole file: head, remark, lines. */
void enroll_say_file(const struct enroll_case *one, enum enroll_syntax syntax, struct cs_str remark,
                     const struct cs_value *lines);
/* A change in words and commands. */
void enroll_change_render(const struct enroll_case *one, struct enroll_change *change,
                          enum enroll_syntax syntax, size_t *said);

/* ------------------------------------------------------------------------ names */

struct cs_str enroll_host_name(const struct enroll_case *one, cs_id host);
struct cs_str enroll_sid_text(const struct enroll_case *one, const struct cs_sid *sid);
/* The names of the flags in which two numbers of a value differ; NULL when it has none. */
const struct cs_flag *enroll_flag_between(struct cs_str name, uint32_t was, uint32_t is);
/* Hexadecimal digits, with `between` two bytes; base 64. */
struct cs_str enroll_hex(struct cs_arena *arena, struct cs_str bytes, const char *between);
struct cs_str enroll_base64(struct cs_arena *arena, struct cs_str bytes);
/* Distinguished names: of a principal (<SID=...> where nobody gave one), a template, a CA. */
struct cs_str enroll_dn_of(const struct enroll_case *one, cs_id principal);
struct cs_str enroll_dn_of_template(const struct enroll_case *one, cs_id template_);
struct cs_str enroll_dn_of_ca(const struct enroll_case *one, cs_id ca);
/* "/HKLM/SOFTWARE" with another root: "HKLM:", "HKEY_LOCAL_MACHINE". */
struct cs_str enroll_key_below(const struct enroll_case *one, const char *root, struct cs_str key);

/* Entries of one list that the other lacks, one at a time; NULL at the end. */
const struct cs_ace *enroll_ace_next(const struct cs_sd *with, const struct cs_sd *without,
                                     size_t *at);
/* Enroll, AutoEnrollment: as dsacls names an entry's right; "" for none, NULL when unknown. */
const char *enroll_right_of(const struct cs_ace *ace);

#endif
