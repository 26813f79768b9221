/*
 * import_inf.c - a plugin that reads security templates: GptTmpl.inf of a group policy, and what
 * `secedit /export /cfg FILE` writes.
 *
 *     [Unicode]
 *     Unicode=yes
 *     [Registry Values]
 *     MACHINE\Software\Policies\Microsoft\Windows NT\DCOM\MachineLaunchRestriction=1,"O:BAG:..."
 *     [Privilege Rights]
 *     SeNetworkLogonRight = *S-1-5-11,*S-1-5-32-544
 *     [Group Membership]
 *     *S-1-5-32-545__Members =
 *
 * Sources: MS-GPSB 2.2.5 (Registry Values), 2.2.6 (Privilege Rights), 2.2.10 (Group Membership).
 *
 *   - A right without a line is not defined; a line without holders means nobody.
 *   - "GROUP__Members" replaces the members of a restricted group, an empty one empties it;
 *     "GROUP__Memberof" puts the group into others and takes nothing away.
 *   - Holders are "*SID" or names.
 *
 * The limits of DCOM that a policy sets come this way (the security extension writes them, not
 * registry.pol).  A template does not say which machines it applies to, nor whether another
 * policy wins: --host says the machine, and what is imported last counts.
 *
 * Windows writes UTF-16LE with a byte order mark; UTF-8 and ANSI are read, too.
 */
#include <string.h>

#include <certsh/plugin.h>

#define CURE "nothing was imported.  Was the file cut?  secedit /export /cfg FILE writes it again"

struct inf {
    struct cs_import *import;
    struct cs_arena *arena;
    struct cs_error *err;
    struct cs_str section;
    uint32_t line;
};

/* -------------------------------------------------------------------- texts */

static cs_status bad(const struct inf *inf, const char *what, struct cs_str subject)
{
    int shown = subject.length > 60 ? 60 : (int)subject.length;
    cs_import_bad(inf->import, inf->line, inf->err, "%s: '%.*s'", what, shown, subject.at);
    return cs_error_hint(inf->err, CURE);
}

/* The part up to `mark`, trimmed; `rest` goes behind the mark. */
static struct cs_str take_until(struct cs_str *rest, char mark)
{
    ptrdiff_t at = cs_str_find(*rest, mark);
    struct cs_str part = cs_str_span(rest->at, at < 0 ? rest->length : (size_t)at);
    *rest = cs_str_from(*rest, at < 0 ? rest->length : part.length + 1);
    return cs_str_trim(part);
}

static struct cs_str without_quotes(struct cs_str text)
{
    if (text.length >= 2 && text.at[0] == '"' && text.at[text.length - 1] == '"')
        return cs_str_span(text.at + 1, text.length - 2);
    return text;
}

/* ----------------------------------------------------------- registry values */

static const struct {
    const char *written, *root;
} roots[] = {
    {"MACHINE\\", "HKLM\\"}, {"USERS\\", "HKU\\"}, {"CLASSES_ROOT\\", "HKLM\\SOFTWARE\\Classes\\"}};

static struct cs_str key_of(const struct inf *inf, struct cs_str path)
{
    for (size_t i = 0; i < CS_COUNT(roots); i++) {
        struct cs_str written = cs_str_of(roots[i].written);
        if (cs_str_same_start(path, written))
            return cs_str_printf(inf->arena, "%s%.*s", roots[i].root,
                                 CS_STR_ARG(cs_str_from(path, written.length)));
    }
    return CS_STR("");
}

static struct cs_str number_data(const struct inf *inf, uint64_t number)
{
    char bytes[4];
    for (int i = 0; i < 4; i++)
        bytes[i] = (char)(number >> 8 * i);
    return cs_str_copy(inf->arena, cs_str_span(bytes, sizeof bytes));
}

/* "0,1,80": bytes in decimal or hex digits, as secedit writes them in hex. */
static bool binary_data(const struct inf *inf, struct cs_str text, struct cs_str *data)
{
    char *bytes = cs_arena_alloc(inf->arena, text.length + 1);
    size_t length = 0;
    while (text.length) {
        struct cs_str one = take_until(&text, ',');
        uint64_t byte;
        struct cs_str hex = cs_str_printf(inf->arena, "0x%.*s", CS_STR_ARG(one));
        if (!cs_str_number(hex, 255, &byte))
            return false;
        bytes[length++] = (char)byte;
    }
    *data = cs_str_span(bytes, length);
    return true;
}

