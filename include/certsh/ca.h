/*
 * ca.h - certification authorities, certificate templates, and the service certsvc.
 *
 * A CA is an enrolment service of the directory on a host; its own security, its flags and
 * SetupStatus are registry values of that host (host.h).  A template belongs to a forest.
 *
 * certsvc is a state machine: at every start, by whomever, it looks at
 * SETUP_DCOM_SECURITY_UPDATED_FLAG; clear means that it updates the DCOM security and sets the
 * flag (KB 903220, statements K8-K14, K17-K20).
 *
 * Sources: MS-WCCE, MS-CSRA, MS-CRTD, KB 903220.
 *
 * Floor: lab.
 */
#ifndef CERTSH_CA_H
#define CERTSH_CA_H

#include <certsh/host.h>

enum cs_ca_type {
    CS_CA_ENTERPRISE_ROOT = 0,
    CS_CA_ENTERPRISE_SUBORDINATE = 1,
    CS_CA_STANDALONE_ROOT = 3,
    CS_CA_STANDALONE_SUBORDINATE = 4
};

struct cs_ca {
    struct cs_record record;
    struct cs_str name; /* "CORP-CA" */
    struct cs_str dns;  /* of its host, as the directory has it */
    cs_id host;
    enum cs_ca_type type;
    struct cs_strs templates; /* names of the published ones */
    bool templates_known;
    struct cs_str sd; /* descriptor of the enrolment service object, bytes; may be empty */
    /* The origin that told the CA's registry security without deny entries; 0 for none. */
    uint32_t excerpt;
};
CS_API const struct cs_ca *cs_ca_get(const struct cs_lab *lab, cs_id id);
/* "CORP-CA" or "DC01\\CORP-CA" (short or DNS host name); 0 when none. */
CS_API cs_id cs_ca_find(const struct cs_lab *lab, struct cs_str name);
CS_API cs_id cs_ca_on_host(const struct cs_lab *lab, cs_id host);
CS_API bool cs_ca_publishes(const struct cs_ca *ca, struct cs_str template_name);
/* "DC01\\CORP-CA"; in `arena`. */
CS_API struct cs_str cs_ca_config(const struct cs_lab *lab, struct cs_arena *arena, cs_id ca);
CS_API CS_MUST_CHECK cs_status cs_ca_put(struct cs_lab *lab, const struct cs_ca *ca, cs_id *id,
                                         struct cs_error *err);
/* The registry key of the CA's own configuration; in `arena`. */
CS_API struct cs_str cs_ca_key(struct cs_arena *arena, const struct cs_ca *ca);

/* Template flags (MS-CRTD 2.4, 2.26, 2.28). */
enum {
    CS_TEMPLATE_AUTO_ENROLLMENT = 0x20,
    CS_TEMPLATE_MACHINE_TYPE = 0x40,
    CS_ENROLL_PEND_ALL_REQUESTS = 0x2,
    CS_ENROLL_AUTO_ENROLLMENT = 0x20
};
#define CS_NAME_REQUIRE_UPN       0x02000000u
#define CS_NAME_SAN_REQUIRE_EMAIL 0x04000000u
#define CS_NAME_SAN_REQUIRE_DNS   0x08000000u
#define CS_NAME_REQUIRE_EMAIL     0x20000000u
#define CS_NAME_REQUIRE_DNS_AS_CN 0x10000000u

struct cs_template {
    struct cs_record record;
    struct cs_str forest; /* DNS name of the forest's root, "" when not known */
    struct cs_str name;   /* cn: "DirectoryEmailReplication" */
    struct cs_str display, display_ja;
    struct cs_str oid;
    uint32_t schema; /* version 1, 2, ...; 0 when not known */
    uint32_t flags, enroll_flags, name_flags, key_flags;
    uint32_t signatures;
    struct cs_str sd; /* bytes; empty when not known */
    bool excerpt;     /* `sd` is told by an export that leaves deny entries out */
};
CS_API const struct cs_template *cs_template_get(const struct cs_lab *lab, cs_id id);
/* By cn or display name, any case; `forest` may be "" for any. */
CS_API cs_id cs_template_find(const struct cs_lab *lab, struct cs_str forest, struct cs_str name);
CS_API CS_MUST_CHECK cs_status cs_template_put(struct cs_lab *lab,
                                               const struct cs_template *template_, cs_id *id,
                                               struct cs_error *err);

