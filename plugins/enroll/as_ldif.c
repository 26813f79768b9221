/*
 * as_ldif.c - effects as changes of a directory, for ldifde -i or ldapmodify (see effect.h).
 *
 * Only what is in the directory can be said: members of a domain's groups, what a CA publishes,
 * a template's list.  A list is written whole; who may write its owner and its audit part, as
 * domain administrators may, can import it.  RFC 2849: what is not plain text is in base 64.
 */
#include "effect.h"

static bool is_plain(struct cs_str text)
{
    if (!text.length || text.at[0] == ' ' || text.at[0] == ':' || text.at[0] == '<' ||
        text.at[text.length - 1] == ' ')
        return false;
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.at[i] < 0x20 || (unsigned char)text.at[i] > 0x7e)
            return false;
    return true;
}

static void write_attribute(struct writing *w, const char *name, struct cs_str value)
{
    bool plain = is_plain(value);
    struct cs_str text = plain ? value : enroll_base64(w->one->arena, value);
    enroll_line(w, "%s:%s %.*s", name, plain ? "" : ":", CS_STR_ARG(text));
}

static void begin(struct writing *w, struct cs_str dn)
{
    write_attribute(w, "dn", dn);
    enroll_line(w, "changetype: modify");
}

static bool write_member(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_principal group;
    if (!cs_principal_get(w->one->lab, effect->id, &group) || !group.domain)
        return false;
    begin(w, enroll_dn_of(w->one, group.id));
    enroll_line(w, "%s: member", effect->on ? "add" : "delete");
    write_attribute(w, "member", enroll_dn_of(w->one, effect->other));
    enroll_line(w, "-\n");
    return true;
}

static bool write_publish(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_str dn = enroll_dn_of_ca(w->one, effect->id);
    if (!dn.length)
        return false;
    begin(w, dn);
    enroll_line(w, "%s: certificateTemplates", effect->on ? "add" : "delete");
    write_attribute(w, "certificateTemplates", effect->name);
    enroll_line(w, "-\n");
    return true;
}

static bool write_template(struct writing *w, const struct enroll_effect *effect)
{
    begin(w, enroll_dn_of_template(w->one, effect->id));
    enroll_line(w, "replace: nTSecurityDescriptor");
    enroll_line(w, "nTSecurityDescriptor:: %.*s",
                CS_STR_ARG(enroll_base64(w->one->arena, effect->is.data)));
    enroll_line(w, "-\n");
    return true;
}

static bool write_group(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_principal group;
    if (!cs_principal_get(w->one->lab, effect->id, &group) || !group.domain || effect->on)
        return false;
    write_attribute(w, "dn", enroll_dn_of(w->one, group.id));
    enroll_line(w, "changetype: delete\n");
    return true;
}

bool enroll_write_ldif(struct writing *writing, const struct enroll_effect *effect)
{
    static enroll_write_fn *const writers[EFFECT_KINDS] = {
        [EFFECT_MEMBER] = write_member,
        [EFFECT_GROUP] = write_group,
        [EFFECT_PUBLISH] = write_publish,
        [EFFECT_TEMPLATE] = write_template,
    };
    return writers[effect->kind] && writers[effect->kind](writing, effect);
}
