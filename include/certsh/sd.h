/*
 * sd.h - security descriptors: who may do what to one object.
 *
 * A cs_sd is what a registry value, an LDAP attribute or a line of SDDL says.  It borrows
 * nothing: all it points to lives in the arena it was read into.
 *
 *     struct cs_sd sd;
 *     if (cs_sddl_parse(arena, cs_str_of("O:BAG:BAD:(A;;CCDCSW;;;WD)"), NULL, &sd, &err))
 *         return cs_error_where(&err, "MachineLaunchRestriction");
 *     cs_sd_encode(arena, &sd, &bytes, &err);
 *
 * Text is SDDL (MS-DTYP 2.5.1), bytes are the self-relative form (MS-DTYP 2.4.6).  Both
 * readers take hostile input: every length is checked, no allocation is larger than the input
 * backs, and running out of memory is a clean CS_MEMORY.  What Windows refuses is refused
 * with the byte offset; what Windows is lenient about is accepted and normalised.
 *
 * A DACL can be absent, NULL (present but without a list: everybody may everything), empty
 * (nobody may anything) or a list; cs_sd_dacl tells which.
 *
 * Floor: domain.
 */
#ifndef CERTSH_SD_H
#define CERTSH_SD_H

#include <certsh/arena.h>
#include <certsh/rights.h>
#include <certsh/sid.h>

/* ACE types (MS-DTYP 2.4.4.1). */
enum {
    CS_ACE_ALLOW = 0x00,
    CS_ACE_DENY = 0x01,
    CS_ACE_AUDIT = 0x02,
    CS_ACE_ALARM = 0x03,
    CS_ACE_COMPOUND = 0x04,
    CS_ACE_OBJECT_ALLOW = 0x05,
    CS_ACE_OBJECT_DENY = 0x06,
    CS_ACE_OBJECT_AUDIT = 0x07,
    CS_ACE_OBJECT_ALARM = 0x08,
    CS_ACE_CALLBACK_ALLOW = 0x09,
    CS_ACE_CALLBACK_DENY = 0x0a,
    CS_ACE_CALLBACK_OBJECT_ALLOW = 0x0b,
    CS_ACE_CALLBACK_OBJECT_DENY = 0x0c,
    CS_ACE_CALLBACK_AUDIT = 0x0d,
    CS_ACE_CALLBACK_ALARM = 0x0e,
    CS_ACE_CALLBACK_OBJECT_AUDIT = 0x0f,
    CS_ACE_CALLBACK_OBJECT_ALARM = 0x10,
    CS_ACE_MANDATORY_LABEL = 0x11,
    CS_ACE_RESOURCE_ATTRIBUTE = 0x12,
    CS_ACE_SCOPED_POLICY = 0x13
};

/* ACE flags (MS-DTYP 2.4.4.1). */
enum {
    CS_ACE_OBJECT_INHERIT = 0x01,
    CS_ACE_CONTAINER_INHERIT = 0x02,
    CS_ACE_NO_PROPAGATE = 0x04,
    CS_ACE_INHERIT_ONLY = 0x08,
    CS_ACE_INHERITED = 0x10,
    CS_ACE_CRITICAL = 0x20,
    CS_ACE_AUDIT_SUCCESS = 0x40,
    CS_ACE_AUDIT_FAILURE = 0x80
};

/* Control bits (MS-DTYP 2.4.6). */
enum {
    CS_SD_DACL_PRESENT = 0x0004,
    CS_SD_DACL_DEFAULTED = 0x0008,
    CS_SD_SACL_PRESENT = 0x0010,
    CS_SD_SACL_DEFAULTED = 0x0020,
    CS_SD_DACL_AUTO_INHERIT_REQUIRED = 0x0100,
    CS_SD_SACL_AUTO_INHERIT_REQUIRED = 0x0200,
    CS_SD_DACL_AUTO_INHERITED = 0x0400,
    CS_SD_SACL_AUTO_INHERITED = 0x0800,
    CS_SD_DACL_PROTECTED = 0x1000,
    CS_SD_SACL_PROTECTED = 0x2000,
    CS_SD_SELF_RELATIVE = 0x8000
};

struct cs_guid {
    unsigned char bytes[16]; /* as on the wire: the first three parts little-endian */
};
struct cs_guid_text {
    char text[40];
};
/* 36 characters, with or without braces.  Errors: CS_SYNTAX. */
CS_API CS_MUST_CHECK cs_status cs_guid_parse(struct cs_str text, struct cs_guid *guid,
                                             struct cs_error *err);
CS_API const char *cs_guid_format(const struct cs_guid *guid, struct cs_guid_text *out);
CS_API bool cs_guid_equal(const struct cs_guid *a, const struct cs_guid *b);

