/*
 * effect.c - what a step does, seen by doing it (see effect.h).
 *
 * The lab is looked at before the step and after it, at the one place that the step is about.
 * A start of certsvc may write more (KB 903220): the four lists, its group and the group's
 * members are looked at, too, so that the undo brings back what they were.
 */
#include <string.h>

#include "effect.h"

void enroll_effect_add(struct enroll_effects *effects, const struct enroll_effect *effect)
{
    effects->at = cs_arena_more(effects->arena, effects->at, effects->count, &effects->room,
                                sizeof *effects->at);
    effects->at[effects->count++] = *effect;
}

/* ---------------------------------------------------------------------- looking */

/* What a what-if leaves behind is gone with it: texts are copied. */
static void look_at_value(const struct enroll_case *one, const struct enroll_effect *effect,
                          struct effect_state *state)
{
    const struct cs_reg_value *value =
        cs_registry_get(one->lab, effect->host, effect->key, effect->name);
    *state = (struct effect_state){.there = value != NULL};
    if (!value)
        return;
    state->type = value->type;
    state->data = cs_str_copy(one->arena, value->data);
}

static void look_at_mode(const struct enroll_case *one, const struct enroll_effect *effect,
                         struct effect_state *state)
{
    const struct cs_service *service = cs_service_find(one->lab, effect->host, effect->name);
    state->there = service != NULL;
    state->type = service ? service->start : CS_START_DEMAND;
}

static void look_at_right(const struct enroll_case *one, const struct enroll_effect *effect,
                          struct effect_state *state)
{
    const struct cs_right_grant *grant = cs_right_find(one->lab, effect->host, effect->name);
    size_t count = grant ? grant->sids.count : 0;
    struct cs_str *sids = cs_arena_alloc(one->arena, (count + 1) * sizeof *sids);
    for (size_t i = 0; i < count; i++)
        sids[i] = cs_str_copy(one->arena, grant->sids.at[i]);
    *state = (struct effect_state){.there = grant != NULL, .sids = {sids, count}};
}

static void look_at_template(const struct enroll_case *one, const struct enroll_effect *effect,
                             struct effect_state *state)
{
    const struct cs_template *template_ = cs_template_get(one->lab, effect->id);
    *state = (struct effect_state){.there = template_ != NULL};
    if (template_)
        state->data = cs_str_copy(one->arena, template_->sd);
}

static void look(const struct enroll_case *one, const struct enroll_effect *effect,
                 struct effect_state *state)
{
    static void (*const looks[EFFECT_KINDS])(
        const struct enroll_case *, const struct enroll_effect *, struct effect_state *) = {
        [EFFECT_VALUE] = look_at_value,
        [EFFECT_MODE] = look_at_mode,
        [EFFECT_RIGHT] = look_at_right,
        [EFFECT_TEMPLATE] = look_at_template,
    };
    if (looks[effect->kind])
        looks[effect->kind](one, effect, state);
}

/* ------------------------------------------------------------- what a step is about */

static void name_service(const struct enroll_case *one, struct enroll_effect *effect)
{
    const struct cs_service *service = cs_service_get(one->lab, effect->id);
    if (!service)
        return;
    effect->host = service->host;
    effect->name = cs_str_fold(one->arena, service->name);
}

static void name_ca_value(const struct enroll_case *one, struct enroll_effect *effect)
{
    const struct cs_ca *ca = cs_ca_get(one->lab, effect->id);
    effect->host = ca ? ca->host : 0;
    effect->key = ca ? cs_ca_key(one->arena, ca) : CS_STR("");
    effect->name = CS_STR("Security");
}

/* What kind of effect a step has, and whether it takes away. */
static const struct {
    enum effect_kind kind;
    bool off;
} kinds[] = {
    [EDIT_ADD_MEMBER] = {EFFECT_MEMBER, false},
    [EDIT_REMOVE_MEMBER] = {EFFECT_MEMBER, true},
    [EDIT_ALLOW] = {EFFECT_VALUE, false},
    [EDIT_REVOKE] = {EFFECT_VALUE, false},
    [EDIT_RESET] = {EFFECT_VALUE, false},
    [EDIT_DROP_VALUE] = {EFFECT_VALUE, false},
    [EDIT_SET_NUMBER] = {EFFECT_VALUE, false},
    [EDIT_CLEAR_BITS] = {EFFECT_VALUE, false},
    [EDIT_SET_TEXT] = {EFFECT_VALUE, false},
    [EDIT_START] = {EFFECT_RUN, false},
    [EDIT_BOUNCE] = {EFFECT_BOUNCE, false},
    [EDIT_ENABLE] = {EFFECT_MODE, false},
    [EDIT_GRANT_RIGHT] = {EFFECT_RIGHT, false},
    [EDIT_TAKE_RIGHT] = {EFFECT_RIGHT, true},
    [EDIT_PUBLISH] = {EFFECT_PUBLISH, false},
    [EDIT_CA_ALLOW] = {EFFECT_VALUE, false},
    [EDIT_CA_REVOKE] = {EFFECT_VALUE, false},
    [EDIT_TEMPLATE_ALLOW] = {EFFECT_TEMPLATE, false},
    [EDIT_TEMPLATE_READ] = {EFFECT_TEMPLATE, false},
    [EDIT_TEMPLATE_REVOKE] = {EFFECT_TEMPLATE, false},
};

