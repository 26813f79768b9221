/*
 * import_sharphound.c - a plugin that reads what SharpHound collects for BloodHound.
 *
 * A collection is a zip, or the JSON files of one: users, groups, computers, domains, and with
 * BloodHound CE the certification authorities and templates.
 *
 *     {"data":[{"Properties":{...},"Members":[...],"ObjectIdentifier":"S-1-5-21-..."}, ...],
 *      "meta":{"type":"groups","count":86,"version":6}}
 *
 * Files of a large forest have gigabytes and no line ends: they are read as a stream, an object
 * at a time (json_path.c), and so are the members of a zip.  The number behind the file's name in
 * "groups.json:57" is the object's place in "data".  The count in meta is often wrong and is not
 * looked at.
 *
 * What a reader must know of these files:
 *   - S-1-5-32-x and other well-known SIDs carry their domain: "CORP.EXAMPLE-S-1-5-32-574"; the
 *     local groups of a member server carry its SID: "S-1-5-21-...-1104-544".
 *   - Objects come twice, the second time empty: one SID is one object, and sightings add up.
 *   - Collected=false is nothing said: such a local group stays unknown.  SharpHound leaves
 *     NETWORK, INTERACTIVE, services and others out of local groups, so that even a collected
 *     one is not known to lack anybody.
 *   - Deny entries are never written.  Descriptors made of these entries are marked, and
 *     answers that rest on them say so.
 *   - Groups say no scope, or only lately: those that are not well-known count as universal.
 * Whether one is a distribution list is never said: all count as security groups, which is told.
 *
 * Files of SharpHound before 4 have another form and are refused.
 */
#include <string.h>

#include "sharp.h"
#include "sharp_zip.h"

enum { VERSION_MIN = 4, AROUND = 4096 };

/* --------------------------------------------------------------------- meta */

/* The first `"word"` and what follows it; empty when it is not there. */
static struct cs_str behind(struct cs_str text, struct cs_str word)
{
    for (size_t i = 0; i + word.length <= text.length; i++)
        if (text.at[i] == word.at[0] && cs_str_same_start(cs_str_from(text, i), word))
            return cs_str_from(text, i + word.length);
    return CS_STR("");
}

/* The value behind a key: a text without its quotes, or digits. */
static struct cs_str value_of(struct cs_str text, struct cs_str key)
{
    struct cs_str rest = cs_str_trim(behind(text, key));
    if (!cs_str_starts(rest, CS_STR(":")))
        return CS_STR("");
    rest = cs_str_trim(cs_str_from(rest, 1));
    bool quoted = cs_str_starts(rest, CS_STR("\""));
    if (quoted)
        rest = cs_str_from(rest, 1);
    size_t length = 0;
    while (length < rest.length && rest.at[length] != '"' && rest.at[length] != ',' &&
           rest.at[length] != '}' && (quoted || rest.at[length] != ' '))
        length++;
    return cs_str_trim(cs_str_span(rest.at, length));
}

/* The first and the last bytes of a file; in one of them is its meta. */
struct ends {
    struct cs_str head, tail;
};

static struct ends ends_of(struct cs_str bytes)
{
    size_t size = bytes.length < AROUND ? bytes.length : AROUND;
    return (struct ends){cs_str_span(bytes.at, size), cs_str_from(bytes, bytes.length - size)};
}

/* Its text up to the end of its object; the last one, for objects may have a key of that name. */
static struct cs_str meta_of(struct ends ends)
{
    struct cs_str last = CS_STR("");
    for (struct cs_str rest = ends.tail; (rest = behind(rest, CS_STR("\"meta\""))).length;)
        last = rest;
    return last.length ? last : behind(ends.head, CS_STR("\"meta\""));
}

/* --------------------------------------------------------------------- file */

/* UTF-8 with or without a byte order mark; PowerShell re-saves as UTF-16. */
static struct cs_str plain(struct cs_arena *arena, struct cs_str bytes)
{
    struct cs_str text;
    if (cs_str_from_wide(arena, bytes, &text))
        return text;
    return cs_str_starts(bytes, CS_STR("\xef\xbb\xbf")) ? cs_str_from(bytes, 3) : bytes;
}

/* Is the first key of the JSON one of these? */
static bool starts_with_key(struct cs_str head, const char *const *keys, size_t count)
{
    head = cs_str_trim(head);
    if (!cs_str_starts(head, CS_STR("{")))
        return false;
    head = cs_str_trim(cs_str_from(head, 1));
    for (size_t i = 0; i < count; i++)
        if (cs_str_same_start(head, cs_str_of(keys[i])))
            return true;
    return false;
}

