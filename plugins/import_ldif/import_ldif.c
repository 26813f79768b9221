/*
 * import_ldif.c - a plugin that reads LDIF: what ldapsearch, ldbsearch and ldifde write.
 *
 * RFC 2849 describes one format; administrators bring three dialects of it:
 *
 *   ldapsearch  folds at 76 or 79 columns or not at all, puts comments before each entry, and
 *               repeats a header and a "search result" for every page;
 *   ldbsearch   counts its records in comments, and writes SIDs as text;
 *   ldifde      ends lines with CR LF, says "changetype: add" in every record, may be UTF-16,
 *               and puts a long value on the line after "member:" (which is folding, too).
 *
 * The reader goes over the bytes once.  Values are slices of the file unless they were folded
 * or base64 (ldif_line.c); those lie on a workbench that is wiped after each record, so that a
 * file of any size takes no more memory than its largest record.  It knows
 * nothing of directories: an entry is a DN and attributes, and goes to cs_import_entry; what an
 * attribute means is decided in the shell (lab/import*.c).
 *
 * A file that was cut must not pass for a smaller directory.  The writers help: ldapsearch ends
 * with "# search result" and an empty cookie, ldbsearch with "# returned n records"; every line
 * has its end.  What lacks the end it promised is refused whole.
 *
 * Change records (changetype: modify) are no export and are refused, as are values that stand
 * in other files (attr:< file:///...).
 */
#include <certsh/plugin.h>

#include "ldif_line.h"
#include "ldif_name.h"

#define CUT_HINT "nothing was imported.  Was the file cut?  Export it again"

enum { LONG_RECORD = 1024 };

struct ldif {
    struct cs_import *import;
    struct cs_arena *arena; /* of this reading */
    struct cs_error *err;
    struct ldif_lines lines;
    struct ldif_bench bench;
    struct ldif_names names;
    struct cs_attribute *at; /* of the record that is open; reused for every record */
    size_t count, room;
    struct cs_str dn;
    uint32_t dn_line;
    bool open;         /* a record has begun */
    bool said;         /* there was a record, or the end of a search that found none */
    bool end_promised; /* by a header: an end of the search has to come */
    bool more_pages;   /* the last page said that another one follows */
};

/* ----------------------------------------------------------------- records */

static cs_status finish_record(struct ldif *file)
{
    if (!file->open)
        return CS_OK;
    file->open = false;
    struct cs_entry entry = {file->dn, file->dn_line, file->at, file->count};
    cs_status status = cs_import_entry(file->import, &entry, file->err);
    ldif_names_forget(&file->names); /* the last one may lie on the bench */
    ldif_bench_wipe(&file->bench);
    return status;
}

static cs_status begin_record(struct ldif *file, struct cs_str dn, uint32_t line)
{
    if (file->open) {
        cs_import_bad(file->import, line, file->err,
                      "a second dn in one record: an empty line is missing before it");
        return cs_error_hint(file->err, CUT_HINT);
    }
    file->open = file->said = true;
    file->dn = dn;
    file->dn_line = line;
    file->count = 0;
    return CS_OK;
}

/* Room for another value: a long record's members go to the shell, else it grows. */
static void more_room(struct ldif *file)
{
    const struct cs_entry entry = {file->dn, file->dn_line, file->at, file->count};
    if (file->count >= LONG_RECORD)
        file->count = cs_import_part(file->import, entry, file->at);
    if (file->count * 2 > file->room || !file->room)
        file->at = cs_arena_wider(file->arena, file->at, &file->room, sizeof *file->at);
}

/* ------------------------------------------------- lines that stand outside */

/* The end of one search of ldapsearch; a code other than 0 means that it is not all. */
static void note_result(struct ldif *file, struct cs_str value, uint32_t line)
{
    file->end_promised = false;
    file->said = true;
    if (!cs_str_starts(value, CS_STR("0")))
        cs_import_warn(file->import, line, "the server did not give everything: result %.*s",
                       CS_STR_ARG(value));
}

static void note_pages(struct ldif *file, struct cs_str value)
{
    const struct cs_str word = CS_STR("cookie=");
    for (size_t i = 0; i + word.length <= value.length; i++)
        if (cs_str_starts(cs_str_from(value, i), word))
            file->more_pages = i + word.length < value.length;
}

