/* enroll.h - what the files of this plugin know of each other (see enroll.c). */
#ifndef ENROLL_H
#define ENROLL_H

#include <certsh/plugin.h>

/* ---------------------------------------------------------------- the question */

/* A question with all that its answers need words for. */
struct enroll_case {
    struct cs_call *call;
    struct cs_lab *lab;
    struct cs_arena *arena;
    struct cs_question ask;
    struct cs_principal who;
    const struct cs_template *template_;
    const struct cs_ca *ca;
    const struct cs_host *host; /* of the CA; NULL when not known */
    struct cs_str name;         /* "CORP\\DC02$" */
    struct cs_str config;       /* "DC01\\CORP-CA" */
    size_t gates;               /* only the first of them count; 0: all */
};

/* From the arguments principal, template, ca, from, auto, manual, as far as declared. */
cs_status enroll_case_of(struct cs_call *call, bool principal, struct enroll_case *one,
                         struct cs_error *err);
/* The same question for another principal. */
void enroll_case_set(struct enroll_case *one, cs_id principal);
cs_status enroll_decide(const struct enroll_case *one, bool explain, struct cs_decision *decision,
                        struct cs_error *err);

/* How many of the gates that count refuse; whether all of them allow. */
size_t enroll_refusing(const struct enroll_case *one, const struct cs_decision *decision);
bool enroll_passes(const struct enroll_case *one, const struct cs_decision *decision);
bool enroll_gate_is(const struct cs_gate *gate, const char *name);
/* Index of that gate in a decision; -1 when there is none. */
int enroll_gate_find(const struct cs_decision *decision, const char *name);
bool enroll_refuses(enum cs_verdict_kind verdict);
/* "access is denied": Windows' text of a code, as part of a sentence.  In `arena`. */
struct cs_str enroll_code_words(struct cs_arena *arena, uint32_t code);
struct cs_value enroll_code_value(uint32_t code);
struct cs_value enroll_text_value(struct cs_str text); /* null for "" */
/* A word as it must be typed on a command line, quoted where it has to be.  In `arena`. */
struct cs_str enroll_quote(struct cs_arena *arena, struct cs_str word);
/* "CORP\\DC02$ Machine": principal and template as they are typed. */
struct cs_str enroll_about(const struct enroll_case *one);
/* A SID's name at the CA's host without its domain: for lines for people. */
struct cs_str enroll_sid_name(const struct enroll_case *one, const struct cs_sid *sid);

/* --------------------------------------------------------------- known patterns */

/* Why this happens, where it is one of the ways it usually does. */
struct enroll_pattern {
    const char *statement; /* of KB903220.md: "K11"; NULL where the article has none */
    struct cs_str words;   /* "a domain controller is not in Domain Computers ..." */
    struct cs_str next;    /* what to type, or "" */
    bool age;              /* the token is older than the membership */
    uint64_t kind;         /* the same for the same cause, whoever it is about */
};
/* False when it is none of the known ones.  `lab` may be tried in a what-if. */
bool enroll_pattern_of(const struct enroll_case *one, const struct cs_decision *decision,
                       struct enroll_pattern *pattern);

/* The group that is meant to be let in at the CA's limits: Windows' own, else the one that the
 * limit `sd` (may be NULL) names as such; 0 when there is none. */
cs_id enroll_ca_group(const struct enroll_case *one, const struct cs_sd *sd);

/* ---------------------------------------------------------------------- changes */

enum enroll_edit_kind {
    EDIT_ADD_MEMBER,     /* id: group, other: member */
    EDIT_REMOVE_MEMBER,  /* id: group, other: member */
    EDIT_RESTART,        /* id: host */
    EDIT_RELOGON,        /* id: session */
    EDIT_ALLOW,          /* id: host, scope, sid, mask */
    EDIT_REVOKE,         /* id: host, scope, sid, mask: what its entry denies */
    EDIT_RESET,          /* id: host, scope */
    EDIT_DROP_VALUE,     /* id: host, key, value: a policy's, removed */
    EDIT_SET_NUMBER,     /* id: host, key, value, mask: the new number */
    EDIT_SET_TEXT,       /* id: host, key, value, text: the new text */
    EDIT_CLEAR_FLAG,     /* id: host, mask: SetupStatus as it becomes */
    EDIT_STOP,           /* id: service */
    EDIT_START,          /* id: service */
    EDIT_ENABLE,         /* id: service */
    EDIT_GRANT_RIGHT,    /* id: host, value: right, sid */
    EDIT_TAKE_RIGHT,     /* id: host, value: right, sid */
    EDIT_PUBLISH,        /* id: ca, value: template */
    EDIT_CA_ALLOW,       /* id: ca, sid */
    EDIT_CA_REVOKE,      /* id: ca, sid */
    EDIT_TEMPLATE_ALLOW, /* id: template, sid */
    EDIT_TEMPLATE_REVOKE /* id: template, sid */
};

