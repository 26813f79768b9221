/*
 * lint.c - mistakes in security descriptors (see lint.h).
 *
 * An ACE is dead when whoever it is about has been answered before it, or is answered the same
 * way without it.  Only what is certain counts: an ACE answers for another one's callers when it
 * is for the same SID or for Everyone (in every token but those of anonymous callers).
 *
 * Room: domain.
 */
#include <certsh/lint.h>

#include "sd_in.h"

struct lint {
    const struct cs_sd *sd;
    const struct cs_lint *how;
    cs_finding_fn *found;
    void *context;
};

static const char *const severity_names[] = {
    [CS_NOTE] = "note", [CS_WARNING] = "warning", [CS_ERROR] = "error"};

const char *cs_severity_name(enum cs_severity severity)
{
    return severity_names[severity];
}

static void report(const struct lint *lint, enum cs_severity severity, const char *rule, int ace,
                   const char *text)
{
    struct cs_finding finding = {severity, rule, ace, -1, text};
    lint->found(lint->context, &finding);
}

/* ------------------------------------------------------------ whole descriptor */

static void check_principals(const struct lint *lint)
{
    if (!lint->sd->has_owner)
        report(lint, CS_ERROR, "no-owner", -1,
               "no owner: AccessCheck of Win32 refuses it (ERROR_INVALID_SECURITY_DESCR)");
    if (!lint->sd->has_group)
        report(lint, CS_ERROR, "no-group", -1,
               "no group: AccessCheck of Win32 refuses it (ERROR_INVALID_SECURITY_DESCR)");
}

static void check_shape(const struct lint *lint)
{
    switch (cs_sd_dacl(lint->sd)) {
    case CS_DACL_ABSENT:
        report(lint, CS_WARNING, "null-dacl", -1, "no DACL: everybody may everything");
        break;
    case CS_DACL_NULL:
        report(lint, CS_WARNING, "null-dacl", -1, "a NULL DACL: everybody may everything");
        break;
    case CS_DACL_EMPTY:
        report(lint, lint->how->com ? CS_ERROR : CS_WARNING, "empty-dacl", -1,
               "an empty DACL: nobody may anything (a NULL one would let everybody in)");
        break;
    case CS_DACL_LIST:
        break;
    }
}

int cs_ace_rank(const struct cs_ace *ace)
{
    const struct csi_ace_type *type = csi_ace_type(ace->type);
    bool object = type->shape == CSI_ACE_OBJECT;
    if (ace->flags & CS_ACE_INHERITED)
        return 4;
    if (type->effect == CSI_EFFECT_DENY)
        return object ? 1 : 0;
    return object ? 3 : 2;
}

/* One finding for the list: the first ACE that stands too far down. */
static void check_order(const struct lint *lint)
{
    const struct cs_acl *acl = lint->sd->dacl;
    for (size_t i = 1; i < acl->count; i++)
        if (cs_ace_rank(&acl->aces[i]) < cs_ace_rank(&acl->aces[i - 1])) {
            struct cs_finding finding = {CS_WARNING, "order", (int)i, (int)i - 1,
                                         "not in canonical order (denying before allowing, "
                                         "explicit before inherited); Windows walks the list as it "
                                         "stands"};
            lint->found(lint->context, &finding);
            return;
        }
}

/* --------------------------------------------------------------------- COM */

enum { COM_RIGHTS = 0x1e };

static bool is_old(const struct cs_ace *ace)
{
    return !ace->opaque && (ace->mask & (COM_RIGHTS | CS_COM_EXECUTE)) == CS_COM_EXECUTE;
}

static bool is_new(const struct cs_ace *ace)
{
    return !ace->opaque && ace->mask & COM_RIGHTS;
}

static void check_format(const struct lint *lint)
{
    const struct cs_acl *acl = lint->sd->dacl;
    size_t old = 0, new = 0;
    for (size_t i = 0; i < acl->count; i++) {
        old += is_old(&acl->aces[i]);
        new += is_new(&acl->aces[i]);
    }
    if (old && new)
        report(lint, CS_ERROR, "mixed-format", -1,
               "entries with 0x1 alone beside entries with separate rights: a list must not mix "
               "the formats");
    else if (old)
        report(lint, CS_NOTE, "old-format", -1,
               "every entry is in the format from before SP1 (0x1) and means every right");
}

static void check_com_ace(const struct lint *lint, int index, const struct cs_ace *ace)
{
    uint32_t known = lint->how->kind == CS_COM_LAUNCH ? 0x1f : 0x7;
    if (!lint->how->old_com && is_new(ace) && !(ace->mask & CS_COM_EXECUTE))
        report(lint, CS_ERROR, "no-execute-bit", index,
               "lacks 0x1 (COM_RIGHTS_EXECUTE): COM takes the whole descriptor for invalid");
    if (ace->mask & ~known)
        report(lint, CS_WARNING, "strange-rights", index,
               "holds rights that COM does not know here; what Windows makes of them is not "
               "confirmed");
}

/* --------------------------------------------------------------- dead ACEs */

enum { TO_CHILDREN = CS_ACE_OBJECT_INHERIT | CS_ACE_CONTAINER_INHERIT };

