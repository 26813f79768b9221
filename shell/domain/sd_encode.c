/*
 * sd_encode.c - a descriptor to self-relative bytes, canonically (see sd.h).
 *
 * Known difference: when Windows makes bytes of SDDL with an ACE without rights ("(A;;;;;AU)"),
 * the list's AclSize is now and then 4 bytes too large for each such ACE, and its revision 4: in
 * 8 of 3,819 recorded descriptors; 151 others with such ACEs have no slack.  Revision and size
 * are those of object ACEs with their flags counted and no GUIDs, so the text may once have said
 * OA and OD (a guess).  What is written here never has slack; reading accepts it, and `bytes`
 * keeps it.
 *
 * Room: domain.
 */
#include <string.h>

#include "sd_in.h"

enum { SD_HEADER = 20, ACL_HEADER = 8, ACE_HEADER = 4, GUID_SIZE = 16, MAX_ACL = 0xfffc };

/* Plain ACEs have nothing behind their SID; what was there was padding. */
static size_t data_size(const struct cs_ace *ace)
{
    if (!ace->opaque && csi_ace_type(ace->type)->tail == CSI_TAIL_NONE)
        return 0;
    return (ace->data.length + 3) / 4 * 4;
}

static size_t object_size(const struct cs_ace *ace)
{
    size_t size = 4;
    for (int i = 0; i < 2; i++)
        size += ace->object_flags >> i & 1 ? GUID_SIZE : 0;
    return size;
}

static size_t ace_size(const struct cs_ace *ace)
{
    size_t size = ACE_HEADER + data_size(ace);
    if (ace->opaque)
        return size;
    size += 4 + cs_sid_size(&ace->sid);
    if (csi_ace_type(ace->type)->shape == CSI_ACE_OBJECT)
        size += object_size(ace);
    return size;
}

/* 0 for no list; more than MAX_ACL for one that does not fit its own size field. */
static size_t acl_size(const struct cs_acl *acl)
{
    size_t size = ACL_HEADER;
    for (size_t i = 0; acl && i < acl->count && size <= MAX_ACL; i++)
        size += ace_size(&acl->aces[i]);
    return acl ? size : 0;
}

/* 4 where an object ACE is in the list, else 2, as Windows does. */
static unsigned char revision_of(const struct cs_acl *acl)
{
    for (size_t i = 0; i < acl->count; i++)
        if (acl->aces[i].type >= CS_ACE_OBJECT_ALLOW && acl->aces[i].type <= CS_ACE_OBJECT_ALARM)
            return 4;
    return 2;
}

static unsigned char *put_bytes(unsigned char *at, const void *bytes, size_t size)
{
    if (size)
        memcpy(at, bytes, size);
    return at + size;
}

static unsigned char *put_object(unsigned char *at, const struct cs_ace *ace)
{
    const struct cs_guid *guids[] = {&ace->object_type, &ace->inherited_type};
    csi_put32(at, ace->object_flags);
    at += 4;
    for (size_t i = 0; i < CS_COUNT(guids); i++)
        if (ace->object_flags >> i & 1)
            at = put_bytes(at, guids[i]->bytes, GUID_SIZE);
    return at;
}

static unsigned char *put_ace(unsigned char *at, const struct cs_ace *ace)
{
    unsigned char *end = at + ace_size(ace);
    at[0] = ace->type;
    at[1] = ace->flags;
    csi_put16(at + 2, (uint32_t)ace_size(ace));
    at += ACE_HEADER;
    if (!ace->opaque) {
        csi_put32(at, ace->mask);
        at += 4;
        if (csi_ace_type(ace->type)->shape == CSI_ACE_OBJECT)
            at = put_object(at, ace);
        at += cs_sid_encode(&ace->sid, at);
    }
    if (data_size(ace)) /* the bytes up to a multiple of 4 are 0 already */
        put_bytes(at, ace->data.at, ace->data.length);
    return end;
}

static unsigned char *put_acl(unsigned char *at, const struct cs_acl *acl)
{
    at[0] = revision_of(acl);
    csi_put16(at + 2, (uint32_t)acl_size(acl));
    csi_put16(at + 4, (uint32_t)acl->count);
    at += ACL_HEADER;
    for (size_t i = 0; i < acl->count; i++)
        at = put_ace(at, &acl->aces[i]);
    return at;
}

/* The parts in one order of writing; `field` is where the header has the offset. */
struct part {
    size_t field;
    const struct cs_acl *acl;
    const struct cs_sid *sid;
};

static size_t part_size(const struct part *part)
{
    if (part->acl)
        return acl_size(part->acl);
    return part->sid ? cs_sid_size(part->sid) : 0;
}

static cs_status write(struct cs_arena *arena, uint16_t control, const struct part parts[4],
                       struct cs_str *bytes, struct cs_error *err)
{
    size_t size = SD_HEADER;
    for (size_t i = 0; i < 4; i++) {
        if (parts[i].acl && part_size(&parts[i]) > MAX_ACL)
            return cs_fail(err, CS_LIMIT, "too many aces: an acl has at most %d bytes", MAX_ACL);
        size += part_size(&parts[i]);
    }
    unsigned char *out = cs_arena_try(arena, size);
    if (!out)
        return csi_no_memory(err);
    unsigned char *at = out + SD_HEADER;
    out[0] = 1;
    csi_put16(out + 2, control | CS_SD_SELF_RELATIVE);
    for (size_t i = 0; i < 4; i++) {
        if (!part_size(&parts[i]))
            continue;
        csi_put32(out + parts[i].field, (uint32_t)(at - out));
        at = parts[i].acl ? put_acl(at, parts[i].acl) : at + cs_sid_encode(parts[i].sid, at);
    }
    *bytes = cs_str_span((const char *)out, size);
    return CS_OK;
}

static struct part owner_part(const struct cs_sd *sd)
{
    return (struct part){4, NULL, sd->has_owner ? &sd->owner : NULL};
}

static struct part group_part(const struct cs_sd *sd)
{
    return (struct part){8, NULL, sd->has_group ? &sd->group : NULL};
}

static struct part sacl_part(const struct cs_sd *sd)
{
    return (struct part){12, sd->control & CS_SD_SACL_PRESENT ? sd->sacl : NULL, NULL};
}

static struct part dacl_part(const struct cs_sd *sd)
{
    return (struct part){16, sd->control & CS_SD_DACL_PRESENT ? sd->dacl : NULL, NULL};
}

cs_status cs_sd_encode(struct cs_arena *arena, const struct cs_sd *sd, struct cs_str *bytes,
                       struct cs_error *err)
{
    struct part parts[] = {sacl_part(sd), dacl_part(sd), owner_part(sd), group_part(sd)};
    return write(arena, sd->control, parts, bytes, err);
}

cs_status cs_sd_encode_registry(struct cs_arena *arena, const struct cs_sd *sd,
                                struct cs_str *bytes, struct cs_error *err)
{
    struct part parts[] = {dacl_part(sd), sacl_part(sd), owner_part(sd), group_part(sd)};
    return write(arena, sd->control, parts, bytes, err);
}
