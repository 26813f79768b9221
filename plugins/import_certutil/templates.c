/*
 * templates.c - certutil -v -template: the properties of each template of the forest.
 *
 *     TemplatePropCommonName = User
 *     TemplatePropEnrollmentFlags = 29 (41)
 *     TemplatePropSecurityDescriptor = O:S-1-5-21-...-519G:...D:PAI(OA;;RPWPCR;0e10c968-...;;DA)...
 *
 * DA, DU and their like are of the domain that the owner's SID is of.
 */
#include "certutil_text.h"

/* The first domain that a descriptor's text names. */
static bool domain_in(struct cs_str sddl, struct cs_sid *domain)
{
    for (size_t i = 0; i < sddl.length; i++) {
        struct cs_str rest = cs_str_from(sddl, i);
        if (!cs_str_starts(rest, CS_STR("S-1-5-21-")))
            continue;
        size_t length = 9;
        while (length < rest.length &&
               ((rest.at[length] >= '0' && rest.at[length] <= '9') || rest.at[length] == '-'))
            length++;
        struct cs_sid sid;
        struct cs_error ignored;
        if (cs_sid_parse(cs_str_span(rest.at, length), &sid, &ignored) != CS_OK || sid.count != 5)
            continue;
        *domain = cs_sid_parent(&sid);
        return true;
    }
    return false;
}

static void take_descriptor(struct templates *templates, struct text *text, struct cs_str sddl)
{
    struct cs_sid domain;
    struct cs_sddl_scope scope = {0};
    struct cs_error why;
    struct cs_sd sd;
    if (domain_in(sddl, &domain))
        scope.domain = scope.root = &domain;
    if (cs_sddl_parse(text->arena, sddl, &scope, &sd, &why) == CS_OK &&
        cs_sd_encode(text->arena, &sd, &templates->now.sd, &why) == CS_OK)
        return;
    cs_import_warn(text->import, text->number, "security of template %.*s is left unknown: %.120s",
                   CS_STR_ARG(templates->now.name), why.text);
}

void templates_end(struct templates *templates, struct text *text)
{
    if (templates->open && templates->now.name.length) {
        cs_import_record(text->import);
        cs_import_template(text->import, &templates->now, CS_STR(""), templates->number);
    }
    *templates = (struct templates){0};
}

static bool take_number(struct templates *templates, struct cs_str line)
{
    const struct {
        const char *name;
        uint32_t *out;
    } numbers[] = {
        {"TemplatePropSchemaVersion", &templates->now.schema},
        {"TemplatePropRASignatureCount", &templates->now.signatures},
        {"TemplatePropEnrollmentFlags", &templates->now.enroll_flags},
        {"TemplatePropSubjectNameFlags", &templates->now.name_flags},
        {"TemplatePropPrivateKeyFlags", &templates->now.key_flags},
        {"TemplatePropGeneralFlags", &templates->now.flags},
    };
    struct cs_str value;
    for (size_t i = 0; i < CS_COUNT(numbers); i++)
        if (text_property(line, numbers[i].name, &value))
            return text_number(value, numbers[i].out);
    return false;
}

void templates_line(struct templates *templates, struct text *text, bool *taken)
{
    struct cs_str value;
    *taken = true;
    if (text_property(text->line, "TemplatePropCommonName", &value)) {
        templates_end(templates, text);
        templates->open = true;
        templates->number = text->number;
        templates->now.name = value;
        return;
    }
    *taken = false;
    if (!templates->open)
        return;
    *taken = true;
    if (templates->oid_next) { /* "1.3.6.1.4.1.311.21.8...." and perhaps a name */
        struct cs_str oid = cs_str_trim(text->line);
        ptrdiff_t blank = cs_str_find(oid, ' ');
        templates->now.oid = blank < 0 ? oid : cs_str_span(oid.at, (size_t)blank);
        templates->oid_next = false;
    } else if (text_property(text->line, "TemplatePropFriendlyName", &value)) {
        templates->now.display = value;
    } else if (text_property(text->line, "TemplatePropOID", &value)) {
        templates->oid_next = true;
    } else if (text_property(text->line, "TemplatePropSecurityDescriptor", &value)) {
        take_descriptor(templates, text, value);
    } else {
        *taken = take_number(templates, text->line);
    }
}
