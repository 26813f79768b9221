/*
 * as_powershell.c - effects as cmdlets (see effect.h).
 *
 * What is about another host than the one where we are runs there by Invoke-Command.  Groups of
 * a domain need the module ActiveDirectory, publishing ADCSAdministration; a user right has no
 * cmdlet, so that secedit is given the whole list of its holders.
 */
#include <string.h>

#include "effect.h"

/* One line, at the host it is about. */
static bool at_host(struct writing *w, cs_id host, struct cs_str line)
{
    if (!host || host == w->here)
        enroll_line(w, "%.*s", CS_STR_ARG(line));
    else
        enroll_line(w, "Invoke-Command -ComputerName %.*s -ScriptBlock { %.*s }",
                    CS_STR_ARG(enroll_host_name(w->one, host)), CS_STR_ARG(line));
    return true;
}

/* ---------------------------------------------------------------------- groups */

static bool write_local_member(struct writing *w, const struct enroll_effect *effect,
                               const struct cs_principal *group)
{
    struct cs_arena *arena = w->one->arena;
    bool builtin = group->scope == CS_SCOPE_BUILTIN;
    struct cs_str who = cs_principal_name(w->one->lab, arena, effect->other);
    struct cs_str which = builtin ? enroll_sid_text(w->one, &group->sid) : group->name;
    return at_host(w, group->host,
                   cs_str_printf(arena, "%s %s %.*s -Member %.*s",
                                 effect->on ? "Add-LocalGroupMember" : "Remove-LocalGroupMember",
                                 builtin ? "-SID" : "-Group", CS_STR_ARG(enroll_quoted(w, which)),
                                 CS_STR_ARG(enroll_quoted(w, who))));
}

/* Accounts of the group's own domain have a cmdlet; others come as references by SID, for
 * which the directory makes what stands for them. */
static bool write_member(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_arena *arena = w->one->arena;
    struct cs_principal group, member;
    if (!cs_principal_get(w->one->lab, effect->id, &group) ||
        !cs_principal_get(w->one->lab, effect->other, &member))
        return false;
    const struct cs_domain *domain = cs_domain_get(w->one->lab, group.domain);
    if (!domain)
        return write_local_member(w, effect, &group);
    struct cs_str into = enroll_quoted(w, enroll_sid_text(w->one, &group.sid));
    struct cs_str who = enroll_sid_text(w->one, &member.sid);
    const char *more = effect->on ? "" : " -Confirm:$false";
    if (member.domain == group.domain)
        enroll_line(w, "%s -Server %.*s -Identity %.*s -Members '%.*s'%s",
                    effect->on ? "Add-ADGroupMember" : "Remove-ADGroupMember",
                    CS_STR_ARG(domain->dns), CS_STR_ARG(into), CS_STR_ARG(who), more);
    else
        enroll_line(w, "Set-ADGroup -Server %.*s -Identity %.*s %s @{member = '<SID=%.*s>'}",
                    CS_STR_ARG(domain->dns), CS_STR_ARG(into), effect->on ? "-Add" : "-Remove",
                    CS_STR_ARG(who));
    (void)arena;
    return true;
}

static bool write_group(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_principal group;
    if (!cs_principal_get(w->one->lab, effect->id, &group))
        return false;
    const struct cs_domain *domain = cs_domain_get(w->one->lab, group.domain);
    struct cs_str name = enroll_quoted(w, group.name);
    if (!domain)
        return at_host(w, group.host,
                       cs_str_printf(w->one->arena, "%s -Name %.*s",
                                     effect->on ? "New-LocalGroup" : "Remove-LocalGroup",
                                     CS_STR_ARG(name)));
    if (effect->on)
        enroll_line(w, "New-ADGroup -Server %.*s -Name %.*s -GroupScope DomainLocal",
                    CS_STR_ARG(domain->dns), CS_STR_ARG(name));
    else
        enroll_line(w, "Remove-ADGroup -Server %.*s -Identity %.*s -Confirm:$false",
                    CS_STR_ARG(domain->dns), CS_STR_ARG(name));
    return true;
}