/* Objects stand under the name of their type, not under "data". */
static bool is_before_4(struct cs_str head)
{
    static const char *const keys[] = {"\"users\"", "\"groups\"", "\"computers\"", "\"domains\"",
                                       "\"gpos\"",  "\"ous\"",    "\"sessions\""};
    return starts_with_key(head, keys, CS_COUNT(keys));
}

static cs_status refuse_old(const struct sharp_file *file, unsigned version)
{
    if (version)
        cs_import_bad(file->import, 1, file->err, "files of SharpHound %u are not read", version);
    else
        cs_import_bad(file->import, 1, file->err, "files of SharpHound before 4 are not read");
    return cs_error_hint(file->err, "nothing was imported.  Collect again with SharpHound 4 "
                                    "or of BloodHound CE");
}

static cs_status check_meta(struct sharp_file *file, struct ends ends)
{
    struct cs_str meta = meta_of(ends), version = value_of(meta, CS_STR("\"version\""));
    uint64_t number = VERSION_MIN;
    file->type = value_of(meta, CS_STR("\"type\""));
    if (!file->type.length) {
        cs_import_bad(file->import, 1, file->err, "this is no file of SharpHound: no meta.type");
        return cs_error_hint(file->err, "nothing was imported.  Was the file cut?  Copy it again");
    }
    if (version.length && cs_str_number(version, 1000, &number) && number < VERSION_MIN)
        return refuse_old(file, (unsigned)number);
    return is_before_4(ends.head) ? refuse_old(file, 0) : CS_OK;
}

static void tell(const struct sharp_file *file)
{
    if (file->excerpt)
        cs_import_warn(file->import, 0,
                       "SharpHound leaves deny entries out: what is allowed is allowed unless "
                       "denied");
    if (file->number && cs_str_same(file->type, CS_STR("groups")))
        cs_import_warn(file->import, 0,
                       "SharpHound does not tell distribution lists: all groups count as security "
                       "groups");
    if (file->uncollected)
        cs_import_warn(file->import, 0, "computers whose local groups were not collected: %zu",
                       file->uncollected);
    if (file->strange_rights)
        cs_import_warn(file->import, 0, "entries of access lists that are not known here: %zu",
                       file->strange_rights);
}

static cs_status read_source(struct cs_import *import, struct ends ends, struct json_source *source,
                             struct cs_error *err)
{
    struct sharp_file file = {.import = import, .scratch = cs_import_arena(import), .err = err};
    cs_status status = check_meta(&file, ends);
    if (status == CS_OK)
        status = sharp_read(&file, source);
    if (status == CS_OK)
        tell(&file);
    return status;
}

static cs_status read_json(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    struct cs_str text = plain(cs_import_arena(import), bytes);
    struct json_source source = json_source_of(&text);
    return read_source(import, ends_of(text), &source, err);
}

/* ---------------------------------------------------------------------- zip */

static int probe_json(struct cs_str head)
{
    static const char *const keys[] = {"\"data\"", "\"meta\""};
    if (starts_with_key(head, keys, CS_COUNT(keys)))
        return 90;
    return is_before_4(head) ? 50 : 0;
}

static cs_status read_any(struct cs_import *import, struct cs_str bytes, struct cs_error *err);
static int probe(struct cs_str name, struct cs_str head);

static const struct cs_importer importers[] = {{
    .name = "sharphound",
    .brief = "zips and JSON files of SharpHound 4 to BloodHound CE",
    .probe = probe,
    .read = read_any,
}};

static bool is_zip(struct cs_str bytes)
{
    return cs_str_starts(bytes, CS_STR("PK\x03\x04"));
}

struct unzip {
    struct cs_import *import;
    struct cs_str zip;
    size_t count;
    struct cs_importer reader;   /* of members; its data is this */
    struct sharp_member *member; /* that is read now */
    struct ends ends;
    bool wide; /* in UTF-16, as PowerShell saves */
    char head[AROUND], tail[AROUND];
};

/* Bytes that go by; the last of them stay. */
static void keep_tail(struct unzip *unzip, struct cs_str piece)
{
    size_t have = unzip->ends.tail.length;
    if (piece.length > AROUND)
        piece = cs_str_from(piece, piece.length - AROUND);
    if (have + piece.length > AROUND) {
        size_t gone = have + piece.length - AROUND;
        memmove(unzip->tail, unzip->tail + gone, have - gone);
        have -= gone;
    }
    memcpy(unzip->tail + have, piece.at, piece.length);
    unzip->ends.tail = cs_str_span(unzip->tail, have + piece.length);
}

