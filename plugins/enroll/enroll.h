/* enroll.h - what the files of this plugin know of each other (see enroll.c). */
#ifndef ENROLL_H
#define ENROLL_H

#include <certsh/plugin.h>

/* ---------------------------------------------------------------- the question */

/* Groups by which a change may reach the principal, besides its primary one. */
enum { ENROLL_CARRIERS = 3 };

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
    /* Whom a fix is for: the principal, or a group, for whose members some of them are asked. */
    cs_id subject;
    const struct cs_set *meant; /* of a group: its users and computers; else NULL */
    cs_id *callers;
    size_t caller_count; /* 0: the principal alone */
    cs_id carriers[ENROLL_CARRIERS];
    size_t carrier_count;
    cs_id here; /* the current host, where commands are typed */
};

/* From the arguments principal, template, ca, from, auto, manual, as far as declared. */
cs_status enroll_case_of(struct cs_call *call, bool principal, struct enroll_case *one,
                         struct cs_error *err);
/* Whom a fix is for: of a group its members.  CS_INVALID for one without. */
cs_status enroll_case_meant(struct enroll_case *one, struct cs_error *err);
/* The same question for another principal. */
void enroll_case_set(struct enroll_case *one, cs_id principal);
cs_status enroll_decide(const struct enroll_case *one, bool explain, struct cs_decision *decision,
                        struct cs_error *err);

/* How many of the gates that count refuse; whether all of them allow; how many count. */
size_t enroll_refusing(const struct enroll_case *one, const struct cs_decision *decision);
bool enroll_passes(const struct enroll_case *one, const struct cs_decision *decision);
size_t enroll_gates(const struct enroll_case *one, const struct cs_decision *decision);
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
    EDIT_ADD_MEMBER,     /* id: group, other: member, sid: its SID */
    EDIT_REMOVE_MEMBER,  /* id: group, other: member */
    EDIT_ALLOW,          /* id: host, scope, policy, sid, mask */
    EDIT_REVOKE,         /* id: host, scope, policy, sid */
    EDIT_RESET,          /* id: host, scope */
    EDIT_DROP_VALUE,     /* id: host, key, value: a policy's, removed */
    EDIT_SET_NUMBER,     /* id: host, key, value, mask: the new number */
    EDIT_CLEAR_BITS,     /* id: host, key, value, mask: of a number, text: their name */
    EDIT_SET_TEXT,       /* id: host, key, value, text: the new text */
    EDIT_START,          /* id: service */
    EDIT_BOUNCE,         /* id: service, stopped and started */
    EDIT_ENABLE,         /* id: service */
    EDIT_GRANT_RIGHT,    /* id: host, value: right, sid */
    EDIT_TAKE_RIGHT,     /* id: host, value: right, sid */
    EDIT_PUBLISH,        /* id: ca, value: template */
    EDIT_CA_ALLOW,       /* id: ca, sid */
    EDIT_CA_REVOKE,      /* id: ca, sid */
    EDIT_TEMPLATE_ALLOW, /* id: template, sid: Enroll */
    EDIT_TEMPLATE_READ,  /* id: template, sid: Read */
    EDIT_TEMPLATE_REVOKE /* id: template, sid */
};

/* One step of a change. */
struct enroll_edit {
    enum enroll_edit_kind kind;
    cs_id id, other;
    enum cs_dcom_scope scope;
    bool policy; /* of the policy's list, not the registry's own */
    struct cs_sid sid;
    uint32_t mask;
    struct cs_str key, value, text;
};

/* What a change gives besides a certificate. */
enum enroll_gift {
    GIFT_NONE,
    GIFT_MORE, /* a group or an entry that is for more than enrolment */
    GIFT_RULE  /* Administrators and the like: only offered where nothing else helps */
};

/*
 * A change: actions of the declared set (candidate.c), their steps, and what trying them has
 * shown.  One without steps is time alone: the callers start or log on anew.
 */
struct enroll_change {
    struct enroll_edit *edits;
    size_t count, actions;
    const char *title;  /* instead of its steps in words, or NULL */
    const char *remark; /* "as KB 903220 advises", or NULL */
    enum enroll_gift gift;
    bool prepares;  /* makes room for others: looked at first */
    bool advised;   /* what the article would do */
    bool purge;     /* without steps: tickets are thrown away instead of a restart */
    unsigned order; /* of being thought of: what comes first is preferred */
    /* shown by trying */
    uint64_t refused; /* gates that still refuse, as bits */
    bool applies, fresh;
    struct cs_str words;
    struct cs_value commands, undo, then;
    struct cs_value starts;  /* `then` as commands */
    cs_id *hosts, *sessions; /* that must start anew for it to count */
    size_t host_count, session_count;
    cs_id *allowed, *denied; /* others whose answer changes */
    size_t allowed_count, denied_count;
    cs_id *left; /* of those who are meant: who is refused all the same */
    size_t left_count;
};

/* Do one step, as ops of the open transaction. */
cs_status enroll_edit_apply(struct cs_lab *lab, struct cs_arena *arena,
                            const struct enroll_edit *edit, struct cs_error *err);
/* The steps at the CA's and a template's list; see list.c. */
cs_status enroll_ca_edit(struct cs_lab *lab, struct cs_arena *arena, const struct enroll_edit *edit,
                         struct cs_error *err);
cs_status enroll_template_edit(struct cs_lab *lab, struct cs_arena *arena,
                               const struct enroll_edit *edit, struct cs_error *err);
/* The registry key of a DCOM list. */
struct cs_str enroll_dcom_key(const struct enroll_edit *edit);

