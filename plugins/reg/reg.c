/*
 * reg - reg.exe on the registries that the lab holds.
 *
 *     reg query HKLM\SOFTWARE\Microsoft\Ole /v MachineLaunchRestriction
 *     reg add HKLM\SOFTWARE\Microsoft\Ole /v EnableDCOM /d N /f
 *     reg export HKLM\SOFTWARE\Microsoft\Ole ole.reg
 *
 * A lab's registry is what the model or an export put there: on a host of a built-in lab the
 * keys that matter to DCOM and Certificate Services, on an imported one what was exported.  A
 * key that nobody gave is told from one that is not there.
 *
 * reg.exe asks before it overwrites or deletes.  This program asks nothing in a command: where
 * reg would ask, the answer is no, and /f (or /y) is the way to say yes beforehand.
 *
 * Export writes what reg.exe writes (import.h: cs_reg_file_write); import reads any .reg file
 * through the reader of `lab import`, but as changes: values it does not name stay.
 *
 * Layouts are those of Vista and later, which every reader of such output expects; reg.exe of
 * 2003 writes a banner and tabs.  Texts: general knowledge of the product.
 */
#include <string.h>

#include "reg.h"

typedef cs_status reg_fn(struct reg *reg);

struct verb {
    const char *name;
    reg_fn *run;
    bool key, file; /* takes a key, a file */
};

/* ------------------------------------------------------------------- its texts */

cs_status reg_fail(struct reg *reg, cs_status status, uint32_t number, const char *text)
{
    cs_fail(reg->err, status, "ERROR: %s", text);
    if (reg->err)
        reg->err->win32 = number;
    return status;
}

cs_status reg_missing(struct reg *reg)
{
    reg_fail(reg, CS_NOT_FOUND, 2,
             "The system was unable to find the specified registry key or value.");
    if (cs_registry_known(reg->lab, reg->host->record.id, reg->key))
        return CS_NOT_FOUND;
    return cs_error_hint(reg->err, "nobody gave this key of %.*s; import a reg export of it",
                         CS_STR_ARG(reg->host->name));
}

cs_status reg_syntax(struct reg *reg)
{
    cs_fail(reg->err, CS_USAGE, "ERROR: Invalid syntax.\nType \"REG %s /?\" for usage.", reg->verb);
    if (reg->err)
        reg->err->win32 = 87;
    return CS_USAGE;
}

cs_status reg_would_ask(struct reg *reg, struct cs_str question, const char *yes)
{
    cs_fail(reg->err, CS_STATE, "%.*s", CS_STR_ARG(question));
    if (reg->err)
        reg->err->win32 = 1223; /* ERROR_CANCELLED: what answering no is */
    return cs_error_hint(reg->err, "nothing was done; %s answers yes", yes);
}

void reg_say_done(struct reg *reg)
{
    cs_call_say(reg->call, "%s\n", cs_win32_text(0, reg->language));
}

/* ------------------------------------------------------------------------ keys */

static const struct {
    const char *word, *full;
} roots[] = {{"HKLM", "HKEY_LOCAL_MACHINE"},
             {"HKCR", "HKEY_CLASSES_ROOT"},
             {"HKCU", "HKEY_CURRENT_USER"},
             {"HKU", "HKEY_USERS"},
             {"HKCC", "HKEY_CURRENT_CONFIG"}};

static struct cs_str first_step(struct cs_str path)
{
    ptrdiff_t cut = cs_str_find(path, '\\');
    return cut < 0 ? path : cs_str_span(path.at, (size_t)cut);
}

struct cs_str reg_shown_key(const struct reg *reg, struct cs_str key)
{
    static const struct cs_str classes = {"HKLM\\SOFTWARE\\Classes", 21};
    if (reg->classes && cs_str_same_start(key, classes))
        return cs_str_printf(reg->arena, "HKEY_CLASSES_ROOT%.*s",
                             CS_STR_ARG(cs_str_from(key, classes.length)));
    struct cs_str root = first_step(key);
    for (size_t i = 0; i < CS_COUNT(roots); i++)
        if (cs_str_same(root, cs_str_of(roots[i].word)))
            return cs_str_printf(reg->arena, "%s%.*s", roots[i].full,
                                 CS_STR_ARG(cs_str_from(key, root.length)));
    return key;
}

