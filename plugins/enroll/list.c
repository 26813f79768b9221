/*
 * list.c - steps at the lists of the CA and of a template (see edit.c).
 *
 * The CA's list is a registry value; certsvc reads it when it starts.  A template's list is an
 * attribute of the directory, and Enroll in it an extended right: an entry for its GUID.
 */
#include "enroll.h"

static const struct cs_source by_command = {.origin = CS_ORIGIN_COMMAND};

/* --------------------------------------------------------------------- the CA */

cs_status enroll_ca_edit(struct cs_lab *lab, struct cs_arena *arena, const struct enroll_edit *edit,
                         struct cs_error *err)
{
    const struct cs_ca *ca = cs_ca_get(lab, edit->id);
    struct cs_str key = ca ? cs_ca_key(arena, ca) : CS_STR(""), bytes;
    const struct cs_reg_value *value =
        ca ? cs_registry_get(lab, ca->host, key, CS_STR("Security")) : NULL;
    struct cs_sd sd;
    bool changed, allow = edit->kind == EDIT_CA_ALLOW;
    if (!value)
        return cs_fail(err, CS_STATE, "the security of the CA is not known");
    if (cs_sd_decode(arena, value->data, &sd, err) != CS_OK)
        return err->status;
    sd = allow ? cs_sd_allow(arena, &sd, &edit->sid, CS_CA_ENROLL, &changed)
               : cs_sd_revoke(arena, &sd, &edit->sid, 0, &changed);
    if (!changed)
        return cs_fail(err, CS_STATE, "nothing changes");
    if (cs_sd_encode_registry(arena, &sd, &bytes, err) != CS_OK)
        return err->status;
    return cs_registry_set(lab, ca->host, key, CS_STR("Security"), CS_REG_BINARY, bytes, by_command,
                           err);
}

/* ----------------------------------------------------------------- a template */

enum { READ = CS_DS_LIST | CS_DS_READ_PROP | CS_RIGHT_READ_CONTROL | 0x80 /* list object */ };

/* MS-CRTD 2.5: Enroll is a control access right; Read are the directory's own. */
static bool entry_of(const struct enroll_edit *edit, struct cs_ace *ace)
{
    *ace = (struct cs_ace){.type = CS_ACE_ALLOW, .mask = READ, .sid = edit->sid};
    if (edit->kind == EDIT_TEMPLATE_READ)
        return true;
    ace->type = CS_ACE_OBJECT_ALLOW;
    ace->mask = CS_DS_CONTROL_ACCESS;
    ace->object_flags = CS_ACE_HAS_TYPE;
    return cs_guid_parse(cs_str_of(cs_guid_enroll), &ace->object_type, NULL) == CS_OK;
}

static bool same_entry(const struct cs_ace *a, const struct cs_ace *b)
{
    bool typed = a->object_flags & CS_ACE_HAS_TYPE;
    return a->type == b->type && (a->mask & b->mask) == b->mask &&
           a->object_flags == b->object_flags && !a->opaque && cs_sid_equal(&a->sid, &b->sid) &&
           (!typed || cs_guid_equal(&a->object_type, &b->object_type));
}

struct entries {
    struct cs_ace *at;
    size_t count;
};

/* One more entry, behind all others; false when it is there. */
static bool add_entry(struct entries *entries, const struct enroll_edit *edit)
{
    struct cs_ace ace;
    if (!entry_of(edit, &ace))
        return false;
    for (size_t i = 0; i < entries->count; i++)
        if (same_entry(&entries->at[i], &ace))
            return false;
    entries->at[entries->count++] = ace;
    return true;
}

/* Without all that names it, as dsacls /R does; false when nothing did. */
static bool drop_entries(struct entries *entries, const struct cs_sid *sid)
{
    size_t kept = 0, count = entries->count;
    for (size_t i = 0; i < count; i++)
        if (entries->at[i].opaque || !cs_sid_equal(&entries->at[i].sid, sid))
            entries->at[kept++] = entries->at[i];
    entries->count = kept;
    return kept < count;
}

/* A copy of a list with room for one more. */
static struct entries entries_of(struct cs_arena *arena, const struct cs_acl *acl)
{
    struct entries entries = {.count = acl ? acl->count : 0};
    entries.at = cs_arena_alloc(arena, (entries.count + 1) * sizeof *entries.at);
    for (size_t i = 0; i < entries.count; i++)
        entries.at[i] = acl->aces[i];
    return entries;
}

/* The template's list with the step done. */
static cs_status edited_list(struct cs_arena *arena, struct cs_sd *sd,
                             const struct enroll_edit *edit, struct cs_error *err)
{
    enum cs_sd_dacl_kind kind = cs_sd_dacl(sd);
    struct entries entries = entries_of(arena, sd->dacl);
    bool revoke = edit->kind == EDIT_TEMPLATE_REVOKE;
    bool listed = kind == CS_DACL_LIST || kind == CS_DACL_EMPTY;
    if (!listed || !(revoke ? drop_entries(&entries, &edit->sid) : add_entry(&entries, edit)))
        return cs_fail(err, CS_STATE, "nothing changes");
    struct cs_acl *acl = cs_arena_alloc(arena, sizeof *acl);
    *acl = (struct cs_acl){.revision = 4, .count = entries.count, .aces = entries.at};
    sd->dacl = acl;
    sd->bytes = (struct cs_str){0};
    return CS_OK;
}

cs_status enroll_template_edit(struct cs_lab *lab, struct cs_arena *arena,
                               const struct enroll_edit *edit, struct cs_error *err)
{
    const struct cs_template *old = cs_template_get(lab, edit->id);
    struct cs_sd sd;
    if (!old || !old->sd.length)
        return cs_fail(err, CS_STATE, "the security of the template is not known");
    struct cs_template new = *old;
    if (cs_sd_decode(arena, old->sd, &sd, err) != CS_OK ||
        edited_list(arena, &sd, edit, err) != CS_OK ||
        cs_sd_encode(arena, &sd, &new.sd, err) != CS_OK)
        return err->status;
    return cs_template_put(lab, &new, NULL, err);
}