/* Enroll and AutoEnroll, extended rights (MS-CRTD 2.5). */
extern CS_API const char *const cs_guid_enroll;     /* 0e10c968-... */
extern CS_API const char *const cs_guid_autoenroll; /* a05b8cc2-... */

/* ---------------------------------------------------------------- defaults */

/*
 * What a Windows version has of its own accord, as SDDL or numbers (FACTS 1.6, 7.2, 7.3): the
 * source of built-in labs, of resets, and of --assume defaults.  In `arena` where text is
 * made; NULL or "" where the version has no such thing.
 */
enum cs_dcom_scope {
    CS_DCOM_LAUNCH_LIMIT,
    CS_DCOM_ACCESS_LIMIT,
    CS_DCOM_LAUNCH_DEFAULT,
    CS_DCOM_ACCESS_DEFAULT,
    CS_DCOM_LAUNCH_PERMISSION,
    CS_DCOM_ACCESS_PERMISSION,
    CS_DCOM_SCOPE_COUNT
};
CS_API const char *cs_dcom_scope_name(enum cs_dcom_scope scope); /* "launch-limit" */
CS_API bool cs_dcom_scope_find(struct cs_str name, enum cs_dcom_scope *scope);
/* Registry value name: "MachineLaunchRestriction". */
CS_API const char *cs_dcom_scope_value(enum cs_dcom_scope scope);
CS_API enum cs_com_kind_of_scope {
    CS_SCOPE_IS_LAUNCH,
    CS_SCOPE_IS_ACCESS
} cs_dcom_scope_kind(enum cs_dcom_scope scope);
/* The default SDDL of a scope in a Windows version, without any CA's additions. */
CS_API const char *cs_default_dcom(enum cs_windows windows, enum cs_dcom_scope scope);
/* Default SDDL of the CA's own security: full SIDs of `domain`; in `arena`. */
CS_API struct cs_str cs_default_ca_security(struct cs_arena *arena, const struct cs_sid *domain,
                                            const struct cs_sid *root);
/* Default SDDL of a template by name, of a forest whose root has SID `root`; "" unknown. */
CS_API struct cs_str cs_default_template_security(struct cs_arena *arena, struct cs_str name,
                                                  const struct cs_sid *root);
CS_API uint32_t cs_default_interface_flags(enum cs_windows windows);
/* Default holders of a user right, comma-separated SIDs; NULL for one this program lacks. */
CS_API const char *cs_default_right(enum cs_role role, struct cs_str right);

/* ----------------------------------------------------------------- certsvc */

/* SetupStatus bits (certsrv.h); the table for certutil is cs_setup_flags. */
#define CS_SETUP_DCOM_SECURITY_UPDATED 0x2000u

struct cs_flag {
    uint32_t bits;
    const char *name;
};
CS_API const struct cs_flag *cs_setup_flags(size_t *count);     /* SETUP_* */
CS_API const struct cs_flag *cs_interface_flags(size_t *count); /* IF_* */

/* What the update did, for events and for the caller's words. */
struct cs_certsvc_update {
    bool ran;                /* the flag was clear */
    bool group_made;         /* CERTSVC_DCOM_ACCESS was not there */
    bool member_added;       /* a member was missing */
    bool limit_changed;      /* a machine limit lacked the group, or was damaged */
    bool permission_changed; /* CertSrv Request's permissions differed from the default */
    bool shadowed;           /* a policy shadows the limits: the edit has no effect */
};
/* The update by itself: what certsvc does at a start with the flag clear.  KB 903220. */
CS_API CS_MUST_CHECK cs_status cs_certsvc_update(struct cs_lab *lab, cs_id host,
                                                 struct cs_certsvc_update *did,
                                                 struct cs_error *err);
/* The group of that host's CA: CERTSVC_DCOM_ACCESS or S-1-5-32-574; 0 when it is not there. */
CS_API cs_id cs_certsvc_group(const struct cs_lab *lab, cs_id host);

/*
 * Bring a host to a newer Windows: what setup does to DCOM security with it (K3-K14), the
 * restart included.  `lost` (may be NULL) names customisations that are lost (K4).
 */
CS_API CS_MUST_CHECK cs_status cs_host_upgrade(struct cs_lab *lab, struct cs_arena *arena,
                                               cs_id host, enum cs_windows to, struct cs_strs *lost,
                                               struct cs_error *err);
/* What an upgrade would lose, without doing it; in `arena`. */
CS_API struct cs_strs cs_host_upgrade_loses(const struct cs_lab *lab, struct cs_arena *arena,
                                            cs_id host, enum cs_windows to);

#endif