/* Meta that stands first needs no look at the end of what has to be unpacked to get there. */
static bool begins_with_meta(struct cs_str head)
{
    head = cs_str_trim(head);
    return cs_str_starts(head, CS_STR("{")) &&
           cs_str_same_start(cs_str_trim(cs_str_from(head, 1)), CS_STR("\"meta\""));
}

static void keep_head(struct unzip *unzip, struct cs_str piece)
{
    size_t size = piece.length < AROUND ? piece.length : AROUND;
    memcpy(unzip->head, piece.at, size);
    unzip->ends = (struct ends){.head = cs_str_span(unzip->head, size)};
    unzip->wide =
        cs_str_from_wide(cs_import_arena(unzip->import), unzip->ends.head, &unzip->ends.head);
}

/* The ends of a member; it goes by once for that, and a second time to be read. */
static cs_status look_at(struct unzip *unzip, struct cs_error *err)
{
    struct json_source source;
    struct cs_str piece = CS_STR("");
    cs_status status = sharp_member_open(unzip->member, &source, err);
    if (status == CS_OK)
        status = source.next(source.context, &piece, err);
    keep_head(unzip, piece);
    if (probe_json(unzip->ends.head) == 0 || unzip->wide || begins_with_meta(unzip->ends.head))
        return status;
    for (; status == CS_OK && piece.length; status = source.next(source.context, &piece, err))
        keep_tail(unzip, piece);
    return status;
}

/* UTF-16 is no stream of JSON: such a member is read whole. */
static cs_status read_wide(struct cs_import *import, struct json_source *source,
                           struct cs_error *err)
{
    enum { WIDE_MAX = 1 << 28 };
    struct cs_buf all;
    struct cs_str piece;
    cs_status status;
    cs_buf_init(&all, WIDE_MAX);
    while ((status = source->next(source->context, &piece, err)) == CS_OK && piece.length)
        cs_buf_add_str(&all, piece);
    if (status == CS_OK && cs_buf_full(&all))
        status = cs_fail(err, CS_LIMIT, "more than %d bytes of UTF-16", WIDE_MAX);
    if (status == CS_OK)
        status = read_json(import, cs_buf_str(&all), err);
    cs_buf_clear(&all);
    return status;
}

static cs_status read_member(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    struct unzip *unzip = cs_import_data(import);
    struct json_source source;
    (void)bytes;
    cs_status status = sharp_member_open(unzip->member, &source, err);
    if (status != CS_OK)
        return status;
    return unzip->wide ? read_wide(import, &source, err)
                       : read_source(import, unzip->ends, &source, err);
}

/* Each member is a file of its own in the report: "corp.zip/groups.json". */
static cs_status take_member(void *context, struct sharp_member *member, struct cs_error *err)
{
    struct unzip *unzip = context;
    unzip->member = member;
    cs_status status = look_at(unzip, err);
    if (status != CS_OK || probe_json(unzip->ends.head) == 0)
        return status;
    unzip->count++;
    struct cs_str file =
        cs_str_printf(cs_import_arena(unzip->import), "%.*s/%.*s", CS_STR_ARG(unzip->zip),
                      CS_STR_ARG(sharp_member_name(member)));
    return cs_import_file(unzip->import, &unzip->reader, file, CS_STR(""), err);
}

static cs_status read_zip(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    struct unzip *unzip = cs_arena_alloc(cs_import_arena(import), sizeof *unzip);
    unzip->import = import;
    unzip->zip = cs_import_file_name(import);
    unzip->reader =
        (struct cs_importer){.name = importers[0].name, .read = read_member, .data = unzip};
    cs_status status = sharp_zip_each(import, bytes, take_member, unzip, err);
    if (status != CS_OK || unzip->count)
        return status;
    cs_import_bad(import, 0, err, "no file of SharpHound is in this zip");
    return cs_error_hint(err, "nothing was imported.  Unpack it, and import what is of use");
}

static cs_status read_any(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    return is_zip(bytes) ? read_zip(import, bytes, err) : read_json(import, bytes, err);
}

static int probe(struct cs_str name, struct cs_str head)
{
    (void)name;
    return is_zip(head) ? 70 : probe_json(head);
}

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "import_sharphound",
    .version = "1.0",
    .brief = "reads collections of SharpHound",
    .needs = "file.read",
    .importers = importers,
    .importer_count = CS_COUNT(importers),
};
