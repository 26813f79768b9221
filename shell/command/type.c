/* type.c - types of parameters and fields that need no lab (see command.h).  Room: command. */
#define _POSIX_C_SOURCE 200809L
#include "shell_internal.h"

#include <dirent.h>
#include <sys/stat.h>

static cs_status parse_int(struct cs_shell *shell, struct cs_arena *arena, struct cs_str text,
                           struct cs_value *out, struct cs_error *err)
{
    (void)shell, (void)arena;
    int64_t integer;
    if (!cs_str_integer(text, &integer))
        return cs_fail(err, CS_INVALID, "'%.*s' is no whole number", CS_STR_ARG(text));
    *out = cs_value_int(integer);
    return CS_OK;
}

static cs_status parse_bool(struct cs_shell *shell, struct cs_arena *arena, struct cs_str text,
                            struct cs_value *out, struct cs_error *err)
{
    (void)shell, (void)arena;
    static const char *const words[][2] = {
        {"no", "yes"}, {"false", "true"}, {"off", "on"}, {"0", "1"}, {"N", "Y"}};
    for (size_t i = 0; i < CS_COUNT(words); i++)
        for (int truth = 0; truth < 2; truth++)
            if (cs_str_same(text, cs_str_of(words[i][truth]))) {
                *out = cs_value_bool(truth == 1);
                return CS_OK;
            }
    return cs_fail(err, CS_INVALID, "'%.*s' is neither yes nor no", CS_STR_ARG(text));
}

static cs_status parse_code(struct cs_shell *shell, struct cs_arena *arena, struct cs_str text,
                            struct cs_value *out, struct cs_error *err)
{
    (void)shell, (void)arena;
    uint64_t code;
    if (!cs_str_number(text, UINT32_MAX, &code))
        return cs_fail(err, CS_INVALID, "'%.*s' is no code like 0x80070005", CS_STR_ARG(text));
    *out = cs_value_code((uint32_t)code);
    return CS_OK;
}

static cs_status parse_sid(struct cs_shell *shell, struct cs_arena *arena, struct cs_str text,
                           struct cs_value *out, struct cs_error *err)
{
    (void)shell;
    struct cs_sid sid;
    struct cs_sid_text canonical;
    cs_status status = cs_sid_parse(text, &sid, err);
    if (status == CS_OK)
        *out = cs_value_str(cs_str_copy(arena, cs_str_of(cs_sid_format(&sid, &canonical))));
    return status;
}

/* ------------------------------------------------------------- completion */

/* Offer what is in the folder part of `prefix`; folders end in '/', dot files only on request. */
static void complete_path(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                          void *context)
{
    struct cs_arena_mark mark = cs_arena_mark(shell->scratch);
    size_t slash = prefix.length;
    while (slash && prefix.at[slash - 1] != '/')
        slash--;
    struct cs_str folder = cs_str_span(prefix.at, slash), start = cs_str_from(prefix, slash);
    DIR *open = opendir(slash ? cs_str_c(shell->scratch, folder) : ".");
    for (struct dirent *entry; open && (entry = readdir(open));) {
        struct cs_str name = cs_str_of(entry->d_name);
        if (!cs_str_starts(name, start) || (name.at[0] == '.' && !start.length))
            continue;
        const char *path =
            cs_arena_printf(shell->scratch, "%.*s%s", CS_STR_ARG(folder), entry->d_name);
        struct stat info;
        bool is_folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
        offer(context, cs_str_printf(shell->scratch, "%s%s", path, is_folder ? "/" : ""), NULL);
    }
    if (open)
        closedir(open);
    cs_arena_rewind(shell->scratch, mark);
}

struct command_offer {
    struct cs_str prefix;
    cs_offer_fn *offer;
    void *context;
};

static bool offer_command(void *context, const struct cs_command_entry *entry)
{
    const struct command_offer *ask = context;
    if (cs_str_same_start(cs_str_of(entry->name), ask->prefix))
        ask->offer(ask->context, cs_str_of(entry->name), entry->brief);
    return true;
}

static void complete_command(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                             void *context)
{
    struct command_offer ask = {prefix, offer, context};
    cs_shell_each_command(shell, offer_command, &ask);
}

static const char *const truths[] = {"yes", "no", NULL};
static const char *const verdicts[] = {"allowed", "denied", "not-granted", "unknown", NULL};

const struct cs_type cs_type_text = {"text", "string", "any text", NULL, NULL, NULL};
const struct cs_type cs_type_int = {"number", "integer", "a whole number, decimal or 0x hex",
                                    NULL,     parse_int, NULL};
const struct cs_type cs_type_bool = {"bool", "boolean", "yes or no", truths, parse_bool, NULL};
const struct cs_type cs_type_list = {"list", "array", "a list", NULL, NULL, NULL};
const struct cs_type cs_type_code = {"code", "string",   "an HRESULT or Win32 code like 0x80070005",
                                     NULL,   parse_code, NULL};
const struct cs_type cs_type_time = {"time", "string", "a time like 2006-11-30T09:00:00Z",
                                     NULL,   NULL,     NULL};
const struct cs_type cs_type_sid = {"sid", "string", "a SID like S-1-5-11", NULL, parse_sid, NULL};
const struct cs_type cs_type_sddl = {"sddl", "string", "a security descriptor in SDDL",
                                     NULL,   NULL,     NULL};
const struct cs_type cs_type_verdict = {
    "verdict", "string", "allowed, denied, not-granted or unknown", verdicts, NULL, NULL};
const struct cs_type cs_type_path = {"path", "string", "a file", NULL, NULL, complete_path};
const struct cs_type cs_type_command = {"command", "string", "the name of a command",
                                        NULL,      NULL,     complete_command};