/* Does `by` answer for everybody that `ace` is about, here and wherever `ace` is inherited? */
static bool answers_for(const struct cs_ace *by, const struct cs_ace *ace)
{
    bool plain = by->type == CS_ACE_ALLOW || by->type == CS_ACE_DENY;
    bool everybody = cs_sid_equal(&by->sid, &cs_sid_everyone) &&
                     !cs_sid_equal(&ace->sid, &cs_sid_anonymous) &&
                     !cs_sid_equal(&ace->sid, &cs_sid_owner_rights);
    if (!plain || by->flags & CS_ACE_INHERIT_ONLY || ace->flags & TO_CHILDREN & ~by->flags ||
        (by->flags & CS_ACE_NO_PROPAGATE && !(ace->flags & CS_ACE_NO_PROPAGATE)))
        return false;
    return everybody || cs_sid_equal(&by->sid, &ace->sid);
}

/* What an ACE is about: to COM 0x1 is a mark, and alone it means every right. */
static uint32_t rights_of(const struct lint *lint, const struct cs_ace *ace)
{
    if (!lint->how->com)
        return ace->mask;
    return (is_old(ace) ? COM_RIGHTS | ace->mask : ace->mask) & ~(uint32_t)CS_COM_EXECUTE;
}

/* What of an ACE's rights earlier ones decided, the same way or the other way. */
struct decided {
    uint32_t same, other;
    int by; /* the last of them */
};

static struct decided decided_before(const struct lint *lint, size_t index, uint32_t rights)
{
    const struct cs_acl *acl = lint->sd->dacl;
    const struct cs_ace *ace = &acl->aces[index];
    enum csi_ace_effect effect = csi_ace_type(ace->type)->effect;
    struct decided decided = {.by = -1};
    for (size_t i = 0; i < index; i++) {
        const struct cs_ace *by = &acl->aces[i];
        uint32_t bits = rights & rights_of(lint, by) & ~decided.same & ~decided.other;
        if (!bits || !answers_for(by, ace))
            continue;
        *(csi_ace_type(by->type)->effect == effect ? &decided.same : &decided.other) |= bits;
        decided.by = (int)i;
    }
    return decided;
}

/* Is all that an allowing ACE gives given later too, with no deny in between? */
static int given_later(const struct lint *lint, size_t index, uint32_t rights)
{
    const struct cs_acl *acl = lint->sd->dacl;
    const struct cs_ace *ace = &acl->aces[index];
    for (size_t i = index + 1; i < acl->count; i++) {
        const struct cs_ace *by = &acl->aces[i];
        if (csi_ace_type(by->type)->effect == CSI_EFFECT_DENY && rights_of(lint, by) & rights)
            return -1;
        if (by->type == CS_ACE_ALLOW && answers_for(by, ace) && !(rights & ~rights_of(lint, by)))
            return (int)i;
    }
    return -1;
}

static void check_dead(const struct lint *lint, size_t index, const struct cs_ace *ace)
{
    uint32_t rights = rights_of(lint, ace);
    struct decided before = decided_before(lint, index, rights);
    struct cs_finding finding = {.ace = (int)index, .other = before.by};
    if (before.by >= 0 && !(rights & ~before.same & ~before.other)) {
        bool reversed = before.other != 0;
        bool denies = csi_ace_type(ace->type)->effect == CSI_EFFECT_DENY;
        finding.severity = reversed ? CS_WARNING : CS_NOTE;
        finding.rule = reversed ? "never-reached" : "adds-nothing";
        finding.text = !reversed ? "says what an earlier entry says"
                       : denies  ? "denies what an earlier entry has allowed by then: too late"
                                 : "allows what an earlier entry has denied by then";
        lint->found(lint->context, &finding);
        return;
    }
    finding.other = rights ? given_later(lint, index, rights) : -1;
    if (csi_ace_type(ace->type)->effect != CSI_EFFECT_ALLOW || finding.other < 0)
        return;
    finding.rule = "adds-nothing";
    finding.text = "allows what a later entry allows as well";
    lint->found(lint->context, &finding);
}

/* ----------------------------------------------------------------- one ACE */

static bool asked_for(const struct lint *lint, const struct cs_sid *sid)
{
    return lint->how->knows && cs_sid_is_account(sid);
}

static void check_ace(const struct lint *lint, size_t index)
{
    const struct cs_ace *ace = &lint->sd->dacl->aces[index];
    const struct csi_ace_type *type = csi_ace_type(ace->type);
    int at = (int)index;
    if (ace->opaque) {
        report(lint, CS_WARNING, "unknown-ace", at, "of an unknown kind: Windows steps over it");
        return;
    }
    if (type->in_sacl) {
        report(lint, CS_WARNING, "misplaced", at,
               "belongs into a SACL: here it neither allows nor denies, and its SDDL is refused");
        return;
    }
    if (lint->how->com)
        check_com_ace(lint, at, ace);
    if (asked_for(lint, &ace->sid) && !lint->how->knows(lint->how->knows_context, &ace->sid))
        report(lint, CS_NOTE, "orphan-sid", at,
               "nobody has this SID: an account that was deleted, or one of another domain");
    if (ace->mask == 0)
        report(lint, CS_NOTE, "empty-mask", at, "an entry without rights does nothing");
    else if (type->effect != CSI_EFFECT_NONE && !(ace->flags & CS_ACE_INHERIT_ONLY))
        check_dead(lint, index, ace);
}

void cs_sd_lint(const struct cs_sd *sd, const struct cs_lint *how, cs_finding_fn *found,
                void *context)
{
    static const struct cs_lint plain = {0};
    struct lint lint = {sd, how ? how : &plain, found, context};
    check_principals(&lint);
    check_shape(&lint);
    if (cs_sd_dacl(sd) != CS_DACL_LIST)
        return;
    check_order(&lint);
    if (lint.how->com && !lint.how->old_com)
        check_format(&lint);
    for (size_t i = 0; i < sd->dacl->count; i++)
        check_ace(&lint, i);
}
