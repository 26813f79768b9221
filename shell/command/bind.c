/*
 * bind.c - the words after a command's name become its typed arguments.
 *
 * Options are --name VALUE or --name=VALUE, flags --name, in any place; "--" ends them.  An
 * option whose value may be left out takes the next word only if its type does.  What
 * does not fit is CS_USAGE with the command's usage line as the cure; a value its type does
 * not take is that type's own error, with the place inside the value.  Room: command.
 */
#include "shell_internal.h"

#include <stdio.h>
#include <string.h>

struct binding {
    struct cs_shell *shell;
    struct cs_arena *arena;
    const struct cs_command *command;
    struct cs_str line;
    struct csi_bound *bound;
    struct cs_list_maker *many; /* one a parameter; used by CS_MANY ones */
    size_t next;                /* the positional that comes next */
};

static bool is_option(const struct cs_param *param)
{
    return (param->flags & (CS_OPTION | CS_FLAG)) != 0;
}

/* ------------------------------------------------------------------- errors */

static cs_status with_usage(const struct binding *binding, struct cs_error *err)
{
    struct cs_str usage = cs_help_usage(binding->arena, binding->command);
    csi_shell_set_error_text(binding->shell, binding->line);
    return cs_error_hint(err, "usage: %.*s", CS_STR_ARG(usage));
}

static cs_status unknown_option(const struct binding *binding, const struct csi_word *word,
                                struct cs_str name, struct cs_error *err)
{
    const struct cs_params *params = &binding->command->params;
    const char *names[64];
    size_t count = 0;
    for (size_t i = 0; i < params->count && count < CS_COUNT(names); i++)
        if (is_option(&params->at[i]))
            names[count++] = params->at[i].name;
    const char *near = csi_nearest(name, names, count);
    cs_fail_at(err, CS_USAGE, word->at, "no such option '%.*s' of '%s'%s%s%s",
               CS_STR_ARG(word->text), binding->command->name, near ? "; did you mean '--" : "",
               near ? near : "", near ? "'" : "");
    return with_usage(binding, err);
}

/* -------------------------------------------------------------------- values */

static cs_status bad_choice(const struct cs_param *param, struct cs_str text, struct cs_error *err)
{
    char list[180] = "";
    for (size_t i = 0; param->type->choices[i]; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", param->type->choices[i]);
    }
    bool named = strcmp(param->type->name, "choice") != 0;
    cs_fail(err, CS_INVALID, "'%.*s' is no %s", CS_STR_ARG(text),
            named ? param->type->name : param->name);
    return cs_error_hint(err, "one of %s", list);
}

static cs_status choose(const struct cs_param *param, struct cs_str text, struct cs_value *value,
                        struct cs_error *err)
{
    for (size_t i = 0; param->type->choices[i]; i++)
        if (cs_str_same(cs_str_of(param->type->choices[i]), text)) {
            *value = cs_value_text(param->type->choices[i]);
            return CS_OK;
        }
    return bad_choice(param, text, err);
}

static cs_status parse(const struct binding *binding, const struct cs_param *param,
                       struct cs_str text, struct cs_value *value, struct cs_error *err)
{
    cs_status status = CS_OK;
    if (param->type->parse)
        status = param->type->parse(binding->shell, binding->arena, text, value, err);
    else if (param->type->choices)
        status = choose(param, text, value, err);
    else
        *value = cs_value_str(cs_str_copy(binding->arena, text));
    if (status == CS_OK)
        return CS_OK;
    csi_shell_set_error_text(binding->shell, text);
    return err->where[0] ? status : cs_error_where(err, "argument '%s'", param->name);
}

static cs_status given_twice(const struct binding *binding, const struct csi_word *word,
                             const struct cs_param *param, struct cs_error *err)
{
    cs_fail_at(err, CS_USAGE, word->at, "'--%s' is given twice", param->name);
    return with_usage(binding, err);
}

static cs_status give(struct binding *binding, size_t index, const struct csi_word *word,
                      struct cs_str text, struct cs_error *err)
{
    const struct cs_param *param = &binding->command->params.at[index];
    bool many = (param->flags & CS_MANY) != 0;
    if (binding->bound->given[index] && !many)
        return given_twice(binding, word, param, err);
    struct cs_value value = cs_value_bool(true);
    cs_status status = param->flags & CS_FLAG ? CS_OK : parse(binding, param, text, &value, err);
    if (status != CS_OK)
        return status;
    if (many)
        cs_list_add(&binding->many[index], value);
    binding->bound->values[index] = many ? cs_list_value(&binding->many[index]) : value;
    binding->bound->given[index] = true;
    return CS_OK;
}

/* ------------------------------------------------------------------- options */

static bool find_option(const struct cs_command *command, struct cs_str name, size_t *index)
{
    for (*index = 0; *index < command->params.count; ++*index) {
        const struct cs_param *param = &command->params.at[*index];
        if (is_option(param) && cs_str_same(cs_str_of(param->name), name))
            return true;
    }
    return false;
}

/* An option begins with '-' and a letter: numbers may be negative, and "-" is a word.  One
 * dash is enough, since a pasted "–host" has lost the other. */
