/*
 * as_ansible.c - effects as tasks (see effect.h).
 *
 * Modules of the collections microsoft.ad and ansible.windows.  A task is for the host of the
 * play, the CA's; what is about another host is delegated to it.  What has no module (a
 * template's list, publishing) runs its command.
 */
#include "effect.h"

static void task(struct writing *w, cs_id host, const char *module, struct cs_str name)
{
    bool other = host && host != w->one->ca->host;
    enroll_line(w, "- name: %.*s", CS_STR_ARG(enroll_quoted(w, name)));
    if (other)
        enroll_line(w, "  delegate_to: %.*s",
                    CS_STR_ARG(enroll_quoted(w, enroll_host_name(w->one, host))));
    enroll_line(w, "  %s:", module);
}

#define TITLE(w, ...) cs_str_printf((w)->one->arena, __VA_ARGS__)

/* ---------------------------------------------------------------------- groups */

static bool write_member(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_principal group, member;
    if (!cs_principal_get(w->one->lab, effect->id, &group) ||
        !cs_principal_get(w->one->lab, effect->other, &member))
        return false;
    struct cs_str who = cs_principal_name(w->one->lab, w->one->arena, member.id);
    struct cs_str title =
        TITLE(w, "%.*s %s of %.*s", CS_STR_ARG(who), effect->on ? "is a member" : "is no member",
              CS_STR_ARG(group.name));
    task(w, group.host,
         group.domain ? "microsoft.ad.group" : "ansible.windows.win_group_membership", title);
    if (group.domain) {
        enroll_line(w, "    identity: %.*s", CS_STR_ARG(enroll_sid_text(w->one, &group.sid)));
        enroll_line(w, "    members:");
        enroll_line(w, "      %s:", effect->on ? "add" : "remove");
        enroll_line(w, "        - %.*s", CS_STR_ARG(enroll_sid_text(w->one, &member.sid)));
        return true;
    }
    enroll_line(w, "    name: %.*s", CS_STR_ARG(enroll_quoted(w, group.name)));
    enroll_line(w, "    members:");
    enroll_line(w, "      - %.*s", CS_STR_ARG(enroll_quoted(w, who)));
    enroll_line(w, "    state: %s", effect->on ? "present" : "absent");
    return true;
}

static bool write_group(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_principal group;
    if (!cs_principal_get(w->one->lab, effect->id, &group))
        return false;
    task(w, group.host, group.domain ? "microsoft.ad.group" : "ansible.windows.win_group",
         TITLE(w, "the group %.*s is %s", CS_STR_ARG(group.name), effect->on ? "there" : "gone"));
    enroll_line(w, "    name: %.*s", CS_STR_ARG(enroll_quoted(w, group.name)));
    if (group.domain && effect->on)
        enroll_line(w, "    scope: domainlocal");
    enroll_line(w, "    state: %s", effect->on ? "present" : "absent");
    return true;
}

/* ---------------------------------------------------------------------- registry */

static void write_data(struct writing *w, const struct effect_state *state)
{
    struct cs_reg_value value = {.type = state->type, .data = state->data};
    uint32_t number;
    if (cs_reg_number(&value, &number)) {
        enroll_line(w, "    data: %u", (unsigned)number);
        enroll_line(w, "    type: dword");
    } else if (state->type == CS_REG_SZ || state->type == CS_REG_EXPAND_SZ) {
        enroll_line(w, "    data: %.*s",
                    CS_STR_ARG(enroll_quoted(w, cs_reg_text(w->one->arena, &value))));
        enroll_line(w, "    type: %s", state->type == CS_REG_SZ ? "string" : "expandstring");
    } else {
        enroll_line(w, "    data: hex:%.*s",
                    CS_STR_ARG(enroll_hex(w->one->arena, state->data, ",")));
        enroll_line(w, "    type: binary");
    }
}

static bool write_value(struct writing *w, const struct enroll_effect *effect)
{
    task(w, effect->host, "ansible.windows.win_regedit",
         TITLE(w, "%.*s %s", CS_STR_ARG(effect->name), effect->is.there ? "is set" : "is not set"));
    enroll_line(w, "    path: %.*s",
                CS_STR_ARG(enroll_quoted(w, enroll_key_below(w->one, "HKLM:", effect->key))));
    enroll_line(w, "    name: %.*s", CS_STR_ARG(effect->name));
    if (effect->is.there)
        write_data(w, &effect->is);
    else
        enroll_line(w, "    state: absent");
    return true;
}

/* ---------------------------------------------------------------------- services */

