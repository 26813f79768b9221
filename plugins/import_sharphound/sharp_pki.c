/* sharp_pki.c - certificate templates and certification authorities of BloodHound CE. */
#include "sharp.h"

struct flag_name {
    const char *name;
    uint32_t bit;
};

/* "PUBLISH_TO_DS, AUTO_ENROLLMENT", or a number. */
static uint32_t flags_of(struct cs_str text, const struct flag_name *names, size_t count)
{
    int64_t value;
    uint32_t bits = 0;
    if (cs_str_integer(text, &value))
        return (uint32_t)value;
    while (text.length) {
        ptrdiff_t comma = cs_str_find(text, ',');
        struct cs_str word = cs_str_span(text.at, comma < 0 ? text.length : (size_t)comma);
        text = cs_str_from(text, comma < 0 ? text.length : word.length + 1);
        for (size_t i = 0; i < count; i++)
            if (cs_str_is(cs_str_trim(word), names[i].name))
                bits |= names[i].bit;
    }
    return bits;
}

/* MS-CRTD 2.26 and 2.28. */
static const struct flag_name enroll_flags[] = {
    {"INCLUDE_SYMMETRIC_ALGORITHMS", 0x1},
    {"PEND_ALL_REQUESTS", CS_ENROLL_PEND_ALL_REQUESTS},
    {"PUBLISH_TO_KRA_CONTAINER", 0x4},
    {"PUBLISH_TO_DS", 0x8},
    {"AUTO_ENROLLMENT_CHECK_USER_DS_CERTIFICATE", 0x10},
    {"AUTO_ENROLLMENT", CS_ENROLL_AUTO_ENROLLMENT},
    {"PREVIOUS_APPROVAL_VALIDATE_REENROLLMENT", 0x40},
    {"USER_INTERACTION_REQUIRED", 0x100},
    {"NO_SECURITY_EXTENSION", 0x80000},
};
static const struct flag_name name_flags[] = {
    {"ENROLLEE_SUPPLIES_SUBJECT", 0x1},
    {"ENROLLEE_SUPPLIES_SUBJECT_ALT_NAME", 0x10000},
    {"SUBJECT_ALT_REQUIRE_DOMAIN_DNS", 0x400000},
    {"SUBJECT_ALT_REQUIRE_SPN", 0x800000},
    {"SUBJECT_ALT_REQUIRE_DIRECTORY_GUID", 0x1000000},
    {"SUBJECT_ALT_REQUIRE_UPN", CS_NAME_REQUIRE_UPN},
    {"SUBJECT_ALT_REQUIRE_EMAIL", CS_NAME_SAN_REQUIRE_EMAIL},
    {"SUBJECT_ALT_REQUIRE_DNS", CS_NAME_SAN_REQUIRE_DNS},
    {"SUBJECT_REQUIRE_DNS_AS_CN", CS_NAME_REQUIRE_DNS_AS_CN},
    {"SUBJECT_REQUIRE_EMAIL", CS_NAME_REQUIRE_EMAIL},
    {"SUBJECT_REQUIRE_COMMON_NAME", 0x40000000u},
    {"SUBJECT_REQUIRE_DIRECTORY_PATH", 0x80000000u},
};

void sharp_take_template(struct sharp_file *file)
{
    struct cs_template t = {.name = sharp_before_at(sharp_field(file, SHARP_NAME)),
                            .excerpt = true};
    t.display = sharp_field(file, SHARP_DISPLAY);
    t.oid = sharp_field(file, SHARP_OID);
    t.forest = sharp_field(file, SHARP_DOMAIN);
    t.schema = sharp_number(file, SHARP_SCHEMA);
    t.signatures = sharp_number(file, SHARP_SIGNATURES);
    t.enroll_flags =
        flags_of(sharp_field(file, SHARP_ENROLL_FLAG), enroll_flags, CS_COUNT(enroll_flags));
    if (sharp_true(sharp_field(file, SHARP_APPROVAL)))
        t.enroll_flags |= CS_ENROLL_PEND_ALL_REQUESTS;
    t.name_flags = flags_of(sharp_field(file, SHARP_NAME_FLAG), name_flags, CS_COUNT(name_flags));
    if (file->object.aces.count)
        t.sd = sharp_template_sd(file, &file->object.aces);
    cs_import_template(file->import, &t, sharp_field(file, SHARP_ID), file->number);
}

void sharp_take_ca(struct sharp_file *file)
{
    struct cs_ca ca = {.name = sharp_field(file, SHARP_CA_NAME),
                       .dns = sharp_field(file, SHARP_DNS)};
    if (!ca.name.length)
        ca.name = sharp_before_at(sharp_field(file, SHARP_NAME));
    ca.templates = (struct cs_strs){file->object.published.at, file->object.published.count};
    ca.templates_known = file->object.published_told;
    cs_import_ca(file->import, &ca, file->number);
    if (!sharp_true(sharp_field(file, SHARP_SECURITY_COLLECTED)) || !file->object.security.count)
        return; /* no CA's list is empty: nobody could read it */
    struct cs_str sd = sharp_ca_sd(file, &file->object.security);
    if (sd.length)
        cs_import_ca_security(file->import, ca.name, sd, file->number);
}
