/*
 * lab_import.c - lab import and lab missing: what comes in, and what should come next.
 */
#include "lab_file.h"
#include "lab_folder.h"
#include "lab_plugin.h"
#include "lab_progress.h"

/* ------------------------------------------------------------------ import */

struct load {
    struct cs_call *call;
    struct cs_import *import;
    struct cs_str kind; /* of --as, or "" */
    struct lab_file *files;
    size_t count;
    struct cs_list_maker unknown; /* files of a folder that are of no kind */
    struct cs_list_maker empty;   /* files of a folder without a byte */
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
    int surest = 0;
    for (size_t i = 0; i < count; i++) {
        int sure = load->kind.length ? cs_str_same(load->kind, cs_str_of(list[i]->name))
                                     : cs_importer_probe(list[i], name, bytes);
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

/* What a file is packed by, other than gzip and the zips of SharpHound; NULL for none. */
static const char *packed_by(struct cs_str bytes)
{
    static const struct {
        struct cs_str begin;
        const char *name;
    } packers[] = {
        {{"\xfd"
          "7zXZ",
          5},
         "xz"},
        {{"7z\xbc\xaf", 4}, "7-Zip"},
        {{"BZh", 3}, "bzip2"},
        {{"\x28\xb5\x2f\xfd", 4}, "zstd"},
        {{"Rar!", 4}, "RAR"},
        {{"MSCF", 4}, "a cabinet"},
    };
    for (size_t i = 0; i < CS_COUNT(packers); i++)
        if (cs_str_starts(bytes, packers[i].begin))
            return packers[i].name;
    return NULL;
}

static cs_status refuse_kind(const struct load *load, struct cs_str name, struct cs_str bytes,
                             struct cs_str known, struct cs_error *err)
{
    const char *packer = packed_by(bytes);
    if (packer && !load->kind.length) {
        cs_fail(err, CS_INVALID, "'%.*s' is packed (%s)", CS_STR_ARG(name), packer);
        return cs_error_hint(err, "nothing was imported.  Unpack it; gzip is read as it is");
    }
    if (load->kind.length)
        cs_fail(err, CS_INVALID, "no importer '%.*s'", CS_STR_ARG(load->kind));
    else
        cs_fail(err, CS_INVALID, "'%.*s' is of no kind that can be read", CS_STR_ARG(name));
    return cs_error_hint(err, "kinds: %.*s; --as KIND says which it is", CS_STR_ARG(known));
}

/* A command that failed leaves an empty file behind: of a folder the others are read. */
static cs_status pass_empty(struct load *load, const struct lab_path *path, struct cs_error *err)
{
    if (path->found) {
        cs_list_add(&load->empty, cs_value_str(path->name));
        return CS_OK;
    }
    cs_fail(err, CS_INVALID, "'%.*s' is empty", CS_STR_ARG(path->name));
    return cs_error_hint(err, "the command that was to write it failed; run it again and read what "
                              "it says");
}

static cs_status load_file(struct load *load, const struct lab_path *path, struct cs_error *err)
{
    struct cs_arena *arena = cs_call_arena(load->call);
    struct lab_file *file = &load->files[load->count];
    cs_status status = lab_file_read(cs_str_c(arena, path->name), file, err);
    if (status != CS_OK)
        return status;
    load->count++;
    if (!file->bytes.length && !load->kind.length)
        return pass_empty(load, path, err);
    const struct cs_importer *const *list;
    size_t count = cs_shell_importers(cs_call_shell(load->call), &list);
    const struct cs_importer *importer =
        pick(load, without_gz(path->name), file->bytes, list, count);
    if (importer)
        return cs_import_file(load->import, importer, path->name, file->bytes, err);
    if (!path->found || load->kind.length)
        return refuse_kind(load, path->name, file->bytes, kinds(arena, list, count), err);
    cs_list_add(&load->unknown, cs_value_str(path->name));
    return CS_OK;
}

/* A folder, or several, in which nothing is of use. */
static cs_status refuse_folder(const struct load *load, struct cs_str folder, struct cs_error *err)
{
    const struct cs_importer *const *list;
    size_t count = cs_shell_importers(cs_call_shell(load->call), &list);
    cs_fail(err, CS_INVALID, "'%.*s' holds no file of a kind that can be read", CS_STR_ARG(folder));
    return cs_error_hint(err, "kinds: %.*s",
                         CS_STR_ARG(kinds(cs_call_arena(load->call), list, count)));
}

static cs_status load_all(struct load *load, cs_id *host, struct cs_error *err)
{
    struct cs_list names = cs_call_many(load->call, "file");
    struct lab_paths paths = {.arena = cs_call_arena(load->call)};
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < names.count; i++)
        status = lab_paths_add(&paths, names.at[i].text, err);
    load->files = cs_arena_alloc(paths.arena, (paths.count + 1) * sizeof *load->files);
    for (size_t i = 0; status == CS_OK && i < paths.count; i++)
        status = load_file(load, &paths.at[i], err);
    if (status == CS_OK && load->unknown.count + load->empty.count == paths.count)
        return refuse_folder(load, names.at[0].text, err);
    return status == CS_OK ? cs_import_finish(load->import, host, err) : status;
}

static void say_report(struct cs_call *call, const struct cs_import_report *report)
{
    struct lab_number read, added, skipped;
    struct cs_str reasons = cs_value_show(cs_call_arena(call), &report->reasons);
    bool values = cs_str_is(report->kind, "reg");
    const char *more = report->why.list.count ? "" : ": lab import --why";
    cs_call_say(call, "%.*s   %.*s   %s %s%s   %s added   %s skipped%s%.*s%s%s\n",
                CS_STR_ARG(report->file), CS_STR_ARG(report->kind),
                lab_grouped(report->read, &read), values ? "value" : "record",
                lab_plural(report->read), lab_grouped(report->added, &added),
                lab_grouped(report->skipped, &skipped), reasons.length ? " (" : "",
                CS_STR_ARG(reasons), reasons.length ? more : "", reasons.length ? ")" : "");
    for (size_t i = 0; i < report->warnings.list.count; i++)
        cs_call_say(call, "  %.*s\n", CS_STR_ARG(report->warnings.list.at[i].text));
    for (size_t i = 0; i < report->why.list.count; i++)
        cs_call_say(call, "  %.*s\n", CS_STR_ARG(report->why.list.at[i].text));
}

/* A row's remarks: warnings, and with --why what was left out. */
static struct cs_value remarks(struct cs_call *call, const struct cs_import_report *report)
{
    struct cs_list_maker all = {.arena = cs_call_arena(call)};
    const struct cs_list parts[] = {report->warnings.list, report->why.list};
    for (size_t p = 0; p < CS_COUNT(parts); p++)
        for (size_t i = 0; i < parts[p].count; i++)
            cs_list_add(&all, parts[p].at[i]);
    return cs_list_value(&all);
}

/* Files of a folder that no importer knows, or that hold nothing. */
static cs_status give_unread(struct cs_call *call, const struct cs_list_maker *files,
                             const char *reason, struct cs_error *err)
{
    const struct cs_value why = cs_value_text(reason);
    cs_status status = CS_OK;
    for (size_t i = 0; status == CS_OK && i < files->count; i++) {
        if (cs_call_wants_words(call))
            cs_call_say(call, "%.*s   %s\n", CS_STR_ARG(files->at[i].text), reason);
        status = CS_ROW(call, err, files->at[i], cs_value_null(), cs_value_int(0), cs_value_int(0),
                        cs_value_int(1), cs_value_list(cs_call_arena(call), &why, 1));
    }
    return status;
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

/* How many of them a CA lacks: whoever else is missing is nobody's default. */
static size_t of_cas(struct cs_list all)
{
    size_t count = 0;
    for (size_t i = 0; i < all.count; i++)
        count += field(&all.at[i], "ca").length > 0;
    return count;
}

/* CAs that lack the same are told together: "at CA 1 on CA0011, CA 2 on CA0012:". */
static void say_missing(struct cs_call *call, struct cs_list all)
{
    struct cs_arena *arena = cs_call_arena(call);
    bool assume = cs_lab_start(cs_call_lab(call))->assume;
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
        if (!field(&all.at[first], "ca").length)
            cs_call_say(call, "still missing for memberships:\n");
        else
            cs_call_say(call, "%s at %.*s:\n",
                        assume ? "assumed to be the default of Windows"
                               : "still missing for decisions",
                        CS_STR_ARG(cas));
        say_facts(call, all, first, first_end);
    }
    if (of_cas(all) && !assume)
        cs_call_say(call, "lab assume defaults answers for a default Windows until then\n");
}

/* Where defaults are assumed one line does: nothing stands in the way of an answer. */
static void say_still_missing(struct cs_call *call)
{
    const struct cs_lab *lab = cs_call_lab(call);
    struct cs_list all = cs_lab_missing(lab, cs_call_arena(call)).list;
    if (!cs_lab_start(lab)->assume)
        say_missing(call, all);
    else if (of_cas(all))
        cs_call_say(call, "%zu facts are assumed to be the default of Windows (lab missing)\n",
                    of_cas(all));
}

static cs_status give_reports(const struct load *load, struct cs_error *err)
{
    size_t count;
    struct cs_call *call = load->call;
    const struct cs_import_report *reports = cs_import_reports(load->import, &count);
    for (size_t i = 0; i < count; i++) {
        const struct cs_import_report *r = &reports[i];
        cs_status status = CS_ROW(call, err, cs_value_str(r->file), cs_value_str(r->kind),
                                  cs_value_int((int64_t)r->read), cs_value_int((int64_t)r->added),
                                  cs_value_int((int64_t)r->skipped), remarks(call, r));
        if (status != CS_OK)
            return status;
        if (cs_call_wants_words(call))
            say_report(call, r);
    }
    cs_status status =
        give_unread(call, &load->unknown, "left out: of no kind that can be read", err);
    if (status == CS_OK)
        status = give_unread(call, &load->empty, "left out: it is empty", err);
    if (status != CS_OK)
        return status;
    if (cs_call_wants_words(call))
        say_still_missing(call);
    return CS_OK;
}

cs_status lab_import(struct cs_call *call, struct cs_error *err)
{
    struct cs_shell *shell = cs_call_shell(call);
    struct cs_list files = cs_call_many(call, "file");
    if (files.count == 1 && lab_is_exported(call, files.at[0].text))
        return lab_import_exported(call, files.at[0].text, err);
    struct load load = {.call = call, .kind = cs_call_str(call, "as")};
    load.import = cs_import_new(cs_call_lab(call), cs_call_arena(call), 0);
    cs_import_set_current(load.import, cs_shell_host(shell));
    cs_import_set_host(load.import, cs_call_str(call, "host"));
    if (cs_call_flag(call, "why"))
        cs_import_set_why(load.import);
    load.unknown.arena = load.empty.arena = cs_call_arena(call);
    cs_id host = 0;
    struct lab_progress progress;
    lab_progress_begin(&progress, load.import);
    cs_status status = load_all(&load, &host, err);
    lab_progress_end(&progress);
    if (status == CS_OK)
        status = give_reports(&load, err);
    cs_import_drop(load.import);
    for (size_t i = 0; i < load.count; i++)
        lab_file_close(&load.files[i]);
    if (status == CS_OK && host && !cs_shell_host(shell))
        cs_shell_use_host(shell, host);
    return status;
}

cs_status lab_missing(struct cs_call *call, struct cs_error *err)
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
