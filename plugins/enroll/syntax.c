/*
 * syntax.c - effects written for Windows: what the five ways share (see effect.h).
 *
 *     cmd           the tools of Windows: net, reg, certutil, sc, dsacls, ntrights, shutdown
 *     powershell    cmdlets; the modules ActiveDirectory and ADCSAdministration where needed
 *     reg           a file for reg import, with whole values
 *     ldif          a file for ldifde -i or ldapmodify
 *     ansible       tasks of microsoft.ad and ansible.windows
 *
 * What a syntax has no way to say (a registry file starts no service) is a remark in it that
 * names the command.
 */
#include <stdarg.h>
#include <stdio.h>

#include "effect.h"

const char *const enroll_syntax_names[] = {"cmd", "powershell", "reg", "ldif", "ansible", NULL};

static const struct syntax {
    const char *remark;
    const char *head;
    enroll_write_fn *write;
} syntaxes[] = {
    [AS_CMD] = {"rem ", NULL, enroll_write_cmd},
    [AS_POWERSHELL] = {"# ", NULL, enroll_write_powershell},
    [AS_REG] = {"; ", "Windows Registry Editor Version 5.00\n", enroll_write_reg},
    [AS_LDIF] = {"# ", NULL, enroll_write_ldif},
    [AS_ANSIBLE] = {"# ", NULL, enroll_write_ansible},
};

struct cs_str enroll_quoted(struct writing *writing, struct cs_str text)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 20);
    cs_buf_addc(&buf, '\'');
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '\'')
            cs_buf_addc(&buf, '\'');
        cs_buf_addc(&buf, text.at[i]);
    }
    cs_buf_addc(&buf, '\'');
    struct cs_str all = cs_str_copy(writing->one->arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return all;
}

void enroll_line(struct writing *writing, const char *format, ...)
{
    struct cs_arena *arena = writing->one->arena;
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *line = cs_arena_alloc(arena, (size_t)(length < 0 ? 0 : length) + 1);
    if (length > 0)
        vsnprintf(line, (size_t)length + 1, format, again);
    va_end(again);
    cs_list_add(&writing->lines, cs_value_text(line));
}

/* What cannot be said: the commands that can, as remarks. */
static void remark(struct writing *writing, const struct syntax *syntax,
                   const struct enroll_effect *effect)
{
    struct writing plain = {.one = writing->one, .here = writing->here};
    plain.lines.arena = writing->one->arena;
    if (!enroll_write_cmd(&plain, effect))
        return;
    for (size_t i = 0; i < plain.lines.count; i++)
        enroll_line(writing, "%snot said here: %.*s", syntax->remark,
                    CS_STR_ARG(plain.lines.at[i].text));
}

struct cs_value enroll_write(const struct enroll_case *one, enum enroll_syntax syntax,
                             const struct enroll_effects *effects, bool undo, size_t *said)
{
    struct writing writing = {.one = one, .here = one->here, .lines = {.arena = one->arena}};
    struct enroll_effects back = enroll_effects_undo(effects);
    const struct enroll_effects *written = undo ? &back : effects;
    for (size_t i = 0; i < written->count; i++) {
        if (written->at[i].side)
            continue;
        if (syntaxes[syntax].write(&writing, &written->at[i]))
            writing.said++;
        else
            remark(&writing, &syntaxes[syntax], &written->at[i]);
    }
    *said = writing.said;
    return cs_list_value(&writing.lines);
}

void enroll_say_file(const struct enroll_case *one, enum enroll_syntax syntax,
                     struct cs_str remark_, const struct cs_value *lines)
{
    const struct syntax *s = &syntaxes[syntax];
    if (s->head)
        cs_call_say(one->call, "%s\n", s->head);
    cs_call_say(one->call, "%s%.*s\n", s->remark, CS_STR_ARG(remark_));
    for (size_t i = 0; i < lines->list.count; i++)
        cs_call_say(one->call, "%.*s\n", CS_STR_ARG(lines->list.at[i].text));
}

/* ------------------------------------------------------------------------- names */

struct cs_str enroll_host_name(const struct enroll_case *one, cs_id host)
{
    const struct cs_host *record = cs_host_get(one->lab, host);
    return record ? record->name : CS_STR("?");
}

struct cs_str enroll_sid_text(const struct enroll_case *one, const struct cs_sid *sid)
{
    struct cs_sid_text text;
    return cs_str_printf(one->arena, "%s", cs_sid_format(sid, &text));
}

const struct cs_flag *enroll_flag_between(struct cs_str name, uint32_t was, uint32_t is)
{
    size_t count = 0;
    const struct cs_flag *flags = NULL;
    if (cs_str_same(name, CS_STR("SetupStatus")))
        flags = cs_setup_flags(&count);
    if (cs_str_same(name, CS_STR("InterfaceFlags")))
        flags = cs_interface_flags(&count);
    for (size_t i = 0; i < count; i++)
        if (flags[i].bits == (was ^ is))
            return &flags[i];
    return NULL;
}

struct cs_str enroll_hex(struct cs_arena *arena, struct cs_str bytes, const char *between)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 22);
    for (size_t i = 0; i < bytes.length; i++)
        cs_buf_addf(&buf, "%s%02x", i ? between : "", (unsigned char)bytes.at[i]);
    struct cs_str hex = cs_str_copy(arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return hex;
}

struct cs_str enroll_base64(struct cs_arena *arena, struct cs_str bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = cs_arena_alloc(arena, (bytes.length + 2) / 3 * 4 + 1);
    size_t length = 0;
    for (size_t i = 0; i < bytes.length; i += 3) {
        uint32_t three = 0;
        for (size_t j = 0; j < 3; j++)
            three = three << 8 | (i + j < bytes.length ? (unsigned char)bytes.at[i + j] : 0u);
        for (size_t j = 0; j < 4; j++)
            text[length++] = i + j <= bytes.length ? digits[three >> (18 - 6 * j) & 63] : '=';
    }
    return cs_str_span(text, length);
}

