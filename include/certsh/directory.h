/*
 * directory.h - domains, trusts, principals, and who is a member of what.
 *
 * Principals are users, computers and groups of a domain, the accounts and groups of one
 * machine, the well-known ones (Everyone), and foreign SIDs nobody has explained yet.  The SID
 * says who is who; S-1-5-32-x belongs to a domain or a machine (`domain` or `host` below).
 *
 *     cs_id dc02;
 *     if (cs_principal_resolve(lab, cs_str_of("CORP\\DC02$"), host, &dc02, &err) != CS_OK) ...
 *     struct cs_principal p;
 *     cs_principal_get(lab, dc02, &p);
 *
 * The directory is an immutable base of flat arrays and a small delta of changes on top; ids
 * are dense.  A cs_principal is a view, filled by copy: its texts are borrowed from the lab.
 *
 * Rules of membership: MS-SAMR 3.1.1.8.9 and Microsoft's pages on nesting, with Windows' own
 * errors (err->win32).  Tokens: MS-PAC, MS-KILE, MS-DTYP 2.5.2; see lab/token_of.c.
 *
 * Floor: lab.
 */
#ifndef CERTSH_DIRECTORY_H
#define CERTSH_DIRECTORY_H

#include <certsh/lab.h>
#include <certsh/token.h>

/* ----------------------------------------------------------------- domains */

struct cs_domain {
    struct cs_record record;
    struct cs_str dns;     /* "corp.example" */
    struct cs_str netbios; /* "CORP" */
    struct cs_str forest;  /* DNS name of the forest's root domain */
    struct cs_sid sid;     /* count 0 while not known */
    bool mixed;            /* nTMixedDomain: NT 4 domain controllers may be there */
};

enum cs_trust_kind { CS_TRUST_FOREST = 1, CS_TRUST_EXTERNAL, CS_TRUST_WITHIN_FOREST };

/* `trusting` lets in the accounts of `trusted`.  Within a forest trust needs no record. */
struct cs_trust {
    struct cs_record record;
    cs_id trusting, trusted;
    enum cs_trust_kind kind;
    bool quarantined; /* TRUST_ATTRIBUTE_QUARANTINED_DOMAIN: SID filtering */
    bool selective;   /* TRUST_ATTRIBUTE_CROSS_ORGANIZATION: selective authentication */
    bool history;     /* SID history is let through (treat as external) */
};

CS_API const struct cs_domain *cs_domain_get(const struct cs_lab *lab, cs_id id);
/* By NetBIOS or DNS name, any case; 0 when there is none. */
CS_API cs_id cs_domain_find(const struct cs_lab *lab, struct cs_str name);
CS_API cs_id cs_domain_of_sid(const struct cs_lab *lab, const struct cs_sid *sid);
/* SID of the root domain of that domain's forest; NULL while not known.  Borrowed. */
CS_API const struct cs_sid *cs_domain_root_sid(const struct cs_lab *lab, cs_id domain);
/* Add (id 0 in the record) or change.  Both copy all texts. */
CS_API CS_MUST_CHECK cs_status cs_domain_put(struct cs_lab *lab, const struct cs_domain *domain,
                                             cs_id *id, struct cs_error *err);

CS_API const struct cs_trust *cs_trust_get(const struct cs_lab *lab, cs_id id);
/* The trust that lets accounts of `trusted` in, or NULL: none, or the same forest. */
CS_API const struct cs_trust *cs_trust_find(const struct cs_lab *lab, cs_id trusting,
                                            cs_id trusted);
CS_API bool cs_trust_reaches(const struct cs_lab *lab, cs_id trusting, cs_id trusted);
CS_API CS_MUST_CHECK cs_status cs_trust_put(struct cs_lab *lab, const struct cs_trust *trust,
                                            cs_id *id, struct cs_error *err);

/* -------------------------------------------------------------- principals */

enum cs_principal_kind { CS_USER = 1, CS_COMPUTER, CS_GROUP, CS_WELL_KNOWN, CS_FOREIGN };
/* "user", "computer", "group", "well-known", "foreign"; lives forever. */
CS_API const char *cs_principal_kind_name(enum cs_principal_kind kind);

enum cs_scope {
    CS_SCOPE_NONE,
    CS_SCOPE_GLOBAL,
    CS_SCOPE_UNIVERSAL,
    CS_SCOPE_DOMAIN_LOCAL,
    CS_SCOPE_BUILTIN, /* S-1-5-32-x, of a domain or a machine */
    CS_SCOPE_MACHINE_LOCAL
};
/* "global", "universal", "domain-local", "builtin", "machine-local", NULL for none. */
CS_API const char *cs_scope_name(enum cs_scope scope);

/* userAccountControl bits that matter here (MS-SAMR 2.2.1.13, as in the directory). */
enum { CS_UAC_DISABLED = 0x2, CS_UAC_WORKSTATION = 0x1000, CS_UAC_DC = 0x2000 };

