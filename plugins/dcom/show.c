/*
 * show.c - the six descriptors, a row an ACE (see dcom.c).
 *
 * What nobody gave is not shown as a row, because any row would be a guess; it is said on
 * standard error instead, and so is what was assumed.
 */
#include "dcom.h"

static const char *kind_of(const struct cs_ace *ace)
{
    switch (ace->type) {
    case CS_ACE_ALLOW:
    case CS_ACE_OBJECT_ALLOW:
    case CS_ACE_CALLBACK_ALLOW:
    case CS_ACE_CALLBACK_OBJECT_ALLOW:
        return "allow";
    case CS_ACE_DENY:
    case CS_ACE_OBJECT_DENY:
    case CS_ACE_CALLBACK_DENY:
    case CS_ACE_CALLBACK_OBJECT_DENY:
        return "deny";
    default:
        return "other";
    }
}

/* What all rows of one descriptor begin with. */
struct head {
    struct cs_value scope, appid, source, effective, sddl;
};

static struct head head_of(const struct dcom_place *place, const struct cs_dcom_sd *sd)
{
    struct cs_str sddl = {0};
    struct cs_error ignored;
    bool written =
        !sd->broken && cs_sddl_format(place->arena, &sd->sd, NULL, &sddl, &ignored) == CS_OK;
    return (struct head){
        .scope = cs_value_text(cs_dcom_scope_name(place->scope)),
        .appid = place->appid.length ? cs_value_str(place->appid) : cs_value_null(),
        .source = cs_value_text(sd->source),
        .effective = cs_value_bool(sd->effective),
        .sddl = written ? cs_value_str(sddl) : cs_value_null(),
    };
}

static cs_status show_ace(struct cs_call *call, const struct dcom_place *place,
                          const struct head *head, const struct cs_ace *ace, struct cs_error *err)
{
    struct cs_sid_text sid;
    return CS_ROW(call, err, head->scope, head->appid, head->source, head->effective, head->sddl,
                  cs_value_str(dcom_name(place, &ace->sid)), cs_value_text(kind_of(ace)),
                  cs_value_str(cs_rights_short(place->arena, place->vocab, ace->mask)),
                  cs_value_printf(place->arena, "%s", cs_sid_format(&ace->sid, &sid)));
}

/* ----------------------------------------------------------------- for people */

static void say_ace(struct cs_call *call, const struct dcom_place *place, const struct cs_ace *ace)
{
    struct cs_str name = dcom_name(place, &ace->sid);
    size_t width = cs_str_width(name);
    cs_call_say(call, "    %-6s %.*s%*s%.*s\n", kind_of(ace), CS_STR_ARG(name),
                (int)(width < 40 ? 40 - width : 1), "",
                CS_STR_ARG(cs_rights_format(place->arena, place->vocab, ace->mask)));
}

static const char *const no_aces[] = {
    [CS_DACL_ABSENT] = "no list: everybody may everything",
    [CS_DACL_NULL] = "no list: everybody may everything",
    [CS_DACL_EMPTY] = "an empty list: nobody may anything",
    [CS_DACL_LIST] = "",
};

static void say_sd(struct cs_call *call, const struct dcom_place *place,
                   const struct cs_dcom_sd *sd, const struct head *head)
{
    cs_call_say(call, "%s (%s)%s\n", cs_dcom_scope_name(place->scope),
                sd->assumed ? "assumed" : sd->source,
                sd->effective ? "" : ": does not count, a policy shadows it");
    if (sd->broken) {
        cs_call_say(call, "    no descriptor, refuses everybody: %.*s\n", CS_STR_ARG(sd->problem));
        return;
    }
    if (head->sddl.kind == CS_TEXT)
        cs_call_say(call, "    %.*s\n", CS_STR_ARG(head->sddl.text));
    if (cs_sd_dacl(&sd->sd) != CS_DACL_LIST)
        cs_call_say(call, "    %s\n", no_aces[cs_sd_dacl(&sd->sd)]);
    for (size_t i = 0; sd->sd.dacl && i < sd->sd.dacl->count; i++)
        say_ace(call, place, &sd->sd.dacl->aces[i]);
}

/* ------------------------------------------------------------------------ rows */

static cs_status show_sd(struct cs_call *call, const struct dcom_place *place,
                         const struct cs_dcom_sd *sd, struct cs_error *err)
{
    struct head head = head_of(place, sd);
    if (cs_call_wants_words(call))
        say_sd(call, place, sd, &head);
    const struct cs_acl *dacl = sd->broken ? NULL : sd->sd.dacl;
    if (!dacl || dacl->count == 0)
        return CS_ROW(call, err, head.scope, head.appid, head.source, head.effective, head.sddl,
                      cs_value_null(), cs_value_null(), cs_value_null(), cs_value_null());
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < dacl->count; i++)
        status = show_ace(call, place, &head, &dacl->aces[i], err);
    return status;
}

static void remark(struct cs_call *call, const struct dcom_place *place,
                   const struct cs_dcom_sd *sd)
{
    const char *scope = cs_dcom_scope_name(place->scope);
    if (!sd->known)
        cs_call_warn(call, "%s of %.*s: nobody gave this fact", scope,
                     CS_STR_ARG(place->record->name));
    else if (sd->assumed)
        cs_call_warn(call, "%s of %.*s: assumed, the default of its Windows", scope,
                     CS_STR_ARG(place->record->name));
}

static cs_status show_scope(struct cs_call *call, enum cs_dcom_scope scope, struct cs_error *err)
{
    struct dcom_place place;
    struct cs_dcom_sd sds[2];
    cs_status status = dcom_place_of(call, scope, &place, err);
    if (status != CS_OK || (dcom_is_limit(scope) && !dcom_has_limits(&place)))
        return status;
    size_t count = dcom_sds(&place, sds);
    for (size_t i = 0; status == CS_OK && i < count; i++) {
        remark(call, &place, &sds[i]);
        if (sds[i].known)
            status = show_sd(call, &place, &sds[i], err);
    }
    return status;
}

cs_status dcom_show(struct cs_call *call, struct cs_error *err)
{
    struct dcom_place place; /* mistakes in the arguments before the first row */
    cs_status status = dcom_place_of(call, CS_DCOM_LAUNCH_PERMISSION, &place, err);
    for (int scope = 0; status == CS_OK && scope < CS_DCOM_SCOPE_COUNT; scope++)
        status = show_scope(call, (enum cs_dcom_scope)scope, err);
    return status;
}
