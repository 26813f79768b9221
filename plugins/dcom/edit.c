/*
 * edit.c - allow, deny, revoke and reset, as the dialogs of dcomcnfg do them (see dcom.c).
 *
 * An edit is always written to the registry.  Where there is no value yet it starts from what
 * Windows would use: the default of its version, which is what dcomcnfg shows.
 */
#include <string.h>

#include "dcom.h"

struct edit {
    struct dcom_place place;
    const char *change; /* "allow" */
    cs_id principal;
    struct cs_sid sid;
    struct cs_str name;
    uint32_t mask;
    bool whole;           /* revoke everything */
    bool there;           /* the registry has a value now */
    bool shadowed;        /* a policy's descriptor counts instead */
    struct cs_sd old, sd; /* before and after */
};

/* ------------------------------------------------------------ where it starts */

static cs_status default_sd(struct edit *edit, struct cs_error *err)
{
    const struct dcom_place *place = &edit->place;
    const char *sddl = cs_default_dcom(place->record->windows, place->scope);
    if (sddl)
        return cs_sddl_parse(place->arena, cs_str_of(sddl), NULL, &edit->old, err);
    cs_fail(err, CS_UNKNOWN, "%s of %.*s has no value, and no default is known",
            cs_dcom_scope_name(place->scope), CS_STR_ARG(place->record->name));
    return cs_error_hint(err, "set it whole: reg add \"%.*s\" /v %.*s ...", CS_STR_ARG(place->key),
                         CS_STR_ARG(place->value));
}

static cs_status start_with(struct edit *edit, const struct cs_dcom_sd *sd, struct cs_error *err)
{
    const char *scope = cs_dcom_scope_name(edit->place.scope);
    if (!sd->known) {
        cs_fail(err, CS_UNKNOWN, "nobody gave %s of %.*s", scope,
                CS_STR_ARG(edit->place.record->name));
        return cs_error_hint(err, "import it (reg export %.*s), or --assume defaults",
                             CS_STR_ARG(edit->place.key));
    }
    if (sd->broken) {
        cs_fail(err, CS_STATE, "%s is no descriptor: %.*s", scope, CS_STR_ARG(sd->problem));
        return cs_error_hint(err, "begin anew: dcom reset %s", scope);
    }
    edit->old = sd->sd;
    return CS_OK;
}

/* The registry's own descriptor, whatever a policy says. */
static cs_status find_start(struct edit *edit, struct cs_error *err)
{
    struct cs_dcom_sd sds[2];
    size_t count = dcom_sds(&edit->place, sds);
    edit->there = cs_registry_get(edit->place.lab, edit->place.host, edit->place.key,
                                  edit->place.value) != NULL;
    for (size_t i = 0; i < count; i++)
        if (strcmp(sds[i].source, "policy") == 0)
            edit->shadowed = sds[i].effective;
        else
            return start_with(edit, &sds[i], err);
    return default_sd(edit, err);
}

static cs_status check_limits(const struct edit *edit, struct cs_error *err)
{
    if (!dcom_is_limit(edit->place.scope) || dcom_has_limits(&edit->place))
        return CS_OK;
    cs_fail(err, CS_STATE, "%s has no machine limits: they came with XP SP2 and 2003 SP1",
            cs_windows_info(edit->place.record->windows)->name);
    return cs_error_hint(err, "host upgrade %.*s --to 2003-sp1",
                         CS_STR_ARG(edit->place.record->name));
}

/* ------------------------------------------------------------------ the edit */

static bool has_old_format(const struct cs_sd *sd)
{
    for (size_t i = 0; sd->dacl && i < sd->dacl->count; i++)
        if (dcom_is_old(&sd->dacl->aces[i]))
            return true;
    return false;
}

static bool plain_of(const struct cs_ace *ace, const struct cs_sid *sid)
{
    return !ace->opaque && (ace->type == CS_ACE_ALLOW || ace->type == CS_ACE_DENY) &&
           cs_sid_equal(&ace->sid, sid);
}

static void apply(struct cs_call *call, struct edit *edit)
{
    struct dcom_place *place = &edit->place;
    struct cs_sd base = edit->old;
    enum cs_com_kind kind =
        cs_dcom_scope_kind(place->scope) == CS_SCOPE_IS_LAUNCH ? CS_COM_LAUNCH : CS_COM_ACCESS;
    if (dcom_has_limits(place) && has_old_format(&base)) {
        base = cs_com_widen(place->arena, &base, kind);
        cs_call_warn(call, "entries in the format from before SP1 (0x1) are written out in full: "
                           "the two formats must not be mixed");
    }
    if (strcmp(edit->change, "allow") == 0)
        edit->sd = cs_sd_allow(place->arena, &base, &edit->sid, edit->mask, NULL);
    else if (strcmp(edit->change, "deny") == 0)
        edit->sd = cs_sd_deny(place->arena, &base, &edit->sid, edit->mask, NULL);
    else
        edit->sd = cs_com_revoke(place->arena, &base, kind, &edit->sid,
                                 edit->whole ? 0 : edit->mask, NULL);
}

static cs_status read_rights(struct cs_call *call, struct edit *edit, struct cs_error *err)
{
    struct cs_str rights = cs_call_str(call, "rights");
    edit->whole = rights.length == 0;
    edit->mask = edit->place.all;
    if (rights.length && cs_rights_parse(edit->place.vocab, rights, &edit->mask, err) != CS_OK) {
        err->at = -1; /* an offset in one argument is none in the line */
        return err->status;
    }
    if (dcom_has_limits(&edit->place))
        return CS_OK;
    if (rights.length)
        cs_call_warn(call, "before SP1 there are no separate rights: the entry holds 0x1, all");
    edit->mask = CS_COM_EXECUTE;
    edit->whole = true;
    return CS_OK;
}

