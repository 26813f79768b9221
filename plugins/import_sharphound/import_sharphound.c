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
 * at a time (json_path.c), and the number behind the file's name in "groups.json:57" is the
 * object's place in "data".  The count in meta is often wrong and is not looked at.
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
 *
 * Files of SharpHound before 4 have another form and are refused.
 */
#include "sharp.h"
#include "sharp_zip.h"

enum { VERSION_MIN = 4, AROUND = 4096 };

/* --------------------------------------------------------------------- meta */

/* The first `"word"` and what follows it; empty when it is not there. */
static struct cs_str behind(struct cs_str text, struct cs_str word)
{
    for (size_t i = 0; i + word.length <= text.length; i++)
        if (cs_str_starts(cs_str_from(text, i), word))
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

/* meta stands first or last; its text up to the end of its object. */
static struct cs_str meta_of(struct cs_str bytes)
{
    size_t size = bytes.length < AROUND ? bytes.length : AROUND;
    struct cs_str head = behind(cs_str_span(bytes.at, size), CS_STR("\"meta\""));
    struct cs_str tail = cs_str_from(bytes, bytes.length - size), last = CS_STR("");
    for (struct cs_str rest = tail; (rest = behind(rest, CS_STR("\"meta\""))).length;)
        last = rest;
    return last.length ? last : head;
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

static cs_status check_meta(struct sharp_file *file, struct cs_str bytes)
{
    struct cs_str meta = meta_of(bytes), version = value_of(meta, CS_STR("\"version\""));
    uint64_t number = VERSION_MIN;
    file->type = value_of(meta, CS_STR("\"type\""));
    if (!file->type.length) {
        cs_import_bad(file->import, 1, file->err, "this is no file of SharpHound: no meta.type");
        return cs_error_hint(file->err, "nothing was imported.  Was the file cut?  Copy it again");
    }
    if (version.length && cs_str_number(version, 1000, &number) && number < VERSION_MIN) {
        cs_import_bad(file->import, 1, file->err, "files of SharpHound %u are not read",
                      (unsigned)number);
        return cs_error_hint(file->err, "nothing was imported.  Collect again with SharpHound 4 "
                                        "or of BloodHound CE");
    }
    return CS_OK;
}

static void tell(const struct sharp_file *file)
{
    if (file->excerpt)
        cs_import_warn(file->import, 0,
                       "SharpHound leaves deny entries out: what is allowed is allowed unless "
                       "denied");
    if (file->uncollected)
        cs_import_warn(file->import, 0, "computers whose local groups were not collected: %zu",
                       file->uncollected);
    if (file->strange_rights)
        cs_import_warn(file->import, 0, "entries of access lists that are not known here: %zu",
                       file->strange_rights);
}

static cs_status read_json(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    struct cs_arena *arena = cs_import_arena(import);
    struct cs_str text = plain(arena, bytes);
    struct sharp_file file = {.import = import, .scratch = arena, .err = err};
    cs_status status = check_meta(&file, text);
    if (status == CS_OK)
        status = sharp_read(&file, text);
    if (status == CS_OK)
        tell(&file);
    return status;
}

/* ---------------------------------------------------------------------- zip */

static int probe_json(struct cs_str head)
{
    static const char *const keys[] = {"\"data\"", "\"meta\""};
    head = cs_str_trim(head);
    if (!cs_str_starts(head, CS_STR("{")))
        return 0;
    head = cs_str_trim(cs_str_from(head, 1));
    for (size_t i = 0; i < CS_COUNT(keys); i++)
        if (cs_str_starts(head, cs_str_of(keys[i])))
            return 90;
    return 0;
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
};

/* Each member is a file of its own in the report: "corp.zip/groups.json". */
static cs_status take_member(void *context, struct cs_str name, struct cs_str bytes,
                             struct cs_error *err)
{
    struct unzip *unzip = context;
    if (is_zip(bytes) || cs_importer_probe(&importers[0], name, bytes) == 0)
        return CS_OK;
    unzip->count++;
    struct cs_str file = cs_str_printf(cs_import_arena(unzip->import), "%.*s/%.*s",
                                       CS_STR_ARG(unzip->zip), CS_STR_ARG(name));
    return cs_import_file(unzip->import, &importers[0], file, bytes, err);
}

static cs_status read_zip(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    struct unzip unzip = {.import = import, .zip = cs_import_file_name(import)};
    cs_status status = sharp_zip_each(import, bytes, take_member, &unzip, err);
    if (status != CS_OK || unzip.count)
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
