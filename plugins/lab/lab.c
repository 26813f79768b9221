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
#include <stdio.h>
#include <string.h>

#include <certsh/plugin.h>

#include "lab_file.h"

enum { HEAD = 4096 };

/* ------------------------------------------------------------------- words */

struct number_text {
    char text[32];
};

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* 5214 as "5,214". */
static const char *grouped(size_t number, struct number_text *out)
{
    char digits[24];
    int count = snprintf(digits, sizeof digits, "%zu", number), length = 0;
    for (int i = 0; i < count; i++) {
        if (i && (count - i) % 3 == 0)
            out->text[length++] = ',';
        out->text[length++] = digits[i];
    }
    out->text[length] = 0;
    return out->text;
}

/* ------------------------------------------------------------------ import */

struct load {
    struct cs_call *call;
    struct cs_import *import;
    struct cs_str kind; /* of --as, or "" */
    struct cs_buf *files;
    size_t count;
};

static struct cs_str kinds(struct cs_arena *arena, const struct cs_importer *const *list,
                           size_t count)
{
    struct cs_str all = CS_STR("");
    for (size_t i = 0; i < count; i++)
        all = cs_str_printf(arena, "%.*s%s%s", CS_STR_ARG(all), i ? ", " : "", list[i]->name);
    return all;
}

/* The importer that is surest of the file, or the one that --as names; NULL if none. */
static const struct cs_importer *pick(const struct load *load, struct cs_str name,
                                      struct cs_str bytes, const struct cs_importer *const *list,
                                      size_t count)
{
    const struct cs_importer *best = NULL;
    struct cs_str head = cs_str_span(bytes.at, bytes.length < HEAD ? bytes.length : HEAD);
    int surest = 0;
    for (size_t i = 0; i < count; i++) {
        int sure = load->kind.length ? cs_str_same(load->kind, cs_str_of(list[i]->name))
                                     : list[i]->probe(name, head);
        if (sure <= surest)
            continue;
        surest = sure;
        best = list[i];
    }
    return best;
}

/* "corp.ldif" of "exports/corp.ldif.gz": compression says nothing of the kind. */
static struct cs_str without_gz(struct cs_str name)
{
    if (cs_str_ends(name, CS_STR(".gz")))
        name.length -= 3;
    return name;
}

static cs_status load_file(struct load *load, struct cs_str name, struct cs_error *err)
{
    struct cs_arena *arena = cs_call_arena(load->call);
    struct cs_buf *bytes = &load->files[load->count];
    cs_status status = lab_file_read(cs_str_c(arena, name), bytes, err);
    if (status != CS_OK)
        return status;
    load->count++;
    const struct cs_importer *const *list;
    size_t count = cs_shell_importers(cs_call_shell(load->call), &list);
    const struct cs_importer *importer =
        pick(load, without_gz(name), cs_buf_str(bytes), list, count);
    if (importer)
        return cs_import_file(load->import, importer, name, cs_buf_str(bytes), err);
    struct cs_str known = kinds(arena, list, count);
    if (load->kind.length)
        cs_fail(err, CS_INVALID, "no importer '%.*s'", CS_STR_ARG(load->kind));
    else
        cs_fail(err, CS_INVALID, "'%.*s' is of no kind that can be read", CS_STR_ARG(name));
    return cs_error_hint(err, "kinds: %.*s; --as KIND says which it is", CS_STR_ARG(known));
}

static cs_status load_all(struct load *load, cs_id *host, struct cs_error *err)
{
    struct cs_list names = cs_call_many(load->call, "file");
    load->files = cs_arena_alloc(cs_call_arena(load->call), names.count * sizeof *load->files);
    for (size_t i = 0; i < names.count; i++) {
        cs_status status = load_file(load, names.at[i].text, err);
        if (status != CS_OK)
            return status;
    }
    return cs_import_finish(load->import, host, err);
}

