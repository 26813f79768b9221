/*
 * as_cmd.c - effects as the tools of Windows (see effect.h).
 *
 * Lines are for the host where we are; what is about another one says so in the tool's own way
 * (reg \\HOST\, sc \\HOST, -config, -m), and where a tool has none, winrs runs it there.
 * ntrights is of the Resource Kit Tools; everything else comes with Windows.
 */
#include "effect.h"

static struct cs_str quoted(struct writing *w, struct cs_str word)
{
    return enroll_quote(w->one->arena, word);
}

static struct cs_str name_of(struct writing *w, cs_id principal)
{
    return cs_principal_name(w->one->lab, w->one->arena, principal);
}

/* "\\WS01\": the host in front of a key, where it is not the one where we are. */
static struct cs_str at_host(struct writing *w, cs_id host)
{
    if (host == w->here)
        return CS_STR("");
    return cs_str_printf(w->one->arena, "\\\\%.*s", CS_STR_ARG(enroll_host_name(w->one, host)));
}

static struct cs_str run_at(struct writing *w, cs_id host)
{
    if (!host || host == w->here)
        return CS_STR("");
    return cs_str_printf(w->one->arena, "winrs -r:%.*s ",
                         CS_STR_ARG(enroll_host_name(w->one, host)));
}

/* ---------------------------------------------------------------------- groups */

struct dc_of {
    cs_id domain, host;
};

static bool is_dc_of(void *context, const struct cs_record *record)
{
    struct dc_of *dc = context;
    const struct cs_host *host = (const struct cs_host *)record;
    if (host->role == CS_ROLE_DC && host->domain == dc->domain)
        dc->host = record->id;
    return !dc->host;
}

/* Where net must run to reach a group, and whether it needs /domain there. */
static cs_id place_of(struct writing *w, const struct cs_principal *group, bool *domain)
{
    const struct cs_host *here = cs_host_get(w->one->lab, w->here);
    struct dc_of dc = {.domain = group->domain};
    *domain = false;
    if (!group->domain)
        return group->host;
    *domain = !(here && here->role == CS_ROLE_DC && here->domain == group->domain);
    if (here && here->domain == group->domain)
        return w->here;
    cs_record_each(w->one->lab, CS_NOUN_HOST, is_dc_of, &dc);
    *domain = !dc.host;
    return dc.host;
}

static bool is_global(const struct cs_principal *group)
{
    return group->scope == CS_SCOPE_GLOBAL || group->scope == CS_SCOPE_UNIVERSAL;
}

/* net group knows accounts only, and these without their domain. */
static bool write_global_member(struct writing *w, const struct enroll_effect *effect,
                                const struct cs_principal *group, const char *tail, cs_id place)
{
    struct cs_principal member;
    struct cs_str run = run_at(w, place);
    if (!cs_principal_get(w->one->lab, effect->other, &member))
        return false;
    if (member.kind == CS_GROUP || member.domain != group->domain) {
        enroll_line(w, "dsmod group \"%.*s\" %s \"%.*s\"",
                    CS_STR_ARG(enroll_dn_of(w->one, group->id)), effect->on ? "-addmbr" : "-rmmbr",
                    CS_STR_ARG(enroll_dn_of(w->one, member.id)));
        return true;
    }
    enroll_line(w, "%.*snet group %.*s %.*s %s%s", CS_STR_ARG(run),
                CS_STR_ARG(quoted(w, group->name)), CS_STR_ARG(quoted(w, member.name)),
                effect->on ? "/add" : "/delete", tail);
    return true;
}

static bool write_member(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_principal group;
    bool domain;
    if (!cs_principal_get(w->one->lab, effect->id, &group))
        return false;
    cs_id place = place_of(w, &group, &domain);
    const char *tail = domain ? " /domain" : "";
    if (is_global(&group))
        return write_global_member(w, effect, &group, tail, place);
    enroll_line(w, "%.*snet localgroup %.*s %.*s %s%s", CS_STR_ARG(run_at(w, place)),
                CS_STR_ARG(quoted(w, group.name)), CS_STR_ARG(quoted(w, name_of(w, effect->other))),
                effect->on ? "/add" : "/delete", tail);
    return true;
}

static bool write_group(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_principal group;
    bool domain;
    if (!cs_principal_at(w->one->lab, effect->id, CS_NOW, &group))
        return false;
    cs_id place = place_of(w, &group, &domain);
    enroll_line(w, "%.*snet localgroup %.*s %s%s", CS_STR_ARG(run_at(w, place)),
                CS_STR_ARG(quoted(w, group.name)), effect->on ? "/add" : "/delete",
                domain ? " /domain" : "");
    return true;
}

