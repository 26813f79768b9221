/*
 * import_net.c - a plugin that reads what `net localgroup NAME` and `sc query NAME` print.
 *
 *     Alias name     Certificate Service DCOM Access           SERVICE_NAME: certsvc
 *     Comment        Members of this group are ...                     TYPE               : 110 ...
 *                                                                      STATE              : 4
 * RUNNING Members
 *
 *     -----------------------------------------------------
 *     NT AUTHORITY\Authenticated Users
 *     The command completed successfully.
 *
 * Both speak the language of Windows, so only the shape is read: of a group the first line, the
 * line of dashes, what stands below it, and that the very last line is no member; of a service
 * the first line, and the numbers behind the colons in their order (FACTS 2.6, 2.7).
 *
 * Names are the language's, too.  Well-known ones of some languages are known here (names.c);
 * a file name with the SID's number in it ("localgroup-574.txt") says which group it is in any.
 * A member without a domain is an account of the machine itself, which nobody of a domain is.
 */
#include <string.h>

#include <certsh/plugin.h>

#include "names.h"

#define CURE "nothing was imported.  Was the file cut?  Run the command again"

struct out {
    struct cs_import *import;
    struct cs_arena *arena;
    struct cs_error *err;
    struct cs_str *lines; /* without trailing blanks */
    size_t count;
};

/* -------------------------------------------------------------------- lines */

static struct cs_str without_tail(struct cs_str line)
{
    while (line.length && strchr(" \t\r", line.at[line.length - 1]))
        line.length--;
    return line;
}

static void split(struct out *out, struct cs_str text)
{
    size_t room = 1;
    for (size_t i = 0; i < text.length; i++)
        room += text.at[i] == '\n';
    out->lines = cs_arena_alloc(out->arena, room * sizeof *out->lines);
    while (text.length) {
        ptrdiff_t end = cs_str_find(text, '\n');
        struct cs_str line = cs_str_span(text.at, end < 0 ? text.length : (size_t)end);
        text = cs_str_from(text, end < 0 ? text.length : line.length + 1);
        out->lines[out->count++] = without_tail(line);
    }
}

/* The first line that is not empty, from `from` on; the count where there is none. */
static size_t filled(const struct out *out, size_t from)
{
    while (from < out->count && !out->lines[from].length)
        from++;
    return from;
}

static bool is_dashes(struct cs_str line)
{
    enum { AT_LEAST = 20 };
    for (size_t i = 0; i < line.length; i++)
        if (line.at[i] != '-')
            return false;
    return line.length >= AT_LEAST;
}

/* ------------------------------------------------------------------- parties */

static const struct cs_import_machine here;

/* "BUILTIN\Users" without what stands before the backslash. */
static struct cs_str short_name(struct cs_str name)
{
    ptrdiff_t slash = cs_str_find(name, '\\');
    return slash < 0 ? name : cs_str_from(name, (size_t)slash + 1);
}

/* Well-known in a language that is known here: then by SID. */
static bool well_known(struct cs_str name, struct cs_sid *sid)
{
    struct cs_error ignored;
    const struct cs_sid_known *known = cs_sid_known_named(name);
    if (!known)
        known = cs_sid_known_named(short_name(name));
    if (known) {
        *sid = known->sid;
        return true;
    }
    const char *text = name_sid(short_name(name));
    return text && cs_sid_parse(cs_str_of(text), sid, &ignored) == CS_OK;
}

static struct cs_import_party party_of(struct cs_str name)
{
    struct cs_import_party party = {.name = name};
    struct cs_error ignored;
    if (cs_str_starts(name, CS_STR("S-1-")) && cs_sid_parse(name, &party.sid, &ignored) == CS_OK)
        return party; /* an account that is gone */
    if (!well_known(name, &party.sid))
        party.sid = (struct cs_sid){0};
    return party;
}