static void say_report(struct cs_call *call, const struct cs_import_report *report)
{
    struct number_text read, added, skipped;
    struct cs_str reasons = cs_value_show(cs_call_arena(call), &report->reasons);
    bool values = cs_str_is(report->kind, "reg");
    cs_call_say(call, "%.*s   %.*s   %s %s   %s added   %s skipped%s%.*s%s\n",
                CS_STR_ARG(report->file), CS_STR_ARG(report->kind), grouped(report->read, &read),
                values ? "values" : "records", grouped(report->added, &added),
                grouped(report->skipped, &skipped), reasons.length ? " (" : "", CS_STR_ARG(reasons),
                reasons.length ? ")" : "");
    for (size_t i = 0; i < report->warnings.list.count; i++)
        cs_call_say(call, "  %.*s\n", CS_STR_ARG(report->warnings.list.at[i].text));
}

static struct cs_str field(const struct cs_value *object, const char *name)
{
    const struct cs_value *value = cs_value_get(object, name);
    return value ? value->text : CS_STR("");
}

/* Which facts the CA at `from` lacks, as one text to compare; `end` is where its rows end. */
static struct cs_str lacks(struct cs_arena *arena, struct cs_list all, size_t from, size_t *end)
{
    struct cs_str text = CS_STR(""), ca = field(&all.at[from], "ca");
    for (*end = from; *end < all.count && cs_str_equal(field(&all.at[*end], "ca"), ca); (*end)++)
        text = cs_str_printf(arena, "%.*s/%.*s", CS_STR_ARG(text),
                             CS_STR_ARG(field(&all.at[*end], "fact")));
    return text;
}

static void say_facts(struct cs_call *call, struct cs_list all, size_t from, size_t end)
{
    int width = 0;
    for (size_t i = from; i < end; i++) {
        int length = (int)field(&all.at[i], "fact").length;
        width = length > width ? length : width;
    }
    for (size_t i = from; i < end; i++) {
        struct cs_str fact = field(&all.at[i], "fact");
        cs_call_say(call, "  %-*.*s   %.*s\n", width, CS_STR_ARG(fact),
                    CS_STR_ARG(field(&all.at[i], "command")));
    }
}

/* CAs that lack the same are told together: "at CA 1 on CA0011, CA 2 on CA0012:". */
static void say_missing(struct cs_call *call, struct cs_list all)
{
    struct cs_arena *arena = cs_call_arena(call);
    size_t end;
    for (size_t from = 0; from < all.count;) {
        struct cs_str wanted = lacks(arena, all, from, &end), cas = CS_STR("");
        size_t first = from, first_end = end;
        do {
            struct cs_str ca = field(&all.at[from], "ca"), host = field(&all.at[from], "host");
            cas = cs_str_printf(arena, "%.*s%s%.*s on %.*s", CS_STR_ARG(cas),
                                cas.length ? ", " : "", CS_STR_ARG(ca), CS_STR_ARG(host));
            from = end;
        } while (from < all.count && cs_str_equal(lacks(arena, all, from, &end), wanted));
        cs_call_say(call, "still missing for decisions at %.*s:\n", CS_STR_ARG(cas));
        say_facts(call, all, first, first_end);
    }
}

static cs_status give_reports(struct cs_call *call, const struct cs_import *import,
                              struct cs_error *err)
{
    size_t count;
    const struct cs_import_report *reports = cs_import_reports(import, &count);
    for (size_t i = 0; i < count; i++) {
        const struct cs_import_report *r = &reports[i];
        cs_status status = CS_ROW(call, err, cs_value_str(r->file), cs_value_str(r->kind),
                                  cs_value_int((int64_t)r->read), cs_value_int((int64_t)r->added),
                                  cs_value_int((int64_t)r->skipped), r->warnings);
        if (status != CS_OK)
            return status;
        if (cs_call_wants_words(call))
            say_report(call, r);
    }
    if (cs_call_wants_words(call))
        say_missing(call, cs_lab_missing(cs_call_lab(call), cs_call_arena(call)).list);
    return CS_OK;
}

