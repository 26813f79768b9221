/*
 * edit.c - one step of a change, done to the lab (see enroll.c).
 *
 * Each kind of step does what its command does on Windows, through the lab's own functions, so
 * that what Windows refuses is refused here as well, and a what-if shows what would happen.
 */
#include "enroll.h"

static const struct cs_source by_command = {.origin = CS_ORIGIN_COMMAND};

typedef cs_status apply_fn(struct cs_lab *lab, struct cs_arena *arena,
                           const struct enroll_edit *edit, struct cs_error *err);

/* --------------------------------------------------------------- memberships */

static cs_status add_member(struct cs_lab *lab, struct cs_arena *arena,
                            const struct enroll_edit *edit, struct cs_error *err)
{
    (void)arena;
    return cs_member_add(lab, edit->id, edit->other, err);
}

static cs_status remove_member(struct cs_lab *lab, struct cs_arena *arena,
                               const struct enroll_edit *edit, struct cs_error *err)
{
    (void)arena;
    return cs_member_remove(lab, edit->id, edit->other, err);
}

/* ---------------------------------------------------------------- descriptors */

struct cs_str enroll_dcom_key(const struct enroll_edit *edit)
{
    bool application =
        edit->scope == CS_DCOM_LAUNCH_PERMISSION || edit->scope == CS_DCOM_ACCESS_PERMISSION;
    if (edit->policy)
        return CS_KEY_DCOM_POLICY;
    return application ? CS_KEY_CERTSRV_REQUEST : CS_KEY_OLE;
}

static cs_status default_dcom(struct cs_lab *lab, struct cs_arena *arena,
                              const struct enroll_edit *edit, struct cs_sd *sd,
                              struct cs_error *err)
{
    const struct cs_host *host = cs_host_get(lab, edit->id);
    const char *sddl = host ? cs_default_dcom(host->windows, edit->scope) : NULL;
    if (!sddl)
        return cs_fail(err, CS_STATE, "no default of %s is known", cs_dcom_scope_name(edit->scope));
    return cs_sddl_parse(arena, cs_str_of(sddl), NULL, sd, err);
}

/* The registry's own descriptor, whatever a policy says, and the default where it has none; or
 * the policy's. */
static cs_status old_dcom(struct cs_lab *lab, struct cs_arena *arena,
                          const struct enroll_edit *edit, struct cs_sd *sd, struct cs_error *err)
{
    struct cs_dcom_sd sds[2];
    size_t count = cs_dcom_sds(lab, arena, edit->id, edit->scope, sds);
    for (size_t i = 0; i < count; i++) {
        if ((sds[i].source[0] == 'p') != edit->policy)
            continue;
        if (!sds[i].known || sds[i].broken)
            return cs_fail(err, CS_STATE, "%s cannot be edited", cs_dcom_scope_name(edit->scope));
        *sd = sds[i].sd;
        return CS_OK;
    }
    return default_dcom(lab, arena, edit, sd, err);
}

/* Policies give their lists as text, the registry's own are bytes. */
static cs_status write_dcom(struct cs_lab *lab, struct cs_arena *arena,
                            const struct enroll_edit *edit, const struct cs_sd *sd,
                            struct cs_error *err)
{
    struct cs_str key = enroll_dcom_key(edit), data;
    struct cs_str name = cs_str_of(cs_dcom_scope_value(edit->scope));
    const struct cs_reg_value *old = cs_registry_get(lab, edit->id, key, name);
    if (old && old->type == CS_REG_SZ) {
        if (cs_sddl_format(arena, sd, NULL, &data, err) != CS_OK)
            return err->status;
        return cs_registry_set_text(lab, edit->id, key, name, data, err);
    }
    if (cs_sd_encode_registry(arena, sd, &data, err) != CS_OK)
        return err->status;
    return cs_registry_set(lab, edit->id, key, name, CS_REG_BINARY, data, by_command, err);
}

/* Old entries are written out in full first, as `dcom allow` does. */
static struct cs_sd widened(struct cs_arena *arena, const struct enroll_edit *edit,
                            const struct cs_sd *sd)
{
    bool launch = cs_dcom_scope_kind(edit->scope) == CS_SCOPE_IS_LAUNCH;
    return cs_com_widen(arena, sd, launch ? CS_COM_LAUNCH : CS_COM_ACCESS);
}