/* ---------------------------------------------------------------------- registry */

/* SetupStatus and InterfaceFlags have names for their bits, and a tool that knows them. */
static bool write_flag(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_reg_value was = {.type = effect->was.type, .data = effect->was.data};
    struct cs_reg_value is = {.type = effect->is.type, .data = effect->is.data};
    uint32_t before, after;
    if (!cs_reg_number(&was, &before) || !cs_reg_number(&is, &after))
        return false;
    const struct cs_flag *flag = enroll_flag_between(effect->name, before, after);
    if (!flag)
        return false;
    bool of_ca = cs_str_same(effect->name, CS_STR("InterfaceFlags"));
    struct cs_str config =
        effect->host == w->here
            ? CS_STR("")
            : cs_str_printf(w->one->arena, "-config %.*s ", CS_STR_ARG(quoted(w, w->one->config)));
    enroll_line(w, "certutil %.*s-setreg %s%.*s %c%s", CS_STR_ARG(config), of_ca ? "CA\\" : "",
                CS_STR_ARG(effect->name), after & flag->bits ? '+' : '-', flag->name);
    return true;
}

static struct cs_str data_of(struct writing *w, const struct effect_state *state)
{
    struct cs_reg_value value = {.type = state->type, .data = state->data};
    struct cs_arena *arena = w->one->arena;
    uint32_t number;
    if (cs_reg_number(&value, &number))
        return cs_str_printf(arena, "%u", (unsigned)number);
    if (value.type == CS_REG_SZ || value.type == CS_REG_EXPAND_SZ)
        return quoted(w, cs_reg_text(arena, &value));
    return enroll_hex(arena, value.data, "");
}

static bool write_value(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_arena *arena = w->one->arena;
    struct cs_str host = at_host(w, effect->host);
    struct cs_str key = quoted(w, cs_str_printf(arena, "%.*s%s%.*s", CS_STR_ARG(host),
                                                host.length ? "\\" : "", CS_STR_ARG(effect->key)));
    if (effect->is.there && effect->was.there && write_flag(w, effect))
        return true;
    if (!effect->is.there)
        enroll_line(w, "reg delete %.*s /v %.*s /f", CS_STR_ARG(key), CS_STR_ARG(effect->name));
    else
        enroll_line(w, "reg add %.*s /v %.*s /t %s /d %.*s /f", CS_STR_ARG(key),
                    CS_STR_ARG(effect->name), cs_reg_type_name(effect->is.type),
                    CS_STR_ARG(data_of(w, &effect->is)));
    return true;
}

/* ---------------------------------------------------------------------- services */

static bool write_mode(struct writing *w, const struct enroll_effect *effect)
{
    static const char *const modes[] = {
        [CS_START_AUTO] = "auto", [CS_START_DEMAND] = "demand", [CS_START_DISABLED] = "disabled"};
    struct cs_str host = at_host(w, effect->host);
    if (effect->is.type >= CS_COUNT(modes) || !modes[effect->is.type])
        return false;
    enroll_line(w, "sc %.*s%sconfig %.*s start= %s", CS_STR_ARG(host), host.length ? " " : "",
                CS_STR_ARG(effect->name), modes[effect->is.type]);
    return true;
}

static void turn(struct writing *w, const struct enroll_effect *effect, const char *verb)
{
    struct cs_str host = at_host(w, effect->host);
    if (host.length)
        enroll_line(w, "sc %.*s %s %.*s", CS_STR_ARG(host), verb, CS_STR_ARG(effect->name));
    else
        enroll_line(w, "net %s %.*s", verb, CS_STR_ARG(effect->name));
}

static bool write_run(struct writing *w, const struct enroll_effect *effect)
{
    turn(w, effect, effect->on ? "start" : "stop");
    return true;
}

static bool write_bounce(struct writing *w, const struct enroll_effect *effect)
{
    turn(w, effect, "stop");
    turn(w, effect, "start");
    return true;
}

static bool write_right(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_str host = at_host(w, effect->host);
    struct cs_str who = cs_sid_name(w->one->lab, w->one->arena, &effect->sid, effect->host);
    enroll_line(w, "ntrights %s %.*s -u %.*s%s%.*s", effect->on ? "+r" : "-r",
                CS_STR_ARG(effect->name), CS_STR_ARG(quoted(w, who)), host.length ? " -m " : "",
                CS_STR_ARG(host));
    return true;
}

/* ----------------------------------------------------------------- CA and template */

