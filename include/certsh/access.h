/*
 * access.h - the access question: may this token do this to that object?
 *
 *     struct cs_access ask = {.token = token, .desired = CS_COM_EXECUTE | CS_COM_ACTIVATE_REMOTE};
 *     struct cs_verdict verdict = cs_access_check(&sd, &ask);
 *     if (!verdict.granted && verdict.kind == CS_DENIED)
 *         ... ace number verdict.ace said no
 *
 * The check is MS-DTYP 2.5.3.2 in stored order, and where MS-DTYP and Windows differ, Windows
 * (each such place is marked in access.c).  It allocates nothing and cannot fail: a refusal
 * is a verdict.  cs_access_trail walks the same ACEs and tells each step, for explaining.
 *
 * Plain MS-DTYP knows nothing of COM; the COM reading of masks (old format, both rights at
 * once) is cs_com_check, below, and the strict or lenient reading is chosen there alone.
 *
 * Floor: domain.
 */
#ifndef CERTSH_ACCESS_H
#define CERTSH_ACCESS_H

#include <certsh/sd.h>
#include <certsh/token.h>

/* The four answers; in order of what wins when several are put together. */
enum cs_verdict_kind {
    CS_ALLOWED,
    CS_UNKNOWN_VERDICT, /* a fact is missing */
    CS_NOT_GRANTED,     /* no ACE says yes */
    CS_DENIED           /* an ACE, or a setting, says no */
};
/* "allowed", "unknown", "not-granted", "denied"; lives forever. */
CS_API const char *cs_verdict_name(enum cs_verdict_kind kind);

struct cs_generic_mapping {
    uint32_t read, write, execute, all;
};

struct cs_access {
    const struct cs_token *token;
    uint32_t desired;                         /* may hold CS_RIGHT_MAXIMUM_ALLOWED */
    const struct cs_sid *self;                /* what PRINCIPAL_SELF stands for, or NULL */
    const struct cs_generic_mapping *mapping; /* NULL: generic bits stay as they are */
    const struct cs_guid *object_types;       /* the object and below it, level 0 first */
    size_t object_type_count;
};

struct cs_verdict {
    enum cs_verdict_kind kind;
    bool granted;
    uint32_t mask; /* what is granted of what was asked; with MAXIMUM_ALLOWED all there is */
    int ace;       /* index of the deciding ACE, -1 where none decided */
    int sid;       /* index in the token of the SID that ACE matched, -1 where none */
};

CS_API struct cs_verdict cs_access_check(const struct cs_sd *sd, const struct cs_access *ask);

/* One step a ACE: did it apply, what did it add or refuse, what is still asked after it. */
struct cs_step {
    int ace;
    enum { CS_STEP_SKIPPED, CS_STEP_NO_MATCH, CS_STEP_GRANTS, CS_STEP_DENIES } what;
    const char *why; /* a few words, lives forever: "inherit only", "not in the token" */
    uint32_t bits;   /* granted or refused by it */
    uint32_t left;   /* still asked after it */
    int sid;         /* index in the token, or -1 */
};
typedef void cs_step_fn(void *context, const struct cs_step *step);
CS_API struct cs_verdict cs_access_trail(const struct cs_sd *sd, const struct cs_access *ask,
                                         cs_step_fn *step, void *context);

/*
 * How COM reads a descriptor whose ACEs are in the old format (COM_RIGHTS_EXECUTE alone, which
 * then means every right) or mix old and new.  What Windows does with a mixed list is not
 * confirmed; CS_COM_LENIENT reads each old ACE as all rights, CS_COM_STRICT refuses a mixed or
 * 0x1-less list as invalid.  cs_com_reading is the program's choice, in this one place.
 */
enum cs_com_reading { CS_COM_LENIENT, CS_COM_STRICT };
extern CS_API const enum cs_com_reading cs_com_reading;

/* Rights are 0x1f in a launch descriptor and 0x7 in an access descriptor. */
enum cs_com_kind { CS_COM_LAUNCH, CS_COM_ACCESS };

/* A descriptor with the old-format masks widened to what they mean; in `arena`. */
CS_API struct cs_sd cs_com_widen(struct cs_arena *arena, const struct cs_sd *sd,
                                 enum cs_com_kind kind);

/* Is the list valid under the strict reading (no mix, 0x1 in every ACE)? */
CS_API bool cs_com_valid(const struct cs_sd *sd);

/*
 * Take `rights` from every plain entry of `sid`, as unticking boxes in dcomcnfg does.  0x1 stays
 * as long as a right is left, and an entry with nothing but 0x1 goes, for it would mean every
 * right.  Entries in the old format are widened first.  No right at all means all of them.
 */
CS_API struct cs_sd cs_com_revoke(struct cs_arena *arena, const struct cs_sd *sd,
                                  enum cs_com_kind kind, const struct cs_sid *sid, uint32_t rights,
                                  bool *changed);

/* Ask for `rights` (without 0x1) as COM does; `arena` is for temporary work. */
CS_API struct cs_verdict cs_com_check(struct cs_arena *arena, const struct cs_sd *sd,
                                      const struct cs_token *token, enum cs_com_kind kind,
                                      uint32_t rights);

#endif