static cs_status allow_dcom(struct cs_lab *lab, struct cs_arena *arena,
                            const struct enroll_edit *edit, struct cs_error *err)
{
    struct cs_sd sd;
    bool changed;
    if (old_dcom(lab, arena, edit, &sd, err) != CS_OK)
        return err->status;
    sd = widened(arena, edit, &sd);
    sd = cs_sd_allow(arena, &sd, &edit->sid, edit->mask, &changed);
    if (!changed)
        return cs_fail(err, CS_STATE, "it is allowed already");
    return write_dcom(lab, arena, edit, &sd, err);
}

static cs_status revoke_dcom(struct cs_lab *lab, struct cs_arena *arena,
                             const struct enroll_edit *edit, struct cs_error *err)
{
    struct cs_sd sd;
    bool changed;
    if (old_dcom(lab, arena, edit, &sd, err) != CS_OK)
        return err->status;
    sd = widened(arena, edit, &sd);
    sd = cs_sd_revoke(arena, &sd, &edit->sid, 0, &changed);
    if (!changed)
        return cs_fail(err, CS_STATE, "no entry to take away");
    return write_dcom(lab, arena, edit, &sd, err);
}

static cs_status reset_dcom(struct cs_lab *lab, struct cs_arena *arena,
                            const struct enroll_edit *edit, struct cs_error *err)
{
    struct cs_sd sd;
    if (default_dcom(lab, arena, edit, &sd, err) != CS_OK)
        return err->status;
    return write_dcom(lab, arena, edit, &sd, err);
}

/* ------------------------------------------------------------------- registry */

static cs_status drop_value(struct cs_lab *lab, struct cs_arena *arena,
                            const struct enroll_edit *edit, struct cs_error *err)
{
    (void)arena;
    return cs_registry_remove(lab, edit->id, edit->key, edit->value, err);
}

static cs_status set_number(struct cs_lab *lab, struct cs_arena *arena,
                            const struct enroll_edit *edit, struct cs_error *err)
{
    (void)arena;
    return cs_registry_set_number(lab, edit->id, edit->key, edit->value, edit->mask, err);
}

static cs_status set_text(struct cs_lab *lab, struct cs_arena *arena,
                          const struct enroll_edit *edit, struct cs_error *err)
{
    (void)arena;
    return cs_registry_set_text(lab, edit->id, edit->key, edit->value, edit->text, err);
}

static cs_status clear_bits(struct cs_lab *lab, struct cs_arena *arena,
                            const struct enroll_edit *edit, struct cs_error *err)
{
    const struct cs_reg_value *value = cs_registry_get(lab, edit->id, edit->key, edit->value);
    uint32_t number;
    (void)arena;
    if (!value || !cs_reg_number(value, &number) || !(number & edit->mask))
        return cs_fail(err, CS_STATE, "the bits are clear already");
    return cs_registry_set_number(lab, edit->id, edit->key, edit->value, number & ~edit->mask, err);
}

/* ------------------------------------------------------------------- services */

static cs_status start(struct cs_lab *lab, struct cs_arena *arena, const struct enroll_edit *edit,
                       struct cs_error *err)
{
    (void)arena;
    return cs_service_start(lab, edit->id, err);
}

static cs_status bounce(struct cs_lab *lab, struct cs_arena *arena, const struct enroll_edit *edit,
                        struct cs_error *err)
{
    if (cs_service_stop(lab, edit->id, err) != CS_OK)
        return err->status;
    return start(lab, arena, edit, err);
}

static cs_status enable(struct cs_lab *lab, struct cs_arena *arena, const struct enroll_edit *edit,
                        struct cs_error *err)
{
    (void)arena;
    const struct cs_service *service = cs_service_get(lab, edit->id);
    if (!service)
        return cs_fail(err, CS_NOT_FOUND, "no such service");
    struct cs_service enabled = *service;
    enabled.start = CS_START_AUTO;
    return cs_service_put(lab, &enabled, NULL, err);
}

/* ---------------------------------------------------------------- user rights */

