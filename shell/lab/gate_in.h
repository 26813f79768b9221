/*
 * gate_in.h - what the gates share.  Room: lab, internal.
 */
#ifndef CERTSH_LAB_GATE_IN_H
#define CERTSH_LAB_GATE_IN_H

#include <certsh/gate.h>

struct csi_brief; /* brief.h */

/* Aliases in SDDL as that host reads them; borrowed from the lab. */
struct cs_sddl_scope csi_host_sddl_scope(const struct cs_lab *lab, const struct cs_host *host);

/* SID of the CA's group at that host, also where nobody gave the group itself (574). */
bool csi_certsvc_group_sid(const struct cs_lab *lab, const struct cs_host *host,
                           struct cs_sid *sid);
/* What the group gets in a limit: 0x19 for launch, 0x7 for access. */
uint32_t csi_certsvc_mask(enum cs_dcom_scope scope);

/* The twelve, in order of display. */
extern const struct cs_gate csi_gate_service, csi_gate_logon, csi_gate_authentication,
    csi_gate_enable_dcom, csi_gate_launch_limit, csi_gate_launch_permission, csi_gate_access_limit,
    csi_gate_access_permission, csi_gate_ca_interface, csi_gate_ca_security,
    csi_gate_template_published, csi_gate_template_security;

/* Their column forms (gate_column.c). */
cs_status csi_column_none(const struct cs_caller *caller, struct cs_column *column,
                          struct cs_error *err);
cs_status csi_column_launch(const struct cs_caller *caller, struct cs_column *column,
                            struct cs_error *err);
cs_status csi_column_access(const struct cs_caller *caller, struct cs_column *column,
                            struct cs_error *err);
cs_status csi_column_logon(const struct cs_caller *caller, struct cs_column *column,
                           struct cs_error *err);
cs_status csi_column_ca(const struct cs_caller *caller, struct cs_column *column,
                        struct cs_error *err);
cs_status csi_column_template(const struct cs_caller *caller, struct cs_column *column,
                              struct cs_error *err);

/* What gates found out that is the same for all callers of a question (stand_in.c). */
struct csi_shared {
    bool ca_asked, ca_can_read; /* the template, by the CA's own account */
};

/* SIDs named so far; `conditions` where a condition asks for more than SIDs. */
struct cs_column {
    struct cs_arena *arena;
    struct cs_sid *sids;
    size_t count, room;
    bool conditions;
};

/*
 * The caller of a question, with its tokens; `as_system` (may be NULL) tells whether DCOM sees
 * the CA host's own account.
 */
cs_status csi_caller_make(const struct cs_lab *lab, struct cs_arena *arena,
                          const struct cs_question *ask, struct cs_caller *caller, bool *as_system,
                          struct cs_error *err);
/* The same without tokens; `p` is filled with the principal. */
cs_status csi_caller_place(const struct cs_lab *lab, struct cs_arena *arena,
                           const struct cs_question *ask, struct cs_caller *caller,
                           struct csi_brief *p, struct cs_error *err);
/* What is true of every caller of that question; principal, client and tokens are left open. */
struct cs_caller csi_caller_of_all(const struct cs_lab *lab, struct cs_arena *arena,
                                   const struct cs_question *ask);
/* An answer before anything was asked: allowed, all lists empty. */
struct cs_gate_answer csi_answer_new(void);

/* ------------------------------------------------------- facts and answers */

/* What a DCOM refusal looks like at the client: CONTRACT, "Verdict and code". */
uint32_t csi_refusal_code(const struct cs_caller *caller);
bool csi_client_is_modern(const struct cs_caller *caller);
/* The client offers packet integrity (XP and older) or packet privacy. */
uint32_t csi_client_level(const struct cs_caller *caller);

const struct cs_host *csi_ca_host(const struct cs_caller *caller); /* NULL when not known */
const struct cs_ca *csi_ca(const struct cs_caller *caller);
struct cs_str csi_host_name(const struct cs_lab *lab, cs_id host); /* "DC01", or "?" */
/* The caller without its domain, for lines about it: "DC02$". */
struct cs_str csi_caller_name(const struct cs_caller *caller);

/* Fill an answer; texts only when explaining.  Each returns CS_OK, for `return`. */
cs_status csi_allow(const struct cs_caller *caller, struct cs_gate_answer *answer,
                    const char *format, ...) CS_PRINTF(3, 4);
cs_status csi_refuse(const struct cs_caller *caller, struct cs_gate_answer *answer,
                     enum cs_verdict_kind kind, uint32_t code, const char *format, ...)
    CS_PRINTF(5, 6);
/* The verdict rests on a fact nobody gave; `fact` says which and how to collect it. */
cs_status csi_unknown(const struct cs_caller *caller, struct cs_gate_answer *answer,
                      struct cs_str fact);
void csi_assume(const struct cs_caller *caller, struct cs_gate_answer *answer, struct cs_str fact);
void csi_miss(const struct cs_caller *caller, struct cs_gate_answer *answer, struct cs_str fact);
void csi_detail(const struct cs_caller *caller, struct cs_gate_answer *answer, const char *format,
                ...) CS_PRINTF(3, 4);
bool csi_assumes(const struct cs_caller *caller); /* --assume defaults */

/* A policy key that nobody gave counts as not configured as soon as the local values it would
 * shadow are known; the answer says that it rests on that. */
void csi_assume_no_policy(const struct cs_caller *caller, struct cs_gate_answer *answer,
                          struct cs_str key);

/* "machine limits of DC01: reg export HKLM\...": a fact and the command that collects it. */
struct cs_str csi_fact(const struct cs_caller *caller, const char *what, const char *command);

/* ------------------------------------------------------------ asking a list */

/* One question to one descriptor, with memberships that may not be known. */
struct csi_ask {
    const struct cs_sd *sd;
    const struct cs_token *token;
    uint32_t rights;
    bool com;          /* masks are COM's, of `kind` */
    bool execute_only; /* of a Windows that looks at COM_RIGHTS_EXECUTE alone */
    enum cs_com_kind kind;
    const struct cs_generic_mapping *mapping;
    const struct cs_guid *object;
    const struct cs_rights_vocab *vocab; /* for words */
    const char *what;                    /* "remote activation" */
    uint32_t code;                       /* of a refusal */
};
/* Ask, and fill verdict, code, why, ace, via. */
cs_status csi_ask(const struct cs_caller *caller, const struct csi_ask *ask,
                  struct cs_gate_answer *answer);
/* Is the holder of that token in a built-in group of the CA's host without anybody's doing? */
bool csi_is_default_member(const struct cs_caller *caller, const struct cs_token *token,
                           const struct cs_sid *group);
/* A holder of a right: a SID, or a name that nobody bore when it was imported and somebody may bear
 * by now.  False: nobody does. */
bool csi_holder(const struct cs_caller *caller, struct cs_str text, struct cs_sid *sid);
/* "members of X on DC01: net localgroup X" */
struct cs_str csi_members_fact(const struct cs_caller *caller, const struct cs_sid *group);
/* The plain question, for the token as it is. */
struct cs_verdict csi_ask_plain(const struct cs_caller *caller, const struct csi_ask *ask,
                                const struct cs_token *token);

#endif
