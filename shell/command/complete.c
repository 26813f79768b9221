/*
 * complete.c - what could stand at the cursor of a command line.  Pure: it knows declarations
 * and types, nothing of terminals.  An offer is the whole word as it would be typed, quoted
 * where it has blanks.  Room: command.
 */
#include "shell_internal.h"

#include <string.h>

struct completion {
    struct cs_shell *shell;
    struct cs_arena *arena;
    struct cs_str line;   /* up to the cursor */
    struct cs_str word;   /* what is typed of the word, without quotes */
    struct cs_str before; /* kept in front of every offer: "--ca=", "+" */
    cs_offer_fn *offer;
    void *context;
};

/* ------------------------------------------------------------------ offering */

static bool needs_quotes(struct cs_str word)
{
    return cs_str_find(word, ' ') >= 0 || !word.length;
}

static struct cs_str quoted(struct cs_arena *arena, struct cs_str word)
{
    struct cs_buf buf;
    cs_buf_init(&buf, word.length * 2 + 8);
    cs_buf_addc(&buf, '"');
    for (size_t i = 0; i < word.length; i++) {
        if (word.at[i] == '"')
            cs_buf_addc(&buf, '"');
        cs_buf_addc(&buf, word.at[i]);
    }
    cs_buf_addc(&buf, '"');
    struct cs_str text = cs_str_copy(arena, cs_buf_str(&buf));
    cs_buf_clear(&buf);
    return text;
}

static void offer_value(void *context, struct cs_str word, const char *brief)
{
    struct completion *completion = context;
    struct cs_str text = needs_quotes(word) ? quoted(completion->arena, word) : word;
    text = cs_str_printf(completion->arena, "%.*s%.*s", CS_STR_ARG(completion->before),
                         CS_STR_ARG(text));
    completion->offer(completion->context, text, brief);
}

static void offer_type(struct completion *completion, const struct cs_type *type)
{
    if (type->complete) {
        type->complete(completion->shell, completion->word, offer_value, completion);
        return;
    }
    for (size_t i = 0; type->choices && type->choices[i]; i++)
        if (cs_str_same_start(cs_str_of(type->choices[i]), completion->word))
            offer_value(completion, cs_str_of(type->choices[i]), NULL);
}

/* ------------------------------------------------------------ words of names */

struct name_offer {
    struct completion *completion;
    struct cs_str typed; /* the whole words so far, with a blank after each */
    struct cs_str last;  /* the word offered last; names come sorted */
};

/* Offer the next word of a command whose name begins with what is typed. */
static bool offer_name(void *context, const struct cs_command_entry *entry)
{
    struct name_offer *names = context;
    struct cs_str name = cs_str_of(entry->name);
    if (!cs_str_same_start(name, names->typed))
        return true;
    struct cs_str rest = cs_str_from(name, names->typed.length);
    ptrdiff_t blank = cs_str_find(rest, ' ');
    struct cs_str word = blank < 0 ? rest : cs_str_span(rest.at, (size_t)blank);
    struct completion *completion = names->completion;
    if (!cs_str_same_start(word, completion->word) || cs_str_same(word, names->last))
        return true;
    names->last = word;
    completion->offer(completion->context, word, blank < 0 ? entry->brief : NULL);
    return true;
}

static void offer_names(struct completion *completion, const struct csi_word *words, size_t count)
{
    struct cs_buf typed;
    cs_buf_init(&typed, 1 << 12);
    for (size_t i = 0; i < count; i++)
        cs_buf_addf(&typed, "%.*s ", CS_STR_ARG(words[i].text));
    struct name_offer names = {completion, cs_buf_str(&typed), {0}};
    cs_shell_each_command(completion->shell, offer_name, &names);
    cs_buf_clear(&typed);
}

/* ----------------------------------------------------------------- arguments */

static const struct cs_param *option_named(const struct cs_command *command, struct cs_str word)
{
    for (size_t i = 0; i < command->params.count; i++) {
        const struct cs_param *param = &command->params.at[i];
        if (param->flags & (CS_OPTION | CS_FLAG) && cs_str_starts(word, CS_STR("--")) &&
            cs_str_same(cs_str_from(word, 2), cs_str_of(param->name)))
            return param;
    }
    return NULL;
}

static bool already_given(const struct csi_word *words, size_t count, struct cs_str option)
{
    for (size_t i = 0; i < count; i++)
        if (cs_str_same(words[i].text, option))
            return true;
    return false;
}

static void offer_options(struct completion *completion, const struct cs_command *command,
                          const struct csi_word *words, size_t count)
{
    for (size_t i = 0; i < command->params.count; i++) {
        const struct cs_param *param = &command->params.at[i];
        if (!(param->flags & (CS_OPTION | CS_FLAG)))
            continue;
        struct cs_str option = cs_str_printf(completion->arena, "--%s", param->name);
        if (cs_str_same_start(option, completion->word) &&
            (param->flags & CS_MANY || !already_given(words, count, option)))
            completion->offer(completion->context, option, param->help);
    }
}