static cs_status lab_import(struct cs_call *call, struct cs_error *err)
{
    struct cs_shell *shell = cs_call_shell(call);
    struct load load = {.call = call, .kind = cs_call_str(call, "as")};
    load.import = cs_import_new(cs_call_lab(call), cs_call_arena(call), 0);
    cs_import_set_current(load.import, cs_shell_host(shell));
    cs_import_set_host(load.import, cs_call_str(call, "host"));
    cs_id host = 0;
    cs_status status = load_all(&load, &host, err);
    if (status == CS_OK)
        status = give_reports(call, load.import, err);
    for (size_t i = 0; i < load.count; i++)
        cs_buf_clear(&load.files[i]);
    if (status == CS_OK && host && !cs_shell_host(shell))
        cs_shell_use_host(shell, host);
    return status;
}

static cs_status lab_missing(struct cs_call *call, struct cs_error *err)
{
    struct cs_list all = cs_lab_missing(cs_call_lab(call), cs_call_arena(call)).list;
    for (size_t i = 0; i < all.count; i++) {
        const struct cs_value *row = &all.at[i];
        cs_status status = CS_ROW(call, err, *cs_value_get(row, "ca"), *cs_value_get(row, "host"),
                                  *cs_value_get(row, "fact"), *cs_value_get(row, "command"));
        if (status != CS_OK)
            return status;
    }
    if (cs_call_wants_words(call))
        say_missing(call, all);
    if (cs_call_wants_words(call) && !all.count)
        cs_call_say(call, "nothing is missing for decisions\n");
    return CS_OK;
}

/* -------------------------------------------------------------------- info */

struct tally {
    const struct cs_lab *lab;
    size_t users, computers, groups, members;
};

static bool count_member(void *context, cs_id id)
{
    (void)id;
    ((struct tally *)context)->members++;
    return true;
}

static bool count_principal(void *context, const struct cs_principal *principal)
{
    struct tally *tally = context;
    tally->users += principal->kind == CS_USER;
    tally->computers += principal->kind == CS_COMPUTER;
    tally->groups += principal->kind == CS_GROUP;
    if (principal->kind == CS_GROUP)
        cs_member_each(tally->lab, principal->id, CS_NOW, count_member, tally);
    return true;
}

static struct cs_value host_value(const struct cs_lab *lab, cs_id id)
{
    const struct cs_host *host = cs_host_get(lab, id);
    return host ? cs_value_str(host->name) : cs_value_null();
}

static struct cs_value user_value(struct cs_call *call, cs_id id)
{
    struct cs_principal user;
    const struct cs_lab *lab = cs_call_lab(call);
    if (!cs_principal_get(lab, id, &user))
        return cs_value_null();
    return cs_value_str(cs_principal_name(lab, cs_call_arena(call), id));
}

static void say_info(struct cs_call *call, const struct tally *tally)
{
    const struct cs_lab *lab = tally->lab;
    const struct cs_start *start = cs_lab_start(lab);
    struct number_text a, b, c, d, e;
    size_t domains = cs_record_count(lab, CS_NOUN_DOMAIN), changes = cs_lab_change_count(lab);
    cs_call_say(call, "lab %.*s: %zu domain%s, %s users, %s computers, %s groups, %s memberships\n",
                CS_STR_ARG(start->name), domains, plural(domains), grouped(tally->users, &a),
                grouped(tally->computers, &b), grouped(tally->groups, &c),
                grouped(tally->members, &d));
    cs_call_say(call, "%zu hosts with %s registry values, %zu CAs, %zu templates\n",
                cs_record_count(lab, CS_NOUN_HOST),
                grouped(cs_record_count(lab, CS_NOUN_REGISTRY), &e),
                cs_record_count(lab, CS_NOUN_CA), cs_record_count(lab, CS_NOUN_TEMPLATE));
    cs_call_say(call, "%zu change%s (lab history); what nobody said is %s\n", changes,
                plural(changes), start->assume ? "taken from the defaults of Windows" : "unknown");
}

