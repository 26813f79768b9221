/*
 * gate.h - one question an enrolment must pass, and the decision made of all of them.
 *
 * A gate answers for one caller (row form), and can name what that hangs on, so that everybody
 * is answered for at once (column form).  The twelve of Windows are such structs, made of public
 * headers and a few words they share, and come into a lab as those of a plugin do: by
 * cs_gate_add.  All gates are always asked, and a decision lists every one that fails, not only
 * the first.
 *
 *     struct cs_question ask = {.principal = dc02, .template_ = der, .ca = ca};
 *     struct cs_decision decision;
 *     if (cs_enroll_check(lab, arena, &ask, true, &decision, &err) == CS_OK)
 *         printf("%s\n", cs_verdict_name(decision.verdict));
 *
 * Rules: a decision is denied or not granted if any gate is, else unknown if any is, else
 * allowed; its code is that of the first failing gate (in order of display).
 *
 * Floor: lab.
 */
#ifndef CERTSH_GATE_H
#define CERTSH_GATE_H

#include <certsh/access.h>
#include <certsh/ca.h>
#include <certsh/set.h>

enum cs_request_kind { CS_REQUEST_BY_KIND, CS_REQUEST_AUTO, CS_REQUEST_MANUAL };

/* May this principal get a certificate of this template from this CA? */
struct cs_question {
    cs_id principal, template_, ca;
    cs_id from; /* the host it asks from; 0: by rule (a computer from itself, a user from a
                   workstation of its domain, never from the CA's host) */
    enum cs_request_kind kind;
};

struct cs_gate_answer {
    enum cs_verdict_kind verdict;
    uint32_t code;           /* HRESULT of a refusal, 0 when none */
    struct cs_str why;       /* one line; made when explaining */
    struct cs_str ace;       /* the deciding ACE in SDDL, "" when none decided */
    struct cs_value via;     /* list: membership path to the deciding SID; empty list when none */
    struct cs_value assumed; /* list of facts that were assumed; empty list when none */
    struct cs_value missing; /* list of facts that nobody gave; empty list when none */
    struct cs_value detail;  /* list of further lines for people; empty list when none */
};

struct csi_shared;

/* What a gate may look at.  Facts about the caller are made once for all gates. */
struct cs_caller {
    const struct cs_lab *lab;
    struct cs_arena *arena;
    const struct cs_question *ask;
    cs_id from; /* the client's host, 0 when none is known */
    cs_id ca_host;
    bool local;     /* from the CA's own host */
    bool anonymous; /* the logon gate refused: Windows goes on as ANONYMOUS LOGON */
    bool running;   /* certsvc runs; a stopped one must be launched */
    bool explain;   /* fill why, via, detail */
    const struct cs_token *com_token; /* as DCOM sees the caller */
    const struct cs_token *ca_token;  /* as the CA and its templates see it */
    const struct cs_gate *gate;       /* the one that is asked; for its `data` */
    struct csi_shared *shared;        /* the built-in gates' own; NULL for one caller */
};

struct cs_column; /* what an answer hangs on, as a gate names it */

struct cs_gate {
    const char *name;  /* "launch-limit" */
    const char *brief; /* one line */
    /* Answer for one caller.  `answer` comes in as allowed, with empty texts and lists. */
    cs_status (*check)(const struct cs_caller *caller, struct cs_gate_answer *answer,
                       struct cs_error *err);
    /*
     * Column form, or NULL: name the SIDs the answer hangs on.  A gate that has one promises
     * that its verdict is the same for callers who hold the same of these SIDs, are of one
     * kind and domain, and come from clients alike in Windows and EnableDCOM.  Then everybody
     * is parted by the columns of these SIDs, and one of each part is asked for all of it.
     * `caller` is any caller: its principal and tokens are not set.
     */
    cs_status (*column)(const struct cs_caller *caller, struct cs_column *column,
                        struct cs_error *err);
    void *data; /* the plugin's own; since revision 1 */
};

/* For a gate's column form: a SID, or all SIDs of a descriptor. */
CS_API void cs_column_sid(struct cs_column *column, const struct cs_sid *sid);
CS_API void cs_column_sd(struct cs_column *column, const struct cs_sd *sd);