static bool write_publish(struct writing *w, const struct enroll_effect *effect)
{
    const struct cs_ca *ca = cs_ca_get(w->one->lab, effect->id);
    struct cs_str config = cs_ca_config(w->one->lab, w->one->arena, effect->id);
    bool here = ca && ca->host == w->here;
    enroll_line(w, "certutil %s%.*s%s-SetCATemplates %c%.*s", here ? "" : "-config ",
                CS_STR_ARG(here ? CS_STR("") : quoted(w, config)), here ? "" : " ",
                effect->on ? '+' : '-', CS_STR_ARG(effect->name));
    return true;
}

/* The letters of dsacls; GR stands for all of Read. */
static bool add_letters(struct cs_buf *buf, uint32_t mask)
{
    static const struct {
        uint32_t bits;
        const char *letters;
    } rights[] = {{0xf01ffu, "GA"}, {0x20094u, "GR"}, {0x10000u, "SD"}, {0x40u, "DT"},
                  {0x20000u, "RC"}, {0x40000u, "WD"}, {0x80000u, "WO"}, {0x4u, "LC"},
                  {0x1u, "CC"},     {0x2u, "DC"},     {0x8u, "WS"},     {0x20u, "WP"},
                  {0x10u, "RP"},    {0x100u, "CA"},   {0x80u, "LO"}};
    for (size_t i = 0; i < CS_COUNT(rights); i++)
        if ((mask & rights[i].bits) == rights[i].bits) {
            cs_buf_adds(buf, rights[i].letters);
            mask &= ~rights[i].bits;
        }
    return !mask;
}

static bool write_ace(struct writing *w, struct cs_str dn, const struct cs_ace *ace)
{
    const char *right = enroll_right_of(ace);
    bool denies = ace->type == CS_ACE_DENY || ace->type == CS_ACE_OBJECT_DENY;
    struct cs_buf letters;
    cs_buf_init(&letters, 256);
    bool known = right && add_letters(&letters, ace->mask);
    struct cs_str name = cs_sid_name(w->one->lab, w->one->arena, &ace->sid, w->one->ca->host);
    if (known)
        enroll_line(w, "dsacls \"%.*s\" %s \"%.*s:%.*s%s%s\"", CS_STR_ARG(dn), denies ? "/D" : "/G",
                    CS_STR_ARG(name), CS_STR_ARG(cs_buf_str(&letters)), right[0] ? ";" : "", right);
    cs_buf_clear(&letters);
    return known;
}

/* dsacls takes all of a trustee's entries away; those that stay are given again. */
static bool take_away(struct writing *w, struct cs_str dn, const struct cs_sd *is,
                      const struct cs_sid *sid)
{
    static const struct cs_sd nothing;
    struct cs_str name = cs_sid_name(w->one->lab, w->one->arena, sid, w->one->ca->host);
    bool known = true;
    size_t at = 0;
    enroll_line(w, "dsacls \"%.*s\" /R %.*s", CS_STR_ARG(dn), CS_STR_ARG(quoted(w, name)));
    for (const struct cs_ace *ace; (ace = enroll_ace_next(is, &nothing, &at));)
        if (cs_sid_equal(&ace->sid, sid))
            known = write_ace(w, dn, ace) && known;
    return known;
}

static bool write_template(struct writing *w, const struct enroll_effect *effect)
{
    struct cs_arena *arena = w->one->arena;
    struct cs_str dn = enroll_dn_of_template(w->one, effect->id);
    struct cs_sd was, is;
    struct cs_error ignored;
    size_t at = 0;
    if (cs_sd_decode(arena, effect->was.data, &was, &ignored) != CS_OK ||
        cs_sd_decode(arena, effect->is.data, &is, &ignored) != CS_OK)
        return false;
    const struct cs_ace *ace = enroll_ace_next(&was, &is, &at); /* all of them are one trustee's */
    if (ace)
        return take_away(w, dn, &is, &ace->sid);
    bool known = true;
    for (at = 0; (ace = enroll_ace_next(&is, &was, &at));)
        known = write_ace(w, dn, ace) && known;
    return known;
}

/* -------------------------------------------------------------------------- time */

static bool write_restart(struct writing *w, const struct enroll_effect *effect)
{
    enroll_line(w, "shutdown /r /m \\\\%.*s", CS_STR_ARG(enroll_host_name(w->one, effect->host)));
    return true;
}

static bool write_purge(struct writing *w, const struct enroll_effect *effect)
{
    enroll_line(w, "%.*sklist -li 0x3e7 purge", CS_STR_ARG(run_at(w, effect->host)));
    return true;
}

static bool write_relogon(struct writing *w, const struct enroll_effect *effect)
{
    (void)effect;
    enroll_line(w, "logoff");
    return true;
}

bool enroll_write_cmd(struct writing *writing, const struct enroll_effect *effect)
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
