/*
 * sd_decode.c - self-relative bytes to a descriptor (MS-DTYP 2.4.6, 2.4.5, 2.4.4; sd.h).
 *
 * Every list is walked once to check it and count before anything is allocated, so hostile
 * counts cost nothing.  Room: domain.
 */
#include <string.h>

#include "sd_in.h"

enum { SD_HEADER = 20, ACL_HEADER = 8, ACE_HEADER = 4, GUID_SIZE = 16 };

/* Where the header says its four parts are. */
enum { AT_CONTROL = 2, AT_OWNER = 4, AT_GROUP = 8, AT_SACL = 12, AT_DACL = 16 };

struct reader {
    struct cs_arena *arena;
    const unsigned char *at; /* of the whole descriptor */
    size_t size;
    struct cs_error *err;
};

/* One ACE's place in the descriptor, and how far its body has been read. */
struct span {
    size_t at, end;
};

static cs_status put_sid_offset(struct cs_error *err, size_t at)
{
    if (err && err->at >= 0)
        err->at += (int)at;
    return CS_SYNTAX;
}

static cs_status read_sid(const struct reader *in, struct span *body, struct cs_sid *sid)
{
    size_t used = 0;
    if (cs_sid_decode(in->at + body->at, body->end - body->at, sid, &used, in->err) != CS_OK)
        return put_sid_offset(in->err, body->at);
    body->at += used;
    return CS_OK;
}

/* Owner or group, when the header has an offset for it. */
static cs_status read_principal(const struct reader *in, size_t field, const char *what, bool *has,
                                struct cs_sid *sid)
{
    size_t at = csi_get32(in->at + field);
    struct span body = {at, in->size};
    if (at == 0)
        return CS_OK;
    if (at < SD_HEADER || at >= in->size)
        return cs_fail_at(in->err, CS_SYNTAX, field, "%s offset 0x%zx lies %s its %zu bytes", what,
                          at, at < SD_HEADER ? "in the header of" : "beyond", in->size);
    *has = true;
    return read_sid(in, &body, sid);
}

static cs_status read_object(const struct reader *in, struct span *body, struct cs_ace *ace)
{
    struct cs_guid *guids[] = {&ace->object_type, &ace->inherited_type};
    if (body->end - body->at < 4)
        return cs_fail_at(in->err, CS_SYNTAX, body->at, "object ace cut short");
    ace->object_flags = csi_get32(in->at + body->at);
    body->at += 4;
    for (size_t i = 0; i < CS_COUNT(guids); i++) {
        if (!(ace->object_flags >> i & 1))
            continue;
        if (body->end - body->at < GUID_SIZE)
            return cs_fail_at(in->err, CS_SYNTAX, body->at, "guid of an ace cut short");
        memcpy(guids[i]->bytes, in->at + body->at, GUID_SIZE);
        body->at += GUID_SIZE;
    }
    return CS_OK;
}

/* The ACE whose header was checked by count_aces. */
static cs_status read_ace(const struct reader *in, struct span span, struct cs_ace *ace)
{
    struct span body = {span.at + ACE_HEADER, span.end};
    ace->type = in->at[span.at];
    ace->flags = in->at[span.at + 1];
    enum csi_ace_shape shape = csi_ace_type(ace->type)->shape;
    ace->opaque = shape == CSI_ACE_OPAQUE;
    if (!ace->opaque) {
        if (body.end - body.at < 4)
            return cs_fail_at(in->err, CS_SYNTAX, body.at, "ace cut short: no mask");
        ace->mask = csi_get32(in->at + body.at);
        body.at += 4;
        cs_status status = shape == CSI_ACE_OBJECT ? read_object(in, &body, ace) : CS_OK;
        if (status == CS_OK)
            status = read_sid(in, &body, &ace->sid);
        if (status != CS_OK)
            return status;
    }
    ace->data = cs_str_span((const char *)in->at + body.at, body.end - body.at);
    return CS_OK;
}

/* Check the chain of ACE headers; `end` becomes where the last one ends. */
static cs_status check_aces(const struct reader *in, struct span list, size_t count, size_t *end)
{
    for (size_t i = 0; i < count; i++) {
        if (list.end - list.at < ACE_HEADER)
            return cs_fail_at(in->err, CS_SYNTAX, list.at,
                              "acl cut short: ace %zu of %zu is missing", i, count);
        size_t size = csi_get16(in->at + list.at + 2);
        if (size < ACE_HEADER || size % 4 != 0 || size > list.end - list.at)
            return cs_fail_at(in->err, CS_SYNTAX, list.at + 2, "bad size %zu of ace %zu", size, i);
        list.at += size;
    }
    *end = list.at;
    return CS_OK;
}

