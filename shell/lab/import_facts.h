/*
 * import_facts.h - one entry of a directory as typed facts.
 *
 * The attributes an import looks at are declared once, below; the first value of each is at
 * hand by its slot, lists are walked.  Numbers, SIDs and descriptors are checked when they are
 * asked for, and what is malformed is refused with its line.
 *
 * Room: lab, internal.
 */
#ifndef CERTSH_LAB_IMPORT_FACTS_H
#define CERTSH_LAB_IMPORT_FACTS_H

#include "import_in.h"

/* Attributes an import looks at. */
#define CSI_ATTRIBUTES(X)                                                                          \
    X(CLASS, "objectClass")                                                                        \
    X(SID, "objectSid")                                                                            \
    X(NAME, "sAMAccountName")                                                                      \
    X(CN, "cn")                                                                                    \
    X(DISPLAY, "displayName")                                                                      \
    X(UPN, "userPrincipalName")                                                                    \
    X(DNS, "dNSHostName")                                                                          \
    X(MAIL, "mail")                                                                                \
    X(COMMENT, "description")                                                                      \
    X(OS, "operatingSystem")                                                                       \
    X(PACK, "operatingSystemServicePack")                                                          \
    X(UAC, "userAccountControl")                                                                   \
    X(PRIMARY, "primaryGroupID")                                                                   \
    X(GROUP_TYPE, "groupType")                                                                     \
    X(ACCOUNT_TYPE, "sAMAccountType")                                                              \
    X(MEMBER, "member")                                                                            \
    X(MEMBER_OF, "memberOf")                                                                       \
    X(DELETED, "isDeleted")                                                                        \
    X(CREATED, "whenCreated")                                                                      \
    X(CHANGED, "whenChanged")                                                                      \
    X(NOW, "currentTime")                                                                          \
    X(MIXED, "nTMixedDomain")                                                                      \
    X(NC_NAME, "nCName")                                                                           \
    X(NETBIOS, "nETBIOSName")                                                                      \
    X(FLAT_NAME, "flatName")                                                                       \
    X(PARTNER, "trustPartner")                                                                     \
    X(DIRECTION, "trustDirection")                                                                 \
    X(TRUST_ATTRIBUTES, "trustAttributes")                                                         \
    X(PARTNER_SID, "securityIdentifier")                                                           \
    X(DESCRIPTOR, "nTSecurityDescriptor")                                                          \
    X(TEMPLATES, "certificateTemplates")                                                           \
    X(FLAGS, "flags")                                                                              \
    X(TEMPLATE_OID, "msPKI-Cert-Template-OID")                                                     \
    X(SCHEMA, "msPKI-Template-Schema-Version")                                                     \
    X(ENROLL_FLAG, "msPKI-Enrollment-Flag")                                                        \
    X(NAME_FLAG, "msPKI-Certificate-Name-Flag")                                                    \
    X(KEY_FLAG, "msPKI-Private-Key-Flag")                                                          \
    X(SIGNATURES, "msPKI-RA-Signature")

#define CSI_SLOT(name, text) CSI_SLOT_##name,
enum csi_slot { CSI_ATTRIBUTES(CSI_SLOT) CSI_SLOT_COUNT };
#undef CSI_SLOT

/* Classes that matter. */
#define CSI_CLASSES(X)                                                                             \
    X(GMSA, "msDS-GroupManagedServiceAccount")                                                     \
    X(MSA, "msDS-ManagedServiceAccount")                                                           \
    X(COMPUTER, "computer")                                                                        \
    X(GROUP, "group")                                                                              \
    X(FOREIGN, "foreignSecurityPrincipal")                                                         \
    X(INET_PERSON, "inetOrgPerson")                                                                \
    X(USER, "user")                                                                                \
    X(DOMAIN, "domainDNS")                                                                         \
    X(CROSS_REF, "crossRef")                                                                       \
    X(TRUST, "trustedDomain")                                                                      \
    X(CA, "pKIEnrollmentService")                                                                  \
    X(TEMPLATE, "pKICertificateTemplate")                                                          \
    X(ROOT, "certificationAuthority")                                                              \
    X(CONTACT, "contact")

#define CSI_CLASS(name, text) CSI_CLASS_##name,
enum csi_class { CSI_CLASSES(CSI_CLASS) CSI_CLASS_COUNT };
#undef CSI_CLASS

struct csi_facts {
    struct cs_import *import;
    const struct cs_entry *entry;
    struct csi_spot spot;
    struct cs_str dn;
    uint32_t name; /* number of the DN as it is spelt */
    struct cs_str value[CSI_SLOT_COUNT];
    uint32_t line[CSI_SLOT_COUNT];
    bool given[CSI_SLOT_COUNT];
    unsigned classes; /* bits of enum csi_class */
    struct cs_str last_class;
    struct cs_error *err;
};

void csi_facts_fill(struct csi_facts *facts, struct cs_import *import, const struct cs_entry *entry,
                    struct cs_error *err);
bool csi_facts_is(const struct csi_facts *facts, enum csi_class which);
enum csi_slot csi_slot_of(const struct cs_import *import, struct cs_str name);
/* Before the first entry: attributes by length. */
void csi_slots_prepare(struct cs_import *import);
struct cs_str csi_slot_name(enum csi_slot slot);

/* The first value; it may lie with the reader, where it is good until the entry ends. */
struct cs_str csi_facts_look(const struct csi_facts *facts, enum csi_slot slot);
/* The same, kept until the import is finished. */
struct cs_str csi_facts_text(const struct csi_facts *facts, enum csi_slot slot);
struct cs_strs csi_facts_list(const struct csi_facts *facts, enum csi_slot slot);

/* These leave `out` alone where the entry lacks the attribute. */
cs_status csi_facts_number(const struct csi_facts *facts, enum csi_slot slot, uint32_t *out);
cs_status csi_facts_sid(const struct csi_facts *facts, enum csi_slot slot, struct cs_sid *out);
cs_status csi_facts_descriptor(const struct csi_facts *facts, struct cs_str *out);

/* Did the search ask for this attribute?  Without a word about it: yes. */
bool csi_facts_asked(const struct cs_import *import, enum csi_slot slot);

/* Its member and memberOf values, remembered by number (import_member.c). */
void csi_import_members_of(struct csi_facts *facts);
/* Its option says which of the members it is one of (import_whole.c). */
void csi_import_range_add(struct csi_facts *facts, const struct cs_attribute *at);

#endif