static struct enroll_effect about(const struct enroll_case *one, const struct enroll_edit *edit)
{
    struct enroll_effect effect = {.kind = kinds[edit->kind].kind,
                                   .on = !kinds[edit->kind].off,
                                   .id = edit->id,
                                   .other = edit->other,
                                   .host = edit->id,
                                   .name = cs_str_copy(one->arena, edit->value),
                                   .key = cs_str_copy(one->arena, edit->key),
                                   .sid = edit->sid};
    if (edit->kind == EDIT_ALLOW || edit->kind == EDIT_REVOKE || edit->kind == EDIT_RESET) {
        effect.key = enroll_dcom_key(edit);
        effect.name = cs_str_of(cs_dcom_scope_value(edit->scope));
    }
    if (edit->kind == EDIT_CA_ALLOW || edit->kind == EDIT_CA_REVOKE)
        name_ca_value(one, &effect);
    if (edit->kind == EDIT_START || edit->kind == EDIT_BOUNCE || edit->kind == EDIT_ENABLE)
        name_service(one, &effect);
    return effect;
}

/* -------------------------------------------------------- what certsvc does besides */

enum { SIDE_VALUES = 4, SIDE_MEMBERS = 64 };

struct side {
    cs_id host, group;
    struct enroll_effect values[SIDE_VALUES];
    cs_id members[SIDE_MEMBERS];
    size_t member_count;
};

static bool add_member(void *context, cs_id id)
{
    struct side *side = context;
    if (side->member_count < SIDE_MEMBERS)
        side->members[side->member_count++] = id;
    return side->member_count < SIDE_MEMBERS;
}

static bool had_member(const struct side *side, cs_id id)
{
    for (size_t i = 0; i < side->member_count; i++)
        if (side->members[i] == id)
            return true;
    return false;
}

static void look_aside(const struct enroll_case *one, cs_id host, struct side *side)
{
    static const enum cs_dcom_scope scopes[SIDE_VALUES] = {
        CS_DCOM_LAUNCH_LIMIT, CS_DCOM_ACCESS_LIMIT, CS_DCOM_LAUNCH_PERMISSION,
        CS_DCOM_ACCESS_PERMISSION};
    *side = (struct side){.host = host, .group = cs_certsvc_group(one->lab, host)};
    for (size_t i = 0; i < SIDE_VALUES; i++) {
        struct enroll_edit list = {.scope = scopes[i]};
        side->values[i] = (struct enroll_effect){.kind = EFFECT_VALUE,
                                                 .side = true,
                                                 .host = host,
                                                 .key = enroll_dcom_key(&list),
                                                 .name = cs_str_of(cs_dcom_scope_value(scopes[i]))};
        look(one, &side->values[i], &side->values[i].was);
    }
    if (side->group)
        cs_member_each(one->lab, side->group, CS_NOW, add_member, side);
}

static void note_group(const struct enroll_case *one, const struct side *was, const struct side *is,
                       struct enroll_effects *effects)
{
    struct enroll_effect group = {.kind = EFFECT_GROUP, .on = true, .side = true, .id = is->group};
    if (is->group && is->group != was->group) {
        enroll_effect_add(effects, &group);
        return;
    }
    for (size_t i = 0; i < is->member_count; i++) {
        struct enroll_effect member = {.kind = EFFECT_MEMBER,
                                       .on = true,
                                       .side = true,
                                       .id = is->group,
                                       .other = is->members[i]};
        if (!had_member(was, is->members[i]))
            enroll_effect_add(effects, &member);
    }
    (void)one;
}

static void note_aside(const struct enroll_case *one, const struct side *was,
                       struct enroll_effects *effects)
{
    struct side *is = cs_arena_alloc(one->arena, sizeof *is);
    look_aside(one, was->host, is);
    note_group(one, was, is, effects);
    for (size_t i = 0; i < SIDE_VALUES; i++) {
        struct enroll_effect value = was->values[i];
        value.is = is->values[i].was;
        if (value.was.there != value.is.there || !cs_str_equal(value.was.data, value.is.data))
            enroll_effect_add(effects, &value);
    }
}

/* ------------------------------------------------------------------------- doing */

bool enroll_effect_of(const struct enroll_case *one, const struct enroll_edit *edit,
                      struct enroll_effects *effects)
{
    struct enroll_effect effect = about(one, edit);
    bool starts = effect.kind == EFFECT_RUN || effect.kind == EFFECT_BOUNCE;
    struct side *side = cs_arena_alloc(one->arena, sizeof *side);
    struct cs_error ignored;
    look(one, &effect, &effect.was);
    if (starts)
        look_aside(one, effect.host, side);
    if (enroll_edit_apply(one->lab, one->arena, edit, &ignored) != CS_OK)
        return false;
    look(one, &effect, &effect.is);
    enroll_effect_add(effects, &effect);
    if (starts)
        note_aside(one, side, effects);
    return true;
}

static struct enroll_effect turned(const struct enroll_effect *effect)
{
    struct enroll_effect back = *effect;
    back.on = !effect->on;
    back.was = effect->is;
    back.is = effect->was;
    back.side = false;
    return back;
}

struct enroll_effects enroll_effects_undo(const struct enroll_effects *effects)
{
    struct enroll_effects undo = {.arena = effects->arena};
    for (int bounces = 0; bounces < 2; bounces++)
        for (size_t i = effects->count; i-- > 0;) {
            struct enroll_effect back = turned(&effects->at[i]);
            bool last = back.kind == EFFECT_BOUNCE || back.kind == EFFECT_RESTART ||
                        back.kind == EFFECT_PURGE || back.kind == EFFECT_RELOGON;
            if (last == (bounces == 1))
                enroll_effect_add(&undo, &back);
        }
    return undo;
}