static cs_status read_aces(const struct reader *in, size_t at, size_t count, struct cs_ace *aces)
{
    for (size_t i = 0; i < count; i++) {
        size_t size = csi_get16(in->at + at + 2);
        cs_status status = read_ace(in, (struct span){at, at + size}, &aces[i]);
        if (status != CS_OK)
            return status;
        at += size;
    }
    return CS_OK;
}

static cs_status check_acl(const struct reader *in, size_t field, size_t at, const char *what)
{
    if (at < SD_HEADER || at > in->size || in->size - at < ACL_HEADER)
        return cs_fail_at(in->err, CS_SYNTAX, field, "%s offset 0x%zx lies %s its %zu bytes", what,
                          at, at < SD_HEADER ? "in the header of" : "beyond", in->size);
    /* Windows knows revisions 2 to 4 (RtlValidAcl) */
    if (in->at[at] < 2 || in->at[at] > 4)
        return cs_fail_at(in->err, CS_SYNTAX, at, "%s revision %d, expected 2 to 4", what,
                          in->at[at]);
    size_t size = csi_get16(in->at + at + 2);
    if (size < ACL_HEADER || size > in->size - at)
        return cs_fail_at(in->err, CS_SYNTAX, at + 2, "bad size %zu of the %s: here are %zu bytes",
                          size, what, in->size - at);
    return CS_OK;
}

/* A list, when its control bit is set; offset 0 is then a NULL ACL and stays NULL. */
static cs_status read_acl(const struct reader *in, size_t field, const char *what,
                          const struct cs_acl **out)
{
    size_t at = csi_get32(in->at + field), end = 0;
    if (at == 0)
        return CS_OK;
    cs_status status = check_acl(in, field, at, what);
    if (status != CS_OK)
        return status;
    size_t size = csi_get16(in->at + at + 2), count = csi_get16(in->at + at + 4);
    status = check_aces(in, (struct span){at + ACL_HEADER, at + size}, count, &end);
    if (status != CS_OK)
        return status;
    struct cs_acl *acl = cs_arena_try(in->arena, sizeof *acl);
    struct cs_ace *aces = cs_arena_try(in->arena, count * sizeof *aces);
    if (!acl || !aces)
        return csi_no_memory(in->err);
    *acl = (struct cs_acl){in->at[at], (uint16_t)(at + size - end), count, aces};
    *out = acl;
    return read_aces(in, at + ACL_HEADER, count, aces);
}

static cs_status read_parts(const struct reader *in, struct cs_sd *sd)
{
    cs_status status = read_principal(in, AT_OWNER, "owner", &sd->has_owner, &sd->owner);
    if (status == CS_OK)
        status = read_principal(in, AT_GROUP, "group", &sd->has_group, &sd->group);
    if (status == CS_OK && sd->control & CS_SD_SACL_PRESENT)
        status = read_acl(in, AT_SACL, "sacl", &sd->sacl);
    if (status == CS_OK && sd->control & CS_SD_DACL_PRESENT)
        status = read_acl(in, AT_DACL, "dacl", &sd->dacl);
    return status;
}

cs_status cs_sd_decode(struct cs_arena *arena, struct cs_str bytes, struct cs_sd *sd,
                       struct cs_error *err)
{
    struct cs_sd found = {0};
    if (bytes.length < SD_HEADER)
        return cs_fail_at(err, CS_SYNTAX, 0,
                          "no security descriptor: %zu bytes, expected at least %d", bytes.length,
                          SD_HEADER);
    if (bytes.at[0] != 1)
        return cs_fail_at(err, CS_SYNTAX, 0, "security descriptor revision %d, expected 1",
                          (unsigned char)bytes.at[0]);
    struct cs_str kept = csi_keep(arena, bytes.at, bytes.length);
    if (!kept.at)
        return csi_no_memory(err);
    struct reader in = {arena, (const unsigned char *)kept.at, kept.length, err};
    found.control = (uint16_t)csi_get16(in.at + AT_CONTROL);
    found.bytes = kept;
    if (!(found.control & CS_SD_SELF_RELATIVE))
        return cs_fail_at(err, CS_SYNTAX, AT_CONTROL, "security descriptor is not self-relative");
    cs_status status = read_parts(&in, &found);
    if (status == CS_OK)
        *sd = found;
    return status;
}