/* Texts behind commas, each ended by a NUL, and one more at the end. */
static struct cs_str list_data(const struct inf *inf, struct cs_str text)
{
    struct cs_str all = CS_STR("");
    while (text.length) {
        struct cs_str one = cs_reg_text_data(inf->arena, without_quotes(take_until(&text, ',')));
        char *joined = cs_arena_alloc(inf->arena, all.length + one.length + 2);
        memcpy(joined, all.at, all.length);
        memcpy(joined + all.length, one.at, one.length);
        all = cs_str_span(joined, all.length + one.length);
    }
    char *ended = cs_arena_alloc(inf->arena, all.length + 2);
    memcpy(ended, all.at, all.length);
    return cs_str_span(ended, all.length + 2);
}

static cs_status take_value(const struct inf *inf, struct cs_str path, struct cs_str value)
{
    struct cs_str key = key_of(inf, path), data = CS_STR(""), kind = take_until(&value, ',');
    uint64_t type, number;
    size_t slash = key.length;
    while (slash > 0 && key.at[slash - 1] != '\\')
        slash--;
    if (slash < 2)
        return bad(inf, "no value of a registry", path);
    if (!cs_str_number(kind, 11, &type))
        return bad(inf, "no type of a registry value", kind);
    value = cs_str_trim(value);
    if (type == CS_REG_DWORD && cs_str_number(value, UINT32_MAX, &number))
        data = number_data(inf, number);
    else if (type == CS_REG_SZ || type == CS_REG_EXPAND_SZ)
        data = cs_reg_text_data(inf->arena, without_quotes(value));
    else if (type == CS_REG_MULTI_SZ)
        data = list_data(inf, value);
    else if (type != CS_REG_BINARY || !binary_data(inf, value, &data))
        return bad(inf, "no data of that type", value);
    struct cs_str name = cs_str_from(key, slash);
    key.length = slash - 1;
    return cs_import_registry(inf->import, key, name, (uint32_t)type, data, inf->line, inf->err);
}

/* ------------------------------------------------------------ rights, groups */

static const struct cs_import_machine here;

/* "*S-1-5-11" or a name. */
static cs_status party_of(const struct inf *inf, struct cs_str text, struct cs_import_party *party)
{
    struct cs_error ignored;
    *party = (struct cs_import_party){.name = without_quotes(text)};
    if (!cs_str_starts(text, CS_STR("*")))
        return CS_OK;
    party->name = CS_STR("");
    if (cs_sid_parse(cs_str_from(text, 1), &party->sid, &ignored) == CS_OK)
        return CS_OK;
    return bad(inf, "no SID", text);
}

struct parties {
    struct cs_import_party *at;
    size_t count;
};

static cs_status parties_of(const struct inf *inf, struct cs_str text, struct parties *parties)
{
    size_t room = 1;
    for (size_t i = 0; i < text.length; i++)
        room += text.at[i] == ',';
    parties->at = cs_arena_alloc(inf->arena, room * sizeof *parties->at);
    parties->count = 0;
    while (text.length) {
        struct cs_str one = take_until(&text, ',');
        if (!one.length)
            continue;
        cs_status status = party_of(inf, one, &parties->at[parties->count++]);
        if (status != CS_OK)
            return status;
    }
    return CS_OK;
}

static cs_status take_right(const struct inf *inf, struct cs_str name, struct cs_str holders)
{
    struct parties parties;
    cs_import_record(inf->import);
    cs_status status = parties_of(inf, holders, &parties);
    if (status == CS_OK)
        cs_import_right(inf->import, &here, name, parties.at, parties.count, inf->line);
    return status;
}

static bool without_tail(struct cs_str *text, struct cs_str tail)
{
    if (text->length <= tail.length ||
        !cs_str_same(cs_str_from(*text, text->length - tail.length), tail))
        return false;
    text->length -= tail.length;
    return true;
}