/* All gates in order of display: the twelve, then those of plugins. */
CS_API size_t cs_gate_count(const struct cs_lab *lab);
CS_API const struct cs_gate *cs_gate_at(const struct cs_lab *lab, size_t index);
CS_API CS_MUST_CHECK cs_status cs_gate_add(struct cs_lab *lab, const struct cs_gate *gate,
                                           struct cs_error *err);

struct cs_decision {
    enum cs_verdict_kind verdict;
    uint32_t code;
    int first;  /* index of the first failing gate, -1 when none */
    cs_id from; /* where it was asked from, 0 when nowhere known */
    bool local;
    bool as_system; /* a computer on the CA's own host: DCOM sees SYSTEM */
    size_t count;
    const struct cs_gate **gates;
    const struct cs_gate_answer *answers;
    struct cs_value assumed; /* all assumed facts of all gates */
    struct cs_value missing;
};

/* Ask all gates.  Errors only for nonsense (no such CA); a refusal is a decision. */
CS_API CS_MUST_CHECK cs_status cs_enroll_check(const struct cs_lab *lab, struct cs_arena *arena,
                                               const struct cs_question *ask, bool explain,
                                               struct cs_decision *decision, struct cs_error *err);

/* Everybody with one answer: a verdict, and the gate it comes from. */
struct cs_who_part {
    enum cs_verdict_kind verdict;
    int gate; /* index of the first gate that refuses, else of the first unknown; -1: none */
    struct cs_set who;
    size_t size;
};
struct cs_who {
    struct cs_set asked; /* every user and computer */
    struct cs_who_part *parts;
    size_t count;
    size_t rows; /* how many had to be asked one by one */
};
/*
 * The answers of cs_enroll_check for every user and computer at once: sets, in `arena`.
 * `ask->principal` is not read.  Where a gate has no column form, or `ask->from` says that all
 * come from one host, each is asked one by one.
 */
CS_API CS_MUST_CHECK cs_status cs_enroll_who(const struct cs_lab *lab, struct cs_arena *arena,
                                             const struct cs_question *ask, struct cs_who *who,
                                             struct cs_error *err);

/* Who would be let by one descriptor at a host, as `ask` asks (its token is not read); now. */
CS_API CS_MUST_CHECK cs_status cs_access_who(const struct cs_lab *lab, struct cs_arena *arena,
                                             cs_id host, const struct cs_sd *sd,
                                             const struct cs_access *ask, struct cs_set *who,
                                             struct cs_error *err);

/* Which CA is meant: given, else the current host's, else the only one that publishes it. */
CS_API CS_MUST_CHECK cs_status cs_enroll_ca(const struct cs_lab *lab, cs_id given, cs_id host,
                                            struct cs_str template_name, cs_id *ca,
                                            struct cs_error *err);

/* What a request ends with: the decision, and what the policy module makes of it. */
struct cs_enrollment {
    struct cs_decision decision;
    uint32_t code;           /* 0 when issued or pending */
    const char *disposition; /* "issued", "pending", "denied", "failed"; lives forever */
    struct cs_str serial;    /* of the certificate, "" when none */
    struct cs_str message;   /* what the client shows */
};
/* Do it: logs the events where Windows logs them.  An op or more. */
CS_API CS_MUST_CHECK cs_status cs_enroll_request(struct cs_lab *lab, struct cs_arena *arena,
                                                 const struct cs_question *ask,
                                                 struct cs_enrollment *enrollment,
                                                 struct cs_error *err);

/* One effective DCOM descriptor of a host, with what shadows what. */
struct cs_dcom_sd {
    enum cs_dcom_scope scope;
    const char *source; /* "policy", "registry", "built-in"; lives forever */
    bool effective;
    bool known;   /* false: nobody gave this fact (and defaults are not assumed) */
    bool assumed; /* the default stands in for a fact nobody gave */
    bool broken;  /* there, but no descriptor: `problem` says why; refuses everybody */
    struct cs_str problem;
    struct cs_sd sd;
    struct cs_source where;
};
/*
 * The descriptors of one scope at a host, the effective one first: a policy value shadows the
 * registry's.  `out` has room for 2; returns how many.  In `arena`.
 */
CS_API size_t cs_dcom_sds(const struct cs_lab *lab, struct cs_arena *arena, cs_id host,
                          enum cs_dcom_scope scope, struct cs_dcom_sd out[2]);

#endif