/* \\HOST\KEY: `path` goes on behind the host. */
static cs_status take_host(struct reg *reg, struct cs_str *path)
{
    if (!cs_str_starts(*path, CS_STR("\\\\")))
        return CS_OK;
    struct cs_str name = first_step(cs_str_from(*path, 2));
    *path = cs_str_from(*path, 2 + name.length + 1);
    reg->host = cs_host_get(reg->lab, cs_host_find(reg->lab, name));
    if (reg->host)
        return CS_OK;
    reg_fail(reg, CS_NOT_FOUND, 53, "The network path was not found.");
    return cs_error_hint(reg->err, "'%.*s' is no host of this lab; host list shows them",
                         CS_STR_ARG(name));
}

static cs_status take_key(struct reg *reg, struct cs_str path)
{
    cs_status status = take_host(reg, &path);
    if (status != CS_OK)
        return status;
    struct cs_str root = first_step(path);
    for (size_t i = 0; i < CS_COUNT(roots); i++) {
        if (!cs_str_same(root, cs_str_of(roots[i].word)) &&
            !cs_str_same(root, cs_str_of(roots[i].full)))
            continue;
        reg->classes = strcmp(roots[i].word, "HKCR") == 0;
        reg->key = cs_registry_key(reg->arena, path);
        return CS_OK;
    }
    reg_fail(reg, CS_INVALID, 87, "Invalid key name.");
    return cs_error_hint(reg->err, "a key begins with HKLM, HKCR, HKCU, HKU or HKCC");
}

/* ----------------------------------------------------------------------- words */

/* The switches of all verbs; what one of them does not know is an error there. */
static const struct {
    const char *name;
    char verbs[4];  /* first letters of the verbs that know it: q a d e i */
    bool has_value; /* a word follows */
} switches[] = {
    {"/v", "qad", true}, {"/ve", "qad", false}, {"/va", "d", false},
    {"/s", "q", false},  {"/s", "a", true},     {"/t", "qa", true},
    {"/d", "a", true},   {"/f", "ad", false},   {"/y", "e", false},
};

static void apply(struct reg *reg, const char *name, struct cs_str value)
{
    char letter = name[1];
    if (strcmp(name, "/va") == 0) {
        reg->all_values = true;
    } else if (letter == 'v') {
        reg->has_name = true;
        reg->name = value; /* "" for /ve */
    } else if (letter == 't') {
        reg->has_type = true;
        reg->type = value;
    } else if (letter == 'd') {
        reg->has_data = true;
        reg->data = value;
    } else if (letter == 's') {
        reg->below = true;
        reg->separator = value;
    } else {
        reg->force = true;
    }
}

static char verb_letter(const struct reg *reg)
{
    return (char)(reg->verb[0] - 'A' + 'a');
}

static cs_status take_switch(struct reg *reg, const struct cs_str *words, size_t count, size_t *i)
{
    for (size_t s = 0; s < CS_COUNT(switches); s++) {
        if (!cs_str_same(words[*i], cs_str_of(switches[s].name)) ||
            !memchr(switches[s].verbs, verb_letter(reg), strlen(switches[s].verbs)))
            continue;
        if (switches[s].has_value && *i + 1 == count)
            return reg_syntax(reg);
        apply(reg, switches[s].name, switches[s].has_value ? words[++*i] : CS_STR(""));
        return CS_OK;
    }
    return reg_syntax(reg);
}

static cs_status take_words(struct reg *reg, const struct verb *verb)
{
    size_t count, plain = 0;
    const struct cs_str *words = cs_call_words(reg->call, &count);
    struct cs_str names[2];
    size_t wanted = (size_t)verb->key + (size_t)verb->file;
    for (size_t i = 0; i < count; i++) {
        bool is_switch = words[i].length > 1 && words[i].at[0] == '/' && plain >= wanted;
        if (is_switch && take_switch(reg, words, count, &i) != CS_OK)
            return reg->err->status;
        if (!is_switch && plain == wanted)
            return reg_syntax(reg);
        if (!is_switch)
            names[plain++] = words[i];
    }
    if (plain < wanted)
        return reg_syntax(reg);
    if (verb->file)
        reg->file = names[wanted - 1];
    return verb->key ? take_key(reg, names[0]) : CS_OK;
}

static cs_status run_verb(struct cs_call *call, struct cs_error *err)
{
    const struct verb *verb = cs_call_data(call);
    struct reg reg = {.call = call,
                      .lab = cs_call_lab(call),
                      .arena = cs_call_arena(call),
                      .err = err,
                      .verb = verb->name};
    reg.host = cs_host_get(reg.lab, cs_shell_host(cs_call_shell(call)));
    if (!reg.host) {
        cs_fail(err, CS_NOT_FOUND, "there is no current host");
        return cs_error_hint(err, "host list shows them; host use NAME makes one current");
    }
    reg.language = reg.host->language;
    cs_status status = take_words(&reg, verb);
    return status == CS_OK ? verb->run(&reg) : status;
}

