/* show.c - a descriptor part by part (see sd.c). */
#include "sd.h"

static struct cs_value sid_value(const struct cs_call *call, const struct cs_sid *sid)
{
    struct cs_sid_text text;
    return cs_value_printf(cs_call_arena(call), "%s", cs_sid_format(sid, &text));
}

/* -------------------------------------------------------------------- show */

static cs_status show_sid(struct cs_call *call, const char *part, const struct cs_sid *sid,
                          struct cs_error *err)
{
    return CS_ROW(call, err, cs_value_text(part), cs_value_null(), cs_value_null(),
                  cs_value_str(sd_sid_name(call, sid)), sid_value(call, sid), cs_value_null(),
                  cs_value_null());
}

static cs_status show_ace(struct cs_call *call, const char *part, size_t index,
                          const struct cs_ace *ace, struct cs_error *err)
{
    struct cs_str text = cs_ace_format(cs_call_arena(call), ace);
    struct cs_value number = cs_value_int((int64_t)index);
    struct cs_value kind = cs_value_text(sd_ace_kind(ace->type));
    if (ace->opaque)
        return CS_ROW(call, err, cs_value_text(part), number, kind, cs_value_null(),
                      cs_value_null(), cs_value_null(), cs_value_str(text));
    return CS_ROW(call, err, cs_value_text(part), number, kind,
                  cs_value_str(sd_sid_name(call, &ace->sid)), sid_value(call, &ace->sid),
                  cs_value_code(ace->mask), cs_value_str(text));
}

static cs_status show_acl(struct cs_call *call, const char *part, const struct cs_acl *acl,
                          struct cs_error *err)
{
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < acl->count; i++)
        status = show_ace(call, part, i, &acl->aces[i], err);
    return status;
}

/* A list that is not there says something too. */
static cs_status show_no_dacl(struct cs_call *call, const struct cs_sd *sd, struct cs_error *err)
{
    const char *text = cs_sd_dacl(sd) == CS_DACL_EMPTY ? "empty: nobody may anything"
                                                       : "no list: everybody may everything";
    return CS_ROW(call, err, cs_value_text("dacl"), cs_value_null(), cs_value_null(),
                  cs_value_null(), cs_value_null(), cs_value_null(), cs_value_text(text));
}

cs_status sd_show(struct cs_call *call, struct cs_error *err)
{
    struct cs_sd sd;
    if (sd_argument(call, "sd", &sd, err) != CS_OK)
        return err->status;
    cs_status status = CS_OK;
    if (sd.has_owner)
        status = show_sid(call, "owner", &sd.owner, err);
    if (status == CS_OK && sd.has_group)
        status = show_sid(call, "group", &sd.group, err);
    if (status == CS_OK)
        status = cs_sd_dacl(&sd) == CS_DACL_LIST ? show_acl(call, "dacl", sd.dacl, err)
                                                 : show_no_dacl(call, &sd, err);
    if (status == CS_OK && sd.sacl)
        status = show_acl(call, "sacl", sd.sacl, err);
    return status;
}
