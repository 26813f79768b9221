/* schema.c - JSON Schema of arguments and rows, from declarations alone.  Room: command. */
#include "shell_internal.h"

#include <string.h>

/* Members of an object in the making; a schema object never has more than MOST of its own. */
enum { MOST = 64 };
struct maker {
    struct cs_arena *arena;
    struct cs_member at[MOST];
    size_t count;
};

static void put(struct maker *maker, const char *name, struct cs_value value)
{
    if (maker->count < MOST)
        maker->at[maker->count++] = (struct cs_member){cs_str_of(name), value};
}

static struct cs_value made(const struct maker *maker)
{
    return cs_value_object(maker->arena, maker->at, maker->count);
}

static struct cs_value choices_of(struct cs_arena *arena, const struct cs_type *type)
{
    struct cs_list_maker list = {.arena = arena};
    for (size_t i = 0; type->choices[i]; i++)
        cs_list_add(&list, cs_value_text(type->choices[i]));
    return cs_list_value(&list);
}

/* --------------------------------------------------------------- arguments */

static struct cs_value one_argument(struct cs_arena *arena, const struct cs_param *param)
{
    struct maker maker = {.arena = arena};
    bool flag = (param->flags & CS_FLAG) != 0;
    put(&maker, "type", cs_value_text(flag ? "boolean" : param->type->json));
    put(&maker, "description", cs_value_text(param->help));
    if (!flag)
        put(&maker, "x-type", cs_value_text(param->type->name));
    if (!flag && param->type->choices && param->type != &cs_type_bool)
        put(&maker, "enum", choices_of(arena, param->type));
    if (param->fallback)
        put(&maker, "default", cs_value_text(param->fallback));
    return made(&maker);
}

static struct cs_value argument(struct cs_arena *arena, const struct cs_param *param)
{
    struct cs_value one = one_argument(arena, param);
    if (!(param->flags & CS_MANY))
        return one;
    struct maker maker = {.arena = arena};
    put(&maker, "type", cs_value_text("array"));
    put(&maker, "items", one);
    return made(&maker);
}

static struct cs_value arguments(struct cs_arena *arena, const struct cs_params *params)
{
    struct maker maker = {.arena = arena}, properties = {.arena = arena};
    struct cs_list_maker required = {.arena = arena};
    for (size_t i = 0; i < params->count; i++) {
        const struct cs_param *param = &params->at[i];
        put(&properties, param->name, argument(arena, param));
        if (!(param->flags & (CS_OPTION | CS_FLAG | CS_OPTIONAL)) && !param->fallback)
            cs_list_add(&required, cs_value_text(param->name));
    }
    put(&maker, "type", cs_value_text("object"));
    put(&maker, "properties", made(&properties));
    put(&maker, "required", cs_list_value(&required));
    put(&maker, "additionalProperties", cs_value_bool(false));
    return made(&maker);
}

/* -------------------------------------------------------------------- rows */

/* Any field may be null: that is how an absent value is said. */
static struct cs_value field(struct cs_arena *arena, const struct cs_field *field_)
{
    struct maker maker = {.arena = arena};
    struct cs_value types[] = {cs_value_text(field_->type->json), cs_value_text("null")};
    put(&maker, "type", cs_value_list(arena, types, 2));
    put(&maker, "description", cs_value_text(field_->help));
    put(&maker, "x-type", cs_value_text(field_->type->name));
    return made(&maker);
}

static struct cs_value row(struct cs_arena *arena, const struct cs_fields *fields)
{
    struct maker maker = {.arena = arena}, properties = {.arena = arena};
    struct cs_list_maker required = {.arena = arena};
    for (size_t i = 0; i < fields->count; i++) {
        put(&properties, fields->at[i].name, field(arena, &fields->at[i]));
        cs_list_add(&required, cs_value_text(fields->at[i].name));
    }
    put(&maker, "type", cs_value_text("object"));
    put(&maker, "properties", made(&properties));
    put(&maker, "required", cs_list_value(&required));
    put(&maker, "additionalProperties", cs_value_bool(false));
    return made(&maker);
}

static struct cs_value rows(struct cs_arena *arena, const struct cs_fields *fields)
{
    struct maker maker = {.arena = arena};
    put(&maker, "type", cs_value_text("array"));
    put(&maker, "items", row(arena, fields));
    return made(&maker);
}

static void put_command(struct maker *maker, const struct cs_command *command)
{
    put(maker, "command", cs_value_text(command->name));
    put(maker, "brief", cs_value_text(command->brief));
    put(maker, "usage", cs_value_str(cs_help_usage(maker->arena, command)));
    put(maker, "writes", cs_value_bool((command->flags & CS_COMMAND_WRITES) != 0));
    put(maker, "arguments", arguments(maker->arena, &command->params));
    put(maker, "rows", rows(maker->arena, &command->result));
}

struct cs_value cs_schema_command(struct cs_arena *arena, const struct cs_command *command)
{
    struct maker maker = {.arena = arena};
    put_command(&maker, command);
    return made(&maker);
}

/* --------------------------------------------------------------------- all */

static struct cs_value with_owner(struct cs_shell *shell, struct cs_arena *arena,
                                  const struct cs_command *command)
{
    struct maker maker = {.arena = arena};
    const struct csi_plugin_entry *owner = csi_registry_owner(shell, command);
    put_command(&maker, command);
    put(&maker, "plugin", cs_value_text(owner ? owner->name : NULL));
    put(&maker, "version", cs_value_text(owner ? owner->version : NULL));
    return made(&maker);
}

/* Names first, because loading a plugin moves the entries. */
static const char **names_of(struct cs_shell *shell, struct cs_arena *arena, size_t *count)
{
    const struct csi_command_entry **sorted = csi_registry_sorted(shell, arena);
    const char **names = cs_arena_alloc(arena, (shell->command_count + 1) * sizeof *names);
    *count = shell->command_count;
    for (size_t i = 0; i < *count; i++)
        names[i] = sorted[i]->entry.name;
    return names;
}

struct cs_value csi_schema_all(struct cs_shell *shell, struct cs_arena *arena, struct cs_error *err)
{
    size_t count;
    const char **names = names_of(shell, arena, &count);
    struct cs_list_maker list = {.arena = arena};
    for (size_t i = 0; i < count; i++) {
        const struct cs_command *command = cs_shell_command(shell, cs_str_of(names[i]));
        if (command)
            cs_list_add(&list, with_owner(shell, arena, command));
        else
            cs_fail(err, CS_ABI, "command '%s' cannot be loaded", names[i]);
    }
    struct maker maker = {.arena = arena};
    put(&maker, "program", cs_value_text("certsh"));
    put(&maker, "version", cs_value_text(cs_version()));
    put(&maker, "commands", cs_list_value(&list));
    return made(&maker);
}