enum { CS_ACE_HAS_TYPE = 1, CS_ACE_HAS_INHERITED_TYPE = 2 }; /* object_flags */

struct cs_ace {
    uint8_t type, flags;
    bool opaque; /* not understood: `data` is its whole body, the fields below are empty */
    uint32_t mask;
    uint32_t object_flags;
    struct cs_guid object_type, inherited_type;
    struct cs_sid sid;
    struct cs_str data; /* what follows the SID: a condition, a resource attribute, slack */
};

struct cs_acl {
    uint8_t revision; /* as read; encode writes the smallest that fits */
    uint16_t slack;   /* bytes of AclSize beyond the ACEs, as read */
    size_t count;
    const struct cs_ace *aces;
};

enum cs_sd_dacl_kind { CS_DACL_ABSENT, CS_DACL_NULL, CS_DACL_EMPTY, CS_DACL_LIST };

struct cs_sd {
    uint16_t control;
    bool has_owner, has_group;
    struct cs_sid owner, group;
    const struct cs_acl *dacl, *sacl; /* NULL with the control bit set is a NULL ACL */
    struct cs_str bytes;              /* what it was decoded from, empty otherwise */
};

CS_API enum cs_sd_dacl_kind cs_sd_dacl(const struct cs_sd *sd);

/*
 * Whose two-letter aliases: DA, DU, ... are of `domain` (also LA and LG where `machine` is
 * NULL), EA, SA, RO of `root`.  Any may be NULL: an alias that needs it is then refused by
 * the reader, and written as a full SID by the writer.
 */
struct cs_sddl_scope {
    const struct cs_sid *domain, *root, *machine;
};

/* SDDL to a descriptor in `arena`; `scope` may be NULL.  Errors: CS_SYNTAX, CS_MEMORY. */
CS_API CS_MUST_CHECK cs_status cs_sddl_parse(struct cs_arena *arena, struct cs_str text,
                                             const struct cs_sddl_scope *scope, struct cs_sd *sd,
                                             struct cs_error *err);

/*
 * A descriptor to SDDL, the way Windows prints it.  Errors: CS_MEMORY, and CS_INVALID for an
 * ACE that SDDL cannot name.
 */
CS_API CS_MUST_CHECK cs_status cs_sddl_format(struct cs_arena *arena, const struct cs_sd *sd,
                                              const struct cs_sddl_scope *scope,
                                              struct cs_str *text, struct cs_error *err);

/* One ACE in SDDL, "(A;;CCDCSW;;;WD)"; an opaque one in words.  In `arena`, never fails. */
CS_API struct cs_str cs_ace_format(struct cs_arena *arena, const struct cs_ace *ace);

/* Self-relative bytes to a descriptor in `arena`.  Errors: CS_SYNTAX with offset, CS_MEMORY. */
CS_API CS_MUST_CHECK cs_status cs_sd_decode(struct cs_arena *arena, struct cs_str bytes,
                                            struct cs_sd *sd, struct cs_error *err);

/* Canonical self-relative bytes: SACL, DACL, owner, group; minimal revisions; no slack. */
CS_API CS_MUST_CHECK cs_status cs_sd_encode(struct cs_arena *arena, const struct cs_sd *sd,
                                            struct cs_str *bytes, struct cs_error *err);

/* The same bytes in the order registry values have: DACL, SACL, owner, group. */
CS_API CS_MUST_CHECK cs_status cs_sd_encode_registry(struct cs_arena *arena, const struct cs_sd *sd,
                                                     struct cs_str *bytes, struct cs_error *err);

/* Hex digits (blanks, commas and line ends between are fine) or SDDL, told apart by looking. */
CS_API CS_MUST_CHECK cs_status cs_sd_read(struct cs_arena *arena, struct cs_str text,
                                          const struct cs_sddl_scope *scope, struct cs_sd *sd,
                                          struct cs_error *err);

/*
 * Edits; each gives a new descriptor in `arena` and leaves `sd` as it was.  allow and deny
 * merge `mask` into the plain explicit ACE of `sid` or add one in canonical place (denies
 * before allows); revoke takes away every plain ACE of `sid` (its `mask` bits, or all of it
 * for mask 0).  `changed` (may be NULL) tells whether anything was done.
 */
CS_API struct cs_sd cs_sd_allow(struct cs_arena *arena, const struct cs_sd *sd,
                                const struct cs_sid *sid, uint32_t mask, bool *changed);
CS_API struct cs_sd cs_sd_deny(struct cs_arena *arena, const struct cs_sd *sd,
                               const struct cs_sid *sid, uint32_t mask, bool *changed);
CS_API struct cs_sd cs_sd_revoke(struct cs_arena *arena, const struct cs_sd *sd,
                                 const struct cs_sid *sid, uint32_t mask, bool *changed);

#endif