/* ---------------------------------------------------------------------- registry */

static struct cs_str data_of(struct writing *w, const struct effect_state *state)
{
    struct cs_reg_value value = {.type = state->type, .data = state->data};
    struct cs_arena *arena = w->one->arena;
    uint32_t number;
    if (cs_reg_number(&value, &number))
        return cs_str_printf(arena, "-Type DWord -Value %u", (unsigned)number);
    if (value.type == CS_REG_SZ || value.type == CS_REG_EXPAND_SZ)
        return cs_str_printf(arena, "-Type %s -Value %.*s",
                             value.type == CS_REG_SZ ? "String" : "ExpandString",
                             CS_STR_ARG(enroll_quoted(w, cs_reg_text(arena, &value))));
    return cs_str_printf(arena, "-Type Binary -Value ([byte[]](0x%.*s))",
                         CS_STR_ARG(enroll_hex(arena, value.data, ",0x")));
}

static bool write_value(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_arena *arena = w->one->arena;
    struct cs_str path = enroll_quoted(w, enroll_key_below(w->one, "HKLM:", effect->key));
    struct cs_str name = enroll_quoted(w, effect->name);
    if (!effect->is.there)
        return at_host(w, effect->host,
                       cs_str_printf(arena, "Remove-ItemProperty -Path %.*s -Name %.*s",
                                     CS_STR_ARG(path), CS_STR_ARG(name)));
    return at_host(w, effect->host,
                   cs_str_printf(arena, "Set-ItemProperty -Path %.*s -Name %.*s %.*s",
                                 CS_STR_ARG(path), CS_STR_ARG(name),
                                 CS_STR_ARG(data_of(w, &effect->is))));
}

/* ---------------------------------------------------------------------- services */

static bool write_mode(struct writing *w, const struct enroll_effect *effect)
{
    static const char *const modes[] = {[CS_START_AUTO] = "Automatic",
                                        [CS_START_DEMAND] = "Manual",
                                        [CS_START_DISABLED] = "Disabled"};
    if (effect->is.type >= CS_COUNT(modes) || !modes[effect->is.type])
        return false;
    return at_host(w, effect->host,
                   cs_str_printf(w->one->arena, "Set-Service -Name %.*s -StartupType %s",
                                 CS_STR_ARG(effect->name), modes[effect->is.type]));
}

static bool write_run(struct writing *w, const struct enroll_effect *effect)
{
    return at_host(w, effect->host,
                   cs_str_printf(w->one->arena, "%s -Name %.*s",
                                 effect->on ? "Start-Service" : "Stop-Service -Force",
                                 CS_STR_ARG(effect->name)));
}

static bool write_bounce(struct writing *w, const struct enroll_effect *effect)
{
    return at_host(w, effect->host,
                   cs_str_printf(w->one->arena, "Restart-Service -Force -Name %.*s",
                                 CS_STR_ARG(effect->name)));
}