static cs_status lab_info(struct cs_call *call, struct cs_error *err)
{
    const struct cs_lab *lab = cs_call_lab(call);
    struct cs_shell *shell = cs_call_shell(call);
    const struct cs_start *start = cs_lab_start(lab);
    struct tally tally = {.lab = lab};
    cs_principal_each(lab, 0, count_principal, &tally);
    if (cs_call_wants_words(call))
        say_info(call, &tally);
    return CS_ROW(call, err, cs_value_str(start->name),
                  cs_value_int((int64_t)cs_record_count(lab, CS_NOUN_DOMAIN)),
                  cs_value_int((int64_t)tally.users), cs_value_int((int64_t)tally.computers),
                  cs_value_int((int64_t)tally.groups), cs_value_int((int64_t)tally.members),
                  cs_value_int((int64_t)cs_record_count(lab, CS_NOUN_HOST)),
                  cs_value_int((int64_t)cs_record_count(lab, CS_NOUN_CA)),
                  cs_value_int((int64_t)cs_record_count(lab, CS_NOUN_TEMPLATE)),
                  cs_value_int((int64_t)cs_lab_change_count(lab)),
                  host_value(lab, cs_shell_host(shell)), user_value(call, cs_shell_user(shell)),
                  cs_value_text(start->assume ? "defaults" : "nothing"),
                  cs_value_time(cs_lab_clock(lab)));
}

/* ----------------------------------------------------------------- history */

struct changes {
    struct cs_arena *arena;
    struct cs_change *at;
    size_t count, room;
};

static bool take_change(void *context, const struct cs_change *change)
{
    struct changes *changes = context;
    if (changes->count == changes->room) {
        size_t room = changes->room ? changes->room * 2 : 64;
        struct cs_change *at = cs_arena_alloc(changes->arena, room * sizeof *at);
        if (changes->count)
            memcpy(at, changes->at, changes->count * sizeof *at);
        changes->at = at;
        changes->room = room;
    }
    changes->at[changes->count++] = *change;
    return true;
}

static struct changes all_changes(struct cs_call *call)
{
    struct changes changes = {.arena = cs_call_arena(call)};
    cs_lab_each_change(cs_call_lab(call), take_change, &changes);
    return changes;
}

static cs_status change_row(struct cs_call *call, const struct cs_change *change, bool undone,
                            struct cs_error *err)
{
    return CS_ROW(call, err, cs_value_int((int64_t)change->number), cs_value_time(change->time),
                  cs_value_str(change->user), cs_value_str(change->title),
                  cs_value_int((int64_t)change->ops), cs_value_bool(undone));
}

static cs_status lab_history(struct cs_call *call, struct cs_error *err)
{
    struct changes changes = all_changes(call);
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < changes.count; i++)
        status = change_row(call, &changes.at[i], changes.at[i].undone, err);
    return status;
}

static cs_status moved(struct cs_call *call, const struct cs_change *change, bool undone,
                       struct cs_error *err)
{
    if (cs_call_wants_words(call))
        cs_call_say(call, "%s: %.*s   (%zu op%s%s)\n", undone ? "undone" : "redone",
                    CS_STR_ARG(change->title), change->ops, plural(change->ops),
                    undone ? "; lab redo brings it back" : "");
    return change_row(call, change, undone, err);
}

/* A host that came with what was undone is no place to be. */
static void leave_gone_host(struct cs_call *call)
{
    struct cs_shell *shell = cs_call_shell(call);
    if (!cs_host_get(cs_call_lab(call), cs_shell_host(shell)))
        cs_shell_use_host(shell, 0);
}

