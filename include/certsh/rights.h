/*
 * rights.h - access masks, and the vocabularies that name their bits.
 *
 * The same bit means different things on different objects: 0x4 is remote launch in a launch
 * descriptor, remote access in an access descriptor, auditor on a CA.  A vocabulary is the
 * list of names for one kind of object, in order of display.
 *
 *     cs_rights_format(arena, &cs_rights_launch, 0x19)   "local+remote activation"
 *     cs_rights_parse(&cs_rights_launch, cs_str_of("la,ra"), &mask, &err)  0x18 (plus 0x1)
 *
 * COM rights: see the Microsoft documentation of COM access-control lists; CA rights: MS-CSRA
 * 3.1.1.7; template rights: MS-CRTD 2.5.
 *
 * Floor: domain.
 */
#ifndef CERTSH_RIGHTS_H
#define CERTSH_RIGHTS_H

#include <certsh/base.h>
#include <certsh/status.h>
#include <certsh/str.h>

/* COM (COM_RIGHTS_*); in a launch descriptor LOCAL and REMOTE are launch, in an access
 * descriptor they are call. */
enum {
    CS_COM_EXECUTE = 0x1,
    CS_COM_LOCAL = 0x2,
    CS_COM_REMOTE = 0x4,
    CS_COM_ACTIVATE_LOCAL = 0x8,
    CS_COM_ACTIVATE_REMOTE = 0x10
};

/* Certification authority. */
enum {
    CS_CA_ADMIN = 0x1,
    CS_CA_OFFICER = 0x2,
    CS_CA_AUDITOR = 0x4,
    CS_CA_OPERATOR = 0x8,
    CS_CA_READ = 0x100,
    CS_CA_ENROLL = 0x200
};

/* Directory objects (MS-ADTS 5.1.3.2). */
enum {
    CS_DS_CREATE_CHILD = 0x1,
    CS_DS_DELETE_CHILD = 0x2,
    CS_DS_LIST = 0x4,
    CS_DS_SELF = 0x8,
    CS_DS_READ_PROP = 0x10,
    CS_DS_WRITE_PROP = 0x20,
    CS_DS_CONTROL_ACCESS = 0x100
};

/* Standard and special bits (MS-DTYP 2.4.3); the generic ones do not fit an enum. */
#define CS_RIGHT_DELETE          0x00010000u
#define CS_RIGHT_READ_CONTROL    0x00020000u
#define CS_RIGHT_WRITE_DAC       0x00040000u
#define CS_RIGHT_WRITE_OWNER     0x00080000u
#define CS_RIGHT_SYNCHRONIZE     0x00100000u
#define CS_RIGHT_SYSTEM_SECURITY 0x01000000u
#define CS_RIGHT_MAXIMUM_ALLOWED 0x02000000u
#define CS_RIGHT_GENERIC_ALL     0x10000000u
#define CS_RIGHT_GENERIC_EXECUTE 0x20000000u
#define CS_RIGHT_GENERIC_WRITE   0x40000000u
#define CS_RIGHT_GENERIC_READ    0x80000000u

struct cs_right {
    uint32_t bits;
    const char *name;  /* as typed: "ra" */
    const char *words; /* as read: "remote activation" */
};

struct cs_rights_vocab {
    const char *name; /* "launch" */
    uint32_t implied; /* added to whatever is parsed: 0x1 for COM */
    const struct cs_right *rights;
    size_t count;
};

extern CS_API const struct cs_rights_vocab cs_rights_launch; /* ll rl la ra */
extern CS_API const struct cs_rights_vocab cs_rights_access; /* l r */
extern CS_API const struct cs_rights_vocab cs_rights_ca;     /* admin officer ... enroll */
extern CS_API const struct cs_rights_vocab cs_rights_ds;     /* cc dc lc sw rp wp dt lo cr sd ... */

/*
 * Words for `mask`: "local+remote launch+activation", "enroll, read", what has no name as
 * 0x hex, "nothing" for 0.  The legacy COM mask 0x1 reads "all (old format)".  In `arena`.
 */
CS_API struct cs_str cs_rights_format(struct cs_arena *arena, const struct cs_rights_vocab *vocab,
                                      uint32_t mask);

/* The short names, comma-separated: "la,ra".  In `arena`. */
CS_API struct cs_str cs_rights_short(struct cs_arena *arena, const struct cs_rights_vocab *vocab,
                                     uint32_t mask);

/* Comma-separated names, SDDL letters or a number.  Errors: CS_INVALID naming the choices. */
CS_API CS_MUST_CHECK cs_status cs_rights_parse(const struct cs_rights_vocab *vocab,
                                               struct cs_str text, uint32_t *mask,
                                               struct cs_error *err);

/*
 * SDDL rights ("CCDCLCSWRP", "0x1f", "GA") to a mask, with Windows' leniencies, and back in
 * Windows' order (FACTS: MS-DTYP 2.5.1.1).  The text form never fails.
 */
CS_API CS_MUST_CHECK cs_status cs_rights_parse_sddl(struct cs_str text, uint32_t *mask,
                                                    struct cs_error *err);
struct cs_rights_text {
    char text[48];
};
CS_API const char *cs_rights_format_sddl(uint32_t mask, struct cs_rights_text *out);

#endif