struct cs_principal {
    cs_id id;
    uint32_t birth;
    struct cs_source source;
    enum cs_principal_kind kind;
    enum cs_scope scope; /* groups */
    bool security;       /* groups: false is a distribution group, which never counts */
    bool members_open;   /* groups: the whole membership is not known (a fact is missing) */
    bool managed;        /* a managed service account */
    cs_id domain, host;  /* whose it is; both 0 for well-known and foreign ones */
    struct cs_sid sid;
    uint32_t uac;
    uint32_t primary;      /* RID of the primary group, 0 for groups */
    struct cs_str name;    /* sAMAccountName, or the well-known name */
    struct cs_str display; /* cn or displayName */
    struct cs_str upn, dns, mail, dn, comment, os;
};

/*
 * One whom memberships of an import name by DN, and nobody has told of so far: a foreign one, until
 * an import brings the object of that DN.  Its SID is a number of this lab and nobody's.
 */
CS_API bool cs_principal_is_stranger(const struct cs_principal *principal);
/* Fill `out`; false when there is no such principal (now). */
CS_API bool cs_principal_get(const struct cs_lab *lab, cs_id id, struct cs_principal *out);
/* The same as it was at `when`, also when it has been removed since. */
CS_API bool cs_principal_at(const struct cs_lab *lab, cs_id id, cs_tick when,
                            struct cs_principal *out);
/* What it is, without filling a view; 0 where there is nobody. */
CS_API enum cs_principal_kind cs_principal_kind_of(const struct cs_lab *lab, cs_id id);
typedef bool cs_principal_fn(void *context, const struct cs_principal *principal);
/* All of a kind (0: all kinds), in order of ids; false from `fn` stops. */
CS_API void cs_principal_each(const struct cs_lab *lab, int kind, cs_principal_fn *fn,
                              void *context);
/* One past the largest id in use. */
CS_API cs_id cs_principal_end(const struct cs_lab *lab);

/*
 * By SID; 0 when not there.  S-1-5-32-x needs to know of whom: the machine `host`, which on a
 * domain controller means its domain; with host 0 the domain's if there is just one.
 */
CS_API cs_id cs_principal_by_sid(const struct cs_lab *lab, const struct cs_sid *sid, cs_id host);
/* The same where it is known whose S-1-5-32-x is meant: a domain's or a machine's. */
CS_API cs_id cs_principal_owned(const struct cs_lab *lab, const struct cs_sid *sid, cs_id domain,
                                cs_id host);
/* The same, made as a foreign one when it is not there (an op). */
CS_API CS_MUST_CHECK cs_status cs_principal_of_sid(struct cs_lab *lab, const struct cs_sid *sid,
                                                   cs_id host, cs_id *id, struct cs_error *err);
/* By account name in one domain, or on one host (the other 0); 0 when not there. */
CS_API cs_id cs_principal_named(const struct cs_lab *lab, cs_id domain, cs_id host,
                                struct cs_str name);

/*
 * Who is meant, as Windows resolves it from `host` (0: from nowhere): DOMAIN\name,
 * name@dns.domain, a SID, or a bare name: well-known, built-in, local, own domain, then
 * trusted ones.  Errors: CS_NOT_FOUND (1332), CS_AMBIGUOUS naming the candidates.
 */
CS_API CS_MUST_CHECK cs_status cs_principal_resolve(const struct cs_lab *lab, struct cs_str text,
                                                    cs_id host, cs_id *id, struct cs_error *err);

/* "CORP\\DC02$", "BUILTIN\\Users", "NT AUTHORITY\\SYSTEM", "Everyone", else the SID.
 * In `arena`. */
CS_API struct cs_str cs_principal_name(const struct cs_lab *lab, struct cs_arena *arena, cs_id id);
/* The same for a SID that may be nobody's; `host` as in cs_principal_by_sid. */
CS_API struct cs_str cs_sid_name(const struct cs_lab *lab, struct cs_arena *arena,
                                 const struct cs_sid *sid, cs_id host);

/*
 * Add or change.  With sid.count 0 a new account gets the next RID of its domain or machine.
 * Errors: CS_EXISTS (1379 groups, 2224 accounts), CS_INVALID.
 */
CS_API CS_MUST_CHECK cs_status cs_principal_put(struct cs_lab *lab,
                                                const struct cs_principal *principal, cs_id *id,
                                                struct cs_error *err);
/* Remove it and its memberships; its SID is never given again.  CS_NOT_FOUND. */
CS_API CS_MUST_CHECK cs_status cs_principal_remove(struct cs_lab *lab, cs_id id,
                                                   struct cs_error *err);
/* Make `group` the primary group: memberships move as MS-SAMR 3.1.1.8.2 says. */
CS_API CS_MUST_CHECK cs_status cs_principal_set_primary(struct cs_lab *lab, cs_id id, cs_id group,
                                                        struct cs_error *err);

/* -------------------------------------------------------------- membership */