static cs_status count_of(struct cs_call *call, size_t *count, struct cs_error *err)
{
    int64_t number = cs_call_int(call, "count");
    if (number < 1)
        return cs_fail(err, CS_INVALID, "how many changes must be 1 or more");
    *count = (size_t)number;
    return CS_OK;
}

static cs_status lab_undo(struct cs_call *call, struct cs_error *err)
{
    size_t count = 0, done = 0;
    struct changes changes = all_changes(call);
    cs_status status = count_of(call, &count, err);
    if (status == CS_OK)
        status = cs_lab_undo(cs_call_lab(call), count, &done, err);
    if (status != CS_OK)
        return status;
    leave_gone_host(call);
    for (size_t i = changes.count; status == CS_OK && done && i-- > 0;) {
        if (changes.at[i].undone)
            continue;
        status = moved(call, &changes.at[i], true, err);
        done--;
    }
    return status;
}

static cs_status lab_redo(struct cs_call *call, struct cs_error *err)
{
    size_t count = 0, done = 0;
    struct changes changes = all_changes(call);
    cs_status status = count_of(call, &count, err);
    if (status == CS_OK)
        status = cs_lab_redo(cs_call_lab(call), count, &done, err);
    for (size_t i = 0; status == CS_OK && done && i < changes.count; i++) {
        if (!changes.at[i].undone)
            continue;
        status = moved(call, &changes.at[i], false, err);
        done--;
    }
    return status;
}

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

/* ---------------------------------------------------------------- commands */

#define CHANGE_FIELDS                                                                              \
    {"number", &cs_type_int, "its place in the history"},                                          \
        {"time", &cs_type_time, "when, on the lab's clock"},                                       \
        {"user", &cs_type_text, "who did it"}, {"title", &cs_type_text, "what was done"},          \
        {"ops", &cs_type_int, "single steps it is made of"},                                       \
    {                                                                                              \
        "undone", &cs_type_bool, "is it undone now?"                                               \
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
            {"time", &cs_type_time, "the lab's clock"}),
        .examples = CS_EXAMPLES({"lab info", "what am I working on?"}),
        .see = "lab history, lab missing",
    },
    {
        .name = "lab import",
        .brief = "bring exports of a real directory and registry into the lab",
        .detail =
            "Every file, gzip or not, is read by the importer that knows its kind.  All files of "
            "one command come in together, as one change that lab undo takes back, or none of "
            "them does.\n\n"
            "A registry export belongs to the host of --host; without it to the machine it "
            "names, else to the current host, else to a new host named after the file.",
        .run = lab_import,
        .params = CS_PARAMS({"file", &cs_type_path, "files to read", CS_MANY},
                            {"as", &cs_type_text, "their kind, where it is not seen", CS_OPTION},
                            {"host", &cs_type_text, "the host of a registry export", CS_OPTION}),
        .result = CS_FIELDS({"file", &cs_type_path, "the file"},
                            {"kind", &cs_type_text, "what it is: ldif, reg, ..."},
                            {"read", &cs_type_int, "records or values it holds"},
                            {"added", &cs_type_int, "new facts in the lab"},
                            {"skipped", &cs_type_int, "records that are not for this model"},
                            {"warnings", &cs_type_list, "what is worth knowing"}),
        .see = "lab missing, lab undo",
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
        .name = "lab undo",
        .brief = "take back the last changes",
        .run = lab_undo,
        .params = CS_PARAMS({"count", &cs_type_int, "how many", CS_OPTIONAL, "1"}),
        .result = CS_FIELDS(CHANGE_FIELDS),
        .see = "lab redo, lab history",
        .flags = CS_COMMAND_NESTS,
    },
    {
        .name = "lab redo",
        .brief = "do again what was undone",
        .run = lab_redo,
        .params = CS_PARAMS({"count", &cs_type_int, "how many", CS_OPTIONAL, "1"}),
        .result = CS_FIELDS(CHANGE_FIELDS),
        .see = "lab undo, lab history",
        .flags = CS_COMMAND_NESTS,
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
