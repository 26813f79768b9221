/*
 * brief.h - the few facts of a principal that a walk asks for.
 *
 * A cs_principal is a view of everything, texts included, and costs a dozen lines of memory to
 * fill.  Walks through memberships ask thousands of groups what kind they are and whose; this
 * is read from the row alone.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_BRIEF_H
#define CERTSH_LAB_BRIEF_H

#include <certsh/directory.h>

struct csi_brief {
    cs_id id, domain, host;
    enum cs_principal_kind kind;
    enum cs_scope scope;
    bool security;
    uint32_t rid, primary;
    const struct cs_sid *parent; /* of its SID; NULL where `sid` is the whole one */
    const struct cs_sid *sid;
};

/* As it was at `when`; false when it was not there.  Borrowed from the lab. */
bool csi_brief_at(const struct cs_lab *lab, cs_id id, cs_tick when, struct csi_brief *out);
struct cs_sid csi_brief_sid(const struct csi_brief *brief);
bool csi_brief_has_sid(const struct csi_brief *brief, const struct cs_sid *sid);

#endif