/* ---------------------------------------------------------------- declarations */

static const struct verb verbs[] = {
    {"QUERY", reg_query, true, false},   {"ADD", reg_add, true, false},
    {"DELETE", reg_delete, true, false}, {"EXPORT", reg_export, true, true},
    {"IMPORT", reg_import, false, true},
};

#define VALUE_FIELDS                                                                               \
    CS_FIELDS({"host", &cs_type_text, "the host"}, {"key", &cs_type_text, "the key, in full"},     \
              {"name", &cs_type_text, "the value's name; null where only the key is meant"},       \
              {"type", &cs_type_text, "REG_DWORD, ..."},                                           \
              {"data", &cs_type_text, "the data as reg query prints it"})

static const struct cs_command commands[] = {
    {
        .name = "reg query",
        .brief = "show a registry key or value of a host",
        .usage = "[\\\\HOST\\]KEY [/v NAME | /ve] [/s] [/t TYPE]",
        .result = VALUE_FIELDS,
        .examples = CS_EXAMPLES({"reg query HKLM\\SOFTWARE\\Microsoft\\Ole", "the machine limits"}),
        .see = "dcom show, certutil -getreg",
        .flags = CS_COMMAND_RAW,
        .needs = "lab.read",
        .run = run_verb,
        .data = (void *)&verbs[0],
    },
    {
        .name = "reg add",
        .brief = "set a registry value, or make a key",
        .usage = "[\\\\HOST\\]KEY [/v NAME | /ve] [/t TYPE] [/s SEPARATOR] [/d DATA] [/f]",
        .result = VALUE_FIELDS,
        .examples = CS_EXAMPLES(
            {"reg add HKLM\\SOFTWARE\\Microsoft\\Ole /v EnableDCOM /d N /f", "switch DCOM off"}),
        .see = "reg delete",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .needs = "lab.read lab.write",
        .run = run_verb,
        .data = (void *)&verbs[1],
    },
    {
        .name = "reg delete",
        .brief = "remove a registry value or a key with all below it",
        .usage = "[\\\\HOST\\]KEY [/v NAME | /ve | /va] [/f]",
        .result = VALUE_FIELDS,
        .examples = CS_EXAMPLES({"reg delete HKLM\\SOFTWARE\\Microsoft\\Ole /v EnableDCOM /f",
                                 "as if nobody had ever set it"}),
        .see = "reg add",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .needs = "lab.read lab.write",
        .run = run_verb,
        .data = (void *)&verbs[2],
    },
    {
        .name = "reg export",
        .brief = "write a key as a .reg file",
        .usage = "[\\\\HOST\\]KEY FILE [/y]",
        .result = CS_FIELDS({"file", &cs_type_path, "the file"},
                            {"key", &cs_type_text, "the key, in full"},
                            {"values", &cs_type_int, "how many values it holds"}),
        .examples = CS_EXAMPLES({"reg export HKLM\\SOFTWARE\\Microsoft\\Ole ole.reg /y",
                                 "the machine's DCOM settings, as regedit writes them"}),
        .see = "reg import, lab import",
        .flags = CS_COMMAND_RAW,
        .run = run_verb,
        .data = (void *)&verbs[3],
    },
    {
        .name = "reg import",
        .brief = "apply a .reg file to the current host",
        .detail = "The file is taken as changes, as on Windows: what it does not name stays.  "
                  "To say that a file is all there is of a key, use lab import.",
        .usage = "FILE",
        .result =
            CS_FIELDS({"file", &cs_type_path, "the file"}, {"host", &cs_type_text, "the host"},
                      {"read", &cs_type_int, "values and keys in it"},
                      {"warnings", &cs_type_list, "what is worth saying"}),
        .examples = CS_EXAMPLES({"reg import ole.reg", "try a change before Windows gets it"}),
        .see = "reg export, lab import",
        .flags = CS_COMMAND_RAW | CS_COMMAND_WRITES,
        .run = run_verb,
        .data = (void *)&verbs[4],
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "reg",
    .version = "1.0",
    .brief = "reg.exe: the registry",
    .needs = "lab.read lab.write file.read file.write",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