static bool write_right(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_buf buf;
    cs_buf_init(&buf, 1 << 16);
    for (size_t i = 0; i < effect->is.sids.count; i++) {
        struct cs_str holder = effect->is.sids.at[i];
        bool by_sid = cs_str_starts(holder, CS_STR("S-1-")); /* else as a policy names it */
        cs_buf_addf(&buf, "%s%s%.*s", i ? "," : "", by_sid ? "*" : "", CS_STR_ARG(holder));
    }
    struct cs_str holders = cs_str_copy(w->one->arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return at_host(
        w, effect->host,
        cs_str_printf(
            w->one->arena,
            "Set-Content -Path \"$env:TEMP\\right.inf\" -Encoding Unicode -Value "
            "'[Unicode]', 'Unicode=yes', '[Version]', 'signature=\"$CHICAGO$\"', 'Revision=1', "
            "'[Privilege Rights]', '%.*s = %.*s'; secedit /configure /db "
            "\"$env:TEMP\\right.sdb\" /cfg \"$env:TEMP\\right.inf\" /areas USER_RIGHTS",
            CS_STR_ARG(effect->name), CS_STR_ARG(holders)));
}

/* ----------------------------------------------------------------- CA and template */

static bool write_publish(struct writing *w, const struct enroll_effect *effect)
{
    const struct cs_ca *ca = cs_ca_get(w->one->lab, effect->id);
    return at_host(w, ca ? ca->host : 0,
                   cs_str_printf(w->one->arena, "%s -Name %.*s -Force",
                                 effect->on ? "Add-CATemplate" : "Remove-CATemplate",
                                 CS_STR_ARG(enroll_quoted(w, effect->name))));
}

static void write_ace(struct writing *w, const struct cs_ace *ace, const char *verb)
{
    bool denies = ace->type == CS_ACE_DENY || ace->type == CS_ACE_OBJECT_DENY;
    bool typed = ace->object_flags & CS_ACE_HAS_TYPE;
    struct cs_guid_text guid;
    enroll_line(w,
                "$object.psbase.ObjectSecurity.%s((New-Object "
                "System.DirectoryServices.ActiveDirectoryAccessRule("
                "([System.Security.Principal.SecurityIdentifier]'%.*s'), "
                "([System.DirectoryServices.ActiveDirectoryRights]0x%x), '%s'%s%s%s)))",
                verb, CS_STR_ARG(enroll_sid_text(w->one, &ace->sid)), (unsigned)ace->mask,
                denies ? "Deny" : "Allow", typed ? ", ([guid]'" : "",
                typed ? cs_guid_format(&ace->object_type, &guid) : "", typed ? "')" : "");
}

static bool write_template(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_arena *arena = w->one->arena;
    struct cs_sd was, is;
    struct cs_error ignored;
    size_t at = 0;
    if (cs_sd_decode(arena, effect->was.data, &was, &ignored) != CS_OK ||
        cs_sd_decode(arena, effect->is.data, &is, &ignored) != CS_OK)
        return false;
    struct cs_str path =
        cs_str_printf(arena, "LDAP://%.*s", CS_STR_ARG(enroll_dn_of_template(w->one, effect->id)));
    enroll_line(w, "$object = [ADSI]%.*s", CS_STR_ARG(enroll_quoted(w, path)));
    enroll_line(w, "$object.psbase.Options.SecurityMasks = 'Dacl'");
    for (const struct cs_ace *ace; (ace = enroll_ace_next(&was, &is, &at));)
        write_ace(w, ace, "RemoveAccessRuleSpecific");
    at = 0;
    for (const struct cs_ace *ace; (ace = enroll_ace_next(&is, &was, &at));)
        write_ace(w, ace, "AddAccessRule");
    enroll_line(w, "$object.psbase.CommitChanges()");
    return true;
}

/* -------------------------------------------------------------------------- time */

static bool write_restart(struct writing *w, const struct enroll_effect *effect)
{
    enroll_line(w, "Restart-Computer -ComputerName %.*s -Force",
                CS_STR_ARG(enroll_host_name(w->one, effect->host)));
    return true;
}

static bool write_purge(struct writing *w, const struct enroll_effect *effect)
{
    return at_host(w, effect->host, CS_STR("klist -li 0x3e7 purge"));
}

static bool write_relogon(struct writing *w, const struct enroll_effect *effect)
{
    (void)effect;
    enroll_line(w, "logoff");
    return true;
}

bool enroll_write_powershell(struct writing *writing, const struct enroll_effect *effect)
{
    static enroll_write_fn *const writers[EFFECT_KINDS] = {
        [EFFECT_MEMBER] = write_member,     [EFFECT_GROUP] = write_group,
        [EFFECT_VALUE] = write_value,       [EFFECT_MODE] = write_mode,
        [EFFECT_RUN] = write_run,           [EFFECT_BOUNCE] = write_bounce,
        [EFFECT_RIGHT] = write_right,       [EFFECT_PUBLISH] = write_publish,
        [EFFECT_TEMPLATE] = write_template, [EFFECT_RESTART] = write_restart,
        [EFFECT_PURGE] = write_purge,       [EFFECT_RELOGON] = write_relogon,
    };
    return writers[effect->kind](writing, effect);
}