static cs_status read_edit(struct cs_call *call, struct edit *edit, struct cs_error *err)
{
    struct cs_principal who;
    if (dcom_place_given(call, &edit->place, err) != CS_OK)
        return err->status;
    edit->principal = cs_call_id(call, "principal");
    if (!cs_principal_get(edit->place.lab, edit->principal, &who))
        return cs_fail(err, CS_NOT_FOUND, "no such principal");
    edit->sid = who.sid;
    edit->name = cs_principal_name(edit->place.lab, edit->place.arena, edit->principal);
    if (read_rights(call, edit, err) != CS_OK || check_limits(edit, err) != CS_OK)
        return err->status;
    return find_start(edit, err);
}

/* ----------------------------------------------------------- write and answer */

static struct cs_value sddl_of(const struct edit *edit, const struct cs_sd *sd)
{
    struct cs_str text;
    struct cs_error ignored;
    if (!sd || cs_sddl_format(edit->place.arena, sd, NULL, &text, &ignored) != CS_OK)
        return cs_value_null();
    return cs_value_str(text);
}

static cs_status write_sd(struct edit *edit, struct cs_error *err)
{
    const struct dcom_place *place = &edit->place;
    struct cs_str bytes;
    if (cs_sd_encode_registry(place->arena, &edit->sd, &bytes, err) != CS_OK)
        return err->status;
    return cs_registry_set(place->lab, place->host, place->key, place->value, CS_REG_BINARY, bytes,
                           (struct cs_source){.origin = CS_ORIGIN_COMMAND}, err);
}

static cs_status answer(struct cs_call *call, const struct edit *edit, const struct cs_sd *before,
                        const struct cs_sd *after, struct cs_error *err)
{
    const struct dcom_place *place = &edit->place;
    const char *scope = cs_dcom_scope_name(place->scope);
    bool reset = !edit->name.length;
    struct cs_str rights = edit->whole && strcmp(edit->change, "revoke") == 0
                               ? CS_STR("all")
                               : cs_rights_short(place->arena, place->vocab, edit->mask);
    if (edit->shadowed)
        cs_call_warn(call, "a group policy shadows %s: the registry's value does not count", scope);
    if (cs_call_wants_words(call)) {
        struct cs_value now = sddl_of(edit, after);
        cs_call_say(call, "%s of %.*s: ", scope, CS_STR_ARG(place->record->name));
        cs_call_say(call, "%.*s\n",
                    CS_STR_ARG(now.kind == CS_TEXT ? now.text : CS_STR("no value any more")));
    }
    return CS_ROW(call, err, cs_value_str(place->record->name), cs_value_text(scope),
                  place->appid.length ? cs_value_str(place->appid) : cs_value_null(),
                  cs_value_text(edit->change), reset ? cs_value_null() : cs_value_str(edit->name),
                  reset ? cs_value_null() : cs_value_str(rights), sddl_of(edit, before),
                  sddl_of(edit, after), cs_value_bool(!edit->shadowed));
}

static bool has_entry(const struct edit *edit)
{
    const struct cs_acl *dacl = edit->old.dacl;
    for (size_t i = 0; dacl && i < dacl->count; i++)
        if (plain_of(&dacl->aces[i], &edit->sid))
            return true;
    return false;
}

cs_status dcom_edit(struct cs_call *call, struct cs_error *err)
{
    struct edit edit = {.change = cs_call_data(call)};
    if (read_edit(call, &edit, err) != CS_OK)
        return err->status;
    if (strcmp(edit.change, "revoke") == 0 && !has_entry(&edit)) {
        cs_call_warn(call, "%.*s has no entry in it", CS_STR_ARG(edit.name));
        return answer(call, &edit, &edit.old, &edit.old, err);
    }
    apply(call, &edit);
    if (write_sd(&edit, err) != CS_OK)
        return err->status;
    return answer(call, &edit, &edit.old, &edit.sd, err);
}

/* -------------------------------------------------------------------- reset */

/* No default is known for other programs, and 2003 has none for DefaultAccessPermission. */
static cs_status remove_value(struct edit *edit, struct cs_error *err)
{
    const struct dcom_place *place = &edit->place;
    if (!edit->there)
        return CS_OK;
    return cs_registry_remove(place->lab, place->host, place->key, place->value, err);
}

cs_status dcom_reset(struct cs_call *call, struct cs_error *err)
{
    struct edit edit = {.change = "reset"};
    struct dcom_place *place = &edit.place;
    struct cs_error ignored;
    if (dcom_place_given(call, place, err) != CS_OK || check_limits(&edit, err) != CS_OK)
        return err->status;
    bool known = find_start(&edit, &ignored) == CS_OK;
    bool other = place->appid.length && !cs_str_same(place->key, CS_KEY_CERTSRV_REQUEST);
    const char *sddl = other ? NULL : cs_default_dcom(place->record->windows, place->scope);
    const struct cs_sd *before = known && edit.there ? &edit.old : NULL;
    if (!sddl)
        return remove_value(&edit, err) == CS_OK ? answer(call, &edit, before, NULL, err)
                                                 : err->status;
    if (cs_sddl_parse(place->arena, cs_str_of(sddl), NULL, &edit.sd, err) != CS_OK ||
        write_sd(&edit, err) != CS_OK)
        return err->status;
    return answer(call, &edit, before, &edit.sd, err);
}