/* "574" of "out/localgroup-574.txt" or of "...-S-1-5-32-574.txt". */
static bool number_in_name(struct cs_str file, struct cs_sid *sid)
{
    for (size_t i = 0; i + 3 <= file.length; i++) {
        uint64_t number;
        bool alone = (i == 0 || file.at[i - 1] == '-' || file.at[i - 1] == '_') &&
                     (i + 3 == file.length || file.at[i + 3] == '.');
        if (!alone || !cs_str_number(cs_str_span(file.at + i, 3), 999, &number) || number < 544)
            continue;
        *sid = cs_sid_of2(5, 32, (uint32_t)number);
        return true;
    }
    return false;
}

/* Behind the first two blanks: "Alias name     Users". */
static struct cs_str group_name(struct cs_str line)
{
    for (size_t i = 0; i + 1 < line.length; i++)
        if (line.at[i] == ' ' && line.at[i + 1] == ' ')
            return cs_str_trim(cs_str_from(line, i));
    return CS_STR("");
}

/* ------------------------------------------------------------- net localgroup */

static cs_status bad(const struct out *out, size_t line, const char *what)
{
    cs_import_bad(out->import, (uint32_t)line + 1, out->err, "%s", what);
    return cs_error_hint(out->err, CURE);
}

/* The members between the dashes and the last line; accounts of the machine are left out. */
static size_t members_of(const struct out *out, size_t from, size_t end,
                         struct cs_import_party *members)
{
    size_t count = 0;
    for (size_t i = from; i < end; i++) {
        struct cs_str name = cs_str_trim(out->lines[i]);
        struct cs_import_party party = party_of(name);
        if (!name.length)
            continue;
        cs_import_record(out->import);
        if (!party.sid.count && cs_str_find(name, '\\') < 0)
            cs_import_skip(out->import, "account of the machine itself", name, (uint32_t)i + 1);
        else
            members[count++] = party;
    }
    return count;
}

static cs_status take_group(const struct out *out, size_t dashes)
{
    size_t first = filled(out, 0), last = out->count;
    struct cs_import_party group = {.name = group_name(out->lines[first])};
    while (last > dashes + 1 && !out->lines[last - 1].length)
        last--;
    if (last == dashes + 1)
        return bad(out, dashes, "the list of members is cut: its last line is not there");
    size_t end = last - 1; /* that line says that all went well */
    if (filled(out, dashes + 1) < end && out->lines[filled(out, dashes + 1)].at[0] == '*') {
        cs_import_skip(out->import, "list of groups, not of members", CS_STR(""), 1);
        return CS_OK;
    }
    if (first == dashes || !group.name.length)
        return bad(out, first, "no name of a group in the first line");
    if (!number_in_name(cs_import_file_name(out->import), &group.sid) &&
        !well_known(group.name, &group.sid))
        group.sid = (struct cs_sid){0};
    struct cs_import_party *members = cs_arena_alloc(out->arena, (end - dashes) * sizeof *members);
    size_t count = members_of(out, dashes + 1, end, members);
    cs_import_local_group(out->import, &here, &group, members, count, CS_MEMBERS_ALL,
                          (uint32_t)first + 1);
    return CS_OK;
}

/* ------------------------------------------------------------------ sc query */

/* "        STATE              : 4  RUNNING": the number behind the colon. */
static bool field_number(struct cs_str line, uint64_t *number)
{
    ptrdiff_t colon = cs_str_find(line, ':');
    if (colon < 0 || (line.at[0] != ' ' && line.at[0] != '\t'))
        return false;
    struct cs_str rest = cs_str_trim(cs_str_from(line, (size_t)colon + 1));
    ptrdiff_t blank = cs_str_find(rest, ' ');
    return cs_str_number(blank < 0 ? rest : cs_str_span(rest.at, (size_t)blank), 1000, number);
}

static bool has_word(struct cs_str text, const char *word)
{
    struct cs_str wanted = cs_str_of(word);
    for (size_t i = 0; i + wanted.length <= text.length; i++)
        if (cs_str_starts(cs_str_from(text, i), wanted))
            return true;
    return false;
}