static void service(struct writing *w, const struct enroll_effect *effect, const char *key,
                    const char *state)
{
    task(w, effect->host, "ansible.windows.win_service",
         TITLE(w, "%.*s is %s", CS_STR_ARG(effect->name), state));
    enroll_line(w, "    name: %.*s", CS_STR_ARG(effect->name));
    enroll_line(w, "    %s: %s", key, state);
}

static bool write_mode(struct writing *w, const struct enroll_effect *effect)
{
    static const char *const modes[] = {
        [CS_START_AUTO] = "auto", [CS_START_DEMAND] = "manual", [CS_START_DISABLED] = "disabled"};
    if (effect->is.type >= CS_COUNT(modes) || !modes[effect->is.type])
        return false;
    service(w, effect, "start_mode", modes[effect->is.type]);
    return true;
}

static bool write_run(struct writing *w, const struct enroll_effect *effect)
{
    service(w, effect, "state", effect->on ? "started" : "stopped");
    return true;
}

static bool write_bounce(struct writing *w, const struct enroll_effect *effect)
{
    service(w, effect, "state", "restarted");
    return true;
}

static bool write_right(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_str who = cs_sid_name(w->one->lab, w->one->arena, &effect->sid, effect->host);
    task(w, effect->host, "ansible.windows.win_user_right",
         TITLE(w, "%.*s %s %.*s", CS_STR_ARG(who), effect->on ? "holds" : "does not hold",
               CS_STR_ARG(effect->name)));
    enroll_line(w, "    name: %.*s", CS_STR_ARG(effect->name));
    enroll_line(w, "    users:");
    enroll_line(w, "      - %.*s", CS_STR_ARG(enroll_sid_text(w->one, &effect->sid)));
    enroll_line(w, "    action: %s", effect->on ? "add" : "remove");
    return true;
}

/* -------------------------------------------------------------------- by commands */

/* Where there is no module, the tool itself. */
static bool write_commands(struct writing *w, const struct enroll_effect *effect, cs_id host,
                           struct cs_str title)
{
    struct writing plain = {.one = w->one, .here = host, .lines = {.arena = w->one->arena}};
    if (!enroll_write_cmd(&plain, effect))
        return false;
    for (size_t i = 0; i < plain.lines.count; i++) {
        task(w, host, "ansible.windows.win_command", title);
        enroll_line(w, "    cmd: %.*s", CS_STR_ARG(enroll_quoted(w, plain.lines.at[i].text)));
    }
    return true;
}

static bool write_publish(struct writing *w, const struct enroll_effect *effect)
{
    return write_commands(
        w, effect, w->one->ca->host,
        TITLE(w, "%.*s is %spublished", CS_STR_ARG(effect->name), effect->on ? "" : "no longer "));
}

static bool write_template(struct writing *w, const struct enroll_effect *effect)
{
    const struct cs_template *template_ = cs_template_get(w->one->lab, effect->id);
    return template_ && write_commands(w, effect, w->one->ca->host,
                                       TITLE(w, "the security of the template %.*s",
                                             CS_STR_ARG(template_->name)));
}

/* -------------------------------------------------------------------------- time */

static bool write_restart(struct writing *w, const struct enroll_effect *effect)
{
    task(w, effect->host, "ansible.windows.win_reboot",
         TITLE(w, "%.*s starts anew", CS_STR_ARG(enroll_host_name(w->one, effect->host))));
    enroll_line(w, "    msg: for its new token");
    return true;
}

static bool write_purge(struct writing *w, const struct enroll_effect *effect)
{
    return write_commands(w, effect, effect->host,
                          TITLE(w, "%.*s throws its tickets away",
                                CS_STR_ARG(enroll_host_name(w->one, effect->host))));
}

bool enroll_write_ansible(struct writing *writing, const struct enroll_effect *effect)
{
    static enroll_write_fn *const writers[EFFECT_KINDS] = {
        [EFFECT_MEMBER] = write_member,     [EFFECT_GROUP] = write_group,
        [EFFECT_VALUE] = write_value,       [EFFECT_MODE] = write_mode,
        [EFFECT_RUN] = write_run,           [EFFECT_BOUNCE] = write_bounce,
        [EFFECT_RIGHT] = write_right,       [EFFECT_PUBLISH] = write_publish,
        [EFFECT_TEMPLATE] = write_template, [EFFECT_RESTART] = write_restart,
        [EFFECT_PURGE] = write_purge,
    };
    return writers[effect->kind] && writers[effect->kind](writing, effect);
}
