/*
 * lint.h - what is wrong with a security descriptor, or at least odd.
 *
 * A finding is about the whole descriptor or about one ACE of its DACL.  Nothing is changed and
 * nothing is allocated; texts live forever.
 *
 *     struct cs_lint how = {.com = true, .kind = CS_COM_LAUNCH};
 *     cs_sd_lint(&sd, &how, print, NULL);
 *
 * Rules, and their sources:
 *
 *     no-owner, no-group    Win32 AccessCheck refuses it (ERROR_INVALID_SECURITY_DESCR)
 *     null-dacl             absent or NULL: everybody may everything
 *     empty-dacl            nobody may anything but the owner
 *     order                 not the canonical order of MS-DTYP 2.4.5
 *     misplaced             an audit in a DACL: Windows steps over it
 *     unknown-ace           of a kind that neither allows nor denies
 *     empty-mask            an ACE without rights
 *     never-reached         earlier ACEs decide all of its rights the other way
 *     adds-nothing          other ACEs give or refuse the same to the same callers
 *     orphan-sid            nobody has that SID (asked through `knows`)
 *     old-format            COM: 0x1 alone everywhere, from before XP SP2 and 2003 SP1
 *     mixed-format          COM: 0x1 alone beside separate rights
 *     no-execute-bit        COM: separate rights without COM_RIGHTS_EXECUTE (0x1)
 *     strange-rights        COM: bits that COM does not know here
 *
 * Floor: domain.
 */
#ifndef CERTSH_LINT_H
#define CERTSH_LINT_H

#include <certsh/access.h>

enum cs_severity { CS_NOTE, CS_WARNING, CS_ERROR };
/* "note", "warning", "error"; lives forever. */
CS_API const char *cs_severity_name(enum cs_severity severity);

struct cs_finding {
    enum cs_severity severity;
    const char *rule; /* "order" */
    int ace;          /* in the DACL, from 0; -1 for the whole descriptor */
    int other;        /* the ACE that it is about as well, -1 for none */
    const char *text; /* what is wrong, lower case, no full stop */
};
typedef void cs_finding_fn(void *context, const struct cs_finding *finding);

/* What is known besides the descriptor. */
struct cs_lint {
    bool com; /* a COM descriptor of `kind`; on a Windows with separate rights unless `old_com` */
    bool old_com;
    enum cs_com_kind kind;
    /* Is there somebody with this SID?  NULL: do not ask.  Only accounts are asked for. */
    bool (*knows)(void *context, const struct cs_sid *sid);
    void *knows_context;
};

/* Tell every finding: the whole descriptor's first, then ACE by ACE.  `how` may be NULL. */
CS_API void cs_sd_lint(const struct cs_sd *sd, const struct cs_lint *how, cs_finding_fn *found,
                       void *context);

/* The place an ACE has in a canonical list, 0 for the first ones (MS-DTYP 2.4.5). */
CS_API int cs_ace_rank(const struct cs_ace *ace);

#endif