struct cs_str enroll_key_below(const struct enroll_case *one, const char *root, struct cs_str key)
{
    ptrdiff_t slash = cs_str_find(key, '\\');
    return cs_str_printf(one->arena, "%s%.*s", root,
                         CS_STR_ARG(cs_str_from(key, slash < 0 ? 0 : (size_t)slash)));
}

/* --------------------------------------------------------- distinguished names */

static void add_dc(struct cs_buf *buf, struct cs_str dns)
{
    while (dns.length) {
        ptrdiff_t dot = cs_str_find(dns, '.');
        size_t length = dot < 0 ? dns.length : (size_t)dot;
        cs_buf_addf(buf, ",DC=%.*s", (int)length, dns.at);
        dns = cs_str_from(dns, length + 1);
    }
}

/* RFC 4514: what has a meaning in a name is escaped. */
static void add_cn(struct cs_buf *buf, struct cs_str name)
{
    cs_buf_adds(buf, "CN=");
    for (size_t i = 0; i < name.length; i++) {
        bool special = cs_str_find(CS_STR(",+\"\\<>;="), name.at[i]) >= 0;
        bool first = i == 0 && (name.at[i] == '#' || name.at[i] == ' ');
        if (special || first)
            cs_buf_addc(buf, '\\');
        cs_buf_addc(buf, name.at[i]);
    }
}

static struct cs_str finish(const struct enroll_case *one, struct cs_buf *buf)
{
    struct cs_str text = cs_str_copy(one->arena, cs_buf_str(buf));
    cs_buf_clear(buf);
    return text;
}

static struct cs_str below_services(const struct enroll_case *one, struct cs_str name,
                                    const char *container, struct cs_str forest)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 12);
    add_cn(&buf, name);
    cs_buf_addf(&buf, ",CN=%s,CN=Public Key Services,CN=Services,CN=Configuration", container);
    add_dc(&buf, forest);
    return finish(one, &buf);
}

struct cs_str enroll_dn_of_template(const struct enroll_case *one, cs_id template_)
{
    const struct cs_template *record = cs_template_get(one->lab, template_);
    return record ? below_services(one, record->name, "Certificate Templates", record->forest)
                  : CS_STR("");
}

struct cs_str enroll_dn_of_ca(const struct enroll_case *one, cs_id ca)
{
    const struct cs_ca *record = cs_ca_get(one->lab, ca);
    const struct cs_host *host = record ? cs_host_get(one->lab, record->host) : NULL;
    const struct cs_domain *domain = host ? cs_domain_get(one->lab, host->domain) : NULL;
    return record && domain
               ? below_services(one, record->name, "Enrollment Services", domain->forest)
               : CS_STR("");
}

/* Groups of a domain live in Users or Builtin until somebody moves them; whatever else nobody
 * gave a name of is named by its SID, which a directory takes as well (MS-ADTS 3.1.1.3.1.2.4). */
struct cs_str enroll_dn_of(const struct enroll_case *one, cs_id principal)
{
    struct cs_principal p;
    struct cs_buf buf;
    if (!cs_principal_get(one->lab, principal, &p))
        return CS_STR("");
    if (p.dn.length)
        return p.dn;
    const struct cs_domain *domain = cs_domain_get(one->lab, p.domain);
    if (!domain || p.kind != CS_GROUP)
        return cs_str_printf(one->arena, "<SID=%.*s>", CS_STR_ARG(enroll_sid_text(one, &p.sid)));
    cs_buf_init(&buf, 1 << 12);
    add_cn(&buf, p.name);
    cs_buf_adds(&buf, p.scope == CS_SCOPE_BUILTIN ? ",CN=Builtin" : ",CN=Users");
    add_dc(&buf, domain->dns);
    return finish(one, &buf);
}

/* ------------------------------------------------------------------------ entries */

static bool same_ace(const struct cs_ace *a, const struct cs_ace *b)
{
    return a->type == b->type && a->flags == b->flags && a->mask == b->mask &&
           a->object_flags == b->object_flags && a->opaque == b->opaque &&
           cs_sid_equal(&a->sid, &b->sid) && cs_guid_equal(&a->object_type, &b->object_type);
}

static bool has_ace(const struct cs_sd *sd, const struct cs_ace *ace)
{
    for (size_t i = 0; sd->dacl && i < sd->dacl->count; i++)
        if (same_ace(&sd->dacl->aces[i], ace))
            return true;
    return false;
}

const struct cs_ace *enroll_ace_next(const struct cs_sd *with, const struct cs_sd *without,
                                     size_t *at)
{
    while (with->dacl && *at < with->dacl->count) {
        const struct cs_ace *ace = &with->dacl->aces[(*at)++];
        if (!ace->opaque && !has_ace(without, ace))
            return ace;
    }
    return NULL;
}

const char *enroll_right_of(const struct cs_ace *ace)
{
    struct cs_guid guid;
    if (!(ace->object_flags & CS_ACE_HAS_TYPE))
        return "";
    if (cs_guid_parse(cs_str_of(cs_guid_enroll), &guid, NULL) == CS_OK &&
        cs_guid_equal(&guid, &ace->object_type))
        return "Enroll";
    if (cs_guid_parse(cs_str_of(cs_guid_autoenroll), &guid, NULL) == CS_OK &&
        cs_guid_equal(&guid, &ace->object_type))
        return "AutoEnrollment";
    return NULL;
}
