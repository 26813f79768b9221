/*
 * sd_in.h - what the files of the descriptor share: the table of ACE types, keeping things in
 * an arena without stopping the program, and the texts that hide in ACEs.
 *
 * Room: domain, internal.
 */
#ifndef CERTSH_DOMAIN_SD_IN_H
#define CERTSH_DOMAIN_SD_IN_H

#include <certsh/sd.h>

#include "sid_in.h"

enum csi_ace_shape { CSI_ACE_OPAQUE, CSI_ACE_PLAIN, CSI_ACE_OBJECT };
enum csi_ace_tail { CSI_TAIL_NONE, CSI_TAIL_CONDITION, CSI_TAIL_CLAIM };
enum csi_ace_effect { CSI_EFFECT_NONE, CSI_EFFECT_ALLOW, CSI_EFFECT_DENY };

struct csi_ace_type {
    const char *letters; /* in SDDL; NULL where it has none */
    enum csi_ace_shape shape;
    enum csi_ace_tail tail;
    enum csi_ace_effect effect; /* on an access check */
    bool in_sacl;
};

/* The row of a type; never NULL, unknown types are opaque. */
const struct csi_ace_type *csi_ace_type(uint8_t type);
/* The type of some letters in either case, or -1. */
int csi_ace_type_named(struct cs_str letters);

/* A copy in the arena; at = NULL when memory ran out. */
struct cs_str csi_keep(struct cs_arena *arena, const void *bytes, size_t size);

cs_status csi_no_memory(struct cs_error *err);

/*
 * Conditions, "(@User.Title == \"VP\")" and "artx" bytes (MS-DTYP 2.4.4.17).  parse reads one
 * at the start of `text`, brackets included, and tells how long it is; format returns false
 * where the bytes are no condition.
 */
cs_status csi_condition_parse(struct cs_arena *arena, struct cs_str text,
                              const struct cs_sddl_scope *scope, struct cs_str *bytes, size_t *used,
                              struct cs_error *err);
bool csi_condition_format(struct cs_buf *out, struct cs_str bytes,
                          const struct cs_sddl_scope *scope);

/* The same for resource attributes, "(\"colour\",TS,0x0,\"blue\")" (MS-DTYP 2.4.10.1). */
cs_status csi_claim_parse(struct cs_arena *arena, struct cs_str text,
                          const struct cs_sddl_scope *scope, struct cs_str *bytes, size_t *used,
                          struct cs_error *err);
bool csi_claim_format(struct cs_buf *out, struct cs_str bytes, const struct cs_sddl_scope *scope);

/* A SID the way SDDL writes it: an alias, or in full. */
void csi_put_sid(struct cs_buf *out, const struct cs_sid *sid, const struct cs_sddl_scope *scope);

/* One ACE with its brackets; false where SDDL cannot name it. */
bool csi_put_ace(struct cs_buf *out, const struct cs_ace *ace, const struct cs_sddl_scope *scope);

#endif
