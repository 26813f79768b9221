/*
 * sharp.h - one object of a SharpHound file: its fields as they stream by, and what they mean.
 */
#ifndef IMPORT_SHARPHOUND_SHARP_H
#define IMPORT_SHARPHOUND_SHARP_H

#include <certsh/plugin.h>

#include "json_path.h"

/* What is taken from a file: the paths, and where an object in it is over. */
#define SHARP_FIELDS(X)                                                                            \
    X(OBJECT, "data")                                                                              \
    X(META_TYPE, "meta/type")                                                                      \
    X(META_VERSION, "meta/version")                                                                \
    X(ID, "data/ObjectIdentifier")                                                                 \
    X(DELETED, "data/IsDeleted")                                                                   \
    X(NAME, "data/Properties/name")                                                                \
    X(DOMAIN, "data/Properties/domain")                                                            \
    X(DOMAIN_SID, "data/Properties/domainsid")                                                     \
    X(DN, "data/Properties/distinguishedname")                                                     \
    X(SAM, "data/Properties/samaccountname")                                                       \
    X(DISPLAY, "data/Properties/displayname")                                                      \
    X(MAIL, "data/Properties/email")                                                               \
    X(COMMENT, "data/Properties/description")                                                      \
    X(OS, "data/Properties/operatingsystem")                                                       \
    X(ENABLED, "data/Properties/enabled")                                                          \
    X(UAC, "data/Properties/useraccountcontrol")                                                   \
    X(SCOPE, "data/Properties/groupscope")                                                         \
    X(GMSA, "data/Properties/gmsa")                                                                \
    X(MSA, "data/Properties/msa")                                                                  \
    X(DNS, "data/Properties/dnshostname")                                                          \
    X(CA_NAME, "data/Properties/caname")                                                           \
    X(OID, "data/Properties/oid")                                                                  \
    X(SCHEMA, "data/Properties/schemaversion")                                                     \
    X(APPROVAL, "data/Properties/requiresmanagerapproval")                                         \
    X(SIGNATURES, "data/Properties/authorizedsignatures")                                          \
    X(ENROLL_FLAG, "data/Properties/enrollmentflag")                                               \
    X(NAME_FLAG, "data/Properties/certificatenameflag")                                            \
    X(PRIMARY, "data/PrimaryGroupSID")                                                             \
    X(MEMBER, "data/Members/ObjectIdentifier")                                                     \
    X(ACE, "data/Aces")                                                                            \
    X(ACE_SID, "data/Aces/PrincipalSID")                                                           \
    X(ACE_RIGHT, "data/Aces/RightName")                                                            \
    X(LOCAL, "data/LocalGroups")                                                                   \
    X(LOCAL_ID, "data/LocalGroups/ObjectIdentifier")                                               \
    X(LOCAL_COLLECTED, "data/LocalGroups/Collected")                                               \
    X(LOCAL_MEMBER, "data/LocalGroups/Results/ObjectIdentifier")                                   \
    X(RIGHT, "data/UserRights")                                                                    \
    X(RIGHT_NAME, "data/UserRights/Privilege")                                                     \
    X(RIGHT_COLLECTED, "data/UserRights/Collected")                                                \
    X(RIGHT_HOLDER, "data/UserRights/Results/ObjectIdentifier")                                    \
    X(OLD_544, "data/LocalAdmins")                                                                 \
    X(OLD_544_COLLECTED, "data/LocalAdmins/Collected")                                             \
    X(OLD_544_MEMBER, "data/LocalAdmins/Results/ObjectIdentifier")                                 \
    X(OLD_555, "data/RemoteDesktopUsers")                                                          \
    X(OLD_555_COLLECTED, "data/RemoteDesktopUsers/Collected")                                      \
    X(OLD_555_MEMBER, "data/RemoteDesktopUsers/Results/ObjectIdentifier")                          \
    X(OLD_562, "data/DcomUsers")                                                                   \
    X(OLD_562_COLLECTED, "data/DcomUsers/Collected")                                               \
    X(OLD_562_MEMBER, "data/DcomUsers/Results/ObjectIdentifier")                                   \
    X(OLD_580, "data/PSRemoteUsers")                                                               \
    X(OLD_580_COLLECTED, "data/PSRemoteUsers/Collected")                                           \
    X(OLD_580_MEMBER, "data/PSRemoteUsers/Results/ObjectIdentifier")                               \
    X(CREATED, "data/Properties/whencreated")                                                      \
    X(LOGON, "data/Properties/lastlogontimestamp")                                                 \
    X(PASSWORD, "data/Properties/pwdlastset")                                                      \
    X(TRUST, "data/Trusts")                                                                        \
    X(TRUST_SID, "data/Trusts/TargetDomainSid")                                                    \
    X(TRUST_NAME, "data/Trusts/TargetDomainName")                                                  \
    X(TRUST_DIRECTION, "data/Trusts/TrustDirection")                                               \
    X(TRUST_TYPE, "data/Trusts/TrustType")                                                         \
    X(TRUST_FILTER, "data/Trusts/SidFilteringEnabled")                                             \
    X(TRUST_ATTRIBUTES, "data/Trusts/TrustAttributes")                                             \
    X(HOSTING, "data/HostingComputer")                                                             \
    X(ENABLED_TEMPLATES, "data/EnabledCertTemplates")                                              \
    X(PUBLISHED, "data/EnabledCertTemplates/ObjectIdentifier")                                     \
    X(SECURITY_COLLECTED, "data/CARegistryData/CASecurity/Collected")                              \
    X(SECURITY, "data/CARegistryData/CASecurity/Data")                                             \
    X(SECURITY_SID, "data/CARegistryData/CASecurity/Data/PrincipalSID")                            \
    X(SECURITY_RIGHT, "data/CARegistryData/CASecurity/Data/RightName")