/* A line between records: what ldapsearch and ldbsearch say besides the entries. */
static cs_status outside(struct ldif *file, struct cs_str name, struct cs_str value, uint32_t line)
{
    if (cs_str_same(name, CS_STR("result"))) {
        note_result(file, value, line);
        return CS_OK;
    }
    if (cs_str_same(name, CS_STR("pagedresults"))) {
        note_pages(file, value);
        return CS_OK;
    }
    static const char *const said[] = {"ref",  "version",   "search", "control",
                                       "text", "matchedDN", "filter", "requesting"};
    for (size_t i = 0; i < CS_COUNT(said); i++)
        if (cs_str_same(name, cs_str_of(said[i])))
            return CS_OK;
    cs_import_bad(file->import, line, file->err, "a record begins with '%.*s', not with its dn",
                  CS_STR_ARG(name));
    return cs_error_hint(file->err, CUT_HINT);
}

static void note_comment(struct ldif *file, struct cs_str text)
{
    const struct cs_str asked = CS_STR("# requesting: ");
    if (cs_str_is(text, "# extended LDIF") || cs_str_starts(text, CS_STR("# record ")))
        file->end_promised = true;
    else if (cs_str_starts(text, CS_STR("# returned ")))
        file->end_promised = false;
    else if (cs_str_starts(text, asked))
        cs_import_asked(file->import, cs_str_from(text, asked.length));
}

/* ------------------------------------------------------------------- lines */

static cs_status refuse_url(struct ldif *file, struct cs_str name, uint32_t line)
{
    cs_import_bad(file->import, line, file->err, "the value of '%.*s' stands in another file (:<)",
                  CS_STR_ARG(name));
    return cs_error_hint(file->err, "nothing was imported.  Export again with values in the file: "
                                    "ldapsearch without -t");
}

static cs_status refuse_base64(struct ldif *file, struct cs_str name, uint32_t line)
{
    cs_import_bad(file->import, line, file->err, "the value of '%.*s' is no base64",
                  CS_STR_ARG(name));
    return cs_error_hint(file->err, CUT_HINT);
}

/* What stands after the colon: a text, base64, or (refused) the address of a file. */
static cs_status take_value(struct ldif *file, struct cs_str name, struct cs_str rest,
                            uint32_t line, struct cs_str *value)
{
    if (rest.length && rest.at[0] == '<')
        return refuse_url(file, name, line);
    if (rest.length && rest.at[0] == ':')
        return ldif_base64(&file->bench, cs_str_from(rest, 1), value)
                   ? CS_OK
                   : refuse_base64(file, name, line);
    while (rest.length && rest.at[0] == ' ')
        rest = ldif_slice(rest, 1, rest.length - 1);
    *value = rest;
    return CS_OK;
}

static cs_status take_change(struct ldif *file, struct cs_str kind, uint32_t line)
{
    if (cs_str_same(kind, CS_STR("add")))
        return CS_OK;
    cs_import_bad(file->import, line, file->err,
                  "a change record (changetype: %.*s) is no export of a directory",
                  CS_STR_ARG(kind));
    return cs_error_hint(file->err, "nothing was imported.  Apply it to the directory and export "
                                    "that: ldifde -f export.ldf");
}

static cs_status take_attribute(struct ldif *file, struct cs_str value, uint32_t line)
{
    const struct ldif_name *name = &file->names.now;
    if (name->kind == LDIF_CHANGETYPE)
        return take_change(file, value, line);
    if (name->kind == LDIF_CONTROL && file->count == 0)
        return CS_OK;
    if (file->count == file->room)
        more_room(file);
    file->at[file->count++] = (struct cs_attribute){name->bare, name->options, value, line};
    return CS_OK;
}

/* What the programs say to the person, where their errors went into the file, too. */
static bool is_talk(struct cs_str line)
{
    static const char *const starts[] = {"Enter LDAP Password:", "SASL", "ldap_initialize(",
                                         "Press [size] Enter for the next"};
    for (size_t i = 0; i < CS_COUNT(starts); i++)
        if (cs_str_starts(line, cs_str_of(starts[i])))
            return true;
    return false;
}

static cs_status refuse_line(struct ldif *file, const struct ldif_line *line)
{
    int shown = line->text.length > 40 ? 40 : (int)line->text.length;
    cs_import_bad(file->import, line->number, file->err, "'%.*s' is no 'name: value'", shown,
                  line->text.at);
    return cs_error_hint(file->err, "nothing was imported.  Was the file cut, or is this of no "
                                    "export?  Take the line out, or export again");
}

