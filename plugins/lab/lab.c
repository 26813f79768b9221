/*
 * lab.c - a plugin for the lab itself: what it holds, what comes in, what was done to it.
 *
 * `lab import` is where an administrator's own world comes in.  The command reads files and
 * picks for each the importer that knows its kind (every plugin may bring one, see import.h);
 * what the facts mean is decided in the shell.  All files of one command come in together or
 * not at all, as one change of the history, which `lab undo` takes back.
 *
 * When all is in, the command says what decisions would still lack, and which command of
 * Windows writes it down: an import is the first half of a conversation.
 */
#include "lab_plugin.h"

/* ------------------------------------------------------------------ assume */

static const char *const assume_words[] = {"defaults", "nothing", NULL};
static const struct cs_type type_assume = {
    .name = "assume", .json = "string", .brief = "defaults or nothing", .choices = assume_words};

static cs_status lab_assume(struct cs_call *call, struct cs_error *err)
{
    struct cs_lab *lab = cs_call_lab(call);
    struct cs_start start = *cs_lab_start(lab);
    start.assume = cs_str_same(cs_call_str(call, "what"), CS_STR("defaults"));
    cs_status status = cs_lab_set_start(lab, &start, err);
    if (status != CS_OK)
        return status;
    if (cs_call_wants_words(call))
        cs_call_say(call, "%s\n",
                    start.assume ? "what no export says is taken from the defaults of Windows"
                                 : "what no export says is unknown");
    return CS_ROW(call, err, cs_value_text(start.assume ? "defaults" : "nothing"));
}

/* ------------------------------------------------------------------- types */

static void offer_kinds(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                        void *context)
{
    const struct cs_importer *const *list;
    size_t count = cs_shell_importers(shell, &list);
    for (size_t i = 0; i < count; i++)
        if (cs_str_same_start(cs_str_of(list[i]->name), prefix))
            offer(context, cs_str_of(list[i]->name), list[i]->brief);
}

static const struct cs_type type_kind = {.name = "kind",
                                         .json = "string",
                                         .brief = "what an importer reads: ldif, reg, ...",
                                         .complete = offer_kinds};

/* A host by name that need not be there yet: it may come with the import. */
static void offer_hosts(struct cs_shell *shell, struct cs_str prefix, cs_offer_fn *offer,
                        void *context)
{
    if (cs_type_host.complete)
        cs_type_host.complete(shell, prefix, offer, context);
}

static const struct cs_type type_home = {.name = "host",
                                         .json = "string",
                                         .brief = "a host, which may come with the import",
                                         .complete = offer_hosts};

/* ---------------------------------------------------------------- commands */

#define CHANGE_FIELDS                                                                              \
    {"number", &cs_type_int, "its place in the history"},                                          \
        {"time", &cs_type_time, "when, on the lab's clock"},                                       \
        {"user", &cs_type_text, "who did it"}, {"title", &cs_type_text, "what was done"},          \
        {"ops", &cs_type_int, "single steps it is made of"},                                       \
        {"undone", &cs_type_bool, "is it undone now?"},                                            \
    {                                                                                              \
        "what", &cs_type_list, "what it changed: its first steps"                                  \
    }

