/*
 * sharp_acl.c - SharpHound's entries as descriptors.
 *
 * SharpHound writes only what allows; denying entries never reach its files, and entries that
 * let people read are left out, too.  What is made here says so by its callers (excerpt).
 */
#include "sharp.h"

struct known_right {
    const char *name;
    const char *begin; /* of the entry, up to the SID */
};

/* Rights of a template (MS-CRTD 2.5, MS-ADTS 5.1.3.2). */
static const struct known_right template_rights[] = {
    {"GenericAll", "(A;;0xf01ff;;;"},
    {"GenericWrite", "(A;;0x20028;;;"},
    {"WriteDacl", "(A;;0x40000;;;"},
    {"WriteOwner", "(A;;0x80000;;;"},
    {"AllExtendedRights", "(A;;0x100;;;"},
    {"Enroll", "(OA;;0x100;0e10c968-78fb-11d2-90d4-00c04f79dc55;;"},
    {"AutoEnroll", "(OA;;0x100;a05b8cc2-17bc-4802-a710-e7c15ab866a2;;"},
    {"WritePKIEnrollmentFlag", "(OA;;0x20;d15ef7d8-f226-46db-ae79-b34e560bd12c;;"},
    {"WritePKINameFlag", "(OA;;0x20;ea1dddc4-60ff-416e-8cc0-17cee534bce7;;"},
};

/* Rights of a CA (MS-CSRA 3.1.1.7). */
static const struct known_right ca_rights[] = {
    {"ManageCA", "(A;;0x1;;;"}, {"ManageCertificates", "(A;;0x2;;;"},
    {"Auditor", "(A;;0x4;;;"},  {"Operator", "(A;;0x8;;;"},
    {"Read", "(A;;0x100;;;"},   {"Enroll", "(A;;0x200;;;"},
};

static const char *begin_of(const struct known_right *rights, size_t count, struct cs_str name)
{
    for (size_t i = 0; i < count; i++)
        if (cs_str_is(name, rights[i].name))
            return rights[i].begin;
    return NULL;
}

/* Owner first, then the entries in their order. */
static void write_entries(struct sharp_file *file, struct cs_buf *text,
                          const struct known_right *rights, size_t count,
                          const struct sharp_aces *aces)
{
    for (size_t i = 0; i < aces->count; i++) {
        struct cs_import_party who;
        struct cs_sid computer;
        struct cs_sid_text sid;
        const char *begin = begin_of(rights, count, aces->at[i].right);
        if (cs_str_is(aces->at[i].right, "Owns"))
            continue;
        if (!begin || !sharp_party(aces->at[i].sid, &who, &computer)) {
            file->strange_rights++;
            continue;
        }
        cs_buf_addf(text, "%s%s)", begin, cs_sid_format(&who.sid, &sid));
    }
}

static void write_owner(struct cs_buf *text, const struct sharp_aces *aces)
{
    for (size_t i = 0; i < aces->count; i++) {
        struct cs_import_party who;
        struct cs_sid computer;
        struct cs_sid_text sid;
        if (!cs_str_is(aces->at[i].right, "Owns") || !sharp_party(aces->at[i].sid, &who, &computer))
            continue;
        cs_buf_addf(text, "O:%s", cs_sid_format(&who.sid, &sid));
        return;
    }
}

static struct cs_str sd_of(struct sharp_file *file, const struct known_right *rights, size_t count,
                           const struct sharp_aces *aces)
{
    enum { ACL_MAX = 1 << 20 };
    struct cs_arena *arena = file->object.arena;
    struct cs_buf text;
    struct cs_sd sd;
    struct cs_str bytes = CS_STR("");
    struct cs_error ignored;
    cs_buf_init(&text, ACL_MAX);
    write_owner(&text, aces);
    cs_buf_adds(&text, "D:");
    write_entries(file, &text, rights, count, aces);
    if (cs_buf_full(&text) ||
        cs_sddl_parse(arena, cs_buf_str(&text), NULL, &sd, &ignored) != CS_OK ||
        cs_sd_encode(arena, &sd, &bytes, &ignored) != CS_OK)
        bytes = CS_STR("");
    cs_buf_clear(&text);
    file->excerpt = file->excerpt || bytes.length;
    return bytes;
}

struct cs_str sharp_template_sd(struct sharp_file *file, const struct sharp_aces *aces)
{
    return sd_of(file, template_rights, CS_COUNT(template_rights), aces);
}

struct cs_str sharp_ca_sd(struct sharp_file *file, const struct sharp_aces *aces)
{
    return sd_of(file, ca_rights, CS_COUNT(ca_rights), aces);
}