/* One step in words, in `arena`.  Asked before it is done. */
struct cs_str enroll_edit_words(const struct enroll_case *one, const struct enroll_edit *edit);
/* Does Windows need the host restarted for it to count? */
bool enroll_edit_restarts(const struct enroll_edit *edit);
/* 0: its undo brings everything back; more: the less so. */
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
/* The same number for the same steps, in whatever order. */
uint64_t enroll_change_hash(const struct enroll_change *change);
/* Does it give somebody something: a membership, an entry, a right? */
bool enroll_edit_gives(const struct enroll_edit *edit);
/* The same for the same steps, to whomever they give. */
uint64_t enroll_change_shape(const struct enroll_change *change);
/* The declared actions at the gates that refuse (bits) as things stand. */
void enroll_candidates_make(const struct enroll_case *one, uint64_t refused,
                            struct enroll_candidates *candidates);
/* At one of the four gates of DCOM. */
void enroll_candidates_dcom(const struct enroll_case *one, const char *gate,
                            struct enroll_candidates *candidates);
/* At one of the others. */
void enroll_candidates_ca(const struct enroll_case *one, const char *gate,
                          struct enroll_candidates *candidates);
/* Put the subject into `group`, by itself or by one of its groups. */
void enroll_candidates_join(const struct enroll_case *one, cs_id group,
                            struct enroll_candidates *candidates);
/* The smallest of the groups by which the subject could come in, for all that follows. */
void enroll_find_carriers(struct enroll_case *one);
/* Whom an entry could name to reach the subject: its own SID, that of its primary group. */
size_t enroll_subjects(const struct enroll_case *one, struct cs_sid out[2]);
/* Everyone, or Authenticated Users: an entry for these is for more than enrolment. */
bool enroll_is_everybody(const struct cs_sid *sid);
/* Gates whose answer a step of that kind can change, as bits; a plugin's always. */
uint64_t enroll_change_touches(const struct enroll_case *one, const struct enroll_change *change);

/* Who is asked while searching: the principal, or some of a group. */
size_t enroll_callers(const struct enroll_case *one, const cs_id **callers);
/* The gates that refuse one of them now, as bits; all of them when it cannot be asked. */
uint64_t enroll_refused(const struct enroll_case *one);
/* New tokens for the callers, as ops of the open transaction, by a restart or by throwing their
 * tickets away; false when none of them has an old one. */
bool enroll_freshen(const struct enroll_case *one, bool purge);
/* The steps and the restarts these need, as ops of the open transaction; false when one of
 * them is refused. */
bool enroll_change_apply(const struct enroll_case *one, const struct enroll_change *change);
/* The same and then the callers' new tokens. */
cs_status enroll_change_do(const struct enroll_case *one, const struct enroll_change *change,
                           struct cs_error *err);
/* Try it in a what-if: fill what it shows of the callers. */
void enroll_change_try(const struct enroll_case *one, struct enroll_change *change);

/* What a search found: the changes that help, best first. */
enum { ENROLL_DEEPEST = 4 };
struct enroll_fixes {
    struct cs_decision before; /* of the first who is refused */
    size_t meant, refused;     /* of a group: how many are asked for, and refused now */
    struct enroll_change *at;
    size_t count;
    size_t size;                      /* how many actions the smallest of them has */
    size_t tried[ENROLL_DEEPEST + 1]; /* sets of that many actions that were tried */
    bool excessive;                   /* smaller ones helped, but give more than enrolment */
    bool partial;                     /* none helps everybody who is meant */
    bool cut;                         /* given up before everything was tried */
};
/* At most `most` of them. */
cs_status enroll_search(const struct enroll_case *one, size_t most, struct enroll_fixes *fixes,
                        struct cs_error *err);
/* Sets of `size` actions that help the callers, added to `found`; how many were tried. */
size_t enroll_sets(const struct enroll_case *one, size_t size, size_t budget, bool *cut,
                   struct enroll_candidates *found);
/* Best first; what has needless steps, or rules where something else helps, left out, and, when
 * everybody was asked, what names several for what one will do. */
void enroll_rank(struct enroll_candidates *found, bool measured);

/* Who can enrol if everybody starts and logs on anew, asked before a change and after it. */
struct enroll_crowd {
    struct cs_set allowed;
    cs_id end;
};
cs_status enroll_crowd_before(const struct enroll_case *one, struct enroll_crowd *before,
                              struct cs_error *err);
/* Fill in whom a change lets in and shuts out, whom it leaves out, and who must start anew. */
cs_status enroll_change_measure(const struct enroll_case *one, struct enroll_change *change,
                                const struct enroll_crowd *before, struct cs_error *err);
/* The changes as a table; with `names` whom each lets in and shuts out.  Or that there is none. */
void enroll_fix_say(const struct enroll_case *one, const struct enroll_fixes *fixes, bool names);
void enroll_fix_say_nothing(const struct enroll_case *one, const struct enroll_fixes *fixes);
/* Names of principals as a list; in the case's arena. */
struct cs_value enroll_names(const struct enroll_case *one, const cs_id *ids, size_t count);
/* Who of those that are meant cannot enrol now, in order of ids. */
struct cs_set enroll_refused_of(const struct enroll_case *one, const struct cs_set *allowed);

/* --------------------------------------------------------------------- commands */

cs_status enroll_check(struct cs_call *call, struct cs_error *err);
cs_status enroll_request(struct cs_call *call, struct cs_error *err);
cs_status enroll_who(struct cs_call *call, struct cs_error *err);
cs_status enroll_fix(struct cs_call *call, struct cs_error *err);
cs_status enroll_summary(struct cs_call *call, struct cs_error *err);

#endif