/* One step of a change. */
struct enroll_edit {
    enum enroll_edit_kind kind;
    cs_id id, other;
    enum cs_dcom_scope scope;
    struct cs_sid sid;
    uint32_t mask;
    struct cs_str key, value, text;
};

enum { ENROLL_MAX_EDITS = 9 };

/* A candidate: its steps, and what trying them has shown. */
struct enroll_change {
    struct enroll_edit edits[ENROLL_MAX_EDITS];
    size_t count;
    const char *title;  /* instead of its steps in words, or NULL */
    const char *remark; /* "as KB 903220 advises", or NULL */
    bool prepares;      /* makes room for a second change even where it helps not by itself */
    bool advised;       /* what the article would do */
    bool excessive;     /* gives so much besides that it is only offered where nothing else helps */
    unsigned order;     /* of being thought of: what comes first is preferred */
    /* shown by trying */
    bool applies, helps;
    bool restart, relogon; /* the caller must start or log on anew */
    size_t refusing;       /* gates that still refuse */
    struct cs_str words;
    struct cs_value commands, undo, then;
    cs_id *allowed, *denied; /* other principals whose answer changes */
    size_t allowed_count, denied_count;
};

/* Do one step, as ops of the open transaction. */
cs_status enroll_edit_apply(struct cs_lab *lab, struct cs_arena *arena,
                            const struct enroll_edit *edit, struct cs_error *err);

/* One step in words, and as commands there and back; in `arena`.  Asked before it is done. */
struct enroll_edit_words {
    struct cs_str words, command, undo; /* "" where there is none */
};
struct enroll_edit_words enroll_edit_words_of(const struct enroll_case *one,
                                              const struct enroll_edit *edit);
/* Does Windows need the host restarted for it to count? */
bool enroll_edit_restarts(const struct enroll_edit *edit);
/* 0: its undo command brings everything back; more: the less so. */
unsigned enroll_edit_loss(enum enroll_edit_kind kind);

/* ------------------------------------------------------------------- the search */

struct enroll_candidates {
    struct cs_arena *arena;
    struct enroll_change *at;
    size_t count, room;
};
struct enroll_change *enroll_candidate_add(struct enroll_candidates *candidates,
                                           const struct enroll_edit *edits, size_t count);
/* Are all steps of `part` among those of `whole`?  The same steps, in whatever order? */
bool enroll_change_within(const struct enroll_change *part, const struct enroll_change *whole);
bool enroll_change_same(const struct enroll_change *a, const struct enroll_change *b);
/* What could help at the gates of that decision that refuse. */
void enroll_candidates_make(const struct enroll_case *one, const struct cs_decision *decision,
                            struct enroll_candidates *candidates);
/* At one of the four gates of DCOM. */
void enroll_candidates_dcom(const struct enroll_case *one, const char *gate,
                            struct enroll_candidates *candidates);
/* At one of the others. */
void enroll_candidates_ca(const struct enroll_case *one, const char *gate,
                          struct enroll_candidates *candidates);
/* Put the caller into `group`, by itself or by one of its groups. */
void enroll_candidates_join(const struct enroll_case *one, cs_id group,
                            struct enroll_candidates *candidates);
/* Whom an entry could name to reach the caller: its own SID, that of its primary group. */
size_t enroll_subjects(const struct enroll_case *one, struct cs_sid out[2]);

/* What a search found: the changes that help, best first. */
struct enroll_fixes {
    struct cs_decision before;
    struct enroll_change *at;
    size_t count, tried;
    bool combined;  /* no single change helps; these are put together */
    bool excessive; /* of the single ones only some helped that give far too much */
};
/* At most `most` of them. */
cs_status enroll_search(const struct enroll_case *one, size_t most, struct enroll_fixes *fixes,
                        struct cs_error *err);
/* The steps alone, as ops of the open transaction; false when one of them is refused. */
bool enroll_change_apply(const struct enroll_case *one, const struct enroll_change *change);
/* Fill its words and commands. */
void enroll_change_render(const struct enroll_case *one, struct enroll_change *change);
/* Who of the principals below `end` can enrol now, the caller left out; by id. */
const unsigned char *enroll_others_before(const struct enroll_case *one, cs_id end);
/* Fill in whom it lets in and shuts out. */
void enroll_others_measure(const struct enroll_case *one, struct enroll_change *change, cs_id end,
                           const unsigned char *before);
/* Do a change and the restart it needs, as ops of the open transaction. */
cs_status enroll_change_do(const struct enroll_case *one, const struct enroll_change *change,
                           struct cs_error *err);
/* Names of principals as a list; in the case's arena. */
struct cs_value enroll_names(const struct enroll_case *one, const cs_id *ids, size_t count);

/* --------------------------------------------------------------------- commands */

cs_status enroll_check(struct cs_call *call, struct cs_error *err);
cs_status enroll_request(struct cs_call *call, struct cs_error *err);
cs_status enroll_who(struct cs_call *call, struct cs_error *err);
cs_status enroll_fix(struct cs_call *call, struct cs_error *err);
cs_status enroll_summary(struct cs_call *call, struct cs_error *err);

#endif