static const struct cs_command commands[] = {
    {
        .name = "lab info",
        .brief = "show what the lab holds",
        .run = lab_info,
        .result = CS_FIELDS(
            {"name", &cs_type_text, "what the lab was made from"},
            {"domains", &cs_type_int, "domains"}, {"users", &cs_type_int, "user accounts"},
            {"computers", &cs_type_int, "computer accounts"}, {"groups", &cs_type_int, "groups"},
            {"memberships", &cs_type_int, "listed members of all groups"},
            {"hosts", &cs_type_int, "machines that facts are known of"},
            {"cas", &cs_type_int, "certification authorities"},
            {"templates", &cs_type_int, "certificate templates"},
            {"changes", &cs_type_int, "changes that can be undone"},
            {"host", &cs_type_text, "the current host"},
            {"user", &cs_type_text, "the current user"},
            {"assume", &cs_type_text, "defaults or nothing"},
            {"time", &cs_type_time, "the lab's clock"},
            {"file", &cs_type_path, "the file it is kept in"},
            {"waiting", &cs_type_int, "members named by DN whom no import told of so far"}),
        .examples = CS_EXAMPLES({"lab info", "what am I working on?"}),
        .see = "lab history, lab missing, lab check",
    },
    {
        .name = "lab import",
        .brief = "bring exports of a real directory and registry into the lab",
        .detail =
            "Every file, gzip or not, is read by the importer that knows its kind.  All files of "
            "one command come in together, as one change that lab undo takes back, or none of "
            "them does.  A folder stands for the files in it, in order of their names; those of "
            "no kind that can be read are left out and told.  Texts may be in UTF-8, UTF-16 or "
            "the code page of a console, and in the language of any Windows.\n\n"
            "Files come in any order, in one command or several: a member named by DN whom nobody "
            "told of is a stranger (lab missing) until an import brings the account.\n\n"
            "Where two files say different things of one fact the later one counts, and both are "
            "told.  --why lists what was left out and the reasons.\n\n"
            "A registry export belongs to the host of --host; without it to the machine it "
            "names, else to the current host, else to a new host named after the file.\n\n"
            "What lab export wrote as lua or json is a whole lab, and comes into an empty one.",
        .run = lab_import,
        .params = CS_PARAMS({"file", &cs_type_path, "files or folders to read", CS_MANY},
                            {"as", &type_kind, "their kind, where it is not seen", CS_OPTION},
                            {"host", &type_home, "the host of a registry export", CS_OPTION},
                            {"why", &cs_type_bool, "list what is left out, and why", CS_FLAG}),
        .result = CS_FIELDS({"file", &cs_type_path, "the file"},
                            {"kind", &cs_type_text, "what it is: ldif, reg, ..."},
                            {"read", &cs_type_int, "records or values it holds"},
                            {"added", &cs_type_int, "new facts in the lab"},
                            {"skipped", &cs_type_int, "records that are not for this model"},
                            {"warnings", &cs_type_list, "what is worth knowing"}),
        .see = "lab missing, lab facts, lab undo",
        .flags = CS_COMMAND_WRITES,
    },
    {
        .name = "lab missing",
        .brief = "list the facts that decisions lack, with the commands that collect them",
        .run = lab_missing,
        .result = CS_FIELDS({"ca", &cs_type_text, "the CA decisions are asked for"},
                            {"host", &cs_type_text, "its host"},
                            {"fact", &cs_type_text, "what is not known"},
                            {"command", &cs_type_text, "the command of Windows that tells it"}),
        .examples = CS_EXAMPLES({"lab missing", "what should I collect next?"}),
        .see = "lab import, lab assume",
    },
    {
        .name = "lab facts",
        .brief = "show what is known of something, and where each fact comes from",
        .detail =
            "The source is the file and line that said it, command for what was done here, lab "
            "for what a built-in lab begins with, assumed for a default of Windows.  A "
            "membership is shown with the source of its group.",
        .run = lab_facts,
        .params = CS_PARAMS({"subject", &lab_type_subject,
                             "a principal, a host, a CA or a template: all that bear the name"}),
        .result =
            CS_FIELDS({"fact", &cs_type_text, "what is known"}, {"value", &cs_type_text, "as what"},
                      {"source", &cs_type_text, "who said it: a file and line, lab, ..."}),
        .examples = CS_EXAMPLES({"lab facts CERTSVC_DCOM_ACCESS", "who put it there, and where?"},
                                {"lab facts DC01", "all that is known of a machine"}),
        .see = "lab missing, lab import",
    },
    {
        .name = "lab undo",
        .brief = "take back the last changes",
        .run = lab_undo,
        .params = CS_PARAMS({"count", &cs_type_int, "how many", CS_OPTIONAL, "1"}),
        .result = CS_FIELDS(CHANGE_FIELDS),
        .see = "lab redo, lab history",
        .flags = CS_COMMAND_WRITES | CS_COMMAND_NESTS,
    },
    {
        .name = "lab redo",
        .brief = "do again what was undone",
        .run = lab_redo,
        .params = CS_PARAMS({"count", &cs_type_int, "how many", CS_OPTIONAL, "1"}),
        .result = CS_FIELDS(CHANGE_FIELDS),
        .see = "lab undo, lab history",
        .flags = CS_COMMAND_WRITES | CS_COMMAND_NESTS,
    },
    {
        .name = "lab history",
        .brief = "list the changes since the lab began",
        .run = lab_history,
        .result = CS_FIELDS(CHANGE_FIELDS),
        .examples = CS_EXAMPLES({"lab history", "what have I done?"}),
        .see = "lab undo",
    },
    {
        .name = "lab check",
        .brief = "check the lab, and its file, for all that must hold",
        .detail =
            "SIDs are one principal's each, indexes find everybody, memberships have both ends, "
            "records name what is there, the history is in one piece.  For a lab in a file also: "
            "SQLite finds its structure whole and its references resolved, every row is what was "
            "written, and the tables hold what memory holds.  Exit code 2 when something does not "
            "hold.",
        .run = lab_check,
        .result = CS_FIELDS({"check", &cs_type_text, "what must hold"},
                            {"holds", &cs_type_bool, "does it?"},
                            {"why", &cs_type_text, "what is wrong"}),
        .examples = CS_EXAMPLES({"lab check", "is everything in order?"}),
        .see = "lab info, lab history",
    },
    {
        .name = "lab assume",
        .brief = "say whether missing facts are the defaults of Windows or unknown",
        .run = lab_assume,
        .params = CS_PARAMS({"what", &type_assume, "defaults or nothing"}),
        .result = CS_FIELDS({"assume", &cs_type_text, "defaults or nothing"}),
        .examples = CS_EXAMPLES({"lab assume defaults", "answer for a default Windows"}),
        .see = "lab missing",
        .flags = CS_COMMAND_WRITES,
    },
};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "lab",
    .version = "1.0",
    .brief = "what the lab holds, imports, undo and redo",
    .needs = "lab.read lab.write file.read",
    .commands = commands,
    .command_count = CS_COUNT(commands),
};