/* sc qc says how it starts, sc query in what state it is: a path of a program tells them apart. */
static bool is_config(const struct out *out)
{
    for (size_t i = 0; i < out->count; i++)
        if (has_word(out->lines[i], ".exe") || has_word(out->lines[i], "_START"))
            return true;
    return false;
}

static cs_status take_service(const struct out *out, size_t first)
{
    struct cs_str line = out->lines[first];
    ptrdiff_t colon = cs_str_find(line, ':');
    struct cs_service service = {0};
    uint64_t numbers[2];
    size_t found = 0;
    service.name = cs_str_trim(cs_str_from(line, (size_t)colon + 1));
    for (size_t i = first + 1; i < out->count && found < 2; i++)
        found += field_number(out->lines[i], &numbers[found]);
    if (found < 2 || !service.name.length)
        return bad(out, first, "no state behind the name of the service");
    bool config = is_config(out);
    if (config && numbers[1] >= CS_START_AUTO && numbers[1] <= CS_START_DISABLED)
        service.start = (enum cs_service_start)numbers[1];
    if (!config)
        service.state = numbers[1] == CS_SERVICE_RUNNING ? CS_SERVICE_RUNNING : CS_SERVICE_STOPPED;
    cs_import_record(out->import);
    cs_import_service(out->import, &here, &service, (uint32_t)first + 1);
    return CS_OK;
}

/* "SERVICE_NAME: certsvc", in whatever language: a word, a colon, a name; then indented lines. */
static size_t service_line(const struct out *out)
{
    for (size_t i = 0; i + 1 < out->count; i++) {
        struct cs_str line = out->lines[i];
        ptrdiff_t colon = cs_str_find(line, ':');
        uint64_t number;
        bool named =
            colon > 0 && line.at[0] != ' ' && line.at[0] != '[' && (size_t)colon + 1 < line.length;
        if (named && (field_number(out->lines[i + 1], &number) ||
                      (i + 2 < out->count && field_number(out->lines[i + 2], &number))))
            return i;
    }
    return out->count;
}

/* --------------------------------------------------------------------- read */

static cs_status read_net(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    struct out out = {.import = import, .arena = cs_import_arena(import), .err = err};
    split(&out, cs_str_from_file(out.arena, bytes));
    for (size_t i = 0; i < out.count; i++)
        if (is_dashes(out.lines[i]))
            return take_group(&out, i);
    size_t service = service_line(&out), first = filled(&out, 0);
    if (service < out.count)
        return take_service(&out, service);
    if (first < out.count && cs_str_starts(out.lines[first], CS_STR("[SC]"))) {
        cs_import_warn(import, (uint32_t)first + 1, "%.*s", CS_STR_ARG(out.lines[first]));
        return CS_OK;
    }
    return bad(&out, first < out.count ? first : 0, "neither a group's members nor a service");
}

static int probe_net(struct cs_str name, struct cs_str head)
{
    static const char *const names[] = {"localgroup", "sc-query", "sc-qc"};
    if (has_word(head, "\n----------------------------------------"))
        return 70;
    if (has_word(head, "SERVICE_NAME:") || has_word(head, "WIN32_EXIT_CODE"))
        return 90;
    while (cs_str_find(name, '/') >= 0)
        name = cs_str_from(name, (size_t)cs_str_find(name, '/') + 1);
    for (size_t i = 0; i < CS_COUNT(names); i++)
        if (has_word(name, names[i]) && cs_str_ends(name, CS_STR(".txt")))
            return 40;
    return 0;
}

static const struct cs_importer importers[] = {{
    .name = "net",
    .brief = "what net localgroup NAME, sc query and sc qc print",
    .probe = probe_net,
    .read = read_net,
}};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "import_net",
    .version = "1.0",
    .brief = "reads what net localgroup and sc query print",
    .needs = "file.read",
    .importers = importers,
    .importer_count = CS_COUNT(importers),
};