/*
 * Would Windows let `member` into `group`?  CS_OK, or CS_STATE (1378 it is one already),
 * CS_INVALID (1388, 8514-8520 ...) with err->win32.
 */
CS_API CS_MUST_CHECK cs_status cs_member_may(const struct cs_lab *lab, cs_id group, cs_id member,
                                             struct cs_error *err);
CS_API CS_MUST_CHECK cs_status cs_member_add(struct cs_lab *lab, cs_id group, cs_id member,
                                             struct cs_error *err);
/* CS_STATE (1377) when it is none. */
CS_API CS_MUST_CHECK cs_status cs_member_remove(struct cs_lab *lab, cs_id group, cs_id member,
                                                struct cs_error *err);

/* Is `member` written in `group`'s member list (at `when`)?  Primary groups are not. */
CS_API bool cs_member_has(const struct cs_lab *lab, cs_id group, cs_id member, cs_tick when);
typedef bool cs_id_fn(void *context, cs_id id); /* false stops */
CS_API void cs_member_each(const struct cs_lab *lab, cs_id group, cs_tick when, cs_id_fn *fn,
                           void *context);
/* The groups that list `member`; without its primary group. */
CS_API void cs_member_of_each(const struct cs_lab *lab, cs_id member, cs_tick when, cs_id_fn *fn,
                              void *context);
/* The principal that is the primary group (0: none, or not there). */
CS_API cs_id cs_principal_primary(const struct cs_lab *lab, cs_id id);
/* When the listed membership last changed; 0 when it was so from the beginning. */
CS_API cs_tick cs_member_since(const struct cs_lab *lab, cs_id group, cs_id member);

/*
 * Every security group the principal belongs to, nested and primary, once each, as the
 * directory's tokenGroups has them (its own domain's built-in groups too).
 */
CS_API void cs_principal_groups(const struct cs_lab *lab, cs_id id, cs_tick when, cs_id_fn *fn,
                                void *context);
/*
 * The same of every user and computer, domain by domain, as of now: groups[i] is an index in
 * `ids`, in no order.  For a million of them this is one second's work, where asking each is
 * minutes; false from `fn` stops.
 */
typedef bool cs_groups_fn(void *context, cs_id id, const uint32_t *groups, size_t count,
                          const cs_id *ids);
CS_API void cs_groups_of_everyone(const struct cs_lab *lab, cs_groups_fn *fn, void *context);
/* Everybody in a group, nested, primary members included; depth from 1. */
typedef bool cs_member_depth_fn(void *context, cs_id id, unsigned depth);
CS_API void cs_group_members(const struct cs_lab *lab, cs_id group, cs_tick when, bool direct,
                             cs_member_depth_fn *fn, void *context);
/*
 * The same by slices, for many: members first met in one group, all at one depth.  `ids` lives
 * until `fn` returns.
 */
typedef bool cs_members_fn(void *context, const cs_id *ids, size_t count, unsigned depth);
CS_API void cs_group_members_sliced(const struct cs_lab *lab, cs_id group, cs_tick when,
                                    bool direct, cs_members_fn *fn, void *context);

/* ------------------------------------------------------------------ tokens */

/* How the caller comes to the host. */
enum cs_logon {
    CS_LOGON_NETWORK, /* remotely: NETWORK */
    CS_LOGON_LOCAL,   /* at the host itself: INTERACTIVE */
    CS_LOGON_SERVICE  /* as the host's own system account */
};

struct cs_token_ask {
    cs_id principal;
    cs_id host; /* whose local groups count; 0: only the directory's part */
    enum cs_logon logon;
    cs_tick when; /* 0: by the rule of ages (computers as of their start, users now) */
};

/*
 * The token of a principal at a host, in `arena`: user, primary and global and universal
 * groups, context SIDs, domain-local groups of the host's domain as of `when`, machine-local
 * and built-in groups of the host as of now.  A membership nobody gave is not in it, and no
 * error: ask cs_membership_known for the SID in question.
 */
CS_API CS_MUST_CHECK cs_status cs_token_of(const struct cs_lab *lab, struct cs_arena *arena,
                                           const struct cs_token_ask *ask, struct cs_token **token,
                                           struct cs_error *err);

/*
 * Is it known who belongs to the group with this SID at `host`?  False for a local or
 * built-in group of a machine whose members nobody gave, and for a group with members open.
 */
CS_API bool cs_membership_known(const struct cs_lab *lab, cs_id host, const struct cs_sid *sid);

/* The tick whose memberships that principal carries by the rule of ages. */
CS_API cs_tick cs_token_age(const struct cs_lab *lab, cs_id principal);

/*
 * The membership path of the SID at `index` as texts from the account outward: "CORP\\DC02$",
 * "CORP\\Domain Controllers", "CORP\\CERTSVC_DCOM_ACCESS".  In `arena`.
 */
CS_API struct cs_value cs_token_path(const struct cs_lab *lab, struct cs_arena *arena,
                                     const struct cs_token *token, int index);

#endif