/* The holders of a right with or without one of them; false when nothing changes. */
static bool with_holder(struct cs_arena *arena, const struct cs_strs *old, struct cs_str sid,
                        bool wanted, struct cs_strs *new)
{
    struct cs_str *at = cs_arena_alloc(arena, (old->count + 1) * sizeof *at);
    size_t count = 0;
    bool there = false;
    for (size_t i = 0; i < old->count; i++) {
        bool same = cs_str_same(old->at[i], sid);
        there = there || same;
        if (!same || wanted)
            at[count++] = old->at[i];
    }
    if (wanted && !there)
        at[count++] = sid;
    *new = (struct cs_strs){at, count};
    return there != wanted;
}

static cs_status put_right(struct cs_lab *lab, struct cs_arena *arena,
                           const struct enroll_edit *edit, bool wanted, struct cs_error *err)
{
    const struct cs_right_grant *old = cs_right_find(lab, edit->id, edit->value);
    struct cs_right_grant grant = {.host = edit->id, .name = edit->value};
    struct cs_sid_text text;
    struct cs_str sid = cs_str_printf(arena, "%s", cs_sid_format(&edit->sid, &text));
    const struct cs_host *host = cs_host_get(lab, edit->id);
    if (!old && !(host && host->complete)) /* one more of a list nobody gave would make it one */
        return cs_fail(err, CS_STATE, "who holds the right is not known");
    if (old)
        grant = *old;
    grant.record.source = by_command;
    struct cs_strs before = grant.sids;
    if (!with_holder(arena, &before, sid, wanted, &grant.sids))
        return cs_fail(err, CS_STATE, "the right is so already");
    return cs_right_put(lab, &grant, NULL, err);
}

static cs_status grant_right(struct cs_lab *lab, struct cs_arena *arena,
                             const struct enroll_edit *edit, struct cs_error *err)
{
    return put_right(lab, arena, edit, true, err);
}

static cs_status take_right(struct cs_lab *lab, struct cs_arena *arena,
                            const struct enroll_edit *edit, struct cs_error *err)
{
    return put_right(lab, arena, edit, false, err);
}

/* -------------------------------------------------------------- publication */

static cs_status publish(struct cs_lab *lab, struct cs_arena *arena, const struct enroll_edit *edit,
                         struct cs_error *err)
{
    const struct cs_ca *ca = cs_ca_get(lab, edit->id);
    if (!ca || !ca->templates_known || cs_ca_publishes(ca, edit->value))
        return cs_fail(err, CS_STATE, "nothing to publish");
    struct cs_ca more = *ca;
    struct cs_str *names = cs_arena_alloc(arena, (ca->templates.count + 1) * sizeof *names);
    for (size_t i = 0; i < ca->templates.count; i++)
        names[i] = ca->templates.at[i];
    names[ca->templates.count] = edit->value;
    more.templates = (struct cs_strs){names, ca->templates.count + 1};
    return cs_ca_put(lab, &more, NULL, err);
}

/* --------------------------------------------------------------------- all */

static apply_fn *const appliers[] = {
    [EDIT_ADD_MEMBER] = add_member,
    [EDIT_REMOVE_MEMBER] = remove_member,
    [EDIT_ALLOW] = allow_dcom,
    [EDIT_REVOKE] = revoke_dcom,
    [EDIT_RESET] = reset_dcom,
    [EDIT_DROP_VALUE] = drop_value,
    [EDIT_SET_NUMBER] = set_number,
    [EDIT_CLEAR_BITS] = clear_bits,
    [EDIT_SET_TEXT] = set_text,
    [EDIT_START] = start,
    [EDIT_BOUNCE] = bounce,
    [EDIT_ENABLE] = enable,
    [EDIT_GRANT_RIGHT] = grant_right,
    [EDIT_TAKE_RIGHT] = take_right,
    [EDIT_PUBLISH] = publish,
    [EDIT_CA_ALLOW] = enroll_ca_edit,
    [EDIT_CA_REVOKE] = enroll_ca_edit,
    [EDIT_TEMPLATE_ALLOW] = enroll_template_edit,
    [EDIT_TEMPLATE_READ] = enroll_template_edit,
    [EDIT_TEMPLATE_REVOKE] = enroll_template_edit,
};

cs_status enroll_edit_apply(struct cs_lab *lab, struct cs_arena *arena,
                            const struct enroll_edit *edit, struct cs_error *err)
{
    return appliers[edit->kind](lab, arena, edit, err);
}