static cs_status take_pair(struct ldif *file, const struct ldif_line *line)
{
    if (!ldif_names_take(&file->names, &file->lines, line->text))
        return !file->open && is_talk(line->text) ? CS_OK : refuse_line(file, line);
    struct cs_str name = file->names.now.whole, value = {0};
    struct cs_str rest =
        ldif_slice(line->text, name.length + 1, line->text.length - name.length - 1);
    cs_status status = take_value(file, name, rest, line->number, &value);
    if (status != CS_OK)
        return status;
    if (file->names.now.kind == LDIF_DN)
        return begin_record(file, value, line->number);
    if (!file->open)
        return outside(file, name, value, line->number);
    return take_attribute(file, value, line->number);
}

static cs_status take_line(struct ldif *file, const struct ldif_line *line)
{
    if (line->text.length == 0)
        return finish_record(file);
    if (line->text.at[0] == '#') {
        note_comment(file, line->text);
        return CS_OK;
    }
    if (line->open) {
        cs_import_bad(file->import, line->number, file->err, "the last line has no end");
        return cs_error_hint(file->err, CUT_HINT ", or end it with a line end if it is whole");
    }
    return take_pair(file, line);
}

/* -------------------------------------------------------------------- file */

/* The bytes without UTF-16 and marks.  What is left of ANSI is told from UTF-8 by value. */
static struct cs_str plain_text(struct cs_arena *arena, struct cs_str bytes)
{
    struct cs_str text;
    if (cs_str_from_wide(arena, bytes, &text))
        return text;
    if (cs_str_find(bytes, '\n') < 0) /* carriage returns alone end its lines */
        return cs_str_from_file(arena, bytes);
    return cs_str_starts(bytes, CS_STR("\xef\xbb\xbf")) ? cs_str_from(bytes, 3) : bytes;
}

static cs_status check_end(struct ldif *file)
{
    const char *why = NULL;
    if (file->end_promised)
        why = "the file ends before the end of its search";
    else if (file->more_pages)
        why = "the file ends although more pages were to follow";
    else if (!file->said)
        why = "the file holds no record";
    if (!why)
        return CS_OK;
    cs_import_bad(file->import, file->lines.number, file->err, "%s", why);
    return cs_error_hint(file->err, CUT_HINT);
}

static cs_status read_lines(struct ldif *file)
{
    struct ldif_line line;
    while (ldif_next_line(&file->lines, &line)) {
        cs_status status = take_line(file, &line);
        if (status != CS_OK)
            return status;
    }
    cs_status status = finish_record(file);
    return status == CS_OK ? check_end(file) : status;
}

static cs_status read_ldif(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    struct cs_str text = plain_text(cs_import_arena(import), bytes);
    struct ldif file = {.import = import, .arena = cs_arena_new(), .err = err};
    if (!file.arena)
        return cs_fail(err, CS_LIMIT, "out of memory");
    file.bench.arena = file.arena;
    ldif_names_begin(&file.names);
    file.lines = (struct ldif_lines){&file.bench, text.at, text.at, text.at + text.length, 1};
    cs_status status = read_lines(&file);
    cs_arena_free(file.arena);
    return status;
}

/* ------------------------------------------------------------------- probe */

/* Does a line of the head begin so? */
static bool has_line(struct cs_str head, struct cs_str start)
{
    for (size_t i = 0; i + start.length <= head.length; i++)
        if ((i == 0 || head.at[i - 1] == '\n') && cs_str_same_start(cs_str_from(head, i), start))
            return true;
    return false;
}

static int probe_ldif(struct cs_str name, struct cs_str head)
{
    if (has_line(head, CS_STR("dn:")) || has_line(head, CS_STR("# extended LDIF")))
        return 90;
    bool named = cs_str_ends(name, CS_STR(".ldif")) || cs_str_ends(name, CS_STR(".ldf"));
    return named ? 60 : 0;
}

static const struct cs_importer importers[] = {{
    .name = "ldif",
    .brief = "LDIF of ldapsearch, ldbsearch and ldifde",
    .probe = probe_ldif,
    .read = read_ldif,
}};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "import_ldif",
    .version = "1.0",
    .brief = "reads LDIF of ldapsearch, ldbsearch and ldifde",
    .needs = "file.read",
    .importers = importers,
    .importer_count = CS_COUNT(importers),
};