/* The positional parameter that comes after these words; NULL when there is none left. */
static const struct cs_param *next_positional(const struct cs_command *command,
                                              const struct csi_word *words, size_t count)
{
    size_t gone = 0;
    for (size_t i = 0; i < count; i++) {
        const struct cs_param *option = option_named(command, words[i].text);
        if (option && option->flags & CS_OPTION)
            i++;
        else if (!option && !cs_str_starts(words[i].text, CS_STR("--")))
            gone++;
    }
    for (size_t i = 0; i < command->params.count; i++) {
        const struct cs_param *param = &command->params.at[i];
        if (param->flags & (CS_OPTION | CS_FLAG))
            continue;
        if (gone == 0 || param->flags & CS_MANY)
            return param;
        gone--;
    }
    return NULL;
}

/* "--ca=CO": what is before the '=' stays, the value is completed. */
static bool offer_after_equals(struct completion *completion, const struct cs_command *command)
{
    ptrdiff_t equals = cs_str_find(completion->word, '=');
    if (equals < 0 || !cs_str_starts(completion->word, CS_STR("--")))
        return false;
    const struct cs_param *option =
        option_named(command, cs_str_span(completion->word.at, (size_t)equals));
    if (!option)
        return false;
    completion->before = cs_str_span(completion->word.at, (size_t)equals + 1);
    completion->word = cs_str_from(completion->word, (size_t)equals + 1);
    offer_type(completion, option->type);
    return true;
}

/* Flags of certutil's registry values, after their name: "+SETUP_DCOM_...". */
static bool offer_flags(struct completion *completion, struct cs_str before)
{
    static const struct {
        const char *value;
        const struct cs_flag *(*flags)(size_t *count);
    } values[] = {{"SetupStatus", cs_setup_flags}, {"InterfaceFlags", cs_interface_flags}};
    for (size_t i = 0; i < CS_COUNT(values); i++) {
        struct cs_str value = cs_str_of(values[i].value);
        if (before.length < value.length ||
            !cs_str_same(cs_str_from(before, before.length - value.length), value))
            continue;
        bool sign = completion->word.length &&
                    (completion->word.at[0] == '+' || completion->word.at[0] == '-');
        completion->before = cs_str_span(completion->word.at, sign);
        completion->word = cs_str_from(completion->word, sign);
        size_t count = 0;
        const struct cs_flag *flags = values[i].flags(&count);
        for (size_t k = 0; k < count; k++)
            if (cs_str_same_start(cs_str_of(flags[k].name), completion->word))
                offer_value(completion, cs_str_of(flags[k].name), NULL);
        return true;
    }
    return false;
}

static void offer_arguments(struct completion *completion, const struct cs_command *command,
                            const struct csi_word *words, size_t count)
{
    struct cs_str before = count ? words[count - 1].text : CS_STR("");
    const struct cs_param *option = option_named(command, before);
    if (offer_flags(completion, before) || offer_after_equals(completion, command))
        return;
    if (option && option->flags & CS_OPTION) {
        offer_type(completion, option->type);
        return;
    }
    if (cs_str_starts(completion->word, CS_STR("-"))) {
        offer_options(completion, command, words, count);
        return;
    }
    const struct cs_param *param = next_positional(command, words, count);
    if (param)
        offer_type(completion, param->type);
    if (!completion->word.length && (!param || param->flags & CS_OPTIONAL))
        offer_options(completion, command, words, count);
}

/* --------------------------------------------------------------------- whole */

/* `help` and its like take a command's name as several words. */
static bool takes_command(const struct cs_command *command)
{
    return command->params.count && command->params.at[0].type == &cs_type_command;
}

static void offer_topics(struct completion *completion)
{
    for (const struct csi_topic *topic = csi_topics; topic->name; topic++)
        if (cs_str_same_start(cs_str_of(topic->name), completion->word))
            completion->offer(completion->context, cs_str_of(topic->name), topic->brief);
}

static size_t words_of(const char *name)
{
    size_t count = 1;
    for (; *name; name++)
        count += *name == ' ';
    return count;
}

static void offer_all(struct completion *completion, const struct csi_word *words, size_t count)
{
    const struct cs_command *command = NULL;
    struct cs_error ignored;
    struct cs_str rest;
    struct cs_str typed = cs_str_span(completion->line.at, count ? words[count - 1].end : 0);
    if (cs_shell_find(completion->shell, typed, &command, &rest, &ignored) != CS_OK || !command) {
        offer_names(completion, words, count);
        return;
    }
    size_t name = words_of(command->name);
    if (takes_command(command)) {
        offer_names(completion, words + name, count - name);
        if (count == name)
            offer_topics(completion);
        return;
    }
    offer_names(completion, words, count); /* "net" may be one, and "net stop" another */
    offer_arguments(completion, command, words + name, count - name);
}

void cs_shell_complete(struct cs_shell *shell, struct cs_str line, size_t cursor, size_t *start,
                       cs_offer_fn *offer, void *context)
{
    struct cs_error ignored;
    struct csi_word *words = NULL;
    size_t count = 0;
    struct completion completion = {.shell = shell, .offer = offer, .context = context};
    completion.arena = cs_arena_new();
    completion.line = cs_str_span(line.at, cursor < line.length ? cursor : line.length);
    *start = completion.line.length;
    if (csi_words_split(completion.arena, completion.line, true, &words, &count, &ignored) ==
        CS_OK) {
        bool in_word = count && words[count - 1].end == completion.line.length;
        if (in_word) {
            *start = words[count - 1].at;
            completion.word = words[count - 1].text;
            count--;
        }
        offer_all(&completion, words, count);
    }
    cs_arena_free(completion.arena);
}
