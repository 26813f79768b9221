/* toy.c - see toy.h. */
#include "toy.h"

static cs_status show(struct cs_call *call, struct cs_error *err)
{
    return CS_ROW(call, err, cs_value_str(cs_call_str(call, "what")),
                  cs_value_int(cs_call_int(call, "times")),
                  cs_value_bool(cs_call_flag(call, "loud")),
                  cs_value_bool(cs_call_given(call, "times")));
}

static cs_status many(struct cs_call *call, struct cs_error *err)
{
    struct cs_list list = cs_call_many(call, "item");
    return CS_ROW(call, err, cs_value_int((int64_t)list.count),
                  cs_value_list(cs_call_arena(call), list.at, list.count));
}

static cs_status raw(struct cs_call *call, struct cs_error *err)
{
    size_t count = 0;
    const struct cs_str *words = cs_call_words(call, &count);
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < count; i++)
        status = CS_ROW(call, err, cs_value_str(words[i]));
    return status;
}

/* Makes a domain of that name; fails afterwards when asked to. */
static cs_status write_(struct cs_call *call, struct cs_error *err)
{
    struct cs_domain domain = {.netbios = cs_call_str(call, "name")};
    domain.dns = cs_str_printf(cs_call_arena(call), "%.*s.example", CS_STR_ARG(domain.netbios));
    cs_id id = 0;
    cs_status status = cs_domain_put(cs_call_lab(call), &domain, &id, err);
    if (status == CS_OK)
        status = CS_ROW(call, err, cs_value_str(domain.netbios));
    if (status == CS_OK && cs_call_flag(call, "fail"))
        return cs_fail(err, CS_STATE, "asked to fail");
    return status;
}

static cs_status wrong(struct cs_call *call, struct cs_error *err)
{
    return CS_ROW(call, err, cs_value_text("no number"));
}

static cs_status verdict(struct cs_call *call, struct cs_error *err)
{
    (void)err;
    cs_call_exit_verdict(call, CS_UNKNOWN_VERDICT);
    cs_call_exit_verdict(call, CS_DENIED);
    cs_call_exit_verdict(call, CS_UNKNOWN_VERDICT);
    return CS_OK;
}

static const char *const colours[] = {"red", "green", NULL};
static const struct cs_type type_colour = {"colour", "string", "red or green", colours, NULL, NULL};

static const struct cs_command commands[] = {
    {.name = "toy show",
     .brief = "show an argument",
     .run = show,
     .params = CS_PARAMS({"what", &cs_type_text, "what to show"},
                         {"times", &cs_type_int, "how often", CS_OPTION, "1"},
                         {"colour", &type_colour, "in which colour", CS_OPTION},
                         {"loud", &cs_type_bool, "louder", CS_FLAG}),
     .result = CS_FIELDS({"what", &cs_type_text, "it"}, {"times", &cs_type_int, "n"},
                         {"loud", &cs_type_bool, "loud?"}, {"given", &cs_type_bool, "given?"}),
     .examples = CS_EXAMPLES({"toy show x", "what is x?"})},
    {.name = "toy maybe",
     .brief = "show an argument, so many times or not",
     .run = show,
     .params = CS_PARAMS({"what", &cs_type_text, "what to show"},
                         {"times", &cs_type_int, "how often", CS_OPTION | CS_OPTIONAL},
                         {"loud", &cs_type_bool, "louder", CS_FLAG}),
     .result = CS_FIELDS({"what", &cs_type_text, "it"}, {"times", &cs_type_int, "n"},
                         {"loud", &cs_type_bool, "loud?"}, {"given", &cs_type_bool, "given?"})},
    {.name = "toy many",
     .brief = "count things",
     .run = many,
     .params = CS_PARAMS({"item", &cs_type_text, "things", CS_OPTIONAL | CS_MANY}),
     .result = CS_FIELDS({"count", &cs_type_int, "n"}, {"items", &cs_type_list, "them"})},
    {.name = "toy -raw",
     .brief = "give the words back",
     .run = raw,
     .usage = "[/add WORD]",
     .flags = CS_COMMAND_RAW,
     .result = CS_FIELDS({"word", &cs_type_text, "it"})},
    {.name = "toy write",
     .brief = "make a domain",
     .run = write_,
     .flags = CS_COMMAND_WRITES,
     .params = CS_PARAMS({"name", &cs_type_text, "its name"},
                         {"fail", &cs_type_bool, "fail after it", CS_FLAG}),
     .result = CS_FIELDS({"name", &cs_type_text, "it"})},
    {.name = "toy wrong",
     .brief = "give a row that is not what was declared",
     .run = wrong,
     .result = CS_FIELDS({"number", &cs_type_int, "n"})},
    {.name = "toy verdict", .brief = "end with a verdict", .run = verdict},
    {.name = "toy",
     .brief = "the family itself",
     .run = raw,
     .flags = CS_COMMAND_RAW,
     .usage = "",
     .result = CS_FIELDS({"word", &cs_type_text, "it"})},
};

const struct cs_plugin toy_plugin = {
    CS_PLUGIN_HEAD,       .name = "toy",        .version = "1.0",
    .brief = "for tests", .commands = commands, .command_count = CS_COUNT(commands),
};

struct cs_shell *toy_shell(void)
{
    struct cs_error err;
    struct cs_shell *shell = cs_shell_new();
    cs_bug_if(cs_shell_add_plugin(shell, &toy_plugin, "toy.c", &err) != CS_OK);
    return shell;
}
