/* sddl_format.c - a descriptor to SDDL, the way Windows prints it (see sd.h).  Room: domain. */
#include "sd_in.h"

/* A descriptor is at most two lists of 64 KiB; text is a few times that. */
enum { MAX_TEXT = 16 << 20 };

struct flag {
    const char *letters;
    uint16_t bit;
};

static const struct flag ace_flags[] = {
    {"OI", CS_ACE_OBJECT_INHERIT}, {"CI", CS_ACE_CONTAINER_INHERIT}, {"NP", CS_ACE_NO_PROPAGATE},
    {"IO", CS_ACE_INHERIT_ONLY},   {"ID", CS_ACE_INHERITED},         {"SA", CS_ACE_AUDIT_SUCCESS},
    {"FA", CS_ACE_AUDIT_FAILURE},
};

static const struct flag acl_flags[] = {
    {"P", CS_SD_DACL_PROTECTED},
    {"AR", CS_SD_DACL_AUTO_INHERIT_REQUIRED},
    {"AI", CS_SD_DACL_AUTO_INHERITED},
};

static void put_flags(struct cs_buf *out, const struct flag *flags, size_t count, unsigned bits)
{
    for (size_t i = 0; i < count; i++)
        if (bits & flags[i].bit)
            cs_buf_adds(out, flags[i].letters);
}

/* Bits 1, 2, 4 of a mandatory label have letters of their own. */
static void put_rights(struct cs_buf *out, const struct cs_ace *ace)
{
    static const struct flag label[] = {{"NW", 1}, {"NR", 2}, {"NX", 4}};
    struct cs_rights_text text;
    if (ace->type == CS_ACE_MANDATORY_LABEL && ace->mask && ace->mask <= 7)
        put_flags(out, label, CS_COUNT(label), ace->mask);
    else
        cs_buf_adds(out, cs_rights_format_sddl(ace->mask, &text));
}

static void put_guid(struct cs_buf *out, bool has, const struct cs_guid *guid)
{
    struct cs_guid_text text;
    if (has)
        cs_buf_adds(out, cs_guid_format(guid, &text));
    cs_buf_addc(out, ';');
}

/* False where the bytes behind the SID are no expression. */
static bool put_tail(struct cs_buf *out, const struct cs_ace *ace,
                     const struct cs_sddl_scope *scope)
{
    enum csi_ace_tail tail = csi_ace_type(ace->type)->tail;
    if (tail == CSI_TAIL_NONE)
        return true;
    cs_buf_addc(out, ';');
    return tail == CSI_TAIL_CONDITION ? csi_condition_format(out, ace->data, scope)
                                      : csi_claim_format(out, ace->data, scope);
}

static cs_status put_list(struct cs_buf *out, const struct cs_acl *acl, unsigned control,
                          const struct cs_sddl_scope *scope, struct cs_error *err)
{
    put_flags(out, acl_flags, CS_COUNT(acl_flags), control);
    if (!acl)
        cs_buf_adds(out, "NO_ACCESS_CONTROL");
    for (size_t i = 0; acl && i < acl->count; i++)
        if (!csi_put_ace(out, &acl->aces[i], scope)) {
            cs_fail(err, CS_INVALID, "sddl cannot name ace %zu (type 0x%02x)", i,
                    acl->aces[i].type);
            return CS_INVALID;
        }
    return CS_OK;
}

static cs_status put_sd(struct cs_buf *out, const struct cs_sd *sd,
                        const struct cs_sddl_scope *scope, struct cs_error *err)
{
    cs_status status = CS_OK;
    if (sd->has_owner) {
        cs_buf_adds(out, "O:");
        csi_put_sid(out, &sd->owner, scope);
    }
    if (sd->has_group) {
        cs_buf_adds(out, "G:");
        csi_put_sid(out, &sd->group, scope);
    }
    if (sd->control & CS_SD_DACL_PRESENT) {
        cs_buf_adds(out, "D:");
        status = put_list(out, sd->dacl, sd->control, scope, err);
    }
    if (status == CS_OK && sd->control & CS_SD_SACL_PRESENT) {
        cs_buf_adds(out, "S:");
        /* the SACL's control bits are the DACL's, one to the left */
        status = put_list(out, sd->sacl, sd->control >> 1, scope, err);
    }
    return status;
}

void csi_put_sid(struct cs_buf *out, const struct cs_sid *sid, const struct cs_sddl_scope *scope)
{
    struct cs_sid_text text;
    const char *alias = csi_alias_of(sid, scope);
    cs_buf_adds(out, alias ? alias : cs_sid_format(sid, &text));
}

bool csi_put_ace(struct cs_buf *out, const struct cs_ace *ace, const struct cs_sddl_scope *scope)
{
    const struct csi_ace_type *type = csi_ace_type(ace->type);
    if (ace->opaque || !type->letters)
        return false;
    cs_buf_addc(out, '(');
    cs_buf_adds(out, type->letters);
    cs_buf_addc(out, ';');
    put_flags(out, ace_flags, CS_COUNT(ace_flags), ace->flags);
    cs_buf_addc(out, ';');
    put_rights(out, ace);
    cs_buf_addc(out, ';');
    put_guid(out, ace->object_flags & CS_ACE_HAS_TYPE, &ace->object_type);
    put_guid(out, ace->object_flags & CS_ACE_HAS_INHERITED_TYPE, &ace->inherited_type);
    csi_put_sid(out, &ace->sid, scope);
    bool ok = put_tail(out, ace, scope);
    cs_buf_addc(out, ')');
    return ok;
}

cs_status cs_sddl_format(struct cs_arena *arena, const struct cs_sd *sd,
                         const struct cs_sddl_scope *scope, struct cs_str *text,
                         struct cs_error *err)
{
    struct cs_buf out;
    cs_buf_init(&out, MAX_TEXT);
    cs_status status = put_sd(&out, sd, scope, err);
    bool full = cs_buf_full(&out); /* then an ACE may only seem to have no name */
    struct cs_str kept = {0};
    if (!full && status == CS_OK)
        kept = csi_keep(arena, out.at, out.length);
    cs_buf_clear(&out);
    if (status != CS_OK && !full)
        return status;
    if (!kept.at)
        return csi_no_memory(err);
    *text = kept;
    return CS_OK;
}

struct cs_str cs_ace_format(struct cs_arena *arena, const struct cs_ace *ace)
{
    struct cs_buf out;
    cs_buf_init(&out, MAX_TEXT);
    bool ok = csi_put_ace(&out, ace, NULL) && !cs_buf_full(&out);
    struct cs_str text = ok ? cs_str_copy(arena, cs_buf_str(&out)) : (struct cs_str){0};
    cs_buf_clear(&out);
    if (ok)
        return text;
    return cs_str_printf(arena, "(ace of type 0x%02x, %zu bytes)", ace->type, ace->data.length);
}