#define SHARP_ENUM(name, path) SHARP_##name,
enum sharp_field { SHARP_NONE, SHARP_FIELDS(SHARP_ENUM) SHARP_COUNT };
#undef SHARP_ENUM

/* Texts in the order they came. */
struct sharp_texts {
    struct cs_str *at;
    size_t count, room;
};
/* Somebody's right: "Enroll". */
struct sharp_ace {
    struct cs_str sid, right;
};
struct sharp_aces {
    struct sharp_ace *at;
    size_t count, room;
};
/* A local group, or the holders of a user right. */
struct sharp_list {
    struct cs_str id; /* or the right's name */
    bool collected;
    struct sharp_texts members;
};
struct sharp_lists {
    struct sharp_list *at;
    size_t count, room;
};
/* The fields from TRUST_SID on, in their order. */
enum { SHARP_TRUST_PARTS = 6 };
struct sharp_trust {
    struct cs_str part[SHARP_TRUST_PARTS];
};
struct sharp_trusts {
    struct sharp_trust *at;
    size_t count, room;
};

/* The object that is streaming by; its texts live in `arena` until it is over. */
struct sharp_object {
    struct cs_arena *arena;
    struct cs_str field[SHARP_COUNT]; /* the last value of each path */
    struct sharp_texts members, published;
    struct sharp_aces aces, security;
    struct sharp_lists locals, rights;
    struct sharp_texts running; /* members of the list that is not over yet */
    struct sharp_trusts trusts;
    bool published_told; /* the list of templates is there, not null */
};

/* A file on its way. */
struct sharp_file {
    struct cs_import *import;
    struct cs_arena *scratch;
    struct cs_str type;    /* "groups" */
    uint32_t number;       /* of the object in "data", from 1; stands as its line */
    size_t uncollected;    /* computers whose local groups nobody could read */
    size_t strange_rights; /* entries of descriptors that are not known here */
    bool excerpt;          /* a descriptor without deny entries was taken */
    cs_status status;
    struct cs_error *err;
    struct sharp_object object;
};

/* Read a file of that type, object by object (sharp_stream.c). */
cs_status sharp_read(struct sharp_file *file, struct json_source *source);

/* Take the object as what the file holds (sharp_take.c, sharp_pki.c). */
void sharp_take(struct sharp_file *file);
void sharp_take_template(struct sharp_file *file);
void sharp_take_ca(struct sharp_file *file);

/* A field of the object: its text, or its number, which may have a sign as PowerShell writes. */
struct cs_str sharp_field(const struct sharp_file *file, enum sharp_field which);
uint32_t sharp_number(const struct sharp_file *file, enum sharp_field which);
/* "User" of "USER@CORP.EXAMPLE". */
struct cs_str sharp_before_at(struct cs_str name);

/* "ESC1.LOCAL-S-1-5-32-574", "S-1-5-21-...-1104-544": the party, and the computer it is local
 * to (count 0 for none).  False when it is no SID. */
bool sharp_party(struct cs_str id, struct cs_import_party *party, struct cs_sid *computer);
bool sharp_true(struct cs_str text);

/* Entries as a descriptor's bytes, in the object's arena; "" when there is none. */
struct cs_str sharp_template_sd(struct sharp_file *file, const struct sharp_aces *aces);
struct cs_str sharp_ca_sd(struct sharp_file *file, const struct sharp_aces *aces);

#endif
