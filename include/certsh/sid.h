/*
 * sid.h - security identifiers.
 *
 * A SID names one principal: "S-1-5-32-574" is Certificate Service DCOM Access on every host.
 * A cs_sid is a small value: pass it by pointer, store it by copy.  It owns nothing.
 *
 *     struct cs_sid sid;
 *     struct cs_sid_text text;
 *     if (cs_sid_parse(cs_str_of("S-1-5-11"), &sid, &err) == CS_OK)
 *         puts(cs_sid_format(&sid, &text));
 *
 * Text follows MS-DTYP 2.4.2.1 (an authority of 2^32 and more is upper-case hex), bytes
 * MS-DTYP 2.4.2.2.  The table of well-known SIDs is MS-DTYP 2.4.2.4; the two-letter SDDL
 * aliases are MS-DTYP 2.5.1.1.
 *
 * Floor: domain.
 */
#ifndef CERTSH_SID_H
#define CERTSH_SID_H

#include <certsh/base.h>
#include <certsh/status.h>
#include <certsh/str.h>

enum { CS_SID_MAX_SUBS = 15, CS_SID_MAX_BYTES = 8 + 4 * CS_SID_MAX_SUBS };

struct cs_sid {
    uint64_t authority; /* 48 bits; 5 is NT Authority */
    uint32_t sub[CS_SID_MAX_SUBS];
    uint8_t count; /* of sub-authorities, 0..15; those beyond are 0 */
};

/* Room for the longest SID in text, so that printing never allocates. */
struct cs_sid_text {
    char text[192];
};

/*
 * Read all of `text` as a SID in the strict form S-1-A-S-S... ("s-1-" and hex authority too).
 * Errors: CS_SYNTAX with the byte offset.  (Windows' leniencies inside SDDL: see sd.h.)
 */
CS_API CS_MUST_CHECK cs_status cs_sid_parse(struct cs_str text, struct cs_sid *sid,
                                            struct cs_error *err);

/* Write `sid` into `out`; returns out->text, for use inside a printf. */
CS_API const char *cs_sid_format(const struct cs_sid *sid, struct cs_sid_text *out);

/* Read a binary SID at the start of `bytes`; `used` (may be NULL) is its length. */
CS_API CS_MUST_CHECK cs_status cs_sid_decode(const void *bytes, size_t size, struct cs_sid *sid,
                                             size_t *used, struct cs_error *err);

/* Write the binary SID; returns its length, at most CS_SID_MAX_BYTES. */
CS_API size_t cs_sid_encode(const struct cs_sid *sid, unsigned char out[CS_SID_MAX_BYTES]);
CS_API size_t cs_sid_size(const struct cs_sid *sid);

CS_API bool cs_sid_equal(const struct cs_sid *a, const struct cs_sid *b);
CS_API int cs_sid_compare(const struct cs_sid *a, const struct cs_sid *b); /* a total order */
CS_API uint64_t cs_sid_hash(const struct cs_sid *sid);

/* The last sub-authority, 0 where there is none. */
CS_API uint32_t cs_sid_rid(const struct cs_sid *sid);
/* `sid` without its last sub-authority. */
CS_API struct cs_sid cs_sid_parent(const struct cs_sid *sid);
/* `domain` with one more sub-authority. */
CS_API struct cs_sid cs_sid_child(const struct cs_sid *domain, uint32_t rid);
/* Is `sid` an account of `domain` (domain plus one sub-authority)? */
CS_API bool cs_sid_in(const struct cs_sid *sid, const struct cs_sid *domain);
/* Does it belong to a domain or machine (S-1-5-21-...)? */
CS_API bool cs_sid_is_account(const struct cs_sid *sid);
/* S-1-5-32 or S-1-5-32-x: its authority is whichever domain or machine is asked. */
CS_API bool cs_sid_is_builtin(const struct cs_sid *sid);

/* S-1-a-s and S-1-a-s-t, for writing down well-known ones. */
CS_API struct cs_sid cs_sid_of1(uint64_t authority, uint32_t sub);
CS_API struct cs_sid cs_sid_of2(uint64_t authority, uint32_t sub, uint32_t rid);

extern CS_API const struct cs_sid cs_sid_everyone;            /* S-1-1-0 */
extern CS_API const struct cs_sid cs_sid_network;             /* S-1-5-2 */
extern CS_API const struct cs_sid cs_sid_interactive;         /* S-1-5-4 */
extern CS_API const struct cs_sid cs_sid_anonymous;           /* S-1-5-7 */
extern CS_API const struct cs_sid cs_sid_enterprise_dcs;      /* S-1-5-9 */
extern CS_API const struct cs_sid cs_sid_authenticated_users; /* S-1-5-11 */
extern CS_API const struct cs_sid cs_sid_this_organization;   /* S-1-5-15 */
extern CS_API const struct cs_sid cs_sid_system;              /* S-1-5-18 */
extern CS_API const struct cs_sid cs_sid_administrators;      /* S-1-5-32-544 */
extern CS_API const struct cs_sid cs_sid_users;               /* S-1-5-32-545 */
extern CS_API const struct cs_sid cs_sid_certsvc_dcom_access; /* S-1-5-32-574 */
extern CS_API const struct cs_sid cs_sid_owner_rights;        /* S-1-3-4 */
extern CS_API const struct cs_sid cs_sid_principal_self;      /* S-1-5-10 */

/*
 * A well-known SID: one row of the table.  `authority` is the prefix Windows prints before
 * the name ("NT AUTHORITY", "BUILTIN", or "" as for Everyone); `alias` its SDDL letters or
 * NULL.
 */
struct cs_sid_known {
    struct cs_sid sid;
    const char *alias;
    const char *authority;
    const char *name;
    const char *name_ja; /* Japanese name, NULL where it is the same or not known */
};

/* The rows; lives forever. */
CS_API const struct cs_sid_known *cs_sid_known_table(size_t *count);
/* The row of `sid`, or NULL; lives forever. */
CS_API const struct cs_sid_known *cs_sid_known_find(const struct cs_sid *sid);
/*
 * The row of a name without regard to case: "Everyone", "NT AUTHORITY\\SYSTEM", "SYSTEM",
 * "BUILTIN\\Administrators", or the Japanese name; NULL when none.
 */
CS_API const struct cs_sid_known *cs_sid_known_named(struct cs_str name);
/* The same as a Windows of any language prints it, behind its authority or not: "Jeder",
 * "AUTORITE NT\\Utilisateurs authentifiés".  For files; what people type may be a name. */
CS_API bool cs_sid_known_abroad(struct cs_str name, struct cs_sid *sid);

/* Names of the account RIDs every domain has: 512 "Domain Admins", ...; NULL for others. */
CS_API const char *cs_sid_rid_name(uint32_t rid);

#endif