static cs_status take_group(const struct inf *inf, struct cs_str name, struct cs_str list)
{
    struct cs_import_party group;
    struct parties parties;
    struct cs_str subject = name;
    bool members = without_tail(&name, CS_STR("__Members"));
    if (!members && !without_tail(&name, CS_STR("__Memberof")))
        return bad(inf, "neither __Members nor __Memberof of a group", subject);
    cs_import_record(inf->import);
    cs_status status = party_of(inf, name, &group);
    if (status == CS_OK)
        status = parties_of(inf, list, &parties);
    if (status != CS_OK)
        return status;
    if (members)
        cs_import_local_group(inf->import, &here, &group, parties.at, parties.count, CS_MEMBERS_ALL,
                              inf->line);
    for (size_t i = 0; !members && i < parties.count; i++)
        cs_import_local_group(inf->import, &here, &parties.at[i], &group, 1, CS_MEMBERS_MORE,
                              inf->line);
    return CS_OK;
}

/* -------------------------------------------------------------------- lines */

static const struct {
    const char *name;
    cs_status (*take)(const struct inf *inf, struct cs_str name, struct cs_str value);
} sections[] = {
    {"Registry Values", take_value},
    {"Privilege Rights", take_right},
    {"Group Membership", take_group},
};

static cs_status take_section(struct inf *inf, struct cs_str line)
{
    if (!cs_str_ends(line, CS_STR("]")))
        return bad(inf, "a section without its closing bracket", line);
    inf->section = cs_str_span(line.at + 1, line.length - 2);
    return CS_OK;
}

static cs_status take_line(struct inf *inf, struct cs_str line)
{
    if (!line.length || line.at[0] == ';')
        return CS_OK;
    if (line.at[0] == '[')
        return take_section(inf, line);
    for (size_t i = 0; i < CS_COUNT(sections); i++) {
        if (!cs_str_same(inf->section, cs_str_of(sections[i].name)))
            continue;
        if (cs_str_find(line, '=') <= 0)
            return bad(inf, "a line without '='", line);
        struct cs_str value = line, name = take_until(&value, '=');
        return sections[i].take(inf, without_quotes(name), cs_str_trim(value));
    }
    if (!inf->section.length)
        return bad(inf, "a line before the first section", line);
    return CS_OK;
}

static cs_status read_inf(struct cs_import *import, struct cs_str bytes, struct cs_error *err)
{
    struct cs_arena *arena = cs_import_arena(import);
    struct inf inf = {.import = import, .arena = arena, .err = err};
    struct cs_str text = cs_str_from_file(arena, bytes);
    cs_status status = CS_OK;
    while (status == CS_OK && text.length) {
        inf.line++;
        status = take_line(&inf, take_until(&text, '\n'));
    }
    if (status == CS_OK && !inf.section.length)
        return bad(&inf, "this is no security template", CS_STR("no section"));
    return status;
}

/* -------------------------------------------------------------------- probe */

static bool has_word(struct cs_str text, struct cs_str word)
{
    for (size_t i = 0; i + word.length <= text.length; i++)
        if (cs_str_same_start(cs_str_from(text, i), word))
            return true;
    return false;
}

static int probe_inf(struct cs_str name, struct cs_str head)
{
    static const char *const words[] = {
        "[Unicode]",         "[System Access]",    "[Event Audit]",    "[Privilege Rights]",
        "[Registry Values]", "[Group Membership]", "[Kerberos Policy]"};
    for (size_t i = 0; i < CS_COUNT(words); i++)
        if (has_word(head, cs_str_of(words[i])))
            return 95;
    bool called =
        name.length > 4 && cs_str_same(cs_str_from(name, name.length - 4), CS_STR(".inf"));
    return called ? 40 : 0;
}

static const struct cs_importer importers[] = {{
    .name = "inf",
    .brief = "security templates: GptTmpl.inf, secedit /export",
    .probe = probe_inf,
    .read = read_inf,
}};

CS_API const struct cs_plugin cs_plugin = {
    CS_PLUGIN_HEAD,
    .name = "import_inf",
    .version = "1.0",
    .brief = "reads security templates",
    .needs = "file.read",
    .importers = importers,
    .importer_count = CS_COUNT(importers),
};
