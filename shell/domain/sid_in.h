/*
 * sid_in.h - what the domain floor's files share about SIDs: aliases, little-endian numbers.
 *
 * Room: domain, internal.
 */
#ifndef CERTSH_DOMAIN_SID_IN_H
#define CERTSH_DOMAIN_SID_IN_H

#include <certsh/sd.h>

static inline uint32_t csi_get16(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static inline uint32_t csi_get32(const unsigned char *at)
{
    return csi_get16(at) | csi_get16(at + 2) << 16;
}

static inline void csi_put16(unsigned char *at, uint32_t value)
{
    at[0] = (unsigned char)value;
    at[1] = (unsigned char)(value >> 8);
}

static inline void csi_put32(unsigned char *at, uint32_t value)
{
    csi_put16(at, value);
    csi_put16(at + 2, value >> 16);
}

static inline void csi_put64(unsigned char *at, uint64_t value)
{
    csi_put32(at, (uint32_t)value);
    csi_put32(at + 4, (uint32_t)(value >> 32));
}

enum csi_alias_answer { CSI_ALIAS_FOUND, CSI_ALIAS_UNKNOWN, CSI_ALIAS_NEEDS_DOMAIN };

/* The SID of two letters in either case; an alias of a domain needs that in `scope`. */
enum csi_alias_answer csi_alias_find(const char letters[2], const struct cs_sddl_scope *scope,
                                     struct cs_sid *sid);

/* The alias Windows prints for `sid`, or NULL; lives forever. */
const char *csi_alias_of(const struct cs_sid *sid, const struct cs_sddl_scope *scope);

/*
 * A SID as Windows reads it inside SDDL, an alias or S-1-...: writes it and how many bytes of
 * `text` it took.  Lower case, hex parts and parts too large (they saturate) are fine.
 */
cs_status csi_sid_parse_sddl(struct cs_str text, const struct cs_sddl_scope *scope,
                             struct cs_sid *sid, size_t *used, struct cs_error *err);

#endif