static bool looks_like_option(const struct csi_word *word)
{
    struct cs_str text = word->text;
    if (text.length < 2 || text.at[0] != '-')
        return false;
    char c = text.at[1] == '-' && text.length > 2 ? text.at[2] : text.at[1];
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The words of a command's name may begin with a dash: "help certutil -setreg". */
static bool names_a_command(const struct cs_command *command)
{
    return command->params.count && command->params.at[0].type == &cs_type_command;
}

static cs_status lacks_value(const struct binding *binding, const struct csi_word *word,
                             const struct cs_param *param, struct cs_error *err)
{
    cs_fail_at(err, CS_USAGE, word->at, "'--%s' needs a value: %s", param->name, param->help);
    return with_usage(binding, err);
}

/* A value that may be left out is the next word only where that is one of its type. */
static bool has_value(const struct binding *binding, const struct cs_param *param,
                      const struct csi_word *words, size_t count)
{
    struct cs_value ignored;
    struct cs_error problem;
    if (count < 2 || (looks_like_option(&words[1]) && !words[1].quoted))
        return false;
    return !(param->flags & CS_OPTIONAL) || !param->type->parse ||
           param->type->parse(binding->shell, binding->arena, words[1].text, &ignored, &problem) ==
               CS_OK;
}

/* Bind the option in words[0]; `took` is how many words it was. */
static cs_status option(struct binding *binding, const struct csi_word *words, size_t count,
                        size_t *took, struct cs_error *err)
{
    struct cs_str name = cs_str_from(words->text, words->text.at[1] == '-' ? 2 : 1);
    ptrdiff_t equals = cs_str_find(name, '=');
    struct cs_str value = equals < 0 ? CS_STR("") : cs_str_from(name, (size_t)equals + 1);
    name = equals < 0 ? name : cs_str_span(name.at, (size_t)equals);
    size_t index;
    if (!find_option(binding->command, name, &index))
        return unknown_option(binding, words, name, err);
    const struct cs_param *param = &binding->command->params.at[index];
    *took = 1;
    if (param->flags & CS_FLAG && equals >= 0) {
        cs_fail_at(err, CS_USAGE, words->at, "'--%s' takes no value", param->name);
        return with_usage(binding, err);
    }
    if (param->flags & CS_FLAG || equals >= 0)
        return give(binding, index, words, value, err);
    if (!has_value(binding, param, words, count)) {
        if (!(param->flags & CS_OPTIONAL))
            return lacks_value(binding, words, param, err);
        if (binding->bound->given[index])
            return given_twice(binding, words, param, err);
        binding->bound->given[index] = true;
        return CS_OK;
    }
    *took = 2;
    return give(binding, index, words, words[1].text, err);
}

/* ---------------------------------------------------------------- positionals */

static cs_status positional(struct binding *binding, const struct csi_word *word,
                            struct cs_error *err)
{
    const struct cs_params *params = &binding->command->params;
    while (binding->next < params->count && is_option(&params->at[binding->next]))
        binding->next++;
    if (binding->next == params->count) {
        cs_fail_at(err, CS_USAGE, word->at, "'%.*s' is more than '%s' takes",
                   CS_STR_ARG(word->text), binding->command->name);
        return with_usage(binding, err);
    }
    size_t index = binding->next;
    binding->next += !(params->at[index].flags & CS_MANY);
    return give(binding, index, word, word->text, err);
}

static cs_status missing(const struct binding *binding, const struct cs_param *param,
                         struct cs_error *err)
{
    cs_fail_at(err, CS_USAGE, binding->line.length, "'%s' needs its %s (%s)",
               binding->command->name, param->name, param->help);
    return with_usage(binding, err);
}

/* What was not given: the fallback, an empty list, or a complaint. */
static cs_status fill(struct binding *binding, size_t index, struct cs_error *err)
{
    const struct cs_param *param = &binding->command->params.at[index];
    if (param->fallback)
        return parse(binding, param, cs_str_of(param->fallback), &binding->bound->values[index],
                     err);
    if (!(param->flags & (CS_OPTION | CS_FLAG | CS_OPTIONAL)))
        return missing(binding, param, err);
    if (param->flags & CS_FLAG)
        binding->bound->values[index] = cs_value_bool(false);
    if (param->flags & CS_MANY)
        binding->bound->values[index] = cs_value_list(binding->arena, NULL, 0);
    return CS_OK;
}

cs_status csi_bind(struct cs_shell *shell, struct cs_arena *arena, const struct cs_command *command,
                   struct cs_str line, const struct csi_word *words, size_t count,
                   struct csi_bound *bound, struct cs_error *err)
{
    size_t params = command->params.count;
    struct binding binding = {shell, arena, command, line, bound, NULL, 0};
    bound->values = cs_arena_alloc(arena, params * sizeof *bound->values);
    bound->given = cs_arena_alloc(arena, params * sizeof *bound->given);
    binding.many = cs_arena_alloc(arena, params * sizeof *binding.many);
    for (size_t i = 0; i < params; i++)
        binding.many[i].arena = arena;
    cs_status status = CS_OK;
    bool options = true;
    for (size_t i = 0, took = 1; status == CS_OK && i < count; i += took, took = 1) {
        if (options && !words[i].quoted && cs_str_is(words[i].text, "--"))
            options = false;
        else if (options && looks_like_option(&words[i]) && !names_a_command(command))
            status = option(&binding, &words[i], count - i, &took, err);
        else
            status = positional(&binding, &words[i], err);
    }
    for (size_t i = 0; status == CS_OK && i < params; i++)
        if (!bound->given[i])
            status = fill(&binding, i, err);
    return status;
}
